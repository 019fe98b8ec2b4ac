package comparison

import (
	"math"
	"slices"

	"traceview/internal/analysis"
	"traceview/internal/model"
)

// A figure is what one trace has of a path.
type figure struct{ spans, total, own, wait, errors int64 }

// sums are the figures of each path, by its number, while traces are added.
type sums struct {
	start   []int64 // the earliest begin, from that of its trace
	sides   [2][]Figures
	longest [2][]int64    // ns
	samples [2][][]figure // a trace each, for sides of several traces
	one     []figure      // of the trace being added
	met     []int32       // the paths it has
}

func newSums(paths int, traces [2][]*model.Trace) *sums {
	s := &sums{start: make([]int64, paths), one: make([]figure, paths)}
	for i := range s.start {
		s.start[i] = math.MaxInt64
	}
	for side := range s.sides {
		s.sides[side], s.longest[side] = make([]Figures, paths), make([]int64, paths)
		for i := range s.sides[side] {
			s.sides[side][i].Failed.Span, s.sides[side][i].Longest.Span = model.NoSpan, model.NoSpan
		}
		if len(traces[side]) > 1 {
			s.samples[side] = make([][]figure, paths)
		}
	}
	return s
}

// add takes the spans of a trace into account; of names the path of each.
func (s *sums) add(t *model.Trace, trace int32, side Side, of []int32) {
	work, errors := analysis.NewWork(t), analysis.NewErrors(t)
	queue := analysis.NewQueue(t, analysis.NewLinks(t)).Waits()
	for i := range t.Spans {
		i := model.SpanIndex(i)
		sp, n := &t.Spans[i], of[i]
		f, one, longest := &s.sides[side][n], &s.one[n], &s.longest[side][n]
		if one.spans == 0 {
			s.met = append(s.met, n)
		}
		s.start[n] = min(s.start[n], sp.Start)
		if f.Longest.Span == model.NoSpan || sp.Dur > *longest {
			f.Longest, *longest = Place{trace, i}, sp.Dur
		}
		one.spans++
		one.total = analysis.Plus(one.total, sp.Dur)
		one.own = analysis.Plus(one.own, work.Self(i))
		if len(queue) > 0 && queue[0].Span == i {
			one.wait = analysis.Plus(one.wait, queue[0].Dur())
			queue = queue[1:]
		}
		switch {
		case sp.Failed() && errors.CarriedUp(i):
			f.Carried++
		case sp.Failed():
			if one.errors++; f.Failed.Span == model.NoSpan {
				f.Failed = Place{trace, i}
			}
		}
	}
	s.enter(side)
}

// enter adds what the trace has to its side.
func (s *sums) enter(side Side) {
	for _, n := range s.met {
		f, one := &s.sides[side][n], s.one[n]
		s.one[n] = figure{}
		f.Traces++
		f.Spans += int32(one.spans)
		f.Errors += int32(one.errors)
		f.Total, f.Own, f.Wait = analysis.Plus(f.Total, one.total), analysis.Plus(f.Own, one.own), analysis.Plus(f.Wait, one.wait)
		if one.errors > 0 {
			f.Failing++
		}
		if s.samples[side] != nil {
			s.samples[side][n] = append(s.samples[side][n], one)
		}
	}
	s.met = s.met[:0]
}

// spreads returns how the figures of a path are spread.
func spreads(list []figure) (out Spreads) {
	if len(list) == 0 {
		return out
	}
	values := make([]int64, len(list))
	for _, f := range []struct {
		to  *Spread
		get func(*figure) int64
	}{
		{&out.Total, func(v *figure) int64 { return v.total }},
		{&out.Own, func(v *figure) int64 { return v.own }},
		{&out.Wait, func(v *figure) int64 { return v.wait }},
		{&out.Spans, func(v *figure) int64 { return v.spans }},
	} {
		for k := range list {
			values[k] = f.get(&list[k])
		}
		slices.Sort(values)
		at := func(p int) int64 { return analysis.Percentile(values, p) }
		*f.to = Spread{at(5), at(25), at(50), at(75), at(95)}
	}
	return out
}
