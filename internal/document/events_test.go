package document

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"traceview/internal/model"
	"traceview/internal/task"
)

// TestEventsAreInOrder compares the list with a stable sort of all events.
func TestEventsAreInOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	for run := range 50 {
		d := New(randomTrace(r, 1+r.IntN(60)))
		tr := d.Trace()
		if run%2 == 1 {
			lookFor(t, d, "error")
		}
		var want []EventRow
		for i := range tr.Spans {
			i := model.SpanIndex(i)
			for k, e := range tr.SpanEvents(i) {
				if d.Match(i) {
					want = append(want, EventRow{e.Time - tr.Epoch, i, int32(k)})
				}
			}
		}
		slices.SortStableFunc(want, func(a, b EventRow) int { return cmp.Compare(a.Time, b.Time) })
		if got := d.Events(); !got.Ready || got.Busy || !slices.Equal(got.Rows, want) {
			t.Fatalf("run %d: %v, want %v", run, got.Rows, want)
		}
		if run%2 == 0 && len(want) != tr.Events {
			t.Fatalf("%d of %d events", len(want), tr.Events)
		}
	}
}

// TestEventsFollowTheFilter lists the events meant, and keeps the chosen one.
func TestEventsFollowTheFilter(t *testing.T) {
	d := New(randomTrace(rand.New(rand.NewPCG(4, 4)), 80))
	all := d.Events().Rows
	last := len(all) - 1
	d.ChooseEvent(last, all[last])
	if d.Selected() != all[last].Span || d.FollowSelection(all) {
		t.Fatal("choosing an event does not select its span")
	}
	lookFor(t, d, "has:exception")
	rows := d.Events().Rows
	if len(rows) == 0 || len(rows) == len(all) {
		t.Fatalf("%d of %d events", len(rows), len(all))
	}
	for _, r := range rows {
		if !d.Exception(d.Event(r)) {
			t.Errorf("%+v is no exception", r)
		}
	}
	lookFor(t, d, "cache.miss -refused")
	for _, r := range d.Events().Rows {
		if d.Exception(d.Event(r)) {
			t.Errorf("%+v is an exception", r)
		}
	}
	lookFor(t, d, "nothing-of-that-kind")
	if e := d.Events(); len(e.Rows) != 0 || !e.Ready || d.EventTable().Row != -1 {
		t.Errorf("no match gives %d events", len(e.Rows))
	}
	d.SetMatches("", nil)
	rows = d.Events().Rows
	if !d.FollowSelection(rows) || rows[d.EventTable().Row].Span != all[last].Span {
		t.Errorf("row %d is chosen, which is not of the selected span", d.EventTable().Row)
	}
}

func TestFollowSelection(t *testing.T) {
	d := New(randomTrace(rand.New(rand.NewPCG(6, 4)), 60))
	rows := d.Events().Rows
	for i := range d.Trace().Spans {
		i := model.SpanIndex(i)
		before := d.EventTable().Row
		d.Select(i)
		d.FollowSelection(rows)
		row := d.EventTable().Row
		if len(d.Trace().SpanEvents(i)) == 0 {
			if row != before {
				t.Errorf("span %d has no events, and the row went from %d to %d", i, before, row)
			}
			continue
		}
		if rows[row].Span != i || slices.ContainsFunc(rows[:row], func(r EventRow) bool { return r.Span == i }) && row != before {
			t.Errorf("row %d is chosen for span %d", row, i)
		}
	}
	if d.FollowSelection(rows) {
		t.Error("an old selection is followed again")
	}
}

