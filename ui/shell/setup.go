package shell

import (
	"context"
	"errors"
	"strings"

	"fyne.io/fyne/v2"

	"traceview/internal/scene"
	"traceview/internal/task"
	"traceview/ui/canvasview"
	"traceview/ui/look"
	"traceview/ui/xwidget"
)

// A setup leads from an address to a working search: it checks the connection at
// once, and what is in the way is solved where it shows. It is what a person starts
// from who has no connection, and how another one is added.
type setup struct {
	shell *Shell
	form  *form
	draft draft
	check *checker
	saves *task.Slot[Connected]
	err   error // of saving
	alone bool  // it is the first page: there is no connection yet
}

func newSetup(s *Shell, alone bool) *setup {
	p := &setup{shell: s, alone: alone, saves: task.NewSlot[Connected](s.Dispatch)}
	p.draft.Profile = Profile{API: APIAuto, Auth: AuthNone}
	p.form = newForm(s, p.draw)
	p.form.enter, p.form.escape, p.form.changed, p.form.fault = p.enter, p.back, p.changed, p.fault
	p.check = newChecker(p.form, &p.draft)
	p.check.ended = p.checked
	return p
}

// addConnection shows the page that adds a connection.
func (s *Shell) addConnection() {
	for i, q := range s.pages {
		if _, ok := q.(*setup); ok {
			s.revisit(i)
			return
		}
	}
	if s.home.setup != nil {
		s.show(0)
		return
	}
	s.add(newSetup(s, false))
}

// changed takes over that something was typed. What was found, and agreed to, was of
// the address before.
func (p *setup) changed(id string) {
	switch id {
	case "address":
		d := &p.draft
		d.Plaintext, d.CA, d.CAFile, d.ServerName, d.AllowPlaintext, d.API, d.JaegerUI = false, "", "", "", false, APIAuto, ""
		p.check.reset()
		p.err = nil
	case "orderkeys":
		p.draft.OrderKeys = listOf(p.draft.keys)
	}
}

// enter does what Enter in a field means: connect, go on, or save.
func (p *setup) enter() {
	switch {
	case p.check.slot.Busy() || p.saves.Busy() || p.check.sign.slot.Busy():
	case p.check.passed():
		p.save()
	case p.check.asked == FixSecret && p.draft.Auth == AuthOIDC:
		p.check.sign.start(p.draft.Profile, false, p.check.start)
	case p.check.asked != 0:
		p.check.goOn()
	default:
		p.connect()
	}
}

// connect checks the address.
func (p *setup) connect() {
	p.draft.Address = strings.TrimSpace(p.draft.Address)
	p.check.start()
}

// fault says what is wrong with a field.
func (p *setup) fault(id string) string { return faultOf(p.check.faults, id) }

// checked proposes a name once the connection works.
func (p *setup) checked(ok bool) {
	if !ok {
		if f := p.check.failed(); f != nil && p.front() {
			p.form.arrange()
			p.form.focus(p.check.first(f))
		}
		return
	}
	if p.draft.Name == "" {
		p.draft.Name = hostOf(p.draft.Address)
	}
	p.form.redraw()
	if p.front() {
		p.form.focus("name")
	}
}

// front says whether the page is on show.
func (p *setup) front() bool {
	at := p.shell.pages[p.shell.current]
	return at == page(p) || p.alone && at == page(p.shell.home)
}

// hostOf returns what of an address a person would call it by.
func hostOf(a string) string {
	if _, rest, ok := strings.Cut(a, "://"); ok {
		a = rest
	}
	a, _, _ = strings.Cut(strings.TrimPrefix(a, "unix:"), "?")
	host, _, _ := strings.Cut(strings.TrimLeft(a, "/"), "/")
	if i := strings.LastIndex(host, ":"); i > 0 {
		host = host[:i]
	}
	return strings.Trim(host, "[]")
}

