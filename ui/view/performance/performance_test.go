package performance

import (
	"context"
	"fmt"
	"image"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"traceview/internal/analysis/traffic"
	"traceview/internal/demo"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/axis"
	"traceview/ui/canvasview"
	"traceview/ui/table"
	"traceview/ui/uitest"
	"traceview/ui/xwidget"
)

// shop is a set of traces of the demo shop.
func shop(tb testing.TB, orders int) *traffic.Set {
	tb.Helper()
	set := traffic.NewSet(nil)
	var g traffic.Digester
	for k, tr := range demo.New(demo.Options{Orders: orders, Now: time.Date(2026, 11, 14, 12, 0, 0, 0, time.UTC)}).Traces() {
		b := model.NewBuilder()
		if err := otlp.DecodeProto(tr.Proto, b); err != nil {
			tb.Fatal(err)
		}
		for _, t := range b.Build() {
			set.AddDigest(int64(k), g.Digest(t))
		}
	}
	set.Sort()
	return set
}

// drawn is a set of n traces of one span.
func drawn(n int) *traffic.Set {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	set := traffic.NewSet(nil)
	for k := range n {
		d := traffic.Digest{ID: model.TraceID{15: byte(k)}, Start: 1_794_000_000e9 + r.Int64N(7*86400e9), Dur: 1e6 + int64(r.ExpFloat64()*100e6), Spans: 1, Root: traffic.Op{Service: "shop-api", Name: "POST /orders"}}
		if r.IntN(20) == 0 {
			d.Failed = 1
		}
		set.AddDigest(int64(k), &d)
	}
	set.Sort()
	return set
}

// state adds up a set.
func state(tb testing.TB, set *traffic.Set, of traffic.Target) State {
	tb.Helper()
	points, err := set.Points(context.Background(), traffic.Filter{}, of)
	if err != nil {
		tb.Fatal(err)
	}
	from, to := set.Bounds()
	all, before, later := set.Windows(traffic.Window{From: from, To: to + 1})
	total, err := set.Sum(context.Background(), traffic.Filter{}, all, before, later)
	if err != nil {
		tb.Fatal(err)
	}
	return State{Set: set, Points: points, Of: of, Total: total}
}

func plot(tb testing.TB, s State, lang string, dark bool, do Actions) *Plot {
	tb.Helper()
	kit := uitest.Kit(tb, lang, dark)
	p := NewPlot(kit, axis.StyleOf(kit, 1), do)
	p.Set(s)
	return p
}

func picture(p interface{ Paint(dst *image.RGBA) }, w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	p.Paint(img)
	return img
}

func tableStyle(k *xwidget.Kit) table.Style {
	return table.Style{Palette: k.Look, Printer: k.Words, Colours: k.Colours, Metrics: k.Metrics, Drawer: k.Drawer, Scale: 1}
}

var mesPrice = traffic.Target{Op: traffic.Op{Service: "mes-api", Name: "PriceCalculator.Tessellate", Kind: model.KindInternal}}

func TestPlotPictures(t *testing.T) {
	many, few, one := shop(t, 60), shop(t, 6), drawn(1)
	for _, tt := range []struct {
		name, lang string
		dark       bool
		state      State
		do         func(p *Plot)
	}{
		{"plot-few-en", "en", false, state(t, few, traffic.Target{}), func(p *Plot) { hoverOn(p, len(p.dots)/2) }},
		{"plot-many-ru-dark", "ru", true, state(t, many, traffic.Target{}), nil},
		{"plot-dense-en", "en", false, state(t, drawn(20_000), traffic.Target{}), nil},
		{"plot-operation-ru", "ru", false, state(t, many, mesPrice), func(p *Plot) {
			p.Press(400, 120, canvasview.Primary, 0)
			p.Drag(620, 130)
		}},
		{"plot-one-en-dark", "en", true, state(t, one, traffic.Target{}), nil},
		{"plot-none-en", "en", false, State{Empty: [2]string{"No traces here yet", "Search for an order."}}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := plot(t, tt.state, tt.lang, tt.dark, Actions{})
			img := picture(p, 1200, 300)
			if tt.do != nil {
				tt.do(p)
				img = picture(p, 1200, 300)
			}
			uitest.Golden(t, tt.name, img)
		})
	}
}

// hoverOn puts the pointer on a dot.
func hoverOn(p *Plot, k int) {
	d := &p.dots[k]
	p.Hover(float32(p.area.Min.X)+float32(p.view.X(d.At)), float32(p.area.Min.Y)+float32(p.lat.YOf(float64(d.Log))))
}

