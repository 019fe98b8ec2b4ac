package shell

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"traceview/internal/model"
	"traceview/internal/savedview"
	"traceview/internal/scene"
	"traceview/internal/task"
	"traceview/ui/canvasview"
	"traceview/ui/look"
	"traceview/ui/xwidget"
)

// A KeptView is a saved view in the library.
type KeptView struct {
	ID string // made once
	savedview.View
}

// keptViews are the saved views as far as they were read.
type keptViews struct {
	list  []KeptView // the newest first
	reads *task.Slot[[]KeptView]
	gone  *KeptView // deleted last, to be brought back
}

// readViews reads the saved views from the notebook.
func (s *Shell) readViews() {
	if s.Notebook == nil {
		return
	}
	s.views.reads.Start(s.Notebook.Views, func(list []KeptView, err error) {
		if err == nil {
			s.views.list = list
			s.redrawViews()
		} else if !errors.Is(err, context.Canceled) {
			title, hint := s.Explain(s.kit.Words, err)
			s.say(title + ". " + hint)
		}
	})
}

// keepView keeps a view, a new one or in the place of one with its id.
func (s *Shell) keepView(v KeptView) {
	if k := slices.IndexFunc(s.views.list, func(o KeptView) bool { return o.ID == v.ID }); k >= 0 {
		s.views.list[k] = v
	} else {
		s.views.list = slices.Insert(s.views.list, 0, v)
	}
	s.write(func(ctx context.Context, n Notebook) error { return n.KeepView(ctx, v) })
	s.redrawViews()
}

// dropView deletes a view; undropView brings the last one back.
func (s *Shell) dropView(id string) {
	k := slices.IndexFunc(s.views.list, func(o KeptView) bool { return o.ID == id })
	if k < 0 {
		return
	}
	gone := s.views.list[k]
	s.views.gone, s.views.list = &gone, slices.Delete(s.views.list, k, k+1)
	s.write(func(ctx context.Context, n Notebook) error { return n.DropView(ctx, id) })
	s.redrawViews()
}

func (s *Shell) undropView() {
	if v := s.views.gone; v != nil {
		s.views.gone = nil
		s.keepView(*v)
	}
}

func (s *Shell) redrawViews() {
	for _, p := range s.pages {
		if vp, ok := p.(*viewsPage); ok {
			vp.view.Redraw()
		}
	}
}

// openView brings back the tabs of a view: its order, and each of its traces as
// it was seen, with the same in front.
func (s *Shell) openView(v savedview.View) {
	if v.Order != "" {
		s.search(v.Order)
	}
	from, front := s.pages[s.current], s.pages[s.current]
	for _, t := range v.Traces {
		id, err := model.ParseTraceID(t.TraceID)
		if err != nil {
			continue
		}
		s.show(s.indexOf(from))
		s.openTrace(id)
		p, ok := s.pages[s.current].(*tracePage)
		if !ok {
			return // there is nothing to open it from, which was said
		}
		p.see(t)
		if front == from || t.TraceID == v.Active {
			front = p
		}
	}
	if v.Active == "" && v.Order != "" {
		front = from
	}
	s.show(s.indexOf(front))
}

// saveView asks what to call what is on the screen.
func (s *Shell) saveView() {
	v := s.savedView()
	if len(v.Traces) == 0 && v.Order == "" || s.Notebook == nil {
		s.say(s.kit.Words.T("views.nothing"))
		return
	}
	v.Author = s.Prefs.Author
	title := s.pages[s.current].Title()
	p := s.viewsPage()
	p.name(KeptView{ID: rand.Text(), View: v}, title)
}

// showViews shows the saved views.
func (s *Shell) showViews() { s.viewsPage() }

// viewsPage shows the page of saved views and returns it.
func (s *Shell) viewsPage() *viewsPage {
	for i, q := range s.pages {
		if p, ok := q.(*viewsPage); ok {
			s.revisit(i)
			return p
		}
	}
	p := newViewsPage(s)
	s.add(p)
	s.readViews()
	return p
}

// A viewsPage lists the saved views, and is where one is given its name.
type viewsPage struct {
	shell  *Shell
	naming *KeptView // to be kept under the name in the box; nil for none
	fresh  bool      // it was not kept before
	box    *orderBox
	ground *canvas.Rectangle
	head   *fyne.Container
	panel  *xwidget.Panel
	view   *canvasview.View
	object *fyne.Container
	rows   []func() // what Enter does with each item
	ids    []string // of the views by item, "" for others
}

