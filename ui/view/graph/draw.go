package graph

import (
	"image"
	"math"

	"traceview/internal/analysis/traffic"
	"traceview/internal/scene"
	"traceview/ui/axis"
)

// looked returns what is looked at: under the pointer, else chosen.
func (p *Painter) looked() target {
	if p.pointer.inside && p.pointer.on.n > 0 {
		return p.pointer.on
	}
	return p.chosen
}

// near says whether a box or an edge has to do with what is looked at.
func (p *Painter) near(t target) bool {
	at := p.looked()
	if at.n == 0 || at == t {
		return true
	}
	touches := func(edge, node int) bool {
		e := &p.total.Edges[edge]
		return e.From == node || e.To == node
	}
	switch {
	case at.edge && t.edge:
		return false
	case at.edge:
		return touches(at.n-1, t.n-1)
	case t.edge:
		return touches(t.n-1, at.n-1)
	}
	for k := range p.total.Edges {
		if touches(k, at.n-1) && touches(k, t.n-1) {
			return true
		}
	}
	return false
}

// The share of 256 that what is not looked at goes towards the paper.
const fade = 130

func (p *Painter) ink(c scene.Color, near bool) scene.Color {
	if near {
		return c
	}
	return c.Mix(p.style.Palette.Paper, fade)
}

// thickness returns that of an edge: by the logarithm of its calls, of the most.
func (p *Painter) thickness(e *traffic.Edge) float32 {
	most := 1
	if len(p.total.Edges) > 0 {
		most = p.total.Edges[0].Count
	}
	share := math.Log1p(float64(e.Count)) / math.Log1p(float64(max(most, 1)))
	return (1 + 4*float32(share*share)) * p.style.Scale * min(float32(p.zoom)+0.2, 1)
}

func (p *Painter) drawEdge(s *scene.Scene, k int) {
	r, e, pal := &p.graph.Edges[k], &p.total.Edges[k], p.style.Palette
	if len(r.Line) < 2 {
		return
	}
	at := p.looked()
	col := p.ink(pal.Thumb, p.near(target{true, k + 1}))
	if at == (target{true, k + 1}) || at.n > 0 && !at.edge && p.near(target{true, k + 1}) {
		col = pal.Secondary
	}
	t := p.thickness(e)
	for i := 1; i < len(r.Line); i++ {
		x0, y0 := p.screen(float64(r.Line[i-1].X), float64(r.Line[i-1].Y))
		x1, y1 := p.screen(float64(r.Line[i].X), float64(r.Line[i].Y))
		if i == len(r.Line)-1 {
			x1 -= sign(x1-x0) * p.px(arrowDp) / 2 // the head covers the end
		}
		s.Line(x0, y0, x1, y1, t, col)
	}
	last, before := r.Line[len(r.Line)-1], r.Line[len(r.Line)-2]
	x, y := p.screen(float64(last.X), float64(last.Y))
	dir, size := sign(last.X-before.X), (p.px(arrowDp)+t)*min(float32(p.zoom)+0.2, 1)
	s.Poly(col, scene.Point{X: x, Y: y}, scene.Point{X: x - dir*size, Y: y - size*0.55}, scene.Point{X: x - dir*size, Y: y + size*0.55})
}

func sign(v float32) float32 {
	if v < 0 {
		return -1
	}
	return 1
}

func (p *Painter) rect(r image.Rectangle) (x, y, w, h float32) {
	x, y = p.screen(float64(r.Min.X), float64(r.Min.Y))
	x1, y1 := p.screen(float64(r.Max.X), float64(r.Max.Y))
	return x, y, x1 - x, y1 - y
}

// drawLabel draws calls, failures and latency on an edge.
func (p *Painter) drawLabel(s *scene.Scene, k int) {
	r, t, pal := &p.graph.Edges[k], &p.labels[k], p.style.Palette
	if r.Line == nil {
		return
	}
	z := float32(p.zoom)
	x, y, w, h := p.rect(r.Label)
	if x > float32(p.w) || y > float32(p.h) || x+w < 0 || y+h < 0 {
		return
	}
	near := p.near(target{true, k + 1})
	s.RoundRect(x, y, w, h, 4*p.style.Scale*z, pal.Paper)
	if p.chosen == (target{true, k + 1}) {
		s.RoundRect(x, y, w, h, 4*p.style.Scale*z, pal.Wash())
		s.Frame(x, y, w, h, 4*p.style.Scale*z, max(1, p.px(1)), pal.Accent)
	}
	_, f := p.fonts(z)
	base := float32(int(y + h/2 + f.Px*0.36 + 0.5))
	x += p.px(6) * z
	s.Text(x, base, f, p.ink(pal.Text, near), t.calls)
	x += (t.callsW + p.px(8)) * z
	if t.errors != "" {
		x = p.cross(s, x, y, h, near)
		s.Text(x, base, f, p.ink(pal.Text, near), t.errors)
		x += (t.errorsW + p.px(6)) * z
	}
	s.Text(x, base, f, p.ink(pal.Secondary, near), t.latency)
}

