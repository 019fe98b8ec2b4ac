package layout

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"traceview/internal/analysis"
	"traceview/internal/model"
)

// timed returns a trace of n spans with times and parents of their own.
func timed(tb testing.TB, n int, at func(i int) (parent int, start, dur int64)) *model.Trace {
	tb.Helper()
	b := model.NewBuilder()
	for i := range n {
		p, start, dur := at(i)
		r := model.SpanRecord{
			Trace: model.TraceID{15: 1}, ID: model.SpanID(i + 1),
			StartNano: uint64(int64(1e18) + start), EndNano: uint64(int64(1e18) + start + dur),
		}
		if p >= 0 {
			r.Parent = model.SpanID(p + 1)
		}
		if i%50 == 3 {
			r.Status = model.StatusError
		}
		b.Add(&r)
	}
	return b.Build()[0]
}

// flames are the traces that flames are tried on.
func flames(tb testing.TB, n int) map[string]*model.Trace {
	r := rand.New(rand.NewPCG(3, uint64(n)))
	out := map[string]*model.Trace{
		"all at once": timed(tb, n, func(i int) (int, int64, int64) { return min(i-1, 0), int64(r.IntN(5)), 1e6 }),
		"instants":    timed(tb, n, func(i int) (int, int64, int64) { return r.IntN(i+1) - 1, int64(r.IntN(50)), 0 }),
		"any times": timed(tb, n, func(i int) (int, int64, int64) {
			return r.IntN(i+1) - 1, r.Int64N(1e9), r.Int64N(1 << (1 + r.IntN(29)))
		}),
		"parallel groups": timed(tb, n, func(i int) (int, int64, int64) {
			return (i+150)/150 - 2, int64(i) * 1e4, 1e4 * int64(1+r.IntN(200))
		}),
		"side by side": timed(tb, n, func(i int) (int, int64, int64) { // gaps of many pixels, of one and of less
			if i == 0 {
				return -1, 0, int64(n) * 1100
			}
			return 0, int64(i/400)*40_000 + int64(i)*1000, 700 + int64(i%7)*50
		}),
		"inside their parents": timed(tb, n, func(i int) (int, int64, int64) {
			d := int64(math.Log2(float64(i + 1)))
			width := int64(1e12) >> d
			return (i+1)/2 - 1, int64(i+1-1<<d) * width, width - 1
		}),
	}
	for _, s := range shapes {
		out[s.name] = tree(tb, n, func(i int) int { return s.parent(r, i) })
	}
	return out
}

func eachFlame(t *testing.T, n int, f func(t *testing.T, tr *model.Trace)) {
	for name, tr := range flames(t, n) {
		t.Run(name, func(t *testing.T) { f(t, tr) })
	}
}

// TestFlameLanes holds what a flame promises: every span has one box, boxes of
// a lane follow one another, children lie below their parents.
func TestFlameLanes(t *testing.T) {
	for _, n := range []int{1, 2, 400, 3000} {
		eachFlame(t, n, func(t *testing.T, tr *model.Trace) {
			f := NewFlame(tr, nil)
			seen := make([]bool, len(tr.Spans))
			for l := range f.Lanes() {
				lo, hi := f.first[l], f.first[l+1]
				if lo == hi {
					t.Fatalf("lane %d is empty", l)
				}
				for k := lo; k < hi; k++ {
					i := f.boxes[k]
					if seen[i] || f.Lane(i) != l {
						t.Fatalf("span %d is in lane %d (seen before: %v), want %d", i, l, seen[i], f.Lane(i))
					}
					seen[i] = true
					if k > lo && f.start[k] < f.end[k-1] {
						t.Fatalf("lane %d: span %d starts at %d, the one before ends at %d", l, i, f.start[k], f.end[k-1])
					}
				}
			}
			for i := range tr.Spans {
				if p := tr.Spans[i].Parent; !seen[i] || p != model.NoSpan && f.Lane(model.SpanIndex(i)) <= f.Lane(p) {
					t.Fatalf("span %d (seen: %v) in lane %d, its parent in %d", i, seen[i], f.Lane(model.SpanIndex(i)), f.Lane(p))
				}
			}
		})
	}
}

// TestFlameIsDepth holds that without parallel work a lane is a depth.
func TestFlameIsDepth(t *testing.T) {
	tr := flames(t, 1000)["inside their parents"]
	f := NewFlame(tr, nil)
	for i := range tr.Spans {
		if got := f.Lane(model.SpanIndex(i)); got != int(tr.Spans[i].Depth) {
			t.Fatalf("span %d at depth %d is in lane %d", i, tr.Spans[i].Depth, got)
		}
	}
	if f.Lanes() != tr.MaxDepth {
		t.Errorf("%d lanes, want %d", f.Lanes(), tr.MaxDepth)
	}
}

