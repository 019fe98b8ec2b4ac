package analysis

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"traceview/internal/model"
)

func TestWork(t *testing.T) {
	for _, tc := range []struct {
		name  string
		spans []span
		self  int64  // of the first span
		waits string // of the first span
	}{
		{"alone", []span{{id: 1, end: 10}}, 10, ""},
		{"without duration", []span{{id: 1}, {id: 2, parent: 1, end: 5}}, 0, ""},
		{"sequential", []span{{id: 1, end: 100}, {id: 2, parent: 1, start: 10, end: 40}, {id: 3, parent: 1, start: 50, end: 90}}, 30, "10-40 50-90"},
		{"touching", []span{{id: 1, end: 100}, {id: 2, parent: 1, start: 10, end: 40}, {id: 3, parent: 1, start: 40, end: 90}}, 20, "10-90"},
		{"parallel counts once", []span{{id: 1, end: 100}, {id: 2, parent: 1, start: 10, end: 60}, {id: 3, parent: 1, start: 20, end: 40}, {id: 4, parent: 1, start: 50, end: 70}}, 40, "10-70"},
		{"grandchildren do not count", []span{{id: 1, end: 100}, {id: 2, parent: 1, start: 10, end: 20}, {id: 3, parent: 2, start: 10, end: 90}}, 90, "10-20"},
		{"outliving", []span{{id: 1, end: 100}, {id: 2, parent: 1, start: 70, end: 500}}, 70, "70-100"},
		{"outside", []span{{id: 1, end: 100}, {id: 2, parent: 1, start: 100, end: 500}}, 100, ""},
		{"all the time", []span{{id: 1, end: 100}, {id: 2, parent: 1, end: 100}}, 0, "0-100"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := NewWork(build(t, tc.spans))
			waits := ""
			for k, s := range w.Waits(0) {
				if k > 0 {
					waits += " "
				}
				waits += fmt.Sprintf("%d-%d", s.Start, s.End)
			}
			if w.Self(0) != tc.self || waits != tc.waits {
				t.Errorf("self %d, waits %q; want %d, %q", w.Self(0), waits, tc.self, tc.waits)
			}
		})
	}
}

// TestWorkAgreesWithCounting asks each ns of each span whether a child has it.
func TestWorkAgreesWithCounting(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 1))
	for range 200 {
		tr := random(t, r, 1+r.IntN(40))
		w := NewWork(tr)
		for i := range tr.Spans {
			s := &tr.Spans[i]
			waited := int64(0)
			list := w.Waits(model.SpanIndex(i))
			for at := s.Start; at < s.Start+s.Dur; at++ {
				if got := list.Until(at); got != waited {
					t.Fatalf("span %d waited %d ns until %d, want %d", i, got, at, waited)
				}
				for c := range tr.Spans {
					if k := &tr.Spans[c]; k.Parent == model.SpanIndex(i) && k.Start <= at && at < k.Start+k.Dur {
						waited++
						break
					}
				}
			}
			if got := w.Self(model.SpanIndex(i)); got != s.Dur-waited {
				t.Fatalf("self time of span %d is %d, want %d", i, got, s.Dur-waited)
			}
		}
	}
}

func TestErrors(t *testing.T) {
	const bad, ok = model.StatusError, model.StatusOK
	for _, tc := range []struct {
		name  string
		spans []span
		want  string // ids of spans whose error was carried up
		own   int
	}{
		{"none", []span{{id: 1, end: 100}, {id: 2, parent: 1, end: 10}}, "", 0},
		{"own", []span{{id: 1, end: 100, status: bad}, {id: 2, parent: 1, end: 10}}, "", 1},
		{"from a child", []span{{id: 1, end: 100, status: bad}, {id: 2, parent: 1, end: 10, status: bad}}, "1", 1},
		{"through one without a status", []span{{id: 1, end: 100, status: bad}, {id: 2, parent: 1, end: 50}, {id: 3, parent: 2, end: 10, status: bad}}, "1", 1},
		{"not through one that says OK", []span{{id: 1, end: 100, status: bad}, {id: 2, parent: 1, end: 50, status: ok}, {id: 3, parent: 2, end: 10, status: bad}}, "", 2},
		{"not from one that began later", []span{{id: 1, end: 100, status: bad}, {id: 2, parent: 1, start: 150, end: 160, status: bad}}, "", 2},
		{"up a chain", []span{{id: 1, end: 100, status: bad}, {id: 2, parent: 1, end: 50, status: bad}, {id: 3, parent: 2, end: 10, status: bad}}, "12", 1},
		{"siblings stand alone", []span{{id: 1, end: 100}, {id: 2, parent: 1, end: 50, status: bad}, {id: 3, parent: 1, end: 10, status: bad}}, "", 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tr := build(t, tc.spans)
			e, got := NewErrors(tr), ""
			for i := range tr.Spans {
				if e.CarriedUp(model.SpanIndex(i)) {
					got += fmt.Sprint(uint64(tr.Spans[i].ID))
				}
			}
			if got != tc.want || e.Own != tc.own || e.Carried != len(tc.want) || e.Own+e.Carried != tr.Errors {
				t.Errorf("carried %q, own %d, carried %d of %d; want %q, %d", got, e.Own, e.Carried, tr.Errors, tc.want, tc.own)
			}
		})
	}
}

func TestStretches(t *testing.T) {
	l := Stretches{}.put(0, 10, 20).put(0, 15, 30).put(0, 40, 50)
	for at, want := range map[int64]int64{0: 0, 10: 0, 12: 2, 30: 20, 35: 20, 45: 25, 50: 30, 99: 30} {
		if got := l.Until(at); got != want {
			t.Errorf("until %d: %d, want %d", at, got, want)
		}
	}
	if len(l) != 2 || l.Total() != 30 || l.After(30) != 1 || l.After(50) != 2 || Stretches(nil).Until(5) != 0 {
		t.Errorf("%+v", l)
	}
}

func BenchmarkWork(b *testing.B) {
	for _, s := range shapes {
		tr := decode(b, s.make(1e6, 1))
		b.Run("work/"+s.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				NewWork(tr)
			}
		})
		b.Run("errors/"+s.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				NewErrors(tr)
			}
		})
	}
}
