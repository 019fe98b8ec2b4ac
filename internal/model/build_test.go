package model

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// spanIn is one span of a test trace, in a form short enough for tables.
type spanIn struct {
	id, parent SpanID
	start, end uint64
	name       string
	service    string
	kind       Kind
}

func build(t testing.TB, spans ...spanIn) *Trace {
	t.Helper()
	b := NewBuilder()
	for _, s := range spans {
		addTo(b, TraceID{15: 1}, s)
	}
	traces := b.Build()
	if len(traces) != 1 {
		t.Fatalf("Build made %d traces, want 1", len(traces))
	}
	check(t, traces[0])
	return traces[0]
}

func addTo(b *Builder, id TraceID, s spanIn) {
	key := b.InternString("service.name")
	res := b.Resource(&ResourceRecord{Attrs: []Attr{b.StringAttr(key, []byte(s.service))}})
	b.Add(&SpanRecord{Trace: id, ID: s.id, Parent: s.parent, StartNano: s.start, EndNano: s.end,
		Name: b.InternString(s.name), Resource: res, Kind: s.kind})
}

// check holds the promises of Trace against t.
func check(t testing.TB, tr *Trace) {
	t.Helper()
	roots := 0
	last := map[SpanIndex]SpanIndex{}
	for i := range tr.Spans {
		s, at := &tr.Spans[i], SpanIndex(i)
		if s.Start < 0 || s.Dur < 0 || s.Start+s.Dur > tr.Dur {
			t.Fatalf("span %d lies at %d+%d outside 0..%d", i, s.Start, s.Dur, tr.Dur)
		}
		if s.End <= at || int(s.End) > len(tr.Spans) {
			t.Fatalf("span %d ends its subtree at %d of %d", i, s.End, len(tr.Spans))
		}
		if s.Parent == NoSpan {
			roots++
			if s.Depth != 0 {
				t.Fatalf("root %d has depth %d", i, s.Depth)
			}
		} else if p := &tr.Spans[s.Parent]; s.Parent >= at || s.End > p.End || s.Depth != p.Depth+1 {
			t.Fatalf("span %d (depth %d, end %d) does not lie in parent %d (depth %d, end %d)",
				i, s.Depth, s.End, s.Parent, p.Depth, p.End)
		}
		if before, ok := last[s.Parent]; ok && tr.Spans[before].Start > s.Start {
			t.Fatalf("siblings %d and %d are not in order of start", before, i)
		}
		last[s.Parent] = at
	}
	if roots != tr.Roots {
		t.Fatalf("Roots = %d, want %d", tr.Roots, roots)
	}
}

// outline prints a trace as name(name name(…)).
func outline(tr *Trace) string {
	var b strings.Builder
	depth := int32(-1)
	for i := range tr.Spans {
		d := tr.Spans[i].Depth
		switch {
		case d > depth && i > 0:
			b.WriteString("(")
		default:
			b.WriteString(strings.Repeat(")", int(max(0, depth-d))))
			if i > 0 {
				b.WriteString(" ")
			}
		}
		depth = d
		b.WriteString(tr.Name(SpanIndex(i)))
	}
	return b.String() + strings.Repeat(")", int(max(0, depth)))
}

func warnings(tr *Trace) string {
	var out []string
	for _, w := range tr.Warnings {
		name := "-"
		if w.Span != NoSpan {
			name = tr.Name(w.Span)
		}
		out = append(out, w.Kind.String()+":"+name)
	}
	return strings.Join(out, " ")
}

