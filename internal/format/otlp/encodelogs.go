package otlp

import (
	"encoding/binary"

	"traceview/internal/logs"
)

// Attributes in which LogsData holds what a record has no field for.
const (
	logUIDKey          = "log.record.uid"
	logStackKey        = "exception.stacktrace"
	logMessageBytesKey = "traceview.message.bytes" // of the whole message, where it is cut
	logStackBytesKey   = "traceview.stack.bytes"
	logCutKey          = "traceview.cut." // and the key of a field: the bytes of its whole value

	// Of a resource without records, one a trace where lines are missing.
	gapTraceKey    = "traceview.gap.trace_id"
	gapMissedKey   = "traceview.gap.missed"
	gapAtLeastKey  = "traceview.gap.at_least"
	gapBrokenKey   = "traceview.gap.broken"
	gapFailedKey   = "traceview.gap.failed_shards"
	gapShardsKey   = "traceview.gap.shards"
	gapTimedOutKey = "traceview.gap.timed_out"
	gapReasonKey   = "traceview.gap.reason"
)

// AppendLogs appends the log lines of a trace to dst as a LogsData message and returns
// it. Messages appended one after another are one message with all their lines. Lines
// stand in their order, gathered by service and logger: the service is the resource,
// the logger the scope.
func AppendLogs(dst []byte, l *logs.Lines) []byte {
	type key struct{ service, logger string }
	at := map[key]int{}
	var groups [][]*logs.Line
	for i := range l.Len() {
		line := l.At(i)
		k := key{line.Service, line.Logger}
		n, ok := at[k]
		if !ok {
			n = len(groups)
			at[k] = n
			groups = append(groups, nil)
		}
		groups[n] = append(groups[n], line)
	}
	for _, g := range groups {
		dst = appendResourceLogs(dst, g)
	}
	return appendGap(dst, l)
}

// appendResourceLogs appends lines of one service and logger.
func appendResourceLogs(b []byte, lines []*logs.Line) []byte {
	first := lines[0]
	b, outer := openMessage(b, 1)
	if first.Service != "" {
		var at int
		b, at = openMessage(b, 1)
		b = appendTextAttr(b, 1, serviceKey, first.Service)
		b = closeMessage(b, at)
	}
	b, inner := openMessage(b, 2)
	if first.Logger != "" {
		var at int
		b, at = openMessage(b, 1)
		b = appendText(b, 1, first.Logger)
		b = closeMessage(b, at)
	}
	for _, line := range lines {
		var at int
		b, at = openMessage(b, 2)
		b = appendLogRecord(b, line)
		b = closeMessage(b, at)
	}
	b = closeMessage(b, inner)
	return closeMessage(b, outer)
}

func appendLogRecord(b []byte, l *logs.Line) []byte {
	b = appendFixed64(b, 1, uint64(l.Time))
	b = appendUint(b, 2, uint64(l.Level.Severity.Number()))
	if l.Level.Raw != "" {
		b = appendText(b, 3, l.Level.Raw)
	}
	b = appendTextValue(b, 5, l.Message)
	for _, a := range [...]struct{ key, value string }{{logStackKey, l.Stack}, {logUIDKey, l.UID}} {
		if a.value != "" {
			b = appendTextAttr(b, 6, a.key, a.value)
		}
	}
	b = appendCount(b, 6, logMessageBytesKey, l.MessageBytes)
	b = appendCount(b, 6, logStackBytesKey, l.StackBytes)
	for i := range l.Fields { // last: one of the keys above would be taken for what these say
		f := &l.Fields[i]
		b = appendTextAttr(b, 6, f.Key, f.Value)
		b = appendCount(b, 6, logCutKey+f.Key, f.Bytes)
	}
	b = appendUint(b, 7, uint64(l.LostFields))
	return appendIDs(b, 9, l.Trace, l.Span)
}

// appendGap appends what is missing of lines, if anything.
func appendGap(b []byte, l *logs.Lines) []byte {
	g := l.Gap()
	if g == (logs.Gap{}) {
		return b
	}
	b, outer := openMessage(b, 1)
	b, at := openMessage(b, 1)
	b = appendTextAttr(b, 1, gapTraceKey, l.Trace().String())
	b = appendCount(b, 1, gapMissedKey, int(g.Missed))
	b = appendCount(b, 1, gapAtLeastKey, oneIf(g.AtLeast))
	b = appendCount(b, 1, gapBrokenKey, g.Broken)
	b = appendCount(b, 1, gapFailedKey, g.FailedShards)
	b = appendCount(b, 1, gapShardsKey, g.Shards)
	b = appendCount(b, 1, gapTimedOutKey, oneIf(g.TimedOut))
	if g.Reason != "" {
		b = appendTextAttr(b, 1, gapReasonKey, g.Reason)
	}
	b = closeMessage(b, at)
	return closeMessage(b, outer)
}

func oneIf(v bool) int {
	if v {
		return 1
	}
	return 0
}

// appendTextAttr appends a KeyValue whose value is text.
func appendTextAttr(b []byte, field uint64, key, value string) []byte {
	b, at := openMessage(b, field)
	b = appendText(b, 1, key)
	b = appendTextValue(b, 2, value)
	return closeMessage(b, at)
}

// appendTextValue appends an AnyValue that is text.
func appendTextValue(b []byte, field uint64, value string) []byte {
	b, at := openMessage(b, field)
	b = appendText(b, 1, value)
	return closeMessage(b, at)
}

// appendCount appends a KeyValue whose value is a number, unless that is 0.
func appendCount(b []byte, field uint64, key string, n int) []byte {
	if n == 0 {
		return b
	}
	b, at := openMessage(b, field)
	b = appendText(b, 1, key)
	b, in := openMessage(b, 2)
	b = binary.AppendUvarint(append(b, byte(tagOf(3, wireVarint))), uint64(n))
	b = closeMessage(b, in)
	return closeMessage(b, at)
}

// serviceKey is the attribute of a resource that names its service.
const serviceKey = "service.name"
