package layout

import (
	"image"

	"traceview/internal/model"
)

// Sizes of a waterfall in dp, on a grid of 4.
const (
	HeaderDp    = 28
	RowDp       = 22
	BarDp       = 14
	PadDp       = 8  // before time zero
	TreePadDp   = 12 // before the tree, room for the elbow of a missing parent
	LabelPadDp  = 64 // after the trace's end, where the longest bars have their label
	IndentDp    = 16 // a level of the tree, where all levels find room
	NarrowDp    = 8  // a level of a deep tree
	TwistyDp    = 16 // the box of a twisty, with the room around it
	ScrollBarDp = 12
	MinTreeDp   = 160
	MinAxisDp   = 160
	grabDp      = 4 // how near to the splitter counts as on it
	minimapDp   = 40
)

// A Waterfall is where the parts of a waterfall lie, in device pixels.
type Waterfall struct {
	Size      image.Point
	Minimap   image.Rectangle // empty unless asked for
	Heading   image.Rectangle // above the tree
	Ruler     image.Rectangle // above the axis
	Tree      image.Rectangle // rows, left of the splitter
	Axis      image.Rectangle // rows, right of it
	ScrollBar image.Rectangle
	Split     int // x of the splitter, one pixel or more wide
	Line      int // thickness of a line
	RowPx     int
	Zero      int // x of the left end of the Viewport
	Width     int // pixels of the Viewport
	Scale     float32
	step      float64 // pixels a level of the tree
}

// WaterfallOptions say what a Waterfall shows.
type WaterfallOptions struct {
	Scale   float32 // device pixels a dp
	TreeDp  float32 // wished width of the tree; 0 for a share of the window
	Depth   int     // of the trace's deepest span, roots having 0
	Minimap bool
}

// NewWaterfall divides a picture of w × h device pixels.
func NewWaterfall(w, h int, o WaterfallOptions) Waterfall {
	if !(o.Scale > 0) {
		o.Scale = 1
	}
	g := Waterfall{Size: image.Pt(max(w, 1), max(h, 1)), Scale: o.Scale}
	g.Line = max(g.Px(1), 1)
	g.RowPx = max(g.Px(RowDp), 1)
	tree := g.Px(o.TreeDp)
	if o.TreeDp <= 0 {
		tree = min(max(w*38/100, g.Px(220)), g.Px(460))
	}
	bar := g.Px(ScrollBarDp)
	g.Split = min(max(tree, g.Px(MinTreeDp)), max(w-bar-g.Line-g.Px(MinAxisDp), w/2))
	top := 0
	if o.Minimap {
		top = g.Px(minimapDp)
		g.Minimap = image.Rect(0, 0, w, top)
	}
	head := top + g.Px(HeaderDp)
	right := max(w-bar, g.Split+g.Line)
	g.Heading = image.Rect(0, top, g.Split, head)
	g.Ruler = image.Rect(g.Split+g.Line, top, right, head)
	g.Tree = image.Rect(0, head, g.Split, max(h, head))
	g.Axis = image.Rect(g.Split+g.Line, head, right, max(h, head))
	g.ScrollBar = image.Rect(right, head, w, max(h, head))
	g.step = min(max(indentShare*float64(g.Tree.Dx())/float64(max(o.Depth, 1)), float64(g.Px(NarrowDp))), float64(g.Px(IndentDp)))
	g.Zero = g.Axis.Min.X + g.Px(PadDp)
	g.Width = max(g.Axis.Max.X-g.Zero-g.labelPad(), 1)
	return g
}

// labelPad is smaller where the axis itself is small.
func (g Waterfall) labelPad() int { return min(g.Px(LabelPadDp), g.Axis.Dx()/6) }

// Px returns dp in whole device pixels.
func (g Waterfall) Px(dp float32) int {
	if dp < 0 {
		return -int(-dp*g.Scale + 0.5)
	}
	return int(dp*g.Scale + 0.5)
}

// List returns what scrolling n rows needs to know.
func (g Waterfall) List(n int) List { return List{Rows: n, RowPx: g.RowPx, ViewPx: g.Tree.Dy()} }

// indentShare is how much of the tree's width its indents may take before
// levels draw together.
const indentShare = 0.35

// Indent returns the x of the twisty's box of a span at depth. Levels are
// IndentDp apart, or closer in a trace whose depth would take more than
// indentShare of the tree; what does not fit even at NarrowDp draws together
// more and more without ever passing half of it, so that the deepest name
// keeps its room.
func (g Waterfall) Indent(depth int) int {
	in, room := float64(max(depth, 0))*g.step, indentShare*float64(g.Tree.Dx())
	if over := in - room; over > 0 {
		rest := (0.5 - indentShare) * float64(g.Tree.Dx())
		in = room + rest*over/(over+rest)
	}
	return g.Px(TreePadDp) + int(in)
}

