// Package otlp reads and writes OpenTelemetry traces, as protobuf and as JSON,
// straight into and out of the model. Both decoders are written by hand over
// the bytes: no message of the wire is ever built in memory.
//
// The field numbers are those of opentelemetry/proto/trace/v1/trace.proto.
// Fields the model does not hold (entity references, unknown ones) are skipped.
package otlp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"

	"traceview/internal/model"
)

// Sentinels wrapped by the errors of both decoders. Whatever was read before
// the error stays in the builder.
var (
	ErrTruncated = errors.New("data ends in the middle")
	ErrMalformed = errors.New("not valid OTLP")
)

// A syntaxError says where in the input a decoder stopped and over what.
type syntaxError struct {
	offset int64
	what   string
	cause  error
}

func (e *syntaxError) Error() string {
	return fmt.Sprintf("%s at byte %d: %v", e.what, e.offset, e.cause)
}

func (e *syntaxError) Unwrap() error { return e.cause }

// DecodeProto decodes one TracesData or ExportTraceServiceRequest message, or a
// stream of them each led by its length, into b. The error wraps ErrTruncated
// or ErrMalformed; the spans before it are in b, the last trace marked as
// truncated.
func DecodeProto(data []byte, b *model.Builder) error {
	d := NewDecoder(b)
	if framingOf(data) == delimited {
		return d.frames(data)
	}
	return d.Message(data)
}

// hashTraceID names a trace whose id is not one, the same for the same text.
func hashTraceID(text []byte) (id model.TraceID) {
	h := fnv.New128a()
	h.Write(text)
	h.Sum(id[:0])
	return id
}

// hashSpanID is hashTraceID for spans.
func hashSpanID(text []byte) model.SpanID {
	h := fnv.New64a()
	h.Write(text)
	return model.SpanID(h.Sum64())
}

// traceIDOf reads the bytes of a trace id; ok is false if it had to be made up
// from bytes that are none. A 64-bit id is the tail of a 128-bit one.
func traceIDOf(v []byte) (id model.TraceID, ok bool) {
	switch len(v) {
	case 16:
		return model.TraceID(v), true
	case 8:
		copy(id[8:], v)
		return id, true
	case 0:
		return id, true
	}
	return hashTraceID(v), false
}

// spanIDOf is traceIDOf for spans.
func spanIDOf(v []byte) (id model.SpanID, ok bool) {
	switch len(v) {
	case 8:
		return model.SpanID(binary.BigEndian.Uint64(v)), true
	case 0:
		return 0, true
	}
	return hashSpanID(v), false
}
