// Package stats is the table of operations, or services, of one trace: how often,
// how long, how much of it their own work, how much on the critical path. Its
// Painter turns a document into a scene and input into actions on the document.
package stats

import (
	"image"
	"slices"
	"strings"

	"traceview/internal/analysis"
	"traceview/internal/document"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/canvasview"
	"traceview/ui/table"
	"traceview/ui/xwidget"
)

// Actions are what the table asks of the window; any may be nil.
type Actions struct {
	Filter func(text string)       // look for the spans of a row
	All    func()                  // look for nothing any longer
	Show   func(i model.SpanIndex) // show a span where spans are
	Say    func(text string)
}

// The places that can be pressed; from actRow on, the filter of a row.
const (
	actOperations = iota
	actServices
	actAll
	actRow
)

// A Painter draws the statistics of one document and acts on them. All its units
// are device pixels. It is used by one goroutine; a frame costs what is on screen
// and allocates nothing once what is on screen was seen before.
type Painter struct {
	table.Table
	doc     *document.Document
	trace   *model.Trace
	actions Actions
	scene   scene.Scene
	now     document.Stats
	color   map[string]int // of services
	words   words
	tip     tip
	named   int         // version of the names
	alike   table.Alike // by operation and own name of the service
	noKind  bool        // operations are shown, and the column of their kind has no room
}

// comparedAtOnce is up to how many rows are compared by what they are called: of
// more, each shows its own name as well.
const comparedAtOnce = 20_000

// tip is the row last told of, and what was told.
type tip struct {
	st   *analysis.Stat
	text string
}

// words are the texts of a frame, looked up once a language or a list.
type words struct {
	operations, services, all, unnamed, unknown string
	kinds                                       [model.KindConsumer + 1]string
	summary, hidden                             string
	missing                                     int // how many columns hidden tells of
}

// New returns a Painter of a document.
func New(d *document.Document, s table.Style, a Actions) *Painter {
	p := &Painter{doc: d, trace: d.Trace(), actions: a, color: map[string]int{}}
	p.Init(p, d.StatTable(), s)
	p.Restyle(s)
	return p
}

// NewView returns the statistics of d in a widget; unused is offered the keys
// they do not take.
func NewView(d *document.Document, kit *xwidget.Kit, a Actions, unused func(e canvasview.Event) bool) *table.View {
	return table.NewView(kit, func(s table.Style) table.Painter { return New(d, s, a) }, unused)
}

// Restyle changes theme, language, font or scale.
func (p *Painter) Restyle(s table.Style) {
	p.Table.Restyle(s)
	t := s.Printer.T
	p.words = words{
		operations: t("stats.operations"), services: t("stats.services"), all: t("stats.all"), unnamed: t("trace.unnamed"), unknown: t("stats.noservice"),
		kinds: [...]string{"", t("stats.kind.internal"), t("stats.kind.server"), t("stats.kind.client"), t("stats.kind.producer"), t("stats.kind.consumer")},
	}
	names := make([]string, len(p.trace.Services))
	for k, sv := range p.trace.Services {
		names[k] = sv.Name
	}
	for k, n := range s.Palette.Assign(s.Colours, names) {
		p.color[names[k]] = n
	}
	p.now, p.tip = document.Stats{}, tip{}
}

// Paint draws the statistics on dst, filling it.
func (p *Painter) Paint(dst *image.RGBA) {
	b := dst.Bounds()
	p.Build(&p.scene, b.Dx(), b.Dy())
	p.Style.Drawer.Draw(dst, &p.scene)
}

// Build makes the scene of the statistics on w × h pixels.
func (p *Painter) Build(s *scene.Scene, w, h int) {
	p.update()
	p.Begin(s, w, h)
	p.noKind = slices.Contains(p.Hidden(), int(document.StatKind))
	p.drawStrip(s)
	p.Body(s)
	if p.Len() == 0 {
		p.drawEmpty(s)
	}
}

