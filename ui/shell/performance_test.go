package shell

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"traceview/internal/analysis/traffic"
	"traceview/internal/demo"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
	"traceview/internal/query"
	"traceview/internal/task"
	"traceview/ui/canvasview"
	"traceview/ui/uitest"
	"traceview/ui/view/order"
	"traceview/ui/xwidget"
)

// busyShop is a library with the traces of some orders of the demo shop.
func busyShop(t testing.TB, orders int) *fakeLibrary {
	t.Helper()
	lib := newFakeLibrary()
	for _, tr := range demo.New(demo.Options{Orders: orders, Now: time.Date(2026, 11, 14, 12, 0, 0, 0, time.UTC)}).Traces() {
		b := model.NewBuilder()
		if err := otlp.DecodeProto(tr.Proto, b); err != nil {
			t.Fatal(err)
		}
		for _, built := range b.Build() {
			lib.add(built, tr.Order)
		}
	}
	return lib
}

// perfPage returns the page of performance in front, once it shows what there is.
func (b *bench) perfPage() *performancePage {
	b.t.Helper()
	p, ok := b.pages[b.current].(*performancePage)
	if !ok {
		b.t.Fatalf("%q is in front", b.pages[b.current].Title())
	}
	b.until("the figures", func() bool { return p.known && !p.load.Busy() && !p.sum.Busy() })
	b.Window.Canvas().Capture()
	return p
}

func TestPerformancePictures(t *testing.T) {
	lib := busyShop(t, 40)
	for _, tt := range []struct {
		name, lang string
		dark       bool
		w, h       float32
		act        func(b *bench, p *performancePage)
	}{
		{"performance", "en", false, 1280, 800, nil},
		{"performance_dark_ru", "ru", true, 1280, 700, func(b *bench, p *performancePage) { p.show(partServices) }},
		{"performance_graph_ru", "ru", false, 1280, 800, func(b *bench, p *performancePage) { p.show(partGraph) }},
		{"performance_examples", "en", false, 1000, 700, func(b *bench, p *performancePage) {
			b.key(fyne.KeyReturn)
			b.perfPage()
		}},
		{"performance_nothing_narrow_ru", "ru", false, 900, 560, func(b *bench, p *performancePage) {
			p.box.set("order=none")
			b.perfPage()
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			lib.opens = make(chan openedLibrary, 1)
			lib.opens <- openedLibrary{kept: true}
			b := newBench(t, func(o *Options) { o.Library, o.Prefs.Language, o.Prefs.Dark = lib, tt.lang, tt.dark })
			b.until("the library", func() bool { return b.shelf.open && !b.shelf.recovers.Busy() })
			b.Window.Resize(fyne.NewSize(tt.w, tt.h))
			b.ctrl(fyne.KeyP)
			p := b.perfPage()
			if tt.act != nil {
				tt.act(b, p)
			}
			b.Window.Canvas().Unfocus() // the toolkit's caret blinks
			uitest.Golden(t, tt.name, b.Window.Canvas().Capture())
		})
	}
}

func TestFromFiguresToTheSpan(t *testing.T) {
	b := newLibraryBench(t, busyShop(t, 8), openedLibrary{kept: true})
	b.ctrl(fyne.KeyP)
	p := b.perfPage()
	if p.now.total == nil || p.now.total.Traces < 20 {
		t.Fatalf("the library adds up to %+v", p.now.total)
	}
	b.key(fyne.KeyDown, fyne.KeyReturn)
	b.perfPage()
	if p.of.IsZero() || p.now.of != p.of || len(p.now.points) == 0 {
		t.Fatalf("Enter shows examples of %v, points of %v", p.of, p.now.of)
	}
	b.key(fyne.KeyReturn)
	b.until("the trace", func() bool {
		tp, ok := b.pages[b.current].(*tracePage)
		return ok && tp.doc != nil
	})
	tp := b.tracePage()
	sel := tp.doc.Selected()
	if got := tp.doc.Trace().Name(sel); got != p.of.Name {
		t.Errorf("the span selected is %q, want %q", got, p.of.Name)
	}
	b.key(fyne.KeyEscape)
	if b.perfPage() != p || p.of.IsZero() {
		t.Error("Esc does not lead back to the examples")
	}
	b.key(fyne.KeyEscape)
	if b.perfPage(); !p.of.IsZero() {
		t.Error("Esc does not lead back to all operations")
	}
	all := p.now.total.Traces
	p.plot.Key("+", 0)
	b.perfPage()
	if p.now.total.Traces >= all {
		t.Errorf("%d traces in half of the time, %d in all", p.now.total.Traces, all)
	}
	b.key(fyne.KeyEscape)
	if b.perfPage(); p.now.total.Traces != all {
		t.Errorf("%d traces in all of the time again, want %d", p.now.total.Traces, all)
	}
	for letter, part := range map[rune]perfPart{'s': partServices, 'g': partGraph, 'o': partOperations} {
		b.Window.Canvas().Focused().TypedRune(letter)
		if p.part != part {
			t.Errorf("%c shows part %d, want %d", letter, p.part, part)
		}
	}
}

