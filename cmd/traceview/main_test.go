package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"traceview/internal/demo"
)

// A result is how a command line ended.
type result struct {
	code     int
	out, err string
}

// try runs a command line with folders of its own.
func try(t *testing.T, in string, args ...string) result {
	t.Helper()
	dir := t.TempDir()
	var out, errOut bytes.Buffer
	args = append(args[:1:1], append([]string{"--config-dir", filepath.Join(dir, "config"), "--data-dir", filepath.Join(dir, "data")}, args[1:]...)...)
	code := run(t.Context(), args, strings.NewReader(in), &out, &errOut)
	return result{code, out.String(), errOut.String()}
}

// serve starts the demo shop's server and returns its address.
func serve(t *testing.T, quirks ...demo.Quirk) (string, *demo.Shop) {
	t.Helper()
	shop := demo.New(demo.Options{Orders: 12})
	s, err := demo.Serve(t.Context(), shop, "127.0.0.1:0", quirks...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return s.Addr(), shop
}

func TestWrongUsageEndsWithTwo(t *testing.T) {
	for _, tt := range []struct {
		name string
		args []string
		want string
	}{
		{"unknown flag", []string{"search", "--nope"}, "nope"},
		{"unknown flag of the window", []string{"", "--nope"}, "traceview: flag"},
		{"language", []string{"version", "--lang", "de"}, "want en or ru"},
		{"no order", []string{"search", "--endpoint", "127.0.0.1:1"}, "order"},
		{"no server", []string{"search", "--order", "10472"}, "--endpoint"},
		{"lookback", []string{"search", "--order", "1", "--lookback", "a week", "--endpoint", "127.0.0.1:1"}, "168h"},
		{"negative lookback", []string{"search", "--order", "1", "--lookback", "-1h", "--endpoint", "127.0.0.1:1"}, "168h"},
		{"limit", []string{"search", "--order", "1", "--limit", "0", "--endpoint", "127.0.0.1:1"}, "--limit"},
		{"second argument", []string{"search", "1", "2", "--endpoint", "127.0.0.1:1"}, "unexpected argument"},
		{"header", []string{"search", "--order", "1", "--endpoint", "127.0.0.1:1", "--header", "Authorization: Bearer secret-of-mine"}, "NAME=VALUE"},
		{"picture too large in memory", []string{"render", "a.json", "-o", "a.png", "--size", "16384x16384", "--scale", "4"}, "65536x65536"},
		{"api", []string{"search", "--order", "1", "--endpoint", "127.0.0.1:1", "--api", "soap"}, "soap"},
		{"demo argument", []string{"demo", "what"}, "unexpected argument"},
		{"demo orders", []string{"demo", "--orders", "0"}, "--orders"},
		{"not a number", []string{"demo", "--orders", "many"}, "many"},
		{"demo that follows nobody", []string{"demo", "--follow"}, "--export-otlp"},
		{"demo that begins tomorrow", []string{"demo", "--export-otlp", "127.0.0.1:1", "--follow", "--since", "2999-01-01T00:00:00Z"}, "--since"},
		{"demo token in plain text", []string{"demo", "--export-otlp", "127.0.0.1:1", "--token-stdin"}, "--ca"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := try(t, "", tt.args...)
			if r.code != 2 || r.out != "" {
				t.Errorf("status %d with output %q, want 2 and none", r.code, r.out)
			}
			if !strings.Contains(r.err, tt.want) || !strings.Contains(r.err, "--help") {
				t.Errorf("message %q, want one with %q and where to read on", r.err, tt.want)
			}
			if strings.Contains(r.err, "secret-of-mine") {
				t.Error("a credential is printed")
			}
		})
	}
}

func TestHelp(t *testing.T) {
	for _, c := range commands() {
		args := []string{c.name, "--help"}
		if c.name == "" {
			args = []string{"--help"}
		}
		r := try(t, "", args...)
		if r.code != 0 || r.err != "" || !strings.Contains(r.out, "usage: traceview "+c.name) || !strings.Contains(r.out, "-lang") {
			t.Errorf("%s: status %d, message %q, help:\n%s", c.name, r.code, r.err, r.out)
		}
	}
	if r := try(t, "", "help"); r.code != 0 || !strings.Contains(r.out, "commands:") {
		t.Errorf("help: status %d, output %q", r.code, r.out)
	}
}

func TestHelpOnACommand(t *testing.T) {
	var out bytes.Buffer
	if code := run(t.Context(), []string{"help", "search"}, nil, &out, &out); code != 0 || !strings.Contains(out.String(), "usage: traceview search") {
		t.Errorf("status %d, output:\n%s", code, &out)
	}
}

// A script may run without a home folder, which only the window needs.
func TestCommandsNeedNoHome(t *testing.T) {
	for _, name := range []string{"HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "AppData", "LocalAppData"} {
		t.Setenv(name, "")
	}
	var out, errOut bytes.Buffer
	if code := run(t.Context(), []string{"version"}, nil, &out, &errOut); code != 0 {
		t.Errorf("status %d: %s", code, &errOut)
	}
}

func TestVersion(t *testing.T) {
	if r := try(t, "", "version"); r.code != 0 || !strings.HasPrefix(r.out, "traceview "+version) {
		t.Errorf("status %d, output %q", r.code, r.out)
	}
	var v map[string]string
	r := try(t, "", "version", "--json")
	if err := json.Unmarshal([]byte(r.out), &v); err != nil || v["version"] != version {
		t.Errorf("%q holds %v (%v), want version %s", r.out, v, err, version)
	}
}

