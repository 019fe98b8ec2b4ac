package otlp

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"traceview/internal/demo/synthetic"
	"traceview/internal/format/jsonpull"
	"traceview/internal/model"
)

func decodeJSONText(t *testing.T, in string) []*model.Trace {
	t.Helper()
	b := model.NewBuilder()
	if err := DecodeJSON(strings.NewReader(in), b); err != nil {
		t.Fatalf("%.100s: %v", in, err)
	}
	return b.Build()
}

// describe prints what a trace says in one line a span.
func describe(t *model.Trace) string {
	var b strings.Builder
	for i := range t.Spans {
		s, n := t.Spans[i], model.SpanIndex(i)
		start, end := t.StoredTimes(n)
		fmt.Fprintf(&b, "%s/%s<%s %s %d-%d %s/%d %s", t.ID, s.ID, s.ParentID, t.Name(n), start, end, s.Kind, s.Status, t.ServiceName(n))
		for _, a := range t.Attrs(n) {
			fmt.Fprintf(&b, " %s=%s", t.Key(a), AppendValueJSON(nil, t, a))
		}
		if sc := t.ScopeAt(s.Scope); sc.Name != 0 {
			fmt.Fprintf(&b, " @%s %s", t.Str(sc.Name), t.Str(sc.Version))
		}
		for _, e := range t.SpanEvents(n) {
			fmt.Fprintf(&b, " event %d %s", e.Time, t.Str(e.Name))
		}
		for _, l := range t.SpanLinks(n) {
			fmt.Fprintf(&b, " link %s/%s", l.Trace, l.Span)
		}
		b.WriteByte('\n')
	}
	return strings.TrimSpace(b.String())
}

// wrapped puts a span into a document.
func wrapped(span string) string {
	return `{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop-api"}}]},` +
		`"scopeSpans":[{"scope":{"name":"lib","version":"1"},"spans":[` + span + `]}]}]}`
}

const (
	traceHex = "5b8efff798038103d269b633813fc60c"
	spanHex  = "eee19b7ec3c1b174"
	// plainSpan is what all spellings of the same span below must give.
	plainSpan = traceHex + "/" + spanHex + "<0000000000000001 GET / 1700000000000000001-1700000000000000009 server/2 shop-api @lib 1"
)

func TestSpellingsOfASpan(t *testing.T) {
	for _, tt := range []struct{ name, in string }{
		{"canonical", wrapped(`{"traceId":"` + traceHex + `","spanId":"` + spanHex + `","parentSpanId":"0000000000000001","name":"GET /","kind":2,` +
			`"startTimeUnixNano":"1700000000000000001","endTimeUnixNano":"1700000000000000009","status":{"code":2}}`)},
		{"upper case, numbers, names", wrapped(`{"traceId":"` + strings.ToUpper(traceHex) + `","spanId":"` + strings.ToUpper(spanHex) + `","parentSpanId":"0000000000000001","name":"GET /","kind":"SPAN_KIND_SERVER",` +
			`"startTimeUnixNano":1700000000000000001,"endTimeUnixNano":1700000000000000009,"status":{"code":"STATUS_CODE_ERROR"}}`)},
		{"base64", wrapped(`{"traceId":"W47/95gDgQPSabYzgT/GDA==","spanId":"7uGbfsPBsXQ=","parentSpanId":"AAAAAAAAAAE=","name":"GET /","kind":"server",` +
			`"startTimeUnixNano":"1700000000000000001","endTimeUnixNano":"1700000000000000009","status":{"code":"error"}}`)},
		{"snake case, parts in another order", `{"resource_spans":[{"scope_spans":[{"spans":[{"trace_id":"` + traceHex + `","span_id":"` + spanHex + `","parent_span_id":"0000000000000001","name":"GET /","kind":2,` +
			`"start_time_unix_nano":"1700000000000000001","end_time_unix_nano":"1700000000000000009","status":{"code":2}}],"scope":{"version":"1","name":"lib"}}],` +
			`"resource":{"attributes":[{"value":{"string_value":"shop-api"},"key":"service.name"}]}}]}`},
		{"old names", `{"batches":[{"resource":{"attributes":{"service.name":"shop-api"}},"instrumentationLibrarySpans":[{"instrumentationLibrary":{"name":"lib","version":"1"},"spans":[` +
			`{"traceId":"` + traceHex + `","spanId":"` + spanHex + `","parentSpanId":"0000000000000001","name":"GET /","kind":"SERVER","startTimeUnixNano":"1700000000000000001","endTimeUnixNano":"1700000000000000009","status":{"code":2},"unknown":{"a":[1]}}]}]}]}`},
	} {
		for _, wrap := range []string{"%s", `{"result":%s}`, `{"data":[%s]}`, `[{"trace":%s}]`, "\xEF\xBB\xBF%s\n", `{"traces":[{"x":1},%s]}`} {
			traces := decodeJSONText(t, fmt.Sprintf(wrap, tt.in))
			if len(traces) != 1 || describe(traces[0]) != plainSpan {
				t.Errorf("%s in %s: got %d traces\ngot  %s\nwant %s", tt.name, wrap, len(traces), describe(traces[0]), plainSpan)
			}
		}
	}
}

