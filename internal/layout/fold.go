package layout

import (
	"slices"

	"traceview/internal/model"
)

// Folds are the collapsed spans of a trace, a bit each. What Rows.Folds
// returned never changes, so that it can be kept and set again.
type Folds struct{ bitset }

// Equal says whether the same spans are collapsed.
func (f *Folds) Equal(g *Folds) bool { return f == g || slices.Equal(f.bitset, g.bitset) }

// Folds returns which spans are collapsed. It costs nothing: the next change is
// made to a copy, 125 kB at a million spans.
func (r *Rows) Folds() *Folds {
	r.lent = true
	return r.folds
}

// SetFolds collapses the spans that were when f was returned by Folds of the
// same trace, and expands all others.
func (r *Rows) SetFolds(f *Folds) bool {
	if f == r.folds {
		return false
	}
	r.folds, r.lent = f, true
	r.rebuild()
	return true
}

// fold notes that a span is collapsed or not, without making the rows anew.
func (r *Rows) fold(i model.SpanIndex, collapsed bool) {
	if r.lent {
		r.folds, r.lent = &Folds{slices.Clone(r.folds.bitset)}, false
	}
	r.folds.set(i, collapsed)
}

// Collapsed says whether the children of a span are hidden by itself.
func (r *Rows) Collapsed(i model.SpanIndex) bool { return r.folds.has(i) }

// Hidden returns how many spans a collapsed span hides that the filter would
// show, 0 for others.
func (r *Rows) Hidden(i model.SpanIndex) int {
	if !r.folds.has(i) {
		return 0
	}
	return r.below(i)
}

// SetCollapsed hides or shows the children of a span and says whether that
// changed anything. A span without children stays as it is.
func (r *Rows) SetCollapsed(i model.SpanIndex, collapsed bool) bool {
	if !r.in(i) || !r.Parent(i) || r.folds.has(i) == collapsed {
		return false
	}
	r.fold(i, collapsed)
	r.rebuild()
	return true
}

func (r *Rows) in(i model.SpanIndex) bool { return i >= 0 && int(i) < len(r.spans) }

// SetSubtree collapses or expands a span and every span inside it.
func (r *Rows) SetSubtree(i model.SpanIndex, collapsed bool) bool {
	if !r.in(i) {
		return false
	}
	return r.refold(i, r.spans[i].End, func(model.SpanIndex, *model.Span) bool { return collapsed })
}

// CollapseAll leaves the roots; opened again, they unfold one level at a time.
func (r *Rows) CollapseAll() bool { return r.ExpandTo(0) }

// ExpandAll shows every span.
func (r *Rows) ExpandAll() bool {
	if !slices.ContainsFunc(r.folds.bitset, func(w uint64) bool { return w != 0 }) {
		return false
	}
	r.folds, r.lent = &Folds{make(bitset, len(r.folds.bitset))}, false
	r.rebuild()
	return true
}

// ExpandTo shows the spans whose depth is at most depth, roots having 0.
func (r *Rows) ExpandTo(depth int) bool {
	return r.refold(0, model.SpanIndex(len(r.spans)), func(_ model.SpanIndex, s *model.Span) bool { return int(s.Depth) >= depth })
}

// OnlyPath expands the ancestors of a span, and the span itself, and collapses
// all else.
func (r *Rows) OnlyPath(i model.SpanIndex) bool {
	if !r.in(i) {
		return false
	}
	return r.refold(0, model.SpanIndex(len(r.spans)), func(k model.SpanIndex, s *model.Span) bool { return k > i || s.End <= i })
}

// refold asks for each span with children, from one to before another, whether
// it is to be collapsed.
func (r *Rows) refold(from, to model.SpanIndex, collapsed func(i model.SpanIndex, s *model.Span) bool) bool {
	changed := false
	for i := from; i < to; i++ {
		s := &r.spans[i]
		if want := s.End > i+1 && collapsed(i, s); r.folds.has(i) != want {
			r.fold(i, want)
			changed = true
		}
	}
	if changed {
		r.rebuild()
	}
	return changed
}

// ExpandLevel unfolds, of the rows that hide something, those of the least
// depth: one level more is seen.
func (r *Rows) ExpandLevel() bool {
	hides := func(i model.SpanIndex) bool { return r.folds.has(i) && r.Parent(i) }
	least := int32(-1)
	for _, pos := range r.rows {
		if i := r.order.At(pos); hides(i) && (least < 0 || r.spans[i].Depth < least) {
			least = r.spans[i].Depth
		}
	}
	return r.foldRows(false, func(i model.SpanIndex) bool { return r.spans[i].Depth == least && hides(i) })
}

// CollapseLevel folds the rows whose children are the deepest on show: one
// level less is seen.
func (r *Rows) CollapseLevel() bool {
	deepest := int32(0)
	for _, pos := range r.rows {
		deepest = max(deepest, r.spans[r.order.At(pos)].Depth)
	}
	return r.foldRows(true, func(i model.SpanIndex) bool {
		return r.spans[i].Depth == deepest-1 && !r.folds.has(i) && r.Parent(i)
	})
}

// foldRows folds or unfolds the rows that which says.
func (r *Rows) foldRows(collapsed bool, which func(i model.SpanIndex) bool) bool {
	changed := false
	for _, pos := range r.rows {
		if i := r.order.At(pos); which(i) {
			r.fold(i, collapsed)
			changed = true
		}
	}
	if changed {
		r.rebuild()
	}
	return changed
}

// Reveal expands the ancestors of a span so that it has a row.
func (r *Rows) Reveal(i model.SpanIndex) bool {
	if !r.in(i) {
		return false
	}
	changed := false
	for p := r.spans[i].Parent; p != model.NoSpan; p = r.spans[p].Parent {
		if r.folds.has(p) {
			r.fold(p, false)
			changed = true
		}
	}
	if changed {
		r.rebuild()
	}
	return changed
}
