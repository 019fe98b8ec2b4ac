package model

import (
	"cmp"
	"math"
	"runtime"
	"slices"
)

// Build makes one Trace of each trace added, in the order in which they first
// appeared. The Builder must not be used afterwards. It takes time linear in
// the number of spans, apart from sorting siblings that did not come in order.
//
// Oddities never lose a span: a span whose parent is missing, or that lies on a
// cycle, becomes a root; one whose times cannot be used is placed at its
// parent's start and keeps the recorded times for StoredTimes; only an exact
// repeat of a span is merged with the first, and counted.
func (b *Builder) Build() []*Trace {
	out := make([]*Trace, 0, len(b.traces))
	large := b.recs.n > collectFrom
	for n, recs := range b.recordsByTrace() {
		if len(recs) > 0 {
			out = append(out, newAssembly(b, int32(n), recs).trace())
		}
	}
	b.recs, b.interns, b.recent, b.evScratch, b.lnScratch = recList{}, internTable{}, nil, nil, nil
	if large {
		runtime.GC()
	}
	return out
}

// recordsByTrace returns the numbers of the records of each trace, in order.
func (b *Builder) recordsByTrace() [][]int32 {
	all := make([]int32, b.recs.n)
	lists := make([][]int32, len(b.traces))
	for i, from := 0, int32(0); i < len(lists); i++ {
		n := b.traces[i].spans
		lists[i] = all[from : from : from+n]
		from += n
	}
	for i := range all {
		t := b.recs.at(int32(i)).Depth
		lists[t] = append(lists[t], int32(i))
	}
	return lists
}

// An assembly turns the records of one trace into its Trace. Its slices are
// indexed by local number: the position of a record in recs.
type assembly struct {
	b      *Builder
	out    *Trace
	recs   []int32 // record numbers in order of arrival
	ids    idTable
	parent []int32     // local number of the parent, none, or repeated
	place  []SpanIndex // position in the finished trace
	first  []int32     // first child
	next   []int32     // next sibling
	roots  []int32
	warned []localWarning
	bad    map[int32]storedTimes // spans whose times had to be mended
}

// localWarning is a warning on a record that has no place yet.
type localWarning struct {
	kind   WarningKind
	local  int32
	amount int64
}

const (
	none     int32 = -1
	repeated int32 = -2 // an exact repeat, left out
)

func newAssembly(b *Builder, n int32, recs []int32) *assembly {
	t := &Trace{Arena: b.arena, ID: b.traces[n].id, Root: NoSpan}
	a := &assembly{b: b, out: t, recs: recs, bad: map[int32]storedTimes{}}
	for _, w := range b.traces[n].early {
		local := none
		if w.rec >= 0 {
			i, _ := slices.BinarySearch(recs, w.rec)
			local = int32(i)
		}
		a.warned = append(a.warned, localWarning{kind: w.kind, local: local, amount: w.amount})
	}
	return a
}

func (a *assembly) rec(local int32) *Span { return a.b.recs.at(a.recs[local]) }

func (a *assembly) trace() *Trace {
	a.indexIDs()
	a.findParents()
	a.mendTimes()
	a.linkSiblings()
	a.placeSpans()
	a.countServices()
	a.checkTimes()
	a.finishWarnings()
	return a.out
}

// indexIDs enters every span in the id table, marking exact repeats.
func (a *assembly) indexIDs() {
	a.parent = make([]int32, len(a.recs))
	a.ids.init(len(a.recs))
	for i := range a.recs {
		l := int32(i)
		s := a.rec(l)
		if s.ID.IsZero() {
			a.warn(ZeroSpanID, l, 0)
			continue
		}
		slot := a.ids.find(a, s.ID)
		if *slot == 0 {
			*slot = l + 1
			continue
		}
		a.addTwin(l, *slot-1)
	}
}

// findParents resolves parent ids and cuts cycles.
func (a *assembly) findParents() {
	for i := range a.recs {
		l := int32(i)
		if a.parent[l] == repeated {
			continue
		}
		a.parent[l] = none
		s := a.rec(l)
		if caller := a.callerOf(l, s); caller != none {
			a.parent[l] = caller
			continue
		}
		if s.ParentID.IsZero() {
			continue
		}
		p := a.parentOf(l, s)
		if p == none {
			a.warn(MissingParent, l, 0)
		}
		a.parent[l] = p
	}
	a.cutCycles()
}

// cutCycles makes a root of the earliest span of every cycle. It walks up from
// each span, marking what it has seen, so that every span is visited once.
func (a *assembly) cutCycles() {
	seen := make([]int32, len(a.recs)) // the walk that visited the span, from 1
	for i := range a.recs {
		walk := int32(i) + 1
		l := int32(i)
		for l >= 0 && seen[l] == 0 && a.parent[l] != repeated {
			seen[l] = walk
			l = a.parent[l]
		}
		if l < 0 || a.parent[l] == repeated || seen[l] != walk {
			continue
		}
		top := l
		for c := a.parent[l]; c != l; c = a.parent[c] {
			if s, t := a.rec(c), a.rec(top); cmp.Or(cmp.Compare(s.Start, t.Start), cmp.Compare(s.ID, t.ID)) < 0 {
				top = c
			}
		}
		a.parent[top] = none
		a.warn(Cycle, top, 0)
	}
}

