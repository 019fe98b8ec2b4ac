package demo

import (
	"context"
	"crypto/tls"
	"fmt"
	"time"

	collectorpb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"traceview/internal/client/wire"
)

// exportBatch is how many bytes go into one request: below the 4 MiB that a
// collector takes by default.
const exportBatch = 3 << 20

// A Target is an OTLP gRPC collector.
type Target struct {
	Endpoint string      // HOST:PORT
	TLS      *tls.Config // nil for plaintext
	Token    string      // bearer token, "" for none; never sent in plaintext
}

// A Sender sends traces to a collector, from one goroutine at a time.
type Sender struct {
	to   Target
	conn *grpc.ClientConn
}

// Dial returns a Sender, which the caller closes. It connects when something is
// sent.
func Dial(to Target) (*Sender, error) {
	creds := insecure.NewCredentials()
	switch {
	case to.TLS != nil:
		creds = credentials.NewTLS(to.TLS)
	case to.Token != "":
		return nil, fmt.Errorf("export demo to %s: a token needs TLS", to.Endpoint)
	}
	conn, err := grpc.NewClient(to.Endpoint, grpc.WithTransportCredentials(creds), grpc.WithDefaultCallOptions(grpc.ForceCodecV2(wire.Codec{})))
	if err != nil {
		return nil, fmt.Errorf("export demo to %s: %w", to.Endpoint, err)
	}
	return &Sender{to, conn}, nil
}

// Close ends the connection.
func (s *Sender) Close() error { return s.conn.Close() }

// Export sends all traces to an OTLP gRPC collector at hostport, in plaintext.
// Traces are sent oldest first.
func (s *Shop) Export(ctx context.Context, hostport string) error {
	to, err := Dial(Target{Endpoint: hostport})
	if err != nil {
		return err
	}
	defer to.Close()
	return to.Send(ctx, s.traces)
}

// Send sends traces in batches, each of which the collector must acknowledge in
// full before the next is sent, and each trace in one batch.
func (s *Sender) Send(ctx context.Context, traces []*Trace) error {
	if s.to.Token != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+s.to.Token)
	}
	var batch []byte
	spans := 0
	for i, t := range traces {
		// An export request has the layout of TracesData, and messages of
		// protobuf are joined by joining their bytes.
		batch = append(batch, t.Proto...)
		spans += t.Spans
		if i < len(traces)-1 && len(batch)+len(traces[i+1].Proto) <= exportBatch {
			continue
		}
		if err := send(ctx, s.conn, batch, spans); err != nil {
			return fmt.Errorf("export demo to %s: %w", s.to.Endpoint, err)
		}
		batch, spans = nil, 0 // gRPC may still hold the bytes
	}
	return nil
}

// SendPatiently is Send that tries again, with growing pauses, while the
// collector is away or overloaded, as senders in production do.
func (s *Sender) SendPatiently(ctx context.Context, traces []*Trace) error {
	for pause := 500 * time.Millisecond; ; pause = min(2*pause, 30*time.Second) {
		err := s.Send(ctx, traces)
		switch status.Code(err) {
		case codes.Unavailable, codes.ResourceExhausted, codes.Aborted:
		default:
			return err
		}
		if !sleep(ctx, pause) {
			return err
		}
	}
}

// sleep waits, and says whether ctx let it.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

func send(ctx context.Context, conn *grpc.ClientConn, batch []byte, spans int) error {
	var reply collectorpb.ExportTraceServiceResponse
	if err := conn.Invoke(ctx, collectorpb.TraceService_Export_FullMethodName, wire.Raw(batch), &reply); err != nil {
		return err
	}
	if p := reply.GetPartialSuccess(); p.GetRejectedSpans() > 0 {
		return fmt.Errorf("the collector rejected %d of %d spans: %s", p.GetRejectedSpans(), spans, p.GetErrorMessage())
	}
	return nil
}
