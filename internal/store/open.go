package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
	"github.com/ncruces/go-sqlite3/ext/fts5"
	_ "github.com/ncruces/go-sqlite3/vfs/adiantum" // registers itself
	_ "github.com/ncruces/go-sqlite3/vfs/memdb"    // registers itself
)

// busyWait is how long a statement waits for another process to finish writing.
// The longest transaction, a trace of a million spans, takes seconds.
const busyWait = 20 * time.Second

// Open opens the library of a folder, or makes one.
//
// A Store is returned also with an error, so that the program can start, unless
// ctx is done. Then the error says what happened: an *AsideError that the file
// could not be used and a new one was begun; ErrNotKept that the library is in
// memory, together with the reason, which may be ErrNoKeyring, ErrNewer,
// ErrInUse, ErrDiskFull or one of the file system. In that case no file was
// changed.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.steps == nil {
		o.steps = schemaSteps
	}
	s, err := openKept(ctx, o)
	if s != nil {
		return s, err
	}
	if ctx.Err() != nil {
		return nil, fmt.Errorf("open library: %w", context.Cause(ctx))
	}
	m, memErr := openMemory(ctx, o)
	if memErr != nil {
		return nil, errors.Join(err, memErr)
	}
	return m, fmt.Errorf("open library: %w: %w", ErrNotKept, err)
}

// openKept opens the file, after whatever is needed before it can be.
func openKept(ctx context.Context, o Options) (_ *Store, err error) {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, err
	}
	s := &Store{o: o, path: pathIn(o.Dir)}
	if s.lock, err = lockIn(o.Dir); err != nil {
		return nil, err
	}
	defer func() {
		if err := err; err != nil && s.read == nil {
			_ = s.lock.close() // the first error matters
		}
	}()
	now, err := s.look(ctx)
	var aside error
	if err == nil && now.do != nothing {
		if err = s.lock.alone(); err == nil {
			// Another process may have seen to it meanwhile.
			if now, err = s.look(ctx); err == nil && now.do == trim {
				if err = s.trim(); err == nil {
					now, err = s.look(ctx)
				}
			}
			if err == nil {
				aside, err = s.setRight(ctx, now)
			}
		}
		if err == nil {
			err = s.lock.share()
		}
	}
	if err == nil {
		err = s.connectAll(ctx)
	}
	if err != nil {
		return nil, err
	}
	return s, aside
}

// What has to be done before a library can be used.
type todo int

const (
	nothing todo = iota
	trim         // a write that the disk refused has left part of a block
	begin        // there is none
	upgrade      // it is of an older version
	replace      // it cannot be read
)

// A condition is that of the file as found.
type condition struct {
	do      todo
	haveKey bool
	cause   error // of replace
}

// look finds out what has to be done, changes nothing but s.key, and waits for
// nobody.
func (s *Store) look(ctx context.Context) (c condition, err error) {
	if s.key, c.haveKey, err = findKey(ctx, s.o.Keys); err != nil {
		return c, err
	}
	info, err := os.Stat(s.path)
	switch {
	case errors.Is(err, os.ErrNotExist) || err == nil && info.Size() == 0:
		c.do = begin
		return c, nil
	case err != nil:
		return c, err
	case !c.haveKey:
		c.do, c.cause = replace, ErrKeyLost
		return c, nil
	}
	if len(s.ragged()) > 0 {
		c.do = trim
		return c, nil
	}
	db, err := s.open(lookOnly)
	if err != nil {
		return c, err
	}
	defer db.Close()
	version, err := s.examine(ctx, db, info.Size())
	switch {
	case ctx.Err() != nil:
		return c, context.Cause(ctx)
	case errors.Is(kindOf(err), ErrDamaged) || errors.Is(err, ErrDamaged):
		c.do, c.cause = replace, fmt.Errorf("%w: %w", ErrDamaged, err)
		if !s.key.fits(s.path) {
			c.cause = ErrKeyLost
		}
	case err != nil:
		return c, err
	case version > len(s.o.steps):
		return c, fmt.Errorf("version %d, and %d is the latest known: %w", version, len(s.o.steps), ErrNewer)
	case version < len(s.o.steps):
		c.do = upgrade
	}
	return c, nil
}

