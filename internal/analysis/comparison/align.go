package comparison

import (
	"cmp"
	"slices"

	"traceview/internal/analysis"
	"traceview/internal/model"
)

// An operation is what spans are aligned by.
type operation struct{ service, name string }

// A node is a path: an operation below another path, -1 for none.
type node struct{ parent, op int32 }

// A grower finds the paths of both sides, parents before children.
type grower struct {
	exact bool
	ops   []operation
	byOp  map[operation]int32
	plain []int32 // of each operation, the one without ids; itself if it has none
	ids   bool    // some have
	nodes []node
	depth []int32
	sides []uint8 // of each node: bit 0 for a, bit 1 for b
	at    map[node]int32
}

// both is the sides of a node that both have.
const both = 1<<A | 1<<B

func newGrower(exact bool) *grower {
	return &grower{exact: exact, byOp: map[operation]int32{}, at: map[node]int32{}}
}

// operation numbers an operation, and that without ids.
func (g *grower) operation(o operation) int32 {
	if n, ok := g.byOp[o]; ok {
		return n
	}
	n := int32(len(g.ops))
	g.byOp[o] = n
	g.ops, g.plain = append(g.ops, o), append(g.plain, n)
	if plain := analysis.Plain(o.name); !g.exact && plain != o.name {
		g.ids = true
		g.plain[n] = g.operation(operation{o.service, plain})
	}
	return n
}

// child returns the path of an operation below another.
func (g *grower) child(parent, op int32) int32 {
	k := node{parent, op}
	n, ok := g.at[k]
	if !ok {
		n = int32(len(g.nodes))
		g.at[k] = n
		d := int32(0)
		if parent >= 0 {
			d = g.depth[parent] + 1
		}
		g.nodes, g.depth, g.sides = append(g.nodes, k), append(g.depth, d), append(g.sides, 0)
	}
	return n
}

// names tells operations of one arena apart.
type names struct{ service, name model.StringID }

// grow returns the path of each span of a trace.
func (g *grower) grow(t *model.Trace, s Side) []int32 {
	of := make([]int32, len(t.Spans))
	known := map[names]int32{}
	for i := range t.Spans {
		sp := &t.Spans[i]
		k := names{t.ResourceAt(sp.Resource).Service, sp.Name}
		op, ok := known[k]
		if !ok {
			op = g.operation(operation{t.Str(k.service), t.Str(k.name)})
			known[k] = op
		}
		parent := int32(-1)
		if sp.Parent != model.NoSpan {
			parent = of[sp.Parent]
		}
		of[i] = g.child(parent, op)
		g.sides[of[i]] |= 1 << s
	}
	return of
}

// settle makes one path of those that differ in ids only, where one side lacks
// some of them: /items/17 of a and /items/18 of b become /items/#. Where both have
// the same ones they stay apart. It returns the paths that are left, and which of
// them each is part of.
func (g *grower) settle() (nodes []node, final []int32) {
	final = make([]int32, len(g.nodes))
	if !g.ids {
		for i := range final {
			final[i] = int32(i)
		}
		return g.nodes, final
	}
	m := &merger{g: g, at: map[node]int32{}, groups: map[node]int32{}, placed: map[node]int32{}}
	order := g.byDepth()
	for from := 0; from < len(order); {
		to := from
		for to < len(order) && g.depth[order[to]] == g.depth[order[from]] {
			to++
		}
		m.level(order[from:to], final)
		from = to
	}
	return m.nodes, final
}

// byDepth lists the paths, the shortest first.
func (g *grower) byDepth() []int32 {
	out := make([]int32, len(g.nodes))
	for i := range out {
		out[i] = int32(i)
	}
	slices.SortStableFunc(out, func(a, b int32) int { return cmp.Compare(g.depth[a], g.depth[b]) })
	return out
}

// A candidate is all paths of an operation below what became of their parents.
type candidate struct {
	node
	group int32
	sides uint8
}

