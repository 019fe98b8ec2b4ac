package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"traceview/internal/export"
	"traceview/internal/logs"
	"traceview/internal/model"
	"traceview/internal/redact"
	"traceview/internal/savedview"
	"traceview/ui/drawing"
)

// What --redact names beside files.
const (
	redactSafe = "safe"
	redactNone = "none"
)

// rulesOf returns the rules that --redact names, nil for none.
func rulesOf(name string) (*redact.Rules, error) {
	switch name {
	case redactNone, "":
		return nil, nil
	case redactSafe:
		return redact.Safe(), nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read rules: %w", err)
	}
	defer f.Close() // only read
	rules, err := redact.ReadRules(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return rules, nil
}

// newJob returns an export of traces, the notes on them and their log lines, with what the rules want replaced, and tells
// how much that was. Without rules nothing is.
func newJob(ctx context.Context, e *env, to export.Format, rules *redact.Rules, traces []*model.Trace, notes []savedview.Note, lines ...*logs.Lines) (*export.Job, error) {
	words := e.words()
	j := &export.Job{Format: to, Traces: traces, Logs: lines, Notes: notes, Words: words, Zone: time.Local, Version: version, Created: time.Now(), Artist: drawing.Artist{Words: words}}
	if rules == nil {
		return j, nil
	}
	r := redact.New(rules, nil)
	if err := j.Redact(ctx, r, nil); err != nil {
		return nil, err
	}
	if _, all := r.Counts(); all > 0 {
		fmt.Fprintln(e.err, words.N("cli.redact.done", all, "kinds", export.Counts(export.Kinds(r, words), words)))
	} else {
		fmt.Fprintln(e.err, words.T("cli.redact.nothing"))
	}
	return j, nil
}
