package shell

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"

	"traceview/internal/analysis/trail"
	"traceview/internal/model"
	"traceview/internal/task"
	"traceview/internal/verdict"
	"traceview/ui/canvasview"
	trailview "traceview/ui/view/trail"
	"traceview/ui/xwidget"
)

// A coveragePage shows where systems lose the trail of orders, by the traces of an
// order or a file that is open, or by those of the library.
type coveragePage struct {
	shell  *Shell
	scope  page // nil for the library
	from   Source
	panel  *xwidget.Panel
	view   *canvasview.View
	shown  trailview.View
	check  *task.Slot[trailChecked]
	find   *task.Slot[int64]
	traces []*model.Trace
	err    error
	known  bool
}

// trailChecked is traces with what was found in them.
type trailChecked struct {
	traces []*model.Trace
	report *trail.Report
}

// How much of the library is looked at: its newest traces and others.
const (
	coverageNewest = 300
	coverageSpread = 200
	coverageSpans  = 300_000
)

// showCoverage shows the trail check: of the order or file in front, else of the
// library.
func (s *Shell) showCoverage() {
	scope := page(nil)
	switch p := s.pages[s.current].(type) {
	case *orderPage, *filePage:
		scope = p
	case *coveragePage:
		return
	}
	if scope == nil && s.Library == nil {
		s.say(s.kit.Words.T("home.offline"))
		return
	}
	for i, q := range s.pages {
		if p, ok := q.(*coveragePage); ok {
			s.revisit(i)
			p.choose(scope)
			return
		}
	}
	p := &coveragePage{shell: s, panel: xwidget.NewPanel(s.kit), check: task.NewSlot[trailChecked](s.Dispatch), find: task.NewSlot[int64](s.Dispatch)}
	p.shown = trailview.View{Kit: s.kit, Actions: trailview.Actions{Open: p.open, Copy: p.copyWhere}}
	p.shown.Chosen = func(k int) bool { return p.panel.Focused() && p.panel.Sel == k }
	p.panel.Content = p.shown.Draw
	p.panel.Activate = p.open
	p.panel.Key = func(e canvasview.Event) bool { return s.pageKey(e) }
	p.view = canvasview.New(p.panel, true, fyne.NewSize(300, 200))
	p.view.OnFocus = s.hideSuggestions
	s.add(p)
	p.choose(scope)
}

// choose looks at other traces.
func (p *coveragePage) choose(scope page) {
	p.scope, p.from, p.known, p.err, p.traces, p.shown.State.Report = scope, nil, false, nil, nil, nil
	s, at := p.shell, []*model.Trace(nil)
	switch q := scope.(type) {
	case *orderPage:
		at, p.from = q.material.Traces, q.from
	case *filePage:
		for _, r := range q.rows {
			at = append(at, q.traces[r.ID])
		}
	}
	p.check.Start(func(ctx context.Context) (trailChecked, error) {
		if scope == nil {
			if s.Library == nil {
				return trailChecked{}, nil
			}
			var err error
			if at, err = s.Library.Sample(ctx, coverageNewest, coverageSpread, coverageSpans); err != nil {
				return trailChecked{}, err
			}
		}
		r, err := s.CheckTrail(ctx, at)
		return trailChecked{at, r}, err
	}, func(c trailChecked, err error) {
		if errors.Is(err, context.Canceled) {
			return
		}
		p.known, p.err, p.traces = true, err, c.traces
		if err == nil && len(c.traces) > 0 {
			p.shown.State.Report = c.report
		}
		p.panel.Reset()
		p.update()
	})
	p.update()
}

// update puts what is known into words.
func (p *coveragePage) update() {
	w, state := p.shell.kit.Words.Spans(), &p.shown.State
	state.Scope, state.Lines, state.Empty = p.scopeName(), nil, [2]string{}
	if r := state.Report; r != nil {
		for k := range r.Findings {
			f := &r.Findings[k]
			words := verdict.OfTrail(w, f)
			state.Lines = append(state.Lines, trailview.Line{Title: words.Title, Cause: words.Cause, Evidence: words.Evidence,
				Where: w.T("trail.where", "anchor", f.Kind.Anchor()), Hint: f.Hint, Example: len(f.Examples) > 0})
		}
	}
	switch {
	case !p.known:
		state.Empty[0] = w.T("trail.busy")
	case p.err != nil:
		state.Empty[0], state.Empty[1] = p.shell.Explain(w, p.err)
	case state.Report == nil:
		state.Empty = [2]string{w.T("trail.none"), w.T("trail.none.next")}
	}
	p.view.Redraw()
	p.shell.redrawChrome()
}

func (p *coveragePage) scopeName() string {
	if p.scope == nil {
		return p.shell.kit.Words.T("perf.scope.library")
	}
	return p.scope.Title()
}

// open shows the span that is the first example of a finding.
func (p *coveragePage) open(k int) {
	r := p.shown.State.Report
	if r == nil || k < 0 || k >= len(r.Findings) || len(r.Findings[k].Examples) == 0 {
		return
	}
	at := r.Findings[k].Examples[0]
	t := p.traces[at.Trace]
	id, span := t.ID, t.Spans[at.Span].ID
	s := p.shell
	switch scope := p.scope.(type) {
	case *orderPage:
		s.openTraceFrom(p.from, id)
		p.seek(id, span)
	case *filePage:
		scope.open(id)
		p.seek(id, span)
	default:
		p.find.Start(func(ctx context.Context) (int64, error) { return s.Library.Find(ctx, id) }, func(key int64, err error) {
			if err != nil || key == 0 {
				s.say(s.kit.Words.T("trail.gone"))
				return
			}
			s.openKept(key, id)
			p.seek(id, span)
		})
	}
}

// seek selects a span once the trace in front shows it.
func (p *coveragePage) seek(id model.TraceID, span model.SpanID) {
	s := p.shell
	if tp, ok := s.pages[s.current].(*tracePage); ok && tp.id == id {
		tp.seek(span)
	}
}

// copyWhere copies the name of the paragraph that says how to mend something.
func (p *coveragePage) copyWhere(where string) {
	p.shell.copyText(where)
}

// Title implements page.
func (p *coveragePage) Title() string { return p.shell.kit.Words.T("trail.page") }

// Status implements page.
func (p *coveragePage) Status() string {
	w := p.shell.kit.Words
	if r := p.shown.State.Report; r != nil {
		return p.scopeName() + " · " + w.N("cli.coverage.breaks", r.Breaks())
	}
	return p.scopeName()
}

// Object implements page.
func (p *coveragePage) Object() fyne.CanvasObject { return p.view }

// Refresh implements page.
func (p *coveragePage) Refresh() {
	if p.scope != nil && p.shell.indexOf(p.scope) < 0 { // it was closed
		p.choose(nil)
	}
	p.update()
}

// Focus implements page.
func (p *coveragePage) Focus() { p.shell.Window.Canvas().Focus(p.view) }

// Key implements page.
func (p *coveragePage) Key(canvasview.Event) bool { return false }

// Close implements page.
func (p *coveragePage) Close() {
	p.check.Stop()
	p.find.Stop()
}
