package jaeger

import (
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"strings"

	"traceview/internal/format/jsonpull"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
)

// flushSize is how much is written at a time.
const flushSize = 1 << 20

// Encode writes traces as Jaeger's UI opens them: {"data": […]}.
func Encode(w io.Writer, traces []*model.Trace) error {
	e := encoder{w: w}
	e.raw(`{"data":[`)
	for i, t := range traces {
		if i > 0 {
			e.raw(",")
		}
		e.trace(t)
		if e.err != nil {
			return fmt.Errorf("write trace %s: %w", t.ID, e.err)
		}
	}
	e.raw("],\"total\":0,\"limit\":0,\"offset\":0,\"errors\":null}\n")
	e.flush()
	return e.err
}

// An encoder appends JSON to out and writes it out from time to time.
type encoder struct {
	w         io.Writer
	out       []byte
	err       error
	t         *model.Trace
	traceText string
	processes map[model.ResourceID]int // number of the process
	order     []model.ResourceID
}

func (e *encoder) raw(s string) { e.out = append(e.out, s...) }

func (e *encoder) text(s string) { e.out = jsonpull.AppendString(e.out, s) }

func (e *encoder) int(v int64) { e.out = strconv.AppendInt(e.out, v, 10) }

func (e *encoder) flush() {
	if e.err == nil {
		_, e.err = e.w.Write(e.out)
	}
	e.out = e.out[:0]
}

func (e *encoder) trace(t *model.Trace) {
	e.t, e.traceText = t, traceText(t.ID)
	e.processes, e.order = map[model.ResourceID]int{}, nil
	e.raw(`{"traceID":"` + e.traceText + `","spans":[`)
	for i := range t.Spans {
		if i > 0 {
			e.raw(",")
		}
		e.span(model.SpanIndex(i))
		if len(e.out) > flushSize {
			if e.flush(); e.err != nil {
				return
			}
		}
	}
	e.raw(`],"processes":{`)
	for n, r := range e.order {
		if n > 0 {
			e.raw(",")
		}
		e.raw(fmt.Sprintf(`"p%d":`, n+1))
		e.process(r)
	}
	e.raw(`},"warnings":null}`)
	e.flush()
}

// traceText writes an id as Jaeger does: 64-bit ones with 16 digits, "" for none.
func traceText(id model.TraceID) string {
	switch s := id.String(); {
	case id.IsZero():
		return ""
	case strings.HasPrefix(s, "0000000000000000"):
		return s[16:]
	default:
		return s
	}
}

func spanText(id model.SpanID) string {
	if id.IsZero() {
		return ""
	}
	return id.String()
}

// process writes a resource. The service name is left out of the tags where the
// decoder puts it back in its place.
func (e *encoder) process(id model.ResourceID) {
	r, attrs := e.t.ResourceAt(id), e.t.ResourceAttrs(id)
	named := 0
	for _, a := range attrs {
		if e.t.Key(a) == keyService {
			named++
		}
	}
	if named == 1 && e.t.Key(attrs[0]) == keyService && attrs[0].Kind == model.ValueString && r.Service != 0 {
		attrs = attrs[1:]
	}
	e.raw(`{"serviceName":`)
	e.text(e.t.Str(r.Service))
	e.raw(`,"tags":[`)
	for _, a := range attrs {
		e.tag(a, false)
	}
	e.raw("]}")
}

func (e *encoder) processID(id model.ResourceID) int {
	n, ok := e.processes[id]
	if !ok {
		e.order = append(e.order, id)
		n = len(e.order)
		e.processes[id] = n
	}
	return n
}

