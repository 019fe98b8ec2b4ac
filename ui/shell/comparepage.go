package shell

import (
	"context"
	"errors"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"traceview/internal/analysis/comparison"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/internal/task"
	"traceview/internal/verdict"
	"traceview/internal/voice"
	"traceview/ui/canvasview"
	"traceview/ui/look"
	"traceview/ui/table"
	"traceview/ui/view/compare"
	"traceview/ui/xwidget"
)

// A comparePage shows what is different between two traces, or between one and what
// is usual.
type comparePage struct {
	shell *Shell
	m     *compare.Model
	sides [2]*subject // nil for one still to be chosen
	order *orderPage  // whose traces are offered; nil for none
	slot  *task.Slot[compared]
	like  *task.Slot[KeptPage]
	file  *task.Slot[Opened]
	run   int

	cards, list, bar, foot *canvasview.View
	box                    *orderBox
	table                  *table.View
	rows                   *compare.Painter
	flame                  *xwidget.Plot
	boxes                  *compare.Flame
	flamed                 bool          // the flame is on show
	spoken                 *voice.Voice  // what steps are called by
	named                  compare.Named // so, nil for their own names
	main                   *fyne.Container
	ground                 *canvas.Rectangle
	object                 *fyne.Container
}

// compared is what reading and comparing came to.
type compared struct {
	read   [2]brought
	failed [2]error // why a side could not be read
	c      *comparison.Comparison
}

// mostFindings is how many differences are told in sentences.
const mostFindings = 15

func newComparePage(s *Shell) *comparePage {
	p := &comparePage{shell: s, m: compare.NewModel(), slot: task.NewSlot[compared](s.Dispatch), like: task.NewSlot[KeptPage](s.Dispatch), file: task.NewSlot[Opened](s.Dispatch)}
	do := compare.Actions{Choose: p.choose, Swap: p.swap, Open: p.open}
	if s.Library != nil {
		do.Usual = p.usual
	}
	key := func(e canvasview.Event) bool { return s.pageKey(e) }
	view := func(panel *xwidget.Panel, focus bool, dp float32) *canvasview.View {
		panel.Key = key
		v := canvasview.New(panel, focus, fyne.NewSize(300, dp))
		v.OnFocus = s.hideSuggestions
		return v
	}
	p.cards = view(compare.NewCards(s.kit, p.m, do), false, compare.CardsDp)
	p.list = view(compare.NewFindings(s.kit, p.m), true, 60)
	p.foot = view(compare.NewFoot(s.kit, p.m, do), false, compare.FootDp)
	p.table, p.rows = compare.NewTable(s.kit, p.m, do, key)
	p.flame, p.boxes = compare.NewFlame(s.kit, p.m, do, key)
	p.table.View().OnFocus, p.flame.View().OnFocus = s.hideSuggestions, s.hideSuggestions
	bar := xwidget.NewPanel(s.kit)
	bar.Background, bar.Content = func() scene.Color { return s.kit.Look.Paper }, p.drawBar
	p.bar = view(bar, false, compareBarDp)
	p.box = newOrderBox()
	p.box.addCross(s.kit)
	p.box.OnChanged = func(text string) { p.m.Find(text); p.box.cross.Redraw() }
	p.box.onEnter, p.box.onMove, p.box.onEscape = func(string) { p.Focus() }, func(int) { p.Focus() }, p.leaveBox
	p.box.onFocus, p.box.onShortcut, p.box.onKey = s.hideSuggestions, s.shortcut, s.functionKey
	p.m.Changed = p.redraw
	p.main = container.NewStack(p.table.View())
	p.ground = canvas.NewRectangle(nil)
	p.object = container.New(compareLayout{p}, p.ground, p.cards, p.list, p.bar, p.box, p.main, p.foot)
	p.relook()
	return p
}

// Sizes in dp.
const (
	compareBarDp  = 44
	compareBoxDp  = 360
	compareListDp = 96 // the least height of the differences
)

// compareLayout stacks the parts: the two traces, what differs, the choice of views
// with the box to find, the steps, and the one chosen.
type compareLayout struct{ p *comparePage }

