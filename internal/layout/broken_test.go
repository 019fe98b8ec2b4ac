package layout

import (
	"math"
	"testing"

	"traceview/internal/analysis/journey"
)

const unixNs = 1_794_474_843_000_000_000

// busyAfter makes busy stretches of pairs: how long nothing happened, and then something.
func busyAfter(pairs ...int64) []journey.Stretch {
	at := int64(unixNs)
	var out []journey.Stretch
	for k := 0; k+1 < len(pairs); k += 2 {
		at += pairs[k]
		out = append(out, journey.Stretch{From: at, To: at + pairs[k+1]})
		at += pairs[k+1]
	}
	return out
}

// checkAxis holds an axis to what every axis is.
func checkAxis(t *testing.T, a *BrokenAxis, busy []journey.Stretch) {
	t.Helper()
	x, at := 0.0, a.From()
	for k, p := range a.Pieces {
		if p.X0 != x || p.From != at || p.X1 < p.X0 || p.To < p.From {
			t.Fatalf("piece %d is %+v, after %v px and %d", k, p, x, at)
		}
		if p.Folded != (k%2 == 1) {
			t.Fatalf("piece %d of %d: folded is %v", k, len(a.Pieces), p.Folded)
		}
		x, at = p.X1, p.To
	}
	if x != a.Width {
		t.Fatalf("ends at %v of %v px", x, a.Width)
	}
	last := -1.0
	for _, b := range busy {
		for _, at := range []int64{b.From, b.To} {
			x := a.X(at)
			if x < last || x < 0 || x > a.Width {
				t.Fatalf("%d is at %v after %v of %v px", at, x, last, a.Width)
			}
			if a.At(x).Folded && x > a.At(x).X0 {
				t.Fatalf("%d, when something happened, is in a fold", at)
			}
			last = x
		}
	}
	before := a.From()
	for k := range 200 {
		x := a.Width * float64(k) / 199
		at := a.Time(x)
		if at < before {
			t.Fatalf("%v px is %d, before that of the pixel before", x, at)
		}
		before = at
		p := a.At(x)
		if back := a.X(at); math.Abs(back-x) > 0.01+(p.X1-p.X0)/float64(max(p.Dur(), 1)) {
			t.Fatalf("%v px is %d, which is at %v px", x, at, back)
		}
	}
}

func TestBrokenAxis(t *testing.T) {
	const hour = int64(3600e9)
	for _, tt := range []struct {
		name  string
		busy  []journey.Stretch
		width float64
		folds int
	}{
		{"nothing", nil, 1000, 0},
		{"an instant", busyAfter(0, 0), 1000, 0},
		{"200 ms", busyAfter(0, 200e6), 1000, 0},
		{"two with hours between", busyAfter(0, 1e9, 5*hour, 1e9), 1000, 1},
		{"a short pause", busyAfter(0, 1e9, 0.05e9, 1e9), 1000, 0},
		{"three weeks", busyAfter(0, 1e9, 24*hour, 2e6, 100*hour, 2e6, 300*hour, 90e9, 80*hour, 1e9), 1000, 4},
		{"two instants", busyAfter(0, 0, 1, 0), 1000, 1},
		{"narrower than a fold", busyAfter(0, 1e9, hour, 1e9), 10, 0},
		{"pauses all alike, more than have room", func() []journey.Stretch {
			var p []int64
			for range 500 {
				p = append(p, hour, 1e9)
			}
			return busyAfter(p...)
		}(), 1000, 0},
		{"those of them that are on a wide axis", busyAfter(0, 1e9, hour, 1e9, hour, 1e9, hour, 1e9), 1e5, 3},
		{"from the beginning of time to its end", []journey.Stretch{{From: 0, To: 1}, {From: math.MaxInt64 - 1, To: math.MaxInt64}}, 1000, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := NewBrokenAxis(tt.busy, tt.width, 40, 13)
			if a.Folds != tt.folds {
				t.Errorf("%d folds, want %d", a.Folds, tt.folds)
			}
			checkAxis(t, a, tt.busy)
			for k := range a.Pieces {
				if p := &a.Pieces[k]; tt.width > 500 && p.X1-p.X0 < 12 {
					t.Errorf("piece %+v has less than 12 px", p)
				}
			}
		})
	}
}

// FuzzBrokenAxis holds the axis of any stretches to what every axis is.
func FuzzBrokenAxis(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4}, 1000.0, 40.0)
	f.Add([]byte{0, 0, 63, 0, 200, 3}, 17.5, 100.0)
	f.Fuzz(func(t *testing.T, data []byte, width, fold float64) {
		if !(width >= 0 && width < 1e9 && fold >= 1 && fold < 500) {
			return
		}
		var pairs []int64
		for _, b := range data[:min(len(data), 2000)] { // from 1 ns to weeks
			pairs = append(pairs, int64(1)<<(b%56)+int64(b))
		}
		for k := 1; k < len(pairs); k += 2 {
			pairs[k] = min(pairs[k]-1, 1<<45)
		}
		busy := busyAfter(pairs...)
		if n := len(busy); n > 0 && (busy[n-1].To < unixNs || n > 1 && busy[n-1].From < busy[n-2].To) {
			return // no clock goes that far
		}
		checkAxis(t, NewBrokenAxis(busy, width, fold, min(13, fold)), busy)
	})
}

func TestApart(t *testing.T) {
	got := Apart([]float32{100, 0, 140, 60, 155}, []float32{50, 40, 30, 39, 10}, 5)
	for k, want := range []bool{true, true, false, false, true} {
		if got[k] != want {
			t.Errorf("label %d shown %v, want %v", k, got[k], want)
		}
	}
}
