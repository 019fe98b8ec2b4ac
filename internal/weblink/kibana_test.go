package weblink

import (
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"traceview/internal/model"
)

// state returns what an address of Discover asks for, by name, decoded as Kibana
// decodes it.
func state(t testing.TB, address string) (path string, out map[string]any) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	_, query, ok := strings.Cut(u.EscapedFragment(), "?")
	if !ok {
		t.Fatalf("%s: nothing is asked", address)
	}
	out = map[string]any{}
	for _, pair := range strings.Split(query, "&") {
		name, text, _ := strings.Cut(pair, "=")
		plain, err := url.PathUnescape(text)
		if err != nil {
			t.Fatal(err)
		}
		r := rison{plain}
		out[name] = r.value()
		if r.rest != "" {
			t.Fatalf("%s: %q is left", plain, r.rest)
		}
	}
	return u.Path, out
}

// rison reads the notation of Kibana's addresses.
type rison struct{ rest string }

func (r *rison) take(s string) bool {
	rest, ok := strings.CutPrefix(r.rest, s)
	if ok {
		r.rest = rest
	}
	return ok
}

// value returns the value that comes next: texts, lists and maps.
func (r *rison) value() any {
	switch {
	case r.take("!("):
		out := []any{}
		for !r.take(")") && r.rest != "" {
			out = append(out, r.value())
			r.take(",")
		}
		return out
	case r.take("("):
		out := map[string]any{}
		for !r.take(")") && r.rest != "" {
			key := fmt.Sprint(r.value())
			if !r.take(":") {
				return fmt.Errorf("no : before %q", r.rest)
			}
			out[key] = r.value()
			r.take(",")
		}
		return out
	case r.take("'"):
		var b strings.Builder
		for r.rest != "" && !r.take("'") {
			r.take("!")
			b.WriteByte(r.rest[0])
			r.rest = r.rest[1:]
		}
		return b.String()
	}
	n := strings.IndexAny(r.rest, " '!:(),*@$")
	if n < 0 {
		n = len(r.rest)
	}
	if n == 0 && r.rest != "" {
		n = 1
	}
	out := r.rest[:n]
	r.rest = r.rest[n:]
	return out
}

func TestDiscoverAsksForTheRightLines(t *testing.T) {
	tr := trace(t)
	id := tr.ID.String()
	columns := []any{"service.name", "log.level", "message"}
	for _, tt := range []struct {
		name           string
		k              Kibana
		span           model.SpanIndex
		path, question string
		from, to       time.Time
		index          any
		columns        []any
	}{
		{"trace", Kibana{Address: "https://kibana.example"}, model.NoSpan, "/app/discover", `trace.id:"` + id + `"`,
			began.Add(-discoverPad), began.Add(2*time.Second + discoverPad), nil, columns},
		{"span", Kibana{Address: "https://kibana.example/", DataView: "logs-*"}, 1, "/app/discover", `trace.id:"` + id + `" and span.id:"00000000000000b2"`,
			began.Add(time.Second - discoverPad), began.Add(1500*time.Millisecond + discoverPad), "logs-*", columns},
		{"space", Kibana{Address: "http://kibana.example:5601/kb", Space: "shop", DataView: "it's !"}, model.NoSpan, "/kb/s/shop/app/discover", `trace.id:"` + id + `"`,
			began.Add(-discoverPad), began.Add(2*time.Second + discoverPad), "it's !", columns},
		{"copied from a browser", Kibana{Address: "https://kibana.example/s/shop/app/discover?x=1#/?_g=()"}, model.NoSpan, "/s/shop/app/discover", `trace.id:"` + id + `"`,
			began.Add(-discoverPad), began.Add(2*time.Second + discoverPad), nil, columns},
		{"names of OpenTelemetry", Kibana{Address: "https://kibana.example", Fields: Fields{Trace: "trace_id", Span: "span_id", Service: "resource.attributes.service.name", Level: "severity_text", Message: "body.text"}},
			1, "/app/discover", `trace_id:"` + id + `" and span_id:"00000000000000b2"`, began.Add(time.Second - discoverPad), began.Add(1500*time.Millisecond + discoverPad), nil,
			[]any{"resource.attributes.service.name", "severity_text", "body.text"}},
		{"odd names", Kibana{Address: "https://kibana.example", Fields: Fields{Trace: `my "trace"*`}}, model.NoSpan, "/app/discover", `my\ \"trace\"\*:"` + id + `"`,
			began.Add(-discoverPad), began.Add(2*time.Second + discoverPad), nil, columns},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, ok := tt.k.Discover(tr, tt.span)
			if !ok {
				t.Fatal("no page")
			}
			u, _ := url.Parse(p.URL)
			if u.String() != p.URL || u.Host != p.Host || !strings.HasPrefix(tt.k.Address, u.Scheme+"://"+u.Host) {
				t.Errorf("leads to %s", p.URL)
			}
			path, got := state(t, p.URL)
			iso := func(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
			app := map[string]any{"columns": tt.columns, "query": map[string]any{"language": "kuery", "query": tt.question}, "sort": []any{[]any{"@timestamp", "desc"}}}
			if tt.index != nil {
				app["index"] = tt.index
			}
			want := map[string]any{"_g": map[string]any{"filters": []any{}, "time": map[string]any{"from": iso(tt.from), "to": iso(tt.to)}}, "_a": app}
			if path != tt.path || !reflect.DeepEqual(got, want) {
				t.Errorf("%s asks\n%v, want\n%v", path, got, want)
			}
		})
	}
}

func TestKibanaThatCannotBe(t *testing.T) {
	tr := trace(t)
	for _, tt := range []struct {
		k  Kibana
		ok bool // it is none, which is no fault
	}{
		{Kibana{}, true}, {Kibana{Space: "shop"}, false}, {Kibana{DataView: "x"}, false}, {Kibana{Address: "kibana.example:5601"}, false},
		{Kibana{Address: "ftp://kibana.example"}, false}, {Kibana{Address: "https://u:p@kibana.example"}, false}, {Kibana{Address: "https://:5601"}, false},
		{Kibana{Address: "https://kibana.example", Space: "a/../b"}, false}, {Kibana{Address: "https://kibana.example", Space: "Shop"}, false},
	} {
		if err := tt.k.Check(); (err == nil) != tt.ok {
			t.Errorf("%+v: %v", tt.k, err)
		}
		if p, ok := tt.k.Discover(tr, 0); ok {
			t.Errorf("%+v leads to %s", tt.k, p.URL)
		}
	}
}

// FuzzRison holds that any text comes back from an address as it went in.
func FuzzRison(f *testing.F) {
	f.Add("it's !", `trace."id"`)
	f.Add("),evil:(", "a&_a=(x)#?%27")
	tr := trace(f)
	f.Fuzz(func(t *testing.T, view, field string) {
		p, ok := Kibana{Address: "https://kibana.example/kb", DataView: view, Fields: Fields{Message: field}}.Discover(tr, 0)
		if !ok {
			t.Fatal("no page")
		}
		path, got := state(t, p.URL)
		app, _ := got["_a"].(map[string]any)
		columns, _ := app["columns"].([]any)
		if field == "" {
			field = ECS.Message
		}
		if path != "/kb/app/discover" || len(got) != 2 || len(columns) != 3 || columns[2] != field || view != "" && app["index"] != view {
			t.Errorf("%q, %q became %v", view, field, got)
		}
	})
}
