package zipkin

import (
	"bytes"
	"strings"

	"traceview/internal/format/jsonpull"
	"traceview/internal/model"
)

// An endpoint is one side of a call.
type endpoint struct {
	service  model.StringID
	ip, ipv6 model.StringID
	port     int64
}

func (d *decoder) readSpan() {
	p, rec := d.p, &d.rec
	*rec = model.SpanRecord{Attrs: rec.Attrs[:0], Events: rec.Events[:0], Links: rec.Links[:0]}
	d.attrs, d.span = d.attrs[:0], fields{err: d.span.err[:0]}
	for p.Enter(jsonpull.Object); ; {
		key, ok := p.Field()
		if !ok {
			break
		}
		d.field(key)
	}
	if p.Err() == nil {
		d.add()
	}
}

func (d *decoder) field(key []byte) {
	p, rec := d.p, &d.rec
	switch string(key) {
	case "traceId":
		rec.Trace = checked(d, p.Text(), model.TraceIDOf)
	case "id":
		rec.ID = checked(d, p.Text(), model.SpanIDOf)
	case "parentId":
		rec.Parent = checked(d, p.Text(), model.SpanIDOf)
	case "name":
		rec.Name = d.b.Intern(p.Text())
	case "kind":
		rec.Kind = kindOf(p.Text())
	case "timestamp":
		d.span.start = d.micros()
	case "duration":
		d.span.length = d.micros()
	case "localEndpoint":
		d.span.local = d.endpoint()
	case "remoteEndpoint":
		d.span.remote = d.endpoint()
	case "debug":
		if string(p.Text()) == "true" {
			rec.Attrs = append(rec.Attrs, model.BoolAttr(d.names.debug, true))
		}
	case "tags":
		d.tags()
	case "annotations":
		for ok := p.Enter(jsonpull.Array); ok && p.Elem(); {
			d.annotation()
		}
	case "binaryAnnotations":
		for ok := p.Enter(jsonpull.Array); ok && p.Elem(); {
			d.binaryAnnotation()
		}
	default: // also shared: two spans of one id say it
		p.Skip()
	}
}

// checked reads an id, noting one that is none.
func checked[ID any](d *decoder, text []byte, read func([]byte) (ID, bool)) ID {
	id, ok := read(text)
	d.span.badID = d.span.badID || !ok
	return id
}

func (d *decoder) micros() int64 {
	ns, ok := jsonpull.Micros(d.p.Text())
	d.span.bad = d.span.bad || !ok
	return ns
}

func kindOf(name []byte) model.Kind {
	for k := model.KindInternal; k <= model.KindConsumer; k++ {
		if strings.EqualFold(string(name), k.String()) {
			return k
		}
	}
	return model.KindUnspecified
}

func (d *decoder) endpoint() (e endpoint) {
	p := d.p
	for ok := p.Enter(jsonpull.Object); ok; {
		var key []byte
		if key, ok = p.Field(); !ok {
			break
		}
		switch string(key) {
		case "serviceName":
			e.service = d.b.Intern(p.Text())
		case "ipv4":
			e.ip = d.b.Intern(p.Text())
		case "ipv6":
			e.ipv6 = d.b.Intern(p.Text())
		case "port":
			v, _ := jsonpull.Uint(p.Text())
			e.port = int64(v)
		default:
			p.Skip()
		}
	}
	return e
}

// appendEndpoint adds what an endpoint says as attributes.
func (d *decoder) appendEndpoint(to []model.Attr, e endpoint, service, ip, port model.StringID) []model.Attr {
	text := func(key, value model.StringID) {
		if value != 0 {
			to = append(to, d.b.StringAttr(key, []byte(d.b.Str(value))))
		}
	}
	text(service, e.service)
	text(ip, e.ip)
	text(ip, e.ipv6)
	if e.port != 0 {
		to = append(to, model.IntAttr(port, e.port))
	}
	return to
}

// tags reads the tags of a span, which are texts; other values are kept as they
// are written.
func (d *decoder) tags() {
	p := d.p
	for ok := p.Enter(jsonpull.Object); ok; {
		key, more := p.Field()
		if !more {
			return
		}
		meant := meaningOf(key)
		name := d.b.Intern(key)
		var v []byte
		if k := p.Next(); k == jsonpull.Object || k == jsonpull.Array {
			v = p.Raw()
		} else {
			v = p.Text()
		}
		d.tag(meant, name, v)
	}
}

