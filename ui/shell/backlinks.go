package shell

import (
	"context"

	"traceview/internal/model"
	"traceview/ui/view/detail"
)

// findBackLinks looks in the background for spans of other traces in the library
// that link to this one.
func (p *tracePage) findBackLinks() {
	s := p.shell
	if s.Library == nil || !s.shelf.open || p.doc == nil {
		return
	}
	id := p.doc.Trace().ID
	p.linking.Start(func(ctx context.Context) ([]detail.BackLink, error) { return s.Library.LinksTo(ctx, id) }, func(list []detail.BackLink, err error) {
		if err != nil {
			return // who looks at the library is told
		}
		p.backs = map[model.SpanID][]detail.BackLink{}
		for _, l := range list {
			if l.Trace != id { // those the details have anyway
				p.backs[l.To] = append(p.backs[l.To], l)
			}
		}
		p.sideV.Redraw()
	})
}

// backLinks returns the spans of other traces that link to a span, for the root
// also those that link to the trace as a whole.
func (p *tracePage) backLinks(span model.SpanID, root bool) []detail.BackLink {
	list := p.backs[span]
	if whole := p.backs[0]; root && len(whole) > 0 && span != 0 {
		return append(list[:len(list):len(list)], whole...)
	}
	return list
}

// goToBackLink shows the span that links here.
func (p *tracePage) goToBackLink(l detail.BackLink) {
	p.shell.openKept(l.Key, l.Trace)
	if to, ok := p.shell.pages[p.shell.current].(*tracePage); ok && to.id == l.Trace {
		to.seek(l.Span)
	}
}
