package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// twoTraces writes a file of two traces: a call that waits for another, which
// failed, and one span of the same operation as the first.
func twoTraces(t *testing.T) string {
	t.Helper()
	span := func(trace, id, parent, kind int, name string, start, end int, status string) string {
		p := ""
		if parent > 0 {
			p = fmt.Sprintf("%016x", parent)
		}
		return fmt.Sprintf(`{"traceId":"%032x","spanId":"%016x","parentSpanId":"%s","kind":%d,"name":"%s","startTimeUnixNano":"%d","endTimeUnixNano":"%d","status":{%s}}`,
			trace, id, p, kind, name, 1_000_000_000_000_000_000+start, 1_000_000_000_000_000_000+end, status)
	}
	data := `{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop-api"}}]},"scopeSpans":[{"spans":[` +
		span(1, 1, 0, 2, "POST /orders", 0, 1000, `"code":2`) + "," + span(2, 3, 0, 2, "POST /orders", 0, 500, "") + "," + span(1, 4, 1, 0, "", 800, 900, "") +
		`]}]},{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop-db"}}]},"scopeSpans":[{"spans":[` +
		span(1, 2, 1, 3, "SELECT\\nstones", 100, 700, `"code":2`) + `]}]}]}`
	path := filepath.Join(t.TempDir(), "two.json")
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestStatsJSON(t *testing.T) {
	got := try(t, "", "stats", twoTraces(t), "--json")
	if got.code != 0 {
		t.Fatalf("status %d: %s", got.code, got.err)
	}
	var out map[string][]map[string]any
	if err := json.Unmarshal([]byte(got.out), &out); err != nil {
		t.Fatal(err)
	}
	want := map[string][]map[string]any{
		"operations": {
			{"service": "shop-api", "operation": "POST /orders", "kind": "server", "count": 2.0, "errors": 1.0, "own_errors": 0.0, "total_ns": 1500.0, "self_ns": 800.0,
				"critical_path_ns": 800.0, "min_ns": 500.0, "p50_ns": 500.0, "p95_ns": 1000.0, "p99_ns": 1000.0, "max_ns": 1000.0},
			{"service": "shop-db", "operation": "SELECT\nstones", "kind": "client", "count": 1.0, "errors": 1.0, "own_errors": 1.0, "total_ns": 600.0, "self_ns": 600.0,
				"critical_path_ns": 600.0, "min_ns": 600.0, "p50_ns": 600.0, "p95_ns": 600.0, "p99_ns": 600.0, "max_ns": 600.0},
			{"service": "shop-api", "operation": "", "kind": "", "count": 1.0, "errors": 0.0, "own_errors": 0.0, "total_ns": 100.0, "self_ns": 100.0,
				"critical_path_ns": 100.0, "min_ns": 100.0, "p50_ns": 100.0, "p95_ns": 100.0, "p99_ns": 100.0, "max_ns": 100.0},
		},
		"services": {
			{"service": "shop-api", "count": 3.0, "errors": 1.0, "own_errors": 0.0, "total_ns": 1600.0, "self_ns": 900.0,
				"critical_path_ns": 900.0, "min_ns": 100.0, "p50_ns": 500.0, "p95_ns": 1000.0, "p99_ns": 1000.0, "max_ns": 1000.0},
			{"service": "shop-db", "count": 1.0, "errors": 1.0, "own_errors": 1.0, "total_ns": 600.0, "self_ns": 600.0,
				"critical_path_ns": 600.0, "min_ns": 600.0, "p50_ns": 600.0, "p95_ns": 600.0, "p99_ns": 600.0, "max_ns": 600.0},
		},
	}
	a, _ := json.Marshal(out)
	b, _ := json.Marshal(want)
	if string(a) != string(b) {
		t.Errorf("got  %s\nwant %s", a, b)
	}
}

// TestStatsText holds that the columns of figures end below one another, in both
// languages, and that every row is one line.
func TestStatsText(t *testing.T) {
	path := twoTraces(t)
	for _, tc := range []struct{ lang, head, first string }{
		{"en", "Own work", "SELECT stones"}, {"ru", "Своя работа", "SELECT stones"},
	} {
		got := try(t, "", "stats", path, "--lang", tc.lang)
		if got.code != 0 || !strings.Contains(got.out, tc.first) || !strings.Contains(got.out, "POST /orders") {
			t.Fatalf("status %d: %s%s", got.code, got.err, got.out)
		}
		tables := strings.Split(got.out, "\n\n")
		if len(tables) != 3 {
			t.Fatalf("%d parts:\n%s", len(tables), got.out)
		}
		for k, n := range []int{0, 4, 5} {
			lines := strings.Split(strings.TrimRight(tables[k], "\n"), "\n")
			if k == 0 {
				continue
			}
			if len(lines) != n {
				t.Fatalf("%s: %d lines, want %d:\n%s", tc.lang, len(lines), n, tables[k])
			}
			before, _, found := strings.Cut(lines[1], tc.head)
			if !found {
				t.Fatalf("no heading %q in %q", tc.head, lines[1])
			}
			end := utf8.RuneCountInString(before + tc.head)
			for _, l := range lines[2:] {
				if r := []rune(l); r[end-1] == ' ' || r[end] != ' ' {
					t.Errorf("%s: a figure does not end below its heading:\n%s\n%s", tc.lang, lines[1], l)
				}
			}
		}
	}
}

func TestStatsOfWhatCannotBeRead(t *testing.T) {
	if got := try(t, "", "stats"); got.code != 2 {
		t.Errorf("without a file: status %d", got.code)
	}
	if got := try(t, "", "stats", filepath.Join(t.TempDir(), "none")); got.code != 1 || got.out != "" {
		t.Errorf("a missing file: status %d, %s", got.code, got.out)
	}
}
