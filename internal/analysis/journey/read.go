package journey

import (
	"cmp"
	"slices"
	"strings"

	"traceview/internal/analysis"
	"traceview/internal/model"
)

// A reader looks at the spans of one trace.
type reader struct {
	*builder
	k      int
	t      *model.Trace
	table  *table
	errors *analysis.Errors // nil where nothing failed
	of     []int32          // of each span, its activity
	roles  []analysis.Role
	serves map[model.ResourceID]int32 // systems of resources
	steps  int                        // where those of this trace begin
	found  found
	own    []call // of this trace, until it is known who answered them
}

// A call is one to a system that sent no span for it.
type call struct {
	Place
	start, end int64
	failure    Failure
	lane       lane
	host       string // for a Peer: where it went
	answered   bool
}

// A taker is a span that took a message.
type taker struct {
	Place
	system int32
	start  int64
	ref    ref
	queue  int32
}

// span looks at span i: which system it is of, and what it does.
func (r *reader) span(i model.SpanIndex) {
	s := &r.t.Spans[i]
	start := r.t.Epoch + s.Start
	r.read(i)
	r.roles[i] = analysis.RoleOf(s.Kind, r.found.do)
	system, ok := r.serves[s.Resource]
	if !ok {
		system = r.system(lane{kind: Service, name: r.t.ServiceName(i)}, start)
		r.serves[s.Resource] = system
	}
	sys := &r.j.Systems[system]
	sys.First, sys.Count = min(sys.First, start), sys.Count+1
	fails, takes := r.failure(i), r.takes(i)
	at := int32(-1)
	if p := s.Parent; p != model.NoSpan && !takes && r.j.Activities[r.of[p]].System == system {
		at = r.of[p]
	}
	r.part(i, at, system, fails)
	if s.Parent == model.NoSpan || takes {
		r.j.Steps = append(r.j.Steps, Step{Place{Trace: r.k, Span: i}, system, start, start + s.Dur, Fine})
	}
	r.message(i, system, takes)
	r.answers(i, system)
	r.call(i, fails)
	for _, st := range r.found.states {
		r.builder.states = append(r.builder.states, state{Place{Trace: r.k, Span: i}, start, system, st})
	}
	if r.table.states {
		r.events(i, system)
	}
}

// takes says whether span i took a message of another span. One that processes what
// its own parent received is part of the same.
func (r *reader) takes(i model.SpanIndex) bool {
	p := r.t.Spans[i].Parent
	return r.roles[i] == analysis.Takes && !(p != model.NoSpan && r.roles[p] == analysis.Takes && r.t.Spans[p].Resource == r.t.Spans[i].Resource)
}

// failure says how span i ended.
func (r *reader) failure(i model.SpanIndex) Failure {
	switch {
	case r.errors == nil || !r.t.Spans[i].Failed():
		return Fine
	case r.errors.CarriedUp(i):
		return Carried
	}
	return Own
}

// part makes span i part of an activity, or begins one for at -1.
func (r *reader) part(i model.SpanIndex, at, system int32, fails Failure) {
	s := &r.t.Spans[i]
	start := r.t.Epoch + s.Start
	if at < 0 {
		at = int32(len(r.j.Activities))
		r.j.Activities = append(r.j.Activities, Activity{Place: Place{Trace: r.k, Span: i}, System: system, Start: start, End: start, Failed: model.NoSpan})
	}
	r.of[i] = at
	a := &r.j.Activities[at]
	a.Start, a.End, a.Spans = min(a.Start, start), max(a.End, start+s.Dur), a.Spans+1
	if fails > a.Failure {
		a.Failure, a.Failed = fails, i
	}
}

// message notes that span i sent or took a message.
func (r *reader) message(i model.SpanIndex, system int32, takes bool) {
	s := &r.t.Spans[i]
	here := Place{Trace: r.k, Span: i}
	queue := int32(-1)
	if f := &r.found; f.queue != "" && (r.roles[i] == analysis.Sends || takes) {
		queue = r.system(lane{kind: Queue, made: f.queue}, r.t.Epoch+s.Start+s.Dur)
	}
	switch {
	case r.roles[i] == analysis.Sends:
		id := ref{r.t.ID, s.ID}
		if _, ok := r.sent[id]; ok {
			return
		}
		r.sent[id] = int32(len(r.j.Messages))
		end := r.t.Epoch + s.Start + s.Dur
		r.j.Messages = append(r.j.Messages, Message{From: here, To: Nowhere,
			Sender: system, Taker: -1, Queue: queue, Sent: end, Received: end, Destination: r.found.destination})
	case takes:
		t := taker{Place: here, system: system, start: r.t.Epoch + s.Start, queue: queue}
		if !s.ParentID.IsZero() {
			t.ref = ref{r.t.ID, s.ParentID}
			r.takers = append(r.takers, t)
		}
		for _, l := range r.t.SpanLinks(i) {
			if to := (ref{l.Trace, l.Span}); to != t.ref {
				r.takers = append(r.takers, taker{here, system, t.start, to, queue})
			}
		}
	}
}

