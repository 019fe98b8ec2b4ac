package graph

import (
	"image"
	"math"

	"traceview/ui/axis"
	"traceview/ui/canvasview"
)

// hit returns what is at a point.
func (p *Painter) hit(at image.Point) target {
	if p.graph == nil || p.state.Total != p.total || p.total == nil {
		return target{}
	}
	x, y := p.place(at)
	if n := p.graph.NodeAt(x, y); n >= 0 {
		return target{false, n + 1}
	}
	if n := p.graph.EdgeAt(x, y, float64(p.px(reachDp))/p.zoom); n >= 0 {
		return target{true, n + 1}
	}
	return target{}
}

// Hover acts on the pointer being at x, y with no button down.
func (p *Painter) Hover(x, y float32) bool {
	at := image.Pt(int(x), int(y))
	changed := !p.pointer.inside || at != p.pointer.at
	p.pointer.at, p.pointer.inside = at, true
	on := p.hit(at)
	changed = changed && (on.n > 0 || p.pointer.on.n > 0) || on != p.pointer.on
	p.pointer.on = on
	return changed
}

// Leave acts on the pointer leaving.
func (p *Painter) Leave() bool {
	was := p.pointer.on.n > 0
	p.pointer.inside, p.pointer.on = false, target{}
	return was
}

// Press acts on a button going down: it may begin moving the graph.
func (p *Painter) Press(x, y float32, b canvasview.Button, _ canvasview.Mods) bool {
	p.Hover(x, y)
	if b == canvasview.Secondary {
		return false
	}
	p.pointer.drag, p.pointer.moved, p.pointer.from = true, b == canvasview.Middle, p.pointer.at
	return true
}

// Drag acts on the pointer moving with a button down: the graph moves along.
func (p *Painter) Drag(x, y float32) bool {
	at := image.Pt(int(x), int(y))
	if !p.pointer.drag {
		return false
	}
	d := at.Sub(p.pointer.from)
	if slack := int(p.px(4)); !p.pointer.moved && d.X*d.X+d.Y*d.Y < slack*slack {
		return false
	}
	p.pointer.moved, p.pointer.from, p.pointer.at = true, at, at
	p.fitted = false
	p.x, p.y = p.x+float64(d.X), p.y+float64(d.Y)
	return true
}

// Release acts on a button going up: what was pressed without being moved is chosen;
// beside everything the choice is taken away.
func (p *Painter) Release(x, y float32) bool {
	drag, moved := p.pointer.drag, p.pointer.moved
	p.pointer.drag = false
	p.Hover(x, y)
	if drag && !moved {
		p.chosen = p.pointer.on
		p.activate()
	}
	return true
}

// activate tells the window what is chosen.
func (p *Painter) activate() bool {
	switch n, e := p.chosen.node(), p.chosen.edgeAt(); {
	case p.total == nil || p.chosen.n == 0:
		return false
	case n >= 0 && p.actions.Node != nil:
		p.actions.Node(p.total.Nodes[n])
	case e >= 0 && p.actions.Edge != nil:
		edge := &p.total.Edges[e]
		p.actions.Edge(edge, p.total.Nodes[edge.From], p.total.Nodes[edge.To])
	}
	return true
}

// Scroll acts on the wheel: with Ctrl it magnifies at the pointer, with Shift it moves
// to the side.
func (p *Painter) Scroll(dx, dy float32, mods canvasview.Mods) bool {
	if p.graph == nil {
		return false
	}
	if mods&canvasview.Ctrl != 0 {
		return p.zoomAt(p.pointer.at, axis.ZoomFactor(dy, p.style.Scale))
	}
	if mods&canvasview.Shift != 0 && dx == 0 {
		dx, dy = dy, 0
	}
	p.fitted = false
	p.x, p.y = p.x+float64(dx), p.y+float64(dy)
	p.pointer.on = p.hit(p.pointer.at)
	return true
}

// zoomAt magnifies so that what is under a point stays there.
func (p *Painter) zoomAt(at image.Point, factor float64) bool {
	x, y := p.place(at)
	zoom := min(max(p.zoom*factor, leastZoom), mostZoom)
	if zoom == p.zoom {
		return false
	}
	p.zoom, p.fitted = zoom, false
	p.x, p.y = float64(at.X)-x*zoom, float64(at.Y)-y*zoom
	return true
}

// Key acts on a key by its name: arrows choose the nearest box that way, Enter is as
// pressing it, + - 0 magnify, Home chooses the first.
func (p *Painter) Key(name string, mods canvasview.Mods) bool {
	if p.graph == nil || len(p.graph.Nodes) == 0 {
		return false
	}
	mid := image.Pt(p.w/2, p.h/2)
	switch name {
	case "Left":
		return p.step(-1, 0)
	case "Right":
		return p.step(1, 0)
	case "Up":
		return p.step(0, -1)
	case "Down":
		return p.step(0, 1)
	case "Home":
		return p.choose(0)
	case "Enter":
		return p.activate()
	case "+", "=":
		return p.zoomAt(mid, 1.25)
	case "-":
		return p.zoomAt(mid, 0.8)
	case "0":
		p.fit()
		return true
	case "Escape":
		was := p.chosen.n > 0
		p.chosen = target{}
		return was
	}
	return false
}

// step chooses the nearest box in a direction, the first where none is chosen.
func (p *Painter) step(dx, dy int) bool {
	n := p.chosen.node()
	if n < 0 {
		return p.choose(0)
	}
	from := p.graph.Nodes[n].Min.Add(p.graph.Nodes[n].Size().Div(2))
	best, least := -1, math.MaxInt
	for k, r := range p.graph.Nodes {
		d := r.Min.Add(r.Size().Div(2)).Sub(from)
		along, across := d.X*dx+d.Y*dy, d.X*dy+d.Y*dx
		if away := along + 3*max(across, -across); k != n && along > 0 && away < least {
			best, least = k, away
		}
	}
	return best >= 0 && p.choose(best)
}

// choose chooses a box and brings it into sight.
func (p *Painter) choose(n int) bool {
	p.chosen, p.pointer.inside = target{false, n + 1}, false
	x, y, w, h := p.rect(p.graph.Nodes[n])
	pad := p.px(padDp)
	move := func(at, size, room float32) float64 {
		return float64(min(max(at, pad), max(room-size-pad, pad)) - at)
	}
	if mx, my := move(x, w, float32(p.w)), move(y, h, float32(p.h)); mx != 0 || my != 0 {
		p.x, p.y, p.fitted = p.x+mx, p.y+my, false
	}
	return true
}

// OnBox says whether the pointer is on something that can be pressed.
func (p *Painter) OnBox() bool { return p.pointer.inside && p.pointer.on.n > 0 }

// OnRuler says that there is no ruler.
func (p *Painter) OnRuler() bool { return false }
