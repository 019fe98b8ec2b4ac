package timeline

import (
	"fmt"
	"image"
	"strings"
	"testing"

	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/look"
)

// TestBarsTellOwnWorkFromWaiting looks at the pixels of every bar: lighter
// where the span waited for children for more than half of the pixel's time,
// with a line below where it is on the critical path.
func TestBarsTellOwnWorkFromWaiting(t *testing.T) {
	for name, specs := range map[string][]spanSpec{"shop": shop(), "odd": odd(), "wide": wide(400), "deep": chain(40)} {
		for _, pal := range []*look.Palette{look.Light(), look.Dark()} {
			tr := build(t, specs)
			p := newPainter(t, tr, "en", pal, 1)
			img := paint(p, 1180, 22*len(tr.Spans)+80)
			for i := range tr.Spans {
				checkBar(t, p, img, model.SpanIndex(i), name+" "+pal.Name)
			}
		}
	}
}

func checkBar(t *testing.T, p *Painter, img *image.RGBA, i model.SpanIndex, name string) {
	t.Helper()
	const corner, margin = 3, 1e-6
	s, v := &p.trace.Spans[i], p.doc.Viewport()
	b := p.g.Bar(v, s, barLeast)
	foot := p.g.Tree.Min.Y + 22*int(i) + 18 // below the bar
	share := func(list interface{ Until(int64) int64 }, x int) float64 {
		from, to := v.Start+int64(float64(x-p.g.Zero)*v.PerPx), v.Start+int64(float64(x+1-p.g.Zero)*v.PerPx)
		return float64(list.Until(to)-list.Until(from)) / float64(to-from)
	}
	for x := b.X0 + corner; x < b.X1-corner; x++ {
		want := p.dye.Of(i).Bar
		wait := share(p.doc.Work().Waits(i), x)
		if wait > 0.5 {
			want = p.dye.Of(i).Tint
		}
		if got := colorAt(img, x, foot-2); got != want && max(wait-0.5, 0.5-wait) > margin {
			t.Fatalf("%s: span %d, pixel %d waits for %v of its time: colour %v, want %v", name, i, x, wait, got, want)
		}
		on := share(p.doc.Path().Of(i), x)
		if line := colorAt(img, x, foot) == p.style.Palette.Text; line != (on > 0) && (on == 0 || on > margin) {
			t.Fatalf("%s: span %d, pixel %d is on the path for %v of its time: line %v", name, i, x, on, line)
		}
	}
}

func colorAt(img *image.RGBA, x, y int) scene.Color {
	c := img.RGBAAt(x, y)
	return scene.Color{R: c.R, G: c.G, B: c.B, A: c.A}
}

// TestEventTicks counts the ticks of a span whose events stand close: never
// more than there is room for, and never none.
func TestEventTicks(t *testing.T) {
	for _, n := range []int{0, 1, 3, 50, 100_000} {
		b := model.NewBuilder()
		r := model.SpanRecord{Trace: model.TraceID{15: 1}, ID: 1, StartNano: epoch, EndNano: epoch + 1e9}
		for k := range n {
			r.Events = append(r.Events, model.EventRecord{TimeNano: epoch + uint64(k)*1e9/uint64(n)})
		}
		b.Add(&r)
		p := newPainter(t, b.Build()[0], "en", look.Light(), 1)
		var s scene.Scene
		p.Build(&s, 1180, 200)
		ticks := 0
		for _, op := range s.Ops {
			if op.Kind == scene.OpRect && op.W == eventDp && op.H == 8 {
				ticks++
			}
		}
		if most := p.g.Axis.Dx()/4 + 1; ticks > most || ticks < min(n, most/2) {
			t.Errorf("%d events: %d ticks", n, ticks)
		}
	}
}

func TestTooltipTellsWorkPathAndOrigin(t *testing.T) {
	p := newPainter(t, build(t, shop()), "en", look.Light(), 1)
	paint(p, 1180, 520)
	for _, tc := range []struct {
		row  int
		want []string
		not  string
	}{
		{5, []string{"own work 125 ms", "critical path 125 ms", "Error carried up: 403"}, "Error: "},
		{6, []string{"critical path 310 ms", "Error: 403"}, "own work"},
		{14, []string{"own work"}, "critical path"},
	} {
		tip := p.Tooltip(100, float32(p.g.Tree.Min.Y+22*tc.row+11))
		for _, w := range tc.want {
			if !strings.Contains(tip, w) {
				t.Errorf("row %d: %q lacks %q", tc.row, tip, w)
			}
		}
		if strings.Contains(tip, tc.not) {
			t.Errorf("row %d: %q has %q", tc.row, tip, tc.not)
		}
	}
}

// BenchmarkWorstBars draws one bar that waits for a million children.
func BenchmarkWorstBars(b *testing.B) {
	for _, n := range []int{1e3, 1e6} {
		specs := make([]spanSpec, n)
		for i := range specs {
			k := int64(i)
			specs[i] = spanSpec{uint64(i + 1), 1, "s", "n", k * 1000, 400, model.KindInternal, ""}
		}
		specs[0].parent, specs[0].dur = 0, int64(n)*1000
		tr := build(b, specs)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			p := newPainter(b, tr, "en", look.Light(), 1)
			img := paint(p, 1920, 1080)
			b.ReportAllocs()
			for b.Loop() {
				p.Paint(img)
			}
		})
	}
}
