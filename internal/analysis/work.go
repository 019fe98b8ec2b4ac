package analysis

import "traceview/internal/model"

// Work tells, for every span, the time it worked itself from the time it
// waited for its children. Children are taken within their parent's time:
// what sticks out, by asynchrony or a wrong clock, is nobody's wait.
type Work struct {
	spans []model.Span
	waits Stretches // those of all spans, in the order of spans
	first []int32   // where the waits of a span begin, one more at the end
}

// NewWork looks at all spans once. Siblings come sorted by start, so the union
// of overlapping ones takes one comparison each.
func NewWork(t *model.Trace) *Work {
	n := len(t.Spans)
	w := &Work{spans: t.Spans, first: make([]int32, n+1)}
	w.waits = make(Stretches, 0, n-t.Roots) // no span has more waits than children
	for i := range t.Spans {
		p, from := &t.Spans[i], len(w.waits)
		w.first[i] = int32(from)
		for c := model.SpanIndex(i + 1); c < p.End; {
			s := &t.Spans[c]
			if lo, hi := max(s.Start, p.Start), min(s.Start+s.Dur, p.Start+p.Dur); lo < hi {
				w.waits = w.waits.put(from, lo, hi)
			}
			c = s.End
		}
	}
	w.first[n] = int32(len(w.waits))
	return w
}

// Waits returns when span i waited for a child. The caller must not change it.
func (w *Work) Waits(i model.SpanIndex) Stretches { return w.waits[w.first[i]:w.first[i+1]] }

// Self returns the self time of span i in ns: its duration without its waits.
func (w *Work) Self(i model.SpanIndex) int64 { return w.spans[i].Dur - w.Waits(i).Total() }