// mendTimes turns recorded start and end into offset and duration.
func (a *assembly) mendTimes() {
	lo, hi, zero := a.bounds()
	zeroIsUnset := hi > day
	if lo > hi || zero && !zeroIsUnset {
		lo = 0
	}
	a.out.Epoch = lo
	var unplaced []int32
	for i := range a.recs {
		l := int32(i)
		if a.parent[l] == repeated {
			continue
		}
		s := a.rec(l)
		start, end := uint64(s.Start), uint64(s.Dur)
		switch {
		case start > math.MaxInt64, start == 0 && zeroIsUnset:
			a.bad[l] = storedTimes{start, end}
			a.warn(BadTimestamp, l, 0)
			unplaced = append(unplaced, l)
			s.Start, s.Dur = 0, a.length(l, start, end)
		default:
			s.Start, s.Dur = int64(start)-lo, a.length(l, start, end)
		}
	}
	a.placeUnset(unplaced)
}

// placeUnset puts spans without a usable start where the nearest span above
// them that has one begins: children mostly arrive before their parents.
func (a *assembly) placeUnset(spans []int32) {
	waiting := make(map[int32]bool, len(spans))
	for _, l := range spans {
		waiting[l] = true
	}
	var chain []int32
	for _, l := range spans {
		chain = chain[:0]
		for ; l >= 0 && waiting[l]; l = a.parent[l] {
			chain = append(chain, l)
			delete(waiting, l)
		}
		start := int64(0)
		if l >= 0 {
			start = a.rec(l).Start
		}
		for _, c := range chain {
			s := a.rec(c)
			s.Start, s.Dur = start, min(s.Dur, math.MaxInt64-a.out.Epoch-start)
		}
	}
}

// day, in ns, tells a clock that began near zero, as test data have, where a
// start of zero is an honest number, from a real one, where it is "not set".
const day = 24 * 3600 * 1_000_000_000

// bounds returns the earliest and the latest start above zero, and whether any
// is zero.
func (a *assembly) bounds() (lo, hi int64, zero bool) {
	lo = math.MaxInt64
	for i := range a.recs {
		switch v := a.rec(int32(i)).Start; {
		case v > 0:
			lo, hi = min(lo, v), max(hi, v)
		case v == 0:
			zero = true
		}
	}
	return lo, hi, zero
}

// length returns the duration to show for recorded times, warning where they
// make none.
func (a *assembly) length(l int32, start, end uint64) int64 {
	switch {
	case end > math.MaxInt64, end == 0 && start > 0:
		a.keep(l, start, end)
		a.warn(BadTimestamp, l, 0)
		return 0
	case end < start:
		a.keep(l, start, end)
		if start <= math.MaxInt64 {
			a.warn(NegativeDuration, l, int64(end-start))
		}
		return 0
	case start == 0 && end > day:
		return 0 // without a start there is no length; the start is warned of
	}
	return int64(end - start)
}

func (a *assembly) keep(l int32, start, end uint64) { a.bad[l] = storedTimes{start, end} }

// linkSiblings chains children and roots in order of start.
func (a *assembly) linkSiblings() {
	order := a.byStart()
	a.first = filled(len(a.recs), none)
	a.next = filled(len(a.recs), none)
	for _, l := range slices.Backward(order) {
		p := a.parent[l]
		if p == none {
			a.roots = append(a.roots, l)
			continue
		}
		a.next[l], a.first[p] = a.first[p], l
	}
	slices.Reverse(a.roots)
}

func filled(n int, v int32) []int32 {
	s := make([]int32, n)
	for i := range s {
		s[i] = v
	}
	return s
}

// collectFrom is from how many spans Build has garbage collected before it takes
// the memory for them, and when it is done: of a million, 48 MB and 111 MB that
// would else add to the peak. Spans hold no pointers, so that it takes 3 ms each.
const collectFrom = 200_000

// placeSpans copies the records into depth-first order without recursion.
func (a *assembly) placeSpans() {
	t := a.out
	a.ids = idTable{}
	if len(a.recs) > collectFrom {
		runtime.GC()
	}
	t.Spans = make([]Span, 0, len(a.recs)-t.Repeats)
	a.place = filled(len(a.recs), NoSpan)
	up := make([]int32, 0, 64) // local numbers from the root to the span at hand
	for _, root := range a.roots {
		for l := root; ; {
			a.put(l, up)
			if c := a.first[l]; c != none {
				up = append(up, l)
				l = c
				continue
			}
			a.close(l)
			for a.next[l] == none && len(up) > 0 {
				l = up[len(up)-1]
				up = up[:len(up)-1]
				a.close(l)
			}
			if len(up) == 0 {
				break
			}
			l = a.next[l]
		}
	}
	t.Roots = len(a.roots)
	t.Root = a.chooseRoot()
}

