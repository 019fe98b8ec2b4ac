package otlp

import (
	"fmt"

	"traceview/internal/format/jsonpull"
	"traceview/internal/model"
)

// A Decoder turns OTLP protobuf messages into the records of one Builder. It
// remembers resources and scopes between messages, so that a stream which
// repeats them with every span costs little. It is used by one goroutine.
type Decoder struct {
	scratch
	elems []model.Attr // of lists and maps being read, a stack
	end   int64        // offset at which the capacity of the message at hand ends

	resources cache[model.ResourceID]
	scopes    cache[model.ScopeID]
	keys      [keySlots]knownKey
	keyMisses int

	// Watch, unless nil, is called about once in 65,536 parts of spans, also within
	// one message, which is decoded without reading on. Its error ends decoding.
	Watch func() error
	parts int
}

// part counts a span or a part of one.
func (d *Decoder) part() error {
	if d.parts++; d.parts&(1<<16-1) != 0 || d.Watch == nil {
		return nil
	}
	return d.Watch()
}

// NewDecoder returns a Decoder that adds to b.
func NewDecoder(b *model.Builder) *Decoder {
	return &Decoder{scratch: scratch{b: b}}
}

// knownKey is a key of attributes met before.
type knownKey struct {
	text string
	id   model.StringID
}

const (
	keySlots = 256
	// keyMissLimit ends the look-up where keys are ever new, as it costs then.
	keyMissLimit = 4096
)

// key interns a key of an attribute. A few dozen make up nearly all of a trace,
// so that looking at length and three bytes finds them, in half the time of
// hashing.
func (d *Decoder) key(v []byte) model.StringID {
	if len(v) == 0 || d.keyMisses > keyMissLimit {
		return d.b.Intern(v)
	}
	n := len(v)
	slot := &d.keys[(n*29+int(v[0])*3+int(v[n/2])*7+int(v[n-1])*13)%keySlots]
	if slot.text != string(v) {
		d.keyMisses++
		slot.text, slot.id = string(v), d.b.Intern(v)
	}
	return slot.id
}

// cache finds what was made of the same bytes before.
type cache[T any] struct {
	last    string // the key found last: mostly the next one, too
	lastID  T
	known   map[string]T
	scratch []byte
}

// cacheLimit keeps a stream of ever new resources from filling memory.
const cacheLimit = 4096

func (c *cache[T]) find(key []byte) (T, bool) {
	if c.last == string(key) && c.known != nil {
		return c.lastID, true
	}
	id, ok := c.known[string(key)]
	if ok {
		c.last, c.lastID = string(key), id
	}
	return id, ok
}

func (c *cache[T]) put(key []byte, id T) {
	if c.known == nil || len(c.known) >= cacheLimit {
		c.known = map[string]T{}
	}
	c.last, c.lastID = string(key), id
	c.known[c.last] = id
}

// key joins a message and its schema URL, which stands outside of it.
func (c *cache[T]) key(msg, schema []byte) []byte {
	c.scratch = append(append(append(c.scratch[:0], schema...), 0), msg...)
	return c.scratch
}

// Message decodes one TracesData or ExportTraceServiceRequest. The error wraps
// ErrTruncated or ErrMalformed; spans before the fault are kept and the trace
// of the last one is marked as truncated. data is not kept.
func (d *Decoder) Message(data []byte) error {
	d.place(data, 0)
	r := wireReader{b: data, clip: true}
	for r.next() {
		if r.tag != tagOf(1, wireBytes) {
			r.skip()
			continue
		}
		if err := d.resourceSpans(r.bytes()); err != nil {
			return d.cut(err)
		}
	}
	return d.cut(d.failed(&r, "traces"))
}

// place makes errors in data tell places counted from offset.
func (d *Decoder) place(data []byte, offset int64) { d.end = offset + int64(cap(data)) }

// cut marks the trace at which decoding ended early.
func (d *Decoder) cut(err error) error {
	if err != nil {
		d.b.WarnTrace(model.TraceID{}, model.Truncated)
	}
	return err
}

// failed returns the failure of a reader as an error that says where. A part of
// the input shares its end, so that capacities tell places.
func (d *Decoder) failed(r *wireReader, what string) error {
	if r.err == nil {
		return nil
	}
	return &syntaxError{d.end - int64(cap(r.b)-r.from), what, r.err}
}

