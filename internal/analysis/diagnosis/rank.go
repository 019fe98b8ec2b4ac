package diagnosis

import (
	"cmp"
	"math"
	"slices"
)

// add notes a finding, with what all findings tell.
func (d *doctor) add(s *scan, f Finding) {
	i := f.At.Span
	f.Self = s.self[i]
	if f.begin == 0 {
		f.begin = s.t.Epoch + s.t.Spans[i].Start
	}
	if f.Share == 0 && s.path.Total > 0 {
		f.Share = float64(s.path.Of(i).Total()) / float64(s.path.Total)
	}
	f.Confidence = math.Round(100*min(f.Confidence, 0.97)) / 100
	d.found = append(d.found, f)
}

// ranked orders the findings. The heaviest effect comes first. Of steps that
// failed the earliest does, since what fails later may fail because of it; but of
// several tries of one step the last, after which nobody tried again. Delays go
// by what they cost.
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
		return cmp.Or(cmp.Compare(b.lost, a.lost), cmp.Compare(a.begin, b.begin), d.byTime(a.At, b.At), cmp.Compare(a.Kind, b.Kind))
	})
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
		before, after := false, false
		for _, g := range d.fine {
			if g.op == u.op && u.op >= 0 {
				before = before || g.begin <= u.begin
				after = after || g.begin >= u.end
			}
		}
		if after && !before {
			d.found[u.finding].Effect = Mended
		}
	}
}
