package traffic

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"sync"

	"traceview/internal/analysis"
	"traceview/internal/model"
)

// A Window is a stretch of time in Unix ns, To not included.
type Window struct{ From, To int64 }

// Has says whether an instant is within.
func (w Window) Has(ns int64) bool { return ns >= w.From && ns < w.To }

// Dur returns the ns of the window.
func (w Window) Dur() int64 { return max(w.To-w.From, 0) }

// A Row sums up the spans of an operation or, Whole, the requests to a service:
// those spans by which it was entered. Times are ns.
type Row struct {
	Target
	Traces int // that have any of it
	Count  int
	Errors int   // of them failed
	Own    int   // of them failed by themselves; of a service, all its spans that failed
	Total  int64 // durations added up
	Self   int64 // own work, of a service that of all its spans
	Path   int64 // time on the critical path, likewise
	Max    int64

	P50, P95, P99 int64 // within 0.8 %
	Trend         Trend

	now, before sample
}

// An Edge sums up the calls from one node to another.
type Edge struct {
	From, To      int // places in Nodes
	Count, Errors int
	Total, Max    int64
	P50, P95      int64
	Slowest       model.SpanID // in its trace

	durations Sketch
}

// A Total sums up traces of a Set.
type Total struct {
	Window        Window // the traces that were added up began in
	Before        Window // those that the trend compares with; empty for none
	Later         Window // those that are compared, part of Window
	Traces        int
	Failed        int // traces
	Spans         int
	Left          int // spans of operations that were too many in their trace
	Unread        int // digests that cannot be read
	Self, Path    int64
	P50, P95, P99 int64 // of whole traces
	Max           int64
	Operations    []Row // by own work, the most first
	Services      []Row // likewise
	Nodes         []Node
	Edges         []Edge // by count, the most first

	durations Sketch
}

// Windows returns what is added up and compared for the stretch of time that is
// shown: the stretch of the same length before it or, where the set has nothing
// there, its second half with its first.
func (s *Set) Windows(shown Window) (all, before, later Window) {
	from, to := s.Bounds()
	earlier := Window{shown.From - shown.Dur(), shown.From}
	if lo, hi := s.Between(earlier.From, earlier.To); hi > lo && shown.Dur() > 0 && earlier.From >= from {
		return shown, earlier, shown
	}
	a, b := max(shown.From, from), min(shown.To, to+1)
	mid := a + (b-a)/2
	return shown, Window{a, mid}, Window{mid, b}
}

// Sum adds up the traces that a filter chooses and that began in a window, and
// compares those of later, which is within it, with those of before. It uses both
// processors and ends early with the error of ctx.
func (s *Set) Sum(ctx context.Context, f Filter, all, before, later Window) (*Total, error) {
	t := &Total{Window: all, Before: before, Later: later}
	var ranges [][2]int
	lo, hi := s.Between(min(all.From, before.From), max(all.To, before.To))
	if before.Dur() == 0 {
		lo, hi = s.Between(all.From, all.To)
	}
	parts := 1
	if hi-lo > 4*stride {
		parts = min(runtime.GOMAXPROCS(0), 8)
	}
	for k := range parts {
		ranges = append(ranges, [2]int{lo + (hi-lo)*k/parts, lo + (hi-lo)*(k+1)/parts})
	}
	sums := make([]*sum, parts)
	var both sync.WaitGroup
	for k, r := range ranges {
		sums[k] = newSum(s, f, t)
		both.Go(func() { sums[k].add(ctx, r[0], r[1]) })
	}
	both.Wait()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	for _, o := range sums[1:] {
		sums[0].merge(o)
	}
	sums[0].finish(t)
	return t, nil
}

// A rowSum is a Row while it is added up.
type rowSum struct {
	Row
	op opNumber
}

// edgeKey tells edges apart.
type edgeKey struct{ from, to nodeNumber }

// A sum adds up part of a set.
type sum struct {
	set        *Set
	m          matcher
	all        Window
	before     Window
	total      Total
	operations map[opNumber]*rowSum
	services   map[uint32]*rowSum
	edges      map[edgeKey]*Edge
}

