package diagnosis

import (
	"slices"
	"strings"

	"traceview/internal/analysis"
	"traceview/internal/model"
)

// failing is the errors of one trace and how they hang together.
type failing struct {
	d *doctor
	s *scan
	// above is, of each span, the nearest failed one above that may have failed
	// because of it: nothing between them says that it went well, and somebody
	// waited all the way.
	above []model.SpanIndex
	// fine holds the spans that are, or are below, one that says it went well.
	fine        analysis.Set
	first, next map[model.SpanIndex]model.SpanIndex // the failed ones below each failed one, in order
	tops        []model.SpanIndex                   // failed, and nothing above failed because of them
	calls       map[model.SpanIndex]map[target]*tries
}

// A target is what is tried again: many programs name all their calls alike, so that
// only the path of the address tells them apart.
type target struct {
	op   int32
	path string
}

// targetOf returns what span i tries.
func (x *failing) targetOf(i model.SpanIndex) target {
	t := target{op: x.s.op[i]}
	if x.s.t.Spans[i].Kind == model.KindClient && (t.op < 0 || x.d.own.ops.list[t.op].vague()) {
		t.path = analysis.Plain(x.s.pathOf(i))
	}
	return t
}

// tries are the same call below one parent.
type tries struct {
	failed []model.SpanIndex
	run    []int32 // of each failed one, the position of the first of its run
	good   []model.SpanIndex
}

const (
	// known is how many ns after its parent the error of a child may still have
	// been the reason: clocks of two hosts differ by that much.
	known = 2_000_000
	// storm is from how many attempts on the attempts themselves are what is wrong.
	storm = 5
	// manyCauses is up to how many errors that may be the reason their texts are compared.
	manyCauses = 64
)

// failures reports what failed in a trace.
//
// An error is carried up by every span that fails because of one below it, so
// walking down from the topmost failed span leads to where it began. On the way
// there may be several errors to choose from: those the program survived, and
// what was tried afterwards to undo the work, are not the reason (choose).
func (d *doctor) failures(s *scan) {
	x := &failing{d: d, s: s}
	if slices.Contains(s.said, failed) {
		x.hang()
	}
	var last *Finding
	for _, top := range x.tops {
		f, ok := x.finding(top)
		if !ok {
			continue
		}
		// A message that was delivered again and again failed each time.
		if last != nil && f.Effect == Failed && last.Effect == Failed && s.t.Spans[top].Parent != model.NoSpan && x.again(last.At, f.At) {
			f.Count = max(last.Count, 1) + 1
			f.Evidence = append(f.Evidence, last.At)
			d.drop()
		}
		at := len(d.found)
		d.add(s, f)
		if last = nil; len(d.found) > at {
			last = &d.found[at]
		}
		if f.Effect == Failed && last != nil {
			d.failed = append(d.failed, d.unitOf(s, top, at))
		}
	}
	for i := range s.unit {
		if u := model.SpanIndex(i); s.unit[i] == u && s.said[i] != failed {
			d.wentWell(s.op[i], s.t.Epoch+s.t.Spans[i].Start)
		}
	}
}

// wentWell notes when a step that did not fail began, Unix ns.
func (d *doctor) wentWell(op int32, at int64) {
	if op < 0 {
		return
	}
	r, ok := d.fine[op]
	if !ok {
		r = stretch{at, at}
	}
	d.fine[op] = stretch{min(r.first, at), max(r.last, at)}
}

// drop takes back the finding noted last, of a step that failed.
func (d *doctor) drop() {
	n := len(d.found) - 1
	d.same[d.sameAs(&d.found[n])]--
	d.found, d.failed = d.found[:n], d.failed[:len(d.failed)-1]
}

func (d *doctor) unitOf(s *scan, i model.SpanIndex, finding int) unit {
	return unit{s.op[i], s.t.Epoch + s.t.Spans[i].Start, s.t.Epoch + s.end(i), finding}
}

// again says whether two errors are of the same operation in two deliveries of the
// same message.
func (x *failing) again(a, b Place) bool {
	if a.Trace != b.Trace || x.s.op[a.Span] != x.s.op[b.Span] {
		return false
	}
	from, ok := x.d.sender[Place{a.Trace, x.s.unit[a.Span]}]
	other, met := x.d.sender[Place{b.Trace, x.s.unit[b.Span]}]
	return ok && met && from == other
}

