package stats

import (
	"fmt"
	"image"
	"slices"
	"strings"
	"testing"

	"traceview/internal/demo/synthetic"
	"traceview/internal/document"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/internal/task"
	"traceview/ui/canvasview"
	"traceview/ui/table"
	"traceview/ui/uitest"
)

const ms = uitest.Ms

// shop is an order being placed: many small statements, three uploads of which
// one fails, which its caller hands on, a long name and a span without one.
func shop(tb testing.TB) *model.Trace {
	spans := []uitest.Span{
		{ID: 1, Service: "internet-shop", Name: "POST /orders", Dur: 1840 * ms, Kind: model.KindClient},
		{ID: 2, Parent: 1, Service: "shop-api", Name: "POST /orders", Start: 24 * ms, Dur: 1790 * ms},
		{ID: 3, Parent: 2, Service: "shop-api", Name: "FileStorage.upload", Start: 80 * ms, Dur: 700 * ms, Fail: "403 AccessDenied", Kind: model.KindInternal},
		{ID: 4, Parent: 3, Service: "files-storage", Name: "PUT 3d-files/{order}/{file}", Start: 92 * ms, Dur: 310 * ms, Fail: "403 AccessDenied"},
		{ID: 5, Parent: 3, Service: "files-storage", Name: "PUT 3d-files/{order}/{file}", Start: 170 * ms, Dur: 390 * ms},
		{ID: 6, Parent: 3, Service: "files-storage", Name: "PUT 3d-files/{order}/{file}", Start: 300 * ms, Dur: 285 * ms},
		{ID: 7, Parent: 2, Service: "crm-api", Name: "POST /internal/v2/orders/{orderId}/confirmations/of/the/price/by/the/seller", Start: 820 * ms, Dur: 220 * ms},
		{ID: 8, Parent: 2, Service: "shop-api", Name: "", Start: 1706 * ms, Dur: 96 * ms, Kind: model.KindInternal},
		{ID: 9, Parent: 2, Service: "mes-api", Name: "orders.new process", Start: 1290 * ms, Dur: 70_000 * ms, Kind: model.KindConsumer},
	}
	for k := range 40 {
		spans = append(spans, uitest.Span{ID: uint64(20 + k), Parent: 2, Service: "shop-db", Name: "SELECT shop.materials", Kind: model.KindClient,
			Start: int64(1050+6*k) * ms, Dur: int64(2+k%4)*ms + int64(k)*7919})
	}
	return uitest.Trace(tb, 1, spans...)
}

// calls notes what a Painter asks of the window.
type calls struct {
	filter string
	all    int
	shown  []model.SpanIndex
	said   string
}

func newPainter(tb testing.TB, tr *model.Trace, lang string, dark bool, scale float32) (*Painter, *calls) {
	tb.Helper()
	k := uitest.Kit(tb, lang, dark)
	c := &calls{}
	p := New(document.New(tr), table.Style{Palette: k.Look, Printer: k.Words, Metrics: k.Metrics, Drawer: k.Drawer, Scale: scale}, Actions{
		Filter: func(text string) { c.filter = text },
		All:    func() { c.all++ },
		Show:   func(i model.SpanIndex) { c.shown = append(c.shown, i) },
		Say:    func(text string) { c.said = text },
	})
	return p, c
}

