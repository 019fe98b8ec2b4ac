package trail

import (
	"slices"
	"strings"
	"unicode"

	"traceview/internal/analysis"
	"traceview/internal/model"
)

// A class is what an attribute is about, by its key.
type class uint8

const (
	plain       class = iota
	orderKey          // one of those looked for
	likeOrder         // another key that reads like one for an order number
	aboutOrder        // another key with "order" in it
	messageOp         // what is done with a message
	destination       // of a message
	messageOf         // the messaging system
	callOf            // protocol of a call, or its method
	served            // a route, which servers record
	answer            // the code with which a call was answered
	peer              // whom a call goes to
	storeOf           // the database
	outsidePart       // the span is kept for the way to a part of a trace alone
)

var classes = map[string]class{
	"messaging.operation.type": messageOp, "messaging.operation": messageOp,
	"messaging.destination.name": destination, "messaging.destination": destination, "messaging.system": messageOf,
	"http.request.method": callOf, "http.method": callOf, "rpc.system": callOf, "rpc.system.name": callOf, "http.route": served,
	"http.response.status_code": answer, "http.status_code": answer, "rpc.grpc.status_code": answer, "rpc.response.status_code": answer,
	"server.address": peer, "net.peer.name": peer, "peer.service": peer, "service.peer.name": peer,
	"db.system.name": storeOf, "db.system": storeOf, model.OutsideKey: outsidePart,
}

// A fact is what the attributes of one span say.
type fact struct {
	order, key         string // the order number, and its key
	foreign, foreignID string // a key that may hold it as well, with its value
	related            []model.Attr
	op                 string // what is done with a message
	dest               string
	peer               string
	message            bool
	call, served       bool
	answered           bool
	store, outside     bool
}

// A reader reads the attributes of spans; it knows the keys of one arena at a time.
type reader struct {
	keys    []string
	alike   []string // as bare leaves them: usual, and those of keys
	arena   *model.Arena
	classes []class // by StringID
}

func (r *reader) know(a *model.Arena) {
	if r.arena == a {
		return
	}
	r.arena, r.classes = a, make([]class, a.Strings())
	for id := range r.classes {
		r.classes[id] = r.classOf(a.Str(model.StringID(id)))
	}
}

func (r *reader) classOf(key string) class {
	if slices.Contains(r.keys, key) {
		return orderKey
	}
	if c, ok := classes[key]; ok {
		return c
	}
	switch {
	case len(key) > 64:
		return plain
	case slices.Contains(r.alike, bare(key)):
		return likeOrder
	case strings.Contains(strings.ToLower(key), "order"):
		return aboutOrder
	}
	return plain
}

// usual are further names of order numbers, as bare leaves them.
var usual = []string{"orderid", "ordernumber", "orderno", "ordernr", "ordernum"}

// look has attributes of some keys read as order numbers.
func (r *reader) look(keys []string) {
	for _, k := range keys {
		if k != "" && !slices.Contains(r.keys, k) {
			r.keys = append(r.keys, k)
		}
	}
	r.alike = slices.Clone(usual)
	for _, k := range r.keys {
		r.alike = append(r.alike, bare(k))
	}
}

// bare returns a key without what people write differently.
func bare(key string) string {
	return strings.Map(func(c rune) rune {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			return -1
		}
		return unicode.ToLower(c)
	}, key)
}

// read returns what the attributes of span i say.
func (r *reader) read(t *model.Trace, i model.SpanIndex) (f fact) {
	for _, a := range t.Attrs(i) {
		switch r.classes[a.Key] {
		case orderKey:
			if v := t.Text(a); v != "" && f.order == "" {
				f.order, f.key = v, t.Key(a)
			}
		case likeOrder:
			if v := t.Text(a); v != "" {
				f.foreign, f.foreignID = t.Key(a), v
			}
		case aboutOrder:
			f.related = append(f.related, a)
		case messageOp:
			f.op, f.message = t.Text(a), true
		case messageOf:
			f.message = true
		case destination:
			f.dest = t.Text(a)
		case callOf:
			f.call = true
		case served:
			f.served = true
		case answer:
			f.answered = true
		case peer:
			f.peer = t.Text(a)
		case storeOf:
			f.store = true
		case outsidePart:
			f.outside = true
		}
	}
	return f
}

// role says what a span does with a message, by its kind or by what it recorded.
func (f *fact) role(kind model.Kind) analysis.Role { return analysis.RoleOf(kind, f.op) }
