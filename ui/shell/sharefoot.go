package shell

import (
	"path/filepath"

	"fyne.io/fyne/v2"

	"traceview/internal/scene"
	"traceview/ui/canvasview"
	"traceview/ui/xwidget"
)

// A footButton is a button in the foot of the sheet.
type footButton struct {
	label, tip string
	primary    bool
	do         func()
}

// buttons returns the buttons beside what the foot tells, the first at the right
// end, as they follow from it.
func (h *sheet) buttons() []footButton {
	w := h.shell.kit.Words
	closing := footButton{w.T("share.close"), "Esc", false, h.close}
	saving := footButton{w.T("share.save"), "Ctrl+Enter", true, func() { h.save(false) }}
	switch h.state {
	case writing, copying:
		return []footButton{{w.T("action.cancel"), "Esc", false, h.cancel}}
	case asking:
		return []footButton{{w.T("share.replace"), "Ctrl+Enter", true, func() { h.save(true) }}, {w.T("share.rename"), "Esc", false, h.renameOther}}
	case finished:
		return []footButton{closing, {w.T("share.folder.open"), "", false, h.openFolder}, {w.T("share.path.copy"), "", false, func() { h.shell.copyText(h.done.path) }}}
	}
	if !h.ready() {
		return []footButton{closing}
	}
	return []footButton{saving, closing}
}

// renameOther leaves the file there and lets a person give another name.
func (h *sheet) renameOther() {
	h.state = choosing
	h.focus(h.name)
}

func (h *sheet) activateFoot(i int) {
	list := h.footItems()
	if i >= 0 && i < len(list) {
		list[i].do()
	}
}

// footItems are what can be pressed in the foot, in the order of the keyboard.
func (h *sheet) footItems() []footButton {
	return append(h.buttons(), footButton{h.shell.kit.Words.T("share.folder.choose"), "", false, h.askFolder})
}

// footKey moves between the buttons.
func (h *sheet) footKey(e canvasview.Event) bool {
	n := len(h.footItems())
	switch {
	case e.Key == string(fyne.KeyLeft):
		h.foot.Choose((h.foot.Sel + 1) % n)
	case e.Key == string(fyne.KeyRight):
		h.foot.Choose((h.foot.Sel + n - 1) % n)
	case e.Kind == canvasview.Rune && e.Rune == ' ':
		h.activateFoot(max(h.foot.Sel, 0))
	default:
		return h.anyKey(e)
	}
	return true
}

func (h *sheet) drawFoot(c *xwidget.Canvas, y, w float32) float32 {
	words := h.shell.kit.Words
	c.Rect(0, y, w, max(c.D(1), 1), c.Look.Line)
	small := c.Font(xwidget.Small, scene.Regular)
	name, folder := fieldsOf(w / c.Scale)
	c.Label(c.D(name.at), y+c.D(8), c.D(18), c.D(name.width), small, c.Look.Secondary, words.T("share.name"))
	c.Label(c.D(folder.at), y+c.D(8), c.D(18), c.D(folder.width), small, c.Look.Secondary, words.T("share.folder"))
	x, by := w-c.D(16), y+c.D(74)
	items := h.footItems()
	for i, b := range items {
		bx, at := x, by
		bw := c.Metrics.Width(c.Font(xwidget.Minor, scene.SemiBold), b.label) + c.D(24)
		if i == len(items)-1 { // beside the fields
			bx, at = c.D(folder.at+folder.width+fieldDp)+bw, y+c.D(fieldTopDp)
		}
		bx -= bw
		n := c.Item(bx, at, bw, c.D(28))
		c.Button(bx, at, c.D(28), b.label, b.tip, b.primary, b.do)
		if n == h.foot.Sel && h.foot.Focused() {
			c.Frame(bx-c.D(3), at-c.D(3), bw+c.D(6), c.D(34), c.D(6), max(c.D(2), 1), c.Look.Accent)
		}
		if i < len(items)-1 {
			x = bx - c.D(8)
		}
	}
	h.drawTold(c, c.D(16), y+c.D(68), x-c.D(24))
	return c.D(footDp)
}

// drawTold draws what came of writing.
func (h *sheet) drawTold(c *xwidget.Canvas, x, y, w float32) {
	title, hint := h.told()
	if h.state == failed {
		c.Cross(x, y+c.D(4), c.D(14), true)
		x, w = x+c.D(22), w-c.D(22)
	}
	f, small := c.Font(xwidget.Minor, scene.SemiBold), c.Font(xwidget.Small, scene.Regular)
	c.Label(x, y, c.D(22), w, f, c.Look.Text, c.FitMiddle(f, title, w))
	if h.state == writing || h.state == copying {
		h.drawShare(c, x, y+c.D(26), min(w, c.D(420)), float32(h.far.share))
		return
	}
	for i, l := range c.Wrap(small, hint, w, 2) {
		c.Label(x, y+c.D(20+14*float32(i)), c.D(16), w, small, c.Look.Secondary, l)
	}
}

// told says what came of writing, and what to do next.
func (h *sheet) told() (title, hint string) {
	w := h.shell.kit.Words
	u := w.Units()
	switch h.state {
	case asking:
		return w.T("share.exists", "file", filepath.Base(h.done.path)), w.T("share.exists.hint")
	case writing, copying:
		if h.far.written > 0 {
			return w.T("share.writing.size", "size", u.Bytes(h.far.written)), ""
		}
		return w.T("share.writing"), ""
	case finished:
		return w.T("share.done", "file", filepath.Base(h.done.path), "size", u.Bytes(h.done.size)), filepath.Dir(h.done.path)
	case copied:
		return w.T("share.copied"), w.T("share.copied.hint", "size", u.Bytes(int64(len(h.done.text))))
	case failed:
		return h.whyText()
	case stopped:
		return w.T("share.stopped"), w.T("share.stopped.hint")
	}
	if h.ready() {
		return "", w.T("share.hint")
	}
	return "", ""
}
