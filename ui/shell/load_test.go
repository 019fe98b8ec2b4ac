package shell

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"go.uber.org/goleak"

	"traceview/internal/model"
	"traceview/ui/uitest"
)

// An opening is a file that is read as the test says.
type opening struct {
	ctx   context.Context
	on    func(Loading)
	reply chan openReply
}

type openReply struct {
	traces []*model.Trace
	err    error
}

// openSlowly opens a file and returns the reading of it.
func (b *bench) openSlowly(path string) *opening {
	b.t.Helper()
	began := make(chan *opening, 1)
	b.slow[path] = func(ctx context.Context, on func(Loading)) ([]*model.Trace, error) {
		o := &opening{ctx, on, make(chan openReply, 1)}
		began <- o
		select {
		case r := <-o.reply:
			return r.traces, r.err
		case <-ctx.Done():
			select {
			case r := <-o.reply: // what had been read
				return r.traces, r.err
			case <-time.After(20 * time.Second):
				return nil, ctx.Err()
			}
		}
	}
	b.Open(path)
	return <-began
}

// part is the order being placed as it is while spans still arrive: begun a
// little later than the whole, without the call that failed.
func part(t testing.TB) *model.Trace {
	t.Helper()
	tr := uitest.Trace(t, 1,
		uitest.Span{ID: 2, Parent: 1, Service: "shop-api", Name: "SELECT orders", Start: 40 * uitest.Ms, Dur: 120 * uitest.Ms},
		uitest.Span{ID: 4, Parent: 1, Service: "crm-api", Name: "POST /deals", Start: 600 * uitest.Ms, Dur: 300 * uitest.Ms})
	tr.Warnings = nil // a preview has none of parents that may still come
	return tr
}

// full is the whole of what part is a part of.
func full(t testing.TB) *model.Trace {
	t.Helper()
	return uitest.Trace(t, 1,
		uitest.Span{ID: 1, Service: "shop-api", Name: "POST /orders", Dur: 1000 * uitest.Ms},
		uitest.Span{ID: 2, Parent: 1, Service: "shop-api", Name: "SELECT orders", Start: 40 * uitest.Ms, Dur: 120 * uitest.Ms},
		uitest.Span{ID: 3, Parent: 1, Service: "file-storage", Name: "PUT object", Start: 200 * uitest.Ms, Dur: 310 * uitest.Ms, Fail: "403 AccessDenied"},
		uitest.Span{ID: 4, Parent: 1, Service: "crm-api", Name: "POST /deals", Start: 600 * uitest.Ms, Dur: 300 * uitest.Ms})
}

// arriving shows the first spans of a file that is still read.
func arriving(b *bench) *opening {
	b.t.Helper()
	o := b.openSlowly("/data/big.traceview")
	o.on(Loading{Read: 31 << 20, Size: 97 << 20, Spans: 312_000, Preview: part(b.t)})
	b.until("the first spans", func() bool {
		p, ok := b.pages[b.current].(*tracePage)
		return ok && p.doc != nil
	})
	return o
}

func (b *bench) selectedName() string {
	d := b.tracePage().doc
	return d.Trace().Name(d.Selected())
}

func TestAFileIsShownWhileItIsRead(t *testing.T) {
	b := newBench(t, nil)
	o := b.openSlowly("/data/big.traceview")
	o.on(Loading{Read: 3 << 20, Size: 97 << 20, Spans: 30_000})
	b.until("the page", func() bool { return b.current == 1 })
	if s := b.says(); !strings.Contains(s, "Opening big.traceview") || !strings.Contains(s, "30,000 spans so far") || !strings.Contains(s, "3.15 MB of 102 MB") || !strings.Contains(s, "Cancel") {
		t.Errorf("while opening the page says:\n%s", s)
	}
	o.on(Loading{Read: 31 << 20, Size: 97 << 20, Spans: 312_000, Preview: part(t)})
	b.until("the first spans", func() bool { return b.tracePage().doc != nil })
	p := b.tracePage()
	if s := b.says(); !strings.Contains(s, "still loading: 312,000 spans so far, the first are shown") || !strings.Contains(s, "Cancel") {
		t.Errorf("with the first spans the page says:\n%s", s)
	}
	if b.focused() != fyne.Focusable(p.panes[viewWaterfall].View()) {
		t.Errorf("%T has the keyboard, want the waterfall", b.focused())
	}
	b.Window.Canvas().Capture()
	o.reply <- openReply{traces: []*model.Trace{full(t)}}
	b.until("the whole", func() bool { return !p.slot.Busy() })
	if s := b.says(); !strings.Contains(s, "4 spans") || strings.Contains(s, "loading") || strings.Contains(s, "Cancel") {
		t.Errorf("the whole trace's page says:\n%s", s)
	}
	if b.selectedName() != "PUT object" {
		t.Errorf("%q is selected although nobody chose anything, want the fault", b.selectedName())
	}
	if len(b.pages) != 2 || p.Title() != "POST /orders" || b.focused() != fyne.Focusable(p.panes[viewWaterfall].View()) {
		t.Errorf("%d pages, %q, with the keyboard at %T", len(b.pages), p.Title(), b.focused())
	}
	b.Window.Canvas().Capture()
	if n := strings.Count(strings.Join(b.events, " "), "trace_shown"); n != 1 {
		t.Errorf("the trace was told to be shown %d times: %v", n, b.events)
	}
}

