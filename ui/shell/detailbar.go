package shell

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"traceview/internal/query"
	"traceview/internal/scene"
	"traceview/ui/canvasview"
	"traceview/ui/look"
	"traceview/ui/view/detail"
	"traceview/ui/xwidget"
)

// A detailBar is the box to find text in the details, above them.
type detailBar struct {
	page   *tracePage
	box    *orderBox
	found  *xwidget.Panel // how much was found
	foundV *canvasview.View
	ground *canvas.Rectangle
	line   *canvas.Rectangle
	edge   *canvas.Rectangle
	object *fyne.Container
}

const (
	asideDp = 260 // least width of the details
	foundDp = 92  // of what stands beside the box
)

func newDetailBar(p *tracePage) *detailBar {
	s := p.shell
	a := &detailBar{page: p, box: newOrderBox()}
	a.box.addCross(s.kit)
	a.box.OnChanged = func(string) { a.find() }
	a.box.onEnter = func(string) { a.enter() }
	a.box.onMove = func(step int) {
		if step > 0 {
			a.enter()
		}
	}
	a.box.onEscape = func() {
		if !a.clear() {
			a.enter()
		}
	}
	a.box.onFocus, a.box.onShortcut, a.box.onKey = s.hideSuggestions, s.shortcut, s.functionKey
	a.found = xwidget.NewPanel(s.kit)
	a.found.Content = a.draw
	a.foundV = canvasview.New(a.found, false, fyne.NewSize(foundDp, findDp-1))
	a.ground, a.line, a.edge = canvas.NewRectangle(nil), canvas.NewRectangle(nil), canvas.NewRectangle(nil)
	a.object = container.New(detailBarLayout{}, a.ground, a.line, a.edge, a.box, a.foundV)
	a.relook()
	return a
}

// actions are what the details ask of the window.
func (a *detailBar) actions() detail.Actions {
	p := a.page
	return detail.Actions{Copy: p.shell.copyText, Open: p.follow, Select: p.choose, Filter: p.filterBy, Find: a.focus,
		Note: p.changeNote, Drop: p.dropNote, Undrop: p.undropNote, Dropped: func() bool { return p.dropped != nil },
		Usual: p.usual, Back: p.backLinks, GoBack: p.goToBackLink,
		Pages: p.pages, AttrPages: p.attrPages, OpenPage: p.shell.openPage,
		FetchLogs: p.fetchLogs, StopLogs: p.stopLogs, AllLogs: p.showLogs}
}

// key handles a key that the details did not take: Esc shows all of them again
// before it goes back.
func (a *detailBar) key(e canvasview.Event) bool {
	return e.Key == string(fyne.KeyEscape) && a.clear() || a.page.shell.pageKey(e)
}

// detailBarLayout places the box left of what was found, on a ground with a line
// below and one on the left.
type detailBarLayout struct{}

// Layout implements fyne.Layout.
func (detailBarLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	place := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
	}
	h := o[3].MinSize().Height
	place(o[0], 0, 0, size.Width, size.Height)
	place(o[1], 0, size.Height-1, size.Width, 1)
	place(o[2], 0, 0, 1, size.Height)
	box := float32(int(size.Width)) - 14 - foundDp // whole, or the right edge of its frame is a shadow
	place(o[3], 10, (size.Height-1-h)/2, max(box, 0), h)
	place(o[4], size.Width-foundDp, 0, foundDp, size.Height-1)
}

// MinSize implements fyne.Layout.
func (detailBarLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(asideDp, max(findDp, o[3].MinSize().Height+5))
}

// relook takes over another theme or language.
func (a *detailBar) relook() {
	kit := a.page.shell.kit
	a.ground.FillColor, a.line.FillColor, a.edge.FillColor = look.NRGBA(kit.Look.Paper), look.NRGBA(kit.Look.Line), look.NRGBA(kit.Look.Line)
	a.ground.Refresh()
	a.line.Refresh()
	a.edge.Refresh()
	a.box.SetPlaceHolder(kit.Words.T("detail.find"))
	a.box.cross.Redraw()
	a.foundV.Redraw()
}

func (a *detailBar) redraw() {
	a.box.cross.Redraw()
	a.foundV.Redraw()
	a.page.sideV.Redraw()
}

// focus gives the keyboard to the box.
func (a *detailBar) focus() {
	a.page.shell.Window.Canvas().Focus(a.box)
	a.box.selectAll()
}

// enter goes on to the details, to the first of what is found.
func (a *detailBar) enter() {
	a.page.shell.Window.Canvas().Focus(a.page.sideV)
	a.page.side.ChooseFirst()
	a.redraw()
}

// clear empties the box and says whether there was anything in it.
func (a *detailBar) clear() bool {
	if a.box.Text == "" {
		return false
	}
	a.box.set("")
	return true
}

// find shows of the details what the box asks for.
func (a *detailBar) find() {
	a.page.side.Find(strings.TrimSpace(a.box.Text))
	a.redraw()
}

// draw says how much was found, or the key that leads here.
func (a *detailBar) draw(c *xwidget.Canvas, _, w float32) float32 {
	h, words := c.D(findDp-1), a.page.shell.kit.Words
	f := c.Font(xwidget.Small, scene.Regular)
	n, finding := a.page.side.Found()
	if !finding {
		c.Label(c.D(8), 0, h, w-c.D(12), f, c.Look.Secondary, words.T("detail.find.key"))
		return h
	}
	c.Label(c.D(8), 0, h, w-c.D(12), f, c.Look.Text, words.N("detail.found", n))
	return h
}

// filterBy adds what asks for an attribute, or with not for its absence, to what
// the find box asks.
func (p *tracePage) filterBy(key, value string, not bool) {
	term := query.Term(key, value, not)
	if term == "" {
		return
	}
	text := strings.TrimSpace(p.find.box.Text)
	if text == term || strings.HasPrefix(text, term+" ") || strings.HasSuffix(text, " "+term) || strings.Contains(text, " "+term+" ") {
		return
	}
	p.find.box.set(strings.TrimSpace(text + " " + term))
	p.shell.say(p.shell.kit.Words.T("detail.filtered", "term", term))
}

// inDetails does something with the details of the trace in front, if there is one.
func (s *Shell) inDetails(do func(p *tracePage)) {
	if p, ok := s.pages[s.current].(*tracePage); ok && p.doc != nil {
		do(p)
	}
}

func (s *Shell) focusDetails() { s.inDetails(func(p *tracePage) { p.inside.focus() }) }

func (s *Shell) copyTicket() { s.inDetails(func(p *tracePage) { s.copyText(p.side.Ticket()) }) }

func (s *Shell) copyJSON() { s.inDetails(func(p *tracePage) { s.copyText(p.side.JSON()) }) }

func (s *Shell) copyPair() { s.inDetails(func(p *tracePage) { s.copyText(p.side.CopyPair()) }) }
