package diagnosis

import (
	"cmp"
	"math"
	"slices"

	"traceview/internal/model"
)

// add notes a finding, with what all findings tell.
func (d *doctor) add(s *scan, f Finding) {
	i := f.At.Span
	f.Self = s.self[i]
	if f.begin == 0 {
		f.begin = s.t.Epoch + s.t.Spans[i].Start
	}
	if f.Share == 0 && s.path != nil && s.path.Total > 0 {
		f.Share = float64(s.path.Of(i).Total()) / float64(s.path.Total)
	}
	f.Confidence = math.Round(100*min(f.Confidence, 0.97)) / 100
	k := d.sameAs(&f)
	if d.same[k]++; d.same[k] <= mostAlike {
		d.found = append(d.found, f)
	}
}

// mostAlike is how many findings that say the same are kept for choosing from; the
// others are counted.
const mostAlike = 256

// sameness is what findings are alike in: they are told once, and counted.
type sameness struct {
	kind      Kind
	effect    Effect
	trace, op int32
}

func (d *doctor) sameAs(f *Finding) sameness {
	return sameness{f.Kind, f.Effect, int32(f.At.Trace), d.scans[f.At.Trace].op[f.At.Span]}
}

// merged joins findings that are alike; the first, which is the heaviest, stays.
func (d *doctor) merged(list []Finding) []Finding {
	out, at := list[:0], map[sameness]int{}
	for _, f := range list {
		k := d.sameAs(&f)
		n, ok := at[k]
		if !ok {
			at[k] = len(out)
			f.Alike = max(d.same[k]-1, 0)
			out = append(out, f)
			continue
		}
		if o := &out[n]; len(o.Evidence) < maxEvidence {
			o.Evidence = append(o.Evidence, f.At)
		}
	}
	return out
}

// ranked orders the findings. The heaviest effect comes first. Of steps that
// failed the earliest does, since what fails later may fail because of it; but of
// several tries of one step the last, after which nobody tried again. Delays go
// by what they cost, clocks by how wrong they are.
func (d *doctor) ranked(limit int) []Finding {
	d.mend()
	first := d.firstTries()
	slices.SortStableFunc(d.found, func(a, b Finding) int {
		if a.Effect != b.Effect {
			return cmp.Compare(b.Effect, a.Effect)
		}
		if a.Effect == Failed || a.Effect == Mended {
			ka, kb := first[a.At], first[b.At]
			return cmp.Or(cmp.Compare(ka, kb), cmp.Compare(b.begin, a.begin))
		}
		if a.Effect != Delayed && a.Effect != Skewed {
			return cmp.Or(cmp.Compare(a.begin, b.begin), d.byTime(a.At, b.At), cmp.Compare(a.Kind, b.Kind))
		}
		return cmp.Or(cmp.Compare(b.lost, a.lost), cmp.Compare(a.begin, b.begin), d.byTime(a.At, b.At), cmp.Compare(a.Kind, b.Kind))
	})
	d.excuse()
	list := d.merged(d.found)
	blamed := map[Place]bool{}
	list = slices.DeleteFunc(list, func(f Finding) bool { // said already, and why
		again := blamed[f.At] && f.Effect == Delayed
		blamed[f.At] = true
		return again
	})
	return list[:min(len(list), limit)]
}

// firstTries returns, for each finding of a failed step, when that step was tried
// for the first time.
func (d *doctor) firstTries() map[Place]int64 {
	earliest := map[int32]int64{}
	for _, u := range d.failed {
		if t, ok := earliest[u.op]; !ok || u.begin < t {
			earliest[u.op] = u.begin
		}
	}
	out := map[Place]int64{}
	for _, u := range d.failed {
		out[d.found[u.finding].At] = earliest[u.op]
	}
	return out
}

// mend finds the failed steps that were done again and went well: such a step
// goes well once in an order, so one that had gone well before is another.
func (d *doctor) mend() {
	for _, u := range d.failed {
		if r, ok := d.fine[u.op]; ok && r.first > u.begin && r.last >= u.end {
			f := &d.found[u.finding]
			d.same[d.sameAs(f)]--
			f.Effect = Mended
			d.same[d.sameAs(f)]++
		}
	}
}

// excuse takes back pauses that are told already: those between the tries of a call,
// those where the spans are missing that would fill them, and those of a call that come
// of a wrong clock on either side of it. Clocks that differ from one that is behind by
// a message from elsewhere are right.
func (d *doctor) excuse() {
	tried, lacking, behind := map[Place]int64{}, map[Place]bool{}, map[int]int64{}
	for _, f := range d.found {
		if f.Kind == ClockSkew && f.Other.Span != model.NoSpan && f.Other.Trace != f.At.Trace {
			behind[f.At.Trace] = max(behind[f.At.Trace], -f.Took)
		}
		if f.Kind == MissingSpans && f.Other.Span != model.NoSpan {
			lacking[f.At] = true
		}
		if p := d.scans[f.At.Trace].t.Spans[f.At.Span].Parent; f.Kind == Retry && p >= 0 {
			tried[Place{f.At.Trace, p}] += f.Took
		}
	}
	told := func(f *Finding) bool {
		if by := behind[f.At.Trace]; f.Kind == ClockSkew && by > 0 && abs(f.Took-by) < by/5 {
			return true
		}
		beside := f.Kind == Gap || f.Kind == Slow
		return beside && (lacking[f.At] || tried[f.At]*2 > f.Excess && tried[f.At] > 0 || d.ofClock(f))
	}
	d.found = slices.DeleteFunc(d.found, func(f Finding) bool {
		if !told(&f) {
			return false
		}
		d.same[d.sameAs(&f)]--
		return true
	})
}

// ofClock says whether a pause is as long as the clock is wrong of the process it is in,
// or of one that is called there; or, where the called process still seems to work
// beyond its call, within what is not sure of that. Else the pause is what is left of
// the call however the clocks stand.
func (d *doctor) ofClock(f *Finding) bool {
	s := d.scans[f.At.Trace]
	p := &s.t.Spans[f.At.Span]
	for _, o := range s.off {
		size := abs(o.ahead)
		alike := abs(f.Excess-size) <= size/5
		if !alike && f.Excess > s.unsure {
			continue
		}
		here, cut := p.Resource == o.resource, false
		for c := f.At.Span + 1; c < p.End; c = s.t.Spans[c].End {
			at := s.t.Spans[c].Resource
			here = here || at == o.resource
			cut = cut || at != p.Resource && (s.t.Spans[c].Start < p.Start || s.end(c) > s.end(f.At.Span))
		}
		if here && (alike || cut) && s.remote.Has(f.At.Span) {
			return true
		}
	}
	return false
}
