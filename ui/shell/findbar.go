package shell

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"traceview/internal/query"
	"traceview/internal/scene"
	"traceview/internal/task"
	"traceview/ui/canvasview"
	"traceview/ui/look"
	"traceview/ui/xwidget"
)

const (
	findDp = 44 // height of the bar
	// findAtOnce is up to how many spans a filter is evaluated before the next
	// frame: 6 ms at most, less than anybody notices while typing.
	findAtOnce = 100_000
)

// A findBar is the box to find and filter spans, with what it found.
type findBar struct {
	page    *tracePage
	box     *orderBox
	panel   *xwidget.Panel
	view    *canvasview.View
	ground  *canvas.Rectangle
	line    *canvas.Rectangle
	object  *fyne.Container
	slot    *task.Slot[query.Set]
	bad     *query.Error // of the text at hand
	failed  error        // of evaluating it
	wrapped int          // 1 if the last step began again at the first match, -1 at the last
	pending int          // steps asked for before the matches were there
	help    completer    // of what is typed
	notice  string       // what the window was told of the text at hand
	told    string       // text of the document when it was last looked at
	quiet   bool         // the box is given the text of the document
	renewed bool         // what is being looked for was looked for in the document before
}

func newFindBar(p *tracePage) *findBar {
	s := p.shell
	f := &findBar{page: p, box: newOrderBox(), slot: task.NewSlot[query.Set](s.Dispatch), help: newCompleter(s)}
	f.box.onEnter = func(string) { f.enter() }
	f.box.onMove = f.move
	f.box.takesTab, f.box.onTab = f.offers, f.take
	f.box.onEscape = f.escape
	f.box.onFocus, f.box.onShortcut, f.box.onKey = f.focused, s.shortcut, s.functionKey
	f.box.addCross(s.kit)
	f.box.OnChanged = f.changed
	f.panel = xwidget.NewPanel(s.kit)
	f.panel.Content = f.draw
	f.view = canvasview.New(f.panel, false, fyne.NewSize(200, findDp-1))
	f.ground, f.line = canvas.NewRectangle(nil), canvas.NewRectangle(nil)
	f.object = container.New(findLayout{}, f.ground, f.line, f.box, f.view)
	f.relook()
	return f
}

// findLayout places the box left of what it found, on a ground with a line
// below.
type findLayout struct{}

// Layout implements fyne.Layout.
func (findLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	place := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
	}
	box, h := min(size.Width*0.4, 460), o[2].MinSize().Height
	place(o[0], 0, 0, size.Width, size.Height)
	place(o[1], 0, size.Height-1, size.Width, 1)
	place(o[2], 20, (size.Height-1-h)/2, box, h)
	place(o[3], 20+box, 0, max(size.Width-20-box, 0), size.Height-1)
}

// MinSize implements fyne.Layout.
func (findLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(300, max(findDp, o[2].MinSize().Height+5))
}

// relook takes over another theme or language.
func (f *findBar) relook() {
	kit := f.page.shell.kit
	f.ground.FillColor, f.line.FillColor = look.NRGBA(kit.Look.Paper), look.NRGBA(kit.Look.Line)
	f.ground.Refresh()
	f.line.Refresh()
	f.box.SetPlaceHolder(kit.Words.T("find.placeholder"))
	f.box.cross.Redraw()
	f.view.Redraw()
}

func (f *findBar) focus() {
	f.page.shell.Window.Canvas().Focus(f.box)
	f.box.selectAll()
}

// escape closes what is offered, then clears the box and, where it is empty,
// leaves it.
func (f *findBar) escape() {
	if f.offers() {
		f.page.shell.hideSuggestions()
		return
	}
	if f.box.Text != "" {
		f.box.set("")
		return
	}
	f.page.Focus()
}

// lookFor puts a filter that a view made into the box, and says so.
func (f *findBar) lookFor(text string) {
	f.box.set(text)
	f.box.CursorColumn = 0 // so that a long one shows what it begins with
	f.box.Refresh()
	s := f.page.shell
	f.notice = s.kit.Words.T("stats.filtered")
	s.say(f.notice)
}

// clear looks for nothing any longer.
func (f *findBar) clear() { f.box.set("") }

