package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zalando/go-keyring"

	"traceview/internal/demo"
)

// TestMain takes the keyring away, so that no test asks that of whoever runs it.
// Started as a browser, the program of the tests is one.
func TestMain(m *testing.M) {
	if os.Getenv(asBrowser) != "" {
		os.Exit(browse(os.Args[1]))
	}
	for _, name := range []string{"DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"} {
		_ = os.Unsetenv(name) // never fails for a name
	}
	os.Exit(m.Run())
}

// A commandBench is a library of a test on the command line.
type commandBench struct {
	t   *testing.T
	dir string
}

// newCommandBench puts a keyring in memory in the place of the system's.
func newCommandBench(t *testing.T) *commandBench {
	t.Helper()
	keyring.MockInit()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere") // the mock does not connect
	return &commandBench{t, t.TempDir()}
}

func (s *commandBench) try(args ...string) result {
	s.t.Helper()
	return s.typed("", args...)
}

// typed runs a command line with something piped in.
func (s *commandBench) typed(in string, args ...string) result {
	s.t.Helper()
	var out, errOut bytes.Buffer
	args = append(args, "--data-dir", filepath.Join(s.dir, "data"), "--config-dir", filepath.Join(s.dir, "config"), "--lang", "en")
	code := run(s.t.Context(), args, strings.NewReader(in), &out, &errOut)
	return result{code, out.String(), errOut.String()}
}

// page runs a list or search and returns what it prints as JSON.
func (s *commandBench) page(args ...string) (p libraryPage) {
	s.t.Helper()
	r := s.try(append(append([]string{"library"}, args...), "--json")...)
	if r.code != 0 {
		s.t.Fatalf("%v: status %d: %s", args, r.code, r.err)
	}
	if err := json.Unmarshal([]byte(r.out), &p); err != nil {
		s.t.Fatalf("%v in %s", err, r.out)
	}
	return p
}

