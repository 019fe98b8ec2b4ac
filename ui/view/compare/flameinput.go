package compare

import (
	"image"

	"traceview/internal/analysis/comparison"
	"traceview/ui/axis"
	"traceview/ui/canvasview"
)

// flameZoom is by how much a key press zooms.
const flameZoom = 1.5

// hit returns the row of the box at a point, and how many it stands for; -1 for none.
func (p *Flame) hit(at image.Point) (row int32, n int) {
	if p.flame == nil || p.of == nil || !at.In(p.g.Area) {
		return -1, 0
	}
	lane := p.list().RowAt(p.scroll.Scroll, at.Y-p.g.Area.Min.Y)
	for c := p.g.Boxes(p.flame, lane, p.view); c.Next(); {
		if x := at.X - p.g.Zero; x < c.Box.X1 {
			if x >= c.Box.X0 {
				return c.Box.Item, c.Box.N
			}
			break
		}
	}
	return -1, 0
}

func (p *Flame) rehover() bool {
	was := p.under
	p.under = -1
	if p.pointer.Inside && p.pointer.Drag != axis.DragPan && p.pointer.Drag != axis.DragThumb {
		p.under, _ = p.hit(p.pointer.At)
	}
	return p.under != was
}

// Hover implements xwidget.Plotter.
func (p *Flame) Hover(x, y float32) bool {
	p.catchUp()
	moved := p.pointer.MoveTo(image.Pt(int(x), int(y)))
	return p.rehover() || moved
}

// Leave implements xwidget.Plotter.
func (p *Flame) Leave() bool {
	was := p.pointer.Leave()
	return p.rehover() || was
}

// Press implements xwidget.Plotter.
func (p *Flame) Press(x, y float32, b canvasview.Button, mods canvasview.Mods) bool {
	p.pointer.Drag = axis.DragNone
	p.Hover(x, y)
	p.pointer.From, p.pointer.Quiet = p.pointer.At, true
	switch {
	case b == canvasview.Middle, b == canvasview.Primary && mods&canvasview.Space != 0:
		p.pointer.Drag = axis.DragPan
		return true
	case b != canvasview.Primary:
		return false
	case p.pointer.At.In(p.g.ScrollBar):
		return p.scroll.Press(&p.pointer, p.list(), p.g.ScrollBar, p.style.Scale)
	}
	p.pointer.Drag = axis.DragPending
	return false
}

// Drag implements xwidget.Plotter.
func (p *Flame) Drag(x, y float32) bool {
	p.catchUp()
	return p.scroll.Pull(&p.pointer, image.Pt(int(x), int(y)), p.list(), &p.g, p.pan)
}

// Release implements xwidget.Plotter: a click chooses a box and zooms to it, or
// chooses by which side boxes are wide.
func (p *Flame) Release(x, y float32) bool {
	changed := p.Drag(x, y)
	drag := p.pointer.Drag
	p.pointer.Drag = axis.DragNone
	if drag == axis.DragPending {
		for _, s := range p.spots {
			if p.pointer.At.In(s.Rectangle) {
				return p.SetWidth(s.width)
			}
		}
		if row, _ := p.hit(p.pointer.At); row >= 0 {
			p.m.Select(row)
			p.zoom(row)
		}
		changed = true
	}
	return p.Hover(x, y) || changed || drag != axis.DragNone
}

// Scroll implements xwidget.Plotter: with Ctrl it zooms at the pointer.
func (p *Flame) Scroll(dx, dy float32, mods canvasview.Mods) bool {
	p.catchUp()
	p.pointer.Quiet = true
	if mods&canvasview.Ctrl != 0 {
		return p.look(float64(p.pointer.At.X-p.g.Zero), axis.ZoomFactor(dy, p.style.Scale))
	}
	right, below := p.pointer.Wheel(dx, dy, mods&canvasview.Shift != 0)
	panned := p.pan(float64(right))
	return p.scroll.By(p.list(), below) || panned
}

// pan moves the view by pixels to the right.
func (p *Flame) pan(px float64) bool {
	before := p.view
	p.view = p.view.Pan(px)
	return p.view != before
}

// look zooms by a factor around a pixel.
func (p *Flame) look(x, factor float64) bool {
	before := p.view
	p.view = p.view.ZoomAt(x, factor)
	return p.view != before
}