// changed looks for what the box says now. While it cannot be read, what was
// found before stays.
func (f *findBar) changed(text string) {
	if f.quiet {
		return
	}
	f.wrapped, f.pending, f.bad, f.failed, f.renewed = 0, 0, nil, nil, false
	f.slot.Stop()
	f.offer()
	f.box.cross.Redraw()
	if s := f.page.shell; f.notice != "" && s.notice == f.notice { // no longer so
		s.say("")
	}
	f.notice = ""
	defer f.view.Redraw()
	filter, err := query.Parse(text)
	if errors.As(err, &f.bad) {
		return
	}
	doc := f.page.doc
	if filter.Empty() {
		f.told = ""
		doc.SetMatches("", nil)
		return
	}
	t := doc.Trace()
	if len(t.Spans) <= findAtOnce {
		set, err := filter.Match(context.Background(), t)
		f.found(text, set, err)
		return
	}
	f.slot.Start(func(ctx context.Context) (query.Set, error) { return filter.Match(ctx, t) },
		func(set query.Set, err error) { f.found(text, set, err) })
}

// found takes over what a text matches.
func (f *findBar) found(text string, set query.Set, err error) {
	if f.failed = err; err == nil {
		f.told = text
		f.page.doc.SetMatches(text, set)
		if f.renewed {
			f.page.begin()
		}
	}
	f.renewed = false
	if n := f.pending; n != 0 {
		f.pending = 0
		f.step(n < 0)
	}
	f.view.Redraw()
}

// follow puts into the box what the document looks for, after going back led
// to another text.
func (f *findBar) follow() {
	if text := f.page.doc.FindText(); text != f.told {
		f.adopt(text)
	}
}

// drop gives up what is typed for what the document will be looking for.
func (f *findBar) drop() { f.adopt("") }

// adopt puts a text into the box that needs not be looked for.
func (f *findBar) adopt(text string) {
	f.slot.Stop()
	f.told, f.wrapped, f.pending, f.bad, f.failed, f.renewed = text, 0, 0, nil, nil, false
	f.quiet = true
	f.box.set(text)
	f.box.cross.Redraw()
	f.quiet = false
	f.view.Redraw()
}

// step goes to the next match, or to the one before.
func (f *findBar) step(back bool) {
	doc := f.page.doc
	switch {
	case f.slot.Busy():
		f.pending = 1
		if back {
			f.pending = -1
		}
		return
	case !doc.Finding():
		return
	}
	f.wrapped = 0
	if back && doc.PrevMatch() {
		f.wrapped = -1
	} else if !back && doc.NextMatch() {
		f.wrapped = 1
	}
	f.view.Redraw()
}

// draw draws the buttons to step, the choice of only matches, and what was found.
func (f *findBar) draw(c *xwidget.Canvas, _, w float32) float32 {
	words, doc, h := f.page.shell.kit.Words, f.page.doc, c.D(findDp-1)
	size := c.D(28)
	x, y := c.D(8), float32(int((h-size)/2))
	f.drawStep(c, x, y, size, true)
	x += size + c.D(2)
	f.drawStep(c, x, y, size, false)
	x += size + c.D(12)
	x += f.drawOnly(c, x, y, size) + c.D(16)
	w = f.drawColour(c, w-c.D(10), h)
	room := w - x - c.D(16)
	font := c.Font(xwidget.Minor, scene.Regular)
	switch {
	case f.bad != nil:
		f.drawBad(c, x, h, room)
	case f.failed != nil:
		c.Label(x, 0, h, room, font, c.Look.Text, words.T("find.failed", "error", f.failed.Error()))
	case f.slot.Busy():
		c.Label(x, 0, h, room, font, c.Look.Secondary, words.T("find.busy"))
	case !doc.Finding():
		c.Label(x, 0, h, room, font, c.Look.Secondary, words.T("find.example"))
	default:
		x += c.Label(x, 0, h, room, c.Font(xwidget.Minor, scene.SemiBold), c.Look.Text, f.count())
		note := map[int]string{1: "find.again.first", -1: "find.again.last"}[f.wrapped]
		if note != "" {
			c.Label(x+c.D(12), 0, h, w-x-c.D(28), font, c.Look.Secondary, words.T(note))
		}
	}
	return h
}

// count says how many spans match, and which of them is selected.
func (f *findBar) count() string {
	words, doc := f.page.shell.kit.Words, f.page.doc
	n, k := doc.Matches(), doc.MatchNumber()
	switch {
	case n == 0:
		return words.T("find.none")
	case k > 0:
		return words.T("find.at", "k", words.Units().Number(k), "n", words.Units().Number(n))
	}
	return words.N("find.matches", n)
}

