// Package journey tells the life of one order, which is many traces, as one story:
// the systems that took part, when each of them worked, the messages from one to
// another and how long they waited, the pieces of work one by one, and how the
// order's status changed. It is plain data with places in the traces; names and words
// are made elsewhere. It knows no service and no operation by name, only the
// attributes that the conventions of OpenTelemetry and OpenTracing name. No algorithm
// recurses.
package journey

import (
	"cmp"
	"slices"
	"sort"

	"traceview/internal/analysis"
	"traceview/internal/analysis/diagnosis"
	"traceview/internal/model"
)

// A Place is a span of one of the traces.
type Place = diagnosis.Place

// Nowhere is no Place.
var Nowhere = Place{Trace: -1, Span: model.NoSpan}

// A Kind is what a system is.
type Kind uint8

// The kinds of system.
const (
	Service  Kind = iota // sends spans of its own
	Database             // seen in the calls to it only, as all that follow
	Storage
	Queue
	Peer // some other program
)

// A System is one of those that took part in an order.
type System struct {
	Kind  Kind
	Name  string // of the service, database or host; "" if none was recorded
	Make  string // of a database or queue, as recorded: postgresql, rabbitmq
	First int64  // Unix ns of what it did first
	Count int    // spans, calls or messages
}

// A Failure says whether some work failed.
type Failure uint8

// The failures, rising.
const (
	Fine    Failure = iota
	Carried         // something else failed, and this because of it
	Own             // it failed there
)

// An Activity is a time in which a system worked without a break: what one span
// that came from elsewhere made it do.
type Activity struct {
	Place      // the span it came in with or, in a Database, Storage or Peer, the call
	System     int32
	Spans      int32
	Start, End int64 // Unix ns
	Failure    Failure
	Failed     model.SpanIndex // the first span with that Failure, NoSpan if Fine
}

// A Message went from one system to another by way of a queue.
type Message struct {
	From, To       Place  // the spans that sent and took it; To.Span is NoSpan if none took it
	Sender, Taker  int32  // systems; Taker is -1 if none took it
	Queue          int32  // system, -1 where the spans do not name one
	Sent, Received int64  // Unix ns; equal if none took it, or a wrong clock makes it seem received before
	Destination    string // of the queue, as recorded
}

// A Step is a piece of the order's life: a root, or what took a message.
type Step struct {
	Place
	System     int32
	Start, End int64 // Unix ns, of all that was done in it, whoever did it
	Failure    Failure
}

// A Change is a new status of the order, or of something about it.
type Change struct {
	Place
	System   int32
	At       int64  // Unix ns
	Of       string // what has the status: the attribute without its last word
	From, To string // From is "" where nothing is known
}

// A Journey is the life of one order. It is immutable.
type Journey struct {
	Traces     []*model.Trace // as given, with the clocks put right
	Moved      int            // traces in which a clock was wrong
	From, To   int64          // Unix ns
	Systems    []System       // in the order in which they came in
	Activities []Activity     // by Start
	Messages   []Message      // by Sent
	Steps      []Step         // by Start
	Changes    []Change       // by At

	busy  []Stretch
	reach []int64 // of each activity, the latest end of those up to it
}

// New looks at the traces of one order. It takes time and memory in proportion to
// their spans.
func New(traces []*model.Trace) *Journey {
	j := &Journey{Traces: diagnosis.RightClocks(traces)}
	b := builder{j: j, lanes: map[lane]int32{}, tables: map[*model.Arena]*table{}, sent: map[ref]int32{}, hosts: map[string]int32{}}
	for k, t := range j.Traces {
		if t != traces[k] {
			j.Moved++
		}
		b.add(int32(k), t)
	}
	b.join()
	b.peers()
	b.order()
	return j
}

// Empty says that there is nothing to tell.
func (j *Journey) Empty() bool { return len(j.Activities) == 0 }

// A Stretch is some time from From to To.
type Stretch struct{ From, To int64 }

// Busy returns when something happened, rising and apart: when any system worked and,
// of work that took longer than an hour, when it or something within it began or ended.
// The caller must not change it.
func (j *Journey) Busy() []Stretch { return j.busy }

// long is from how many ns on work is more likely to wait than to be at work.
const long = 3600e9

// Covered says whether some work went on from one instant to another.
func (j *Journey) Covered(from, to int64) bool {
	first, last := j.Within(to, from)
	for k := first; k < last; k++ {
		if a := &j.Activities[k]; a.Start <= from && a.End >= to {
			return true
		}
	}
	return false
}

// Within returns the activities, from the first to before the last, among which are
// all that lie between two instants at least in part.
func (j *Journey) Within(from, to int64) (first, last int) {
	first = sort.Search(len(j.reach), func(k int) bool { return j.reach[k] >= from })
	last = sort.Search(len(j.Activities), func(k int) bool { return j.Activities[k].Start > to })
	return first, max(first, last)
}

// measure finds when the order was worked on.
func (j *Journey) measure() {
	j.reach = make([]int64, len(j.Activities))
	for k := range j.Activities {
		a := &j.Activities[k]
		if k == 0 {
			j.From, j.To = a.Start, a.End
		}
		j.To = max(j.To, a.End)
		j.reach[k] = j.To
	}
	list := j.moments()
	slices.SortFunc(list, func(a, b Stretch) int { return cmp.Compare(a.From, b.From) })
	for _, s := range list {
		if n := len(j.busy); n > 0 && s.From <= j.busy[n-1].To {
			j.busy[n-1].To = max(j.busy[n-1].To, s.To)
			continue
		}
		j.busy = append(j.busy, s)
	}
}