func TestRangeAndDotAreTold(t *testing.T) {
	var shown traffic.Window
	var opened traffic.Point
	p := plot(t, state(t, shop(t, 10), traffic.Target{}), "en", false, Actions{
		Range: func(w traffic.Window) { shown = w }, Open: func(q traffic.Point) { opened = q },
	})
	picture(p, 1000, 300)
	whole := p.Window()
	for k := range p.dots {
		hoverOn(p, k)
		if p.hot < 0 || p.dots[p.hot].At != p.dots[k].At && p.dots[p.hot] != p.dots[k] && !near(p, k, p.hot) {
			t.Fatalf("on dot %d there is dot %d", k, p.hot)
		}
	}
	hoverOn(p, 3)
	at, hot := p.hand.At, p.hot
	p.Press(float32(at.X), float32(at.Y), canvasview.Primary, 0)
	p.Release(float32(at.X), float32(at.Y))
	if opened != p.state.Points[hot] {
		t.Errorf("opened %+v, want %+v", opened, p.state.Points[hot])
	}
	p.Press(300, 100, canvasview.Primary, 0)
	p.Drag(500, 110)
	p.Release(500, 110)
	if shown.Dur() == 0 || shown.From <= whole.From || shown.To >= whole.To || shown != p.Window() || p.Whole() {
		t.Errorf("a range shows %v of %v", shown, whole)
	}
	if !p.Key("0", 0) || !p.Whole() || shown != whole {
		t.Errorf("0 shows %v of %v", shown, whole)
	}
	p.Key("+", 0)
	inner := p.Window()
	if p.Scroll(0, 50, 0); p.Window() == inner {
		t.Error("the wheel does not move along the time")
	}
	for _, key := range []string{"Left", "Right", "-", "-", "Escape", "x"} {
		p.Key(key, 0)
		picture(p, 1000, 300)
	}
}

// near says whether two dots are as near to each other as the pointer is to either.
func near(p *Plot, a, b int) bool {
	dx := p.view.X(p.dots[a].At) - p.view.X(p.dots[b].At)
	dy := p.lat.YOf(float64(p.dots[a].Log)) - p.lat.YOf(float64(p.dots[b].Log))
	return dx*dx+dy*dy < 4
}

func TestInstantsStandApart(t *testing.T) {
	p := plot(t, state(t, shop(t, 10), traffic.Target{}), "en", false, Actions{})
	moscow := time.FixedZone("", 3*3600)
	for _, zone := range []*time.Location{time.UTC, moscow} {
		p.kit.Zone = zone
		for range 40 {
			picture(p, 900, 260)
			for k := 1; k < len(p.times); k++ {
				if gap := p.view.X(p.times[k].at-p.base) - p.view.X(p.times[k-1].at-p.base); gap < 20 {
					t.Fatalf("%q and %q are %v pixels apart", p.times[k-1].text, p.times[k].text, gap)
				}
			}
			p.Key("+", 0)
		}
		p.ShowAll()
	}
}

func rows(tb testing.TB, lang string, dark bool, do func(*traffic.Row)) *Rows {
	tb.Helper()
	return NewRows(tableStyle(uitest.Kit(tb, lang, dark)), do)
}

func TestRowPictures(t *testing.T) {
	total := state(t, shop(t, 120), traffic.Target{}).Total
	for _, tt := range []struct {
		name, lang     string
		dark, services bool
		total          *traffic.Total
		w              int
		keys           []string
	}{
		{"rows-en", "en", false, false, total, 1240, nil},
		{"rows-trend-ru-dark", "ru", true, false, total, 1240, []string{"Left"}},
		{"rows-services-ru", "ru", false, true, total, 1000, nil},
		{"rows-none-en", "en", false, false, nil, 900, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := rows(t, tt.lang, tt.dark, nil)
			p.Set(tt.total, tt.services, [2]string{"Nothing happened in this time", "Press 0 for all of the time."})
			for _, k := range tt.keys {
				p.Build(tt.w, 330)
				p.Key(k, 0)
			}
			uitest.Golden(t, tt.name, picture(p, tt.w, 330))
		})
	}
}

func TestRowsAreSorted(t *testing.T) {
	total := state(t, shop(t, 30), traffic.Target{}).Total
	p := rows(t, "en", false, nil)
	for _, services := range []bool{false, true} {
		p.Set(total, services, [2]string{})
		for _, c := range p.Columns {
			for range 2 {
				p.Sort(c.ID)
				sign := 1
				if p.Falling {
					sign = -1
				}
				for k := 1; k < p.Len(); k++ {
					if sign*compareRows(p.At(k-1), p.At(k), c.ID) > 0 {
						t.Fatalf("by column %d: row %d stands before %d", c.ID, k-1, k)
					}
				}
			}
		}
	}
	p.ChooseRow(4)
	chosen := p.Chosen().Target
	p.Set(state(t, shop(t, 31), traffic.Target{}).Total, true, [2]string{})
	if p.Chosen().Target != chosen {
		t.Errorf("%v was chosen, now %v", chosen, p.Chosen().Target)
	}
}

