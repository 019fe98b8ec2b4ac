package shell

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"traceview/internal/document"
	"traceview/internal/model"
	"traceview/internal/savedview"
	"traceview/ui/uitest"
)

// changed looks at the trace in front in another way than it opened.
func (b *bench) changed() *tracePage {
	b.t.Helper()
	p := b.tracePage()
	b.showView(viewFlame)
	p.find.box.set("service=crm-api")
	p.doc.SetOnlyMatches(true)
	p.doc.ZoomTo(300*uitest.Ms, 800*uitest.Ms)
	p.doc.SetColourRule(document.ColourRule{By: document.ByOperation, Palette: "many"})
	p.doc.SelectBar(3)
	return p
}

func TestATraceIsShownAsSomebodySawIt(t *testing.T) {
	b := newBench(t, nil)
	b.openTrace(uitest.TraceID(1))
	b.nextTrace().reply <- traceReply{trace: full(t)}
	b.until("the trace", func() bool { return b.tracePage().doc != nil })
	want := b.changed().savedView()
	if want.View != "flame" || want.Filter != "service=crm-api" || want.Shown == nil || want.Colour == nil || !want.Only {
		t.Fatalf("saved %+v", want)
	}

	other := newBench(t, nil)
	other.openTrace(uitest.TraceID(1))
	p := other.tracePage()
	p.see(want)
	if got := p.savedView(); !reflect.DeepEqual(got, want) {
		t.Errorf("before it is here the view is %+v", got)
	}
	call := other.nextTrace()
	call.on(Loading{Spans: 2, Preview: part(t)})
	other.until("the first spans", func() bool { return p.doc != nil })
	call.reply <- traceReply{trace: full(t)}
	other.until("the whole", p.whole)
	if got := p.savedView(); !reflect.DeepEqual(got, want) {
		t.Errorf("it is shown as\n%+v, want\n%+v", got, want)
	}
	if p.view != viewFlame || p.find.box.Text != want.Filter || p.find.told != want.Filter || p.doc.Selected() != 3 {
		t.Errorf("view %d, %q in the box, selected %d", p.view, p.find.box.Text, p.doc.Selected())
	}
	if back, _ := p.doc.Steps(); back != 0 || len(other.way.past) > 1 {
		t.Errorf("%d steps lead back within the trace", back)
	}
	p.find.box.set("")
	p.see(want) // in a page that is in use
	if got := p.savedView(); !reflect.DeepEqual(got, want) {
		t.Errorf("seen again it is\n%+v, want\n%+v", got, want)
	}
	other.goBack()
	if p.find.box.Text != "" {
		t.Errorf("%q in the box after going back", p.find.box.Text)
	}
}

func TestViewsFromElsewhere(t *testing.T) {
	b := newBench(t, nil)
	b.showTrace(full(t), "orders.json")
	p := b.tracePage()
	p.see(savedview.Trace{View: "kaleidoscope", Filter: "dur>", Only: true})
	if p.view != viewWaterfall || p.doc.ViewName() != "waterfall" || p.doc.Hidden() != 0 || p.find.box.Text != "" {
		t.Errorf("view %d, %d hidden, %q in the box", p.view, p.doc.Hidden(), p.find.box.Text)
	}
	if !strings.Contains(b.notice, "dur>") {
		t.Errorf("the window says %q, want the filter named", b.notice)
	}
}

// TestWhatIsOnTheScreen saves the view of what is in front: an order, a trace of
// it, a file, another page.
func TestWhatIsOnTheScreen(t *testing.T) {
	b := newBench(t, nil)
	b.files["/data/orders.json"] = func(context.Context) ([]*model.Trace, error) {
		return []*model.Trace{traceOf(t, 7), traceOf(t, 8)}, nil
	}
	b.search("10472").reply <- searchReply{found: found("10472", 2)}
	b.until("the answer", func() bool { return b.orderPage().found.Rows != nil })
	order := b.current
	for n := byte(1); n <= 2; n++ {
		b.show(order)
		b.openTrace(uitest.TraceID(n))
		b.nextTrace().reply <- traceReply{trace: traceOf(t, n)}
		b.until("the trace", func() bool { return b.tracePage().doc != nil })
	}
	b.Open("/data/orders.json")
	b.until("the file", func() bool { _, ok := b.pages[b.current].(*filePage); return ok })
	file := b.current
	b.pages[file].(*filePage).open(uitest.TraceID(8))

	for _, tt := range []struct {
		name, order, active string
		front               int
		traces              []byte
	}{
		{"a trace of the order", "10472", uitest.TraceID(2).String(), order + 2, []byte{1, 2}},
		{"the order", "10472", "", order, []byte{1, 2}},
		{"the file", "", "", file, []byte{8}},
		{"a trace of the file", "", uitest.TraceID(8).String(), file + 1, []byte{8}},
		{"the first page", "", "", 0, []byte{1, 2, 8}},
	} {
		b.show(tt.front)
		v := b.savedView()
		var ids []string
		for _, tr := range v.Traces {
			ids = append(ids, tr.TraceID)
		}
		var want []string
		for _, n := range tt.traces {
			want = append(want, uitest.TraceID(n).String())
		}
		if v.Order != tt.order || v.Active != tt.active || !reflect.DeepEqual(ids, want) {
			t.Errorf("%s: order %q, active %q, traces %v, want %q, %q, %v", tt.name, v.Order, v.Active, ids, tt.order, tt.active, want)
		}
	}
}