// save keeps the connection with its secrets, and makes it the window's.
func (p *setup) save() {
	s := p.shell
	if p.saves.Busy() {
		return
	}
	p.err, p.check.faults = nil, nil
	profile, typed := p.draft.Profile, p.draft.typed()
	p.saves.Start(func(ctx context.Context) (Connected, error) {
		kept, err := s.Connections.Put(ctx, profile)
		if err != nil {
			return Connected{Profile: kept}, err
		}
		for _, sec := range profile.needs() {
			if v := typed[sec]; v != "" {
				if err := s.Connections.Give(ctx, kept, sec, v); err != nil {
					return Connected{Profile: kept}, err
				}
			}
		}
		c, err := s.Connections.Open(ctx, kept)
		c.Profile = kept
		return c, err
	}, func(c Connected, err error) {
		var faults *FaultsError
		if errors.As(err, &faults) {
			p.check.faulty(faults.Faults)
			return
		}
		if p.err = err; err != nil {
			if c.Profile.Kept != "" {
				p.draft.Kept = c.Profile.Kept // another attempt must not find its name taken
			}
			p.form.redraw()
			return
		}
		p.draft.forget()
		s.readConnections()
		s.use(c)
		p.leave()
		s.focusBox()
	})
	p.form.redraw()
}

// leave closes the page, unless it is the first one, which becomes another.
func (p *setup) leave() {
	if s := p.shell; p.alone {
		s.home.settle()
	} else {
		s.closePage(s.indexOf(p))
	}
}

// back is what Esc does: it gives up what is under way, then leaves.
func (p *setup) back() {
	switch {
	case p.check.slot.Busy():
		p.check.cancel()
	case p.check.sign.slot.Busy():
		p.check.sign.cancel()
	case p.check.authority != nil || p.check.looks.Busy():
		p.check.looks.Stop()
		p.check.authority = nil
		p.form.redraw()
	case p.check.asked != 0:
		p.check.asked = 0
		p.form.redraw()
		p.form.focus("address")
	case p.alone:
		p.form.focus("address")
	default:
		p.shell.back()
	}
}

// widthDp is how wide the page is at most, in dp.
const setupDp = 760

func (p *setup) draw(c *xwidget.Canvas, y, w float32) float32 {
	top, words := y, p.shell.kit.Words
	x := max(c.D(32), float32(int((w-c.D(setupDp))/2)))
	width := w - 2*x
	body := c.Font(xwidget.Body, scene.Regular)
	y += c.D(40)
	title := "setup.title"
	if !p.alone {
		title = "setup.another"
	}
	banner := c.Font(xwidget.Banner, scene.SemiBold)
	for _, l := range c.Wrap(banner, words.T(title), width, 2) {
		c.Label(x, y, c.D(34), width, banner, c.Look.Text, l)
		y += c.D(34)
	}
	y = drawLines(c, x, y+c.D(6), width, body, c.Look.Secondary, words.T("setup.text")) + c.D(16)
	y = p.drawAddress(c, x, y, width)
	y = p.check.draw(c, x, y, width)
	if p.check.passed() {
		y = p.drawDone(c, x, y+c.D(8), width)
	}
	y = p.form.drawClash(c, x, y, width)
	y = p.drawOthers(c, x, y+c.D(18), width)
	return y + c.D(32) - top
}

// drawAddress draws the field of the address, with the button that goes on.
func (p *setup) drawAddress(c *xwidget.Canvas, x, y, w float32) float32 {
	words, f := p.shell.kit.Words, p.form
	label, primary, do := words.T("setup.connect"), !p.check.began, p.connect
	if p.check.slot.Busy() {
		label, primary, do = words.T("action.cancel"), false, p.check.cancel
	}
	bw := c.Metrics.Width(c.Font(xwidget.Minor, scene.SemiBold), label) + c.D(24)
	c.Label(x, y, c.D(20), w, c.Font(xwidget.Minor, scene.SemiBold), c.Look.Secondary, words.T("connection.field.address"))
	y += c.D(22)
	h := f.field(c, x, y, w-bw-c.D(10), "address", words.T("setup.placeholder"), &p.draft.Address, false)
	f.button(c, x+w-bw, y+float32(int((h-c.D(30))/2)), "connect", label, "Enter", primary, do)
	return f.drawFault(c, x, y+h+c.D(3), w, "address") + c.D(10)
}

// drawDone draws what is left to do once the connection works: its name and colour.
func (p *setup) drawDone(c *xwidget.Canvas, x, y, w float32) float32 {
	words, f := p.shell.kit.Words, p.form
	size := c.D(18)
	c.RoundRect(x, y+c.D(3), size, size, size/2, c.Look.Accent)
	drawTick(c, x, y+c.D(3), size, c.Look.OnAccent)
	c.Label(x+c.D(28), y, c.D(24), w, c.Font(16, scene.SemiBold), c.Look.Text, words.T("setup.works"))
	y += c.D(34)
	y = p.drawBetter(c, x, y, w)
	width := min(w, c.D(460))
	y = f.labelled(c, x, y, width, "name", &p.draft.Name, words.T("setup.name"))
	y = f.drawColours(c, x, y, w, &p.draft.Colour)
	if p.err != nil {
		title, hint := p.shell.Explain(words, p.err)
		y = drawFailure(c, x, y, w, title, hint)
	}
	f.button(c, x, y, "save", words.T("setup.save"), "Enter", true, p.save)
	return y + c.D(44)
}

