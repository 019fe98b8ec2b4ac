package shell

import (
	"net/url"

	"fyne.io/fyne/v2"

	"traceview/internal/model"
	"traceview/internal/query"
	"traceview/internal/weblink"
	"traceview/ui/view/detail"
	"traceview/ui/view/search"
)

// A pager is a Source whose traces have pages elsewhere.
type pager interface {
	// Places says where these pages are; nil for nowhere.
	Places() *weblink.Places
}

// placesOf returns where pages about the traces of a connection are, nil for nowhere;
// of what comes from a file, by the connection of the window.
func (s *Shell) placesOf(from Source) *weblink.Places {
	if from == nil {
		from = s.source
	}
	if p, ok := from.(pager); ok {
		return p.Places()
	}
	return nil
}

func (p *tracePage) places() *weblink.Places { return p.shell.placesOf(p.from) }

// openPage shows a page elsewhere in the browser, or says that it cannot. Its
// address is on the clipboard then.
func (s *Shell) openPage(p weblink.Page) {
	words := s.kit.Words
	u, err := url.Parse(p.URL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" { // whatever made it
		s.say(words.T("page.bad"))
		return
	}
	open := s.Browse
	if open == nil {
		open = fyne.CurrentApp().OpenURL
	}
	if err := open(u); err != nil {
		fyne.CurrentApp().Clipboard().SetContent(p.URL)
		s.say(words.T("page.cannot"))
		return
	}
	s.say(words.T("page.opened", "host", p.Host))
	s.event("page_opened", nil)
}

// subject returns the selected span, NoSpan for the trace as a whole.
func (p *tracePage) subject(whole bool) model.SpanIndex {
	if whole {
		return model.NoSpan
	}
	return p.doc.Selected()
}

// openKibana shows the log lines of the selected span, or of the whole trace, in
// Kibana.
func (p *tracePage) openKibana(whole bool) bool {
	page, ok := p.places().OfKibana(p.doc.Trace(), p.subject(whole))
	return p.openOr(page, ok, "page.nokibana")
}

// openJaeger shows the selected span, or the whole trace, in Jaeger's own pages.
func (p *tracePage) openJaeger(whole bool) bool {
	page, ok := p.places().OfJaeger(p.doc.Trace(), p.subject(whole))
	return p.openOr(page, ok, "page.nojaeger")
}

// openOr opens a page, or says what is missing.
func (p *tracePage) openOr(page weblink.Page, ok bool, missing string) bool {
	if ok {
		p.shell.openPage(page)
	} else {
		p.shell.say(p.shell.kit.Words.T(missing))
	}
	return true
}

// pages are what the details offer to open about a span, in the order of the buttons.
func (p *tracePage) pages(i model.SpanIndex) []detail.Page {
	words, at, t := p.shell.kit.Words, p.places(), p.doc.Trace()
	var out []detail.Page
	if page, ok := at.OfKibana(t, i); ok {
		out = append(out, detail.Page{Page: page, Label: words.T("page.kibana"), Tip: words.T("page.kibana.tip", "host", page.Host) + " · K"})
	}
	if page, ok := at.OfJaeger(t, i); ok {
		out = append(out, detail.Page{Page: page, Label: words.T("page.jaeger"), Tip: words.T("page.jaeger.tip", "host", page.Host) + " · Y"})
	}
	for _, page := range at.OfTrace(t, i) {
		out = append(out, detail.Page{Page: page, Label: page.Text, Tip: page.Text + " · " + page.Host})
	}
	return out
}

// attrPages returns the pages about attributes of a span.
func (p *tracePage) attrPages(i model.SpanIndex, kind string, event int) map[weblink.Pair][]weblink.Page {
	return p.places().OfAttrs(p.doc.Trace(), i, kind, event)
}

// pageItems returns the pages about the trace and its selected span for the palette.
func (p *tracePage) pageItems() []item {
	s, words, at, t := p.shell, p.shell.kit.Words, p.places(), p.doc.Trace()
	var out []item
	i := p.doc.Selected()
	if _, ok := at.OfKibana(t, i); ok {
		out = append(out, s.commandItem(act{id: "kibana", key: "K"}, func() { p.openKibana(false) }),
			s.commandItem(act{id: "kibana.trace", key: "Shift+K"}, func() { p.openKibana(true) }))
	}
	if _, ok := at.OfJaeger(t, i); ok {
		out = append(out, s.commandItem(act{id: "jaeger", key: "Y"}, func() { p.openJaeger(false) }),
			s.commandItem(act{id: "jaeger.trace", key: "Shift+Y"}, func() { p.openJaeger(true) }))
	}
	for _, page := range at.OfTrace(t, i) {
		line := search.Line{Kind: words.T("palette.page"), Note: page.Host}
		out = append(out, item{query.Choice{Text: page.Text, Also: []string{page.Host}}, line, func() { s.openPage(page) }})
	}
	return out
}
