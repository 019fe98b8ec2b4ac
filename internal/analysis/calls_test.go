package analysis

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"traceview/internal/demo/synthetic"
	"traceview/internal/model"
)

// A named is one span of a test trace of one service an operation: "a" is
// operation a of service A. Its id is its place, from 1.
type named struct {
	op         string
	parent     int // id, 0 for none
	start, end int64
	fail       bool
}

func buildNamed(tb testing.TB, spans []named) *model.Trace {
	tb.Helper()
	if len(spans) == 0 {
		return &model.Trace{Arena: &model.Arena{}, Root: model.NoSpan}
	}
	const epoch = 1_794_474_843_000_000_000
	b := model.NewBuilder()
	key := b.InternString("service.name")
	for k, s := range spans {
		r := model.SpanRecord{
			Trace: model.TraceID{15: 1}, ID: model.SpanID(k + 1), Parent: model.SpanID(s.parent), Name: b.InternString(s.op),
			StartNano: uint64(epoch + s.start), EndNano: uint64(epoch + s.end),
			Resource: b.Resource(&model.ResourceRecord{Attrs: []model.Attr{b.StringAttr(key, []byte(strings.ToUpper(s.op[:1])))}}),
		}
		if s.fail {
			r.Status = model.StatusError
		}
		b.Add(&r)
	}
	return b.Build()[0]
}

// weigher returns the weight of each span.
func weigher(t *model.Trace, w Weight) func(i model.SpanIndex) int64 {
	path, work := NewPath(t), NewWork(t)
	return func(i model.SpanIndex) int64 {
		switch w {
		case OnPath:
			return path.Of(i).Total()
		case SelfTime:
			return work.Self(i)
		}
		return t.Spans[i].Dur
	}
}

func calls(t *model.Trace, w Weight) *Calls {
	return NewMerge(t, nil, NewErrors(t)).Weigh(w, weigher(t, w))
}

// outline writes a call tree as "a 100(10) b 90(90)": total and own weight.
func outline(t *model.Trace, c *Calls) string {
	var out []string
	for i := range c.Nodes {
		n := &c.Nodes[i]
		out = append(out, fmt.Sprintf("%s%s %d(%d)", strings.Repeat("·", int(n.Depth)), t.Str(c.Ops[n.Op].Name), n.Total, n.Own))
	}
	return strings.Join(out, " ")
}

