package timeline

import (
	"image"
	"strings"
	"testing"

	"traceview/internal/document"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/axis"
	"traceview/ui/canvasview"
	"traceview/ui/look"
	"traceview/ui/uitest"
)

// status is an order on its way through the queue: told to three services, taken
// as a batch by one, by links, late by another, and by one whose clock is behind.
func status(tb testing.TB) *model.Trace {
	tb.Helper()
	id, other := model.TraceID{15: 1}, model.TraceID{0: 0xc6, 1: 0x0b, 15: 2}
	b := model.NewBuilder()
	attr := func(k, v string) model.Attr { return b.StringAttr(b.InternString(k), []byte(v)) }
	for _, s := range []struct {
		id, parent    model.SpanID
		service, name string
		start, dur    int64 // ms
		kind          model.Kind
		fail, tenant  string
		links         []model.LinkRecord
	}{
		{1, 0, "crm-api", "PUT /orders/10472/status", 0, 160, model.KindServer, "", "north", nil},
		{2, 1, "crm-api", "publish status-changes", 20, 6, model.KindProducer, "", "north", nil},
		{3, 1, "crm-api", "publish status-changes", 60, 6, model.KindProducer, "", "north", nil},
		{4, 1, "crm-api", "publish new-orders", 90, 8, model.KindProducer, "", "", nil},
		{5, 4, "mes-api", "process new-orders", 620, 240, model.KindConsumer, "no such material", "south", nil},
		{6, 5, "mes-db", "INSERT work_orders", 700, 60, model.KindClient, "", "", nil},
		{7, 0, "shop-api", "process status-changes", 400, 120, model.KindConsumer, "", "", []model.LinkRecord{{Trace: id, Span: 2}, {Trace: id, Span: 3}, {Trace: other, Span: 9}}},
		{8, 3, "mail", "process status-changes", 40, 90, model.KindConsumer, "", "", nil},
		{9, 99, "cron", "retry", 820, 120, model.KindInternal, "", "", []model.LinkRecord{{Trace: other, Span: 5}}},
	} {
		r := model.SpanRecord{
			Trace: id, ID: s.id, Parent: s.parent, Name: b.InternString(s.name), Kind: s.kind, Links: s.links,
			Resource:  b.Resource(&model.ResourceRecord{Attrs: []model.Attr{attr("service.name", s.service)}}),
			StartNano: uint64(epoch + s.start*ms), EndNano: uint64(epoch + (s.start+s.dur)*ms),
		}
		if s.fail != "" {
			r.Status, r.StatusText = model.StatusError, b.InternString(s.fail)
		}
		if s.tenant != "" {
			r.Attrs = append(r.Attrs, attr("tenant", s.tenant))
		}
		b.Add(&r)
	}
	for _, t := range b.Build() {
		if t.ID == id {
			return t
		}
	}
	tb.Fatal("no trace")
	return nil
}

// spanWith returns the span with an id.
func spanWith(tb testing.TB, t *model.Trace, id model.SpanID) model.SpanIndex {
	tb.Helper()
	for i := range t.Spans {
		if t.Spans[i].ID == id {
			return model.SpanIndex(i)
		}
	}
	tb.Fatalf("no span %d", id)
	return model.NoSpan
}

// linkX returns the middle of the mark of a span's links.
func linkX(tb testing.TB, p *Painter, i model.SpanIndex) float32 {
	tb.Helper()
	tl := p.tailOf(i, p.g.Bar(p.doc.Viewport(), &p.trace.Spans[i], p.g.Px(barLeast)))
	for k, m := range tl.marks[:tl.n] {
		if m == markLink {
			return float32(tl.x + k*tl.step + p.g.Px(markDp)/2)
		}
	}
	tb.Fatalf("span %d has no mark of a link", i)
	return 0
}

