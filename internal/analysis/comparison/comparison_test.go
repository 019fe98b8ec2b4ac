package comparison

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"traceview/internal/demo/synthetic"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
)

const ms = int64(1e6)

// A span describes one span of a test trace: "shop:GET /orders" is an operation of
// a service. Its id is its place, from 1. Times are ns.
type span struct {
	op         string
	parent     int // id, 0 for none
	start, dur int64
	fail       string
	kind       model.Kind
}

func build(tb testing.TB, id byte, spans ...span) *model.Trace {
	tb.Helper()
	if len(spans) == 0 {
		return &model.Trace{Arena: &model.Arena{}, Root: model.NoSpan}
	}
	const epoch = 1_794_474_843_000_000_000
	b := model.NewBuilder()
	key := b.InternString("service.name")
	for k, s := range spans {
		service, name, _ := strings.Cut(s.op, ":")
		r := model.SpanRecord{
			Trace: model.TraceID{15: id}, ID: model.SpanID(k + 1), Parent: model.SpanID(s.parent), Name: b.InternString(name), Kind: s.kind,
			StartNano: uint64(epoch + s.start), EndNano: uint64(epoch + s.start + s.dur),
			Resource: b.Resource(&model.ResourceRecord{Attrs: []model.Attr{b.StringAttr(key, []byte(service))}}),
		}
		if s.fail != "" {
			r.Status, r.StatusText = model.StatusError, b.InternString(s.fail)
		}
		b.Add(&r)
	}
	return b.Build()[0]
}

