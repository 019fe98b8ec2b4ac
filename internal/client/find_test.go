package client

import (
	"bytes"
	"context"
	"errors"
	"math"
	"reflect"
	"testing"
	"time"

	"traceview/internal/client/wire"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
)

// sendAll answers a search with those messages.
func sendAll(messages ...wire.Raw) func(context.Context, wire.TraceQuery, func(wire.Raw) error) error {
	return func(_ context.Context, _ wire.TraceQuery, send func(wire.Raw) error) error {
		var err error
		for _, m := range messages {
			err = errors.Join(err, send(m))
		}
		return err
	}
}

func TestSummariesFromServer(t *testing.T) {
	var asked wire.TraceQuery
	addr, _ := serve(t, &fakeV3{summaries: func(_ context.Context, q wire.TraceQuery, send func(*wire.FindTraceSummariesResponse) error) error {
		asked = q
		one := wire.TraceSummary{TraceID: "0A000000000000000000000000000001", RootService: "shop", RootOperation: "checkout",
			MinStartNano: 1_700_000_000_000_000_000, MaxEndNano: 1_700_000_002_000_000_000, Spans: 3, ErrorSpans: 1,
			Services: []wire.ServiceSummary{{Name: "shop", Spans: 2, ErrorSpans: 1}, {Name: "crm", Spans: 1}}}
		odd := wire.TraceSummary{TraceID: "2", MinStartNano: math.MaxUint64, MaxEndNano: 1}
		return errors.Join(send(&wire.FindTraceSummariesResponse{Summaries: []wire.TraceSummary{one}}),
			send(&wire.FindTraceSummariesResponse{Summaries: []wire.TraceSummary{odd, one}}))
	}}, nil)
	var got []Summary
	from, to := time.Unix(1_600_000_000, 5).UTC(), time.Unix(1_800_000_000, 0).UTC()
	found, err := dial(t, plain(addr)).FindSummaries(t.Context(), Query{Service: "s", Operation: "o", Attributes: map[string]string{"order.id": "1"},
		From: from, To: to, MinDuration: 1, MaxDuration: 2, Limit: 2}, func(s Summary) { got = append(got, s) })
	if err != nil || found != (Found{Traces: 2, LimitReached: true}) {
		t.Fatalf("got %+v, %v", found, err)
	}
	want := Summary{ID: traceOne, RootService: "shop", RootOperation: "checkout", Start: time.Unix(1_700_000_000, 0).UTC(),
		Duration: 2 * time.Second, Spans: 3, Errors: 1, Services: []model.Service{{Name: "crm", Spans: 1}, {Name: "shop", Spans: 2, Errors: 1}}}
	if len(got) != 3 || !reflect.DeepEqual(got[0], want) {
		t.Errorf("got %+v, want first %+v", got, want)
	}
	if got[1].Duration != 0 || got[1].ID != (model.TraceID{15: 2}) {
		t.Errorf("odd summary: got %+v", got[1])
	}
	wantQuery := wire.TraceQuery{Service: "s", Operation: "o", Attributes: map[string]string{"order.id": "1"},
		StartMin: from, StartMax: to, DurationMin: 1, DurationMax: 2, SearchDepth: 2, RawTraces: true}
	if !reflect.DeepEqual(asked, wantQuery) {
		t.Errorf("asked %+v, want %+v", asked, wantQuery)
	}
}

func TestSummariesFromServerThatAreBroken(t *testing.T) {
	addr, _ := serve(t, &fakeV3{summaries: func(_ context.Context, _ wire.TraceQuery, send func(*wire.FindTraceSummariesResponse) error) error {
		return send(&wire.FindTraceSummariesResponse{Summaries: []wire.TraceSummary{{TraceID: "1"}, {TraceID: "no id"}}})
	}}, nil)
	n := 0
	_, err := dial(t, plain(addr)).FindSummaries(t.Context(), Query{}, func(Summary) { n++ })
	checkError(t, err, ErrGarbage, "no id")
	if n != 1 {
		t.Errorf("got %d summaries, want the one before the fault", n)
	}
}

