package diagnosis

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"traceview/internal/model"
)

// An offset says by how many ns the clock of a process is ahead (above 0) or behind.
type offset struct {
	resource model.ResourceID
	ahead    int64
}

// clockError is from how many ns on two clocks are said to differ: those of
// healthy hosts differ by a few ms.
const clockError = 10_000_000

// A span of time that must be added to the clock of a called process for its
// spans to lie within the calls.
type bound struct{ lo, hi int64 }

type edge struct{ from, to model.ResourceID }

// A clock is that of a process, in all traces of one Builder.
type clock struct {
	arena    *model.Arena
	resource model.ResourceID
}

// lags finds by how much the clocks of processes differ, nil if they do not. Only a
// call that waits for its answer says much: the called span lies within the
// call, so each call bounds the difference of two clocks (as NTP does; Cristian,
// "Probabilistic clock synchronization", 1989). A message bounds it where it seems to
// be taken before it was sent. From the root on, the differences
// of neighbours add up.
func lags(s *scan) map[model.ResourceID]int64 {
	bounds := map[edge]bound{}
	var order []edge
	broken := false
	for i := range s.t.Spans {
		c := &s.t.Spans[i]
		var b bound
		switch {
		case s.answers(model.SpanIndex(i)):
			b = callBound(s, model.SpanIndex(i))
		case s.early(model.SpanIndex(i)):
			b = bound{s.t.Spans[c.Parent].Start - c.Start, math.MaxInt64}
		default:
			continue
		}
		broken = broken || b.lo > clockError || b.hi < -clockError
		e := edge{s.t.Spans[c.Parent].Resource, c.Resource}
		old, ok := bounds[e]
		if !ok {
			order, old = append(order, e), bound{math.MinInt64, math.MaxInt64}
		}
		bounds[e] = bound{max(old.lo, b.lo), min(old.hi, b.hi)}
	}
	if !broken {
		return nil
	}
	return s.addUp(order, bounds)
}

// addUp adds up the differences of clocks from the root on. What bounds a difference
// on one side only counts where nothing better is known.
func (s *scan) addUp(order []edge, bounds map[edge]bound) map[model.ResourceID]int64 {
	at, called := map[model.ResourceID]int64{}, map[model.ResourceID]bool{}
	for _, e := range order {
		called[e.to] = true
	}
	for _, any := range []bool{false, true} {
		for _, e := range order { // parents come before children, so that from is known
			b := bounds[e]
			if _, known := at[e.from]; !known && (any || !called[e.from]) {
				at[e.from] = 0
			}
			_, ready := at[e.from]
			if _, known := at[e.to]; known || !ready || b.hi == math.MaxInt64 && !any {
				continue
			}
			at[e.to] = at[e.from] + b.least()
			if b.least() != 0 {
				s.unsure = max(s.unsure, b.width())
			}
		}
	}
	return at
}

// answers says whether span i serves a call of another process that waits for it.
func (s *scan) answers(i model.SpanIndex) bool {
	c := &s.t.Spans[i]
	if c.Parent == model.NoSpan || c.Dur == 0 {
		return false
	}
	p := &s.t.Spans[c.Parent]
	if p.Resource == c.Resource || s.roles[i] == takes || s.roles[c.Parent] == sends {
		return false
	}
	return c.Kind == model.KindServer || p.Kind == model.KindClient ||
		c.Kind == model.KindUnspecified && p.Kind == model.KindUnspecified && s.t.ServiceName(i) != s.t.ServiceName(c.Parent)
}

// callBound bounds what must be added to the clock of span i. A caller that failed
// may have given up, and one that is shorter did not wait: they bound one side only.
func callBound(s *scan, i model.SpanIndex) bound {
	c := &s.t.Spans[i]
	p := &s.t.Spans[c.Parent]
	b := bound{p.Start - c.Start, p.Start + p.Dur - c.Start - c.Dur}
	if late := -b.hi; s.said[c.Parent] == failed || c.Dur > p.Dur || late > 0 && late < max(clockError, p.Dur/5) {
		b.hi = max(b.hi, 0)
		b.hi = max(b.hi, b.lo)
	}
	return b
}

