package timeline

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"traceview/internal/layout"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/look"
)

// randomSpans returns n spans of a tree, some outside their parents, short or
// without a duration.
func randomSpans(r *rand.Rand, n int) []spanSpec {
	kinds := []model.Kind{model.KindInternal, model.KindServer, model.KindProducer, model.KindConsumer}
	out := make([]spanSpec, n)
	for i := range out {
		sp := spanSpec{id: uint64(i + 1), parent: uint64(r.IntN(i + 1)), service: fmt.Sprint("service-", r.IntN(20)),
			name: "op", start: r.Int64N(1000 * ms), kind: kinds[r.IntN(len(kinds))]}
		switch r.IntN(4) {
		case 0: // none at all
		case 1:
			sp.dur = r.Int64N(2000)
		default:
			sp.dur = r.Int64N(600 * ms)
		}
		if r.IntN(6) == 0 {
			sp.fail = "failed"
		}
		out[i] = sp
	}
	return out
}

// wander puts a document into some state: zoomed, folded, scrolled, filtered.
func wander(r *rand.Rand, p *Painter) {
	total := p.doc.Viewport().Total
	if from := r.Int64N(total); r.IntN(3) > 0 {
		p.doc.ZoomTo(from, from+1+r.Int64N(max(total/int64(1+r.IntN(1000)), 2)))
	}
	for range r.IntN(3) {
		p.doc.ToggleCollapse(model.SpanIndex(r.IntN(len(p.trace.Spans))))
	}
	p.doc.ScrollBy(r.IntN(2000))
	if r.IntN(3) == 0 {
		p.doc.Select(model.SpanIndex(r.IntN(len(p.trace.Spans))))
	}
}

// drawnBar returns the first and last pixel of the bar drawn in a row, as far as
// it lies within the axis; false if there is none.
func drawnBar(p *Painter, s *scene.Scene, y float32, c look.ServiceColor) (x0, x1 float64, ok bool) {
	h := p.px(layout.BarDp)
	top := y + float32(int((float32(p.g.RowPx)-h)/2))
	x0, x1 = math.Inf(1), math.Inf(-1)
	for _, op := range s.Ops {
		if op.Kind != scene.OpRect || op.Y != top || op.H != h || op.Color != c.Bar && op.Color != c.Tint || op.X+op.W <= float32(p.g.Axis.Min.X) {
			continue
		}
		x0, x1, ok = min(x0, float64(op.X)), max(x1, float64(op.X+op.W)), true
	}
	return max(x0, float64(p.g.Axis.Min.X)), min(x1, float64(p.g.Axis.Max.X)), ok
}

// TestBarsLieWhereTimesSay holds, for random traces, sizes, scales and states,
// that every bar on screen begins and ends within a pixel of where its span's
// times say, with at least two dp of width, and that a point on it hits its
// span. The expected pixels come from the times alone.
func TestBarsLieWhereTimesSay(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 11))
	seen, inQueue := 0, 0
	for range 200 {
		scale := []float32{1, 1.25, 1.5, 2, 3}[r.IntN(5)]
		p := newPainter(t, build(t, randomSpans(r, 1+r.IntN(80))), "en", look.Light(), scale)
		w, h := int(float32(500+r.IntN(1400))*scale), int(float32(200+r.IntN(500))*scale)
		var s scene.Scene
		p.Build(&s, w, h)
		wander(r, p)
		p.Build(&s, w, h)
		rows, scroll, v := p.doc.Rows(), p.doc.Scroll(), p.doc.Viewport()
		list := p.g.List(rows.Len())
		pins := layout.NewPins(rows, list, scroll)
		pinned := pins.Bottom(p.g.RowPx)
		for n := scroll.Row; n < rows.Len() && list.Y(scroll, n) < list.ViewPx; n++ {
			if list.Y(scroll, n) < pinned { // behind rows that stay on top
				continue
			}
			i := rows.Span(n)
			sp := &p.trace.Spans[i]
			y := p.g.Tree.Min.Y + list.Y(scroll, n)
			at := func(ns int64) float64 {
				return float64(p.g.Zero) + float64(ns-v.Start)*float64(v.Width)/float64(v.Span())
			}
			from, to := at(sp.Start), max(at(sp.Start+sp.Dur), at(sp.Start)+float64(p.g.Px(barLeast)))
			x0, x1, drawn := drawnBar(p, &s, float32(y), p.dye.Of(i))
			lo, hi := float64(p.g.Axis.Min.X), float64(p.g.Axis.Max.X)
			if visible := to > lo+1 && from < hi-1; visible != drawn && (to < lo-1 || from > hi+1 || visible) {
				t.Fatalf("scale %v: span %d from %v to %v of %v–%v: drawn %v", scale, i, from, to, lo, hi, drawn)
			}
			if !drawn {
				continue
			}
			seen++
			tolerance := 1.0 + math.Abs(from)/1e6
			if math.Abs(x0-min(max(from, lo), hi)) > tolerance || math.Abs(x1-min(max(to, lo), hi)) > tolerance {
				t.Fatalf("scale %v: span %d is drawn from %v to %v, its times say %v to %v", scale, i, x0, x1, from, to)
			}
			x, mid := int((x0+x1)/2), y+p.g.RowPx/2
			if mid >= p.g.Axis.Max.Y || mid < p.g.Axis.Min.Y || x >= p.g.Axis.Max.X || x < p.g.Split+p.g.Line+p.g.Px(5) {
				continue
			}
			p.Hover(float32(x), float32(mid))
			if hit := p.hit(p.pointer.At); hit.Span != i || hit.Part != layout.PartBar || p.doc.Hovered() != i {
				t.Fatalf("scale %v: on the bar of span %d lies %+v", scale, i, hit)
			}
			p.Leave()
			if q, ok := p.queueOf(i); ok {
				inQueue++
				wait, _ := p.doc.Queue().Of(i)
				if a := at(wait.From); math.Abs(float64(q.X0)-min(max(a, lo), hi)) > tolerance {
					t.Fatalf("span %d: its queue begins at %d, want %v", i, q.X0, a)
				}
			}
		}
	}
	if seen < 1000 || inQueue < 10 {
		t.Errorf("%d bars and %d queues seen: the test tells little", seen, inQueue)
	}
}
