package shell

import (
	"context"
	"errors"
	"net/url"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"traceview/internal/i18n"
	"traceview/internal/model"
	"traceview/internal/task"
	"traceview/internal/weblink"
	"traceview/ui/look"
	"traceview/ui/uitest"
	"traceview/ui/view/order"
	"traceview/ui/xwidget"
)

// A searchCall is a search that waits for the test to answer it.
type searchCall struct {
	order string
	days  int
	ctx   context.Context
	on    func(Found)
	reply chan searchReply
}

type searchReply struct {
	found Found
	err   error
}

// A traceCall is a fetch that waits for the test to answer it.
type traceCall struct {
	id    model.TraceID
	ctx   context.Context
	on    func(Loading)
	reply chan traceReply
}

type traceReply struct {
	trace *model.Trace
	err   error
}

// fakeSource is a Source whose calls the test takes and answers.
type fakeSource struct {
	searches chan *searchCall
	traces   chan *traceCall
	stubborn bool // does not end with its context
	running  sync.WaitGroup
	pages    string // of Jaeger
	places   *weblink.Places
	logsAt   string // its log lines are there, "" for none
	logCalls chan *logCall
}

func newFakeSource() *fakeSource {
	return &fakeSource{searches: make(chan *searchCall, 16), traces: make(chan *traceCall, 16), logCalls: make(chan *logCall, 16)}
}

func (f *fakeSource) Name(*i18n.Printer) string { return "Production" }

func (f *fakeSource) Search(ctx context.Context, order string, days int, on func(Found)) (Found, error) {
	f.running.Add(1)
	defer f.running.Done()
	c := &searchCall{order, days, ctx, on, make(chan searchReply, 1)}
	f.searches <- c
	if f.stubborn {
		r := <-c.reply
		return r.found, r.err
	}
	select {
	case r := <-c.reply:
		return r.found, r.err
	case <-ctx.Done():
		return Found{}, ctx.Err()
	}
}

func (f *fakeSource) Trace(ctx context.Context, id model.TraceID, on func(Loading)) (*model.Trace, error) {
	f.running.Add(1)
	defer f.running.Done()
	c := &traceCall{id, ctx, on, make(chan traceReply, 1)}
	f.traces <- c
	select {
	case r := <-c.reply:
		return r.trace, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// A bench is a shell in a window of the toolkit's test driver.
type bench struct {
	*Shell
	t       testing.TB
	queue   *task.Queue
	source  *fakeSource
	sharer  *fakeSharer
	saved   []Prefs
	events  []string
	files   map[string]func(ctx context.Context) ([]*model.Trace, error)
	slow    map[string]func(ctx context.Context, on func(Loading)) ([]*model.Trace, error)
	beside  map[string]Opened // what a file holds beside its traces
	browsed []string          // addresses shown in the browser
	browses error             // why it cannot
	looks   []*look.Palette
}

// errDown is an error that explain has words for.
var errDown = errors.New("dial tcp 10.0.0.7:16685: connection refused")

func newBench(t testing.TB, change func(o *Options)) *bench {
	t.Helper()
	app := test.NewTempApp(t)
	b := &bench{t: t, queue: task.NewQueue(), source: newFakeSource(), sharer: newFakeSharer(), files: map[string]func(context.Context) ([]*model.Trace, error){}}
	b.beside = map[string]Opened{}
	b.slow = map[string]func(context.Context, func(Loading)) ([]*model.Trace, error){}
	w := test.NewWindow(nil)
	w.SetPadded(false)
	kit := uitest.Kit(t, "en", false)
	o := Options{
		Window: w, Drawer: kit.Drawer, Metrics: kit.Metrics, Source: b.source, Sharer: b.sharer, Library: newFakeLibrary(), Known: []string{"10472", "10473", "20118", "A-77"},
		Prefs:    Prefs{Language: "en", UTC: true, Days: 7},
		Save:     func(p Prefs) { b.saved = append(b.saved, p) },
		Apply:    func(p *look.Palette) { b.looks = append(b.looks, p); app.Settings().SetTheme(look.NewTheme(p)) },
		Dispatch: b.queue.Dispatch,
		OpenFile: func(ctx context.Context, path string, on func(Loading)) (Opened, error) {
			o := b.beside[path]
			var err error
			if f := b.slow[path]; f != nil {
				o.Traces, err = f(ctx, on)
			} else if f := b.files[path]; f != nil {
				o.Traces, err = f(ctx)
			} else {
				err = errors.New("open " + path + ": no such file")
			}
			return o, err
		},
		Explain: func(w *i18n.Printer, err error) (string, string) {
			if errors.Is(err, errDown) {
				return w.T("error.unreachable.title", "endpoint", "jaeger:16685"), w.T("error.unreachable.hint")
			}
			return err.Error(), ""
		},
		Browse: func(u *url.URL) error {
			b.browsed = append(b.browsed, u.String())
			return b.browses
		},
		Event:   func(name string, _ map[string]any) { b.events = append(b.events, name) },
		Now:     func() time.Time { return time.Unix(0, uitest.Epoch) },
		Version: "1.2.3",
	}
	if change != nil {
		change(&o)
	}
	b.Shell = New(o)
	w.Resize(fyne.NewSize(1280, 800))
	b.Started()
	t.Cleanup(func() {
		b.Close()
		b.source.running.Wait()
		w.Close()
	})
	return b
}

// focused returns what has the keyboard.
func (b *bench) focused() fyne.Focusable { return b.Window.Canvas().Focused() }

// key presses keys one after another, wherever the keyboard is, with a frame
// drawn before each.
func (b *bench) key(names ...fyne.KeyName) {
	b.t.Helper()
	for _, n := range names {
		b.says()
		if f := b.focused(); f != nil {
			f.TypedKey(&fyne.KeyEvent{Name: n})
		} else {
			b.Window.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: n})
		}
	}
}

