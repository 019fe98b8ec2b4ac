package document

import (
	"strings"

	"traceview/internal/model"
)

// A FactKind says what a Fact is about.
type FactKind uint8

// The kinds of Fact, in the order they come.
const (
	FactName FactKind = iota
	FactPlace
	FactTime
	FactError
	FactWait
	FactFolded
	FactLink
	FactWarning
	FactNote
)

// A Fact is one line about a span, ready to print.
type Fact struct {
	Kind FactKind
	Text string
}

// separator stands between parts of a line.
const separator = " · "

// Facts returns what there is to know of a span at a glance, most important
// first: its whole name, where and when, its share of the time, what went wrong,
// how long its message waited, what is folded away, where links lead, what is odd, what people noted.
func (d *Document) Facts(i model.SpanIndex, p Printer) []Fact {
	s, u := &d.trace.Spans[i], p.Units()
	name := clip(d.name(i, p))
	if step := d.step(i); step != "" {
		name = clip(step) + separator + name
	}
	out := []Fact{{FactName, name}}
	place := []string{u.Duration(s.Dur), p.T("timeline.tip.at", "offset", u.Duration(s.Start))}
	if service := d.system(i); service != "" {
		place = append([]string{clip(service)}, place...)
	}
	add := func(k FactKind, parts ...string) {
		var some []string
		for _, part := range parts {
			if part != "" {
				some = append(some, part)
			}
		}
		if len(some) > 0 {
			out = append(out, Fact{k, strings.Join(some, separator)})
		}
	}
	add(FactPlace, place...)
	self := d.self(i, p)
	if self != "" {
		self = p.T("timeline.tip.self", "self", self)
	}
	path := ""
	if d.Path().Has(i) {
		path = p.T("timeline.tip.path", "path", u.Duration(d.Path().Of(i).Total()))
	}
	add(FactTime, self, path, p.T("timeline.tip.share", "share", d.share(i, p)))
	add(FactError, d.failure(i, p))
	add(FactWait, d.waited(i, p))
	add(FactFolded, d.folded(i, p)...)
	add(FactLink, d.linkWords(i, p))
	wait, queued := d.Queue().Of(i)
	for _, w := range d.Warnings(i) {
		switch {
		case queued && w.Kind == model.ChildOutsideParent: // to end after the one that sent it is what a message is for
			continue
		case wait.Before > 0 && w.Kind == model.ClockSkew: // said already
			continue
		}
		add(FactWarning, p.T("warning."+w.Kind.String()))
	}
	for _, n := range d.NotesOn(i) {
		if n.Author == "" {
			add(FactNote, p.T("note.tip.anonymous", "text", clip(n.Text)))
		} else {
			add(FactNote, p.T("note.tip", "author", clip(n.Author), "text", clip(n.Text)))
		}
	}
	return out
}

// share returns how much of the trace's time passes while a span lasts.
func (d *Document) share(i model.SpanIndex, p Printer) string {
	return p.Units().Percent(float64(d.trace.Spans[i].Dur) / float64(max(d.trace.Dur, 1)))
}

// self returns the own work of a span with children.
func (d *Document) self(i model.SpanIndex, p Printer) string {
	if d.trace.Spans[i].End == i+1 {
		return ""
	}
	return p.Units().Duration(d.Work().Self(i))
}

// failure says what went wrong, and whether it began there.
func (d *Document) failure(i model.SpanIndex, p Printer) string {
	s := &d.trace.Spans[i]
	if !s.Failed() {
		return ""
	}
	key := "timeline.tip.error"
	if d.Errors().CarriedUp(i) {
		key = "timeline.tip.carried"
	}
	return strings.TrimSuffix(p.T(key, "message", clip(d.trace.Str(s.StatusText))), ": ")
}

// waited says how long the message that a span took lay in its queue.
func (d *Document) waited(i model.SpanIndex, p Printer) string {
	w, ok := d.Queue().Of(i)
	switch wait := p.Units().Duration(w.Dur()); {
	case !ok:
		return ""
	case w.Before > 0:
		return p.T("queue.before", "amount", p.Units().Duration(w.Before))
	case w.Sent > 1:
		return p.N("queue.waited.many", w.Sent, "wait", wait)
	default:
		return p.T("queue.waited", "wait", wait)
	}
}

// folded says how many spans are folded into one, and how many of them failed.
func (d *Document) folded(i model.SpanIndex, p Printer) []string {
	n := d.rows.Hidden(i)
	if n == 0 {
		return nil
	}
	out := []string{p.N("timeline.tip.hidden", n)}
	if e := d.FailedInside(i); e > 0 {
		out = append(out, p.N("timeline.tip.inside", e))
	}
	return out
}

// linkWords says where the links of a span lead.
func (d *Document) linkWords(i model.SpanIndex, p Printer) string {
	n := d.LinkTargets(i)
	if n == 0 {
		return ""
	}
	if n > 1 {
		return p.N("link.many", n)
	}
	return d.LinkWords(d.LinkTarget(i, 0), p)
}

// LinkWords says where a link leads.
func (d *Document) LinkWords(to LinkTarget, p Printer) string {
	switch {
	case to.Back:
		return p.T("link.from", "name", clip(d.name(to.Span, p)))
	case to.Here():
		return p.T("link.to", "name", clip(d.name(to.Span, p)))
	case to.Trace == d.trace.ID:
		return p.T("link.missing")
	}
	return p.T("link.trace", "id", to.Trace.String()[:8])
}

// clipRunes is the longest text of a fact: three lines of a tooltip.
const clipRunes = 160

// clip makes one line of a text and shortens it in the middle, keeping its ends.
func clip(s string) string {
	const most = 4 * clipRunes * 4 // bytes: more is not looked at, a text may have megabytes
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most/2], "") + "…" + strings.ToValidUTF8(s[len(s)-most/2:], "")
	}
	s = strings.Join(strings.Fields(s), " ")
	r := []rune(s)
	if len(r) <= clipRunes {
		return s
	}
	return string(r[:clipRunes*2/3]) + "…" + string(r[len(r)-clipRunes/3+1:])
}
