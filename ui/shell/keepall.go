package shell

import (
	"context"

	"traceview/internal/model"
)

// saved is what keeping the traces of an order came to.
type saved struct {
	traces int
	err    error // of the first that could not be fetched
}

// unkept returns the traces of the order that only the server has.
func (p *orderPage) unkept() (list []model.TraceID) {
	for _, r := range p.found.Rows {
		if kept := p.keptOf(r.ID); !kept {
			list = append(list, r.ID)
		}
	}
	return list
}

func (p *orderPage) keptOf(id model.TraceID) bool {
	for i := range p.kept {
		if p.kept[i].ID == id {
			return true
		}
	}
	return false
}

// keepAll has every trace of the order fetched and kept: a ticket is worked on
// long after the server has dropped them.
func (p *orderPage) keepAll() {
	s, from, ids := p.shell, p.from, p.unkept()
	origin := s.origin(from)
	if s.Library == nil || from == nil || len(ids) == 0 || p.saves.Busy() {
		return
	}
	s.say(s.kit.Words.N("order.keeping", len(ids)))
	p.saves.Start(func(ctx context.Context) (r saved, err error) {
		for _, id := range ids {
			t, err := from.Trace(ctx, id, func(Loading) {})
			switch {
			case ctx.Err() != nil:
				return r, context.Cause(ctx)
			case err != nil && r.err == nil:
				r.err = err
			case err == nil:
				r.traces++
				s.Library.Keep(t, origin, func(err error) { s.Dispatch(func() { s.keptOne(err) }) })
			}
		}
		return r, nil
	}, func(r saved, err error) {
		if err != nil {
			return
		}
		text := s.kit.Words.N("library.kept", r.traces)
		if r.err != nil {
			title, _ := s.Explain(s.kit.Words, r.err)
			text += " " + s.kit.Words.T("order.keep.some", "why", title)
		}
		s.say(text)
		p.update(p.page.State().Phase)
	})
	p.update(p.page.State().Phase)
}

// keepOrder keeps the traces of the order in front.
func (s *Shell) keepOrder() {
	if p, ok := s.pages[s.current].(*orderPage); ok {
		p.keepAll()
	}
}