func TestFlameGaps(t *testing.T) {
	type sp struct {
		parent     int
		start, dur int64
	}
	for _, tc := range []struct {
		name  string
		spans []sp
		lanes []int
	}{
		{"one after another", []sp{{-1, 0, 100}, {0, 0, 50}, {0, 50, 50}}, []int{0, 1, 1}},
		{"parallel", []sp{{-1, 0, 100}, {0, 0, 60}, {0, 50, 50}}, []int{0, 1, 2}},
		{"a lane is used again", []sp{{-1, 0, 100}, {0, 0, 40}, {0, 10, 90}, {0, 50, 10}}, []int{0, 1, 2, 1}},
		{"a child outlives its parent", []sp{{-1, 0, 100}, {0, 0, 10}, {1, 5, 80}, {0, 20, 10}}, []int{0, 1, 2, 3}},
		{"a child before its parent", []sp{{-1, 20, 100}, {0, 0, 10}, {0, 30, 10}}, []int{0, 1, 1}},
		{"two roots", []sp{{-1, 0, 100}, {-1, 50, 100}, {-1, 100, 20}}, []int{0, 1, 0}},
		{"at the same instant", []sp{{-1, 5, 0}, {0, 5, 0}, {0, 5, 0}}, []int{0, 1, 2}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tr := timed(t, len(tc.spans), func(i int) (int, int64, int64) {
				return tc.spans[i].parent, tc.spans[i].start, tc.spans[i].dur
			})
			f := NewFlame(tr, nil)
			for i := range tr.Spans {
				if id := int(tr.Spans[i].ID) - 1; f.Lane(model.SpanIndex(i)) != tc.lanes[id] {
					t.Errorf("span %d is in lane %d, want %d", id, f.Lane(model.SpanIndex(i)), tc.lanes[id])
				}
			}
		})
	}
}

// TestFlameBoxes holds boxes disjoint, within a pixel of their spans' times and
// complete, and hit testing to what is drawn.
func TestFlameBoxes(t *testing.T) {
	eachFlame(t, 2000, func(t *testing.T, tr *model.Trace) {
		r := rand.New(rand.NewPCG(5, 5))
		f := NewFlame(tr, nil)
		g := NewFlameView(700, 400, 1)
		v := Fit(tr.Dur, g.Width)
		for range 25 {
			list := g.List(f.Lanes())
			s := list.At(r.IntN(list.total() + 1))
			for lane := s.Row; lane < f.Lanes() && list.Y(s, lane) < list.ViewPx; lane++ {
				checkLane(t, tr, f, g, v, s, lane)
			}
			v = v.ZoomAt(r.Float64()*float64(g.Width), math.Exp(r.Float64()*4-1.5)).Pan(r.Float64()*200 - 100)
		}
	})
}

