package merged

import (
	"image"

	"traceview/internal/analysis"
	"traceview/internal/model"
	"traceview/internal/scene"
)

// Sizes of the head in dp.
const (
	rowDp   = 36 // of the choices
	crumbDp = 32 // of the way to what is shown
	ctlDp   = 24 // a button
	padDp   = 10 // inside a button
	nameDp  = 190
	leastDp = 36 // the narrowest crumb
)

// An action is what a spot does.
type action uint8

const (
	doNothing action = iota
	doWeigh          // by the weight of arg
	doZoom           // to the call of arg, -1 for the whole tree
	doFocus          // puts the chosen operation between callers and callees
	doLeave          // goes back from there to the flame
	doNext           // selects the next span of the box
)

// A spot is a place of the head that does something when it is pressed.
type spot struct {
	image.Rectangle
	do  action
	arg int32
}

// spotAt returns what can be pressed at a point.
func (p *Painter) spotAt(at image.Point) spot {
	for _, s := range p.spots {
		if at.In(s.Rectangle) {
			return s
		}
	}
	return spot{}
}

// drawHead draws the choices and the way to what is shown.
func (p *Painter) drawHead(s *scene.Scene) {
	pal, w := p.style.Palette, float32(s.W)
	head := float32(p.g.Area.Min.Y)
	s.Rect(0, 0, w, head, pal.Panel)
	s.Rect(0, head-p.line(), w, p.line(), pal.Line)
	y := float32(int((p.px(rowDp) - p.px(ctlDp)) / 2))
	x := p.px(8)
	for k, word := range p.words.weights {
		x = p.drawChoice(s, x, y, word, analysis.Weight(k) == p.m.Weight(), spot{do: doWeigh, arg: int32(k)})
	}
	p.drawActions(s, x+p.px(16), w-p.px(8), y)
	p.drawWay(s, p.px(rowDp)-p.px(2), w-p.px(8))
}

// drawChoice draws one of several choices and returns its right end.
func (p *Painter) drawChoice(s *scene.Scene, x, y float32, word string, chosen bool, do spot) float32 {
	pal, f, h := p.style.Palette, p.fonts.strong, p.px(ctlDp)
	w := float32(int(p.style.Metrics.Width(f, word) + 2*p.px(padDp)))
	ink := pal.Secondary
	if hot := p.spot(x, y, w, h, do); chosen || hot {
		ink = pal.Text
	}
	s.Rect(x, y, w, h, pal.Paper)
	s.Frame(x, y, w, h, p.px(4), p.line(), pal.Line)
	if chosen {
		s.RoundRect(x, y, w, h, p.px(4), pal.Wash())
		s.Frame(x, y, w, h, p.px(4), p.line(), pal.Accent)
	}
	s.Text(x+p.px(padDp), p.baseline(f, y, h), f, ink, word)
	return x + w
}

// spot makes a place do something and says whether the pointer is on it.
func (p *Painter) spot(x, y, w, h float32, do spot) bool {
	do.Rectangle = image.Rect(int(x), int(y), int(x+w), int(y+h))
	p.spots = append(p.spots, do)
	return p.pointer.Inside && p.pointer.At.In(do.Rectangle)
}

// drawActions draws what can be done with the chosen box, from the right as far
// as there is room.
func (p *Painter) drawActions(s *scene.Scene, left, right, y float32) {
	p.updateText()
	word, do := p.words.focus, doFocus
	if p.m.Sandwich() != nil {
		word, do = p.words.leave, doLeave
	}
	if do == doLeave || p.doc.Selected() != model.NoSpan && p.rowOf(p.chosen()) >= 0 {
		right = p.drawButton(s, left, right, y, word, do)
	}
	if p.text.next != "" {
		p.drawButton(s, left, right, y, p.text.next, doNext)
	}
}

// drawButton draws a button that ends at right, and returns where the next one
// may end; nothing if it would begin before left.
func (p *Painter) drawButton(s *scene.Scene, left, right, y float32, word string, do action) float32 {
	pal, f, h := p.style.Palette, p.fonts.strong, p.px(ctlDp)
	w := float32(int(p.style.Metrics.Width(f, word) + 2*p.px(padDp)))
	x := right - w
	if x < left {
		return right
	}
	fill := pal.Panel
	if p.spot(x, y, w, h, spot{do: do}) {
		fill = fill.Mix(pal.Text, 24)
	}
	s.RoundRect(x, y, w, h, p.px(4), fill)
	s.Frame(x, y, w, h, p.px(4), p.line(), pal.Line)
	s.Text(x+p.px(padDp), p.baseline(f, y, h), f, pal.Text, word)
	return x - p.px(8)
}

