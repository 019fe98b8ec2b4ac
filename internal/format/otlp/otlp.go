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

	"traceview/internal/format/jsonpull"
	"traceview/internal/model"
)

// Sentinels wrapped by the errors of the decoders; JSON that is none is a
// jsonpull.ErrMalformed. Whatever was read before the error stays in the builder.
var (
	ErrTruncated = jsonpull.ErrTruncated
	ErrTooLarge  = jsonpull.ErrTooLarge
	ErrMalformed = errors.New("not valid OTLP protobuf")
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
	return model.HashTraceID(v), false
}

// spanIDOf is traceIDOf for spans.
func spanIDOf(v []byte) (id model.SpanID, ok bool) {
	switch len(v) {
	case 8:
		return model.SpanID(binary.BigEndian.Uint64(v)), true
	case 0:
		return 0, true
	}
	return model.HashSpanID(v), false
}

// scratch is the span being read; its slices are used again for every span.
type scratch struct {
	b       *model.Builder
	rec     model.SpanRecord
	attrs   []model.Attr // of events and links
	badID   bool
	badAttr bool
}

// reset begins a span of the resource and scope at hand.
func (d *scratch) reset() {
	rec := &d.rec
	*rec = model.SpanRecord{
		Resource: rec.Resource, Scope: rec.Scope,
		Attrs: rec.Attrs[:0], Events: rec.Events[:0], Links: rec.Links[:0],
	}
	d.attrs, d.badID, d.badAttr = d.attrs[:0], false, false
}

// add hands the span to the builder with what was odd about it.
func (d *scratch) add() {
	d.b.Add(&d.rec)
	if d.badID {
		d.b.WarnLast(model.BadID)
	}
	if d.badAttr {
		d.b.WarnLast(model.BadAttribute)
	}
}

// setResource gives a resource to the spans added since from.
func (d *scratch) setResource(from int, id model.ResourceID) {
	d.b.Rename(from, func(_ model.ResourceID, s model.ScopeID) (model.ResourceID, model.ScopeID) { return id, s })
}

// setScope gives a scope to the spans added since from.
func (d *scratch) setScope(from int, id model.ScopeID) {
	d.b.Rename(from, func(r model.ResourceID, _ model.ScopeID) (model.ResourceID, model.ScopeID) { return r, id })
}

func kindOf(v uint64) model.Kind {
	if v > uint64(model.KindConsumer) {
		return model.KindUnspecified
	}
	return model.Kind(v)
}

func statusOf(v uint64) model.Status {
	if v > uint64(model.StatusError) {
		return model.StatusUnset
	}
	return model.Status(v)
}
