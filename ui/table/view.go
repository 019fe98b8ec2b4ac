package table

import (
	"image"

	"fyne.io/fyne/v2"

	"traceview/ui/canvasview"
	"traceview/ui/xwidget"
)

// A Painter is a view of rows: a Table that is embedded, with what is its own.
type Painter interface {
	Restyle(s Style)
	Paint(dst *image.RGBA)
	Hover(x, y float32) bool
	Leave() bool
	Press(x, y float32, b canvasview.Button, mods canvasview.Mods) bool
	Drag(x, y float32) bool
	Release(x, y float32) bool
	Scroll(dx, dy float32, mods canvasview.Mods) bool
	Key(name string, mods canvasview.Mods) bool
	Focus(on bool) bool
	Hand() bool
	Hint() string
}

// A View joins a Painter to the widget that shows it.
type View struct {
	Canvas  *canvasview.View // what is laid out and has the keyboard
	painter Painter
	kit     *xwidget.Kit
	style   Style
	tip     string // what was hinted last
	unused  func(e canvasview.Event) bool
}

// NewView shows a painter, which build makes in the style of the kit; unused is
// offered the keys it does not take.
func NewView(kit *xwidget.Kit, build func(Style) Painter, unused func(e canvasview.Event) bool) *View {
	v := &View{kit: kit, unused: unused}
	v.style = styleOf(kit, 1)
	v.painter = build(v.style)
	v.Canvas = canvasview.New(v, true, fyne.NewSize(360, 120))
	return v
}

// Paint implements canvasview.Painter.
func (v *View) Paint(dst *image.RGBA, scale float32) {
	now := styleOf(v.kit, scale)
	if now != v.style {
		v.painter.Restyle(now)
	}
	v.style = now
	v.painter.Paint(dst)
}

// Handle implements canvasview.Painter. Whatever happened may have put another
// row under a pointer that rests.
func (v *View) Handle(e canvasview.Event) bool {
	changed := v.act(e)
	if tip := v.painter.Hint(); tip != v.tip {
		v.tip = tip
		if v.kit.Hint != nil {
			v.kit.Hint(tip)
		}
	}
	return changed
}

func (v *View) act(e canvasview.Event) bool {
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
		return p.Scroll(wheel(e.DX, v.style.Scale), wheel(e.DY, v.style.Scale), e.Mods)
	case canvasview.Focus, canvasview.Blur:
		return p.Focus(e.Kind == canvasview.Focus)
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
	if v.painter.Hand() {
		return canvasview.Hand
	}
	return canvasview.Arrow
}

// View returns what is laid out and has the keyboard.
func (v *View) View() *canvasview.View { return v.Canvas }

// wheel turns the toolkit's units, 25 a notch, into three rows of 22 dp.
func wheel(d, scale float32) float32 { return d * scale * 3 * rowDp / 25 }
