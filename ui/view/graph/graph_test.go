package graph

import (
	"context"
	"fmt"
	"image"
	"testing"

	"traceview/internal/analysis/traffic"
	"traceview/internal/demo"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/axis"
	"traceview/ui/canvasview"
	"traceview/ui/uitest"
)

// shop adds up traces of the demo shop.
func shop(tb testing.TB, orders int) *traffic.Total {
	tb.Helper()
	set := traffic.NewSet(nil)
	var g traffic.Digester
	for _, tr := range demo.New(demo.Options{Orders: orders}).Traces() {
		b := model.NewBuilder()
		if err := otlp.DecodeProto(tr.Proto, b); err != nil {
			tb.Fatal(err)
		}
		for _, t := range b.Build() {
			set.AddDigest(0, g.Digest(t))
		}
	}
	set.Sort()
	return sumOf(tb, set)
}

func sumOf(tb testing.TB, set *traffic.Set) *traffic.Total {
	tb.Helper()
	from, to := set.Bounds()
	sum, err := set.Sum(context.Background(), traffic.Filter{}, traffic.Window{From: from, To: to + 1}, traffic.Window{}, traffic.Window{})
	if err != nil {
		tb.Fatal(err)
	}
	return sum
}

func painter(tb testing.TB, total *traffic.Total, lang string, dark bool, a Actions) *Painter {
	tb.Helper()
	return New(func() State { return State{Total: total} }, axis.StyleOf(uitest.Kit(tb, lang, dark), 1), a)
}

func picture(p *Painter, w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	p.Paint(img)
	return img
}

// many makes a graph of n services that call one another by a rule.
func many(n int) *traffic.Total {
	t := &traffic.Total{}
	for k := range n {
		t.Nodes = append(t.Nodes, traffic.Node{Name: fmt.Sprintf("service-with-a-long-name-in-the-warehouse-%d", k)})
		t.Services = append(t.Services, traffic.Row{Target: traffic.Target{Op: traffic.Op{Service: t.Nodes[k].Name}, Whole: true}, Count: k*k + 1, P95: 1e6 * int64(k+1)})
		for _, to := range []int{2*k + 1, 2*k + 2, k * 7 % n} {
			if to < n && to != k {
				t.Edges = append(t.Edges, traffic.Edge{From: k, To: to, Count: 1000 - k*10, Errors: k % 3, P95: int64(k+1) * 1e6})
			}
		}
	}
	return t
}

func TestPictures(t *testing.T) {
	total := shop(t, 60)
	for _, tt := range []struct {
		name, lang string
		dark       bool
		total      *traffic.Total
		w, h       int
		do         func(p *Painter)
	}{
		{"light-en", "en", false, total, 1240, 620, nil},
		{"dark-ru", "ru", true, total, 1240, 620, func(p *Painter) { p.Key("Right", 0); p.Key("Right", 0) }},
		{"hover-en", "en", false, total, 1240, 620, func(p *Painter) {
			m := p.graph.Edges[0].Label.Min
			x, y := p.screen(float64(m.X+6), float64(m.Y+6))
			p.Hover(x, y)
		}},
		{"many-en", "en", false, many(30), 1240, 700, nil},
		{"one-ru", "ru", false, &traffic.Total{Nodes: []traffic.Node{{Name: "shop-api"}}}, 700, 300, nil},
		{"empty-en", "en", false, nil, 700, 300, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := painter(t, tt.total, tt.lang, tt.dark, Actions{})
			img := picture(p, tt.w, tt.h)
			if tt.do != nil {
				tt.do(p)
				img = picture(p, tt.w, tt.h)
			}
			uitest.Golden(t, tt.name, img)
		})
	}
}

