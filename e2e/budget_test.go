//go:build e2e && budgets

package e2e

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"text/tabwriter"
	"time"
)

// A budget is one line of the table of budgets in the design: what something
// may cost, and what no viewer could beat.
type budget struct {
	what    string
	budget  float64
	unit    string // ms, MB, ×, or "" for a count
	atLeast bool   // the figure must not be below the budget instead of above it
	limit   float64
	against string // what the limit is; "" for none that has a figure
	measure func(*lab) (float64, error)
}

// Why a budget has no figure.
var (
	errNotThere = errors.New("not there yet")
	errNoJaeger = errors.New("needs make e2e-jaeger")
)

// TestBudgets measures every budget and prints them as a table. A budget that is
// missed is said and fails nothing: the machine may be busy with anything. It
// fails where something could not be measured that is there.
func TestBudgets(t *testing.T) {
	l := newLab(t)
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', tabwriter.AlignRight)
	line := func(cells ...string) { fmt.Fprintln(w, strings.Join(cells, "\t")+"\t") }
	line("what", "figure", "budget", "of budget", "limit", "of limit", "")
	missed, absent := 0, 0
	began, busy := time.Now(), machineLoad()
	for _, b := range budgets {
		figure, err := b.measure(l)
		fmt.Fprintf(os.Stderr, "%4.0f s  %s: %s\n", time.Since(began).Seconds(), b.what, said(figure, b.unit, err))
		switch {
		case errors.Is(err, errNotThere), errors.Is(err, errNoJaeger):
			absent++
			line(b.what, "–", amount(b.budget, b.unit), "", "", "", err.Error())
			continue
		case err != nil:
			t.Errorf("%s: %v", b.what, err)
			line(b.what, "–", amount(b.budget, b.unit), "", "", "", "FAILED")
			continue
		}
		verdict := "ok"
		if b.missed(figure) {
			verdict = "MISSED"
			missed++
		}
		share, limit, ofLimit := "", "", ""
		if b.budget > 0 {
			share = fmt.Sprintf("%.2f", figure/b.budget)
		}
		if b.limit > 0 {
			limit, ofLimit = amount(b.limit, b.unit)+" ("+b.against+")", fmt.Sprintf("%.1f", figure/b.limit)
		}
		line(b.what, amount(figure, b.unit), amount(b.budget, b.unit), share, limit, ofLimit, verdict)
	}
	_ = w.Flush() // a strings.Builder takes everything
	fmt.Printf("\n%s\n%d budgets: %d held, %d missed, %d not measured. Load of the machine %s before, %s after.\n",
		table.String(), len(budgets), len(budgets)-missed-absent, missed, absent, busy, machineLoad())
}

func (b *budget) missed(figure float64) bool {
	if b.atLeast {
		return figure < b.budget
	}
	return figure > b.budget
}

func said(figure float64, unit string, err error) string {
	if err != nil {
		return err.Error()
	}
	return amount(figure, unit)
}

// amount writes three digits, which is more than these figures repeat with.
func amount(v float64, unit string) string {
	text := fmt.Sprintf("%.3g", v)
	if v >= 100 {
		text = fmt.Sprintf("%.0f", v)
	}
	return strings.TrimSpace(text + " " + unit)
}

const million = 1_000_000

