// Package svg turns a scene.Scene into an SVG 1.1 drawing. Text stays text,
// so it can be searched and copied; it asks for Inter and takes a similar
// typeface where that is missing, as wide as the scene says. The same scene gives the same bytes, and no
// text of a scene can become markup.
package svg

import (
	"math"
	"strconv"
	"unicode/utf8"

	"traceview/internal/scene"
)

const family = `Inter,'Segoe UI',system-ui,'Helvetica Neue','Noto Sans',Arial,sans-serif`

// Append appends the drawing of s to dst: one <svg> element, without an XML
// declaration, so that it can stand in a file or inside HTML. It uses no ids,
// so several drawings fit in one page. An op with a coordinate that is not a
// number is left out.
func Append(dst []byte, s *scene.Scene) []byte {
	e := encoder{b: dst}
	e.str(`<svg xmlns="http://www.w3.org/2000/svg" version="1.1"`)
	e.size(0, 0, max(s.W, 0), max(s.H, 0))
	e.str(` font-family="` + family + `" style="font-variant-numeric:tabular-nums">`)
	if s.Background.A > 0 {
		e.str("\n<rect")
		e.attr("width", float32(s.W))
		e.attr("height", float32(s.H))
		e.paint("fill", s.Background)
		e.str("/>")
	}
	for i := range s.Ops {
		if op := &s.Ops[i]; drawable(op) {
			e.op(s, op)
		}
	}
	e.unclip()
	e.str("\n</svg>\n")
	return e.b
}

func drawable(op *scene.Op) bool {
	for _, v := range [...]float32{op.X, op.Y, op.W, op.H, op.R, op.T, op.Font.Px} {
		if v != v {
			return false
		}
	}
	return op.Kind == scene.OpClip || op.Color.A > 0
}

type encoder struct {
	b       []byte
	clipped bool
}

func (e *encoder) op(s *scene.Scene, op *scene.Op) {
	switch op.Kind {
	case scene.OpRect:
		e.rect(op.X, op.Y, op.W, op.H, min(op.R, op.W/2, op.H/2))
		e.paint("fill", op.Color)
		e.str("/>")
	case scene.OpFrame:
		e.frame(op)
	case scene.OpHatch:
		e.hatch(s, op)
	case scene.OpLine:
		if op.T <= 0 {
			return
		}
		e.str("\n<line")
		e.attr("x1", op.X)
		e.attr("y1", op.Y)
		e.attr("x2", op.W)
		e.attr("y2", op.H)
		e.stroke(op.T, op.Color)
		e.str("/>")
	case scene.OpPoly:
		if op.From >= 0 && op.N >= 3 && int64(op.From)+int64(op.N) <= int64(len(s.Points)) {
			e.poly(s.Points[op.From:op.From+op.N], op.Color)
		}
	case scene.OpText:
		if op.From >= 0 && int(op.From) < len(s.Strings) && op.Font.Px > 0 {
			e.text(op, s.Strings[op.From])
		}
	case scene.OpClip:
		e.unclip()
		if op.W >= 0 {
			e.clip(op.X, op.Y, op.W, max(op.H, 0))
		}
	}
}

// rect opens a rectangle of a positive size.
func (e *encoder) rect(x, y, w, h, r float32) {
	e.str("\n<rect")
	e.attr("x", x)
	e.attr("y", y)
	e.attr("width", max(w, 0))
	e.attr("height", max(h, 0))
	if r > 0 {
		e.attr("rx", r)
	}
}

// frame strokes the middle of the band that the op covers.
func (e *encoder) frame(op *scene.Op) {
	t := op.T
	if t <= 0 {
		return
	}
	if 2*t >= min(op.W, op.H) {
		e.rect(op.X, op.Y, op.W, op.H, min(op.R, op.W/2, op.H/2))
		e.paint("fill", op.Color)
	} else {
		e.rect(op.X+t/2, op.Y+t/2, op.W-t, op.H-t, min(op.R, op.W/2, op.H/2)-t/2)
		e.str(` fill="none"`)
		e.stroke(t, op.Color)
	}
	e.str("/>")
}

// hatch draws the diagonals as one path, cut off by a nested drawing. Only
// lines that meet the picture are written, so their number is bounded.
func (e *encoder) hatch(s *scene.Scene, op *scene.Op) {
	x0, y0 := math.Round(clamp(op.X)), math.Round(clamp(op.Y))
	x1, y1 := math.Round(clamp(op.X+op.W)), math.Round(clamp(op.Y+op.H))
	vx0, vy0, vx1, vy1 := max(x0, 0), max(y0, 0), min(x1, float64(s.W)), min(y1, float64(s.H))
	if op.T <= 0 || vx0 >= vx1 || vy0 >= vy1 {
		return
	}
	gap := max(clamp(op.R), 2)
	width := min(clamp(op.T)*math.Sqrt2, gap)
	e.str("\n<svg")
	e.size(int(vx0), int(vy0), int(vx1-vx0), int(vy1-vy0))
	e.str(`><path d="`)
	// A line is where x+y, counted from the corner, is in the first width of
	// a gap; its middle runs along x+y = sum.
	lowest, highest := vx0-x0+vy0-y0, vx1-x0+vy1-y0
	for i := math.Floor((lowest - width) / gap); i*gap <= highest; i++ {
		sum := x0 + y0 + i*gap + width/2
		e.str("M")
		e.num(float32(sum - vy0 + 1))
		e.str(" ")
		e.num(float32(vy0 - 1))
		e.str("L")
		e.num(float32(sum - vy1 - 1))
		e.str(" ")
		e.num(float32(vy1 + 1))
	}
	e.str(`"`)
	e.stroke(float32(width/math.Sqrt2), op.Color)
	e.str("/></svg>")
}

