// Package trail shows where systems lose the trail of orders: what is lost, why, and
// what is seen of each system and of each way between two.
package trail

import (
	"strings"

	"traceview/internal/analysis/trail"
	"traceview/internal/i18n"
	"traceview/internal/scene"
	"traceview/ui/xwidget"
)

// A Line is one place where the trail is lost, in words.
type Line struct {
	Title, Cause, Evidence string
	Where                  string // the paragraph that says how to mend it
	Hint                   bool   // it may be right as it is
	Example                bool   // there is a span that shows it
}

// A State is all that is shown.
type State struct {
	Scope  string    // whose traces were looked at
	Empty  [2]string // instead of a report: why there is none, and what next
	Report *trail.Report
	Lines  []Line // as the report has them
}

// Actions are what the view asks of the window.
type Actions struct {
	Open func(line int) // show the example of a line
	Copy func(where string)
}

// A View draws a State into a panel. It is used on the UI goroutine.
type View struct {
	Kit     *xwidget.Kit
	State   State
	Actions Actions
	Chosen  func(line int) bool // the keyboard is on it; nil for none
}

// Sizes in dp.
const (
	sideDp  = 24
	lineDp  = 20
	rowDp   = 26
	markDp  = 14
	wideDp  = 1080 // of the text at most
	buttons = 24
)

// words speak of spans: this is read by who mends what sends them.
func (v *View) words() *i18n.Printer { return v.Kit.Words.Spans() }

// Draw draws the state from y on within the width w and returns the height used.
func (v *View) Draw(c *xwidget.Canvas, y, w float32) float32 {
	top, x := y, c.D(sideDp)
	width := min(w-2*x, c.D(wideDp))
	t, s := v.words().T, &v.State
	y += c.D(20)
	c.Label(x, y, c.D(28), width, c.Font(xwidget.Title, scene.SemiBold), c.Look.Text, t("trail.page"))
	y += c.D(32)
	y = v.text(c, x, y, width, c.Font(xwidget.Minor, scene.Regular), c.Look.Secondary, v.summary()) + c.D(12)
	if s.Report == nil {
		y = v.text(c, x, y, width, c.Font(xwidget.Body, scene.SemiBold), c.Look.Text, s.Empty[0])
		return v.text(c, x, y, width, c.Font(xwidget.Body, scene.Regular), c.Look.Secondary, s.Empty[1]) + c.D(20) - top
	}
	switch {
	case s.Report.Orders == 0:
		y = v.text(c, x, y, width, c.Font(xwidget.Body, scene.SemiBold), c.Look.Text, t("trail.no-orders"))
	case s.Report.Breaks() == 0:
		y = v.text(c, x, y, width, c.Font(xwidget.Body, scene.SemiBold), c.Look.Text, t("cli.coverage.all-well"))
	}
	for k := range s.Lines {
		y = v.drawLine(c, x, y, width, k)
	}
	y = v.drawSystems(c, x, y+c.D(16), width)
	y = v.drawWays(c, x, y+c.D(16), width)
	return y + c.D(24) - top
}

// summary says whose traces were looked at, how many, and what they were compared with.
func (v *View) summary() string {
	w, r := v.words(), v.State.Report
	if r == nil {
		return v.State.Scope
	}
	known := w.T("cli.coverage.map.none")
	if r.Mapped {
		known = w.T("cli.coverage.map.shop")
	}
	return strings.Join([]string{v.State.Scope, w.N("trail.orders", r.Orders), w.N("order.traces", r.Traces), w.N("header.spans", r.Spans), known}, " · ")
}

// text draws a paragraph and returns its lower edge.
func (v *View) text(c *xwidget.Canvas, x, y, w float32, f scene.Font, ink scene.Color, text string) float32 {
	if text == "" {
		return y
	}
	for _, line := range c.Wrap(f, text, w, 8) {
		c.Label(x, y, c.D(lineDp), w, f, ink, line)
		y += c.D(lineDp)
	}
	return y
}

