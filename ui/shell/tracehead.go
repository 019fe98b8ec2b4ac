package shell

import (
	"slices"

	"traceview/internal/scene"
	"traceview/ui/xwidget"
)

// titleShare is how much of the head's width its title may ask for before
// buttons go: they have keys, and lines of the palette.
const titleShare = 0.35

// A headButton is one button of the head.
type headButton struct {
	label, tip string
	do         func()
	rank       int // the higher, the sooner it goes where there is no room; 0 stays
}

// fit shows all of the trace in the view at hand.
func (p *tracePage) fit() {
	if p.view == viewMerged {
		p.doc.Merged().ZoomReset()
		return
	}
	p.doc.ZoomReset()
}

// buttons returns the buttons of the head in a view, from right to left.
func (p *tracePage) buttons(v traceView) []headButton {
	w := p.shell.kit.Words
	var out []headButton
	if !p.whole() && !p.stopping {
		out = append(out, headButton{w.T("action.cancel"), "Esc", p.stop, 0})
	}
	if p.whole() {
		out = append(out, headButton{w.T("share.button"), "Ctrl+E", p.shell.openShare, 2})
	}
	if p.whole() {
		out = append(out, headButton{w.T("compare.with"), "Ctrl+Shift+D", p.shell.compareFront, 4})
	}
	if v.timed() || v == viewMerged {
		out = append(out, headButton{w.T("trace.fit"), "0", p.fit, 2})
	}
	if v == viewWaterfall {
		out = append(out, headButton{w.T("trace.expand"), "[", func() { p.doc.ExpandAll() }, 3},
			headButton{w.T("trace.collapse"), "]", func() { p.doc.CollapseAll() }, 3})
	}
	if p.doc.Trace().Errors > 0 {
		out = append(out, headButton{w.T("trace.nexterror"), "E", func() { p.doc.NextError() }, 1})
	}
	return out
}

// buttonGap is the space in dp left of each button of the head.
const buttonGap = 8

// drawControls draws the switch between the views and, right of it, the buttons
// that leave it right of least; all end at right. It returns the left end. The
// switch keeps its place from view to view, under the pointer of whoever goes
// through them.
func (p *tracePage) drawControls(c *xwidget.Canvas, right, y, least float32) float32 {
	gap := c.D(buttonGap)
	_, room := p.switchWidths(c)
	room = right - least - room - gap
	most := float32(0)
	for v := range traceViews {
		_, taken := p.fitting(c, traceView(v), room)
		most = max(most, taken)
	}
	at := right
	buttons, _ := p.fitting(c, p.view, room)
	for _, b := range buttons {
		at -= buttonWidth(c, b)
		c.Button(at, y, c.D(28), b.label, b.tip, false, b.do)
		at -= gap
	}
	if most > 0 {
		most += gap
	}
	return p.drawSwitch(c, right-most, y)
}

// fitting returns the buttons of a view that there is room for, and the room they
// take in device pixels: the least needed go first.
func (p *tracePage) fitting(c *xwidget.Canvas, v traceView, room float32) (fit []headButton, taken float32) {
	fit = p.buttons(v)
	for _, b := range fit {
		taken += buttonWidth(c, b) + c.D(buttonGap)
	}
	for rank := 4; rank > 0 && taken > room; rank-- {
		fit = slices.DeleteFunc(fit, func(b headButton) bool {
			if b.rank == rank {
				taken -= buttonWidth(c, b) + c.D(buttonGap)
			}
			return b.rank == rank
		})
	}
	return fit, taken
}

func buttonWidth(c *xwidget.Canvas, b headButton) float32 {
	return c.Metrics.Width(c.Font(xwidget.Minor, scene.SemiBold), b.label) + c.D(24)
}

// drawHints says at the end of the line how many hints there are on the record of the
// trace; pressing it unfolds them.
func (p *tracePage) drawHints(c *xwidget.Canvas, x, y, right float32) {
	text := p.hints.summary()
	if text == "" {
		return
	}
	f, h, s := c.Font(xwidget.Minor, scene.SemiBold), c.D(20), c.D(12)
	x += c.Label(x, y, h, right-x, c.Font(xwidget.Minor, scene.Regular), c.Look.Secondary, " · ")
	w := c.Metrics.Width(f, text) + s + c.D(4)
	if x+w > right {
		return
	}
	ink := c.Look.Secondary
	if c.Hot(x, y, w, h) || p.hints.open {
		ink = c.Look.Text
	}
	at := x + c.Label(x, y, h, w, f, ink, text) + c.D(4)
	c.Chevron(at, y+(h-s)/2, s, p.hints.open, ink)
	c.Spot(x, y, w, h, p.shell.kit.Words.T("health.tip")+" · Q", func() { p.toggleHints() })
}

// switchWidths returns how wide each part of the switch is, and the whole.
func (p *tracePage) switchWidths(c *xwidget.Canvas) (widths [len(traceViews)]float32, total float32) {
	f := c.Font(xwidget.Minor, scene.SemiBold)
	for i, v := range traceViews {
		widths[i] = float32(int(c.Metrics.Width(f, p.shell.kit.Words.T(v.word)) + 2*c.D(switchPad)))
		total += widths[i]
	}
	return widths, total
}

// switchPad is the space in dp beside each word of the switch.
const switchPad = 10

// drawSwitch draws the switch between the views with its right end at x and
// returns its left end.
func (p *tracePage) drawSwitch(c *xwidget.Canvas, x, y float32) float32 {
	h, f := c.D(28), c.Font(xwidget.Minor, scene.SemiBold)
	widths, total := p.switchWidths(c)
	x -= total
	left, line := x, max(c.D(1), 1)
	c.RoundRect(x, y, total, h, c.D(4), c.Look.Panel)
	c.Frame(x, y, total, h, c.D(4), line, c.Look.Line)
	for i, v := range traceViews {
		w, col := widths[i], c.Look.Secondary
		switch {
		case traceView(i) == p.view:
			col = c.Look.Text
			c.RoundRect(x, y, w, h, c.D(4), c.Look.Wash())
			c.Frame(x, y, w, h, c.D(4), line, c.Look.Accent)
		case c.Hot(x, y, w, h):
			col = c.Look.Text
		}
		c.Label(x+c.D(switchPad), y, h, w, f, col, p.shell.kit.Words.T(v.word))
		c.Spot(x, y, w, h, v.key, func() { p.show(traceView(i)) })
		x += w
	}
	return left
}
