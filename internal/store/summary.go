package store

import (
	"encoding/json"
	"time"

	"traceview/internal/model"
)

// A Key names an entry of the library. It is never given to another.
type Key int64

// A Service is what one service contributes to a trace.
type Service struct {
	Name   string `json:"name"`
	Spans  int    `json:"spans"`
	Errors int    `json:"errors"` // spans that failed
}

// A Summary is what lists show of an entry.
type Summary struct {
	Key           Key
	TraceID       model.TraceID
	RootService   string
	RootOperation string
	Start         time.Time // UTC
	Duration      time.Duration
	Spans, Errors int
	Services      []Service // sorted by name
	Orders        []string  // order numbers, in the order of spans, failed ones first
	Sources       []string  // where it is from, the latest first
	Labels        []string
	Pinned        bool
	Damaged       bool // its spans cannot be read any more; fetching it again mends it
	Added, Seen   time.Time
	Bytes         int64 // it takes in the file, about
}

// columns are what scanSummary reads.
const columns = `t.id, t.trace_id, t.service, t.operation, t.start, t.duration, t.spans, t.errors, t.services, t.orders,
	t.sources, t.labels, t.pinned, t.bad, t.added, t.seen, t.bytes`

// scanSummary reads a row of columns.
func scanSummary(scan func(...any) error) (m Summary, err error) {
	var id []byte
	var start, duration, added, seen int64
	var services, orders, sources, labels []byte
	err = scan(&m.Key, &id, &m.RootService, &m.RootOperation, &start, &duration, &m.Spans, &m.Errors, &services, &orders,
		&sources, &labels, &m.Pinned, &m.Damaged, &added, &seen, &m.Bytes)
	if err != nil {
		return m, err
	}
	copy(m.TraceID[:], id)
	m.Start, m.Duration = time.Unix(0, start).UTC(), time.Duration(duration)
	m.Added, m.Seen = time.Unix(0, added).UTC(), time.Unix(0, seen).UTC()
	for _, f := range []struct {
		text []byte
		into any
	}{{services, &m.Services}, {orders, &m.Orders}, {sources, &m.Sources}, {labels, &m.Labels}} {
		if err := json.Unmarshal(f.text, f.into); err != nil {
			return m, ErrDamaged
		}
	}
	return m, nil
}
