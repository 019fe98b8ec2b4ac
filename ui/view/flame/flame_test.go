package flame

import (
	"fmt"
	"image"
	"strconv"
	"strings"
	"testing"
	"time"

	"traceview/internal/document"
	"traceview/internal/model"
	"traceview/internal/query"
	"traceview/internal/scene"
	"traceview/ui/canvasview"
	"traceview/ui/look"
	"traceview/ui/uitest"
)

// note writes notes on spans and one on a stretch of time.
func note(p *Painter) {
	at := time.Date(2026, 11, 14, 12, 0, 0, 0, time.UTC)
	for i := range model.SpanIndex(8) {
		p.doc.WriteNote("span"+strconv.Itoa(int(i)), document.About{Span: 2 * i}, "Anna", "Look here.", at)
	}
	p.doc.WriteNote("b", document.About{Span: model.NoSpan, From: 300e6, To: 520e6, Stretch: true}, "Anna", "And here.", at)
}

// TestGolden draws the states a flame can be in.
func TestGolden(t *testing.T) {
	light, dark := look.Light, look.Dark
	order := build(t, shop())
	for _, tc := range []struct {
		name  string
		trace *model.Trace
		lang  string
		pal   func() *look.Palette
		scale float32
		w, h  int
		act   func(p *Painter)
	}{
		{"order_light", order, "en", light, 1, 1180, 320, func(p *Painter) { p.doc.Select(6); p.Hover(900, 90) }},
		{"order_dark", order, "en", dark, 1, 1180, 320, func(p *Painter) { p.doc.Select(6); p.Hover(900, 90) }},
		{"zoomed_ru", order, "ru", light, 1, 900, 260, func(p *Painter) { p.doc.Select(2); p.Key("Enter", 0) }},
		{"scale2", order, "en", dark, 2, 1600, 560, func(p *Painter) { p.doc.Select(12) }},
		{"range", order, "en", light, 1, 900, 260, func(p *Painter) { p.Press(300, 120, canvasview.Primary, 0); p.Drag(560, 140) }},
		{"notes", order, "en", light, 1, 900, 260, func(p *Painter) { note(p); p.Hover(700, 90) }},
		{"notes_dark", order, "en", dark, 2, 1600, 560, note},
		{"wide", wide(t, 5000), "en", light, 1, 900, 420, func(p *Painter) {}},
		{"synthetic_dark", synth(t, 2000), "en", dark, 1, 900, 420, func(p *Painter) { p.doc.NextError() }},
		{"empty", build(t, nil), "en", light, 1, 700, 200, func(p *Painter) {}},
		{"empty_ru", build(t, nil), "ru", dark, 1, 700, 200, func(p *Painter) {}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := newPainter(t, tc.trace, tc.lang, tc.pal(), tc.scale)
			paint(p, tc.w, tc.h) // gives the document the size of its view
			tc.act(p)
			uitest.Golden(t, tc.name, paint(p, tc.w, tc.h))
		})
	}
}

// spanNamed returns the span whose id is n.
func spanNamed(t *testing.T, p *Painter, n model.SpanID) model.SpanIndex {
	t.Helper()
	for i := range p.trace.Spans {
		if p.trace.Spans[i].ID == n {
			return model.SpanIndex(i)
		}
	}
	t.Fatalf("no span %d", n)
	return model.NoSpan
}

func TestKeys(t *testing.T) {
	for _, tc := range []struct {
		name string
		from model.SpanID
		keys string
		want model.SpanID
	}{
		{"to the parent", 7, "Up", 6},
		{"to the first child", 6, "Down", 7},
		{"to the next sibling", 7, "Right", 8},
		{"to the previous sibling", 9, "Left", 8},
		{"no sibling after the last", 9, "Right", 9},
		{"no sibling before the first", 7, "Left", 7},
		{"no child of a leaf", 9, "Down", 9},
		{"no parent of the root", 1, "Up", 1},
		{"around", 2, "Down Right Right Down Right Up Left Home", 1},
		{"next error", 5, "e", 6},
		{"error before", 6, "E", 5},
		{"nothing selected", 0, "Down", 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := newPainter(t, build(t, shop()), "en", look.Light(), 1)
			paint(p, 900, 300)
			if tc.from != 0 {
				p.doc.Select(spanNamed(t, p, tc.from))
			}
			for _, k := range strings.Fields(tc.keys) {
				p.Key(k, 0)
			}
			if got := p.trace.Spans[p.doc.Selected()].ID; got != tc.want {
				t.Errorf("selected %d, want %d", got, tc.want)
			}
		})
	}
}

