package document

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"traceview/internal/logs"
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

// An EventRow is one event in the list of all, or a log line.
type EventRow struct {
	Time  int64           // ns from the beginning of the trace, as recorded: also before it, or long after
	Span  model.SpanIndex // whose event it is; NoSpan for a line of the trace only
	Event int32           // which of them; of a log line see Line
}

// Line returns which log line of the trace a row is, and whether it is one.
func (r EventRow) Line() (k int, ok bool) { return int(^r.Event), r.Event < 0 }

// lineRow returns the row of log line k.
func lineRow(at int64, span model.SpanIndex, k int) EventRow { return EventRow{at, span, ^int32(k)} }

// Listed says which kinds of row the list of events shows.
type Listed uint8

// The kinds of list.
const (
	ListAll      Listed = iota
	ListErrors          // what tells of an error: exceptions and log lines
	ListWarnings        // that, and log lines that warn
	ListLines           // log lines only
	ListEvents          // what spans recorded only
	listKinds
)

// lists says whether a kind of list has a row.
func (k Listed) lists(r *EventRow, worry logs.Severity) bool {
	switch k {
	case ListErrors:
		return worry >= logs.Error
	case ListWarnings:
		return worry >= logs.Warn
	case ListLines:
		return r.Event < 0
	case ListEvents:
		return r.Event >= 0
	}
	return true
}

// eventKey is what the list depends on.
type eventKey struct {
	version, logs int
	kind          Listed
}

// An eventList is what there is to list.
type eventList struct {
	rows   []EventRow
	counts [listKinds]int // how many rows each kind would have
}

// events is the state of looking at them.
type events struct {
	lazy  lazy[eventKey, eventList]
	table Table
	seen  model.SpanIndex // the selection the table was brought to
	kind  Listed
	line  int // one more than the log line somebody chose last, 0 for none
}

// Events is the list of events and log lines as it stands.
type Events struct {
	Rows   []EventRow     // by time, those of equal time in the order of spans
	Counts [listKinds]int // how many rows there are of each kind, by Listed
	Ready  bool           // false until the first list is there
	Busy   bool           // a newer one is being made
	Err    error          // why there is none
}

// SetListed chooses which kinds of row the list shows.
func (d *Document) SetListed(k Listed) bool {
	was := d.eventLog.kind
	d.eventLog.kind = k
	return d.changed(k != was)
}

// Listed returns which kinds of row the list shows.
func (d *Document) Listed() Listed { return d.eventLog.kind }

// Events returns the events and log lines of the spans that match; of a filter that
// may hold of events or lines those it holds of, see query.Filter.MatchEvents and
// MatchLines. The list of a big trace is made in the background, see RunIn. The
// caller must not change it.
func (d *Document) Events() Events {
	l := &d.eventLog.lazy
	key := eventKey{d.find.version, d.logs.version, d.eventLog.kind}
	v, ready := l.value, true
	if !l.fresh(key) {
		long := len(d.trace.Spans) > eventsAtOnce || d.trace.Events > eventsAtOnce || d.logs.Lines.Len() > eventsAtOnce/5
		v, ready = l.get(key, long, d.eventWork(), d.takeEvents)
	}
	return Events{Rows: v.rows, Counts: v.counts, Ready: ready, Busy: l.busy(), Err: l.err}
}

// eventWork returns what makes the list, on any goroutine.
func (d *Document) eventWork() func(context.Context, func(float64)) (eventList, error) {
	w := eventWork{t: d.trace, matches: d.matches(), text: d.FindText(), kind: d.eventLog.kind, lines: d.logs.Lines, at: d.logs.at}
	return func(ctx context.Context, _ func(float64)) (eventList, error) {
		if err := w.addEvents(ctx); err != nil {
			return eventList{}, err
		}
		if err := w.addLines(ctx); err != nil {
			return eventList{}, err
		}
		slices.SortFunc(w.out.rows, func(a, b EventRow) int {
			if a.Time != b.Time { // mostly: the rest is looked at only where it counts
				return cmp.Compare(a.Time, b.Time)
			}
			switch al, bl := a.Event < 0, b.Event < 0; {
			case al && bl:
				return cmp.Compare(b.Event, a.Event) // the order the source has them in
			case al:
				return 1 // events first
			case bl:
				return -1
			}
			return cmp.Or(cmp.Compare(a.Span, b.Span), cmp.Compare(a.Event, b.Event))
		})
		return w.out, ctx.Err()
	}
}

// eventWork makes a list of events and log lines.
type eventWork struct {
	t       *model.Trace
	matches query.Set // nil for all
	text    string
	kind    Listed
	lines   *logs.Lines
	at      []model.SpanIndex
	out     eventList
}

