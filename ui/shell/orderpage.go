package shell

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"traceview/internal/model"
	"traceview/internal/query"
	"traceview/internal/task"
	"traceview/ui/canvasview"
	"traceview/ui/view/answer"
	"traceview/ui/view/library"
	"traceview/ui/view/order"
)

// An orderPage searches for one order and shows what is found.
type orderPage struct {
	shell *Shell
	from  Source
	order string
	page  *order.View
	view  *canvasview.View
	slot  *task.Slot[Found]
	err   error
	found Found // by the server
	days  int
	run   int // number of the newest search

	shelf *task.Slot[KeptPage]
	saves *task.Slot[saved]
	kept  []order.Row     // in the library
	entry []library.Entry // of kept

	material *material // the traces of the rows
	inquiry  *inquiry  // into what is wrong with them
	journey  *orderJourney
}

// search shows the page of an order, with a new search.
func (s *Shell) search(text string) {
	s.hideSuggestions()
	name := strings.TrimSpace(text)
	if name == "" {
		s.say(s.kit.Words.T("search.empty"))
		s.focusBox()
		return
	}
	if s.source == nil && s.links.opening != "" { // the connection of the start is on its way
		s.links.waiting = name
		return
	}
	if s.source == nil && s.Library == nil {
		s.say(s.offline())
		return
	}
	s.searchFrom(s.source, name)
}

// searchFrom shows the page of an order of a connection, with a new search.
func (s *Shell) searchFrom(from Source, name string) {
	if s.box.Text != name {
		s.box.set(name)
		s.hideSuggestions()
	}
	s.remember(name)
	for i, p := range s.pages {
		if op, ok := p.(*orderPage); ok && op.order == name && op.from == from {
			s.show(i)
			op.start(s.days())
			return
		}
	}
	p := newOrderPage(s, from, name)
	s.add(p)
	p.start(s.days())
}

func newOrderPage(s *Shell, from Source, name string) *orderPage {
	p := &orderPage{shell: s, from: from, order: name, slot: task.NewSlot[Found](s.Dispatch), shelf: task.NewSlot[KeptPage](s.Dispatch), saves: task.NewSlot[saved](s.Dispatch)}
	p.material = newMaterial(s, from)
	p.page = order.New(s.kit, order.Actions{
		Open:   func(id model.TraceID) { s.openRow(p.inquiry, id, p.open) },
		Cancel: p.cancel,
		Keep:   p.keepAll,
		Again:  func() { p.start(s.days()) },
		Window: s.setWindow,
		Share:  s.openShare,
	})
	p.page.Key = func(e canvasview.Event) bool { return s.pageKey(e) }
	p.view = canvasview.New(p.page, true, fyne.NewSize(400, 200))
	p.view.OnFocus = s.hideSuggestions
	p.inquiry = newInquiry(s, from, p.material, p.showStop, p.judged)
	p.inquiry.notes = p.unheard
	p.inquiry.lacks = func() bool { return p.from == nil || p.err != nil || p.found.Limit || len(p.found.Failures) > 0 }
	p.page.Sections = append(p.page.Sections, p.inquiry.view.Draw)
	p.view.OnFrame = func(time.Duration) { p.inquiry.drawn() }
	p.journey = newOrderJourney(s, p.inquiry, p.page, p.open, p.view.Redraw)
	return p
}

// judged shows what is known of what is wrong.
func (p *orderPage) judged() {
	p.page.SetOutcome(p.inquiry.outcome())
	if p.journey != nil {
		p.journey.follow()
	}
	p.view.Redraw()
	p.shell.answered(p.inquiry)
}

// unheard says of whom nothing was heard.
func (p *orderPage) unheard() []string {
	if n := len(p.found.Failures); n > 0 {
		return []string{p.shell.kit.Words.N("answer.services", n)}
	}
	return nil
}

// showStop opens the trace of a span to look at for a finding, at that span.
func (p *orderPage) showStop(line, stop int) { p.shell.showStop(p.inquiry, line, stop, p.open) }

