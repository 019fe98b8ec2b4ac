package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"traceview/internal/client"
	"traceview/internal/i18n"
	"traceview/internal/logs"
	"traceview/internal/logs/elastic"
	"traceview/internal/model"
	"traceview/internal/order"
	"traceview/internal/store"
)

var logsCommand = command{
	name: "logs",
	args: "TRACE_ID...|FILE",
	flags: func(c *call) {
		addConn(c)
		for _, name := range []string{"order", "span"} {
			c.addText(name, "")
		}
		c.addText("lookback", "168h")
		c.addInt("limit", order.DefaultLimit)
		c.addBool("offline")
		c.addBool("json")
	},
	run: runLogs,
}

// errNoLogs says that a connection does not say where its logs are.
var errNoLogs = errors.New("the connection names no logs")

// Where lines are from, as JSON has it.
const (
	fromElastic = "elasticsearch"
	fromLibrary = "library"
	fromFile    = "file"
)

// readLogs are the lines of one trace and where they are from.
type readLogs struct {
	lines *logs.Lines
	from  string
}

func runLogs(ctx context.Context, e *env, c *call) error {
	var span model.SpanID
	if text := c.text("span"); text != "" {
		var err error
		if span, err = model.ParseSpanID(text); err != nil {
			return usageError{err}
		}
	}
	list, failed := wantedLogs(ctx, e, c)
	if len(list) == 0 && failed != nil {
		return failed
	}
	if !span.IsZero() {
		for i := range list {
			list[i].lines = list[i].lines.Of(func(id model.SpanID) bool { return id == span })
		}
	}
	if c.on("json") {
		return errors.Join(printLogsJSON(e, list), failed)
	}
	printLogs(e, list)
	return failed
}

// wantedLogs returns the lines that a command line asks for: of a file, of the library
// alone, or from Elasticsearch.
func wantedLogs(ctx context.Context, e *env, c *call) ([]readLogs, error) {
	var ids []model.TraceID
	var bad error
	for _, a := range c.args {
		id, err := model.ParseTraceID(a)
		if bad = errors.Join(bad, err); err == nil {
			ids = append(ids, id)
		}
	}
	switch {
	case len(c.args) == 1 && bad != nil && !c.conn.wanted() && !c.on("offline"):
		return logsOfFile(ctx, e, c.args[0])
	case bad != nil:
		return nil, usageError{bad}
	case len(ids) == 0 && c.text("order") == "":
		return nil, usagef("TRACE_ID, FILE or --order NUMBER is missing")
	case len(ids) > 0 && c.text("order") != "":
		return nil, usagef("give TRACE_ID or --order, not both")
	case c.on("offline"):
		return keptLogs(ctx, e, c, ids)
	}
	return fetchLogs(ctx, e, c, ids)
}

// logsOfFile returns the lines that a snapshot holds, of all its traces.
func logsOfFile(ctx context.Context, e *env, path string) (list []readLogs, err error) {
	f, err := openFile(ctx, e, path)
	if err != nil {
		return nil, err
	}
	for _, t := range f.traces {
		list = append(list, readLogs{logs.New(t.ID, nil, logs.Gap{}), fromFile})
		for _, l := range f.logs {
			if l.Trace() == t.ID {
				list[len(list)-1].lines = l
			}
		}
	}
	return list, nil
}

// keptLogs returns the lines that the library has, without any network: of an order those
// of every entry that has it, and of a trace those of the entry seen last.
func keptLogs(ctx context.Context, e *env, c *call, ids []model.TraceID) (list []readLogs, err error) {
	s, err := openLibrary(ctx, e, c.conn.orderKeys)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	var entries []store.Summary
	if number := c.text("order"); number != "" {
		page, err := s.Search(ctx, store.Query{Orders: spellings(number), Limit: c.number("limit")})
		if err != nil {
			return nil, err
		}
		entries = page.Entries
	}
	for _, id := range ids {
		found, err := s.Find(ctx, id)
		if err != nil {
			return list, err
		}
		entries = append(entries, found[0])
	}
	for _, m := range entries {
		l, err := s.Logs(ctx, m.Key)
		if err != nil {
			return list, err
		}
		if l == nil {
			l = logs.New(m.TraceID, nil, logs.Gap{})
		}
		list = append(list, readLogs{l, fromLibrary})
	}
	return list, nil
}

