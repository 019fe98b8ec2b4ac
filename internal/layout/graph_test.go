package layout

import (
	"fmt"
	"image"
	"math/rand/v2"
	"reflect"
	"testing"
)

var graphGaps = GraphOptions{GapY: 24, Bend: 20}

// drawnGraph makes a random graph of n boxes.
func drawnGraph(r *rand.Rand, n, edges int) ([]GraphNode, []GraphEdge) {
	nodes := make([]GraphNode, n)
	for k := range nodes {
		nodes[k] = GraphNode{60 + r.IntN(120), 30 + r.IntN(20)}
	}
	list := make([]GraphEdge, edges)
	for k := range list {
		list[k] = GraphEdge{From: r.IntN(n+2) - 1, To: r.IntN(n+2) - 1, Label: image.Pt(40+r.IntN(100), 16), Weight: r.IntN(1000)}
	}
	return nodes, list
}

// checkGraph holds what is promised of a graph.
func checkGraph(t *testing.T, g *Graph, nodes []GraphNode, edges []GraphEdge) {
	t.Helper()
	bounds := image.Rect(0, 0, g.W, g.H)
	var boxes []image.Rectangle
	for k, r := range g.Nodes {
		if r.Size() != image.Pt(nodes[k].W, nodes[k].H) {
			t.Errorf("box %d is %v, want %v", k, r.Size(), nodes[k])
		}
		boxes = append(boxes, r)
	}
	for k := range edges {
		e, r := &edges[k], &g.Edges[k]
		if e.From < 0 || e.To < 0 || e.From >= len(nodes) || e.To >= len(nodes) || e.From == e.To {
			if r.Line != nil {
				t.Errorf("edge %d joins nothing and has a line", k)
			}
			continue
		}
		if r.Label.Size() != e.Label {
			t.Errorf("label %d is %v, want %v", k, r.Label.Size(), e.Label)
		}
		boxes = append(boxes, r.Label)
		from, to := g.Nodes[e.From].Inset(-2), g.Nodes[e.To].Inset(-2)
		first, last := r.Line[0], r.Line[len(r.Line)-1]
		if !image.Pt(int(first.X), int(first.Y)).In(from) || !image.Pt(int(last.X), int(last.Y)).In(to) {
			t.Errorf("edge %d runs from %v to %v, want from %v to %v", k, first, last, from, to)
		}
		for _, at := range r.Line {
			if !image.Pt(int(at.X), int(at.Y)).In(bounds.Inset(-1)) {
				t.Errorf("edge %d leads to %v, outside of %v", k, at, bounds)
			}
		}
		mid := r.Label.Min.Add(r.Label.Size().Div(2))
		if g.EdgeAt(float64(mid.X), float64(mid.Y), 4) != k {
			t.Errorf("at the label of edge %d there is edge %d", k, g.EdgeAt(float64(mid.X), float64(mid.Y), 4))
		}
	}
	for k, a := range boxes {
		if !a.In(bounds) {
			t.Errorf("box or label %d at %v is outside of %v", k, a, bounds)
		}
		for l, b := range boxes[k+1:] {
			if a.Overlaps(b) {
				t.Errorf("%d and %d lie over each other: %v, %v", k, k+1+l, a, b)
			}
		}
	}
}

func TestGraphsHold(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 150 {
		n := 1 + r.IntN(60)
		nodes, edges := drawnGraph(r, n, r.IntN(2*n))
		g := NewGraph(nodes, edges, graphGaps)
		checkGraph(t, g, nodes, edges)
		if again := NewGraph(nodes, edges, graphGaps); !reflect.DeepEqual(g, again) {
			t.Fatalf("round %d: the same graph has other places", round)
		}
		if t.Failed() {
			t.Fatalf("round %d", round)
		}
	}
}

func TestGraphShapes(t *testing.T) {
	chain, ring := make([]GraphEdge, 0, 3000), make([]GraphEdge, 0, 60)
	for k := range 2999 {
		chain = append(chain, GraphEdge{From: k, To: k + 1, Label: image.Pt(10, 10), Weight: 1})
	}
	for k := range 60 {
		ring = append(ring, GraphEdge{From: k, To: (k + 1) % 60, Label: image.Pt(50, 14), Weight: 60 - k})
	}
	for _, tt := range []struct {
		name  string
		n     int
		edges []GraphEdge
	}{
		{"nothing", 0, nil}, {"one", 1, nil}, {"one that calls itself", 1, []GraphEdge{{0, 0, image.Pt(9, 9), 1}}},
		{"both ways", 2, []GraphEdge{{0, 1, image.Pt(50, 14), 1}, {1, 0, image.Pt(60, 14), 9}}},
		{"twice", 2, []GraphEdge{{0, 1, image.Pt(50, 14), 1}, {0, 1, image.Pt(60, 14), 9}}},
		{"chain", 3000, chain}, {"ring", 60, ring},
	} {
		t.Run(tt.name, func(t *testing.T) {
			nodes := make([]GraphNode, tt.n)
			for k := range nodes {
				nodes[k] = GraphNode{80, 32}
			}
			g := NewGraph(nodes, tt.edges, graphGaps)
			if tt.n <= 60 {
				checkGraph(t, g, nodes, tt.edges)
			}
			if len(g.Nodes) != tt.n {
				t.Errorf("%d boxes, want %d", len(g.Nodes), tt.n)
			}
		})
	}
}

func TestCallersStandLeft(t *testing.T) {
	nodes := []GraphNode{{50, 30}, {50, 30}, {50, 30}, {50, 30}}
	edges := []GraphEdge{{2, 0, image.Pt(20, 12), 5}, {0, 1, image.Pt(20, 12), 5}, {1, 3, image.Pt(20, 12), 5}, {3, 0, image.Pt(20, 12), 1}}
	g := NewGraph(nodes, edges, graphGaps)
	for k, e := range edges {
		if left := g.Nodes[e.From].Max.X <= g.Nodes[e.To].Min.X; left != (k < 3) {
			t.Errorf("edge %d leads right: %v, want all but the rare one back", k, left)
		}
	}
	if g.NodeAt(float64(g.Nodes[2].Min.X+3), float64(g.Nodes[2].Min.Y+3)) != 2 || g.NodeAt(-5, -5) != -1 || g.EdgeAt(-90, -90, 4) != -1 {
		t.Error("what lies at a point is not what was put there")
	}
}

func BenchmarkGraph(b *testing.B) {
	for _, n := range []int{10, 60} {
		nodes, edges := drawnGraph(rand.New(rand.NewPCG(1, 1)), n, 2*n)
		b.Run(fmt.Sprint("services=", n), func(b *testing.B) {
			for b.Loop() {
				NewGraph(nodes, edges, graphGaps)
			}
		})
	}
}
