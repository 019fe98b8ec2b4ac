package order

import (
	"fmt"
	"strings"
	"testing"

	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/canvasview"
	"traceview/ui/uitest"
	"traceview/ui/xwidget"
)

// a longName is one of those that no column is wide enough for.
const longName = "POST /internal/v2/customers/{customerId}/orders/{orderId}/confirmations/price/recalculate-with-discounts"

func row(i int) Row {
	return Row{
		ID: uitest.TraceID(byte(i + 1)), Service: "shop-api", Operation: "POST /orders", Start: uitest.Epoch - int64(i)*5400e9,
		Duration: 1840*uitest.Ms + int64(i)*7777777777, Spans: 86 + 1200*i, Errors: i % 3,
		Services: []Service{{Name: "internet-shop", Spans: 12}, {Name: "shop-api", Spans: 40, Errors: i % 3}, {Name: "mes-api", Spans: 34}},
	}
}

// many is a trace through 20 services, with the names that hurt.
func many() Row {
	r := row(4)
	r.Operation, r.Service, r.Linked = longName, "very-long-name-of-a-service-in-some-namespace-of-the-cluster", true
	r.Services = nil
	for i := range 20 {
		r.Services = append(r.Services, Service{Name: fmt.Sprintf("service-number-%d", i), Spans: 1000 * i, Errors: i % 4 / 3})
	}
	r.Duration, r.Spans, r.Errors = 45*3600e9, 123456, 4321
	return r
}

var states = []struct {
	name  string
	state State
}{
	{"searching", State{Order: "10472", Phase: Searching, Days: 7, Source: "Production"}},
	{"partial", State{Order: "10472", Phase: Searching, Rows: []Row{row(0), row(1)}, Days: 7, Asked: 12, Answered: 5, Source: "Production"}},
	{"done", State{Order: "10472", Phase: Done, Rows: []Row{row(0), row(1), row(2), many()}, Days: 7, Asked: 12, Answered: 12, Source: "Production"}},
	{"notes", State{Order: strings.Repeat("10472-", 30), Phase: Done, Rows: []Row{row(0), {ID: uitest.TraceID(7)}}, Days: 7, Asked: 12, Answered: 10, Limit: true, Source: "Production",
		Failures: []string{"mes-api (Cannot reach jaeger:16685)", "very-long-name-of-a-service-in-some-namespace (jaeger:16685 did not answer in time)"}}},
	{"empty", State{Order: "10472", Phase: Done, Days: 7, Asked: 12, Answered: 12, Source: "Production"}},
	{"cancelled", State{Order: "10472", Phase: Cancelled, Days: 7, Source: "Production"}},
	{"failed", State{Order: "10472", Phase: Failed, Days: 7, Source: "Production", Title: "Cannot reach jaeger.tracing.svc.cluster.local:16685",
		Hint:   "Check the address and the port, and that you are on the company network or VPN. If both are right, the server is probably down: tell whoever runs Jaeger.",
		Detail: "find traces: unavailable: connection error: desc = \"transport: Error while dialing: dial tcp 10.0.0.7:16685: connect: connection refused\""}},
}

func newView(tb testing.TB, lang string, dark bool, do Actions) *View {
	return New(uitest.Kit(tb, lang, dark), do)
}

// TestGolden draws each state once, in both themes, languages and widths by turns.
func TestGolden(t *testing.T) {
	for i, tt := range states {
		t.Run(tt.name, func(t *testing.T) {
			dark := i%2 == 1
			for lang, w := range map[string]int{"en": 1280, "ru": 900} {
				if dark {
					w = 2180 - w
				}
				v := newView(t, lang, dark, Actions{})
				v.Set(tt.state)
				v.details = true
				h := 240
				if len(tt.state.Rows) > 1 || tt.state.Phase == Failed {
					h = 360
				}
				v.Handle(canvasview.Event{Kind: canvasview.Focus})
				uitest.Golden(t, tt.name+"_"+lang, uitest.Paint(v, w, h, 1))
			}
		})
	}
}

func TestGoldenAtOneAndAHalf(t *testing.T) {
	v := newView(t, "en", false, Actions{})
	v.Set(states[1].state)
	uitest.Golden(t, "partial_scaled", uitest.Paint(v, 960, 420, 1.5))
}

