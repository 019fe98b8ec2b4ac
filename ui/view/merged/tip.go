package merged

import (
	"image"
	"strings"

	"traceview/internal/analysis"
	"traceview/internal/scene"
	"traceview/ui/axis"
	"traceview/ui/xwidget"
)

// floating is the small text beside the pointer, broken into lines anew only
// when it is about something else.
type floating struct {
	xwidget.Tip
	about about
}

// about is what a floating text tells of: a box or, where do says so, what can be
// pressed in the head.
type about struct {
	do     action
	arg    int32
	box    place
	n      int             // boxes drawn as one
	calls  *analysis.Calls // that the box is of
	weight analysis.Weight
	room   int // px
}

// aboutAt returns what lies at a point, false for nothing.
func (p *Painter) aboutAt(at image.Point) (about, bool) {
	a := about{box: nowhere, weight: p.m.Weight(), room: p.g.Size.X}
	if s := p.spotAt(at); s.do != doNothing {
		a.do, a.arg = s.do, s.arg
		if s.do == doZoom && s.arg >= 0 {
			a.box, a.n = place{whole, s.arg}, 1
		}
	} else {
		a.box, a.n = p.hit(at)
	}
	if a.box.call >= 0 {
		a.calls = p.calls(a.box.part)
	}
	return a, a.do != doNothing || a.box.call >= 0
}

// Tip returns the lines that float beside the pointer at x, y: the whole name of
// a box and what is known of it, or what a button does; "" where nothing lies.
func (p *Painter) Tip(x, y float32) string {
	a, ok := p.aboutAt(image.Pt(int(x), int(y)))
	if !ok {
		return ""
	}
	var out []string
	for _, l := range p.tipLines(a) {
		out = append(out, l.Text)
	}
	return strings.Join(out, "\n")
}

// drawTip draws the text beside the pointer.
func (p *Painter) drawTip(s *scene.Scene) {
	if !p.pointer.Points() {
		return
	}
	now, ok := p.aboutAt(p.pointer.At)
	if !ok {
		return
	}
	if p.tip.about != now || p.tip.Empty() {
		p.tip.about = now
		p.tip.Set(p.tipLines(now), p.style.Palette, p.style.Metrics, p.style.Scale, p.g.Size.X)
	}
	p.tip.Draw(s, p.pointer.At, image.Rectangle{Max: p.g.Size})
}

func (p *Painter) tipLines(a about) []xwidget.TipLine {
	pr := p.style.Printer
	switch {
	case a.do == doWeigh:
		return []xwidget.TipLine{{Text: pr.T("merged.tip.weight", "key", string(rune('1'+a.arg)))}}
	case a.do == doNext:
		return []xwidget.TipLine{{Text: pr.T("merged.tip.next")}}
	case a.do == doFocus:
		return []xwidget.TipLine{{Text: "S"}}
	case a.do == doLeave:
		return []xwidget.TipLine{{Text: "Esc"}}
	case a.do == doZoom && a.arg < 0:
		return []xwidget.TipLine{{Text: "0"}}
	}
	c := a.calls
	n := &c.Nodes[a.box.call]
	_, name := p.operation(n)
	lines := []xwidget.TipLine{{Text: axis.Clip(name), Strong: true}}
	if own := p.trace.Name(n.Slowest); own != name && own != "" {
		lines = append(lines, xwidget.TipLine{Text: axis.Clip(own)})
	}
	if service := p.service(n); service != "" {
		lines = append(lines, xwidget.TipLine{Text: service, Swatch: p.dye.Of(n.Slowest).Bar})
	}
	for _, f := range p.facts(a.box) {
		lines = append(lines, xwidget.TipLine{Text: f})
	}
	for _, f := range p.failures(n) {
		lines = append(lines, xwidget.TipLine{Text: f, Error: true})
	}
	if a.n > 1 {
		lines = append(lines, xwidget.TipLine{Text: pr.N("merged.narrow", a.n)})
	}
	return lines
}
