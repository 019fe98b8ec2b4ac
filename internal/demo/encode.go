package demo

import (
	"math"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/instrumentation"
	"go.opentelemetry.io/otel/trace"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protowire"
)

// The SDK's own way to OTLP groups spans by resource in a map, so that the
// same spans give other bytes each time, and costs three times as much as
// making them. Here they are written as bytes at once, in the sequence of
// their end. A test compares the result with the SDK's.

// A group is the spans of one instrumentation scope of one process.
type group struct {
	on    *instance
	scope instrumentation.Scope
	spans []endedSpan
}

// groupSpans keeps the sequence in which processes and scopes first occur; the
// groups of one process lie side by side.
func groupSpans(spans []endedSpan) [][]group {
	var list [][]group
	for _, e := range spans {
		scope := e.InstrumentationScope()
		i := 0
		for i < len(list) && list[i][0].on != e.on {
			i++
		}
		if i == len(list) {
			list = append(list, nil)
		}
		k := 0
		for k < len(list[i]) && list[i][k].scope.Name != scope.Name {
			k++
		}
		if k == len(list[i]) {
			list[i] = append(list[i], group{on: e.on, scope: scope})
		}
		list[i][k].spans = append(list[i][k].spans, e)
	}
	return list
}

// encodeTrace returns the spans of one trace as OTLP TracesData.
func encodeTrace(spans []endedSpan) []byte {
	b := make([]byte, 0, len(spans)*800)
	for _, process := range groupSpans(spans) {
		b = submessage(b, 1, func(b []byte) []byte {
			r := process[0].on.resource
			b = submessage(b, 1, func(b []byte) []byte { return appendAttrs(b, 1, r.Attributes()) })
			for _, g := range process {
				b = submessage(b, 2, func(b []byte) []byte { return appendScope(b, g) })
			}
			return appendText(b, 3, r.SchemaURL())
		})
	}
	return append(make([]byte, 0, len(b)), b...)
}

func appendScope(b []byte, g group) []byte {
	b = submessage(b, 1, func(b []byte) []byte {
		return appendText(appendText(b, 1, g.scope.Name), 2, g.scope.Version)
	})
	for _, e := range g.spans {
		b = submessage(b, 2, func(b []byte) []byte { return appendSpan(b, e) })
	}
	return appendText(b, 3, g.scope.SchemaURL)
}

func appendSpan(b []byte, e endedSpan) []byte {
	sc, parent := e.SpanContext(), e.Parent()
	tid, sid := sc.TraceID(), sc.SpanID()
	b = appendBytes(b, 1, tid[:])
	b = appendBytes(b, 2, sid[:])
	b = appendText(b, 3, sc.TraceState().String())
	if psid := parent.SpanID(); psid.IsValid() {
		b = appendBytes(b, 4, psid[:])
	}
	b = appendText(b, 5, e.Name())
	b = appendUint(b, 6, uint64(e.SpanKind())) // the SDK's kinds have OTLP's numbers
	b = appendNano(b, 7, e.StartTime())
	b = appendNano(b, 8, e.EndTime())
	b = appendAttrs(b, 9, e.Attributes())
	for _, ev := range e.Events() {
		b = submessage(b, 11, func(b []byte) []byte {
			return appendAttrs(appendText(appendNano(b, 1, ev.Time), 2, ev.Name), 3, ev.Attributes)
		})
	}
	for _, ln := range e.Links() {
		b = submessage(b, 13, func(b []byte) []byte {
			tid, sid := ln.SpanContext.TraceID(), ln.SpanContext.SpanID()
			b = appendAttrs(appendBytes(appendBytes(b, 1, tid[:]), 2, sid[:]), 4, ln.Attributes)
			return appendFlags(b, 6, ln.SpanContext.TraceFlags(), ln.SpanContext)
		})
	}
	b = submessage(b, 15, func(b []byte) []byte {
		b = appendText(b, 2, e.Status().Description)
		switch e.Status().Code {
		case codes.Ok:
			b = appendUint(b, 3, uint64(tracepb.Status_STATUS_CODE_OK))
		case codes.Error:
			b = appendUint(b, 3, uint64(tracepb.Status_STATUS_CODE_ERROR))
		}
		return b
	})
	return appendFlags(b, 16, sc.TraceFlags(), parent)
}

// appendFlags writes the W3C flags and whether the context came from afar.
func appendFlags(b []byte, num protowire.Number, flags trace.TraceFlags, from trace.SpanContext) []byte {
	v := uint32(flags) | uint32(tracepb.SpanFlags_SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE_MASK)
	if from.IsRemote() {
		v |= uint32(tracepb.SpanFlags_SPAN_FLAGS_CONTEXT_IS_REMOTE_MASK)
	}
	return protowire.AppendFixed32(protowire.AppendTag(b, num, protowire.Fixed32Type), v)
}

func appendAttrs(b []byte, num protowire.Number, attrs []attribute.KeyValue) []byte {
	for _, kv := range attrs {
		b = submessage(b, num, func(b []byte) []byte {
			b = appendText(b, 1, string(kv.Key))
			return submessage(b, 2, func(b []byte) []byte { return appendValue(b, kv.Value) })
		})
	}
	return b
}

// appendValue writes the kinds of value the shop uses as an OTLP AnyValue.
func appendValue(b []byte, v attribute.Value) []byte {
	switch v.Type() {
	case attribute.BOOL:
		b = protowire.AppendTag(b, 2, protowire.VarintType)
		return protowire.AppendVarint(b, protowire.EncodeBool(v.AsBool()))
	case attribute.INT64:
		b = protowire.AppendTag(b, 3, protowire.VarintType)
		return protowire.AppendVarint(b, uint64(v.AsInt64()))
	case attribute.FLOAT64:
		b = protowire.AppendTag(b, 4, protowire.Fixed64Type)
		return protowire.AppendFixed64(b, math.Float64bits(v.AsFloat64()))
	case attribute.STRINGSLICE:
		return submessage(b, 5, func(b []byte) []byte {
			for _, s := range v.AsStringSlice() {
				b = submessage(b, 1, func(b []byte) []byte { return appendBytes(b, 1, []byte(s)) })
			}
			return b
		})
	}
	return protowire.AppendString(protowire.AppendTag(b, 1, protowire.BytesType), v.String())
}

// submessage appends a field with a message that body writes, and puts the
// length before it afterwards.
func submessage(b []byte, num protowire.Number, body func([]byte) []byte) []byte {
	b = protowire.AppendTag(b, num, protowire.BytesType)
	start := len(b)
	b = body(b)
	n := len(b) - start
	var room [10]byte
	b = append(b, room[:protowire.SizeVarint(uint64(n))]...)
	copy(b[len(b)-n:], b[start:start+n])
	protowire.AppendVarint(b[:start], uint64(n))
	return b
}

func appendText(b []byte, num protowire.Number, s string) []byte {
	if s == "" {
		return b
	}
	return protowire.AppendString(protowire.AppendTag(b, num, protowire.BytesType), s)
}

func appendBytes(b []byte, num protowire.Number, v []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, num, protowire.BytesType), v)
}

func appendUint(b []byte, num protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, num, protowire.VarintType), v)
}

func appendNano(b []byte, num protowire.Number, t time.Time) []byte {
	return protowire.AppendFixed64(protowire.AppendTag(b, num, protowire.Fixed64Type), uint64(t.UnixNano()))
}
