package layout

import "math"

// A LogAxis maps durations to pixels from the top, the longest on top, so that each
// ten times as long is as far. It is a value; the zero value shows nothing.
type LogAxis struct {
	Least, Most int64 // ns at the foot and at the top, Least at least 1 and less than Most
	Px          int   // height in pixels, at least 1
}

// logSteps are the durations that an axis has ticks at, rising: each ten times, or
// where people count by sixties and days as near to that as suits them.
var logSteps = []int64{1, 10, 100, 1e3, 10e3, 100e3, 1e6, 10e6, 100e6, second, 10 * second, minute, 10 * minute, hour, 10 * hour, day, 10 * day, 100 * day, 1000 * day, 10000 * day}

// NewLogAxis returns an axis on which durations from least to most have room, from
// tick to tick.
func NewLogAxis(least, most int64, px int) LogAxis {
	least, most = max(least, 1), max(most, 1)
	lo, hi := 0, len(logSteps)-1
	for lo < hi && logSteps[lo+1] <= least {
		lo++
	}
	for hi > 0 && logSteps[hi-1] >= most {
		hi--
	}
	if hi <= lo {
		if hi = lo + 1; hi == len(logSteps) {
			lo, hi = lo-1, hi-1
		}
	}
	a := LogAxis{logSteps[lo], logSteps[hi], max(px, 1)}
	a.Most = max(a.Most, most)
	return a
}

// scale returns the pixels of twice as long.
func (a LogAxis) scale() float64 {
	return float64(a.Px) / (math.Log2(float64(a.Most)) - math.Log2(float64(a.Least)))
}

// Y returns the pixel of a duration in ns; below Least it is that of Least.
func (a LogAxis) Y(ns int64) float64 {
	return a.YOf(math.Log2(float64(max(ns, 1))))
}

// YOf is Y for a duration whose logarithm to base 2 is known.
func (a LogAxis) YOf(log float64) float64 {
	if a.Least < 1 || a.Most <= a.Least {
		return 0
	}
	y := float64(a.Px) - (log-math.Log2(float64(a.Least)))*a.scale()
	return min(y, float64(a.Px))
}

// Dur returns the duration at a pixel, between Least and Most.
func (a LogAxis) Dur(y float64) int64 {
	if a.Least < 1 || a.Most <= a.Least || math.IsNaN(y) {
		return 0
	}
	log := math.Log2(float64(a.Least)) + (float64(a.Px)-y)/a.scale()
	return min(max(whole(math.Exp2(log)), a.Least), a.Most)
}

// Ticks appends the durations that have a tick to dst, rising.
func (a LogAxis) Ticks(dst []int64) []int64 {
	for _, s := range logSteps {
		if s >= a.Least && s <= a.Most {
			dst = append(dst, s)
		}
	}
	return dst
}
