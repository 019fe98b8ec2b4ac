package otlp

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"traceview/internal/logs"
	"traceview/internal/model"
)

// logLines are the lines of a trace as they come from a shop.
func logLines() *logs.Lines {
	return logs.New(model.TraceID{0xab, 15: 1}, []logs.Line{
		{Time: 1_700_000_000_000_000_001, Level: logs.LevelOf("INFO"), Service: "shop-api", Message: "order taken", Span: 0xa1, Logger: "shop.Orders",
			Fields: []logs.Field{{Key: "order.id", Value: "10472"}, {Key: "host.name", Value: "shop-1"}}, UID: "logs-2026/1"},
		{Time: 1_700_000_000_000_000_002, Level: logs.LevelOf("Error"), Service: "mes-api", Message: strings.Repeat("x", logs.MaxMessage+9), Span: 0xa2,
			Stack: strings.Repeat("at Storage\n", 10_000), Fields: []logs.Field{{Key: "dump", Value: strings.Repeat("y", logs.MaxValue+1)}, {Key: "empty"}}},
		{Time: 1_700_000_000_000_000_003, Level: logs.Level{Severity: logs.Warn}, Service: "shop-api", Message: "", Logger: "shop.Orders"},
		{Time: 1_700_000_000_000_000_003, Message: "of nobody", Fields: []logs.Field{{Key: "traceview.cut.x", Value: "5"}}},
	}, logs.Gap{Missed: 12, AtLeast: true, Broken: 1, FailedShards: 1, Shards: 5, TimedOut: true, Reason: "shard is not there"})
}

// sameLines compares lines and what is missing of them.
func sameLines(t *testing.T, got, want []*logs.Lines) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("lines of %d traces, want %d", len(got), len(want))
	}
	for i := range want {
		if got[i].Trace() != want[i].Trace() || got[i].Gap() != want[i].Gap() || got[i].Len() != want[i].Len() {
			t.Fatalf("trace %v with %d lines and gap %+v, want %v with %d and %+v", got[i].Trace(), got[i].Len(), got[i].Gap(),
				want[i].Trace(), want[i].Len(), want[i].Gap())
		}
		for j := range want[i].Len() {
			if g, w := *got[i].At(j), *want[i].At(j); !reflect.DeepEqual(g, w) {
				t.Errorf("line %d of trace %d: got %.300s\nwant %.300s", j, i, fmt.Sprintf("%+v", g), fmt.Sprintf("%+v", w))
			}
		}
	}
}

func TestLogsRoundTrip(t *testing.T) {
	other := logs.New(model.TraceID{2}, []logs.Line{{Time: 7, Service: "crm-api", Message: "m"}}, logs.Gap{})
	data := AppendLogs(AppendLogs(nil, logLines()), other)
	got, err := DecodeLogs(data)
	if err != nil {
		t.Fatal(err)
	}
	sameLines(t, got, []*logs.Lines{logLines(), other})
	if again := AppendLogs(AppendLogs(nil, got[0]), got[1]); !bytes.Equal(again, data) {
		t.Error("written again, the bytes differ")
	}
	if len(AppendLogs(nil, nil)) != 0 {
		t.Error("no lines take bytes")
	}
}

// field appends a field of a message written by hand, by the numbers of logs.proto.
func field(b []byte, num protowire.Number, v any) []byte {
	switch v := v.(type) {
	case uint64:
		return protowire.AppendFixed64(protowire.AppendTag(b, num, protowire.Fixed64Type), v)
	case int:
		return protowire.AppendVarint(protowire.AppendTag(b, num, protowire.VarintType), uint64(v))
	case string:
		return protowire.AppendString(protowire.AppendTag(b, num, protowire.BytesType), v)
	default:
		return protowire.AppendBytes(protowire.AppendTag(b, num, protowire.BytesType), v.([]byte))
	}
}

