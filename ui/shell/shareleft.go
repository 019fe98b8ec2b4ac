package shell

import (
	"path/filepath"

	"fyne.io/fyne/v2"

	"traceview/internal/scene"
	"traceview/ui/canvasview"
	"traceview/ui/xwidget"
)

// A shareRow is a line of the left side of the sheet: a title, or something to
// choose or do.
type shareRow struct {
	title      string // of a section
	text, note string
	look       rowLook
	on         bool
	do         func()
}

// rowLook is what stands before a line.
type rowLook uint8

const (
	radioRow rowLook = iota
	checkRow
	actRow
)

// rows returns the left side from top to bottom.
func (h *sheet) rows() []shareRow {
	w := h.shell.kit.Words
	rows := []shareRow{{title: w.T("share.what")}}
	for i, c := range h.whats {
		text := w.T(c.word)
		if c.n > 0 {
			text = w.N(c.word, c.n)
		}
		rows = append(rows, shareRow{text: text, note: c.note(), on: i == h.what, do: func() { h.setWhat(i) }})
	}
	rows = append(rows, shareRow{title: w.T("share.format")})
	for _, f := range h.formats() {
		rows = append(rows, shareRow{text: w.T("share.format." + f), note: w.T("share.opens." + f), on: f == h.format, do: func() { h.setFormat(f) }})
	}
	own := h.rules != RulesSafe && h.rules != RulesNone
	note := w.T("share.rules.own.note")
	if own {
		note = filepath.Base(h.rules)
	}
	rows = append(rows, shareRow{title: w.T("share.rules")},
		shareRow{text: w.T("share.rules.safe"), note: w.T("share.rules.safe.note"), on: h.rules == RulesSafe, do: func() { h.setRules(RulesSafe) }},
		shareRow{text: w.T("share.rules.none"), note: w.T("share.rules.none.note"), on: h.rules == RulesNone, do: func() { h.setRules(RulesNone) }},
		shareRow{text: w.T("share.rules.own"), note: note, on: own, do: h.askRules})
	if len(h.keys) > 0 {
		rows = append(rows, shareRow{text: w.N("share.remember", len(h.keys)), look: checkRow, on: h.keep, do: h.toggleKeep})
	}
	rows = append(rows, shareRow{title: w.T("share.copy")}, shareRow{text: w.T("share.copy.summary"), note: w.T("share.copy.summary.note"), look: actRow, do: h.copySummary})
	if h.whats[h.what].live {
		rows = append(rows, shareRow{text: w.T("share.copy.jaeger"), note: w.T("share.copy.jaeger.note"), look: actRow, do: h.copyJaeger})
	}
	if _, ok := h.shell.linkToFront(); ok {
		rows = append(rows, shareRow{text: w.T("share.copy.link"), note: w.T("share.copy.link.note"), look: actRow, do: h.copyLink})
	}
	return rows
}

func (h *sheet) setWhat(i int) {
	if i == h.what || h.write.Busy() {
		return
	}
	h.what = i
	h.settleFormat()
	h.propose()
	h.start()
}

func (h *sheet) setFormat(f string) {
	if f == h.format || h.write.Busy() {
		return
	}
	h.format = f
	h.choose()
	h.propose()
	h.redraw()
}

func (h *sheet) setRules(rules string) {
	if rules == h.rules || h.write.Busy() {
		return
	}
	h.rules = rules
	h.choose()
	h.scan(false)
}

// toggleKeep has the decisions about keys remembered, or forgotten.
func (h *sheet) toggleKeep() {
	h.keep = !h.keep
	h.remember()
	h.redraw()
}

// activateLeft does what line i says, of those that do anything.
func (h *sheet) activateLeft(i int) {
	for _, r := range h.rows() {
		if r.do == nil {
			continue
		}
		if i--; i < 0 {
			r.do()
			return
		}
	}
}

// leftKey handles the keys that the panel does not.
func (h *sheet) leftKey(e canvasview.Event) bool {
	if e.Kind == canvasview.Rune && e.Rune == ' ' {
		h.activateLeft(max(h.left.Sel, 0))
		return true
	}
	return h.anyKey(e)
}

// anyKey handles the keys that mean the same in every part.
func (h *sheet) anyKey(e canvasview.Event) bool {
	if e.Key == string(fyne.KeyEscape) {
		h.escape()
		return true
	}
	return false
}

func (h *sheet) drawLeft(c *xwidget.Canvas, y, w float32) float32 {
	top := y
	words := h.shell.kit.Words
	c.Label(c.D(16), y+c.D(10), c.D(28), w-c.D(32), c.Font(16, scene.SemiBold), c.Look.Text, words.T("share.title"))
	y += c.D(40)
	rows := h.rows()
	names, most := float32(0), w*0.4 // the notes stand in a column, but for those of long lines
	f := c.Font(xwidget.Minor, scene.Regular)
	for _, r := range rows {
		if tw := c.Metrics.Width(f, r.text) + c.D(12); r.note != "" && tw <= most {
			names = max(names, tw)
		}
	}
	for _, r := range rows {
		if r.title != "" {
			y += c.D(4)
			c.Label(c.D(16), y, c.D(22), w-c.D(32), c.Font(xwidget.Small, scene.SemiBold), c.Look.Secondary, r.title)
			y += c.D(22)
			continue
		}
		y = h.drawRow(c, y, w, names, r)
	}
	return y + c.D(8) - top
}

// drawRow draws a line whose note stands behind names.
func (h *sheet) drawRow(c *xwidget.Canvas, y, w, names float32, r shareRow) float32 {
	high, x := c.D(23), c.D(16)
	n := c.Item(0, y, w, high)
	switch {
	case n == h.left.Sel && h.left.Focused():
		c.Rect(0, y, w, high, c.Look.Wash())
	case c.Hot(0, y, w, high):
		c.Rect(0, y, w, high, c.Look.Hover())
	}
	mark, line := c.D(13), max(c.D(1), 1)
	my := y + float32(int((high-mark)/2))
	col := c.Look.Secondary
	if r.on {
		col = c.Look.Accent
	}
	switch r.look {
	case radioRow:
		c.Frame(x, my, mark, mark, mark/2, line, col)
		if dot := c.D(7); r.on {
			c.RoundRect(x+(mark-dot)/2, my+(mark-dot)/2, dot, dot, dot/2, col)
		}
	case checkRow:
		c.Frame(x, my, mark, mark, c.D(2), line, col)
		if t := c.D(2); r.on {
			c.Line(x+c.D(3), my+c.D(7), x+c.D(6), my+c.D(10), t, col)
			c.Line(x+c.D(6), my+c.D(10), x+c.D(11), my+c.D(3), t, col)
		}
	case actRow:
		c.Frame(x+c.D(3), my, c.D(9), c.D(10), c.D(2), line, col)
		c.RoundRect(x, my+c.D(3), c.D(9), c.D(10), c.D(2), c.Look.Panel)
		c.Frame(x, my+c.D(3), c.D(9), c.D(10), c.D(2), line, col)
	}
	x += mark + c.D(9)
	f, small := c.Font(xwidget.Minor, scene.Regular), c.Font(xwidget.Small, scene.Regular)
	room := w - x - c.D(14)
	if r.note != "" {
		room *= 0.62
	}
	text := c.FitMiddle(f, r.text, room)
	at := x + max(names, c.Label(x, y, high, room+1, f, c.Look.Text, text)+c.D(12))
	c.Label(at, y, high, w-at-c.D(12), small, c.Look.Secondary, c.FitMiddle(small, r.note, w-at-c.D(12)))
	return y + high
}
