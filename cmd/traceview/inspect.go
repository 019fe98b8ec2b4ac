package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"traceview/internal/i18n"
	"traceview/internal/model"
)

var inspectCommand = command{
	name: "inspect",
	args: "FILE",
	flags: func(c *call) {
		c.addBool("json")
	},
	run: func(ctx context.Context, e *env, c *call) error {
		path, err := c.one("FILE")
		if err != nil {
			return err
		}
		f, err := openFile(ctx, e, path)
		if f == nil {
			return err
		}
		if err != nil && len(f.traces) == 0 {
			return err
		}
		if c.on("json") {
			if werr := writeJSON(e.out, inspected(e.wordsOfJSON(), f, err)); werr != nil {
				return werr
			}
		} else if werr := printInspected(e, f); werr != nil {
			return werr
		}
		return err // what could be read was told; the rest was not read
	},
}

// one returns the single argument of a command.
func (c *call) one(what string) (string, error) {
	switch len(c.args) {
	case 0:
		return "", usagef("%s is missing", what)
	case 1:
		return c.args[0], nil
	}
	return "", usagef("unexpected argument %q", c.args[1])
}

type inspection struct {
	Format string           `json:"format"`
	Traces []inspectedTrace `json:"traces"`
	Error  string           `json:"error,omitempty"`
	Timing timing           `json:"timing"`
}

type timing struct {
	ReadMs    float64 `json:"read_ms"`
	DecodeMs  float64 `json:"decode_ms"`
	BuildMs   float64 `json:"build_ms"`
	PeakRSSMb float64 `json:"peak_rss_mb"`
}

type inspectedTrace struct {
	TraceID       string             `json:"trace_id"`
	RootService   string             `json:"root_service"`
	RootOperation string             `json:"root_operation"`
	Start         string             `json:"start"`
	DurationNs    int64              `json:"duration_ns"`
	Spans         int                `json:"spans"`
	Roots         int                `json:"roots"`
	Services      []string           `json:"services"`
	Errors        int                `json:"errors"`
	MaxDepth      int                `json:"max_depth"`
	Links         int                `json:"links"`
	Events        int                `json:"events"`
	Repeats       int                `json:"repeats"`
	Warnings      []inspectedWarning `json:"warnings"`
}

type inspectedWarning struct {
	Kind    string `json:"kind"`
	SpanID  string `json:"span_id"`
	Message string `json:"message"`
	Amount  int64  `json:"amount,omitempty"` // as model.Warning has it
}

func inspected(w *i18n.Printer, f *opened, err error) inspection {
	out := inspection{Format: string(f.info.Format), Traces: make([]inspectedTrace, len(f.traces)), Timing: timing{
		ReadMs: ms(f.info.ReadTime), DecodeMs: ms(f.info.DecodeTime), BuildMs: ms(f.info.BuildTime), PeakRSSMb: peakRSS(),
	}}
	if err != nil {
		out.Error = err.Error()
	}
	for i, t := range f.traces {
		out.Traces[i] = inspectTrace(w, t)
	}
	return out
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func inspectTrace(w *i18n.Printer, t *model.Trace) inspectedTrace {
	o := inspectedTrace{
		TraceID: t.ID.String(), Start: t.StartTime().Format(time.RFC3339Nano), DurationNs: t.Dur, Spans: len(t.Spans),
		Roots: t.Roots, Services: []string{}, Errors: t.Errors, MaxDepth: t.MaxDepth, Links: t.Links, Events: t.Events,
		Repeats: t.Repeats, Warnings: []inspectedWarning{},
	}
	if t.Root != model.NoSpan {
		o.RootService, o.RootOperation = t.ServiceName(t.Root), t.Name(t.Root)
	}
	for _, s := range t.Services {
		o.Services = append(o.Services, s.Name)
	}
	for _, warn := range t.Warnings {
		id := ""
		if warn.Span != model.NoSpan {
			id = t.Spans[warn.Span].ID.String()
		}
		o.Warnings = append(o.Warnings, inspectedWarning{warn.Kind.String(), id, w.T("warning." + warn.Kind.String()), warn.Amount})
	}
	return o
}

func printInspected(e *env, f *opened) error {
	w := e.words()
	u := w.Units()
	kinds := map[model.WarningKind]int{}
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s\n", f.info.Format, w.N("order.traces", len(f.traces)))
	for _, t := range f.traces {
		name := ""
		if t.Root != model.NoSpan {
			name = t.ServiceName(t.Root) + " " + t.Name(t.Root)
		}
		parts := []string{u.DateTime(t.StartTime().Local()), u.Duration(t.Dur), w.N("header.spans", len(t.Spans)), w.N("header.services", len(t.Services))}
		if t.Errors > 0 {
			parts = append(parts, w.N("header.errors", t.Errors))
		}
		fmt.Fprintf(&b, "%s  %s  %s\n", t.ID, name, strings.Join(parts, " · "))
		for _, warn := range t.Warnings {
			if kinds[warn.Kind]++; warn.Kind == model.Ignored {
				kinds[warn.Kind] += int(warn.Amount) - 1 // it is one warning of them all
			}
		}
	}
	for k := model.MissingParent; k <= model.Ignored; k++ {
		if kinds[k] > 0 {
			fmt.Fprintf(&b, "  %s: %s\n", w.T("warning."+k.String()), u.Number(kinds[k]))
		}
	}
	if _, err := fmt.Fprint(e.out, b.String()); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}
