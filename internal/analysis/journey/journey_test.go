package journey

import (
	"testing"

	"traceview/internal/model"
)

// epoch is when the tests begin, Unix ns.
const epoch = 1_794_474_843_000_000_000

// A span describes one of a test; times are ms after epoch, ids one byte.
type span struct {
	trace, id, parent byte
	service, name     string
	start, end        int64
	kind              model.Kind
	fail              string
	attrs             map[string]string
	links             [][2]byte // trace, span
	events            []event
}

type event struct {
	at    int64
	attrs map[string]string
}

const ms = int64(1e6)

// build makes traces of spans, in the order of their ids.
func build(tb testing.TB, spans ...span) []*model.Trace {
	tb.Helper()
	b := model.NewBuilder()
	attrs := func(m map[string]string) (out []model.Attr) {
		for k, v := range m {
			out = append(out, b.StringAttr(b.InternString(k), []byte(v)))
		}
		return out
	}
	for _, s := range spans {
		r := model.SpanRecord{Trace: model.TraceID{15: s.trace}, ID: model.SpanID(s.id), Parent: model.SpanID(s.parent), Kind: s.kind,
			StartNano: uint64(epoch + s.start*ms), EndNano: uint64(epoch + s.end*ms), Name: b.InternString(s.name), Attrs: attrs(s.attrs),
			Resource: b.Resource(&model.ResourceRecord{Attrs: attrs(map[string]string{"service.name": s.service})})}
		if s.fail != "" {
			r.Status, r.StatusText = model.StatusError, b.InternString(s.fail)
		}
		for _, l := range s.links {
			r.Links = append(r.Links, model.LinkRecord{Trace: model.TraceID{15: l[0]}, Span: model.SpanID(l[1])})
		}
		for _, e := range s.events {
			r.Events = append(r.Events, model.EventRecord{TimeNano: uint64(epoch + e.at*ms), Name: b.InternString("event"), Attrs: attrs(e.attrs)})
		}
		b.Add(&r)
	}
	return b.Build()
}

func queue(name, do string) map[string]string {
	return map[string]string{"messaging.system": "kafka", "messaging.destination.name": name, "messaging.operation.type": do}
}

// TestAStatusThatSaysNothing holds that a status of blanks is none, and blanks around one
// do not make it another.
func TestAStatusThatSaysNothing(t *testing.T) {
	j := New(build(t, span{trace: 1, id: 1, service: "web", name: "pay", end: 100, events: []event{
		{10, map[string]string{"order.status": ""}}, {20, map[string]string{"order.status": "  "}}, {30, map[string]string{"order.status": "\n"}},
		{40, map[string]string{"order.status": " paid "}}, {50, map[string]string{"order.status": "paid"}},
		{60, map[string]string{"order.status": "\t"}},
	}}))
	if len(j.Changes) != 1 || j.Changes[0].To != "paid" || j.Changes[0].From != "" {
		t.Errorf("changes %+v, want that to paid alone", j.Changes)
	}
}