// update takes newer statistics over.
func (p *Painter) update() {
	was := p.now
	p.now = p.doc.Stats()
	p.State = p.doc.StatTable()
	p.Sorted, p.Falling = int(p.now.Order.Column), p.now.Order.Falling
	if was.All != p.now.All || p.named != p.doc.NamesVersion() || was.Services != p.now.Services || len(p.Columns) == 0 || was.Len() != p.now.Len() {
		p.Forget()
		p.SetColumns(p.columns())
		p.words.summary, p.words.missing, p.tip = p.summary(), -1, tip{}
		p.named = p.doc.NamesVersion()
		p.compare()
	}
}

// compare finds the rows that are called the same.
func (p *Painter) compare() {
	p.alike = nil
	if p.now.Services || p.named == 0 { // nothing is called otherwise than by its own name
		return
	}
	p.alike = table.Compare(p.Len(), comparedAtOnce, func(row int) [2]string {
		st, _ := p.now.At(row)
		return p.called(st)
	})
}

// called returns what the operation of a row is called, and the service.
func (p *Painter) called(st *analysis.Stat) [2]string {
	_, name := p.doc.Operation(st.Slowest)
	return [2]string{name, st.Service}
}

// operation returns what the operation of a row is called, and its own name where
// that tells it from others called the same.
func (p *Painter) operation(st *analysis.Stat) (name, own string) {
	called := p.called(st)
	if called[0] != st.Name && p.alike.Several(called) {
		own = st.Name
	}
	return called[0], own
}

// summary says what is counted.
func (p *Painter) summary() string {
	if p.now.All == nil {
		return ""
	}
	pr, n := p.Style.Printer, p.now.All.Spans
	if p.doc.Finding() {
		return pr.N("stats.matching", len(p.trace.Spans), "k", pr.Units().Number(n))
	}
	return pr.N("stats.count.operations", len(p.now.All.Operations)) + " · " + pr.N("header.services", len(p.now.All.Services)) + " · " + pr.N("header.spans", n)
}

// drawStrip draws the choice of what a row is, what is counted, and the way back
// where that is not all.
func (p *Painter) drawStrip(s *scene.Scene) {
	x, right := p.StripX()
	x = p.Switch(s, x, []table.Choice{{Label: p.words.operations, Action: actOperations, Chosen: !p.doc.StatServices()}, {Label: p.words.services, Action: actServices, Chosen: p.doc.StatServices()}}) + p.Px(16)
	if p.doc.Finding() {
		right = p.Button(s, right, p.words.all, actAll) - p.Px(16)
	}
	finding, text := p.doc.Finding(), p.words.summary
	if p.now.Busy {
		text = p.Style.Printer.T("stats.busy", "share", p.Style.Printer.Units().Percent(p.now.Share))
	}
	x = p.Line(s, x, right-x, finding && !p.now.Busy, text) + p.Px(16)
	if hidden := p.hiddenColumns(); hidden != "" && right-x > p.Px(60) {
		p.Line(s, x, right-x, false, hidden)
	}
}

// hiddenColumns says which columns have no room.
func (p *Painter) hiddenColumns() string {
	ids := p.Hidden()
	if len(ids) != p.words.missing {
		p.words.missing, p.words.hidden = len(ids), ""
		if len(ids) > 0 {
			var titles []string
			for _, c := range p.Columns {
				for _, id := range ids {
					if id == c.ID {
						titles = append(titles, c.Title)
					}
				}
			}
			p.words.hidden = p.Style.Printer.T("stats.hidden", "list", strings.Join(titles, ", "))
		}
	}
	return p.words.hidden
}

// drawEmpty says why there are no rows.
func (p *Painter) drawEmpty(s *scene.Scene) {
	t := p.Style.Printer.T
	switch {
	case p.now.Err != nil:
		p.Empty(s, t("stats.failed", "error", p.now.Err.Error()), "")
	case p.now.Busy:
		p.Empty(s, p.Style.Printer.N("stats.adding", len(p.trace.Spans)), "")
	case p.doc.Finding():
		p.Empty(s, t("stats.none"), t("stats.none.next"))
	default:
		p.Empty(s, t("timeline.empty"), t("timeline.empty.next"))
	}
}
