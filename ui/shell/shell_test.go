package shell

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"go.uber.org/goleak"

	"traceview/internal/model"
	"traceview/ui/canvasview"
	"traceview/ui/uitest"
)

func TestLanguageAndThemeChangeAtOnce(t *testing.T) {
	b := newBench(t, nil)
	b.search("10472").reply <- searchReply{found: found("10472", 2)}
	b.until("the result", func() bool { return !b.orderPage().slot.Busy() })
	b.ctrl(fyne.KeyG)
	if s := b.says(); !strings.Contains(s, "Заказ 10472") || strings.Contains(s, "traces") {
		t.Errorf("in Russian the page says:\n%s", s)
	}
	if got := b.box.PlaceHolder; got == "Order number" {
		t.Errorf("the order box still says %q", got)
	}
	if got := b.Window.Title(); !strings.HasPrefix(got, "Заказ 10472") {
		t.Errorf("window's title %q, want it in Russian", got)
	}
	last := b.saved[len(b.saved)-1]
	if last.Language != "ru" || last.Dark {
		t.Errorf("remembered %+v, want Russian and light", last)
	}
	b.ctrl(fyne.KeyT)
	if !b.kit.Look.Dark || !b.looks[len(b.looks)-1].Dark || !b.saved[len(b.saved)-1].Dark {
		t.Error("the theme did not change everywhere")
	}
	b.ctrl(fyne.KeyG)
	b.ctrl(fyne.KeyT)
	if s := b.says(); !strings.Contains(s, "Order 10472") {
		t.Errorf("back in English the page says:\n%s", s)
	}
}

func TestZoneChanges(t *testing.T) {
	zone := time.FixedZone("MSK", 3*3600)
	b := newBench(t, nil)
	b.local = zone
	b.search("10472").reply <- searchReply{found: found("10472", 1)}
	b.until("the result", func() bool { return !b.orderPage().slot.Busy() })
	if s := b.says(); !strings.Contains(s, "09:14:03.120") {
		t.Errorf("in UTC the page says:\n%s", s)
	}
	b.ctrl(fyne.KeyU)
	if s := b.says(); !strings.Contains(s, "12:14:03.120") {
		t.Errorf("three hours east the page says:\n%s", s)
	}
	if s := uitest.Words(newStatus(b.Shell).Build(1280, statusHeight, 1)); !strings.Contains(s, "UTC+3") {
		t.Errorf("the status bar does not name the zone:\n%s", s)
	}
	if b.saved[len(b.saved)-1].UTC {
		t.Error("UTC is remembered although the local zone was chosen")
	}
}

func TestTabs(t *testing.T) {
	b := newBench(t, nil)
	for _, o := range []string{"1", "2", "3"} {
		b.search(o)
	}
	at := func() string { return b.pages[b.current].Title() }
	for _, tt := range []struct {
		name string
		do   func()
		want string
	}{
		{"next wraps", func() { b.ctrl(fyne.KeyPageDown) }, "Orders"},
		{"next", func() { b.ctrl(fyne.KeyPageDown) }, "Order 1"},
		{"previous", func() { b.ctrl(fyne.KeyPageUp) }, "Orders"},
		{"previous wraps", func() { b.ctrl(fyne.KeyPageUp) }, "Order 3"},
		{"close leads back", func() { b.ctrl(fyne.KeyW) }, "Order 2"},
		{"close leads on back", func() { b.ctrl(fyne.KeyW) }, "Order 1"},
		{"close leads home", func() { b.ctrl(fyne.KeyW) }, "Orders"},
		{"the first stays", func() { b.ctrl(fyne.KeyW) }, "Orders"},
	} {
		tt.do()
		if got := at(); got != tt.want {
			t.Errorf("%s: shows %q, want %q", tt.name, got, tt.want)
		}
	}
	if len(b.pages) != 1 || len(b.trail) != 0 {
		t.Errorf("%d pages and %d ways back are left, want 1 and 0", len(b.pages), len(b.trail))
	}
}

func TestTabsByMouse(t *testing.T) {
	b := newBench(t, nil)
	b.search("10472")
	b.search("20118")
	tabs := newTabs(b.Shell)
	find := func(part string) (float32, float32) {
		return uitest.Find(t, b.kit.Metrics, tabs.Build(1280, tabHeight, 1), part)
	}
	x, y := find("Order 10472")
	uitest.Press(tabs, x, y)
	if b.current != 1 {
		t.Errorf("a press on the tab shows page %d, want 1", b.current)
	}
	x, y = find("Order 20118")
	uitest.Press(tabs, x+60, y) // its cross
	if len(b.pages) != 2 || b.current != 1 {
		t.Errorf("%d pages with %d in front, want the other closed", len(b.pages), b.current)
	}
}

