package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"traceview/internal/format/otlp"
	"traceview/internal/model"
)

// An Outcome says what Put did.
type Outcome int

// The outcomes of Put.
const (
	Added  Outcome = iota + 1 // the library did not have the trace
	Merged                    // it had some of the spans
	Known                     // it had all of them
)

// maxSources bounds the sources remembered of a trace, the latest.
const maxSources = 8

// errChanged says that an entry is not what it was when its spans were merged.
var errChanged = errors.New("another process changed the entry")

// Put keeps a trace, and says where it is from: a connection or a file, in words
// for people, without credentials. When it returns without an error, the trace
// is on the disk.
//
// A trace is kept once. If it comes again with other spans, both are merged. If
// a span comes again with other content, the newest from the same source counts,
// unless spans would be lost by that; from another source, such as a redacted
// file, the trace becomes an entry of its own. Putting a deleted trace brings it
// back.
func (s *Store) Put(ctx context.Context, t *model.Trace, source string) (Key, Outcome, error) {
	return s.putAs(ctx, t, fate{sources: []string{source}, seen: s.now()})
}

// A fate is what an entry has beside its spans.
type fate struct {
	sources     []string
	labels      []string
	added, seen time.Time // added is zero for now
	pinned      bool
}

func (s *Store) putAs(ctx context.Context, t *model.Trace, f fate) (Key, Outcome, error) {
	do := fmt.Sprintf("keep trace %s", t.ID)
	s.put.Lock()
	defer s.put.Unlock()
	for range 10 { // another process may be merging the same trace
		key, outcome, err := s.putOnce(ctx, t, f)
		if !errors.Is(err, errChanged) {
			return key, outcome, s.explain(ctx, do, err)
		}
	}
	return 0, 0, fmt.Errorf("%s: %w", do, ErrBusy)
}

// An entry is what Put needs to know of a row.
type entry struct {
	stored
	spans, twins int
	bad, deleted bool
	sources      []string
}

func (s *Store) putOnce(ctx context.Context, t *model.Trace, f fate) (Key, Outcome, error) {
	p, err := s.pack(t)
	if err != nil {
		return 0, 0, err
	}
	entries, err := entriesOf(ctx, s.write, t.ID)
	if err != nil {
		return 0, 0, err
	}
	for _, e := range entries {
		if bytes.Equal(e.sum, p.sum[:]) {
			if e.bad { // its spans come again: mend it
				return s.replace(ctx, &e, t, p, f, Merged)
			}
			return s.touch(ctx, &e, f)
		}
	}
	facts := factsOf(t, s.o.OrderKeys)
	for _, e := range entries {
		m, err := s.merge(ctx, &e, t, facts.twins, f.sources)
		switch {
		case err != nil:
			return 0, 0, err
		case m == nil: // it contradicts the entry
			continue
		case m == t:
			return s.replace(ctx, &e, t, p, f, Merged)
		case len(m.Spans) == e.spans:
			return s.touch(ctx, &e, f)
		}
		if p, err = s.pack(m); err != nil {
			return 0, 0, err
		}
		return s.replace(ctx, &e, m, p, f, Merged)
	}
	var key Key
	err = s.within(ctx, func(tx *sql.Tx) error {
		now, err := entriesOf(ctx, tx, t.ID)
		if err == nil && len(now) != len(entries) {
			err = errChanged
		}
		if err == nil {
			key, err = s.insert(ctx, tx, t, p, facts, f)
		}
		return err
	})
	return key, Added, err
}

// entriesOf returns the entries of a trace, deleted ones too, the latest first.
func entriesOf(ctx context.Context, db queryer, id model.TraceID) (list []entry, err error) {
	rows, err := db.QueryContext(ctx, `SELECT id, parts, size, sum, spans, twins, bad, deleted <> 0, sources
		FROM trace WHERE trace_id = ? ORDER BY seen DESC, id DESC`, id[:])
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		e := entry{stored: stored{id: id}}
		var sources []byte
		if err := rows.Scan(&e.key, &e.parts, &e.size, &e.sum, &e.spans, &e.twins, &e.bad, &e.deleted, &sources); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(sources, &e.sources); err != nil {
			return nil, ErrDamaged
		}
		list = append(list, e)
	}
	return list, rows.Err()
}

// merge returns what an entry becomes with t: t itself if the entry has nothing
// to add, nil if the two contradict each other.
func (s *Store) merge(ctx context.Context, e *entry, t *model.Trace, twins int, sources []string) (*model.Trace, error) {
	if e.bad {
		return t, nil
	}
	b := model.NewBuilder()
	err := s.unpack(ctx, s.write, e.stored, b)
	if errors.Is(err, ErrDamaged) {
		return t, nil
	}
	if err != nil {
		return nil, err
	}
	d := otlp.NewDecoder(b)
	if err := otlp.WriteProto(messages{d}, t); err != nil {
		return nil, err
	}
	built := b.Build()
	if len(built) != 1 { // a trace without spans
		return t, nil
	}
	m := built[0]
	both := 0
	for _, w := range m.Warnings {
		if w.Kind == model.DuplicateSpanID {
			both++
		}
	}
	switch {
	case both <= max(e.twins, twins):
		return m, nil
	case !slices.ContainsFunc(sources, func(name string) bool { return slices.Contains(e.sources, name) }):
		return nil, nil
	case len(m.Spans)-both == len(t.Spans)-twins: // the newest says all that there was
		return t, nil
	}
	return m, nil
}

// messages decodes what is written, a whole message at a time.
type messages struct{ d *otlp.Decoder }

func (m messages) Write(p []byte) (int, error) { return len(p), m.d.Message(p) }

