package main

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"traceview/internal/export"
	"traceview/internal/model"
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
	to, err := formatOf(c.text("to"))
	if err != nil {
		return err
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
	j, err := newJob(ctx, e, to, rules, traces, f.notes, f.logs...)
	if err != nil {
		return err
	}
	return writeJob(ctx, e, j, c.text("o"))
}

// formatOf returns the format that --to names.
func formatOf(name string) (export.Format, error) {
	for _, f := range export.Formats() {
		if string(f) == name {
			return f, nil
		}
	}
	return "", usagef("format %q: want one of %s", name, formats())
}

// formats lists what export can write.
func formats() string {
	var names []string
	for _, f := range export.Formats() {
		names = append(names, string(f))
	}
	return strings.Join(names, " ")
}

// writeJob writes a job to a file, or to e.out for "", and tells on e.err how far
// it is where that takes long, and what a reader of the file should know.
func writeJob(ctx context.Context, e *env, j *export.Job, path string) error {
	guarded, t := 0, teller{e, time.Now()}
	err := writeOut(e, path, modeOf(j.Format), func(w writer) (err error) {
		guarded, err = j.Write(ctx, w, t.written)
		return err
	})
	if err == nil && guarded > 0 {
		fmt.Fprintln(e.err, e.words().N("cli.export.guarded", guarded))
	}
	return err
}

// modeOf returns who may read a file of a format: of a snapshot its owner, since it
// may be whole.
func modeOf(f export.Format) fs.FileMode {
	if f == export.Snapshot {
		return 0o600
	}
	return 0o644
}

// A teller tells how much was written where that takes long.
type teller struct {
	e    *env
	told time.Time
}

// tellAfter is how long a person waits without a word.
const tellAfter = 2 * time.Second

func (t *teller) written(done int64) {
	if now := time.Now(); now.Sub(t.told) > tellAfter {
		t.told = now
		words := t.e.words()
		fmt.Fprintln(t.e.err, words.T("cli.export.written", "size", words.Units().Bytes(done)))
	}
}