func TestLogsOfAnotherWriter(t *testing.T) {
	attr := func(key string, value []byte) []byte { return field(field(nil, 1, key), 2, value) }
	str := func(s string) []byte { return field(nil, 1, s) }
	id, span := bytes.Repeat([]byte{7}, 16), bytes.Repeat([]byte{9}, 8)
	record := field(nil, 11, uint64(50)) // observed only
	record = field(record, 2, 17)
	record = field(record, 5, field(nil, 6, field(nil, 1, attr("code", field(nil, 3, 5))))) // a map as the body
	record = field(record, 6, attr("n", field(nil, 3, 42)))
	record = field(field(record, 9, id), 10, span)
	record = field(record, 12, "event.name")
	resource := field(field(nil, 1, attr("service.name", str("crm-api"))), 1, attr("host.name", str("crm-1")))
	// Records before their scope, scopes before their resource.
	data := field(nil, 1, field(field(nil, 2, field(field(nil, 2, record), 1, field(nil, 1, "crm.Deals"))), 1, resource))
	got, err := DecodeLogs(data)
	if err != nil || len(got) != 1 || got[0].Len() != 1 {
		t.Fatalf("got %v and error %v", got, err)
	}
	want := logs.Line{Time: 50, Level: logs.Level{Severity: logs.Error}, Service: "crm-api", Message: `{"code":5}`, Trace: model.TraceID(id),
		Span: 0x0909090909090909, Logger: "crm.Deals", Fields: []logs.Field{{Key: "n", Value: "42"}, {Key: "host.name", Value: "crm-1"}}}
	if l := *got[0].At(0); !reflect.DeepEqual(l, want) {
		t.Errorf("got  %+v\nwant %+v", l, want)
	}
}

func TestDamagedLogs(t *testing.T) {
	good := AppendLogs(nil, logLines())
	many := field(nil, 1, field(nil, 2, bytes.Repeat([]byte{2<<3 | 2, 0}, 2<<20)))
	for _, tt := range []struct {
		name string
		data []byte
		want error
	}{
		{"cut", good[:len(good)-3], ErrTruncated},
		{"wrong wire type", []byte{7<<3 | 7}, ErrMalformed},
		{"millions of empty records", many, ErrTooLarge},
	} {
		if _, err := DecodeLogs(tt.data); !errors.Is(err, tt.want) {
			t.Errorf("%s: got error %v, want %v", tt.name, err, tt.want)
		}
	}
	if got, err := DecodeLogs(good[:len(good)-3]); err == nil || len(got) != 1 || got[0].Len() != 4 {
		t.Errorf("of logs cut at the end came %d traces and error %v", len(got), err)
	}
	if got, err := DecodeLogs(nil); err != nil || len(got) != 0 {
		t.Errorf("of nothing came %v and error %v", got, err)
	}
}

func FuzzDecodeLogs(f *testing.F) {
	f.Add(AppendLogs(nil, logs.New(model.TraceID{1}, []logs.Line{
		{Time: 5, Level: logs.LevelOf("WARN"), Service: "s", Logger: "l", Message: "m", MessageBytes: 9, Stack: "at", StackBytes: 8, Span: 3, UID: "u",
			Fields: []logs.Field{{Key: "k", Value: "v", Bytes: 7}}, LostFields: 2}}, logs.Gap{Missed: 3, Reason: "r"})))
	f.Add([]byte{10, 2, 18, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		first, err := DecodeLogs(data)
		if err != nil && first == nil {
			t.Fatal("no lines beside the error")
		}
		var again []byte
		for _, l := range first {
			again = AppendLogs(again, l)
		}
		second, err := DecodeLogs(again)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		n := 0
		for _, l := range first {
			if l.Len() > 0 || l.Gap() != (logs.Gap{}) {
				first[n] = l
				n++
			}
		}
		sameLines(t, second, first[:n])
	})
}

// TestShortLinesAreRead holds that lines are never taken for an attack that AppendLogs
// wrote, however short they and their fields are.
func TestShortLinesAreRead(t *testing.T) {
	var data []byte
	for n := range 40 {
		list := make([]logs.Line, logs.MaxLines)
		for i := range list {
			list[i] = logs.Line{Time: int64(i + 1)}
			if n%2 == 0 {
				list[i].Fields = []logs.Field{{Key: "a", Value: "1"}, {Key: "b", Value: "2"}, {Key: "c", Value: "3"}, {Key: "d", Value: "4"}}
			}
		}
		data = AppendLogs(data, logs.New(model.TraceID{15: byte(n + 1)}, list, logs.Gap{}))
	}
	got, err := DecodeLogs(data)
	if err != nil || len(got) != 40 || got[39].Len() != logs.MaxLines {
		t.Errorf("%d traces of %d bytes, %v", len(got), len(data), err)
	}
}
