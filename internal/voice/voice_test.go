package voice

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"traceview/assets"
	"traceview/internal/demo"
	"traceview/internal/format/otlp"
	"traceview/internal/i18n"
	"traceview/internal/model"
)

// shopSteps is the mapping that comes with the program.
func shopSteps(tb testing.TB) *Mapping {
	tb.Helper()
	m, err := Decode(assets.Steps)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func TestGlob(t *testing.T) {
	for _, tt := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "anything", true}, {"a", "a", true}, {"a", "ab", false}, {"a*", "ab", true}, {"*b", "ab", true}, {"*b", "ba", false},
		{"a*b", "ab", true}, {"a*b", "a b", true}, {"a*b", "a", false}, {"a*a", "a", false}, {"*x*", "axb", true}, {"a*b*c", "abcbc", true},
		{"GET /o/*/h", "GET /o/{id}/h", true}, {"GET /o/*/h", "GET /o/{id}/hh", false}, {"*", "", true}, {"**", "x", true},
	} {
		if got := glob(tt.pattern).match(tt.text); got != tt.want {
			t.Errorf("%q fits %q: %v", tt.pattern, tt.text, got)
		}
	}
}

func TestDecodeSaysWhatIsWrong(t *testing.T) {
	head := `{"traceview_steps":1,`
	for _, tt := range []struct{ name, text, want string }{
		{"nothing", "", "line 1"},
		{"no JSON", "hello", "no file of step names"},
		{"cut off", head + "\n\"steps\": [", "line 2"},
		{"another file", `{"resourceSpans":[]}`, "no file of step names"},
		{"no version", `{"title":"x"}`, `"traceview_steps": 1 is missing`},
		{"later version", `{"traceview_steps":2}`, "version 2 is not known"},
		{"a field too many", head + `"stepz":[]}`, `unknown field "stepz"`},
		{"two documents", head + `"title":""} {}`, "something follows"},
		{"no service", head + `"systems":[{"name":{"en":"x"}}]}`, "system 1: the service is missing"},
		{"status without a name", head + `"statuses":{"new":{}}}`, `statuses, "new": "name" is missing`},
		{"no name", head + `"systems":[{"service":"a"}]}`, `system 1 (a): "name" is missing`},
		{"empty name", head + `"systems":[{"service":"a","name":{"ru":" "}}]}`, `the name in "ru" is empty`},
		{"no match", head + `"steps":[{"name":{"en":"x"}}]}`, `step 1: "x": "match" is missing`},
		{"fits all", head + `"steps":[{"name":{"en":"x"},"match":[{}]}]}`, "match 1: it fits every span"},
		{"kind", head + `"steps":[{"name":{"en":"x"},"match":[{"service":"a","kind":"loud"}]}]}`, `match 1: kind "loud": want client`},
		{"line break", head + `"steps":[{"name":{"en":"x\ny"},"match":[{"service":"a"}]}]}`, "line breaks"},
		{"long", head + `"title":"` + strings.Repeat("я", 400) + `"}`, "longer than 300"},
		{"huge", head + strings.Repeat(" ", maxBytes), "more than 1048576"},
		{"number for text", head + "\n\n\"title\":5}", "line 3"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Decode([]byte(tt.text))
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "read step names: ") {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
	if _, err := Decode([]byte("\ufeff" + head + `"title":"with a byte order mark"}`)); err != nil {
		t.Error(err)
	}
	if _, err := Decode([]byte("nonsense")); !errors.Is(err, ErrNotSteps) {
		t.Errorf("got %v", err)
	}
}

// TestTheShopIsMapped holds that every root and consumer of the demo is a step of the
// business, every service has a name, and no text is left in another language.
func TestTheShopIsMapped(t *testing.T) {
	b := model.NewBuilder()
	for _, tr := range demo.New(demo.Options{Orders: 80}).Traces() {
		if err := otlp.DecodeProto(tr.Proto, b); err != nil {
			t.Fatal(err)
		}
	}
	traces := b.Build()
	for _, lang := range i18n.Languages() {
		v := New(i18n.For(lang.Code), shopSteps(t))
		technical := map[string]int{}
		for _, tr := range traces {
			s := v.Of(tr)
			for i := range tr.Spans {
				at := model.SpanIndex(i)
				id, name := s.Name(at)
				if again, _ := s.Name(at); again != id || name == "" || strings.Contains(name, "voice.") || strings.Contains(name, "{{") {
					t.Fatalf("%s: span %q is %d %q", lang.Code, tr.Name(at), id, name)
				}
				if int(id) < tr.Strings() && name != tr.Name(at) {
					t.Fatalf("%s: %q has the number of another string", lang.Code, name)
				}
				if _, system := s.System(at); system == tr.ServiceName(at) && system != "crm" && system != "mes" {
					t.Errorf("%s: service %q has no name", lang.Code, system)
				}
				place, step := s.Step(at)
				if (at == tr.Root || tr.Spans[i].Kind == model.KindConsumer) && (!step || place < 0) {
					t.Errorf("%s: %q of %q is no step", lang.Code, tr.Name(at), tr.ServiceName(at))
				}
				if name == tr.Name(at) {
					technical[name]++
				}
			}
		}
		if len(technical) > 3 {
			t.Errorf("%s: only their own names have %v", lang.Code, technical)
		}
	}
}

// TestConventions calls the spans of a house that nobody described.
func TestConventions(t *testing.T) {
	data := `{"resourceSpans":[
	 {"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"front"}}]},"scopeSpans":[{"spans":[
	  {"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0000000000000001","name":"GET /x","kind":2,"startTimeUnixNano":"1","endTimeUnixNano":"9"},
	  {"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0000000000000002","parentSpanId":"0000000000000001","name":"SELECT a","kind":3,"startTimeUnixNano":"2","endTimeUnixNano":"3","attributes":[{"key":"db.system","value":{"stringValue":"postgresql"}},{"key":"db.sql.table","value":{"stringValue":"orders"}}]},
	  {"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0000000000000003","parentSpanId":"0000000000000001","name":"q","kind":3,"startTimeUnixNano":"3","endTimeUnixNano":"4","attributes":[{"key":"db.system.name","value":{"stringValue":"redis"}}]},
	  {"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0000000000000004","parentSpanId":"0000000000000001","name":"GET","kind":3,"startTimeUnixNano":"4","endTimeUnixNano":"8"},
	  {"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0000000000000005","parentSpanId":"0000000000000001","name":"send","kind":4,"startTimeUnixNano":"5","endTimeUnixNano":"6","attributes":[{"key":"messaging.destination.name","value":{"stringValue":"jobs"}}]},
	  {"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0000000000000007","parentSpanId":"0000000000000001","name":"GET","kind":3,"startTimeUnixNano":"4","endTimeUnixNano":"8","attributes":[{"key":"server.address","value":{"stringValue":"api.bank"}}]},
	  {"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0000000000000008","parentSpanId":"0000000000000001","name":"GET","kind":3,"startTimeUnixNano":"4","endTimeUnixNano":"8"}]}]},
	 {"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"back"}}]},"scopeSpans":[{"spans":[
	  {"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0000000000000006","parentSpanId":"0000000000000004","name":"work","kind":5,"startTimeUnixNano":"5","endTimeUnixNano":"6"}]}]}]}`
	b := model.NewBuilder()
	if err := otlp.DecodeJSON(strings.NewReader(data), b); err != nil {
		t.Fatal(err)
	}
	tr := b.Build()[0]
	s := New(i18n.For("en")).Of(tr)
	got := map[string]string{}
	for i := range tr.Spans {
		_, name := s.Name(model.SpanIndex(i))
		got[fmt.Sprintf("%x", uint64(tr.Spans[i].ID))] = name
	}
	for id, want := range map[string]string{"1": "GET /x", "2": "Database query: orders", "3": "Database query", "4": "Call to back", "5": "Message to “jobs”", "6": "Taking a message",
		"7": "Call to api.bank", "8": "Call to another program"} {
		if got[id] != want {
			t.Errorf("span %s is %q, want %q", id, got[id], want)
		}
	}
}

// TestRulesByAttribute holds that the first rule that fits counts, and that attributes
// are asked for.
func TestRulesByAttribute(t *testing.T) {
	m, err := Decode([]byte(`{"traceview_steps":1,"steps":[
	 {"name":{"en":"express"},"match":[{"operation":"ship*","attributes":{"order.kind":"exp*"}}]},
	 {"name":{"en":"parcel"},"match":[{"operation":"ship*"}]},
	 {"name":{"en":"never"},"match":[{"operation":"ship*"}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	b := model.NewBuilder()
	if err := otlp.DecodeJSON(strings.NewReader(`{"resourceSpans":[{"scopeSpans":[{"spans":[
	  {"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0000000000000001","name":"ship it","kind":1,"startTimeUnixNano":"1","endTimeUnixNano":"9","attributes":[{"key":"order.kind","value":{"stringValue":"express"}}]},
	  {"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0000000000000002","parentSpanId":"0000000000000001","name":"ship it","kind":1,"startTimeUnixNano":"2","endTimeUnixNano":"3"}]}]}]}`), b); err != nil {
		t.Fatal(err)
	}
	v := New(i18n.For("ru"), nil, m)
	s := v.Of(b.Build()[0])
	for i, want := range []string{"express", "parcel"} {
		if got := s.Span(model.SpanIndex(i)); got != want {
			t.Errorf("span %d is %q, want %q", i, got, want)
		}
		if place, ok := s.Step(model.SpanIndex(i)); !ok || place != i {
			t.Errorf("span %d is step %d", i, place)
		}
	}
	if got := v.Step("any", "ship it"); got != "parcel" {
		t.Errorf("a row is %q", got)
	}
}

// TestNamesDoNotAllocate holds that a name that was said costs nothing more.
func TestNamesDoNotAllocate(t *testing.T) {
	b := model.NewBuilder()
	for _, tr := range demo.New(demo.Options{Orders: 2}).Traces() {
		if err := otlp.DecodeProto(tr.Proto, b); err != nil {
			t.Fatal(err)
		}
	}
	tr := b.Build()[0]
	s := New(i18n.For("en"), shopSteps(t)).Of(tr)
	all := func() {
		for i := range tr.Spans {
			s.Name(model.SpanIndex(i))
			s.System(model.SpanIndex(i))
		}
	}
	all()
	if n := testing.AllocsPerRun(5, all); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzDecode holds that no file makes reading fail other than by an error, and that
// what was read can be used.
func FuzzDecode(f *testing.F) {
	f.Add(assets.Steps)
	f.Add([]byte(`{"traceview_steps":1,"systems":[{"service":"*","name":{"en":"x"}}],"steps":[{"name":{"de":"y"},"match":[{"operation":"**a*","kind":"client","attributes":{"k":"*"}}]}]}`))
	f.Add([]byte(`{"traceview_steps":1e400}`))
	f.Add([]byte("[[[["))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Decode(data)
		if (m == nil) == (err == nil) {
			t.Fatalf("%v, %v", m, err)
		}
		if m != nil {
			v := New(i18n.For("ru"), m)
			v.System("shop-api")
			v.Step("shop-api", "POST /api/v1/orders")
		}
	})
}
