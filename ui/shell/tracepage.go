package shell

import (
	"context"
	"os"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"traceview/internal/document"
	"traceview/internal/logs"
	"traceview/internal/model"
	"traceview/internal/query"
	"traceview/internal/savedview"
	"traceview/internal/scene"
	"traceview/internal/task"
	"traceview/ui/canvasview"
	"traceview/ui/view/detail"
	"traceview/ui/xwidget"
)

// headDp is the height of the head of a trace page in dp.
const headDp = 64

// A tracePage shows one trace: head, waterfall or flame, details. While the trace is
// read, it says so in the same place, and shows the first spans of a large one.
type tracePage struct {
	shell    *Shell
	id       model.TraceID
	from     Source      // where the trace comes from; nil for a file
	file     string      // likewise, "" for a connection
	path     string      // of a file that this page reads itself
	kept     int64       // the entry of the library it was read from, 0 for none
	anew     bool        // it is fetched although there is one
	asked    int64       // Unix ns: when it was fetched; 0 if it was not just now
	stamp    os.FileInfo // of that file when reading began; nil for none
	order    string      // that the traces of the file were searched by, "" for none
	read     reader      // nil for from and the library
	slot     *task.Slot[loaded]
	err      error
	progress Loading
	stopping bool                  // somebody gave up waiting
	run      int                   // number of the newest reading
	sought   model.SpanID          // to select when it is here; zero for none
	wanted   *savedview.Trace      // how somebody saw it, until it is shown so
	seeing   *task.Slot[query.Set] // looks for what wanted filters

	notes     *task.Slot[[]savedview.Note] // read from the notebook
	notesRead bool
	dropped   *savedview.Note // deleted last, to be brought back
	gone      map[string]bool // ids of notes deleted here
	editor    *noteEditor
	logging   *task.Slot[document.Logs] // fetches log lines
	logRun    int                       // number of the newest fetching
	linking   *task.Slot[[]detail.BackLink]
	backs     map[model.SpanID][]detail.BackLink // by the span they link to

	doc     *document.Document
	acts    int // of the document when it was shown
	head    *canvasview.View
	hints   *hints
	strip   *strip
	lookAt  *looked // until the strip shows it; nil for nothing
	find    *findBar
	colours *colourMenu
	spoken  spoken
	wait    *canvasview.View
	panes   [viewCount]pane // those that were shown
	view    traceView
	main    *fyne.Container // holds the view on show
	shown   bool            // the first frame was noted
	side    *detail.View
	sideV   *canvasview.View
	aside   *fyne.Container // holds sideV
	inside  *detailBar      // above it
	beside  *fyne.Container // holds both, and the editor between them
	split   *xwidget.Split
	object  *fyne.Container
}

// findTrace returns the page that shows a trace of a connection or else of a file,
// -1 if none does: they may differ.
func (s *Shell) findTrace(id model.TraceID, from Source, file string) int {
	return slices.IndexFunc(s.pages, func(p page) bool {
		tp, ok := p.(*tracePage)
		return ok && tp.id == id && tp.from == from && tp.file == file
	})
}

// showTrace shows a trace that is at hand.
func (s *Shell) showTrace(t *model.Trace, file string) {
	p := newTracePage(s, t.ID, file)
	p.take(t, nil)
	s.add(p)
}

// take shows a trace that is at hand, with notes and log lines some of which may be of
// it.
func (p *tracePage) take(t *model.Trace, notes []savedview.Note, lines ...*logs.Lines) {
	o := Opened{Traces: []*model.Trace{t}, Notes: notes, Logs: lines}
	if len(t.Spans) <= document.AtOnce {
		d := document.New(t)
		d.MergeNotes(notes)
		p.fill(d)
		p.takeLogs(tieLogs(&o))
		return
	}
	p.read = func(context.Context, func(Loading)) (Opened, error) { return o, nil }
	p.load()
}

func newTracePage(s *Shell, id model.TraceID, file string) *tracePage {
	p := &tracePage{shell: s, id: id, file: file, slot: task.NewSlot[loaded](s.Dispatch), seeing: task.NewSlot[query.Set](s.Dispatch)}
	p.linking = task.NewSlot[[]detail.BackLink](s.Dispatch)
	p.notes = task.NewSlot[[]savedview.Note](s.Dispatch)
	p.logging = task.NewSlot[document.Logs](s.Dispatch)
	if file == "" {
		p.from = s.source
	}
	wait := xwidget.NewPanel(s.kit)
	wait.Content = p.drawWait
	wait.Key = func(e canvasview.Event) bool { return s.pageKey(e) }
	p.wait = canvasview.New(wait, true, fyne.NewSize(300, 100))
	p.object = container.NewStack(p.wait)
	return p
}

