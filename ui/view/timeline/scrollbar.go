package timeline

import (
	"traceview/internal/layout"
	"traceview/internal/scene"
	"traceview/ui/axis"
)

// Sizes of the scroll bar in dp.
const (
	thumbDp     = 6
	errorLaneDp = 4 // at the right edge, so that thumb and errors never hide each other
	markTickDp  = 2
	matchLaneDp = 2 // at the left edge
)

// ticks are the places on the scroll bar of rows that are, or hide, something
// worth seeing, made anew only when rows, height or what is looked for change.
type ticks struct {
	rows, track, found int
	ys                 []int32
}

// drawScrollBar draws the thumb and the places of errors; nothing if all rows
// are on screen.
func (p *Painter) drawScrollBar(s *scene.Scene) {
	pal, area := p.style.Palette, p.g.ScrollBar
	list := p.g.List(p.doc.Rows().Len())
	pos, size := list.Thumb(p.doc.Scroll(), area.Dy(), p.g.Px(axis.ThumbLeastDp))
	if size == 0 {
		return
	}
	lane, w := float32(area.Min.X), float32(area.Dx())
	s.Rect(lane, float32(area.Min.Y), p.line(), float32(area.Dy()), pal.Line)
	thumb, c := p.px(thumbDp), pal.Thumb
	if p.pointer.Drag == axis.DragThumb || p.pointer.part == layout.PartScrollBar {
		c = pal.Secondary
	}
	s.RoundRect(lane+p.px(2), float32(area.Min.Y+pos), thumb, float32(size), thumb/2, c)
	p.drawMatchTicks(s)
	p.place(&p.errors, 0, p.doc.FailedBetween)
	for _, y := range p.errors.ys {
		s.Rect(lane+w-p.px(errorLaneDp), float32(area.Min.Y)+float32(y), p.px(errorLaneDp), p.px(markTickDp), pal.Error)
	}
}

// drawMatchTicks draws the places of what is looked for.
func (p *Painter) drawMatchTicks(s *scene.Scene) {
	if !p.doc.Finding() {
		return
	}
	p.place(&p.matches, p.doc.MatchesVersion(), p.doc.MatchBetween)
	area := p.g.ScrollBar
	for _, y := range p.matches.ys {
		s.Rect(float32(area.Min.X), float32(area.Min.Y)+float32(y), p.px(matchLaneDp), p.px(markTickDp), p.style.Palette.Accent)
	}
}

// place asks, for each place of a tick on the track, whether one of the spans of
// the rows it stands for is worth it: one search a tick, not one a span. Where
// there are fewer rows than places each has its tick in the middle.
func (p *Painter) place(t *ticks, found int, worth func(from, to int32) bool) {
	rows, track := p.doc.Rows(), p.g.ScrollBar.Dy()
	if t.rows == rows.Version() && t.track == track && t.found == found {
		return
	}
	t.rows, t.track, t.found, t.ys = rows.Version(), track, found, t.ys[:0]
	size := p.g.Px(markTickDp)
	places := min(track/size, rows.Len())
	for k := range places {
		from, to := share(rows.Len(), k, places), share(rows.Len(), k+1, places)
		if worth(rows.Position(from), rows.Position(to)) {
			mid := (share(track, k, places) + share(track, k+1, places)) / 2
			t.ys = append(t.ys, int32(mid-size/2))
		}
	}
}

// share returns k of parts of n.
func share(n, k, parts int) int { return int(int64(n) * int64(k) / int64(parts)) }
