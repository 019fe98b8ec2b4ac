package journey

import (
	"image"

	"traceview/internal/layout"
	"traceview/ui/axis"
	"traceview/ui/canvasview"
	"traceview/ui/xwidget"
)

// A drag is what the pointer does with the button down.
type drag struct {
	kind     dragKind
	from, at image.Point
	left     float64 // where the area was when it was taken
}

type dragKind uint8

const (
	noDrag  dragKind = iota
	pending          // pressed: a click, or a range once moved
	ranging
	panning
)

// clickDp is how far the pointer may move in a click.
const clickDp = 4

// Handle takes input before the page does, and says whether that was all there is to do.
func (v *View) Handle(e canvasview.Event) bool {
	at := image.Pt(int(e.X), int(e.Y))
	if e.Kind == canvasview.Release { // ends what began, whatever there is by now
		return v.release(at)
	}
	if v.layout == nil || v.box.Empty() {
		return false
	}
	switch e.Kind {
	case canvasview.Hover:
		v.drag.at, v.byKey = at, false
	case canvasview.Press:
		v.drag.at = at
		return v.press(e, at)
	case canvasview.Drag:
		return v.pull(at)
	case canvasview.Scroll:
		return v.scroll(e, at)
	case canvasview.KeyDown, canvasview.Rune:
		return v.key(e)
	}
	return false
}

// Centre returns the middle of the lanes as they were drawn last.
func (v *View) Centre() (x, y float32) {
	return float32(v.area.Min.X+v.area.Max.X) / 2, float32(v.area.Min.Y+v.area.Max.Y) / 2
}

func (v *View) press(e canvasview.Event, at image.Point) bool {
	v.drag = drag{at: at, from: at, left: v.left}
	if !at.In(image.Rect(v.area.Min.X, v.box.Min.Y, v.area.Max.X, v.area.Max.Y)) {
		return false
	}
	switch {
	case e.Button == canvasview.Middle, e.Button == canvasview.Primary && e.Mods&canvasview.Space != 0:
		v.drag.kind = panning
		return true
	case e.Button == canvasview.Primary:
		v.drag.kind = pending
	}
	return false
}

// pull acts on the pointer moving with the button down.
func (v *View) pull(at image.Point) bool {
	v.drag.at = at
	if dx := at.X - v.drag.from.X; v.drag.kind == pending && max(dx, -dx) > int(clickDp*v.layout.Options.Scale) {
		v.drag.kind = ranging
	}
	if v.drag.kind == panning {
		v.moveTo(v.drag.left - float64(at.X-v.drag.from.X))
	}
	return v.drag.kind >= ranging
}

// release ends a drag: a range that was chosen is zoomed to.
func (v *View) release(at image.Point) bool {
	d := v.drag
	v.drag = drag{at: at}
	if d.kind == ranging && v.layout != nil {
		x0, x1 := float64(min(d.from.X, at.X)-v.area.Min.X), float64(max(d.from.X, at.X)-v.area.Min.X)
		v.zoomTo(v.layout.Time(max(x0, 0)), v.layout.Time(min(x1, float64(v.area.Dx()))))
	}
	return d.kind >= ranging
}

// scroll zooms at the pointer with Ctrl and pans with Shift or sideways; else the page scrolls.
func (v *View) scroll(e canvasview.Event, at image.Point) bool {
	if !at.In(v.box) {
		return false
	}
	dx := e.DX
	switch {
	case e.Mods&canvasview.Ctrl != 0:
		v.zoomAt(float64(at.X-v.area.Min.X), axis.ZoomFactor(e.DY*wheelDp, 1))
		return true
	case e.Mods&canvasview.Shift != 0 && dx == 0:
		dx = e.DY
	}
	if dx == 0 || v.zoom <= 1 {
		return false
	}
	v.moveTo(v.left - float64(dx*wheelDp*v.layout.Options.Scale))
	return true
}

// wheelDp is how many dp one unit of the wheel is, 25 of which are a notch.
const wheelDp = 60.0 / 25

// zoomAt zooms so that what is at a pixel of the area stays there.
func (v *View) zoomAt(x, factor float64) {
	l := v.layout
	x = min(max(x, 0), float64(l.Options.Width))
	at := l.Time(x)
	v.zoom = min(max(v.zoom*factor, 1), layout.MaxJourneyZoom)
	if v.zoom < 1.01 {
		v.zoom = 1
	}
	v.moveTo(l.AxisAt(v.zoom).X(at) - x)
}

// moveTo shows what lies at some pixel of the axis, and on.
func (v *View) moveTo(left float64) {
	v.lay(v.layout.At(v.zoom, left))
}