func TestSummariesOfWholeTraces(t *testing.T) {
	other := model.TraceID{15: 2}
	tests := []struct {
		name     string
		q        Query
		messages []wire.Raw
		spans    []int // of the summaries in order
		matched  []string
	}{
		{"two traces", Query{Attributes: map[string]string{"order.id": "10472"}},
			[]wire.Raw{chain(traceOne, 0, 3), chain(other, 0, 2)}, []int{3, 2}, []string{"order.id", "order.id"}},
		{"in several messages", Query{Attributes: map[string]string{"order.id": "10472"}},
			[]wire.Raw{chain(traceOne, 3, 5), chain(traceOne, 0, 3), chain(other, 1, 2)}, []int{5, 1}, []string{"order.id", ""}},
		{"spans that come late replace", Query{},
			[]wire.Raw{chain(traceOne, 0, 3), chain(other, 0, 2), chain(traceOne, 3, 4)}, []int{3, 2, 4}, []string{"", "", ""}},
		{"filter ignored by the server", Query{Attributes: map[string]string{"order.id": "7"}},
			[]wire.Raw{chain(traceOne, 0, 3)}, []int{3}, []string{""}},
		{"escaped for the server", Query{Attributes: map[string]string{"order.id": `1\0472`}, Check: map[string]string{"order.id": "10472"}},
			[]wire.Raw{chain(traceOne, 0, 3)}, []int{3}, []string{"order.id"}},
		{"found in the resource", Query{Attributes: map[string]string{"service.name": "shop-api", "order.id": "10472"}},
			[]wire.Raw{chain(traceOne, 0, 1)}, []int{1}, []string{"order.id"}},
		{"all attributes on one span", Query{Attributes: map[string]string{"order.id": "10472", "zone": "x"}},
			[]wire.Raw{chain(traceOne, 0, 3)}, []int{3}, []string{""}},
		{"nothing", Query{}, nil, nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			addr, _ := serve(t, &fakeV3{find: sendAll(tt.messages...)}, nil)
			var got []Summary
			found, err := dial(t, plain(addr)).FindSummaries(t.Context(), tt.q, func(s Summary) { got = append(got, s) })
			if err != nil || !found.Whole || found.LimitReached {
				t.Fatalf("got %+v, %v", found, err)
			}
			var spans []int
			var matched []string
			for _, s := range got {
				spans, matched = append(spans, s.Spans), append(matched, s.MatchedKey)
				if !s.Checked {
					t.Errorf("%s is not marked as checked", s.ID)
				}
			}
			if !reflect.DeepEqual(spans, tt.spans) || !reflect.DeepEqual(matched, tt.matched) {
				t.Errorf("got spans %v, keys %q; want %v, %q", spans, matched, tt.spans, tt.matched)
			}
		})
	}
}

