package detail

import (
	"strings"
	"unicode/utf8"

	"traceview/internal/document"
	"traceview/internal/scene"
	"traceview/ui/xwidget"
)

const (
	// foldedLines is how much of a long value is shown until it is unfolded.
	foldedLines = 3
	// openLines is how much of an unfolded one is: 20 screens, broken in 10 ms.
	openLines = 1000
	// openWraps is how many lines one line of an unfolded value may take.
	openWraps = 40
	// around is how many bytes before what is found a folded value begins.
	around = 40
)

// A piece is one line of a value as it is drawn.
type piece struct {
	indent float32
	text   string
}

// A brokenValue keeps the lines of one value. A span may have thousands, which
// take 6 µs each to break anew, and a frame has 8 ms.
type brokenValue struct {
	attr   document.Attr
	font   scene.Font
	width  float32 // beside the key
	wide   float32 // below the key
	open   bool
	finder document.Finder
	lines  []piece
	long   bool // there is something to unfold
	below  bool // it stands below the key, for want of room beside it
}

// broke returns the lines of the n-th value drawn in this frame.
func (v *View) broke(c *xwidget.Canvas, n int, b brokenValue) *brokenValue {
	b.finder = v.finder
	for n >= len(v.broken) {
		v.broken = append(v.broken, brokenValue{})
	}
	old := &v.broken[n]
	if old.lines != nil && old.attr == b.attr && old.font == b.font && old.width == b.width && old.wide == b.wide && old.open == b.open && old.finder == b.finder {
		return old
	}
	if b.open {
		b.lines, b.long, b.below = v.unfold(c, &b), true, true
	} else {
		v.fit(c, &b)
	}
	*old = b
	return old
}

// fit breaks the first lines of a value, or those around what is looked for:
// beside its key, else below it where there is more room.
func (v *View) fit(c *xwidget.Canvas, b *brokenValue) {
	text, width := b.attr.Text, b.width
	all := c.Wrap(b.font, text, width, foldedLines+1)
	if b.below = b.width >= b.wide || len(all) > foldedLines; b.below {
		width = b.wide
		all = c.Wrap(b.font, text, width, foldedLines+1)
	}
	_, b.long = b.attr.Unfold(1)
	b.long = b.long || len(all) > foldedLines
	if at, _ := v.finder.Find(text, 0); at > 0 && b.long {
		shown := 0
		for _, l := range all[:min(len(all), foldedLines)] {
			shown += len(l)
		}
		if at >= shown-1 {
			from := max(0, at-around)
			for from > 0 && !utf8.RuneStart(text[from]) {
				from--
			}
			text = "…" + text[from:]
		}
	}
	for _, l := range c.Wrap(b.font, text, width, foldedLines) {
		b.lines = append(b.lines, piece{text: l})
	}
}

// unfold returns the lines of a value laid out, each broken below its beginning.
func (v *View) unfold(c *xwidget.Canvas, b *brokenValue) []piece {
	var out []piece
	list, more := b.attr.Unfold(openLines)
	blank := c.Metrics.Width(b.font, "  ")
	for _, l := range list {
		text := strings.TrimLeft(l, " ")
		indent := min(float32(len(l)-len(text))*blank, b.wide/2) // two widths a blank: blanks of this font are narrow
		if at, frame := strings.CutPrefix(text, "at "); frame {  // of a stack trace: the name stays beside its word
			text = "at\u00a0" + at
		}
		for k, part := range c.Wrap(b.font, text, b.wide-indent-blank, openWraps) {
			at := indent
			if k > 0 {
				at += blank
			}
			out = append(out, piece{at, part})
		}
		if len(out) > openLines {
			out, more = out[:openLines], true
			break
		}
	}
	if more {
		out = append(out, piece{0, v.Kit.Words.T("detail.more")})
	}
	return out
}

