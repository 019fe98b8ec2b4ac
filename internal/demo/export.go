package demo

import (
	"context"
	"fmt"

	collectorpb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"traceview/internal/client/wire"
)

// exportBatch is how many bytes go into one request: below the 4 MiB that a
// collector takes by default.
const exportBatch = 3 << 20

// Export sends all traces to an OTLP gRPC collector at hostport, in plaintext
// and in batches, each of which the collector must acknowledge in full before
// the next is sent. Traces are sent oldest first, each in one batch.
func (s *Shop) Export(ctx context.Context, hostport string) error {
	conn, err := grpc.NewClient(hostport,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.ForceCodecV2(wire.Codec{})))
	if err != nil {
		return fmt.Errorf("export demo to %s: %w", hostport, err)
	}
	defer conn.Close()
	var batch []byte
	spans := 0
	for i, t := range s.traces {
		// An export request has the layout of TracesData, and messages of
		// protobuf are joined by joining their bytes.
		batch = append(batch, t.Proto...)
		spans += t.Spans
		if i < len(s.traces)-1 && len(batch)+len(s.traces[i+1].Proto) <= exportBatch {
			continue
		}
		if err := send(ctx, conn, batch, spans); err != nil {
			return fmt.Errorf("export demo to %s: %w", hostport, err)
		}
		batch, spans = nil, 0 // gRPC may still hold the bytes
	}
	return nil
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