// TestGolden draws the states statistics can be in.
func TestGolden(t *testing.T) {
	one := uitest.Trace(t, 1, uitest.Span{ID: 1, Service: "shop-api", Name: "GET /health", Dur: 310 * ms})
	empty := &model.Trace{Arena: &model.Arena{}, Root: model.NoSpan}
	for _, tc := range []struct {
		name  string
		trace *model.Trace
		lang  string
		dark  bool
		scale float32
		w, h  int
		act   func(p *Painter)
	}{
		{"operations_light", shop(t), "en", false, 1, 1280, 320, func(p *Painter) { p.Hover(400, 150); p.Focus(true) }},
		{"operations_dark_ru", shop(t), "ru", true, 1, 1280, 320, func(p *Painter) { p.Hover(700, 50) }},
		{"narrow", shop(t), "en", false, 1, 640, 300, func(p *Painter) { p.Key("Down", 0) }},
		{"narrow_dark_ru", shop(t), "ru", true, 1, 640, 300, func(p *Painter) { p.Sort(int(document.StatP99)); p.Key("r", 0) }},
		{"services", shop(t), "en", false, 1, 920, 240, func(p *Painter) { p.Key("s", 0); p.Sort(int(document.StatErrors)) }},
		{"filtered", shop(t), "en", false, 1, 920, 200, func(p *Painter) { uitest.LookFor(t, p.doc, "service=shop-api") }},
		{"filtered_dark_ru", shop(t), "ru", true, 1, 920, 200, func(p *Painter) { uitest.LookFor(t, p.doc, "service=shop-api") }},
		{"none", shop(t), "en", false, 1, 920, 200, func(p *Painter) { uitest.LookFor(t, p.doc, "nothing") }},
		{"none_ru", shop(t), "ru", true, 1, 640, 200, func(p *Painter) { uitest.LookFor(t, p.doc, "nothing") }},
		{"one_span_dark", one, "en", true, 1, 920, 160, func(p *Painter) {}},
		{"scale2", shop(t), "en", false, 2, 1840, 500, func(p *Painter) {}},
		{"empty", empty, "en", false, 1, 640, 200, func(p *Painter) {}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p, _ := newPainter(t, tc.trace, tc.lang, tc.dark, tc.scale)
			img := image.NewRGBA(image.Rect(0, 0, tc.w, tc.h))
			p.Paint(img)
			tc.act(p)
			p.Paint(img)
			uitest.Golden(t, tc.name, img)
		})
	}
}

// TestKeys acts on a row by every key, on a Russian layout as well.
func TestKeys(t *testing.T) {
	p, c := newPainter(t, shop(t), "en", false, 1)
	p.Build(&p.scene, 900, 400)
	rune1 := func(r rune) bool { return p.Key(canvasview.Event{Kind: canvasview.Rune, Rune: r}.Name(), 0) }
	p.Sort(int(document.StatErrors))
	p.Build(&p.scene, 900, 400)
	if st, _ := p.now.At(0); st.Name != "FileStorage.upload" && st.Service != "files-storage" {
		t.Fatalf("the first by errors is %+v", st)
	}
	row := slices.IndexFunc([]int{0, 1}, func(k int) bool { st, _ := p.now.At(k); return st.Service == "files-storage" })
	p.ChooseRow(row)
	p.Key("Enter", 0)
	if want := `service=files-storage name="PUT 3d-files/{order}/{file}" kind=server`; c.filter != want {
		t.Errorf("Enter looks for %s, want %s", c.filter, want)
	}
	for _, r := range "lд" {
		c.shown = nil
		if !rune1(r) || len(c.shown) != 1 || p.trace.Spans[c.shown[0]].ID != 5 {
			t.Errorf("%c shows %v, want the longest span", r, c.shown)
		}
	}
	for _, r := range "eуEУ" {
		c.shown = nil
		if !rune1(r) || len(c.shown) != 1 || p.trace.Spans[c.shown[0]].ID != 4 {
			t.Errorf("%c shows %v, want the span that failed", r, c.shown)
		}
	}
	falling := p.doc.StatOrder().Falling
	for _, r := range "rк" {
		if rune1(r); p.doc.StatOrder().Falling == falling {
			t.Errorf("%c leaves the order", r)
		}
		rune1('r')
	}
	for _, r := range "sы" {
		if rune1(r); !p.doc.StatServices() {
			t.Errorf("%c does not show services", r)
		}
		p.Build(&p.scene, 900, 400)
		p.Key("s", 0)
		p.Build(&p.scene, 900, 400)
	}
	p.Sort(int(document.StatMin))
	p.Build(&p.scene, 900, 400)
	p.Key("Home", 0)
	if rune1('e'); c.said == "" {
		t.Error("nothing is said of a row without errors")
	}
	if p.Key("BackSpace", 0) || p.Key("x", 0) || c.all != 0 {
		t.Error("a key without meaning is taken")
	}
	uitest.LookFor(t, p.doc, "service=shop-db")
	if !p.Key("BackSpace", 0) || c.all != 1 {
		t.Error("Backspace does not count all spans again")
	}
}

