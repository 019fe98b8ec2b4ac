package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"traceview/internal/client"
	"traceview/internal/config"
	"traceview/internal/credential"
	"traceview/internal/demo"
	"traceview/internal/format/otlp"
	"traceview/internal/i18n"
	"traceview/internal/logs"
	"traceview/internal/logs/elastic"
	"traceview/internal/logs/elastic/elastictest"
	"traceview/internal/model"
	"traceview/internal/secret"
	"traceview/internal/store"
)

const esKey = "planted-id:planted-es-key-77d0"

// A logsBench is a shop with its logs: the demo's server, and an Elasticsearch behind TLS
// that lets in who has the key.
type logsBench struct {
	*commandBench
	es    *elastictest.Server
	web   *httptest.Server
	trace string
	span  string
	mail  string
}

// newLogsBench makes a bench with a connection named shop, which names the logs.
func newLogsBench(t *testing.T) *logsBench {
	t.Helper()
	addr, shop := serve(t)
	b := &logsBench{commandBench: newCommandBench(t), es: &elastictest.Server{}, mail: "ivan.petrov@example.ru"}
	_, b.es.Authorization = elastic.APIKey(esKey)
	b.web = httptest.NewTLSServer(b.es)
	t.Cleanup(b.web.Close)
	builder := model.NewBuilder()
	if err := otlp.DecodeProto(shop.Traces()[0].Proto, builder); err != nil {
		t.Fatal(err)
	}
	tr := builder.Build()[0]
	b.trace, b.span = tr.ID.String(), tr.Spans[0].ID.String()
	at := func(ns int64) string { return time.Unix(0, tr.Epoch+ns).UTC().Format(time.RFC3339Nano) }
	for i := range 30 {
		b.es.Add("logs-shop", fmt.Sprint(i), elastictest.Document{"@timestamp": at(int64(i)), "message": fmt.Sprintf("step %d of the work", i), "log.level": "INFO",
			"trace.id": b.trace, "span.id": b.span, "service.name": "shop-api"})
	}
	b.es.Add("logs-shop", "mail", elastictest.Document{"@timestamp": at(100), "message": "failed for " + b.mail + "\nsecond line \x1b[31mred", "log": map[string]any{"level": "error"},
		"trace": map[string]any{"id": b.trace}, "service": map[string]any{"name": "shop-api"}, "error.stack_trace": "at Pay for " + b.mail, "labels": map[string]any{"password": "hunter2"}})
	b.must(esKey+"\n", "connection", "add", "shop", "--endpoint", addr, "--plaintext", "--logs-address", b.web.URL, "--logs-index", "logs-*",
		"--logs-auth", "api-key", "--logs-ca", authorityOf(t, b.web), "--logs-secret-stdin")
	return b
}

// logsDocument is what logs --json prints.
type logsDocument struct {
	Traces []struct {
		TraceID string `json:"trace_id"`
		Source  string `json:"source"`
		Lines   []struct {
			Severity, Message, Service, Stack string
			SpanID                            string `json:"span_id"`
		}
		Missing struct{ More bool }
	}
}

// lines runs logs and returns what it prints as JSON.
func (b *logsBench) lines(args ...string) (d logsDocument) {
	b.t.Helper()
	r := b.must("", append(append([]string{"logs"}, args...), "--json")...)
	if err := json.Unmarshal([]byte(r.out), &d); err != nil {
		b.t.Fatalf("%v in %s", err, r.out)
	}
	return d
}

