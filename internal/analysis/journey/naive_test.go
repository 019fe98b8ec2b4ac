package journey

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"traceview/internal/demo/synthetic"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
)

// random makes an order of a few traces of any shape, whose clocks are not looked at:
// no span is a server or a client of another process, and none takes a message before
// it was sent.
func random(tb testing.TB, r *rand.Rand) []*model.Trace {
	var spans []span
	kinds := []model.Kind{model.KindInternal, model.KindInternal, model.KindProducer, model.KindConsumer}
	for trace := range byte(1 + r.IntN(4)) {
		own := len(spans)
		for id := range byte(1 + r.IntN(30)) {
			start := r.Int64N(500)
			s := span{trace: trace + 1, id: id + 1, parent: byte(r.IntN(int(id) + 1)), service: string(rune('a' + r.IntN(3))), name: "x", start: start, end: start + r.Int64N(60), kind: kinds[r.IntN(len(kinds))]}
			if s.kind == model.KindConsumer && r.IntN(2) == 0 {
				s.links = [][2]byte{{1 + byte(r.IntN(4)), 1 + byte(r.IntN(30))}}
			}
			if s.kind == model.KindConsumer && s.parent > 0 && spans[own+int(s.parent)-1].kind == model.KindProducer {
				late := max(spans[own+int(s.parent)-1].start-s.start, 0)
				s.start, s.end = s.start+late, s.end+late
			}
			if r.IntN(9) == 0 {
				s.fail = "bad"
			}
			spans = append(spans, s)
		}
	}
	return build(tb, spans...)
}

// naive finds activities and messages the long way.
type naive struct{ traces []*model.Trace }

func (n naive) takes(t *model.Trace, i model.SpanIndex) bool {
	s := &t.Spans[i]
	return s.Kind == model.KindConsumer && !(s.Parent >= 0 && t.Spans[s.Parent].Kind == model.KindConsumer && t.Spans[s.Parent].Resource == s.Resource)
}

// entry returns the span with which the activity of span i began.
func (n naive) entry(t *model.Trace, i model.SpanIndex) model.SpanIndex {
	for {
		p := t.Spans[i].Parent
		if p < 0 || n.takes(t, i) || t.ServiceName(p) != t.ServiceName(i) {
			return i
		}
		i = p
	}
}

func (n naive) activities() (out []string) {
	for _, t := range n.traces {
		for e := range t.Spans {
			if n.entry(t, model.SpanIndex(e)) != model.SpanIndex(e) {
				continue
			}
			from, to, count, failed := t.Spans[e].Start, t.Spans[e].Start, 0, false
			for i := range t.Spans {
				if s := &t.Spans[i]; n.entry(t, model.SpanIndex(i)) == model.SpanIndex(e) {
					from, to, count, failed = min(from, s.Start), max(to, s.Start+s.Dur), count+1, failed || s.Failed()
				}
			}
			out = append(out, fmt.Sprint(t.ServiceName(model.SpanIndex(e)), t.Epoch+from, t.Epoch+to, count, failed))
		}
	}
	slices.Sort(out)
	return out
}

// received returns the pairs of spans that sent and took a message.
func (n naive) received() (out []string) {
	for _, from := range n.traces {
		for i := range from.Spans {
			for _, to := range n.traces {
				for k := range to.Spans {
					if from.Spans[i].Kind != model.KindProducer || !n.takes(to, model.SpanIndex(k)) {
						continue
					}
					met := from == to && to.Spans[k].Parent == model.SpanIndex(i)
					for _, l := range to.SpanLinks(model.SpanIndex(k)) {
						met = met || l.Trace == from.ID && l.Span == from.Spans[i].ID
					}
					if met {
						out = append(out, fmt.Sprint(from.ID, from.Spans[i].ID, to.ID, to.Spans[k].ID))
					}
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

// TestRandomOrders compares with the long way.
func TestRandomOrders(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 400 {
		traces := random(t, r)
		j, n := New(traces), naive{traces}
		if j.Moved > 0 {
			t.Fatalf("round %d: clocks were moved", round)
		}
		var got []string
		for _, a := range j.Activities {
			got = append(got, fmt.Sprint(j.Systems[a.System].Name, a.Start, a.End, a.Spans, a.Failure != Fine))
		}
		if slices.Sort(got); !slices.Equal(got, n.activities()) {
			t.Fatalf("round %d: activities %q, want %q", round, got, n.activities())
		}
		got = nil
		for _, m := range j.Messages {
			if m.Taker >= 0 {
				from, to := j.Traces[m.From.Trace], j.Traces[m.To.Trace]
				got = append(got, fmt.Sprint(from.ID, from.Spans[m.From.Span].ID, to.ID, to.Spans[m.To.Span].ID))
			}
		}
		if slices.Sort(got); !slices.Equal(got, n.received()) {
			t.Fatalf("round %d: messages %q, want %q", round, got, n.received())
		}
		for ms := int64(-1); ms < 600; ms++ { // a point between the times, which are whole ms
			at := epoch + ms*1e6 + 500_000
			want := slices.ContainsFunc(j.Activities, func(a Activity) bool { return a.Start <= at && at <= a.End })
			if got := slices.ContainsFunc(j.Busy(), func(s Stretch) bool { return s.From <= at && at <= s.To }); got != want {
				t.Fatalf("round %d: busy at %d: %v, want %v", round, ms, got, want)
			}
			first, last := j.Within(at, at+20e6)
			for k, a := range j.Activities {
				if a.Start <= at+20e6 && a.End >= at && (k < first || k >= last) {
					t.Fatalf("round %d: activity %d is not within %d and %d", round, k, first, last)
				}
			}
		}
	}
}

// BenchmarkNew tells an order of 500 traces and 300,000 spans.
func BenchmarkNew(b *testing.B) {
	traces := make([]*model.Trace, 500)
	for k := range traces {
		mb := model.NewBuilder()
		if err := otlp.DecodeProto(synthetic.Trace(600, int64(k)), mb); err != nil {
			b.Fatal(err)
		}
		traces[k] = mb.Build()[0]
	}
	b.ReportAllocs()
	for b.Loop() {
		if New(traces).Empty() {
			b.Fatal("nothing to tell")
		}
	}
}