// drawBetter offers the query port to who came by the port of the pages.
func (p *setup) drawBetter(c *xwidget.Canvas, x, y, w float32) float32 {
	words := p.shell.kit.Words
	for _, st := range p.check.steps {
		for _, fx := range st.Fixes {
			if st.State != StepPassed || fx.Kind != FixAddress {
				continue
			}
			y = drawLines(c, x, y, w, c.Font(xwidget.Body, scene.Regular), c.Look.Secondary, words.T("fix.query.hint", "address", fx.Address)) + c.D(6)
			p.form.button(c, x, y, "better", p.check.fixLabel(fx), "", false, func() {
				p.draft.JaegerUI = p.draft.Address // its pages stay there
				p.check.fix(fx)
			})
			return y + c.D(42)
		}
	}
	return y
}

// drawColours draws the colours of environments to choose from.
func (f *form) drawColours(c *xwidget.Canvas, x, y, w float32, value *string) float32 {
	words, size := f.Kit.Words, c.D(14)
	c.Label(x, y, c.D(20), w, c.Font(xwidget.Minor, scene.SemiBold), c.Look.Secondary, words.T("connection.field.color"))
	y += c.D(22)
	at := x
	for _, name := range append([]string{""}, look.Environments()...) {
		id := "colour." + name
		text := words.T("environment.none")
		if name != "" {
			text = "      " + words.T("environment."+name)
		}
		if bw := c.Metrics.Width(c.Font(xwidget.Minor, scene.SemiBold), text) + c.D(20); at > x && at+bw > x+w {
			at, y = x, y+c.D(32)
		}
		from := at
		at = f.choice(c, at, y, id, text, *value == name, func() {
			*value = name
			f.redraw()
		}) + c.D(6)
		if name != "" {
			c.RoundRect(from+c.D(9), y+c.D(6), size, size, size/2, c.Look.Environment(name))
		}
	}
	return y + c.D(38)
}

// drawOthers draws the other ways to something to look at.
func (p *setup) drawOthers(c *xwidget.Canvas, x, y, w float32) float32 {
	words, f := p.shell.kit.Words, p.form
	c.Rect(x, y, w, max(c.D(1), 1), c.Look.Line)
	y += c.D(14)
	c.Label(x, y, c.D(20), w, c.Font(xwidget.Minor, scene.SemiBold), c.Look.Secondary, words.T("setup.or"))
	y += c.D(28)
	at, h := x, c.D(30)
	for _, b := range []struct {
		id, word string
		do       func()
	}{
		{"import", "setup.import", func() {
			p.shell.chooseFile("setup.import.title", func(path string) { p.shell.importFile(path, false) })
		}},
		{"openfile", "setup.file", p.shell.askFile}, {"demo", "setup.demo", p.shell.showDemo},
	} {
		bw := c.Metrics.Width(c.Font(xwidget.Minor, scene.SemiBold), words.T(b.word)) + c.D(24)
		if at > x && at+bw > x+w {
			at, y = x, y+h+c.D(6)
		}
		at += f.button(c, at, y, b.id, words.T(b.word), "", false, b.do) + c.D(8)
	}
	return y + h
}

// Title implements page.
func (p *setup) Title() string { return p.shell.kit.Words.T("setup.tab") }

// Status implements page.
func (p *setup) Status() string {
	if p.check.slot.Busy() {
		return p.shell.kit.Words.T("setup.checking")
	}
	return p.shell.kit.Words.T("status.offline")
}

// Object implements page.
func (p *setup) Object() fyne.CanvasObject { return p.form.object }

// Refresh implements page.
func (p *setup) Refresh() { p.form.redraw() }

// Focus implements page.
func (p *setup) Focus() {
	if p.form.at == "" {
		p.form.at = "address"
	}
	p.form.focus(p.form.at)
}

// Key implements page.
func (p *setup) Key(canvasview.Event) bool { return false }

// Close implements page.
func (p *setup) Close() {
	p.check.stop()
	p.saves.Stop()
}