func TestCalls(t *testing.T) {
	parallel := []named{{"a", 0, 0, 100, false}, {"b", 1, 10, 60, false}, {"b", 1, 20, 90, false}, {"c", 1, 30, 85, false}}
	for _, tc := range []struct {
		name  string
		spans []named
		w     Weight
		want  string
	}{
		{"nothing", nil, OnPath, ""},
		{"path: parallel work counts once", parallel, OnPath, "a 100(30) ·b 70(70) ·c 0(0)"},
		{"self: parallel work counts each time", parallel, SelfTime, "a 195(20) ·b 120(120) ·c 55(55)"},
		{"work: a parent is as wide as what ran side by side in it", parallel, SummedWork, "a 175(0) ·b 120(120) ·c 55(55)"},
		{"work: a parent is as long as it took", []named{{"a", 0, 0, 100, false}, {"b", 1, 10, 40, false}}, SummedWork, "a 100(70) ·b 30(30)"},
		{"heaviest first", []named{{"a", 0, 0, 100, false}, {"b", 1, 0, 10, false}, {"c", 1, 10, 50, false}}, OnPath, "a 100(50) ·c 40(40) ·b 10(10)"},
		{"equals in the order met", []named{{"a", 0, 0, 100, false}, {"b", 1, 0, 10, false}, {"c", 1, 10, 20, false}}, OnPath, "a 100(80) ·b 10(10) ·c 10(10)"},
		{"the same operation on another path is another call", []named{{"a", 0, 0, 100, false}, {"b", 1, 0, 40, false}, {"c", 2, 0, 30, false}, {"c", 1, 50, 60, false}},
			OnPath, "a 100(50) ·b 40(10) ··c 30(30) ·c 10(10)"},
		{"recursion is a path", []named{{"a", 0, 0, 100, false}, {"a", 1, 0, 40, false}, {"a", 2, 0, 30, false}}, OnPath, "a 100(60) ·a 40(10) ··a 30(30)"},
		{"roots of one operation are merged", []named{{"a", 0, 0, 100, false}, {"a", 0, 50, 90, false}, {"b", 0, 50, 250, false}}, OnPath, "b 200(200) a 140(140)"},
		{"instants weigh nothing", []named{{"a", 0, 5, 5, false}}, OnPath, "a 0(0)"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tr := buildNamed(t, tc.spans)
			if got := outline(tr, calls(tr, tc.w)); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}

func TestCallTellsOfItsSpans(t *testing.T) {
	tr := buildNamed(t, []named{{"a", 0, 0, 100, true}, {"b", 1, 10, 60, true}, {"b", 1, 20, 90, false}, {"b", 1, 91, 94, false}})
	c := calls(tr, OnPath)
	n := c.Nodes[1]
	if n.Spans != 3 || n.Min != 3 || n.Max != 70 || n.Sum != 123 || n.Mean() != 41 || tr.Spans[n.Slowest].ID != 3 {
		t.Errorf("%+v", n)
	}
	if a := c.Nodes[0]; n.Errors != 1 || n.Carried != 0 || a.Errors != 0 || a.Carried != 1 || !a.Failed() {
		t.Errorf("errors of b: %d and %d carried; of a: %d and %d carried", n.Errors, n.Carried, a.Errors, a.Carried)
	}
	first := n.Slowest
	around := []model.SpanIndex{first}
	for i := c.Next(first); i != first && len(around) < 9; i = c.Next(i) {
		around = append(around, i)
	}
	if len(around) != 3 || c.Next(c.Prev(first)) != first || c.Number(first) != 2 || c.Next(0) != 0 {
		t.Errorf("the spans of b, one after another: %v, %d of them", around, c.Number(first))
	}
	if c.Of(-1) != -1 || c.Of(99) != -1 || c.Next(model.NoSpan) != model.NoSpan || c.Number(-1) != 0 {
		t.Error("no span has a call")
	}
}

// randomNamed returns a trace of n spans of few operations, a good part of
// them outside their parents, some recursive.
func randomNamed(tb testing.TB, r *rand.Rand, n int) *model.Trace {
	list := make([]named, n)
	for i := range list {
		start := r.Int64N(200)
		list[i] = named{string(rune('a' + r.IntN(4))), r.IntN(i + 1), start, start + r.Int64N(120), r.IntN(5) == 0}
	}
	return buildNamed(tb, list)
}

// pathOf returns the operations from the root to a span.
func pathOf(t *model.Trace, i model.SpanIndex) string {
	out := ""
	for ; i != model.NoSpan; i = t.Spans[i].Parent {
		out = "/" + t.Name(i) + out
	}
	return out
}

// callPath returns the operations from the first call to call i.
func callPath(t *model.Trace, c *Calls, i int32) string {
	out := ""
	for ; i >= 0; i = c.Nodes[i].Parent {
		out = "/" + t.Str(c.Ops[c.Nodes[i].Op].Name) + out
	}
	return out
}

// naiveTotals weighs each path by looking at all spans for each, the longest
// paths first.
func naiveTotals(t *model.Trace, shown Set, w Weight) map[string]int64 {
	of := weigher(t, w)
	total := map[string]int64{}
	for i := range t.Spans {
		if i := model.SpanIndex(i); shown == nil || shown.Has(i) {
			total[pathOf(t, i)] += of(i)
		}
	}
	paths := slices.SortedFunc(maps.Keys(total), func(a, b string) int { return strings.Count(b, "/") - strings.Count(a, "/") })
	for _, p := range paths {
		below := int64(0)
		for _, q := range paths {
			if strings.HasPrefix(q, p+"/") && strings.Count(q, "/") == strings.Count(p, "/")+1 {
				below += total[q]
			}
		}
		if w == SummedWork {
			total[p] = max(total[p], below)
		} else {
			total[p] += below
		}
	}
	return total
}

// TestCallsAgreeWithDefinition holds every weight against the naive one, and
// what a call tree promises: depth-first order, the heaviest first, children
// within their parents, every span in the call of its path, the sum of the root.
func TestCallsAgreeWithDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 7))
	for round := range 150 {
		tr := randomNamed(t, r, 1+r.IntN(60))
		var shown Set
		if round%3 == 0 {
			shown = someWithAncestors(tr, r)
		}
		path, work := NewPath(tr), NewWork(tr)
		for w := range Weights {
			c := NewMerge(tr, shown, NewErrors(tr)).Weigh(w, weigher(tr, w))
			want := naiveTotals(tr, shown, w)
			checkCalls(t, tr, c, want)
			spans, all, durs := int32(0), int64(0), int64(0)
			for i := range c.Nodes {
				spans += c.Nodes[i].Spans
			}
			n := 0
			for i := range tr.Spans {
				i := model.SpanIndex(i)
				if shown != nil && !shown.Has(i) {
					if c.Of(i) != -1 {
						t.Fatalf("span %d is left out and has call %d", i, c.Of(i))
					}
					continue
				}
				n++
				all += work.Self(i)
				durs += tr.Spans[i].Dur
				if got := callPath(tr, c, c.Of(i)); got != pathOf(tr, i) {
					t.Fatalf("span %d of %s is in %s", i, pathOf(tr, i), got)
				}
			}
			switch {
			case int(spans) != n:
				t.Fatalf("%d spans in calls, want %d", spans, n)
			case shown == nil && w == OnPath && c.Total != path.Total:
				t.Fatalf("the roots weigh %d, the path is %d", c.Total, path.Total)
			case w == SelfTime && c.Total != all:
				t.Fatalf("the roots weigh %d, self times add up to %d", c.Total, all)
			case w == SummedWork && c.Total > durs:
				t.Fatalf("the roots weigh %d, all durations %d", c.Total, durs)
			}
		}
	}
}

