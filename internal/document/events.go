package document

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"traceview/internal/model"
	"traceview/internal/query"
)

const (
	// eventsAtOnce is up to how many spans or events the list is made before the
	// next frame: 10 ms.
	eventsAtOnce = 50_000
	// eventTextBytes bounds the line that tells of an event: more than fits a screen.
	eventTextBytes = 400
)

// unseen is a selection there never is, so that the table is brought to the one
// there is.
const unseen model.SpanIndex = -2

// An EventRow is one event in the list of all.
type EventRow struct {
	Time  int64           // ns from the beginning of the trace, as recorded: also before it, or long after
	Span  model.SpanIndex // whose event it is
	Event int32           // which of them
}

// eventKey is what the list depends on.
type eventKey struct{ version int }

// events is the state of looking at them.
type events struct {
	lazy  lazy[eventKey, []EventRow]
	table Table
	seen  model.SpanIndex // the selection the table was brought to
}

// Events is the list of events as it stands.
type Events struct {
	Rows  []EventRow // by time, those of equal time in the order of spans
	Ready bool       // false until the first list is there
	Busy  bool       // a newer one is being made
	Err   error      // why there is none
}

// Events returns the events of the spans that match; of a filter that may hold
// of events those it holds of, see query.Filter.MatchEvents. The list of a big
// trace is made in the background, see RunIn. The caller must not change it.
func (d *Document) Events() Events {
	l := &d.eventLog.lazy
	key := eventKey{d.find.version}
	if l.fresh(key) {
		return Events{Rows: l.value, Ready: true, Err: l.err}
	}
	long := len(d.trace.Spans) > eventsAtOnce || d.trace.Events > eventsAtOnce
	rows, ready := l.get(key, long, d.eventWork(), d.takeEvents)
	return Events{Rows: rows, Ready: ready, Busy: l.busy(), Err: l.err}
}

// eventWork returns what makes the list, on any goroutine.
func (d *Document) eventWork() func(context.Context, func(float64)) ([]EventRow, error) {
	t, matches, text := d.trace, d.matches(), d.FindText()
	return func(ctx context.Context, _ func(float64)) ([]EventRow, error) {
		var meant func(model.SpanIndex, *model.Event) bool
		if matches != nil {
			if f, err := query.Parse(text); err == nil { // else the matches are of no filter
				meant = f.MatchEvents(ctx, t)
			}
		}
		var rows []EventRow
		if matches == nil {
			rows = make([]EventRow, 0, t.Events)
		}
		for i := range t.Spans {
			i := model.SpanIndex(i)
			if i&0xffff == 0 && ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if matches != nil && !matches.Has(i) {
				continue
			}
			list := t.SpanEvents(i)
			for k := range list {
				if meant == nil || meant(i, &list[k]) {
					rows = append(rows, EventRow{sub(list[k].Time, t.Epoch), i, int32(k)})
				}
			}
		}
		slices.SortFunc(rows, func(a, b EventRow) int {
			if a.Time != b.Time { // mostly: the rest is looked at only where it counts
				return cmp.Compare(a.Time, b.Time)
			}
			return cmp.Or(cmp.Compare(a.Span, b.Span), cmp.Compare(a.Event, b.Event))
		})
		return rows, ctx.Err()
	}
}

// sub returns a-b, or the number nearest to it.
func sub(a, b int64) int64 {
	switch d := a - b; {
	case b > 0 && d > a:
		return math.MinInt64
	case b < 0 && d < a:
		return math.MaxInt64
	default:
		return d
	}
}

// takeEvents takes a new list over: the chosen event stays so if it is in it.
func (d *Document) takeEvents(to []EventRow) {
	v := &d.eventLog
	if row := v.table.Row; row >= 0 && row < len(v.lazy.value) {
		was := v.lazy.value[row]
		v.table.Row = slices.Index(to, was)
	}
	if v.table.Row < 0 {
		v.table = Table{Row: -1}
	}
	v.seen = unseen
}

// EventTable returns how the list of events is looked at.
func (d *Document) EventTable() *Table { return &d.eventLog.table }

// FollowSelection chooses the first event of the selected span, if it has one
// and the row chosen is not of it, and says whether there was another selection
// since it was asked last.
func (d *Document) FollowSelection(rows []EventRow) bool {
	v := &d.eventLog
	if d.selected == v.seen {
		return false
	}
	v.seen = d.selected
	if row := v.table.Row; row >= 0 && row < len(rows) && rows[row].Span == d.selected {
		return true
	}
	if d.selected != model.NoSpan && len(d.trace.SpanEvents(d.selected)) == 0 {
		return true
	}
	if row := slices.IndexFunc(rows, func(r EventRow) bool { return r.Span == d.selected }); row >= 0 {
		v.table.Row = row
	}
	return true
}

// ChooseEvent chooses a row and selects its span.
func (d *Document) ChooseEvent(row int, r EventRow) bool {
	ok := row != d.eventLog.table.Row
	d.eventLog.table.Row, d.eventLog.seen = row, r.Span
	return d.SelectBar(r.Span) || d.changed(ok)
}

// Event returns the event of a row.
func (d *Document) Event(r EventRow) *model.Event { return &d.trace.SpanEvents(r.Span)[r.Event] }

// Exception says whether an event tells of an error: OpenTelemetry records
// exceptions as events of that name with the attribute exception.type, and
// OpenTracing logs have the event error.
func (d *Document) Exception(e *model.Event) bool {
	switch d.trace.Str(e.Name) {
	case "exception", "error":
		return true
	}
	_, ok := d.trace.Find(d.trace.EventAttrs(e), "exception.type")
	return ok
}

// EventText returns what an event says in one line: of an exception its type and
// message, else its attributes; not the stack, which details show.
func (d *Document) EventText(e *model.Event) string {
	t := d.trace
	attrs := t.EventAttrs(e)
	var b strings.Builder
	if kind, ok := t.Find(attrs, "exception.type"); ok {
		name := t.Text(kind)
		put(&b, "", name[strings.LastIndexAny(name, "./")+1:]) // without its package, for which there is no room
	}
	if message, ok := t.Find(attrs, "exception.message"); ok {
		put(&b, ": ", t.Text(message))
	}
	for _, a := range attrs {
		if b.Len() >= eventTextBytes {
			break
		}
		switch key := t.Key(a); key {
		case "exception.type", "exception.message", "exception.stacktrace", "stack":
		default:
			put(&b, "  ", key+"="+t.Text(a))
		}
	}
	return b.String()
}

// put appends text to a line, and what divides it from what stands there.
func put(b *strings.Builder, divider, text string) {
	if b.Len() > 0 {
		b.WriteString(divider)
	}
	if len(text) > eventTextBytes {
		at := eventTextBytes
		for at > 0 && !utf8.RuneStart(text[at]) {
			at--
		}
		text = text[:at] + "…"
	}
	for k, word := range strings.Fields(strings.ToValidUTF8(text, "\uFFFD")) {
		if k > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(word)
	}
}
