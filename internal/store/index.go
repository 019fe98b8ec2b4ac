package store

import (
	"context"
	"database/sql"
	"strconv"
)

// fillIndexes enters the facts of an entry. Lists go in as JSON, one statement
// for each, since a statement costs more than a row.
func fillIndexes(ctx context.Context, tx *sql.Tx, k Key, f *facts, words string) error {
	services := make([]string, len(f.services))
	for i, v := range f.services {
		services[i] = v.Name
	}
	links := make([][3]string, len(f.links))
	for i, l := range f.links {
		links[i] = [3]string{l.toTrace.String(), strconv.FormatInt(int64(l.toSpan), 10), strconv.FormatInt(int64(l.from), 10)}
	}
	for _, c := range []struct {
		n    int
		text string
		args []any
	}{
		{len(f.orders), `INSERT OR IGNORE INTO ordered (value, trace) SELECT value, ?2 FROM json_each(?1)`, []any{jsonText(f.orders), k}},
		{len(services), addNames, []any{jsonText(services), nameService}},
		{len(services), addNamed, []any{jsonText(services), nameService, k}},
		{len(f.operations), addNames, []any{jsonText(f.operations), nameOperation}},
		{len(f.operations), addNamed, []any{jsonText(f.operations), nameOperation, k}},
		{len(links), `INSERT OR IGNORE INTO link (to_trace, to_span, trace, span)
			SELECT unhex(value ->> 0), CAST(value ->> 1 AS INTEGER), ?2, CAST(value ->> 2 AS INTEGER) FROM json_each(?1)`, []any{jsonText(links), k}},
		{1, `INSERT INTO word (rowid, text) VALUES (?2, ?1)`, []any{words, k}},
	} {
		if c.n == 0 {
			continue
		}
		if _, err := tx.ExecContext(ctx, c.text, c.args...); err != nil {
			return err
		}
	}
	return nil
}

const (
	addNames = `INSERT OR IGNORE INTO name (kind, text) SELECT ?2, value FROM json_each(?1)`
	addNamed = `INSERT OR IGNORE INTO named (name, trace) SELECT name.id, ?3 FROM json_each(?1) j JOIN name ON kind = ?2 AND text = j.value`
)

// clearIndexes removes the spans of an entry and what is indexed of them, all
// but its row in trace.
func clearIndexes(ctx context.Context, tx *sql.Tx, k Key) error {
	if err := clearRows(ctx, tx, k); err != nil {
		return err
	}
	return clearWords(ctx, tx, k)
}

// clearRows is the part of clearIndexes that gives room back.
func clearRows(ctx context.Context, tx *sql.Tx, k Key) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM body WHERE id BETWEEN ? AND ?`, bodyID(k, 0), bodyID(k+1, 0)-1); err != nil {
		return err
	}
	for _, text := range []string{`DELETE FROM ordered WHERE trace = ?`, `DELETE FROM named WHERE trace = ?`, `DELETE FROM link WHERE trace = ?`, `DELETE FROM digest WHERE trace = ?`} {
		if _, err := tx.ExecContext(ctx, text, k); err != nil {
			return err
		}
	}
	return nil
}

// clearWords is the part that takes room until words are merged: a list of what
// was deleted.
func clearWords(ctx context.Context, tx *sql.Tx, k Key) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM word WHERE rowid = ?`, k)
	return err
}
