package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"traceview/internal/config"
	"traceview/internal/i18n"
	"traceview/internal/model"
	"traceview/internal/weblink"
	"traceview/ui/shell"
)

// TestLinksOfAConnection sets up where pages about traces are, hands them over and has
// the window find them.
func TestLinksOfAConnection(t *testing.T) {
	s := newCommandBench(t)
	file := filepath.Join(t.TempDir(), "config-ui.json")
	if err := os.WriteFile(file, []byte(`{"linkPatterns": [
		{"type": "tags", "key": "order.id", "url": "https://crm.example/orders/#{order.id}", "text": "Order in CRM"},
		{"type": "traces", "url": "https://grafana.example/d?from=#{startTime | add -1000000}", "text": "Load"},
		{"type": "tags", "key": "host", "url": "https://#{host}/", "text": "Any server"}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	r := s.must("", "connection", "add", "Prod", "--endpoint", "jaeger.example:16685", "--kibana", "https://kibana.example", "--kibana-space", "shop",
		"--kibana-data-view", "logs-*", "--links", file)
	if !strings.Contains(r.err, "2 link templates taken") || !strings.Contains(r.err, `Left out: link template "https://#{host}/"`) {
		t.Errorf("it says %s", r.err)
	}
	if r := s.must("", "connection", "show", "Prod"); !strings.Contains(r.out, "https://kibana.example") || !strings.Contains(r.out, "crm.example, grafana.example") {
		t.Errorf("it shows %s", r.out)
	}
	out := filepath.Join(t.TempDir(), "prod.json")
	s.must("", "connection", "export", "Prod", "-o", out)
	s.must("", "connection", "import", out, "--as", "Handed over")
	for name, args := range map[string][]string{
		"no file":         {"--links", "absent.json"},
		"a program":       {"--links", out},
		"no page":         {"--kibana", "kibana.example"},
		"an odd space":    {"--kibana-space", "a/b"},
		"another program": {"--kibana", "javascript:alert(1)"},
	} {
		if r := s.try(append([]string{"connection", "change", "Prod"}, args...)...); r.code == 0 || strings.Count(r.err, "\n") > 2 {
			t.Errorf("%s: status %d: %s", name, r.code, r.err)
		}
	}
	f, err := config.OpenConnections(filepath.Join(s.dir, "config"))
	if err != nil {
		t.Fatal(err)
	}
	c, ok := f.Value.Find("Handed over")
	if !ok || len(c.Links) != 2 || c.Kibana.Space != "shop" || c.Kibana.DataView != "logs-*" {
		t.Fatalf("handed over are %+v", c)
	}
	if again := intoConnection(config.Connection{}, profileOfKept(c)); again.Kibana.Pages() != c.Kibana.Pages() || len(again.Links) != 2 {
		t.Errorf("the window keeps %+v", again)
	}
	trace := oneSpan()
	places := placesOf(c)
	if p, ok := places.OfKibana(trace, 0); !ok || !strings.HasPrefix(p.URL, "https://kibana.example/s/shop/app/discover#/?") {
		t.Errorf("Kibana is at %+v", p)
	}
	if list := places.OfTrace(trace, 0); len(list) != 1 || list[0].Text != "Load" {
		t.Errorf("the trace has %+v", list)
	}
	s.must("", "connection", "change", "Prod", "--links", "none")
	if f, err = config.OpenConnections(filepath.Join(s.dir, "config")); err != nil {
		t.Fatal(err)
	}
	if c, _ := f.Value.Find("Prod"); len(c.Links) != 0 || c.Kibana.Address == "" {
		t.Errorf("without links it is %+v", c)
	}
	c.Links = []weblink.Template{{URL: "https://#{host}/"}} // as changed by hand
	if p := placesOf(c); p != nil {
		t.Errorf("templates that make no sense lead to %+v", p)
	}
	for _, lang := range []string{"en", "ru"} {
		for _, err := range []error{c.Check(), weblink.ErrProgram} {
			if title, hint := explain(i18n.For(lang), err); hint == "" || title == err.Error() {
				t.Errorf("%v has no words", err)
			}
		}
	}
}

// oneSpan returns a trace of a single span.
func oneSpan() *model.Trace {
	b := model.NewBuilder()
	b.Add(&model.SpanRecord{Trace: model.TraceID{1}, ID: 7, StartNano: 1e18, EndNano: 1e18 + 1e9})
	return b.Build()[0]
}

func TestKibanaFaults(t *testing.T) {
	for _, tt := range []struct {
		k    weblink.Kibana
		want string
	}{
		{weblink.Kibana{}, ""}, {weblink.Kibana{Address: "https://k.example", Space: "shop"}, ""}, {weblink.Kibana{Address: "k.example"}, "kibana"},
		{weblink.Kibana{Space: "shop"}, "kibana"}, {weblink.Kibana{DataView: "x"}, "kibana"}, {weblink.Kibana{Address: "https://k.example", Space: "a b"}, "kibanaspace"},
	} {
		got := ""
		for _, f := range faultsOf(intoConnection(config.Connection{}, shell.Profile{Address: "j:1", Kibana: tt.k})) {
			got += f.Field
			if w := i18n.For("ru"); w.T("connection.bad."+f.Word) == "connection.bad."+f.Word {
				t.Errorf("%s has no words", f.Word)
			}
		}
		if got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.k, got, tt.want)
		}
	}
}