// cross draws the mark of an error and returns where its number begins.
func (p *Painter) cross(s *scene.Scene, x, y, h float32, near bool) float32 {
	z := float32(p.zoom)
	pal := *p.style.Palette
	pal.Error, pal.OnError = p.ink(pal.Error, near), p.ink(pal.OnError, near)
	d := p.px(11) * z
	axis.DrawError(s, &pal, p.style.Scale*0.8*z, x+d/2, y+h/2, d, true)
	return x + p.px(16)*z
}

func (p *Painter) drawNode(s *scene.Scene, k int) {
	n, t, pal := p.total.Nodes[k], &p.texts[k], p.style.Palette
	x, y, w, h := p.rect(p.graph.Nodes[k])
	if x > float32(p.w) || y > float32(p.h) || x+w < 0 || y+h < 0 {
		return
	}
	me := target{false, k + 1}
	near, z, line := p.near(me), float32(p.zoom), max(1, p.px(1))
	radius := 6 * p.style.Scale * z
	if n.Kind == traffic.Queue {
		radius = h / 2
	}
	s.RoundRect(x, y, w, h, radius, pal.Paper)
	s.RoundRect(x, y, w, h, radius, p.ink(pal.Panel, near))
	edge, thick := pal.Thumb, line
	switch {
	case p.chosen == me:
		s.RoundRect(x, y, w, h, radius, pal.Wash())
		edge, thick = pal.Accent, 2*line
	case p.looked() == me:
		s.RoundRect(x, y, w, h, radius, pal.Hover())
		edge = pal.Secondary
	}
	s.Frame(x, y, w, h, radius, thick, p.ink(edge, near))
	p.drawIcon(s, n, x+p.px(nodePadDp)*z, y+(h-p.px(iconDp)*z)/2, p.px(iconDp)*z, near)
	name, small := p.fonts(z)
	left := x + p.px(nodePadDp+iconDp+8)*z
	ascent := func(f scene.Font, mid float32) float32 { return float32(int(y + h*mid + f.Px*0.36 + 0.5)) }
	s.Text(left, ascent(name, 0.34), name, p.ink(pal.Text, near), t.name)
	s.Text(left, ascent(small, 0.7), small, p.ink(pal.Secondary, near), t.line)
	if t.errors != "" {
		at := p.cross(s, left+(t.lineW+p.px(6))*z, y+h*0.7-p.px(9)*z, p.px(18)*z, near)
		s.Text(at, ascent(small, 0.7), small, p.ink(pal.Text, near), t.errors)
	}
}

// drawIcon tells what a box is by its shape: a square in the colour of the service,
// letters in a row, a drum, or a circle for what lies outside.
func (p *Painter) drawIcon(s *scene.Scene, n traffic.Node, x, y, d float32, near bool) {
	pal, t := p.style.Palette, max(1, d*0.09)
	ink := p.ink(pal.Secondary, near)
	switch n.Kind {
	case traffic.Service:
		c := pal.Service(p.color[n.Name]).Bar
		s.RoundRect(x+d*0.1, y+d*0.1, d*0.8, d*0.8, d*0.2, p.ink(c, near))
	case traffic.Queue:
		for k := range 3 {
			s.RoundRect(x+float32(k)*d*0.36, y+d*0.2, d*0.26, d*0.6, d*0.06, ink)
		}
	case traffic.Database:
		s.RoundRect(x+d*0.12, y+d*0.05, d*0.76, d*0.9, d*0.22, ink)
		for k := range 2 {
			s.Rect(x+d*0.12, y+d*(0.34+0.28*float32(k)), d*0.76, t, p.ink(pal.Panel, near))
		}
	default:
		s.Frame(x+d*0.08, y+d*0.08, d*0.84, d*0.84, d*0.42, t, ink)
		s.Rect(x+d*0.08, y+d*0.5-t/2, d*0.84, t, ink)
	}
}

// drawTip draws what the thing under the pointer is, in words.
func (p *Painter) drawTip(s *scene.Scene) {
	on := p.pointer.on
	if !p.pointer.inside || on.n == 0 || p.pointer.drag {
		return
	}
	if on != p.tipOf || p.tipW != p.w {
		p.tip.Set(p.tipLines(on), p.style.Palette, p.style.Metrics, p.style.Scale, p.w)
		p.tipOf, p.tipW = on, p.w
	}
	p.tip.Draw(s, p.pointer.at, image.Rect(0, 0, p.w, p.h))
}
