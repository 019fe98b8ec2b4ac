package shell

import (
	"slices"

	"fyne.io/fyne/v2"

	"traceview/internal/i18n"
	"traceview/internal/model"
	"traceview/internal/query"
	"traceview/ui/view/search"
)

const (
	emptyItems = 60 // what an empty box lists at most
	mostOfKind = 8  // of one kind, so that none pushes out the others
	mostLoose  = 4  // of what matches by scattered letters only
	paletteID  = "palette"
)

// items returns what the palette offers beside operations: commands, what can be
// done with the trace in front, tabs, services and orders. The most useful come
// first, since an empty box lists them in this order.
func (s *Shell) items() []item {
	var out []item
	page, _ := s.pages[s.current].(*tracePage)
	if page != nil && page.doc != nil {
		out = append(out, s.actItems(acts(), page)...)
		out = append(out, page.pageItems()...)
	}
	if p, ok := s.pages[s.current].(*orderPage); ok && s.shelf.open && len(p.unkept()) > 0 {
		out = append(out, s.commandItem(act{id: "keeporder"}, s.keepOrder))
	}
	if p, ok := s.pages[s.current].(*libraryPage); ok {
		for _, a := range p.acts() {
			out = append(out, s.commandItem(a.act, a.do))
		}
		out = append(out, s.limitItems()...)
	}
	for _, c := range commands() {
		if c.id != paletteID {
			out = append(out, s.commandItem(act{id: c.id, key: c.label()}, func() { s.command(c) }))
		}
	}
	out = append(out, s.commandItem(act{id: "help", key: "F1"}, s.showHelp),
		s.commandItem(act{id: "again", key: "F5"}, func() { s.functionKey(fyne.KeyF5, false) }))
	if s.ImportSteps != nil {
		out = append(out, s.commandItem(act{id: "importsteps"}, s.askSteps))
	}
	if s.CheckTrail != nil {
		out = append(out, s.commandItem(act{id: "coverage"}, s.showCoverage))
	}
	if page != nil && page.doc != nil {
		out = append(out, s.actItems(choices(), page)...)
	}
	words := s.kit.Words
	for i, p := range s.pages {
		if i != s.current {
			line := search.Line{Kind: words.T("palette.tab"), Note: p.Status()}
			out = append(out, item{query.Choice{Text: s.tabTitle(i), Also: []string{p.Status()}}, line, func() { s.show(s.indexOf(p)) }})
		}
	}
	if page != nil && page.doc != nil {
		for _, v := range page.doc.Trace().Services {
			line := search.Line{Kind: words.T("palette.service"), Note: words.N("header.spans", v.Spans), Failed: v.Errors > 0}
			c := query.Choice{Text: s.kit.Names.System(v.Name)}
			if c.Text != v.Name {
				c.Also = []string{v.Name}
			}
			out = append(out, item{c, line, func() { page.filterWith(query.Exact("service", v.Name)) }})
		}
	}
	for _, v := range s.views.list {
		line := search.Line{Kind: words.T("palette.view"), Note: words.N("report.traces", len(v.Traces))}
		out = append(out, item{query.Choice{Text: v.Name}, line, func() { s.openView(v.View) }})
	}
	seen := map[string]bool{}
	for _, o := range slices.Concat(s.Prefs.Recent, s.Known) {
		if !seen[o] {
			seen[o] = true
			out = append(out, item{query.Choice{Text: o}, search.Line{Kind: words.T("palette.order")}, func() { s.search(o) }})
		}
	}
	return out
}

// actItems returns what can be done with the trace of a page.
func (s *Shell) actItems(list []act, page *tracePage) []item {
	out := make([]item, len(list))
	for k, a := range list {
		out[k] = s.commandItem(a, func() { a.run(page) })
	}
	return out
}

// commandItem returns a command, which is also found by its name and by its
// words in the other languages.
func (s *Shell) commandItem(a act, run func()) item {
	c := query.Choice{Text: a.text(s.kit.Words), Also: []string{a.id}}
	for _, l := range i18n.Languages() {
		if l.Code != s.kit.Words.Lang() {
			c.Also = append(c.Also, a.text(i18n.For(l.Code)))
		}
	}
	return item{c, search.Line{Kind: s.kit.Words.T("palette.command"), Key: a.key}, run}
}

// A hit is an item, or an operation, that matches.
type hit struct {
	query.Picked
	item, op int // one of them, the other is -1
}

// pickAll returns what matches text, the best first. What has the letters
// scattered is left out where there is better, but for a few.
func pickAll(text string, fixed []query.Choice, ops *operations) []hit {
	var out []hit
	for _, p := range query.Pick(text, fixed) {
		out = append(out, hit{p, p.Index, -1})
	}
	if ops != nil {
		for _, p := range query.Pick(text, ops.choices) {
			out = append(out, hit{p, -1, p.Index})
		}
	}
	slices.SortStableFunc(out, func(a, b hit) int { return a.Compare(b.Picked) })
	loose := 0
	return slices.DeleteFunc(out, func(h hit) bool {
		if h.Loose {
			loose++
		}
		return loose > mostLoose
	})
}

// addOperation adds an operation and, below the first two, the spans of it most
// worth a look. One with a single span is that span.
func (s *Shell) addOperation(list []item, ops *operations, h hit, perKind map[string]int) []item {
	if perKind["operation"]++; perKind["operation"] > mostOfKind {
		return list
	}
	o, words, page := &ops.list[h.op], s.kit.Words, ops.page
	text := ops.choices[h.op].Text
	_, note := page.doc.System(o.Spans[0])
	if text != o.Name {
		note += " · " + o.Name
	}
	if text == "" {
		text = words.T("trace.unnamed")
	}
	if o.Count == 1 {
		return append(list, s.spanItem(page, o.Spans[0], text, h.Runes, note, false))
	}
	line := search.Line{Kind: words.T("palette.operation"), Note: note + " · " + words.N("header.spans", o.Count), Runes: h.Runes, Failed: o.Failed > 0}
	list = append(list, item{query.Choice{Text: text}, line, func() {
		page.filterWith(query.Exact("service", o.Service) + " " + query.Exact("name", o.Name))
	}})
	if perKind["operation"] <= 2 {
		for _, i := range o.Spans {
			list = append(list, s.spanItem(page, i, text, nil, "", true))
		}
	}
	return list
}

// spanItem returns a span that is gone to, with when it began and how long it took.
func (s *Shell) spanItem(page *tracePage, i model.SpanIndex, text string, runes []int, of string, below bool) item {
	sp, u := &page.doc.Trace().Spans[i], s.kit.Words.Units()
	note := u.Offset(sp.Start) + " · " + u.Duration(sp.Dur)
	if of != "" {
		note = of + " · " + note
	}
	line := search.Line{Kind: s.kit.Words.T("palette.span"), Note: note, Runes: runes, Below: below, Failed: sp.Failed()}
	return item{query.Choice{Text: text}, line, func() { page.doc.SelectBar(i) }}
}

// filterWith writes a filter into the find box in place of what is there.
func (p *tracePage) filterWith(text string) {
	p.find.box.set(text)
	p.shell.say(p.shell.kit.Words.T("palette.filtered", "filter", text))
}
