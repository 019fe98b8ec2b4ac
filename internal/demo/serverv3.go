package demo

import (
	"context"
	"fmt"
	"strings"

	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"traceview/internal/client/wire"
)

// queryV3 answers jaeger.api_v3.
type queryV3 struct {
	shop   *Shop
	quirks quirkSet
}

// defaultDepth is how many traces a search returns if it does not say, as in
// Jaeger since August 2026.
const defaultDepth = 100

// summaryChunk is how many summaries go into one message.
const summaryChunk = 20

// GetTrace implements wire.QueryServer.
func (h queryV3) GetTrace(_ context.Context, r *wire.GetTraceRequest, send func(wire.Raw) error) error {
	id, err := parseTraceID(r.TraceID)
	if err != nil {
		return status.Error(codes.InvalidArgument, err.Error())
	}
	t := h.shop.trace(id)
	if t == nil {
		if h.quirks[EmptyNotFound] {
			return nil
		}
		return status.Errorf(codes.NotFound, "trace %s not found", id)
	}
	return send(t.Proto)
}

// FindTraces implements wire.QueryServer.
func (h queryV3) FindTraces(ctx context.Context, r *wire.FindTracesRequest, send func(wire.Raw) error) error {
	found, err := h.search(r.Query)
	if err != nil {
		return err
	}
	for _, t := range found {
		if err := send(t.Proto); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// FindTraceSummaries implements wire.QueryServer.
func (h queryV3) FindTraceSummaries(_ context.Context, r *wire.FindTraceSummariesRequest, send func(*wire.FindTraceSummariesResponse) error) error {
	if h.quirks[NoSummaries] {
		return status.Error(codes.Unimplemented, "unknown method FindTraceSummaries for service jaeger.api_v3.QueryService")
	}
	found, err := h.search(r.Query)
	if err != nil {
		return err
	}
	for len(found) > 0 {
		n := min(summaryChunk, len(found))
		m := &wire.FindTraceSummariesResponse{Summaries: make([]wire.TraceSummary, n)}
		for i, t := range found[:n] {
			m.Summaries[i] = t.index.summary
		}
		if err := send(m); err != nil {
			return err
		}
		found = found[n:]
	}
	return nil
}

// GetServices implements wire.QueryServer.
func (h queryV3) GetServices(context.Context, *wire.GetServicesRequest) (*wire.GetServicesResponse, error) {
	return &wire.GetServicesResponse{Services: h.shop.services()}, nil
}

// GetOperations implements wire.QueryServer.
func (h queryV3) GetOperations(_ context.Context, r *wire.GetOperationsRequest) (*wire.GetOperationsResponse, error) {
	if r.Service == "" {
		return nil, status.Error(codes.InvalidArgument, "service is required")
	}
	return &wire.GetOperationsResponse{Operations: h.shop.operations(r.Service, r.SpanKind)}, nil
}

// GetDependencies implements wire.QueryServer.
func (h queryV3) GetDependencies(_ context.Context, r *wire.GetDependenciesRequest) (*wire.DependenciesResponse, error) {
	if r.Start.IsZero() || r.End.IsZero() {
		return nil, status.Error(codes.InvalidArgument, "start time and end time are required")
	}
	return &wire.DependenciesResponse{Dependencies: h.shop.dependencies(r.Start, r.End)}, nil
}

// search answers a query of api_v3, which needs both ends of a time range.
func (h queryV3) search(q wire.TraceQuery) ([]*Trace, error) {
	if q.StartMin.IsZero() || q.StartMax.IsZero() {
		return nil, status.Error(codes.InvalidArgument, "start time min and max are required parameters")
	}
	return search(h.shop, h.quirks, q)
}

// search answers a query. Its errors are gRPC statuses.
func search(shop *Shop, quirks quirkSet, q wire.TraceQuery) ([]*Trace, error) {
	if quirks[RefuseEmptyService] && q.Service == "" && (len(q.Attributes) > 0 || q.Operation != "") {
		return nil, status.Error(codes.InvalidArgument, "service name must be set")
	}
	if q.SearchDepth <= 0 {
		q.SearchDepth = defaultDepth
	}
	return shop.find(q, quirks[IgnoreAttributes]), nil
}

// parseTraceID reads 1 to 32 hexadecimal digits.
func parseTraceID(s string) (trace.TraceID, error) {
	if n := len(s); n == 0 || n > 32 {
		return trace.TraceID{}, fmt.Errorf("trace id %.40q has %d digits, want 1 to 32", s, n)
	}
	id, err := trace.TraceIDFromHex(strings.Repeat("0", 32-len(s)) + strings.ToLower(s))
	if err != nil {
		return trace.TraceID{}, fmt.Errorf("trace id %q: %w", s, err)
	}
	return id, nil
}
