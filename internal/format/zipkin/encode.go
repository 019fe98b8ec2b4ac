package zipkin

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"traceview/internal/format/jsonpull"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
)

// Encode writes traces as one list of spans, as Zipkin's UI and its servers take
// it.
func Encode(w io.Writer, traces []*model.Trace) error {
	e := encoder{Writer: jsonpull.NewWriter(w)}
	e.Open('[')
	for _, t := range traces {
		e.t = t
		for i := range t.Spans {
			e.span(model.SpanIndex(i))
			if !e.Flush() {
				return fmt.Errorf("write trace %s: %w", t.ID, e.Err())
			}
		}
	}
	e.Close(']')
	e.Raw("\n")
	return e.End()
}

type encoder struct {
	*jsonpull.Writer
	t   *model.Trace
	buf []byte
}

func (e *encoder) span(i model.SpanIndex) {
	t := e.t
	s := &t.Spans[i]
	e.Open('{')
	e.Key("traceId")
	e.Text(traceText(t.ID))
	e.Key("id")
	e.Text(s.ID.String())
	if !s.ParentID.IsZero() {
		e.TextField("parentId", s.ParentID.String())
	}
	e.TextField("kind", kindText(s.Kind))
	e.TextField("name", t.Str(s.Name))
	e.times(i)
	process, attrs := t.ResourceAttrs(s.Resource), t.Attrs(i)
	local, remote := e.addressOf(process, keyService, keyHostIP, keyHostPort), e.addressOf(attrs, keyPeer, keyPeerIP, keyPeerPort)
	e.endpoint("localEndpoint", t.ServiceName(i), process, local) // also if empty: it tells the format
	if remote != (address{-1, -1, -1}) {
		peer := ""
		if remote.service >= 0 {
			peer = t.Raw(attrs[remote.service])
		}
		e.endpoint("remoteEndpoint", peer, attrs, remote)
	}
	e.annotations(i)
	e.tags(i, local, remote)
	if e.shared(i) {
		e.Raw(`,"shared":true`)
	}
	if a, ok := t.Attr(i, keyDebug); ok && a.Kind == model.ValueBool && a.Bool() {
		e.Raw(`,"debug":true`)
	}
	e.Close('}')
}

// traceText writes an id as Zipkin does: 64-bit ones with 16 digits.
func traceText(id model.TraceID) string {
	s := id.String()
	if strings.HasPrefix(s, "0000000000000000") {
		return s[16:]
	}
	return s
}

// kindText is empty for work within a service, for which Zipkin has no kind.
func kindText(k model.Kind) string {
	if k < model.KindServer {
		return ""
	}
	return strings.ToUpper(k.String())
}

// shared says whether a span is the called half of a call and has the id of the
// caller's.
func (e *encoder) shared(i model.SpanIndex) bool {
	s := &e.t.Spans[i]
	return s.Parent != model.NoSpan && !s.ID.IsZero() && e.t.Spans[s.Parent].ID == s.ID
}

// times writes start and duration in µs, both cut off, so that what ended within
// its parent still does.
func (e *encoder) times(i model.SpanIndex) {
	start, end := e.t.StoredTimes(i)
	e.IntField("timestamp", int64(start/1000))
	if end > start {
		e.IntField("duration", int64(end/1000-start/1000))
	}
}

// An address is what attributes tell of an endpoint: their places in the list, -1
// for none. Of several alike the first counts; the others are written as tags.
type address struct{ service, ip, port int }

func (e *encoder) addressOf(attrs []model.Attr, service, ip, port string) address {
	at := address{-1, -1, -1}
	for n, a := range attrs {
		switch key := e.t.Key(a); {
		case key == service && at.service < 0 && a.Kind == model.ValueString && e.t.Raw(a) != "":
			at.service = n
		case key == ip && at.ip < 0 && a.Kind == model.ValueString && e.t.Raw(a) != "":
			at.ip = n
		case key == port && at.port < 0 && a.Kind == model.ValueInt && a.Int() > 0 && a.Int() <= math.MaxUint16:
			at.port = n
		}
	}
	return at
}

// has says whether attribute n is part of the address.
func (at address) has(n int) bool { return n == at.service || n == at.ip || n == at.port }

