package main

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"

	"traceview/internal/client"
	"traceview/internal/i18n"
	"traceview/internal/logs"
	"traceview/internal/logs/elastic"
	"traceview/ui/shell"
)

func TestConnectionTestPasses(t *testing.T) {
	addr, _ := serve(t)
	for lang, want := range map[string][]string{
		"en": {addr, "ok", "Encryption", "unencrypted, as asked for", "grpc-v3", "order.id ("},
		"ru": {addr, "есть", "Шифрование", "без шифрования", "grpc-v3", "order.id ("},
	} {
		r := try(t, "", "connection", "test", "--endpoint", addr, "--plaintext", "--lang", lang)
		if r.code != 0 || r.err != "" || strings.Count(r.out, "\n") != 9 {
			t.Errorf("%s: status %d, message %q, output:\n%s", lang, r.code, r.err, r.out)
		}
		for _, w := range want {
			if !strings.Contains(r.out, w) {
				t.Errorf("%s: %q is missing in:\n%s", lang, w, r.out)
			}
		}
	}
}

func TestConnectionTestFails(t *testing.T) {
	for lang, want := range map[string]string{"en": "Nothing listens at 127.0.0.1:1", "ru": "По адресу 127.0.0.1:1 ничего не запущено"} {
		r := try(t, "", "connection", "test", "--endpoint", "127.0.0.1:1", "--plaintext", "--lang", lang)
		if r.code != 1 || !strings.Contains(r.out, want) || !strings.Contains(r.err, want) || !strings.Contains(r.err, "16686") {
			t.Errorf("%s: status %d, message %q, output:\n%s", lang, r.code, r.err, r.out)
		}
	}
	for _, args := range [][]string{{"connection"}, {"connection", "dance"}, {"connection", "test"}, {"connection", "test", "more", "--endpoint", "h"}} {
		if r := try(t, "", args...); r.code != 2 {
			t.Errorf("%q: status %d, message %q", args, r.code, r.err)
		}
	}
}

// TestEachStepFailsInItsOwnWords has each step of the check end it, and reads what a
// person is told, in both languages.
func TestEachStepFailsInItsOwnWords(t *testing.T) {
	shop, _ := serve(t)
	g := newGuard(t, func(*http.Request) bool { return false })
	pages := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(pages.Close)
	bare, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nothing := grpc.NewServer()
	t.Cleanup(nothing.Stop)
	go func() { _ = nothing.Serve(bare) }() // ends with Stop
	idle := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/services") {
			_, _ = io.WriteString(w, `{"services":[]}`)
		}
	}))
	t.Cleanup(idle.Close)
	host := func(s *httptest.Server) string { return strings.TrimPrefix(s.URL, "http://") }
	for _, tt := range []struct {
		step   int
		args   []string
		en, ru string
	}{
		{0, []string{"--endpoint", "jaeger.invalid:16685"}, "There is no machine named", "Не найден компьютер с именем"},
		{1, []string{"--endpoint", "127.0.0.1:1"}, "Nothing listens at", "ничего не запущено"},
		{2, []string{"--endpoint", g.addr}, "is signed by an authority this computer does not know", ""},
		{3, []string{"--endpoint", host(pages), "--plaintext", "--api", "grpc-v3"}, "is a web address, not the query port", ""},
		{4, []string{"--endpoint", g.addr, "--ca", g.ca}, "wants to know who you are", ""},
		{5, []string{"--endpoint", bare.Addr().String(), "--plaintext"}, "", ""},
		{6, []string{"--endpoint", host(idle), "--plaintext", "--api", "http-v3"}, "has no traces yet", ""},
		{7, []string{"--endpoint", shop, "--plaintext", "--order-key", "absent.key"}, "No order number was seen", ""},
	} {
		told := map[string]string{}
		for lang, want := range map[string]string{"en": tt.en, "ru": tt.ru} {
			r := try(t, "", append([]string{"connection", "test", "--lang", lang, "--json"}, tt.args...)...)
			var d checkJSON
			if err := json.Unmarshal([]byte(r.out), &d); err != nil || len(d.Steps) != 8 {
				t.Fatalf("%q: %v in %s%s", tt.args, err, r.out, r.err)
			}
			for i, s := range d.Steps {
				if (s.State == "failed") != (i == tt.step) {
					t.Errorf("%q: step %s is %s", tt.args, s.Step, s.State)
				}
			}
			s := d.Steps[tt.step]
			if r.code != 1 || s.Title == "" || s.Hint == "" || !strings.Contains(s.Title, want) || strings.Contains(s.Title+s.Hint, "error.") {
				t.Errorf("%s %q: status %d, %q, %q; want %q", lang, tt.args, r.code, s.Title, s.Hint, want)
			}
			told[lang] = s.Title + s.Hint
		}
		if told["en"] == told["ru"] || !strings.ContainsFunc(told["ru"], func(r rune) bool { return r >= 'а' && r <= 'я' }) {
			t.Errorf("%q: told in one language only: %q", tt.args, told)
		}
	}
}

