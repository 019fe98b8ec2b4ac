package demo

import (
	"cmp"
	"context"
	"encoding/hex"
	"slices"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// keeper is an OTLP client that keeps what the SDK would send.
type keeper struct{ sent []*tracepb.ResourceSpans }

func (k *keeper) Start(context.Context) error { return nil }
func (k *keeper) Stop(context.Context) error  { return nil }
func (k *keeper) UploadTraces(_ context.Context, s []*tracepb.ResourceSpans) error {
	k.sent = s
	return nil
}

// TestEncodingIsThatOfTheSDK compares our bytes with the SDK's own exporter,
// for whole lives of orders.
func TestEncodingIsThatOfTheSDK(t *testing.T) {
	s := newStudio()
	for _, p := range plans(Options{Orders: 60})[10:30] {
		s.dice, s.ended = newDice(0, uint64(p.index)), nil
		newLife(s, p, fixedNow).tell()
		if len(s.ended) == 0 {
			t.Fatalf("order %s has no spans", p.number)
		}
		var k keeper
		exporter := otlptrace.NewUnstarted(&k)
		spans := make([]sdktrace.ReadOnlySpan, len(s.ended))
		for i, e := range s.ended {
			spans[i] = e.ReadOnlySpan
		}
		if err := exporter.ExportSpans(t.Context(), spans); err != nil {
			t.Fatal(err)
		}
		var ours tracepb.TracesData
		if err := proto.Unmarshal(encodeTrace(s.ended), &ours); err != nil {
			t.Fatal(err)
		}
		if want := (&tracepb.TracesData{ResourceSpans: canonical(k.sent)}); !proto.Equal(&tracepb.TracesData{ResourceSpans: canonical(ours.ResourceSpans)}, want) {
			t.Fatalf("order %s: our encoding differs from the SDK's", p.number)
		}
	}
}

// canonical brings processes, scopes and spans into one sequence. The SDK
// merges resources that are equal, which different processes never are here.
func canonical(list []*tracepb.ResourceSpans) []*tracepb.ResourceSpans {
	first := func(ss *tracepb.ScopeSpans) string { return hex.EncodeToString(ss.Spans[0].SpanId) }
	for _, rs := range list {
		for _, ss := range rs.ScopeSpans {
			slices.SortFunc(ss.Spans, func(a, b *tracepb.Span) int { return slices.Compare(a.SpanId, b.SpanId) })
		}
		slices.SortFunc(rs.ScopeSpans, func(a, b *tracepb.ScopeSpans) int { return cmp.Compare(first(a), first(b)) })
		sortAttrs(rs.Resource.Attributes)
	}
	slices.SortFunc(list, func(a, b *tracepb.ResourceSpans) int {
		return cmp.Compare(first(a.ScopeSpans[0]), first(b.ScopeSpans[0]))
	})
	return list
}

func sortAttrs(attrs []*commonpb.KeyValue) {
	slices.SortFunc(attrs, func(a, b *commonpb.KeyValue) int { return cmp.Compare(a.Key, b.Key) })
}

func TestEncodeValue(t *testing.T) {
	for _, tt := range []struct {
		name string
		v    attribute.Value
		want *commonpb.AnyValue
	}{
		{"text", attribute.StringValue("заказ"), &commonpb.AnyValue{Value: &commonpb.AnyValue_StringValue{StringValue: "заказ"}}},
		{"empty text", attribute.StringValue(""), &commonpb.AnyValue{Value: &commonpb.AnyValue_StringValue{}}},
		{"false", attribute.BoolValue(false), &commonpb.AnyValue{Value: &commonpb.AnyValue_BoolValue{}}},
		{"negative", attribute.Int64Value(-3), &commonpb.AnyValue{Value: &commonpb.AnyValue_IntValue{IntValue: -3}}},
		{"fraction", attribute.Float64Value(0.97), &commonpb.AnyValue{Value: &commonpb.AnyValue_DoubleValue{DoubleValue: 0.97}}},
		{"list", attribute.StringSliceValue([]string{"a", ""}), &commonpb.AnyValue{Value: &commonpb.AnyValue_ArrayValue{ArrayValue: &commonpb.ArrayValue{Values: []*commonpb.AnyValue{
			{Value: &commonpb.AnyValue_StringValue{StringValue: "a"}}, {Value: &commonpb.AnyValue_StringValue{}},
		}}}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got commonpb.AnyValue
			if err := proto.Unmarshal(appendValue(nil, tt.v), &got); err != nil || !proto.Equal(&got, tt.want) {
				t.Errorf("got %v, %v, want %v", &got, err, tt.want)
			}
		})
	}
}

func TestSubmessageLengths(t *testing.T) {
	for _, n := range []int{0, 1, 127, 128, 16_383, 16_384, 300_000} {
		body := make([]byte, n)
		for i := range body {
			body[i] = byte(i)
		}
		got := submessage([]byte("head"), 7, func(b []byte) []byte { return append(b, body...) })
		if want := appendBytes([]byte("head"), 7, body); !slices.Equal(got, want) {
			t.Errorf("%d bytes: encoded wrongly", n)
		}
	}
}