// inquired implements judged.
func (p *orderPage) inquired() *inquiry { return p.inquiry }

// answers implements judged.
func (p *orderPage) answers() *answer.View { return p.inquiry.view }

// start searches the last days. What was found before stays until the first
// answer comes.
func (p *orderPage) start(days int) {
	s := p.shell
	p.days, p.err = days, nil
	p.run++
	run := p.run
	p.material.again()
	p.found = Found{Order: p.order, Rows: p.found.Rows}
	p.update(order.Searching)
	if p.from == s.source { // what another server has may differ from what is kept
		p.look()
	}
	from := p.from // which changes where the connection is opened anew
	if from == nil {
		return
	}
	p.slot.Start(func(ctx context.Context) (Found, error) {
		return from.Search(ctx, p.order, days, func(f Found) {
			s.Dispatch(func() {
				if p.slot.Busy() && p.run == run { // not the answer to an earlier search
					p.found = f
					p.update(order.Searching)
				}
			})
		})
	}, p.finish)
}

// look finds the order in the library, which answers before any server does.
func (p *orderPage) look() {
	s := p.shell
	if s.Library == nil {
		return
	}
	p.shelf.Start(func(ctx context.Context) (KeptPage, error) {
		return s.Library.Search(ctx, query.Kept{Order: p.order}, keptAtOnce, "")
	}, func(k KeptPage, err error) {
		if err == nil {
			p.kept, p.entry = keptRows(k.Entries), k.Entries
		}
		switch alone := p.from == nil; {
		case alone && errors.Is(err, context.Canceled):
			p.update(order.Cancelled)
		case alone && err != nil:
			p.err = err
			p.update(order.Failed)
		case alone:
			p.update(order.Done)
		default: // the server tells how it goes on
			p.update(p.page.State().Phase)
		}
		s.event("order_kept_shown", map[string]any{"traces": len(p.kept)})
	})
}

// cancel gives up searching.
func (p *orderPage) cancel() {
	p.slot.Cancel()
	p.shelf.Cancel()
}

// searching says whether rows are still to come.
func (p *orderPage) searching() bool {
	return p.slot.Busy() || p.from == nil && p.shelf.Busy()
}

// open shows a trace of the order, at once if it is here already.
func (p *orderPage) open(id model.TraceID) {
	read := reader(nil)
	if g := p.material.had[id]; g.trace != nil {
		read = func(context.Context, func(Loading)) (Opened, error) { return openedOne(g.trace, g.kept), nil }
	}
	p.shell.openTraceBy(p.from, id, read)
}

// rows returns what the library and the server know of the order, each trace
// once, the latest first.
func (p *orderPage) rows() []order.Row {
	if len(p.kept) == 0 { // where all are is said above
		return p.found.Rows
	}
	list, at := slices.Clone(p.found.Rows), make(map[model.TraceID]int, len(p.found.Rows))
	for i := range list {
		list[i].Live, at[list[i].ID] = true, i
	}
	for _, r := range p.kept {
		if i, ok := at[r.ID]; ok {
			list[i].Kept = true
			continue
		}
		at[r.ID] = len(list)
		list = append(list, r)
	}
	slices.SortStableFunc(list, func(a, b order.Row) int { return cmp.Compare(b.Start, a.Start) })
	return list
}

// keptEntries returns the entries of the library that are of the order.
func (p *orderPage) keptEntries() []library.Entry { return p.entry }

// keptRows makes rows of entries of the library.
func keptRows(entries []library.Entry) []order.Row {
	out := make([]order.Row, len(entries))
	for i, e := range entries {
		out[i] = order.Row{
			ID: e.ID, Service: e.Service, Operation: e.Operation, Start: e.Start, Duration: e.Duration, Spans: e.Spans, Errors: e.Errors,
			Linked: len(e.Orders) == 0, Kept: true,
		}
		for _, v := range e.Services {
			out[i].Services = append(out[i].Services, order.Service{Name: v.Name, Spans: v.Spans, Errors: v.Errors})
		}
	}
	return out
}