func TestBuild(t *testing.T) {
	for _, tt := range []struct {
		name     string
		in       []spanIn
		outline  string
		warnings string
	}{
		{"one span", []spanIn{{1, 0, 10, 20, "a", "s", 0}}, "a", ""},
		{"children sorted by start, arriving first", []spanIn{
			{3, 1, 15, 16, "c", "s", 0}, {2, 1, 12, 14, "b", "s", 0}, {1, 0, 10, 20, "a", "s", 0}}, "a(b c)", ""},
		{"equal starts: the longer first, then the smaller id", []spanIn{
			{1, 0, 10, 20, "a", "s", 0}, {4, 1, 11, 12, "short", "s", 0}, {3, 1, 11, 14, "y", "s", 0}, {2, 1, 11, 14, "x", "s", 0}},
			"a(x y short)", ""},
		{"missing parent is kept as a root", []spanIn{
			{1, 0, 10, 20, "a", "s", 0}, {2, 99, 12, 14, "b", "s", 0}}, "a b", "multiple-roots:- missing-parent:b"},
		{"several roots", []spanIn{{1, 0, 10, 20, "a", "s", 0}, {2, 0, 5, 14, "b", "s", 0}}, "b a", "multiple-roots:-"},
		{"own parent", []spanIn{{1, 1, 10, 20, "a", "s", 0}}, "a", "cycle:a"},
		{"cycle of three begins at the earliest", []spanIn{
			{1, 3, 10, 20, "a", "s", 0}, {2, 1, 5, 9, "b", "s", 0}, {3, 2, 11, 12, "c", "s", 0}, {4, 3, 11, 12, "d", "s", 0}},
			"b(c(a d))", "cycle:b child-outside-parent:c child-outside-parent:a"},
		{"zero ids are kept", []spanIn{
			{1, 0, 10, 20, "a", "s", 0}, {0, 1, 11, 12, "b", "s", 0}, {0, 1, 11, 12, "b", "s", 0}}, "a(b b)", "zero-span-id:b zero-span-id:b"},
		{"exact repeat is merged", []spanIn{
			{1, 0, 10, 20, "a", "s", 0}, {2, 1, 11, 12, "b", "s", 0}, {2, 1, 11, 12, "b", "s", 0}, {1, 0, 10, 20, "a", "s", 0}}, "a(b)", ""},
		{"same id, different span is kept", []spanIn{
			{1, 0, 10, 20, "a", "s", 0}, {2, 1, 11, 12, "b", "s", 0}, {2, 1, 11, 13, "c", "s", 0}, {2, 1, 11, 13, "c", "s", 0}},
			"a(c b)", "duplicate-span-id:c"},
		{"child of a shared id belongs to its own process", []spanIn{
			{1, 0, 10, 20, "one", "x", 0}, {1, 0, 11, 19, "other", "y", 0}, {2, 1, 12, 13, "inner", "y", 0}},
			"one other(inner)", "multiple-roots:- duplicate-span-id:other"},
		{"both halves of a call have one id", []spanIn{
			{1, 0, 10, 20, "client", "x", KindClient}, {1, 0, 11, 19, "server", "y", KindServer}, {2, 1, 12, 13, "inner", "y", 0}},
			"client(server(inner))", ""},
		{"the called half comes first and names no parent", []spanIn{
			{2, 0, 11, 19, "server", "y", KindServer}, {2, 1, 10, 20, "client", "x", KindClient}, {1, 0, 9, 30, "a", "x", 0}},
			"a(client(server))", ""},
		{"two servers of one call", []spanIn{
			{1, 0, 10, 20, "client", "x", KindClient}, {1, 0, 11, 14, "first", "y", KindServer}, {1, 0, 15, 19, "second", "y", KindServer}},
			"client(first second)", "duplicate-span-id:second"},
		{"halves that name each other's id as parent", []spanIn{
			{1, 1, 10, 20, "client", "x", KindClient}, {1, 1, 11, 19, "server", "y", KindServer}},
			"client(server)", "cycle:client"},
		{"negative duration", []spanIn{{1, 0, 20, 10, "a", "s", 0}}, "a", "negative-duration:a"},
		{"no end", []spanIn{{1, 0, 20, 0, "a", "s", 0}}, "a", "bad-timestamp:a"},
		{"no start in a real trace stands at its parent", []spanIn{
			{1, 0, 2 * day, 3 * day, "a", "s", 0}, {2, 1, 0, 3 * day, "b", "s", 0}}, "a(b)", "bad-timestamp:b"},
		{"start of zero in test data is a start", []spanIn{
			{1, 0, 0, 10, "a", "s", 0}, {2, 1, 2, 3, "b", "s", 0}}, "a(b)", ""},
		{"times past the range of int64", []spanIn{{1, 0, math.MaxUint64, math.MaxUint64, "a", "s", 0}}, "a", "bad-timestamp:a bad-timestamp:a"},
		{"child of another process before its cause", []spanIn{
			{1, 0, 10, 20, "a", "x", KindClient}, {2, 1, 8, 12, "b", "y", KindServer}}, "a(b)", "child-outside-parent:b clock-skew:b"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tr := build(t, tt.in...)
			if got := outline(tr); got != tt.outline {
				t.Errorf("outline = %s, want %s", got, tt.outline)
			}
			if got := warnings(tr); got != tt.warnings {
				t.Errorf("warnings = %q, want %q", got, tt.warnings)
			}
		})
	}
}

func TestBuildCountsRepeats(t *testing.T) {
	s := spanIn{1, 0, 10, 20, "a", "s", 0}
	if tr := build(t, s, s, s); tr.Repeats != 2 || len(tr.Spans) != 1 {
		t.Errorf("Repeats = %d, spans = %d, want 2, 1", tr.Repeats, len(tr.Spans))
	}
}