// TestGoldenMarks draws queues, links, measuring, colours and floating texts.
func TestGoldenMarks(t *testing.T) {
	light, dark := look.Light, look.Dark
	over := func(id model.SpanID) func(tb testing.TB, p *Painter) {
		return func(tb testing.TB, p *Painter) {
			i := spanWith(tb, p.trace, id)
			p.Hover(barX(p, i), rowY(p, i))
		}
	}
	rule := func(r document.ColourRule) func(tb testing.TB, p *Painter) {
		return func(_ testing.TB, p *Painter) { p.doc.SetColourRule(r) }
	}
	measure := func(tb testing.TB, p *Painter) {
		p.doc.Select(spanWith(tb, p.trace, 4))
		p.doc.MeasureSelected()
		p.doc.Select(spanWith(tb, p.trace, 5))
		p.doc.MeasureSelected()
		p.doc.MeasureSelected()
		p.Hover(float32(p.g.Zero+40), rowY(p, 3))
	}
	for _, tc := range []struct {
		name  string
		lang  string
		pal   func() *look.Palette
		scale float32
		act   func(tb testing.TB, p *Painter)
	}{
		{"marks_light", "en", light, 1, over(5)},
		{"marks_dark_ru", "ru", dark, 1, over(5)},
		{"marks_scale2", "en", light, 2, over(8)},
		{"marks_link", "en", dark, 1, func(tb testing.TB, p *Painter) {
			i := spanWith(tb, p.trace, 7)
			p.Hover(linkX(tb, p, i), rowY(p, i))
		}},
		{"marks_tree", "ru", light, 1, func(tb testing.TB, p *Painter) {
			i := spanWith(tb, p.trace, 9)
			p.doc.ToggleCollapse(spanWith(tb, p.trace, 5))
			p.Hover(100, rowY(p, i))
		}},
		{"faults", "ru", dark, 1, func(tb testing.TB, p *Painter) {
			p.doc.MarkFaults([]model.SpanIndex{3}, []model.SpanIndex{0, 1, 5})
		}},
		{"measured_light", "en", light, 1, measure},
		{"measured_dark_ru", "ru", dark, 2, measure},
		{"colour_operation_many", "en", light, 1, rule(document.ColourRule{By: document.ByOperation, Palette: "many"})},
		{"colour_tenant_strong", "en", dark, 1, rule(document.ColourRule{By: document.ByAttribute, Key: "tenant", Palette: "strong"})},
		{"colour_tenant_strong_light", "en", light, 1, rule(document.ColourRule{By: document.ByAttribute, Key: "tenant", Palette: "strong"})},
		{"colour_kind_muted", "en", light, 1, rule(document.ColourRule{By: document.ByKind, Palette: "muted"})},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := newPainter(t, status(t), tc.lang, tc.pal(), tc.scale)
			w, h := int(1100*tc.scale), int(330*tc.scale)
			paint(p, w, h)
			tc.act(t, p)
			paint(p, w, h)
			uitest.Golden(t, tc.name, paint(p, w, h))
		})
	}
}

func TestClickOnLink(t *testing.T) {
	p := shown(t, status(t))
	var opened []model.TraceID
	p.Follow = func(id model.TraceID, _ model.SpanID) { opened = append(opened, id) }
	batch := spanWith(t, p.trace, 7)
	click := func() {
		x, y := linkX(t, p, batch), rowY(p, batch)
		p.Hover(x, y)
		if p.Cursor() != CursorPointer {
			t.Errorf("cursor %d on the mark of a link", p.Cursor())
		}
		p.Press(x, y, canvasview.Primary, 0)
		p.Release(x, y)
	}
	for k, want := range []model.SpanID{2, 3, 0, 2} {
		before := p.doc.Selected()
		click()
		if want == 0 && (len(opened) != 1 || p.doc.Selected() != before || p.pointer.Inside) {
			t.Errorf("click %d: opened %v, selected %d", k, opened, p.doc.Selected())
		}
		if want != 0 && p.doc.Selected() != spanWith(t, p.trace, want) {
			t.Errorf("click %d selects %d, want the span %d", k, p.doc.Selected(), want)
		}
	}
	if p.followLink(p.doc.Selected()); p.doc.Selected() != batch {
		t.Errorf("L on what is linked to selects %d, want %d", p.doc.Selected(), batch)
	}
	if p.doc.Select(0); p.followLink(0) {
		t.Error("L on a span without links did something")
	}
}