func newSum(s *Set, f Filter, t *Total) *sum {
	return &sum{set: s, m: s.matcher(f), all: t.Window, before: t.Before,
		operations: map[opNumber]*rowSum{}, services: map[uint32]*rowSum{}, edges: map[edgeKey]*Edge{}}
}

// add adds up the traces from lo to hi.
func (a *sum) add(ctx context.Context, lo, hi int) {
	var c record
	for k := lo; k < hi; k++ {
		t := &a.set.Traces[k]
		if k%stride == 0 && ctx.Err() != nil {
			return
		}
		now, before := a.all.Has(t.Start), a.before.Has(t.Start)
		if !now && !before || a.m.Failed && t.Failed == 0 {
			continue
		}
		if c.read(t.data) != nil {
			a.total.Unread++
			continue
		}
		if a.m.matches(&c) {
			a.trace(&c, now, before)
		}
	}
}

// trace adds one trace to what is added up now, to what is compared with, or both.
func (a *sum) trace(c *record, now, before bool) {
	if now {
		a.total.Traces++
		if c.failed > 0 {
			a.total.Failed++
		}
		a.total.Spans += c.spans
		a.total.Left += c.left
		a.total.Max = max(a.total.Max, c.dur)
		a.total.durations.Add(c.dur)
		for k := range c.edges {
			a.edge(&c.edges[k])
		}
	}
	for k := range c.services {
		v := &c.services[k]
		r := a.services[v.name]
		if r == nil {
			r = &rowSum{op: opNumber{service: v.name}}
			a.services[v.name] = r
		}
		r.add(&v.tally, now, before)
		if now {
			r.Own += v.failed
			r.Self, r.Path = analysis.Plus(r.Self, v.self), analysis.Plus(r.Path, v.path)
			a.total.Self, a.total.Path = analysis.Plus(a.total.Self, v.self), analysis.Plus(a.total.Path, v.path)
		}
	}
	for k := range c.operations {
		o := &c.operations[k]
		r := a.operations[o.op]
		if r == nil {
			r = &rowSum{op: o.op}
			a.operations[o.op] = r
		}
		r.add(&o.tally, now, before)
		if now {
			r.Own += o.own
			r.Self, r.Path = analysis.Plus(r.Self, o.self), analysis.Plus(r.Path, o.path)
		}
	}
}

// add adds what one trace has of a row.
func (r *rowSum) add(t *tallyRef, now, before bool) {
	if before {
		r.before.add(t)
	}
	if !now {
		return
	}
	r.now.add(t)
	if t.count > 0 {
		r.Traces++
	}
	r.Count += t.count
	r.Errors += t.errors
	r.Total, r.Max = analysis.Plus(r.Total, t.total), max(r.Max, t.max)
}

func (a *sum) edge(e *edgeRef) {
	k := edgeKey{e.from, e.to}
	to := a.edges[k]
	if to == nil {
		to = &Edge{}
		a.edges[k] = to
	}
	to.Count += e.tally.count
	to.Errors += e.tally.errors
	if e.tally.max > to.Max || to.Slowest.IsZero() {
		to.Max, to.Slowest = e.tally.max, e.tally.slowest
	}
	to.Total = analysis.Plus(to.Total, e.tally.total)
	e.tally.addTo(&to.durations)
}

// merge adds what another sum has.
func (a *sum) merge(o *sum) {
	t, u := &a.total, &o.total
	t.Traces, t.Failed, t.Spans, t.Left, t.Unread = t.Traces+u.Traces, t.Failed+u.Failed, t.Spans+u.Spans, t.Left+u.Left, t.Unread+u.Unread
	t.Self, t.Path, t.Max = analysis.Plus(t.Self, u.Self), analysis.Plus(t.Path, u.Path), max(t.Max, u.Max)
	t.durations.Merge(&u.durations)
	for k, r := range o.operations {
		a.operations[k] = a.operations[k].with(r)
	}
	for k, r := range o.services {
		a.services[k] = a.services[k].with(r)
	}
	for k, e := range o.edges {
		if mine := a.edges[k]; mine != nil {
			mine.Count, mine.Errors = mine.Count+e.Count, mine.Errors+e.Errors
			mine.Total = analysis.Plus(mine.Total, e.Total)
			if e.Max > mine.Max {
				mine.Max, mine.Slowest = e.Max, e.Slowest
			}
			mine.durations.Merge(&e.durations)
		} else {
			a.edges[k] = e
		}
	}
}

