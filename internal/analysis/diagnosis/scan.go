package diagnosis

import (
	"cmp"
	"slices"
	"sync"

	"traceview/internal/analysis"
	"traceview/internal/model"
)

// A scan is one trace with what is asked of its spans again and again.
type scan struct {
	t        *model.Trace // with the clocks put right where they are wrong
	index    int          // position among the traces looked at
	classes  []class      // of the arena's strings
	lettered bool         // messages may have ids
	op       []int32
	pair     []int32 // position in byPair of the baseline it was added to, -1 for none
	said     []outcome
	roles    []analysis.Role
	self     []int64                    // ns without waiting for children
	remote   analysis.Set               // spans with a child in another process
	off      []offset                   // processes whose clock is wrong
	lag      map[model.ResourceID]int64 // what must be added to the clocks, but for a number common to all; nil if they agree
	unsure   int64                      // ns by which that may be off

	unit []model.SpanIndex // the root or consumer that each span is done for

	// Filled by measure, for a trace that is diagnosed.
	path *analysis.Path
	// effort is how many spans may still be looked at by what does so for single
	// spans: a trace in which all is wrong must not take forever.
	effort int
}

// newScan looks at a trace by itself.
func newScan(ops *operations, t *model.Trace) *scan {
	s := scanOf(ops, t)
	s.settle(nil)
	return s
}

// scanOf looks at every span once or twice. The clocks and what rests on them must
// be settled then.
func scanOf(ops *operations, t *model.Trace) *scan { return scanBy(classesOf(t.Arena), ops, t) }

// scanBy is scanOf with the classes of the strings of the arena.
func scanBy(classes []class, ops *operations, t *model.Trace) *scan {
	n := len(t.Spans)
	s := &scan{t: t, classes: classes, lettered: slices.Contains(classes, messageID), op: make([]int32, n), said: make([]outcome, n), roles: make([]analysis.Role, n),
		remote: analysis.NewSet(n)}
	half := n
	if n >= large {
		half = n / 2
	}
	var first, second []met
	var beside sync.WaitGroup
	if half < n {
		beside.Go(func() { second = s.identify(ops != nil, half, n) })
	}
	first = s.identify(ops != nil, 0, half)
	beside.Wait()
	s.number(ops, first, 0, half)
	s.number(ops, second, half, n)
	for i := range t.Spans {
		if sp := &t.Spans[i]; sp.Parent != model.NoSpan && t.Spans[sp.Parent].Resource != sp.Resource {
			s.remote.Add(sp.Parent)
		}
	}
	s.lag = lags(s)
	return s
}

// settle puts the clocks right, by what the trace says and by what is known of them
// from others, and measures own work.
func (s *scan) settle(known map[clock]int64) {
	if s.off = s.offsets(known); len(s.off) > 0 {
		s.t = shifted(s.t, s.off)
	}
	s.self = selfTimes(s)
	s.unit = make([]model.SpanIndex, len(s.t.Spans))
	for i := range s.unit {
		c := model.SpanIndex(i)
		if s.unit[i] = c; !s.apart(c) {
			s.unit[i] = s.unit[s.t.Spans[i].Parent]
		}
	}
}

// met is where an operation was met first in a run of spans, and its detail.
type met struct {
	at     model.SpanIndex
	detail string
	peer   bool
}

// identify notes the outcomes and roles of a run of spans. With operations it
// numbers those as they are met in the run, and returns where that was: two runs
// can be looked at at once, since most of the time goes into fetching attributes.
func (s *scan) identify(operations bool, from, to int) (list []met) {
	known := map[opKey]int32{}
	for i := model.SpanIndex(from); int(i) < to; i++ {
		sp := &s.t.Spans[i]
		m := s.read(i)
		s.said[i], s.roles[i] = outcomeOf(sp, m), analysis.RoleOf(sp.Kind, m.do)
		if !operations {
			continue
		}
		key := opKey{s.t.ResourceAt(sp.Resource).Service, sp.Name, m.detail, sp.Kind}
		n, ok := known[key]
		if !ok {
			n = int32(len(list))
			known[key], list = n, append(list, met{i, m.detail, m.at == peer})
		}
		s.op[i] = n
	}
	return list
}

// number gives the operations met in a run of spans their numbers among all.
func (s *scan) number(ops *operations, list []met, from, to int) {
	if len(list) == 0 {
		return
	}
	numbers := make([]int32, len(list))
	for k, m := range list {
		numbers[k] = ops.number(s.named(&s.t.Spans[m.at], m.detail, m.peer))
	}
	for i := from; i < to; i++ {
		s.op[i] = numbers[s.op[i]]
	}
}

// named returns the operation of a span, of which the conventions tell detail, which
// may be who is called.
func (s *scan) named(sp *model.Span, detail string, peer bool) operation {
	return operation{s.t.Str(s.t.ResourceAt(sp.Resource).Service), analysis.Plain(s.t.Str(sp.Name)), analysis.Plain(detail), sp.Kind, peer}
}

// operation returns the operation of span i.
func (s *scan) operation(i model.SpanIndex) operation {
	m := s.read(i)
	return s.named(&s.t.Spans[i], m.detail, m.at == peer)
}

