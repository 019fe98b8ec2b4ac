// Package synthetic makes big traces as OTLP protobuf bytes, the same ones for
// the same seed, for tests and benchmarks. It writes the wire format by hand
// and shares no code with the decoders, so that neither hides the other's
// mistakes.
package synthetic

import "math/rand/v2"

// The limits of the tree that Trace grows.
const (
	MaxDepth  = 30
	MaxFanout = 1000
)

// epoch is the start of every trace, Unix ns: 2026-11-12 09:14:03 UTC.
const epoch = 1_794_474_843_000_000_000

// batch is how many spans one ResourceSpans holds, about what an OpenTelemetry
// SDK sends at once.
const batch = 512

// node is one span before it is written. Times are ns after epoch.
type node struct {
	parent     int32 // -1 for a root
	depth      int32
	children   int32
	service    uint8
	start, end int64
}

// Trace returns one trace of n spans of 12 services as a TracesData message:
// up to MaxDepth deep, up to MaxFanout children a span, 6 attributes a span,
// events on 10 % of spans, errors on 1 %. A span takes about 254 bytes.
func Trace(n int, seed int64) []byte {
	rng := rand.New(rand.NewPCG(uint64(seed), uint64(n)))
	nodes := make([]node, n)
	for i := range nodes {
		if i == 0 {
			nodes[i] = node{parent: -1, end: 60e9}
			continue
		}
		nodes[i].grow(nodes, i, pickParent(nodes, i, rng), rng)
	}
	return encode(nodes, seed, rng)
}

// Wide returns one span with n-1 children as a TracesData message.
func Wide(n int, seed int64) []byte {
	return shape(n, seed, func(int) int { return 0 })
}

// Deep returns a chain of n spans, each the only child of the one before, as a
// TracesData message.
func Deep(n int, seed int64) []byte {
	return shape(n, seed, func(i int) int { return i - 1 })
}

// Roots returns n spans of one trace without parents as a TracesData message.
func Roots(n int, seed int64) []byte {
	return shape(n, seed, func(int) int { return -1 })
}

func shape(n int, seed int64, parent func(i int) int) []byte {
	rng := rand.New(rand.NewPCG(uint64(seed), uint64(n)))
	nodes := make([]node, n)
	for i := range nodes {
		p := -1
		if i > 0 {
			p = parent(i)
		}
		if p < 0 {
			start := int64(i) * 1000
			nodes[i] = node{parent: -1, service: uint8(i % len(services)), start: start, end: start + 60e9}
			continue
		}
		nodes[i].grow(nodes, i, p, rng)
	}
	return encode(nodes, seed, rng)
}

// pickParent grows a spine to the full depth first, then hubs of the full
// width, then hangs spans onto recent ones, as nested calls do.
func pickParent(nodes []node, i int, rng *rand.Rand) int {
	if i < MaxDepth {
		return i - 1
	}
	for range 4 {
		p := i - 1 - rng.IntN(min(i, 64))
		if rng.IntN(4) == 0 { // hubs: one span in 4 goes to one in 4,096
			p = (i - 1) &^ 4095
		}
		if nodes[p].depth < MaxDepth-1 && nodes[p].children < MaxFanout {
			return p
		}
	}
	return nearestOpen(nodes, i)
}

// nearestOpen returns the latest span that may take another child.
func nearestOpen(nodes []node, i int) int {
	for p := i - 1; p > 0; p-- {
		if nodes[p].depth < MaxDepth-1 && nodes[p].children < MaxFanout {
			return p
		}
	}
	return 0
}

// grow makes span i a child of p, within the time of p.
func (s *node) grow(nodes []node, i, p int, rng *rand.Rand) {
	parent := &nodes[p]
	parent.children++
	s.parent, s.depth = int32(p), parent.depth+1
	s.service = parent.service
	if rng.IntN(3) == 0 {
		s.service = uint8(rng.IntN(len(services)))
	}
	room := parent.end - parent.start
	s.start, s.end = parent.start, parent.end
	if i >= MaxDepth && room > 8 { // the spine stays as long as the root
		s.start += rng.Int64N(room / 8)
		s.end -= rng.Int64N(room / 4)
	}
}
