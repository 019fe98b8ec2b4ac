package layout

import "traceview/internal/model"

// mostPins is how many rows may stay pinned. More take room from what is looked
// at, and names so far up say little about it.
const mostPins = 5

// pinReach bounds how far up from a row its pinned ancestor is looked for: in a
// trace a hundred thousand deep a frame must not walk all of it.
const pinReach = 64

// A Pin is a row that stays at the top while what is inside it scrolls by.
type Pin struct {
	Row  int
	Span model.SpanIndex
	Y    int // pixels below the top edge of the list
}

// Pins are the rows that cover the top of a scrolled list: ancestors, outermost
// first, of what is seen below them. A pin whose subtree ends is pushed up by
// what follows, so that the ones before lie over it: draw the last first, and
// look under a point from the first.
type Pins struct {
	N  int
	At [mostPins]Pin
}

// Bottom returns how many pixels of the list the pins cover.
func (p *Pins) Bottom(rowPx int) int {
	if p.N == 0 {
		return 0
	}
	return p.At[p.N-1].Y + rowPx
}

// Hit returns the pin at y, -1 for none.
func (p *Pins) Hit(y, rowPx int) int {
	for k := range p.N {
		if y >= p.At[k].Y && y < p.At[k].Y+rowPx {
			return k
		}
	}
	return -1
}

// MostPins returns how many rows of the list may be pinned: at most a third of
// what is on screen.
func (l List) MostPins() int { return min(mostPins, l.Page()/3) }

// PinRoom returns how many rows may be pinned above one at depth. A row that
// far below the top edge is never covered.
func (l List) PinRoom(depth int) int { return min(l.MostPins(), max(depth, 0)) }

// NewPins returns the rows pinned while a list is scrolled to s.
//
// Slot k, the k-th row of the screen, holds the ancestor of the row that
// begins there, one level deeper than the slot before; or that row itself, once its own
// top is scrolled away and its children follow. Where the levels do not all
// find a slot, the outermost give way.
func NewPins(r *Rows, l List, s Scroll) (p Pins) {
	most := l.MostPins()
	if s == (Scroll{}) || most == 0 || r.Len() != l.Rows {
		return p
	}
	depth := func(row int) int { return int(r.spans[r.Span(row)].Depth) }
	base := 0
	if last := l.RowAt(s, most*l.RowPx); last >= 0 {
		base = max(depth(last)-most, 0)
	}
	if top := depth(s.Row); top-base > pinReach {
		base = top - most
	}
	for slot := range most {
		line := slot * l.RowPx
		row := l.RowAt(s, line)
		if row < 0 {
			return p
		}
		i, up := r.Span(row), depth(row)-base-slot
		if up < 0 || up > pinReach {
			return p
		}
		for ; up > 0; up-- {
			i = r.spans[i].Parent
		}
		after := r.After(i)
		if i == r.Span(row) && (l.Y(s, row) == line || after == row+1) {
			return p // in its place, or with nothing below it
		}
		p.At[slot] = Pin{Row: r.Row(i), Span: i, Y: min(line, l.Y(s, after)-l.RowPx)}
		p.N++
		if p.At[slot].Y < line {
			return p // its subtree ends here
		}
	}
	return p
}