// source returns where the trace comes from, for a person.
func (p *tracePage) source() string {
	switch {
	case p.file != "":
		return p.file
	case p.kept != 0:
		return p.shell.kit.Words.T("source.library")
	}
	return p.shell.nameOf(p.from)
}

// fill shows a document, in place of the one on an earlier part of the trace if
// there was one: what a person did with that is carried over.
func (p *tracePage) fill(d *document.Document) {
	s, before := p.shell, p.doc
	focused := p.focused()
	shown, side := p.panes[p.view], p.sideV
	p.doc, p.id, p.panes = d, d.Trace().ID, [viewCount]pane{}
	d.RunIn(s.Dispatch)
	p.speak()
	d.SetColourRule(document.ColourRule{Palette: s.Prefs.Palette})
	if before == nil {
		p.inside, p.editor = newDetailBar(p), newNoteEditor(p)
	}
	p.side = detail.New(s.kit, d, p.inside.actions())
	p.side.Key = p.inside.key
	p.sideV = canvasview.New(p.side, true, fyne.NewSize(asideDp, 100))
	p.sideV.OnFocus = s.hideSuggestions
	if before == nil {
		p.frame()
	}
	if before != nil && (before.Acts() != p.acts || p.anew) {
		d.Carry(before)
	} else {
		d.Select(firstFault(d))
	}
	if !p.sought.IsZero() {
		p.seek(p.sought)
	}
	d.ShowView(traceViews[p.view].name)
	d.SetClock(s.now)
	p.begin()
	p.acts = d.Acts()
	if before != nil {
		p.sideV.Adopt(side)
		p.canvas().Adopt(shown.View())
		before.Close()
	}
	p.main.Objects = []fyne.CanvasObject{p.canvas()}
	p.main.Refresh()
	p.aside.Objects = []fyne.CanvasObject{p.sideV}
	p.aside.Refresh()
	p.side.Show(d.Selected())
	p.observe()
	if before != nil {
		p.find.told = "" // of the new document
		p.find.renew()
		p.colours.renew()
		p.find.changed(p.find.box.Text)
		p.begin() // looking for the same again is no step
		p.find.renewed = p.find.slot.Busy()
		p.inside.find()
		p.head.Redraw()
	}
	if p.wanted != nil && p.whole() {
		p.restore(p.begin)
	}
	if p.shown || p.strip.source() != p.strip.inquiry { // else once it is drawn
		p.strip.begin()
	}
	p.hints.check()
	p.readNotes()
	if focused {
		s.giveKeyboard(p.canvas())
		s.Window.SetTitle(s.windowTitle())
	}
	s.palette.renew(p)
	s.redrawChrome()
}

// focused says whether the page is in front with the keyboard in the part that
// a new document replaces.
func (p *tracePage) focused() bool {
	s := p.shell
	if s.pages[s.current] != page(p) {
		return false
	}
	f := s.keyboard()
	if p.doc == nil {
		return f == nil || f == fyne.Focusable(p.wait)
	}
	return f == fyne.Focusable(p.canvas()) || f == fyne.Focusable(p.sideV)
}

// frame lays out what stays while documents come and go: head, box to find,
// and the split.
func (p *tracePage) frame() {
	s := p.shell
	head := xwidget.NewPanel(s.kit)
	head.Content = p.drawHead
	head.Background = func() scene.Color { return s.kit.Look.Paper }
	p.head = canvasview.New(head, false, fyne.NewSize(300, headDp))
	p.find, p.colours, p.hints, p.strip = newFindBar(p), newColourMenu(p), newHints(p), newStrip(p)
	share := s.Prefs.Detail
	if share < 0.2 || share > 0.95 {
		share = 0.72
	}
	p.main, p.aside = container.NewStack(), container.NewStack()
	p.beside = xwidget.Column(2, p.inside.object, p.editor.object, p.aside)
	p.split = xwidget.NewSplit(p.main, p.beside, share)
	p.object.Objects = []fyne.CanvasObject{xwidget.Column(4, p.head, p.hints.object, p.strip.object, p.find.object, p.split.Container)}
	p.object.Refresh()
}

// observe draws anew what an action on the document changes.
func (p *tracePage) observe() {
	selected, hidden, only, rule := p.doc.Selected(), p.doc.Hidden(), p.doc.OnlyMatches(), p.doc.ColourRule()
	notes, line := p.doc.NotesVersion(), -1
	p.doc.Observe(func() {
		p.followView()
		p.find.follow()
		p.canvas().Redraw()
		if p.doc.Hidden() != hidden || p.doc.OnlyMatches() != only {
			hidden, only = p.doc.Hidden(), p.doc.OnlyMatches()
			p.find.view.Redraw()
			p.shell.status.Redraw()
		}
		if now := p.doc.NotesVersion(); now != notes {
			notes = now
			p.sideV.Redraw()
		}
		if now, ok := p.doc.ChosenLine(); ok && now != line {
			line = now
			p.sideV.Redraw()
		}
		if now := p.doc.ColourRule(); now != rule {
			rule = now
			p.find.view.Redraw()
		}
		if now := p.doc.Selected(); now != selected {
			selected = now
			p.side.Show(now)
			p.inside.redraw()
			p.find.view.Redraw()
		}
	})
}

