package document

import (
	"slices"

	"traceview/internal/analysis"
	"traceview/internal/layout"
	"traceview/internal/model"
	"traceview/internal/savedview"
)

// mostNamed bounds the spans that a saved view names in one list, so that it
// stays a file of some megabytes.
const mostNamed = 250_000

// SavedView returns how the trace is looked at: all that a step of the way back
// holds, what is measured and the colours. It takes a pass over the spans, some
// 20 ms for a million.
func (d *Document) SavedView() savedview.Trace {
	s := saver{doc: d, wanted: map[model.SpanIndex][]*savedview.Span{}}
	v := savedview.Trace{
		TraceID: d.trace.ID.String(), View: d.pane, Filter: d.FindText(), Only: d.find.only,
		Selected: s.one(d.selected), Colour: d.colour.rule.saved(), Stats: d.stats.saved(),
	}
	if !d.view.Fitted() {
		v.Shown = d.absolute(d.view.Start, d.view.End())
	}
	if d.sort != SortStart {
		v.Sort = d.sort.String()
	}
	top := d.aimed()
	v.Top, v.Above, v.Rows = s.one(d.rows.Span(top.row)), top.above, top.rows
	if top.row == 0 && top.above == 0 {
		v.Top = nil // also of a trace that grew upwards since
	}
	s.folds(&v)
	v.Admitted = s.many(d.admitted())
	if d.measuring {
		m := d.measure
		v.Measured = &savedview.Measure{Range: *d.absolute(m.From, m.To), Span: s.one(m.Span), Other: s.one(m.Other), Gap: m.Gap}
	}
	if d.merged != nil {
		v.Merged = s.merged(d.merged)
	}
	s.finish()
	return v
}

// absolute returns a stretch of time of the trace by the clock.
func (d *Document) absolute(from, to int64) *savedview.Range {
	return &savedview.Range{From: d.trace.Epoch + from, To: d.trace.Epoch + to}
}

// relative is the reverse, false where the range has nothing of the trace.
func (d *Document) relative(r savedview.Range) (from, to int64, ok bool) {
	from, to = sub(r.From, d.trace.Epoch), sub(r.To, d.trace.Epoch)
	end := max(d.trace.Dur, 0)
	return max(from, 0), min(to, end), from <= to && to >= 0 && from <= end
}

// admitted returns the spans that rows may show although they neither match nor
// have a match below them; nil where all are shown.
func (d *Document) admitted() []model.SpanIndex {
	if d.find.shown == nil {
		return nil
	}
	var out []model.SpanIndex
	usual := withAncestors(d.trace, d.find.found.matches)
	for i := d.find.shown.set.Next(0); i != model.NoSpan && len(out) < mostNamed; i = d.find.shown.set.Next(i + 1) {
		if !usual.Has(i) {
			out = append(out, i)
		}
	}
	return out
}

// saved returns the rule as saved views hold it, nil for the usual one.
func (r ColourRule) saved() *savedview.Colour {
	if r == (ColourRule{}) || r.By >= colourBys {
		return nil
	}
	return &savedview.Colour{By: colourNames[r.By], Key: r.Key, Palette: r.Palette}
}

// saved returns the choice as saved views hold it, nil for the usual one.
func (c statChoice) saved() *savedview.Stats {
	if c == usualStats() {
		return nil
	}
	order := func(o StatOrder) savedview.Order {
		return savedview.Order{Column: o.Column.String(), Falling: o.Falling}
	}
	return &savedview.Stats{Services: c.services, Operations: order(c.order[0]), OfServices: order(c.order[1])}
}

// A saver names spans. What it hands out is filled in when it is finished, with
// one pass over the trace.
type saver struct {
	doc    *Document
	wanted map[model.SpanIndex][]*savedview.Span
}

// one returns what will be the name of a span, nil for none.
func (s *saver) one(i model.SpanIndex) *savedview.Span {
	if !s.doc.has(i) {
		return nil
	}
	name := new(savedview.Span)
	s.wanted[i] = append(s.wanted[i], name)
	return name
}

