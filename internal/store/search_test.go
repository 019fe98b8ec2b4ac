package store

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

	"traceview/internal/demo"
	"traceview/internal/model"
)

// A corpus is what a naive search goes through.
type corpus struct {
	s    *Store
	keys []Key
	byID map[Key]*model.Trace
}

func demoCorpus(t *testing.T, orders int) *corpus {
	t.Helper()
	c := &corpus{s: newStore(t), byID: map[Key]*model.Trace{}}
	for _, tr := range demo.New(demo.Options{Orders: orders}).Traces() {
		m := decode(t, tr.Proto)[0]
		k := mustPut(t, c.s, m, "demo")
		c.keys = append(c.keys, k)
		c.byID[k] = m
	}
	return c
}

// any says whether f holds for an attribute anywhere in a trace.
func anyAttr(t *model.Trace, f func(key, value string) bool) bool {
	in := func(attrs []model.Attr) bool {
		return slices.ContainsFunc(attrs, func(a model.Attr) bool { return f(t.Key(a), t.Text(a)) })
	}
	for i := range t.Spans {
		at := model.SpanIndex(i)
		if in(t.Attrs(at)) || in(t.ResourceAttrs(t.Spans[i].Resource)) {
			return true
		}
		for _, e := range t.SpanEvents(at) {
			if in(t.EventAttrs(&e)) {
				return true
			}
		}
	}
	return false
}

// naive says whether a query finds a trace, without any index.
func naive(q *Query, t *model.Trace, linked bool) bool {
	isOrder := func(key, value string) bool {
		return slices.Contains(orderKeys, key) && slices.ContainsFunc(q.Orders, func(o string) bool {
			return o == value || q.Prefix && strings.HasPrefix(value, o)
		})
	}
	span := func(f func(i model.SpanIndex) bool) bool {
		for i := range t.Spans {
			if f(model.SpanIndex(i)) {
				return true
			}
		}
		return false
	}
	ok := len(q.Orders) == 0 || anyAttr(t, isOrder) || linked
	ok = ok && (q.Service == "" || span(func(i model.SpanIndex) bool { return t.ServiceName(i) == q.Service }))
	ok = ok && (q.Operation == "" || span(func(i model.SpanIndex) bool { return t.Name(i) == q.Operation }))
	for _, a := range q.Attrs {
		ok = ok && anyAttr(t, func(key, value string) bool { return key == a.Key && value == a.Value })
	}
	return ok && (!q.Failed || t.Errors > 0) && (q.From.IsZero() || t.Epoch >= q.From.UnixNano()) && (q.To.IsZero() || t.Epoch <= q.To.UnixNano())
}

// linked returns the traces without an order that those of an order link to.
func (c *corpus) linked(q *Query) map[model.TraceID]bool {
	out := map[model.TraceID]bool{}
	if q.Prefix || len(q.Orders) == 0 {
		return out
	}
	byTrace := map[model.TraceID]*model.Trace{}
	var hits []*model.Trace
	for _, t := range c.byID {
		byTrace[t.ID] = t
		if naive(&Query{Orders: q.Orders}, t, false) {
			hits = append(hits, t)
		}
	}
	for range 3 {
		var next []*model.Trace
		for _, t := range hits {
			for i := range t.Spans {
				for _, l := range t.SpanLinks(model.SpanIndex(i)) {
					to := byTrace[l.Trace]
					if to != nil && !out[to.ID] && !anyAttr(to, func(key, _ string) bool { return slices.Contains(orderKeys, key) }) {
						out[to.ID] = true
						next = append(next, to)
					}
				}
			}
		}
		hits = next
	}
	return out
}

// expected returns the keys that a query finds, the latest trace first.
func (c *corpus) expected(q *Query) (list []Key) {
	linked := c.linked(q)
	for _, k := range c.keys {
		if t := c.byID[k]; t != nil && naive(q, t, linked[t.ID]) {
			list = append(list, k)
		}
	}
	slices.SortFunc(list, func(a, b Key) int { return cmp.Or(cmp.Compare(c.byID[b].Epoch, c.byID[a].Epoch), cmp.Compare(b, a)) })
	return list
}

// found gathers all pages of a search.
func (c *corpus) found(t *testing.T, q Query) (list []Key) {
	t.Helper()
	for {
		p, err := c.s.Search(t.Context(), q)
		if err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		for _, e := range p.Entries {
			list = append(list, e.Key)
		}
		if p.Next.IsZero() {
			return list
		}
		after, ok := ParseCursor(p.Next.String())
		if !ok || after != p.Next {
			t.Fatalf("cursor %q does not come back", p.Next)
		}
		q.After = after
	}
}