// TestWhatWasDoneToTheFirstSpansStays selects, zooms and looks for something
// while the rest arrives.
func TestWhatWasDoneToTheFirstSpansStays(t *testing.T) {
	b := newBench(t, nil)
	o := arriving(b)
	p := b.tracePage()
	b.Window.Canvas().Capture()
	b.key(fyne.KeyEnd)
	if b.selectedName() != "POST /deals" {
		t.Fatalf("End selects %q", b.selectedName())
	}
	p.doc.ZoomTo(0, 100*uitest.Ms)
	from := p.doc.Trace().Epoch + p.doc.Viewport().Start
	b.ctrl(fyne.KeyF)
	b.write("orders")
	o.reply <- openReply{traces: []*model.Trace{full(t)}}
	b.until("the whole", func() bool { return !p.slot.Busy() })
	if b.selectedName() != "POST /deals" {
		t.Errorf("%q is selected, want what was", b.selectedName())
	}
	if v := p.doc.Viewport(); p.doc.Trace().Epoch+v.Start != from || v.Span() != 100*uitest.Ms {
		t.Errorf("the view begins at %d and shows %d", v.Start, v.Span())
	}
	if b.focused() != fyne.Focusable(p.find.box) || p.find.box.Text != "orders" || p.doc.Matches() != 2 {
		t.Errorf("the keyboard is at %T, %q matches %d, want 2", b.focused(), p.find.box.Text, p.doc.Matches())
	}
}

func TestCancelKeepsWhatWasRead(t *testing.T) {
	for _, tt := range []struct {
		name   string
		reply  openReply
		spans  int
		saying string
	}{
		{"more than was shown", openReply{[]*model.Trace{full(t)}, context.Canceled}, 4, "incomplete: cancelled"},
		{"nothing more", openReply{nil, context.Canceled}, 2, "incomplete: cancelled"},
		{"and the file is damaged", openReply{[]*model.Trace{full(t)}, errors.New("byte 7 is wrong")}, 4, "incomplete: byte 7 is wrong"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, nil)
			o := arriving(b)
			p := b.tracePage()
			b.key(fyne.KeyEscape)
			if s := b.says(); o.ctx.Err() == nil || !strings.Contains(s, "Stopping") || strings.Contains(s, "Cancel") {
				t.Errorf("at once after Esc the page says:\n%s", s)
			}
			o.on(Loading{Spans: 400_000, Preview: part(t)}) // told before it knew
			o.reply <- tt.reply
			b.until("the end", func() bool { return !p.slot.Busy() })
			if s := b.says(); len(p.doc.Trace().Spans) != tt.spans || !strings.Contains(s, tt.saying) {
				t.Errorf("%d spans are kept, want %d; the page says:\n%s", len(p.doc.Trace().Spans), tt.spans, s)
			}
		})
	}
}

// TestADamagedFileShowsWhatWasRead breaks off with and without a preview on show.
func TestADamagedFileShowsWhatWasRead(t *testing.T) {
	damaged := errors.New("the file is damaged")
	b := newBench(t, nil)
	o := arriving(b)
	o.reply <- openReply{[]*model.Trace{full(t)}, damaged}
	p := b.tracePage()
	b.until("the end", func() bool { return !p.slot.Busy() })
	if s := b.says(); !strings.Contains(s, "incomplete: the file is damaged") || len(p.doc.Trace().Spans) != 4 {
		t.Errorf("the page says:\n%s", s)
	}
	o = b.openSlowly("/data/small.json")
	o.reply <- openReply{[]*model.Trace{full(t)}, damaged}
	b.until("the list", func() bool { return b.pages[b.current].Title() == "small.json" })
	if s := b.says(); !strings.Contains(s, "the file is damaged") || !strings.Contains(s, "POST /orders") {
		t.Errorf("the page of a small file says:\n%s", s)
	}
}

