package shell

import (
	"errors"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"traceview/internal/model"
	"traceview/internal/savedview"
	"traceview/internal/scene"
	"traceview/ui/canvasview"
	"traceview/ui/xwidget"
)

// maxOpened is how many files and links are opened at once: nobody finds a way
// through more tabs, and all of them would be read at the same time.
const maxOpened = 50

// OpenAll opens files and links.
func (s *Shell) OpenAll(what []string) {
	for _, w := range what[:min(len(what), maxOpened)] {
		if savedview.IsLink(w) {
			s.OpenLink(w)
		} else {
			s.Open(w)
		}
	}
	if n := len(what); n > maxOpened {
		s.say(s.kit.Words.N("status.toomany", n, "opened", s.kit.Words.Units().Number(maxOpened)))
	}
}

// OpenLink asks whether to open a link, or says what is wrong with it.
func (s *Shell) OpenLink(text string) {
	for i, q := range s.pages {
		if p, ok := q.(*linkPage); ok && p.text == text {
			s.revisit(i)
			return
		}
	}
	p := &linkPage{shell: s, text: text, since: s.now(), panel: xwidget.NewPanel(s.kit)}
	p.link, p.err = savedview.ParseLink(text)
	p.panel.Content = p.draw
	p.panel.Key = func(e canvasview.Event) bool { return s.pageKey(e) }
	p.view = canvasview.New(p.panel, true, fyne.NewSize(300, 100))
	p.view.OnFocus = s.hideSuggestions
	s.add(p)
}

// openCopiedLink opens the link that is on the clipboard.
func (s *Shell) openCopiedLink() {
	text := fyne.CurrentApp().Clipboard().Content()
	if !savedview.IsLink(text) {
		s.say(s.kit.Words.T("link.clipboard.none"))
		return
	}
	s.OpenLink(text)
}

// copyLink puts a link to what is in front on the clipboard.
func (s *Shell) copyLink() {
	words := s.kit.Words
	l, ok := s.linkToFront()
	if !ok {
		s.say(words.T("link.copy.none"))
		return
	}
	text, left, err := l.Encode()
	if err != nil {
		title, _ := s.Explain(words, err)
		s.say(title)
		return
	}
	fyne.CurrentApp().Clipboard().SetContent(text)
	said := words.T("link.copied", "endpoint", l.Endpoint)
	if left != savedview.LeftNothing {
		said += " " + words.T(leftOut[left])
	}
	s.say(said)
}

// leftOut are the words for what a link is too short for.
var leftOut = map[savedview.Left]string{
	savedview.LeftFolds: "link.left.folds", savedview.LeftTabs: "link.left.tabs",
	savedview.LeftView: "link.left.view", savedview.LeftTraces: "link.left.traces",
}

// linkToFront returns a link to what is on the screen; there is none to a file.
func (s *Shell) linkToFront() (savedview.Link, bool) {
	var from Source
	switch p := s.pages[s.current].(type) {
	case *orderPage:
		from = p.from
	case *tracePage:
		from = p.from
	}
	at, ok := s.addressOf(from)
	if !ok {
		return savedview.Link{}, false
	}
	v := s.savedView()
	v.Traces = slices.DeleteFunc(v.Traces, func(t savedview.Trace) bool { // those of other connections
		return !slices.ContainsFunc(s.pages, func(p page) bool {
			tp, ok := p.(*tracePage)
			return ok && tp.from == from && tp.id.String() == t.TraceID
		})
	})
	l := savedview.Link{Endpoint: at.Endpoint, Plaintext: at.Plaintext, Tenant: at.Tenant, Order: v.Order}
	if len(v.Traces) > 0 {
		l.View = &v
	}
	return l, true
}

// A linkPage asks whether to open a link. Nothing is asked of any server before a
// person says so.
type linkPage struct {
	shell *Shell
	text  string
	link  savedview.Link
	err   error // why it cannot be opened, or wraps ErrView
	since time.Time
	panel *xwidget.Panel
	view  *canvasview.View
}

// startled is how long Enter does nothing after the page came up: somebody may be
// typing when another program hands a link over.
const startled = 700 * time.Millisecond

// can says whether there is something to open.
func (p *linkPage) can() bool { return p.err == nil || errors.Is(p.err, savedview.ErrView) }

// open opens what the link names, in place of the page.
func (p *linkPage) open() {
	s, l := p.shell, p.link
	from, err := s.dial(l)
	if err != nil {
		p.err = err
		p.view.Redraw()
		return
	}
	front := page(p)
	if l.Order != "" {
		s.searchFrom(from, l.Order)
		front = s.pages[s.current]
	}
	base := front
	for _, text := range l.Traces {
		id, err := model.ParseTraceID(text)
		if err != nil {
			continue // the link was checked: it has none
		}
		s.openTraceFrom(from, id)
		tp := s.pages[s.current]
		s.trail[tp] = base
		if tp, ok := tp.(*tracePage); ok && wantedOf(l.View, id) != nil {
			tp.see(*wantedOf(l.View, id))
		}
		if front == page(p) || l.View != nil && l.View.Active == text {
			front = tp
		}
	}
	s.show(s.indexOf(front))
	s.closePage(s.indexOf(p))
}

