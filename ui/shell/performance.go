package shell

import (
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"traceview/internal/analysis/traffic"
	"traceview/internal/query"
	"traceview/internal/task"
	"traceview/ui/canvasview"
	"traceview/ui/look"
	"traceview/ui/table"
	"traceview/ui/view/graph"
	"traceview/ui/view/performance"
	"traceview/ui/xwidget"
)

// What is below the plot of a performance page.
type perfPart uint8

const (
	partOperations perfPart = iota
	partServices
	partGraph
)

// A performancePage shows how a set of traces did: those of the library, of an order
// or of a file.
type performancePage struct {
	shell  *Shell
	scope  page // an order or a file that is open; nil for the library
	box    *orderBox
	ways   *keptWays // to finish what is typed into it
	head   *canvasview.View
	bar    *canvasview.View
	plot   *performance.Plot
	plotV  *xwidget.Plot
	rows   *performance.Rows
	rowsV  *table.View
	list   *performance.Examples
	listV  *table.View
	graphV *xwidget.Plot
	below  *fyne.Container // holds what is below the plot
	ground *canvas.Rectangle
	line   *canvas.Rectangle
	object *fyne.Container

	load    *task.Slot[measured]
	sum     *task.Slot[measured]
	fill    *task.Slot[struct{}]
	now     measured
	err     error
	known   bool // something was read
	part    perfPart
	of      traffic.Target // whose examples are shown; zero for none
	listed  [2]int         // traces that have any of it in the time in sight, and those of them that failed
	loading [2]int         // traces of an order read, of all
	begun   time.Time      // when the page was asked for
	shown   bool           // the first filled frame was noted
}

// measured is a set with what was added up of it.
type measured struct {
	set        *traffic.Set
	points     []traffic.Point
	of         traffic.Target // of points
	total      *traffic.Total
	undigested int
	unread     int // traces that could not be fetched
}

// showPerformance shows the page of performance: of the order, file or search at hand,
// else of the library.
func (s *Shell) showPerformance() {
	scope, text := page(nil), ""
	switch p := s.pages[s.current].(type) {
	case *orderPage, *filePage:
		scope = p
	case *libraryPage:
		text = p.box.Text
	case *performancePage:
		return
	}
	if scope == nil && s.Library == nil {
		s.say(s.kit.Words.T("home.offline"))
		return
	}
	for i, q := range s.pages {
		if p, ok := q.(*performancePage); ok {
			again := p.scope != scope || p.box.Text != text && text != ""
			s.revisit(i)
			if again {
				p.choose(scope, text)
			}
			return
		}
	}
	p := newPerformancePage(s)
	s.add(p)
	p.choose(scope, text)
}

func newPerformancePage(s *Shell) *performancePage {
	p := &performancePage{shell: s, box: newOrderBox(), load: task.NewSlot[measured](s.Dispatch), sum: task.NewSlot[measured](s.Dispatch),
		fill: task.NewSlot[struct{}](s.Dispatch), begun: time.Now()}
	p.box.addCross(s.kit)
	p.box.OnChanged = func(string) {
		p.box.cross.Redraw()
		p.head.Redraw()
		p.reload()
		p.ways.offer()
	}
	p.ways = newKeptWays(s, p.box, p.Focus)
	p.box.onFocus, p.box.onShortcut, p.box.onKey = s.hideSuggestions, s.shortcut, s.functionKey
	p.head, p.bar = newPerfHead(p), newPerfBar(p)
	p.plotV, p.plot = performance.NewView(s.kit, performance.Actions{Open: p.open, Range: func(traffic.Window) { p.recount() }}, p.key)
	p.rowsV, p.rows = performance.NewRowsView(s.kit, func(r *traffic.Row) { p.focusOn(r.Target) }, p.key)
	p.listV, p.list = performance.NewExamplesView(s.kit, p.open, p.key)
	p.graphV, _ = graph.NewView(s.kit, func() graph.State {
		return graph.State{Total: p.now.total, Busy: p.load.Busy()}
	}, graph.Actions{Node: p.onNode, Edge: p.onEdge}, p.key)
	for _, v := range []*canvasview.View{p.plotV.View(), p.rowsV.View(), p.listV.View(), p.graphV.View()} {
		v.OnFocus = s.hideSuggestions
	}
	p.plotV.View().OnFrame = p.framed
	p.below = container.NewStack(p.rowsV.View())
	p.ground, p.line = canvas.NewRectangle(nil), canvas.NewRectangle(nil)
	p.object = container.New(perfLayout{p}, p.ground, p.line, p.box, p.head, p.plotV.View(), p.bar, p.below)
	p.relook()
	return p
}

