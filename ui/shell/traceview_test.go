package shell

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"traceview/internal/analysis"
	"traceview/ui/uitest"
	"traceview/ui/xwidget"
)

// TestViewsShareTheDocument changes between waterfall and flame by keys:
// selection, stretch of time and keyboard go along.
func TestViewsShareTheDocument(t *testing.T) {
	b := newBench(t, nil)
	openShop(b)
	p := b.tracePage()
	selected := p.doc.Selected()
	p.doc.ZoomTo(0, p.doc.Trace().Dur/2)
	shown := p.doc.Viewport()
	b.ctrl(fyne.Key2)
	if p.view != viewFlame || b.focused() != fyne.Focusable(p.panes[viewFlame].View()) || p.main.Objects[0] != fyne.CanvasObject(p.panes[viewFlame].View()) {
		t.Fatalf("Ctrl+2 shows view %d with the keyboard at %T", p.view, b.focused())
	}
	if v := p.doc.Viewport(); p.doc.Selected() != selected || v.Start != shown.Start || v.Span() < shown.Span()*99/100 || v.Span() > shown.Span()*101/100 {
		t.Errorf("span %d and %+v are shown, want span %d and %+v", p.doc.Selected(), v, selected, shown)
	}
	b.key(fyne.KeyUp)
	parent := p.doc.Trace().Spans[selected].Parent
	if p.doc.Selected() != parent {
		t.Errorf("Up in the flame selects %d, want the parent %d", p.doc.Selected(), parent)
	}
	made := p.panes[viewFlame]
	b.ctrl(fyne.Key1)
	if p.view != viewWaterfall || b.focused() != fyne.Focusable(p.panes[viewWaterfall].View()) || p.doc.Selected() != parent {
		t.Errorf("Ctrl+1 shows view %d with span %d selected, want %d", p.view, p.doc.Selected(), parent)
	}
	if b.ctrl(fyne.Key2); p.panes[viewFlame] != made {
		t.Error("the flame was laid out anew")
	}
}

// TestMergedFlameInTheWindow goes to the merged flame by its key and through it
// by others, on a Russian layout too.
func TestMergedFlameInTheWindow(t *testing.T) {
	b := newBench(t, nil)
	openShop(b)
	p := b.tracePage()
	if b.ctrl(fyne.Key3); p.view != viewMerged || b.focused() != fyne.Focusable(p.panes[viewMerged].View()) {
		t.Fatalf("Ctrl+3 shows view %d", p.view)
	}
	m, v := p.doc.Merged(), p.panes[viewMerged].View()
	v.TypedRune('2')
	if m.Weight() != analysis.SelfTime {
		t.Errorf("2 weighs by %v", m.Weight())
	}
	b.key(fyne.KeyReturn)
	if m.Zoomed() != m.Call() || m.Call() < 0 {
		t.Errorf("Enter zooms to %d, want %d", m.Zoomed(), m.Call())
	}
	p.fit()
	if m.Zoomed() != -1 {
		t.Error("the button does not show the whole trace")
	}
	v.TypedRune('ы') // the key of s
	if m.Sandwich() == nil {
		t.Error("S does not show callers and callees")
	}
	pages := len(b.pages)
	b.key(fyne.KeyEscape)
	if m.Sandwich() != nil || len(b.pages) != pages {
		t.Error("Esc does not lead out of callers and callees alone")
	}
}

// TestHeadKeepsTheName names the trace and offers what the view has, however
// narrow the window is.
func TestHeadKeepsTheName(t *testing.T) {
	b := newBench(t, nil)
	openShop(b)
	b.toggleLanguage()
	p := b.tracePage()
	head := xwidget.NewPanel(b.kit)
	head.Content = p.drawHead
	for _, tt := range []struct {
		name        string
		width       int
		view        traceView
		says, lacks string
	}{
		{"wide", 1400, viewWaterfall, "Свернуть всё", ""},
		{"narrow", 900, viewWaterfall, "Следующая ошибка", "Свернуть всё"},
		{"statistics have no axis", 1400, viewStats, "Статистика", "Вся трасса"},
		{"nor have events", 1400, viewEvents, "События", "Вся трасса"},
	} {
		b.showView(tt.view)
		said := uitest.Words(head.Build(tt.width, headDp, 1))
		if !strings.Contains(said, p.Title()) || !strings.Contains(said, tt.says) {
			t.Errorf("%s: it says\n%s\nwant %q and %q", tt.name, said, p.Title(), tt.says)
		}
		if tt.lacks != "" && strings.Contains(said, tt.lacks) {
			t.Errorf("%s: it says\n%s\nwant no %q", tt.name, said, tt.lacks)
		}
	}
}

