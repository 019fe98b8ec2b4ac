package analysis

import (
	"context"
	"slices"

	"traceview/internal/model"
)

// A Stat sums up the spans of one operation, or of one service. Times are in ns.
type Stat struct {
	Service string     // "" if none was recorded
	Name    string     // the operation; "" for a whole service, or without a name
	Kind    model.Kind // of an operation
	Count   int        // spans, at least one
	Errors  int        // of them failed
	Own     int        // of them failed by themselves, not because of a span below
	Total   int64      // durations added up; parallel spans count each
	Self    int64      // own work added up
	Path    int64      // time on the critical path
	Slowest model.SpanIndex

	// Min to Max are of the durations of the spans. A percentile p is the nearest
	// rank: the shortest duration that at least p % of the spans do not exceed,
	// which is always that of a span, never between two.
	Min, P50, P95, P99, Max int64
}

// Statistics are the spans of a trace, or of several, by operation and by
// service, both in the order in which they first appear. Callers must not
// change them.
type Statistics struct {
	Operations []Stat // spans alike in service, name and kind
	Services   []Stat
	Spans      int   // counted
	Self       int64 // own work of all spans, counted or not
	Path       int64 // the critical path of the traces
}

// A Measured is a trace with what statistics need to know of it. Only, if not
// nil, holds the spans to count.
type Measured struct {
	Trace  *model.Trace
	Work   *Work
	Errors *Errors
	Path   *Path
	Only   Set
}

// Measure looks at a trace for NewStatistics.
func Measure(t *model.Trace) Measured {
	return Measured{Trace: t, Work: NewWork(t), Errors: NewErrors(t), Path: NewPath(t)}
}

// checkEvery is after how many spans the work looks whether it is still wanted
// and says how far it has come: some ms.
const checkEvery = 1 << 16

// NewStatistics adds up the spans of traces in two passes, one that finds the
// operation of each span and one that adds it and puts the durations of each
// operation side by side, and then sorts those: O(n log n), whether all spans are
// of one operation or each is of its own. progress, if not nil, is told the share
// done, 0 to 1, on the calling goroutine. It ends early with the error of the context.
func NewStatistics(ctx context.Context, list []Measured, progress func(float64)) (*Statistics, error) {
	g := &grouping{ctx: ctx, progress: progress, byText: map[opText]int32{}}
	spans := 0
	for _, m := range list {
		spans += len(m.Trace.Spans)
		g.several = g.several || m.Trace.Arena != list[0].Trace.Arena
	}
	g.total, g.opOf = 2*spans, make([]int32, 0, spans)
	for k, m := range list {
		if err := g.identify(int32(k), m); err != nil {
			return nil, err
		}
	}
	if err := g.add(list); err != nil {
		return nil, err
	}
	if err := g.percentiles(); err != nil {
		return nil, err
	}
	s := &Statistics{Operations: g.ops, Services: g.services, Spans: len(g.opOf), Self: g.self}
	for _, m := range list {
		s.Path = Plus(s.Path, m.Path.Total)
	}
	return s, nil
}

// An opKey tells operations of one arena apart.
type opKey struct {
	service, name model.StringID
	kind          model.Kind
}

// An opText tells operations of several arenas apart.
type opText struct {
	service, name string
	kind          model.Kind
	whole         bool // a service, not an operation
}

// A place is a span of one of the traces.
type place struct {
	trace int32
	span  model.SpanIndex
}

// grouping is the state of NewStatistics.
type grouping struct {
	ctx       context.Context
	progress  func(float64)
	found     []place // the first span of each operation
	foundSv   []place // of each service
	serviceOf []int32 // of each operation
	opOf      []int32 // of each span counted, in the order of traces and spans
	arena     *model.Arena
	byKey     map[opKey]int32          // operations of arena
	byService map[model.StringID]int32 // services of arena
	several   bool                     // there are several arenas
	byText    map[opText]int32         // of all arenas, if there are several
	ops       []Stat
	services  []Stat
	durations [2][]int64 // side by side: by operation, by service
	self      int64      // of all spans, counted or not
	done      int
	total     int
	told      int
}

// step notes n more steps of work, says how far it is and whether to stop.
func (g *grouping) step(n int) error {
	if g.done += n; g.done-g.told >= checkEvery {
		g.told = g.done
		if g.progress != nil {
			g.progress(min(float64(g.done)/float64(max(g.total, 1)), 1))
		}
	}
	return g.ctx.Err()
}

// each calls f for the spans of a trace that count.
func (g *grouping) each(m Measured, f func(i model.SpanIndex)) error {
	spans := model.SpanIndex(len(m.Trace.Spans))
	for i := model.SpanIndex(0); i < spans; i++ {
		if i%checkEvery == 0 {
			if err := g.step(int(min(checkEvery, spans-i))); err != nil {
				return err
			}
		}
		if m.Only == nil || m.Only.Has(i) {
			f(i)
		}
	}
	return nil
}

