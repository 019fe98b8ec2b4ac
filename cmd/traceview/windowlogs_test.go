package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"traceview/internal/config"
	"traceview/internal/export"
	"traceview/internal/i18n"
	"traceview/internal/logs"
	"traceview/internal/logs/elastic/elastictest"
	"traceview/internal/model"
	"traceview/internal/redact"
	"traceview/internal/secret"
	"traceview/ui/shell"
)

// logging is what the window asks of a connection for log lines.
type logging interface {
	LogsFrom() string
	Logs(ctx context.Context, t *model.Trace, on func(int)) (*logs.Lines, error)
}

// TestWindowFetchesLogsAndKeepsThem opens a connection as the window does, fetches the
// log lines of a trace and reads them again from the library.
func TestWindowFetchesLogsAndKeepsThem(t *testing.T) {
	b := newLogsBench(t)
	b.must("", "connection", "change", "shop", "--kibana", "https://kibana.example", "--logs-field", "level=log.level")
	k := newWindowConnections(filepath.Join(b.dir, "config"), (&env{}).vault(), nil)
	defer k.close()
	list, err := k.List(t.Context())
	if err != nil || len(list) != 1 || list[0].Logs.Address != b.web.URL || list[0].Logs.Index != "logs-*" {
		t.Fatalf("kept are %+v, %v", list, err)
	}
	if held, _, err := k.Held(t.Context(), list[0]); err != nil || len(held) != 1 || held[0].Kind != shell.SecretLogs || !held[0].Kept {
		t.Errorf("held are %+v, %v", held, err)
	}
	open := func(p shell.Profile) logging {
		t.Helper()
		in, err := k.Open(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		from, ok := in.Source.(logging)
		if !ok {
			t.Fatalf("%T knows no log lines", in.Source)
		}
		return from
	}
	from := open(list[0])
	if want := strings.TrimPrefix(b.web.URL, "https://"); from.LogsFrom() != want {
		t.Errorf("log lines are from %q, want %q", from.LogsFrom(), want)
	}
	id, err := model.ParseTraceID(b.trace)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := from.(shell.Source).Trace(t.Context(), id, func(shell.Loading) {})
	if err != nil {
		t.Fatal(err)
	}
	came := 0
	lines, err := from.Logs(t.Context(), tr, func(n int) { came = n })
	if err != nil || lines.Len() != 31 || came == 0 {
		t.Fatalf("%d lines, %d on the way, %v", lines.Len(), came, err)
	}
	s := newShelf(t.TempDir(), secret.System{}, nil, "shop", nil)
	defer s.close()
	done := make(chan error, 3)
	s.Keep(tr, "", func(err error) { done <- err })
	s.KeepLogs(0, tr, "", lines, func(err error) { done <- err })
	s.KeepLogs(0, &model.Trace{ID: model.TraceID{9}}, "", logs.New(model.TraceID{9}, nil, logs.Gap{}), func(err error) { done <- err }) // of a trace that is not kept
	for range 3 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	key, err := s.Find(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if kept, err := s.Logs(t.Context(), key); err != nil || kept.Len() != 31 {
		t.Errorf("kept are %d lines, %v", kept.Len(), err)
	}

	elsewhere := list[0] // a draft that leads elsewhere takes no secret along
	elsewhere.Logs.Address = "https://127.0.0.1:1"
	if _, err := open(elsewhere).Logs(t.Context(), tr, nil); err == nil || strings.Contains(err.Error(), esKey) {
		t.Errorf("elsewhere: %v", err)
	} else if title, hint := explain(i18n.For("ru"), err); title == err.Error() || hint == "" {
		t.Errorf("%v has no words", err)
	}
	none := list[0]
	none.Logs = shell.ProfileLogs{}
	if from := open(none); from.LogsFrom() != "" {
		t.Errorf("without logs they are from %q", from.LogsFrom())
	}
}

// TestLogsStayWhereJaegerMoves holds that a draft whose Jaeger is another, before it is
// kept, asks the same logs in the same way, with the secret they were given.
func TestLogsStayWhereJaegerMoves(t *testing.T) {
	b := newLogsBench(t)
	b.must("", "connection", "change", "shop", "--logs-field", "level=log.level", "--logs-before", "2h", "--logs-after", "3h")
	k := newWindowConnections(filepath.Join(b.dir, "config"), (&env{}).vault(), nil)
	defer k.close()
	list, err := k.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	moved := list[0]
	moved.Address, _ = serve(t)
	if held, _, err := k.Held(t.Context(), moved); err != nil || len(held) != 1 || held[0].Kind != shell.SecretLogs || !held[0].Kept {
		t.Errorf("held are %+v, %v", held, err)
	}
	in, err := k.Open(t.Context(), moved)
	if err != nil {
		t.Fatal(err)
	}
	from := in.Source.(*source)
	if l := from.logs.conn.Logs; l.Fields.Level != "log.level" || time.Duration(l.Before) != 2*time.Hour || time.Duration(l.After) != 3*time.Hour {
		t.Errorf("the logs are asked by %+v", l)
	}
	id, err := model.ParseTraceID(b.trace)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := from.Trace(t.Context(), id, func(shell.Loading) {})
	if err != nil {
		t.Fatal(err)
	}
	if l, err := from.Logs(t.Context(), tr, nil); err != nil || l.Len() != 31 {
		t.Errorf("%d lines, %v", l.Len(), err)
	}
}

// TestWindowChecksLogs checks a connection with its logs: with the secret that is kept,
// with one that is typed, and without Jaeger, when they are not looked at.
func TestWindowChecksLogs(t *testing.T) {
	b := newLogsBench(t)
	now := time.Now().UTC()
	for i := range 3 {
		b.es.Add("logs-shop", fmt.Sprint("now", i), elastictest.Document{"@timestamp": now.Add(-time.Minute).Format(time.RFC3339Nano), "message": "m", "trace.id": b.trace})
	}
	k := newWindowConnections(filepath.Join(b.dir, "config"), (&env{}).vault(), nil)
	defer k.close()
	list, err := k.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	fresh, moved, away := list[0], list[0], list[0]
	fresh.Kept, fresh.Name = "", "another"
	moved.Logs.Address = "https://127.0.0.1:1"
	away.Address = "127.0.0.1:1"
	typed := func(secret string) shell.Typed { return shell.Typed{{Kind: shell.SecretLogs}: secret} }
	for _, tt := range []struct {
		name  string
		p     shell.Profile
		typed shell.Typed
		state string // of the step of the logs, "" for no such step
	}{
		{"what is kept", list[0], nil, shell.StepPassed},
		{"what is typed instead", list[0], typed("wrong"), shell.StepFailed},
		{"one that is new", fresh, typed(esKey), shell.StepPassed},
		{"one that is new, without a secret", fresh, nil, shell.StepFailed},
		{"elsewhere, with what is kept for here", moved, nil, shell.StepFailed},
		{"no Jaeger", away, nil, ""},
	} {
		var last shell.Step
		err := k.Check(t.Context(), tt.p, tt.typed, func(s shell.Step) { last = s })
		if (last.Name == shell.StepLogs) != (tt.state != "") || last.Name == shell.StepLogs && last.State != tt.state {
			t.Errorf("%s: ends with %+v, %v", tt.name, last, err)
			continue
		}
		switch tt.state {
		case shell.StepPassed:
			if err != nil || last.Lines != 3 || last.AtLeast || last.Detail != "logs-*" {
				t.Errorf("%s: %+v, %v", tt.name, last, err)
			}
		case shell.StepFailed:
			if title, hint := explain(i18n.For("en"), last.Err); err == nil || !last.Usable || title == last.Err.Error() || hint == "" || strings.Contains(last.Err.Error(), esKey) {
				t.Errorf("%s: %+v, %v, %q %q", tt.name, last, err, title, hint)
			}
		}
	}
	if held, _, err := k.Held(t.Context(), fresh); err != nil || len(held) != 1 || held[0].Kept {
		t.Errorf("a check kept what was typed: %+v, %v", held, err)
	}
}

// TestLogsStayOutOfARedactedCopy holds that lines go to the entry that their trace is, or
// was read from, whichever of its id was seen last.
func TestLogsStayOutOfARedactedCopy(t *testing.T) {
	tr := readTimeouts(t, 1)[0]
	redacted, err := redact.New(redact.Safe(), nil).Apply(t.Context(), renamed(t, tr, "mail ivan.petrov@example.ru"), func(float64) {})
	if err != nil {
		t.Fatal(err)
	}
	line := func(message string) *logs.Lines {
		return logs.New(tr.ID, []logs.Line{{Time: tr.Epoch, Message: message}}, logs.Gap{})
	}
	s := newShelf(t.TempDir(), new(secret.Memory), nil, "shop", nil)
	defer s.close()
	keepAll(t, s, "", []*model.Trace{tr})
	mine, err := s.Find(t.Context(), tr.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []int64{0, mine} {
		keepAll(t, s, "case.traceview", []*model.Trace{redacted})
		copied, err := s.Find(t.Context(), tr.ID)
		if err != nil || copied == mine {
			t.Fatalf("the entry seen last is %d, %v", copied, err)
		}
		done := make(chan error, 1)
		s.KeepLogs(key, tr, "", line(fmt.Sprint("raw ", key)), func(err error) { done <- err })
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if l, err := s.Logs(t.Context(), copied); err != nil || l != nil {
			t.Errorf("with %d lines got into the redacted copy: %d, %v", key, l.Len(), err)
		}
	}
	if l, err := s.Logs(t.Context(), mine); err != nil || l.Len() != 2 {
		t.Errorf("%d lines are with their trace, %v", l.Len(), err)
	}
}

// renamed returns a trace of one span under another name.
func renamed(t *testing.T, tr *model.Trace, name string) *model.Trace {
	t.Helper()
	b := model.NewBuilder()
	b.Add(&model.SpanRecord{Trace: tr.ID, ID: tr.Spans[0].ID, StartNano: uint64(tr.Epoch), EndNano: uint64(tr.Epoch + tr.Dur), Name: b.InternString(name)})
	return b.Build()[0]
}

// TestLogsOfAProfile holds that what the window does not know of logs stays.
func TestLogsOfAProfile(t *testing.T) {
	was := config.Connection{Name: "a", Endpoint: "j:1", API: config.APIAuto, Logs: config.Logs{Address: "https://es.example", Index: "logs-*", Auth: config.AuthBasic, User: "olga",
		CA: "x", Fields: config.LogFields{Trace: "tid"}, Before: 5}}
	if got := intoConnection(was, profileOfKept(was)).Logs; got.User != "olga" || got.CA != "x" || got.Fields.Trace != "tid" || got.Before != 5 || got.Index != "logs-*" {
		t.Errorf("kept anew are %+v", got)
	}
	p := profileOfKept(was)
	p.Logs.Auth = config.AuthAPIKey
	if got := intoConnection(was, p).Logs; got.User != "" || got.Auth != config.AuthAPIKey {
		t.Errorf("with a key they are %+v", got)
	}
	p.Logs.Address = " "
	if got := intoConnection(was, p).Logs; got.Is() || got.SendsSecret() {
		t.Errorf("without an address they are %+v", got)
	}
	for address, want := range map[string]string{"es:9200": "es:9200", "https://es.example/path": "es.example", "http://es:9200": "es:9200"} {
		if got := newLogSource(config.Connection{Logs: config.Logs{Address: address}}, nil).from(); got != want {
			t.Errorf("%s is called %s", address, got)
		}
	}
	if newLogSource(config.Connection{}, nil).from() != "" {
		t.Error("no logs are somewhere")
	}
}

// TestSharedLogsAreOpenedAgain writes a trace with its log lines as the sheet for sharing
// does, with and without replacing what is private, and opens the file as the window does.
func TestSharedLogsAreOpenedAgain(t *testing.T) {
	tr := oneSpan()
	lines := logs.New(tr.ID, []logs.Line{{Time: tr.Epoch, Span: 7, Message: "sent to ivan.petrov@example.ru"}, {Time: tr.Epoch + 1, Message: "done"}}, logs.Gap{})
	for _, rules := range []string{shell.RulesNone, shell.RulesSafe} {
		sharing := sharingOf(export.Snapshot, rules, tr)
		sharing.Logs = []*logs.Lines{lines}
		seen, err := (sharer{}).Look(t.Context(), sharing, func(float64) {})
		if err != nil || (seen.Count > 0) != (rules == shell.RulesSafe) {
			t.Errorf("by the rules %q it is said beforehand that %d values are replaced, %v", rules, seen.Count, err)
		}
		path := filepath.Join(t.TempDir(), "case.traceview")
		if _, err := (sharer{}).Write(t.Context(), sharing, path, false, func(float64, int64) {}); err != nil {
			t.Fatal(err)
		}
		o, err := openForWindow(t.Context(), path, func(shell.Loading) {})
		if err != nil || len(o.Logs) != 1 || o.Logs[0].Len() != 2 || o.Logs[0].At(0).Span != 7 {
			t.Fatalf("opened with %v, %v", o.Logs, err)
		}
		if private := strings.Contains(o.Logs[0].At(0).Message, "ivan.petrov"); private != (rules == shell.RulesNone) {
			t.Errorf("by the rules %q the line says %q", rules, o.Logs[0].At(0).Message)
		}
	}
}
