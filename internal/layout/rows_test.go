package layout

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"traceview/internal/model"
)

// naive lists visible spans the slow way: those without a collapsed ancestor.
func naive(tr *model.Trace, collapsed map[model.SpanIndex]bool) []model.SpanIndex {
	var out []model.SpanIndex
	for i := range tr.Spans {
		visible := true
		for p := tr.Spans[i].Parent; p != model.NoSpan; p = tr.Spans[p].Parent {
			visible = visible && !collapsed[p]
		}
		if visible {
			out = append(out, model.SpanIndex(i))
		}
	}
	return out
}

// check compares rows with the naive list and tries every way through them.
func check(t *testing.T, tr *model.Trace, r *Rows, collapsed map[model.SpanIndex]bool) {
	t.Helper()
	want := naive(tr, collapsed)
	if r.Len() != len(want) {
		t.Fatalf("%d rows, want %d", r.Len(), len(want))
	}
	spans := 0
	for n, i := range want {
		if r.Span(n) != i {
			t.Fatalf("row %d is span %d, want %d", n, r.Span(n), i)
		}
		if r.Row(i) != n || !r.Visible(i) {
			t.Fatalf("span %d is in row %d (visible %v), want %d", i, r.Row(i), r.Visible(i), n)
		}
		if r.Collapsed(i) != collapsed[i] {
			t.Fatalf("span %d collapsed %v, want %v", i, r.Collapsed(i), collapsed[i])
		}
		spans += 1 + r.Hidden(i)
	}
	if spans != len(tr.Spans) {
		t.Fatalf("rows and what they hide are %d spans, want %d", spans, len(tr.Spans))
	}
	for i := range tr.Spans { // hidden spans lead to their nearest visible ancestor
		at := model.SpanIndex(i)
		for p := tr.Spans[i].Parent; p != model.NoSpan; p = tr.Spans[p].Parent {
			if collapsed[p] {
				at = p
			}
		}
		if got := r.Span(r.Row(model.SpanIndex(i))); got != at {
			t.Fatalf("span %d is shown by %d, want %d", i, got, at)
		}
	}
}

func TestRowsLikeNaive(t *testing.T) {
	eachShape(t, 200, func(t *testing.T, tr *model.Trace, rnd *rand.Rand) {
		r, collapsed := NewRows(tr), map[model.SpanIndex]bool{}
		check(t, tr, r, collapsed)
		for range 150 {
			i := model.SpanIndex(rnd.IntN(len(tr.Spans)))
			switch rnd.IntN(12) {
			case 0:
				depth := rnd.IntN(4)
				r.ExpandTo(depth)
				for s := range tr.Spans {
					collapsed[model.SpanIndex(s)] = int(tr.Spans[s].Depth) >= depth && r.Parent(model.SpanIndex(s))
				}
			case 1:
				r.ExpandAll()
				clear(collapsed)
			case 2:
				r.Reveal(i)
				for p := tr.Spans[i].Parent; p != model.NoSpan; p = tr.Spans[p].Parent {
					collapsed[p] = false
				}
				if !r.Visible(i) {
					t.Fatalf("span %d revealed but not visible", i)
				}
			default:
				want := r.Parent(i)
				if got := r.SetCollapsed(i, !collapsed[i]); got != want {
					t.Fatalf("toggling span %d changed %v, want %v", i, got, want)
				}
				if want {
					collapsed[i] = !collapsed[i]
				}
			}
			check(t, tr, r, collapsed)
		}
	})
}

func TestRowsOutside(t *testing.T) {
	tr := tree(t, 3, func(i int) int { return i - 1 })
	r := NewRows(tr)
	for _, tc := range []struct {
		name      string
		got, want int
	}{
		{"span of row -1", int(r.Span(-1)), int(model.NoSpan)},
		{"span of row 3", int(r.Span(3)), int(model.NoSpan)},
		{"row of no span", r.Row(model.NoSpan), -1},
		{"row of span 3", r.Row(3), -1},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: %d, want %d", tc.name, tc.got, tc.want)
		}
	}
	if r.SetCollapsed(2, true) || r.SetCollapsed(-1, true) || r.SetCollapsed(9, true) || r.Reveal(-1) || r.Reveal(9) {
		t.Error("something that cannot fold said it did")
	}
	if empty := NewRows(tree(t, 0, nil)); empty.Len() != 0 || empty.CollapseAll() || empty.ExpandAll() {
		t.Error("rows of an empty trace are not empty")
	}
}

func TestRowsVersion(t *testing.T) {
	r := NewRows(tree(t, 5, func(i int) int { return i - 1 }))
	v := r.Version()
	if r.ExpandAll(); r.Version() != v {
		t.Error("version changed though rows did not")
	}
	if r.CollapseAll(); r.Version() == v || r.Len() != 1 {
		t.Errorf("after collapsing all: version %d, %d rows; want another version, 1 row", r.Version(), r.Len())
	}
}

func BenchmarkRows(b *testing.B) {
	for _, n := range []int{1e3, 1e5, 1e6} {
		rnd := rand.New(rand.NewPCG(1, 2))
		tr := tree(b, n, func(i int) int { return max(i-1-rnd.IntN(6), -1) })
		r := NewRows(tr)
		b.Run(fmt.Sprintf("fold/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r.SetCollapsed(model.SpanIndex(n/2), !r.Collapsed(model.SpanIndex(n/2)))
				r.SetCollapsed(0, !r.Collapsed(0))
			}
		})
		b.Run(fmt.Sprintf("all/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r.CollapseAll()
				r.ExpandAll()
			}
		})
		b.Run(fmt.Sprintf("row/%d", n), func(b *testing.B) {
			for b.Loop() {
				r.Row(model.SpanIndex(n / 3))
			}
		})
	}
}
