package flame

import (
	"traceview/internal/layout"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/axis"
)

// Sizes of boxes in dp.
const (
	boxGapDp    = 2  // between lanes
	labelDp     = 28 // no name in less
	elidedDp    = 44 // no shortened name in less
	labelPadDp  = 4
	markDp      = 12 // the disc of an error
	flagDp      = 6  // the triangle of an error in a box too narrow for the disc
	flagApartDp = 12 // between the triangles of a lane
	separateDp  = 3  // boxes from here on are told apart by a line
	// grain is how many pixels of boxes no wider than one share the colour of
	// the first: in a lane full of them colours are noise, and each one drawn
	// would take the frame of a million parallel spans from 8 to 30 ms.
	grain = 4
)

// A fill is a rectangle being drawn: boxes side by side in one colour and too
// narrow for anything else make one.
type fill struct {
	x0, x1 int
	color  scene.Color
}

// drawLanes draws the lanes on screen.
func (p *Painter) drawLanes(s *scene.Scene) {
	list := p.list()
	for lane := p.scroll.Row; lane < list.Rows; lane++ {
		y := list.Y(p.scroll, lane)
		if y >= list.ViewPx {
			return
		}
		p.drawLane(s, lane, float32(p.g.Area.Min.Y+y))
	}
}

// boxHeight returns the height of a box.
func (p *Painter) boxHeight() float32 { return float32(p.g.LanePx) - p.px(boxGapDp) }

func (p *Painter) drawLane(s *scene.Scene, lane int, y float32) {
	pal, h := p.style.Palette, p.boxHeight()
	separate, label := p.g.Px(separateDp), p.g.Px(labelDp)
	var f fill
	flag := p.g.Area.Min.X - p.g.Size.X // right end of the last flag
	flush := func() {
		s.Rect(float32(f.x0), y, float32(f.x1-f.x0), h, f.color)
		f.x0 = f.x1
	}
	for c := p.g.Boxes(p.flame, lane, p.doc.Viewport()); c.Next(); {
		b := c.Box
		b.X0, b.X1 = b.X0+p.g.Zero, b.X1+p.g.Zero
		w := b.X1 - b.X0
		color := p.colorOf(b.Span)
		if w <= separate {
			bar := color.Bar
			if b.Failed {
				bar = pal.Error
			}
			dense := w == 1 && f.x1-f.x0 < grain && f.color != pal.Error && !b.Failed
			if f.x1 != b.X0 || f.color != bar && !dense {
				flush()
				f.x0, f.color = b.X0, bar
			}
			f.x1 = b.X1
		} else {
			flush()
			end := b.X1 - p.g.Line
			s.Rect(float32(b.X0), y, float32(end-b.X0), h, color.Bar)
			f.x0, f.x1 = b.X1, b.X1
		}
		if w >= label {
			p.drawLabel(s, b, y, h)
		} else if b.Failed && b.X0 >= flag {
			flush()
			flag = p.drawFlag(s, b, y, h)
		}
	}
	flush()
}

// drawLabel draws the name in a box, the mark of an error at its end and, where
// the name leaves room, how long it took.
func (p *Painter) drawLabel(s *scene.Scene, b layout.FlameBox, y, h float32) {
	m, sp, ink := p.style.Metrics, &p.trace.Spans[b.Span], p.colorOf(b.Span).Ink
	x, right := float32(b.X0)+p.px(labelPadDp), float32(b.X1-p.g.Line)-p.px(labelPadDp)
	if b.Failed {
		p.frameError(s, b, y, h)
		d := p.px(markDp)
		axis.DrawError(s, p.style.Palette, p.style.Scale, right-d/2, y+h/2, d, !p.doc.Errors().CarriedUp(b.Span))
		right -= d + p.px(labelPadDp)
	}
	name := p.trace.Str(sp.Name)
	if name == "" {
		name = p.words.unnamed
	}
	f := p.fonts.box
	fit := p.names.Fit(m, f, sp.Name, name, right-x)
	if !fit.Whole() && right-x < p.px(elidedDp) {
		return
	}
	at := fit.Draw(s, x, p.baseline(f, y, h), f, ink, m, name)
	if !fit.Whole() {
		return
	}
	l := p.ruler.Labels.Duration(sp.Dur)
	if from := right - l.Width; from >= at+p.px(12) {
		s.Text(from, p.baseline(p.fonts.small, y, h), p.fonts.small, ink, l.Text)
	}
}

