package journey

import (
	"image"
	"strings"
	"time"

	"traceview/internal/analysis/journey"
	"traceview/internal/layout"
	"traceview/internal/scene"
	"traceview/ui/xwidget"
)

// Sizes in dp.
const (
	gapDp      = 14 // above
	rulerDp    = 17 // of each of the two lines
	footDp     = 20
	labelDp    = 90 // of the names of systems, at least
	labelMost  = 0.22
	iconDp     = 16
	nameDp     = 260 // of the name of a step, at most
	stopDp     = 16
	bandDp     = 16
	waitBarDp  = 8
	foldAlpha  = 190 // of 255
	calledDp   = 8   // the bar of a system that sends no spans
	stepWeight = scene.Regular
	waitWeight = scene.Regular
)

// Draw draws the journey from y down and returns where it ends: y if there is nothing
// to show. It is an order.Section.
func (v *View) Draw(c *xwidget.Canvas, x, y, w float32) float32 {
	v.box, v.area = image.Rectangle{}, image.Rectangle{}
	j := v.state.Journey
	if j == nil || j.Empty() || w < c.D(3*labelDp) {
		return y
	}
	y += c.D(gapDp)
	label := v.labelWidth(c, w)
	width := int(w - label)
	v.arrange(c, width)
	l, row := v.layout, c.D(layout.JourneyRowDp)
	top := y + c.D(2*rulerDp)
	lanes := top + float32(len(v.of))*row
	foot := lanes + float32(len(l.Options.Systems))*row
	end := foot + c.D(footDp)
	v.area = image.Rect(int(x+label), int(lanes), int(x+label)+width, int(foot))
	v.box = image.Rect(int(x), int(y), int(x+w), int(end))
	if !c.Visible(y, end-y) {
		return end
	}
	c.Label(x, y, c.D(rulerDp), label-c.D(8), c.Font(xwidget.Small, scene.SemiBold), c.Look.Secondary, v.kit.Words.T("journey.title"))
	zone := v.kit.Words.Units().Zone(time.Unix(0, j.From).In(v.kit.Zone))
	c.Label(x, y+c.D(rulerDp-1), c.D(rulerDp), label-c.D(8), c.Font(xwidget.Small, scene.Regular), c.Look.Secondary, zone)
	v.drawNames(c, x, top, label)
	c.Clip(float32(v.area.Min.X), y, float32(width), foot-y)
	v.drawLanes(c)
	v.drawFolds(c, y, top, foot)
	v.drawRuler(c, y, top)
	for k, of := range v.of {
		v.drawStatus(c, of, top+float32(k)*row)
	}
	v.drawMessages(c)
	v.drawWords(c)
	v.drawStop(c)
	v.drawChosen(c)
	v.drawRange(c)
	c.Unclip()
	c.Rect(x, foot, w, c.D(1), c.Look.Line)
	v.drawFoot(c, x, foot, w)
	c.Over(func() { v.drawTip(c) })
	return end
}

// labelWidth returns the width of the names of systems.
func (v *View) labelWidth(c *xwidget.Canvas, w float32) float32 {
	f := c.Font(xwidget.Minor, scene.Regular)
	widest := c.D(labelDp)
	for _, k := range v.systems() {
		widest = max(widest, c.Metrics.Width(f, v.system(k))+c.D(iconDp+14))
	}
	for _, of := range v.of {
		widest = max(widest, c.Metrics.Width(f, v.statusName(of))+c.D(iconDp+14))
	}
	return float32(int(min(widest, w*labelMost)))
}

// laneY returns the top of a lane.
func (v *View) laneY(c *xwidget.Canvas, lane int) float32 {
	return float32(v.area.Min.Y) + float32(lane)*c.D(layout.JourneyRowDp)
}

// laneMid returns the middle of a lane.
func (v *View) laneMid(c *xwidget.Canvas, lane int) float32 {
	return v.laneY(c, lane) + float32(int(c.D(layout.JourneyRowDp)/2))
}

// at returns a pixel of the area as one of the page.
func (v *View) at(x float64) float32 { return float32(v.area.Min.X) + float32(int(x+0.5)) }

// drawNames draws the names of the lanes, with what they are.
func (v *View) drawNames(c *xwidget.Canvas, x, y, w float32) {
	row, f := c.D(layout.JourneyRowDp), c.Font(xwidget.Minor, scene.Regular)
	name := func(y float32, text string, ink scene.Color) {
		room := w - c.D(iconDp+8)
		c.Label(x+c.D(iconDp), y, row, room, f, ink, c.FitMiddle(f, text, room))
	}
	for k, of := range v.of {
		name(y+float32(k)*row, v.statusName(of), c.Look.Secondary)
	}
	for k, n := range v.layout.Options.Systems {
		at := v.laneY(c, k)
		if k > 0 || len(v.of) > 0 {
			c.Rect(x, at, float32(v.area.Max.X)-x, max(c.D(1), 1), c.Look.Grid)
		}
		v.drawIcon(c, x, at+row/2, n)
		ink := c.Look.Text
		if v.state.Journey.Systems[n].Kind != journey.Service {
			ink = c.Look.Secondary
		}
		name(at, v.system(n), ink)
	}
}