// TestSearchFindsWhatANaiveSearchFinds asks random questions about the shop, in
// random pages, with entries deleted and brought back in between.
func TestSearchFindsWhatANaiveSearchFinds(t *testing.T) {
	c := demoCorpus(t, 30/slowness)
	rng := rand.New(rand.NewPCG(5, 5))
	pick := func() (*model.Trace, model.SpanIndex) {
		m := c.byID[c.keys[rng.IntN(len(c.keys))]]
		if m == nil {
			for _, m = range c.byID {
				break
			}
		}
		return m, model.SpanIndex(rng.IntN(len(m.Spans)))
	}
	hits := 0
	for range 400 / slowness {
		var q Query
		m, i := pick()
		if rng.IntN(3) == 0 {
			if a, ok := m.Attr(i, "order.id"); ok {
				v := m.Text(a)
				q.Prefix = rng.IntN(2) == 0
				if q.Prefix {
					v = v[:1+rng.IntN(len(v))]
				}
				q.Orders = []string{v}
			}
		}
		if rng.IntN(4) == 0 {
			q.Service = m.ServiceName(i)
		}
		if rng.IntN(4) == 0 {
			q.Operation = m.Name(i)
		}
		if attrs := m.Attrs(i); rng.IntN(3) == 0 && len(attrs) > 0 {
			a := attrs[rng.IntN(len(attrs))]
			q.Attrs = append(q.Attrs, Attr{m.Key(a), m.Text(a)})
		}
		q.Failed = rng.IntN(6) == 0
		if rng.IntN(5) == 0 {
			q.From = m.StartTime()
		}
		if rng.IntN(5) == 0 {
			q.To = m.StartTime().Add(time.Hour)
		}
		q.Limit = 1 + rng.IntN(40)
		got, want := c.found(t, q), c.expected(&q)
		if hits += len(want); !slices.Equal(got, want) {
			t.Fatalf("%+v finds %v, want %v", q, got, want)
		}
		switch k := c.keys[rng.IntN(len(c.keys))]; rng.IntN(10) {
		case 0:
			if err := c.s.Delete(t.Context(), k); err != nil {
				t.Fatal(err)
			}
			delete(c.byID, k)
		case 1:
			if err := c.s.Undelete(t.Context(), k); err != nil {
				t.Fatal(err)
			}
			m, _, err := c.s.load(t.Context(), k)
			if err != nil {
				t.Fatal(err)
			}
			c.byID[k] = m
		}
	}
	if hits < 400/slowness {
		t.Errorf("the questions found %d entries only", hits)
	}
}

