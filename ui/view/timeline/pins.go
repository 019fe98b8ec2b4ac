package timeline

import (
	"image"

	"traceview/internal/layout"
	"traceview/internal/scene"
)

// drawPins draws the rows that stay at the top while what is inside them
// scrolls by, with a line below the last.
func (p *Painter) drawPins(s *scene.Scene) {
	pins := layout.NewPins(p.doc.Rows(), p.g.List(p.doc.Rows().Len()), p.doc.Scroll())
	if pins.N == 0 {
		return
	}
	for k := pins.N - 1; k >= 0; k-- { // those above lie over the ones below
		p.drawPin(s, pins.At[k])
	}
	y := float32(p.g.Tree.Min.Y + pins.Bottom(p.g.RowPx))
	s.Clip(0, float32(p.g.Tree.Min.Y), float32(p.g.ScrollBar.Min.X), float32(p.g.Tree.Dy()))
	s.Rect(0, y-p.line(), float32(p.g.Axis.Max.X), p.line(), p.style.Palette.Tree)
}

func (p *Painter) drawPin(s *scene.Scene, pin layout.Pin) {
	r := p.row(pin.Row, pin.Y)
	at := image.Rect(0, int(r.y), p.g.Size.X, int(r.y+r.h))
	clip := func(part image.Rectangle) {
		c := part.Intersect(at)
		s.Clip(float32(c.Min.X), float32(c.Min.Y), float32(c.Dx()), float32(c.Dy()))
	}
	all := image.Rect(0, p.g.Tree.Min.Y, p.g.Axis.Max.X, p.g.Tree.Max.Y)
	clip(all)
	s.Rect(0, r.y, float32(all.Dx()), r.h, p.style.Palette.Panel)
	p.drawWash(s, r, float32(all.Dx()))
	p.ruler.DrawGrid(s)
	clip(p.g.Tree)
	p.drawTreeRow(s, r)
	clip(p.g.Axis)
	p.drawBar(s, r)
}
