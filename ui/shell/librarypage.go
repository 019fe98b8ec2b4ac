package shell

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"traceview/internal/query"
	"traceview/internal/task"
	"traceview/ui/canvasview"
	"traceview/ui/look"
	"traceview/ui/table"
	"traceview/ui/view/library"
)

// keptAtOnce is how many entries are read at a time: several screens.
const keptAtOnce = 200

// A libraryPage shows what is kept on this machine, and finds in it.
type libraryPage struct {
	shell  *Shell
	box    *orderBox // what is looked for
	labels *orderBox // labels of what is being labelled
	head   *canvasview.View
	notes  *canvasview.View
	foot   *canvasview.View
	list   *library.Painter
	listV  *table.View
	ground *canvas.Rectangle
	line   *canvas.Rectangle
	object *fyne.Container

	find    *task.Slot[KeptPage]
	more    *task.Slot[KeptPage]
	change  *task.Slot[struct{}]
	check   *task.Slot[KeptHealth]
	naming  *task.Slot[KeptNames]
	ways    *keptWays
	page    KeptPage // all that was read so far
	known   bool     // something was read
	err     error    // of the last search
	deleted []int64  // by the last deletion, to be brought back
	label   []int64  // being labelled
	done    int      // of what is being checked
	total   int
	health  string // what a check found
}

// showLibrary shows the page of the library, opened behind the one at hand.
func (s *Shell) showLibrary() {
	if s.Library == nil {
		return
	}
	if i := slices.IndexFunc(s.pages, func(p page) bool { return p == page(s.shelf.page) }); s.shelf.page != nil && i >= 0 {
		s.revisit(i)
		return
	}
	p := newLibraryPage(s)
	s.shelf.page = p
	s.add(p)
	p.search()
}

func newLibraryPage(s *Shell) *libraryPage {
	p := &libraryPage{
		shell: s, box: newOrderBox(), labels: newOrderBox(), find: task.NewSlot[KeptPage](s.Dispatch), more: task.NewSlot[KeptPage](s.Dispatch),
		change: task.NewSlot[struct{}](s.Dispatch), check: task.NewSlot[KeptHealth](s.Dispatch), naming: task.NewSlot[KeptNames](s.Dispatch),
	}
	p.box.addCross(s.kit)
	p.box.OnChanged = func(string) { p.typed() }
	p.ways = newKeptWays(s, p.box, p.Focus)
	p.box.onFocus, p.box.onShortcut, p.box.onKey = p.learnNames, s.shortcut, s.functionKey
	p.labels.onEnter, p.labels.onMove, p.labels.onEscape = p.setLabels, func(int) {}, p.endLabelling
	p.labels.onFocus, p.labels.onShortcut, p.labels.onKey = s.hideSuggestions, s.shortcut, s.functionKey
	p.labels.Hide()
	p.head, p.notes, p.foot = newLibraryHead(p), newLibraryNotes(p), newLibraryFoot(p)
	p.listV, p.list = library.NewView(s.kit, library.Actions{
		Open: p.open, More: p.readMore, Pin: p.pin, Label: p.startLabelling, Delete: p.remove,
		Failed: func() { p.toggle(query.KeptFailed) }, Pinned: func() { p.toggle(query.KeptPinned) },
	}, p.key)
	p.listV.View().OnFocus = s.hideSuggestions
	p.ground, p.line = canvas.NewRectangle(nil), canvas.NewRectangle(nil)
	p.object = container.New(libraryLayout{p}, p.ground, p.line, p.box, p.head, p.notes, p.labels, p.listV.View(), p.foot)
	p.relook()
	return p
}

// libraryLayout places the box and what narrows the search in a row, below it
// what is to be said, the list, and how much there is.
type libraryLayout struct{ p *libraryPage }

// libraryFootDp is the height of the line below the list.
const libraryFootDp = 40

// Layout implements fyne.Layout.
func (l libraryLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	place := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
	}
	box, h := min(size.Width*0.42, 480), o[2].MinSize().Height
	top := max(findDp, h+5)
	place(o[0], 0, 0, size.Width, top)
	place(o[1], 0, top-1, size.Width, 1)
	place(o[2], 20, (top-1-h)/2, box, h)
	place(o[3], 20+box, 0, max(size.Width-20-box, 0), top-1)
	notes := l.p.notesDp()
	place(o[4], 0, top, size.Width, notes)
	y := top + notes
	if l.p.labels.Visible() {
		place(o[5], 20, y+4, min(size.Width-40, 620), h)
		y += h + 8
	}
	place(o[6], 0, y, size.Width, max(size.Height-y-libraryFootDp, 0))
	place(o[7], 0, size.Height-libraryFootDp, size.Width, libraryFootDp)
}

// MinSize implements fyne.Layout.
func (libraryLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(400, 200) }

// relayout makes room for what is to be said.
func (p *libraryPage) relayout() {
	p.object.Layout.Layout(p.object.Objects, p.object.Size())
	p.notes.Redraw()
}

// redrawNotes shows what is to be said now.
func (p *libraryPage) redrawNotes() {
	p.relayout()
	p.foot.Redraw()
}

// query returns what is asked for.
func (p *libraryPage) query() query.Kept { return query.ParseKept(p.box.Text, p.shell.now()) }

// typed searches for what the box says now, and offers ways to go on.
func (p *libraryPage) typed() {
	p.box.cross.Redraw()
	p.head.Redraw()
	p.search()
	p.ways.offer()
}

// search shows the first page of what is asked for.
func (p *libraryPage) search() { p.read(keptAtOnce, true) }

// changed shows the library as it is now, as much of it as is shown.
func (p *libraryPage) changed() { p.read(max(len(p.page.Entries), keptAtOnce), false) }

