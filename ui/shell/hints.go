package shell

import (
	"context"
	"errors"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"traceview/internal/analysis/health"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/internal/task"
	"traceview/internal/verdict"
	"traceview/ui/canvasview"
	"traceview/ui/xwidget"
)

// hints are what is odd about the record of a trace, folded away below the head until
// somebody wants to know.
type hints struct {
	page   *tracePage
	slot   *task.Slot[[]health.Hint]
	list   []health.Hint
	known  bool
	news   *health.News // what the last fetch brought, nil for none
	open   bool
	panel  *xwidget.Panel
	view   *canvasview.View
	object *fyne.Container
}

// Sizes in dp.
const (
	hintTitleDp = 24
	hintLineDp  = 19
	hintDp      = hintTitleDp + 2*hintLineDp + 10
	newsDp      = hintTitleDp + 10
	mostHintsDp = 320
)

func newHints(p *tracePage) *hints {
	h := &hints{page: p, slot: task.NewSlot[[]health.Hint](p.shell.Dispatch)}
	h.panel = xwidget.NewPanel(p.shell.kit)
	h.panel.Background = func() scene.Color { return p.shell.kit.Look.Panel }
	h.panel.Content = h.draw
	h.panel.Activate = func(i int) { h.show(i) }
	h.panel.Key = func(e canvasview.Event) bool {
		if e.Key == string(fyne.KeyEscape) {
			return h.page.toggleHints()
		}
		return p.shell.pageKey(e)
	}
	h.view = canvasview.New(h.panel, true, fyne.NewSize(300, 0))
	h.view.OnFocus = p.shell.hideSuggestions
	h.view.Hide()
	h.object = container.New(hintsLayout{h}, h.view)
	return h
}

// hintsLayout gives the hints the height that they need while they are open.
type hintsLayout struct{ h *hints }

// Layout implements fyne.Layout.
func (l hintsLayout) Layout(o []fyne.CanvasObject, size fyne.Size) { o[0].Resize(size) }

// MinSize implements fyne.Layout.
func (l hintsLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	if !l.h.open {
		return fyne.NewSize(300, 0)
	}
	return fyne.NewSize(300, min(l.h.heightDp(), mostHintsDp))
}

// heightDp returns the height of all hints.
func (h *hints) heightDp() float32 {
	high := float32(14)
	if h.news != nil {
		high += newsDp
	} else if len(h.list) == 0 {
		high += hintTitleDp + 6
	}
	return high + float32(len(h.list))*hintDp
}

// check looks for what is odd about the trace on the page, in the background.
func (h *hints) check() {
	p := h.page
	h.list, h.known = nil, false // what was found is about the spans of the trace before
	h.slot.Stop()
	h.relayout()
	if !p.whole() {
		return
	}
	t, asked := p.doc.Trace(), p.asked
	h.slot.Start(func(context.Context) ([]health.Hint, error) { return health.Check(t, asked), nil }, func(list []health.Hint, err error) {
		if err != nil && !errors.Is(err, context.Canceled) {
			return
		}
		h.list, h.known = list, true
		h.relayout()
		p.head.Redraw()
	})
}

// summary says in the head how many hints there are, and how much is new; "" for none.
func (h *hints) summary() string {
	var parts []string
	w := h.page.shell.kit.Words
	if n := len(h.list); h.known && n > 0 {
		parts = append(parts, w.N("header.hints", n))
	}
	if h.news != nil && len(h.news.Spans) > 0 {
		parts = append(parts, w.N("header.news", len(h.news.Spans)))
	}
	return strings.Join(parts, " · ")
}

// relayout takes the room that is needed now.
func (h *hints) relayout() {
	h.page.object.Objects[0].Refresh()
	h.view.Redraw()
}

// toggleHints unfolds the hints, or folds them away.
func (p *tracePage) toggleHints() bool {
	h := p.hints
	if h.open = !h.open; h.open {
		h.view.Show()
	} else {
		h.view.Hide() // the keyboard must not go there
	}
	h.relayout()
	p.head.Redraw()
	if h.open {
		h.panel.Choose(0)
		p.shell.Window.Canvas().Focus(h.view)
	} else {
		p.Focus()
	}
	return true
}

// show goes to the next span of a hint; of what is new, first.
func (h *hints) show(i int) {
	if h.news != nil {
		if i == 0 {
			h.next(h.news.Spans)
			return
		}
		i--
	}
	if i >= 0 && i < len(h.list) {
		h.next(h.list[i].Spans)
	}
}