// finish takes the result; one that was cancelled keeps what had come.
func (p *orderPage) finish(f Found, err error) {
	if f.Order != "" {
		p.found = f
	}
	p.err = err
	switch {
	case errors.Is(err, context.Canceled):
		p.err = nil
		p.update(order.Cancelled)
	case err != nil:
		if f.Order != "" { // else the number itself is wrong, and nobody was asked
			p.shell.reached(p.from, silent)
		}
		p.update(order.Failed)
	default:
		p.shell.reached(p.from, answered)
		p.update(order.Done)
	}
	p.shell.event("order_shown", map[string]any{"traces": len(p.found.Rows)})
}

// update puts what is known into the words of the page.
func (p *orderPage) update(phase order.Phase) {
	s := p.shell
	st := order.State{
		Order: p.found.Order, Phase: phase, Rows: s.named(p.rows()), Days: p.days, Asked: p.found.Asked,
		Answered: p.found.Answered, Limit: p.found.Limit, Source: s.nameOf(p.from),
		Offline: p.from == nil, Unreached: len(p.found.Rows) == 0 && len(p.kept) > 0,
	}
	if s.shelf.open && !p.saves.Busy() {
		st.Keeps = len(p.unkept())
	}
	if st.Offline {
		st.Source = s.kit.Words.T("source.library")
	}
	for _, f := range p.found.Failures {
		title, _ := s.Explain(s.kit.Words, f.Err)
		st.Failures = append(st.Failures, f.Service+" ("+title+")")
	}
	if p.err != nil {
		st.Title, st.Hint = s.explain(p.from, p.err)
		st.Detail = p.err.Error()
		st.Ways = s.mends(p.from, p.err, func() { p.start(p.days) })
	}
	p.page.Set(st)
	p.material.want(st.Rows, phase != order.Searching)
	p.view.Redraw()
	s.redrawChrome()
}

// Title implements page.
func (p *orderPage) Title() string { return p.shell.kit.Words.T("order.title", "order", p.order) }

// ShortTitle implements shortener: of many orders only the number differs.
func (p *orderPage) ShortTitle() string { return p.order }

// Mark implements distinct: where the order was searched for.
func (p *orderPage) Mark(bool) string { return p.shell.nameOf(p.from) }

// Status implements page.
func (p *orderPage) Status() string {
	w, st := p.shell.kit.Words, p.page.State()
	parts := []string{p.shell.live(p.from)}
	if st.Offline {
		parts[0] = p.shell.kit.Words.T("status.offline")
	}
	if n := len(p.kept); n > 0 {
		parts = append(parts, p.shell.kit.Words.N("status.kept", n))
	}
	if st.Asked > 0 {
		n := w.Units()
		parts = append(parts, w.N("status.services", st.Asked, "done", n.Number(st.Answered)))
	}
	return strings.Join(parts, " · ")
}

// Object implements page.
func (p *orderPage) Object() fyne.CanvasObject { return p.view }

// Refresh implements page.
func (p *orderPage) Refresh() {
	p.update(p.page.State().Phase)
	p.inquiry.update()
	p.journey.update()
}

// Focus implements page.
func (p *orderPage) Focus() { p.shell.Window.Canvas().Focus(p.view) }

// Key implements page: Esc stops a search before it goes back.
func (p *orderPage) Key(e canvasview.Event) bool {
	switch {
	case e.Key != string(fyne.KeyEscape):
		return false
	case p.searching():
		p.cancel()
	case p.inquiry.busy():
		p.inquiry.cancel()
	default:
		return false
	}
	return true
}

// Close implements page.
func (p *orderPage) Close() {
	p.slot.Stop()
	p.shelf.Stop()
	p.saves.Stop()
	p.material.close()
	p.inquiry.close()
	p.journey.close()
}

// Copy implements copier: the id of the trace chosen.
func (p *orderPage) Copy() string {
	if id, ok := p.page.Selected(); ok {
		return id.String()
	}
	return ""
}
