package analysis

import (
	"math"

	"traceview/internal/model"
)

// Errors tells the spans where an error began from those that only handed it up.
type Errors struct {
	carried Set
	Own     int // spans whose error began there
	Carried int // spans that failed because one below them did
}

// NewErrors looks at all spans once, children before parents.
//
// A failed span carries its error if one below explains it: that failed, began
// before this span ended, and no span between them ended well by its own word
// (status OK), which says that the error was dealt with. A span between that
// recorded no status lets it through, since few libraries set one.
func NewErrors(t *model.Trace) *Errors {
	e := &Errors{carried: NewSet(len(t.Spans))}
	const none = math.MaxInt64
	earliest := make([]int64, len(t.Spans)) // start of the first error seen from below, by span
	for i := range earliest {
		earliest[i] = none
	}
	for i := len(t.Spans) - 1; i >= 0; i-- {
		s, seen := &t.Spans[i], earliest[i]
		switch s.Status {
		case model.StatusError:
			if seen != none && seen <= s.Start+s.Dur {
				e.carried.Add(model.SpanIndex(i))
				e.Carried++
			} else {
				e.Own++
			}
			seen = min(seen, s.Start)
		case model.StatusOK:
			continue
		}
		if s.Parent != model.NoSpan {
			earliest[s.Parent] = min(earliest[s.Parent], seen)
		}
	}
	return e
}

// CarriedUp says whether span i failed because of one below it.
func (e *Errors) CarriedUp(i model.SpanIndex) bool { return e.carried.Has(i) }

// A Set is a set of spans, a bit each.
type Set []uint64

// NewSet returns an empty set for a trace of n spans.
func NewSet(n int) Set { return make(Set, (n+63)/64) }

// Has says whether span i is in the set.
func (s Set) Has(i model.SpanIndex) bool { return s[i>>6]>>(i&63)&1 != 0 }

// Add puts span i into the set.
func (s Set) Add(i model.SpanIndex) { s[i>>6] |= 1 << (i & 63) }
