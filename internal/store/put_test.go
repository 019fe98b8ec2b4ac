package store

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"traceview/internal/demo/synthetic"
	"traceview/internal/model"
	"traceview/internal/secret"
)

func TestTraceThatComesAgain(t *testing.T) {
	a := spanOf{id: 1, service: "a", op: "root", attrs: map[string]string{"order.id": "5"}}
	b := spanOf{id: 2, parent: 1, service: "b", op: "child", start: 10}
	masked := spanOf{id: 1, service: "a", op: "root", attrs: map[string]string{"order.id": "***"}}
	for _, tt := range []struct {
		name           string
		first, second  []spanOf
		source         string // of the second
		outcome        Outcome
		entries, spans int // spans of the entry put last
	}{
		{"the same", []spanOf{a, b}, []spanOf{a, b}, "jaeger", Known, 1, 2},
		{"the same elsewhere", []spanOf{a, b}, []spanOf{a, b}, "file", Known, 1, 2},
		{"more spans", []spanOf{a}, []spanOf{a, b}, "jaeger", Merged, 1, 2},
		{"more spans elsewhere", []spanOf{a}, []spanOf{a, b}, "file", Merged, 1, 2},
		{"fewer spans", []spanOf{a, b}, []spanOf{a}, "jaeger", Known, 1, 2},
		{"other spans", []spanOf{a}, []spanOf{b}, "file", Merged, 1, 2},
		{"other content", []spanOf{a, b}, []spanOf{masked, b}, "jaeger", Merged, 1, 2},
		{"other content, fewer spans", []spanOf{a, b}, []spanOf{masked}, "jaeger", Merged, 1, 3},
		{"other content elsewhere", []spanOf{a, b}, []spanOf{masked, b}, "file", Added, 2, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStore(t)
			mustPut(t, s, traceOf(1, tt.first...), "jaeger")
			k, outcome, err := s.Put(t.Context(), traceOf(1, tt.second...), tt.source)
			if err != nil || outcome != tt.outcome {
				t.Errorf("outcome %d, %v; want %d", outcome, err, tt.outcome)
			}
			found, err := s.Find(t.Context(), idOf(1))
			if err != nil || len(found) != tt.entries {
				t.Fatalf("%d entries, %v; want %d", len(found), err, tt.entries)
			}
			m, err := s.Get(t.Context(), k)
			if err != nil || m.Spans != tt.spans || m.Sources[0] != tt.source {
				t.Errorf("%+v, %v; want %d spans from %s first", m, err, tt.spans, tt.source)
			}
			if tr, err := s.Load(t.Context(), k); err != nil || len(tr.Spans) != tt.spans {
				t.Errorf("load: %v", err)
			}
			// Once more changes nothing, whatever came before.
			if _, outcome, err := s.Put(t.Context(), traceOf(1, tt.second...), tt.source); err != nil || tt.name != "other content, fewer spans" && outcome != Known {
				t.Errorf("put once more: outcome %d, %v", outcome, err)
			}
			sound(t, s)
		})
	}
}

func TestIndexesFollowTheSpans(t *testing.T) {
	s := newStore(t)
	mustPut(t, s, traceOf(1, spanOf{id: 1, service: "old", op: "x", attrs: map[string]string{"order.id": "5"}}), "jaeger")
	mustPut(t, s, traceOf(1, spanOf{id: 1, service: "new", op: "y", attrs: map[string]string{"order.id": "6"}}), "jaeger")
	for _, tt := range []struct {
		q    Query
		want int
	}{{Query{Orders: []string{"5"}}, 0}, {Query{Orders: []string{"6"}}, 1}, {Query{Service: "old"}, 0}, {Query{Service: "new"}, 1},
		{Query{Operation: "x"}, 0}, {Query{Text: "old"}, 0}, {Query{Text: "new"}, 1}, {Query{Attrs: []Attr{{"order.id", "5"}}}, 0}} {
		if p, err := s.Search(t.Context(), tt.q); err != nil || len(p.Entries) != tt.want {
			t.Errorf("%+v finds %d, want %d: %v", tt.q, len(p.Entries), tt.want, err)
		}
	}
}

