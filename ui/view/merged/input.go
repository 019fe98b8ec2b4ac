package merged

import (
	"image"

	"traceview/internal/model"
	"traceview/ui/axis"
	"traceview/ui/canvasview"
)

const (
	zoomStep = 1.5  // a key press
	panShare = 0.15 // of the view, a key press
)

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
	if p.pointer.Inside && p.pointer.Drag != axis.DragPan && p.pointer.Drag != axis.DragThumb {
		p.under, _ = p.hit(p.pointer.At)
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
	p.pointer.Quiet = true
	if mods&canvasview.Ctrl != 0 {
		return p.m.ZoomAt(float64(p.pointer.At.X-p.g.Zero), axis.ZoomFactor(dy, p.style.Scale))
	}
	right, below := p.pointer.Wheel(dx, dy, mods&canvasview.Shift != 0)
	panned := right != 0 && p.m.Pan(float64(right))
	scrolled := below != 0 && p.scrollBy(below)
	return panned || scrolled
}

// Hover acts on the pointer being at x, y with no button down.
func (p *Painter) Hover(x, y float32) bool {
	at := image.Pt(int(x), int(y))
	moved := p.pointer.MoveTo(at)
	return p.rehover() || moved
}

// Leave acts on the pointer leaving.
func (p *Painter) Leave() bool {
	was := p.pointer.Leave()
	return p.rehover() || was
}

// Press acts on a button going down.
func (p *Painter) Press(x, y float32, b canvasview.Button, mods canvasview.Mods) bool {
	p.pointer.Drag = axis.DragNone
	p.Hover(x, y)
	p.pointer.From, p.pointer.Quiet = p.pointer.At, true
	switch {
	case b == canvasview.Middle, b == canvasview.Primary && mods&canvasview.Space != 0:
		p.pointer.Drag = axis.DragPan
		return true
	case b == canvasview.Secondary:
		return p.choose(p.under) && p.focus()
	case p.pointer.At.In(p.g.ScrollBar):
		return p.scroll.Press(&p.pointer, p.list(), p.g.ScrollBar, p.style.Scale)
	}
	p.pointer.Drag = axis.DragPending
	return false
}

// Drag acts on the pointer moving with the button of the last Press down.
func (p *Painter) Drag(x, y float32) bool {
	return p.scroll.Pull(&p.pointer, image.Pt(int(x), int(y)), p.list(), &p.g, p.m.Pan)
}

// Release acts on the button going up again.
func (p *Painter) Release(x, y float32) bool {
	changed := p.Drag(x, y)
	drag := p.pointer.Drag
	p.pointer.Drag = axis.DragNone
	if drag == axis.DragPending {
		changed = p.click() || changed
	}
	return p.Hover(x, y) || changed || drag != axis.DragNone
}

// click presses what is in the head, or zooms to the box under the pointer.
func (p *Painter) click() bool {
	if s := p.spotAt(p.pointer.At); s.do != doNothing {
		return p.press(s)
	}
	box, _ := p.hit(p.pointer.At)
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
	drag := p.pointer.Drag
	p.pointer.Drag = axis.DragNone
	return drag != axis.DragNone
}

// OnRuler implements xwidget.Plotter: there is no time to measure.
func (p *Painter) OnRuler() bool { return false }

// OnBox says whether the pointer is on something that can be pressed.
func (p *Painter) OnBox() bool {
	return p.pointer.Inside && (p.under.call >= 0 || p.spotAt(p.pointer.At).do != doNothing)
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
