package axis

import (
	"image"

	"traceview/internal/scene"
	"traceview/internal/units"
	"traceview/ui/canvasview"
	"traceview/ui/look"
	"traceview/ui/xwidget"
)

// A Drawer turns a scene into pixels, as raster.Renderer does.
type Drawer interface {
	Draw(dst *image.RGBA, s *scene.Scene)
}

// A Printer writes texts and numbers in the language chosen, as i18n.Printer
// does. Args are names and values.
type Printer interface {
	T(key string, args ...any) string
	N(key string, n int, args ...any) string
	Units() units.Printer
}

// Style is how a flame is drawn: all that is not the trace.
type Style struct {
	Palette *look.Palette
	Printer Printer
	Colours *look.Colours // of services, as elsewhere in the window; may be nil
	Names   *xwidget.Names
	Metrics scene.Metrics
	Drawer  Drawer
	Scale   float32 // device pixels a dp
}

// StyleOf returns the Style of a window.
func StyleOf(k *xwidget.Kit, scale float32) Style {
	return Style{Palette: k.Look, Colours: k.Colours, Names: k.Names, Printer: k.Words, Metrics: k.Metrics, Drawer: k.Drawer, Scale: scale}
}

// A Styled is a Plotter whose Style can be changed.
type Styled interface {
	xwidget.Plotter
	SetStyle(s Style)
}

// NewPlot returns p, which has the Style of the window at scale 1, as a widget;
// unused is offered the keys it does not take.
func NewPlot(kit *xwidget.Kit, p Styled, unused func(e canvasview.Event) bool) *xwidget.Plot {
	style := StyleOf(kit, 1)
	return xwidget.NewPlot(p, func(scale float32) {
		if now := StyleOf(kit, scale); now != style {
			style = now
			p.SetStyle(style)
		}
	}, unused)
}
