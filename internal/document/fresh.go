package document

import (
	"slices"

	"traceview/internal/model"
)

// MarkFresh marks the spans that were not there before the trace was fetched again,
// rising; nil takes the marks away. It is no step of the way back.
func (d *Document) MarkFresh(list []model.SpanIndex) {
	if slices.Equal(list, d.fresh) {
		return
	}
	d.fresh = list
	d.tell()
}

// Fresh says whether a span is marked as new.
func (d *Document) Fresh(i model.SpanIndex) bool {
	_, ok := slices.BinarySearch(d.fresh, i)
	return ok
}

// NextOf selects the first span of a list, rising, after the one selected, round and
// round.
func (d *Document) NextOf(list []model.SpanIndex) bool {
	if len(list) == 0 {
		return false
	}
	k, ok := slices.BinarySearch(list, d.selected)
	if ok {
		k++
	}
	return d.jump(list[k%len(list)])
}