func (s *scan) role(i model.SpanIndex) analysis.Role { return s.roles[i] }
func (s *scan) failed(i model.SpanIndex) bool        { return s.said[i] == failed }
func (s *scan) end(i model.SpanIndex) int64          { return s.t.Spans[i].Start + s.t.Spans[i].Dur }

// parentOp returns the operation of the parent of a span, -1 for none.
func (s *scan) parentOp(i model.SpanIndex) int32 {
	if p := s.t.Spans[i].Parent; p != model.NoSpan {
		return s.op[p]
	}
	return -1
}

// apart says whether nobody waits for span c: it takes a message, or begins
// after its parent ended.
func (s *scan) apart(c model.SpanIndex) bool {
	p := s.t.Spans[c].Parent
	if p == model.NoSpan {
		return true
	}
	return s.roles[p] == sends && s.roles[c] == takes || s.t.Spans[c].Kind == model.KindConsumer ||
		s.t.Spans[c].Start > s.end(p)
}

// measure finds the critical paths.
func (s *scan) measure() {
	s.effort = 8*len(s.t.Spans) + 1000
	units := analysis.NewSet(len(s.unit))
	for i, u := range s.unit {
		if model.SpanIndex(i) == u {
			units.Add(u)
		}
	}
	s.path = analysis.NewPaths(s.t, units)
}

// release drops what only the trace at hand needs.
func (s *scan) release() { s.path = nil }

// A ref names a span across traces.
type ref struct {
	trace model.TraceID
	span  model.SpanID
}

// sources names the spans that sent the messages which span i took: its parent,
// and where its links lead.
func (s *scan) sources(i model.SpanIndex) []ref {
	if s.roles[i] != takes {
		return nil
	}
	var list []ref
	if sp := &s.t.Spans[i]; !sp.ParentID.IsZero() && (sp.Parent == model.NoSpan || s.roles[sp.Parent] == sends) {
		list = append(list, ref{s.t.ID, sp.ParentID})
	}
	for _, l := range s.t.SpanLinks(i) {
		list = append(list, ref{l.Trace, l.Span})
	}
	return list
}

// uniqueName is from which length on the id of a message names it in all queues.
const uniqueName = 16

// letter returns what names the message that span i sent or took, "" for nothing: some
// programs pass on neither parent nor link.
func (s *scan) letter(i model.SpanIndex) string {
	id, to := "", ""
	if !s.lettered {
		return ""
	}
	for _, a := range s.t.Attrs(i) {
		switch s.classes[a.Key] {
		case messageID:
			id = s.t.Raw(a)
		case destination:
			to = s.t.Raw(a)
		}
	}
	if id == "" || len(id) >= uniqueName {
		return id
	}
	return to + " " + id
}

// note keeps the first value of a name.
func note[V any](m map[string]V, name string, v V) {
	if _, ok := m[name]; name != "" && !ok {
		m[name] = v
	}
}

// manyBelow is from how many spans below it on the children of a span are counted
// before they are listed.
const manyBelow = 1 << 16

// children returns how many children span p has.
func (s *scan) children(p model.SpanIndex) (n int) {
	for c := p + 1; c < s.t.Spans[p].End; c = s.t.Spans[c].End {
		n++
	}
	return n
}

// selfTimes returns the time of each span in which it did not wait for a child.
func selfTimes(s *scan) []int64 {
	spans := s.t.Spans
	out := make([]int64, len(spans))
	var scratch []wait
	for i := range spans {
		p := &spans[i]
		scratch = scratch[:0]
		if p.End-model.SpanIndex(i) > manyBelow { // may have as many children: growing to a million of them leaves 80 MB behind
			scratch = slices.Grow(scratch, s.children(model.SpanIndex(i)))
		}
		scratch = s.waits(scratch, model.SpanIndex(i))
		out[i] = p.Dur - covered(scratch)
	}
	return out
}

// waits appends to list when span i waited for each of its children.
func (s *scan) waits(list []wait, i model.SpanIndex) []wait {
	spans := s.t.Spans
	p := &spans[i]
	for c := i + 1; c < p.End; c = spans[c].End {
		lo, hi := max(spans[c].Start, p.Start), min(spans[c].Start+spans[c].Dur, p.Start+p.Dur)
		if lo < hi && !(spans[c].Kind == model.KindConsumer && spans[c].Start+spans[c].Dur > p.Start+p.Dur) {
			list = append(list, wait{lo, hi})
		}
	}
	return list
}

// A wait is some time within a span.
type wait struct{ from, to int64 }

func byStart(a, b wait) int { return cmp.Compare(a.from, b.from) }

// covered returns how long any of the waits lasted. They mostly come sorted.
func covered(list []wait) (sum int64) {
	if !slices.IsSortedFunc(list, byStart) {
		slices.SortFunc(list, byStart)
	}
	at := int64(0)
	for k, w := range list {
		if k == 0 || w.from > at {
			at = w.from
		}
		if w.to > at {
			sum += w.to - at
			at = w.to
		}
	}
	return sum
}