// TestLibraryWithoutANetwork saves what a search finds, stops the server, and
// finds it all in the library.
func TestLibraryWithoutANetwork(t *testing.T) {
	s := newCommandBench(t)
	shop := demo.New(demo.Options{Orders: 12})
	server, err := demo.Serve(t.Context(), shop, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o := shop.Orders()[0]
	conn := []string{"--endpoint", server.Addr(), "--plaintext"}
	r := s.try(append([]string{"search", "--order", o.Number, "--save", "--lookback", "8760h"}, conn...)...)
	if r.code != 0 || !strings.Contains(r.err, "in the library") {
		t.Fatalf("search --save: status %d: %s", r.code, r.err)
	}
	other := shop.Orders()[1]
	file := filepath.Join(s.dir, "a.traceview")
	if r := s.try(append([]string{"fetch", other.TraceIDs[0], "-o", file}, conn...)...); r.code != 0 || !strings.Contains(r.err, "1 trace is in the library") {
		t.Fatalf("fetch: status %d: %s", r.code, r.err)
	}
	server.Stop()

	if p := s.page("list"); len(p.Traces) != o.Traces+1 || p.Next != "" {
		t.Errorf("the list has %d traces, want %d", len(p.Traces), o.Traces+1)
	}
	p := s.page("search", "--order", "#"+o.Number)
	if len(p.Traces) != o.Traces {
		t.Errorf("%d traces of the order, want %d", len(p.Traces), o.Traces)
	}
	for _, m := range p.Traces {
		if len(m.TraceID) != 32 || m.Spans == 0 || m.RootService == "" || len(m.Services) == 0 || len(m.Orders) > 0 && m.Orders[0] != o.Number ||
			len(m.Sources) != 1 || m.Sources[0] != server.Addr() || m.Bytes == 0 || m.Start.IsZero() || m.Seen.IsZero() {
			t.Errorf("a field is missing in %+v", m)
		}
	}
	for _, tt := range []struct {
		name string
		args []string
		want int
	}{
		{"prefix", []string{"--order", o.Number[:2], "--prefix"}, -1},
		{"absent", []string{"--order", "absent"}, 0},
		{"service", []string{"--service", p.Traces[0].Services[0]}, -1},
		{"operation", []string{"--operation", p.Traces[0].RootOperation}, -1},
		{"attribute", []string{"--attr", "order.id=" + o.Number}, -1},
		{"text", []string{"--text", o.Number}, -1},
		{"time", []string{"--since", "2000-01-01", "--until", "2000-01-02"}, 0},
		{"long ago", []string{"--until", "3650d"}, 0},
		{"label", []string{"--label", "x"}, 0},
		{"pinned", []string{"--pinned"}, 0},
	} {
		if got := len(s.page(append([]string{"search"}, tt.args...)...).Traces); got != tt.want && (tt.want >= 0 || got == 0) {
			t.Errorf("%s: %d traces, want %d", tt.name, got, tt.want)
		}
	}
	first := s.page("list", "--limit", "1")
	if next := s.page("list", "--limit", "1", "--after", first.Next); first.Next == "" || next.Traces[0].TraceID == first.Traces[0].TraceID {
		t.Error("the second page is not another")
	}
	if r := s.try("library", "list", "--limit", "1"); r.code != 0 || !strings.Contains(r.err, "--after "+first.Next) || strings.Count(r.out, "\n") != 1 {
		t.Errorf("for a person: status %d, %q, %q", r.code, r.out, r.err)
	}
	s.exports(o, file, other.TraceIDs[0])
}

// exports writes what the library has into files and looks into them.
func (s *commandBench) exports(o demo.Order, fetched, id string) {
	s.t.Helper()
	whole := filepath.Join(s.dir, "order.traceview")
	if r := s.try("library", "export", "--order", o.Number, "-o", whole); r.code != 0 {
		s.t.Errorf("export: status %d: %s", r.code, r.err)
	}
	if got := strings.Count(tracesOf(s.t, whole), `"trace_id"`); got != o.Traces {
		s.t.Errorf("%d traces in the file, want %d", got, o.Traces)
	}
	one := filepath.Join(s.dir, "one.traceview")
	if r := s.try("library", "export", id, id, "-o", one); r.code != 0 {
		s.t.Errorf("export by id: status %d: %s", r.code, r.err)
	}
	if tracesOf(s.t, one) != tracesOf(s.t, fetched) {
		s.t.Error("the library gives another trace than was fetched")
	}
	if r := s.try("library", "export", id, "--to", "otlp-json"); r.code != 0 || !strings.Contains(r.out, id) {
		s.t.Errorf("export to standard output: status %d: %s", r.code, r.err)
	}
	if r := s.try("library", "export", strings.Repeat("7", 32), "-o", one); r.code != 1 || !strings.Contains(r.err, "does not have this trace") {
		s.t.Errorf("an absent trace: status %d: %s", r.code, r.err)
	}
}

func TestLibraryVerifyAndCollect(t *testing.T) {
	s := newCommandBench(t)
	addr, shop := serve(t)
	args := []string{"fetch", "-o", filepath.Join(s.dir, "a.traceview"), "--endpoint", addr, "--plaintext"}
	for _, tr := range shop.Traces() {
		args = append(args, tr.ID)
	}
	if r := s.try(args...); r.code != 0 {
		t.Fatal(r.err)
	}
	if r := s.try("library", "verify"); r.code != 0 || !strings.Contains(r.out, "checked") {
		t.Errorf("verify: status %d, %q %q", r.code, r.out, r.err)
	}
	var v struct {
		Sound  bool
		Traces int
	}
	if r := s.try("library", "verify", "--json"); json.Unmarshal([]byte(r.out), &v) != nil || !v.Sound || v.Traces != len(shop.Traces()) {
		t.Errorf("verify --json: %s", r.out)
	}
	if r := s.try("library", "gc"); r.code != 0 || !strings.Contains(r.out, "nothing to remove") {
		t.Errorf("gc: status %d, %q", r.code, r.out)
	}
	if r := s.try("library", "gc", "--max-size", "100kb", "--dry-run"); r.code != 0 || !strings.Contains(r.out, "go,") || strings.Contains(r.out, "removed") {
		t.Errorf("gc --dry-run: status %d, %q", r.code, r.out)
	}
	if p := s.page("list", "--limit", "1000"); len(p.Traces) != len(shop.Traces()) {
		t.Errorf("a dry run removed something: %d left", len(p.Traces))
	}
	var g struct {
		Removed, Evict int
		Bytes          int64
	}
	if r := s.try("library", "gc", "--max-size", "100kb", "--json"); json.Unmarshal([]byte(r.out), &g) != nil || g.Removed == 0 || g.Removed != g.Evict {
		t.Errorf("gc: %s %s", r.out, r.err)
	}
	if p := s.page("list", "--limit", "1000"); len(p.Traces) != len(shop.Traces())-g.Removed {
		t.Errorf("%d left, %d of %d removed", len(p.Traces), g.Removed, len(shop.Traces()))
	}
}

func TestLibraryTellsOfDamage(t *testing.T) {
	s := newCommandBench(t)
	addr, shop := serve(t)
	fetch := []string{"fetch", shop.Traces()[0].ID, "-o", filepath.Join(s.dir, "a.traceview"), "--endpoint", addr, "--plaintext"}
	if r := s.try(fetch...); r.code != 0 {
		t.Fatal(r.err)
	}
	file := filepath.Join(s.dir, "data", "library.db")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	data[50] ^= 1
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	r := s.try("library", "list", "--json")
	if r.code != 0 || !strings.Contains(r.err, "The library is damaged") || !strings.Contains(r.err, "1 trace taken over") || !strings.Contains(r.out, shop.Traces()[0].ID) {
		t.Errorf("status %d, %s %s", r.code, r.out, r.err)
	}
	if r := s.try("library", "list"); r.code != 0 || r.err != "" {
		t.Errorf("the time after: status %d, %q", r.code, r.err)
	}
	keyring.MockInit() // the key is gone
	if r := s.try("library", "list"); r.code != 0 || !strings.Contains(r.err, "no longer has the key") {
		t.Errorf("lost key: status %d, %q", r.code, r.err)
	}
}

// TestWithoutKeyring keeps nothing and says so; what was asked for is done.
func TestWithoutKeyring(t *testing.T) {
	s := newCommandBench(t)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	addr, shop := serve(t)
	file := filepath.Join(s.dir, "a.traceview")
	if r := s.try("fetch", shop.Traces()[0].ID, "-o", file, "--endpoint", addr, "--plaintext"); r.code != 0 || !strings.Contains(r.err, "keyring") {
		t.Errorf("fetch: status %d, %q", r.code, r.err)
	}
	if _, err := os.Stat(file); err != nil {
		t.Error(err)
	}
	for _, args := range [][]string{{"library", "list"}, {"library", "gc"},
		{"search", "--order", shop.Orders()[0].Number, "--lookback", "8760h", "--save", "--endpoint", addr, "--plaintext"}} {
		if r := s.try(args...); r.code != 1 || !strings.Contains(r.err, "keyring") {
			t.Errorf("%v: status %d, %q", args, r.code, r.err)
		}
	}
}

func TestLibraryUsage(t *testing.T) {
	s := newCommandBench(t)
	for _, args := range [][]string{
		{}, {"burn"}, {"list", "x"}, {"list", "--limit", "0"}, {"search", "--attr", "x"}, {"search", "--since", "soon"},
		{"list", "--after", "x"}, {"gc", "--max-size", "much"}, {"gc", "--max-size", "-1"}, {"gc", "--max-age", "-2d"}, {"search", "--order", " "},
	} {
		if r := s.try(append([]string{"library"}, args...)...); r.code != 2 || r.out != "" {
			t.Errorf("%v: status %d, %q", args, r.code, r.err)
		}
	}
	for _, args := range [][]string{{"export", "x"}, {"export", "--to", "soap"}, {"export", "nohex", "-o", "a.traceview"}} {
		if r := s.try(append([]string{"library"}, args...)...); r.code != 2 {
			t.Errorf("%v: status %d, %q", args, r.code, r.err)
		}
	}
}

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "500": 500, "2GB": 2e9, "1.5 mb": 15e5, "3kb": 3000, "1TB": 1e12} {
		if got, err := parseSize(text); err != nil || got != want {
			t.Errorf("%q: %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "GB", "NaN", "1e300", "-2", "2 XB"} {
		if got, err := parseSize(text); err == nil {
			t.Errorf("%q is taken for %d", text, got)
		}
	}
}
