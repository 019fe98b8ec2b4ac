package shell

import (
	"fyne.io/fyne/v2"

	"traceview/internal/scene"
	"traceview/ui/canvasview"
	"traceview/ui/xwidget"
)

// A helpPage is the sheet of keys.
type helpPage struct {
	shell *Shell
	panel *xwidget.Panel
	view  *canvasview.View
}

// waterfallKeys are the keys of the waterfall and the keys of their words.
var waterfallKeys = []struct{ key, word string }{
	{"↑ ↓", "help.move"}, {"← →", "help.fold"}, {"Enter", "help.toggle"}, {"[  ]", "help.all"},
	{"E  Shift+E", "help.error"}, {"+  −  0", "help.zoom"}, {"F3  Shift+F3", "help.match"}, {"Z", "help.zoomto"}, {"Shift+← →", "help.pan"},
}

// flameKeys are those of the flame that differ.
var flameKeys = []struct{ key, word string }{
	{"↑ ↓", "help.flame.depth"}, {"← →", "help.flame.sibling"}, {"Enter", "help.zoomto"},
}

var mouseWays = []struct{ key, word string }{
	{"help.wheel.key", "help.wheel"}, {"help.ctrlwheel.key", "help.ctrlwheel"}, {"help.shiftwheel.key", "help.shiftwheel"},
	{"help.drag.key", "help.drag"}, {"help.middle.key", "help.middle"},
}

// showHelp shows the sheet of keys.
func (s *Shell) showHelp() {
	for i, p := range s.pages {
		if _, ok := p.(*helpPage); ok {
			s.show(i)
			return
		}
	}
	p := &helpPage{shell: s, panel: xwidget.NewPanel(s.kit)}
	p.panel.Content = p.draw
	p.panel.Key = func(e canvasview.Event) bool { return s.pageKey(e) }
	p.view = canvasview.New(p.panel, true, fyne.NewSize(300, 200))
	s.add(p)
}

func (p *helpPage) draw(c *xwidget.Canvas, y, w float32) float32 {
	top, words := y, p.shell.kit.Words
	x := c.D(40)
	y += c.D(28)
	c.Label(x, y, c.D(28), w, c.Font(xwidget.Title, scene.SemiBold), c.Look.Text, words.T("help.title"))
	y += c.D(44)
	right := x + min((w-2*x)/2, c.D(440))
	left, room := p.section(c, x, y, words.T("help.window")), right-x-c.D(8)
	for _, cmd := range commands() {
		left = p.line(c, x, left, room, cmd.label(), words.T("command."+cmd.id))
	}
	left = p.line(c, x, left, room, "Ctrl+C", words.T("help.copy"))
	left = p.line(c, x, left, room, "F5", words.T("help.again"))
	left = p.line(c, x, left, room, "Esc", words.T("help.back"))
	room = w - right - c.D(8)
	at := p.section(c, right, y, words.T("help.waterfall"))
	for _, k := range waterfallKeys {
		at = p.line(c, right, at, room, k.key, words.T(k.word))
	}
	at = p.section(c, right, at+c.D(16), words.T("help.flame"))
	for _, k := range flameKeys {
		at = p.line(c, right, at, room, k.key, words.T(k.word))
	}
	at = p.section(c, right, at+c.D(16), words.T("help.mouse"))
	for _, k := range mouseWays {
		at = p.line(c, right, at, room, words.T(k.key), words.T(k.word))
	}
	return max(left, at) + c.D(24) - top
}

func (p *helpPage) section(c *xwidget.Canvas, x, y float32, title string) float32 {
	c.Label(x, y, c.D(24), c.D(400), c.Font(xwidget.Minor, scene.SemiBold), c.Look.Secondary, title)
	return y + c.D(28)
}

func (p *helpPage) line(c *xwidget.Canvas, x, y, w float32, key, text string) float32 {
	h := c.D(26)
	f := c.Font(xwidget.Minor, scene.SemiBold)
	kw := c.Metrics.Width(f, key) + c.D(14)
	c.RoundRect(x, y+c.D(2), kw, h-c.D(5), c.D(4), c.Look.Panel)
	c.Frame(x, y+c.D(2), kw, h-c.D(5), c.D(4), max(1, c.D(1)), c.Look.Line)
	c.Label(x+c.D(7), y, h-c.D(1), kw, f, c.Look.Text, key)
	at := max(kw+c.D(12), c.D(150))
	c.Label(x+at, y, h-c.D(1), w-at, c.Font(xwidget.Body, scene.Regular), c.Look.Text, text)
	return y + h
}

// label returns the shortcut of a command as keys are printed.
func (c command) label() string {
	key := string(c.key)
	switch c.key {
	case fyne.KeyPageDown:
		key = "PageDown"
	case fyne.KeyPageUp:
		key = "PageUp"
	}
	if c.mods == 0 {
		return key
	}
	return "Ctrl+" + key
}

// Title implements page.
func (p *helpPage) Title() string { return p.shell.kit.Words.T("help.title") }

// Status implements page.
func (p *helpPage) Status() string { return "traceview " + p.shell.Version }

// Object implements page.
func (p *helpPage) Object() fyne.CanvasObject { return p.view }

// Refresh implements page.
func (p *helpPage) Refresh() { p.view.Redraw() }

// Focus implements page.
func (p *helpPage) Focus() { p.shell.Window.Canvas().Focus(p.view) }

// Key implements page.
func (p *helpPage) Key(canvasview.Event) bool { return false }

// Close implements page.
func (p *helpPage) Close() {}
