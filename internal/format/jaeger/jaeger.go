// Package jaeger reads and writes the JSON of Jaeger's UI and its /api/traces:
// an envelope with "data", a list of traces, or one trace.
//
// # What becomes of what
//
// The parent is the first CHILD_OF reference within the trace, else the first
// other reference within it (told by the span attribute opentracing.ref_type =
// follows_from); every further reference becomes a link with an attribute of
// that name. The tags span.kind, error = true, otel.status_code,
// otel.status_description, otel.scope.name, otel.scope.version and
// w3c.tracestate become fields of the span; a tag of such a name that says
// something else stays an attribute. Warnings of a span become its last
// attribute, jaeger.warnings. A process becomes a resource with service.name
// first, a log an event, whose name is its field "event", else "message".
//
// # What the format cannot hold
//
// What Jaeger has no place for but a reader may need is written beside it in
// fields that Jaeger ignores and this package reads again: times finer than a
// microsecond ("startTimeUnixNano", "endTimeUnixNano", "timeUnixNano"), the type
// of lists, maps and empty values ("anyValue"), attributes, flags and state of a
// link ("tags", "flags", "traceState", and "link" where it would be taken for
// the parent), and "attribute" on a tag that is one although its name has a
// meaning. Not written at all: schema URLs, attributes of scopes, counts of what
// an SDK dropped. Warnings of a whole trace are not read.
package jaeger

import (
	"bytes"
	"io"

	"traceview/internal/format/jsonpull"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
)

// Names with a meaning.
const (
	keyKind        = "span.kind"
	keyError       = "error"
	keyStatus      = "otel.status_code"
	keyDescription = "otel.status_description"
	keyScope       = "otel.scope.name"
	keyVersion     = "otel.scope.version"
	keyState       = "w3c.tracestate"
	keyRefType     = "opentracing.ref_type"
	keyWarnings    = "jaeger.warnings"
	keyService     = "service.name"
	keyEvent       = "event"
	keyMessage     = "message"

	childOf     = "child_of"
	followsFrom = "follows_from"
)

// Decode decodes Jaeger JSON, also several documents run together, into b. The
// error wraps jsonpull.ErrTruncated, jsonpull.ErrMalformed or that of r; the
// spans before it are in b, the last trace marked as truncated.
func Decode(r io.Reader, b *model.Builder) error {
	return decode(jsonpull.New(r), b)
}

func decode(p *jsonpull.Parser, b *model.Builder) error {
	d := newDecoder(p, b)
	for p.More() {
		d.entry(0)
	}
	if err := p.Err(); err != nil {
		b.WarnTrace(model.TraceID{}, model.Truncated)
		return err
	}
	return nil
}

// A decoder turns Jaeger JSON into the records of one Builder.
type decoder struct {
	p      *jsonpull.Parser
	b      *model.Builder
	values *otlp.ValueReader
	names  names

	trace     model.TraceID // of the entry at hand
	traceText []byte        // as written
	processes map[string]model.ResourceID
	resources []model.ResourceID // by placeholder, 0 until its process is read

	rec     model.SpanRecord // the span at hand, its slices used again
	attrs   []model.Attr     // of its events and links
	refs    []reference
	tag     tag
	parent  model.SpanID // the field parentSpanID
	scope   model.ScopeRecord
	badID   bool
	badAttr bool

	lastScope   model.ScopeRecord
	lastScopeID model.ScopeID
	onTag       func(*tag) // spanTag, made once
}

// names are the interned names with a meaning.
type names struct {
	kind, err, status, description, scope, version, state model.StringID
	refType, warnings, service, event, message            model.StringID
}

func newDecoder(p *jsonpull.Parser, b *model.Builder) *decoder {
	d := &decoder{
		p: p, b: b, values: otlp.NewValueReader(p, b), processes: map[string]model.ResourceID{},
		names: names{
			kind: b.InternString(keyKind), err: b.InternString(keyError), status: b.InternString(keyStatus),
			description: b.InternString(keyDescription), scope: b.InternString(keyScope),
			version: b.InternString(keyVersion), state: b.InternString(keyState),
			refType: b.InternString(keyRefType), warnings: b.InternString(keyWarnings),
			service: b.InternString(keyService), event: b.InternString(keyEvent), message: b.InternString(keyMessage),
		},
	}
	d.onTag = d.spanTag
	return d
}

