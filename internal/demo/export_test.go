package demo

import (
	"context"
	"net"
	"strings"
	"testing"

	collectorpb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
)

// collectorServer is an OTLP collector that counts, and rejects what it is told to.
type collectorServer struct {
	collectorpb.UnimplementedTraceServiceServer
	requests, spans int
	traces          map[string]int
	reject          int64
}

func (c *collectorServer) Export(_ context.Context, r *collectorpb.ExportTraceServiceRequest) (*collectorpb.ExportTraceServiceResponse, error) {
	c.requests++
	for _, rs := range r.ResourceSpans {
		for _, ss := range rs.ScopeSpans {
			c.spans += len(ss.Spans)
			for _, s := range ss.Spans {
				c.traces[string(s.TraceId)]++
			}
		}
	}
	return &collectorpb.ExportTraceServiceResponse{PartialSuccess: &collectorpb.ExportTracePartialSuccess{RejectedSpans: c.reject, ErrorMessage: "queue full"}}, nil
}

func startCollector(t *testing.T, c *collectorServer) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := grpc.NewServer()
	collectorpb.RegisterTraceServiceServer(s, c)
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(l) }()
	t.Cleanup(func() { s.Stop(); <-done })
	return l.Addr().String()
}

func TestExportSendsEverySpanOnce(t *testing.T) {
	c := &collectorServer{traces: map[string]int{}}
	shop := defaultShop()
	if err := shop.Export(t.Context(), startCollector(t, c)); err != nil {
		t.Fatal(err)
	}
	if c.spans != len(allSpans()) || len(c.traces) != len(shop.Traces()) {
		t.Errorf("collector got %d spans of %d traces, want %d of %d", c.spans, len(c.traces), len(allSpans()), len(shop.Traces()))
	}
	if c.requests < 5 {
		t.Errorf("%d requests, want several batches", c.requests)
	}
}

func TestExportReportsRejectedSpans(t *testing.T) {
	shop := New(Options{Orders: 5, Now: fixedNow})
	err := shop.Export(t.Context(), startCollector(t, &collectorServer{traces: map[string]int{}, reject: 3}))
	if err == nil || !strings.Contains(err.Error(), "rejected 3 of") || !strings.Contains(err.Error(), "queue full") {
		t.Errorf("got %v, want a word on the rejected spans", err)
	}
}

func TestExportToNobodyFails(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	if err := New(Options{Orders: 2, Now: fixedNow}).Export(t.Context(), addr); err == nil || !strings.Contains(err.Error(), addr) {
		t.Errorf("got %v, want an error that names %s", err, addr)
	}
}
