package performance

import (
	"cmp"
	"image"
	"math"
	"slices"
	"strings"

	"traceview/internal/analysis/traffic"
	"traceview/internal/document"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/canvasview"
	"traceview/ui/table"
	"traceview/ui/xwidget"
)

// The columns of Rows.
const (
	colName = iota
	colService
	colCount
	colRate
	colErrors
	colFailed
	colP50
	colP95
	colP99
	colMax
	colSelf
	colPath
	colTrend
)

// A Rows is the table of operations, or of services.
type Rows struct {
	table.Table
	total    *traffic.Total
	services bool
	list     []traffic.Row
	order    []int32 // places in list
	sorted   [2]document.StatOrder
	tables   [2]document.Table
	scene    scene.Scene
	color    map[string]int
	alike    table.Alike // system and name
	kinds    [model.KindConsumer + 1]string
	words    rowWords
	empty    [2]string
	do       func(r *traffic.Row)
	trends   map[trendKey]string
	rate     rate
	tipOf    *traffic.Row
	tip      string
}

type rowWords struct{ unnamed, unknown, few, same, less, more string }

// trendKey names the text of a trend: its ratio in hundredths.
type trendKey struct {
	change traffic.Change
	tail   bool
	ratio  int
}

// NewRows returns the table with nothing in it; do opens the examples of a row.
func NewRows(s table.Style, do func(r *traffic.Row)) *Rows {
	p := &Rows{do: do, color: map[string]int{}}
	for k := range p.sorted {
		p.sorted[k] = document.StatOrder{Column: colSelf, Falling: true}
	}
	p.Init(p, &p.tables[0], s)
	p.Bare, p.Opens = true, true
	p.Restyle(s)
	return p
}

// NewRowsView returns the table in a widget, and its painter; unused is offered the
// keys it does not take.
func NewRowsView(kit *xwidget.Kit, do func(r *traffic.Row), unused func(e canvasview.Event) bool) (*table.View, *Rows) {
	var p *Rows
	v := table.NewView(kit, func(s table.Style) table.Painter {
		p = NewRows(s, do)
		return p
	}, unused)
	return v, p
}

// Restyle changes theme, language, font or scale.
func (p *Rows) Restyle(s table.Style) {
	p.Table.Restyle(s)
	t := s.Printer.T
	p.words = rowWords{t("trace.unnamed"), t("stats.noservice"), t("perf.trend.few"), t("perf.trend.same"), t("perf.trend.failless"), t("perf.trend.failmore")}
	p.kinds = [...]string{"", t("stats.kind.internal"), t("stats.kind.server"), t("stats.kind.client"), t("stats.kind.producer"), t("stats.kind.consumer")}
	p.trends, p.tipOf = map[trendKey]string{}, nil
	p.dress()
}

// Set shows what was added up, by service or by operation; empty says why there is
// nothing.
func (p *Rows) Set(total *traffic.Total, services bool, empty [2]string) {
	var chosen traffic.Target
	if r := p.Chosen(); r != nil {
		chosen = r.Target
	}
	p.total, p.services, p.empty, p.list, p.tipOf = total, services, empty, nil, nil
	if total != nil {
		p.list = total.Operations
		if services {
			p.list = total.Services
		}
	}
	p.State = &p.tables[p.which()]
	p.sort()
	for row, k := range p.order {
		if p.list[k].Target == chosen {
			p.State.Row = row
		}
	}
	p.dress()
}

func (p *Rows) which() int {
	if p.services {
		return 1
	}
	return 0
}

// dress makes columns, colours and texts for the rows.
func (p *Rows) dress() {
	var names []string
	if p.total != nil {
		for k := range p.total.Services {
			names = append(names, p.total.Services[k].Service)
		}
	}
	slices.Sort(names)
	for k, n := range p.Style.Palette.Assign(p.Style.Colours, names) {
		p.color[names[k]] = n
	}
	p.rate = p.rateOf()
	p.compare()
	p.SetColumns(p.columns())
	p.Forget()
}

// comparedAtOnce is up to how many rows are compared by what they are called: 20 ms.
// Of more, each shows its own name as well.
const comparedAtOnce = 2000

// compare finds the rows that are called the same.
func (p *Rows) compare() {
	p.alike = nil
	if p.services || p.Style.Names == nil {
		return
	}
	p.alike = table.Compare(len(p.list), comparedAtOnce, func(k int) [2]string { return p.called(&p.list[k]) })
}

// called returns what the service and the operation of a row are called.
func (p *Rows) called(r *traffic.Row) [2]string {
	return [2]string{p.Style.Names.System(r.Service), p.Style.Names.Step(r.Service, r.Name)}
}

// A rate is the time that throughput is told for.
type rate struct {
	word string
	ns   float64
}

// rateOf returns the shortest time in which the busiest row has ten spans.
func (p *Rows) rateOf() rate {
	list := []rate{{"second", 1e9}, {"minute", 60e9}, {"hour", 3600e9}, {"day", 86400e9}}
	most := 0
	for k := range p.list {
		most = max(most, p.list[k].Count)
	}
	if p.total == nil {
		return list[3]
	}
	for _, r := range list {
		if float64(most)*r.ns >= 10*float64(p.total.Window.Dur()) {
			return r
		}
	}
	return list[3]
}

