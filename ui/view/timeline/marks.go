package timeline

import (
	"traceview/internal/scene"
	"traceview/ui/axis"
)

// Sizes of marks in dp.
const (
	markDp = 12 // the disc of an error, the clock
)

// errorMark draws the disc with a cross that stands for an error: filled for
// one of the span's own, hollow for one carried up or folded away.
func (p *Painter) errorMark(s *scene.Scene, cx, cy float32, own bool) {
	axis.DrawError(s, p.style.Palette, p.style.Scale, cx, cy, p.px(markDp), own)
}

// clockMark draws the small clock of a span whose host had another time.
func (p *Painter) clockMark(s *scene.Scene, cx, cy float32) {
	c := p.style.Palette.Secondary
	d, thick := p.px(markDp), 1.25*p.style.Scale
	s.RoundRect(cx-d/2, cy-d/2, d, d, d/2, p.style.Palette.Paper)
	s.Frame(cx-d/2, cy-d/2, d, d, d/2, thick, c)
	s.Line(cx, cy-3*p.style.Scale, cx, cy, thick, c)
	s.Line(cx, cy, cx+2.5*p.style.Scale, cy+1.5*p.style.Scale, thick, c)
}

// twisty draws the triangle that folds and unfolds: to the right when folded.
func (p *Painter) twisty(s *scene.Scene, cx, cy float32, folded bool, c scene.Color) {
	long, short := 4*p.style.Scale, 2.5*p.style.Scale
	if folded {
		s.Poly(c, scene.Point{X: cx - short, Y: cy - long}, scene.Point{X: cx - short, Y: cy + long},
			scene.Point{X: cx + short, Y: cy})
		return
	}
	s.Poly(c, scene.Point{X: cx - long, Y: cy - short}, scene.Point{X: cx + long, Y: cy - short},
		scene.Point{X: cx, Y: cy + short})
}

// chevron draws the pointer to a bar that is out of view, to the left or right.
func (p *Painter) chevron(s *scene.Scene, x, cy float32, left bool, c scene.Color) {
	w, h, t := 3*p.style.Scale, 4*p.style.Scale, 2*p.style.Scale
	if !left {
		w = -w
	}
	s.Line(x+w, cy-h, x, cy, t, c)
	s.Line(x, cy, x+w, cy+h, t, c)
}
