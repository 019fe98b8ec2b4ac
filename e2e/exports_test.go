//go:build e2e

package e2e

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	resource "go.opentelemetry.io/proto/otlp/resource/v1"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"

	"traceview/internal/client"
	"traceview/internal/demo"
	"traceview/internal/model"
)

// exported is a file of traces with what is known of it without any code that
// is tested here.
type exported struct {
	file string
	sent map[model.TraceID][]sentSpan
}

// someTraces writes the traces of sixty orders and one with values of every
// sort to a file.
func someTraces(t *testing.T) exported {
	t.Helper()
	all := &tracev1.TracesData{ResourceSpans: []*tracev1.ResourceSpans{oddSpans()}}
	for _, tr := range demo.New(demo.Options{Seed: 4, Orders: 60}).Traces() {
		var one tracev1.TracesData
		if err := proto.Unmarshal(tr.Proto, &one); err != nil {
			t.Fatal(err)
		}
		all.ResourceSpans = append(all.ResourceSpans, one.ResourceSpans...)
	}
	data, err := proto.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	e := exported{filepath.Join(t.TempDir(), "traces.pb"), map[model.TraceID][]sentSpan{}}
	if err := os.WriteFile(e.file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, rs := range all.ResourceSpans {
		for _, ss := range rs.ScopeSpans {
			for _, s := range ss.Spans {
				id := model.TraceID(s.TraceId)
				e.sent[id] = append(e.sent[id], sentSpan{s, rs.Resource, ss.Scope})
			}
		}
	}
	return e
}

// oddSpans are two spans of a trace with what the demo does not have. The
// shortest takes a nanosecond: Jaeger itself lengthens one that takes none.
func oddSpans() *tracev1.ResourceSpans {
	text := func(s string) *common.AnyValue {
		return &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: s}}
	}
	list := func(v ...*common.AnyValue) *common.AnyValue {
		return &common.AnyValue{Value: &common.AnyValue_ArrayValue{ArrayValue: &common.ArrayValue{Values: v}}}
	}
	whole := func(n int64) *common.AnyValue { return &common.AnyValue{Value: &common.AnyValue_IntValue{IntValue: n}} }
	attrs := []*common.KeyValue{
		{Key: "text", Value: text("строка \"с кавычками\" \u2028 \x01 🚀 <script>")},
		{Key: "empty", Value: text("")},
		{Key: "large", Value: whole(math.MaxInt64)}, {Key: "small", Value: whole(math.MinInt64)},
		{Key: "float", Value: &common.AnyValue{Value: &common.AnyValue_DoubleValue{DoubleValue: 0.1}}},
		{Key: "huge", Value: &common.AnyValue{Value: &common.AnyValue_DoubleValue{DoubleValue: 1e300}}},
		{Key: "yes", Value: &common.AnyValue{Value: &common.AnyValue_BoolValue{BoolValue: true}}},
		{Key: "bytes", Value: &common.AnyValue{Value: &common.AnyValue_BytesValue{BytesValue: []byte{0, 255, 254}}}},
		{Key: "list", Value: list(text("a"), whole(5), list(text("b")))},
		{Key: "map", Value: &common.AnyValue{Value: &common.AnyValue_KvlistValue{KvlistValue: &common.KeyValueList{Values: []*common.KeyValue{{Key: "k", Value: whole(1)}}}}}},
	}
	id := bytes.Repeat([]byte{0xab}, 16)
	return &tracev1.ResourceSpans{
		Resource: &resource.Resource{Attributes: append([]*common.KeyValue{{Key: "service.name", Value: text("odd-сервис")}}, attrs...)},
		ScopeSpans: []*tracev1.ScopeSpans{{Scope: &common.InstrumentationScope{Name: "lib", Version: "1"}, Spans: []*tracev1.Span{
			{TraceId: id, SpanId: []byte{1, 2, 3, 4, 5, 6, 7, 8}, Name: "root ✓", StartTimeUnixNano: 1_700_000_000_123_456_789, EndTimeUnixNano: 1_700_000_001_123_456_790, Kind: 2, TraceState: "a=b,c=d", Attributes: attrs,
				Status: &tracev1.Status{Code: 2, Message: "не вышло"},
				Events: []*tracev1.Span_Event{{TimeUnixNano: 1_700_000_000_500_000_001, Name: "exception", Attributes: attrs}}},
			{TraceId: id, SpanId: []byte{8, 7, 6, 5, 4, 3, 2, 1}, ParentSpanId: []byte{1, 2, 3, 4, 5, 6, 7, 8}, Name: "instant", StartTimeUnixNano: 1_700_000_000_200_000_000, EndTimeUnixNano: 1_700_000_000_200_000_001, Kind: 5,
				Links: []*tracev1.Span_Link{{TraceId: bytes.Repeat([]byte{0xcd}, 16), SpanId: []byte{9, 9, 9, 9, 9, 9, 9, 9}, Attributes: attrs}}},
		}}},
	}
}

