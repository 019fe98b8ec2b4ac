package timeline

import (
	"image"

	"traceview/internal/document"
	"traceview/internal/scene"
)

// sortWords is the number of orders of siblings there are words for.
const sortWords = int(document.SortSelf) + 1

const sortPadDp = 6 // around the word in the heading that says the order

// placeSort returns where the heading says in which order siblings stand,
// empty where there is no room for it.
func (p *Painter) placeSort() image.Rectangle {
	f, g := p.fonts.small, p.g
	if len(p.trace.Spans) == 0 {
		return image.Rectangle{}
	}
	x := g.Indent(0) + g.Px(swatchAtDp) + int(p.style.Metrics.Width(f, p.words.operation)) + g.Px(gapDp)
	w := int(p.style.Metrics.Width(f, p.words.sort[p.doc.Sort()])) + g.Px(2*sortPadDp+sortArrowDp)
	if x+w > g.Split-g.Px(gapDp) {
		return image.Rectangle{}
	}
	pad := g.Px(4)
	return image.Rect(x, g.Heading.Min.Y+pad, x+w, g.Heading.Max.Y-pad)
}

// sortArrowDp is the room for the triangle after the word.
const sortArrowDp = 12

// drawSort draws the word that says the order of siblings, and returns its
// right edge. What is not the usual order stands out.
func (p *Painter) drawSort(s *scene.Scene) int {
	at, pal := p.placeSort(), p.style.Palette
	if at.Empty() {
		return 0
	}
	x, y, h := float32(at.Min.X), float32(at.Min.Y), float32(at.Dy())
	c := pal.Secondary
	if p.doc.Sort() != document.SortStart {
		c = pal.Accent
	}
	if p.onSort() {
		s.RoundRect(x, y, float32(at.Dx()), h, p.px(3), pal.Hover())
		c = pal.Text
	}
	s.Text(x+p.px(sortPadDp), p.baseline(p.fonts.small, float32(p.g.Heading.Min.Y), float32(p.g.Heading.Dy())), p.fonts.small, c, p.words.sort[p.doc.Sort()])
	p.twisty(s, float32(at.Max.X)-p.px(sortPadDp+3), y+float32(int(h/2)), false, c)
	return at.Max.X
}

// onSort says whether the pointer is on the word that says the order.
func (p *Painter) onSort() bool { return p.pointer.Inside && p.pointer.At.In(p.placeSort()) }

// pressSort changes the order where the word that says it was pressed.
func (p *Painter) pressSort() bool {
	if !p.onSort() {
		return false
	}
	sorted := p.doc.NextSort()
	return p.rehover() || sorted
}
