package shell

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"traceview/internal/logs"
	"traceview/internal/model"
	"traceview/internal/savedview"
	"traceview/ui/canvasview"
	"traceview/ui/view/answer"
	"traceview/ui/view/order"
)

// Opened is what was read.
type Opened struct {
	Traces []*model.Trace
	Order  string          // the order number they were searched by, "" for none
	View   *savedview.View // how somebody saw them, nil for none
	Notes  []savedview.Note
	Logs   []*logs.Lines // of traces, those that there are
	Kept   int64         // the entry of the library they are from, 0 for none
	// Passed is why View or Notes, which are in the file, could not be read.
	Passed error
}

// Open shows the traces of a file: a single one at once, several as a list, and
// beside what could be read of a faulty one what is wrong with it. Traces that
// somebody saved with a view are shown as they were seen. A trace that is
// open already is not read again, unless its file changed.
func (s *Shell) Open(path string) {
	now, _ := os.Stat(path) // of what is not there the reading tells
	if s.revisitFile(now) {
		return
	}
	p := newTracePage(s, model.TraceID{}, filepath.Base(path))
	p.read = func(ctx context.Context, on func(Loading)) (Opened, error) { return s.OpenFile(ctx, path, on) }
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

// showList shows the list of a file's traces in place of the page that read it,
// with the tabs of its view.
func (s *Shell) showList(p *tracePage, o Opened, err error) {
	s.opened(p)
	list := newFilePage(s, p.path, o, err)
	s.replace(p, list)
	if o.View != nil {
		list.see(o.View)
	}
	s.sayOpened(o)
}

// see opens the traces of a view as somebody saw them, in the order of their
// tabs, and shows the one that was in front.
func (p *filePage) see(v *savedview.View) {
	s, front := p.shell, page(p)
	for k := range v.Traces {
		id, err := model.ParseTraceID(v.Traces[k].TraceID)
		if err != nil || p.traces[id] == nil || s.findTrace(id, nil, p.name) >= 0 {
			continue
		}
		q := p.pageOf(id, &v.Traces[k])
		s.pages, s.trail[q] = append(s.pages, q), p
		if v.Traces[k].TraceID == v.Active {
			front = q
		}
	}
	s.show(s.indexOf(front))
}

// sayOpened says what of a file is not shown.
func (s *Shell) sayOpened(o Opened) {
	w := s.kit.Words
	if o.Passed != nil {
		title, hint := s.Explain(w, o.Passed)
		s.say(strings.TrimSuffix(title+". "+hint, ". "))
		return
	}
	if o.View == nil {
		return
	}
	missing := 0
	for k := range o.View.Traces {
		if !slices.ContainsFunc(o.Traces, func(t *model.Trace) bool { return t.ID.String() == o.View.Traces[k].TraceID }) {
			missing++
		}
	}
	if missing > 0 {
		s.say(w.N("view.missing", missing))
	}
}

// wantedOf returns how somebody saw a trace, nil where that is not told.
func wantedOf(v *savedview.View, id model.TraceID) *savedview.Trace {
	if v == nil {
		return nil
	}
	if k := slices.IndexFunc(v.Traces, func(t savedview.Trace) bool { return t.TraceID == id.String() }); k >= 0 {
		return &v.Traces[k]
	}
	return nil
}

// A filePage lists the traces of a file.
type filePage struct {
	shell  *Shell
	name   string
	traces map[model.TraceID]*model.Trace
	rows   []order.Row
	order  string // that they were searched by, "" for none
	notes  []savedview.Note
	logs   []*logs.Lines
	err    error // why the file could not be read whole
	page   *order.View
	view   *canvasview.View

	material *material // all that the bounds allow
	inquiry  *inquiry
	journey  *orderJourney
}

func newFilePage(s *Shell, path string, o Opened, err error) *filePage {
	p := &filePage{shell: s, name: filepath.Base(path), order: o.Order, notes: o.Notes, logs: o.Logs, err: err, traces: make(map[model.TraceID]*model.Trace, len(o.Traces))}
	rows := make([]order.Row, len(o.Traces))
	for i, t := range o.Traces {
		p.traces[t.ID] = t
		rows[i] = rowOf(t)
	}
	slices.SortStableFunc(rows, func(a, b order.Row) int { return cmp.Compare(b.Start, a.Start) })
	p.rows = rows
	p.page = order.New(s.kit, order.Actions{Open: p.openRow, Share: s.openShare, Again: func() {
		s.closePage(s.indexOf(p))
		s.Open(path)
	}})
	p.page.Key = func(e canvasview.Event) bool { return s.pageKey(e) }
	p.material = newMaterial(s, nil)
	p.view = canvasview.New(p.page, true, fyne.NewSize(400, 200))
	p.view.OnFocus = s.hideSuggestions
	p.inquiry = newInquiry(s, nil, p.material, func(line, stop int) { s.showStop(p.inquiry, line, stop, p.open) }, p.judged)
	p.page.Sections = append(p.page.Sections, p.inquiry.view.Draw)
	p.view.OnFrame = func(time.Duration) { p.inquiry.drawn() }
	p.journey = newOrderJourney(s, p.inquiry, p.page, p.open, p.view.Redraw)
	p.update()
	p.material.give(rows, p.traces)
	return p
}

// judged shows what is known of what is wrong.
func (p *filePage) judged() {
	p.page.SetOutcome(p.inquiry.outcome())
	if p.journey != nil {
		p.journey.follow()
	}
	p.view.Redraw()
	p.shell.answered(p.inquiry)
}

// inquired implements judged.
func (p *filePage) inquired() *inquiry { return p.inquiry }

// answers implements judged.
func (p *filePage) answers() *answer.View { return p.inquiry.view }

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
	if i := s.findTrace(id, nil, p.name); i >= 0 {
		s.revisit(i)
		return
	}
	s.add(p.pageOf(id, nil))
}

