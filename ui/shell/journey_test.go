package shell

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"

	"traceview/internal/model"
	"traceview/ui/uitest"
	"traceview/ui/view/order"
)

// TestJourney does what a person does all day: type an order, choose a
// suggestion, see traces arrive, open one, look at a failed span, go back.
func TestJourney(t *testing.T) {
	b := newBench(t, nil)
	if b.focused() != fyne.Focusable(b.box) {
		t.Fatalf("%T has the keyboard at the start, want the order box", b.focused())
	}

	b.write("1047")
	if !b.listView.Visible() || b.list.Len() != 2 {
		t.Fatalf("%d suggestions, shown %v; want 2 shown", b.list.Len(), b.listView.Visible())
	}
	b.key(fyne.KeyDown, fyne.KeyDown)
	if got := b.list.ChosenOrder(); got != "10473" {
		t.Errorf("chosen %q, want 10473", got)
	}
	b.key(fyne.KeyUp, fyne.KeyReturn)
	call := b.nextSearch()
	if call.order != "10472" || call.days != 7 {
		t.Errorf("searched for %q in %d days, want 10472 in 7", call.order, call.days)
	}
	if b.listView.Visible() {
		t.Error("suggestions still cover the page")
	}
	if b.box.Text != "10472" {
		t.Errorf("the order box says %q, want 10472", b.box.Text)
	}
	if s := b.says(); !strings.Contains(s, "Searching Production") || !strings.Contains(s, "Cancel") {
		t.Errorf("while searching the page says:\n%s", s)
	}

	call.on(found("10472", 1))
	b.until("the first answer", func() bool { return len(b.orderPage().found.Rows) == 1 })
	if s := b.says(); !strings.Contains(s, "1 of 3 services") || !strings.Contains(s, "1 trace") {
		t.Errorf("with one answer the page says:\n%s", s)
	}
	call.reply <- searchReply{found: found("10472", 3)}
	b.until("the result", func() bool { return b.orderPage().page.State().Phase == order.Done })
	if s := b.says(); !strings.Contains(s, "3 traces · 1 with errors · 2 systems") || strings.Contains(s, "Cancel") {
		t.Errorf("with all answers the page says:\n%s", s)
	}

	b.key(fyne.KeyReturn) // the newest that failed is chosen
	fetch := b.nextTrace()
	if fetch.id != uitest.TraceID(2) {
		t.Errorf("opened %v, want the newest that failed", fetch.id)
	}
	if s := b.says(); !strings.Contains(s, "Fetching the trace from Production") {
		t.Errorf("while fetching the page says:\n%s", s)
	}
	fetch.on(Loading{Spans: 40})
	b.until("progress", func() bool { return b.tracePage().progress.Spans == 40 })
	if s := b.says(); !strings.Contains(s, "40 spans so far") {
		t.Errorf("with 40 spans the page says:\n%s", s)
	}
	fetch.reply <- traceReply{trace: uitest.Shop(t, 1)}
	b.until("the trace", func() bool { return b.tracePage().doc != nil })
	if s := b.says(); !strings.Contains(s, "4 spans") || !strings.Contains(s, "POST /orders") || !strings.Contains(s, "1 error") {
		t.Errorf("the trace's page says:\n%s", s)
	}
	if b.focused() != fyne.Focusable(b.tracePage().panes[viewWaterfall].View()) {
		t.Errorf("%T has the keyboard, want the waterfall", b.focused())
	}

	b.focused().TypedRune('e') // the next error
	if s := b.says(); !strings.Contains(s, "S3Exception") || !strings.Contains(s, "AccessDenied: the key has no right to write") {
		t.Errorf("details of the failed span say:\n%s", s)
	}
	b.Window.Canvas().Capture() // all of it can be drawn

	b.key(fyne.KeyEscape)
	if b.orderPage().order != "10472" || b.focused() != fyne.Focusable(b.orderPage().view) {
		t.Errorf("Esc led to %T with %T in focus, want the order's page", b.pages[b.current], b.focused())
	}
	b.key(fyne.KeyEscape)
	if b.current != 0 || b.focused() != fyne.Focusable(b.box) {
		t.Errorf("Esc led to page %d with %T in focus, want the first and the order box", b.current, b.focused())
	}
	for _, want := range []string{"window_shown", "order_shown", "trace_shown"} {
		if !slices.Contains(b.events, want) {
			t.Errorf("event %s was not told, only %v", want, b.events)
		}
	}
}

