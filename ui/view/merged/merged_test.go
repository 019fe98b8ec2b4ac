package merged

import (
	"fmt"
	"image"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"traceview/internal/analysis"
	"traceview/internal/document"
	"traceview/internal/model"
	"traceview/internal/query"
	"traceview/ui/canvasview"
	"traceview/ui/look"
	"traceview/ui/uitest"
)

// lookFor notes which spans match, by their ids.
func lookFor(tb testing.TB, p *Painter, ids ...model.SpanID) {
	set := query.NewSet(len(p.trace.Spans))
	for _, id := range ids {
		set.Add(spanOf(tb, p, id))
	}
	p.doc.SetMatches("x", set)
}

// TestGolden draws the states a merged flame can be in.
func TestGolden(t *testing.T) {
	light, dark := look.Light, look.Dark
	for _, tc := range []struct {
		name  string
		trace *model.Trace
		lang  string
		pal   func() *look.Palette
		scale float32
		w, h  int
		act   func(p *Painter)
	}{
		{"path_light", shop(t), "en", light, 1, 1180, 280, func(p *Painter) { p.doc.Select(spanOf(t, p, 8)); p.Hover(600, 130) }},
		{"path_dark", shop(t), "en", dark, 1, 1180, 280, func(p *Painter) { p.doc.Select(spanOf(t, p, 8)); p.Hover(600, 130) }},
		{"self_ru", shop(t), "ru", light, 1, 1180, 280, func(p *Painter) { p.Key("2", 0) }},
		{"work_light", shop(t), "en", light, 1, 1180, 280, func(p *Painter) { p.Key("3", 0); p.doc.Select(spanOf(t, p, 5)) }},
		{"work_dark", shop(t), "ru", dark, 1, 1180, 280, func(p *Painter) { p.Key("3", 0); p.doc.Select(spanOf(t, p, 5)) }},
		{"zoomed", shop(t), "en", light, 1, 900, 280, func(p *Painter) { p.doc.Select(spanOf(t, p, 11)); p.Key("Enter", 0) }},
		{"sandwich_light", shop(t), "en", light, 1, 1180, 280, func(p *Painter) { p.doc.Select(spanOf(t, p, 12)); p.Key("s", 0) }},
		{"sandwich_dark", shop(t), "ru", dark, 1, 1180, 280, func(p *Painter) { p.doc.Select(spanOf(t, p, 10)); p.Key("s", 0) }},
		{"found", shop(t), "en", light, 1, 1180, 280, func(p *Painter) { lookFor(t, p, 6, 10) }},
		{"only_matches", shop(t), "en", dark, 1, 1180, 280, func(p *Painter) { lookFor(t, p, 6, 10); p.doc.SetOnlyMatches(true) }},
		{"scale2", shop(t), "en", dark, 2, 1600, 560, func(p *Painter) { p.doc.Select(spanOf(t, p, 9)) }},
		{"synthetic_light", synth(t, 20000), "en", light, 1, 1180, 420, func(p *Painter) { p.Key("2", 0); p.doc.NextError() }},
		{"synthetic_dark", synth(t, 20000), "en", dark, 1, 1180, 420, func(p *Painter) { p.doc.NextError(); p.Key("s", 0) }},
		{"weightless", uitest.Trace(t, 1, uitest.Span{ID: 1, Service: "a", Name: "b"}), "en", light, 1, 700, 240, func(p *Painter) {}},
		{"empty_ru", &model.Trace{Arena: &model.Arena{}, Root: model.NoSpan}, "ru", dark, 1, 700, 240, func(p *Painter) {}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := newPainter(t, tc.trace, tc.lang, tc.pal(), tc.scale)
			paint(p, tc.w, tc.h) // gives the document the size of its view
			tc.act(p)
			uitest.Golden(t, tc.name, paint(p, tc.w, tc.h))
		})
	}
}

// at returns the operations from the chosen box to the root, or of a sandwich to
// its operation.
func at(p *Painter) string {
	at := p.chosen()
	if at.call < 0 {
		return ""
	}
	c, out := p.calls(at.part), ""
	for k := at.call; k >= 0; k = c.Nodes[k].Parent {
		_, name := p.operation(&c.Nodes[k])
		out += name + " < "
	}
	return strings.TrimSuffix(out, " < ")
}