// budgets are those of the design, section 4, in its order.
var budgets = []budget{
	{"open a snapshot of 1,000,000 spans, process start to first frame", 1500, "ms", false, 500, "zstd and one bare scan",
		func(l *lab) (float64, error) { return l.opened(l.snapshot(million)).frame, nil }},
	{"  peak memory of the window by then", 600, "MB", false, 0, "",
		func(l *lab) (float64, error) { return l.opened(l.snapshot(million)).peakMB, nil }},
	{"  its first rows, process start to first frame", 1500, "ms", false, 0, "",
		func(l *lab) (float64, error) { return l.opened(l.snapshot(million)).rows, nil }},
	{"open a snapshot of 100,000 spans, window to first frame", 200, "ms", false, 50, "a tenth of that",
		func(l *lab) (float64, error) { return l.opened(l.snapshot(million / 10)).opening, nil }},
	{"open Jaeger JSON of 100,000 spans, window to first frame", 600, "ms", false, 2200, "Jaeger UI",
		func(l *lab) (float64, error) { return l.opened(l.jaegerJSON(million / 10)).opening, nil }},
	{"open Jaeger JSON of 1,000,000 spans, window to first frame", 6000, "ms", false, 0, "",
		func(l *lab) (float64, error) { return l.opened(l.jaegerJSON(million)).opening, nil }},
	{"  peak memory of the window by then", 700, "MB", false, 0, "",
		func(l *lab) (float64, error) { return l.opened(l.jaegerJSON(million)).peakMB, nil }},
	{"decode 1,000,000 spans of OTLP, times as fast as proto.Unmarshal", 3, "×", true, 0, "", (*lab).decoding},
	{"fetch 100,000 spans from a real Jaeger, beyond the bare receive", 150, "ms", false, 0, "", (*lab).fetching},

	{"frame of the waterfall, 1,000,000 spans, p99", 6, "ms", false, 0.29, "filling the pixels",
		func(l *lab) (float64, error) { r, err := l.frames("waterfall"); return r.P99, err }},
	{"  allocations a frame", 0, "", false, 0, "",
		func(l *lab) (float64, error) { r, err := l.frames("waterfall"); return r.Allocs, err }},
	{"frame of the flame, 1,000,000 spans, p99", 6, "ms", false, 0.29, "filling the pixels",
		func(l *lab) (float64, error) { r, err := l.frames("flame"); return r.P99, err }},
	{"  allocations a frame", 0, "", false, 0, "",
		func(l *lab) (float64, error) { r, err := l.frames("flame"); return r.Allocs, err }},
	{"frame of the merged flame, 1,000,000 spans, p99", 6, "ms", false, 0.29, "filling the pixels",
		func(l *lab) (float64, error) { r, err := l.frames("flame-merged"); return r.P99, err }},
	{"  allocations a frame", 0, "", false, 0, "",
		func(l *lab) (float64, error) { r, err := l.frames("flame-merged"); return r.Allocs, err }},
	{"frame of the waterfall, one parent of 1,000,000 children, p99", 6, "ms", false, 0, "", shape("wide", million, "waterfall")},
	{"  of the flame", 6, "ms", false, 0, "", shape("wide", million, "flame")},
	{"frame of the waterfall, a chain of 100,000, p99", 6, "ms", false, 0, "", shape("deep", million/10, "waterfall")},
	{"  of the flame", 6, "ms", false, 0, "", shape("deep", million/10, "flame")},
	{"frame of the waterfall, a chain of 1,000,000, p99", 6, "ms", false, 0, "", shape("deep", million, "waterfall")},
	{"  of the flame", 6, "ms", false, 0, "", shape("deep", million, "flame")},
	{"frame of the waterfall, 1,000,000 roots, p99", 6, "ms", false, 0, "", shape("roots", million, "waterfall")},
	{"  of the flame", 6, "ms", false, 0, "", shape("roots", million, "flame")},
	{"frame in the window, 600 steps of input, p99", 16, "ms", false, 0, "", (*lab).playing},

	{"jump anywhere in 1,000,000 spans, to the next frame", 16.7, "ms", false, 700, "Jaeger UI at 100,000",
		benchmark("./ui/view/timeline", "Frame/jump/1000000")},
	{"open details of a span of 1,000,000, to the next frame", 16.7, "ms", false, 160, "Jaeger UI at 100,000",
		func(l *lab) (float64, error) {
			data, err := benchmark("./internal/document", "Shapes/details/tree")(l)
			if err != nil {
				return 0, err
			}
			drawn, err := benchmark("./ui/view/detail", "Build/20")(l)
			return data + drawn, err
		}},
	{"collapse and expand everything, 1,000,000 spans", 60, "ms", false, 0, "", benchmark("./internal/document", "Shapes/collapse_and_expand_all/tree")},
	{"filter 1,000,000 spans with ancestors", 60, "ms", false, 0, "", benchmark("./internal/document", "Shapes/filter/tree")},
	{"find an attribute's text in 1,000,000 spans", 60, "ms", false, 700, "Jaeger UI at 100,000", benchmark("./internal/query", `Match/"10472"`)},
	{"evaluate a filter on 1,000,000 spans", 60, "ms", false, 0, "", benchmark("./internal/query", `Match/"service=shop-api_kind=consumer_dur>200ms"`)},

	{"flame of 100,000 spans, first frame", 100, "ms", false, 1900, "Jaeger UI", benchmark("./ui/view/flame", "Frame/synthetic/first/100000")},
	{"flame of 1,000,000 spans, first frame", 700, "ms", false, 0, "", benchmark("./ui/view/flame", "Frame/synthetic/first/1000000")},
	{"critical path of 1,000,000 spans", 1500, "ms", false, 0, "", benchmark("./internal/analysis", "Path/trace/1000000")},
	{"  of one parent with 1,000,000 children", 1500, "ms", false, 0, "", benchmark("./internal/analysis", "Path/wide/1000000")},
	{"statistics of 1,000,000 spans", 1500, "ms", false, 0, "", benchmark("./internal/analysis", "Statistics/trace/1000000")},
	{"merged flame of 100,000 spans, first frame", 100, "ms", false, 1900, "Jaeger UI", benchmark("./ui/view/merged", "Frame/synthetic/first/100000")},
	{"merged flame of 1,000,000 spans, first frame", 700, "ms", false, 0, "", benchmark("./ui/view/merged", "Frame/synthetic/first/1000000")},
	{"diagnosis of 1,000,000 spans", 1500, "ms", false, 0, "", benchmark("./internal/analysis/diagnosis", "Diagnose/trace")},
	{"order number and Enter to the sentence that names the fault, demo", 2000, "ms", false, 0, "", (*lab).verdict},
	{"order search in a library of 100,000 traces", 30, "ms", false, 0, "", inLibrary("order-by-attribute-too")},
	{"  add a trace of the shop to it", 10, "ms", false, 0, "", inLibrary("put")},
	{"  add up all of it for the view of performance", 2000, "ms", false, 0, "", inLibrary("traffic")},
	{"  open it, times as long as one of 10 traces", 1.1, "×", false, 0, "", func(l *lab) (float64, error) {
		big, err := inLibrary("start-big")(l)
		if err != nil {
			return 0, err
		}
		small, err := inLibrary("start-small")(l)
		return big / small, err
	}},
	{"digest of a trace of 1,000,000 spans", 500, "ms", false, 0, "", benchmark("./internal/analysis/traffic", "Digest/spans=1000000")},
	{"the costliest of the files made against it, processor time", 5000, "ms", false, 0, "", (*lab).hostile},
	{"cold start to a usable window", 1500, "ms", false, 0, "",
		func(l *lab) (float64, error) { return l.opened(l.snapshot(1000)).window, nil }},
}
