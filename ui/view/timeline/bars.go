package timeline

import (
	"traceview/internal/layout"
	"traceview/internal/model"
	"traceview/internal/scene"
)

// Sizes of bars in dp.
const (
	barLeast   = 2 // no span is narrower on screen
	barRound   = 2
	labelGapDp = 6
	markGapDp  = 3   // between a bar and a mark after it
	fade       = 150 // of 255, over what a range leaves out
	dimmed     = 80  // of 255, what stays of the colour of a span that is not looked for
)

// bar returns the colour of a row's bar.
func (r *row) bar() scene.Color {
	if r.dim {
		return r.color.Bar.Alpha(dimmed)
	}
	return r.color.Bar
}

// drawBar draws one row right of the splitter.
func (p *Painter) drawBar(s *scene.Scene, r row) {
	pal := p.style.Palette
	b := p.g.Bar(p.doc.Viewport(), r.span, p.g.Px(barLeast))
	cy := r.y + float32(int(r.h/2))
	if b.X0 == b.X1 {
		c := r.bar()
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
	p.fillBar(s, b, y, h, r.bar())
	if r.selected {
		out, t := p.px(2), 1.5*p.style.Scale
		x0, x1 := p.barEdges(b)
		s.Frame(x0-out, y-out, x1-x0+2*out, h+2*out, p.px(barRound)+out, t, pal.Accent)
	}
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

func (p *Painter) fillBar(s *scene.Scene, b layout.Bar, y, h float32, c scene.Color) {
	x0, x1 := p.barEdges(b)
	round := min(p.px(barRound), (x1-x0)/2)
	if x1-x0 < p.px(4) {
		round = 0
	}
	s.RoundRect(x0, y, x1-x0, h, round, c)
}

// drawAfterBar draws the marks at the end of a bar and its duration beside it.
func (p *Painter) drawAfterBar(s *scene.Scene, r row, b layout.Bar, cy float32) {
	pal := p.style.Palette
	skewed := p.skewed(r.i)
	step := p.g.Px(markDp) + p.g.Px(markGapDp)
	tail := 0
	if r.span.Failed() {
		tail += step
	}
	if skewed {
		tail += step
	}
	l := p.duration(r.span.Dur)
	x, place := p.g.PlaceLabel(b, int(l.width+1), p.g.Px(labelGapDp), tail)
	mark := float32(b.X1 + p.g.Px(markGapDp))
	if b.After || b.X1+tail > p.g.Axis.Max.X {
		mark = float32(min(b.X1, p.g.Axis.Max.X) - tail)
	}
	half := p.px(markDp) / 2
	if r.span.Failed() {
		p.errorMark(s, mark+half, cy, true)
		mark += float32(step)
	}
	if skewed {
		p.clockMark(s, mark+half, cy)
	}
	switch place {
	case layout.LabelInside:
		c := r.color.Ink
		if r.dim {
			c = pal.Text
		}
		p.text(s, l, float32(x), r.y, r.h, c)
	case layout.LabelRight, layout.LabelLeft:
		c := pal.Secondary
		if r.selected || r.hovered {
			c = pal.Text
		}
		p.text(s, l, float32(x), r.y, r.h, c)
	}
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

// drawRange draws the stretch of time being chosen with the pointer by fading
// the rest, so that the bars in it keep their colours.
func (p *Painter) drawRange(s *scene.Scene) {
	if p.pointer.drag != dragRange {
		return
	}
	pal, a := p.style.Palette, p.g.Axis
	lo, hi := float32(a.Min.X), float32(a.Max.X)
	x0 := min(max(float32(min(p.pointer.from.X, p.pointer.at.X)), lo), hi)
	x1 := min(max(float32(max(p.pointer.from.X, p.pointer.at.X)), lo), hi)
	y, h := float32(a.Min.Y), float32(a.Dy())
	s.Clip(lo, y, hi-lo, h)
	s.Rect(lo, y, x0-lo, h, pal.Paper.Alpha(fade))
	s.Rect(x1, y, hi-x1, h, pal.Paper.Alpha(fade))
	s.Rect(x0, y, p.line(), h, pal.Accent)
	s.Rect(x1-p.line(), y, p.line(), h, pal.Accent)
}
