// Package raster turns a scene.Scene into pixels. It draws straight into the
// bytes of an image.RGBA, keeps what it needs between frames, and allocates
// nothing once its caches know the glyphs on the screen.
//
// Coverage is 8 bits; colours are blended as stored (sRGB, as browsers and
// desktops do), each channel rounded to nearest.
package raster

import (
	"image"
	"math"

	"traceview/internal/scene"
)

// A Renderer draws scenes. It is used by one goroutine at a time; several
// Renderers may share a Text.
type Renderer struct {
	text   *Text
	path   path
	glyphs glyphCache
	hatch  []uint8 // coverage along one diagonal, reused
	dst    canvas
}

// New returns a Renderer that draws text with the fonts of t.
func New(t *Text) *Renderer {
	return &Renderer{text: t, glyphs: newGlyphCache()}
}

// A canvas is the picture drawn into and the part of it that may change.
type canvas struct {
	pix    []uint8
	stride int
	clip   rect
}

// A rect is a rectangle of whole pixels, upper bounds excluded.
type rect struct{ x0, y0, x1, y1 int }

func (r rect) empty() bool { return r.x0 >= r.x1 || r.y0 >= r.y1 }

func (r rect) intersect(s rect) rect {
	return rect{max(r.x0, s.x0), max(r.y0, s.y0), min(r.x1, s.x1), min(r.y1, s.y1)}
}

// Draw fills dst with the background of s and draws its ops in order. The
// scene's origin is dst's upper left corner; what lies outside dst is cut off.
// An op with a coordinate that is not a number is left out.
func (r *Renderer) Draw(dst *image.RGBA, s *scene.Scene) {
	full := rect{0, 0, dst.Rect.Dx(), dst.Rect.Dy()}
	if full.empty() {
		return
	}
	r.dst = canvas{pix: dst.Pix, stride: dst.Stride, clip: full}
	r.dst.clear(s.Background)
	for i := range s.Ops {
		op := &s.Ops[i]
		if op.Kind == scene.OpClip {
			r.dst.clip = clipOf(op, full)
			continue
		}
		if op.Color.A == 0 || r.dst.clip.empty() {
			continue
		}
		if !numbers(op.X, op.Y, op.W, op.H, op.R, op.T) {
			continue
		}
		r.op(s, op)
	}
	r.dst = canvas{}
}

func (r *Renderer) op(s *scene.Scene, op *scene.Op) {
	b := newBrush(op.Color)
	x, y, w, h := bound(op.X), bound(op.Y), bound(op.W), bound(op.H)
	switch op.Kind {
	case scene.OpRect:
		r.dst.roundRect(x, y, w, h, bound(op.R), &b)
	case scene.OpFrame:
		r.dst.frame(x, y, w, h, bound(op.R), bound(op.T), &b)
	case scene.OpHatch:
		r.drawHatch(x, y, w, h, bound(op.R), bound(op.T), &b)
	case scene.OpLine:
		r.line(x, y, w, h, bound(op.T), &b)
	case scene.OpPoly:
		if op.From >= 0 && op.N >= 3 && int64(op.From)+int64(op.N) <= int64(len(s.Points)) {
			r.polygon(s.Points[op.From:op.From+op.N], &b)
		}
	case scene.OpText:
		if op.From >= 0 && int(op.From) < len(s.Strings) {
			r.drawText(x, y, op.Font, op.Color, s.Strings[op.From])
		}
	}
}

// clipOf returns the pixels whose centres lie in the clip rectangle.
func clipOf(op *scene.Op, full rect) rect {
	if op.W < 0 {
		return full
	}
	if !numbers(op.X, op.Y, op.W, op.H) {
		return rect{}
	}
	x, y := bound(op.X), bound(op.Y)
	c := rect{pixel(x), pixel(y), pixel(x + bound(op.W)), pixel(y + bound(op.H))}
	return c.intersect(full)
}

// limit bounds coordinates so that sums of them keep a precision of 1/4096 px
// and fit an int64. It is far beyond any screen.
const limit = 1 << 40

func bound(v float32) float64 { return min(max(float64(v), -limit), limit) }

// pixel rounds a bounded coordinate to the nearest edge between pixels.
func pixel(v float64) int { return int(math.Floor(v + 0.5)) }

// numbers reports that no value is NaN; infinite values are bounded later.
func numbers(vs ...float32) bool {
	for _, v := range vs {
		if v != v {
			return false
		}
	}
	return true
}
