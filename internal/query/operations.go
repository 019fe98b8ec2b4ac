package query

import (
	"cmp"
	"context"
	"slices"

	"traceview/internal/model"
)

const (
	// maxOperations bounds how many operations are told apart: a trace may name
	// every span differently, and nobody reads that many.
	maxOperations = 100_000
	// topSpans is how many spans of an operation are kept.
	topSpans = 3
)

// An Operation is what one service calls its spans, with the spans most worth a
// look: those that failed first, then the longest.
type Operation struct {
	Service, Name string
	Count, Failed int
	Spans         []model.SpanIndex // topSpans at most
}

// Operations returns the operations of a trace, the most frequent first, at most
// maxOperations of those that come first. It takes one pass over the spans and
// ends with ctx, whose error it returns.
func Operations(ctx context.Context, t *model.Trace) ([]Operation, error) {
	type key struct {
		service int
		name    model.StringID
	}
	at := map[key]int{}
	var list []Operation
	worth := func(a, b model.SpanIndex) int {
		sa, sb := &t.Spans[a], &t.Spans[b]
		if sa.Failed() != sb.Failed() {
			if sa.Failed() {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(sb.Dur, sa.Dur), cmp.Compare(a, b))
	}
	for i := range t.Spans {
		if i&0xffff == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		s, index := &t.Spans[i], model.SpanIndex(i)
		k := key{t.Service(index), s.Name}
		n, ok := at[k]
		if !ok {
			if len(list) == maxOperations {
				continue
			}
			n = len(list)
			at[k] = n
			list = append(list, Operation{Service: t.ServiceName(index), Name: t.Name(index)})
		}
		o := &list[n]
		o.Count++
		if s.Failed() {
			o.Failed++
		}
		if len(o.Spans) == topSpans && worth(index, o.Spans[topSpans-1]) >= 0 {
			continue
		}
		place, _ := slices.BinarySearchFunc(o.Spans, index, worth)
		if len(o.Spans) == topSpans {
			o.Spans = o.Spans[:topSpans-1]
		}
		o.Spans = slices.Insert(o.Spans, place, index)
	}
	slices.SortStableFunc(list, func(a, b Operation) int { return cmp.Compare(b.Count, a.Count) })
	return list, nil
}
