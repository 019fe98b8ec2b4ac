// Package demo simulates the jewellery shop that traceview is made for: its
// orders live for hours and days and leave several traces each, most of them
// healthy, some with a known trouble at a known place. The spans are made with
// the OpenTelemetry SDK under a simulated clock. A Shop can be looked at,
// exported to a collector, or served through Jaeger's query API.
//
// The same seed and size give the same orders, traces and ids at any time;
// only the dates follow Options.Now.
package demo

import (
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/trace"
)

// Options say what shop to make. The zero value is the default shop.
type Options struct {
	Seed   uint64    // chooses among shops; 0 is a seed like any other
	Orders int       // how many orders; DefaultOrders if 0 or less
	Now    time.Time // the end of the story; the present if zero
	First  int       // the first plain order number; if 0, 10400, and some numbers are not plain
}

// DefaultOrders is the size of the default shop. All kinds of trouble occur
// from 300 orders on; a smaller shop has as many as a seventh of its orders.
const DefaultOrders = 320

// maxOrders bounds a shop at what a few GiB of memory hold.
const maxOrders = 50_000

// An Order is what is known of one order for certain. The place of the trouble
// is empty for a healthy order.
type Order struct {
	Number    string   `json:"order"`
	Traces    int      `json:"traces"`
	Spans     int      `json:"spans"`
	TraceIDs  []string `json:"trace_ids"` // by start
	Trouble   Trouble  `json:"trouble"`
	Service   string   `json:"service,omitempty"` // the true place of the fault
	Operation string   `json:"operation,omitempty"`
	TraceID   string   `json:"trace_id,omitempty"`
	SpanID    string   `json:"span_id,omitempty"`
}

// A Shop is a finished simulation. It is immutable and may be read from any
// goroutine.
type Shop struct {
	orders []Order  // by time of placing
	traces []*Trace // by start, then id
	byID   map[trace.TraceID]*Trace
}

// New makes a shop. It takes about 10 µs a span.
func New(o Options) *Shop {
	if o.Orders <= 0 {
		o.Orders = DefaultOrders
	}
	o.Orders = min(o.Orders, maxOrders)
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	o.Now = o.Now.Round(0).UTC()
	list := plans(o)
	orders := make([]Order, len(list))
	traces := make([][]*Trace, len(list))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(workerCount(), len(list)) {
		workers.Go(func() {
			s := newStudio()
			for i := int(next.Add(1)) - 1; i < len(list); i = int(next.Add(1)) - 1 {
				orders[i], traces[i] = s.tell(o, list[i])
			}
		})
	}
	workers.Wait()
	shop := &Shop{orders: orders, traces: sorted(traces), byID: map[trace.TraceID]*Trace{}}
	for _, t := range shop.traces {
		shop.byID[t.id] = t
	}
	return shop
}

// Orders lists all orders, oldest first. The caller must not change the slice.
func (s *Shop) Orders() []Order { return s.orders }

// Traces lists all traces by start. The caller must not change them.
func (s *Shop) Traces() []*Trace { return s.traces }
