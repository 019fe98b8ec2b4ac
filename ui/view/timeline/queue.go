package timeline

import (
	"traceview/internal/layout"
	"traceview/internal/model"
	"traceview/internal/scene"
)

// Sizes of the hatching of a queue in dp.
const (
	queueDp    = 10 // high
	hatchDp    = 5  // from one diagonal to the next
	hatchThick = 1.25
)

// queueOf returns where on the axis the message of a span lay in its queue,
// false if it did not or nothing of it is in view.
func (p *Painter) queueOf(i model.SpanIndex) (layout.Bar, bool) {
	w, ok := p.doc.Queue().Of(i)
	if !ok || w.Dur() <= 0 {
		return layout.Bar{}, false
	}
	b := p.g.Bar(p.doc.Viewport(), &model.Span{Start: w.From, Dur: w.Dur()}, 1)
	return b, b.X0 < b.X1
}

// drawQueue draws the hatching before the bar of a span whose message waited,
// with how long that was where there is room.
func (p *Painter) drawQueue(s *scene.Scene, r row, b layout.Bar) {
	q, ok := p.queueOf(r.i)
	if !ok {
		return
	}
	x0, x1 := float32(q.X0), float32(q.X1)
	if b.X0 < b.X1 {
		x1 = min(x1, float32(b.X0))
	}
	if x1 <= x0 {
		return
	}
	h := p.px(queueDp)
	y := r.y + float32(int((r.h-h)/2))
	if !q.Before {
		s.Rect(x0, y, p.line(), h, r.color.Bar)
	}
	w, _ := p.doc.Queue().Of(r.i)
	l := p.ruler.Labels.Duration(w.Dur())
	pad := p.px(labelGapDp)
	if room := x1 - x0; room >= l.Width+6*pad {
		x := x0 + float32(int((room-l.Width)/2))
		p.text(s, l, x, r.y, r.h, p.style.Palette.Secondary)
		p.hatch(s, x+l.Width+pad/2, x1, y, h, r.color.Bar)
		x1 = x - pad/2
	}
	p.hatch(s, x0, x1, y, h, r.color.Bar)
}

// hatch draws a piece of a queue.
func (p *Painter) hatch(s *scene.Scene, x0, x1, y, h float32, c scene.Color) {
	x0, x1 = float32(int(x0)), float32(int(x1))
	s.Hatch(x0, y, x1-x0, h, p.px(hatchDp), hatchThick*p.style.Scale, c)
	s.Rect(x0, y, x1-x0, p.line(), c)
	s.Rect(x0, y+h-p.line(), x1-x0, p.line(), c)
}