func TestAttributeValues(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{`{"stringValue":"a\u0416"}`, `{"stringValue":"aЖ"}`},
		{`{"stringValue":""}`, `{"stringValue":""}`},
		{`{"intValue":"-5"}`, `{"intValue":"-5"}`},
		{`{"intValue":5}`, `{"intValue":"5"}`},
		{`{"intValue":"9223372036854775807"}`, `{"intValue":"9223372036854775807"}`},
		{`{"doubleValue":1}`, `{"doubleValue":1}`},
		{`{"doubleValue":"NaN"}`, `{"doubleValue":"NaN"}`},
		{`{"boolValue":true}`, `{"boolValue":true}`},
		{`{"bytesValue":"aGk="}`, `{"bytesValue":"aGk="}`},
		{`{"arrayValue":{"values":[{"intValue":1},{"stringValue":"b"},{}]}}`, `{"arrayValue":{"values":[{"intValue":"1"},{"stringValue":"b"},{}]}}`},
		{`{"arrayValue":{}}`, `{"arrayValue":{"values":[]}}`},
		{`{"kvlistValue":{"values":[{"key":"k","value":{"arrayValue":{"values":[{"boolValue":false}]}}}]}}`,
			`{"kvlistValue":{"values":[{"key":"k","value":{"arrayValue":{"values":[{"boolValue":false}]}}}]}}`},
		{`{}`, `{}`}, {`null`, `{}`},
		{`"bare"`, `{"stringValue":"bare"}`}, {`7`, `{"intValue":"7"}`}, {`7.5`, `{"doubleValue":7.5}`}, {`false`, `{"boolValue":false}`},
		{`[1,"x"]`, `{"arrayValue":{"values":[{"intValue":"1"},{"stringValue":"x"}]}}`},
		{`{"method":"GET","n":{"deep":1}}`,
			`{"kvlistValue":{"values":[{"key":"method","value":{"stringValue":"GET"}},{"key":"n","value":{"kvlistValue":{"values":[{"key":"deep","value":{"intValue":"1"}}]}}}]}}`},
	} {
		tr := decodeJSONText(t, wrapped(`{"traceId":"`+traceHex+`","spanId":"01","attributes":[{"key":"k","value":`+tt.in+`}]}`))[0]
		a := tr.Attrs(0)[0]
		if got := string(AppendValueJSON(nil, tr, a)); got != tt.want || tr.Key(a) != "k" {
			t.Errorf("%s: got %s=%s, want %s", tt.in, tr.Key(a), got, tt.want)
		}
		if hasWarning(tr, model.BadAttribute) {
			t.Errorf("%s: warned of", tt.in)
		}
		again := decodeProto(t, AppendProto(nil, tr))[0]
		if got := string(AppendValueJSON(nil, again, again.Attrs(0)[0])); got != tt.want {
			t.Errorf("%s by protobuf: got %s, want %s", tt.in, got, tt.want)
		}
	}
}