func TestEscInTheBoxGoesOneStepBack(t *testing.T) {
	b := newBench(t, nil)
	b.write("1047")
	b.key(fyne.KeyEscape)
	if b.listView.Visible() || b.box.Text != "1047" {
		t.Errorf("first Esc: suggestions shown %v with text %q; want hidden and the text kept", b.listView.Visible(), b.box.Text)
	}
	b.key(fyne.KeyEscape)
	if b.box.Text != "" {
		t.Errorf("second Esc leaves %q in the box", b.box.Text)
	}
	b.key(fyne.KeyEscape, fyne.KeyEscape)
	if b.focused() != fyne.Focusable(b.box) {
		t.Errorf("Esc on the first page moved the keyboard to %T", b.focused())
	}
}

// TestTypingAfterEscKeepsEveryLetter would lose the first one if the box were
// emptied while its text is selected.
func TestTypingAfterEscKeepsEveryLetter(t *testing.T) {
	b := newBench(t, nil)
	b.write("1047")
	b.ctrl(fyne.KeyL)
	b.key(fyne.KeyEscape, fyne.KeyEscape)
	b.write("20118")
	if got := b.box.Text; got != "20118" {
		t.Errorf("the box holds %q, want 20118", got)
	}
}

func TestSuggestionByMouse(t *testing.T) {
	b := newBench(t, nil)
	b.write("201")
	b.list.Build(int(b.listView.Size().Width), int(b.listView.Size().Height), 1)
	uitest.Press(b.list, 60, 20)
	if call := b.nextSearch(); call.order != "20118" {
		t.Errorf("searched for %q, want 20118", call.order)
	}
}

func TestEmptyOrderSaysSo(t *testing.T) {
	b := newBench(t, nil)
	for _, text := range []string{"", "   "} {
		b.box.SetText(text)
		b.key(fyne.KeyReturn)
		b.noSearch()
		if got := b.statusText(); got != "Type an order number first" {
			t.Errorf("%q: status %q, want a word that nothing was typed", text, got)
		}
		if b.current != 0 || b.focused() != fyne.Focusable(b.box) {
			t.Errorf("%q: page %d with %T in focus, want the order box still", text, b.current, b.focused())
		}
	}
}

func TestWindowOfTimeSearchesAgain(t *testing.T) {
	b := newBench(t, nil)
	b.search("10472").reply <- searchReply{found: Found{Order: "10472", Asked: 3, Answered: 3}}
	b.until("the result", func() bool { return !b.orderPage().slot.Busy() })
	if s := b.says(); !strings.Contains(s, "No trace with order 10472 in the last 7 days on Production") ||
		!strings.Contains(s, "Search 30 days  Ctrl+3") || !strings.Contains(s, "Search 90 days  Ctrl+9") {
		t.Errorf("empty result says:\n%s", s)
	}
	for _, tt := range []struct {
		key  fyne.KeyName
		days int
	}{{fyne.Key3, 30}, {fyne.Key9, 90}, {fyne.Key7, 7}} {
		b.ctrl(tt.key)
		if call := b.nextSearch(); call.days != tt.days || call.order != "10472" {
			t.Errorf("Ctrl+%s searched for %q in %d days, want 10472 in %d", tt.key, call.order, call.days, tt.days)
		}
		if got := b.saved[len(b.saved)-1].Days; got != tt.days {
			t.Errorf("Ctrl+%s remembers %d days, want %d", tt.key, got, tt.days)
		}
	}
	// The button does the same.
	b.orderPage().slot.Cancel()
	b.until("cancel", func() bool { return !b.orderPage().slot.Busy() })
	x, y := uitest.Find(t, b.kit.Metrics, b.orderPage().page.Build(1280, 700, 1), "Search 90 days")
	uitest.Press(b.orderPage().page, x, y)
	if call := b.nextSearch(); call.days != 90 {
		t.Errorf("the button searched %d days, want 90", call.days)
	}
}

func TestWindowOfTimeReachesTheBox(t *testing.T) {
	b := newBench(t, nil)
	b.ctrl(fyne.Key3) // the order box has the keyboard
	if b.days() != 30 || b.box.Text != "" {
		t.Errorf("%d days with %q in the box, want 30 and nothing", b.days(), b.box.Text)
	}
	b.noSearch()
	if call := b.search("10472"); call.days != 30 {
		t.Errorf("searched %d days, want 30", call.days)
	}
}