// framed notes the first frame that shows something.
func (p *performancePage) framed(cost time.Duration) {
	if p.shown || p.now.total == nil {
		return
	}
	p.shown = true
	p.shell.event("performance_shown", map[string]any{"traces": len(p.now.set.Traces), "since_asked_ms": time.Since(p.begun).Milliseconds(),
		"cost_ms": float64(cost.Microseconds()) / 1000})
}

// perfLayout places what narrows the set in a row, below it the plot, what it adds up
// to, and the rest.
type perfLayout struct{ p *performancePage }

// The heights of the line between plot and table, and of the plot at least, in dp.
const (
	perfBarDp  = 38
	plotDp     = 200
	plotMostDp = 420
)

// Layout implements fyne.Layout.
func (l perfLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	place := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(max(w, 0), max(h, 0)))
	}
	box, h := min(size.Width*0.36, 440), o[2].MinSize().Height
	top := max(findDp, h+5)
	place(o[0], 0, 0, size.Width, top)
	place(o[1], 0, top-1, size.Width, 1)
	place(o[2], 20, (top-1-h)/2, box, h)
	place(o[3], 20+box, 0, size.Width-20-box, top-1)
	share := float32(0.42)
	if l.p.part == partGraph && l.p.of.IsZero() { // which needs the room
		share = 0.3
	}
	plot := min(max((size.Height-top)*share, plotDp), plotMostDp)
	place(o[4], 0, top, size.Width, plot)
	place(o[5], 0, top+plot, size.Width, perfBarDp)
	place(o[6], 0, top+plot+perfBarDp, size.Width, size.Height-top-plot-perfBarDp)
}

// MinSize implements fyne.Layout.
func (perfLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(500, 300) }

// choose adds up another set.
func (p *performancePage) choose(scope page, text string) {
	p.scope, p.of, p.known, p.now, p.begun, p.shown = scope, traffic.Target{}, false, measured{}, time.Now(), false
	p.fill.Stop()
	if p.box.Text != text {
		p.box.set(text) // reloads
		return
	}
	p.reload()
}

// reload reads the set anew.
func (p *performancePage) reload() {
	s := p.shell
	q := query.ParseKept(p.box.Text, s.now())
	read, f, of := p.reader(q), p.filter(q), p.of
	p.sum.Stop()
	p.load.Start(func(ctx context.Context) (measured, error) {
		m, err := read(ctx)
		if err != nil {
			return m, err
		}
		return m.count(ctx, f, of, m.set.Whole())
	}, func(m measured, err error) {
		p.known, p.err = true, err
		if err == nil {
			p.now = m
			p.learnNames()
		}
		p.update()
		if err != nil || p.of != p.now.of { // what is in sight, or listed, changed meanwhile
			p.recount()
		}
		p.fillOlder()
	})
	p.update()
}

// learnNames takes over what there is to look for, all of it being in sight.
func (p *performancePage) learnNames() {
	if p.box.Text != "" && len(p.ways.names.Services) > 0 {
		return
	}
	n := KeptNames{}
	for k := range p.now.total.Services {
		n.Services = append(n.Services, p.now.total.Services[k].Service)
	}
	for k := range p.now.total.Operations {
		n.Operations = append(n.Operations, p.now.total.Operations[k].Name)
	}
	for _, list := range []*[]string{&n.Services, &n.Operations} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	p.ways.names = n
}

