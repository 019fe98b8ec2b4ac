package store

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// A Query says which entries to find: those for which all of it holds. The zero
// value finds all.
type Query struct {
	// Orders are order numbers, any of which the trace has, exactly as
	// recorded, or a trace has that links to it; with Prefix, only those that
	// it has itself and that begin so. An entry found through a link has none of
	// them among its own.
	Orders []string
	Prefix bool
	// OrderKeys are attributes that hold order numbers beside those known when
	// the trace was put; they are not looked at with Prefix.
	OrderKeys []string

	Service   string // exactly
	Operation string // exactly; of any span
	Attrs     []Attr // each on some span, event or resource
	Text      string // words in names, messages and text values; the last may be the beginning of one
	Label     string // exactly
	Failed    bool   // some span failed
	Pinned    bool

	From, To time.Time // the trace begins within; zero for no bound

	Limit int    // most entries; 0 for 100
	After Cursor // where the page before ended; zero for the first
}

// An Attr is an attribute with its value as text. Values longer than 256 bytes
// are not found by it, only by Text.
type Attr struct{ Key, Value string }

// A Cursor is where a page of results ended. The zero value is the beginning.
type Cursor struct {
	start int64
	key   Key
}

// IsZero says that there is no further page.
func (c Cursor) IsZero() bool { return c.key == 0 }

// String returns the cursor for ParseCursor.
func (c Cursor) String() string {
	if c.IsZero() {
		return ""
	}
	return strconv.FormatInt(c.start, 36) + "." + strconv.FormatInt(int64(c.key), 36)
}

// ParseCursor reads what String made; ok is false for what it did not.
func ParseCursor(text string) (c Cursor, ok bool) {
	if text == "" {
		return c, true
	}
	start, key, _ := strings.Cut(text, ".")
	c.start, _ = strconv.ParseInt(start, 36, 64)
	k, err := strconv.ParseInt(key, 36, 64)
	c.key = Key(k)
	return c, err == nil && c.key > 0 && c.String() == text
}

// A Page is part of what a search found.
type Page struct {
	Entries []Summary // the trace that began last first
	Next    Cursor    // for Query.After; zero if there are no more
}

// defaultLimit is how many entries a page has unless told: several screens.
const defaultLimit = 100

// Search finds entries.
func (s *Store) Search(ctx context.Context, q Query) (Page, error) {
	const do = "search library"
	if q.Limit <= 0 {
		q.Limit = defaultLimit
	}
	q.OrderKeys = slices.Concat(s.o.OrderKeys, q.OrderKeys)
	text, args, err := s.statement(ctx, &q)
	if err != nil {
		return Page{}, s.explain(ctx, do, err)
	}
	list, err := s.list(ctx, do, text+" ORDER BY t.start DESC, t.id DESC LIMIT ?", append(args, q.Limit+1)...)
	if err != nil {
		return Page{}, err
	}
	p := Page{Entries: list}
	if len(list) > q.Limit {
		p.Entries = list[:q.Limit]
		last := &p.Entries[q.Limit-1]
		p.Next = Cursor{last.Start.UnixNano(), last.Key}
	}
	return p, nil
}

// A selection is a condition that an index answers. set selects the keys of all
// entries for which it holds, as a column named trace; probe, unless empty, says
// whether it holds for t, which takes as long for each.
type selection struct {
	set, probe string
	args       []any // of either
}

// defaultNarrow is up to how many entries are looked up one by one and sorted, some
// 10 ms. Of more, entries are gone through from the latest on until the page is
// full, which then is soon.
const defaultNarrow = 2000

var narrow = defaultNarrow // fewer in tests

// statement returns all behind FROM of a search. SQLite is told in which order
// to look, since it cannot know how many entries a selection has.
func (s *Store) statement(ctx context.Context, q *Query) (text string, args []any, err error) {
	from, where := "trace t INDEXED BY "+q.index(), ""
	var fromArgs []any
	for _, sel := range q.selections() {
		few := false
		if fromArgs == nil {
			var n int
			count := "SELECT count(*) FROM (" + sel.set + " LIMIT ?)"
			if err := s.read.QueryRowContext(ctx, count, append(sel.args[:len(sel.args):len(sel.args)], narrow+1)...).Scan(&n); err != nil {
				return "", nil, err
			}
			few = n <= narrow
		}
		switch {
		case few:
			from, fromArgs = "("+sel.set+") d CROSS JOIN trace t ON t.id = d.trace", sel.args
		case sel.probe != "":
			where, args = where+" AND "+sel.probe, append(args, sel.args...)
		default:
			where, args = where+" AND t.id IN ("+sel.set+")", append(args, sel.args...)
		}
	}
	plain, plainArgs := q.plain()
	return from + " WHERE t.deleted = 0" + where + plain, append(append(fromArgs, args...), plainArgs...), nil
}

// index returns the index by start that has the fewest entries.
func (q *Query) index() string {
	switch {
	case q.Label != "":
		return "trace_labelled"
	case q.Pinned:
		return "trace_pinned"
	case q.Failed:
		return "trace_failed"
	}
	return "trace_start"
}