// boxMiddle returns the middle of the box of a span.
func boxMiddle(t *testing.T, p *Painter, i model.SpanIndex) (x, y float32) {
	t.Helper()
	x, y, w, ok := p.place(i)
	if !ok {
		t.Fatalf("span %d is not in view", i)
	}
	return x + w/2, y + p.lanes.Height()/2
}

func TestPointer(t *testing.T) {
	p := newPainter(t, build(t, shop()), "en", look.Light(), 1)
	paint(p, 900, 300)
	upload := spanNamed(t, p, 8)
	x, y := boxMiddle(t, p, upload)
	if p.Hover(x, y); p.doc.Hovered() != upload || !p.OnBox() {
		t.Errorf("hovered %d, want %d", p.doc.Hovered(), upload)
	}
	if hint := p.Tip(x, y); hint != "PUT 3d-files/{order}/{file}\nfiles-storage · 390 ms · starts at 170 ms\n21.2% of the trace's time" {
		t.Errorf("hint %q", hint)
	}
	p.Press(x, y, canvasview.Primary, 0)
	if p.Release(x, y); p.doc.Selected() != upload {
		t.Errorf("a click selects %d, want %d", p.doc.Selected(), upload)
	}
	at := p.ruler.Time(int(x))
	if p.Scroll(0, 40, canvasview.Ctrl); p.doc.Viewport().Fitted() {
		t.Error("Ctrl and the wheel did not zoom")
	}
	paint(p, 900, 300)
	if now := p.ruler.Time(int(x)); now < at-3*ms || now > at+3*ms {
		t.Errorf("zooming moved what is under the pointer from %d to %d", at, now)
	}
	before := p.doc.Viewport()
	p.Press(x, y, canvasview.Middle, 0)
	p.Drag(x-50, y)
	p.Release(x-50, y)
	if got := p.doc.Viewport().Start - before.Start; got < int64(49*before.PerPx) || got > int64(51*before.PerPx) {
		t.Errorf("dragging 50 px panned by %d ns", got)
	}
	p.Key("0", 0)
	paint(p, 900, 300)
	from, to := p.ruler.Time(300), p.ruler.Time(500)
	p.Press(300, 200, canvasview.Primary, 0)
	p.Drag(500, 210)
	p.Release(500, 210)
	if v := p.doc.Viewport(); max(v.Start-from, from-v.Start) > 2*ms || max(v.End()-to, to-v.End()) > 2*ms {
		t.Errorf("range %d to %d shows %d to %d", from, to, v.Start, v.End())
	}
	if p.Leave(); p.doc.Hovered() != model.NoSpan {
		t.Error("something is hovered without a pointer")
	}
}

func TestScroll(t *testing.T) {
	p := newPainter(t, wide(t, 3000), "en", look.Light(), 1)
	paint(p, 900, 300)
	if p.Scroll(0, -200, 0); p.list().Px(p.scroll.Scroll) != 200 {
		t.Errorf("scrolled to %d, want 200", p.list().Px(p.scroll.Scroll))
	}
	bar := p.g.ScrollBar
	p.Press(float32(bar.Min.X+3), float32(bar.Max.Y-1), canvasview.Primary, 0)
	p.Release(float32(bar.Min.X+3), float32(bar.Max.Y-1))
	if got, end := p.list().Px(p.scroll.Scroll), p.list().Px(p.list().At(1<<30)); got != end {
		t.Errorf("the scroll bar's end is at %d, want %d", got, end)
	}
	p.Key("PageUp", 0)
	p.doc.Select(0)
	if paint(p, 900, 300); p.scroll.Row != 0 {
		t.Errorf("the root is selected and row %d on top", p.scroll.Row)
	}
}

// TestOnlyMatches holds that only matches and what led to them have boxes, and
// that keys step over the others.
func TestOnlyMatches(t *testing.T) {
	p := newPainter(t, build(t, shop()), "en", look.Light(), 1)
	paint(p, 900, 300)
	first, last := spanNamed(t, p, 7), spanNamed(t, p, 9)
	found := query.NewSet(len(p.trace.Spans))
	found.Add(first)
	found.Add(last)
	p.doc.SetMatches("x", found)
	p.doc.SetOnlyMatches(true)
	paint(p, 900, 300)
	for i := range p.trace.Spans {
		if i := model.SpanIndex(i); (p.flame.Lane(i) >= 0) != p.doc.Shown().Has(i) {
			t.Errorf("span %d is in lane %d", i, p.flame.Lane(i))
		}
	}
	p.doc.Select(first)
	for _, step := range []struct {
		key  string
		want model.SpanIndex
	}{{"Right", last}, {"Right", last}, {"Left", first}, {"Up", spanNamed(t, p, 6)}, {"Down", first}} {
		if p.Key(step.key, 0); p.doc.Selected() != step.want {
			t.Fatalf("%s selects span %d, want %d", step.key, p.doc.Selected(), step.want)
		}
	}
	p.doc.SetOnlyMatches(false)
	if paint(p, 900, 300); p.flame.Lane(spanNamed(t, p, 8)) < 0 {
		t.Error("a span is left out without a filter")
	}
}

