package shell

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"traceview/internal/task"
	"traceview/ui/view/order"
	"traceview/ui/xwidget"
)

// links are the connections the window knows: those kept, and those it has open.
type links struct {
	list    []Profile // kept
	lists   *task.Slot[[]Profile]
	takes   *task.Slot[[]Profile]
	opens   *task.Slot[Connected]
	open    []Connected // since the start, which tabs came from
	opening string      // the name of the one that is being opened, "" for none
	first   bool        // it is that of the start
	waiting string      // the order to search for once it is
	clash   string      // the file of connections whose names are taken
	clashed error
	reach   map[Source]reach
	keeper  *task.Line // of what is written to connections and their secrets
}

func newLinks(o *Options) links {
	l := links{list: o.Profiles, reach: map[Source]reach{}, lists: task.NewSlot[[]Profile](o.Dispatch),
		takes: task.NewSlot[[]Profile](o.Dispatch), opens: task.NewSlot[Connected](o.Dispatch), keeper: task.NewLine(o.Dispatch)}
	if o.Source != nil {
		l.open = append(l.open, Connected{Source: o.Source, Address: o.Address, Known: o.Known})
	}
	return l
}

func (l *links) stop() {
	l.lists.Stop()
	l.takes.Stop()
	l.opens.Stop()
}

// startConnection opens what the window was started with, or what was used last.
func (s *Shell) startConnection() {
	switch {
	case s.Connections == nil || s.source != nil:
	case s.Options.Start != nil:
		s.connectFirst(*s.Options.Start)
	default:
		if p, ok := s.kept(s.Prefs.Connection); ok {
			s.connectFirst(p)
		} else if len(s.links.list) == 1 {
			s.connectFirst(s.links.list[0])
		}
	}
}

// connectFirst is connect at the start. Nothing is said of it: nobody chose anything
// new, and what is said at a start must stay to be read.
func (s *Shell) connectFirst(p Profile) {
	s.connect(p, nil)
	s.links.first = true
}

// kept returns the connection kept under a name.
func (s *Shell) kept(name string) (Profile, bool) {
	i := slices.IndexFunc(s.links.list, func(p Profile) bool { return name != "" && p.Kept == name })
	if i < 0 {
		return Profile{}, false
	}
	return s.links.list[i], true
}

// readConnections takes over which connections are kept now.
func (s *Shell) readConnections() {
	s.links.lists.Start(s.Connections.List, func(list []Profile, err error) {
		if err != nil {
			title, hint := s.Explain(s.kit.Words, err)
			s.say(strings.TrimSuffix(title+". "+hint, ". "))
			return
		}
		s.links.list = list
		s.home.settle()
		s.redrawChrome()
		if p := s.links.page(s); p != nil {
			p.listed()
		}
	})
}

// connect makes a connection the window's, where one lives yet at once. What it
// lacks is asked for. then, if not nil, is called once it is.
func (s *Shell) connect(p Profile, then func()) {
	for _, c := range s.links.open {
		if !c.stale && c.Profile.Kept == p.Kept && p.Kept != "" && c.Profile.equal(p) {
			s.use(c)
			if then != nil {
				then()
			}
			return
		}
	}
	s.links.opening, s.links.first = p.Name, false
	s.links.opens.Start(func(ctx context.Context) (Connected, error) { return s.Connections.Open(ctx, p) },
		func(c Connected, err error) {
			s.links.opening = ""
			if err != nil {
				s.askFor(p, err, then)
				return
			}
			c.Profile = p
			s.use(c)
			if then != nil {
				then()
			}
		})
	s.redrawChrome()
}

// use makes a connection that is open the one of the window. Open tabs keep the one
// they came from, unless this is the same one opened anew.
func (s *Shell) use(c Connected) {
	for i, old := range s.links.open {
		if old.Source == c.Source {
			s.links.open = slices.Delete(s.links.open, i, i+1)
			break
		}
		if old.Profile.Kept == "" || old.Profile.Kept != c.Profile.Kept {
			continue
		}
		s.links.open[i].stale = true
		if sameServer(old.Address, c.Address) {
			s.rebase(old.Source, c.Source)
		}
	}
	s.links.open = append(s.links.open, c)
	s.source, s.Address, s.Known = c.Source, c.Address, c.Known
	s.window = time.Duration(max(s.Prefs.Days, 7)) * day
	if c.Profile.Days > 0 {
		s.window = time.Duration(c.Profile.Days) * day
	}
	if name := c.Profile.Kept; name != "" && name != s.Prefs.Connection {
		s.Prefs.Connection = name
		s.Save(s.Prefs)
	}
	s.usual.begin(c.Source)
	s.home.settle()
	if !s.links.first {
		s.say(s.kit.Words.T("status.uses", "source", s.sourceName()))
	}
	s.links.first = false
	s.pages[s.current].Refresh()
	s.redrawChrome()
	if number := s.links.waiting; number != "" {
		s.links.waiting = ""
		s.search(number)
	}
}

// rebase has the pages of a connection ask the same one, opened anew.
func (s *Shell) rebase(old, now Source) {
	for _, p := range s.pages {
		switch p := p.(type) {
		case *orderPage:
			if p.from == old {
				p.from, p.material.from, p.inquiry.from = now, now, now
			}
		case *tracePage:
			if p.from == old {
				p.from = now
				if p.strip != nil && p.strip.inquiry != nil {
					p.strip.inquiry.from = now
				}
			}
		}
	}
	s.usual.moved(old, now)
}

