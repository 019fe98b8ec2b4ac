// Package logs holds what services logged while a trace was made: lines with an
// instant, a severity and a message, tied to the trace and mostly to one of its
// spans. Lines are data of any origin: package elastic below fetches them from
// Elasticsearch, format/otlp writes and reads them as OpenTelemetry LogsData.
//
// Text of lines is bounded, since services log whole answers and pictures: what is
// too long is cut and says how long it was.
package logs

import (
	"strings"
	"unicode/utf8"

	"traceview/internal/model"
)

// Bounds of one line. A message or stack trace of more is a dump that nobody reads
// to its end; what is left out can be read where the logs are kept.
const (
	MaxMessage = 64 << 10 // bytes of Line.Message and of Line.Stack
	MaxValue   = 8 << 10  // bytes of Field.Value
	MaxName    = 1 << 10  // bytes of service, logger, level, unique id and Field.Key
	MaxFields  = 200
)

// A Line is one entry of a log.
type Line struct {
	Time    int64 // Unix ns, as recorded
	Level   Level
	Service string // "" if not known
	Message string
	// MessageBytes is how long the message was where Message is only its beginning;
	// 0 where it is whole. StackBytes says the same of Stack.
	MessageBytes int
	Trace        model.TraceID
	Span         model.SpanID // zero: the line is of the trace only
	Logger       string       // the class or module that logged, "" if not known
	Stack        string       // a stack trace, "" for none
	StackBytes   int
	Fields       []Field // all else that was recorded, in that order
	LostFields   int     // fields beyond MaxFields
	// UID names the line where it is kept, such as index and id of a document. It
	// tells a line fetched twice from two that are alike; "" if not known.
	UID string
}

// A Field is something recorded with a line, as text.
type Field struct {
	Key   string
	Value string
	Bytes int // how long the value was where it was cut, else 0
}

// Field returns the value of the first field of that key.
func (l *Line) Field(key string) (value string, ok bool) {
	for _, f := range l.Fields {
		if f.Key == key {
			return f.Value, true
		}
	}
	return "", false
}

// Cut says whether anything of the line was left out for its length.
func (l *Line) Cut() bool {
	if l.MessageBytes > 0 || l.StackBytes > 0 || l.LostFields > 0 {
		return true
	}
	for i := range l.Fields {
		if l.Fields[i].Bytes > 0 {
			return true
		}
	}
	return false
}

// Bound cuts what is longer than the bounds of a line and notes how long it was.
// Doing it twice changes nothing.
func (l *Line) Bound() {
	l.Message, l.MessageBytes = clip(l.Message, MaxMessage, l.MessageBytes)
	l.Stack, l.StackBytes = clip(l.Stack, MaxMessage, l.StackBytes)
	for _, text := range []*string{&l.Service, &l.Logger, &l.Level.Raw, &l.UID} {
		*text, _ = clip(*text, MaxName, 0)
	}
	if n := len(l.Fields) - MaxFields; n > 0 {
		l.Fields, l.LostFields = l.Fields[:MaxFields:MaxFields], l.LostFields+n
	}
	for i := range l.Fields {
		f := &l.Fields[i]
		f.Key, _ = clip(f.Key, MaxName, 0)
		f.Value, f.Bytes = clip(f.Value, MaxValue, f.Bytes)
	}
}

// clip returns at most limit bytes of a text, whole characters of UTF-8, and how long
// it was if it was longer, now or before.
func clip(s string, limit, was int) (string, int) {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\ufffd")
	}
	if len(s) <= limit {
		return s, was
	}
	n := limit
	for n > limit-utf8.UTFMax && !utf8.RuneStart(s[n]) {
		n--
	}
	return strings.Clone(s[:n]), max(was, len(s))
}

// lineBytes is what a line takes beside its texts, and fieldBytes a field.
const lineBytes, fieldBytes = 208, 40

// Bytes returns about how much memory the line takes.
func (l *Line) Bytes() int {
	n := lineBytes + len(l.Service) + len(l.Message) + len(l.Logger) + len(l.Stack) + len(l.Level.Raw) + len(l.UID)
	for i := range l.Fields {
		n += fieldBytes + len(l.Fields[i].Key) + len(l.Fields[i].Value)
	}
	return n
}
