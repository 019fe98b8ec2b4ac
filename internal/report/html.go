package report

import (
	"bufio"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"

	"traceview/internal/document"
	"traceview/internal/model"
)

//go:embed report.css
var style string

//go:embed report.js
var script string

// The bounds of a file. A span with what it recorded takes 1 to 3 kB.
const (
	MaxParts  = 20      // traces with drawings and spans
	maxSpans  = 2000    // in the tables of all parts
	leastRows = 50      // of one part, however many there are
	maxBytes  = 8 << 20 // of what spans recorded; the rest of the rows have none
	maxValue  = 4000    // characters of a value
	maxAttrs  = 100     // of a span, a resource or an event
	maxEvents = 30      // of a span
)

// HTML writes the report of parts, the first MaxParts of them with drawings and
// spans. An error of w ends it.
func HTML(w io.Writer, parts []Part, o Options) error {
	h := &page{w: bufio.NewWriterSize(w, 1<<16), p: o.Words, o: o, left: maxBytes}
	docs := make([]*document.Document, len(parts))
	for i := range parts {
		docs[i] = parts[i].Doc
	}
	shown := parts[:min(len(parts), MaxParts)]
	drawings := h.draw(shown)
	h.head(title(docs, o.Words))
	h.open("header")
	h.element("h1", title(docs, o.Words))
	h.element("p", o.Words.N("report.traces", len(docs)))
	if o.Redacted != "" {
		h.element("p", o.Redacted)
	}
	h.close("header")
	if len(parts) > 1 {
		h.contents(docs)
	}
	for i, part := range shown {
		h.part(i, part, drawings[i], max(maxSpans/len(shown), leastRows))
	}
	h.raw("<footer>")
	h.text(o.Words.T("report.made", "version", o.Version, "time", o.Words.Units().DateTime(o.Created.In(o.Zone))+" "+o.Words.Units().Zone(o.Created.In(o.Zone))))
	h.raw("</footer>\n</main><script>" + script + "</script></body></html>\n")
	if err := h.w.Flush(); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// page writes HTML. Errors of the writer stay in it until the end.
type page struct {
	w      *bufio.Writer
	p      document.Printer
	o      Options
	colour pairs
	left   int // bytes of what spans recorded still to be written
}

func (h *page) raw(s string)   { _, _ = h.w.WriteString(s) } // kept by the writer
func (h *page) text(s string)  { h.raw(escape(s)) }
func (h *page) open(t string)  { h.raw("<" + t + ">") }
func (h *page) close(t string) { h.raw("</" + t + ">\n") }

func (h *page) element(tag, text string) {
	h.open(tag)
	h.text(text)
	h.close(tag)
}

// escape returns text that cannot become markup, in an element or between
// double quotes. What is not UTF-8, what shows nothing, and what would turn the
// direction of the text around it becomes U+FFFD.
func escape(s string) string { return escaper.Replace(clean(s)) }

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;")

func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case unicode.IsControl(r), r == '\u2028', r == '\u2029', turning(r), r == 0xfffe, r == 0xffff:
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// turning says whether a character changes the direction of writing (UAX #9) or
// shows nothing.
func turning(r rune) bool {
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' || r == '\u200e' || r == '\u200f' || r == '\u061c' || r == '\u200b' || r == '\ufeff'
}

// digest returns the source expression of a policy that allows one text.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

func (h *page) head(title string) {
	css := style + h.colour.css()
	h.raw("<!DOCTYPE html>\n<html lang=\"" + escape(h.o.Lang) + "\"><head><meta charset=\"utf-8\">\n")
	h.raw(`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ` + digest(css) + `; script-src ` + digest(script) + `; base-uri 'none'; form-action 'none'">` + "\n")
	h.raw(`<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">` + "\n")
	h.element("title", title)
	h.raw("<style>" + css + "</style></head>\n<body><main>\n")
}

// contents lists the traces.
func (h *page) contents(docs []*document.Document) {
	p := h.p
	h.raw(`<table class="list"><thead><tr>`)
	for _, key := range []string{p.T("report.start"), p.T("report.what"), p.T("report.duration"), p.T("report.errors"), p.T("report.traceid")} {
		h.element("th", key)
	}
	h.raw("</tr></thead>\n")
	for i, d := range docs[:min(len(docs), maxListed)] {
		head, t := d.Header(p, h.o.Zone), d.Trace()
		h.raw("<tr><td>")
		h.text(head.Start + " " + head.Zone)
		h.raw("</td><td>")
		if i < MaxParts {
			h.raw(`<a href="#t` + strconv.Itoa(i) + `">`)
		}
		h.text(cut(head.Service+": "+head.Operation, 200))
		if i < MaxParts {
			h.raw("</a>")
		}
		h.raw("</td><td>")
		h.text(head.Duration)
		h.raw("</td><td")
		if t.Errors > 0 {
			h.raw(` class="bad"`)
		}
		h.raw(">" + p.Units().Number(t.Errors) + "</td><td><code>" + t.ID.String() + "</code></td></tr>\n")
	}
	h.raw("</table>\n")
	if n := len(docs) - maxListed; n > 0 {
		h.element("p", p.N("report.more.traces", n))
	}
	if n := len(docs) - MaxParts; n > 0 {
		h.element("p", p.N("report.more.parts", n))
	}
}

func (h *page) part(n int, part Part, drawings []string, rows int) {
	d, p := part.Doc, h.p
	t, head, f := d.Trace(), d.Header(p, h.o.Zone), Find(d)
	h.raw(`<section id="t` + strconv.Itoa(n) + `">`)
	h.element("h2", cut(head.Service+": "+head.Operation, 300))
	facts := []string{head.Start + " " + head.Zone, head.Duration, head.Spans, head.Services}
	h.raw(`<p class="facts">`)
	h.text(strings.Join(facts, " · "))
	if head.Errors != "" {
		h.raw(` · <b class="bad">`)
		h.text(head.Errors)
		h.raw("</b>")
	}
	h.raw(" · <code>" + t.ID.String() + "</code></p>\n")
	if f.Span == model.NoSpan {
		h.element("p", p.T("report.nospans"))
		h.close("section")
		return
	}
	h.finding(d, f)
	h.logs(d, f.Span)
	h.notes(n, d)
	for i, g := range drawings {
		h.raw(`<figure><figcaption><b>`)
		h.text(part.Drawings[i].Title)
		h.raw("</b> ")
		h.text(part.Drawings[i].Note)
		h.raw("</figcaption><div class=\"draw\">" + strings.ReplaceAll(g, "\x00", "t"+strconv.Itoa(n)+"s") + "</div></figure>\n")
	}
	h.spans(n, d, f, rows)
	h.close("section")
}

func (h *page) finding(d *document.Document, f Finding) {
	t, p := d.Trace(), h.p
	class := "finding"
	if f.Failed {
		class += " failed"
	}
	h.raw(`<div class="` + class + `">`)
	h.element("h3", verdict(d, f, p))
	detail, _ := d.Detail(f.Span, p, h.o.Zone)
	if kind, reason := detail.Failure(p); kind != "" {
		h.raw("<p><b>")
		h.text(cut(kind, 300))
		h.raw("</b> ")
		h.text(cut(reason, maxValue))
		h.raw("</p>")
	}
	h.raw("<dl>")
	for _, row := range [][2]string{
		{p.T("ticket.order"), d.OrderNumber(f.Span)}, {p.T("report.start"), detail.Start + " " + detail.Zone + " (+" + p.Units().Duration(t.Spans[f.Span].Start) + ")"},
		{p.T("report.duration"), detail.Duration + " (" + p.T("detail.self") + " " + p.Units().Duration(d.Work().Self(f.Span)) + ")"},
		{p.T("report.way"), wayText(d, f.Span, p)}, {p.T("report.others"), others(f, p)},
		{p.T("report.traceid"), t.ID.String()}, {p.T("report.spanid"), detail.ID},
	} {
		if row[1] != "" {
			h.element("dt", row[0])
			h.element("dd", cut(row[1], maxValue))
		}
	}
	h.raw("</dl></div>\n")
}

func others(f Finding, p document.Printer) string {
	if f.Own < 2 {
		return ""
	}
	return p.N("report.others.n", f.Own-1)
}
