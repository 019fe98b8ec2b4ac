package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"traceview/internal/demo"
)

// shopFiles writes the traces of one order in trouble, and those of all others, into
// files.
func shopFiles(t *testing.T, trouble demo.Trouble) (o demo.Order, file, baseline string) {
	t.Helper()
	shop := demo.New(demo.Options{Now: time.Date(2026, 11, 12, 9, 14, 3, 0, time.UTC), Orders: 60})
	for _, o = range shop.Orders() {
		if o.Trouble == trouble {
			break
		}
	}
	if o.Trouble != trouble {
		t.Fatalf("no order with %s", trouble)
	}
	var own, others []byte
	for _, tr := range shop.Traces() { // messages of one kind run together are one
		if tr.Order == o.Number {
			own = append(own, tr.Proto...)
		} else {
			others = append(others, tr.Proto...)
		}
	}
	file, baseline = filepath.Join(t.TempDir(), "order.pb"), filepath.Join(t.TempDir(), "others.pb")
	for path, data := range map[string][]byte{file: own, baseline: others} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return o, file, baseline
}

func TestDiagnoseJSON(t *testing.T) {
	o, file, baseline := shopFiles(t, demo.SlowQuery)
	got := try(t, "", "diagnose", file, "--baseline", baseline, "--json")
	if got.code != 0 {
		t.Fatalf("status %d: %s", got.code, got.err)
	}
	var out struct{ Findings []findingRow }
	if err := json.Unmarshal([]byte(got.out), &out); err != nil || len(out.Findings) == 0 {
		t.Fatalf("%v: %s", err, got.out)
	}
	f := out.Findings[0]
	if f.Rank != 1 || f.Kind != "slow" || f.SpanID != o.SpanID || f.TraceID != o.TraceID || f.Service != o.Service || f.Operation != o.Operation {
		t.Errorf("got %+v, want the place of %+v", f, o)
	}
	if f.SelfNs < 7e9 || f.Share < 0.5 || f.Share > 1 || f.Confidence < 0.5 || f.Confidence > 1 || f.Usual == nil || f.Usual.P50 > 100e6 ||
		f.Title == "" || f.Detail == "" || len(f.Evidence) == 0 {
		t.Errorf("got %+v", f)
	}
	if ru := try(t, "", "diagnose", file, "--baseline", baseline, "--json", "--lang", "ru"); !strings.Contains(ru.out, "обычно") {
		t.Errorf("--lang ru says %s", ru.out)
	}
}

func TestDiagnoseText(t *testing.T) {
	o, file, baseline := shopFiles(t, demo.StorageRefused)
	for _, tt := range []struct{ lang, want string }{
		{"en", "files-storage answered 403 (access denied), 3 attempts"},
		{"ru", "ответ 403 (нет доступа) от сервиса «files-storage», 3 попытки"},
	} {
		got := try(t, "", "diagnose", file, "--baseline", baseline, "--lang", tt.lang)
		first, _, _ := strings.Cut(strings.TrimSpace(got.out[strings.Index(got.out, "\n1. ")+1:]), "\n\n")
		if got.code != 0 || !strings.Contains(first, tt.want) || !strings.Contains(first, o.SpanID) {
			t.Errorf("status %d: %s%s", got.code, got.err, got.out)
		}
	}
	// What went wrong with it shows without a baseline, too.
	if got := try(t, "", "diagnose", file, "--lang", "en"); !strings.Contains(got.out, "403 (access denied)") || !strings.Contains(got.out, "without a baseline") {
		t.Errorf("without a baseline: %s", got.out)
	}
}

func TestDiagnoseOfWhatCannotBeRead(t *testing.T) {
	if got := try(t, "", "diagnose"); got.code != 2 {
		t.Errorf("without a file: status %d", got.code)
	}
	none := filepath.Join(t.TempDir(), "none")
	if got := try(t, "", "diagnose", none); got.code != 1 || got.out != "" {
		t.Errorf("a missing file: status %d, %s", got.code, got.out)
	}
	if got := try(t, "", "diagnose", twoTraces(t), "--baseline", none); got.code != 1 || got.out != "" || !strings.Contains(got.err, "baseline") {
		t.Errorf("a missing baseline: status %d, %s", got.code, got.err)
	}
}
