package traffic

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"traceview/internal/analysis"
	"traceview/internal/demo"
	"traceview/internal/demo/synthetic"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
)

// attrsOf are what drawn spans may say they talk to.
var attrsOf = []map[string]string{
	{}, {}, {"db.system": "postgresql", "db.name": "orders"}, {"messaging.destination.name": "orders.new", "messaging.system": "rabbitmq"},
	{"peer.service": "mailer"}, {"server.address": "files.example"}, {"messaging.operation.type": "send"}, {"messaging.operation": "process"},
}

// drawn makes a random trace of n spans.
func drawn(r *rand.Rand, number, n int) *model.Trace {
	b := model.NewBuilder()
	key := b.InternString("service.name")
	epoch := uint64(1_800_000_000e9) + uint64(r.IntN(1e9))*3600
	for i := range n {
		service := fmt.Sprintf("s%d", r.IntN(4))
		rec := model.SpanRecord{
			Trace: model.TraceID{14: byte(number >> 8), 15: byte(number)}, ID: model.SpanID(i + 1), Parent: model.SpanID(r.IntN(i + 1)),
			Name: b.InternString(fmt.Sprintf("op%d", r.IntN(5))), Kind: model.Kind(r.IntN(6)), Status: model.Status(r.IntN(3)),
			StartNano: epoch + uint64(r.IntN(1e6)),
		}
		if service != "s0" { // spans of s0 name no service
			rec.Resource = b.Resource(&model.ResourceRecord{Attrs: []model.Attr{b.StringAttr(key, []byte(service))}})
		}
		rec.EndNano = rec.StartNano + uint64(r.IntN(1<<r.IntN(30)))
		for k, v := range attrsOf[r.IntN(len(attrsOf))] {
			rec.Attrs = append(rec.Attrs, b.StringAttr(b.InternString(k), []byte(v)))
		}
		b.Add(&rec)
	}
	return b.Build()[0]
}

func drawnSet(r *rand.Rand, traces, spans int) ([]*model.Trace, *Set) {
	var list []*model.Trace
	var g Digester
	s := NewSet(nil)
	for n := range traces {
		t := drawn(r, n, 1+r.IntN(spans))
		list = append(list, t)
		s.AddDigest(int64(n), g.Digest(t))
	}
	s.Sort()
	return list, s
}

// naiveRow is what the definition says of an operation or a service: all durations
// side by side.
type naiveRow struct {
	durations               []int64
	count, errors, own      int
	traces                  int
	total, self, path, most int64
}

// naive adds up the traces by looking at every span of every trace for each thing
// asked.
func naive(list []*model.Trace, keep func(*model.Trace) bool, of Target) (n naiveRow) {
	for _, t := range list {
		if !keep(t) {
			continue
		}
		m, any := analysis.Measure(t), false
		for i := range t.Spans {
			i, s := model.SpanIndex(i), &t.Spans[i]
			if t.ServiceName(i) != of.Service || !of.Whole && (t.Name(i) != of.Name || s.Kind != of.Kind) {
				continue
			}
			n.self += m.Work.Self(i)
			n.path += m.Path.Of(i).Total()
			if s.Failed() && (of.Whole || !m.Errors.CarriedUp(i)) {
				n.own++
			}
			if of.Whole && s.Parent != model.NoSpan && t.ServiceName(s.Parent) == of.Service {
				continue
			}
			any = true
			n.count++
			n.total += s.Dur
			n.most = max(n.most, s.Dur)
			n.durations = append(n.durations, s.Dur)
			if s.Failed() {
				n.errors++
			}
		}
		if any {
			n.traces++
		}
	}
	slices.Sort(n.durations)
	return n
}

// near says whether a percentile of a sketch is that of exact durations, within
// what is promised.
func near(got, want int64) bool {
	off := max(got-want, want-got)
	return off*128 <= want
}

