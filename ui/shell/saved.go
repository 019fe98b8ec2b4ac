package shell

import (
	"context"
	"slices"

	"traceview/internal/query"
	"traceview/internal/savedview"
)

// savedView returns what is on the screen: the traces that are open of the order
// or the file in front, all that are where something else is.
func (s *Shell) savedView() savedview.View {
	front := s.pages[s.current]
	v := savedview.View{Created: s.now().UTC(), Traces: []savedview.Trace{}}
	v.Order = s.orderNumber(front)
	for _, p := range s.pages {
		tp, ok := p.(*tracePage)
		if !ok || tp.id.IsZero() || !s.together(front, tp) {
			continue
		}
		v.Traces = append(v.Traces, tp.savedView())
		if p == front {
			v.Active = tp.id.String()
		}
	}
	return v
}

// orderNumber returns the order that a page is about, "" for none.
func (s *Shell) orderNumber(p page) string {
	switch q := p.(type) {
	case *filePage:
		return q.order
	case *tracePage:
		if q.order != "" {
			return q.order
		}
	}
	if op := s.orderOf(p); op != nil {
		return op.order
	}
	return ""
}

// together says whether the page of a trace belongs to what is in front: to the
// same order, or the same file.
func (s *Shell) together(front page, p *tracePage) bool {
	switch f := front.(type) {
	case *orderPage:
		return s.orderOf(p) == f
	case *filePage:
		return p.file == f.name
	case *tracePage:
		return p == f || p.file == f.file && s.orderOf(p) == s.orderOf(f)
	}
	return true
}

// savedView returns how the page shows its trace or, until that is here, how it
// will.
func (p *tracePage) savedView() savedview.Trace {
	switch {
	case p.wanted != nil:
		return *p.wanted
	case p.doc == nil:
		return savedview.Trace{TraceID: p.id.String()}
	}
	return p.doc.SavedView()
}

// see shows the trace as somebody saw it, once it is here as a whole.
func (p *tracePage) see(v savedview.Trace) {
	p.wanted = &v
	if p.doc != nil && p.whole() {
		p.restore(func() {})
	}
}

// restore shows the trace as wanted, and then does what is left to do.
func (p *tracePage) restore(then func()) {
	v := *p.wanted
	known := func(view traceView) bool { return traceViews[view].name == v.View }
	if !slices.ContainsFunc([]traceView{viewWaterfall, viewFlame, viewMerged, viewStats, viewEvents}, known) {
		v.View = traceViews[viewWaterfall].name
	}
	finish := func(matches query.Set, err error) {
		p.wanted = nil
		if err != nil {
			p.shell.say(p.shell.kit.Words.T("view.filter.bad", "filter", v.Filter))
		}
		p.find.drop()
		p.doc.Restore(v, matches)
		then()
	}
	p.seeing.Stop()
	filter, err := query.Parse(v.Filter)
	t := p.doc.Trace()
	switch {
	case err != nil || filter.Empty():
		finish(nil, err)
	case len(t.Spans) <= findAtOnce:
		finish(filter.Match(context.Background(), t))
	default:
		p.seeing.Start(func(ctx context.Context) (query.Set, error) { return filter.Match(ctx, t) }, finish)
	}
}