// statusName returns the words for the status of something.
func (v *View) statusName(of string) string {
	if len(v.of) == 1 {
		return v.kit.Words.T("journey.status")
	}
	return v.kit.Words.T("journey.status.of", "of", said(v.state.Subject, of))
}

// said returns what something is called.
func said(call func(string) string, name string) string {
	if call == nil {
		return name
	}
	return call(name)
}

// colour returns the colours of a system.
func (v *View) colour(c *xwidget.Canvas, n int32) (bar, tint scene.Color) {
	s := c.Look.Usual().Neutral
	if k := v.colours[n]; k >= 0 {
		s = c.Look.Service(k)
	}
	return s.Bar, s.Tint
}

// ink returns the colour of text on the bar of a system.
func (v *View) ink(c *xwidget.Canvas, n int32) scene.Color {
	if k := v.colours[n]; k >= 0 {
		return c.Look.Service(k).Ink
	}
	return c.Look.Usual().Neutral.Ink
}

// drawIcon draws what a system is: a square for a service, a cylinder for a database,
// a row of messages for a queue, a box for a storage and a ring for others.
func (v *View) drawIcon(c *xwidget.Canvas, x, mid float32, n int32) {
	bar, _ := v.colour(c, n)
	mid = float32(int(mid))
	d, t := c.D(9), max(c.D(1), 1)
	y := mid - float32(int(d/2))
	switch v.state.Journey.Systems[n].Kind {
	case journey.Service:
		c.RoundRect(x, y, d, d, c.D(2), bar)
	case journey.Database:
		c.Frame(x, y-t, d, d+2*t, c.D(4), t, bar)
		c.Rect(x, mid-c.D(2), d, t, bar)
		c.Rect(x, mid+c.D(1), d, t, bar)
	case journey.Queue:
		for k := range 3 {
			c.Rect(x+float32(k)*c.D(4), mid-c.D(3), c.D(2), c.D(6), bar)
		}
	case journey.Storage:
		c.Frame(x, y, d, d, c.D(1), t, bar)
		c.Rect(x, y+c.D(3), d, t, bar)
	default:
		c.Frame(x, y, d, d, d/2, t, bar)
	}
}

// drawFolds draws the stripes of the time that is folded over the lanes, and how long
// it is.
func (v *View) drawFolds(c *xwidget.Canvas, y, top, foot float32) {
	l, line := v.layout, max(c.D(1), 1)
	f := c.Font(xwidget.Small, scene.Regular)
	var xs, ws []float32
	var texts []string
	if x, w, beside, ok := v.stopWords(c); ok && !beside { // stand in this line, and go before all others
		xs, ws, texts = append(xs, x), append(ws, w), append(texts, "")
	}
	for k := range l.Axis.Pieces {
		p := &l.Axis.Pieces[k]
		x0, x1 := v.at(p.X0-l.Options.Left), v.at(p.X1-l.Options.Left)
		if !p.Folded || x1 < float32(v.area.Min.X) || x0 > float32(v.area.Max.X) {
			continue
		}
		c.Rect(x0, top, x1-x0, foot-top, c.Look.Panel.Alpha(foldAlpha)) // work that went on shines through
		for _, x := range []float32{x0, x1 - line} {
			for at := top; at < foot; at += c.D(6) {
				c.Rect(x, at, line, min(c.D(3), foot-at), c.Look.Tree)
			}
		}
		text := v.kit.Words.Units().Duration(coarse(p.Dur()))
		w := c.Metrics.Width(f, text)
		xs, ws, texts = append(xs, (x0+x1-w)/2), append(ws, w), append(texts, text)
	}
	for k, ok := range layout.Apart(xs, ws, c.D(4)) {
		if ok {
			c.Label(xs[k], y+c.D(rulerDp-1), c.D(rulerDp), ws[k]+1, f, c.Look.Secondary, texts[k])
		}
	}
}

// coarse rounds a duration to one unit of a clock, which a fold has room for.
func coarse(ns int64) int64 {
	for _, unit := range []int64{86400e9, 3600e9, 60e9, 1e9, 1e6, 1e3} {
		if ns >= unit {
			return (ns + unit/2) / unit * unit
		}
	}
	return ns
}

