package analysis

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"traceview/internal/model"
)

// text writes segments as "id start-end", ids in decimal.
func text(t *model.Trace, list []Segment) string {
	var b strings.Builder
	for _, s := range list {
		fmt.Fprintf(&b, " %d %d-%d", uint64(t.Spans[s.Span].ID), s.Start, s.End)
	}
	return strings.TrimSpace(b.String())
}

func TestPath(t *testing.T) {
	const consumer = model.KindConsumer
	for _, tc := range []struct {
		name  string
		spans []span
		want  string
	}{
		{"no spans", nil, ""},
		{"one span", []span{{id: 1, end: 10}}, "1 0-10"},
		{"no time at all", []span{{id: 1}, {id: 2, parent: 1}}, ""},
		{"sequential", []span{{id: 1, end: 100}, {id: 2, parent: 1, start: 10, end: 40}, {id: 3, parent: 1, start: 50, end: 90}},
			"1 0-10 2 10-40 1 40-50 3 50-90 1 90-100"},
		{"sequential without a gap", []span{{id: 1, end: 100}, {id: 2, parent: 1, end: 50}, {id: 3, parent: 1, start: 50, end: 100}},
			"2 0-50 3 50-100"},
		{"parallel: the last to finish", []span{{id: 1, end: 100}, {id: 2, parent: 1, start: 10, end: 60}, {id: 3, parent: 1, start: 10, end: 90}},
			"1 0-10 3 10-90 1 90-100"},
		{"parallel, ending together: the longest", []span{{id: 1, end: 100}, {id: 2, parent: 1, start: 30, end: 90}, {id: 3, parent: 1, start: 10, end: 90}},
			"1 0-10 3 10-90 1 90-100"},
		{"overlapping: what ended before the last one began", []span{{id: 1, end: 100}, {id: 2, parent: 1, start: 5, end: 35},
			{id: 3, parent: 1, start: 20, end: 60}, {id: 4, parent: 1, start: 40, end: 90}},
			"1 0-5 2 5-35 1 35-40 4 40-90 1 90-100"},
		{"nested", []span{{id: 1, end: 100}, {id: 2, parent: 1, start: 10, end: 90}, {id: 3, parent: 2, start: 20, end: 50}, {id: 4, parent: 3, start: 30, end: 40}},
			"1 0-10 2 10-20 3 20-30 4 30-40 3 40-50 2 50-90 1 90-100"},
		{"a child outliving its parent is clipped", []span{{id: 1, end: 100}, {id: 2, parent: 1, start: 60, end: 300}, {id: 3, parent: 1, start: 10, end: 50}},
			"1 0-10 3 10-50 1 50-60 2 60-100"},
		{"below a clipped child too", []span{{id: 1, end: 100}, {id: 2, parent: 1, start: 60, end: 300}, {id: 3, parent: 2, start: 90, end: 250}},
			"1 0-60 2 60-90 3 90-100"},
		{"nobody waits for a consumer that outlives its parent", []span{{id: 1, end: 100}, {id: 2, parent: 1, start: 60, end: 300, kind: consumer}, {id: 3, parent: 1, start: 10, end: 50}},
			"1 0-10 3 10-50 1 50-100"},
		{"a consumer within its parent is a child like any", []span{{id: 1, end: 100}, {id: 2, parent: 1, start: 60, end: 90, kind: consumer}},
			"1 0-60 2 60-90 1 90-100"},
		{"a child of a clock that is slow is clipped", []span{{id: 1, start: 50, end: 100}, {id: 2, parent: 1, end: 70}},
			"2 50-70 1 70-100"},
		{"a child of a clock that is wholly wrong is left out", []span{{id: 1, start: 50, end: 100}, {id: 2, parent: 1, end: 20}, {id: 3, parent: 1, start: 100, end: 120}},
			"1 50-100"},
		{"a child around its parent", []span{{id: 1, start: 50, end: 100}, {id: 2, parent: 1, end: 200}}, "2 50-100"},
		{"a child without duration", []span{{id: 1, end: 100}, {id: 2, parent: 1, start: 50, end: 50}}, "1 0-100"},
		{"several roots have a path each", []span{{id: 1, end: 100}, {id: 2, parent: 1, start: 10, end: 90}, {id: 3, start: 20, end: 50}, {id: 4, parent: 9, start: 200, end: 220}},
			"1 0-10 2 10-90 3 20-50 1 90-100 4 200-220"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tr := build(t, tc.spans)
			// Times of spans count from the earliest, which is at 0 in every case.
			if got := text(tr, NewPath(tr).Segments); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}

// naivePath is the definition, with a fresh search for each child.
func naivePath(t *model.Trace, i model.SpanIndex, start, end int64) []Segment {
	var out []Segment
	put := func(lo, hi int64) {
		if lo < hi {
			out = append(out, Segment{i, lo, hi})
		}
	}
	at := end
	for {
		best, bestLo, bestHi := model.NoSpan, int64(0), int64(0)
		for c := range t.Spans {
			s := &t.Spans[c]
			lo, hi := max(s.Start, start), min(s.Start+s.Dur, end)
			if s.Parent != i || lo >= hi || hi > at || s.Kind == model.KindConsumer && s.Start+s.Dur > end {
				continue
			}
			if best == model.NoSpan || hi > bestHi || hi == bestHi && lo < bestLo {
				best, bestLo, bestHi = model.SpanIndex(c), lo, hi
			}
		}
		if best == model.NoSpan {
			put(start, at)
			return out
		}
		put(bestHi, at)
		out = append(out, naivePath(t, best, bestLo, bestHi)...)
		at = bestLo
	}
}

func TestPathAgreesWithDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	for range 400 {
		tr := random(t, r, 1+r.IntN(40))
		p := NewPath(tr)
		var want []Segment
		var total int64
		for i := model.SpanIndex(0); int(i) < len(tr.Spans); i = tr.Spans[i].End {
			s := &tr.Spans[i]
			list := naivePath(tr, i, s.Start, s.Start+s.Dur)
			slices.Reverse(list)
			want = append(want, list...)
			total += s.Dur // a root's path leaves out none of its time
		}
		slices.SortStableFunc(want, func(a, b Segment) int { return int(a.Start - b.Start) })
		if got := text(tr, p.Segments); got != text(tr, want) {
			t.Fatalf("got  %s\nwant %s", got, text(tr, want))
		}
		if p.Total != total {
			t.Fatalf("total %d, want %d", p.Total, total)
		}
		checkBySpan(t, tr, p)
	}
}

// checkBySpan holds that the two orders of the path say the same.
func checkBySpan(t *testing.T, tr *model.Trace, p *Path) {
	t.Helper()
	var total int64
	n := 0
	for i := range tr.Spans {
		i := model.SpanIndex(i)
		list := p.Of(i)
		if p.Has(i) != (len(list) > 0) {
			t.Fatalf("span %d: Has is %v for %d stretches", i, p.Has(i), len(list))
		}
		for _, s := range list {
			if !slices.Contains(p.Segments, Segment{i, s.Start, s.End}) {
				t.Fatalf("span %d: %+v is not on the path", i, s)
			}
		}
		total += list.Total()
		n += len(list)
	}
	if total != p.Total || n != len(p.Segments) {
		t.Fatalf("%d ns in %d pieces by span, %d in %d by time", total, n, p.Total, len(p.Segments))
	}
}

func TestPathOfDeepChain(t *testing.T) {
	const n = 100_000
	spans := make([]span, n)
	for i := range spans {
		spans[i] = span{id: model.SpanID(i + 1), parent: model.SpanID(i), start: int64(i), end: 2*n - int64(i)}
	}
	p := NewPath(build(t, spans))
	if len(p.Segments) != 2*n-1 || p.Total != 2*n {
		t.Errorf("%d segments of %d ns, want %d of %d", len(p.Segments), p.Total, 2*n-1, 2*n)
	}
}

func BenchmarkPath(b *testing.B) {
	for _, s := range shapes {
		for _, n := range []int{1e3, 1e5, 1e6} {
			b.Run(fmt.Sprintf("%s/%d", s.name, n), func(b *testing.B) {
				tr := decode(b, s.make(n, 1))
				b.ReportAllocs()
				for b.Loop() {
					NewPath(tr)
				}
			})
		}
	}
}

// TestPathsApart holds that what nobody waits for has a path of its own, and is on no
// other, whenever it ends.
func TestPathsApart(t *testing.T) {
	tr := build(t, []span{
		{id: 1, start: 0, end: 100},
		{id: 2, parent: 1, start: 10, end: 20, kind: model.KindProducer},
		{id: 3, parent: 2, start: 15, end: 95, kind: model.KindConsumer},
		{id: 4, parent: 3, start: 30, end: 80},
		{id: 5, parent: 1, start: 40, end: 90},
	})
	apart := NewSet(len(tr.Spans))
	apart.Add(2) // the consumer
	p := NewPaths(tr, apart)
	want := []struct{ total int64 }{{100 - 10 - 50}, {10}, {80 - 50}, {50}, {50}}
	for i, w := range want {
		if got := p.Of(model.SpanIndex(i)).Total(); got != w.total {
			t.Errorf("span %d is on a path for %d ns, want %d", i+1, got, w.total)
		}
	}
	if p.Total != 180 {
		t.Errorf("paths of %d ns in all, want 180", p.Total)
	}
}
