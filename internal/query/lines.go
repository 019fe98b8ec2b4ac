package query

import (
	"context"

	"traceview/internal/model"
)

// MatchLines returns which log lines are meant: the text of the filter is looked for
// in a line, with has, as well as in its span; a service is that of the line; all
// else is asked of its span, NoSpan for a line that has none. What it returns may be
// used by several goroutines.
func (f Filter) MatchLines(ctx context.Context, t *model.Trace) func(i model.SpanIndex, service string, has func(Finder) bool) bool {
	type asked struct {
		term
		holds   test
		own     func(i model.SpanIndex) bool // of a text: the span has it itself, not one of its events
		find    Finder
		service func(string) bool
	}
	list := make([]asked, len(f.terms))
	for k, tm := range f.terms {
		a := asked{term: tm}
		switch tm.kind {
		case termText:
			a.find, a.own = NewFinder(tm.text), tm.compileParts(ctx, t).own
		case termService:
			a.service = tm.onText()
		default:
			a.holds = tm.compile(ctx, t)
		}
		list[k] = a
	}
	return func(i model.SpanIndex, service string, has func(Finder) bool) bool {
		for k := range list {
			a := &list[k]
			var ok bool
			switch {
			case a.service != nil:
				ok = a.service(service)
			case i == model.NoSpan && a.holds != nil:
				ok = false
			case a.holds != nil:
				ok = a.holds(i)
			default:
				ok = has(a.find) || i != model.NoSpan && a.own(i)
			}
			if ok == a.not {
				return false
			}
		}
		return true
	}
}
