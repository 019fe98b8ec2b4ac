package axis

import (
	"image"
	"math"

	"traceview/internal/layout"
	"traceview/internal/scene"
	"traceview/ui/look"
)

// thumbLeastDp is the least length of a scroll bar's thumb in dp.
const thumbLeastDp = 24

// A Scroller is how far lanes are scrolled, moved by wheel, drag and scroll bar.
// Its methods that move say whether that changed anything.
type Scroller struct {
	layout.Scroll
	hold         int     // from the thumb's edge to the pointer that drags it
	restX, restY float64 // of a wheel's way, less than a pixel, kept for the next time
}

// By scrolls by px pixels towards the end.
func (r *Scroller) By(list layout.List, px int) bool { return r.to(list.By(r.Scroll, px)) }

func (r *Scroller) to(s layout.Scroll) bool {
	ok := s != r.Scroll
	r.Scroll = s
	return ok
}

// Way returns the whole pixels to go right and down when the content moves by
// dx and dy, and keeps the rest.
func (r *Scroller) Way(dx, dy float32) (right, down int) {
	x, y := r.restX-float64(dx), r.restY-float64(dy)
	wholeX, wholeY := math.Trunc(x), math.Trunc(y)
	r.restX, r.restY = x-wholeX, y-wholeY
	return int(wholeX), int(wholeY)
}

// Press takes the thumb of a scroll bar at y, or brings it there first; false
// where all is on screen.
func (r *Scroller) Press(list layout.List, bar image.Rectangle, scale float32, y int) bool {
	pos, size := list.Thumb(r.Scroll, bar.Dy(), thumbLeast(scale))
	if size == 0 {
		return false
	}
	r.hold = size / 2
	if at := y - bar.Min.Y; at >= pos && at < pos+size {
		r.hold = at - pos
	}
	r.Drag(list, bar, scale, y)
	return true
}

// Drag moves the thumb that Press took to y.
func (r *Scroller) Drag(list layout.List, bar image.Rectangle, scale float32, y int) bool {
	return r.to(list.Dragged(y-bar.Min.Y-r.hold, bar.Dy(), thumbLeast(scale)))
}

func thumbLeast(scale float32) int { return int(thumbLeastDp*scale + 0.5) }

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