func TestFlagsAndArgumentsInAnyOrder(t *testing.T) {
	for _, tt := range []struct {
		name string
		args []string
		want string
	}{
		{"arguments last", []string{"--order", "7", "a", "b"}, "a b"},
		{"arguments first", []string{"a", "--order", "7", "b"}, "a b"},
		{"after --", []string{"a", "--order", "7", "--", "-b", "--order"}, "a -b --order"},
		{"a dash", []string{"-", "--order=7"}, "-"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCall(searchCommand, &env{})
			if err := parse(c, tt.args); err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(c.args, " "); got != tt.want || c.text("order") != "7" {
				t.Errorf("arguments %q with order %q, want %q with 7", got, c.text("order"), tt.want)
			}
		})
	}
}

func TestPanicEndsWithOne(t *testing.T) {
	var out, errOut bytes.Buffer
	if code := run(t.Context(), []string{"search", "--order", "1", "--endpoint", "x:1", "--token-stdin"}, panicking{}, &out, &errOut); code != 1 {
		t.Errorf("status %d, want 1", code)
	}
	if !strings.Contains(errOut.String(), "internal fault: string") {
		t.Errorf("message %q, want what happened", errOut.String())
	}
}

type panicking struct{}

func (panicking) Read([]byte) (int, error) { panic("broken reader") }

func TestPerfLog(t *testing.T) {
	file := filepath.Join(t.TempDir(), "perf.jsonl")
	for range 2 { // it is added to
		l, err := openPerfLog(file)
		if err != nil {
			t.Fatal(err)
		}
		l.note("frame", map[string]any{"view": "waterfall", "cost_ms": 3.25})
		l.close()
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines, want 2:\n%s", len(lines), data)
	}
	for _, line := range lines {
		var v struct {
			Event, View string
			Ms          float64
			CostMs      float64 `json:"cost_ms"`
		}
		if err := json.Unmarshal([]byte(line), &v); err != nil || v.Event != "frame" || v.View != "waterfall" || v.Ms <= 0 || v.CostMs != 3.25 {
			t.Errorf("%s holds %+v (%v)", line, v, err)
		}
	}
	var none *perfLog
	none.note("frame", nil)
	none.close()
	r := try(t, "", "version", "--perf-log", filepath.Join(t.TempDir(), "absent", "perf.jsonl"))
	if r.code != 1 || strings.Count(r.err, "\n") != 1 {
		t.Errorf("a log that cannot be opened: status %d, message %q; want 1 and one line", r.code, r.err)
	}
}

func TestCancelledContextEnds(t *testing.T) {
	addr, shop := serve(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errOut bytes.Buffer
	code := run(ctx, []string{"search", "--order", shop.Orders()[0].Number, "--endpoint", addr, "--plaintext"}, strings.NewReader(""), &out, &errOut)
	if code != 1 || out.Len() != 0 {
		t.Errorf("status %d with output %q, want 1 and none", code, &out)
	}
}

func TestJSONDoesNotFollowTheDesktop(t *testing.T) {
	for _, name := range []string{"LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"} {
		t.Setenv(name, "ru_RU.UTF-8")
	}
	const file = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174",` +
		`"parentSpanId":"eee19b7ec3c1b173","name":"a","startTimeUnixNano":"1","endTimeUnixNano":"2"}]}]}]}`
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"inspect", "-", "--json"}, "Part of the path is missing"},
		{[]string{"inspect", "-", "--json", "--lang", "ru"}, "Часть пути не записана"},
		{[]string{"inspect", "-"}, "Часть пути не записана"},
	} {
		if r := try(t, file, tt.args...); r.code != 0 || !strings.Contains(r.out, tt.want) {
			t.Errorf("%v: status %d, message %q, output %s; want %q", tt.args, r.code, r.err, r.out, tt.want)
		}
	}
}

func TestConnectionTypedWrongIsWrongUsage(t *testing.T) {
	for name, args := range map[string][]string{
		"endpoint with a scheme":      {"--endpoint", "ftp://jaeger:16685"},
		"certificate without its key": {"--endpoint", "jaeger:16685", "--cert", "x.pem"},
		"TLS and plaintext":           {"--endpoint", "jaeger:16685", "--plaintext", "--cert", "x", "--key", "y"},
		"token in plain":              {"--endpoint", "jaeger.example:1", "--plaintext", "--token-stdin"},
	} {
		t.Run(name, func(t *testing.T) {
			var out, errOut bytes.Buffer
			args := append([]string{"search", "--order", "10472"}, args...)
			if code := run(t.Context(), args, strings.NewReader("secret-of-mine\n"), &out, &errOut); code != 2 {
				t.Errorf("status %d, want 2: %s", code, errOut.String())
			}
			if strings.Contains(errOut.String(), "secret-of-mine") {
				t.Errorf("the token is told: %s", errOut.String())
			}
		})
	}
}

// TestHelpSpeaksTheLanguageAskedFor prints the help of every command in both
// languages and finds no key of the catalogue left in it.
func TestHelpSpeaksTheLanguageAskedFor(t *testing.T) {
	for _, c := range commands() {
		for lang, want := range map[string]string{"en": "usage: traceview", "ru": "использование: traceview"} {
			args := []string{"--lang", lang, "--help"}
			if c.name != "" {
				args = append([]string{c.name}, args...)
			}
			var out bytes.Buffer
			if code := run(t.Context(), args, nil, &out, &out); code != 0 {
				t.Errorf("%v: status %d", args, code)
			}
			if s := out.String(); !strings.HasPrefix(s, want) || strings.Contains(s, "cli.") || strings.Contains(s, "{{") {
				t.Errorf("%v prints\n%s", args, s)
			}
		}
	}
}
