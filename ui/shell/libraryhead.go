package shell

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"traceview/internal/query"
	"traceview/internal/scene"
	"traceview/ui/canvasview"
	"traceview/ui/xwidget"
)

// lasts are the stretches of time to choose from, as words of the search.
var lasts = []string{query.KeptLast + "=7d", query.KeptLast + "=30d", query.KeptLast + "=90d"}

// newLibraryHead returns the painter right of the box: what narrows the search.
func newLibraryHead(p *libraryPage) *canvasview.View {
	s := p.shell
	panel := xwidget.NewPanel(s.kit)
	panel.Content = func(c *xwidget.Canvas, _, _ float32) float32 {
		w, x := s.kit.Words, c.D(16)
		x = p.drawChip(c, x, w.T("library.failed"), "E", query.KeptFailed) + c.D(6)
		x = p.drawChip(c, x, w.T("library.pinned.only"), "K", query.KeptPinned) + c.D(18)
		for i, days := range []int{7, 30, 90} {
			x = p.drawChip(c, x, w.N("window.days", days), w.N("library.last", days), lasts[i]) + c.D(6)
		}
		return c.D(findDp - 1)
	}
	return canvasview.New(panel, false, fyne.NewSize(200, findDp-1))
}

// drawChip draws a word of the search as a switch and returns its right end.
func (p *libraryPage) drawChip(c *xwidget.Canvas, x float32, label, tip, word string) float32 {
	return drawChoice(c, x, c.D((findDp-1-26)/2), label, tip, query.HasKept(p.box.Text, word), func() { p.toggle(word) })
}

// drawChoice draws a switch and returns its right end.
func drawChoice(c *xwidget.Canvas, x, y float32, label, tip string, on bool, do func()) float32 {
	f, ink, h := c.Font(xwidget.Minor, scene.SemiBold), c.Look.Secondary, c.D(26)
	w := c.Metrics.Width(f, label) + c.D(20)
	edge := c.Look.Line
	switch {
	case on:
		ink, edge = c.Look.Text, c.Look.Accent
		c.RoundRect(x, y, w, h, c.D(4), c.Look.Wash())
	case c.Hot(x, y, w, h):
		ink = c.Look.Text
		c.RoundRect(x, y, w, h, c.D(4), c.Look.Hover())
	}
	c.Frame(x, y, w, h, c.D(4), max(1, c.D(1)), edge)
	c.Label(x+c.D(10), y, h, w, f, ink, label)
	c.Spot(x, y, w, h, tip, do)
	return x + w
}

// A libraryNote is something to be said above the list, with a button.
type libraryNote struct {
	title, text string
	label, tip  string // of the button, "" for none
	do          func()
}

// said returns what is to be said.
func (p *libraryPage) said() (list []libraryNote) {
	s := p.shell
	w := s.kit.Words
	for _, n := range s.libraryNotes() {
		list = append(list, libraryNote{title: n.Title, text: n.Text})
	}
	if n := len(p.deleted); n > 0 {
		list = append(list, libraryNote{title: w.N("library.deleted", n), label: w.T("library.undo"), tip: "Ctrl+Z", do: func() { p.undo() }})
	}
	if s.shelf.usage.Evict > 0 {
		list = append(list, libraryNote{title: s.evictionText(), label: w.T("library.evict"), tip: w.T("library.evict.tip"), do: func() { s.evict(s.Prefs.Keep) }})
	}
	if s.shelf.usage.Short > 0 {
		list = append(list, libraryNote{title: w.T("library.plan.short", "size", w.Units().Bytes(s.shelf.usage.Short))})
	}
	if p.health != "" {
		list = append(list, libraryNote{title: p.health, label: w.T("library.dismiss"), do: func() {
			p.health = ""
			p.redrawNotes()
		}})
	}
	return list
}

// Heights in dp of a note without and with a text below it.
const (
	noteDp     = 38
	longNoteDp = 76
)

// notesDp returns the height of what is to be said.
func (p *libraryPage) notesDp() (h float32) {
	for _, n := range p.said() {
		h += n.dp()
	}
	return h
}

func (n *libraryNote) dp() float32 {
	if n.text != "" {
		return longNoteDp
	}
	return noteDp
}

// newLibraryNotes returns the painter of what is to be said.
func newLibraryNotes(p *libraryPage) *canvasview.View {
	panel := xwidget.NewPanel(p.shell.kit)
	panel.Content = func(c *xwidget.Canvas, _, w float32) float32 {
		y := float32(0)
		for _, n := range p.said() {
			h := c.D(n.dp())
			c.Rect(0, y, w, h-c.D(1), c.Look.Accent.Alpha(24))
			c.Rect(0, y, c.D(3), h-c.D(1), c.Look.Accent)
			room := w - c.D(40)
			if n.label != "" {
				bw := c.Metrics.Width(c.Font(xwidget.Minor, scene.SemiBold), n.label) + c.D(24)
				c.Button(w-c.D(20)-bw, y+c.D(5), c.D(26), n.label, n.tip, false, n.do)
				room -= bw + c.D(12)
			}
			drawNote(c, y, room, &n)
			y += h
		}
		return y
	}
	return canvasview.New(panel, false, fyne.NewSize(200, 0))
}