// A Bar is the visible part of a span on the axis: pixels X0 to X1, at least
// the given least apart. Before and After say that the span goes on beyond the
// edge; a span wholly outside has X0 = X1 and one of them set.
type Bar struct {
	X0, X1        int
	Before, After bool
}

// Bar returns the bar of a span.
func (g Waterfall) Bar(v Viewport, s *model.Span, least int) Bar {
	lo, hi := g.Axis.Min.X, g.Axis.Max.X
	x0 := roundPx(v.X(s.Start)) + g.Zero
	x1 := max(roundPx(v.X(s.Start+s.Dur))+g.Zero, x0+max(least, 1))
	switch {
	case x1 <= lo:
		return Bar{X0: lo, X1: lo, Before: true}
	case x0 >= hi:
		return Bar{X0: hi, X1: hi, After: true}
	}
	return Bar{X0: max(x0, lo), X1: min(x1, hi), Before: x0 < lo, After: x1 > hi}
}

// roundPx rounds a pixel; far outside the view it stops at ±2^30.
func roundPx(x float64) int {
	const limit = 1 << 30
	x = min(max(x, -limit), limit)
	if x < 0 {
		return -int(-x + 0.5)
	}
	return int(x + 0.5)
}

// A LabelPlace says where the label of a bar stands.
type LabelPlace uint8

// The places of a label, in the order tried.
const (
	LabelRight LabelPlace = iota
	LabelInside
	LabelLeft
	LabelNowhere
)

// PlaceLabel finds room for a label of width px beside a bar, gap away from
// it, with tail pixels after the bar taken by marks. It returns the label's left edge.
func (g Waterfall) PlaceLabel(b Bar, width, gap, tail int) (x int, place LabelPlace) {
	lo, hi := g.Axis.Min.X, g.Axis.Max.X
	switch {
	case !b.After && b.X1+tail+gap+width <= hi:
		return b.X1 + tail + gap, LabelRight
	case b.X1-b.X0 >= width+2*gap+tail:
		return min(b.X1, hi) - gap - width - tail, LabelInside
	case !b.Before && b.X0-gap-width >= lo:
		return b.X0 - gap - width, LabelLeft
	}
	return 0, LabelNowhere
}

// A Part is a place of a waterfall that answers the pointer.
type Part uint8

// The parts of a waterfall.
const (
	PartNone Part = iota
	PartMinimap
	PartHeading
	PartRuler
	PartSplitter
	PartTwisty
	PartTree // a row, left of the splitter
	PartBar
	PartAxis // a row, right of the splitter, beside its bar
	PartScrollBar
	PartBelow // under the last row, on the axis
)

// A Hit is what lies under a point: a part and, for those within rows, the row
// and its span; otherwise -1 and NoSpan.
type Hit struct {
	Part   Part
	Row    int
	Span   model.SpanIndex
	Pinned bool // the row stands at the top, out of its place
}

// Hit returns what lies at x, y.
func (g Waterfall) Hit(x, y int, r *Rows, s Scroll, v Viewport) Hit {
	h := Hit{Row: -1, Span: model.NoSpan}
	p := image.Pt(x, y)
	grab := g.Px(grabDp)
	switch {
	case !p.In(image.Rectangle{Max: g.Size}):
	case p.In(g.Minimap):
		h.Part = PartMinimap
	case x >= g.Split-grab && x < g.Split+g.Line+grab:
		h.Part = PartSplitter
	case p.In(g.Heading):
		h.Part = PartHeading
	case p.In(g.Ruler):
		h.Part = PartRuler
	case p.In(g.ScrollBar):
		h.Part = PartScrollBar
	case p.In(g.Tree), p.In(g.Axis):
		return g.hitRow(x, y-g.Tree.Min.Y, r, s, v)
	}
	return h
}

// hitRow returns what lies at x in the row y pixels below the top of the rows.
func (g Waterfall) hitRow(x, y int, r *Rows, s Scroll, v Viewport) Hit {
	list := g.List(r.Len())
	h := Hit{Row: list.RowAt(s, y)}
	top := list.Y(s, h.Row)
	pins := NewPins(r, list, s)
	if k := pins.Hit(y, g.RowPx); k >= 0 {
		h.Row, h.Pinned, top = pins.At[k].Row, true, pins.At[k].Y
	}
	h.Span = r.Span(h.Row)
	if h.Row < 0 {
		if x >= g.Axis.Min.X {
			h.Part = PartBelow
		}
		return h
	}
	if x < g.Split {
		h.Part = PartTree
		if at := g.Indent(int(r.spans[h.Span].Depth)); r.Parent(h.Span) && x >= at && x < at+g.Px(TwistyDp) {
			h.Part = PartTwisty
		}
		return h
	}
	h.Part = PartAxis
	slack := g.Px(2)
	b := g.Bar(v, &r.spans[h.Span], g.Px(2))
	foot := (g.RowPx - g.Px(BarDp)) / 2
	if inY := y - top; x >= b.X0-slack && x < b.X1+slack && inY >= foot && inY < g.RowPx-foot {
		h.Part = PartBar
	}
	return h
}
