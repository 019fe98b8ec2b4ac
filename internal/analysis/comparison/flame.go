package comparison

import "traceview/internal/analysis"

// A Width is by which side the boxes of a flame of differences are wide.
type Width uint8

// The widths. Wider gives room to what either side has.
const (
	Wider Width = iota
	WideA
	WideB
	Widths // how many there are
)

// Flame returns the rows as a call tree: call i is row i. A call weighs its own work,
// a trace of a side of several what is typical of it, and what its callees weigh.
// What failed is what failed in b.
func (c *Comparison) Flame(w Width) *analysis.Calls {
	out := &analysis.Calls{Nodes: make([]analysis.Call, len(c.Rows))}
	for i := len(c.Rows) - 1; i >= 0; i-- {
		r, n := &c.Rows[i], &out.Nodes[i]
		n.Parent, n.End, n.Depth, n.Op = r.Parent, r.End, r.Depth, int32(i)
		n.Errors, n.Carried = r.Sides[B].Errors, r.Sides[B].Carried
		a, b := c.Spreads(A, int32(i)).Own.P50, c.Spreads(B, int32(i)).Own.P50
		switch w {
		case WideA:
			n.Own = a
		case WideB:
			n.Own = b
		default:
			n.Own = max(a, b)
		}
		n.Total = analysis.Plus(n.Total, n.Own)
		if n.Total > 0 {
			out.Depth = max(out.Depth, int(n.Depth)+1)
		}
		if r.Parent >= 0 {
			up := &out.Nodes[r.Parent]
			up.Total = analysis.Plus(up.Total, n.Total)
		} else {
			out.Total = analysis.Plus(out.Total, n.Total)
		}
	}
	var next []int64 // where the next call of each depth begins
	for i := range out.Nodes {
		n := &out.Nodes[i]
		for len(next) < int(n.Depth)+2 {
			next = append(next, 0)
		}
		n.Start = next[n.Depth]
		next[n.Depth], next[n.Depth+1] = analysis.Plus(n.Start, n.Total), n.Start
	}
	return out
}

// Lean says how much the own work of row i differs: -1 to 1, from all of it only in a to
// all of it only in b; 0 for what is the same.
func (c *Comparison) Lean(i int32) float64 {
	r := &c.Rows[i]
	switch r.Status {
	case OnlyA:
		return -1
	case OnlyB:
		return 1
	}
	a, b := c.Spreads(A, i).Own, c.Spreads(B, i).Own
	if c.judge(&a, &b) == 0 {
		return 0
	}
	return float64(b.P50-a.P50) / float64(max(a.P50, b.P50, 1))
}
