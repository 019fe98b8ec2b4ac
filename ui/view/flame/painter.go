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

// Style is how a Painter draws: all that is not the trace. The Drawer is used by
// Paint only.
type Style = axis.Style

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
	scroll axis.Scroller
	fonts  fonts
	dye    axis.Dye
	seen   model.SpanIndex // the selection that was brought into view

	lanes   axis.Lanes
	ruler   axis.Ruler
	pointer pointer
	tip     floating
	words   words
}

// fonts are the sizes of text at the Style's scale.
type fonts struct{ box, small scene.Font }

// words are the texts of a frame that never change, looked up once a language.
type words struct{ unnamed, empty, emptyNext, none, noneNext string }

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
	p.fonts = fonts{box: font(12, scene.Regular), small: font(11, scene.Regular)}
	p.tip = floating{}
	p.lanes = axis.Lanes{Look: s.Palette, Metrics: s.Metrics, Scale: s.Scale, Font: p.fonts.box, Small: p.fonts.small}
	p.ruler = axis.Ruler{Look: s.Palette, Scale: s.Scale,
		Labels: axis.Labels{Units: s.Printer.Units(), Metrics: s.Metrics, Font: p.fonts.small}}
	t := s.Printer.T
	p.words = words{unnamed: t("trace.unnamed"), empty: t("timeline.empty"), emptyNext: t("timeline.empty.next"),
		none: t("find.none"), noneNext: t("flame.none.next")}
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
	area := p.g.Area
	s.Clip(float32(area.Min.X), float32(area.Min.Y), float32(area.Dx()), float32(area.Dy()))
	p.ruler.DrawGrid(s)
	p.drawLanes(s)
	p.drawChosen(s)
	p.drawNotes(s)
	p.ruler.DrawNotes(s)
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
	if p.list().Rows == 0 {
		p.drawNotice(s, p.words.none, p.words.noneNext)
	}
}

// drawNotice says why nothing is shown, and what next.
func (p *Painter) drawNotice(s *scene.Scene, what, next string) {
	axis.DrawNotice(s, p.style.Palette, p.style.Metrics, p.style.Scale, what, next)
}

// arrange places the parts, tells the document the width of the axis, and
// brings a new selection into view.
func (p *Painter) arrange(w, h int) {
	if f := p.doc.Flame(); f != p.flame { // only matches and what led to them, or all again
		p.doc.Errors() // now, not with the first label of a span that failed in the midst of zooming
		p.flame, p.seen = f, model.NoSpan
	}
	p.g = layout.NewFlameView(w, h, p.style.Scale)
	p.lanes.Zero, p.lanes.Left, p.lanes.LanePx = p.g.Zero, p.g.Area.Min.X, p.g.LanePx
	p.lanes.Top = float32(p.g.Area.Min.Y)
	p.doc.ResizeAxis(p.g.Width)
	list := p.list()
	p.scroll.Scroll = list.Clamp(p.scroll.Scroll)
	if now := p.doc.Selected(); now != p.seen {
		p.seen = now
		p.scroll.Scroll = list.Show(p.scroll.Scroll, p.flame.Lane(now), 2)
	}
	p.ruler.Place(p.doc.Viewport(), p.g.Zero, p.g.Ruler, p.g.Area)
	p.ruler.Measure(p.doc.Measured())
	p.ruler.Note(p.doc.Notes())
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

// line returns the thickness of a hairline.
func (p *Painter) line() float32 { return float32(p.g.Line) }
