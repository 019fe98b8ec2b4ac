package document

import (
	"math"

	"traceview/internal/analysis"
	"traceview/internal/layout"
	"traceview/internal/model"
	"traceview/internal/query"
	"traceview/internal/savedview"
)

// Restore looks at the trace as SavedView said, as one step. The Document does
// not evaluate filters: matches are the spans that the view's filter finds, nil
// where nothing is to be looked for. The view is not trusted, and the trace may
// be another by now: what it says of spans or instants that are not there, and
// names that are not known, count as left out.
func (d *Document) Restore(v savedview.Trace, matches query.Set) {
	d.act(stepOnce, func() bool {
		r := restorer{doc: d, view: v, at: map[spanName]model.SpanIndex{}}
		r.locate()
		p := d.place()
		p.pane, p.only, p.selected, p.scroll = v.View, v.Only, model.NoSpan, layout.Scroll{}
		p.found, p.shown = nil, nil
		if v.Filter != "" && matches != nil {
			p.found = &found{text: v.Filter, matches: matches, count: matches.Len()}
			p.shown = r.shown(matches)
		}
		p.sort, _ = numberOf[Sort](sortNames[:], v.Sort)
		p.stats, p.view = r.stats(), r.shownTime()
		p.merged = mergedLook{focus: model.NoSpan, view: layout.Viewport{Width: p.merged.view.Width}}
		d.put(p)
		d.setRule(r.colours())
		d.measure, d.measuring = r.measured()
		r.rows()
		if v.Merged != nil {
			r.merged(*v.Merged)
		}
		return true
	})
}

// A restorer finds in a trace what a saved view names.
type restorer struct {
	doc  *Document
	view savedview.Trace
	at   map[spanName]model.SpanIndex // NoSpan for one that is not there
}

// A spanName is a savedview.Span that was read.
type spanName struct {
	id model.SpanID
	n  int
}

// nameOf reads the name of a span.
func nameOf(s savedview.Span) (spanName, bool) {
	id, err := model.ParseSpanID(s.ID)
	return spanName{id, s.N}, err == nil && s.ID != ""
}

// locate looks for all spans that the view names, with one pass over the trace.
func (r *restorer) locate() {
	v, m := &r.view, savedview.Merged{}
	if v.Merged != nil {
		m = *v.Merged
	}
	var pair []*savedview.Span
	if v.Measured != nil {
		pair = append(pair, v.Measured.Span, v.Measured.Other)
	}
	met := map[model.SpanID]int{}
	want := func(s savedview.Span) {
		if name, ok := nameOf(s); ok {
			r.at[name], met[name.id] = model.NoSpan, 0
		}
	}
	for _, s := range append(pair, v.Selected, v.Top, m.Zoom, m.Focus) {
		if s != nil {
			want(*s)
		}
	}
	for _, list := range [][]savedview.Span{v.Collapsed, v.Expanded, v.Admitted, m.Outer} {
		for _, s := range list[:min(len(list), mostNamed)] {
			want(s)
		}
	}
	if len(met) == 0 {
		return
	}
	for i := range r.doc.trace.Spans {
		id := r.doc.trace.Spans[i].ID
		n, ok := met[id]
		if !ok {
			continue
		}
		met[id] = n + 1
		if _, ok := r.at[spanName{id, n}]; ok {
			r.at[spanName{id, n}] = model.SpanIndex(i)
		}
	}
}

// one returns the span with a name, NoSpan where there is none.
func (r *restorer) one(s *savedview.Span) model.SpanIndex {
	if s == nil {
		return model.NoSpan
	}
	name, ok := nameOf(*s)
	if !ok {
		return model.NoSpan
	}
	if i, ok := r.at[name]; ok {
		return i
	}
	return model.NoSpan
}

// many returns the spans with some names.
func (r *restorer) many(list []savedview.Span) query.Set {
	out := query.NewSet(len(r.doc.trace.Spans))
	for k := range list[:min(len(list), mostNamed)] {
		if i := r.one(&list[k]); i != model.NoSpan {
			out.Add(i)
		}
	}
	return out
}

// shown returns what rows may show, nil for all.
func (r *restorer) shown(matches query.Set) *shown {
	if !r.view.Only {
		return nil
	}
	all := r.many(r.view.Admitted)
	for k := range all {
		all[k] |= matches[k]
	}
	set := withAncestors(r.doc.trace, all)
	return r.doc.find.newShown(set, len(r.doc.trace.Spans)-set.Len())
}

// shownTime returns the stretch of time in sight, all where the trace has
// nothing of it.
func (r *restorer) shownTime() layout.Viewport {
	all := layout.Fit(r.doc.trace.Dur, r.doc.view.Width)
	if r.view.Shown == nil {
		return all
	}
	if from, to, ok := r.doc.relative(*r.view.Shown); ok {
		return all.Range(from, to)
	}
	return all
}

