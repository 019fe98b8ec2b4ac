package timeline

import (
	"fmt"
	"image"
	"testing"

	"traceview/internal/demo/synthetic"
	"traceview/internal/document"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
	"traceview/internal/query"
	"traceview/internal/scene"
	"traceview/ui/canvasview"
	"traceview/ui/look"
)

// synth returns a synthetic trace of n spans.
func synth(tb testing.TB, n int) *model.Trace {
	tb.Helper()
	b := model.NewBuilder()
	if err := otlp.DecodeProto(synthetic.Trace(n, 1), b); err != nil {
		tb.Fatal(err)
	}
	return b.Build()[0]
}

// everyThird returns every third span of a trace.
func everyThird(tr *model.Trace) query.Set {
	s := query.NewSet(len(tr.Spans))
	for i := 0; i < len(tr.Spans); i += 3 {
		s.Add(model.SpanIndex(i))
	}
	return s
}

// TestFrameDoesNotAllocate scrolls down through 100,000 spans and then, what
// there is to remember being remembered, up again.
func TestFrameDoesNotAllocate(t *testing.T) {
	const frames, step = 300, 37
	for name, tr := range map[string]*model.Trace{"names all different": build(t, wide(100_000)), "synthetic": synth(t, 100_000), "only matches": synth(t, 100_001), "sorted": synth(t, 100_002)} {
		p := newPainter(t, tr, "en", look.Light(), 1)
		if name == "only matches" {
			p.doc.SetOnlyMatches(true)
			p.doc.SetMatches("x", everyThird(tr))
		}
		if name == "sorted" {
			p.doc.SetSort(document.SortSelf)
		}
		dst := image.NewRGBA(image.Rect(0, 0, 900, 420))
		p.Paint(dst) // gives the document the size of its view
		dy := float32(-step)
		frame := func() {
			p.Scroll(0, dy, 0)
			p.Hover(700, 300)
			p.Paint(dst)
		}
		for range frames {
			frame()
		}
		dy = step
		if got := testing.AllocsPerRun(frames-1, frame); got != 0 {
			t.Errorf("%s: %v allocations a frame, want 0", name, got)
		}
		if p.doc.Scroll().Row != 0 {
			t.Errorf("%s: not back at the top: %+v", name, p.doc.Scroll())
		}
	}
}

// TestSceneIsBounded holds that a frame costs what is on screen, not the trace.
func TestSceneIsBounded(t *testing.T) {
	ops := func(tr *model.Trace) int {
		p := newPainter(t, tr, "en", look.Dark(), 1)
		var s scene.Scene
		p.Build(&s, 1280, 800)
		p.doc.Select(model.SpanIndex(len(tr.Spans) / 2))
		p.Build(&s, 1280, 800)
		return len(s.Ops)
	}
	small, large := ops(build(t, wide(2000))), ops(build(t, wide(100_000)))
	if large > 2*small {
		t.Errorf("%d operations for 100,000 spans, %d for 2,000", large, small)
	}
	if deep := ops(build(t, chain(20_000))); deep > 4*small {
		t.Errorf("%d operations for a chain of 20,000", deep)
	}
}

func BenchmarkFrame(b *testing.B) {
	for _, n := range []int{1e3, 1e5, 1e6} {
		tr := synth(b, n)
		dst := image.NewRGBA(image.Rect(0, 0, 1920, 1080))
		for _, bc := range []struct {
			name string
			act  func(p *Painter, k int)
		}{
			{"scroll", func(p *Painter, k int) { p.Scroll(0, -53, 0) }},
			{"jump", func(p *Painter, k int) { p.doc.ScrollTo(k*7919%900, 1000, 24) }},
			{"zoom", func(p *Painter, k int) { p.Scroll(0, float32(60*(1-2*(k/20%2))), canvasview.Ctrl) }},
			{"scroll sorted", func(p *Painter, k int) { p.doc.SetSort(document.SortSelf); p.Scroll(0, -53, 0) }},
			{"sort", func(p *Painter, k int) { p.doc.NextSort() }},
			{"fold", func(p *Painter, k int) { p.doc.ToggleCollapse(0); p.doc.ToggleCollapse(0) }},
		} {
			b.Run(fmt.Sprintf("%s/%d", bc.name, n), func(b *testing.B) {
				p := newPainter(b, tr, "en", look.Light(), 1)
				p.Paint(dst)
				p.Hover(1200, 500)
				b.ReportAllocs()
				k := 0
				for b.Loop() {
					bc.act(p, k)
					p.Paint(dst)
					k++
				}
			})
		}
		b.Run(fmt.Sprintf("filter/%d", n), func(b *testing.B) {
			p := newPainter(b, tr, "en", look.Light(), 1)
			p.doc.SetOnlyMatches(true)
			b.ReportAllocs()
			for b.Loop() {
				p.doc.SetMatches("x", everyThird(tr))
				p.Paint(dst)
			}
		})
		b.Run(fmt.Sprintf("build only/%d", n), func(b *testing.B) {
			p := newPainter(b, tr, "en", look.Light(), 1)
			var s scene.Scene
			b.ReportAllocs()
			for b.Loop() {
				p.doc.ScrollBy(53)
				p.Build(&s, 1920, 1080)
			}
		})
		b.Run(fmt.Sprintf("first/%d", n), func(b *testing.B) {
			text := newPainter(b, tr, "en", look.Light(), 1).style
			b.ReportAllocs()
			for b.Loop() {
				New(newDoc(tr), text).Paint(dst)
			}
		})
	}
}
