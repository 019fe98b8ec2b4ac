package jaeger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"traceview/internal/format/jsonpull"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
)

func decodeText(t *testing.T, in string) []*model.Trace {
	t.Helper()
	b := model.NewBuilder()
	if err := Decode(strings.NewReader(in), b); err != nil {
		t.Fatalf("%.200s: %v", in, err)
	}
	return b.Build()
}

func encodeText(t *testing.T, traces ...*model.Trace) string {
	t.Helper()
	var buf bytes.Buffer
	if err := Encode(&buf, traces); err != nil {
		t.Fatal(err)
	}
	if !json.Valid(buf.Bytes()) {
		t.Fatalf("not valid JSON: %s", buf.String())
	}
	return buf.String()
}

// attrs prints attributes with their types.
func attrs(t *model.Trace, list []model.Attr) string {
	var s []string
	for _, a := range list {
		s = append(s, t.Key(a)+"="+string(otlp.AppendValueJSON(nil, t, a)))
	}
	return strings.Join(s, " ")
}

// describe prints what a trace says, spans in order.
func describe(t *model.Trace) string {
	var b strings.Builder
	for i := range t.Spans {
		s, n := t.Spans[i], model.SpanIndex(i)
		start, end := t.StoredTimes(n)
		fmt.Fprintf(&b, "%s/%s<%s %q %d-%d %s/%d %q %q %d %s %s\n", t.ID, s.ID, s.ParentID, t.Name(n), start, end,
			s.Kind, s.Status, t.Str(s.StatusText), t.Str(s.State), s.Flags, t.ServiceName(n), attrs(t, t.Attrs(n)))
		sc := t.ScopeAt(s.Scope)
		fmt.Fprintf(&b, "  in %s %s of %s\n", t.Str(sc.Name), t.Str(sc.Version), attrs(t, t.ResourceAttrs(s.Resource)))
		for _, e := range t.SpanEvents(n) {
			fmt.Fprintf(&b, "  event %d %q %s\n", e.Time, t.Str(e.Name), attrs(t, t.EventAttrs(&e)))
		}
		for _, l := range t.SpanLinks(n) {
			fmt.Fprintf(&b, "  link %s/%s %q %d %s\n", l.Trace, l.Span, t.Str(l.State), l.Flags, attrs(t, t.LinkAttrs(&l)))
		}
	}
	return b.String()
}

func hasWarning(t *model.Trace, kind model.WarningKind) bool {
	for _, w := range t.Warnings {
		if w.Kind == kind {
			return true
		}
	}
	return false
}

// span makes a trace of one span with more fields.
func span(fields string) string {
	return `{"traceID":"ab","spans":[{"traceID":"ab","spanID":"1","operationName":"op","startTime":1700000000000000,"duration":5,"processID":"p1"` +
		fields + `}],"processes":{"p1":{"serviceName":"shop","tags":[{"key":"host","type":"string","value":"h"}]}}}`
}

func TestEnvelopes(t *testing.T) {
	one := span("")
	want := describe(decodeText(t, one)[0])
	if !strings.Contains(want, `"op" 1700000000000000000-1700000000000005000`) || !strings.Contains(want, `service.name={"stringValue":"shop"} host={"stringValue":"h"}`) {
		t.Fatalf("got %s", want)
	}
	for _, wrap := range []string{`{"data":[%s],"total":0,"errors":null}`, `[%s]`, `{"data":%s}`, "\xEF\xBB\xBF %s", `{"x":{"spans":1},"data":[{"traceID":"0","spans":[]},%s]}`} {
		traces := decodeText(t, fmt.Sprintf(wrap, one))
		if len(traces) != 1 || describe(traces[0]) != want {
			t.Errorf("%s: got %d traces", wrap, len(traces))
		}
	}
	for _, none := range []string{`{"data":[]}`, `{"data":null}`, `[]`, `{}`, ``, `{"data":[null,5,"x"]}`} {
		if traces := decodeText(t, none); len(traces) != 0 {
			t.Errorf("%s: got %d traces, want none", none, len(traces))
		}
	}
	if two := decodeText(t, one+strings.ReplaceAll(one, "ab", "cd")); len(two) != 2 {
		t.Errorf("two documents: got %d traces", len(two))
	}
}