// within is update without words about the error, for the steps of Put.
func (s *Store) within(ctx context.Context, f func(tx *sql.Tx) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		_ = tx.Rollback() // the first error matters
		return err
	}
	return tx.Commit()
}

// unchanged says whether an entry still is what it was.
func unchanged(ctx context.Context, tx *sql.Tx, e *entry) error {
	now, err := entriesOf(ctx, tx, e.id)
	if err == nil && !slices.ContainsFunc(now, func(o entry) bool { return o.key == e.key && bytes.Equal(o.sum, e.sum) }) {
		err = errChanged
	}
	return err
}

// touch notes that an entry was seen again.
func (s *Store) touch(ctx context.Context, e *entry, f fate) (Key, Outcome, error) {
	err := s.within(ctx, func(tx *sql.Tx) error {
		if err := unchanged(ctx, tx, e); err != nil {
			return err
		}
		return f.update(ctx, tx, e)
	})
	return e.key, Known, err
}

// update gives an entry what a fate has, beside what it has already.
func (f *fate) update(ctx context.Context, tx *sql.Tx, e *entry) error {
	_, err := tx.ExecContext(ctx, `UPDATE trace SET sources = ?, seen = max(seen, ?), pinned = max(pinned, ?), deleted = 0 WHERE id = ?`,
		jsonText(joined(f.sources, e.sources)), f.seen.UnixNano(), f.pinned, e.key)
	if err == nil && len(f.labels) > 0 {
		_, err = tx.ExecContext(ctx, `UPDATE trace SET labels = ? WHERE id = ? AND labels = '[]'`, jsonText(f.labels), e.key)
	}
	return err
}

// joined returns the sources of both, the latest first.
func joined(latest, before []string) []string {
	list := slices.Clone(latest)
	for _, name := range before {
		if !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list[:min(len(list), maxSources)]
}

// replace gives an entry other spans.
func (s *Store) replace(ctx context.Context, e *entry, t *model.Trace, p *packed, f fate, o Outcome) (Key, Outcome, error) {
	facts := factsOf(t, s.o.OrderKeys)
	err := s.within(ctx, func(tx *sql.Tx) error {
		err := unchanged(ctx, tx, e)
		if err == nil {
			err = f.update(ctx, tx, e)
		}
		if err == nil {
			err = clearIndexes(ctx, tx, e.key)
		}
		if err == nil {
			err = s.fill(ctx, tx, e.key, t, p, facts)
		}
		return err
	})
	return e.key, o, err
}

// insert makes an entry.
func (s *Store) insert(ctx context.Context, tx *sql.Tx, t *model.Trace, p *packed, facts *facts, f fate) (Key, error) {
	added := f.added
	if added.IsZero() {
		added = f.seen
	}
	r, err := tx.ExecContext(ctx, `INSERT INTO trace (trace_id, start, duration, spans, errors, twins, service, operation, services, orders,
		sources, labels, added, seen, pinned, parts, size, bytes, sum) VALUES (?, 0, 0, 0, 0, 0, '', '', '[]', '[]', ?, ?, ?, ?, ?, 0, 0, 0, x'')`,
		t.ID[:], jsonText(joined(f.sources, nil)), jsonText(append([]string{}, f.labels...)), added.UnixNano(), f.seen.UnixNano(), f.pinned)
	if err != nil {
		return 0, err
	}
	id, err := r.LastInsertId()
	if err == nil {
		err = s.fill(ctx, tx, Key(id), t, p, facts)
	}
	return Key(id), err
}

// What an entry takes in the file, measured on the demo shop and on synthetic
// traces, within a fifth for either.
const (
	rowBytes    = 600 // a row of trace with its indexes
	nameBytes   = 32  // an order number, service, operation or link, both ways
	wordsShare  = 3   // of the words as text, one part in so many is stored
	digestBytes = 26  // of a digest, an operation or an edge
)

// shownOrders is how many order numbers a Summary has.
const shownOrders = 20

// fill writes the spans of an entry and what is told and indexed of them.
func (s *Store) fill(ctx context.Context, tx *sql.Tx, k Key, t *model.Trace, p *packed, f *facts) error {
	service, operation := "", ""
	if t.Root != model.NoSpan && len(t.Spans) > 0 {
		service, operation = t.ServiceName(t.Root), t.Name(t.Root)
	}
	words := f.words.String()
	orders := f.orders[:min(len(f.orders), shownOrders)]
	entries := len(f.services) + len(f.operations) + len(f.orders) + len(f.links)
	bytes := p.bytes() + int64(entries*nameBytes+len(words)/wordsShare) + rowBytes + int64(digestBytes*(len(f.digest.Operations)+len(f.digest.Edges)))
	_, err := tx.ExecContext(ctx, `UPDATE trace SET start = ?, duration = ?, spans = ?, errors = ?, twins = ?, service = ?, operation = ?,
		services = ?, orders = ?, bad = 0, parts = ?, size = ?,
		bytes = ? + coalesce((SELECT bytes FROM log WHERE log.trace = trace.id), 0), sum = ? WHERE id = ?`,
		t.Epoch, t.Dur, len(t.Spans), t.Errors, f.twins, service, operation,
		jsonText(append([]Service{}, f.services...)), jsonText(append([]string{}, orders...)), len(p.parts), p.size, bytes, p.sum[:], k)
	if err != nil {
		return err
	}
	for i, part := range p.parts {
		if _, err := tx.ExecContext(ctx, `INSERT INTO body (id, data) VALUES (?, ?)`, bodyID(k, i), part); err != nil {
			return err
		}
	}
	if err := fillIndexes(ctx, tx, k, f, words); err != nil {
		return err
	}
	return fillDigest(ctx, tx, k, f.digest)
}
