package document

import (
	"traceview/internal/model"
)

// NextError selects the next span that failed, down the rows, beginning again
// after the last.
func (d *Document) NextError() bool {
	changed, _ := d.cycle(d.failedAt(), false)
	return changed
}

// PrevError selects the failed span before, beginning again before the first.
func (d *Document) PrevError() bool {
	changed, _ := d.cycle(d.failedAt(), true)
	return changed
}

// NextWarning selects the next span with something odd about it, such as a
// missing parent or a clock that was wrong.
func (d *Document) NextWarning() bool {
	changed, _ := d.cycle(d.warnedAt(), false)
	return changed
}

// PrevWarning selects the span with something odd before.
func (d *Document) PrevWarning() bool {
	changed, _ := d.cycle(d.warnedAt(), true)
	return changed
}

// jump selects a span by a step of the given kind; NoSpan stays where it is.
func (d *Document) jump(i model.SpanIndex) bool {
	if i == model.NoSpan {
		return false
	}
	return d.act(stepNext, func() bool { return d.SelectBar(i) })
}

// from returns the span that a jump starts from: the selected one, else the root.
func (d *Document) from() model.SpanIndex {
	if d.selected != model.NoSpan {
		return d.selected
	}
	return d.trace.Root
}

// ErrorCause goes one span down the chain of an error, towards where it began:
// to the first failed span inside that explains the failure of the selected one.
func (d *Document) ErrorCause() bool {
	i := d.from()
	if i == model.NoSpan || d.trace.Spans[i].Failed() && !d.Errors().CarriedUp(i) {
		return false
	}
	end := d.trace.Spans[i].Start + d.trace.Spans[i].Dur
	for k := d.failedFrom(i + 1); k < len(d.failed) && d.failed[k] < d.trace.Spans[i].End; {
		cause := d.failed[k]
		if d.trace.Spans[cause].Start > end { // asked first: the way up is as long as the trace is deep
			k++
			continue
		}
		ok := d.dealtWith(cause, i)
		if ok == model.NoSpan {
			return d.jump(cause)
		}
		k = d.failedFrom(d.trace.Spans[ok].End) // nothing inside that one is a cause
	}
	return false
}

// dealtWith returns the span between a failed one and its ancestor that ended
// well by its own word, NoSpan if none did: see analysis.NewErrors.
func (d *Document) dealtWith(failed, ancestor model.SpanIndex) model.SpanIndex {
	spans := d.trace.Spans
	for p := spans[failed].Parent; p != ancestor && p != model.NoSpan; p = spans[p].Parent {
		if spans[p].Status == model.StatusOK {
			return p
		}
	}
	return model.NoSpan
}

// ErrorEffect goes one span up the chain of an error: to the nearest failed one
// around the selected span.
func (d *Document) ErrorEffect() bool {
	if d.selected == model.NoSpan {
		return false
	}
	p := d.trace.Spans[d.selected].Parent
	for p != model.NoSpan && !d.trace.Spans[p].Failed() {
		p = d.trace.Spans[p].Parent
	}
	return d.jump(p)
}

// slowest remembers a walk from the slowest span to the next slowest.
type slowest struct{ scope, at model.SpanIndex }

// Slowest selects the span that worked longest by itself, not counting its
// waits for children, of those inside the selected one or, where that has none
// inside, of the whole trace. Asked again, it goes on to the next slowest.
// It looks at all spans inside, 15 ms at a million.
func (d *Document) Slowest() bool { return d.nextSlowest(false) }

// Slower is the way back from Slowest.
func (d *Document) Slower() bool { return d.nextSlowest(true) }

func (d *Document) nextSlowest(back bool) bool {
	going := d.slow.at != model.NoSpan && d.slow.at == d.selected
	if !going {
		if back {
			return false
		}
		d.slow = slowest{scope: model.NoSpan, at: model.NoSpan}
		if i := d.selected; i != model.NoSpan && d.trace.Spans[i].End > i+1 {
			d.slow.scope = i
		}
	}
	from, to := model.SpanIndex(0), model.SpanIndex(len(d.trace.Spans))
	if s := d.slow.scope; s != model.NoSpan {
		from, to = s+1, d.trace.Spans[s].End
	}
	i := d.ranked(from, to, d.slow.at, back)
	if i == model.NoSpan {
		return false
	}
	d.slow.at = i
	return d.jump(i)
}

// ranked returns the span, of those from one to before another, that comes next
// after a given one by falling self time, or before it; without a given one the first.
func (d *Document) ranked(from, to, after model.SpanIndex, back bool) model.SpanIndex {
	work, best, bestSelf := d.Work(), model.NoSpan, int64(0)
	// less says whether one of self time a comes after one of b.
	less := func(a int64, i model.SpanIndex, b int64, k model.SpanIndex) bool { return a < b || a == b && i > k }
	var limit int64
	if after != model.NoSpan {
		limit = work.Self(after)
	}
	for i := from; i < to; i++ {
		self := work.Self(i)
		if after != model.NoSpan && (i == after || less(self, i, limit, after) == back) {
			continue
		}
		if best == model.NoSpan || less(self, i, bestSelf, best) == back {
			best, bestSelf = i, self
		}
	}
	return best
}

// ToParent selects the parent of the selected span.
func (d *Document) ToParent() bool {
	if d.selected == model.NoSpan {
		return false
	}
	return d.jump(d.trace.Spans[d.selected].Parent)
}

// ToChild selects the first child of the selected span, unfolding it.
func (d *Document) ToChild() bool {
	i := d.selected
	if i == model.NoSpan || !d.rows.Parent(i) {
		return false
	}
	return d.act(stepNext, func() bool {
		d.refold(func() bool { return d.rows.SetCollapsed(i, false) })
		return d.SelectBar(d.rows.Span(d.rows.Row(i) + 1))
	})
}

// NextSibling selects the sibling whose row comes after that of the selected span.
func (d *Document) NextSibling() bool {
	if d.selected == model.NoSpan {
		return false
	}
	i := d.rows.Span(d.rows.After(d.selected))
	if i == model.NoSpan || d.trace.Spans[i].Parent != d.trace.Spans[d.selected].Parent {
		return false
	}
	return d.jump(i)
}

// PrevSibling selects the sibling whose row comes before that of the selected span.
func (d *Document) PrevSibling() bool {
	if d.selected == model.NoSpan {
		return false
	}
	parent := d.trace.Spans[d.selected].Parent
	i := d.rows.Span(d.rows.Row(d.selected) - 1)
	if i == parent {
		return false
	}
	for i != model.NoSpan && d.trace.Spans[i].Parent != parent {
		i = d.trace.Spans[i].Parent
	}
	return d.jump(i)
}

// ShowSelection brings the selected span into view, its row as well as its bar.
func (d *Document) ShowSelection() bool { return d.jump(d.selected) }
