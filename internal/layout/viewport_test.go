package layout

import (
	"math"
	"testing"
)

const day1 = int64(24 * 3600 * 1e9)

// sane fails unless the trace fills the view and the zoom is within its limits.
func sane(t *testing.T, v Viewport, after string) {
	t.Helper()
	if v.Total < 1 || v.Width < 1 || !(v.PerPx > 0) || math.IsInf(v.PerPx, 0) {
		t.Fatalf("after %s: %+v", after, v)
	}
	if v.Start < 0 || v.End() < v.Start || v.End() > v.Total {
		t.Fatalf("after %s: shows %d to %d of %d ns", after, v.Start, v.End(), v.Total)
	}
	if fit := float64(v.Total) / float64(v.Width); v.PerPx > fit || v.PerPx < min(1, fit) {
		t.Fatalf("after %s: %v ns a pixel, want %v to %v", after, v.PerPx, min(1, fit), fit)
	}
}

func TestViewportMoves(t *testing.T) {
	v := Fit(1000e6, 1000) // 1 s on 1000 px: 1 ms a pixel
	for _, tc := range []struct {
		name       string
		got        Viewport
		start, end int64
	}{
		{"fit", v, 0, 1000e6},
		{"zoom at the left edge", v.ZoomAt(0, 2), 0, 500e6},
		{"zoom in the middle", v.ZoomAt(500, 2), 250e6, 750e6},
		{"zoom at the right edge", v.ZoomAt(1000, 4), 750e6, 1000e6},
		{"zoom out of the whole", v.ZoomAt(300, 0.1), 0, 1000e6},
		{"pan", v.ZoomAt(0, 2).Pan(100), 50e6, 550e6},
		{"pan past the start", v.ZoomAt(0, 2).Pan(-9), 0, 500e6},
		{"pan past the end", v.ZoomAt(0, 2).Pan(1e9), 500e6, 1000e6},
		{"range", v.Range(100e6, 300e6), 100e6, 300e6},
		{"range backwards", v.Range(300e6, 100e6), 100e6, 300e6},
		{"range outside", v.Range(-5e6, 5000e6), 0, 1000e6},
		{"range of an instant", v.Range(500e6, 500e6), 500e6 - 500, 500e6 + 500},
		{"resize the whole", v.Resize(500), 0, 1000e6},
		{"resize a part", v.Range(100e6, 300e6).Resize(400), 100e6, 300e6},
		{"zoom by nothing", v.ZoomAt(1, 0), 0, 1000e6},
		{"zoom by infinity", v.ZoomAt(1, math.Inf(1)), 0, 1000e6},
		{"pan by nothing known", v.Pan(math.NaN()), 0, 1000e6},
	} {
		t.Run(tc.name, func(t *testing.T) {
			sane(t, tc.got, tc.name)
			if tc.got.Start != tc.start || tc.got.End() != tc.end {
				t.Errorf("shows %d to %d, want %d to %d", tc.got.Start, tc.got.End(), tc.start, tc.end)
			}
		})
	}
	if !v.Fitted() || v.ZoomAt(0, 2).Fitted() {
		t.Error("Fitted is not about the whole trace")
	}
}

func TestViewportShortTraces(t *testing.T) {
	for _, total := range []int64{-5, 0, 1, 7, 900, 1e5, math.MaxInt64 / 4, math.MaxInt64 - 1, math.MaxInt64} {
		v := Fit(total, 1200)
		sane(t, v, "fit")
		v = v.ZoomAt(700, 1e12)
		sane(t, v, "zooming in")
		sane(t, v.ZoomAt(100, 1e-12), "zooming out")
	}
}

func FuzzViewport(f *testing.F) {
	f.Add(int64(1e9), 1000, 500.0, 2.0, 30.0)
	f.Add(day1*365, 1920, 17.0, 1e9, -4000.0)
	f.Add(int64(3), 900, 899.0, 0.5, 1.0)
	f.Add(int64(0), 0, -3.0, 1e300, math.Inf(1))
	f.Add(int64(math.MaxInt64-1), 1000, 300.0, 3.0, 1e300)
	f.Fuzz(func(t *testing.T, total int64, width int, x, factor, dx float64) {
		total = max(total, 0)
		width = min(max(width, 0), 1<<16)
		v := Fit(total, width)
		sane(t, v, "fit")
		z := v.ZoomAt(x, factor)
		sane(t, z, "zoom")
		p := z.Pan(dx)
		sane(t, p, "pan")
		sane(t, p.Resize(width/2+7), "resize")

		// The instant under the pointer stays there, unless an end of the trace is in the way.
		if x >= 0 && x <= float64(v.Width) && z.Start > 0 && z.End() < z.Total {
			at := float64(v.Start) + x*v.PerPx
			if moved := (at-float64(z.Start))/z.PerPx - x; math.Abs(moved) > 1 && float64(v.Total) < 1<<52 {
				t.Errorf("zoom by %v moved the instant under the pointer by %v px", factor, moved)
			}
		}
		// Pixels and instants lead back to each other, to the pixel or, where
		// that is less, to half a nanosecond.
		for _, px := range []float64{0, 1, float64(p.Width) / 3, float64(p.Width)} {
			ns := p.Time(px)
			if ns < 0 || ns > p.Total {
				t.Fatalf("pixel %v is %d ns, outside the trace", px, ns)
			}
			if back := p.X(ns); math.Abs(back-px) > max(1, 0.51/p.PerPx) && float64(v.Total) < 1<<52 {
				t.Errorf("pixel %v came back as %v", px, back)
			}
		}
	})
}
