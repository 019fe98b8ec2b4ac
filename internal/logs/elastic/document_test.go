package elastic

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"traceview/internal/format/jsonpull"
	"traceview/internal/logs"
	"traceview/internal/model"
)

func lineOf(t *testing.T, source string, n Names) (logs.Line, bool) {
	t.Helper()
	in := jsonpull.NewBytes([]byte(source))
	d := readDocument(in)
	if in.Err() != nil || d == nil {
		t.Fatalf("document %.80s: %v", source, in.Err())
	}
	r := rolesOf(n)
	return d.line(&r, one, []byte(`["2026-03-01T10:00:00.000000009Z",4]`))
}

func TestDocuments(t *testing.T) {
	id := one.String()
	ns := began.UnixNano()
	span := model.SpanID(0x0102030405060708)
	for _, tt := range []struct {
		name, source string
		names        Names
		want         logs.Line
	}{
		{"Elastic Common Schema, nested", `{"@timestamp":"2026-03-01T10:00:00.000000001Z","message":"paid","log":{"level":"WARN","logger":"shop.Pay"},
			"service":{"name":"shop-api","version":"3"},"trace":{"id":"` + id + `"},"span":{"id":"0102030405060708"},"transaction":{"id":"ff"},
			"error":{"stack_trace":"at Pay","type":"E"},"tags":["a","b"],"none":null}`, Names{},
			logs.Line{Time: ns + 1, Message: "paid", Level: logs.Level{Severity: logs.Warn, Raw: "WARN"}, Logger: "shop.Pay", Service: "shop-api", Span: span,
				Stack: "at Pay", Fields: []logs.Field{{Key: "service.version", Value: "3"}, {Key: "transaction.id", Value: "ff"}, {Key: "error.type", Value: "E"}, {Key: "tags", Value: "a, b"}}}},
		{"the same, dotted", `{"@timestamp":1772359200000,"message":"paid","log.level":"info","service.name":"shop-api","trace.id":"` + strings.ToUpper(id) + `","transaction.id":"0102030405060708"}`, Names{},
			logs.Line{Time: ns, Message: "paid", Level: logs.Level{Severity: logs.Info, Raw: "info"}, Service: "shop-api", Span: span}},
		{"OpenTelemetry's exporter", `{"@timestamp":"2026-03-01T10:00:00.5Z","body":{"text":"taken"},"severity_text":"Error","severity_number":17,"trace_id":"` + id + `","span_id":"0102030405060708",
			"resource":{"attributes":{"service.name":"mes-api"}},"attributes":{"exception.stacktrace":"at Mes","order.id":10472,"ok":true},"scope":{"name":"Mes.Orders"}}`, Names{},
			logs.Line{Time: ns + 5e8, Message: "taken", Level: logs.Level{Severity: logs.Error, Raw: "Error"}, Logger: "Mes.Orders", Service: "mes-api", Span: span, Stack: "at Mes",
				Fields: []logs.Field{{Key: "severity_number", Value: "17"}, {Key: "attributes.order.id", Value: "10472"}, {Key: "attributes.ok", Value: "true"}}}},
		{"its older shape", `{"@timestamp":"2026-03-01T10:00:00Z","Body":"taken","SeverityNumber":13,"TraceId":"` + id + `","SpanId":"0102030405060708","Resource":{"service":{"name":"crm-api"}}}`, Names{},
			logs.Line{Time: ns, Message: "taken", Level: logs.Level{Severity: logs.Warn}, Service: "crm-api", Span: span}},
		{"names of the house", `{"when":"2026-03-01 10:00:00,25","txt":"hello","lvl":"E","sys":"legacy","tid":"` + id + `","sid":"0102030405060708","message":"other"}`,
			Names{Trace: "tid", Span: "sid", Time: "when", Message: "txt", Level: "lvl", Service: "sys"},
			logs.Line{Time: ns + 25e7, Message: "hello", Level: logs.Level{Severity: logs.Error, Raw: "E"}, Service: "legacy", Span: span, Fields: []logs.Field{{Key: "message", Value: "other"}}}},
		{"an instant only where it was sorted", `{"@timestamp":"yesterday","message":"m","span.id":"no hex"}`, Names{},
			logs.Line{Time: ns + 9, Message: "m", Fields: []logs.Field{{Key: "span.id", Value: "no hex"}}}},
		{"lists of objects", `{"@timestamp":"2026-03-01T10:00:00Z","items":[{"id":1},{"id":2}],"trace":[{"id":"` + id + `"}]}`, Names{},
			logs.Line{Time: ns, Fields: []logs.Field{{Key: "items.id", Value: "1, 2"}}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.want.Trace = one
			got, ok := lineOf(t, tt.source, tt.names)
			if tt.name == "OpenTelemetry's exporter" { // the number says no more than the name
				tt.want.Fields = tt.want.Fields[1:]
			}
			if !ok || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got  %+v, %v\nwant %+v", got, ok, tt.want)
			}
		})
	}
	const other = "11111111111111111111111111111111"
	if _, ok := lineOf(t, `{"@timestamp":"2026-03-01T10:00:00Z","trace.id":"`+other+`"}`, Names{}); ok {
		t.Error("a line of another trace is taken")
	}
	for _, both := range []string{`"trace.id":"` + other + `","trace_id":"` + id + `"`, `"trace.id":["` + other + `","` + id + `"]`} {
		if l, ok := lineOf(t, `{"@timestamp":"2026-03-01T10:00:00Z",`+both+`}`, Names{}); !ok || l.Trace != one {
			t.Errorf("a line of two traces is not taken for %s", both)
		}
	}
}