// OnBox implements xwidget.Plotter.
func (p *Flame) OnBox() bool {
	for _, s := range p.spots {
		if p.pointer.At.In(s.Rectangle) {
			return p.pointer.Inside
		}
	}
	return p.pointer.Inside && p.under >= 0
}

// OnRuler implements xwidget.Plotter: there is no time to measure.
func (p *Flame) OnRuler() bool { return false }

// SetWidth chooses by which side boxes are wide.
func (p *Flame) SetWidth(w comparison.Width) bool {
	if w == p.width || w >= comparison.Widths {
		return false
	}
	p.width, p.calls, p.zoomed, p.shown = w, nil, nil, -1
	return true
}

// zoom shows a row on the whole width; zoomOut leads back.
func (p *Flame) zoom(row int32) bool {
	if row < 0 || p.flame.Lane(row) < 0 {
		return false
	}
	before := p.view
	for k := len(p.zoomed) - 1; k >= 0; k-- {
		if at := p.zoomed[k]; row < at || row >= p.of.Rows[at].End || row == at {
			p.zoomed = p.zoomed[:k]
		}
	}
	p.zoomed = append(p.zoomed, row)
	p.fit()
	return p.view != before
}

func (p *Flame) zoomOut() bool {
	switch {
	case p.of == nil:
		return false
	case len(p.zoomed) > 0:
		p.zoomed = p.zoomed[:len(p.zoomed)-1]
	case p.view.Fitted():
		return false
	}
	p.fit()
	return true
}

// Key implements xwidget.Plotter: the arrows choose a box beside, Enter opens its step
// in its trace and with Shift in the other, z zooms to it, BackSpace and Escape go one
// step out, 0 all the way, + and - zoom, 1 2 3 choose by which side boxes are wide.
func (p *Flame) Key(name string, mods canvasview.Mods) bool {
	p.catchUp()
	changed := p.key(name, mods)
	if changed {
		p.pointer.Quiet = true
	}
	return changed
}

func (p *Flame) key(name string, mods canvasview.Mods) bool {
	if p.of == nil || p.calls == nil {
		return false
	}
	row := p.m.Selected()
	switch name {
	case "Up", "Down", "Left", "Right":
		return p.arrow(name)
	case "Enter":
		return p.open(row, mods)
	case "z", "Z":
		return p.zoom(row)
	case "BackSpace", "Escape":
		return p.zoomOut()
	case "0":
		p.zoomed = nil
		before := p.view
		p.fit()
		return p.view != before
	case "+", "=":
		return p.look(float64(p.g.Width)/2, flameZoom)
	case "-":
		return p.look(float64(p.g.Width)/2, 1/flameZoom)
	case "1", "2", "3":
		return p.SetWidth(comparison.Width(name[0] - '1'))
	case "PageUp", "PageDown":
		by := max(p.list().Page()-1, 1) * p.g.LanePx
		if name == "PageUp" {
			by = -by
		}
		return p.scroll.By(p.list(), by)
	case "Home":
		return p.m.Select(0)
	}
	return false
}

// open opens the step of a row in its trace.
func (p *Flame) open(row int32, mods canvasview.Mods) bool {
	if row < 0 {
		return false
	}
	side := p.m.Prefer()
	if mods&canvasview.Shift != 0 {
		if side = side.Other(); p.of.Rows[row].Sides[side].Spans == 0 {
			return true
		}
	}
	p.do.Open(side, row)
	return true
}

// arrow chooses the box above, the first below, or the one beside.
func (p *Flame) arrow(name string) bool {
	row := p.m.Selected()
	if row < 0 {
		return p.m.Select(0)
	}
	to := int32(-1)
	switch rows := p.of.Rows; name {
	case "Up":
		to = rows[row].Parent
	case "Down":
		for k := row + 1; k < rows[row].End && to < 0; k = rows[k].End {
			if p.flame.Lane(k) >= 0 {
				to = k
			}
		}
	case "Left":
		to = p.flame.Beside(row, p.calls.Nodes[row].Start, -1)
	case "Right":
		to = p.flame.Beside(row, p.calls.Nodes[row].Start, 1)
	}
	return to >= 0 && p.m.Select(to)
}
