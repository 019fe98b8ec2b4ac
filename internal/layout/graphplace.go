package layout

import (
	"cmp"
	"image"
	"slices"
)

// place gives each item its height: near the mean of its neighbours, in the order of
// its column and apart from the next.
func (d *drawing) place() {
	before, after := d.beside(true), d.beside(false)
	for c, list := range d.order {
		y := 0.0
		for _, i := range list {
			d.items[i].mid = y + float64(d.items[i].h)/2
			y += float64(d.items[i].h + d.o.GapY)
		}
		for _, i := range d.order[c] {
			d.items[i].mid -= y / 2 // columns are centred on one line
		}
	}
	for sweep := range sweeps {
		for c := range d.order {
			if sweep%2 == 0 {
				d.pull(c, before)
			} else {
				d.pull(len(d.order)-1-c, after)
			}
		}
	}
	top := 0.0
	for k := range d.items {
		top = min(top, d.items[k].mid-float64(d.items[k].h)/2)
	}
	for k := range d.items {
		d.items[k].mid -= top
	}
}

// pull moves the items of a column to the mean of their neighbours, as near as the
// others let them.
func (d *drawing) pull(c int, near [][]int) {
	list := d.order[c]
	want, height := make([]float64, len(list)), make([]int, len(list))
	for p, i := range list {
		want[p], height[p] = d.items[i].mid, d.items[i].h
		if len(near[i]) > 0 {
			want[p] = 0
			for _, n := range near[i] {
				want[p] += d.items[n].mid
			}
			want[p] /= float64(len(near[i]))
		}
	}
	apart(want, height, float64(d.o.GapY))
	for p, i := range list {
		d.items[i].mid = want[p]
	}
}

// apart moves the middles of things of some height, which stand in this order, so that
// they do not lie over each other and gap is between them, by as little as can be: the
// sum of the squares is least. Those that are in each other's way are pooled, and
// move as one.
func apart(mid []float64, height []int, gap float64) {
	type pool struct {
		sum float64
		n   int
	}
	mean := func(p pool) float64 { return p.sum / float64(p.n) }
	var pools []pool
	offset := make([]float64, len(mid))
	for p := range mid {
		if p > 0 {
			offset[p] = offset[p-1] + float64(height[p-1]+height[p])/2 + gap
		}
		pools = append(pools, pool{mid[p] - offset[p], 1})
		for k := len(pools) - 1; k > 0 && mean(pools[k-1]) > mean(pools[k]); k-- {
			pools[k-1] = pool{pools[k-1].sum + pools[k].sum, pools[k-1].n + pools[k].n}
			pools = pools[:k]
		}
	}
	p := 0
	for _, pl := range pools {
		for range pl.n {
			mid[p] = mean(pl) + offset[p]
			p++
		}
	}
}

// measure finds how wide columns are and the gaps between them, which hold labels.
func (d *drawing) measure() {
	cols := len(d.order)
	d.widths, d.gaps, d.xs = make([]int, cols), make([]int, cols), make([]int, cols)
	for v := range d.nodes {
		d.widths[d.column[v]] = max(d.widths[d.column[v]], d.nodes[v].W)
	}
	for k := range d.edges {
		e := &d.edges[k]
		if d.joins(e) {
			left, _ := d.ends(k)
			c := d.column[left]
			d.gaps[c] = max(d.gaps[c], e.Label.X+2*d.o.Bend)
		}
	}
	x := 0
	for c := range cols {
		d.xs[c] = x
		if c < cols-1 {
			d.gaps[c] = max(d.gaps[c], 2*d.o.Bend)
		}
		x += d.widths[c] + d.gaps[c]
	}
}

// A port is where an edge meets an item.
type port struct {
	edge  int
	other float64 // the height of the other end, by which ports are sorted
}

// ports returns the height at which each edge leaves each item to the right, or comes
// from the left: side by side along a box, in the order of the other ends.
func (d *drawing) ports(right bool) map[[2]int]float64 {
	lists := make([][]port, len(d.items))
	for k, chain := range d.chain {
		for p := 1; p < len(chain); p++ {
			here, other := chain[p], chain[p-1]
			if right {
				here, other = other, here
			}
			lists[here] = append(lists[here], port{k, d.items[other].mid})
		}
	}
	out := map[[2]int]float64{}
	for i, list := range lists {
		slices.SortStableFunc(list, func(a, b port) int { return cmp.Compare(a.other, b.other) })
		it := &d.items[i]
		room := float64(it.h) * 0.7
		for p, l := range list {
			y := it.mid
			if len(list) > 1 && it.node >= 0 {
				y += room * (float64(p)/float64(len(list)-1) - 0.5)
			}
			out[[2]int{i, l.edge}] = y
		}
	}
	return out
}

// A tag is a label looking for its place.
type tag struct {
	edge int
	mid  float64
}