// ragged returns the files of a library with a log that end within a block.
func (s *Store) ragged() (list []string) {
	wal, err := os.Stat(s.path + walSuffix)
	if err != nil || wal.Size() == 0 {
		return nil // what is missing at the end then is damage
	}
	for _, path := range []string{s.path, s.path + walSuffix} {
		if info, err := os.Stat(path); err == nil && info.Size()%pageSize != 0 {
			list = append(list, path)
		}
	}
	return list
}

// trim cuts the part of a block that a full disk let nobody finish. It cannot be
// decrypted, nothing in it was committed, and SQLite stumbles over it.
func (s *Store) trim() error {
	for _, path := range s.ragged() {
		info, err := os.Stat(path)
		if err == nil {
			err = os.Truncate(path, info.Size()/pageSize*pageSize)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// examine reads what can be read quickly of a library and returns its version.
// All of it is looked at where damage was met before.
func (s *Store) examine(ctx context.Context, db *sql.DB, size int64) (version int, err error) {
	if version, err = versionOf(ctx, db); err != nil || version != len(s.o.steps) {
		return version, err
	}
	if _, err := os.Stat(s.path + suspectSuffix); err == nil {
		if err := quickCheck(ctx, db); err != nil {
			return version, err
		}
		_ = os.Remove(s.path + suspectSuffix) // else it is checked once more
	}
	for _, table := range []string{"trace", "body", "ordered", "name", "named", "link", "word_data", "note", "view", "digest"} {
		var n int
		err := db.QueryRowContext(ctx, "SELECT 1 FROM "+table+" LIMIT 1").Scan(&n)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return version, err
		}
	}
	if wal, err := os.Stat(s.path + walSuffix); err == nil && wal.Size() > 0 {
		return version, nil // the file may be behind
	}
	var pages int64
	if err := db.QueryRowContext(ctx, "PRAGMA page_count").Scan(&pages); err != nil {
		return version, err
	}
	if pages*pageSize > size {
		return version, fmt.Errorf("%w: %d bytes of %d are there", ErrDamaged, size, pages*pageSize)
	}
	return version, nil
}

// quickCheck looks at every page. The error wraps ErrDamaged.
func quickCheck(ctx context.Context, db *sql.DB) error {
	var told string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&told); err != nil {
		return err
	}
	if told != "ok" {
		return fmt.Errorf("%w: %s", ErrDamaged, told)
	}
	return nil
}

// setRight does what look found has to be done, with the lock held alone. The
// first error is an *AsideError where a file had to give way.
func (s *Store) setRight(ctx context.Context, c condition) (aside, err error) {
	if c.do == nothing {
		return nil, nil
	}
	if c.do == replace {
		to, err := s.setAside(c.cause)
		if err != nil {
			return nil, err
		}
		aside = &AsideError{to, c.cause}
	}
	if c.do != upgrade {
		if err := s.adoptLog(); err != nil {
			return nil, err
		}
		if !c.haveKey {
			if s.key, err = makeKey(ctx, s.o.Keys); err != nil {
				return nil, err
			}
		}
		if err := makePrivate(s.path); err != nil {
			return nil, err
		}
	}
	if s.write, err = s.open(writing); err != nil {
		return nil, err
	}
	err = s.migrate(ctx)
	if closeErr := s.write.Close(); err == nil {
		err = closeErr
	}
	if kind := kindOf(err); kind != nil {
		err = fmt.Errorf("%w: %w", kind, err)
	}
	return aside, err
}

// connectAll opens the connections of a library that is ready.
func (s *Store) connectAll(ctx context.Context) (err error) {
	if s.write, err = s.open(writing); err != nil {
		return err
	}
	if s.read, err = s.open(reading); err == nil {
		if err = s.write.PingContext(ctx); err == nil && s.path == "" {
			err = s.migrate(ctx)
		}
		if err == nil {
			err = s.read.PingContext(ctx)
		}
	}
	if err == nil {
		s.packer, err = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(true))
	}
	if err == nil {
		s.opener, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	}
	if err != nil {
		_ = s.write.Close() // the first error matters
		if s.read != nil {
			_ = s.read.Close()
			s.read = nil
		}
		if kind := kindOf(err); kind != nil {
			err = fmt.Errorf("%w: %w", kind, err)
		}
	}
	return err
}

