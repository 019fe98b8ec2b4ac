package traffic

import "math"

// A sample is what a trend compares.
type sample struct {
	errors    int
	durations Sketch
}

func (s *sample) n() int { return s.durations.Count() }

func (s *sample) add(t *tallyRef) {
	s.errors += t.errors
	if t.count > 0 {
		t.addTo(&s.durations)
	}
}

func (s *sample) merge(o *sample) {
	s.errors += o.errors
	s.durations.Merge(&o.durations)
}

// without returns s less o, which is part of it.
func (s *sample) without(o *sample) sample {
	return sample{s.errors - o.errors, s.durations.without(&o.durations)}
}

// A Change is which way something went.
type Change int8

// The changes.
const (
	Unknown Change = iota // too few to say
	Same                  // no more than chance makes it look
	Less                  // faster, or fails less often
	More                  // slower, or fails more often
)

// A Trend says how later spans of an operation differ from earlier ones.
type Trend struct {
	Before, Now int // how many spans there were
	Latency     Change
	// Tail says that it is the slowest twentieth that changed, not the middle.
	Tail bool
	// Ratio is how many times as long as before the middle, or with Tail the 95th
	// percentile, takes now; 0 where Latency is Unknown.
	Ratio                   float64
	Failures                Change
	FailedBefore, Failed    float64 // shares of spans
	MedianBefore, MedianNow int64   // ns
}

// What a trend asks for before it says anything: so many spans on either side, a
// deviation that chance makes once in 10,000 cases, and a change that matters.
const (
	leastSample = 20
	deviation   = 4.0
	ratioLeast  = 1.15
	tailLeast   = 1.3
)

// newTrend compares two samples: their middles by the test of Mann and Whitney, the
// upper ends by how many of the later spans are past the earlier 95th percentile, and
// failures by the difference of two shares. All three are taken from the sketches, in
// one pass.
func newTrend(before, now *sample) Trend {
	t := Trend{Before: before.n(), Now: now.n()}
	if t.Before > 0 {
		t.FailedBefore, t.MedianBefore = float64(before.errors)/float64(t.Before), before.durations.Percentile(50)
	}
	if t.Now > 0 {
		t.Failed, t.MedianNow = float64(now.errors)/float64(t.Now), now.durations.Percentile(50)
	}
	if t.Before < leastSample || t.Now < leastSample {
		return t
	}
	t.Latency, t.Failures = Same, Same
	t.latency(&before.durations, &now.durations)
	n, m := float64(t.Before), float64(t.Now)
	share := float64(before.errors+now.errors) / (n + m)
	if sd := math.Sqrt(share * (1 - share) * (1/n + 1/m)); sd > 0 {
		t.Failures = changed((t.Failed - t.FailedBefore) / sd)
	}
	return t
}

func changed(z float64) Change {
	switch {
	case z > deviation:
		return More
	case z < -deviation:
		return Less
	}
	return Same
}

// latency compares the middles and, where they are alike, the upper ends.
func (t *Trend) latency(before, now *Sketch) {
	t.Ratio = ratio(t.MedianNow, t.MedianBefore)
	if c := changed(ranks(before, now)); matters(t.Ratio, ratioLeast, c) {
		t.Latency = c
		return
	}
	p := before.Percentile(95)
	n := float64(now.Count())
	past := float64(before.above(p)) / float64(before.Count()) // not 5 % where many are alike
	past = max(past, 0.01)
	c := changed((float64(now.above(p)) - past*n) / math.Sqrt(past*(1-past)*n))
	if r := ratio(now.Percentile(95), p); matters(r, tailLeast, c) {
		t.Latency, t.Tail, t.Ratio = c, true, r
	}
}

func ratio(a, b int64) float64 { return float64(max(a, 1)) / float64(max(b, 1)) }

// matters says whether a change is large enough, and goes the way the ratio does.
func matters(ratio, least float64, c Change) bool {
	return c == More && ratio >= least || c == Less && ratio <= 1/least
}

// ranks returns by how many deviations the ranks of b among both exceed what chance
// gives, ties taken into account.
func ranks(a, b *Sketch) float64 {
	n, m := float64(a.Count()), float64(b.Count())
	u, below, ties := 0.0, 0.0, 0.0
	for k := min(a.first, b.first); k < max(a.first+len(a.counts), b.first+len(b.counts)); k++ {
		x, y := float64(a.count(k)), float64(b.count(k))
		u += y * (below + x/2)
		below += x
		ties += (x + y) * ((x+y)*(x+y) - 1)
	}
	all := n + m
	sd := math.Sqrt(n * m / 12 * (all + 1 - ties/(all*(all-1))))
	if sd == 0 || math.IsNaN(sd) {
		return 0
	}
	return (u - n*m/2) / sd
}