// hang finds for each failed span the one above that failed because of it.
func (x *failing) hang() {
	s := x.s
	n := len(s.said)
	x.above, x.fine = make([]model.SpanIndex, n), analysis.NewSet(n)
	x.first, x.next = map[model.SpanIndex]model.SpanIndex{}, map[model.SpanIndex]model.SpanIndex{}
	x.calls = map[model.SpanIndex]map[target]*tries{}
	last := map[model.SpanIndex]model.SpanIndex{}
	for k := range s.said {
		i := model.SpanIndex(k)
		x.above[i] = model.NoSpan
		if p := s.t.Spans[i].Parent; s.unit[i] != i {
			if x.fine.Has(p) {
				x.fine.Add(i)
			}
			switch s.said[p] {
			case failed:
				x.above[i] = p
			case unsaid, refused:
				x.above[i] = x.above[p]
			}
		}
		switch a := x.above[i]; {
		case s.said[i] == good:
			x.fine.Add(i)
		case s.said[i] != failed:
		case a == model.NoSpan:
			x.tops = append(x.tops, i)
		case s.end(i) <= s.end(a)+known:
			if l, ok := last[a]; ok {
				x.next[l] = i
			} else {
				x.first[a] = i
			}
			last[a] = i
		}
	}
}

// finding makes the finding of a topmost failed span, false for one that is
// nothing to speak of.
func (x *failing) finding(top model.SpanIndex) (Finding, bool) {
	s := x.s
	f := Finding{Kind: Error, Other: nowhere, Count: 1}
	at := top
	for way := []model.SpanIndex{}; ; {
		c, run := x.cause(at)
		if c == model.NoSpan || x.stopped(at, c) {
			slices.Reverse(way)
			f.Evidence = append(f.Evidence, s.places(way)...)
			break
		}
		way = append(way, at)
		f.Count = max(f.Count, len(run))
		f.Evidence = s.places(run[:max(len(run)-1, 0)])
		at = c
		if kind := s.t.Spans[c].Kind; len(run) >= storm && kind == model.KindClient {
			f.Kind = Retry
			slices.Reverse(way)
			f.Evidence = append(f.Evidence, s.places(way)...)
			break
		}
		f.Carried++
	}
	f.At = Place{s.index, at}
	f.Fault = s.faultOf(at)
	if f.Fault.silent() { // then who waited may say why
		for up := at; up != top && !f.Fault.TimedOut; {
			up = x.above[up]
			f.Fault.TimedOut = s.faultOf(up).TimedOut
		}
	}
	f.Took = s.t.Spans[at].Dur
	x.effect(&f, top)
	if f.Effect < Mended && x.usualError(at) {
		return f, false
	}
	if f.Kind == Error {
		x.d.gaveUp(s, at, &f)
	}
	f.begin = s.t.Epoch + s.t.Spans[s.unit[top]].Start
	return f, true
}

// stopped says whether the error c below span f is only that f gave up waiting: it
// was told to stop.
func (x *failing) stopped(f, c model.SpanIndex) bool {
	return x.s.faultOf(f).TimedOut && x.s.faultOf(c).Cancelled
}

// effect says what a topmost error did, and how sure that is.
func (x *failing) effect(f *Finding, top model.SpanIndex) {
	s := x.s
	switch {
	case s.unit[top] == top && s.cutOff(top):
		f.Effect, f.Confidence = Unknown, 0.5
	case s.unit[top] == top:
		f.Effect, f.Confidence = Failed, 0.8
		if f.Fault.Type != "" || f.Fault.Message != "" || f.Fault.HTTP+f.Fault.GRPC > 0 {
			f.Confidence += 0.1
		}
		if f.Carried > 0 {
			f.Confidence += 0.05
		}
	case x.recovered(top):
		f.Effect, f.Confidence, f.Kind = Handled, 0.3, Retry
		x.recovery(f, top)
	case x.fine.Has(s.t.Spans[top].Parent), x.answeredAbove(top), x.survived(top, s.unit[top]):
		f.Effect, f.Confidence = Handled, 0.3
	default:
		f.Effect, f.Confidence = Unknown, 0.55
	}
}

// cutOff says whether the parent of a span is missing that somebody in this trace must
// have been: it serves no request and takes no message, which may come from outside.
func (s *scan) cutOff(i model.SpanIndex) bool {
	sp := &s.t.Spans[i]
	return sp.Parent == model.NoSpan && !sp.ParentID.IsZero() && sp.Kind != model.KindServer && s.roles[i] != takes
}