// drawWay draws the way from the whole trace to what is shown: each step can be
// pressed, and where there is no room for all, those in the middle are left out.
func (p *Painter) drawWay(s *scene.Scene, y, right float32) {
	x, c := p.px(8), p.m.Calls()
	sw, zoomed := p.m.Sandwich(), p.m.Zoomed()
	if sw != nil {
		x = p.drawCrumb(s, x, y, right-x, p.words.all, 0, false, spot{do: doLeave})
		n := &sw.Callees.Nodes[0]
		x = p.drawStep(s, x, y)
		id, name := p.operation(n)
		x = p.drawCrumb(s, x, y, right-x, name, id, true, spot{})
		p.drawText(s, x+p.px(4), y, right, p.fonts.body, p.service(n))
		return
	}
	p.way = p.way[:0]
	x = p.drawCrumb(s, x, y, right-x, p.words.all, 0, zoomed < 0, spot{do: doZoom, arg: -1})
	if zoomed < 0 {
		p.drawText(s, x+p.px(8), y, right, p.fonts.body, p.words.zoomHow)
		return
	}
	room := right - x
	for at := zoomed; at >= 0; at = c.Nodes[at].Parent { // from the end, as many as have room
		if room -= p.crumbWidth(at) + p.px(14); room < 0 && at != zoomed {
			x = p.drawStep(s, x, y)
			x = p.drawText(s, x, y, right, p.fonts.body, "…")
			break
		}
		p.way = append(p.way, at)
	}
	for k := len(p.way) - 1; k >= 0; k-- {
		at := p.way[k]
		id, name := p.operation(&c.Nodes[at])
		x = p.drawStep(s, x, y)
		x = p.drawCrumb(s, x, y, right-x, name, id, at == zoomed, spot{do: doZoom, arg: at})
	}
}

// crumbWidth returns the most that the crumb of a call takes.
func (p *Painter) crumbWidth(call int32) float32 {
	id, name := p.operation(&p.m.Calls().Nodes[call])
	fit := p.names.Fit(p.style.Metrics, p.fonts.strong, id, name, p.px(nameDp))
	return max(fit.Width, p.px(leastDp)) + p.px(4)
}

// drawCrumb draws a step of the way and returns its right end. Words that are no
// name of the trace have the id 0.
func (p *Painter) drawCrumb(s *scene.Scene, x, y, room float32, name string, id model.StringID, last bool, do spot) float32 {
	pal, f, h := p.style.Palette, p.fonts.body, p.px(crumbDp)
	if last {
		f = p.fonts.strong
	}
	if id == 0 {
		w := p.style.Metrics.Width(f, name)
		ink := pal.Secondary
		if p.spot(x-p.px(3), y, w+p.px(6), h, do) || last {
			ink = pal.Text
		}
		s.Text(x, p.baseline(f, y, h), f, ink, name)
		return x + w
	}
	fit := p.names.Fit(p.style.Metrics, f, id, name, min(p.px(nameDp), max(room-p.px(8), 0)))
	ink := pal.Secondary
	if p.spot(x-p.px(3), y, fit.Width+p.px(6), h, do) || last {
		ink = pal.Text
	}
	return fit.Draw(s, x, p.baseline(f, y, h), f, ink, p.style.Metrics, name)
}

// drawStep draws the small arrow head between two steps of the way.
func (p *Painter) drawStep(s *scene.Scene, x, y float32) float32 {
	t, q, mid := max(p.style.Scale*1.2, 1), p.px(3), y+p.px(crumbDp)/2
	x += p.px(7)
	s.Line(x-q/2, mid-q, x+q/2, mid, t, p.style.Palette.Secondary)
	s.Line(x+q/2, mid, x-q/2, mid+q, t, p.style.Palette.Secondary)
	return x + p.px(7)
}

// drawText draws secondary text if it has room, and returns its right end.
func (p *Painter) drawText(s *scene.Scene, x, y, right float32, f scene.Font, text string) float32 {
	w := p.style.Metrics.Width(f, text)
	if x+w > right {
		return x
	}
	s.Text(x, p.baseline(f, y, p.px(crumbDp)), f, p.style.Palette.Secondary, text)
	return x + w
}

// drawFoot draws the legend: what a width means, and what is chosen.
func (p *Painter) drawFoot(s *scene.Scene) {
	p.updateText()
	pal := p.style.Palette
	top, h := float32(p.g.Area.Max.Y), p.px(18)
	s.Rect(0, top, float32(s.W), float32(s.H)-top, pal.Panel)
	s.Rect(0, top, float32(s.W), p.line(), pal.Line)
	s.Text(p.px(8), p.baseline(p.fonts.body, top+p.px(4), h), p.fonts.body, pal.Secondary, p.text.legend)
	s.Text(p.px(8), p.baseline(p.fonts.body, top+p.px(22), h), p.fonts.body, pal.Text, p.text.about)
}
