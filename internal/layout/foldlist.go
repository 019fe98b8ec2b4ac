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

// FoldOnly collapses the spans with children that which says and expands all
// others, with one pass over the rows. It says whether that changed anything.
func (r *Rows) FoldOnly(which func(i model.SpanIndex) bool) bool {
	return r.refold(0, model.SpanIndex(len(r.spans)), func(i model.SpanIndex, _ *model.Span) bool { return which(i) })
}