func TestMeasureByPointerAndKey(t *testing.T) {
	p := shown(t, build(t, shop()))
	ruler := float32(p.g.Ruler.Min.Y + 8)
	x0, x1 := float32(p.g.Zero+100), float32(p.g.Zero+300)
	frame := func() { paint(p, 1000, 400) }
	measured := func(from, to float32) bool {
		m, on := p.doc.Measured()
		return on && m.From == p.ruler.Time(int(from)) && m.To == p.ruler.Time(int(to))
	}
	if p.Hover(x0, ruler); p.Cursor() != CursorMeasure {
		t.Errorf("cursor %d on the ruler", p.Cursor())
	}
	p.Press(x1, ruler, canvasview.Primary, 0)
	p.Drag(x0, 300)
	p.Release(x0, 300)
	if frame(); !measured(x0, x1) {
		m, on := p.doc.Measured()
		t.Fatalf("drag on the ruler measures %+v %v", m, on)
	}
	if !p.doc.Viewport().Fitted() {
		t.Error("measuring zoomed")
	}
	p.Press(x0+20, 200, canvasview.Primary, canvasview.Shift)
	p.Drag(x1+20, 200)
	p.Release(x1+20, 200)
	if frame(); !measured(x0+20, x1+20) {
		t.Error("Shift and drag on the bars does not measure")
	}
	view := p.doc.Viewport()
	p.Press((x0+x1)/2+20, ruler, canvasview.Primary, 0)
	p.Release((x0+x1)/2+20, ruler)
	if frame(); p.doc.Viewport() == view {
		t.Error("a click on what is measured does not zoom to it")
	}
	p.Key("0", 0)
	if frame(); !p.doc.ZoomToMeasured() || p.doc.Viewport().Fitted() {
		t.Error("zooming does not zoom to what is measured")
	}
	if !p.Key("Escape", 0) {
		t.Error("Esc does not end measuring")
	}
	if _, on := p.doc.Measured(); on || p.Key("Escape", 0) {
		t.Error("Esc did not end measuring at once")
	}
	p.Key("0", 0)
	frame()
	p.Press(x0, ruler, canvasview.Primary, 0)
	p.Drag(x1, ruler)
	p.Key("Escape", 0)
	if _, on := p.doc.Measured(); on {
		t.Error("Esc while measuring does not give it up")
	}
	p.Release(x1, ruler)
	p.doc.MeasureTime(0, ms)
	frame()
	p.Press(x1, ruler, canvasview.Primary, 0)
	p.Release(x1, ruler)
	if _, on := p.doc.Measured(); on {
		t.Error("a click elsewhere on the ruler does not end measuring")
	}
	if p.doc.Selected() != model.NoSpan {
		t.Error("measuring selected a span")
	}
}

// tipBox returns the box of the floating text in a scene, found by its ground.
func tipBox(s *scene.Scene, pal *look.Palette, chip float32) (image.Rectangle, bool) {
	for k := len(s.Ops) - 1; k >= 0; k-- {
		if op := s.Ops[k]; op.Kind == scene.OpRect && op.Color == pal.Tip && op.H > chip {
			return image.Rect(int(op.X), int(op.Y), int(op.X+op.W), int(op.Y+op.H)), true
		}
	}
	return image.Rectangle{}, false
}

