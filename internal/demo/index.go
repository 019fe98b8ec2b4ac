package demo

import (
	"cmp"
	"hash/maphash"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"traceview/internal/client/wire"
)

// A traceIndex holds what a search needs to know of a trace.
type traceIndex struct {
	start, end time.Time // of all spans
	lastStart  time.Time // the latest start of a span
	spans      []spanIndex
	attrs      []uint64 // hashes of key and value as text, in runs by span
	summary    wire.TraceSummary
}

// A spanIndex holds what a search needs to know of a span.
type spanIndex struct {
	service, name string
	kind          trace.SpanKind
	id, parent    trace.SpanID
	start         time.Time
	duration      time.Duration
	failed        bool
	attrs         int // end of its run in traceIndex.attrs
}

// attrSeed makes the hashes of this process; they are never stored. With 64
// bits and a few hundred thousand attributes a false match has odds of 1 in 10^13.
var attrSeed = maphash.MakeSeed()

func attrHash(key, value string) uint64 {
	var h maphash.Hash
	h.SetSeed(attrSeed)
	h.WriteString(key)
	h.WriteByte(0)
	h.WriteString(value)
	return h.Sum64()
}

// valueText is a value as a search compares it.
func valueText(v attribute.Value) string {
	switch v.Type() {
	case attribute.STRING:
		return v.AsString()
	case attribute.INT64:
		return strconv.FormatInt(v.AsInt64(), 10)
	case attribute.STRINGSLICE:
		quoted := make([]string, 0, 4)
		for _, s := range v.AsStringSlice() {
			quoted = append(quoted, strconv.Quote(s))
		}
		return "[" + strings.Join(quoted, ",") + "]"
	}
	return v.String()
}

// indexTrace indexes the spans of one trace.
func indexTrace(spans []endedSpan) traceIndex {
	x := traceIndex{start: spans[0].StartTime(), end: spans[0].EndTime(), lastStart: spans[0].StartTime()}
	x.spans = make([]spanIndex, 0, len(spans))
	resources := map[*instance][]uint64{}
	for _, e := range spans {
		x.add(e, resources)
	}
	x.summary = x.summarize(spans[0].SpanContext().TraceID())
	return x
}

func (x *traceIndex) add(e endedSpan, resources map[*instance][]uint64) {
	start, end := e.StartTime(), e.EndTime()
	if start.Before(x.start) {
		x.start = start
	}
	if start.After(x.lastStart) {
		x.lastStart = start
	}
	if end.After(x.end) {
		x.end = end
	}
	hash := func(attrs []attribute.KeyValue) (h []uint64) {
		for _, kv := range attrs {
			h = append(h, attrHash(string(kv.Key), valueText(kv.Value)))
		}
		return h
	}
	if resources[e.on] == nil {
		resources[e.on] = hash(e.on.resource.Attributes())
	}
	x.attrs = append(x.attrs, resources[e.on]...)
	x.attrs = append(x.attrs, hash(e.Attributes())...)
	for _, ev := range e.Events() {
		x.attrs = append(x.attrs, hash(ev.Attributes)...)
	}
	x.spans = append(x.spans, spanIndex{
		service: e.on.name, name: e.Name(), kind: e.SpanKind(),
		id: e.SpanContext().SpanID(), parent: e.Parent().SpanID(),
		start: start, duration: end.Sub(start), failed: failed(e), attrs: len(x.attrs),
	})
}

// summarize counts what FindTraceSummaries tells of a trace. The root is the
// earliest span without a parent in the trace, one without any parent first.
func (x *traceIndex) summarize(id trace.TraceID) wire.TraceSummary {
	sum := wire.TraceSummary{
		TraceID: id.String(), Spans: int32(len(x.spans)),
		MinStartNano: uint64(x.start.UnixNano()), MaxEndNano: uint64(x.end.UnixNano()),
	}
	present := make(map[trace.SpanID]bool, len(x.spans))
	for i := range x.spans {
		present[x.spans[i].id] = true
	}
	var root *spanIndex
	services := map[string]*wire.ServiceSummary{}
	for i := range x.spans {
		s := &x.spans[i]
		v := services[s.service]
		if v == nil {
			v = &wire.ServiceSummary{Name: s.service}
			services[s.service] = v
		}
		v.Spans++
		if s.failed {
			v.ErrorSpans++
			sum.ErrorSpans++
		}
		if present[s.parent] {
			continue
		}
		if s.parent.IsValid() {
			sum.OrphanSpans++
		}
		if root == nil || s.before(root) {
			root = s
		}
	}
	if root != nil {
		sum.RootService, sum.RootOperation = root.service, root.name
	}
	for _, v := range services {
		sum.Services = append(sum.Services, *v)
	}
	slices.SortFunc(sum.Services, func(a, b wire.ServiceSummary) int { return cmp.Compare(a.Name, b.Name) })
	return sum
}

// before says whether s is a better root than r.
func (s *spanIndex) before(r *spanIndex) bool {
	if s.parent.IsValid() != r.parent.IsValid() {
		return !s.parent.IsValid()
	}
	return s.start.Before(r.start)
}

// errorAttr stands for the status of a span in queries.
const errorAttr = "error"

// A filter is a query prepared for comparing.
type filter struct {
	wire.TraceQuery
	attrs     []uint64
	wantError string // "true", "false", "" for any
}

func newFilter(q wire.TraceQuery, ignoreAttributes bool) filter {
	f := filter{TraceQuery: q}
	if ignoreAttributes {
		return f
	}
	for k, v := range q.Attributes {
		if k == errorAttr {
			f.wantError = v
			continue
		}
		f.attrs = append(f.attrs, attrHash(k, v))
	}
	return f
}

// matches says whether one span of the trace meets all of the filter.
func (x *traceIndex) matches(f *filter) bool {
	if x.lastStart.Before(f.StartMin) || !f.StartMax.IsZero() && !x.start.Before(f.StartMax) {
		return false
	}
	from := 0
	for i := range x.spans {
		s := &x.spans[i]
		attrs := x.attrs[from:s.attrs]
		from = s.attrs
		if s.matches(f, attrs) {
			return true
		}
	}
	return false
}

func (s *spanIndex) matches(f *filter, attrs []uint64) bool {
	switch {
	case f.Service != "" && f.Service != s.service,
		f.Operation != "" && f.Operation != s.name,
		s.start.Before(f.StartMin),
		!f.StartMax.IsZero() && !s.start.Before(f.StartMax),
		f.DurationMin != 0 && s.duration < f.DurationMin,
		f.DurationMax != 0 && s.duration > f.DurationMax,
		f.wantError != "" && s.failed != (f.wantError == "true"):
		return false
	}
	for _, want := range f.attrs {
		if !slices.Contains(attrs, want) {
			return false
		}
	}
	return true
}

// find returns the traces that match, newest first, at most q.SearchDepth.
func (s *Shop) find(q wire.TraceQuery, ignoreAttributes bool) []*Trace {
	f := newFilter(q, ignoreAttributes)
	var found []*Trace
	for i := len(s.traces) - 1; i >= 0 && len(found) < int(q.SearchDepth); i-- {
		if t := s.traces[i]; t.index.matches(&f) {
			found = append(found, t)
		}
	}
	return found
}
