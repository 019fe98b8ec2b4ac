package chrometrace

import (
	"fmt"
	"io"
	"strconv"

	"traceview/internal/format/jsonpull"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
)

// Encode writes traces as one file of trace events. Beside the traces it holds 12
// bytes a span, and 24 a link.
func Encode(w io.Writer, traces []*model.Trace) error {
	e := encoder{
		Writer: jsonpull.NewWriter(w), plan: newPlan(traces), targets: targetsOf(traces),
		resources: map[tableKey]int{}, scopes: map[tableKey]int{},
	}
	e.Raw(`{"displayTimeUnit":"ms","traceEvents":[`)
	e.names()
	for _, r := range e.order {
		e.t = e.traces[r.trace]
		e.span(r)
		if !e.Flush() {
			return fmt.Errorf("write trace %s: %w", e.t.ID, e.Err())
		}
	}
	e.Raw("\n]")
	e.tables()
	e.Raw("}\n")
	return e.End()
}

// A spanKey names a span of any trace.
type spanKey struct {
	trace model.TraceID
	span  model.SpanID
}

// A tableKey is a resource or scope of one of several arenas.
type tableKey struct {
	arena *model.Arena
	id    uint32
}

type encoder struct {
	*jsonpull.Writer
	*plan
	t       *model.Trace
	targets map[spanKey]ref
	flows   int64

	// Places in the tables behind the events, from 1.
	resources, scopes         map[tableKey]int
	resourceOrder, scopeOrder []tableKey
}

// targetsOf finds the spans that links point to.
func targetsOf(traces []*model.Trace) map[spanKey]ref {
	found := map[spanKey]ref{}
	for _, t := range traces {
		for i := 0; t.Links > 0 && i < len(t.Spans); i++ {
			for _, l := range t.SpanLinks(model.SpanIndex(i)) {
				found[spanKey{l.Trace, l.Span}] = ref{-1, -1}
			}
		}
	}
	if len(found) == 0 {
		return found
	}
	for n, t := range traces {
		for i := range t.Spans {
			if key := (spanKey{t.ID, t.Spans[i].ID}); has(found, key) {
				found[key] = ref{int32(n), int32(i)}
			}
		}
	}
	return found
}

// maxNamed bounds the threads of a process that get a name: spans of a million that
// all last as long lie on a million threads.
const maxNamed = 100

// names writes what processes and threads are called.
func (e *encoder) names() {
	for i, service := range e.services {
		pid := i + 1
		e.metadata("process_name", pid, 0, service)
		for lane := range min(e.most[pid], maxNamed) {
			e.metadata("thread_name", pid, lane+1, "spans "+strconv.Itoa(int(lane)+1))
			e.Flush()
		}
	}
}

func (e *encoder) metadata(what string, pid int, tid int32, name string) {
	e.begin("M", what, pid, tid)
	e.Key("args")
	e.Open('{')
	e.Key("name")
	e.Text(name)
	e.Raw("}}")
}

// begin begins an event, each on a line of its own.
func (e *encoder) begin(ph, name string, pid int, tid int32) {
	e.Comma()
	e.Raw("\n" + `{"ph":"` + ph + `","name":`)
	e.Out = jsonpull.AppendString(e.Out, name)
	e.Key("pid")
	e.Int(int64(pid))
	e.Key("tid")
	e.Int(int64(tid))
}

// micros returns an instant as it is written: whole µs, cut off, so that what lies
// within something still does. With fractions, readers that add start and duration in
// float64 find the ends of a span and its child in the wrong order.
func (e *encoder) micros(ns int64) int64 { return ns/1000 - e.base }

func (e *encoder) span(r ref) {
	t, s := e.t, e.plan.span(r)
	e.begin("X", t.Str(s.Name), e.pid(r), e.lane(r))
	e.Key("cat")
	e.Text(category(s.Kind))
	e.Key("ts")
	e.Int(e.micros(e.start(r)))
	e.Key("dur")
	e.Int(e.micros(e.end(r)) - e.micros(e.start(r)))
	if s.Failed() {
		e.Raw(`,"cname":"terrible"`) // red
	}
	e.Key("args")
	e.Unique()
	for _, a := range t.Attrs(r.span) {
		e.attr(a)
	}
	e.own(r)
	e.Raw("}}")
	for _, ev := range t.SpanEvents(r.span) {
		e.instant(r, &ev)
	}
	if s.Parent != model.NoSpan {
		if up := (ref{r.trace, s.Parent}); e.pid(up) != e.pid(r) {
			e.flow("call", up, r)
		}
	}
	for _, l := range t.SpanLinks(r.span) {
		if from := e.targets[spanKey{l.Trace, l.Span}]; from.trace >= 0 && from != r {
			e.flow("link", from, r)
		}
	}
}

// category is what one filters by.
func category(k model.Kind) string {
	if k == model.KindUnspecified {
		return "span"
	}
	return k.String()
}

func (e *encoder) attr(a model.Attr) {
	key := e.t.Key(a)
	if key == ownKey {
		key += "#" // it would be taken for ours
	}
	e.OwnKey(key)
	e.Out = otlp.AppendBareJSON(e.Out, e.t.Arena, a)
}

