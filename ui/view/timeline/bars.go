package timeline

import (
	"sort"

	"traceview/internal/layout"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/axis"
	"traceview/ui/look"
)

// Sizes of bars in dp.
const (
	barLeast   = 2 // no span is narrower on screen
	barRound   = 2
	labelGapDp = 6
	markGapDp  = 3 // between a bar and a mark after it
	pathDp     = 2 // the line of the critical path
	eventDp    = 2 // the tick of an event
)

// colour returns the colours of a row, faded where the span is not looked for.
func (p *Painter) colour(i model.SpanIndex, dim bool) look.ServiceColor {
	if dim {
		return p.dye.Faded(i)
	}
	return p.dye.Of(i)
}

// drawBar draws one row right of the splitter.
func (p *Painter) drawBar(s *scene.Scene, r row) {
	pal := p.style.Palette
	b := p.g.Bar(p.doc.Viewport(), r.span, p.g.Px(barLeast))
	cy := r.y + float32(int(r.h/2))
	p.drawQueue(s, r, b)
	if b.X0 == b.X1 {
		c := r.color.Bar
		if r.span.Failed() {
			c = pal.Error
		}
		if b.Before {
			p.chevron(s, float32(b.X0)+p.px(4), cy, true, c)
		} else {
			p.chevron(s, float32(b.X1)-p.px(4), cy, false, c)
		}
		return
	}
	h := p.px(layout.BarDp)
	y := r.y + float32(int((r.h-h)/2))
	p.fillBar(s, b, y, h, r)
	foot := p.drawPath(s, b, y+h, r)
	if r.selected {
		out, t := p.px(2), 1.5*p.style.Scale
		x0, x1 := p.barEdges(b)
		s.Frame(x0-out, y-out, x1-x0+2*out, h+foot+2*out, p.px(barRound)+out, t, pal.Accent)
	}
	p.drawEvents(s, b, y, r)
	p.drawAfterBar(s, r, b, cy)
}

// barEdges returns the edges of a bar to draw: one that goes on out of view
// ends beyond the clip, so that its rounding is not seen.
func (p *Painter) barEdges(b layout.Bar) (x0, x1 float32) {
	x0, x1 = float32(b.X0), float32(b.X1)
	if b.Before {
		x0 -= p.px(8)
	}
	if b.After {
		x1 += p.px(8)
	}
	return x0, x1
}

// fillBar draws a bar in the colour of its service, and lighter where the span
// waited for its children.
func (p *Painter) fillBar(s *scene.Scene, b layout.Bar, y, h float32, r row) {
	x0, x1 := p.barEdges(b)
	waits, round := p.doc.Work().Waits(r.i), min(p.px(barRound), (x1-x0)/2)
	if x1-x0 < p.px(4) { // too narrow to be divided
		c := r.color.Bar
		if 2*waits.Total() > r.span.Dur {
			c = r.color.Tint
		}
		s.Rect(x0, y, x1-x0, h, c)
		return
	}
	s.RoundRect(x0, y, x1-x0, h, round, r.color.Bar)
	p.g.Runs(p.doc.Viewport(), waits, b.X0, b.X1, layout.Half, func(from, to int) {
		w0, w1 := float32(from), float32(to)
		left, right := from == b.X0, to == b.X1
		if left {
			w0 = x0
		}
		if right {
			w1 = x1
		}
		if left || right { // keeps the rounded corners of the bar
			s.RoundRect(w0, y, w1-w0, h, min(round, (w1-w0)/2), r.color.Tint)
			if !left {
				s.Rect(w0, y, min(2*round, (w1-w0)/2), h, r.color.Tint)
			}
			if !right {
				in := min(2*round, (w1-w0)/2)
				s.Rect(w1-in, y, in, h, r.color.Tint)
			}
			return
		}
		s.Rect(w0, y, w1-w0, h, r.color.Tint)
	})
}