func TestRowOpensExamples(t *testing.T) {
	set := shop(t, 20)
	st := state(t, set, traffic.Target{})
	var of traffic.Target
	p := rows(t, "en", false, func(r *traffic.Row) { of = r.Target })
	p.Set(st.Total, false, [2]string{})
	p.Build(1200, 400)
	x, y := uitest.Find(t, p.Style.Metrics, &p.scene, "open order")
	p.Press(x, y, canvasview.Primary, 0)
	if of.Name != "open order" {
		t.Fatalf("opened %v", of)
	}
	if tip := p.RowTip(0); !strings.Contains(tip, "half took") && !strings.Contains(tip, "too few") {
		t.Errorf("the row tells %q", tip)
	}
	kit := uitest.Kit(t, "en", false)
	var opened traffic.Point
	e := NewExamples(kit, tableStyle(kit), func(q traffic.Point) { opened = q })
	points := state(t, set, of).Points
	e.Set(set, points, of, [2]string{})
	img := picture(e, 1200, 300)
	uitest.Golden(t, "examples-en", img)
	if !slices.IsSortedFunc(e.list, func(a, b traffic.Point) int { return int(min(max(b.Dur-a.Dur, -1), 1)) }) {
		t.Error("the slowest do not come first")
	}
	e.Key("Down", 0)
	e.Key("Enter", 0)
	if opened != e.list[1] || opened.Span.IsZero() {
		t.Errorf("opened %+v, want %+v", opened, e.list[1])
	}
}

func TestTimesAreShort(t *testing.T) {
	for ratio, want := range map[float64]string{1.234: "1.23", 2.04: "2.0", 9.94: "9.9", 12.3: "12", 38.6: "39"} {
		if got := timesText(ratio, "en"); got != want {
			t.Errorf("%v: %q, want %q", ratio, got, want)
		}
	}
	if got := timesText(1.5, "ru"); got != "1,50" {
		t.Errorf("in Russian %q", got)
	}
}

// TestFrameDoesNotAllocate moves the pointer over 100,000 dots.
func TestFrameDoesNotAllocate(t *testing.T) {
	p := plot(t, state(t, drawn(100_000), traffic.Target{}), "en", false, Actions{})
	var s scene.Scene
	for range 3 {
		p.Build(&s, 1600, 400)
	}
	k := 0
	if n := testing.AllocsPerRun(50, func() {
		k++
		p.hand.Drag = axis.DragNone
		p.view = p.view.Pan(float64(k%2*2 - 1))
		p.Build(&s, 1600, 400)
	}); n > 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

func BenchmarkFrame(b *testing.B) {
	for _, n := range []int{1000, 100_000} {
		p := plot(b, state(b, drawn(n), traffic.Target{}), "en", false, Actions{})
		img := image.NewRGBA(image.Rect(0, 0, 1900, 420))
		p.Paint(img)
		for name, do := range map[string]func(k int){
			"hover": func(k int) { p.Hover(float32(200+k*7%1400), float32(60+k*3%300)) },
			"pan":   func(k int) { p.Scroll(0, float32(k%2*2-1)*60, 0) },
			"zoom": func(k int) {
				p.Hover(float32(200+k*7%1400), 100)
				p.Scroll(0, float32(k%2*2-1)*60, canvasview.Ctrl)
			},
		} {
			b.Run(fmt.Sprint(name, "/dots=", n), func(b *testing.B) {
				b.ReportAllocs()
				var cost []time.Duration
				for k := 0; b.Loop(); k++ {
					began := time.Now()
					do(k)
					p.Paint(img)
					cost = append(cost, time.Since(began))
				}
				slices.Sort(cost)
				b.ReportMetric(float64(cost[len(cost)*99/100].Microseconds())/1000, "p99-ms")
			})
		}
	}
}

// TestInputBeforeTheFrame adds up less, or nothing, while something is pressed.
func TestInputBeforeTheFrame(t *testing.T) {
	kit, unused := uitest.Kit(t, "en", false), func(canvasview.Event) bool { return false }
	v, p := NewView(kit, Actions{Open: func(traffic.Point) {}}, unused)
	rv, rows := NewRowsView(kit, func(*traffic.Row) {}, unused)
	ev, examples := NewExamplesView(kit, func(traffic.Point) {}, unused)
	set := func(s State) {
		p.Set(s)
		rows.Set(s.Total, false, [2]string{})
		examples.Set(s.Set, s.Points, s.Of, [2]string{})
	}
	all, one := state(t, shop(t, 6), traffic.Target{}), state(t, drawn(1), traffic.Target{})
	for _, to := range []State{one, {}} {
		for _, view := range []canvasview.Painter{v, rv, ev} {
			uitest.Between(t, view, 900, 240, func() { set(all) }, func() { set(to) })
		}
	}
}