// TestEveryColumnCanBeSortedBy walks through all columns by keys: the one sorted
// by always has room.
func TestEveryColumnCanBeSortedBy(t *testing.T) {
	for _, services := range []bool{false, true} {
		p, _ := newPainter(t, shop(t), "ru", false, 1)
		p.doc.SetStatServices(services)
		p.Build(&p.scene, 500, 300)
		seen := map[document.StatColumn]bool{}
		for range p.Columns {
			p.Key("Right", 0)
			p.Build(&p.scene, 500, 300)
			o := p.doc.StatOrder()
			if seen[o.Column] = true; slices.Contains(p.Hidden(), int(o.Column)) {
				t.Errorf("column %d sorts and is not shown", o.Column)
			}
		}
		if len(seen) != len(p.Columns) {
			t.Errorf("services %v: %d of %d columns were sorted by", services, len(seen), len(p.Columns))
		}
		before := p.doc.StatOrder()
		p.Key("Left", 0)
		p.Key("Right", 0)
		if p.doc.StatOrder().Column != before.Column {
			t.Error("Left and Right do not undo each other")
		}
	}
}

// TestPointer presses what can be pressed.
func TestPointer(t *testing.T) {
	p, c := newPainter(t, shop(t), "en", false, 1)
	p.Build(&p.scene, 1280, 400)
	m := p.Style.Metrics
	press := func(what string) {
		x, y := uitest.Find(t, m, &p.scene, what)
		p.Press(x, y, canvasview.Primary, 0)
		p.Release(x, y)
		p.Build(&p.scene, 1280, 400)
	}
	press("p95")
	if o := p.doc.StatOrder(); o.Column != document.StatP95 || !o.Falling {
		t.Errorf("the heading sorts by %+v", o)
	}
	if got := p.Hint(); !strings.Contains(got, "95 of 100") {
		t.Errorf("the heading hints %q", got)
	}
	press("p95")
	if o := p.doc.StatOrder(); o.Falling {
		t.Error("pressed again, the heading leaves the order")
	}
	press("Services")
	if !p.doc.StatServices() {
		t.Error("the switch does not show services")
	}
	press("Operations")
	press("SELECT shop.materials")
	st, _ := p.now.At(p.State.Row)
	if st.Name != "SELECT shop.materials" || c.filter != "" {
		t.Fatalf("row %d is chosen, filter %q", p.State.Row, c.filter)
	}
	if got := p.Hint(); !strings.Contains(got, "40 spans") || !strings.Contains(got, "shop-db") {
		t.Errorf("the row hints %q", got)
	}
	glass := float32(0)
	_, y := uitest.Find(t, m, &p.scene, "SELECT shop.materials")
	for x := float32(0); x < 600 && glass == 0; x++ {
		if p.Hover(x, y); strings.Contains(p.Hint(), "Enter") {
			glass = x + 4
		}
	}
	p.Press(glass, y, canvasview.Primary, 0)
	if c.filter != `service=shop-db name="SELECT shop.materials" kind=client` {
		t.Errorf("the glass at %v looks for %q", glass, c.filter)
	}
	uitest.LookFor(t, p.doc, c.filter)
	p.Build(&p.scene, 1280, 400)
	press("All spans")
	if c.all != 1 || !strings.Contains(uitest.Words(&p.scene), "Only 40 of 49 spans") {
		t.Errorf("the button was pressed %d times; %s", c.all, uitest.Words(&p.scene))
	}
}

// TestFiguresAreNeverCut holds that in every width a figure lies within its
// column, in both languages.
func TestFiguresAreNeverCut(t *testing.T) {
	for _, lang := range []string{"en", "ru"} {
		for w := 300; w < 2000; w += 97 {
			p, _ := newPainter(t, shop(t), lang, false, 1)
			var s scene.Scene
			p.Build(&s, w, 400)
			p.Build(&s, w, 400)
			for k := range p.Len() {
				st, _ := p.now.At(k)
				for _, text := range []string{p.Figures.Duration(st.Total).Text, p.Figures.Duration(st.Self).Text, p.Figures.Duration(st.Max).Text, p.Figures.Number(st.Count).Text} {
					if widest := p.Widest(text, p.durationSample(p.now.Longest[0])); p.Style.Metrics.Width(scene.Font{Px: 12}, text) > p.Style.Metrics.Width(scene.Font{Px: 12}, widest) {
						t.Errorf("%q is wider than its column", text)
					}
				}
			}
			for _, op := range s.Ops {
				if op.Kind == scene.OpText && op.X+p.Style.Metrics.Width(op.Font, s.Strings[op.From]) > float32(w) {
					t.Errorf("%s, width %d: %q ends beyond the edge", lang, w, s.Strings[op.From])
				}
			}
		}
	}
}