// drawPath draws the line along the foot of a bar where the span is on the
// critical path, and returns its height, 0 where there is none. It lies on the
// paper below the bar, where it is as clear for a dark bar as for a light one.
func (p *Painter) drawPath(s *scene.Scene, b layout.Bar, y float32, r row) float32 {
	if !p.doc.Path().Has(r.i) {
		return 0
	}
	t, c := p.px(pathDp), p.style.Palette.Text
	p.g.Runs(p.doc.Viewport(), p.doc.Path().Of(r.i), b.X0, b.X1, 0, func(from, to int) {
		if b.X1-b.X0 < p.g.Px(4) {
			from, to = b.X0, b.X1
		}
		s.Rect(float32(from), y, float32(to-from), t, c)
	})
	return t
}

// drawEvents draws a tick at the head of a bar for each event of the span, one
// for those of a pixel: from one tick the next event past it is searched for.
func (p *Painter) drawEvents(s *scene.Scene, b layout.Bar, y float32, r row) {
	events := p.trace.SpanEvents(r.i)
	if len(events) == 0 {
		return
	}
	v, epoch := p.doc.Viewport(), p.trace.Epoch
	px := func(k int) float64 { return v.X(events[k].Time-epoch) + float64(p.g.Zero) + 0.5 }
	w, pal := p.g.Px(eventDp), p.style.Palette
	for x := b.X0; x <= b.X1; {
		k := sort.Search(len(events), func(k int) bool { return px(k) >= float64(x) })
		if k == len(events) || px(k) >= float64(b.X1+1) {
			return
		}
		x = max(int(px(k)), x) // SDKs record in order of time; where not, a tick may be missing, never wrong
		left := float32(min(x, b.X1-1) - w/2)
		s.Rect(left-p.line(), y, float32(w)+2*p.line(), p.px(5), pal.Paper)
		s.Rect(left, y-p.px(3), float32(w), p.px(8), pal.Text)
		x += w + 2*p.g.Line
	}
}

// drawAfterBar draws the marks at the end of a bar and its duration beside it.
func (p *Painter) drawAfterBar(s *scene.Scene, r row, b layout.Bar, cy float32) {
	t := p.tailOf(r.i, b)
	l := p.ruler.Labels.Duration(r.span.Dur)
	free := b
	if q, ok := p.queueOf(r.i); ok { // a label on the left stands before the queue
		free.X0, free.Before = min(b.X0, q.X0), b.Before || q.Before
	}
	x, place := p.g.PlaceLabel(b, int(l.Width+1), p.g.Px(labelGapDp), t.width())
	if place == layout.LabelLeft {
		if x, place = free.X0-p.g.Px(labelGapDp)-int(l.Width+1), layout.LabelLeft; free.Before || x < p.g.Axis.Min.X {
			place = layout.LabelNowhere
		}
	}
	p.drawTail(s, t, r, cy)
	switch place {
	case layout.LabelInside:
		p.drawLabelInside(s, l, x, r)
	case layout.LabelRight, layout.LabelLeft:
		c := p.style.Palette.Secondary
		if r.selected || r.hovered {
			c = p.style.Palette.Text
		}
		p.text(s, l, float32(x), r.y, r.h, c)
	}
}

// drawLabelInside draws a label on a bar, on one colour: that of most of the
// pixels below it.
func (p *Painter) drawLabelInside(s *scene.Scene, l *axis.Label, x int, r row) {
	w, waiting := int(l.Width+1), 0
	p.g.Runs(p.doc.Viewport(), p.doc.Work().Waits(r.i), x, x+w, layout.Half, func(from, to int) { waiting += to - from })
	below, ink := r.color.Bar, r.color.Ink
	if 2*waiting > w {
		below, ink = r.color.Tint, p.style.Palette.Text
	}
	if waiting > 0 && waiting < w {
		h := p.px(layout.BarDp)
		s.Rect(float32(x)-p.px(2), r.y+float32(int((r.h-h)/2)), float32(w)+p.px(4), h, below)
	}
	p.text(s, l, float32(x), r.y, r.h, ink)
}

// skewed says whether the clock of a span's host is known to have been wrong.
func (p *Painter) skewed(i model.SpanIndex) bool {
	for _, w := range p.doc.Warnings(i) {
		if w.Kind == model.ClockSkew {
			return true
		}
	}
	return false
}
