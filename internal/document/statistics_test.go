package document

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"traceview/internal/analysis"
	"traceview/internal/demo/synthetic"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
	"traceview/internal/query"
	"traceview/internal/task"
)

// randomTrace returns n spans of three services and few operations, every third
// with events of which some have the same time.
func randomTrace(r *rand.Rand, n int) *model.Trace {
	b := model.NewBuilder()
	key, kind, message := b.InternString("service.name"), b.InternString("exception.type"), b.InternString("exception.message")
	names := []string{"GET /orders", "", `say "x"`, "process a\\b", "GET /orders/{id}"}
	for i := range n {
		rec := model.SpanRecord{
			Trace: model.TraceID{15: 1}, ID: model.SpanID(i + 1), Parent: model.SpanID(r.IntN(i + 1)),
			Name: b.InternString(names[r.IntN(len(names))]), Kind: model.Kind(r.IntN(6)), Status: model.Status(r.IntN(3)), StartNano: uint64(1e18 + r.IntN(50)),
		}
		rec.EndNano = rec.StartNano + uint64(r.IntN(100))
		if s := r.IntN(3); s > 0 {
			rec.Resource = b.Resource(&model.ResourceRecord{Attrs: []model.Attr{b.StringAttr(key, []byte(fmt.Sprintf("service %d", s)))}})
		}
		for range r.IntN(3) {
			e := model.EventRecord{TimeNano: rec.StartNano + uint64(r.IntN(4)), Name: b.InternString("cache.miss")}
			if r.IntN(3) == 0 {
				e.Name = b.InternString("exception")
				e.Attrs = []model.Attr{b.StringAttr(kind, []byte("shop.StorageException")), b.StringAttr(message, []byte("refused"))}
			}
			rec.Events = append(rec.Events, e)
		}
		b.Add(&rec)
	}
	return b.Build()[0]
}

func synth(tb testing.TB, n int) *model.Trace {
	tb.Helper()
	b := model.NewBuilder()
	if err := otlp.DecodeProto(synthetic.Trace(n, 1), b); err != nil {
		tb.Fatal(err)
	}
	return b.Build()[0]
}

// lookFor sets the matches of a filter.
func lookFor(tb testing.TB, d *Document, text string) query.Set {
	tb.Helper()
	f, err := query.Parse(text)
	if err != nil {
		tb.Fatal(err)
	}
	set, err := f.Match(context.Background(), d.Trace())
	if err != nil {
		tb.Fatal(err)
	}
	d.SetMatches(text, set)
	return set
}

func rowsOf(s Stats) []*analysis.Stat {
	out := make([]*analysis.Stat, s.Len())
	for k := range out {
		out[k], _ = s.At(k)
	}
	return out
}

// TestStatsAreSorted compares every order with a stable sort of the same rows.
func TestStatsAreSorted(t *testing.T) {
	d := New(randomTrace(rand.New(rand.NewPCG(1, 2)), 400))
	less := map[StatColumn]func(a, b *analysis.Stat) int{
		StatName:    func(a, b *analysis.Stat) int { return strings.Compare(a.Name, b.Name) },
		StatService: func(a, b *analysis.Stat) int { return strings.Compare(a.Service, b.Service) },
		StatKind:    func(a, b *analysis.Stat) int { return strings.Compare(a.Kind.String(), b.Kind.String()) },
		StatCount:   func(a, b *analysis.Stat) int { return cmp.Compare(a.Count, b.Count) },
		StatErrors: func(a, b *analysis.Stat) int {
			return cmp.Or(cmp.Compare(a.Errors, b.Errors), cmp.Compare(a.Own, b.Own))
		},
		StatTotal: func(a, b *analysis.Stat) int { return cmp.Compare(a.Total, b.Total) },
		StatSelf:  func(a, b *analysis.Stat) int { return cmp.Compare(a.Self, b.Self) },
		StatPath:  func(a, b *analysis.Stat) int { return cmp.Compare(a.Path, b.Path) },
		StatShare: func(a, b *analysis.Stat) int { return cmp.Compare(a.Self, b.Self) },
		StatMin:   func(a, b *analysis.Stat) int { return cmp.Compare(a.Min, b.Min) },
		StatP50:   func(a, b *analysis.Stat) int { return cmp.Compare(a.P50, b.P50) },
		StatP95:   func(a, b *analysis.Stat) int { return cmp.Compare(a.P95, b.P95) },
		StatP99:   func(a, b *analysis.Stat) int { return cmp.Compare(a.P99, b.P99) },
		StatMax:   func(a, b *analysis.Stat) int { return cmp.Compare(a.Max, b.Max) },
	}
	for _, services := range []bool{false, true} {
		d.SetStatServices(services)
		for c := StatColumn(0); c < StatColumns; c++ {
			for range 2 {
				d.SortStats(c)
				s := d.Stats()
				want := make([]*analysis.Stat, s.Len())
				for k := range want {
					want[k] = &s.list[k]
				}
				sign := 1
				if s.Order.Falling {
					sign = -1
				}
				slices.SortStableFunc(want, func(a, b *analysis.Stat) int { return sign * less[c](a, b) })
				if got := rowsOf(s); s.Order.Column != c || !slices.Equal(got, want) {
					t.Errorf("services %v, column %d, falling %v: wrong order", services, c, s.Order.Falling)
				}
			}
		}
	}
	d.SortStats(StatName)
	if o := d.StatOrder(); o.Falling || o.Column != StatName {
		t.Errorf("names begin at %+v", o)
	}
}

