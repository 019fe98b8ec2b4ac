package flame

import (
	"image"
	"strings"

	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/axis"
	"traceview/ui/canvasview"
	"traceview/ui/xwidget"
)

// pointer is what the Painter knows of the pointer.
type pointer struct{ axis.Hand }

// hit returns the span at a point.
func (p *Painter) hit(at image.Point) model.SpanIndex {
	if p.flame == nil {
		return model.NoSpan
	}
	return p.g.Hit(at.X, at.Y, p.flame, p.scroll.Scroll, p.doc.Viewport())
}

// onAxis says whether the pointer is where a guide is drawn.
func (p *Painter) onAxis() bool {
	x := p.pointer.At.X
	return p.pointer.Inside && x >= p.g.Area.Min.X && x < p.g.Area.Max.X
}

// scrollTo scrolls the lanes and says whether that changed anything.
func (p *Painter) scrollBy(px int) bool {
	return p.scroll.By(p.list(), px)
}

// Scroll acts on the wheel or touchpad: dx and dy are how far the content
// moves to the right and down. With Ctrl it zooms at the pointer, with Shift it
// pans. It says whether the picture changed, as all methods here do.
func (p *Painter) Scroll(dx, dy float32, mods canvasview.Mods) bool {
	p.pointer.Quiet = true
	if mods&canvasview.Ctrl != 0 {
		zoomed := p.doc.ZoomAt(float64(p.pointer.At.X-p.g.Zero), axis.ZoomFactor(dy, p.style.Scale))
		return p.rehover() || zoomed
	}
	x, y := p.pointer.Wheel(dx, dy, mods&canvasview.Shift != 0)
	panned := x != 0 && p.doc.Pan(float64(x))
	scrolled := y != 0 && p.scrollBy(y)
	if panned || scrolled {
		p.rehover()
	}
	return panned || scrolled
}

// Hover acts on the pointer being at x, y with no button down.
func (p *Painter) Hover(x, y float32) bool {
	moved := p.pointer.MoveTo(image.Pt(int(x), int(y)))
	return p.rehover() || moved
}

// rehover notes what is under the pointer now.
func (p *Painter) rehover() bool {
	if !p.pointer.Inside || p.pointer.Drag != axis.DragNone {
		return false
	}
	return p.doc.Hover(p.hit(p.pointer.At))
}

// Leave acts on the pointer leaving.
func (p *Painter) Leave() bool {
	was := p.pointer.Leave()
	return p.doc.Hover(model.NoSpan) || was
}

// Press acts on a button going down.
func (p *Painter) Press(x, y float32, b canvasview.Button, mods canvasview.Mods) bool {
	p.pointer.Drag = axis.DragNone
	p.Hover(x, y)
	p.pointer.Quiet = true
	p.pointer.From = p.pointer.At
	switch {
	case b == canvasview.Middle, b == canvasview.Primary && mods&canvasview.Space != 0:
		p.pointer.Drag = axis.DragPan
		return true
	case b == canvasview.Secondary:
		return p.choose(p.hit(p.pointer.At))
	case p.pointer.At.In(p.g.ScrollBar):
		return p.scroll.Press(&p.pointer.Hand, p.list(), p.g.ScrollBar, p.style.Scale)
	case p.onAxis():
		p.pointer.Drag = axis.DragPending
		if p.pointer.At.In(p.g.Ruler) || mods&canvasview.Shift != 0 {
			p.pointer.Drag = axis.DragRuler
		}
	}
	return false
}

func (p *Painter) choose(i model.SpanIndex) bool {
	if i == model.NoSpan {
		return false
	}
	p.seen = i // it is under the pointer: nothing needs to move
	return p.doc.Select(i)
}

// Drag acts on the pointer moving with the button of the last Press down.
func (p *Painter) Drag(x, y float32) bool {
	changed := p.pointer.Pull(p.doc, &p.ruler, image.Pt(int(x), int(y)), p.scrollBy)
	if p.pointer.Drag == axis.DragThumb {
		return p.scroll.Drag(&p.pointer.Hand, p.list(), p.g.ScrollBar, p.style.Scale)
	}
	return changed
}

// Release acts on the button going up again.
func (p *Painter) Release(x, y float32) bool {
	dragged := p.Drag(x, y)
	was := p.pointer.Drag
	changed, click := p.pointer.Drop(p.doc, &p.ruler)
	if click {
		p.choose(p.hit(p.pointer.From))
	}
	return p.Hover(x, y) || changed || dragged || was != axis.DragNone
}

// Cancel ends a drag without its effect, as Esc does, or else measuring.
func (p *Painter) Cancel() bool { return p.pointer.GiveUp(p.doc) }

// OnBox says whether the pointer is on something that can be pressed.
func (p *Painter) OnBox() bool { return p.pointer.Inside && p.doc.Hovered() != model.NoSpan }

// OnRuler says whether the pointer is where time is measured.
func (p *Painter) OnRuler() bool {
	return p.pointer.Inside && p.pointer.At.In(p.g.Ruler) && !p.ruler.OnMeasured(p.pointer.At)
}

// Tip returns the lines that float beside the pointer at x, y: the whole name,
// where and when, what went wrong, and how many spans are drawn as one; "" where
// nothing lies.
func (p *Painter) Tip(x, y float32) string {
	i := p.hit(image.Pt(int(x), int(y)))
	if p.pointer.Drag != axis.DragNone || i == model.NoSpan {
		return ""
	}
	var out []string
	for _, l := range p.tipLines(about{span: i, merged: p.merged(i, int(x))}) {
		out = append(out, l.Text)
	}
	return strings.Join(out, "\n")
}

// floating is the small text beside the pointer, broken into lines anew only
// when it is about something else.
type floating struct {
	xwidget.Tip
	about about
}

// about is what a floating text tells of.
type about struct {
	span   model.SpanIndex
	merged int // spans drawn as one
	room   int // px
}

// drawTip draws the text beside the pointer.
func (p *Painter) drawTip(s *scene.Scene) {
	i := p.doc.Hovered()
	if !p.pointer.Points() || i == model.NoSpan || i != p.hit(p.pointer.At) {
		return
	}
	now := about{i, p.merged(i, p.pointer.At.X), p.g.Size.X}
	if p.tip.about != now || p.tip.Empty() {
		p.tip.about = now
		p.tip.Set(p.tipLines(now), p.style.Palette, p.style.Metrics, p.style.Scale, p.g.Size.X)
	}
	p.tip.Draw(s, p.pointer.At, image.Rectangle{Max: p.g.Size})
}

func (p *Painter) tipLines(a about) []xwidget.TipLine {
	lines := axis.TipLines(p.doc, a.span, p.style.Printer, p.dye.Of(a.span))
	if a.merged > 1 {
		lines = append(lines, xwidget.TipLine{Text: p.style.Printer.N("flame.merged", a.merged)})
	}
	return lines
}

// merged returns how many spans the box of a span at x stands for.
func (p *Painter) merged(i model.SpanIndex, x int) int {
	for c := p.g.Boxes(p.flame, p.flame.Lane(i), p.doc.Viewport()); c.Next(); {
		if x-p.g.Zero < c.Box.X1 {
			return c.Box.N
		}
	}
	return 0
}