// moments returns when work was done, in any order. Work that took long is looked
// into once, with all that lies within it.
func (j *Journey) moments() []Stretch {
	list := make([]Stretch, 0, len(j.Activities))
	var slow []Place
	for k := range j.Activities {
		if a := &j.Activities[k]; a.End-a.Start <= long {
			list = append(list, Stretch{a.Start, a.End})
		} else {
			slow = append(slow, a.Place)
		}
	}
	slices.SortFunc(slow, func(a, b Place) int {
		return cmp.Or(cmp.Compare(a.Trace, b.Trace), cmp.Compare(a.Span, b.Span))
	})
	last, end := -1, model.SpanIndex(0)
	for _, p := range slow {
		if p.Trace == last && p.Span < end {
			continue // within the one before
		}
		t := j.Traces[p.Trace]
		last, end = p.Trace, t.Spans[p.Span].End
		for i := p.Span; i < end; i++ {
			s := &t.Spans[i]
			from, to := t.Epoch+s.Start, t.Epoch+s.Start+s.Dur
			if s.Dur > long {
				list = append(list, Stretch{from, from}, Stretch{to, to})
			} else {
				list = append(list, Stretch{from, to})
			}
		}
	}
	return list
}

// Of returns the system of a span, -1 for one that is not there.
func (j *Journey) Of(p Place) int32 {
	if p.Trace < 0 || p.Trace >= len(j.Traces) || p.Span < 0 || int(p.Span) >= len(j.Traces[p.Trace].Spans) {
		return -1
	}
	name := j.Traces[p.Trace].ServiceName(p.Span)
	return int32(slices.IndexFunc(j.Systems, func(s System) bool { return s.Kind == Service && s.Name == name }))
}

// When returns begin and end of a span of the Journey in Unix ns.
func (j *Journey) When(p Place) (from, to int64) {
	t := j.Traces[p.Trace]
	s := &t.Spans[p.Span]
	return t.Epoch + s.Start, t.Epoch + s.Start + s.Dur
}

// lane tells systems apart.
type lane struct {
	kind       Kind
	name, made string
}

// A ref names a span across traces.
type ref struct {
	trace model.TraceID
	span  model.SpanID
}

// builder is the state of New.
type builder struct {
	j      *Journey
	lanes  map[lane]int32
	tables map[*model.Arena]*table
	sent   map[ref]int32    // which of Messages the span sent; its first, where several took it
	hosts  map[string]int32 // the service that answers at an address
	takers []taker
	calls  []call
	states []state
}

// system returns the number of a system, which did something from some instant on.
func (b *builder) system(l lane, at int64) int32 {
	n, ok := b.lanes[l]
	if !ok {
		n = int32(len(b.j.Systems))
		b.lanes[l] = n
		b.j.Systems = append(b.j.Systems, System{Kind: l.kind, Name: l.name, Make: l.made, First: at})
	}
	s := &b.j.Systems[n]
	s.First = min(s.First, at)
	return n
}

// add looks at the spans of one trace.
func (b *builder) add(k int32, t *model.Trace) {
	if len(t.Spans) == 0 {
		return
	}
	r := &reader{builder: b, k: int(k), t: t, table: b.tableOf(t.Arena), of: make([]int32, len(t.Spans)),
		roles: make([]analysis.Role, len(t.Spans)), serves: map[model.ResourceID]int32{}}
	if t.Errors > 0 {
		r.errors = analysis.NewErrors(t)
	}
	for i := range t.Spans {
		r.span(model.SpanIndex(i))
	}
	r.settle()
}

// order puts everything in the order of time, and systems in that in which they
// came in.
func (b *builder) order() {
	j := b.j
	place := func(p, q Place) int {
		return cmp.Or(cmp.Compare(p.Trace, q.Trace), cmp.Compare(p.Span, q.Span))
	}
	slices.SortFunc(j.Activities, func(a, b Activity) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), place(a.Place, b.Place), cmp.Compare(a.System, b.System))
	})
	slices.SortFunc(j.Messages, func(a, b Message) int {
		return cmp.Or(cmp.Compare(a.Sent, b.Sent), place(a.From, b.From), place(a.To, b.To))
	})
	slices.SortFunc(j.Steps, func(a, b Step) int { return cmp.Or(cmp.Compare(a.Start, b.Start), place(a.Place, b.Place)) })
	b.changes()
	j.measure()
	rank := make([]int32, len(j.Systems))
	for k := range rank {
		rank[k] = int32(k)
	}
	slices.SortStableFunc(rank, func(a, b int32) int { return cmp.Compare(j.Systems[a].First, j.Systems[b].First) })
	to, list := make([]int32, len(rank)), make([]System, len(rank))
	for n, old := range rank {
		to[old], list[n] = int32(n), j.Systems[old]
	}
	j.Systems = list
	b.renumber(to)
}

// renumber gives everything the new numbers of its systems.
func (b *builder) renumber(to []int32) {
	j := b.j
	for k := range j.Activities {
		j.Activities[k].System = to[j.Activities[k].System]
	}
	for k := range j.Messages {
		m := &j.Messages[k]
		m.Sender = to[m.Sender]
		if m.Taker >= 0 {
			m.Taker = to[m.Taker]
		}
		if m.Queue >= 0 {
			m.Queue = to[m.Queue]
		}
	}
	for k := range j.Steps {
		j.Steps[k].System = to[j.Steps[k].System]
	}
	for k := range j.Changes {
		j.Changes[k].System = to[j.Changes[k].System]
	}
}
