package order

import (
	"cmp"
	"strconv"

	"traceview/internal/scene"
	"traceview/ui/xwidget"
)

// The table of traces, in dp.
const (
	rowDp      = 52
	headDp     = 28
	timeDp     = 168
	durationDp = 100
	errorsDp   = 84
	spansDp    = 72
)

// columns are the right-hand edges and widths of the table in device pixels.
type columns struct{ x, time, name, duration, errors, spans float32 }

func newColumns(c *xwidget.Canvas, x, w float32) columns {
	k := columns{x: x, time: x + c.D(16)}
	k.name = k.time + c.D(timeDp)
	k.spans = x + w - c.D(16)
	k.errors = k.spans - c.D(spansDp)
	k.duration = k.errors - c.D(errorsDp)
	return k
}

// drawTable draws the traces, one item each.
func (v *View) drawTable(c *xwidget.Canvas, x, y, w float32) float32 {
	k, words := newColumns(c, x, w), v.Kit.Words
	f, h := c.Font(xwidget.Small, scene.SemiBold), c.D(headDp)
	c.Label(k.time, y, h, c.D(timeDp), f, c.Look.Secondary, words.T("table.time"))
	c.Label(k.name, y, h, k.duration-k.name, f, c.Look.Secondary, words.T("table.what"))
	c.LabelRight(k.duration, y, h, c.D(durationDp), f, c.Look.Secondary, words.T("table.duration"))
	c.LabelRight(k.errors, y, h, c.D(errorsDp), f, c.Look.Secondary, words.T("table.errors"))
	c.LabelRight(k.spans, y, h, c.D(spansDp), f, c.Look.Secondary, words.T("table.spans"))
	y += h
	c.Rect(x, y, w, c.D(1), c.Look.Line)
	for i := range v.state.Rows {
		v.drawRow(c, k, y, w, i)
		y += c.D(rowDp)
	}
	return y
}

func (v *View) drawRow(c *xwidget.Canvas, k columns, y, w float32, i int) {
	r, h := &v.state.Rows[i], c.D(rowDp)
	c.Item(k.x, y, w, h)
	if !c.Visible(y, h) {
		return
	}
	switch {
	case i == v.Sel && v.Focused():
		c.Rect(k.x, y, w, h, c.Look.Wash())
		c.Rect(k.x, y, c.D(3), h, c.Look.Accent)
	case c.Hot(k.x, y, w, h):
		c.Rect(k.x, y, w, h, c.Look.Hover())
	case i == v.Sel:
		c.Rect(k.x, y, c.D(3), h, c.Look.Line)
	}
	c.Rect(k.x, y+h-c.D(1), w, c.D(1), c.Look.Line)
	line, u := c.D(22), v.Kit.Words.Units()
	body, minor := c.Font(xwidget.Body, scene.Regular), c.Font(xwidget.Minor, scene.Regular)
	y1, y2 := y+c.D(5), y+c.D(26)
	date, clock := v.Kit.DateAndClock(r.Start)
	c.Label(k.time, y1, line, c.D(timeDp-12), body, c.Look.Text, clock)
	c.Label(k.time, y2, line, c.D(timeDp-12), minor, c.Look.Secondary, date)

	room := k.duration - c.D(durationDp) - k.name
	v.drawName(c, r, k.name, y1, line, room)
	v.drawChips(c, r, k.name, y2+c.D(1), room)

	c.LabelRight(k.duration, y1, line, c.D(durationDp), body, c.Look.Text, u.Duration(r.Duration))
	if r.Errors > 0 {
		n := u.Number(r.Errors)
		c.LabelRight(k.errors, y1, line, c.D(errorsDp-20), c.Font(xwidget.Body, scene.SemiBold), c.Look.Text, n)
		size := c.D(12)
		c.Cross(k.errors-c.Metrics.Width(c.Font(xwidget.Body, scene.SemiBold), n)-size-c.D(6), y1+(line-size)/2, size, true)
	}
	c.LabelRight(k.spans, y1, line, c.D(spansDp), body, c.Look.Secondary, u.Number(r.Spans))
}

// drawName draws what the trace did and where it began.
func (v *View) drawName(c *xwidget.Canvas, r *Row, x, y, h, room float32) {
	name, service := cmp.Or(r.Step, r.Operation), cmp.Or(r.System, r.Service)
	if name == "" {
		name = v.Kit.Words.T("trace.unnamed")
	}
	bold, minor := c.Font(xwidget.Body, scene.SemiBold), c.Font(xwidget.Minor, scene.Regular)
	at := c.Label(x, y, h, room, bold, c.Look.Text, c.FitMiddle(bold, name, room))
	linked := ""
	if r.Linked {
		linked = " · " + v.Kit.Words.T("order.linked")
	}
	switch {
	case r.Kept && r.Live:
		linked += " · " + v.Kit.Words.T("order.both")
	case r.Kept:
		linked += " · " + v.Kit.Words.T("order.kept")
	case r.Live:
		linked += " · " + v.Kit.Words.T("order.live")
	}
	room -= at + c.D(8)
	x += at + c.D(8)
	x += c.Label(x, y, h, room, minor, c.Look.Secondary, c.FitMiddle(minor, service, room-c.Metrics.Width(minor, linked)))
	c.Label(x, y, h, room, minor, c.Look.Secondary, linked)
}

// drawChips draws the services in their colours, and how many had no room.
func (v *View) drawChips(c *xwidget.Canvas, r *Row, x, y, room float32) {
	from := x
	for i, s := range r.Services {
		more := len(r.Services) - i
		left := from + room - x
		if more > 1 {
			left -= c.D(40) // for the count of those that do not fit
		}
		count := ""
		if s.Spans > 0 {
			count = v.Kit.Words.Units().Number(s.Spans)
		}
		cw := c.Chip(x, y, c.D(18), left, cmp.Or(s.System, s.Name), count, v.colours[s.Name], s.Errors > 0)
		if cw == 0 {
			c.Label(x, y, c.D(18), c.D(40), c.Font(xwidget.Small, scene.Regular), c.Look.Secondary, "+"+strconv.Itoa(more))
			return
		}
		x += cw + c.D(4)
	}
}
