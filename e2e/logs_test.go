//go:build e2e

package e2e

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"traceview/internal/logs/elastic"
	"traceview/internal/logs/elastic/elastictest"
)

// logsPrinted is what logs --json prints.
type logsPrinted struct {
	Traces []struct {
		TraceID string `json:"trace_id"`
		Source  string
		Lines   []struct {
			Message, Severity string
			SpanID            string `json:"span_id"`
			Fields            []struct{ Key, Value string }
		}
		Missing struct {
			FailedShards int `json:"failed_shards"`
		}
	}
}

// TestLogs fetches the log lines of an order from what answers as Elasticsearch does, over
// TLS with a key out of a real keyring, keeps them, and has them without a network, in a
// file, and in one that was redacted.
func TestLogs(t *testing.T) {
	const seed, key, mail = "5", "planted-id:planted-secret-of-es-91c4", "ivan.petrov@example.ru"
	addr := startHeadless(t, seed)
	d := newDesk(t)
	var told struct{ Orders []struct{ Order string } }
	if err := json.Unmarshal([]byte(d.must("", "demo", "--list", "--seed", seed, "--json")), &told); err != nil {
		t.Fatal(err)
	}
	number := told.Orders[0].Order
	var found struct {
		Traces []struct {
			TraceID string `json:"trace_id"`
			Start   time.Time
		}
	}
	out := d.must("", "search", "--order", number, "--lookback", wholeHistory, "--endpoint", addr, "--plaintext", "--json")
	if err := json.Unmarshal([]byte(out), &found); err != nil || len(found.Traces) < 2 {
		t.Fatalf("%d traces of order %s, %v", len(found.Traces), number, err)
	}

	const each = 1200 // more than a page
	es := &elastictest.Server{Failed: 1}
	_, es.Authorization = elastic.APIKey(key)
	for n, tr := range found.Traces {
		for i := range each {
			es.Add("logs-shop", fmt.Sprintf("%d-%d", n, i), elastictest.Document{
				"@timestamp": tr.Start.Add(time.Duration(i) * time.Microsecond).Format(time.RFC3339Nano), "trace": map[string]any{"id": tr.TraceID},
				"message": fmt.Sprintf("line %d for %s", i, mail), "log.level": "WARN", "labels": map[string]any{"password": "hunter2"}, "span.id": "00000000000000ab"})
		}
	}
	company := newAuthority(t)
	cert, err := tls.LoadX509KeyPair(company.issue(t, "es"))
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewUnstartedServer(es)
	srv.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	defer srv.Close()

	d.must(key+"\n", "connection", "add", "shop", "--endpoint", addr, "--plaintext", "--logs-address", srv.URL, "--logs-index", "logs-*",
		"--logs-auth", "api-key", "--logs-ca", company.file, "--logs-secret-stdin")
	lines := func(where string, from, planted bool, args ...string) {
		t.Helper()
		out := d.must("", append(append([]string{"logs"}, args...), "--json")...)
		var got logsPrinted
		if err := json.Unmarshal([]byte(out), &got); err != nil || len(got.Traces) != len(found.Traces) {
			t.Fatalf("%s: %d traces, %v", where, len(got.Traces), err)
		}
		for _, tr := range got.Traces {
			if len(tr.Lines) != each || tr.Missing.FailedShards != 1 || tr.Lines[7].SpanID != "00000000000000ab" || tr.Lines[7].Severity != "warn" {
				t.Errorf("%s: %d lines of trace %s, %d shards failed", where, len(tr.Lines), tr.TraceID, tr.Missing.FailedShards)
			}
			if (tr.Source == "elasticsearch") != from {
				t.Errorf("%s: lines are from %s", where, tr.Source)
			}
		}
		if strings.Contains(out, mail) != planted || strings.Contains(out, "hunter2") != planted {
			t.Errorf("%s: what was planted is there: %v", where, !planted)
		}
	}
	lines("fetched", true, true, "--order", number, "--lookback", wholeHistory, "--connection", "shop")
	file := filepath.Join(t.TempDir(), "fetched.traceview")
	args := []string{"fetch", "-o", file, "--logs", "--connection", "shop"}
	for _, tr := range found.Traces {
		args = append(args, tr.TraceID)
	}
	d.must("", args...)
	if es.Open() != 0 {
		t.Errorf("%d points in time are left open", es.Open())
	}

	d.must("wrong:key\n", "connection", "login", "shop", "--logs-secret-stdin")
	d.refused("does not accept your password or key", "", "logs", found.Traces[0].TraceID, "--connection", "shop")
	d.must("", "connection", "change", "shop", "--logs-index", "nothing")
	d.must(key+"\n", "connection", "login", "shop", "--logs-secret-stdin")
	d.refused("There is no index nothing", "", "logs", found.Traces[0].TraceID, "--connection", "shop")

	srv.Close()
	lines("offline", false, true, "--order", number, "--offline")
	lines("in the file", false, true, file)
	for rules, planted := range map[string]bool{"none": true, "safe": false} {
		file := filepath.Join(t.TempDir(), rules+".traceview")
		d.must("", "library", "export", "--order", number, "-o", file, "--redact", rules)
		lines("exported with "+rules, false, planted, file)
	}
	d.refused("Nothing listens", "", "logs", found.Traces[0].TraceID, "--connection", "shop")
	d.hides(key, "planted-secret-of-es-91c4", strings.TrimPrefix(es.Authorization, "ApiKey "), "wrong:key")
}
