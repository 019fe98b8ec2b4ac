package otlp

import (
	"fmt"
	"strconv"
	"strings"

	"traceview/internal/logs"
	"traceview/internal/model"
)

// Limits on LogsData made to fill memory: two bytes make a line of two hundred. What
// AppendLogs writes has 33 bytes a line and 10 a field at least, so all of it is read.
const (
	freeLogs    = 32 << 20 // of memory
	perLogsByte = 8        // of memory a byte of the message
	lineCost    = 256      // of memory a line takes while it is read
	fieldCost   = 72       // of memory a field takes beside its text
)

// DecodeLogs decodes a LogsData message into the lines of each trace, in the order in
// which the traces first come. The error wraps ErrTruncated, ErrMalformed or
// ErrTooLarge; what came before it is returned as well. data is not kept.
func DecodeLogs(data []byte) ([]*logs.Lines, error) {
	d := logsDecoder{Decoder: NewDecoder(model.NewBuilder()), of: map[model.TraceID]int{}, room: freeLogs + perLogsByte*len(data)}
	d.place(data, 0)
	r := wireReader{b: data}
	var err error
	for err == nil && r.next() {
		if r.tag != tagOf(1, wireBytes) {
			r.skip()
			continue
		}
		err = d.resourceLogs(r.bytes())
	}
	if err == nil {
		err = d.failed(&r, "logs")
	}
	list := make([]*logs.Lines, len(d.traces))
	for i, t := range d.traces {
		list[i] = logs.New(t.id, t.lines, t.gap)
	}
	return list, err
}

// logsOf is what was read of one trace.
type logsOf struct {
	id    model.TraceID
	lines []logs.Line
	gap   logs.Gap
}

// A logsDecoder reads records with the attributes and values of spans.
type logsDecoder struct {
	*Decoder
	traces []logsOf
	of     map[model.TraceID]int // position in traces
	room   int                   // bytes of memory that may still be taken

	service string
	common  []logs.Field // of the resource at hand, beside its service
	logger  string
}

func (d *logsDecoder) trace(id model.TraceID) *logsOf {
	n, ok := d.of[id]
	if !ok {
		n = len(d.traces)
		d.of[id] = n
		d.traces = append(d.traces, logsOf{id: id})
	}
	return &d.traces[n]
}

// spend says whether there is memory left for n bytes.
func (d *logsDecoder) spend(n int) error {
	if d.room -= n; d.room < 0 {
		return fmt.Errorf("log lines out of proportion: %w", ErrTooLarge)
	}
	return nil
}

func (d *logsDecoder) resourceLogs(b []byte) error {
	d.service, d.common = "", nil
	if err := d.eachMessage(b, 1, "resource", d.logResource); err != nil {
		return err
	}
	return d.eachMessage(b, 2, "resource logs", d.scopeLogs)
}

// scopeLogs reads the scope before the records, wherever it stands.
func (d *logsDecoder) scopeLogs(b []byte) error {
	d.logger = ""
	err := d.eachMessage(b, 1, "scope", func(b []byte) error {
		return d.eachMessage(b, 1, "scope", func(name []byte) error {
			d.logger = string(name)
			return nil
		})
	})
	if err != nil {
		return err
	}
	return d.eachMessage(b, 2, "scope logs", d.logRecord)
}

// eachMessage calls read with every field of that number that has a length.
func (d *logsDecoder) eachMessage(b []byte, field uint64, what string, read func([]byte) error) error {
	r := wireReader{b: b}
	for r.next() {
		if r.tag != tagOf(field, wireBytes) {
			r.skip()
			continue
		}
		if v := r.bytes(); r.err == nil {
			if err := read(v); err != nil {
				return err
			}
		}
	}
	return d.failed(&r, what)
}

// logResource reads a resource: its service, what else is said of it, and the gap
// that AppendLogs keeps in one.
func (d *logsDecoder) logResource(b []byte) error {
	gap := map[string]string{}
	err := d.eachMessage(b, 1, "resource", func(b []byte) error {
		f, err := d.logField(b)
		switch {
		case err != nil:
			return err
		case f.Key == serviceKey:
			d.service = f.Value
		case strings.HasPrefix(f.Key, "traceview.gap."):
			gap[f.Key] = f.Value
		default:
			d.common = append(d.common, f)
		}
		return nil
	})
	if id, idErr := model.ParseTraceID(gap[gapTraceKey]); idErr == nil && err == nil {
		if err = d.spend(lineCost); err == nil {
			d.trace(id).gap = gapOf(gap)
		}
	}
	return err
}

