package shell

import (
	"slices"

	"fyne.io/fyne/v2"

	"traceview/internal/scene"
	"traceview/ui/canvasview"
	"traceview/ui/xwidget"
)

const (
	pickerDp    = 420 // wide
	pickerRowDp = 44
	pickerKey   = "Ctrl+Shift+H"
)

// A picker is the list of connections below the name of the one in use. It floats
// over the page while it is open, and closes when the keyboard goes elsewhere.
type picker struct {
	*xwidget.Panel
	shell *Shell
	view  *canvasview.View
	rows  []pick
	back  fyne.Focusable // had the keyboard before
}

// A pick is a line of the picker.
type pick struct {
	name, note string
	colour     string
	now        bool // it is the one in use
	source     Source
	command    bool // not a connection
	key        string
	do         func()
}

func newPicker(s *Shell) *picker {
	p := &picker{Panel: xwidget.NewPanel(s.kit), shell: s}
	p.Content, p.Panel.Key = p.draw, p.key
	p.Activate = func(i int) {
		if i < len(p.rows) {
			do := p.rows[i].do
			p.close()
			do()
		}
	}
	p.view = canvasview.New(p, true, fyne.NewSize(10, 10))
	return p
}

// picks returns the lines: the connection of the start, unless that is one of those
// kept, those, and what else can be done.
func (s *Shell) picks() []pick {
	words := s.kit.Words
	var out []pick
	for _, c := range s.links.open {
		if c.Profile.Kept == "" {
			out = append(out, pick{name: c.Source.Name(words), note: c.Address.Endpoint, source: c.Source, now: c.Source == s.source, do: func() { s.use(c) }})
		}
	}
	for _, p := range s.links.list {
		row := pick{name: p.Name, note: p.Address, colour: p.Colour, do: func() { s.connect(p, nil) }}
		for _, c := range s.links.open {
			if c.Profile.Kept == p.Kept {
				row.source, row.now = c.Source, c.Source == s.source
			}
		}
		out = append(out, row)
	}
	out = append(out, pick{name: words.T("connections.add"), command: true, do: s.addConnection})
	if len(s.links.list) > 0 {
		out = append(out, pick{name: words.T("connections.manage"), key: "Ctrl+,", command: true, do: s.showConnections})
	}
	return out
}

// openPicker shows the list of connections, or closes it where it is open.
func (s *Shell) openPicker() {
	p := s.picker
	if p == nil || s.Connections == nil {
		return
	}
	if p.open() {
		p.close()
		return
	}
	s.palette.close()
	s.hideSuggestions()
	p.back = s.Window.Canvas().Focused()
	p.rows = s.picks()
	p.Reset()
	p.Sel = max(slices.IndexFunc(p.rows, func(r pick) bool { return r.now }), 0)
	p.view.Move(fyne.NewPos(8, topHeight-4))
	p.view.Resize(fyne.NewSize(pickerDp, min(p.heightDp(), s.Window.Canvas().Size().Height-topHeight-statusHeight)))
	s.drop.Add(p.view)
	s.Window.Canvas().Focus(p.view)
	s.redrawChrome()
}

func (p *picker) open() bool { return slices.Contains(p.shell.drop.Objects, fyne.CanvasObject(p.view)) }

// close takes the list away and gives the keyboard back.
func (p *picker) close() {
	if !p.open() {
		return
	}
	p.shell.drop.Remove(p.view)
	c := p.shell.Window.Canvas()
	if had := c.Focused(); had == nil || had == fyne.Focusable(p.view) {
		if p.back != nil {
			c.Focus(p.back)
		} else {
			c.Unfocus()
		}
		p.shell.hideSuggestions()
	}
	p.back = nil
	p.shell.redrawChrome()
}

// Handle implements canvasview.Painter: the list closes when the keyboard goes
// elsewhere.
func (p *picker) Handle(e canvasview.Event) bool {
	if e.Kind == canvasview.Blur && p.open() {
		p.shell.drop.Remove(p.view)
		p.back = nil
		p.shell.redrawChrome()
	}
	return p.Panel.Handle(e)
}

