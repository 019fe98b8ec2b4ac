package document

import "traceview/internal/model"

// A LinkTarget is where one link of a span leads, or where one that leads to it
// begins.
type LinkTarget struct {
	Trace  model.TraceID
	SpanID model.SpanID
	Span   model.SpanIndex // in this trace, else NoSpan
	Back   bool            // the link is the other span's
}

// Here says whether the link leads to a span of this trace.
func (l LinkTarget) Here() bool { return l.Span != model.NoSpan }

// LinkTargets returns how many places the links of span i lead to: those of its
// own first, then the spans of the trace that link to it.
func (d *Document) LinkTargets(i model.SpanIndex) int {
	return len(d.trace.SpanLinks(i)) + d.Links().Back(i)
}

// LinkTarget returns place k of those LinkTargets counts.
func (d *Document) LinkTarget(i model.SpanIndex, k int) LinkTarget {
	own := d.trace.SpanLinks(i)
	if k < len(own) {
		return LinkTarget{Trace: own[k].Trace, SpanID: own[k].Span, Span: d.Links().To(i, k)}
	}
	from := d.Links().From(i, k-len(own))
	return LinkTarget{Trace: d.trace.ID, SpanID: d.trace.Spans[from].ID, Span: from, Back: true}
}

// NextLink returns where FollowLink leads from a span that has links.
func (d *Document) NextLink(i model.SpanIndex) LinkTarget {
	return d.LinkTarget(i, d.linked[i]%d.LinkTargets(i))
}

// FollowLink returns the next place the links of span i lead to, beginning
// again after the last, and selects it if it is in this trace; false if there
// is none. A place out of the trace is for the caller to open.
func (d *Document) FollowLink(i model.SpanIndex) (LinkTarget, bool) {
	if i == model.NoSpan {
		return LinkTarget{}, false
	}
	n := d.LinkTargets(i)
	if n == 0 {
		return LinkTarget{}, false
	}
	to := d.NextLink(i)
	if n > 1 { // a span may be returned to and left for the next
		if d.linked == nil {
			d.linked = map[model.SpanIndex]int{}
		}
		d.linked[i]++
	}
	if to.Here() {
		d.SelectBar(to.Span)
	}
	return to, true
}
