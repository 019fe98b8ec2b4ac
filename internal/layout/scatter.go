package layout

import (
	"math"
	"sort"
)

// A Dot is one thing of a scatter plot: when it was, and how long it took.
type Dot struct {
	At     int64   // ns from the beginning of the plot
	Log    float32 // of the duration in ns, to base 2
	Failed bool
}

// NewDot returns the Dot of a duration in ns.
func NewDot(at, dur int64, failed bool) Dot {
	return Dot{at, float32(math.Log2(float64(max(dur, 1)))), failed}
}

// A Scatter is how many dots are in each cell of a plot: of many dots no eye tells
// one from another, and a picture costs its cells, not its dots. It is filled anew
// for each view without allocating once it has grown.
type Scatter struct {
	Cols, Rows int
	Cell       int // pixels a side
	N, Failed  int // dots in view
	Most       int // dots in the fullest cell
	all        []int32
	failed     []int32
}

// Seen returns the places of the dots in view, from lo to before hi. They rise by time.
func Seen(dots []Dot, v Viewport) (lo, hi int) {
	from, to := v.Start, v.End()
	lo = sort.Search(len(dots), func(k int) bool { return dots[k].At >= from })
	hi = lo + sort.Search(len(dots)-lo, func(k int) bool { return dots[lo+k].At > to })
	return lo, hi
}

// Fill counts the dots in view, which rise by time, in cells of so many pixels. It
// takes some 10 ns a dot.
func (s *Scatter) Fill(dots []Dot, v Viewport, a LogAxis, cell int) {
	cell = max(cell, 1)
	s.Cell, s.Cols, s.Rows = cell, (max(v.Width, 1)+cell-1)/cell, (max(a.Px, 1)+cell-1)/cell
	n := s.Cols * s.Rows
	if cap(s.all) < n {
		s.all, s.failed = make([]int32, n), make([]int32, n)
	}
	s.all, s.failed = s.all[:n], s.failed[:n]
	clear(s.all)
	clear(s.failed)
	lo, hi := Seen(dots, v)
	s.N, s.Failed, s.Most = hi-lo, 0, 0
	if v.PerPx <= 0 || a.Most <= a.Least {
		return
	}
	foot, scale := math.Log2(float64(max(a.Least, 1))), a.scale()
	for k := lo; k < hi; k++ {
		d := &dots[k]
		y := min(float64(a.Px)-(float64(d.Log)-foot)*scale, float64(a.Px)-1)
		at := s.place(float64(d.At-v.Start)/v.PerPx, y)
		s.all[at]++
		s.Most = max(s.Most, int(s.all[at]))
		if d.Failed {
			s.failed[at]++
			s.Failed++
		}
	}
}

func (s *Scatter) place(x, y float64) int {
	c := min(max(int(x), 0)/s.Cell, s.Cols-1)
	r := min(max(int(y), 0)/s.Cell, s.Rows-1)
	return r*s.Cols + c
}

// At returns how many dots are in a cell, and how many of them failed.
func (s *Scatter) At(col, row int) (all, failed int) {
	k := row*s.Cols + col
	return int(s.all[k]), int(s.failed[k])
}

// Row returns how many dots are in a row of cells, and how many of them failed: a
// bar of the histogram beside the plot.
func (s *Scatter) Row(row int) (all, failed int) {
	for k := row * s.Cols; k < (row+1)*s.Cols; k++ {
		all, failed = all+int(s.all[k]), failed+int(s.failed[k])
	}
	return all, failed
}

// Column returns how many dots failed in a column of cells.
func (s *Scatter) Column(col int) (failed int) {
	for k := col; k < len(s.failed); k += s.Cols {
		failed += int(s.failed[k])
	}
	return failed
}

// Nearest returns the dot nearest to a point of the plot that is at most reach
// pixels away, -1 if there is none; of equally near ones a failed one.
func Nearest(dots []Dot, v Viewport, a LogAxis, x, y, reach float64) int {
	if v.PerPx <= 0 {
		return -1
	}
	lo, hi := Seen(dots, v)
	lo += sort.Search(hi-lo, func(k int) bool { return v.X(dots[lo+k].At) >= x-reach })
	best, least := -1, reach*reach
	for k := lo; k < hi; k++ {
		dx := v.X(dots[k].At) - x
		if dx > reach {
			break
		}
		dy := a.YOf(float64(dots[k].Log)) - y
		if d := dx*dx + dy*dy; d < least || d == least && (best < 0 || dots[k].Failed && !dots[best].Failed) {
			best, least = k, d
		}
	}
	return best
}
