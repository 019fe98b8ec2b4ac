package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/ncruces/go-sqlite3"
)

// Sentinels wrapped by the errors of this package.
var (
	// ErrNotFound: the library has no such trace.
	ErrNotFound = errors.New("not in the library")
	// ErrDamaged: something in the file is not as it was written.
	ErrDamaged = errors.New("the library is damaged")
	// ErrKeyLost: the file is there, and its key is not.
	ErrKeyLost = errors.New("the key of the library is lost")
	// ErrNoKeyring: the keyring cannot be asked, so nothing may be kept.
	ErrNoKeyring = errors.New("no keyring for the key of the library")
	// ErrNewer: a newer version of the program wrote the file.
	ErrNewer = errors.New("the library is of a newer version")
	// ErrInUse: the library must be set right, which another process prevents.
	ErrInUse = errors.New("another process has the library open")
	// ErrBusy: another process kept the file locked for too long.
	ErrBusy = errors.New("the library is busy")
	// ErrDiskFull: the disk takes nothing more, being full, over a quota or
	// broken, which SQLite does not tell apart; what is kept can be read.
	ErrDiskFull = errors.New("the disk takes no more of the library")
	// ErrNotKept: the library is in memory.
	ErrNotKept = errors.New("the library is not kept")
)

// An AsideError says that the file of the library could not be used and was
// moved. A new library was begun; Salvage takes over what can be read. It wraps
// ErrDamaged or ErrKeyLost.
type AsideError struct {
	Path  string // where the file is now
	Cause error
}

// Error names the file and what is wrong with it.
func (e *AsideError) Error() string {
	return fmt.Sprintf("open library: %v; the file was kept as %s and a new library begun", e.Cause, e.Path)
}

// Unwrap returns what is wrong with the file.
func (e *AsideError) Unwrap() error { return e.Cause }

// kindOf returns the sentinel for an error of SQLite or the system, nil for
// none.
func kindOf(err error) error {
	switch {
	case errors.Is(err, sqlite3.CORRUPT), errors.Is(err, sqlite3.NOTADB), errors.Is(err, sqlite3.IOERR_CORRUPTFS),
		errors.Is(err, sqlite3.IOERR_SHORT_READ), errors.Is(err, sqlite3.IOERR_DATA):
		return ErrDamaged
	case errors.Is(err, sqlite3.FULL), errors.Is(err, sqlite3.IOERR_WRITE), errors.Is(err, sqlite3.IOERR_SHMSIZE), errors.Is(err, syscall.ENOSPC):
		return ErrDiskFull
	case errors.Is(err, sqlite3.BUSY), errors.Is(err, sqlite3.LOCKED):
		return ErrBusy
	}
	return nil
}

// explain makes an error of SQLite one of this package. Damage is noted beside
// the file, so that the next start looks at all of it.
func (s *Store) explain(ctx context.Context, do string, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", do, context.Cause(ctx))
	}
	kind := kindOf(err)
	if kind == nil {
		return fmt.Errorf("%s: %w", do, err)
	}
	if errors.Is(kind, ErrDamaged) && s.Kept() {
		s.suspect()
	}
	if errors.Is(err, kind) {
		return fmt.Errorf("%s: %w", do, err)
	}
	return fmt.Errorf("%s: %w: %w", do, kind, err)
}

const suspectSuffix = "-suspect"

// suspect leaves a mark that the file has to be checked before it is used again.
func (s *Store) suspect() {
	if f, err := os.OpenFile(s.path+suspectSuffix, os.O_CREATE|os.O_WRONLY, 0o600); err == nil {
		_ = f.Close() // an empty file
	}
}
