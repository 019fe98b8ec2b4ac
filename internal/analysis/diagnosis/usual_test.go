package diagnosis

import (
	"testing"

	"traceview/internal/demo/synthetic"
	"traceview/internal/model"
)

// TestRanking compares what a ranking says with all durations sorted.
func TestRanking(t *testing.T) {
	tr, other := decode(t, synthetic.Trace(3000, 1)), decode(t, synthetic.Trace(3000, 2))
	b := NewBaseline()
	if u, less := b.Ranking(tr).Duration(0); u.Samples != 0 || less != 0 {
		t.Errorf("nothing known, it says %+v, %v", u, less)
	}
	b.Add(other)
	b.Ready()
	r := b.Ranking(tr)
	known := 0
	for i := range tr.Spans {
		s := &tr.Spans[i]
		n, less := 0, 0
		for k := range other.Spans {
			o := &other.Spans[k]
			if other.Name(model.SpanIndex(k)) == tr.Name(model.SpanIndex(i)) && other.ServiceName(model.SpanIndex(k)) == tr.ServiceName(model.SpanIndex(i)) && o.Kind == s.Kind && !o.Failed() {
				if n++; o.Dur < s.Dur {
					less++
				}
			}
		}
		u, got := r.Duration(model.SpanIndex(i))
		if u.Samples > n || n > 0 && n < sampleSize && u.Samples == n && !u.Moved && absolute(got-float64(less)/float64(n)) > 1e-9 {
			t.Fatalf("span %d: %d samples of %d, %v less, want %v", i, u.Samples, n, got, float64(less)/float64(n))
		}
		if u.Samples > 0 {
			known++
		}
	}
	if known < len(tr.Spans)/2 {
		t.Errorf("only %d spans are known", known)
	}
}

func absolute(f float64) float64 { return max(f, -f) }
