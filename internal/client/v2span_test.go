package client

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	jaeger "github.com/jaegertracing/jaeger-idl/model/v1"
	"github.com/jaegertracing/jaeger-idl/proto-gen/api_v2"

	"traceview/internal/client/wire"
	"traceview/internal/model"
)

var (
	jaegerID    = jaeger.TraceID{High: 0x0a00000000000000, Low: 1} // traceOne
	jaegerStart = time.Unix(1_700_000_000, 123_456_789).UTC()
	shop        = &jaeger.Process{ServiceName: "shop-api", Tags: []jaeger.KeyValue{jaeger.String("host.name", "h1")}}
)

// jaegerChunks returns a small trace in two chunks, as a server sends it.
func jaegerChunks() []*api_v2.SpansResponseChunk {
	return []*api_v2.SpansResponseChunk{{Spans: []jaeger.Span{jaegerRoot()}}, {Spans: []jaeger.Span{jaegerChild()}}}
}

func jaegerRoot() jaeger.Span {
	return jaeger.Span{
		TraceID: jaegerID, SpanID: 1, OperationName: "checkout", Flags: 1, StartTime: jaegerStart, Duration: 2 * time.Second, Process: shop,
		References: []jaeger.SpanRef{{TraceID: jaeger.TraceID{Low: 9}, SpanID: 7, RefType: jaeger.FollowsFrom}},
		Tags: []jaeger.KeyValue{
			jaeger.String("otel.scope.name", "net/http"), jaeger.String("otel.scope.version", "1.2"),
			jaeger.String("order.id", "10472"), jaeger.Int64("n", -5), jaeger.Bool("yes", true), jaeger.Bool("no", false),
			jaeger.Float64("f", 0.5), jaeger.Binary("b", []byte{0, 255}), jaeger.String("empty", ""),
			jaeger.String("span.kind", "server"), jaeger.String("otel.status_code", "ERROR"), jaeger.Bool("error", true),
			jaeger.String("otel.status_description", "storage refused"), jaeger.String("w3c.tracestate", "k=v"),
		},
		Logs: []jaeger.Log{{Timestamp: jaegerStart.Add(time.Second),
			Fields: []jaeger.KeyValue{jaeger.String("event", "exception"), jaeger.String("exception.type", "IOException")}}},
		Warnings: []string{"clock skew"},
	}
}

func jaegerChild() jaeger.Span {
	return jaeger.Span{
		TraceID: jaegerID, SpanID: 2, OperationName: "put", StartTime: jaegerStart.Add(time.Millisecond), Duration: time.Second,
		Process:    &jaeger.Process{ServiceName: "storage"},
		References: []jaeger.SpanRef{jaeger.NewChildOfRef(jaegerID, 1), jaeger.NewChildOfRef(jaegerID, 5)},
		Tags:       []jaeger.KeyValue{jaeger.String("span.kind", "client"), jaeger.String("otel.status_code", "OK")},
	}
}

// describe writes all that a span says, one line each.
func describe(t *model.Trace, i model.SpanIndex) []string {
	s := &t.Spans[i]
	start, end := t.StoredTimes(i)
	attrs := func(list []model.Attr) string {
		var out []string
		for _, a := range list {
			out = append(out, fmt.Sprintf("%s:%d=%s", t.Key(a), a.Kind, t.Text(a)))
		}
		return strings.Join(out, " ")
	}
	sc := t.ScopeAt(s.Scope)
	out := []string{
		fmt.Sprintf("%s %s parent %s depth %d", s.ID, t.Name(i), s.ParentID, s.Depth),
		fmt.Sprintf("%d-%d %s status %d %q flags %d state %q", start, end, s.Kind, s.Status, t.Str(s.StatusText), s.Flags, t.Str(s.State)),
		"resource " + attrs(t.ResourceAttrs(s.Resource)) + " of " + t.ServiceName(i),
		"scope " + t.Str(sc.Name) + " " + t.Str(sc.Version),
		"attrs " + attrs(t.Attrs(i)),
	}
	for _, e := range t.SpanEvents(i) {
		out = append(out, fmt.Sprintf("event %d %s %s", e.Time, t.Str(e.Name), attrs(t.EventAttrs(&e))))
	}
	for _, l := range t.SpanLinks(i) {
		out = append(out, fmt.Sprintf("link %s %s %s", l.Trace, l.Span, attrs(t.LinkAttrs(&l))))
	}
	return out
}

