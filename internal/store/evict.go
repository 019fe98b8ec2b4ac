package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// A Policy says how much is kept.
type Policy struct {
	MaxBytes int64         // of the file; 0 for no bound
	MaxAge   time.Duration // since an entry was put or looked at last; 0 for no bound
}

// DefaultPolicy keeps 2 GB and does not look at age.
var DefaultPolicy = Policy{MaxBytes: 2e9}

// room is the share of MaxBytes that is in use after an eviction, so that the
// next trace does not cause another.
const room = 0.95

// A Plan says what Evict would remove: the entries not looked at for longest,
// never pinned ones, and what was deleted.
type Plan struct {
	Entries int       // to be evicted
	Bytes   int64     // they take, about
	ByAge   int       // of Entries, those past MaxAge
	Oldest  time.Time // Seen of the first and the last to be evicted; zero if none
	Newest  time.Time
	Deleted int   // entries deleted before, now removed for good
	Used    int64 // bytes in use now
	Short   int64 // bytes by which MaxBytes is exceeded even then, by pinned entries

	evict   []planned
	deleted []planned
}

type planned struct {
	key  Key
	seen int64
	size int64
}

// IsEmpty says that there is nothing to remove.
func (p *Plan) IsEmpty() bool { return len(p.evict)+len(p.deleted) == 0 }

// Plan finds out what a policy would remove, and removes nothing.
func (s *Store) Plan(ctx context.Context, policy Policy) (*Plan, error) {
	const do = "plan eviction"
	p := &Plan{}
	var err error
	if p.Used, _, err = usage(ctx, s.read); err != nil {
		return nil, s.explain(ctx, do, err)
	}
	left := p.Used
	take := func(list *[]planned) func(planned) bool {
		return func(e planned) bool { *list = append(*list, e); left -= e.size; return true }
	}
	if err := s.each(ctx, `SELECT id, deleted, bytes FROM trace WHERE deleted > 0`, take(&p.deleted)); err != nil {
		return nil, s.explain(ctx, do, err)
	}
	cutoff := int64(0)
	if policy.MaxAge > 0 {
		cutoff = s.now().Add(-policy.MaxAge).UnixNano()
	}
	full := policy.MaxBytes > 0 && left > policy.MaxBytes
	evict := take(&p.evict)
	err = s.each(ctx, `SELECT id, seen, bytes FROM trace WHERE deleted = 0 AND pinned = 0 ORDER BY seen`, func(e planned) bool {
		old := e.seen < cutoff
		if !old && (!full || left <= int64(room*float64(policy.MaxBytes))) {
			return false
		}
		if old {
			p.ByAge++
		}
		return evict(e)
	})
	if err != nil {
		return nil, s.explain(ctx, do, err)
	}
	for _, e := range p.evict {
		p.Bytes += e.size
	}
	p.Entries, p.Deleted = len(p.evict), len(p.deleted)
	if p.Entries > 0 {
		p.Oldest, p.Newest = time.Unix(0, p.evict[0].seen).UTC(), time.Unix(0, p.evict[p.Entries-1].seen).UTC()
	}
	if policy.MaxBytes > 0 && left > policy.MaxBytes { // by pinned entries, or by an empty library as such
		err := s.each(ctx, `SELECT 0, 0, coalesce(sum(bytes), 0) FROM trace WHERE deleted = 0 AND pinned = 1`, func(e planned) bool {
			p.Short = min(e.size, left-policy.MaxBytes)
			return false
		})
		if err != nil {
			return nil, s.explain(ctx, do, err)
		}
	}
	return p, nil
}

// each passes rows of key, time and bytes to f until it returns false.
func (s *Store) each(ctx context.Context, query string, f func(planned) bool) error {
	rows, err := s.read.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var e planned
		if err := rows.Scan(&e.key, &e.seen, &e.size); err != nil {
			return err
		}
		if !f(e) {
			break
		}
	}
	return rows.Err()
}

// evictBatch is how many entries go in one transaction: others wait for it.
const evictBatch = 100

