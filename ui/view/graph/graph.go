// Package graph draws what called what: the services of one trace or of many, the
// queues between them and what they call beside, in columns from callers to called.
// It turns a traffic.Total into a scene and knows nothing of where that is from.
package graph

import (
	"image"
	"math"

	"traceview/internal/analysis/traffic"
	"traceview/internal/layout"
	"traceview/internal/scene"
	"traceview/ui/axis"
	"traceview/ui/canvasview"
	"traceview/ui/xwidget"
)

// Sizes in dp.
const (
	padDp      = 28 // around the graph
	nodePadDp  = 12
	nodeDp     = 46 // height of a box
	iconDp     = 16
	mostNameDp = 190
	leastDp    = 92 // width of a box
	labelDp    = 18 // height of a label
	gapDp      = 26
	bendDp     = 26
	arrowDp    = 7
	reachDp    = 6 // from an edge to the pointer
)

// The bounds of magnifying: a graph that fits is shown in its own size.
const (
	leastZoom = 0.3
	mostZoom  = 2.5
)

// A State is what is drawn.
type State struct {
	Total *traffic.Total // nil while there is none
	Busy  bool
}

// Actions are what the graph asks of the window; both may be nil. They are told what
// was pressed, or chosen with Enter.
type Actions struct {
	Node func(n traffic.Node)
	Edge func(e *traffic.Edge, from, to traffic.Node)
}

// A Painter draws a graph and acts on it. All its units are device pixels. It is used
// by one goroutine.
type Painter struct {
	source  func() State
	actions Actions
	style   axis.Style
	scene   scene.Scene
	state   State
	total   *traffic.Total // the graph was laid out for
	rows    map[string]*traffic.Row
	color   map[string]int // of services
	graph   *layout.Graph
	texts   []nodeText
	labels  []edgeText
	w, h    int
	zoom    float64
	x, y    float64 // of the graph's corner on screen
	fitted  bool    // nobody moved it
	pointer pointer
	chosen  target
	tip     xwidget.Tip
	tipOf   target
	tipW    int
}

// A target is a box or an edge, the zero target neither.
type target struct {
	edge bool
	n    int // from 1
}

func (t target) node() int { return t.is(false) }

func (t target) edgeAt() int { return t.is(true) }

func (t target) is(edge bool) int {
	if t.edge != edge {
		return -1
	}
	return t.n - 1
}

type pointer struct {
	at     image.Point
	inside bool
	on     target
	drag   bool
	moved  bool
	from   image.Point
}

// New returns a Painter of what source says before each frame.
func New(source func() State, s axis.Style, a Actions) *Painter {
	p := &Painter{source: source, actions: a, color: map[string]int{}, fitted: true, zoom: 1}
	p.SetStyle(s)
	return p
}

// NewView returns the graph as a widget, and its painter; unused is offered the keys it
// does not take.
func NewView(kit *xwidget.Kit, source func() State, a Actions, unused func(e canvasview.Event) bool) (*xwidget.Plot, *Painter) {
	p := New(source, axis.StyleOf(kit, 1), a)
	return axis.NewPlot(kit, p, unused), p
}

// SetStyle changes theme, language, font or scale.
func (p *Painter) SetStyle(s axis.Style) {
	if !(s.Scale > 0) {
		s.Scale = 1
	}
	p.style, p.total, p.tipOf, p.fitted = s, nil, target{}, true
}

func (p *Painter) px(dp float32) float32 { return float32(int(dp*p.style.Scale + 0.5)) }

// Paint draws the graph on dst, filling it.
func (p *Painter) Paint(dst *image.RGBA) {
	b := dst.Bounds()
	p.Build(&p.scene, b.Dx(), b.Dy())
	p.style.Drawer.Draw(dst, &p.scene)
}

// Build makes the scene of the graph on w × h pixels.
func (p *Painter) Build(s *scene.Scene, w, h int) {
	p.state = p.source()
	s.Reset(w, h, p.style.Palette.Paper)
	t := p.style.Printer.T
	switch {
	case p.state.Total == nil && p.state.Busy:
		p.notice(s, t("graph.busy"), "")
		return
	case p.state.Total == nil || len(p.state.Total.Nodes) == 0:
		p.notice(s, t("graph.empty"), t("graph.empty.next"))
		return
	}
	if p.state.Total != p.total {
		p.arrange()
	}
	if p.w != w || p.h != h {
		p.w, p.h = w, h
		if p.fitted {
			p.fit()
		}
	}
	p.clamp()
	for k := range p.graph.Edges {
		p.drawEdge(s, k)
	}
	for k := range p.graph.Edges {
		p.drawLabel(s, k)
	}
	for k := range p.graph.Nodes {
		p.drawNode(s, k)
	}
	if len(p.graph.Edges) == 0 {
		f := scene.Font{Px: 12 * p.style.Scale}
		s.Text(p.px(padDp), float32(h)-p.px(16), f, p.style.Palette.Secondary, t("graph.noedge"))
	}
	p.drawTip(s)
}

