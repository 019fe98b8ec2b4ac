package client

import (
	"errors"
	"fmt"
	"math"
	"time"
	"unicode/utf8"

	"github.com/jaegertracing/jaeger-idl/proto-gen/api_v2"

	"traceview/internal/client/wire"
)

// A Query says which traces to find: those with a span that matches all that
// is set.
type Query struct {
	Service     string // "" for any, which some storages refuse with ErrNeedsService
	Operation   string
	Attributes  map[string]string // as the server is to compare them
	From, To    time.Time         // zero To is now, zero From a week before To
	MinDuration time.Duration     // 0 for none
	MaxDuration time.Duration
	Limit       int // how many traces at most; 0 for DefaultLimit

	// Check is what hits are checked for where their spans are seen; nil for
	// Attributes. It differs where a server wants values escaped.
	Check map[string]string
}

// DefaultLimit is sent where a Query has none: servers read 0 in several ways.
const DefaultLimit = 100

// errNotText is wrapped where a question holds bytes that are no text.
var errNotText = errors.New("not valid UTF-8")

// week is how far a Query without From looks back.
const week = 7 * 24 * time.Hour

func (q *Query) complete() error {
	texts := []string{q.Service, q.Operation}
	for k, v := range q.Attributes {
		texts = append(texts, k, v)
	}
	for _, s := range texts {
		if !utf8.ValidString(s) {
			return fmt.Errorf("search for %q: %w", clean(s, nil), errNotText)
		}
	}
	if q.To.IsZero() {
		q.To = time.Now()
	}
	if q.From.IsZero() {
		q.From = q.To.Add(-week)
	}
	if !q.From.Before(q.To) {
		return fmt.Errorf("search from %s to %s: the period is empty", q.From.Format(time.RFC3339), q.To.Format(time.RFC3339))
	}
	if q.Limit <= 0 {
		q.Limit = DefaultLimit
	}
	q.Limit = min(q.Limit, math.MaxInt32)
	if q.Check == nil {
		q.Check = q.Attributes
	}
	return nil
}

func (q *Query) wire() wire.TraceQuery {
	return wire.TraceQuery{
		Service: q.Service, Operation: q.Operation, Attributes: q.Attributes, StartMin: q.From, StartMax: q.To,
		DurationMin: q.MinDuration, DurationMax: q.MaxDuration, SearchDepth: int32(q.Limit), RawTraces: true,
	}
}

// question asks for whole traces in either API.
func (q *Query) question(op string, v3, v2 func(wire.Raw) error) question {
	return question{op: op, noService: q.Service == "",
		v3: method{name: wire.FindTraces, req: &wire.FindTracesRequest{Query: q.wire()}, each: v3},
		v2: method{name: wire.FindTracesV2, each: v2, req: &api_v2.FindTracesRequest{Query: &api_v2.TraceQueryParameters{
			ServiceName: q.Service, OperationName: q.Operation, Tags: q.Attributes, StartTimeMin: q.From, StartTimeMax: q.To,
			DurationMin: q.MinDuration, DurationMax: q.MaxDuration, SearchDepth: int32(q.Limit), RawTraces: true}}},
	}
}
