package analysis

import (
	"cmp"
	"slices"

	"traceview/internal/model"
)

// A Weight is what a merged call tree measures.
type Weight uint8

// The weights. OnPath and SelfTime add up: a call weighs what its own spans do
// and what its callees do. SummedWork is the durations of the spans of a call
// added up, or the weight of its callees where that is more.
const (
	OnPath     Weight = iota // time on the critical path
	SelfTime                 // time without waiting for children
	SummedWork               // durations; what runs side by side counts each time
	Weights                  // how many there are
)

var weightNames = [Weights]string{"path", "self", "work"}

// String returns the name of the weight in files and options.
func (w Weight) String() string {
	if w < Weights {
		return weightNames[w]
	}
	return ""
}

// An Op is an operation of a service, by which calls are merged.
type Op struct {
	Service int32 // position in Trace.Services
	Name    model.StringID
}

// A Call is all spans that were reached by one path of operations from a root.
// Times are ns.
type Call struct {
	Parent  int32           // -1 for the first of a path
	End     int32           // the calls below call i are Nodes[i+1:End]
	Depth   int32           // 0 for the first of a path
	Op      int32           // position in Ops
	Spans   int32           // how many were merged
	Errors  int32           // of them, those whose own error began there
	Carried int32           // of them, those that failed because of one below
	Slowest model.SpanIndex // the longest of them, the first of equals
	Min     int64           // of their durations
	Max     int64
	Sum     int64
	Own     int64 // weight without the callees
	Total   int64 // weight with them: Own and the Totals of the children
	Start   int64 // the Totals of all that stand before it, from its parent's Start on
}

// Failed says whether any of the spans failed.
func (c *Call) Failed() bool { return c.Errors+c.Carried > 0 }

// Mean returns the mean duration of the spans.
func (c *Call) Mean() int64 { return c.Sum / int64(max(c.Spans, 1)) }

// Calls is a merged call tree: calls in depth-first order, the heaviest sibling
// first, of equals the one met first. The caller must not change it.
type Calls struct {
	Nodes []Call
	Ops   []Op
	Total int64   // of all first calls
	Depth int     // of the deepest call that weighs anything, counted from 1
	of    []int32 // of each span, its call in the order met; -1 for none
	place []int32 // of each call in the order met, its place in Nodes
}

// Of returns the call that span i was merged into, -1 where it was left out.
func (c *Calls) Of(i model.SpanIndex) int32 {
	if i < 0 || int(i) >= len(c.of) || c.of[i] < 0 {
		return -1
	}
	return c.place[c.of[i]]
}

// Next returns the span after i that was merged into the same call, the first
// of the call after the last; Prev the one before. It looks at all spans
// between the two.
func (c *Calls) Next(i model.SpanIndex) model.SpanIndex { return c.turn(i, 1) }

// Prev is Next the other way round.
func (c *Calls) Prev(i model.SpanIndex) model.SpanIndex { return c.turn(i, len(c.of)-1) }

func (c *Calls) turn(i model.SpanIndex, step int) model.SpanIndex {
	if c.Of(i) < 0 {
		return i
	}
	call, n := c.of[i], len(c.of)
	for k := (int(i) + step) % n; ; k = (k + step) % n {
		if c.of[k] == call {
			return model.SpanIndex(k)
		}
	}
}

// Number returns which of the spans of its call span i is, counted from 1, 0
// where it was left out.
func (c *Calls) Number(i model.SpanIndex) int {
	if c.Of(i) < 0 {
		return 0
	}
	n := 0
	for _, call := range c.of[:i+1] {
		if call == c.of[i] {
			n++
		}
	}
	return n
}

// A Merge is a trace merged by path, not weighed yet.
type Merge struct {
	calls []Call // in the order met, parents before children
	ops   []Op
	of    []int32 // of each span, its call; -1 for none
}

// NewMerge merges the spans of a trace, those of shown only where that is not
// nil; shown must hold the ancestors of each span in it. One pass, and one look
// into a table a span.
func NewMerge(t *model.Trace, shown Set, e *Errors) *Merge {
	m := &Merge{of: make([]int32, len(t.Spans))}
	var grown tree
	var ops pairs
	service := servicesOf(t)
	for i := range t.Spans {
		s := &t.Spans[i]
		if m.of[i] = -1; shown != nil && !shown.Has(model.SpanIndex(i)) {
			continue
		}
		parent := int32(-1)
		if s.Parent != model.NoSpan {
			parent = m.of[s.Parent]
		}
		m.of[i] = grown.child(parent, ops.of(service[s.Resource], int32(s.Name)))
	}
	m.ops = make([]Op, len(ops.a))
	for k := range m.ops {
		m.ops[k] = Op{ops.a[k], model.StringID(ops.b[k])}
	}
	m.calls = make([]Call, len(grown.a))
	grown.place(m.calls)
	for i, n := range m.of {
		if n >= 0 {
			m.calls[n].add(&t.Spans[i], model.SpanIndex(i), e.CarriedUp(model.SpanIndex(i)))
		}
	}
	return m
}

