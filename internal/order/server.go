package order

import (
	"context"
	"errors"
	"time"

	"traceview/internal/model"
)

// What a Server may answer that the search reacts to. An adapter makes its
// errors wrap these.
var (
	// ErrNeedsService says that the server does not search without the name
	// of a service.
	ErrNeedsService = errors.New("the server searches only within a named service")
	// ErrNotFound says that the server does not have the trace asked for.
	ErrNotFound = errors.New("trace not found")
	// ErrUnusable says that no other question to the server can succeed
	// either: it is unreachable, or does not let the user in.
	ErrUnusable = errors.New("the server cannot be asked")
)

// A Server is the tracing system searched. Its methods are called from several
// goroutines, at most Concurrency at a time, and return soon after their context
// ends.
type Server interface {
	// Services returns the names of all services.
	Services(ctx context.Context) ([]string, error)
	// Find calls found, one call at a time, for each trace in which a span has
	// the attribute of the query. A trace may come again with more of its
	// spans counted. What arrived before an error counts.
	Find(ctx context.Context, q Query, found func(Summary)) error
	// Trace fetches a whole trace. The error wraps ErrNotFound if it is gone.
	Trace(ctx context.Context, id model.TraceID) (*model.Trace, error)
}

// A Query asks for traces by one attribute.
type Query struct {
	Service  string // "" for any
	Key      string
	Value    string    // as recorded
	Sent     string    // Value as the server has to be given it
	From, To time.Time // the traces begin within
	Limit    int       // most traces to return, the newest
}

// A Summary is what a list shows of a trace.
type Summary struct {
	TraceID       model.TraceID
	RootService   string
	RootOperation string
	Start         time.Time
	Duration      time.Duration
	Spans, Errors int
	Services      []string // sorted

	// Checked says that the spans themselves were seen, which spares fetching
	// the trace. Only then the fields below mean anything.
	Checked bool
	Matches bool            // a span has the attribute of the query
	Links   []model.TraceID // other traces that the spans link to
}

// Summarise returns the summary of a trace.
func Summarise(t *model.Trace) Summary {
	s := Summary{
		TraceID: t.ID, Start: t.StartTime(), Duration: time.Duration(t.Dur),
		Spans: len(t.Spans), Errors: t.Errors,
	}
	if t.Root != model.NoSpan && len(t.Spans) > 0 {
		s.RootService, s.RootOperation = t.ServiceName(t.Root), t.Name(t.Root)
	}
	for _, sv := range t.Services {
		s.Services = append(s.Services, sv.Name)
	}
	return s
}
