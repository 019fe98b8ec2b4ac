//go:build race

package store

// slowness is by how much less is tried under the race detector, which makes
// SQLite in Go some 20 times as slow; the rounds left out race no differently.
const slowness = 10