func TestArrows(t *testing.T) {
	const root, api = "POST /orders", "POST /orders < POST /orders"
	for _, tc := range []struct {
		name string
		from model.SpanID
		keys string
		want string
	}{
		{"nothing chosen: the root", 0, "Down", root},
		{"to the heaviest callee", 1, "Down Down", "FileStorage.upload < " + api},
		{"to the caller", 5, "Up", api},
		{"to the box beside", 5, "Right Right", "read folder < " + api},
		{"beside, of another caller", 8, "Right", "PriceCalculator.Calculate < POST /internal/v2/orders/10472/confirmations/price < " + api},
		{"back", 12, "Left Left", "FileStorage.upload < " + api},
		{"no box above the root", 1, "Up", root},
		{"no box below a leaf", 4, "Down", "SELECT shop.customers < " + api},
		{"no box at the right", 4, "Right", "SELECT shop.customers < " + api},
		{"home", 14, "Home", root},
		{"callers of a sandwich", 10, "s Up", "POST /internal/v2/orders/10472/confirmations/price < PriceCalculator.Calculate"},
		{"and back to the operation", 10, "s Up Up Down Down", "PriceCalculator.Calculate"},
		{"callees of a sandwich", 10, "s Down", "SELECT mes.prices < PriceCalculator.Calculate"},
		{"up from a callee", 10, "s Down Up Home", "PriceCalculator.Calculate"},
		{"a callee in the middle", 10, "s Down Enter", "SELECT mes.prices"},
		{"out of the sandwich", 12, "s Escape", "read folder < " + api},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := newPainter(t, shop(t), "en", look.Light(), 1)
			paint(p, 900, 320)
			if tc.from != 0 {
				p.doc.Select(spanOf(t, p, tc.from))
				paint(p, 900, 320)
			}
			keys(p, strings.Fields(tc.keys)...)
			if got := at(p); got != tc.want {
				t.Errorf("chosen %s\nwant   %s", got, tc.want)
			}
		})
	}
}

// TestZoomByKeys goes in and out again, and holds that what is zoomed to is as
// wide as the view.
func TestZoomByKeys(t *testing.T) {
	p := newPainter(t, shop(t), "en", look.Light(), 1)
	paint(p, 900, 320)
	wide := func(call int32) bool {
		n, v := &p.m.Calls().Nodes[call], p.m.View()
		return math.Abs(v.X(n.Start)) < 1 && math.Abs(v.X(n.Start+n.Total)-float64(p.g.Width)) < 1
	}
	p.doc.Select(spanOf(t, p, 9))
	keys(p, "Enter")
	price := p.m.Call()
	if p.m.Zoomed() != price || !wide(price) {
		t.Fatalf("zoomed to %d, want %d", p.m.Zoomed(), price)
	}
	if keys(p, "Down", "Enter"); p.m.Zoomed() != p.m.Call() || !wide(p.m.Call()) || p.m.Call() == price {
		t.Fatalf("zoomed to %d", p.m.Zoomed())
	}
	if keys(p, "BackSpace"); p.m.Zoomed() != price || !wide(price) {
		t.Fatalf("one step out leads to %d, want %d", p.m.Zoomed(), price)
	}
	if keys(p, "Escape"); p.m.Zoomed() != -1 || !p.m.View().Fitted() {
		t.Fatalf("two steps out lead to %d", p.m.Zoomed())
	}
	if p.Key("Escape", 0) {
		t.Error("Esc is taken though there is no step out")
	}
	keys(p, "Enter", "+", "+", "0")
	if p.m.Zoomed() != -1 || !p.m.View().Fitted() {
		t.Error("0 does not show all")
	}
	if keys(p, "+"); p.m.View().Fitted() {
		t.Error("+ does not zoom")
	}
	if keys(p, "Escape"); !p.m.View().Fitted() {
		t.Error("Esc does not lead back from +")
	}
	p.doc.Select(spanOf(t, p, 4))
	keys(p, "Enter")
	p.doc.Select(spanOf(t, p, 7)) // elsewhere: the zoom gives way to it
	if paint(p, 900, 320); p.m.Zoomed() != -1 {
		t.Error("the selected span is out of sight")
	}
	p.doc.Select(spanOf(t, p, 14))
	keys(p, "Enter", "2")
	if p.m.Zoomed() != p.m.Call() || !wide(p.m.Call()) {
		t.Error("another weight loses the zoom")
	}
}