func TestSetKeepsTheChoice(t *testing.T) {
	v := newView(t, "en", false, Actions{})
	if _, ok := v.Selected(); ok {
		t.Error("something is chosen before anything is there")
	}
	v.Set(State{Rows: []Row{row(1), row(3)}})
	v.Build(1280, 700, 1)
	v.Choose(1)
	v.Set(State{Rows: []Row{row(0), row(1), row(2), row(3)}})
	if id, ok := v.Selected(); !ok || id != row(3).ID {
		t.Errorf("chosen %v, want the trace chosen before", id)
	}
	v.Set(State{Rows: []Row{row(0), row(1)}})
	if id, _ := v.Selected(); id != row(1).ID {
		t.Errorf("chosen %v, want the newest that failed where the chosen one is gone", id)
	}
	healthy := row(1)
	healthy.Errors = 0
	v.Set(State{Rows: []Row{row(0), healthy}})
	if id, _ := v.Selected(); id != row(0).ID {
		t.Errorf("chosen %v, want the newest where none failed", id)
	}
	v.Set(State{})
	if id, ok := v.Selected(); ok {
		t.Errorf("chosen %v of nothing", id)
	}
}

func TestEveryButtonDoesWhatItSays(t *testing.T) {
	for _, tt := range []struct {
		name, state, label, want string
	}{
		{"cancel", "partial", "Cancel", "cancel"},
		{"again", "failed", "Try again", "again"},
		{"again after cancelling", "cancelled", "Try again", "again"},
		{"month", "empty", "Search 30 days", "30"},
		{"quarter", "empty", "Search 90 days", "90"},
		{"row", "done", "POST /internal/v2", "open " + many().ID.String()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			tell := func(s string) { got = append(got, s) }
			v := newView(t, "en", false, Actions{
				Open:   func(id model.TraceID) { tell("open " + id.String()) },
				Cancel: func() { tell("cancel") }, Again: func() { tell("again") }, Window: func(days int) { tell(fmt.Sprint(days)) },
			})
			for _, s := range states {
				if s.name == tt.state {
					v.Set(s.state)
				}
			}
			x, y := uitest.Find(t, v.Kit.Metrics, v.Build(1280, 700, 1), tt.label)
			uitest.Press(v, x, y)
			if len(got) != 1 || got[0] != tt.want {
				t.Errorf("did %q, want %q", got, tt.want)
			}
		})
	}
}

// TestSections draws two parts between the notes and the table, one of which has
// nothing to show.
func TestSections(t *testing.T) {
	v := newView(t, "en", false, Actions{})
	var ends []float32
	v.Sections = []Section{
		func(_ *xwidget.Canvas, _, y, _ float32) float32 { ends = append(ends, y); return y },
		func(c *xwidget.Canvas, x, y, w float32) float32 {
			ends = append(ends, y)
			c.Label(x, y, c.D(20), w, c.Font(xwidget.Body, scene.Regular), c.Look.Text, "a section")
			return y + c.D(2000)
		},
	}
	v.Set(State{Order: "1", Limit: true, Rows: []Row{row(0)}})
	_, y := uitest.Find(t, v.Kit.Metrics, v.Build(1280, 700, 1), "a section")
	if len(ends) != 2 || ends[0] != ends[1] || y < ends[0] {
		t.Errorf("sections begin at %v, their text is at %v", ends, y)
	}
	v.Handle(canvasview.Event{Kind: canvasview.Scroll, DY: -1e6})
	if _, y := uitest.Find(t, v.Kit.Metrics, v.Build(1280, 700, 1), "POST /orders"); y < 0 || y > 700 {
		t.Errorf("scrolled to its end, the page shows the table at %v", y)
	}
	v.Set(State{Order: "1", Phase: Searching})
	ends = nil
	if v.Build(1280, 700, 1); len(ends) > 0 {
		t.Error("sections are drawn where there are no traces")
	}
}

