package document

import (
	"strings"
	"time"
	"unicode"

	"traceview/internal/model"
)

const (
	// ticketAttrs is how many attributes go into a ticket: what is not among
	// the first is in the JSON.
	ticketAttrs = 24
	// ticketCell is how many runes of a value stand in a row of a table.
	ticketCell = 300
	// ticketLines is how many lines of a statement or a stack trace are kept.
	ticketLines = 40
)

// Markdown returns span i as Markdown for a ticket, in the language of p: which
// order, where, when and how long, what failed, the ids, and the attributes that
// say most. Nothing in a trace can end a table, a row or a block of code early.
// It is "" if there is no such span.
func (d *Document) Markdown(i model.SpanIndex, p Printer, zone *time.Location) string {
	s, ok := d.Detail(i, p, zone)
	if !ok {
		return ""
	}
	var b strings.Builder
	b.WriteString("### " + mdText(cut(s.Title, ticketCell)) + " · " + mdText(cut(s.Service, ticketCell)) + "\n\n")
	kind, reason := s.Failure(p)
	if kind != "" {
		b.WriteString("**" + mdText(cut(kind, ticketCell)) + "** " + mdText(cut(reason, 4*ticketCell)) + "\n\n")
	}
	took := s.Duration
	if s.Self != "" {
		took += " (" + p.T("detail.self") + " " + s.Self + ")"
	}
	mdTable(&b, p, [][2]string{
		{p.T("ticket.order"), d.OrderNumber(i)}, {p.T("ticket.service"), s.Service}, {p.T("ticket.operation"), s.Title},
		{p.T("detail.start"), s.Start + " " + s.Zone}, {p.T("detail.duration"), took}, {p.T("detail.offset"), s.Offset},
		{p.T("detail.traceid"), d.trace.ID.String()}, {p.T("detail.spanid"), s.ID},
	})
	var rows [][2]string
	var blocks []Attr
	add := func(a Attr) {
		if a.isStack() || a.isSQL() || strings.Contains(strings.TrimSpace(a.Text), "\n") {
			blocks = append(blocks, a)
		} else if a.Text != "" && len(rows) < ticketAttrs {
			rows = append(rows, [2]string{a.Key, a.Text})
		}
	}
	for _, g := range s.Attrs {
		for _, a := range g.Attrs {
			add(a)
		}
	}
	for _, e := range s.Events {
		for _, a := range e.Attrs {
			if a.isStack() {
				add(a)
			}
		}
	}
	for _, g := range s.Resource {
		for _, a := range g.Attrs {
			if ranWhere(a.Key) {
				add(a)
			}
		}
	}
	mdTable(&b, p, rows)
	for _, a := range blocks[:min(len(blocks), ticketAttrs)] {
		mdBlock(&b, a)
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// ranWhere says whether a key of a resource tells which build ran where.
func ranWhere(key string) bool {
	switch key {
	case "service.version", "service.namespace", "host.name", "deployment.environment", "deployment.environment.name", "k8s.pod.name":
		return true
	}
	return false
}

// mdTable writes rows of two cells, those without a value left out; nothing if
// none is left.
func mdTable(b *strings.Builder, p Printer, rows [][2]string) {
	begun := false
	for _, r := range rows {
		if strings.TrimSpace(r[1]) == "" {
			continue
		}
		if !begun {
			b.WriteString("| " + p.T("ticket.what") + " | " + p.T("ticket.value") + " |\n|---|---|\n")
			begun = true
		}
		b.WriteString("| " + mdText(cut(r[0], ticketCell)) + " | " + mdText(cut(r[1], ticketCell)) + " |\n")
	}
	if begun {
		b.WriteByte('\n')
	}
}

// mdBlock writes a value as a block of code between fences longer than any run
// of backticks in it.
func mdBlock(b *strings.Builder, a Attr) {
	lines, more := a.Unfold(ticketLines)
	if more {
		lines = append(lines, "…")
	}
	run, longest := 0, 0
	for k, l := range lines {
		l = strings.Map(printable, strings.ToValidUTF8(cut(l, 4*ticketCell), "\uFFFD"))
		lines[k] = l
		for _, r := range l {
			if run++; r != '`' {
				run = 0
			}
			longest = max(longest, run)
		}
		run = 0
	}
	fence := strings.Repeat("`", max(3, longest+1))
	b.WriteString("**" + mdText(cut(a.Key, ticketCell)) + "**\n\n" + fence + "text\n" + strings.Join(lines, "\n") + "\n" + fence + "\n\n")
}

// cut returns the first n runes of s, with an ellipsis if there are more.
func cut(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return s[:i] + "…"
		}
	}
	return s
}

// printable keeps what is seen and blanks.
func printable(r rune) rune {
	if r != ' ' && (unicode.IsControl(r) || r == '\u2028' || r == '\u2029') {
		return ' '
	}
	return r
}

// MarkdownText returns s as text of Markdown on one line: no sign of it is markup,
// of a table neither, as long as it does not begin a line.
func MarkdownText(s string) string { return mdText(s) }

// mdText returns s on one line with a backslash before each sign that Markdown
// or a table of it would read anywhere but at the beginning of a line, where it
// never stands; CommonMark takes a backslash before any sign of ASCII.
func mdText(s string) string {
	s = strings.Join(strings.Fields(strings.Map(printable, strings.ToValidUTF8(s, "\uFFFD"))), " ")
	var b strings.Builder
	in := []rune(s)
	word := func(k int) bool { return k >= 0 && k < len(in) && (unicode.IsLetter(in[k]) || unicode.IsDigit(in[k])) }
	for k, r := range in {
		switch r {
		case '\\', '|', '`', '*', '[', ']', '<', '>', '~', '&', '$', '#':
			b.WriteByte('\\')
		case '_': // within a word it is no sign
			if !word(k-1) || !word(k+1) {
				b.WriteByte('\\')
			}
		}
		b.WriteRune(r)
	}
	return b.String()
}