// follow opens the trace that a link names: that of the same file, if it is in
// there, or of the same connection, for a file that of the window.
func (p *tracePage) follow(id model.TraceID) {
	for _, q := range p.shell.pages {
		if fp, ok := q.(*filePage); ok && p.file != "" && fp.name == p.file && fp.traces[id] != nil {
			fp.open(id)
			return
		}
	}
	if p.from != nil {
		p.shell.openTraceFrom(p.from, id)
		return
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
	if i := p.doc.Trace().SpanOf(id); i != model.NoSpan {
		p.sought = model.SpanID(0)
		p.doc.SelectBar(i)
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

// drawHead draws what the trace is: its root, when, how long, how much.
func (p *tracePage) drawHead(c *xwidget.Canvas, y, w float32) float32 {
	words, t := p.shell.kit.Words, p.doc.Trace()
	h := p.doc.Header(words, p.shell.kit.Zone)
	x := c.D(20)
	f := c.Font(16, scene.SemiBold)
	plain, gap := c.Font(xwidget.Body, scene.Regular), c.D(10)
	service := c.Metrics.Width(plain, h.Service) + gap
	need := min(c.Metrics.Width(f, h.Operation)+service, w*titleShare)
	room := p.drawControls(c, w-c.D(20), y+c.D(7), x+need+2*gap) - x - gap
	most := max(room*0.7, room-service)
	at := c.Label(x, y+c.D(8), c.D(26), most, f, c.Look.Text, c.FitMiddle(f, h.Operation, most)) + gap
	c.Label(x+at, y+c.D(8), c.D(26), room-at, plain, c.Look.Secondary, c.FitMiddle(plain, h.Service, room-at))
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
	if rest := p.unfinished(); rest != "" {
		at += c.Label(at, y+c.D(38), c.D(20), right-at, f, c.Look.Secondary, " · "+rest)
	}
	p.drawHints(c, at, y+c.D(38), right)
	c.Rect(0, y+c.D(headDp)-c.D(1), w, c.D(1), c.Look.Line)
	if !p.whole() {
		p.drawProgress(c, 0, y+c.D(headDp)-c.D(3), w)
	}
	return c.D(headDp)
}

// Title implements page.
func (p *tracePage) Title() string {
	switch {
	case p.doc == nil && p.path != "":
		return p.file
	case p.doc == nil:
		return p.shell.kit.Words.T("trace.title", "id", p.id.String()[:8])
	}
	if t := p.doc.Trace(); t.Root != model.NoSpan {
		if _, name := p.doc.Name(t.Root); name != "" {
			return name
		}
	}
	return p.shell.kit.Words.T("trace.title", "id", p.id.String()[:8])
}

// Status implements page.
func (p *tracePage) Status() string {
	if p.id.IsZero() {
		return p.shell.kit.Words.T("status.file", "file", p.file)
	}
	text := p.shell.kit.Words.T("status.trace", "source", p.source(), "id", p.id.String())
	if p.kept != 0 && p.shell.source != nil {
		text += " · " + p.shell.kit.Words.T("status.anew")
	}
	return text
}

// Object implements page.
func (p *tracePage) Object() fyne.CanvasObject { return p.object }

// Refresh implements page.
func (p *tracePage) Refresh() {
	if p.doc == nil {
		p.wait.Redraw()
		return
	}
	p.speak()
	p.side.Show(p.doc.Selected())
	p.head.Redraw()
	p.strip.follow()
	p.find.relook()
	p.canvas().Redraw()
	p.sideV.Redraw()
	p.inside.relook()
	p.editor.relook()
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
	p.linking.Stop()
	p.logging.Stop()
	p.seeing.Stop()
	p.notes.Stop()
	p.shell.palette.forget(p)
	if p.split != nil {
		p.hints.close()
		p.strip.close()
		p.editor.leave()
		p.find.slot.Stop()
		p.doc.Close()
		p.find.help.stop()
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

// Mark implements distinct: when the trace began or, if exact, the ends of its id
// and where it comes from.
func (p *tracePage) Mark(exact bool) string {
	if exact || p.doc == nil {
		id := p.id.String()
		return strings.TrimSpace(id[:4] + "…" + id[len(id)-4:] + " " + p.file)
	}
	_, clock := p.shell.kit.DateAndClock(p.doc.Trace().Epoch)
	return clock[:min(len(clock), len("09:14:03"))]
}