// drawLine draws one place where the trail is lost: what and why, how much of it was
// seen, the way to a span that shows it and the name of what says how to mend it.
func (v *View) drawLine(c *xwidget.Canvas, x, y, w float32, k int) float32 {
	l, t := &v.State.Lines[k], v.words().T
	top, wash := y, -1
	c.Rect(x, y, w, max(1, c.D(1)), c.Look.Line)
	if v.Chosen != nil && v.Chosen(k) {
		wash = len(c.Ops)
		c.RoundRect(x-c.D(10), y+c.D(3), w+c.D(20), 1, c.D(4), c.Look.Wash())
	}
	y += c.D(10)
	state := trail.Broken
	if l.Hint {
		state = trail.Unseen
	}
	v.mark(c, x, y+c.D(3), state)
	inner, room := x+c.D(markDp+12), w-c.D(markDp+12)
	title := l.Title
	if l.Hint {
		title = t("cli.coverage.hint", "title", title)
	}
	y = v.text(c, inner, y, room, c.Font(14, scene.SemiBold), c.Look.Text, title)
	y = v.text(c, inner, y+c.D(2), room, c.Font(xwidget.Body, scene.Regular), c.Look.Text, l.Cause)
	minor := c.Font(xwidget.Minor, scene.Regular)
	y = v.text(c, inner, y, room, minor, c.Look.Secondary, l.Evidence) + c.D(4)
	at := inner
	if l.Example {
		at += c.Button(at, y, c.D(buttons), t("trail.example"), "Enter", true, func() { v.Actions.Open(k) }) + c.D(12)
	}
	copied := c.Metrics.Width(c.Font(xwidget.Minor, scene.SemiBold), t("trail.copy")) + c.D(24)
	where := c.FitMiddle(minor, l.Where, inner+room-at-copied-c.D(12))
	c.Label(at, y, c.D(buttons), inner+room-at, minor, c.Look.Secondary, where)
	at += c.Metrics.Width(minor, where) + c.D(12)
	c.Button(at, y, c.D(buttons), t("trail.copy"), t("trail.copy.tip"), false, func() { v.Actions.Copy(l.Where) })
	y += c.D(buttons + 10)
	if wash >= 0 {
		c.Ops[wash].H = y - top - c.D(5) // known only now
	}
	c.Item(x, top, w, y-top)
	return y
}

// mark draws how much of something is seen in a box of markDp: a cross for nothing of
// it, a ring with one for a part, a disc for all, a ring for what need not be there.
func (v *View) mark(c *xwidget.Canvas, x, y float32, s trail.State) {
	size := c.D(markDp)
	switch s {
	case trail.Broken:
		c.Cross(x, y, size, true)
	case trail.Partial:
		c.Cross(x, y, size, false)
	case trail.Whole:
		c.RoundRect(x+c.D(3), y+c.D(3), size-c.D(6), size-c.D(6), size/2, c.Look.Secondary)
	default:
		c.Frame(x+c.D(3), y+c.D(3), size-c.D(6), size-c.D(6), size/2, max(1, c.D(1)), c.Look.Secondary)
	}
}

// A cell is one of a row of a table.
type cell struct {
	text  string
	right bool
	w     float32 // share of the width
}

// row draws cells beside one another and returns the lower edge.
func (v *View) row(c *xwidget.Canvas, x, y, w float32, f scene.Font, ink scene.Color, cells []cell) float32 {
	pad := c.D(16)
	for _, l := range cells {
		width := w*l.w - pad
		if l.right {
			c.LabelRight(x+width, y, c.D(rowDp), width, f, ink, c.Fit(f, l.text, width))
		} else {
			c.Label(x, y, c.D(rowDp), width, f, ink, c.FitMiddle(f, l.text, width))
		}
		x += w * l.w
	}
	return y + c.D(rowDp)
}

