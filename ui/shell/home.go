package shell

import (
	"fyne.io/fyne/v2"

	"traceview/ui/canvasview"
	"traceview/ui/view/search"
)

// homePage is the page a person starts from; it is always the first tab. While no
// connection is known it leads to one.
type homePage struct {
	shell *Shell
	home  *search.Home
	view  *canvasview.View
	setup *setup // nil once there is a connection
}

func newHomePage(s *Shell) *homePage {
	p := &homePage{shell: s}
	p.home = search.NewHome(s.kit, s.search)
	p.home.Key = func(e canvasview.Event) bool { return s.pageKey(e) }
	p.view = canvasview.New(p.home, true, fyne.NewSize(200, 100))
	p.view.OnFocus = s.hideSuggestions
	p.refill()
	if p.wantsSetup() {
		p.setup = newSetup(s, true)
	}
	return p
}

// wantsSetup says whether there is no connection to search yet.
func (p *homePage) wantsSetup() bool {
	s := p.shell
	return s.Connections != nil && s.source == nil && len(s.links.list) == 0 && s.Options.Start == nil
}

// settle shows what a person starts from now, after connections came or went.
func (p *homePage) settle() {
	p.refill()
	switch wants := p.wantsSetup(); {
	case wants == (p.setup != nil):
		p.view.Redraw()
		return
	case wants:
		p.setup = newSetup(p.shell, true)
	default:
		p.setup.Close()
		p.setup = nil
	}
	if s := p.shell; s.current == 0 {
		s.body.Objects = []fyne.CanvasObject{p.Object()}
		s.body.Refresh()
		p.Refresh()
		p.Focus()
	}
}

// refill takes over the orders searched for lately.
func (p *homePage) refill() {
	p.home.Set(p.shell.Prefs.Recent, p.shell.Known)
	p.home.Notes = p.shell.libraryNotes()
	p.home.Offline = p.shell.offline()
}

// offline says why no server is asked, "" where one is.
func (s *Shell) offline() string {
	switch words := s.kit.Words; {
	case s.source != nil || s.links.opening != "":
		return ""
	case s.Connections != nil:
		return words.T("home.choose", "key", pickerKey)
	default:
		return words.T("home.offline")
	}
}

// Title implements page.
func (p *homePage) Title() string { return p.shell.kit.Words.T("home.tab") }

// Status implements page.
func (p *homePage) Status() string {
	switch s := p.shell; {
	case p.setup != nil:
		return p.setup.Status()
	case s.source == nil && s.links.opening != "":
		return s.kit.Words.T("status.connecting", "source", s.links.opening)
	case s.source == nil:
		return s.kit.Words.T("status.offline")
	}
	return p.shell.live(p.shell.source)
}

// Object implements page.
func (p *homePage) Object() fyne.CanvasObject {
	if p.setup != nil {
		return p.setup.Object()
	}
	return p.view
}

// Refresh implements page.
func (p *homePage) Refresh() {
	if p.setup != nil {
		p.setup.Refresh()
		return
	}
	p.refill()
	p.view.Redraw()
}

// Focus implements page: the order box is what a person wants here, or the address
// where there is no connection. Somebody who has looked for orders before finds
// them in the library without one.
func (p *homePage) Focus() {
	if p.setup != nil && len(p.shell.Prefs.Recent) == 0 {
		p.setup.Focus()
		return
	}
	p.shell.focusBox()
}

// Key implements page.
func (p *homePage) Key(canvasview.Event) bool { return false }

// Close implements page.
func (p *homePage) Close() {
	if p.setup != nil {
		p.setup.Close()
	}
}
