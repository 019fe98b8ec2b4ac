package layout

import (
	"math/bits"

	"traceview/internal/model"
)

// SetFilter leaves only the spans of shown, bit i of the whole being span i and
// the ancestors of each being in it as well; nil shows all. What is collapsed
// stays so. The set must not change until the next call.
func (r *Rows) SetFilter(shown []uint64) {
	r.filter = shown
	r.rebuild()
}

// Filtered says whether a span is left out by the filter, collapsed or not.
func (r *Rows) Filtered(i model.SpanIndex) bool { return r.filter != nil && !r.filter.has(i) }

// next returns the first span at or after i that the filter shows, end if none
// before end is.
func (r *Rows) next(i, end model.SpanIndex) model.SpanIndex {
	if r.filter == nil {
		return min(i, end)
	}
	for i < end {
		if w := r.filter[i>>6] >> (i & 63); w != 0 {
			return min(i+model.SpanIndex(bits.TrailingZeros64(w)), end)
		}
		i = (i>>6 + 1) << 6
	}
	return end
}

// below returns how many spans inside i the filter shows.
func (r *Rows) below(i model.SpanIndex) int {
	from, end := i+1, r.spans[i].End
	if r.filter == nil {
		return int(end - from)
	}
	n := 0
	for from < end {
		w := r.filter[from>>6] >> (from & 63)
		if left := end - from; left < 64 {
			w &= 1<<left - 1
		}
		n += bits.OnesCount64(w)
		from = (from>>6 + 1) << 6
	}
	return n
}

// Continues says whether below a visible span and all inside it there are rows
// of others inside its ancestor a.
func (r *Rows) Continues(i, a model.SpanIndex) bool {
	end := r.end(i)
	if r.filter == nil {
		return end < r.end(a)
	}
	k := r.from(end)
	return k < len(r.rows) && r.rows[k] < r.end(a)
}

// Nearest returns the row of a span or, where that is hidden, of its nearest
// visible ancestor, else of the span before it; 0 if there is none.
func (r *Rows) Nearest(i model.SpanIndex) int {
	if i < 0 || int(i) >= len(r.spans) {
		return 0
	}
	if row := r.Row(i); row >= 0 {
		return row
	}
	return max(r.from(r.order.Position(i)+1)-1, 0)
}
