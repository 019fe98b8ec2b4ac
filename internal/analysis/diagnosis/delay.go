package diagnosis

import (
	"slices"

	"traceview/internal/model"
)

const (
	unusual     = 4.0       // standard deviations above the usual
	leastLoss   = 1 << 20   // ns; about a millisecond is nobody's delay
	leastBeside = 5_000_000 // and more, where only the same trace says what is usual
)

// delays reports spans on the critical path that worked much longer than usual.
// What is off the path delays nobody, and is told as that.
func (d *doctor) delays(s *scan) {
	for k := range s.t.Spans {
		i := model.SpanIndex(k)
		if s.self[i] < leastLoss || s.failed(i) || s.op[i] < 0 {
			continue
		}
		whole := max(s.t.Spans[s.unit[i]].Dur, 1)
		if !s.path.Has(i) {
			if s.self[i]*5 >= whole {
				d.aside(s, i)
			}
			continue
		}
		on := s.path.Of(i).Total()
		if on*50 < whole {
			continue
		}
		d.delay(s, i, on, whole)
	}
}

// delay reports span i if it took unusually long. on is its own time on the
// path, whole that of its unit.
func (d *doctor) delay(s *scan, i model.SpanIndex, on, whole int64) {
	took, u := s.self[i], d.usualSelf(s, i)
	if s.t.Spans[i].Kind == model.KindClient && !s.remote.Has(i) && !u.Here && d.answered(s.op[i]) {
		// Nobody shows what the other side did: its time counts as ours.
		took, u = s.t.Spans[i].Dur, d.usualWhole(s, i)
	}
	f := Finding{Kind: Slow, Effect: Delayed, At: Place{s.index, i}, Took: took, Usual: u, Other: nowhere}
	f.Excess = min(on, took-u.P50)
	excess := f.Excess
	f.Share = float64(f.Excess) / float64(whole)
	far := u.far(took)
	switch {
	case u.Samples == 0:
		if !d.strange(s, i, &f, whole) {
			return
		}
	case far < unusual || f.Excess < leastLoss || u.Here && f.Excess < leastBeside || f.Share < leastShare(far):
		return
	default:
		f.Confidence = min(0.55+(far-unusual)*0.05, 0.9)
		if u.Here {
			f.Confidence = min(f.Confidence, 0.6)
		}
	}
	if s.paused(i, excess) {
		f.Kind = Gap
	}
	f.lost = f.Excess
	f.Evidence = s.callers(i)
	d.add(s, f)
}

// aside reports a span that is off the path and yet took so long that nobody would
// understand if nothing were said of it.
func (d *doctor) aside(s *scan, i model.SpanIndex) {
	u := d.usualSelf(s, i)
	if u.far(s.self[i]) < 2.5*unusual {
		return
	}
	f := Finding{Kind: Slow, Effect: Aside, At: Place{s.index, i}, Took: s.self[i], Excess: s.self[i] - u.P50, Usual: u, Other: nowhere,
		Confidence: 0.4, Evidence: s.callers(i)}
	if s.paused(i, f.Excess) {
		f.Kind = Gap
	}
	d.add(s, f)
}

// paused says whether at least half of the time that span i took too long lies in one
// place beside its children. Else it was slow all along, as is the straggler among
// others. Of a call only the way there and back lies beside its other side.
func (s *scan) paused(i model.SpanIndex, excess int64) bool {
	p := &s.t.Spans[i]
	switch {
	case p.End == i+1:
		return false
	case p.Kind == model.KindClient:
		return true
	case s.atOnce(i):
		return false
	}
	most, at := int64(0), p.Start
	list := append(s.waits(nil, i), wait{p.Start + p.Dur, p.Start + p.Dur})
	slices.SortFunc(list, byStart)
	for _, w := range list {
		most, at = max(most, w.from-at), max(at, w.to)
	}
	return 2*most >= excess
}

// leastShare returns what share of its unit a delay must be to be worth a word: the
// more out of the ordinary it is, the less.
func leastShare(far float64) float64 {
	switch {
	case far < 1.5*unusual:
		return 0.15
	case far < 2.5*unusual:
		return 0.05
	}
	return 0.02
}

// strange judges a span of which nothing is known. Where the baseline knows its
// caller, such a step is new, and to blame if the whole took unusually long.
// Without a baseline only what fills most of the trace, and seconds of it, is
// worth a word, and not a sure one; of the only span of a trace even that says nothing.
func (d *doctor) strange(s *scan, i model.SpanIndex, f *Finding, whole int64) bool {
	if d.base.traces == 0 {
		f.Excess, f.Confidence = 0, 0.35
		f.lost = 0
		if s.roles[i] == takes && s.read(i).do == "receive" {
			return false // it waited for messages
		}
		return f.Share >= 0.5 && f.Took >= 1_000_000_000 && len(s.t.Spans) > 1
	}
	if from := d.baseOf(s.parentOp(i)); from == nil || from.n < fewSamples {
		return false
	}
	f.Confidence = 0.5
	return f.Share >= 0.2 && d.usualWhole(s, s.unit[i]).far(whole) >= unusual/2
}

// callers lists the spans above i, up to its unit.
func (s *scan) callers(i model.SpanIndex) []Place {
	var out []Place
	for u := s.unit[i]; i != u && len(out) < maxEvidence; {
		i = s.t.Spans[i].Parent
		out = append(out, Place{s.index, i})
	}
	return out
}
