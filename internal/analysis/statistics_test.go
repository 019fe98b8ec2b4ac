package analysis

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"traceview/internal/demo/synthetic"
	"traceview/internal/model"
)

// drawn makes a trace of n spans on one builder: names, services and kinds are
// drawn from few, or each span has its own operation.
func drawn(b *model.Builder, r *rand.Rand, trace byte, n, names int) {
	key := b.InternString("service.name")
	for i := range n {
		service := fmt.Sprintf("s%d", r.IntN(3))
		rec := model.SpanRecord{
			Trace: model.TraceID{15: trace}, ID: model.SpanID(i + 1), Parent: model.SpanID(r.IntN(i + 1)),
			Name: b.InternString(fmt.Sprintf("op%d", r.IntN(names))), Kind: model.Kind(r.IntN(6)), Status: model.Status(r.IntN(3)),
			StartNano: uint64(1e18 + r.IntN(50)),
		}
		if service != "s0" { // spans of s0 name no service
			rec.Resource = b.Resource(&model.ResourceRecord{Attrs: []model.Attr{b.StringAttr(key, []byte(service))}})
		}
		rec.EndNano = rec.StartNano + uint64(r.IntN(100))
		b.Add(&rec)
	}
}

// naive is the definition: for each operation, or service, a search through all
// spans, and percentiles by counting how many spans are no longer.
func naive(list []Measured, whole bool) []Stat {
	var out []Stat
	for _, m := range list {
		for i := range m.Trace.Spans {
			i := model.SpanIndex(i)
			s := &m.Trace.Spans[i]
			if m.Only != nil && !m.Only.Has(i) {
				continue
			}
			st := Stat{Service: m.Trace.ServiceName(i), Name: m.Trace.Name(i), Kind: s.Kind}
			if whole {
				st.Name, st.Kind = "", 0
			}
			k := slices.IndexFunc(out, func(o Stat) bool { return o.Service == st.Service && o.Name == st.Name && o.Kind == st.Kind })
			if k < 0 {
				k = len(out)
				out = append(out, st)
			}
			o := &out[k]
			o.Count++
			if s.Failed() {
				o.Errors++
				if !m.Errors.CarriedUp(i) {
					o.Own++
				}
			}
			o.Total += s.Dur
			o.Self += m.Work.Self(i)
			o.Path += m.Path.Of(i).Total()
			if o.Count == 1 || s.Dur > o.Max {
				o.Max, o.Slowest = s.Dur, i
			}
			if o.Count == 1 || s.Dur < o.Min {
				o.Min = s.Dur
			}
		}
	}
	for k := range out {
		out[k].P50, out[k].P95, out[k].P99 = rank(list, out[k], whole, 50), rank(list, out[k], whole, 95), rank(list, out[k], whole, 99)
	}
	return out
}

// rank returns the shortest duration of a span of st that at least p % of its
// spans do not exceed.
func rank(list []Measured, st Stat, whole bool, p int) int64 {
	var all []int64
	for _, m := range list {
		for i := range m.Trace.Spans {
			s := &m.Trace.Spans[i]
			same := m.Trace.ServiceName(model.SpanIndex(i)) == st.Service && (whole || m.Trace.Name(model.SpanIndex(i)) == st.Name && s.Kind == st.Kind)
			if same && (m.Only == nil || m.Only.Has(model.SpanIndex(i))) {
				all = append(all, s.Dur)
			}
		}
	}
	best := int64(-1)
	for _, d := range all {
		within := 0
		for _, o := range all {
			if o <= d {
				within++
			}
		}
		if within*100 >= p*len(all) && (best < 0 || d < best) {
			best = d
		}
	}
	return best
}

func TestStatisticsAgreeWithDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 1))
	for run := range 150 {
		var list []Measured
		b := model.NewBuilder()
		for trace := range 1 + r.IntN(3) {
			drawn(b, r, byte(trace+1), 1+r.IntN(40), 1+r.IntN(6))
			if r.IntN(2) == 0 { // the next trace comes of another arena
				for _, tr := range b.Build() {
					list = append(list, Measure(tr))
				}
				b = model.NewBuilder()
			}
		}
		for _, tr := range b.Build() {
			list = append(list, Measure(tr))
		}
		if run%3 == 0 {
			for k := range list {
				list[k].Only = NewSet(len(list[k].Trace.Spans))
				for i := range list[k].Trace.Spans {
					if r.IntN(2) == 0 {
						list[k].Only.Add(model.SpanIndex(i))
					}
				}
			}
		}
		got, err := NewStatistics(context.Background(), list, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name string
			got  []Stat
			want []Stat
		}{{"operations", got.Operations, naive(list, false)}, {"services", got.Services, naive(list, true)}} {
			if len(c.got)+len(c.want) > 0 && !reflect.DeepEqual(c.got, c.want) {
				t.Fatalf("run %d, %s:\ngot  %+v\nwant %+v", run, c.name, c.got, c.want)
			}
		}
		checkSums(t, got, list)
	}
}