func TestWhatIsPressedIsTold(t *testing.T) {
	var node traffic.Node
	var edge [2]traffic.Node
	p := painter(t, shop(t, 10), "en", false, Actions{
		Node: func(n traffic.Node) { node = n }, Edge: func(_ *traffic.Edge, from, to traffic.Node) { edge = [2]traffic.Node{from, to} },
	})
	picture(p, 1000, 600)
	press := func(x, y float32) {
		p.Press(x, y, canvasview.Primary, 0)
		p.Release(x, y)
	}
	for k, n := range p.total.Nodes {
		r := p.graph.Nodes[k]
		x, y := p.screen(float64(r.Min.X+4), float64(r.Min.Y+r.Dy()/2))
		if press(x, y); node != n {
			t.Errorf("pressing %v told %v", n, node)
		}
	}
	for k := range p.total.Edges {
		e, r := &p.total.Edges[k], p.graph.Edges[k].Label
		x, y := p.screen(float64(r.Min.X+r.Dx()/2), float64(r.Min.Y+r.Dy()/2))
		if press(x, y); edge != [2]traffic.Node{p.total.Nodes[e.From], p.total.Nodes[e.To]} {
			t.Errorf("pressing edge %d told %v", k, edge)
		}
	}
	press(1, 1)
	if p.chosen.n != 0 {
		t.Error("pressing beside everything leaves the choice")
	}
}

func TestKeysReachEveryBox(t *testing.T) {
	p := painter(t, shop(t, 20), "en", false, Actions{})
	picture(p, 900, 500)
	met := map[int]bool{}
	p.Key("Home", 0)
	todo := []target{p.chosen}
	for len(todo) > 0 {
		at := todo[0]
		todo = todo[1:]
		if met[at.n] {
			continue
		}
		met[at.n] = true
		for _, key := range []string{"Left", "Right", "Up", "Down"} {
			p.chosen = at
			if p.Key(key, 0) {
				todo = append(todo, p.chosen)
			}
		}
	}
	if len(met) != len(p.total.Nodes) {
		t.Errorf("keys reach %d of %d boxes", len(met), len(p.total.Nodes))
	}
}

func TestMagnifyingKeepsWhatIsUnderThePointer(t *testing.T) {
	p := painter(t, many(30), "en", false, Actions{})
	picture(p, 900, 500)
	p.Hover(400, 200)
	x, y := p.place(image.Pt(400, 200))
	p.Scroll(0, 60, canvasview.Ctrl)
	if a, b := p.place(image.Pt(400, 200)); a-x > 0.01 || x-a > 0.01 || b-y > 0.01 || y-b > 0.01 {
		t.Errorf("%v, %v was under the pointer, now %v, %v", x, y, a, b)
	}
	p.Press(400, 200, canvasview.Primary, 0)
	p.Drag(300, 150)
	if a, b := p.place(image.Pt(300, 150)); a-x > 0.01 || x-a > 0.01 || b-y > 0.01 || y-b > 0.01 {
		t.Errorf("%v, %v was taken, %v, %v came along", x, y, a, b)
	}
	p.Release(300, 150)
	for _, key := range []string{"+", "-", "0", "x"} {
		p.Key(key, 0)
		picture(p, 900, 500)
	}
	if !p.fitted {
		t.Error("0 does not show all")
	}
}

func BenchmarkFrame(b *testing.B) {
	for _, n := range []int{10, 60} {
		b.Run(fmt.Sprint("services=", n), func(b *testing.B) {
			p := painter(b, many(n), "en", false, Actions{})
			var s scene.Scene
			p.Build(&s, 1900, 900)
			img := image.NewRGBA(image.Rect(0, 0, 1900, 900))
			b.ReportAllocs()
			k := 0
			for b.Loop() {
				k++
				p.Hover(float32(k*7%1900), float32(k*3%900))
				p.Paint(img)
			}
		})
	}
}

// TestInputBeforeTheFrame takes the graph away, or most of it, while something is pressed.
func TestInputBeforeTheFrame(t *testing.T) {
	now := (*traffic.Total)(nil)
	v, _ := NewView(uitest.Kit(t, "en", false), func() State { return State{Total: now} }, Actions{}, func(canvasview.Event) bool { return false })
	all := many(12)
	for _, to := range []*traffic.Total{many(1), nil} {
		uitest.Between(t, v, 700, 240, func() { now = all }, func() { now = to })
	}
}