// TestManyTabs keeps the tab in front in sight.
func TestManyTabs(t *testing.T) {
	b := newBench(t, nil)
	for i := range 60 {
		b.search(fmt.Sprintf("order-%03d", i))
	}
	for _, at := range []int{0, 1, 30, 60} {
		b.show(at)
		s := newTabs(b.Shell).Build(900, tabHeight, 1)
		accent := 0
		for _, op := range s.Ops {
			if op.Color == b.kit.Look.Accent {
				accent++
				if op.X < 0 || op.X+op.W > 900 {
					t.Errorf("tab %d in front lies at %v … %v of 900", at, op.X, op.X+op.W)
				}
			}
		}
		if accent != 1 {
			t.Errorf("%d tabs are marked, want 1", accent)
		}
	}
}

// TestTabsOutOfSight reaches every tab by wheel and by the buttons, and closes
// with the middle button.
func TestTabsOutOfSight(t *testing.T) {
	b := newBench(t, nil)
	for i := range 30 {
		b.search(fmt.Sprintf("order-%03d", i))
	}
	tabs := newTabs(b.Shell)
	says := func() string { return uitest.Words(tabs.Build(900, tabHeight, 1)) }
	if s := says(); !strings.Contains(s, "order-029") || strings.Contains(s, "order-003") {
		t.Fatalf("with the last in front it says:\n%s", s)
	}
	for range 40 {
		tabs.Handle(canvasview.Event{Kind: canvasview.Scroll, DY: 25})
	}
	if s := says(); !strings.Contains(s, "Orders") || strings.Contains(s, "order-029") {
		t.Errorf("scrolled back it says:\n%s", s)
	}
	if tabs.Handle(canvasview.Event{Kind: canvasview.Scroll, DY: 25}) {
		t.Error("it scrolls beyond the first")
	}
	for range 40 {
		uitest.Press(tabs, 900-20, 16)
		says()
	}
	if s := says(); !strings.Contains(s, "order-029") {
		t.Errorf("after the button for those on the right it says:\n%s", s)
	}
	uitest.Press(tabs, 20, 16)
	if s := says(); strings.Contains(s, "order-029") {
		t.Errorf("after the button for those on the left it says:\n%s", s)
	}
	x, y := uitest.Find(t, b.kit.Metrics, tabs.Build(900, tabHeight, 1), "order-025")
	if tip := tabs.Tip(x, y); !strings.HasPrefix(tip, "Order order-025 · ") {
		t.Errorf("it hints at %q, want the whole title", tip)
	}
	tabs.Handle(canvasview.Event{Kind: canvasview.Press, X: x, Y: y, Button: canvasview.Middle})
	tabs.Handle(canvasview.Event{Kind: canvasview.Release, X: x, Y: y, Button: canvasview.Middle})
	if len(b.pages) != 30 || strings.Contains(says(), "order-025") {
		t.Errorf("the middle button leaves %d pages:\n%s", len(b.pages), says())
	}
	tabs.Handle(canvasview.Event{Kind: canvasview.Press, X: 2, Y: y, Button: canvasview.Middle})
	tabs.Handle(canvasview.Event{Kind: canvasview.Release, X: 2, Y: y, Button: canvasview.Middle})
	if b.show(1); !strings.Contains(says(), "order-000") {
		t.Errorf("the tab that came to the front is out of sight:\n%s", says())
	}
}

