package diagnosis

import (
	"strconv"
	"strings"

	"traceview/internal/analysis"
	"traceview/internal/model"
)

// A class is what an attribute is about.
type class uint8

// The classes. Those from route on tell calls of one name apart; of several the
// first counts.
const (
	noClass class = iota
	httpCode
	grpcCode
	errorType
	errorTag
	address
	messageID
	messagingDo
	route
	template
	summary
	collection
	statement
	destination
	method
	peer // of a call
)

// classes are the attributes that are read, by the names of OpenTelemetry's
// conventions, current and former, and of OpenTracing.
var classes = map[string]class{
	"http.response.status_code": httpCode, "http.status_code": httpCode,
	"rpc.grpc.status_code": grpcCode, "rpc.response.status_code": grpcCode, "grpc.status_code": grpcCode,
	"error.type": errorType, "error": errorTag, "url.full": address, "http.url": address,
	"messaging.message.id": messageID, "messaging.message_id": messageID,
	"messaging.operation.type": messagingDo, "messaging.operation": messagingDo,
	"http.route": route, "url.template": template,
	"db.query.summary": summary, "db.collection.name": collection, "db.sql.table": collection,
	"db.mongodb.collection": collection, "db.cassandra.table": collection,
	"db.query.text": statement, "db.statement": statement,
	"messaging.destination.template": destination, "messaging.destination.name": destination, "messaging.destination": destination,
	"rpc.method": method, "graphql.operation.name": method,
	"peer.service": peer, "server.address": peer, "net.peer.name": peer,
}

// An outcome is how a span says that it ended.
type outcome uint8

const (
	unsaid  outcome = iota
	good            // it says that it went well
	refused         // it answered that the request is at fault
	failed
)

// marks are what the attributes of a span say.
type marks struct {
	http, grpc int // -1 if not recorded
	wrong      bool
	do         string // what it does with a message
	detail     string // tells calls of one name apart, "" if nothing does
	at         class  // of detail
}

// The roles of spans, in short.
const (
	sends = analysis.Sends
	takes = analysis.Takes
)

// classesOf returns the class of each interned string of an arena.
func classesOf(a *model.Arena) []class {
	list := make([]class, a.Strings())
	for id := range list {
		list[id] = classes[a.Str(model.StringID(id))]
	}
	return list
}

// read returns what the attributes of span i say.
func (s *scan) read(i model.SpanIndex) marks {
	m := marks{http: -1, grpc: -1}
	for _, a := range s.t.Attrs(i) {
		switch c := s.classes[a.Key]; c {
		case noClass, address, messageID:
		case httpCode:
			m.http = number(s.t, a)
		case grpcCode:
			m.grpc = grpcNumber(s.t, a)
		case errorType:
			m.wrong = true
		case errorTag:
			m.wrong = m.wrong || a.Kind == model.ValueBool && a.Bool() || s.t.Raw(a) == "true"
		case messagingDo:
			m.do = s.t.Raw(a)
		case statement:
			if m.at == noClass || c < m.at {
				if table := tableOf(s.t.Raw(a)); table != "" {
					m.at, m.detail = c, table
				}
			}
		default:
			if (m.at == noClass || c < m.at) && (c != peer || s.t.Spans[i].Kind == model.KindClient && isName(s.t.Raw(a))) {
				m.at, m.detail = c, s.t.Raw(a)
			}
		}
	}
	return m
}

// longStatement is up to which byte of a statement its table is looked for.
const longStatement = 1000

// tableOf returns the first table that a statement of SQL names, "" for none.
func tableOf(text string) string {
	text = text[:min(len(text), longStatement)]
	named := false
	for from := 0; from < len(text); {
		to := from
		for to < len(text) && strings.IndexByte(" \t\r\n(),;", text[to]) < 0 {
			to++
		}
		word := text[from:to]
		from = to + 1
		switch {
		case word == "":
		case named:
			return strings.Trim(word, "\"`[]'")
		case len(word) == len("from"):
			named = strings.EqualFold(word, "from") || strings.EqualFold(word, "into") || strings.EqualFold(word, "join")
		case len(word) == len("update"):
			named = strings.EqualFold(word, "update")
		}
	}
	return ""
}

// isName says whether an address is the name of a program, and is not one of its machines.
func isName(name string) bool {
	n := len(name)
	return n > 0 && (name[n-1] < '0' || name[n-1] > '9') && !strings.Contains(name, ":")
}

// pathOf returns the path of the address that span i called, "" if it has none.
func (s *scan) pathOf(i model.SpanIndex) string {
	for _, a := range s.t.Attrs(i) {
		if s.classes[a.Key] != address {
			continue
		}
		_, rest, _ := strings.Cut(s.t.Raw(a), "://")
		rest = rest[:endOf(rest, "?#")]
		return rest[endOf(rest, "/"):]
	}
	return ""
}

