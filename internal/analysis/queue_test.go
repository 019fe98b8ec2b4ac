package analysis

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"traceview/internal/model"
)

// A messageSpan is one span of a trace with messages; ids are 1 to 9.
type messageSpan struct {
	id, parent model.SpanID
	start, end int64
	kind       model.Kind
	operation  string // value of key, "" for none
	key        string // "" for messaging.operation.type
	links      []model.SpanID
	elsewhere  bool // links lead to another trace
}

func buildMessages(tb testing.TB, spans []messageSpan) *model.Trace {
	tb.Helper()
	const epoch = 1_794_474_843_000_000_000
	id := model.TraceID{15: 1}
	b := model.NewBuilder()
	for _, s := range spans {
		r := model.SpanRecord{Trace: id, ID: s.id, Parent: s.parent, Kind: s.kind, StartNano: uint64(epoch + s.start), EndNano: uint64(epoch + s.end)}
		if s.operation != "" {
			key := s.key
			if key == "" {
				key = "messaging.operation.type"
			}
			r.Attrs = append(r.Attrs, b.StringAttr(b.InternString(key), []byte(s.operation)))
		}
		for _, l := range s.links {
			to := id
			if s.elsewhere {
				to = model.TraceID{15: 2}
			}
			r.Links = append(r.Links, model.LinkRecord{Trace: to, Span: l})
		}
		b.Add(&r)
	}
	return b.Build()[0]
}