// filter returns what of a query applies to a set that is at hand; the library has
// applied all of it.
func (p *performancePage) filter(q query.Kept) traffic.Filter {
	if p.scope == nil {
		return traffic.Filter{}
	}
	return traffic.Filter{Failed: q.Failed, Service: q.Service, Operation: q.Operation}
}

// count adds up the part of a set that began in a window, and its points.
func (m measured) count(ctx context.Context, f traffic.Filter, of traffic.Target, shown traffic.Window) (measured, error) {
	var err error
	if m.points == nil || m.of != of {
		if m.points, err = m.set.Points(ctx, f, of); err != nil {
			return m, err
		}
		m.of = of
	}
	all, before, later := m.set.Windows(shown)
	m.total, err = m.set.Sum(ctx, f, all, before, later)
	return m, err
}

// recount adds up what is in sight now, unless another set is being read: it would be
// of the one before.
func (p *performancePage) recount() {
	p.bar.Redraw()
	if p.now.set == nil || p.load.Busy() {
		return
	}
	m, f, of := p.now, p.filter(query.ParseKept(p.box.Text, p.shell.now())), p.of
	shown := p.plot.Window()
	if p.plot.Whole() {
		shown = m.set.Whole()
	}
	p.sum.Start(func(ctx context.Context) (measured, error) { return m.count(ctx, f, of, shown) }, func(m measured, err error) {
		if err == nil {
			p.now = m
			p.update()
		}
	})
}

// fillOlder has what an older version kept looked at, and says how much is left. It is
// shown once that is none: another set has all of its time in sight.
func (p *performancePage) fillOlder() {
	s := p.shell
	if p.now.undigested == 0 || p.fill.Busy() || s.Library == nil {
		return
	}
	p.fill.Start(func(ctx context.Context) (struct{}, error) {
		return struct{}{}, s.Library.FillDigests(ctx, func(left int) {
			s.Dispatch(func() {
				if p.fill.Busy() {
					p.now.undigested = left
					p.bar.Redraw()
				}
			})
		})
	}, func(_ struct{}, err error) {
		if err == nil {
			p.reload()
		}
	})
}

// focusOn shows the slowest examples of an operation or a service; of the zero target
// those of whole traces are gone again.
func (p *performancePage) focusOn(of traffic.Target) {
	p.of = of
	p.update()
	p.recount()
	p.Focus()
}

// onNode shows the examples of a service of the graph.
func (p *performancePage) onNode(n traffic.Node) {
	if n.Kind == traffic.Service {
		p.focusOn(traffic.Target{Op: traffic.Op{Service: n.Name}, Whole: true})
		return
	}
	p.shell.say(p.shell.kit.Words.T("graph.nospan", "name", n.Called()))
}

// onEdge shows the examples of the service that an edge leads to, or comes from.
func (p *performancePage) onEdge(_ *traffic.Edge, from, to traffic.Node) {
	if to.Kind != traffic.Service {
		to = from
	}
	if to.Kind == traffic.Service {
		p.onNode(to)
	}
}

// show chooses what is below the plot.
func (p *performancePage) show(part perfPart) {
	p.part = part
	if !p.of.IsZero() {
		p.focusOn(traffic.Target{})
		return
	}
	p.update()
	p.Focus()
}

