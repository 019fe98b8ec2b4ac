package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"

	"traceview/internal/document"
	"traceview/internal/model"
)

// The bounds of a summary: a ticket that nobody scrolls through is read.
const (
	maxTickets = 3   // failures told at length
	maxListed  = 100 // traces named
)

// Markdown writes a summary of traces for a ticket: the order, what failed, where,
// when and for how long, and the ids of all traces. The first failures are told
// at length, those of the traces that began first.
func Markdown(w io.Writer, docs []*document.Document, o Options) error {
	b := bufio.NewWriter(w)
	p := o.Words
	docs = slices.Clone(docs)
	slices.SortStableFunc(docs, func(a, b *document.Document) int { return a.Trace().StartTime().Compare(b.Trace().StartTime()) })
	fmt.Fprintf(b, "# %s\n\n", document.MarkdownText(title(docs, p)))
	failed := 0
	for _, d := range docs {
		if d.Trace().Errors > 0 {
			failed++
		}
	}
	fmt.Fprintf(b, "%s\n\n", p.N("report.traces", len(docs))+" · "+p.N("report.failed", failed))
	writeTraces(b, docs, o)
	writeNotes(b, docs, &o)
	told := 0
	for _, d := range docs {
		f := Find(d)
		if f.Span == model.NoSpan || !f.Failed && len(docs) > 1 {
			continue
		}
		if told++; told > maxTickets {
			fmt.Fprintf(b, "%s\n\n", p.N("report.more.failures", failed-maxTickets))
			break
		}
		fmt.Fprintf(b, "## %s\n\n", document.MarkdownText(verdict(d, f, p)))
		fmt.Fprintf(b, "%s: %s\n\n", p.T("report.way"), document.MarkdownText(wayText(d, f.Span, p)))
		fmt.Fprintf(b, "%s\n", d.Markdown(f.Span, p, o.Zone))
		writeLogs(b, d, f.Span, &o)
	}
	if o.Redacted != "" {
		fmt.Fprintf(b, "%s\n", document.MarkdownText(o.Redacted))
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write the summary: %w", err)
	}
	return nil
}

func writeTraces(b *bufio.Writer, docs []*document.Document, o Options) {
	p := o.Words
	fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n|---|---|---|---|---|\n",
		p.T("report.start"), p.T("report.what"), p.T("report.duration"), p.T("report.errors"), p.T("report.traceid"))
	for _, d := range docs[:min(len(docs), maxListed)] {
		h, t := d.Header(p, o.Zone), d.Trace()
		errs := p.Units().Number(t.Errors)
		if t.Errors > 0 {
			errs = "**" + errs + "**"
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | `%s` |\n", document.MarkdownText(h.Start+" "+h.Zone), document.MarkdownText(cut(h.Service+": "+h.Operation, 200)), h.Duration, errs, t.ID)
	}
	fmt.Fprintln(b)
	if n := len(docs) - maxListed; n > 0 {
		fmt.Fprintf(b, "%s\n\n", p.N("report.more.traces", n))
	}
}

// title returns what a report is about.
func title(docs []*document.Document, p document.Printer) string {
	if order := orderOf(docs); order != "" {
		return p.T("report.title.order", "order", cut(order, 80))
	}
	if len(docs) == 1 {
		return p.T("report.title.trace", "id", docs[0].Trace().ID.String())
	}
	return p.T("report.title.traces")
}

// verdict says in a line what went wrong and where.
func verdict(d *document.Document, f Finding, p document.Printer) string {
	t := d.Trace()
	service, name := cut(t.ServiceName(f.Span), 120), cut(nameOf(d, f.Span, p), 200)
	if f.Failed {
		return p.T("report.verdict.failed", "service", service, "operation", name)
	}
	return p.T("report.verdict.slow", "service", service, "operation", name, "time", p.Units().Duration(d.Work().Self(f.Span)))
}

// nameOf returns the operation of a span, or the word for none.
func nameOf(d *document.Document, i model.SpanIndex, p document.Printer) string {
	if n := d.Trace().Name(i); n != "" {
		return n
	}
	return p.T("trace.unnamed")
}

// wayText names the spans from the root down to i.
func wayText(d *document.Document, i model.SpanIndex, p document.Printer) string {
	t := d.Trace()
	list, gap := way(t, i)
	s := ""
	for k, at := range list {
		if k > 0 {
			s += " → "
		}
		if k == 1 && gap > 0 {
			s += "… → "
		}
		s += cut(t.ServiceName(at), 60) + ": " + cut(nameOf(d, at, p), 100)
	}
	return s
}

// cut returns the first n characters of s, with an ellipsis if there are more.
func cut(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return s[:i] + "…"
		}
	}
	return s
}
