package xwidget

import (
	"image"

	"fyne.io/fyne/v2"

	"traceview/ui/canvasview"
)

// A Plotter draws a trace and acts on it, in device pixels and free of any
// toolkit. Its methods say whether the picture changed.
type Plotter interface {
	Paint(dst *image.RGBA)
	Hover(x, y float32) bool
	Leave() bool
	Press(x, y float32, b canvasview.Button, mods canvasview.Mods) bool
	Drag(x, y float32) bool
	Release(x, y float32) bool
	// Scroll takes the way the content moves to the right and down.
	Scroll(dx, dy float32, mods canvasview.Mods) bool
	// Key takes a key by its name and says whether it did something.
	Key(name string, mods canvasview.Mods) bool
	// OnBox says whether the pointer is on something that can be pressed.
	OnBox() bool
	// OnRuler says whether it is where time is measured.
	OnRuler() bool
}

// A Plot joins a Plotter to the widget that shows it.
type Plot struct {
	canvas  *canvasview.View
	painter Plotter
	restyle func(scale float32)
	unused  func(e canvasview.Event) bool
	scale   float32
}

// NewPlot returns a Plot of p. Before each frame restyle is told the device
// pixels a dp, to take over what changed in the Kit; unused is offered the keys
// that p does not take.
func NewPlot(p Plotter, restyle func(scale float32), unused func(e canvasview.Event) bool) *Plot {
	v := &Plot{painter: p, restyle: restyle, unused: unused, scale: 1}
	v.canvas = canvasview.New(v, true, fyne.NewSize(360, 120))
	return v
}

// View returns what is laid out and has the keyboard.
func (v *Plot) View() *canvasview.View { return v.canvas }

// Paint implements canvasview.Painter.
func (v *Plot) Paint(dst *image.RGBA, scale float32) {
	v.scale = scale
	v.restyle(scale)
	v.painter.Paint(dst)
}

// Handle implements canvasview.Painter.
func (v *Plot) Handle(e canvasview.Event) bool {
	p := v.painter
	switch e.Kind {
	case canvasview.Hover:
		return p.Hover(e.X, e.Y)
	case canvasview.Leave:
		return p.Leave()
	case canvasview.Press:
		return p.Press(e.X, e.Y, e.Button, e.Mods)
	case canvasview.Drag:
		return p.Drag(e.X, e.Y)
	case canvasview.Release:
		return p.Release(e.X, e.Y)
	case canvasview.Scroll:
		p.Hover(e.X, e.Y)
		return p.Scroll(wheel(e.DX, v.scale), wheel(e.DY, v.scale), e.Mods)
	case canvasview.KeyDown:
		return e.Mods&(canvasview.Ctrl|canvasview.Alt) == 0 && p.Key(e.Name(), e.Mods) || v.unused(e)
	case canvasview.Rune:
		return p.Key(e.Name(), e.Mods) || v.unused(e)
	}
	return false
}

// Cursor implements canvasview.Painter.
func (v *Plot) Cursor() canvasview.Cursor {
	if v.painter.OnBox() {
		return canvasview.Hand
	}
	if v.painter.OnRuler() {
		return canvasview.Crosshair
	}
	return canvasview.Arrow
}

// wheel turns the toolkit's units, 25 a notch, into three lanes of 20 dp.
func wheel(d, scale float32) float32 { return d * scale * 60 / 25 }
