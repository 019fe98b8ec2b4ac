//go:build e2e

package e2e

import (
	"context"
	"net"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	resource "go.opentelemetry.io/proto/otlp/resource/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"traceview/internal/model"
)

// A sentSpan is a span as it went over the wire, in the generated types: what
// was sent is told without any code of ours.
type sentSpan struct {
	*trace.Span
	resource *resource.Resource
	scope    *common.InstrumentationScope
}

// A recorder is an OTLP port that remembers what it passes on to another.
type recorder struct {
	collector.UnimplementedTraceServiceServer
	addr string
	next collector.TraceServiceClient

	mu     sync.Mutex
	traces map[model.TraceID][]sentSpan
}

// startRecorder listens in front of the OTLP port to until the end of the test.
func startRecorder(t *testing.T, to string) *recorder {
	t.Helper()
	conn, err := grpc.NewClient(to, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &recorder{addr: l.Addr().String(), next: collector.NewTraceServiceClient(conn), traces: map[model.TraceID][]sentSpan{}}
	srv := grpc.NewServer(grpc.MaxRecvMsgSize(64 << 20))
	collector.RegisterTraceServiceServer(srv, r)
	go func() { _ = srv.Serve(l) }() // ends with Stop
	t.Cleanup(func() {
		srv.Stop()
		_ = conn.Close()
	})
	return r
}

// Export passes spans on and remembers them once they have been taken.
func (r *recorder) Export(ctx context.Context, req *collector.ExportTraceServiceRequest) (*collector.ExportTraceServiceResponse, error) {
	resp, err := r.next.Export(ctx, req)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, rs := range req.ResourceSpans {
		for _, ss := range rs.ScopeSpans {
			for _, s := range ss.Spans {
				id := model.TraceID(s.TraceId)
				r.traces[id] = append(r.traces[id], sentSpan{s, rs.Resource, ss.Scope})
			}
		}
	}
	return resp, nil
}

// sent returns the spans recorded, by trace.
func (r *recorder) sent() map[model.TraceID][]sentSpan {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.traces
}
