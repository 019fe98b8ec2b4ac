package shell

import (
	"cmp"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"traceview/internal/redact"
	"traceview/internal/scene"
	"traceview/ui/canvasview"
	"traceview/ui/xwidget"
)

// valuesShown is how many values of a key are shown until it is unfolded.
const valuesShown = 3

// decisions are what can become of the values of a key, in the order they are
// gone through: by the rules, or as redact calls them.
var decisions = []string{"", "keep", "mask", "hash", "scan"}

// decidable says whether rules can name a key: what is found in names of
// attributes, notes and the filter is looked for by the rules alone.
func (k *keyed) decidable() bool { return k.Key != "@key" && k.Key != "@beside" }

// decide takes the next decision about key i, or the one before.
func (h *sheet) decide(i, step int) bool {
	if i < 0 || i >= len(h.keyed) || h.write.Busy() || !h.keyed[i].decidable() {
		return false
	}
	k := h.keyed[i].Key
	n := (slices.Index(decisions, h.keys[k]) + step + len(decisions)) % len(decisions)
	if delete(h.keys, k); decisions[n] != "" {
		h.keys[k] = decisions[n]
	}
	h.choose()
	h.scan(true)
	return true
}

// unfold shows all values of key i, or the first again.
func (h *sheet) unfold(i int) {
	if k, value := h.listed(i); k >= 0 && value < 0 {
		h.keyed[k].open = !h.keyed[k].open
		h.listV.Redraw()
	}
}

// shown returns how many values of a key are shown.
func (k *keyed) shown() int {
	if k.open {
		return len(k.Values)
	}
	return min(len(k.Values), valuesShown)
}

// listed returns the key of item i of the list, with the number of its value, -1
// for the key itself.
func (h *sheet) listed(i int) (key, value int) {
	for k := range h.keyed {
		n := 1 + h.keyed[k].shown()
		if i < n {
			return k, i - 1
		}
		i -= n
	}
	return -1, -1
}

// listKey handles the keys of the list: left and right decide.
func (h *sheet) listKey(e canvasview.Event) bool {
	step := 1
	switch {
	case e.Key == string(fyne.KeyLeft):
		step = -1
	case e.Key == string(fyne.KeyRight):
	case e.Kind == canvasview.Rune && e.Rune == ' ':
		h.unfold(h.list.Sel)
		return true
	default:
		return h.anyKey(e)
	}
	k, _ := h.listed(h.list.Sel)
	return h.decide(k, step)
}

func (h *sheet) drawList(c *xwidget.Canvas, y, w float32) float32 {
	top, x := y, c.D(20)
	words := h.shell.kit.Words
	y += c.D(10)
	c.Label(x, y, c.D(28), w-2*x, c.Font(xwidget.Body, scene.SemiBold), c.Look.Text, h.leaving())
	y += c.D(30)
	para := func(text string, ink scene.Color, lines int) {
		f := c.Font(xwidget.Minor, scene.Regular)
		for _, l := range c.Wrap(f, text, w-2*x, lines) {
			c.Label(x, y, c.D(18), w-2*x, f, ink, l)
			y += c.D(18)
		}
		y += c.D(4)
	}
	if h.got.missing > 0 {
		title, _ := h.shell.Explain(words, h.got.why)
		para(words.N("share.missing", h.got.missing)+" "+title, c.Look.Text, 4)
	}
	switch {
	case h.gather.Busy():
		text := words.T("share.gathering")
		if h.far.all > 1 {
			text = words.T("share.fetching", "done", words.Units().Number(h.far.done+1), "all", words.Units().Number(h.far.all))
		}
		para(text, c.Look.Secondary, 2)
		h.drawShare(c, x, y, w-2*x, float32(h.far.done)/float32(max(h.far.all, 1)))
		c.Button(x, y+c.D(12), c.D(28), words.T("action.cancel"), "Esc", false, h.cancel)
		return y + c.D(48) - top
	case h.err != nil:
		title, hint := h.shell.Explain(words, h.err)
		c.Cross(x, y+c.D(2), c.D(14), true)
		x += c.D(22)
		para(title, c.Look.Text, 4)
		para(hint, c.Look.Secondary, 4)
		c.Button(x, y+c.D(4), c.D(28), words.T("action.again"), "", false, h.start)
		return y + c.D(40) - top
	case h.look.Busy():
		para(words.T("share.looking"), c.Look.Secondary, 2)
		h.drawShare(c, x, y, w-2*x, float32(h.far.share))
		y += c.D(12)
	case h.seen != nil:
		para(h.counted(), c.Look.Text, 4)
		para(words.T("share.look"), c.Look.Secondary, 3)
	}
	for i := range h.keyed {
		y = h.drawKeyed(c, y, w, i)
	}
	if h.seen != nil && h.seen.Beyond > 0 {
		para(words.N("share.beyond", h.seen.Beyond), c.Look.Secondary, 2)
	}
	return y + c.D(12) - top
}

func (h *sheet) drawShare(c *xwidget.Canvas, x, y, w, share float32) {
	c.RoundRect(x, y, w, c.D(3), c.D(1.5), c.Look.Line)
	if share > 0 {
		c.RoundRect(x, y, w*min(share, 1), c.D(3), c.D(1.5), c.Look.Accent)
	}
}

// leaving says how much leaves.
func (h *sheet) leaving() string {
	w, spans := h.shell.kit.Words, 0
	for _, t := range h.got.traces {
		spans += len(t.Spans)
	}
	if len(h.got.traces) == 0 {
		return w.T("share.leaves.title")
	}
	return w.T("share.leaves", "traces", w.N("report.traces", len(h.got.traces)), "spans", w.N("header.spans", spans))
}

