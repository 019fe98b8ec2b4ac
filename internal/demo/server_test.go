package demo

import (
	"context"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	jaeger "github.com/jaegertracing/jaeger-idl/model/v1"
	"github.com/jaegertracing/jaeger-idl/proto-gen/api_v2"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"traceview/internal/client/wire"
)

// dial serves the default shop and connects to it.
func dial(t *testing.T, quirks ...Quirk) *grpc.ClientConn {
	t.Helper()
	s, err := Serve(t.Context(), defaultShop(), "", quirks...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	conn, err := grpc.NewClient(s.Addr(), grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.ForceCodecV2(wire.Codec{}), grpc.MaxCallRecvMsgSize(64<<20)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// receive reads a stream to its end.
func receive[T any](t *testing.T, conn *grpc.ClientConn, method string, req any) (list []T, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	stream, err := conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, method)
	if err != nil {
		return nil, err
	}
	if err := stream.SendMsg(req); err != nil {
		return nil, err
	}
	if err := stream.CloseSend(); err != nil {
		return nil, err
	}
	for {
		var m T
		if err := stream.RecvMsg(&m); err == io.EOF {
			return list, nil
		} else if err != nil {
			return list, err
		}
		list = append(list, m)
	}
}

// everything is a query for all traces.
func everything() wire.TraceQuery {
	return wire.TraceQuery{StartMin: fixedNow.AddDate(0, 0, -90), StartMax: fixedNow, SearchDepth: 10_000}
}

func withOrder(key, number string) wire.TraceQuery {
	q := everything()
	q.Attributes = map[string]string{key: number}
	return q
}

func summaryIDs(t *testing.T, conn *grpc.ClientConn, q wire.TraceQuery) []string {
	t.Helper()
	chunks, err := receive[wire.FindTraceSummariesResponse](t, conn, wire.FindTraceSummaries, &wire.FindTraceSummariesRequest{Query: q})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, c := range chunks {
		for _, s := range c.Summaries {
			ids = append(ids, s.TraceID)
		}
	}
	return ids
}

// matching is the answer to a query found by looking at every span.
func matching(keep func(told) bool) []string {
	hit := map[string]bool{}
	for _, s := range allSpans() {
		if keep(s) {
			hit[s.trace] = true
		}
	}
	var ids []string
	for _, tr := range slices.Backward(defaultShop().Traces()) {
		if hit[tr.ID] {
			ids = append(ids, tr.ID)
		}
	}
	return ids
}

func TestSearchMatchesPerSpan(t *testing.T) {
	conn := dial(t)
	week := fixedNow.AddDate(0, 0, -7)
	for _, tt := range []struct {
		name string
		q    wire.TraceQuery
		keep func(told) bool
	}{
		{"all", everything(), func(told) bool { return true }},
		{"text attribute", withOrder("order.id", "10472"), func(s told) bool { return s.attrs["order.id"] == "10472" }},
		{"number compared as text", withOrder("order_id", "10480"), func(s told) bool { return s.attrs["order_id"] == "10480" }},
		{"prefix is no match", withOrder("order.id", "1042"), func(s told) bool { return s.attrs["order.id"] == "1042" }},
		{"hash sign", withOrder("orderId", "#1042"), func(s told) bool { return s.attrs["orderId"] == "#1042" }},
		{"Cyrillic", withOrder("order_id", "заказ-7"), func(s told) bool { return s.attrs["order_id"] == "заказ-7" }},
		{"unknown value", withOrder("order.id", "99999"), func(told) bool { return false }},
		{"resource attribute", withOrder("telemetry.sdk.language", "python"), func(s told) bool { return s.resource["telemetry.sdk.language"] == "python" }},
		{"event attribute", withOrder("exception.type", "TypeError"), func(s told) bool {
			return slices.ContainsFunc(s.Events, func(e *tracepb.Span_Event) bool { return texts(e.Attributes)["exception.type"] == "TypeError" })
		}},
		{"error", withOrder("error", "true"), told.failed},
		{"service and attribute on one span", wire.TraceQuery{Service: "mes-api", Attributes: map[string]string{"db.collection.name": "orders"}, StartMin: week, StartMax: fixedNow, SearchDepth: 10},
			func(told) bool { return false }},
		{"operation", wire.TraceQuery{Service: "crm", Operation: "ship order", StartMin: week, StartMax: fixedNow, SearchDepth: 5000}, func(s told) bool {
			return s.service == "crm" && s.Name == "ship order" && s.StartTimeUnixNano >= uint64(week.UnixNano())
		}},
		{"long spans", wire.TraceQuery{DurationMin: time.Minute, StartMin: week, StartMax: fixedNow, SearchDepth: 5000}, func(s told) bool {
			return s.took() >= time.Minute && s.StartTimeUnixNano >= uint64(week.UnixNano())
		}},
		{"short spans of a service", wire.TraceQuery{Service: "mes", DurationMax: 30 * time.Millisecond, StartMin: week, StartMax: fixedNow, SearchDepth: 5000}, func(s told) bool {
			return s.service == "mes" && s.took() <= 30*time.Millisecond && s.StartTimeUnixNano >= uint64(week.UnixNano())
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, want := summaryIDs(t, conn, tt.q), matching(tt.keep)
			if !slices.Equal(got, want) {
				t.Errorf("%d traces, want %d (newest first)", len(got), len(want))
			}
		})
	}
}

func TestSearchDepthKeepsTheNewest(t *testing.T) {
	conn := dial(t)
	q := everything()
	q.SearchDepth = 7
	newest := matching(func(told) bool { return true })
	if got := summaryIDs(t, conn, q); !slices.Equal(got, newest[:7]) {
		t.Errorf("got %v, want %v", got, newest[:7])
	}
	q.SearchDepth = 0
	if got := summaryIDs(t, conn, q); !slices.Equal(got, newest[:defaultDepth]) {
		t.Errorf("without a depth: %d traces, want the newest %d", len(got), defaultDepth)
	}
}

func TestSummariesCount(t *testing.T) {
	conn := dial(t)
	chunks, err := receive[wire.FindTraceSummariesResponse](t, conn, wire.FindTraceSummaries, &wire.FindTraceSummariesRequest{Query: withOrder("order.id", exampleNumber)})
	if err != nil || len(chunks) != 1 || len(chunks[0].Summaries) != 2 {
		t.Fatalf("%v, %v, want 2 traces", chunks, err)
	}
	s := chunks[0].Summaries[1]
	if s.RootService != "internet-shop" || s.RootOperation != "place order" || s.ErrorSpans != 7 || s.OrphanSpans != 0 || len(s.Services) != 3 {
		t.Errorf("got %+v", s)
	}
	if s.MaxEndNano <= s.MinStartNano || int(s.Spans) != traceByID(t, s.TraceID).Spans {
		t.Errorf("got %+v", s)
	}
}

func TestGetTraceAndFindTracesSendWhatIsStored(t *testing.T) {
	conn := dial(t)
	want := defaultShop().Traces()[3]
	got, err := receive[wire.Raw](t, conn, wire.GetTrace, &wire.GetTraceRequest{TraceID: want.ID, RawTraces: true})
	if err != nil || len(got) != 1 || !slices.Equal(got[0], want.Proto) {
		t.Errorf("%d messages, %v, want the trace as stored", len(got), err)
	}
	found, err := receive[wire.Raw](t, conn, wire.FindTraces, &wire.FindTracesRequest{Query: withOrder("order_id", "10480")})
	if err != nil || len(found) != len(matching(func(s told) bool { return s.attrs["order_id"] == "10480" })) {
		t.Errorf("%d traces, %v", len(found), err)
	}
	for _, m := range found {
		if err := proto.Unmarshal(m, &tracepb.TracesData{}); err != nil {
			t.Error(err)
		}
	}
}

func TestCatalogueOfServices(t *testing.T) {
	conn := dial(t)
	var services wire.GetServicesResponse
	if err := conn.Invoke(t.Context(), wire.GetServices, &wire.GetServicesRequest{}, &services); err != nil {
		t.Fatal(err)
	}
	if want := []string{"crm", "crm-api", "files-storage", "gem-market", "internet-shop", "mes", "mes-api", "shop-api"}; !slices.Equal(services.Services, want) {
		t.Errorf("services %v, want %v", services.Services, want)
	}
	var ops wire.GetOperationsResponse
	if err := conn.Invoke(t.Context(), wire.GetOperations, &wire.GetOperationsRequest{Service: "shop-api", SpanKind: "server"}, &ops); err != nil {
		t.Fatal(err)
	}
	if want := (wire.Operation{Name: "POST /api/v1/orders", SpanKind: "server"}); len(ops.Operations) != 4 || !slices.Contains(ops.Operations, want) {
		t.Errorf("server operations of shop-api: %v", ops.Operations)
	}
	var deps wire.DependenciesResponse
	if err := conn.Invoke(t.Context(), wire.GetDependencies, &wire.GetDependenciesRequest{Start: fixedNow.AddDate(0, 0, -30), End: fixedNow}, &deps); err != nil {
		t.Fatal(err)
	}
	calls := map[string]uint64{}
	for _, d := range deps.Dependencies {
		calls[d.Parent+" > "+d.Child] = d.CallCount
	}
	for _, want := range []string{"internet-shop > shop-api", "crm > crm-api", "mes > mes-api", "gem-market > mes-api", "crm-api > mes-api", "shop-api > files-storage"} {
		if calls[want] == 0 {
			t.Errorf("no calls %s", want)
		}
	}
}

func TestCapabilities(t *testing.T) {
	for _, tt := range []struct {
		name   string
		quirks []Quirk
		want   wire.SearchCapabilities
		code   codes.Code
	}{
		{"able", nil, wire.SearchCapabilities{WithoutServiceName: true, SameSpanConjunction: true}, codes.OK},
		{"as with Badger", []Quirk{RefuseEmptyService}, wire.SearchCapabilities{SameSpanConjunction: true}, codes.OK},
		{"old", []Quirk{NoCapabilities}, wire.SearchCapabilities{}, codes.Unimplemented},
	} {
		t.Run(tt.name, func(t *testing.T) {
			conn := dial(t, tt.quirks...)
			for _, method := range []string{wire.GetCapabilities, "/jaeger.api_v3.Capabilities/GetCapabilities"} {
				var got wire.GetCapabilitiesResponse
				err := conn.Invoke(t.Context(), method, &wire.GetCapabilitiesRequest{}, &got)
				if status.Code(err) != tt.code || got.Search != tt.want {
					t.Errorf("%s: %+v, %v, want %+v, %v", method, got.Search, err, tt.want, tt.code)
				}
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	anywhere, nowhere := everything(), wire.TraceQuery{SearchDepth: 5}
	for _, tt := range []struct {
		name   string
		quirks []Quirk
		method string
		req    any
		want   codes.Code
	}{
		{"unknown trace", nil, wire.GetTrace, &wire.GetTraceRequest{TraceID: "abc"}, codes.NotFound},
		{"unknown trace, old server", []Quirk{EmptyNotFound}, wire.GetTrace, &wire.GetTraceRequest{TraceID: "abc"}, codes.OK},
		{"malformed id", nil, wire.GetTrace, &wire.GetTraceRequest{TraceID: "xyz"}, codes.InvalidArgument},
		{"no id", nil, wire.GetTrace, &wire.GetTraceRequest{}, codes.InvalidArgument},
		{"zero id", nil, wire.GetTrace, &wire.GetTraceRequest{TraceID: "00"}, codes.InvalidArgument},
		{"no time range", nil, wire.FindTraces, &wire.FindTracesRequest{Query: nowhere}, codes.InvalidArgument},
		{"no summaries", []Quirk{NoSummaries}, wire.FindTraceSummaries, &wire.FindTraceSummariesRequest{Query: anywhere}, codes.Unimplemented},
		{"no v3", []Quirk{NoV3}, wire.FindTraces, &wire.FindTracesRequest{Query: anywhere}, codes.Unimplemented},
		{"no v2", []Quirk{NoV2}, wire.FindTracesV2, &api_v2.FindTracesRequest{}, codes.Unimplemented},
		{"empty service with attributes", []Quirk{RefuseEmptyService}, wire.FindTraces, &wire.FindTracesRequest{Query: withOrder("order.id", "1042")}, codes.InvalidArgument},
		{"v2 without a time range", nil, wire.FindTracesV2, &api_v2.FindTracesRequest{Query: &api_v2.TraceQueryParameters{SearchDepth: 1}}, codes.OK},
		{"v2 without a query", nil, wire.FindTracesV2, &api_v2.FindTracesRequest{}, codes.InvalidArgument},
		{"v2 unknown trace", nil, wire.GetTraceV2, &api_v2.GetTraceRequest{TraceID: jaeger.NewTraceID(1, 2)}, codes.NotFound},
		{"v2 no id", nil, wire.GetTraceV2, &api_v2.GetTraceRequest{}, codes.InvalidArgument},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := receive[wire.Raw](t, dial(t, tt.quirks...), tt.method, tt.req)
			if got := status.Code(err); got != tt.want {
				t.Errorf("%v, want %v", err, tt.want)
			}
		})
	}
}

func TestServerThatIgnoresAttributes(t *testing.T) {
	q := withOrder("order.id", "no such order")
	q.SearchDepth = 20
	if got := summaryIDs(t, dial(t, IgnoreAttributes), q); len(got) != 20 {
		t.Errorf("%d traces, want 20 unrelated ones", len(got))
	}
}

func TestV2FindsTheSameTracesAndSpans(t *testing.T) {
	conn := dial(t)
	q := withOrder("order.id", exampleNumber)
	chunks, err := receive[api_v2.SpansResponseChunk](t, conn, wire.FindTracesV2, &api_v2.FindTracesRequest{Query: &api_v2.TraceQueryParameters{
		Tags: q.Attributes, StartTimeMin: q.StartMin, StartTimeMax: q.StartMax, SearchDepth: 50,
	}})
	if err != nil {
		t.Fatal(err)
	}
	byID := map[string]jaeger.Span{}
	for _, c := range chunks {
		if len(c.Spans) > spansPerChunk {
			t.Errorf("chunk of %d spans, want at most %d", len(c.Spans), spansPerChunk)
		}
		for _, s := range c.Spans {
			byID[s.TraceID.String()+s.SpanID.String()] = s
		}
	}
	want := 0
	for _, s := range allSpans() {
		if s.order != exampleNumber {
			continue
		}
		want++
		got, ok := byID[s.trace+s.id()]
		if !ok {
			t.Fatalf("span %s is missing", s.Name)
		}
		checkJaegerSpan(t, got, s)
	}
	if len(byID) != want {
		t.Errorf("%d spans, want %d", len(byID), want)
	}
}

func checkJaegerSpan(t *testing.T, got jaeger.Span, want told) {
	t.Helper()
	if got.OperationName != want.Name || got.Process.ServiceName != want.service || got.Duration != want.took() ||
		got.StartTime.UnixNano() != int64(want.StartTimeUnixNano) || len(got.Logs) != len(want.Events) {
		t.Errorf("span %s of %s: got %v", want.Name, want.service, got)
	}
	if p := got.ParentSpanID(); fmt.Sprintf("%016x", uint64(p)) != want.parent() && want.parent() != "" {
		t.Errorf("span %s: parent %v, want %s", want.Name, p, want.parent())
	}
	tags := jaeger.KeyValues(got.Tags)
	for k, v := range want.attrs {
		if kv, ok := tags.FindByKey(k); !ok || kv.AsString() != v {
			t.Errorf("span %s: tag %s is %q, want %q", want.Name, k, kv.AsString(), v)
		}
	}
	if _, ok := tags.FindByKey("error"); ok != want.failed() {
		t.Errorf("span %s: error tag %v, want %v", want.Name, ok, want.failed())
	}
	if _, ok := tags.FindByKey("otel.scope.name"); !ok {
		t.Errorf("span %s has no scope", want.Name)
	}
}

func TestV2Catalogue(t *testing.T) {
	conn := dial(t)
	var services api_v2.GetServicesResponse
	if err := conn.Invoke(t.Context(), wire.GetServicesV2, &api_v2.GetServicesRequest{}, &services); err != nil || len(services.Services) != 8 {
		t.Errorf("services %v, %v", services.Services, err)
	}
	var ops api_v2.GetOperationsResponse
	if err := conn.Invoke(t.Context(), wire.GetOperationsV2, &api_v2.GetOperationsRequest{Service: "crm"}, &ops); err != nil || len(ops.Operations) < 5 {
		t.Errorf("operations %v, %v", ops.Operations, err)
	}
	var deps api_v2.GetDependenciesResponse
	err := conn.Invoke(t.Context(), wire.GetDependenciesV2, &api_v2.GetDependenciesRequest{StartTime: fixedNow.AddDate(0, 0, -30), EndTime: fixedNow}, &deps)
	if err != nil || len(deps.Dependencies) == 0 {
		t.Errorf("dependencies %v, %v", deps.Dependencies, err)
	}
}

func TestServeEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s, err := Serve(ctx, defaultShop(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	s.Wait()
	s.Stop() // a second end harms nothing
}

func TestServeOnAnAddressInUseSaysSo(t *testing.T) {
	s, err := Serve(t.Context(), defaultShop(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Stop()
	if _, err := Serve(t.Context(), defaultShop(), s.Addr()); err == nil {
		t.Error("two servers on one address")
	}
}