func compare(tb testing.TB, a, b []*model.Trace, o Options) *Comparison {
	tb.Helper()
	c, err := Compare(context.Background(), a, b, o)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func pair(tb testing.TB, a, b *model.Trace) *Comparison {
	return compare(tb, []*model.Trace{a}, []*model.Trace{b}, Options{})
}

// text writes the rows as "·shop:GET a*1 b*2 slower", indented by depth.
func text(c *Comparison) string {
	var out []string
	for i := range c.Rows {
		r := &c.Rows[i]
		out = append(out, fmt.Sprintf("%s%s:%s %d %d %s", strings.Repeat("·", int(r.Depth)), r.Service, r.Name, r.Sides[A].Spans, r.Sides[B].Spans, r.Status))
	}
	return strings.Join(out, "\n")
}

func TestRows(t *testing.T) {
	for _, tt := range []struct {
		name string
		a, b []span
		want string
	}{
		{"nothing", nil, nil, ""},
		{"one and none", []span{{op: "s:a", dur: ms}}, nil, "s:a 1 0 only-a"},
		{"none and one", nil, []span{{op: "s:a", dur: ms}}, "s:a 0 1 only-b"},
		{"nothing in common", []span{{op: "s:a", dur: ms}}, []span{{op: "t:a", dur: ms}}, "s:a 1 0 only-a\nt:a 0 1 only-b"},
		{"chance", []span{{op: "s:a", dur: 100 * ms}}, []span{{op: "s:a", dur: 110 * ms}}, "s:a 1 1 same"},
		{"a tenth and more", []span{{op: "s:a", dur: 100 * ms}}, []span{{op: "s:a", dur: 112 * ms}}, "s:a 1 1 slower"},
		{"much of next to nothing", []span{{op: "s:a", dur: 1000}}, []span{{op: "s:a", dur: 90_000}}, "s:a 1 1 same"},
		{"faster", []span{{op: "s:a", dur: 100 * ms}}, []span{{op: "s:a", dur: 50 * ms}}, "s:a 1 1 faster"},
		{"below other callers", []span{{op: "s:a", dur: 9 * ms}, {"s:b", 1, 0, ms, "", 0}, {"s:x", 2, 0, ms, "", 0}},
			[]span{{op: "s:a", dur: 9 * ms}, {"s:x", 1, 0, ms, "", 0}},
			"s:a 1 1 same\n·s:b 1 0 only-a\n··s:x 1 0 only-a\n·s:x 0 1 only-b"},
		{"siblings by when they begin", []span{{op: "s:a", dur: 9 * ms}, {"s:z", 1, 0, ms, "", 0}, {"s:c", 1, 5 * ms, ms, "", 0}},
			[]span{{op: "s:a", dur: 9 * ms}, {"s:m", 1, 2 * ms, ms, "", 0}},
			"s:a 1 1 same\n·s:z 1 0 only-a\n·s:m 0 1 only-b\n·s:c 1 0 only-a"},
		{"other ids", []span{{op: "s:a", dur: 9 * ms}, {"s:GET /items/17", 1, 0, ms, "", 0}, {"s:x", 2, 0, ms, "", 0}},
			[]span{{op: "s:a", dur: 9 * ms}, {"s:GET /items/18", 1, 0, ms, "", 0}, {"s:x", 2, 0, ms, "", 0}},
			"s:a 1 1 same\n·s:GET /items/# 1 1 same\n··s:x 1 1 same"},
		{"some ids alike", []span{{op: "s:a", dur: 9 * ms}, {"s:/i/1", 1, 0, ms, "", 0}, {"s:/i/2", 1, ms, ms, "", 0}},
			[]span{{op: "s:a", dur: 9 * ms}, {"s:/i/2", 1, 0, ms, "", 0}},
			"s:a 1 1 same\n·s:/i/# 2 1 faster"},
		{"the same ids", []span{{op: "s:a", dur: 9 * ms}, {"s:/i/1", 1, 0, ms, "", 0}, {"s:/i/2", 1, ms, ms, "", 0}},
			[]span{{op: "s:a", dur: 9 * ms}, {"s:/i/1", 1, 0, ms, "", 0}, {"s:/i/2", 1, 2 * ms, ms, "", 0}},
			"s:a 1 1 same\n·s:/i/1 1 1 same\n·s:/i/2 1 1 same"},
		{"an id one side lacks", []span{{op: "s:a", dur: 9 * ms}}, []span{{op: "s:a", dur: 9 * ms}, {"s:/i/1", 1, 0, ms, "", 0}},
			"s:a 1 1 same\n·s:/i/1 0 1 only-b"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := text(pair(t, build(t, 1, tt.a...), build(t, 2, tt.b...))); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestExactComparesNamesAsRecorded(t *testing.T) {
	a, b := build(t, 1, span{op: "s:/i/17", dur: ms}), build(t, 2, span{op: "s:/i/18", dur: ms})
	c := compare(t, []*model.Trace{a}, []*model.Trace{b}, Options{Exact: true})
	if got, want := text(c), "s:/i/17 1 0 only-a\ns:/i/18 0 1 only-b"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// random returns a trace of spans of a few operations, a good part of them outside
// their parents, some recursive, some without their parent.
func random(tb testing.TB, r *rand.Rand, id byte, n int) *model.Trace {
	list := make([]span, n)
	for i := range list {
		parent := r.IntN(i + 1)
		if r.IntN(12) == 0 {
			parent = 1_000_000 + r.IntN(3)
		}
		list[i] = span{fmt.Sprintf("s%c:op%c", 'a'+rune(r.IntN(2)), 'a'+rune(r.IntN(4))), parent, r.Int64N(200 * ms), r.Int64N(120 * ms), "", model.Kind(r.IntN(6))}
		if r.IntN(6) == 0 {
			list[i].fail = "refused"
		}
	}
	return build(tb, id, list...)
}

// A naive row is what is known of a path by its definition.
type naive struct {
	count, failed [2]int32
	ns            [2]int64
}

// reference compares by the definition: for each span its path is written out, by
// walking up to the root, and counted.
func reference(a, b []*model.Trace) map[string]naive {
	out := map[string]naive{}
	for side, list := range [2][]*model.Trace{a, b} {
		for _, t := range list {
			for i := range t.Spans {
				path := ""
				for k := model.SpanIndex(i); k != model.NoSpan; k = t.Spans[k].Parent {
					path = "|" + t.ServiceName(k) + ":" + t.Name(k) + path
				}
				n := out[path]
				n.count[side]++
				n.ns[side] += t.Spans[i].Dur
				if t.Spans[i].Failed() {
					n.failed[side]++
				}
				out[path] = n
			}
		}
	}
	return out
}

func pathOf(c *Comparison, i int32) (out string) {
	for ; i >= 0; i = c.Rows[i].Parent {
		out = "|" + c.Rows[i].Service + ":" + c.Rows[i].Name + out
	}
	return out
}

// statusOf is the rule for two traces, written anew.
func statusOf(n naive) string {
	a, b := float64(n.ns[0]), float64(n.ns[1])
	tenth := 0.1 * max(a, b)
	switch {
	case n.count[1] == 0:
		return "only-a"
	case n.count[0] == 0:
		return "only-b"
	case b-a > tenth && b-a > 1e5:
		return "slower"
	case a-b > tenth && a-b > 1e5:
		return "faster"
	}
	return "same"
}

func TestAgreesWithReferenceOnRandomTraces(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 11))
	for round := range 400 {
		one := func(id byte) []*model.Trace {
			list := []*model.Trace{random(t, r, id, r.IntN(60))}
			if round%4 == 3 {
				list = append(list, random(t, r, id+1, r.IntN(60)), random(t, r, id+2, r.IntN(9)))
			}
			return list
		}
		a, b := one(1), one(5)
		c := compare(t, a, b, Options{})
		want := reference(a, b)
		if len(c.Rows) != len(want) {
			t.Fatalf("round %d: %d rows, want %d", round, len(c.Rows), len(want))
		}
		for i := range c.Rows {
			row := &c.Rows[i]
			w, ok := want[pathOf(c, int32(i))]
			got := naive{[2]int32{row.Sides[A].Spans, row.Sides[B].Spans},
				[2]int32{row.Sides[A].Errors + row.Sides[A].Carried, row.Sides[B].Errors + row.Sides[B].Carried}, [2]int64{row.Sides[A].Total, row.Sides[B].Total}}
			if !ok || got != w || row.Delta() != w.ns[1]-w.ns[0] {
				t.Fatalf("round %d, %s: %+v, want %+v", round, pathOf(c, int32(i)), got, w)
			}
			if len(a) == 1 && row.Status.String() != statusOf(w) {
				t.Fatalf("round %d, %s: %s, want %s for %+v", round, pathOf(c, int32(i)), row.Status, statusOf(w), w)
			}
		}
		checkShape(t, c)
		checkSwap(t, c, compare(t, b, a, Options{}))
	}
}

// checkShape holds that rows are a tree in depth-first order, and that counts add up to
// the spans and own work to itself.
func checkShape(t *testing.T, c *Comparison) {
	t.Helper()
	var spans [2]int
	for i := range c.Rows {
		r := &c.Rows[i]
		if r.Parent >= 0 {
			if p := &c.Rows[r.Parent]; int(r.Parent) >= i || r.Depth != p.Depth+1 || r.End > p.End || int(r.End) <= i {
				t.Fatalf("row %d: %+v below %+v", i, r, p)
			}
		}
		for s := A; s <= B; s++ {
			f := &r.Sides[s]
			spans[s] += int(f.Spans)
			if f.Own > f.Total || int(f.Traces) > len(c.Traces[s]) || f.Failing > f.Traces || (f.Spans > 0) != (f.Longest.Span != model.NoSpan) {
				t.Fatalf("row %d: %+v", i, f)
			}
		}
	}
	for s := A; s <= B; s++ {
		if spans[s] != c.Spans(s) {
			t.Fatalf("%d spans in rows of side %d, want %d", spans[s], s, c.Spans(s))
		}
	}
	checkFlame(t, c)
}

// checkFlame holds that boxes lie within their parents, one after another.
func checkFlame(t *testing.T, c *Comparison) {
	t.Helper()
	for w := Wider; w < Widths; w++ {
		f := c.Flame(w)
		end := map[int32]int64{}
		for i := range f.Nodes {
			n := &f.Nodes[i]
			from, to := int64(0), f.Total
			if n.Parent >= 0 {
				p := &f.Nodes[n.Parent]
				from, to = p.Start, p.Start+p.Total
			}
			if e, ok := end[n.Parent]; ok {
				from = e
			}
			if n.Start != from || n.Start+n.Total > to {
				t.Fatalf("width %d, box %d from %d to %d, want from %d to %d at most", w, i, n.Start, n.Start+n.Total, from, to)
			}
			end[n.Parent] = n.Start + n.Total
		}
	}
}

// checkSwap holds that the other way round everything is the other way round.
func checkSwap(t *testing.T, c, swapped *Comparison) {
	t.Helper()
	opposite := map[Status]Status{Same: Same, Slower: Faster, Faster: Slower, OnlyA: OnlyB, OnlyB: OnlyA}
	rows := map[string]*Row{}
	for i := range swapped.Rows {
		rows[pathOf(swapped, int32(i))] = &swapped.Rows[i]
	}
	for i := range c.Rows {
		r, s := &c.Rows[i], rows[pathOf(c, int32(i))]
		if s == nil || s.Delta() != -r.Delta() || s.Status != opposite[r.Status] || s.Sides[A] != r.Sides[B] || s.Sides[B] != r.Sides[A] {
			t.Fatalf("row %+v, the other way round %+v", r, s)
		}
	}
	if len(c.Rows) != len(swapped.Rows) || c.Shared != swapped.Shared {
		t.Fatalf("%d rows, %d shared; the other way round %d, %d", len(c.Rows), c.Shared, len(swapped.Rows), swapped.Shared)
	}
}

func TestOneWithItselfIsTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 12))
	for range 100 {
		list := []*model.Trace{random(t, r, 1, 1+r.IntN(80))}
		if r.IntN(3) == 0 {
			list = append(list, random(t, r, 2, 1+r.IntN(80)))
		}
		c := compare(t, list, list, Options{})
		for i := range c.Rows {
			if c.Rows[i].Status != Same || c.Rows[i].Delta() != 0 {
				t.Fatalf("row %+v", c.Rows[i])
			}
		}
		if d := c.Differences(0); len(d) > 0 || c.Shared != len(c.Rows) {
			t.Fatalf("differences %+v, %d of %d rows shared", d, c.Shared, len(c.Rows))
		}
	}
}

