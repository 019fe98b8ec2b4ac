package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"traceview/assets"
	"traceview/internal/analysis"
	"traceview/internal/format"
	"traceview/internal/format/flat"
	"traceview/internal/model"
	"traceview/internal/raster"
	"traceview/ui/look"
)

var exportCommand = command{
	name: "export",
	args: "FILE",
	flags: func(c *call) {
		c.addText("to", "")
		c.addText("o", "")
		c.addText("trace", "")
		c.addText("redact", redactSafe)
	},
	run: runExport,
}

func runExport(ctx context.Context, e *env, c *call) error {
	path, err := c.one("FILE")
	if err != nil {
		return err
	}
	to := c.text("to")
	write := exporterOf(to)
	if write == nil {
		return usagef("format %q: want one of %s", to, formats())
	}
	rules, err := rulesOf(c.text("redact"))
	if err != nil {
		return err
	}
	f, err := openFile(ctx, e, path)
	if err != nil {
		return err
	}
	traces := f.traces
	if id := c.text("trace"); id != "" {
		t, err := pick(traces, id)
		if err != nil {
			return err
		}
		traces = []*model.Trace{t}
	}
	if err := redactAll(ctx, e, rules, traces); err != nil {
		return err
	}
	return write.to(ctx, e, c.text("o"), traces)
}

// An exporter writes traces in one format. It may tell on e.err what a reader of
// the file should know.
type exporter func(e *env, w writer, traces []*model.Trace) error

// to writes traces to a file, or to e.out for "".
func (write exporter) to(ctx context.Context, e *env, path string, traces []*model.Trace) error {
	return writeOut(e, path, func(w writer) error {
		return write(e, &watched{ctx: ctx, e: e, w: w, told: time.Now()}, traces)
	})
}

// oneWay are the formats that cannot be read back, in the order of the help.
var oneWay = []struct {
	name  string
	write exporter
}{
	{"folded", func(_ *env, w writer, traces []*model.Trace) error { return flat.Folded(w, traces, selfTimes) }},
	{"csv", exportCSV},
	{"html", exportHTML},
	{"markdown", exportMarkdown},
	{"svg", func(e *env, w writer, traces []*model.Trace) error { return exportPicture(e, w, traces, true) }},
	{"png", func(e *env, w writer, traces []*model.Trace) error { return exportPicture(e, w, traces, false) }},
}

// exporterOf returns what writes a format, nil if nothing does.
func exporterOf(name string) exporter {
	if slices.Contains(format.Writable(), format.Name(name)) {
		return func(_ *env, w writer, traces []*model.Trace) error {
			return format.Encode(w, format.Name(name), traces)
		}
	}
	for _, o := range oneWay {
		if o.name == name {
			return o.write
		}
	}
	return nil
}

// formats lists what export can write.
func formats() string {
	var names []string
	for _, n := range format.Writable() {
		names = append(names, string(n))
	}
	for _, o := range oneWay {
		names = append(names, o.name)
	}
	return strings.Join(names, " ")
}

func selfTimes(t *model.Trace) func(model.SpanIndex) int64 { return analysis.NewWork(t).Self }

func exportCSV(e *env, w writer, traces []*model.Trace) error {
	guarded, err := flat.CSV(w, traces, selfTimes)
	if err == nil && guarded > 0 {
		fmt.Fprintln(e.err, e.words().N("cli.export.guarded", guarded))
	}
	return err
}

// exportPicture draws the waterfall of the largest trace, as render does.
func exportPicture(e *env, w writer, traces []*model.Trace, asSVG bool) error {
	t, err := pick(traces, "")
	if err != nil {
		return err
	}
	text, err := raster.NewText(assets.InterRegular, assets.InterSemiBold)
	if err != nil {
		return fmt.Errorf("load the font: %w", err)
	}
	p := picture{view: "waterfall", w: 1920, h: 1080, scale: 1, palette: look.Light(), trace: t, span: model.NoSpan}
	return drawScene(w, p.scene(e, text), text, asSVG)
}

// A watched writer ends with its context, and tells how much was written where
// that takes long.
type watched struct {
	ctx  context.Context
	e    *env
	w    writer
	done int64
	told time.Time
}

// tellAfter is how long a person waits without a word.
const tellAfter = 2 * time.Second

func (w *watched) Write(p []byte) (int, error) {
	if w.ctx.Err() != nil {
		return 0, context.Cause(w.ctx)
	}
	n, err := w.w.Write(p)
	w.done += int64(n)
	if now := time.Now(); now.Sub(w.told) > tellAfter {
		w.told = now
		words := w.e.words()
		fmt.Fprintln(w.e.err, words.T("cli.export.written", "size", words.Units().Bytes(w.done)))
	}
	return n, err
}
