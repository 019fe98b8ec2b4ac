package store

import (
	"context"
	"errors"

	"traceview/internal/model"
)

// sampleShare is what part of the spans of a sample a single trace may have: one of
// them says little of what is usual.
const sampleShare = 8

// Sample returns some traces that say what is usual: the newest, and others spread
// over all that is kept, together of at most a number of spans. It is no look: what is
// not looked at otherwise is still the first to go. A trace that cannot be read is
// left out.
func (s *Store) Sample(ctx context.Context, newest, spread, spans int) (list []*model.Trace, err error) {
	const do = "sample library"
	keys, err := s.sampleKeys(ctx, newest, spread, spans/sampleShare)
	if err != nil {
		return nil, s.explain(ctx, do, err)
	}
	for _, k := range keys {
		t, _, err := s.load(ctx, k)
		switch {
		case ctx.Err() != nil:
			return list, s.explain(ctx, do, err)
		case errors.Is(err, ErrDamaged), errors.Is(err, ErrNotFound):
			continue
		case err != nil:
			return list, err
		case len(t.Spans) > spans:
			return list, nil
		}
		spans -= len(t.Spans)
		list = append(list, t)
	}
	return list, nil
}

// sampleKeys returns the entries of a sample, each once, the newest first.
func (s *Store) sampleKeys(ctx context.Context, newest, spread, most int) (keys []Key, err error) {
	add := func(text string, args ...any) error {
		rows, err := s.read.QueryContext(ctx, text, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var k Key
			if err := rows.Scan(&k); err != nil {
				return err
			}
			keys = append(keys, k)
		}
		return rows.Err()
	}
	const fit = ` deleted = 0 AND bad = 0 AND spans <= ? `
	if err := add(`SELECT id FROM trace INDEXED BY trace_start WHERE`+fit+`ORDER BY start DESC, id DESC LIMIT ?`, most, newest); err != nil {
		return nil, err
	}
	var first, last int64
	if err := s.read.QueryRowContext(ctx, `SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM trace`).Scan(&first, &last); err != nil {
		return nil, err
	}
	for n := range spread {
		from := first + (last-first)*int64(n)/int64(spread)
		if err := add(`SELECT id FROM trace WHERE id >= ? AND`+fit+`ORDER BY id LIMIT 1`, from, most); err != nil {
			return nil, err
		}
	}
	seen, unique := map[Key]bool{}, keys[:0]
	for _, k := range keys {
		if !seen[k] {
			seen[k] = true
			unique = append(unique, k)
		}
	}
	return unique, nil
}
