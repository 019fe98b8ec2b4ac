package layout

import (
	"slices"
	"sort"

	"traceview/internal/model"
)

// Rows are the visible rows of a trace: its spans in depth-first order without
// those inside a collapsed one and those a filter leaves out. It is changed by one goroutine; each change
// costs one pass over the rows that stay (2 ms at a million).
type Rows struct {
	spans     []model.Span
	collapsed bitset
	filter    bitset            // what may be shown; nil for all
	rows      []model.SpanIndex // rising
	version   int
}

// NewRows returns the rows of a trace with everything expanded.
func NewRows(t *model.Trace) *Rows {
	r := &Rows{spans: t.Spans, collapsed: make(bitset, (len(t.Spans)+63)/64)}
	r.rows = make([]model.SpanIndex, 0, len(t.Spans))
	r.rebuild()
	return r
}

// rebuild lists the visible spans, stepping over collapsed subtrees by their End.
func (r *Rows) rebuild() {
	r.version++
	rows := r.rows[:0]
	end := model.SpanIndex(len(r.spans))
	for i := r.next(0, end); i < end; i = r.next(i, end) {
		rows = append(rows, i)
		if r.collapsed.has(i) {
			i = r.spans[i].End
		} else {
			i++
		}
	}
	r.rows = rows
}

// Len returns the number of rows.
func (r *Rows) Len() int { return len(r.rows) }

// Version changes whenever rows do.
func (r *Rows) Version() int { return r.version }

// Span returns the span of a row, NoSpan outside.
func (r *Rows) Span(row int) model.SpanIndex {
	if row < 0 || row >= len(r.rows) {
		return model.NoSpan
	}
	return r.rows[row]
}

// Row returns the row of a span or, where that is hidden, of its nearest
// visible ancestor; -1 for none. Rows rise and a collapsed span hides the run
// after it, so the row is the last that is not after the span.
func (r *Rows) Row(i model.SpanIndex) int {
	if i < 0 || int(i) >= len(r.spans) {
		return -1
	}
	for r.Filtered(i) {
		if i = r.spans[i].Parent; i == model.NoSpan {
			return -1
		}
	}
	return sort.Search(len(r.rows), func(k int) bool { return r.rows[k] > i }) - 1
}

// Visible says whether a span has a row of its own.
func (r *Rows) Visible(i model.SpanIndex) bool {
	row := r.Row(i)
	return row >= 0 && r.rows[row] == i
}

// Parent says whether a span has children, those left out by a filter not counted.
func (r *Rows) Parent(i model.SpanIndex) bool { return r.next(i+1, r.spans[i].End) < r.spans[i].End }

// Collapsed says whether the children of a span are hidden by itself.
func (r *Rows) Collapsed(i model.SpanIndex) bool { return r.collapsed.has(i) }

// Hidden returns how many spans a collapsed span hides that the filter would
// show, 0 for others.
func (r *Rows) Hidden(i model.SpanIndex) int {
	if !r.collapsed.has(i) {
		return 0
	}
	return r.below(i)
}

// SetCollapsed hides or shows the children of a span and says whether that
// changed anything. A span without children stays as it is.
func (r *Rows) SetCollapsed(i model.SpanIndex, collapsed bool) bool {
	if i < 0 || int(i) >= len(r.spans) || !r.Parent(i) || r.collapsed.has(i) == collapsed {
		return false
	}
	r.collapsed.set(i, collapsed)
	r.rebuild()
	return true
}

// CollapseAll leaves the roots; opened again, they unfold one level at a time.
func (r *Rows) CollapseAll() bool { return r.ExpandTo(0) }

// ExpandAll shows every span.
func (r *Rows) ExpandAll() bool {
	if !slices.ContainsFunc(r.collapsed, func(w uint64) bool { return w != 0 }) {
		return false
	}
	clear(r.collapsed)
	r.rebuild()
	return true
}

// ExpandTo shows the spans whose depth is at most depth, roots having 0.
func (r *Rows) ExpandTo(depth int) bool {
	changed := false
	for i := range r.spans {
		s := model.SpanIndex(i)
		want := int(r.spans[i].Depth) >= depth && r.spans[i].End > s+1
		if r.collapsed.has(s) != want {
			r.collapsed.set(s, want)
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
	if i < 0 || int(i) >= len(r.spans) {
		return false
	}
	changed := false
	for p := r.spans[i].Parent; p != model.NoSpan; p = r.spans[p].Parent {
		if r.collapsed.has(p) {
			r.collapsed.set(p, false)
			changed = true
		}
	}
	if changed {
		r.rebuild()
	}
	return changed
}

// bitset is a set of spans.
type bitset []uint64

func (b bitset) has(i model.SpanIndex) bool { return b[i>>6]>>(i&63)&1 != 0 }

func (b bitset) set(i model.SpanIndex, v bool) {
	if v {
		b[i>>6] |= 1 << (i & 63)
	} else {
		b[i>>6] &^= 1 << (i & 63)
	}
}