// TestStatsFollowTheFilter counts matching spans only, and all again.
func TestStatsFollowTheFilter(t *testing.T) {
	d := New(randomTrace(rand.New(rand.NewPCG(3, 2)), 300))
	all := rowsOf(d.Stats())
	for k, st := range all {
		d.SetMatches("", nil)
		d.StatTable().Row = k
		text := d.StatFilter(st, false)
		set := lookFor(t, d, text)
		s := d.Stats()
		if s.Len() != 1 || set.Len() != st.Count {
			t.Fatalf("%s: %d rows of %d spans, want 1 of %d", text, s.Len(), set.Len(), st.Count)
		}
		got, _ := s.At(0)
		if *got != *st {
			t.Errorf("%s: %+v, want %+v", text, *got, *st)
		}
		if d.StatTable().Row != 0 {
			t.Errorf("row %d is chosen of one", d.StatTable().Row)
		}
		d.SetMatches("", nil)
		if d.Stats(); d.StatTable().Row != k {
			t.Errorf("with all spans again row %d is chosen, want %d", d.StatTable().Row, k)
		}
	}
	d.SetStatServices(true)
	services := rowsOf(d.Stats())
	if len(services) != 3 {
		t.Fatalf("%d services", len(services))
	}
	for _, st := range services {
		if n := lookFor(t, d, d.StatFilter(st, true)).Len(); n != st.Count {
			t.Errorf("%q: %d spans, want %d", st.Service, n, st.Count)
		}
		d.SetMatches("", nil)
	}
	lookFor(t, d, "nothing-of-that-kind")
	if s := d.Stats(); s.Len() != 0 || s.All == nil || s.Err != nil {
		t.Errorf("no match gives %d rows", s.Len())
	}
}

// TestErrorsOfARow walks the failed spans of each row in a circle.
func TestErrorsOfARow(t *testing.T) {
	d := New(randomTrace(rand.New(rand.NewPCG(5, 2)), 200))
	for _, services := range []bool{false, true} {
		d.SetStatServices(services)
		for _, st := range rowsOf(d.Stats()) {
			var want []model.SpanIndex
			for _, i := range d.Failed() {
				if d.inStat(i, st, services) {
					want = append(want, i)
				}
			}
			if len(want) != st.Errors {
				t.Fatalf("%d of %d errors", len(want), st.Errors)
			}
			d.Select(model.NoSpan)
			for k := range 2 * len(want) {
				i := d.StatError(st, services, false)
				if i != want[k%len(want)] {
					t.Fatalf("error %d is span %d, want %v", k, i, want)
				}
				d.Select(i)
			}
			for k := range len(want) { // the last is selected
				i := d.StatError(st, services, true)
				if w := want[(2*len(want)-2-k)%len(want)]; i != w {
					t.Fatalf("error %d before is span %d, want %d of %v", k, i, w, want)
				}
				d.Select(i)
			}
			if i := d.StatError(st, services, false); len(want) == 0 && i != model.NoSpan {
				t.Fatalf("span %d failed in a row without errors", i)
			}
		}
	}
	if i := New(randomTrace(rand.New(rand.NewPCG(5, 2)), 0+1)).StatError(&analysis.Stat{}, true, true); i > 0 {
		t.Errorf("span %d", i)
	}
}

func wait(tb testing.TB, q *task.Queue, ready func() bool) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := q.Wait(ctx, ready); err != nil {
		tb.Fatal(err)
	}
}