// refuse closes the page.
func (p *linkPage) refuse() { p.shell.closePage(p.shell.indexOf(p)) }

// title says what the link opens.
func (p *linkPage) title() string {
	w, l := p.shell.kit.Words, p.link
	switch {
	case l.Order == "":
		return w.N("link.asks.traces", len(l.Traces), "endpoint", l.Endpoint)
	case len(l.Traces) == 0:
		return w.T("link.asks.order", "order", l.Order, "endpoint", l.Endpoint)
	}
	return w.N("link.asks.both", len(l.Traces), "order", l.Order, "endpoint", l.Endpoint)
}

// lines say what else there is to know before the link is opened.
func (p *linkPage) lines() []string {
	w, l := p.shell.kit.Words, p.link
	var out []string
	switch from := p.shell.known(l); {
	case from == nil && l.Plaintext:
		out = append(out, w.T("link.elsewhere"), w.T("link.plaintext"))
	case from == nil:
		out = append(out, w.T("link.elsewhere"))
	case from == p.shell.source:
		out = append(out, w.T("link.own"))
	default:
		out = append(out, w.T("link.again"))
	}
	if l.Tenant != "" {
		out = append(out, w.T("link.tenant", "tenant", l.Tenant))
	}
	switch {
	case errors.Is(p.err, savedview.ErrView):
		title, _ := p.shell.Explain(w, p.err)
		out = append(out, title+" "+w.T("link.noview"))
	case l.View != nil && l.View.Name != "":
		out = append(out, w.T("link.view.named", "name", l.View.Name))
	case l.View != nil:
		out = append(out, w.T("link.view"))
	}
	return out
}

func (p *linkPage) draw(c *xwidget.Canvas, y, w float32) float32 {
	words, top := p.shell.kit.Words, y
	x, width := c.D(20), min(w-c.D(40), c.D(680))
	y += c.D(44)
	title, lines := "", []string(nil)
	if p.can() {
		title, lines = p.title(), p.lines()
	} else {
		var hint string
		title, hint = p.shell.Explain(words, p.err)
		lines = append(lines, hint)
		c.Cross(x, y+c.D(3), c.D(18), true)
		x += c.D(28)
	}
	f := c.Font(16, scene.SemiBold)
	for _, l := range c.WrapEnds(f, title, width, 4) {
		c.Label(x, y, c.D(24), width, f, c.Look.Text, l)
		y += c.D(24)
	}
	f = c.Font(xwidget.Body, scene.Regular)
	y += c.D(4)
	for _, line := range lines {
		for _, l := range c.Wrap(f, line, width, 4) {
			c.Label(x, y, c.D(20), width, f, c.Look.Secondary, l)
			y += c.D(20)
		}
		y += c.D(4)
	}
	y += c.D(10)
	if p.can() {
		x += c.Button(x, y, c.D(30), words.T("action.open"), "Enter", true, p.open) + c.D(8)
	}
	label := words.T("action.notnow")
	if !p.can() {
		label = words.T("tab.close")
	}
	c.Button(x, y, c.D(30), label, "Esc", false, p.refuse)
	return y + c.D(60) - top
}

// Title implements page.
func (p *linkPage) Title() string { return p.shell.kit.Words.T("link.tab") }

// Status implements page.
func (p *linkPage) Status() string {
	if !p.can() {
		return ""
	}
	return p.shell.kit.Words.T("link.waits")
}

// Mark implements distinct: what the link leads to.
func (p *linkPage) Mark(bool) string {
	switch {
	case p.link.Order != "":
		return p.link.Order
	case len(p.link.Traces) > 0:
		return p.link.Traces[0][:8]
	}
	return ""
}

// Object implements page.
func (p *linkPage) Object() fyne.CanvasObject { return p.view }

// Refresh implements page.
func (p *linkPage) Refresh() { p.view.Redraw() }

// Focus implements page.
func (p *linkPage) Focus() { p.shell.Window.Canvas().Focus(p.view) }

// Key implements page: Enter opens, Esc does not.
func (p *linkPage) Key(e canvasview.Event) bool {
	switch e.Key {
	case "Return", "KP_Enter":
		if p.can() && p.shell.now().Sub(p.since) >= startled {
			p.open()
		}
	case string(fyne.KeyEscape):
		p.refuse()
	default:
		return false
	}
	return true
}

// Close implements page.
func (p *linkPage) Close() {}