func checkRow(t *testing.T, r *Row, want naiveRow) {
	t.Helper()
	if r.Count != want.count || r.Errors != want.errors || r.Own != want.own || r.Traces != want.traces ||
		r.Total != want.total || r.Self != want.self || r.Path != want.path || r.Max != want.most {
		t.Errorf("%v: %+v, want %+v", r.Target, *r, want)
	}
	if want.count == 0 {
		return
	}
	for p, got := range map[int]int64{50: r.P50, 95: r.P95, 99: r.P99} {
		if exact := analysis.Percentile(want.durations, p); !near(got, exact) {
			t.Errorf("%v: percentile %d is %d, want %d within 1/128", r.Target, p, got, exact)
		}
	}
}

func TestSumAgreesWithDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 40 {
		list, set := drawnSet(r, 1+r.IntN(40), 60)
		from, to := set.Bounds()
		all := Window{from, to + 1}
		if round%3 == 1 {
			all = Window{from + (to-from)/4, to - (to-from)/4}
		}
		f := []Filter{{}, {Failed: true}, {Service: "s1"}, {Operation: "op2"}, {Service: "s2", Operation: "op1"}}[round%5]
		_, before, later := set.Windows(all)
		sum, err := set.Sum(context.Background(), f, all, before, later)
		if err != nil {
			t.Fatal(err)
		}
		keep := func(tr *model.Trace) bool { return all.Has(tr.Epoch) && naiveMatch(tr, f) }
		checkTotal(t, sum, list, keep)
		for k := range sum.Operations {
			checkRow(t, &sum.Operations[k], naive(list, keep, sum.Operations[k].Target))
		}
		for k := range sum.Services {
			checkRow(t, &sum.Services[k], naive(list, keep, sum.Services[k].Target))
		}
		checkEdges(t, sum, naiveEdges(list, keep))
	}
}

func naiveMatch(t *model.Trace, f Filter) bool {
	if f.Failed && t.Errors == 0 {
		return false
	}
	for i := range t.Spans {
		i := model.SpanIndex(i)
		if (f.Service == "" || t.ServiceName(i) == f.Service) && (f.Operation == "" || t.Name(i) == f.Operation) {
			return true
		}
	}
	return false
}

func checkTotal(t *testing.T, sum *Total, list []*model.Trace, keep func(*model.Trace) bool) {
	t.Helper()
	traces, failed, spans, ops := 0, 0, 0, map[Op]bool{}
	var durations []int64
	for _, tr := range list {
		if !keep(tr) {
			continue
		}
		traces, spans = traces+1, spans+len(tr.Spans)
		if tr.Errors > 0 {
			failed++
		}
		durations = append(durations, tr.Dur)
		for i := range tr.Spans {
			ops[Op{tr.ServiceName(model.SpanIndex(i)), tr.Name(model.SpanIndex(i)), tr.Spans[i].Kind}] = true
		}
	}
	rows := 0
	for k := range sum.Operations {
		if sum.Operations[k].Count > 0 {
			rows++
		}
	}
	if sum.Traces != traces || sum.Failed != failed || sum.Spans != spans || rows != len(ops) || sum.Unread != 0 || sum.Left != 0 {
		t.Errorf("%d traces, %d failed, %d spans, %d operations, %d unread, %d left; want %d, %d, %d, %d",
			sum.Traces, sum.Failed, sum.Spans, rows, sum.Unread, sum.Left, traces, failed, spans, len(ops))
	}
	slices.Sort(durations)
	if traces > 0 && !near(sum.P95, analysis.Percentile(durations, 95)) {
		t.Errorf("95th percentile of traces %d, want %d", sum.P95, analysis.Percentile(durations, 95))
	}
}