func (p *Rows) columns() []table.Column {
	words := p.Style.Printer
	u := words.Units()
	col := func(id int, word string, c table.Column) table.Column {
		c.ID, c.Title, c.Tip, c.Sorts = id, words.T("perf.col."+word), words.T("perf.tip."+word), true
		return c
	}
	longest := p.Widest(u.Duration(888_000), u.Duration(88_800_000), u.Duration(3588e9))
	share := p.Widest(u.Percent(0.888), u.Percent(0.9999))
	figure := func(id int, word, sample string, keep int) table.Column {
		return col(id, word, table.Column{Sample: sample, Right: true, Keep: keep})
	}
	list := []table.Column{
		col(colName, "operation", table.Column{Dp: 180, Grow: 3, Lead: true, Keep: 100}),
		col(colService, "service", table.Column{Dp: 100, Grow: 1, Lead: p.services, Keep: 78}),
		figure(colCount, "count", u.Number(1_888_888), 90),
		figure(colRate, "rate."+p.rate.word, u.Number(88_888), 55),
		figure(colErrors, "errors", u.Number(88_888), 85),
		figure(colFailed, "failed", share, 84),
		figure(colP50, "p50", longest, 70),
		figure(colP95, "p95", longest, 95),
		figure(colP99, "p99", longest, 50),
		figure(colMax, "max", longest, 60),
		figure(colSelf, "self", share, 88),
		figure(colPath, "path", share, 65),
		col(colTrend, "trend", table.Column{Sample: p.Widest("▲ "+p.words.same, "▲  "+p.trendText(&traffic.Trend{Latency: traffic.More, Ratio: 88.8}), "▲  "+p.trendText(&traffic.Trend{Latency: traffic.More, Tail: true, Ratio: 1.88}), "▲  "+p.words.more), Keep: 92}),
	}
	if p.services {
		list[1].Dp, list[1].Grow, list[1].Keep = 180, 3, 100
		list[2].Tip = words.T("perf.tip.requests")
		list[2].Title = words.T("perf.col.requests")
		return list[1:]
	}
	return list
}

// Len implements table.Source.
func (p *Rows) Len() int { return len(p.order) }

// At returns a row.
func (p *Rows) At(row int) *traffic.Row { return &p.list[p.order[row]] }

// Chosen returns the row chosen, nil if there is none.
func (p *Rows) Chosen() *traffic.Row {
	if p.State.Row < 0 || p.State.Row >= p.Len() {
		return nil
	}
	return p.At(p.State.Row)
}

// sort puts the rows into the order chosen.
func (p *Rows) sort() {
	o := p.sorted[p.which()]
	p.Sorted, p.Falling = int(o.Column), o.Falling
	p.order = make([]int32, len(p.list))
	for k := range p.order {
		p.order[k] = int32(k)
	}
	sign := 1
	if o.Falling {
		sign = -1
	}
	slices.SortStableFunc(p.order, func(a, b int32) int { return sign * compareRows(&p.list[a], &p.list[b], int(o.Column)) })
}

// compareRows compares rows by a column.
func compareRows(a, b *traffic.Row, column int) int {
	part := func(n, of int) float64 { return float64(n) / float64(max(of, 1)) }
	switch column {
	case colName:
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Service, b.Service))
	case colService:
		return cmp.Or(strings.Compare(a.Service, b.Service), strings.Compare(a.Name, b.Name))
	case colCount, colRate:
		return cmp.Compare(a.Count, b.Count)
	case colErrors:
		return cmp.Compare(a.Errors, b.Errors)
	case colFailed:
		return cmp.Compare(part(a.Errors, a.Count), part(b.Errors, b.Count))
	case colP50:
		return cmp.Compare(a.P50, b.P50)
	case colP95:
		return cmp.Compare(a.P95, b.P95)
	case colP99:
		return cmp.Compare(a.P99, b.P99)
	case colMax:
		return cmp.Compare(a.Max, b.Max)
	case colPath:
		return cmp.Compare(a.Path, b.Path)
	case colTrend:
		return cmp.Compare(trendWeight(&a.Trend), trendWeight(&b.Trend))
	}
	return cmp.Compare(a.Self, b.Self)
}

// trendWeight puts what became worse above what did not change, and that above what
// became better; what nothing is known of is below all.
func trendWeight(t *traffic.Trend) float64 {
	if t.Latency == traffic.Unknown {
		return math.Inf(-1)
	}
	w := 0.0
	if t.Latency != traffic.Same {
		w = math.Log(max(t.Ratio, 1e-9))
	}
	switch t.Failures {
	case traffic.More:
		w += 10
	case traffic.Less:
		w -= 10
	}
	return w
}

// trendText writes a trend.
func (p *Rows) trendText(t *traffic.Trend) string {
	switch t.Latency {
	case traffic.Unknown:
		return p.words.few
	case traffic.Same:
		return p.words.same
	}
	k := trendKey{t.Latency, t.Tail, int(math.Round(t.Ratio * 100))}
	if text, ok := p.trends[k]; ok {
		return text
	}
	keys, ratio := [2]string{"perf.trend.slower", "perf.trend.slower.tail"}, t.Ratio
	if t.Latency == traffic.Less {
		keys, ratio = [2]string{"perf.trend.faster", "perf.trend.faster.tail"}, 1/max(ratio, 1e-9)
	}
	key := keys[0]
	if t.Tail {
		key = keys[1]
	}
	text := p.Style.Printer.T(key, "times", timesText(ratio, p.Style.Printer.Units().Lang()))
	p.trends[k] = text
	return text
}

// Paint draws the table on dst, filling it.
func (p *Rows) Paint(dst *image.RGBA) {
	b := dst.Bounds()
	p.Style.Drawer.Draw(dst, p.Build(b.Dx(), b.Dy()))
}

// Build makes the scene of the table on w × h pixels, valid until the next.
func (p *Rows) Build(w, h int) *scene.Scene {
	p.Begin(&p.scene, w, h)
	p.Body(&p.scene)
	if p.Len() == 0 {
		p.Empty(&p.scene, p.empty[0], p.empty[1])
	}
	return &p.scene
}
