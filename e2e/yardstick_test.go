//go:build e2e

package e2e

import (
	"runtime"
	"syscall"
	"testing"
	"time"
)

// A yardstick tells how fast the machine is just now at what decoding mostly waits for:
// memory, in no order. Neighbours of a shared machine were found to make that two to three
// times as slow, in the time of the processor as well.
type yardstick struct{ next []uint32 }

const (
	yardEntries = 1 << 23 // 32 MB, more than caches hold
	yardSteps   = 400_000
	yardTime    = 100 * time.Millisecond // for those steps, between two files, where the budget holds with 3 s
)

// newYardstick puts all entries into one ring, in the order of a linear congruential
// generator of full period (Knuth, The Art of Computer Programming 3.2.1.2, theorem A).
func newYardstick() *yardstick {
	y := &yardstick{make([]uint32, yardEntries)}
	for i := range y.next {
		y.next[i] = (1664525*uint32(i) + 1013904223) % yardEntries
	}
	return y
}

// slowness returns how many times as long as where the budget was set the machine takes
// now, at least 1.
func (y *yardstick) slowness(t *testing.T) float64 {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	began := threadTime(t)
	at := uint32(0)
	for range yardSteps {
		at = y.next[at]
	}
	took := threadTime(t) - began
	if at == 0 {
		t.Fatal("the ring is too short")
	}
	return max(1, float64(took)/float64(yardTime))
}

// threadTime returns the time of a processor that this thread has taken.
func threadTime(t *testing.T) time.Duration {
	t.Helper()
	const thisThread = 1 // RUSAGE_THREAD of Linux
	var used syscall.Rusage
	if err := syscall.Getrusage(thisThread, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
