package events

import (
	"fmt"
	"image"
	"strings"
	"testing"

	"traceview/internal/document"
	"traceview/internal/model"
	"traceview/internal/task"
	"traceview/ui/canvasview"
	"traceview/ui/table"
	"traceview/ui/uitest"
)

const ms = uitest.Ms

// shop is an order of which the storage refuses the drawing, three times.
func shop(tb testing.TB) *model.Trace {
	refused := [2]string{"software.amazon.awssdk.services.s3.model.S3Exception", "Access Denied (Service: S3, Status Code: 403, Request ID: 7F3C0A5E9B2D641, Extended Request ID: hGkZ3nT2yQ8)"}
	return uitest.Trace(tb, 1,
		uitest.Span{ID: 1, Service: "internet-shop", Name: "POST /orders", Dur: 1840 * ms, Events: []uitest.Event{
			{At: 3 * ms, Name: "click", Key: "app.button", Value: "Place the order"},
			{At: 1835 * ms, Name: "toast shown", Key: "app.message", Value: "The file could not be stored.\nTry again later."},
		}},
		uitest.Span{ID: 2, Parent: 1, Service: "shop-api", Name: "POST /orders", Start: 24 * ms, Dur: 1790 * ms, Exception: [2]string{"com.jewellery.shop.files.FileNotStored", "the 3D model of order 10472"}},
		uitest.Span{ID: 3, Parent: 2, Service: "files-storage", Name: "PUT 3d-files/{order}/{file}", Start: 92 * ms, Dur: 310 * ms, Fail: "403", Exception: refused},
		uitest.Span{ID: 4, Parent: 2, Service: "files-storage", Name: "PUT 3d-files/{order}/{file}", Start: 500 * ms, Dur: 310 * ms, Fail: "403", Exception: refused,
			Events: []uitest.Event{{At: 500 * ms, Name: "retry", Key: "attempt", Value: "2"}}},
		uitest.Span{ID: 5, Parent: 2, Service: "files-storage", Name: "", Start: 900 * ms, Dur: 310 * ms, Fail: "403", Exception: refused,
			Events: []uitest.Event{{At: 500 * ms, Name: "", Key: "attempt", Value: "3"}}},
	)
}

// calls notes what a Painter asks of the window.
type calls struct {
	all   int
	shown []model.SpanIndex
	said  string
}

func newPainter(tb testing.TB, tr *model.Trace, lang string, dark bool, scale float32) (*Painter, *calls) {
	tb.Helper()
	k := uitest.Kit(tb, lang, dark)
	c := &calls{}
	p := New(document.New(tr), table.Style{Palette: k.Look, Printer: k.Words, Metrics: k.Metrics, Drawer: k.Drawer, Scale: scale}, Actions{
		All:  func() { c.all++ },
		Show: func(i model.SpanIndex) { c.shown = append(c.shown, i) },
		Say:  func(text string) { c.said = text },
	})
	return p, c
}