// A group is the candidates that differ in ids only.
type group struct {
	size int
	torn bool // one side lacks one of them
}

// merger is the state of settle.
type merger struct {
	g      *grower
	nodes  []node
	placed map[node]int32
	list   []candidate
	at     map[node]int32
	sets   []group
	groups map[node]int32
}

// level settles paths of one length, whose parents are settled.
func (m *merger) level(list, final []int32) {
	first := len(m.list)
	of := make([]int32, len(list))
	for k, i := range list {
		n := m.g.nodes[i]
		if n.parent >= 0 {
			n.parent = final[n.parent]
		}
		of[k] = m.candidate(n)
		m.list[of[k]].sides |= m.g.sides[i]
	}
	for k := first; k < len(m.list); k++ {
		if c := &m.list[k]; c.sides != both {
			m.sets[c.group].torn = true
		}
	}
	for k, i := range list {
		c := &m.list[of[k]]
		n := c.node
		if s := &m.sets[c.group]; s.torn && s.size > 1 {
			n.op = m.g.plain[n.op]
		}
		at, ok := m.placed[n]
		if !ok {
			at = int32(len(m.nodes))
			m.placed[n] = at
			m.nodes = append(m.nodes, n)
		}
		final[i] = at
	}
}

// candidate returns the candidate of a path whose parent is settled.
func (m *merger) candidate(n node) int32 {
	if k, ok := m.at[n]; ok {
		return k
	}
	key := node{n.parent, m.g.plain[n.op]}
	s, ok := m.groups[key]
	if !ok {
		s = int32(len(m.sets))
		m.groups[key] = s
		m.sets = append(m.sets, group{})
	}
	m.sets[s].size++
	k := int32(len(m.list))
	m.at[n] = k
	m.list = append(m.list, candidate{n, s, 0})
	return k
}

// arrange makes the rows of paths: depth-first, siblings by when they begin.
func (c *Comparison) arrange(nodes []node, ops []operation, s *sums) {
	size := make([]int32, len(nodes)) // paths of the subtree
	for i := len(nodes) - 1; i >= 0; i-- {
		if size[i]++; nodes[i].parent >= 0 {
			size[nodes[i].parent] += size[i]
		}
	}
	first, kids := children(nodes)
	row := make([]int32, len(nodes))
	c.Rows = make([]Row, len(nodes))
	for side, list := range s.samples {
		if list != nil {
			c.spreads[side] = make([]Spreads, len(nodes))
		}
	}
	byStart := func(x, y int32) int { return cmp.Compare(s.start[x], s.start[y]) }
	for i := -1; i < len(nodes); i++ {
		at, depth, parent := int32(0), int32(0), int32(-1)
		if i >= 0 {
			parent = row[i]
			at, depth = parent+1, c.Rows[parent].Depth+1
		}
		list := kids[first[i+1]:first[i+2]]
		slices.SortStableFunc(list, byStart)
		for _, k := range list {
			op := ops[nodes[k].op]
			c.Rows[at] = Row{Parent: parent, End: at + size[k], Depth: depth, Service: op.service, Name: op.name,
				Sides: [2]Figures{s.sides[A][k], s.sides[B][k]}}
			for side, list := range s.samples {
				if list != nil {
					c.spreads[side][at] = spreads(list[k])
				}
			}
			row[k] = at
			at += size[k]
		}
	}
}

// children lists the paths below each other, those of path i from first[i+1] to
// before first[i+2], those without a parent in front.
func children(nodes []node) (first, kids []int32) {
	first = make([]int32, len(nodes)+2)
	for _, n := range nodes {
		first[n.parent+2]++
	}
	for i := range len(nodes) + 1 {
		first[i+1] += first[i]
	}
	next := slices.Clone(first[:len(nodes)+1])
	kids = make([]int32, len(nodes))
	for i, n := range nodes {
		kids[next[n.parent+1]] = int32(i)
		next[n.parent+1]++
	}
	return first, kids
}
