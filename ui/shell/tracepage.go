package shell

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"traceview/internal/document"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/internal/task"
	"traceview/ui/canvasview"
	"traceview/ui/view/detail"
	"traceview/ui/xwidget"
)

// headDp is the height of the head of a trace page in dp.
const headDp = 64

// A tracePage shows one trace: head, waterfall or flame, details. While the trace is
// fetched, it says so in the same place.
type tracePage struct {
	shell  *Shell
	id     model.TraceID
	file   string // where the trace comes from, "" for the connection
	slot   *task.Slot[*model.Trace]
	err    error
	spans  int          // so far
	run    int          // number of the newest fetch
	sought model.SpanID // to select when it is here; zero for none

	doc     *document.Document
	head    *canvasview.View
	find    *findBar
	colours *colourMenu
	wait    *canvasview.View
	panes   [viewCount]pane // those that were shown
	view    traceView
	main    *fyne.Container // holds the view on show
	shown   bool            // the first frame was noted
	side    *detail.View
	sideV   *canvasview.View
	split   *xwidget.Split
	object  *fyne.Container
}

// openTrace shows the page of a trace, fetching it unless it is open.
func (s *Shell) openTrace(id model.TraceID) {
	if i := s.findTrace(id, ""); i >= 0 {
		s.revisit(i)
		return
	}
	if s.source == nil {
		s.say(s.kit.Words.T("home.offline"))
		return
	}
	p := newTracePage(s, id, "")
	s.add(p)
	p.fetch()
}

// findTrace returns the page that shows a trace of a file, or of the connection
// for "", -1 if none does: the two may differ.
func (s *Shell) findTrace(id model.TraceID, file string) int {
	return slices.IndexFunc(s.pages, func(p page) bool {
		tp, ok := p.(*tracePage)
		return ok && tp.id == id && tp.file == file
	})
}

// showTrace shows a trace that is at hand.
func (s *Shell) showTrace(t *model.Trace, file string) {
	p := newTracePage(s, t.ID, file)
	p.fill(t)
	s.add(p)
}

func newTracePage(s *Shell, id model.TraceID, file string) *tracePage {
	p := &tracePage{shell: s, id: id, file: file, slot: task.NewSlot[*model.Trace](s.Dispatch)}
	wait := xwidget.NewPanel(s.kit)
	wait.Content = p.drawWait
	wait.Key = func(e canvasview.Event) bool { return s.pageKey(e) }
	p.wait = canvasview.New(wait, true, fyne.NewSize(300, 100))
	p.object = container.NewStack(p.wait)
	return p
}

func (p *tracePage) fetch() {
	s := p.shell
	p.err, p.spans = nil, 0
	p.run++
	run := p.run
	p.slot.Start(func(ctx context.Context) (*model.Trace, error) {
		last := time.Time{}
		return s.source.Trace(ctx, p.id, func(spans int) {
			if now := time.Now(); now.Sub(last) > 100*time.Millisecond { // ten a second are enough to watch
				last = now
				s.Dispatch(func() {
					if p.run == run {
						p.spans = spans
						p.wait.Redraw()
					}
				})
			}
		})
	}, func(t *model.Trace, err error) {
		p.err = err
		if err == nil {
			s.reach = answered
		}
		if t == nil || len(t.Spans) == 0 && err != nil {
			p.wait.Redraw()
			s.redrawChrome()
			return
		}
		p.fill(t)
		if s.pages[s.current] == page(p) {
			p.Focus()
			s.Window.SetTitle(s.windowTitle())
		}
		s.redrawChrome()
	})
}

// source returns where the trace comes from, for a person.
func (p *tracePage) source() string {
	if p.file != "" {
		return p.file
	}
	return p.shell.sourceName()
}

// again fetches the trace once more after a failure.
func (p *tracePage) again() {
	if p.err != nil && !p.slot.Busy() {
		p.fetch()
		p.wait.Redraw()
	}
}