func TestLogsFromFetchingToOffline(t *testing.T) {
	b := newLogsBench(t)
	printed := []result{b.must("", "connection", "show", "shop"), b.must("", "connection", "list", "--json")}
	d := b.lines(b.trace, "--connection", "shop")
	if len(d.Traces) != 1 || len(d.Traces[0].Lines) != 31 || d.Traces[0].Source != fromElastic || d.Traces[0].TraceID != b.trace {
		t.Fatalf("got %+v", d)
	}
	last := d.Traces[0].Lines[30]
	if last.Severity != "error" || last.SpanID != "" || !strings.Contains(last.Stack, "at Pay") || d.Traces[0].Lines[0].SpanID != b.span {
		t.Errorf("last line %+v, first of span %s", last, d.Traces[0].Lines[0].SpanID)
	}
	if one := b.lines(b.trace, "--connection", "shop", "--span", b.span); len(one.Traces[0].Lines) != 30 {
		t.Errorf("of its span: %d lines", len(one.Traces[0].Lines))
	}
	plain := b.must("", "logs", b.trace, "--connection", "shop")
	if !strings.Contains(plain.out, "step 3 of the work") || strings.Contains(plain.out, "\x1b") || !strings.Contains(plain.out, "\n    second line") {
		t.Errorf("printed %q", plain.out)
	}
	file := filepath.Join(b.dir, "case.traceview")
	printed = append(printed, plain, b.must("", "fetch", b.trace, "--connection", "shop", "--logs", "-o", file))

	b.web.Close() // the network is gone
	if off := b.lines(b.trace, "--offline"); len(off.Traces[0].Lines) != 31 || off.Traces[0].Source != fromLibrary {
		t.Errorf("offline: %+v", off.Traces)
	}
	if of := b.lines(file); len(of.Traces[0].Lines) != 31 || of.Traces[0].Source != fromFile {
		t.Errorf("of the file: %+v", of.Traces)
	}
	r := b.try("logs", b.trace, "--connection", "shop", "--json")
	if r.code != 1 || !strings.Contains(r.err, "Nothing listens") || !strings.Contains(r.out, fromLibrary) || !strings.Contains(r.out, "step 3") {
		t.Errorf("without Elasticsearch: status %d, %s", r.code, r.err)
	}
	b.leaks(append(printed, r), esKey, "planted-es-key", strings.TrimPrefix(b.es.Authorization, "ApiKey "))
}

// TestFetchingInVainLeavesWhatIsKept fetches a trace again while its logs cannot be read.
func TestFetchingInVainLeavesWhatIsKept(t *testing.T) {
	b := newLogsBench(t)
	file := filepath.Join(b.dir, "case.traceview")
	b.must("", "fetch", b.trace, "--connection", "shop", "--logs", "-o", file)
	b.es.Fault = func(w http.ResponseWriter, _ *http.Request) bool {
		http.Error(w, "no", http.StatusForbidden)
		return true
	}
	if r := b.try("fetch", b.trace, "--connection", "shop", "--logs", "-o", file); r.code != 1 {
		t.Errorf("status %d, %s", r.code, r.err)
	}
	if of := b.lines(file).Traces[0]; len(of.Lines) != 0 || !of.Missing.More {
		t.Errorf("the file holds %+v", of)
	}
	if off := b.lines(b.trace, "--offline").Traces[0]; len(off.Lines) != 31 || off.Missing.More {
		t.Errorf("kept are %d lines, maybe more: %v", len(off.Lines), off.Missing.More)
	}
}

// TestLogsTellWhatWasNotHad holds that lines come with what could not be had or kept of
// their trace: a library that takes nothing, and a server that broke off.
func TestLogsTellWhatWasNotHad(t *testing.T) {
	b := newLogsBench(t)
	o := logsOptions(config.Logs{Address: b.web.URL, Index: "logs-*", CAFile: authorityOf(t, b.web)}, &credential.Credentials{APIKey: esKey})
	es, err := elastic.New(o)
	if err != nil {
		t.Fatal(err)
	}
	defer es.Close()
	id, err := model.ParseTraceID(b.trace)
	if err != nil {
		t.Fatal(err)
	}
	addr, shop := serve(t)
	half := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		builder := model.NewBuilder()
		if err := otlp.DecodeProto(shop.Traces()[0].Proto, builder); err != nil {
			t.Error(err)
		}
		if _, err := io.WriteString(w, `{"result":`); err != nil {
			t.Error(err)
		}
		if err := otlp.WriteJSON(w, builder.Build()); err != nil {
			t.Error(err)
		}
		_, _ = io.WriteString(w, `}{"result":`)
		panic(http.ErrAbortHandler)
	}))
	defer half.Close()
	for name, to := range map[string]client.Options{"kept nowhere": {Endpoint: addr, Plaintext: true}, "broken off": {Endpoint: half.URL, Plaintext: true, API: client.APIHTTP}} {
		t.Run(name, func(t *testing.T) {
			cl, err := client.New(to)
			if err != nil {
				t.Fatal(err)
			}
			defer cl.Close()
			s, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Keys: new(secret.Memory)})
			if err == nil && to.API != client.APIHTTP {
				err = s.Close() // which takes nothing any more
			}
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			l, err := logsOfTrace(t.Context(), cl, es, s, id)
			if err == nil || !strings.Contains(err.Error(), b.trace) || l.lines.Len() != 31 || l.from != fromElastic {
				t.Errorf("%d lines, %v", l.lines.Len(), err)
			}
		})
	}
}