// ids writes args.traceview as far as its ids, without the bracket behind.
func (e *encoder) ids(r ref) {
	e.OwnKey(ownKey)
	e.Open('{')
	e.Key("trace_id")
	e.Hex(e.t.ID[:])
	e.Key("span_id")
	e.Text(e.plan.span(r).ID.String())
}

// own writes what the format has no place for.
func (e *encoder) own(r ref) {
	t, s := e.t, e.plan.span(r)
	e.ids(r)
	if !s.ParentID.IsZero() {
		e.TextField("parent_span_id", s.ParentID.String())
	}
	e.TextField("kind", s.Kind.String())
	switch s.Status {
	case model.StatusOK:
		e.TextField("status", "ok")
	case model.StatusError:
		e.TextField("status", "error")
	}
	e.TextField("status_message", t.Str(s.StatusText))
	e.TextField("trace_state", t.Str(s.State))
	e.IntField("flags", int64(s.Flags))
	if s.Scope != 0 {
		e.IntField("scope", int64(numberIn(e.scopes, &e.scopeOrder, tableKey{t.Arena, uint32(s.Scope)})))
	}
	if s.Resource != 0 {
		e.IntField("resource", int64(numberIn(e.resources, &e.resourceOrder, tableKey{t.Arena, uint32(s.Resource)})))
	}
	start, end := t.StoredTimes(r.span)
	e.TextField("start_unix_nano", strconv.FormatUint(start, 10))
	e.TextField("end_unix_nano", strconv.FormatUint(end, 10))
	if links := t.SpanLinks(r.span); len(links) > 0 {
		e.Key("links")
		e.Open('[')
		for i := range links {
			e.link(&links[i])
		}
		e.Close(']')
	}
	e.Close('}')
}

// numberIn returns the number of a key in its table.
func numberIn(table map[tableKey]int, order *[]tableKey, key tableKey) int {
	n, ok := table[key]
	if !ok {
		*order = append(*order, key)
		n = len(*order)
		table[key] = n
	}
	return n
}

func (e *encoder) link(l *model.Link) {
	e.Open('{')
	e.Key("trace_id")
	e.Hex(l.Trace[:])
	e.Key("span_id")
	e.Text(l.Span.String())
	e.TextField("trace_state", e.t.Str(l.State))
	e.IntField("flags", int64(l.Flags))
	e.object("attributes", e.t.Arena, e.t.LinkAttrs(l))
	e.Close('}')
}

// object writes a field with attributes, if there are any.
func (e *encoder) object(key string, a *model.Arena, attrs []model.Attr) {
	if len(attrs) > 0 {
		e.Key(key)
		e.Out = otlp.AppendBareObject(e.Out, a, attrs)
	}
}

func (e *encoder) instant(r ref, ev *model.Event) {
	e.begin("i", e.t.Str(ev.Name), e.pid(r), e.lane(r))
	e.Raw(`,"s":"t"`)
	e.Key("ts")
	e.Int(e.micros(ev.Time))
	e.Key("args")
	e.Unique()
	for _, a := range e.t.EventAttrs(ev) {
		e.attr(a)
	}
	e.ids(r)
	e.TextField("time_unix_nano", strconv.FormatInt(ev.Time, 10))
	e.Raw("}}}")
}

// flow draws an arrow between two spans. Its ends must lie in them, so one that
// began after the other had ended points back to its end.
func (e *encoder) flow(what string, from, to ref) {
	e.flows++
	at := e.micros(e.start(to))
	e.flowEnd("s", what, from, max(min(at, e.micros(e.end(from))-1), e.micros(e.start(from))))
	e.Raw("}")
	e.flowEnd("f", what, to, at)
	e.Raw(`,"bp":"e"}`)
}

func (e *encoder) flowEnd(ph, what string, r ref, ts int64) {
	e.begin(ph, what, e.pid(r), e.lane(r))
	e.Raw(`,"cat":"` + ownFlow + what + `"`)
	e.Key("id")
	e.Int(e.flows)
	e.Key("ts")
	e.Int(ts)
}

// tables writes what stands behind the events.
func (e *encoder) tables() {
	e.Key(ownKey)
	e.Open('{')
	e.Key("resources")
	e.Open('[')
	for _, r := range e.resourceOrder {
		e.Comma()
		e.Out = otlp.AppendBareObject(e.Out, r.arena, r.arena.ResourceAttrs(model.ResourceID(r.id)))
		e.Flush()
	}
	e.Close(']')
	e.Key("scopes")
	e.Open('[')
	for _, s := range e.scopeOrder {
		scope := s.arena.ScopeAt(model.ScopeID(s.id))
		e.Open('{')
		e.TextField("name", s.arena.Str(scope.Name))
		e.TextField("version", s.arena.Str(scope.Version))
		e.object("attributes", s.arena, s.arena.ScopeAttrs(model.ScopeID(s.id)))
		e.Close('}')
		e.Flush()
	}
	e.Close(']')
	e.Close('}')
}
