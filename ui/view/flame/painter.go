// Package flame is the timeline flame graph of one trace: time to the right,
// depth downwards, parallel work in lanes of its own. Its Painter turns a
// document into a scene and input into actions on the document, and knows
// nothing of the toolkit that shows it.
package flame

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
// without allocating; a frame costs what is on screen, whatever the trace
// holds. The lanes are laid out at the first frame.
type Painter struct {
	doc    *document.Document
	trace  *model.Trace
	flame  *layout.Flame // nil before the first frame
	style  Style
	scene  scene.Scene
	g      layout.FlameView
	scroll layout.Scroll
	fonts  fonts
	dye    axis.Dye
	seen   model.SpanIndex // the selection that was brought into view

	names   axis.Elider
	ruler   axis.Ruler
	pointer pointer
	tip     floating
	words   words
}

// fonts are the sizes of text at the Style's scale.
type fonts struct{ box, strong, second, small scene.Font }

// words are the texts of a frame that never change, looked up once a language.
type words struct{ unnamed, empty, emptyNext string }

// New returns a Painter of a document.
func New(d *document.Document, s Style) *Painter {
	p := &Painter{doc: d, trace: d.Trace(), seen: model.NoSpan}
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
		box: font(12, scene.Regular), strong: font(13, scene.SemiBold),
		second: font(12, scene.Regular), small: font(11, scene.Regular),
	}
	p.tip = floating{}
	p.names = axis.Elider{}
	p.ruler = axis.Ruler{Look: s.Palette, Scale: s.Scale,
		Labels: axis.Labels{Units: s.Printer.Units(), Metrics: s.Metrics, Font: p.fonts.small}}
	t := s.Printer.T
	p.words = words{unnamed: t("trace.unnamed"), empty: t("timeline.empty"), emptyNext: t("timeline.empty.next")}
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
		p.drawEmpty(s)
		return
	}
	area := p.g.Area
	s.Clip(float32(area.Min.X), float32(area.Min.Y), float32(area.Dx()), float32(area.Dy()))
	p.ruler.DrawGrid(s)
	p.drawLanes(s)
	p.drawChosen(s)
	p.ruler.DrawMeasured(s)
	if p.pointer.Drag == axis.DragRange {
		p.ruler.DrawRange(s, p.pointer.From.X, p.pointer.At.X)
	}
	s.Unclip()
	head := float32(p.g.Ruler.Dy())
	s.Rect(0, 0, float32(w), head, p.style.Palette.Panel)
	s.Rect(0, head-p.line(), float32(w), p.line(), p.style.Palette.Line)
	p.ruler.DrawStrip(s, p.pointer.Chip(&p.ruler, p.onAxis()))
	p.drawScrollBar(s)
	p.drawTip(s)
}

// arrange places the parts, tells the document the width of the axis, and
// brings a new selection into view.
func (p *Painter) arrange(w, h int) {
	if p.flame == nil {
		p.flame = layout.NewFlame(p.trace)
	}
	p.g = layout.NewFlameView(w, h, p.style.Scale)
	p.doc.ResizeAxis(p.g.Width)
	list := p.list()
	p.scroll = list.Clamp(p.scroll)
	if now := p.doc.Selected(); now != p.seen {
		p.seen = now
		p.scroll = list.Show(p.scroll, p.flame.Lane(now), 2)
	}
	p.ruler.Place(p.doc.Viewport(), p.g.Zero, p.g.Ruler, p.g.Area)
	p.ruler.Measure(p.doc.Measured())
	p.dye.Mix(p.doc, p.style.Palette, p.style.Colours)
}

// colorOf returns the colour of a span, faded where it is not looked for.
func (p *Painter) colorOf(i model.SpanIndex) look.ServiceColor {
	if !p.doc.Match(i) {
		return p.dye.Faded(i)
	}
	return p.dye.Of(i)
}

// list returns what scrolling the lanes needs to know.
func (p *Painter) list() layout.List {
	if p.flame == nil {
		return p.g.List(0)
	}
	return p.g.List(p.flame.Lanes())
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

// drawEmpty says that there is nothing to show, and what next.
func (p *Painter) drawEmpty(s *scene.Scene) {
	pal, m, mid := p.style.Palette, p.style.Metrics, float32(s.H)/2
	line := func(y float32, f scene.Font, c scene.Color, text string) {
		x := (float32(s.W) - m.Width(f, text)) / 2
		s.Text(float32(int(x)), p.baseline(f, y, p.px(20)), f, c, text)
	}
	line(mid-p.px(20), p.fonts.strong, pal.Text, p.words.empty)
	line(mid, p.fonts.second, pal.Secondary, p.words.emptyNext)
}
