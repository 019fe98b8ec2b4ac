package demo

import (
	"math"
	"math/rand/v2"
	"time"
)

// A dice draws everything that is left to chance in one order's life. Each
// order has its own, so that the orders can be made in any sequence and on any
// number of goroutines and still come out the same.
type dice struct{ *rand.Rand }

// newDice returns the dice of one order of a shop.
func newDice(seed, order uint64) dice {
	return dice{rand.New(rand.NewPCG(seed, order*0x9e3779b97f4a7c15+1))}
}

// around draws a duration near median: log-normal with sigma 0.28, so that one
// value in a hundred is about twice the median.
func (d dice) around(median time.Duration) time.Duration { return d.spread(median, 0.28) }

// spread draws from a log-normal distribution, which is what latencies of
// services and pauses of people look like: many near the median, few far above.
func (d dice) spread(median time.Duration, sigma float64) time.Duration {
	return time.Duration(float64(median) * math.Exp(sigma*d.NormFloat64()))
}

// wait draws a pause of a person or a queue, at most longest.
func (d dice) wait(median, longest time.Duration) time.Duration {
	return min(d.spread(median, 0.7), longest)
}

// between draws a number from lo to hi, both included.
func (d dice) between(lo, hi int) int { return lo + d.IntN(hi-lo+1) }

// chance is true in p of all draws.
func (d dice) chance(p float64) bool { return d.Float64() < p }

// pick draws one of items.
func pick[T any](d dice, items []T) T { return items[d.IntN(len(items))] }

const hexDigits = "0123456789abcdef"

// hex draws n hexadecimal digits.
func (d dice) hex(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = hexDigits[d.IntN(16)]
	}
	return string(b)
}

// uuid draws a random (version 4) UUID.
func (d dice) uuid() string {
	return d.hex(8) + "-" + d.hex(4) + "-4" + d.hex(3) + "-" + string("89ab"[d.IntN(4)]) + d.hex(3) + "-" + d.hex(12)
}
