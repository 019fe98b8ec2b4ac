package weblink

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"traceview/internal/model"
)

// began is when the trace of tests begins.
var began = time.Date(2025, 11, 12, 9, 14, 3, 120_456_789, time.UTC)

// trace returns a call and the work inside it, in that order.
func trace(t testing.TB) *model.Trace {
	t.Helper()
	b := model.NewBuilder()
	at := uint64(began.UnixNano())
	key := func(s string) model.StringID { return b.InternString(s) }
	text := func(k, v string) model.Attr { return b.StringAttr(key(k), []byte(v)) }
	shop := b.Resource(&model.ResourceRecord{Attrs: []model.Attr{text("service.name", "shop-api"), text("service.version", "1.4 beta")}})
	b.Add(&model.SpanRecord{Trace: model.TraceID{1, 15: 2}, ID: 0xa1, Name: key("POST /orders"), Resource: shop, StartNano: at, EndNano: at + 2e9,
		Attrs: []model.Attr{text("order.id", "10472"), text("customer", "Анна & Ко/..")}})
	b.Add(&model.SpanRecord{Trace: model.TraceID{1, 15: 2}, ID: 0xb2, Parent: 0xa1, Name: key("PUT object"), Resource: shop, StartNano: at + 1e9, EndNano: at + 15e8,
		Attrs:  []model.Attr{text("object", `it's "done"!`), text("step", ".."), text("job", "42"), model.IntAttr(key("at"), began.UnixMicro()), text("trace.traceID", "own")},
		Events: []model.EventRecord{{TimeNano: at + 11e8, Name: key("exception"), Attrs: []model.Attr{text("exception.type", "AccessDenied")}}}})
	list := b.Build()
	if len(list) != 1 {
		t.Fatalf("%d traces", len(list))
	}
	return list[0]
}

