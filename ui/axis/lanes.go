package axis

import (
	"traceview/internal/layout"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/look"
)

// Sizes of boxes in dp.
const (
	boxGapDp    = 2  // between lanes
	labelDp     = 28 // no name in less
	elidedDp    = 44 // no shortened name in less
	labelPadDp  = 4
	markDp      = 12 // the disc of an error
	flagDp      = 6  // the triangle of an error in a box too narrow for the disc
	flagApartDp = 40 // between the triangles of a lane, which took half of the worst frame at 12
	separateDp  = 3  // boxes from here on are told apart by a line
	shareAfter  = 12 // from the name to what stands at the right
	hatchDp     = 5  // between the lines of a hatching
	hatchAlpha  = 70
)

// Lanes draw the boxes of a flame, lane by lane. Set the exported fields, then
// the places before each frame; X of a box counts from Zero.
type Lanes struct {
	Look    *look.Palette
	Metrics scene.Metrics
	Scale   float32    // device pixels a dp
	Font    scene.Font // of names
	Small   scene.Font // of what stands at the right end of a box
	Zero    int
	Left    int     // left end of the area
	Top     float32 // upper edge of the area
	LanePx  int
	names   Elider
}

// Forget drops what was measured of names: their numbers will be those of others.
func (l *Lanes) Forget() { l.names = Elider{} }

// A LaneLook tells how boxes look.
type LaneLook interface {
	// Color returns the colour of a box.
	Color(b layout.FlameBox) look.ServiceColor
	// Label returns what is written in a box.
	Label(b layout.FlameBox) LaneLabel
}

// A LaneLabel is what is written in a box that has room for it.
type LaneLabel struct {
	Name  string
	ID    model.StringID // of Name
	Right *Label         // at the right end, where the name leaves room; nil for nothing
	Own   bool           // if it failed, the error began there
	Noted bool           // it has the mark of a note
	Hatch float64        // share of the box, from the right, that is hatched
}

// A laneFill is the rectangle being drawn in a lane: boxes side by side in one
// colour and too narrow for anything else make one.
type laneFill struct {
	s      *scene.Scene
	y, h   float32
	x0, x1 int
	color  scene.Color
}

// Labelled says whether a box w pixels wide has room for a LaneLabel.
func (l *Lanes) Labelled(w float32) bool { return w >= l.px(labelDp) }

// add draws x0 to x1, together with what is there if that ends at x0.
func (f *laneFill) add(x0, x1 int, c scene.Color) {
	if f.x1 != x0 || f.color != c {
		f.flush(x0)
		f.color = c
	}
	f.x1 = x1
}

// flush draws what is there; what follows begins at x.
func (f *laneFill) flush(x int) {
	f.s.Rect(float32(f.x0), f.y, float32(f.x1-f.x0), f.h, f.color)
	f.x0, f.x1 = x, x
}

// Px returns dp in device pixels, whole so that edges stay sharp.
func (l *Lanes) Px(dp float32) float32 { return l.px(dp) }

func (l *Lanes) px(dp float32) float32 { return float32(int(dp*l.Scale + 0.5)) }

func (l *Lanes) line() float32 { return max(l.px(1), 1) }

// Height returns the height of a box.
func (l *Lanes) Height() float32 { return float32(l.LanePx) - l.px(boxGapDp) }

// Draw draws the boxes of a lane whose upper edge is at y.
func (l *Lanes) Draw(s *scene.Scene, c layout.FlameCursor, y float32, boxes LaneLook) {
	h := l.Height()
	separate, label := int(l.px(separateDp)), int(l.px(labelDp))
	f := laneFill{s: s, y: y, h: h}
	flag := l.Left - 1000 // right end of the last flag
	for c.Next() {
		b := c.Box
		b.X0, b.X1, b.FailX = b.X0+l.Zero, b.X1+l.Zero, b.FailX+l.Zero
		w, color := b.X1-b.X0, boxes.Color(b)
		switch {
		case b.N > 1 && b.Failed: // a run with one that failed in it
			f.flush(b.X1)
			s.Rect(float32(b.X0), y, float32(w), h, color.Bar)
			s.Rect(float32(b.FailX), y, 1, h, l.Look.Error)
		case w <= separate && b.Failed:
			f.add(b.X0, b.X1, l.Look.Error)
		case w <= separate || b.N > 1:
			f.add(b.X0, b.X1, color.Bar)
		default:
			f.flush(b.X1)
			s.Rect(float32(b.X0), y, float32(w)-l.line(), h, color.Bar)
		}
		if w >= label && b.N == 1 {
			l.drawLabel(s, b, y, color.Ink, boxes.Label(b))
			continue
		}
		if b.Failed && b.N == 1 && w > separate { // each: only the triangles are thinned out
			l.frameError(s, b, y)
		}
		if b.Failed && b.X0 >= flag {
			f.flush(b.X1)
			flag = l.drawFlag(s, b, y)
		}
	}
	f.flush(0)
}

