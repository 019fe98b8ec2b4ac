// Package merged is the merged flame of one trace: its spans merged by path of
// operations, each call as wide as what it weighs, and one operation between its
// callers and callees. Its Painter turns a document into a scene and input into
// actions on the document, and knows nothing of the toolkit that shows it.
package merged

import (
	"image"

	"traceview/internal/analysis"
	"traceview/internal/document"
	"traceview/internal/layout"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/axis"
)

// Style is how a Painter draws: all that is not the trace. The Drawer is used by
// Paint only.
type Style = axis.Style

// A part is a call tree on screen.
type part uint8

const (
	whole part = iota // the merged flame
	up                // who called the operation of a sandwich
	down              // what it called
)

// A place is a call on screen; call is -1 for none.
type place struct {
	part part
	call int32
}

var nowhere = place{call: -1}

// A Painter draws one document and acts on it. All its units are device
// pixels. It is used by one goroutine and, once its lists have grown, draws
// without allocating; a frame costs what is on screen, whatever the trace
// holds. The spans are merged at the first frame.
type Painter struct {
	doc    *document.Document
	m      *document.Merged
	trace  *model.Trace
	style  Style
	scene  scene.Scene
	g      layout.FlameView
	scroll axis.Scroller
	fonts  fonts
	dye    axis.Dye

	seen    seen
	drawing part  // of the lane being drawn
	cursor  place // the box chosen in a sandwich
	under   place // the box under the pointer
	way     []int32
	spots   []spot
	lanes   axis.Lanes
	labels  axis.Labels
	names   axis.Elider
	pointer axis.Hand
	words   words
	text    text
}

// seen is what the last frame showed, to tell what is to be brought into view.
type seen struct {
	selected model.SpanIndex
	zoomed   int32
	sandwich *document.Sandwich
	known    bool
}

// fonts are the sizes of text at the Style's scale.
type fonts struct{ box, strong, body, small scene.Font }

// New returns a Painter of a document.
func New(d *document.Document, s Style) *Painter {
	p := &Painter{doc: d, m: d.Merged(), trace: d.Trace(), cursor: nowhere, under: nowhere}
	p.pointer.Leave()
	p.SetStyle(s)
	return p
}

// SetStyle changes theme, language, font or scale.
func (p *Painter) SetStyle(s Style) {
	if !(s.Scale > 0) {
		s.Scale = 1
	}
	p.style = s
	font := func(dp float32, w scene.Weight) scene.Font { return scene.Font{Px: dp * s.Scale, Weight: w} }
	p.fonts = fonts{
		box: font(12, scene.Regular), strong: font(12, scene.SemiBold),
		body: font(12, scene.Regular), small: font(11, scene.Regular),
	}
	p.labels = axis.Labels{Units: s.Printer.Units(), Metrics: s.Metrics, Font: p.fonts.small}
	p.lanes = axis.Lanes{Look: s.Palette, Metrics: s.Metrics, Scale: s.Scale, Font: p.fonts.box, Small: p.fonts.small}
	p.names = axis.Elider{}
	p.words = newWords(s.Printer)
	p.text = text{}
}

// Document returns what the Painter draws.
func (p *Painter) Document() *document.Document { return p.doc }

// Paint draws the document on dst, filling it.
func (p *Painter) Paint(dst *image.RGBA) {
	b := dst.Bounds()
	p.Build(&p.scene, b.Dx(), b.Dy())
	p.style.Drawer.Draw(dst, &p.scene)
}

// Build makes the scene of the document on w × h pixels.
func (p *Painter) Build(s *scene.Scene, w, h int) {
	p.arrange(w, h)
	s.Reset(w, h, p.style.Palette.Paper)
	p.spots = p.spots[:0]
	if len(p.trace.Spans) == 0 {
		p.drawNotice(s, p.words.empty, p.words.emptyNext)
		return
	}
	switch area := p.g.Area; {
	case len(p.m.Calls().Nodes) == 0:
		p.drawNotice(s, p.words.none, p.words.noneNext)
	case p.list().Rows == 0:
		p.drawNotice(s, p.words.weightless, p.words.weightlessNext)
	default:
		s.Clip(float32(area.Min.X), float32(area.Min.Y), float32(area.Dx()), float32(area.Dy()))
		p.drawLanes(s)
		p.drawChosen(s)
		s.Unclip()
		p.drawScrollBar(s)
	}
	p.drawHead(s)
	p.drawFoot(s)
}

// drawNotice says why nothing is shown, and what next.
func (p *Painter) drawNotice(s *scene.Scene, what, next string) {
	axis.DrawNotice(s, p.style.Palette, p.style.Metrics, p.style.Scale, what, next)
}

