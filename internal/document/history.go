package document

import (
	"time"

	"traceview/internal/layout"
	"traceview/internal/model"
)

// A place is all that a step changes: what is looked at, and how. It is small;
// what it points to is never changed.
type place struct {
	selected model.SpanIndex
	view     layout.Viewport
	scroll   layout.Scroll
	rowPx    int // in which scroll counts
	folds    *layout.Folds
	found    *found
	only     bool
	shown    *shown
	sort     Sort
	pane     string
	merged   mergedLook
	stats    statChoice
}

// same says whether somebody sees the same at both.
func (p place) same(q place) bool {
	if !p.folds.Equal(q.folds) || !p.found.same(q.found) || !p.shown.same(q.shown) {
		return false
	}
	p.folds, p.found, p.shown = q.folds, q.found, q.shown
	return p == q
}

// A step is a kind of action. Actions of one kind in quick succession are one
// step of the way back: a turn of the wheel tells a dozen times, a key held
// down thirty times a second.
type step uint8

const (
	stepOnce   step = iota // a step each: a click, a fold
	stepNext               // to the next error, match, sibling …
	stepMove               // through the rows
	stepScroll             // of rows or time
	stepZoom
	stepFind // typing in the box
	steps
)

// within is how soon an action goes on with the step of the one before. For
// stepNext it is more than a keyboard's repeats are apart, and less than two
// presses.
var within = [steps]time.Duration{
	stepNext: 150 * time.Millisecond, stepMove: time.Second, stepScroll: time.Second,
	stepZoom: time.Second, stepFind: 3 * time.Second,
}

// remembered is how many steps lead back. Folds and matches are shared between
// steps; where each step has its own, at a million spans, this is 75 MB.
const remembered = 200

// history is the way back, and the way forth again after going back.
type history struct {
	past, future []place
	kind         step
	last         time.Time
	now          func() time.Time
	onStep       func()
}

// SetClock has the Document tell quick successions of actions by another clock
// than the computer's.
func (d *Document) SetClock(now func() time.Time) { d.history.now = now }

// OnStep has f called whenever an action became a step of the history, not when
// it went on with the step before.
func (d *Document) OnStep(f func()) { d.history.onStep = f }

// act does what a person asked for, f, and tells the observers if that changed
// anything. Whatever other actions f is made of are one step with it.
func (d *Document) act(kind step, f func() bool) bool {
	if d.acting {
		return f()
	}
	before := d.place()
	d.acting = true
	ok := f()
	d.acting = false
	if ok {
		d.note(kind, before)
	}
	return d.changed(ok)
}

// note adds a step that led away from a place.
func (d *Document) note(kind step, from place) {
	if from.same(d.place()) {
		return
	}
	h, now := &d.history, d.history.now()
	run := kind == h.kind && now.Sub(h.last) < within[kind] && len(h.past) > 0 && len(h.future) == 0
	h.kind, h.last = kind, now
	if run {
		return
	}
	h.future = nil
	if len(h.past) == remembered {
		copy(h.past, h.past[1:])
		h.past = h.past[:remembered-1]
	}
	h.past = append(h.past, from)
	if h.onStep != nil {
		h.onStep()
	}
}

// Back goes back to where the last step led away from, and says whether there
// was one.
func (d *Document) Back() bool { return d.travel(&d.history.past, &d.history.future) }

// Forward takes the step that Back took back.
func (d *Document) Forward() bool { return d.travel(&d.history.future, &d.history.past) }

// travel goes to the last of from, leaving the place at hand in to.
func (d *Document) travel(from, to *[]place) bool {
	here := d.place()
	d.history.kind = stepOnce // what comes next is a step of its own
	for n := len(*from); n > 0; n-- {
		there := (*from)[n-1]
		*from = (*from)[:n-1]
		if !there.same(here) { // a run may have ended where it began
			*to = append(*to, here)
			d.put(there)
			return d.changed(true)
		}
	}
	return false
}

// Steps returns how many steps lead back, and how many forward again.
func (d *Document) Steps() (back, forward int) { return len(d.history.past), len(d.history.future) }

// Begin forgets the way back: from here on, this is where it ends.
func (d *Document) Begin() { d.history.past, d.history.future, d.history.kind = nil, nil, stepOnce }

// place returns where the Document is.
func (d *Document) place() place {
	return place{
		selected: d.selected, view: d.view, scroll: d.scroll, rowPx: d.list.RowPx, folds: d.rows.Folds(),
		found: d.find.found, only: d.find.only, shown: d.find.shown, sort: d.sort, pane: d.pane,
		merged: d.Merged().mergedLook, stats: d.stats.statChoice,
	}
}

// put brings the Document to a place; the size of its view stays what it is now.
func (d *Document) put(p place) {
	if d.find.found != p.found {
		d.find.version++
		d.find.at = nil
	}
	refilter, resort := d.find.shown != p.shown, d.sort != p.sort
	d.find.found, d.find.only, d.find.shown = p.found, p.only, p.shown
	d.sort, d.pane, d.selected, d.stats.statChoice = p.sort, p.pane, p.selected, p.stats
	if resort {
		d.find.at = nil
		d.rows.SetOrder(d.order())
	}
	if refilter {
		d.rows.SetFilter(p.shown.spans())
	}
	d.rows.SetFolds(p.folds)
	d.Merged().restore(p.merged)
	d.view = p.view.Resize(d.view.Width)
	d.list.Rows = d.rows.Len()
	if p.rowPx != d.list.RowPx {
		p.scroll.Off = p.scroll.Off * d.list.RowPx / p.rowPx
	}
	d.scroll = d.list.Clamp(p.scroll)
}