// many is one for several, nil for none.
func (s *saver) many(list []model.SpanIndex) []savedview.Span {
	if len(list) == 0 {
		return nil
	}
	out := make([]savedview.Span, len(list))
	for k, i := range list {
		s.wanted[i] = append(s.wanted[i], &out[k])
	}
	return out
}

func (s *saver) finish() {
	spans := s.doc.trace.Spans
	met := make(map[model.SpanID]int, len(s.wanted))
	for i := range s.wanted {
		met[spans[i].ID] = 0
	}
	for i := range spans {
		n, ok := met[spans[i].ID]
		if !ok {
			continue
		}
		met[spans[i].ID] = n + 1
		for _, name := range s.wanted[model.SpanIndex(i)] {
			*name = savedview.Span{ID: spans[i].ID.String(), N: n}
		}
	}
}

// folds names the spans that are folded or, where they are fewer, those with
// children that are not.
func (s *saver) folds(v *savedview.Trace) {
	var folded, open []model.SpanIndex
	for i := range s.doc.trace.Spans {
		switch i := model.SpanIndex(i); {
		case s.doc.trace.Spans[i].End == i+1:
		case s.doc.rows.Collapsed(i):
			folded = append(folded, i)
		default:
			open = append(open, i)
		}
	}
	if len(folded) <= len(open) {
		v.Collapsed = s.many(folded[:min(len(folded), mostNamed)])
		return
	}
	v.AllFolded, v.Expanded = true, s.many(open[:min(len(open), mostNamed)])
}

// merged returns how the merged flame is looked at, nil for the usual way.
func (s *saver) merged(m *Merged) *savedview.Merged {
	if m.calls != nil { // of another filter than what was looked at, all that is left is seen
		m.update()
	}
	out := savedview.Merged{Focus: s.one(m.focus)}
	if m.weight != analysis.OnPath {
		out.Weight = m.weight.String()
	}
	if z := m.zoom; z != nil {
		out.Zoom = s.one(z.span)
		var outer []model.SpanIndex
		for z = z.out; z != nil && len(outer) < mostNamed; z = z.out {
			outer = append(outer, z.span)
		}
		out.Outer = s.many(outer)
	}
	if m.view.Total > 0 && m.calls != nil { // else nobody looked at it yet
		if fit := m.fitted(); m.view.Start != fit.Start || m.view.End() != fit.End() {
			out.Shown = &savedview.Range{From: m.view.Start, To: m.view.End()}
		}
	}
	if out.Weight == "" && out.Zoom == nil && out.Focus == nil && out.Shown == nil {
		return nil
	}
	return &out
}

// A top is where a list of rows is scrolled to, whatever the size of its view.
type top struct {
	row    int
	above  float64       // share of that row above the edge
	rows   int           // in sight as a whole when somebody saw it so
	scroll layout.Scroll // what it comes to while the size of the view is not known
}

// aimed returns where the rows are scrolled to or, before they were seen, will be.
func (d *Document) aimed() top {
	if t := d.aim; t != nil && d.list.ViewPx == 0 && d.scroll == t.scroll {
		return *t
	}
	t := top{row: d.scroll.Row, above: float64(d.scroll.Off) / float64(max(d.list.RowPx, 1))}
	if d.list.ViewPx > 0 {
		t.rows = d.list.Page()
	}
	return t
}

// columnNames are the columns of statistics as saved views hold them.
var columnNames = [StatColumns]string{
	StatName: "name", StatService: "service", StatKind: "kind", StatCount: "count", StatErrors: "errors", StatTotal: "total",
	StatSelf: "self", StatPath: "path", StatShare: "share", StatMin: "min", StatP50: "p50", StatP95: "p95", StatP99: "p99", StatMax: "max",
}

// String returns the name of the column as saved views hold it.
func (c StatColumn) String() string {
	if c < StatColumns {
		return columnNames[c]
	}
	return ""
}

// colourNames are what colours tell apart, as saved views hold it.
var colourNames = [colourBys]string{ByService: "service", ByOperation: "operation", ByKind: "kind", ByAttribute: "attribute"}

// numberOf returns the place of a name in a list, and whether it is there.
func numberOf[T ~uint8](names []string, name string) (T, bool) {
	k := slices.Index(names, name)
	return T(max(k, 0)), k >= 0
}