// someWithAncestors returns some spans with their ancestors.
func someWithAncestors(t *model.Trace, r *rand.Rand) Set {
	s := NewSet(len(t.Spans))
	for i := range t.Spans {
		for i := model.SpanIndex(i); r.IntN(3) == 0 && i != model.NoSpan; {
			for ; i != model.NoSpan; i = t.Spans[i].Parent {
				s.Add(i)
			}
		}
	}
	return s
}

func checkCalls(t *testing.T, tr *model.Trace, c *Calls, want map[string]int64) {
	t.Helper()
	if len(c.Nodes) != len(want) {
		t.Fatalf("%d calls, want %d", len(c.Nodes), len(want))
	}
	sum := make([]int64, len(c.Nodes)+1)
	lastOf := make(map[int32]int64)
	for i := range c.Nodes {
		n := &c.Nodes[i]
		if p := callPath(tr, c, int32(i)); n.Total != want[p] {
			t.Fatalf("%s weighs %d, want %d", p, n.Total, want[p])
		}
		if last, ok := lastOf[n.Parent]; ok && last < n.Total {
			t.Fatalf("call %d of %d comes after a sibling of %d", i, n.Total, last)
		}
		lastOf[n.Parent] = n.Total
		if n.Parent >= int32(i) || n.End <= int32(i) || n.Own < 0 {
			t.Fatalf("call %d: %+v", i, n)
		}
		if n.Start != parentStart(c, n)+sum[n.Parent+1] {
			t.Fatalf("call %d starts at %d, want %d", i, n.Start, parentStart(c, n)+sum[n.Parent+1])
		}
		sum[n.Parent+1] += n.Total
		if p := n.Parent; p >= 0 && (n.Depth != c.Nodes[p].Depth+1 || n.End > c.Nodes[p].End) {
			t.Fatalf("call %d is not inside its parent", i)
		}
	}
	if sum[0] != c.Total {
		t.Fatalf("the roots weigh %d, want %d", sum[0], c.Total)
	}
	for i := range c.Nodes {
		if n := &c.Nodes[i]; n.Own+sum[i+1] != n.Total {
			t.Fatalf("call %d: %d of its own and %d below do not make %d", i, n.Own, sum[i+1], n.Total)
		}
	}
}