func TestAFileOfSeveralTracesEndsAsAList(t *testing.T) {
	b := newBench(t, nil)
	b.search("10472")
	o := arriving(b)
	p := b.pages[2]
	o.reply <- openReply{traces: []*model.Trace{full(t), uitest.Shop(t, 2)}}
	b.until("the list", func() bool { return b.pages[2] != p })
	if _, ok := b.pages[2].(*filePage); !ok || len(b.pages) != 3 || b.current != 2 || b.trail[p] != nil {
		t.Errorf("%T at %d of %d pages", b.pages[2], b.current, len(b.pages))
	}
	b.key(fyne.KeyEscape)
	b.orderPage()
}

func TestTwoFilesAtOnce(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	b := newBench(t, nil)
	one := b.openSlowly("/data/one.json")
	two := b.openSlowly("/data/two.json")
	two.on(Loading{Spans: 10, Preview: part(t)})
	b.until("the second", func() bool { return b.current == 1 && b.tracePage().doc != nil })
	one.on(Loading{Spans: 10})
	b.until("the first", func() bool { return b.current == 2 })
	if b.tracePage().file != "one.json" || b.pages[1].(*tracePage).file != "two.json" {
		t.Errorf("pages of %q and %q", b.pages[1].(*tracePage).file, b.tracePage().file)
	}
	b.ctrl(fyne.KeyW) // closes the first while it is read
	one.reply <- openReply{traces: []*model.Trace{full(t)}}
	two.reply <- openReply{traces: []*model.Trace{full(t)}}
	b.until("the second", func() bool { return !b.pages[1].(*tracePage).slot.Busy() })
	if one.ctx.Err() == nil || len(b.pages) != 2 || len(b.pages[1].(*tracePage).doc.Trace().Spans) != 4 {
		t.Errorf("%d pages; reading the closed one ended: %v", len(b.pages), one.ctx.Err())
	}
}

func TestALiveTraceIsShownWhileItArrives(t *testing.T) {
	b := newBench(t, nil)
	b.openTrace(uitest.TraceID(1))
	call := b.nextTrace()
	call.on(Loading{Spans: 2, Preview: part(t)})
	b.until("the first spans", func() bool { return b.tracePage().doc != nil })
	if s := b.says(); !strings.Contains(s, "still loading: 2 spans so far") || strings.Contains(s, "the first are shown") {
		t.Errorf("the page says:\n%s", s)
	}
	p := b.tracePage()
	b.key(fyne.KeyEscape)
	b.until("the end", func() bool { return !p.slot.Busy() })
	if s := b.says(); !strings.Contains(s, "incomplete: cancelled") || len(p.doc.Trace().Spans) != 2 {
		t.Errorf("cancelled, the page says:\n%s", s)
	}
	b.key(fyne.KeyF5) // fetches it again
	again := b.nextTrace()
	again.reply <- traceReply{trace: full(t)}
	b.until("the whole", func() bool { return !p.slot.Busy() })
	if s := b.says(); len(p.doc.Trace().Spans) != 4 || strings.Contains(s, "incomplete") {
		t.Errorf("fetched again, the page says:\n%s", s)
	}
}

// TestWaysOnFromAFailure holds that more can be done about what cannot be read than to
// try again: to open another file, and to look at the connections.
func TestWaysOnFromAFailure(t *testing.T) {
	b := newBench(t, func(o *Options) { o.Connections = newFakeConnections() })
	b.Open("bad.json")
	b.until("the failure", func() bool { return b.current > 0 })
	if s := b.says(); !strings.Contains(s, "Open another file…") || strings.Contains(s, "Connections") {
		t.Errorf("of a bad file the page says\n%s", s)
	}
	p := b.pages[b.current].(*filePage).page
	x, y := uitest.Find(t, b.kit.Metrics, p.Build(1280, 700, 1), "Open another file…")
	uitest.Press(p, x, y)
	if b.chooser == nil {
		t.Fatal("no file can be chosen")
	}
	b.chooser.Hide()
	b.search("10472").reply <- searchReply{err: errDown}
	b.until("the failure", func() bool { return !b.orderPage().slot.Busy() })
	page := b.orderPage()
	x, y = uitest.Find(t, b.kit.Metrics, page.page.Build(1280, 700, 1), "Connections")
	uitest.Press(page.page, x, y)
	if _, ok := b.pages[b.current].(*connectionsPage); !ok {
		t.Errorf("the page in front is %T", b.pages[b.current])
	}
}
