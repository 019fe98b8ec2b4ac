package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"traceview/internal/export"
	"traceview/internal/i18n"
	"traceview/internal/logs"
	"traceview/internal/model"
	"traceview/internal/order"
	"traceview/internal/secret"
	"traceview/internal/store"
	"traceview/internal/units"
)

var libraryCommand = command{
	name: "library",
	args: "list|search|export|verify|gc [TRACE_ID]...",
	flags: func(c *call) {
		for _, name := range []string{"order", "service", "operation", "text", "label", "since", "until", "after", "o", "to", "max-age"} {
			c.addText(name, "")
		}
		for _, name := range []string{"prefix", "errors", "pinned", "dry-run", "json"} {
			c.addBool(name)
		}
		c.addText("max-size", "2GB")
		c.addText("redact", "")
		c.addInt("limit", order.DefaultLimit)
		for _, name := range []string{"attr", "order-key"} {
			list := new(listFlag)
			c.Var(list, name, "")
			c.opts[name] = list
		}
	},
	run: runLibrary,
}

func (c *call) list(name string) []string { return *c.opts[name].(*listFlag) }

// libraryRuns are the commands on the library.
var libraryRuns = map[string]func(ctx context.Context, e *env, c *call, s *store.Store) error{
	"list": listLibrary, "search": listLibrary, "export": exportLibrary, "verify": verifyLibrary, "gc": collectLibrary,
}

