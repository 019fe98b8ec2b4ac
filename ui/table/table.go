package table

import (
	"image"
	"slices"

	"traceview/internal/document"
	"traceview/internal/layout"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/axis"
)

// Sizes in dp.
const (
	stripDp      = 36 // above the headings: what is listed
	headDp       = 26
	rowDp        = 22
	edgeDp       = 20 // left of the first column
	gapDp        = 16 // between columns
	scrollDp     = 12
	thumbLeastDp = 24
	markDp       = 8 // that tells the order
	padDp        = 4
	nameDp       = 13
	textDp       = 12
	headTextDp   = 11
	switchDp     = 26
)

// A Column is one column of a table. ID is the view's own number of it.
type Column struct {
	ID     int
	Title  string
	Tip    string  // what it holds, in the window's line for that
	Sample string  // the widest figure of a column of figures, which is never cut
	Dp     float32 // least width otherwise
	Grow   float32 // its share of room that is left
	Lead   bool    // what the row is named by: a size larger
	Right  bool    // figures end at its right edge
	Sorts  bool    // its heading sorts
	Keep   int     // where room is short the column with the least goes first
}

// A Cell is the place of a value, in device pixels.
type Cell struct {
	Column     int // its ID
	Lead       bool
	X, Y, W, H float32
	Hot        bool // the pointer is over its row
	Chosen     bool
}

// A Source is what a view tells its Table. The methods are called while drawing,
// or on input, and say whether anything changed.
type Source interface {
	Len() int
	Cell(s *scene.Scene, row int, c Cell)
	Choose(row int) bool   // after the row was chosen
	Activate(row int) bool // Enter
	Sort(column int) bool  // a heading was pressed
	Act(action int) bool   // a place was pressed, see Table.Spot
	Tip(action int) string // what that does
	RowTip(row int) string // of a row, as one line
}

// A Table is rows under headings. The view that embeds it sets the exported
// fields before each frame; input tells it where the pointer is.
type Table struct {
	Columns []Column // change them through SetColumns
	State   *document.Table
	Sorted  int  // ID of the column it is sorted by, -1 for none
	Falling bool // sorted so
	Style   Style
	Figures Figures
	Bare    bool // there is no strip above the headings
	Opens   bool // a press on a row opens it, not only chooses it

	source  Source
	size    image.Point
	list    layout.List
	placed  []place // of columns that have room, from left to right
	layout  layoutKey
	hidden  []int // columns without room, by ID
	eliders []axis.Elider
	lines   axis.Elider // of the strip
	spots   []spot
	pointer pointer
	fonts   fonts
	focused bool
	stale   bool // columns changed
}

// layoutKey is what the places of columns depend on.
type layoutKey struct {
	width  int
	sorted int
}

type place struct {
	Column
	x, w float32
}

type fonts struct{ name, text, strong, head scene.Font }

type spot struct {
	x, y, w, h float32
	action     int
	idle       bool // it only has a tip
}

// Init makes a table of a source.
func (t *Table) Init(source Source, state *document.Table, style Style) {
	t.source, t.State, t.Sorted = source, state, -1
	t.pointer.leave()
	t.Restyle(style)
}

// Restyle changes theme, language, font or scale. Columns are to be set anew.
func (t *Table) Restyle(s Style) {
	if !(s.Scale > 0) {
		s.Scale = 1
	}
	t.Style, t.stale = s, true
	font := func(dp float32, w scene.Weight) scene.Font { return scene.Font{Px: dp * s.Scale, Weight: w} }
	t.fonts = fonts{font(nameDp, scene.Regular), font(textDp, scene.Regular), font(textDp, scene.SemiBold), font(headTextDp, scene.SemiBold)}
	t.Figures = Figures{Units: s.Printer.Units(), Metrics: s.Metrics, Font: t.fonts.text}
	t.Forget()
}

// SetColumns changes the columns. IDs are small numbers.
func (t *Table) SetColumns(list []Column) {
	t.Columns, t.stale = list, true
	most := 0
	for _, c := range list {
		most = max(most, c.ID+1)
	}
	if len(t.eliders) < most {
		t.eliders = make([]axis.Elider, most)
	}
}

// Forget drops what was kept of texts by the numbers of rows, after other rows
// took theirs.
func (t *Table) Forget() {
	t.lines = axis.Elider{}
	for k := range t.eliders {
		t.eliders[k] = axis.Elider{}
	}
}

// Hidden returns the IDs of the columns that had no room. The caller must not
// change it.
func (t *Table) Hidden() []int { return t.hidden }

// Px returns dp in device pixels, rounded, so that edges are crisp.
func (t *Table) Px(dp float32) float32 { return float32(int(dp*t.Style.Scale + 0.5)) }

// Widest returns the widest of figures, for a column's Sample.
func (t *Table) Widest(list ...string) string {
	best, most := "", float32(-1)
	for _, l := range list {
		if w := t.Style.Metrics.Width(t.fonts.text, l); w > most {
			best, most = l, w
		}
	}
	return best
}

