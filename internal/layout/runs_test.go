package layout

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"traceview/internal/analysis"
)

// stretches returns n stretches within total ns.
func stretches(r *rand.Rand, n int, total int64) analysis.Stretches {
	var l analysis.Stretches
	at := int64(0)
	for range n {
		s := analysis.Stretch{Start: at + 1 + r.Int64N(2*total/int64(2*n)+1), Before: l.Total()}
		s.End = s.Start + 1 + r.Int64N(total/int64(2*n)+1)
		if at = s.End; at > total {
			break
		}
		l = append(l, s)
	}
	return l
}

// naiveCover returns the share of the pixel at x that is covered.
func naiveCover(g Waterfall, v Viewport, l analysis.Stretches, x int) float64 {
	sum := 0.0
	for _, s := range l {
		a, b := v.X(s.Start)+float64(g.Zero), v.X(s.End)+float64(g.Zero)
		sum += max(min(b, float64(x+1))-max(a, float64(x)), 0)
	}
	return sum
}

// TestRunsCoverWhatTheTimesSay holds each pixel against a sum over all stretches.
func TestRunsCoverWhatTheTimesSay(t *testing.T) {
	const slack = 1e-6 // of a pixel, where sums of floats may differ
	r := rand.New(rand.NewPCG(11, 1))
	g := NewWaterfall(700, 200, WaterfallOptions{Scale: 1})
	for range 150 {
		total := int64(1) << (4 + r.IntN(40))
		l := stretches(r, 1<<r.IntN(12), total)
		v := Fit(total, g.Width).ZoomAt(r.Float64()*float64(g.Width), 1+r.Float64()*float64(r.IntN(50)))
		lo := g.Axis.Min.X + r.IntN(100)
		hi := lo + r.IntN(g.Axis.Max.X-lo)
		for _, share := range []float64{0, Half} {
			covered, last := map[int]bool{}, lo-1
			g.Runs(v, l, lo, hi, share, func(x0, x1 int) {
				if x0 <= last || x1 <= x0 || x1 > hi {
					t.Fatalf("run %d–%d after %d in %d–%d", x0, x1, last, lo, hi)
				}
				last = x1
				for x := x0; x < x1; x++ {
					covered[x] = true
				}
			})
			for x := lo; x < hi; x++ {
				c := naiveCover(g, v, l, x)
				if want := c > 0 && c >= share; covered[x] != want && max(c-share, share-c) > slack {
					t.Fatalf("pixel %d, covered by %v, share %v: drawn %v", x, c, share, covered[x])
				}
			}
		}
	}
}

func TestRunsOfNothing(t *testing.T) {
	g := NewWaterfall(700, 200, WaterfallOptions{Scale: 1})
	some := analysis.Stretches{{Start: 10, End: 20}}
	fail := func(x0, x1 int) { t.Errorf("run %d–%d", x0, x1) }
	g.Runs(Fit(100, g.Width), nil, 300, 600, 0, fail)
	g.Runs(Fit(100, g.Width), some, 600, 300, 0, fail)
	g.Runs(Viewport{}, some, 300, 600, 0, fail)
}

// BenchmarkRuns draws stretches on 1,000 pixels: the more a pixel holds, the
// longer the steps.
func BenchmarkRuns(b *testing.B) {
	g := NewWaterfall(1460, 200, WaterfallOptions{Scale: 1})
	for _, n := range []int{10, 1e3, 1e5, 1e6} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			l := stretches(rand.New(rand.NewPCG(1, 1)), n, 1e12)
			v := Fit(1e12, g.Width)
			b.ReportAllocs()
			for b.Loop() {
				g.Runs(v, l, g.Axis.Min.X, g.Axis.Max.X, Half, func(x0, x1 int) {})
			}
		})
	}
}