func TestQueue(t *testing.T) {
	const sent, taken, srv, in = model.KindProducer, model.KindConsumer, model.KindServer, model.KindInternal
	root := messageSpan{id: 1, start: 0, end: 100, kind: srv}
	for _, tc := range []struct {
		name  string
		spans []messageSpan
		want  string // id of the span, of its producer, from to, number, before
	}{
		{"none", []messageSpan{root, {id: 2, parent: 1, start: 5, end: 9, kind: in}}, ""},
		{"producer is the parent", []messageSpan{root, {id: 2, parent: 1, start: 10, end: 20, kind: sent}, {id: 3, parent: 2, start: 70, end: 90, kind: taken}},
			"3←2 20–70 of 1; "},
		{"taken while it is sent", []messageSpan{root, {id: 2, parent: 1, start: 10, end: 60, kind: sent}, {id: 3, parent: 2, start: 40, end: 90, kind: taken}},
			"3←2 10–40 of 1; "},
		{"at once", []messageSpan{root, {id: 2, parent: 1, start: 10, end: 20, kind: sent}, {id: 3, parent: 2, start: 20, end: 90, kind: taken}},
			"3←2 20–20 of 1; "},
		{"clocks disagree", []messageSpan{root, {id: 2, parent: 1, start: 50, end: 60, kind: sent}, {id: 3, parent: 2, start: 20, end: 30, kind: taken}},
			"3←2 20–20 of 1, 30 before; "},
		{"link within the trace", []messageSpan{root, {id: 2, parent: 1, start: 10, end: 20, kind: sent}, {id: 3, start: 70, end: 90, kind: taken, links: []model.SpanID{2}}},
			"3←2 20–70 of 1; "},
		{"link into another trace", []messageSpan{root, {id: 2, parent: 1, start: 10, end: 20, kind: sent}, {id: 3, start: 70, end: 90, kind: taken, links: []model.SpanID{2}, elsewhere: true}}, ""},
		{"link to what did not send", []messageSpan{root, {id: 3, start: 70, end: 90, kind: taken, links: []model.SpanID{1}}}, ""},
		{"link to nobody", []messageSpan{root, {id: 3, start: 70, end: 90, kind: taken, links: []model.SpanID{8}}}, ""},
		{"several at once, the one that waited longest", []messageSpan{root, {id: 2, parent: 1, start: 30, end: 40, kind: sent}, {id: 4, parent: 1, start: 10, end: 15, kind: sent},
			{id: 5, parent: 1, start: 50, end: 55, kind: sent}, {id: 3, start: 70, end: 90, kind: taken, links: []model.SpanID{2, 4, 5}}},
			"3←4 15–70 of 3; "},
		{"parent and link to it are one message", []messageSpan{root, {id: 2, parent: 1, start: 10, end: 20, kind: sent}, {id: 3, parent: 2, start: 70, end: 90, kind: taken, links: []model.SpanID{2}}},
			"3←2 20–70 of 1; "},
		{"received, then processed", []messageSpan{root, {id: 2, parent: 1, start: 10, end: 20, kind: sent}, {id: 3, parent: 2, start: 70, end: 72, kind: taken},
			{id: 4, parent: 3, start: 80, end: 95, kind: taken}},
			"3←2 20–70 of 1; "},
		{"kind unknown, told by attributes", []messageSpan{root, {id: 2, parent: 1, start: 10, end: 20, operation: "send"}, {id: 3, parent: 2, start: 70, end: 90, operation: "process"}},
			"3←2 20–70 of 1; "},
		{"older attributes", []messageSpan{root, {id: 2, parent: 1, start: 10, end: 20, operation: "publish", key: "messaging.operation"},
			{id: 3, parent: 2, start: 70, end: 90, operation: "receive", key: "messaging.operation"}}, "3←2 20–70 of 1; "},
		{"settling takes nothing", []messageSpan{root, {id: 2, parent: 1, start: 10, end: 20, kind: sent}, {id: 3, parent: 2, start: 70, end: 90, kind: in, operation: "settle"}}, ""},
		{"called, not sent", []messageSpan{root, {id: 3, parent: 1, start: 70, end: 90, kind: taken}}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tr := buildMessages(t, tc.spans)
			got := ""
			for _, w := range NewQueue(tr, NewLinks(tr)).Waits() {
				got += fmt.Sprintf("%d←%d %d–%d of %d", tr.Spans[w.Span].ID, tr.Spans[w.Producer].ID, w.From, w.To, w.Sent)
				if w.Before > 0 {
					got += fmt.Sprintf(", %d before", w.Before)
				}
				got += "; "
			}
			if got != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}

// TestQueueHolds holds on random traces what is so for every wait.
func TestQueueHolds(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	found := 0
	for range 300 {
		tr := random(t, r, 1+r.IntN(40))
		q := NewQueue(tr, NewLinks(tr))
		last := model.NoSpan
		for _, w := range q.Waits() {
			found++
			p, s := &tr.Spans[w.Producer], &tr.Spans[w.Span]
			switch {
			case w.Span <= last, w.Dur() < 0, w.To != s.Start, w.Sent < 1, w.Before < 0:
				t.Fatalf("%+v", w)
			case w.Before > 0 && (w.Dur() != 0 || p.Start-s.Start != w.Before):
				t.Fatalf("%+v with a producer from %d", w, p.Start)
			case w.Before == 0 && w.From != p.Start+p.Dur && w.From != p.Start:
				t.Fatalf("%+v begins neither with begin nor end of the producer %+v", w, p)
			}
			last = w.Span
			if got, ok := q.Of(w.Span); !ok || got != w {
				t.Fatalf("of span %d: %+v, %v", w.Span, got, ok)
			}
		}
		for i := range tr.Spans {
			if w, ok := q.Of(model.SpanIndex(i)); ok && w.Span != model.SpanIndex(i) {
				t.Fatalf("of span %d: %+v", i, w)
			}
		}
	}
	if found < 100 {
		t.Errorf("%d waits in all: the test tells little", found)
	}
}

func TestLinks(t *testing.T) {
	tr := buildMessages(t, []messageSpan{
		{id: 1, start: 0, end: 10, links: []model.SpanID{3, 7, 2}}, {id: 2, parent: 1, start: 1, end: 5, links: []model.SpanID{3}},
		{id: 3, parent: 1, start: 2, end: 6}, {id: 4, parent: 1, start: 3, end: 6, links: []model.SpanID{1}, elsewhere: true},
	})
	l := NewLinks(tr)
	for _, tc := range []struct {
		i    model.SpanIndex
		n    int
		want model.SpanIndex
	}{{0, 0, 2}, {0, 1, model.NoSpan}, {0, 2, 1}, {1, 0, 2}, {3, 0, model.NoSpan}, {2, 0, model.NoSpan}} {
		if got := l.To(tc.i, tc.n); got != tc.want {
			t.Errorf("link %d of span %d leads to %d, want %d", tc.n, tc.i, got, tc.want)
		}
	}
	if l.Back(2) != 2 || l.From(2, 0) != 0 || l.From(2, 1) != 1 || l.Back(1) != 1 || l.Back(0) != 0 {
		t.Errorf("links to 2: %d, to 1: %d, to 0: %d", l.Back(2), l.Back(1), l.Back(0))
	}
	batch := make([]model.SpanID, 100_000) // looked up one by one, as details do
	for k := range batch {
		batch[k] = model.SpanID(1 + k%2)
	}
	tr = buildMessages(t, []messageSpan{{id: 1, start: 0, end: 10, links: batch}, {id: 2, parent: 1, start: 1, end: 5}})
	l = NewLinks(tr)
	for k := range batch {
		if to := l.To(0, k); to != model.SpanIndex(k%2) || k%2 == 0 && l.From(0, k/2) != 0 {
			t.Fatalf("link %d leads to %d", k, to)
		}
	}
	none := build(t, []span{{id: 1, end: 5}})
	if l := NewLinks(none); l.Back(0) != 0 || l.To(0, 0) != model.NoSpan {
		t.Error("links where there are none")
	}
}

func BenchmarkQueue(b *testing.B) {
	for _, s := range shapes {
		tr := decode(b, s.make(1_000_000, 1))
		b.Run(s.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				NewQueue(tr, NewLinks(tr))
			}
		})
	}
}
