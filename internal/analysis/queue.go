package analysis

import (
	"sort"

	"traceview/internal/model"
)

// A Wait is the time a message lay in a queue before a span took it.
type Wait struct {
	Span     model.SpanIndex // the span that received or processed the message
	Producer model.SpanIndex // the span that sent it
	From, To int64           // ns from the trace's beginning; To is the begin of Span
	// Sent is how many messages of this trace the span took together; From is
	// that of the one which waited longest.
	Sent int
	// Before, if above 0, is by how many ns Span began before its message was
	// sent, which a wrong clock makes it seem. From and To are equal then.
	Before int64
}

// Dur returns the ns waited.
func (w Wait) Dur() int64 { return w.To - w.From }

// Queue tells the time that messages of a trace waited between being sent and
// being taken.
type Queue struct{ waits []Wait } // rising by Span

// NewQueue looks at all spans once for those that receive or process a message:
// by their kind or, where that says nothing, by messaging.operation.type as
// OpenTelemetry's conventions for messaging name it. What was sent is known by
// the producer being the parent, or by links to producers in the same trace.
//
// A message leaves some time between begin and end of the span that sends it:
// the wait begins with that end or, where the message was taken before that,
// with the begin.
func NewQueue(t *model.Trace, l *Links) *Queue {
	q := &Queue{}
	m := NewMessaging(t)
	for i := range t.Spans {
		s := &t.Spans[i]
		if s.Parent == model.NoSpan && len(l.out) == 0 || m.role(model.SpanIndex(i)) != Takes {
			continue
		}
		w := Wait{Span: model.SpanIndex(i), Producer: model.NoSpan}
		if s.Parent != model.NoSpan && m.role(s.Parent) == Sends {
			w.add(t, s.Parent)
		}
		for _, a := range at(l.out, w.Span) {
			if a.to != s.Parent && m.role(a.to) == Sends {
				w.add(t, a.to)
			}
		}
		if w.Sent > 0 {
			q.waits = append(q.waits, w)
		}
	}
	return q
}

// add takes into account that a message of producer was taken.
func (w *Wait) add(t *model.Trace, producer model.SpanIndex) {
	p, begin := &t.Spans[producer], t.Spans[w.Span].Start
	from := p.Start + p.Dur
	if from > begin {
		from = p.Start
	}
	before := max(from-begin, 0)
	from = min(from, begin)
	w.Sent++
	if w.Sent == 1 || from < w.From || from == w.From && before < w.Before {
		w.Producer, w.From, w.To, w.Before = producer, from, begin, before
	}
}

// Of returns the wait of the message that span i took, false if it took none
// whose sender is known.
func (q *Queue) Of(i model.SpanIndex) (Wait, bool) {
	k := sort.Search(len(q.waits), func(k int) bool { return q.waits[k].Span >= i })
	if k == len(q.waits) || q.waits[k].Span != i {
		return Wait{}, false
	}
	return q.waits[k], true
}

// Waits returns all waits, rising by span. The caller must not change them.
func (q *Queue) Waits() []Wait { return q.waits }

// A Role is what a span does with a message.
type Role uint8

// The roles.
const (
	Neither Role = iota
	Sends
	Takes
)

// RoleOf returns the Role of a span of some kind whose messaging.operation.type, or the
// older messaging.operation, is that; the kind counts first. A span that settles a
// message has already taken it; one that creates a message of a batch is its sender.
func RoleOf(k model.Kind, operation string) Role {
	switch k {
	case model.KindProducer:
		return Sends
	case model.KindConsumer:
		return Takes
	}
	switch operation {
	case "send", "publish", "create":
		return Sends
	case "receive", "process", "deliver":
		return Takes
	}
	return Neither
}

// Messaging tells what the spans of one trace do with messages.
type Messaging struct {
	trace *model.Trace
	keys  [2]model.StringID // of the attributes that name the operation; 0 for one that no span has
}

// NewMessaging looks at the names in the trace once.
func NewMessaging(t *model.Trace) *Messaging {
	m := &Messaging{trace: t}
	for id := range t.Strings() {
		switch t.Str(model.StringID(id)) {
		case "messaging.operation.type":
			m.keys[0] = model.StringID(id)
		case "messaging.operation":
			m.keys[1] = model.StringID(id)
		}
	}
	return m
}

// Sends says whether span i sends a message.
func (m *Messaging) Sends(i model.SpanIndex) bool { return m.role(i) == Sends }

// Takes says whether span i receives or processes one.
func (m *Messaging) Takes(i model.SpanIndex) bool { return m.role(i) == Takes }

func (m *Messaging) role(i model.SpanIndex) Role {
	kind := m.trace.Spans[i].Kind
	if role := RoleOf(kind, ""); role != Neither || m.keys == [2]model.StringID{} {
		return role
	}
	for _, a := range m.trace.Attrs(i) {
		if a.Key != 0 && (a.Key == m.keys[0] || a.Key == m.keys[1]) {
			return RoleOf(kind, m.trace.Raw(a))
		}
	}
	return Neither
}