func TestTemplatesOfAttributes(t *testing.T) {
	tr := trace(t)
	id := tr.ID.String()
	for _, tt := range []struct {
		name, kind string
		t          Template
		attr       Pair
		url, text  string // "" for no page
	}{
		{"own value", Tags, Template{URL: "https://a.example/#{job}", Text: "job #{job}"}, Pair{"job", "42"}, "https://a.example/42", "job 42"},
		{"without a name", Tags, Template{URL: "https://a.example/#{job}"}, Pair{"job", "42"}, "https://a.example/42", "a.example"},
		{"beside it", Tags, Template{Key: Texts{"job"}, URL: "http://a.example/?j=#{ job }&o=#{object}"}, Pair{"job", "42"},
			"http://a.example/?j=42&o=it%27s%20%22done%22%21", ""},
		{"of an ancestor", Tags, Template{URL: "https://a.example/#{order.id}"}, Pair{"job", "42"}, "https://a.example/10472", ""},
		{"of what made it", Tags, Template{URL: "https://a.example/#{service.version}"}, Pair{"job", "42"}, "https://a.example/1.4%20beta", ""},
		{"not in ancestors of a resource", Process, Template{URL: "https://a.example/#{order.id}"}, Pair{"service.version", "1.4 beta"}, "", ""},
		{"resource by its other name", Process, Template{Type: Texts{"resource"}, URL: "https://a.example/#{service.version}"},
			Pair{"service.version", "1.4 beta"}, "https://a.example/1.4%20beta", ""},
		{"of an event", Logs, Template{Type: Texts{"logs"}, URL: "https://a.example/#{exception.type}/#{job}"}, Pair{"exception.type", "AccessDenied"},
			"https://a.example/AccessDenied/42", ""},
		{"missing", Tags, Template{URL: "https://a.example/#{nowhere}"}, Pair{"job", "42"}, "", ""},
		{"missing in the text", Tags, Template{URL: "https://a.example/", Text: "#{nowhere}"}, Pair{"job", "42"}, "", ""},
		{"other type", Tags, Template{Type: Texts{"process", "logs"}, URL: "https://a.example/"}, Pair{"job", "42"}, "", ""},
		{"other key", Tags, Template{Key: Texts{"jo", "job.id"}, URL: "https://a.example/"}, Pair{"job", "42"}, "", ""},
		{"any key of a kind", Tags, Template{Key: Texts{"j*b"}, URL: "https://a.example/"}, Pair{"job", "42"}, "https://a.example/", ""},
		{"other value", Tags, Template{Value: Texts{"43"}, URL: "https://a.example/"}, Pair{"job", "42"}, "", ""},
		{"of the trace", Tags, Template{URL: "https://a.example/#{trace.traceID}/#{trace.duration}/#{trace.startTime}/#{trace.endTime}/#{trace.traceName}"}, Pair{"job", "42"},
			"https://a.example/" + id + "/2000000/1762938843120456/1762938845120456/shop-api%3A%20POST%20%2Forders", ""},
		{"of the trace without its prefix", Tags, Template{URL: "https://a.example/#{traceID}"}, Pair{"job", "42"}, "", ""},
		{"of the span", Tags, Template{URL: "https://a.example/#{spanID}"}, Pair{"job", "42"}, "https://a.example/00000000000000b2", ""},
		{"date", Tags, Template{URL: "https://a.example/?at=#{at | add -60000000 | epoch_micros_to_date_iso}"}, Pair{"at", fmt.Sprint(began.UnixMicro())},
			"https://a.example/?at=2025-11-12T09%3A13%3A03.120Z", ""},
		{"padded", Tags, Template{URL: "https://a.example/#{job | pad_start 5 0}/#{job|pad_start 1 0}"}, Pair{"job", "42"}, "https://a.example/00042/42", ""},
		{"functions for others leave values as they are", Tags, Template{URL: "https://a.example/#{job | add 1}/#{job | epoch_micros_to_date_iso}/#{at | pad_start 99 0}"}, Pair{"job", "42"},
			"https://a.example/42/42/" + fmt.Sprint(began.UnixMicro()), ""},
		{"steps out of the folder", Tags, Template{URL: "https://a.example/logs/#{step}/x"}, Pair{"job", "42"}, "", ""},
		{"a step beside a name", Tags, Template{URL: "https://a.example/logs/o#{step}"}, Pair{"job", "42"}, "https://a.example/logs/o..", ""},
		{"Kibana's quotes", Tags, Template{URL: `https://k.example/app#/?_g=()&_a=(index:#{job},query:(query:'object:"#{object}" and #{object}'))`}, Pair{"job", "42"},
			`https://k.example/app#/?_g=()&_a=(index:%2742%27,query:(query:'object:%22it%21%27s%20%5C%22done%5C%22%21%21%22%20and%20it%21%27s%20%22done%22%21%21'))`, ""},
		{"blanks in the template", Tags, Template{URL: "HTTPS://a.example:8080/заказ #{job}"}, Pair{"job", "42"}, "https://a.example:8080/%D0%B7%D0%B0%D0%BA%D0%B0%D0%B7%2042", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Compile([]Template{tt.t})
			if err != nil {
				t.Fatal(err)
			}
			var got Page
			if list := s.Attrs(tr, 1, tt.kind, 0)[tt.attr]; len(list) == 1 {
				got = list[0]
			}
			if got.URL != tt.url || tt.text != "" && got.Text != tt.text {
				t.Errorf("got %s %q, want %s %q", got.URL, got.Text, tt.url, tt.text)
			}
		})
	}
}

func TestTemplatesOfATrace(t *testing.T) {
	tr := trace(t)
	s, err := Compile([]Template{
		{Type: Texts{"traces"}, URL: "https://a.example/#{traceID}", Text: "whole"},
		{Type: Texts{"trace"}, URL: "https://a.example/#{trace.traceID}/#{spanID}", Text: "span"},
		{Type: Texts{"traces"}, URL: "https://a.example/#{order.id}", Text: "never"},
		{Type: Texts{"tags"}, URL: "https://a.example/", Text: "tags"},
	})
	if err != nil {
		t.Fatal(err)
	}
	names := func(list []Page) string {
		var out []string
		for _, p := range list {
			out = append(out, p.Text)
		}
		return strings.Join(out, " ")
	}
	if got := names(s.Trace(tr, model.NoSpan)); got != "whole" {
		t.Errorf("of a trace: %s", got)
	}
	if got := names(s.Trace(tr, 1)); got != "whole span" {
		t.Errorf("of a span: %s", got)
	}
	if got := (*Set)(nil).Trace(tr, 1); got != nil {
		t.Errorf("without templates: %v", got)
	}
}