func TestNarrowAndBroadSelectionsAgree(t *testing.T) {
	s := newStore(t)
	for i := range 40 {
		mustPut(t, s, traceOf(i, spanOf{id: 1, service: "s", op: fmt.Sprint("op-", i%2), attrs: map[string]string{"order.id": fmt.Sprint(1000 + i), "a": "b"}}), "x")
	}
	for _, q := range []Query{{Service: "s"}, {Operation: "op-1"}, {Orders: []string{"10"}, Prefix: true}, {Orders: []string{"1007", "1008"}},
		{Service: "s", Operation: "op-0", Attrs: []Attr{{"a", "b"}}}, {Orders: []string{"b"}, OrderKeys: []string{"a"}, Service: "s"}} {
		var lists [2][]Summary
		for i, n := range []int{2000, 3} {
			narrow = n
			p, err := s.Search(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			lists[i] = p.Entries
		}
		narrow = defaultNarrow
		if len(lists[0]) == 0 || !slices.EqualFunc(lists[0], lists[1], func(a, b Summary) bool { return a.Key == b.Key }) {
			t.Errorf("%+v: %d one by one, %d from the latest on", q, len(lists[0]), len(lists[1]))
		}
	}
}

func TestSearchByText(t *testing.T) {
	s := newStore(t)
	k := mustPut(t, s, traceOf(1,
		spanOf{id: 1, service: "shop-api", op: "POST /orders", attrs: map[string]string{"customer": "Ёлкина Мария", "url": "https://shop/orders/42"}},
		spanOf{id: 2, parent: 1, service: "mes-api", op: "reserve", status: model.StatusError, message: "storage refused: disk quota exceeded"}), "x")
	mustPut(t, s, orderTrace(2, "77"), "x")
	for _, tt := range []struct {
		text string
		want bool
	}{
		{"quota", true}, {"QUOTA exceeded", true}, {"exceeded quota", true}, {"quot", true}, {"quot ", false}, {"reserv", true},
		{"ёлкина", true}, {"елкина мар", true}, {"mes-api", true}, {"shop/orders/42", true}, {"absent", false}, {"quota absent", false},
		{`"quota" OR NEAR(x)*`, false}, {"--- !!", false}, {"-", false},
	} {
		p, err := s.Search(t.Context(), Query{Text: tt.text})
		if err != nil {
			t.Errorf("%q: %v", tt.text, err)
		}
		got := len(p.Entries) == 1 && p.Entries[0].Key == k
		if got != tt.want || len(p.Entries) > 1 {
			t.Errorf("%q finds %d entries, want %v", tt.text, len(p.Entries), tt.want)
		}
	}
	if p, err := s.Search(t.Context(), Query{Text: "  "}); err != nil || len(p.Entries) != 2 {
		t.Errorf("blanks find %d entries, %v; want all", len(p.Entries), err)
	}
}

func TestSearchByOrderKeyOfToday(t *testing.T) {
	s := newStore(t)
	mustPut(t, s, traceOf(1, spanOf{id: 1, service: "a", op: "b", attrs: map[string]string{"zakaz": "10472"}}), "x")
	for _, tt := range []struct {
		name string
		q    Query
		want int
	}{
		{"not known as a key", Query{Orders: []string{"10472"}}, 0},
		{"known now", Query{Orders: []string{"10472"}, OrderKeys: []string{"zakaz"}}, 1},
		{"another number", Query{Orders: []string{"1047"}, OrderKeys: []string{"zakaz"}}, 0},
	} {
		if p, err := s.Search(t.Context(), tt.q); err != nil || len(p.Entries) != tt.want {
			t.Errorf("%s: %d entries, want %d: %v", tt.name, len(p.Entries), tt.want, err)
		}
	}
}

func TestBackLinks(t *testing.T) {
	s := newStore(t)
	target := traceOf(1, spanOf{id: 0xfffffffffffffff1, service: "crm-api", op: "publish"}, spanOf{id: 2, service: "crm-api", op: "other"})
	mustPut(t, s, target, "x")
	var from []Key
	for n := 2; n < 5; n++ {
		from = append(from, mustPut(t, s, traceOf(n, spanOf{id: 9, service: "mes-api", op: "consume", links: []model.LinkRecord{
			{Trace: idOf(1), Span: 0xfffffffffffffff1}, {Trace: idOf(n - 1), Span: 9},
		}}), "x"))
	}
	links, err := s.LinksTo(t.Context(), idOf(1), 0xfffffffffffffff1)
	if err != nil || len(links) != 3 {
		t.Fatalf("%d links, %v", len(links), err)
	}
	if l := links[0]; l.From.Key != from[2] || l.Span != 9 || l.To != 0xfffffffffffffff1 || l.From.RootService != "mes-api" {
		t.Errorf("the latest is %+v", l)
	}
	if links, err := s.LinksTo(t.Context(), idOf(1), 0); err != nil || len(links) != 4 {
		t.Errorf("%d links to the trace, %v; want 4", len(links), err)
	}
	if links, err := s.LinksTo(t.Context(), idOf(1), 2); err != nil || len(links) != 0 {
		t.Errorf("%d links to a span that has none, %v", len(links), err)
	}
	if err := s.Delete(t.Context(), from[0]); err != nil {
		t.Fatal(err)
	}
	if links, err := s.LinksTo(t.Context(), idOf(1), 0); err != nil || len(links) != 2 {
		t.Errorf("%d links after a deletion, %v; want 2", len(links), err)
	}
}

func TestNames(t *testing.T) {
	s := newStore(t)
	k := mustPut(t, s, traceOf(1, spanOf{id: 1, service: "b", op: "y"}, spanOf{id: 2, parent: 1, service: "a", op: "x"}), "x")
	mustPut(t, s, traceOf(2, spanOf{id: 1, service: "c", op: "y"}), "x")
	n, err := s.Names(t.Context())
	if err != nil || !slices.Equal(n.Services, []string{"a", "b", "c"}) || !slices.Equal(n.Operations, []string{"x", "y"}) {
		t.Errorf("%+v, %v", n, err)
	}
	if err := s.Delete(t.Context(), k); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Names(t.Context()); err != nil || !slices.Equal(n.Services, []string{"c"}) {
		t.Errorf("after a deletion: %+v, %v", n, err)
	}
}

func TestCursorsThatAreNone(t *testing.T) {
	for _, text := range []string{"x", "1.", ".", "1.0", "1.-4", "zz.zz.zz", "1.2 ", "Ёж.1"} {
		if c, ok := ParseCursor(text); ok {
			t.Errorf("%q is taken for %+v", text, c)
		}
	}
	if c, ok := ParseCursor(""); !ok || !c.IsZero() {
		t.Error("the empty cursor is not the beginning")
	}
}

func TestCancelledSearch(t *testing.T) {
	s := newStore(t)
	mustPut(t, s, orderTrace(1, "1"), "x")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Search(ctx, Query{}); !errors.Is(err, context.Canceled) {
		t.Errorf("search: %v", err)
	}
	if _, _, err := s.Put(ctx, orderTrace(2, "2"), "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("put: %v", err)
	}
}
