package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"traceview/internal/analysis/traffic"
	"traceview/internal/model"
)

// schema3 adds a digest beside each trace, so that many can be added up without
// their spans being read. It names texts by their row in name, where those of a
// trace are as long as the trace is. What an older version kept gets its digests
// from FillDigests, which goes on behind the key in meta until that is gone.
const schema3 = `
CREATE TABLE digest (trace INTEGER PRIMARY KEY, data BLOB NOT NULL);
INSERT INTO meta (key, value) SELECT 'digested', '0' WHERE EXISTS (SELECT 1 FROM trace);
`

// digested is the key in meta for the last entry looked at by FillDigests; without
// it there is nothing left to look at.
const digested = "digested"

var kindOfText = map[traffic.TextOf]int{traffic.OfService: nameService, traffic.OfOperation: nameOperation, traffic.OfPeer: namePeer}

// fillDigest writes the digest of an entry, whose indexes are filled. Names that are
// not indexed yet are entered first: what only digests name and, of an entry with more
// operations than are indexed, those beyond.
func fillDigest(ctx context.Context, tx *sql.Tx, k Key, d *traffic.Digest) error {
	var peers []traffic.Text
	seen := map[traffic.Text]bool{}
	d.Texts(func(t traffic.Text) {
		if t.Of == traffic.OfPeer && !seen[t] {
			seen[t], peers = true, append(peers, t)
		}
	})
	if err := addTexts(ctx, tx, k, peers); err != nil {
		return err
	}
	ids, err := namesOf(ctx, tx, k)
	if err != nil {
		return err
	}
	var missing []traffic.Text
	d.Texts(func(t traffic.Text) {
		if _, ok := ids[t]; !ok && t.Text != "" && !seen[t] {
			seen[t], missing = true, append(missing, t)
		}
	})
	if len(missing) > 0 {
		if err := addTexts(ctx, tx, k, missing); err != nil {
			return err
		}
		if ids, err = namesOf(ctx, tx, k); err != nil {
			return err
		}
	}
	data := d.Append(nil, func(t traffic.Text) uint32 { return ids[t] })
	_, err = tx.ExecContext(ctx, `INSERT OR REPLACE INTO digest (trace, data) VALUES (?, ?)`, k, data)
	return err
}

// addTexts enters texts as names of an entry.
func addTexts(ctx context.Context, tx *sql.Tx, k Key, texts []traffic.Text) error {
	var lists [namePeer + 1][]string
	for _, t := range texts {
		kind := kindOfText[t.Of]
		lists[kind] = append(lists[kind], t.Text)
	}
	for kind, list := range lists {
		if len(list) == 0 {
			continue
		}
		if _, err := tx.ExecContext(ctx, addNames, jsonText(list), kind); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, addNamed, jsonText(list), kind, k); err != nil {
			return err
		}
	}
	return nil
}

// namesOf returns the rows in name of what an entry is indexed by. Row 0, which
// there is not, stands for no name.
func namesOf(ctx context.Context, tx *sql.Tx, k Key) (map[traffic.Text]uint32, error) {
	rows, err := tx.QueryContext(ctx, `SELECT name.id, name.kind, name.text FROM named CROSS JOIN name ON name.id = named.name WHERE named.trace = ?`, k)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	ids := map[traffic.Text]uint32{}
	for rows.Next() {
		var id uint32
		var kind int
		var text string
		if err := rows.Scan(&id, &kind, &text); err != nil {
			return nil, err
		}
		for of, n := range kindOfText {
			if n == kind {
				ids[traffic.Text{Of: of, Text: text}] = id
			}
		}
	}
	return ids, rows.Err()
}

// Traffic returns the digests of the entries that a query finds, all of them: Limit
// and After are not looked at. undigested is how many entries of the library an
// older version kept, which FillDigests has not come to yet.
func (s *Store) Traffic(ctx context.Context, q Query) (set *traffic.Set, undigested int, err error) {
	const do = "read digests"
	q.After, q.OrderKeys = Cursor{}, append(s.o.OrderKeys[:len(s.o.OrderKeys):len(s.o.OrderKeys)], q.OrderKeys...)
	from, args, err := s.statement(ctx, &q)
	if err != nil {
		return nil, 0, s.explain(ctx, do, err)
	}
	tx, err := s.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}) // names and digests as of one moment
	if err != nil {
		return nil, 0, s.explain(ctx, do, err)
	}
	defer func() { _ = tx.Rollback() }() // nothing was changed
	texts, err := textsOf(ctx, tx)
	if err == nil {
		set = traffic.NewSet(texts)
		err = readDigests(ctx, tx, set, from, args)
	}
	if err == nil {
		err = tx.QueryRowContext(ctx, `SELECT count(*) FROM trace t JOIN meta m ON m.key = ? WHERE t.deleted = 0 AND t.bad = 0 AND t.id > CAST(m.value AS INTEGER)
			AND NOT EXISTS (SELECT 1 FROM digest d WHERE d.trace = t.id)`, digested).Scan(&undigested)
	}
	if err != nil {
		return nil, 0, s.explain(ctx, do, err)
	}
	set.Sort()
	return set, undigested, nil
}