// fill shows a trace.
func (p *tracePage) fill(t *model.Trace) {
	s := p.shell
	p.doc = document.New(t)
	p.doc.SetColourRule(document.ColourRule{Palette: s.Prefs.Palette})
	p.side = detail.New(s.kit, p.doc, detail.Actions{Copy: s.copyText, Open: p.follow, Select: p.choose})
	p.side.Key = func(e canvasview.Event) bool { return s.pageKey(e) }
	p.sideV = canvasview.New(p.side, true, fyne.NewSize(260, 100))
	p.sideV.OnFocus = s.hideSuggestions
	head := xwidget.NewPanel(s.kit)
	head.Content = p.drawHead
	head.Background = func() scene.Color { return s.kit.Look.Paper }
	p.head = canvasview.New(head, false, fyne.NewSize(300, headDp))
	p.find, p.colours = newFindBar(p), newColourMenu(p)
	share := s.Prefs.Detail
	if share < 0.2 || share > 0.95 {
		share = 0.72
	}
	p.main = container.NewStack(p.canvas())
	p.split = xwidget.NewSplit(p.main, p.sideV, share)
	p.object.Objects = []fyne.CanvasObject{xwidget.Column(2, p.head, p.find.object, p.split.Container)}
	p.object.Refresh()
	selected, hidden, only, rule := p.doc.Selected(), 0, false, p.doc.ColourRule()
	p.doc.Observe(func() {
		p.followView()
		p.find.follow()
		p.canvas().Redraw()
		if p.doc.Hidden() != hidden || p.doc.OnlyMatches() != only {
			hidden, only = p.doc.Hidden(), p.doc.OnlyMatches()
			p.find.view.Redraw()
			s.status.Redraw()
		}
		if now := p.doc.ColourRule(); now != rule {
			rule = now
			p.find.view.Redraw()
		}
		if now := p.doc.Selected(); now != selected {
			selected = now
			p.side.Show(now)
			p.sideV.Redraw()
			p.find.view.Redraw()
		}
	})
	p.doc.ShowView(traceViews[p.view].name)
	p.doc.Select(firstFault(p.doc))
	if !p.sought.IsZero() {
		p.seek(p.sought)
	}
	p.doc.SetClock(s.now)
	p.doc.Begin()
	p.watchSteps()
}

// follow opens the trace that a link names: that of the same file, if it is in
// there, else of the connection.
func (p *tracePage) follow(id model.TraceID) {
	for _, q := range p.shell.pages {
		if fp, ok := q.(*filePage); ok && p.file != "" && fp.name == p.file && fp.traces[id] != nil {
			fp.open(id)
			return
		}
	}
	p.shell.openTrace(id)
}

// followTo is follow for one span of that trace.
func (p *tracePage) followTo(id model.TraceID, span model.SpanID) {
	p.follow(id)
	if to, ok := p.shell.pages[p.shell.current].(*tracePage); ok && to.id == id {
		to.seek(span)
	}
}

// followLink goes where a link of the selected span leads.
func (p *tracePage) followLink() bool {
	to, ok := p.doc.FollowLink(p.doc.Selected())
	if ok && to.Trace != p.doc.Trace().ID {
		p.followTo(to.Trace, to.SpanID)
	}
	return ok
}

// seek selects the span with an id, once the trace is here.
func (p *tracePage) seek(id model.SpanID) {
	p.sought = id
	if p.doc == nil {
		return
	}
	spans := p.doc.Trace().Spans
	if i := slices.IndexFunc(spans, func(s model.Span) bool { return s.ID == id }); i >= 0 {
		p.doc.SelectBar(model.SpanIndex(i))
	}
}

// firstFault returns the span to look at first: the earliest failure that has
// no failure below it, which others may only carry up, else the root.
func firstFault(d *document.Document) model.SpanIndex {
	for _, i := range d.Failed() {
		if d.FailedInside(i) == 0 {
			return i
		}
	}
	return d.Trace().Root
}

func (p *tracePage) choose(i model.SpanIndex) { p.doc.Select(i) }

// drawWait draws how far the fetch has come, or why it failed.
func (p *tracePage) drawWait(c *xwidget.Canvas, y, w float32) float32 {
	words := p.shell.kit.Words
	x, width := c.D(20), min(w-c.D(40), c.D(680))
	y += c.D(44)
	title, hint := words.T("trace.loading", "source", p.source()), ""
	if p.err != nil {
		title, hint = p.shell.Explain(words, p.err)
		c.Cross(x, y+c.D(3), c.D(18), true)
		x += c.D(28)
	}
	f := c.Font(16, scene.SemiBold)
	for _, l := range c.Wrap(f, title, width, 3) {
		c.Label(x, y, c.D(24), width, f, c.Look.Text, l)
		y += c.D(24)
	}
	if p.err == nil {
		hint = words.T("trace.loading.hint")
		if p.spans > 0 {
			hint = words.N("trace.loading.spans", p.spans)
		}
	}
	f = c.Font(xwidget.Body, scene.Regular)
	y += c.D(4)
	for _, l := range c.Wrap(f, hint, width, 6) {
		c.Label(x, y, c.D(20), width, f, c.Look.Secondary, l)
		y += c.D(20)
	}
	y += c.D(16)
	if p.err != nil {
		c.Button(x, y, c.D(30), words.T("action.again"), "F5", true, p.fetch)
	} else {
		c.Button(x, y, c.D(30), words.T("action.cancel"), "Esc", false, p.slot.Cancel)
	}
	return y + c.D(40)
}

