package jaeger

import (
	"bytes"

	"traceview/internal/format/jsonpull"
	"traceview/internal/model"
)

// A reference names another span.
type reference struct {
	model.LinkRecord
	follows bool // FOLLOWS_FROM
	link    bool // never the parent
	tagged  bool // Attrs are all it has
	here    bool // in the trace of the span
}

// reset begins a span.
func (d *decoder) reset() {
	rec := &d.rec
	*rec = model.SpanRecord{Trace: d.trace, Attrs: rec.Attrs[:0], Events: rec.Events[:0], Links: rec.Links[:0]}
	d.attrs, d.refs, d.scope = d.attrs[:0], d.refs[:0], model.ScopeRecord{}
	d.badID, d.badAttr, d.parent = false, false, 0
}

// clock holds the times of a span as they are read.
type clock struct {
	start, length  int64  // ns
	startNs, endNs uint64 // written beside them
	exact          bool
}

// span reads one span; one that is cut off is not added.
func (d *decoder) span() {
	p := d.p
	if !p.Enter(jsonpull.Object) {
		return
	}
	d.reset()
	rec := &d.rec
	var c clock
	var warnings []model.Attr
	for {
		key, ok := p.Field()
		if !ok {
			break
		}
		switch string(key) {
		case "traceID":
			d.ownTrace(p.Text())
		case "spanID":
			rec.ID = d.spanID(p.Text())
		case "operationName":
			rec.Name = d.b.Intern(p.Text())
		case "references":
			d.references()
		case "startTime":
			c.start = d.micros(p.Text())
		case "duration":
			c.length = d.micros(p.Text())
		case "tags":
			d.tags(d.onTag)
		case "processID":
			rec.Resource = d.process(p.Text())
		case "warnings":
			warnings = d.readWarnings(warnings)
		default:
			d.spanPart(key, &c)
		}
	}
	if p.Err() == nil {
		d.add(c, warnings)
	}
}

func (d *decoder) spanTag(t *tag) {
	if !d.meaning(t) {
		d.rec.Attrs = append(d.rec.Attrs, d.attr(t))
	}
}

// spanPart reads the fields that many spans lack.
func (d *decoder) spanPart(key []byte, c *clock) {
	p, rec := d.p, &d.rec
	switch string(key) {
	case "logs":
		for ok := p.Enter(jsonpull.Array); ok && p.Elem(); {
			d.log()
		}
	case "flags":
		v, _ := jsonpull.Uint(p.Text())
		rec.Flags = uint32(v)
	case "process":
		if p.Next() == jsonpull.Object {
			rec.Resource = d.readProcess()
		} else {
			p.Skip()
		}
	case "parentSpanID":
		d.parent = d.spanID(p.Text())
	case "startTimeUnixNano":
		c.startNs, c.exact = d.nanos(), true
	case "endTimeUnixNano":
		c.endNs, c.exact = d.nanos(), true
	default:
		p.Skip()
	}
}

func (d *decoder) nanos() uint64 {
	v, _ := jsonpull.Uint(d.p.Text())
	return v
}

// add completes the span and hands it to the builder.
func (d *decoder) add(c clock, warnings []model.Attr) {
	rec := &d.rec
	rec.StartNano, rec.EndNano = uint64(c.start), uint64(c.start+c.length)
	if c.exact {
		rec.StartNano, rec.EndNano = c.startNs, c.endNs
	}
	d.resolve()
	if len(warnings) > 0 {
		rec.Attrs = append(rec.Attrs, d.b.ListAttr(d.names.warnings, warnings))
	}
	if d.scope.Name != 0 || d.scope.Version != 0 {
		if d.scope.Name != d.lastScope.Name || d.scope.Version != d.lastScope.Version {
			d.lastScope, d.lastScopeID = d.scope, d.b.Scope(&d.scope)
		}
		rec.Scope = d.lastScopeID
	}
	d.b.Add(rec)
	if d.badID {
		d.b.WarnLast(model.BadID)
	}
	if d.values.Bad() || d.badAttr {
		d.b.WarnLast(model.BadAttribute)
	}
}

// ownTrace reads the trace id that a span repeats. A span listed in one trace
// that names another stays where it is listed.
func (d *decoder) ownTrace(text []byte) {
	if len(d.traceText) > 0 {
		if !bytes.Equal(text, d.traceText) && d.traceID(text) != d.trace {
			d.badID = true
		}
		return
	}
	d.rec.Trace = d.traceID(text)
}