// update puts what is known into the views.
func (p *performancePage) update() {
	empty := p.empty()
	p.plot.Set(performance.State{Set: p.now.set, Points: p.now.points, Of: p.now.of, Total: p.now.total, Empty: empty})
	w, none := p.shell.kit.Words, [2]string{} // the plot says it
	if p.now.set != nil && len(p.now.set.Traces) > 0 {
		none = [2]string{w.T("perf.rows.none"), w.T("perf.rows.none.next")}
	}
	front := p.rowsV.View()
	switch {
	case !p.of.IsZero():
		front = p.listV.View()
		points := p.inSight()
		p.list.Set(p.now.set, points, p.of, none)
		p.listed = [2]int{len(points), 0}
		for _, t := range points {
			if t.Failed {
				p.listed[1]++
			}
		}
	case p.part == partGraph:
		front = p.graphV.View()
	default:
		p.rows.Set(p.now.total, p.part == partServices, none)
	}
	if p.below.Objects[0] != fyne.CanvasObject(front) {
		p.below.Objects = []fyne.CanvasObject{front}
		p.object.Layout.Layout(p.object.Objects, p.object.Size())
		p.below.Refresh()
	}
	p.plotV.View().Redraw()
	front.Redraw()
	p.bar.Redraw()
	p.head.Redraw()
	p.shell.redrawChrome()
}

// inSight returns the points of the time in sight, none while those at hand are of
// something else.
func (p *performancePage) inSight() []traffic.Point {
	if p.now.of != p.of || p.now.set == nil {
		return nil
	}
	w := p.plot.Window()
	return slices.DeleteFunc(slices.Clone(p.now.points), func(t traffic.Point) bool { return !w.Has(t.Start) })
}

// empty says why there is nothing, and what next.
func (p *performancePage) empty() [2]string {
	s := p.shell
	w := s.kit.Words
	switch {
	case p.load.Busy() && p.loading[1] > 0 && p.scope != nil:
		return [2]string{w.N("perf.loading", p.loading[1], "done", w.Units().Number(p.loading[0])), ""}
	case p.load.Busy() && p.now.set == nil && p.scope == nil && !s.shelf.open:
		return [2]string{w.T("library.opening"), w.T("library.opening.next")}
	case !p.known || p.load.Busy() && p.now.set == nil:
		return [2]string{w.T("perf.busy"), ""}
	case p.err != nil:
		title, hint := s.Explain(w, p.err)
		return [2]string{title, hint}
	case p.box.Text != "":
		return [2]string{w.T("perf.nothing"), w.T("perf.nothing.next")}
	}
	return [2]string{w.T("perf.empty"), w.T("perf.empty.next")}
}

// Title implements page.
func (p *performancePage) Title() string { return p.shell.kit.Words.T("perf.title") }

// Status implements page.
func (p *performancePage) Status() string {
	n := 0
	if p.now.set != nil {
		n = len(p.now.set.Traces)
	}
	w := p.shell.kit.Words
	return w.T("status.perf", "source", p.scopeName(p.scope), "traces", w.N("perf.traces", n))
}

// Object implements page.
func (p *performancePage) Object() fyne.CanvasObject { return p.object }

// relook takes over another theme or language.
func (p *performancePage) relook() {
	kit := p.shell.kit
	p.ground.FillColor, p.line.FillColor = look.NRGBA(kit.Look.Paper), look.NRGBA(kit.Look.Line)
	p.ground.Refresh()
	p.line.Refresh()
	p.box.SetPlaceHolder(kit.Words.T("perf.find"))
	p.box.cross.Redraw()
}

// Refresh implements page.
func (p *performancePage) Refresh() {
	if p.scope != nil && p.shell.indexOf(p.scope) < 0 { // it was closed
		p.choose(nil, "")
	}
	p.relook()
	p.plot.Refresh()
	p.list.Refresh()
	p.update()
}

// Focus implements page.
func (p *performancePage) Focus() {
	if f, ok := p.below.Objects[0].(fyne.Focusable); ok {
		p.shell.Window.Canvas().Focus(f)
	}
}

// Key implements page.
func (p *performancePage) Key(canvasview.Event) bool { return false }

// Close implements page.
func (p *performancePage) Close() {
	p.load.Stop()
	p.sum.Stop()
	p.fill.Stop()
}
