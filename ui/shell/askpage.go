package shell

import (
	"context"
	"errors"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"traceview/internal/scene"
	"traceview/internal/task"
	"traceview/ui/canvasview"
	"traceview/ui/xwidget"
)

// An askPage asks for what a connection lacks to be opened, or says why it cannot
// be.
type askPage struct {
	shell *Shell
	form  *form
	draft draft
	sign  *signer
	err   error
	lacks []Secret
	user  bool        // the user name is, or was, asked for as well
	notes heldSecrets // where secrets would be kept
	puts  *task.Slot[Connected]
	then  func() // once the connection is open
}

// askFor shows the page that asks for what a connection lacks.
func (s *Shell) askFor(p Profile, err error, then func()) {
	if errors.Is(err, context.Canceled) {
		return
	}
	for i, q := range s.pages {
		if a, ok := q.(*askPage); ok && a.draft.Name == p.Name {
			a.take(p, err, then)
			s.revisit(i)
			return
		}
	}
	a := &askPage{shell: s, notes: heldSecrets{slot: task.NewSlot[[]Secret](s.Dispatch)}, puts: task.NewSlot[Connected](s.Dispatch)}
	a.form = newForm(s, a.draw)
	a.form.enter, a.form.escape = a.enter, a.leave
	a.sign = newSigner(a.form)
	a.take(p, err, then)
	s.add(a)
	a.notes.learn(a.form, p)
}

// askAgain asks for the secret of a connection once more, since the one that is kept
// does not let it in.
func (s *Shell) askAgain(p Profile, then func()) {
	s.askFor(p, &LacksError{Name: p.Name, Secrets: p.needs()}, then)
}

func (a *askPage) take(p Profile, err error, then func()) {
	a.draft.Profile, a.err, a.then, a.lacks = p, err, then, nil
	a.draft.headers = map[string]*string{}
	var lacks *LacksError
	if errors.As(err, &lacks) {
		a.lacks, a.err = lacks.Secrets, nil
	}
	a.user = a.user || p.User == "" && a.lacksA(SecretPassword)
	for _, sec := range a.lacks {
		if sec.Kind == SecretHeader {
			a.draft.headers[sec.Header] = new(string)
		}
	}
	a.form.at = ""
}

// lacksA says whether secrets of a kind are asked for.
func (a *askPage) lacksA(kind string) bool {
	return slices.ContainsFunc(a.lacks, func(s Secret) bool { return s.Kind == kind })
}

// lacksSignIn says whether somebody has to sign in.
func (a *askPage) lacksSignIn() bool { return a.lacksA(SecretSignIn) }

// enter goes on with what was typed.
func (a *askPage) enter() {
	s := a.shell
	if a.puts.Busy() || a.sign.slot.Busy() {
		return
	}
	a.draft.User = strings.TrimSpace(a.draft.User)
	p, typed := a.draft.Profile, a.draft.typed()
	if a.user && p.User == "" {
		a.form.focus("user")
		return
	}
	for _, sec := range a.lacks {
		if sec.Kind != SecretSignIn && sec.Kind != SecretKey && typed[sec.id()] == "" {
			a.form.focus(fieldOf(sec))
			return
		}
	}
	if a.lacksSignIn() && a.sign.user == "" {
		a.sign.start(p, false, a.signedIn)
		return
	}
	named, keep := s.kept(p.Kept) // without what the command line changed of it
	keep, named.User = keep && a.user && named.User != p.User, p.User
	a.puts.Start(func(ctx context.Context) (Connected, error) {
		if keep {
			if _, err := s.Connections.Put(ctx, named); err != nil {
				return Connected{}, err
			}
		}
		for sec, value := range typed {
			if err := s.Connections.Give(ctx, p, sec, value); err != nil {
				return Connected{}, err
			}
		}
		return s.Connections.Open(ctx, p)
	}, func(c Connected, err error) {
		if keep {
			s.readConnections()
		}
		if err != nil {
			a.take(p, err, a.then)
			a.form.redraw()
			return
		}
		a.draft.forget()
		c.Profile = p
		then := a.then
		s.use(c)
		s.closePage(s.indexOf(a))
		if then != nil {
			then()
		} else {
			s.focusBox()
		}
	})
	a.form.redraw()
}

// signedIn opens the connection once somebody is.
func (a *askPage) signedIn() {
	a.lacks = slices.DeleteFunc(a.lacks, func(s Secret) bool { return s.Kind == SecretSignIn })
	a.enter()
}