// Layout implements fyne.Layout.
func (l compareLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	place := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, max(h, 0)))
	}
	place(o[0], 0, 0, size.Width, size.Height)
	place(o[1], 0, 0, size.Width, compare.CardsDp)
	list := min(compare.FindingsDp(l.p.m), max(float32(int(size.Height*0.32)), compareListDp))
	y := float32(compare.CardsDp)
	place(o[2], 0, y, size.Width, list)
	y += list
	box, h := min(size.Width*0.42, compareBoxDp), o[4].MinSize().Height
	bar := max(compareBarDp, h+6)
	place(o[3], 0, y, size.Width, bar)
	place(o[4], size.Width-20-box, y+(bar-h)/2, box, h)
	y += bar
	place(o[5], 0, y, size.Width, size.Height-y-compare.FootDp)
	place(o[6], 0, size.Height-compare.FootDp, size.Width, compare.FootDp)
}

// MinSize implements fyne.Layout.
func (compareLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(400, 300) }

// drawBar draws the choice between table and flame.
func (p *comparePage) drawBar(c *xwidget.Canvas, y, _ float32) float32 {
	w, h := p.shell.kit.Words, c.D(28)
	x, top := c.D(20), y+(float32(c.H)-h)/2
	f := c.Font(xwidget.Minor, scene.SemiBold)
	for k, word := range []string{w.T("compare.table"), w.T("compare.flame")} {
		width, on := float32(int(c.Metrics.Width(f, word)+c.D(28))), (k == 1) == p.flamed
		ink := c.Look.Secondary
		c.RoundRect(x, top, width, h, c.D(4), c.Look.Panel)
		c.Frame(x, top, width, h, c.D(4), max(c.D(1), 1), c.Look.Line)
		switch {
		case on:
			ink = c.Look.Text
			c.RoundRect(x, top, width, h, c.D(4), c.Look.Wash())
			c.Frame(x, top, width, h, c.D(4), max(c.D(1), 1), c.Look.Accent)
		case c.Hot(x, top, width, h):
			ink = c.Look.Text
		}
		c.Label(x+c.D(14), top, h, width, f, ink, word)
		c.Spot(x, top, width, h, "F", func() { p.show(k == 1) })
		x += width
	}
	return float32(c.H)
}

// show shows the flame, or the table.
func (p *comparePage) show(flame bool) {
	p.flamed = flame
	p.main.Objects = []fyne.CanvasObject{p.steps()}
	p.main.Refresh()
	p.redraw()
	p.Focus()
}

// steps returns the view of the steps on show.
func (p *comparePage) steps() *canvasview.View {
	if p.flamed {
		return p.flame.View()
	}
	return p.table.View()
}

// set takes a subject for a side and compares anew. What is usual on the other side is
// then what is usual of this one.
func (p *comparePage) set(side comparison.Side, u *subject) {
	p.sides[side] = u
	if other := p.sides[side.Other()]; other != nil && other.usual && !u.usual {
		p.sides[side.Other()] = p.shell.usualSubject(u)
	}
	p.read()
	p.Focus()
}

// swap makes a of b and b of a.
func (p *comparePage) swap() {
	p.sides[0], p.sides[1] = p.sides[1], p.sides[0]
	p.read()
}

// read reads what is not here yet and compares.
func (p *comparePage) read() {
	s := p.shell
	p.run++
	run := p.run
	p.m.Busy = false
	p.slot.Stop()
	for k, u := range p.sides {
		if p.m.Sides[k] = (compare.Side{}); u != nil {
			u.Trouble, u.Failed, u.Busy = [2]string{}, false, ""
			p.m.Sides[k] = u.Side
			p.m.Sides[k].Source = s.sourceOf(u)
		}
	}
	p.m.Set(nil, nil)
	p.update()
	if p.sides[0] == nil || p.sides[1] == nil {
		return
	}
	sides := [2]subject{*p.sides[0], *p.sides[1]} // as they are now: finish changes them
	p.m.Busy = true
	progress := func(k int) func(string) {
		return func(text string) {
			s.Dispatch(func() {
				if p.run == run && p.slot.Busy() {
					p.m.Sides[k].Busy = text
					p.cards.Redraw()
				}
			})
		}
	}
	p.slot.Start(func(ctx context.Context) (out compared, err error) {
		for k, u := range sides {
			if out.read[k] = (brought{u.traces, u.kept}); u.read != nil {
				out.read[k], out.failed[k] = u.read(ctx, progress(k))
			}
			if ctx.Err() != nil {
				return out, ctx.Err()
			}
		}
		if out.failed == [2]error{} {
			out.c, err = comparison.Compare(ctx, out.read[0].traces, out.read[1].traces, comparison.Options{})
		}
		return out, err
	}, p.finish)
	p.update()
}