// textsOf returns the names by their rows.
func textsOf(ctx context.Context, tx *sql.Tx) (map[uint32]string, error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, text FROM name`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	texts := map[uint32]string{0: ""}
	for rows.Next() {
		var id uint32
		var text string
		if err := rows.Scan(&id, &text); err != nil {
			return nil, err
		}
		texts[id] = text
	}
	return texts, rows.Err()
}

// readDigests adds the digests of the entries that a statement selects, given from
// FROM on. One that cannot be read is left out.
func readDigests(ctx context.Context, tx *sql.Tx, set *traffic.Set, from string, args []any) error {
	rows, err := tx.QueryContext(ctx, `SELECT g.trace, g.data FROM (SELECT t.id FROM `+from+`) e CROSS JOIN digest g ON g.trace = e.id`, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var arena []byte // digests are small: one by one they would be as many allocations
	for rows.Next() {
		var k Key
		var raw sql.RawBytes
		if err := rows.Scan(&k, &raw); err != nil {
			return err
		}
		if len(arena)+len(raw) > cap(arena) {
			arena = make([]byte, 0, max(len(raw), 1<<20))
		}
		at := len(arena)
		arena = append(arena, raw...)
		_ = set.Add(int64(k), arena[at:len(arena):len(arena)]) // one of another version is as if it were not there
	}
	return rows.Err()
}

// fillAtOnce is how many entries are digested in one transaction: others wait for it.
const fillAtOnce = 100

// FillDigests looks at entries that an older version kept, in pieces; it may be ended
// at any time and goes on where it was. progress, unless nil, is told after each piece
// how many there are still, at most.
func (s *Store) FillDigests(ctx context.Context, progress func(left int)) error {
	const do = "look at older entries"
	for {
		var last Key
		err := s.read.QueryRowContext(ctx, `SELECT CAST(value AS INTEGER) FROM meta WHERE key = ?`, digested).Scan(&last)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		var more bool
		if err == nil {
			more, err = s.fillSome(ctx, last)
		}
		if err != nil {
			return s.explain(ctx, do, err)
		}
		if !more {
			continue // sees that the key is gone
		}
		if progress != nil {
			var left int
			if err := s.read.QueryRowContext(ctx, `SELECT count(*) FROM trace t JOIN meta m ON m.key = ? WHERE t.deleted = 0 AND t.id > CAST(m.value AS INTEGER)`, digested).Scan(&left); err != nil {
				return s.explain(ctx, do, err)
			}
			progress(left)
		}
	}
}

// An undigested is an entry without a digest.
type undigested struct {
	stored
	digest *traffic.Digest // nil where its spans cannot be read
}

// fillSome digests the entries after last, and says whether there may be more.
func (s *Store) fillSome(ctx context.Context, last Key) (more bool, err error) {
	list, err := s.undigestedAfter(ctx, last)
	if err != nil {
		return false, err
	}
	for k := range list {
		e := &list[k]
		b := model.NewBuilder()
		err := s.unpack(ctx, s.read, e.stored, b)
		if ctx.Err() != nil {
			return false, context.Cause(ctx)
		}
		if built := b.Build(); err == nil && len(built) == 1 {
			var g traffic.Digester
			e.digest = g.Digest(built[0])
		}
	}
	return len(list) > 0, s.within(ctx, func(tx *sql.Tx) error {
		if len(list) == 0 {
			_, err := tx.ExecContext(ctx, `DELETE FROM meta WHERE key = ?`, digested)
			return err
		}
		for k := range list {
			if err := list[k].write(ctx, tx); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `UPDATE meta SET value = ? WHERE key = ?`, fmt.Sprint(list[len(list)-1].key), digested)
		return err
	})
}

// undigestedAfter returns the next entries without a digest.
func (s *Store) undigestedAfter(ctx context.Context, last Key) (list []undigested, err error) {
	rows, err := s.read.QueryContext(ctx, `SELECT id, parts, size, sum FROM trace t WHERE id > ? AND bad = 0 AND NOT EXISTS (SELECT 1 FROM digest d WHERE d.trace = t.id)
		ORDER BY id LIMIT ?`, last, fillAtOnce)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var e undigested
		if err := rows.Scan(&e.key, &e.parts, &e.size, &e.sum); err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, rows.Err()
}

// write keeps the digest, unless the entry changed meanwhile: then it got one.
func (e *undigested) write(ctx context.Context, tx *sql.Tx) error {
	var n int
	err := tx.QueryRowContext(ctx, `SELECT count(*) FROM trace WHERE id = ? AND sum = ?`, e.key, e.sum).Scan(&n)
	if err != nil || n == 0 || e.digest == nil {
		return err
	}
	return fillDigest(ctx, tx, e.key, e.digest)
}