// TestOnlySomeTraces narrows the set by typing, and by what is listed.
func TestOnlySomeTraces(t *testing.T) {
	b := newBench(t, nil)
	traces := make([]*model.Trace, 3)
	for k := range traces {
		traces[k] = uitest.Shop(t, byte(k+1))
	}
	b.files["/data/three.json"] = func(context.Context) ([]*model.Trace, error) { return append(traces, full(t)), nil }
	b.Open("/data/three.json")
	b.until("the file", func() bool { _, ok := b.pages[b.current].(*filePage); return ok })
	b.ctrl(fyne.KeyP)
	p := b.perfPage()
	b.Window.Canvas().Focus(p.box)
	b.write("service=fi")
	b.perfPage()
	if !p.ways.offering() || len(p.ways.list) == 0 {
		t.Fatal("nothing is offered")
	}
	b.waysPick(0)
	if b.perfPage(); !strings.HasPrefix(p.box.Text, "service=file") || p.now.total.Traces == 0 {
		t.Errorf("%q leaves %d traces", p.box.Text, p.now.total.Traces)
	}
	b.key(fyne.KeyEscape)
	b.perfPage()
	p.focusOn(p.now.total.Operations[0].Target)
	b.perfPage()
	want := len(p.now.points)
	p.only()
	if b.perfPage(); p.now.total.Traces != want || !p.of.IsZero() {
		t.Errorf("%q leaves %d traces, want %d", p.box.Text, p.now.total.Traces, want)
	}
}

// waysPick presses one of the ways offered.
func (b *bench) waysPick(i int) { b.pickCompletion(i) }

func TestGraphLeadsToExamples(t *testing.T) {
	b := newLibraryBench(t, busyShop(t, 4), openedLibrary{kept: true})
	b.ctrl(fyne.KeyP)
	p := b.perfPage()
	p.show(partGraph)
	p.onEdge(nil, traffic.Node{Name: "crm-api"}, traffic.Node{Kind: traffic.Queue, Name: "q"})
	b.perfPage()
	if !p.of.Whole || p.of.Service != "crm-api" || len(p.now.points) == 0 {
		t.Errorf("an edge shows %v with %d points", p.of, len(p.now.points))
	}
	p.focusOn(traffic.Target{})
	b.perfPage()
	p.onNode(traffic.Node{Kind: traffic.Database, Name: "postgresql shop"})
	if s := b.statusText(); !strings.Contains(s, "shop · PostgreSQL") {
		t.Errorf("pressing a database says %q", s)
	}
}

// TestPerformanceOfAnOrder adds up an order part of which is in the library.
func TestPerformanceOfAnOrder(t *testing.T) {
	lib := newFakeLibrary()
	kept, live := uitest.Shop(t, 1), uitest.Shop(t, 2)
	lib.add(kept, "10472")
	b := newLibraryBench(t, lib, openedLibrary{kept: true})
	call := b.search("10472")
	call.reply <- searchReply{found: Found{Order: "10472", Rows: []order.Row{rowOf(kept), rowOf(live)}}}
	b.until("the order", func() bool { return !b.orderPage().slot.Busy() && !b.orderPage().shelf.Busy() })
	b.ctrl(fyne.KeyP)
	b.nextTrace().reply <- traceReply{trace: live}
	p := b.perfPage()
	if p.now.total.Traces != 2 || p.now.unread != 0 || p.scope != page(b.pages[1]) {
		t.Errorf("%d traces of the order, %d unread", p.now.total.Traces, p.now.unread)
	}
	p.box.set("error")
	b.nextTrace().reply <- traceReply{err: errDown}
	b.perfPage()
	if p.now.total.Traces != 1 || p.now.unread != 1 {
		t.Errorf("with a server that is down: %d traces, %d unread; want 1, 1", p.now.total.Traces, p.now.unread)
	}
	if words := uitest.Words(b.panel(func(c *xwidget.Canvas, _, w float32) float32 { p.drawTotal(c, 0, 0, w); return 40 }).Build(1200, 40, 1)); !strings.Contains(words, "1 trace could not be read") {
		t.Errorf("the line says %q", words)
	}
	b.closePage(1)
	b.show(b.indexOf(p))
	if b.perfPage(); p.scope != nil {
		t.Error("an order that was closed is still added up")
	}
}

