package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// comparedFile writes a file of traces, each of lines "id parent service name start
// end", all in ns, and returns its path.
func comparedFile(t *testing.T, name string, traces ...[]string) string {
	t.Helper()
	var parts []string
	for k, lines := range traces {
		for _, l := range lines {
			var id, parent, start, end int
			var service, op string
			if _, err := fmt.Sscan(l, &id, &parent, &service, &op, &start, &end); err != nil {
				t.Fatal(err)
			}
			p := ""
			if parent > 0 {
				p = fmt.Sprintf("%016x", parent)
			}
			parts = append(parts, fmt.Sprintf(`{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":%q}}]},"scopeSpans":[{"spans":[`+
				`{"traceId":"%032x","spanId":"%016x","parentSpanId":%q,"name":%q,"startTimeUnixNano":"%d","endTimeUnixNano":"%d"}]}]}`,
				service, k+1, id, p, op, 1_000_000_000_000_000_000+start, 1_000_000_000_000_000_000+end))
		}
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(`{"resourceSpans":[`+strings.Join(parts, ",")+`]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestCompareJSON holds the contract of the command line, field by field.
func TestCompareJSON(t *testing.T) {
	a := comparedFile(t, "a.json", []string{"1 0 shop-api POST 0 9000000", "2 1 shop-db SELECT 1000000 2000000", "3 1 shop-db LOCK 2000000 2500000"})
	b := comparedFile(t, "b.json", []string{"1 0 shop-api POST 0 29000000", "2 1 shop-db SELECT 1000000 2000000", "3 1 shop-db SELECT 2000000 3000000"})
	got := try(t, "", "compare", a, b, "--json")
	if got.code != 0 {
		t.Fatalf("status %d: %s", got.code, got.err)
	}
	var out struct {
		A, B string
		Rows []map[string]any
		TA   int `json:"traces_a"`
		TB   int `json:"traces_b"`
	}
	if err := json.Unmarshal([]byte(got.out), &out); err != nil {
		t.Fatalf("%v in %s", err, got.out)
	}
	var rows []string
	for _, r := range out.Rows {
		rows = append(rows, strings.TrimSpace(fmt.Sprintln(r["path"], r["count_a"], r["count_b"], r["ns_a"], r["ns_b"], r["delta_ns"], r["status"])))
	}
	want := "[shop-api:POST] 1 1 9e+06 2.9e+07 2e+07 slower\n" +
		"[shop-api:POST shop-db:SELECT] 1 2 1e+06 2e+06 1e+06 slower\n" +
		"[shop-api:POST shop-db:LOCK] 1 0 500000 0 -500000 only-a"
	if text := strings.Join(rows, "\n"); text != want || out.A != a || out.B != b || out.TA != 1 || out.TB != 1 {
		t.Errorf("%+v\ngot\n%s\nwant\n%s", out, text, want)
	}
	if !strings.Contains(got.out, `"kind":"works-longer"`) || strings.Contains(got.out, `"usual_a"`) {
		t.Errorf("of two traces: %s", got.out)
	}
}

func TestCompareChoosesTraces(t *testing.T) {
	quick, slow := []string{"1 0 shop POST 0 9000000"}, []string{"1 0 shop POST 0 90000000"}
	two := comparedFile(t, "two.json", quick, slow)
	for _, tt := range []struct {
		name string
		args []string
		want string
	}{
		{"by flags", []string{two, two, "--trace-a", "1", "--trace-b", "2"}, `"status":"slower"`},
		{"behind the name", []string{two + "#2", two + "#1"}, `"status":"faster"`},
		{"all of them", []string{two, two}, `"usual_a":{"samples":2,"p5_ns":9000000,"p50_ns":9000000,"p95_ns":90000000}`},
		{"one with all", []string{two, two + "#2"}, `"status":"same"`},
	} {
		got := try(t, "", append([]string{"compare", "--json"}, tt.args...)...)
		if got.code != 0 || !strings.Contains(got.out, tt.want) {
			t.Errorf("%s: status %d, %s%s; want %s", tt.name, got.code, got.err, got.out, tt.want)
		}
	}
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{two}, 2, "two files"},
		{[]string{two, two, two}, 2, "two files"},
		{[]string{two + "#9", two}, 1, "has no trace"},
		{[]string{two, two, "--trace-a", "xyz"}, 2, "xyz"},
		{[]string{two, "/nowhere/b.json"}, 1, "no such file"},
	} {
		if got := try(t, "", append([]string{"compare"}, tt.args...)...); got.code != tt.code || !strings.Contains(got.err, tt.want) {
			t.Errorf("%v: status %d, %q; want %d, %q", tt.args, got.code, got.err, tt.code, tt.want)
		}
	}
}

func TestCompareText(t *testing.T) {
	a := comparedFile(t, "a.json", []string{"1 0 shop POST 0 9000000"})
	b := comparedFile(t, "b.json", []string{"1 0 shop POST 0 29000000"})
	for _, tt := range []struct{ lang, b, want string }{
		{"en", b, "1. “POST” of shop worked 29 ms instead of 9 ms, 3.2 × as long"},
		{"ru", b, "1. shop: «POST» — своя работа 29 мс вместо 9 мс, в 3,2 раза дольше"},
		{"en", a, "Nothing is different beyond what is chance."},
		{"ru", comparedFile(t, "c.json", []string{"1 0 crm GET 0 29000000"}), "ничего общего"},
	} {
		got := try(t, "", "compare", a, tt.b, "--lang", tt.lang)
		if got.code != 0 || !strings.Contains(got.out, tt.want) {
			t.Errorf("status %d: %s%s\nwant %s", got.code, got.err, got.out, tt.want)
		}
	}
}
