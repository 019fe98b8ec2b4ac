//go:build !unix

package main

// peakRSS returns the most memory the process has held, in MB, 0 if unknown.
func peakRSS() float64 { return 0 }