func TestDocumentsBeyondMeasure(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 500) + `1` + strings.Repeat(`}`, 500)
	if l, ok := lineOf(t, `{"message":"m","deep":`+deep+`}`, Names{}); !ok || l.LostFields != 1 || l.Message != "m" {
		t.Errorf("of a deep one: %+v, %v", l, ok)
	}
	var b strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&b, `"k%d":%d,`, i, i)
	}
	if l, ok := lineOf(t, `{"message":"m",`+b.String()+`"z":0}`, Names{}); !ok || l.LostFields != 3002-maxValues {
		t.Errorf("of a wide one %d of %d fields are lost, %v", l.LostFields, len(l.Fields), ok)
	}
	long := strings.Repeat("x", 3*logs.MaxMessage)
	if l, ok := lineOf(t, `{"message":"`+long+`","list":["`+long+`","`+long+`"]}`, Names{}); !ok || l.MessageBytes != len(long) || l.Fields[0].Bytes != 2*len(long)+2 {
		t.Errorf("of a long one: message of %d, list of %d, %v", l.MessageBytes, l.Fields[0].Bytes, ok)
	}
}

func TestInstants(t *testing.T) {
	ns := began.UnixNano()
	for text, want := range map[string]int64{
		"2026-03-01T10:00:00Z": ns, "2026-03-01T13:00:00+03:00": ns, "2026-03-01T13:00:00.000000123+0300": ns + 123, "2026-03-01T10:00:00": ns,
		"1772359200": ns, "1772359200000": ns, "1772359200000000": ns, "1772359200000000007": ns + 7, "1772359200000.25": ns + 250_000,
		"2026-03-01": ns - int64(10*time.Hour),
	} {
		if got, ok := instant(text); !ok || got != want {
			t.Errorf("instant(%q) = %d, %v; want %d", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "soon", "-5", "99999999999", "1.x", "0", "1e12", "9999-01-01T00:00:00Z"} {
		if got, ok := instant(text); ok {
			t.Errorf("instant(%q) = %d", text, got)
		}
	}
}

func FuzzDocument(f *testing.F) {
	f.Add([]byte(`{"hits":{"total":{"value":2,"relation":"gte"},"hits":[{"_index":"i","_id":"1","sort":["2026-03-01T10:00:00Z",1],"_source":{"message":"m","trace":{"id":"1"}}}]},"_shards":{"total":5,"failed":1,"failures":[{"reason":{"type":"t","reason":"r"}}]},"pit_id":"p"}`))
	f.Add([]byte(`{"hits":{"total":2,"hits":[{}]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c := &Client{roles: rolesOf(Names{})}
		p := page{f: &fetch{c: c, q: query(), on: func(int) {}}}
		_ = p.read(strings.NewReader(string(data)))
		for i := range p.f.lines {
			if l := p.f.lines[i]; len(l.Message) > logs.MaxMessage || len(l.Fields) > logs.MaxFields {
				t.Fatalf("a line beyond the bounds: %d bytes, %d fields", len(l.Message), len(l.Fields))
			}
		}
	})
}

// BenchmarkRead reads an answer of a thousand documents of the Common Schema.
func BenchmarkRead(b *testing.B) {
	var text strings.Builder
	text.WriteString(`{"took":3,"timed_out":false,"_shards":{"total":5,"failed":0},"hits":{"total":{"value":1000,"relation":"eq"},"hits":[`)
	for i := range 1000 {
		if i > 0 {
			text.WriteByte(',')
		}
		fmt.Fprintf(&text, `{"_index":"logs-shop","_id":"%d","sort":["2026-03-01T10:00:00.%09dZ",%d],"_source":{"@timestamp":"2026-03-01T10:00:00.%09dZ",`+
			`"message":"order 10472 was priced in %d ms for a customer who waits","log":{"level":"INFO","logger":"shop.orders.Pricing"},"service":{"name":"shop-api","version":"3.1"},`+
			`"trace":{"id":"%s"},"span":{"id":"%016x"},"host":{"name":"shop-1","ip":["10.0.0.1","fe80::1"]},"labels":{"order_id":"10472","zone":"a"},"process":{"thread":{"name":"http-nio-8080-exec-%d"}}}}`,
			i, i, i, i, i, one, i+1, i%10)
	}
	text.WriteString("]}}")
	c := &Client{roles: rolesOf(Names{})}
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		p := page{f: &fetch{c: c, q: query(), on: func(int) {}}}
		if err := p.read(strings.NewReader(text.String())); err != nil || len(p.f.lines) != 1000 {
			b.Fatalf("%d lines, %v", len(p.f.lines), err)
		}
	}
}
