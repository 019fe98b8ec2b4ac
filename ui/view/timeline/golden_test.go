package timeline

import (
	"testing"
	"time"

	"traceview/internal/document"
	"traceview/internal/model"
	"traceview/internal/query"
	"traceview/ui/canvasview"
	"traceview/ui/look"
	"traceview/ui/uitest"
)

// TestGolden draws the states a waterfall can be in.
func TestGolden(t *testing.T) {
	light, dark := look.Light, look.Dark
	for _, tc := range []struct {
		name  string
		specs []spanSpec
		lang  string
		pal   func() *look.Palette
		scale float32
		w, h  int
		act   func(p *Painter)
	}{
		{"order_light", shop(), "en", light, 1, 1180, 520, func(p *Painter) { p.doc.Select(6) }},
		{"order_dark", shop(), "en", dark, 1, 1180, 520, func(p *Painter) { p.doc.Select(6) }},
		{"order_ru", shop(), "ru", light, 1, 900, 420, func(p *Painter) { p.Hover(640, 170) }},
		{"order_dark_ru", shop(), "ru", dark, 1, 900, 420, func(p *Painter) { p.doc.Select(12); p.Hover(500, 200) }},
		{"order_scale2", shop(), "en", light, 2, 1800, 840, func(p *Painter) { p.doc.Select(6) }},
		{"zoomed", shop(), "en", light, 1, 900, 420, func(p *Painter) { p.doc.Select(6); p.Key("z", 0); p.Hover(560, 100) }},
		{"collapsed", shop(), "en", light, 1, 900, 420, func(p *Painter) { p.doc.ToggleCollapse(5); p.doc.ToggleCollapse(12); p.doc.Select(12) }},
		{"collapsed_dark", shop(), "en", dark, 1, 900, 260, func(p *Painter) { p.doc.ExpandTo(1) }},
		{"range", shop(), "en", light, 1, 900, 420, func(p *Painter) { p.Press(500, 120, canvasview.Primary, 0); p.Drag(660, 140) }},
		{"odd", odd(), "en", light, 1, 900, 260, func(p *Painter) {}},
		{"odd_dark", odd(), "en", dark, 1, 900, 260, func(p *Painter) { p.doc.Select(2) }},
		{"deep", chain(60), "en", light, 1, 900, 420, func(p *Painter) { p.doc.Select(50) }},
		{"wide", wide(5000), "en", light, 1, 900, 420, func(p *Painter) { p.doc.Select(2600) }},
		{"sorted", shop(), "en", light, 1, 900, 420, func(p *Painter) { p.doc.Select(12); p.Key("S", 0) }},
		{"sorted_dark_ru", shop(), "ru", dark, 1, 900, 420, func(p *Painter) { p.doc.SetSort(2); p.Hover(140, 54) }},
		{"pinned", shop(), "en", light, 1, 900, 300, func(p *Painter) { p.doc.ScrollBy(15*22 + 9); p.Hover(200, 80) }},
		{"pinned_dark", shop(), "en", dark, 1, 900, 300, func(p *Painter) { p.doc.Select(15); p.doc.ScrollBy(1000) }},
		{"pinned_pushed", wide(300), "en", light, 2, 1800, 560, func(p *Painter) { p.doc.ScrollBy(41*44 + 12) }},
		{"names", longNames(), "en", light, 1, 900, 260, func(p *Painter) { p.doc.Select(1) }},
		{"days_scale15", days(), "ru", light, 1.5, 1200, 240, func(p *Painter) { p.doc.ZoomTo(30*3600e9, 62*3600e9); p.Hover(800, 150) }},
		{"one", shop()[:1], "en", light, 1, 900, 260, func(p *Painter) {}},
		{"empty", nil, "en", light, 1, 900, 260, func(p *Painter) {}},
		{"empty_ru", nil, "ru", dark, 1, 900, 260, func(p *Painter) {}},
		{"minimap", wide(3000), "en", light, 1, 1180, 300, func(p *Painter) { p.doc.ZoomTo(300*ms, 1300*ms); p.Hover(200, 20) }},
		{"minimap_dark", wide(3000), "en", dark, 1, 1180, 300, func(p *Painter) { p.doc.ZoomTo(300*ms, 1300*ms); p.Hover(200, 20) }},
		{"minimap_whole", shop(), "en", light, 2, 1800, 600, func(p *Painter) { p.Hover(400, 40) }},
		{"no_match", shop(), "en", light, 1, 900, 260, func(p *Painter) { onlyMatches(p) }},
		{"no_match_dark_ru", shop(), "ru", dark, 1, 900, 260, func(p *Painter) { onlyMatches(p) }},
		{"folded_match", shop(), "en", light, 1, 900, 260, func(p *Painter) {
			p.doc.ToggleCollapse(2)
			p.doc.ToggleCollapse(9)
			onlyMatches(p, 2, 9, 11)
		}},
		{"notes", shop(), "en", light, 1, 900, 420, func(p *Painter) { note(p, 6, "Anna", "The storage answered 403."); p.Hover(120, 214) }},
		{"notes_dark_ru", shop(), "ru", dark, 1, 900, 420, func(p *Painter) {
			note(p, 6, "", "Хранилище ответило 403")
			p.doc.ToggleCollapse(5)
		}},
		{"narrow", shop(), "en", light, 1, 420, 300, func(p *Painter) {}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := newPainter(t, build(t, tc.specs), tc.lang, tc.pal(), tc.scale)
			paint(p, tc.w, tc.h) // gives the document the size of its view
			tc.act(p)
			uitest.Golden(t, tc.name, paint(p, tc.w, tc.h))
		})
	}
}

// note writes a note on a span and one on a stretch of time.
func note(p *Painter, i model.SpanIndex, author, text string) {
	at := time.Date(2026, 11, 14, 12, 0, 0, 0, time.UTC)
	p.doc.WriteNote("a", document.About{Span: i}, author, text, at)
	p.doc.WriteNote("b", document.About{Span: model.NoSpan, From: 300 * ms, To: 520 * ms, Stretch: true}, author, text, at)
}

// onlyMatches leaves only the given spans and what led to them.
func onlyMatches(p *Painter, matches ...model.SpanIndex) {
	set := query.NewSet(len(p.trace.Spans))
	for _, i := range matches {
		set.Add(i)
	}
	p.doc.SetMatches("x", set)
	p.doc.SetOnlyMatches(true)
}
