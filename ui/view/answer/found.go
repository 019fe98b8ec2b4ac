package answer

import (
	"strconv"

	"traceview/internal/scene"
	"traceview/ui/xwidget"
)

// mostOpen is how many other findings are listed: with more nobody reads on.
const mostOpen = 12

// drawFound draws the box of the findings.
func (v *View) drawFound(c *xwidget.Canvas, x, y, w float32) float32 {
	top, s := y, &v.state
	inner, width := x+c.D(14), w-c.D(28)
	fill, edge := c.Look.Accent, c.Look.Accent
	switch s.Lines[0].Mark {
	case Bad:
		fill, edge = c.Look.Error, c.Look.Error
	case Aside:
		fill, edge = c.Look.Secondary, c.Look.Line.Mix(c.Look.Secondary, 60)
	}
	box := len(c.Ops)
	c.RoundRect(x, top, w, 1, c.D(6), fill.Alpha(18))
	c.Frame(x, top, w, 1, c.D(6), max(c.D(1), 1), edge.Alpha(90))
	c.RoundRect(x, top, c.D(4), 1, c.D(2), edge)
	y = v.drawFirst(c, inner, y+c.D(8), width)
	if v.open {
		y = v.drawDetail(c, inner+c.D(26), y, width-c.D(26))
		for k := 1; k < len(s.Lines) && k <= mostOpen; k++ {
			y = v.drawOther(c, inner, y, width, k)
		}
	}
	y = v.drawFoot(c, inner, y, width) + c.D(6)
	for k := range 3 { // known only now
		c.Ops[box+k].H = y - top
	}
	return y + c.D(4)
}

// drawFirst draws the first finding: what, how sure, when, and the way there.
func (v *View) drawFirst(c *xwidget.Canvas, x, y, w float32) float32 {
	l, words := &v.state.Lines[0], v.Kit.Words
	v.drawMark(c, x, y+c.D(3), c.D(16), l.Mark)
	bold, minor := c.Font(14, scene.SemiBold), c.Font(xwidget.Minor, scene.Regular)
	sure := c.Metrics.Width(minor, l.Sure)
	c.LabelRight(x+w, y, c.D(22), sure+1, minor, c.Look.Secondary, l.Sure)
	at, room := x+c.D(26), w-c.D(26)
	for k, line := range c.Wrap(bold, l.Title, room-sure-c.D(16), 3) {
		if k > 0 {
			y += c.D(20)
		}
		c.Label(at, y, c.D(22), room, bold, c.Look.Text, line)
	}
	y += c.D(24)
	label := words.T("answer.show")
	bw := c.Metrics.Width(c.Font(xwidget.Minor, scene.SemiBold), label) + c.D(24)
	c.Button(x+w-bw, y, c.D(26), label, "F8", true, func() { v.show(0, 0) })
	right := x + w - bw - c.D(12)
	if v.stop >= 0 && v.line == 0 {
		right = v.drawStops(c, right, y, c.D(26))
	}
	f := c.Font(xwidget.Body, scene.Regular)
	c.Label(at, y+c.D(1), c.D(24), right-at, f, c.Look.Secondary, c.Fit(f, l.When, right-at))
	return y + c.D(30)
}

// drawStops draws which of the spans that show a finding is looked at, with the ways
// back and forth; it ends at right. It returns its left end.
func (v *View) drawStops(c *xwidget.Canvas, right, y, h float32) float32 {
	l := &v.state.Lines[v.line]
	if l.Stops < 2 {
		return right
	}
	f, words := c.Font(xwidget.Minor, scene.Regular), v.Kit.Words
	text := strconv.Itoa(v.stop+1) + "/" + strconv.Itoa(l.Stops)
	arrow := func(back bool) {
		size := c.D(20)
		right -= size
		if c.Hot(right, y, size, h) {
			c.RoundRect(right, y+(h-size)/2, size, size, c.D(4), c.Look.Hover())
		}
		mid, half, d := y+h/2, c.D(4), c.D(2)
		if back {
			d = -d
		}
		cx := right + size/2
		c.Poly(c.Look.Text, scene.Point{X: cx - d, Y: mid - half}, scene.Point{X: cx - d, Y: mid + half}, scene.Point{X: cx + 2*d, Y: mid})
		tip := "answer.next"
		if back {
			tip = "answer.previous"
		}
		c.Spot(right, y, size, h, words.T(tip), func() { v.Step(back) })
	}
	arrow(false)
	tw := c.Metrics.Width(f, text)
	right -= tw + c.D(4)
	c.Label(right, y, h, tw+1, f, c.Look.Text, text)
	right -= c.D(4)
	arrow(true)
	return right - c.D(8)
}

// drawDetail draws the sentences about the first finding.
func (v *View) drawDetail(c *xwidget.Canvas, x, y, w float32) float32 {
	f := c.Font(xwidget.Body, scene.Regular)
	for _, l := range c.Wrap(f, v.state.Lines[0].Detail, w, 8) {
		c.Label(x, y, c.D(20), w, f, c.Look.Text, l)
		y += c.D(20)
	}
	return y + c.D(6)
}

