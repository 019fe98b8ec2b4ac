package table

import (
	"image"
	"math"
	"slices"

	"traceview/ui/canvasview"
)

type dragKind uint8

const (
	dragNone  dragKind = iota
	dragThumb          // moving the scroll bar's thumb
	dragPan            // moving the rows under the pointer
)

// pointer is what a Table knows of the pointer.
type pointer struct {
	at     image.Point
	inside bool
	drag   dragKind
	hold   int // from the thumb's edge to the pointer, or where the pan was last
	rest   float64
}

func (p *pointer) leave() { p.inside, p.at = false, image.Pt(-1, -1) }

// in says whether the pointer is over a rectangle.
func (p *pointer) in(x, y, w, h float32) bool {
	px, py := float32(p.at.X), float32(p.at.Y)
	return p.inside && px >= x && px < x+w && py >= y && py < y+h
}

// Spot makes a rectangle do something when it is pressed, until the next frame.
func (t *Table) Spot(x, y, w, h float32, action int) {
	t.spots = append(t.spots, spot{x, y, w, h, action, false})
}

// Tell gives the strip from x to end a tip, that of an action. Nothing happens when it
// is pressed.
func (t *Table) Tell(x, end float32, action int) {
	t.spots = append(t.spots, spot{x, 0, end - x, t.Px(stripDp), action, true})
}

// Over says whether the pointer is over a rectangle.
func (t *Table) Over(x, y, w, h float32) bool { return t.pointer.in(x, y, w, h) }

// spotAt returns the topmost spot at the pointer, nil if there is none.
func (t *Table) spotAt() *spot {
	for k := len(t.spots) - 1; k >= 0; k-- {
		if s := &t.spots[k]; t.pointer.in(s.x, s.y, s.w, s.h) {
			return s
		}
	}
	return nil
}

// hotRow returns the row under the pointer, -1 for none.
func (t *Table) hotRow() int {
	if !t.pointer.inside || t.pointer.drag != dragNone || t.onBar() {
		return -1
	}
	return t.list.RowAt(t.State.Scroll, t.pointer.at.Y-t.top())
}

// RowAt returns the row at a point and whether there is one, scroll bar and strip
// being none.
func (t *Table) RowAt(x, y float32) (row int, ok bool) {
	t.Hover(x, y)
	row = t.hotRow()
	return row, row >= 0 && t.spotAt() == nil
}

// onBar says whether the pointer is over the scroll bar, if there is one.
func (t *Table) onBar() bool {
	_, size := t.thumb()
	return size > 0 && t.pointer.at.In(t.scrollBar())
}

// heading returns the ID of the sorting column whose heading is at the pointer.
func (t *Table) heading() (c *Column, ok bool) {
	y, h, half := t.strip(), t.Px(headDp), t.Px(gapDp/2)
	for k := range t.placed {
		if p := &t.placed[k]; p.Sorts && t.pointer.in(p.x-half, y, p.w+2*half, h) {
			return &p.Column, true
		}
	}
	return nil, false
}

// Hover acts on the pointer being at x, y.
func (t *Table) Hover(x, y float32) bool {
	t.catchUp()
	at := image.Pt(int(x), int(y))
	changed := at != t.pointer.at || !t.pointer.inside
	t.pointer.at, t.pointer.inside = at, true
	return changed
}

// Leave acts on the pointer leaving the view.
func (t *Table) Leave() bool {
	was := t.pointer.inside
	t.pointer.leave()
	return was
}

// Press acts on a button going down.
func (t *Table) Press(x, y float32, b canvasview.Button, mods canvasview.Mods) bool {
	t.Hover(x, y)
	if b == canvasview.Middle || b == canvasview.Primary && mods&canvasview.Space != 0 {
		t.pointer.drag, t.pointer.hold = dragPan, t.pointer.at.Y
		return true
	}
	if b != canvasview.Primary {
		return false
	}
	if t.onBar() {
		t.grip()
		return true
	}
	if s := t.spotAt(); s != nil {
		return !s.idle && t.source.Act(s.action)
	}
	if c, ok := t.heading(); ok {
		return t.source.Sort(c.ID)
	}
	if row := t.hotRow(); row >= 0 {
		t.ChooseRow(row)
		if t.Opens {
			t.source.Activate(row)
		}
		return true
	}
	return false
}

