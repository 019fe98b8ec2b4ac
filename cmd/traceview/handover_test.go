package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"traceview/internal/config"
	"traceview/internal/i18n"
	"traceview/internal/instance"
	"traceview/internal/savedview"
)

// shortDir returns a folder with a name short enough for sockets in it.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "tv")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// TestWhoTakesOver starts a window beside one that runs, and tells whether that
// takes over.
func TestWhoTakesOver(t *testing.T) {
	production, staging := window{connection: "production"}, window{connection: "staging"}
	demo, none := window{connection: "demo 0 320 127.0.0.1:0"}, window{}
	dirs := config.Paths{Config: "/c", Data: "/d"}
	for _, tt := range []struct {
		name        string
		runs, start window
		dirs        config.Paths
		display     string
		want        bool
	}{
		{"the same connection", production, production, dirs, ":0", true},
		{"a file, whatever the connection", production, none, dirs, ":0", true},
		{"a file, into the demo", demo, none, dirs, ":0", true},
		{"nothing and nothing", none, none, dirs, ":0", true},
		{"another connection", production, staging, dirs, ":0", false},
		{"a connection, into a window without", none, production, dirs, ":0", false},
		{"the demo, beside production", production, demo, dirs, ":0", false},
		{"the demo twice", demo, demo, dirs, ":0", true},
		{"other settings", production, none, config.Paths{Config: "/c2", Data: "/d"}, ":0", false},
		{"other data", production, none, config.Paths{Config: "/c", Data: "/d2"}, ":0", false},
		{"on another screen", production, none, dirs, ":1", false},
		{"alone", production, window{connection: "production", alone: true}, dirs, ":0", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("XDG_RUNTIME_DIR", shortDir(t))
			if runtime.GOOS == "windows" {
				t.Setenv("LocalAppData", shortDir(t))
			}
			t.Setenv("DISPLAY", ":0")
			var said bytes.Buffer
			e := &env{err: &said, lang: "en"}
			first, done, _ := tt.runs.handOver(e, dirs)
			if first == nil || done {
				t.Fatal("the first one does not run")
			}
			got := make(chan []string, 1)
			go first.Serve(func(_ context.Context, args []string) error {
				got <- args
				return nil
			})
			defer first.Close()
			t.Setenv("DISPLAY", tt.display)
			tt.start.order, tt.start.files = "10472", []string{"/a b.traceview"}
			second, done, notice := tt.start.handOver(e, tt.dirs)
			if done != tt.want || notice != "" {
				t.Fatalf("taken over: %v, want %v; %q", done, tt.want, notice)
			}
			if done {
				if args := <-got; !reflect.DeepEqual(args, []string{"10472", "/a b.traceview"}) || !strings.Contains(said.String(), "open already") {
					t.Errorf("handed over %q, saying %q", args, said.String())
				}
				return
			}
			if (second == nil) != tt.start.alone {
				t.Error("others can hand over to the second one, or cannot")
			}
			if second != nil {
				_ = second.Close()
			}
		})
	}
}

func TestAWindowThatCannotTakeOverOpens(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("GOOS is windows, where a folder has no mode that others could write by")
	}
	dir := shortDir(t)
	t.Setenv("XDG_RUNTIME_DIR", dir)
	if err := os.Mkdir(filepath.Join(dir, "traceview"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, "traceview"), 0o777); err != nil {
		t.Fatal(err)
	}
	if i, done, notice := (window{}).handOver(&env{err: &bytes.Buffer{}, lang: "en"}, config.Paths{Config: "/c", Data: "/d"}); i != nil || done || notice != "" {
		t.Errorf("got %v, %v, %q", i, done, notice)
	}
	if w := i18n.For("ru"); w.T("handover.silent") == "" || instance.ErrSilent == nil {
		t.Error("no words for a window that does not answer")
	}
}

func TestWholePaths(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	abs := func(name string) string { return filepath.Join(dir, name) }
	got, err := wholePaths([]string{"a.json", "../b c.json", "traceview://a:1/v1?order=1", abs("x"), "file://" + filepath.ToSlash(abs("d%20e.json")), "file://localhost" + filepath.ToSlash(abs("f"))})
	want := []string{abs("a.json"), filepath.Join(filepath.Dir(dir), "b c.json"), "traceview://a:1/v1?order=1", abs("x"), abs("d e.json"), abs("f")}
	if runtime.GOOS != "windows" && (err != nil || !reflect.DeepEqual(got, want)) {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
	for _, bad := range []string{"file://another.example/a", "file:", "file://%zz"} {
		if got, err := wholePaths([]string{bad}); err == nil {
			t.Errorf("%q is %q", bad, got)
		}
	}
}

func TestConnectionsAreToldApartWithoutSecrets(t *testing.T) {
	identity := func(args ...string) string {
		c := newCall(guiCommand, &env{})
		if err := parse(c, append([]string{"--endpoint", "jaeger:16685"}, args...)); err != nil {
			t.Fatal(err)
		}
		if err := c.conn.choose(&env{}); err != nil {
			t.Fatal(err)
		}
		return c.conn.identity("jaeger:16685")
	}
	plain := identity()
	for _, args := range [][]string{{"--plaintext"}, {"--tenant", "a"}, {"--api", "grpc-v2"}, {"--ca", "x"}, {"--order-key", "k"}, {"--header", "x-key=secret"}, {"--token-stdin"}} {
		if got := identity(args...); got == plain || strings.Contains(got, "secret") {
			t.Errorf("with %q it is %s", args, got)
		}
	}
	if l := (&connFlags{}).address("https://jaeger/path"); l.Endpoint != "" {
		t.Errorf("a link would lead to %+v", l)
	}
	if identity("--header", "k=1") != identity("--header", "k=2") {
		t.Error("the value of a header tells connections apart, which may be a secret")
	}
}

func TestErrorsOfLinksHaveWords(t *testing.T) {
	_, newer := savedview.ParseLink("traceview://a:1/v9?order=1")
	_, bad := savedview.ParseLink("traceview://")
	_, view := savedview.ParseLink("traceview://a:1/v1?order=1&view=x")
	_, _, long := savedview.Link{Endpoint: "a:1", Order: strings.Repeat("\U0001F48D", 256)}.Encode()
	seen := map[string]bool{}
	for _, lang := range []string{"en", "ru"} {
		for _, err := range []error{newer, bad, view, long, errFolder} {
			title, hint := explain(i18n.For(lang), err)
			if title == "" || hint == "" || strings.Contains(title, "error.") || seen[title] {
				t.Errorf("%s: %v is %q, %q", lang, err, title, hint)
			}
			seen[title] = true
		}
	}
}
