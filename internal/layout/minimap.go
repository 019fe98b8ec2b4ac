package layout

import (
	"image"
	"math"
)

// A Minimap is the strip on which a whole trace and the window of a Viewport
// are shown, in device pixels.
type Minimap struct {
	Area        image.Rectangle
	Zero, Width int // of the time axis
	grab        int
}

// MinimapOf returns the Minimap of a Waterfall; its Area is empty if the
// Waterfall was not asked for one.
func MinimapOf(g Waterfall) Minimap {
	pad := min(g.Px(PadDp), g.Minimap.Dx()/4)
	return Minimap{Area: g.Minimap, Zero: g.Minimap.Min.X + pad, Width: max(g.Minimap.Dx()-2*pad, 1), grab: g.Px(grabDp) + g.Line}
}

// X returns the pixel of an instant of a trace of total ns.
func (m Minimap) X(ns, total int64) int {
	return m.Zero + int(math.Round(float64(ns)/float64(max(total, 1))*float64(m.Width)))
}

// Time returns the instant at a pixel, within the trace.
func (m Minimap) Time(x int, total int64) int64 {
	return clampInt(int64(math.Round(float64(x-m.Zero)/float64(m.Width)*float64(total))), 0, total)
}

// Window returns the edges of what a Viewport shows, at least a pixel apart.
func (m Minimap) Window(v Viewport) (x0, x1 int) {
	x0, x1 = m.X(v.Start, v.Total), m.X(v.End(), v.Total)
	return min(x0, m.Zero+m.Width-1), max(x1, x0+1)
}

// A MinimapPart is what a press on a Minimap takes hold of.
type MinimapPart uint8

// The parts of a Minimap.
const (
	MinimapOutside MinimapPart = iota // beside the window
	MinimapLeft                       // the window's left edge
	MinimapRight                      // the window's right edge
	MinimapInside                     // the window, where it can be moved
	MinimapWhole                      // the window, where it shows everything
)

// Part returns what lies at x. Edges reach a little outwards, and inwards no
// further than leaves a third of the window to take hold of.
func (m Minimap) Part(x int, v Viewport) MinimapPart {
	x0, x1 := m.Window(v)
	in := min(m.grab, (x1-x0)/3)
	switch {
	case x < x0-m.grab || x >= x1+m.grab:
		return MinimapOutside
	case x < x0+in:
		return MinimapLeft
	case x >= x1-in:
		return MinimapRight
	case v.Fitted():
		return MinimapWhole
	}
	return MinimapInside
}
