package layout

import (
	"cmp"
	"slices"
	"sort"

	"traceview/internal/analysis"
	"traceview/internal/model"
)

// A Flame is boxes in lanes, those of a lane one after another. It is immutable
// once made and costs 32 bytes a box.
//
// That of NewFlame is a timeline flame graph: every span a box, every child in
// a lane below its parent's. A span and all below it take a block of lanes of
// their own for as long as any of them lasts, so that parallel work of siblings
// stays apart. Blocks of one parent are placed in order of their beginning, each
// in the topmost gap that is free then: first fit, as for rectangles of given
// place in time. That of NewMergedFlame is a merged call tree.
type Flame struct {
	lane   []int32 // of each item, a span or a call; -1 for no box
	boxes  []int32 // items, lane after lane, by start within one
	start  []int64 // of each box: ns, or weight
	end    []int64 // of each box, at least 1 after its start
	gap    []int64 // of each box: what is free in its lane between the first box and it
	first  []int32 // of each lane in boxes, and one more
	failed []int32 // positions in boxes of items that failed, rising
}

// NewFlame lays out a trace, in time that grows with its spans and not with its
// depth or the number of parallel ones (1,000,000 spans: 0.2 s). Where shown is
// not nil, only its spans get boxes; it must hold the ancestors of each.
func NewFlame(t *model.Trace, shown []uint64) *Flame {
	f := &Flame{lane: make([]int32, len(t.Spans))}
	p := newPacker(t.Spans, f.lane, shown)
	lanes := p.pack()
	for i := range t.Spans {
		if p.hides(model.SpanIndex(i)) {
			f.lane[i] = -1
		} else if parent := t.Spans[i].Parent; parent != model.NoSpan {
			f.lane[i] += f.lane[parent] + 1
		}
	}
	f.fill(int(lanes), func(i int32) (start, end int64, failed bool) {
		s := &t.Spans[i]
		return s.Start, spanEnd(s), s.Failed()
	})
	return f
}

// NewMergedFlame lays out a merged call tree: a lane a level, every call that
// weighs anything as wide as its weight and inside its parent. Its Viewport
// counts weight from the left instead of time.
func NewMergedFlame(c *analysis.Calls) *Flame {
	f := &Flame{lane: make([]int32, len(c.Nodes))}
	for i := range c.Nodes {
		if f.lane[i] = c.Nodes[i].Depth; c.Nodes[i].Total == 0 {
			f.lane[i] = -1
		}
	}
	f.fill(c.Depth, func(i int32) (start, end int64, failed bool) {
		n := &c.Nodes[i]
		return n.Start, n.Start + n.Total, n.Failed()
	})
	return f
}

// fill lists the boxes lane by lane, by counting. Items come in the order of
// their beginning unless clocks were wrong; only such lanes are sorted.
func (f *Flame) fill(lanes int, at func(i int32) (start, end int64, failed bool)) {
	f.first = make([]int32, lanes+1)
	for _, l := range f.lane {
		if l >= 0 {
			f.first[l+1]++
		}
	}
	for l := range lanes {
		f.first[l+1] += f.first[l]
	}
	next, n := slices.Clone(f.first), f.first[lanes]
	f.boxes, f.start, f.end, f.gap = make([]int32, n), make([]int64, n), make([]int64, n), make([]int64, n)
	for i, l := range f.lane {
		if l >= 0 {
			f.boxes[next[l]] = int32(i)
			next[l]++
		}
	}
	byStart := func(a, b int32) int {
		x, _, _ := at(a)
		y, _, _ := at(b)
		return cmp.Or(cmp.Compare(x, y), int(a-b))
	}
	for l := range lanes {
		run := f.boxes[f.first[l]:f.first[l+1]]
		if !slices.IsSortedFunc(run, byStart) {
			slices.SortFunc(run, byStart)
		}
		for k := f.first[l]; k < f.first[l+1]; k++ {
			start, end, failed := at(f.boxes[k])
			if f.start[k], f.end[k] = start, end; k > f.first[l] {
				f.gap[k] = f.gap[k-1] + start - f.end[k-1]
			}
			if failed {
				f.failed = append(f.failed, k)
			}
		}
	}
}

// spanEnd returns where the box of a span ends: a box is never without length,
// or two could not be told apart.
func spanEnd(s *model.Span) int64 { return s.Start + max(s.Dur, 1) }

// Lanes returns the number of lanes.
func (f *Flame) Lanes() int { return len(f.first) - 1 }

// Lane returns the lane of a span or call, -1 for none.
func (f *Flame) Lane(i int32) int {
	if i < 0 || int(i) >= len(f.lane) {
		return -1
	}
	return int(f.lane[i])
}

// Boxed returns the item of each box by its position. The caller must not change it.
func (f *Flame) Boxed() []int32 { return f.boxes }

// First returns the item of the first box that b stands for, which Item is not
// where another of them failed.
func (f *Flame) First(b FlameBox) int32 { return f.boxes[b.At] }