// finish takes what reading and comparing came to.
func (p *comparePage) finish(out compared, err error) {
	s, w := p.shell, p.shell.kit.Words
	p.m.Busy = false
	for k, u := range p.sides {
		switch failed := out.failed[k]; {
		case errors.Is(failed, errNoUsual):
			u.Trouble = [2]string{w.T("compare.nousual"), w.T("compare.nousual.next")}
		case failed != nil:
			u.Trouble[0], u.Trouble[1] = s.Explain(w, failed)
			u.Failed = true
		case len(out.read[k].traces) > 0:
			u.take(out.read[k])
			if out.c != nil {
				u.Duration = out.c.Whole(comparison.Side(k))
			}
		}
		p.m.Sides[k] = u.Side
		p.m.Sides[k].Source = s.sourceOf(u)
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		title, hint := s.Explain(w, err)
		s.say(title + ". " + hint)
	}
	p.speak(out.c)
	p.m.SetNamed(out.c, p.findings(out.c), p.named)
	if out.c != nil {
		s.event("compare_shown", map[string]any{"steps": len(out.c.Rows)})
	}
	p.update()
}

// findings puts what is different into words.
func (p *comparePage) findings(c *comparison.Comparison) []compare.Finding {
	if c == nil {
		return nil
	}
	list := c.Differences(mostFindings)
	out := make([]compare.Finding, len(list))
	for k := range list {
		r := &c.Rows[list[k].Row]
		name, system := r.Name, r.Service
		if p.named != nil {
			name, system = p.named(list[k].Row)
		}
		words := verdict.OfDifferenceAs(p.shell.kit.Words, c, &list[k], system, name)
		out[k] = compare.Finding{Difference: list[k], Title: words.Title, Detail: words.Detail}
	}
	return out
}

// speak has the steps of a comparison called by the voice chosen. One that both sides
// have goes by its own name where they call it differently, and so does one of several
// spans that no step tells of: they may be calls to different systems.
func (p *comparePage) speak(c *comparison.Comparison) {
	v := p.shell.voice()
	if p.spoken, p.named = v, nil; v == nil || c == nil {
		return
	}
	names := &speakers{v, map[*model.Trace]*voice.Speaker{}}
	p.named = func(row int32) (name, system string) {
		r := &c.Rows[row]
		for k := range r.Sides {
			f := &r.Sides[k]
			if f.Spans == 0 {
				continue
			}
			t, i := c.Traces[k][f.Longest.Trace], f.Longest.Span
			by := names.speaker(t)
			_, called := by.Name(i)
			_, step := by.Step(i)
			if !step && f.Spans > 1 || called == t.Name(i) || name != "" && called != name {
				called = r.Name // which has no ids where the sides have other ones
			}
			name, system = called, names.Service(t, i)
		}
		return name, system
	}
}

// update puts into words why there is nothing, and draws all anew.
func (p *comparePage) update() {
	w := p.shell.kit.Words
	p.m.Notice = [2]string{w.T("compare.empty"), w.T("compare.empty.next")}
	switch {
	case p.m.Busy:
		p.m.Notice = [2]string{w.T("compare.busy"), ""}
	case p.m.Sides[0].Trouble[0] != "":
		p.m.Notice = p.m.Sides[0].Trouble
	case p.m.Sides[1].Trouble[0] != "":
		p.m.Notice = p.m.Sides[1].Trouble
	}
	p.object.Layout.Layout(p.object.Objects, p.object.Size())
	p.redraw()
	p.shell.redrawChrome()
}