func (a *assembly) put(l int32, up []int32) {
	t := a.out
	s := *a.rec(l)
	i := SpanIndex(len(t.Spans))
	a.place[l] = i
	s.Parent, s.Depth = NoSpan, int32(len(up))
	if len(up) > 0 {
		s.Parent = a.place[up[len(up)-1]]
	}
	if s.Failed() {
		t.Errors++
	}
	t.Events += int(s.events.n)
	t.Links += int(s.links.n)
	t.MaxDepth = max(t.MaxDepth, len(up)+1)
	t.Dur = max(t.Dur, s.Start+s.Dur)
	if b, ok := a.bad[l]; ok {
		if t.asStored == nil {
			t.asStored = map[SpanIndex]storedTimes{}
		}
		t.asStored[i] = b
	}
	if d, ok := a.b.dropped[a.recs[l]]; ok {
		if t.dropped == nil {
			t.dropped = map[SpanIndex]Dropped{}
		}
		t.dropped[i] = d
	}
	t.Spans = append(t.Spans, s)
}

func (a *assembly) close(l int32) { a.out.Spans[a.place[l]].End = SpanIndex(len(a.out.Spans)) }

// chooseRoot names the trace: the earliest span that recorded no parent, else
// the earliest orphan.
func (a *assembly) chooseRoot() SpanIndex {
	for _, l := range a.roots {
		if a.rec(l).ParentID.IsZero() {
			return a.place[l]
		}
	}
	if len(a.roots) > 0 {
		return a.place[a.roots[0]]
	}
	return NoSpan
}

// countServices fills Services and the way from a resource to its service.
func (a *assembly) countServices() {
	t := a.out
	t.serviceOf = map[ResourceID]int32{}
	at := map[StringID]int32{}
	for i := range t.Spans {
		s := &t.Spans[i]
		n, ok := t.serviceOf[s.Resource]
		if !ok {
			name := t.resources[s.Resource].Service
			if n, ok = at[name]; !ok {
				n = int32(len(t.Services))
				at[name] = n
				t.Services = append(t.Services, Service{Name: t.Str(name)})
			}
			t.serviceOf[s.Resource] = n
		}
		t.Services[n].Spans++
		if s.Failed() {
			t.Services[n].Errors++
		}
	}
	a.sortServices()
}

func (a *assembly) sortServices() {
	t := a.out
	order := make([]int32, len(t.Services))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(x, y int32) int { return cmp.Compare(t.Services[x].Name, t.Services[y].Name) })
	sorted, to := make([]Service, len(order)), make([]int32, len(order))
	for i, o := range order {
		sorted[i], to[o] = t.Services[o], int32(i)
	}
	t.Services = sorted
	for r, n := range t.serviceOf {
		t.serviceOf[r] = to[n]
	}
}

// checkTimes warns of children that lie outside their parent, and of clocks: a
// child of another process that starts before the call which caused it.
func (a *assembly) checkTimes() {
	t := a.out
	for i := range t.Spans {
		s := &t.Spans[i]
		if s.Parent == NoSpan {
			continue
		}
		p := &t.Spans[s.Parent]
		early, late := p.Start-s.Start, s.Start+s.Dur-p.Start-p.Dur
		if early <= 0 && late <= 0 {
			continue
		}
		t.Warnings = append(t.Warnings, Warning{ChildOutsideParent, SpanIndex(i), max(early, late)})
		if early > 0 && s.Resource != p.Resource {
			t.Warnings = append(t.Warnings, Warning{ClockSkew, SpanIndex(i), early})
		}
	}
}

func (a *assembly) warn(kind WarningKind, l int32, amount int64) {
	a.warned = append(a.warned, localWarning{kind, l, amount})
}

// finishWarnings gives the warnings collected so far their place and order.
func (a *assembly) finishWarnings() {
	t := a.out
	for _, w := range a.warned {
		at := NoSpan
		if w.local >= 0 {
			if at = a.place[w.local]; at == NoSpan {
				continue // on a repeat, which was merged
			}
		}
		t.Warnings = append(t.Warnings, Warning{w.kind, at, w.amount})
	}
	if t.Roots > 1 {
		t.Warnings = append(t.Warnings, Warning{MultipleRoots, NoSpan, int64(t.Roots)})
	}
	slices.SortStableFunc(t.Warnings, func(x, y Warning) int {
		return cmp.Or(cmp.Compare(x.Span, y.Span), cmp.Compare(x.Kind, y.Kind))
	})
}
