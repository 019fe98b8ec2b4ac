package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"traceview/internal/client"
	"traceview/internal/config"
	"traceview/internal/credential"
	"traceview/internal/i18n"
	"traceview/internal/logs/elastic"
	"traceview/ui/shell"
)

// checkJSON is the result of a connection check for programs.
type checkJSON struct {
	Endpoint string     `json:"endpoint"`
	OK       bool       `json:"ok"`
	API      string     `json:"api"` // that answered; "auto" if none did
	Steps    []stepJSON `json:"steps"`
}

// stepJSON is one step. Kind and reason are those of package client; title and
// hint are in the language of --lang.
type stepJSON struct {
	Step   string `json:"step"`
	State  string `json:"state"`
	TookNs int64  `json:"took_ns"`
	Detail string `json:"detail,omitempty"`
	Until  string `json:"until,omitempty"` // RFC 3339, UTC: when the server's certificate ends
	Kind   string `json:"kind,omitempty"`
	Reason string `json:"reason,omitempty"`
	Title  string `json:"title,omitempty"`
	Hint   string `json:"hint,omitempty"`
	Error  string `json:"error,omitempty"`

	err error
}

// testConnection walks through a connection and says where it ends.
func testConnection(ctx context.Context, e *env, c *call, _ *config.File[config.Connections]) error {
	if len(c.args) == 1 {
		*c.conn.connection = c.args[0]
	}
	cl, err := c.conn.dial(ctx, e)
	if err != nil {
		return err
	}
	defer cl.Close()
	keys := orderKeysOr(c.conn.orderKeys)
	profile := c.conn.profile
	if c.on("json") {
		return printCheckJSON(ctx, e, cl, keys, profile)
	}
	w := e.words()
	fmt.Fprintln(e.out, cl.Endpoint())
	t := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
	failed := cl.Check(ctx, keys, func(r client.Result) {
		state, step, found := checkLine(w, r)
		took := ""
		if r.Took > 0 {
			took = w.Units().Duration(int64(r.Took.Round(time.Microsecond)))
		}
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\n", state, step, found, took)
	})
	if profile.Logs.Is() {
		s := e.checkLogs(ctx, w, profile)
		state, found := w.T("check.passed"), s.Detail
		if s.err != nil {
			state, found = w.T("check.failed"), s.Title
			failed = errors.Join(failed, s.err)
		}
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\n", state, w.T("check.step.logs"), found, w.Units().Duration(s.TookNs))
	}
	if err := t.Flush(); err != nil {
		return fmt.Errorf("print steps: %w", err)
	}
	return failed
}

// checkLogs looks whether the logs of a connection can be read, and whether there are any
// of traces.
func (e *env) checkLogs(ctx context.Context, w *i18n.Printer, profile config.Connection) (s stepJSON) {
	began := time.Now()
	s.Step, s.State = shell.StepLogs, client.Passed.String()
	v := e.vault()
	index, found, err := sampleLogs(ctx, v, profile, e.asker(v))
	s.TookNs = int64(time.Since(began).Round(time.Microsecond))
	if err != nil {
		s.State, s.Error, s.err = client.Failed.String(), err.Error(), err
		if kind := client.KindOf(err); kind != 0 {
			s.Kind = kind.String()
		}
		s.Title, s.Hint = explainTyped(w, err)
		return s
	}
	s.Detail = logsFound(w, index, found)
	return s
}

// sampleLogs looks for log lines of traces of the last day, and says where.
func sampleLogs(ctx context.Context, v *credential.Vault, c config.Connection, ask credential.Ask) (index string, found elastic.Sample, err error) {
	es, err := openLogs(ctx, v, c, ask)
	if err != nil {
		return "", found, err
	}
	defer es.Close()
	found, err = es.Check(ctx, time.Now())
	return es.Index(), found, err
}

// logsFound says what a check found of logs, and what its count lacks.
func logsFound(w *i18n.Printer, index string, found elastic.Sample) string {
	key := "check.logs"
	if found.Gap.AtLeast {
		key = "check.logs.least"
	}
	said := w.N(key, int(found.Lines), "index", index)
	if lacks := partWords(w, found.Gap); len(lacks) > 0 {
		said += ". " + strings.Join(lacks, " ")
	}
	return said
}

// checkLine puts a step into words: how it ended, which it is, what was found.
func checkLine(w *i18n.Printer, r client.Result) (state, step, found string) {
	step = w.T("check.step." + r.Step.String())
	switch r.State {
	case client.Passed:
		if !r.Until.IsZero() {
			return w.T("check.passed"), step, w.T("check.tls", "version", r.Detail, "date", w.Units().Date(r.Until))
		}
		return w.T("check.passed"), step, r.Detail
	case client.Failed:
		title, _ := explain(w, r.Err)
		return w.T("check.failed"), step, title
	}
	return "–", step, w.T("check.left." + r.State.String())
}

func printCheckJSON(ctx context.Context, e *env, cl *client.Client, keys []string, profile config.Connection) error {
	out := checkJSON{Endpoint: cl.Endpoint()}
	w := e.wordsOfJSON()
	failed := cl.Check(ctx, keys, func(r client.Result) {
		s := stepJSON{Step: r.Step.String(), State: r.State.String(), TookNs: int64(r.Took), Detail: r.Detail}
		if !r.Until.IsZero() {
			s.Until = r.Until.UTC().Format(time.RFC3339)
		}
		if r.Err != nil {
			s.Kind, s.Error = r.Err.Kind.String(), r.Err.Error()
			if r.Err.Reason != 0 {
				s.Reason = r.Err.Reason.String()
			}
			s.Title, s.Hint = explainTyped(w, r.Err)
		}
		out.Steps = append(out.Steps, s)
	})
	if profile.Logs.Is() {
		s := e.checkLogs(ctx, w, profile)
		out.Steps = append(out.Steps, s)
		failed = errors.Join(failed, s.err)
	}
	out.OK, out.API = failed == nil, cl.Negotiated().String()
	if err := writeJSON(e.out, out); err != nil {
		return err
	}
	return failed
}
