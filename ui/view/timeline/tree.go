package timeline

import (
	"traceview/internal/document"
	"traceview/internal/layout"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/axis"
)

// Sizes of a row of the tree in dp, from the left edge of its twisty.
const (
	swatchAtDp = 16
	swatchDp   = 4
	swatchHDp  = 12
	nameAtDp   = 28
	gapDp      = 8
	markSlotDp = 24 // at the right edge, for the mark of an error
	noteSlotDp = 22 // before it, for the mark of a note
	serviceDp  = 48 // less of a service than this is not worth showing
	// guideReach bounds how far up the lines of a row's ancestors are followed;
	// further up levels of a deep trace stand closer than a pixel.
	guideReach = 64
)

// drawTreeRow draws one row left of the splitter.
func (p *Painter) drawTreeRow(s *scene.Scene, r row) {
	p.drawElbow(s, r)
	pal := p.style.Palette
	p.drawFresh(s, r)
	p.drawFault(s, r)
	x, cy := float32(p.g.Indent(int(r.span.Depth))), r.y+float32(int(r.h/2))
	if r.parent {
		c := pal.Secondary
		if r.hovered && p.pointer.part == layout.PartTwisty {
			c = pal.Text
		}
		p.twisty(s, x+p.px(layout.TwistyDp)/2, cy, r.folded, c)
	}
	swatch := p.px(swatchHDp)
	s.RoundRect(x+p.px(swatchAtDp), cy-float32(int(swatch/2)), p.px(swatchDp), swatch, p.style.Scale, r.color.Bar)

	if len(p.doc.Failed()) > 0 {
		p.drawErrorSlot(s, r, float32(p.g.Split)-p.px(markSlotDp)/2, cy)
	}
	p.drawNoteSlot(s, r, cy)
	p.drawNames(s, r, x+p.px(nameAtDp), p.treeRight())
}

// drawFault marks a span at fault by a bar at the left edge, one that shows what is
// wrong by half of one.
func (p *Painter) drawFault(s *scene.Scene, r row) {
	switch p.doc.Fault(r.i) {
	case document.FaultHere:
		s.Rect(0, r.y, p.px(4), r.h, p.style.Palette.Accent)
	case document.FaultShown:
		s.Rect(0, r.y+float32(int(r.h/4)), p.px(2), float32(int(r.h/2)), p.style.Palette.Accent)
	}
}

// drawFresh marks a span that was not there before by a broken bar at the left edge,
// and a wash.
func (p *Painter) drawFresh(s *scene.Scene, r row) {
	if !p.doc.Fresh(r.i) {
		return
	}
	pal, dash := p.style.Palette, p.px(4)
	s.Rect(0, r.y, float32(p.g.Tree.Max.X), r.h, pal.Accent.Alpha(freshWash))
	for y := r.y + p.px(1); y < r.y+r.h-p.px(1); y += 2 * dash {
		s.Rect(p.px(5), y, p.px(3), min(dash, r.y+r.h-y), pal.Accent)
	}
}

// freshWash is how strongly the row of a new span is tinted, of 255.
const freshWash = 20

// treeRight returns where the names of the tree end: before the marks of errors
// and of notes, where there are any.
func (p *Painter) treeRight() float32 {
	right := float32(p.g.Split) - p.px(gapDp)
	if len(p.doc.Failed()) > 0 {
		right = float32(p.g.Split) - p.px(markSlotDp)
	}
	if len(p.doc.NotedSpans()) > 0 {
		right -= p.px(noteSlotDp)
	}
	return right
}

// drawNoteSlot marks a span with a note, or one that hides such.
func (p *Painter) drawNoteSlot(s *scene.Scene, r row, cy float32) {
	own := p.doc.Noted(r.i)
	if own || r.folded && p.doc.NotedInside(r.i) {
		axis.DrawNote(s, p.style.Palette, p.style.Scale, p.treeRight()+p.px(noteSlotDp-axis.NoteDp)+p.px(axis.NoteDp)/2, cy, p.px(axis.NoteDp), own)
	}
}

// drawErrorSlot marks a span that failed, filled if the error began there, or
// that hides one that did.
func (p *Painter) drawErrorSlot(s *scene.Scene, r row, cx, cy float32) {
	if r.span.Failed() {
		p.errorMark(s, cx, cy, !p.doc.Errors().CarriedUp(r.i))
	} else if r.folded && p.doc.FailedInside(r.i) > 0 {
		p.errorMark(s, cx, cy, false)
	}
}

