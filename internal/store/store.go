// Package store is the library: every trace seen, in one encrypted SQLite file,
// found by order, service, operation, attribute, text and time without a
// network.
//
// What is on disk is encrypted page by page (Adiantum, by the VFS of
// go-sqlite3) with a key that only the keyring holds. A trace is a row of what
// lists show, its spans as OTLP protobuf in zstd, and entries of indexes.
// Several processes may have the library open (write-ahead log). A Put that
// returned is on the disk: it survives the end of the process and of the
// machine.
//
// The package never deletes a file it cannot read: it is set aside under a name
// that says why and when, and what can be read of it is taken over.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"
)

// fileName is the library in the data folder of the application.
const fileName = "library.db"

// A Keyring keeps the key of the library. Its errors say that it cannot be
// asked at all; a key it does not have is no error.
type Keyring interface {
	Get(ctx context.Context, name string) (value string, found bool, err error)
	Set(ctx context.Context, name, value string) error
}

// Options say where the library is.
type Options struct {
	Dir  string // the data folder; made if need be
	Keys Keyring
	// OrderKeys are the attributes whose values are taken for order numbers.
	OrderKeys []string
	// Now returns the present, for tests; nil for the clock.
	Now func() time.Time

	steps    []step // of the schema; those of this version unless a test sets them
	maxPages int    // most pages of the file, to see what a full disk does; 0 for no limit
}

// A Store is an open library. It may be used by several goroutines. Close it.
type Store struct {
	o      Options
	path   string // "" in memory
	memory int64  // tells libraries in memory apart
	key    key
	lock   *processLock // held in common while open; nil in memory
	write  *sql.DB      // one connection
	read   *sql.DB
	put    sync.Mutex // held while a trace is put, which takes more than one statement
	packer *zstd.Encoder
	opener *zstd.Decoder
}

// Kept says whether the library is on disk. One in memory is lost with the
// process.
func (s *Store) Kept() bool { return s.path != "" }

// Path returns the file of the library, "" for one in memory.
func (s *Store) Path() string { return s.path }

// Close ends the use of the library.
func (s *Store) Close() error {
	if s == nil {
		return nil
	}
	err := errors.Join(s.read.Close(), s.write.Close())
	if s.opener != nil {
		s.opener.Close()
	}
	if s.lock != nil {
		err = errors.Join(err, s.lock.close())
	}
	if err != nil {
		return fmt.Errorf("close library: %w", err)
	}
	return nil
}

func (s *Store) now() time.Time {
	if s.o.Now != nil {
		return s.o.Now()
	}
	return time.Now()
}

func pathIn(dir string) string { return filepath.Join(dir, fileName) }

// update runs f in a transaction that may write.
func (s *Store) update(ctx context.Context, do string, f func(tx *sql.Tx) error) error {
	tx, err := s.write.BeginTx(ctx, nil) // immediate: see dsn
	if err == nil {
		if err = f(tx); err == nil {
			err = tx.Commit()
		} else {
			_ = tx.Rollback() // the first error matters
		}
	}
	return s.explain(ctx, do, err)
}
