package flame

import (
	"image"

	"fyne.io/fyne/v2"

	"traceview/internal/document"
	"traceview/ui/canvasview"
	"traceview/ui/xwidget"
)

// A View joins the flame to the widget that shows it.
type View struct {
	Canvas  *canvasview.View // what is laid out and has the keyboard
	Painter *Painter
	kit     *xwidget.Kit
	style   Style
	unused  func(e canvasview.Event) bool
}

// NewView returns the flame of d; unused is offered the keys it does not take.
func NewView(d *document.Document, kit *xwidget.Kit, unused func(e canvasview.Event) bool) *View {
	v := &View{kit: kit, unused: unused}
	v.style = v.wanted(1)
	v.Painter = New(d, v.style)
	v.Canvas = canvasview.New(v, true, fyne.NewSize(360, 120))
	return v
}

// View returns what is laid out and has the keyboard.
func (v *View) View() *canvasview.View { return v.Canvas }

func (v *View) wanted(scale float32) Style {
	return Style{Palette: v.kit.Look, Colours: v.kit.Colours, Printer: v.kit.Words, Metrics: v.kit.Metrics, Drawer: v.kit.Drawer, Scale: scale}
}

// Paint implements canvasview.Painter.
func (v *View) Paint(dst *image.RGBA, scale float32) {
	if s := v.wanted(scale); s != v.style {
		v.style = s
		v.Painter.SetStyle(s)
	}
	v.Painter.Paint(dst)
}

// Handle implements canvasview.Painter.
func (v *View) Handle(e canvasview.Event) bool {
	p := v.Painter
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
		return p.Scroll(wheel(e.DX, v.style.Scale), wheel(e.DY, v.style.Scale), e.Mods)
	case canvasview.KeyDown:
		if e.Mods&(canvasview.Ctrl|canvasview.Alt) == 0 && p.Key(e.Name(), e.Mods) {
			return true
		}
		return v.unused(e)
	case canvasview.Rune:
		return p.Key(e.Name(), e.Mods) || v.unused(e)
	}
	return false
}

// Cursor implements canvasview.Painter.
func (v *View) Cursor() canvasview.Cursor {
	if v.Painter.OnBox() {
		return canvasview.Hand
	}
	if v.Painter.OnRuler() {
		return canvasview.Crosshair
	}
	return canvasview.Arrow
}

// wheel turns the toolkit's units, 25 a notch, into three lanes of 20 dp.
func wheel(d, scale float32) float32 { return d * scale * 60 / 25 }
