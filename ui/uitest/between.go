package uitest

import (
	"testing"

	"traceview/ui/canvasview"
)

// Between holds that a painter stands any input that comes after what it shows changed
// and before the frame of that: old and changed are called before and after a frame of
// w × h pixels, each time, and then there is a press, a drag, a turn of the wheel or a
// key, in every part of the picture.
func Between(tb testing.TB, p canvasview.Painter, w, h int, old, changed func()) {
	tb.Helper()
	const step = 22 // a row
	for y := step / 2; y < h; y += step {
		for _, x := range []int{step, w / 2, w - 5} {
			for _, e := range []canvasview.Event{
				{Kind: canvasview.Press, Button: canvasview.Primary}, {Kind: canvasview.Press, Button: canvasview.Primary, Mods: canvasview.Shift},
				{Kind: canvasview.Press, Button: canvasview.Secondary}, {Kind: canvasview.Scroll, DY: -100}, {Kind: canvasview.Drag},
			} {
				e.X, e.Y = float32(x), float32(y)
				between(p, w, h, old, changed, e)
			}
		}
	}
	for _, k := range []string{"Up", "Down", "Left", "Right", "Home", "End", "Prior", "Next", "Return", "Escape", "BackSpace", "Space", "Delete"} {
		between(p, w, h, old, changed, canvasview.Event{Kind: canvasview.KeyDown, Key: k, X: float32(w / 2), Y: float32(h / 2)})
	}
	for _, r := range "abdefklnprsxzENS0123+-=" {
		between(p, w, h, old, changed, canvasview.Event{Kind: canvasview.Rune, Rune: r, X: float32(w / 2), Y: float32(h / 2)})
	}
}

// between hands one event to a painter whose pointer rests there, and what follows it.
func between(p canvasview.Painter, w, h int, old, changed func(), e canvasview.Event) {
	old()
	Paint(p, w, h, 1)
	p.Handle(canvasview.Event{Kind: canvasview.Hover, X: e.X, Y: e.Y})
	if e.Kind == canvasview.Drag {
		p.Handle(canvasview.Event{Kind: canvasview.Press, X: e.X, Y: e.Y, Button: canvasview.Primary})
	}
	changed()
	p.Cursor()
	p.Handle(e)
	p.Handle(canvasview.Event{Kind: canvasview.Release, X: e.X + 9, Y: e.Y, Button: e.Button})
	p.Cursor()
	Paint(p, w, h, 1)
}
