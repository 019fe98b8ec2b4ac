package document

import (
	"traceview/internal/layout"
	"traceview/internal/model"
)

// Carry takes over what a person did with old, a Document on an earlier part of
// the same trace: selection, folded rows and the row in sight by span id, the
// stretch of time and what is measured by the clock, the order of siblings, the
// colours, the notes and the view. What was
// looked for has to be looked for anew. It costs one pass over the spans, a
// tenth of a second for a million that are sorted, and tells no observer.
func (d *Document) Carry(old *Document) {
	d.treeDp, d.find.only = old.treeDp, old.find.only
	d.list = old.list
	d.view = layout.Fit(d.trace.Dur, old.view.Width)
	shift := old.trace.Epoch - d.trace.Epoch
	if !old.view.Fitted() {
		d.view = d.view.Range(old.view.Start+shift, old.view.End()+shift)
	}

	d.colour.rule = old.colour.rule
	if m := old.measure; old.measuring { // between instants: what its spans are called may have changed
		d.measure, d.measuring = Measure{From: m.From + shift, To: m.To + shift, Span: model.NoSpan, Other: model.NoSpan}, true
	}
	d.MergeNotes(old.SavedNotes())
	d.eventLog.kind = old.eventLog.kind
	if d.logs.State == LogsNone {
		d.SetLogs(old.logs.Logs)
	}
	d.pane, d.stats.statChoice, d.Merged().weight = old.pane, old.stats.statChoice, old.Merged().weight
	if d.sort = old.sort; d.sort != SortStart {
		d.rows.SetOrder(d.order())
	}

	keep := old.keepInSight()
	y := old.list.Y(old.scroll, old.rows.Nearest(keep))
	at := d.places(old, keep)
	var folded []model.SpanIndex
	for i := range old.trace.Spans {
		if n, ok := at[old.trace.Spans[i].ID]; ok && old.rows.Collapsed(model.SpanIndex(i)) {
			folded = append(folded, n)
		}
	}
	if len(folded) > 0 {
		d.rows.Fold(folded)
	}
	d.list.Rows = d.rows.Len()
	if old.selected != model.NoSpan {
		if n, ok := at[old.trace.Spans[old.selected].ID]; ok {
			d.selected = d.rows.Span(d.rows.Row(n)) // more may be folded now: what hides it is shown
		}
	}
	if keep != model.NoSpan {
		if n, ok := at[old.trace.Spans[keep].ID]; ok {
			d.scroll = d.list.At(d.rows.Nearest(n)*d.list.RowPx - y)
		}
	}
}

// places returns where the spans that Carry asks for are in d: those of old that
// are selected or folded, and keep. Of spans with one id the first counts.
func (d *Document) places(old *Document, keep model.SpanIndex) map[model.SpanID]model.SpanIndex {
	at := map[model.SpanID]model.SpanIndex{}
	want := func(i model.SpanIndex) {
		if i != model.NoSpan && !old.trace.Spans[i].ID.IsZero() {
			at[old.trace.Spans[i].ID] = model.NoSpan
		}
	}
	want(old.selected)
	want(keep)
	for i := range old.trace.Spans {
		if i := model.SpanIndex(i); old.rows.Collapsed(i) {
			want(i)
		}
	}
	missing := len(at)
	for i := 0; i < len(d.trace.Spans) && missing > 0; i++ {
		id := d.trace.Spans[i].ID
		if n, ok := at[id]; ok && n == model.NoSpan {
			at[id] = model.SpanIndex(i)
			missing--
		}
	}
	for id, n := range at {
		if n == model.NoSpan {
			delete(at, id)
		}
	}
	return at
}

// keepInSight returns the span whose row stays where it is when rows change: the
// selected one if it is on screen, else that of the first row seen.
func (d *Document) keepInSight() model.SpanIndex {
	if d.onScreen(d.selected) {
		return d.selected
	}
	return d.rows.Span(d.firstSeen())
}
