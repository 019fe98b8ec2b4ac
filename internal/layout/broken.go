package layout

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"traceview/internal/analysis/journey"
)

// A BrokenAxis is a time axis that leaves out the time in which nothing happened:
// long pauses between busy stretches are folded to a few pixels, however long they
// are, and each part between two folds has a scale of its own, so that some
// milliseconds of work are seen beside hours. Pixels rise with time and time with
// pixels.
type BrokenAxis struct {
	Pieces []Piece // without gaps between them, neither of time nor of pixels
	Width  float64 // pixels
	Folds  int
}

// A Piece is a part of a BrokenAxis with one scale.
type Piece struct {
	From, To int64   // Unix ns
	X0, X1   float64 // pixels
	Folded   bool
}

// Dur returns how long the Piece lasts in ns.
func (p *Piece) Dur() int64 { return p.To - p.From }

const (
	// foldShare is how much of the width folds have at most, where there are many.
	foldShare = 0.35
	// foldLeast is how many times as wide as its fold a pause would be.
	foldLeast = 3
	// evenShare of the width between folds is dealt out evenly, the rest by duration.
	evenShare = 0.5
	// marginPx is about how far from a fold bars begin.
	marginPx = 5
)

// NewBrokenAxis returns the axis of stretches that rise and are apart, on so many
// pixels. A fold is foldPx wide, or narrower down to leastPx where there are many; a
// part between folds is leastPx wide at least.
func NewBrokenAxis(busy []journey.Stretch, width, foldPx, leastPx float64) *BrokenAxis {
	return newBrokenAxis(busy, longest(busy), width, foldPx, leastPx)
}

// newBrokenAxis is NewBrokenAxis where the longest pauses are known.
func newBrokenAxis(busy []journey.Stretch, pauses []int, width, foldPx, leastPx float64) *BrokenAxis {
	a := &BrokenAxis{Width: max(width, 1)}
	if len(busy) == 0 {
		a.Pieces = []Piece{{From: 0, To: 1, X1: a.Width}}
		return a
	}
	folds := choose(busy, pauses, a.Width, foldPx, leastPx)
	a.Folds = len(folds)
	if n := float64(len(folds)); n > 0 {
		foldPx = min(foldPx, max(foldShare*a.Width/n, leastPx))
	}
	from, rest, weights := 0, a.Width-foldPx*float64(len(folds)), 0.0
	share := min(marginPx*float64(len(folds)+1)/rest, 1.0/10) // of a part, before and after what happened in it
	for k := range len(folds) + 1 {
		to := len(busy) - 1
		if k < len(folds) {
			to = folds[k]
		}
		p := Piece{From: busy[from].From, To: busy[to].To}
		margin := max(int64(float64(p.Dur())*share), 1000)
		before, after := margin, margin
		if k > 0 {
			before = min(margin, pause(busy, folds[k-1])/4)
		}
		if k < len(folds) {
			after = min(margin, pause(busy, folds[k])/4)
		}
		p.From, p.To = minus(p.From, before), plus(p.To, after)
		if k > 0 {
			a.Pieces = append(a.Pieces, Piece{From: a.Pieces[len(a.Pieces)-1].To, To: p.From, Folded: true})
		}
		a.Pieces = append(a.Pieces, p)
		weights += math.Cbrt(float64(p.Dur()))
		from = to + 1
	}
	x, even := 0.0, evenShare*rest/float64(len(folds)+1)
	for k := range a.Pieces {
		p := &a.Pieces[k]
		p.X0 = x
		if x += foldPx; !p.Folded {
			x = p.X0 + even + (1-evenShare)*rest*math.Cbrt(float64(p.Dur()))/max(weights, 1)
		}
		p.X1 = x
	}
	a.Pieces[len(a.Pieces)-1].X1 = a.Width
	return a
}

// pause returns how long nothing happened after a stretch.
func pause(busy []journey.Stretch, k int) int64 { return minus(busy[k+1].From, busy[k].To) }

// longest returns the stretches that a pause follows, the longest first.
func longest(busy []journey.Stretch) []int {
	order := make([]int, max(len(busy)-1, 0))
	for k := range order {
		order[k] = k
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(pause(busy, b), pause(busy, a)), cmp.Compare(a, b))
	})
	return order
}

// choose returns the stretches after which the axis is folded, rising: those before
// pauses that would be much wider than a fold, the longest first, as long as there is room.
func choose(busy []journey.Stretch, pauses []int, width, foldPx, leastPx float64) []int {
	rest := float64(minus(busy[len(busy)-1].To, busy[0].From))
	most := int((width - leastPx) / (2 * leastPx))
	n := 0
	for _, k := range pauses {
		fold := min(foldPx, max(foldShare*width/float64(n+1), leastPx))
		gap := float64(pause(busy, k))
		if n >= most || gap/max(rest, 1)*(width-float64(n)*fold) < foldLeast*fold {
			break
		}
		rest -= gap
		n++
	}
	folds := slices.Clone(pauses[:n])
	slices.Sort(folds)
	return folds
}

// From returns the beginning of the axis in Unix ns.
func (a *BrokenAxis) From() int64 { return a.Pieces[0].From }

// To returns the end of the axis in Unix ns.
func (a *BrokenAxis) To() int64 { return a.Pieces[len(a.Pieces)-1].To }

// X returns the pixel of an instant, within the axis.
func (a *BrokenAxis) X(at int64) float64 {
	k := sort.Search(len(a.Pieces), func(k int) bool { return a.Pieces[k].To >= at })
	if k == len(a.Pieces) {
		return a.Width
	}
	return a.Pieces[k].x(at)
}

// x returns the pixel of an instant of the Piece, or that of its nearer end.
func (p *Piece) x(at int64) float64 {
	if at <= p.From {
		return p.X0
	}
	return min(p.X0+float64(at-p.From)/float64(p.Dur())*(p.X1-p.X0), p.X1)
}

// Time returns the instant at a pixel, within the axis.
func (a *BrokenAxis) Time(x float64) int64 {
	p := a.At(x)
	if !(x > p.X0) || p.X1 <= p.X0 {
		return p.From
	}
	return min(p.From+int64((x-p.X0)/(p.X1-p.X0)*float64(p.Dur())), p.To)
}

// At returns the Piece at a pixel, the first or last for one beside the axis.
func (a *BrokenAxis) At(x float64) *Piece {
	k := sort.Search(len(a.Pieces), func(k int) bool { return a.Pieces[k].X1 > x })
	return &a.Pieces[min(k, len(a.Pieces)-1)]
}

// minus and plus stay within int64: clocks may say anything.
func minus(a, b int64) int64 {
	if d := a - b; (b <= 0) == (d >= a) {
		return d
	}
	if b > 0 {
		return math.MinInt64
	}
	return math.MaxInt64
}

func plus(a, b int64) int64 {
	if s := a + b; (b >= 0) == (s >= a) {
		return s
	}
	if b > 0 {
		return math.MaxInt64
	}
	return math.MinInt64
}