// openRow opens a trace of the list.
func (p *filePage) openRow(id model.TraceID) { p.shell.openRow(p.inquiry, id, p.open) }

// pageOf returns a page of one of the traces.
func (p *filePage) pageOf(id model.TraceID, wanted *savedview.Trace) *tracePage {
	q := newTracePage(p.shell, id, p.name)
	q.order, q.wanted = p.order, wanted
	q.take(p.traces[id], p.notes, p.logs...)
	return q
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
	p.inquiry.update()
	p.journey.update()
	p.view.Redraw()
}

// update puts what is known of the file into words.
func (p *filePage) update() {
	w := p.shell.kit.Words
	st := order.State{File: p.name, Phase: order.Done, Rows: p.shell.named(p.rows)}
	switch {
	case p.err != nil:
		st.Phase, st.Detail = order.Failed, p.err.Error()
		st.Title, st.Hint = p.shell.Explain(w, p.err)
		if len(p.rows) == 0 {
			st.Ways = []order.Way{{Label: w.T("file.another"), Do: p.shell.askFile}}
		}
	case len(p.rows) == 0:
		st.Phase, st.Title, st.Hint = order.Failed, w.T("file.empty"), w.T("file.empty.hint")
		st.Ways = []order.Way{{Label: w.T("file.another"), Do: p.shell.askFile}}
	}
	p.page.Set(st)
}

// Focus implements page.
func (p *filePage) Focus() { p.shell.Window.Canvas().Focus(p.view) }

// Key implements page.
func (p *filePage) Key(e canvasview.Event) bool {
	if e.Key != string(fyne.KeyEscape) || !p.inquiry.busy() {
		return false
	}
	p.inquiry.cancel()
	return true
}

// Close implements page.
func (p *filePage) Close() {
	p.material.close()
	p.inquiry.close()
	p.journey.close()
}

// Dropped opens the files dropped on the window.
func (s *Shell) Dropped(uris []fyne.URI) {
	paths := make([]string, len(uris))
	for i, u := range uris {
		paths[i] = u.Path()
	}
	s.OpenAll(paths)
}

// Say shows a line in the status bar.
func (s *Shell) Say(text string) { s.say(text) }

// Search shows the page of an order, as if it had been typed.
func (s *Shell) Search(order string) { s.search(order) }
