package journey

import (
	"time"

	"traceview/internal/layout"
	"traceview/internal/scene"
	"traceview/ui/xwidget"
)

// A tick is a label of the ruler.
type tick struct {
	x    float32
	text string
	main bool // tells the time of day, not how long after the one before
}

// drawRuler draws the instants at which the parts of the axis begin, and how long
// after those other places are.
func (v *View) drawRuler(c *xwidget.Canvas, y, top float32) {
	f, h := c.Font(xwidget.Small, scene.Regular), c.D(rulerDp)
	list := v.ticks(c)
	xs, ws := make([]float32, len(list)), make([]float32, len(list))
	for k, t := range list {
		w := c.Metrics.Width(f, t.text)
		xs[k], ws[k] = min(max(t.x+c.D(3), float32(v.area.Min.X)), float32(v.area.Max.X)-w), w
	}
	shown := layout.Apart(xs, ws, c.D(8))
	line := max(c.D(1), 1)
	c.Rect(float32(v.area.Min.X), top-line, float32(v.area.Dx()), line, c.Look.Line)
	for k, t := range list {
		ink := c.Look.Secondary
		if t.main {
			ink = c.Look.Text
			c.Rect(t.x, y+c.D(3), line, top-y-c.D(3), c.Look.Tree)
		} else if shown[k] {
			c.Rect(t.x, y+h-c.D(5), line, c.D(5), c.Look.Tree)
		}
		if shown[k] {
			c.Label(xs[k], y, h, ws[k]+1, f, ink, t.text)
		}
	}
}

// ticks returns the labels of the ruler, those first that come first where there is
// no room for all: of the parts that begin on another day, of the others, and of what
// is within them.
func (v *View) ticks(c *xwidget.Canvas) []tick {
	l := v.layout
	var days, parts, inner []tick
	before, minute := "", ""
	u := v.kit.Words.Units()
	for k := range l.Axis.Pieces {
		p := &l.Axis.Pieces[k]
		if p.Folded || p.X1 < l.Options.Left || p.X0 > l.Options.Left+float64(l.Options.Width) {
			continue
		}
		from := max(p.X0, l.Options.Left)
		at := l.Axis.Time(from)
		t := time.Unix(0, at).In(v.kit.Zone)
		clock := t.Format("15:04")
		was := minute
		if minute = clock; p.Dur() < 10*60e9 && (l.Axis.Folds == 0 || p.X1-p.X0 > float64(c.D(160)) || was == minute) {
			clock = t.Format("15:04:05")
		}
		x := v.at(from - l.Options.Left)
		if day := u.Date(t); day != before {
			before = day
			days = append(days, tick{x, dayOf(u.DateMinute(t)) + " " + clock, true})
		} else {
			parts = append(parts, tick{x, clock, true})
		}
		view := layout.Viewport{Total: p.Dur(), Width: int(max(p.X1-p.X0, 1)), PerPx: float64(p.Dur()) / max(p.X1-p.X0, 1)}
		ruler := layout.NewRuler(view, float64(c.D(110)))
		for n := range ruler.N {
			if ns := ruler.At(n); ns > 0 {
				inner = append(inner, tick{v.at(p.X0 + view.X(ns) - l.Options.Left), "+" + u.Axis(ns, ruler.Step), false})
			}
		}
	}
	return append(append(days, parts...), inner...)
}

// dayOf cuts the time of day off what DateMinute writes.
func dayOf(s string) string { return s[:len(s)-len(" 15:04")] }
