package shell

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"traceview/internal/analysis/diagnosis"
	"traceview/internal/document"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/internal/task"
	"traceview/ui/canvasview"
	"traceview/ui/view/answer"
	"traceview/ui/xwidget"
)

// A strip is the answer above a trace: what is wrong with it, by the judgement of the
// order or file it belongs to where there is one, else by its own.
type strip struct {
	page    *tracePage
	inquiry *inquiry     // of this trace alone
	view    *answer.View // what is shown
	judged  *judgement   // by whom
	lines   []int        // which of its findings are in this trace
	panel   *xwidget.Panel
	canvas  *canvasview.View
	object  *fyne.Container
	width   float32 // dp
	height  float32 // dp
	marked  basis   // of the marks of spans
	ranks   *task.Slot[*diagnosis.Ranking]
	ranking *diagnosis.Ranking // of the trace by what is usual, nil for not yet
	ranked  basis              // of ranking, also while that is made
}

// A basis is a document, by whom it is judged, and how many findings are in it.
type basis struct {
	doc   *document.Document
	by    *judgement
	lines int
}

func (t *strip) basis() basis { return basis{t.page.doc, t.judged, len(t.lines)} }

// mostStrip bounds the height of the strip in dp: the trace is what the page is for.
const mostStrip = 260

func newStrip(p *tracePage) *strip {
	s := p.shell
	t := &strip{page: p, ranks: task.NewSlot[*diagnosis.Ranking](s.Dispatch)}
	t.inquiry = newInquiry(s, p.from, nil, nil, t.follow)
	t.view = answer.New(s.kit, answer.Actions{Show: t.show, Changed: t.fit, Ask: func() { t.source().ask() }, Cancel: func() { t.source().cancel() }})
	t.panel = xwidget.NewPanel(s.kit)
	t.panel.Content = func(c *xwidget.Canvas, y, w float32) float32 {
		end := t.view.Draw(c, c.D(20), y-c.D(4), w-c.D(40))
		c.Rect(0, float32(c.H)-c.D(1), w, c.D(1), c.Look.Line)
		return end - y + c.D(4)
	}
	t.panel.Background = func() scene.Color { return s.kit.Look.Paper }
	t.canvas = canvasview.New(t.panel, false, fyne.NewSize(300, 0))
	t.object = container.New(stripLayout{t}, t.canvas)
	t.width = s.Window.Canvas().Size().Width
	return t
}

// stripLayout gives the strip the height that its words need in the width there is.
type stripLayout struct{ strip *strip }

// Layout implements fyne.Layout.
func (l stripLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Move(fyne.NewPos(0, 0))
	o[0].Resize(size)
	if size.Width != l.strip.width {
		l.strip.width = size.Width
		l.strip.page.shell.Dispatch(l.strip.fit)
	}
}

// MinSize implements fyne.Layout.
func (l stripLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(300, l.strip.height)
}

// fit takes the room that the words need, and draws them.
func (t *strip) fit() {
	h := t.view.Height(t.width - 40)
	if h > 0 {
		h = min(h+4, mostStrip)
	}
	if h != t.height {
		t.height = h
		t.page.object.Objects[0].Refresh()
	}
	t.canvas.Redraw()
}

// source returns the inquiry that says what is wrong with the trace: that of what it
// was opened from, unless the trace is not among what that looks at.
func (t *strip) source() *inquiry {
	p := t.page
	for from := p.shell.trail[p]; from != nil; from = p.shell.trail[from] {
		switch q := from.(type) {
		case *orderPage:
			if p.file == "" && q.from == p.from && q.inquiry.covers(p.id) {
				return q.inquiry
			}
		case *filePage:
			if q.name == p.file && q.inquiry.covers(p.id) {
				return q.inquiry
			}
		}
	}
	return t.inquiry
}

// begin shows the answer, and has a trace judged that nothing else judges.
func (t *strip) begin() {
	p := t.page
	if p.shell.Gather.Traces == 0 || p.doc == nil || !p.whole() {
		return
	}
	if all := []*model.Trace{p.doc.Trace()}; t.source() == t.inquiry && !slices.Equal(all, t.inquiry.traces) {
		t.inquiry.look(all)
		return
	}
	t.follow()
}

// follow shows what is known by now.
func (t *strip) follow() {
	q := t.source()
	if t.page.doc == nil || q == t.inquiry && q.traces == nil {
		return
	}
	t.judged, t.lines = q.got, nil
	st := q.state()
	if q.got != nil && len(st.Lines) > 0 {
		t.pick(&st)
	}
	t.view.Set(st)
	t.look()
	t.mark()
	t.rank()
	t.fit()
	if t.page.sideV != nil {
		t.page.sideV.Redraw()
	}
	q.drawn()
}

// pick leaves the findings of this trace alone, and says how many there are elsewhere.
func (t *strip) pick(st *answer.State) {
	all := st.Lines
	st.Lines = nil
	for k := range all {
		if t.judged.traces[t.judged.list[k].At.Trace].ID == t.page.id {
			t.lines = append(t.lines, k)
			st.Lines = append(st.Lines, all[k])
		}
	}
	w := t.page.shell.kit.Words
	if n := len(all) - len(st.Lines); n > 0 {
		st.Notes = append([]string{w.N("answer.elsewhere", n)}, st.Notes...)
	}
	if len(st.Lines) == 0 {
		st.None = w.N("answer.none", 1)
	}
}