// drawStatus draws the status that something had, one after another.
func (v *View) drawStatus(c *xwidget.Canvas, of string, y float32) {
	h, f := c.D(bandDp), c.Font(xwidget.Small, scene.Regular)
	y += float32(int((c.D(layout.JourneyRowDp) - h) / 2))
	for _, b := range v.layout.Bands(of) {
		if b.Change < 0 {
			continue
		}
		x0, x1 := v.at(b.X0), v.at(b.X1)
		c.RoundRect(x0, y, x1-x0-c.D(1), h, c.D(3), c.Look.Text.Alpha(20))
		c.Rect(x0, y, c.D(2), h, c.Look.Secondary)
		text := said(v.state.Status, v.state.Journey.Changes[b.Change].To)
		if room := x1 - x0 - c.D(10); c.Metrics.Width(f, text) <= room || room > c.D(40) {
			c.Label(x0+c.D(6), y, h, room, f, c.Look.Text, text)
		}
	}
}

// drawLanes draws when each system worked.
func (v *View) drawLanes(c *xwidget.Canvas) {
	l := v.layout
	for n, list := range l.Boxes {
		bar, _ := v.colour(c, l.Options.Systems[n])
		h := c.D(layout.JourneyBarDp)
		if v.colours[l.Options.Systems[n]] < 0 {
			h = c.D(calledDp)
		}
		y := v.laneMid(c, n) - float32(int(h/2))
		for k := range list {
			b := &list[k]
			x0, x1 := v.at(b.X0), v.at(b.X1)
			c.RoundRect(x0, y, max(x1-x0, 1), h, c.D(2), bar)
			v.spot(c, n, x0, x1)
		}
	}
}

// spot makes a box open what it shows when it is pressed: that is what was drawn, also
// if there is something else to be shown by then.
func (v *View) spot(c *xwidget.Canvas, lane int, x0, x1 float32) {
	j, l := v.state.Journey, v.layout
	c.Spot(x0-c.D(2), v.laneY(c, lane), x1-x0+c.D(4), c.D(layout.JourneyRowDp), "", func() {
		x := min(max(float32(v.drag.at.X), x0), x1)
		if k, hit := l.Hit(lane, float64(x)-float64(v.area.Min.X)); hit {
			v.open(j, told(&j.Activities[k]))
		}
	})
}

// told returns the span that says most of an activity: that failed, else the first.
func told(a *journey.Activity) journey.Place {
	if a.Failure == journey.Own && a.Failed >= 0 {
		return journey.Place{Trace: a.Trace, Span: a.Failed}
	}
	return a.Place
}

// drawWords draws the names of steps and the waits of messages.
func (v *View) drawWords(c *xwidget.Canvas) {
	l, row := v.layout, c.D(layout.JourneyRowDp)
	step, wait := c.Font(xwidget.Small, stepWeight), c.Font(xwidget.Small, waitWeight)
	ground := func(x, y, w float32) {
		c.RoundRect(x-c.D(2), y+c.D(3), w+c.D(4), row-c.D(6), c.D(3), c.Look.Paper.Alpha(225))
	}
	for _, s := range l.Steps {
		text := v.name(v.state.Journey.Steps[s.Item].Place)
		text = c.FitMiddle(step, c.Fit(step, text, c.D(nameDp)), s.Width)
		x, y, ink := v.at(s.X), v.laneY(c, s.Lane), c.Look.Text
		if s.In {
			ink = v.ink(c, l.Options.Systems[s.Lane])
		} else {
			ground(x, y, c.Metrics.Width(step, text))
		}
		c.Label(x, y, row, s.Width+2, step, ink, text)
	}
	for _, w := range l.Waits {
		x, y := v.at(w.X), v.laneY(c, w.Lane)
		ground(x, y, w.Width)
		c.Label(x, y, row, w.Width+2, wait, c.Look.Secondary, v.waited(int(l.Arrows[w.Item].Message)))
	}
	for n, list := range l.Boxes {
		for k := range list {
			if b := &list[k]; b.Failure != journey.Fine && !v.isStop(n, b) {
				d := c.D(11)
				c.Cross(v.at(b.X1)+c.D(2), v.laneMid(c, n)-float32(int(d/2)), d, b.Failure == journey.Own)
			}
		}
	}
}

// isStop says whether a box ends where the order stopped, which has a mark of its own.
func (v *View) isStop(lane int, b *layout.JourneyBox) bool {
	l := v.layout
	return l.StopLane == lane && l.Stop >= b.X0-1 && l.Stop <= b.X1+1
}