// TestSwitchKeepsItsPlace holds that the switch between the views stands still while
// a person goes through them, whatever buttons each has.
func TestSwitchKeepsItsPlace(t *testing.T) {
	b := newBench(t, nil)
	openShop(b)
	p := b.tracePage()
	for _, width := range []int{900, 1280, 1920} {
		var first float32
		for v := range traceViews {
			b.showView(traceView(v))
			head, left := xwidget.NewPanel(b.kit), float32(0)
			head.Content = func(c *xwidget.Canvas, y, w float32) float32 {
				left = p.drawControls(c, w-c.D(20), y, w/3)
				return c.D(headDp)
			}
			head.Build(width, headDp, 1)
			if v == 0 {
				first = left
			}
			if left != first {
				t.Errorf("%d wide: the switch is at %v in view %d, at %v in the first", width, left, v, first)
			}
		}
	}
}

// TestWindowFitsSmallScreens bounds the least width of the window.
func TestWindowFitsSmallScreens(t *testing.T) {
	b := newBench(t, nil)
	openShop(b)
	if w := b.Window.Canvas().Content().MinSize().Width; w > 900 {
		t.Errorf("the window is at least %v wide, want 900 to do", w)
	}
}

// TestKeyOfTheMergedFlameElsewhere holds that Ctrl+3 searches 30 days where no
// trace is shown.
func TestKeyOfTheMergedFlameElsewhere(t *testing.T) {
	b := newBench(t, nil)
	b.ctrl(fyne.Key3)
	if got := b.days(); got != 30 {
		t.Errorf("%d days are searched, want 30", got)
	}
}

// TestViewKeysElsewhere holds that the keys of the views do nothing on a page
// without any.
func TestViewKeysElsewhere(t *testing.T) {
	b := newBench(t, nil)
	b.ctrl(fyne.Key2)
	b.openTrace(uitest.TraceID(1))
	call := b.nextTrace()
	b.ctrl(fyne.Key2)
	p := b.tracePage()
	if p.doc != nil || p.panes[viewFlame] != nil {
		t.Error("a trace that is still fetched has a view")
	}
	call.reply <- traceReply{trace: uitest.Shop(t, 1)}
	b.until("the trace", func() bool { return p.doc != nil })
	if p.view != viewWaterfall {
		t.Error("a trace just fetched is not shown as a waterfall")
	}
}

// TestHeadKeepsItsTitle holds that in a narrow window buttons go before the
// title does, the one that ends reading last of all, and that each view has its own.
func TestHeadKeepsItsTitle(t *testing.T) {
	for _, tt := range []struct {
		lang  string
		view  traceView
		w     int
		there string
		gone  string
	}{
		{"en", viewWaterfall, 1280, "Collapse all", ""},
		{"en", viewWaterfall, 900, "Next error", "Collapse all"},
		{"ru", viewWaterfall, 1400, "Свернуть всё", ""},
		{"ru", viewWaterfall, 900, "Следующая ошибка", "Свернуть всё"},
		{"en", viewMerged, 1280, "Whole trace", "Collapse all"},
		{"en", viewStats, 1280, "Next error", "Whole trace"},
		{"en", viewGraph, 1280, "Next error", "Whole trace"},
		{"en", viewEvents, 1280, "Next error", "Whole trace"},
	} {
		b := newBench(t, func(o *Options) { o.Prefs.Language = tt.lang })
		openShop(b)
		p := b.tracePage()
		p.show(tt.view)
		words := uitest.Words(b.panel(p.drawHead).Build(tt.w, headDp, 1))
		for _, want := range []string{"POST /orders", "internet-shop", tt.there} {
			if !strings.Contains(words, want) {
				t.Errorf("%s, view %d, %d wide: no %q in\n%s", tt.lang, tt.view, tt.w, want, words)
			}
		}
		if tt.gone != "" && strings.Contains(words, tt.gone) {
			t.Errorf("%s, view %d, %d wide: %q is there", tt.lang, tt.view, tt.w, tt.gone)
		}
	}
	b := newBench(t, func(o *Options) { o.Prefs.Language = "ru" })
	arriving(b)
	if words := uitest.Words(b.panel(b.tracePage().drawHead).Build(700, headDp, 1)); !strings.Contains(words, b.kit.Words.T("action.cancel")) {
		t.Errorf("reading cannot be ended:\n%s", words)
	}
}