func TestProcesses(t *testing.T) {
	const tmpl = `{%s"traceID":"ab","spans":[{"spanID":"1","processID":"p1"},{"spanID":"2","processID":"p2"},{"spanID":"3","processID":"none"},{"spanID":"4"},` +
		`{"spanID":"5","process":{"serviceName":"inline","tags":{"a":1}}}]%s}`
	const processes = `"processes":{"p1":{"serviceName":"one"},"p2":{"serviceName":"two","tags":[{"key":"k","value":2.5}]}}`
	for _, in := range []string{fmt.Sprintf(tmpl, processes+",", ""), fmt.Sprintf(tmpl, "", ","+processes)} {
		tr := decodeText(t, in)[0]
		var got []string
		for i := range tr.Spans {
			got = append(got, tr.ServiceName(model.SpanIndex(i))+"/"+attrs(tr, tr.ResourceAttrs(tr.Spans[i].Resource)))
		}
		want := `[one/service.name={"stringValue":"one"} two/service.name={"stringValue":"two"} k={"doubleValue":2.5} / / inline/service.name={"stringValue":"inline"} a={"intValue":"1"}]`
		if fmt.Sprint(got) != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestTags(t *testing.T) {
	for _, tt := range []struct{ tags, want string }{
		{`[{"key":"a","type":"string","value":"x"}]`, `a={"stringValue":"x"}`},
		{`[{"value":"x","type":"string","key":"a"}]`, `a={"stringValue":"x"}`},
		{`[{"key":"a","type":"bool","value":true}]`, `a={"boolValue":true}`},
		{`[{"key":"a","type":"bool","value":"false"}]`, `a={"boolValue":false}`},
		{`[{"key":"a","type":"int64","value":5}]`, `a={"intValue":"5"}`},
		{`[{"key":"a","type":"int64","value":"5"}]`, `a={"intValue":"5"}`},
		{`[{"key":"a","type":"float64","value":1}]`, `a={"doubleValue":1}`},
		{`[{"key":"a","type":"binary","value":"aGk="}]`, `a={"bytesValue":"aGk="}`},
		{`[{"key":"a","value":1.5},{"key":"a","value":null},{"key":"b","value":[1,2]}]`, `a={"doubleValue":1.5} a={} b={"stringValue":"[1,2]"}`},
		{`{"a":"x","b":true,"c":3}`, `a={"stringValue":"x"} b={"boolValue":true} c={"intValue":"3"}`},
		{`[{"key":"a","type":"string","value":"[1]","anyValue":{"arrayValue":{"values":[{"intValue":"1"}]}}}]`, `a={"arrayValue":{"values":[{"intValue":"1"}]}}`},
		{`null`, ``},
	} {
		tr := decodeText(t, span(`,"tags":`+tt.tags))[0]
		if got := attrs(tr, tr.Attrs(0)); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.tags, got, tt.want)
		}
	}
}

