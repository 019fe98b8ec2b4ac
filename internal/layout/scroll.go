package layout

// A Scroll is how far a list of rows is scrolled: the first row on screen and
// how many of its pixels are above the edge. Whole numbers, since a float32
// cannot tell the pixels of a million rows apart.
type Scroll struct {
	Row int
	Off int // pixels, 0 ≤ Off < row height
}

// A List is what scrolling needs to know of a list on screen.
type List struct {
	Rows   int // in all
	RowPx  int // pixels a row, at least 1
	ViewPx int // pixels on screen
}

// total returns the height of all rows in pixels.
func (l List) total() int { return l.Rows * l.RowPx }

// Page returns the number of whole rows on screen, at least 1.
func (l List) Page() int { return max(l.ViewPx/max(l.RowPx, 1), 1) }

// At returns the Scroll that puts pixel px of the list at the top, as far as
// the list's ends allow.
func (l List) At(px int) Scroll {
	if l.RowPx < 1 {
		return Scroll{}
	}
	px = min(max(px, 0), max(l.total()-l.ViewPx, 0))
	return Scroll{Row: px / l.RowPx, Off: px % l.RowPx}
}

// Px returns the pixel of the list that is at the top.
func (l List) Px(s Scroll) int { return s.Row*l.RowPx + s.Off }

// By returns s moved by px pixels towards the end.
func (l List) By(s Scroll, px int) Scroll { return l.At(l.Px(s) + px) }

// Clamp returns s within the list.
func (l List) Clamp(s Scroll) Scroll { return l.At(l.Px(s)) }

// Show returns s moved as little as needed for row to be wholly on screen with
// margin rows around it, where the list has them.
func (l List) Show(s Scroll, row, margin int) Scroll { return l.ShowWithin(s, row, margin, margin) }

// ShowWithin is Show with another margin above the row than below it.
func (l List) ShowWithin(s Scroll, row, above, below int) Scroll {
	if row < 0 || row >= l.Rows {
		return l.Clamp(s)
	}
	most := max((l.Page()-1)/2, 0)
	above, below = min(above, most), min(below, most)
	top := l.Px(s)
	if first := (row - above) * l.RowPx; first < top {
		return l.At(first)
	}
	if last := (row+below+1)*l.RowPx - l.ViewPx; last > top {
		return l.At(last)
	}
	return l.Clamp(s)
}

// RowAt returns the row at y pixels below the top edge of the list, -1 below its end.
func (l List) RowAt(s Scroll, y int) int {
	if l.RowPx < 1 || y < 0 || y >= l.ViewPx {
		return -1
	}
	if row := (l.Px(s) + y) / l.RowPx; row < l.Rows {
		return row
	}
	return -1
}

// Y returns where row begins, in pixels below the top edge of the list.
func (l List) Y(s Scroll, row int) int { return (row-s.Row)*l.RowPx - s.Off }

// Thumb returns the place of a scroll bar's thumb on a track of track pixels,
// at least least pixels long; size 0 where everything is on screen.
func (l List) Thumb(s Scroll, track, least int) (pos, size int) {
	total := l.total()
	if total <= l.ViewPx || track <= 0 {
		return 0, 0
	}
	size = min(max(int(int64(track)*int64(l.ViewPx)/int64(total)), least), track)
	pos = int(int64(track-size) * int64(l.Px(s)) / int64(total-l.ViewPx))
	return pos, size
}

// Dragged returns the Scroll that puts the thumb at pos on its track.
func (l List) Dragged(pos, track, least int) Scroll {
	_, size := l.Thumb(Scroll{}, track, least)
	if room := track - size; size > 0 && room > 0 {
		return l.At(int(int64(min(max(pos, 0), room)) * int64(l.total()-l.ViewPx) / int64(room)))
	}
	return Scroll{}
}
