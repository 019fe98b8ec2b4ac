//go:build unix

package instance

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// DefaultDir is where locks and sockets go: a folder of the user that is of this
// machine also where homes are on a server, and has a short name.
func DefaultDir(getenv func(string) string) string {
	if dir := getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "traceview")
	}
	return filepath.Join(os.TempDir(), "traceview-"+strconv.Itoa(os.Getuid()))
}

// checkDir makes the folder, and makes sure that it is the user's and that nobody
// else can enter it: in a folder that all may write to, somebody may have been
// faster.
func checkDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !info.IsDir() || info.Mode().Perm()&0o077 != 0 || ok && int(owner.Uid) != os.Getuid() {
		return fmt.Errorf("folder %s is open to others: %w", dir, os.ErrPermission)
	}
	return nil
}

// protect closes a socket to others, whom the folder keeps out already.
func protect(socket string) error { return os.Chmod(socket, 0o600) }

// lockFile takes the lock of a file, which ends with the process; nil if another
// one has it.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, f.Close()
	}
	return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), f.Close())
}