// TestASmallOrder follows an order through two traces, a database and a queue.
func TestASmallOrder(t *testing.T) {
	j := New(build(t,
		span{trace: 1, id: 1, service: "web", name: "pay", end: 100, kind: model.KindInternal},
		span{trace: 1, id: 2, parent: 1, service: "web", name: "POST", start: 10, end: 90, kind: model.KindClient, attrs: map[string]string{"server.address": "api"}},
		span{trace: 1, id: 3, parent: 2, service: "api", name: "POST /pay", start: 12, end: 88, kind: model.KindServer, fail: "no", attrs: map[string]string{"order.status": "paid"}},
		span{trace: 1, id: 4, parent: 3, service: "api", name: "UPDATE", start: 20, end: 30, kind: model.KindClient, attrs: map[string]string{"db.system": "mysql", "db.name": "orders"}},
		span{trace: 1, id: 5, parent: 3, service: "api", name: "send", start: 40, end: 42, kind: model.KindProducer, attrs: queue("paid", "send")},
		span{trace: 1, id: 6, parent: 3, service: "api", name: "work", start: 50, end: 60, fail: "own"},
		span{trace: 2, id: 1, service: "depot", name: "take", start: 5000, end: 5020, kind: model.KindConsumer, attrs: queue("paid", "process"), links: [][2]byte{{1, 5}},
			events: []event{{5010, map[string]string{"order.status.from": "paid", "order.status.to": "packed"}}}},
		span{trace: 2, id: 2, parent: 1, service: "depot", name: "GET", start: 5002, end: 5004, kind: model.KindClient, attrs: map[string]string{"server.address": "post.example:443"}},
	))
	var systems []string
	for _, s := range j.Systems {
		systems = append(systems, s.Name+"/"+s.Make)
	}
	want := []string{"web/", "api/", "orders/mysql", "/kafka", "depot/", "post.example/"}
	if len(systems) != len(want) {
		t.Fatalf("systems %q, want %q", systems, want)
	}
	for k := range want {
		if systems[k] != want[k] {
			t.Errorf("systems %q, want %q", systems, want)
			break
		}
	}
	if len(j.Messages) != 1 {
		t.Fatalf("%d messages, want 1", len(j.Messages))
	}
	if m := j.Messages[0]; m.Sent != epoch+42*ms || m.Received != epoch+5000*ms || m.Sender != 1 || m.Queue != 3 || m.Taker != 4 || m.Destination != "paid" {
		t.Errorf("message %+v", m)
	}
	if len(j.Steps) != 2 || j.Steps[0].Failure != Own || j.Steps[1].Failure != Fine || j.Steps[0].End != epoch+100*ms {
		t.Errorf("steps %+v", j.Steps)
	}
	if len(j.Changes) != 2 || j.Changes[0].To != "paid" || j.Changes[1].From != "paid" || j.Changes[1].To != "packed" || j.Changes[1].At != epoch+5010*ms {
		t.Errorf("changes %+v", j.Changes)
	}
	if n := len(j.Activities); n != 5 {
		t.Fatalf("%d activities, want 5: %+v", n, j.Activities)
	}
	api := j.Activities[1]
	if api.System != 1 || api.Spans != 4 || api.Failure != Own || j.Traces[0].Spans[api.Failed].ID != 6 {
		t.Errorf("activity %+v, want the API's with the failure of its own work", api)
	}
	if b := j.Busy(); len(b) != 2 || b[0] != (Stretch{epoch, epoch + 100*ms}) || j.To != epoch+5020*ms {
		t.Errorf("busy %v until %d", b, j.To)
	}
	if n := j.Of(Place{Trace: 1}); n != 4 || j.Of(Nowhere) != -1 || j.Of(Place{Trace: 7}) != -1 {
		t.Errorf("of %d", n)
	}
}

