package shell

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"traceview/ui/uitest"
	"traceview/ui/view/order"
)

// TestTheLibraryAnswersFirst searches for an order of which the library has one
// trace and the server that and two others.
func TestTheLibraryAnswersFirst(t *testing.T) {
	lib := newFakeLibrary()
	lib.add(uitest.Shop(t, 1), "10472")
	lib.add(uitest.Shop(t, 9), "10472")
	b := newLibraryBench(t, lib, openedLibrary{kept: true})
	call := b.search("10472")
	p := b.orderPage()
	b.until("the library", func() bool { return !p.shelf.Busy() })
	if s := b.says(); strings.Count(s, "kept here") != 2 || !strings.Contains(s, "Cancel") || !strings.Contains(p.Status(), "2 from the library") {
		t.Errorf("before the server answers it says:\n%s\n%s", s, p.Status())
	}
	call.reply <- searchReply{found: found("10472", 3)}
	b.until("the server", func() bool { return !p.slot.Busy() })
	s := b.says()
	if n := len(p.page.State().Rows); n != 4 {
		t.Errorf("%d rows, want each trace once", n)
	}
	for what, n := range map[string]int{"on the server and kept": 1, "kept here": 1, "on the server": 3} {
		if strings.Count(s, what) != n {
			t.Errorf("%q is said %d times, want %d:\n%s", what, strings.Count(s, what), n, s)
		}
	}
}

func TestWithoutAServerTheLibraryGoesOn(t *testing.T) {
	lib := newFakeLibrary()
	lib.add(uitest.Shop(t, 1), "10472")
	b := newLibraryBench(t, lib, openedLibrary{kept: true})
	b.search("10472").reply <- searchReply{found: Found{Order: "10472"}, err: errDown}
	p := b.orderPage()
	b.until("both", func() bool { return !p.slot.Busy() && !p.shelf.Busy() })
	if s := strings.ReplaceAll(b.says(), "\n", " "); !strings.Contains(s, "Cannot reach jaeger:16685; shown is what is kept") || !strings.Contains(s, "kept here") {
		t.Errorf("where the server is down it says:\n%s", s)
	}
	b.key(fyne.KeyReturn)
	b.until("the kept trace", func() bool { return b.tracePage().doc != nil })
	if b.tracePage().kept == 0 {
		t.Error("the trace is not from the library")
	}
}

// TestOrdersWithoutAConnection finds, and does not find, an order where no
// connection was given.
func TestOrdersWithoutAConnection(t *testing.T) {
	lib := newFakeLibrary()
	lib.add(uitest.Shop(t, 1), "10472")
	lib.opens <- openedLibrary{kept: true}
	b := newBench(t, func(o *Options) { o.Library, o.Source = lib, nil })
	b.until("the library", func() bool { return b.shelf.open })
	b.ctrl(fyne.KeyL)
	b.write("10472")
	b.key(fyne.KeyReturn)
	p := b.orderPage()
	b.until("the order", func() bool { return !p.shelf.Busy() })
	if s := b.says(); p.page.State().Phase != order.Done || !strings.Contains(s, "No connection: shown is what is kept") || !strings.Contains(s, "kept here") || strings.Contains(s, "Search 30 days") {
		t.Errorf("without a connection it says:\n%s", s)
	}
	b.key(fyne.KeyReturn)
	b.until("the trace", func() bool { return b.tracePage().doc != nil })
	if s := b.tracePage().Status(); strings.Contains(s, "F5") {
		t.Errorf("without a server it offers to fetch: %q", s)
	}
	b.ctrl(fyne.KeyL)
	b.write("999")
	b.key(fyne.KeyReturn)
	b.until("nothing", func() bool { return !b.orderPage().shelf.Busy() })
	if s := b.says(); !strings.Contains(s, "The library has no order 999") || !strings.Contains(s, "Choose or add a connection at the top left") {
		t.Errorf("an order that is not kept: it says\n%s", s)
	}
}