// placeholder is the first ResourceID that stands for a process which is named
// by spans before it is described.
const placeholder model.ResourceID = 1 << 31

// maxWrappers bounds lists and envelopes around traces.
const maxWrappers = 16

// entry reads a trace, or an envelope or list of traces.
func (d *decoder) entry(depth int) {
	p := d.p
	if depth > maxWrappers {
		p.Skip()
		return
	}
	if p.Next() == jsonpull.Array {
		for p.Enter(jsonpull.Array); p.Elem(); {
			d.entry(depth + 1)
		}
		return
	}
	d.beginEntry()
	from := d.b.Len()
	for ok := p.Enter(jsonpull.Object); ok; {
		var key []byte
		if key, ok = p.Field(); !ok {
			break
		}
		switch string(key) {
		case "data":
			d.endEntry(from)
			d.entry(depth + 1)
			d.beginEntry()
			from = d.b.Len()
		case "traceID":
			d.traceText = append(d.traceText[:0], p.Text()...)
			d.badID = false
			d.trace = d.traceID(d.traceText)
		case "spans":
			for ok := p.Enter(jsonpull.Array); ok && p.Elem(); {
				d.span()
			}
		case "processes":
			d.readProcesses()
		default:
			p.Skip()
		}
	}
	d.endEntry(from)
}

func (d *decoder) beginEntry() {
	d.trace, d.traceText = model.TraceID{}, d.traceText[:0]
	clear(d.processes)
	d.resources = d.resources[:0]
}

// endEntry gives the spans since from their processes, which stand behind them.
func (d *decoder) endEntry(from int) {
	if len(d.resources) == 0 {
		return
	}
	d.b.Rename(from, func(r model.ResourceID, s model.ScopeID) (model.ResourceID, model.ScopeID) {
		if r >= placeholder {
			r = d.resources[r-placeholder]
		}
		return r, s
	})
}

// process returns what stands for a process of the entry at hand.
func (d *decoder) process(id []byte) model.ResourceID {
	r, ok := d.processes[string(id)]
	if !ok {
		r = placeholder + model.ResourceID(len(d.resources))
		d.processes[string(id)] = r
		d.resources = append(d.resources, 0)
	}
	return r
}

func (d *decoder) readProcesses() {
	for ok := d.p.Enter(jsonpull.Object); ok; {
		var key []byte
		if key, ok = d.p.Field(); !ok {
			return
		}
		n := d.process(key) - placeholder
		d.resources[n] = d.readProcess()
	}
}

// readProcess reads a process as a resource.
func (d *decoder) readProcess() model.ResourceID {
	p := d.p
	var service []byte
	var attrs []model.Attr
	told := false // a tag says the service name, too
	if p.Next() != jsonpull.Object {
		p.Skip()
		return 0
	}
	for ok := p.Enter(jsonpull.Object); ok; {
		var key []byte
		if key, ok = p.Field(); !ok {
			break
		}
		switch string(key) {
		case "serviceName":
			service = bytes.Clone(p.Text())
		case "tags":
			d.tags(func(t *tag) {
				told = told || t.key == d.names.service
				attrs = append(attrs, d.attr(t))
			})
		default:
			p.Skip()
		}
	}
	if len(service) > 0 && !told {
		attrs = append([]model.Attr{d.b.StringAttr(d.names.service, service)}, attrs...)
	}
	return d.b.Resource(&model.ResourceRecord{Attrs: attrs})
}

// traceID reads an id of hexadecimal digits, which may have lost its leading
// zeros; other text names a trace by its hash.
func (d *decoder) traceID(text []byte) model.TraceID {
	id, ok := model.TraceIDOf(text)
	d.badID = d.badID || !ok
	return id
}

// spanID is traceID for spans.
func (d *decoder) spanID(text []byte) model.SpanID {
	id, ok := model.SpanIDOf(text)
	d.badID = d.badID || !ok
	return id
}