// traceOf returns a trace of one span.
func traceOf(t *testing.T, n byte) *model.Trace {
	t.Helper()
	return uitest.Trace(t, n, uitest.Span{ID: 1, Service: "shop-api", Name: "POST /orders", Dur: 5 * uitest.Ms})
}

// TestAFileIsShownAsSomebodySawIt opens a file in another window, in another
// language, and finds the tabs as they were.
func TestAFileIsShownAsSomebodySawIt(t *testing.T) {
	traces := []*model.Trace{traceOf(t, 7), full(t), traceOf(t, 9)}
	file := func(context.Context) ([]*model.Trace, error) { return traces, nil }
	b := newBench(t, nil)
	b.files["/data/10472.traceview"], b.beside["/data/10472.traceview"] = file, Opened{Order: "10472"}
	b.Open("/data/10472.traceview")
	b.until("the list", func() bool { _, ok := b.pages[b.current].(*filePage); return ok })
	list := b.pages[b.current].(*filePage)
	list.open(uitest.TraceID(9))
	list.open(uitest.TraceID(1))
	b.changed()
	want := b.savedView()
	if want.Order != "10472" || want.Active != uitest.TraceID(1).String() || len(want.Traces) != 2 || want.Traces[0].TraceID != uitest.TraceID(9).String() {
		t.Fatalf("saved %+v", want)
	}
	data, err := savedview.EncodeView(want)
	if err != nil {
		t.Fatal(err)
	}
	view, err := savedview.DecodeView(data)
	if err != nil {
		t.Fatal(err)
	}

	other := newBench(t, func(o *Options) { o.Prefs.Language, o.Prefs.Dark, o.Prefs.Palette = "ru", true, "muted" })
	other.files["/data/10472.traceview"], other.beside["/data/10472.traceview"] = file, Opened{Order: "10472", View: &view}
	other.Open("/data/10472.traceview")
	other.until("the tabs", func() bool { return len(other.pages) == 4 })
	got := other.savedView()
	got.Version, got.Created = view.Version, view.Created
	if !reflect.DeepEqual(got, view) {
		t.Errorf("the other window shows\n%+v, want\n%+v", got, view)
	}
	if other.back(); other.pages[other.current].Title() != "10472.traceview" {
		t.Errorf("Esc leads to %q, want the list", other.pages[other.current].Title())
	}
	if len(other.way.past) > 3 {
		t.Errorf("%d steps lead back", len(other.way.past))
	}
}

func TestWhatAViewLacksIsSaid(t *testing.T) {
	gone := savedview.Trace{TraceID: uitest.TraceID(66).String(), View: "flame"}
	for _, tt := range []struct {
		name  string
		holds Opened
		says  string
		pages int
	}{
		{"no view", Opened{}, "", 2},
		{"a trace that is not there", Opened{View: &savedview.View{Active: gone.TraceID, Traces: []savedview.Trace{gone, {TraceID: "x"}, {TraceID: uitest.TraceID(7).String()}}}}, "2 traces", 3},
		{"a view that cannot be read", Opened{Passed: errDown}, "jaeger:16685", 2},
	} {
		for n, traces := range [][]*model.Trace{{traceOf(t, 7)}, {traceOf(t, 7), traceOf(t, 8)}} {
			b := newBench(t, nil)
			b.files["/data/x.traceview"] = func(context.Context) ([]*model.Trace, error) { return traces, nil }
			b.beside["/data/x.traceview"] = tt.holds
			b.Open("/data/x.traceview")
			b.until("the file", func() bool { return len(b.opening) == 0 })
			if tt.says == "" && b.notice != "" || !strings.Contains(b.notice, tt.says) {
				t.Errorf("%s, %d traces: the window says %q", tt.name, len(traces), b.notice)
			}
			if want := []int{2, tt.pages}[n]; len(b.pages) != want {
				t.Errorf("%s, %d traces: %d pages, want %d", tt.name, len(traces), len(b.pages), want)
			}
		}
	}
}
