package demo

import (
	"context"
	"fmt"

	jaeger "github.com/jaegertracing/jaeger-idl/model/v1"
	"github.com/jaegertracing/jaeger-idl/proto-gen/api_v2"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"traceview/internal/client/wire"
)

// queryV2 answers jaeger.api_v2. The stored OTLP is turned into Jaeger spans
// for each answer.
type queryV2 struct {
	api_v2.UnimplementedQueryServiceServer
	shop   *Shop
	quirks quirkSet
}

// spansPerChunk is how many spans Jaeger puts into one message.
const spansPerChunk = 10

// GetTrace implements api_v2.QueryServiceServer.
func (h queryV2) GetTrace(r *api_v2.GetTraceRequest, stream api_v2.QueryService_GetTraceServer) error {
	if r.TraceID == (jaeger.TraceID{}) {
		return status.Error(codes.InvalidArgument, "uninitialized TraceID is not allowed")
	}
	t := h.shop.trace(fromJaegerID(r.TraceID))
	if t == nil {
		return status.Error(codes.NotFound, "trace not found: trace not found")
	}
	return sendChunks(t, stream)
}

// FindTraces implements api_v2.QueryServiceServer.
func (h queryV2) FindTraces(r *api_v2.FindTracesRequest, stream api_v2.QueryService_FindTracesServer) error {
	q := r.GetQuery()
	if q == nil {
		return status.Error(codes.InvalidArgument, "missing query")
	}
	found, err := search(h.shop, h.quirks, wire.TraceQuery{
		Service: q.ServiceName, Operation: q.OperationName, Attributes: q.Tags,
		StartMin: q.StartTimeMin, StartMax: q.StartTimeMax,
		DurationMin: q.DurationMin, DurationMax: q.DurationMax, SearchDepth: q.SearchDepth,
	})
	if err != nil {
		return err
	}
	for _, t := range found {
		if err := sendChunks(t, stream); err != nil {
			return err
		}
	}
	return nil
}

func sendChunks(t *Trace, stream grpc.ServerStream) error {
	spans, err := jaegerSpans(t.Proto)
	if err != nil {
		return status.Error(codes.Internal, fmt.Sprintf("translate trace %s: %v", t.ID, err))
	}
	for len(spans) > 0 {
		n := min(spansPerChunk, len(spans))
		if err := stream.SendMsg(&api_v2.SpansResponseChunk{Spans: spans[:n]}); err != nil {
			return err
		}
		spans = spans[n:]
	}
	return nil
}

// GetServices implements api_v2.QueryServiceServer.
func (h queryV2) GetServices(context.Context, *api_v2.GetServicesRequest) (*api_v2.GetServicesResponse, error) {
	return &api_v2.GetServicesResponse{Services: h.shop.services()}, nil
}

// GetOperations implements api_v2.QueryServiceServer.
func (h queryV2) GetOperations(_ context.Context, r *api_v2.GetOperationsRequest) (*api_v2.GetOperationsResponse, error) {
	m := &api_v2.GetOperationsResponse{}
	for _, o := range h.shop.operations(r.Service, r.SpanKind) {
		m.OperationNames = append(m.OperationNames, o.Name)
		m.Operations = append(m.Operations, &api_v2.Operation{Name: o.Name, SpanKind: o.SpanKind})
	}
	return m, nil
}

// GetDependencies implements api_v2.QueryServiceServer.
func (h queryV2) GetDependencies(_ context.Context, r *api_v2.GetDependenciesRequest) (*api_v2.GetDependenciesResponse, error) {
	m := &api_v2.GetDependenciesResponse{}
	for _, d := range h.shop.dependencies(r.StartTime, r.EndTime) {
		m.Dependencies = append(m.Dependencies, jaeger.DependencyLink{Parent: d.Parent, Child: d.Child, CallCount: d.CallCount})
	}
	return m, nil
}

func fromJaegerID(id jaeger.TraceID) (t trace.TraceID) {
	_, _ = id.MarshalTo(t[:]) // 16 bytes always fit
	return t
}
