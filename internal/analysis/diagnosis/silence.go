package diagnosis

import (
	"slices"

	"traceview/internal/model"
)

// silence reports what is not there: messages that nobody received, and calls
// whose other side shows no span.
func (d *doctor) silence(s *scan) {
	orphans := s.orphans()
	only := s.onlyWays(orphans)
	well := len(orphans) == 0 && !slices.ContainsFunc(d.found, func(f Finding) bool { return f.At.Trace == s.index && f.Effect >= Unknown })
	for k := range s.t.Spans {
		i := model.SpanIndex(k)
		if well {
			d.unsent(s, i)
		}
		switch {
		case s.failed(i):
		case s.roles[i] == sends:
			d.unheard(s, i)
		case s.t.Spans[i].Kind == model.KindClient && !s.remote.Has(i) && s.t.Spans[i].End == i+1:
			d.unserved(s, i, orphans, only[i])
		}
	}
	d.lost(s, orphans)
	d.headless(s)
}

// unheard reports a message that nobody received although such messages always
// are.
func (d *doctor) unheard(s *scan, i model.SpanIndex) {
	sp := &s.t.Spans[i]
	n := d.baseOf(s.op[i])
	if n == nil || n.n < leastHere || n.taken*10 < n.n*9 || len(d.taken[ref{s.t.ID, sp.ID}]) > 0 {
		return
	}
	if d.part && n.apart*10 > n.taken {
		return // another trace may show who took it
	}
	sent := s.t.Epoch + s.end(i)
	u := n.sent.usual(-1)
	if age := d.asked - sent; d.asked > 0 && age >= 0 && age < 3*u.high+leastWait {
		return // it may still be on its way
	}
	f := Finding{Kind: MissingSpans, Effect: Stopped, At: Place{s.index, i}, Other: nowhere, Took: d.now - sent, Usual: u, Count: 1,
		Confidence: min(0.6+0.3*float64(n.taken)/float64(n.n), 0.6+float64(n.n)/100), Evidence: s.callers(i)}
	f.begin = sent
	d.add(s, f)
}

// unserved reports a call that the other side usually has a span for. Spans of the
// same trace whose parent is missing are what the other side did.
func (d *doctor) unserved(s *scan, i model.SpanIndex, orphans []model.SpanIndex, only bool) {
	if n := d.baseOf(s.op[i]); !d.answered(s.op[i]) && (!only || n != nil && n.n >= leastHere) {
		return
	}
	f := Finding{Kind: MissingSpans, Effect: Unseen, At: Place{s.index, i}, Other: nowhere, Took: s.t.Spans[i].Dur, Confidence: 0.65}
	if d.baseOf(s.op[i]) == nil {
		f.Confidence = 0.45
	}
	for _, o := range orphans {
		if s.t.Spans[o].Start >= s.t.Spans[i].Start && len(f.Evidence) < maxEvidence {
			f.Evidence = append(f.Evidence, Place{s.index, o})
		}
	}
	if len(f.Evidence) > 0 {
		f.Other = f.Evidence[0]
		f.Confidence += 0.2
	}
	f.begin = s.t.Epoch + s.t.Spans[i].Start
	d.add(s, f)
}

// onlyWays returns, for spans whose parent is missing, the call that must have led
// to it: the only one to the dark during which it began.
func (s *scan) onlyWays(orphans []model.SpanIndex) map[model.SpanIndex]bool {
	if len(orphans) == 0 {
		return nil
	}
	calls := make([][]model.SpanIndex, len(orphans))
	for k := range s.t.Spans {
		c := model.SpanIndex(k)
		if s.t.Spans[c].Kind != model.KindClient || s.t.Spans[c].End != c+1 {
			continue
		}
		for n, o := range orphans {
			if at := s.t.Spans[o].Start; at >= s.t.Spans[c].Start && at <= s.end(c) && len(calls[n]) < 2 {
				calls[n] = append(calls[n], c)
			}
		}
	}
	only := map[model.SpanIndex]bool{}
	for n, o := range orphans {
		if len(calls[n]) == 1 && s.t.ServiceName(calls[n][0]) != s.t.ServiceName(o) {
			only[calls[n][0]] = true
		}
	}
	return only
}

// maxOrphans bounds how many spans without their parent are looked at one by one.
const maxOrphans = 8

// orphans lists the spans whose parent is missing, but for one that begins the
// trace: it was called from outside.
func (s *scan) orphans() []model.SpanIndex {
	var out []model.SpanIndex
	for i := model.SpanIndex(0); int(i) < len(s.t.Spans) && len(out) < maxOrphans; i = s.t.Spans[i].End {
		if i > 0 && !s.t.Spans[i].ParentID.IsZero() {
			out = append(out, i)
		}
	}
	return out
}
