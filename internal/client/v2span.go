package client

import (
	"bytes"
	"encoding/binary"
	"hash/fnv"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"

	"traceview/internal/client/wire"
	"traceview/internal/model"
)

// A spanDecoder reads chunks of jaeger.api_v2 spans (model.proto of jaeger-idl)
// into a Builder, so that a trace looks as it does through api_v3. What OTLP
// says apart and Jaeger keeps in tags goes back to its place: span.kind, error,
// otel.status_code and otel.status_description, w3c.tracestate,
// otel.scope.name and .version. The parent is the first CHILD_OF reference into
// the same trace, else the first other one; all references but a CHILD_OF
// parent are links as well, with their type as attribute opentracing.ref_type.
//
// Jaeger's model has no place for the attributes, state and flags of links, for
// attributes of scopes, for schema URLs, for counts of what was dropped, for
// flags beyond its own two and for lists and maps, which come as JSON text;
// these cannot be had through api_v2. A link to the parent survives only where
// it made the reference to the parent a FOLLOWS_FROM.
type spanDecoder struct {
	b     *model.Builder
	keys  tagKeys
	rec   model.SpanRecord
	attrs []model.Attr // of logs and references of the span at hand
	refs  []reference
	tags  spanTags
	bad   [3]bool // BadID, BadTimestamp, BadAttribute of the span at hand

	process   []byte // the one read last
	processID model.ResourceID
	known     map[string]model.ResourceID
}

// tagKeys are keys with a meaning.
type tagKeys struct {
	service, kind, fail, status, statusText, state, scope, scopeVersion, event, refType, warnings model.StringID
}

// spanTags is what tags say that is no attribute.
type spanTags struct {
	failed   bool
	scope    model.ScopeRecord
	warnings []model.Attr
}

// reference is a SpanRef.
type reference struct {
	trace model.TraceID
	span  model.SpanID
	child bool // CHILD_OF
}

const (
	badID = iota
	badTime
	badAttr
)

var badKinds = [3]model.WarningKind{badID: model.BadID, badTime: model.BadTimestamp, badAttr: model.BadAttribute}

func newSpanDecoder(b *model.Builder) *spanDecoder {
	in := b.InternString
	return &spanDecoder{b: b, known: map[string]model.ResourceID{}, keys: tagKeys{
		service: in("service.name"), kind: in("span.kind"), fail: in("error"), status: in("otel.status_code"),
		statusText: in("otel.status_description"), state: in("w3c.tracestate"), scope: in("otel.scope.name"),
		scopeVersion: in("otel.scope.version"), event: in("event"), refType: in("opentracing.ref_type"),
		warnings: in("@jaeger@warnings"), // as api_v3 names them
	}}
}

// chunk reads a SpansResponseChunk. After an error the spans before it are in
// the builder, the last trace marked as truncated; data is not kept.
func (d *spanDecoder) chunk(data []byte) error {
	r := wire.NewReader(data)
	for r.Next() {
		if !r.Is(1, protowire.BytesType) {
			continue
		}
		if err := d.span(r.Bytes); err != nil {
			d.b.WarnTrace(model.TraceID{}, model.Truncated)
			return err
		}
	}
	if r.Err() != nil {
		d.b.WarnTrace(model.TraceID{}, model.Truncated)
	}
	return r.Err()
}

// span reads a Span message and adds it to the builder.
func (d *spanDecoder) span(b []byte) error {
	d.reset()
	rec := &d.rec
	var start, length seconds
	r := wire.NewReader(b)
	for r.Next() {
		var err error
		switch {
		case r.Is(1, protowire.BytesType):
			rec.Trace = d.traceID(r.Bytes)
		case r.Is(2, protowire.BytesType):
			rec.ID = d.spanID(r.Bytes)
		case r.Is(3, protowire.BytesType):
			rec.Name = d.b.Intern(r.Bytes)
		case r.Is(4, protowire.BytesType):
			err = d.reference(r.Bytes)
		case r.Is(5, protowire.VarintType):
			rec.Flags = uint32(r.Bits)
		case r.Is(6, protowire.BytesType):
			start, err = parseSeconds(r.Bytes)
		case r.Is(7, protowire.BytesType):
			length, err = parseSeconds(r.Bytes)
		case r.Is(8, protowire.BytesType):
			err = d.tag(r.Bytes)
		case r.Is(9, protowire.BytesType):
			err = d.log(r.Bytes)
		case r.Is(10, protowire.BytesType):
			err = d.setProcess(r.Bytes)
		case r.Is(12, protowire.BytesType):
			d.tags.warnings = append(d.tags.warnings, d.b.StringAttr(0, r.Bytes))
		}
		if err != nil {
			return err
		}
	}
	if r.Err() != nil {
		return r.Err()
	}
	d.setTimes(start, length)
	d.finish()
	return nil
}

