package drawing

import (
	"image"
	"time"

	"traceview/internal/analysis/diagnosis"
	"traceview/internal/analysis/journey"
	"traceview/internal/scene"
	"traceview/ui/canvasview"
	order "traceview/ui/view/journey"
	"traceview/ui/xwidget"
)

// journeyPad is the margin around a journey in dp.
const journeyPad = 20

// A journeyPainter draws the journey of an order by itself.
type journeyPainter struct {
	*xwidget.Panel
	view  *order.View
	scale float32
}

// Journey makes the picture of an order with what is wrong with it first, nil for
// nothing; times in the given zone. Without a Drawer it makes scenes only.
func (p *Picture) Journey(j *journey.Journey, wrong *diagnosis.Finding, zone *time.Location, draw Drawer) Painter {
	kit := &xwidget.Kit{Drawer: draw, Metrics: p.Text, Look: p.Palette, Colours: p.Colours, Words: p.Words, Zone: zone}
	v := &journeyPainter{Panel: xwidget.NewPanel(kit), view: order.New(kit, order.Actions{}), scale: p.Scale}
	st := order.State{Journey: j, Fault: journey.Nowhere}
	if wrong != nil {
		st.Fault, st.Mark = wrong.At, order.MarkOf(wrong.Effect)
	}
	v.view.Set(st)
	v.Content = func(c *xwidget.Canvas, y, w float32) float32 {
		pad := c.D(journeyPad)
		return v.view.Draw(c, pad, y, w-2*pad) + pad - y
	}
	return v
}

// Build implements Painter.
func (v *journeyPainter) Build(s *scene.Scene, w, h int) { *s = *v.Panel.Build(w, h, v.scale) }

// Paint implements Painter.
func (v *journeyPainter) Paint(dst *image.RGBA) { v.Panel.Paint(dst, v.scale) }

// Hover implements Painter.
func (v *journeyPainter) Hover(x, y float32) bool {
	return v.handle(canvasview.Event{Kind: canvasview.Hover, X: x, Y: y})
}

// Scroll implements Painter; the way is in device pixels.
func (v *journeyPainter) Scroll(dx, dy float32, mods canvasview.Mods) bool {
	x, y := v.view.Centre()
	const units = 25.0 / 60 // of the toolkit, a pixel
	return v.handle(canvasview.Event{Kind: canvasview.Scroll, X: x, Y: y, DX: dx * units, DY: dy * units, Mods: mods})
}

func (v *journeyPainter) handle(e canvasview.Event) bool {
	return v.view.Handle(e) || v.Panel.Handle(e)
}