// naiveEdges is the definition of edges, each span looked at by itself and all that
// is below it.
func naiveEdges(list []*model.Trace, keep func(*model.Trace) bool) map[[2]Node][]int64 {
	out := map[[2]Node][]int64{}
	for _, t := range list {
		if !keep(t) {
			continue
		}
		var g Digester
		g.learn(t.Arena)
		c := collector{t: t, keys: g.keys, told: g.roles}
		add := func(from, to Node, i model.SpanIndex) {
			out[[2]Node{from, to}] = append(out[[2]Node{from, to}], t.Spans[i].Dur)
		}
		var answered func(i model.SpanIndex) bool // by another service, or through a call of its own
		answered = func(i model.SpanIndex) bool {
			for k := i + 1; k < t.Spans[i].End; k++ {
				if t.Spans[k].Parent == i && (t.ServiceName(k) != t.ServiceName(i) || c.role(k) == calls && answered(k)) {
					return true
				}
			}
			return false
		}
		for i := range t.Spans {
			i, up := model.SpanIndex(i), t.Spans[i].Parent
			here, r, v := Node{Service, t.ServiceName(i)}, c.role(i), c.said(i)
			own := up != model.NoSpan && t.ServiceName(up) == t.ServiceName(i)
			switch {
			case (r == sends || r == takes) && own && c.role(up) == r:
			case r == sends || r == takes:
				if v[destination] == "" && up != model.NoSpan && c.role(up) == sends {
					v[destination] = c.said(up)[destination]
				}
				n, _ := v.node(r)
				if r == sends {
					add(here, n, i)
				} else {
					add(n, here, i)
				}
			case up != model.NoSpan && !own:
				add(Node{Service, t.ServiceName(up)}, here, i)
			}
			inner := false
			for k := i + 1; k < t.Spans[i].End; k++ {
				inner = inner || t.Spans[k].Parent == i && t.ServiceName(k) == t.ServiceName(i) && c.role(k) == calls
			}
			if n, ok := v.node(r); r == calls && ok && !inner && !answered(i) {
				add(here, n, i)
			}
		}
	}
	return out
}

func checkEdges(t *testing.T, sum *Total, want map[[2]Node][]int64) {
	t.Helper()
	if len(sum.Edges) != len(want) {
		t.Errorf("%d edges, want %d", len(sum.Edges), len(want))
	}
	for _, e := range sum.Edges {
		k := [2]Node{sum.Nodes[e.From], sum.Nodes[e.To]}
		d := want[k]
		slices.Sort(d)
		if e.Count != len(d) || len(d) > 0 && (e.Max != d[len(d)-1] || !near(e.P95, analysis.Percentile(d, 95))) {
			t.Errorf("%v: %+v, want %d calls, the longest %d", k, e, len(d), d[max(len(d)-1, 0)])
		}
	}
}

func TestPointsAgreeWithDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 20 {
		list, set := drawnSet(r, 30, 30)
		for _, of := range []Target{{}, {Op: Op{"s1", "op2", model.KindClient}}, {Op: Op{Service: "s2"}, Whole: true}} {
			for _, f := range []Filter{{}, {Service: "s3"}, {Failed: true, Operation: "op1"}} {
				points, err := set.Points(context.Background(), f, of)
				if err != nil {
					t.Fatal(err)
				}
				want := 0
				for _, tr := range list {
					n := naive([]*model.Trace{tr}, func(tr *model.Trace) bool { return naiveMatch(tr, f) }, of)
					if of.IsZero() && naiveMatch(tr, f) {
						n.count, n.most = 1, tr.Dur
					}
					if n.count == 0 {
						continue
					}
					want++
					k := slices.IndexFunc(points, func(p Point) bool { return set.Traces[p.Trace].ID == tr.ID })
					if k < 0 || points[k].Dur != n.most {
						t.Fatalf("%v %v: no point of %d ns for trace %v", of, f, n.most, tr.ID)
					}
				}
				if len(points) != want {
					t.Errorf("%v %v: %d points, want %d", of, f, len(points), want)
				}
				checkSlowest(t, points)
			}
		}
	}
}

func checkSlowest(t *testing.T, points []Point) {
	t.Helper()
	all := slices.Clone(points)
	slices.SortStableFunc(all, func(a, b Point) int { return int(min(max(b.Dur-a.Dur, -1), 1)) })
	if got := Slowest(points, 5); !slices.Equal(got, all[:min(5, len(all))]) {
		t.Errorf("slowest %v, want %v", got, all[:min(5, len(all))])
	}
}

