package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// A Report is what Verify found.
type Report struct {
	Entries  int       // looked at
	Damaged  []Summary // whose spans, or log lines, are not what was stored
	Problems []string  // of the file itself, in the words of SQLite
}

// Sound says that nothing is wrong.
func (r *Report) Sound() bool { return len(r.Damaged)+len(r.Problems) == 0 }

// Verify reads all of the library and compares it with its sums; progress,
// unless nil, is told of each entry. Entries with damage are marked, so that
// fetching one again mends it. If the file itself has problems, it is set aside
// when it is opened next, and what can be read is taken over.
func (s *Store) Verify(ctx context.Context, progress func(done, total int)) (*Report, error) {
	const do = "verify library"
	r := &Report{}
	err := s.integrity(ctx, r)
	if err == nil {
		err = s.verifyBodies(ctx, r, progress)
	}
	if kindOf(err) == ErrDamaged {
		r.Problems, err = append(r.Problems, err.Error()), nil
	}
	if len(r.Problems) > 0 && s.Kept() {
		s.suspect()
	}
	return r, s.explain(ctx, do, err)
}

// integrity lets SQLite look at the structure of the file, by a connection of
// its own: one that has read words before compares the file with what it
// remembers of them, and takes the changes of others for damage.
func (s *Store) integrity(ctx context.Context, r *Report) error {
	db, err := s.open(reading)
	if err != nil {
		return err
	}
	defer db.Close()
	rows, err := db.QueryContext(ctx, `PRAGMA integrity_check(20)`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var told string
		if err := rows.Scan(&told); err != nil {
			return err
		}
		if told != "ok" {
			r.Problems = append(r.Problems, told)
		}
	}
	return rows.Err()
}

func (s *Store) verifyBodies(ctx context.Context, r *Report, progress func(done, total int)) error {
	total := 0
	if err := s.read.QueryRowContext(ctx, `SELECT count(*) FROM trace WHERE deleted = 0`).Scan(&total); err != nil {
		return err
	}
	z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return err
	}
	defer z.Close()
	for last := Key(0); ; {
		// An entry at a time, so that nobody waits for the whole.
		var sum []byte
		err := s.read.QueryRowContext(ctx, `SELECT id, sum FROM trace WHERE id > ? AND deleted = 0 ORDER BY id LIMIT 1`, last).Scan(&last, &sum)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		err = s.verifyBody(ctx, z, last, sum)
		if err == nil {
			if _, logsErr := s.Logs(ctx, last); ctx.Err() == nil && errors.Is(logsErr, ErrDamaged) { // the spans are sound: it is not marked
				m, err := s.Get(ctx, last)
				if err != nil {
					return err
				}
				r.Damaged = append(r.Damaged, m)
			}
		}
		if ctx.Err() == nil && (errors.Is(err, ErrDamaged) || kindOf(err) == ErrDamaged) {
			if err := s.markBad(ctx, last); err != nil {
				return err
			}
			m, err := s.Get(ctx, last)
			if err != nil {
				return err
			}
			r.Damaged = append(r.Damaged, m)
		} else if err != nil {
			return err
		}
		r.Entries++
		if progress != nil {
			progress(r.Entries, max(total, r.Entries))
		}
	}
}

var errSum = fmt.Errorf("%w: its sum is another", ErrDamaged)

// verifyBody compares the spans of an entry with their sum.
func (s *Store) verifyBody(ctx context.Context, z *zstd.Decoder, k Key, sum []byte) error {
	rows, err := s.read.QueryContext(ctx, selectBody, bodyID(k, 0), bodyID(k+1, 0)-1)
	if err != nil {
		return err
	}
	defer rows.Close()
	in := &partReader{rows: rows}
	if err := z.Reset(in); err != nil {
		return err
	}
	h := sha256.New()
	if _, err := io.Copy(h, z); err != nil {
		if in.err != nil {
			return in.err
		}
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if !bytes.Equal(h.Sum(nil), sum) {
		return errSum
	}
	return nil
}

// markBad notes that the spans of an entry cannot be read.
func (s *Store) markBad(ctx context.Context, k Key) error {
	return s.update(ctx, "mark entry", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE trace SET bad = 1 WHERE id = ?`, k)
		return err
	})
}
