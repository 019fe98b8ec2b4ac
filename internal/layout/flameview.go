package layout

import (
	"image"

	"traceview/internal/model"
)

// LaneDp is the height of a lane of a flame in dp, its gap included.
const LaneDp = 20

// The heights in dp of what stands above the lanes of a merged flame, the
// choices and the way to what is shown, and of the legend below them.
const (
	MergedHeadDp = 68
	MergedFootDp = 44
)

// A FlameView is where the parts of a flame lie, in device pixels.
type FlameView struct {
	Size      image.Point
	Ruler     image.Rectangle // or what stands above the lanes instead
	Area      image.Rectangle // lanes
	ScrollBar image.Rectangle
	Line      int // thickness of a line
	LanePx    int
	Zero      int // x of the left end of the Viewport
	Width     int // pixels of the Viewport
	Scale     float32
}

// NewFlameView divides a picture of w × h device pixels at scale pixels a dp.
func NewFlameView(w, h int, scale float32) FlameView { return newFlameView(w, h, scale, HeaderDp, 0) }

// NewMergedView is NewFlameView for a merged flame.
func NewMergedView(w, h int, scale float32) FlameView {
	return newFlameView(w, h, scale, MergedHeadDp, MergedFootDp)
}

func newFlameView(w, h int, scale, headDp, footDp float32) FlameView {
	if !(scale > 0) {
		scale = 1
	}
	g := FlameView{Size: image.Pt(max(w, 1), max(h, 1)), Scale: scale}
	g.Line = max(g.Px(1), 1)
	g.LanePx = max(g.Px(LaneDp), 2)
	head, right := g.Px(headDp), max(w-g.Px(ScrollBarDp), 0)
	h = max(h-g.Px(footDp), head)
	g.Ruler = image.Rect(0, 0, right, head)
	g.Area = image.Rect(0, head, right, h)
	g.ScrollBar = image.Rect(right, head, max(w, right), h)
	g.Zero = min(g.Px(PadDp), right/2)
	g.Width = max(right-2*g.Zero, 1)
	return g
}

// Px returns dp in whole device pixels.
func (g FlameView) Px(dp float32) int { return int(dp*g.Scale + 0.5) }

// List returns what scrolling n lanes needs to know.
func (g FlameView) List(n int) List { return List{Rows: n, RowPx: g.LanePx, ViewPx: g.Area.Dy()} }

// Boxes returns the boxes of a lane that are in the Area; add Zero to their pixels.
func (g FlameView) Boxes(f *Flame, lane int, v Viewport) FlameCursor {
	return f.Boxes(lane, v, g.Area.Min.X-g.Zero, g.Area.Max.X-g.Zero)
}

// Hit returns the span or call of the box drawn at x, y, NoSpan where there is none.
func (g FlameView) Hit(x, y int, f *Flame, s Scroll, v Viewport) int32 {
	if !image.Pt(x, y).In(g.Area) {
		return model.NoSpan
	}
	lane := g.List(f.Lanes()).RowAt(s, y-g.Area.Min.Y)
	for c := g.Boxes(f, lane, v); c.Next(); {
		if x-g.Zero < c.Box.X1 {
			if x-g.Zero >= c.Box.X0 {
				return c.Box.Item
			}
			break
		}
	}
	return model.NoSpan
}
