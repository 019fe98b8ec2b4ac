package shell

import (
	"strings"

	"fyne.io/fyne/v2"

	"traceview/internal/analysis/traffic"
	"traceview/internal/query"
	"traceview/internal/scene"
	"traceview/ui/canvasview"
	"traceview/ui/xwidget"
)

// newPerfHead returns the painter right of the box: whose traces, and what narrows
// them.
func newPerfHead(p *performancePage) *canvasview.View {
	s := p.shell
	panel := xwidget.NewPanel(s.kit)
	panel.Content = func(c *xwidget.Canvas, _, w float32) float32 {
		words, y := s.kit.Words, c.D((findDp-1-26)/2)
		x := c.D(16)
		x = p.drawWord(c, x, y, words.T("library.failed"), "", query.KeptFailed) + c.D(18)
		for i, days := range []int{7, 30, 90} {
			x = p.drawWord(c, x, y, words.N("window.days", days), words.N("library.last", days), lasts[i]) + c.D(6)
		}
		x += c.D(18)
		scopes := p.scopes()
		if len(scopes) == 0 && p.scope == nil {
			return c.D(findDp - 1)
		}
		tip := words.T("perf.scope.tip")
		if s.Library != nil {
			x = drawChoice(c, x, y, p.scopeName(nil), tip, p.scope == nil, func() { p.choose(nil, p.box.Text) }) + c.D(6)
		}
		f := c.Font(xwidget.Minor, scene.SemiBold)
		for _, q := range scopes {
			label := c.FitMiddle(f, q.Title(), c.D(150))
			if x+c.Metrics.Width(f, label)+c.D(32) > w {
				break
			}
			x = drawChoice(c, x, y, label, q.Title()+" · "+tip, p.scope == q, func() { p.choose(q, p.box.Text) }) + c.D(6)
		}
		return c.D(findDp - 1)
	}
	return canvasview.New(panel, false, fyne.NewSize(200, findDp-1))
}

// drawWord draws a word of the search as a switch and returns its right end.
func (p *performancePage) drawWord(c *xwidget.Canvas, x, y float32, label, tip, word string) float32 {
	return drawChoice(c, x, y, label, tip, query.HasKept(p.box.Text, word), func() { p.box.set(query.ToggleKept(p.box.Text, word)) })
}

// newPerfBar returns the painter of the line between the plot and what is below: what
// that is, and what the traces in sight add up to.
func newPerfBar(p *performancePage) *canvasview.View {
	s := p.shell
	panel := xwidget.NewPanel(s.kit)
	panel.Content = func(c *xwidget.Canvas, _, w float32) float32 {
		words, y := s.kit.Words, c.D((perfBarDp-26)/2)
		c.Rect(0, 0, w, c.D(1), c.Look.Line)
		x := c.D(20)
		if p.of.IsZero() {
			for part, word := range [...][2]string{{"perf.operations", "perf.operations.tip"}, {"perf.services", "perf.services.tip"}, {"perf.graph", "perf.graph.tip"}} {
				x = drawChoice(c, x, y, words.T(word[0]), words.T(word[1]), p.part == perfPart(part), func() { p.show(perfPart(part)) }) + c.D(6)
			}
		} else {
			x += c.Button(x, y, c.D(26), words.T("perf.back"), words.T("perf.back.tip"), false, func() { p.focusOn(traffic.Target{}) }) + c.D(12)
			f := c.Font(xwidget.Minor, scene.SemiBold)
			x += c.Label(x, y, c.D(26), c.D(200), f, c.Look.Text, words.T("perf.slowest")) + c.D(12)
			x += c.Button(x, y, c.D(26), words.T("perf.only"), words.T("perf.only.tip"), false, p.only)
		}
		right := w - c.D(20)
		if !p.plot.Whole() && p.now.set != nil {
			label := words.T("perf.all")
			right -= c.Metrics.Width(c.Font(xwidget.Minor, scene.SemiBold), label) + c.D(24)
			c.Button(right, y, c.D(26), label, words.T("perf.all.tip"), false, func() { p.plot.ShowAll() })
			right -= c.D(12)
		}
		p.drawTotal(c, x+c.D(12), y, right)
		return c.D(perfBarDp)
	}
	return canvasview.New(panel, false, fyne.NewSize(200, perfBarDp))
}

// drawTotal says what the traces in sight add up to, the most needed first.
func (p *performancePage) drawTotal(c *xwidget.Canvas, x, y, right float32) {
	w := p.shell.kit.Words
	f, h := c.Font(xwidget.Minor, scene.Regular), c.D(26)
	t := p.now.total
	if t == nil || len(p.now.set.Traces) == 0 {
		return
	}
	traces, failed := t.Traces, t.Failed
	if !p.of.IsZero() { // of those listed
		traces, failed = p.listed[0], p.listed[1]
	}
	at := x + c.Label(x, y, h, right-x, c.Font(xwidget.Minor, scene.SemiBold), c.Look.Text, w.N("perf.traces", traces))
	if failed > 0 && traces > 0 {
		text := w.N("perf.failed", failed, "share", w.Units().Percent(float64(failed)/float64(traces)))
		if at+c.D(30)+c.Metrics.Width(f, text) < right {
			c.Cross(at+c.D(12), y+c.D(7), c.D(12), true)
			at += c.D(30) + c.Label(at+c.D(30), y, h, right-at, f, c.Look.Text, text)
		}
	}
	c.Label(at, y, h, right-at, f, c.Look.Secondary, strings.Join(p.asides(t), ""))
}

// asides say what the figures leave out, and what the trend compares.
func (p *performancePage) asides(t *traffic.Total) (list []string) {
	s := p.shell
	w := s.kit.Words
	add := func(text string) { list = append(list, " · "+text) }
	q := query.ParseKept(p.box.Text, s.now())
	switch word := q.Bad; {
	case word != "":
		add(w.T("library.bad", "word", word))
	case p.scope != nil && (q.Plain != "" || q.Order != "" || q.Label != "" || len(q.Attrs) > 0):
		add(w.T("perf.unknown", "word", strings.TrimSpace(q.Plain+" "+q.Order+" "+q.Label)))
	}
	if n := p.now.undigested; n > 0 {
		add(w.N("perf.undigested", n))
	}
	if n := p.now.unread + t.Unread; n > 0 {
		add(w.N("perf.unfetched", n))
	}
	if t.Left > 0 {
		add(w.N("perf.left", t.Left))
	}
	if t.Before.Dur() > 0 && p.of.IsZero() && p.part != partGraph {
		add(w.T("perf.compared", "later", s.kit.Minutes(t.Later.From, t.Later.To), "before", s.kit.Minutes(t.Before.From, t.Before.To)))
	}
	return list
}
