package elastic

import "slices"

// Names are fields of a house's own; "" where its logs use names known anyway.
type Names struct {
	Trace, Span, Time, Message, Level, Service string
}

// roles are the names of the fields that have a meaning, the likeliest first.
type roles struct {
	trace, span, time, message, level, service []string
}

// The names that Elastic's Common Schema, OpenTelemetry's exporters for Elasticsearch and
// OpenSearch, and the common logging libraries give.
var known = roles{
	trace: []string{"trace.id", "trace_id", "traceId", "TraceId", "traceID", "traceid", "attributes.trace_id", "labels.trace_id"},
	span: []string{"span.id", "span_id", "spanId", "SpanId", "spanID", "spanid", "attributes.span_id", "labels.span_id",
		"transaction.id"}, // of the span that stands for a whole transaction
	time:    []string{"@timestamp", "timestamp", "Timestamp", "time", "observedTimestamp", "ObservedTimestamp"},
	message: []string{"message", "body.text", "body", "Body", "body.structured.message", "msg", "log", "event.original", "error.message"},
	level:   []string{"log.level", "severity_text", "SeverityText", "severityText", "severity.text", "level", "Level", "severity", "loglevel"},
	service: []string{"service.name", "resource.attributes.service.name", "Resource.service.name", "resource.service.name",
		"resource.attributes.service@name", "serviceName", "service", "service_name"},
}

// Names of what has a meaning and is everywhere named alike.
var (
	numberNames = []string{"severity_number", "SeverityNumber", "severityNumber", "severity.number"}
	loggerNames = []string{"log.logger", "scope.name", "Scope.name", "instrumentationScope.name", "logger_name", "logger", "LoggerName"}
	stackNames  = []string{"error.stack_trace", "exception.stacktrace", "attributes.exception.stacktrace", "Attributes.exception.stacktrace",
		"exception.stack_trace", "stack_trace", "stacktrace", "StackTrace"}
)

// rolesOf puts a house's names before those known. Lines are looked for and sorted by
// the first name of time alone, and by all of the trace.
func rolesOf(n Names) roles {
	r := known
	for _, x := range []struct {
		name string
		list *[]string
	}{{n.Trace, &r.trace}, {n.Span, &r.span}, {n.Time, &r.time}, {n.Message, &r.message}, {n.Level, &r.level}, {n.Service, &r.service}} {
		if x.name != "" {
			*x.list = append([]string{x.name}, slices.DeleteFunc(slices.Clone(*x.list), func(s string) bool { return s == x.name })...)
		}
	}
	return r
}