// labels finds the heights of labels in each gap: where the edge is halfway, and as
// far from there as the others make it.
func (d *drawing) labels(from, to map[[2]int]float64) []float64 {
	out := make([]float64, len(d.edges))
	byGap := make([][]tag, len(d.order))
	for k, chain := range d.chain {
		if len(chain) == 0 {
			continue
		}
		c := d.items[chain[0]].column
		byGap[c] = append(byGap[c], tag{k, (from[[2]int{chain[0], k}] + to[[2]int{chain[1], k}]) / 2})
	}
	for _, list := range byGap {
		slices.SortStableFunc(list, func(a, b tag) int { return cmp.Compare(a.mid, b.mid) })
		mid, height := make([]float64, len(list)), make([]int, len(list))
		for p := range list {
			mid[p], height[p] = list[p].mid, d.edges[list[p].edge].Label.Y
		}
		apart(mid, height, float64(max(d.o.GapY/3, 2)))
		for p, l := range list {
			out[l.edge] = mid[p]
		}
	}
	return out
}

// finish writes boxes, lines and labels.
func (d *drawing) finish(g *Graph) {
	from, to := d.ports(true), d.ports(false)
	labels := d.labels(from, to)
	up := 0.0 // labels may stand above the first box
	for k, chain := range d.chain {
		if len(chain) > 0 {
			up = min(up, labels[k]-float64(d.edges[k].Label.Y)/2)
		}
	}
	for k := range d.items { // bends as well
		g.H = max(g.H, int(d.items[k].mid-up+float64(d.items[k].h)/2+0.5))
	}
	for v := range d.nodes {
		c := d.column[v]
		x, y := d.xs[c]+(d.widths[c]-d.nodes[v].W)/2, int(d.items[v].mid-up-float64(d.nodes[v].H)/2)
		g.Nodes[v] = image.Rect(x, y, x+d.nodes[v].W, y+d.nodes[v].H)
		g.W, g.H = max(g.W, x+d.nodes[v].W), max(g.H, y+d.nodes[v].H)
	}
	for k, chain := range d.chain {
		if len(chain) == 0 {
			continue
		}
		r := &g.Edges[k]
		d.route(r, g, k, from, to, labels[k], up)
		if d.back[k] {
			slices.Reverse(r.Line)
		}
		g.W, g.H = max(g.W, r.Label.Max.X), max(g.H, r.Label.Max.Y)
	}
}

// route draws the line of an edge from its left to its right end, through its label.
func (d *drawing) route(r *GraphRoute, g *Graph, k int, from, to map[[2]int]float64, label, up float64) {
	chain := d.chain[k]
	for p := 0; p+1 < len(chain); p++ {
		a, b := &d.items[chain[p]], &d.items[chain[p+1]]
		x0, x1 := d.xs[a.column]+d.widths[a.column], d.xs[b.column]
		if a.node >= 0 {
			x0 = g.Nodes[a.node].Max.X
		}
		if b.node >= 0 {
			x1 = g.Nodes[b.node].Min.X
		}
		y0, y1 := from[[2]int{chain[p], k}]-up, to[[2]int{chain[p+1], k}]-up
		if p > 0 { // past a column straight on
			r.Line = append(r.Line, GraphPoint{float32(d.xs[a.column]), float32(y0)})
		}
		if p > 0 {
			r.curve(float64(x0), y0, float64(x1), y1)
			continue
		}
		size := d.edges[k].Label
		mid, right := float64(label-up), d.xs[a.column]+d.widths[a.column]
		left := right + (d.gaps[a.column]-size.X)/2
		r.Label = image.Rect(left, int(mid)-size.Y/2, left+size.X, int(mid)-size.Y/2+size.Y)
		r.curve(float64(x0), y0, float64(left), mid)
		r.curve(float64(left+size.X), mid, float64(x1), y1)
	}
}

// curveSteps is how many straight pieces a bend has.
const curveSteps = 10

// curve appends a bend that begins and ends level.
func (r *GraphRoute) curve(x0, y0, x1, y1 float64) {
	for s := 0; s <= curveSteps; s++ {
		t := float64(s) / curveSteps
		ease := t * t * (3 - 2*t)
		r.Line = append(r.Line, GraphPoint{float32(x0 + (x1-x0)*t), float32(y0 + (y1-y0)*ease)})
	}
}

// NodeAt returns the box at a point, -1 if there is none.
func (g *Graph) NodeAt(x, y float64) int {
	return slices.IndexFunc(g.Nodes, func(r image.Rectangle) bool { return image.Pt(int(x), int(y)).In(r) })
}

// EdgeAt returns the edge whose label is at a point or whose line is nearest to it
// and at most reach pixels away, -1 if there is none.
func (g *Graph) EdgeAt(x, y, reach float64) int {
	best, least := -1, reach*reach
	for k := range g.Edges {
		r := &g.Edges[k]
		if image.Pt(int(x), int(y)).In(r.Label) {
			return k
		}
		for p := 1; p < len(r.Line); p++ {
			if d := distance(r.Line[p-1], r.Line[p], x, y); d < least {
				best, least = k, d
			}
		}
	}
	return best
}

// distance returns the square of the distance of a point from a piece of a line.
func distance(a, b GraphPoint, x, y float64) float64 {
	ax, ay := float64(a.X), float64(a.Y)
	dx, dy := float64(b.X)-ax, float64(b.Y)-ay
	t := 0.0
	if l := dx*dx + dy*dy; l > 0 {
		t = min(max(((x-ax)*dx+(y-ay)*dy)/l, 0), 1)
	}
	ex, ey := ax+t*dx-x, ay+t*dy-y
	return ex*ex + ey*ey
}