func TestSummaryOfWholeTraceIsComplete(t *testing.T) {
	addr, _ := serve(t, &fakeV3{find: sendAll(chain(traceOne, 3, 5), chain(traceOne, 0, 3))}, nil)
	var got Summary
	if _, err := dial(t, plain(addr)).FindSummaries(t.Context(), Query{}, func(s Summary) { got = s }); err != nil {
		t.Fatal(err)
	}
	want := Summary{ID: traceOne, RootService: "shop-api", RootOperation: "checkout", Start: time.Unix(1_700_000_000, 0).UTC(),
		Duration: time.Second, Spans: 5, Errors: 1, Services: []model.Service{{Name: "shop-api", Spans: 5, Errors: 1}},
		Checked: true, Linked: []model.TraceID{{15: 99}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestSummariesOfV2(t *testing.T) {
	addr, _ := serve(t, nil, &fakeV2{chunks: jaegerChunks()})
	var got []Summary
	found, err := dial(t, plain(addr)).FindSummaries(t.Context(), Query{Limit: 1, Attributes: map[string]string{"exception.type": "IOException"}},
		func(s Summary) { got = append(got, s) })
	if err != nil || found != (Found{Traces: 1, LimitReached: true, Whole: true}) {
		t.Fatalf("got %+v, %v", found, err)
	}
	s := got[len(got)-1]
	if s.Spans != 2 || s.Errors != 1 || s.RootOperation != "checkout" || s.MatchedKey != "exception.type" || len(s.Services) != 2 {
		t.Errorf("got %+v", s)
	}
}

func TestQueryIsChecked(t *testing.T) {
	c := dial(t, plain("127.0.0.1:1"))
	now := time.Now()
	tests := []struct {
		name   string
		q      Query
		detail string
	}{
		{"not text", Query{Attributes: map[string]string{"order.id": "\xff"}}, "UTF-8"},
		{"empty period", Query{From: now, To: now}, "period is empty"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := c.FindTraces(t.Context(), tt.q, nil)
			checkError(t, err, ErrInvalid, tt.detail)
			_, err = c.FindSummaries(t.Context(), tt.q, func(Summary) {})
			checkError(t, err, ErrInvalid, tt.detail)
		})
	}
	q := Query{}
	if err := q.complete(); err != nil || q.Limit != DefaultLimit || q.To.Sub(q.From) != week {
		t.Errorf("defaults: got %+v, %v", q, err)
	}
}

func TestTrace(t *testing.T) {
	whole := chain(traceOne, 0, 50)
	parts := []wire.Raw{chain(traceOne, 20, 50), chain(model.TraceID{15: 3}, 0, 2), chain(traceOne, 0, 20)}
	var asked string
	addr, _ := serve(t, &fakeV3{trace: func(_ context.Context, id string, send func(wire.Raw) error) error {
		asked = id
		var err error
		for _, m := range parts {
			err = errors.Join(err, send(m))
		}
		return err
	}}, nil)
	var last Progress
	got, err := dial(t, plain(addr)).Trace(t.Context(), traceOne, func(p Progress) { last = p })
	if err != nil {
		t.Fatal(err)
	}
	if want := traceOne.String(); asked != want {
		t.Errorf("asked for %q, want %q", asked, want)
	}
	b := model.NewBuilder()
	if err := otlp.DecodeProto(whole, b); err != nil {
		t.Fatal(err)
	}
	if want := b.Build()[0]; !bytes.Equal(otlp.AppendProto(nil, got), otlp.AppendProto(nil, want)) || len(got.Warnings) != 0 {
		t.Errorf("got %d spans, warnings %v; want the trace that was sent in parts", len(got.Spans), got.Warnings)
	}
	size := 0
	for _, p := range parts {
		size += len(p)
	}
	if want := (Progress{Messages: 3, Bytes: int64(size), Spans: 52}); last != want {
		t.Errorf("last progress: got %+v, want %+v", last, want)
	}
}

// TestBothAPIsGiveTheSameTrace sends one trace through both and compares all
// but what api_v2 cannot hold.
func TestBothAPIsGiveTheSameTrace(t *testing.T) {
	v2 := decodeV2(t, jaegerRoot(), jaegerChild())
	data := otlp.AppendProto(nil, v2)
	addr, _ := serve(t, &fakeV3{trace: func(_ context.Context, _ string, send func(wire.Raw) error) error { return send(data) }},
		&fakeV2{chunks: jaegerChunks()})
	var got [2]*model.Trace
	for i, api := range []API{APIv3, APIv2} {
		o := plain(addr)
		o.API = api
		var err error
		if got[i], err = dial(t, o).Trace(t.Context(), traceOne, nil); err != nil {
			t.Fatal(err)
		}
	}
	for i := range v2.Spans {
		a, b := describe(got[0], model.SpanIndex(i)), describe(got[1], model.SpanIndex(i))
		if !reflect.DeepEqual(a, b) {
			t.Errorf("span %d: v3 %q\nv2 %q", i, a, b)
		}
	}
}

func TestFindTraces(t *testing.T) {
	for name, servers := range map[string]struct {
		v3 *fakeV3
		v2 *fakeV2
	}{
		"v3": {&fakeV3{find: sendAll(chain(traceOne, 0, 1), chain(model.TraceID{15: 4}, 0, 3), chain(traceOne, 1, 2))}, nil},
		"v2": {nil, &fakeV2{chunks: jaegerChunks()}},
	} {
		t.Run(name, func(t *testing.T) {
			addr, _ := serve(t, servers.v3, servers.v2)
			got, err := dial(t, plain(addr)).FindTraces(t.Context(), Query{Service: "shop"}, nil)
			if err != nil || got[0].ID != traceOne || len(got[0].Spans) != 2 {
				t.Fatalf("got %v, %v", got, err)
			}
		})
	}
	addr, _ := serve(t, &fakeV3{find: sendAll()}, nil)
	if got, err := dial(t, plain(addr)).FindTraces(t.Context(), Query{}, nil); err != nil || len(got) != 0 {
		t.Errorf("nothing found: got %v, %v; want no traces and no error", got, err)
	}
}

func TestOperations(t *testing.T) {
	v3addr, _ := serve(t, &fakeV3{operations: func(s string) []Operation { return []Operation{{Name: s, SpanKind: "client"}} }}, nil)
	v2addr, _ := serve(t, nil, &fakeV2{})
	tests := []struct {
		name, addr, service string
		want                []Operation
	}{
		{"v3", v3addr, "shop", []Operation{{Name: "shop", SpanKind: "client"}}},
		{"v2", v2addr, "shop", []Operation{{Name: "get", SpanKind: "server"}}},
		{"v2 of old servers", v2addr, "old", []Operation{{Name: "get"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := dial(t, plain(tt.addr)).Operations(t.Context(), tt.service)
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %+v, %v; want %+v", got, err, tt.want)
			}
		})
	}
}

func TestDependencies(t *testing.T) {
	from, to := time.Unix(100, 0).UTC(), time.Unix(200, 0).UTC()
	addr, _ := serve(t, &fakeV3{dependencies: func(f, u time.Time) []Dependency {
		return []Dependency{{Parent: f.Format(time.RFC3339), Child: u.Format(time.RFC3339), CallCount: 1}}
	}}, nil)
	got, err := dial(t, plain(addr)).Dependencies(t.Context(), from, to)
	want := []Dependency{{Parent: "1970-01-01T00:01:40Z", Child: "1970-01-01T00:03:20Z", CallCount: 1}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}

func TestCapabilities(t *testing.T) {
	able := wire.SearchCapabilities{WithoutServiceName: true, Paginated: true}
	var m methodCounter
	addr, _ := serve(t, &fakeV3{capabilities: &able}, nil, m.options()...)
	silent, _ := serve(t, nil, &fakeV2{})
	tests := []struct {
		name, addr string
		want       Capabilities
	}{
		{"told", addr, Capabilities{true, able}},
		{"not told", silent, Capabilities{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := dial(t, plain(tt.addr))
			for range 2 {
				if got, err := c.Capabilities(t.Context()); err != nil || got != tt.want {
					t.Errorf("got %+v, %v; want %+v", got, err, tt.want)
				}
			}
		})
	}
	if got := m.take(); got["orage.v2.Capabilities/GetCapabilities"] > 1 {
		t.Errorf("asked again: %v", got)
	}
	_, err := dial(t, plain("127.0.0.1:1")).Capabilities(t.Context())
	checkError(t, err, ErrUnreachable, "")
}
