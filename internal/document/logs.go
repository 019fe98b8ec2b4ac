package document

import (
	"strings"
	"time"

	"traceview/internal/logs"
	"traceview/internal/model"
	"traceview/internal/query"
)

// A LogState is how far the log lines of a trace have come.
type LogState uint8

// The states of log lines.
const (
	LogsNone    LogState = iota // nothing is known of any, and nobody asks
	LogsAsked                   // they are being fetched
	LogsHere                    // what there is, is here
	LogsAway                    // they can be fetched, and nobody asked
	LogsStopped                 // somebody gave up waiting
	LogsFailed                  // they could not be fetched
)

// Logs are the log lines of the trace and what is known of their coming.
type Logs struct {
	Lines *logs.Lines // nil for none
	State LogState
	From  string // where they are fetched from, "" for a file or the library
	Came  int    // lines that have come so far, of LogsAsked
	Why   string // of LogsFailed: what happened, and what to do, in words
	Next  string

	at []model.SpanIndex // the span of each line, NoSpan where the trace has none of its id
	of *model.Trace      // that at is about
}

// TieLogs returns lines that are here, tied to the spans of a trace, in one pass over
// these: 40 ms for a million. It may run on any goroutine.
func TieLogs(t *model.Trace, l *logs.Lines) Logs {
	return Logs{Lines: l, State: LogsHere, at: spansOfLines(t, l), of: t}
}

// logLines is what a document knows of log lines.
type logLines struct {
	Logs
	version int // changes with the lines
}

// SetLogs takes over what is known of the log lines now. Lines that TieLogs has not tied
// are now.
func (d *Document) SetLogs(l Logs) {
	if l.Lines != d.logs.Lines {
		d.logs.version++
		d.eventLog.line = 0 // lines have other numbers now
	}
	if l.of != d.trace || len(l.at) != l.Lines.Len() {
		l.at, l.of = spansOfLines(d.trace, l.Lines), d.trace
	}
	d.logs.Logs = l
	d.tell()
}

// Logs returns what is known of the log lines.
func (d *Document) Logs() Logs { return d.logs.Logs }

// LogsVersion changes whenever the lines do.
func (d *Document) LogsVersion() int { return d.logs.version }

// spansOfLines returns the span of each line. Of spans with one id the first counts.
func spansOfLines(t *model.Trace, l *logs.Lines) []model.SpanIndex {
	if l.Len() == 0 {
		return nil
	}
	at := make([]model.SpanIndex, l.Len())
	for k := range at {
		at[k] = model.NoSpan
	}
	left := len(l.Spans())
	for i := range t.Spans {
		if left == 0 {
			break
		}
		id := t.Spans[i].ID
		list := l.Span(id)
		if id.IsZero() || len(list) == 0 || at[list[0]] != model.NoSpan {
			continue
		}
		for _, k := range list {
			at[k] = model.SpanIndex(i)
		}
		left--
	}
	return at
}

// LogLine returns line k of the trace and its span, NoSpan where it has none.
func (d *Document) LogLine(k int) (*logs.Line, model.SpanIndex) {
	return d.logs.Lines.At(k), d.logs.at[k]
}

// SpanLines returns which lines are of a span, the earliest first. The caller must
// not change the slice.
func (d *Document) SpanLines(i model.SpanIndex) []int32 {
	if i < 0 || int(i) >= len(d.trace.Spans) || d.logs.Lines.Len() == 0 {
		return nil
	}
	list := d.logs.Lines.Span(d.trace.Spans[i].ID)
	if len(list) == 0 || d.logs.at[list[0]] != i {
		return nil
	}
	return list
}

// A LineDetail is one log line, ready to print.
type LineDetail struct {
	Number   int // of the trace's lines
	Severity logs.Severity
	Level    string // in words, or as the service said it
	Offset   string // from the start of the span, with its sign
	Clock    string // time of day
	Logger   string
	Message  string
	Stack    string // "" for none
	Fields   []Attr
	Cut      bool // more was logged than is kept
}

// levelKeys are the words for severities.
var levelKeys = [...]string{
	logs.Unknown: "log.level.unknown", logs.Trace: "log.level.trace", logs.Debug: "log.level.debug", logs.Info: "log.level.info",
	logs.Warn: "log.level.warn", logs.Error: "log.level.error", logs.Fatal: "log.level.fatal",
}

// LevelWord returns the words for a severity; for one that is not known what the
// service said.
func LevelWord(l logs.Level, p Printer) string {
	if l.Severity == logs.Unknown && l.Raw != "" {
		return l.Raw
	}
	return word(p, levelKeys[:], int(l.Severity))
}