// read reads entries from the beginning.
func (p *libraryPage) read(limit int, top bool) {
	s, q := p.shell, p.query()
	p.more.Stop()
	p.find.Start(func(ctx context.Context) (KeptPage, error) { return s.Library.Search(ctx, q, limit, "") }, func(k KeptPage, err error) {
		p.page, p.err, p.known = k, err, true
		if top {
			p.list.Unmark()
			p.list.Top()
		}
		p.update()
		s.countLibrary()
	})
	if !s.shelf.open {
		p.update()
	}
}

// readMore reads the next entries, as the list comes to its end.
func (p *libraryPage) readMore() {
	if p.more.Busy() || p.find.Busy() || p.page.Next == "" {
		return
	}
	s, q, after := p.shell, p.query(), p.page.Next
	p.more.Start(func(ctx context.Context) (KeptPage, error) { return s.Library.Search(ctx, q, keptAtOnce, after) }, func(k KeptPage, err error) {
		if err != nil {
			p.fail(err)
			return
		}
		p.page.Entries, p.page.Next = append(p.page.Entries[:len(p.page.Entries):len(p.page.Entries)], k.Entries...), k.Next
		p.update()
	})
}

// update puts what was found into the list.
func (p *libraryPage) update() {
	w := p.shell.kit.Words
	st := library.State{Entries: p.page.Entries, More: p.page.Next != ""}
	q := p.query()
	asked := q.Plain != "" || p.box.Text != ""
	switch {
	case p.err != nil:
		title, hint := p.shell.Explain(w, p.err)
		st.Empty = [2]string{title, hint}
	case !p.shell.shelf.open:
		st.Empty = [2]string{w.T("library.opening"), w.T("library.opening.next")}
	case !p.known || p.find.Busy() && len(p.page.Entries) == 0:
		st.Empty = [2]string{w.T("find.busy"), ""}
	case asked:
		st.Empty = [2]string{w.T("library.nothing"), w.T("library.nothing.next")}
	default:
		st.Empty = [2]string{w.T("library.empty"), w.T("library.empty.next")}
	}
	n := len(p.page.Entries)
	st.Line = w.N("order.traces", n)
	switch {
	case p.page.Next != "":
		st.Line = w.N("library.first", n)
	case n == 0:
		st.Line = ""
	}
	if q.Plain != "" && n > 0 {
		key := "library.byorder"
		if p.page.ByText {
			key = "library.bytext"
		}
		st.Line += " · " + w.T(key, "text", q.Plain)
	}
	if q.Bad != "" {
		st.Line = w.T("library.bad", "word", q.Bad)
	}
	p.list.Set(st)
	p.listV.View().Redraw()
	p.shell.redrawChrome()
}

// fail tells of what could not be done.
func (p *libraryPage) fail(err error) {
	title, hint := p.shell.Explain(p.shell.kit.Words, err)
	p.shell.say(strings.TrimSpace(title + ". " + hint))
}

// toggle adds a word to what is asked for, or takes it away.
func (p *libraryPage) toggle(word string) { p.box.set(query.ToggleKept(p.box.Text, word)) }

// key handles keys that the list did not take: the slash leads to the box, Esc
// takes marks away, then what is looked for, before it goes back.
func (p *libraryPage) key(e canvasview.Event) bool {
	switch {
	case e.Kind == canvasview.Rune && e.Name() == "/":
		p.focusBox()
		return true
	case e.Key == string(fyne.KeyEscape) && p.list.Unmark():
		return true
	case e.Key == string(fyne.KeyEscape) && p.box.Text != "":
		p.box.set("")
		return true
	}
	return p.shell.pageKey(e)
}

func (p *libraryPage) focusBox() {
	p.shell.Window.Canvas().Focus(p.box)
	p.box.selectAll()
}

// Title implements page.
func (p *libraryPage) Title() string { return p.shell.kit.Words.T("library.title") }

// Status implements page.
func (p *libraryPage) Status() string {
	w := p.shell.kit.Words
	if e := p.list.Chosen(); e != nil {
		return w.T("status.trace", "source", w.T("source.library"), "id", e.ID.String())
	}
	return w.T("source.library")
}

// Object implements page.
func (p *libraryPage) Object() fyne.CanvasObject { return p.object }

// relook takes over another theme or language.
func (p *libraryPage) relook() {
	kit := p.shell.kit
	p.ground.FillColor, p.line.FillColor = look.NRGBA(kit.Look.Paper), look.NRGBA(kit.Look.Line)
	p.ground.Refresh()
	p.line.Refresh()
	p.box.SetPlaceHolder(kit.Words.T("library.find"))
	p.labels.SetPlaceHolder(kit.Words.T("library.labels"))
	p.box.cross.Redraw()
	p.head.Redraw()
	p.foot.Redraw()
}

// Refresh implements page.
func (p *libraryPage) Refresh() {
	p.relook()
	p.list.Refresh()
	p.update()
	p.relayout()
}

// Focus implements page.
func (p *libraryPage) Focus() { p.shell.Window.Canvas().Focus(p.listV.View()) }

// Key implements page.
func (p *libraryPage) Key(canvasview.Event) bool { return false }

// Copy implements copier: the ids of the traces meant.
func (p *libraryPage) Copy() string {
	var ids []string
	for _, e := range p.list.Acted() {
		ids = append(ids, e.ID.String())
	}
	return strings.Join(ids, "\n")
}

// Close implements page.
func (p *libraryPage) Close() {
	p.find.Stop()
	p.more.Stop()
	p.change.Stop()
	p.check.Stop()
	p.naming.Stop()
	p.shell.shelf.page = nil
}