// with returns both rows as one; r may be nil.
func (r *rowSum) with(o *rowSum) *rowSum {
	if r == nil {
		return o
	}
	r.Traces, r.Count, r.Errors, r.Own = r.Traces+o.Traces, r.Count+o.Count, r.Errors+o.Errors, r.Own+o.Own
	r.Total, r.Self, r.Path, r.Max = analysis.Plus(r.Total, o.Total), analysis.Plus(r.Self, o.Self), analysis.Plus(r.Path, o.Path), max(r.Max, o.Max)
	r.now.merge(&o.now)
	r.before.merge(&o.before)
	return r
}

// finish makes the rows of what was added up.
func (a *sum) finish(t *Total) {
	window, before, later := t.Window, t.Before, t.Later
	*t = a.total
	t.Window, t.Before, t.Later = window, before, later
	t.P50, t.P95, t.P99 = percentiles(&t.durations, t.Max)
	for _, r := range a.operations {
		t.Operations = append(t.Operations, r.row(Target{Op: a.set.op(r.op)}, t))
	}
	for _, r := range a.services {
		t.Services = append(t.Services, r.row(Target{Op: Op{Service: a.set.texts[r.op.service]}, Whole: true}, t))
	}
	for _, list := range []*[]Row{&t.Operations, &t.Services} {
		*list = slices.DeleteFunc(*list, func(r Row) bool { return r.Traces == 0 && r.Self == 0 && r.before.n() == 0 })
		slices.SortFunc(*list, func(a, b Row) int { return cmp.Or(cmp.Compare(b.Self, a.Self), a.compare(&b)) })
	}
	a.graph(t)
}

// compare puts rows into an order of their names.
func (r *Row) compare(o *Row) int {
	return cmp.Or(cmp.Compare(r.Service, o.Service), cmp.Compare(r.Name, o.Name), cmp.Compare(r.Kind, o.Kind))
}

// percentiles returns three of them. One that is the longest is exact.
func percentiles(s *Sketch, most int64) (p50, p95, p99 int64) {
	of := func(p int) int64 {
		if (s.n*p+99)/100 == s.n {
			return most
		}
		return min(s.Percentile(p), most)
	}
	return of(50), of(95), of(99)
}

// row finishes a row.
func (r *rowSum) row(target Target, t *Total) Row {
	r.Target = target
	r.P50, r.P95, r.P99 = percentiles(&r.now.durations, r.Max)
	later := r.now
	if t.Before.From >= t.Window.From { // what is compared are parts of the window
		later = r.now.without(&r.before)
	}
	r.Trend = newTrend(&r.before, &later)
	return r.Row
}

// graph makes nodes and edges.
func (a *sum) graph(t *Total) {
	places := map[Node]int{}
	place := func(n nodeNumber) int {
		node := Node{n.kind, a.set.texts[n.name]}
		p, ok := places[node]
		if !ok {
			p = len(t.Nodes)
			places[node] = p
			t.Nodes = append(t.Nodes, node)
		}
		return p
	}
	keys := make([]edgeKey, 0, len(a.edges))
	for k := range a.edges {
		keys = append(keys, k)
	}
	text := func(n nodeNumber) string { return a.set.texts[n.name] }
	slices.SortFunc(keys, func(x, y edgeKey) int {
		return cmp.Or(cmp.Compare(a.edges[y].Count, a.edges[x].Count), cmp.Compare(text(x.from), text(y.from)), cmp.Compare(text(x.to), text(y.to)),
			cmp.Compare(x.from.kind, y.from.kind), cmp.Compare(x.to.kind, y.to.kind))
	})
	for _, k := range keys {
		e := a.edges[k]
		e.From, e.To = place(k.from), place(k.to)
		e.P50, e.P95, _ = percentiles(&e.durations, e.Max)
		t.Edges = append(t.Edges, *e)
	}
	for k := range t.Services {
		if n := (Node{Service, t.Services[k].Service}); t.Services[k].Traces > 0 {
			if _, ok := places[n]; !ok { // calls nothing and is called by nobody
				places[n] = len(t.Nodes)
				t.Nodes = append(t.Nodes, n)
			}
		}
	}
}
