package journey

import (
	"image"

	"traceview/internal/analysis/journey"
	"traceview/internal/layout"
	"traceview/internal/model"
	"traceview/ui/axis"
	"traceview/ui/xwidget"
)

// A target is what the pointer is on.
type target struct {
	kind targetKind
	item int
}

type targetKind uint8

const (
	nothing targetKind = iota
	onActivity
	onMessage
	onFold
	onStatus
	onSystem
)

// tipped is what the Tip was set for.
type tipped struct {
	target
	scale float32
	words any
	look  any
}

// target returns what is at a place of the page.
func (v *View) target(c *xwidget.Canvas, x, y float32) target {
	at := image.Pt(int(x), int(y))
	if !at.In(v.box) || v.layout == nil || at.Y >= v.area.Max.Y {
		return target{}
	}
	row := int(c.D(layout.JourneyRowDp))
	ax := float64(x) - float64(v.area.Min.X)
	lane := (at.Y - v.area.Min.Y) / row
	switch status := (at.Y - (v.area.Min.Y - len(v.of)*row)); {
	case at.Y >= v.area.Min.Y && at.X < v.area.Min.X:
		return target{onSystem, int(v.layout.Options.Systems[min(lane, len(v.layout.Options.Systems)-1)])}
	case at.X < v.area.Min.X:
		return target{}
	case at.Y >= v.area.Min.Y:
		if k, ok := v.layout.Hit(lane, ax); ok {
			return target{onActivity, k}
		}
		if k, ok := v.messageAt(lane, ax, float64(c.D(3))); ok {
			return target{onMessage, k}
		}
	case status >= 0:
		bands := v.layout.Bands(v.of[min(status/row, len(v.of)-1)])
		for _, b := range bands {
			if b.Change >= 0 && ax >= b.X0 && ax < b.X1 {
				return target{onStatus, b.Change}
			}
		}
	}
	for k := range v.layout.Axis.Pieces {
		if p := &v.layout.Axis.Pieces[k]; p.Folded && ax+v.layout.Options.Left >= p.X0 && ax+v.layout.Options.Left < p.X1 {
			return target{onFold, k}
		}
	}
	return target{}
}

// drawTip tells what the pointer is on.
func (v *View) drawTip(c *xwidget.Canvas) {
	x, y, inside := c.Pointer()
	at, on := image.Pt(int(x), int(y)), target{}
	switch {
	case v.drag.kind >= ranging:
	case v.byKey && v.sel >= 0:
		at, on = v.beside(c)
	case inside:
		on = v.target(c, x, y)
	}
	now := tipped{on, c.Scale, v.kit.Words, c.Look}
	if now.kind == nothing {
		return
	}
	if now != v.tipped {
		v.tipped = now
		v.tip.Set(v.lines(c, now.target), c.Look, c.Metrics, c.Scale, c.W)
	}
	v.tip.Draw(c.Scene, at, image.Rect(0, 0, c.W, c.H))
}

// beside returns where the Tip of the step chosen stands, and what it tells.
func (v *View) beside(c *xwidget.Canvas) (image.Point, target) {
	j := v.state.Journey
	s := &j.Steps[v.sel]
	lane := v.layout.Lane(s.System)
	first, last := j.Within(s.Start, s.Start)
	for k := first; k < last; k++ {
		if j.Activities[k].Place == s.Place && lane >= 0 {
			return image.Pt(int(v.at(v.layout.X(s.Start))), int(v.laneMid(c, lane))), target{onActivity, k}
		}
	}
	return image.Point{}, target{}
}