// A meaning is what a tag says about its span.
type meaning uint8

const (
	isAttr meaning = iota
	isError
	isStatus
	isDescription
	isScope
	isVersion
	isState
	isKind
	isLink
)

func meaningOf(key []byte) meaning {
	switch string(key) {
	case keyError:
		return isError
	case keyStatus:
		return isStatus
	case keyDescription:
		return isDescription
	case keyScope:
		return isScope
	case keyVersion:
		return isVersion
	case keyState:
		return isState
	case keyKind:
		return isKind
	}
	if bytes.HasPrefix(key, []byte(keyLink)) {
		return isLink
	}
	return isAttr
}

func (d *decoder) tag(meant meaning, name model.StringID, v []byte) {
	f := &d.span
	switch meant {
	case isError:
		f.failed, f.err = true, append(f.err[:0], v...)
		return
	case isStatus:
		if f.status = strings.ToUpper(string(bytes.TrimPrefix(v, []byte("STATUS_CODE_")))); statusOf[f.status] != 0 || f.status == unset {
			return
		}
		f.status = ""
	case isDescription:
		f.described, f.description = true, d.b.Intern(v)
		return
	case isScope:
		f.scope.Name = d.b.Intern(v)
		return
	case isVersion:
		f.scope.Version = d.b.Intern(v)
		return
	case isState:
		d.rec.State = d.b.Intern(v)
		return
	case isKind:
		if k := kindOf(v); k == model.KindInternal && d.rec.Kind == model.KindUnspecified {
			d.rec.Kind = k
			return
		}
	case isLink:
		if d.link(v) {
			return
		}
	}
	d.rec.Attrs = append(d.rec.Attrs, d.b.StringAttr(name, v))
}

// unset is how a span without a status is told whose attribute "error" is none.
const unset = "UNSET"

var statusOf = map[string]model.Status{"OK": model.StatusOK, "ERROR": model.StatusError}

// add completes the span and hands it to the builder.
func (d *decoder) add() {
	rec, f := &d.rec, &d.span
	rec.StartNano, rec.EndNano = uint64(f.start), uint64(f.start+f.length)
	rec.StatusText = f.description
	d.status()
	rec.Attrs = d.appendEndpoint(rec.Attrs, f.remote, d.names.peer, d.names.peerIP, d.names.peerPort)
	rec.Resource = d.resource(f.local)
	if f.scope.Name != 0 || f.scope.Version != 0 {
		if f.scope.Name != d.lastScope.Name || f.scope.Version != d.lastScope.Version {
			d.lastScope, d.lastScopeID = f.scope, d.b.Scope(&f.scope)
		}
		rec.Scope = d.lastScopeID
	}
	d.b.Add(rec)
	if f.badID {
		d.b.WarnLast(model.BadID)
	}
	if f.bad {
		d.b.WarnLast(model.BadAttribute)
	}
}

// status makes a status of the tags that tell one. What "error" says beside
// otel.status_code is the message of a failure, unless that is told by itself.
func (d *decoder) status() {
	rec, f := &d.rec, &d.span
	rec.Status = statusOf[f.status]
	if !f.failed {
		return
	}
	text := string(f.err)
	switch {
	case f.status == "" && text != "false":
		rec.Status = model.StatusError
		d.message(text)
	case rec.Status == model.StatusError && (!f.described || text == "" || text == "true" || text == d.b.Str(f.description)):
		d.message(text)
	default:
		rec.Attrs = append(rec.Attrs, d.b.StringAttr(d.names.err, f.err))
	}
}

// message takes the text of the tag "error" for that of the status.
func (d *decoder) message(text string) {
	if text != "" && text != "true" && d.rec.StatusText == 0 {
		d.rec.StatusText = d.b.InternString(text)
	}
}

func (d *decoder) resource(e endpoint) model.ResourceID {
	if e == (endpoint{}) {
		return 0
	}
	id, ok := d.resources[e]
	if !ok {
		attrs := d.appendEndpoint(nil, e, d.names.service, d.names.hostIP, d.names.hostPort)
		id = d.b.Resource(&model.ResourceRecord{Attrs: attrs})
		d.resources[e] = id
	}
	return id
}
