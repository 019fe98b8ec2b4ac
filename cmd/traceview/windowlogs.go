package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"traceview/internal/config"
	"traceview/internal/credential"
	"traceview/internal/logs"
	"traceview/internal/logs/elastic"
	"traceview/internal/model"
	"traceview/internal/secret"
	"traceview/internal/store"
	"traceview/ui/shell"
)

// A logSource fetches log lines for the window from where a connection says. It is nil
// for a connection without logs. Its secret is read when the first question is asked.
type logSource struct {
	conn  config.Connection
	vault *credential.Vault
}

func newLogSource(c config.Connection, v *credential.Vault) *logSource {
	if !c.Logs.Is() {
		return nil
	}
	return &logSource{c, v}
}

// from returns the server for a person.
func (l *logSource) from() string {
	if l == nil {
		return ""
	}
	_, rest, ok := strings.Cut(l.conn.Logs.Address, "://")
	if !ok {
		rest = l.conn.Logs.Address
	}
	host, _, _ := strings.Cut(rest, "/")
	return host
}

// fetch fetches the log lines of a trace.
func (l *logSource) fetch(ctx context.Context, t *model.Trace, on func(int)) (*logs.Lines, error) {
	es, err := openLogs(ctx, l.vault, l.conn, nil)
	if err != nil {
		return nil, err
	}
	defer es.Close()
	return es.Fetch(ctx, queryOf(t), on)
}

// checkLogs looks whether log lines can be read, with what was typed of their secret or
// else what is kept. A connection is of use without them.
func (k *windowConnections) checkLogs(ctx context.Context, p shell.Profile, c config.Connection, typed shell.Typed) shell.Step {
	began := time.Now()
	s := shell.Step{Name: shell.StepLogs, State: shell.StepPassed, Usable: true}
	index, found, err := k.sampleLogs(ctx, p, c, typed)
	s.Took = time.Since(began)
	if err != nil {
		s.State, s.Err = shell.StepFailed, err
		return s
	}
	s.Detail, s.Lines, s.AtLeast = index, int(found.Lines), found.Gap.AtLeast
	return s
}

func (k *windowConnections) sampleLogs(ctx context.Context, p shell.Profile, c config.Connection, typed shell.Typed) (string, elastic.Sample, error) {
	_, kept, err := k.secretsOf(p, c)
	if err != nil {
		return "", elastic.Sample{}, err
	}
	at := asKept(c, kept)
	vault, ask := k.logsVault(p, at, kept), credential.Ask(nil)
	if value := typed[shell.Secret{Kind: shell.SecretLogs}]; value != "" {
		vault = credential.New(&secret.Memory{}) // where it is kept to be forgotten
		ask = func(context.Context, config.Connection, credential.Want) (string, error) { return value, nil }
	}
	return sampleLogs(ctx, vault, at, ask)
}

// LogsFrom makes a source one that knows where its log lines are.
func (s *source) LogsFrom() string { return s.logs.from() }

// Logs fetches the log lines of a trace.
func (s *source) Logs(ctx context.Context, t *model.Trace, on func(int)) (*logs.Lines, error) {
	return s.logs.fetch(ctx, t, on)
}

// LogsFrom is that of a source.
func (l *linked) LogsFrom() string { return l.logs.from() }

// Logs is that of a source.
func (l *linked) Logs(ctx context.Context, t *model.Trace, on func(int)) (*logs.Lines, error) {
	return l.logs.fetch(ctx, t, on)
}

// KeepLogs implements shell.Library.
func (s *shelf) KeepLogs(at int64, t *model.Trace, file string, l *logs.Lines, done func(error)) {
	s.waiting.add(keeping{trace: t, source: s.sourceOf(file), lines: l, at: store.Key(at), done: done})
}

// putLogs keeps log lines with the entry that their trace was read from, or else with the
// one that it is kept in: another of the same id may be a redacted copy, which the lines
// must not get into. There may be none: the library takes no more, which was told.
func (s *shelf) putLogs(ctx context.Context, k *keeping) error {
	st, err := s.library(ctx)
	if err != nil {
		return err
	}
	key := k.at
	if key == 0 {
		if _, err = findKept(ctx, st, k.lines.Trace()); err == nil {
			key, _, err = st.Put(ctx, k.trace, k.source) // which knows it by its spans
		}
	}
	if err == nil {
		err = st.PutLogs(ctx, key, k.lines)
	}
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// Logs implements shell.Library.
func (s *shelf) Logs(ctx context.Context, key int64) (*logs.Lines, error) {
	st, err := s.library(ctx)
	if err != nil {
		return nil, err
	}
	return st.Logs(ctx, store.Key(key))
}