func (e *encoder) span(i model.SpanIndex) {
	t := e.t
	s := &t.Spans[i]
	attrs, warnings := e.splitWarnings(t.Attrs(i))
	attrs, follows := e.splitRefType(attrs, s)
	e.raw(`{"traceID":"` + e.traceText + `","spanID":"` + spanText(s.ID) + `"`)
	if s.Flags != 0 {
		e.raw(`,"flags":`)
		e.int(int64(s.Flags))
	}
	e.raw(`,"operationName":`)
	e.text(t.Name(i))
	e.references(i, follows)
	e.times(t.StoredTimes(i))
	e.raw(`,"tags":[`)
	e.fieldTags(s)
	for _, a := range attrs {
		e.tag(a, meanings[t.Key(a)])
	}
	e.raw(`],"logs":[`)
	for _, ev := range t.SpanEvents(i) {
		e.log(&ev)
	}
	e.raw(`],"processID":"p`)
	e.int(int64(e.processID(s.Resource)))
	e.raw(`","warnings":`)
	e.warnings(warnings)
	e.raw("}")
}

// meanings are the names of tags that are not taken for attributes.
var meanings = map[string]bool{
	keyKind: true, keyError: true, keyStatus: true, keyDescription: true,
	keyScope: true, keyVersion: true, keyState: true,
}

// fieldTags writes the tags that stand for fields of a span.
func (e *encoder) fieldTags(s *model.Span) {
	e.stringTag(keyKind, s.Kind.String())
	switch s.Status {
	case model.StatusError:
		e.separate()
		e.raw(`{"key":"` + keyError + `","type":"bool","value":true}`)
		e.stringTag(keyStatus, "ERROR")
	case model.StatusOK:
		e.stringTag(keyStatus, "OK")
	}
	e.stringTag(keyDescription, e.t.Str(s.StatusText))
	scope := e.t.ScopeAt(s.Scope)
	e.stringTag(keyScope, e.t.Str(scope.Name))
	e.stringTag(keyVersion, e.t.Str(scope.Version))
	e.stringTag(keyState, e.t.Str(s.State))
}

func (e *encoder) stringTag(key, value string) {
	if value == "" {
		return
	}
	e.separate()
	e.raw(`{"key":"` + key + `","type":"string","value":`)
	e.text(value)
	e.raw("}")
}

// separate puts a comma between elements.
func (e *encoder) separate() {
	if n := len(e.out); n > 0 && e.out[n-1] != '[' {
		e.raw(",")
	}
}

// tag writes an attribute; own marks one whose name has a meaning.
func (e *encoder) tag(a model.Attr, own bool) {
	e.separate()
	e.raw(`{"key":`)
	e.text(e.t.Key(a))
	switch a.Kind {
	case model.ValueBool:
		e.raw(`,"type":"bool","value":` + strconv.FormatBool(a.Bool()))
	case model.ValueInt:
		e.raw(`,"type":"int64","value":`)
		e.int(a.Int())
	case model.ValueFloat:
		e.raw(`,"type":"float64","value":`)
		e.out = jsonpull.AppendFloat(e.out, a.Float())
	case model.ValueBytes:
		e.raw(`,"type":"binary","value":"` + base64.StdEncoding.EncodeToString([]byte(e.t.Raw(a))) + `"`)
	case model.ValueString:
		e.raw(`,"type":"string","value":`)
		e.text(e.t.Raw(a))
	default:
		e.raw(`,"type":"string","value":`)
		e.text(e.t.Text(a))
		e.raw(`,"anyValue":`)
		e.out = otlp.AppendValueJSON(e.out, e.t, a)
	}
	if own {
		e.raw(`,"attribute":true`)
	}
	e.raw("}")
}

// splitWarnings takes off the attribute made of warnings.
func (e *encoder) splitWarnings(attrs []model.Attr) (rest, warnings []model.Attr) {
	if len(attrs) == 0 {
		return attrs, nil
	}
	last := attrs[len(attrs)-1]
	if last.Kind != model.ValueList || e.t.Key(last) != keyWarnings {
		return attrs, nil
	}
	for _, w := range e.t.Elems(last) {
		if w.Kind != model.ValueString {
			return attrs, nil
		}
	}
	return attrs[:len(attrs)-1], e.t.Elems(last)
}