// mark draws a ground behind each place of a text where what is looked for is.
func (v *View) mark(c *xwidget.Canvas, f scene.Font, x, y, h float32, text string) {
	if !v.finding || !c.Visible(y, h) {
		return
	}
	for from := 0; ; {
		begin, end := v.finder.Find(text, from)
		if begin < 0 || end <= from {
			return
		}
		left := x + c.Metrics.Width(f, text[:begin])
		c.RoundRect(left-c.D(1), y+c.D(1), c.Metrics.Width(f, text[begin:end])+c.D(2), h-c.D(2), c.D(2), c.Look.Accent.Alpha(70))
		from = end
	}
}

// drawField draws a key and its value, which can be chosen, unfolded and copied.
func (v *View) drawField(c *xwidget.Canvas, x, y, w float32, r row, indent bool) float32 {
	if indent {
		x, w = x+c.D(16), w-c.D(16)
	}
	f := c.Font(xwidget.Minor, scene.Regular)
	keyW := min(max(w*0.42, c.D(96)), c.D(200))
	n := len(v.rows)
	keyRoom, below, at := keyW-c.D(10), float32(0), x+keyW
	open := v.open[r.place]
	width, wide := w-keyW-c.D(22), w-c.D(36)
	if len(r.pages) > 0 { // their sign stands beside that for copying
		width -= c.D(20)
		wide -= c.D(20)
	}
	if c.Metrics.Width(f, r.attr.Key) > keyRoom { // a key is read whole
		width = wide
	}
	b := v.broke(c, n, brokenValue{attr: r.attr, font: f, width: width, wide: wide, open: open})
	if b.below {
		keyRoom, below, at = w-c.D(22), c.D(18), x+c.D(14)
	}
	r.long = b.long
	return v.drawValue(c, x, y, w, &r, b, at, below, keyRoom)
}

// drawValue draws a row: its key, unless it has no room, and its value from at on, below
// the key's line where that is so high. The row can be chosen, unfolded and copied.
func (v *View) drawValue(c *xwidget.Canvas, x, y, w float32, r *row, b *brokenValue, at, below, keyRoom float32) float32 {
	n, f, open := len(v.rows), b.font, v.open[r.place]
	h := float32(len(b.lines))*c.D(18) + c.D(4) + below
	if b.long {
		h += c.D(18)
	}
	chosen := n == v.Sel && r.attr.Key != ""
	if chosen {
		h = v.buttonsBottom(c, x, w, h, r) // the same whether or not they are in sight
	}
	c.Item(x-c.D(6), y, w+c.D(6), h)
	v.rows = append(v.rows, *r)
	if !c.Visible(y, h) {
		return y + h
	}
	hot := c.Hot(x-c.D(6), y, w+c.D(6), h)
	switch {
	case n == v.Sel && v.Focused():
		c.RoundRect(x-c.D(6), y, w+c.D(6), h, c.D(3), c.Look.Wash())
	case hot || n == v.Sel:
		c.RoundRect(x-c.D(6), y, w+c.D(6), h, c.D(3), c.Look.Hover())
	}
	v.drawPress(c, x, y, w, h, n, b.long)
	if keyRoom > 0 {
		key := c.FitMiddle(f, r.attr.Key, keyRoom)
		v.mark(c, f, x, y+c.D(2), c.D(18), key)
		c.Label(x, y+c.D(2), c.D(18), keyRoom, f, c.Look.Secondary, key)
	}
	end := v.drawBroken(c, at, y+below+c.D(2), w, b)
	if b.long {
		v.drawMore(c, at, end, w, open)
		end += c.D(18)
	}
	if chosen {
		v.drawButtons(c, x, end+c.D(4), w, v.fieldButtons(r))
	}
	if len(r.pages) > 0 {
		v.drawOpen(c, x+w-c.D(40), y+c.D(1), r.pages[0])
	}
	if hot {
		v.drawCopy(c, x+w-c.D(20), y+c.D(1), r.attr.Text)
	}
	return y + h
}

