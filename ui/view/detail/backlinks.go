package detail

import (
	"traceview/internal/document"
	"traceview/internal/scene"
	"traceview/ui/xwidget"
)

// mostBackLinks is how many are drawn: a queue's span may have hundreds.
const mostBackLinks = 50

// drawBackLinks draws which spans of other traces link to the span, as far as
// those are kept.
func (v *View) drawBackLinks(c *xwidget.Canvas, x, y, w float32) float32 {
	if v.do.Back == nil || v.finding {
		return y
	}
	t := v.doc.Trace()
	list := v.do.Back(t.Spans[v.span.Span].ID, v.span.Span == t.Root)
	if len(list) == 0 {
		return y
	}
	y, open := v.drawHeading(c, x, y, w, "detail.backlinks", len(list))
	if !open {
		return y
	}
	words, f := v.Kit.Words, c.Font(xwidget.Minor, scene.SemiBold)
	for _, l := range list[:min(len(list), mostBackLinks)] {
		name := l.Operation
		if name == "" {
			name = words.T("trace.unnamed")
		}
		label := name + " · " + l.Service + " · " + v.Kit.DateMinute(l.Start)
		do := func() { v.do.GoBack(l) }
		n := c.Item(x+c.D(10), y, w-c.D(10), c.D(32))
		v.rows = append(v.rows, row{attr: document.Attr{Text: l.Trace.String()}, follow: do})
		if n == v.Sel && v.Focused() {
			c.RoundRect(x+c.D(10), y, w-c.D(10), c.D(32), c.D(3), c.Look.Wash())
		}
		c.Button(x+c.D(16), y+c.D(3), c.D(26), c.FitMiddle(f, label, w-c.D(16+24+6)), words.T("detail.backlink.tip", "id", l.Trace.String()), false, do)
		y += c.D(34)
	}
	return y + c.D(4)
}