// LineDetails returns the log lines of a span with times in a zone, at most limit of
// them, and how many more there are. Where there are more, those that tell of errors
// come before others, all in the order of time.
func (d *Document) LineDetails(i model.SpanIndex, limit int, p Printer, zone *time.Location) (out []LineDetail, more int) {
	list := d.SpanLines(i)
	if len(list) == 0 {
		return nil, 0
	}
	if more = max(len(list)-limit, 0); more > 0 {
		list = d.worst(list, limit)
	}
	u, start := p.Units(), d.trace.Epoch+d.trace.Spans[i].Start
	for _, k := range list {
		l := d.logs.Lines.At(int(k))
		x := LineDetail{
			Number: int(k), Severity: l.Level.Severity, Level: LevelWord(l.Level, p), Offset: u.Offset(sub(l.Time, start)),
			Clock: u.Clock(time.Unix(0, l.Time).In(zone)), Logger: l.Logger, Message: l.Message, Stack: l.Stack, Cut: l.Cut(),
		}
		for _, f := range l.Fields {
			x.Fields = append(x.Fields, Attr{Key: f.Key, Text: f.Value, Kind: model.ValueString})
		}
		out = append(out, x)
	}
	return out, more
}

// worst returns n of lines, those that tell of errors first, in the order of time.
func (d *Document) worst(list []int32, n int) []int32 {
	bad := func(k int32) bool { return d.logs.Lines.At(int(k)).Level.Severity >= logs.Error }
	left := 0
	for _, k := range list {
		if bad(k) {
			left++
		}
	}
	rest := max(n-left, 0) // of the others
	out := make([]int32, 0, n)
	for _, k := range list {
		switch {
		case len(out) == n:
			return out
		case bad(k):
			out = append(out, k)
		case rest > 0:
			out, rest = append(out, k), rest-1
		}
	}
	return out
}

// LineText returns what a log line says in one line: the message, and what of an
// error its stack begins with.
func LineText(l *logs.Line) string {
	var b strings.Builder
	for part := range strings.SplitSeq(l.Message, "\n") {
		if part = strings.TrimSpace(part); part != "" {
			put(&b, " ", part)
		}
		if b.Len() >= eventTextBytes {
			break
		}
	}
	if head, _, _ := strings.Cut(strings.TrimSpace(l.Stack), "\n"); head != "" && !strings.Contains(b.String(), head) {
		put(&b, " · ", strings.TrimSpace(head))
	}
	return b.String()
}

// hears says whether a text is anywhere in a line.
func hears(l *logs.Line, w query.Finder) bool {
	if w.In(l.Message) || w.In(l.Stack) || w.In(l.Service) || w.In(l.Logger) || w.In(l.Level.Raw) {
		return true
	}
	for i := range l.Fields {
		if w.In(l.Fields[i].Value) || w.In(l.Fields[i].Key) {
			return true
		}
	}
	return false
}

// LogsText says how far the log lines have come and what of them is missing, ""
// where there is nothing to say.
func LogsText(l Logs, p Printer) string {
	switch l.State {
	case LogsAsked:
		if l.Came > 0 {
			return p.N("log.coming", l.Came)
		}
		return p.T("log.asked", "from", l.From)
	case LogsAway:
		return p.T("log.away", "from", l.From)
	case LogsStopped:
		return p.T("log.stopped")
	case LogsFailed:
		return p.T("log.failed", "why", l.Why)
	}
	return GapText(l.Lines.Gap(), p)
}

// CanFetch says whether there is a reason to ask for log lines, once or again.
func (l Logs) CanFetch() bool {
	g := l.Lines.Gap()
	return l.From != "" && (l.State == LogsAway || l.State == LogsStopped || l.State == LogsFailed || l.State == LogsHere && (g.FailedShards > 0 || g.TimedOut))
}

// GapText says what of log lines is missing, "" for nothing.
func GapText(g logs.Gap, p Printer) string {
	var list []string
	switch {
	case g.Missed > 0 && g.AtLeast:
		list = append(list, p.N("log.gap.atleast", int(g.Missed)))
	case g.Missed > 0:
		list = append(list, p.N("log.gap.missed", int(g.Missed)))
	case g.AtLeast:
		list = append(list, p.T("log.gap.more"))
	}
	if g.FailedShards > 0 {
		list = append(list, p.N("log.gap.shards", g.FailedShards, "of", p.Units().Number(g.Shards)))
	}
	if g.TimedOut {
		list = append(list, p.T("log.gap.late"))
	}
	if g.Broken > 0 {
		list = append(list, p.N("log.gap.broken", g.Broken))
	}
	return strings.Join(list, " · ")
}
