package journey

import (
	"strconv"
	"strings"

	"traceview/internal/model"
)

// A class is what an attribute is about.
type class uint16

// The classes. Those from status on are places in table.statuses.
const (
	noClass class = iota
	databaseMake
	databaseName
	peerName
	hostName
	bucket
	rpcService
	queueMake
	queueName
	messagingDo
	status
)

// classes are the attributes that are read, by the names of OpenTelemetry's
// conventions, current and former, and of OpenTracing.
var classes = map[string]class{
	"db.system.name": databaseMake, "db.system": databaseMake, "db.type": databaseMake,
	"db.namespace": databaseName, "db.name": databaseName, "db.instance": databaseName,
	"peer.service": peerName, "service.peer.name": peerName,
	"server.address": hostName, "net.peer.name": hostName, "peer.hostname": hostName, "http.host": hostName,
	"aws.s3.bucket": bucket, "rpc.service": rpcService,
	"messaging.system": queueMake, "messaging.destination.name": queueName, "messaging.destination": queueName,
	"message_bus.destination":  queueName,
	"messaging.operation.type": messagingDo, "messaging.operation": messagingDo,
}

// A table is what the strings of an arena mean as keys.
type table struct {
	classes  []class
	statuses []statusKey
	states   bool // there are such keys
}

// tableOf returns the table of an arena, which many traces may share.
func (b *builder) tableOf(a *model.Arena) *table {
	t := b.tables[a]
	if t != nil {
		return t
	}
	t = &table{classes: make([]class, a.Strings())}
	b.tables[a] = t
	for id := range t.classes {
		key := a.Str(model.StringID(id))
		if c, ok := classes[key]; ok {
			t.classes[id] = c
		} else if s, ok := statusOf(key); ok {
			t.classes[id] = status + class(len(t.statuses))
			t.statuses, t.states = append(t.statuses, s), true
		}
	}
	return t
}

// found is what the attributes of a span say.
type found struct {
	database, name, peer, host string
	bucket                     bool
	queue, destination         string
	do                         string // with a message
	states                     []stated
}

// read fills found with what the attributes of span i say.
func (r *reader) read(i model.SpanIndex) {
	f := &r.found
	*f = found{states: f.states[:0]}
	for _, a := range r.t.Attrs(i) {
		switch c := r.table.classes[a.Key]; c {
		case noClass:
		case databaseMake:
			f.database = r.t.Raw(a)
		case databaseName:
			if name := r.t.Raw(a); !isNumber(name) { // Redis numbers them
				f.name = name
			}
		case peerName:
			f.peer = r.t.Raw(a)
		case hostName:
			if f.host == "" {
				f.host = hostOf(r.t.Raw(a))
			}
		case bucket:
			f.bucket = true
		case rpcService:
			f.bucket = f.bucket || r.t.Raw(a) == "S3"
		case queueMake:
			f.queue = r.t.Raw(a)
		case queueName:
			f.destination = r.t.Raw(a)
		case messagingDo:
			f.do = r.t.Raw(a)
		default:
			f.states = r.table.stated(f.states, r.t, a, c)
		}
	}
}

// events looks at the events of span i for changes of status.
func (r *reader) events(i model.SpanIndex, system int32) {
	list := r.t.SpanEvents(i)
	for k := range list {
		r.found.states = r.found.states[:0]
		for _, a := range r.t.EventAttrs(&list[k]) {
			if c := r.table.classes[a.Key]; c >= status {
				r.found.states = r.table.stated(r.found.states, r.t, a, c)
			}
		}
		for _, st := range r.found.states {
			at := list[k].Time
			if from := r.t.Epoch + r.t.Spans[i].Start; at < from || at > from+r.t.Spans[i].Dur {
				at = from // a clock that was put right moves spans only
			}
			r.builder.states = append(r.builder.states, state{Place{Trace: r.k, Span: i}, at, system, st})
		}
	}
}

// hostOf returns the host of an address.
func hostOf(s string) string {
	if k := strings.LastIndexByte(s, ':'); k > 0 && isNumber(s[k+1:]) && strings.IndexByte(s, ':') == k {
		return s[:k]
	}
	return s
}

func isNumber(s string) bool { _, err := strconv.Atoi(s); return err == nil }
