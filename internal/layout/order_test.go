package layout

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"traceview/internal/model"
)

// keys returns keys to sort n spans by, many of them alike.
func keys(n int, rnd *rand.Rand) func(i model.SpanIndex) int64 {
	k := make([]int64, n)
	most := []int64{1, 3, 1000, math.MaxInt64}[rnd.IntN(4)]
	for i := range k {
		k[i] = rnd.Int64N(most)
	}
	return func(i model.SpanIndex) int64 { return k[i] }
}

// sorted lists the spans depth first the slow way, siblings by falling key;
// nil for the order of the trace.
func sorted(tr *model.Trace, key func(i model.SpanIndex) int64) []model.SpanIndex {
	children := map[model.SpanIndex][]model.SpanIndex{}
	for i := range tr.Spans {
		p := tr.Spans[i].Parent
		children[p] = append(children[p], model.SpanIndex(i))
	}
	var out []model.SpanIndex
	for stack := []model.SpanIndex{model.NoSpan}; len(stack) > 0; {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if i != model.NoSpan {
			out = append(out, i)
		}
		next := children[i]
		if key != nil {
			slices.SortStableFunc(next, func(a, b model.SpanIndex) int {
				return map[bool]int{true: -1}[key(a) > key(b)] + map[bool]int{true: 1}[key(a) < key(b)]
			})
		}
		for k := len(next) - 1; k >= 0; k-- {
			stack = append(stack, next[k])
		}
	}
	return out
}

func TestOrderLikeNaive(t *testing.T) {
	eachShape(t, 300, func(t *testing.T, tr *model.Trace, rnd *rand.Rand) {
		for range 20 {
			key := keys(len(tr.Spans), rnd)
			o := NewOrder(tr, key)
			for pos, i := range sorted(tr, key) {
				if o.At(int32(pos)) != i || o.Position(i) != int32(pos) {
					t.Fatalf("at %d stands span %d, want %d, which stands at %d", pos, o.At(int32(pos)), i, o.Position(i))
				}
			}
		}
	})
}

func TestPlainOrder(t *testing.T) {
	var o Order
	if o.At(7) != 7 || o.Position(7) != 7 || !o.plain() {
		t.Error("the zero Order is not that of the trace")
	}
	if empty := NewOrder(tree(t, 0, nil), nil); !empty.plain() {
		t.Error("an empty trace has an order")
	}
	tr := tree(t, 4, func(i int) int { return min(i-1, 0) })
	if o := NewOrder(tr, func(i model.SpanIndex) int64 { return -int64(i) }); o.At(3) != 3 {
		t.Error("keys below zero are not taken as zero")
	}
}

// BenchmarkOrder sorts the shapes that hurt.
func BenchmarkOrder(b *testing.B) {
	const n = 1e6
	for _, bc := range []struct {
		name   string
		parent func(i int) int
	}{
		{"bushy", func(i int) int { return i/7 - 1 + i%2 }},
		{"one parent", func(i int) int { return min(i-1, 0) }},
		{"all roots", func(int) int { return -1 }},
		{"chain", func(i int) int { return i - 1 }},
	} {
		tr := tree(b, n, bc.parent)
		rnd := rand.New(rand.NewPCG(3, 4))
		dur := make([]int64, n)
		for i := range dur {
			dur[i] = rnd.Int64N(1e10) // ten seconds
		}
		r := NewRows(tr)
		b.Run(fmt.Sprintf("%s/%d", bc.name, int(n)), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r.SetOrder(NewOrder(tr, func(i model.SpanIndex) int64 { return dur[i] }))
			}
		})
	}
}