// Beside returns the item whose box is step boxes to the right of that of item
// i, which begins at start, in the same lane; -1 where there is none.
func (f *Flame) Beside(i int32, start int64, step int) int32 {
	lane := f.Lane(i)
	if lane < 0 {
		return -1
	}
	first := int(f.first[lane])
	run := f.start[first:f.first[lane+1]]
	k := sort.Search(len(run), func(k int) bool { return run[k] >= start }) + step
	if k < 0 || k >= len(run) {
		return -1
	}
	return f.boxes[first+k]
}

// A FlameBox is what is drawn of one span or call, or of several too narrow to
// be told apart: pixels X0 to X1 of the view, at least one.
type FlameBox struct {
	X0, X1        int
	Item          int32 // of several, the first that failed, else the first
	At            int   // position among all boxes of the first it stands for
	N             int   // how many it stands for, one after another
	Failed        bool  // one of them failed
	FailX         int   // pixel of the first that failed
	Before, After bool  // it goes on beyond the edge
}

// grain is how many pixels of boxes narrower than one are drawn as one: in a
// lane full of them colours are noise, and each pixel for itself took 30 ms a
// frame of a million parallel spans, in fours 9 ms.
const grain = 8

// A FlameCursor goes through the boxes of one lane from left to right:
//
//	for c := f.Boxes(lane, view, lo, hi); c.Next(); { use c.Box }
type FlameCursor struct {
	Box    FlameBox
	flame  *Flame
	view   Viewport
	k, end int // positions in boxes
	lo, hi int // pixels
	at     int // what is left of it is taken
	left   int // the first failed box at or after k
}

// Boxes returns a FlameCursor on the boxes of a lane between pixels lo and hi,
// counted from the left end of the Viewport. Boxes are disjoint and lie within
// a pixel of their spans' times; it costs what is on screen.
func (f *Flame) Boxes(lane int, v Viewport, lo, hi int) FlameCursor {
	c := FlameCursor{flame: f, view: v, lo: lo, hi: hi, at: lo}
	if lane < 0 || lane >= f.Lanes() || v.PerPx <= 0 {
		return c
	}
	c.k, c.end = int(f.first[lane]), int(f.first[lane+1])
	c.k = f.after(c.k, c.end, v.Start+int64(float64(lo)*v.PerPx))
	c.left = sort.Search(len(f.failed), func(k int) bool { return int(f.failed[k]) >= c.k })
	return c
}

// after returns the first box from position k to before end that ends after an
// instant. It looks near k first, for that is where the next box mostly is.
func (f *Flame) after(k, end int, ns int64) int {
	step := 1
	for k < end && f.end[k] <= ns {
		if k+step >= end || f.end[k+step] > ns {
			lo, hi := k+1, min(k+step, end) // the answer is between them
			for lo < hi {
				mid := int(uint(lo+hi) >> 1)
				if f.end[mid] <= ns {
					lo = mid + 1
				} else {
					hi = mid
				}
			}
			return lo
		}
		k += step
		step *= 2
	}
	return k
}

// Next goes to the next box and says whether there is one.
func (c *FlameCursor) Next() bool {
	f := c.flame
	if c.k >= c.end || c.at >= c.hi {
		return false
	}
	k := c.k
	from, to := roundPx(c.view.X(f.start[k])), roundPx(c.view.X(f.end[k]))
	x0 := max(from, c.at)
	if x0 >= c.hi {
		c.k = c.end
		return false
	}
	c.Box = FlameBox{X0: x0, X1: min(max(to, x0+1), c.hi), Item: f.boxes[k], At: k, N: 1, Before: from < c.lo, After: to > c.hi}
	c.k++
	if to <= x0+1 && !c.run(k) { // a pixel at most: whatever ends in the same is drawn with it
		c.k = f.after(c.k, c.end, c.edge(x0+1))
		c.Box.N = c.k - k
	}
	c.at = c.Box.X1
	for c.left < len(f.failed) && int(f.failed[c.left]) < c.k {
		if at := f.failed[c.left]; !c.Box.Failed {
			c.Box.Failed, c.Box.Item = true, f.boxes[at]
			c.Box.FailX = min(max(roundPx(c.view.X(f.start[at])), x0), c.Box.X1-1)
		}
		if c.Box.N == 1 {
			c.left++
			break
		}
		c.left = c.failedAfter()
	}
	return true
}

// edge returns what a box must not end after to be drawn up to pixel x.
func (c *FlameCursor) edge(x int) int64 {
	return c.view.Start + int64((float64(x)+0.5)*c.view.PerPx) - 1
}

// run makes the box from position k on that of up to grain pixels, if the boxes
// in them are narrower than a pixel in the mean and leave less than one free
// between them. It says whether it did.
func (c *FlameCursor) run(k int) bool {
	f, x0 := c.flame, c.Box.X0
	end := f.after(c.k, c.end, c.edge(x0+grain))
	if end-k < grain || float64(f.gap[end-1]-f.gap[k]) >= c.view.PerPx {
		return false
	}
	c.k, c.Box.N = end, end-k
	c.Box.X1 = min(max(roundPx(c.view.X(f.end[end-1])), x0+1), c.hi)
	return true
}

// failedAfter returns the position in failed of the first box at or after k.
func (c *FlameCursor) failedAfter() int {
	rest := c.flame.failed[c.left:]
	return c.left + sort.Search(len(rest), func(k int) bool { return int(rest[k]) >= c.k })
}
