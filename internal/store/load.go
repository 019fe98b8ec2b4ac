package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"traceview/internal/model"
)

// Find returns the entries of a trace id, the latest seen first: more than one
// only where sources contradict each other. The error wraps ErrNotFound if
// there is none.
func (s *Store) Find(ctx context.Context, id model.TraceID) ([]Summary, error) {
	page, err := s.list(ctx, fmt.Sprintf("find trace %s", id), `trace t WHERE t.deleted = 0 AND t.trace_id = ? ORDER BY t.seen DESC, t.id DESC`, id[:])
	if err == nil && len(page) == 0 {
		err = fmt.Errorf("find trace %s: %w", id, ErrNotFound)
	}
	return page, err
}

// Get returns what lists show of an entry. The error wraps ErrNotFound if it is
// gone.
func (s *Store) Get(ctx context.Context, k Key) (Summary, error) {
	page, err := s.list(ctx, "look up entry", `trace t WHERE t.deleted = 0 AND t.id = ?`, k)
	if err != nil {
		return Summary{}, err
	}
	if len(page) == 0 {
		return Summary{}, fmt.Errorf("look up entry: %w", ErrNotFound)
	}
	return page[0], nil
}

// list returns the entries that a statement selects, given from FROM on.
func (s *Store) list(ctx context.Context, do, from string, args ...any) ([]Summary, error) {
	rows, err := s.read.QueryContext(ctx, "SELECT "+columns+" FROM "+from, args...)
	if err != nil {
		return nil, s.explain(ctx, do, err)
	}
	defer rows.Close()
	var out []Summary
	for rows.Next() {
		m, err := scanSummary(rows.Scan)
		if err != nil {
			return out, s.explain(ctx, do, err)
		}
		out = append(out, m)
	}
	return out, s.explain(ctx, do, rows.Err())
}

// Load returns the spans of an entry and notes that it was looked at. The error
// wraps ErrNotFound if it is gone, and ErrDamaged if its spans cannot be read
// any more: then only fetching the trace again helps.
func (s *Store) Load(ctx context.Context, k Key) (*model.Trace, error) {
	t, seen, err := s.load(ctx, k)
	if errors.Is(err, ErrDamaged) {
		_ = s.markBad(ctx, k) // the damage is what is told
	}
	if err != nil {
		return nil, err
	}
	if s.now().Sub(time.Unix(0, seen)) < lookEvery {
		return t, nil
	}
	// What is not noted is at worst evicted early.
	_ = s.update(ctx, "note look", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE trace SET seen = max(seen, ?) WHERE id = ?`, s.now().UnixNano(), k)
		return err
	})
	return t, nil
}

// lookEvery is how exactly looks are noted: writing to the disk takes longer
// than loading most traces.
const lookEvery = time.Hour

func (s *Store) load(ctx context.Context, k Key) (_ *model.Trace, seen int64, err error) {
	st := stored{key: k}
	var id []byte
	do := "load trace"
	err = s.read.QueryRowContext(ctx, `SELECT trace_id, parts, size, sum, seen FROM trace WHERE id = ? AND deleted = 0`, k).
		Scan(&id, &st.parts, &st.size, &st.sum, &seen)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, 0, fmt.Errorf("%s: %w", do, ErrNotFound)
	}
	if err != nil {
		return nil, 0, s.explain(ctx, do, err)
	}
	copy(st.id[:], id)
	do += " " + st.id.String()
	b := model.NewBuilder()
	if err := s.unpack(ctx, s.read, st, b); err != nil {
		return nil, 0, s.explain(ctx, do, err)
	}
	traces := b.Build()
	if len(traces) != 1 || traces[0].ID != st.id {
		return nil, 0, s.explain(ctx, do, fmt.Errorf("%w: it holds another trace", ErrDamaged))
	}
	return traces[0], seen, nil
}

// A BackLink is a span that links to another.
type BackLink struct {
	From Summary // the entry that has the span
	Span model.SpanID
	To   model.SpanID // the span linked to; 0 for the trace as a whole
}

// maxBackLinks bounds what LinksTo returns: more than anybody reads.
const maxBackLinks = 1000

// LinksTo returns the spans of all entries that link to a trace, or, unless span
// is zero, to one of its spans: the latest trace first, at most 1,000.
func (s *Store) LinksTo(ctx context.Context, id model.TraceID, span model.SpanID) ([]BackLink, error) {
	do := fmt.Sprintf("find links to trace %s", id)
	where, args := "", []any{id[:]}
	if !span.IsZero() {
		where, args = " AND l.to_span = ?", append(args, int64(span))
	}
	rows, err := s.read.QueryContext(ctx, "SELECT l.span, l.to_span, "+columns+` FROM link l CROSS JOIN trace t ON t.id = l.trace
		WHERE t.deleted = 0 AND l.to_trace = ?`+where+` ORDER BY t.start DESC, t.id DESC, l.span LIMIT ?`, append(args, maxBackLinks)...)
	if err != nil {
		return nil, s.explain(ctx, do, err)
	}
	defer rows.Close()
	var out []BackLink
	for rows.Next() {
		var from, to int64
		m, err := scanSummary(func(into ...any) error { return rows.Scan(append([]any{&from, &to}, into...)...) })
		if err != nil {
			return out, s.explain(ctx, do, err)
		}
		out = append(out, BackLink{m, model.SpanID(from), model.SpanID(to)})
	}
	return out, s.explain(ctx, do, rows.Err())
}
