package document

import (
	"traceview/internal/model"
)

// ToggleCollapse folds or unfolds a span. A selection that disappears moves to it.
func (d *Document) ToggleCollapse(i model.SpanIndex) bool {
	if !d.has(i) {
		return false
	}
	return d.fold(func() bool { return d.rows.SetCollapsed(i, !d.rows.Collapsed(i)) })
}

// ToggleSubtree folds a span and all inside it, or unfolds them all.
func (d *Document) ToggleSubtree(i model.SpanIndex) bool {
	if !d.has(i) || !d.rows.Parent(i) {
		return false
	}
	return d.fold(func() bool { return d.rows.SetSubtree(i, !d.rows.Collapsed(i)) })
}

// CollapseAll leaves the roots; opened again, they unfold one level at a time.
func (d *Document) CollapseAll() bool { return d.fold(d.rows.CollapseAll) }

// ExpandAll unfolds every span.
func (d *Document) ExpandAll() bool { return d.fold(d.rows.ExpandAll) }

// CollapseLevel shows one level less.
func (d *Document) CollapseLevel() bool { return d.fold(d.rows.CollapseLevel) }

// ExpandLevel shows one level more.
func (d *Document) ExpandLevel() bool { return d.fold(d.rows.ExpandLevel) }

// ExpandTo unfolds the spans down to a depth, roots having 0.
func (d *Document) ExpandTo(depth int) bool {
	return d.fold(func() bool { return d.rows.ExpandTo(depth) })
}

// OnlyPath folds everything off the way from the root to the selected span.
func (d *Document) OnlyPath() bool {
	return d.fold(func() bool { return d.rows.OnlyPath(d.selected) })
}

// fold is one step that folds or unfolds.
func (d *Document) fold(f func() bool) bool {
	return d.act(stepOnce, func() bool { return d.refold(f) })
}

// onScreen says whether the row of a span, or of what hides it, is in view.
func (d *Document) onScreen(i model.SpanIndex) bool {
	row := d.rows.Row(i)
	y := d.list.Y(d.scroll, row)
	return row >= 0 && y >= 0 && y < d.list.ViewPx
}

// refold changes the rows by f and keeps the eye's place: the selected row if
// it is on screen, else the first row seen, stays where it was.
func (d *Document) refold(f func() bool) bool {
	keep := d.keepInSight()
	y := d.list.Y(d.scroll, d.rows.Nearest(keep))
	if !f() {
		return false
	}
	d.list.Rows = d.rows.Len()
	row := d.rows.Nearest(keep)
	d.scroll = d.list.At(row*d.list.RowPx - y)
	if d.selected != model.NoSpan {
		d.selected = d.rows.Span(d.rows.Row(d.selected))
	}
	return true
}
