package shell

import (
	"fyne.io/fyne/v2"

	"traceview/ui/canvasview"
	"traceview/ui/view/search"
)

// homePage is the page a person starts from; it is always the first tab.
type homePage struct {
	shell *Shell
	home  *search.Home
	view  *canvasview.View
}

func newHomePage(s *Shell) *homePage {
	p := &homePage{shell: s}
	p.home = search.NewHome(s.kit, s.search)
	p.home.Key = func(e canvasview.Event) bool { return s.pageKey(e) }
	p.view = canvasview.New(p.home, true, fyne.NewSize(200, 100))
	p.view.OnFocus = s.hideSuggestions
	p.refill()
	return p
}

// refill takes over the orders searched for lately.
func (p *homePage) refill() {
	p.home.Set(p.shell.Prefs.Recent, p.shell.Known)
	p.home.Notes = p.shell.libraryNotes()
	if p.shell.source == nil {
		p.home.Offline = p.shell.kit.Words.T("home.offline")
	}
}

// Title implements page.
func (p *homePage) Title() string { return p.shell.kit.Words.T("home.tab") }

// Status implements page.
func (p *homePage) Status() string {
	if p.shell.source == nil {
		return p.shell.kit.Words.T("status.offline")
	}
	return p.shell.live(p.shell.source)
}

// Object implements page.
func (p *homePage) Object() fyne.CanvasObject { return p.view }

// Refresh implements page.
func (p *homePage) Refresh() {
	p.refill()
	p.view.Redraw()
}

// Focus implements page: the order box is what a person wants here.
func (p *homePage) Focus() { p.shell.focusBox() }

// Key implements page.
func (p *homePage) Key(canvasview.Event) bool { return false }

// Close implements page.
func (p *homePage) Close() {}
