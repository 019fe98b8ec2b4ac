package shell

import (
	"context"
	"image/color"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"traceview/internal/model"
	"traceview/internal/query"
	"traceview/internal/task"
	"traceview/ui/canvasview"
	"traceview/ui/look"
	"traceview/ui/view/search"
)

const (
	paletteDp    = 680  // width
	paletteTop   = 64   // from the upper edge of the window
	paletteLines = 14   // in sight at once
	pickAtOnce   = 3000 // up to how many operations are matched before the next frame: 3 ms
)

// A palette finds whatever the window can do or show by a few letters: commands,
// open tabs, orders, and of the trace in front its services, operations and spans.
type palette struct {
	shell  *Shell
	box    *orderBox
	menu   *search.Menu
	view   *canvasview.View
	cover  *cover
	ground *canvas.Rectangle
	object *fyne.Container
	back   fyne.Focusable // had the keyboard before
	items  []item         // what there is beside operations
	ops    *operations    // of the trace in front, nil if there is none
	hits   []item         // as the menu shows them
	read   *task.Slot[*operations]
	pick   *task.Slot[[]hit]
	only   bool // what was offered, and nothing else
	turn   int  // how often it was opened
}

// An item is one thing to pick.
type item struct {
	query.Choice
	line search.Line // as shown, without the text
	run  func()
}

// operations are those of one trace, with what they are picked by.
type operations struct {
	page    *tracePage
	trace   *model.Trace
	list    []query.Operation
	choices []query.Choice
	named   int // version of the names that choices are called by
}

// call makes choices of operations, by what they are called and by their own names.
func (o *operations) call() {
	doc := o.page.doc
	o.named, o.choices = doc.NamesVersion(), make([]query.Choice, len(o.list))
	for i := range o.list {
		op := &o.list[i]
		c := query.Choice{Text: op.Name, Also: []string{op.Service + " " + op.Name}}
		if _, name := doc.Operation(op.Spans[0]); name != op.Name {
			c.Text, c.Also = name, append(c.Also, op.Name)
		}
		o.choices[i] = c
	}
}

func newPalette(s *Shell) *palette {
	p := &palette{shell: s, box: newOrderBox(), read: task.NewSlot[*operations](s.Dispatch), pick: task.NewSlot[[]hit](s.Dispatch)}
	p.menu = search.NewMenu(s.kit, p.run)
	p.view = canvasview.New(p.menu, false, fyne.NewSize(10, 10))
	p.cover = newCover(p.close)
	p.ground = canvas.NewRectangle(nil)
	p.ground.StrokeWidth, p.ground.CornerRadius = 1, 8
	b := p.box
	b.addCross(s.kit)
	b.OnChanged = func(string) { p.search() }
	b.onEnter = func(string) { p.run(p.menu.ChosenLine()) }
	b.onMove, b.onEscape = p.move, p.escape
	b.takesTab, b.onTab = func() bool { return true }, func() { p.move(1) }
	b.onFocus, b.onShortcut, b.onKey = func() {}, p.shortcut, p.key
	p.object = container.New(paletteLayout{p}, p.cover, p.ground, p.box, p.view)
	p.object.Hide()
	p.relook()
	return p
}

// paletteLayout places the box with the list below it in the upper middle, above
// a cover that takes what is pressed beside them.
type paletteLayout struct{ p *palette }

// Layout implements fyne.Layout.
func (l paletteLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	w, h := min(paletteDp, size.Width-40), o[2].MinSize().Height
	x, list := (size.Width-w)/2, min(l.p.menu.HeightDp(paletteLines), max(size.Height-paletteTop-h-40, 40))
	place := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
	}
	place(o[0], 0, 0, size.Width, size.Height)
	place(o[1], x-8, paletteTop-8, w+16, h+list+22)
	place(o[2], x, paletteTop, w, h)
	place(o[3], x, paletteTop+h+6, w, list)
}

// MinSize implements fyne.Layout.
func (paletteLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(100, 100) }

