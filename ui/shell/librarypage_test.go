package shell

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"traceview/internal/model"
	"traceview/ui/uitest"
)

// shelved is a library of n traces, of which the first is of order 10472.
func shelved(t testing.TB, n int) *fakeLibrary {
	lib := newFakeLibrary()
	for i := range n {
		number := "10472"
		if i > 0 {
			number = "20" + string(rune('0'+i%10))
		}
		tr := uitest.Shop(t, byte(i+1))
		if i%2 == 1 {
			tr = full(t)
			tr.ID = uitest.TraceID(byte(i + 1))
		}
		lib.add(tr, number)
	}
	lib.usage = KeptUsage{Traces: n, Bytes: 35e6}
	return lib
}

// inLibrary returns a bench that shows the page of a library.
func inLibrary(t testing.TB, lib *fakeLibrary) (*bench, *libraryPage) {
	t.Helper()
	b := newLibraryBench(t, lib, openedLibrary{kept: true})
	b.ctrlShift(fyne.KeyL)
	p := b.shelf.page
	b.settled(p)
	return b, p
}

// settled waits until the page of the library shows what there is.
func (b *bench) settled(p *libraryPage) {
	b.t.Helper()
	b.until("the library", func() bool { return !p.find.Busy() && !p.change.Busy() && !b.shelf.usages.Busy() && !p.naming.Busy() })
}

// list returns what the page of the library says.
func (b *bench) listed(p *libraryPage) string { return uitest.Words(p.list.Build(1280, 600)) }

func TestEveryWholeTraceIsKept(t *testing.T) {
	lib := newFakeLibrary()
	b := newLibraryBench(t, lib, openedLibrary{kept: true})
	kept := func() []string {
		lib.mu.Lock()
		defer lib.mu.Unlock()
		return slices.Clone(lib.sources)
	}
	b.openTrace(uitest.TraceID(1))
	b.nextTrace().reply <- traceReply{trace: full(t)}
	b.until("the trace", func() bool { return b.tracePage().doc != nil })
	if len(kept()) > 0 {
		t.Error("a trace is kept before its first frame")
	}
	b.Window.Canvas().Capture()
	b.until("it is kept", func() bool { return slices.Equal(kept(), []string{""}) })

	b.openTrace(uitest.TraceID(2))
	cut := b.nextTrace()
	cut.reply <- traceReply{trace: part(t), err: errors.New("broken off")}
	b.until("the part", func() bool { return b.tracePage().doc != nil })
	b.Window.Canvas().Capture()
	b.queue.Drain()

	o := b.openSlowly("/data/two.json")
	o.reply <- openReply{traces: []*model.Trace{full(t), uitest.Shop(t, 9)}}
	b.until("both of the file", func() bool { return slices.Equal(kept(), []string{"", "two.json", "two.json"}) })
}

func TestWhatCannotBeKeptIsToldOnce(t *testing.T) {
	lib := newFakeLibrary()
	lib.keeps = errors.New("the disk is full")
	b := newLibraryBench(t, lib, openedLibrary{kept: true})
	b.keep("a.json", full(t))
	b.until("the reason", func() bool { return strings.Contains(b.statusText(), "the disk is full") })
	b.say("")
	b.keep("b.json", full(t))
	b.until("the second", func() bool { return b.queue.Drain() > 0 })
	if s := b.statusText(); strings.Contains(s, "the disk is full") {
		t.Errorf("it is told again: %q", s)
	}
}

func TestLibraryPage(t *testing.T) {
	lib := shelved(t, 5)
	b, p := inLibrary(t, lib)
	if s := b.listed(p); strings.Count(s, "20") < 3 || !strings.Contains(s, "10472") || !strings.Contains(s, "5 traces") {
		t.Errorf("the list says:\n%s", s)
	}
	b.ctrl(fyne.KeyF)
	b.write("104")
	b.settled(p)
	if s := b.listed(p); !strings.Contains(s, "orders that begin with 104") || len(p.page.Entries) != 1 {
		t.Errorf("looking for an order it says:\n%s", s)
	}
	b.key(fyne.KeyReturn) // on to the list
	b.key(fyne.KeyReturn)
	b.until("the trace", func() bool { return b.current == 2 && b.tracePage().doc != nil })
	if tp := b.tracePage(); tp.kept != 1 || !strings.Contains(tp.Status(), "the library") || !strings.Contains(tp.Status(), "F5") {
		t.Errorf("the trace says it is %q", tp.Status())
	}
	b.key(fyne.KeyEscape)
	if b.pages[b.current] != page(p) {
		t.Fatalf("Esc leads to %T", b.pages[b.current])
	}
	b.key(fyne.KeyReturn)
	if len(b.pages) != 3 {
		t.Errorf("%d pages, want the trace opened once", len(b.pages))
	}
	b.ctrlShift(fyne.KeyL)
	if b.pages[b.current] != page(p) || len(b.pages) != 3 {
		t.Error("the library opens twice")
	}
}