// splitRefType takes off the attribute that tells how a span refers to its
// parent.
func (e *encoder) splitRefType(attrs []model.Attr, s *model.Span) (rest []model.Attr, follows bool) {
	if len(attrs) == 0 || s.ParentID.IsZero() {
		return attrs, false
	}
	last := attrs[len(attrs)-1]
	if e.t.Key(last) != keyRefType || last.Kind != model.ValueString || e.t.Raw(last) != followsFrom {
		return attrs, false
	}
	return attrs[:len(attrs)-1], true
}

func (e *encoder) warnings(list []model.Attr) {
	if len(list) == 0 {
		e.raw("null")
		return
	}
	e.raw("[")
	for _, w := range list {
		e.separate()
		e.text(e.t.Raw(w))
	}
	e.raw("]")
}

func (e *encoder) references(i model.SpanIndex, follows bool) {
	s := &e.t.Spans[i]
	e.raw(`,"references":[`)
	if !s.ParentID.IsZero() {
		e.reference(follows, e.traceText, s.ParentID)
		e.raw("}")
	}
	for _, l := range e.t.SpanLinks(i) {
		e.separate()
		e.link(&l)
	}
	e.raw("]")
}

// reference writes a reference without its closing bracket.
func (e *encoder) reference(follows bool, trace string, span model.SpanID) {
	refType := "CHILD_OF"
	if follows {
		refType = "FOLLOWS_FROM"
	}
	e.raw(`{"refType":"` + refType + `","traceID":"` + trace + `","spanID":"` + spanText(span) + `"`)
}

// link writes a link, with all it has unless a plain reference says the same.
func (e *encoder) link(l *model.Link) {
	attrs := e.t.LinkAttrs(l)
	refType := ""
	if a, ok := e.t.Find(attrs, keyRefType); ok {
		refType = e.t.Raw(a)
	}
	trace := traceText(l.Trace)
	if trace == "" {
		trace = "0" // without an id it would be this trace
	}
	e.reference(refType != childOf, trace, l.Span)
	if l.Trace == e.t.ID {
		e.raw(`,"link":true`)
	}
	plain := len(attrs) == 1 && attrs[0].Kind == model.ValueString && (refType == childOf || refType == followsFrom)
	if !plain {
		e.raw(`,"tags":[`)
		for _, a := range attrs {
			e.tag(a, false)
		}
		e.raw("]")
	}
	if l.State != 0 {
		e.raw(`,"traceState":`)
		e.text(e.t.Str(l.State))
	}
	if l.Flags != 0 {
		e.raw(`,"flags":`)
		e.int(int64(l.Flags))
	}
	e.raw("}")
}

// times writes start and duration in µs, and both ends in ns where that is not
// all there is.
func (e *encoder) times(start, end uint64) {
	us, length := int64(start)/1000, int64(end-start)/1000
	e.raw(`,"startTime":`)
	e.int(us)
	e.raw(`,"duration":`)
	e.int(length)
	const most = 8e15 // µs that the decoder takes without rounding
	if uint64(us*1000) != start || start+uint64(length*1000) != end || max(us, -us, length, -length) > most {
		e.raw(`,"startTimeUnixNano":"` + strconv.FormatUint(start, 10) + `","endTimeUnixNano":"` + strconv.FormatUint(end, 10) + `"`)
	}
}

// log writes an event with its name as the first field.
func (e *encoder) log(ev *model.Event) {
	e.separate()
	e.raw(`{"timestamp":`)
	us := ev.Time / 1000
	e.int(us)
	if us*1000 != ev.Time {
		e.raw(`,"timeUnixNano":"` + strconv.FormatInt(ev.Time, 10) + `"`)
	}
	e.raw(`,"fields":[`)
	e.stringTag(keyEvent, e.t.Str(ev.Name))
	for _, a := range e.t.EventAttrs(ev) {
		key := e.t.Key(a)
		e.tag(a, key == keyEvent || key == keyMessage && ev.Name == 0)
	}
	e.raw("]}")
}
