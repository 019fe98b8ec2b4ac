// Package layout is the pure geometry of the views: which rows a trace has,
// which stretch of time is on screen, where bars, ticks and labels go, and
// what lies under a point. It knows device pixels and nanoseconds, nothing of
// colours, fonts or toolkits.
package layout

import "math"

// A Viewport is the stretch of a trace's time that is on screen. It is a
// value: its methods return the changed Viewport. The zero value shows nothing;
// start with Fit.
//
// Start is whole nanoseconds and PerPx at least 1 (or what fits a shorter
// trace), so that rounding never moves a picture by more than half a pixel.
type Viewport struct {
	Total int64   // ns of the whole trace, at least 1
	Start int64   // ns at the left edge, counted from the trace's beginning
	PerPx float64 // ns a pixel
	Width int     // pixels, at least 1
}

// Fit returns the Viewport that shows a trace of total ns on width pixels.
func Fit(total int64, width int) Viewport {
	v := Viewport{Total: max(total, 1), Width: max(width, 1)}
	v.PerPx = v.fitPerPx()
	return v
}

func (v Viewport) fitPerPx() float64 { return float64(v.Total) / float64(v.Width) }

// Fitted says whether the whole trace is shown.
func (v Viewport) Fitted() bool { return v.PerPx >= v.fitPerPx() }

// Span returns the ns on screen, never more than the trace has: over 104 days
// the float64 that is rounded here has no room for every nanosecond.
func (v Viewport) Span() int64 { return min(whole(v.PerPx*float64(v.Width)), v.Total) }

// whole rounds to the nearest int64: a trace of three centuries has more ns than
// float64 tells from 2^63, which is none.
func whole(f float64) int64 {
	if f = math.Round(f); f < math.MaxInt64 {
		return int64(max(f, math.MinInt64))
	}
	return math.MaxInt64
}

// after returns the instant ns past Start, within the trace.
func (v Viewport) after(ns float64) int64 {
	return v.Start + clampInt(whole(ns), -v.Start, v.Total-v.Start)
}

// End returns the ns at the right edge.
func (v Viewport) End() int64 { return min(v.Start+v.Span(), v.Total) }

// X returns the pixel of an instant; it may lie outside the view.
func (v Viewport) X(ns int64) float64 {
	if v.PerPx <= 0 {
		return 0
	}
	return float64(ns-v.Start) / v.PerPx
}

// Time returns the instant at a pixel, within the trace.
func (v Viewport) Time(x float64) int64 {
	return v.after(x * v.PerPx)
}

// ZoomAt returns the Viewport with factor times fewer ns a pixel (below 1:
// more), keeping the instant at pixel x where it is as far as the trace's ends allow.
func (v Viewport) ZoomAt(x, factor float64) Viewport {
	if !(factor > 0) || math.IsInf(factor, 0) || math.IsNaN(x) {
		return v
	}
	x = min(max(x, 0), float64(v.Width))
	at := float64(v.Start) + x*v.PerPx
	v.PerPx = v.clampPerPx(v.PerPx / factor)
	v.Start = whole(at - x*v.PerPx)
	return v.clamp()
}

// Pan returns the Viewport moved by dx pixels towards later times.
func (v Viewport) Pan(dx float64) Viewport {
	if math.IsNaN(dx) {
		return v
	}
	v.Start = v.after(dx * v.PerPx)
	return v.clamp()
}

// At returns the Viewport moved so that it begins at start, as far as the
// trace's ends allow.
func (v Viewport) At(start int64) Viewport {
	v.Start = start
	return v.clamp()
}

// Range returns the Viewport that shows from–to, as far as the zoom limits allow.
func (v Viewport) Range(from, to int64) Viewport {
	from, to = clampInt(min(from, to), 0, v.Total), clampInt(max(from, to), 0, v.Total)
	v.PerPx = v.clampPerPx(float64(to-from) / float64(v.Width))
	mid := from + (to-from)/2
	v.Start = mid - v.Span()/2
	return v.clamp()
}

// Resize returns the Viewport on another width, showing the same time.
func (v Viewport) Resize(width int) Viewport {
	if width = max(width, 1); width == v.Width {
		return v
	}
	if v.Fitted() {
		return Fit(v.Total, width)
	}
	span := v.PerPx * float64(v.Width)
	v.Width = width
	v.PerPx = v.clampPerPx(span / float64(width))
	return v.clamp()
}

func (v Viewport) clampPerPx(p float64) float64 {
	fit := v.fitPerPx()
	return min(max(p, min(1, fit)), fit)
}

// clamp keeps the trace in view: never a gap before its start or after its end.
func (v Viewport) clamp() Viewport {
	v.Start = clampInt(v.Start, 0, max(v.Total-v.Span(), 0))
	return v
}

func clampInt(v, lo, hi int64) int64 { return min(max(v, lo), hi) }
