package shell

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"traceview/internal/model"
	"traceview/ui/uitest"
)

// openFind opens the trace of an order being placed and goes to its find box.
func openFind(t *testing.T) (*bench, *findBar) {
	t.Helper()
	b := newBench(t, nil)
	b.showTrace(uitest.Shop(t, 1), "")
	b.ctrl(fyne.KeyF)
	f := b.tracePage().find
	if b.focused() != fyne.Focusable(f.box) {
		t.Fatalf("Ctrl+F leads to %T, want the box to find in", b.focused())
	}
	return b, f
}

// said returns what stands beside the box.
func (f *findBar) said() string { return uitest.Words(f.panel.Build(900, findDp-1, 1)) }

func TestFindByKeyboard(t *testing.T) {
	b, f := openFind(t)
	doc := b.tracePage().doc
	doc.Select(model.NoSpan)
	shift := &fyne.KeyEvent{Name: desktop.KeyShiftLeft}
	b.write("ORDERS")
	if s := f.said(); !strings.Contains(s, "3 matches") || doc.Selected() != model.NoSpan {
		t.Fatalf("after typing it says:\n%s\nselected %d", s, doc.Selected())
	}
	for _, tt := range []struct {
		name string
		do   func()
		want model.SpanIndex
		says string
	}{
		{"Enter", func() { b.key(fyne.KeyReturn) }, 0, "1 of 3"},
		{"Enter again", func() { b.key(fyne.KeyReturn) }, 1, "2 of 3"},
		{"F3", func() { b.key(fyne.KeyF3) }, 3, "3 of 3"},
		{"round", func() { b.key(fyne.KeyF3) }, 0, "began again at the first"},
		{"Shift+Enter", func() { f.box.KeyDown(shift); b.key(fyne.KeyReturn); f.box.KeyUp(shift) }, 3, "began again at the last"},
		{"Shift+F3", func() { f.box.KeyDown(shift); b.key(fyne.KeyF3); f.box.KeyUp(shift) }, 1, "2 of 3"},
		{"F3 in the waterfall", func() { b.key(fyne.KeyDown); b.key(fyne.KeyF3) }, 3, "3 of 3"},
	} {
		tt.do()
		if s := f.said(); doc.Selected() != tt.want || !strings.Contains(s, tt.says) {
			t.Errorf("%s: span %d, says\n%s\nwant %d and %q", tt.name, doc.Selected(), s, tt.want, tt.says)
		}
	}
	if b.focused() != fyne.Focusable(b.tracePage().panes[viewWaterfall].View()) {
		t.Errorf("Down leads from the box to %T, want the waterfall", b.focused())
	}
	b.ctrl(fyne.KeyF)
	b.key(fyne.KeyEscape)
	if f.box.Text != "" || doc.Finding() || b.focused() != fyne.Focusable(f.box) {
		t.Errorf("Esc leaves %q, want an empty box that keeps the keyboard", f.box.Text)
	}
	b.key(fyne.KeyEscape)
	if b.focused() != fyne.Focusable(b.tracePage().panes[viewWaterfall].View()) || b.current != 1 {
		t.Errorf("Esc in the empty box leads to %T on page %d, want the waterfall", b.focused(), b.current)
	}
	if s := f.said(); !strings.Contains(s, "has:exception") {
		t.Errorf("nothing typed, it says:\n%s", s)
	}
}

func TestFindErrors(t *testing.T) {
	b, f := openFind(t)
	b.write("orders dur>200")
	if s := f.said(); !strings.Contains(s, "Not a duration") || !strings.Contains(s, "orders dur>") {
		t.Errorf("a duration without a unit says:\n%s", s)
	}
	b.write("ms")
	if s := f.said(); !strings.Contains(s, "2 matches") {
		t.Errorf("with its unit it says:\n%s", s)
	}
	for _, lang := range []string{"en", "ru"} {
		for _, text := range []string{`"a`, ">5", "k=", "-", "dur>x", "k>x", "kind=x", "status=x", "kind~x"} {
			f.box.set(text)
			if s := f.said(); f.bad == nil || strings.Contains(s, "find.bad") {
				t.Errorf("%s: %q says:\n%s", lang, text, s)
			}
		}
		b.ctrl(fyne.KeyG)
	}
	f.box.set("nowhere to be found")
	if s := f.said(); !strings.Contains(s, "No match") {
		t.Errorf("without a match it says:\n%s", s)
	}
}

func TestOnlyMatchesByMouse(t *testing.T) {
	b, f := openFind(t)
	doc := b.tracePage().doc
	b.write("accessdenied")
	x, y := uitest.Find(t, b.kit.Metrics, f.panel.Build(900, findDp-1, 1), "Only matches")
	uitest.Press(f.panel, x, y)
	if !doc.OnlyMatches() || doc.Rows().Len() != 3 {
		t.Fatalf("%d rows after a press, want the match with its ancestors", doc.Rows().Len())
	}
	status := newStatus(b.Shell)
	s := status.Build(1280, statusHeight, 1)
	if got := uitest.Words(s); !strings.Contains(got, "1 of 4 spans hidden") {
		t.Fatalf("the status bar says:\n%s", got)
	}
	x, y = uitest.Find(t, b.kit.Metrics, s, "1 of 4 spans hidden")
	uitest.Press(status, x, y)
	if doc.Rows().Len() != 4 || strings.Contains(uitest.Words(status.Build(1280, statusHeight, 1)), "hidden") {
		t.Errorf("%d rows after showing all, want 4", doc.Rows().Len())
	}
	if b.ctrl(fyne.KeyM); doc.Rows().Len() != 3 {
		t.Errorf("%d rows after Ctrl+M, want 3", doc.Rows().Len())
	}
}

// TestFindInBackground types into the box of a big trace and steps before the
// matches are there.
func TestFindInBackground(t *testing.T) {
	b := newBench(t, nil)
	spans := make([]uitest.Span, findAtOnce+10)
	for i := range spans {
		spans[i] = uitest.Span{ID: uint64(i + 1), Parent: uint64(i / 2), Service: "mes-api", Name: fmt.Sprintf("step %d", i), Dur: uitest.Ms}
	}
	b.showTrace(uitest.Trace(t, 1, spans...), "")
	b.until("the trace", func() bool { return b.tracePage().doc != nil })
	f, doc := b.tracePage().find, b.tracePage().doc
	b.ctrl(fyne.KeyF)
	b.write("step 4711")
	if s := f.said(); !f.slot.Busy() || !strings.Contains(s, "Looking") {
		t.Errorf("while it looks it says:\n%s", s)
	}
	b.key(fyne.KeyReturn)
	b.until("the matches", func() bool { return !f.slot.Busy() })
	if doc.Matches() != 20 || doc.MatchNumber() == 0 || !strings.Contains(doc.Trace().Name(doc.Selected()), "4711") {
		t.Errorf("%d matches, at %q", doc.Matches(), doc.Trace().Name(doc.Selected()))
	}
	b.write("x")
	b.ctrl(fyne.KeyW)
	if f.slot.Busy() {
		t.Error("a closed page goes on looking")
	}
}

func TestFindElsewhere(t *testing.T) {
	b := newBench(t, nil)
	b.ctrl(fyne.KeyF)
	if b.focused() != fyne.Focusable(b.box) {
		t.Errorf("without a trace Ctrl+F leads to %T, want the order box", b.focused())
	}
	b.key(fyne.KeyF3)
	b.ctrl(fyne.KeyM)
}