func TestSketchIsWithinItsBound(t *testing.T) {
	for b := range buckets {
		if got := bucketOf(middle(b)); got != b {
			t.Fatalf("the middle of bucket %d is in bucket %d", b, got)
		}
	}
	r := rand.New(rand.NewPCG(5, 6))
	for range 100_000 {
		ns := r.Int64N(1 << (1 + r.IntN(62)))
		if m := middle(bucketOf(ns)); !near(m, ns) {
			t.Fatalf("%d stands for %d", m, ns)
		}
	}
	if bucketOf(-5) != 0 || bucketOf(1<<63-1) != buckets-1 {
		t.Errorf("ends: %d %d, want 0 %d", bucketOf(-5), bucketOf(1<<63-1), buckets-1)
	}
}

func TestSketchesMergeAndPart(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 50 {
		var a, b, both Sketch
		for range r.IntN(200) {
			ns := r.Int64N(1 << (1 + r.IntN(40)))
			if r.IntN(2) == 0 {
				a.Add(ns)
			} else {
				b.Add(ns)
			}
			both.Add(ns)
		}
		sum := a
		sum.counts = slices.Clone(a.counts)
		sum.Merge(&b)
		rest := both.without(&a)
		for p := 1; p <= 100; p++ {
			if sum.Percentile(p) != both.Percentile(p) || rest.Percentile(p) != b.Percentile(p) {
				t.Fatalf("percentile %d: merged %d, want %d; parted %d, want %d", p, sum.Percentile(p), both.Percentile(p), rest.Percentile(p), b.Percentile(p))
			}
		}
	}
}

// TestManyOperationsAreBounded looks at a trace whose every span is an operation.
func TestManyOperationsAreBounded(t *testing.T) {
	b := model.NewBuilder()
	for i := range 5000 {
		b.Add(&model.SpanRecord{Trace: model.TraceID{1}, ID: model.SpanID(i + 1), Name: b.InternString(fmt.Sprint("op", i)), StartNano: 1e18, EndNano: 1e18 + uint64(i)})
	}
	var g Digester
	d := g.Digest(b.Build()[0])
	if len(d.Operations) != maxOperations || d.Left != 5000-maxOperations {
		t.Errorf("%d operations, %d left; want %d, %d", len(d.Operations), d.Left, maxOperations, 5000-maxOperations)
	}
	for k := range d.Operations {
		if o := &d.Operations[k]; o.Count != 1 || o.Max < 3000 {
			t.Fatalf("kept %v: want one span of the longest two thousand", o)
		}
	}
}

func TestNothingSums(t *testing.T) {
	set := NewSet(nil)
	sum, err := set.Sum(context.Background(), Filter{}, Window{}, Window{}, Window{})
	if err != nil || sum.Traces != 0 || len(sum.Operations) != 0 {
		t.Errorf("nothing: %+v, %v", sum, err)
	}
}

