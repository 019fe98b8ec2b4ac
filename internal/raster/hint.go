package raster

import (
	"math"
	"slices"

	"github.com/go-text/typesetting/font"
	ot "github.com/go-text/typesetting/font/opentype"
)

// Hinting here is vertical only, as in FreeType's "slight" mode: at 11 to 13 px
// an x-height of 6.6 px or a crossbar between two rows would be drawn as two
// grey rows. Heights that letters share (baseline, x-height, capitals,
// descenders) are moved to whole pixels, overshoots of round letters
// to the same row, and single horizontal stems to the nearest row; everything
// between is stretched in proportion. Widths and advances stay as designed.

// A zone is a height shared by glyphs, in font units: flat is where flat
// letters end, round where round ones do, a little further out.
type zone struct{ flat, round float64 }

// findZones measures the zones of a face on letters that show them: x-height,
// baseline, capitals (with Inter's ascenders and figures), descenders.
func findZones(f *face) []zone {
	var zs []zone
	for _, z := range []struct {
		flat, round rune
		top         bool
	}{{'x', 'o', true}, {'x', 'o', false}, {'H', 'O', true}, {'p', 'g', false}} {
		a, ok := f.extreme(z.flat, z.top)
		b, ok2 := f.extreme(z.round, z.top)
		if ok && ok2 && math.Abs(a-b) < f.upem/32 {
			zs = append(zs, zone{a, b})
		}
	}
	return zs
}

// extreme returns the highest or lowest point of a rune's outline.
func (f *face) extreme(ch rune, top bool) (float64, bool) {
	o, ok := f.font.GlyphData(font.GID(f.plain[ch].id)).(font.GlyphOutline)
	if !ok || f.plain[ch].id == 0 {
		return 0, false
	}
	v, found := 0.0, false
	for i := range o.Segments {
		args := o.Segments[i].ArgsSlice()
		y := float64(args[len(args)-1].Y)
		if !found || top == (y > v) {
			v, found = y, true
		}
	}
	return v, found
}

// snap returns the height, in font units, of the zone that y lies in.
func (f *face) snap(y float64) (flat float64, ok bool) {
	tolerance := f.upem / 400
	for _, z := range f.zones {
		lo, hi := min(z.flat, z.round)-tolerance, max(z.flat, z.round)+tolerance
		if y >= lo && y <= hi {
			return z.flat, true
		}
	}
	return 0, false
}

// A ledge is a level stretch of an outline, a straight or the top of an arc.
type ledge struct {
	y, x0, x1 float64
	up        bool // ink above: the lower edge of a stroke
}

// ledges finds the level stretches of an outline, lowest first. PostScript
// and TrueType outlines turn opposite ways; the sign of the area tells which.
func ledges(segs []font.Segment) []ledge {
	var ls []ledge
	var area float64
	var start, pen font.SegmentPoint
	add := func(from, to font.SegmentPoint) {
		dx, dy := float64(to.X-from.X), float64(to.Y-from.Y)
		if dx != 0 && math.Abs(dy) <= math.Abs(dx)/16 {
			x0, x1 := float64(from.X), float64(to.X)
			ls = append(ls, ledge{float64(from.Y), min(x0, x1), max(x0, x1), dx > 0})
		}
	}
	move := func(to font.SegmentPoint) {
		area += float64(pen.X)*float64(to.Y) - float64(to.X)*float64(pen.Y)
		pen = to
	}
	for i := range segs {
		s := &segs[i]
		args := s.ArgsSlice()
		end := args[len(args)-1]
		switch s.Op {
		case ot.SegmentOpMoveTo:
			add(pen, start)
			move(start)
			pen, start = end, end
			continue
		case ot.SegmentOpLineTo:
			add(pen, end)
		default:
			// An arc is level where it begins or ends along its control points.
			add(pen, args[0])
			c := args[len(args)-2]
			add(font.SegmentPoint{X: c.X, Y: end.Y}, font.SegmentPoint{X: end.X, Y: 2*end.Y - c.Y})
		}
		move(end)
	}
	add(pen, start)
	move(start)
	if area < 0 {
		for i := range ls {
			ls[i].up = !ls[i].up
		}
	}
	slices.SortStableFunc(ls, func(a, b ledge) int {
		switch {
		case a.y < b.y:
			return -1
		case a.y > b.y:
			return 1
		}
		return 0
	})
	return ls
}

// A warp maps heights in font units to pixels, linearly between its knots.
type warp struct {
	scale float64
	knots []knot // both coordinates ascending
}

type knot struct{ from, to float64 }

func (w *warp) apply(y float64) float64 {
	ks := w.knots
	if len(ks) == 0 {
		return y * w.scale
	}
	if last := ks[len(ks)-1]; y >= last.from {
		return last.to + (y-last.from)*w.scale
	}
	for i, k := range ks {
		if y > k.from {
			continue
		}
		if i == 0 || y == k.from {
			return k.to + (y-k.from)*w.scale
		}
		p := ks[i-1]
		return p.to + (y-p.from)*(k.to-p.to)/(k.from-p.from)
	}
	return y * w.scale
}

// add inserts a knot, unless the space to a neighbour would change to less
// than half or more than twice what it is.
func (w *warp) add(ks ...knot) {
	trial := slices.Clone(w.knots)
	for _, k := range ks {
		i, found := slices.BinarySearchFunc(trial, k.from, func(a knot, y float64) int {
			switch {
			case a.from < y:
				return -1
			case a.from > y:
				return 1
			}
			return 0
		})
		if found {
			return
		}
		trial = slices.Insert(trial, i, k)
	}
	for i := 1; i < len(trial); i++ {
		from, to := (trial[i].from-trial[i-1].from)*w.scale, trial[i].to-trial[i-1].to
		if to < from/2 && from > 0.3 || to < 0 || to > 2*from+0.5 {
			return
		}
	}
	w.knots = trial
}

// hint returns the heights of an outline at scale pixels a font unit.
func (f *face) hint(segs []font.Segment, scale float64) warp {
	w := warp{scale: scale}
	if len(f.zones) == 0 {
		return w
	}
	ls := ledges(segs)
	for _, l := range ls {
		if flat, ok := f.snap(l.y); ok {
			w.add(knot{l.y, math.Round(flat * scale)})
		}
	}
	for i, l := range ls {
		if !l.up {
			continue
		}
		if _, ok := f.snap(l.y); ok {
			continue
		}
		for _, m := range ls[i+1:] {
			if m.y-l.y > f.upem/5 {
				break
			}
			if m.up || m.y == l.y || m.x0 >= l.x1 || m.x1 <= l.x0 {
				continue
			}
			if _, ok := f.snap(m.y); !ok {
				t := (m.y - l.y) * scale
				bottom := math.Round(w.apply((l.y+m.y)/2) - t/2)
				w.add(knot{l.y, bottom}, knot{m.y, bottom + t})
			}
			break
		}
	}
	return w
}
