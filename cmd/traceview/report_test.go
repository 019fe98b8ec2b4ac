package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"traceview/internal/format/otlp"
	"traceview/internal/model"
)

// secrets are texts of many kinds with the part that must not be seen.
var secrets = []struct{ text, part string }{
	{"write to ivan.petrov@mail.ru", "ivan.petrov"}, {"иван@почта.рф", "иван@"}, {"+7 (916) 123-45-67", "123-45-67"}, {"89167654321", "89167654321"},
	{"+44 20 7946 0958", "7946"}, {"415-555-2671", "555-2671"}, {"4111 1111 1111 1111", "1111 1111"}, {"5555555555554444", "5555555555554444"},
	{"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N", "dozjgNry"}, {"Bearer s3cr3tbearer77", "s3cr3tbearer"}, {"Authorization: Basic aXZhbjpwYXNz", "aXZhbjpwYXNz"},
	{"sk_live_4eC39HqLyjWDarjtT1zdp7dc", "4eC39HqLyj"}, {"AKIAIOSFODNN7EXAMPLE", "IOSFODNN7"}, {"ghp_16C7e42F292c6912E7710c838347Ae178B4a", "16C7e42F"},
	{`{"password":"hunter2planted"}`, "hunter2planted"}, {"api_key=plantedkey1", "plantedkey1"}, {"postgres://shop:pl4nted@db/shop", "pl4nted"},
	{"https://h/cb?token=pl4ntedtoken&x=1", "pl4ntedtoken"}, {"SELECT a FROM t WHERE name = 'Plantedname' AND n = 424242", "Plantedname"}, {"Cookie: sid=plantedsid; b=2", "plantedsid"},
}

// plantedTrace has each secret in every place that holds text.
func plantedTrace() *model.Trace {
	b := model.NewBuilder()
	for i, s := range secrets {
		id, raw := b.InternString(s.text), []byte(s.text)
		key := b.InternString("note")
		attrs := []model.Attr{b.StringAttr(key, raw), b.BytesAttr(b.InternString("bytes"), raw), b.ListAttr(b.InternString("list"), []model.Attr{b.StringAttr(0, raw)}),
			b.MapAttr(b.InternString("map"), []model.Attr{b.StringAttr(key, raw)}), b.StringAttr(b.InternString("url.full"), []byte("https://h/x?q="+s.text)),
			b.StringAttr(b.InternString("http.request.header.x"), raw), b.StringAttr(b.InternString("db.query.text"), raw), b.StringAttr(b.InternString("exception.message"), raw),
			b.StringAttr(b.InternString("exception.stacktrace"), []byte("at x\n"+s.text+"\nat y")),
			b.StringAttr(b.InternString("json"), []byte(fmt.Sprintf(`{"a":{"b":[%q]},"c":1}`, s.text))), b.StringAttr(b.InternString("baggage"), []byte("a=b,"+s.text)),
			b.StringAttr(b.InternString("process.command_line"), []byte("app --x '"+s.text+"' -v")), b.StringAttr(b.InternString("url.query"), []byte("q="+url.QueryEscape(s.text)+"&page=2")),
			b.ListAttr(b.InternString("http.request.header.x-any"), []model.Attr{b.StringAttr(0, []byte("a")), b.MapAttr(0, []model.Attr{b.StringAttr(b.InternString("deep"), raw)})})}
		b.Add(&model.SpanRecord{Trace: model.TraceID{1}, ID: model.SpanID(i + 1), Parent: model.SpanID(i), StartNano: 1e18, EndNano: 1e18 + 1e9, Name: id, StatusText: id, State: id,
			Status: model.StatusError, Attrs: attrs, Resource: b.Resource(&model.ResourceRecord{Attrs: append(attrs, b.StringAttr(b.InternString("service.name"), raw))}),
			Scope:  b.Scope(&model.ScopeRecord{Name: id, Attrs: attrs}),
			Events: []model.EventRecord{{TimeNano: 1e18, Name: id, Attrs: attrs}}, Links: []model.LinkRecord{{Trace: model.TraceID{2}, Span: 1, State: id, Attrs: attrs}}})
	}
	return b.Build()[0]
}