// lines returns what is told of something.
func (v *View) lines(c *xwidget.Canvas, t target) []xwidget.TipLine {
	j, words := v.state.Journey, v.kit.Words
	u := words.Units()
	say := func(s string) xwidget.TipLine { return xwidget.TipLine{Text: s} }
	switch t.kind {
	case onActivity:
		return v.activity(c, t.item)
	case onMessage:
		m := &j.Messages[v.layout.Arrows[t.item].Message]
		name := m.Destination
		if name == "" && m.Queue >= 0 {
			name = v.system(m.Queue)
		}
		out := []xwidget.TipLine{{Text: words.T("journey.message", "name", name), Strong: true}}
		if m.Taker < 0 {
			return append(out, say(words.T("journey.sent", "from", v.system(m.Sender), "at", v.kit.DateTime(m.Sent))), say(words.T("journey.untaken.tip")))
		}
		out = append(out, say(words.T("journey.sent", "from", v.system(m.Sender), "at", v.kit.DateTime(m.Sent))),
			say(words.T("journey.received", "to", v.system(m.Taker), "at", v.kit.DateTime(m.Received))),
			say(words.T("journey.wait", "time", u.Duration(m.Received-m.Sent))))
		if n := v.layout.Arrows[t.item].N; n > 1 {
			out = append(out, say(words.N("journey.messages", int(n))))
		}
		return out
	case onFold:
		p := &v.layout.Axis.Pieces[t.item]
		text := words.T("journey.idle", "time", u.Duration(p.Dur()))
		if j.Covered(p.From, p.To) {
			text = words.T("journey.nothingnew", "time", u.Duration(p.Dur()))
		}
		return []xwidget.TipLine{{Text: text, Strong: true},
			say(v.kit.DateTime(p.From) + " – " + v.kit.DateTime(p.To))}
	case onStatus:
		ch := &j.Changes[t.item]
		text := said(v.state.Status, ch.To)
		if ch.From != "" {
			text = said(v.state.Status, ch.From) + " → " + text
		}
		return []xwidget.TipLine{{Text: words.T("journey.status.of", "of", said(v.state.Subject, ch.Of)), Strong: true}, say(text),
			say(v.kit.DateTime(ch.At) + " · " + v.system(ch.System))}
	case onSystem:
		s := &j.Systems[t.item]
		line := words.N("journey.calls", s.Count)
		switch s.Kind {
		case journey.Service:
			line = words.N("header.spans", s.Count)
		case journey.Queue:
			line = words.N("journey.queued", s.Count)
		}
		return []xwidget.TipLine{{Text: v.system(int32(t.item)), Strong: true}, say(line)}
	}
	return nil
}

// activity tells of what a system did, of a step with the name of that.
func (v *View) activity(c *xwidget.Canvas, k int) []xwidget.TipLine {
	a := &v.state.Journey.Activities[k]
	words, t := v.kit.Words, v.state.Journey.Traces[a.Trace]
	bar, _ := v.colour(c, a.System)
	out := []xwidget.TipLine{{Text: v.name(a.Place), Strong: true, Swatch: bar}}
	if op := t.Name(a.Span); op != out[0].Text && op != "" {
		out = append(out, xwidget.TipLine{Text: axis.Clip(op)})
	}
	out = append(out, xwidget.TipLine{Text: v.system(a.System) + " · " + words.Units().Duration(a.End-a.Start) + " · " + v.kit.DateTime(a.Start)})
	if a.Failure != journey.Fine {
		out = append(out, xwidget.TipLine{Text: v.failure(t, a), Error: true})
	}
	for _, list := range v.layout.Boxes {
		for b := range list {
			if list[b].Activity == int32(k) && list[b].N > 1 {
				out = append(out, xwidget.TipLine{Text: words.N("journey.several", int(list[b].N))})
			}
		}
	}
	return out
}

// failure says what failed in an activity.
func (v *View) failure(t *model.Trace, a *journey.Activity) string {
	text := t.Str(t.Spans[a.Failed].StatusText)
	switch {
	case a.Failure == journey.Carried:
		return v.kit.Words.T("journey.carried")
	case text == "":
		return v.kit.Words.T("journey.failed")
	}
	return axis.Clip(text)
}
