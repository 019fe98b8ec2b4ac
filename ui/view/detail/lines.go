package detail

import (
	"strings"

	"traceview/internal/document"
	"traceview/internal/logs"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/xwidget"
)

// linesShown is how many log lines of a span are shown here: more are better read in
// the list of all, which has room for them.
const linesShown = 100

// lines are the log lines of the span on show.
type lines struct {
	all, shown []line
	more       int // that are only in the list of all
	version    int // of the document's lines
}

// A line is a log line with what is found and unfolded of it.
type line struct {
	document.LineDetail
	whole document.Attr
	brief document.Attr // what is shown until it is unfolded: not the frames of a stack, nor fields
}

// text returns all of a line.
func (l *line) text() string { return l.whole.Text }

// wholeOf joins what a line says: its message, then its stack, then what else was
// recorded, a line each.
func wholeOf(l *document.LineDetail, cut string) string {
	var b strings.Builder
	add := func(text string) {
		if text = strings.TrimRight(text, "\n"); text != "" {
			if b.Len() > 0 {
				b.WriteByte('\n')
			}
			b.WriteString(text)
		}
	}
	add(l.Message)
	add(l.Stack)
	if l.Logger != "" {
		add("logger = " + l.Logger)
	}
	for _, f := range l.Fields {
		add(f.Key + " = " + f.Text)
	}
	if l.Cut {
		add(cut)
	}
	return b.String()
}

// briefOf returns the message of a line and what its stack begins with.
func briefOf(l *document.LineDetail) string {
	text := strings.TrimRight(l.Message, "\n")
	if head, _, _ := strings.Cut(strings.TrimSpace(l.Stack), "\n"); head != "" && !strings.Contains(text, head) {
		text = strings.TrimLeft(text+"\n"+head, "\n")
	}
	return text
}

// learnLines takes over the log lines of span i, unless those are at hand.
func (v *View) learnLines(i model.SpanIndex) {
	list, more := v.doc.LineDetails(i, linesShown, v.Kit.Words, v.Kit.Zone)
	v.lines = lines{more: more, version: v.doc.LogsVersion()}
	for _, l := range list {
		x := line{LineDetail: l, whole: document.Attr{Key: l.Level, Text: wholeOf(&l, v.Kit.Words.T("log.cut")), Kind: model.ValueString}}
		x.brief = x.whole
		if x.brief.Text = briefOf(&l); x.brief.Text == "" {
			x.brief = x.whole
		}
		v.lines.all = append(v.lines.all, x)
	}
}

// filter leaves the lines that have a text, all of them where none is looked for, and
// returns how many have it.
func (l *lines) filter(f document.Finder, finding bool) int {
	if !finding {
		l.shown = l.all
		return 0
	}
	l.shown = nil
	for _, x := range l.all {
		if f.In(x.whole.Text) || f.In(x.Level) {
			l.shown = append(l.shown, x)
		}
	}
	return len(l.shown)
}

// drawLines draws the log lines of the span, and how far they have come.
func (v *View) drawLines(c *xwidget.Canvas, x, y, w float32) float32 {
	if v.lines.version != v.doc.LogsVersion() && v.known { // they came since
		v.learnLines(v.span.Span)
		v.refilter()
	}
	words, l := v.Kit.Words, v.doc.Logs()
	said := document.LogsText(l, words)
	if l.State == document.LogsHere && len(v.lines.all) == 0 || v.finding || l.State == document.LogsAway && l.Lines.Len() == 0 {
		said = ""
	}
	if len(v.lines.shown) == 0 && said == "" {
		return y
	}
	y, open := v.drawHeading(c, x, y, w, "detail.logs", len(v.lines.shown)+v.lines.more)
	if !open {
		return y
	}
	y = v.drawLogState(c, x+c.D(16), y, w-c.D(16), l, said)
	for k := range v.lines.shown {
		y = v.drawLine(c, x, y, w, k)
	}
	if v.lines.more > 0 && !v.finding && v.do.AllLogs != nil {
		label := words.N("detail.logs.more", v.lines.more)
		y = v.drawLink(c, x, y, w, label, v.do.AllLogs)
	}
	return y + c.D(6)
}

