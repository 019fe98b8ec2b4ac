package raster

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/go-text/typesetting/font"
	ot "github.com/go-text/typesetting/font/opentype"

	"traceview/internal/scene"
)

// maxMasks bounds the bytes of glyph masks; 12 px glyphs take about 80, so it
// is room for 50,000 of them. A full cache starts anew.
const maxMasks = 4 << 20

// A glyphCache holds the coverage masks of glyphs by face, size, glyph and
// quarter of a pixel.
type glyphCache struct {
	masks map[uint64]glyphMask
	bytes []uint8
}

// A glyphMask places a mask of w × h bytes, stored from at on, with its upper
// left corner at x, y from the origin of the glyph.
type glyphMask struct {
	at         uint32
	w, h, x, y int16
}

func newGlyphCache() glyphCache {
	return glyphCache{masks: make(map[uint64]glyphMask)}
}

// A strike is a face at a size.
type strike struct {
	face uint8
	px   float32
}

// key packs size in 1/64 px, face, quarter and glyph.
func (s *strike) key(id uint32, quarter int) uint64 {
	return uint64(s.px*64+0.5)<<40 | uint64(s.face)<<36 | uint64(quarter)<<32 | uint64(id)
}

// An ink is a text colour with the contrast curve that suits it.
type ink struct {
	brush
	curve *[256]uint8
}

func newInk(c scene.Color) ink {
	light := (2*int(c.R) + 5*int(c.G) + int(c.B)) / 8
	return ink{newBrush(c), &curves[light*len(curves)/256]}
}

// curves adjust coverage to the lightness of the colour, dark to light.
// Blending stored values renders half coverage darker than half the light, so
// dark strokes gain weight and light ones lose it; light text is raised more
// to make up for it.
var curves = func() (cs [8][256]uint8) {
	for i := range cs {
		power := 0.86 - 0.16*float64(i)/float64(len(cs)-1)
		for v := range cs[i] {
			cs[i][v] = uint8(math.Pow(float64(v)/255, power)*255 + 0.5)
		}
	}
	return cs
}()

// drawGlyph draws a glyph with its origin at x, to a quarter of a pixel, and y.
func (r *Renderer) drawGlyph(st *strike, id uint32, x float64, y int, in *ink) {
	q := int(math.Floor(x*4 + 0.5))
	key := st.key(id, q&3)
	m, ok := r.glyphs.masks[key]
	if !ok {
		m = r.addGlyph(key, st, id, q&3)
	}
	if m.w == 0 {
		return
	}
	left, top := q>>2+int(m.x), y+int(m.y)
	box := rect{left, top, left + int(m.w), top + int(m.h)}.intersect(r.dst.clip)
	if box.empty() {
		return
	}
	for py := box.y0; py < box.y1; py++ {
		o := int(m.at) + (py-top)*int(m.w)
		mask := r.glyphs.bytes[o+box.x0-left : o+box.x1-left]
		in.blendMask(r.dst.row(py, box.x0, box.x1), mask)
	}
}

// blendMask blends the ink onto a row where mask covers it.
func (in *ink) blendMask(row, mask []uint8) {
	for i, m := range mask {
		if m == 0 {
			continue
		}
		a := uint32(in.curve[m])
		if in.alpha != 255 {
			a = in.scaled(a)
		}
		px := row[4*i : 4*i+4 : 4*i+4]
		binary.LittleEndian.PutUint32(px, in.over(binary.LittleEndian.Uint32(px), a))
	}
}

// addGlyph draws a glyph's mask into the cache.
func (r *Renderer) addGlyph(key uint64, st *strike, id uint32, quarter int) glyphMask {
	c := &r.glyphs
	if len(c.bytes) > maxMasks {
		c.bytes = c.bytes[:0]
		clear(c.masks)
	}
	r.text.outline(&r.path, st, id, float64(quarter)/4)
	// An em square is at most maxPx; outlines beyond three of them are cut.
	const reach = 3 * maxPx
	box := r.path.bounds(rect{-reach, -reach, reach, reach})
	m := glyphMask{at: uint32(len(c.bytes))}
	if !box.empty() {
		m.x, m.y = int16(box.x0), int16(box.y0)
		m.w, m.h = int16(box.x1-box.x0), int16(box.y1-box.y0)
		start := len(c.bytes)
		size := int(m.w) * int(m.h)
		c.bytes = slices.Grow(c.bytes, size)[:start+size]
		clear(c.bytes[start:])
		r.path.scan(box, func(y, x int, cov []uint8) {
			copy(c.bytes[start+(y-box.y0)*int(m.w)+x-box.x0:], cov)
		})
	}
	c.masks[key] = m
	return m
}

