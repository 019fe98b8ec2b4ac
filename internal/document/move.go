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
			row = max(d.firstSeen(), 0)
			break
		}
		row += [...]int{Up: -1, Down: 1, PageUp: -page, PageDown: page}[m]
	}
	return d.act(stepMove, func() bool { return d.selectRow(min(max(row, 0), n-1)) })
}

// firstSeen returns the first row on screen that no pinned one covers, -1 if
// there are no rows.
func (d *Document) firstSeen() int {
	s := d.list.Clamp(d.scroll)
	pins := layout.NewPins(d.rows, d.list, s)
	if row := d.list.RowAt(s, pins.Bottom(d.list.RowPx)); row >= 0 {
		return row
	}
	return min(s.Row, d.rows.Len()-1)
}

// bring returns the scroll that has row on screen: a step further where it is
// near, and with a third of the view around it after a jump, since what led
// there stands above and what followed below.
func (d *Document) bring(row int) layout.Scroll {
	margin, first := revealMargin, d.scroll.Row
	if row < first-1 || row > first+d.list.Page()+1 {
		margin = d.list.Page() / 3
	}
	covered := 0
	if i := d.rows.Span(row); i != model.NoSpan {
		covered = d.list.PinRoom(int(d.trace.Spans[i].Depth))
	}
	return d.list.ShowWithin(d.scroll, row, max(margin, covered), margin)
}

// selectRow selects the span of a row and shows it.
func (d *Document) selectRow(row int) bool {
	span, scroll := d.rows.Span(row), d.bring(row)
	ok := span != d.selected || scroll != d.scroll
	d.selected, d.scroll = span, scroll
	return ok
}

// Select selects a span, unfolding what hides it and scrolling to it; NoSpan
// takes the selection away.
func (d *Document) Select(i model.SpanIndex) bool {
	if i != model.NoSpan && !d.has(i) {
		return false
	}
	return d.act(stepOnce, func() bool {
		if i == model.NoSpan {
			ok := d.selected != i
			d.selected = i
			return ok
		}
		opened := d.reveal(i)
		return d.selectRow(d.rows.Row(i)) || opened
	})
}

func (d *Document) has(i model.SpanIndex) bool { return i >= 0 && int(i) < len(d.trace.Spans) }

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
	return d.act(stepOnce, func() bool {
		ok := d.Select(i)
		if !d.has(i) {
			return ok
		}
		s := &d.trace.Spans[i]
		if s.Start <= d.view.End() && s.Start+s.Dur >= d.view.Start {
			return ok
		}
		before := d.view
		d.view = d.view.Pan(d.view.X(s.Start+s.Dur/2) - float64(d.view.Width)/2)
		return d.view != before || ok
	})
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
		return d.act(stepMove, func() bool { return d.Select(p) })
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
	return d.act(stepMove, func() bool { return d.selectRow(d.rows.Row(i) + 1) })
}

// ScrollBy scrolls the rows by px pixels towards the end.
func (d *Document) ScrollBy(px int) bool { return d.scrollTo(d.list.By(d.scroll, px)) }

// ScrollPages scrolls by as many rows as are seen at once, n times, towards the
// end for n above zero. The selection stays.
func (d *Document) ScrollPages(n int) bool {
	pins := layout.NewPins(d.rows, d.list, d.scroll)
	return d.ScrollBy(n * max(d.list.ViewPx-pins.Bottom(d.list.RowPx)-d.list.RowPx, d.list.RowPx))
}

// ScrollTo scrolls so that a scroll bar's thumb, at least least pixels long, is
// at pos on its track of track pixels.
func (d *Document) ScrollTo(pos, track, least int) bool {
	return d.scrollTo(d.list.Dragged(pos, track, least))
}

func (d *Document) scrollTo(s layout.Scroll) bool {
	return d.act(stepScroll, func() bool {
		ok := s != d.scroll
		d.scroll = s
		return ok
	})
}
