// Package shell is the main window: the order box, tabs of pages, commands and
// their keys, and the status bar. It knows where orders and traces come from
// only through Source.
package shell

import (
	"context"
	"net/url"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"

	"traceview/internal/analysis/trail"
	"traceview/internal/i18n"
	"traceview/internal/model"
	"traceview/internal/savedview"
	"traceview/internal/scene"
	"traceview/internal/task"
	"traceview/internal/voice"
	"traceview/ui/canvasview"
	"traceview/ui/look"
	"traceview/ui/view/order"
	"traceview/ui/view/search"
	"traceview/ui/xwidget"
)

// A Source answers from one connection. Its methods are called off the UI
// goroutine and return soon after ctx ends.
type Source interface {
	// Name is what a person calls the connection, in the language of w.
	Name(w *i18n.Printer) string
	// Search finds the traces of an order in the last days. It tells what it
	// knows so far through on, from any goroutine, and returns the whole. Found
	// has no Order where that is no number to ask for.
	Search(ctx context.Context, order string, days int, on func(Found)) (Found, error)
	// Trace fetches one trace, telling how far it has come, a few times a second.
	// Where it returns both a trace and an error, the trace is what arrived before.
	Trace(ctx context.Context, id model.TraceID, on func(Loading)) (*model.Trace, error)
}

// Found is what a search knows so far.
type Found struct {
	Order    string      // as searched for, tidied
	Rows     []order.Row // newest first
	Asked    int         // services, 0 while unknown
	Answered int
	Failures []ServiceFailure
	Limit    bool // the server may have more
}

// A ServiceFailure is a service that could not be asked.
type ServiceFailure struct {
	Service string
	Err     error
}

// Prefs are what the window remembers from one start to the next.
type Prefs struct {
	Language string // "en" or "ru"
	Dark     bool
	Spans    bool // things go by their own names, not by the steps of the business
	UTC      bool
	Palette  string  // of the colours of services, by its name; "" for the usual one
	Days     int     // how far back a search looks
	Detail   float32 // share of the trace page's width given to the waterfall
	Recent   []string
	Share    SharePrefs
	Keep     KeptLimits // of the library
	Warned   bool       // a person was told what exceeds them and goes at the next start
	Author   string     // of the notes written here
	// Connection is the name of the one used last, "" for none.
	Connection string
}

// Options is what a Shell is made with.
type Options struct {
	Window  fyne.Window
	Drawer  xwidget.Drawer
	Metrics scene.Metrics
	Source  Source // nil for a window without a connection
	// Address is where Source is, as links say it; zero if none can.
	Address savedview.Link
	// Connections are those to choose from; nil for a window that keeps its Source.
	Connections Connections
	Profiles    []Profile // that are kept at the start
	Start       *Profile  // to open at the start in place of the one used last; nil for that
	// Dial returns the connection that a link leads to, before anything is asked
	// of it. It knows no credentials but those that belong there.
	Dial    func(where savedview.Link) (Source, error)
	Library Library // nil for none
	Sharer  Sharer
	Known   []string // orders known to be there, to suggest
	Prefs   Prefs
	// Save keeps what changed.
	Save func(Prefs)
	// Apply dresses the toolkit's own widgets in a palette.
	Apply func(p *look.Palette)
	// Dispatch runs f on the UI goroutine.
	Dispatch func(f func())
	Quit     func() // closes the window
	// Browse shows a page in the browser; nil to have the toolkit do so.
	Browse func(u *url.URL) error
	// OpenFile reads a file of traces. Of one that takes long it tells how far it
	// has come, a few times a second. Beside an error, also that of a cancelled
	// ctx, it returns what could be read.
	OpenFile func(ctx context.Context, path string, on func(Loading)) (Opened, error)
	Notebook Notebook // nil to keep no notes
	// Gather bounds what is fetched behind the rows of an order and judged; zero
	// fetches and judges nothing.
	Gather Gathering
	// Steps say what the steps of the business are called, the first most; none for
	// spans alone.
	Steps []*voice.Mapping
	// ImportSteps takes over a file of step names for good and returns all there are
	// then; nil for none.
	ImportSteps func(path string) ([]*voice.Mapping, error)
	// Sampling bounds what says what is usual.
	Sampling Sampling
	// CheckTrail says where systems lose the trail of orders, on any goroutine; nil
	// where that is not offered.
	CheckTrail func(ctx context.Context, traces []*model.Trace) (*trail.Report, error)
	// Explain puts an error into words: what happened, and what to do next.
	Explain func(w *i18n.Printer, err error) (title, hint string)
	// Event, if set, is told what happened, for the performance log.
	Event   func(name string, fields map[string]any)
	Now     func() time.Time
	Version string
}

