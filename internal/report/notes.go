package report

import (
	"bufio"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"traceview/internal/document"
	"traceview/internal/model"
	"traceview/internal/savedview"
)

// maxNotes bounds the notes told of one trace.
const maxNotes = 200

// A remark is a note as a report tells it.
type remark struct {
	head string // who, when, about what
	text string
	span model.SpanIndex // NoSpan where it is about no span that is there
}

// remarks returns the notes on a trace, the earliest first.
func remarks(d *document.Document, o *Options) (list []remark) {
	id := d.Trace().ID.String()
	notes := slices.DeleteFunc(slices.Clone(o.Notes), func(n savedview.Note) bool { return n.TraceID != id || strings.TrimSpace(n.Text) == "" })
	slices.SortStableFunc(notes, func(a, b savedview.Note) int { return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.ID, b.ID)) })
	for _, n := range notes[:min(len(notes), maxNotes)] {
		r := remark{text: cut(strings.TrimSpace(n.Text), maxValue), span: noted(d.Trace(), n.Span)}
		var head []string
		if n.Author != "" {
			head = append(head, cut(n.Author, 120))
		}
		if !n.Time.IsZero() {
			at := n.Time.In(o.Zone)
			head = append(head, o.Words.Units().DateTime(at)+" "+o.Words.Units().Zone(at))
		}
		u := o.Words.Units()
		switch {
		case r.span != model.NoSpan:
			head = append(head, cut(nameOf(d, r.span, o.Words), 200))
		case n.Range != nil:
			head = append(head, "+"+u.Duration(n.Range.From-d.Trace().Epoch)+" – +"+u.Duration(n.Range.To-d.Trace().Epoch))
		}
		r.head = strings.Join(head, " · ")
		list = append(list, r)
	}
	return list
}

// noted returns the span that a note names, NoSpan where it names none or one that
// is not there.
func noted(t *model.Trace, s *savedview.Span) model.SpanIndex {
	if s == nil {
		return model.NoSpan
	}
	id, err := model.ParseSpanID(s.ID)
	if err != nil {
		return model.NoSpan
	}
	n := s.N
	for i := range t.Spans {
		if t.Spans[i].ID != id {
			continue
		}
		if n--; n < 0 {
			return model.SpanIndex(i)
		}
	}
	return model.NoSpan
}

// notes writes the notes on a part.
func (h *page) notes(part int, d *document.Document) {
	list := remarks(d, &h.o)
	if len(list) == 0 {
		return
	}
	h.element("h3", h.p.T("report.notes"))
	for _, r := range list {
		h.raw(`<div class="finding"><p>`)
		if r.span != model.NoSpan {
			h.raw(`<a href="#` + idOf(part, r.span) + `">`)
		}
		h.text(r.head)
		if r.span != model.NoSpan {
			h.raw("</a>")
		}
		h.raw("</p><p>")
		h.text(r.text)
		h.raw("</p></div>\n")
	}
}

// writeNotes writes the notes on all traces.
func writeNotes(b *bufio.Writer, docs []*document.Document, o *Options) {
	told := false
	for _, d := range docs[:min(len(docs), maxListed)] {
		for _, r := range remarks(d, o) {
			if !told {
				fmt.Fprintf(b, "## %s\n\n", o.Words.T("report.notes"))
			}
			told = true
			fmt.Fprintf(b, "- %s: %s\n", document.MarkdownText(r.head), document.MarkdownText(r.text))
		}
	}
	if told {
		fmt.Fprintln(b)
	}
}
