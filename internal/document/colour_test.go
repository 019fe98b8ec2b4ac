package document

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"traceview/internal/demo/synthetic"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
)

// buildColours makes spans below one root: of services a and b, with operations,
// kinds and the attribute "tenant" on the span, the resource or an event.
func buildColours(tb testing.TB) *model.Trace {
	tb.Helper()
	b := model.NewBuilder()
	attr := func(k, v string) model.Attr { return b.StringAttr(b.InternString(k), []byte(v)) }
	resource := func(service string, more ...model.Attr) model.ResourceID {
		return b.Resource(&model.ResourceRecord{Attrs: append([]model.Attr{attr("service.name", service)}, more...)})
	}
	a, c := resource("a"), resource("b", attr("tenant", "north"))
	for i, s := range []struct {
		res    model.ResourceID
		name   string
		kind   model.Kind
		attrs  []model.Attr
		events []model.EventRecord
	}{
		{a, "order", model.KindServer, nil, nil},
		{a, "find", model.KindClient, []model.Attr{attr("tenant", "south"), model.IntAttr(b.InternString("code"), 200)}, nil},
		{c, "find", model.KindServer, nil, nil},
		{c, "find", model.KindServer, []model.Attr{attr("tenant", "south"), model.IntAttr(b.InternString("code"), 500)}, nil},
		{a, "", model.KindUnspecified, nil, []model.EventRecord{{Name: b.InternString("e"), Attrs: []model.Attr{attr("tenant", "east")}}}},
		{a, "order", model.KindInternal, []model.Attr{attr("tenant", "")}, nil},
	} {
		parent := model.SpanID(1)
		if i == 0 {
			parent = 0
		}
		b.Add(&model.SpanRecord{Trace: model.TraceID{15: 1}, ID: model.SpanID(i + 1), Parent: parent, Resource: s.res, Kind: s.kind,
			Name: b.InternString(s.name), Attrs: s.attrs, Events: s.events, StartNano: uint64(epoch + i), EndNano: uint64(epoch + 100)})
	}
	return b.Build()[0]
}

func TestGroups(t *testing.T) {
	d := New(buildColours(t))
	for _, tc := range []struct {
		rule    ColourRule
		names   string
		without int
		of      []int
	}{
		{ColourRule{}, "a 4, b 2", 0, []int{0, 0, 1, 1, 0, 0}},
		{ColourRule{By: ByOperation}, "find 3, order 2", 1, []int{1, 0, 0, 0, None, 1}},
		{ColourRule{By: ByKind}, "server 3, client 1, internal 1", 1, []int{0, 1, 0, 0, None, 2}},
		{ColourRule{By: ByAttribute, Key: "tenant"}, "south 2, east 1, north 1", 2, []int{None, 0, 2, 0, 1, None}},
		{ColourRule{By: ByAttribute, Key: "code"}, "200 1, 500 1", 4, []int{None, 0, None, 1, None, None}},
		{ColourRule{By: ByAttribute, Key: "service.name"}, "a 4, b 2", 0, []int{0, 0, 1, 1, 0, 0}},
		{ColourRule{By: ByAttribute, Key: "nobody has it"}, "", 6, []int{None, None, None, None, None, None}},
		{ColourRule{By: ByAttribute}, "", 6, []int{None, None, None, None, None, None}},
	} {
		t.Run(fmt.Sprint(tc.rule), func(t *testing.T) {
			d.SetColourRule(tc.rule)
			g := d.Groups()
			var names []string
			for k, n := range g.Names {
				names = append(names, fmt.Sprint(n, " ", g.Spans[k]))
			}
			if got := strings.Join(names, ", "); got != tc.names || g.Without != tc.without || g.Rest != 0 || g.Len() != len(g.Names) {
				t.Errorf("%q without %d rest %d, want %q without %d", got, g.Without, g.Rest, tc.names, tc.without)
			}
			for i, want := range tc.of {
				if got := g.Of(model.SpanIndex(i)); got != want {
					t.Errorf("span %d is in group %d, want %d", i, got, want)
				}
			}
		})
	}
}

