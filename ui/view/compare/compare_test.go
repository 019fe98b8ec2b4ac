package compare

import (
	"context"
	"image"
	"slices"
	"strings"
	"testing"

	"traceview/internal/analysis/comparison"
	"traceview/internal/demo/synthetic"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/axis"
	"traceview/ui/canvasview"
	"traceview/ui/table"
	"traceview/ui/uitest"
	"traceview/ui/xwidget"
)

const ms = uitest.Ms

func sp(id, parent uint64, service, name string, start, dur int64) uitest.Span {
	return uitest.Span{ID: id, Parent: parent, Service: service, Name: name, Start: start * ms, Dur: dur * ms}
}

// healthy is an order being placed; faulty the same with a slow price, a refused
// drawing, a query more, and no mail.
func healthy(tb testing.TB) *model.Trace {
	return uitest.Trace(tb, 1,
		sp(1, 0, "internet-shop", "POST /orders", 0, 940),
		sp(2, 1, "shop-api", "POST /orders", 24, 890),
		sp(3, 2, "shop-db", "SELECT shop.customers", 31, 42),
		sp(5, 2, "shop-api", "FileStorage.upload", 90, 310),
		sp(6, 5, "files-storage", "PUT 3d-files/{order}/{file}", 92, 300),
		sp(9, 2, "mes-api", "POST /price", 420, 120),
		sp(10, 9, "mes-api", "PriceCalculator.Calculate", 425, 110),
		sp(11, 10, "mes-db", "SELECT mes.prices", 430, 12),
		sp(12, 2, "crm-api", "POST /mails", 600, 200),
	)
}

func faulty(tb testing.TB) *model.Trace {
	refused := sp(6, 5, "files-storage", "PUT 3d-files/{order}/{file}", 92, 40)
	refused.Fail = "403 AccessDenied"
	return uitest.Trace(tb, 2,
		sp(1, 0, "internet-shop", "POST /orders", 0, 5140),
		sp(2, 1, "shop-api", "POST /orders", 24, 5090),
		sp(3, 2, "shop-db", "SELECT shop.customers", 31, 44),
		sp(4, 2, "shop-db", "SELECT shop.discounts", 76, 9),
		sp(5, 2, "shop-api", "FileStorage.upload", 90, 50),
		refused,
		sp(9, 2, "mes-api", "POST /price", 420, 4600),
		sp(10, 9, "mes-api", "PriceCalculator.Calculate", 425, 4580),
		sp(11, 10, "mes-db", "SELECT mes.prices", 430, 12),
	)
}

func synth(tb testing.TB, n int, seed int64) *model.Trace {
	tb.Helper()
	b := model.NewBuilder()
	if err := otlp.DecodeProto(synthetic.Trace(n, seed), b); err != nil {
		tb.Fatal(err)
	}
	return b.Build()[0]
}

// A bench is a page's parts without its window.
type bench struct {
	*Model
	kit   *xwidget.Kit
	table *Painter
	flame *Flame
	calls []string
}

