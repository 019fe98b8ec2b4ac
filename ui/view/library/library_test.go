package library

import (
	"fmt"
	"strings"
	"testing"

	"traceview/ui/canvasview"
	"traceview/ui/uitest"
)

func entry(i int) Entry {
	e := Entry{
		Key: int64(i + 1), ID: uitest.TraceID(byte(i + 1)), Service: "shop-api", Operation: "POST /orders", Start: uitest.Epoch - int64(i)*5400e9,
		Duration: 1840*uitest.Ms + int64(i)*7777777777, Spans: 86 + 1200*i, Errors: i % 3, Services: []Service{{"internet-shop", 12, 0}, {"mes-api", 34, 0}},
		Orders: []string{fmt.Sprint(10472 + i)}, Sources: []string{"jaeger.example:16685", "case.traceview"}, Bytes: int64(i+1) * 7280,
	}
	switch i {
	case 1:
		e.Pinned, e.Labels = true, []string{"urgent", "ring 585"}
	case 2:
		e.Damaged, e.Operation = true, strings.Repeat("PUT /3d-files/{order}/", 9)
	case 3:
		e.Operation, e.Service, e.Orders = "", "", nil
	}
	return e
}

func entries(n int) (list []Entry) {
	for i := range n {
		list = append(list, entry(i))
	}
	return list
}

// told notes what the list asks for.
type told struct{ list []string }

func (o *told) note(what string) func([]*Entry) {
	return func(list []*Entry) {
		what := what
		for _, e := range list {
			what += fmt.Sprint(" ", e.Key)
		}
		o.list = append(o.list, what)
	}
}

func newPainter(tb testing.TB, lang string, dark bool) (*Painter, *told) {
	tb.Helper()
	o := &told{}
	do := Actions{
		Open: func(e *Entry) { o.note("open")([]*Entry{e}) }, More: func() { o.note("more")(nil) },
		Pin: o.note("pin"), Label: o.note("label"), Delete: o.note("delete"),
		Failed: func() { o.note("failed")(nil) }, Pinned: func() { o.note("pinned")(nil) },
	}
	_, p := NewView(uitest.Kit(tb, lang, dark), do, func(canvasview.Event) bool { return false })
	return p, o
}

func TestGolden(t *testing.T) {
	for _, tt := range []struct {
		name, lang string
		dark       bool
		w          int
		state      State
	}{
		{"list", "en", false, 1230, State{Entries: entries(6), Line: "6 traces"}},
		{"list_dark_ru", "ru", true, 1230, State{Entries: entries(6), Line: "6 трасс"}},
		{"narrow_dark", "en", true, 700, State{Entries: entries(6), Line: "6 traces"}},
		{"empty_ru", "ru", false, 900, State{Empty: [2]string{"Пока ничего не сохранено", "Здесь сохраняется каждая трасса."}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, _ := newPainter(t, tt.lang, tt.dark)
			p.Set(tt.state)
			p.Build(tt.w, 240)
			p.Key("Space", 0)
			uitest.Golden(t, tt.name, uitest.PaintTable(p, tt.w, 240))
		})
	}
}

// TestSteps holds that entries are called by their steps where the window speaks of them.
func TestSteps(t *testing.T) {
	k := uitest.Kit(t, "en", false)
	uitest.Steps(t, k)
	_, p := NewView(k, Actions{More: func() {}}, func(canvasview.Event) bool { return false })
	e := entry(0)
	e.Operation, e.Service = "place order", "internet-shop"
	p.Set(State{Entries: []Entry{e}})
	words := uitest.Words(p.Build(1600, 400))
	for part, want := range map[string]bool{"Placing the order": true, "Internet Shop": true, "Internet Shop, MES API": true, "place order": false, "internet-shop": false} {
		if strings.Contains(words, part) != want {
			t.Errorf("%q there: %v in\n%s", part, !want, words)
		}
	}
}

func TestWhatIsMeant(t *testing.T) {
	p, o := newPainter(t, "en", false)
	p.Set(State{Entries: entries(6)})
	p.Build(1230, 300)
	for _, k := range []string{"p", "Space", "Space", "l", "Delete", "e", "k", "Enter"} {
		p.Key(k, 0)
	}
	p.Key("Down", canvasview.Shift)
	p.Key("p", 0)
	if got := strings.Join(o.list, ", "); got != "pin 1, label 1 2, delete 1 2, failed, pinned, open 3, pin 1 2 3 4" {
		t.Errorf("asked for %q", got)
	}
	p.Set(State{Entries: append(entries(6)[1:], entry(8))})
	if n := len(p.Acted()); n != 3 || p.Chosen().Key != 4 {
		t.Errorf("%d are meant, %d chosen", n, p.Chosen().Key)
	}
	if !p.Unmark() || p.Unmark() || len(p.Acted()) != 1 {
		t.Error("marks stay")
	}
	p.Set(State{})
	for _, k := range []string{"p", "Space", "Delete", "Enter"} {
		if p.Key(k, 0) {
			t.Errorf("%s does something to nothing", k)
		}
	}
}

func TestMouse(t *testing.T) {
	p, o := newPainter(t, "en", false)
	p.Set(State{Entries: entries(6)})
	p.Build(1230, 300)
	press := func(x, y float32, m canvasview.Mods) {
		p.Press(x, y, canvasview.Primary, m)
		p.Release(x, y)
	}
	row := func(i int) float32 { return 36 + 26 + 22*float32(i) + 11 }
	press(400, row(1), 0)
	press(400, row(3), canvasview.Ctrl)
	press(400, row(5), canvasview.Shift)
	press(26, row(4), 0) // on its mark
	p.Build(1230, 300)
	x, y := uitest.Find(t, p.kit.Metrics, p.Build(1230, 300), "Delete")
	press(x, y, 0)
	x, y = uitest.Find(t, p.kit.Metrics, p.Build(1230, 300), "Unmark")
	press(x, y, 0)
	if got := strings.Join(o.list, ", "); got != "open 2, delete 4 6" || len(p.marked) > 0 {
		t.Errorf("asked for %q, %d marked", got, len(p.marked))
	}
	if p.source("demo") != "Demo shop" || p.source("case.traceview") != "case.traceview" {
		t.Errorf("the demo is called %q", p.source("demo"))
	}
	if tip := p.RowTip(1); !strings.Contains(tip, "10473") || !strings.Contains(tip, "urgent") || !strings.Contains(tip, "case.traceview") {
		t.Errorf("a row tells %q", tip)
	}
}

func TestMoreIsAskedForOnceInTime(t *testing.T) {
	p, o := newPainter(t, "en", false)
	p.Set(State{Entries: entries(200), More: true})
	p.Build(1230, 300)
	if len(o.list) > 0 {
		t.Error("more is asked for at the beginning")
	}
	p.Key("End", 0)
	p.Build(1230, 300)
	p.Build(1230, 300)
	if len(o.list) != 1 {
		t.Errorf("asked for %v", o.list)
	}
}

// TestInputBeforeTheFrame deletes entries while something is pressed.
func TestInputBeforeTheFrame(t *testing.T) {
	v, p := NewView(uitest.Kit(t, "en", false), Actions{
		Open: func(*Entry) {}, More: func() {}, Pin: func([]*Entry) {}, Label: func([]*Entry) {}, Delete: func([]*Entry) {}, Failed: func() {}, Pinned: func() {},
	}, func(canvasview.Event) bool { return false })
	for _, left := range []int{2, 0} {
		uitest.Between(t, v, 900, 240, func() { p.Set(State{Entries: entries(40)}) }, func() { p.Set(State{Entries: entries(left)}) })
	}
}
