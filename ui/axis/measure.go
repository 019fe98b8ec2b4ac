package axis

import (
	"image"

	"traceview/internal/document"
	"traceview/internal/scene"
)

const (
	measureWash = 26  // of 255, over the time that is measured
	fade        = 150 // of 255, over what a range leaves out
)

// measured is what somebody measures, as a Ruler draws it.
type measured struct {
	Chip
	on       bool
	from, to int64 // ns
	x0, x1   float32
	view     int64 // ns a pixel the text was written for
}

// Measure tells the Ruler what is measured. Call it after Place, before each frame.
func (r *Ruler) Measure(m document.Measure, on bool) {
	if !on {
		r.measured = measured{}
		return
	}
	step := PrintStep(r.last(), max(r.view.PerPx*float64(r.Scale), 1)) // as fine as the eye tells
	if old := &r.measured; !old.on || old.from != m.From || old.to != m.To || old.view != step || old.text.Text == "" {
		u := r.Labels.Units
		text := u.Duration(m.Dur()) + "  (" + u.Axis(m.From, step) + " – " + u.Axis(m.To, step) + ")"
		*old = measured{on: true, from: m.From, to: m.To, view: step}
		old.text = Label{Text: text, Width: r.Labels.Metrics.Width(r.Labels.Font, text)}
	}
	v := &r.measured
	x0, x1 := r.x(m.From), r.x(m.To)
	lo, hi := float32(r.strip.Min.X), float32(r.strip.Max.X)
	v.x0, v.x1 = min(max(x0, lo-2*r.line()), hi+2*r.line()), min(max(x1, lo-2*r.line()), hi+2*r.line())
	mid := (min(max(x0, lo), hi) + min(max(x1, lo), hi)) / 2
	v.Chip = r.chip(v.text, mid)
}

// x returns the pixel of an instant.
func (r *Ruler) x(ns int64) float32 {
	const limit = 1 << 20
	return float32(int(min(max(r.view.X(ns)+float64(r.zero), -limit), limit) + 0.5))
}

// OnMeasured says whether a point is on the text of what is measured.
func (r *Ruler) OnMeasured(at image.Point) bool {
	m := &r.measured
	return m.on && at.In(r.strip) && m.hides(float32(at.X), float32(at.X)+1)
}

// DrawMeasured draws what is measured on the area, below everything that is
// told about it.
func (r *Ruler) DrawMeasured(s *scene.Scene) {
	m := &r.measured
	if !m.on {
		return
	}
	y, h, t := float32(r.area.Min.Y), float32(r.area.Dy()), r.line()
	s.Rect(m.x0, y, m.x1-m.x0, h, r.Look.Accent.Alpha(measureWash))
	s.Rect(m.x0, y, t, h, r.Look.Accent)
	s.Rect(max(m.x1-t, m.x0), y, t, h, r.Look.Accent)
}

// drawMeasuredStrip draws it on the ruler: a bar along the foot, and its length
// with begin and end.
func (r *Ruler) drawMeasuredStrip(s *scene.Scene) {
	m := &r.measured
	if !m.on {
		return
	}
	foot, lo, hi := 3*r.line(), float32(r.strip.Min.X), float32(r.strip.Max.X)
	x0, x1 := max(m.x0, lo), min(max(m.x1, m.x0+r.line()), hi)
	s.Rect(x0, float32(r.strip.Max.Y)-foot, x1-x0, foot, r.Look.Accent)
	r.drawChip(s, &m.Chip, r.Look.Accent, r.Look.OnAccent)
}

// DrawRange draws the stretch of time being chosen between two pixels by fading
// the rest of the area, so that what is in it keeps its colours.
func (r *Ruler) DrawRange(s *scene.Scene, from, to int) {
	a := r.area
	lo, hi, y, h := float32(a.Min.X), float32(a.Max.X), float32(a.Min.Y), float32(a.Dy())
	x0 := min(max(float32(min(from, to)), lo), hi)
	x1 := min(max(float32(max(from, to)), lo), hi)
	s.Rect(lo, y, x0-lo, h, r.Look.Paper.Alpha(fade))
	s.Rect(x1, y, hi-x1, h, r.Look.Paper.Alpha(fade))
	s.Rect(x0, y, r.line(), h, r.Look.Accent)
	s.Rect(x1-r.line(), y, r.line(), h, r.Look.Accent)
}
