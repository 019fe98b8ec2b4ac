package comparison

// What may be chance. Two runs of the same work on the same machine are mostly
// within a tenth of one another, and anything may be late by 100 µs: the scheduler
// alone takes that. Both must be exceeded for a time to be called different.
const (
	noiseShare = 10      // one in so many
	noiseNs    = 100_000 // ns
)

// noise returns by how many ns times may differ and still be the same.
func noise(a, b int64) int64 { return max(noiseNs, max(a, b)/noiseShare) }

// beyond says whether v is more, 1, or less, -1, than from lo to hi, and not by
// chance alone.
func beyond(v, lo, hi int64) int {
	switch {
	case v > hi && v-hi > noise(v, hi):
		return 1
	case v < lo && lo-v > noise(v, lo):
		return -1
	}
	return 0
}

// judge says whether b is more, 1, or less, -1, than a. One trace is compared with
// one as they are, and with several by the range in which nine in ten of them lie;
// with fewer than twenty that is from the least to the most. Several are compared
// with several by their medians, which must lie beyond the middle half of the other
// ones.
func (c *Comparison) judge(a, b *Spread) int {
	switch {
	case c.Usual(A) && c.Usual(B):
		if up := beyond(b.P50, a.P25, a.P75); up == -beyond(a.P50, b.P25, b.P75) {
			return up
		}
		return 0
	case c.Usual(B):
		return -beyond(a.P50, b.P5, b.P95)
	}
	return beyond(b.P50, a.P5, a.P95)
}

// status says how b is to a at row i.
func (c *Comparison) status(i int32) Status {
	r := &c.Rows[i]
	switch {
	case r.Sides[B].Spans == 0:
		return OnlyA
	case r.Sides[A].Spans == 0:
		return OnlyB
	}
	a, b := c.Spreads(A, i), c.Spreads(B, i)
	switch c.judge(&a.Total, &b.Total) {
	case 1:
		return Slower
	case -1:
		return Faster
	}
	return Same
}
