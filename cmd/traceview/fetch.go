package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"traceview/internal/client"
	"traceview/internal/config"
	"traceview/internal/logs"
	"traceview/internal/logs/elastic"
	"traceview/internal/model"
	"traceview/internal/snapshot"
)

var fetchCommand = command{
	name: "fetch",
	args: "TRACE_ID...",
	flags: func(c *call) {
		addConn(c)
		c.addText("o", "")
		c.addText("order", "")
		c.addBool("logs")
	},
	run: runFetch,
}

func runFetch(ctx context.Context, e *env, c *call) error {
	if len(c.args) == 0 {
		return usagef("TRACE_ID is missing")
	}
	out := c.text("o")
	if !strings.HasSuffix(out, ".traceview") {
		return usagef("-o %q: want a name that ends in .traceview", out)
	}
	var ids []model.TraceID
	for _, a := range c.args {
		id, err := model.ParseTraceID(a)
		if err != nil {
			return usageError{err}
		}
		if !slices.Contains(ids, id) { // twice in a file it would count as one with repeats
			ids = append(ids, id)
		}
	}
	cl, err := c.conn.dial(ctx, e)
	if err != nil {
		return err
	}
	defer cl.Close()
	if c.on("logs") && !c.conn.profile.Logs.Is() {
		return fmt.Errorf("fetch logs: connection %s: %w", c.conn.profile.Name, errNoLogs)
	}
	traces, failed := fetchAll(ctx, e, cl, ids)
	if len(traces) == 0 {
		return failed
	}
	var lines, whole []*logs.Lines
	if c.on("logs") {
		var err error
		lines, whole, err = fetchLinesOf(ctx, e, c.conn.profile, traces)
		failed = errors.Join(failed, err)
	}
	s := &snapshot.Snapshot{Traces: traces, Logs: lines, Manifest: snapshot.Manifest{
		App: "traceview " + version, Source: cl.Endpoint(), Created: time.Now().UTC(), Order: c.text("order")}}
	if err := snapshot.WriteFile(out, s); err != nil {
		return err
	}
	w := e.words()
	fmt.Fprintln(e.err, w.N("fetch.done", len(traces), "file", out))
	if err := keepTraces(ctx, e, cl.Endpoint(), c.conn.orderKeys, traces, whole...); err != nil {
		fmt.Fprintln(e.err, explainLine(w, err)) // the file is what was asked for
	}
	return failed // what could be fetched is in the file
}

// fetchAll fetches traces one after another, telling how far it is. What
// arrived of a trace that broke off is kept.
func fetchAll(ctx context.Context, e *env, cl *client.Client, ids []model.TraceID) (traces []*model.Trace, failed error) {
	for _, id := range ids {
		t, err := cl.Trace(ctx, id, nil)
		if t != nil {
			traces = append(traces, t)
			fmt.Fprintf(e.err, "%s  %s\n", id, e.words().N("header.spans", len(t.Spans)))
		}
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("trace %s: %w", id, err))
		}
		if ctx.Err() != nil {
			return traces, failed
		}
	}
	return traces, failed
}

// fetchLinesOf fetches the log lines of traces from where their connection says. What
// arrived of those that failed is in list as well, but not in whole: the library may know
// more of them.
func fetchLinesOf(ctx context.Context, e *env, from config.Connection, traces []*model.Trace) (list, whole []*logs.Lines, failed error) {
	v := e.vault()
	es, err := openLogs(ctx, v, from, e.asker(v))
	if err != nil {
		return nil, nil, err
	}
	defer es.Close()
	for _, t := range traces {
		l, err := es.Fetch(ctx, queryOf(t), nil)
		failed = errors.Join(failed, err)
		if list = append(list, l); err == nil {
			whole = append(whole, l)
		}
		fmt.Fprintf(e.err, "%s  %s\n", t.ID, e.words().N("logs.lines", l.Len()))
		for _, said := range gapWords(e.words(), readLogs{l, fromElastic}) {
			fmt.Fprintln(e.err, said)
		}
		if ctx.Err() != nil {
			break
		}
	}
	return list, whole, failed
}

// queryOf asks for the log lines of a trace.
func queryOf(t *model.Trace) elastic.Query {
	return elastic.Query{Trace: t.ID, From: t.StartTime(), To: t.StartTime().Add(time.Duration(t.Dur))}
}
