package demo

import (
	"cmp"
	"runtime"
	"slices"
	"time"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// A Trace is one finished trace of an order.
type Trace struct {
	ID    string // 32 hexadecimal digits
	Order string // the number of the order it belongs to
	Spans int
	Start time.Time // of the earliest span, as recorded
	Proto []byte    // OTLP TracesData

	id    trace.TraceID
	index traceIndex
}

// workerCount is how many goroutines make orders; more than the machine has
// processors would gain nothing.
func workerCount() int { return min(runtime.GOMAXPROCS(0), 8) }

// sorted merges the traces of all orders by start.
func sorted(byOrder [][]*Trace) []*Trace {
	all := slices.Concat(byOrder...)
	slices.SortFunc(all, func(a, b *Trace) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.ID, b.ID))
	})
	return all
}

// tell tells one order with this studio's tracers.
func (s *studio) tell(o Options, p plan) (Order, []*Trace) {
	s.dice = newDice(o.Seed, uint64(p.index))
	s.ended = s.ended[:0]
	l := newLife(s, p, o.Now)
	l.tell()
	order := Order{Number: p.number, Trouble: p.trouble, Spans: len(s.ended)}
	if l.blamed != nil {
		sc := l.blamed.span.SpanContext()
		order.Service, order.Operation = l.blamed.on.name, l.blamed.name
		order.TraceID, order.SpanID = sc.TraceID().String(), sc.SpanID().String()
	}
	traces := s.traces(p.number)
	for _, t := range traces {
		order.TraceIDs = append(order.TraceIDs, t.ID)
	}
	order.Traces = len(traces)
	return order, traces
}

// traces groups the ended spans of an order by trace, by start.
func (s *studio) traces(number string) []*Trace {
	groups := map[trace.TraceID][]endedSpan{}
	for _, e := range s.ended {
		id := e.SpanContext().TraceID()
		groups[id] = append(groups[id], e)
	}
	list := make([]*Trace, 0, len(groups))
	for id, spans := range groups {
		t := &Trace{ID: id.String(), Order: number, Spans: len(spans), id: id}
		t.Proto = encodeTrace(spans)
		t.index = indexTrace(spans)
		t.Start = t.index.start
		list = append(list, t)
	}
	return sorted([][]*Trace{list})
}

func failed(e endedSpan) bool { return e.Status().Code == codes.Error }
