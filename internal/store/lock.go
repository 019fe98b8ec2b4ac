package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/ncruces/go-sqlite3"
)

// defaultLockWait is how long to wait for other processes to let go of the
// library, which one that sets it right does within seconds.
const defaultLockWait = 5 * time.Second

var lockWait = defaultLockWait // shorter in tests

// A processLock says which processes have the library open: all that use it
// share it, and one that makes, moves or migrates the file has it alone. It is a
// lock of SQLite on an empty file beside the library, since that is the same
// code on every system and ends with the process, however that ends.
type processLock struct{ conn *sqlite3.Conn }

// lockIn takes the lock of a folder, shared.
func lockIn(dir string) (*processLock, error) {
	path := filepath.Join(dir, fileName+"-lock")
	if err := makePrivate(path); err != nil {
		return nil, fmt.Errorf("lock library: %w", err)
	}
	conn, err := sqlite3.OpenFlags(path, sqlite3.OPEN_READWRITE)
	if err != nil {
		return nil, fmt.Errorf("lock library: %w", err)
	}
	l := &processLock{conn}
	if err := l.share(); err != nil {
		return nil, errors.Join(err, l.close())
	}
	return l, nil
}

// makePrivate makes a file for its owner alone, unless it is there; SQLite would
// make it for all.
func makePrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// share gives others a share of the lock, or takes one.
func (l *processLock) share() error {
	return l.take(`BEGIN; SELECT count(*) FROM sqlite_schema`)
}

// alone takes the lock when nobody shares it any more, or else keeps none. The
// error wraps ErrInUse.
func (l *processLock) alone() error { return l.take(`BEGIN EXCLUSIVE`) }

func (l *processLock) take(how string) error {
	err := l.conn.BusyTimeout(lockWait)
	if err == nil && !l.conn.GetAutocommit() {
		err = l.conn.Exec(`ROLLBACK`)
	}
	if err == nil {
		err = l.conn.Exec(how)
	}
	if errors.Is(err, sqlite3.BUSY) {
		return fmt.Errorf("lock library: %w: %w", ErrInUse, err)
	}
	if err != nil {
		return fmt.Errorf("lock library: %w", err)
	}
	return nil
}

func (l *processLock) close() error { return l.conn.Close() }
