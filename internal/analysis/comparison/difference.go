package comparison

import (
	"cmp"
	"slices"

	"traceview/internal/analysis"
)

// A Kind is in what a step of b differs from the same step of a.
type Kind uint8

// The kinds of difference.
const (
	Fails       Kind = iota + 1 // an error begins there, as none did
	Recovers                    // none begins there any longer
	Missing                     // a takes the step, b does not
	Added                       // b takes it, a does not
	WorksLonger                 // its own work takes longer
	WorksLess
	WaitsLonger // its messages lay in the queue for longer
	WaitsLess
	CalledMore // it is done more often, in about the same time
	CalledLess
)

var kindNames = [...]string{Fails: "fails", Recovers: "recovers", Missing: "missing", Added: "added", WorksLonger: "works-longer", WorksLess: "works-less",
	WaitsLonger: "waits-longer", WaitsLess: "waits-less", CalledMore: "called-more", CalledLess: "called-less"}

// String returns the name of the kind as the command line prints it.
func (k Kind) String() string { return kindNames[k] }

// A Difference is one thing that is different about b.
type Difference struct {
	Kind Kind
	Row  int32
	// A and B are ns, those of a typical trace where there are several: of own work,
	// of the wait, or of the whole step where one side lacks it; of calls, how many.
	A, B  int64
	Delta int64 // ns by which b takes longer because of it
}

const (
	// telling is which share of the longer trace, one in so many, a difference must
	// make up to be told before what makes hardly any.
	telling = 20
	// fewTraces is from how many traces on they say what is usual.
	fewTraces = 5
	// leastTraces is of how many traces of several a step must be part for its times to
	// be told of.
	leastTraces = 3
	// moreCalls is by how many calls, at least, and by how many times numbers of
	// calls differ that are told.
	moreCalls, timesCalls = 3, 2
)

// Differences lists what is different about b, the most telling first: errors,
// then what makes up a part of the time, then steps of other programs that one side
// lacks, then the rest; in each by time. Of a step that a side lacks with all below
// it, the first is told. 0 for no limit.
func (c *Comparison) Differences(limit int) []Difference {
	var out []Difference
	for i := int32(0); int(i) < len(c.Rows); i++ {
		out = c.differ(out, i)
	}
	whole := max(c.Whole(A), c.Whole(B))
	rank := func(d *Difference) int {
		r := &c.Rows[d.Row]
		switch {
		case d.Kind == Fails:
			return 0
		case d.Kind == Recovers:
			return 1
		case abs(d.Delta) >= max(whole/telling, noiseNs):
			return 2
		case (d.Kind == Missing || d.Kind == Added) && (r.Parent < 0 || c.Rows[r.Parent].Service != r.Service):
			return 3
		}
		return 4
	}
	slices.SortStableFunc(out, func(x, y Difference) int {
		return cmp.Or(cmp.Compare(rank(&x), rank(&y)), cmp.Compare(abs(y.Delta), abs(x.Delta)))
	})
	if limit <= 0 || len(out) <= limit {
		return out
	}
	first := slices.IndexFunc(out, func(d Difference) bool { return d.Kind != Fails })
	if half := limit / 2; first > half { // a flood of errors must not hide all else
		rest := out[first:min(len(out), first+limit-half)]
		out = append(slices.Clone(out[:limit-len(rest)]), rest...)
	}
	return out[:min(len(out), limit)]
}

func abs(v int64) int64 { return max(v, -v) }

// Whole returns how long, in ns, a typical trace of a side is, the median of
// several.
func (c *Comparison) Whole(s Side) int64 {
	list := make([]int64, 0, len(c.Traces[s]))
	for _, t := range c.Traces[s] {
		list = append(list, t.Dur)
	}
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return analysis.Percentile(list, 50)
}

// differ adds what is different at row i.
func (c *Comparison) differ(out []Difference, i int32) []Difference {
	r, x, y := &c.Rows[i], c.Spreads(A, i), c.Spreads(B, i)
	a, b := &r.Sides[A], &r.Sides[B]
	by := func(k Kind, from, to *Spread) {
		out = append(out, Difference{k, i, from.P50, to.P50, to.P50 - from.P50})
	}
	switch {
	case b.Errors > 0 && c.seldom(A, a.Failing):
		by(Fails, &x.Own, &y.Own)
	case a.Errors > 0 && b.Spans > 0 && c.seldom(B, b.Failing) && !c.seldom(A, a.Failing):
		by(Recovers, &x.Own, &y.Own)
	}
	if r.Status >= OnlyA {
		return c.lacks(out, i)
	}
	if c.Usual(A) && a.Traces < leastTraces || c.Usual(B) && b.Traces < leastTraces {
		return out
	}
	told := len(out)
	switch up := c.judge(&x.Own, &y.Own); {
	case up > 0:
		by(WorksLonger, &x.Own, &y.Own)
	case up < 0 && b.Errors == 0: // what fails is over sooner
		by(WorksLess, &x.Own, &y.Own)
	}
	switch c.judge(&x.Wait, &y.Wait) {
	case 1:
		by(WaitsLonger, &x.Wait, &y.Wait)
	case -1:
		by(WaitsLess, &x.Wait, &y.Wait)
	}
	if len(out) > told {
		return out
	}
	less, more, delta := x.Spans.P50, y.Spans.P50, y.Total.P50-x.Total.P50
	switch {
	case more-less >= moreCalls && more >= timesCalls*less:
		out = append(out, Difference{CalledMore, i, less, more, delta})
	case less-more >= moreCalls && less >= timesCalls*more:
		out = append(out, Difference{CalledLess, i, less, more, delta})
	}
	return out
}

// lacks tells the first row of those that a side lacks, unless the other has them
// now and then only.
func (c *Comparison) lacks(out []Difference, i int32) []Difference {
	r := &c.Rows[i]
	if r.Parent >= 0 && c.Rows[r.Parent].Status == r.Status {
		return out
	}
	a, b, x, y := &r.Sides[A], &r.Sides[B], c.Spreads(A, i).Total.P50, c.Spreads(B, i).Total.P50
	switch {
	case r.Status == OnlyA && c.mostly(A, a.Traces):
		return append(out, Difference{Missing, i, x, 0, -x})
	case r.Status == OnlyB && c.mostly(B, b.Traces):
		return append(out, Difference{Added, i, 0, y, y})
	}
	return out
}

// seldom says whether so few traces of a side have something that it is not usual
// there: none of one or a few, less than half of several.
func (c *Comparison) seldom(s Side, traces int32) bool {
	n := int32(len(c.Traces[s]))
	if n < fewTraces {
		return traces == 0
	}
	return 2*traces < n
}

// mostly says whether so many traces of a side have something that it is missed
// where it lacks: nine in ten.
func (c *Comparison) mostly(s Side, traces int32) bool {
	return 10*int(traces) >= 9*len(c.Traces[s])
}
