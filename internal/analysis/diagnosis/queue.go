package diagnosis

import "traceview/internal/model"

const (
	// longWait is how long a message must lie in a queue, in ns, to be worth a word
	// where nothing is known of it.
	longWait = 60_000_000_000
	// leastWait is from how many ns on anybody minds.
	leastWait = 5_000_000
)

// waits reports messages that lay in a queue much longer than usual, at the span
// that took them.
func (d *doctor) waits(s *scan) {
	for k := range s.t.Spans {
		i := model.SpanIndex(k)
		if s.roles[i] != takes {
			continue
		}
		from, ok := d.sender[Place{s.index, i}]
		if !ok {
			continue
		}
		other := d.scans[from.Trace]
		if other != s {
			d.premature(s, i, from)
		}
		begin := s.t.Epoch + s.t.Spans[i].Start
		wait := begin - other.t.Epoch - other.end(from.Span)
		f := Finding{Kind: QueueWait, Effect: Delayed, At: Place{s.index, i}, Took: wait, Other: from, Evidence: []Place{from}}
		if n := d.baseOf(s.op[i]); n != nil && len(n.wait.values) > 0 {
			f.Usual = n.wait.usual(-1)
		}
		f.Excess = wait - f.Usual.P50
		far := f.Usual.far(wait)
		switch {
		case wait < leastWait || d.earlier(s, i, from) || d.byClock(s, i, f.Excess, s.unsure+other.unsure):
			continue
		case f.Usual.Samples == 0:
			if wait < longWait || d.base.traces > 0 {
				continue
			}
			f.Excess, f.Confidence = 0, 0.4
		case far < unusual:
			continue
		default:
			f.Confidence = min(0.6+(far-unusual)*0.05, 0.95)
		}
		f.lost = wait
		f.Share = float64(wait) / float64(wait+s.t.Spans[i].Dur)
		d.add(s, f)
	}
}

// earlier says whether the message was taken before, and this is another
// delivery of it.
func (d *doctor) earlier(s *scan, i model.SpanIndex, from Place) bool {
	o := d.scans[from.Trace]
	for _, p := range d.taken[ref{o.t.ID, o.t.Spans[from.Span].ID}] {
		t := d.scans[p.Trace]
		if p != (Place{s.index, i}) && t.op[p.Span] == s.op[i] && d.byTime(p, Place{s.index, i}) < 0 {
			return true
		}
	}
	return false
}

// byClock says whether a wait is only a clock that is wrong: within what is not sure
// of clocks, or as much as the service of span i is off elsewhere.
func (d *doctor) byClock(s *scan, i model.SpanIndex, wait, unsure int64) bool {
	if wait < unsure {
		return true
	}
	for _, f := range d.found {
		other := d.scans[f.At.Trace]
		if ahead := abs(f.Took); f.Kind == ClockSkew && other.t.ServiceName(f.At.Span) == s.t.ServiceName(i) && abs(wait-ahead) < ahead/5 {
			return true
		}
	}
	return false
}