// call notes a call of span i to a system that may have sent no span.
func (r *reader) call(i model.SpanIndex, fails Failure) {
	s, f := &r.t.Spans[i], &r.found
	if r.roles[i] != analysis.Neither || s.Kind != model.KindClient && f.database == "" {
		return
	}
	c := call{Place: Place{Trace: r.k, Span: i}, start: r.t.Epoch + s.Start, end: r.t.Epoch + s.Start + s.Dur, failure: fails, host: f.host}
	switch {
	case f.database != "":
		c.lane = lane{Database, cmpOr(f.name, f.peer, f.host), f.database}
	case f.bucket:
		c.lane = lane{kind: Storage, name: cmpOr(f.peer, f.host)}
	case f.peer != "" || f.host != "":
		c.lane = lane{kind: Peer, name: cmpOr(f.peer, f.host)}
	default:
		return
	}
	r.own = append(r.own, c)
}

// answers notes the call that span i serves, if it does: its system answers at the
// address called.
func (r *reader) answers(i model.SpanIndex, system int32) {
	s := &r.t.Spans[i]
	if p := s.Parent; p == model.NoSpan || r.t.Spans[p].Resource == s.Resource && s.Kind != model.KindServer {
		return
	}
	k, ok := slices.BinarySearchFunc(r.own, s.Parent, func(c call, p model.SpanIndex) int { return cmp.Compare(c.Span, p) })
	if ok {
		r.own[k].answered = true
		r.hosts[r.own[k].host] = system
	}
}

// settle ends a trace: steps last as long as all that was done in them, and calls
// that were answered by spans are no systems of their own.
func (r *reader) settle() {
	for k := len(r.j.Steps) - 1; k >= 0 && r.j.Steps[k].Trace == r.k; k-- {
		r.steps = k
	}
	unit := make([]int32, len(r.t.Spans)) // of each span, its step
	next := r.steps
	for i := range r.t.Spans {
		s := &r.t.Spans[i]
		if next < len(r.j.Steps) && r.j.Steps[next].Span == model.SpanIndex(i) {
			unit[i] = int32(next)
			next++
		} else {
			unit[i] = unit[s.Parent]
		}
		p := &r.j.Steps[unit[i]]
		p.End = max(p.End, r.t.Epoch+s.Start+s.Dur)
		p.Failure = max(p.Failure, r.failure(model.SpanIndex(i)))
	}
	for _, c := range r.own {
		if !c.answered {
			r.calls = append(r.calls, c)
		}
	}
}

// peers makes systems of those that were called and sent no spans.
func (b *builder) peers() {
	for k := range b.calls {
		c := &b.calls[k]
		if c.lane.kind == Peer {
			if _, ok := b.hosts[c.host]; ok && c.host != "" {
				continue // it sends spans as a rule
			}
			if _, ok := b.lanes[lane{kind: Service, name: c.lane.name}]; ok {
				continue
			}
		}
		n := b.system(c.lane, c.start)
		b.j.Systems[n].Count++
		failed := model.NoSpan
		if c.failure != Fine {
			failed = c.Span
		}
		b.j.Activities = append(b.j.Activities, Activity{c.Place, n, 1, c.start, c.end, c.failure, failed})
	}
}

// batches leaves out the spans that only wrap, or are wrapped by, one that sent: of a
// batch that is made of messages and sent, others take the messages.
func (b *builder) batches() {
	drop := make([]bool, len(b.j.Messages))
	wraps := func(outer, inner int32) {
		switch m := b.j.Messages; {
		case outer == inner:
		case m[outer].Taker < 0:
			drop[outer] = true
		case m[inner].Taker < 0:
			drop[inner] = true
		}
	}
	for k := range b.j.Messages {
		m := &b.j.Messages[k]
		t := b.j.Traces[m.From.Trace]
		if p := t.Spans[m.From.Span].Parent; p != model.NoSpan {
			if outer, ok := b.sent[ref{t.ID, t.Spans[p].ID}]; ok {
				wraps(outer, int32(k))
			}
		}
		for _, l := range t.SpanLinks(m.From.Span) {
			if inner, ok := b.sent[ref{l.Trace, l.Span}]; ok {
				wraps(int32(k), inner)
			}
		}
	}
	kept := b.j.Messages[:0]
	for k, m := range b.j.Messages {
		if !drop[k] {
			kept = append(kept, m)
		}
	}
	b.j.Messages = kept
}

// join finds the spans that sent what others took.
func (b *builder) join() {
	for k := range b.takers {
		t := &b.takers[k]
		n, ok := b.sent[t.ref]
		if !ok {
			continue
		}
		m := b.j.Messages[n]
		if m.Taker >= 0 { // somebody else took it as well
			n = int32(len(b.j.Messages))
			b.j.Messages = append(b.j.Messages, m)
		}
		m.To, m.Taker, m.Received = t.Place, t.system, t.start
		if m.Queue < 0 {
			m.Queue = t.queue
		}
		from, end := b.j.When(m.From)
		if m.Sent = end; m.Sent > m.Received { // it was taken while it was being sent
			m.Sent = min(from, m.Received)
		}
		b.j.Messages[n] = m
	}
	b.batches()
	for k := range b.j.Messages {
		if m := &b.j.Messages[k]; m.Queue >= 0 {
			q := &b.j.Systems[m.Queue]
			q.First, q.Count = min(q.First, m.Sent), q.Count+1
		}
	}
}

func cmpOr(list ...string) string {
	for _, s := range list {
		if s = strings.TrimSpace(s); s != "" {
			return s
		}
	}
	return ""
}
