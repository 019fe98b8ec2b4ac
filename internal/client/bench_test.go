package client

import (
	"context"
	"io"
	"net"
	"testing"

	"google.golang.org/grpc"

	"traceview/internal/client/wire"
)

// BenchmarkTrace fetches 100,000 spans in messages of 200, and compares with
// receiving the same stream without looking at it.
func BenchmarkTrace(b *testing.B) {
	const spans, each = 100_000, 200
	var parts []wire.Raw
	var size int64
	for i := 0; i < spans; i += each {
		parts = append(parts, chain(traceOne, i, i+each))
		size += int64(len(parts[len(parts)-1]))
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	s := newServer(&fakeV3{trace: func(_ context.Context, _ string, send func(wire.Raw) error) error {
		for _, p := range parts {
			if err := send(p); err != nil {
				return err
			}
		}
		return nil
	}}, nil)
	go s.Serve(l)
	defer s.Stop()
	c, err := New(plain(l.Addr().String()))
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	b.Run("trace", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(size)
		for b.Loop() {
			t, err := c.Trace(b.Context(), traceOne, nil)
			if err != nil || len(t.Spans) != spans {
				b.Fatal(err)
			}
		}
	})
	b.Run("receive", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(size)
		for b.Loop() {
			s, err := c.conn.NewStream(b.Context(), &grpc.StreamDesc{ServerStreams: true}, wire.GetTrace)
			if err == nil {
				err = s.SendMsg(&wire.GetTraceRequest{TraceID: traceOne.String(), RawTraces: true})
			}
			if err == nil {
				err = s.CloseSend()
			}
			var raw wire.Raw
			for err == nil {
				err = s.RecvMsg(&raw)
			}
			if err != io.EOF {
				b.Fatal(err)
			}
		}
	})
}
