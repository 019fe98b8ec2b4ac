package shell

import (
	"cmp"
	"context"
	"path/filepath"
	"slices"

	"fyne.io/fyne/v2"

	"traceview/internal/model"
	"traceview/internal/task"
	"traceview/ui/canvasview"
	"traceview/ui/view/order"
)

// Open shows the traces of a file: a single one at once, several as a list.
func (s *Shell) Open(path string) {
	slot := task.NewSlot[[]*model.Trace](s.Dispatch)
	s.files = append(slices.DeleteFunc(s.files, func(f *task.Slot[[]*model.Trace]) bool { return !f.Busy() }), slot)
	name := filepath.Base(path)
	s.say(s.kit.Words.T("status.opening", "file", name))
	slot.Start(func(ctx context.Context) ([]*model.Trace, error) {
		return s.OpenFile(ctx, path)
	}, func(traces []*model.Trace, err error) {
		s.notice = ""
		switch len(traces) {
		case 0:
		case 1:
			s.showTrace(traces[0], name)
		default:
			s.add(newFilePage(s, name, traces))
		}
		if err != nil {
			title, hint := s.Explain(s.kit.Words, err)
			s.say(name + ": " + title + " " + hint)
		} else if len(traces) == 0 {
			s.say(s.kit.Words.T("status.notraces", "file", name))
		}
		s.redrawChrome()
	})
}

// A filePage lists the traces of a file.
type filePage struct {
	shell  *Shell
	name   string
	traces map[model.TraceID]*model.Trace
	page   *order.View
	view   *canvasview.View
}

func newFilePage(s *Shell, name string, traces []*model.Trace) *filePage {
	p := &filePage{shell: s, name: name, traces: make(map[model.TraceID]*model.Trace, len(traces))}
	rows := make([]order.Row, len(traces))
	for i, t := range traces {
		p.traces[t.ID] = t
		rows[i] = rowOf(t)
	}
	slices.SortStableFunc(rows, func(a, b order.Row) int { return cmp.Compare(b.Start, a.Start) })
	p.page = order.New(s.kit, order.Actions{Open: p.open})
	p.page.Key = func(e canvasview.Event) bool { return s.pageKey(e) }
	p.page.Set(order.State{File: name, Phase: order.Done, Rows: rows})
	p.view = canvasview.New(p.page, true, fyne.NewSize(400, 200))
	p.view.OnFocus = s.hideSuggestions
	return p
}

// rowOf sums up a trace that is at hand.
func rowOf(t *model.Trace) order.Row {
	r := order.Row{ID: t.ID, Start: t.Epoch, Duration: t.Dur, Spans: len(t.Spans), Errors: t.Errors}
	if t.Root != model.NoSpan {
		r.Service, r.Operation = t.ServiceName(t.Root), t.Name(t.Root)
	}
	for _, v := range t.Services {
		r.Services = append(r.Services, order.Service{Name: v.Name, Spans: v.Spans, Errors: v.Errors})
	}
	return r
}

func (p *filePage) open(id model.TraceID) {
	s := p.shell
	if i := s.findTrace(id); i >= 0 {
		s.revisit(i)
		return
	}
	s.showTrace(p.traces[id], p.name)
}

// Title implements page.
func (p *filePage) Title() string { return p.name }

// Status implements page.
func (p *filePage) Status() string { return p.shell.kit.Words.T("status.file", "file", p.name) }

// Object implements page.
func (p *filePage) Object() fyne.CanvasObject { return p.view }

// Refresh implements page.
func (p *filePage) Refresh() { p.view.Redraw() }

// Focus implements page.
func (p *filePage) Focus() { p.shell.Window.Canvas().Focus(p.view) }

// Key implements page.
func (p *filePage) Key(canvasview.Event) bool { return false }

// Close implements page.
func (p *filePage) Close() {}

// Dropped opens the files dropped on the window.
func (s *Shell) Dropped(uris []fyne.URI) {
	for _, u := range uris {
		s.Open(u.Path())
	}
}

// Search shows the page of an order, as if it had been typed.
func (s *Shell) Search(order string) { s.search(order) }