func TestTagsWithAMeaning(t *testing.T) {
	str := func(k, v string) string { return `{"key":"` + k + `","type":"string","value":"` + v + `"}` }
	for _, tt := range []struct {
		name, tags string
		kind       model.Kind
		status     model.Status
		attrs      string
	}{
		{"kind", str("span.kind", "server"), model.KindServer, 0, ""},
		{"unknown kind", str("span.kind", "robot"), 0, 0, `span.kind={"stringValue":"robot"}`},
		{"kind twice", str("span.kind", "client") + "," + str("span.kind", "server"), model.KindClient, 0, `span.kind={"stringValue":"server"}`},
		{"error", `{"key":"error","type":"bool","value":true}`, 0, model.StatusError, ""},
		{"error as text", str("error", "true"), 0, model.StatusError, `error={"stringValue":"true"}`},
		{"error with text", str("error", "boom"), 0, 0, `error={"stringValue":"boom"}`},
		{"no error", `{"key":"error","type":"bool","value":false}`, 0, 0, `error={"boolValue":false}`},
		{"error 1", `{"key":"error","type":"int64","value":1}`, 0, model.StatusError, `error={"intValue":"1"}`},
		{"status", str("otel.status_code", "ERROR"), 0, model.StatusError, ""},
		{"status and error", `{"key":"error","type":"bool","value":true},` + str("otel.status_code", "ERROR"), 0, model.StatusError, ""},
		{"fine", str("otel.status_code", "OK"), 0, model.StatusOK, ""},
		{"odd status", str("otel.status_code", "MAYBE"), 0, 0, `otel.status_code={"stringValue":"MAYBE"}`},
		{"marked", `{"key":"error","type":"bool","value":true,"attribute":true}`, 0, 0, `error={"boolValue":true}`},
	} {
		tr := decodeText(t, span(`,"tags":[`+tt.tags+`]`))[0]
		s := tr.Spans[0]
		if s.Kind != tt.kind || s.Status != tt.status || attrs(tr, tr.Attrs(0)) != tt.attrs {
			t.Errorf("%s: got kind %q, status %d, %s; want %q, %d, %s", tt.name, s.Kind, s.Status, attrs(tr, tr.Attrs(0)), tt.kind, tt.status, tt.attrs)
		}
		if again := decodeText(t, encodeText(t, tr))[0]; describe(again) != describe(tr) {
			t.Errorf("%s: comes back as\n%s\nwas\n%s", tt.name, describe(again), describe(tr))
		}
	}
	tr := decodeText(t, span(`,"tags":[`+str("otel.scope.name", "lib")+","+str("otel.scope.version", "2")+","+str("otel.status_description", "why")+","+str("w3c.tracestate", "a=b")+`]`))[0]
	if got := describe(tr); !strings.Contains(got, `"why" "a=b"`) || !strings.Contains(got, "in lib 2") || len(tr.Attrs(0)) != 0 {
		t.Errorf("scope, description and state: got %s", got)
	}
}

func TestReferences(t *testing.T) {
	ref := func(typ, trace, span string) string {
		return `{"refType":"` + typ + `","traceID":"` + trace + `","spanID":"` + span + `"}`
	}
	for _, tt := range []struct {
		name, refs string
		parent     model.SpanID
		links      int
		attrs      string
	}{
		{"child", ref("CHILD_OF", "ab", "7"), 7, 0, ""},
		{"leading zeros", ref("CHILD_OF", "00000000000000ab", "7"), 7, 0, ""},
		{"follower", ref("FOLLOWS_FROM", "ab", "7"), 7, 0, `opentracing.ref_type={"stringValue":"follows_from"}`},
		{"follower, then child", ref("FOLLOWS_FROM", "ab", "7") + "," + ref("CHILD_OF", "ab", "8"), 8, 1, ""},
		{"two parents", ref("CHILD_OF", "ab", "7") + "," + ref("CHILD_OF", "ab", "8"), 7, 1, ""},
		{"other trace", ref("CHILD_OF", "cd", "7"), 0, 1, ""},
		{"other trace first", ref("CHILD_OF", "cd", "7") + "," + ref("FOLLOWS_FROM", "ab", "8"), 8, 1, `opentracing.ref_type={"stringValue":"follows_from"}`},
		{"no trace named", `{"refType":"CHILD_OF","spanID":"7"}`, 7, 0, ""},
		{"a link", `{"refType":"CHILD_OF","traceID":"ab","spanID":"7","link":true,"tags":[],"traceState":"s","flags":3}`, 0, 1, ""},
	} {
		tr := decodeText(t, span(`,"references":[`+tt.refs+`]`))[0]
		if s := tr.Spans[0]; s.ParentID != tt.parent || tr.Links != tt.links || attrs(tr, tr.Attrs(0)) != tt.attrs {
			t.Errorf("%s: got parent %s, %d links, %s; want %s, %d, %s", tt.name, s.ParentID, tr.Links, attrs(tr, tr.Attrs(0)), tt.parent, tt.links, tt.attrs)
		}
		if again := decodeText(t, encodeText(t, tr))[0]; describe(again) != describe(tr) {
			t.Errorf("%s: comes back as\n%s\nwas\n%s", tt.name, describe(again), describe(tr))
		}
	}
	tr := decodeText(t, span(`,"parentSpanID":"9"`))[0]
	if tr.Spans[0].ParentID != 9 {
		t.Errorf("parentSpanID: got %s", tr.Spans[0].ParentID)
	}
	tr = decodeText(t, span(`,"references":[`+ref("FOLLOWS_FROM", "cd", "7")+`]`))[0]
	if got := attrs(tr, tr.LinkAttrs(&tr.SpanLinks(0)[0])); got != `opentracing.ref_type={"stringValue":"follows_from"}` {
		t.Errorf("link of a reference: got attributes %s", got)
	}
}

