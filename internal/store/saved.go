package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"traceview/internal/model"
)

// schema2 adds what people wrote: notes by the trace they are on, whether that is
// in the library or not, and saved views. Their content is data of others; what is
// looked up by stands beside it.
const schema2 = `
CREATE TABLE note (id TEXT PRIMARY KEY, trace_id BLOB NOT NULL, changed INTEGER NOT NULL, data BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX note_trace ON note (trace_id);
CREATE TABLE view (id TEXT PRIMARY KEY, name TEXT NOT NULL, created INTEGER NOT NULL, data BLOB NOT NULL) WITHOUT ROWID;
`

// A Note is a note on a trace, as others encode it.
type Note struct {
	ID      string // made once, the same wherever the note goes
	Trace   model.TraceID
	Changed time.Time
	Data    []byte
}

// PutNotes keeps notes; of one that is there the newest stays.
func (s *Store) PutNotes(ctx context.Context, list []Note) error {
	return s.update(ctx, "keep notes", func(tx *sql.Tx) error {
		for _, n := range list {
			_, err := tx.ExecContext(ctx, `INSERT INTO note (id, trace_id, changed, data) VALUES (?1, ?2, ?3, ?4)
				ON CONFLICT (id) DO UPDATE SET trace_id = ?2, changed = ?3, data = ?4 WHERE changed < ?3`, n.ID, n.Trace[:], n.Changed.UnixNano(), n.Data)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Notes returns the notes on a trace, the oldest first.
func (s *Store) Notes(ctx context.Context, id model.TraceID) (list []Note, err error) {
	do := fmt.Sprintf("read notes on trace %s", id)
	rows, err := s.read.QueryContext(ctx, `SELECT id, changed, data FROM note WHERE trace_id = ? ORDER BY changed, id`, id[:])
	if err != nil {
		return nil, s.explain(ctx, do, err)
	}
	defer rows.Close()
	for rows.Next() {
		n, at := Note{Trace: id}, int64(0)
		if err := rows.Scan(&n.ID, &at, &n.Data); err != nil {
			return list, s.explain(ctx, do, err)
		}
		n.Changed = time.Unix(0, at).UTC()
		list = append(list, n)
	}
	return list, s.explain(ctx, do, rows.Err())
}

// DeleteNote forgets a note; one that is not there needs no forgetting.
func (s *Store) DeleteNote(ctx context.Context, id string) error {
	return s.update(ctx, "delete note", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM note WHERE id = ?`, id)
		return err
	})
}

// A View is a saved view, as others encode it.
type View struct {
	ID      string // made once
	Name    string
	Created time.Time
	Data    []byte
}

// PutView keeps a view, in the place of one with its id.
func (s *Store) PutView(ctx context.Context, v View) error {
	return s.update(ctx, "keep view", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO view (id, name, created, data) VALUES (?, ?, ?, ?)`, v.ID, v.Name, v.Created.UnixNano(), v.Data)
		return err
	})
}

// Views returns the saved views, the newest first.
func (s *Store) Views(ctx context.Context) (list []View, err error) {
	const do = "list views"
	rows, err := s.read.QueryContext(ctx, `SELECT id, name, created, data FROM view ORDER BY created DESC, id`)
	if err != nil {
		return nil, s.explain(ctx, do, err)
	}
	defer rows.Close()
	for rows.Next() {
		var v View
		var at int64
		if err := rows.Scan(&v.ID, &v.Name, &at, &v.Data); err != nil {
			return list, s.explain(ctx, do, err)
		}
		v.Created = time.Unix(0, at).UTC()
		list = append(list, v)
	}
	return list, s.explain(ctx, do, rows.Err())
}

// DeleteView forgets a view; one that is not there needs no forgetting.
func (s *Store) DeleteView(ctx context.Context, id string) error {
	return s.update(ctx, "delete view", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM view WHERE id = ?`, id)
		return err
	})
}

// rescueWritten takes over what people wrote from a damaged library, a table at a
// time: what cannot be read is passed over.
func (s *Store) rescueWritten(ctx context.Context, db *sql.DB) error {
	var notes []Note
	eachRow(ctx, db, `SELECT id, trace_id, changed, data FROM note`, func(rows *sql.Rows) error {
		var n Note
		var id []byte
		var at int64
		err := rows.Scan(&n.ID, &id, &at, &n.Data)
		if copy(n.Trace[:], id); err == nil {
			n.Changed = time.Unix(0, at)
			notes = append(notes, n)
		}
		return err
	})
	var views []View
	eachRow(ctx, db, `SELECT id, name, created, data FROM view`, func(rows *sql.Rows) error {
		var v View
		var at int64
		err := rows.Scan(&v.ID, &v.Name, &at, &v.Data)
		if err == nil {
			v.Created = time.Unix(0, at)
			views = append(views, v)
		}
		return err
	})
	err := s.PutNotes(ctx, notes)
	for _, v := range views {
		err = errors.Join(err, s.PutView(ctx, v))
	}
	return err
}

// eachRow calls f for the rows of a statement as far as they can be read.
func eachRow(ctx context.Context, db *sql.DB, query string, f func(*sql.Rows) error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return
	}
	defer rows.Close()
	for rows.Next() && f(rows) == nil {
	}
}
