package axis

import (
	"image"

	"traceview/internal/layout"
	"traceview/internal/scene"
	"traceview/ui/look"
)

// A Scroller is how far lanes are scrolled, moved by a Hand. Its methods that move
// say whether that changed anything.
type Scroller struct{ layout.Scroll }

// By scrolls by px pixels towards the end.
func (r *Scroller) By(list layout.List, px int) bool { return r.to(list.By(r.Scroll, px)) }

func (r *Scroller) to(s layout.Scroll) bool {
	ok := s != r.Scroll
	r.Scroll = s
	return ok
}

// Press takes the thumb of a scroll bar where the Hand is, or brings it there
// first; false where all is on screen.
func (r *Scroller) Press(h *Hand, list layout.List, bar image.Rectangle, scale float32) bool {
	pos, size := list.Thumb(r.Scroll, bar.Dy(), thumbLeast(scale))
	if size == 0 {
		return false
	}
	if h.Grab(pos, size, h.At.Y-bar.Min.Y) {
		r.Drag(h, list, bar, scale)
	}
	return true
}

// Drag moves the thumb that Press took to where the Hand is.
func (r *Scroller) Drag(h *Hand, list layout.List, bar image.Rectangle, scale float32) bool {
	return r.to(list.Dragged(h.At.Y-bar.Min.Y-h.Hold, bar.Dy(), thumbLeast(scale)))
}

// Pull acts on the Hand moving to a point with the button down over boxes in lanes: it
// moves the thumb or, once it went too far for a click, the picture under the pointer; pan
// moves that along by pixels and says whether it did. It says whether the picture changed.
func (r *Scroller) Pull(h *Hand, to image.Point, list layout.List, g *layout.FlameView, pan func(px float64) bool) bool {
	last := h.At
	h.At, h.Inside = to, true
	switch h.Drag {
	case DragThumb:
		return r.Drag(h, list, g.ScrollBar, g.Scale)
	case DragPending:
		way := to.Sub(h.From)
		if max(way.X, -way.X, way.Y, -way.Y) <= g.Px(clickDp) || !h.From.In(g.Area) {
			return false
		}
		h.Drag = DragPan
		fallthrough
	case DragPan:
		panned := pan(float64(last.X - to.X))
		return r.By(list, last.Y-to.Y) || panned
	}
	return false
}

func thumbLeast(scale float32) int { return int(ThumbLeastDp*scale + 0.5) }

// Draw draws the scroll bar, nothing where all is on screen; hot says that the
// pointer is on it.
func (r *Scroller) Draw(s *scene.Scene, list layout.List, bar image.Rectangle, pal *look.Palette, scale float32, hot bool) {
	pos, size := list.Thumb(r.Scroll, bar.Dy(), thumbLeast(scale))
	if size == 0 {
		return
	}
	px := func(dp float32) float32 { return float32(int(dp*scale + 0.5)) }
	s.Rect(float32(bar.Min.X), float32(bar.Min.Y), max(px(1), 1), float32(bar.Dy()), pal.Line)
	c, w := pal.Thumb, px(6)
	if hot {
		c = pal.Secondary
	}
	s.RoundRect(float32(bar.Min.X)+px(3), float32(bar.Min.Y+pos), w, float32(size), w/2, c)
}