// ctrl presses a key with Ctrl held, the way the desktop driver passes it on.
func (b *bench) ctrl(name fyne.KeyName) {
	sc := &desktop.CustomShortcut{KeyName: name, Modifier: fyne.KeyModifierShortcutDefault}
	if f, ok := b.focused().(fyne.Shortcutable); ok {
		f.TypedShortcut(sc)
		return
	}
	b.Window.Canvas().(fyne.Shortcutable).TypedShortcut(sc)
}

// ctrlShift is ctrl with Shift held as well.
func (b *bench) ctrlShift(name fyne.KeyName) {
	sc := &desktop.CustomShortcut{KeyName: name, Modifier: fyne.KeyModifierShortcutDefault | fyne.KeyModifierShift}
	if f, ok := b.focused().(fyne.Shortcutable); ok {
		f.TypedShortcut(sc)
		return
	}
	b.Window.Canvas().(fyne.Shortcutable).TypedShortcut(sc)
}

// typeFind types into the find box of the trace in front, once the words to
// finish what is typed are known.
func (b *bench) typeFind(text string) {
	b.t.Helper()
	b.ctrl(fyne.KeyF)
	f := b.tracePage().find
	b.until("the words of the trace", func() bool { return f.help.vocab != nil })
	b.write(text)
	b.until("the values", func() bool { return !f.help.of.Busy() })
}

// typePalette opens the palette and types into it, once it knows the trace in front.
func (b *bench) typePalette(text string) {
	b.t.Helper()
	b.ctrl(fyne.KeyK)
	b.until("the operations", func() bool { return !b.palette.read.Busy() })
	b.write(text)
	b.until("what matches", func() bool { return !b.palette.pick.Busy() })
}

// write types text wherever the keyboard is.
func (b *bench) write(text string) {
	for _, r := range text {
		b.focused().TypedRune(r)
	}
}

// until runs what the shell dispatches until ready.
func (b *bench) until(what string, ready func() bool) {
	b.t.Helper()
	uitest.Until(b.t, b.queue, what, ready)
}

// search types an order and returns the search that it starts.
func (b *bench) search(order string) *searchCall {
	b.t.Helper()
	b.ctrl(fyne.KeyL)
	b.write(order)
	b.key(fyne.KeyReturn)
	return b.nextSearch()
}

func (b *bench) nextSearch() *searchCall {
	b.t.Helper()
	select {
	case c := <-b.source.searches:
		return c
	case <-time.After(20 * time.Second):
		b.t.Fatal("no search was started")
		return nil
	}
}

func (b *bench) nextTrace() *traceCall {
	b.t.Helper()
	select {
	case c := <-b.source.traces:
		return c
	case <-time.After(20 * time.Second):
		b.t.Fatal("no trace was fetched")
		return nil
	}
}

// noSearch fails the test if a search was started.
func (b *bench) noSearch() {
	b.t.Helper()
	select {
	case c := <-b.source.searches:
		b.t.Errorf("a search for %q was started", c.order)
	default:
	}
}

// orderPage returns the page in front, which must be that of an order.
func (b *bench) orderPage() *orderPage {
	b.t.Helper()
	p, ok := b.pages[b.current].(*orderPage)
	if !ok {
		b.t.Fatalf("the page in front is %T, want that of an order", b.pages[b.current])
	}
	return p
}

// tracePage returns the page in front, which must be that of a trace.
func (b *bench) tracePage() *tracePage {
	b.t.Helper()
	p, ok := b.pages[b.current].(*tracePage)
	if !ok {
		b.t.Fatalf("the page in front is %T, want that of a trace", b.pages[b.current])
	}
	return p
}

// says returns all that the page in front says, painted at 1280 × 700.
func (b *bench) says() string {
	b.t.Helper()
	switch p := b.pages[b.current].(type) {
	case *orderPage:
		return uitest.Words(p.page.Build(1280, 700, 1))
	case *filePage:
		return uitest.Words(p.page.Build(1280, 700, 1))
	case *homePage:
		return uitest.Words(p.home.Build(1280, 700, 1))
	case *libraryPage:
		return uitest.Words(p.list.Build(1280, 600))
	case *comparePage:
		return uitest.Words(b.comparePanel(p)) + "\n" + uitest.Words(p.rows.Build(1280, 500))
	case *helpPage:
		return uitest.Words(p.panel.Build(1280, 1600, 1))
	case *tracePage:
		if p.doc == nil {
			return uitest.Words(b.panel(p.drawWait).Build(1280, 700, 1))
		}
		return uitest.Words(b.panel(p.drawHead).Build(1280, headDp, 1)) + "\n" + uitest.Words(p.side.Build(360, 700, 1))
	}
	return ""
}

// found is what a search knows, of n rows.
func found(name string, n int) Found {
	f := Found{Order: name, Asked: 3, Answered: n}
	for i := range n {
		f.Rows = append(f.Rows, order.Row{
			ID: uitest.TraceID(byte(i + 1)), Service: "shop-api", Operation: "POST /orders",
			Start: uitest.Epoch - int64(i)*3600e9, Duration: 1840 * uitest.Ms, Spans: 86 - i, Errors: i % 2,
			Services: []order.Service{{Name: "shop-api", Spans: 40}, {Name: "mes-api", Spans: 46 - i, Errors: i % 2}},
		})
	}
	return f
}

// panel returns a panel of some content.
func (b *bench) panel(content func(c *xwidget.Canvas, y, w float32) float32) *xwidget.Panel {
	p := xwidget.NewPanel(b.kit)
	p.Content = content
	return p
}