func TestLogs(t *testing.T) {
	for _, tt := range []struct{ log, want string }{
		{`{"timestamp":1700000000000001,"fields":[{"key":"event","type":"string","value":"e"},{"key":"k","type":"int64","value":1}]}`, `event 1700000000000001000 "e" k={"intValue":"1"}`},
		{`{"timestamp":1700000000000001,"fields":[{"key":"message","type":"string","value":"m"}]}`, `event 1700000000000001000 "m" message={"stringValue":"m"}`},
		{`{"timestamp":1700000000000001,"fields":[{"key":"event","type":"string","value":"e"},{"key":"event","type":"string","value":"f"}]}`, `event 1700000000000001000 "e" event={"stringValue":"f"}`},
		{`{"timestamp":1700000000000001,"timeUnixNano":"1700000000000001234","fields":[]}`, `event 1700000000000001234 ""`},
		{`{"timestamp":1700000000000001.5,"fields":[{"key":"message","type":"string","value":"m","attribute":true}]}`, `event 1700000000000001500 "" message={"stringValue":"m"}`},
	} {
		tr := decodeText(t, span(`,"logs":[`+tt.log+`]`))[0]
		if got := describe(tr); !strings.Contains(got, tt.want) {
			t.Errorf("%s: got %s, want %s", tt.log, got, tt.want)
		}
		if again := decodeText(t, encodeText(t, tr))[0]; describe(again) != describe(tr) {
			t.Errorf("%s: comes back as\n%s", tt.log, describe(again))
		}
	}
}

func TestTimes(t *testing.T) {
	for _, tt := range []struct {
		start, duration string
		want            string
	}{
		{"1700000000000000", "5", "1700000000000000000-1700000000000005000"},
		{`"1700000000000000"`, `"5"`, "1700000000000000000-1700000000000005000"},
		{"1700000000000000.25", "0.125", "1700000000000000250-1700000000000000375"},
		{"1.7e15", "5e0", "1700000000000000000-1700000000000005000"},
		{"1700000000000000", "-5", "1700000000000000000-1699999999999995000"},
		{"100", "40", "100000-140000"},
		{`""`, "null", "0-0"},
	} {
		tr := decodeText(t, `{"traceID":"ab","spans":[{"spanID":"1","startTime":`+tt.start+`,"duration":`+tt.duration+`}]}`)[0]
		start, end := tr.StoredTimes(0)
		if got := fmt.Sprintf("%d-%d", start, end); got != tt.want {
			t.Errorf("%s + %s: got %s, want %s", tt.start, tt.duration, got, tt.want)
		}
		if again := decodeText(t, encodeText(t, tr))[0]; describe(again) != describe(tr) {
			t.Errorf("%s + %s: comes back as\n%s", tt.start, tt.duration, describe(again))
		}
	}
}