func checkLane(t *testing.T, tr *model.Trace, f *Flame, g FlameView, v Viewport, s Scroll, lane int) {
	t.Helper()
	lo, hi := g.Area.Min.X-g.Zero, g.Area.Max.X-g.Zero
	y := g.Area.Min.Y + g.List(f.Lanes()).Y(s, lane) + g.LanePx/2
	last, shown := lo, map[model.SpanIndex]bool{}
	drawn := make([]bool, hi-lo)
	for c := g.Boxes(f, lane, v); c.Next(); {
		b := c.Box
		if b.X0 < last || b.X1 <= b.X0 || b.X1 > hi || b.N < 1 {
			t.Fatalf("lane %d: box %+v after %d", lane, b, last)
		}
		last = b.X1
		for x := b.X0; x < b.X1; x++ {
			drawn[x-lo] = true
		}
		sp := &tr.Spans[b.Item]
		x0, x1 := v.X(sp.Start), v.X(spanEnd(sp))
		if b.N == 1 {
			if want := min(max(x0, float64(lo)), float64(hi)); math.Abs(float64(b.X0)-want) > 1 {
				t.Fatalf("lane %d: span from %v to %v has box %+v", lane, x0, x1, b)
			}
			if want := min(max(x1, x0+1, float64(lo)), float64(hi)); math.Abs(float64(b.X1)-want) > 1.01 {
				t.Fatalf("lane %d: span from %v to %v has box %+v", lane, x0, x1, b)
			}
		} else if x0 < float64(b.X0)-1.01 || x1 > float64(b.X1)+1.01 {
			t.Fatalf("lane %d: span from %v to %v stands for box %+v", lane, x0, x1, b)
		}
		if b.N == 1 && b.Failed != sp.Failed() || b.Failed && !sp.Failed() {
			t.Fatalf("lane %d: box %+v of a span that failed: %v", lane, b, sp.Failed())
		}
		if shown[b.Item] {
			t.Fatalf("span %d has two boxes", b.Item)
		}
		shown[b.Item] = true
		for _, x := range []int{b.X0, b.X0 + (b.X1-b.X0)/2, b.X1 - 1} {
			if y < g.Area.Min.Y || y >= g.Area.Max.Y {
				break
			}
			if got := g.Hit(x+g.Zero, y, f, s, v); got != b.Item {
				t.Fatalf("hit at %d of box %+v is span %d", x, b, got)
			}
		}
	}
	for x, is := range drawn { // nothing is drawn where nothing is
		if at := v.Start + int64((float64(x+lo)-1.01)*v.PerPx); is {
			k := f.after(int(f.first[lane]), int(f.first[lane+1]), at)
			if k == int(f.first[lane+1]) || v.X(f.start[k]) > float64(x+lo)+2.01 {
				t.Fatalf("lane %d: pixel %d is drawn and no span is near", lane, x+lo)
			}
		}
	}
	near := func(x int) bool {
		return x >= 0 && x < len(drawn) && drawn[x]
	}
	for k := f.first[lane]; k < f.first[lane+1]; k++ { // nothing on screen is left out
		x := roundPx((v.X(f.start[k])+v.X(f.end[k]))/2) - lo
		if x > 1 && x < len(drawn)-1 && !near(x) && !near(x-1) && !near(x+1) {
			t.Fatalf("lane %d: nothing at %d, where span %d is", lane, x+lo, f.boxes[k])
		}
	}
}

// TestFlameOfSome holds that a flame of some spans is that of a trace without
// the others.
func TestFlameOfSome(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	eachFlame(t, 600, func(t *testing.T, tr *model.Trace) {
		shown := make(bitset, (len(tr.Spans)+63)/64)
		for i := range tr.Spans {
			for i := model.SpanIndex(i); r.IntN(4) == 0 && i != model.NoSpan; {
				for ; i != model.NoSpan; i = tr.Spans[i].Parent {
					shown.set(i, true)
				}
			}
		}
		at := make([]int, len(tr.Spans)) // place among those shown
		var some []model.SpanIndex
		for i := range tr.Spans {
			if shown.has(model.SpanIndex(i)) {
				at[i] = len(some)
				some = append(some, model.SpanIndex(i))
			}
		}
		if len(some) == 0 {
			return
		}
		f := NewFlame(tr, shown)
		alone := NewFlame(timed(t, len(some), func(k int) (int, int64, int64) {
			s := &tr.Spans[some[k]]
			parent := -1
			if s.Parent != model.NoSpan {
				parent = at[s.Parent]
			}
			return parent, s.Start, s.Dur
		}), nil)
		if f.Lanes() != alone.Lanes() || len(f.boxes) != len(some) {
			t.Fatalf("%d boxes in %d lanes, want %d in %d", len(f.boxes), f.Lanes(), len(some), alone.Lanes())
		}
		for i := range tr.Spans {
			if got := f.Lane(int32(i)); (got >= 0) != shown.has(model.SpanIndex(i)) {
				t.Fatalf("span %d in lane %d", i, got)
			}
		}
	})
}

// mergedCalls returns the merged call tree of a trace, self times weighing.
func mergedCalls(tr *model.Trace) *analysis.Calls {
	work := analysis.NewWork(tr)
	return analysis.NewMerge(tr, nil, analysis.NewErrors(tr)).Weigh(analysis.SelfTime, work.Self)
}