func TestWidest(t *testing.T) {
	for _, tt := range []struct {
		name   string
		widths []float32
		room   float32
		want   float32
	}{
		{"room for all", []float32{100, 200, 50}, 350, math.MaxFloat32},
		{"a short one leaves its rest", []float32{50, 200, 200}, 350, 150},
		{"all alike", []float32{200, 200}, 300, 150},
		{"only the longest gives way", []float32{60, 260, 80}, 300, 160},
		{"none", nil, 300, math.MaxFloat32},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := widest(tt.widths, tt.room); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

// TestBoxNamesTheOrderOfATrace goes from a trace of one order to that of another.
func TestBoxNamesTheOrderOfATrace(t *testing.T) {
	b := newBench(t, nil)
	for i, o := range []string{"10472", "10473"} {
		b.search(o)
		b.openTrace(uitest.TraceID(byte(i + 1)))
		b.nextTrace()
	}
	b.show(2)
	if got := b.box.Text; got != "10472" {
		t.Errorf("on a trace of order 10472 the box says %q", got)
	}
}

// TestHintGoesWithItsPage leaves a page by key while the pointer rests on it.
func TestHintGoesWithItsPage(t *testing.T) {
	b := newBench(t, nil)
	openShop(b)
	b.kit.Hint("GET /orders · 35 ms")
	b.key(fyne.KeyEscape)
	if got := b.statusText(); strings.Contains(got, "35 ms") {
		t.Errorf("after Esc the status bar still says %q", got)
	}
}

// TestEscEndsEvenWhereTracesLinkInACircle opens two traces that lead to each
// other.
func TestEscEndsEvenWhereTracesLinkInACircle(t *testing.T) {
	b := newBench(t, nil)
	b.search("10472").reply <- searchReply{found: found("10472", 2)}
	b.until("the result", func() bool { return !b.orderPage().slot.Busy() })
	for _, id := range []byte{1, 2, 1, 2, 2} {
		b.openTrace(uitest.TraceID(id))
		if b.tracePage().doc == nil { // it is not open yet, so it is fetched
			c := <-b.source.traces
			c.reply <- traceReply{trace: uitest.Shop(t, id)}
		}
		b.until("the trace", func() bool { return b.tracePage().doc != nil })
	}
	if len(b.pages) != 4 {
		t.Errorf("%d pages, want each trace once", len(b.pages))
	}
	for range 3 {
		b.key(fyne.KeyEscape)
	}
	if b.current != 0 {
		t.Errorf("three Esc from two traces show page %d, want the first", b.current)
	}
}

func TestEscPassesOverAClosedPage(t *testing.T) {
	b := newBench(t, nil)
	b.search("10472").reply <- searchReply{found: found("10472", 1)}
	b.until("the result", func() bool { return !b.orderPage().slot.Busy() })
	b.key(fyne.KeyReturn)
	b.nextTrace()
	b.closePage(1)
	b.key(fyne.KeyEscape)
	b.until("cancel", func() bool { return !b.tracePage().slot.Busy() })
	b.key(fyne.KeyEscape)
	if b.current != 0 {
		t.Errorf("Esc shows page %d, want where the closed page came from", b.current)
	}
}

func TestRecentOrders(t *testing.T) {
	b := newBench(t, func(o *Options) { o.Prefs.Recent = []string{"7", "8"} })
	for i := range 20 {
		b.search(fmt.Sprint(100 + i))
	}
	b.search("105")
	got := b.saved[len(b.saved)-1].Recent
	if len(got) != maxRecent || got[0] != "105" || got[1] != "119" {
		t.Errorf("remembered %v, want the %d latest", got, maxRecent)
	}
	if n := len(slices.Compact(slices.Sorted(slices.Values(got)))); n != len(got) {
		t.Errorf("remembered %v, some twice", got)
	}
	b.show(0)
	if s := b.says(); !strings.Contains(s, "Searched lately") || !strings.Contains(s, "119") {
		t.Errorf("the first page says:\n%s", s)
	}
}

func TestWithoutConnection(t *testing.T) {
	b := newBench(t, func(o *Options) { o.Source, o.Library = nil, nil })
	if s := b.says(); !strings.Contains(s, "No connection") {
		t.Errorf("the first page says:\n%s", s)
	}
	b.write("10472")
	b.key(fyne.KeyReturn)
	if len(b.pages) != 1 || !strings.Contains(b.statusText(), "No connection") {
		t.Errorf("%d pages and status %q, want none opened and a word why", len(b.pages), b.statusText())
	}
	b.ctrl(fyne.KeyG)
	if s := b.says(); strings.Contains(s, "No connection") {
		t.Errorf("in Russian the first page says:\n%s", s)
	}
}

// TestClickGivesTheKeyboard presses the mouse on each part that takes keys, as
// the toolkit does.
func TestClickGivesTheKeyboard(t *testing.T) {
	b := newBench(t, nil)
	b.search("10472").reply <- searchReply{found: found("10472", 1)}
	b.until("the result", func() bool { return !b.orderPage().slot.Busy() })
	b.key(fyne.KeyReturn)
	b.nextTrace().reply <- traceReply{trace: uitest.Shop(t, 1)}
	b.until("the trace", func() bool { return b.tracePage().doc != nil })
	p := b.tracePage()
	for _, v := range []interface {
		fyne.Focusable
		desktop.Mouseable
	}{p.sideV, p.panes[viewWaterfall].View()} {
		b.ctrl(fyne.KeyL)
		if b.focused() != fyne.Focusable(b.box) {
			t.Fatalf("Ctrl+L left the keyboard with %T", b.focused())
		}
		v.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(30, 60)}, Button: desktop.MouseButtonPrimary})
		v.MouseUp(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(30, 60)}, Button: desktop.MouseButtonPrimary})
		if b.focused() != fyne.Focusable(v) {
			t.Errorf("after a click %T has the keyboard, want the part clicked on", b.focused())
		}
	}
	b.ctrl(fyne.KeyL)
	for _, want := range []fyne.Focusable{p.find.box, p.panes[viewWaterfall].View()} {
		test.FocusNext(b.Window.Canvas())
		if b.focused() != want {
			t.Errorf("Tab leads to %T, want the box to find in, then the waterfall", b.focused())
		}
	}
}