// redraw draws all parts anew.
func (p *comparePage) redraw() {
	for _, v := range []*canvasview.View{p.cards, p.list, p.bar, p.steps(), p.foot} {
		v.Redraw()
	}
	p.shell.status.Redraw()
}

// open shows a step in the trace of a side: where an error began, if one did, else the
// longest of its spans.
func (p *comparePage) open(side comparison.Side, row int32) {
	if p.m.C == nil || p.sides[side] == nil {
		return
	}
	f := &p.m.C.Rows[row].Sides[side]
	at := f.Longest
	if f.Failed.Span != model.NoSpan {
		at = f.Failed
	}
	p.shell.openAt(p.sides[side], at)
}

// relook takes over another theme or language.
func (p *comparePage) relook() {
	kit := p.shell.kit
	p.ground.FillColor = look.NRGBA(kit.Look.Paper)
	p.ground.Refresh()
	p.box.SetPlaceHolder(kit.Words.T("compare.find"))
	p.box.cross.Redraw()
}

// leaveBox empties the box, then leaves it.
func (p *comparePage) leaveBox() {
	if p.box.Text != "" {
		p.box.set("")
		return
	}
	p.Focus()
}

// Title implements page.
func (p *comparePage) Title() string {
	if b := p.sides[comparison.B]; b != nil && b.Side.Name != "" {
		return p.shell.kit.Words.T("compare.tab", "name", p.shell.kit.Names.Step(b.Service, b.Side.Name))
	}
	return p.shell.kit.Words.T("compare.title")
}

// Status implements page.
func (p *comparePage) Status() string {
	var parts []string
	for k, u := range p.sides {
		if u == nil {
			continue
		}
		what := p.shell.kit.Words.T("compare.usual")
		if u.Traces <= 1 {
			if what = u.name(); u.Start != 0 {
				what += ", " + p.shell.kit.DateMinute(u.Start)
			}
		}
		parts = append(parts, string(rune('A'+k))+": "+what)
	}
	if len(parts) == 0 {
		return p.shell.kit.Words.T("compare.title")
	}
	return strings.Join(parts, " · ")
}

// Object implements page.
func (p *comparePage) Object() fyne.CanvasObject { return p.object }

// Refresh implements page.
func (p *comparePage) Refresh() {
	p.relook()
	if p.spoken != p.shell.voice() {
		p.speak(p.m.C)
		p.m.Rename(p.named)
	}
	if len(p.m.Findings) > 0 {
		p.m.Findings = p.findings(p.m.C)
	}
	for k, u := range p.sides {
		if u != nil {
			p.m.Sides[k].Source = p.shell.sourceOf(u)
		}
	}
	p.update()
}

// Focus implements page.
func (p *comparePage) Focus() { p.shell.Window.Canvas().Focus(p.steps()) }

// Key implements page: letters for what the buttons do; Esc gives up reading before it
// goes back.
func (p *comparePage) Key(e canvasview.Event) bool {
	if e.Key == string(fyne.KeyEscape) && p.slot.Busy() {
		p.slot.Cancel()
		return true
	}
	if e.Kind != canvasview.Rune {
		return false
	}
	switch strings.ToLower(e.Name()) {
	case "a":
		p.choose(comparison.A)
	case "b":
		p.choose(comparison.B)
	case "u":
		p.usual()
	case "x":
		p.swap()
	case "d":
		p.m.SetOnlyDifferent(!p.m.OnlyDifferent())
	case "f":
		p.show(!p.flamed)
	case "/":
		p.focusBox()
	default:
		return false
	}
	return true
}

func (p *comparePage) focusBox() {
	p.shell.Window.Canvas().Focus(p.box)
	p.box.selectAll()
}

// Copy implements copier: what is different, a line each.
func (p *comparePage) Copy() string {
	var out []string
	for _, f := range p.m.Findings {
		out = append(out, strings.TrimSpace(f.Title+". "+f.Detail))
	}
	return strings.Join(out, "\n")
}

// Close implements page.
func (p *comparePage) Close() {
	p.slot.Stop()
	p.like.Stop()
	p.file.Stop()
}
