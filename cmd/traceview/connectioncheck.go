package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"traceview/internal/client"
	"traceview/internal/config"
	"traceview/internal/i18n"
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
	if c.on("json") {
		return printCheckJSON(ctx, e, cl, keys)
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
	if err := t.Flush(); err != nil {
		return fmt.Errorf("print steps: %w", err)
	}
	return failed
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

func printCheckJSON(ctx context.Context, e *env, cl *client.Client, keys []string) error {
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
			s.Title, s.Hint = explain(w, r.Err)
		}
		out.Steps = append(out.Steps, s)
	})
	out.OK, out.API = failed == nil, cl.Negotiated().String()
	if err := writeJSON(e.out, out); err != nil {
		return err
	}
	return failed
}