func (d *spanDecoder) reset() {
	rec := &d.rec
	*rec = model.SpanRecord{Attrs: rec.Attrs[:0], Events: rec.Events[:0], Links: rec.Links[:0]}
	d.attrs, d.refs, d.bad = d.attrs[:0], d.refs[:0], [3]bool{}
	d.tags = spanTags{warnings: d.tags.warnings[:0]}
}

// finish sets what depends on several fields and adds the span.
func (d *spanDecoder) finish() {
	rec := &d.rec
	if d.tags.failed {
		rec.Status = model.StatusError
	}
	rec.Scope = d.b.Scope(&d.tags.scope)
	if len(d.tags.warnings) > 0 {
		rec.Attrs = append(rec.Attrs, d.b.ListAttr(d.keys.warnings, d.tags.warnings))
	}
	d.setParent()
	d.b.Add(rec)
	for i, bad := range d.bad {
		if bad {
			d.b.WarnLast(badKinds[i])
		}
	}
}

// setParent tells the parent from links.
func (d *spanDecoder) setParent() {
	parent := -1
	for i, ref := range d.refs {
		if ref.trace != d.rec.Trace || ref.span.IsZero() {
			continue
		}
		if ref.child {
			parent = i
			break
		}
		if parent < 0 {
			parent = i
		}
	}
	for i, ref := range d.refs {
		if i == parent {
			d.rec.Parent = ref.span
			if ref.child {
				continue
			}
		}
		kind := "follows_from"
		if ref.child {
			kind = "child_of"
		}
		from := len(d.attrs)
		d.attrs = append(d.attrs, d.b.StringAttr(d.keys.refType, []byte(kind)))
		d.rec.Links = append(d.rec.Links, model.LinkRecord{Trace: ref.trace, Span: ref.span, Attrs: d.attrs[from:]})
	}
}

func (d *spanDecoder) reference(b []byte) error {
	ref := reference{child: true}
	r := wire.NewReader(b)
	for r.Next() {
		switch {
		case r.Is(1, protowire.BytesType):
			ref.trace = d.traceID(r.Bytes)
		case r.Is(2, protowire.BytesType):
			ref.span = d.spanID(r.Bytes)
		case r.Is(3, protowire.VarintType):
			ref.child = r.Bits == 0
		}
	}
	d.refs = append(d.refs, ref)
	return r.Err()
}

// tag reads a KeyValue of the span.
func (d *spanDecoder) tag(b []byte) error {
	kv, err := readKeyValue(b)
	if err != nil {
		return err
	}
	if key := d.b.Intern(kv.key); !d.special(key, kv) {
		d.rec.Attrs = append(d.rec.Attrs, d.attr(key, kv))
	}
	return nil
}

// special puts a tag in its place if OTLP has one for it; a value that would be
// lost there stays an attribute.
func (d *spanDecoder) special(key model.StringID, kv keyValue) bool {
	if key == d.keys.fail {
		d.tags.failed = d.tags.failed || kv.truth()
		return kv.typ == typeBool && kv.bits != 0
	}
	if kv.typ != typeString {
		return false
	}
	rec, scope := &d.rec, &d.tags.scope
	switch key {
	case d.keys.kind:
		rec.Kind = kindOf(string(kv.bytes))
		return rec.Kind != model.KindUnspecified
	case d.keys.status:
		switch strings.ToUpper(string(kv.bytes)) {
		case "OK":
			rec.Status = model.StatusOK
		case "ERROR":
			rec.Status = model.StatusError
		default:
			return false
		}
	case d.keys.statusText:
		rec.StatusText = d.b.Intern(kv.bytes)
	case d.keys.state:
		rec.State = d.b.Intern(kv.bytes)
	case d.keys.scope:
		scope.Name = d.b.Intern(kv.bytes)
	case d.keys.scopeVersion:
		scope.Version = d.b.Intern(kv.bytes)
	default:
		return false
	}
	return true
}

