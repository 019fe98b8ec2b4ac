package layout

import (
	"math/rand/v2"
	"testing"

	"traceview/internal/model"
)

// TestFilteredRowsLikeNaive collapses and filters at random and compares with
// rows found the slow way.
func TestFilteredRowsLikeNaive(t *testing.T) {
	eachShape(t, 150, func(t *testing.T, tr *model.Trace, rnd *rand.Rand) {
		r, order, collapsed := NewRows(tr), sorted(tr, nil), map[model.SpanIndex]bool{}
		for range 60 {
			if rnd.IntN(6) == 0 {
				key := keys(len(tr.Spans), rnd)
				order = sorted(tr, key)
				r.SetOrder(NewOrder(tr, key))
			}
			if i := model.SpanIndex(rnd.IntN(len(tr.Spans))); rnd.IntN(2) == 0 && tr.Spans[i].End > i+1 {
				if r.Parent(i) {
					collapsed[i] = !collapsed[i]
					r.SetCollapsed(i, collapsed[i])
				}
			}
			shown := make(bitset, (len(tr.Spans)+63)/64)
			for range rnd.IntN(6) {
				for i := model.SpanIndex(rnd.IntN(len(tr.Spans))); i != model.NoSpan; i = tr.Spans[i].Parent {
					shown.set(i, true)
				}
			}
			r.SetFilter(shown)
			checkFiltered(t, tr, r, order, collapsed, shown)
		}
		r.SetFilter(nil)
		check(t, tr, r, order, collapsed)
	})
}

func checkFiltered(t *testing.T, tr *model.Trace, r *Rows, order []model.SpanIndex, collapsed map[model.SpanIndex]bool, shown bitset) {
	t.Helper()
	var want []model.SpanIndex
	for _, i := range naive(tr, order, collapsed) {
		if shown.has(i) {
			want = append(want, i)
		}
	}
	if r.Len() != len(want) {
		t.Fatalf("%d rows, want %d", r.Len(), len(want))
	}
	all := 0
	for n, i := range want {
		if r.Span(n) != i || r.Row(i) != n || !r.Visible(i) || r.Nearest(i) != n {
			t.Fatalf("row %d is span %d, want %d", n, r.Span(n), i)
		}
		below := 0
		for k := i + 1; k < tr.Spans[i].End; k++ {
			if shown.has(k) {
				below++
			}
		}
		if r.Parent(i) != (below > 0) {
			t.Fatalf("span %d has children: %v, want %d inside", i, r.Parent(i), below)
		}
		all += 1 + r.Hidden(i)
		if p := tr.Spans[i].Parent; p != model.NoSpan {
			more := false
			for _, k := range want[n:] {
				more = more || !inside(tr, k, i) && inside(tr, k, p)
			}
			if r.Continues(i, p) != more {
				t.Fatalf("below span %d its parent goes on: %v, want %v", i, !more, more)
			}
		}
	}
	n := 0
	for i := range tr.Spans {
		if shown.has(model.SpanIndex(i)) {
			n++
			continue
		}
		at := tr.Spans[i].Parent
		for at != model.NoSpan && r.Row(at) >= 0 && r.Span(r.Row(at)) != at {
			at = tr.Spans[at].Parent
		}
		if at != model.NoSpan && r.Row(at) < 0 {
			at = model.NoSpan
		}
		if got := r.Span(r.Row(model.SpanIndex(i))); got != at || !r.Filtered(model.SpanIndex(i)) {
			t.Fatalf("span %d, left out, is shown by %d, want %d", i, got, at)
		}
	}
	if all != n {
		t.Fatalf("rows and what they hide are %d spans, want the %d shown", all, n)
	}
}
