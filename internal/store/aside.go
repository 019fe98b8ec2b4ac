package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
	"github.com/ncruces/go-sqlite3/vfs/readervfs"

	"traceview/internal/model"
)

const (
	damagedSuffix = "-damaged-"
	lostKeySuffix = "-lost-key-"
	walSuffix     = "-wal"
	shmSuffix     = "-shm"
)

// setAside renames the file and its log; the lock is held alone. It returns the
// new name.
func (s *Store) setAside(cause error) (string, error) {
	suffix := damagedSuffix
	if errors.Is(cause, ErrKeyLost) {
		suffix = lostKeySuffix
	}
	base := s.path + suffix + s.now().UTC().Format("20060102-150405")
	to := base
	for n := 2; exists(to) || exists(to+walSuffix); n++ {
		to = fmt.Sprintf("%s-%d", base, n)
	}
	if err := os.Rename(s.path, to); err != nil {
		return "", fmt.Errorf("set library aside: %w", err)
	}
	if exists(s.path + walSuffix) {
		if err := os.Rename(s.path+walSuffix, to+walSuffix); err != nil {
			return "", fmt.Errorf("set log of the library aside: %w", err)
		}
	}
	_ = os.Remove(s.path + shmSuffix)     // an index of the log, made anew from it
	_ = os.Remove(s.path + suspectSuffix) // about the file that went
	return to, nil
}

// adoptLog gives a log without its file, which a process that ended while
// setting it aside has left, to the file that it belongs to. SQLite would delete
// it.
func (s *Store) adoptLog() error {
	if !exists(s.path+walSuffix) || exists(s.path) {
		return nil
	}
	_ = os.Remove(s.path + shmSuffix) // as in setAside
	list, err := s.asides(damagedSuffix, lostKeySuffix)
	if err != nil {
		return err
	}
	to := s.path + damagedSuffix + s.now().UTC().Format("20060102-150405")
	if n := len(list); n > 0 && !exists(list[n-1]+walSuffix) {
		to = list[n-1]
	}
	return os.Rename(s.path+walSuffix, to+walSuffix)
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// asides returns the files set aside, the oldest first.
func (s *Store) asides(suffixes ...string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Dir(s.path))
	if err != nil {
		return nil, err
	}
	var list []string
	for _, suffix := range suffixes {
		for _, e := range entries {
			name := e.Name()
			if strings.HasPrefix(name, filepath.Base(s.path)+suffix) && !strings.HasSuffix(name, walSuffix) && !strings.HasSuffix(name, shmSuffix) {
				list = append(list, filepath.Join(filepath.Dir(s.path), name))
			}
		}
	}
	slices.SortFunc(list, func(a, b string) int { return strings.Compare(timeIn(a), timeIn(b)) })
	return list, nil
}

// timeIn returns the end of the name of a file set aside, which sorts by time.
func timeIn(path string) string {
	if i := strings.LastIndex(path, damagedSuffix); i >= 0 {
		return path[i+len(damagedSuffix):]
	}
	return path[strings.LastIndex(path, lostKeySuffix)+len(lostKeySuffix):]
}

// Salvaged says what was taken over from a file set aside.
type Salvaged struct {
	Path    string // the file, which stays
	Entries int    // taken over
	Lost    int    // entries, at most, that could not be read
}