// frameError outlines the box of a span that failed.
func (p *Painter) frameError(s *scene.Scene, b layout.FlameBox, y, h float32) {
	s.Frame(float32(b.X0), y, float32(b.X1-p.g.Line-b.X0), h, 0, 2*p.style.Scale, p.style.Palette.Error)
}

// drawFlag marks a failure in a box too narrow for the disc by a triangle that
// hangs over it, and returns where the next one may begin.
func (p *Painter) drawFlag(s *scene.Scene, b layout.FlameBox, y, h float32) int {
	pal, half := p.style.Palette, p.px(flagDp)/2
	if b.X1-b.X0 > p.g.Px(separateDp) {
		p.frameError(s, b, y, h)
	}
	cx := float32((b.X0 + b.X1) / 2)
	rim := p.line()
	for k := half; k > 0; k-- { // in rows: a polygon costs ten times as much, and there may be thousands
		top := y + (half-k)*2
		s.Rect(cx-k-rim, top, 2*(k+rim), 2, pal.Paper)
		s.Rect(cx-k, top, 2*k, 2, pal.Error)
	}
	return b.X1 + p.g.Px(flagApartDp)
}

// drawChosen outlines the selected span and washes the one under the pointer.
func (p *Painter) drawChosen(s *scene.Scene) {
	pal := p.style.Palette
	if i := p.doc.Hovered(); i != model.NoSpan && i != p.doc.Selected() {
		if x, y, w, ok := p.place(i); ok {
			s.Rect(x, y, w, p.boxHeight(), pal.Text.Alpha(36))
		}
	}
	if x, y, w, ok := p.place(p.doc.Selected()); ok {
		h, t := p.boxHeight(), p.px(2)
		if w > 4*t { // a light line inside tells the outline from a box of much the same colour
			s.Frame(x, y, w, h, 0, t/2, pal.Paper)
		}
		s.Frame(x-t, y-t, w+2*t, h+2*t, t, t, pal.Accent)
	}
}

// place returns where the box of a span is, at least a pixel wide and cut a
// little beyond the edges of the area; false if it is not in view.
func (p *Painter) place(i model.SpanIndex) (x, y, w float32, ok bool) {
	lane := p.flame.Lane(i)
	if lane < 0 {
		return 0, 0, 0, false
	}
	list, v, sp := p.list(), p.doc.Viewport(), &p.trace.Spans[i]
	top := list.Y(p.scroll, lane)
	edge := p.px(8)
	lo, hi := float64(float32(p.g.Area.Min.X)-edge), float64(float32(p.g.Area.Max.X)+edge)
	x0, x1 := v.X(sp.Start)+float64(p.g.Zero), v.X(sp.Start+sp.Dur)+float64(p.g.Zero)
	if top+p.g.LanePx <= 0 || top >= list.ViewPx || x1 < lo || x0 > hi {
		return 0, 0, 0, false
	}
	from := float32(int(max(x0, lo) + 0.5))
	to := float32(int(min(x1, hi) + 0.5))
	return from, float32(p.g.Area.Min.Y + top), max(to-from-p.line(), 1), true
}

// drawScrollBar draws the thumb, nothing if all lanes are on screen.
func (p *Painter) drawScrollBar(s *scene.Scene) {
	pal, bar := p.style.Palette, p.g.ScrollBar
	pos, size := p.list().Thumb(p.scroll, bar.Dy(), p.g.Px(axis.ThumbLeastDp))
	if size == 0 {
		return
	}
	s.Rect(float32(bar.Min.X), float32(bar.Min.Y), p.line(), float32(bar.Dy()), pal.Line)
	c, w := pal.Thumb, p.px(6)
	if p.pointer.Drag == axis.DragThumb || p.pointer.Inside && p.pointer.At.In(bar) {
		c = pal.Secondary
	}
	s.RoundRect(float32(bar.Min.X)+p.px(3), float32(bar.Min.Y+pos), w, float32(size), w/2, c)
}