func TestPointer(t *testing.T) {
	p := newPainter(t, shop(t), "en", look.Light(), 1)
	paint(p, 900, 320)
	press := func(x, y float32, b canvasview.Button) {
		p.Press(x, y, b, 0)
		p.Release(x, y)
		paint(p, 900, 320)
	}
	middle := func(id model.SpanID) (x, y float32) {
		x, y, w, ok := p.place(place{whole, p.m.Calls().Of(spanOf(t, p, id))})
		if !ok {
			t.Fatalf("the box of span %d is not in view", id)
		}
		return x + w/2, y + 8
	}
	x, y := middle(7)
	want := "PUT 3d-files/{order}/{file} · files-storage · 3 spans · 960 ms, 52.2% of all · own 960 ms · shortest 610 ms, mean 790 ms, longest 960 ms · 1 error that began here"
	if got := strings.ReplaceAll(p.Tip(x, y), "\n", " · "); got != want {
		t.Errorf("tip %q\nwant %q", got, want)
	}
	if p.Hover(x, y); !p.OnBox() {
		t.Error("a box cannot be pressed")
	}
	press(x, y, canvasview.Primary)
	if slowest := spanOf(t, p, 8); p.doc.Selected() != slowest || p.m.Zoomed() != p.m.Calls().Of(slowest) {
		t.Errorf("a click selects span %d and zooms to %d", p.doc.Selected(), p.m.Zoomed())
	}
	crumb := func(do action, arg int32) (x, y float32) {
		for _, s := range p.spots {
			if s.do == do && s.arg == arg {
				return float32(s.Min.X+s.Max.X) / 2, float32(s.Min.Y+s.Max.Y) / 2
			}
		}
		t.Fatalf("nothing to press for %d %d", do, arg)
		return 0, 0
	}
	x, y = crumb(doNext, 0)
	if press(x, y, canvasview.Primary); p.doc.Selected() != spanOf(t, p, 6) {
		t.Errorf("after the last span of the box comes %d", p.doc.Selected())
	}
	upload := p.m.Calls().Nodes[p.m.Call()].Parent
	x, y = crumb(doZoom, upload)
	if press(x, y, canvasview.Primary); p.m.Zoomed() != upload {
		t.Errorf("a crumb zooms to %d, want %d", p.m.Zoomed(), upload)
	}
	x, y = crumb(doZoom, -1)
	if press(x, y, canvasview.Primary); p.m.Zoomed() != -1 {
		t.Errorf("the first crumb zooms to %d", p.m.Zoomed())
	}
	x, y = crumb(doWeigh, 2)
	if press(x, y, canvasview.Primary); p.m.Weight() != analysis.SummedWork {
		t.Errorf("weight %v", p.m.Weight())
	}
	x, y = middle(10)
	if press(x, y, canvasview.Secondary); p.m.Sandwich() == nil || at(p) != "PriceCalculator.Calculate" {
		t.Fatalf("the second button leads to %q", at(p))
	}
	x, y = crumb(doLeave, 0)
	if press(x, y, canvasview.Primary); p.m.Sandwich() != nil {
		t.Error("there is no way back")
	}
	x, y = crumb(doFocus, 0)
	if press(x, y, canvasview.Primary); p.m.Sandwich() == nil {
		t.Error("the button does not lead to callers and callees")
	}
	p.Leave()
	if p.OnBox() || p.Tip(-1, -1) != "" {
		t.Error("something is under a pointer that is not there")
	}
}

func TestWheelAndDrag(t *testing.T) {
	p := newPainter(t, synth(t, 3000), "en", look.Light(), 1)
	paint(p, 900, 320)
	p.Hover(500, 200)
	before := p.m.View()
	weight := before.Time(500 - float64(p.g.Zero))
	if p.Scroll(0, 80, canvasview.Ctrl); p.m.View() == before {
		t.Fatal("Ctrl and the wheel do not zoom")
	}
	if got := p.m.View().Time(500 - float64(p.g.Zero)); math.Abs(float64(got-weight)) > p.m.View().PerPx {
		t.Errorf("zooming moved %d under the pointer to %d", weight, got)
	}
	before = p.m.View()
	p.Press(500, 200, canvasview.Primary, 0)
	p.Drag(450, 180)
	p.Release(450, 180)
	if got := float64(p.m.View().Start-before.Start) / before.PerPx; got < 49 || got > 51 {
		t.Errorf("dragging 50 px panned by %v", got)
	}
	if p.doc.Selected() != model.NoSpan {
		t.Error("dragging selected a box")
	}
	y := p.list().Px(p.scroll.Scroll)
	if p.Scroll(0, -40, 0); p.list().Px(p.scroll.Scroll) != y+40 {
		t.Errorf("scrolled from %d to %d", y, p.list().Px(p.scroll.Scroll))
	}
	bar := p.g.ScrollBar
	p.Press(float32(bar.Min.X+3), float32(bar.Max.Y-1), canvasview.Primary, 0)
	p.Release(float32(bar.Min.X+3), float32(bar.Max.Y-1))
	if got, end := p.list().Px(p.scroll.Scroll), p.list().Px(p.list().At(1<<30)); got != end {
		t.Errorf("the scroll bar's end is at %d, want %d", got, end)
	}
}

