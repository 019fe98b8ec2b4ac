package demo

import (
	"encoding/json"
	"fmt"
	"time"

	jaeger "github.com/jaegertracing/jaeger-idl/model/v1"
	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// jaegerSpans turns OTLP TracesData into Jaeger's spans the way the collector
// does: kind, status and scope become tags, events become logs, links become
// follows-from references, the resource becomes the process.
func jaegerSpans(data []byte) ([]jaeger.Span, error) {
	var td tracepb.TracesData
	if err := proto.Unmarshal(data, &td); err != nil {
		return nil, fmt.Errorf("decode OTLP: %w", err)
	}
	var spans []jaeger.Span
	for _, rs := range td.ResourceSpans {
		process := &jaeger.Process{}
		for _, kv := range rs.Resource.Attributes {
			if kv.Key == "service.name" {
				process.ServiceName = kv.Value.GetStringValue()
				continue
			}
			process.Tags = append(process.Tags, jaegerTag(kv))
		}
		for _, ss := range rs.ScopeSpans {
			for _, s := range ss.Spans {
				spans = append(spans, jaegerSpan(s, ss.Scope, process))
			}
		}
	}
	return spans, nil
}

func jaegerSpan(s *tracepb.Span, scope *commonpb.InstrumentationScope, process *jaeger.Process) jaeger.Span {
	start := time.Unix(0, int64(s.StartTimeUnixNano)).UTC()
	j := jaeger.Span{
		TraceID: jaegerTraceID(s.TraceId), SpanID: jaegerSpanID(s.SpanId),
		OperationName: s.Name, Flags: 1, Process: process,
		StartTime: start, Duration: time.Duration(s.EndTimeUnixNano - s.StartTimeUnixNano),
		Tags: jaegerTags(s, scope),
	}
	if len(s.ParentSpanId) > 0 {
		j.References = append(j.References, jaeger.NewChildOfRef(j.TraceID, jaegerSpanID(s.ParentSpanId)))
	}
	for _, l := range s.Links {
		j.References = append(j.References, jaeger.NewFollowsFromRef(jaegerTraceID(l.TraceId), jaegerSpanID(l.SpanId)))
	}
	for _, e := range s.Events {
		log := jaeger.Log{Timestamp: time.Unix(0, int64(e.TimeUnixNano)).UTC(), Fields: []jaeger.KeyValue{jaeger.String("event", e.Name)}}
		for _, kv := range e.Attributes {
			log.Fields = append(log.Fields, jaegerTag(kv))
		}
		j.Logs = append(j.Logs, log)
	}
	return j
}

var jaegerKinds = map[tracepb.Span_SpanKind]string{
	tracepb.Span_SPAN_KIND_INTERNAL: "internal", tracepb.Span_SPAN_KIND_SERVER: "server",
	tracepb.Span_SPAN_KIND_CLIENT: "client", tracepb.Span_SPAN_KIND_PRODUCER: "producer",
	tracepb.Span_SPAN_KIND_CONSUMER: "consumer",
}

func jaegerTags(s *tracepb.Span, scope *commonpb.InstrumentationScope) []jaeger.KeyValue {
	tags := []jaeger.KeyValue{
		jaeger.String("otel.scope.name", scope.GetName()),
		jaeger.String("otel.scope.version", scope.GetVersion()),
	}
	for _, kv := range s.Attributes {
		tags = append(tags, jaegerTag(kv))
	}
	if kind := jaegerKinds[s.Kind]; kind != "" {
		tags = append(tags, jaeger.String("span.kind", kind))
	}
	switch s.Status.GetCode() {
	case tracepb.Status_STATUS_CODE_OK:
		tags = append(tags, jaeger.String("otel.status_code", "OK"))
	case tracepb.Status_STATUS_CODE_ERROR:
		tags = append(tags, jaeger.String("otel.status_code", "ERROR"), jaeger.Bool("error", true))
	}
	if text := s.Status.GetMessage(); text != "" {
		tags = append(tags, jaeger.String("otel.status_description", text))
	}
	if s.TraceState != "" {
		tags = append(tags, jaeger.String("w3c.tracestate", s.TraceState))
	}
	return tags
}

func jaegerTag(kv *commonpb.KeyValue) jaeger.KeyValue {
	switch v := kv.Value.GetValue().(type) {
	case *commonpb.AnyValue_IntValue:
		return jaeger.Int64(kv.Key, v.IntValue)
	case *commonpb.AnyValue_BoolValue:
		return jaeger.Bool(kv.Key, v.BoolValue)
	case *commonpb.AnyValue_DoubleValue:
		return jaeger.Float64(kv.Key, v.DoubleValue)
	case *commonpb.AnyValue_ArrayValue:
		texts := make([]string, len(v.ArrayValue.Values))
		for i, e := range v.ArrayValue.Values {
			texts[i] = e.GetStringValue() // the shop's lists hold texts only
		}
		list, err := json.Marshal(texts)
		if err != nil {
			return jaeger.String(kv.Key, "")
		}
		return jaeger.String(kv.Key, string(list))
	}
	return jaeger.String(kv.Key, kv.Value.GetStringValue())
}

// The collector refuses ids of a wrong length long before; the shop makes none.

func jaegerTraceID(b []byte) jaeger.TraceID {
	id, _ := jaeger.TraceIDFromBytes(b)
	return id
}

func jaegerSpanID(b []byte) jaeger.SpanID {
	id, _ := jaeger.SpanIDFromBytes(b)
	return id
}
