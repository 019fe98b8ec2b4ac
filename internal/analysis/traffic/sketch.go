package traffic

import "math/bits"

// subBits of a duration below its highest set bit tell buckets apart: each is 1/64
// of its lower end wide, and its middle at most 1/128, 0.8 %, from what is in it.
const subBits = 6

// bucketOf returns the bucket of a duration. Those below 128 ns have one each.
func bucketOf(ns int64) int {
	if ns < 2<<subBits {
		return int(max(ns, 0))
	}
	e := bits.Len64(uint64(ns)) - 1 - subBits
	return e<<subBits + int(ns>>e)
}

// middle returns the duration that stands for a bucket.
func middle(b int) int64 {
	if b < 2<<subBits {
		return int64(b)
	}
	e := b>>subBits - 1
	low := int64(b-e<<subBits) << e
	return low + (int64(1)<<e-1)/2
}

// buckets is how many there are.
const buckets = (63-subBits)<<subBits + 1<<subBits

// A Sketch is how durations are distributed. Sketches are merged without loss. The
// zero value is empty; copies share what is counted.
type Sketch struct {
	first  int // bucket of counts[0]
	counts []uint32
	n      int
}

// Add counts a duration in ns.
func (s *Sketch) Add(ns int64) { s.add(bucketOf(ns), 1) }

// add counts n durations of a bucket.
func (s *Sketch) add(b, n int) {
	s.n += n
	switch {
	case s.counts == nil:
		s.first, s.counts = b, []uint32{0}
	case b < s.first:
		grown := make([]uint32, s.first-b+len(s.counts))
		copy(grown[s.first-b:], s.counts)
		s.first, s.counts = b, grown
	case b >= s.first+len(s.counts):
		for b >= s.first+len(s.counts) {
			s.counts = append(s.counts, 0)
		}
	}
	s.counts[b-s.first] += uint32(n)
}

// Merge counts what another sketch counted.
func (s *Sketch) Merge(o *Sketch) {
	for k, n := range o.counts {
		if n > 0 {
			s.add(o.first+k, int(n))
		}
	}
}

// without returns s less what o counted, which s has.
func (s *Sketch) without(o *Sketch) (out Sketch) {
	for k, n := range s.counts {
		if left := int(n) - o.count(s.first+k); left > 0 {
			out.add(s.first+k, left)
		}
	}
	return out
}

// count returns how many durations are in a bucket.
func (s *Sketch) count(b int) int {
	if b < s.first || b >= s.first+len(s.counts) {
		return 0
	}
	return int(s.counts[b-s.first])
}

// Count returns how many durations were counted.
func (s *Sketch) Count() int { return s.n }

// Percentile returns the p-th percentile in ns, p from 1 to 100, by the nearest
// rank as analysis.Percentile does, within 0.8 %; 0 for an empty sketch.
func (s *Sketch) Percentile(p int) int64 {
	rank := (s.n*p + 99) / 100
	for k, n := range s.counts {
		if rank -= int(n); rank <= 0 && n > 0 {
			return middle(s.first + k)
		}
	}
	return 0
}

// above returns how many durations are in buckets after that of ns.
func (s *Sketch) above(ns int64) (n int) {
	for k := max(bucketOf(ns)+1-s.first, 0); k < len(s.counts); k++ {
		n += int(s.counts[k])
	}
	return n
}