// servicesOf returns the service of each resource: asking the trace looks into
// a map, which took a fifth of the time.
func servicesOf(t *model.Trace) []int32 {
	out := make([]int32, t.Resources())
	seen := make([]bool, len(out))
	for i := range t.Spans {
		if r := t.Spans[i].Resource; !seen[r] {
			seen[r], out[r] = true, int32(t.Service(model.SpanIndex(i)))
		}
	}
	return out
}

// add merges a span into a call.
func (c *Call) add(s *model.Span, i model.SpanIndex, carried bool) {
	if c.Spans == 0 || s.Dur > c.Max {
		c.Max, c.Slowest = s.Dur, i
	}
	if c.Spans == 0 || s.Dur < c.Min {
		c.Min = s.Dur
	}
	c.Spans++
	c.Sum = Plus(c.Sum, s.Dur)
	switch {
	case s.Failed() && carried:
		c.Carried++
	case s.Failed():
		c.Errors++
	}
}

// most is what the weights of a trace may add up to, far from where an int64
// ends: 36 years.
const most = int64(1) << 60

// Weigh returns the call tree with the weight of each span told by of. Weights
// of a trace whose sum has no room are each cut to what has.
func (m *Merge) Weigh(w Weight, of func(i model.SpanIndex) int64) *Calls {
	own, sum := make([]int64, len(m.calls)), 0.0
	for i, n := range m.of {
		if n >= 0 {
			v := of(model.SpanIndex(i))
			own[n] += v
			sum += float64(v)
		}
	}
	if sum > float64(most) { // once more, seldom: asking every span takes longer than all else
		clear(own)
		limit := most / int64(len(m.of))
		for i, n := range m.of {
			if n >= 0 {
				own[n] += min(of(model.SpanIndex(i)), limit)
			}
		}
	}
	c := arrange(m.calls, own, w == SummedWork)
	c.Ops, c.of = m.ops, m.of
	return c
}

// arrange puts calls in the order met into the order of Calls. Their spans weigh
// own, which is kept; where overlap is set, that is shared with the callees
// instead of added to theirs.
func arrange(met []Call, own []int64, overlap bool) *Calls {
	n := len(met)
	c := &Calls{Nodes: make([]Call, n), place: make([]int32, n)}
	size := make([]int32, n)  // calls of the subtree
	total := make([]int64, n) // of those below, before it is a call's turn
	for i := n - 1; i >= 0; i-- {
		m := &met[i]
		if overlap {
			own[i] = max(own[i]-total[i], 0)
		}
		total[i] += own[i]
		size[i]++
		if m.Parent >= 0 {
			total[m.Parent] += total[i]
			size[m.Parent] += size[i]
		} else {
			c.Total += total[i]
		}
		if total[i] > 0 {
			c.Depth = max(c.Depth, int(m.Depth)+1)
		}
	}
	kids, first := children(met, total)
	for i := -1; i < n; i++ {
		at, start, parent := int32(0), int64(0), int32(-1)
		if i >= 0 {
			parent = c.place[i]
			at, start = parent+1, c.Nodes[parent].Start
		}
		for _, k := range kids[first[i+1]:first[i+2]] {
			m := &c.Nodes[at]
			*m = met[k.call]
			m.Parent, m.End, m.Start = parent, at+size[k.call], start
			m.Own, m.Total = own[k.call], k.total
			c.place[k.call] = at
			at, start = m.End, start+k.total
		}
	}
	return c
}

// A kid is a call with what siblings are sorted by.
type kid struct {
	total int64
	call  int32
}

// children returns the calls below each other, those of call i from first[i+1]
// to before first[i+2], those without a parent in front.
func children(met []Call, total []int64) (kids []kid, first []int32) {
	first = make([]int32, len(met)+2)
	for i := range met {
		first[met[i].Parent+2]++
	}
	for i := range len(met) + 1 {
		first[i+1] += first[i]
	}
	next := slices.Clone(first[:len(met)+1])
	kids = make([]kid, len(met))
	for i := range met {
		p := met[i].Parent + 1
		kids[next[p]] = kid{total[i], int32(i)}
		next[p]++
	}
	for i := range len(met) + 1 {
		if run := kids[first[i]:first[i+1]]; len(run) > 1 {
			slices.SortFunc(run, heavier)
		}
	}
	return kids, first
}

func heavier(a, b kid) int {
	if a.total != b.total {
		return cmp.Compare(b.total, a.total)
	}
	return int(a.call - b.call)
}
