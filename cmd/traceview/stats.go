package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"traceview/internal/analysis"
	"traceview/internal/i18n"
)

var statsCommand = command{
	name: "stats",
	args: "FILE",
	flags: func(c *call) {
		c.addBool("json")
	},
	run: runStats,
}

// runStats adds up all traces of a file, also what could be read of a damaged one.
func runStats(ctx context.Context, e *env, c *call) error {
	path, err := c.one("FILE")
	if err != nil {
		return err
	}
	f, err := openFile(ctx, e, path)
	if f == nil || err != nil && len(f.traces) == 0 {
		return err
	}
	list := make([]analysis.Measured, len(f.traces))
	for k, t := range f.traces {
		if ctx.Err() != nil {
			return fmt.Errorf("add up %s: %w", path, ctx.Err())
		}
		list[k] = analysis.Measure(t)
	}
	all, statErr := analysis.NewStatistics(ctx, list, nil)
	if statErr != nil {
		return fmt.Errorf("add up %s: %w", path, statErr)
	}
	slices.SortFunc(all.Operations, byOwnTime)
	slices.SortFunc(all.Services, byOwnTime)
	if c.on("json") {
		out := statistics{statRows(all.Operations, true), statRows(all.Services, false)}
		if werr := writeJSON(e.out, out); werr != nil {
			return werr
		}
	} else if _, werr := fmt.Fprint(e.out, statsText(e.words(), all)); werr != nil {
		return fmt.Errorf("print: %w", werr)
	}
	return err // what could be read was added up; the rest was not read
}

// byOwnTime puts what worked longest first.
func byOwnTime(a, b analysis.Stat) int {
	return cmp.Or(cmp.Compare(b.Self, a.Self), cmp.Compare(b.Total, a.Total), cmp.Compare(a.Service, b.Service),
		cmp.Compare(a.Name, b.Name), cmp.Compare(a.Kind, b.Kind))
}

// statistics is what stats prints as JSON.
type statistics struct {
	Operations []statRow `json:"operations"`
	Services   []statRow `json:"services"`
}

type statRow struct {
	Service   string  `json:"service"`
	Operation *string `json:"operation,omitempty"` // of operations
	Kind      *string `json:"kind,omitempty"`
	Count     int     `json:"count"`
	Errors    int     `json:"errors"`
	OwnErrors int     `json:"own_errors"`
	TotalNs   int64   `json:"total_ns"`
	SelfNs    int64   `json:"self_ns"`
	PathNs    int64   `json:"critical_path_ns"`
	MinNs     int64   `json:"min_ns"`
	P50Ns     int64   `json:"p50_ns"`
	P95Ns     int64   `json:"p95_ns"`
	P99Ns     int64   `json:"p99_ns"`
	MaxNs     int64   `json:"max_ns"`
}

func statRows(list []analysis.Stat, operations bool) []statRow {
	out := make([]statRow, len(list))
	for k := range list {
		s := &list[k]
		out[k] = statRow{s.Service, nil, nil, s.Count, s.Errors, s.Own, s.Total, s.Self, s.Path, s.Min, s.P50, s.P95, s.P99, s.Max}
		if operations {
			kind := s.Kind.String()
			out[k].Operation, out[k].Kind = &s.Name, &kind
		}
	}
	return out
}

// statsText returns the statistics as two aligned tables.
func statsText(w *i18n.Printer, all *analysis.Statistics) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s · %s · %s\n", w.N("stats.count.operations", len(all.Operations)), w.N("header.services", len(all.Services)), w.N("header.spans", all.Spans))
	fmt.Fprintf(&b, "%s\n\n%s\n", w.T("cli.stats.note"), w.T("cli.stats.services"))
	writeAligned(&b, statsTable(w, all, all.Services, false), figureColumns)
	fmt.Fprintf(&b, "\n%s\n", w.T("cli.stats.operations"))
	writeAligned(&b, statsTable(w, all, all.Operations, true), figureColumns)
	return b.String()
}

// statsTable returns rows of cells, headings first; texts stand in the last columns.
func statsTable(w *i18n.Printer, all *analysis.Statistics, list []analysis.Stat, operations bool) [][]string {
	u := w.Units()
	head := []string{w.T("stats.col.count"), w.T("stats.col.errors"), w.T("cli.stats.own"), w.T("stats.col.total"), w.T("stats.col.self"),
		w.T("stats.col.share"), w.T("stats.col.path"), w.T("stats.col.min"), w.T("stats.col.p50"), w.T("stats.col.p95"), w.T("stats.col.p99"),
		w.T("stats.col.max"), w.T("stats.col.service")}
	if operations {
		head = append(head, w.T("stats.col.kind"), w.T("stats.col.operation"))
	}
	rows := [][]string{head}
	for k := range list {
		s := &list[k]
		row := []string{u.Number(s.Count), u.Number(s.Errors), u.Number(s.Own), u.Duration(s.Total), u.Duration(s.Self),
			u.Percent(part(s.Self, all.Self)), u.Percent(part(s.Path, all.Path)),
			u.Duration(s.Min), u.Duration(s.P50), u.Duration(s.P95), u.Duration(s.P99), u.Duration(s.Max), orNone(s.Service, w.T("stats.noservice"))}
		if operations {
			kind := ""
			if k := s.Kind.String(); k != "" {
				kind = w.T("stats.kind." + k)
			}
			row = append(row, kind, orNone(s.Name, w.T("trace.unnamed")))
		}
		rows = append(rows, row)
	}
	return rows
}

// part returns a share, that of nothing being not a number.
func part(a, of int64) float64 { return float64(a) / float64(of) }

// orNone returns a name on one line, or the word for none.
func orNone(name, none string) string {
	if name == "" {
		return none
	}
	return strings.Join(strings.Fields(name), " ")
}

// figureColumns is how many columns of statsTable hold figures, which end at the
// right of their column; texts begin at its left.
const figureColumns = 12

// writeAligned writes rows of cells below one another, the first figures of them to
// the right.
func writeAligned(b *strings.Builder, rows [][]string, figures int) {
	width := make([]int, len(rows[0]))
	for _, r := range rows {
		for k, cell := range r {
			width[k] = max(width[k], utf8.RuneCountInString(cell))
		}
	}
	var line strings.Builder
	for _, r := range rows {
		line.Reset()
		for k, cell := range r {
			pad := strings.Repeat(" ", width[k]-utf8.RuneCountInString(cell))
			if k < figures {
				line.WriteString("  " + pad + cell)
			} else {
				line.WriteString("  " + cell + pad)
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
}
