package main

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"traceview/internal/demo"
	"traceview/internal/format"
	"traceview/internal/snapshot"
)

// mustRun runs a command line that has to succeed and returns what it printed.
func mustRun(t *testing.T, args ...string) []byte {
	t.Helper()
	var out, errOut bytes.Buffer
	if code := run(context.Background(), args, strings.NewReader(""), &out, &errOut); code != 0 {
		t.Fatalf("%s %s ended with %d: %.300s", args[0], args[1], code, errOut.String())
	}
	return out.Bytes()
}

// tracesOf returns what inspect tells of the traces of a file, as JSON.
func tracesOf(t *testing.T, file string) string {
	t.Helper()
	var told struct{ Traces json.RawMessage }
	if err := json.Unmarshal(mustRun(t, "inspect", file, "--json"), &told); err != nil {
		t.Fatal(err)
	}
	return string(told.Traces)
}

// coarse is what changes by less than a microsecond, and what depends on that.
var coarse = regexp.MustCompile(`"(start|duration_ns|warnings)":\s*("[^"]*"|[0-9]+|\[[^]]*\]),?`)

// sorted returns a list, or the list in the only field of an object, in an order of
// its own.
func sorted(t *testing.T, text string) string {
	t.Helper()
	var list []json.RawMessage
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		var object map[string][]json.RawMessage
		if err := json.Unmarshal([]byte(text), &object); err != nil {
			t.Fatal(err)
		}
		for _, l := range object {
			list = append(list, l...)
		}
	}
	var lines []string
	for _, l := range list {
		lines = append(lines, string(l))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// schemaURL is what the JSON of Jaeger and of Chrome has no place for.
var schemaURL = regexp.MustCompile(`,"schemaUrl":"[^"]*"`)

// TestDemoSurvivesEveryFormat fetches every trace of the demo into one file,
// exports it in each format, and finds in the export what was in the file: the
// same counts, and the same spans to the last byte of their OTLP JSON.
func TestDemoSurvivesEveryFormat(t *testing.T) {
	shop := demo.New(demo.Options{})
	server, err := demo.Serve(t.Context(), shop, "")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Stop()
	dir := t.TempDir()
	kept := filepath.Join(dir, "demo.traceview")
	args := []string{"fetch", "--endpoint", server.Addr(), "--plaintext", "-o", kept}
	for _, tr := range shop.Traces() {
		args = append(args, tr.ID)
	}
	mustRun(t, args...)
	want := tracesOf(t, kept)
	if n := strings.Count(want, `"trace_id"`); n != len(shop.Traces()) {
		t.Fatalf("%d traces in the file, want %d", n, len(shop.Traces()))
	}
	spans := mustRun(t, "export", "--redact", "none", kept, "--to", "otlp-json")
	for _, name := range format.Writable() {
		t.Run(string(name), func(t *testing.T) {
			file := filepath.Join(dir, string(name))
			mustRun(t, "export", "--redact", "none", kept, "--to", string(name), "-o", file)
			got, want := tracesOf(t, file), want
			if name == format.ZipkinJSON { // it holds microseconds, and no order within one
				got, want = coarse.ReplaceAllString(got, ""), coarse.ReplaceAllString(want, "")
			}
			if name == format.ChromeTrace { // it holds spans in the order of time
				got, want = sorted(t, got), sorted(t, want)
			}
			if got != want {
				t.Error("inspect tells something else of the export than of the file")
			}
			if name == format.ZipkinJSON {
				return
			}
			gotSpans, wantSpans := mustRun(t, "export", "--redact", "none", file, "--to", "otlp-json"), spans
			if name == format.JaegerJSON || name == format.ChromeTrace {
				gotSpans, wantSpans = schemaURL.ReplaceAll(gotSpans, nil), schemaURL.ReplaceAll(wantSpans, nil)
			}
			if name == format.ChromeTrace {
				gotSpans, wantSpans = []byte(sorted(t, string(gotSpans))), []byte(sorted(t, string(wantSpans)))
			}
			if !bytes.Equal(gotSpans, wantSpans) {
				t.Errorf("the spans differ after the way through %s", name)
			}
		})
	}
}

// TestCorpusSurvivesTheSnapshot keeps every file of the corpus as a snapshot
// and finds the same in it.
func TestCorpusSurvivesTheSnapshot(t *testing.T) {
	var files []string
	for _, dir := range []string{"jaeger", "otlp-json", "otlp-proto", "zipkin", "chrome"} {
		list, err := filepath.Glob(filepath.Join("../../../shared/corpus", dir, "*"))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, list...)
	}
	if len(files) == 0 {
		t.Skip("shared corpus absent")
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			f, err := snapshot.Open(t.Context(), file, format.Options{})
			if err != nil {
				t.Fatal(err)
			}
			kept := filepath.Join(t.TempDir(), "kept.traceview")
			if err := snapshot.WriteFile(kept, &snapshot.Snapshot{Traces: f.Traces}); err != nil {
				t.Fatal(err)
			}
			want := mustRun(t, "export", "--redact", "none", file, "--to", "otlp-json")
			if got := mustRun(t, "export", "--redact", "none", kept, "--to", "otlp-json"); !bytes.Equal(got, want) {
				t.Error("the spans differ after the way through a snapshot")
			}
		})
	}
}
