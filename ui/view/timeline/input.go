package timeline

import (
	"image"

	"traceview/internal/layout"
	"traceview/internal/model"
	"traceview/ui/axis"
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
	CursorMeasure        // over the ruler, where time is measured
)

// The drags of the waterfall alone.
const (
	dragSplitter = axis.DragOwn + iota // moving the splitter
	dragMinimap                        // moving the minimap's window or one of its edges
)

// pointer is what the Painter knows of the pointer.
type pointer struct {
	axis.Hand
	part   layout.Part
	link   bool  // it is on the mark of a link
	edge   int64 // ns: the window's edge that stays, or from its start to the pointer
	resize bool  // an edge of the window is held, not the window
	view   layout.Viewport
}

// hit returns what lies at a point.
func (p *Painter) hit(at image.Point) layout.Hit {
	return p.g.Hit(at.X, at.Y, p.doc.Rows(), p.doc.Scroll(), p.doc.Viewport())
}

// Scroll acts on the wheel or touchpad: dx and dy are how far the content
// moves to the right and down. With Ctrl it zooms at the pointer, with Shift it
// pans. It says whether the picture changed, as all methods here do.
func (p *Painter) Scroll(dx, dy float32, mods canvasview.Mods) bool {
	p.pointer.Quiet = true
	if mods&canvasview.Ctrl != 0 {
		zoomed := p.doc.ZoomAt(p.zoomX(), axis.ZoomFactor(dy, p.style.Scale))
		return p.rehover() || zoomed
	}
	x, y := p.pointer.Wheel(dx, dy, mods&canvasview.Shift != 0)
	panned := x != 0 && p.doc.Pan(float64(x))
	scrolled := y != 0 && p.doc.ScrollBy(y)
	if panned || scrolled {
		p.rehover()
	}
	return panned || scrolled
}

// Hover acts on the pointer being at x, y with no button down.
func (p *Painter) Hover(x, y float32) bool {
	wasOnAxis := p.onAxis()
	moved := p.pointer.MoveTo(image.Pt(int(x), int(y)))
	part, link, onSort := p.pointer.part, p.pointer.link, p.onSort()
	changed := p.rehover()
	return changed || part != p.pointer.part || link != p.pointer.link || onSort != p.onSort() ||
		moved && (wasOnAxis || p.onAxis() || p.tip.shown)
}

// onAxis says whether the pointer is where a guide is drawn.
func (p *Painter) onAxis() bool {
	x := p.pointer.At.X
	return p.pointer.Inside && x >= p.g.Axis.Min.X && x < p.g.Axis.Max.X && p.pointer.At.Y >= p.g.Heading.Min.Y
}

// rehover notes what is under the pointer now.
func (p *Painter) rehover() bool {
	if !p.pointer.Inside || p.pointer.Drag != axis.DragNone {
		return false
	}
	h := p.hit(p.pointer.At)
	p.pointer.part, p.pointer.link = h.Part, p.onLink(h, p.pointer.At)
	return p.doc.Hover(h.Span)
}

// Leave acts on the pointer leaving.
func (p *Painter) Leave() bool {
	was := p.pointer.Leave()
	p.pointer.part, p.pointer.link = layout.PartNone, false
	return p.doc.Hover(model.NoSpan) || was
}