// TestHitIsDrawn holds that what is under a pixel is what is drawn there, in
// flame and sandwich.
func TestHitIsDrawn(t *testing.T) {
	p := newPainter(t, synth(t, 3000), "en", look.Light(), 1)
	for _, ks := range [][]string{nil, {"2"}, {"Down", "Down", "Down", "Enter"}, {"s"}} {
		paint(p, 900, 320)
		keys(p, ks...)
		for y := p.g.Area.Min.Y; y < p.g.Area.Max.Y; y += 7 {
			for x := p.g.Area.Min.X; x < p.g.Area.Max.X; x++ {
				box, n := p.hit(image.Pt(x, y))
				if box.call < 0 {
					continue
				}
				bx, by, bw, ok := p.place(box)
				near := float32(1.01)
				if n > 1 {
					near = 9 // the first of a run of 8 px stands for all of it
				}
				if !ok || float32(x) < bx-near || float32(x) > bx+bw+near || float32(y) < by || float32(y) >= by+float32(p.g.LanePx) {
					t.Fatalf("after %v: at %d,%d is call %d, drawn from %v to %v at %v", ks, x, y, box.call, bx, bx+bw, by)
				}
			}
		}
	}
}

// TestFilter holds that the merged flame follows what is looked for.
func TestFilter(t *testing.T) {
	p := newPainter(t, shop(t), "en", look.Light(), 1)
	paint(p, 1180, 320)
	lookFor(t, p, 8, 11)
	bright := func(id model.SpanID) bool {
		c := p.m.Calls()
		for k, call := range p.m.Flame().Boxed() {
			if call == c.Of(spanOf(t, p, id)) {
				return p.m.MatchAt(k, 1)
			}
		}
		t.Fatalf("span %d has no box", id)
		return false
	}
	if !bright(6) || !bright(11) || bright(1) || bright(13) {
		t.Error("boxes without a match are bright, or those with one are not")
	}
	paint(p, 1180, 320)
	if want := "Matches and what they called: 58.7%. In all 1.84 s."; !strings.HasPrefix(p.text.legend, want) {
		t.Errorf("legend %q, want %q", p.text.legend, want)
	}
	p.doc.SetOnlyMatches(true)
	paint(p, 1180, 320)
	if c := p.m.Calls(); c.Of(spanOf(t, p, 6)) != -1 || c.Of(spanOf(t, p, 12)) != -1 || c.Of(spanOf(t, p, 8)) < 0 || c.Of(spanOf(t, p, 10)) < 0 {
		t.Error("only matches and their callers are to be merged")
	}
	p.doc.SetMatches("", nil)
	if paint(p, 1180, 320); p.m.Calls().Of(spanOf(t, p, 6)) < 0 {
		t.Error("without a filter a span is missing")
	}
}

// TestStaleBox holds that a box of a tree that is no longer shown is not acted on.
func TestStaleBox(t *testing.T) {
	p := newPainter(t, shop(t), "en", look.Light(), 1)
	paint(p, 900, 320)
	p.doc.Select(spanOf(t, p, 14))
	keys(p, "s", "Up", "Up", "Up")
	spots := slices.Clone(p.spots)
	lookFor(t, p, 3)
	p.doc.SetOnlyMatches(true)
	for _, k := range []string{"Up", "Down", "Left", "Enter", "s", "n", "1", "Escape", "Escape"} {
		p.Key(k, 0)
	}
	for _, s := range append(spots, spot{do: doZoom, arg: 99}) {
		p.press(s)
	}
	paint(p, 900, 320)
}

func TestDeepWay(t *testing.T) {
	spans := make([]uitest.Span, 3000)
	for i := range spans {
		spans[i] = uitest.Span{ID: uint64(i + 1), Parent: uint64(i), Service: "shop-api", Name: "step " + strconv.Itoa(i), Dur: int64(len(spans)-i) * 1e4}
	}
	p := newPainter(t, uitest.Trace(t, 1, spans...), "en", look.Light(), 1)
	paint(p, 900, 320)
	p.doc.Select(2500)
	keys(p, "Enter")
	if p.m.Zoomed() != 2500 || len(p.way) < 3 || len(p.way) > 40 || p.scroll.Row < 2400 {
		t.Errorf("zoomed to %d, %d steps of the way shown, row %d on top", p.m.Zoomed(), len(p.way), p.scroll.Row)
	}
	for _, s := range p.spots {
		if s.Max.X > 900 {
			t.Errorf("%+v is beyond the edge", s)
		}
	}
}