// TestMessages looks at the ways in which messages are recorded.
func TestMessages(t *testing.T) {
	send := func(id, parent byte, start, end int64) span {
		return span{trace: 1, id: id, parent: parent, service: "a", name: "send", start: start, end: end, kind: model.KindProducer, attrs: queue("q", "send")}
	}
	take := func(id, parent byte, start int64, links ...[2]byte) span {
		return span{trace: 1, id: id, parent: parent, service: "b", name: "take", start: start, end: start + 5, kind: model.KindConsumer, attrs: queue("q", "process"), links: links}
	}
	for _, tt := range []struct {
		name  string
		spans []span
		waits []int64 // ms, -1 for a message that nobody took
	}{
		{"nobody took it", []span{send(1, 0, 0, 2)}, []int64{-1}},
		{"by parent", []span{send(1, 0, 0, 2), take(2, 1, 30)}, []int64{28}},
		{"by link", []span{send(1, 0, 0, 2), take(2, 0, 30, [2]byte{1, 1})}, []int64{28}},
		{"by parent and link", []span{send(1, 0, 0, 2), take(2, 1, 30, [2]byte{1, 1})}, []int64{28}},
		{"two takers", []span{send(1, 0, 0, 2), take(2, 1, 30), take(3, 1, 40)}, []int64{28, 38}},
		{"a batch taken", []span{send(1, 0, 0, 2), send(2, 0, 0, 3), take(3, 0, 10, [2]byte{1, 1}, [2]byte{1, 2})}, []int64{8, 7}},
		{"taken while it is sent", []span{send(1, 0, 0, 20), take(2, 1, 10)}, []int64{10}},
		{"taken before it is sent", []span{send(1, 0, 10, 20), take(2, 0, 5, [2]byte{1, 1})}, []int64{0}},
		{"received and then processed", []span{send(1, 0, 0, 2), take(2, 0, 10, [2]byte{1, 1}), take(3, 2, 11, [2]byte{1, 1})}, []int64{8}},
		{"wrapped by the sending of a batch", []span{send(1, 0, 0, 9), send(2, 1, 0, 2), take(3, 2, 10)}, []int64{8}},
		{"wraps by link", []span{send(1, 0, 0, 2), func() span { s := send(2, 0, 3, 9); s.links = [][2]byte{{1, 1}}; return s }(), take(3, 0, 10, [2]byte{1, 1})}, []int64{8}},
		{"of a sender that is not here", []span{take(2, 9, 30)}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			j := New(build(t, tt.spans...))
			if len(j.Messages) != len(tt.waits) {
				t.Fatalf("%d messages, want %d: %+v", len(j.Messages), len(tt.waits), j.Messages)
			}
			for k, want := range tt.waits {
				got := (j.Messages[k].Received - j.Messages[k].Sent) / ms
				if j.Messages[k].Taker < 0 {
					got = -1
				}
				if got != want {
					t.Errorf("message %d waited %d ms, want %d", k, got, want)
				}
			}
		})
	}
}

