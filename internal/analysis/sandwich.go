package analysis

import "traceview/internal/model"

// callerSteps bounds the work on callers: an operation called at every level of
// a deep chain has as many paths of callers as levels, each as long as its
// level. Two million steps take 0.2 s.
const callerSteps = 2_000_000

// A Sandwich is one operation between its callers and its callees, as in
// speedscope. It is made of a merged call tree and weighs by the same weight.
//
// Only the outermost calls of the operation count, those that no other call of
// it leads to: what recursion calls again is part of them, and is found among
// the callees. So Total is what those calls weigh in the merged tree.
type Sandwich struct {
	Op      int32  // position in Ops of the trees
	Callers *Calls // the operation, below it who called it, below that who called them
	Callees *Calls // the operation, below it what it called
	Total   int64
	Calls   int // outermost calls in the merged tree
	Cut     int // callers were followed so many levels, 0 for to the end

	main   *Calls
	callee []int32 // of each call of the merged tree, its callee in the order met; -1 for none
}

// NewSandwich looks at each call of a merged tree once, and at the ancestors of
// those of the operation.
func NewSandwich(c *Calls, op int32) *Sandwich {
	s := &Sandwich{Op: op, main: c, callee: make([]int32, len(c.Nodes))}
	var callees joined
	root := callees.child(-1, op)
	var outer []int32
	end := int32(0) // of the outermost call that is being looked through
	for i := range c.Nodes {
		n, at := &c.Nodes[i], int32(-1)
		switch {
		case int32(i) < end:
			at = callees.child(s.callee[n.Parent], n.Op)
		case n.Op == op:
			at, end = root, n.End
			outer = append(outer, int32(i))
			s.Total += n.Total
		}
		if s.callee[i] = at; at >= 0 {
			callees.join(at, n, n.Own)
		}
	}
	s.Calls = len(outer)
	s.Callees = callees.arrange(c.Ops)
	s.Callers = s.callers(outer)
	return s
}

// Callee returns the call of Callees that span i is part of, -1 for none.
func (s *Sandwich) Callee(i model.SpanIndex) int32 {
	n := s.main.Of(i)
	if n < 0 || s.callee[n] < 0 {
		return -1
	}
	return s.Callees.place[s.callee[n]]
}

// An upward is a call on the way from one of the operation to the root.
type upward struct {
	at   int32 // in the merged tree
	call int32 // in the tree of callers
	w    int64
}

// callers goes up from all outermost calls at once, a level at a time. Two that
// are at the same caller by the same path are different calls of it, since one
// path down is one call; so nothing is counted twice.
func (s *Sandwich) callers(outer []int32) *Calls {
	var t joined
	root := t.child(-1, s.Op)
	way := make([]upward, 0, len(outer))
	for _, i := range outer {
		n := &s.main.Nodes[i]
		t.join(root, n, 0)
		way = append(way, upward{i, root, n.Total})
	}
	steps := 0
	for level := 0; len(way) > 0; level++ {
		if steps += len(way); steps > callerSteps && level > 0 {
			s.Cut = level
			break
		}
		next := way[:0]
		for _, u := range way {
			p := s.main.Nodes[u.at].Parent
			if p < 0 {
				t.own[u.call] += u.w
				continue
			}
			n := &s.main.Nodes[p]
			call := t.child(u.call, n.Op)
			t.join(call, n, 0)
			next = append(next, upward{p, call, u.w})
		}
		way = next
	}
	for _, u := range way { // those that were not followed to the end
		t.own[u.call] += u.w
	}
	return t.arrange(s.main.Ops)
}

// joined is a tree of calls that are merged from others.
type joined struct {
	tree
	sums []Call // Spans and what is told of them, of each call
	own  []int64
}

// join merges another call into call at, with a weight of its own.
func (j *joined) join(at int32, n *Call, own int64) {
	for len(j.sums) <= int(at) {
		j.sums, j.own = append(j.sums, Call{}), append(j.own, 0)
	}
	c := &j.sums[at]
	if c.Spans == 0 || n.Max > c.Max {
		c.Max, c.Slowest = n.Max, n.Slowest
	}
	if c.Spans == 0 || n.Min < c.Min {
		c.Min = n.Min
	}
	c.Spans += n.Spans
	c.Sum = Plus(c.Sum, n.Sum)
	c.Errors += n.Errors
	c.Carried += n.Carried
	j.own[at] += own
}

func (j *joined) arrange(ops []Op) *Calls {
	j.place(j.sums)
	c := arrange(j.sums, j.own, false)
	c.Ops = ops
	return c
}