func newBench(tb testing.TB, lang string, dark bool, a, b []*model.Trace) *bench {
	tb.Helper()
	k := &bench{Model: NewModel(), kit: uitest.Kit(tb, lang, dark)}
	do := Actions{
		Choose: func(s comparison.Side) { k.calls = append(k.calls, "choose "+letters[s]) }, Usual: func() { k.calls = append(k.calls, "usual") },
		Swap: func() { k.calls = append(k.calls, "swap") },
		Open: func(s comparison.Side, row int32) {
			k.calls = append(k.calls, "open "+letters[s]+" "+k.C.Rows[row].Name)
		},
	}
	k.table = New(k.kit, k.Model, table.Style{Palette: k.kit.Look, Printer: k.kit.Words, Metrics: k.kit.Metrics, Drawer: k.kit.Drawer, Scale: 1}, do)
	_, k.flame = NewFlame(k.kit, k.Model, do, func(canvasview.Event) bool { return false })
	k.Notice = [2]string{"Nothing to compare yet", "Choose two traces"}
	if a == nil && b == nil {
		return k
	}
	c, err := comparison.Compare(context.Background(), a, b, comparison.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	for side, list := range [][]*model.Trace{a, b} {
		if len(list) == 0 {
			continue
		}
		t := list[0]
		k.Sides[side] = Side{Name: t.Name(t.Root), Service: t.ServiceName(t.Root), Start: t.Epoch, Duration: c.Whole(comparison.Side(side)), Spans: len(t.Spans), Traces: len(list), Source: "Production"}
	}
	var findings []Finding
	for _, d := range c.Differences(12) {
		findings = append(findings, Finding{d, d.Kind.String() + " " + c.Rows[d.Row].Name, "as is not usual"})
	}
	k.Set(c, findings)
	return k
}

// picture draws all parts below one another, as the page does.
func (k *bench) picture(w, h int, flame bool, scale float32) *image.RGBA {
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	y := 0
	put := func(part *image.RGBA) {
		for row := range part.Rect.Dy() {
			copy(dst.Pix[(y+row)*dst.Stride:], part.Pix[row*part.Stride:row*part.Stride+part.Rect.Dx()*4])
		}
		y += part.Rect.Dy()
	}
	px := func(dp float32) int { return int(dp*scale + 0.5) }
	put(uitest.Paint(NewCards(k.kit, k.Model, k.table.do), w, px(CardsDp), scale))
	put(uitest.Paint(NewFindings(k.kit, k.Model), w, px(FindingsDp(k.Model)), scale))
	rest := h - y - px(FootDp)
	part := image.NewRGBA(image.Rect(0, 0, w, rest))
	if flame {
		k.flame.SetStyle(axis.StyleOf(k.kit, scale))
		k.flame.Paint(part)
	} else {
		k.table.Restyle(table.Style{Palette: k.kit.Look, Printer: k.kit.Words, Metrics: k.kit.Metrics, Drawer: k.kit.Drawer, Scale: scale})
		k.table.Paint(part)
	}
	put(part)
	put(uitest.Paint(NewFoot(k.kit, k.Model, k.table.do), w, px(FootDp), scale))
	return dst
}

func one(t *model.Trace) []*model.Trace { return []*model.Trace{t} }

func TestGolden(t *testing.T) {
	for _, tt := range []struct {
		name  string
		lang  string
		dark  bool
		flame bool
		w, h  int
		scale float32
		make  func() *bench
	}{
		{"table", "en", false, false, 1180, 560, 1, nil},
		{"table_dark_ru", "ru", true, false, 1180, 560, 1, nil},
		{"table_narrow_ru", "ru", false, false, 760, 520, 1, nil},
		{"flame", "en", false, true, 1180, 560, 1, nil},
		{"flame_dark_ru", "ru", true, true, 1180, 560, 1, nil},
		{"flame_scale2", "en", false, true, 1600, 1100, 2, nil},
		{"nothing_common", "en", false, false, 1180, 340, 1, func() *bench {
			return newBench(t, "en", false, one(healthy(t)), one(uitest.Trace(t, 3, sp(1, 0, "crm", "GET /", 0, 9))))
		}},
		{"same_dark", "en", true, true, 1180, 400, 1, func() *bench { return newBench(t, "en", true, one(healthy(t)), one(healthy(t))) }},
		{"empty_ru", "ru", false, false, 1180, 360, 1, func() *bench { return newBench(t, "ru", false, nil, nil) }},
		{"one_span", "en", false, true, 1180, 340, 1, func() *bench {
			return newBench(t, "en", false, one(uitest.Trace(t, 3, sp(1, 0, "crm", "GET /", 0, 9))), one(uitest.Trace(t, 4, sp(1, 0, "crm", "GET /", 0, 90))))
		}},
		{"usual_dark_ru", "ru", true, false, 1180, 560, 1, func() *bench {
			return newBench(t, "ru", true, slices.Repeat(one(healthy(t)), 40), one(faulty(t)))
		}},
		{"differ_found", "en", false, false, 1180, 520, 1, func() *bench {
			k := newBench(t, "en", false, one(healthy(t)), one(faulty(t)))
			k.SetOnlyDifferent(true)
			k.Find("sel")
			return k
		}},
		{"synthetic", "en", false, true, 1180, 600, 1, func() *bench { return newBench(t, "en", false, one(synth(t, 20_000, 1)), one(synth(t, 20_000, 2))) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var k *bench
			if tt.make != nil {
				k = tt.make()
			} else {
				k = newBench(t, tt.lang, tt.dark, one(healthy(t)), one(faulty(t)))
			}
			uitest.Golden(t, tt.name, k.picture(tt.w, tt.h, tt.flame, tt.scale))
		})
	}
}

// names returns the names listed, in their order.
func (k *bench) names() string {
	var out []string
	for _, i := range k.Rows() {
		out = append(out, strings.Fields(k.C.Rows[i].Name)[0]+"/"+k.C.Rows[i].Service)
	}
	return strings.Join(out, " ")
}

func TestListing(t *testing.T) {
	k := newBench(t, "en", false, one(healthy(t)), one(faulty(t)))
	if n := len(k.Rows()); n != len(k.C.Rows) || k.Selected() != k.Findings[0].Row {
		t.Fatalf("%d of %d rows, row %d chosen", n, len(k.C.Rows), k.Selected())
	}
	k.Find("  Prices ")
	if got, want := k.names(), "POST/internet-shop POST/shop-api POST/mes-api PriceCalculator.Calculate/mes-api SELECT/mes-db"; got != want {
		t.Errorf("found %q, want %q", got, want)
	}
	k.Sort(ColDelta)
	if got, want := k.names(), "SELECT/mes-db"; got != want {
		t.Errorf("found and sorted: %q, want %q", got, want)
	}
	k.Find("")
	if got := k.names(); !strings.HasPrefix(got, "POST/mes-api PriceCalculator.Calculate/mes-api POST/") && !strings.HasPrefix(got, "PriceCalculator") {
		t.Errorf("by difference: %q", got)
	}
	first := k.Rows()[0]
	k.Sort(ColDelta)
	if k.Rows()[len(k.Rows())-1] != first {
		t.Error("sorted the other way round, the first is not the last")
	}
	k.Sort(ColStep)
	k.SetOnlyDifferent(true)
	if got := k.names(); strings.Contains(got, "mes-db") {
		t.Errorf("what is the same is among what differs: %q", got)
	}
	k.SetOnlyDifferent(false)
	if !k.Fold(1, true) || len(k.Rows()) != 2 || k.Fold(1, true) {
		t.Errorf("folded: %q", k.names())
	}
	if k.Select(3); k.Place(3) < 0 || k.Folded(1) {
		t.Error("a row that is chosen stays folded away")
	}
	k.Find("mails")
	if k.Select(3); k.Place(3) < 0 || k.Finding() {
		t.Error("a row that is chosen stays left out")
	}
}

func TestTableKeys(t *testing.T) {
	k := newBench(t, "en", false, one(healthy(t)), one(faulty(t)))
	k.picture(1180, 560, false, 1)
	k.Select(0)
	press := func(name string, mods canvasview.Mods) {
		k.table.Key(name, mods)
		k.picture(1180, 560, false, 1)
	}
	press("Down", 0)
	press("Left", 0)
	if !k.Folded(1) || k.Selected() != 1 {
		t.Errorf("row %d, folded %v", k.Selected(), k.Folded(1))
	}
	press("Right", 0)
	press("Right", 0)
	press("Enter", 0)
	press("Enter", canvasview.Shift)
	press("Left", 0)
	if got := strings.Join(k.calls, "; "); got != "open B SELECT shop.customers; open A SELECT shop.customers" || k.Selected() != 1 {
		t.Errorf("%q, row %d", got, k.Selected())
	}
	k.calls = nil
	for i := range k.C.Rows {
		if k.C.Rows[i].Status == comparison.OnlyA {
			k.Select(int32(i))
		}
	}
	press("Enter", 0)
	press("Enter", canvasview.Shift)
	if got := strings.Join(k.calls, "; "); got != "open A POST /mails" {
		t.Errorf("what only a has: %q", got)
	}
}

// press presses and releases where a text is drawn.
func (k *bench) press(tb testing.TB, s *scene.Scene, text string) {
	tb.Helper()
	x, y := uitest.Find(tb, k.kit.Metrics, s, text)
	k.table.Press(x, y, canvasview.Primary, 0)
	k.table.Release(x, y)
}

func TestTableMouse(t *testing.T) {
	k := newBench(t, "en", false, one(healthy(t)), one(faulty(t)))
	build := func() *scene.Scene { return k.table.Build(1180, 400) }
	k.press(t, build(), "Only what differs")
	if !k.OnlyDifferent() {
		t.Error("the switch does nothing")
	}
	k.press(t, build(), "Only what differs")
	if !k.OnlyDifferent() {
		t.Error("a choice that is made was unmade")
	}
	k.press(t, build(), "All steps")
	k.press(t, build(), "Difference")
	if by, falling := k.Sorted(); by != ColDelta || !falling {
		t.Errorf("sorted by %d", by)
	}
	k.press(t, build(), "As a tree")
	if !k.Tree() {
		t.Error("no way back to the tree")
	}
	k.press(t, build(), "POST /mails")
	if got := k.C.Rows[k.Selected()].Name; got != "POST /mails" || !strings.Contains(k.table.RowTip(k.Place(k.Selected())), "not in B") {
		t.Errorf("chosen %q: %s", got, k.table.RowTip(k.Place(k.Selected())))
	}
}

func TestFlameInput(t *testing.T) {
	k := newBench(t, "en", false, one(healthy(t)), one(faulty(t)))
	build := func() *scene.Scene { return k.flame.Build(1180, 420) }
	x, y := uitest.Find(t, k.kit.Metrics, build(), "PriceCalculator")
	if !k.flame.Hover(x, y) || !k.flame.OnBox() || !strings.Contains(k.flame.Tip(x, y), "B: 4.58 s, own work 4.57 s") {
		t.Errorf("tip %q", k.flame.Tip(x, y))
	}
	k.flame.Press(x, y, canvasview.Primary, 0)
	k.flame.Release(x, y)
	if got := k.C.Rows[k.Selected()].Name; got != "PriceCalculator.Calculate" || k.flame.view.Fitted() {
		t.Errorf("chosen %q, all is shown: %v", got, k.flame.view.Fitted())
	}
	for _, key := range []string{"Up", "Down", "Enter", "+", "-", "Escape", "z", "0"} {
		build()
		if !k.flame.Key(key, 0) {
			t.Errorf("%s does nothing", key)
		}
	}
	if k.flame.Key("Escape", 0) || len(k.calls) != 1 || k.calls[0] != "open B PriceCalculator.Calculate" {
		t.Errorf("calls %q", k.calls)
	}
	k.flame.Key("2", 0)
	build()
	if k.flame.width != comparison.WideA || k.flame.view.Total != k.C.Flame(comparison.WideA).Total {
		t.Error("boxes are not wide by a")
	}
	k.flame.Press(x, y, canvasview.Middle, 0)
	k.flame.Drag(x-50, y)
	k.flame.Release(x-50, y)
	k.flame.Scroll(0, 30, canvasview.Ctrl)
	k.flame.Leave()
	build()
}

// TestFramesOfManySteps holds that a frame of a hundred thousand steps costs what is
// on screen, and allocates nothing once that was seen.
func TestFramesOfManySteps(t *testing.T) {
	k := newBench(t, "en", false, one(synth(t, 60_000, 1)), one(synth(t, 60_000, 2)))
	if n := len(k.C.Rows); n < 10_000 {
		t.Fatalf("%d rows", n)
	}
	dst := image.NewRGBA(image.Rect(0, 0, 1180, 600))
	k.table.Paint(dst)
	k.flame.Paint(dst)
	if n := len(k.table.scene.Ops); n > 2500 {
		t.Errorf("%d operations for a table", n)
	}
	dy := float32(-66)
	frame := func() {
		k.table.Scroll(0, dy, 0)
		k.table.Paint(dst)
	}
	for range 60 {
		frame()
	}
	dy = 66
	if got := testing.AllocsPerRun(50, frame); got > 0 {
		t.Errorf("%v allocations a frame of the table", got)
	}
	flame := func() {
		k.flame.Scroll(0, dy, 0)
		k.flame.Paint(dst)
	}
	for range 20 {
		flame()
	}
	if got := testing.AllocsPerRun(20, flame); got > 0 {
		t.Errorf("%v allocations a frame of the flame", got)
	}
}

func BenchmarkFlameFrame(b *testing.B) {
	k := newBench(b, "en", false, one(synth(b, 500_000, 1)), one(synth(b, 500_000, 2)))
	dst := image.NewRGBA(image.Rect(0, 0, 1920, 1080))
	k.flame.Paint(dst)
	b.ReportAllocs()
	for b.Loop() {
		k.flame.Scroll(0, 20, canvasview.Ctrl)
		k.flame.Paint(dst)
	}
}

// TestInputBeforeTheFrame compares less, or nothing, while something is pressed.
func TestInputBeforeTheFrame(t *testing.T) {
	k := newBench(t, "en", false, one(healthy(t)), one(faulty(t)))
	k.table.do.Open = func(s comparison.Side, row int32) { _ = k.C.Rows[row] }
	k.flame.do.Open = k.table.do.Open
	all, findings := k.C, k.Findings
	less := newBench(t, "en", false, one(healthy(t)), one(uitest.Trace(t, 3, sp(1, 0, "internet-shop", "POST /orders", 0, 9)))).C
	less, err := comparison.Compare(context.Background(), less.Traces[1], less.Traces[1], comparison.Options{})
	if err != nil {
		t.Fatal(err)
	}
	unused := func(canvasview.Event) bool { return false }
	rows := table.NewView(k.kit, func(table.Style) table.Painter { return k.table }, unused)
	flame := axis.NewPlot(k.kit, k.flame, unused)
	foot := NewFoot(k.kit, k.Model, k.table.do)
	show := func(c *comparison.Comparison, list []Finding) func() {
		return func() {
			k.Set(c, list)
			if c != nil {
				k.Select(int32(len(c.Rows) - 1))
			}
		}
	}
	for _, to := range []*comparison.Comparison{less, nil} {
		for _, p := range []canvasview.Painter{rows, flame, NewFindings(k.kit, k.Model)} {
			uitest.Between(t, p, 900, 240, show(all, findings), show(to, nil))
		}
		uitest.Between(t, foot, 200, FootDp, show(all, nil), show(to, nil))
	}
	uitest.Between(t, flame, 900, 240, show(less, nil), show(all, findings))
	uitest.Between(t, flame, 900, 240, func() { k.flame.SetWidth(comparison.WideA) }, func() { k.flame.SetWidth(comparison.WideB) })
}
