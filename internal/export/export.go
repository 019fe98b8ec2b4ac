// Package export writes traces for others: what the rules of redaction want is
// replaced first, in all that leaves, then the traces are written in one of the
// formats, into a file that appears whole or not at all. The command line and the
// window both write by it, so that they write the same bytes.
package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"traceview/internal/analysis"
	"traceview/internal/document"
	"traceview/internal/format"
	"traceview/internal/format/flat"
	"traceview/internal/i18n"
	"traceview/internal/logs"
	"traceview/internal/model"
	"traceview/internal/redact"
	"traceview/internal/report"
	"traceview/internal/savedview"
	"traceview/internal/snapshot"
)

// A Format names what is written, as on the command line.
type Format string

// The formats beside those of package format.
const (
	Snapshot = Format(snapshot.Format)
	Folded   = Format("folded")
	CSV      = Format("csv")
	HTML     = Format("html")
	Markdown = Format("markdown")
	SVG      = Format("svg")
	PNG      = Format("png")
)

// endings are those of file names, by format.
var endings = map[Format]string{
	Snapshot: ".traceview", Format(format.OTLPJSON): ".otlp.json", Format(format.OTLPProto): ".otlp.pb", Format(format.JaegerJSON): ".jaeger.json",
	Format(format.ZipkinJSON): ".zipkin.json", Format(format.ChromeTrace): ".chrome.json", Folded: ".folded.txt", CSV: ".csv", HTML: ".html",
	Markdown: ".md", SVG: ".svg", PNG: ".png",
}

// Ending returns what a file name of the format ends in, "" for no format.
func (f Format) Ending() string { return endings[f] }

// Known says whether there is such a format.
func (f Format) Known() bool { return endings[f] != "" }

// HoldsLogs says whether log lines go into a file of the format: all of them into a
// snapshot, some into reports. Nobody need load them for another.
func (f Format) HoldsLogs() bool { return f == Snapshot || f == HTML || f == Markdown }

// Formats returns those of the command line, in the order of its help.
func Formats() []Format {
	var list []Format
	for _, n := range format.Writable() {
		list = append(list, Format(n))
	}
	return append(list, Folded, CSV, HTML, Markdown, SVG, PNG)
}

// An Artist draws traces: who exports does not know how.
type Artist interface {
	// Report returns the drawings of a trace for a page, the waterfall around a span.
	Report(d *document.Document, around model.SpanIndex) ([]report.Drawing, error)
	// Picture writes the picture of a trace.
	Picture(w io.Writer, t *model.Trace, notes []savedview.Note, asSVG bool) error
}

// A Job is one export. Redact comes before Write.
type Job struct {
	Format  Format
	Traces  []*model.Trace
	Words   *i18n.Printer
	Zone    *time.Location
	Version string
	Created time.Time
	Artist  Artist // for SVG, PNG and HTML
	Notes   []savedview.Note
	// Logs are the log lines of the traces, for formats that hold some.
	Logs []*logs.Lines
	// Source, Order and View go into a snapshot; View may be nil.
	Source string
	Order  string
	View   *savedview.View

	redacted string // what was replaced, in a sentence
}

// Redact puts what may leave in the place of all that the job holds. Progress,
// unless nil, is told the share done.
func (j *Job) Redact(ctx context.Context, r *redact.Redactor, progress func(float64)) error {
	all, before := 0, 0
	for _, t := range j.Traces {
		all += len(t.Spans)
	}
	traces := make([]*model.Trace, len(j.Traces))
	for i, t := range j.Traces {
		out, err := r.Apply(ctx, t, func(share float64) {
			if progress != nil {
				progress((float64(before) + share*float64(len(t.Spans))) / float64(max(all, 1)))
			}
		})
		if err != nil {
			return err
		}
		traces[i] = out
		before += len(t.Spans)
	}
	j.Traces = traces
	if err := j.redactLogs(ctx, r); err != nil {
		return err
	}
	if j.View != nil {
		v := RedactView(r, *j.View)
		j.View = &v
	}
	j.Notes = RedactNotes(r, j.Notes)
	if kinds := Kinds(r, j.Words); len(kinds) > 0 {
		j.redacted = j.Words.T("report.redacted", "kinds", Names(kinds))
	}
	return nil
}

// redactLogs does so with log lines. For a format that holds none they are left out: they
// would take time, and count as replaced where nobody sees them.
func (j *Job) redactLogs(ctx context.Context, r *redact.Redactor) error {
	if !j.Format.HoldsLogs() {
		j.Logs = nil
		return nil
	}
	lines := make([]*logs.Lines, len(j.Logs))
	for i, l := range j.Logs {
		var err error
		if lines[i], err = r.Logs(ctx, l); err != nil {
			return err
		}
	}
	j.Logs = lines
	return nil
}