// relook takes over another theme or language.
func (p *palette) relook() {
	kit := p.shell.kit
	p.ground.FillColor, p.ground.StrokeColor = look.NRGBA(kit.Look.Panel), look.NRGBA(kit.Look.Line.Mix(kit.Look.Secondary, 80))
	p.ground.Refresh()
	p.box.SetPlaceHolder(kit.Words.T("palette.placeholder"))
	p.menu.Empty = kit.Words.T("palette.empty")
	p.view.Redraw()
}

// openPalette shows the palette, or closes it where it is open.
func (s *Shell) openPalette() {
	p := s.palette
	if p.object.Visible() {
		p.close()
		return
	}
	if s.menu != nil { // of colours, which has the keyboard: it is on its way out
		s.menu.page.Focus()
	}
	p.only = false
	p.box.SetPlaceHolder(s.kit.Words.T("palette.placeholder"))
	p.open(s.items())
	p.readOperations()
	p.search()
}

// offer opens the palette with some things to pick and nothing else, asking what for.
func (p *palette) offer(items []item, placeholder string) {
	p.close()
	p.ops, p.only = nil, true
	p.box.SetPlaceHolder(placeholder)
	p.open(items)
	p.search()
}

// more adds to what was offered, before the last of it.
func (p *palette) more(items []item) {
	if !p.only || !p.object.Visible() || len(p.items) == 0 {
		return
	}
	last := len(p.items) - 1
	p.items = slices.Insert(p.items, last, items...)
	chosen := p.menu.ChosenLine()
	p.search()
	p.menu.Choose(chosen)
}

// open shows the palette with the box empty.
func (p *palette) open(items []item) {
	s := p.shell
	s.hideSuggestions()
	p.turn++
	p.back = s.Window.Canvas().Focused()
	p.items = items
	p.object.Show()
	s.Window.Canvas().Refresh(p.object) // which knows nothing yet of what it never drew
	s.Window.Canvas().Focus(p.box)
	p.box.set("")
}

// close hides the palette and gives the keyboard back where it was.
func (p *palette) close() {
	if !p.object.Visible() {
		return
	}
	p.read.Stop()
	p.pick.Stop()
	p.object.Hide()
	s := p.shell
	if p.back != nil {
		s.Window.Canvas().Focus(p.back)
	} else {
		s.Window.Canvas().Unfocus()
	}
	s.hideSuggestions()
	p.back, p.items, p.hits = nil, nil, nil
}

// renew takes over that the page of a trace has another document: what was found
// in the one before is not to be gone to.
func (p *palette) renew(tp *tracePage) {
	p.forget(tp)
	if s := p.shell; p.object.Visible() && !p.only && s.pages[s.current] == page(tp) {
		p.items = s.items()
		p.readOperations()
		p.search()
	}
}

// forget drops what is known of the trace of a page, which may be large.
func (p *palette) forget(tp *tracePage) {
	if p.ops != nil && p.ops.page == tp {
		p.ops = nil
	}
}

// keyboard returns what has the keyboard, or had it before the palette opened.
func (s *Shell) keyboard() fyne.Focusable {
	if s.palette.object.Visible() {
		return s.palette.back
	}
	return s.Window.Canvas().Focused()
}

// giveKeyboard gives the keyboard to f, once the palette closes where it is open.
func (s *Shell) giveKeyboard(f fyne.Focusable) {
	if s.palette.object.Visible() {
		s.palette.back = f
		return
	}
	s.Window.Canvas().Focus(f)
}

// escape empties the box, then closes.
func (p *palette) escape() {
	if p.box.Text != "" {
		p.box.set("")
		return
	}
	p.close()
}

func (p *palette) move(step int) {
	p.menu.Move(step, false)
	p.view.Redraw()
}

// key handles keys that are no text.
func (p *palette) key(name fyne.KeyName, shift bool) bool {
	switch name {
	case fyne.KeyPageDown:
		p.menu.Choose(min(max(p.menu.Sel, 0)+paletteLines-1, p.menu.Len()-1))
	case fyne.KeyPageUp:
		p.menu.Choose(max(p.menu.Sel-paletteLines+1, 0))
	case fyne.KeyF1, fyne.KeyF3, fyne.KeyF5:
		p.close()
		return p.shell.functionKey(name, shift)
	default:
		return false
	}
	p.view.Redraw()
	return true
}

