package merged

import (
	"image"
	"math"

	"traceview/internal/model"
	"traceview/ui/canvasview"
)

const (
	// zoomPerDp is the power of two a dp of scrolling zooms by: a notch of a
	// wheel, 30 to 40 dp, by a third.
	zoomPerDp = 1.0 / 90
	clickDp   = 3    // a press that moves less is a click
	zoomStep  = 1.5  // a key press
	panShare  = 0.15 // of the view, a key press
)

type dragKind uint8

const (
	dragNone    dragKind = iota
	dragPending          // pressed: a click, or the picture moves once the pointer does
	dragPan              // moving the picture under the pointer
	dragThumb            // moving the scroll bar's thumb
)

// pointer is what the Painter knows of the pointer.
type pointer struct {
	at     image.Point
	inside bool
	drag   dragKind
	from   image.Point // where the button went down
	// quiet says that the pointer has not moved since the wheel, a button or a
	// key: what came to lie under it then is not what somebody points at.
	quiet bool
}

func (p *pointer) leave() { p.inside, p.at = false, image.Pt(-1, -1) }

// points says whether the pointer points at something that may be told of.
func (p *pointer) points() bool { return p.inside && p.drag == dragNone && !p.quiet }

// hit returns the box at a point, and how many it stands for.
func (p *Painter) hit(at image.Point) (place, int) {
	if !at.In(p.g.Area) {
		return nowhere, 0
	}
	row := p.list().RowAt(p.scroll.Scroll, at.Y-p.g.Area.Min.Y)
	if row < 0 {
		return nowhere, 0
	}
	k, lane := p.lane(row)
	for c := p.g.Boxes(p.flame(k), lane, p.m.View()); c.Next(); {
		if x := at.X - p.g.Zero; x < c.Box.X1 {
			if x >= c.Box.X0 {
				return place{k, c.Box.Item}, c.Box.N
			}
			break
		}
	}
	return nowhere, 0
}

// rehover notes what is under the pointer now.
func (p *Painter) rehover() bool {
	was := p.under
	p.under = nowhere
	if p.pointer.inside && p.pointer.drag != dragPan && p.pointer.drag != dragThumb {
		p.under, _ = p.hit(p.pointer.at)
	}
	return p.under != was
}

// scrollBy scrolls the lanes and says whether that changed anything.
func (p *Painter) scrollBy(px int) bool {
	return p.scroll.By(p.list(), px)
}

// Scroll acts on the wheel or touchpad: dx and dy are how far the content
// moves to the right and down. With Ctrl it zooms at the pointer, with Shift it
// pans. It says whether the picture changed, as all methods here do.
func (p *Painter) Scroll(dx, dy float32, mods canvasview.Mods) bool {
	p.pointer.quiet = true
	switch {
	case mods&canvasview.Ctrl != 0:
		return p.m.ZoomAt(float64(p.pointer.at.X-p.g.Zero), math.Exp2(float64(dy/p.style.Scale)*zoomPerDp))
	case mods&canvasview.Shift != 0 && dx == 0:
		dx, dy = dy, 0
	}
	right, below := p.scroll.Way(dx, dy)
	panned := right != 0 && p.m.Pan(float64(right))
	scrolled := below != 0 && p.scrollBy(below)
	return panned || scrolled
}

// Hover acts on the pointer being at x, y with no button down.
func (p *Painter) Hover(x, y float32) bool {
	at := image.Pt(int(x), int(y))
	moved := at != p.pointer.at || !p.pointer.inside
	p.pointer.at, p.pointer.inside = at, true
	if moved {
		p.pointer.quiet = false
	}
	return p.rehover() || moved
}

// Leave acts on the pointer leaving.
func (p *Painter) Leave() bool {
	was := p.pointer.inside
	p.pointer.leave()
	return p.rehover() || was
}

// Press acts on a button going down.
func (p *Painter) Press(x, y float32, b canvasview.Button, mods canvasview.Mods) bool {
	p.pointer.drag = dragNone
	p.Hover(x, y)
	p.pointer.from, p.pointer.quiet = p.pointer.at, true
	switch {
	case b == canvasview.Middle, b == canvasview.Primary && mods&canvasview.Space != 0:
		p.pointer.drag = dragPan
		return true
	case b == canvasview.Secondary:
		return p.choose(p.under) && p.focus()
	case p.pointer.at.In(p.g.ScrollBar):
		if p.scroll.Press(p.list(), p.g.ScrollBar, p.style.Scale, p.pointer.at.Y) {
			p.pointer.drag = dragThumb
			return true
		}
		return false
	}
	p.pointer.drag = dragPending
	return false
}

// Drag acts on the pointer moving with the button of the last Press down.
func (p *Painter) Drag(x, y float32) bool {
	last := p.pointer.at
	p.pointer.at, p.pointer.inside = image.Pt(int(x), int(y)), true
	switch p.pointer.drag {
	case dragThumb:
		return p.scroll.Drag(p.list(), p.g.ScrollBar, p.style.Scale, p.pointer.at.Y)
	case dragPending:
		way := p.pointer.at.Sub(p.pointer.from)
		if max(way.X, -way.X, way.Y, -way.Y) <= p.g.Px(clickDp) || !p.pointer.from.In(p.g.Area) {
			return false
		}
		p.pointer.drag = dragPan
		fallthrough
	case dragPan:
		panned := p.m.Pan(float64(last.X - p.pointer.at.X))
		return p.scrollBy(last.Y-p.pointer.at.Y) || panned
	}
	return false
}

// Release acts on the button going up again.
func (p *Painter) Release(x, y float32) bool {
	changed := p.Drag(x, y)
	drag := p.pointer.drag
	p.pointer.drag = dragNone
	if drag == dragPending {
		changed = p.click() || changed
	}
	return p.Hover(x, y) || changed || drag != dragNone
}

// click presses what is in the head, or zooms to the box under the pointer.
func (p *Painter) click() bool {
	if s := p.spotAt(p.pointer.at); s.do != doNothing {
		return p.press(s)
	}
	box, _ := p.hit(p.pointer.at)
	if box.call < 0 {
		return false
	}
	if box.part == whole {
		return p.m.ZoomTo(box.call)
	}
	return p.choose(box)
}

// choose selects the slowest span of a box.
func (p *Painter) choose(at place) bool {
	if at.call < 0 {
		return false
	}
	p.cursor = at
	p.show(at)
	p.doc.SelectBar(p.node(at).Slowest)
	return true
}

// focus puts the operation of the chosen box between its callers and callees.
func (p *Painter) focus() bool {
	if at := p.chosen(); at.call >= 0 {
		return p.m.Focus(p.node(at).Slowest)
	}
	return false
}

// Cancel ends a drag, as Esc does.
func (p *Painter) Cancel() bool {
	drag := p.pointer.drag
	p.pointer.drag = dragNone
	return drag != dragNone
}

// OnRuler implements xwidget.Plotter: there is no time to measure.
func (p *Painter) OnRuler() bool { return false }

// OnBox says whether the pointer is on something that can be pressed.
func (p *Painter) OnBox() bool {
	return p.pointer.inside && (p.under.call >= 0 || p.spotAt(p.pointer.at).do != doNothing)
}

// press does what a spot is for.
func (p *Painter) press(s spot) bool {
	switch s.do {
	case doWeigh:
		return p.m.SetWeight(weightOf(s.arg))
	case doZoom:
		return p.m.Zoom(s.arg)
	case doFocus:
		return p.focus()
	case doLeave:
		return p.m.Focus(model.NoSpan)
	case doNext:
		return p.m.NextSpan()
	}
	return false
}
