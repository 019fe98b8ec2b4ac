// Package wire holds the messages of Jaeger's query API (jaeger.api_v3 and
// jaeger.storage.v2.Capabilities), written by hand over protowire, and a gRPC
// codec which hands span payloads on as raw bytes. Both sides of the API use
// it: the client, and servers for demonstration and tests.
//
// Messages follow query_service.proto and capabilities.proto of jaeger-idl
// 0.14; fields that are not here, and fields of an unexpected wire type, are
// skipped as protobuf asks.
package wire

import (
	"fmt"

	"google.golang.org/grpc/encoding"
	protocodec "google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/mem"
)

// Raw is a message left encoded: a chunk of spans, which its reader decodes
// straight into its own model. Received into a Raw that is used again, it
// shares the array of the previous message.
type Raw []byte

// A Message encodes and decodes itself. Unmarshal resets the message first and
// does not keep b.
type Message interface {
	Marshal() ([]byte, error)
	Unmarshal(b []byte) error
}

// Codec is a gRPC codec for Raw, for messages that encode themselves (those of
// this package, and the gogo ones of jaeger-idl, which the standard codec
// cannot handle) and, through the standard codec, for all others. Use it with
// grpc.ForceCodecV2 and grpc.ForceServerCodecV2.
type Codec struct{}

var _ encoding.CodecV2 = Codec{}

// Name returns the content subtype, that of plain protobuf.
func (Codec) Name() string { return protocodec.Name }

// Marshal encodes v. A Raw is passed on without copying: its owner must not
// write to it again.
func (Codec) Marshal(v any) (mem.BufferSlice, error) {
	switch m := v.(type) {
	case Raw:
		return mem.BufferSlice{mem.SliceBuffer(m)}, nil
	case *Raw:
		return mem.BufferSlice{mem.SliceBuffer(*m)}, nil
	case interface{ Marshal() ([]byte, error) }:
		b, err := m.Marshal()
		if err != nil {
			return nil, fmt.Errorf("encode %T: %w", v, err)
		}
		return mem.BufferSlice{mem.SliceBuffer(b)}, nil
	}
	return encoding.GetCodecV2(protocodec.Name).Marshal(v)
}

// Unmarshal decodes data into v. A *Raw gets a copy, since gRPC takes its
// buffers back.
func (Codec) Unmarshal(data mem.BufferSlice, v any) error {
	switch m := v.(type) {
	case *Raw:
		n := data.Len()
		if cap(*m) < n {
			*m = make(Raw, n)
		}
		*m = (*m)[:n]
		data.CopyTo(*m)
		return nil
	case interface{ Unmarshal([]byte) error }:
		buf := data.MaterializeToBuffer(mem.DefaultBufferPool())
		defer buf.Free()
		if err := m.Unmarshal(buf.ReadOnlyData()); err != nil {
			return fmt.Errorf("decode %T: %w", v, err)
		}
		return nil
	}
	return encoding.GetCodecV2(protocodec.Name).Unmarshal(data, v)
}
