package otlp

import (
	"io"
	"strings"

	"traceview/internal/format/jsonpull"
	"traceview/internal/model"
)

// DecodeJSON decodes OTLP JSON into b: documents, also many run together or one
// a line, and what backends make of them (names in snake case, "batches",
// wrappers, ids in base64, numbers as text or text as numbers). The error wraps
// ErrTruncated, jsonpull.ErrMalformed or that of r; the spans before it are in
// b, the last trace marked as truncated.
func DecodeJSON(r io.Reader, b *model.Builder) error {
	return decodeJSON(jsonpull.New(r), b)
}

func decodeJSON(p *jsonpull.Parser, b *model.Builder) error {
	d := jsonDecoder{scratch: scratch{b: b}, p: p, values: NewValueReader(p, b)}
	return d.documents()
}

func (d *jsonDecoder) documents() error {
	for d.p.More() && d.stop == nil {
		d.document(0)
	}
	err := d.p.Err()
	if d.stop != nil { // the parser was made to end
		err = d.stop
	}
	if err != nil {
		d.b.WarnTrace(model.TraceID{}, model.Truncated)
	}
	return err
}

// maxWrappers bounds the wrappers around ResourceSpans.
const maxWrappers = 16

// A jsonDecoder turns OTLP JSON into the records of one Builder.
type jsonDecoder struct {
	scratch
	p      *jsonpull.Parser
	values *ValueReader
	next   func() (*model.Builder, error) // nil unless streaming
	stop   error                          // why reading ends before the input does
}

// list calls f for each element of an array, which each must read; anything
// else is skipped.
func (d *jsonDecoder) list(f func()) {
	for ok := d.p.Enter(jsonpull.Array); ok && d.p.Elem(); {
		f()
	}
}

// object calls f for each field of an object with its key; f must read the
// value. Anything else is skipped.
func (d *jsonDecoder) object(f func(key []byte)) {
	if !d.p.Enter(jsonpull.Object) {
		return
	}
	for {
		key, ok := d.p.Field()
		if !ok {
			return
		}
		f(key)
	}
}

// document reads ResourceSpans, whatever wraps them.
func (d *jsonDecoder) document(depth int) {
	if depth > maxWrappers {
		d.p.Skip()
		return
	}
	if d.p.Next() == jsonpull.Array {
		d.list(func() { d.document(depth + 1) })
		return
	}
	d.object(func(key []byte) {
		switch string(key) {
		case "resourceSpans", "resource_spans", "batches":
			d.list(d.resourceSpans)
		case "result", "trace", "data", "traces":
			d.document(depth + 1)
		case "error":
			d.fault()
		default:
			d.p.Skip()
		}
	})
}

// resourceSpans gives spans their resource at the end, since its parts may
// stand behind them.
func (d *jsonDecoder) resourceSpans() {
	if !d.begin() {
		return
	}
	var rec model.ResourceRecord
	from := d.b.Len()
	d.object(func(key []byte) {
		switch string(key) {
		case "resource":
			d.object(func(key []byte) {
				switch string(key) {
				case "attributes":
					rec.Attrs = d.values.Attributes(rec.Attrs)
				case "droppedAttributesCount", "dropped_attributes_count":
					rec.Dropped = d.uint32()
				default:
					d.p.Skip()
				}
			})
		case "scopeSpans", "scope_spans", "instrumentationLibrarySpans", "instrumentation_library_spans":
			d.list(d.scopeSpans)
		case "schemaUrl", "schema_url":
			rec.Schema = d.name()
		default:
			d.p.Skip()
		}
	})
	if d.b.Len() > from {
		d.setResource(from, d.b.Resource(&rec))
	}
}

func (d *jsonDecoder) scopeSpans() {
	var rec model.ScopeRecord
	from := d.b.Len()
	d.object(func(key []byte) {
		switch string(key) {
		case "scope", "instrumentationLibrary", "instrumentation_library":
			d.scope(&rec)
		case "spans":
			d.list(d.span)
		case "schemaUrl", "schema_url":
			rec.Schema = d.name()
		default:
			d.p.Skip()
		}
	})
	if d.b.Len() > from {
		d.setScope(from, d.b.Scope(&rec))
	}
}

func (d *jsonDecoder) scope(rec *model.ScopeRecord) {
	d.object(func(key []byte) {
		switch string(key) {
		case "name":
			rec.Name = d.name()
		case "version":
			rec.Version = d.name()
		case "attributes":
			rec.Attrs = d.values.Attributes(rec.Attrs)
		case "droppedAttributesCount", "dropped_attributes_count":
			rec.Dropped = d.uint32()
		default:
			d.p.Skip()
		}
	})
}

