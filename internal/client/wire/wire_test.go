package wire

import (
	"bytes"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/jaegertracing/jaeger-idl/proto-gen/api_v2"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/types/known/durationpb"
)

var (
	day  = time.Date(2026, 11, 12, 9, 14, 3, 120_000_007, time.UTC)
	full = TraceQuery{
		Service: "shop-api", Operation: "POST /orders", Attributes: map[string]string{"order.id": "10472", "б": "", "a": "1"},
		StartMin: day, StartMax: day.Add(time.Hour), DurationMin: 1500 * time.Millisecond, DurationMax: time.Hour + 1,
		SearchDepth: 100, RawTraces: true,
	}
)

// messages holds one filled message of each type, and edge values.
var messages = map[string]Message{
	"get trace":                &GetTraceRequest{TraceID: "0af7651916cd43dd8448eb211c80319c", Start: day, End: day.Add(1), RawTraces: true},
	"get trace empty":          &GetTraceRequest{},
	"find traces":              &FindTracesRequest{full},
	"find traces empty":        &FindTracesRequest{},
	"epoch":                    &FindTracesRequest{TraceQuery{StartMin: time.Unix(0, 0).UTC(), StartMax: time.Unix(-5, 999_999_999).UTC()}},
	"negative duration":        &FindTracesRequest{TraceQuery{DurationMin: -1500 * time.Millisecond, SearchDepth: -1}},
	"find summaries":           &FindTraceSummariesRequest{full},
	"get services":             &GetServicesRequest{},
	"services":                 &GetServicesResponse{[]string{"crm-api", "", "mes-api"}},
	"get operations":           &GetOperationsRequest{"mes-api", "server"},
	"operations":               &GetOperationsResponse{[]Operation{{"GET /price", "server"}, {}, {"publish", ""}}},
	"get dependencies":         &GetDependenciesRequest{day, day.Add(time.Hour)},
	"dependencies":             &DependenciesResponse{[]Dependency{{"crm-api", "mes-api", math.MaxUint64}, {}}},
	"summaries":                &FindTraceSummariesResponse{Summaries: []TraceSummary{summary, {}}, NextPageToken: "next"},
	"capabilities":             &GetCapabilitiesResponse{SearchCapabilities{true, true, true, true}},
	"capabilities partly":      &GetCapabilitiesResponse{SearchCapabilities{SameSpanConjunction: true, SpanSearch: true}},
	"capabilities, least able": &GetCapabilitiesResponse{},
	"get capabilities":         &GetCapabilitiesRequest{},
}

var summary = TraceSummary{
	TraceID: "0af7651916cd43dd8448eb211c80319c", RootService: "shop", RootOperation: "checkout",
	MinStartNano: 1_700_000_000_000_000_001, MaxEndNano: 1_700_000_001_000_000_001,
	Spans: 12, ErrorSpans: 2, OrphanSpans: math.MaxInt32,
	Services: []ServiceSummary{{"mes-api", 10, 2}, {"shop", 2, 0}, {"odd", -1, math.MinInt32}},
}

func TestRoundTrip(t *testing.T) {
	for name, m := range messages {
		t.Run(name, func(t *testing.T) {
			b, err := m.Marshal()
			if err != nil {
				t.Fatal(err)
			}
			got := reflect.New(reflect.TypeOf(m).Elem()).Interface().(Message)
			if err := got.Unmarshal(b); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, m) {
				t.Errorf("got %+v, want %+v", got, m)
			}
			unknown := append(append([]byte(nil), unknownFields()...), b...)
			if err := got.Unmarshal(append(unknown, unknownFields()...)); err != nil {
				t.Fatalf("with unknown fields: %v", err)
			}
			if !reflect.DeepEqual(got, m) {
				t.Errorf("with unknown fields: got %+v, want %+v", got, m)
			}
			for n := range b { // every prefix is an error or a message, never a panic
				_ = got.Unmarshal(b[:n])
			}
		})
	}
}

// unknownFields returns one field of every wire type under numbers nobody uses,
// and a known number with a type it never has.
func unknownFields() []byte {
	b := protowire.AppendVarint(protowire.AppendTag(nil, 900, protowire.VarintType), 7)
	b = protowire.AppendFixed32(protowire.AppendTag(b, 901, protowire.Fixed32Type), 7)
	b = protowire.AppendFixed64(protowire.AppendTag(b, 902, protowire.Fixed64Type), 7)
	b = protowire.AppendBytes(protowire.AppendTag(b, 903, protowire.BytesType), []byte("x"))
	b = protowire.AppendTag(protowire.AppendTag(b, 904, protowire.StartGroupType), 904, protowire.EndGroupType)
	return protowire.AppendFixed32(protowire.AppendTag(b, 1, protowire.Fixed32Type), 7)
}