// memories numbers libraries in memory, since connections to one find each other
// by its name.
var memories atomic.Int64

// openMemory makes a library that ends with the process.
func openMemory(ctx context.Context, o Options) (*Store, error) {
	s := &Store{o: o, memory: memories.Add(1)}
	if err := s.connectAll(ctx); err != nil {
		return nil, fmt.Errorf("open library in memory: %w", err)
	}
	return s, nil
}

// The purposes of a connection.
type purpose int

const (
	reading purpose = iota
	writing
	lookOnly // at a file in an unknown condition
)

// open opens connections for a purpose.
func (s *Store) open(p purpose) (*sql.DB, error) {
	db, err := driver.Open(s.dsn(), func(c *sqlite3.Conn) error { return s.prepare(c, p) })
	if err != nil {
		return nil, err
	}
	// Two reads at a time keep a list alive while a big trace is loaded; each
	// connection has a cache of its own.
	n := 2
	if p != reading {
		n = 1
	}
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	return db, nil
}

// dsn names the file to the driver.
func (s *Store) dsn() string {
	if s.path == "" {
		return fmt.Sprintf("file:/traceview-%d?vfs=memdb&_txlock=immediate", s.memory)
	}
	return fileURI(s.path) + "?vfs=adiantum&_txlock=immediate"
}

func fileURI(path string) string {
	path = filepath.ToSlash(path)
	if runtime.GOOS == "windows" && !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", OmitHost: true, Path: path}).String()
}

// errKeyRefused stands for the error of the statement that carries the key.
var errKeyRefused = errors.New("the key of the library is refused")

// prepare sets up a connection.
func (s *Store) prepare(c *sqlite3.Conn, p purpose) error {
	if s.path != "" {
		if err := c.Exec("PRAGMA hexkey = '" + hex.EncodeToString(s.key[:]) + "'"); err != nil {
			return errKeyRefused
		}
	}
	if err := c.BusyTimeout(busyWait); err != nil {
		return err
	}
	if err := fts5.Register(c); err != nil {
		return err
	}
	if p == lookOnly { // closing must not move anything from the log into the file
		_, err := c.Config(sqlite3.DBCONFIG_NO_CKPT_ON_CLOSE, true)
		return err
	}
	pragmas := "PRAGMA temp_store = memory; PRAGMA cache_size = -16000;"
	if p == writing {
		// The log is written to the disk at each commit; a commit that was
		// acknowledged outlives a power failure.
		pragmas += "PRAGMA auto_vacuum = incremental; PRAGMA journal_mode = wal; PRAGMA synchronous = full; PRAGMA journal_size_limit = 67108864;"
		if s.o.maxPages > 0 {
			pragmas += fmt.Sprintf("PRAGMA max_page_count = %d;", s.o.maxPages)
		}
	} else {
		pragmas += "PRAGMA query_only = on;"
	}
	if err := c.Exec(pragmas); err != nil {
		return err
	}
	s.hideLog()
	return nil
}

// hideLog makes the files that SQLite has beside the library while it is open
// private, like the library; SQLite makes them for all. The folder is private, too, so
// it does not matter where that cannot be done.
func (s *Store) hideLog() {
	if s.path == "" {
		return
	}
	for _, end := range []string{walSuffix, shmSuffix} {
		_ = os.Chmod(s.path+end, 0o600)
	}
}
