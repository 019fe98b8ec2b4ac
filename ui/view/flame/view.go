package flame

import (
	"traceview/internal/document"
	"traceview/ui/axis"
	"traceview/ui/canvasview"
	"traceview/ui/xwidget"
)

// NewView returns the flame of d as a widget; unused is offered the keys it does
// not take.
func NewView(d *document.Document, kit *xwidget.Kit, unused func(e canvasview.Event) bool) *xwidget.Plot {
	return axis.NewPlot(kit, New(d, axis.StyleOf(kit, 1)), unused)
}
