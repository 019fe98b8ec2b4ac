package store

import (
	"context"
	"database/sql"
	"fmt"
)

// A step brings a library from one version of the schema to the next, within a
// transaction that is rolled back if the step fails.
type step func(ctx context.Context, tx *sql.Tx) error

// schemaSteps are the versions of the schema; a file is of the version of the
// last step it went through. Steps are only ever added.
var schemaSteps = []step{statements(schema1), statements(schema2), statements(schema3), statements(schema4)}

func statements(text string) step {
	return func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, text)
		return err
	}
}

// schema1 is the first version. The names of services and operations, order
// numbers and links are in tables of their own, each clustered by what is looked
// up, so that a look-up reads one run of pages. Attributes and text are words of
// an inverted index without a copy of the text: it grows by appending, while an
// ordinary index of random values would write a page of 4 KiB a value.
//
// A row of body is a part of the spans of a trace: see bodyID.
const schema1 = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE trace (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	trace_id BLOB NOT NULL,
	start INTEGER NOT NULL,
	duration INTEGER NOT NULL,
	spans INTEGER NOT NULL,
	errors INTEGER NOT NULL,
	twins INTEGER NOT NULL,
	service TEXT NOT NULL,
	operation TEXT NOT NULL,
	services TEXT NOT NULL,
	orders TEXT NOT NULL,
	sources TEXT NOT NULL,
	labels TEXT NOT NULL DEFAULT '[]',
	added INTEGER NOT NULL,
	seen INTEGER NOT NULL,
	pinned INTEGER NOT NULL DEFAULT 0,
	deleted INTEGER NOT NULL DEFAULT 0,
	bad INTEGER NOT NULL DEFAULT 0,
	parts INTEGER NOT NULL,
	size INTEGER NOT NULL,
	bytes INTEGER NOT NULL,
	sum BLOB NOT NULL
);
CREATE INDEX trace_id ON trace (trace_id);
CREATE INDEX trace_start ON trace (start, id) WHERE deleted = 0;
CREATE INDEX trace_failed ON trace (start, id) WHERE deleted = 0 AND errors > 0;
CREATE INDEX trace_seen ON trace (seen, bytes) WHERE deleted = 0 AND pinned = 0;
CREATE INDEX trace_deleted ON trace (deleted, bytes) WHERE deleted > 0;
CREATE INDEX trace_pinned ON trace (start, id) WHERE deleted = 0 AND pinned = 1;
CREATE INDEX trace_labelled ON trace (start, id) WHERE deleted = 0 AND labels <> '[]';
CREATE TABLE body (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE ordered (value TEXT NOT NULL, trace INTEGER NOT NULL, PRIMARY KEY (value, trace)) WITHOUT ROWID;
CREATE INDEX ordered_trace ON ordered (trace);
CREATE TABLE name (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, text TEXT NOT NULL, UNIQUE (kind, text));
CREATE TABLE named (name INTEGER NOT NULL, trace INTEGER NOT NULL, PRIMARY KEY (name, trace)) WITHOUT ROWID;
CREATE INDEX named_trace ON named (trace);
CREATE TABLE link (
	to_trace BLOB NOT NULL, to_span INTEGER NOT NULL, trace INTEGER NOT NULL, span INTEGER NOT NULL,
	PRIMARY KEY (to_trace, to_span, trace, span)
) WITHOUT ROWID;
CREATE INDEX link_trace ON link (trace);
CREATE VIRTUAL TABLE word USING fts5 (text, content = '', contentless_delete = 1, detail = none, tokenize = 'unicode61 remove_diacritics 2');
`

// The kinds of name.
const (
	nameService = iota + 1
	nameOperation
	namePeer // a queue, database or other thing called, in digests only
)

// migrate brings the schema up to date, one transaction for all steps.
func (s *Store) migrate(ctx context.Context) error {
	version, err := versionOf(ctx, s.write)
	if err != nil || version == len(s.o.steps) {
		return err
	}
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // nothing once committed
	for i, step := range s.o.steps[version:] {
		if err := step(ctx, tx); err != nil {
			return fmt.Errorf("bring the library from version %d to %d: %w", version+i, version+i+1, err)
		}
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", len(s.o.steps))); err != nil {
		return err
	}
	return tx.Commit()
}

// versionOf returns the version of the schema, 0 for a file without any.
func versionOf(ctx context.Context, db *sql.DB) (version int, err error) {
	err = db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version)
	return version, err
}