// drawLogState says how far the lines have come and what is missing, with what can be
// done about it.
func (v *View) drawLogState(c *xwidget.Canvas, x, y, w float32, l document.Logs, said string) float32 {
	if said == "" {
		return y
	}
	f := c.Font(xwidget.Minor, scene.Regular)
	if l.State == document.LogsFailed {
		c.Cross(x, y+c.D(4), c.D(11), false)
		x, w = x+c.D(17), w-c.D(17)
		if l.Next != "" {
			said += ". " + l.Next
		}
	}
	for _, text := range c.Wrap(f, said, w, 4) {
		c.Label(x, y, c.D(19), w, f, c.Look.Secondary, text)
		y += c.D(19)
	}
	word, do := "", v.do.FetchLogs
	switch {
	case l.State == document.LogsAsked:
		word, do = "action.cancel", v.do.StopLogs
	case l.State == document.LogsAway:
		word = "log.fetch"
	case l.CanFetch():
		word = "action.again"
	}
	if word == "" || do == nil {
		return y + c.D(4)
	}
	return v.drawLink(c, x-c.D(16), y+c.D(2), w, v.Kit.Words.T(word), do)
}

// drawLink draws a button that is a row of its own.
func (v *View) drawLink(c *xwidget.Canvas, x, y, w float32, label string, do func()) float32 {
	n := c.Item(x+c.D(10), y, w-c.D(10), c.D(32))
	v.rows = append(v.rows, row{attr: document.Attr{Text: label}, follow: do})
	if n == v.Sel && v.Focused() {
		c.RoundRect(x+c.D(10), y, w-c.D(10), c.D(32), c.D(3), c.Look.Wash())
	}
	label = c.Fit(c.Font(xwidget.Minor, scene.SemiBold), label, w-c.D(16+24+6))
	c.Button(x+c.D(16), y+c.D(3), c.D(26), label, "", false, do)
	return y + c.D(34)
}

// drawLine draws log line k: how bad it is, when it was, and what it says, which
// unfolds to all that was recorded.
func (v *View) drawLine(c *xwidget.Canvas, x, y, w float32, k int) float32 {
	l := &v.lines.shown[k]
	h := c.D(20)
	if c.Visible(y, h) {
		f, at := c.Font(xwidget.Small, scene.SemiBold), x+c.D(16)
		switch {
		case l.Severity >= logs.Error:
			c.Cross(at, y+c.D(5), c.D(11), true)
			at += c.D(16)
		case l.Severity == logs.Warn:
			v.drawTriangle(c, at, y+c.D(5), c.D(11))
			at += c.D(16)
		}
		ink := c.Look.Secondary
		if l.Severity >= logs.Warn {
			ink = c.Look.Text
		}
		at += c.Label(at, y, h, w*0.6, f, ink, l.Level)
		c.LabelRight(x+w, y, h, x+w-at-c.D(8), c.Font(xwidget.Small, scene.Regular), c.Look.Secondary, l.Offset+" · "+l.Clock)
	}
	if k, ok := v.doc.ChosenLine(); ok && k == l.Number && v.line != k+1 { // in the list
		v.line = k + 1
		v.Choose(len(v.rows))
	}
	return v.drawText(c, x, y+h, w, row{place: place{"detail.logs", l.Number}, attr: l.whole}, l.brief) + c.D(4)
}

// drawTriangle draws the mark of a warning in a box of size s.
func (v *View) drawTriangle(c *xwidget.Canvas, x, y, s float32) {
	c.Poly(c.Look.Environment("amber"), scene.Point{X: x, Y: y + s}, scene.Point{X: x + s, Y: y + s}, scene.Point{X: x + s/2, Y: y + s*0.1})
}

// drawText draws a value without a key, which can be chosen, unfolded from what it is in
// brief, and copied.
func (v *View) drawText(c *xwidget.Canvas, x, y, w float32, r row, brief document.Attr) float32 {
	x, w = x+c.D(16), w-c.D(16)
	f, n, open := c.Font(xwidget.Minor, scene.Regular), len(v.rows), v.open[r.place]
	shown := r.attr
	if !open && !v.finding {
		shown = brief
	}
	b := v.broke(c, n, brokenValue{attr: shown, font: f, width: w - c.D(22), wide: w - c.D(22), open: open})
	b.long = b.long || shown.Text != r.attr.Text
	r.long = b.long
	return v.drawValue(c, x, y, w, &r, b, x, 0, 0)
}
