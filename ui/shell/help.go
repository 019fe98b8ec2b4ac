package shell

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"traceview/internal/i18n"
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

// A helpKey is a key, or the key of its words, and the key of the words for
// what it does.
type helpKey struct{ key, word string }

// waterfallKeys are the keys of the waterfall beside those of every view.
var waterfallKeys = []helpKey{
	{"↑ ↓", "help.move"}, {"← →", "help.fold"}, {"Enter", "help.toggle"}, {"Shift+Enter", "help.subtree"},
	{"[  ]", "help.all"}, {"O  P", "help.level"}, {"1 … 9", "help.levels"}, {"X", "help.path"}, {"Shift+S", "help.sort"},
	{"S  W", "help.page"}, {"A  D", "help.pan"}, {"Shift+A  Shift+D", "help.panfar"}, {"Shift+←  Shift+→", "help.pan"},
	{"+  −  0", "help.zoom"}, {"Shift+↑  Shift+↓", "help.zoomfar"}, {"Z", "help.zoomto"},
}

// flameKeys are those of the flame that differ.
var flameKeys = []helpKey{
	{"↑ ↓", "help.flame.depth"}, {"← →", "help.flame.sibling"}, {"Enter  Z", "help.zoomto"},
	{"A  D", "help.pan"}, {"Shift+A  Shift+D", "help.panfar"}, {"+  −  0", "help.zoom"},
}

// mergedKeys are those of the merged flame that differ.
var mergedKeys = []helpKey{
	{"↑ ↓ ← →", "help.merged.move"}, {"Enter  Z", "help.merged.zoom"}, {"Backspace", "help.merged.out"},
	{"1  2  3", "help.merged.weight"}, {"S", "help.merged.sandwich"}, {"N  Shift+N", "help.merged.span"},
}

// tableKeys are those of statistics and events.
var tableKeys = []helpKey{
	{"Enter", "help.stats.filter"}, {"← →", "help.stats.sort"}, {"R", "help.stats.reverse"}, {"S", "help.stats.switch"},
	{"L", "help.stats.slowest"}, {"E  Shift+E", "help.stats.error"}, {"Backspace", "help.stats.clear"},
}

// graphKeys are those of a graph of services.
var graphKeys = []helpKey{
	{"↑ ↓ ← →", "help.graph.move"}, {"Enter", "help.graph.open"}, {"+  −  0", "help.graph.zoom"},
}

// detailKeys are those of the details.
var detailKeys = []helpKey{
	{"Enter", "help.detail.unfold"}, {"=", "help.detail.filter"}, {"−", "help.detail.exclude"}, {"Ctrl+C", "help.detail.copy"}, {"O", "help.detail.page"}, {"/", "command.details"},
}

// journeyKeys are those of the journey of an order.
var journeyKeys = []helpKey{{"← →", "help.journey.step"}, {"Enter", "help.journey.open"}, {"+  −  0", "help.journey.zoom"}}

// shareKeys are those of the sheet for sharing.
var shareKeys = []helpKey{
	{"Tab  Shift+Tab", "help.share.part"}, {"↑ ↓", "help.share.move"}, {"Enter", "help.share.choose"}, {"← →", "help.share.decide"},
	{"Ctrl+Enter", "help.share.save"},
}

// libraryKeys are those of the library.
var libraryKeys = []helpKey{
	{"Enter", "help.library.open"}, {"Space  Shift+↑  Shift+↓", "help.library.mark"}, {"P", "help.library.pin"}, {"L", "help.library.label"},
	{"Delete", "help.library.delete"}, {"Ctrl+Z", "help.library.undo"}, {"E", "help.library.failed"}, {"K", "help.library.pinned"},
	{"Ctrl+F  /", "help.library.find"},
}

// compareKeys are those of a comparison.
var compareKeys = []helpKey{
	{"Enter", "help.compare.open"}, {"Shift+Enter", "help.compare.other"}, {"A  B", "help.compare.choose"}, {"U", "help.compare.usual"}, {"X", "compare.swap"},
	{"D", "help.compare.differ"}, {"F", "help.compare.flame"}, {"← →", "help.compare.fold"}, {"Z  Esc  0", "help.compare.zoom"}, {"1  2  3", "help.compare.width"},
	{"Ctrl+F  /", "help.compare.find"},
}

// perfKeys are those of the page of performance.
var perfKeys = []helpKey{
	{"Enter", "help.perf.open"}, {"Backspace", "help.perf.back"}, {"O  S  G", "help.perf.which"}, {"+  −  0", "help.perf.zoom"},
	{"← →  R", "help.perf.sort"}, {"/", "help.perf.find"},
}

var mouseWays = []helpKey{
	{"help.wheel.key", "help.wheel"}, {"help.ctrlwheel.key", "help.ctrlwheel"}, {"help.shiftwheel.key", "help.shiftwheel"},
	{"help.drag.key", "help.drag"}, {"help.ruler.key", "help.ruler"}, {"help.middle.key", "help.middle"}, {"help.twisty.key", "help.subtree"},
	{"help.tab.key", "help.tab"},
}

// A helpSection is a part of the sheet, in words: keys that belong together.
type helpSection struct {
	title string
	lines []helpLine
}

