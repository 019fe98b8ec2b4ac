//go:build unix

package store

import (
	"os/signal"
	"strconv"
	"syscall"
)

const filesCanBeLimited = true

// limitFiles lets no file of this process grow beyond a size in bytes.
func limitFiles(size string) error {
	n, err := strconv.ParseUint(size, 10, 64)
	if err != nil {
		return err
	}
	signal.Ignore(syscall.SIGXFSZ)
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: n, Max: n})
}
