package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"traceview/internal/analysis/comparison"
	"traceview/internal/i18n"
	"traceview/internal/model"
	"traceview/internal/verdict"
)

var compareCommand = command{
	name: "compare",
	args: "A B",
	flags: func(c *call) {
		c.addBool("json")
		c.addBool("exact")
		c.addText("trace-a", "")
		c.addText("trace-b", "")
	},
	run: runCompare,
}

// runCompare says what is different between two files, or between one trace of
// each.
func runCompare(ctx context.Context, e *env, c *call) error {
	if len(c.args) != 2 {
		return usagef("compare takes two files, A and B; %d named", len(c.args))
	}
	var sides [2][]*model.Trace
	for k, flag := range []string{"trace-a", "trace-b"} {
		var err error
		if sides[k], err = comparedTraces(ctx, e, c.args[k], c.text(flag)); err != nil {
			return err
		}
	}
	cmp, err := comparison.Compare(ctx, sides[0], sides[1], comparison.Options{Exact: c.on("exact")})
	if err != nil {
		return fmt.Errorf("compare %s with %s: %w", c.args[0], c.args[1], err)
	}
	if c.on("json") {
		return writeComparison(e, c.args, cmp)
	}
	if _, err := fmt.Fprint(e.out, comparisonText(e.words(), c.args, cmp)); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

// comparedTraces returns the traces of a file, or the one that id or a # behind its
// name chooses.
func comparedTraces(ctx context.Context, e *env, path, id string) ([]*model.Trace, error) {
	if at := strings.LastIndexByte(path, '#'); at > 0 && id == "" {
		if _, err := os.Stat(path); err != nil { // a file may well have a # in its name
			path, id = path[:at], path[at+1:]
		}
	}
	var want model.TraceID
	if id != "" {
		var err error
		if want, err = model.ParseTraceID(id); err != nil {
			return nil, usageError{err}
		}
	}
	f, err := openFile(ctx, e, path)
	if err != nil {
		return nil, err
	}
	if id == "" {
		return f.traces, nil
	}
	for _, t := range f.traces {
		if t.ID == want {
			return []*model.Trace{t}, nil
		}
	}
	return nil, fmt.Errorf("compare: %s has no trace %s; inspect tells which it has", path, want)
}

// A comparedRow is a path as compare prints it as JSON.
type comparedRow struct {
	Path    []string   `json:"path"`
	CountA  int32      `json:"count_a"`
	CountB  int32      `json:"count_b"`
	NsA     int64      `json:"ns_a"`
	NsB     int64      `json:"ns_b"`
	DeltaNs int64      `json:"delta_ns"`
	Status  string     `json:"status"`
	SelfA   int64      `json:"self_ns_a"`
	SelfB   int64      `json:"self_ns_b"`
	ErrorsA int32      `json:"errors_a"`
	ErrorsB int32      `json:"errors_b"`
	UsualA  *spreadRow `json:"usual_a,omitempty"`
	UsualB  *spreadRow `json:"usual_b,omitempty"`
}

// A spreadRow is what a trace has of a path, on a side of several.
type spreadRow struct {
	Samples int32 `json:"samples"`
	P5      int64 `json:"p5_ns"`
	P50     int64 `json:"p50_ns"`
	P95     int64 `json:"p95_ns"`
}

// A differenceRow is one thing that is different.
type differenceRow struct {
	Rank    int      `json:"rank"`
	Kind    string   `json:"kind"`
	Path    []string `json:"path"`
	A       int64    `json:"a"`
	B       int64    `json:"b"`
	DeltaNs int64    `json:"delta_ns"`
	Title   string   `json:"title"`
	Detail  string   `json:"detail"`
}

// longestPath bounds how much of a path is printed, since those of a chain of a
// hundred thousand spans together would have no room anywhere: of a longer one, the
// last operations, after "…".
const longestPath = 256

// comparedPath returns a path as "service:operation" from the root.
func comparedPath(c *comparison.Comparison, i int32) []string {
	var out []string
	for k := i; k >= 0; k = c.Rows[k].Parent {
		if len(out) == longestPath {
			out = append(out, "…")
			break
		}
		out = append(out, c.Rows[k].Service+":"+c.Rows[k].Name)
	}
	for l, r := 0, len(out)-1; l < r; l, r = l+1, r-1 {
		out[l], out[r] = out[r], out[l]
	}
	return out
}

func spreadOf(c *comparison.Comparison, s comparison.Side, i int32) *spreadRow {
	if !c.Usual(s) || c.Rows[i].Sides[s].Spans == 0 {
		return nil
	}
	p := c.Spreads(s, i).Total
	return &spreadRow{c.Rows[i].Sides[s].Traces, p.P5, p.P50, p.P95}
}

// writeComparison prints a comparison as JSON, a row at a time: there may be a
// million.
func writeComparison(e *env, names []string, c *comparison.Comparison) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	put := func(before string, v any) error {
		b.WriteString(before)
		if err := enc.Encode(v); err != nil {
			return fmt.Errorf("print: %w", err)
		}
		b.Truncate(b.Len() - 1) // without the line break
		if b.Len() < 1<<16 {
			return nil
		}
		_, err := b.WriteTo(e.out)
		return err
	}
	err := put(`{"a":`, names[0])
	if err == nil {
		err = put(`,"b":`, names[1])
	}
	before := `,"rows":[`
	for i := int32(0); err == nil && int(i) < len(c.Rows); i++ {
		r := &c.Rows[i]
		x, y := &r.Sides[comparison.A], &r.Sides[comparison.B]
		err = put(before, comparedRow{comparedPath(c, i), x.Spans, y.Spans, x.Total, y.Total, r.Delta(), r.Status.String(), x.Own, y.Own,
			x.Errors, y.Errors, spreadOf(c, comparison.A, i), spreadOf(c, comparison.B, i)})
		before = ",\n"
	}
	if len(c.Rows) == 0 {
		b.WriteString(before)
	}
	b.WriteString(`],"traces_a":`)
	list := []differenceRow{}
	for k, d := range c.Differences(mostDifferences) {
		words := verdict.OfDifference(e.wordsOfJSON(), c, &d)
		list = append(list, differenceRow{k + 1, d.Kind.String(), comparedPath(c, d.Row), d.A, d.B, d.Delta, words.Title, words.Detail})
	}
	if err == nil {
		err = put("", len(c.Traces[comparison.A]))
	}
	if err == nil {
		err = put(`,"traces_b":`, len(c.Traces[comparison.B]))
	}
	if err == nil {
		err = put(`,"differences":`, list)
	}
	b.WriteString("}\n")
	if err == nil {
		_, err = b.WriteTo(e.out)
	}
	if err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

const (
	mostDifferences = 20   // printed
	mostRows        = 1000 // of the table
	comparedFigures = 5    // columns of figures in it
)

// comparisonText says what is different, then lists all steps below each other.
func comparisonText(w *i18n.Printer, names []string, c *comparison.Comparison) string {
	var b strings.Builder
	for s, name := range names {
		what := w.N("order.traces", len(c.Traces[s])) + " · " + w.N("header.spans", c.Spans(comparison.Side(s))) + " · " + w.Units().Duration(c.Whole(comparison.Side(s)))
		fmt.Fprintf(&b, "%s\n", w.T("cli.compare.side", "name", string(rune('A'+s))+" "+name, "what", what))
	}
	list := c.Differences(mostDifferences)
	switch {
	case c.Shared == 0 && len(c.Rows) > 0:
		fmt.Fprintf(&b, "\n%s\n", w.T("cli.compare.none"))
		list = nil // that is all there is to say
	case len(list) == 0:
		fmt.Fprintf(&b, "\n%s\n", w.T("cli.compare.same"))
	default:
		b.WriteByte('\n')
	}
	for k := range list {
		words := verdict.OfDifference(w, c, &list[k])
		fmt.Fprintf(&b, "%d. %s\n", k+1, words.Title)
		if words.Detail != "" {
			fmt.Fprintf(&b, "   %s\n", words.Detail)
		}
	}
	b.WriteByte('\n')
	writeAligned(&b, comparisonTable(w, c), comparedFigures)
	if more := len(c.Rows) - mostRows; more > 0 {
		fmt.Fprintf(&b, "%s\n", w.N("cli.compare.more", more))
	}
	return b.String()
}

// comparisonTable returns rows of cells, headings first.
func comparisonTable(w *i18n.Printer, c *comparison.Comparison) [][]string {
	u := w.Units()
	rows := [][]string{{w.T("cli.compare.col.count") + " A", "B", w.T("cli.compare.col.a"), w.T("cli.compare.col.b"), w.T("cli.compare.col.delta"),
		w.T("cli.compare.col.status"), w.T("cli.compare.col.path")}}
	for i := range c.Rows[:min(len(c.Rows), mostRows)] {
		r := &c.Rows[i]
		a, b := &r.Sides[comparison.A], &r.Sides[comparison.B]
		figure := func(s comparison.Side) string {
			if r.Sides[s].Spans == 0 {
				return "–"
			}
			return u.Duration(c.Spreads(s, int32(i)).Total.P50)
		}
		indent := strings.Repeat("  ", min(int(r.Depth), 20))
		rows = append(rows, []string{u.Number(int(a.Spans)), u.Number(int(b.Spans)), figure(comparison.A), figure(comparison.B), signed(w, c, int32(i)),
			w.T("diff.status." + r.Status.String()), indent + orNone(r.Service, w.T("stats.noservice")) + " " + orNone(r.Name, w.T("trace.unnamed"))})
	}
	return rows
}

// signed returns by how much a typical trace of b differs at a row, with its sign.
func signed(w *i18n.Printer, c *comparison.Comparison, i int32) string {
	d := c.Spreads(comparison.B, i).Total.P50 - c.Spreads(comparison.A, i).Total.P50
	switch {
	case d > 0:
		return "+" + w.Units().Duration(d)
	case d < 0:
		return "−" + w.Units().Duration(-d)
	}
	return w.Units().Duration(0)
}
