package analysis

import (
	"cmp"
	"slices"
	"sort"

	"traceview/internal/model"
)

// Links are the span links that stay within a trace, both ways: where those of
// a span lead, and which spans link to it. Links into other traces are read
// from the trace itself.
type Links struct {
	out, back []arrow // by their first span; links in the order recorded
}

// An arrow joins two spans; n is which link of the span that has it.
type arrow struct {
	from, to model.SpanIndex
	n        int32
}

// NewLinks looks for the spans that links of the same trace name; of several
// with that id the first. It costs one pass, and another if there are any links.
func NewLinks(t *model.Trace) *Links {
	l := &Links{}
	if t.Links == 0 {
		return l
	}
	named := map[model.SpanID]model.SpanIndex{}
	for i := range t.Spans {
		for _, link := range t.SpanLinks(model.SpanIndex(i)) {
			if link.Trace == t.ID {
				named[link.Span] = model.NoSpan
			}
		}
	}
	if len(named) == 0 {
		return l
	}
	for i := len(t.Spans) - 1; i >= 0; i-- { // backwards, so that the first stays
		if _, ok := named[t.Spans[i].ID]; ok {
			named[t.Spans[i].ID] = model.SpanIndex(i)
		}
	}
	for i := range t.Spans {
		for n, link := range t.SpanLinks(model.SpanIndex(i)) {
			if to, ok := named[link.Span]; ok && link.Trace == t.ID && to != model.NoSpan {
				l.out = append(l.out, arrow{model.SpanIndex(i), to, int32(n)})
			}
		}
	}
	l.back = make([]arrow, len(l.out))
	for k, a := range l.out {
		l.back[k] = arrow{a.to, a.from, a.n}
	}
	slices.SortStableFunc(l.back, func(a, b arrow) int { return cmp.Compare(a.from, b.from) })
	return l
}

// To returns where the n-th link of span i leads within the trace, NoSpan if it
// leads out of it or to a span that is not there.
func (l *Links) To(i model.SpanIndex, n int) model.SpanIndex {
	list := at(l.out, i)
	if k := sort.Search(len(list), func(k int) bool { return int(list[k].n) >= n }); k < len(list) && int(list[k].n) == n {
		return list[k].to
	}
	return model.NoSpan
}

// Back returns how many links of the trace lead to span i.
func (l *Links) Back(i model.SpanIndex) int { return len(at(l.back, i)) }

// From returns the span whose link is the k-th that leads to span i, in the
// order of spans.
func (l *Links) From(i model.SpanIndex, k int) model.SpanIndex { return at(l.back, i)[k].to }

// at returns the arrows that begin at a span. A span that takes a batch of
// messages has thousands of them and is asked for each.
func at(list []arrow, i model.SpanIndex) []arrow {
	before := func(i model.SpanIndex) int {
		return sort.Search(len(list), func(k int) bool { return list[k].from >= i })
	}
	return list[before(i):before(i+1)]
}