func TestEscCancelsThenGoesBack(t *testing.T) {
	b := newBench(t, nil)
	call := b.search("10472")
	call.on(found("10472", 2))
	b.until("partial rows", func() bool { return len(b.orderPage().found.Rows) == 2 })
	b.key(fyne.KeyEscape)
	<-call.ctx.Done()
	b.until("the end of the search", func() bool { return !b.orderPage().slot.Busy() })
	if s := b.says(); !strings.Contains(s, "The search was cancelled") || !strings.Contains(s, "2 traces") {
		t.Errorf("after cancelling the page says:\n%s", s)
	}
	b.key(fyne.KeyEscape)
	if b.current != 0 {
		t.Errorf("second Esc shows page %d, want the first", b.current)
	}
}

func TestCancelBeforeAnythingCame(t *testing.T) {
	b := newBench(t, nil)
	b.search("10472")
	b.key(fyne.KeyEscape)
	b.until("the end of the search", func() bool { return !b.orderPage().slot.Busy() })
	s := b.says()
	if strings.Contains(s, "No trace with order") {
		t.Errorf("a cancelled search claims that there is nothing:\n%s", s)
	}
	if !strings.Contains(s, "Nothing had been found when the search was cancelled") || !strings.Contains(s, "Try again") {
		t.Errorf("after cancelling the page says:\n%s", s)
	}
}

func TestFailureIsExplainedAndTriedAgain(t *testing.T) {
	b := newBench(t, nil)
	b.search("10472").reply <- searchReply{err: errDown}
	b.until("the failure", func() bool { return !b.orderPage().slot.Busy() })
	s := b.says()
	for _, want := range []string{"Cannot reach jaeger:16685", "Check the address and the port", "Try again", "Details"} {
		if !strings.Contains(s, want) {
			t.Errorf("failure does not say %q:\n%s", want, s)
		}
	}
	if strings.Contains(s, "connection refused") {
		t.Error("the chain of causes is not folded")
	}
	x, y := uitest.Find(t, b.kit.Metrics, b.orderPage().page.Build(1280, 700, 1), "Details")
	uitest.Press(b.orderPage().page, x, y)
	if s := b.says(); !strings.Contains(s, "connection refused") {
		t.Errorf("opened details say:\n%s", s)
	}
	b.key(fyne.KeyF5)
	b.nextSearch().reply <- searchReply{found: found("10472", 2)}
	b.until("the result", func() bool { return !b.orderPage().slot.Busy() })
	if s := b.says(); strings.Contains(s, "Cannot reach") || !strings.Contains(s, "2 traces") {
		t.Errorf("after trying again the page says:\n%s", s)
	}
}

func TestFailedServicesAndLimitAreTold(t *testing.T) {
	b := newBench(t, nil)
	f := found("10472", 2)
	f.Failures, f.Limit = []ServiceFailure{{"mes-api", errDown}}, true
	b.search("10472").reply <- searchReply{found: f}
	b.until("the result", func() bool { return !b.orderPage().slot.Busy() })
	s := b.says()
	for _, want := range []string{"1 of 3 services did not answer", "mes-api (Cannot reach jaeger:16685)", "there may be more"} {
		if !strings.Contains(strings.ReplaceAll(s, "\n", " "), want) {
			t.Errorf("the page does not say %q:\n%s", want, s)
		}
	}
	if got := b.statusText(); !strings.Contains(got, "2 of 3 services answered") {
		t.Errorf("status %q, want 2 of 3 services", got)
	}
}

// TestOlderSearchNeverLandsInANewerOne lets a search that ignores its context
// answer after the next one was started, first in part, then in full.
func TestOlderSearchNeverLandsInANewerOne(t *testing.T) {
	b := newBench(t, nil)
	b.source.stubborn = true
	old := b.search("10472")
	b.key(fyne.KeyF5) // the same order and the same days
	newer := b.nextSearch()
	old.on(found("10472", 5))
	newer.on(found("10472", 1))
	b.until("the newer answer", func() bool { return len(b.orderPage().found.Rows) > 0 })
	if got := len(b.orderPage().found.Rows); got != 1 {
		t.Errorf("%d rows, want the one of the newer search", got)
	}
	old.reply <- searchReply{found: found("10472", 5)}
	newer.reply <- searchReply{found: found("10472", 2)}
	b.until("the newer result", func() bool { return !b.orderPage().slot.Busy() })
	b.queue.Drain()
	if got := len(b.orderPage().found.Rows); got != 2 {
		t.Errorf("%d rows, want the two of the newer search", got)
	}
}

