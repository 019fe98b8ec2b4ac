package axis

import (
	"image"
	"math"

	"traceview/internal/document"
	"traceview/internal/model"
)

// A Drag is what the pointer does with the button down. A view may have drags
// of its own from DragOwn on.
type Drag uint8

// What the pointer does with the button down.
const (
	DragNone    Drag = iota
	DragPending      // pressed on the time: a click, or a range once moved
	DragRange        // choosing a stretch of time to zoom to
	DragRuler        // pressed to measure: a click, or DragMeasure once moved
	DragMeasure      // measuring a stretch of time
	DragPan          // moving the picture under the pointer
	DragThumb        // moving the scroll bar's thumb
	DragOwn          // the first of the view's own
)

const (
	// zoomPerDp is the power of two a dp of scrolling zooms by: a notch of a
	// wheel, 30 to 40 dp, by a third.
	zoomPerDp = 1.0 / 90
	clickDp   = 3 // a press that moves less is a click
	// ThumbLeastDp is the least height of the thumb of a scroll bar in dp.
	ThumbLeastDp = 24
)

// A Hand is the pointer over a view with a time axis: where it is, and what it
// does with the button down. Places are device pixels.
type Hand struct {
	At     image.Point
	Inside bool
	Drag   Drag
	From   image.Point // where the button went down
	Hold   int         // from the edge of what is held to the pointer
	// Quiet says that the pointer has not moved since the wheel, a button or a
	// key: what came to lie under it then is not what somebody points at, and
	// nothing is told of it.
	Quiet bool

	restX, restY float64 // scrolling less than a pixel, kept for the next time
}

// MoveTo acts on the pointer being at a point and says whether it was elsewhere.
func (h *Hand) MoveTo(at image.Point) (moved bool) {
	moved = at != h.At || !h.Inside
	h.At, h.Inside = at, true
	if moved {
		h.Quiet = false
	}
	return moved
}

// Points says whether the pointer points at something that may be told of.
func (h *Hand) Points() bool { return h.Inside && h.Drag == DragNone && !h.Quiet }

// Leave acts on the pointer leaving and says whether it was inside.
func (h *Hand) Leave() bool {
	was := h.Inside
	h.Inside, h.At = false, image.Pt(-1, -1)
	return was
}

// Wheel returns by how many whole pixels a turn of the wheel moves the picture
// to later times and further rows; with shift it moves along the time.
func (h *Hand) Wheel(dx, dy float32, shift bool) (x, y int) {
	if shift && dx == 0 {
		dx, dy = dy, 0
	}
	wholeX, restX := math.Modf(h.restX - float64(dx))
	wholeY, restY := math.Modf(h.restY - float64(dy))
	h.restX, h.restY = restX, restY
	return int(wholeX), int(wholeY)
}

// ZoomFactor returns by how much a turn of the wheel zooms in.
func ZoomFactor(dy, scale float32) float64 { return math.Exp2(float64(dy/scale) * zoomPerDp) }

// Grab takes the thumb of a scroll bar, which has size pixels from pos on, at a
// place of its track, and says whether the thumb has to come there first.
func (h *Hand) Grab(pos, size, at int) (jump bool) {
	h.Drag, h.Hold = DragThumb, at-pos
	if jump = at < pos || at >= pos+size; jump {
		h.Hold = size / 2
	}
	return jump
}

// Moved says whether the pointer moved too far along the time for a click.
func (h *Hand) Moved(scale float32) bool {
	dx := h.At.X - h.From.X
	return max(dx, -dx) > int(clickDp*scale+0.5)
}

// Pull acts on the pointer moving to a point with the button down, as far as
// views are alike in it: panning, choosing and measuring time. scroll moves the
// rows by pixels. It says whether the picture changed.
func (h *Hand) Pull(d *document.Document, r *Ruler, to image.Point, scroll func(px int) bool) bool {
	last := h.At
	h.At, h.Inside = to, true
	switch h.Drag {
	case DragPan:
		panned := d.Pan(float64(last.X - to.X))
		return scroll(last.Y-to.Y) || panned
	case DragPending, DragRuler:
		if h.Moved(r.Scale) {
			h.Drag++ // to what it is once moved
			d.Hover(model.NoSpan)
			if h.Drag == DragMeasure {
				d.MeasureTime(r.Time(h.From.X), r.Time(to.X))
			}
		}
		return true
	case DragRange:
		return to != last
	case DragMeasure:
		return d.MeasureTime(r.Time(h.From.X), r.Time(to.X)) || to != last
	}
	return false
}

// Drop ends a drag where the pointer is. A click on the text of what is measured
// zooms to it, one elsewhere on the ruler ends measuring; a click on the area is
// for the view, which is told by click.
func (h *Hand) Drop(d *document.Document, r *Ruler) (changed, click bool) {
	drag := h.Drag
	h.Drag = DragNone
	switch drag {
	case DragPending:
		return true, true
	case DragRange:
		d.ZoomTo(r.Time(h.From.X), r.Time(h.At.X))
	case DragRuler:
		switch {
		case r.OnMeasured(h.From):
			return d.ZoomToMeasured(), false
		case h.From.In(r.strip):
			return d.ClearMeasure(), false
		}
		return true, true
	}
	return drag != DragNone, false
}

// GiveUp ends a drag without its effect, as Esc does; without one it ends
// measuring. It says whether there was anything to end.
func (h *Hand) GiveUp(d *document.Document) bool {
	drag := h.Drag
	h.Drag = DragNone
	if drag == DragNone || drag == DragMeasure {
		return d.ClearMeasure() || drag != DragNone
	}
	return true
}

// Chip returns the text of the ruler that follows the pointer: the instant
// there, or how long the stretch is that is being chosen.
func (h *Hand) Chip(r *Ruler, shown bool) Chip {
	switch {
	case !shown || h.Drag >= DragThumb || h.Drag == DragMeasure || r.OnMeasured(h.At) && h.Drag == DragNone:
		return Chip{}
	case h.Drag == DragRange:
		return r.Between(h.From.X, h.At.X)
	}
	return r.At(h.At.X)
}