// TestFrameDoesNotAllocate scrolls and zooms through 100,000 spans.
func TestFrameDoesNotAllocate(t *testing.T) {
	p := newPainter(t, synth(t, 100_000), "en", look.Light(), 1)
	p.doc.Select(70)
	dst := image.NewRGBA(image.Rect(0, 0, 900, 420))
	k := 0
	frame := func() {
		p.Hover(700, 300)
		p.Scroll(0, float32(37*(1-2*(k/50%2))), 0)
		p.Scroll(0, float32(60*(1-2*(k/20%2))), canvasview.Ctrl)
		p.Paint(dst)
		k++
	}
	for range 400 {
		frame()
	}
	if got := testing.AllocsPerRun(200, frame); got != 0 {
		t.Errorf("%v allocations a frame, want 0", got)
	}
}

// apart is one parent with n-1 children of as many operations: a box each.
func apart(tb testing.TB, n int) *model.Trace {
	b := model.NewBuilder()
	key := b.InternString("service.name")
	res := b.Resource(&model.ResourceRecord{Attrs: []model.Attr{b.StringAttr(key, []byte("shop-api"))}})
	for i := range n {
		r := model.SpanRecord{
			Trace: model.TraceID{15: 1}, ID: model.SpanID(i + 1), Resource: res, Name: b.InternString("op " + strconv.Itoa(i)),
			StartNano: uint64(uitest.Epoch + i*400), EndNano: uint64(uitest.Epoch + i*400 + 100 + i*7919%1000),
		}
		if i == 0 {
			r.EndNano = uint64(uitest.Epoch + n*500)
		} else {
			r.Parent = 1
		}
		b.Add(&r)
	}
	return b.Build()[0]
}

func BenchmarkFrame(b *testing.B) {
	for _, n := range []int{1e3, 1e5, 1e6} {
		dst := image.NewRGBA(image.Rect(0, 0, 1920, 1080))
		for name, tr := range map[string]*model.Trace{"synthetic": synth(b, n), "apart": apart(b, n)} {
			for _, bc := range []struct {
				name string
				act  func(p *Painter, k int)
			}{
				{"scroll", func(p *Painter, k int) { p.Scroll(0, float32(53*(1-2*(k/20%2))), 0) }},
				{"zoom", func(p *Painter, k int) { p.Scroll(0, float32(60*(1-2*(k/20%2))), canvasview.Ctrl) }},
				{"weigh", func(p *Painter, k int) { p.Key(string(rune('1'+k%3)), 0) }},
			} {
				b.Run(fmt.Sprintf("%s/%s/%d", name, bc.name, n), func(b *testing.B) {
					p := newPainter(b, tr, "en", look.Light(), 1)
					p.Paint(dst)
					p.Hover(1200, 500)
					b.ReportAllocs()
					k := 0
					for b.Loop() {
						bc.act(p, k)
						p.Paint(dst)
						k++
					}
				})
			}
			b.Run(fmt.Sprintf("%s/first/%d", name, n), func(b *testing.B) {
				style := newPainter(b, tr, "en", look.Light(), 1).style
				b.ReportAllocs()
				for b.Loop() {
					New(document.New(tr), style).Paint(dst)
				}
			})
		}
	}
}

// TestInputBeforeTheFrame looks for less, or weighs otherwise, while something is pressed.
func TestInputBeforeTheFrame(t *testing.T) {
	d := document.New(shop(t))
	v := NewView(d, uitest.Kit(t, "en", false), func(canvasview.Event) bool { return false })
	for _, sandwich := range []bool{false, true} {
		for name, change := range map[string]func(){
			"found":   func() { uitest.LookFor(t, d, "read"); d.SetOnlyMatches(true) },
			"nothing": func() { uitest.LookFor(t, d, "nothing"); d.SetOnlyMatches(true) },
			"weight":  func() { d.Merged().SetWeight(analysis.SelfTime) },
			"focus":   func() { d.Merged().Focus(13) },
		} {
			t.Run(name, func(t *testing.T) {
				uitest.Between(t, v, 700, 240, func() {
					uitest.LookFor(t, d, "")
					d.SetOnlyMatches(false)
					d.Merged().SetWeight(analysis.SummedWork)
					d.Merged().Focus(model.NoSpan)
					d.Merged().Zoom(9)
					if sandwich {
						d.Merged().Focus(4)
					}
				}, change)
			})
		}
	}
}