// fetchLogs fetches the lines of traces and keeps both. Where Elasticsearch fails, the
// lines that the library has are returned beside the error.
func fetchLogs(ctx context.Context, e *env, c *call, ids []model.TraceID) (list []readLogs, err error) {
	if err := c.conn.choose(e); err != nil {
		return nil, err
	}
	if !c.conn.profile.Logs.Is() {
		return nil, fmt.Errorf("fetch logs: connection %s: %w", c.conn.profile.Name, errNoLogs)
	}
	cl, err := c.conn.dial(ctx, e)
	if err != nil {
		return nil, err
	}
	defer cl.Close()
	v := e.vault()
	es, err := openLogs(ctx, v, c.conn.profile, e.asker(v))
	if err != nil {
		return nil, err
	}
	defer es.Close()
	if number := c.text("order"); number != "" {
		if ids, err = tracesOfOrder(ctx, c, cl, number); err != nil {
			return nil, err
		}
	}
	s, err := openLibrary(ctx, e, c.conn.orderKeys)
	if err != nil {
		fmt.Fprintln(e.err, explainLine(e.words(), err)) // lines are shown without being kept
	} else {
		defer func() { err = errors.Join(err, s.Close()) }()
	}
	var failed error
	for _, id := range ids {
		l, err := logsOfTrace(ctx, cl, es, s, id)
		failed = errors.Join(failed, err)
		if l.lines != nil {
			list = append(list, l)
		}
		if ctx.Err() != nil {
			break
		}
	}
	return list, failed
}

// tracesOfOrder returns the traces of an order.
func tracesOfOrder(ctx context.Context, c *call, cl *client.Client, number string) (ids []model.TraceID, err error) {
	if _, err := order.Normalise(number); err != nil {
		return nil, usageError{err}
	}
	lookback, err := time.ParseDuration(c.text("lookback"))
	if err != nil || lookback <= 0 {
		return nil, usagef("lookback %q: want a duration such as 168h", c.text("lookback"))
	}
	r, err := order.Search(ctx, newServer(cl), number, order.Options{Keys: c.conn.orderKeys, Lookback: lookback, Limit: c.number("limit")})
	if err != nil {
		return nil, err
	}
	for i := range r.Traces {
		ids = append(ids, r.Traces[i].TraceID)
	}
	return ids, nil
}

// logsOfTrace fetches the lines of a trace, whose beginning and end the server knows or,
// once it has forgotten it, the library. S may be nil. What could not be had or kept is
// in the error, also beside lines.
func logsOfTrace(ctx context.Context, cl *client.Client, es *elastic.Client, s *store.Store, id model.TraceID) (readLogs, error) {
	var key store.Key
	t, err := cl.Trace(ctx, id, nil)
	switch {
	case err != nil:
		err = fmt.Errorf("trace %s: %w", id, err)
	case s != nil:
		key, _, err = s.Put(ctx, t, cl.Endpoint())
	}
	if t == nil {
		var keptErr error
		if key, t, keptErr = loadKept(ctx, s, id); keptErr == nil {
			err = nil
		} else if !errors.Is(keptErr, store.ErrNotFound) {
			err = errors.Join(err, keptErr)
		}
	}
	if t == nil {
		return readLogs{}, err
	}
	l, fetchErr := es.Fetch(ctx, queryOf(t), nil)
	err = errors.Join(err, fetchErr)
	switch {
	case key == 0: // nothing is kept of the trace, or part of it came
	case fetchErr == nil:
		err = errors.Join(err, s.PutLogs(ctx, key, l))
	default:
		if kept, keptErr := s.Logs(context.WithoutCancel(ctx), key); keptErr == nil && kept.Len() > l.Len() {
			return readLogs{kept, fromLibrary}, err
		}
	}
	return readLogs{l, fromElastic}, err
}

// loadKept returns a trace as the library has it, which may be nil.
func loadKept(ctx context.Context, s *store.Store, id model.TraceID) (store.Key, *model.Trace, error) {
	key, err := findKept(ctx, s, id)
	if err != nil {
		return 0, nil, err
	}
	t, err := s.Load(ctx, key)
	return key, t, err
}

// findKept returns the entry of a trace in the library, which may be nil.
func findKept(ctx context.Context, s *store.Store, id model.TraceID) (store.Key, error) {
	if s == nil {
		return 0, store.ErrNotFound
	}
	found, err := s.Find(ctx, id)
	if err != nil {
		return 0, err
	}
	return found[0].Key, nil
}

// printLogs prints lines for a person: instant, severity, service and message, what is
// of several lines set in.
func printLogs(e *env, list []readLogs) {
	w := e.words()
	u := w.Units()
	for n, r := range list {
		if len(list) > 1 {
			fmt.Fprintf(e.out, "%s%s\n", strings.Repeat("\n", min(n, 1)), r.lines.Trace())
		}
		for i := range r.lines.Len() {
			l := r.lines.At(i)
			fmt.Fprintf(e.out, "%s  %-5s  %s  %s\n", u.DateTime(time.Unix(0, l.Time)), l.Level.Severity, plainText(l.Service), setIn(l.Message))
			if l.Stack != "" {
				fmt.Fprintln(e.out, "    "+setIn(strings.TrimRight(l.Stack, "\n")))
			}
		}
		for _, said := range gapWords(w, r) {
			fmt.Fprintln(e.err, said)
		}
	}
}

