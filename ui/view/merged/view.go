package merged

import (
	"traceview/internal/document"
	"traceview/ui/canvasview"
	"traceview/ui/xwidget"
)

// NewView returns the merged flame of d as a widget; unused is offered the keys it does
// not take.
func NewView(d *document.Document, kit *xwidget.Kit, unused func(e canvasview.Event) bool) *xwidget.Plot {
	style := styleOf(kit, 1)
	p := New(d, style)
	return xwidget.NewPlot(kit, p, func(scale float32) {
		if now := styleOf(kit, scale); now != style {
			style = now
			p.SetStyle(style)
		}
	}, unused)
}

func styleOf(k *xwidget.Kit, scale float32) Style {
	return Style{Palette: k.Look, Colours: k.Colours, Printer: k.Words, Metrics: k.Metrics, Drawer: k.Drawer, Scale: scale}
}