func runLibrary(ctx context.Context, e *env, c *call) (err error) {
	if len(c.args) == 0 {
		return usagef("what to do is missing: list, search, export, verify or gc")
	}
	what := c.args[0]
	do, ok := libraryRuns[what]
	c.args = c.args[1:]
	switch {
	case !ok:
		return usagef("library %q: want list, search, export, verify or gc", what)
	case what != "export" && len(c.args) > 0:
		return usagef("unexpected argument %q", c.args[0])
	case c.number("limit") < 1:
		return usagef("--limit must be 1 or more")
	}
	// What is typed wrong is told before anything is opened.
	if _, err := libraryQuery(c, time.Now()); err != nil {
		return err
	}
	if _, err := libraryPolicy(c); err != nil {
		return err
	}
	s, err := openLibrary(ctx, e, c.list("order-key"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return do(ctx, e, c, s)
}

// openLibrary opens the library on the disk; one that cannot be kept is an error
// here, since the program ends at once. It takes over what is left of a damaged
// one first.
func openLibrary(ctx context.Context, e *env, orderKeys []string) (*store.Store, error) {
	dirs, err := e.dirs()
	if err != nil {
		return nil, err
	}
	s, err := store.Open(ctx, store.Options{Dir: dirs.Data, Keys: secret.System{}, OrderKeys: slices.Concat(orderKeys, order.DefaultKeys)})
	if s == nil {
		return nil, err
	}
	if !s.Kept() {
		return nil, errors.Join(err, s.Close())
	}
	w := e.words()
	if err != nil { // it is set right, but not without loss
		fmt.Fprintln(e.err, explainLine(w, err))
	}
	saved, err := s.Salvage(ctx, nil)
	for _, f := range saved {
		fmt.Fprintln(e.err, w.N("library.salvaged", f.Entries, "file", f.Path)+" "+w.N("library.lost", f.Lost))
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// libraryQuery reads the question on a command line.
func libraryQuery(c *call, now time.Time) (q store.Query, err error) {
	q = store.Query{
		Prefix: c.on("prefix"), OrderKeys: c.list("order-key"), Service: c.text("service"), Operation: c.text("operation"),
		Text: c.text("text"), Label: c.text("label"), Failed: c.on("errors"), Pinned: c.on("pinned"), Limit: c.number("limit"),
	}
	if c.text("order") != "" {
		n, err := order.Normalise(c.text("order"))
		if err != nil {
			return q, usageError{err}
		}
		q.Orders = n.Spellings
	}
	for _, a := range c.list("attr") {
		key, value, ok := strings.Cut(a, "=")
		if !ok {
			return q, usagef("--attr %q: want KEY=VALUE", a)
		}
		q.Attrs = append(q.Attrs, store.Attr{Key: key, Value: value})
	}
	if q.From, err = timeOf(c, "since", now); err != nil {
		return q, err
	}
	if q.To, err = timeOf(c, "until", now); err != nil {
		return q, err
	}
	var ok bool
	if q.After, ok = store.ParseCursor(c.text("after")); !ok {
		return q, usagef("--after %q: want what the page before named next", c.text("after"))
	}
	return q, nil
}

// timeOf reads a flag that holds a time, or how long ago it was.
func timeOf(c *call, name string, now time.Time) (time.Time, error) {
	text := c.text(name)
	if text == "" {
		return time.Time{}, nil
	}
	if ago, err := units.ParseDuration(text); err == nil {
		return now.Add(-time.Duration(ago)), nil
	}
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			return t, nil
		}
	}
	return time.Time{}, usagef("--%s %q: want a time such as 2026-11-12T09:00:00Z, a day, or a duration such as 7d", name, text)
}

// libraryPolicy reads how much is to be kept.
func libraryPolicy(c *call) (p store.Policy, err error) {
	if p.MaxBytes, err = parseSize(c.text("max-size")); err != nil {
		return p, usagef("--max-size %q: want a size such as 500MB or 2GB, or 0 for no bound", c.text("max-size"))
	}
	if text := c.text("max-age"); text != "" {
		age, err := units.ParseDuration(text)
		if err != nil || age < 0 {
			return p, usagef("--max-age %q: want a duration such as 90d", text)
		}
		p.MaxAge = time.Duration(age)
	}
	return p, nil
}

var errSize = errors.New("not a size")

// parseSize reads bytes as people write them, in powers of 1,000.
func parseSize(text string) (int64, error) {
	text = strings.ToUpper(strings.TrimSpace(text))
	unit := int64(1)
	for _, u := range []struct {
		name string
		size int64
	}{{"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}} {
		if rest, ok := strings.CutSuffix(text, u.name); ok {
			text, unit = strings.TrimSpace(rest), u.size
		}
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= 0 && n*float64(unit) < 1<<62) {
		return 0, errSize
	}
	return int64(n * float64(unit)), nil
}

func listLibrary(ctx context.Context, e *env, c *call, s *store.Store) error {
	q, err := libraryQuery(c, time.Now())
	if err != nil {
		return err
	}
	page, err := searchLibrary(ctx, s, q)
	if err != nil {
		return err
	}
	if c.on("json") {
		return writeJSON(e.out, entriesOf(page))
	}
	return printEntries(e, page)
}

// searchLibrary searches for the first spelling of an order number that is
// found, as a search on a server does.
func searchLibrary(ctx context.Context, s *store.Store, q store.Query) (page store.Page, err error) {
	spellings := q.Orders
	for i := 0; ; i++ {
		if len(spellings) > 0 {
			q.Orders = spellings[i : i+1]
		}
		page, err = s.Search(ctx, q)
		if err != nil || len(page.Entries) > 0 || i+1 >= len(spellings) {
			return page, err
		}
	}
}

type libraryPage struct {
	Traces []libraryEntry `json:"traces"`
	Next   string         `json:"next"`
}

type libraryEntry struct {
	TraceID       string    `json:"trace_id"`
	RootService   string    `json:"root_service"`
	RootOperation string    `json:"root_operation"`
	Start         time.Time `json:"start"`
	DurationNs    int64     `json:"duration_ns"`
	Spans         int       `json:"spans"`
	Errors        int       `json:"errors"`
	Services      []string  `json:"services"`
	Orders        []string  `json:"orders"`
	Sources       []string  `json:"sources"`
	Labels        []string  `json:"labels"`
	Pinned        bool      `json:"pinned"`
	Damaged       bool      `json:"damaged"`
	Added         time.Time `json:"added"`
	Seen          time.Time `json:"seen"`
	Bytes         int64     `json:"bytes"`
}

func entriesOf(p store.Page) libraryPage {
	out := libraryPage{Traces: make([]libraryEntry, len(p.Entries)), Next: p.Next.String()}
	for i, m := range p.Entries {
		out.Traces[i] = libraryEntry{
			TraceID: m.TraceID.String(), RootService: m.RootService, RootOperation: m.RootOperation, Start: m.Start,
			DurationNs: int64(m.Duration), Spans: m.Spans, Errors: m.Errors, Services: []string{}, Orders: append([]string{}, m.Orders...),
			Sources: append([]string{}, m.Sources...), Labels: append([]string{}, m.Labels...), Pinned: m.Pinned, Damaged: m.Damaged,
			Added: m.Added, Seen: m.Seen, Bytes: m.Bytes,
		}
		for _, v := range m.Services {
			out.Traces[i].Services = append(out.Traces[i].Services, v.Name)
		}
	}
	return out
}

func printEntries(e *env, p store.Page) error {
	w := e.words()
	u := w.Units()
	t := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
	for _, m := range p.Entries {
		var marks []string
		if m.Pinned {
			marks = append(marks, w.T("library.pinned"))
		}
		if m.Damaged {
			marks = append(marks, w.T("library.damaged"))
		}
		fmt.Fprintf(t, "%s\t%s\t%s %s\t%s\t%s\t%s\t%s\t%s\n", m.TraceID, u.DateTime(m.Start.Local()), m.RootService, m.RootOperation,
			u.Duration(int64(m.Duration)), w.N("header.spans", m.Spans), w.N("header.errors", m.Errors), strings.Join(m.Orders, " "),
			strings.Join(append(marks, m.Labels...), ", "))
	}
	if err := t.Flush(); err != nil {
		return fmt.Errorf("print traces: %w", err)
	}
	switch {
	case len(p.Entries) == 0:
		fmt.Fprintln(e.err, w.T("library.none"))
	case !p.Next.IsZero():
		fmt.Fprintln(e.err, w.T("library.more", "cursor", p.Next.String()))
	}
	return nil
}

// exportLibrary writes the traces named, or all that a search finds, into a
// file.
func exportLibrary(ctx context.Context, e *env, c *call, s *store.Store) error {
	out, to := c.text("o"), c.text("to")
	if to == "" && !strings.HasSuffix(out, ".traceview") {
		return usagef("-o %q: want a name that ends in .traceview, or --to FORMAT", out)
	}
	format := export.Snapshot
	if to != "" {
		var err error
		if format, err = formatOf(to); err != nil {
			return err
		}
	}
	named := c.text("redact")
	if named == "" && to != "" { // a snapshot is whole unless asked otherwise
		named = redactSafe
	}
	rules, err := rulesOf(named)
	if err != nil {
		return err
	}
	found, err := chosenEntries(ctx, c, s)
	if err != nil {
		return err
	}
	var traces []*model.Trace
	var lines []*logs.Lines
	var failed error
	for _, m := range found {
		t, err := s.Load(ctx, m.Key)
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		traces = append(traces, t)
		if !format.HoldsLogs() {
			continue
		}
		l, err := s.Logs(ctx, m.Key)
		if failed = errors.Join(failed, err); l != nil {
			lines = append(lines, l)
		}
	}
	if len(traces) == 0 {
		return failed
	}
	j, err := newJob(ctx, e, format, rules, traces, nil, lines...)
	if err != nil {
		return err
	}
	j.Source, j.Order = strings.Join(found[0].Sources, ", "), c.text("order")
	err = writeJob(ctx, e, j, out)
	if err == nil && out != "" && out != "-" {
		fmt.Fprintln(e.err, e.words().N("fetch.done", len(traces), "file", out))
	}
	return errors.Join(err, failed) // what can be read is in the file
}

// chosenEntries returns the entries that a command line names.
func chosenEntries(ctx context.Context, c *call, s *store.Store) (list []store.Summary, err error) {
	for _, text := range c.args {
		id, err := model.ParseTraceID(text)
		if err != nil {
			return nil, usageError{err}
		}
		found, err := s.Find(ctx, id)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(list, func(m store.Summary) bool { return m.Key == found[0].Key }) {
			list = append(list, found[0])
		}
	}
	if len(c.args) > 0 {
		return list, nil
	}
	q, err := libraryQuery(c, time.Now())
	if err != nil {
		return nil, err
	}
	page, err := searchLibrary(ctx, s, q)
	if err == nil && len(page.Entries) == 0 {
		err = fmt.Errorf("export: %w", store.ErrNotFound)
	}
	return page.Entries, err
}

func verifyLibrary(ctx context.Context, e *env, c *call, s *store.Store) error {
	r, err := s.Verify(ctx, nil)
	if err != nil {
		return err
	}
	w := e.words()
	if c.on("json") {
		j := struct {
			Sound    bool     `json:"sound"`
			Traces   int      `json:"traces"`
			Damaged  []string `json:"damaged"`
			Problems []string `json:"problems"`
		}{r.Sound(), r.Entries, []string{}, append([]string{}, r.Problems...)}
		for _, m := range r.Damaged {
			j.Damaged = append(j.Damaged, m.TraceID.String())
		}
		if err := writeJSON(e.out, j); err != nil {
			return err
		}
	} else {
		fmt.Fprintln(e.out, w.N("library.verified", r.Entries))
		for _, m := range r.Damaged {
			fmt.Fprintln(e.out, m.TraceID.String()+"  "+w.T("library.damaged"))
		}
		for _, p := range r.Problems {
			fmt.Fprintln(e.out, p)
		}
	}
	if !r.Sound() {
		return fmt.Errorf("verify library: %w", store.ErrDamaged)
	}
	return nil
}

func collectLibrary(ctx context.Context, e *env, c *call, s *store.Store) error {
	policy, err := libraryPolicy(c)
	if err != nil {
		return err
	}
	p, err := s.Plan(ctx, policy)
	if err != nil {
		return err
	}
	w := e.words()
	if !c.on("json") { // it is said before it happens
		fmt.Fprintln(e.out, planned(w, p))
	}
	removed := 0
	if !c.on("dry-run") && !p.IsEmpty() {
		if removed, err = s.Evict(ctx, p, nil); err != nil {
			return err
		}
	}
	st, err := s.Stats(ctx)
	if err != nil {
		return err
	}
	if c.on("json") {
		return writeJSON(e.out, map[string]any{
			"evict": p.Entries, "evict_bytes": p.Bytes, "by_age": p.ByAge, "deleted": p.Deleted, "removed": removed, "dry_run": c.on("dry-run"),
			"bytes_before": p.Used, "bytes": st.Bytes, "traces": st.Entries, "pinned": st.Pinned, "short_bytes": p.Short,
		})
	}
	if !c.on("dry-run") {
		fmt.Fprintln(e.out, w.N("library.removed", removed)+" "+w.N("library.left", st.Entries, "size", w.Units().Bytes(st.Bytes)))
	}
	return nil
}

// planned tells what an eviction would remove.
func planned(w *i18n.Printer, p *store.Plan) string {
	if p.IsEmpty() && p.Short == 0 {
		return w.T("library.plan.nothing", "size", w.Units().Bytes(p.Used))
	}
	var parts []string
	if p.Entries > 0 {
		parts = append(parts, w.N("library.plan.evict", p.Entries, "size", w.Units().Bytes(p.Bytes), "day", w.Units().Date(p.Newest.Local())))
	}
	if p.Deleted > 0 {
		parts = append(parts, w.N("library.plan.deleted", p.Deleted))
	}
	if p.Short > 0 {
		parts = append(parts, w.T("library.plan.short", "size", w.Units().Bytes(p.Short)))
	}
	return strings.Join(parts, " ")
}