// drawStep draws the button to the match before, or to the next.
func (f *findBar) drawStep(c *xwidget.Canvas, x, y, s float32, up bool) {
	tip, col := "find.next", c.Look.Tree
	if up {
		tip = "find.previous"
	}
	if f.page.doc.Matches() > 0 {
		col = c.Look.Text
		if c.Hot(x, y, s, s) {
			c.RoundRect(x, y, s, s, c.D(4), c.Look.Hover())
		}
		c.Spot(x, y, s, s, f.page.shell.kit.Words.T(tip), func() { f.step(up) })
	}
	tipY, footY := y+s*0.62, y+s*0.4
	if up {
		tipY, footY = y+s*0.38, y+s*0.6
	}
	mid, half := x+s/2, s*0.2
	c.Poly(col, scene.Point{X: mid - half, Y: footY}, scene.Point{X: mid + half, Y: footY}, scene.Point{X: mid, Y: tipY})
}

// drawOnly draws the choice of only matches and returns its width.
func (f *findBar) drawOnly(c *xwidget.Canvas, x, y, h float32) float32 {
	words, doc := f.page.shell.kit.Words, f.page.doc
	font, label := c.Font(xwidget.Minor, scene.Regular), words.T("find.only")
	box := c.D(14)
	w := box + c.D(7) + c.Metrics.Width(font, label)
	if c.Hot(x-c.D(6), y, w+c.D(12), h) {
		c.RoundRect(x-c.D(6), y, w+c.D(12), h, c.D(4), c.Look.Hover())
	}
	by := y + float32(int((h-box)/2))
	if doc.OnlyMatches() {
		c.RoundRect(x, by, box, box, c.D(3), c.Look.Accent)
		t := max(1, box*0.13)
		c.Line(x+box*0.22, by+box*0.52, x+box*0.42, by+box*0.72, t, c.Look.OnAccent)
		c.Line(x+box*0.42, by+box*0.72, x+box*0.8, by+box*0.3, t, c.Look.OnAccent)
	} else {
		c.Frame(x, by, box, box, c.D(3), max(1, c.D(1)), c.Look.Secondary)
	}
	c.Label(x+box+c.D(7), y, h, w, font, c.Look.Text, label)
	c.Spot(x-c.D(6), y, w+c.D(12), h, words.T("find.only.tip"), func() { doc.SetOnlyMatches(!doc.OnlyMatches()) })
	return w
}

// aroundFault returns what of the text stands before and after the fault, at
// most reach characters each.
func (f *findBar) aroundFault(reach int) (before, after string) {
	in := []rune(f.box.Text)
	at := min(f.bad.At, len(in))
	before, after = string(in[max(0, at-reach):at]), string(in[at:min(len(in), at+reach)])
	if at > reach {
		before = "…" + before
	}
	if len(in) > at+reach {
		after += "…"
	}
	return before, after
}

// drawBad repeats the text around the fault with a mark below the character,
// as much as there is room for, and says what is wrong, in two lines at need.
func (f *findBar) drawBad(c *xwidget.Canvas, x, h, room float32) {
	font, plain := c.Font(xwidget.Minor, scene.SemiBold), c.Font(xwidget.Minor, scene.Regular)
	message := f.page.shell.kit.Words.T("find.bad." + f.bad.Reason.String())
	var before, after string
	for _, reach := range []int{14, 8, 4} {
		before, after = f.aroundFault(reach)
		if c.Metrics.Width(font, before)+c.Metrics.Width(font, after)+c.D(16)+c.Metrics.Width(plain, message) <= room {
			break
		}
	}
	lead := c.Metrics.Width(font, before)
	mark, s := x+lead+c.D(3), c.D(4)
	c.Label(x, 0, h, room, font, c.Look.Secondary, before)
	width := lead + c.Label(x+lead, 0, h, room-lead, font, c.Look.Text, after)
	foot := h/2 + c.D(9)
	c.Poly(c.Look.Accent, scene.Point{X: mark, Y: foot}, scene.Point{X: mark + s, Y: foot + s}, scene.Point{X: mark - s, Y: foot + s})
	x += width + c.D(16)
	lines := c.Wrap(plain, message, room-width-c.D(16), 2)
	step := c.D(17)
	y := (h - step*float32(len(lines))) / 2
	for k, l := range lines {
		c.Label(x, y+float32(k)*step, step, room-width-c.D(16), plain, c.Look.Text, l)
	}
}