func (h *hints) next(list []model.SpanIndex) {
	p := h.page
	if len(list) == 0 {
		return
	}
	if !p.view.timed() {
		p.show(viewWaterfall)
	}
	p.doc.NextOf(list)
}

// draw draws the hints, each with its cause and what to do.
func (h *hints) draw(c *xwidget.Canvas, y, w float32) float32 {
	top, words := y, h.page.shell.kit.Words
	y += c.D(6)
	if h.news != nil {
		text := strings.TrimSuffix(h.newsText()+". "+h.goneText(), ". ")
		y = h.drawOne(c, y, w, 0, verdict.HintText{Title: text}, h.news.Spans, false)
	}
	if len(h.list) == 0 && h.news == nil {
		text := words.T("health.none")
		if !h.known {
			text = words.T("health.checking")
		}
		c.Label(c.D(20), y, c.D(hintTitleDp), w-c.D(40), c.Font(xwidget.Body, scene.Regular), c.Look.Secondary, text)
		y += c.D(hintTitleDp)
	}
	for k := range h.list {
		n := k
		if h.news != nil {
			n++
		}
		y = h.drawOne(c, y, w, n, verdict.OfHint(words, &h.list[k]), h.list[k].Spans, h.list[k].Fetchable() && h.page.canFetch())
	}
	y += c.D(8)
	c.Rect(0, max(y, float32(c.H))-c.D(1), w, c.D(1), c.Look.Line)
	return y - top
}

// drawOne draws one hint and returns its lower edge.
func (h *hints) drawOne(c *xwidget.Canvas, y, w float32, n int, text verdict.HintText, spans []model.SpanIndex, fetch bool) float32 {
	words := h.page.shell.kit.Words
	high := c.D(hintDp)
	if text.Why == "" {
		high = c.D(newsDp)
	}
	c.Item(c.D(8), y, w-c.D(16), high)
	switch {
	case n == h.panel.Sel && h.panel.Focused():
		c.RoundRect(c.D(8), y, w-c.D(16), high, c.D(4), c.Look.Wash())
	case c.Hot(c.D(8), y, w-c.D(16), high):
		c.RoundRect(c.D(8), y, w-c.D(16), high, c.D(4), c.Look.Hover())
	}
	right, bh := w-c.D(20), c.D(26)
	f := c.Font(xwidget.Minor, scene.SemiBold)
	button := func(label, tip string, do func()) {
		right -= c.Metrics.Width(f, label) + c.D(24)
		c.Button(right, y+(high-bh)/2, bh, label, tip, false, do)
		right -= c.D(8)
	}
	if len(spans) > 0 {
		button(words.T("health.show"), "Enter", func() { h.show(n) })
	}
	if fetch {
		button(words.T("health.fetch"), "F5", h.page.again)
	}
	x, room := c.D(20), right-c.D(32)
	title, plain := c.Font(xwidget.Body, scene.SemiBold), c.Font(xwidget.Minor, scene.Regular)
	c.Label(x, y+c.D(3), c.D(hintTitleDp), room, title, c.Look.Text, c.Fit(title, text.Title, room))
	line := y + c.D(3+hintTitleDp)
	c.Label(x, line, c.D(hintLineDp), room, plain, c.Look.Text, c.Fit(plain, text.Why, room))
	c.Label(x, line+c.D(hintLineDp), c.D(hintLineDp), room, plain, c.Look.Secondary, c.Fit(plain, text.Next, room))
	return y + high
}

// newsText says what the last fetch brought.
func (h *hints) newsText() string {
	w := h.page.shell.kit.Words
	if len(h.news.Spans) == 0 {
		return w.T("health.nonews")
	}
	text := w.N("health.news", len(h.news.Spans))
	if h.news.Services > 0 {
		text += ", " + w.N("health.news.services", h.news.Services)
	}
	return text
}

// goneText says what is there no longer.
func (h *hints) goneText() string {
	if h.news.Gone == 0 {
		return ""
	}
	return h.page.shell.kit.Words.N("health.gone", h.news.Gone)
}

// renewed takes over what fetching again brought: the new spans are marked, and how many
// they are is said.
func (h *hints) renewed(n *health.News) {
	p := h.page
	h.news = n
	p.doc.MarkFresh(n.Spans)
	text := strings.TrimSuffix(h.newsText()+". "+h.goneText(), ". ")
	p.shell.say(text)
	h.relayout()
}

// canFetch says whether the trace can be fetched again from a server.
func (p *tracePage) canFetch() bool { return p.file == "" && (p.from != nil || p.shell.source != nil) }

// close ends what is under way.
func (h *hints) close() { h.slot.Stop() }
