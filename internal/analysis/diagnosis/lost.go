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
		if at == model.NoSpan || d.toldAt(Place{s.index, at}) {
			continue
		}
		d.add(s, Finding{Kind: MissingSpans, Effect: Unseen, At: Place{s.index, at}, Other: Place{s.index, o}, Took: s.t.Spans[at].Dur,
			Confidence: 0.6, Evidence: []Place{{s.index, o}}, begin: s.t.Epoch + s.t.Spans[at].Start})
	}
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

// toldAt says whether spans are missed already at a place.
func (d *doctor) toldAt(p Place) bool {
	return slices.ContainsFunc(d.found, func(f Finding) bool { return f.Kind == MissingSpans && f.At == p })
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
