package journey

import (
	"traceview/internal/analysis/journey"
	"traceview/internal/layout"
	"traceview/internal/scene"
	"traceview/ui/xwidget"
)

// drawMessages draws the messages: from who sent it down or up to its queue, along it
// while it waited, and on to who took it.
func (v *View) drawMessages(c *xwidget.Canvas) {
	for k := range v.layout.Arrows {
		v.drawMessage(c, k)
	}
}

// drawMessage draws one of them; a press on it opens where it leads.
func (v *View) drawMessage(c *xwidget.Canvas, k int) {
	a := &v.layout.Arrows[k]
	t, ink := max(c.D(1), 1), c.Look.Secondary
	x0, x1 := v.at(a.X0), v.at(a.X1)
	from, lane := v.laneMid(c, a.From), a.WaitLane()
	mid := v.laneMid(c, lane)
	if lane != a.From {
		v.upright(c, x0, from, mid, t, ink)
	}
	dot := c.D(5)
	c.RoundRect(x0-float32(int(dot/2)), from-float32(int(dot/2)), dot, dot, dot/2, ink)
	h := c.D(waitBarDp)
	if row := c.D(layout.JourneyRowDp); a.Queue >= 0 {
		j := v.state.Journey
		c.Spot(x0-c.D(2), mid-row/2, x1-x0+c.D(4), row, "", func() { v.open(j, taker(&j.Messages[a.Message])) })
	}
	if a.Queue >= 0 {
		_, tint := v.colour(c, v.layout.Options.Systems[a.Queue])
		w := max(x1-x0, c.D(3))
		c.RoundRect(x0, mid-h/2, w, h, c.D(2), tint)
		c.Hatch(x0, mid-h/2, w, h, c.D(5), max(c.D(1), 1), ink)
	} else {
		for at := x0; at < x1; at += c.D(5) {
			c.Rect(at, mid, min(c.D(3), x1-at), t, ink)
		}
	}
	if a.To < 0 { // an end that leads nowhere
		c.Line(x1-c.D(3), mid-c.D(4), x1+c.D(4), mid+c.D(4), max(c.D(1.5), 1), ink)
		c.Line(x1-c.D(3), mid+c.D(4), x1+c.D(4), mid-c.D(4), max(c.D(1.5), 1), ink)
		return
	}
	if a.To != lane {
		v.arrow(c, x1, mid, v.laneMid(c, a.To), t, ink)
	}
}

// upright draws a line from one height to another.
func (v *View) upright(c *xwidget.Canvas, x, y0, y1, t float32, ink scene.Color) {
	c.Rect(x, min(y0, y1), t, max(y0, y1)-min(y0, y1), ink)
}

// arrow draws a line that ends with a head above or below the bar it leads to.
func (v *View) arrow(c *xwidget.Canvas, x, y0, y1, t float32, ink scene.Color) {
	d, bar := c.D(4), c.D(layout.JourneyBarDp)/2
	if y1 < y0 {
		d, bar = -d, -bar
	}
	tip := y1 - bar
	v.upright(c, x, y0, tip, t, ink)
	side := c.D(3)
	c.Poly(ink, scene.Point{X: x + t/2, Y: tip}, scene.Point{X: x + t/2 - side, Y: tip - d - d/4}, scene.Point{X: x + t/2 + side, Y: tip - d - d/4})
}

// messageAt returns the message that lies at a place of a lane, of several the one
// that waited least.
func (v *View) messageAt(lane int, x float64, near float64) (int, bool) {
	best, found := 0, false
	for k := range v.layout.Arrows {
		a := &v.layout.Arrows[k]
		if a.WaitLane() != lane || a.Queue < 0 && a.To >= 0 && a.X1-a.X0 < 2*near || x < a.X0-near || x > a.X1+near {
			continue
		}
		if m := v.layout.Arrows[best]; !found || a.X1-a.X0 < m.X1-m.X0 {
			best, found = k, true
		}
	}
	for _, w := range v.layout.Waits {
		if !found && w.Lane == lane && x >= w.X && x < w.X+float64(w.Width) {
			return w.Item, true
		}
	}
	return best, found
}

// taker returns where a message leads: to who took it, else who sent it.
func taker(m *journey.Message) journey.Place {
	if m.Taker < 0 {
		return m.From
	}
	return m.To
}
