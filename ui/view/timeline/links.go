package timeline

import (
	"image"

	"traceview/internal/layout"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/axis"
)

// A mark is a small sign after a bar.
type mark uint8

// The marks in the order they stand.
const (
	markError mark = iota
	markClock
	markLink
	markCount
)

// A tail is the marks after a bar.
type tail struct {
	marks [markCount]mark
	n     int
	x     int // left edge of the first, px
	step  int // from one to the next
}

// width returns the pixels of all marks.
func (t *tail) width() int { return t.n * t.step }

// tailOf returns the marks of a span whose bar is b. They stand after the bar
// or, where that goes on out of view, over its end.
func (p *Painter) tailOf(i model.SpanIndex, b layout.Bar) tail {
	t := tail{step: p.g.Px(markDp) + p.g.Px(markGapDp)}
	add := func(m mark, ok bool) {
		if ok {
			t.marks[t.n] = m
			t.n++
		}
	}
	add(markError, p.trace.Spans[i].Failed())
	add(markClock, p.skewed(i))
	add(markLink, p.doc.LinkTargets(i) > 0)
	t.x = b.X1 + p.g.Px(markGapDp)
	if b.After || b.X1+t.width() > p.g.Axis.Max.X {
		t.x = min(b.X1, p.g.Axis.Max.X) - t.width()
	}
	return t
}

// drawTail draws the marks after a bar.
func (p *Painter) drawTail(s *scene.Scene, t tail, r row, cy float32) {
	half := p.px(markDp) / 2
	for k, m := range t.marks[:t.n] {
		cx := float32(t.x+k*t.step) + half
		switch m {
		case markError:
			p.errorMark(s, cx, cy, !p.doc.Errors().CarriedUp(r.i))
		case markClock:
			p.clockMark(s, cx, cy)
		case markLink:
			if r.hovered && p.pointer.link {
				s.RoundRect(cx-half-1, cy-half-1, 2*half+2, 2*half+2, p.px(3), p.style.Palette.Wash())
			}
			back := len(p.trace.SpanLinks(r.i)) == 0
			axis.DrawLink(s, p.style.Palette, p.style.Scale, cx, cy, p.px(markDp), back)
		}
	}
}

// onLink says whether a point is on the mark of a link of the row hit.
func (p *Painter) onLink(h layout.Hit, at image.Point) bool {
	if h.Part != layout.PartAxis && h.Part != layout.PartBar {
		return false
	}
	if p.doc.LinkTargets(h.Span) == 0 {
		return false
	}
	b := p.g.Bar(p.doc.Viewport(), &p.trace.Spans[h.Span], p.g.Px(barLeast))
	if b.X0 == b.X1 {
		return false
	}
	t := p.tailOf(h.Span, b)
	for k, m := range t.marks[:t.n] {
		if x := t.x + k*t.step; m == markLink && at.X >= x-1 && at.X <= x+p.g.Px(markDp) {
			return true
		}
	}
	return false
}

// followLink goes to the next place the links of a span lead to.
func (p *Painter) followLink(i model.SpanIndex) bool {
	to, ok := p.doc.FollowLink(i)
	if ok && to.Trace != p.trace.ID && p.Follow != nil {
		p.Follow(to.Trace, to.SpanID)
	}
	return ok
}