// leave gives up what is under way, then the page.
func (a *askPage) leave() {
	switch s := a.shell; {
	case a.sign.slot.Busy():
		a.sign.cancel()
	case a.puts.Busy():
		a.puts.Cancel()
	default:
		s.closePage(s.indexOf(a))
	}
}

// fieldOf is the field a secret is typed into.
func fieldOf(s Secret) string {
	if s.Kind == SecretHeader {
		return "header." + s.Header
	}
	return s.Kind
}

func (a *askPage) draw(c *xwidget.Canvas, y, w float32) float32 {
	top, words, f := y, a.shell.kit.Words, a.form
	x := c.D(20)
	width := min(w-2*x, c.D(560))
	y += c.D(40)
	title, text := words.T("ask.title", "name", a.draft.Name), words.T("ask.text", "address", a.draft.Address)
	if a.err != nil {
		title, text = a.shell.Explain(words, a.err)
		c.Cross(x, y+c.D(3), c.D(18), true)
		x += c.D(28)
	}
	y = drawBold(c, x, y, width, title)
	y = drawLines(c, x, y+c.D(4), width, c.Font(xwidget.Body, scene.Regular), c.Look.Secondary, text) + c.D(14)
	if a.err != nil {
		at := x + f.button(c, x, y, "again", words.T("action.again"), "", true, func() { a.shell.connect(a.draft.Profile, a.then) }) + c.D(8)
		at += f.button(c, at, y, "check", words.T("fix.check"), "", false, func() { a.shell.checkConnection(a.draft.Profile) }) + c.D(8)
		f.button(c, at, y, "leave", words.T("action.notnow"), "Esc", false, a.leave)
		return y + c.D(60) - top
	}
	for _, sec := range a.lacks {
		switch sec.Kind {
		case SecretToken:
			y = f.secret(c, x, y, width, fieldOf(sec), sec, &a.draft.token, &a.notes)
		case SecretPassword:
			if a.user {
				y = f.labelled(c, x, y, width, "user", &a.draft.User, "")
			}
			y = f.secret(c, x, y, width, fieldOf(sec), sec, &a.draft.password, &a.notes)
		case SecretHeader:
			y = f.secret(c, x, y, width, fieldOf(sec), sec, a.draft.headers[sec.Header], &a.notes)
		case SecretKey:
			y = drawLines(c, x, y, width, c.Font(xwidget.Body, scene.Regular), c.Look.Text, words.T("ask.key")) + c.D(8)
		}
	}
	if a.notes.memory != nil && a.lacksSignIn() {
		y = drawLines(c, x, y, width, c.Font(xwidget.Body, scene.Regular), c.Look.Text, words.T("connection.no-keyring")) + c.D(12)
	}
	y = a.sign.draw(c, x, y, width)
	switch {
	case a.sign.slot.Busy():
		return y + c.D(40) - top
	case a.lacksSignIn():
		at := f.drawSignIn(c, x, y, a.sign, &a.draft, a.signedIn) + c.D(8)
		f.button(c, at, y, "leave", words.T("action.notnow"), "Esc", false, a.leave)
	default:
		at := x + f.button(c, x, y, "goon", words.T("setup.connect"), "Enter", true, a.enter) + c.D(8)
		f.button(c, at, y, "leave", words.T("action.notnow"), "Esc", false, a.leave)
	}
	return y + c.D(60) - top
}

// drawBold draws the title of a page in as many lines as it takes, and returns where
// that ends.
func drawBold(c *xwidget.Canvas, x, y, w float32, text string) float32 {
	f := c.Font(16, scene.SemiBold)
	for _, l := range c.Wrap(f, text, w, 4) {
		c.Label(x, y, c.D(24), w, f, c.Look.Text, l)
		y += c.D(24)
	}
	return y
}

// Title implements page.
func (a *askPage) Title() string { return a.shell.kit.Words.T("ask.tab", "name", a.draft.Name) }

// Status implements page.
func (a *askPage) Status() string { return a.shell.home.Status() }

// Object implements page.
func (a *askPage) Object() fyne.CanvasObject { return a.form.object }

// Refresh implements page.
func (a *askPage) Refresh() { a.form.redraw() }

// Focus implements page.
func (a *askPage) Focus() { a.form.focus(a.form.at) }

// Key implements page.
func (a *askPage) Key(canvasview.Event) bool { return false }

// Close implements page. Nothing waits for the connection any more.
func (a *askPage) Close() {
	a.shell.links.waiting = ""
	a.notes.slot.Stop()
	a.puts.Stop()
	a.sign.slot.Stop()
}