// TestSystems looks at what is told of those that send no spans.
func TestSystems(t *testing.T) {
	call := func(attrs map[string]string) []span {
		return []span{{trace: 1, id: 1, service: "a", end: 20}, {trace: 1, id: 2, parent: 1, service: "a", start: 5, end: 9, kind: model.KindClient, attrs: attrs}}
	}
	answered := append(call(map[string]string{"server.address": "b.local"}),
		span{trace: 1, id: 3, parent: 2, service: "b", start: 6, end: 8, kind: model.KindServer},
		span{trace: 1, id: 4, parent: 1, service: "a", start: 10, end: 12, kind: model.KindClient, attrs: map[string]string{"server.address": "b.local"}})
	for _, tt := range []struct {
		name  string
		spans []span
		want  []System
	}{
		{"database", call(map[string]string{"db.system": "redis", "db.name": "0", "server.address": "cache"}), []System{{Kind: Database, Name: "cache", Make: "redis"}}},
		{"named database", call(map[string]string{"db.system.name": "postgresql", "db.namespace": "shop", "server.address": "cache"}), []System{{Kind: Database, Name: "shop", Make: "postgresql"}}},
		{"bucket", call(map[string]string{"aws.s3.bucket": "files", "peer.service": "store"}), []System{{Kind: Storage, Name: "store"}}},
		{"peer", call(map[string]string{"peer.service": "bank"}), []System{{Kind: Peer, Name: "bank"}}},
		{"host with a port", call(map[string]string{"net.peer.name": "bank:443"}), []System{{Kind: Peer, Name: "bank"}}},
		{"nobody said", call(nil), nil},
		{"a service by its own name", call(map[string]string{"peer.service": "a"}), nil},
		{"a service that answered before", answered, []System{{Kind: Service, Name: "b"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			j := New(build(t, tt.spans...))
			if got := j.Systems[1:]; len(got) != len(tt.want) {
				t.Fatalf("systems %+v, want %+v", got, tt.want)
			}
			for k, want := range tt.want {
				if got := j.Systems[k+1]; got.Kind != want.Kind || got.Name != want.Name || got.Make != want.Make {
					t.Errorf("system %+v, want %+v", got, want)
				}
			}
		})
	}
}

func TestStatusKeys(t *testing.T) {
	for _, tt := range []struct {
		key, of string
		part    part
	}{
		{"order.status", "order", now}, {"order.state", "order", now}, {"app.order.state", "order", now}, {"work_order.state", "work order", now},
		{"orderStatus", "order", now}, {"order.status.from", "order", before}, {"order.status.to", "order", now}, {"order.newStatus", "order", now},
		{"order.old_status", "order", before}, {"order.previousState", "order", before}, {"order_status_old", "order", before}, {"заказ.status", "заказ", now},
		{"http.status", "", now}, {"http.response.status_code", "", now}, {"status", "", now}, {"state", "", now}, {"otel.status_code", "", now},
		{"db.status", "", now}, {"new.status", "", now}, {"payment.response.status", "", now}, {"statute", "", now}, {"", "", now},
	} {
		got, ok := statusOf(tt.key)
		if ok != (tt.of != "") || got.of != tt.of || ok && got.part != tt.part {
			t.Errorf("%q: %+v, %v; want the status of %q, part %d", tt.key, got, ok, tt.of, tt.part)
		}
	}
}

// TestWrongClock puts a clock right that is 47 s behind.
func TestWrongClock(t *testing.T) {
	j := New(build(t,
		span{trace: 1, id: 1, service: "a", end: 100, kind: model.KindClient},
		span{trace: 1, id: 2, parent: 1, service: "b", start: 10 - 47_000, end: 90 - 47_000, kind: model.KindServer},
	))
	if j.Moved != 1 || j.To-j.From > 200*ms {
		t.Errorf("moved %d, lasts %d ms, want one trace of 100 ms", j.Moved, (j.To-j.From)/ms)
	}
}

// TestLongWork tells the pauses within work that took days from those without.
func TestLongWork(t *testing.T) {
	const hour = 3600_000
	j := New(build(t,
		span{trace: 1, id: 1, service: "a", name: "saga", end: 70 * hour},
		span{trace: 1, id: 2, parent: 1, service: "a", name: "first", start: 10, end: 200},
		span{trace: 1, id: 3, parent: 1, service: "b", name: "inner saga", start: 20 * hour, end: 30 * hour},
		span{trace: 1, id: 4, parent: 3, service: "b", name: "work", start: 22 * hour, end: 22*hour + 5},
		span{trace: 2, id: 1, service: "c", name: "much work", start: 90 * hour, end: 90*hour + hour/2},
	))
	want := []Stretch{{0, 0}, {10, 200}, {20 * hour, 20 * hour}, {22 * hour, 22*hour + 5}, {30 * hour, 30 * hour}, {70 * hour, 70 * hour}, {90 * hour, 90*hour + hour/2}}
	got := j.Busy()
	if len(got) != len(want) {
		t.Fatalf("busy %v, want %v", got, want)
	}
	for k, w := range want {
		if got[k] != (Stretch{epoch + w.From*ms, epoch + w.To*ms}) {
			t.Errorf("busy %d to %d, want %d to %d", (got[k].From-epoch)/ms, (got[k].To-epoch)/ms, w.From, w.To)
		}
	}
	for k, covered := range []bool{true, true, true, true, true, false} {
		if got := j.Covered(got[k].To, got[k+1].From); got != covered {
			t.Errorf("pause %d is covered: %v, want %v", k, got, covered)
		}
	}
}

func TestNothing(t *testing.T) {
	for _, list := range [][]*model.Trace{nil, {{Arena: &model.Arena{}, Root: model.NoSpan}}} {
		if j := New(list); !j.Empty() || len(j.Busy()) != 0 {
			t.Errorf("%+v of nothing", j)
		}
	}
}
