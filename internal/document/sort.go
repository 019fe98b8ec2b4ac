package document

import (
	"traceview/internal/layout"
	"traceview/internal/model"
	"traceview/internal/query"
)

// A Sort is the order in which siblings stand.
type Sort uint8

// The orders of siblings. All but the first have the largest first.
const (
	SortStart Sort = iota
	SortDuration
	SortSelf
	sorts
)

var sortNames = [sorts]string{SortStart: "start", SortDuration: "duration", SortSelf: "self"}

// String returns the name of the order as saved views hold it.
func (s Sort) String() string {
	if s < sorts {
		return sortNames[s]
	}
	return ""
}

// ordered is what there is of an order: where the spans stand, and which of the
// positions have something to go to.
type ordered struct {
	order  *layout.Order
	failed query.Set // positions
	warned query.Set
}

// Sort returns the order of siblings.
func (d *Document) Sort() Sort { return d.sort }

// SetSort chooses the order of siblings. The selected span keeps its place on
// the screen; where it is out of sight a list seen from its top stays there.
// The first time it takes some 80 ms at a million spans, a tenth of that later.
func (d *Document) SetSort(s Sort) bool {
	if s >= sorts || s == d.sort {
		return false
	}
	return d.act(stepOnce, func() bool {
		d.sort, d.find.at = s, nil
		top := d.scroll == layout.Scroll{} && !d.onScreen(d.selected)
		d.refold(func() bool {
			d.rows.SetOrder(d.order())
			return true
		})
		if top {
			d.scroll = layout.Scroll{}
		}
		return true
	})
}

// NextSort chooses the next order of siblings, after the last the first.
func (d *Document) NextSort() bool { return d.SetSort((d.sort + 1) % sorts) }

// order returns the order chosen, made when it is first asked for.
func (d *Document) order() layout.Order {
	o := &d.sorted[d.sort]
	if o.order == nil {
		made := layout.Order{}
		switch d.sort {
		case SortDuration:
			made = layout.NewOrder(d.trace, func(i model.SpanIndex) int64 { return d.trace.Spans[i].Dur })
		case SortSelf:
			made = layout.NewOrder(d.trace, d.Work().Self)
		}
		o.order = &made
	}
	return *o.order
}

// failedAt returns the positions, in the order chosen, of the spans that failed.
func (d *Document) failedAt() query.Set {
	o := &d.sorted[d.sort]
	if o.failed == nil {
		o.failed = query.NewSet(len(d.trace.Spans))
		for _, i := range d.failed {
			o.failed.Add(d.order().Position(i))
		}
	}
	return o.failed
}

// warnedAt returns the positions of the spans with a warning.
func (d *Document) warnedAt() query.Set {
	o := &d.sorted[d.sort]
	if o.warned == nil {
		o.warned = query.NewSet(len(d.trace.Spans))
		for _, w := range d.warned {
			o.warned.Add(d.order().Position(w.Span))
		}
	}
	return o.warned
}

// matchesAt returns the positions of the spans that match.
func (d *Document) matchesAt() query.Set {
	f := &d.find
	if f.at == nil && f.found != nil {
		if d.sort == SortStart {
			f.at = f.found.matches
			return f.at
		}
		f.at = query.NewSet(len(d.trace.Spans))
		o := d.order()
		for i := f.found.matches.Next(0); i != model.NoSpan; i = f.found.matches.Next(i + 1) {
			f.at.Add(o.Position(i))
		}
	}
	return f.at
}

// FailedBetween says whether a span failed of those that stand from one
// position of the order, as of Rows.Position, to before another.
func (d *Document) FailedBetween(from, to int32) bool { return between(d.failedAt(), from, to) }

// MatchBetween says whether a span matches what is looked for, likewise.
func (d *Document) MatchBetween(from, to int32) bool { return between(d.matchesAt(), from, to) }

func between(at query.Set, from, to int32) bool {
	pos := at.Next(from)
	return pos != model.NoSpan && pos < to
}

// cycle selects the next of the spans at some positions, down the rows from the
// selected one, or the one before, and says whether it had to begin again at
// the other end. Without a selection it takes the first, or the last.
func (d *Document) cycle(at query.Set, back bool) (changed, wrapped bool) {
	here := int32(-1)
	if d.selected != model.NoSpan {
		here = d.order().Position(d.selected)
	}
	end, to := model.SpanIndex(len(d.trace.Spans)), model.NoSpan
	if back {
		if here >= 0 {
			to = at.Prev(here)
		}
		if to == model.NoSpan {
			wrapped, to = here >= 0, at.Prev(end)
		}
	} else if to = at.Next(here + 1); to == model.NoSpan {
		wrapped, to = true, at.Next(0)
	}
	if to == model.NoSpan {
		return false, false
	}
	return d.act(stepNext, func() bool { return d.SelectBar(d.order().At(to)) }), wrapped
}