func TestDeletedTraceComesBackWhenPut(t *testing.T) {
	s := newStore(t)
	k := mustPut(t, s, orderTrace(1, "5"), "x")
	if err := s.Delete(t.Context(), k); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"load": func() error { _, err := s.Load(t.Context(), k); return err }(),
		"get":  func() error { _, err := s.Get(t.Context(), k); return err }(),
		"find": func() error { _, err := s.Find(t.Context(), idOf(1)); return err }(),
		"pin":  s.Pin(t.Context(), k, true),
		"name": s.SetLabels(t.Context(), k, []string{"a"}),
	} {
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("%s of a deleted entry: %v", name, err)
		}
	}
	if again := mustPut(t, s, orderTrace(1, "5"), "x"); again != k {
		t.Errorf("it came back as entry %d, want %d", again, k)
	}
	if err := s.Delete(t.Context(), k); err != nil {
		t.Fatal(err)
	}
	if err := s.Undelete(t.Context(), k, 999); !errors.Is(err, ErrNotFound) {
		t.Errorf("an entry that never was: %v", err)
	}
	if _, err := s.Get(t.Context(), k); err != nil {
		t.Errorf("the other is not back: %v", err)
	}
}

func TestPinAndLabels(t *testing.T) {
	s := newStore(t)
	a, b := mustPut(t, s, orderTrace(1, "5"), "x"), mustPut(t, s, orderTrace(2, "6"), "x")
	if err := errors.Join(s.Pin(t.Context(), a, true), s.SetLabels(t.Context(), a, []string{" case 7 ", "", "case 7", "дело"}),
		s.SetLabels(t.Context(), b, []string{"case 8"})); err != nil {
		t.Fatal(err)
	}
	m, err := s.Get(t.Context(), a)
	if err != nil || !m.Pinned || !slices.Equal(m.Labels, []string{"case 7", "дело"}) {
		t.Errorf("%+v, %v", m, err)
	}
	if list, err := s.Labels(t.Context()); err != nil || !slices.Equal(list, []string{"case 7", "case 8", "дело"}) {
		t.Errorf("labels %v, %v", list, err)
	}
	for _, tt := range []struct {
		q    Query
		want int
	}{{Query{Pinned: true}, 1}, {Query{Label: "case 8"}, 1}, {Query{Label: "case"}, 0}, {Query{Label: "дело", Pinned: true}, 1}} {
		if p, err := s.Search(t.Context(), tt.q); err != nil || len(p.Entries) != tt.want {
			t.Errorf("%+v finds %d, want %d: %v", tt.q, len(p.Entries), tt.want, err)
		}
	}
	if err := s.Pin(t.Context(), a, false); err != nil {
		t.Fatal(err)
	}
	if m, _ := s.Get(t.Context(), a); m.Pinned {
		t.Error("still pinned")
	}
}

func TestEviction(t *testing.T) {
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	o := optionsIn(t.TempDir(), &secret.Memory{})
	o.Now = func() time.Time { return now }
	s := openStore(t, o)
	var keys []Key
	for i := range 60 {
		keys = append(keys, mustPut(t, s, numberedTrace(i), "x"))
		now = now.Add(time.Hour)
	}
	if err := errors.Join(s.Pin(t.Context(), keys[0], true), s.Delete(t.Context(), keys[59])); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Load(t.Context(), keys[1]); err != nil { // looked at: evicted last
		t.Fatal(err)
	}
	p, err := s.Plan(t.Context(), Policy{})
	if err != nil || p.Entries != 0 || p.Deleted != 1 || p.IsEmpty() {
		t.Errorf("without a bound: %+v, %v", p, err)
	}
	p, err = s.Plan(t.Context(), Policy{MaxAge: 51 * time.Hour})
	if err != nil || p.Entries != 7 || p.ByAge != 7 || p.Bytes <= 0 || !p.Oldest.Before(p.Newest) {
		t.Errorf("by age: %+v, %v; want 7: pinned and looked at ones stay", p, err)
	}
	st, err := s.Stats(t.Context())
	if err != nil || st.Entries != 59 || st.Deleted != 1 || st.Pinned != 1 {
		t.Fatalf("%+v, %v: planning must not remove", st, err)
	}
	bound := st.Bytes * 2 / 3
	p, err = s.Plan(t.Context(), Policy{MaxBytes: bound})
	if err != nil || p.Entries == 0 || p.Entries > 50 || p.ByAge != 0 || p.Used != st.Bytes {
		t.Fatalf("by size: %+v, %v", p, err)
	}
	// What changes between saying and doing counts.
	if err := s.Pin(t.Context(), keys[2], true); err != nil {
		t.Fatal(err)
	}
	told := 0
	n, err := s.Evict(t.Context(), p, func(done, total int) { told = done })
	if err != nil || n != p.Entries+p.Deleted-1 || told != n {
		t.Errorf("%d removed, %d told, %v; want %d", n, told, err, p.Entries+p.Deleted-1)
	}
	after, err := s.Stats(t.Context())
	if err != nil || after.Bytes > bound+bound/10 || after.File > after.Bytes+64<<10 || after.Deleted != 0 {
		t.Errorf("%+v, %v; want %d bytes in use and the rest given back", after, err, bound)
	}
	for i, want := range map[int]bool{0: true, 1: true, 2: true, 3: false, 58: true, 59: false} {
		if _, err := s.Get(t.Context(), keys[i]); (err == nil) != want {
			t.Errorf("entry %d: %v, want it there: %v", i, err, want)
		}
	}
	sound(t, s)
	for _, k := range keysOf(t, s) {
		if err := s.Pin(t.Context(), k, true); err != nil {
			t.Fatal(err)
		}
	}
	if p, err := s.Plan(t.Context(), Policy{MaxBytes: 1000}); err != nil || !p.IsEmpty() || p.Short < 1000 {
		t.Errorf("all pinned: %+v, %v", p, err)
	}
}

