package layout

import (
	"cmp"
	"image"
	"slices"
)

// A GraphNode is a box of a graph: its size in pixels.
type GraphNode struct{ W, H int }

// A GraphEdge joins two boxes. Label is the size in pixels of what is written on it;
// of edges that go round in a circle those of the least weight are turned back.
type GraphEdge struct {
	From, To int
	Label    image.Point
	Weight   int
}

// GraphOptions are the distances of a Graph in pixels.
type GraphOptions struct {
	GapY int // between boxes of one column, and between labels
	Bend int // beside a label, for the lines that lead to it
}

// A GraphPoint is a point of an edge.
type GraphPoint struct{ X, Y float32 }

// A GraphRoute is an edge that has its place: a line from box to box, in the direction
// of the edge, and the place of its label on it.
type GraphRoute struct {
	Line  []GraphPoint
	Label image.Rectangle
}

// A Graph is boxes in columns, those that call left of those they call as far as
// that goes, and edges between them. No boxes and no labels lie over each other. The same
// boxes and edges have the same places every time.
type Graph struct {
	W, H  int
	Nodes []image.Rectangle
	Edges []GraphRoute
}

// drawing is a Graph on its way.
type drawing struct {
	nodes  []GraphNode
	edges  []GraphEdge
	o      GraphOptions
	back   []bool   // edges that are turned back
	column []int    // of each node
	items  []item   // nodes first, then bends
	chain  [][]int  // of each edge, the items from its left to its right end
	order  [][]int  // the items of each column from top to bottom
	xs     []int    // left edge of each column
	widths []int    // of each column
	gaps   []int    // right of each column
	ups    [][2]int // neighbouring items, left and right
}

// An item is what has a place in a column: a box, or a bend of an edge that goes
// past it.
type item struct {
	node   int // -1 for a bend
	column int
	h      int
	mid    float64
	pos    int // in its column
}

const bendPx = 6 // height of a bend

// NewGraph places boxes and edges. Edges whose ends are not there are left out. Time
// and memory grow with the edges times the columns they cross.
func NewGraph(nodes []GraphNode, edges []GraphEdge, o GraphOptions) *Graph {
	g := &Graph{Nodes: make([]image.Rectangle, len(nodes)), Edges: make([]GraphRoute, len(edges))}
	if len(nodes) == 0 {
		return g
	}
	d := &drawing{nodes: nodes, edges: edges, o: o}
	d.turnBack()
	d.columns()
	d.chains()
	d.sort()
	d.place()
	d.measure()
	d.finish(g)
	return g
}

// joins says whether an edge joins two different boxes that are there.
func (d *drawing) joins(e *GraphEdge) bool {
	n := len(d.nodes)
	return e.From >= 0 && e.From < n && e.To >= 0 && e.To < n && e.From != e.To
}

// turnBack decides which edges are turned back so that no circle is left, by taking
// nodes away one by one as Eades, Lin and Smyth do: those that only call are put in
// front, those that are only called behind, then the one that calls most more than it is called.
func (d *drawing) turnBack() {
	n := len(d.nodes)
	out, in, degIn, degOut := make([]int, n), make([]int, n), make([]int, n), make([]int, n)
	for k := range d.edges {
		if e := &d.edges[k]; d.joins(e) {
			out[e.From] += max(e.Weight, 1)
			in[e.To] += max(e.Weight, 1)
			degOut[e.From]++
			degIn[e.To]++
		}
	}
	rank, gone := make([]int, n), make([]bool, n)
	take := func(v, r int) {
		rank[v], gone[v] = r, true
		for k := range d.edges {
			e := &d.edges[k]
			if !d.joins(e) {
				continue
			}
			if e.From == v && !gone[e.To] {
				in[e.To] -= max(e.Weight, 1)
				degIn[e.To]--
			}
			if e.To == v && !gone[e.From] {
				out[e.From] -= max(e.Weight, 1)
				degOut[e.From]--
			}
		}
	}
	next := func() (v int, last bool) {
		sink, best := -1, -1
		for v := range n {
			switch {
			case gone[v]:
			case degIn[v] == 0:
				return v, false
			case degOut[v] == 0 && sink < 0:
				sink = v
			case best < 0 || out[v]-in[v] > out[best]-in[best]:
				best = v
			}
		}
		if sink >= 0 {
			return sink, true
		}
		return best, false
	}
	front, behind := 0, n-1
	for range n {
		if v, last := next(); last {
			take(v, behind)
			behind--
		} else {
			take(v, front)
			front++
		}
	}
	d.back = make([]bool, len(d.edges))
	for k := range d.edges {
		e := &d.edges[k]
		d.back[k] = d.joins(e) && rank[e.From] > rank[e.To]
	}
}