// Salvage takes over what can be read of damaged files set aside, each once; it
// may be run in the background and, if it was ended early, again. progress,
// unless nil, is told how far it is within a file.
func (s *Store) Salvage(ctx context.Context, progress func(done, total int)) ([]Salvaged, error) {
	if !s.Kept() {
		return nil, nil
	}
	const do = "salvage"
	list, err := s.asides(damagedSuffix)
	if err != nil {
		return nil, s.explain(ctx, do, err)
	}
	var out []Salvaged
	for _, path := range list {
		mark := "salvaged " + filepath.Base(path)
		var n int
		if err := s.read.QueryRowContext(ctx, `SELECT count(*) FROM meta WHERE key = ?`, mark).Scan(&n); err != nil {
			return out, s.explain(ctx, do, err)
		}
		if n > 0 {
			continue
		}
		got, err := s.salvageFile(ctx, path, progress)
		if err != nil {
			return out, s.explain(ctx, do+" "+path, err)
		}
		out = append(out, got)
		err = s.update(ctx, do, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO meta (key, value) VALUES (?, ?)`, mark, s.now().UTC().Format(time.RFC3339))
			return err
		})
		if err != nil {
			return out, err
		}
	}
	return out, nil
}

// salvageFile looks every entry up by itself, so that damage to one page costs
// only what is in it.
func (s *Store) salvageFile(ctx context.Context, path string, progress func(done, total int)) (Salvaged, error) {
	got := Salvaged{Path: path}
	db, done, err := s.openDamaged(ctx, path)
	if err != nil {
		return got, err
	}
	if db == nil {
		return got, nil
	}
	defer done()
	if err := s.rescueWritten(ctx, db); err != nil {
		return got, err
	}
	last := lastKey(ctx, db)
	for k := Key(1); k <= last; k++ {
		t, f, found := s.rescue(ctx, db, k)
		if ctx.Err() != nil {
			return got, context.Cause(ctx)
		}
		switch {
		case t != nil:
			to, _, err := s.putAs(ctx, t, f)
			if err == nil {
				err = s.rescueLogs(ctx, db, k, to, t.ID)
			}
			if err != nil {
				return got, err
			}
			got.Entries++
		case found:
			got.Lost++
		}
		if progress != nil && (k%100 == 0 || k == last) {
			progress(int(k), int(last))
		}
	}
	return got, nil
}

// rescue reads an entry; without its row, the spans alone. found says that there
// was something, readable or not.
func (s *Store) rescue(ctx context.Context, db *sql.DB, k Key) (t *model.Trace, f fate, found bool) {
	st := stored{key: k}
	var deleted bool
	var sources, labels []byte
	var added, seen int64
	err := db.QueryRowContext(ctx, `SELECT parts, size, sum, deleted <> 0, sources, labels, added, seen, pinned FROM trace WHERE id = ?`, k).
		Scan(&st.parts, &st.size, &st.sum, &deleted, &sources, &labels, &added, &seen, &f.pinned)
	f.added, f.seen = time.Unix(0, added), time.Unix(0, seen)
	if err == nil {
		err = errors.Join(json.Unmarshal(sources, &f.sources), json.Unmarshal(labels, &f.labels))
	}
	if err == sql.ErrNoRows || err == nil && deleted {
		return nil, f, false
	}
	if err != nil {
		st, f = stored{key: k}, fate{added: s.now(), seen: s.now()}
	}
	b := model.NewBuilder()
	if err := s.unpack(ctx, db, st, b); err != nil {
		return nil, f, true
	}
	traces := b.Build()
	if len(traces) != 1 {
		return nil, f, true
	}
	return traces[0], f, true
}

// lastKey returns the last key that a damaged library gave to an entry.
func lastKey(ctx context.Context, db *sql.DB) (last Key) {
	for _, query := range []string{
		`SELECT max(id) FROM trace`, `SELECT seq FROM sqlite_sequence WHERE name = 'trace'`,
		fmt.Sprintf(`SELECT max(id) >> %d FROM body`, partBits), `SELECT max(trace) FROM named`,
	} {
		var k sql.NullInt64
		if err := db.QueryRowContext(ctx, query).Scan(&k); err == nil {
			last = max(last, Key(k.Int64))
		}
	}
	return last
}

// readers numbers the files being salvaged, which the reading VFS knows by name.
var readers atomic.Int64

// openDamaged opens a file set aside: as it is, with its log, or, where its
// first page cannot be read, with that of the new library in its place. It
// returns nil if neither helps. done ends the use.
func (s *Store) openDamaged(ctx context.Context, path string) (db *sql.DB, done func(), err error) {
	aside := &Store{o: s.o, path: path, key: s.key}
	if db, err = aside.open(lookOnly); err != nil {
		return nil, nil, err
	}
	if tablesOf(ctx, db) {
		return db, func() { _ = db.Close(); _ = os.Remove(path + shmSuffix) }, nil // only read
	}
	_ = db.Close()                  // only read
	_ = os.Remove(path + shmSuffix) // made for reading
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err == nil {
		var first []byte
		if first, err = s.firstPage(ctx, info.Size()/pageSize); err == nil {
			name := fmt.Sprintf("salvage-%d", readers.Add(1))
			readervfs.Create(name, &pageReader{file: f, size: info.Size(), key: s.key, first: first})
			db, err = driver.Open("file:"+name+"?vfs=reader", func(*sqlite3.Conn) error { return nil })
			done = func() { _ = db.Close(); readervfs.Delete(name); _ = f.Close() } // only read
			if err == nil && tablesOf(ctx, db) {
				db.SetMaxOpenConns(1)
				return db, done, nil
			}
		}
	}
	if done != nil {
		done()
	} else {
		_ = f.Close() // only read
	}
	return nil, nil, err
}

// tablesOf says whether the schema of a library can be read.
func tablesOf(ctx context.Context, db *sql.DB) bool {
	var n int
	err := db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema WHERE name IN ('trace', 'body')`).Scan(&n)
	return err == nil && n == 2
}

// firstPage returns the first page of the new library, made to lead a file of so
// many pages. It says where each table begins, which is the same in all
// libraries: tables are made in the same order, and room is given back without
// moving their beginnings (SQLite file format, section 1.3 for the offsets).
func (s *Store) firstPage(ctx context.Context, pages int64) ([]byte, error) {
	if err := drain(ctx, s.write, `PRAGMA wal_checkpoint(passive)`); err != nil {
		return nil, err
	}
	f, err := os.Open(s.path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	page := make([]byte, pageSize)
	if _, err := (&pageReader{file: f, size: pageSize, key: s.key}).ReadAt(page, 0); err != nil {
		return nil, err
	}
	page[18], page[19] = 1, 1 // no log
	binary.BigEndian.PutUint32(page[28:], uint32(pages))
	copy(page[92:96], page[24:28]) // the number of pages counts
	clear(page[32:40])             // no free pages
	return page, nil
}
