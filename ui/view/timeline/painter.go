// Package timeline is the waterfall of one trace: a tree of spans beside their
// bars on a time axis. Its Painter turns a document into a scene and input into
// actions on the document, and knows nothing of the toolkit that shows it.
package timeline

import (
	"image"

	"traceview/internal/document"
	"traceview/internal/layout"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/axis"
	"traceview/ui/look"
)

// A Drawer turns a scene into pixels, as raster.Renderer does.
type Drawer interface {
	Draw(dst *image.RGBA, s *scene.Scene)
}

// Style is how a Painter draws: all that is not the trace.
type Style struct {
	Palette *look.Palette
	Printer document.Printer
	Colours *look.Colours // of services, as elsewhere in the window; may be nil
	Metrics scene.Metrics
	Drawer  Drawer  // used by Paint only
	Scale   float32 // device pixels a dp
}

// A Painter draws one document and acts on it. All its units are device
// pixels. It is used by one goroutine and, once its lists have grown, draws
// without allocating; a frame costs what is on screen, whatever the trace holds.
type Painter struct {
	doc     *document.Document
	trace   *model.Trace
	style   Style
	scene   scene.Scene
	g       layout.Waterfall
	minimap layout.Minimap
	fonts   fonts
	dye     axis.Dye

	names    axis.Elider
	services axis.Elider
	ruler    axis.Ruler
	errors   ticks
	matches  ticks
	pointer  pointer
	tip      floating
	words    words

	// Follow, if set, opens a span of another trace, to which a link leads.
	Follow func(trace model.TraceID, span model.SpanID)
}

// fonts are the sizes of text at the Style's scale.
type fonts struct{ body, strong, second, small, chip scene.Font }

// words are the texts of a frame that never change, looked up once a language.
type words struct {
	operation, service, unnamed string
	empty, emptyNext            string
	none, noneNext              string
	sort                        [sortWords]string // by document.Sort
}

// New returns a Painter of a document.
func New(d *document.Document, s Style) *Painter {
	p := &Painter{doc: d, trace: d.Trace()}
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
		body: font(13, scene.Regular), strong: font(13, scene.SemiBold),
		second: font(12, scene.Regular), small: font(11, scene.Regular), chip: font(11, scene.SemiBold),
	}
	p.names, p.services = axis.Elider{}, axis.Elider{}
	p.ruler = axis.Ruler{Look: s.Palette, Scale: s.Scale,
		Labels: axis.Labels{Units: s.Printer.Units(), Metrics: s.Metrics, Font: p.fonts.small}}
	p.tip = floating{}
	t := s.Printer.T
	p.words = words{
		operation: t("timeline.operation"), service: t("timeline.service"), unnamed: t("trace.unnamed"),
		empty: t("timeline.empty"), emptyNext: t("timeline.empty.next"),
		none: t("find.none"), noneNext: t("flame.none.next"),
		sort: [sortWords]string{t("timeline.sort.start"), t("timeline.sort.duration"), t("timeline.sort.self")},
	}
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
	if len(p.trace.Spans) == 0 {
		p.drawNotice(s, p.words.empty, p.words.emptyNext)
		return
	}
	p.drawWashes(s)
	rows := p.doc.Rows().Len() > 0
	if rows {
		p.ruler.DrawGrid(s)
	}
	p.eachRow(func(r row) { p.drawTreeRow(s, r) }, s, p.g.Tree)
	p.eachRow(func(r row) { p.drawBar(s, r) }, s, p.g.Axis)
	p.drawPins(s)
	p.drawTime(s)
	s.Unclip()
	p.drawMinimap(s)
	p.drawHeader(s)
	p.drawScrollBar(s)
	p.drawSplitter(s)
	if !rows { // only matches, and there are none
		p.drawNotice(s, p.words.none, p.words.noneNext)
	}
	p.drawTip(s)
}

