package layout

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"traceview/internal/model"
)

// TestDensityCountsSpans asks each slot again of all spans.
func TestDensityCountsSpans(t *testing.T) {
	eachShape(t, 300, func(t *testing.T, tr *model.Trace, r *rand.Rand) {
		d := NewDensity(tr, func(model.SpanIndex) bool { return true })
		size := float64(tr.Dur) / densitySlots
		for k := range densitySlots {
			lo, hi := float64(k)*size, float64(k+1)*size
			least, most := int32(0), int32(0) // what touches a border may count or not
			for i := range tr.Spans {
				a, b := float64(tr.Spans[i].Start), float64(tr.Spans[i].Start+tr.Spans[i].Dur)
				if a < hi && b > lo {
					least++
				}
				if a <= hi && b >= lo {
					most++
				}
			}
			if got := d.active[k]; got < least || got > most {
				t.Fatalf("slot %d: %d spans, want %d to %d", k, got, least, most)
			}
		}
	})
}

func TestDensityColumns(t *testing.T) {
	tr := tree(t, 500, func(i int) int { return min(i-1, 0) })
	tr.Spans[400].Status = model.StatusError
	d := NewDensity(tr, func(i model.SpanIndex) bool { return i == 400 })
	for _, width := range []int{1, 7, 900, 4096, 9000} {
		top, failed := 0.0, 0
		for x := range width {
			share, bad := d.Column(x, width)
			if share < 0 || share > 1 {
				t.Fatalf("column %d of %d: %v", x, width, share)
			}
			top = max(top, share)
			if bad {
				failed++
			}
		}
		if top != 1 || failed < 1 || failed > 1+width/densitySlots+1 {
			t.Errorf("%d columns: highest %v, %d with the error", width, top, failed)
		}
	}
	empty := NewDensity(&model.Trace{}, nil)
	if share, bad := empty.Column(0, 100); share != 0 || bad {
		t.Errorf("no spans: %v, %v", share, bad)
	}
}

func TestMinimapParts(t *testing.T) {
	m := MinimapOf(NewWaterfall(1000, 400, WaterfallOptions{Scale: 1, Minimap: true}))
	v := Fit(1e9, 500)
	half := v.Range(250e6, 750e6)
	x0, x1 := m.Window(half)
	for _, tc := range []struct {
		name string
		v    Viewport
		x    int
		want MinimapPart
	}{
		{"left edge of all", v, m.Zero, MinimapLeft},
		{"right edge of all", v, m.Zero + m.Width - 1, MinimapRight},
		{"all", v, 500, MinimapWhole},
		{"left edge", half, x0 - 3, MinimapLeft},
		{"right edge", half, x1 + 3, MinimapRight},
		{"window", half, (x0 + x1) / 2, MinimapInside},
		{"before", half, x0 - 20, MinimapOutside},
		{"after", half, x1 + 20, MinimapOutside},
	} {
		if got := m.Part(tc.x, tc.v); got != tc.want {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
		}
	}
}

// TestMinimapWindow holds that the window lies on the strip, where its times
// say, and can always be taken hold of.
func TestMinimapWindow(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 1))
	for range 500 {
		g := NewWaterfall(200+r.IntN(2000), 400, WaterfallOptions{Scale: 1, Minimap: true})
		m := MinimapOf(g)
		total := int64(1) << r.IntN(60)
		v := Fit(total, g.Width).Range(r.Int64N(total), r.Int64N(total))
		x0, x1 := m.Window(v)
		if x0 < m.Zero || x1 > m.Zero+m.Width || x1 <= x0 {
			t.Fatalf("window %d–%d of %d–%d", x0, x1, m.Zero, m.Zero+m.Width)
		}
		if part := m.Part((x0+x1)/2, v); part != MinimapInside && part != MinimapWhole {
			t.Fatalf("middle of %d–%d is part %v", x0, x1, part)
		}
		x := m.Zero + r.IntN(m.Width+1)
		if got := m.X(m.Time(x, total), total); total > int64(m.Width)*2 && got != x {
			t.Fatalf("pixel %d comes back as %d", x, got)
		}
	}
}

func BenchmarkDensity(b *testing.B) {
	for _, n := range []int{1e3, 1e6} {
		tr := tree(b, n, func(i int) int { return (i - 1) / 3 })
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				NewDensity(tr, func(model.SpanIndex) bool { return true })
			}
		})
	}
}