// drawLabel draws the name in a box, the mark of an error at its end and, where
// the name leaves room, what stands at the right.
func (l *Lanes) drawLabel(s *scene.Scene, b layout.FlameBox, y float32, ink scene.Color, t LaneLabel) {
	h := l.Height()
	x, end := float32(b.X0)+l.px(labelPadDp), float32(b.X1)-l.line()
	if w := float32(int(t.Hatch * float64(end-float32(b.X0)))); w >= l.px(hatchDp) {
		s.Hatch(end-w, y, w, h, l.px(hatchDp), l.line(), ink.Alpha(hatchAlpha))
	}
	right := end - l.px(labelPadDp)
	if b.Failed {
		l.frameError(s, b, y)
		d := l.px(markDp)
		DrawError(s, l.Look, l.Scale, right-d/2, y+h/2, d, t.Own)
		right -= d + l.px(labelPadDp)
	}
	if t.Noted {
		d := l.px(NoteDp)
		DrawNote(s, l.Look, l.Scale, right-d/2, y+h/2, d, true)
		right -= d + l.px(labelPadDp)
	}
	fit := l.names.Fit(l.Metrics, l.Font, t.ID, t.Name, right-x)
	if !fit.Whole() && right-x < l.px(elidedDp) {
		return
	}
	at := fit.Draw(s, x, l.baseline(l.Font, y, h), l.Font, ink, l.Metrics, t.Name)
	if t.Right == nil || !fit.Whole() {
		return
	}
	if from := right - t.Right.Width; from >= at+l.px(shareAfter) {
		s.Text(from, l.baseline(l.Small, y, h), l.Small, ink, t.Right.Text)
	}
}

// baseline returns the y at which text of f stands in the middle of a strip.
func (l *Lanes) baseline(f scene.Font, y, h float32) float32 {
	ascent, descent := l.Metrics.Line(f)
	return float32(int(y + (h+ascent-descent)/2 + 0.5))
}

// frameError outlines a box that failed.
func (l *Lanes) frameError(s *scene.Scene, b layout.FlameBox, y float32) {
	s.Frame(float32(b.X0), y, float32(b.X1-b.X0)-l.line(), l.Height(), 0, 2*l.Scale, l.Look.Error)
}

// drawFlag marks a failure in a box too narrow for the disc by a triangle that
// hangs over it, and returns where the next one may begin.
func (l *Lanes) drawFlag(s *scene.Scene, b layout.FlameBox, y float32) int {
	half, cx := l.px(flagDp)/2, float32((b.X0+b.X1)/2)
	if b.N > 1 {
		cx = float32(b.FailX)
	}
	rim := l.line()
	for k := half; k > 0; k-- { // in rows: a polygon costs ten times as much, and there may be thousands
		top := y + (half-k)*2
		s.Rect(cx-k-rim, top, 2*(k+rim), 2, l.Look.Paper)
		s.Rect(cx-k, top, 2*k, 2, l.Look.Error)
	}
	return b.X1 + int(l.px(flagApartDp))
}

// Outline draws the outline of the chosen box at x, y, w wide.
func (l *Lanes) Outline(s *scene.Scene, x, y, w float32) {
	h, t := l.Height(), l.px(2)
	if w > 4*t { // a light line inside tells the outline from a box of much the same colour
		s.Frame(x, y, w, h, 0, t/2, l.Look.Paper)
	}
	top := y - t
	if y >= l.Top { // the first lane has nothing above it to lie over
		top = max(top, l.Top)
	}
	s.Frame(x-t, top, w+2*t, y+h+t-top, t, t, l.Look.Accent)
}

// hoverAlpha is how strongly the box under the pointer is washed, of 255.
const hoverAlpha = 36

// Wash draws the wash over the box under the pointer.
func (l *Lanes) Wash(s *scene.Scene, x, y, w float32) {
	s.Rect(x, y, w, l.Height(), l.Look.Text.Alpha(hoverAlpha))
}

// Place returns where a box from lo to hi of a Viewport is, at least a pixel
// wide and cut a little beyond the edges of the area that ends at right; false
// if it is not in view.
func (l *Lanes) Place(v layout.Viewport, lo, hi int64, right int) (x, w float32, ok bool) {
	edge := float64(l.px(8))
	from, to := float64(l.Left)-edge, float64(right)+edge
	x0, x1 := v.X(lo)+float64(l.Zero), v.X(hi)+float64(l.Zero)
	if x1 < from || x0 > to {
		return 0, 0, false
	}
	x = float32(int(max(x0, from) + 0.5))
	return x, max(float32(int(min(x1, to)+0.5))-x-l.line(), 1), true
}