// early says whether span i took a message of another process before it was sent. One
// that asks for messages may begin before there are any.
func (s *scan) early(i model.SpanIndex) bool {
	c := &s.t.Spans[i]
	if c.Parent == model.NoSpan || s.roles[i] != takes || s.roles[c.Parent] != sends {
		return false
	}
	p := &s.t.Spans[c.Parent]
	return p.Resource != c.Resource && c.Start+clockError < p.Start && (s.end(i) < p.Start || s.read(i).do != "receive")
}

// width is how much is left open of the difference: where it is bounded on one side
// only, as much as that.
func (b bound) width() int64 {
	if b.hi == math.MaxInt64 {
		return b.lo
	}
	return b.hi - b.lo
}

// least returns the smallest difference that explains the calls: none if none is
// needed, else the middle of what is possible.
func (b bound) least() int64 {
	switch {
	case b.lo <= 0 && b.hi >= 0:
		return 0
	case b.hi == math.MaxInt64:
		return b.lo
	}
	return b.lo/2 + b.hi/2
}

// right returns what must be added to the clocks that are right, which are those that
// most processes share, and whether that is more than half. Of two camps alike, that
// of the root is right.
func (s *scan) right() (lag int64, sure bool) {
	list := slices.Sorted(maps.Keys(s.lag))
	most := 0
	for _, r := range list {
		have := 0
		for _, o := range list {
			if d := s.lag[o] - s.lag[r]; d > -clockError && d < clockError {
				have++
			}
		}
		if have > most || have == most && abs(s.lag[r]) < abs(lag) {
			lag, most = s.lag[r], have
		}
	}
	return lag, 2*most > len(list)
}

// knownClocks gathers what the traces that are sure say of clocks.
func knownClocks(scans []*scan) map[clock]int64 {
	known := map[clock]int64{}
	for _, s := range scans {
		right, sure := int64(0), false
		if s.lag != nil {
			right, sure = s.right()
		}
		for r, lag := range s.lag {
			if sure {
				known[clock{s.t.Arena, r}] = right - lag
			}
		}
	}
	return known
}

// offsets returns the processes whose clock is wrong: by what is known of any of
// them, else as most have it. A trace in which no clocks differ may be of one process
// alone, whose clock is known from elsewhere.
func (s *scan) offsets(known map[clock]int64) []offset {
	var out []offset
	if s.lag == nil {
		if len(known) == 0 || len(s.t.Spans) == 0 {
			return nil
		}
		first := s.t.Spans[0].Resource
		for i := range s.t.Spans {
			if s.t.Spans[i].Resource != first {
				return nil
			}
		}
		if ahead := known[clock{s.t.Arena, first}]; abs(ahead) >= clockError {
			out = append(out, offset{first, ahead})
		}
		return out
	}
	right, sure := s.right()
	list := slices.Sorted(maps.Keys(s.lag))
	for _, r := range list {
		if ahead, ok := known[clock{s.t.Arena, r}]; ok && !sure {
			right = s.lag[r] + ahead
			break
		}
	}
	for _, r := range list {
		if ahead := right - s.lag[r]; abs(ahead) >= clockError {
			out = append(out, offset{r, ahead})
		}
	}
	return out
}

func abs(v int64) int64 { return max(v, -v) }

// shifted returns a trace with the clocks put right. It shares all but the spans
// with the one given; siblings may be out of order of time.
func shifted(t *model.Trace, off []offset) *model.Trace {
	ahead := map[model.ResourceID]int64{}
	for _, o := range off {
		ahead[o.resource] = o.ahead
	}
	c := *t
	c.Spans = slices.Clone(t.Spans)
	least := int64(0)
	for i := range c.Spans {
		c.Spans[i].Start -= ahead[c.Spans[i].Resource]
		least = min(least, c.Spans[i].Start)
	}
	for i := range c.Spans { // no span begins before the trace
		c.Spans[i].Start -= least
	}
	c.Epoch += least
	return &c
}

