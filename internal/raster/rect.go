package raster

import "math"

// fillRect fills a rectangle; a pixel covered in part gets that part of the
// colour, so edges at fractions of a pixel stay smooth.
func (d *canvas) fillRect(x, y, w, h float64, b *brush) {
	x1, y1 := min(x+w, float64(d.clip.x1)), min(y+h, float64(d.clip.y1))
	x, y = max(x, float64(d.clip.x0)), max(y, float64(d.clip.y0))
	if !(x < x1 && y < y1) {
		return
	}
	// The pixels covered as a whole; in0 > in1 when both edges share a pixel.
	in := rect{int(math.Ceil(x)), int(math.Ceil(y)), int(x1), int(y1)}
	if in.x0 <= in.x1 && in.y0 <= in.y1 {
		d.fillWhole(in, b)
	}
	top, bottom := float64(in.y0)-y, y1-float64(in.y1)
	if in.y0 > in.y1 {
		d.edgeRow(in.y1, x, x1, y1-y, b)
		return
	}
	if top > 0 {
		d.edgeRow(in.y0-1, x, x1, top, b)
	}
	if bottom > 0 {
		d.edgeRow(in.y1, x, x1, bottom, b)
	}
	if in.x0 > in.x1 {
		d.edgeColumn(in.x1, in.y0, in.y1, x1-x, b)
		return
	}
	d.edgeColumn(in.x0-1, in.y0, in.y1, float64(in.x0)-x, b)
	d.edgeColumn(in.x1, in.y0, in.y1, x1-float64(in.x1), b)
}

// fillWhole fills whole pixels within the clip.
func (d *canvas) fillWhole(r rect, b *brush) {
	if r.empty() {
		return
	}
	if b.alpha == 255 {
		d.fillOpaque(r, b.word)
		return
	}
	for y := r.y0; y < r.y1; y++ {
		blendRow(d.row(y, r.x0, r.x1), b, b.alpha)
	}
}

// edgeRow fills x up to x1 of one row, of whose height the part v is covered.
func (d *canvas) edgeRow(row int, x, x1, v float64, b *brush) {
	in0, in1 := int(math.Ceil(x)), int(x1)
	if in0 > in1 {
		d.dot(in1, row, b, coverage(v*(x1-x)))
		return
	}
	if part := float64(in0) - x; part > 0 {
		d.dot(in0-1, row, b, coverage(v*part))
	}
	d.span(row, in0, in1, b, coverage(v))
	if part := x1 - float64(in1); part > 0 {
		d.dot(in1, row, b, coverage(v*part))
	}
}

// edgeColumn fills rows y0 up to y1 of one column, of whose width the part v
// is covered.
func (d *canvas) edgeColumn(col, y0, y1 int, v float64, b *brush) {
	cov := coverage(v)
	if cov == 0 {
		return
	}
	for y := y0; y < y1; y++ {
		d.dot(col, y, b, cov)
	}
}

// coverage converts a share of a pixel to 8 bits.
func coverage(v float64) uint32 { return uint32(min(max(v, 0), 1)*255 + 0.5) }

// A corners is a rectangle with rounded corners, described by its signed
// distance: Quílez, "Rounded box". A pixel's coverage is ½ minus the distance
// of its centre, which is exact on straight edges and at most 0.13 off on arcs.
type corners struct{ cx, cy, hx, hy, r float64 }

func newCorners(x, y, w, h, r float64) corners {
	return corners{x + w/2, y + h/2, w/2 - r, h/2 - r, r}
}

// at returns the coverage of the pixel in column px, row py, 0 to 1.
func (c *corners) at(px, py int) float64 {
	qx := math.Abs(float64(px)+0.5-c.cx) - c.hx
	qy := math.Abs(float64(py)+0.5-c.cy) - c.hy
	var dist float64
	switch {
	case qx <= 0 || qy <= 0:
		dist = max(qx, qy) - c.r
	default:
		dist = math.Sqrt(qx*qx+qy*qy) - c.r
	}
	return min(max(0.5-dist, 0), 1)
}