// drawHead draws what the trace is: its root, when, how long, how much.
func (p *tracePage) drawHead(c *xwidget.Canvas, y, w float32) float32 {
	words, t := p.shell.kit.Words, p.doc.Trace()
	h := p.doc.Header(words, p.shell.kit.Zone)
	x := c.D(20)
	bx := w - c.D(20)
	for _, b := range p.buttons() {
		bw := c.Metrics.Width(c.Font(xwidget.Minor, scene.SemiBold), b.label) + c.D(24)
		bx -= bw
		c.Button(bx, y+c.D(7), c.D(28), b.label, b.tip, false, b.do)
		bx -= c.D(8)
	}
	bx = p.drawSwitch(c, bx-c.D(8), y+c.D(7)) - c.D(8)
	f := c.Font(16, scene.SemiBold)
	at := c.Label(x, y+c.D(8), c.D(26), (bx-x)*0.7, f, c.Look.Text, h.Operation)
	c.Label(x+at+c.D(10), y+c.D(8), c.D(26), bx-x-at-c.D(10), c.Font(xwidget.Body, scene.Regular), c.Look.Secondary, h.Service)
	right := w - c.D(20) // below the buttons the line has the whole width
	line := []string{h.Start, h.Duration, h.Spans, h.Services}
	f = c.Font(xwidget.Minor, scene.Regular)
	at = x + c.Label(x, y+c.D(38), c.D(20), right-x, f, c.Look.Secondary, strings.Join(line, " · "))
	if t.Errors > 0 {
		at += c.Label(at, y+c.D(38), c.D(20), right-at, f, c.Look.Secondary, " · ")
		c.Cross(at, y+c.D(42), c.D(12), true)
		at += c.D(17)
		at += c.Label(at, y+c.D(38), c.D(20), right-at, c.Font(xwidget.Minor, scene.SemiBold), c.Look.Text, h.Errors)
	}
	rest := h.Warnings
	switch {
	case errors.Is(p.err, context.Canceled):
		rest = words.T("trace.cut.cancelled")
	case p.err != nil:
		rest = words.T("trace.cut")
	}
	if rest != "" {
		c.Label(at, y+c.D(38), c.D(20), right-at, f, c.Look.Secondary, " · "+rest)
	}
	c.Rect(0, y+c.D(headDp)-c.D(1), w, c.D(1), c.Look.Line)
	return c.D(headDp)
}

// A headButton is one button of the head.
type headButton struct {
	label, tip string
	do         func()
}

// buttons returns the buttons of the head from right to left.
func (p *tracePage) buttons() []headButton {
	w := p.shell.kit.Words
	out := []headButton{
		{w.T("trace.fit"), "0", func() { p.doc.ZoomReset() }},
	}
	if p.view == viewWaterfall {
		out = append(out, headButton{w.T("trace.expand"), "[", func() { p.doc.ExpandAll() }},
			headButton{w.T("trace.collapse"), "]", func() { p.doc.CollapseAll() }})
	}
	if p.doc.Trace().Errors > 0 {
		out = append(out, headButton{w.T("trace.nexterror"), "E", func() { p.doc.NextError() }})
	}
	return out
}

// Title implements page.
func (p *tracePage) Title() string {
	if p.doc == nil {
		return p.shell.kit.Words.T("trace.title", "id", p.id.String()[:8])
	}
	t := p.doc.Trace()
	if t.Root != model.NoSpan && t.Name(t.Root) != "" {
		return t.Name(t.Root)
	}
	return p.shell.kit.Words.T("trace.title", "id", p.id.String()[:8])
}

// Status implements page.
func (p *tracePage) Status() string {
	return p.shell.kit.Words.T("status.trace", "source", p.source(), "id", p.id.String())
}

// Object implements page.
func (p *tracePage) Object() fyne.CanvasObject { return p.object }

// Refresh implements page.
func (p *tracePage) Refresh() {
	if p.doc == nil {
		p.wait.Redraw()
		return
	}
	p.side.Show(p.doc.Selected())
	p.head.Redraw()
	p.find.relook()
	p.canvas().Redraw()
	p.sideV.Redraw()
}

// Focus implements page.
func (p *tracePage) Focus() {
	if p.doc == nil {
		p.shell.Window.Canvas().Focus(p.wait)
		return
	}
	p.shell.Window.Canvas().Focus(p.canvas())
}

// Close implements page, keeping how the page was divided.
func (p *tracePage) Close() {
	p.slot.Stop()
	if p.split != nil {
		p.find.slot.Stop()
		p.colours.slot.Stop()
		p.shell.Prefs.Detail = p.split.Share
		p.shell.Save(p.shell.Prefs)
	}
}

// Copy implements copier: the selected value, else the selected span as text.
func (p *tracePage) Copy() string {
	if p.doc == nil {
		return p.id.String()
	}
	return p.side.Copy()
}
