package document

import (
	"context"

	"traceview/internal/analysis"
	"traceview/internal/layout"
	"traceview/internal/model"
	"traceview/internal/query"
)

// Merged is the merged call tree of a Document and how it is looked at: what it
// weighs, which call is zoomed to, which operation stands between its callers
// and callees. Calls are kept by a span of theirs, which says the same after the
// tree was merged or weighed anew. The methods that act say whether the picture
// changed, and tell the observers of the Document if so.
type Merged struct {
	doc *Document
	mergedLook

	lazy     lazy[mergedKey, mergedTree]
	atOnce   bool            // what was looked at before is only in a tree still to be made
	calls    *analysis.Calls // of the newest tree there is, as flame
	flame    *layout.Flame
	between  model.SpanIndex // focus of sandwich
	sandwich *Sandwich
	matches  matched
}

// mergedKey is what the merged call tree depends on.
type mergedKey struct {
	shown  int // ShownVersion
	weight analysis.Weight
}

// mergedTree is a merged call tree, weighed and laid out.
type mergedTree struct {
	merge *analysis.Merge
	calls *analysis.Calls
	flame *layout.Flame
}

// mergedLook is how the merged call tree is looked at: all of it that a step of
// the way back brings back.
type mergedLook struct {
	weight analysis.Weight
	zoom   *zoomed         // nil for the whole
	focus  model.SpanIndex // NoSpan for the whole tree
	view   layout.Viewport // of weight; its Total tells of what, 0 of nothing
}

// zoomed is a call that was zoomed to. It is not changed once made.
type zoomed struct {
	span model.SpanIndex // one of the call
	out  *zoomed         // what ZoomOut leads to, which contains it; nil for the whole
}

// A Sandwich is one operation between callers and callees, laid out.
type Sandwich struct {
	*analysis.Sandwich
	Up, Down *layout.Flame // of Callers and Callees
}

// matched is where in the merged flame the matches are.
type matched struct {
	version int
	boxes   query.Set // by position; nil where nothing is looked for
	share   float64
}

// Merged returns the merged call tree. It is computed when first asked for: the
// call tree of a million spans in some 100 ms. That of another filter is made in
// the background, see RunIn, since a filter changes with every letter typed.
func (d *Document) Merged() *Merged {
	if d.merged == nil {
		d.merged = &Merged{doc: d, lazy: lazy[mergedKey, mergedTree]{doc: d}, between: model.NoSpan, mergedLook: mergedLook{focus: model.NoSpan, view: layout.Viewport{Width: 1}}}
	}
	return d.merged
}

// update computes what is not there or no longer right.
func (m *Merged) update() {
	l, key := &m.lazy, mergedKey{m.doc.ShownVersion(), m.weight}
	if !l.fresh(key) {
		// What a weight is called stands beside the tree, which must not be another's.
		long := l.ready && l.have.weight == key.weight && len(m.doc.trace.Spans) > flameAtOnce
		if m.atOnce {
			l.stop()
		}
		l.get(key, long && !m.atOnce, m.work(key), m.take)
	}
	m.atOnce = false
	if m.between != m.focus {
		m.setFocus(m.focus)
	}
	if m.view.Total != m.total() {
		m.fit()
	}
}

// work returns what makes a tree, on any goroutine.
func (m *Merged) work(key mergedKey) func(context.Context, func(float64)) (mergedTree, error) {
	d, of := m.doc, m.weigh()
	t, shown, e := d.trace, analysis.Set(d.Shown()), d.Errors()
	var merge *analysis.Merge
	if m.lazy.ready && m.lazy.have.shown == key.shown {
		merge = m.lazy.value.merge
	}
	return func(ctx context.Context, _ func(float64)) (mergedTree, error) {
		if merge == nil {
			merge = analysis.NewMerge(t, shown, e)
		}
		if ctx.Err() != nil {
			return mergedTree{}, ctx.Err()
		}
		calls := merge.Weigh(key.weight, of)
		return mergedTree{merge, calls, layout.NewMergedFlame(calls)}, nil
	}
}

// take takes a new tree over.
func (m *Merged) take(to mergedTree) {
	m.calls, m.flame = to.calls, to.flame
	m.matches = matched{version: -1}
	m.between, m.sandwich = model.NoSpan, nil
	m.trimZoom()
}

// total returns the weight of what is shown.
func (m *Merged) total() int64 {
	if m.sandwich != nil {
		return max(m.sandwich.Total, 1)
	}
	return max(m.calls.Total, 1)
}

// restore looks at the tree as before; the size of the view stays what it is now.
func (m *Merged) restore(l mergedLook) {
	l.view = l.view.Resize(m.view.Width)
	m.mergedLook, m.atOnce = l, true
}