// TestTipFloatsInPlace moves the pointer over everything: the text beside it is
// within the picture and never under the pointer.
func TestTipFloatsInPlace(t *testing.T) {
	for _, size := range [][2]int{{1000, 400}, {420, 180}, {300, 120}} {
		p := newPainter(t, status(t), "ru", look.Light(), 1)
		paint(p, size[0], size[1])
		var s scene.Scene
		shown := 0
		for y := p.g.Heading.Min.Y; y < size[1]; y += 11 {
			for x := 0; x < size[0]; x += 13 {
				p.Hover(float32(x), float32(y))
				p.Build(&s, size[0], size[1])
				box, ok := tipBox(&s, p.style.Palette, 19)
				if !ok {
					continue
				}
				shown++
				if at := image.Pt(x, y); at.In(box) || !box.In(image.Rect(0, 0, size[0], size[1])) {
					t.Fatalf("pointer at %v: text at %v of %v", at, box, size)
				}
			}
		}
		if shown == 0 {
			t.Errorf("%v: nothing floats anywhere", size)
		}
	}
}

// TestTipKeepsQuiet holds that what the wheel, a click or a key brings under the
// pointer is not told of until the pointer moves.
func TestTipKeepsQuiet(t *testing.T) {
	p := shown(t, build(t, shop()))
	floats := func() bool { _, ok := p.floats(); return ok }
	x, y := barX(p, 5), rowY(p, 5)
	for name, act := range map[string]func(){
		"wheel": func() { p.Scroll(0, -22, 0) },
		"click": func() { p.Press(x, y, canvasview.Primary, 0); p.Release(x, y) },
		"key":   func() { p.Key("e", 0) },
	} {
		p.Hover(x, y)
		if p.Hover(x+1, y); !floats() {
			t.Fatalf("%s: nothing floats to begin with", name)
		}
		act()
		if floats() {
			t.Errorf("%s: the text still floats", name)
		}
		p.doc.ScrollBy(-1000)
		if p.Hover(x+2, y); !floats() {
			t.Errorf("%s: the text does not float again", name)
		}
	}
}

// TestTipRestsWithoutAllocating holds that a text that floats costs nothing to
// keep, even one on the mark of a link.
func TestTipRestsWithoutAllocating(t *testing.T) {
	p := newPainter(t, status(t), "en", look.Light(), 1)
	dst := image.NewRGBA(image.Rect(0, 0, 900, 420))
	p.Paint(dst)
	p.doc.MeasureTime(100*ms, 500*ms)
	for _, x := range []float32{barX(p, 5), linkX(t, p, spanWith(t, p.trace, 7))} {
		i := model.SpanIndex(5)
		if x != barX(p, 5) {
			i = spanWith(t, p.trace, 7)
		}
		p.Hover(x, rowY(p, i))
		p.Paint(dst)
		if got := testing.AllocsPerRun(50, func() { p.Hover(x, rowY(p, i)); p.Paint(dst) }); got != 0 {
			t.Errorf("%v allocations a frame, want 0", got)
		}
	}
}

// TestHatchedQueue holds that hatching stands where a message waited, never
// where clocks only make it seem sent after it was taken.
func TestHatchedQueue(t *testing.T) {
	p := shown(t, status(t))
	var s scene.Scene
	p.Build(&s, 1000, 400)
	rows := map[int]bool{}
	for _, op := range s.Ops {
		if op.Kind == scene.OpHatch {
			rows[(int(op.Y)-p.g.Tree.Min.Y)/p.g.RowPx] = true
		}
	}
	for id, want := range map[model.SpanID]bool{5: true, 7: true, 8: false, 1: false} {
		if row := p.doc.Rows().Row(spanWith(t, p.trace, id)); rows[row] != want {
			t.Errorf("span %d: hatched %v, want %v", id, rows[row], want)
		}
	}
	if tip := p.Tooltip(100, rowY(p, spanWith(t, p.trace, 8))); !strings.Contains(tip, "clocks disagree") {
		t.Errorf("what was taken before it was sent says %q", tip)
	}
}

func TestEscapeKeepsMeasuringBehindADrag(t *testing.T) {
	p := shown(t, build(t, shop()))
	p.doc.MeasureTime(0, 500*ms)
	p.Press(600, 200, canvasview.Primary, 0)
	p.Drag(700, 200)
	p.Key("Escape", 0)
	if _, on := p.doc.Measured(); !on || p.pointer.Drag != axis.DragNone {
		t.Error("Esc while choosing a range ended measuring, or not the choice")
	}
}