func kindOf(s string) model.Kind {
	for k := model.KindInternal; k <= model.KindConsumer; k++ {
		if k.String() == s {
			return k
		}
	}
	return model.KindUnspecified
}

// log reads a Log message; its field "event" is the event's name.
func (d *spanDecoder) log(b []byte) error {
	var e model.EventRecord
	from := len(d.attrs)
	r := wire.NewReader(b)
	for r.Next() {
		switch {
		case r.Is(1, protowire.BytesType):
			at, err := parseSeconds(r.Bytes)
			if err != nil {
				return err
			}
			e.TimeNano = d.unixNano(at)
		case r.Is(2, protowire.BytesType):
			kv, err := readKeyValue(r.Bytes)
			if err != nil {
				return err
			}
			key := d.b.Intern(kv.key)
			if key == d.keys.event && kv.typ == typeString && e.Name == 0 {
				e.Name = d.b.Intern(kv.bytes)
				continue
			}
			d.attrs = append(d.attrs, d.attr(key, kv))
		}
	}
	e.Attrs = d.attrs[from:]
	d.rec.Events = append(d.rec.Events, e)
	return r.Err()
}

// knownLimit keeps a stream of ever new processes from filling memory.
const knownLimit = 4096

// setProcess reads a Process message, which servers repeat with every span.
func (d *spanDecoder) setProcess(b []byte) error {
	if d.processID != 0 && bytes.Equal(b, d.process) {
		d.rec.Resource = d.processID
		return nil
	}
	id, ok := d.known[string(b)]
	if !ok {
		var err error
		if id, err = d.newProcess(b); err != nil {
			return err
		}
		if len(d.known) >= knownLimit {
			clear(d.known)
		}
		d.known[string(b)] = id
	}
	d.process, d.processID = append(d.process[:0], b...), id
	d.rec.Resource = id
	return nil
}

// noService is what the collector writes where a resource had no attributes.
const noService = "OTLPResourceNoServiceName"

func (d *spanDecoder) newProcess(b []byte) (model.ResourceID, error) {
	var attrs []model.Attr
	var service []byte
	r := wire.NewReader(b)
	for r.Next() {
		switch {
		case r.Is(1, protowire.BytesType):
			service = r.Bytes
		case r.Is(2, protowire.BytesType):
			kv, err := readKeyValue(r.Bytes)
			if err != nil {
				return 0, err
			}
			attrs = append(attrs, d.attr(d.b.Intern(kv.key), kv))
		}
	}
	if len(service) > 0 && string(service) != noService {
		attrs = append([]model.Attr{d.b.StringAttr(d.keys.service, service)}, attrs...)
	}
	if r.Err() != nil || len(attrs) == 0 {
		return 0, r.Err()
	}
	return d.b.Resource(&model.ResourceRecord{Attrs: attrs}), nil
}

// traceID reads 16 bytes; shorter ids lost their leading zeros, longer ones are
// hashed so that equal ones stay equal.
func (d *spanDecoder) traceID(v []byte) (id model.TraceID) {
	if len(v) > len(id) {
		d.bad[badID] = true
		h := fnv.New128a()
		h.Write(v)
		h.Sum(id[:0])
		return id
	}
	copy(id[len(id)-len(v):], v)
	return id
}

// spanID is traceID for the 8 bytes of a span's id.
func (d *spanDecoder) spanID(v []byte) model.SpanID {
	var id [8]byte
	if len(v) > len(id) {
		d.bad[badID] = true
		h := fnv.New64a()
		h.Write(v)
		return model.SpanID(h.Sum64())
	}
	copy(id[len(id)-len(v):], v)
	return model.SpanID(binary.BigEndian.Uint64(id[:]))
}