// span reads one Span; one that is cut off is not added.
func (d *jsonDecoder) span() {
	p := d.p
	if !p.Enter(jsonpull.Object) {
		return
	}
	d.reset()
	rec := &d.rec
	for {
		key, ok := p.Field()
		if !ok {
			break
		}
		switch string(key) {
		case "traceId", "trace_id":
			rec.Trace = d.traceID()
		case "spanId", "span_id":
			rec.ID = d.spanID()
		case "parentSpanId", "parent_span_id":
			rec.Parent = d.spanID()
		case "name":
			rec.Name = d.name()
		case "kind":
			rec.Kind = d.kind()
		case "startTimeUnixNano", "start_time_unix_nano":
			rec.StartNano = d.uint64()
		case "endTimeUnixNano", "end_time_unix_nano":
			rec.EndNano = d.uint64()
		case "attributes":
			rec.Attrs = d.values.Attributes(rec.Attrs)
		default:
			d.spanPart(key)
		}
	}
	if p.Err() == nil {
		d.badAttr = d.values.Bad() || d.badAttr
		d.add()
	}
}

// spanPart reads the fields that many spans lack.
func (d *jsonDecoder) spanPart(key []byte) {
	rec := &d.rec
	switch string(key) {
	case "traceState", "trace_state":
		rec.State = d.name()
	case "flags":
		rec.Flags = d.uint32()
	case "droppedAttributesCount", "dropped_attributes_count":
		rec.Dropped.Attrs = d.uint32()
	case "events":
		d.list(d.event)
	case "droppedEventsCount", "dropped_events_count":
		rec.Dropped.Events = d.uint32()
	case "links":
		d.list(d.link)
	case "droppedLinksCount", "dropped_links_count":
		rec.Dropped.Links = d.uint32()
	case "status":
		d.object(func(key []byte) {
			switch string(key) {
			case "code":
				rec.Status = d.status()
			case "message":
				rec.StatusText = d.name()
			default:
				d.p.Skip()
			}
		})
	default:
		d.p.Skip()
	}
}

func (d *jsonDecoder) event() {
	var e model.EventRecord
	from := len(d.attrs)
	d.object(func(key []byte) {
		switch string(key) {
		case "timeUnixNano", "time_unix_nano":
			e.TimeNano = d.uint64()
		case "name":
			e.Name = d.name()
		case "attributes":
			d.attrs = d.values.Attributes(d.attrs)
		case "droppedAttributesCount", "dropped_attributes_count":
			e.Dropped = d.uint32()
		default:
			d.p.Skip()
		}
	})
	e.Attrs = d.attrs[from:len(d.attrs):len(d.attrs)]
	d.rec.Events = append(d.rec.Events, e)
}

func (d *jsonDecoder) link() {
	var l model.LinkRecord
	from := len(d.attrs)
	d.object(func(key []byte) {
		switch string(key) {
		case "traceId", "trace_id":
			l.Trace = d.traceID()
		case "spanId", "span_id":
			l.Span = d.spanID()
		case "traceState", "trace_state":
			l.State = d.name()
		case "flags":
			l.Flags = d.uint32()
		case "attributes":
			d.attrs = d.values.Attributes(d.attrs)
		case "droppedAttributesCount", "dropped_attributes_count":
			l.Dropped = d.uint32()
		default:
			d.p.Skip()
		}
	})
	l.Attrs = d.attrs[from:len(d.attrs):len(d.attrs)]
	d.rec.Links = append(d.rec.Links, l)
}

// name reads a text that is likely to come again.
func (d *jsonDecoder) name() model.StringID { return d.b.Intern(d.p.Text()) }

// uint64 reads a number, written as one or as text.
func (d *jsonDecoder) uint64() uint64 {
	text := d.p.Text()
	v, ok := jsonpull.Uint(text)
	d.badAttr = d.badAttr || !ok && len(text) > 0
	return v
}

func (d *jsonDecoder) uint32() uint32 { return uint32(min(d.uint64(), 1<<32-1)) }

// kind reads a SpanKind, as a number or by its name in any spelling.
func (d *jsonDecoder) kind() model.Kind {
	text := d.p.Text()
	if v, ok := jsonpull.Uint(text); ok {
		return kindOf(v)
	}
	switch strings.TrimPrefix(strings.ToUpper(string(text)), "SPAN_KIND_") {
	case "INTERNAL":
		return model.KindInternal
	case "SERVER":
		return model.KindServer
	case "CLIENT":
		return model.KindClient
	case "PRODUCER":
		return model.KindProducer
	case "CONSUMER":
		return model.KindConsumer
	}
	return model.KindUnspecified
}

// status reads a StatusCode, as a number or by its name in any spelling.
func (d *jsonDecoder) status() model.Status {
	text := d.p.Text()
	if v, ok := jsonpull.Uint(text); ok {
		return statusOf(v)
	}
	switch strings.TrimPrefix(strings.ToUpper(string(text)), "STATUS_CODE_") {
	case "OK":
		return model.StatusOK
	case "ERROR":
		return model.StatusError
	}
	return model.StatusUnset
}
