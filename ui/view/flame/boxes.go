package flame

import (
	"traceview/internal/layout"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/axis"
	"traceview/ui/look"
)

// drawLanes draws the lanes on screen.
func (p *Painter) drawLanes(s *scene.Scene) {
	list := p.list()
	for lane := p.scroll.Row; lane < list.Rows; lane++ {
		y := list.Y(p.scroll.Scroll, lane)
		if y >= list.ViewPx {
			return
		}
		p.lanes.Draw(s, p.g.Boxes(p.flame, lane, p.doc.Viewport()), float32(p.g.Area.Min.Y+y), p)
	}
}

// Color implements axis.LaneLook: that of the first, since those that failed
// may all be of one service.
func (p *Painter) Color(b layout.FlameBox) look.ServiceColor { return p.colorOf(p.flame.First(b)) }

// Label implements axis.LaneLook: the name of the span and how long it took.
func (p *Painter) Label(b layout.FlameBox) axis.LaneLabel {
	sp := &p.trace.Spans[b.Item]
	id, name := p.doc.Name(b.Item)
	l := axis.LaneLabel{Name: name, ID: id, Right: p.ruler.Labels.Duration(sp.Dur)}
	if l.Name == "" {
		l.Name = p.words.unnamed
	}
	l.Noted = p.doc.Noted(b.Item)
	l.Own = b.Failed && !p.doc.Errors().CarriedUp(b.Item)
	return l
}

// drawChosen outlines the selected span and washes the one under the pointer.
func (p *Painter) drawChosen(s *scene.Scene) {
	if i := p.doc.Hovered(); i != model.NoSpan && i != p.doc.Selected() {
		if x, y, w, ok := p.place(i); ok {
			p.lanes.Wash(s, x, y, w)
		}
	}
	if x, y, w, ok := p.place(p.doc.Selected()); ok {
		p.lanes.Outline(s, x, y, w)
	}
}

// mostNotes bounds the marks of notes on the screen.
const mostNotes = 500

// drawNotes marks the spans with a note whose boxes are too narrow for it.
func (p *Painter) drawNotes(s *scene.Scene) {
	d, n := p.lanes.Px(axis.NoteDp), 0
	for _, i := range p.doc.NotedSpans() {
		x, y, w, ok := p.place(i)
		if !ok || p.lanes.Labelled(w) {
			continue
		}
		if n++; n > mostNotes {
			return
		}
		at := min(max(x+w-d, x)+d/2, float32(p.g.Area.Max.X)-d/2)
		axis.DrawNote(s, p.style.Palette, p.style.Scale, at, y+d/2-p.line(), d, true)
	}
}

// place returns where the box of a span is; false if it is not in view.
func (p *Painter) place(i model.SpanIndex) (x, y, w float32, ok bool) {
	lane := p.flame.Lane(i)
	if lane < 0 {
		return 0, 0, 0, false
	}
	list, sp := p.list(), &p.trace.Spans[i]
	top := list.Y(p.scroll.Scroll, lane)
	if top+p.g.LanePx <= 0 || top >= list.ViewPx {
		return 0, 0, 0, false
	}
	x, w, ok = p.lanes.Place(p.doc.Viewport(), sp.Start, sp.Start+sp.Dur, p.g.Area.Max.X)
	return x, float32(p.g.Area.Min.Y + top), w, ok
}

// drawScrollBar draws the thumb, nothing if all lanes are on screen.
func (p *Painter) drawScrollBar(s *scene.Scene) {
	hot := p.pointer.Drag == axis.DragThumb || p.pointer.Inside && p.pointer.At.In(p.g.ScrollBar)
	p.scroll.Draw(s, p.list(), p.g.ScrollBar, p.style.Palette, p.style.Scale, hot)
}
