package synthetic

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
)

var services = [...]string{
	"internet-shop", "crm", "mes", "shop-api", "crm-api", "mes-api",
	"shop-db", "mes-db", "file-storage", "messages-queue", "price-calculator", "notifier",
}

var methods = [...]string{"GET", "POST", "PUT", "DELETE"}

var routes = [...]string{
	"/orders/{id}", "/orders/{id}/file", "/price/{id}", "/users/{id}", "/queue/next", "/status/{id}",
}

var statements = [...]string{
	"SELECT * FROM orders WHERE id=$1", "UPDATE orders SET state=$2",
	"INSERT INTO files VALUES ($1)", "SELECT price FROM quotes",
}

// encode writes nodes service by service, in batches.
func encode(nodes []node, seed int64, rng *rand.Rand) []byte {
	e := encoder{nodes: nodes, rng: rng, trace: traceID(seed, len(nodes)), key: rng.Uint64() | 1}
	out := make([]byte, 0, 256*len(nodes)+1024)
	byService := make([][]int32, len(services))
	for i := range nodes {
		byService[nodes[i].service] = append(byService[nodes[i].service], int32(i))
	}
	for s, list := range byService {
		for len(list) > 0 {
			n := min(batch, len(list))
			out = appendBytes(out, 1, e.resourceSpans(s, list[:n]))
			list = list[n:]
		}
	}
	return out
}

func traceID(seed int64, n int) []byte {
	id := binary.BigEndian.AppendUint64(nil, uint64(seed)*0x9e3779b97f4a7c15|1)
	return binary.BigEndian.AppendUint64(id, uint64(n)*0xbf58476d1ce4e5b9|1)
}

// encoder holds the buffers reused between spans.
type encoder struct {
	nodes                       []node
	rng                         *rand.Rand
	trace                       []byte
	key                         uint64
	rs, scope, span, event, any []byte
}

// spanID scrambles a number: odd times number is a bijection, so ids differ.
func (e *encoder) spanID(i int32) []byte {
	return binary.BigEndian.AppendUint64(nil, (uint64(i)+1)*e.key)
}

func (e *encoder) resourceSpans(service int, list []int32) []byte {
	var resource []byte
	resource = e.appendString(resource, 1, "service.name", services[service])
	resource = e.appendString(resource, 1, "service.version", "1.4.2")
	resource = e.appendString(resource, 1, "host.name", fmt.Sprintf("node-%02d", service%5))
	resource = e.appendInt(resource, 1, "process.pid", int64(1000+service))
	scope := appendBytes(nil, 1, []byte("io.opentelemetry.synthetic"))
	scope = appendBytes(scope, 2, []byte("2.11.0"))
	e.scope = appendBytes(e.scope[:0], 1, scope)
	for _, i := range list {
		e.writeSpan(i)
		e.scope = appendBytes(e.scope, 2, e.span)
	}
	e.scope = appendBytes(e.scope, 3, []byte("https://opentelemetry.io/schemas/1.37.0"))
	e.rs = appendBytes(e.rs[:0], 1, resource)
	e.rs = appendBytes(e.rs, 2, e.scope)
	return e.rs
}

// writeSpan writes span i to e.span.
func (e *encoder) writeSpan(i int32) {
	n := &e.nodes[i]
	b := appendBytes(e.span[:0], 1, e.trace)
	b = appendBytes(b, 2, e.spanID(i))
	if n.parent >= 0 {
		b = appendBytes(b, 4, e.spanID(n.parent))
	}
	method := methods[e.rng.IntN(len(methods))]
	route := routes[e.rng.IntN(len(routes))]
	b = appendBytes(b, 5, []byte(method+" "+route))
	b = appendVarint(b, 6, uint64(1+e.rng.IntN(5)))
	b = appendFixed64(b, 7, uint64(epoch+n.start))
	b = appendFixed64(b, 8, uint64(epoch+n.end))
	b = e.appendString(b, 9, "http.route", route)
	b = e.appendString(b, 9, "http.method", method)
	b = e.appendInt(b, 9, "http.status_code", int64(200+e.rng.IntN(4)))
	b = e.appendString(b, 9, "db.statement", statements[e.rng.IntN(len(statements))])
	b = e.appendString(b, 9, "order.id", fmt.Sprint(10000+e.rng.IntN(5000)))
	b = e.appendInt(b, 9, "thread.id", int64(e.rng.IntN(200)))
	if e.rng.IntN(10) == 0 {
		e.event = appendFixed64(e.event[:0], 1, uint64(epoch+n.start+(n.end-n.start)/2))
		e.event = appendBytes(e.event, 2, []byte("cache.miss"))
		e.event = e.appendString(e.event, 3, "cache.key", fmt.Sprintf("order:%d", i))
		b = appendBytes(b, 11, e.event)
	}
	if e.rng.IntN(100) == 0 {
		status := appendBytes(nil, 2, []byte("deadline exceeded"))
		b = appendBytes(b, 15, appendVarint(status, 3, 2))
	}
	e.span = appendFixed32(b, 16, 0x101)
}

func (e *encoder) appendString(b []byte, field int, key, v string) []byte {
	e.any = appendBytes(e.any[:0], 1, []byte(v))
	return appendKeyValue(b, field, key, e.any)
}

func (e *encoder) appendInt(b []byte, field int, key string, v int64) []byte {
	e.any = appendVarint(e.any[:0], 3, uint64(v))
	return appendKeyValue(b, field, key, e.any)
}

// appendKeyValue needs keys and values below 126 bytes, so that each length is
// one byte.
func appendKeyValue(b []byte, field int, key string, value []byte) []byte {
	b = appendTag(b, field, 2)
	b = binary.AppendUvarint(b, uint64(len(key)+len(value)+4))
	b = appendBytes(b, 1, []byte(key))
	return appendBytes(b, 2, value)
}

func appendTag(b []byte, field, wire int) []byte {
	return binary.AppendUvarint(b, uint64(field<<3|wire))
}

func appendBytes(b []byte, field int, v []byte) []byte {
	b = binary.AppendUvarint(appendTag(b, field, 2), uint64(len(v)))
	return append(b, v...)
}

func appendVarint(b []byte, field int, v uint64) []byte {
	return binary.AppendUvarint(appendTag(b, field, 0), v)
}

func appendFixed64(b []byte, field int, v uint64) []byte {
	return binary.LittleEndian.AppendUint64(appendTag(b, field, 1), v)
}

func appendFixed32(b []byte, field int, v uint32) []byte {
	return binary.LittleEndian.AppendUint32(appendTag(b, field, 5), v)
}