// gapOf reads what AppendLogs wrote of a gap.
func gapOf(said map[string]string) logs.Gap {
	return logs.Gap{
		Missed: int64(countOf(said[gapMissedKey])), AtLeast: said[gapAtLeastKey] == "1", Broken: countOf(said[gapBrokenKey]),
		FailedShards: countOf(said[gapFailedKey]), Shards: countOf(said[gapShardsKey]), TimedOut: said[gapTimedOutKey] == "1",
		Reason: said[gapReasonKey],
	}
}

// logField reads an attribute as text.
func (d *logsDecoder) logField(b []byte) (logs.Field, error) {
	a, err := d.keyValue(b, 0)
	if err != nil {
		return logs.Field{}, err
	}
	// What the builder holds goes as a whole once all is read.
	f := logs.Field{Key: strings.Clone(d.b.Str(a.Key)), Value: strings.Clone(d.b.Text(a))}
	return f, d.spend(fieldCost + len(f.Value))
}

func (d *logsDecoder) logRecord(b []byte) error {
	if err := d.spend(lineCost + len(d.common)*fieldCost); err != nil {
		return err
	}
	l := logs.Line{Service: d.service, Logger: d.logger}
	var observed uint64
	r := wireReader{b: b}
	for r.next() {
		switch r.tag {
		case tagOf(1, wireI64):
			l.Time = int64(r.fixed64())
		case tagOf(2, wireVarint):
			l.Level.Severity = logs.SeverityOf(int(min(r.varint(), 1<<10)))
		case tagOf(3, wireBytes):
			l.Level.Raw = string(r.bytes())
		case tagOf(5, wireBytes):
			a, err := d.anyValue(0, r.bytes(), 0)
			if err != nil {
				return err
			}
			l.Message = strings.Clone(d.b.Text(a))
			if err := d.spend(len(l.Message)); err != nil {
				return err
			}
		case tagOf(6, wireBytes):
			f, err := d.logField(r.bytes())
			if err != nil {
				return err
			}
			addLogField(&l, f)
		case tagOf(7, wireVarint):
			l.LostFields += int(uint32(r.varint()))
		case tagOf(9, wireBytes):
			l.Trace = d.traceID(r.bytes())
		case tagOf(10, wireBytes):
			l.Span = d.spanID(r.bytes())
		case tagOf(11, wireI64):
			observed = r.fixed64()
		default:
			r.skip()
		}
	}
	if r.err != nil {
		return d.failed(&r, "log record")
	}
	d.finish(&l, observed)
	return nil
}

// finish adds a record with what may be said of it elsewhere.
func (d *logsDecoder) finish(l *logs.Line, observed uint64) {
	if l.Time == 0 {
		l.Time = int64(observed)
	}
	if l.Level.Severity == logs.Unknown {
		l.Level.Severity = logs.LevelOf(l.Level.Raw).Severity
	}
	for _, f := range d.common {
		addLogField(l, f)
	}
	l.Bound()
	t := d.trace(l.Trace)
	t.lines = append(t.lines, *l)
}

// addLogField takes an attribute of a record for what it stands for.
func addLogField(l *logs.Line, f logs.Field) {
	n := countOf(f.Value)
	last := len(l.Fields) - 1
	switch {
	case f.Key == logStackKey && l.Stack == "":
		l.Stack = f.Value
	case f.Key == logUIDKey && l.UID == "":
		l.UID = f.Value
	case f.Key == logMessageBytesKey && n > 0 && l.MessageBytes == 0:
		l.MessageBytes = n
	case f.Key == logStackBytesKey && n > 0 && l.StackBytes == 0:
		l.StackBytes = n
	case n > 0 && last >= 0 && l.Fields[last].Bytes == 0 && f.Key == logCutKey+l.Fields[last].Key:
		l.Fields[last].Bytes = n
	default:
		l.Fields = append(l.Fields, f)
	}
}

// countOf reads a number that is not negative, 0 for anything else.
func countOf(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return max(n, 0)
}