// endOf returns where the first of some characters stands in a text, else where it ends.
func endOf(text, chars string) int {
	if at := strings.IndexAny(text, chars); at >= 0 {
		return at
	}
	return len(text)
}

// number returns a whole number, also one written as text, -1 for none.
func number(t *model.Trace, a model.Attr) int {
	switch a.Kind {
	case model.ValueInt:
		return int(a.Int())
	case model.ValueString:
		if n, err := strconv.Atoi(t.Raw(a)); err == nil {
			return n
		}
	}
	return -1
}

// grpcNames are gRPC's codes by number.
var grpcNames = []string{"OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
	"PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL",
	"UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED"}

const (
	grpcCancelled = 1
	grpcDeadline  = 4
)

func grpcNumber(t *model.Trace, a model.Attr) int {
	if n := number(t, a); n >= 0 {
		return n
	}
	for n, name := range grpcNames {
		if strings.EqualFold(t.Raw(a), name) {
			return n
		}
	}
	return -1
}

// serverFaults are gRPC's codes that are errors of the server by OpenTelemetry's
// conventions; the others are the caller's.
var serverFaults = [...]bool{2: true, 4: true, 12: true, 13: true, 14: true, 15: true}

// outcomeOf says how a span ended: by its status, else by the codes of its protocol.
func outcomeOf(s *model.Span, m marks) outcome {
	switch s.Status {
	case model.StatusError:
		return failed
	case model.StatusOK:
		return good
	}
	receiving := s.Kind == model.KindServer
	switch {
	case m.http >= 500:
		return failed
	case m.http >= 400:
		return refused
	case m.grpc > 0 && (!receiving || m.grpc < len(serverFaults) && serverFaults[m.grpc]):
		return failed
	case m.grpc > 0:
		return refused
	case m.wrong:
		return failed
	case m.http > 0 || m.grpc == 0:
		return good
	}
	return unsaid
}

// A Fault is what a span recorded of its error.
type Fault struct {
	Type, Message string
	HTTP, GRPC    int // 0 if not recorded
	TimedOut      bool
	Cancelled     bool // it was told to stop, by whoever called it
}

// FaultOf returns what span i of a trace recorded of its error. It looks at every
// string of the arena: for one span now and then.
func FaultOf(t *model.Trace, i model.SpanIndex) Fault {
	return (&scan{t: t, classes: classesOf(t.Arena)}).faultOf(i)
}

// faultOf reads what span i recorded of its error: the status, the attributes,
// and the last exception.
func (s *scan) faultOf(i model.SpanIndex) Fault {
	t := s.t
	f := Fault{Message: t.Str(t.Spans[i].StatusText)}
	m := s.read(i)
	f.HTTP, f.GRPC = max(m.http, 0), max(m.grpc, 0)
	if a, ok := t.Attr(i, "error.type"); ok {
		f.Type = t.Text(a)
	}
	list := t.SpanEvents(i)
	for k := range list {
		f.event(t, &list[k])
	}
	words := strings.ToLower(f.Type + " " + f.Message)
	f.TimedOut = f.HTTP == 504 || f.HTTP == 408 || f.GRPC == grpcDeadline || containsAny(words, "timeout", "timed out", "time out", "deadline")
	f.Cancelled = !f.TimedOut && (f.GRPC == grpcCancelled || f.HTTP == 499 || strings.Contains(words, "cancel"))
	return f
}

// silent says whether nothing was recorded of the reason.
func (f *Fault) silent() bool {
	return f.Type == "" && f.Message == "" && f.HTTP < 400 && f.GRPC == 0
}

// event takes up what an event says of an exception, by the names of
// OpenTelemetry and of OpenTracing.
func (f *Fault) event(t *model.Trace, e *model.Event) {
	for _, a := range t.EventAttrs(e) {
		switch t.Key(a) {
		case "exception.type", "error.kind":
			if f.Type == "" || isNumber(f.Type) {
				f.Type = t.Text(a)
			}
		case "exception.message", "error.object":
			f.Message = t.Text(a)
		case "message":
			if f.Message == "" && strings.EqualFold(t.Str(e.Name), "error") {
				f.Message = t.Text(a)
			}
		}
	}
}

// wordless says whether nothing was recorded of the reason but a code.
func (f *Fault) wordless() bool { return f.Message == "" && (f.Type == "" || isNumber(f.Type)) }

func isNumber(s string) bool { _, err := strconv.Atoi(s); return err == nil }

func containsAny(s string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}