// grip takes the thumb, having moved it below the pointer if it was elsewhere.
func (t *Table) grip() {
	pos, size := t.thumb()
	y := t.pointer.at.Y - t.scrollBar().Min.Y
	t.pointer.drag, t.pointer.hold = dragThumb, y-pos
	if y < pos || y >= pos+size {
		t.pointer.hold = size / 2
		t.dragThumb()
	}
}

func (t *Table) dragThumb() {
	bar := t.scrollBar()
	t.State.Scroll = t.list.Dragged(t.pointer.at.Y-bar.Min.Y-t.pointer.hold, bar.Dy(), int(t.Px(thumbLeastDp)))
}

// Drag acts on the pointer moving with a button down.
func (t *Table) Drag(x, y float32) bool {
	t.Hover(x, y)
	switch t.pointer.drag {
	case dragThumb:
		t.dragThumb()
	case dragPan:
		t.scrollBy(t.pointer.hold - t.pointer.at.Y)
		t.pointer.hold = t.pointer.at.Y
	}
	return true
}

// Release acts on a button going up.
func (t *Table) Release(x, y float32) bool {
	was := t.pointer.drag
	t.pointer.drag = dragNone
	return t.Hover(x, y) || was != dragNone
}

// Scroll acts on the wheel: dy is how far the rows move down.
func (t *Table) Scroll(_, dy float32, _ canvasview.Mods) bool {
	t.catchUp()
	y := t.pointer.rest - float64(dy)
	whole := math.Trunc(y)
	t.pointer.rest = y - whole
	return t.scrollBy(int(whole))
}

func (t *Table) scrollBy(px int) bool {
	s := t.list.By(t.State.Scroll, px)
	ok := s != t.State.Scroll
	t.State.Scroll = s
	return ok
}

// ChooseRow makes a row the chosen one and brings it into view.
func (t *Table) ChooseRow(row int) bool {
	t.State.Row = row
	t.Show(row)
	t.source.Choose(row)
	return true
}

// Show scrolls as little as needed for a row to be on screen.
func (t *Table) Show(row int) { t.State.Scroll = t.list.Show(t.State.Scroll, row, 1) }

// Key acts on the keys that move through rows, by name, and on Enter.
func (t *Table) Key(name string, mods canvasview.Mods) bool {
	t.catchUp()
	n, page := t.list.Rows, max(t.list.Page()-1, 1)
	if n == 0 || mods != 0 {
		return false
	}
	row := t.State.Row
	switch name {
	case "Up":
		row--
	case "Down":
		row++
	case "PageUp":
		row -= page
	case "PageDown":
		row += page
	case "Home":
		row = 0
	case "End":
		row = n - 1
	case "Enter":
		return row >= 0 && t.source.Activate(row)
	default:
		return false
	}
	return t.ChooseRow(min(max(row, 0), n-1))
}

// SortBeside sorts by the column so many after the one it is sorted by, also one without
// room, which then has it; by the first where it is sorted by none.
func (t *Table) SortBeside(step int) bool {
	n := len(t.Columns)
	if n == 0 {
		return false
	}
	at := slices.IndexFunc(t.Columns, func(c Column) bool { return c.ID == t.Sorted })
	if at < 0 {
		return t.source.Sort(t.Columns[0].ID)
	}
	return t.source.Sort(t.Columns[(at+step+n)%n].ID)
}

// Focus says whether the table has the keyboard.
func (t *Table) Focus(on bool) bool {
	t.focused = on
	return true
}

// Hand says whether what is under the pointer can be pressed.
func (t *Table) Hand() bool {
	t.catchUp()
	if s := t.spotAt(); s != nil {
		return !s.idle
	}
	_, head := t.heading()
	return head || t.hotRow() >= 0
}

// Hint returns what is under the pointer, as one line.
func (t *Table) Hint() string {
	t.catchUp()
	if s := t.spotAt(); s != nil {
		return t.source.Tip(s.action)
	}
	if c, ok := t.heading(); ok {
		return c.Tip
	}
	if row := t.hotRow(); row >= 0 {
		return t.source.RowTip(row)
	}
	return ""
}