// arrange places the parts and brings into view what was chosen since.
func (p *Painter) arrange(w, h int) {
	p.g = layout.NewMergedView(w, h, p.style.Scale)
	p.lanes.Zero, p.lanes.Left, p.lanes.LanePx = p.g.Zero, p.g.Area.Min.X, p.g.LanePx
	p.lanes.Top = float32(p.g.Area.Min.Y)
	p.m.Resize(p.g.Width)
	p.dye.Mix(p.doc, p.style.Palette, p.style.Colours)
	p.catchUp()
	p.scroll.Scroll = p.list().Clamp(p.scroll.Scroll)
	p.rehover()
}

// catchUp brings into view what is chosen, zoomed to or focused anew.
func (p *Painter) catchUp() {
	now := seen{p.doc.Selected(), p.m.Zoomed(), p.m.Sandwich(), true}
	if now == p.seen {
		return
	}
	was := p.seen
	p.seen = now
	sw := now.sandwich
	switch {
	case sw != was.sandwich && sw != nil: // the operation above the middle, since callees are mostly more
		p.cursor = place{down, 0}
		p.scroll.Scroll = p.list().At(p.rowOf(p.cursor)*p.g.LanePx - p.g.Area.Dy()*2/5)
	case sw != nil && now.selected != was.selected && !p.isSlowest(p.cursor, now.selected): // chosen elsewhere
		p.cursor = place{down, sw.Callee(now.selected)}
	case sw == nil && (now.selected != was.selected || !was.known):
		p.m.Reveal(p.m.Call())
		p.seen.zoomed = p.m.Zoomed()
	}
	if now.zoomed != was.zoomed && now.zoomed >= 0 {
		p.show(place{whole, now.zoomed})
		return
	}
	p.show(p.chosen())
}

// isSlowest says whether a span is the one that stands for a box.
func (p *Painter) isSlowest(at place, i model.SpanIndex) bool {
	return at.call >= 0 && p.node(at).Slowest == i
}

// show scrolls so that a box is on screen.
func (p *Painter) show(at place) {
	p.scroll.Scroll = p.list().Show(p.scroll.Scroll, p.rowOf(at), 1)
}

// chosen returns the box that is marked.
func (p *Painter) chosen() place {
	if sw := p.m.Sandwich(); sw != nil {
		if sw != p.seen.sandwich { // another since the last frame: its calls have other numbers
			return nowhere
		}
		return p.cursor
	}
	return place{whole, p.m.Call()}
}

// calls returns the call tree of a part.
func (p *Painter) calls(k part) *analysis.Calls {
	switch k {
	case up:
		return p.m.Sandwich().Callers
	case down:
		return p.m.Sandwich().Callees
	}
	return p.m.Calls()
}

// flame returns the boxes of a part.
func (p *Painter) flame(k part) *layout.Flame {
	switch k {
	case up:
		return p.m.Sandwich().Up
	case down:
		return p.m.Sandwich().Down
	}
	return p.m.Flame()
}

// node returns the call at a place.
func (p *Painter) node(at place) *analysis.Call { return &p.calls(at.part).Nodes[at.call] }

// above returns how many lanes of callers stand above the operation of a sandwich.
func (p *Painter) above() int {
	if s := p.m.Sandwich(); s != nil {
		return max(s.Up.Lanes()-1, 0)
	}
	return 0
}

// lane returns which lane of which part is in a row: in a sandwich callers stand
// above, those that called first on top.
func (p *Painter) lane(row int) (part, int) {
	above := p.above()
	switch {
	case p.m.Sandwich() == nil:
		return whole, row
	case row < above:
		return up, above - row
	}
	return down, row - above
}

// rowOf returns the row of a box, -1 if it has none.
func (p *Painter) rowOf(at place) int {
	if at.call < 0 {
		return -1
	}
	lane := p.flame(at.part).Lane(at.call)
	switch {
	case lane < 0 || at.part == whole:
		return lane
	case at.part == up:
		return p.above() - lane
	}
	return p.above() + lane
}

// list returns what scrolling the lanes needs to know.
func (p *Painter) list() layout.List {
	if s := p.m.Sandwich(); s != nil {
		return p.g.List(p.above() + s.Down.Lanes())
	}
	return p.g.List(p.m.Flame().Lanes())
}

// px returns dp in device pixels, rounded, so that edges are crisp.
func (p *Painter) px(dp float32) float32 { return float32(p.g.Px(dp)) }

// line returns the thickness of a hairline.
func (p *Painter) line() float32 { return float32(p.g.Line) }

// baseline returns the y at which text of f stands in the middle of a strip.
func (p *Painter) baseline(f scene.Font, y, h float32) float32 {
	ascent, descent := p.style.Metrics.Line(f)
	return float32(int(y + (h+ascent-descent)/2 + 0.5))
}
