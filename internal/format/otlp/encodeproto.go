package otlp

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"traceview/internal/model"
)

// groupSize bounds the spans of one ScopeSpans: about 1 MB, so that a reader
// needs no more than that in memory at a time.
const groupSize = 4096

// AppendProto appends a trace to dst as a TracesData message and returns it.
// Messages appended one after another are one message with all their spans.
// Spans stand in depth-first order, gathered by resource and scope.
func AppendProto(dst []byte, t *model.Trace) []byte {
	e := protoEncoder{t: t}
	for _, g := range groupsOf(t) {
		dst = e.resourceSpans(dst, g)
	}
	return dst
}

// WriteProto writes what AppendProto appends, about 1 MB at a time.
func WriteProto(w io.Writer, t *model.Trace) error {
	e := protoEncoder{t: t}
	var buf []byte
	for _, g := range groupsOf(t) {
		buf = e.resourceSpans(buf[:0], g)
		if _, err := w.Write(buf); err != nil {
			return fmt.Errorf("write trace %s: %w", t.ID, err)
		}
	}
	return nil
}

// A group is spans of one trace with the same resource and scope.
type group struct {
	resource model.ResourceID
	scope    model.ScopeID
	spans    []model.SpanIndex
}

// groupsOf gathers spans by resource and scope, in the order in which these
// first come, at most groupSize at a time.
func groupsOf(t *model.Trace) []group {
	type key struct {
		resource model.ResourceID
		scope    model.ScopeID
	}
	at := map[key]int{}
	var list []group
	for i := range t.Spans {
		k := key{t.Spans[i].Resource, t.Spans[i].Scope}
		n, ok := at[k]
		if !ok || len(list[n].spans) == groupSize {
			n = len(list)
			at[k] = n
			list = append(list, group{resource: k.resource, scope: k.scope})
		}
		list[n].spans = append(list[n].spans, model.SpanIndex(i))
	}
	return list
}

// protoEncoder appends the messages of one trace. A message is written first
// and its length put before it afterwards, which moves it by a few bytes and
// saves computing sizes.
type protoEncoder struct{ t *model.Trace }

func (e *protoEncoder) resourceSpans(b []byte, g group) []byte {
	t := e.t
	b, outer := openMessage(b, 1)
	r := t.ResourceAt(g.resource)
	if attrs := t.ResourceAttrs(g.resource); len(attrs) > 0 || r.Dropped != 0 {
		var at int
		b, at = openMessage(b, 1)
		b = e.attrs(b, 1, attrs)
		b = appendUint(b, 2, uint64(r.Dropped))
		b = closeMessage(b, at)
	}
	b, inner := openMessage(b, 2)
	b = e.scope(b, g.scope)
	for _, i := range g.spans {
		var at int
		b, at = openMessage(b, 2)
		b = e.span(b, i)
		b = closeMessage(b, at)
	}
	b = e.text(b, 3, t.ScopeAt(g.scope).Schema)
	b = closeMessage(b, inner)
	b = e.text(b, 3, r.Schema)
	return closeMessage(b, outer)
}

func (e *protoEncoder) scope(b []byte, id model.ScopeID) []byte {
	s, attrs := e.t.ScopeAt(id), e.t.ScopeAttrs(id)
	if s.Name == 0 && s.Version == 0 && s.Dropped == 0 && len(attrs) == 0 {
		return b
	}
	b, at := openMessage(b, 1)
	b = e.text(b, 1, s.Name)
	b = e.text(b, 2, s.Version)
	b = e.attrs(b, 3, attrs)
	b = appendUint(b, 4, uint64(s.Dropped))
	return closeMessage(b, at)
}

func (e *protoEncoder) span(b []byte, i model.SpanIndex) []byte {
	t := e.t
	s := &t.Spans[i]
	start, end := t.StoredTimes(i)
	dropped := t.Dropped(i)
	b = appendIDs(b, 1, t.ID, s.ID)
	b = e.text(b, 3, s.State)
	if !s.ParentID.IsZero() {
		id := s.ParentID.Bytes()
		b = appendBytes(b, 4, id[:])
	}
	b = e.text(b, 5, s.Name)
	b = appendUint(b, 6, uint64(s.Kind))
	b = appendFixed64(b, 7, start)
	b = appendFixed64(b, 8, end)
	b = e.attrs(b, 9, t.Attrs(i))
	b = appendUint(b, 10, uint64(dropped.Attrs))
	for _, ev := range t.SpanEvents(i) {
		b = e.event(b, &ev)
	}
	b = appendUint(b, 12, uint64(dropped.Events))
	for _, l := range t.SpanLinks(i) {
		b = e.link(b, &l)
	}
	b = appendUint(b, 14, uint64(dropped.Links))
	if s.Status != model.StatusUnset || s.StatusText != 0 {
		var at int
		b, at = openMessage(b, 15)
		b = e.text(b, 2, s.StatusText)
		b = appendUint(b, 3, uint64(s.Status))
		b = closeMessage(b, at)
	}
	return appendFixed32(b, 16, s.Flags)
}