// drawNote draws the lines of a note.
func drawNote(c *xwidget.Canvas, y, room float32, n *libraryNote) {
	f, at := c.Font(xwidget.Body, scene.SemiBold), y+c.D(8)
	lines := c.Wrap(f, n.title, room, 1)
	if n.title == "" {
		lines = nil
	}
	for _, l := range lines {
		c.Label(c.D(20), at, c.D(20), room+1, f, c.Look.Text, l)
		at += c.D(20)
	}
	f = c.Font(xwidget.Body, scene.Regular)
	for _, l := range c.Wrap(f, n.text, room, 3-len(lines)) {
		c.Label(c.D(20), at, c.D(20), room+1, f, c.Look.Text, l)
		at += c.D(20)
	}
}

// newLibraryFoot returns the painter of how much there is and how much may be.
func newLibraryFoot(p *libraryPage) *canvasview.View {
	s := p.shell
	panel := xwidget.NewPanel(s.kit)
	panel.Background = func() scene.Color { return s.kit.Look.Panel }
	panel.Content = func(c *xwidget.Canvas, _, w float32) float32 {
		c.Rect(0, 0, w, c.D(1), c.Look.Line)
		words, f := s.kit.Words, c.Font(xwidget.Minor, scene.Regular)
		label, tip := words.T("library.verify"), words.T("library.verify.tip")
		if p.check.Busy() {
			label = words.T("action.cancel")
		}
		y, h := c.D(7), c.D(26)
		right := w - c.D(20) - c.Metrics.Width(c.Font(xwidget.Minor, scene.SemiBold), label) - c.D(24)
		c.Button(right, y, h, label, tip, false, p.verify)
		right = p.drawLimits(c, right-c.D(18), y)
		text := s.usageText()
		if p.check.Busy() {
			text = words.T("library.checking", "done", words.Units().Number(p.done), "all", words.Units().Number(p.total))
		}
		c.Label(c.D(20), y, h, right-c.D(36), f, c.Look.Secondary, text)
		return c.D(libraryFootDp)
	}
	return canvasview.New(panel, false, fyne.NewSize(200, libraryFootDp))
}

// A limit is one way to bound the library.
type limit struct {
	label string
	is    bool
	set   KeptLimits
}

// limits returns the bounds of size and of age to choose from; one that was
// written into the settings by hand is among them.
func (s *Shell) limits() (size, age []limit) {
	w, now := s.kit.Words, s.Prefs.Keep
	bytes := slices.Clone(sizes)
	if !slices.Contains(bytes, now.Bytes) {
		bytes = append(bytes, now.Bytes)
		slices.Sort(bytes)
	}
	for _, b := range bytes {
		label := w.Units().Bytes(b)
		if b == 0 {
			label = w.T("library.nobound")
		}
		size = append(size, limit{label, b == now.Bytes, KeptLimits{b, now.Age}})
	}
	times := slices.Clone(ages)
	if !slices.Contains(times, now.Age) {
		times = append(times, now.Age)
	}
	for _, t := range times {
		label := w.T("library.ever")
		if t > 0 {
			label = w.N("window.days", int(t/(24*time.Hour)))
		}
		age = append(age, limit{label, t == now.Age, KeptLimits{now.Bytes, t}})
	}
	return size, age
}

// drawLimits draws the bounds with their right end at x and returns their left
// end; where the window is narrow only those that hold.
func (p *libraryPage) drawLimits(c *xwidget.Canvas, x, y float32) float32 {
	s := p.shell
	w, f := s.kit.Words, c.Font(xwidget.Minor, scene.Regular)
	size, age := s.limits()
	narrow := float32(c.W) < c.D(1100)
	for _, g := range []struct {
		word, tip string
		list      []limit
	}{{w.T("library.keepfor"), w.T("library.keepfor.tip"), age}, {w.T("library.keepsize"), w.T("library.keepsize.tip"), size}} {
		group := g.list
		if narrow {
			group = slices.DeleteFunc(group, func(l limit) bool { return !l.is })
		}
		for _, l := range slices.Backward(group) {
			x -= c.Metrics.Width(c.Font(xwidget.Minor, scene.SemiBold), l.label) + c.D(20)
			drawChoice(c, x, y, l.label, g.tip, l.is, func() { s.setLimits(l.set) })
			x -= c.D(4)
		}
		tw := c.Metrics.Width(f, g.word)
		x -= tw + c.D(4)
		c.Label(x, y, c.D(26), tw+1, f, c.Look.Secondary, g.word)
		x -= c.D(18)
	}
	return x
}
