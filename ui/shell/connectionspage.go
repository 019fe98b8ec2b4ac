package shell

import (
	"context"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"

	"traceview/internal/task"
	"traceview/ui/canvasview"
	"traceview/ui/xwidget"
)

// A connectionsPage lists the connections that are kept, and changes them.
type connectionsPage struct {
	shell   *Shell
	list    *xwidget.Panel
	listV   *canvasview.View
	form    *form
	object  *fyne.Container
	at      string // the name of the one on show, "" for none
	draft   draft
	before  Profile
	check   *checker
	sign    *signer
	held    heldSecrets
	err     error
	said    string // what was done last
	saves   writes
	acts    writes
	unsaved map[string]draft // what was changed of others and not saved
	next    string           // the name of the one to show once it is in the list, "" for none
	undo    func(context.Context) error
	gone    string // the name of the one that undo brings back
}

// heldSecrets is what is known of the secrets of a connection on show.
type heldSecrets struct {
	list      []Secret
	memory    error // why they last no longer than the program
	replacing map[Secret]bool
	slot      *task.Slot[[]Secret]
	forget    func(s Secret)
	brief     bool // only what a newcomer has to be asked
}

// learn asks what is kept of the secrets of a connection, and how long it lasts.
func (h *heldSecrets) learn(f *form, p Profile) {
	s := f.shell
	h.list, h.replacing = nil, map[Secret]bool{}
	var memory error // written before the result arrives
	h.slot.Start(func(ctx context.Context) (list []Secret, err error) {
		list, memory, err = s.Connections.Held(ctx, p)
		return list, err
	}, func(list []Secret, _ error) {
		h.list, h.memory = list, memory
		f.redraw()
	})
}

// kept says whether a secret is there.
func (h *heldSecrets) kept(s Secret) bool {
	for _, x := range h.list {
		if x.id() == s.id() {
			return x.Kept
		}
	}
	return false
}

// signIn returns the sign-in, if one is kept.
func (h *heldSecrets) signIn() (Secret, bool) {
	for _, x := range h.list {
		if x.Kind == SecretSignIn && x.Kept {
			return x, true
		}
	}
	return Secret{}, false
}

// page returns the page of connections, nil if it is not open.
func (*links) page(s *Shell) *connectionsPage {
	for _, q := range s.pages {
		if p, ok := q.(*connectionsPage); ok {
			return p
		}
	}
	return nil
}

// showConnections shows the page of connections.
func (s *Shell) showConnections() {
	if s.Connections == nil {
		return
	}
	p := s.links.page(s)
	if p == nil {
		p = newConnectionsPage(s)
		s.add(p)
	} else {
		s.revisit(s.indexOf(p))
	}
	if p.at == "" {
		p.listed()
	}
}

// checkConnection shows a connection on that page and checks it.
func (s *Shell) checkConnection(p Profile) {
	s.showConnections()
	page := s.links.page(s)
	if page == nil {
		return
	}
	if page.at != p.Kept {
		page.show(p.Kept)
	}
	page.test()
}

func newConnectionsPage(s *Shell) *connectionsPage {
	p := &connectionsPage{shell: s, saves: writes{line: s.links.keeper}, acts: writes{line: s.links.keeper}, unsaved: map[string]draft{}}
	p.list = xwidget.NewPanel(s.kit)
	p.list.Content, p.list.Key = p.drawList, func(e canvasview.Event) bool { return s.pageKey(e) }
	p.list.Chosen = func(i int) { p.pick(i) }
	p.list.Activate = func(int) { p.form.focus("name") }
	p.listV = canvasview.New(p.list, true, fyne.NewSize(listDp, 100))
	p.listV.OnFocus = s.hideSuggestions
	p.listV.OnTab = func(bool) { p.form.focus("name") }
	p.form = newForm(s, p.draw)
	p.form.enter, p.form.escape, p.form.changed, p.form.fault = p.save, p.back, p.changed, p.fault
	p.form.before = func() { s.Window.Canvas().Focus(p.listV) }
	p.check = newChecker(p.form, &p.draft)
	p.check.inForm = true
	p.sign = newSigner(p.form)
	p.held = heldSecrets{slot: task.NewSlot[[]Secret](s.Dispatch), replacing: map[Secret]bool{}, forget: p.forgetSecret}
	p.object = xwidget.Row(1, p.listV, container.NewStack(p.form.object))
	return p
}

// listed takes over which connections there are now.
func (p *connectionsPage) listed() {
	s := p.shell
	if _, ok := s.kept(p.next); ok {
		p.show(p.next)
		return
	}
	if _, ok := s.kept(p.at); !ok || p.at == "" {
		p.at = ""
		if len(s.links.list) > 0 {
			first := s.links.list[0].Kept
			if at := s.connected(s.source).Profile.Kept; at != "" {
				if _, ok := s.kept(at); ok {
					first = at
				}
			}
			p.show(first)
			return
		}
	}
	p.Refresh()
}

