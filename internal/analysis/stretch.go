// Package analysis finds what a trace does not say by itself: which part of a
// span is its own work, which errors began where, and the critical path.
// Results are plain data by span index, made once for an immutable trace and
// read from any goroutine. No algorithm recurses: traces are up to a million deep.
package analysis

import (
	"math"
	"sort"
)

// Plus adds times, none negative. Clocks that are wrong make spans of centuries,
// two of which have no room in an int64: the sum stays at its end then.
func Plus(a, b int64) int64 { return a + min(b, math.MaxInt64-a) }

// A Stretch is some time of a span: from Start to before End, in ns from the
// trace's beginning. Before is the sum of the stretches ahead of it in its list.
type Stretch struct{ Start, End, Before int64 }

// Stretches are ascending, apart from one another, and none is empty. The zero
// value is no time at all.
type Stretches []Stretch

// Total returns the ns of all stretches, in constant time.
func (l Stretches) Total() int64 {
	if len(l) == 0 {
		return 0
	}
	last := l[len(l)-1]
	return last.Before + last.End - last.Start
}

// After returns the position of the first stretch that ends after t, len(l)
// if there is none.
func (l Stretches) After(t int64) int {
	return sort.Search(len(l), func(k int) bool { return l[k].End > t })
}

// Until returns the ns of the stretches up to t.
func (l Stretches) Until(t int64) int64 {
	k := l.After(t)
	if k == len(l) {
		return l.Total()
	}
	return l[k].Before + max(t-l[k].Start, 0)
}

// put appends a stretch, joining it to the one before if they touch. from is
// where the list of the span begins in l.
func (l Stretches) put(from int, start, end int64) Stretches {
	n := len(l)
	if n > from && l[n-1].End >= start {
		l[n-1].End = max(l[n-1].End, end)
		return l
	}
	return append(l, Stretch{start, end, l[from:].Total()})
}
