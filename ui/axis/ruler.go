// Package axis is what views with a time axis share: the ruler with its guide and
// what is measured on it, what the pointer does with time, the colours of spans,
// numbers as labels, names shortened in the middle, marks and tooltips, and what
// flames are drawn and put into a window with. It draws nothing with the toolkit
// and, once its caches are warm, without allocating.
package axis

import (
	"image"

	"traceview/internal/document"
	"traceview/internal/layout"
	"traceview/internal/scene"
	"traceview/ui/look"
)

// Sizes of a ruler in dp.
const (
	tickDp      = 6  // the stroke of a tick
	tickLabelDp = 4  // from a tick to its label
	tickApartDp = 80 // the least distance of ticks
	chipPadDp   = 5
	chipDp      = 18
	guideAlpha  = 110 // of 255
)

// A Ruler draws a time axis: ticks with their labels on a strip, grid lines and
// the guide of the pointer on the area below. Rectangles and places are device
// pixels. Set the exported fields, then call Place before each frame.
type Ruler struct {
	Look   *look.Palette
	Labels Labels
	Scale  float32 // device pixels a dp

	view        layout.Viewport
	zero        int
	strip, area image.Rectangle
	ticks       layout.Ruler
	measured    measured
	notes       []document.Note
}

// Place tells the Ruler what it shows: a Viewport that begins at pixel zero.
// The ticks stand far enough apart for their labels.
func (r *Ruler) Place(v layout.Viewport, zero int, strip, area image.Rectangle) {
	r.view, r.zero, r.strip, r.area = v, zero, strip, area
	apart := r.px(tickApartDp)
	r.ticks = layout.NewRuler(v, float64(apart))
	for r.ticks.N > 1 {
		last := r.last()
		need := r.Labels.Tick(last, PrintStep(last, float64(r.ticks.Step))).Width + r.px(2*tickLabelDp+8)
		if need <= apart {
			break
		}
		apart = need
		r.ticks = layout.NewRuler(v, float64(apart))
	}
}

func (r *Ruler) px(dp float32) float32 { return float32(int(dp*r.Scale + 0.5)) }

func (r *Ruler) line() float32 { return max(r.px(1), 1) }

// last returns the instant of the last tick in ns.
func (r *Ruler) last() int64 { return r.ticks.At(max(r.ticks.N-1, 0)) }

func (r *Ruler) tickX(k int) float32 {
	return float32(int(r.view.X(r.ticks.At(k)) + float64(r.zero) + 0.5))
}

// Time returns the instant at pixel x.
func (r *Ruler) Time(x int) int64 { return r.view.Time(float64(x - r.zero)) }

// DrawGrid draws the lines of the ticks on the area.
func (r *Ruler) DrawGrid(s *scene.Scene) {
	for k := range r.ticks.N {
		s.Rect(r.tickX(k), float32(r.area.Min.Y), r.line(), float32(r.area.Dy()), r.Look.Grid)
	}
}

// A Chip is the small text on the ruler that follows the pointer; the zero Chip
// is none.
type Chip struct {
	text  Label
	x, w  float32
	guide int // x of the line below it
	line  bool
}

// At returns the Chip that tells the instant at x.
func (r *Ruler) At(x int) Chip {
	resolution := r.view.PerPx
	if r.ticks.Step >= 1e9 { // in the unit of the ruler, which has no fractions then
		resolution = max(resolution, 1e9)
	}
	c := r.chip(*r.Labels.Tick(r.Time(x), PrintStep(r.last(), resolution)), float32(x))
	c.guide, c.line = x, true
	return c
}

// Between returns the Chip that tells the length of a stretch from one pixel to another.
func (r *Ruler) Between(from, to int) Chip {
	a, b := r.Time(from), r.Time(to)
	return r.chip(*r.Labels.Duration(max(a-b, b-a)), float32(from+to)/2)
}

func (r *Ruler) chip(l Label, mid float32) Chip {
	c := Chip{text: l, w: float32(int(l.Width)) + 2*r.px(chipPadDp)}
	c.x = min(max(mid-c.w/2, float32(r.strip.Min.X)), float32(r.strip.Max.X)-c.w)
	return c
}

// DrawStrip draws the ruler's strip, and over it a Chip with its line. A label
// that would not end before the edge, or would show from under the Chip, is
// left out.
func (r *Ruler) DrawStrip(s *scene.Scene, c Chip) {
	pal, y, h := r.Look, float32(r.strip.Min.Y), float32(r.strip.Dy())
	s.Rect(float32(r.strip.Min.X), y, float32(r.strip.Dx()), h, pal.Panel)
	step := PrintStep(r.last(), float64(r.ticks.Step))
	for k := range r.ticks.N {
		x := r.tickX(k)
		s.Rect(x, y+h-r.px(tickDp), r.line(), r.px(tickDp), pal.Tree)
		l := r.Labels.Tick(r.ticks.At(k), step)
		from, to := x+r.px(tickLabelDp), x+r.px(tickLabelDp)+l.Width
		if to <= float32(r.strip.Max.X) && !c.hides(from, to) && !r.measured.hides(from, to) && !r.noteHides(from, to) {
			r.text(s, l.Text, from, y, h, pal.Secondary)
		}
	}
	s.Rect(float32(r.strip.Min.X), y+h-r.line(), float32(r.strip.Dx()), r.line(), pal.Line)
	r.drawNotesStrip(s)
	r.drawMeasuredStrip(s)
	if c.w == 0 {
		return
	}
	if c.line {
		s.Rect(float32(c.guide), float32(r.area.Min.Y), r.line(), float32(r.area.Dy()), pal.Secondary.Alpha(guideAlpha))
	}
	if !r.measured.hides(c.x, c.x+c.w) {
		r.drawChip(s, &c, pal.Tip, pal.OnTip)
	}
}

// hides says whether a Chip lies over some of the pixels from one to another.
func (c *Chip) hides(from, to float32) bool { return c.w > 0 && to > c.x && from < c.x+c.w }

func (r *Ruler) drawChip(s *scene.Scene, c *Chip, ground, ink scene.Color) {
	y, h := float32(r.strip.Min.Y), float32(r.strip.Dy())
	ch := r.px(chipDp)
	cy := y + float32(int((h-ch)/2))
	s.RoundRect(c.x, cy, c.w, ch, r.px(4), ground)
	r.text(s, c.text.Text, c.x+r.px(chipPadDp), cy, ch, ink)
}

// text draws text in the middle of a strip: capitals and figures are centred,
// whose height is ascent less descent.
func (r *Ruler) text(s *scene.Scene, text string, x, y, h float32, c scene.Color) {
	f := r.Labels.Font
	ascent, descent := r.Labels.Metrics.Line(f)
	s.Text(x, float32(int(y+(h+ascent-descent)/2+0.5)), f, c, text)
}

// PrintStep returns the step that makes the printer write instants of up to
// last ns in the unit that suits them all, with the digits that a resolution of
// so many ns needs. The printer goes by the step alone: a little over one unit,
// such as 1.01 s, asks for seconds with two decimals; over a minute, but no
// whole number of them, for minutes and seconds.
func PrintStep(last int64, resolution float64) int64 {
	const minute = int64(60e9)
	if resolution >= float64(minute) {
		return int64(resolution)
	}
	if last >= minute && resolution >= 1e9 {
		return minute + 1e9
	}
	unit := int64(1)
	for unit < 1e9 && unit*1000 <= last {
		unit *= 1000
	}
	part := unit
	for part > 1 && float64(part) > resolution {
		part /= 10
	}
	if part == unit {
		return unit
	}
	return unit + part
}