// line returns the thickness of a hairline.
func (t *Table) line() float32 { return max(t.Px(1), 1) }

// top returns where the rows begin.
func (t *Table) top() int { return int(t.strip()) + int(t.Px(headDp)) }

// strip returns the height of the strip above the headings.
func (t *Table) strip() float32 {
	if t.Bare {
		return 0
	}
	return t.Px(stripDp)
}

// Begin starts a frame of w × h pixels: it empties the scene and finds the place
// of everything.
func (t *Table) Begin(s *scene.Scene, w, h int) {
	s.Reset(w, h, t.Style.Palette.Paper)
	t.size, t.spots = image.Pt(w, h), t.spots[:0]
	t.list = layout.List{Rows: t.source.Len(), RowPx: int(t.Px(rowDp)), ViewPx: max(h-t.top(), 0)}
	t.settle()
	if key := (layoutKey{w, t.Sorted}); t.stale || key != t.layout {
		t.layout, t.stale = key, false
		t.placeColumns(float32(w))
	}
}

// settle keeps what is chosen, and where it is scrolled to, within the rows.
func (t *Table) settle() {
	if t.list.Rows > 0 { // none are while they are made, and what was chosen stays so
		t.State.Row = min(t.State.Row, t.list.Rows-1)
		t.State.Scroll = t.list.Clamp(t.State.Scroll)
	}
}

// catchUp takes over how many rows there are now, for input that comes before their
// frame; what could be pressed in rows is then of other ones.
func (t *Table) catchUp() {
	rows := t.source.Len()
	if rows == t.list.Rows {
		return
	}
	t.list.Rows = rows
	top := float32(t.top())
	t.spots = slices.DeleteFunc(t.spots, func(s spot) bool { return s.y >= top })
	t.settle()
}

// Body draws headings, rows and scroll bar.
func (t *Table) Body(s *scene.Scene) {
	top := float32(t.top())
	s.Clip(0, top, float32(t.size.X), float32(t.size.Y)-top)
	for row := t.State.Scroll.Row; row < t.list.Rows; row++ {
		y := t.list.Y(t.State.Scroll, row)
		if y >= t.list.ViewPx {
			break
		}
		t.drawRow(s, row, top+float32(y))
	}
	s.Unclip()
	t.drawHead(s)
	t.drawScrollBar(s)
}

func (t *Table) drawRow(s *scene.Scene, row int, y float32) {
	pal, w, h := t.Style.Palette, float32(t.size.X), t.Px(rowDp)
	hot, chosen := row == t.hotRow(), row == t.State.Row
	if row%2 == 1 {
		s.Rect(0, y, w, h, pal.Zebra)
	}
	switch {
	case chosen:
		bar := pal.Secondary
		if t.focused {
			bar = pal.Accent
		}
		s.Rect(0, y, w, h, pal.Wash())
		s.Rect(0, y, t.Px(3), h, bar)
	case hot:
		s.Rect(0, y, w, h, pal.Hover())
	}
	for k := range t.placed {
		p := &t.placed[k]
		t.source.Cell(s, row, Cell{Column: p.ID, Lead: p.Lead, X: p.x, Y: y, W: p.w, H: h, Hot: hot, Chosen: chosen})
	}
}

// baseline returns the y at which text of f stands in the middle of a strip.
func (t *Table) baseline(f scene.Font, y, h float32) float32 {
	return float32(int(y + h/2 + f.Px*0.36 + 0.5))
}

// Whole draws a text in a cell if it has room there.
func (t *Table) Whole(s *scene.Scene, c Cell, text string, col scene.Color) {
	if t.Style.Metrics.Width(t.fonts.text, text) <= c.W {
		s.Text(c.X, t.baseline(t.fonts.text, c.Y, c.H), t.fonts.text, col, text)
	}
}

// Text draws a text in a cell, both ends kept where it is too long, and returns
// its right end. id is a number of the text in its column.
func (t *Table) Text(s *scene.Scene, c Cell, id int, text string, col scene.Color) float32 {
	f := t.fonts.text
	if c.Lead {
		f = t.fonts.name
	}
	fit := t.eliders[c.Column].Fit(t.Style.Metrics, f, model.StringID(id), text, c.W)
	return fit.Draw(s, c.X, t.baseline(f, c.Y, c.H), f, col, t.Style.Metrics, text)
}

// leastBesideDp is the least room that Beside draws in.
const leastBesideDp = 48

// besideID makes the number of a text beside another of that one's.
const besideID = 1 << 30

// Beside draws a secondary text right of x, where the Text of id ends, as far as there
// is room in the cell, and returns its right end.
func (t *Table) Beside(s *scene.Scene, c Cell, x float32, id int, text string) float32 {
	at := x + t.Px(8)
	if c.W, c.X = c.X+c.W-at, at; text == "" || c.W < t.Px(leastBesideDp) {
		return x
	}
	c.Lead = false
	return t.Text(s, c, id|besideID, text, t.Style.Palette.Secondary)
}

