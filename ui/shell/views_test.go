package shell

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"traceview/internal/savedview"
	"traceview/ui/uitest"
)

// viewNames returns the names of the views kept, the newest first.
func (b *bench) viewNames() (names []string) {
	for _, v := range b.Shell.views.list {
		names = append(names, v.Name)
	}
	return names
}

func TestSavedViews(t *testing.T) {
	book := newFakeNotebook()
	b := newBench(t, func(o *Options) { o.Notebook, o.Library = book, nil })
	b.Prefs.Author = "Anna"
	b.ctrl(fyne.KeyS)
	if b.current != 0 || !strings.Contains(b.notice, "nothing to save") {
		t.Errorf("with nothing open page %d says %q", b.current, b.notice)
	}
	b.search("10472").reply <- searchReply{found: found("10472", 2)}
	b.until("the answer", func() bool { return !b.orderPage().slot.Busy() })
	for n := byte(2); n >= 1; n-- {
		b.show(1)
		b.openTrace(uitest.TraceID(n))
		b.nextTrace().reply <- traceReply{trace: map[byte]traceReply{1: {trace: full(t)}, 2: {trace: traceOf(t, 2)}}[n].trace}
		b.until("the trace", func() bool { return b.tracePage().doc != nil })
	}
	want := b.changed().savedView()
	b.ctrl(fyne.KeyS)
	p, ok := b.pages[b.current].(*viewsPage)
	if !ok || b.focused() != fyne.Focusable(p.box) || p.box.Text != "POST /orders" {
		t.Fatalf("Ctrl+S leads to %T with %T", b.pages[b.current], b.focused())
	}
	b.write("Why it waits") // in the place of what is suggested
	b.key(fyne.KeyReturn)
	if b.tracePage().id != uitest.TraceID(1) || !strings.Contains(b.notice, "Why it waits") || !slices.Equal(b.viewNames(), []string{"Why it waits"}) {
		t.Fatalf("after saving page %d says %q; kept %q", b.current, b.notice, b.viewNames())
	}
	b.kept()

	other := newBench(t, func(o *Options) { o.Notebook, o.Library = book, nil })
	other.ctrlShift(fyne.KeyS)
	other.until("the views", func() bool { return len(other.viewNames()) == 1 })
	if s := uitest.Words(other.pages[other.current].(*viewsPage).panel.Build(1000, 600, 1)); !strings.Contains(s, "Why it waits") || !strings.Contains(s, "Anna") || !strings.Contains(s, "2 traces") {
		t.Errorf("the list says:\n%s", s)
	}
	other.key(fyne.KeyDown, fyne.KeyReturn)
	if c := other.nextSearch(); c.order != "10472" {
		t.Errorf("searched for %q", c.order)
	}
	for range 2 {
		c := other.nextTrace()
		c.reply <- traceReply{trace: map[bool]traceReply{true: {trace: full(t)}, false: {trace: traceOf(t, 2)}}[c.id == uitest.TraceID(1)].trace}
	}
	q := other.tracePage()
	other.until("both traces", func() bool { return q.doc != nil && q.wanted == nil })
	got := other.savedView()
	if got.Active != uitest.TraceID(1).String() || len(got.Traces) != 2 || got.Order != "10472" {
		t.Errorf("it shows %+v", got)
	}
	if again := q.savedView(); again.View != want.View || again.Filter != want.Filter || *again.Shown != *want.Shown || *again.Selected != *want.Selected {
		t.Errorf("the trace is seen as %+v, want %+v", again, want)
	}
}

func TestSavedViewsAreRenamedAndDeleted(t *testing.T) {
	book := newFakeNotebook()
	for _, name := range []string{"first", "second"} {
		book.views = append([]KeptView{{ID: name, View: savedview.View{Name: name, Traces: []savedview.Trace{}}}}, book.views...)
	}
	b := newBench(t, func(o *Options) { o.Notebook, o.Library = book, nil })
	b.showViews()
	b.until("the views", func() bool { return len(b.viewNames()) == 2 })
	p := b.pages[b.current].(*viewsPage)
	seen := func() { p.panel.Build(1000, 600, 1) }
	seen()
	b.key(fyne.KeyDown, fyne.KeyF2)
	b.write("renamed")
	b.key(fyne.KeyReturn)
	if b.pages[b.current] != page(p) || !slices.Equal(b.viewNames(), []string{"renamed", "first"}) {
		t.Errorf("renamed to %q", b.viewNames())
	}
	seen()
	b.key(fyne.KeyDelete)
	if !slices.Equal(b.viewNames(), []string{"first"}) {
		t.Errorf("after Delete %q is left", b.viewNames())
	}
	seen()
	p.panel.Sel = 0
	b.key(fyne.KeyReturn) // brings it back
	if !slices.Equal(b.viewNames(), []string{"renamed", "first"}) {
		t.Errorf("brought back: %q", b.viewNames())
	}
	b.kept()
	if len(book.views) != 2 || !slices.ContainsFunc(book.views, func(v KeptView) bool { return v.Name == "renamed" }) {
		t.Errorf("kept %+v", book.views)
	}
	seen()
	b.key(fyne.KeyF2)
	b.key(fyne.KeyEscape)
	if p.naming != nil || b.focused() != fyne.Focusable(p.view) {
		t.Errorf("after Esc naming %v, %T has the keyboard", p.naming, b.focused())
	}
}
