package layout

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"

	"traceview/internal/model"
)

// naive lists visible spans the slow way: those of an order without a collapsed
// ancestor.
func naive(tr *model.Trace, order []model.SpanIndex, collapsed map[model.SpanIndex]bool) []model.SpanIndex {
	var out []model.SpanIndex
	for _, i := range order {
		visible := true
		for p := tr.Spans[i].Parent; p != model.NoSpan; p = tr.Spans[p].Parent {
			visible = visible && !collapsed[p]
		}
		if visible {
			out = append(out, i)
		}
	}
	return out
}

// check compares rows with the naive list and tries every way through them.
func check(t *testing.T, tr *model.Trace, r *Rows, order []model.SpanIndex, collapsed map[model.SpanIndex]bool) {
	t.Helper()
	want := naive(tr, order, collapsed)
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

// inside says whether a span is another or below it.
func inside(tr *model.Trace, i, other model.SpanIndex) bool {
	return i >= other && i < tr.Spans[other].End
}

func TestRowsLikeNaive(t *testing.T) {
	eachShape(t, 200, func(t *testing.T, tr *model.Trace, rnd *rand.Rand) {
		r, order, collapsed := NewRows(tr), sorted(tr, nil), map[model.SpanIndex]bool{}
		check(t, tr, r, order, collapsed)
		// all asks for each span with children whether it is to be collapsed.
		all := func(want func(i model.SpanIndex) bool) {
			for s := range tr.Spans {
				i := model.SpanIndex(s)
				collapsed[i] = r.Parent(i) && want(i)
			}
		}
		for range 200 {
			i := model.SpanIndex(rnd.IntN(len(tr.Spans)))
			was := r.Folds()
			before := maps.Clone(collapsed)
			switch rnd.IntN(16) {
			case 0:
				depth := rnd.IntN(4)
				r.ExpandTo(depth)
				all(func(s model.SpanIndex) bool { return int(tr.Spans[s].Depth) >= depth })
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
			case 3:
				fold := rnd.IntN(2) == 0
				r.SetSubtree(i, fold)
				all(func(s model.SpanIndex) bool { return inside(tr, s, i) && fold || !inside(tr, s, i) && collapsed[s] })
			case 4:
				r.OnlyPath(i)
				all(func(s model.SpanIndex) bool { return !inside(tr, i, s) })
			case 5:
				key := keys(len(tr.Spans), rnd)
				order = sorted(tr, key)
				r.SetOrder(NewOrder(tr, key))
			case 6:
				levels(t, tr, r, collapsed)
			default:
				want := r.Parent(i)
				if got := r.SetCollapsed(i, !collapsed[i]); got != want {
					t.Fatalf("toggling span %d changed %v, want %v", i, got, want)
				}
				if want {
					collapsed[i] = !collapsed[i]
				}
			}
			check(t, tr, r, order, collapsed)
			if now := r.Folds(); rnd.IntN(4) == 0 { // what was kept did not change with the rows
				r.SetFolds(was)
				check(t, tr, r, order, before)
				r.SetFolds(now)
				check(t, tr, r, order, collapsed)
			}
		}
	})
}

// levels shows one level less and one more, and notes what that has to do.
func levels(t *testing.T, tr *model.Trace, r *Rows, collapsed map[model.SpanIndex]bool) {
	t.Helper()
	level := func(fold bool) {
		at := int32(-1)
		visible := naive(tr, sorted(tr, nil), collapsed)
		for _, i := range visible {
			if d := tr.Spans[i].Depth; fold && d > 0 {
				at = max(at, d-1)
			} else if !fold && collapsed[i] && (at < 0 || d < at) {
				at = d
			}
		}
		changed := false
		for _, i := range visible {
			if tr.Spans[i].Depth == at && r.Parent(i) && collapsed[i] != fold {
				collapsed[i], changed = fold, true
			}
		}
		act := r.ExpandLevel
		if fold {
			act = r.CollapseLevel
		}
		if got := act(); got != changed {
			t.Fatalf("a level folded %v: changed %v, want %v", fold, got, changed)
		}
	}
	level(true)
	level(true)
	level(false)
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
	if r.SetSubtree(-1, true) || r.SetSubtree(3, true) || r.OnlyPath(9) || r.OnlyPath(-1) || r.Nearest(-1) != 0 || r.Nearest(9) != 0 {
		t.Error("a span that does not exist did something")
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
		b.Run(fmt.Sprintf("fold sorted/%d", n), func(b *testing.B) {
			r := NewRows(tr)
			r.SetOrder(NewOrder(tr, func(i model.SpanIndex) int64 { return tr.Spans[i].Dur }))
			b.ReportAllocs()
			for b.Loop() {
				r.SetCollapsed(model.SpanIndex(n/2), !r.Collapsed(model.SpanIndex(n/2)))
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
