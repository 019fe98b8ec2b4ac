package ordersampler

import (
	"encoding/binary"
	"hash/fnv"
	"math"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// facts are what a trace is judged by.
type facts struct {
	failed     bool
	messages   bool // it sends or receives messages
	order      string
	start, end pcommon.Timestamp
}

// add takes a span into account.
func (f *facts) add(span ptrace.Span, orderKey string) {
	f.failed = f.failed || span.Status().Code() == ptrace.StatusCodeError
	if f.start == 0 || span.StartTimestamp() < f.start {
		f.start = span.StartTimestamp()
	}
	f.end = max(f.end, span.EndTimestamp())
	if f.order == "" {
		if v, ok := span.Attributes().Get(orderKey); ok {
			f.order = v.AsString()
		}
	}
	if !f.messages {
		_, system := span.Attributes().Get("messaging.system")
		f.messages = system || span.Kind() == ptrace.SpanKindProducer || span.Kind() == ptrace.SpanKindConsumer
	}
}

// merge takes into account what is known of more spans of the trace.
func (f *facts) merge(g *facts) {
	f.failed, f.messages = f.failed || g.failed, f.messages || g.messages
	f.start, f.end = min(f.start, g.start), max(f.end, g.end)
	if f.order == "" {
		f.order = g.order
	}
}

// keeps says whether a trace is kept. All but the share of the rest is the same
// for every trace of an order, so that an order is kept whole.
func (c *Config) keeps(id pcommon.TraceID, f *facts) bool {
	switch {
	case f.failed:
		return true
	case f.end > f.start && time.Duration(f.end-f.start) >= c.Slow:
		return true
	case f.order != "":
		return within(c.OrderShare, []byte(f.order))
	case f.messages:
		// The messages of the shop are about orders. A job that does not know the
		// number is found through links of traces that do, which may come hours later.
		return true
	}
	return within(c.RestShare, id[:])
}

// within draws the same lot for the same name every time, on every machine.
func within(share float64, name []byte) bool {
	h := fnv.New64a()
	_, _ = h.Write(name) // never fails
	// The upper bits of this sum hardly change with the last byte: mix them.
	x := h.Sum64()
	x = (x ^ x>>33) * 0xff51afd7ed558ccd
	x = (x ^ x>>33) * 0xc4ceb9fe1a85ec53
	x ^= x >> 33
	return share >= 1 || float64(x) < share*math.MaxUint64
}

// key is a number as a key of the storage.
func key(kind byte, n uint64) string {
	return string(binary.BigEndian.AppendUint64([]byte{kind}, n))
}
