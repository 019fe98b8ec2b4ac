// Package zipkin reads and writes the JSON of Zipkin v2: a list of spans, or a
// list of such lists.
//
// # What becomes of what
//
// localEndpoint.serviceName becomes the resource's service.name, and the rest of
// localEndpoint its net.host.ip and net.host.port; remoteEndpoint becomes the span
// attributes peer.service, net.peer.ip and net.peer.port. An annotation becomes an
// event, a tag an attribute with a text. As OpenTelemetry's exporters to Zipkin
// write it, the tags otel.status_code, otel.status_description, error,
// span.kind = internal, otel.scope.name, otel.scope.version and w3c.tracestate become fields of the span,
// otlp.link.0, otlp.link.1 and so on become links, and an annotation that reads
// name|{attributes}|dropped becomes an event with attributes. Without
// otel.status_code any tag "error" but "false" means a failure, and its text is the
// message. The two halves of a call, which share one id, keep it; model puts the
// server's below the client's. debug becomes the attribute zipkin.debug. What the
// first version wrote in place of kind and localEndpoint (annotations cs, cr, sr
// and ss with an endpoint, binaryAnnotations) is understood as well.
//
// # What the format cannot hold
//
// Times finer than a microsecond. The type of a value: all come back as text, lists
// and maps as their JSON. A second attribute of the same name, which gets a name of
// its own (name#2). The difference between an attribute of a span and one of its
// resource: the latter come back on each span; an attribute that a span has itself
// hides that of its resource. Not written at all: flags, attributes of scopes,
// schema URLs, counts of dropped attributes, events and links of a span. An event without
// attributes whose name looks like one with them comes back as that, and an attribute
// "error" of a failed span is dropped if it says no more than the status. A duration of
// zero is left out, which is how Zipkin writes an unfinished span.
package zipkin

import (
	"io"

	"traceview/internal/format/jsonpull"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
)

// Names with a meaning.
const (
	keyError       = "error"
	keyStatus      = "otel.status_code"
	keyDescription = "otel.status_description"
	keyScope       = "otel.scope.name"
	keyVersion     = "otel.scope.version"
	keyKind        = "span.kind" // for what Zipkin has no kind: internal
	keyState       = "w3c.tracestate"
	keyLink        = "otlp.link." // and a number
	keyService     = "service.name"
	keyHostIP      = "net.host.ip"
	keyHostPort    = "net.host.port"
	keyPeer        = "peer.service"
	keyPeerIP      = "net.peer.ip"
	keyPeerPort    = "net.peer.port"
	keyDebug       = "zipkin.debug"
)

// Decode decodes Zipkin JSON, also several documents run together, into b. The
// error wraps jsonpull.ErrTruncated, jsonpull.ErrMalformed or that of r; the
// spans before it are in b, the last trace marked as truncated.
func Decode(r io.Reader, b *model.Builder) error {
	p := jsonpull.New(r)
	d := newDecoder(p, b)
	for p.More() {
		d.spans(0)
	}
	if err := p.Err(); err != nil {
		b.WarnTrace(model.TraceID{}, model.Truncated)
		return err
	}
	return nil
}

// A decoder turns Zipkin JSON into the records of one Builder.
type decoder struct {
	p     *jsonpull.Parser
	b     *model.Builder
	names names

	rec   model.SpanRecord // the span at hand, its slices used again
	attrs []model.Attr     // of its events and links
	span  fields

	resources   map[endpoint]model.ResourceID
	lastScope   model.ScopeRecord
	lastScopeID model.ScopeID
}

// fields are parts of a span that make a record only together.
type fields struct {
	local, remote endpoint
	start, length int64 // ns
	status        string
	failed        bool   // has the tag "error"
	err           []byte // what it says
	described     bool
	description   model.StringID
	scope         model.ScopeRecord
	badID, bad    bool
}

// names are the interned names with a meaning.
type names struct {
	err, service, hostIP, hostPort, peer, peerIP, peerPort, debug model.StringID
	serverAddr, clientAddr                                        model.StringID
}

func newDecoder(p *jsonpull.Parser, b *model.Builder) *decoder {
	return &decoder{
		p: p, b: b, resources: map[endpoint]model.ResourceID{},
		names: names{
			err: b.InternString(keyError), service: b.InternString(keyService),
			hostIP: b.InternString(keyHostIP), hostPort: b.InternString(keyHostPort), peer: b.InternString(keyPeer),
			peerIP: b.InternString(keyPeerIP), peerPort: b.InternString(keyPeerPort), debug: b.InternString(keyDebug),
			serverAddr: b.InternString("sa"), clientAddr: b.InternString("ca"),
		},
	}
}

// maxWrappers bounds lists around spans.
const maxWrappers = 16

// spans reads a span, or a list of spans or of lists.
func (d *decoder) spans(depth int) {
	p := d.p
	switch kind := p.Next(); {
	case depth > maxWrappers:
		p.Skip()
	case kind == jsonpull.Array:
		for p.Enter(jsonpull.Array); p.Elem(); {
			d.spans(depth + 1)
		}
	case kind == jsonpull.Object:
		d.readSpan()
	default:
		p.Skip()
	}
}

// bareObject reads a JSON object of text as attributes; ok is false for other text.
func (d *decoder) bareObject(text []byte) (attrs []model.Attr, ok bool) {
	p := jsonpull.NewBytes(text)
	if len(text) == 0 || text[0] != '{' {
		return nil, false
	}
	values := otlp.NewValueReader(p, d.b)
	from := len(d.attrs)
	d.attrs = values.Attributes(d.attrs)
	if p.Err() != nil || p.More() {
		d.attrs = d.attrs[:from]
		return nil, false
	}
	return d.attrs[from:len(d.attrs):len(d.attrs)], true
}
