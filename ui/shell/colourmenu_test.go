package shell

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"traceview/internal/document"
	"traceview/internal/model"
	"traceview/ui/uitest"
)

// openColours opens the menu of colours by its key and waits for the keys of
// the trace.
func openColours(b *bench) *colourMenu {
	b.t.Helper()
	p := b.tracePage()
	p.Focus()
	b.write("c")
	m := p.colours
	if m == nil || !m.open() || b.focused() != fyne.Focusable(m.view) {
		b.t.Fatal("C does not open the choice of colours with the keyboard")
	}
	b.until("the keys", func() bool { return m.keys != nil })
	b.Window.Canvas().Capture()
	return m
}

// TestColoursByKeyboard chooses by keys alone, as on a Russian layout.
func TestColoursByKeyboard(t *testing.T) {
	b := newBench(t, nil)
	openShop(b)
	p := b.tracePage()
	m := openColours(b)
	b.key(fyne.KeyDown, fyne.KeyReturn)
	if got := p.doc.ColourRule(); got.By != document.ByOperation {
		t.Errorf("the second item gives %+v", got)
	}
	b.write("status")
	b.key(fyne.KeyReturn)
	if got, want := p.doc.ColourRule(), (document.ColourRule{By: document.ByAttribute, Key: "http.response.status_code"}); got != want {
		t.Errorf("typing a key gives %+v, want %+v", got, want)
	}
	if text := uitest.Words(m.Build(680, 1240, 2)); !strings.Contains(text, "3 spans without it are grey") || !strings.Contains(text, "502") {
		t.Errorf("the legend says:\n%s", text)
	}
	b.key(fyne.KeyBackspace, fyne.KeyEscape)
	if m.typed != "" || !m.open() {
		t.Errorf("Esc with %q typed closes, or keeps it", m.typed)
	}
	b.key(fyne.KeyEscape)
	if m.open() || b.focused() != fyne.Focusable(p.canvas()) {
		t.Error("Esc does not close the menu and give the keyboard back")
	}
	b.write("с") // on a Russian layout
	if !m.open() {
		t.Error("the same key on a Russian layout does not open the menu")
	}
	p.Focus()
	if m.open() {
		t.Error("the menu stays open when the keyboard goes elsewhere")
	}
}

// TestPaletteIsKept holds that a palette chosen rules lists and later traces,
// and is remembered.
func TestPaletteIsKept(t *testing.T) {
	b := newBench(t, nil)
	openShop(b)
	m := openColours(b)
	m.series("strong")
	if len(b.saved) == 0 || b.saved[len(b.saved)-1].Palette != "strong" || b.kit.Look.Usual().Name != "strong" {
		t.Errorf("saved %+v", b.saved)
	}
	b.toggleTheme()
	if b.kit.Look.Usual().Name != "strong" || !b.kit.Look.Dark {
		t.Error("another theme has another palette")
	}
	b.showTrace(uitest.Shop(t, 2), "")
	if got := b.tracePage().doc.ColourRule().Palette; got != "strong" {
		t.Errorf("the next trace has the palette %q", got)
	}
}

// TestLinkSelectsItsSpan follows a link into a trace that has to be fetched.
func TestLinkSelectsItsSpan(t *testing.T) {
	b := newBench(t, nil)
	openShop(b) // its span 2 links to span 7 of trace 9
	b.tracePage().Focus()
	b.write("д") // L on a Russian layout
	call := b.nextTrace()
	call.reply <- traceReply{trace: uitest.Trace(t, 9, uitest.Span{ID: 1, Service: "mes-api", Name: "take order", Dur: 9 * uitest.Ms},
		uitest.Span{ID: 7, Parent: 1, Service: "mes-api", Name: "publish", Dur: uitest.Ms})}
	b.until("the trace", func() bool { return b.tracePage().doc != nil })
	p := b.tracePage()
	if i := p.doc.Selected(); i == model.NoSpan || p.doc.Trace().Spans[i].ID != 7 {
		t.Errorf("selected %d, want the span the link names", i)
	}
}

func TestGoldenColours(t *testing.T) {
	for _, tt := range []struct {
		name, lang string
		dark       bool
		rule       document.ColourRule
	}{
		{"colours", "en", false, document.ColourRule{}},
		{"colours_dark_ru", "ru", true, document.ColourRule{By: document.ByAttribute, Key: "order.id", Palette: "muted"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, func(o *Options) { o.Prefs.Language, o.Prefs.Dark = tt.lang, tt.dark })
			b.Window.Resize(fyne.NewSize(1280, 800))
			openShop(b)
			openColours(b)
			b.tracePage().doc.SetColourRule(tt.rule)
			b.tracePage().colours.view.Redraw()
			uitest.Golden(t, tt.name, b.Window.Canvas().Capture())
		})
	}
}
