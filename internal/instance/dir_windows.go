package instance

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// DefaultDir is where locks and sockets go: a folder of the user that is of this
// machine, also where profiles are on a server.
func DefaultDir(getenv func(string) string) string {
	if dir := getenv("LocalAppData"); dir != "" {
		return filepath.Join(dir, "traceview", "run")
	}
	return filepath.Join(os.TempDir(), "traceview")
}

// checkDir makes the folder. It is below the profile, which others cannot enter.
func checkDir(dir string) error { return os.MkdirAll(dir, 0o700) }

// protect does nothing: a socket is closed to others as its folder is.
func protect(string) error { return nil }

// errSharing is what Windows says of a file that another process has for itself.
const errSharing = syscall.Errno(32)

// lockFile takes a file for this process alone, as long as it runs; nil if
// another one has it.
func lockFile(path string) (*os.File, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	h, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil, syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if errors.Is(err, errSharing) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return os.NewFile(uintptr(h), path), nil
}
