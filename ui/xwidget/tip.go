package xwidget

import (
	"image"

	"traceview/internal/scene"
	"traceview/ui/look"
)

// Sizes of a Tip in dp.
const (
	tipWidth   = 420 // of a line at most
	tipEdge    = 4   // from the edges of the bounds
	tipPad     = 10
	tipLine    = 18
	tipLines   = 3  // of one TipLine at most
	tipBesideX = 14 // from the pointer's tip to the corner of the box
	tipBesideY = 18
)

// A TipLine is one thing a Tip says.
type TipLine struct {
	Text   string
	Strong bool
	Error  bool        // begins with the mark of an error
	Swatch scene.Color // begins with a small square of it, unless transparent
}

// A Tip is a small text that floats beside the pointer. It breaks its lines when
// they are set and draws without allocating.
type Tip struct {
	canvas Canvas
	lines  []tipText
	w      float32
}

type tipText struct {
	TipLine
	first bool // of its TipLine: has the mark or swatch
}

// Set changes what the Tip says, and with what it is drawn in a picture width
// pixels wide; without lines it says nothing.
func (t *Tip) Set(lines []TipLine, l *look.Palette, m scene.Metrics, scale float32, width int) {
	t.canvas = Canvas{Metrics: m, Look: l, Scale: scale}
	most := min(t.canvas.D(tipWidth), float32(width)-2*t.canvas.D(tipEdge+tipPad+1))
	t.lines, t.w = t.lines[:0], 0
	for _, line := range lines {
		f, lead := t.font(line), t.lead(line)
		wrap := t.canvas.Wrap
		if line.Strong { // a name
			wrap = t.canvas.WrapEnds
		}
		for k, text := range wrap(f, line.Text, most-lead, tipLines) {
			part := tipText{line, k == 0}
			part.Text = text
			t.lines = append(t.lines, part)
			t.w = max(t.w, lead+m.Width(f, text))
		}
	}
}

// Empty says that the Tip says nothing.
func (t *Tip) Empty() bool { return len(t.lines) == 0 }

func (t *Tip) font(l TipLine) scene.Font {
	if l.Strong {
		return t.canvas.Font(Minor, scene.SemiBold)
	}
	return t.canvas.Font(Minor, scene.Regular)
}

// lead returns the room for what a line begins with.
func (t *Tip) lead(l TipLine) float32 {
	if l.Error || l.Swatch.A > 0 {
		return t.canvas.D(17)
	}
	return 0
}

// place returns where a box of w × h stands beside the pointer: within the
// bounds and never under it; false where there is no such place.
func (t *Tip) place(at image.Point, bounds image.Rectangle, w, h int) (image.Point, bool) {
	dx, dy := int(t.canvas.D(tipBesideX)), int(t.canvas.D(tipBesideY))
	x := min(max(at.X+dx, bounds.Min.X), bounds.Max.X-w)
	y := at.Y + dy
	if y+h > bounds.Max.Y {
		y = at.Y - dy/2 - h
	}
	if y < bounds.Min.Y { // neither below nor above: beside
		y = min(max(at.Y-h/2, bounds.Min.Y), bounds.Max.Y-h)
		if x = at.X + dx; x+w > bounds.Max.X {
			x = at.X - dx - w
		}
	}
	box := image.Rect(x, y, x+w, y+h)
	return box.Min, box.In(bounds) && !at.In(box)
}

// Draw draws the Tip beside the pointer, nothing where it has no room.
func (t *Tip) Draw(s *scene.Scene, at image.Point, bounds image.Rectangle) {
	if len(t.lines) == 0 {
		return
	}
	c := &t.canvas
	c.Scene, c.bottom = s, float32(s.H)
	pad, step := c.D(tipPad), c.D(tipLine)
	w, h := float32(int(t.w))+2*pad, float32(len(t.lines))*step+2*pad-c.D(4)
	from, ok := t.place(at, bounds.Inset(int(c.D(tipEdge))), int(w), int(h))
	if !ok {
		return
	}
	x, y := float32(from.X), float32(from.Y)
	pal := c.Look
	c.RoundRect(x-1, y-1, w+2, h+2, c.D(6), pal.Paper.Alpha(190)) // tells it from bars of its own colour
	c.RoundRect(x, y, w, h, c.D(5), pal.Tip)
	x, y = x+pad, y+pad-c.D(2)
	for k := range t.lines {
		l := &t.lines[k]
		lead := t.lead(l.TipLine)
		switch {
		case l.first && l.Error:
			c.Cross(x, y+(step-c.D(12))/2, c.D(12), true)
		case l.first && l.Swatch.A > 0:
			c.RoundRect(x, y+(step-c.D(10))/2, c.D(10), c.D(10), c.D(2), l.Swatch)
		}
		f := t.font(l.TipLine)
		s.Text(x+lead, c.Baseline(f, y, step), f, pal.OnTip, l.Text)
		y += step
	}
}
