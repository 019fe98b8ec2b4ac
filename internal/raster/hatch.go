package raster

import "math"

// drawHatch fills a rectangle, rounded to whole pixels, with rising diagonals
// t wide (measured across), one every gap pixels along a row. The pattern is
// tied to the rectangle's corner, so it moves with it.
//
// Coverage depends on x+y alone; it is worked out once per diagonal.
func (r *Renderer) drawHatch(x, y, w, h, gap, t float64, b *brush) {
	if t <= 0 {
		return
	}
	box := rect{pixel(x), pixel(y), pixel(x + w), pixel(y + h)}
	in := box.intersect(r.dst.clip)
	if in.empty() {
		return
	}
	gap = max(gap, 2) // closer lines cannot be told apart
	width := min(t*math.Sqrt2, gap)
	first := in.x0 - box.x0 + in.y0 - box.y0
	n := in.x1 - in.x0 + in.y1 - in.y0 - 1
	r.hatch = grown(r.hatch, n)
	for i := range r.hatch {
		// x+y is spread over the pixel like a triangle from k to k+2.
		k := math.Mod(float64(first+i), gap)
		v := tent(k+2, gap, width) - 2*tent(k+1, gap, width) + tent(k, gap, width)
		r.hatch[i] = uint8(coverage(v))
	}
	for py := in.y0; py < in.y1; py++ {
		cov := r.hatch[py-in.y0:][:in.x1-in.x0]
		for i, c := range cov {
			if c != 0 {
				r.dst.dot(in.x0+i, py, b, uint32(c))
			}
		}
	}
}

// tent is the second antiderivative, at s ≥ 0, of the stripe pattern that is
// 1 in the first width of every gap and 0 in the rest.
func tent(s, gap, width float64) float64 {
	n := math.Floor(s / gap)
	f := s - n*gap
	// One period adds width to the first integral, and to the second the
	// integral over the period.
	period := width*gap - width*width/2
	v := n*period + width*gap*n*(n-1)/2 + n*width*f
	if f < width {
		return v + f*f/2
	}
	return v + width*width/2 + width*(f-width)
}