func TestSumStops(t *testing.T) {
	_, set := drawnSet(rand.New(rand.NewPCG(1, 1)), 10, 10)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	from, to := set.Bounds()
	if _, err := set.Sum(ctx, Filter{}, Window{from, to + 1}, Window{}, Window{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a sum that is not wanted: %v, want %v", err, context.Canceled)
	}
	if _, err := set.Points(ctx, Filter{}, Target{}); !errors.Is(err, context.Canceled) {
		t.Errorf("points that are not wanted: %v, want %v", err, context.Canceled)
	}
}

// TestNodesOfTheShop looks at what stands in the graph of the demo shop: its
// services, and what it only tells of.
func TestNodesOfTheShop(t *testing.T) {
	set := NewSet(nil)
	for _, tr := range demo.New(demo.Options{Orders: 20}).Traces() {
		b := model.NewBuilder()
		if err := otlp.DecodeProto(tr.Proto, b); err != nil {
			t.Fatal(err)
		}
		for _, built := range b.Build() {
			var g Digester
			set.AddDigest(0, g.Digest(built))
		}
	}
	set.Sort()
	from, to := set.Bounds()
	sum, err := set.Sum(context.Background(), Filter{}, Window{from, to + 1}, Window{}, Window{})
	if err != nil {
		t.Fatal(err)
	}
	found := map[NodeKind][]string{}
	for _, n := range sum.Nodes {
		found[n.Kind] = append(found[n.Kind], n.Name)
	}
	for kind, want := range map[NodeKind]string{
		Database: "postgresql mes postgresql shop", Other: "api.carrier.example",
		Service: "crm crm-api files-storage gem-market internet-shop mes mes-api shop-api",
	} {
		slices.Sort(found[kind])
		if got := strings.Join(found[kind], " "); got != want {
			t.Errorf("kind %d: %q, want %q", kind, got, want)
		}
	}
	if len(found[Queue]) == 0 {
		t.Error("no queue")
	}
	for _, e := range sum.Edges {
		a, b := sum.Nodes[e.From], sum.Nodes[e.To]
		if a.Kind == Service && b.Kind == Service && (a.Name == "mes-api" && b.Name == "crm-api" || a.Name == "crm-api" && b.Name == "mes-api") {
			t.Errorf("%s to %s: %d calls, want them to go by a queue", a.Name, b.Name, e.Count)
		}
	}
}

func FuzzRecord(f *testing.F) {
	r := rand.New(rand.NewPCG(9, 9))
	var g Digester
	for n := range 20 {
		s := NewSet(nil)
		s.AddDigest(0, g.Digest(drawn(r, n, 1+r.IntN(30))))
		f.Add(s.Traces[0].data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s := NewSet(map[uint32]string{})
		if s.Add(1, data) != nil {
			return
		}
		w := Window{s.Traces[0].Start, s.Traces[0].Start + 1}
		if _, err := s.Sum(context.Background(), Filter{}, w, w, Window{}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Points(context.Background(), Filter{Service: "x"}, Target{Whole: true}); err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkDigest(b *testing.B) {
	for _, n := range []int{10, 1000, 100_000, 1_000_000} {
		builder := model.NewBuilder()
		if err := otlp.DecodeProto(synthetic.Trace(n, 1), builder); err != nil {
			b.Fatal(err)
		}
		t := builder.Build()[0]
		b.Run(fmt.Sprint("spans=", n), func(b *testing.B) {
			var g Digester
			s := NewSet(nil)
			b.ReportAllocs()
			for b.Loop() {
				s.Traces = s.Traces[:0]
				s.AddDigest(0, g.Digest(t))
			}
			b.ReportMetric(float64(len(s.Traces[0].data)), "B")
		})
	}
}

// BenchmarkSum adds up 100,000 traces of the demo shop.
func BenchmarkSum(b *testing.B) {
	var g Digester
	s := NewSet(nil)
	traces := demo.New(demo.Options{Orders: 320}).Traces()
	size := 0
	for k := range 100_000 {
		if k < len(traces) {
			builder := model.NewBuilder()
			if err := otlp.DecodeProto(traces[k].Proto, builder); err != nil {
				b.Fatal(err)
			}
			s.AddDigest(int64(k), g.Digest(builder.Build()[0]))
			size += len(s.Traces[k].data)
			continue
		}
		t := s.Traces[k%len(traces)]
		t.Start += int64(k/len(traces)) * 86400e9
		s.Traces = append(s.Traces, t)
	}
	s.Sort()
	from, to := s.Bounds()
	all, before, later := s.Windows(Window{from, to + 1})
	b.Run("all", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Sum(context.Background(), Filter{}, all, before, later); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(size)/float64(len(traces)), "B/trace")
	})
	b.Run("points", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Points(context.Background(), Filter{}, Target{Op: Op{"mes-api", "POST /orders", model.KindServer}}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func TestCalled(t *testing.T) {
	for n, want := range map[Node]string{
		{Database, "postgresql shop"}: "shop · PostgreSQL",
		{Database, "shop"}:            "shop",
		{Queue, "redis jobs"}:         "redis jobs",
		{Other, "kafka to go"}:        "kafka to go",
		{Service, "redis"}:            "redis",
	} {
		if got := n.Called(); got != want {
			t.Errorf("%v is called %q, want %q", n, got, want)
		}
	}
}