func (e *encoder) poly(pts []scene.Point, c scene.Color) {
	for _, p := range pts {
		if p.X != p.X || p.Y != p.Y {
			return
		}
	}
	e.str("\n<polygon points=\"")
	for i, p := range pts {
		if i > 0 {
			e.str(" ")
		}
		e.num(p.X)
		e.str(",")
		e.num(p.Y)
	}
	e.str(`"`)
	e.paint("fill", c)
	e.str("/>")
}

func (e *encoder) text(op *scene.Op, text string) {
	e.str("\n<text")
	e.attr("x", op.X)
	e.attr("y", op.Y)
	e.attr("font-size", op.Font.Px)
	if op.W > 0 {
		e.attr("textLength", op.W)
		e.str(` lengthAdjust="spacingAndGlyphs"`)
	}
	if op.Font.Weight != scene.Regular {
		e.str(` font-weight="600"`)
	}
	e.paint("fill", op.Color)
	e.str(` xml:space="preserve">`)
	e.escaped(text)
	e.str("</text>")
}

// clip opens a nested drawing that shows one rectangle at its own place.
func (e *encoder) clip(x, y, w, h float32) {
	x0, y0 := math.Round(clamp(x)), math.Round(clamp(y))
	e.str("\n<svg")
	e.size(int(x0), int(y0), int(math.Round(clamp(x+w))-x0), int(math.Round(clamp(y+h))-y0))
	e.str(">")
	e.clipped = true
}

func (e *encoder) unclip() {
	if e.clipped {
		e.str("\n</svg>")
	}
	e.clipped = false
}

// size writes place, size and the same view box, so that coordinates inside
// stay those of the picture.
func (e *encoder) size(x, y, w, h int) {
	for _, a := range [...]struct {
		name string
		v    int
	}{{"x", x}, {"y", y}, {"width", w}, {"height", h}} {
		if a.v != 0 || len(a.name) > 1 {
			e.attr(a.name, float32(a.v))
		}
	}
	e.str(` viewBox="`)
	for i, v := range [...]int{x, y, w, h} {
		if i > 0 {
			e.str(" ")
		}
		e.num(float32(v))
	}
	e.str(`"`)
}

func (e *encoder) stroke(t float32, c scene.Color) {
	e.attr("stroke-width", t)
	e.paint("stroke", c)
}

// paint writes a colour and, if it is not opaque, its opacity.
func (e *encoder) paint(name string, c scene.Color) {
	const hex = "0123456789abcdef"
	e.str(" " + name + `="#`)
	for _, v := range [...]uint8{c.R, c.G, c.B} {
		e.b = append(e.b, hex[v>>4], hex[v&15])
	}
	e.str(`"`)
	if c.A != 255 {
		e.str(" " + name + `-opacity="`)
		e.b = strconv.AppendFloat(e.b, math.Round(float64(c.A)*1000/255)/1000, 'f', -1, 64)
		e.str(`"`)
	}
}

func (e *encoder) attr(name string, v float32) {
	e.str(" " + name + `="`)
	e.num(v)
	e.str(`"`)
}

// num writes v to a hundredth of a pixel.
func (e *encoder) num(v float32) {
	r := math.Round(clamp(v)*100) / 100
	e.b = strconv.AppendFloat(e.b, r+0, 'f', -1, 64) // +0 turns -0 into 0
}

// clamp bounds a coordinate to what viewers handle.
func clamp(v float32) float64 { return min(max(float64(v), -1e7), 1e7) }

func (e *encoder) str(s string) { e.b = append(e.b, s...) }

// escaped writes character data. Bytes that are not UTF-8 and characters that
// XML 1.0 forbids become U+FFFD.
func (e *encoder) escaped(s string) {
	for _, ch := range s {
		switch {
		case ch == '&':
			e.str("&amp;")
		case ch == '<':
			e.str("&lt;")
		case ch == '>':
			e.str("&gt;")
		case ch == '\t', ch == '\n', ch == '\r':
			e.str(" ")
		case ch < ' ', ch == 0xfffe, ch == 0xffff:
			e.b = utf8.AppendRune(e.b, utf8.RuneError)
		default:
			e.b = utf8.AppendRune(e.b, ch)
		}
	}
}