// export lets the program write a file in another format.
func (e *exported) export(t *testing.T, to string) []byte {
	t.Helper()
	data, err := output(t.Context(), command(t, "export", e.file, "--to", to, "--redact", "none"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// post sends a body over HTTP.
func post(t *testing.T, addr, contentType string, body []byte) {
	t.Helper()
	resp, err := http.Post("http://"+addr+"/v1/traces", contentType, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	said, _ := io.ReadAll(resp.Body) // it is only told
	if resp.StatusCode != http.StatusOK || bytes.Contains(said, []byte("rejectedSpans")) {
		t.Fatalf("Jaeger answered %s: %.500s", resp.Status, said)
	}
}

// TestJaegerTakesExports pushes what export writes into a real Jaeger and
// fetches every span back as it was. Of Jaeger JSON, which cannot be pushed, it
// compares each field with what Jaeger itself answers for the same trace.
func TestJaegerTakesExports(t *testing.T) {
	e := someTraces(t)
	push := map[string]func(*testing.T, *server){
		"otlp-json": func(t *testing.T, s *server) { post(t, s.http, "application/json", e.export(t, "otlp-json")) },
		"otlp-proto": func(t *testing.T, s *server) {
			post(t, s.http, "application/x-protobuf", e.export(t, "otlp-proto"))
		},
		"otlp-proto over gRPC": func(t *testing.T, s *server) {
			var req collector.ExportTraceServiceRequest
			if err := proto.Unmarshal(e.export(t, "otlp-proto"), &req); err != nil {
				t.Fatal(err)
			}
			conn, err := grpc.NewClient(s.otlp, grpc.WithTransportCredentials(insecure.NewCredentials()))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if _, err := collector.NewTraceServiceClient(conn).Export(t.Context(), &req); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, send := range push {
		t.Run(name, func(t *testing.T) {
			srv := startJaeger(t, "memory")
			send(t, srv)
			e.fetchedBack(t, srv)
			if name == "otlp-json" {
				t.Run("jaeger-json", func(t *testing.T) { e.asJaegerAnswers(t, srv) })
			}
		})
	}
}

func (e *exported) fetchedBack(t *testing.T, srv *server) {
	c := connect(t, srv.query, client.APIv3)
	spans, failed := 0, 0
	for id, want := range e.sent {
		got, err := c.Trace(t.Context(), id, nil)
		if err != nil {
			t.Fatalf("trace %s: %v", id, err)
		}
		if diff := compareTrace(got, want, false); len(diff) > 0 {
			t.Errorf("trace %s differs:\n%s", id, strings.Join(diff[:min(len(diff), 8)], "\n"))
			if failed++; failed == 3 {
				t.Fatal("and so on")
			}
		}
		spans += len(want)
	}
	t.Logf("%d traces with %d spans are back as they were", len(e.sent), spans)
}

// The JSON of Jaeger's own API.
type (
	uiTrace struct {
		TraceID   string               `json:"traceID"`
		Spans     []uiSpan             `json:"spans"`
		Processes map[string]uiProcess `json:"processes"`
	}
	uiSpan struct {
		TraceID       string  `json:"traceID"`
		SpanID        string  `json:"spanID"`
		ParentSpanID  string  `json:"parentSpanID"`
		OperationName string  `json:"operationName"`
		References    []uiRef `json:"references"`
		StartTime     uint64  `json:"startTime"`
		Duration      uint64  `json:"duration"`
		Tags          []uiTag `json:"tags"`
		Logs          []uiLog `json:"logs"`
		ProcessID     string  `json:"processID"`
	}
	uiRef struct{ RefType, TraceID, SpanID string }
	uiTag struct {
		Key   string `json:"key"`
		Type  string `json:"type"`
		Value any    `json:"value"`
	}
	uiLog struct {
		Timestamp uint64  `json:"timestamp"`
		Fields    []uiTag `json:"fields"`
	}
	uiProcess struct {
		ServiceName string  `json:"serviceName"`
		Tags        []uiTag `json:"tags"`
	}
)

func uiTags(list []uiTag) string {
	var lines []string
	for _, tag := range list {
		if tag.Key == "service.name" { // Jaeger has it as the name of the process alone
			continue
		}
		lines = append(lines, fmt.Sprintf("%s(%s)=%q", tag.Key, tag.Type, fmt.Sprint(tag.Value)))
	}
	slices.Sort(lines)
	return strings.Join(lines, " ")
}

// facts tells a trace in lines, by span.
func (tr *uiTrace) facts() map[string][]string {
	all := map[string][]string{}
	for _, s := range tr.Spans {
		p := tr.Processes[s.ProcessID]
		lines := []string{
			"trace " + s.TraceID, "operation " + s.OperationName, fmt.Sprint("start ", s.StartTime, " duration ", s.Duration),
			"tags " + uiTags(s.Tags), "service " + p.ServiceName, "process " + uiTags(p.Tags),
		}
		for _, r := range s.References {
			lines = append(lines, fmt.Sprint("reference ", r))
		}
		for _, l := range s.Logs {
			lines = append(lines, fmt.Sprint("log ", l.Timestamp, " ", uiTags(l.Fields)))
		}
		slices.Sort(lines)
		all[s.SpanID] = lines
	}
	return all
}

func decodeUI(t *testing.T, r io.Reader) []uiTrace {
	t.Helper()
	var answer struct{ Data []uiTrace }
	d := json.NewDecoder(r)
	d.UseNumber()
	if err := d.Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return answer.Data
}

// asJaegerAnswers compares the export with what a server that has the same
// traces tells its own web pages.
func (e *exported) asJaegerAnswers(t *testing.T, srv *server) {
	ours := map[string]uiTrace{}
	for _, tr := range decodeUI(t, bytes.NewReader(e.export(t, "jaeger-json"))) {
		ours[tr.TraceID] = tr
	}
	if len(ours) != len(e.sent) {
		t.Fatalf("%d traces were exported, want %d", len(ours), len(e.sent))
	}
	told := map[string]int{}
	for id := range e.sent {
		resp, err := http.Get("http://" + srv.web + "/api/traces/" + hex.EncodeToString(id[:]) + "?raw=true")
		if err != nil {
			t.Fatal(err)
		}
		theirs := decodeUI(t, resp.Body)
		_ = resp.Body.Close() // all of it was read
		mine, ok := ours[hex.EncodeToString(id[:])]
		if len(theirs) != 1 || !ok {
			t.Fatalf("trace %s: Jaeger has %d, exported %v", id, len(theirs), ok)
		}
		got, want := mine.facts(), theirs[0].facts()
		if len(got) != len(want) {
			t.Errorf("trace %s: %d spans, want %d", id, len(got), len(want))
		}
		for span, lines := range want {
			for _, line := range lines {
				if !slices.Contains(got[span], line) {
					told["Jaeger has "+line]++
				}
			}
			for _, line := range got[span] {
				if !slices.Contains(lines, line) {
					told["we have "+line]++
				}
			}
		}
	}
	var list []string
	for line, n := range told {
		list = append(list, fmt.Sprintf("%d × %.1500s", n, line))
	}
	slices.SortFunc(list, func(a, b string) int { return cmp.Compare(a, b) })
	for _, line := range list[:min(len(list), 12)] {
		t.Error(line)
	}
}
