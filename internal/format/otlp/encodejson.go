package otlp

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"

	"traceview/internal/format/jsonpull"
	"traceview/internal/model"
)

// AppendJSON appends a trace to dst as one OTLP JSON document: ids in
// hexadecimal, enumerations as numbers, 64-bit integers as strings. Text that
// is not UTF-8 cannot be held by JSON and is mended.
func AppendJSON(dst []byte, t *model.Trace) []byte {
	e := jsonEncoder{out: append(dst, `{"resourceSpans":[`...)}
	_ = e.trace(t, func() error { return nil })
	return append(e.out, "]}"...)
}

// AppendValueJSON appends an attribute's value as an AnyValue, without its key.
func AppendValueJSON(dst []byte, t *model.Trace, a model.Attr) []byte {
	e := jsonEncoder{t: t}
	e.value(a)
	return append(dst, e.out...)
}

// WriteJSON writes traces as one OTLP JSON document, as AppendJSON does, about
// a megabyte at a time.
func WriteJSON(w io.Writer, traces []*model.Trace) error {
	e := jsonEncoder{out: []byte(`{"resourceSpans":[`)}
	flush := func() error {
		_, err := w.Write(e.out)
		e.out = e.out[:0]
		return err
	}
	for _, t := range traces {
		if err := e.trace(t, flush); err != nil {
			return fmt.Errorf("write trace %s: %w", t.ID, err)
		}
	}
	e.out = append(e.out, "]}\n"...)
	return flush()
}

// A jsonEncoder appends JSON. A comma is put before whatever does not come
// right behind an opening bracket, so that no field needs to know its place.
type jsonEncoder struct {
	out  []byte
	t    *model.Trace
	some bool // a ResourceSpans was written
}

// trace appends the ResourceSpans of a trace, with flush after each.
func (e *jsonEncoder) trace(t *model.Trace, flush func() error) error {
	e.t = t
	for _, g := range groupsOf(t) {
		if e.some {
			e.out = append(e.out, ',')
		}
		e.some = true
		e.group(g)
		if err := flush(); err != nil {
			return err
		}
	}
	return nil
}

func (e *jsonEncoder) group(g group) {
	t := e.t
	r, s := t.ResourceAt(g.resource), t.ScopeAt(g.scope)
	e.open('{')
	e.key("resource")
	e.open('{')
	e.attrs(t.ResourceAttrs(g.resource))
	e.count("droppedAttributesCount", r.Dropped)
	e.close('}')
	e.key("scopeSpans")
	e.open('[')
	e.open('{')
	e.key("scope")
	e.open('{')
	e.text("name", s.Name)
	e.text("version", s.Version)
	e.attrs(t.ScopeAttrs(g.scope))
	e.count("droppedAttributesCount", s.Dropped)
	e.close('}')
	e.key("spans")
	e.open('[')
	for _, i := range g.spans {
		e.span(i)
	}
	e.close(']')
	e.text("schemaUrl", s.Schema)
	e.close('}')
	e.close(']')
	e.text("schemaUrl", r.Schema)
	e.close('}')
}

func (e *jsonEncoder) span(i model.SpanIndex) {
	t := e.t
	s := &t.Spans[i]
	start, end := t.StoredTimes(i)
	dropped := t.Dropped(i)
	e.open('{')
	e.ids(t.ID, s.ID)
	e.text("traceState", s.State)
	if !s.ParentID.IsZero() {
		e.key("parentSpanId")
		id := s.ParentID.Bytes()
		e.hex(id[:])
	}
	e.count("flags", s.Flags)
	e.text("name", s.Name)
	e.count("kind", uint32(s.Kind))
	e.time("startTimeUnixNano", start)
	e.time("endTimeUnixNano", end)
	e.attrs(t.Attrs(i))
	e.count("droppedAttributesCount", dropped.Attrs)
	if events := t.SpanEvents(i); len(events) > 0 {
		e.events(events)
	}
	e.count("droppedEventsCount", dropped.Events)
	if links := t.SpanLinks(i); len(links) > 0 {
		e.links(links)
	}
	e.count("droppedLinksCount", dropped.Links)
	if s.Status != model.StatusUnset || s.StatusText != 0 {
		e.key("status")
		e.open('{')
		e.text("message", s.StatusText)
		e.count("code", uint32(s.Status))
		e.close('}')
	}
	e.close('}')
}

func (e *jsonEncoder) events(events []model.Event) {
	e.key("events")
	e.open('[')
	for n := range events {
		ev := &events[n]
		e.open('{')
		e.time("timeUnixNano", uint64(ev.Time))
		e.text("name", ev.Name)
		e.attrs(e.t.EventAttrs(ev))
		e.count("droppedAttributesCount", ev.Dropped)
		e.close('}')
	}
	e.close(']')
}

