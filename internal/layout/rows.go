package layout

import (
	"sort"

	"traceview/internal/model"
)

// Rows are the visible rows of a trace: its spans in an Order without those
// inside a collapsed one and those a filter leaves out. It is changed by one
// goroutine; each change costs one pass over the rows that stay (2 ms at a
// million, 10 ms where they are sorted).
type Rows struct {
	spans   []model.Span
	order   Order
	folds   *Folds
	lent    bool    // somebody else has folds: change a copy
	filter  bitset  // what may be shown; nil for all
	rows    []int32 // positions in the order, rising
	version int
}

// NewRows returns the rows of a trace with everything expanded.
func NewRows(t *model.Trace) *Rows {
	r := &Rows{spans: t.Spans, folds: &Folds{make(bitset, (len(t.Spans)+63)/64)}}
	r.rows = make([]int32, 0, len(t.Spans))
	r.rebuild()
	return r
}

// rebuild lists the positions of the visible spans, stepping over collapsed
// subtrees and over those left out: where a span is not shown nothing inside it is.
func (r *Rows) rebuild() {
	r.version++
	if !r.order.plain() {
		r.rebuildSorted()
		return
	}
	rows := r.rows[:0]
	end := model.SpanIndex(len(r.spans))
	for i := r.next(0, end); i < end; i = r.next(i, end) {
		rows = append(rows, i)
		if r.folds.has(i) {
			i = r.spans[i].End
		} else {
			i++
		}
	}
	r.rows = rows
}

func (r *Rows) rebuildSorted() {
	rows, n := r.rows[:0], int32(len(r.spans))
	for pos := int32(0); pos < n; {
		i := r.order.at[pos]
		inside := r.Filtered(i)
		if !inside {
			rows = append(rows, pos)
			inside = r.folds.has(i)
		}
		if inside {
			pos += r.spans[i].End - i
		} else {
			pos++
		}
	}
	r.rows = rows
}

// SetOrder puts the rows into another order. It costs one pass over them.
func (r *Rows) SetOrder(o Order) {
	r.order = o
	r.rebuild()
}

// Order returns the order of the rows.
func (r *Rows) Order() Order { return r.order }

// Len returns the number of rows.
func (r *Rows) Len() int { return len(r.rows) }

// Version changes whenever rows do.
func (r *Rows) Version() int { return r.version }

// Span returns the span of a row, NoSpan outside.
func (r *Rows) Span(row int) model.SpanIndex {
	if row < 0 || row >= len(r.rows) {
		return model.NoSpan
	}
	return r.order.At(r.rows[row])
}

// Position returns the place of a row in the Order, the number of spans past
// the last row: between those of two rows lie the spans that they stand for.
func (r *Rows) Position(row int) int32 {
	if row >= len(r.rows) {
		return int32(len(r.spans))
	}
	return r.rows[max(row, 0)]
}

// Row returns the row of a span or, where that is hidden, of its nearest
// visible ancestor; -1 for none. Positions rise and a collapsed span hides the
// run after it, so the row is the last that is not after the span.
func (r *Rows) Row(i model.SpanIndex) int {
	if i < 0 || int(i) >= len(r.spans) {
		return -1
	}
	for r.Filtered(i) {
		if i = r.spans[i].Parent; i == model.NoSpan {
			return -1
		}
	}
	return r.from(r.order.Position(i)+1) - 1
}

// from returns the first row at or after a position.
func (r *Rows) from(pos int32) int {
	return sort.Search(len(r.rows), func(k int) bool { return r.rows[k] >= pos })
}

// end returns the position after the subtree of a span.
func (r *Rows) end(i model.SpanIndex) int32 { return r.order.Position(i) + r.spans[i].End - i }

// After returns the row after a span and all inside it.
func (r *Rows) After(i model.SpanIndex) int { return r.from(r.end(i)) }

// Visible says whether a span has a row of its own.
func (r *Rows) Visible(i model.SpanIndex) bool {
	row := r.Row(i)
	return row >= 0 && r.Span(row) == i
}

// Parent says whether a span has children, those left out by a filter not counted.
func (r *Rows) Parent(i model.SpanIndex) bool { return r.next(i+1, r.spans[i].End) < r.spans[i].End }

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