// arrange places the parts and tells the document the size of its view.
func (p *Painter) arrange(w, h int) {
	o := layout.WaterfallOptions{Scale: p.style.Scale, TreeDp: p.doc.TreeWidth(), Depth: p.trace.MaxDepth - 1}
	o.Minimap = float32(h) >= minimapLeastDp*p.style.Scale
	p.g = layout.NewWaterfall(w, h, o)
	p.minimap = layout.MinimapOf(p.g)
	p.doc.Resize(p.g.Width, p.g.Tree.Dy(), p.g.RowPx)
	p.ruler.Place(p.doc.Viewport(), p.g.Zero, p.g.Ruler, p.g.Axis)
	p.ruler.Measure(p.doc.Measured())
	p.ruler.Note(p.doc.Notes())
	p.dye.Mix(p.doc, p.style.Palette, p.style.Colours)
}

// px returns dp in device pixels, rounded, so that edges are crisp.
func (p *Painter) px(dp float32) float32 { return float32(p.g.Px(dp)) }

// line returns the thickness of a hairline.
func (p *Painter) line() float32 { return float32(p.g.Line) }

// baseline returns the y at which text of f stands in the middle of a strip.
// Ascent less descent is the height of capitals in the typeface, so capitals
// and figures are what is centred.
func (p *Painter) baseline(f scene.Font, y, h float32) float32 {
	ascent, descent := p.style.Metrics.Line(f)
	return float32(int(y + (h+ascent-descent)/2 + 0.5))
}

// A row is what the drawing of one row needs.
type row struct {
	n        int
	i        model.SpanIndex
	span     *model.Span
	y, h     float32
	selected bool
	hovered  bool
	parent   bool // has children
	folded   bool
	dim      bool // something is looked for, and this is not it
	color    look.ServiceColor
}

// eachRow calls f for the rows on screen, clipped to area.
func (p *Painter) eachRow(f func(row), s *scene.Scene, area image.Rectangle) {
	s.Clip(float32(area.Min.X), float32(area.Min.Y), float32(area.Dx()), float32(area.Dy()))
	rows, scroll := p.doc.Rows(), p.doc.Scroll()
	list := p.g.List(rows.Len())
	for n := scroll.Row; n < rows.Len(); n++ {
		y := list.Y(scroll, n)
		if y >= list.ViewPx {
			return
		}
		f(p.row(n, y))
	}
}

// row returns row n, which begins y pixels below the top of the rows.
func (p *Painter) row(n, y int) row {
	rows := p.doc.Rows()
	i := rows.Span(n)
	dim := !p.doc.Match(i)
	return row{
		n: n, i: i, span: &p.trace.Spans[i], y: float32(p.g.Tree.Min.Y + y), h: float32(p.g.RowPx),
		selected: i == p.doc.Selected(), hovered: i == p.doc.Hovered(),
		parent: rows.Parent(i), folded: rows.Collapsed(i), dim: dim, color: p.colour(i, dim),
	}
}

// drawWashes draws what lies behind rows: every other one a little darker, the
// selected one tinted, the one under the pointer washed.
func (p *Painter) drawWashes(s *scene.Scene) {
	pal := p.style.Palette
	area := image.Rect(0, p.g.Tree.Min.Y, p.g.Size.X, p.g.Tree.Max.Y)
	w := float32(area.Dx())
	p.eachRow(func(r row) {
		if r.n%2 == 1 {
			s.Rect(0, r.y, w, r.h, pal.Zebra)
		}
		p.drawWash(s, r, w)
	}, s, area)
}

// drawWash tints a row w pixels wide that is selected or under the pointer.
func (p *Painter) drawWash(s *scene.Scene, r row, w float32) {
	pal := p.style.Palette
	if r.selected {
		s.Rect(0, r.y, w, r.h, pal.Wash())
		s.Rect(0, r.y, p.px(3), r.h, pal.Accent)
	} else if r.hovered {
		s.Rect(0, r.y, w, r.h, pal.Hover())
	}
}

// drawNotice says why no row is shown, and what next.
func (p *Painter) drawNotice(s *scene.Scene, what, next string) {
	axis.DrawNotice(s, p.style.Palette, p.style.Metrics, p.style.Scale, what, next)
}
