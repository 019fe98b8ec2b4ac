package merged

import (
	"traceview/internal/analysis"
	"traceview/internal/layout"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/axis"
	"traceview/ui/look"
)

// drawLanes draws the lanes on screen.
func (p *Painter) drawLanes(s *scene.Scene) {
	list, v := p.list(), p.m.View()
	for row := p.scroll.Row; row < list.Rows; row++ {
		y := list.Y(p.scroll.Scroll, row)
		if y >= list.ViewPx {
			return
		}
		k, lane := p.lane(row)
		p.drawing = k
		p.lanes.Draw(s, p.g.Boxes(p.flame(k), lane, v), float32(p.g.Area.Min.Y+y), p)
	}
}

// Color implements axis.LaneLook: the colour of the slowest span of the box,
// faded where none of its spans is looked for.
func (p *Painter) Color(b layout.FlameBox) look.ServiceColor {
	c := p.calls(p.drawing)
	i := c.Nodes[p.flame(p.drawing).First(b)].Slowest
	if p.drawing == whole && !p.m.MatchAt(b.At, b.N) {
		return p.dye.Faded(i)
	}
	return p.dye.Of(i)
}

// Label implements axis.LaneLook: the operation and its weight. What a box is
// wider than its spans took is hatched.
func (p *Painter) Label(b layout.FlameBox) axis.LaneLabel {
	c := p.calls(p.drawing)
	n := &c.Nodes[b.Item]
	id, name := p.operation(n)
	l := axis.LaneLabel{Name: name, ID: id, Right: p.labels.Duration(n.Total), Own: n.Errors > 0}
	if p.m.Weight() == analysis.SummedWork && p.drawing != up && n.Total > n.Sum {
		v := p.m.View()
		lo, hi := max(n.Start, v.Start), min(n.Start+n.Total, v.End())
		if from := max(n.Start+n.Sum, lo); from < hi {
			l.Hatch = float64(hi-from) / float64(hi-lo)
		}
	}
	return l
}

// operation returns what a call's operation is called, or the word for no name, and
// the number of that text.
func (p *Painter) operation(n *analysis.Call) (model.StringID, string) {
	id, name := p.doc.Operation(n.Slowest)
	if name == "" {
		name = p.words.unnamed
	}
	return id, name
}

// service returns what a call's service is called.
func (p *Painter) service(n *analysis.Call) string {
	_, name := p.doc.System(n.Slowest)
	return name
}

// drawChosen outlines the box of the selected span and washes the one under the
// pointer.
func (p *Painter) drawChosen(s *scene.Scene) {
	chosen := p.chosen()
	if p.under != chosen {
		if x, y, w, ok := p.place(p.under); ok {
			p.lanes.Wash(s, x, y, w)
		}
	}
	if x, y, w, ok := p.place(chosen); ok {
		p.lanes.Outline(s, x, y, w)
	}
}

// place returns where a box is; false if it is not in view.
func (p *Painter) place(at place) (x, y, w float32, ok bool) {
	row := p.rowOf(at)
	if row < 0 {
		return 0, 0, 0, false
	}
	list := p.list()
	top := list.Y(p.scroll.Scroll, row)
	if top+p.g.LanePx <= 0 || top >= list.ViewPx {
		return 0, 0, 0, false
	}
	n := p.node(at)
	x, w, ok = p.lanes.Place(p.m.View(), n.Start, n.Start+n.Total, p.g.Area.Max.X)
	return x, float32(p.g.Area.Min.Y + top), w, ok
}

// drawScrollBar draws the thumb, nothing if all lanes are on screen.
func (p *Painter) drawScrollBar(s *scene.Scene) {
	hot := p.pointer.Drag == axis.DragThumb || p.pointer.Inside && p.pointer.At.In(p.g.ScrollBar)
	p.scroll.Draw(s, p.list(), p.g.ScrollBar, p.style.Palette, p.style.Scale, hot)
}
