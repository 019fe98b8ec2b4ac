package performance

import (
	"image"

	"traceview/internal/analysis/traffic"
	"traceview/internal/document"
	"traceview/internal/scene"
	"traceview/ui/canvasview"
	"traceview/ui/table"
	"traceview/ui/xwidget"
)

// ExamplesShown is how many of the slowest are listed.
const ExamplesShown = 100

// The columns of Examples.
const (
	exDuration = iota
	exBegan
	exTrace
	exService
	exAll
	exSpans
	exErrors
)

// An Examples is the list of the slowest of what is plotted, the slowest first.
type Examples struct {
	table.Table
	set   *traffic.Set
	list  []traffic.Point
	of    traffic.Target
	kit   *xwidget.Kit
	rows  document.Table
	scene scene.Scene
	began []string
	color map[string]int
	do    func(p traffic.Point)
	none  [2]string
}

// NewExamplesView returns the list in a widget, and its painter; do opens an example,
// unused is offered the keys it does not take.
func NewExamplesView(kit *xwidget.Kit, do func(p traffic.Point), unused func(e canvasview.Event) bool) (*table.View, *Examples) {
	var p *Examples
	v := table.NewView(kit, func(s table.Style) table.Painter {
		p = NewExamples(kit, s, do)
		return p
	}, unused)
	return v, p
}

// NewExamples returns the list with nothing in it.
func NewExamples(kit *xwidget.Kit, s table.Style, do func(p traffic.Point)) *Examples {
	p := &Examples{kit: kit, do: do, color: map[string]int{}}
	p.Init(p, &p.rows, s)
	p.Bare, p.Opens = true, true
	p.Restyle(s)
	return p
}

// Restyle changes theme, language, font or scale.
func (p *Examples) Restyle(s table.Style) {
	p.Table.Restyle(s)
	p.dress()
}

// Refresh has instants written anew, in another zone.
func (p *Examples) Refresh() { p.dress() }

// Set shows the slowest of points.
func (p *Examples) Set(set *traffic.Set, points []traffic.Point, of traffic.Target, none [2]string) {
	if set != p.set || of != p.of {
		p.rows = document.Table{}
	}
	p.set, p.of, p.none = set, of, none
	p.list = traffic.Slowest(points, ExamplesShown)
	p.dress()
}

func (p *Examples) dress() {
	words := p.Style.Printer
	u := words.Units()
	col := func(id int, word string, c table.Column) table.Column {
		c.ID, c.Title, c.Tip = id, words.T("perf.ex."+word), words.T("perf.ex.tip."+word)
		return c
	}
	longest := p.Widest(u.Duration(888_000), u.Duration(88_800_000), u.Duration(3588e9))
	list := []table.Column{
		col(exDuration, "duration", table.Column{Sample: longest, Right: true, Keep: 100}),
		col(exBegan, "began", table.Column{Sample: p.kit.DateTime(1797756480888e6), Keep: 95}),
		col(exTrace, "trace", table.Column{Dp: 160, Grow: 3, Lead: true, Keep: 90}),
		col(exService, "service", table.Column{Dp: 100, Grow: 1, Keep: 70}),
		col(exSpans, "spans", table.Column{Sample: u.Number(188_888), Right: true, Keep: 40}),
		col(exErrors, "errors", table.Column{Sample: u.Number(8_888), Right: true, Keep: 80}),
	}
	if !p.of.IsZero() {
		list = append(list, col(exAll, "all", table.Column{Sample: longest, Right: true, Keep: 60}))
	}
	p.SetColumns(list)
	p.Forget()
	p.began = make([]string, len(p.list))
	var names []string
	for k := range p.list {
		if s := p.root(k).Service; p.color[s] == 0 {
			p.color[s] = 1
			names = append(names, s)
		}
	}
	for k, n := range p.Style.Palette.Assign(p.Style.Colours, names) {
		p.color[names[k]] = n + 1
	}
}

func (p *Examples) trace(row int) *traffic.Trace { return &p.set.Traces[p.list[row].Trace] }

func (p *Examples) root(row int) traffic.Op { return p.set.Root(p.trace(row)) }

// Len implements table.Source.
func (p *Examples) Len() int { return len(p.list) }

// Cell implements table.Source.
func (p *Examples) Cell(s *scene.Scene, row int, c table.Cell) {
	pal, e, t := p.Style.Palette, &p.list[row], p.trace(row)
	switch c.Column {
	case exDuration:
		p.Bar(s, c, e.Dur, p.list[0].Dur, pal.Thumb)
		x := p.Number(s, c, p.Figures.Duration(e.Dur), pal.Text)
		if e.Failed && x-p.Px(17) > c.X-p.Px(18) {
			p.Cross(s, c, x-p.Px(4), true)
		}
	case exBegan:
		if p.began[row] == "" {
			p.began[row] = p.kit.DateTime(e.Start)
		}
		p.Text(s, c, row, p.began[row], pal.Text)
	case exTrace:
		root := p.root(row)
		name, col := p.Style.Names.Step(root.Service, root.Name), pal.Text
		if name == "" {
			name, col = p.Style.Printer.T("trace.unnamed"), pal.Secondary
		}
		p.Text(s, p.Dot(s, c, pal.Service(p.color[root.Service]-1).Bar), row, name, col)
	case exService:
		p.Text(s, c, row, p.Style.Names.System(p.root(row).Service), pal.Secondary)
	case exAll:
		p.Number(s, c, p.Figures.Duration(t.Dur), pal.Secondary)
	case exSpans:
		p.Number(s, c, p.Figures.Number(t.Spans), pal.Secondary)
	case exErrors:
		if t.Failed > 0 {
			x := p.Number(s, c, p.Figures.Number(t.Failed), pal.Text)
			p.Cross(s, c, x-p.Px(6), true)
		}
	}
}

// Choose implements table.Source.
func (p *Examples) Choose(int) bool { return true }

// Activate implements table.Source: it opens the trace at the span.
func (p *Examples) Activate(row int) bool {
	if row < len(p.list) && p.do != nil {
		p.do(p.list[row])
	}
	return true
}

// Sort implements table.Source: examples have one order.
func (p *Examples) Sort(int) bool { return false }

// Act implements table.Source.
func (p *Examples) Act(int) bool { return false }

// Tip implements table.Source.
func (p *Examples) Tip(int) string { return "" }

// RowTip implements table.Source.
func (p *Examples) RowTip(int) string { return p.Style.Printer.T("perf.opens") }

// Paint draws the list on dst, filling it.
func (p *Examples) Paint(dst *image.RGBA) {
	b := dst.Bounds()
	p.Style.Drawer.Draw(dst, p.Build(b.Dx(), b.Dy()))
}

// Build makes the scene of the list on w × h pixels, valid until the next.
func (p *Examples) Build(w, h int) *scene.Scene {
	p.Begin(&p.scene, w, h)
	p.Body(&p.scene)
	if p.Len() == 0 {
		p.Empty(&p.scene, p.none[0], p.none[1])
	}
	return &p.scene
}
