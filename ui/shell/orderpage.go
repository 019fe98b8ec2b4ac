package shell

import (
	"context"
	"errors"
	"strings"

	"fyne.io/fyne/v2"

	"traceview/internal/task"
	"traceview/ui/canvasview"
	"traceview/ui/view/order"
)

// An orderPage searches for one order and shows what is found.
type orderPage struct {
	shell *Shell
	order string
	page  *order.View
	view  *canvasview.View
	slot  *task.Slot[Found]
	err   error
	found Found
	days  int
	run   int // number of the newest search
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
	if s.source == nil {
		s.say(s.kit.Words.T("home.offline"))
		return
	}
	if s.box.Text != name {
		s.box.set(name)
		s.hideSuggestions()
	}
	s.remember(name)
	for i, p := range s.pages {
		if op, ok := p.(*orderPage); ok && op.order == name {
			s.show(i)
			op.start(s.days())
			return
		}
	}
	p := newOrderPage(s, name)
	s.add(p)
	p.start(s.days())
}

func newOrderPage(s *Shell, name string) *orderPage {
	p := &orderPage{shell: s, order: name, slot: task.NewSlot[Found](s.Dispatch)}
	p.page = order.New(s.kit, order.Actions{
		Open:   s.openTrace,
		Cancel: p.slot.Cancel,
		Again:  func() { p.start(s.days()) },
		Window: s.setWindow,
		Share:  s.openShare,
	})
	p.page.Key = func(e canvasview.Event) bool { return s.pageKey(e) }
	p.view = canvasview.New(p.page, true, fyne.NewSize(400, 200))
	p.view.OnFocus = s.hideSuggestions
	return p
}

// start searches the last days. What was found before stays until the first
// answer comes.
func (p *orderPage) start(days int) {
	s := p.shell
	p.days, p.err = days, nil
	p.run++
	run := p.run
	p.found = Found{Order: p.order, Rows: p.found.Rows}
	p.update(order.Searching)
	p.slot.Start(func(ctx context.Context) (Found, error) {
		return s.source.Search(ctx, p.order, days, func(f Found) {
			s.Dispatch(func() {
				if p.slot.Busy() && p.run == run { // not the answer to an earlier search
					p.found = f
					p.update(order.Searching)
				}
			})
		})
	}, p.finish)
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
			p.shell.reach = silent
		}
		p.update(order.Failed)
	default:
		p.shell.reach = answered
		p.update(order.Done)
	}
	p.shell.event("order_shown", map[string]any{"traces": len(p.found.Rows)})
}

// update puts what is known into the words of the page.
func (p *orderPage) update(phase order.Phase) {
	s := p.shell
	st := order.State{
		Order: p.found.Order, Phase: phase, Rows: p.found.Rows, Days: p.days, Asked: p.found.Asked,
		Answered: p.found.Answered, Limit: p.found.Limit, Source: s.sourceName(),
	}
	for _, f := range p.found.Failures {
		title, _ := s.Explain(s.kit.Words, f.Err)
		st.Failures = append(st.Failures, f.Service+" ("+title+")")
	}
	if p.err != nil {
		st.Title, st.Hint = s.Explain(s.kit.Words, p.err)
		st.Detail = p.err.Error()
	}
	p.page.Set(st)
	p.view.Redraw()
	s.redrawChrome()
}

// Title implements page.
func (p *orderPage) Title() string { return p.shell.kit.Words.T("order.title", "order", p.order) }

// ShortTitle implements shortener: of many orders only the number differs.
func (p *orderPage) ShortTitle() string { return p.order }

// Status implements page.
func (p *orderPage) Status() string {
	w, st := p.shell.kit.Words, p.page.State()
	parts := []string{p.shell.live()}
	if st.Asked > 0 {
		n := w.Units()
		parts = append(parts, w.N("status.services", st.Asked, "done", n.Number(st.Answered)))
	}
	return strings.Join(parts, " · ")
}

// Object implements page.
func (p *orderPage) Object() fyne.CanvasObject { return p.view }

// Refresh implements page.
func (p *orderPage) Refresh() { p.update(p.page.State().Phase) }

// Focus implements page.
func (p *orderPage) Focus() { p.shell.Window.Canvas().Focus(p.view) }

// Key implements page: Esc stops a search before it goes back.
func (p *orderPage) Key(e canvasview.Event) bool {
	if e.Key == string(fyne.KeyEscape) && p.slot.Busy() {
		p.slot.Cancel()
		return true
	}
	return false
}

// Close implements page.
func (p *orderPage) Close() { p.slot.Stop() }

// Copy implements copier: the id of the trace chosen.
func (p *orderPage) Copy() string {
	if id, ok := p.page.Selected(); ok {
		return id.String()
	}
	return ""
}