// TestGolden draws the states the list can be in.
func TestGolden(t *testing.T) {
	quiet := uitest.Trace(t, 1, uitest.Span{ID: 1, Service: "shop-api", Name: "GET /health", Dur: 310 * ms})
	empty := &model.Trace{Arena: &model.Arena{}, Root: model.NoSpan}
	long := uitest.Trace(t, 1, uitest.Span{ID: 1, Service: "mes-api", Name: "calculate", Dur: 7_400_000 * ms, Events: []uitest.Event{
		{At: 0, Name: "began", Key: "k", Value: "v"}, {At: 64_120 * ms, Name: "half", Key: "k", Value: "v"}, {At: 7_399_999 * ms, Name: "done", Key: "k", Value: "v"},
		{At: -uitest.Epoch + 1, Name: "no clock", Key: "k", Value: "v"},
	}})
	for _, tc := range []struct {
		name  string
		trace *model.Trace
		lang  string
		dark  bool
		scale float32
		w, h  int
		act   func(p *Painter)
	}{
		{"order_light", shop(t), "en", false, 1, 1180, 260, func(p *Painter) { p.ChooseRow(1); p.Hover(400, 150); p.Focus(true) }},
		{"order_dark_ru", shop(t), "ru", true, 1, 920, 260, func(p *Painter) { p.doc.Select(3) }},
		{"narrow", shop(t), "en", false, 1, 480, 260, func(p *Painter) {}},
		{"filtered", shop(t), "en", false, 1, 920, 200, func(p *Painter) { uitest.LookFor(t, p.doc, "has:exception") }},
		{"filtered_dark_ru", shop(t), "ru", true, 1, 920, 200, func(p *Painter) { uitest.LookFor(t, p.doc, "service=files-storage") }},
		{"no_match", shop(t), "en", false, 1, 920, 180, func(p *Painter) { uitest.LookFor(t, p.doc, "nothing") }},
		{"no_match_dark_ru", shop(t), "ru", true, 1, 920, 180, func(p *Painter) { uitest.LookFor(t, p.doc, "nothing") }},
		{"no_events", quiet, "en", false, 1, 920, 180, func(p *Painter) {}},
		{"no_events_dark_ru", quiet, "ru", true, 1, 920, 180, func(p *Painter) {}},
		{"hours", long, "en", false, 1, 920, 180, func(p *Painter) {}},
		{"scale2_dark", shop(t), "en", true, 2, 1840, 440, func(p *Painter) { p.ChooseRow(0) }},
		{"empty", empty, "en", false, 1, 640, 180, func(p *Painter) {}},
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

// TestChoosingSelectsTheSpan goes through the list by keys and pointer.
func TestChoosingSelectsTheSpan(t *testing.T) {
	p, c := newPainter(t, shop(t), "en", false, 1)
	p.Build(&p.scene, 900, 400)
	for row, r := range p.now.Rows {
		p.ChooseRow(row)
		if p.doc.Selected() != r.Span {
			t.Errorf("row %d selects span %d, want %d", row, p.doc.Selected(), r.Span)
		}
		if p.Build(&p.scene, 900, 400); p.State.Row != row {
			t.Errorf("row %d is chosen, want %d: its span has several events", p.State.Row, row)
		}
	}
	p.Key("Home", 0)
	p.Key("Down", 0)
	p.Key("Enter", 0)
	if len(c.shown) != 1 || c.shown[0] != p.now.Rows[1].Span {
		t.Errorf("Enter shows %v", c.shown)
	}
	x, y := uitest.Find(t, p.Style.Metrics, &p.scene, "toast shown")
	p.Press(x, y, canvasview.Primary, 0)
	if p.doc.Selected() != 0 || p.State.Row != len(p.now.Rows)-1 {
		t.Errorf("a press chooses row %d", p.State.Row)
	}
	if got := p.Hint(); !strings.Contains(got, "The file could not be stored. Try again later.") || !strings.Contains(got, "1.835 s") {
		t.Errorf("the row hints %q", got)
	}
	if p.Sort(colTime) {
		t.Error("events are sorted by something else than time")
	}
}

func TestErrorsByKeys(t *testing.T) {
	p, c := newPainter(t, shop(t), "en", false, 1)
	p.Build(&p.scene, 900, 400)
	var errors []int
	for row, r := range p.now.Rows {
		if p.doc.Exception(p.doc.Event(r)) {
			errors = append(errors, row)
		}
	}
	if len(errors) != 4 || p.State.Row != -1 {
		t.Fatalf("errors in rows %v, row %d chosen", errors, p.State.Row)
	}
	name := func(r rune) string { return canvasview.Event{Kind: canvasview.Rune, Rune: r}.Name() }
	for k := range 6 {
		if p.Key(name([]rune("eу")[k%2]), 0); p.State.Row != errors[k%4] {
			t.Errorf("step %d leads to row %d, want %d", k, p.State.Row, errors[k%4])
		}
	}
	for k := range 5 { // from the second on backwards
		if p.Key(name([]rune("EУ")[k%2]), 0); p.State.Row != errors[(4-k)%4] {
			t.Errorf("step %d back leads to row %d, want %d", k, p.State.Row, errors[(4-k)%4])
		}
	}
	uitest.LookFor(t, p.doc, "name=nothing")
	p.Build(&p.scene, 900, 400)
	if p.Key("e", 0); c.said == "" {
		t.Error("nothing is said where there is no error")
	}
	if !p.Key("BackSpace", 0) || c.all != 1 || p.Key("x", 0) {
		t.Error("Backspace does not list all events again")
	}
}

func TestBigTraceSaysThatItIsBusy(t *testing.T) {
	p, _ := newPainter(t, many(60_000), "en", false, 1)
	q := task.NewQueue()
	p.doc.RunIn(q.Dispatch)
	p.Build(&p.scene, 900, 300)
	if words := uitest.Words(&p.scene); !strings.Contains(words, "Putting events in order") {
		t.Errorf("at first it says\n%s", words)
	}
	p.doc.Select(40_000)
	uitest.Until(t, q, "the list", func() bool { return !p.doc.Events().Busy })
	p.Build(&p.scene, 900, 300)
	if words := uitest.Words(&p.scene); !strings.Contains(words, "60,000 events") || p.now.Rows[p.State.Row].Span != 40_000 || p.State.Scroll.Row == 0 {
		t.Errorf("row %d is chosen; it says\n%s", p.State.Row, words)
	}
}

// many returns n spans with an event each, every tenth an exception.
func many(n int) *model.Trace {
	b := model.NewBuilder()
	key, message := b.InternString("cache.key"), b.InternString("exception.message")
	for i := range n {
		e := model.EventRecord{TimeNano: uint64(1e18 + i*7919%1_000_003*1000), Name: b.InternString("cache.miss"), Attrs: []model.Attr{b.StringAttr(key, []byte(fmt.Sprint("order:", i)))}}
		if i%10 == 0 {
			e.Name, e.Attrs[0].Key = b.InternString("exception"), message
		}
		b.Add(&model.SpanRecord{Trace: model.TraceID{15: 1}, ID: model.SpanID(i + 1), Name: b.InternString(fmt.Sprintf("GET /orders/%d", i)),
			StartNano: 1e18, EndNano: 1e18 + 2e9, Events: []model.EventRecord{e}})
	}
	return b.Build()[0]
}

func TestFrameDoesNotAllocate(t *testing.T) {
	p, _ := newPainter(t, many(20_000), "en", false, 1)
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
		t.Errorf("%v allocations a frame, want 0", got)
	}
}

func BenchmarkFrame(b *testing.B) {
	p, _ := newPainter(b, many(1e6), "en", false, 1)
	dst := image.NewRGBA(image.Rect(0, 0, 1920, 1080))
	p.Paint(dst)
	b.Run("scroll/1000000", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			p.Scroll(0, -53, 0)
			p.Paint(dst)
		}
	})
	b.Run("jump/1000000", func(b *testing.B) {
		k := 0
		for b.Loop() {
			p.ChooseRow(k * 7919 % p.Len())
			p.Paint(dst)
			k++
		}
	})
}

// TestInputBeforeTheFrame lists less while something is pressed.
func TestInputBeforeTheFrame(t *testing.T) {
	d := document.New(shop(t))
	v := NewView(d, uitest.Kit(t, "en", false), Actions{Show: func(model.SpanIndex) {}}, func(canvasview.Event) bool { return false })
	for _, text := range []string{"internet", "nothing"} {
		uitest.Between(t, v, 900, 220, func() {
			uitest.LookFor(t, d, "")
			d.EventTable().Row = 6
		}, func() { uitest.LookFor(t, d, text) })
	}
}
