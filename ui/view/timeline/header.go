package timeline

import (
	"traceview/internal/layout"
	"traceview/internal/scene"
	"traceview/ui/axis"
)

// Sizes of the header in dp.
const (
	tickDp      = 6  // the stroke of a tick
	tickLabelDp = 4  // from a tick to its label
	tickApartDp = 80 // the least distance of ticks
	chipPadDp   = 5
	guideAlpha  = 110 // of 255
)

// fitRuler returns the ticks of the view, far enough apart for their labels.
func (p *Painter) fitRuler() layout.Ruler {
	apart := p.px(tickApartDp)
	r := layout.NewRuler(p.doc.Viewport(), float64(apart))
	for r.N > 1 {
		last := r.At(r.N - 1)
		need := p.tick(last, axis.PrintStep(last, float64(r.Step))).width + p.px(2*tickLabelDp+8)
		if need <= apart {
			break
		}
		apart = need
		r = layout.NewRuler(p.doc.Viewport(), float64(apart))
	}
	return r
}

// tickX returns the pixel of tick k.
func (p *Painter) tickX(k int) float32 {
	x := p.doc.Viewport().X(p.ruler.At(k)) + float64(p.g.Zero)
	return float32(int(x + 0.5))
}

// lastTick returns the instant of the last tick in ns.
func (p *Painter) lastTick() int64 { return p.ruler.At(max(p.ruler.N-1, 0)) }

// drawGrid draws the lines of the ticks behind the bars.
func (p *Painter) drawGrid(s *scene.Scene) {
	a := p.g.Axis
	for k := range p.ruler.N {
		s.Rect(p.tickX(k), float32(a.Min.Y), p.line(), float32(a.Dy()), p.style.Palette.Grid)
	}
}

// drawHeader draws the headings of the columns and the ruler.
func (p *Painter) drawHeader(s *scene.Scene) {
	pal, f, g := p.style.Palette, p.fonts.small, p.g
	y, h := float32(g.Heading.Min.Y), float32(g.Heading.Dy())
	s.Rect(0, y, float32(g.Size.X), h, pal.Panel)
	base := p.baseline(f, y, h)
	left := float32(g.Indent(0)) + p.px(swatchAtDp)
	s.Text(left, base, f, pal.Secondary, p.words.operation)
	right := float32(g.Split) - p.px(gapDp)
	if len(p.doc.Failed()) > 0 {
		right = float32(g.Split) - p.px(markSlotDp)
	}
	w := p.style.Metrics.Width(f, p.words.service)
	end := max(left+p.style.Metrics.Width(f, p.words.operation), float32(p.drawSort(s)))
	if right-w > end+p.px(2*gapDp) {
		s.Text(right-w, base, f, pal.Secondary, p.words.service)
	}
	p.drawTicks(s, y, h)
	s.Rect(0, y+h-p.line(), float32(g.Size.X), p.line(), pal.Line)
}

// drawTicks draws the ruler's strokes and labels; a label that would not end
// before the edge, or would show from under the chip of the guide, is left out.
func (p *Painter) drawTicks(s *scene.Scene, y, h float32) {
	pal := p.style.Palette
	step := axis.PrintStep(p.lastTick(), float64(p.ruler.Step))
	chip, covered := p.guideChip()
	for k := range p.ruler.N {
		x := p.tickX(k)
		s.Rect(x, y+h-p.px(tickDp), p.line(), p.px(tickDp), pal.Tree)
		l := p.tick(p.ruler.At(k), step)
		from, to := x+p.px(tickLabelDp), x+p.px(tickLabelDp)+l.width
		if to <= float32(p.g.Ruler.Max.X) && (!covered || to <= chip.x || from >= chip.x+chip.w) {
			p.text(s, l, from, y, h, pal.Secondary)
		}
	}
}

// A chip is the small text on the ruler that follows the pointer.
type chip struct {
	text *label
	x, w float32
}

// guideChip returns the instant under the pointer or, of a stretch being
// chosen, how long it is; false where there is no guide.
func (p *Painter) guideChip() (chip, bool) {
	drag := p.pointer.drag
	if !p.onAxis() || drag == dragThumb || drag == dragSplitter || drag == dragMinimap {
		return chip{}, false
	}
	x := p.pointer.at.X
	at, mid := p.timeAt(x), float32(x)
	resolution := p.doc.Viewport().PerPx
	if p.ruler.Step >= 1e9 { // in the unit of the ruler, which has no fractions then
		resolution = max(resolution, 1e9)
	}
	c := chip{text: p.tick(at, axis.PrintStep(p.lastTick(), resolution))}
	if drag == dragRange {
		from := p.timeAt(p.pointer.from.X)
		c.text, mid = p.duration(max(at-from, from-at)), float32(x+p.pointer.from.X)/2
	}
	c.w = float32(int(c.text.width)) + 2*p.px(chipPadDp)
	c.x = min(max(mid-c.w/2, float32(p.g.Ruler.Min.X)), float32(p.g.Ruler.Max.X)-c.w)
	return c, true
}

// drawGuide draws the line under the pointer and its chip.
func (p *Painter) drawGuide(s *scene.Scene) {
	c, ok := p.guideChip()
	if !ok {
		return
	}
	pal, g := p.style.Palette, p.g
	if p.pointer.drag != dragRange {
		s.Rect(float32(p.pointer.at.X), float32(g.Axis.Min.Y), p.line(), float32(g.Axis.Dy()), pal.Secondary.Alpha(guideAlpha))
	}
	h := p.px(18)
	y := float32(g.Ruler.Min.Y) + float32(int((float32(g.Ruler.Dy())-h)/2))
	s.RoundRect(c.x, y, c.w, h, p.px(4), pal.Tip)
	p.text(s, c.text, c.x+p.px(chipPadDp), y, h, pal.OnTip)
}

// timeAt returns the instant at x.
func (p *Painter) timeAt(x int) int64 { return p.doc.Viewport().Time(float64(x - p.g.Zero)) }

// drawSplitter draws the line between tree and axis, bolder when it can be dragged.
func (p *Painter) drawSplitter(s *scene.Scene) {
	pal := p.style.Palette
	x, t, c := float32(p.g.Split), p.line(), pal.Line
	if p.pointer.drag == dragSplitter || (p.pointer.drag == dragNone && p.pointer.part == layout.PartSplitter) {
		x, t, c = x-t, 3*t, pal.Accent
	}
	s.Rect(x, float32(p.g.Heading.Min.Y), t, float32(p.g.Size.Y-p.g.Heading.Min.Y), c)
}
