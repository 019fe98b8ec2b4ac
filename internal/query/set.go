package query

import (
	"math/bits"

	"traceview/internal/model"
)

// A Set is a set of spans, bit i of the whole being span i.
type Set []uint64

// NewSet returns an empty set for n spans.
func NewSet(n int) Set { return make(Set, (n+63)/64) }

// Has says whether span i, which must be in range, is in the set.
func (s Set) Has(i model.SpanIndex) bool { return s[i>>6]>>(i&63)&1 != 0 }

// Add puts span i, which must be in range, into the set.
func (s Set) Add(i model.SpanIndex) { s[i>>6] |= 1 << (i & 63) }

// Len returns how many spans are in the set.
func (s Set) Len() int { return s.countBefore(len(s) * 64) }

// Before returns how many spans of the set come before span i.
func (s Set) Before(i model.SpanIndex) int { return s.countBefore(int(i)) }

func (s Set) countBefore(i int) int {
	n := 0
	for _, w := range s[:i/64] {
		n += bits.OnesCount64(w)
	}
	if i%64 != 0 {
		n += bits.OnesCount64(s[i/64] & (1<<(i%64) - 1))
	}
	return n
}

// Next returns the first span of the set at or after i, NoSpan if none is.
func (s Set) Next(i model.SpanIndex) model.SpanIndex {
	i = max(i, 0)
	for w := int(i >> 6); w < len(s); w++ {
		word := s[w]
		if w == int(i>>6) {
			word &= ^uint64(0) << (i & 63)
		}
		if word != 0 {
			return model.SpanIndex(w*64 + bits.TrailingZeros64(word))
		}
	}
	return model.NoSpan
}

// Prev returns the last span of the set before i, NoSpan if none is.
func (s Set) Prev(i model.SpanIndex) model.SpanIndex {
	i = min(i, model.SpanIndex(len(s)*64)) - 1
	for w := int(i >> 6); w >= 0; w-- {
		word := s[w]
		if w == int(i>>6) {
			word &= ^uint64(0) >> (63 - i&63)
		}
		if word != 0 {
			return model.SpanIndex(w*64 + 63 - bits.LeadingZeros64(word))
		}
	}
	return model.NoSpan
}