// ends returns the ends of an edge, left and right.
func (d *drawing) ends(k int) (left, right int) {
	e := &d.edges[k]
	if d.back[k] {
		return e.To, e.From
	}
	return e.From, e.To
}

// columns puts each node one column right of the last that leads to it, then those
// that lead to others as near to them as they can be.
func (d *drawing) columns() {
	n := len(d.nodes)
	d.column = make([]int, n)
	in := make([]int, n)
	for k := range d.edges {
		if d.joins(&d.edges[k]) {
			_, right := d.ends(k)
			in[right]++
		}
	}
	var ready, done []int
	for v := range n {
		if in[v] == 0 {
			ready = append(ready, v)
		}
	}
	for len(ready) > 0 {
		v := ready[0]
		ready, done = ready[1:], append(done, v)
		for k := range d.edges {
			if left, right := d.ends(k); d.joins(&d.edges[k]) && left == v {
				d.column[right] = max(d.column[right], d.column[v]+1)
				if in[right]--; in[right] == 0 {
					ready = append(ready, right)
				}
			}
		}
	}
	for _, v := range slices.Backward(done) {
		next, any, led := 1<<30, false, false
		for k := range d.edges {
			left, right := d.ends(k)
			switch {
			case !d.joins(&d.edges[k]):
			case left == v:
				next, any = min(next, d.column[right]), true
			case right == v:
				led = true
			}
		}
		if any && !led {
			d.column[v] = next - 1
		}
	}
	least := slices.Min(d.column)
	for v := range d.column {
		d.column[v] -= least
	}
}

// chains makes an item of each node, and bends where an edge goes past columns.
func (d *drawing) chains() {
	d.items = make([]item, len(d.nodes))
	d.order = make([][]int, slices.Max(d.column)+1)
	for v := range d.nodes {
		d.items[v] = item{node: v, column: d.column[v], h: d.nodes[v].H}
		d.order[d.column[v]] = append(d.order[d.column[v]], v)
	}
	d.chain = make([][]int, len(d.edges))
	for k := range d.edges {
		if !d.joins(&d.edges[k]) {
			continue
		}
		left, right := d.ends(k)
		list := []int{left}
		for c := d.column[left] + 1; c < d.column[right]; c++ {
			list = append(list, len(d.items))
			d.order[c] = append(d.order[c], len(d.items))
			d.items = append(d.items, item{node: -1, column: c, h: bendPx})
		}
		d.chain[k] = append(list, right)
		for i := 1; i < len(d.chain[k]); i++ {
			d.ups = append(d.ups, [2]int{d.chain[k][i-1], d.chain[k][i]})
		}
	}
}

// beside returns for each item its neighbours in the column before or after.
func (d *drawing) beside(before bool) [][]int {
	out := make([][]int, len(d.items))
	for _, u := range d.ups {
		if before {
			out[u[1]] = append(out[u[1]], u[0])
		} else {
			out[u[0]] = append(out[u[0]], u[1])
		}
	}
	return out
}

// sweeps is how often columns are put into another order; more changes hardly
// anything.
const sweeps = 12

// sort puts the items of each column into an order with few crossings, by the mean
// place of their neighbours, from left to right and back; the best order met counts.
func (d *drawing) sort() {
	d.renumber()
	before, after := d.beside(true), d.beside(false)
	best, least := cloneOrder(d.order), d.crossings()
	for sweep := 0; sweep < sweeps && least > 0; sweep++ {
		for c := range d.order {
			col, near := c, before
			if sweep%2 == 1 {
				col, near = len(d.order)-1-c, after
			}
			mean := func(i int) float64 {
				if len(near[i]) == 0 {
					return float64(d.items[i].pos)
				}
				s := 0
				for _, n := range near[i] {
					s += d.items[n].pos
				}
				return float64(s) / float64(len(near[i]))
			}
			slices.SortStableFunc(d.order[col], func(a, b int) int { return cmp.Compare(mean(a), mean(b)) })
			for p, i := range d.order[col] {
				d.items[i].pos = p
			}
		}
		if n := d.crossings(); n < least {
			best, least = cloneOrder(d.order), n
		}
	}
	d.order = best
	d.renumber()
}

func cloneOrder(order [][]int) [][]int {
	out := make([][]int, len(order))
	for c := range order {
		out[c] = slices.Clone(order[c])
	}
	return out
}

func (d *drawing) renumber() {
	for _, list := range d.order {
		for p, i := range list {
			d.items[i].pos = p
		}
	}
}

// crossings counts the edges that cross between neighbouring columns.
func (d *drawing) crossings() (n int) {
	for k, a := range d.ups {
		for _, b := range d.ups[k+1:] {
			if d.items[a[0]].column == d.items[b[0]].column && (d.items[a[0]].pos-d.items[b[0]].pos)*(d.items[a[1]].pos-d.items[b[1]].pos) < 0 {
				n++
			}
		}
	}
	return n
}