// pick shows connection i of the list.
func (p *connectionsPage) pick(i int) {
	if l := p.shell.links.list; i >= 0 && i < len(l) && l[i].Kept != p.at {
		p.show(l[i].Kept)
	}
}

// show shows a connection in the form, with what was changed of it before and not
// saved.
func (p *connectionsPage) show(name string) {
	profile, ok := p.shell.kept(name)
	if !ok {
		return
	}
	if p.at != name && p.dirty() {
		p.unsaved[p.at] = p.draft
	}
	p.check.reset()
	p.sign.reset()
	p.at, p.next, p.before, p.err, p.said = name, "", profile, nil, ""
	p.fillDraft(profile)
	if d, ok := p.unsaved[name]; ok {
		p.draft = d
		delete(p.unsaved, name)
	}
	p.learn()
	for i, q := range p.shell.links.list {
		if q.Kept == name {
			p.list.Sel = i
		}
	}
	p.form.Panel.Reset()
	p.form.at = ""
	p.Refresh()
}

// fillDraft takes a profile into the fields.
func (p *connectionsPage) fillDraft(profile Profile) {
	d := &p.draft
	d.Profile = profile
	d.token, d.password, d.logsSecret, d.headers, d.keepKey = "", "", "", map[string]*string{}, false
	for _, h := range profile.SecretHeaders {
		d.headers[h] = new(string)
	}
	d.keys, d.scopes = strings.Join(profile.OrderKeys, ", "), strings.Join(profile.Scopes, ", ")
	p.draft.days = ""
	if profile.Days > 0 {
		p.draft.days = strconv.Itoa(profile.Days)
	}
}

// learn asks what is kept of the secrets.
func (p *connectionsPage) learn() { p.held.learn(p.form, p.before) }

// changed takes over what was typed.
func (p *connectionsPage) changed(id string) {
	d := &p.draft
	d.OrderKeys, d.Scopes = listOf(d.keys), listOf(d.scopes)
	p.said, p.err, p.check.faults = "", nil, nil
	if p.check.asked == 0 {
		p.check.reset()
	}
}

// dirty says whether there is something to save.
func (p *connectionsPage) dirty() bool {
	return p.at != "" && (!p.draft.equal(p.before) || len(p.draft.typed()) > 0 || p.draft.keepKey || p.daysFault() == "" && p.typedDays() != p.before.Days)
}

// typedDays is how far back searches look, as typed.
func (p *connectionsPage) typedDays() int {
	n, _ := strconv.Atoi(strings.TrimSpace(p.draft.days))
	return n
}

// daysFault says what is wrong with what was typed for it.
func (p *connectionsPage) daysFault() string {
	text := strings.TrimSpace(p.draft.days)
	if n, err := strconv.Atoi(text); text != "" && (err != nil || n < 1 || n > 3650) {
		return "days"
	}
	return ""
}

// fault says what is wrong with a field.
func (p *connectionsPage) fault(id string) string { return faultOf(p.check.faults, id) }

// test checks the connection as it is in the form.
func (p *connectionsPage) test() {
	p.said = ""
	p.form.Panel.Reset()
	p.check.start()
}

// export writes connections to a file that a person names.
func (p *connectionsPage) export(names []string) {
	s := p.shell
	d := dialog.NewFileSave(func(w fyne.URIWriteCloser, err error) {
		if err != nil || w == nil {
			return
		}
		path := w.URI().Path()
		_ = w.Close() // it was only made to learn the name
		p.act(func(ctx context.Context) error { return s.Connections.Export(ctx, path, names) }, func() {
			p.said = s.kit.Words.N("connection.exported", len(names), "file", path)
		})
	}, s.Window)
	d.SetFileName("traceview-connections.json")
	s.choose(d, s.kit.Words.T("connections.export.title"))
	d.SetConfirmText(s.kit.Words.T("connections.save"))
}

// back is what Esc does.
func (p *connectionsPage) back() {
	switch {
	case p.check.slot.Busy():
		p.check.cancel()
	case p.sign.slot.Busy():
		p.sign.cancel()
	case p.check.sign.slot.Busy():
		p.check.sign.cancel()
	case p.check.began:
		p.check.reset()
		p.form.redraw()
	default:
		p.shell.back()
	}
}

// Title implements page.
func (p *connectionsPage) Title() string { return p.shell.kit.Words.T("connections.title") }

// Status implements page.
func (p *connectionsPage) Status() string {
	if p.said != "" {
		return p.said
	}
	return p.shell.home.Status()
}

// Object implements page.
func (p *connectionsPage) Object() fyne.CanvasObject { return p.object }

// Refresh implements page.
func (p *connectionsPage) Refresh() {
	p.listV.Redraw()
	p.form.redraw()
}

// Focus implements page.
func (p *connectionsPage) Focus() { p.shell.Window.Canvas().Focus(p.listV) }

// Key implements page.
func (p *connectionsPage) Key(canvasview.Event) bool { return false }

// Close implements page. What is being kept goes on, and is nothing to show any more.
func (p *connectionsPage) Close() {
	p.check.stop()
	p.sign.slot.Stop()
	p.held.slot.Stop()
	p.at = ""
}