// roundRect fills a rectangle with corners of radius r, at most half its size.
func (d *canvas) roundRect(x, y, w, h, r float64, b *brush) {
	r = min(r, w/2, h/2)
	if r < 0.5 {
		d.fillRect(x, y, w, h, b)
		return
	}
	if !d.touches(x, y, w, h) {
		return
	}
	outer := newCorners(x, y, w, h, r)
	bx0, bx1 := int(math.Ceil(x+r)), int(math.Floor(x+w-r))
	by0, by1 := int(math.Ceil(y+r)), int(math.Floor(y+h-r))
	bx1, by1 = max(bx0, bx1), max(by0, by1)
	d.arcs(x, y, w, h, rect{bx0, by0, bx1, by1}, b, func(px, py int) float64 { return outer.at(px, py) })
	d.fillRect(float64(bx0), y, float64(bx1-bx0), h, b)
	d.fillRect(x, float64(by0), float64(bx0)-x, float64(by1-by0), b)
	d.fillRect(float64(bx1), float64(by0), x+w-float64(bx1), float64(by1-by0), b)
}

// frame strokes the inside of a rectangle's edge, t wide.
func (d *canvas) frame(x, y, w, h, r, t float64, b *brush) {
	if t <= 0 || !d.touches(x, y, w, h) {
		return
	}
	if 2*t >= min(w, h) {
		d.roundRect(x, y, w, h, r, b)
		return
	}
	r = min(max(r, 0), w/2, h/2)
	if r < 0.5 {
		d.fillRect(x, y, w, t, b)
		d.fillRect(x, y+h-t, w, t, b)
		d.fillRect(x, y+t, t, h-2*t, b)
		d.fillRect(x+w-t, y+t, t, h-2*t, b)
		return
	}
	outer := newCorners(x, y, w, h, r)
	inner := newCorners(x+t, y+t, w-2*t, h-2*t, min(max(r-t, 0), w/2-t, h/2-t))
	m := max(r, t)
	bx0, bx1 := int(math.Ceil(x+m)), int(math.Floor(x+w-m))
	by0, by1 := int(math.Ceil(y+m)), int(math.Floor(y+h-m))
	bx1, by1 = max(bx0, bx1), max(by0, by1)
	d.arcs(x, y, w, h, rect{bx0, by0, bx1, by1}, b, func(px, py int) float64 {
		return outer.at(px, py) - inner.at(px, py)
	})
	d.fillRect(float64(bx0), y, float64(bx1-bx0), t, b)
	d.fillRect(float64(bx0), y+h-t, float64(bx1-bx0), t, b)
	d.fillRect(x, float64(by0), t, float64(by1-by0), b)
	d.fillRect(x+w-t, float64(by0), t, float64(by1-by0), b)
}

// arcs fills the four corner blocks of a rectangle, the parts of it diagonally
// outside mid, with the coverage cov tells.
func (d *canvas) arcs(x, y, w, h float64, mid rect, b *brush, cov func(px, py int) float64) {
	all := rect{int(math.Floor(x)), int(math.Floor(y)), int(math.Ceil(x + w)), int(math.Ceil(y + h))}
	for _, block := range [4]rect{
		{all.x0, all.y0, mid.x0, mid.y0}, {mid.x1, all.y0, all.x1, mid.y0},
		{all.x0, mid.y1, mid.x0, all.y1}, {mid.x1, mid.y1, all.x1, all.y1},
	} {
		block = block.intersect(d.clip)
		for py := block.y0; py < block.y1; py++ {
			for px := block.x0; px < block.x1; px++ {
				d.dot(px, py, b, coverage(cov(px, py)))
			}
		}
	}
}

// touches reports whether a rectangle meets the clip.
func (d *canvas) touches(x, y, w, h float64) bool {
	return x < float64(d.clip.x1) && y < float64(d.clip.y1) &&
		x+w > float64(d.clip.x0) && y+h > float64(d.clip.y0)
}