// rows folds, selects and scrolls.
func (r *restorer) rows() {
	d, v := r.doc, &r.view
	named := r.many(v.Collapsed)
	if v.AllFolded {
		named = r.many(v.Expanded)
	}
	d.rows.FoldOnly(func(i model.SpanIndex) bool { return named.Has(i) != v.AllFolded })
	if i := r.one(v.Selected); i != model.NoSpan {
		d.admit(i)
		d.selected = d.rows.Span(d.rows.Row(i)) // what hides it is shown
	}
	d.list.Rows = d.rows.Len()
	t := top{rows: max(v.Rows, 0)}
	if i := r.one(v.Top); i != model.NoSpan {
		t.row, t.above = max(d.rows.Nearest(i), 0), min(max(v.Above, 0), 1)
	}
	d.scrollAt(t)
}

// scrollAt scrolls the rows to a top, as soon as the size of the view is known.
// A smaller view than somebody saw it in still has the selected row.
func (d *Document) scrollAt(t top) {
	d.aim = nil
	px := t.row * d.list.RowPx
	if d.list.ViewPx == 0 {
		t.scroll = d.list.At(px)
		d.scroll, d.aim = t.scroll, &t
		return
	}
	d.scroll = d.list.At(px + int(math.Round(t.above*float64(d.list.RowPx))))
	if row := d.rows.Row(d.selected); row >= t.row && row-t.row <= t.rows && t.rows > d.list.Page() && !d.onScreen(d.selected) {
		d.scroll = d.bring(row)
	}
}

// colours returns the rule of colours, the usual one where the view has none.
func (r *restorer) colours() ColourRule {
	c := r.view.Colour
	if c == nil {
		return ColourRule{}
	}
	by, ok := numberOf[ColourBy](colourNames[:], c.By)
	if !ok {
		return ColourRule{Palette: c.Palette}
	}
	return ColourRule{By: by, Key: c.Key, Palette: c.Palette}
}

// stats returns how statistics are looked at.
func (r *restorer) stats() statChoice {
	out := usualStats()
	if r.view.Stats == nil {
		return out
	}
	out.services = r.view.Stats.Services
	for k, o := range []savedview.Order{r.view.Stats.Operations, r.view.Stats.OfServices} {
		if c, ok := numberOf[StatColumn](columnNames[:], o.Column); ok {
			out.order[k] = StatOrder{c, o.Falling}
		}
	}
	return out
}

// measured returns what is measured. The spans it is between count only where
// they give that very stretch.
func (r *restorer) measured() (Measure, bool) {
	if r.view.Measured == nil {
		return Measure{}, false
	}
	from, to, ok := r.doc.relative(r.view.Measured.Range)
	if !ok {
		return Measure{}, false
	}
	drawn := Measure{From: from, To: to, Span: model.NoSpan, Other: model.NoSpan}
	m := drawn
	m.Span, m.Other, m.Gap = r.one(r.view.Measured.Span), r.one(r.view.Measured.Other), r.view.Measured.Gap
	if m.Span == model.NoSpan || m.Gap && m.Other == model.NoSpan {
		return drawn, true
	}
	if a, b := r.doc.across(m.Span, m.Other, m.Gap); a != from || b != to {
		return drawn, true
	}
	return m, true
}

// merged looks at the merged flame, which is made now: what is zoomed to counts
// only where each call is inside the one before.
func (r *restorer) merged(v savedview.Merged) {
	m := r.doc.Merged()
	for w := range analysis.Weights {
		if w.String() == v.Weight {
			m.weight = w
		}
	}
	if m.focus = r.one(v.Focus); m.focus == model.NoSpan && v.Zoom == nil && v.Shown == nil {
		return // it can wait until somebody looks
	}
	m.update()
	chain := []model.SpanIndex{r.one(v.Zoom)}
	for k := range v.Outer[:min(len(v.Outer), mostNamed)] {
		chain = append(chain, r.one(&v.Outer[k]))
	}
	for k := len(chain) - 1; k >= 0; k-- {
		call := m.calls.Of(chain[k])
		if call < 0 || m.calls.Nodes[call].Total == 0 || m.zoom != nil && (m.Zoomed() == call || !m.within(call, m.Zoomed())) {
			continue
		}
		m.zoom = &zoomed{chain[k], m.zoom}
	}
	m.fit()
	if s := v.Shown; s != nil && s.From >= 0 && s.From < s.To && s.To <= m.view.Total {
		m.view = m.view.Range(s.From, s.To)
	}
}
