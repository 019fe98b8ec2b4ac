package main

import (
	"runtime/debug"
	"testing"
)

// TestSpareMemory holds that the window collects its heap early, and that the
// environment has the last word.
func TestSpareMemory(t *testing.T) {
	for name, tc := range map[string]struct {
		env  string
		want int
	}{"by itself": {"", gcPercent}, "told otherwise": {"200", 100}} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("GOGC", tc.env)
			defer debug.SetGCPercent(debug.SetGCPercent(100))
			spareMemory()
			if got := debug.SetGCPercent(100); got != tc.want {
				t.Errorf("the heap may grow by %d %%, want %d", got, tc.want)
			}
		})
	}
}