// drawNames draws operation, number of hidden spans and service between x and
// right. Room goes to the operation first: a name is what is looked for, and
// the service has its colour as well.
func (p *Painter) drawNames(s *scene.Scene, r row, x, right float32) {
	pal, m := p.style.Palette, p.style.Metrics
	font := p.fonts.body
	if r.selected {
		font = p.fonts.strong
	}
	col := pal.Text
	id, name := p.doc.Name(r.i)
	if name == "" {
		name, col = p.words.unnamed, pal.Secondary
	}
	if r.dim && !r.selected {
		col = pal.Secondary
	}
	room := right - x
	chip := p.chipWidth(r)
	if chip > 0 {
		room -= chip + p.px(gapDp)
	}
	const huge = 1 << 20
	whole := p.names.Fit(m, font, id, name, huge).Width
	if whole == 0 { // too long to have been measured
		whole = huge
	}
	serviceID, service := p.doc.System(r.i)
	serviceW := p.services.Fit(m, p.fonts.second, serviceID, service, huge).Width
	gap := 2 * p.px(gapDp)
	serviceW = p.serviceRoom(room-gap, whole, serviceW)
	nameRoom := room
	if serviceW > 0 {
		fit := p.services.Fit(m, p.fonts.second, serviceID, service, serviceW+0.99)
		fit.Draw(s, right-fit.Width, p.baseline(p.fonts.second, r.y, r.h), p.fonts.second, pal.Secondary, m, service)
		nameRoom -= fit.Width + gap
	}
	fit := p.names.Fit(m, font, id, name, nameRoom)
	if r.hovered {
		p.tip.cut = !fit.Whole()
	}
	end := fit.Draw(s, x, p.baseline(font, r.y, r.h), font, col, m, name)
	if chip > 0 {
		p.drawChip(s, r, end+p.px(gapDp), chip)
	}
}

// serviceRoom returns how much of room pixels the service gets, wishing for
// want, beside a name that is whole pixels long. A name that fits stays whole;
// one that does not leaves the service a third.
func (p *Painter) serviceRoom(room, whole, want float32) float32 {
	left := room - whole
	if whole > room {
		left = room / 3
	}
	if left < p.px(serviceDp) && left < want {
		return 0
	}
	return min(left, want)
}

// chipWidth returns the width of the number of hidden spans, 0 if there are none:
// what the filter leaves out is not hidden by folding.
func (p *Painter) chipWidth(r row) float32 {
	if !r.folded || !r.parent {
		return 0
	}
	return float32(int(p.hidden(p.doc.Rows().Hidden(r.i)).Width)) + p.px(10)
}

func (p *Painter) drawChip(s *scene.Scene, r row, x, w float32) {
	pal := p.style.Palette
	h := p.px(16)
	y := r.y + float32(int((r.h-h)/2))
	x = float32(int(x))
	s.RoundRect(x, y, w, h, h/2, pal.Secondary.Alpha(36))
	l := p.hidden(p.doc.Rows().Hidden(r.i))
	p.text(s, l, x+(w-l.Width)/2, y, h, pal.Secondary)
}

// drawElbow draws the lines from a span to its parent and past it to later
// siblings of its ancestors.
func (p *Painter) drawElbow(s *scene.Scene, r row) {
	c, t := p.style.Palette.Tree, p.line()
	mid := r.y + float32(int(r.h/2))
	half := p.g.Px(layout.TwistyDp) / 2
	at := p.g.Indent(int(r.span.Depth))
	if r.parent && !r.folded {
		stub := mid + p.px(6)
		s.Rect(float32(at+half), stub, t, r.y+r.h-stub, c)
	}
	end := float32(at) + p.px(3)
	if !r.parent {
		end = float32(at) + p.px(swatchAtDp-3)
	}
	if r.span.Parent == model.NoSpan {
		if !r.span.ParentID.IsZero() {
			p.drawBrokenElbow(s, r, mid, end)
		}
		return
	}
	spans := p.trace.Spans
	i, last := r.i, -1
	for k := 0; k < guideReach; k++ {
		parent := spans[i].Parent
		if parent == model.NoSpan {
			return
		}
		x := p.g.Indent(int(spans[parent].Depth)) + half
		more := p.doc.Rows().Continues(i, parent) // a later sibling
		switch {
		case k == 0:
			bottom := mid + t
			if more {
				bottom = r.y + r.h
			}
			s.Rect(float32(x), r.y, t, bottom-r.y, c)
			s.Rect(float32(x), mid, end-float32(x), t, c)
		case more && x != last:
			s.Rect(float32(x), r.y, t, r.h, c)
		}
		last, i = x, parent
	}
}

// drawBrokenElbow draws the elbow of a span whose parent is not in the trace:
// dashed, and coming from where nothing is.
func (p *Painter) drawBrokenElbow(s *scene.Scene, r row, mid, end float32) {
	c, t, dash := p.style.Palette.Secondary, p.line(), p.px(2)
	x := p.px(6)
	for y := mid; y > r.y; y -= 2 * dash {
		s.Rect(x, y, t, min(dash, mid+t-y), c)
	}
	for at := x; at < end; at += 2 * dash {
		s.Rect(at, mid, min(dash, end-at), t, c)
	}
}