// shortcut closes the palette before what a shortcut does.
func (p *palette) shortcut(sc fyne.Shortcut) bool {
	if p.shell.commandOf(sc) == nil {
		return false
	}
	wasPalette := p.shell.commandOf(sc).id == paletteID
	p.close()
	return wasPalette || p.shell.shortcut(sc)
}

// run closes the palette and does what line i says.
func (p *palette) run(i int) {
	if i < 0 || i >= len(p.hits) {
		p.shell.Window.Canvas().Focus(p.box)
		return
	}
	do := p.hits[i].run
	p.close()
	do()
}

// readOperations has the operations of the trace in front collected, unless that
// was done before.
func (p *palette) readOperations() {
	tp, ok := p.shell.pages[p.shell.current].(*tracePage)
	if !ok || tp.doc == nil {
		p.ops = nil
		return
	}
	t := tp.doc.Trace()
	if p.ops != nil && p.ops.page == tp && p.ops.trace == t {
		if p.ops.named != tp.doc.NamesVersion() {
			again := *p.ops // the one before may be picked from
			again.call()
			p.ops = &again
		}
		return
	}
	p.ops = nil
	p.read.Start(func(ctx context.Context) (*operations, error) {
		list, err := query.Operations(ctx, t)
		return &operations{page: tp, trace: t, list: list}, err
	}, func(ops *operations, err error) {
		if err == nil && tp.doc.Trace() == t {
			p.ops = ops
			ops.call()
			p.search()
		}
	})
}

// search shows what matches the text in the box.
func (p *palette) search() {
	text := strings.TrimSpace(p.box.Text)
	p.box.cross.Redraw()
	p.pick.Stop()
	fixed := make([]query.Choice, len(p.items))
	for i, it := range p.items {
		fixed[i] = it.Choice
	}
	ops := p.ops
	if ops == nil || text == "" || len(ops.list) <= pickAtOnce {
		p.show(text, pickAll(text, fixed, ops), ops)
		return
	}
	p.pick.Start(func(context.Context) ([]hit, error) { return pickAll(text, fixed, ops), nil },
		func(hits []hit, err error) {
			if err == nil {
				p.show(text, hits, ops)
			}
		})
}

// show fills the list, the best match chosen.
func (p *palette) show(text string, hits []hit, ops *operations) {
	p.hits = p.hits[:0]
	if text == "" {
		p.hits = append(p.hits, p.items[:min(len(p.items), emptyItems)]...)
	}
	perKind := map[string]int{}
	for _, h := range hits {
		if h.op >= 0 {
			p.hits = p.shell.addOperation(p.hits, ops, h, perKind)
			continue
		}
		it := p.items[h.item]
		if perKind[it.line.Kind]++; perKind[it.line.Kind] > mostOfKind {
			continue
		}
		it.line.Runes = h.Runes
		p.hits = append(p.hits, it)
	}
	lines := make([]search.Line, len(p.hits))
	for i, it := range p.hits {
		lines[i] = it.line
		lines[i].Text = it.Text
	}
	p.menu.Set(lines, 0)
	p.object.Layout.Layout(p.object.Objects, p.object.Size())
	p.view.Redraw()
}

// A cover takes what is pressed beside the palette, which closes it.
type cover struct {
	widget.BaseWidget
	press func()
}

func newCover(press func()) *cover {
	c := &cover{press: press}
	c.ExtendBaseWidget(c)
	return c
}

// CreateRenderer implements fyne.Widget.
func (c *cover) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(color.NRGBA{A: 70})) // the window behind is dimmed, in both themes
}

// Tapped implements fyne.Tappable.
func (c *cover) Tapped(*fyne.PointEvent) { c.press() }

// Scrolled implements fyne.Scrollable: what is behind stays where it is.
func (c *cover) Scrolled(*fyne.ScrollEvent) {}

// MouseIn implements desktop.Hoverable: what is behind takes no notice.
func (c *cover) MouseIn(*desktop.MouseEvent) {}

// MouseMoved implements desktop.Hoverable.
func (c *cover) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (c *cover) MouseOut() {}