// zoomTo shows some stretch of time, as near as that goes. Folds come and go with the
// zoom, so it is found by halving.
func (v *View) zoomTo(from, to int64) {
	width := float64(v.layout.Options.Width)
	lo, hi := 1.0, float64(layout.MaxJourneyZoom)
	for range 40 {
		zoom := (lo + hi) / 2
		if hi/lo > 4 {
			zoom = lo * 2
		}
		if a := v.layout.AxisAt(zoom); a.X(to)-a.X(from) > width {
			hi = zoom
		} else {
			lo = zoom
		}
		if hi/lo < 1.01 {
			break
		}
	}
	v.zoom = lo
	a := v.layout.AxisAt(lo)
	v.moveTo((a.X(from)+a.X(to))/2 - width/2)
}

// reset shows the whole order again.
func (v *View) reset() {
	v.zoom, v.keep = 1, [2]int64{}
	if v.layout == nil { // the next frame lays it out
		v.left = 0
		return
	}
	v.moveTo(0)
}

// key acts on keys: left and right go from step to step, Enter opens the one chosen.
func (v *View) key(e canvasview.Event) bool {
	if e.Mods&(canvasview.Ctrl|canvasview.Alt|canvasview.Shift) != 0 && e.Kind == canvasview.KeyDown {
		return false
	}
	width := float64(v.area.Dx())
	switch name := e.Name(); name {
	case "Left":
		return v.step(-1)
	case "Right":
		return v.step(1)
	case "Up", "Down", "PageUp", "PageDown", "Home", "End": // on to the table
		v.sel = -1
		return false
	case "Enter":
		if v.sel < 0 {
			return false
		}
		v.open(v.state.Journey, v.state.Journey.Steps[v.sel].Place)
	case "+", "=":
		v.zoomAt(v.middle(width), 1.5)
	case "-", "−":
		v.zoomAt(v.middle(width), 1/1.5)
	case "0":
		v.reset()
	case "Escape":
		if v.zoom <= 1 {
			return false
		}
		v.reset()
	default:
		return false
	}
	return true
}

// middle returns where keys zoom: at the step chosen, else in the middle.
func (v *View) middle(width float64) float64 {
	if v.sel >= 0 {
		if x := v.layout.X(v.state.Journey.Steps[v.sel].Start); x >= 0 && x <= width {
			return x
		}
	}
	return width / 2
}

// step chooses the next step, or the one before, and brings it into sight.
func (v *View) step(by int) bool {
	steps := v.state.Journey.Steps
	if len(steps) == 0 {
		return false
	}
	if v.sel < 0 && by < 0 {
		v.sel = len(steps)
	}
	next := v.sel + by
	for next >= 0 && next < len(steps) && v.layout.Lane(steps[next].System) < 0 {
		next += by
	}
	if next < 0 || next >= len(steps) {
		if v.sel == len(steps) {
			v.sel = -1
		}
		return true
	}
	v.sel, v.byKey = next, true
	width := float64(v.area.Dx())
	if x := v.layout.X(steps[next].Start); x < 0 || x > width-20 {
		v.moveTo(v.layout.Axis.X(steps[next].Start) - width/2)
	}
	return true
}

// drawChosen draws a frame around the step chosen.
func (v *View) drawChosen(c *xwidget.Canvas) {
	if v.sel < 0 {
		return
	}
	s := &v.state.Journey.Steps[v.sel]
	lane := v.layout.Lane(s.System)
	if lane < 0 {
		return
	}
	x0, x1 := v.at(v.layout.X(s.Start)), v.at(v.layout.X(s.End))
	y, h := v.laneY(c, lane), c.D(layout.JourneyRowDp)
	c.Frame(x0-c.D(3), y+c.D(1), max(x1-x0, c.D(3))+c.D(6), h-c.D(2), c.D(4), max(c.D(2), 1), c.Look.Accent)
}

// drawRange draws the stretch that is being chosen.
func (v *View) drawRange(c *xwidget.Canvas) {
	if v.drag.kind != ranging {
		return
	}
	x0, x1 := float32(min(v.drag.from.X, v.drag.at.X)), float32(max(v.drag.from.X, v.drag.at.X))
	y, h := float32(v.area.Min.Y), float32(v.area.Dy())
	c.Rect(x0, y, x1-x0, h, c.Look.Wash())
	c.Rect(x0, y, max(c.D(1), 1), h, c.Look.Accent)
	c.Rect(x1, y, max(c.D(1), 1), h, c.Look.Accent)
}