// answeredAbove says whether a span above serves a request or takes a message: it
// would have failed, by the conventions, had it not dealt with the error.
func (x *failing) answeredAbove(c model.SpanIndex) bool {
	s := x.s
	for q, u := s.t.Spans[c].Parent, s.unit[c]; s.effort > 0; q = s.t.Spans[q].Parent {
		s.effort--
		if kind := s.t.Spans[q].Kind; kind == model.KindServer || kind == model.KindConsumer {
			return s.said[q] != refused
		}
		if q == u {
			break
		}
	}
	return false
}

// recovery fills in what a call cost that went well at another try.
func (x *failing) recovery(f *Finding, top model.SpanIndex) {
	s := x.s
	g := x.group(top)
	run := g.runOf(top)
	f.At, f.Count = Place{s.index, run[len(run)-1]}, len(run)
	f.Evidence = s.places(run[:len(run)-1])
	f.Fault = s.faultOf(f.At.Span)
	for _, i := range g.good {
		if s.t.Spans[i].Start >= s.end(f.At.Span)-known {
			f.Took = s.t.Spans[i].Start - s.t.Spans[run[0]].Start
			f.Evidence = append(f.Evidence, Place{s.index, i})
			break
		}
	}
	whole := s.t.Spans[s.unit[top]].Dur
	if f.Took*5 >= whole && s.path.Has(f.At.Span) {
		f.Effect, f.Confidence, f.Excess, f.lost = Delayed, 0.6, f.Took, f.Took
	}
}

// cause returns the error below span f that made it fail, and the tries it was
// the last of; NoSpan if it began at f.
func (x *failing) cause(f model.SpanIndex) (model.SpanIndex, []model.SpanIndex) {
	var list []model.SpanIndex
	for c, ok := x.first[f]; ok; c, ok = x.next[c] {
		list = append(list, c)
	}
	if len(list) == 0 {
		return model.NoSpan, nil
	}
	var told map[model.SpanIndex]bool
	if len(list) <= manyCauses && (len(list) > 1 || x.recovered(list[0]) || x.usualError(list[0])) { // else there is nothing to choose
		told = x.told(f, list)
	}
	list = slices.DeleteFunc(list, func(c model.SpanIndex) bool { return !told[c] && (x.recovered(c) || x.usualError(c)) })
	if len(list) == 0 {
		return model.NoSpan, nil
	}
	c := x.choose(f, list, told)
	run := x.group(c).runOf(c)
	return run[len(run)-1], run
}

// choose returns the error that span f failed of. Each rule counts only where it
// leaves some: what was cancelled failed of something else; the text of an error
// that comes back above is the one that was carried up; what others survive every
// day is not the reason; nor is what was followed by the usual next steps. Of the
// rest the first one is: what fails later fails while the work is being undone.
func (x *failing) choose(f model.SpanIndex, list []model.SpanIndex, told map[model.SpanIndex]bool) model.SpanIndex {
	if len(list) > 1 && len(list) <= manyCauses {
		list = prefer(list, func(c model.SpanIndex) bool { return !x.s.faultOf(c).Cancelled })
		list = prefer(list, func(c model.SpanIndex) bool { return told[c] })
		list = prefer(list, func(c model.SpanIndex) bool { return !x.survived(c, f) })
		list = prefer(list, func(c model.SpanIndex) bool { return x.straight(f, c) })
	}
	return slices.MinFunc(list, func(a, b model.SpanIndex) int { return int(min(max(x.s.end(a)-x.s.end(b), -1), 1)) })
}

