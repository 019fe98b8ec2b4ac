package flame

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"traceview/internal/document"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/canvasview"
	"traceview/ui/look"
	"traceview/ui/uitest"
)

// TestBoxesLieWhereTimesSay holds, for random traces, sizes, scales and zooms,
// that every box drawn wide enough to be one span begins and ends within a pixel
// of where its span's times say, and that a point on it hits that span. The
// expected pixels come from the times alone.
func TestBoxesLieWhereTimesSay(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	seen := 0
	for range 150 {
		specs := make([]spanSpec, 1+r.IntN(80))
		for i := range specs {
			specs[i] = spanSpec{uint64(i + 1), uint64(r.IntN(i + 1)), fmt.Sprint("service-", i), "op", r.Int64N(1000), r.Int64N(600), ""}
		}
		scale := []float32{1, 1.25, 1.5, 2, 3}[r.IntN(5)]
		p := newPainter(t, build(t, specs), "en", look.Light(), scale)
		var s scene.Scene
		w, h := int(float32(500+r.IntN(1400))*scale), int(float32(200+r.IntN(500))*scale)
		p.Build(&s, w, h)
		if total := p.doc.Viewport().Total; r.IntN(3) > 0 {
			from := r.Int64N(total)
			p.doc.ZoomTo(from, from+1+r.Int64N(max(total/int64(1+r.IntN(100)), 2)))
		}
		p.scrollBy(r.IntN(300))
		p.Build(&s, w, h)
		v, list := p.doc.Viewport(), p.list()
		lo, hi := float64(p.g.Area.Min.X), float64(p.g.Area.Max.X)
		for lane := p.scroll.Row; lane < list.Rows && list.Y(p.scroll.Scroll, lane) < list.ViewPx; lane++ {
			y := float32(p.g.Area.Min.Y + list.Y(p.scroll.Scroll, lane))
			for k := range s.Ops {
				op := &s.Ops[k]
				if op.Kind != scene.OpRect || op.Y != y || op.H != p.lanes.Height() || op.W <= float32(p.g.Px(6)) {
					continue
				}
				x, mid := int(op.X+op.W/2), int(y+op.H/2)
				if x >= p.g.Area.Max.X || x < p.g.Area.Min.X || mid >= p.g.Area.Max.Y || mid < p.g.Area.Min.Y {
					continue
				}
				p.Hover(float32(x), float32(mid))
				i := p.hit(p.pointer.At)
				p.Leave()
				if i == model.NoSpan || p.flame.Lane(i) != lane || p.colorOf(i).Bar != op.Color && p.style.Palette.Error != op.Color {
					continue // several spans drawn as one
				}
				seen++
				sp := &p.trace.Spans[i]
				at := func(ns int64) float64 {
					return float64(p.g.Zero) + float64(ns-v.Start)*float64(v.Width)/float64(v.Span())
				}
				from, to := min(max(at(sp.Start), lo), hi), min(max(at(sp.Start+sp.Dur), lo), hi)
				if tolerance := 1 + float64(p.g.Line); math.Abs(max(float64(op.X), lo)-from) > 1 || math.Abs(min(float64(op.X+op.W), hi)-to) > tolerance {
					t.Fatalf("scale %v: span %d is drawn from %v to %v, its times say %v to %v", scale, i, op.X, op.X+op.W, from, to)
				}
			}
		}
	}
	if seen < 500 {
		t.Errorf("%d boxes seen: the test tells little", seen)
	}
}

// TestGoldenShared draws what the flame shares with the waterfall: what is
// measured, the colours chosen, and the text beside the pointer.
func TestGoldenShared(t *testing.T) {
	for _, tc := range []struct {
		name, lang string
		pal        func() *look.Palette
		scale      float32
		rule       document.ColourRule
	}{
		{"measured_light", "en", look.Light, 1, document.ColourRule{}},
		{"measured_dark_ru", "ru", look.Dark, 2, document.ColourRule{By: document.ByOperation, Palette: "many"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := newPainter(t, build(t, shop()), tc.lang, tc.pal(), tc.scale)
			w, h := int(1000*tc.scale), int(300*tc.scale)
			paint(p, w, h)
			p.doc.SetColourRule(tc.rule)
			p.doc.Select(spanNamed(t, p, 3))
			p.doc.MeasureSelected()
			p.doc.Select(spanNamed(t, p, 10))
			p.doc.MeasureSelected()
			paint(p, w, h)
			x, y := boxMiddle(t, p, spanNamed(t, p, 6))
			p.Hover(x, y)
			uitest.Golden(t, tc.name, paint(p, w, h))
		})
	}
}

func TestMeasureOnTheRuler(t *testing.T) {
	p := newPainter(t, build(t, shop()), "en", look.Light(), 1)
	paint(p, 900, 300)
	p.Press(300, 8, canvasview.Primary, 0)
	p.Drag(500, 60)
	p.Release(500, 60)
	m, on := p.doc.Measured()
	if !on || m.From != p.ruler.Time(300) || m.To != p.ruler.Time(500) || !p.doc.Viewport().Fitted() {
		t.Errorf("measured %+v %v", m, on)
	}
	paint(p, 900, 300)
	if p.doc.ZoomToMeasured(); p.doc.Viewport().Fitted() {
		t.Error("zooming does not zoom to what is measured")
	}
	if p.Key("Escape", 0); func() bool { _, on := p.doc.Measured(); return on }() {
		t.Error("Esc does not end measuring")
	}
}
