package diagnosis

import (
	"slices"

	"traceview/internal/model"
)

// gaveUp turns the error of a caller that waited too long into a finding of what
// it waited for. The called program often goes on, and ends well after nobody
// waits for it any more.
func (d *doctor) gaveUp(s *scan, caller model.SpanIndex, f *Finding) {
	outlived := false
	for c := caller + 1; c < s.t.Spans[caller].End; c = s.t.Spans[c].End {
		outlived = outlived || !s.apart(c) && s.t.Spans[c].Resource != s.t.Spans[caller].Resource && s.end(c) > s.end(caller)+known
	}
	if !f.Fault.TimedOut && !outlived && !f.Fault.Cancelled {
		return
	}
	at := d.culprit(s, caller)
	if at == model.NoSpan {
		if f.Fault.TimedOut {
			f.Kind = Timeout
		}
		return
	}
	f.Kind = Timeout
	f.Evidence = slices.Insert(f.Evidence, 0, f.At)
	f.Other = f.At
	f.At = Place{s.index, at}
	f.Took = s.self[at]
	f.Usual = d.usualSelf(s, at)
	f.Excess = max(f.Took-f.Usual.P50, 0)
}

// culprit returns the span below caller that worked longest beyond what is usual
// while the caller waited, NoSpan if none accounts for a third of the wait.
func (d *doctor) culprit(s *scan, caller model.SpanIndex) model.SpanIndex {
	at, most := model.NoSpan, s.t.Spans[caller].Dur/3
	for i := caller + 1; i < s.t.Spans[caller].End && s.effort > 0; i++ {
		s.effort--
		if s.self[i] <= most || s.t.Spans[i].Start >= s.end(caller) || s.unit[i] != s.unit[caller] {
			continue
		}
		if over := s.self[i] - d.usualSelf(s, i).P50; over > most {
			at, most = i, over
		}
	}
	return at
}