func TestConnectionTestForPrograms(t *testing.T) {
	addr, _ := serve(t)
	for endpoint, ok := range map[string]bool{addr: true, "127.0.0.1:1": false} {
		r := try(t, "", "connection", "test", "--endpoint", endpoint, "--plaintext", "--json", "--lang", "ru")
		var d checkJSON
		if err := json.Unmarshal([]byte(r.out), &d); err != nil {
			t.Fatalf("%v in:\n%s", err, r.out)
		}
		if d.OK != ok || (r.code == 0) != ok || len(d.Steps) != 8 || d.Endpoint != endpoint {
			t.Errorf("status %d, %+v", r.code, d)
		}
		if s := d.Steps[1]; !ok && (s.Reason != "refused" || s.Kind != "unreachable" || s.Hint == "" || s.State != "failed") {
			t.Errorf("got %+v, want the reason and what to do", s)
		}
	}
}

// TestTheDateOfACertificateIsNamed holds that nobody has to guess what ends then.
func TestTheDateOfACertificateIsNamed(t *testing.T) {
	r := client.Result{Step: client.StepTLS, State: client.Passed, Detail: "TLS 1.3", Until: time.Date(2027, 5, 30, 12, 0, 0, 0, time.UTC)}
	for lang, want := range map[string]string{"en": "TLS 1.3, certificate valid until 30 May 2027", "ru": "TLS 1.3, сертификат действует до 30 мая 2027"} {
		if _, _, found := checkLine(i18n.For(lang), r); !strings.HasPrefix(found, want) {
			t.Errorf("%s: %q, want %q", lang, found, want)
		}
	}
	if s := stepOfCheck(shell.Profile{}, nil, r); !s.Until.Equal(r.Until) {
		t.Errorf("the window is told of %v", s.Until)
	}
}

// TestTheCountOfLogsTellsWhatItLacks asks an Elasticsearch that counts no further than it
// has to, and whose parts fail.
func TestTheCountOfLogsTellsWhatItLacks(t *testing.T) {
	b := newLogsBench(t)
	b.es.Fault = func(w http.ResponseWriter, _ *http.Request) bool {
		_, _ = io.WriteString(w, `{"timed_out":true,"_shards":{"total":5,"failed":2,"failures":[{"reason":{"type":"too_busy","reason":"\u001b[2Jqueue"}}]},
			"hits":{"total":{"value":10000,"relation":"gte"},"hits":[]}}`)
		return true
	}
	const want = "at least 10,000 lines of the last day name a trace, in logs-*. 2 of 5 parts of the index did not answer, so lines may be missing (too_busy: [2Jqueue). Elasticsearch ran out"
	if out := b.must("", "connection", "test", "shop").out; !strings.Contains(out, want) {
		t.Errorf("printed %s", out)
	}
	found := elastic.Sample{Lines: 21, Gap: logs.Gap{AtLeast: true, TimedOut: true}}
	const russian = "не меньше 21 записи за последние сутки с номером трассы, в logs-*. Elasticsearch не успел"
	if got := logsFound(i18n.For("ru"), "logs-*", found); !strings.HasPrefix(got, russian) {
		t.Errorf("in Russian %q", got)
	}
}

func TestEveryStepHasWords(t *testing.T) {
	for _, lang := range []string{"en", "ru"} {
		w := i18n.For(lang)
		for s := client.StepName; s <= client.StepKey; s++ {
			for st := client.Passed; st <= client.NoTraces; st++ {
				state, step, found := checkLine(w, client.Result{Step: s, State: st, Detail: "x", Err: &client.Error{Kind: client.ErrTLS, Endpoint: "h:1"}})
				if text := state + step + found; strings.Contains(text, "check.") || strings.Contains(text, "error.") || found == "" {
					t.Errorf("%s: %q, %q, %q", lang, state, step, found)
				}
			}
		}
	}
}