func TestStoredTimesAreAsRecorded(t *testing.T) {
	in := []spanIn{
		{1, 0, 2 * day, 3 * day, "a", "s", 0}, {2, 1, 0, 5, "b", "s", 0}, {3, 1, 2*day + 9, 4, "c", "s", 0},
		{4, 1, math.MaxUint64, 7, "d", "s", 0}, {5, 1, 2*day + 1, 0, "e", "s", 0}, {6, 1, 0, math.MaxUint64, "f", "s", 0},
	}
	tr := build(t, in...)
	for i := range tr.Spans {
		want := in[tr.Spans[i].ID-1]
		if start, end := tr.StoredTimes(SpanIndex(i)); start != want.start || end != want.end {
			t.Errorf("StoredTimes(%s) = %d, %d, want %d, %d", want.name, start, end, want.start, want.end)
		}
	}
}

func TestServicesAreCounted(t *testing.T) {
	b := NewBuilder()
	id := TraceID{1}
	for i, svc := range []string{"shop", "crm", "shop", ""} {
		addTo(b, id, spanIn{SpanID(i + 1), 0, 10, 20, "a", svc, 0})
	}
	tr := b.Build()[0]
	var got []string
	for _, s := range tr.Services {
		got = append(got, fmt.Sprintf("%s=%d", s.Name, s.Spans))
	}
	if want := []string{"=1", "crm=1", "shop=2"}; !slices.Equal(got, want) {
		t.Errorf("Services = %v, want %v", got, want)
	}
	for i := range tr.Spans {
		if got, want := tr.Services[tr.Service(SpanIndex(i))].Name, tr.ServiceName(SpanIndex(i)); got != want {
			t.Errorf("Service(%d) is %q, ServiceName %q", i, got, want)
		}
	}
}

func TestBuildSeparatesTraces(t *testing.T) {
	b := NewBuilder()
	for i := range 100 {
		addTo(b, TraceID{byte(i % 7)}, spanIn{SpanID(i + 1), 0, uint64(i + 1), uint64(i + 2), "a", "s", 0})
	}
	traces := b.Build()
	n := 0
	for i, tr := range traces {
		check(t, tr)
		n += len(tr.Spans)
		if tr.ID != (TraceID{byte(i)}) {
			t.Errorf("trace %d has id %v: not in order of appearance", i, tr.ID)
		}
	}
	if len(traces) != 7 || n != 100 {
		t.Errorf("%d traces of %d spans, want 7 of 100", len(traces), n)
	}
}

func TestDeepAndWideTracesNeedNoStack(t *testing.T) {
	const n = 200_000
	for name, parent := range map[string]func(int) SpanID{
		"chain": func(i int) SpanID { return SpanID(i) },
		"fan":   func(i int) SpanID { return min(SpanID(i), 1) },
		"roots": func(int) SpanID { return 0 },
	} {
		in := make([]spanIn, n)
		for i := range in {
			in[i] = spanIn{SpanID(i + 1), parent(i), uint64(i + 1), uint64(2*n - i), "a", "s", 0}
		}
		if tr := build(t, in...); len(tr.Spans) != n {
			t.Errorf("%s: %d spans, want %d", name, len(tr.Spans), n)
		}
	}
}

// FuzzBuild checks the promises of Trace on arbitrary parents and times.
func FuzzBuild(f *testing.F) {
	f.Add(uint64(1), 20)
	f.Add(uint64(99), 300)
	f.Fuzz(func(t *testing.T, seed uint64, n int) {
		if n < 1 || n > 2000 {
			return
		}
		r := rand.New(rand.NewPCG(seed, 1))
		in := make([]spanIn, n)
		for i := range in {
			id := func() SpanID { return SpanID(r.IntN(n + 1)) }
			when := func() uint64 { return []uint64{0, r.Uint64(), r.Uint64N(1000), 3*day + r.Uint64N(1000)}[r.IntN(4)] }
			in[i] = spanIn{id(), id(), when(), when(), "a", "s", Kind(r.IntN(6))}
		}
		tr := build(t, in...)
		if got := len(tr.Spans) + tr.Repeats; got != n {
			t.Errorf("%d spans and repeats, want %d", got, n)
		}
	})
}

func TestSpanOf(t *testing.T) {
	tr := build(t, spanIn{id: 7, end: 100}, spanIn{id: 5, parent: 7, start: 10, end: 20}, spanIn{id: 5, parent: 7, start: 30, end: 40})
	for id, want := range map[SpanID]SpanIndex{7: 0, 5: 1, 6: NoSpan, 0: NoSpan} {
		if got := tr.SpanOf(id); got != want {
			t.Errorf("span %v is at %d, want %d", id, got, want)
		}
	}
}