// TestMergedFlame holds that every call that weighs something is as wide as its
// weight, inside its parent, a lane below it, and drawn within a pixel of that.
func TestMergedFlame(t *testing.T) {
	eachFlame(t, 2000, func(t *testing.T, tr *model.Trace) {
		c := mergedCalls(tr)
		f := NewMergedFlame(c)
		if f.Lanes() != c.Depth {
			t.Fatalf("%d lanes, want %d", f.Lanes(), c.Depth)
		}
		boxes := 0
		for l := range f.Lanes() {
			for k := f.first[l]; k < f.first[l+1]; k++ {
				n := &c.Nodes[f.boxes[k]]
				boxes++
				if int(n.Depth) != l || f.end[k]-f.start[k] != n.Total || k > f.first[l] && f.start[k] < f.end[k-1] {
					t.Fatalf("box from %d to %d in lane %d of call %+v", f.start[k], f.end[k], l, n)
				}
				if n.Parent < 0 {
					continue
				}
				if p := &c.Nodes[n.Parent]; f.start[k] < p.Start || f.end[k] > p.Start+p.Total {
					t.Fatalf("box from %d to %d of a parent from %d, %d wide", f.start[k], f.end[k], p.Start, p.Total)
				}
			}
		}
		for i := range c.Nodes {
			if (f.Lane(int32(i)) < 0) != (c.Nodes[i].Total == 0) {
				t.Fatalf("call %+v in lane %d", c.Nodes[i], f.Lane(int32(i)))
			}
			if c.Nodes[i].Total > 0 {
				boxes--
			}
		}
		if boxes != 0 {
			t.Fatalf("%d boxes too many", boxes)
		}
		g := NewMergedView(900, 300, 1)
		v := Fit(c.Total, g.Width).ZoomAt(300, 3)
		for lane := range min(f.Lanes(), 30) {
			last := -1 << 30
			for cur := g.Boxes(f, lane, v); cur.Next(); {
				b, n := cur.Box, &c.Nodes[cur.Box.Item]
				x0, x1 := v.X(n.Start), v.X(n.Start+n.Total)
				if b.X0 < last || b.N == 1 && (math.Abs(max(x0, float64(g.Area.Min.X-g.Zero))-float64(b.X0)) > 1 || math.Abs(min(max(x1, x0+1), float64(g.Area.Max.X-g.Zero))-float64(b.X1)) > 1.01) {
					t.Fatalf("call from %v to %v has box %+v after %d", x0, x1, b, last)
				}
				last = b.X1
				y := g.Area.Min.Y + lane*g.LanePx + 1
				if got := g.Hit(b.X0+g.Zero, y, f, Scroll{}, v); y < g.Area.Max.Y && got != b.Item {
					t.Fatalf("hit at box %+v is %d", b, got)
				}
			}
		}
	})
}

// TestFlameFailedShows holds that a failure among what is merged shows.
func TestFlameFailedShows(t *testing.T) {
	tr := timed(t, 10000, func(i int) (int, int64, int64) { return min(i-1, 0), int64(i) * 10, 9 })
	f := NewFlame(tr, nil)
	v := Fit(tr.Dur, 300)
	boxes, failed := 0, 0
	for c := f.Boxes(1, v, 0, 300); c.Next(); {
		b := c.Box
		boxes += b.N
		first := -1
		for k := b.At; k < b.At+b.N; k++ {
			if tr.Spans[f.boxes[k]].Failed() {
				failed++
				if first < 0 {
					first = k
				}
			}
		}
		if b.Failed != (first >= 0) || b.Failed && (b.Item != f.boxes[first] || math.Abs(float64(b.FailX)-v.X(f.start[first])) > 1) {
			t.Errorf("box %+v, whose first failure is at %d", b, first)
		}
	}
	if boxes != 9999 || failed != 200 {
		t.Errorf("%d spans, of which %d failed; want 9999 and 200", boxes, failed)
	}
}

func TestFlameEmpty(t *testing.T) {
	f := NewFlame(tree(t, 0, nil), nil)
	g := NewFlameView(300, 200, 1)
	v := Fit(1, g.Width)
	if f.Lanes() != 0 || f.Lane(0) != -1 || g.Hit(100, 100, f, Scroll{}, v) != model.NoSpan {
		t.Errorf("%d lanes, lane %d", f.Lanes(), f.Lane(0))
	}
}

func TestFlameViewParts(t *testing.T) {
	for _, scale := range []float32{0, 1, 1.5, 2} {
		for _, w := range []int{0, 1, 10, 400, 1920} {
			g := NewFlameView(w, w/2, scale)
			if g.Ruler.Overlaps(g.Area) || g.Area.Overlaps(g.ScrollBar) || g.Width < 1 || g.LanePx < 2 {
				t.Errorf("%d px at %v: %+v", w, scale, g)
			}
		}
	}
}

func BenchmarkFlame(b *testing.B) {
	for _, n := range []int{1e3, 1e5, 1e6} {
		for name, tr := range flames(b, n) {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					NewFlame(tr, nil)
				}
			})
		}
	}
}