// weigh returns what each span weighs.
func (m *Merged) weigh() func(i model.SpanIndex) int64 {
	d := m.doc
	switch m.weight {
	case analysis.OnPath:
		path := d.Path()
		return func(i model.SpanIndex) int64 { return path.Of(i).Total() }
	case analysis.SelfTime:
		return d.Work().Self
	}
	return func(i model.SpanIndex) int64 { return d.trace.Spans[i].Dur }
}

// Calls returns the call tree of the spans shown. It changes with them and with
// the weight.
func (m *Merged) Calls() *analysis.Calls { m.update(); return m.calls }

// Flame returns the call tree laid out.
func (m *Merged) Flame() *layout.Flame { m.update(); return m.flame }

// Sandwich returns the operation between its callers and callees, nil if the
// whole tree is shown.
func (m *Merged) Sandwich() *Sandwich { m.update(); return m.sandwich }

// Weight returns what the calls weigh.
func (m *Merged) Weight() analysis.Weight { return m.weight }

// SetWeight chooses what the calls weigh.
func (m *Merged) SetWeight(w analysis.Weight) bool {
	return m.doc.act(stepOnce, func() bool {
		if w == m.weight || w >= analysis.Weights {
			return false
		}
		m.weight, m.view.Total = w, 0
		return true
	})
}

// View returns the stretch of weight in view, as a Viewport of time.
func (m *Merged) View() layout.Viewport { m.update(); return m.view }

// Resize tells how many pixels wide the view is. As with Document.Resize,
// observers are not told.
func (m *Merged) Resize(px int) bool {
	m.update()
	v := m.view.Resize(px)
	ok := v != m.view
	m.view = v
	return ok
}

// Zoomed returns the call that was zoomed to last, -1 for none.
func (m *Merged) Zoomed() int32 {
	m.update()
	if m.zoom == nil {
		return -1
	}
	return m.calls.Of(m.zoom.span)
}

// Zoom shows a call on the whole width, -1 the whole tree. ZoomOut leads back
// to what was shown before, if that contains it.
func (m *Merged) Zoom(call int32) bool {
	return m.doc.act(stepOnce, func() bool {
		m.update()
		if int(call) >= len(m.calls.Nodes) || call >= 0 && m.calls.Nodes[call].Total == 0 {
			return false
		}
		before := m.mergedLook
		for m.zoom != nil && !m.within(call, m.calls.Of(m.zoom.span)) {
			m.zoom = m.zoom.out
		}
		if call >= 0 && m.Zoomed() != call {
			m.zoom = &zoomed{m.calls.Nodes[call].Slowest, m.zoom}
		}
		m.fit()
		return m.mergedLook != before
	})
}

// ZoomTo is Zoom that selects the slowest span of the call too.
func (m *Merged) ZoomTo(call int32) bool {
	return m.doc.act(stepOnce, func() bool {
		if call < 0 || int(call) >= len(m.Calls().Nodes) {
			return false
		}
		chosen := m.doc.SelectBar(m.calls.Nodes[call].Slowest)
		return m.Zoom(call) || chosen
	})
}

// within says whether a call is another one or below it.
func (m *Merged) within(call, other int32) bool {
	return call >= other && other >= 0 && call < m.calls.Nodes[other].End
}

// ZoomOut shows what was shown before the last Zoom, or all of it where only
// ZoomAt or Pan led away.
func (m *Merged) ZoomOut() bool {
	return m.doc.act(stepOnce, func() bool {
		m.update()
		switch {
		case m.sandwich == nil && m.zoom != nil:
			m.zoom = m.zoom.out
		case m.view.Fitted():
			return false
		}
		m.fit()
		return true
	})
}

// ZoomReset shows the whole tree, or the whole operation of a Sandwich.
func (m *Merged) ZoomReset() bool {
	if m.Sandwich() == nil {
		return m.Zoom(-1)
	}
	return m.setView(stepZoom, layout.Fit(m.view.Total, m.view.Width))
}

// ZoomAt zooms by factor, above 1 into the tree, around pixel x.
func (m *Merged) ZoomAt(x, factor float64) bool {
	return m.setView(stepZoom, m.View().ZoomAt(x, factor))
}

// Pan moves the view by dx pixels to the right.
func (m *Merged) Pan(dx float64) bool { return m.setView(stepScroll, m.View().Pan(dx)) }

func (m *Merged) setView(kind step, v layout.Viewport) bool {
	return m.doc.act(kind, func() bool {
		ok := v != m.view
		m.view = v
		return ok
	})
}

// fit shows what is zoomed to.
func (m *Merged) fit() { m.view = m.fitted() }

// fitted returns the view of what is zoomed to.
func (m *Merged) fitted() layout.Viewport {
	all := layout.Fit(m.total(), m.view.Width)
	if m.sandwich != nil || m.zoom == nil {
		return all
	}
	if at := m.calls.Of(m.zoom.span); at >= 0 { // else the tree it is in could not be made
		n := &m.calls.Nodes[at]
		return all.Range(n.Start, n.Start+n.Total)
	}
	return all
}

