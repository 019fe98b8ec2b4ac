package layout

import "traceview/internal/model"

// Fold hides the children of spans beside what is hidden already, with one pass
// over the rows for all of them.
func (r *Rows) Fold(spans []model.SpanIndex) {
	for _, i := range spans {
		r.fold(i, true)
	}
	r.rebuild()
}