// drawStop marks the place where the order went wrong: red with a cross where it failed
// or stopped, with a clock where it was delayed.
func (v *View) drawStop(c *xwidget.Canvas) {
	l := v.layout
	if l.StopLane < 0 || l.Stop < 0 || l.Stop > float64(l.Options.Width) {
		return
	}
	ink := c.Look.Error
	if v.state.Mark == Delayed {
		ink = c.Look.Accent
	}
	d, f := c.D(stopDp), c.Font(xwidget.Small, scene.SemiBold)
	x, mid, y := v.at(l.Stop), v.laneMid(c, l.StopLane), v.laneY(c, l.StopLane)
	c.Rect(x, float32(v.area.Min.Y), max(c.D(1), 1), float32(v.area.Dy()), ink.Alpha(110))
	at, w, beside, _ := v.stopWords(c)
	if beside {
		c.RoundRect(at-c.D(3), y+c.D(2), w+c.D(6), c.D(layout.JourneyRowDp-4), c.D(3), c.Look.Paper)
		c.Label(at, y, c.D(layout.JourneyRowDp), w+2, f, ink, v.words())
	} else {
		top := float32(v.box.Min.Y) + c.D(rulerDp)
		c.Rect(x, top, max(c.D(1), 1), float32(v.area.Min.Y)-top, ink.Alpha(110))
		c.Rect(at-c.D(2), top, w+c.D(4), c.D(rulerDp-2), c.Look.Paper)
		c.Label(at, top-c.D(1), c.D(rulerDp), w+2, f, ink, v.words())
	}
	x, mid = x-float32(int(d/2)), mid-float32(int(d/2))
	if v.state.Mark == Delayed {
		v.drawClock(c, x, mid, d)
	} else {
		c.Cross(x, mid, d, true)
	}
	j, place := v.state.Journey, v.state.Fault
	c.Spot(x-d/2, y, 2*d, c.D(layout.JourneyRowDp), "", func() { v.open(j, place) })
}

// stopWords returns where the words at the place where the order went wrong stand: beside
// it where they lie over no other work, else above all lanes.
func (v *View) stopWords(c *xwidget.Canvas) (x, w float32, beside, ok bool) {
	l := v.layout
	if l.StopLane < 0 || l.Stop < 0 || l.Stop > float64(l.Options.Width) {
		return 0, 0, false, false
	}
	at, d := v.at(l.Stop), c.D(stopDp)
	w = c.Metrics.Width(c.Font(xwidget.Small, scene.SemiBold), v.words())
	end := float32(v.area.Max.X)
	for _, b := range l.Boxes[l.StopLane] {
		if b.X1 > l.Stop+float64(d) { // also one that goes on
			end = max(v.at(b.X0), at)
			break
		}
	}
	if x = at + d/2 + c.D(4); x+w+c.D(4) <= end {
		return x, w, true, true
	}
	if x = at + c.D(5); x+w > float32(v.area.Max.X) {
		x = at - c.D(5) - w
	}
	return x, w, false, true
}

// drawClock draws a clock in a box of size d.
func (v *View) drawClock(c *xwidget.Canvas, x, y, d float32) {
	t := max(c.D(1.5), 1)
	c.RoundRect(x, y, d, d, d/2, c.Look.Accent)
	c.Line(x+d/2, y+d*0.24, x+d/2, y+d*0.52, t, c.Look.OnAccent)
	c.Line(x+d/2, y+d*0.52, x+d*0.7, y+d*0.64, t, c.Look.OnAccent)
}

// drawFoot says what is to be known of the picture, and offers more of it.
func (v *View) drawFoot(c *xwidget.Canvas, x, y, w float32) {
	words, h, f := v.kit.Words, c.D(footDp), c.Font(xwidget.Small, scene.Regular)
	right := x + w
	link := func(text string, do func()) {
		tw := c.Metrics.Width(f, text)
		c.Label(right-tw, y, h, tw+1, f, c.Look.Accent, text)
		c.Spot(right-tw-c.D(4), y, tw+c.D(8), h, "", do)
		right -= tw + c.D(16)
	}
	if v.zoom > 1 {
		link(words.T("journey.whole"), func() { v.reset() })
	}
	if hidden := len(v.state.Journey.Systems) - len(v.layout.Options.Systems); hidden > 0 {
		link(words.N("journey.more", hidden), func() { v.drop(); v.all = true })
	} else if v.all {
		link(words.T("journey.fewer"), func() { v.drop(); v.all = false })
	}
	var notes []string
	if v.state.Note != "" {
		notes = append(notes, v.state.Note)
	}
	if v.layout.Axis.Folds > 0 {
		notes = append(notes, words.T("journey.scale"))
	}
	if n := v.state.Journey.Moved; n > 0 {
		notes = append(notes, words.N("journey.clocks", n))
	}
	c.Label(x, y, h, right-x-c.D(8), f, c.Look.Secondary, strings.Join(notes, " "))
}