// counted says how much is replaced, and of what.
func (h *sheet) counted() string {
	w := h.shell.kit.Words
	switch {
	case h.seen.Count == 0 && h.rules == RulesNone && len(h.keys) == 0:
		return w.T("share.asis")
	case h.seen.Count == 0:
		return w.T("share.found.none")
	}
	kinds := make([]redact.Kind, 0, len(h.seen.Kinds))
	for k := range h.seen.Kinds {
		kinds = append(kinds, k)
	}
	slices.SortFunc(kinds, func(a, b redact.Kind) int {
		return cmp.Or(cmp.Compare(h.seen.Kinds[b], h.seen.Kinds[a]), cmp.Compare(a, b))
	})
	parts := make([]string, len(kinds))
	for i, k := range kinds {
		parts[i] = w.T("redact.kind." + k.String())
		if len(kinds) > 1 { // the only one counts as all do
			parts[i] += ": " + w.Units().Number(h.seen.Kinds[k])
		}
	}
	return w.N("share.found", h.seen.Count, "kinds", strings.Join(parts, ", "))
}

// keyName returns what a key is called for a person, and where its values stand.
func (h *sheet) keyName(k *keyed) (name, where string) {
	w := h.shell.kit.Words
	if field, ok := strings.CutPrefix(k.Key, "@"); ok {
		return w.T("share.field." + field), ""
	}
	if k.Where == "" { // decided about before
		return k.Key, ""
	}
	return k.Key, w.T("share.where." + k.Where)
}

// drawKeyed draws key i with its values.
func (h *sheet) drawKeyed(c *xwidget.Canvas, y, w float32, i int) float32 {
	k, words := &h.keyed[i], h.shell.kit.Words
	high, x := c.D(30), c.D(20)
	n := c.Item(0, y, w, high)
	if !c.Visible(y, high) {
		return h.drawValues(c, y+high, w, k)
	}
	switch {
	case n == h.list.Sel && h.list.Focused():
		c.Rect(0, y, w, high, c.Look.Wash())
	case c.Hot(0, y, w, high):
		c.Rect(0, y, w, high, c.Look.Hover())
	}
	c.Rect(x, y, w-2*x, max(c.D(1), 1), c.Look.Line)
	c.Chevron(x, y+c.D(9), c.D(12), k.open, c.Look.Secondary)
	right := w - x
	small := c.Font(xwidget.Small, scene.Regular)
	if k.decidable() {
		label := words.T("share.do." + h.decision(k))
		bw := c.Metrics.Width(c.Font(xwidget.Minor, scene.SemiBold), label) + c.D(24)
		c.Button(right-bw, y+c.D(4), c.D(23), label, words.T("share.do.tip"), h.keys[k.Key] != "", func() { h.decide(i, 1) })
		right -= bw + c.D(10)
	}
	count := words.N("share.times", k.Count)
	switch {
	case k.gone && h.keys[k.Key] == "keep":
		count = words.T("share.stays")
	case k.gone:
		count = words.N("share.times", 0)
	}
	c.LabelRight(right, y, high, c.D(160), small, c.Look.Secondary, count)
	right -= c.Metrics.Width(small, count) + c.D(12)
	f := c.Font(xwidget.Minor, scene.SemiBold)
	name, where := h.keyName(k)
	room := right - x - c.D(18)
	at := x + c.D(18) + c.Label(x+c.D(18), y, high, room, f, c.Look.Text, c.FitMiddle(f, name, room)) + c.D(10)
	c.Label(at, y, high, right-at, small, c.Look.Secondary, where)
	return h.drawValues(c, y+high, w, k)
}

// decision returns what was decided about a key, "rules" for nothing.
func (h *sheet) decision(k *keyed) string {
	if d := h.keys[k.Key]; d != "" {
		return d
	}
	return "rules"
}

// drawValues draws the values of a key that are shown.
func (h *sheet) drawValues(c *xwidget.Canvas, y, w float32, k *keyed) float32 {
	high, x := c.D(20), c.D(38)
	f, small := c.Font(xwidget.Minor, scene.Regular), c.Font(xwidget.Small, scene.Regular)
	half := (w - x - c.D(20) - c.D(64)) / 2
	for _, v := range k.Values[:k.shown()] {
		n := c.Item(0, y, w, high)
		if !c.Visible(y, high) {
			y += high
			continue
		}
		if n == h.list.Sel && h.list.Focused() {
			c.Rect(0, y, w, high, c.Look.Wash())
		}
		ink := c.Look.Text
		if k.gone {
			ink = c.Look.Secondary
		}
		c.Label(x, y, high, half-c.D(20), f, ink, c.FitMiddle(f, v.Before, half-c.D(20)))
		if !k.gone {
			c.Label(x+half-c.D(16), y, high, c.D(20), f, c.Look.Secondary, "→")
			c.Label(x+half+c.D(4), y, high, half, f, c.Look.Secondary, c.FitMiddle(f, v.After, half))
		}
		c.LabelRight(w-c.D(20), y, high, c.D(60), small, c.Look.Secondary, "× "+h.shell.kit.Words.Units().Number(v.Count))
		y += high
	}
	if rest := len(k.Values) - k.shown(); rest > 0 || k.Beyond > 0 && k.open {
		text := h.shell.kit.Words.N("share.more", rest)
		if rest == 0 {
			text = h.shell.kit.Words.N("share.beyond", k.Beyond)
		}
		c.Label(x, y, high, w-x, small, c.Look.Secondary, text)
		y += high
	}
	return y + c.D(6)
}
