package main

import (
	"encoding/json"
	"strings"
	"testing"

	"traceview/internal/client"
	"traceview/internal/i18n"
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
