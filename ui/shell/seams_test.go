package shell

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"traceview/internal/model"
	"traceview/internal/query"
	"traceview/ui/uitest"
)

// whole lets the file of an opening be read to its end.
func (b *bench) whole(o *opening) {
	b.t.Helper()
	p := b.tracePage()
	o.reply <- openReply{traces: []*model.Trace{full(b.t)}}
	b.until("the whole", func() bool { return !p.slot.Busy() })
}

// TestPaletteOverATraceThatArrives holds that the palette, open while the whole
// takes the place of the first spans, leads to spans of the whole and gives the
// keyboard to what is there then.
func TestPaletteOverATraceThatArrives(t *testing.T) {
	b := newBench(t, nil)
	o := arriving(b)
	p := b.tracePage()
	b.typePalette("POST /deals")
	b.whole(o)
	b.until("its operations", func() bool { return !b.palette.read.Busy() && !b.palette.pick.Busy() })
	if !b.palette.object.Visible() || b.palette.ops == nil || b.palette.ops.trace != p.doc.Trace() {
		t.Fatal("the palette does not go by the new document")
	}
	if b.key(fyne.KeyReturn); b.selectedName() != "POST /deals" {
		t.Errorf("Enter leads to %q", b.selectedName())
	}
	if b.focused() != fyne.Focusable(p.canvas()) {
		t.Errorf("the keyboard is at %T", b.focused())
	}
	if b.closePage(b.current); b.palette.ops != nil {
		t.Error("the palette keeps the trace of a closed tab")
	}
}

// TestWordsOfATraceThatArrives holds that completion and the choice of colours go
// by the whole once it is there, and that words that come late do no harm.
func TestWordsOfATraceThatArrives(t *testing.T) {
	b := newBench(t, nil)
	o := arriving(b)
	p := b.tracePage()
	openColours(b)
	m := p.colours
	m.Build(340, 600, 1)
	b.ctrl(fyne.KeyF)
	f := p.find
	b.until("the words", func() bool { return f.help.vocab != nil })
	b.write("service=")
	p.toggleColours()
	b.whole(o)
	b.until("the words of the whole", func() bool { return m.keys != nil && !m.slot.Busy() })
	if text := uitest.Words(m.Build(340, 900, 1)); !strings.Contains(text, "file-storage") {
		t.Errorf("the legend lacks a service of the whole:\n%s", text)
	}
	b.ctrl(fyne.KeyF)
	b.until("the words", func() bool { return f.help.vocab != nil && !f.help.of.Busy() })
	if f.help.trace != p.doc.Trace() {
		t.Error("completion is that of the first spans")
	}
	f.box.set("service=file")
	if f.offer(); b.ways.Len() != 1 {
		t.Errorf("%d services are offered, want the one that came late", b.ways.Len())
	}
}

// TestPaletteOverTheColours holds that the palette, opened from the choice of
// colours, gives the keyboard back to the page.
func TestPaletteOverTheColours(t *testing.T) {
	b := newBench(t, nil)
	openShop(b)
	m := openColours(b)
	b.ctrl(fyne.KeyK)
	if b.key(fyne.KeyEscape); m.open() || b.focused() != fyne.Focusable(b.tracePage().canvas()) {
		t.Errorf("the menu is open %v, the keyboard at %T", m.open(), b.focused())
	}
}

// TestEscapeGoesStepByStep presses Esc with everything on that it ends.
func TestEscapeGoesStepByStep(t *testing.T) {
	b := newBench(t, nil)
	openShop(b)
	p := b.tracePage()
	p.find.box.set("order")
	p.doc.MeasureSelected()
	b.Window.Canvas().Focus(p.sideV)
	for _, want := range []string{"\"order\" on page 1", "\"\" on page 1", "\"\" on page 0"} {
		b.key(fyne.KeyEscape)
		got := fmt.Sprintf("%q on page %d", p.find.box.Text, b.current)
		if _, on := p.doc.Measured(); on || got != want {
			t.Errorf("Esc leaves %s, measuring %v, want %s", got, on, want)
		}
	}
}

// TestHintsKeepToTheLanguage holds that nothing is left in the status bar of the
// language before.
func TestHintsKeepToTheLanguage(t *testing.T) {
	b := newBench(t, nil)
	openShop(b)
	b.copyText("x")
	b.kit.Hint("in English")
	b.ctrl(fyne.KeyG)
	if s := b.statusText(); s != b.pages[b.current].Status() {
		t.Errorf("the status bar says %q", s)
	}
}

// TestMergedKeyWhileATraceIsFetched holds that the key of the merged flame does
// not change how far back a search looks there.
func TestMergedKeyWhileATraceIsFetched(t *testing.T) {
	b := newBench(t, nil)
	b.openTrace(uitest.TraceID(1))
	b.nextTrace()
	if b.ctrl(fyne.Key3); b.days() != 7 {
		t.Errorf("a search looks %d days back", b.days())
	}
	b.show(0)
	if b.ctrl(fyne.Key3); b.days() != 30 {
		t.Errorf("elsewhere a search looks %d days back", b.days())
	}
}

// TestAFilterOfATraceThatArrivesIsNoStep holds that looking for the same in the
// whole leaves nothing to go back to, whether it is found at once or later.
func TestAFilterOfATraceThatArrivesIsNoStep(t *testing.T) {
	for _, late := range []bool{false, true} {
		b := newBench(t, nil)
		o := arriving(b)
		p := b.tracePage()
		b.typeFind("orders")
		b.whole(o)
		if late {
			filter, _ := query.Parse("orders")
			set, err := filter.Match(t.Context(), p.doc.Trace())
			p.doc.SetMatches("", nil)
			p.find.renewed = true
			p.find.found("orders", set, err)
		}
		b.goBack()
		if n := p.doc.Matches(); n != 2 || b.current != 0 {
			t.Errorf("late %v: going back leaves %d matches, on page %d", late, n, b.current)
		}
	}
}
