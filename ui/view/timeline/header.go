package timeline

import (
	"traceview/internal/layout"
	"traceview/internal/scene"
	"traceview/ui/axis"
)

// drawHeader draws the headings of the columns and the ruler.
func (p *Painter) drawHeader(s *scene.Scene) {
	pal, f, g := p.style.Palette, p.fonts.small, p.g
	y, h := float32(g.Heading.Min.Y), float32(g.Heading.Dy())
	s.Rect(0, y, float32(g.Size.X), h, pal.Panel)
	base := p.baseline(f, y, h)
	left := float32(g.Indent(0)) + p.px(swatchAtDp)
	s.Text(left, base, f, pal.Secondary, p.words.operation)
	right := p.treeRight()
	w := p.style.Metrics.Width(f, p.words.service)
	end := max(left+p.style.Metrics.Width(f, p.words.operation), float32(p.drawSort(s)))
	if right-w > end+p.px(2*gapDp) {
		s.Text(right-w, base, f, pal.Secondary, p.words.service)
	}
	s.Rect(0, y+h-p.line(), float32(g.Size.X), p.line(), pal.Line)
	p.ruler.DrawStrip(s, p.pointer.Chip(&p.ruler, p.onAxis()))
}

// drawTime draws on the bars what is measured and what is being chosen.
func (p *Painter) drawTime(s *scene.Scene) {
	a := p.g.Axis
	s.Clip(float32(a.Min.X), float32(a.Min.Y), float32(a.Dx()), float32(a.Dy()))
	p.ruler.DrawNotes(s)
	p.ruler.DrawMeasured(s)
	if p.pointer.Drag == axis.DragRange {
		p.ruler.DrawRange(s, p.pointer.From.X, p.pointer.At.X)
	}
}

// text draws a label in the small font with its left edge at x, in the middle of a strip.
func (p *Painter) text(s *scene.Scene, l *axis.Label, x, y, h float32, c scene.Color) {
	s.Text(x, p.baseline(p.fonts.small, y, h), p.fonts.small, c, l.Text)
}

// hidden returns the text of the number of spans in a folded one.
func (p *Painter) hidden(n int) *axis.Label { return p.ruler.Labels.More(n) }

// drawSplitter draws the line between tree and axis, bolder when it can be dragged.
func (p *Painter) drawSplitter(s *scene.Scene) {
	pal := p.style.Palette
	x, t, c := float32(p.g.Split), p.line(), pal.Line
	if p.pointer.Drag == dragSplitter || (p.pointer.Drag == axis.DragNone && p.pointer.part == layout.PartSplitter) {
		x, t, c = x-t, 3*t, pal.Accent
	}
	s.Rect(x, float32(p.g.Heading.Min.Y), t, float32(p.g.Size.Y-p.g.Heading.Min.Y), c)
}