func parentStart(c *Calls, n *Call) int64 {
	if n.Parent < 0 {
		return 0
	}
	return c.Nodes[n.Parent].Start
}

// TestSandwichAgreesWithCalls holds callers and callees of every operation
// against the merged tree, looked through call by call.
func TestSandwichAgreesWithCalls(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 7))
	for range 100 {
		tr := randomNamed(t, r, 1+r.IntN(50))
		for w := range Weights {
			c := calls(tr, w)
			for op := range c.Ops {
				checkSandwich(t, tr, c, NewSandwich(c, int32(op)))
			}
		}
	}
}

func checkSandwich(t *testing.T, tr *model.Trace, c *Calls, s *Sandwich) {
	t.Helper()
	total, outer := int64(0), 0
	up, down := map[string]int64{}, map[string]int64{}
	for i := range c.Nodes {
		way := []int32{} // from the outermost call of the operation to this one
		for at := int32(i); at >= 0; at = c.Nodes[at].Parent {
			way = append(way, at)
		}
		slices.Reverse(way)
		from := slices.IndexFunc(way, func(at int32) bool { return c.Nodes[at].Op == s.Op })
		if from < 0 {
			continue
		}
		path := ""
		for _, at := range way[from:] {
			path += "/" + tr.Str(c.Ops[c.Nodes[at].Op].Name)
		}
		down[path] += c.Nodes[i].Total
		if from < len(way)-1 {
			continue
		}
		outer++
		total += c.Nodes[i].Total
		path = ""
		for _, at := range slices.Backward(way) {
			path += "/" + tr.Str(c.Ops[c.Nodes[at].Op].Name)
			up[path] += c.Nodes[i].Total
		}
	}
	if s.Total != total || s.Calls != outer || s.Callers.Total != total || s.Callees.Total != total || s.Cut != 0 {
		t.Fatalf("%d by %d calls, callers %d, callees %d, cut at %d; want %d by %d", s.Total, s.Calls, s.Callers.Total, s.Callees.Total, s.Cut, total, outer)
	}
	checkCalls(t, tr, s.Callers, up)
	checkCalls(t, tr, s.Callees, down)
	for i := range tr.Spans {
		path := pathOf(tr, model.SpanIndex(i))
		want := ""
		if at := strings.Index(path, "/"+tr.Str(c.Ops[s.Op].Name)); at >= 0 {
			want = path[at:]
		}
		got := ""
		if n := s.Callee(model.SpanIndex(i)); n >= 0 {
			got = callPath(tr, s.Callees, n)
		}
		if got != want {
			t.Fatalf("span %d of %s is at %q of the callees, want %q", i, path, got, want)
		}
	}
}

