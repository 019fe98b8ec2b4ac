package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"traceview/assets"
	"traceview/internal/analysis/trail"
)

// A coverageDocument is what the contract says of coverage --json.
type coverageDocument struct {
	Traces  *int     `json:"traces"`
	Spans   *int     `json:"spans"`
	Orders  *int     `json:"orders"`
	Mapped  *bool    `json:"mapped"`
	Keys    []string `json:"order_keys"`
	Systems []struct {
		System   string   `json:"system"`
		Services []string `json:"services"`
		State    string   `json:"state"`
		Expected *bool    `json:"expected"`
		Outside  *bool    `json:"outside"`
		Spans    *int     `json:"spans"`
		Traces   *int     `json:"traces"`
		Orders   *int     `json:"orders"`
		Entries  *int     `json:"entries"`
		Keyed    *int     `json:"entries_with_order"`
		Keys     []string `json:"order_keys"`
	} `json:"systems"`
	Edges []struct {
		From     string `json:"from"`
		To       string `json:"to"`
		Through  string `json:"through"`
		State    string `json:"state"`
		Expected *bool  `json:"expected"`
		Calls    *int   `json:"calls"`
		Carried  *int   `json:"with_context"`
	} `json:"edges"`
	Findings []struct {
		Kind     string `json:"kind"`
		Hint     *bool  `json:"hint"`
		System   string `json:"system"`
		From     string `json:"from"`
		To       string `json:"to"`
		Through  string `json:"through"`
		Detail   string `json:"detail_value"`
		Other    string `json:"other_system"`
		AmountNs int64  `json:"amount_ns"`
		Spans    *int   `json:"spans"`
		Of       *int   `json:"of"`
		Traces   *int   `json:"traces"`
		Orders   *int   `json:"orders"`
		Examples []struct {
			TraceID string `json:"trace_id"`
			SpanID  string `json:"span_id"`
		} `json:"examples"`
		Title  string `json:"title"`
		Cause  string `json:"cause"`
		Anchor string `json:"anchor"`
	} `json:"findings"`
}

func readCoverage(t *testing.T, r result) coverageDocument {
	t.Helper()
	var d coverageDocument
	dec := json.NewDecoder(strings.NewReader(r.out))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&d); r.code != 0 || err != nil {
		t.Fatalf("status %d, %s; %v in:\n%s", r.code, r.err, err, r.out)
	}
	return d
}

func TestCoverageOfAServer(t *testing.T) {
	addr, shop := serve(t)
	r := try(t, "", "coverage", "--endpoint", addr, "--plaintext", "--lookback", "8760h", "--orders", "50", "--json")
	d := readCoverage(t, r)
	if d.Mapped == nil || !*d.Mapped || len(d.Systems) != 11 || len(d.Edges) != 12 {
		t.Errorf("the map of the shop is not gone by: %+v", d)
	}
	if d.Orders == nil || *d.Orders != len(shop.Orders()) || d.Traces == nil || *d.Traces != len(shop.Traces()) {
		t.Errorf("%d traces of %d orders looked at, want %d of %d", *d.Traces, *d.Orders, len(shop.Traces()), len(shop.Orders()))
	}
	for _, f := range d.Findings {
		if f.Hint == nil || !*f.Hint {
			t.Errorf("a break in the shop: %+v", f)
		}
	}
	if !strings.Contains(r.err, "12") {
		t.Errorf("it is not said at how many orders is looked: %q", r.err)
	}
}

func TestCoverageOfAFile(t *testing.T) {
	addr, shop := serve(t)
	file := filepath.Join(t.TempDir(), "a.traceview")
	args := append([]string{"fetch"}, shop.Orders()[0].TraceIDs...)
	if r := try(t, "", append(args, "--endpoint", addr, "--plaintext", "-o", file)...); r.code != 0 {
		t.Fatalf("fetch: %s", r.err)
	}
	for _, lang := range []string{"en", "ru"} {
		r := try(t, "", "coverage", file, "--lang", lang)
		if r.code != 0 || !strings.Contains(r.out, "shop-api") || strings.Contains(r.out, "{{") {
			t.Errorf("status %d, %s:\n%s", r.code, r.err, r.out)
		}
		if regexp.MustCompile(`(?m) +$`).MatchString(r.out) {
			t.Errorf("lines end in blanks:\n%s", r.out)
		}
	}
	custom := filepath.Join(t.TempDir(), "map.json")
	text := bytes.ReplaceAll(assets.ShopMap, []byte(`internet-shop`), []byte(`web-shop`))
	if err := os.WriteFile(custom, text, 0o600); err != nil {
		t.Fatal(err)
	}
	d := readCoverage(t, try(t, "", "coverage", file, "--map", custom, "--json"))
	found := false
	for _, f := range d.Findings {
		found = found || f.Kind == "system-missing" && f.System == "web-shop"
		if f.Title == "" || f.Cause == "" || f.Anchor != "trail-"+f.Kind || f.Examples == nil || f.Spans == nil || f.Of == nil {
			t.Errorf("a field is missing in %+v", f)
		}
	}
	if len(d.Systems) != 12 { // what the map does not have is there as well
		t.Errorf("%d systems, want 12", len(d.Systems))
	}
	if !found {
		t.Errorf("a system of the map that is not there is not missed: %+v", d.Findings)
	}
	if d := readCoverage(t, try(t, "", "coverage", file, "--map", "none", "--json")); *d.Mapped || d.Systems == nil {
		t.Errorf("a map is gone by where none was wanted: %+v", d)
	}
}

func TestCoverageOfTheLibrary(t *testing.T) {
	addr, shop := serve(t)
	s := newCommandBench(t)
	if r := s.try("coverage"); r.code != 1 || r.out != "" {
		t.Errorf("an empty library: status %d, %s%s", r.code, r.out, r.err)
	}
	for _, o := range shop.Orders()[:3] {
		if r := s.try("search", "--order", o.Number, "--endpoint", addr, "--plaintext", "--lookback", "8760h", "--save"); r.code != 0 {
			t.Fatalf("save: %s", r.err)
		}
	}
	if d := readCoverage(t, s.try("coverage", "--json")); *d.Orders != 3 {
		t.Errorf("%d orders, want 3", *d.Orders)
	}
	if d := readCoverage(t, s.try("coverage", "--orders", "1", "--json")); *d.Orders != 1 {
		t.Errorf("%d orders, want 1", *d.Orders)
	}
}

func TestCoverageSaysWhatIsWrong(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.json")
	if err := os.WriteFile(bad, []byte(`{"version": 1, "systems": [{"name": "a"}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--orders", "0"}, 2, "--orders"},
		{[]string{"--lookback", "week"}, 2, "168h"},
		{[]string{"a.json", "--endpoint", "127.0.0.1:1"}, 2, "not both"},
		{[]string{"a.json", "--map", "absent.json"}, 1, "absent.json"},
		{[]string{"a.json", "--map", bad}, 1, "seen_in"},
		{[]string{"absent.json"}, 1, "absent.json"},
		{[]string{"--endpoint", "127.0.0.1:1", "--plaintext"}, 1, "127.0.0.1:1"},
	} {
		r := try(t, "", append([]string{"coverage"}, tt.args...)...)
		if r.code != tt.code || r.out != "" || !strings.Contains(r.err, tt.want) {
			t.Errorf("%v: status %d, %q, want %d with %q", tt.args, r.code, r.err, tt.code, tt.want)
		}
	}
}

func TestMapOfTheShopIsRead(t *testing.T) {
	if _, err := trail.ReadMap(assets.ShopMap); err != nil {
		t.Fatal(err)
	}
}
