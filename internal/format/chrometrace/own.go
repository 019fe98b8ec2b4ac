package chrometrace

import (
	"strings"

	"traceview/internal/format/jsonpull"
	"traceview/internal/model"
)

// An own is what our own files say of an event beside what the format can say.
type own struct {
	trace           model.TraceID
	span, parent    model.SpanID
	kind            model.Kind
	status          model.Status
	message, state  model.StringID
	flags           uint32
	resource, scope int // numbers in the tables, from 1
	start, end      uint64
	exact           bool   // start and end count, not the times of the event
	time            uint64 // of an instant, 0 for that of the event
	links           []model.LinkRecord
}

// readOwn reads args.traceview; -1 unless it names a span.
func (d *decoder) readOwn() int32 {
	p := d.p
	var o own
	good := true
	for p.Enter(jsonpull.Object); ; {
		key, ok := p.Field()
		if !ok {
			break
		}
		var valid = true
		switch string(key) {
		case "trace_id":
			o.trace, valid = model.TraceIDOf(p.Text())
		case "span_id":
			o.span, valid = model.SpanIDOf(p.Text())
		case "parent_span_id":
			o.parent, valid = model.SpanIDOf(p.Text())
		case "links":
			for ok := p.Enter(jsonpull.Array); ok && p.Elem(); {
				o.links = append(o.links, d.readLink())
			}
		default:
			d.ownField(key, &o)
		}
		good = good && valid
	}
	if !good || p.Err() != nil {
		return -1
	}
	d.owns = append(d.owns, o)
	return int32(len(d.owns) - 1)
}

func (d *decoder) ownField(key []byte, o *own) {
	p := d.p
	number := func() uint64 { v, _ := jsonpull.Uint(p.Text()); return v }
	switch string(key) {
	case "kind":
		for k, text := model.KindInternal, string(p.Text()); k <= model.KindConsumer; k++ {
			if strings.EqualFold(text, k.String()) {
				o.kind = k
			}
		}
	case "status":
		switch string(p.Text()) {
		case "ok":
			o.status = model.StatusOK
		case "error":
			o.status = model.StatusError
		}
	case "status_message":
		o.message = d.b.Intern(p.Text())
	case "trace_state":
		o.state = d.b.Intern(p.Text())
	case "flags":
		o.flags = uint32(number())
	case "resource":
		o.resource = int(min(number(), 1<<31))
	case "scope":
		o.scope = int(min(number(), 1<<31))
	case "start_unix_nano":
		o.start, o.exact = number(), true
	case "end_unix_nano":
		o.end, o.exact = number(), true
	case "time_unix_nano":
		o.time = number()
	default:
		p.Skip()
	}
}

func (d *decoder) readLink() (l model.LinkRecord) {
	p := d.p
	for ok := p.Enter(jsonpull.Object); ok; {
		var key []byte
		if key, ok = p.Field(); !ok {
			break
		}
		switch string(key) {
		case "trace_id":
			l.Trace, _ = model.TraceIDOf(p.Text())
		case "span_id":
			l.Span, _ = model.SpanIDOf(p.Text())
		case "trace_state":
			l.State = d.b.Intern(p.Text())
		case "flags":
			v, _ := jsonpull.Uint(p.Text())
			l.Flags = uint32(v)
		case "attributes":
			l.Attrs = d.values.Attributes(nil)
		default:
			p.Skip()
		}
	}
	return l
}

// readTables reads what stands behind the events of our own files.
func (d *decoder) readTables() {
	p := d.p
	for ok := p.Enter(jsonpull.Object); ok; {
		var key []byte
		if key, ok = p.Field(); !ok {
			break
		}
		switch string(key) {
		case "epoch_unix_nano":
			v, _ := jsonpull.Uint(p.Text())
			d.epoch = int64(min(v, 1<<63-1))
		case "traces":
			for ok := p.Enter(jsonpull.Array); ok && p.Elem(); {
				id, _ := model.TraceIDOf(p.Text())
				numbered(d.order, id)
			}
		case "resources":
			for ok := p.Enter(jsonpull.Array); ok && p.Elem(); {
				d.resources = append(d.resources, d.b.Resource(&model.ResourceRecord{Attrs: d.values.Attributes(nil)}))
			}
		case "scopes":
			for ok := p.Enter(jsonpull.Array); ok && p.Elem(); {
				s := d.readScope()
				d.scopes = append(d.scopes, d.b.Scope(&s))
			}
		default:
			p.Skip()
		}
	}
}

func (d *decoder) readScope() (s model.ScopeRecord) {
	p := d.p
	for ok := p.Enter(jsonpull.Object); ok; {
		var key []byte
		if key, ok = p.Field(); !ok {
			break
		}
		switch string(key) {
		case "name":
			s.Name = d.b.Intern(p.Text())
		case "version":
			s.Version = d.b.Intern(p.Text())
		case "attributes":
			s.Attrs = d.values.Attributes(nil)
		default:
			p.Skip()
		}
	}
	return s
}
