package timeline

import (
	"image"
	"math"

	"traceview/internal/layout"
	"traceview/internal/model"
	"traceview/ui/canvasview"
)

// A Cursor is the shape of the pointer.
type Cursor uint8

// The shapes of the pointer.
const (
	CursorDefault Cursor = iota
	CursorPointer        // a hand, over what can be pressed
	CursorResize         // over the splitter and the edges of the minimap's window
	CursorGrab           // while panning
)

const (
	// zoomPerDp is the power of two a dp of scrolling zooms by: a notch of a
	// wheel, 30 to 40 dp, by a third.
	zoomPerDp = 1.0 / 90
	clickDp   = 3 // a press that moves less is a click
)

type dragKind uint8

const (
	dragNone     dragKind = iota
	dragPending           // pressed on the axis: a click, or a range once moved
	dragRange             // choosing a stretch of time
	dragPan               // moving the picture under the pointer
	dragSplitter          // moving the splitter
	dragThumb             // moving the scroll bar's thumb
	dragMinimap           // moving the minimap's window or one of its edges
)

// pointer is what the Painter knows of the pointer.
type pointer struct {
	at     image.Point
	inside bool
	part   layout.Part
	drag   dragKind
	from   image.Point // where the button went down
	hold   int         // from the thumb's or splitter's edge to the pointer
	edge   int64       // ns: the window's edge that stays, or from its start to the pointer
	resize bool        // an edge of the window is held, not the window
	view   layout.Viewport
	restX  float64 // scrolling less than a pixel, kept for the next time
	restY  float64
}

func (p *pointer) leave() {
	p.inside, p.part, p.at = false, layout.PartNone, image.Pt(-1, -1)
}

// hit returns what lies at a point.
func (p *Painter) hit(at image.Point) layout.Hit {
	return p.g.Hit(at.X, at.Y, p.doc.Rows(), p.doc.Scroll(), p.doc.Viewport())
}

// Scroll acts on the wheel or touchpad: dx and dy are how far the content
// moves to the right and down. With Ctrl it zooms at the pointer, with Shift it
// pans. It says whether the picture changed, as all methods here do.
func (p *Painter) Scroll(dx, dy float32, mods canvasview.Mods) bool {
	switch {
	case mods&canvasview.Ctrl != 0:
		zoomed := p.doc.ZoomAt(p.zoomX(), math.Exp2(float64(dy/p.style.Scale)*zoomPerDp))
		return p.rehover() || zoomed
	case mods&canvasview.Shift != 0 && dx == 0:
		dx, dy = dy, 0
	}
	x, y := p.pointer.restX-float64(dx), p.pointer.restY-float64(dy)
	wholeX, wholeY := math.Trunc(x), math.Trunc(y)
	p.pointer.restX, p.pointer.restY = x-wholeX, y-wholeY
	panned := wholeX != 0 && p.doc.Pan(wholeX)
	scrolled := wholeY != 0 && p.doc.ScrollBy(int(wholeY))
	if panned || scrolled {
		p.rehover()
	}
	return panned || scrolled
}

// Hover acts on the pointer being at x, y with no button down.
func (p *Painter) Hover(x, y float32) bool {
	at := image.Pt(int(x), int(y))
	moved := at != p.pointer.at || !p.pointer.inside
	wasOnAxis := p.onAxis()
	p.pointer.at, p.pointer.inside = at, true
	part, onSort := p.pointer.part, p.onSort()
	changed := p.rehover()
	return changed || part != p.pointer.part || onSort != p.onSort() || moved && (wasOnAxis || p.onAxis())
}

// onAxis says whether the pointer is where a guide is drawn.
func (p *Painter) onAxis() bool {
	x := p.pointer.at.X
	return p.pointer.inside && x >= p.g.Axis.Min.X && x < p.g.Axis.Max.X && p.pointer.at.Y >= p.g.Heading.Min.Y
}

// rehover notes what is under the pointer now.
func (p *Painter) rehover() bool {
	if !p.pointer.inside || p.pointer.drag != dragNone {
		return false
	}
	h := p.hit(p.pointer.at)
	p.pointer.part = h.Part
	return p.doc.Hover(h.Span)
}

// Leave acts on the pointer leaving.
func (p *Painter) Leave() bool {
	was := p.pointer.inside
	p.pointer.leave()
	return p.doc.Hover(model.NoSpan) || was
}