// gapWords says what is missing of lines, and that they are not fresh.
func gapWords(w *i18n.Printer, r readLogs) (said []string) {
	g := r.lines.Gap()
	id := r.lines.Trace().String()
	if r.lines.Len() == 0 && !g.Any() {
		said = append(said, w.T("logs.none."+r.from, "trace", id))
	}
	if g.Missed > 0 {
		said = append(said, w.N("logs.missed", int(g.Missed), "trace", id))
	} else if g.AtLeast {
		said = append(said, w.T("logs.more", "trace", id))
	}
	if g.Broken > 0 {
		said = append(said, w.N("logs.broken", g.Broken))
	}
	return append(said, partWords(w, g)...)
}

// partWords says that parts of an index did not answer, or not in time.
func partWords(w *i18n.Printer, g logs.Gap) (said []string) {
	if g.FailedShards > 0 {
		said = append(said, w.N("logs.shards", g.FailedShards, "of", w.Units().Number(g.Shards), "reason", setIn(g.Reason)))
	}
	if g.TimedOut {
		said = append(said, w.T("logs.timed-out"))
	}
	return said
}

// setIn sets the lines of a text after the first in, without what a terminal would take
// for a command.
func setIn(text string) string { return strings.ReplaceAll(plainText(text), "\n", "\n    ") }

// plainText is a text without control characters but tabs and ends of lines.
func plainText(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.IsControl(r) {
			return -1
		}
		return r
	}, text)
}

// logsJSON are the lines of a trace for programs.
type logsJSON struct {
	TraceID string     `json:"trace_id"`
	Source  string     `json:"source"` // elasticsearch, library or file
	Lines   []lineJSON `json:"lines"`
	Missing gapJSON    `json:"missing"`
}

type lineJSON struct {
	Time         string         `json:"time"`
	Severity     string         `json:"severity"`
	Level        string         `json:"level,omitempty"` // as recorded
	Service      string         `json:"service"`
	SpanID       string         `json:"span_id,omitempty"`
	Message      string         `json:"message"`
	MessageBytes int            `json:"message_bytes,omitempty"` // of the whole message, where it is cut
	Logger       string         `json:"logger,omitempty"`
	Stack        string         `json:"stack,omitempty"`
	StackBytes   int            `json:"stack_bytes,omitempty"`
	Fields       []logFieldJSON `json:"fields,omitempty"`
	LostFields   int            `json:"lost_fields,omitempty"`
}

type logFieldJSON struct {
	Key   string `json:"key"`
	Value string `json:"value"`
	Bytes int    `json:"bytes,omitempty"` // of the whole value, where it is cut
}

type gapJSON struct {
	Lines        int64  `json:"lines"` // not taken, being too many
	More         bool   `json:"more"`  // there may be more than that
	Broken       int    `json:"broken"`
	FailedShards int    `json:"failed_shards"`
	Shards       int    `json:"shards"`
	TimedOut     bool   `json:"timed_out"`
	Reason       string `json:"reason,omitempty"`
}

func printLogsJSON(e *env, list []readLogs) error {
	out := []logsJSON{}
	for _, r := range list {
		g := r.lines.Gap()
		x := logsJSON{TraceID: r.lines.Trace().String(), Source: r.from, Lines: []lineJSON{},
			Missing: gapJSON{g.Missed, g.AtLeast, g.Broken, g.FailedShards, g.Shards, g.TimedOut, g.Reason}}
		for i := range r.lines.Len() {
			x.Lines = append(x.Lines, lineOf(r.lines.At(i)))
		}
		out = append(out, x)
	}
	return writeJSON(e.out, map[string]any{"traces": out})
}

func lineOf(l *logs.Line) lineJSON {
	x := lineJSON{Time: time.Unix(0, l.Time).UTC().Format(time.RFC3339Nano), Severity: l.Level.Severity.String(), Level: l.Level.Raw, Service: l.Service,
		Message: l.Message, MessageBytes: l.MessageBytes, Logger: l.Logger, Stack: l.Stack, StackBytes: l.StackBytes, LostFields: l.LostFields}
	if !l.Span.IsZero() {
		x.SpanID = l.Span.String()
	}
	for _, f := range l.Fields {
		x.Fields = append(x.Fields, logFieldJSON(f))
	}
	return x
}