// add counts a row and takes it if the list shows its kind.
func (w *eventWork) add(r EventRow, worry logs.Severity) {
	for k := range listKinds {
		if k.lists(&r, worry) {
			w.out.counts[k]++
		}
	}
	if w.kind.lists(&r, worry) {
		w.out.rows = append(w.out.rows, r)
	}
}

func (w *eventWork) addEvents(ctx context.Context) error {
	t := w.t
	var meant func(model.SpanIndex, *model.Event) bool
	if w.matches != nil {
		if f, err := query.Parse(w.text); err == nil { // else the matches are of no filter
			meant = f.MatchEvents(ctx, t)
		}
	} else if w.kind == ListAll || w.kind == ListEvents {
		w.out.rows = make([]EventRow, 0, t.Events+w.lines.Len())
	}
	exception := exceptions(t)
	for i := range t.Spans {
		i := model.SpanIndex(i)
		if i&0xffff == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if w.matches != nil && !w.matches.Has(i) {
			continue
		}
		list := t.SpanEvents(i)
		for k := range list {
			e := &list[k]
			if meant != nil && !meant(i, e) {
				continue
			}
			worry := logs.Unknown
			if exception(e) {
				worry = logs.Error
			}
			w.add(EventRow{sub(e.Time, t.Epoch), i, int32(k)}, worry)
		}
	}
	return nil
}

func (w *eventWork) addLines(ctx context.Context) error {
	meant := func(i model.SpanIndex, _ string, _ func(query.Finder) bool) bool {
		return w.matches == nil || i != model.NoSpan && w.matches.Has(i)
	}
	if w.matches != nil {
		if f, err := query.Parse(w.text); err == nil {
			meant = f.MatchLines(ctx, w.t)
		}
	}
	for k := range w.lines.Len() {
		if k&0xff == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		l := w.lines.At(k)
		if meant(w.at[k], l.Service, func(f query.Finder) bool { return hears(l, f) }) {
			w.add(lineRow(sub(l.Time, w.t.Epoch), w.at[k], k), l.Level.Severity)
		}
	}
	return nil
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
func (d *Document) takeEvents(to eventList) {
	v := &d.eventLog
	if row := v.table.Row; row >= 0 && row < len(v.lazy.value.rows) {
		was := v.lazy.value.rows[row]
		v.table.Row = slices.Index(to.rows, was)
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
	if d.selected == model.NoSpan || len(d.trace.SpanEvents(d.selected)) == 0 && len(d.SpanLines(d.selected)) == 0 {
		return true
	}
	if row := slices.IndexFunc(rows, func(r EventRow) bool { return r.Span == d.selected }); row >= 0 {
		v.table.Row = row
	}
	return true
}

// ChooseEvent chooses a row and selects its span; a line of the trace only leaves the
// selection as it is.
func (d *Document) ChooseEvent(row int, r EventRow) bool {
	ok := row != d.eventLog.table.Row
	d.eventLog.line = 0
	if k, line := r.Line(); line {
		d.eventLog.line = k + 1
	}
	d.eventLog.table.Row, d.eventLog.seen = row, r.Span
	if r.Span == model.NoSpan {
		d.eventLog.seen = d.selected
		return d.changed(ok)
	}
	return d.SelectBar(r.Span) || d.changed(ok)
}

// ChosenLine returns the log line that was chosen in the list last, false if something
// else was.
func (d *Document) ChosenLine() (k int, ok bool) { return d.eventLog.line - 1, d.eventLog.line > 0 }

// Event returns the event of a row that is no log line.
func (d *Document) Event(r EventRow) *model.Event { return &d.trace.SpanEvents(r.Span)[r.Event] }

// Exception says whether an event tells of an error: OpenTelemetry records
// exceptions as events of that name with the attribute exception.type, and
// OpenTracing logs have the event error.
func (d *Document) Exception(e *model.Event) bool { return exceptions(d.trace)(e) }

// exceptions returns Exception as a function for many events, on any goroutine.
func exceptions(t *model.Trace) func(e *model.Event) bool {
	return func(e *model.Event) bool {
		switch t.Str(e.Name) {
		case "exception", "error":
			return true
		}
		_, ok := t.Find(t.EventAttrs(e), "exception.type")
		return ok
	}
}

// Worry returns how bad what a row tells of is: of an event Error or Unknown.
func (d *Document) Worry(r EventRow) logs.Severity {
	if k, ok := r.Line(); ok {
		return d.logs.Lines.At(k).Level.Severity
	}
	if d.Exception(d.Event(r)) {
		return logs.Error
	}
	return logs.Unknown
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
