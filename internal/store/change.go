package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Pin keeps an entry from being evicted, or no longer does.
func (s *Store) Pin(ctx context.Context, k Key, pinned bool) error {
	return s.change(ctx, "pin entry", k, `UPDATE trace SET pinned = ?1 WHERE id = ?2 AND deleted = 0`, pinned)
}

// SetLabels gives an entry labels in the place of those it had, without blanks
// around them, each once.
func (s *Store) SetLabels(ctx context.Context, k Key, labels []string) error {
	list := []string{}
	for _, l := range labels {
		if l = strings.TrimSpace(l); l != "" && !slices.Contains(list, l) {
			list = append(list, l)
		}
	}
	return s.change(ctx, "label entry", k, `UPDATE trace SET labels = ?1 WHERE id = ?2 AND deleted = 0`, jsonText(list))
}

// Labels returns all labels in use, sorted.
func (s *Store) Labels(ctx context.Context) (list []string, err error) {
	const do = "list labels"
	rows, err := s.read.QueryContext(ctx, `SELECT DISTINCT value FROM trace t, json_each(t.labels) WHERE t.deleted = 0 AND t.labels <> '[]' ORDER BY value`)
	if err != nil {
		return nil, s.explain(ctx, do, err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return list, s.explain(ctx, do, err)
		}
		list = append(list, text)
	}
	return list, s.explain(ctx, do, rows.Err())
}

// Delete hides entries from everything but Undelete, until Evict removes them.
func (s *Store) Delete(ctx context.Context, keys ...Key) error {
	return s.update(ctx, "delete entries", func(tx *sql.Tx) error {
		for _, k := range keys {
			if _, err := tx.ExecContext(ctx, `UPDATE trace SET deleted = ? WHERE id = ? AND deleted = 0`, max(s.now().UnixNano(), 1), k); err != nil {
				return err
			}
		}
		return nil
	})
}

// Undelete brings deleted entries back. The error wraps ErrNotFound if one is
// gone for good; the others are back then.
func (s *Store) Undelete(ctx context.Context, keys ...Key) error {
	gone := 0
	err := s.update(ctx, "bring entries back", func(tx *sql.Tx) error {
		gone = 0
		for _, k := range keys {
			r, err := tx.ExecContext(ctx, `UPDATE trace SET deleted = 0 WHERE id = ?`, k)
			if err != nil {
				return err
			}
			if n, err := r.RowsAffected(); err == nil && n == 0 {
				gone++
			}
		}
		return nil
	})
	if err == nil && gone > 0 {
		err = fmt.Errorf("bring entries back: %d of %d: %w", gone, len(keys), ErrNotFound)
	}
	return err
}

// change runs a statement on one entry, which must be there.
func (s *Store) change(ctx context.Context, do string, k Key, text string, value any) error {
	return s.update(ctx, do, func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, text, value, k)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err == nil && n == 0 {
			return ErrNotFound
		}
		return nil
	})
}

// Stats tell how much there is.
type Stats struct {
	Entries int
	Pinned  int
	Deleted int       // not yet removed
	Spans   int64     // of all entries
	Bytes   int64     // in use in the file
	File    int64     // bytes of the file; more than Bytes after a removal
	Oldest  time.Time // start of the trace that began first; zero if there is none
	Newest  time.Time
}

// Stats counts what is in the library.
func (s *Store) Stats(ctx context.Context) (t Stats, err error) {
	const do = "count entries"
	var oldest, newest sql.NullInt64
	err = s.read.QueryRowContext(ctx, `SELECT count(*), coalesce(sum(pinned), 0), coalesce(sum(spans), 0), min(start), max(start) FROM trace WHERE deleted = 0`).
		Scan(&t.Entries, &t.Pinned, &t.Spans, &oldest, &newest)
	if err == nil {
		err = s.read.QueryRowContext(ctx, `SELECT count(*) FROM trace WHERE deleted > 0`).Scan(&t.Deleted)
	}
	if err == nil {
		t.Bytes, t.File, err = usage(ctx, s.read)
	}
	if oldest.Valid {
		t.Oldest, t.Newest = time.Unix(0, oldest.Int64).UTC(), time.Unix(0, newest.Int64).UTC()
	}
	return t, s.explain(ctx, do, err)
}

// usage returns the bytes of pages in use and of all pages.
func usage(ctx context.Context, db queryer) (used, all int64, err error) {
	var pages, free int64
	if err = db.QueryRowContext(ctx, `PRAGMA page_count`).Scan(&pages); err == nil {
		err = db.QueryRowContext(ctx, `PRAGMA freelist_count`).Scan(&free)
	}
	return (pages - free) * pageSize, pages * pageSize, err
}