// TestFilterFadesWhatIsNotLookedFor holds that the flame follows the filter of
// the document it shares with the waterfall.
func TestFilterFadesWhatIsNotLookedFor(t *testing.T) {
	p := newPainter(t, build(t, shop()), "en", look.Light(), 1)
	paint(p, 900, 300)
	i := spanNamed(t, p, 8)
	j := spanNamed(t, p, 12)
	found := query.NewSet(len(p.trace.Spans))
	found.Add(i)
	p.doc.SetMatches("upload", found)
	if got, want := p.colorOf(i), p.dye.Of(i); got != want {
		t.Errorf("a match is drawn as %v, want %v", got, want)
	}
	if got, want := p.colorOf(j), p.style.Palette.Faded(p.dye.Of(j)); got != want {
		t.Errorf("another span is drawn as %v, want it faded: %v", got, want)
	}
	p.doc.SetMatches("", nil)
	if got, want := p.colorOf(j), p.dye.Of(j); got != want {
		t.Errorf("without a filter a span is drawn as %v, want %v", got, want)
	}
}

// TestFrameDoesNotAllocate scrolls and zooms through 100,000 spans.
func TestFrameDoesNotAllocate(t *testing.T) {
	for name, tr := range map[string]*model.Trace{"wide": wide(t, 100_000), "synthetic": synth(t, 100_000)} {
		p := newPainter(t, tr, "en", look.Light(), 1)
		dst := image.NewRGBA(image.Rect(0, 0, 900, 420))
		k := 0
		frame := func() {
			p.Hover(700, 300)
			p.Scroll(0, float32(37*(1-2*(k/50%2))), 0)
			p.Scroll(0, float32(60*(1-2*(k/20%2))), canvasview.Ctrl)
			p.Paint(dst)
			k++
		}
		for range 400 {
			frame()
		}
		if got := testing.AllocsPerRun(200, frame); got != 0 {
			t.Errorf("%s: %v allocations a frame, want 0", name, got)
		}
	}
}

// TestSceneIsBounded holds that a frame costs what is on screen, not the trace:
// at most one operation for every few pixels of a lane.
func TestSceneIsBounded(t *testing.T) {
	for _, n := range []int{20_000, 200_000} {
		p := newPainter(t, wide(t, n), "en", look.Dark(), 1)
		var s scene.Scene
		p.Build(&s, 1280, 800)
		if most := 1280 * 40; len(s.Ops) > most {
			t.Errorf("%d operations for %d spans, want at most %d", len(s.Ops), n, most)
		}
	}
}

func BenchmarkFrame(b *testing.B) {
	for _, n := range []int{1e3, 1e5, 1e6} {
		dst := image.NewRGBA(image.Rect(0, 0, 1920, 1080))
		for name, tr := range map[string]*model.Trace{"synthetic": synth(b, n), "wide": wide(b, n)} {
			for _, bc := range []struct {
				name string
				act  func(p *Painter, k int)
			}{
				{"scroll", func(p *Painter, k int) { p.Scroll(0, float32(53*(1-2*(k/20%2))), 0) }},
				{"zoom", func(p *Painter, k int) { p.Scroll(0, float32(60*(1-2*(k/20%2))), canvasview.Ctrl) }},
				{"hover", func(p *Painter, k int) { p.Hover(float32(k*13%1800), float32(100+k*7%900)) }},
			} {
				b.Run(fmt.Sprintf("%s/%s/%d", name, bc.name, n), func(b *testing.B) {
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
			b.Run(fmt.Sprintf("%s/first/%d", name, n), func(b *testing.B) {
				style := newPainter(b, tr, "en", look.Light(), 1)
				b.ReportAllocs()
				for b.Loop() { // of a document of its own, which keeps what it laid out
					New(document.New(tr), style.style).Paint(dst)
				}
			})
		}
	}
}
