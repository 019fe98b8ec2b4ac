package layout

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestLogAxisHasRoom(t *testing.T) {
	for _, tt := range []struct{ least, most, lo, hi int64 }{
		{0, 0, 1, 10}, {1, 1, 1, 10}, {1500, 2_000_000, 1000, 10_000_000}, {1e6, 1e7, 1e6, 1e7}, {5e9, 70e9, second, 10 * minute},
		{math.MaxInt64, math.MaxInt64, 1000 * day, math.MaxInt64}, {3 * hour, 3 * hour, hour, 10 * hour},
	} {
		a := NewLogAxis(tt.least, tt.most, 100)
		if a.Least != tt.lo || a.Most != tt.hi {
			t.Errorf("from %d to %d: an axis from %d to %d, want %d to %d", tt.least, tt.most, a.Least, a.Most, tt.lo, tt.hi)
		}
		if ticks := a.Ticks(nil); len(ticks) < 2 || ticks[0] != a.Least {
			t.Errorf("from %d to %d: ticks %v", tt.least, tt.most, ticks)
		}
	}
}

func FuzzLogAxis(f *testing.F) {
	f.Add(int64(1000), int64(1e9), 300, int64(5e6))
	f.Add(int64(-4), int64(math.MaxInt64), 1, int64(0))
	f.Fuzz(func(t *testing.T, least, most int64, px int, ns int64) {
		px = min(max(px, 1), 1<<14)
		a := NewLogAxis(least, most, px)
		if a.Least < 1 || a.Most <= a.Least || a.Most < most {
			t.Fatalf("axis %+v of %d to %d", a, least, most)
		}
		if ns < a.Least || ns > a.Most {
			return
		}
		y := a.Y(ns)
		if !(y >= -1e-6 && y <= float64(px)) {
			t.Fatalf("%d is at %v of %d pixels", ns, y, px)
		}
		if back := a.Y(a.Dur(y)); math.Abs(back-y) > 0.5 && ns > 64 {
			t.Fatalf("%d is at %v, what is there at %v", ns, y, back)
		}
		if a.Y(a.Least) != float64(px) || math.Abs(a.Y(a.Most)) > 1e-6 {
			t.Fatalf("ends at %v and %v of %d", a.Y(a.Least), a.Y(a.Most), px)
		}
	})
}

// drawnDots are n dots within an hour.
func drawnDots(n int) []Dot {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	dots := make([]Dot, n)
	for k := range dots {
		dots[k] = NewDot(r.Int64N(hour), int64(math.Exp2(10+20*r.Float64())), r.IntN(20) == 0)
	}
	slices.SortFunc(dots, func(a, b Dot) int { return int(min(max(a.At-b.At, -1), 1)) })
	return dots
}

func TestScatterCountsEveryDot(t *testing.T) {
	dots := drawnDots(5000)
	a := NewLogAxis(1000, 1e9, 211)
	v := Fit(hour, 700)
	var s Scatter
	for _, view := range []Viewport{v, v.ZoomAt(300, 7), v.Range(0, 1), Fit(hour, 1)} {
		s.Fill(dots, view, a, 4)
		n, failed, seen, most := 0, 0, 0, 0
		for row := range s.Rows {
			all, bad := s.Row(row)
			n, failed = n+all, failed+bad
			for col := range s.Cols {
				all, bad := s.At(col, row)
				if bad > all {
					t.Fatalf("%d of %d failed", bad, all)
				}
				most = max(most, all)
			}
		}
		columns := 0
		for col := range s.Cols {
			columns += s.Column(col)
		}
		for _, d := range dots {
			if d.At >= view.Start && d.At <= view.End() {
				seen++
			}
		}
		if n != seen || s.N != seen || failed != s.Failed || columns != failed || most != s.Most {
			t.Errorf("%+v: %d and %d dots, %d, %d and %d failed, most %d and %d; want %d dots", view, n, s.N, failed, s.Failed, columns, most, s.Most, seen)
		}
	}
}

func TestNearestIsNearest(t *testing.T) {
	dots := drawnDots(3000)
	a, v := NewLogAxis(1000, 2e9, 300), Fit(hour, 900).ZoomAt(400, 3)
	r := rand.New(rand.NewPCG(5, 5))
	for range 300 {
		x, y := r.Float64()*900, r.Float64()*300
		want, least := -1, 64.0
		for k := range dots {
			if dots[k].At < v.Start || dots[k].At > v.End() {
				continue
			}
			dx, dy := v.X(dots[k].At)-x, a.YOf(float64(dots[k].Log))-y
			if d := dx*dx + dy*dy; d < least {
				want, least = k, d
			}
		}
		if got := Nearest(dots, v, a, x, y, 8); got != want && (got < 0 || want < 0 || dots[got].At != dots[want].At) {
			t.Fatalf("nearest to %v, %v: %d, want %d", x, y, got, want)
		}
	}
}

func BenchmarkScatter(b *testing.B) {
	dots := drawnDots(100_000)
	a, v := NewLogAxis(1000, 2e9, 300), Fit(hour, 1400)
	var s Scatter
	b.Run("fill", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			s.Fill(dots, v, a, 3)
		}
	})
	b.Run("nearest", func(b *testing.B) {
		for b.Loop() {
			Nearest(dots, v, a, 700, 150, 8)
		}
	})
}