func TestOrdersOfTheLibraryAreSuggested(t *testing.T) {
	lib := newFakeLibrary()
	lib.add(uitest.Shop(t, 1), "77001")
	b := newLibraryBench(t, lib, openedLibrary{kept: true})
	b.ctrl(fyne.KeyL)
	b.write("770")
	b.until("the suggestion", func() bool { return b.listView.Visible() })
	if s := uitest.Words(b.list.Build(400, 80, 1)); !strings.HasPrefix(s, "770\n01") || !strings.Contains(s, "from the library") {
		t.Errorf("suggested is:\n%s", s)
	}
	b.key(fyne.KeyDown)
	b.key(fyne.KeyReturn)
	if c := b.nextSearch(); c.order != "77001" {
		t.Errorf("searched for %q", c.order)
	}
}

// TestTheWholeOrderIsKept keeps what only the server has, as far as it can be
// fetched.
func TestTheWholeOrderIsKept(t *testing.T) {
	lib := newFakeLibrary()
	lib.add(uitest.Shop(t, 1), "10472")
	b := newLibraryBench(t, lib, openedLibrary{kept: true})
	b.search("10472").reply <- searchReply{found: found("10472", 3)}
	p := b.orderPage()
	b.until("both", func() bool { return !p.slot.Busy() && !p.shelf.Busy() })
	if n := p.page.State().Keeps; n != 2 || !strings.Contains(b.says(), "Keep all") {
		t.Fatalf("%d can be kept, and it says:\n%s", n, b.says())
	}
	b.typePalette("keep all traces")
	b.key(fyne.KeyReturn)
	b.nextTrace().reply <- traceReply{trace: uitest.Shop(t, 2)}
	b.nextTrace().reply <- traceReply{err: errDown}
	b.until("what was fetched", func() bool { return !p.saves.Busy() && len(p.kept) == 1 && b.queue.Drain() == 0 })
	if s := b.statusText(); !strings.Contains(s, "1 trace is in the library The others could not be fetched: Cannot reach") {
		t.Errorf("the status says %q", s)
	}
	lib.mu.Lock()
	defer lib.mu.Unlock()
	if len(lib.sources) != 1 || len(lib.entries) != 2 {
		t.Errorf("kept from %q, %d entries", lib.sources, len(lib.entries))
	}
}

// TestWhatIsKeptCanBeShared shares an order without a server, and what is marked
// in the library.
func TestWhatIsKeptCanBeShared(t *testing.T) {
	lib := newFakeLibrary()
	lib.add(uitest.Shop(t, 1), "10472")
	lib.add(uitest.Shop(t, 2), "10472")
	lib.opens <- openedLibrary{kept: true}
	b := newBench(t, func(o *Options) { o.Library, o.Source = lib, nil })
	b.until("the library", func() bool { return b.shelf.open })
	b.Search("10472")
	b.until("the order", func() bool { return !b.orderPage().shelf.Busy() })
	list := b.shareable()
	if len(list) != 2 || len(list[0].ids) != 2 {
		t.Fatalf("of the order %d choices can be shared", len(list))
	}
	g, err := b.gatherTraces(t.Context(), &list[0], func(int) {})
	if err != nil || len(g.traces) != 2 {
		t.Errorf("%d traces of the order, %v", len(g.traces), err)
	}
	b.ctrlShift(fyne.KeyL)
	p := b.shelf.page
	b.settled(p)
	b.key(fyne.KeySpace, fyne.KeySpace)
	list = b.shareable()
	if len(list) != 1 || list[0].n != 2 {
		t.Fatalf("of the library %+v can be shared", list)
	}
	if g, err = b.gatherTraces(t.Context(), &list[0], func(int) {}); err != nil || len(g.traces) != 2 {
		t.Errorf("%d traces of the library, %v", len(g.traces), err)
	}
}
