package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"traceview/assets"
	"traceview/internal/analysis/trail"
	"traceview/internal/i18n"
	"traceview/internal/model"
	"traceview/internal/order"
	"traceview/internal/verdict"
)

// recentOrders is how many orders are looked at unless told otherwise.
const recentOrders = 20

var coverageCommand = command{
	name: "coverage",
	args: "[FILE]...",
	flags: func(c *call) {
		addConn(c)
		c.addInt("orders", recentOrders)
		c.addText("lookback", "168h")
		c.addText("map", "")
		c.addBool("json")
	},
	run: runCoverage,
}

// runCoverage says where systems lose the trail of orders. Breaks are no failure of
// the command.
func runCoverage(ctx context.Context, e *env, c *call) error {
	lookback, err := time.ParseDuration(c.text("lookback"))
	switch {
	case err != nil || lookback <= 0:
		return usagef("lookback %q: want a duration such as 168h", c.text("lookback"))
	case c.number("orders") < 1:
		return usagef("--orders must be 1 or more")
	case len(c.args) > 0 && c.conn.wanted():
		return usagef("give files, or a server, not both")
	}
	given, err := mapOf(c.text("map"))
	if err != nil {
		return err
	}
	s, err := gatherTrail(ctx, e, c, lookback)
	if err != nil {
		return err
	}
	o := trail.Options{Keys: s.keys, Now: s.now, Map: given}
	if c.text("map") == "" {
		o.Map = builtInMap(s.traces)
	}
	r, err := trail.Check(ctx, s.traces, o)
	if err != nil {
		return fmt.Errorf("check the trail: %w", err)
	}
	if c.on("json") {
		return writeJSON(e.out, coverageOf(e.wordsOfJSON(), s.traces, r))
	}
	if _, err := fmt.Fprint(e.out, coverageText(e.words(), c.text("map"), s.traces, r)); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

// mapOf reads the map named; none for "" and "none".
func mapOf(name string) (*trail.Map, error) {
	if name == "" || name == "none" {
		return nil, nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("--map: %w", err)
	}
	m, err := trail.ReadMap(data)
	if err != nil {
		return nil, fmt.Errorf("--map %s: %w", name, err)
	}
	return m, nil
}

// builtInMap returns the map of the shop where the traces are likely to be its.
func builtInMap(traces []*model.Trace) *trail.Map {
	m, err := trail.ReadMap(assets.ShopMap)
	if err != nil {
		return nil // a test reads it
	}
	seen := map[string]bool{}
	var names []string
	for _, t := range traces {
		for _, s := range t.Services {
			if !seen[s.Name] {
				seen[s.Name] = true
				names = append(names, s.Name)
			}
		}
	}
	if !m.Covers(names) {
		return nil
	}
	return m
}

// checkTrail returns what says where systems lose the trail, for the window.
func checkTrail(keys []string) func(context.Context, []*model.Trace) (*trail.Report, error) {
	return func(ctx context.Context, traces []*model.Trace) (*trail.Report, error) {
		return trail.Check(ctx, traces, trail.Options{Map: builtInMap(traces), Keys: orderKeysOr(keys)})
	}
}

// coverageJSON is what coverage prints as JSON.
type coverageJSON struct {
	Traces   int               `json:"traces"`
	Spans    int               `json:"spans"`
	Orders   int               `json:"orders"`
	Mapped   bool              `json:"mapped"`
	Keys     []string          `json:"order_keys"`
	Systems  []systemJSON      `json:"systems"`
	Edges    []edgeJSON        `json:"edges"`
	Findings []trailFindingRow `json:"findings"`
}

type systemJSON struct {
	System   string   `json:"system"`
	Services []string `json:"services"`
	State    string   `json:"state"`
	Expected bool     `json:"expected"`
	Outside  bool     `json:"outside"`
	Spans    int      `json:"spans"`
	Traces   int      `json:"traces"`
	Orders   int      `json:"orders"`
	Entries  int      `json:"entries"`
	Keyed    int      `json:"entries_with_order"`
	Keys     []string `json:"order_keys"`
}

type edgeJSON struct {
	From     string `json:"from"`
	To       string `json:"to"`
	Through  string `json:"through,omitempty"`
	State    string `json:"state"`
	Expected bool   `json:"expected"`
	Calls    int    `json:"calls"`
	Carried  int    `json:"with_context"`
}

type trailFindingRow struct {
	Kind     string         `json:"kind"`
	Hint     bool           `json:"hint"`
	System   string         `json:"system"`
	From     string         `json:"from,omitempty"`
	To       string         `json:"to,omitempty"`
	Through  string         `json:"through,omitempty"`
	Detail   string         `json:"detail_value,omitempty"`
	Other    string         `json:"other_system,omitempty"`
	AmountNs int64          `json:"amount_ns,omitempty"`
	Spans    int            `json:"spans"`
	Of       int            `json:"of"`
	Traces   int            `json:"traces"`
	Orders   int            `json:"orders"`
	Examples []trailExample `json:"examples"`
	Title    string         `json:"title"`
	Cause    string         `json:"cause"`
	Anchor   string         `json:"anchor"`
}

type trailExample struct {
	TraceID string `json:"trace_id"`
	SpanID  string `json:"span_id"`
}

func coverageOf(w *i18n.Printer, traces []*model.Trace, r *trail.Report) coverageJSON {
	out := coverageJSON{
		Traces: r.Traces, Spans: r.Spans, Orders: r.Orders, Mapped: r.Mapped, Keys: append([]string{}, r.Keys...),
		Systems: []systemJSON{}, Edges: []edgeJSON{}, Findings: []trailFindingRow{},
	}
	for _, s := range r.Systems {
		out.Systems = append(out.Systems, systemJSON{s.Name, append([]string{}, s.Services...), s.State.String(), s.Expected, s.Outside,
			s.Spans, s.Traces, s.Orders, s.Entries, s.Keyed, append([]string{}, s.Keys...)})
	}
	for _, e := range r.Edges {
		out.Edges = append(out.Edges, edgeJSON{e.From, e.To, e.Through, e.State.String(), e.Expected, e.Calls, e.Carried})
	}
	for k := range r.Findings {
		f := &r.Findings[k]
		words := verdict.OfTrail(w, f)
		row := trailFindingRow{Kind: f.Kind.String(), Hint: f.Hint, System: f.System, From: f.From, To: f.To, Through: f.Through, Detail: f.Detail,
			Other: f.Other, AmountNs: f.Amount, Spans: f.Spans, Of: f.Of, Traces: f.Traces, Orders: f.Orders, Examples: []trailExample{},
			Title: words.Title, Cause: words.Cause, Anchor: f.Kind.Anchor()}
		for _, p := range f.Examples {
			t := traces[p.Trace]
			row.Examples = append(row.Examples, trailExample{t.ID.String(), t.Spans[p.Span].ID.String()})
		}
		out.Findings = append(out.Findings, row)
	}
	return out
}

// coverageText tells what was looked at, what is lost and why, and then what is seen
// of each system and each way.
func coverageText(w *i18n.Printer, given string, traces []*model.Trace, r *trail.Report) string {
	var b strings.Builder
	known := w.T("cli.coverage.map.none")
	switch {
	case given != "" && given != "none":
		known = w.T("cli.coverage.map.file", "file", given)
	case r.Mapped:
		known = w.T("cli.coverage.map.shop")
	}
	fmt.Fprintf(&b, "%s · %s · %s · %s\n%s\n", w.N("trail.orders", r.Orders), w.N("order.traces", r.Traces), w.N("header.spans", r.Spans), known,
		w.T("cli.coverage.keys", "keys", strings.Join(r.Keys, ", ")))
	if r.Orders == 0 {
		fmt.Fprintf(&b, "\n%s\n", w.T("cli.coverage.no-orders"))
	}
	switch {
	case r.Breaks() > 0:
		fmt.Fprintf(&b, "\n%s: %s\n", w.T("cli.coverage.findings"), w.N("cli.coverage.breaks", r.Breaks()))
	case r.Orders > 0:
		fmt.Fprintf(&b, "\n%s\n", w.T("cli.coverage.all-well"))
	}
	for k := range r.Findings {
		writeTrailFinding(&b, w, traces, k+1, &r.Findings[k])
	}
	fmt.Fprintf(&b, "\n%s\n", w.T("cli.coverage.systems"))
	writeAligned(&b, systemTable(w, r), systemFigures)
	if len(r.Edges) > 0 {
		fmt.Fprintf(&b, "\n%s\n", w.T("cli.coverage.edges"))
		writeAligned(&b, edgeTable(w, r), edgeFigures)
	}
	return b.String()
}

func writeTrailFinding(b *strings.Builder, w *i18n.Printer, traces []*model.Trace, n int, f *trail.Finding) {
	words := verdict.OfTrail(w, f)
	title := words.Title
	if f.Hint {
		title = w.T("cli.coverage.hint", "title", title)
	}
	fmt.Fprintf(b, "\n%d. %s\n   %s\n", n, title, words.Cause)
	if words.Evidence != "" {
		fmt.Fprintf(b, "   %s\n", words.Evidence)
	}
	if len(f.Examples) > 0 {
		t := traces[f.Examples[0].Trace]
		fmt.Fprintf(b, "   %s\n", w.T("cli.coverage.example", "trace", t.ID.String(), "span", t.Spans[f.Examples[0].Span].ID.String()))
	}
	fmt.Fprintf(b, "   %s\n", w.T("cli.coverage.see", "anchor", f.Kind.Anchor()))
}

// How many columns of the tables hold figures.
const systemFigures, edgeFigures = 3, 2

// systemTable returns rows of cells, headings first.
func systemTable(w *i18n.Printer, r *trail.Report) [][]string {
	u := w.Units()
	rows := [][]string{{w.T("stats.col.count"), w.T("cli.coverage.col.orders"), w.T("cli.coverage.col.entries"), w.T("cli.coverage.col.state"),
		w.T("cli.coverage.col.system"), w.T("cli.coverage.col.keys")}}
	for _, s := range r.Systems {
		keyed := "–"
		switch {
		case s.NoOrder:
			keyed = w.T("cli.coverage.no-entry")
		case s.Entries > 0:
			keyed = u.Number(s.Keyed) + " / " + u.Number(s.Entries)
		}
		name := orNone(s.Name, w.T("stats.noservice"))
		if s.Outside {
			name += " " + w.T("cli.coverage.outside")
		}
		rows = append(rows, []string{u.Number(s.Spans), u.Number(s.Orders), keyed, w.T("trail.state." + s.State.String()), name, strings.Join(s.Keys, ", ")})
	}
	return rows
}

func edgeTable(w *i18n.Printer, r *trail.Report) [][]string {
	u := w.Units()
	rows := [][]string{{w.T("cli.coverage.col.calls"), w.T("cli.coverage.col.carried"), w.T("cli.coverage.col.state"), w.T("cli.coverage.col.from"),
		w.T("cli.coverage.col.to"), w.T("cli.coverage.col.through")}}
	for _, e := range r.Edges {
		rows = append(rows, []string{u.Number(e.Calls), u.Number(e.Carried), w.T("trail.state." + e.State.String()), orNone(e.From, w.T("stats.noservice")),
			orNone(e.To, w.T("stats.noservice")), e.Through})
	}
	return rows
}

// orderKeysOr returns the attributes that order numbers are looked for in.
func orderKeysOr(given []string) []string {
	if len(given) > 0 {
		return given
	}
	return order.DefaultKeys
}