func TestTemplatesThatMakeNoSenseAreNamed(t *testing.T) {
	for _, tt := range []struct {
		name string
		t    Template
		want string
	}{
		{"empty", Template{Text: "to the logs"}, `"to the logs": url is empty`},
		{"program", Template{URL: "javascript:alert(1)"}, "want one that begins with https:// or http://"},
		{"file", Template{URL: "file:///etc/passwd"}, "want one that begins with"},
		{"other program", Template{URL: "ssh://a.example/#{x}"}, "want one that begins with"},
		{"relative", Template{URL: "/search?order=#{x}"}, "want one that begins with"},
		{"whole address", Template{URL: "#{url}"}, "the server must be written in it whole"},
		{"server", Template{URL: "https://#{host}/x"}, "the server must be written in it whole"},
		{"part of a server", Template{URL: "https://logs-#{env}.example/x"}, "the server must be written in it whole"},
		{"end of a server", Template{URL: "https://logs.example#{x}"}, "the server must be written in it whole"},
		{"port", Template{URL: "https://logs.example:#{port}/"}, "the server must be written in it whole"},
		{"password", Template{URL: "https://u:p@logs.example/"}, "user name or password"},
		{"backslash", Template{URL: `https://logs.example\#{x}`}, "the server must be written in it whole"},
		{"no server", Template{URL: "https:///x"}, "the server must be written"},
		{"blank in the server", Template{URL: "https://logs example/"}, "no name of a server"},
		{"percent", Template{URL: "https://logs.example/100%/#{x}"}, "write % as %25"},
		{"step", Template{URL: "https://logs.example/a/../#{x}"}, "no steps"},
		{"type", Template{Type: Texts{"span"}, URL: "https://a.example/"}, `type "span" is not known`},
		{"function", Template{URL: "https://a.example/#{x | upper}"}, `#{x | upper}: function "upper" is not known`},
		{"number", Template{URL: "https://a.example/#{x | add some}"}, `add: "some" is no whole number`},
		{"no number", Template{URL: "https://a.example/#{x | pad_start}"}, `pad_start: a number is missing`},
		{"long", Template{URL: "https://a.example/#{x | pad_start 100000 0}"}, `pad_start: want a length up to 1000`},
		{"no name", Template{URL: "https://a.example/#{ | add 1}"}, `there is no name in it`},
		{"no function", Template{URL: "https://a.example/#{x | }"}, `there is no function behind |`},
		{"text", Template{URL: "https://a.example/", Text: "#{}"}, `there is no name in it`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.t.Check()
			var named *TemplateError
			if !errors.As(err, &named) || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want %s", err, tt.want)
			}
			if _, err := Compile([]Template{tt.t}); err == nil {
				t.Error("it is compiled all the same")
			}
		})
	}
}

func TestConfigurationsOfJaegerUI(t *testing.T) {
	const two = `{"menu": [], "linkPatterns": [
		{"type": "process", "key": "jaeger.version", "url": "https://github.example/#{jaeger.version}", "text": "Release #{jaeger.version}"},
		{"type": ["tags", "logs"], "key": ["a", "b"], "value": [true, 7, "x"], "url": "https://a.example/", "text": "A"}], "archiveEnabled": true}`
	for _, tt := range []struct {
		name, file    string
		good, refused int
		err           error
	}{
		{"file", two, 2, 0, nil},
		{"with a mark of its encoding", "\ufeff" + two, 2, 0, nil},
		{"list alone", `[{"url": "https://a.example/"}]`, 1, 0, nil},
		{"function", "function UIConfig() {\n  return " + two + ";\n}\n", 2, 0, nil},
		{"program", "function UIConfig() { return { linkPatterns: [{ key: /x.*/ }] } }", 0, 0, ErrProgram},
		{"some are no good", `{"linkPatterns": [{"url": "https://a.example/"}, {"url": "https://#{x}/"}, {"key": {}, "url": ""}, 7]}`, 1, 3, nil},
		{"none", `{"menu": []}`, 0, 0, ErrFile},
		{"empty", `{"linkPatterns": []}`, 0, 0, ErrFile},
		{"no JSON", "linkPatterns:\n- url: x", 0, 0, ErrFile},
		{"too long", strings.Repeat(" ", MaxFile+1), 0, 0, ErrFile},
	} {
		t.Run(tt.name, func(t *testing.T) {
			good, refused, err := ReadJaegerUI([]byte(tt.file))
			if len(good) != tt.good || len(refused) != tt.refused || (err == nil) != (tt.err == nil) {
				t.Fatalf("got %v, %v, %v", good, refused, err)
			}
			if tt.err != nil && !errors.Is(err, tt.err) {
				t.Errorf("got %v, want %v", err, tt.err)
			}
		})
	}
	good, _, _ := ReadJaegerUI([]byte(two))
	if !slices.Equal(good[1].Key, []string{"a", "b"}) || !slices.Equal(good[1].Value, []string{"true", "7", "x"}) {
		t.Errorf("read %+v", good[1])
	}
	again, err := json.Marshal(good[0])
	if want := `{"type":"process","key":"jaeger.version","url":"https://github.example/#{jaeger.version}","text":"Release #{jaeger.version}"}`; err != nil || string(again) != want {
		t.Errorf("written %s, %v", again, err)
	}
}

