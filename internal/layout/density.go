package layout

import (
	"math"

	"traceview/internal/model"
)

// densitySlots is how finely a Density divides a trace: finer than the pixels
// of most displays, so that the spans are looked at once and never again when
// the window's size changes.
const densitySlots = 4096

// A Density is how many spans of a trace are at work at each time, and when
// errors happened.
type Density struct {
	active [densitySlots]int32
	failed [densitySlots]bool
	most   int32
}

// NewDensity looks at all spans once. An error counts where its span ended;
// failed says which spans have one.
func NewDensity(t *model.Trace, failed func(i model.SpanIndex) bool) *Density {
	d := &Density{}
	scale := densitySlots / float64(max(t.Dur, 1))
	slot := func(x float64) int { return min(max(int(x), 0), densitySlots-1) }
	var change [densitySlots + 1]int32
	for i := range t.Spans {
		s := &t.Spans[i]
		from := slot(float64(s.Start) * scale)
		to := max(slot(math.Ceil(float64(s.Start+s.Dur)*scale)-1), from)
		change[from]++
		change[to+1]--
		if s.Failed() && failed(model.SpanIndex(i)) {
			d.failed[to] = true
		}
	}
	n := int32(0)
	for k := range d.active {
		n += change[k]
		d.active[k] = n
		d.most = max(d.most, n)
	}
	return d
}

// Most returns the most spans at work at a time.
func (d *Density) Most() int { return int(d.most) }

// Column returns what lies in column x of width: the most spans at work at a
// time as a share of the trace's most, and whether one failed.
func (d *Density) Column(x, width int) (share float64, failed bool) {
	lo := min(max(x, 0)*densitySlots/max(width, 1), densitySlots-1)
	hi := min(max((x+1)*densitySlots/max(width, 1), lo+1), densitySlots)
	n := int32(0)
	for k := lo; k < hi; k++ {
		n = max(n, d.active[k])
		failed = failed || d.failed[k]
	}
	return float64(n) / float64(max(d.most, 1)), failed
}
