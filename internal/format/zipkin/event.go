package zipkin

import (
	"bytes"
	"math"

	"traceview/internal/format/jsonpull"
	"traceview/internal/model"
)

// annotation reads an annotation as an event, or what the first version of the
// format told by one.
func (d *decoder) annotation() {
	p := d.p
	var e model.EventRecord
	var value []byte
	var from endpoint
	for ok := p.Enter(jsonpull.Object); ok; {
		var key []byte
		if key, ok = p.Field(); !ok {
			break
		}
		switch string(key) {
		case "timestamp":
			e.TimeNano = uint64(d.micros())
		case "value":
			value = append(value[:0], p.Text()...)
		case "endpoint":
			from = d.endpoint()
		default:
			p.Skip()
		}
	}
	if from != (endpoint{}) && d.span.local == (endpoint{}) {
		d.span.local = from
	}
	if d.rec.Kind == model.KindUnspecified && from != (endpoint{}) {
		switch string(value) {
		case "cs", "cr":
			d.rec.Kind = model.KindClient
		case "sr", "ss":
			d.rec.Kind = model.KindServer
		}
	}
	e.Name, e.Attrs, e.Dropped = d.event(value)
	d.rec.Events = append(d.rec.Events, e)
}

// event splits the value of an annotation into name, attributes and how many of
// them were dropped; a value that is only a name is the name.
func (d *decoder) event(value []byte) (model.StringID, []model.Attr, uint32) {
	name, rest, ok := bytes.Cut(value, []byte("|{"))
	at := bytes.LastIndexByte(rest, '|')
	if !ok || at < 0 {
		return d.b.Intern(value), nil, 0
	}
	dropped, isNumber := count(rest[at+1:])
	attrs, isObject := d.bareObject(value[len(name)+1 : len(name)+2+at])
	if !isNumber || !isObject {
		return d.b.Intern(value), nil, 0
	}
	return d.b.Intern(name), attrs, dropped
}

// count reads how many attributes were dropped.
func count(text []byte) (n uint32, ok bool) {
	v, ok := jsonpull.IsWhole(text)
	return uint32(v), ok && v >= 0 && v <= math.MaxUint32
}

// binaryAnnotation reads a tag of the first version of the format.
func (d *decoder) binaryAnnotation() {
	p := d.p
	var name model.StringID
	var value []byte
	var from endpoint
	meant := isAttr
	for ok := p.Enter(jsonpull.Object); ok; {
		var key []byte
		if key, ok = p.Field(); !ok {
			break
		}
		switch string(key) {
		case "key":
			key := p.Text()
			meant, name = meaningOf(key), d.b.Intern(key)
		case "value":
			value = append(value[:0], p.Text()...)
		case "endpoint":
			from = d.endpoint()
		default:
			p.Skip()
		}
	}
	switch {
	case name == d.names.serverAddr || name == d.names.clientAddr: // the other side
		d.span.remote = from
		return
	case d.span.local == (endpoint{}):
		d.span.local = from
	}
	d.tag(meant, name, value)
}

// link reads trace|span|state|{attributes}|dropped; false if it is something
// else.
func (d *decoder) link(v []byte) bool {
	parts := bytes.SplitN(v, []byte("|"), 4)
	if len(parts) < 4 {
		return false
	}
	at := bytes.LastIndexByte(parts[3], '|')
	if at < 0 {
		return false
	}
	trace, ok1 := model.TraceIDOf(parts[0])
	span, ok2 := model.SpanIDOf(parts[1])
	dropped, ok3 := count(parts[3][at+1:])
	if !ok1 || !ok2 || !ok3 {
		return false
	}
	attrs, ok := d.bareObject(parts[3][:at])
	if !ok {
		return false
	}
	d.rec.Links = append(d.rec.Links, model.LinkRecord{
		Trace: trace, Span: span, State: d.b.Intern(parts[2]), Attrs: attrs, Dropped: dropped})
	return true
}