// TestLibraryKeys presses the keys of the sheet on both layouts.
func TestLibraryKeys(t *testing.T) {
	for name, layout := range map[string]func(rune) rune{"latin": func(r rune) rune { return r }, "russian": onRussian} {
		t.Run(name, func(t *testing.T) {
			lib := shelved(t, 5)
			b, p := inLibrary(t, lib)
			b.press("P", layout)
			b.settled(p)
			if !p.page.Entries[0].Pinned {
				t.Error("P pins nothing")
			}
			b.press("K", layout)
			b.settled(p)
			if len(p.page.Entries) != 1 {
				t.Errorf("K leaves %d entries", len(p.page.Entries))
			}
			b.press("K", layout)
			b.press("E", layout)
			b.settled(p)
			if p.box.Text != "error" {
				t.Errorf("E makes it %q", p.box.Text)
			}
			b.press("E", layout)
			b.settled(p)
			b.key(fyne.KeySpace, fyne.KeySpace)
			b.press("L", layout)
			b.write("urgent, vip")
			b.key(fyne.KeyReturn)
			b.settled(p)
			if got := strings.Join(p.page.Entries[1].Labels, "|"); got != "urgent| vip" {
				t.Errorf("the labels are %q", got)
			}
			b.key(fyne.KeyDelete)
			b.settled(p)
			if len(p.page.Entries) != 3 {
				t.Errorf("%d entries after two were deleted", len(p.page.Entries))
			}
			if s := b.panelWords(p); !strings.Contains(s, "2 traces deleted") || !strings.Contains(s, "Undo") {
				t.Errorf("above the list it says:\n%s", s)
			}
			b.Window.Canvas().Unfocus()
			b.Window.Canvas().(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutUndo{})
			b.settled(p)
			if len(p.page.Entries) != 5 || p.undo() {
				t.Errorf("%d entries after Ctrl+Z", len(p.page.Entries))
			}
		})
	}
}

// panelWords returns what is said above the list.
func (b *bench) panelWords(p *libraryPage) string {
	var list []string
	for _, n := range p.said() {
		list = append(list, n.title, n.text, n.label)
	}
	return strings.Join(list, "\n")
}

func TestLibraryReadsOnAsItScrolls(t *testing.T) {
	lib := newFakeLibrary()
	for i := range 450 {
		tr := full(t)
		tr.ID = model.TraceID{1, 14: byte(i >> 8), 15: byte(i)}
		lib.add(tr, "")
	}
	b, p := inLibrary(t, lib)
	for n := 0; p.page.Next != "" && n < 5; n++ {
		b.key(fyne.KeyEnd)
		b.listed(p)
		b.until("more", func() bool { return !p.more.Busy() })
	}
	if len(p.page.Entries) != 450 {
		t.Errorf("%d entries are listed", len(p.page.Entries))
	}
}

func TestLibraryOffersWaysToGoOn(t *testing.T) {
	b, p := inLibrary(t, shelved(t, 3))
	b.ctrl(fyne.KeyF)
	b.settled(p)
	b.write("service=c")
	if !p.ways.offering() {
		t.Fatal("nothing is offered")
	}
	b.key(fyne.KeyTab)
	if p.box.Text != "service=crm-api " {
		t.Errorf("Tab makes it %q", p.box.Text)
	}
	b.key(fyne.KeyEscape)
	if p.box.Text != "" {
		t.Errorf("Esc leaves %q", p.box.Text)
	}
}