// A page is what a tab shows.
type page interface {
	Title() string
	Status() string
	Object() fyne.CanvasObject
	// Refresh draws the page anew after theme, language or zone changed.
	Refresh()
	// Focus gives the keyboard to the part that wants it.
	Focus()
	// Key handles a key that no part took, and says whether it did.
	Key(e canvasview.Event) bool
	// Close ends work that is under way.
	Close()
}

// A Shell is the main window. It is used on the UI goroutine only.
type Shell struct {
	Options
	kit      *xwidget.Kit
	source   Source
	window   time.Duration // how far back a search looks
	local    *time.Location
	now      func() time.Time
	notice   string
	hint     string // on what is under the pointer
	links    links
	picker   *picker
	box      *orderBox
	pages    []page
	current  int
	trail    map[page]page // where Esc goes back to
	body     *fyne.Container
	drop     *fyne.Container // the layer of suggestions
	list     *search.List
	listView *canvasview.View
	ways     *search.Menu // of ways to finish what is typed into the find box
	waysView *canvasview.View
	palette  *palette
	sheet    *sheet
	chrome   []*canvasview.View
	tabs     *canvasview.View
	status   *canvasview.View
	way      way
	wayView  *canvasview.View
	ground   *canvas.Rectangle
	menu     *colourMenu // while it is open
	home     *homePage
	shelf    *shelf
	usual    *usual
	dialled  []dialled     // by links
	opening  []*tracePage  // of files, until there is something to show
	chooser  dialog.Dialog // of files, while it is open
	tongue   *voice.Voice  // that things are called by; nil for their own names
	keeper   *task.Line    // of what somebody wrote
	views    keptViews
}

// New fills the window and returns its Shell, with the order box holding the
// keyboard.
func New(o Options) *Shell {
	s := &Shell{Options: o, source: o.Source, now: o.Now, local: time.Local, trail: map[page]page{}, keeper: task.NewLine(o.Dispatch), views: keptViews{reads: task.NewSlot[[]KeptView](o.Dispatch)}, shelf: newShelf(o.Dispatch), links: newLinks(&o)}
	s.usual = newUsual(s)
	s.kit = &xwidget.Kit{
		Drawer: o.Drawer, Metrics: o.Metrics, Look: s.looks(), Colours: &look.Colours{},
		Zone: time.Local,
	}
	s.speak()
	s.kit.Hint = func(text string) {
		s.hint = text
		s.status.Redraw()
	}
	if o.Prefs.UTC {
		s.kit.Zone = time.UTC
	}
	s.window = time.Duration(max(o.Prefs.Days, 7)) * day
	s.Apply(s.kit.Look)
	s.home = newHomePage(s)
	s.pages = []page{s.home}
	s.Window.SetContent(s.build())
	s.addShortcuts()
	s.show(0)
	return s
}

// looks returns the colours chosen.
func (s *Shell) looks() *look.Palette {
	if s.Prefs.Dark {
		return look.Dark().Using(s.Prefs.Palette)
	}
	return look.Light().Using(s.Prefs.Palette)
}

