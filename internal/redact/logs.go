package redact

import (
	"context"
	"fmt"
	"strings"

	"traceview/internal/logs"
)

// logText is the name by which rules call messages, levels and stack traces of log lines.
const logText = "@log"

// logPrefixes are what exporters put before the keys of a service's own: rules mean the
// keys behind them as well.
var logPrefixes = []string{"attributes.", "resource.attributes.", "resource.", "labels.", "fields.", "mdc."}

// Logs returns log lines like l with what the rules name replaced, and notes what was. A
// value gets the same in its place as in the traces. l stays as it is.
func (r *Redactor) Logs(ctx context.Context, l *logs.Lines) (*logs.Lines, error) {
	out := make([]logs.Line, l.Len())
	for i := range out {
		if i%between == 0 && ctx.Err() != nil {
			return nil, fmt.Errorf("redact logs of trace %s: %w", l.Trace(), context.Cause(ctx))
		}
		out[i] = r.line(l.At(i))
	}
	gap := l.Gap()
	gap.Reason = r.logValue(gap.Reason, logText, place{inField, logText}, 0)
	return logs.New(l.Trace(), out, gap), nil
}

func (r *Redactor) line(from *logs.Line) logs.Line {
	l := *from
	l.Message = r.logValue(l.Message, logText, place{inField, logText}, l.MessageBytes)
	l.Stack = r.logValue(l.Stack, logText, place{inField, logText}, l.StackBytes)
	l.Level.Raw = r.logValue(l.Level.Raw, logText, place{inField, logText}, 0)
	l.Service = r.logValue(l.Service, "service.name", place{inLog, "service.name"}, 0)
	l.Logger = r.logValue(l.Logger, fieldNames[library], place{inField, fieldNames[library]}, 0)
	if l.UID != "" { // some houses make it of numbers of customers
		l.UID = r.token(Hashed, l.UID)
	}
	l.Fields = make([]logs.Field, len(from.Fields))
	names := r.plan(fieldNames[attrKey])
	names.scan &^= 1 << Password
	for i, f := range from.Fields {
		f.Value = r.cut(f.Value, f.Bytes)
		f.Value, _ = r.text(f.Value, r.logPlan(f.Key), place{inLog, f.Key})
		f.Key, _ = r.text(f.Key, names, place{inField, fieldNames[attrKey]})
		l.Fields[i] = f
	}
	return l
}

// logValue returns what may leave of a text of which was bytes is how long it was before
// it was cut, 0 if it is whole.
func (r *Redactor) logValue(s, key string, at place, bytes int) string {
	out, _ := r.text(r.cut(s, bytes), r.plan(key), at)
	return out
}

// cut takes the last word off a text that was cut: half an address or a key is not
// known for one.
func (r *Redactor) cut(s string, bytes int) string {
	if bytes == 0 {
		return s
	}
	return s[:strings.LastIndexAny(s, " \t\r\n")+1]
}

// logPlan returns what becomes of the values of a field: by its key or, where no rule
// names that, by what is behind the prefixes of exporters.
func (r *Redactor) logPlan(key string) plan {
	if _, ok := r.rules.plan(key); ok {
		return r.plan(key)
	}
	lower := strings.ToLower(key)
	for _, prefix := range logPrefixes {
		if strings.HasPrefix(lower, prefix) {
			return r.logPlan(key[len(prefix):])
		}
	}
	return r.plan(key)
}