// TestAsJaegerEncodes compares with the generated types of jaeger.api_v2, whose
// query, services and dependencies have the same field numbers as api_v3's.
func TestAsJaegerEncodes(t *testing.T) {
	q := full
	q.Attributes = map[string]string{"order.id": "10472"} // one entry: gogo writes maps in any order
	theirs, err := (&api_v2.FindTracesRequest{Query: &api_v2.TraceQueryParameters{
		ServiceName: q.Service, OperationName: q.Operation, Tags: q.Attributes, StartTimeMin: q.StartMin, StartTimeMax: q.StartMax,
		DurationMin: q.DurationMin, DurationMax: q.DurationMax, SearchDepth: q.SearchDepth, RawTraces: true,
	}}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	ours, _ := (&FindTracesRequest{q}).Marshal()
	if !bytes.Equal(ours, theirs) {
		t.Errorf("got  %x\nwant %x", ours, theirs)
	}
	theirs, err = (&api_v2.GetServicesResponse{Services: []string{"a", "", "b"}}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	ours, _ = (&GetServicesResponse{[]string{"a", "", "b"}}).Marshal()
	if !bytes.Equal(ours, theirs) {
		t.Errorf("services: got %x, want %x", ours, theirs)
	}
}

func TestUnmarshalRefuses(t *testing.T) {
	query := func(b []byte) []byte { return appendBytes(nil, 1, b) }
	timestamp := func(sec int64, nanos int32) []byte {
		return appendInt32(appendVarint(nil, 1, uint64(sec)), 2, nanos)
	}
	tests := []struct {
		name string
		b    []byte
		want string
	}{
		{"nanoseconds over a second", query(appendBytes(nil, 4, timestamp(1, 1e9))), "out of range"},
		{"negative nanoseconds", query(appendBytes(nil, 4, timestamp(1, -1))), "out of range"},
		{"year 10000", query(appendBytes(nil, 5, timestamp(maxSeconds+1, 0))), "out of range"},
		{"duration beyond int64", query(appendBytes(nil, 6, timestamp(math.MaxInt64, 0))), "out of range"},
		{"length beyond the end", []byte{0x0a, 0x05, 0x00}, "field 1"},
		{"field number 0", []byte{0x00, 0x01}, "invalid field number"},
		{"endless varint", bytes.Repeat([]byte{0xff}, 12), "malformed"},
		{"group never closed", protowire.AppendTag(nil, 5, protowire.StartGroupType), "field 5"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := new(FindTracesRequest).Unmarshal(tt.b)
			if !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want ErrMalformed with %q", err, tt.want)
			}
		})
	}
}

func TestCodec(t *testing.T) {
	t.Run("raw is copied and its array used again", func(t *testing.T) {
		src := []byte("first message")
		var r Raw
		if err := (Codec{}).Unmarshal(mem.BufferSlice{mem.SliceBuffer(src[:5]), mem.SliceBuffer(src[5:])}, &r); err != nil {
			t.Fatal(err)
		}
		src[0] = 'X'
		if got, want := string(r), "first message"; got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
		first := &r[0]
		if err := (Codec{}).Unmarshal(mem.BufferSlice{mem.SliceBuffer("two")}, &r); err != nil {
			t.Fatal(err)
		}
		if string(r) != "two" || &r[0] != first {
			t.Errorf("got %q in a new array: %v", r, &r[0] != first)
		}
		for _, v := range []any{r, &r} {
			if b, err := (Codec{}).Marshal(v); err != nil || string(b.Materialize()) != "two" {
				t.Errorf("marshal %T: got %q, %v", v, b.Materialize(), err)
			}
		}
	})
	t.Run("gogo messages use their own methods", func(t *testing.T) {
		b, err := (Codec{}).Marshal(&api_v2.GetTraceRequest{RawTraces: true})
		if err != nil {
			t.Fatal(err)
		}
		var got api_v2.GetTraceRequest
		if err := (Codec{}).Unmarshal(b, &got); err != nil || !got.RawTraces {
			t.Errorf("got %+v, %v", got, err)
		}
	})
	t.Run("standard messages go to the standard codec", func(t *testing.T) {
		b, err := (Codec{}).Marshal(durationpb.New(time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		var got durationpb.Duration
		if err := (Codec{}).Unmarshal(b, &got); err != nil || got.AsDuration() != time.Minute {
			t.Errorf("got %v, %v", got.AsDuration(), err)
		}
	})
	t.Run("garbage and foreign types are errors", func(t *testing.T) {
		err := (Codec{}).Unmarshal(mem.BufferSlice{mem.SliceBuffer("\xff\xff")}, new(GetServicesResponse))
		if !errors.Is(err, ErrMalformed) {
			t.Errorf("got %v, want ErrMalformed", err)
		}
		if _, err := (Codec{}).Marshal("text"); err == nil {
			t.Error("a string was encoded")
		}
	})
	if got, want := (Codec{}).Name(), "proto"; got != want {
		t.Errorf("name: got %q, want %q", got, want)
	}
}

func FuzzMessages(f *testing.F) {
	for _, m := range messages {
		b, _ := m.Marshal()
		f.Add(b)
	}
	f.Add(unknownFields())
	f.Fuzz(func(t *testing.T, b []byte) {
		seen := map[reflect.Type]bool{}
		for _, like := range messages {
			typ := reflect.TypeOf(like).Elem()
			if seen[typ] {
				continue
			}
			seen[typ] = true
			m := reflect.New(typ).Interface().(Message)
			if err := m.Unmarshal(b); err != nil {
				if !errors.Is(err, ErrMalformed) {
					t.Fatalf("%T: %v is not ErrMalformed", m, err)
				}
				continue
			}
			again, err := m.Marshal()
			if err != nil {
				t.Fatalf("%T: %v", m, err)
			}
			got := reflect.New(typ).Interface().(Message)
			if err := got.Unmarshal(again); err != nil {
				t.Fatalf("%T: own bytes: %v", m, err)
			}
			if !reflect.DeepEqual(got, m) {
				t.Fatalf("got %+v, want %+v", got, m)
			}
		}
	})
}