// became takes over that a connection is kept as another now. Where its secrets were
// changed as well, what is open of it is not used any more.
func (l *links) became(was string, kept Profile, secrets bool) {
	for i := range l.open {
		if c := &l.open[i]; c.Profile.Kept == was && was != "" {
			c.Profile.Kept, c.stale = kept.Kept, c.stale || secrets
		}
	}
	for i := range l.list {
		if l.list[i].Kept == was {
			l.list[i] = kept
		}
	}
}

// connected returns what is known of a connection that is open.
func (s *Shell) connected(from Source) Connected {
	for _, c := range s.links.open {
		if c.Source == from && from != nil {
			return c
		}
	}
	return Connected{}
}

// showDemo makes the built-in demo the connection of the window.
func (s *Shell) showDemo() {
	s.links.opening = ""
	s.links.opens.Start(s.Connections.Demo, func(c Connected, err error) {
		if err != nil {
			title, _ := s.Explain(s.kit.Words, err)
			s.say(title)
			return
		}
		s.use(c)
		s.usual.ask(c.Source) // it is the program's own
		s.showOrders()
	})
	s.say(s.kit.Words.T("setup.demo.starts"))
}

// importFile keeps the connections of a file and uses the only one, or lets a person
// choose.
func (s *Shell) importFile(path string, replace bool) {
	s.links.takes.Start(func(ctx context.Context) ([]Profile, error) { return s.Connections.Import(ctx, path, replace) },
		func(list []Profile, err error) {
			s.links.clash, s.links.clashed = "", nil
			switch {
			case errors.Is(err, ErrClash):
				s.links.clash, s.links.clashed = path, err
				s.showClash()
				return
			case err != nil:
				title, hint := s.Explain(s.kit.Words, err)
				s.pages[s.current].Refresh()
				s.say(strings.TrimSuffix(title+". "+hint, ". "))
				return
			}
			for _, p := range list { // before they are read
				s.links.list = append(slices.DeleteFunc(s.links.list, func(q Profile) bool { return q.Kept == p.Kept }), p)
			}
			s.readConnections()
			s.home.settle()
			s.pages[s.current].Refresh()
			s.say(s.kit.Words.N("connections.imported", len(list), "file", filepath.Base(path)))
			if len(list) == 1 {
				s.connect(list[0], nil)
			} else {
				s.openPicker()
			}
		})
}

// showClash brings a page to the front that asks whether to replace connections.
func (s *Shell) showClash() {
	switch p := s.pages[s.current].(type) {
	case *setup, *connectionsPage:
		p.Refresh()
	case *homePage:
		if p.setup == nil {
			s.showConnections()
		}
		p.Refresh()
	default:
		s.showConnections()
	}
}

// drawClash asks whether to replace connections whose names a file brings as well.
func (f *form) drawClash(c *xwidget.Canvas, x, y, w float32) float32 {
	s := f.shell
	if s.links.clash == "" {
		return y
	}
	words := s.kit.Words
	title, _ := s.Explain(words, s.links.clashed)
	y = drawFailure(c, x, y+c.D(8), w, title, words.T("connections.clash.hint", "file", filepath.Base(s.links.clash)))
	at := x + f.button(c, x, y, "clash.replace", words.T("connections.replace"), "", true, func() { s.importFile(s.links.clash, true) }) + c.D(8)
	f.button(c, at, y, "clash.leave", words.T("action.cancel"), "", false, func() {
		s.links.clash, s.links.clashed = "", nil
		f.redraw()
	})
	return y + c.D(40)
}

// mends returns what can be done about an error of a connection: to sign in again,
// to give another secret, to look where it ends, of one that is not kept to choose
// another. again repeats what failed.
func (s *Shell) mends(from Source, err error, again func()) []order.Way {
	p, words := s.connected(from).Profile, s.kit.Words
	if s.Connections == nil || from == nil || errors.Is(err, context.Canceled) {
		return nil
	}
	if p.Kept == "" {
		return []order.Way{{Label: words.T("rail.connections"), Do: s.showConnections}}
	}
	var out []order.Way
	for _, f := range s.Connections.Fixes(p, err) {
		switch {
		case f.Kind == FixSignIn:
			out = append(out, order.Way{Label: words.T("fix.signin"), First: true, Do: func() { s.signInAgain(p, again) }})
		case f.Kind == FixSecret && p.Auth != AuthOIDC && len(p.needs()) > 0:
			out = append(out, order.Way{Label: words.T("fix.secret"), First: true, Do: func() { s.askAgain(p, again) }})
		}
	}
	return append(out, order.Way{Label: words.T("fix.check"), Do: func() { s.checkConnection(p) }})
}

// explain puts an error of a connection into words. That a sign-in has ended is told
// as such, whatever the server said of the token.
func (s *Shell) explain(from Source, err error) (title, hint string) {
	p := s.connected(from).Profile
	if s.Connections != nil && p.Kept != "" && slices.ContainsFunc(s.Connections.Fixes(p, err), func(f Fix) bool { return f.Kind == FixSignIn }) {
		return s.kit.Words.T("signin.ended", "name", p.Name), s.kit.Words.T("signin.ended.hint")
	}
	return s.Explain(s.kit.Words, err)
}

// signInAgain opens the browser for a connection whose sign-in has ended.
func (s *Shell) signInAgain(p Profile, then func()) {
	s.askAgain(p, then)
	if a, ok := s.pages[s.current].(*askPage); ok {
		a.enter()
	}
}