// build lays out the window: bar, tabs, page, status, and above them the layer
// of suggestions, which must not be an overlay of the toolkit, since that would
// take the keyboard from the order box.
func (s *Shell) build() fyne.CanvasObject {
	s.box = newOrderBox()
	s.box.onEnter, s.box.onMove, s.box.onEscape = s.enter, s.moveSuggestion, s.escape
	s.box.onFocus, s.box.onShortcut, s.box.onKey = s.suggest, s.shortcut, s.functionKey
	s.box.OnChanged = func(string) { s.suggest() }

	brand := canvasview.New(newBrand(s), false, fyne.NewSize(190, topHeight))
	controls := canvasview.New(newControls(s), false, fyne.NewSize(420, topHeight))
	s.tabs = canvasview.New(newTabs(s), false, fyne.NewSize(100, tabHeight))
	s.status = canvasview.New(newStatus(s), false, fyne.NewSize(100, statusHeight))
	s.wayView = newWayView(s)
	rail := newRail(s)
	s.chrome = []*canvasview.View{brand, s.wayView, controls, s.tabs, s.status, rail}
	s.ground = canvas.NewRectangle(look.NRGBA(s.kit.Look.Panel))
	box := container.New(middle{}, s.box)
	bar := container.NewStack(s.ground, container.New(topLayout{}, brand, s.wayView, box, controls))

	s.list = search.NewList(s.kit, s.search)
	s.listView = canvasview.New(s.list, false, fyne.NewSize(10, 10))
	s.listView.Hide()
	s.ways = search.NewMenu(s.kit, s.pickCompletion)
	s.waysView = canvasview.New(s.ways, false, fyne.NewSize(10, 10))
	s.waysView.Hide()
	s.drop = container.NewWithoutLayout(s.listView, s.waysView)
	s.palette, s.sheet, s.picker = newPalette(s), newSheet(s), newPicker(s)
	s.body = container.NewStack()
	s.relabel()
	return container.NewStack(
		xwidget.Column(1, bar, xwidget.Row(1, rail, xwidget.Column(1, s.tabs, s.body)), s.status), s.drop, s.sheet.object, s.palette.object)
}

// relabel writes the texts that the toolkit's widgets hold.
func (s *Shell) relabel() {
	s.box.SetPlaceHolder(s.kit.Words.T("search.placeholder"))
	s.Window.SetTitle(s.windowTitle())
}

func (s *Shell) windowTitle() string {
	title := s.pages[s.current].Title() + " – traceview"
	if s.current == 0 {
		title = "traceview"
	}
	return title
}

// show brings page i to the front and gives it the keyboard.
func (s *Shell) show(i int) {
	s.hideSuggestions()
	s.palette.close()
	s.picker.close()
	s.sheet.close()
	s.current = max(0, min(i, len(s.pages)-1))
	s.notice, s.hint = "", "" // the pointer is on another page now
	p := s.pages[s.current]
	s.noteFront(p)
	if op := s.orderOf(p); op != nil && s.box.Text != op.order {
		s.box.set(op.order) // the box names the order in front
		s.hideSuggestions()
	}
	s.body.Objects = []fyne.CanvasObject{p.Object()}
	s.body.Refresh()
	p.Refresh()
	s.Window.SetTitle(s.windowTitle())
	s.redrawChrome()
	p.Focus()
}

// orderOf returns the page of the order that p belongs to: p itself or what it
// was opened from; nil if there is none.
func (s *Shell) orderOf(p page) *orderPage {
	for ; p != nil; p = s.trail[p] {
		if op, ok := p.(*orderPage); ok {
			return op
		}
		if _, ok := p.(*tracePage); !ok {
			return nil
		}
	}
	return nil
}

// add opens a page behind the one at hand; Esc leads back there.
func (s *Shell) add(p page) {
	s.trail[p] = s.pages[s.current]
	s.pages = append(s.pages, p)
	s.show(len(s.pages) - 1)
}

// replace shows q in the place of p, which is closed.
func (s *Shell) replace(p, q page) {
	i := s.indexOf(p)
	if i < 0 {
		return
	}
	p.Close()
	s.pages[i], s.trail[q] = q, s.trail[p]
	delete(s.trail, p)
	s.way.forget(func(v visit) bool { return v.page == p })
	for r, from := range s.trail {
		if from == p {
			s.trail[r] = q
		}
	}
	if i == s.current {
		s.show(i)
	}
	s.redrawChrome()
}

