package main

import (
	"context"
	"errors"
	"fmt"

	"traceview/internal/logs"
	"traceview/internal/model"
	"traceview/internal/order"
)

// keepTraces puts traces and their log lines into the library and says how many it has now that it
// had not.
func keepTraces(ctx context.Context, e *env, source string, orderKeys []string, traces []*model.Trace, lines ...*logs.Lines) (err error) {
	s, err := openLibrary(ctx, e, orderKeys)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	for _, t := range traces {
		k, _, err := s.Put(ctx, t, source)
		for _, l := range lines {
			if err == nil && l.Trace() == t.ID {
				err = s.PutLogs(ctx, k, l)
			}
		}
		if err != nil {
			return err
		}
	}
	fmt.Fprintln(e.err, e.words().N("library.kept", len(traces)))
	return nil
}

// keepFound fetches what a search found and keeps it.
func keepFound(ctx context.Context, e *env, s *server, orderKeys []string, r *order.Result) error {
	var traces []*model.Trace
	var failed error
	for i := range r.Traces {
		t, err := s.Trace(ctx, r.Traces[i].TraceID)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("trace %s: %w", r.Traces[i].TraceID, err))
			if ctx.Err() != nil {
				break
			}
			continue
		}
		traces = append(traces, t)
	}
	if len(traces) == 0 {
		return failed
	}
	return errors.Join(keepTraces(ctx, e, s.client.Endpoint(), orderKeys, traces), failed)
}