// TestStatsOfABigTraceComeLater shows what there was until newer ones are there.
func TestStatsOfABigTraceComeLater(t *testing.T) {
	q := task.NewQueue()
	d := New(synth(t, 60_000))
	d.RunIn(q.Dispatch)
	told := 0
	d.Observe(func() { told++ })
	acts := d.Acts()
	if s := d.Stats(); !s.Busy || s.Len() != 0 || s.All != nil {
		t.Fatalf("at once: %d rows, busy %v", s.Len(), s.Busy)
	}
	wait(t, q, func() bool { return !d.Stats().Busy })
	s := d.Stats()
	if s.Len() == 0 || s.All.Spans != 60_000 || told == 0 {
		t.Fatalf("%d rows, told %d times", s.Len(), told)
	}
	if d.Acts() != acts {
		t.Error("what was made in the background counts as what a person did")
	}
	lookFor(t, d, "error")
	lookFor(t, d, "service=crm") // the newest counts
	if s := d.Stats(); !s.Busy || s.All.Spans != 60_000 {
		t.Errorf("while they are made: %d spans, busy %v", s.All.Spans, s.Busy)
	}
	wait(t, q, func() bool { return !d.Stats().Busy })
	if s := d.Stats(); s.All.Spans != d.Matches() || len(s.All.Services) != 1 {
		t.Errorf("%d spans, want %d", s.All.Spans, d.Matches())
	}
	d.SetMatches("", nil)
	d.Stats()
	d.Close()
	if d.Stats(); !d.stats.lazy.busy() {
		t.Error("after it was closed nothing is made anew")
	}
	d.Close()
	if d.stats.lazy.busy() {
		t.Error("closed, and still busy")
	}
}

func TestLazyTellsErrors(t *testing.T) {
	q := task.NewQueue()
	d := New(synth(t, 10))
	l := lazy[int, int]{doc: d}
	taken := 0
	take := func(v int) { taken = v }
	l.get(1, true, func(context.Context, func(float64)) (int, error) { return 7, nil }, take)
	if l.err != nil || l.value != 7 || taken != 7 {
		t.Errorf("without a dispatcher: %d, %v", l.value, l.err)
	}
	d.RunIn(q.Dispatch)
	l.get(2, true, func(_ context.Context, progress func(float64)) (int, error) {
		progress(0.5)
		return 0, errors.New("no")
	}, take)
	half := false
	wait(t, q, func() bool { half = half || l.share == 0.5; return !l.busy() })
	if v, ready := l.value, l.ready; l.err == nil || v != 7 || !ready || taken != 7 || !half {
		t.Errorf("after a failure: %d, %v, half %v", v, l.err, half)
	}
	if !l.fresh(2) {
		t.Error("what failed is tried for ever")
	}
	l.get(3, true, func(ctx context.Context, _ func(float64)) (int, error) { <-ctx.Done(); return 1, ctx.Err() }, take)
	if !l.busy() || !l.fresh(2) || l.busy() {
		t.Error("what is not wanted any longer goes on")
	}
}

func BenchmarkStats(b *testing.B) {
	tr := synth(b, 1e6)
	b.Run("first/1000000", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			New(tr).Stats()
		}
	})
	d := New(tr)
	d.Stats()
	b.Run("filter/1000000", func(b *testing.B) {
		set := lookFor(b, d, "service=shop-db")
		for b.Loop() {
			d.SetMatches("", nil)
			d.SetMatches("service=shop-db", set)
			d.Stats()
		}
	})
	list := make([]analysis.Stat, 1e6)
	for k := range list {
		list[k] = analysis.Stat{Name: fmt.Sprintf("GET /orders/%d", k*7919%1_000_003), Self: int64(k * 7907 % 1_000_003)}
	}
	for name, c := range map[string]StatColumn{"number": StatSelf, "name": StatName} {
		b.Run("sort/"+name+"/1000000", func(b *testing.B) {
			for b.Loop() {
				sortStats(list, StatOrder{Column: c})
			}
		})
	}
}

// TestStatsAreSteps goes back over what was chosen of statistics, and over going
// to a span of a row in one step.
func TestStatsAreSteps(t *testing.T) {
	d := New(randomTrace(rand.New(rand.NewPCG(7, 2)), 60))
	d.Begin()
	first := d.StatOrder()
	d.SortStats(StatP95)
	d.SetStatServices(true)
	d.SortStats(StatName)
	d.ShowSpan("waterfall", 40)
	if back, _ := d.Steps(); back != 4 {
		t.Fatalf("%d steps, want 4", back)
	}
	if d.Back(); d.Selected() == 40 || d.ViewName() == "waterfall" || d.StatOrder().Column != StatName {
		t.Errorf("back from the span: span %d, view %q", d.Selected(), d.ViewName())
	}
	d.Back()
	if d.StatOrder() != first || !d.StatServices() {
		t.Errorf("services sorted by %+v", d.StatOrder())
	}
	if d.Back(); d.StatServices() || d.StatOrder().Column != StatP95 || d.Stats().Order.Column != StatP95 {
		t.Errorf("services %v sorted by %+v", d.StatServices(), d.StatOrder())
	}
	if d.Back(); d.StatOrder() != first {
		t.Errorf("at first sorted by %+v", d.StatOrder())
	}
	d.Forward()
	if d.StatOrder().Column != StatP95 {
		t.Errorf("forward: sorted by %+v", d.StatOrder())
	}
}
