package layout

import "traceview/internal/model"

// An Order is the order in which rows stand: a depth-first order of the spans
// in which siblings may come otherwise than in the trace. The subtree of a
// span is one run of positions in every Order, as it is one run of spans in the
// trace. It is not changed once made. The zero Order is that of the trace.
type Order struct {
	at  []model.SpanIndex // the span of each position; nil for the trace's order
	pos []int32           // the position of each span
}

// NewOrder returns the Order of a trace in which the siblings with the largest
// key come first, those with the same key as in the trace. Keys are not negative.
//
// All spans are put in order of their keys at once, whoever their parents are;
// seen in that order, each takes the next free run of positions inside its
// parent. So a parent with a million children costs what a million small
// families cost, some 75 ms.
func NewOrder(t *model.Trace, key func(i model.SpanIndex) int64) Order {
	n := len(t.Spans)
	if n == 0 {
		return Order{}
	}
	o := Order{at: make([]model.SpanIndex, n), pos: make([]int32, n)}
	type place struct{ parent, size int32 } // 8 bytes, read at random: a span is 96
	places := make([]place, n)
	for i := range t.Spans {
		s := &t.Spans[i]
		places[i] = place{s.Parent, s.End - model.SpanIndex(i)}
	}
	taken := make([]int32, n) // positions given out inside each span
	roots := int32(0)
	for _, i := range byKey(n, key) {
		at, inside := places[i], &roots
		first := int32(0)
		if at.parent != model.NoSpan {
			inside, first = &taken[at.parent], 1 // a parent stands before its children
		}
		o.pos[i] = first + *inside
		*inside += at.size
	}
	for i, at := range places { // parents first
		if at.parent != model.NoSpan {
			o.pos[i] += o.pos[at.parent]
		}
		o.at[o.pos[i]] = model.SpanIndex(i)
	}
	return o
}

// digit is how many bits of a key a pass of byKey sorts by: 2,048 counters fit
// the first cache.
const digit = 11

// byKey returns the spans by falling key, those with the same key rising, by a
// radix sort from the least digit up (Knuth, The Art of Computer Programming,
// vol. 3, 5.2.5, algorithm R), whose time does not depend on how the keys lie.
func byKey(n int, key func(i model.SpanIndex) int64) []model.SpanIndex {
	type entry struct {
		key  uint64
		span model.SpanIndex
	}
	from, to := make([]entry, n), make([]entry, n)
	most := uint64(0)
	for i := range from {
		k := uint64(max(key(model.SpanIndex(i)), 0))
		most = max(most, k)
		from[i] = entry{k, model.SpanIndex(i)}
	}
	for shift := 0; shift < 64 && most>>shift != 0; shift += digit {
		var count [1 << digit]int32
		of := func(e entry) uint64 { return ^(e.key >> shift) & (1<<digit - 1) } // turned round: the largest first
		for _, e := range from {
			count[of(e)]++
		}
		sum := int32(0)
		for d, c := range count {
			count[d], sum = sum, sum+c
		}
		for _, e := range from {
			d := of(e)
			to[count[d]] = e
			count[d]++
		}
		from, to = to, from
	}
	out := make([]model.SpanIndex, n)
	for k, e := range from {
		out[k] = e.span
	}
	return out
}

// At returns the span at a position.
func (o Order) At(pos int32) model.SpanIndex {
	if o.at == nil {
		return pos
	}
	return o.at[pos]
}

// Position returns where a span stands, counting from 0.
func (o Order) Position(i model.SpanIndex) int32 {
	if o.pos == nil {
		return i
	}
	return o.pos[i]
}

// plain says that the order is that of the trace.
func (o Order) plain() bool { return o.at == nil }