// RightClocks returns the traces of one order with the clocks of their processes put
// right, as Diagnose sees them: the same spans at the same places, at other times.
// Traces in which no clock is wrong are returned as they are.
func RightClocks(traces []*model.Trace) []*model.Trace {
	scans, classes := make([]*scan, len(traces)), map[*model.Arena][]class{}
	for k, t := range traces {
		list, ok := classes[t.Arena] // which many traces may share
		if !ok {
			list = classesOf(t.Arena)
			classes[t.Arena] = list
		}
		scans[k] = scanBy(list, nil, t)
	}
	known, out := knownClocks(scans), make([]*model.Trace, len(traces))
	for k, s := range scans {
		out[k] = traces[k]
		if off := s.offsets(known); len(off) > 0 {
			out[k] = shifted(traces[k], off)
		}
	}
	return out
}

// clocks reports the processes of a trace whose clock is wrong, at the span
// where they come in first.
func (d *doctor) clocks(s *scan) {
	for _, o := range s.off {
		first := model.NoSpan
		var more []Place
		for i := range s.t.Spans {
			sp := &s.t.Spans[i]
			if sp.Resource != o.resource || sp.Parent != model.NoSpan && s.t.Spans[sp.Parent].Resource == o.resource {
				continue
			}
			switch {
			case first == model.NoSpan:
				first = model.SpanIndex(i)
				continue
			case sp.Start < s.t.Spans[first].Start:
				first, i = model.SpanIndex(i), int(first)
			}
			if len(more) < maxEvidence {
				more = append(more, Place{s.index, model.SpanIndex(i)})
			}
		}
		if first == model.NoSpan {
			continue
		}
		f := Finding{Kind: ClockSkew, Effect: Skewed, At: Place{s.index, first}, Took: o.ahead, Other: nowhere, Evidence: more, Confidence: 0.6}
		if p := s.t.Spans[first].Parent; p != model.NoSpan {
			f.Other = Place{s.index, p}
			f.Evidence = append([]Place{f.Other}, more...)
		}
		switch size := abs(o.ahead); {
		case size >= 1_000_000_000:
			f.Confidence = 0.9
		case size >= 5*clockError:
			f.Confidence = 0.8
		}
		f.lost = abs(o.ahead)
		d.add(s, f)
	}
}

// premature reports a message of another trace that seems to be taken before it was
// sent. Which of the two clocks is wrong nothing says; it is told where it shows.
// Within what is not sure of clocks that were put right nothing is wrong.
func (d *doctor) premature(s *scan, i model.SpanIndex, from Place) {
	other := d.scans[from.Trace]
	sent := other.t.Epoch + other.t.Spans[from.Span].Start - s.t.Epoch
	behind := sent - s.t.Spans[i].Start
	if behind < max(clockError, s.unsure+other.unsure) || s.end(i) >= sent && s.read(i).do == "receive" {
		return
	}
	d.add(s, Finding{Kind: ClockSkew, Effect: Skewed, At: Place{s.index, i}, Took: -behind, Other: from, Evidence: []Place{from}, Confidence: 0.6, lost: behind})
}

// maxEvidence bounds how many spans a finding names beside its own.
const maxEvidence = 24

// nowhere is no place.
var nowhere = Place{-1, model.NoSpan}

// byTime puts places in order of when their spans began.
func (d *doctor) byTime(a, b Place) int {
	at := func(p Place) int64 { t := d.scans[p.Trace].t; return t.Epoch + t.Spans[p.Span].Start }
	return cmp.Or(cmp.Compare(at(a), at(b)), cmp.Compare(a.Trace, b.Trace), cmp.Compare(a.Span, b.Span))
}
