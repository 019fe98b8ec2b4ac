// Package scene is a draw list in device pixels: what a view wants to see,
// free of how it is drawn. Package raster turns it into pixels, package svg
// into a drawing. A Scene is reused from frame to frame and does not allocate
// once its lists have grown.
package scene

// A Color has 8 bits a channel, not premultiplied.
type Color struct{ R, G, B, A uint8 }

// RGB returns the opaque colour 0xRRGGBB.
func RGB(v uint32) Color { return Color{uint8(v >> 16), uint8(v >> 8), uint8(v), 255} }

// Alpha returns c at opacity a of 255.
func (c Color) Alpha(a uint8) Color { c.A = a; return c }

// Mix returns the colour t of 256 of the way from c to d, opaque as c.
func (c Color) Mix(d Color, t int) Color {
	m := func(a, b uint8) uint8 { return uint8((int(a)*(256-t) + int(b)*t) / 256) }
	return Color{m(c.R, d.R), m(c.G, d.G), m(c.B, d.B), c.A}
}

// A Weight is the boldness of text; a view uses at most two.
type Weight uint8

// The weights of text.
const (
	Regular Weight = iota
	SemiBold
)

// A Font is a size and a weight of the one typeface. Figures are tabular.
type Font struct {
	Px     float32 // size of the em square in device pixels
	Weight Weight
}

// Metrics measures text without drawing it, on any goroutine.
type Metrics interface {
	// Width returns the advance of s in device pixels.
	Width(f Font, s string) float32
	// Line returns ascent and descent of f in device pixels, both positive.
	Line(f Font) (ascent, descent float32)
}

// An OpKind says what an Op draws.
type OpKind uint8

// The kinds of Op and the fields they use.
const (
	// OpRect fills X, Y, W, H; corners are rounded by R.
	OpRect OpKind = iota
	// OpFrame strokes the inside edge of X, Y, W, H, T wide, corners rounded by R.
	OpFrame
	// OpHatch fills X, Y, W, H with diagonal lines T wide, every R pixels.
	OpHatch
	// OpLine strokes from X, Y to W, H, T wide, with smooth edges.
	OpLine
	// OpPoly fills the polygon Points[From:From+N].
	OpPoly
	// OpText draws Strings[From] with its baseline starting at X, Y. W is how wide
	// it is, for who has other fonts; 0 where nobody asked.
	OpText
	// OpClip limits what follows to X, Y, W, H, until the next OpClip; it does
	// not nest. OpClip with W < 0 lifts the limit.
	OpClip
)

// An Op is one thing to draw. Units are device pixels, x to the right, y down.
type Op struct {
	Kind       OpKind
	Color      Color
	X, Y, W, H float32
	R, T       float32
	From, N    int32
	Font       Font
}

// A Point is a corner of a polygon.
type Point struct{ X, Y float32 }

// A Scene is a list of Ops, drawn in order.
type Scene struct {
	W, H       int // size of the picture
	Background Color
	Ops        []Op
	Points     []Point
	Strings    []string
}

// Reset empties the scene for a picture of w × h on background bg.
func (s *Scene) Reset(w, h int, bg Color) {
	s.W, s.H, s.Background = w, h, bg
	clear(s.Strings)
	s.Ops, s.Points, s.Strings = s.Ops[:0], s.Points[:0], s.Strings[:0]
}

// Rect fills a rectangle.
func (s *Scene) Rect(x, y, w, h float32, c Color) { s.RoundRect(x, y, w, h, 0, c) }

// RoundRect fills a rectangle with corners of radius r.
func (s *Scene) RoundRect(x, y, w, h, r float32, c Color) {
	if w > 0 && h > 0 && c.A > 0 {
		s.Ops = append(s.Ops, Op{Kind: OpRect, X: x, Y: y, W: w, H: h, R: r, Color: c})
	}
}

// Frame strokes the inside edge of a rectangle, t wide, corners rounded by r.
func (s *Scene) Frame(x, y, w, h, r, t float32, c Color) {
	if w > 0 && h > 0 {
		s.Ops = append(s.Ops, Op{Kind: OpFrame, X: x, Y: y, W: w, H: h, R: r, T: t, Color: c})
	}
}

// Hatch fills a rectangle with rising diagonals t wide, one every gap pixels.
func (s *Scene) Hatch(x, y, w, h, gap, t float32, c Color) {
	if w > 0 && h > 0 {
		s.Ops = append(s.Ops, Op{Kind: OpHatch, X: x, Y: y, W: w, H: h, R: gap, T: t, Color: c})
	}
}

// Line strokes a line t wide.
func (s *Scene) Line(x1, y1, x2, y2, t float32, c Color) {
	s.Ops = append(s.Ops, Op{Kind: OpLine, X: x1, Y: y1, W: x2, H: y2, T: t, Color: c})
}

// Poly fills a polygon of at least three corners.
func (s *Scene) Poly(c Color, pts ...Point) {
	if len(pts) < 3 {
		return
	}
	s.Ops = append(s.Ops, Op{Kind: OpPoly, Color: c, From: int32(len(s.Points)), N: int32(len(pts))})
	s.Points = append(s.Points, pts...)
}

// Text draws text with its baseline starting at x, y.
func (s *Scene) Text(x, y float32, f Font, c Color, text string) {
	if text == "" {
		return
	}
	s.Ops = append(s.Ops, Op{Kind: OpText, X: x, Y: y, Font: f, Color: c, From: int32(len(s.Strings))})
	s.Strings = append(s.Strings, text)
}

// Clip limits what follows to a rectangle, replacing an earlier limit.
func (s *Scene) Clip(x, y, w, h float32) {
	s.Ops = append(s.Ops, Op{Kind: OpClip, X: x, Y: y, W: max(w, 0), H: max(h, 0)})
}

// Unclip lifts the limit set by Clip.
func (s *Scene) Unclip() { s.Ops = append(s.Ops, Op{Kind: OpClip, W: -1}) }