// TestNoSecretLeavesInAnyFormat searches the bytes of every export, and what its
// base64 stands for.
func TestNoSecretLeavesInAnyFormat(t *testing.T) {
	dir := t.TempDir()
	in := filepath.Join(dir, "in.pb")
	f, err := os.Create(in)
	if err != nil {
		t.Fatal(err)
	}
	if err := otlp.WriteProto(f, plantedTrace()); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range strings.Fields(formats()) {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(dir, name)
			r := try(t, "", "export", in, "--to", name, "-o", out, "--lang", "en")
			data, err := os.ReadFile(out)
			if r.code != 0 || err != nil || !strings.Contains(r.err, "values were replaced") {
				t.Fatalf("status %d, message %q, %v", r.code, r.err, err)
			}
			for _, s := range secrets {
				if at := bytes.Index(data, []byte(s.part)); at >= 0 {
					t.Errorf("%q in …%.120q", s.part, data[max(at-60, 0):])
				}
				if bytes.Contains(data, []byte(base64.StdEncoding.EncodeToString([]byte(s.text)))) {
					t.Errorf("%q in base64", s.text)
				}
			}
			if name == "png" || name == "svg" || name == "folded" {
				return
			}
			r = try(t, "", "export", in, "--to", name, "--redact", "none")
			if r.code != 0 || !strings.Contains(r.out, "Plantedname") || strings.Contains(r.err, "replaced") {
				t.Errorf("with none: status %d, message %q", r.code, r.err)
			}
		})
	}
}

func TestExportWithRules(t *testing.T) {
	file := filepath.Join(t.TempDir(), "rules.json")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(`{"version":1,"base":"none","scan":[],"rules":[{"key":"@span","do":"mask"}]}`)
	r := try(t, threeSteps, "export", "-", "--to", "folded", "--redact", file)
	if r.code != 0 || strings.Contains(r.out, "pay") || !strings.Contains(r.out, "shop:[masked]") {
		t.Errorf("status %d, message %q, output %q", r.code, r.err, r.out)
	}
	write(`{"version":1,"rules":[{"key":"a","do":"burn"}]}`)
	r = try(t, threeSteps, "export", "-", "--to", "csv", "--redact", file)
	if r.code != 1 || !strings.Contains(r.err, `rule 1, key "a"`) || r.out != "" {
		t.Errorf("status %d, message %q", r.code, r.err)
	}
	r = try(t, threeSteps, "export", "-", "--to", "csv", "--redact", file+"x")
	if r.code != 1 || !strings.Contains(r.err, "read rules") {
		t.Errorf("status %d, message %q", r.code, r.err)
	}
}

func TestExportReports(t *testing.T) {
	for _, tt := range []struct{ lang, to, want string }{
		{"en", "html", "Point at a span for details"}, {"ru", "html", "Наведите указатель"}, {"en", "markdown", "# Traces"}, {"ru", "markdown", "2 трассы"},
	} {
		r := try(t, threeSteps, "export", "-", "--to", tt.to, "--lang", tt.lang)
		if r.code != 0 || !strings.Contains(r.out, tt.want) || !strings.Contains(r.out, "HYPERLINK") {
			t.Errorf("%v: status %d, message %q, output %.500s", tt, r.code, r.err, r.out)
		}
	}
	r := try(t, threeSteps, "export", "-", "--to", "html")
	for _, want := range []string{`textLength="`, `<a href="#t0s0"><rect class="hit"`, `<details class="span" id="t0s0"`, `<details class="span" id="t1s0"`} {
		if !strings.Contains(r.out, want) {
			t.Errorf("no %s", want)
		}
	}
}
