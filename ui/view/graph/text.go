package graph

import (
	"strings"

	"traceview/internal/analysis/traffic"
	"traceview/internal/scene"
	"traceview/ui/xwidget"
)

// A nodeText is what a box says: whose it is, how often it was asked and how it went.
type nodeText struct {
	name, line, errors string
	width, lineW       float32
}

// An edgeText is what a label says.
type edgeText struct {
	calls, errors, latency    string
	callsW, errorsW, latencyW float32
	width                     float32
}

// fonts returns the fonts of names and of figures, at a magnification.
func (p *Painter) fonts(zoom float32) (name, small scene.Font) {
	return scene.Font{Px: 13 * p.style.Scale * zoom, Weight: scene.SemiBold}, scene.Font{Px: 11 * p.style.Scale * zoom}
}

// write writes the texts of boxes and labels and measures them.
func (p *Painter) write() {
	pr, m := p.style.Printer, p.style.Metrics
	u := pr.Units()
	name, small := p.fonts(1)
	cross := p.px(16)
	p.texts, p.labels = make([]nodeText, len(p.total.Nodes)), make([]edgeText, len(p.total.Edges))
	for k, n := range p.total.Nodes {
		t := &p.texts[k]
		t.name = p.short(name, p.nameOf(n))
		switch r := p.rows[n.Name]; {
		case n.Kind != traffic.Service:
			t.line = pr.T([...]string{"", "graph.queue", "graph.database", "graph.other"}[min(n.Kind, traffic.Other)])
		case r != nil && r.Count > 0:
			t.line = pr.N("graph.requests", r.Count)
			if r.Count > 1 {
				t.line += " · p95 " + u.Duration(r.P95)
			} else {
				t.line += " · " + u.Duration(r.Max)
			}
			if r.Errors > 0 {
				t.errors = u.Number(r.Errors)
			}
		}
		t.lineW = m.Width(small, t.line)
		w := t.lineW
		if t.errors != "" {
			w += p.px(6) + cross + m.Width(small, t.errors)
		}
		t.width = max(w, m.Width(name, t.name)) + 2*p.px(nodePadDp) + p.px(iconDp+8)
		t.width = max(t.width, p.px(leastDp))
	}
	for k := range p.total.Edges {
		p.writeLabel(&p.labels[k], &p.total.Edges[k], small)
	}
}

func (p *Painter) writeLabel(t *edgeText, e *traffic.Edge, f scene.Font) {
	u, m := p.style.Printer.Units(), p.style.Metrics
	t.calls, t.latency = "× "+u.Number(e.Count), "p95 "+u.Duration(e.P95)
	if e.Count == 1 {
		t.latency = u.Duration(e.Max)
	}
	t.callsW, t.latencyW = m.Width(f, t.calls), m.Width(f, t.latency)
	t.width = t.callsW + t.latencyW + p.px(8+12)
	if e.Errors > 0 {
		t.errors = u.Number(e.Errors)
		t.errorsW = m.Width(f, t.errors)
		t.width += t.errorsW + p.px(16+6)
	}
}

// nameOf returns the name of a node for a person.
func (p *Painter) nameOf(n traffic.Node) string {
	switch {
	case n.Name != "" && n.Kind == traffic.Service:
		return p.style.Names.System(n.Name)
	case n.Name != "":
		return n.Called()
	case n.Kind == traffic.Service:
		return p.style.Printer.T("stats.noservice")
	}
	return p.style.Printer.T("graph.unnamed")
}

// short shortens a name in the middle.
func (p *Painter) short(f scene.Font, name string) string {
	c := xwidget.Canvas{Metrics: p.style.Metrics}
	return c.FitMiddle(f, name, p.px(mostNameDp))
}

// tipLines say in words what is under the pointer.
func (p *Painter) tipLines(t target) []xwidget.TipLine {
	if k := t.edgeAt(); k >= 0 {
		return p.edgeTip(&p.total.Edges[k])
	}
	pr, u := p.style.Printer, p.style.Printer.Units()
	n := p.total.Nodes[t.node()]
	lines := []xwidget.TipLine{{Text: p.nameOf(n), Strong: true}}
	r := p.rows[n.Name]
	if n.Kind != traffic.Service || r == nil {
		return append(lines, xwidget.TipLine{Text: pr.T([...]string{"graph.tip.service", "graph.tip.queue", "graph.tip.database", "graph.tip.other"}[min(n.Kind, traffic.Other)])})
	}
	lines[0].Swatch = p.style.Palette.Service(p.color[n.Name]).Bar
	if r.Count > 0 {
		lines = append(lines, xwidget.TipLine{Text: pr.N("graph.tip.requests", r.Count)})
		lines = append(lines, xwidget.TipLine{Text: pr.T("graph.tip.latency", "p50", u.Duration(r.P50), "p95", u.Duration(r.P95), "max", u.Duration(r.Max))})
	}
	if r.Errors > 0 {
		lines = append(lines, xwidget.TipLine{Text: pr.N("graph.tip.failed", r.Errors, "share", u.Percent(float64(r.Errors)/float64(r.Count))), Error: true})
	}
	if p.total.Self > 0 {
		lines = append(lines, xwidget.TipLine{Text: pr.T("graph.tip.self", "share", u.Percent(float64(r.Self)/float64(p.total.Self)))})
	}
	return lines
}

func (p *Painter) edgeTip(e *traffic.Edge) []xwidget.TipLine {
	pr, u := p.style.Printer, p.style.Printer.Units()
	from, to := p.total.Nodes[e.From], p.total.Nodes[e.To]
	key := "graph.tip.calls"
	switch {
	case to.Kind == traffic.Queue:
		key = "graph.tip.sends"
	case from.Kind == traffic.Queue:
		key = "graph.tip.takes"
	}
	lines := []xwidget.TipLine{{Text: strings.Join([]string{p.nameOf(from), p.nameOf(to)}, " → "), Strong: true}, {Text: pr.N(key, e.Count)}}
	if e.Count > 1 {
		lines = append(lines, xwidget.TipLine{Text: pr.T("graph.tip.latency", "p50", u.Duration(e.P50), "p95", u.Duration(e.P95), "max", u.Duration(e.Max))})
	} else {
		lines = append(lines, xwidget.TipLine{Text: pr.T("graph.tip.one", "max", u.Duration(e.Max))})
	}
	if e.Errors > 0 {
		lines = append(lines, xwidget.TipLine{Text: pr.N("graph.tip.failed", e.Errors, "share", u.Percent(float64(e.Errors)/float64(e.Count))), Error: true})
	}
	return lines
}
