package diagnosis

import "traceview/internal/model"

const (
	// fewSamples is from how many values on the same call is compared with itself
	// below the same caller; with fewer, with itself anywhere.
	fewSamples = 10
	// leastHere is how many others of the same traces say what is usual.
	leastHere = 3
)

// baseOf returns what the baseline knows of an operation, nil for nothing.
func (d *doctor) baseOf(op int32) *normal {
	if op < 0 || d.known[op] < 0 || int(d.known[op]) >= len(d.base.byOp) {
		return nil
	}
	return &d.base.byOp[d.known[op]]
}

// pairOf returns what the baseline knows of an operation below another, nil for
// nothing.
func (d *doctor) pairOf(from, to int32) *together {
	if to < 0 || d.known[to] < 0 || from >= 0 && d.known[from] < 0 {
		return nil
	}
	k := pair{-1, d.known[to]}
	if from >= 0 {
		k.from = d.known[from]
	}
	return d.base.find(k)
}

// pairAt is pairOf of span i and its parent. It remembers what it found.
func (d *doctor) pairAt(s *scan, i model.SpanIndex) *together {
	n := s.pair[i]
	if n < 0 {
		return d.pairOf(s.parentOp(i), s.op[i])
	}
	if !d.looked[n] {
		d.looked[n], d.pairs[n] = true, d.pairOf(s.parentOp(i), s.op[i])
	}
	return d.pairs[n]
}

// usualSelf returns how long the operation of span i usually works itself: below
// the same caller if that is known well enough, else anywhere, else, and only if
// the baseline knows nothing, in the traces looked at.
func (d *doctor) usualSelf(s *scan, i model.SpanIndex) Usual {
	op := s.op[i]
	if op < 0 {
		return Usual{}
	}
	p := d.pairAt(s, i)
	n := d.baseOf(op)
	switch {
	case p != nil && len(p.self.values) >= fewSamples:
		return d.orBeside(s, i, &p.self)
	case n != nil && len(n.self.values) > 0:
		return d.orBeside(s, i, &n.self)
	}
	return d.beside(s, i)
}

// beside returns how long the same call took elsewhere in the traces looked at.
func (d *doctor) beside(s *scan, i model.SpanIndex) Usual {
	if s.pair[i] < 0 {
		return Usual{}
	}
	p := d.own.byPair[s.pair[i]]
	if len(p.self.values) <= leastHere {
		return Usual{}
	}
	without := s.self[i]
	if s.failed(i) {
		without = -1
	}
	u := p.self.usual(without)
	u.Here = true
	return u
}

// orBeside returns what is usual by a baseline, or by the same calls beside this
// one if those are all quick and such a long one is rare in the baseline as well:
// the straggler among calls made at once need not be the first ever.
func (d *doctor) orBeside(s *scan, i model.SpanIndex, known *sample) Usual {
	u := known.usual(-1)
	if u.far(s.self[i]) >= unusual || s.self[i] < 4*u.P50 || known.share(s.self[i]/2) > 0.1 || !s.atOnce(i) {
		return u
	}
	if b := d.beside(s, i); b.far(s.self[i]) >= unusual {
		return b
	}
	return u
}

// usualWhole is usualSelf for the whole duration, from the baseline alone.
func (d *doctor) usualWhole(s *scan, i model.SpanIndex) Usual {
	if n := d.baseOf(s.op[i]); n != nil && len(n.dur.values) > 0 {
		return n.dur.usual(-1)
	}
	return Usual{}
}

// usually says whether most spans of an operation have a child of the other.
func (d *doctor) usually(from, to int32) bool {
	n, p := d.baseOf(from), d.pairOf(from, to)
	return n != nil && p != nil && n.n >= 4 && 2*p.parents >= n.n
}

// answered says whether the calls of an operation are usually served by a span of
// another process: in the baseline, or else in the traces looked at.
func (d *doctor) answered(op int32) bool {
	if n := d.baseOf(op); n != nil && n.n >= leastHere {
		return n.remote*10 >= n.n*9
	}
	if op < 0 {
		return false
	}
	n := &d.own.byOp[op]
	return n.remote >= leastHere && n.remote*10 >= (n.n-1)*9
}

// atOnce says whether a call of the same operation runs beside span i, or beside one
// of the few above it that stand for the same call.
func (s *scan) atOnce(i model.SpanIndex) bool {
	for range 3 {
		p := s.t.Spans[i].Parent
		if p == model.NoSpan {
			return false
		}
		for c := p + 1; c < s.t.Spans[p].End && s.effort > 0; c = s.t.Spans[c].End {
			s.effort--
			if c != i && s.op[c] == s.op[i] && s.t.Spans[c].Start < s.end(i) && s.end(c) > s.t.Spans[i].Start {
				return true
			}
		}
		i = p
	}
	return false
}

// A Ranking compares the spans of one trace with a baseline. It may be read from any
// goroutine.
type Ranking struct {
	base *Baseline
	scan *scan
}

// Ranking returns what compares the spans of a trace with the baseline, which must
// be Ready.
func (b *Baseline) Ranking(t *model.Trace) *Ranking {
	return &Ranking{b, &scan{t: t, classes: classesOf(t.Arena)}}
}

// Duration returns how long spans of the operation of span i usually take, and the
// share of them that took less than it, 0 to 1.
func (r *Ranking) Duration(i model.SpanIndex) (u Usual, less float64) {
	op := r.base.ops.lookup(r.scan.operation(i))
	if op < 0 || int(op) >= len(r.base.byOp) {
		return u, 0
	}
	s := &r.base.byOp[op].dur
	return s.usual(-1), 1 - s.share(r.scan.t.Spans[i].Dur)
}
