package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"traceview/internal/analysis/diagnosis"
	"traceview/internal/i18n"
	"traceview/internal/model"
	"traceview/internal/verdict"
)

var diagnoseCommand = command{
	name: "diagnose",
	args: "FILE",
	flags: func(c *call) {
		c.addBool("json")
		var list listFlag
		c.Var(&list, "baseline", "")
		c.opts["baseline"] = &list
	},
	run: runDiagnose,
}

// runDiagnose says what is wrong with the traces of a file, also with what could
// be read of a damaged one.
func runDiagnose(ctx context.Context, e *env, c *call) error {
	path, err := c.one("FILE")
	if err != nil {
		return err
	}
	base := diagnosis.NewBaseline()
	for _, name := range *c.opts["baseline"].(*listFlag) {
		f, err := openFile(ctx, e, name)
		if err != nil {
			return fmt.Errorf("read baseline: %w", err)
		}
		for _, t := range f.traces {
			base.Add(t)
		}
	}
	f, err := openFile(ctx, e, path)
	if f == nil || err != nil && len(f.traces) == 0 {
		return err
	}
	list, ferr := diagnosis.Diagnose(ctx, f.traces, diagnosis.Options{Baseline: base, Asked: time.Now().UnixNano()})
	if ferr != nil {
		return fmt.Errorf("diagnose %s: %w", path, ferr)
	}
	if c.on("json") {
		if werr := writeJSON(e.out, diagnosed(e.wordsOfJSON(), f.traces, list)); werr != nil {
			return werr
		}
	} else if _, werr := fmt.Fprint(e.out, diagnosisText(e.words(), f.traces, list, base.Traces())); werr != nil {
		return fmt.Errorf("print: %w", werr)
	}
	return err // what could be read was looked at; the rest was not read
}

// A findingRow is one finding as diagnose prints it as JSON.
type findingRow struct {
	Rank       int       `json:"rank"`
	Kind       string    `json:"kind"`
	TraceID    string    `json:"trace_id"`
	SpanID     string    `json:"span_id"`
	Service    string    `json:"service"`
	Operation  string    `json:"operation"`
	SelfNs     int64     `json:"self_ns"`
	Share      float64   `json:"share"`
	Confidence float64   `json:"confidence"`
	Effect     string    `json:"effect"`
	Title      string    `json:"title"`
	Detail     string    `json:"detail"`
	Evidence   []string  `json:"evidence"`
	TookNs     int64     `json:"took_ns"`
	ExcessNs   int64     `json:"excess_ns"`
	Count      int       `json:"count,omitempty"`
	Usual      *usualRow `json:"usual,omitempty"`
}

// A usualRow is what is usual of what a finding measures: ns, or calls.
type usualRow struct {
	Samples int   `json:"samples"`
	P50     int64 `json:"p50"`
	P95     int64 `json:"p95"`
}

func diagnosed(w *i18n.Printer, traces []*model.Trace, list []diagnosis.Finding) map[string][]findingRow {
	rows := make([]findingRow, len(list))
	for k := range list {
		f := &list[k]
		t, i := traces[f.At.Trace], f.At.Span
		words := verdict.Of(w, traces, f, time.UTC)
		rows[k] = findingRow{
			Rank: k + 1, Kind: f.Kind.String(), TraceID: t.ID.String(), SpanID: t.Spans[i].ID.String(),
			Service: t.ServiceName(i), Operation: t.Name(i), SelfNs: f.Self, Share: rounded(f.Share), Confidence: rounded(f.Confidence),
			Effect: f.Effect.String(), Title: words.Title, Detail: words.Detail, Evidence: []string{},
			TookNs: f.Took, ExcessNs: f.Excess, Count: f.Count,
		}
		for _, p := range f.Evidence {
			rows[k].Evidence = append(rows[k].Evidence, traces[p.Trace].Spans[p.Span].ID.String())
		}
		if u := f.Usual; u.Samples > 0 {
			rows[k].Usual = &usualRow{u.Samples, u.P50, u.P95}
		}
	}
	return map[string][]findingRow{"findings": rows}
}

func rounded(f float64) float64 { return float64(int64(f*1000+0.5)) / 1000 }

// diagnosisText returns the findings as numbered paragraphs. base is how many
// traces say what is usual.
func diagnosisText(w *i18n.Printer, traces []*model.Trace, list []diagnosis.Finding, base int) string {
	var b strings.Builder
	known := w.T("cli.diagnose.alone")
	if base > 0 {
		known = w.N("cli.diagnose.base", base)
	}
	fmt.Fprintf(&b, "%s · %s\n", w.N("order.traces", len(traces)), known)
	if len(list) == 0 {
		fmt.Fprintf(&b, "%s\n", w.T("cli.diagnose.none"))
	}
	for k := range list {
		f := &list[k]
		t := traces[f.At.Trace]
		words := verdict.Of(w, traces, f, time.Local)
		fmt.Fprintf(&b, "\n%d. %s\n   %s\n   %s\n", k+1, words.Title, words.Detail, w.T("cli.diagnose.place",
			"trace", t.ID.String(), "span", t.Spans[f.At.Span].ID.String(), "sure", w.Units().Percent(f.Confidence)))
	}
	return b.String()
}
