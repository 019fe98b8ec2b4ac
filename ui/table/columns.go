package table

import "slices"

// placeColumns gives the columns their places on a width: those that are kept
// least go until the others fit, but never the one the table is sorted by, and
// what room is left is shared by those that grow.
func (t *Table) placeColumns(width float32) {
	t.placed, t.hidden = t.placed[:0], t.hidden[:0]
	for _, c := range t.Columns {
		t.placed = append(t.placed, place{Column: c, w: t.least(c)})
	}
	room := width - t.Px(edgeDp) - t.Px(scrollDp) - t.Px(padDp)
	for t.needed() > room && len(t.placed) > 1 {
		k := t.leastKept()
		t.hidden = append(t.hidden, t.placed[k].ID)
		t.placed = slices.Delete(t.placed, k, k+1)
	}
	grow := float32(0)
	for k := range t.placed {
		grow += t.placed[k].Grow
	}
	left := max(room-t.needed(), 0)
	x := t.Px(edgeDp)
	for k := range t.placed {
		p := &t.placed[k]
		if grow > 0 {
			p.w += float32(int(left * p.Grow / grow))
		}
		p.x = x
		x += p.w + t.Px(gapDp)
	}
}

// least returns the width in which nothing of a column's figures and heading is
// cut.
func (t *Table) least(c Column) float32 {
	m := t.Style.Metrics
	w := m.Width(t.fonts.head, c.Title)
	if c.Sorts {
		w += t.Px(padDp + markDp)
	}
	w = max(w, t.Px(c.Dp))
	if c.Sample != "" {
		w = max(w, m.Width(t.fonts.text, c.Sample))
	}
	return float32(int(w + 1))
}

// needed returns the width of the columns placed with the gaps between them.
func (t *Table) needed() float32 {
	w := t.Px(gapDp) * float32(len(t.placed)-1)
	for k := range t.placed {
		w += t.placed[k].w
	}
	return w
}

// leastKept returns the place of the column to leave out next.
func (t *Table) leastKept() int {
	best := -1
	for k := range t.placed {
		p := &t.placed[k]
		if p.ID != t.Sorted && (best < 0 || p.Keep < t.placed[best].Keep) {
			best = k
		}
	}
	return best
}
