package layout

import (
	"math"
	"testing"
)

func TestRulerSteps(t *testing.T) {
	for k := 1; k < len(rulerSteps); k++ {
		if rulerSteps[k] <= rulerSteps[k-1] {
			t.Errorf("step %d after %d does not rise", rulerSteps[k], rulerSteps[k-1])
		}
	}
	for _, tc := range []struct {
		name  string
		total int64
		want  int64
	}{
		{"a nanosecond", 1, 1},
		{"microseconds", 9e3, 1e3},
		{"order", 1840e6, 200e6},
		{"seconds", 80e9, 10e9},
		{"two minutes", 120e9, 15e9},
		{"an hour", 3600e9, 600e9},
		{"a day", day1, 3 * 3600e9},
		{"two weeks", 14 * day1, 2 * day1},
		{"a century", 36500 * day1, 5000 * day1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := NewRuler(Fit(tc.total, 1000), 100)
			if r.Step != tc.want {
				t.Errorf("step %d, want %d", r.Step, tc.want)
			}
		})
	}
}

func FuzzRuler(f *testing.F) {
	f.Add(int64(1e9), 1000, 0.5, 3.0, 80.0)
	f.Add(day1*400, 1900, 0.1, 1e6, 120.0)
	f.Add(int64(math.MaxInt64), 1000, 0.9, 1.5, 80.0)
	f.Fuzz(func(t *testing.T, total int64, width int, at, factor, apart float64) {
		total = max(total, 1)
		width = min(max(width, 1), 1<<14)
		if !(apart >= 1) || apart > 1e4 {
			apart = 80
		}
		v := Fit(total, width).ZoomAt(at*float64(width), factor)
		r := NewRuler(v, apart)
		if r.Step <= 0 || r.N < 0 || float64(r.N-1) > float64(v.Width)/apart+1 {
			t.Fatalf("%+v of %+v", r, v)
		}
		for k := range r.N {
			if ns := r.At(k); ns%r.Step != 0 || ns < v.Start || ns > v.End() {
				t.Fatalf("tick %d at %d ns of %+v", k, ns, v)
			}
		}
		if px := v.X(r.Step) - v.X(0); px < apart*0.999 && r.Step < 1<<61 { // no round step is longer
			t.Errorf("ticks are %v px apart, want %v", px, apart)
		}
	})
}
