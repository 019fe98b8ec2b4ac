package chrometrace

import (
	"strings"

	"traceview/internal/format/jsonpull"
	"traceview/internal/model"
)

// ownFlow begins the category of flows in our own files, which are drawn only: what
// they show is told by args.
const ownFlow = "traceview."

// ours is what is read of our own files. Each span is complete when the next begins,
// but for its resource and scope, which stand behind all spans.
type ours struct {
	from    int // the spans of b before it are not ours
	span    model.SpanRecord
	pending bool // span is waiting for its instants
	attrs   []model.Attr

	own  own
	told bool // own is of the event at hand

	placeOf   map[place]model.ResourceID // placeholders
	places    []place
	resources []model.ResourceID
	scopes    []model.ScopeID
}

// A place tells the resource of a span: its number in the file, else its process.
type place struct {
	resource uint32
	pid      model.StringID
}

// placeholder is the first id that stands for a resource or scope not yet read.
const placeholder = 1 << 31

// An own is what args.traceview says of an event.
type own struct {
	rec             model.SpanRecord // without attributes and events
	resource, scope uint32           // numbers in the file, from 1
	time            uint64           // of an instant
}

// readOwn reads args.traceview of the event at hand.
func (d *decoder) readOwn() {
	p, o := d.p, &d.ours.own
	*o = own{rec: model.SpanRecord{Links: o.rec.Links[:0]}}
	good := true
	for p.Enter(jsonpull.Object); ; {
		key, ok := p.Field()
		if !ok {
			break
		}
		valid := true
		switch string(key) {
		case "trace_id":
			o.rec.Trace, valid = model.TraceIDOf(p.Text())
		case "span_id":
			o.rec.ID, valid = model.SpanIDOf(p.Text())
		case "parent_span_id":
			o.rec.Parent, valid = model.SpanIDOf(p.Text())
		case "links":
			for ok := p.Enter(jsonpull.Array); ok && p.Elem(); {
				o.rec.Links = append(o.rec.Links, d.readLink())
			}
		default:
			d.ownField(key, o)
		}
		good = good && valid
	}
	d.ours.told = good && p.Err() == nil
}

func (d *decoder) ownField(key []byte, o *own) {
	p, rec := d.p, &o.rec
	number := func() uint64 { v, _ := jsonpull.Uint(p.Text()); return v }
	switch string(key) {
	case "kind":
		text := string(p.Text())
		for k := model.KindInternal; k <= model.KindConsumer; k++ {
			if strings.EqualFold(text, k.String()) {
				rec.Kind = k
			}
		}
	case "status":
		switch string(p.Text()) {
		case "ok":
			rec.Status = model.StatusOK
		case "error":
			rec.Status = model.StatusError
		}
	case "status_message":
		rec.StatusText = d.b.Intern(p.Text())
	case "trace_state":
		rec.State = d.b.Intern(p.Text())
	case "flags":
		rec.Flags = uint32(number())
	case "resource":
		o.resource = uint32(number())
	case "scope":
		o.scope = uint32(number())
	case "start_unix_nano":
		rec.StartNano = number()
	case "end_unix_nano":
		rec.EndNano = number()
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

// takeOurs takes an event of our own file; false if it is any other.
func (d *decoder) takeOurs(e *event, ph byte, key trackKey) bool {
	u := &d.ours
	switch ph {
	case 's', 'f':
		return strings.HasPrefix(d.b.Str(e.cat), ownFlow)
	case 'X':
		if u.told {
			d.flushOurs()
			d.beginOurs(e, key.pid)
		}
		return u.told
	case 'i':
		if !u.told || !u.pending || u.own.rec.Trace != u.span.Trace || u.own.rec.ID != u.span.ID {
			return false
		}
		from := len(u.attrs)
		u.attrs = append(u.attrs, d.scratch...)
		u.span.Events = append(u.span.Events, model.EventRecord{TimeNano: u.own.time, Name: e.name, Attrs: u.attrs[from:len(u.attrs):len(u.attrs)]})
		return true
	}
	return false
}

// beginOurs makes a span of the event at hand.
func (d *decoder) beginOurs(e *event, pid model.StringID) {
	u := &d.ours
	links, attrs, events := u.span.Links[:0], u.span.Attrs[:0], u.span.Events[:0]
	u.span, u.pending, u.attrs = u.own.rec, true, u.attrs[:0]
	u.span.Name, u.span.Events = e.name, events
	u.span.Links, u.span.Attrs = append(links, u.own.rec.Links...), append(attrs, d.scratch...)
	u.span.Resource = d.placeOf(place{u.own.resource, pid})
	if u.own.scope > 0 && u.own.scope < placeholder {
		u.span.Scope = placeholder + model.ScopeID(u.own.scope)
	}
}

// placeOf returns what stands for a resource until it is read.
func (d *decoder) placeOf(p place) model.ResourceID {
	id, ok := d.ours.placeOf[p]
	if !ok {
		id = placeholder + model.ResourceID(len(d.ours.places))
		d.ours.placeOf[p] = id
		d.ours.places = append(d.ours.places, p)
	}
	return id
}

func (d *decoder) flushOurs() {
	if d.ours.pending {
		d.b.Add(&d.ours.span)
		d.ours.pending = false
	}
}

// finishOurs gives our own spans what stood behind them.
func (d *decoder) finishOurs() {
	u := &d.ours
	if len(u.places) == 0 {
		return
	}
	found := make([]model.ResourceID, len(u.places))
	for i, p := range u.places {
		if p.resource > 0 && int(p.resource) <= len(u.resources) {
			found[i] = u.resources[p.resource-1]
		} else if name := d.processes[p.pid]; name != 0 && p.resource > 0 {
			service := d.b.StringAttr(d.b.InternString(keyService), []byte(d.b.Str(name)))
			found[i] = d.b.Resource(&model.ResourceRecord{Attrs: []model.Attr{service}})
		}
	}
	d.b.Rename(u.from, func(r model.ResourceID, s model.ScopeID) (model.ResourceID, model.ScopeID) {
		if r >= placeholder {
			r = found[r-placeholder]
		}
		if s >= placeholder {
			if s -= placeholder; int(s) <= len(u.scopes) {
				return r, u.scopes[s-1]
			}
			s = 0
		}
		return r, s
	})
}

// readTables reads what stands behind the events of our own files.
func (d *decoder) readTables() {
	p, u := d.p, &d.ours
	for ok := p.Enter(jsonpull.Object); ok; {
		var key []byte
		if key, ok = p.Field(); !ok {
			break
		}
		switch string(key) {
		case "resources":
			for ok := p.Enter(jsonpull.Array); ok && p.Elem(); {
				u.resources = append(u.resources, d.b.Resource(&model.ResourceRecord{Attrs: d.values.Attributes(nil)}))
			}
		case "scopes":
			for ok := p.Enter(jsonpull.Array); ok && p.Elem(); {
				s := d.readScope()
				u.scopes = append(u.scopes, d.b.Scope(&s))
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
