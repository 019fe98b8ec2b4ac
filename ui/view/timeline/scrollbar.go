package timeline

import (
	"traceview/internal/layout"
	"traceview/internal/scene"
)

// Sizes of the scroll bar in dp.
const (
	thumbDp      = 6
	errorLaneDp  = 4 // at the right edge, so that thumb and errors never hide each other
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
	s.RoundRect(lane+p.px(2), float32(area.Min.Y+pos), thumb, float32(size), thumb/2, c)
	p.placeErrorTicks(area.Dy())
	for _, y := range p.errors.ys {
		s.Rect(lane+w-p.px(errorLaneDp), float32(area.Min.Y)+float32(y), p.px(errorLaneDp), p.px(errorTickDp), pal.Error)
	}
}

// placeErrorTicks asks, for each place of a tick on the track, whether a span
// of the rows it stands for failed: one search a tick, not one a span. Where
// there are fewer rows than places each has its tick in the middle.
func (p *Painter) placeErrorTicks(track int) {
	rows, e := p.doc.Rows(), &p.errors
	if e.version == rows.Version() && e.track == track {
		return
	}
	e.version, e.track, e.ys = rows.Version(), track, e.ys[:0]
	size := p.g.Px(errorTickDp)
	places := min(track/size, rows.Len())
	for k := range places {
		from, to := share(rows.Len(), k, places), share(rows.Len(), k+1, places)
		if p.doc.FailedIn(rows.Span(from), p.spanOrEnd(to)) > 0 {
			mid := (share(track, k, places) + share(track, k+1, places)) / 2
			e.ys = append(e.ys, int32(mid-size/2))
		}
	}
}

// share returns k of parts of n.
func share(n, k, parts int) int { return int(int64(n) * int64(k) / int64(parts)) }

// spanOrEnd returns the span of a row, the number of spans past the last row.
func (p *Painter) spanOrEnd(row int) int32 {
	if row >= p.doc.Rows().Len() {
		return int32(len(p.trace.Spans))
	}
	return p.doc.Rows().Span(row)
}
