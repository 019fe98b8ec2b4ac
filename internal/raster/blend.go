package raster

import (
	"encoding/binary"

	"traceview/internal/scene"
)

// A brush is a colour prepared for blending. Pixels are handled as a little
// endian word R | G<<8 | B<<16 | A<<24, two channels a multiplication.
type brush struct {
	rb, ga uint32 // R and B, G and opaque alpha, in bytes 0 and 2
	alpha  uint32 // opacity of 255
	word   uint32 // the premultiplied pixel itself
}

func newBrush(c scene.Color) brush {
	b := brush{
		rb:    uint32(c.R) | uint32(c.B)<<16,
		ga:    uint32(c.G) | 255<<16,
		alpha: uint32(c.A),
	}
	b.word = b.over(0, b.alpha)
	return b
}

const (
	pairs = 0x00ff00ff // the bytes a pair occupies
	half  = 0x00800080 // 1/2 in each, for rounding
)

// over blends the colour at opacity a of 255 onto the pixel p. Division by
// 255 is exact: (v + 128 + (v+128)>>8) >> 8.
func (b *brush) over(p, a uint32) uint32 {
	n := 255 - a
	rb := (p&pairs)*n + b.rb*a + half
	ga := (p>>8&pairs)*n + b.ga*a + half
	rb = (rb + rb>>8&pairs) >> 8 & pairs
	ga = (ga + ga>>8&pairs) & ^uint32(pairs)
	return rb | ga
}

// scaled returns the opacity of the brush where it covers cov of 255.
func (b *brush) scaled(cov uint32) uint32 { return div255(b.alpha * cov) }

// div255 returns v/255 rounded to nearest, for v up to 255².
func div255(v uint32) uint32 {
	v += 128
	return (v + v>>8) >> 8
}

// clear overwrites every pixel of the clip with c.
func (d *canvas) clear(c scene.Color) {
	b := newBrush(c)
	d.fillOpaque(d.clip, b.word)
}

// row returns the bytes of the pixels x0 up to x1 of row y.
func (d *canvas) row(y, x0, x1 int) []uint8 {
	o := y*d.stride + 4*x0
	return d.pix[o : o+4*(x1-x0) : o+4*(x1-x0)]
}

// fillOpaque overwrites r, which lies within the clip.
func (d *canvas) fillOpaque(r rect, word uint32) {
	if r.empty() {
		return
	}
	first := d.row(r.y0, r.x0, r.x1)
	fillWords(first, word)
	for y := r.y0 + 1; y < r.y1; y++ {
		copy(d.row(y, r.x0, r.x1), first)
	}
}

// fillWords repeats a pixel: 16 are stored, the rest copied in doubling runs.
func fillWords(row []uint8, word uint32) {
	n := min(len(row), 64)
	for i := 0; i+4 <= n; i += 4 {
		binary.LittleEndian.PutUint32(row[i:], word)
	}
	for n < len(row) {
		n += copy(row[n:], row[:n])
	}
}

// blendRow blends the brush at opacity a of 255 onto a row, two pixels at a
// time: the four products of a 64-bit multiplication stay in their 16 bits.
func blendRow(row []uint8, b *brush, a uint32) {
	const pairs2 = pairs<<32 | pairs
	n := uint64(255 - a)
	rb, ga := uint64(b.rb*a+half), uint64(b.ga*a+half)
	rb, ga = rb<<32|rb, ga<<32|ga
	for len(row) >= 8 {
		p := binary.LittleEndian.Uint64(row)
		x := (p&pairs2)*n + rb
		y := (p>>8&pairs2)*n + ga
		x = (x + x>>8&pairs2) >> 8 & pairs2
		y = (y + y>>8&pairs2) & ^uint64(pairs2)
		binary.LittleEndian.PutUint64(row, x|y)
		row = row[8:]
	}
	if len(row) >= 4 {
		binary.LittleEndian.PutUint32(row, b.over(binary.LittleEndian.Uint32(row), a))
	}
}

// span blends the pixels x0 up to x1 of row y, within the clip, at coverage cov.
func (d *canvas) span(y, x0, x1 int, b *brush, cov uint32) {
	a := b.scaled(cov)
	if a == 0 || x0 >= x1 {
		return
	}
	row := d.row(y, x0, x1)
	if a == 255 {
		fillWords(row, b.word)
		return
	}
	blendRow(row, b, a)
}

// dot blends one pixel within the clip at coverage cov.
func (d *canvas) dot(x, y int, b *brush, cov uint32) {
	a := b.scaled(cov)
	if a == 0 {
		return
	}
	o := y*d.stride + 4*x
	px := d.pix[o : o+4 : o+4]
	binary.LittleEndian.PutUint32(px, b.over(binary.LittleEndian.Uint32(px), a))
}
