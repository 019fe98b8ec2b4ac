package timeline

import (
	"image"
	"strings"

	"fyne.io/fyne/v2"

	"traceview/internal/document"
	"traceview/ui/canvasview"
	"traceview/ui/xwidget"
)

// A View joins the waterfall to the widget that shows it.
type View struct {
	Canvas  *canvasview.View // what is laid out and has the keyboard
	Painter *Painter
	kit     *xwidget.Kit
	style   Style
	tip     string // what was hinted last
	unused  func(e canvasview.Event) bool
}

// NewView returns the waterfall of d; unused is offered the keys it does not take.
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

// Handle implements canvasview.Painter. Whatever happened may have put another
// row under a pointer that rests: scrolling and folding do.
func (v *View) Handle(e canvasview.Event) bool {
	changed := v.act(e)
	v.hint(v.Painter.TooltipHere())
	return changed
}

func (v *View) act(e canvasview.Event) bool {
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

// hint shows what lies under the pointer in the window's line for that, so that
// a name which had no room can be read whole.
func (v *View) hint(tip string) {
	if tip == v.tip {
		return
	}
	v.tip = tip
	if v.kit.Hint != nil {
		v.kit.Hint(strings.ReplaceAll(tip, "\n", " · "))
	}
}

// Cursor implements canvasview.Painter.
func (v *View) Cursor() canvasview.Cursor {
	switch v.Painter.Cursor() {
	case CursorPointer:
		return canvasview.Hand
	case CursorResize:
		return canvasview.ResizeH
	case CursorMeasure:
		return canvasview.Crosshair
	}
	return canvasview.Arrow
}

// wheel turns the toolkit's units, 25 a notch, into three rows of 22 dp.
func wheel(d, scale float32) float32 { return d * scale * 66 / 25 }
