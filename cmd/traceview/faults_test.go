package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"traceview/internal/crash"
	"traceview/internal/i18n"
	"traceview/internal/task"
)

// TestWorkThatPanicsLeavesAReport has work end by a panic with a secret, and reads
// what is said of it, and the report.
func TestWorkThatPanicsLeavesAReport(t *testing.T) {
	const token = "planted-token-6e21"
	e := &env{crashes: filepath.Join(t.TempDir(), "crashes")}
	explain := e.explainer()
	err := fmt.Errorf("open: %w", task.Guard(func() error { panic(errors.New("token " + token)) }))
	seen := map[string]bool{}
	for _, lang := range []string{"en", "ru", "en"} { // asked again, as by each drawing
		title, hint := explain(i18n.For(lang), err)
		if strings.Contains(title+hint, token) || strings.Contains(title, "error.") || !strings.Contains(hint, e.crashes) {
			t.Errorf("%s: %q, %q", lang, title, hint)
		}
		seen[title] = true
	}
	reports, _ := filepath.Glob(filepath.Join(e.crashes, "*"))
	if len(seen) != 2 || len(reports) != 1 {
		t.Fatalf("%d titles, reports %q; want 2 and one", len(seen), reports)
	}
	data, readErr := os.ReadFile(reports[0])
	if text := string(data); readErr != nil || strings.Contains(text, token) || !strings.Contains(text, "faults_test.go:") {
		t.Errorf("%v: the report is\n%s", readErr, text)
	}
	if again := crash.Untold(e.crashes); again != "" {
		t.Errorf("the next start would tell of %s once more", again)
	}
	if title, hint := explain(i18n.For("en"), fs.ErrNotExist); title == "" || hint == "" {
		t.Errorf("another error: %q, %q", title, hint)
	}
}

func TestDebugLog(t *testing.T) {
	addr, shop := serve(t)
	file := filepath.Join(t.TempDir(), "debug.log")
	before := slog.Default()
	for range 2 { // it is added to
		r := try(t, "planted-token-77b0\n", "search", shop.Orders()[0].Number, "--endpoint", addr, "--plaintext", "--token-stdin", "--debug-log", file)
		if r.code != 0 {
			t.Fatal(r.err)
		}
	}
	data, err := os.ReadFile(file)
	text := string(data)
	if err != nil || strings.Count(text, "msg=started") != 2 || !strings.Contains(text, "msg=asked") || strings.Contains(text, "planted") {
		t.Errorf("%v: the log is\n%s", err, text)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm()&0o077 != 0 && info.Mode().Perm() != 0o666 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if slog.Default() != before {
		t.Error("the log is still open")
	}
	if r := try(t, "", "version", "--debug-log", filepath.Join(t.TempDir(), "absent", "log")); r.code != 1 || strings.Count(r.err, "\n") != 1 {
		t.Errorf("a log that cannot be written: status %d, %q", r.code, r.err)
	}
}
