package diagnosis

import (
	"cmp"
	"math"
	"slices"
)

// sampleSize bounds what is kept of each thing measured. The 95th percentile of
// as many values is off by two percentiles at most, mostly.
const sampleSize = 256

// A sample keeps some of the values added to it, each with equal chance and
// always the same ones (Vitter, "Random Sampling with a Reservoir", algorithm R,
// with a fixed sequence in place of chance), and when they were measured.
type sample struct {
	n      int
	kept   []timed
	values []int64 // sorted, once ready
	moved  bool    // what is usual has changed meanwhile, and values are those of late
}

type timed struct{ at, v int64 }

func (s *sample) add(at, v int64) {
	s.n++
	if len(s.kept) < sampleSize {
		if s.kept == nil {
			s.kept = make([]timed, 0, 4)
		}
		s.kept = append(s.kept, timed{at, v})
		return
	}
	if k := scatter(uint64(s.n)) % uint64(s.n); k < sampleSize {
		s.kept[k] = timed{at, v}
	}
}

// scatter is the finalizer of splitmix64 (Steele, Lea, Flood, OOPSLA 2014).
func scatter(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// driftLeast is from how many values on it is asked whether they moved.
const driftLeast = 24

// ready sorts the values. Where the later half of them lies apart from the
// earlier one, only the later half is usual now.
func (s *sample) ready() {
	s.moved = false
	drifts := len(s.kept) >= driftLeast
	if drifts {
		slices.SortStableFunc(s.kept, func(a, b timed) int { return cmp.Compare(a.at, b.at) })
	}
	s.values = make([]int64, len(s.kept))
	for k, t := range s.kept {
		s.values[k] = t.v
	}
	if drifts {
		early, late := s.values[:len(s.values)/2], s.values[len(s.values)/2:]
		slices.Sort(early)
		slices.Sort(late)
		if apart(early, late) {
			s.values, s.moved = late, true
			return
		}
	}
	slices.Sort(s.values)
}

// apart says whether nine in ten values of one list lie beyond nine in ten of
// the other, by half again at least.
func apart(a, b []int64) bool {
	lo, hi := func(l []int64) int64 { return l[len(l)/10] }, func(l []int64) int64 { return l[len(l)-1-len(l)/10] }
	return lo(b) > hi(a)+hi(a)/2 || lo(a) > hi(b)+hi(b)/2
}

// A Usual is what was measured of the same thing before. The zero value is
// nothing known.
type Usual struct {
	Samples  int   // how many were measured
	P50, P95 int64 // of them, in ns or in calls
	Moved    bool  // it is different of late; P50 and P95 are those of late
	Here     bool  // it was measured in the traces looked at, not in a baseline

	high     int64 // what nearly none exceeds
	p25, p75 int64
}

// usual sums the values up; one of them, without, is left out once, if it is
// not negative.
func (s *sample) usual(without int64) Usual {
	list := s.values
	skip := -1
	if without >= 0 {
		if k, ok := slices.BinarySearch(list, without); ok {
			skip = k
		}
	}
	n := len(list)
	if skip >= 0 {
		n--
	}
	if n <= 0 {
		return Usual{}
	}
	at := func(k int) int64 { // the k-th of those that count
		if skip >= 0 && k >= skip {
			k++
		}
		return list[k]
	}
	odd := n / 50 // a few of them may have had the same trouble
	if odd == 0 && n >= 20 {
		odd = 1
	}
	u := Usual{Samples: s.n, P50: at((n*50+99)/100 - 1), P95: at((n*95+99)/100 - 1), Moved: s.moved, high: at(n - 1 - odd),
		p25: at((n*25+99)/100 - 1), p75: at((n*75+99)/100 - 1)}
	if s.moved || skip >= 0 {
		u.Samples = n
	}
	return u
}

// share returns the share of values that are at least v.
func (s *sample) share(v int64) float64 {
	k, _ := slices.BinarySearch(s.values, v)
	return float64(len(s.values)-k) / float64(max(len(s.values), 1))
}

const (
	// jitter is by how many ns anything on a computer may be late.
	jitter = 100_000
	// leastSpread is the spread of the logarithm that is taken for granted, since
	// a few values that happen to be alike prove nothing.
	leastSpread = 0.15
)

// far tells how far above the usual x is, in standard deviations of the
// logarithm: times of services are close to log-normal. There are three ways to be
// far. From the median, by the deviation of the upper half, which a few outliers do
// not widen. From nearly the longest, by the deviation of the middle half: where
// some calls are of a second, slower kind, such as those a cache does not answer,
// the first way finds nothing. And beyond nearly the longest by a factor, whatever
// the deviations are. All ask for more the fewer values there are.
func (u Usual) far(x int64) float64 {
	if u.Samples == 0 || float64(x) <= 1.2*float64(u.high) {
		return 0
	}
	root := math.Sqrt(float64(u.Samples))
	few, factor := 1+1.5/root, 1+15/root
	if u.Here { // side by side, in one trace
		factor = 3.5
	}
	log := func(v int64) float64 { return math.Log(float64(v) + jitter) }
	upper := few * max(leastSpread, (log(u.P95)-log(u.P50))/1.645)
	middle := few * max(leastSpread, (log(u.p75)-log(u.p25))/1.349)
	beyond := log(x) - log(u.high)
	return max((log(x)-log(u.P50))/upper, beyond/middle, unusual*beyond/math.Log(factor))
}