// Press acts on a button going down.
func (p *Painter) Press(x, y float32, b canvasview.Button, mods canvasview.Mods) bool {
	p.pointer.Drag = axis.DragNone
	p.Hover(x, y)
	p.pointer.Quiet = true
	h := p.hit(p.pointer.At)
	p.pointer.From, p.pointer.view = p.pointer.At, p.doc.Viewport()
	if b == canvasview.Middle || b == canvasview.Primary && mods&canvasview.Space != 0 {
		p.pointer.Drag = axis.DragPan
		return true
	}
	if b != canvasview.Primary {
		return p.pressRow(h)
	}
	switch h.Part {
	case layout.PartMinimap:
		return p.pressMinimap()
	case layout.PartSplitter:
		p.pointer.Drag, p.pointer.Hold = dragSplitter, p.pointer.At.X-p.g.Split
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
	case layout.PartRuler:
		p.pointer.Drag = axis.DragRuler
	case layout.PartBar, layout.PartAxis, layout.PartBelow:
		p.pointer.Drag = axis.DragPending
		if mods&canvasview.Shift != 0 {
			p.pointer.Drag = axis.DragRuler
		}
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
	pos, size := list.Thumb(p.doc.Scroll(), area.Dy(), p.g.Px(axis.ThumbLeastDp))
	if size == 0 {
		return false
	}
	if p.pointer.Grab(pos, size, p.pointer.At.Y-area.Min.Y) {
		p.dragThumb()
	}
	return true
}

func (p *Painter) dragThumb() bool {
	area := p.g.ScrollBar
	return p.doc.ScrollTo(p.pointer.At.Y-area.Min.Y-p.pointer.Hold, area.Dy(), p.g.Px(axis.ThumbLeastDp))
}

// Drag acts on the pointer moving with the button of the last Press down.
func (p *Painter) Drag(x, y float32) bool {
	changed := p.pointer.Pull(p.doc, &p.ruler, image.Pt(int(x), int(y)), p.doc.ScrollBy)
	switch p.pointer.Drag {
	case dragSplitter:
		dp := float32(p.pointer.At.X-p.pointer.Hold) / p.style.Scale
		widest := float32(p.g.ScrollBar.Min.X)/p.style.Scale - layout.MinAxisDp
		return p.doc.SetTreeWidth(max(min(dp, widest), layout.MinTreeDp))
	case axis.DragThumb:
		return p.dragThumb()
	case dragMinimap:
		return p.dragMinimap()
	}
	return changed
}

// Release acts on the button going up again.
func (p *Painter) Release(x, y float32) bool {
	dragged := p.Drag(x, y)
	was := p.pointer.Drag
	changed, click := p.pointer.Drop(p.doc, &p.ruler)
	if click && p.click() {
		return true
	}
	return p.Hover(x, y) || changed || dragged || was != axis.DragNone
}

// click acts on a press that did not become a drag: on the mark of a link it
// goes where that leads, else it selects. It says whether it went elsewhere:
// the pointer may be over another page then.
func (p *Painter) click() bool {
	h := p.hit(p.pointer.From)
	if !p.onLink(h, p.pointer.From) {
		p.pressRow(h)
		return false
	}
	p.Leave()
	return p.followLink(h.Span)
}

// Cancel ends a drag without its effect, as Esc does, or else measuring.
func (p *Painter) Cancel() bool {
	if v := p.pointer.view; p.pointer.Drag == dragMinimap {
		p.doc.ZoomTo(v.Start, v.End())
	}
	return p.pointer.GiveUp(p.doc)
}

// Cursor returns the shape of the pointer for where it is.
func (p *Painter) Cursor() Cursor {
	switch {
	case p.pointer.Drag == axis.DragPan:
		return CursorGrab
	case p.pointer.Drag == dragSplitter, p.pointer.part == layout.PartSplitter:
		return CursorResize
	case p.pointer.Drag == dragMinimap && p.pointer.resize:
		return CursorResize
	case p.pointer.part == layout.PartMinimap:
		if part := p.minimapPart(); part == layout.MinimapLeft || part == layout.MinimapRight {
			return CursorResize
		}
		return CursorPointer
	case p.pointer.part == layout.PartRuler && p.ruler.OnMeasured(p.pointer.At):
		return CursorPointer
	case p.pointer.part == layout.PartRuler, p.pointer.Drag == axis.DragMeasure:
		return CursorMeasure
	case p.pointer.part == layout.PartTwisty, p.pointer.part == layout.PartBar, p.pointer.link, p.onSort():
		return CursorPointer
	}
	return CursorDefault
}