func TestLogsOfAnOrder(t *testing.T) {
	b := newLogsBench(t)
	_, shop := serve(t)
	number := shop.Traces()[0].Order
	d := b.lines("--order", number, "--connection", "shop", "--lookback", "8760h")
	if len(d.Traces) < 2 {
		t.Fatalf("%d traces", len(d.Traces))
	}
	if off := b.lines("--order", number, "--offline"); len(off.Traces) != len(d.Traces) {
		t.Errorf("offline %d traces, want %d", len(off.Traces), len(d.Traces))
	}
}

// TestLogsOfAnOrderAreOfItsEntries has two entries of one trace id in the library, each
// with a line of its own, and reads those of their order.
func TestLogsOfAnOrderAreOfItsEntries(t *testing.T) {
	b := newCommandBench(t)
	s, err := store.Open(t.Context(), store.Options{Dir: filepath.Join(b.dir, "data"), Keys: secret.System{}, OrderKeys: []string{"order.id"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, from := range []string{"shop", "copy"} {
		builder := model.NewBuilder()
		builder.Add(&model.SpanRecord{Trace: model.TraceID{1}, ID: 7, StartNano: 1e18, EndNano: 1e18 + 1e9, Name: builder.InternString(from),
			Attrs: []model.Attr{builder.StringAttr(builder.InternString("order.id"), []byte("10472"))}})
		tr := builder.Build()[0]
		key, _, err := s.Put(t.Context(), tr, from)
		if err == nil {
			err = s.PutLogs(t.Context(), key, logs.New(tr.ID, []logs.Line{{Time: tr.Epoch, Message: from}}, logs.Gap{}))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	var d logsDocument
	var got []string
	if err := json.Unmarshal([]byte(b.must("", "logs", "--order", "10472", "--offline", "--json").out), &d); err != nil {
		t.Fatal(err)
	}
	for _, tr := range d.Traces {
		for _, l := range tr.Lines {
			got = append(got, l.Message)
		}
	}
	if slices.Sort(got); !slices.Equal(got, []string{"copy", "shop"}) {
		t.Errorf("got the lines %q", got)
	}
}

// TestRedactedLogsLeaveNothing holds that what was planted in log lines is in no byte of
// a snapshot that was redacted, and in one that was not.
func TestRedactedLogsLeaveNothing(t *testing.T) {
	b := newLogsBench(t)
	b.lines(b.trace, "--connection", "shop")
	for _, tt := range []struct {
		redact string
		stays  bool
	}{{redactNone, true}, {redactSafe, false}} {
		file := filepath.Join(b.dir, tt.redact+".traceview")
		b.must("", "library", "export", b.trace, "-o", file, "--redact", tt.redact)
		d := b.lines(file)
		if len(d.Traces[0].Lines) != 31 {
			t.Fatalf("%s: %d lines", tt.redact, len(d.Traces[0].Lines))
		}
		all := b.must("", "logs", file, "--json").out
		for _, planted := range []string{b.mail, "hunter2"} {
			if strings.Contains(all, planted) != tt.stays {
				t.Errorf("%s: %s is in the file: %v", tt.redact, planted, !tt.stays)
			}
		}
		if !strings.Contains(all, "step 3 of the work") {
			t.Errorf("%s: what tells nothing of anybody is gone", tt.redact)
		}
		for _, to := range []string{"markdown", "html"} {
			text := b.must("", "library", "export", b.trace, "--to", to, "--redact", tt.redact).out
			if !strings.Contains(text, "failed for") || strings.Contains(text, b.mail) != tt.stays {
				t.Errorf("%s: %s has the line that failed with %s: %v", tt.redact, to, b.mail, strings.Contains(text, b.mail))
			}
		}
		if data, err := os.ReadFile(file); err != nil || !tt.stays && bytes.Contains(data, []byte(b.mail)) {
			t.Errorf("%s: %v, or in plain text", tt.redact, err)
		}
	}
}

// TestWhatIsMissingIsPlainText holds that a terminal takes nothing that a server says for
// a command.
func TestWhatIsMissingIsPlainText(t *testing.T) {
	l := logs.New(model.TraceID{1}, nil, logs.Gap{FailedShards: 2, Shards: 5, Reason: "shard_failed: \x1b[2Jno\x07\nmore"})
	for _, lang := range []string{"en", "ru"} {
		said := strings.Join(gapWords(i18n.For(lang), readLogs{l, fromElastic}), "|")
		if !strings.Contains(said, "shard_failed: [2Jno\n    more") || strings.ContainsAny(said, "\x1b\x07") {
			t.Errorf("said is %q", said)
		}
	}
}

func TestLogsWrongUsage(t *testing.T) {
	b := newLogsBench(t)
	for _, tt := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"logs"}, 2, "TRACE_ID"},
		{[]string{"logs", "--connection", "shop"}, 2, "--order"},
		{[]string{"logs", "xyz", "--connection", "shop"}, 2, "xyz"},
		{[]string{"logs", b.trace, "--order", "1", "--connection", "shop"}, 2, "not both"},
		{[]string{"logs", b.trace, "--span", "zz", "--connection", "shop"}, 2, "zz"},
		{[]string{"logs", "absent.traceview"}, 1, "no such file"},
		{[]string{"logs", b.trace, "--endpoint", "127.0.0.1:1", "--plaintext"}, 1, "does not say where its logs are"},
		{[]string{"logs", b.trace, "--offline"}, 1, "library does not have"},
		{[]string{"connection", "change", "shop", "--logs-index", "Bad Index"}, 2, "index pattern"},
		{[]string{"connection", "change", "shop", "--logs-auth", "fax"}, 2, "fax"},
		{[]string{"connection", "add", "other", "--endpoint", "j:1", "--logs-address", "http://es.example", "--logs-auth", "api-key"}, 2, "without TLS"},
		{[]string{"connection", "change", "shop", "--logs-field", "colour=x"}, 2, "ROLE"},
		{[]string{"connection", "change", "shop", "--logs-before", "soon"}, 2, "15m"},
		{[]string{"connection", "add", "other", "--endpoint", "j:1", "--logs-secret-stdin"}, 2, "--logs-address"},
		{[]string{"connection", "change", "shop", "--logs-address", "none", "--logs-secret-stdin"}, 2, "--logs-auth"},
	} {
		if r := b.try(tt.args...); r.code != tt.code || !strings.Contains(r.err, tt.says) {
			t.Errorf("%q: status %d, %s; want %d and %q", tt.args, r.code, r.err, tt.code, tt.says)
		}
	}
}

// TestLogsOfAConnection holds that the logs of a connection are handed over without its
// secret, and that the secret stays where it was meant for.
func TestLogsOfAConnection(t *testing.T) {
	b := newLogsBench(t)
	b.must("", "connection", "change", "shop", "--logs-field", "trace=tid", "--logs-field", "message=txt", "--logs-before", "1m", "--logs-after", "2h")
	file := filepath.Join(t.TempDir(), "shop.json")
	b.must("", "connection", "export", "shop", "-o", file)
	data, err := os.ReadFile(file)
	if err != nil || bytes.Contains(data, []byte("planted")) || !bytes.Contains(data, []byte(`"trace": "tid"`)) || !bytes.Contains(data, []byte("CERTIFICATE")) {
		t.Errorf("handed over %s, %v", data, err)
	}
	r := b.must("", "connection", "import", file, "--as", "copy")
	if !strings.Contains(r.err, "Password or key of the logs") {
		t.Errorf("an import does not say what it needs: %s", r.err)
	}
	var shown struct{ Credentials []struct{ Kept bool } }
	kept := func(name string) bool {
		t.Helper()
		if err := json.Unmarshal([]byte(b.must("", "connection", "show", name, "--json").out), &shown); err != nil || len(shown.Credentials) != 1 {
			t.Fatalf("%+v, %v", shown, err)
		}
		return shown.Credentials[0].Kept
	}
	if !kept("shop") || kept("copy") {
		t.Error("the secret of the logs is not where it should be")
	}
	b.must("", "connection", "change", "shop", "--logs-address", "https://127.0.0.1:9")
	if kept("shop") {
		t.Error("the secret stays for another Elasticsearch")
	}
	b.must("", "connection", "change", "shop", "--logs-address", noLogs)
	if out := b.must("", "connection", "show", "shop", "--json").out; strings.Contains(out, "tid") {
		t.Errorf("the logs are not taken out: %s", out)
	}
}

func TestEveryErrorOfLogsHasWords(t *testing.T) {
	for _, lang := range []string{"en", "ru"} {
		w := i18n.For(lang)
		say := func(e *client.Error) {
			t.Helper()
			e.Endpoint = "es:9200"
			title, hint := explain(w, &elastic.Error{Op: "fetch logs", Index: "logs-*", Cause: e})
			if strings.HasPrefix(title, "error.") || strings.HasPrefix(hint, "error.") || title == "" || hint == "" || strings.Contains(title+hint, "{{") ||
				strings.Contains(title+hint, "Jaeger") {
				t.Errorf("%s %v: %q, %q", lang, e, title, hint)
			}
		}
		for kind := range logsKinds {
			say(&client.Error{Kind: kind})
		}
		for reason := range logsReasons {
			say(&client.Error{Kind: client.ErrServer, Reason: reason})
		}
	}
	title, _ := explain(i18n.For("en"), errors.Join(&elastic.Error{Op: "x", Index: "logs-*", Cause: &client.Error{Kind: client.ErrNotFound, Endpoint: "es:9200"}}))
	if title != "There is no index logs-* at es:9200" {
		t.Errorf("of an absent index: %q", title)
	}
}

func TestLogsOptions(t *testing.T) {
	o := logsOptions(config.Logs{Address: "es", Before: config.Duration(time.Minute)}, &credential.Credentials{})
	if o.Before != time.Minute || o.After >= 0 {
		t.Errorf("got %v and %v, want a minute and the default", o.Before, o.After)
	}
}

func TestConnectionTestLooksForLogs(t *testing.T) {
	b := newLogsBench(t)
	b.es.Add("logs-shop", "now", elastictest.Document{"@timestamp": time.Now().UTC().Format(time.RFC3339Nano), "message": "m", "trace.id": b.trace})
	var told checkJSON
	if err := json.Unmarshal([]byte(b.must("", "connection", "test", "shop", "--json").out), &told); err != nil || !told.OK {
		t.Fatalf("%+v, %v", told, err)
	}
	last := told.Steps[len(told.Steps)-1]
	if last.Step != "logs" || last.State != "passed" || last.Detail != "1 line of the last day names a trace, in logs-*" {
		t.Errorf("got %+v", last)
	}
	if out := b.must("", "connection", "test", "shop").out; !strings.Contains(out, "Logs") || !strings.Contains(out, "1 line of the last day") {
		t.Errorf("printed %s", out)
	}
	b.must("other:key\n", "connection", "login", "shop", "--logs-secret-stdin")
	r := b.try("connection", "test", "shop", "--json")
	if err := json.Unmarshal([]byte(r.out), &told); err != nil || told.OK || r.code != 1 {
		t.Fatalf("status %d, %+v, %v", r.code, told, err)
	}
	if last = told.Steps[len(told.Steps)-1]; last.State != "failed" || last.Kind != "unauthenticated" || !strings.Contains(last.Title, "does not accept") {
		t.Errorf("with a wrong key: %+v", last)
	}
}

// TestLogsOfTheDemo holds that the demo's logs tell of its faults, each beside its span,
// and that only what is asked for is made.
func TestLogsOfTheDemo(t *testing.T) {
	addr, shop := serve(t)
	s := &logsBench{commandBench: newCommandBench(t)}
	address, stop, err := serveDemoLogs(t.Context(), shop)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	s.must("", "connection", "add", "demo", "--endpoint", addr, "--plaintext", "--logs-address", address)
	i := slices.IndexFunc(shop.Orders(), func(o demo.Order) bool { return o.SpanID != "" })
	o := shop.Orders()[i]
	d := s.lines("--order", o.Number, "--connection", "demo", "--lookback", "8760h")
	if len(d.Traces) != o.Traces {
		t.Errorf("lines of %d traces, want %d", len(d.Traces), o.Traces)
	}
	for _, tr := range d.Traces {
		if len(tr.Lines) == 0 || tr.Lines[0].SpanID == "" || tr.Lines[0].Service == "" || tr.Missing.More {
			t.Errorf("trace %s has %d lines, the first %+v", tr.TraceID, len(tr.Lines), tr.Lines)
		}
	}
	if out := s.must("", "connection", "test", "demo").out; !strings.Contains(out, "of the last day name") {
		t.Errorf("printed %s", out)
	}

	cl, err := client.New(client.Options{Endpoint: addr, Plaintext: true})
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	from, stop, err := demoSource(t.Context(), cl, shop)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	id, err := model.ParseTraceID(d.Traces[0].TraceID)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := cl.Trace(t.Context(), id, nil)
	if err != nil {
		t.Fatal(err)
	}
	if l, err := from.Logs(t.Context(), tr, nil); err != nil || l.Len() != len(d.Traces[0].Lines) || from.LogsFrom() == "" {
		t.Errorf("in the window: %d lines, %v", l.Len(), err)
	}
}