func (e *jsonEncoder) links(links []model.Link) {
	e.key("links")
	e.open('[')
	for n := range links {
		l := &links[n]
		e.open('{')
		e.ids(l.Trace, l.Span)
		e.text("traceState", l.State)
		e.attrs(e.t.LinkAttrs(l))
		e.count("droppedAttributesCount", l.Dropped)
		e.count("flags", l.Flags)
		e.close('}')
	}
	e.close(']')
}

func (e *jsonEncoder) attrs(attrs []model.Attr) {
	if len(attrs) == 0 {
		return
	}
	e.key("attributes")
	e.open('[')
	e.keyValues(attrs)
	e.close(']')
}

func (e *jsonEncoder) keyValues(attrs []model.Attr) {
	for _, a := range attrs {
		e.open('{')
		e.key("key")
		e.out = jsonpull.AppendString(e.out, e.t.Key(a))
		e.key("value")
		e.value(a)
		e.close('}')
	}
}

// value appends an AnyValue. It recurses as deep as values are nested, at most
// model.MaxNesting.
func (e *jsonEncoder) value(a model.Attr) {
	e.open('{')
	switch a.Kind {
	case model.ValueString:
		e.key("stringValue")
		e.out = jsonpull.AppendString(e.out, e.t.Raw(a))
	case model.ValueBool:
		e.key("boolValue")
		e.out = strconv.AppendBool(e.out, a.Bool())
	case model.ValueInt:
		e.key("intValue")
		e.out = append(strconv.AppendInt(append(e.out, '"'), a.Int(), 10), '"')
	case model.ValueFloat:
		e.key("doubleValue")
		e.out = jsonpull.AppendFloat(e.out, a.Float())
	case model.ValueBytes:
		e.key("bytesValue")
		e.out = append(base64.StdEncoding.AppendEncode(append(e.out, '"'), []byte(e.t.Raw(a))), '"')
	case model.ValueList, model.ValueMap:
		e.nested(a)
	}
	e.close('}')
}

func (e *jsonEncoder) nested(a model.Attr) {
	name := "arrayValue"
	if a.Kind == model.ValueMap {
		name = "kvlistValue"
	}
	e.key(name)
	e.open('{')
	e.key("values")
	e.open('[')
	if a.Kind == model.ValueMap {
		e.keyValues(e.t.Elems(a))
	} else {
		for _, v := range e.t.Elems(a) {
			e.value(v)
		}
	}
	e.close(']')
	e.close('}')
}

// open and close bracket an object or array.
func (e *jsonEncoder) open(c byte) {
	e.comma()
	e.out = append(e.out, c)
}

func (e *jsonEncoder) close(c byte) { e.out = append(e.out, c) }

// comma separates from what came before, unless that opened something.
func (e *jsonEncoder) comma() {
	switch n := len(e.out); {
	case n == 0:
	case e.out[n-1] == '{', e.out[n-1] == '[', e.out[n-1] == ':', e.out[n-1] == ',':
	default:
		e.out = append(e.out, ',')
	}
}

func (e *jsonEncoder) key(name string) {
	e.comma()
	e.out = append(e.out, '"')
	e.out = append(e.out, name...)
	e.out = append(e.out, '"', ':')
}

func (e *jsonEncoder) hex(v []byte) {
	e.out = append(hex.AppendEncode(append(e.out, '"'), v), '"')
}

// ids appends a trace id and a span id, "" for one that is absent.
func (e *jsonEncoder) ids(trace model.TraceID, span model.SpanID) {
	e.key("traceId")
	if e.out = append(e.out, '"'); !trace.IsZero() {
		e.out = hex.AppendEncode(e.out, trace[:])
	}
	e.out = append(e.out, '"')
	e.key("spanId")
	if e.out = append(e.out, '"'); !span.IsZero() {
		id := span.Bytes()
		e.out = hex.AppendEncode(e.out, id[:])
	}
	e.out = append(e.out, '"')
}

// text, count and time leave out what is empty or zero.
func (e *jsonEncoder) text(name string, id model.StringID) {
	if id != 0 {
		e.key(name)
		e.out = jsonpull.AppendString(e.out, e.t.Str(id))
	}
}

func (e *jsonEncoder) count(name string, v uint32) {
	if v != 0 {
		e.key(name)
		e.out = strconv.AppendUint(e.out, uint64(v), 10)
	}
}

func (e *jsonEncoder) time(name string, v uint64) {
	if v != 0 {
		e.key(name)
		e.out = append(strconv.AppendUint(append(e.out, '"'), v, 10), '"')
	}
}