// Number draws a figure at the right edge of a cell and returns its left end.
func (t *Table) Number(s *scene.Scene, c Cell, f Figure, col scene.Color) float32 {
	x := c.X + c.W - f.Width
	s.Text(x, t.baseline(t.fonts.text, c.Y, c.H), t.fonts.text, col, f.Text)
	return x
}

// Bar draws a bar at the foot of a cell, as long as part is of whole; none where
// that is hardly anything, since a dot a row is only noise.
func (t *Table) Bar(s *scene.Scene, c Cell, part, whole int64, col scene.Color) {
	if part <= 0 || whole <= 0 {
		return
	}
	h := t.Px(3)
	if w := c.W * float32(float64(part)/float64(whole)); w >= h {
		s.Rect(c.X+c.W-w, c.Y+c.H-h, w, h, col)
	}
}

// Dot draws the small square that stands for a service and returns the rest of
// the cell.
func (t *Table) Dot(s *scene.Scene, c Cell, col scene.Color) Cell {
	d := t.Px(8)
	s.RoundRect(c.X, c.Y+float32(int((c.H-d)/2)), d, d, t.Px(2), col)
	move := d + t.Px(6)
	c.X, c.W = c.X+move, c.W-move
	return c
}

// Cross draws the mark of an error with its right end at x and returns its left.
func (t *Table) Cross(s *scene.Scene, c Cell, x float32, own bool) float32 {
	d := t.Px(11)
	axis.DrawError(s, t.Style.Palette, t.Style.Scale*0.8, x-d/2, c.Y+c.H/2, d, own)
	return x - d
}

// Triangle draws the mark of a warning with its left end at x and returns its right.
func (t *Table) Triangle(s *scene.Scene, c Cell, x float32) float32 {
	d, foot := t.Px(11), c.Y+c.H/2+t.Px(5)
	s.Poly(t.Style.Palette.Environment(warnColour), scene.Point{X: x, Y: foot}, scene.Point{X: x + d, Y: foot}, scene.Point{X: x + d/2, Y: foot - t.Px(10)})
	return x + d
}

// warnColour is the colour of warnings, which red is not.
const warnColour = "amber"

// drawHead draws the headings, and the mark of the order.
func (t *Table) drawHead(s *scene.Scene) {
	pal, y, h := t.Style.Palette, t.strip(), t.Px(headDp)
	s.Rect(0, y, float32(t.size.X), h, pal.Panel)
	s.Rect(0, y, float32(t.size.X), t.line(), pal.Line)
	s.Rect(0, y+h-t.line(), float32(t.size.X), t.line(), pal.Line)
	for k := range t.placed {
		p := &t.placed[k]
		col, hot := pal.Secondary, p.Sorts && t.pointer.in(p.x-t.Px(gapDp/2), y, p.w+t.Px(gapDp), h)
		if hot || p.ID == t.Sorted {
			col = pal.Text
		}
		w := t.Style.Metrics.Width(t.fonts.head, p.Title)
		x, mark := p.x, p.x+w+t.Px(padDp)
		if p.Right {
			x = p.x + p.w - w
			mark = x - t.Px(padDp+markDp)
		}
		s.Text(x, t.baseline(t.fonts.head, y, h), t.fonts.head, col, p.Title)
		if p.ID == t.Sorted {
			t.drawOrder(s, mark, y+h/2)
		}
	}
}

// drawOrder draws a triangle that points the way values go down the column.
func (t *Table) drawOrder(s *scene.Scene, x, mid float32) {
	w, half := t.Px(markDp), t.Px(markDp)/4
	foot, tip := mid+half, mid-half
	if t.Falling {
		foot, tip = tip, foot
	}
	s.Poly(t.Style.Palette.Accent, scene.Point{X: x, Y: foot}, scene.Point{X: x + w, Y: foot}, scene.Point{X: x + w/2, Y: tip})
}

// drawScrollBar draws the thumb, nothing if all rows are on screen.
func (t *Table) drawScrollBar(s *scene.Scene) {
	pos, size := t.thumb()
	if size == 0 {
		return
	}
	pal, bar := t.Style.Palette, t.scrollBar()
	col, w := pal.Thumb, t.Px(6)
	if t.pointer.drag == dragThumb || t.pointer.inside && t.pointer.at.In(bar) {
		col = pal.Secondary
	}
	s.RoundRect(float32(bar.Min.X)+t.Px(3), float32(bar.Min.Y+pos), w, float32(size), w/2, col)
}

func (t *Table) scrollBar() image.Rectangle {
	return image.Rect(t.size.X-int(t.Px(scrollDp)), t.top(), t.size.X, t.size.Y)
}

func (t *Table) thumb() (pos, size int) {
	return t.list.Thumb(t.State.Scroll, t.scrollBar().Dy(), int(t.Px(thumbLeastDp)))
}
