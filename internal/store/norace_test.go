//go:build !race

package store

// slowness is by how much less is tried: see race_test.go.
const slowness = 1