func decodeV2(t *testing.T, spans ...jaeger.Span) *model.Trace {
	t.Helper()
	data, err := (&api_v2.SpansResponseChunk{Spans: spans}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	b := model.NewBuilder()
	if err := newSpanDecoder(b).chunk(data); err != nil {
		t.Fatal(err)
	}
	return b.Build()[0]
}

func TestSpanOfV2(t *testing.T) {
	tr := decodeV2(t, jaegerRoot(), jaegerChild())
	if tr.ID != traceOne || len(tr.Spans) != 2 || tr.Errors != 1 || len(tr.Warnings) != 0 {
		t.Fatalf("got %s with %d spans, %d errors, warnings %v", tr.ID, len(tr.Spans), tr.Errors, tr.Warnings)
	}
	want := [][]string{{
		"0000000000000001 checkout parent 0000000000000000 depth 0",
		`1700000000123456789-1700000002123456789 server status 2 "storage refused" flags 1 state "k=v"`,
		"resource service.name:1=shop-api host.name:1=h1 of shop-api",
		"scope net/http 1.2",
		`attrs order.id:1=10472 n:3=-5 yes:2=true no:2=false f:4=0.5 b:5=AP8= empty:1= @jaeger@warnings:6=["clock skew"]`,
		"event 1700000001123456789 exception exception.type:1=IOException",
		"link 00000000000000000000000000000009 0000000000000007 opentracing.ref_type:1=follows_from",
	}, {
		"0000000000000002 put parent 0000000000000001 depth 1",
		`1700000000124456789-1700000001124456789 client status 1 "" flags 0 state ""`,
		"resource service.name:1=storage of storage",
		"scope  ",
		"attrs ",
		"link 0a000000000000000000000000000001 0000000000000005 opentracing.ref_type:1=child_of",
	}}
	for i, w := range want {
		if got := describe(tr, model.SpanIndex(i)); !slices.Equal(got, w) {
			t.Errorf("span %d: got\n%s\nwant\n%s", i, strings.Join(got, "\n"), strings.Join(w, "\n"))
		}
	}
}

func TestOddSpansOfV2(t *testing.T) {
	tests := []struct {
		name   string
		change func(*jaeger.Span)
		check  func(*model.Trace) any
		want   any
	}{
		{"follows-from parent is also a link", func(s *jaeger.Span) {
			s.References = []jaeger.SpanRef{jaeger.NewFollowsFromRef(jaegerID, 3)}
		}, func(t *model.Trace) any { return fmt.Sprint(t.Spans[0].ParentID, len(t.SpanLinks(0))) }, "0000000000000003 1"},
		{"child-of wins over an earlier follows-from", func(s *jaeger.Span) {
			s.References = []jaeger.SpanRef{jaeger.NewFollowsFromRef(jaegerID, 3), jaeger.NewChildOfRef(jaegerID, 4)}
		}, func(t *model.Trace) any { return fmt.Sprint(t.Spans[0].ParentID, len(t.SpanLinks(0))) }, "0000000000000004 1"},
		{"child-of into another trace is a link", func(s *jaeger.Span) {
			s.References = []jaeger.SpanRef{jaeger.NewChildOfRef(jaeger.TraceID{Low: 8}, 4)}
		}, func(t *model.Trace) any { return fmt.Sprint(t.Spans[0].ParentID, len(t.SpanLinks(0))) }, "0000000000000000 1"},
		{"error as text fails and stays", func(s *jaeger.Span) { s.Tags = []jaeger.KeyValue{jaeger.String("error", "true")} },
			func(t *model.Trace) any { return fmt.Sprint(t.Spans[0].Status, len(t.Attrs(0))) }, "2 1"},
		{"error false stays", func(s *jaeger.Span) { s.Tags = []jaeger.KeyValue{jaeger.Bool("error", false)} },
			func(t *model.Trace) any { return fmt.Sprint(t.Spans[0].Status, len(t.Attrs(0))) }, "0 1"},
		{"error wins over status", func(s *jaeger.Span) {
			s.Tags = []jaeger.KeyValue{jaeger.Bool("error", true), jaeger.String("otel.status_code", "OK")}
		}, func(t *model.Trace) any { return t.Spans[0].Status }, model.StatusError},
		{"unknown kind stays", func(s *jaeger.Span) { s.Tags = []jaeger.KeyValue{jaeger.String("span.kind", "robot")} },
			func(t *model.Trace) any { return len(t.Attrs(0)) }, 1},
		{"unknown status stays", func(s *jaeger.Span) { s.Tags = []jaeger.KeyValue{jaeger.String("otel.status_code", "MAYBE")} },
			func(t *model.Trace) any { return len(t.Attrs(0)) }, 1},
		{"value of a future type", func(s *jaeger.Span) { s.Tags = []jaeger.KeyValue{{Key: "k", VType: 77}} },
			func(t *model.Trace) any { return t.Warnings }, []model.Warning{{Kind: model.BadAttribute}}},
		{"no process", func(s *jaeger.Span) { s.Process = nil },
			func(t *model.Trace) any { return t.ServiceName(0) }, ""},
		{"resource without attributes", func(s *jaeger.Span) { s.Process = &jaeger.Process{ServiceName: noService} },
			func(t *model.Trace) any { return t.ServiceName(0) }, ""},
		{"negative duration", func(s *jaeger.Span) { s.Duration = -time.Second },
			func(t *model.Trace) any { return t.Warnings[0].Kind }, model.NegativeDuration},
		{"before 1970", func(s *jaeger.Span) { s.StartTime = time.Time{} },
			func(t *model.Trace) any { return t.Warnings[0].Kind }, model.BadTimestamp},
		{"end beyond 2262", func(s *jaeger.Span) { s.Duration = math.MaxInt64 },
			func(t *model.Trace) any { return t.Warnings[0].Kind }, model.BadTimestamp},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := jaeger.Span{TraceID: jaegerID, SpanID: 2, StartTime: jaegerStart, Duration: time.Second, Process: shop}
			tt.change(&s)
			if got := tt.check(decodeV2(t, s)); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestCutChunkKeepsWhatCameBefore(t *testing.T) {
	data, err := (&api_v2.SpansResponseChunk{Spans: []jaeger.Span{jaegerRoot(), jaegerChild()}}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	b := model.NewBuilder()
	if err := newSpanDecoder(b).chunk(data[:len(data)-3]); !errors.Is(err, wire.ErrMalformed) {
		t.Fatalf("got %v, want ErrMalformed", err)
	}
	if got := b.Build(); len(got) != 1 || len(got[0].Spans) != 1 || !truncated(got[0]) {
		t.Errorf("got %v, want the first span, marked as truncated", got)
	}
}

func FuzzSpansOfV2(f *testing.F) {
	for _, c := range jaegerChunks() {
		data, err := c.Marshal()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte{0x0a, 0x03, 0x32, 0x01, 0xff})
	f.Fuzz(func(t *testing.T, data []byte) {
		b := model.NewBuilder()
		d := newSpanDecoder(b)
		err := d.chunk(data)
		if err != nil && !errors.Is(err, wire.ErrMalformed) {
			t.Fatalf("%v is not ErrMalformed", err)
		}
		n := b.Len()
		for _, tr := range b.Build() {
			n -= len(tr.Spans) + tr.Repeats
			for i := range tr.Spans {
				describe(tr, model.SpanIndex(i))
			}
		}
		if n != 0 {
			t.Fatalf("%d spans were lost", n)
		}
	})
}

// BenchmarkSpansOfV2 compares with the generated types on chunks of 10 spans.
func BenchmarkSpansOfV2(b *testing.B) {
	var chunk api_v2.SpansResponseChunk
	for range 10 {
		chunk.Spans = append(chunk.Spans, jaegerRoot())
	}
	data, err := chunk.Marshal()
	if err != nil {
		b.Fatal(err)
	}
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(data)))
		mb := model.NewBuilder()
		d := newSpanDecoder(mb)
		for b.Loop() {
			if mb.Len() >= 100_000 {
				mb = model.NewBuilder()
				d = newSpanDecoder(mb)
			}
			if err := d.chunk(data); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("generated", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			var c api_v2.SpansResponseChunk
			if err := c.Unmarshal(data); err != nil {
				b.Fatal(err)
			}
		}
	})
}