func TestManyGoroutines(t *testing.T) {
	s := newStore(t)
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 25 {
				n := g*10 + i // some the same
				k, _, err := s.Put(t.Context(), numberedTrace(n), fmt.Sprint("source-", g))
				if err == nil {
					_, err = s.Load(t.Context(), k)
				}
				if err == nil {
					_, err = s.Search(t.Context(), Query{Orders: []string{fmt.Sprint(n)}})
				}
				if err == nil && i%5 == 0 {
					_, err = s.Stats(t.Context())
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if st, err := s.Stats(t.Context()); err != nil || st.Entries != 55 {
		t.Errorf("%+v, %v; want 55 entries", st, err)
	}
	sound(t, s)
}

// TestIndexesAreBounded puts more of everything than is indexed.
func TestIndexesAreBounded(t *testing.T) {
	long := make([]byte, 3*maxText)
	for i := range long {
		long[i] = "абв "[i%7]
	}
	spans := []spanOf{{id: 1, service: "s", op: "root", attrs: map[string]string{"long": string(long), "order.id": "1"}}}
	for i := range 1000 {
		spans = append(spans, spanOf{id: model.SpanID(i + 2), parent: 1, service: "s", op: fmt.Sprint("op", i), attrs: map[string]string{"order.id": fmt.Sprint(i)},
			links: []model.LinkRecord{{Trace: idOf(7), Span: model.SpanID(i)}}})
	}
	f := factsOf(traceOf(1, spans...), orderKeys)
	if len(f.orders) != maxOrders || len(f.operations) != 1001 || len(f.links) != 1000 {
		t.Errorf("%d orders, %d operations, %d links", len(f.orders), len(f.operations), len(f.links))
	}
	if n := f.words.Len(); n > maxWords+maxPairs*pairWordLen+maxText {
		t.Errorf("%d bytes of words", n)
	}
	s := newStore(t)
	mustPut(t, s, traceOf(1, spans...), "x")
	sound(t, s)
	if p, err := s.Search(t.Context(), Query{Orders: []string{"999"}}); err != nil || len(p.Entries) != 1 {
		t.Errorf("the last of 1,000 orders finds %d entries, %v", len(p.Entries), err)
	}
}

func TestBigTrace(t *testing.T) {
	s := newStore(t)
	tr := decode(t, synthetic.Trace(30_000, 1))[0]
	k := mustPut(t, s, tr, "x")
	got, err := s.Load(t.Context(), k)
	if err != nil || !same(got, tr) {
		t.Errorf("load: %v", err)
	}
	var parts int
	if err := s.read.QueryRow(`SELECT parts FROM trace`).Scan(&parts); err != nil || parts < 2 {
		t.Errorf("%d parts, %v; want several", parts, err)
	}
	sound(t, s)
}