func (e *encoder) endpoint(key, service string, attrs []model.Attr, at address) {
	e.Key(key)
	e.Open('{')
	e.TextField("serviceName", service)
	if at.ip >= 0 {
		ip := e.t.Raw(attrs[at.ip])
		if strings.Contains(ip, ":") {
			e.TextField("ipv6", ip)
		} else {
			e.TextField("ipv4", ip)
		}
	}
	if at.port >= 0 {
		e.IntField("port", attrs[at.port].Int())
	}
	e.Close('}')
}

func (e *encoder) annotations(i model.SpanIndex) {
	events := e.t.SpanEvents(i)
	if len(events) == 0 {
		return
	}
	e.Key("annotations")
	e.Open('[')
	for n := range events {
		ev := &events[n]
		e.Open('{')
		e.Key("timestamp")
		e.Int(ev.Time / 1000)
		e.Key("value")
		e.buf = append(e.buf[:0], e.t.Str(ev.Name)...)
		if attrs := e.t.EventAttrs(ev); len(attrs) > 0 || ev.Dropped > 0 {
			e.buf = e.detail(e.buf, attrs, ev.Dropped)
		}
		e.Text(string(e.buf))
		e.Close('}')
	}
	e.Close(']')
}

// detail appends |{attributes}|dropped.
func (e *encoder) detail(dst []byte, attrs []model.Attr, dropped uint32) []byte {
	dst = otlp.AppendBareObject(append(dst, '|'), e.t.Arena, attrs)
	return strconv.AppendUint(append(dst, '|'), uint64(dropped), 10)
}

// tags writes attributes of the span, then what has no field in Zipkin, then
// attributes of the resource, each name once.
func (e *encoder) tags(i model.SpanIndex, local, remote address) {
	t := e.t
	s := &t.Spans[i]
	e.Key("tags")
	e.Unique()
	told := false // the tag "error" is an attribute of the span
	for n, a := range t.Attrs(i) {
		switch key := t.Key(a); {
		case remote.has(n):
			continue
		case key == keyDebug && a.Kind == model.ValueBool:
			continue
		case key == keyError:
			told = true
		}
		e.OwnKey(t.Key(a))
		e.value(a)
	}
	e.status(s, told)
	if s.Kind == model.KindInternal {
		e.ownText(keyKind, s.Kind.String())
	}
	scope := t.ScopeAt(s.Scope)
	e.ownText(keyScope, t.Str(scope.Name))
	e.ownText(keyVersion, t.Str(scope.Version))
	e.ownText(keyState, t.Str(s.State))
	for n, l := range t.SpanLinks(i) {
		e.buf = append(append(e.buf[:0], l.Trace.String()...), '|')
		e.buf = append(append(e.buf, l.Span.String()...), '|')
		e.buf = append(e.buf, t.Str(l.State)...)
		e.ownText(keyLink+strconv.Itoa(n), string(e.detail(e.buf, t.LinkAttrs(&l), l.Dropped)))
	}
	for n, a := range t.ResourceAttrs(s.Resource) {
		if key := t.Key(a); !local.has(n) && key != keyService && !e.Has(key) {
			e.OwnKey(key)
			e.value(a)
		}
	}
	e.Close('}')
}

// ownText writes a tag unless it would be empty.
func (e *encoder) ownText(key, value string) {
	if value != "" {
		e.OwnKey(key)
		e.Text(value)
	}
}

// status writes the tags that tell the outcome of a span.
func (e *encoder) status(s *model.Span, told bool) {
	message := e.t.Str(s.StatusText)
	switch s.Status {
	case model.StatusError:
		e.ownText(keyStatus, "ERROR")
		if !told {
			e.ownText(keyError, cmp.Or(message, "true"))
		}
	case model.StatusOK:
		e.ownText(keyStatus, "OK")
	default:
		if told {
			e.ownText(keyStatus, unset)
		}
	}
	if s.Status == model.StatusError && told { // also if empty: then "error" is not the message
		e.OwnKey(keyDescription)
		e.Text(message)
	} else if s.Status != model.StatusError || message == "true" {
		e.ownText(keyDescription, message)
	}
}

// value writes an attribute's value as text.
func (e *encoder) value(a model.Attr) {
	switch a.Kind {
	case model.ValueString:
		e.Text(e.t.Raw(a))
	case model.ValueList, model.ValueMap:
		e.buf = otlp.AppendBareJSON(e.buf[:0], e.t.Arena, a)
		e.Text(string(e.buf))
	default:
		e.Text(e.t.Text(a))
	}
}
