package diagnosis

import (
	"slices"

	"traceview/internal/model"
)

// sure is of how many spans it must be known what always follows, to be missed.
const sure = 30

// habits are what the baseline knows of who follows whom. Operations are those of
// the baseline.
type habits struct {
	above  []int32           // of each operation, whom it is nearly always below; -1 for nobody
	always map[int32][]int32 // what always follows each operation directly, if it is a message
}

// habitsOf looks at all pairs of a baseline once.
func habitsOf(b *Baseline) habits {
	h := habits{above: make([]int32, len(b.byOp)), always: map[int32][]int32{}}
	for k := range h.above {
		h.above[k] = -1
	}
	for k, n := range b.pairs {
		p := b.byPair[n]
		if k.from < 0 {
			continue
		}
		if all := b.byOp[k.to].n; all >= leastHere && p.n*5 >= all*4 { // so there is no second one
			h.above[k.to] = k.from
		}
		if all := b.byOp[k.from].n; b.ops.list[k.to].kind == model.KindProducer && all >= sure && p.parents == all {
			h.always[k.from] = append(h.always[k.from], k.to)
		}
	}
	for _, list := range h.always {
		slices.Sort(list)
	}
	return h
}

// mostLost is how many spans in a row may be lost.
const mostLost = 8

// lost reports the span that called a program whose spans are lost in the middle of a
// trace: what is below them has no parent. The baseline knows who mostly stands
// between.
func (d *doctor) lost(s *scan, orphans []model.SpanIndex) {
	for _, o := range orphans {
		at := model.NoSpan
		for n, gone := 0, d.aboveOf(s.op[o]); gone >= 0 && n < mostLost && at == model.NoSpan; n++ {
			caller := d.habits.above[gone]
			at = d.without(s, o, caller, gone)
			gone = caller
		}
		if at == model.NoSpan {
			continue
		}
		if f := d.toldAt(Place{s.index, at}); f != nil {
			if here := (Place{s.index, o}); !slices.Contains(f.Evidence, here) {
				f.Evidence = append(f.Evidence, here)
			}
			continue
		}
		d.add(s, Finding{Kind: MissingSpans, Effect: Unseen, At: Place{s.index, at}, Other: Place{s.index, o}, Took: s.t.Spans[at].Dur,
			Confidence: 0.6, Evidence: []Place{{s.index, o}}, begin: s.t.Epoch + s.t.Spans[at].Start})
	}
}

// stillComing is for how many ns after its latest span others of a trace may arrive
// where it is not known how long such traces take.
const stillComing = 10_000_000_000

// headless reports a trace of which the spans above some are missing although they
// must have been there: at the first of those, unless it is told already what lacks
// them. A trace that is fetched while it goes on has no root yet.
func (d *doctor) headless(s *scan) {
	var list []Place
	wait := int64(stillComing)
	for i := model.SpanIndex(0); int(i) < len(s.t.Spans) && len(list) < maxOrphans; i = s.t.Spans[i].End {
		if at := (Place{s.index, i}); d.lacksCaller(s, i) && !d.showsLoss(at) {
			list = append(list, at)
			if above := d.aboveOf(s.op[i]); above >= 0 {
				wait = max(wait, 3*d.base.byOp[above].dur.usual(-1).high)
			}
		}
	}
	if age := d.asked - s.t.Epoch - s.t.Dur; len(list) == 0 || d.asked > 0 && age >= 0 && age < wait {
		return
	}
	first := slices.MinFunc(list, d.byTime)
	d.add(s, Finding{Kind: MissingSpans, Effect: Unseen, At: first, Other: nowhere, Headless: true, Took: s.t.Spans[first.Span].Dur, Confidence: 0.6,
		Evidence: slices.DeleteFunc(list, func(p Place) bool { return p == first })})
}

// lacksCaller says whether the parent of span i is missing although it was of the same
// program, which records the others, or such spans always have one.
func (d *doctor) lacksCaller(s *scan, i model.SpanIndex) bool {
	if s.t.Spans[i].Parent != model.NoSpan || s.t.Spans[i].ParentID.IsZero() {
		return false
	}
	n := d.baseOf(s.op[i])
	if n == nil || n.n < fewSamples {
		return s.cutOff(i) && s.t.Spans[i].Kind != model.KindUnspecified
	}
	p := d.base.find(pair{-1, d.known[s.op[i]]})
	return p == nil || p.n*10 < n.n
}

// showsLoss says whether a span is evidence already that others are missing.
func (d *doctor) showsLoss(p Place) bool {
	return slices.ContainsFunc(d.found, func(f Finding) bool { return f.Kind == MissingSpans && slices.Contains(f.Evidence, p) })
}

// without returns the last span of the operation caller that began before span o and
// lacks a child of the operation gone, NoSpan for none.
func (d *doctor) without(s *scan, o model.SpanIndex, caller, gone int32) model.SpanIndex {
	at := model.NoSpan
	for i := range s.t.Spans {
		sp := &s.t.Spans[i]
		if s.op[i] < 0 || caller < 0 || d.known[s.op[i]] != caller || sp.Start > s.t.Spans[o].Start {
			continue
		}
		if (at == model.NoSpan || sp.Start >= s.t.Spans[at].Start) && !d.hasChild(s, model.SpanIndex(i), gone) {
			at = model.SpanIndex(i)
		}
	}
	return at
}

// aboveOf returns whom an operation is nearly always below, by the baseline, -1 if
// that is not known.
func (d *doctor) aboveOf(op int32) int32 {
	if op < 0 || d.known[op] < 0 || int(d.known[op]) >= len(d.habits.above) {
		return -1
	}
	return d.habits.above[d.known[op]]
}

// hasChild says whether span i has a child of an operation of the baseline.
func (d *doctor) hasChild(s *scan, i model.SpanIndex, op int32) bool {
	for c := i + 1; c < s.t.Spans[i].End && s.effort > 0; c = s.t.Spans[c].End {
		if s.effort--; s.op[c] >= 0 && d.known[s.op[c]] == op {
			return true
		}
	}
	return false
}

// toldAt returns the finding that spans are missed at a place, nil for none.
func (d *doctor) toldAt(p Place) *Finding {
	if k := slices.IndexFunc(d.found, func(f Finding) bool { return f.Kind == MissingSpans && f.At == p }); k >= 0 {
		return &d.found[k]
	}
	return nil
}

// unsent reports a span that ended well without the message that always follows it.
func (d *doctor) unsent(s *scan, i model.SpanIndex) {
	op := s.op[i]
	if op < 0 || d.known[op] < 0 || len(d.habits.always) == 0 {
		return
	}
	for _, to := range d.habits.always[d.known[op]] {
		if d.hasChild(s, i, to) || s.effort <= 0 {
			continue
		}
		n := d.base.byOp[d.known[op]].n
		d.add(s, Finding{Kind: MissingSpans, Effect: Stopped, At: Place{s.index, i}, Other: nowhere, Usual: Usual{Samples: n}, Confidence: 0.5,
			Missing: d.base.ops.list[to].name, Evidence: s.callers(i), begin: s.t.Epoch + s.end(i)})
	}
}