// drawBroken draws the lines of a value and returns where they end.
func (v *View) drawBroken(c *xwidget.Canvas, x, y, w float32, b *brokenValue) float32 {
	if b.attr.Text == "" {
		c.Label(x, y, c.D(18), w, b.font, c.Look.Secondary, v.Kit.Words.T("detail.novalue"))
	}
	for _, l := range b.lines {
		if c.Visible(y, c.D(18)) {
			v.mark(c, b.font, x+l.indent, y, c.D(18), l.text)
			c.Label(x+l.indent, y, c.D(18), w, b.font, c.Look.Text, l.text)
		}
		y += c.D(18)
	}
	return y
}

// drawMore draws the words that there is more of a value, or that it is unfolded.
func (v *View) drawMore(c *xwidget.Canvas, x, y, w float32, open bool) {
	key := "detail.unfold"
	if open {
		key = "detail.fold"
	}
	c.Label(x, y, c.D(18), w, c.Font(xwidget.Small, scene.SemiBold), c.Look.Accent, v.Kit.Words.T(key))
}

// drawPress lets a press on a row choose it and unfold or fold what is long.
func (v *View) drawPress(c *xwidget.Canvas, x, y, w, h float32, n int, long bool) {
	tip := "detail.choose.tip"
	if long {
		tip = "detail.unfold.tip"
	}
	c.Spot(x-c.D(6), y, w+c.D(6), h, v.Kit.Words.T(tip), func() {
		v.Choose(n)
		v.act(n)
	})
}

// fieldButtons are what can be done with the chosen row.
func (v *View) fieldButtons(r *row) []button {
	words, a, asks := v.Kit.Words, r.attr, r.asks && v.do.Filter != nil
	list := make([]button, 0, 4)
	if asks {
		list = append(list, button{words.T("detail.filter"), words.T("detail.filter.tip"), func() { v.do.Filter(a.Key, a.Text, false) }},
			button{words.T("detail.exclude"), words.T("detail.exclude.tip"), func() { v.do.Filter(a.Key, a.Text, true) }})
	}
	list = append(list, button{words.T("detail.copy.value"), words.T("detail.copyvalue"), func() { v.do.Copy(a.Text) }})
	if asks {
		list = append(list, button{words.T("detail.copy.pair"), words.T("detail.copy.pair.tip"), func() { v.do.Copy(a.Key + "=" + a.Text) }})
	}
	for _, p := range r.pages {
		list = append(list, button{p.Text, v.pageTip(p), func() { v.do.OpenPage(p) }})
	}
	return list
}

// buttonsBottom returns the height of a row of height h with its buttons below.
func (v *View) buttonsBottom(c *xwidget.Canvas, x, w, h float32, r *row) float32 {
	f, at, lines := c.Font(xwidget.Minor, scene.SemiBold), x, float32(1)
	for _, b := range v.fieldButtons(r) {
		bw := c.Metrics.Width(f, b.label) + c.D(24)
		if at > x && at+bw > x+w {
			at, lines = x, lines+1
		}
		at += bw + c.D(6)
	}
	return h + lines*c.D(28) + c.D(6)
}

// drawCopy draws the sign for copying a value.
func (v *View) drawCopy(c *xwidget.Canvas, x, y float32, value string) {
	s := c.D(18)
	ground := c.Look.Paper.Mix(c.Look.Text, 16)
	if c.Hot(x, y, s, s) {
		ground = c.Look.Paper.Mix(c.Look.Text, 40)
	}
	c.RoundRect(x, y, s, s, c.D(3), ground)
	v.drawSheets(c, x, y, ground)
	c.Spot(x, y, s, s, v.Kit.Words.T("detail.copyvalue"), func() { v.do.Copy(value) })
}

// drawSheets draws two sheets, the sign for copying, in a box of 18 dp.
func (v *View) drawSheets(c *xwidget.Canvas, x, y float32, ground scene.Color) {
	t := max(1, c.D(1))
	c.Frame(x+c.D(4), y+c.D(3), c.D(8), c.D(9), c.D(1), t, c.Look.Secondary)
	c.RoundRect(x+c.D(7), y+c.D(6), c.D(8), c.D(9), c.D(1), ground)
	c.Frame(x+c.D(7), y+c.D(6), c.D(8), c.D(9), c.D(1), t, c.Look.Secondary)
}