func (d *decoder) references() {
	for ok := d.p.Enter(jsonpull.Array); ok && d.p.Elem(); {
		d.reference()
	}
}

func (d *decoder) reference() {
	p := d.p
	if !p.Enter(jsonpull.Object) {
		return
	}
	r := reference{here: true}
	from := len(d.attrs)
	for {
		key, ok := p.Field()
		if !ok {
			break
		}
		switch string(key) {
		case "refType":
			r.follows = string(p.Text()) == "FOLLOWS_FROM"
		case "traceID":
			r.Trace, r.here = d.otherTrace(p.Text())
		case "spanID":
			r.Span = d.spanID(p.Text())
		case "link":
			r.link = isTrue(p.Text())
		case "traceState":
			r.State = d.b.Intern(p.Text())
		case "flags":
			v, _ := jsonpull.Uint(p.Text())
			r.Flags = uint32(v)
		case "tags":
			r.tagged = true
			d.tags(func(t *tag) { d.attrs = append(d.attrs, d.attr(t)) })
		default:
			p.Skip()
		}
	}
	r.Attrs = d.attrs[from:len(d.attrs):len(d.attrs)]
	d.refs = append(d.refs, r)
}

// otherTrace reads the trace of a reference; here is true if none is named.
func (d *decoder) otherTrace(text []byte) (id model.TraceID, here bool) {
	if len(text) == 0 {
		return id, true
	}
	if len(d.traceText) > 0 && bytes.Equal(text, d.traceText) {
		return d.trace, false
	}
	return d.traceID(text), false
}

// resolve makes a parent of one reference and links of the others.
func (d *decoder) resolve() {
	rec := &d.rec
	parent := -1
	for i := range d.refs {
		r := &d.refs[i]
		if r.here {
			r.Trace = rec.Trace
		}
		if r.Trace != rec.Trace || r.link {
			continue
		}
		if parent < 0 || d.refs[parent].follows && !r.follows {
			parent = i
		}
	}
	for i := range d.refs {
		r := &d.refs[i]
		if i == parent {
			rec.Parent = r.Span
			if r.follows {
				rec.Attrs = append(rec.Attrs, d.refType(r))
			}
			continue
		}
		if !r.tagged {
			r.Attrs = []model.Attr{d.refType(r)}
		}
		rec.Links = append(rec.Links, r.LinkRecord)
	}
	if parent < 0 {
		rec.Parent = d.parent
	}
}

func (d *decoder) refType(r *reference) model.Attr {
	name := childOf
	if r.follows {
		name = followsFrom
	}
	return d.b.StringAttr(d.names.refType, []byte(name))
}

// log reads a log as an event.
func (d *decoder) log() {
	p := d.p
	if !p.Enter(jsonpull.Object) {
		return
	}
	var e model.EventRecord
	var message model.StringID
	exact, from := false, len(d.attrs)
	for {
		key, ok := p.Field()
		if !ok {
			break
		}
		switch string(key) {
		case "timestamp":
			if v := d.micros(p.Text()); !exact {
				e.TimeNano = uint64(v)
			}
		case "timeUnixNano":
			e.TimeNano, exact = d.nanos(), true
		case "fields":
			d.tags(func(t *tag) {
				if t.key == d.names.event && !t.own && t.kind == jsonpull.String && d.set(&e.Name, t) {
					return
				}
				if t.key == d.names.message && !t.own && message == 0 {
					message = d.b.Intern(t.text)
				}
				d.attrs = append(d.attrs, d.attr(t))
			})
		default:
			p.Skip()
		}
	}
	if e.Name == 0 {
		e.Name = message
	}
	e.Attrs = d.attrs[from:len(d.attrs):len(d.attrs)]
	d.rec.Events = append(d.rec.Events, e)
}

func (d *decoder) readWarnings(to []model.Attr) []model.Attr {
	for ok := d.p.Enter(jsonpull.Array); ok && d.p.Elem(); {
		to = append(to, d.b.StringAttr(0, d.p.Text()))
	}
	return to
}

// micros reads a time in µs, which may have a fraction, as ns.
func (d *decoder) micros(text []byte) int64 {
	ns, ok := jsonpull.Micros(text)
	d.badAttr = d.badAttr || !ok
	return ns
}