// resourceSpans reads a ResourceSpans message in two passes, since the schema URL
// stands behind the few ScopeSpans that need it.
func (d *Decoder) resourceSpans(b []byte) error {
	var resource, schema []byte
	head := wireReader{b: b}
	for head.next() {
		switch head.tag {
		case tagOf(1, wireBytes):
			resource = head.bytes()
		case tagOf(3, wireBytes):
			schema = head.bytes()
		default:
			head.skip()
		}
	}
	id, err := d.resource(resource, schema)
	if err != nil {
		return err
	}
	r := wireReader{b: b, clip: true}
	for r.next() {
		switch r.tag {
		case tagOf(2, wireBytes), tagOf(1000, wireBytes): // 1000: instrumentation_library_spans before 0.16
			if err := d.scopeSpans(r.bytes(), id); err != nil {
				return err
			}
		default:
			r.skip()
		}
	}
	return d.failed(&r, "resource spans")
}

// scopeSpans reads a ScopeSpans message in one pass: spans are many, and their
// schema URL stands behind them, so they are given their scope afterwards.
func (d *Decoder) scopeSpans(b []byte, resource model.ResourceID) error {
	var scope, schema []byte
	d.rec.Resource, d.rec.Scope = resource, 0
	from := d.b.Len()
	r := wireReader{b: b}
	var failed error
	for failed == nil && r.next() {
		switch r.tag {
		case tagOf(1, wireBytes):
			scope = r.bytes()
		case tagOf(2, wireBytes):
			switch msg := r.bytes(); {
			case len(msg) > jsonpull.MaxValue:
				r.fail(jsonpull.ErrTooLarge)
			case r.err == nil:
				failed = d.span(msg)
			}
		case tagOf(3, wireBytes):
			schema = r.bytes()
		default:
			r.skip()
		}
	}
	if failed == nil {
		failed = d.failed(&r, "scope spans")
	}
	id, err := d.scope(scope, schema)
	if id != 0 {
		d.setScope(from, id)
	}
	if failed != nil {
		return failed
	}
	return err
}

func (d *Decoder) resource(b, schema []byte) (model.ResourceID, error) {
	if len(b) > jsonpull.MaxValue {
		return 0, fmt.Errorf("resource of %d bytes: %w", len(b), jsonpull.ErrTooLarge)
	}
	key := d.resources.key(b, schema)
	if id, ok := d.resources.find(key); ok {
		return id, nil
	}
	rec := model.ResourceRecord{Schema: d.b.Intern(schema)}
	r := wireReader{b: b}
	for r.next() {
		switch r.tag {
		case tagOf(1, wireBytes):
			a, err := d.keyValue(r.bytes(), 0)
			if err != nil {
				return 0, err
			}
			rec.Attrs = append(rec.Attrs, a)
		case tagOf(2, wireVarint):
			rec.Dropped = uint32(r.varint())
		default:
			r.skip()
		}
	}
	if r.err != nil {
		return 0, d.failed(&r, "resource")
	}
	id := d.b.Resource(&rec)
	d.resources.put(key, id)
	return id, nil
}

func (d *Decoder) scope(b, schema []byte) (model.ScopeID, error) {
	key := d.scopes.key(b, schema)
	if id, ok := d.scopes.find(key); ok {
		return id, nil
	}
	rec := model.ScopeRecord{Schema: d.b.Intern(schema)}
	r := wireReader{b: b}
	for r.next() {
		switch r.tag {
		case tagOf(1, wireBytes):
			rec.Name = d.b.Intern(r.bytes())
		case tagOf(2, wireBytes):
			rec.Version = d.b.Intern(r.bytes())
		case tagOf(3, wireBytes):
			a, err := d.keyValue(r.bytes(), 0)
			if err != nil {
				return 0, err
			}
			rec.Attrs = append(rec.Attrs, a)
		case tagOf(4, wireVarint):
			rec.Dropped = uint32(r.varint())
		default:
			r.skip()
		}
	}
	if r.err != nil {
		return 0, d.failed(&r, "scope")
	}
	id := d.b.Scope(&rec)
	d.scopes.put(key, id)
	return id, nil
}
