package elastic

import (
	"math"
	"strconv"
	"strings"
	"time"

	"traceview/internal/format/jsonpull"
	"traceview/internal/logs"
	"traceview/internal/model"
)

// Bounds of one document while it is read.
const (
	maxDepth  = 20 // objects in objects
	maxValues = 1000
	maxText   = logs.MaxMessage + 4
)

// between stands between several values of one field.
const between = ", "

// A document is a source as pairs of a dotted path and a text, in the order recorded.
// {"a":{"b":1}} and {"a.b":1} are the same, as they are for Elasticsearch; several values
// of one path stand behind one another.
type document struct {
	pairs []logs.Field
	at    map[string]int // position in pairs
	used  []bool
	lost  int // values beyond the bounds
}

// readDocument reads a source; nil if it is no object.
func readDocument(in *jsonpull.Parser) *document {
	if in.Next() != jsonpull.Object {
		in.Skip()
		return nil
	}
	d := &document{at: map[string]int{}}
	d.read(in, "", 0)
	d.used = make([]bool, len(d.pairs))
	return d
}

// read recurses at most maxDepth deep.
func (d *document) read(in *jsonpull.Parser, path string, depth int) {
	kind := in.Next()
	if (kind == jsonpull.Object || kind == jsonpull.Array) && depth >= maxDepth {
		d.lost++
		in.Skip()
		return
	}
	switch kind {
	case jsonpull.Object:
		eachField(in, func(key string) {
			if path != "" {
				key = path + "." + key
			}
			d.read(in, key, depth+1)
		})
	case jsonpull.Array:
		in.Enter(jsonpull.Array)
		for in.Elem() {
			d.read(in, path, depth+1)
		}
	default:
		if text, kind := in.Scalar(); kind != jsonpull.Null {
			d.add(path, text)
		}
	}
}

// add notes a value, or the beginning of a long one.
func (d *document) add(path string, text []byte) {
	if n, ok := d.at[path]; ok {
		f := &d.pairs[n]
		if len(f.Value)+len(text) <= maxText {
			f.Value += between + string(text)
		} else {
			f.Bytes = max(f.Bytes, len(f.Value)) + len(between) + len(text)
		}
		return
	}
	if len(d.pairs) >= maxValues {
		d.lost++
		return
	}
	f := logs.Field{Key: path, Value: string(text[:min(len(text), maxText)])}
	if len(text) > maxText {
		f.Bytes = len(text)
	}
	d.at[path] = len(d.pairs)
	d.pairs = append(d.pairs, f)
}

// take returns the first of the names that has a value, which then is no field of its
// own any more.
func (d *document) take(names []string) logs.Field {
	for _, name := range names {
		if n, ok := d.at[name]; ok && d.pairs[n].Value != "" && !d.used[n] {
			d.used[n] = true
			return d.pairs[n]
		}
	}
	return logs.Field{}
}

// ofTrace says whether a document names a trace, alone or among others, or none at all:
// some servers pass over what they do not understand of a question. One that two
// libraries write to may name two.
func (d *document) ofTrace(names []string, want model.TraceID) bool {
	named := false
	for _, name := range names {
		n, ok := d.at[name]
		if !ok || d.pairs[n].Value == "" {
			continue
		}
		named = true
		for text := range strings.SplitSeq(d.pairs[n].Value, between) {
			if id, err := model.ParseTraceID(strings.ReplaceAll(text, "-", "")); err == nil && id == want {
				d.used[n] = true
				return true
			}
		}
	}
	return !named
}

// line makes a line of a document. It is none without an instant, or if it names
// another trace than was asked for.
func (d *document) line(r *roles, trace model.TraceID, sorted []byte) (logs.Line, bool) {
	l := logs.Line{Trace: trace, LostFields: d.lost}
	if !d.ofTrace(r.trace, trace) {
		return l, false
	}
	var ok bool
	if l.Time, ok = instant(d.take(r.time).Value); !ok {
		if l.Time, ok = sortTime(sorted); !ok {
			return l, false
		}
	}
	// What is no id is none of a span: it stays a field.
	for _, name := range r.span {
		if n, ok := d.at[name]; ok && l.Span.IsZero() {
			if id, err := model.ParseSpanID(d.pairs[n].Value); err == nil && !id.IsZero() {
				l.Span, d.used[n] = id, true
			}
		}
	}
	message, stack := d.take(r.message), d.take(stackNames)
	l.Message, l.MessageBytes = message.Value, message.Bytes
	l.Stack, l.StackBytes = stack.Value, stack.Bytes
	l.Service, l.Logger = d.take(r.service).Value, d.take(loggerNames).Value
	l.Level = levelOf(d.take(r.level).Value, d.take(numberNames).Value)
	for i, f := range d.pairs {
		if !d.used[i] {
			l.Fields = append(l.Fields, f)
		}
	}
	return l, true
}

// layouts are the ways in which instants are written, beside numbers.
var layouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999Z07:00",
	"2006-01-02 15:04:05.999999999", "2006-01-02"}

// instant reads an instant as Unix ns: ISO 8601, of UTC where it names no zone, or a
// number since 1970, which is milliseconds unless its size says otherwise.
func instant(text string) (ns int64, ok bool) {
	if ns, ok = epoch(text); ok {
		return ns, true
	}
	text = strings.Replace(text, ",", ".", 1)
	for _, layout := range layouts {
		if at, err := time.Parse(layout, text); err == nil && at.Year() > 1700 && at.Year() < 2250 {
			return at.UnixNano(), true
		}
	}
	return 0, false
}

// epoch reads a number since 1970: seconds, milliseconds, microseconds or nanoseconds by
// how many digits it has, with a fraction or without.
func epoch(text string) (ns int64, ok bool) {
	whole, fraction, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || n <= 0 {
		return 0, false
	}
	unit := int64(1)
	for limit := int64(1e17); unit < 1e9 && n < limit; limit /= 1000 {
		unit *= 1000
	}
	if n > math.MaxInt64/unit-1 {
		return 0, false
	}
	ns = n * unit
	for _, digit := range []byte(fraction) {
		if unit /= 10; digit < '0' || digit > '9' {
			return 0, false
		}
		ns += int64(digit-'0') * unit
	}
	return ns, true
}
