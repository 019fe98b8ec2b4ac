package layout

import (
	"math"
	"sort"
)

const (
	microsecond = int64(1e3)
	millisecond = int64(1e6)
	second      = int64(1e9)
	minute      = 60 * second
	hour        = 60 * minute
	day         = 24 * hour
)

// rulerSteps are the distances between ticks in ns, rising: 1-2-5 in decimal
// units, divisors of the next unit in minutes and hours.
var rulerSteps = func() []int64 {
	var s []int64
	for p := int64(1); p <= second; p *= 10 {
		s = append(s, p, 2*p, 5*p)
	}
	s = append(s, 10*second, 15*second, 30*second)
	for _, m := range []int64{1, 2, 5, 10, 15, 30} {
		s = append(s, m*minute)
	}
	for _, h := range []int64{1, 2, 3, 6, 12} {
		s = append(s, h*hour)
	}
	for p := day; p <= 10000*day; p *= 10 {
		s = append(s, p, 2*p, 5*p)
	}
	return s
}()

// A Ruler is the ticks of a time axis: First, First+Step, … N of them, all
// within the view.
type Ruler struct {
	First, Step int64 // ns from the trace's beginning
	N           int
}

// NewRuler returns the ticks of a view that are at least minPx pixels apart.
func NewRuler(v Viewport, minPx float64) Ruler {
	if v.PerPx <= 0 {
		return Ruler{}
	}
	least := v.PerPx * max(minPx, 1)
	k := sort.Search(len(rulerSteps), func(k int) bool { return float64(rulerSteps[k]) >= least })
	step := rulerSteps[min(k, len(rulerSteps)-1)]
	for float64(step) < least && step <= math.MaxInt64/2 {
		step *= 2
	}
	end, first := v.End(), v.Start/step*step
	if first < v.Start {
		if end-first < step { // also where no int64 is left for the next one
			return Ruler{First: first, Step: step}
		}
		first += step
	}
	return Ruler{first, step, int((end-first)/step) + 1}
}

// At returns the instant of tick k in ns.
func (r Ruler) At(k int) int64 { return r.First + int64(k)*r.Step }