// TestEvictionIsToldBefore starts twice: first it is told what goes, then it goes.
func TestEvictionIsToldBefore(t *testing.T) {
	lib := shelved(t, 3)
	lib.usage.Evict, lib.usage.EvictBytes, lib.usage.Seen, lib.usage.Deleted = 2, 3e6, time.Unix(0, uitest.Epoch), 1
	b, p := inLibrary(t, lib)
	b.until("the sum", func() bool { return b.Prefs.Warned })
	if len(lib.evicted) > 0 || !strings.Contains(b.panelWords(p), "2 traces (3 MB)") {
		t.Errorf("removed by %v, and above the list it says:\n%s", lib.evicted, b.panelWords(p))
	}
	lib.opens <- openedLibrary{kept: true}
	again := newBench(t, func(o *Options) { o.Library, o.Prefs.Warned, o.Prefs.Keep = lib, true, KeptLimits{Bytes: 2e9} })
	again.until("the removal", func() bool {
		return strings.Contains(again.statusText(), "2 traces removed") && !again.shelf.usages.Busy()
	})
	if !slices.Equal(lib.evicted, []KeptLimits{{Bytes: 2e9}}) || again.Prefs.Warned {
		t.Errorf("removed by %v", lib.evicted)
	}
	lib.usage.Deleted = 1
	lib.opens <- openedLibrary{kept: true}
	last := newBench(t, func(o *Options) { o.Library, o.Prefs.Keep = lib, KeptLimits{Bytes: 2e9} })
	last.until("what was deleted goes", func() bool { return !last.shelf.usages.Busy() && !last.shelf.removals.Busy() && last.shelf.open })
	if len(lib.evicted) != 2 || lib.evicted[1] != (KeptLimits{}) {
		t.Errorf("removed by %v", lib.evicted)
	}
}

func TestLibraryIsCheckedAndBounded(t *testing.T) {
	b, p := inLibrary(t, shelved(t, 3))
	p.verify()
	b.until("the check", func() bool { return p.health != "" })
	if s := b.panelWords(p); !strings.Contains(s, "200 traces checked · 1 cannot be read") {
		t.Errorf("it says:\n%s", s)
	}
	size, _ := b.limits()
	b.setLimits(size[0].set)
	if b.saved[len(b.saved)-1].Keep.Bytes != size[0].set.Bytes {
		t.Error("the bound is not saved")
	}
}

// TestAKeptTraceIsShownWithoutAServer opens traces from the library first, and
// fetches them anew when asked.
func TestAKeptTraceIsShownWithoutAServer(t *testing.T) {
	lib := newFakeLibrary()
	tr := part(t)
	lib.add(tr, "10472")
	b := newLibraryBench(t, lib, openedLibrary{kept: true})
	b.openTrace(tr.ID)
	b.until("the kept trace", func() bool { return b.tracePage().doc != nil })
	p := b.tracePage()
	b.key(fyne.KeyF5)
	b.nextTrace().reply <- traceReply{err: errDown}
	b.until("the failure", func() bool { return !p.slot.Busy() })
	if s := b.statusText(); !strings.Contains(s, "Not fetched anew") || len(p.doc.Trace().Spans) != 2 || p.unfinished() != "" {
		t.Errorf("%d spans, %q, %q", len(p.doc.Trace().Spans), s, p.unfinished())
	}
	b.key(fyne.KeyF5)
	b.nextTrace().reply <- traceReply{trace: full(t)}
	b.until("the whole", func() bool { return !p.slot.Busy() })
	if len(p.doc.Trace().Spans) != 4 || p.kept != 0 || strings.Contains(p.Status(), "F5") {
		t.Errorf("%d spans, %q", len(p.doc.Trace().Spans), p.Status())
	}
	b.openTrace(uitest.TraceID(77)) // not kept
	if c := b.nextTrace(); c.id != uitest.TraceID(77) {
		t.Errorf("asked for %v", c.id)
	}
}

// TestLibraryByPalette reaches by keyboard what has no key of its own.
func TestLibraryByPalette(t *testing.T) {
	b, p := inLibrary(t, shelved(t, 3))
	b.typePalette("at most 10 GB")
	b.key(fyne.KeyReturn)
	if b.Prefs.Keep.Bytes != 10e9 {
		t.Errorf("the library may take %d bytes", b.Prefs.Keep.Bytes)
	}
	b.typePalette("check the library")
	b.key(fyne.KeyReturn)
	b.until("the check", func() bool { return p.health != "" })
	b.typePalette("pin or unpin the trace")
	b.key(fyne.KeyReturn)
	b.settled(p)
	if !p.page.Entries[0].Pinned {
		t.Error("nothing is pinned")
	}
}