// drawOther draws one of the other findings on a line.
func (v *View) drawOther(c *xwidget.Canvas, x, y, w float32, k int) float32 {
	l, h := &v.state.Lines[k], c.D(26)
	c.Rect(x, y, w, max(1, c.D(1)), c.Look.Line)
	if c.Hot(x, y, w, h) {
		c.RoundRect(x, y+c.D(1), w, h-c.D(1), c.D(3), c.Look.Hover())
	}
	c.Spot(x, y, w, h, l.Title+" · "+l.When+" · "+l.Sure, func() { v.show(k, 0) })
	v.drawMark(c, x+c.D(2), y+c.D(7), c.D(12), l.Mark)
	right := x + w
	if v.line == k && v.stop >= 0 {
		right = v.drawStops(c, right, y, h)
	}
	f, minor := c.Font(xwidget.Body, scene.Regular), c.Font(xwidget.Minor, scene.Regular)
	at := x + c.D(26)
	when := min(c.Metrics.Width(minor, l.When), (right-at)*0.35)
	c.LabelRight(right-c.D(4), y, h, when, minor, c.Look.Secondary, l.When)
	room := right - at - when - c.D(20)
	c.Label(at, y, h, room, f, c.Look.Text, c.FitMiddle(f, l.Title, room))
	return y + h
}

// drawFoot draws what folds and unfolds the rest, and the notes.
func (v *View) drawFoot(c *xwidget.Canvas, x, y, w float32) float32 {
	words, h := v.Kit.Words, c.D(20)
	label := words.T("answer.why")
	if n := len(v.state.Lines) - 1; n > 0 {
		label = words.N("answer.more", n)
	}
	if v.open {
		label = words.T("answer.less")
		y += c.D(4)
		if n := len(v.state.Lines) - 1 - mostOpen; n > 0 {
			label = words.T("answer.less") + " · " + words.N("answer.beyond", n)
		}
	}
	at := x + c.D(26)
	c.Chevron(at-c.D(2), y+c.D(4), c.D(12), v.open, c.Look.Accent)
	at += c.D(14)
	at += v.link(c, at, y, h, label, "", v.toggle) + c.D(18)
	return v.drawInline(c, at, x+c.D(26), y, x+w, h)
}

// drawInline draws the notes behind other words, from at on, as far as there is room
// up to right, and what is left below, from x on. It returns where they end.
func (v *View) drawInline(c *xwidget.Canvas, at, x, y, right, h float32) float32 {
	f := c.Font(xwidget.Minor, scene.Regular)
	for k, n := range v.state.Notes {
		text := n
		if k > 0 {
			text = "· " + n
		}
		if c.Metrics.Width(f, text) > right-at {
			return v.drawNotesFrom(c, k, x, y+h, right-x)
		}
		at += c.Label(at, y, h, right-at, f, c.Look.Secondary, text) + c.D(6)
	}
	if v.state.Ask == "" {
		return y + h
	}
	if c.Metrics.Width(f, v.state.Ask)+c.D(24) > right-at {
		return v.drawNotesFrom(c, len(v.state.Notes), x, y+h, right-x)
	}
	v.link(c, at+c.D(4), y, h, v.state.Ask, v.state.AskTip, v.do.Ask)
	return y + h
}

// drawNotesFrom draws the notes from number k on below one another.
func (v *View) drawNotesFrom(c *xwidget.Canvas, k int, x, y, w float32) float32 {
	all := v.state.Notes
	v.state.Notes = all[k:]
	defer func() { v.state.Notes = all }()
	return v.drawNotes(c, x, y, w)
}

// drawMark draws the mark of a finding in a box of size s.
func (v *View) drawMark(c *xwidget.Canvas, x, y, s float32, m Mark) {
	switch m {
	case Bad:
		c.Cross(x, y, s, true)
	case Late: // a clock
		t := max(1, s*0.12)
		c.RoundRect(x, y, s, s, s/2, c.Look.Accent)
		c.Line(x+s/2, y+s*0.24, x+s/2, y+s*0.54, t, c.Look.OnAccent)
		c.Line(x+s/2, y+s*0.54, x+s*0.7, y+s*0.64, t, c.Look.OnAccent)
	default: // a ring with a dot
		t := max(1, s*0.1)
		c.Frame(x, y, s, s, s/2, t, c.Look.Secondary)
		c.RoundRect(x+s*0.38, y+s*0.38, s*0.24, s*0.24, s*0.12, c.Look.Secondary)
	}
}

// drawTick draws the mark of nothing wrong.
func (v *View) drawTick(c *xwidget.Canvas, x, y, s float32) {
	t := max(1, s*0.12)
	c.Frame(x, y, s, s, s/2, max(1, s*0.09), c.Look.Secondary)
	c.Line(x+s*0.28, y+s*0.52, x+s*0.45, y+s*0.68, t, c.Look.Secondary)
	c.Line(x+s*0.45, y+s*0.68, x+s*0.74, y+s*0.34, t, c.Look.Secondary)
}

// drawSearching draws the mark of what is being looked for.
func (v *View) drawSearching(c *xwidget.Canvas, x, y, s float32) {
	c.Magnifier(x, y, s, c.Look.Secondary)
}
