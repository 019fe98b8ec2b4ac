package timeline

import (
	"traceview/internal/layout"
	"traceview/internal/scene"
)

// Sizes of the scroll bar in dp.
const (
	thumbDp      = 6
	thumbLeastDp = 24
	errorTickDp  = 2
)

// errorTicks are the places on the scroll bar of rows that failed or hide one
// that did, made anew only when rows or height change.
type errorTicks struct {
	version, track int
	ys             []int32
}

// drawScrollBar draws the thumb and the places of errors; nothing if all rows
// are on screen.
func (p *Painter) drawScrollBar(s *scene.Scene) {
	pal, area := p.style.Palette, p.g.ScrollBar
	list := p.g.List(p.doc.Rows().Len())
	pos, size := list.Thumb(p.doc.Scroll(), area.Dy(), p.g.Px(thumbLeastDp))
	if size == 0 {
		return
	}
	lane, w := float32(area.Min.X), float32(area.Dx())
	s.Rect(lane, float32(area.Min.Y), p.line(), float32(area.Dy()), pal.Line)
	thumb, c := p.px(thumbDp), pal.Thumb
	if p.pointer.drag == dragThumb || p.pointer.part == layout.PartScrollBar {
		c = pal.Secondary
	}
	s.RoundRect(lane+float32(int((w-thumb+p.line())/2)), float32(area.Min.Y+pos), thumb, float32(size), thumb/2, c)
	p.placeErrorTicks(area.Dy())
	for _, y := range p.errors.ys {
		s.Rect(lane+p.px(3), float32(area.Min.Y)+float32(y), w-p.px(5), p.px(errorTickDp), pal.Error)
	}
}

// placeErrorTicks asks, for each place of a tick on the track, whether a span
// of the rows it stands for failed: one search a tick, not one a span.
func (p *Painter) placeErrorTicks(track int) {
	rows, e := p.doc.Rows(), &p.errors
	if e.version == rows.Version() && e.track == track {
		return
	}
	e.version, e.track, e.ys = rows.Version(), track, e.ys[:0]
	step := p.g.Px(errorTickDp)
	for y := 0; y+step <= track; y += step {
		from := int(int64(rows.Len()) * int64(y) / int64(track))
		to := max(int(int64(rows.Len())*int64(y+step)/int64(track)), from+1)
		if p.doc.FailedIn(rows.Span(from), p.spanOrEnd(to)) > 0 {
			e.ys = append(e.ys, int32(y))
		}
	}
}

// spanOrEnd returns the span of a row, the number of spans past the last row.
func (p *Painter) spanOrEnd(row int) int32 {
	if row >= p.doc.Rows().Len() {
		return int32(len(p.trace.Spans))
	}
	return p.doc.Rows().Span(row)
}
