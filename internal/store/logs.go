package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"traceview/internal/format/otlp"
	"traceview/internal/logs"
	"traceview/internal/model"
)

// schema4 adds the log lines of an entry, as LogsData in zstd. Lines are of an entry and
// not of a trace id: those of a redacted copy are others than those of the original.
// What they take counts into bytes of trace.
const schema4 = `
CREATE TABLE log (trace INTEGER PRIMARY KEY, bytes INTEGER NOT NULL, data BLOB NOT NULL);
`

// logRowBytes is what a row of log takes beside its lines.
const logRowBytes = 32

// PutLogs keeps the log lines of an entry beside those it has. That there are none is
// kept as well. The error wraps ErrNotFound if the entry is gone.
func (s *Store) PutLogs(ctx context.Context, k Key, l *logs.Lines) error {
	return s.update(ctx, fmt.Sprintf("keep logs of trace %s", l.Trace()), func(tx *sql.Tx) error {
		var id []byte
		err := tx.QueryRowContext(ctx, `SELECT trace_id FROM trace WHERE id = ? AND deleted = 0`, k).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNotFound
		}
		if err != nil {
			return err
		}
		trace := l.Trace()
		if string(id) != string(trace[:]) {
			return fmt.Errorf("the entry is of trace %x: %w", id, ErrNotFound)
		}
		have, err := s.logsOf(ctx, tx, k, trace)
		if err != nil && !errors.Is(err, ErrDamaged) { // what is damaged is replaced
			return err
		}
		data := s.packer.EncodeAll(otlp.AppendLogs(nil, have.Merge(l)), nil)
		return putLogRow(ctx, tx, k, data)
	})
}

// putLogRow writes the lines of an entry and counts what they take.
func putLogRow(ctx context.Context, tx *sql.Tx, k Key, data []byte) error {
	bytes := len(data) + logRowBytes
	_, err := tx.ExecContext(ctx, `UPDATE trace SET bytes = bytes + ?1 - coalesce((SELECT bytes FROM log WHERE trace = ?2), 0) WHERE id = ?2`, bytes, k)
	if err == nil {
		_, err = tx.ExecContext(ctx, `INSERT OR REPLACE INTO log (trace, bytes, data) VALUES (?, ?, ?)`, k, bytes, data)
	}
	return err
}

// Logs returns the log lines kept of an entry, nil where none were ever asked for. The
// error wraps ErrNotFound if the entry is gone, and ErrDamaged if its lines cannot be
// read any more: then only fetching them again helps.
func (s *Store) Logs(ctx context.Context, k Key) (*logs.Lines, error) {
	const do = "load logs"
	var id []byte
	err := s.read.QueryRowContext(ctx, `SELECT trace_id FROM trace WHERE id = ? AND deleted = 0`, k).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("%s: %w", do, ErrNotFound)
	}
	var l *logs.Lines
	if err == nil {
		l, err = s.logsOf(ctx, s.read, k, model.TraceID(id))
	}
	return l, s.explain(ctx, do, err)
}

// logsOf reads the lines of an entry, nil for none.
func (s *Store) logsOf(ctx context.Context, db queryer, k Key, id model.TraceID) (*logs.Lines, error) {
	var data []byte
	err := db.QueryRowContext(ctx, `SELECT data FROM log WHERE trace = ?`, k).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	plain, err := s.opener.DecodeAll(data, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	list, err := otlp.DecodeLogs(plain)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	case len(list) == 0:
		return logs.New(id, nil, logs.Gap{}), nil
	case len(list) > 1 || list[0].Trace() != id:
		return nil, fmt.Errorf("%w: it holds lines of another trace", ErrDamaged)
	}
	return list[0], nil
}

// clearLogs removes the lines of an entry.
func clearLogs(ctx context.Context, tx *sql.Tx, k Key) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM log WHERE trace = ?`, k)
	return err
}

// rescueLogs takes over the lines of an entry of a damaged file, if they can be read.
func (s *Store) rescueLogs(ctx context.Context, db *sql.DB, from, to Key, id model.TraceID) error {
	l, err := s.logsOf(ctx, db, from, id)
	if err != nil || l == nil {
		return nil // they are lost, or there were none
	}
	return s.PutLogs(ctx, to, l)
}