// checkSums holds that every span is in one operation and in one service.
func checkSums(t *testing.T, s *Statistics, traces []Measured) {
	t.Helper()
	var wholeSelf, wholePath int64
	filtered := false
	for _, m := range traces {
		filtered = filtered || m.Only != nil
		wholePath += m.Path.Total
		for i := range m.Trace.Spans {
			wholeSelf += m.Work.Self(model.SpanIndex(i))
		}
	}
	if s.Self != wholeSelf || s.Path != wholePath {
		t.Fatalf("%d ns own, %d ns critical path; want %d, %d", s.Self, s.Path, wholeSelf, wholePath)
	}
	for _, list := range [][]Stat{s.Operations, s.Services} {
		var n int
		var self, path int64
		for _, st := range list {
			n, self, path = n+st.Count, self+st.Self, path+st.Path
		}
		if n != s.Spans || !filtered && (self != s.Self || path != s.Path) || self > s.Self || path > s.Path {
			t.Fatalf("%d spans, %d ns own, %d ns on the path; want %d, %d, %d", n, self, path, s.Spans, s.Self, s.Path)
		}
	}
}

func TestStatisticsOfNothing(t *testing.T) {
	tr := build(t, nil)
	none := Measure(build(t, []span{{id: 1, end: 10}}))
	none.Only = NewSet(1)
	for name, list := range map[string][]Measured{"no trace": nil, "no span": {Measure(tr)}, "no match": {none}} {
		s, err := NewStatistics(context.Background(), list, nil)
		if err != nil || s.Spans != 0 || len(s.Operations)+len(s.Services) != 0 {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
	}
}

func TestPercentileIsTheNearestRank(t *testing.T) {
	for _, tc := range []struct {
		values []int64
		p      int
		want   int64
	}{
		{[]int64{7}, 1, 7}, {[]int64{7}, 99, 7}, {[]int64{1, 2}, 50, 1}, {[]int64{1, 2}, 51, 2}, {[]int64{1, 2, 3}, 50, 2},
		{[]int64{15, 20, 35, 40, 50}, 5, 15}, {[]int64{15, 20, 35, 40, 50}, 30, 20}, {[]int64{15, 20, 35, 40, 50}, 40, 20},
		{[]int64{15, 20, 35, 40, 50}, 50, 35}, {[]int64{15, 20, 35, 40, 50}, 100, 50},
	} {
		if got := Percentile(tc.values, tc.p); got != tc.want {
			t.Errorf("percentile %d of %v is %d, want %d", tc.p, tc.values, got, tc.want)
		}
	}
}

func TestStatisticsTellAndStop(t *testing.T) {
	m := Measure(decode(t, synthetic.Trace(200_000, 1)))
	last := 0.0
	if _, err := NewStatistics(context.Background(), []Measured{m}, func(f float64) {
		if f < last || f > 1 {
			t.Errorf("progress went from %v to %v", last, f)
		}
		last = f
	}); err != nil || last < 0.5 {
		t.Errorf("progress ended at %v, error %v", last, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	calls := 0
	_, err := NewStatistics(ctx, []Measured{m}, func(float64) { calls++; cancel() })
	if !errors.Is(err, context.Canceled) || calls != 1 {
		t.Errorf("%d more steps after it was cancelled, error %v", calls-1, err)
	}
}

// distinct returns n spans each of an operation of its own.
func distinct(n int) *model.Trace {
	b := model.NewBuilder()
	for i := range n {
		b.Add(&model.SpanRecord{
			Trace: model.TraceID{15: 1}, ID: model.SpanID(i + 1), Parent: model.SpanID(min(i, 1)), Name: b.InternString(fmt.Sprintf("GET /orders/%d", i)),
			StartNano: uint64(1e18 + i), EndNano: uint64(1e18 + i + i*7919%100_003),
		})
	}
	return b.Build()[0]
}

func BenchmarkStatistics(b *testing.B) {
	for _, bc := range []struct {
		name string
		tr   *model.Trace
	}{
		{"trace/1000", decode(b, synthetic.Trace(1e3, 1))}, {"trace/100000", decode(b, synthetic.Trace(1e5, 1))},
		{"trace/1000000", decode(b, synthetic.Trace(1e6, 1))}, {"deep/1000000", decode(b, synthetic.Deep(1e6, 1))}, {"distinct/1000000", distinct(1e6)},
	} {
		m := Measure(bc.tr)
		b.Run(bc.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := NewStatistics(context.Background(), []Measured{m}, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("measured/"+bc.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := NewStatistics(context.Background(), []Measured{Measure(bc.tr)}, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