// identify notes the operation of each span of a trace, and adds up the own work
// of all of them.
func (g *grouping) identify(trace int32, m Measured) error {
	if g.arena != m.Trace.Arena {
		g.arena, g.byKey, g.byService = m.Trace.Arena, map[opKey]int32{}, map[model.StringID]int32{}
	}
	for i := range m.Trace.Spans {
		g.self = Plus(g.self, m.Work.Self(model.SpanIndex(i)))
	}
	return g.each(m, func(i model.SpanIndex) {
		g.opOf = append(g.opOf, g.operation(m.Trace, place{trace, i}))
	})
}

func (st *Stat) add(m Measured, i model.SpanIndex) {
	s := &m.Trace.Spans[i]
	st.Count++
	if s.Failed() {
		st.Errors++
		if !m.Errors.CarriedUp(i) {
			st.Own++
		}
	}
	st.Total = Plus(st.Total, s.Dur)
	st.Self = Plus(st.Self, m.Work.Self(i))
	st.Path = Plus(st.Path, m.Path.Of(i).Total())
	if st.Count == 1 || s.Dur > st.Max {
		st.Max, st.Slowest = s.Dur, i
	}
}

// operation returns the place in ops of a span's operation.
func (g *grouping) operation(t *model.Trace, at place) int32 {
	s := &t.Spans[at.span]
	k := opKey{t.ResourceAt(s.Resource).Service, s.Name, s.Kind}
	if n, ok := g.byKey[k]; ok {
		return n
	}
	text := opText{service: t.Str(k.service), name: t.Str(k.name), kind: k.kind}
	n, ok := g.known(text)
	if !ok {
		n = int32(len(g.found))
		g.found = append(g.found, at)
		g.serviceOf = append(g.serviceOf, g.service(k.service, text.service, at))
		g.remember(text, n)
	}
	g.byKey[k] = n
	return n
}

// service returns the place in services of a service.
func (g *grouping) service(id model.StringID, name string, at place) int32 {
	if n, ok := g.byService[id]; ok {
		return n
	}
	text := opText{service: name, whole: true}
	n, ok := g.known(text)
	if !ok {
		n = int32(len(g.foundSv))
		g.foundSv = append(g.foundSv, at)
		g.remember(text, n)
	}
	g.byService[id] = n
	return n
}

// known looks a text up that another arena may have had as well.
func (g *grouping) known(text opText) (int32, bool) {
	if !g.several {
		return 0, false
	}
	n, ok := g.byText[text]
	return n, ok
}

func (g *grouping) remember(text opText, n int32) {
	if g.several {
		g.byText[text] = n
	}
}

// add adds up the spans and puts the durations of each operation, and of each
// service, side by side.
func (g *grouping) add(list []Measured) error {
	g.ops, g.services = make([]Stat, len(g.found)), make([]Stat, len(g.foundSv))
	for k, at := range g.found {
		t := list[at.trace].Trace
		g.ops[k] = Stat{Service: t.ServiceName(at.span), Name: t.Name(at.span), Kind: t.Spans[at.span].Kind}
	}
	for k, at := range g.foundSv {
		g.services[k].Service = list[at.trace].Trace.ServiceName(at.span)
	}
	nextOp, nextService := g.offsets()
	ops, services := make([]int64, len(g.opOf)), make([]int64, len(g.opOf))
	at := 0
	for _, m := range list {
		err := g.each(m, func(i model.SpanIndex) {
			op := g.opOf[at]
			at++
			sv, dur := g.serviceOf[op], m.Trace.Spans[i].Dur
			g.ops[op].add(m, i)
			g.services[sv].add(m, i)
			ops[nextOp[op]] = dur
			services[nextService[sv]] = dur
			nextOp[op]++
			nextService[sv]++
		})
		if err != nil {
			return err
		}
	}
	g.durations = [2][]int64{ops, services}
	return nil
}

// offsets returns where the spans of each operation and of each service begin
// when they stand side by side.
func (g *grouping) offsets() (ops, services []int32) {
	ops, services = make([]int32, len(g.found)+1), make([]int32, len(g.foundSv)+1)
	for _, op := range g.opOf {
		ops[op+1]++
		services[g.serviceOf[op]+1]++
	}
	for _, list := range [][]int32{ops, services} {
		for k := 1; k < len(list); k++ {
			list[k] += list[k-1]
		}
	}
	return ops, services
}

func (g *grouping) percentiles() error {
	for k, stats := range [2][]Stat{g.ops, g.services} {
		all := g.durations[k]
		for n := range stats {
			st := &stats[n]
			d := all[:st.Count]
			all = all[st.Count:]
			if n%1024 == 0 && g.ctx.Err() != nil { // one sort of a million takes 80 ms
				return g.ctx.Err()
			}
			slices.Sort(d)
			st.Min, st.P50, st.P95, st.P99, st.Max = d[0], Percentile(d, 50), Percentile(d, 95), Percentile(d, 99), d[len(d)-1]
		}
	}
	return nil
}

// Percentile returns the p-th percentile, p from 1 to 100, of sorted values, of
// which there must be one at least, by the nearest-rank method: the smallest of
// them that at least p % of all do not exceed.
func Percentile(sorted []int64, p int) int64 {
	n := len(sorted)
	return sorted[(n*p+99)/100-1]
}