// TestSandwichIsBounded calls one operation at every level of a chain whose
// operations all differ: a million million callers, were they followed.
func TestSandwichIsBounded(t *testing.T) {
	const n = 4000
	spans := make([]named, 0, 2*n)
	for i := range n {
		at := int64(i)
		spans = append(spans, named{fmt.Sprint("level ", i), max(2*i-1, 0), at, 4*n - at, false}, named{"leaf", 2*i + 1, at, at + 1, false})
	}
	tr := buildNamed(t, spans)
	c := calls(tr, SelfTime)
	s := NewSandwich(c, c.Nodes[c.Of(1)].Op)
	for i := range c.Ops {
		if tr.Str(c.Ops[i].Name) == "leaf" {
			s = NewSandwich(c, int32(i))
		}
	}
	if s.Calls != n || s.Cut == 0 || s.Callers.Total != s.Total {
		t.Errorf("%d calls, callers cut at level %d, %d of %d ns", s.Calls, s.Cut, s.Callers.Total, s.Total)
	}
}

func TestCallsOfDeepChain(t *testing.T) {
	const n = 100_000
	spans := make([]named, n)
	for i := range spans {
		spans[i] = named{string(rune('a' + i%3)), i, int64(i), 2*n - int64(i), false}
	}
	tr := buildNamed(t, spans)
	for w := range Weights {
		if c := calls(tr, w); len(c.Nodes) != n || c.Depth != n || c.Total != 2*n {
			t.Errorf("%v: %d calls, depth %d, %d ns", w, len(c.Nodes), c.Depth, c.Total)
		}
	}
}

// TestWeightsBeyondAnInt64 holds that spans of centuries do not wrap around.
func TestWeightsBeyondAnInt64(t *testing.T) {
	spans := []named{{"a", 0, 0, 1 << 61, false}}
	for range 20 {
		spans = append(spans, named{"b", 1, 0, 1 << 61, false})
	}
	tr := buildNamed(t, spans)
	c := calls(tr, SummedWork)
	if c.Total <= 0 || c.Nodes[0].Total < c.Nodes[1].Total || c.Total > 1<<60 || c.Nodes[1].Sum != math.MaxInt64 {
		t.Errorf("%s, %+v", outline(tr, c), c.Nodes[1])
	}
	s, err := NewStatistics(t.Context(), []Measured{Measure(tr)}, nil)
	if err != nil || s.Operations[1].Total != math.MaxInt64 || s.Operations[1].Self != math.MaxInt64 || s.Self != math.MaxInt64 {
		t.Errorf("%+v, %v", s, err)
	}
	roots := build(t, []span{{id: 1, end: 1 << 62}, {id: 2, end: 1 << 62}, {id: 3, end: 1 << 62}})
	if p := NewPath(roots); p.Total != math.MaxInt64 {
		t.Errorf("a path of %d ns", p.Total)
	}
}

func BenchmarkCalls(b *testing.B) {
	shapes := append(shapes[:len(shapes):len(shapes)], struct {
		name string
		make func(n int, seed int64) []byte
	}{"apart", nil})
	for _, shape := range shapes {
		var tr *model.Trace
		if shape.make != nil {
			tr = decode(b, shape.make(1e6, 1))
		} else {
			tr = buildNamed(b, apart(1e6))
		}
		e := NewErrors(tr)
		of := weigher(tr, SelfTime)
		b.Run("merge/"+shape.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				NewMerge(tr, nil, e)
			}
		})
		m := NewMerge(tr, nil, e)
		b.Run("weigh/"+shape.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				m.Weigh(SelfTime, of)
			}
			b.ReportMetric(float64(len(m.calls)), "calls")
		})
	}
	tr := decode(b, synthetic.Trace(1e6, 1))
	c := calls(tr, SelfTime)
	b.Run("sandwich", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			NewSandwich(c, c.Nodes[len(c.Nodes)/2].Op)
		}
	})
}

// apart is one parent with n-1 children of as many operations.
func apart(n int) []named {
	out := []named{{"a", 0, 0, int64(n) * 50, false}}
	for i := 1; i < n; i++ {
		out = append(out, named{fmt.Sprint("b", i), 1, int64(i) * 40, int64(i)*40 + int64(i*7919%1000), false})
	}
	return out
}