// TestBigTraceSaysThatItIsBusy shows what is being done until the first are there.
func TestBigTraceSaysThatItIsBusy(t *testing.T) {
	p, _ := newPainter(t, synth(t, 60_000), "en", false, 1)
	q := task.NewQueue()
	p.doc.RunIn(q.Dispatch)
	p.Build(&p.scene, 900, 300)
	if words := uitest.Words(&p.scene); !strings.Contains(words, "Adding up 60,000 spans") {
		t.Errorf("at first it says\n%s", words)
	}
	uitest.Until(t, q, "statistics", func() bool { return !p.doc.Stats().Busy })
	p.Build(&p.scene, 900, 300)
	if words := uitest.Words(&p.scene); !strings.Contains(words, "60,000 spans") || strings.Contains(words, "Adding") || p.State.Row != 0 {
		t.Errorf("then it says\n%s", words)
	}
}

func synth(tb testing.TB, n int) *model.Trace {
	tb.Helper()
	b := model.NewBuilder()
	if err := otlp.DecodeProto(synthetic.Trace(n, 1), b); err != nil {
		tb.Fatal(err)
	}
	return b.Build()[0]
}

// distinct returns n spans each of an operation of its own.
func distinct(n int) *model.Trace {
	b := model.NewBuilder()
	for i := range n {
		b.Add(&model.SpanRecord{
			Trace: model.TraceID{15: 1}, ID: model.SpanID(i + 1), Name: b.InternString(fmt.Sprintf("GET /api/v1/orders/%d/price/of/everything", i)),
			StartNano: uint64(1e18 + i), EndNano: uint64(1e18 + i + i*7919%1_000_003),
		})
	}
	return b.Build()[0]
}

func TestFrameDoesNotAllocate(t *testing.T) {
	for name, tr := range map[string]*model.Trace{"names all different": distinct(20_000), "synthetic": synth(t, 20_000)} {
		p, _ := newPainter(t, tr, "en", false, 1)
		dst := image.NewRGBA(image.Rect(0, 0, 1200, 600))
		dy := float32(-37)
		frame := func() {
			p.Scroll(0, dy, 0)
			p.Hover(700, 300)
			p.Paint(dst)
		}
		for range 200 {
			frame()
		}
		dy = 37
		if got := testing.AllocsPerRun(199, frame); got != 0 {
			t.Errorf("%s: %v allocations a frame, want 0", name, got)
		}
	}
}

func BenchmarkFrame(b *testing.B) {
	for name, tr := range map[string]*model.Trace{"trace/1000000": synth(b, 1e6), "distinct/1000000": distinct(1e6)} {
		dst := image.NewRGBA(image.Rect(0, 0, 1920, 1080))
		p, _ := newPainter(b, tr, "en", false, 1)
		p.Paint(dst)
		b.Run("scroll/"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.Scroll(0, -53, 0)
				p.Paint(dst)
			}
		})
		b.Run("jump/"+name, func(b *testing.B) {
			k := 0
			for b.Loop() {
				p.ChooseRow(k * 7919 % p.Len())
				p.Paint(dst)
				k++
			}
		})
	}
}

// TestInputBeforeTheFrame counts less, or services, while something is pressed.
func TestInputBeforeTheFrame(t *testing.T) {
	d := document.New(shop(t))
	v := NewView(d, uitest.Kit(t, "en", false), Actions{Filter: func(string) {}, Show: func(model.SpanIndex) {}}, func(canvasview.Event) bool { return false })
	for name, change := range map[string]func(){
		"found": func() { uitest.LookFor(t, d, "upload") }, "nothing": func() { uitest.LookFor(t, d, "nothing") }, "services": func() { d.SetStatServices(true) },
	} {
		t.Run(name, func(t *testing.T) {
			uitest.Between(t, v, 900, 240, func() {
				uitest.LookFor(t, d, "")
				d.SetStatServices(false)
				d.StatTable().Row = 6
			}, change)
		})
	}
}