// outline sets p to the hinted outline of a glyph, its origin at (dx, 0), y down.
func (t *Text) outline(p *path, st *strike, id uint32, dx float64) {
	p.reset()
	f, data := t.glyph(st.face, id)
	if id == 0 {
		p.missing(f, float64(st.px), dx)
		return
	}
	o, ok := data.(font.GlyphOutline)
	if !ok {
		p.missing(f, float64(st.px), dx) // a picture, as of an emoji
		return
	}
	scale := float64(st.px) / f.upem
	warp := f.hint(o.Segments, scale)
	at := func(q font.SegmentPoint) (x, y float64) {
		return float64(q.X)*scale + dx, -warp.apply(float64(q.Y))
	}
	var x0, y0, x, y float64 // start of the contour, and the pen
	for _, s := range o.Segments {
		ax, ay := at(s.Args[0])
		bx, by := at(s.Args[1])
		cx, cy := at(s.Args[2])
		switch s.Op {
		case ot.SegmentOpMoveTo:
			p.line(x, y, x0, y0)
			x0, y0, x, y = ax, ay, ax, ay
		case ot.SegmentOpLineTo:
			p.line(x, y, ax, ay)
			x, y = ax, ay
		case ot.SegmentOpQuadTo:
			// The same curve as a cubic.
			p.cube(x, y, x+(ax-x)*2/3, y+(ay-y)*2/3, bx+(ax-bx)*2/3, by+(ay-by)*2/3, bx, by)
			x, y = bx, by
		case ot.SegmentOpCubeTo:
			p.cube(x, y, ax, ay, bx, by, cx, cy)
			x, y = cx, cy
		}
	}
	p.line(x, y, x0, y0)
}

// glyph returns a glyph of the faces by weight, then of the fallback ones.
func (t *Text) glyph(which uint8, id uint32) (*face, font.GlyphData) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f := t.faces[0]
	if i := int(which); i < len(t.faces) {
		f = t.faces[i]
	} else if i -= len(t.faces); i < len(t.extra) {
		f = t.extra[i]
	}
	return f, f.font.GlyphData(font.GID(id))
}

// missing adds the hollow box that stands for a glyph there is not.
func (p *path) missing(f *face, px, dx float64) {
	const left, right, height = 0.1, 0.9, 0.72 // of the advance, and of the em
	t := max(1, math.Round(px/16))
	adv := float64(f.font.HorizontalAdvance(0)) / f.upem * px
	x0, x1 := math.Round(dx+adv*left), math.Round(dx+adv*right)
	y0, y1 := -math.Round(px*height), 0.0
	if x1-x0 < 3*t {
		return
	}
	p.line(x0, y0, x0, y1)
	p.line(x1, y1, x1, y0)
	p.line(x0+t, y1-t, x0+t, y0+t)
	p.line(x1-t, y0+t, x1-t, y1-t)
}

// cube adds a cubic Bézier curve as chords within about 1/16 px of it.
func (p *path) cube(x0, y0, x1, y1, x2, y2, x3, y3 float64) {
	// The chord error of n pieces is at most bend·√3/(18·n²)·3, with bend the
	// largest second difference of the control points.
	bend := max(math.Hypot(x0-2*x1+x2, y0-2*y1+y2), math.Hypot(x1-2*x2+x3, y1-2*y2+y3))
	n := min(1+int(math.Sqrt(bend*12)), 64)
	px, py := x0, y0
	for i := 1; i <= n; i++ {
		t := float64(i) / float64(n)
		u := 1 - t
		a, b, c, d := u*u*u, 3*u*u*t, 3*u*t*t, t*t*t
		x, y := a*x0+b*x1+c*x2+d*x3, a*y0+b*y1+c*y2+d*y3
		p.line(px, py, x, y)
		px, py = x, y
	}
}
