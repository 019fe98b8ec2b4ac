package layout

import (
	"math/rand/v2"
	"testing"

	"traceview/internal/model"
)

// tree returns a trace of n spans whose parents are chosen by shape.
func tree(tb testing.TB, n int, parent func(i int) int) *model.Trace {
	tb.Helper()
	b := model.NewBuilder()
	for i := range n {
		r := model.SpanRecord{
			Trace: model.TraceID{15: 1}, ID: model.SpanID(i + 1),
			StartNano: uint64(1e18) + uint64(i)*1000, EndNano: uint64(1e18) + uint64(i)*1000 + uint64(i%977)*500,
		}
		if p := parent(i); p >= 0 {
			r.Parent = model.SpanID(p + 1)
		}
		b.Add(&r)
	}
	if n == 0 {
		return &model.Trace{Arena: &model.Arena{}, Root: model.NoSpan}
	}
	return b.Build()[0]
}

// shapes are the trees that rows are tried on.
var shapes = []struct {
	name   string
	parent func(r *rand.Rand, i int) int
}{
	{"random", func(r *rand.Rand, i int) int { return r.IntN(i+1) - 1 }},
	{"bushy", func(r *rand.Rand, i int) int { return max(i-1-r.IntN(6), -1) }},
	{"chain", func(_ *rand.Rand, i int) int { return i - 1 }},
	{"one parent", func(_ *rand.Rand, i int) int { return min(i-1, 0) }},
	{"all roots", func(*rand.Rand, int) int { return -1 }},
}

// eachShape runs f on a trace of every shape.
func eachShape(t *testing.T, n int, f func(t *testing.T, tr *model.Trace, r *rand.Rand)) {
	for _, s := range shapes {
		t.Run(s.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(7, uint64(n)))
			f(t, tree(t, n, func(i int) int { return s.parent(r, i) }), r)
		})
	}
}

// someShown returns about half of the spans with their ancestors, for a filter.
func someShown(tr *model.Trace, r *rand.Rand) bitset {
	shown := make(bitset, (len(tr.Spans)+63)/64)
	for range len(tr.Spans) / 2 {
		for i := model.SpanIndex(r.IntN(len(tr.Spans))); i != model.NoSpan; i = tr.Spans[i].Parent {
			shown.set(i, true)
		}
	}
	return shown
}