func TestTwoOrdersKeepTheirOwnAnswers(t *testing.T) {
	b := newBench(t, nil)
	first := b.search("10472")
	second := b.search("20118")
	first.reply <- searchReply{found: found("10472", 3)}
	b.until("the first result", func() bool { return !b.pages[1].(*orderPage).slot.Busy() })
	if n := len(b.orderPage().found.Rows); b.orderPage().order != "20118" || n != 0 {
		t.Errorf("page of %s has %d rows, want 20118 with none yet", b.orderPage().order, n)
	}
	second.reply <- searchReply{found: found("20118", 1)}
	b.until("the second result", func() bool { return !b.orderPage().slot.Busy() })
	if c := b.search("10472"); len(b.pages) != 3 || b.orderPage().order != "10472" {
		t.Errorf("%d pages after searching %s again, want its page used again", len(b.pages), c.order)
	}
}

func TestTraceThatArrivesCut(t *testing.T) {
	b := newBench(t, nil)
	b.search("10472").reply <- searchReply{found: found("10472", 1)}
	b.until("the result", func() bool { return !b.orderPage().slot.Busy() })
	for _, tt := range []struct {
		name string
		err  error
		want string
	}{{"lost", errDown, "incomplete: the connection was lost"}, {"cancelled", context.Canceled, "incomplete: cancelled"}} {
		b.key(fyne.KeyReturn)
		b.nextTrace().reply <- traceReply{uitest.Shop(t, 1), tt.err}
		b.until("the trace", func() bool { return b.tracePage().doc != nil })
		if s := b.says(); !strings.Contains(s, tt.want) {
			t.Errorf("%s: the head says:\n%s", tt.name, s)
		}
		b.key(fyne.KeyF5)
		b.nextTrace().reply <- traceReply{trace: uitest.Shop(t, 1)}
		b.until("the whole trace", func() bool { return b.tracePage().err == nil && !b.tracePage().slot.Busy() })
		if s := b.says(); strings.Contains(s, "incomplete") {
			t.Errorf("%s: fetched again, the head still says:\n%s", tt.name, s)
		}
		b.ctrl(fyne.KeyW)
	}
}

func TestTraceThatFails(t *testing.T) {
	b := newBench(t, nil)
	b.search("10472").reply <- searchReply{found: found("10472", 1)}
	b.until("the result", func() bool { return !b.orderPage().slot.Busy() })
	b.key(fyne.KeyReturn)
	b.nextTrace().reply <- traceReply{err: errDown}
	b.until("the failure", func() bool { return !b.tracePage().slot.Busy() })
	if s := b.says(); !strings.Contains(s, "Cannot reach jaeger:16685") || !strings.Contains(s, "Try again") {
		t.Errorf("failure says:\n%s", s)
	}
	b.key(fyne.KeyF5)
	b.nextTrace()
	b.key(fyne.KeyEscape) // gives up the fetch
	b.until("cancel", func() bool { return !b.tracePage().slot.Busy() })
	if s := b.says(); !strings.Contains(s, "Try again") {
		t.Errorf("given up, the page says:\n%s", s)
	}
	b.key(fyne.KeyEscape)
	b.orderPage()
}

func TestFiles(t *testing.T) {
	b := newBench(t, nil)
	one, two := uitest.Shop(t, 1), uitest.Shop(t, 2)
	b.files["/data/one.json"] = func(context.Context) ([]*model.Trace, error) { return []*model.Trace{one}, nil }
	b.files["/data/many.json"] = func(context.Context) ([]*model.Trace, error) { return []*model.Trace{one, two}, nil }
	b.files["/data/none.json"] = func(context.Context) ([]*model.Trace, error) { return nil, nil }

	b.Open("/data/one.json")
	b.until("the trace", func() bool { return b.current == 1 })
	if got := b.tracePage().Title(); got != "POST /orders" {
		t.Errorf("tab %q, want POST /orders", got)
	}
	b.Dropped([]fyne.URI{storage.NewFileURI("/data/many.json")})
	b.until("the list", func() bool { return b.current == 2 })
	if s := b.says(); !strings.Contains(s, "many.json") || !strings.Contains(s, "2 traces") {
		t.Errorf("the file's page says:\n%s", s)
	}
	b.key(fyne.KeyDown, fyne.KeyReturn)
	if got := b.tracePage().id; got != two.ID {
		t.Errorf("opened %v, want %v", got, two.ID)
	}
	b.key(fyne.KeyEscape)
	if got := b.pages[b.current].Title(); got != "many.json" {
		t.Errorf("Esc led to %q, want the file", got)
	}
	for path, want := range map[string]string{"/data/none.json": "The file holds no traces", "/data/absent": "no such file"} {
		b.Open(path)
		b.until("the file's page", func() bool { return b.pages[b.current].Title() == filepath.Base(path) })
		if s := b.says(); !strings.Contains(s, want) || !strings.Contains(s, "Try again") {
			t.Errorf("%s: the page says:\n%s\nwant %q", path, s, want)
		}
	}
}