// FuzzAddress holds that values decide neither the server nor where parts of an
// address begin and end.
func FuzzAddress(f *testing.F) {
	for _, seed := range []string{"10472", "..", "/../../x", "@evil.example/", "//evil.example", `\\evil`, "?a=b&c#d", "%2e%2e", "%00\n\t", "'!),x:(", `"\`, "\xff", "Анна"} {
		f.Add(seed, "pages/#{v}/x?a=#{v}&b=c#f=#{v}")
		f.Add(seed, "#{v}")
		f.Add(seed, "app#/?_g=(x:'#{v}')&_a=(q:#{v},k:(query:'t:\"#{v}\"'))")
	}
	f.Fuzz(func(t *testing.T, v, rest string) {
		text := Template{Type: Texts{Tags}, Key: Texts{"v"}, URL: "https://logs.example:8443/" + rest, Text: "#{v}"}
		s, err := Compile([]Template{text})
		if err != nil {
			return
		}
		b := model.NewBuilder()
		b.Add(&model.SpanRecord{Trace: model.TraceID{1}, ID: 1, StartNano: 1, EndNano: 2, Attrs: []model.Attr{b.StringAttr(b.InternString("v"), []byte(v))}})
		plain := strings.ReplaceAll(text.URL, "#{v}", "x")
		want, err := url.Parse(escape(plain, "#"+addressPunctuation))
		if err != nil || strings.Contains(plain, "#{") {
			return
		}
		for _, list := range s.Attrs(b.Build()[0], 0, Tags, 0) {
			for _, p := range list {
				u, err := url.Parse(p.URL)
				if err != nil || u.Scheme != "https" || u.Host != "logs.example:8443" || u.User != nil || p.Host != u.Host || u.String() != strings.TrimSuffix(p.URL, "#") {
					t.Fatalf("%q leads to %q: %v", v, p.URL, err)
				}
				if strings.Count(u.EscapedPath(), "/") != strings.Count(want.EscapedPath(), "/") || strings.Count(u.RawQuery, "&") != strings.Count(want.RawQuery, "&") ||
					strings.Count(u.RawQuery, "=") != strings.Count(want.RawQuery, "=") || strings.Count(u.EscapedFragment(), "&") != strings.Count(want.EscapedFragment(), "&") {
					t.Fatalf("%q breaks out: %q", v, p.URL)
				}
			}
		}
	})
}

// FuzzTemplates holds that no template and no file does worse than to be refused.
func FuzzTemplates(f *testing.F) {
	f.Add(`{"linkPatterns":[{"type":"tags","key":["a*"],"url":"https://a.example/#{x | add 1 | pad_start 5 0}","text":"#{y}"}]}`)
	f.Add("function UIConfig(){return {\"linkPatterns\":[]}}")
	tr := trace(f)
	f.Fuzz(func(t *testing.T, file string) {
		good, refused, _ := ReadJaegerUI([]byte(file))
		for _, err := range refused {
			if err.Error() == "" {
				t.Error("a refusal without a word")
			}
		}
		s, err := Compile(good)
		if err != nil {
			t.Fatalf("good templates are not: %v", err)
		}
		for _, p := range s.Trace(tr, 1) {
			if u, err := url.Parse(p.URL); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host != p.Host || p.Text == "" {
				t.Errorf("page %+v: %v", p, err)
			}
		}
	})
}