// show goes to a span of a finding of this trace.
func (t *strip) show(line, stop int) {
	if t.judged == nil || line >= len(t.lines) {
		return
	}
	at := t.judged.stop(t.lines[line], stop)
	trace := t.judged.traces[at.Trace]
	id := trace.Spans[at.Span].ID
	t.fit()
	if trace.ID != t.page.id {
		t.page.followTo(trace.ID, id)
		return
	}
	t.page.goTo(id)
}

// A looked is a span that is looked at: its finding, numbered as in the judgement,
// and its number among those that show that.
type looked struct{ line, stop int }

// look notes what is looked at since the page was opened, once that is known.
func (t *strip) look() {
	at := t.page.lookAt
	if at == nil || len(t.lines) == 0 {
		return
	}
	t.page.lookAt = nil
	if k := slices.Index(t.lines, at.line); k >= 0 {
		t.view.Look(k, at.stop)
	}
}

// mark marks the spans at fault, and those that show it.
func (t *strip) mark() {
	now := t.basis()
	if t.marked == now {
		return
	}
	t.marked = now
	var fault, shown []diagnosis.Place
	for _, k := range t.lines {
		f := &t.judged.list[k]
		fault, shown = append(fault, f.At), append(shown, f.Evidence...)
	}
	of := t.here(slices.Concat(fault, shown))
	list := func(places []diagnosis.Place) (out []model.SpanIndex) {
		for _, at := range places {
			if i, ok := of[at]; ok {
				out = append(out, i)
			}
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	t.page.doc.MarkFaults(list(fault), list(shown))
}

// here returns the spans of the page's trace that are at some places, none for one of
// another trace: the page may have fetched its own anew.
func (t *strip) here(places []diagnosis.Place) map[diagnosis.Place]model.SpanIndex {
	mine, out := t.page.doc.Trace(), make(map[diagnosis.Place]model.SpanIndex, len(places))
	wanted := map[model.SpanID][]diagnosis.Place{}
	for _, at := range places {
		switch of := t.judged.traces[at.Trace]; {
		case of == mine:
			out[at] = at.Span
		case of.ID == mine.ID:
			id := of.Spans[at.Span].ID
			wanted[id] = append(wanted[id], at)
		}
	}
	for i := range mine.Spans {
		if len(wanted) == 0 {
			break
		}
		id := mine.Spans[i].ID
		for _, at := range wanted[id] {
			out[at] = model.SpanIndex(i)
		}
		delete(wanted, id) // the first of several counts
	}
	return out
}

// rank compares the spans of the trace with what is usual, in the background: that looks
// at all strings of the trace.
func (t *strip) rank() {
	now, mine := t.basis(), t.page.doc.Trace()
	if t.ranked == now {
		return
	}
	if now.doc != t.ranked.doc {
		t.ranking = nil
	}
	t.ranked = now
	t.ranks.Stop()
	switch j := t.judged; {
	case j == nil || j.base.Traces() == 0:
		t.ranking = nil
	case j.alone != nil && j.traces[0] == mine:
		t.ranking = j.alone
	default:
		t.ranks.Start(func(context.Context) (*diagnosis.Ranking, error) { return j.base.Ranking(mine), nil },
			func(r *diagnosis.Ranking, err error) {
				if err != nil { // a fault of the program's own: all else of the page goes on
					t.page.shell.say(err.Error())
					return
				}
				t.ranking = r
				t.page.sideV.Redraw()
			})
	}
}

func (t *strip) close() {
	t.inquiry.close()
	t.ranks.Stop()
}

// goTo shows a span of this trace where spans are drawn in their tree.
func (p *tracePage) goTo(id model.SpanID) {
	if !p.view.timed() {
		p.show(viewWaterfall)
	}
	p.seek(id)
}

// inquired implements judged.
func (p *tracePage) inquired() *inquiry {
	if p.strip == nil {
		return nil
	}
	return p.strip.inquiry
}

// answers implements judged.
func (p *tracePage) answers() *answer.View {
	if p.strip == nil {
		return nil
	}
	return p.strip.view
}

// fewKnown is up to how many samples of a span nothing is said of what is usual.
const fewKnown = 5

// usual says how long such spans usually take, "" where nothing was compared, or not yet.
func (p *tracePage) usual(i model.SpanIndex) string {
	t := p.strip
	if t == nil || t.ranking == nil || t.ranked.doc != p.doc || i == model.NoSpan {
		return ""
	}
	w := p.shell.kit.Words
	u, less := t.ranking.Duration(i)
	d := w.Units()
	switch {
	case u.Samples < fewKnown:
		return w.N("detail.usual.few", u.Samples)
	case less < 0.005:
		return w.N("detail.usual.shortest", u.Samples, "usual", d.Duration(u.P50), "p95", d.Duration(u.P95))
	case less > 0.995:
		return w.N("detail.usual.longest", u.Samples, "usual", d.Duration(u.P50), "p95", d.Duration(u.P95))
	}
	return w.N("detail.usual.known", u.Samples, "usual", d.Duration(u.P50), "p95", d.Duration(u.P95), "less", d.Percent(less))
}
