package performance

import (
	"image"

	"traceview/internal/layout"
	"traceview/ui/axis"
	"traceview/ui/canvasview"
)

// Hover acts on the pointer being at x, y with no button down.
func (p *Plot) Hover(x, y float32) bool {
	moved := p.hand.MoveTo(image.Pt(int(x), int(y)))
	return p.rehover() || moved && p.hot >= 0
}

// rehover notes the dot under the pointer.
func (p *Plot) rehover() bool {
	was := p.hot
	p.hot = -1
	near := p.area.Inset(-int(p.px(reachDp)))
	if p.hand.Inside && p.hand.At.In(near) && p.hand.Drag == axis.DragNone && p.state.Set != nil {
		p.hot = layout.Nearest(p.dots, p.view, p.lat, float64(p.hand.At.X-p.area.Min.X), float64(p.hand.At.Y-p.area.Min.Y), float64(p.px(reachDp)))
	}
	return p.hot != was
}

// Leave acts on the pointer leaving.
func (p *Plot) Leave() bool {
	was := p.hot >= 0
	p.hand.Leave()
	p.hot = -1
	return was
}

// Press acts on a button going down: with the first it may begin a range, with the
// middle one, or Space held, the plot moves along.
func (p *Plot) Press(x, y float32, b canvasview.Button, mods canvasview.Mods) bool {
	p.Hover(x, y)
	p.hand.From = p.hand.At
	switch {
	case b == canvasview.Middle || b == canvasview.Primary && mods&canvasview.Space != 0:
		p.hand.Drag = axis.DragPan
	case b == canvasview.Primary && p.onTime():
		p.hand.Drag = axis.DragPending
	}
	return true
}

// onTime says whether the pointer is where time is.
func (p *Plot) onTime() bool {
	at := p.hand.At
	return at.X >= p.area.Min.X && at.X < p.area.Max.X && at.Y >= p.area.Min.Y-int(p.px(failDp)) && at.Y < p.h
}

// Drag acts on the pointer moving with a button down.
func (p *Plot) Drag(x, y float32) bool {
	at := image.Pt(int(x), int(y))
	switch p.hand.Drag {
	case axis.DragPan:
		d := at.X - p.hand.At.X
		p.hand.At = at
		return p.show(p.view.Pan(float64(-d)))
	case axis.DragPending:
		if d := at.X - p.hand.From.X; max(d, -d) > int(p.px(4)) {
			p.hand.Drag, p.hot = axis.DragRange, -1
		}
	}
	p.hand.At = at
	return p.hand.Drag == axis.DragRange
}

// dragged returns the pixels of the range being chosen.
func (p *Plot) dragged() (lo, hi int) {
	lo, hi = min(p.hand.From.X, p.hand.At.X), max(p.hand.From.X, p.hand.At.X)
	return max(lo, p.area.Min.X), min(hi, p.area.Max.X)
}

// Release acts on a button going up: a range that was chosen comes into sight, a dot
// that was pressed is opened.
func (p *Plot) Release(x, y float32) bool {
	drag, hot := p.hand.Drag, p.hot
	p.hand.Drag = axis.DragNone
	switch {
	case drag == axis.DragRange:
		lo, hi := p.dragged()
		if lo < hi {
			p.show(p.view.Range(p.view.Time(float64(lo-p.area.Min.X)), p.view.Time(float64(hi-p.area.Min.X))))
		}
	case drag == axis.DragPending && hot >= 0 && hot < len(p.state.Points) && p.do.Open != nil:
		p.do.Open(p.state.Points[hot])
	}
	p.Hover(x, y)
	return true
}

// Scroll acts on the wheel: with Ctrl it zooms at the pointer, else it moves along the
// time, the only way there is.
func (p *Plot) Scroll(dx, dy float32, mods canvasview.Mods) bool {
	if mods&canvasview.Ctrl != 0 {
		p.hand.Quiet = true
		return p.show(p.view.ZoomAt(float64(p.hand.At.X-p.area.Min.X), axis.ZoomFactor(dy, p.style.Scale)))
	}
	x, _ := p.hand.Wheel(dx, dy, true)
	return p.show(p.view.Pan(float64(x)))
}

// Key acts on a key by its name: + - 0 zoom, Left and Right move along the time.
func (p *Plot) Key(name string, _ canvasview.Mods) bool {
	mid, page := float64(p.view.Width)/2, float64(p.view.Width)
	switch name {
	case "+", "=":
		return p.show(p.view.ZoomAt(mid, 2))
	case "-":
		return p.show(p.view.ZoomAt(mid, 0.5))
	case "0":
		p.ShowAll()
		return true
	case "Left", "a":
		return p.show(p.view.Pan(-page / 4))
	case "Right", "d":
		return p.show(p.view.Pan(page / 4))
	case "Escape":
		was := p.hand.Drag != axis.DragNone
		p.hand.Drag = axis.DragNone
		return was
	}
	return false
}

// OnBox says whether the pointer is on something that can be pressed.
func (p *Plot) OnBox() bool { return p.hot >= 0 }

// OnRuler says whether the pointer is where a range can be chosen.
func (p *Plot) OnRuler() bool { return p.hand.Inside && p.onTime() }