func newViewsPage(s *Shell) *viewsPage {
	p := &viewsPage{shell: s, box: newOrderBox(), ground: canvas.NewRectangle(nil)}
	p.box.Icon = nil
	p.box.onEnter = func(text string) { p.named(text) }
	p.box.onMove = func(int) {}
	p.box.onEscape = p.unname
	p.box.onFocus, p.box.onShortcut, p.box.onKey = s.hideSuggestions, s.shortcut, s.functionKey
	p.panel = xwidget.NewPanel(s.kit)
	p.panel.Content = p.draw
	p.panel.Activate = func(i int) {
		if i < len(p.rows) {
			p.rows[i]()
		}
	}
	p.panel.Key = func(e canvasview.Event) bool { return s.pageKey(e) }
	p.view = canvasview.New(p.panel, true, fyne.NewSize(300, 100))
	p.view.OnFocus = s.hideSuggestions
	p.head = container.New(nameLayout{p}, p.ground, p.box)
	p.head.Hide()
	p.object = xwidget.Column(1, p.head, p.view)
	return p
}

// nameLayout places the box for a name; without one to give it takes no room.
type nameLayout struct{ page *viewsPage }

// Layout implements fyne.Layout.
func (l nameLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(size)
	o[1].Move(fyne.NewPos(40, 20))
	o[1].Resize(fyne.NewSize(min(max(size.Width-80, 0), 560), o[1].MinSize().Height))
}

// MinSize implements fyne.Layout.
func (l nameLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	if l.page.naming == nil {
		return fyne.NewSize(300, 0)
	}
	return fyne.NewSize(300, o[1].MinSize().Height+24)
}

// name asks for the name of a view, suggesting one.
func (p *viewsPage) name(v KeptView, suggested string) {
	p.naming, p.fresh = &v, v.Name == ""
	p.head.Show()
	p.object.Refresh()
	p.relook()
	p.shell.status.Redraw()
	p.box.set(suggested)
	p.shell.Window.Canvas().Focus(p.box)
	p.box.selectAll()
}

// named keeps the view under a name, and goes back to where a new one was seen.
func (p *viewsPage) named(text string) {
	v, s := p.naming, p.shell
	if text = strings.TrimSpace(text); v == nil || text == "" {
		return
	}
	v.Name = text
	s.keepView(*v)
	fresh := p.fresh
	p.unname()
	if fresh {
		s.back()
		s.say(s.kit.Words.T("views.saved", "name", text))
	}
}

// unname gives up naming.
func (p *viewsPage) unname() {
	p.naming = nil
	p.head.Hide()
	p.object.Refresh()
	p.shell.status.Redraw()
	p.Focus()
}

func (p *viewsPage) relook() {
	kit := p.shell.kit
	p.ground.FillColor = look.NRGBA(kit.Look.Paper)
	p.ground.Refresh()
	p.box.SetPlaceHolder(kit.Words.T("views.name"))
}

// chosen returns the chosen view.
func (p *viewsPage) chosen() (v KeptView, ok bool) {
	if i := p.panel.Sel; i >= 0 && i < len(p.ids) {
		for _, v := range p.shell.views.list {
			if v.ID == p.ids[i] {
				return v, true
			}
		}
	}
	return v, false
}

// draw draws the list.
func (p *viewsPage) draw(c *xwidget.Canvas, y, w float32) float32 {
	top, s, words := y, p.shell, p.shell.kit.Words
	p.rows, p.ids = p.rows[:0], p.ids[:0]
	x, width := c.D(40), min(w-c.D(80), c.D(900))
	y += c.D(24)
	c.Label(x, y, c.D(28), width, c.Font(xwidget.Title, scene.SemiBold), c.Look.Text, words.T("views.title"))
	y += c.D(40)
	f := c.Font(xwidget.Body, scene.Regular)
	if v := s.views.gone; v != nil {
		p.item(c, x, y, width, c.D(32), "", s.undropView)
		text := c.Fit(f, words.T("views.deleted", "name", v.Name), width-c.D(160))
		at := x + c.D(12) + c.Label(x+c.D(12), y, c.D(32), width, f, c.Look.Secondary, text) + c.D(12)
		c.Button(at, y+c.D(4), c.D(24), words.T("note.undo"), "Enter", false, s.undropView)
		y += c.D(40)
	}
	if len(s.views.list) == 0 {
		for _, l := range c.Wrap(f, words.T("views.none"), width, 4) {
			c.Label(x, y, c.D(20), width, f, c.Look.Secondary, l)
			y += c.D(20)
		}
	}
	for k := range s.views.list {
		y = p.drawView(c, x, y, width, &s.views.list[k])
	}
	return y + c.D(24) - top
}