func (e *protoEncoder) event(b []byte, ev *model.Event) []byte {
	b, at := openMessage(b, 11)
	b = appendFixed64(b, 1, uint64(ev.Time))
	b = e.text(b, 2, ev.Name)
	b = e.attrs(b, 3, e.t.EventAttrs(ev))
	b = appendUint(b, 4, uint64(ev.Dropped))
	return closeMessage(b, at)
}

func (e *protoEncoder) link(b []byte, l *model.Link) []byte {
	b, at := openMessage(b, 13)
	b = appendIDs(b, 1, l.Trace, l.Span)
	b = e.text(b, 3, l.State)
	b = e.attrs(b, 4, e.t.LinkAttrs(l))
	b = appendUint(b, 5, uint64(l.Dropped))
	b = appendFixed32(b, 6, l.Flags)
	return closeMessage(b, at)
}

func (e *protoEncoder) attrs(b []byte, field uint64, attrs []model.Attr) []byte {
	for _, a := range attrs {
		var at int
		b, at = openMessage(b, field)
		b = e.text(b, 1, a.Key)
		b = e.value(b, 2, a)
		b = closeMessage(b, at)
	}
	return b
}

// value appends an AnyValue. It recurses as deep as values are nested, at most
// model.MaxNesting.
func (e *protoEncoder) value(b []byte, field uint64, a model.Attr) []byte {
	b, at := openMessage(b, field)
	switch a.Kind {
	case model.ValueString:
		b = appendText(b, 1, e.t.Raw(a))
	case model.ValueBool:
		v := uint64(0)
		if a.Bool() {
			v = 1
		}
		b = binary.AppendUvarint(append(b, byte(tagOf(2, wireVarint))), v)
	case model.ValueInt:
		b = binary.AppendUvarint(append(b, byte(tagOf(3, wireVarint))), uint64(a.Int()))
	case model.ValueFloat:
		b = binary.LittleEndian.AppendUint64(append(b, byte(tagOf(4, wireI64))), math.Float64bits(a.Float()))
	case model.ValueList:
		var in int
		b, in = openMessage(b, 5)
		for _, v := range e.t.Elems(a) {
			b = e.value(b, 1, v)
		}
		b = closeMessage(b, in)
	case model.ValueMap:
		var in int
		b, in = openMessage(b, 6)
		b = e.attrs(b, 1, e.t.Elems(a))
		b = closeMessage(b, in)
	case model.ValueBytes:
		b = appendText(b, 7, e.t.Raw(a))
	}
	return closeMessage(b, at)
}

// text appends a string unless it is empty.
func (e *protoEncoder) text(b []byte, field uint64, id model.StringID) []byte {
	if id == 0 {
		return b
	}
	return appendText(b, field, e.t.Str(id))
}

// appendIDs appends a trace id and, in the field after it, a span id.
func appendIDs(b []byte, field uint64, trace model.TraceID, span model.SpanID) []byte {
	if !trace.IsZero() {
		b = appendBytes(b, field, trace[:])
	}
	if !span.IsZero() {
		id := span.Bytes()
		b = appendBytes(b, field+1, id[:])
	}
	return b
}

// openMessage appends the tag of a message; closeMessage puts in its length.
func openMessage(b []byte, field uint64) ([]byte, int) {
	b = binary.AppendUvarint(b, tagOf(field, wireBytes))
	return append(b, 0), len(b)
}

// closeMessage ends the message whose one byte of length stands at at.
func closeMessage(b []byte, at int) []byte {
	n := uint64(len(b) - at - 1)
	if n < 0x80 {
		b[at] = byte(n)
		return b
	}
	var size [binary.MaxVarintLen64]byte
	more := binary.PutUvarint(size[:], n) - 1
	b = append(b, size[:more]...)
	copy(b[at+1+more:], b[at+1:len(b)-more])
	copy(b[at:], size[:more+1])
	return b
}

func appendBytes(b []byte, field uint64, v []byte) []byte {
	b = binary.AppendUvarint(b, tagOf(field, wireBytes))
	return append(binary.AppendUvarint(b, uint64(len(v))), v...)
}

func appendText(b []byte, field uint64, v string) []byte {
	b = binary.AppendUvarint(b, tagOf(field, wireBytes))
	return append(binary.AppendUvarint(b, uint64(len(v))), v...)
}

// appendUint, appendFixed64 and appendFixed32 leave out zeros, as proto3 does.
func appendUint(b []byte, field, v uint64) []byte {
	if v == 0 {
		return b
	}
	return binary.AppendUvarint(binary.AppendUvarint(b, tagOf(field, wireVarint)), v)
}

func appendFixed64(b []byte, field, v uint64) []byte {
	if v == 0 {
		return b
	}
	return binary.LittleEndian.AppendUint64(binary.AppendUvarint(b, tagOf(field, wireI64)), v)
}

func appendFixed32(b []byte, field uint64, v uint32) []byte {
	if v == 0 {
		return b
	}
	return binary.LittleEndian.AppendUint32(binary.AppendUvarint(b, tagOf(field, wireI32)), v)
}
