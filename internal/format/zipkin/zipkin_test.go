package zipkin

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"traceview/internal/demo/synthetic"
	"traceview/internal/format/jsonpull"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
)

func decodeText(t testing.TB, in string) []*model.Trace {
	t.Helper()
	b := model.NewBuilder()
	if err := Decode(strings.NewReader(in), b); err != nil {
		t.Fatalf("%.300s: %v", in, err)
	}
	return b.Build()
}

func encodeText(t testing.TB, traces ...*model.Trace) string {
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

func attrs(t *model.Trace, list []model.Attr) string {
	var s []string
	for _, a := range list {
		s = append(s, t.Key(a)+"="+string(otlp.AppendBareJSON(nil, t.Arena, a)))
	}
	return strings.Join(s, " ")
}

// describe prints what a trace says, spans in order.
func describe(t *model.Trace) string {
	var b strings.Builder
	for i := range t.Spans {
		s, n := t.Spans[i], model.SpanIndex(i)
		start, end := t.StoredTimes(n)
		fmt.Fprintf(&b, "%s/%s<%s %q %d-%d %s/%d %q %q %s [%s]\n", t.ID, s.ID, s.ParentID, t.Name(n), start, end,
			s.Kind, s.Status, t.Str(s.StatusText), t.Str(s.State), t.ServiceName(n), attrs(t, t.Attrs(n)))
		sc := t.ScopeAt(s.Scope)
		fmt.Fprintf(&b, " in %s %s of %s\n", t.Str(sc.Name), t.Str(sc.Version), attrs(t, t.ResourceAttrs(s.Resource)))
		for _, e := range t.SpanEvents(n) {
			fmt.Fprintf(&b, " event %d %q %s/%d\n", e.Time, t.Str(e.Name), attrs(t, t.EventAttrs(&e)), e.Dropped)
		}
		for _, l := range t.SpanLinks(n) {
			fmt.Fprintf(&b, " link %s/%s %q %s/%d\n", l.Trace, l.Span, t.Str(l.State), attrs(t, t.LinkAttrs(&l)), l.Dropped)
		}
	}
	return b.String()
}

// span makes a list of one span with more fields.
func span(fields string) string {
	return `[{"traceId":"ab","id":"1","timestamp":5,"duration":2` + fields + `}]`
}

const head = "000000000000000000000000000000ab/0000000000000001<0000000000000000 "

func TestDecode(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"least", span(""), head + "\"\" 5000-7000 /0 \"\" \"\"  []\n in   of \n"},
		{"no duration", `[{"traceId":"ab","id":"1","timestamp":5}]`, head + "\"\" 5000-5000 /0 \"\" \"\"  []\n in   of \n"},
		{"endpoints", span(`,"kind":"CLIENT","name":"get","localEndpoint":{"serviceName":"shop","ipv4":"10.0.0.1","port":80},"remoteEndpoint":{"serviceName":"db","ipv6":"::1","port":5432}`),
			head + `"get" 5000-7000 client/0 "" "" shop [peer.service="db" net.peer.ip="::1" net.peer.port=5432]` + "\n" +
				` in   of service.name="shop" net.host.ip="10.0.0.1" net.host.port=80` + "\n"},
		{"error with a text", span(`,"tags":{"error":"boom"}`), head + "\"\" 5000-7000 /2 \"boom\" \"\"  []\n in   of \n"},
		{"error without", span(`,"tags":{"error":""}`), head + "\"\" 5000-7000 /2 \"\" \"\"  []\n in   of \n"},
		{"no error", span(`,"tags":{"error":"false"}`), head + "\"\" 5000-7000 /0 \"\" \"\"  [error=\"false\"]\n in   of \n"},
		{"status of OpenTelemetry", span(`,"tags":{"otel.status_code":"STATUS_CODE_ERROR","error":"true","otel.status_description":"late"}`),
			head + "\"\" 5000-7000 /2 \"late\" \"\"  []\n in   of \n"},
		{"ok and an attribute", span(`,"tags":{"otel.status_code":"OK","error":"x"}`), head + "\"\" 5000-7000 /1 \"\" \"\"  [error=\"x\"]\n in   of \n"},
		{"another status", span(`,"tags":{"otel.status_code":"FINE"}`), head + "\"\" 5000-7000 /0 \"\" \"\"  [otel.status_code=\"FINE\"]\n in   of \n"},
		{"scope and state", span(`,"tags":{"otel.scope.name":"lib","otel.scope.version":"1","w3c.tracestate":"a=b"}`),
			head + "\"\" 5000-7000 /0 \"\" \"a=b\"  []\n in lib 1 of \n"},
		{"events", span(`,"annotations":[{"timestamp":6,"value":"a|b"},{"timestamp":7,"value":"exception|{\"n\":1,\"l\":[\"x\"]}|3"},{"timestamp":8,"value":"x|{oops}|1"}]`),
			head + "\"\" 5000-7000 /0 \"\" \"\"  []\n in   of \n event 6000 \"a|b\" /0\n event 7000 \"exception\" n=1 l=[\"x\"]/3\n event 8000 \"x|{oops}|1\" /0\n"},
		{"link", span(`,"tags":{"otlp.link.0":"cd|2|s=t|{\"k\":true}|4","otlp.link.1":"what"}`),
			head + "\"\" 5000-7000 /0 \"\" \"\"  [otlp.link.1=\"what\"]\n in   of \n link 000000000000000000000000000000cd/0000000000000002 \"s=t\" k=true/4\n"},
		{"debug", span(`,"debug":true,"shared":true`), head + "\"\" 5000-7000 /0 \"\" \"\"  [zipkin.debug=true]\n in   of \n"},
		{"tags that are no texts", span(`,"tags":{"a":1,"b":{"c":[2]},"d":null}`), head + "\"\" 5000-7000 /0 \"\" \"\"  [a=\"1\" b=\"{\\\"c\\\":[2]}\" d=\"\"]\n in   of \n"},
		{"first version", span(`,"annotations":[{"timestamp":5,"value":"sr","endpoint":{"serviceName":"shop"}}],"binaryAnnotations":[{"key":"p","value":"/","endpoint":{}},{"key":"ca","value":true,"endpoint":{"ipv4":"1.2.3.4"}}]`),
			head + "\"\" 5000-7000 server/0 \"\" \"\" shop [p=\"/\" net.peer.ip=\"1.2.3.4\"]\n in   of service.name=\"shop\"\n event 5000 \"sr\" /0\n"},
		{"lists of lists", `[[{"traceId":"ab","id":"1","timestamp":5,"duration":2}],[]]` + "\n[]", head + "\"\" 5000-7000 /0 \"\" \"\"  []\n in   of \n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			for _, tr := range decodeText(t, tt.in) {
				got += describe(tr)
			}
			if got != tt.want {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
		})
	}
}

