package report

import (
	"bufio"
	"fmt"
	"strings"
	"time"

	"traceview/internal/document"
	"traceview/internal/logs"
	"traceview/internal/model"
)

// The bounds of what is told of the log lines of a trace.
const (
	maxLogLines = 20
	maxLogText  = 500 // characters of a message or stack trace
)

// linesOf returns the log lines of a trace that are worth telling, in their order: those
// of span i, and others that say something is wrong; the latest of many. More is how
// many lines there are beside them.
func (o *Options) linesOf(t *model.Trace, i model.SpanIndex) (list []*logs.Line, more int) {
	for _, l := range o.Logs {
		if l.Trace() != t.ID {
			continue
		}
		for k := range l.Len() {
			line := l.At(k)
			if line.Level.Severity >= logs.Warn || i != model.NoSpan && line.Span == t.Spans[i].ID {
				list = append(list, line)
			}
		}
		list = list[max(0, len(list)-maxLogLines):]
		return list, l.Len() - len(list) + int(l.Gap().Missed)
	}
	return nil, 0
}

// logHead says of a line when, where and how bad.
func logHead(l *logs.Line, o *Options) string {
	head := []string{o.Words.Units().Clock(time.Unix(0, l.Time).In(o.Zone))}
	if l.Level.Severity != logs.Unknown {
		head = append(head, strings.ToUpper(l.Level.Severity.String()))
	}
	if l.Service != "" {
		head = append(head, cut(l.Service, 120))
	}
	return strings.Join(head, " ")
}

// logText is what a line says, with its stack trace.
func logText(l *logs.Line) string {
	text := cut(l.Message, maxLogText)
	if l.Stack != "" {
		text += "\n" + cut(strings.TrimSpace(l.Stack), maxLogText)
	}
	return clean(text)
}

// writeLogs writes log lines as a list, a line each: their stack traces are in the page.
func writeLogs(b *bufio.Writer, d *document.Document, i model.SpanIndex, o *Options) {
	list, more := o.linesOf(d.Trace(), i)
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(b, "### %s\n\n", o.Words.T("report.logs"))
	for _, l := range list {
		fmt.Fprintf(b, "- %s\n", document.MarkdownText(logHead(l, o)+": "+cut(l.Message, maxLogText)))
	}
	fmt.Fprintln(b)
	if more > 0 {
		fmt.Fprintf(b, "%s\n\n", o.Words.N("report.logs.more", more))
	}
}

// logs writes log lines beside the finding.
func (h *page) logs(d *document.Document, i model.SpanIndex) {
	list, more := h.o.linesOf(d.Trace(), i)
	if len(list) == 0 {
		return
	}
	h.element("h3", h.p.T("report.logs"))
	h.raw(`<dl>`)
	for _, l := range list {
		h.pair(logHead(l, &h.o), logText(l), true)
	}
	h.raw("</dl>\n")
	if more > 0 {
		h.element("p", h.p.N("report.logs.more", more))
	}
}