// item makes a row something to choose.
func (p *viewsPage) item(c *xwidget.Canvas, x, y, w, h float32, id string, do func()) {
	n := c.Item(x, y, w, h)
	p.rows, p.ids = append(p.rows, do), append(p.ids, id)
	switch {
	case n == p.panel.Sel && p.panel.Focused():
		c.RoundRect(x, y, w, h, c.D(4), c.Look.Wash())
	case c.Hot(x, y, w, h):
		c.RoundRect(x, y, w, h, c.D(4), c.Look.Hover())
	}
}

// drawView draws a view with what can be done with it.
func (p *viewsPage) drawView(c *xwidget.Canvas, x, y, w float32, v *KeptView) float32 {
	s, words, h := p.shell, p.shell.kit.Words, c.D(56)
	kept := *v
	p.item(c, x, y, w, h, v.ID, func() { s.openView(kept.View) })
	right, bh := x+w-c.D(8), c.D(26)
	small := c.Font(xwidget.Minor, scene.SemiBold)
	for _, b := range []struct {
		key, tip string
		do       func()
	}{{"note.delete", "Delete", func() { s.dropView(kept.ID) }}, {"views.rename", "F2", func() { p.name(kept, kept.Name) }}} {
		label := words.T(b.key)
		right -= c.Metrics.Width(small, label) + c.D(24)
		c.Button(right, y+(h-bh)/2, bh, label, b.tip, false, b.do)
		right -= c.D(6)
	}
	bold, f := c.Font(xwidget.Body, scene.SemiBold), c.Font(xwidget.Minor, scene.Regular)
	room := right - x - c.D(24)
	c.Label(x+c.D(12), y+c.D(6), c.D(22), room, bold, c.Look.Text, c.FitMiddle(bold, v.Name, room))
	parts := []string{words.N("report.traces", len(v.Traces)), s.kit.DateMinute(v.Created.UnixNano())}
	if v.Order != "" {
		parts = append([]string{words.T("order.title", "order", v.Order)}, parts...)
	}
	if v.Author != "" {
		parts = append(parts, v.Author)
	}
	c.Label(x+c.D(12), y+c.D(28), c.D(20), room, f, c.Look.Secondary, c.Fit(f, strings.Join(parts, " · "), room))
	return y + h + c.D(4)
}

// Title implements page.
func (p *viewsPage) Title() string { return p.shell.kit.Words.T("views.title") }

// Status implements page.
func (p *viewsPage) Status() string {
	if p.naming != nil {
		return p.shell.kit.Words.T("views.naming")
	}
	return p.shell.kit.Words.T("views.keys")
}

// Object implements page.
func (p *viewsPage) Object() fyne.CanvasObject { return p.object }

// Refresh implements page.
func (p *viewsPage) Refresh() {
	p.relook()
	p.view.Redraw()
}

// Focus implements page.
func (p *viewsPage) Focus() {
	if p.naming != nil {
		p.shell.Window.Canvas().Focus(p.box)
		return
	}
	p.shell.Window.Canvas().Focus(p.view)
}

// Key implements page: Delete deletes the chosen view, F2 renames it.
func (p *viewsPage) Key(e canvasview.Event) bool {
	v, ok := p.chosen()
	if !ok || e.Kind != canvasview.KeyDown {
		return false
	}
	switch fyne.KeyName(e.Key) {
	case fyne.KeyDelete:
		p.shell.dropView(v.ID)
	case fyne.KeyF2:
		p.name(v, v.Name)
	default:
		return false
	}
	return true
}

// Close implements page.
func (p *viewsPage) Close() {}