// key closes the list with Esc.
func (p *picker) key(e canvasview.Event) bool {
	if e.Key == string(fyne.KeyEscape) {
		p.close()
		return true
	}
	return e.Kind == canvasview.KeyDown && p.shell.functionKey(fyne.KeyName(e.Key), e.Mods&canvasview.Shift != 0)
}

func (p *picker) heightDp() float32 {
	h := float32(16 + 9)
	for _, r := range p.rows {
		if r.command {
			h += 34
		} else {
			h += pickerRowDp
		}
	}
	return h
}

func (p *picker) draw(c *xwidget.Canvas, y, w float32) float32 {
	top := y
	y += c.D(8)
	first := true
	for _, r := range p.rows {
		if r.command && first {
			c.Rect(c.D(14), y+c.D(4), w-c.D(28), max(c.D(1), 1), c.Look.Line)
			y += c.D(9)
			first = false
		}
		h := c.D(pickerRowDp)
		if r.command {
			h = c.D(34)
		}
		p.drawRow(c, y, w, h, r)
		y += h
	}
	c.Frame(0, 0, w, float32(c.H), c.D(6), max(1, c.D(1)), c.Look.Line.Mix(c.Look.Secondary, 80))
	return y + c.D(8) - top
}

func (p *picker) drawRow(c *xwidget.Canvas, y, w, h float32, r pick) {
	x, in := c.D(6), c.D(12)
	n := c.Item(x, y, w-2*x, h)
	switch {
	case n == p.Sel:
		c.RoundRect(x, y, w-2*x, h, c.D(4), c.Look.Wash())
	case c.Hot(x, y, w-2*x, h):
		c.RoundRect(x, y, w-2*x, h, c.D(4), c.Look.Hover())
	}
	body, small := c.Font(xwidget.Body, scene.Regular), c.Font(xwidget.Small, scene.Regular)
	if r.command {
		c.Label(x+in+c.D(22), y, h, w-2*x-c.D(120), body, c.Look.Text, r.name)
		c.LabelRight(w-x-in, y, h, c.D(90), small, c.Look.Secondary, r.key)
		return
	}
	if r.now {
		body = c.Font(xwidget.Body, scene.SemiBold)
	}
	drawPlug(c, x+in, y+(h-c.D(12))/2, c.D(12), c.Look.Environment(r.colour), r.source != nil)
	left, room := x+in+c.D(22), w-2*x-2*in-c.D(22)
	state := p.state(r)
	sw := c.Metrics.Width(small, state)
	c.Label(left, y+c.D(4), c.D(20), room-sw-c.D(10), body, c.Look.Text, c.FitMiddle(body, r.name, room-sw-c.D(10)))
	c.Label(left, y+c.D(22), c.D(18), room, small, c.Look.Secondary, c.FitMiddle(small, r.note, room))
	right := w - x - in
	if p.shell.links.reach[r.source] == silent && r.source != nil {
		c.Cross(right-sw-c.D(17), y+c.D(8), c.D(12), true)
	}
	c.LabelRight(right, y+c.D(4), c.D(20), c.D(140), small, c.Look.Secondary, state)
}

// state says in a word or two how a connection stands; nothing of one that was not
// asked yet.
func (p *picker) state(r pick) string {
	words := p.shell.kit.Words
	switch {
	case p.shell.links.opening != "" && r.name == p.shell.links.opening:
		return words.T("picker.opening")
	case r.source == nil:
		return ""
	case p.shell.links.reach[r.source] == silent:
		return words.T("picker.silent")
	case r.now:
		return words.T("picker.now")
	case p.shell.links.reach[r.source] == answered:
		return words.T("picker.open")
	}
	return ""
}

// drawPlug draws the dot of an environment in a box of size s: filled where the
// connection is open.
func drawPlug(c *xwidget.Canvas, x, y, s float32, ink scene.Color, open bool) {
	if open {
		c.RoundRect(x, y, s, s, s/2, ink)
		return
	}
	c.Frame(x, y, s, s, s/2, max(1, c.D(1.5)), ink)
}
