package raster

import (
	"cmp"
	"math"
	"slices"

	"traceview/internal/scene"
)

// A path collects straight edges and scan-converts them with exact area
// coverage: each edge adds, to every pixel it crosses in a row, the change of
// covered area it causes there, and a running sum along the row gives the
// coverage (as in Levien's font-rs). Only one row is kept, so a long diagonal
// costs its length, not its bounding box. Winding: the absolute sum, at most 1,
// which is right for outlines that do not overlap themselves.
type path struct {
	edges  []edge // sorted by y0 before scanning
	active []int32
	area   []float64 // change of coverage at each column of the row
	mask   []uint8   // the finished row
}

// An edge runs down from (x0, y0) to (x1, y1), y0 < y1; dir is +1 if it was
// given downwards.
type edge struct{ x0, y0, x1, y1, dir float64 }

func (p *path) reset() { p.edges = p.edges[:0] }

func (p *path) line(x0, y0, x1, y1 float64) {
	switch {
	case y0 < y1:
		p.edges = append(p.edges, edge{x0, y0, x1, y1, 1})
	case y0 > y1:
		p.edges = append(p.edges, edge{x1, y1, x0, y0, -1})
	}
}

// bounds returns the pixels that edges may touch, within clip.
func (p *path) bounds(clip rect) rect {
	if len(p.edges) == 0 {
		return rect{}
	}
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for i := range p.edges {
		e := &p.edges[i]
		x0, x1 = min(x0, e.x0, e.x1), max(x1, e.x0, e.x1)
		y0, y1 = min(y0, e.y0), max(y1, e.y1)
	}
	b := rect{int(math.Floor(x0)), int(math.Floor(y0)), int(math.Ceil(x1)), int(math.Ceil(y1))}
	return b.intersect(clip)
}

// scan calls row for each row of r with the coverage of its columns from x on,
// without the uncovered ends. The slice is valid during the call.
func (p *path) scan(r rect, row func(y, x int, cov []uint8)) {
	if r.empty() {
		return
	}
	slices.SortFunc(p.edges, func(a, b edge) int { return cmp.Compare(a.y0, b.y0) })
	n := r.x1 - r.x0
	p.area = grown(p.area, n+2)
	p.mask = grown(p.mask, n)
	p.active = p.active[:0]
	next := 0
	for y := r.y0; y < r.y1; y++ {
		top, bottom := float64(y), float64(y+1)
		for next < len(p.edges) && p.edges[next].y0 < bottom {
			p.active = append(p.active, int32(next))
			next++
		}
		lo, hi, keep := n, 0, p.active[:0]
		for _, i := range p.active {
			e := &p.edges[i]
			if e.y1 <= top {
				continue
			}
			keep = append(keep, i)
			a, b := p.crossRow(e, top, bottom, r.x0, n)
			lo, hi = min(lo, a), max(hi, b)
		}
		p.active = keep
		if lo < hi {
			row(y, r.x0+lo, p.sum(lo, hi, n))
		}
	}
}

// crossRow adds the part of e between top and bottom to the row's area. It
// returns the columns whose area changed.
func (p *path) crossRow(e *edge, top, bottom float64, left, n int) (lo, hi int) {
	slope := (e.x1 - e.x0) / (e.y1 - e.y0)
	ya, yb := max(e.y0, top), min(e.y1, bottom)
	xa := e.x0 + slope*(ya-e.y0) - float64(left)
	xb := e.x0 + slope*(yb-e.y0) - float64(left)
	height := (yb - ya) * e.dir
	if xa > xb {
		xa, xb = xb, xa
	}
	w := float64(n)
	if xa >= w {
		return n, 0
	}
	if xb <= 0 {
		p.area[0] += height
		return 0, 1
	}
	rate := 0.0
	if xb > xa {
		rate = height / (xb - xa)
	}
	if xa < 0 {
		p.area[0] += rate * -xa
		height -= rate * -xa
		xa = 0
	}
	if xb > w {
		height -= rate * (xb - w)
		xb = w
	}
	return p.addSegment(xa, xb, height)
}

// addSegment adds the area right of a segment from xa to xb, which changes
// the coverage by height in all columns to the right of it.
func (p *path) addSegment(xa, xb, height float64) (lo, hi int) {
	first, last := int(xa), int(math.Ceil(xb))
	if last <= first+1 {
		// Within one column: the mean distance to its right edge is covered.
		share := float64(first+1) - (xa+xb)/2
		p.area[first] += height * share
		p.area[first+1] += height * (1 - share)
		return first, first + 2
	}
	rate := height / (xb - xa)
	done := 0.0 // coverage change already handed to columns on the left
	for col := first; col < last; col++ {
		a, b := max(xa, float64(col)), min(xb, float64(col+1))
		part := rate * (b - a)
		share := float64(col+1) - (a+b)/2
		// Column col gets its own part's share and all of earlier parts.
		p.area[col] += part * share
		p.area[col+1] += part * (1 - share)
		done += part
	}
	p.area[last] += height - done
	return first, last + 1
}

// sum turns the area of columns lo up to the end of the shape into coverage
// and clears it for the next row.
func (p *path) sum(lo, hi, n int) []uint8 {
	hi = min(hi, n+2)
	total := 0.0
	end := min(hi, n)
	for i := lo; i < end; i++ {
		total += p.area[i]
		p.area[i] = 0
		p.mask[i] = uint8(min(math.Abs(total), 1)*255 + 0.5)
	}
	clear(p.area[end:hi])
	// Right of the last change coverage is constant, and zero unless the shape
	// goes on beyond the clip.
	if end < n && math.Abs(total) > 1.0/512 {
		v := uint8(min(math.Abs(total), 1)*255 + 0.5)
		for i := end; i < n; i++ {
			p.mask[i] = v
		}
		end = n
	}
	return p.mask[lo:end]
}

// grown returns a zeroed or still clean s of length n.
func grown[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/2)
	}
	return s[:n]
}

// fill blends the path onto d.
func (p *path) fill(d *canvas, b *brush) {
	p.scan(p.bounds(d.clip), func(y, x int, cov []uint8) {
		for i, c := range cov {
			if c != 0 {
				d.dot(x+i, y, b, uint32(c))
			}
		}
	})
}

// line strokes a line with flat ends. Level and upright lines are rectangles.
func (r *Renderer) line(x0, y0, x1, y1, t float64, b *brush) {
	if t <= 0 {
		return
	}
	dx, dy := x1-x0, y1-y0
	switch {
	case dy == 0:
		r.dst.fillRect(min(x0, x1), y0-t/2, math.Abs(dx), t, b)
		return
	case dx == 0:
		r.dst.fillRect(x0-t/2, min(y0, y1), t, math.Abs(dy), b)
		return
	}
	scale := t / 2 / math.Hypot(dx, dy)
	nx, ny := -dy*scale, dx*scale
	r.path.reset()
	r.path.line(x0+nx, y0+ny, x1+nx, y1+ny)
	r.path.line(x1+nx, y1+ny, x1-nx, y1-ny)
	r.path.line(x1-nx, y1-ny, x0-nx, y0-ny)
	r.path.line(x0-nx, y0-ny, x0+nx, y0+ny)
	r.path.fill(&r.dst, b)
}

// polygon fills a polygon.
func (r *Renderer) polygon(pts []scene.Point, b *brush) {
	r.path.reset()
	for i, p := range pts {
		if !numbers(p.X, p.Y) {
			return
		}
		q := pts[(i+1)%len(pts)]
		r.path.line(bound(p.X), bound(p.Y), bound(q.X), bound(q.Y))
	}
	r.path.fill(&r.dst, b)
}