func TestPerformanceOfAFile(t *testing.T) {
	b := newBench(t, nil)
	b.files["/data/two.json"] = func(context.Context) ([]*model.Trace, error) {
		return []*model.Trace{uitest.Shop(t, 1), uitest.Shop(t, 2)}, nil
	}
	b.Open("/data/two.json")
	b.until("the file", func() bool { _, ok := b.pages[b.current].(*filePage); return ok })
	b.ctrl(fyne.KeyP)
	p := b.perfPage()
	if p.now.total.Traces != 2 {
		t.Errorf("%d traces of the file, want 2", p.now.total.Traces)
	}
	p.open(p.now.points[0])
	if tp := b.tracePage(); tp.file != "two.json" {
		t.Errorf("a point opens a trace of %q", tp.file)
	}
}

// gauge is a library of an older version, which is looked at when asked.
type gauge struct {
	*fakeLibrary
	left chan int
	read atomic.Int32 // how often all was added up
}

func (g *gauge) Traffic(ctx context.Context, q query.Kept) (*traffic.Set, int, error) {
	g.read.Add(1)
	set, _, err := g.fakeLibrary.Traffic(ctx, q)
	return set, len(g.left), err
}

func (g *gauge) FillDigests(_ context.Context, progress func(int)) error {
	for len(g.left) > 0 {
		progress(<-g.left)
	}
	return nil
}

func TestOlderTracesAreLookedAt(t *testing.T) {
	const pieces = 100
	lib := &gauge{fakeLibrary: newFakeLibrary(), left: make(chan int, pieces)}
	lib.add(uitest.Shop(t, 1), "1")
	for n := range pieces {
		lib.left <- pieces - 1 - n
	}
	lib.opens <- openedLibrary{kept: true}
	b := newBench(t, func(o *Options) { o.Library = lib })
	b.until("the library", func() bool { return b.shelf.open })
	b.ctrl(fyne.KeyP)
	p := b.perfPage()
	b.until("all", func() bool { return !p.fill.Busy() && !p.load.Busy() && p.now.undigested == 0 })
	if len(lib.left) != 0 {
		t.Errorf("%d are left", len(lib.left))
	}
	if n := lib.read.Load(); n != 2 {
		t.Errorf("all is shown anew %d times, want at the beginning and at the end only: the time in sight is lost with it", n)
	}
}

// TestNothingIsAddedUpOfASetThatGoes changes what is listed while another set is read.
func TestNothingIsAddedUpOfASetThatGoes(t *testing.T) {
	b := newLibraryBench(t, busyShop(t, 4), openedLibrary{kept: true})
	b.ctrl(fyne.KeyP)
	p := b.perfPage()
	of := p.now.total.Operations[0].Target
	p.reload()
	if p.focusOn(of); p.sum.Busy() {
		t.Error("the set before is added up, and takes the place of the one that is read")
	}
	if b.perfPage(); p.now.of != of || len(p.now.points) == 0 {
		t.Errorf("of what is listed there are %d points, they are of %v", len(p.now.points), p.now.of)
	}
}

// TestGathering holds that a fault in one trace is an error of all, not the end of the
// program, and that the error of a trace is told where none can be read.
func TestGathering(t *testing.T) {
	rows := make([]order.Row, 5)
	for _, tt := range []struct {
		name   string
		fetch  func(context.Context, order.Row) (*model.Trace, error)
		unread int
		is     func(error) bool
	}{
		{"all", func(context.Context, order.Row) (*model.Trace, error) { return uitest.Shop(t, 1), nil }, 0, func(err error) bool { return err == nil }},
		{"none", func(context.Context, order.Row) (*model.Trace, error) { return nil, errDown }, 5, func(err error) bool { return errors.Is(err, errDown) }},
		{"fault", func(context.Context, order.Row) (*model.Trace, error) { panic("damaged") }, 5, func(err error) bool {
			var fault *task.PanicError
			return errors.As(err, &fault) && fault.Value == "damaged"
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			set, unread, err := gather(t.Context(), rows, tt.fetch, func(int) {})
			if unread != tt.unread || len(set.Traces) != len(rows)-unread || !tt.is(err) {
				t.Errorf("%d traces, %d unread, %v", len(set.Traces), unread, err)
			}
		})
	}
}

func TestPerformanceWithoutAnything(t *testing.T) {
	b := newBench(t, func(o *Options) { o.Library, o.Source = nil, nil })
	b.showPerformance()
	if b.current != 0 {
		t.Error("a page without anything to show")
	}
	lib := newFakeLibrary()
	b = newLibraryBench(t, lib, openedLibrary{kept: true})
	b.ctrl(fyne.KeyP)
	p := b.perfPage()
	if e := p.empty(); e[0] != b.kit.Words.T("perf.empty") {
		t.Errorf("an empty library says %q", e)
	}
	for _, k := range []string{"+", "0", "-"} {
		p.key(canvasview.Event{Kind: canvasview.Rune, Rune: rune(k[0])})
	}
}
