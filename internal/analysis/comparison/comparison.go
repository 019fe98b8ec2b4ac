// Package comparison says what is different between two traces, or between a
// trace and what is usual in others. Spans are aligned by their path: the
// operations from the root down to them, as in a merged call tree. What differs
// is plain data; its words are made elsewhere. No algorithm recurses.
package comparison

import (
	"context"
	"fmt"

	"traceview/internal/model"
)

// A Side is one of the two that are compared.
type Side uint8

// The sides.
const (
	A Side = iota
	B
)

// Other returns the other side.
func (s Side) Other() Side { return 1 - s }

// A Status says how b is to a, at one path.
type Status uint8

// The statuses. What is no more apart than chance and clocks make it is the same.
const (
	Same Status = iota
	Slower
	Faster
	OnlyA
	OnlyB
)

var statusNames = [...]string{"same", "slower", "faster", "only-a", "only-b"}

// String returns the name of the status as the command line prints it.
func (s Status) String() string { return statusNames[s] }

// A Place is a span of one of the traces of a side.
type Place struct {
	Trace int32 // position among the traces of the side
	Span  model.SpanIndex
}

// Figures are what one side has of a path, all its traces together. Times are ns.
type Figures struct {
	Spans   int32
	Traces  int32 // of the side, that have it
	Failing int32 // of them, those in which an error began there
	Errors  int32 // spans whose error began there
	Carried int32 // spans that failed because of one below
	Total   int64 // durations added up
	Own     int64 // without waiting for children
	Wait    int64 // for how long messages lay in the queue before the spans took them
	Longest Place // the longest of the spans, the first of equals
	Failed  Place // the first whose error began there; Span is NoSpan for none
}

// Spreads tell how the figures of a path are spread over the traces of a side that
// have it: of durations added up, of own work, of waiting, and of how many spans
// there are. With one trace, each is the sum.
type Spreads struct{ Total, Own, Wait, Spans Spread }

// A Spread is nearest ranks of a figure.
type Spread struct{ P5, P25, P50, P75, P95 int64 }

// A Row is a path: an operation, and the row of what led to it.
type Row struct {
	Parent  int32 // -1 for the first of a path
	End     int32 // the rows below row i are Rows[i+1:End]
	Depth   int32 // 0 for the first of a path
	Service string
	Name    string // numbers and ids are # where both sides have other ones
	Status  Status
	Sides   [2]Figures
}

// Delta returns by how many ns b takes longer than a, all traces of each added up.
func (r *Row) Delta() int64 { return r.Sides[B].Total - r.Sides[A].Total }

// A Comparison is what two sides have of each path. Callers must not change it.
type Comparison struct {
	Rows   []Row // depth-first, parents before children, siblings by when they begin
	Traces [2][]*model.Trace
	Shared int // rows that both sides have

	spreads [2][]Spreads // by row, nil for a side of one trace
}

// Options say how to compare.
type Options struct {
	// Exact compares names as they were recorded. Otherwise names that differ in
	// numbers and ids only, where one side lacks some of them, are one.
	Exact bool
}

// Compare aligns the traces of two sides. It looks at every span a few times and
// ends early with the error of the context.
func Compare(ctx context.Context, a, b []*model.Trace, o Options) (*Comparison, error) {
	c := &Comparison{Traces: [2][]*model.Trace{a, b}}
	g := newGrower(o.Exact)
	var of [2][][]int32 // the path of each span
	for side, list := range c.Traces {
		for _, t := range list {
			of[side] = append(of[side], g.grow(t, Side(side)))
			if ctx.Err() != nil {
				return nil, fmt.Errorf("compare: %w", ctx.Err())
			}
		}
	}
	nodes, final := g.settle()
	sums := newSums(len(nodes), c.Traces)
	for side, list := range c.Traces {
		for k, t := range list {
			paths := of[side][k]
			for i := range paths {
				paths[i] = final[paths[i]]
			}
			sums.add(t, int32(k), Side(side), paths)
			if ctx.Err() != nil {
				return nil, fmt.Errorf("compare: %w", ctx.Err())
			}
		}
	}
	c.arrange(nodes, g.ops, sums)
	for i := range c.Rows {
		r := &c.Rows[i]
		if r.Status = c.status(int32(i)); r.Status < OnlyA {
			c.Shared++
		}
	}
	return c, nil
}

// Spreads returns how the figures of row i are spread over the traces of a side.
func (c *Comparison) Spreads(s Side, i int32) Spreads {
	if c.spreads[s] != nil {
		return c.spreads[s][i]
	}
	f := &c.Rows[i].Sides[s]
	return Spreads{alone(f.Total), alone(f.Own), alone(f.Wait), alone(int64(f.Spans))}
}

// alone returns the spread of one value.
func alone(v int64) Spread { return Spread{v, v, v, v, v} }

// Usual says whether a side is several traces, which tell what is usual.
func (c *Comparison) Usual(s Side) bool { return len(c.Traces[s]) > 1 }

// Spans returns how many spans a side has.
func (c *Comparison) Spans(s Side) (n int) {
	for _, t := range c.Traces[s] {
		n += len(t.Spans)
	}
	return n
}