func TestOddSpansAreTold(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want model.WarningKind
	}{
		{`[{"traceId":"zz","id":"1","timestamp":5}]`, model.BadID},
		{`[{"traceId":"ab","id":"fffffffffffffffff","timestamp":5}]`, model.BadID},
		{`[{"traceId":"ab","id":"1","timestamp":"soon"}]`, model.BadAttribute},
		{`[{"traceId":"ab","id":"1","parentId":"2","timestamp":5}]`, model.MissingParent},
	} {
		tr := decodeText(t, tt.in)[0]
		found := false
		for _, w := range tr.Warnings {
			found = found || w.Kind == tt.want
		}
		if !found {
			t.Errorf("%s: warnings %v, want %s", tt.in, tr.Warnings, tt.want)
		}
	}
}

func TestSharedSpans(t *testing.T) {
	tr := decodeText(t, `[
		{"traceId":"ab","id":"2","parentId":"1","kind":"SERVER","timestamp":12,"duration":5,"shared":true,"localEndpoint":{"serviceName":"b"}},
		{"traceId":"ab","id":"2","parentId":"1","kind":"CLIENT","timestamp":11,"duration":7,"localEndpoint":{"serviceName":"a"}},
		{"traceId":"ab","id":"3","parentId":"2","timestamp":13,"duration":2,"localEndpoint":{"serviceName":"b"}},
		{"traceId":"ab","id":"1","timestamp":10,"duration":9,"localEndpoint":{"serviceName":"a"}}]`)[0]
	var got []string
	for i := range tr.Spans {
		got = append(got, fmt.Sprintf("%d %s %s", tr.Spans[i].Depth, tr.ServiceName(model.SpanIndex(i)), tr.Spans[i].Kind))
	}
	if want := "0 a ,1 a client,2 b server,3 b "; strings.Join(got, ",") != want || len(tr.Warnings) != 0 {
		t.Errorf("got %q and warnings %v, want %q and none", got, tr.Warnings, want)
	}
	if out := encodeText(t, tr); strings.Count(out, `"shared":true`) != 1 || !strings.Contains(out, `"kind":"SERVER","timestamp":12`) {
		t.Errorf("written as %s, want one shared span", out)
	}
}