// Press acts on a button going down.
func (p *Painter) Press(x, y float32, b canvasview.Button, mods canvasview.Mods) bool {
	p.pointer.drag = dragNone
	p.Hover(x, y)
	h := p.hit(p.pointer.at)
	p.pointer.from, p.pointer.view = p.pointer.at, p.doc.Viewport()
	if b == canvasview.Middle || b == canvasview.Primary && mods&canvasview.Space != 0 {
		p.pointer.drag = dragPan
		return true
	}
	if b != canvasview.Primary {
		return p.pressRow(h)
	}
	switch h.Part {
	case layout.PartMinimap:
		return p.pressMinimap()
	case layout.PartSplitter:
		p.pointer.drag, p.pointer.hold = dragSplitter, p.pointer.at.X-p.g.Split
		return true
	case layout.PartScrollBar:
		return p.pressScrollBar()
	case layout.PartTwisty:
		folded := choose(mods&canvasview.Shift != 0,
			func() bool { return p.doc.ToggleSubtree(h.Span) }, func() bool { return p.doc.ToggleCollapse(h.Span) })
		return p.rehover() || folded
	case layout.PartHeading:
		return p.pressSort()
	case layout.PartTree:
		return p.pressRow(h)
	case layout.PartBar, layout.PartAxis, layout.PartBelow, layout.PartRuler:
		p.pointer.drag = dragPending
	}
	return false
}

func (p *Painter) pressRow(h layout.Hit) bool {
	if h.Span == model.NoSpan {
		return false
	}
	return p.doc.Select(h.Span)
}

// pressScrollBar takes the thumb, or brings it under the pointer first.
func (p *Painter) pressScrollBar() bool {
	list, area := p.g.List(p.doc.Rows().Len()), p.g.ScrollBar
	pos, size := list.Thumb(p.doc.Scroll(), area.Dy(), p.g.Px(thumbLeastDp))
	if size == 0 {
		return false
	}
	p.pointer.drag = dragThumb
	at := p.pointer.at.Y - area.Min.Y
	if at >= pos && at < pos+size {
		p.pointer.hold = at - pos
		return true
	}
	p.pointer.hold = size / 2
	p.dragThumb()
	return true
}

func (p *Painter) dragThumb() bool {
	area := p.g.ScrollBar
	return p.doc.ScrollTo(p.pointer.at.Y-area.Min.Y-p.pointer.hold, area.Dy(), p.g.Px(thumbLeastDp))
}

// Drag acts on the pointer moving with the button of the last Press down.
func (p *Painter) Drag(x, y float32) bool {
	last := p.pointer.at
	p.pointer.at, p.pointer.inside = image.Pt(int(x), int(y)), true
	switch p.pointer.drag {
	case dragSplitter:
		dp := float32(p.pointer.at.X-p.pointer.hold) / p.style.Scale
		widest := float32(p.g.ScrollBar.Min.X)/p.style.Scale - layout.MinAxisDp
		return p.doc.SetTreeWidth(max(min(dp, widest), layout.MinTreeDp))
	case dragThumb:
		return p.dragThumb()
	case dragMinimap:
		return p.dragMinimap()
	case dragPan:
		panned := p.doc.Pan(float64(last.X - p.pointer.at.X))
		return p.doc.ScrollBy(last.Y-p.pointer.at.Y) || panned
	case dragPending:
		if dx := p.pointer.at.X - p.pointer.from.X; max(dx, -dx) > p.g.Px(clickDp) {
			p.pointer.drag = dragRange
			p.doc.Hover(model.NoSpan)
		}
		return true
	case dragRange:
		return p.pointer.at != last
	}
	return false
}

// Release acts on the button going up again.
func (p *Painter) Release(x, y float32) bool {
	changed := p.Drag(x, y)
	drag := p.pointer.drag
	p.pointer.drag = dragNone
	switch drag {
	case dragPending:
		changed = p.pressRow(p.hit(p.pointer.from)) || changed
	case dragRange:
		p.doc.ZoomTo(p.timeAt(p.pointer.from.X), p.timeAt(p.pointer.at.X))
		changed = true
	}
	return p.Hover(x, y) || changed || drag != dragNone
}

// Cancel ends a drag without its effect, as Esc does.
func (p *Painter) Cancel() bool {
	drag := p.pointer.drag
	p.pointer.drag = dragNone
	if v := p.pointer.view; drag == dragMinimap {
		p.doc.ZoomTo(v.Start, v.End())
	}
	return drag != dragNone
}

// Cursor returns the shape of the pointer for where it is.
func (p *Painter) Cursor() Cursor {
	switch {
	case p.pointer.drag == dragPan:
		return CursorGrab
	case p.pointer.drag == dragSplitter, p.pointer.part == layout.PartSplitter:
		return CursorResize
	case p.pointer.drag == dragMinimap && p.pointer.resize:
		return CursorResize
	case p.pointer.part == layout.PartMinimap:
		if part := p.minimapPart(); part == layout.MinimapLeft || part == layout.MinimapRight {
			return CursorResize
		}
		return CursorPointer
	case p.pointer.part == layout.PartTwisty, p.pointer.part == layout.PartBar, p.onSort():
		return CursorPointer
	}
	return CursorDefault
}
