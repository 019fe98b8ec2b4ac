package shell

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"

	"fyne.io/fyne/v2"

	"traceview/internal/model"
	"traceview/ui/canvasview"
	"traceview/ui/view/order"
)

// Open shows the traces of a file: a single one at once, several as a list, and
// beside what could be read of a faulty one what is wrong with it. A trace that is
// open already is not read again, unless its file changed.
func (s *Shell) Open(path string) {
	now, _ := os.Stat(path) // of what is not there the reading tells
	if s.revisitFile(now) {
		return
	}
	p := newTracePage(s, model.TraceID{}, filepath.Base(path))
	p.read = func(ctx context.Context, on func(Loading)) ([]*model.Trace, error) { return s.OpenFile(ctx, path, on) }
	p.path, p.stamp = path, now
	s.opening = append(s.opening, p)
	s.say(s.kit.Words.T("status.opening", "file", p.file))
	p.load()
}

// revisitFile shows the page of a file as it is now, or leaves alone the one that
// is being read, and says whether there is one. Two tabs of a large trace would be
// told apart by nobody and take twice the memory.
func (s *Shell) revisitFile(now os.FileInfo) bool {
	same := func(p *tracePage) bool {
		return now != nil && p.stamp != nil && p.err == nil && !p.stopping && os.SameFile(p.stamp, now) &&
			p.stamp.Size() == now.Size() && p.stamp.ModTime().Equal(now.ModTime())
	}
	for i, q := range s.pages {
		if p, ok := q.(*tracePage); ok && same(p) {
			s.revisit(i)
			return true
		}
	}
	return slices.ContainsFunc(s.opening, same)
}

// opened shows a page that Open made, if it is not on show yet.
func (s *Shell) opened(p *tracePage) {
	if i := slices.Index(s.opening, p); i >= 0 {
		s.opening = slices.Delete(s.opening, i, i+1)
		s.notice = ""
		s.add(p)
	}
}

// showList shows the list of a file's traces in place of the page that read it.
func (s *Shell) showList(p *tracePage, traces []*model.Trace, err error) {
	s.opened(p)
	s.replace(p, newFilePage(s, p.path, traces, err))
}

// A filePage lists the traces of a file.
type filePage struct {
	shell  *Shell
	name   string
	traces map[model.TraceID]*model.Trace
	rows   []order.Row
	err    error // why the file could not be read whole
	page   *order.View
	view   *canvasview.View
}

func newFilePage(s *Shell, path string, traces []*model.Trace, err error) *filePage {
	p := &filePage{shell: s, name: filepath.Base(path), err: err, traces: make(map[model.TraceID]*model.Trace, len(traces))}
	rows := make([]order.Row, len(traces))
	for i, t := range traces {
		p.traces[t.ID] = t
		rows[i] = rowOf(t)
	}
	slices.SortStableFunc(rows, func(a, b order.Row) int { return cmp.Compare(b.Start, a.Start) })
	p.rows = rows
	p.page = order.New(s.kit, order.Actions{Open: p.open, Again: func() {
		s.closePage(s.indexOf(p))
		s.Open(path)
	}})
	p.page.Key = func(e canvasview.Event) bool { return s.pageKey(e) }
	p.update()
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
	if i := s.findTrace(id, p.name); i >= 0 {
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
func (p *filePage) Refresh() {
	p.update()
	p.view.Redraw()
}

// update puts what is known of the file into words.
func (p *filePage) update() {
	w := p.shell.kit.Words
	st := order.State{File: p.name, Phase: order.Done, Rows: p.rows}
	switch {
	case p.err != nil:
		st.Phase, st.Detail = order.Failed, p.err.Error()
		st.Title, st.Hint = p.shell.Explain(w, p.err)
	case len(p.rows) == 0:
		st.Phase, st.Title, st.Hint = order.Failed, w.T("file.empty"), w.T("file.empty.hint")
	}
	p.page.Set(st)
}

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