// plain returns the conditions on the row of an entry.
func (q *Query) plain() (text string, args []any) {
	add := func(condition string, a ...any) { text, args = text+" AND "+condition, append(args, a...) }
	if q.Label != "" {
		add("t.labels <> '[]' AND EXISTS (SELECT 1 FROM json_each(t.labels) WHERE value = ?)", q.Label)
	}
	if q.Failed {
		add("t.errors > 0")
	}
	if q.Pinned {
		add("t.pinned = 1")
	}
	if !q.From.IsZero() {
		add("t.start >= ?", q.From.UnixNano())
	}
	if !q.To.IsZero() {
		add("t.start <= ?", q.To.UnixNano())
	}
	if !q.After.IsZero() {
		add("(t.start, t.id) < (?, ?)", q.After.start, q.After.key)
	}
	return text, args
}

// selections returns the conditions that indexes answer, those that tend to
// select the fewest entries first.
func (q *Query) selections() (list []selection) {
	if len(q.Orders) > 0 {
		list = append(list, q.orders())
	}
	var words []string
	for _, a := range q.Attrs {
		words = append(words, quoted(pairWord(pairHash(a.Key, a.Value))))
	}
	words = append(words, wordsOf(q.Text)...)
	if len(words) > 0 {
		list = append(list, selection{set: matching, args: []any{strings.Join(words, " AND ")}})
	} else if strings.TrimSpace(q.Text) != "" { // nothing in it is a word
		list = append(list, selection{set: "SELECT id AS trace FROM trace WHERE id < ?", args: []any{0}})
	}
	if q.Operation != "" {
		list = append(list, named(nameOperation, q.Operation))
	}
	if q.Service != "" {
		list = append(list, named(nameService, q.Service))
	}
	return list
}

const matching = "SELECT rowid AS trace FROM word WHERE word MATCH ?"

func named(kind int, text string) selection {
	const id = "(SELECT id FROM name WHERE kind = ? AND text = ?)"
	return selection{"SELECT trace FROM named WHERE name = " + id, "EXISTS (SELECT 1 FROM named WHERE name = " + id + " AND trace = t.id)", []any{kind, text}}
}

// orders selects by order number. Of numbers that begin with v, all sort from v
// on and before v with the last code point, since UTF-8 sorts as code points do.
func (q *Query) orders() (sel selection) {
	var values, words []string
	for _, v := range q.Orders {
		if q.Prefix {
			values = append(values, "value >= ? AND value < ?")
			sel.args = append(sel.args, v, v+"\U0010ffff")
			continue
		}
		values = append(values, "value = ?")
		sel.args = append(sel.args, v)
		for _, key := range q.OrderKeys {
			words = append(words, quoted(pairWord(pairHash(key, v))))
		}
	}
	any := "(" + strings.Join(values, " OR ") + ")"
	sel.set = "SELECT DISTINCT trace FROM ordered WHERE " + any
	if len(words) > 0 {
		sel.set = sel.set + " UNION " + matching
		sel.args = append(sel.args, strings.Join(words, " OR "))
	}
	if q.Prefix {
		sel.probe = "EXISTS (SELECT 1 FROM ordered WHERE trace = t.id AND " + any + ")"
	} else {
		sel.set = following[0] + sel.set + following[1]
	}
	return sel
}

// following adds to the traces of an order those that they link to, up to three
// links away as package order does on a server, unless they have an order of
// their own.
var following = [2]string{"WITH RECURSIVE hit (trace, depth) AS (SELECT trace, 0 FROM (", `)
	UNION SELECT other.id, hit.depth + 1 FROM hit CROSS JOIN trace this ON this.id = hit.trace CROSS JOIN link ON link.trace = hit.trace
		CROSS JOIN trace other ON other.trace_id = link.to_trace
	WHERE hit.depth < 3 AND this.deleted = 0 AND other.deleted = 0 AND other.orders = '[]') SELECT DISTINCT trace FROM hit`}

// wordsOf returns the words of a text as terms of a full-text query: whole ones,
// and the last, unless a blank follows it, as a beginning.
func wordsOf(text string) []string {
	text = plainYo.Replace(text)
	parts := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
	for i, p := range parts {
		last := i == len(parts)-1 && strings.HasSuffix(text, p)
		parts[i] = quoted(p)
		if last {
			parts[i] += " *"
		}
	}
	return parts
}

func quoted(word string) string { return `"` + word + `"` }

// Names are those of services and operations in the library, for choosing one.
type Names struct{ Services, Operations []string }

// maxNamesListed bounds each list of Names.
const maxNamesListed = 10_000

// Names returns what there is to choose from, sorted.
func (s *Store) Names(ctx context.Context) (n Names, err error) {
	const do = "list names"
	for _, k := range []struct {
		kind int
		into *[]string
	}{{nameService, &n.Services}, {nameOperation, &n.Operations}} {
		rows, err := s.read.QueryContext(ctx, `SELECT text FROM name WHERE kind = ? AND EXISTS
			(SELECT 1 FROM named JOIN trace t ON t.id = named.trace WHERE named.name = name.id AND t.deleted = 0) ORDER BY text LIMIT ?`, k.kind, maxNamesListed)
		if err != nil {
			return n, s.explain(ctx, do, err)
		}
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				_ = rows.Close() // the first error matters
				return n, s.explain(ctx, do, err)
			}
			*k.into = append(*k.into, text)
		}
		if err := rows.Err(); err != nil {
			return n, s.explain(ctx, do, err)
		}
	}
	return n, nil
}