// head draws the title of a table and its headings.
func (v *View) head(c *xwidget.Canvas, x, y, w float32, title string, cells []cell) float32 {
	c.Label(x, y, c.D(rowDp), w, c.Font(14, scene.SemiBold), c.Look.Text, title)
	y += c.D(rowDp + 2)
	indent := c.D(markDp + 12)
	y = v.row(c, x+indent, y, w-indent, c.Font(xwidget.Minor, scene.SemiBold), c.Look.Secondary, cells)
	c.Rect(x, y, w, max(1, c.D(1)), c.Look.Line)
	return y + c.D(2)
}

// body draws a row of a table with its mark; a press on one that has a line of its own
// shows what that shows.
func (v *View) body(c *xwidget.Canvas, x, y, w float32, s trail.State, of func(f *trail.Finding) bool, cells []cell) float32 {
	for k := range v.State.Report.Findings {
		f := &v.State.Report.Findings[k]
		if f.Hint || !of(f) {
			continue
		}
		if s == trail.Whole {
			s = trail.Partial
		}
		if c.Hot(x, y, w, c.D(rowDp)) {
			c.RoundRect(x-c.D(6), y, w+c.D(12), c.D(rowDp), c.D(3), c.Look.Hover())
		}
		c.Spot(x, y, w, c.D(rowDp), v.State.Lines[k].Title, func() { v.Actions.Open(k) })
		break
	}
	v.mark(c, x, y+c.D((rowDp-markDp)/2), s)
	indent, ink := c.D(markDp+12), c.Look.Text
	if s == trail.Unseen {
		ink = c.Look.Secondary
	}
	return v.row(c, x+indent, y, w-indent, c.Font(xwidget.Body, scene.Regular), ink, cells)
}

func (v *View) drawSystems(c *xwidget.Canvas, x, y, w float32) float32 {
	t, u := v.words().T, v.words().Units()
	columns := []cell{{t("cli.coverage.col.system"), false, 0.28}, {t("stats.col.count"), true, 0.12}, {t("cli.coverage.col.orders"), true, 0.12},
		{t("cli.coverage.col.entries"), true, 0.2}, {t("cli.coverage.col.keys"), false, 0.28}}
	y = v.head(c, x, y, w, t("cli.coverage.systems"), columns)
	for i := range v.State.Report.Systems {
		s := &v.State.Report.Systems[i]
		keyed, name := "–", s.Name
		switch {
		case s.NoOrder:
			keyed = t("cli.coverage.no-entry")
		case s.Entries > 0:
			keyed = u.Number(s.Keyed) + " / " + u.Number(s.Entries)
		}
		if name == "" {
			name = t("stats.noservice")
		}
		if s.Outside {
			name += " " + t("cli.coverage.outside")
		}
		row := []cell{{name, false, 0.28}, {u.Number(s.Spans), true, 0.12}, {u.Number(s.Orders), true, 0.12}, {keyed, true, 0.2},
			{strings.Join(s.Keys, ", "), false, 0.28}}
		y = v.body(c, x, y, w, s.State, func(f *trail.Finding) bool { return f.System == s.Name }, row)
	}
	return y
}

func (v *View) drawWays(c *xwidget.Canvas, x, y, w float32) float32 {
	if len(v.State.Report.Edges) == 0 {
		return y
	}
	t, u := v.words().T, v.words().Units()
	columns := []cell{{t("cli.coverage.col.from"), false, 0.24}, {t("cli.coverage.col.to"), false, 0.24}, {t("cli.coverage.col.through"), false, 0.2},
		{t("cli.coverage.col.calls"), true, 0.12}, {t("cli.coverage.col.carried"), true, 0.2}}
	y = v.head(c, x, y, w, t("cli.coverage.edges"), columns)
	for _, e := range v.State.Report.Edges {
		row := []cell{{e.From, false, 0.24}, {"→ " + e.To, false, 0.24}, {e.Through, false, 0.2}, {u.Number(e.Calls), true, 0.12}, {u.Number(e.Carried), true, 0.2}}
		y = v.body(c, x, y, w, e.State, func(f *trail.Finding) bool { return f.From == e.From && f.To == e.To }, row)
	}
	return y
}