func TestBrokenInput(t *testing.T) {
	for in, want := range map[string]error{
		`[{"traceId":"ab","id":"1"},{"trace`: jsonpull.ErrTruncated,
		`[{"traceId":"ab","id":"1"}`:         jsonpull.ErrTruncated,
		`[{"traceId":"ab","id":"1"} x`:       jsonpull.ErrMalformed,
	} {
		b := model.NewBuilder()
		err := Decode(strings.NewReader(in), b)
		traces := b.Build()
		if !errors.Is(err, want) || len(traces) != 1 || len(traces[0].Warnings) == 0 {
			t.Errorf("%s: got %d traces and error %v, want the span before and %v", in, len(traces), err, want)
		}
	}
}

// TestRoundTrip writes random spans with whatever the format can hold, and finds
// them again.
func TestRoundTrip(t *testing.T) {
	for seed := range uint64(200) {
		want := heldTrace(rand.New(rand.NewPCG(seed, 1)))
		text := encodeText(t, want)
		got := decodeText(t, text)
		if len(got) != 1 || describe(got[0]) != describe(want) {
			t.Fatalf("seed %d: got\n%swant\n%sby way of %s", seed, describe(got[0]), describe(want), text)
		}
	}
}

// heldTrace makes a trace of what Zipkin can hold: whole microseconds, texts,
// resources with nothing but an endpoint.
func heldTrace(r *rand.Rand) *model.Trace {
	b := model.NewBuilder()
	word := func() string { return []string{"a", "заказ", `q"\`, "x|y", "\n", "0", "true"}[r.IntN(7)] }
	text := func(key, v string) model.Attr { return b.StringAttr(b.InternString(key), []byte(v)) }
	list := func(n int) (out []model.Attr) {
		for i := range n {
			out = append(out, text(fmt.Sprint("k", i), word()))
		}
		return out
	}
	id := model.TraceID{15: 1, 0: byte(r.IntN(2))}
	for i := range 1 + r.IntN(8) {
		start := uint64(1+r.IntN(1000)) * 1000
		rec := model.SpanRecord{
			Trace: id, ID: model.SpanID(i + 1), Parent: model.SpanID(r.IntN(i + 1)), StartNano: start, EndNano: start + 1000*uint64(r.IntN(50)),
			Name: b.InternString(word()), Kind: model.Kind(r.IntN(6)),
			Status: model.Status(r.IntN(3)), State: b.InternString(word()), Attrs: list(r.IntN(20)),
			Resource: b.Resource(&model.ResourceRecord{Attrs: []model.Attr{text(keyService, word())}}),
			Scope:    b.Scope(&model.ScopeRecord{Name: b.InternString(word())}),
		}
		if r.IntN(2) == 0 {
			rec.StatusText = b.InternString(word())
		}
		if r.IntN(3) == 0 {
			rec.Attrs = append(rec.Attrs, text(keyError, "cause"))
		}
		if r.IntN(2) == 0 {
			rec.Attrs = append(rec.Attrs, text(keyPeer, word()), text(keyPeerIP, "10.0.0.1"), model.IntAttr(b.InternString(keyPeerPort), 80))
		}
		for range r.IntN(3) {
			rec.Events = append(rec.Events, model.EventRecord{TimeNano: start, Name: b.InternString(word()), Attrs: list(r.IntN(3)), Dropped: uint32(r.IntN(2))})
			rec.Links = append(rec.Links, model.LinkRecord{Trace: model.TraceID{1}, Span: 5, State: b.InternString("a=b"), Attrs: list(r.IntN(3)), Dropped: uint32(r.IntN(2))})
		}
		b.Add(&rec)
	}
	return b.Build()[0]
}

// TestWhatIsLost holds the list in the package comment against what is done.
func TestWhatIsLost(t *testing.T) {
	b := model.NewBuilder()
	key := func(s string) model.StringID { return b.InternString(s) }
	k := key("k")
	b.Add(&model.SpanRecord{Trace: model.TraceID{15: 1}, ID: 1, StartNano: 1999, EndNano: 3001, Attrs: []model.Attr{
		model.IntAttr(k, 5), model.BoolAttr(k, true), b.ListAttr(key("l"), []model.Attr{model.FloatAttr(0, 1)}), model.EmptyAttr(key("e")),
		b.StringAttr(key("host"), []byte("of the span")), b.StringAttr(key(keyPeerIP), []byte("1.1.1.1")), b.StringAttr(key(keyPeerIP), []byte("2.2.2.2")),
	}, Resource: b.Resource(&model.ResourceRecord{Attrs: []model.Attr{b.StringAttr(key("host"), []byte("h")), b.StringAttr(key("zone"), []byte("z"))}})})
	want := "00000000000000000000000000000001/0000000000000001<0000000000000000 \"\" 1000-3000 /0 \"\" \"\"  " +
		"[k=\"5\" k#2=\"true\" l=\"[1.0]\" e=\"\" host=\"of the span\" net.peer.ip=\"2.2.2.2\" zone=\"z\" net.peer.ip=\"1.1.1.1\"]\n in   of \n"
	if got := describe(decodeText(t, encodeText(t, b.Build()...))[0]); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestEncodeTellsErrors(t *testing.T) {
	b := model.NewBuilder()
	if err := otlp.NewDecoder(b).Read(bytes.NewReader(synthetic.Trace(5000, 1))); err != nil {
		t.Fatal(err)
	}
	traces, full := b.Build(), errors.New("disk full")
	if err := Encode(failing{full}, traces); !errors.Is(err, full) {
		t.Errorf("got error %v, want %v", err, full)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func FuzzDecode(f *testing.F) {
	f.Add(span(`,"tags":{"error":"boom","otlp.link.0":"cd|2||{}|0"},"annotations":[{"timestamp":1,"value":"a|{}|0"}]`))
	f.Add(span(`,"binaryAnnotations":[{"key":"sa","endpoint":{"port":1}}]`))
	f.Fuzz(func(t *testing.T, in string) {
		b := model.NewBuilder()
		_ = Decode(strings.NewReader(in), b) // must not panic
		var once, twice bytes.Buffer
		traces := b.Build()
		if err := Encode(io.MultiWriter(&once), traces); err != nil || !json.Valid(once.Bytes()) {
			t.Fatalf("written as %s (%v)", once.Bytes(), err)
		}
		again := decodeText(t, once.String())
		if err := Encode(&twice, again); err != nil {
			t.Fatal(err)
		}
		if len(again) != len(traces) {
			t.Fatalf("%d traces, then %d", len(traces), len(again))
		}
	})
}
