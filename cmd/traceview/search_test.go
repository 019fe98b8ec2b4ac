package main

import (
	"encoding/json"
	"net"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"traceview/internal/demo"
	"traceview/internal/i18n"
)

// A searchDocument is what the contract says of search --json.
type searchDocument struct {
	Order          string `json:"order"`
	Complete       *bool  `json:"complete"`
	ServicesAsked  int    `json:"services_asked"`
	ServicesFailed []struct {
		Service string `json:"service"`
		Error   string `json:"error"`
	} `json:"services_failed"`
	LimitReached *bool `json:"limit_reached"`
	Traces       []struct {
		TraceID    string   `json:"trace_id"`
		Service    string   `json:"root_service"`
		Operation  string   `json:"root_operation"`
		Start      string   `json:"start"`
		DurationNs int64    `json:"duration_ns"`
		Spans      int      `json:"spans"`
		Errors     *int     `json:"errors"`
		Services   []string `json:"services"`
		MatchedKey string   `json:"matched_key"`
	} `json:"traces"`
}

func TestSearchFindsEveryTraceOfAnOrder(t *testing.T) {
	addr, shop := serve(t)
	for _, o := range shop.Orders()[:3] {
		r := try(t, "", "search", "--order", o.Number, "--endpoint", addr, "--plaintext", "--lookback", "8760h", "--json")
		if r.code != 0 {
			t.Fatalf("status %d: %s", r.code, r.err)
		}
		var d searchDocument
		if err := json.Unmarshal([]byte(r.out), &d); err != nil {
			t.Fatalf("%v in:\n%s", err, r.out)
		}
		if d.Order != o.Number || d.Complete == nil || !*d.Complete || d.LimitReached == nil || *d.LimitReached || d.ServicesAsked == 0 || d.ServicesFailed == nil {
			t.Errorf("order %s: %+v", o.Number, d)
		}
		if len(d.Traces) != o.Traces {
			t.Errorf("order %s: %d traces, want %d", o.Number, len(d.Traces), o.Traces)
		}
		for _, tr := range d.Traces {
			if !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(tr.TraceID) || !strings.Contains(tr.Start, "T") || tr.DurationNs <= 0 ||
				tr.Spans == 0 || tr.Errors == nil || len(tr.Services) == 0 || tr.Service == "" || tr.Operation == "" {
				t.Errorf("order %s: a field is missing in %+v", o.Number, tr)
			}
		}
	}
}

func TestSearchForAPerson(t *testing.T) {
	addr, shop := serve(t)
	o := shop.Orders()[0]
	r := try(t, "", "search", o.Number, "--endpoint", addr, "--plaintext", "--lookback", "8760h", "--lang", "ru")
	if r.code != 0 || strings.Count(r.out, "\n") != o.Traces || !strings.Contains(r.out, "спан") {
		t.Errorf("status %d, message %q, output:\n%s", r.code, r.err, r.out)
	}
	for lang, want := range map[string]string{"en": "No trace with order", "ru": "заказ"} {
		r := try(t, "", "search", "absent-order", "--endpoint", addr, "--plaintext", "--lang", lang)
		if r.code != 0 || r.out != "" || !strings.Contains(r.err, want) {
			t.Errorf("%s: status %d, output %q, message %q; want nothing found in words", lang, r.code, r.out, r.err)
		}
	}
}

func TestFailuresAreOneLine(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, in string
		args     []string
		want     string
	}{
		{"nobody there", "", []string{"search", "--order", "1", "--endpoint", closed, "--plaintext"}, "Nothing listens at " + closed},
		{"in Russian", "", []string{"search", "--order", "1", "--endpoint", closed, "--plaintext", "--lang", "ru"}, closed},
		{"no certificate file", "", []string{"search", "--order", "1", "--endpoint", closed, "--ca", "/absent/ca.pem"}, "/absent/ca.pem"},
		{"several traces", "", []string{"fetch", "1", "2", "-o", filepath.Join(t.TempDir(), "a.traceview"), "--endpoint", closed, "--plaintext"}, "trace 00000000000000000000000000000002"},
		{"empty token", "\n", []string{"search", "--order", "1", "--endpoint", closed, "--plaintext", "--token-stdin"}, "it is empty"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(strings.Join(tt.args, " "), "--lang") {
				tt.args = append(tt.args, "--lang", "en")
			}
			r := try(t, tt.in, tt.args...)
			if r.code != 1 || r.out != "" || strings.Count(r.err, "\n") != 1 || !strings.Contains(r.err, tt.want) {
				t.Errorf("status %d, output %q, message %q; want 1, none and one line with %q", r.code, r.out, r.err, tt.want)
			}
			if strings.Contains(r.err, "secret-of-mine") {
				t.Error("the token is printed")
			}
		})
	}
}