// Evict carries out a plan and gives the room back to the disk. An entry that
// was pinned, looked at or brought back since stays. It returns how many went,
// also with an error; progress, unless nil, is told after every hundred.
func (s *Store) Evict(ctx context.Context, p *Plan, progress func(done, total int)) (removed int, err error) {
	const do = "evict"
	total := len(p.evict) + len(p.deleted)
	for _, part := range []struct {
		list  []planned
		still string
	}{{p.deleted, `deleted = ?2`}, {p.evict, `deleted = 0 AND pinned = 0 AND seen = ?2`}} {
		for from := 0; from < len(part.list); from += evictBatch {
			batch := part.list[from:min(from+evictBatch, len(part.list))]
			n := 0
			err := s.update(ctx, do, func(tx *sql.Tx) (err error) {
				n, err = evictAll(ctx, tx, batch, part.still)
				return err
			})
			if err != nil {
				return removed, err
			}
			if removed += n; progress != nil {
				progress(min(removed, total), total)
			}
		}
	}
	return removed, s.explain(ctx, do, s.shrink(ctx))
}

// evictAll removes entries, first what gives room back for the rest: on a full
// disk there is none but that.
func evictAll(ctx context.Context, tx *sql.Tx, batch []planned, still string) (n int, err error) {
	var gone []Key
	for _, e := range batch {
		r, err := tx.ExecContext(ctx, `DELETE FROM trace WHERE id = ?1 AND `+still, e.key, e.seen)
		if err != nil {
			return 0, err
		}
		if rows, err := r.RowsAffected(); err != nil || rows == 0 {
			continue
		}
		if err := errors.Join(clearRows(ctx, tx, e.key), clearLogs(ctx, tx, e.key)); err != nil {
			return 0, err
		}
		gone = append(gone, e.key)
	}
	for _, k := range gone {
		if err := clearWords(ctx, tx, k); err != nil {
			return 0, err
		}
	}
	return len(gone), nil
}

// shrink gives free pages back, a part at a time so that others can write in
// between.
func (s *Store) shrink(ctx context.Context) error {
	err := s.mergeWords(ctx)
	if err != nil {
		return err
	}
	_, err = s.write.ExecContext(ctx, `DELETE FROM name WHERE NOT EXISTS (SELECT 1 FROM named WHERE named.name = name.id)`)
	for err == nil {
		var free int64
		if err = s.write.QueryRowContext(ctx, `PRAGMA freelist_count`).Scan(&free); err != nil || free == 0 {
			break
		}
		before := free
		if err = drain(ctx, s.write, `PRAGMA incremental_vacuum(4096)`); err == nil {
			err = s.write.QueryRowContext(ctx, `PRAGMA freelist_count`).Scan(&free)
		}
		if free >= before { // in memory nothing is given back
			break
		}
	}
	if err == nil && s.Kept() {
		err = drain(ctx, s.write, `PRAGMA wal_checkpoint(passive)`)
	}
	return err
}

// mergeWords takes the words of removed entries out of the index, some 1,000
// pages at a time, until SQLite finds nothing more to merge.
func (s *Store) mergeWords(ctx context.Context) error {
	for {
		var before, after int64
		err := s.write.QueryRowContext(ctx, `SELECT total_changes()`).Scan(&before)
		if err == nil {
			_, err = s.write.ExecContext(ctx, `INSERT INTO word (word, rank) VALUES ('merge', 1000)`)
		}
		if err == nil {
			err = s.write.QueryRowContext(ctx, `SELECT total_changes()`).Scan(&after)
		}
		if err != nil || after-before < 2 { // as the manual of FTS5 says, section 6.8
			return err
		}
	}
}

// drain runs a statement to its end; some work a step a row.
func drain(ctx context.Context, db queryer, text string) error {
	rows, err := db.QueryContext(ctx, text)
	if err != nil {
		return err
	}
	for rows.Next() {
	}
	return errors.Join(rows.Err(), rows.Close())
}
