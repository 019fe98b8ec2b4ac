package shell

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"traceview/internal/document"
	"traceview/internal/model"
	"traceview/ui/uitest"
)

// orphaned is the shop's trace whose middle has not arrived: two steps whose caller is
// missing; with it where whole.
func orphaned(tb testing.TB, whole bool) *model.Trace {
	tb.Helper()
	spans := []uitest.Span{
		{ID: 1, Service: "internet-shop", Name: "POST /orders", Dur: 1840 * uitest.Ms},
		{ID: 3, Parent: 2, Service: "files-storage", Name: "PUT file", Start: 92 * uitest.Ms, Dur: 310 * uitest.Ms},
		{ID: 4, Parent: 2, Service: "shop-db", Name: "INSERT", Start: 1104 * uitest.Ms, Dur: 18 * uitest.Ms},
	}
	if whole {
		spans = append(spans, uitest.Span{ID: 2, Parent: 1, Service: "shop-api", Name: "POST /orders", Start: 24 * uitest.Ms, Dur: 1790 * uitest.Ms})
	}
	return uitest.Trace(tb, 1, spans...)
}

// hintsSay returns what the hints say, painted.
func (b *bench) hintsSay() string { return uitest.Words(b.tracePage().hints.panel.Build(1280, 400, 1)) }

func TestHintsUnfold(t *testing.T) {
	b := newBench(t, nil)
	b.showTrace(orphaned(t, false), "cut.json")
	p := b.tracePage()
	b.until("the hints", func() bool { return p.hints.known })
	if got := b.says(); !strings.Contains(got, "1 hint") {
		t.Errorf("the head says %s", got)
	}
	b.write("q")
	if !p.hints.open || p.hints.object.MinSize().Height < 60 {
		t.Fatal("the hints stay folded")
	}
	got := b.hintsSay()
	for _, want := range []string{"2 steps without their caller", "All of them name the same caller", "Show"} {
		if !strings.Contains(got, want) {
			t.Errorf("nothing says %q in %s", want, got)
		}
	}
	if strings.Contains(got, "Fetch again\n") {
		t.Error("what is from a file is to be fetched")
	}
	for _, want := range []string{"PUT file", "INSERT", "PUT file"} {
		b.key(fyne.KeyReturn)
		if p.doc.Trace().Name(p.doc.Selected()) != want {
			t.Errorf("Enter leads to %q, want %q", p.doc.Trace().Name(p.doc.Selected()), want)
		}
	}
	b.key(fyne.KeyEscape)
	if p.hints.open {
		t.Error("Esc does not fold them")
	}
	if p.hints.check(); len(p.hints.list) > 0 {
		t.Error("while another trace is looked at, hints about the one before are shown")
	}
	b.until("the hints", func() bool { return len(p.hints.list) > 0 })
}

func TestFetchAgainShowsWhatIsNew(t *testing.T) {
	b := newBench(t, nil)
	b.openTrace(uitest.TraceID(1))
	b.nextTrace().reply <- traceReply{trace: orphaned(t, false)}
	p := b.tracePage()
	b.until("the hints", func() bool { return p.hints != nil && p.hints.known })
	b.write("q")
	if got := b.hintsSay(); !strings.Contains(got, "still being written") || !strings.Contains(got, "Fetch again") {
		t.Errorf("of a young trace: %s", got)
	}
	p.doc.SelectBar(2)
	p.doc.ZoomTo(500*uitest.Ms, 1500*uitest.Ms)
	p.keepNote("a", document.About{Span: 2}, "look at this")
	view := p.doc.Viewport()

	b.key(fyne.KeyF5)
	b.nextTrace().reply <- traceReply{err: errDown}
	b.until("the answer", func() bool { return !p.slot.Busy() })
	if !strings.Contains(b.notice, "jaeger:16685") || p.doc == nil || p.hints.news != nil {
		t.Errorf("a fetch that failed says %q", b.notice)
	}

	b.key(fyne.KeyF5)
	b.nextTrace().reply <- traceReply{trace: orphaned(t, true)}
	b.until("the trace", func() bool { return !p.slot.Busy() && p.hints.known })
	if b.notice != "Fetched again: 1 new span, 1 system more" {
		t.Errorf("said %q", b.notice)
	}
	if i := p.doc.Selected(); p.doc.Trace().Name(i) != "INSERT" || len(p.doc.NotesOn(i)) != 1 || p.doc.Viewport() != view {
		t.Errorf("selected %q with %d notes, view %+v, was %+v", p.doc.Trace().Name(i), len(p.doc.NotesOn(i)), p.doc.Viewport(), view)
	}
	b.says()
	p.hints.show(0)
	if i := p.doc.Selected(); p.doc.Trace().ServiceName(i) != "shop-api" || !p.doc.Fresh(i) {
		t.Errorf("what is new is %q", p.doc.Trace().Name(i))
	}

	b.key(fyne.KeyF5)
	b.nextTrace().reply <- traceReply{trace: orphaned(t, true)}
	b.until("the trace", func() bool { return !p.slot.Busy() })
	if b.notice != "Fetched again: nothing new" || p.doc.Fresh(p.doc.Selected()) {
		t.Errorf("said %q", b.notice)
	}
}