func TestWarningsOfASpan(t *testing.T) {
	tr := decodeText(t, span(`,"tags":[{"key":"a","value":1}],"warnings":["clock skew","more"]`))[0]
	want := `a={"intValue":"1"} jaeger.warnings={"arrayValue":{"values":[{"stringValue":"clock skew"},{"stringValue":"more"}]}}`
	if got := attrs(tr, tr.Attrs(0)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	out := encodeText(t, tr)
	if !strings.Contains(out, `"warnings":["clock skew","more"]`) || strings.Contains(out, keyWarnings) {
		t.Errorf("written as %s", out)
	}
	if again := decodeText(t, out)[0]; describe(again) != describe(tr) {
		t.Errorf("comes back as\n%s", describe(again))
	}
}

func TestIDs(t *testing.T) {
	tr := decodeText(t, `{"traceID":"order-1","spans":[{"traceID":"order-1","spanID":"A"},{"traceID":"other","spanID":"zz","references":[{"refType":"CHILD_OF","traceID":"order-1","spanID":"A"}]},`+
		`{"spanID":"12345678901234567","references":[{"refType":"CHILD_OF","spanID":"zz"}]}]}`)
	if len(tr) != 1 || tr[0].MaxDepth != 3 || tr[0].Spans[0].ID != 0xA || !hasWarning(tr[0], model.BadID) {
		t.Errorf("got %d traces\n%s", len(tr), describe(tr[0]))
	}
}

func TestErrorsKeepWhatCameBefore(t *testing.T) {
	good := span("")
	for _, tt := range []struct {
		name, in string
		want     error
		spans    int
	}{
		{"cut in the second trace", "[" + good + "," + good[:60], jsonpull.ErrTruncated, 1},
		{"cut before the processes", good[:strings.Index(good, `"processes"`)], jsonpull.ErrTruncated, 1},
		{"broken", good + "]", jsonpull.ErrMalformed, 1},
	} {
		b := model.NewBuilder()
		err := Decode(strings.NewReader(tt.in), b)
		if !errors.Is(err, tt.want) || b.Len() != tt.spans {
			t.Errorf("%s: got %d spans and %v, want %d and %v", tt.name, b.Len(), err, tt.spans, tt.want)
		}
		if tr := b.Build(); !hasWarning(tr[0], model.Truncated) {
			t.Errorf("%s: no warning", tt.name)
		}
	}
}

// TestWhatOTLPCanSayComesBack writes what Jaeger has no place for.
func TestWhatOTLPCanSayComesBack(t *testing.T) {
	in := `{"resourceSpans":[{"resource":{"attributes":[{"key":"z","value":{"intValue":1}},{"key":"service.name","value":{"stringValue":"s"}}]},"scopeSpans":[{"scope":{"name":"n"},"spans":[
		{"traceId":"00000000000000000000000000000001","spanId":"0000000000000001","name":"a","startTimeUnixNano":"1700000000000000001","endTimeUnixNano":"1700000000000000003","flags":257,"traceState":"x=y",
		 "attributes":{"error":true,"span.kind":"client","otel.status_code":"OK","list":[1,{"k":null}],"empty":null,"f":1e300,"jaeger.warnings":["w"]},
		 "status":{"message":"m"},"events":[{"timeUnixNano":"5","attributes":{"event":"x","message":"y"}},{"timeUnixNano":"7001","name":"e","attributes":{"event":1}}],
		 "links":[{"traceId":"00000000000000000000000000000001","spanId":"0000000000000009","attributes":{"a":1},"traceState":"t","flags":1},{"traceId":"00000000000000000000000000000002","spanId":"02"},{}]},
		{"traceId":"00000000000000000000000000000001","name":"no id","startTimeUnixNano":"18446744073709551615","endTimeUnixNano":"9223372036854775808"}]}]}]}`
	b := model.NewBuilder()
	if err := otlp.DecodeJSON(strings.NewReader(in), b); err != nil {
		t.Fatal(err)
	}
	tr := b.Build()[0]
	out := encodeText(t, tr)
	if again := decodeText(t, out)[0]; describe(again) != describe(tr) {
		t.Errorf("by %s\ngot\n%s\nwant\n%s", out, describe(again), describe(tr))
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(span(`,"tags":[{"key":"error","type":"bool","value":true}],"logs":[{"timestamp":1,"fields":[]}],"references":[{"spanID":"2"}],"warnings":["x"]`)))
	f.Add([]byte(`{"spans":[{"processID":"p"}],"data":[{"spans":[{"processID":"q"}]}],"processes":{"p":{"tags":{"a":[]}}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		b := model.NewBuilder()
		_ = Decode(bytes.NewReader(data), b) // any error will do, only no panic
		for _, tr := range b.Build() {
			again := decodeText(t, encodeText(t, tr))
			if len(again) != 1 || len(again[0].Spans) != len(tr.Spans) || again[0].Links != tr.Links || again[0].Events != tr.Events {
				t.Fatalf("a trace of %d spans is not read again", len(tr.Spans))
			}
		}
	})
}