// RedactView returns a view with the texts in it as they may leave. Who saved it
// stays: that is a signature.
func RedactView(r *redact.Redactor, v savedview.View) savedview.View {
	v.Name = r.Text(v.Name)
	v.Traces = slices.Clone(v.Traces)
	for i := range v.Traces {
		v.Traces[i].Filter = r.Text(v.Traces[i].Filter)
	}
	return v
}

// RedactNotes does so with notes.
func RedactNotes(r *redact.Redactor, notes []savedview.Note) []savedview.Note {
	notes = slices.Clone(notes)
	for i := range notes {
		notes[i].Text = r.Text(notes[i].Text)
	}
	return notes
}

// errNoTraces is met by pictures: other formats can be empty.
var errNoTraces = errors.New("there are no traces")

// Write writes the job, ending with the error of ctx. Written, unless nil, is told
// how many bytes are, after each piece. Guarded is how many cells of a table begin
// like a formula.
func (j *Job) Write(ctx context.Context, w io.Writer, written func(int64)) (guarded int, err error) {
	w = &meter{ctx: ctx, w: w, told: written}
	switch j.Format {
	case Snapshot:
		return 0, j.snapshot(w)
	case Folded:
		return 0, flat.Folded(w, j.Traces, selfTimes)
	case CSV:
		return flat.CSV(w, j.Traces, selfTimes)
	case HTML:
		return 0, j.html(w)
	case Markdown:
		return 0, report.Markdown(w, j.documents(), j.reportOptions())
	case SVG, PNG:
		t := Largest(j.Traces)
		if t == nil {
			return 0, fmt.Errorf("draw: %w", errNoTraces)
		}
		return 0, j.Artist.Picture(w, t, j.Notes, j.Format == SVG)
	}
	return 0, format.Encode(w, format.Name(j.Format), j.Traces)
}

// Largest returns the trace with most spans, the first of several, nil for none.
func Largest(traces []*model.Trace) (best *model.Trace) {
	for _, t := range traces {
		if best == nil || len(t.Spans) > len(best.Spans) {
			best = t
		}
	}
	return best
}

func selfTimes(t *model.Trace) func(model.SpanIndex) int64 { return analysis.NewWork(t).Self }

func (j *Job) snapshot(w io.Writer) error {
	members := map[string][]byte{}
	if j.View != nil {
		data, err := savedview.EncodeView(*j.View)
		if err != nil {
			return fmt.Errorf("write view: %w", err)
		}
		members[savedview.ViewMember] = data
	}
	if len(j.Notes) > 0 {
		data, err := savedview.EncodeNotes(j.Notes)
		if err != nil {
			return fmt.Errorf("write notes: %w", err)
		}
		members[savedview.NotesMember] = data
	}
	return snapshot.Write(w, &snapshot.Snapshot{Traces: j.Traces, Logs: j.Logs, Members: members, Manifest: snapshot.Manifest{
		App: "traceview " + j.Version, Source: j.Source, Created: j.Created.UTC(), Order: j.Order}})
}

func (j *Job) reportOptions() report.Options {
	return report.Options{Words: j.Words, Lang: j.Words.Lang(), Zone: j.Zone, Version: j.Version, Created: j.Created, Redacted: j.redacted, Notes: j.Notes, Logs: j.Logs}
}

// documents returns documents on the traces, with the time each span worked itself
// at hand.
func (j *Job) documents() []*document.Document {
	docs := make([]*document.Document, len(j.Traces))
	for i, t := range j.Traces {
		docs[i] = document.New(t)
		docs[i].MergeNotes(j.Notes)
		docs[i].Work()
	}
	return docs
}

// html writes the page that is read without traceview.
func (j *Job) html(w io.Writer) error {
	docs := j.documents()
	slices.SortStableFunc(docs, func(a, b *document.Document) int { return a.Trace().StartTime().Compare(b.Trace().StartTime()) })
	parts := make([]report.Part, len(docs))
	for i, d := range docs {
		parts[i].Doc = d
		if i >= report.MaxParts || len(d.Trace().Spans) == 0 {
			continue
		}
		drawings, err := j.Artist.Report(d, report.Find(d).Span)
		if err != nil {
			return err
		}
		parts[i].Drawings = drawings
	}
	return report.HTML(w, parts, j.reportOptions())
}

// A meter ends with its context and tells how much was written.
type meter struct {
	ctx  context.Context
	w    io.Writer
	done int64
	told func(int64)
}

func (m *meter) Write(p []byte) (int, error) {
	if m.ctx.Err() != nil {
		return 0, context.Cause(m.ctx)
	}
	n, err := m.w.Write(p)
	if m.done += int64(n); m.told != nil {
		m.told(m.done)
	}
	return n, err
}