func TestDemoList(t *testing.T) {
	r := try(t, "", "demo", "--list", "--json", "--orders", "40")
	if r.code != 0 {
		t.Fatalf("status %d: %s", r.code, r.err)
	}
	var d struct {
		Orders []map[string]any `json:"orders"`
	}
	if err := json.Unmarshal([]byte(r.out), &d); err != nil {
		t.Fatal(err)
	}
	troubled := 0
	for _, o := range d.Orders {
		if _, ok := o["trouble"].(string); !ok || o["order"] == "" || o["traces"] == 0.0 || o["spans"] == 0.0 {
			t.Errorf("a field is missing in %v", o)
		}
		if o["trouble"] != "" {
			troubled++
			for _, k := range []string{"service", "operation", "trace_id", "span_id"} {
				if o[k] == nil || o[k] == "" {
					t.Errorf("troubled order %v does not say %s", o["order"], k)
				}
			}
		} else if o["span_id"] != nil {
			t.Errorf("healthy order %v has a place of trouble", o["order"])
		}
	}
	if len(d.Orders) != 40 || troubled == 0 {
		t.Errorf("%d orders, %d troubled; want 40 with some", len(d.Orders), troubled)
	}
	again := try(t, "", "demo", "--list", "--json", "--orders", "40")
	if other := try(t, "", "demo", "--list", "--json", "--orders", "40", "--seed", "9"); again.out != r.out || other.out == r.out {
		t.Error("the shop does not depend on its seed alone")
	}
	if text := try(t, "", "demo", "--list", "--orders", "3"); text.code != 0 || strings.Count(text.out, "\n") != 4 {
		t.Errorf("list for a person: status %d\n%s", text.code, text.out)
	}
}

func TestFeaturedShowsEachTroubleOnce(t *testing.T) {
	shop := demo.New(demo.Options{Orders: 60})
	byNumber := map[string]demo.Order{}
	for _, o := range shop.Orders() {
		byNumber[o.Number] = o
	}
	seen, healthy := map[demo.Trouble]int{}, 0
	for _, n := range featured(shop) {
		o, ok := byNumber[n]
		if !ok {
			t.Fatalf("there is no order %q", n)
		}
		if o.Trouble == "" {
			healthy++
		} else if seen[o.Trouble]++; seen[o.Trouble] > 1 || healthy > 0 {
			t.Errorf("order %s: trouble %s comes twice, or after healthy ones", n, o.Trouble)
		}
	}
	if len(seen) == 0 || healthy == 0 || healthy > 10 {
		t.Errorf("%d kinds of trouble and %d healthy orders", len(seen), healthy)
	}
}

func TestFetchTakesATraceOnce(t *testing.T) {
	addr, shop := serve(t)
	id, file := shop.Traces()[0].ID, filepath.Join(t.TempDir(), "a.traceview")
	r := try(t, "", "fetch", id, strings.ToUpper(id), "-o", file, "--endpoint", addr, "--plaintext", "--lang", "en")
	if r.code != 0 || !strings.Contains(r.err, "1 trace written") {
		t.Errorf("status %d, message %q", r.code, r.err)
	}
	var told struct{ Traces []struct{ Repeats int } }
	if r := try(t, "", "inspect", file, "--json"); json.Unmarshal([]byte(r.out), &told) != nil || len(told.Traces) != 1 || told.Traces[0].Repeats != 0 {
		t.Errorf("the file holds %+v, want one trace without repeats", told.Traces)
	}
}

func TestNothingFoundNamesThePeriod(t *testing.T) {
	w := i18n.For("en")
	for _, tt := range []struct {
		lookback       time.Duration
		want, lookNext string
	}{
		{time.Hour, "in the last 1 day.", "--lookback 168h."},
		{7 * day, "in the last 7 days.", "--lookback 720h."},
		{30 * day, "in the last 30 days.", "--lookback 2160h."},
		{365 * day, "in the last 365 days.", ""},
	} {
		got := nothingFound(w, "10472", tt.lookback)
		if !strings.Contains(got, tt.want) || strings.Contains(got, "--lookback") != (tt.lookNext != "") || !strings.HasSuffix(got, tt.lookNext) {
			t.Errorf("%s: %q, want %q and %q", tt.lookback, got, tt.want, tt.lookNext)
		}
	}
}