func (p *Painter) notice(s *scene.Scene, what, next string) {
	axis.DrawNotice(s, p.style.Palette, p.style.Metrics, p.style.Scale, what, next)
}

// arrange lays the graph out. What was chosen stays so where it is still there.
func (p *Painter) arrange() {
	now := p.state.Total
	was, edge, node := p.total, p.chosenEdge(), p.chosenNode()
	p.total, p.rows, p.tipOf, p.pointer.on = now, map[string]*traffic.Row{}, target{}, target{}
	for k := range now.Services {
		p.rows[now.Services[k].Service] = &now.Services[k]
	}
	p.assignColours()
	p.write()
	nodes, edges := make([]layout.GraphNode, len(now.Nodes)), make([]layout.GraphEdge, len(now.Edges))
	for k := range nodes {
		nodes[k] = layout.GraphNode{W: int(p.texts[k].width), H: int(p.px(nodeDp))}
	}
	for k := range edges {
		e := &now.Edges[k]
		edges[k] = layout.GraphEdge{From: e.From, To: e.To, Weight: e.Count, Label: image.Pt(int(p.labels[k].width), int(p.px(labelDp)))}
	}
	p.graph = layout.NewGraph(nodes, edges, layout.GraphOptions{GapY: int(p.px(gapDp)), Bend: int(p.px(bendDp))})
	p.chosen = target{}
	if was != nil {
		p.rechoose(node, edge)
	}
	if p.fitted {
		p.fit()
	}
}

// chosenNode and chosenEdge return the names of what is chosen, nil if it is not that.
func (p *Painter) chosenNode() *traffic.Node {
	if n := p.chosen.node(); p.total != nil && n >= 0 {
		return &p.total.Nodes[n]
	}
	return nil
}

func (p *Painter) chosenEdge() *[2]traffic.Node {
	if n := p.chosen.edgeAt(); p.total != nil && n >= 0 {
		e := &p.total.Edges[n]
		return &[2]traffic.Node{p.total.Nodes[e.From], p.total.Nodes[e.To]}
	}
	return nil
}

func (p *Painter) rechoose(node *traffic.Node, edge *[2]traffic.Node) {
	for k, n := range p.total.Nodes {
		if node != nil && n == *node {
			p.chosen = target{false, k + 1}
		}
	}
	for k, e := range p.total.Edges {
		if edge != nil && p.total.Nodes[e.From] == edge[0] && p.total.Nodes[e.To] == edge[1] {
			p.chosen = target{true, k + 1}
		}
	}
}

// assignColours gives services the colours that they have elsewhere.
func (p *Painter) assignColours() {
	var names []string
	for _, n := range p.total.Nodes {
		if n.Kind == traffic.Service {
			names = append(names, n.Name)
		}
	}
	for k, n := range p.style.Palette.Assign(p.style.Colours, names) {
		p.color[names[k]] = n
	}
}

// fit shows all of the graph, in its own size where that has room.
func (p *Painter) fit() {
	p.fitted = true
	if p.graph == nil || p.w == 0 {
		return
	}
	pad := 2 * float64(p.px(padDp))
	p.zoom = min((float64(p.w)-pad)/float64(max(p.graph.W, 1)), (float64(p.h)-pad)/float64(max(p.graph.H, 1)), 1)
	p.zoom = max(p.zoom, leastZoom)
	p.x = (float64(p.w) - float64(p.graph.W)*p.zoom) / 2
	p.y = (float64(p.h) - float64(p.graph.H)*p.zoom) / 2
}

// clamp keeps the graph in sight: one that has room stays whole within the window.
func (p *Painter) clamp() {
	pad := float64(p.px(padDp))
	keep := func(at, size, room float64) float64 {
		lo, hi := room-size-pad, pad
		if lo > hi { // it has room
			lo, hi = hi, lo
		}
		return min(max(at, lo), hi)
	}
	p.x = math.Round(keep(p.x, float64(p.graph.W)*p.zoom, float64(p.w)))
	p.y = math.Round(keep(p.y, float64(p.graph.H)*p.zoom, float64(p.h)))
}

// screen returns where a point of the graph is on screen; place is the reverse.
func (p *Painter) screen(x, y float64) (float32, float32) {
	return float32(p.x + x*p.zoom), float32(p.y + y*p.zoom)
}

func (p *Painter) place(at image.Point) (x, y float64) {
	return (float64(at.X) - p.x) / p.zoom, (float64(at.Y) - p.y) / p.zoom
}
