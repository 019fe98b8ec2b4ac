package timeline

import (
	"math"

	"traceview/internal/layout"
	"traceview/internal/scene"
	"traceview/ui/axis"
)

// Sizes of the minimap in dp.
const (
	minimapLeastDp = 240 // a picture less high has better use for its rows
	minimapPadDp   = 4   // above and below the columns
	errorFlagDp    = 6   // the triangle of an error, in a lane of its own above the columns
	gripDp         = 4
	gripHighDp     = 16
	guideAlpha     = 110 // of 255
	outside        = 170 // of 255, over what the window leaves out
)

// drawMinimap draws the whole trace in a strip: how many spans are at work,
// where errors began, and the window that the axis shows.
func (p *Painter) drawMinimap(s *scene.Scene) {
	m := p.minimap
	if m.Area.Empty() {
		return
	}
	pal, a := p.style.Palette, m.Area
	x, y, w, h := float32(a.Min.X), float32(a.Min.Y), float32(a.Dx()), float32(a.Dy())
	s.Rect(x, y, w, h, pal.Panel)
	x0, x1 := m.Window(p.doc.Viewport())
	left, right := float32(x0), float32(x1)
	whole := p.doc.Viewport().Fitted()
	if !whole {
		s.Rect(left, y, right-left, h, pal.Paper)
	}
	p.drawDensity(s, y+p.px(minimapPadDp+errorFlagDp), y+h-p.px(minimapPadDp))
	if !whole {
		s.Rect(x, y, left-x, h, pal.Panel.Alpha(outside))
		s.Rect(right, y, x+w-right, h, pal.Panel.Alpha(outside))
	}
	p.drawErrorFlags(s, y+p.px(minimapPadDp)-p.line())
	p.drawWindow(s, left, right, y, h, whole)
	if p.onAxis() && p.pointer.Drag == axis.DragNone {
		at := float32(m.X(p.ruler.Time(p.pointer.At.X), p.doc.Viewport().Total))
		s.Rect(at, y, p.line(), h, pal.Secondary.Alpha(guideAlpha))
	}
	s.Rect(x, y+h-p.line(), w, p.line(), pal.Line)
}

// drawDensity draws a column a pixel between top and bottom, those next to
// each other of the same height as one. In a busy trace heights go by the
// square root: beside a thousand spans at once, ten are still seen.
func (p *Painter) drawDensity(s *scene.Scene, top, bottom float32) {
	d, m, c := p.doc.Density(), p.minimap, p.style.Palette.Secondary.Alpha(densityAlpha)
	from, last := 0, 0
	for x := range m.Width + 1 {
		high := 0
		if x < m.Width {
			if share, _ := d.Column(x, m.Width); share > 0 {
				if d.Most() > busy {
					share = math.Sqrt(share)
				}
				high = max(int(share*float64(bottom-top)+0.5), p.g.Px(1))
			}
		}
		if high != last || x == m.Width {
			s.Rect(float32(m.Zero+from), bottom-float32(last), float32(x-from), float32(last), c)
			from, last = x, high
		}
	}
}

const (
	// densityAlpha lets the columns stand back behind the window's edges.
	densityAlpha = 140
	// busy is how many spans at once still have a pixel or so each.
	busy = 32
)

// drawErrorFlags draws a triangle where errors began, as many as find room.
func (p *Painter) drawErrorFlags(s *scene.Scene, y float32) {
	d, m, c := p.doc.Density(), p.minimap, p.style.Palette.Error
	w := p.px(errorFlagDp)
	for x := 0; x < m.Width; x++ {
		if _, failed := d.Column(x, m.Width); !failed {
			continue
		}
		mid := float32(m.Zero+x) + 0.5
		s.Poly(c, scene.Point{X: mid - w/2, Y: y}, scene.Point{X: mid + w/2, Y: y}, scene.Point{X: mid, Y: y + w})
		x += int(w)
	}
}

// drawWindow draws the edges of what the axis shows, each with a grip.
func (p *Painter) drawWindow(s *scene.Scene, left, right, y, h float32, whole bool) {
	pal := p.style.Palette
	if whole && p.pointer.part != layout.PartMinimap && p.pointer.Drag != dragMinimap {
		return // nothing to tell, and nobody near who could take hold
	}
	t := p.line()
	s.Rect(left, y, t, h, pal.Accent)
	s.Rect(right-t, y, t, h, pal.Accent)
	if !whole {
		s.Rect(left, y, right-left, t, pal.Accent)
	}
	w, high := p.px(gripDp), p.px(gripHighDp)
	mid := y + float32(int((h-high)/2))
	for _, x := range [2]float32{left, right - t} {
		s.RoundRect(x+float32(int((t-w)/2)), mid, w, high, w/2, pal.Accent)
	}
}

// minimapPart returns what of the minimap lies under the pointer.
func (p *Painter) minimapPart() layout.MinimapPart {
	return p.minimap.Part(p.pointer.At.X, p.doc.Viewport())
}

// pressMinimap takes hold of the window, or of one of its edges. Beside the
// window it brings that there first; where everything is shown it begins a new one.
func (p *Painter) pressMinimap() bool {
	v := p.doc.Viewport()
	at := p.minimap.Time(p.pointer.At.X, v.Total)
	part := p.minimapPart()
	p.pointer.Drag, p.pointer.edge, p.pointer.resize = dragMinimap, at, part != layout.MinimapInside && part != layout.MinimapOutside
	switch part {
	case layout.MinimapLeft:
		p.pointer.edge = v.End()
	case layout.MinimapRight:
		p.pointer.edge = v.Start
	case layout.MinimapInside:
		p.pointer.edge = at - v.Start
	case layout.MinimapOutside:
		p.pointer.edge = v.Span() / 2
		p.dragMinimap()
	}
	return true
}

// dragMinimap moves the window or one of its edges to the pointer. A new
// window has to be a few pixels wide before it is shown, or a click would zoom
// to nothing.
func (p *Painter) dragMinimap() bool {
	v := p.doc.Viewport()
	at := p.minimap.Time(p.pointer.At.X, v.Total)
	if !p.pointer.resize {
		return p.doc.PanTo(at - p.pointer.edge)
	}
	if !p.pointer.Moved(p.style.Scale) && v == p.pointer.view {
		return false
	}
	return p.doc.ZoomTo(at, p.pointer.edge)
}

// zoomX returns the pixel of the axis that stays in place when zooming at the pointer.
func (p *Painter) zoomX() float64 {
	if p.pointer.part == layout.PartMinimap {
		v := p.doc.Viewport()
		return v.X(p.minimap.Time(p.pointer.At.X, v.Total))
	}
	return float64(p.pointer.At.X - p.g.Zero)
}