func TestEventsOfABigTraceComeLater(t *testing.T) {
	q := task.NewQueue()
	d := New(synth(t, 60_000))
	d.RunIn(q.Dispatch)
	if e := d.Events(); e.Ready || !e.Busy {
		t.Fatal("a big list is there at once")
	}
	wait(t, q, func() bool { return d.Events().Ready && !d.Events().Busy })
	e := d.Events()
	if len(e.Rows) != d.Trace().Events || !slices.IsSortedFunc(e.Rows, func(a, b EventRow) int { return cmp.Compare(a.Time, b.Time) }) {
		t.Errorf("%d of %d events", len(e.Rows), d.Trace().Events)
	}
	lookFor(t, d, "error")
	if e := d.Events(); !e.Busy || len(e.Rows) != d.Trace().Events {
		t.Error("the old list is gone before the new one is there")
	}
	d.Close()
}

// TestEventText tells what is said of odd events.
func TestEventText(t *testing.T) {
	b := model.NewBuilder()
	attr := func(k, v string) model.Attr { return b.StringAttr(b.InternString(k), []byte(v)) }
	cases := []struct {
		name      string
		event     string
		attrs     []model.Attr
		want      string
		exception bool
	}{
		{"nothing", "x", nil, "", false},
		{"exception", "exception", []model.Attr{attr("exception.stacktrace", "at a\nat b"), attr("exception.message", "no\nright"), attr("exception.type", "a.b.Refused")}, "Refused: no right", true},
		{"message only", "exception", []model.Attr{attr("exception.message", "no")}, "no", true},
		{"type under another name", "oops", []model.Attr{attr("exception.type", "Refused")}, "Refused", true},
		{"error of OpenTracing", "error", []model.Attr{attr("message", "m")}, "message=m", true},
		{"attributes", "x", []model.Attr{attr("a", "1"), attr("b", "2 3")}, "a=1  b=2 3", false},
		{"long", "x", []model.Attr{attr("a", strings.Repeat("ж", 1000)), attr("b", "2")}, "a=" + strings.Repeat("ж", 199) + "…", false},
		{"no text", "x", []model.Attr{attr("a", "\xff\xfe")}, "a=\uFFFD", false},
	}
	r := model.SpanRecord{Trace: model.TraceID{15: 1}, ID: 1, StartNano: 1e18, EndNano: 1e18 + 1}
	for _, tc := range cases {
		r.Events = append(r.Events, model.EventRecord{TimeNano: 1e18, Name: b.InternString(tc.event), Attrs: tc.attrs})
	}
	b.Add(&r)
	d := New(b.Build()[0])
	for k, tc := range cases {
		e := d.Event(EventRow{Span: 0, Event: int32(k)})
		if got := d.EventText(e); got != tc.want || !utf8.ValidString(got) {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
		if d.Exception(e) != tc.exception {
			t.Errorf("%s: an error is %v", tc.name, !tc.exception)
		}
	}
}

func TestSub(t *testing.T) {
	for _, tt := range [][3]int64{
		{5, 3, 2}, {3, 5, -2}, {math.MinInt64, 1, math.MinInt64}, {math.MaxInt64, -1, math.MaxInt64}, {math.MinInt64, math.MinInt64, 0}, {0, math.MinInt64, math.MaxInt64}, {-1, math.MaxInt64, math.MinInt64},
	} {
		if got := sub(tt[0], tt[1]); got != tt[2] {
			t.Errorf("%d - %d = %d, want %d", tt[0], tt[1], got, tt[2])
		}
	}
}

func BenchmarkEvents(b *testing.B) {
	tr := synth(b, 1e6)
	b.Run(fmt.Sprintf("of %d", tr.Events), func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			New(tr).Events()
		}
	})
	bl := model.NewBuilder()
	for i := range 1_000_000 {
		bl.Add(&model.SpanRecord{Trace: model.TraceID{15: 1}, ID: model.SpanID(i + 1), StartNano: 1e18, EndNano: 2e18,
			Events: []model.EventRecord{{TimeNano: uint64(1e18 + i*7919%1_000_003)}}})
	}
	all := bl.Build()[0]
	b.Run("of 1000000", func(b *testing.B) {
		for b.Loop() {
			New(all).Events()
		}
	})
}
