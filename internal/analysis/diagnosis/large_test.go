package diagnosis

import (
	"slices"
	"testing"

	"traceview/internal/demo/synthetic"
	"traceview/internal/model"
)

// TestLargeTracesAreScannedAlike compares what two goroutines come to with the
// plain way, one span after the other.
func TestLargeTracesAreScannedAlike(t *testing.T) {
	for name, encode := range map[string]func(n int, seed int64) []byte{"tree": synthetic.Trace, "chain": synthetic.Deep} {
		trace := decode(t, encode(large, 1))
		if len(trace.Spans) < large {
			t.Fatalf("%s: %d spans, want %d or more", name, len(trace.Spans), large)
		}
		b := NewBaseline()
		s := newScan(b.ops, trace)
		b.add(s)
		ops, counts, failures := newOperations(), map[pair]int{}, map[pair]int{}
		for i := range trace.Spans {
			i := model.SpanIndex(i)
			if want := ops.number(s.operation(i)); s.op[i] != want {
				t.Fatalf("%s: span %d is of operation %d, want %d", name, i, s.op[i], want)
			}
			k := pair{s.parentOp(i), s.op[i]}
			if counts[k]++; s.failed(i) {
				failures[k]++
			}
		}
		if !slices.Equal(b.ops.list, ops.list) || len(b.pairs) != len(counts) {
			t.Fatalf("%s: %d operations and %d pairs, want %d and %d", name, len(b.ops.list), len(b.pairs), len(ops.list), len(counts))
		}
		n := 0
		for k, count := range counts {
			if p := b.find(k); p == nil || p.n != count || p.failed != failures[k] || p.self.n != count-failures[k] {
				t.Fatalf("%s: pair %v is %+v, want %d, failed %d", name, k, p, count, failures[k])
			}
			n += b.byOp[k.to].n
			b.byOp[k.to].n = 0 // counted once
		}
		if n != len(trace.Spans) {
			t.Errorf("%s: %d spans are counted by operation, want %d", name, n, len(trace.Spans))
		}
	}
}
