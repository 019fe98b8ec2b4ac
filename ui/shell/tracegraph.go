package shell

import (
	"traceview/internal/analysis/traffic"
	"traceview/internal/model"
	"traceview/ui/view/graph"
)

// graphPane makes the view of what called what in the trace.
func (p *tracePage) graphPane() pane {
	d := p.doc
	v, _ := graph.NewView(p.shell.kit, func() graph.State {
		g := d.Graph()
		return graph.State{Total: g.Total, Busy: g.Busy}
	}, graph.Actions{Node: p.findNode, Edge: p.showCall}, p.shell.pageKey)
	return v
}

// findNode looks for the spans of a box of the graph.
func (p *tracePage) findNode(n traffic.Node) {
	w := p.shell.kit.Words
	filter := p.doc.NodeFilter(n)
	if filter == "" {
		p.shell.say(w.T("graph.nospan", "name", n.Called()))
		return
	}
	p.find.lookFor(filter)
	p.shell.say(w.T("graph.filtered"))
}

// showCall shows the slowest call that an edge of the graph stands for.
func (p *tracePage) showCall(e *traffic.Edge, _, _ traffic.Node) {
	if i := p.doc.Trace().SpanOf(e.Slowest); i != model.NoSpan {
		p.showSpan(i)
	}
}