// TestFileChooserHasTheKeys presses keys that would change the page behind it.
func TestFileChooserHasTheKeys(t *testing.T) {
	b := newBench(t, nil)
	b.search("1")
	b.ctrl(fyne.KeyO)
	b.ctrl(fyne.KeyO)
	b.ctrl(fyne.KeyW)
	overlays := b.Window.Canvas().Overlays()
	if len(overlays.List()) != 1 || len(b.pages) != 2 {
		t.Errorf("%d dialogs above %d pages, want 1 above 2", len(overlays.List()), len(b.pages))
	}
	b.key(fyne.KeyEscape)
	if len(overlays.List()) != 0 || b.current != 1 {
		t.Errorf("after Esc %d dialogs above page %d, want none above page 1", len(overlays.List()), b.current)
	}
	b.ctrl(fyne.KeyW)
	if len(b.pages) != 1 {
		t.Error("commands stay off after the dialog was closed")
	}
}

func TestHelpListsEveryCommand(t *testing.T) {
	b := newBench(t, nil)
	for range 2 {
		b.key(fyne.KeyF1)
	}
	if len(b.pages) != 2 {
		t.Fatalf("%d pages after F1 twice, want one sheet of keys", len(b.pages))
	}
	s := b.says()
	for _, c := range commands() {
		if word := b.kit.Words.T("command." + c.id); word == "command."+c.id || !strings.Contains(s, word) || !strings.Contains(s, c.label()) {
			t.Errorf("the sheet does not have %s (%s)", c.label(), word)
		}
	}
	b.key(fyne.KeyEscape)
	if b.current != 0 {
		t.Error("Esc does not leave the sheet")
	}
}

func TestCopy(t *testing.T) {
	b := newBench(t, nil)
	b.search("10472").reply <- searchReply{found: found("10472", 2)}
	b.until("the result", func() bool { return !b.orderPage().slot.Busy() })
	b.Window.Canvas().(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutCopy{})
	if got := fyne.CurrentApp().Clipboard().Content(); got != uitest.TraceID(2).String() {
		t.Errorf("copied %q, want the id of the trace chosen", got)
	}
	if got := b.statusText(); got != "Copied" {
		t.Errorf("status %q, want Copied", got)
	}
	b.key(fyne.KeyReturn)
	b.nextTrace().reply <- traceReply{trace: uitest.Shop(t, 1)}
	b.until("the trace", func() bool { return b.tracePage().doc != nil })
	b.focused().TypedRune('e')
	b.Window.Canvas().(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutCopy{})
	got := fyne.CurrentApp().Clipboard().Content()
	for _, want := range []string{"PUT 3d-files/{order}/{file} · files-storage", "S3Exception: AccessDenied", uitest.TraceID(1).String()} {
		if !strings.Contains(got, want) {
			t.Errorf("copied span does not have %q:\n%s", want, got)
		}
	}
}

// TestCloseStopsEverything leaves a search, a fetch and a file under way.
func TestCloseStopsEverything(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	b := newBench(t, nil)
	b.search("10472").reply <- searchReply{found: found("10472", 1)}
	b.until("the result", func() bool { return !b.orderPage().slot.Busy() })
	b.key(fyne.KeyReturn)
	fetch := b.nextTrace()
	search := b.search("20118")
	reading := make(chan context.Context, 1)
	b.files["/slow"] = func(ctx context.Context) ([]*model.Trace, error) {
		reading <- ctx
		<-ctx.Done()
		return nil, ctx.Err()
	}
	b.Open("/slow")
	file := <-reading
	b.Close()
	for name, ctx := range map[string]context.Context{"fetch": fetch.ctx, "search": search.ctx, "file": file} {
		select {
		case <-ctx.Done():
		case <-time.After(20 * time.Second):
			t.Errorf("the %s goes on", name)
		}
	}
	b.source.running.Wait()
	pages := len(b.pages)
	b.queue.Drain()
	if len(b.pages) != pages || b.notice != "Opening slow…" && b.notice != "" {
		t.Errorf("results arrived after Close: %d pages, %q", len(b.pages), b.notice)
	}
}

func TestSplitIsRemembered(t *testing.T) {
	b := newBench(t, nil)
	b.showTrace(uitest.Shop(t, 1), "file")
	p := b.tracePage()
	p.split.Share = 0.5
	b.ctrl(fyne.KeyW)
	if got := b.saved[len(b.saved)-1].Detail; got != 0.5 {
		t.Errorf("remembered a share of %v, want 0.5", got)
	}
	b.showTrace(uitest.Shop(t, 2), "file")
	if got := b.tracePage().split.Share; got != 0.5 {
		t.Errorf("the next trace has a share of %v, want 0.5", got)
	}
}