func TestBadValuesAreKeptAsText(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{`{"intValue":"five"}`, "five"}, {`{"doubleValue":"much"}`, "much"}, {`{"bytesValue":"?"}`, "?"},
		{`{"intValue":"99999999999999999999"}`, "99999999999999999999"},
	} {
		tr := decodeJSONText(t, wrapped(`{"traceId":"`+traceHex+`","spanId":"01","attributes":[{"key":"k","value":`+tt.in+`}]}`))[0]
		if got := tr.Raw(tr.Attrs(0)[0]); got != tt.want || !hasWarning(tr, model.BadAttribute) {
			t.Errorf("%s: got %q, want %q and a warning", tt.in, got, tt.want)
		}
	}
}

func TestNestingIsLimited(t *testing.T) {
	for _, depth := range []int{1, model.MaxNesting, model.MaxNesting + 1, 10000} {
		for _, level := range []string{`{"arrayValue":{"values":[%]}}`, `[%]`, `{"a":%}`, `{"kvlistValue":{"values":[{"key":"a","value":%}]}}`} {
			open, end, _ := strings.Cut(level, "%")
			value := strings.Repeat(open, depth) + `{"intValue":1}` + strings.Repeat(end, depth)
			tr := decodeJSONText(t, wrapped(`{"traceId":"`+traceHex+`","spanId":"01","name":"n","attributes":[{"key":"k","value":`+value+`}]}`))[0]
			if got, want := hasWarning(tr, model.BadAttribute), depth > model.MaxNesting; got != want {
				t.Errorf("%s %d deep: warned %t, want %t", level, depth, got, want)
			}
			again := decodeProto(t, AppendProto(nil, tr))[0]
			if describe(again) != describe(tr) {
				t.Errorf("%s %d deep: another value after protobuf", level, depth)
			}
		}
	}
	// Nested by protobuf: each level of an array in an AnyValue in a values field.
	value := []byte{3<<3 | wireVarint, 1}
	for range 5000 {
		value = appendBytes(nil, 5, appendBytes(nil, 1, value))
	}
	kv := appendBytes(appendBytes(nil, 1, []byte("k")), 2, value)
	span := appendBytes(appendBytes(nil, 1, bytes.Repeat([]byte{1}, 16)), 9, kv)
	tr := decodeProto(t, appendBytes(nil, 1, appendBytes(nil, 2, appendBytes(nil, 2, span))))[0]
	if !hasWarning(tr, model.BadAttribute) {
		t.Error("deep protobuf: no warning")
	}
}

func TestMalformedIDsAreKept(t *testing.T) {
	tr := decodeJSONText(t, wrapped(`{"traceId":"my-trace","spanId":"root","name":"a"},{"traceId":"my-trace","spanId":"child","parentSpanId":"root","name":"b","links":[{"traceId":"my-trace","spanId":"root"}]}`))
	if len(tr) != 1 || tr[0].Roots != 1 || tr[0].MaxDepth != 2 || !hasWarning(tr[0], model.BadID) {
		t.Fatalf("got %d traces, %+v: want one with parent and child and a warning", len(tr), tr[0].Warnings)
	}
	if l := tr[0].SpanLinks(1)[0]; l.Trace != tr[0].ID || l.Span != tr[0].Spans[0].ID {
		t.Error("the link does not meet the span of the same text")
	}
	short := decodeJSONText(t, wrapped(`{"traceId":"abc","spanId":"1f"}`))[0]
	if short.ID.String() != strings.Repeat("0", 29)+"abc" || short.Spans[0].ID != 0x1f {
		t.Errorf("short ids: got %s and %s", short.ID, short.Spans[0].ID)
	}
}

