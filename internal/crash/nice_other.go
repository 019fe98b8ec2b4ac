//go:build !unix

package crash

// stepBack does nothing: see nice_unix.go.
func stepBack(int) {}