func TestSummary(t *testing.T) {
	for _, tt := range []struct {
		name, lang string
		rows       []Row
		want       string
	}{
		{"nothing", "en", nil, ""},
		{"one", "en", []Row{row(0)}, "1 trace · no errors · 3 systems · 12 Nov 09:14"},
		{"several", "en", []Row{row(0), row(1)}, "2 traces · 1 with errors · 3 systems · 12 Nov 07:44 – 09:14"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := newView(t, tt.lang, false, Actions{})
			v.Set(State{Rows: tt.rows})
			if got := v.Summary(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestNothingLeavesTheRow draws names that are too long and looks where the
// texts end.
func TestNothingLeavesTheRow(t *testing.T) {
	for _, w := range []int{900, 1280} {
		v := newView(t, "ru", false, Actions{})
		v.Set(State{Order: "1", Phase: Done, Rows: []Row{many()}})
		s := v.Build(w, 500, 1)
		for _, op := range s.Ops {
			end := op.X + op.W
			switch op.Kind {
			case scene.OpLine:
				end = op.W
			case scene.OpText:
				end = op.X + v.Kit.Metrics.Width(op.Font, s.Strings[op.From])
			}
			if end > float32(w) {
				t.Errorf("at %d: %+v ends at %v", w, op, end)
			}
		}
	}
}

func bigState(n int) State {
	s := State{Order: "10472", Phase: Searching, Asked: 200, Answered: 150, Source: "Production"}
	for i := range n {
		r := row(i % 5)
		r.ID[0], r.ID[1], r.ID[2] = byte(i), byte(i>>8), byte(i>>16)
		s.Rows = append(s.Rows, r)
	}
	return s
}

func BenchmarkBuild(b *testing.B) {
	for _, n := range []int{10, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			v := newView(b, "en", false, Actions{})
			v.Set(bigState(n))
			b.ReportAllocs()
			for b.Loop() {
				v.Build(1280, 700, 1)
			}
		})
	}
}

func BenchmarkSet(b *testing.B) {
	v := newView(b, "en", false, Actions{})
	s := bigState(10_000)
	b.ReportAllocs()
	for b.Loop() {
		v.Set(s)
	}
}

// TestWaysOutOfAFailure presses what the window offers where a search failed.
func TestWaysOutOfAFailure(t *testing.T) {
	for name, rows := range map[string][]Row{"nothing": nil, "what is kept": {row(0)}} {
		pressed := ""
		v := newView(t, "en", false, Actions{})
		v.Set(State{Order: "1", Phase: Failed, Title: "No", Rows: rows, Ways: []Way{
			{"Sign in again", true, func() { pressed += "in " }}, {"Check the connection", false, func() { pressed += "check" }},
		}})
		for _, label := range []string{"Sign in again", "Check the connection"} {
			x, y := uitest.Find(t, v.Kit.Metrics, v.Build(1280, 700, 1), label)
			uitest.Press(v, x, y)
		}
		if pressed != "in check" {
			t.Errorf("with %s to show: pressed %q", name, pressed)
		}
	}
}

// TestEnterOpensNothingUnseen has more traces than there is room for, below an answer.
func TestEnterOpensNothingUnseen(t *testing.T) {
	var rows []Row
	for i := range 17 {
		r := row(i)
		r.Errors, r.Operation = 0, fmt.Sprintf("row %d.", i)
		rows = append(rows, r)
	}
	rows[12].Errors, rows[14].Errors = 1, 1
	var opened []model.TraceID
	v := newView(t, "en", false, Actions{Open: func(id model.TraceID) { opened = append(opened, id) }})
	high := float32(0)
	v.Sections = append(v.Sections, func(_ *xwidget.Canvas, _, y, _ float32) float32 { return y + high })
	build := func() { v.Build(1280, 600, 1) }
	hidden := func() bool {
		return !strings.Contains(uitest.Words(v.Build(1280, 600, 1)), fmt.Sprintf("row %d.", v.Sel))
	}
	enter := func() {
		opened = nil
		v.Handle(canvasview.Event{Kind: canvasview.KeyDown, Key: "Return"})
		build()
	}
	v.Set(State{Rows: rows})
	build()
	if enter(); len(opened) != 0 || hidden() {
		t.Fatalf("with the row below the edge Enter opened %v, the row is hidden: %v", opened, hidden())
	}
	if enter(); len(opened) != 1 || opened[0] != rows[12].ID {
		t.Errorf("with the row in sight Enter opened %v", opened)
	}
	v.Handle(canvasview.Event{Kind: canvasview.Scroll, DY: 1e4})
	high = 200 // the answer
	v.SetOutcome("stopped", true, rows[14].ID)
	build()
	if enter(); len(opened) != 1 || opened[0] != rows[14].ID || !hidden() {
		t.Errorf("what the answer names is not what Enter opened: %v", opened)
	}

	v.Handle(canvasview.Event{Kind: canvasview.KeyDown, Key: "Up"})
	build()
	high = 500
	build()
	if id, _ := v.Selected(); id != rows[13].ID || hidden() {
		t.Errorf("chosen by hand is %v, hidden by what came in above: %v", id, hidden())
	}
	v.Handle(canvasview.Event{Kind: canvasview.Scroll, DY: 1e4})
	high = 600
	if build(); !hidden() {
		t.Error("a row that a person scrolled away from is brought back")
	}
}