// closePage closes page i and shows where it was opened from. The first page
// stays.
func (s *Shell) closePage(i int) {
	if i <= 0 || i >= len(s.pages) {
		return
	}
	gone, at := s.pages[i], s.pages[s.current]
	gone.Close()
	s.pages = append(s.pages[:i:i], s.pages[i+1:]...)
	next := s.indexOf(at)
	if at == gone {
		next = s.indexOf(s.trail[gone])
	}
	for p, from := range s.trail { // what was opened from it leads to where it came from
		if from == gone {
			s.trail[p] = s.trail[gone]
		}
	}
	delete(s.trail, gone)
	s.way.forget(func(v visit) bool { return v.page == gone })
	s.show(max(next, 0))
}

func (s *Shell) indexOf(p page) int {
	for i, q := range s.pages {
		if q == p {
			return i
		}
	}
	return -1
}

// revisit shows page i, which is open already; Esc leads back, unless page i
// itself is on the way back, which must have an end.
func (s *Shell) revisit(i int) {
	to := s.pages[i]
	for p := s.pages[s.current]; p != to; p = s.trail[p] {
		if p == nil {
			s.trail[to] = s.pages[s.current]
			break
		}
	}
	s.show(i)
}

// back goes one step back: to where the page was opened from, else to the
// order box.
func (s *Shell) back() {
	if from := s.indexOf(s.trail[s.pages[s.current]]); s.current > 0 && from >= 0 {
		s.show(from)
		return
	}
	s.focusBox()
}

func (s *Shell) focusBox() {
	s.Window.Canvas().Focus(s.box)
	s.box.selectAll()
}

// redrawChrome draws the bars around the page anew.
func (s *Shell) redrawChrome() {
	for _, v := range s.chrome {
		v.Redraw()
	}
}

// redrawAll draws everything anew after theme, language or zone changed.
func (s *Shell) redrawAll() {
	s.ground.FillColor = look.NRGBA(s.kit.Look.Panel)
	s.ground.Refresh()
	s.relabel()
	s.redrawChrome()
	s.listView.Redraw()
	s.waysView.Redraw()
	s.palette.relook()
	s.sheet.relook()
	if s.menu != nil {
		s.menu.view.Redraw()
	}
	s.picker.view.Redraw()
	s.pages[s.current].Refresh()
}

func (s *Shell) toggleTheme() {
	s.Prefs.Dark = !s.Prefs.Dark
	s.kit.Look = s.looks()
	s.Apply(s.kit.Look)
	s.saveLooks()
	s.redrawAll()
}

func (s *Shell) toggleLanguage() {
	s.Prefs.Language = map[string]string{"en": "ru", "ru": "en"}[s.kit.Words.Lang()]
	s.speak()
	s.notice, s.hint = "", "" // in the other language
	s.saveLooks()
	s.redrawAll()
}

func (s *Shell) saveLooks() {
	s.Prefs.UTC = s.kit.Zone == time.UTC
	s.Save(s.Prefs)
}

// setWindow chooses how far back a search looks, and searches again where an
// order is at hand.
func (s *Shell) setWindow(days int) {
	s.window = time.Duration(days) * day
	s.Prefs.Days = days
	s.Save(s.Prefs)
	if p, ok := s.pages[s.current].(*orderPage); ok {
		p.start(days)
	}
	s.redrawChrome()
}

func (s *Shell) days() int { return int(s.window / day) }

// event notes what happened for the performance log.
func (s *Shell) event(name string, fields map[string]any) {
	if s.Event != nil {
		s.Event(name, fields)
	}
}

// Started tells the shell that the window is on the screen.
func (s *Shell) Started() {
	s.home.Focus()
	s.event("window_shown", nil)
	s.usual.begin(s.source)
	s.startConnection()
	s.Dispatch(s.settle) // after what the window was started with
}

// Close ends the work of all pages.
func (s *Shell) Close() {
	s.palette.read.Stop()
	s.palette.pick.Stop()
	s.views.reads.Stop()
	s.sheet.stop()
	s.links.stop()
	s.shelf.stop()
	s.usual.stop()
	for _, p := range s.pages {
		p.Close()
	}
	for _, p := range s.opening {
		p.Close()
	}
	s.waitKept()
}
