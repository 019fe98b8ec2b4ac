package shell

import (
	"context"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"traceview/assets"
	"traceview/internal/analysis/trail"
	"traceview/internal/model"
	"traceview/ui/canvasview"
	"traceview/ui/uitest"
)

// checkShop checks the trail by a map with a key not agreed on, a system that sends
// nothing, and a way that nobody goes.
func checkShop(ctx context.Context, traces []*model.Trace) (*trail.Report, error) {
	text := strings.NewReplacer(
		`"services": ["mes-api"], "order_keys": ["order_id"]`, `"services": ["mes-api"]`,
		`{"name": "shop-db"`, `{"name": "billing-api", "services": ["billing-api"]}, {"name": "shop-db"`,
		`{"from": "mes-api", "to": "mes-db"}`, `{"from": "mes-api", "to": "mes-db"}, {"from": "shop-api", "to": "mes-db"}`,
	).Replace(string(assets.ShopMap))
	m, err := trail.ReadMap([]byte(text))
	if err != nil {
		return nil, err
	}
	return trail.Check(ctx, traces, trail.Options{Map: m})
}

// coveragePage returns the page of the trail check in front, once it is done.
func (b *bench) coveragePage() *coveragePage {
	b.t.Helper()
	p, ok := b.pages[b.current].(*coveragePage)
	if !ok {
		b.t.Fatalf("%q is in front", b.pages[b.current].Title())
	}
	b.until("the check", func() bool { return p.known && !p.check.Busy() })
	b.Window.Canvas().Capture()
	return p
}

func TestCoveragePictures(t *testing.T) {
	lib := busyShop(t, 40)
	for _, tt := range []struct {
		name, lang string
		dark       bool
		w, h       float32
		end        bool // scrolled to it
	}{
		{"coverage", "en", false, 1280, 800, false},
		{"coverage_end_dark_ru", "ru", true, 1280, 800, true},
		{"coverage_narrow_ru", "ru", false, 800, 620, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			lib.opens = make(chan openedLibrary, 1)
			lib.opens <- openedLibrary{kept: true}
			b := newBench(t, func(o *Options) {
				o.Library, o.Prefs.Language, o.Prefs.Dark, o.CheckTrail = lib, tt.lang, tt.dark, checkShop
			})
			b.until("the library", func() bool { return b.shelf.open && !b.shelf.recovers.Busy() })
			b.Window.Resize(fyne.NewSize(tt.w, tt.h))
			b.showCoverage()
			p := b.coveragePage()
			if tt.end {
				p.panel.Handle(canvasview.Event{Kind: canvasview.Scroll, DY: -4000})
				p.view.Redraw()
			}
			uitest.Golden(t, tt.name, b.Window.Canvas().Capture())
		})
	}
}

func TestFromABreakToItsSpan(t *testing.T) {
	b := newLibraryBench(t, busyShop(t, 8), openedLibrary{kept: true})
	b.CheckTrail = checkShop
	b.showCoverage()
	p := b.coveragePage()
	r := p.shown.State.Report
	if r == nil || len(r.Findings) == 0 || len(p.shown.State.Lines) != len(r.Findings) {
		t.Fatalf("report %+v in %d lines", r, len(p.shown.State.Lines))
	}
	b.key(fyne.KeyDown, fyne.KeyReturn)
	b.until("the trace", func() bool {
		tp, ok := b.pages[b.current].(*tracePage)
		return ok && tp.doc != nil
	})
	tp := b.tracePage()
	at := r.Findings[0].Examples[0]
	want := p.traces[at.Trace]
	if got := tp.doc.Trace(); got.ID != want.ID || got.Spans[tp.doc.Selected()].ID != want.Spans[at.Span].ID {
		t.Errorf("trace %s, span %s in front, want %s, %s", got.ID, got.Spans[tp.doc.Selected()].ID, want.ID, want.Spans[at.Span].ID)
	}
	b.key(fyne.KeyEscape)
	b.coveragePage()
	p.copyWhere(p.shown.State.Lines[0].Where)
	if got := fyne.CurrentApp().Clipboard().Content(); !strings.Contains(got, "#"+r.Findings[0].Kind.Anchor()) {
		t.Errorf("copied %q", got)
	}
}

func TestTrailCheckWithoutTraces(t *testing.T) {
	b := newLibraryBench(t, newFakeLibrary(), openedLibrary{kept: true})
	b.CheckTrail = checkShop
	b.showCoverage()
	if p := b.coveragePage(); p.shown.State.Report != nil || p.shown.State.Empty[1] == "" {
		t.Errorf("nothing to look at: %+v", p.shown.State)
	}
}