func TestJSONErrorsKeepWhatCameBefore(t *testing.T) {
	good := wrapped(`{"traceId":"` + traceHex + `","spanId":"01"}`)
	for _, tt := range []struct {
		name, in string
		want     error
		spans    int
	}{
		{"cut in the second line", good + "\n" + good[:len(good)/2], ErrTruncated, 1},
		{"second line broken", good + "\n{,}", jsonpull.ErrMalformed, 1},
		{"cut in a span", good[:len(good)-12], ErrTruncated, 0},
		{"cut behind a span", good[:len(good)-6], ErrTruncated, 1},
	} {
		b := model.NewBuilder()
		err := DecodeJSON(strings.NewReader(tt.in), b)
		if !errors.Is(err, tt.want) || b.Len() != tt.spans {
			t.Errorf("%s: got %d spans and %v, want %d and %v", tt.name, b.Len(), err, tt.spans, tt.want)
		}
		for _, tr := range b.Build() {
			if !hasWarning(tr, model.Truncated) || tr.ServiceName(0) != "shop-api" {
				t.Errorf("%s: service %q, warnings %v", tt.name, tr.ServiceName(0), tr.Warnings)
			}
		}
	}
}

func TestOddTimesComeBack(t *testing.T) {
	in := wrapped(`{"traceId":"` + traceHex + `","spanId":"01","startTimeUnixNano":"1700000000000000000","endTimeUnixNano":"1700000000000000005"},` +
		`{"traceId":"` + traceHex + `","spanId":"02","startTimeUnixNano":"18446744073709551615","endTimeUnixNano":"5"},` +
		`{"traceId":"` + traceHex + `","spanId":"03","startTimeUnixNano":"1700000000000000003","endTimeUnixNano":"1700000000000000001"},` +
		`{"traceId":"` + traceHex + `","spanId":"04"}`)
	tr := decodeJSONText(t, in)[0]
	if again := decodeJSONText(t, string(AppendJSON(nil, tr)))[0]; describe(again) != describe(tr) {
		t.Errorf("by JSON: got\n%s\nwant\n%s", describe(again), describe(tr))
	}
	if again := decodeProto(t, AppendProto(nil, tr))[0]; describe(again) != describe(tr) {
		t.Errorf("by protobuf: got\n%s\nwant\n%s", describe(again), describe(tr))
	}
}

func TestWriteJSONIsOneDocument(t *testing.T) {
	var traces []*model.Trace
	for seed := range int64(3) {
		traces = append(traces, decodeProto(t, synthetic.Trace(100, seed+1))...)
	}
	var buf bytes.Buffer
	if err := WriteJSON(&buf, traces); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(buf.String(), `{"resourceSpans":`); n != 1 {
		t.Errorf("got %d documents, want 1", n)
	}
	again := decodeJSONText(t, buf.String())
	for i := range traces {
		if len(again) != 3 || describe(again[i]) != describe(traces[i]) {
			t.Fatalf("trace %d differs", i)
		}
	}
}

func FuzzDecodeJSON(f *testing.F) {
	f.Add([]byte(wrapped(`{"traceId":"` + traceHex + `","spanId":"01","attributes":{"a":[1,{"b":null}]},"events":[{"name":"e"}],"links":[{}],"status":{"code":2}}`)))
	f.Add([]byte(`{"batches":[{"instrumentationLibrarySpans":[{"spans":[{"kind":"x","attributes":[{"value":{"kvlistValue":{"values":[{}]}}}]}]}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		b := model.NewBuilder()
		_ = DecodeJSON(bytes.NewReader(data), b) // any error will do, only no panic
		for _, tr := range b.Build() {
			again := decodeJSONText(t, string(AppendJSON(nil, tr)))
			if len(again) != 1 || len(again[0].Spans) != len(tr.Spans) {
				t.Fatalf("a trace of %d spans is not read again", len(tr.Spans))
			}
		}
	})
}
