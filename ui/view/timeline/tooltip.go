package timeline

import (
	"image"
	"strings"

	"traceview/internal/layout"
	"traceview/internal/model"
	"traceview/ui/axis"
)

// Tooltip returns the lines to show for what lies at x, y: the whole name,
// where and when, what went wrong; "" where there is nothing to say.
func (p *Painter) Tooltip(x, y float32) string {
	if p.pointer.drag != dragNone {
		return ""
	}
	h := p.hit(image.Pt(int(x), int(y)))
	if h.Span == model.NoSpan {
		return ""
	}
	pr, u, s := p.style.Printer, p.style.Printer.Units(), &p.trace.Spans[h.Span]
	if h.Part == layout.PartTwisty {
		return ""
	}
	name := p.trace.Name(h.Span)
	if name == "" {
		name = p.words.unnamed
	}
	place := []string{u.Duration(s.Dur), pr.T("timeline.tip.at", "offset", u.Duration(s.Start))}
	if service := p.trace.ServiceName(h.Span); service != "" {
		place = append([]string{service}, place...)
	}
	lines := []string{clip(name), strings.Join(place, " · ")}
	if work := p.workTip(h.Span); work != "" {
		lines = append(lines, work)
	}
	if s.Failed() {
		key := "timeline.tip.error"
		if p.doc.Errors().CarriedUp(h.Span) {
			key = "timeline.tip.carried"
		}
		lines = append(lines, strings.TrimSuffix(pr.T(key, "message", clip(p.trace.Str(s.StatusText))), ": "))
	}
	if n := p.doc.Rows().Hidden(h.Span); n > 0 {
		line := pr.N("timeline.tip.hidden", n)
		if e := p.doc.FailedInside(h.Span); e > 0 {
			line += " · " + pr.N("timeline.tip.inside", e)
		}
		lines = append(lines, line)
	}
	for _, w := range p.doc.Warnings(h.Span) {
		lines = append(lines, pr.T("warning."+w.Kind.String()))
	}
	return strings.Join(lines, "\n")
}

// TooltipHere returns what Tooltip does for where the pointer is, "" once it left.
func (p *Painter) TooltipHere() string {
	if !p.pointer.inside {
		return ""
	}
	if p.onSort() {
		return p.style.Printer.T("timeline.sort.tip")
	}
	return p.Tooltip(float32(p.pointer.at.X), float32(p.pointer.at.Y))
}

// workTip returns how long a span worked itself, if it has children, and how
// long it is on the critical path, if it is; "" for neither.
func (p *Painter) workTip(i model.SpanIndex) string {
	pr, u := p.style.Printer, p.style.Printer.Units()
	var parts []string
	if p.doc.Rows().Parent(i) {
		parts = append(parts, pr.T("timeline.tip.self", "self", u.Duration(p.doc.Work().Self(i))))
	}
	if p.doc.Path().Has(i) {
		parts = append(parts, pr.T("timeline.tip.path", "path", u.Duration(p.doc.Path().Of(i).Total())))
	}
	return strings.Join(parts, " · ")
}

// tipRunes is the longest line of a tooltip.
const tipRunes = 120

// clip shortens a text in the middle, keeping its ends.
func clip(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	r := []rune(s)
	if len(r) <= tipRunes {
		return s
	}
	return string(r[:tipRunes*2/3]) + axis.Ellipsis + string(r[len(r)-tipRunes/3+1:])
}
