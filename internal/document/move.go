package document

import (
	"traceview/internal/layout"
	"traceview/internal/model"
)

// A Move is a step of the selection through the rows.
type Move uint8

// The steps of the selection.
const (
	Up Move = iota
	Down
	PageUp
	PageDown
	Home
	End
)

// MoveSelection moves the selection to another row and shows it; without a
// selection it takes the first row on screen.
func (d *Document) MoveSelection(m Move) bool {
	n := d.rows.Len()
	if n == 0 {
		return false
	}
	row := d.rows.Row(d.selected)
	page := max(d.list.Page()-1, 1)
	switch m {
	case Home:
		row = 0
	case End:
		row = n - 1
	default:
		if row < 0 {
			row = d.list.Clamp(d.scroll).Row
			break
		}
		row += [...]int{Up: -1, Down: 1, PageUp: -page, PageDown: page}[m]
	}
	return d.selectRow(min(max(row, 0), n-1))
}

// bring returns the scroll that has row on screen: a step further where it is
// near, and with a third of the view around it after a jump, since what led
// there stands above and what followed below.
func (d *Document) bring(row int) layout.Scroll {
	margin, first := revealMargin, d.scroll.Row
	if row < first-1 || row > first+d.list.Page()+1 {
		margin = d.list.Page() / 3
	}
	return d.list.Show(d.scroll, row, margin)
}

// selectRow selects the span of a row and shows it.
func (d *Document) selectRow(row int) bool {
	span, scroll := d.rows.Span(row), d.bring(row)
	ok := span != d.selected || scroll != d.scroll
	d.selected, d.scroll = span, scroll
	return d.changed(ok)
}

// Select selects a span, unfolding what hides it and scrolling to it; NoSpan
// takes the selection away.
func (d *Document) Select(i model.SpanIndex) bool {
	if i == model.NoSpan {
		ok := d.selected != i
		d.selected = i
		return d.changed(ok)
	}
	if i < 0 || int(i) >= len(d.trace.Spans) {
		return false
	}
	opened := d.reveal(i)
	return d.selectRow(d.rows.Row(i)) || d.changed(opened)
}

// reveal unfolds what hides a span, and shows it where only matches are, keeping
// the rows on screen in place.
func (d *Document) reveal(i model.SpanIndex) bool {
	if d.rows.Visible(i) {
		return false
	}
	return d.refold(func() bool {
		admitted := d.admit(i)
		return d.rows.Reveal(i) || admitted
	})
}

// SelectBar is Select that also pans where none of the span's bar is in view.
func (d *Document) SelectBar(i model.SpanIndex) bool {
	before := d.view
	ok := d.Select(i)
	if i >= 0 && int(i) < len(d.trace.Spans) {
		s := &d.trace.Spans[i]
		if s.Start > d.view.End() || s.Start+s.Dur < d.view.Start {
			d.view = d.view.Pan(d.view.X(s.Start+s.Dur/2) - float64(d.view.Width)/2)
		}
	}
	return d.changed(d.view != before) || ok
}

// NextError selects the next span that failed, beginning again after the last.
func (d *Document) NextError() bool {
	if len(d.failed) == 0 {
		return false
	}
	k := d.failedFrom(d.selected + 1)
	return d.SelectBar(d.failed[k%len(d.failed)])
}

// PrevError selects the failed span before, beginning again before the first.
func (d *Document) PrevError() bool {
	n := len(d.failed)
	if n == 0 {
		return false
	}
	k := n
	if d.selected != model.NoSpan {
		k = d.failedFrom(d.selected)
	}
	return d.SelectBar(d.failed[(k+n-1)%n])
}

// Left folds the selected span or, where there is nothing to fold, selects its parent.
func (d *Document) Left() bool {
	i := d.selected
	if i == model.NoSpan {
		return d.MoveSelection(Down)
	}
	if d.rows.Parent(i) && !d.rows.Collapsed(i) {
		return d.ToggleCollapse(i)
	}
	if p := d.trace.Spans[i].Parent; p != model.NoSpan {
		return d.Select(p)
	}
	return false
}

// Right unfolds the selected span or, where it is unfolded, selects its first child.
func (d *Document) Right() bool {
	i := d.selected
	switch {
	case i == model.NoSpan:
		return d.MoveSelection(Down)
	case !d.rows.Parent(i):
		return false
	case d.rows.Collapsed(i):
		return d.ToggleCollapse(i)
	}
	return d.selectRow(d.rows.Row(i) + 1)
}

// ToggleCollapse folds or unfolds a span. A selection that disappears moves to it.
func (d *Document) ToggleCollapse(i model.SpanIndex) bool {
	if i < 0 || int(i) >= len(d.trace.Spans) {
		return false
	}
	return d.changed(d.refold(func() bool { return d.rows.SetCollapsed(i, !d.rows.Collapsed(i)) }))
}

// CollapseAll leaves the roots; opened again, they unfold one level at a time.
func (d *Document) CollapseAll() bool { return d.changed(d.refold(d.rows.CollapseAll)) }

// ExpandAll unfolds every span.
func (d *Document) ExpandAll() bool { return d.changed(d.refold(d.rows.ExpandAll)) }

// ExpandTo unfolds the spans down to a depth, roots having 0.
func (d *Document) ExpandTo(depth int) bool {
	return d.changed(d.refold(func() bool { return d.rows.ExpandTo(depth) }))
}

// refold changes the rows by f and keeps the eye's place: the selected row if
// it is on screen, else the row on top, stays where it was.
func (d *Document) refold(f func() bool) bool {
	keep := d.rows.Span(d.scroll.Row)
	if row := d.rows.Row(d.selected); row >= 0 {
		if y := d.list.Y(d.scroll, row); y >= 0 && y < d.list.ViewPx {
			keep = d.selected
		}
	}
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

// ScrollBy scrolls the rows by px pixels towards the end.
func (d *Document) ScrollBy(px int) bool { return d.scrollTo(d.list.By(d.scroll, px)) }

// ScrollTo scrolls so that a scroll bar's thumb, at least least pixels long, is
// at pos on its track of track pixels.
func (d *Document) ScrollTo(pos, track, least int) bool {
	return d.scrollTo(d.list.Dragged(pos, track, least))
}

func (d *Document) scrollTo(s layout.Scroll) bool {
	ok := s != d.scroll
	d.scroll = s
	return d.changed(ok)
}