func TestSetColourRule(t *testing.T) {
	d := New(buildColours(t))
	told := 0
	d.Observe(func() { told++ })
	first := d.Groups()
	for _, tc := range []struct {
		name    string
		rule    ColourRule
		changed bool
		same    bool // groups
	}{
		{"the same", ColourRule{}, false, true},
		{"another palette", ColourRule{Palette: "strong"}, true, true},
		{"a key without an attribute", ColourRule{Key: "x", Palette: "strong"}, false, true},
		{"by operation", ColourRule{By: ByOperation, Palette: "strong"}, true, false},
	} {
		was := told
		if got := d.SetColourRule(tc.rule); got != tc.changed || (told > was) != tc.changed {
			t.Errorf("%s: changed %v, told %v, want %v", tc.name, got, told > was, tc.changed)
		}
		if got := d.Groups() == first; got != tc.same {
			t.Errorf("%s: the same groups %v, want %v", tc.name, got, tc.same)
		}
	}
}

// TestGroupsAgree holds groups of random traces, some with more values than are
// kept by name, against counting by hand.
func TestGroupsAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 50, 3000, 20_000} {
		b := model.NewBuilder()
		key := b.InternString("k")
		want := map[string]int{}
		for i := range n {
			s := model.SpanRecord{Trace: model.TraceID{15: 1}, ID: model.SpanID(i + 1), StartNano: uint64(epoch + i), EndNano: uint64(epoch + i + 1)}
			v := ""
			if r.IntN(4) > 0 {
				v = fmt.Sprint("value ", r.IntN(n))
				s.Attrs = []model.Attr{b.StringAttr(key, []byte(v))}
			}
			want[v]++
			b.Add(&s)
		}
		d := New(b.Build()[0])
		d.SetColourRule(ColourRule{By: ByAttribute, Key: "k"})
		g := d.Groups()
		total := g.Without + g.Rest
		if g.Without != want[""] {
			t.Errorf("%d spans: %d without, want %d", n, g.Without, want[""])
		}
		for k, name := range g.Names {
			total += g.Spans[k]
			if g.Spans[k] != want[name] {
				t.Errorf("%d spans: %s %d times, want %d", n, name, g.Spans[k], want[name])
			}
		}
		if total != n {
			t.Errorf("%d spans: %d accounted for", n, total)
		}
		if !slices.IsSortedFunc(g.Spans, func(a, b int) int { return b - a }) {
			t.Errorf("%d spans: not the most frequent first", n)
		}
		for i := range d.Trace().Spans {
			v, group := "", g.Of(model.SpanIndex(i))
			if a, ok := d.Trace().Attr(model.SpanIndex(i), "k"); ok {
				v = d.Trace().Text(a)
			}
			switch {
			case group == None && v != "", group >= g.Len(), group >= 0 && group < len(g.Names) && g.Names[group] != v:
				t.Fatalf("span %d with %q is in group %d", i, v, group)
			}
		}
	}
}

func BenchmarkGroups(b *testing.B) {
	bld := model.NewBuilder()
	if err := otlp.DecodeProto(synthetic.Trace(1_000_000, 1), bld); err != nil {
		b.Fatal(err)
	}
	tr := bld.Build()[0]
	keys := map[string]bool{}
	for i := range 1000 {
		for _, a := range tr.Attrs(model.SpanIndex(i)) {
			keys[tr.Key(a)] = true
		}
	}
	rules := []ColourRule{{}, {By: ByOperation}, {By: ByKind}, {By: ByAttribute, Key: "host.name"}}
	for k := range keys {
		rules = append(rules, ColourRule{By: ByAttribute, Key: k})
	}
	for _, r := range rules {
		b.Run(fmt.Sprint(r.By, " ", r.Key), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				newGroups(tr, r)
			}
		})
	}
}