// differences writes what is different as "slower s:a 100 50".
func differences(c *Comparison) string {
	var out []string
	for _, d := range c.Differences(0) {
		r := &c.Rows[d.Row]
		unit := ms
		if d.Kind == CalledMore || d.Kind == CalledLess {
			unit = 1
		}
		out = append(out, fmt.Sprintf("%s %s:%s %d %d", d.Kind, r.Service, r.Name, d.A/unit, d.B/unit))
	}
	return strings.Join(out, "\n")
}

func TestDifferences(t *testing.T) {
	shop := []span{
		{op: "shop:POST /orders", dur: 100 * ms},
		{"db:INSERT", 1, 10 * ms, 5 * ms, "", 0},
		{"files:PUT", 1, 20 * ms, 40 * ms, "", 0},
		{"files:check", 3, 22 * ms, 2 * ms, "", 0},
		{"shop:send", 1, 90 * ms, ms, "", model.KindProducer},
		{"mes:take", 5, 95 * ms, 2 * ms, "", model.KindConsumer},
	}
	change := func(f func(s []span) []span) []span { return f(slices.Clone(shop)) }
	for _, tt := range []struct {
		name string
		b    []span
		want string
	}{
		{"nothing", shop, ""},
		{"slow inside", change(func(s []span) []span {
			s[0].dur, s[2].dur, s[4].start, s[5].start = 400*ms, 340*ms, 390*ms, 395*ms
			return s
		}),
			"works-longer files:PUT 38 338"},
		{"fails", change(func(s []span) []span { s[0].fail, s[2].fail = "502", "403"; return s }), "fails files:PUT 38 38"},
		{"a step and all below it is missing", change(func(s []span) []span {
			s = slices.Delete(s, 2, 4)
			s[3].parent = 3 // ids are places
			return s
		}), "works-longer shop:POST /orders 54 94\nmissing files:PUT 40 0"},
		{"the message is taken later", change(func(s []span) []span { s[5].start = 3095 * ms; return s }), "waits-longer mes:take 4 3004"},
		{"many small calls", change(func(s []span) []span {
			s[1].dur = ms
			for range 4 {
				s = append(s, span{"db:INSERT", 1, 10 * ms, ms, "", 0})
			}
			return s
		}), "called-more db:INSERT 1 5"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := differences(pair(t, build(t, 1, shop...), build(t, 2, tt.b...))); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

// TestFloodOfErrors holds that what else differs is told as well, within the limit.
func TestFloodOfErrors(t *testing.T) {
	a, b := []span{{op: "s:root", dur: 100 * ms}}, []span{{op: "s:root", dur: 900 * ms}}
	for k := range 30 {
		a = append(a, span{fmt.Sprintf("s:op%c", 'a'+k), 1, 0, ms, "", 0})
		b = append(b, span{fmt.Sprintf("s:op%c", 'a'+k), 1, 0, ms, "refused", 0})
	}
	c := pair(t, build(t, 1, a...), build(t, 2, b...))
	for _, limit := range []int{1, 2, 10, 31, 100} {
		list := c.Differences(limit)
		others := 0
		for _, d := range list {
			if d.Kind != Fails {
				others++
			}
		}
		if len(list) != min(limit, 31) || limit > 1 && others != 1 {
			t.Errorf("limit %d: %d told, %d of them no errors", limit, len(list), others)
		}
	}
}

// TestUsual compares one trace with what is usual in many.
func TestUsual(t *testing.T) {
	var usual []*model.Trace
	for k := range 40 {
		d := (100 + int64(k)) * ms
		spans := []span{{op: "shop:POST /orders", dur: d}, {"db:INSERT", 1, 10 * ms, 5 * ms, "", 0}}
		if k%2 == 0 {
			spans = append(spans, span{"shop:mail", 1, 20 * ms, 3 * ms, "", 0})
		}
		if k == 7 {
			spans[1].fail = "deadlock"
		}
		usual = append(usual, build(t, byte(k), spans...))
	}
	one := func(spans ...span) []*model.Trace { return []*model.Trace{build(t, 99, spans...)} }
	for _, tt := range []struct {
		name string
		b    []*model.Trace
		want string
	}{
		{"within what is usual", one(span{op: "shop:POST /orders", dur: 104 * ms}, span{"db:INSERT", 1, 10 * ms, 5 * ms, "", 0}), ""},
		{"beyond it", one(span{op: "shop:POST /orders", dur: 300 * ms}, span{"db:INSERT", 1, 10 * ms, 5 * ms, "", 0}), "works-longer shop:POST /orders 112 295"},
		{"without a step that all have", one(span{op: "shop:POST /orders", dur: 110 * ms}), "missing db:INSERT 5 0"},
		{"a step that none has", one(span{op: "shop:POST /orders", dur: 110 * ms}, span{"db:INSERT", 1, 10 * ms, 5 * ms, "", 0}, span{"db:LOCK", 1, 20 * ms, ms, "", 0}),
			"added db:LOCK 0 1"},
		{"fails as it seldom does", one(span{op: "shop:POST /orders", dur: 110 * ms}, span{"db:INSERT", 1, 10 * ms, 5 * ms, "deadlock", 0}), "fails db:INSERT 5 5"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := compare(t, usual, tt.b, Options{})
			if got := differences(c); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s\nof\n%s", got, tt.want, text(c))
			}
		})
	}
	c := compare(t, usual, one(span{op: "shop:POST /orders", dur: 104 * ms}), Options{})
	if s := c.Spreads(A, 0).Total; s.P50 != 119*ms || s.P95 != 137*ms || s.P5 != 101*ms || c.Rows[0].Sides[A].Traces != 40 || c.Whole(A) != 119*ms {
		t.Errorf("spread %+v of %d traces, the whole %d", s, c.Rows[0].Sides[A].Traces, c.Whole(A))
	}
}

func decode(tb testing.TB, data []byte) *model.Trace {
	tb.Helper()
	b := model.NewBuilder()
	if err := otlp.DecodeProto(data, b); err != nil {
		tb.Fatal(err)
	}
	return b.Build()[0]
}

// TestDeepChain holds that depth costs nothing but rows.
func TestDeepChain(t *testing.T) {
	a, b := decode(t, synthetic.Deep(100_000, 1)), decode(t, synthetic.Deep(90_000, 2))
	c := pair(t, a, b)
	if n := c.Spans(A); n != 100_000 || len(c.Rows) < 100_000 {
		t.Errorf("%d spans, %d rows", n, len(c.Rows))
	}
	c.Differences(10)
	c.Flame(Wider)
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Compare(ctx, []*model.Trace{build(t, 1, span{op: "s:a"})}, nil, Options{}); err == nil {
		t.Error("a cancelled comparison went on")
	}
}

func BenchmarkCompare(b *testing.B) {
	for _, s := range []struct {
		name string
		make func(n int, seed int64) []byte
	}{{"trace", synthetic.Trace}, {"wide", synthetic.Wide}, {"deep", synthetic.Deep}, {"roots", synthetic.Roots}} {
		b.Run(s.name, func(b *testing.B) {
			x, y := []*model.Trace{decode(b, s.make(500_000, 1))}, []*model.Trace{decode(b, s.make(500_000, 2))}
			b.ReportAllocs()
			for b.Loop() {
				c := compare(b, x, y, Options{})
				c.Differences(12)
				b.ReportMetric(float64(len(c.Rows)), "rows")
			}
		})
	}
}