// prefer returns those of a list that are so, all of it if none is.
func prefer(list []model.SpanIndex, so func(model.SpanIndex) bool) []model.SpanIndex {
	var out []model.SpanIndex
	for _, c := range list {
		if so(c) {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		return list
	}
	return out
}

// straight says whether no span lies between an error and the one above it.
func (x *failing) straight(f, c model.SpanIndex) bool { return x.s.t.Spans[c].Parent == f }

// told returns the errors whose text, or that of the first below them that has any,
// comes back in that of span f.
func (x *failing) told(f model.SpanIndex, list []model.SpanIndex) map[model.SpanIndex]bool {
	upper := x.s.faultOf(f)
	text := upper.Message + "\n" + x.s.stack(f)
	out := map[model.SpanIndex]bool{}
	for _, c := range list {
		lower := x.s.faultOf(c)
		for n, below, ok := 0, c, true; lower.wordless() && n < mostLost; n++ {
			if below, ok = x.first[below]; !ok {
				break
			}
			lower = x.s.faultOf(below)
		}
		same := lower.Type != "" && !isNumber(lower.Type) && lower.Type == upper.Type
		out[c] = same || len(lower.Message) >= 8 && strings.Contains(text, lower.Message)
	}
	return out
}

// stack returns the stack traces of span i, which name the errors below.
func (s *scan) stack(i model.SpanIndex) string {
	var b strings.Builder
	list := s.t.SpanEvents(i)
	for k := range list {
		if a, ok := s.t.Find(s.t.EventAttrs(&list[k]), "exception.stacktrace"); ok {
			b.WriteString(s.t.Raw(a))
		}
	}
	return b.String()
}

// group returns the spans beside c that are the same call.
func (x *failing) group(c model.SpanIndex) *tries {
	s := x.s
	p := s.t.Spans[c].Parent
	byTarget, ok := x.calls[p]
	if !ok {
		byTarget = map[target]*tries{}
		wrong := map[int32]bool{}
		from, to := model.SpanIndex(0), model.SpanIndex(len(s.said))
		if p != model.NoSpan {
			from, to = p+1, s.t.Spans[p].End
		}
		for i := from; i < to; i = s.t.Spans[i].End {
			if s.failed(i) {
				wrong[s.op[i]] = true
			}
		}
		for i := from; i < to; i = s.t.Spans[i].End {
			if !wrong[s.op[i]] {
				continue // nobody asks
			}
			what := x.targetOf(i)
			g := byTarget[what]
			if g == nil {
				g = &tries{}
				byTarget[what] = g
			}
			if s.failed(i) {
				n := len(g.failed)
				from := int32(n)
				if n > 0 && s.follows(g.failed[n-1], i) {
					from = g.run[n-1]
				}
				g.failed, g.run = append(g.failed, i), append(g.run, from)
			} else {
				g.good = append(g.good, i)
			}
		}
		x.calls[p] = byTarget
	}
	return byTarget[x.targetOf(c)]
}

// runOf returns the tries that c is one of: failed one after another.
func (g *tries) runOf(c model.SpanIndex) []model.SpanIndex {
	at, _ := slices.BinarySearch(g.failed, c)
	to := at + 1
	for to < len(g.failed) && g.run[to] == g.run[at] {
		to++
	}
	return g.failed[g.run[at]:to]
}

// follows says whether span b began when a had ended.
func (s *scan) follows(a, b model.SpanIndex) bool { return s.t.Spans[b].Start >= s.end(a)-known/2 }

// recovered says whether the call that failed in span c went well afterwards.
func (x *failing) recovered(c model.SpanIndex) bool {
	if x.s.t.Spans[c].Parent == model.NoSpan {
		return false
	}
	g := x.group(c)
	return len(g.good) > 0 && x.s.follows(c, g.good[len(g.good)-1])
}

// usualError says whether that operation fails in healthy traces, too, and nothing
// comes of it.
func (x *failing) usualError(c model.SpanIndex) bool {
	n := x.d.baseOf(x.s.op[c])
	return n != nil && n.forgiven > 0 && 2*n.forgiven >= n.failed && (n.n < 50 || n.forgiven*50 >= n.n)
}

// survived says whether the program went on as usual after the error c: a span
// that usually follows began afterwards, beside c or above it up to span f.
func (x *failing) survived(c, f model.SpanIndex) bool {
	s := x.s
	for q := s.t.Spans[c].Parent; q != model.NoSpan && q >= f; q = s.t.Spans[q].Parent {
		for i := q + 1; i < s.t.Spans[q].End; i = s.t.Spans[i].End {
			if s.effort--; s.effort < 0 {
				return false
			}
			if s.t.Spans[i].Start >= s.end(c) && s.op[i] != s.op[c] && x.d.usually(s.op[q], s.op[i]) {
				return true
			}
		}
	}
	return false
}

// places turns spans into places.
func (s *scan) places(list []model.SpanIndex) []Place {
	var out []Place
	for _, i := range list[:min(len(list), maxEvidence)] {
		out = append(out, Place{s.index, i})
	}
	return out
}