type helpLine struct{ key, text string }

// helpSections returns the sheet: what goes everywhere, in a trace, in each of
// its views, and with the mouse.
func helpSections(w *i18n.Printer) []helpSection {
	window, trace := helpSection{title: w.T("help.window")}, helpSection{title: w.T("help.trace")}
	for _, cmd := range commands() {
		window.lines = append(window.lines, helpLine{cmd.label(), w.T("command." + cmd.id)})
	}
	window.lines = append(window.lines, helpLines(w, []helpKey{
		{"Ctrl+B", "command.find"}, {"Ctrl+C", "help.copy"}, {"F8  Shift+F8", "help.finding"}, {"F5", "help.again"}, {"Esc", "help.back"}, {"F1  ?", "help.sheet"},
	})...)
	for _, k := range traceKeys() {
		trace.lines = append(trace.lines, helpLine{k.caps(), w.T(k.word)})
	}
	trace.lines = append(trace.lines, helpLines(w, []helpKey{{"F3  Shift+F3", "help.match"}})...)
	return []helpSection{
		window, trace,
		{w.T("journey.title"), helpLines(w, journeyKeys)},
		{w.T("help.waterfall"), helpLines(w, waterfallKeys)},
		{w.T("help.flame"), helpLines(w, flameKeys)},
		{w.T("help.merged"), helpLines(w, mergedKeys)},
		{w.T("help.stats"), helpLines(w, tableKeys)},
		{w.T("help.graph"), helpLines(w, graphKeys)},
		{w.T("help.detail"), helpLines(w, detailKeys)},
		{w.T("help.share"), helpLines(w, shareKeys)},
		{w.T("help.library"), helpLines(w, libraryKeys)},
		{w.T("help.perf"), helpLines(w, perfKeys)},
		{w.T("help.compare"), helpLines(w, compareKeys)},
		{w.T("help.mouse"), helpLines(w, mouseWays)},
	}
}

// helpLines puts keys into words.
func helpLines(w *i18n.Printer, keys []helpKey) []helpLine {
	out := make([]helpLine, len(keys))
	for n, k := range keys {
		out[n] = helpLine{k.key, w.T(k.word)}
		if strings.HasPrefix(k.key, "help.") {
			out[n].key = w.T(k.key)
		}
	}
	return out
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
	n := int(max(1, min((w-c.D(40))/c.D(helpColumnDp), 3)))
	step := min((w-2*x)/float32(n), c.D(helpWidestDp))
	bottoms := make([]float32, n)
	for _, part := range helpSections(words) { // where there is most room
		k := 0
		for j := range bottoms {
			if bottoms[j] < bottoms[k] {
				k = j
			}
		}
		bottoms[k] = p.drawSection(c, x+float32(k)*step, y+bottoms[k], step-c.D(24), part) - y + c.D(16)
	}
	return y + slices.Max(bottoms) + c.D(8) - top
}

const (
	helpColumnDp = 400 // the least width of a column
	helpWidestDp = 520
)

// drawSection draws a part of the sheet w wide and returns its lower edge.
func (p *helpPage) drawSection(c *xwidget.Canvas, x, y, w float32, part helpSection) float32 {
	y = p.section(c, x, y, part.title)
	f, keys := c.Font(xwidget.Minor, scene.SemiBold), float32(0)
	for _, l := range part.lines {
		keys = max(keys, c.Metrics.Width(f, l.key)+c.D(14))
	}
	for _, l := range part.lines {
		y = p.line(c, x, y, keys+c.D(16), w, l)
	}
	return y
}

func (p *helpPage) section(c *xwidget.Canvas, x, y float32, title string) float32 {
	c.Label(x, y, c.D(24), c.D(400), c.Font(xwidget.Minor, scene.SemiBold), c.Look.Secondary, title)
	return y + c.D(28)
}

// line draws one line w wide, its text at from the left and two lines long at
// need, and returns its lower edge.
func (p *helpPage) line(c *xwidget.Canvas, x, y, at, w float32, l helpLine) float32 {
	h := c.D(26)
	f := c.Font(xwidget.Minor, scene.SemiBold)
	kw := c.Metrics.Width(f, l.key) + c.D(14)
	c.RoundRect(x, y+c.D(2), kw, h-c.D(5), c.D(4), c.Look.Panel)
	c.Frame(x, y+c.D(2), kw, h-c.D(5), c.D(4), max(1, c.D(1)), c.Look.Line)
	c.Label(x+c.D(7), y, h-c.D(1), kw, f, c.Look.Text, l.key)
	body := c.Font(xwidget.Body, scene.Regular)
	for k, text := range c.Wrap(body, l.text, w-at, 2) {
		if k > 0 {
			y += c.D(18)
		}
		c.Label(x+at, y, h-c.D(1), w-at, body, c.Look.Text, text)
	}
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
	case fyne.KeyLeft:
		key = "←"
	case fyne.KeyRight:
		key = "→"
	}
	if c.mods&shift != 0 {
		key = "Shift+" + key
	}
	if c.mods&alt != 0 {
		key = "Alt+" + key
	}
	if c.mods&ctrl != 0 {
		key = "Ctrl+" + key
	}
	return key
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
