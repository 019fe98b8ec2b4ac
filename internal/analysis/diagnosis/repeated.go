package diagnosis

import "traceview/internal/model"

// fewCalls is up to how many calls of one kind nobody minds.
const fewCalls = 5

// manyCalls is from how many calls on where nothing usual is known each more is odder.
const manyCalls = 20

// A series is the children of a span that are of one operation.
type series struct {
	op    int32
	spans []model.SpanIndex
}

// repeats reports spans that make many more calls of one kind, one after another,
// than is usual: the N+1 queries of object-relational mappers.
func (d *doctor) repeats(s *scan) {
	var list []series
	at := map[int32]int{}
	for k := range s.t.Spans {
		p := model.SpanIndex(k)
		if s.op[p] < 0 || !s.hasChildren(p, fewCalls) {
			continue
		}
		list = list[:0]
		for c := p + 1; c < s.t.Spans[p].End; c = s.t.Spans[c].End {
			n, ok := at[s.op[c]]
			if !ok {
				n = len(list)
				at[s.op[c]] = n
				list = append(list, series{op: s.op[c]})
			}
			list[n].spans = append(list[n].spans, c)
		}
		clear(at)
		for _, l := range list {
			if len(l.spans) >= fewCalls && l.op >= 0 {
				d.repeated(s, p, l)
			}
		}
	}
}

// hasChildren says whether span p has n children or more.
func (s *scan) hasChildren(p model.SpanIndex, n int) bool {
	for c := p + 1; c < s.t.Spans[p].End && n > 0; c = s.t.Spans[c].End {
		n--
	}
	return n == 0
}

// repeated reports one series of calls of span p if it is out of the ordinary.
func (d *doctor) repeated(s *scan, p model.SpanIndex, l series) {
	n := len(l.spans)
	waits := make([]wait, 0, n)
	sum, on, bad := int64(0), 0, 0
	for _, c := range l.spans {
		sum += s.t.Spans[c].Dur
		waits = append(waits, wait{s.t.Spans[c].Start, s.end(c)})
		if s.path.Has(c) {
			on++
		}
		if s.failed(c) {
			bad++
		}
	}
	busy, whole := covered(waits), max(s.t.Spans[s.unit[p]].Dur, 1)
	if busy*10 < sum*7 || on*2 < n || bad*2 > n || busy < leastLoss {
		return
	}
	f := Finding{Kind: RepeatedCalls, Effect: Delayed, At: Place{s.index, p}, Took: busy, Count: n, Other: nowhere, Evidence: s.places(l.spans)}
	var least float64
	f.Usual, least, f.Confidence = d.usualCalls(s, p, l)
	f.UsualCount = int(f.Usual.P50)
	if f.Confidence == 0 || n < 3*int(f.Usual.P95) || float64(n) < 1.5*float64(f.Usual.high) {
		return
	}
	f.Excess = busy - busy*int64(f.UsualCount)/int64(n)
	f.Share = float64(f.Excess) / float64(whole)
	if f.Share < least {
		return
	}
	f.lost = f.Excess
	d.add(s, f)
}

// usualCalls returns how many calls of that kind are usual, from what share of
// the time on more are worth a word, and how sure that is: not at all, if 0.
func (d *doctor) usualCalls(s *scan, p model.SpanIndex, l series) (Usual, float64, float64) {
	if from := d.baseOf(s.op[p]); from != nil && from.n >= leastHere {
		if pair := d.pairOf(s.op[p], l.op); pair != nil && len(pair.calls.values) > 0 {
			return pair.calls.usual(-1), 0.1, 0.85
		}
		return Usual{Samples: from.n}, 0.1, 0.75
	}
	if own := d.own.find(pair{s.op[p], l.op}); own != nil && len(own.calls.values) > leastHere {
		u := own.calls.usual(int64(len(l.spans)))
		u.Here = true
		return u, 0.25, 0.6
	}
	if len(l.spans) < 2*fewCalls {
		return Usual{}, 0, 0
	}
	return Usual{}, max(0.4*min(manyCalls/float64(len(l.spans)), 1), 0.2), 0.5
}
