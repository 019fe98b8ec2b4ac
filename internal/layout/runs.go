package layout

import (
	"math"
	"sort"

	"traceview/internal/analysis"
)

// Half is the share of a pixel at which Runs rounds as Bar does.
const Half = 0.5

// Runs calls f for each run of pixels from x0 to before x1, between lo and hi,
// that stretches cover by at least a share of each pixel; with share 0 by
// anything at all. Runs come in order and never touch. It costs what is on
// screen, however many stretches a pixel holds.
func (g Waterfall) Runs(v Viewport, list analysis.Stretches, lo, hi int, share float64, f func(x0, x1 int)) {
	if len(list) == 0 || lo >= hi || v.PerPx <= 0 {
		return
	}
	c := columns{v, list, float64(g.Zero)}
	from, x := lo, lo // a run being followed, empty where they are equal
	for k := c.after(0, float64(x)); k < len(list) && x < hi; k = c.after(k, float64(x)) {
		a, b := c.x(list[k].Start), c.x(list[k].End)
		switch px := float64(x); {
		case a >= px+1: // nothing until there
			if from < x {
				f(from, x)
			}
			x = int(min(math.Floor(a), float64(hi)))
			from = x
		case a <= px && b >= px+1:
			x = int(min(math.Floor(b), float64(hi)))
		default:
			x++
			if got := c.covered(k, px); got <= 0 || got < share {
				if from < x-1 {
					f(from, x-1)
				}
				from = x
			}
		}
	}
	if from < x {
		f(from, x)
	}
}

// columns are stretches as seen on the pixels of an axis.
type columns struct {
	v    Viewport
	list analysis.Stretches
	zero float64
}

// x returns the pixel of an instant, with its fraction.
func (c *columns) x(ns int64) float64 { return c.v.X(ns) + c.zero }

// after returns the first stretch from k on that ends right of x. The next one
// is tried first, then ever further ones, since it is mostly near.
func (c *columns) after(k int, x float64) int {
	step := 1
	for k+step < len(c.list) && c.x(c.list[k+step-1].End) <= x {
		k += step
		step *= 2
	}
	return k + sort.Search(min(step, len(c.list)-k), func(j int) bool { return c.x(c.list[k+j].End) > x })
}

// covered returns the share of the pixel at x that stretches from k on cover,
// k being the first that ends right of x.
func (c *columns) covered(k int, x float64) float64 {
	return (c.until(c.after(k, x+1), x+1) - c.until(k, x)) / c.v.PerPx
}

// until returns the ns of all stretches left of x, k being the first that ends right of it.
func (c *columns) until(k int, x float64) float64 {
	if k == len(c.list) {
		return float64(c.list.Total())
	}
	s := c.list[k]
	return float64(s.Before) + max(x-c.x(s.Start), 0)*c.v.PerPx
}