// trimZoom forgets calls that are not in the tree or weigh nothing any longer.
func (m *Merged) trimZoom() {
	for z := m.zoom; z != nil; z = z.out {
		if n := m.calls.Of(z.span); n < 0 || m.calls.Nodes[n].Total == 0 {
			m.zoom, m.view.Total = z.out, 0
		}
	}
}

// Focus puts the operation of span i between its callers and callees, NoSpan
// shows the whole tree again. An operation that weighs nothing is left alone.
func (m *Merged) Focus(i model.SpanIndex) bool {
	return m.doc.act(stepOnce, func() bool {
		m.update()
		before, sandwich := m.mergedLook, m.sandwich
		if call := m.calls.Of(i); i != model.NoSpan && (call < 0 || sandwich != nil && m.calls.Nodes[call].Op == sandwich.Op) {
			return false // of another span of the operation as well: it would be a step to the same picture
		}
		m.setFocus(i)
		if m.focus == model.NoSpan && i != model.NoSpan {
			m.mergedLook, m.between, m.sandwich = before, before.focus, sandwich
			return false
		}
		if m.focus != before.focus {
			m.fit()
		}
		return m.mergedLook != before
	})
}

// setFocus makes the Sandwich of a span's operation, none where that weighs nothing.
func (m *Merged) setFocus(i model.SpanIndex) {
	m.focus, m.between, m.sandwich = model.NoSpan, model.NoSpan, nil
	call := m.calls.Of(i)
	if call < 0 {
		return
	}
	s := analysis.NewSandwich(m.calls, m.calls.Nodes[call].Op)
	if s.Total == 0 {
		return
	}
	m.focus, m.between = i, i
	m.sandwich = &Sandwich{s, layout.NewMergedFlame(s.Callers), layout.NewMergedFlame(s.Callees)}
}

// Call returns the call of the selected span, -1 for none.
func (m *Merged) Call() int32 { return m.Calls().Of(m.doc.selected) }

// Reveal zooms out as far as it takes for a call to be in view.
func (m *Merged) Reveal(call int32) bool {
	m.update()
	if call < 0 || m.sandwich != nil {
		return false
	}
	n, before := &m.calls.Nodes[call], m.view
	seen := func() bool { return n.Start < m.view.End() && n.Start+n.Total > m.view.Start }
	if seen() {
		return false
	}
	for m.zoom != nil && !seen() {
		m.zoom = m.zoom.out
		m.fit()
	}
	if !seen() {
		m.fit()
	}
	return m.view != before
}

// NextSpan selects the next span of the call of the selected one, PrevSpan the
// one before, both round and round.
func (m *Merged) NextSpan() bool { return m.doc.SelectBar(m.Calls().Next(m.doc.selected)) }

// PrevSpan is NextSpan the other way round.
func (m *Merged) PrevSpan() bool { return m.doc.SelectBar(m.Calls().Prev(m.doc.selected)) }

// MatchAt says whether one of n boxes of the flame from a position on holds a
// span that matches what is looked for, true for all if nothing is.
func (m *Merged) MatchAt(at, n int) bool {
	m.updateMatches()
	if m.matches.boxes == nil {
		return true
	}
	k := m.matches.boxes.Next(model.SpanIndex(at))
	return k != model.NoSpan && int(k) < at+n
}

// MatchShare returns how much of the weight lies in spans that match and in
// what they called, 0 to 1. Spans that are not shown do not count.
func (m *Merged) MatchShare() float64 { m.updateMatches(); return m.matches.share }

func (m *Merged) updateMatches() {
	m.update()
	d := m.doc
	if m.matches.version == d.MatchesVersion() {
		return
	}
	m.matches = matched{version: d.MatchesVersion()}
	if !d.Finding() {
		return
	}
	has := query.NewSet(len(m.calls.Nodes))
	of, found := m.weigh(), 0.0
	until := model.SpanIndex(0) // what is before it is inside a match
	for i := range d.trace.Spans {
		i := model.SpanIndex(i)
		call := m.calls.Of(i)
		if call < 0 {
			continue
		}
		inside := i < until
		if d.Match(i) {
			has.Add(call)
			until = max(until, d.trace.Spans[i].End)
		}
		// A duration holds those of what was called, the other weights do not.
		if i < until && !(inside && m.weight == analysis.SummedWork) {
			found += float64(of(i))
		}
	}
	if m.calls.Total > 0 {
		m.matches.share = min(found/float64(m.calls.Total), 1)
	}
	boxed := m.flame.Boxed()
	m.matches.boxes = query.NewSet(len(boxed))
	for k, call := range boxed {
		if has.Has(call) {
			m.matches.boxes.Add(model.SpanIndex(k))
		}
	}
}
