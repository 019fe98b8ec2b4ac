package merged

import (
	"strings"

	"traceview/internal/analysis"
	"traceview/internal/document"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/axis"
)

// words are the texts of a frame that never change, looked up once a language.
type words struct {
	unnamed, all, zoomHow, focus, leave string
	empty, emptyNext, none, noneNext    string
	weightless, weightlessNext          string
	weights                             [analysis.Weights]string
}

func newWords(pr axis.Printer) words {
	t := pr.T
	w := words{
		unnamed: t("trace.unnamed"), all: t("trace.fit"), zoomHow: t("merged.zoom.how"),
		focus: t("merged.focus"), leave: t("merged.leave"),
		empty: t("timeline.empty"), emptyNext: t("timeline.empty.next"),
		none: t("find.none"), noneNext: t("flame.none.next"),
		weightless: t("merged.weightless"), weightlessNext: t("merged.weightless.next"),
	}
	for k := range w.weights {
		w.weights[k] = pr.T("merged.weight." + analysis.Weight(k).String())
	}
	return w
}

// text is what the frame says of the state of the document: written when that
// changes, so that a frame does not allocate.
type text struct {
	of     textOf
	legend string // what a width means
	about  string // the chosen box, or all of it
	next   string // the button to the next span of the box, "" for none
}

// textOf is what text depends on.
type textOf struct {
	weight   analysis.Weight
	calls    *analysis.Calls
	sandwich *document.Sandwich
	selected model.SpanIndex
	chosen   place
	matches  int
	width    int
}

// updateText writes the text anew if what it says is no longer so.
func (p *Painter) updateText() {
	of := textOf{p.m.Weight(), p.m.Calls(), p.m.Sandwich(), p.doc.Selected(), p.chosen(), p.doc.MatchesVersion(), p.g.Size.X}
	if of == p.text.of && p.text.legend != "" {
		return
	}
	p.text = text{of: of}
	room := float32(of.width) - p.px(16)
	p.text.legend = p.cut(p.fonts.body, p.legend(), room)
	p.text.about = p.cut(p.fonts.body, p.about(), room)
	if c := of.calls; of.sandwich == nil && of.chosen.call >= 0 && c.Nodes[of.chosen.call].Spans > 1 {
		pr := p.style.Printer
		k, n := c.Number(of.selected), int(c.Nodes[of.chosen.call].Spans)
		p.text.next = pr.T("merged.next", "k", pr.Units().Number(k), "n", pr.Units().Number(n))
	}
}

// legend says what the width of a box means.
func (p *Painter) legend() string {
	pr, u := p.style.Printer, p.style.Printer.Units()
	if s := p.m.Sandwich(); s != nil {
		line := pr.T("merged.legend.sandwich", "total", u.Duration(s.Total), "share", u.Percent(share(s.Total, p.m.Calls().Total)))
		if s.Cut > 0 {
			line += " " + pr.N("merged.cut", s.Cut)
		}
		return line
	}
	line := pr.T("merged.legend."+p.m.Weight().String(), "total", u.Duration(p.m.Calls().Total))
	if p.doc.Finding() {
		line = pr.T("merged.match", "share", u.Percent(p.m.MatchShare())) + " " + line
	}
	return line
}

// about tells of the chosen box or, where none is, of all.
func (p *Painter) about() string {
	pr, at := p.style.Printer, p.chosen()
	switch {
	case at.call >= 0 && p.rowOf(at) >= 0:
		n := p.node(at)
		facts := append(p.facts(at), p.failures(n)...)
		if n.Spans > 1 && n.Slowest == p.doc.Selected() {
			facts = append(facts, pr.T("merged.slowest"))
		}
		return strings.Join(facts, " · ")
	case p.m.Sandwich() == nil && p.doc.Selected() != model.NoSpan:
		if at.call < 0 {
			return pr.T("merged.hidden")
		}
		return pr.T("merged.nothing." + p.m.Weight().String())
	}
	spans := 0
	for i := range p.m.Calls().Nodes {
		spans += int(p.m.Calls().Nodes[i].Spans)
	}
	return pr.N("header.spans", spans) + " · " + pr.N("merged.boxes", len(p.m.Flame().Boxed()))
}

// facts are what is known of a box beside failures: of how many spans, what it
// weighs, how long they took.
func (p *Painter) facts(at place) []string {
	pr, u, n := p.style.Printer, p.style.Printer.Units(), p.node(at)
	out := []string{
		pr.N("header.spans", int(n.Spans)),
		pr.T("merged.share", "weight", u.Duration(n.Total), "share", u.Percent(share(n.Total, p.calls(at.part).Total))),
	}
	if at.part != up && p.m.Weight() != analysis.SummedWork {
		out = append(out, pr.T("merged.own", "own", u.Duration(n.Own)))
	}
	if n.Spans > 1 {
		out = append(out, pr.T("merged.times", "min", u.Duration(n.Min), "mean", u.Duration(n.Mean()), "max", u.Duration(n.Max)))
	} else {
		out = append(out, pr.T("merged.time", "time", u.Duration(n.Max)))
	}
	return out
}

// failures tells how many spans of a box failed, and how many carry the error of
// another.
func (p *Painter) failures(n *analysis.Call) []string {
	var out []string
	if n.Errors > 0 {
		out = append(out, p.style.Printer.N("merged.errors", int(n.Errors)))
	}
	if n.Carried > 0 {
		out = append(out, p.style.Printer.N("merged.carried", int(n.Carried)))
	}
	return out
}

func share(part, all int64) float64 { return float64(part) / float64(max(all, 1)) }

// cut shortens a text at its end to fit room pixels.
func (p *Painter) cut(f scene.Font, s string, room float32) string {
	m := p.style.Metrics
	if m.Width(f, s) <= room {
		return s
	}
	r := []rune(s)
	for len(r) > 0 && m.Width(f, string(r))+m.Width(f, axis.Ellipsis) > room {
		r = r[:len(r)-1]
	}
	return strings.TrimRight(string(r), " ") + axis.Ellipsis
}
