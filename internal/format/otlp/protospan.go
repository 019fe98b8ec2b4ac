package otlp

import (
	"encoding/base64"
	"math"

	"traceview/internal/model"
)

// span reads one Span message and adds it to the builder.
func (d *Decoder) span(b []byte) error {
	if err := d.part(); err != nil {
		return err
	}
	rec := &d.rec
	d.reset()
	r := wireReader{b: b}
	for r.next() {
		switch r.tag {
		case tagOf(1, wireBytes):
			rec.Trace = d.traceID(r.bytes())
		case tagOf(2, wireBytes):
			rec.ID = d.spanID(r.bytes())
		case tagOf(3, wireBytes):
			rec.State = d.b.Intern(r.bytes())
		case tagOf(4, wireBytes):
			rec.Parent = d.spanID(r.bytes())
		case tagOf(5, wireBytes):
			rec.Name = d.b.Intern(r.bytes())
		case tagOf(6, wireVarint):
			rec.Kind = kindOf(r.varint())
		case tagOf(7, wireI64):
			rec.StartNano = r.fixed64()
		case tagOf(8, wireI64):
			rec.EndNano = r.fixed64()
		case tagOf(9, wireBytes):
			a, err := d.keyValue(r.bytes(), 0)
			if err != nil {
				return err
			}
			rec.Attrs = append(rec.Attrs, a)
		case tagOf(16, wireI32):
			rec.Flags = r.fixed32()
		default:
			if err := d.spanPart(&r); err != nil {
				return err
			}
		}
	}
	if r.err != nil {
		return d.failed(&r, "span")
	}
	d.add()
	return nil
}

// spanPart reads the fields that most spans lack.
func (d *Decoder) spanPart(r *wireReader) error {
	rec := &d.rec
	switch r.tag {
	case tagOf(10, wireVarint):
		rec.Dropped.Attrs = uint32(r.varint())
	case tagOf(11, wireBytes):
		return d.event(r.bytes())
	case tagOf(12, wireVarint):
		rec.Dropped.Events = uint32(r.varint())
	case tagOf(13, wireBytes):
		return d.link(r.bytes())
	case tagOf(14, wireVarint):
		rec.Dropped.Links = uint32(r.varint())
	case tagOf(15, wireBytes):
		return d.status(r.bytes())
	default:
		r.skip()
	}
	return nil
}

func (d *Decoder) traceID(v []byte) model.TraceID {
	id, ok := traceIDOf(v)
	d.badID = d.badID || !ok
	return id
}

func (d *Decoder) spanID(v []byte) model.SpanID {
	id, ok := spanIDOf(v)
	d.badID = d.badID || !ok
	return id
}

func (d *Decoder) status(b []byte) error {
	r := wireReader{b: b}
	for r.next() {
		switch r.tag {
		case tagOf(2, wireBytes):
			d.rec.StatusText = d.b.Intern(r.bytes())
		case tagOf(3, wireVarint):
			d.rec.Status = statusOf(r.varint())
		default:
			r.skip()
		}
	}
	return d.failed(&r, "status")
}

func (d *Decoder) event(b []byte) error {
	if err := d.part(); err != nil {
		return err
	}
	var e model.EventRecord
	from := len(d.attrs)
	r := wireReader{b: b}
	for r.next() {
		switch r.tag {
		case tagOf(1, wireI64):
			e.TimeNano = r.fixed64()
		case tagOf(2, wireBytes):
			e.Name = d.b.Intern(r.bytes())
		case tagOf(3, wireBytes):
			a, err := d.keyValue(r.bytes(), 0)
			if err != nil {
				return err
			}
			d.attrs = append(d.attrs, a)
		case tagOf(4, wireVarint):
			e.Dropped = uint32(r.varint())
		default:
			r.skip()
		}
	}
	e.Attrs = d.attrs[from:]
	d.rec.Events = append(d.rec.Events, e)
	return d.failed(&r, "event")
}

func (d *Decoder) link(b []byte) error {
	if err := d.part(); err != nil {
		return err
	}
	var l model.LinkRecord
	from := len(d.attrs)
	r := wireReader{b: b}
	for r.next() {
		switch r.tag {
		case tagOf(1, wireBytes):
			l.Trace = d.traceID(r.bytes())
		case tagOf(2, wireBytes):
			l.Span = d.spanID(r.bytes())
		case tagOf(3, wireBytes):
			l.State = d.b.Intern(r.bytes())
		case tagOf(4, wireBytes):
			a, err := d.keyValue(r.bytes(), 0)
			if err != nil {
				return err
			}
			d.attrs = append(d.attrs, a)
		case tagOf(5, wireVarint):
			l.Dropped = uint32(r.varint())
		case tagOf(6, wireI32):
			l.Flags = r.fixed32()
		default:
			r.skip()
		}
	}
	l.Attrs = d.attrs[from:]
	d.rec.Links = append(d.rec.Links, l)
	return d.failed(&r, "link")
}

// keyValue reads a KeyValue message whose value lies depth lists or maps deep.
func (d *Decoder) keyValue(b []byte, depth int) (model.Attr, error) {
	var key model.StringID
	var value []byte
	r := wireReader{b: b}
	for r.next() {
		switch r.tag {
		case tagOf(1, wireBytes):
			key = d.key(r.bytes())
		case tagOf(2, wireBytes):
			value = r.bytes()
		default:
			r.skip()
		}
	}
	if r.err != nil {
		return model.Attr{}, d.failed(&r, "attribute")
	}
	return d.anyValue(key, value, depth)
}

// anyValue reads an AnyValue message, which holds one of several fields.
func (d *Decoder) anyValue(key model.StringID, b []byte, depth int) (a model.Attr, err error) {
	a, err = model.EmptyAttr(key), d.part()
	r := wireReader{b: b}
	for err == nil && r.next() {
		switch r.tag {
		case tagOf(1, wireBytes):
			a = d.b.StringAttr(key, r.bytes())
		case tagOf(2, wireVarint):
			a = model.BoolAttr(key, r.varint() != 0)
		case tagOf(3, wireVarint):
			a = model.IntAttr(key, int64(r.varint()))
		case tagOf(4, wireI64):
			a = model.FloatAttr(key, math.Float64frombits(r.fixed64()))
		case tagOf(5, wireBytes), tagOf(6, wireBytes):
			list := r.tag == tagOf(5, wireBytes)
			a, err = d.nested(key, r.bytes(), list, depth)
		case tagOf(7, wireBytes):
			a = d.b.BytesAttr(key, r.bytes())
		default:
			r.skip()
		}
	}
	if err == nil {
		err = d.failed(&r, "attribute value")
	}
	return a, err
}

// nested reads an ArrayValue or a KeyValueList. What is nested too deep becomes
// the base64 of its bytes.
func (d *Decoder) nested(key model.StringID, b []byte, list bool, depth int) (model.Attr, error) {
	if depth >= model.MaxNesting {
		d.badAttr = true
		return d.b.StringAttr(key, base64.StdEncoding.AppendEncode(nil, b)), nil
	}
	from := len(d.elems)
	defer func() { d.elems = d.elems[:from] }()
	r := wireReader{b: b}
	for r.next() {
		if r.tag != tagOf(1, wireBytes) {
			r.skip()
			continue
		}
		var a model.Attr
		var err error
		if v := r.bytes(); list {
			a, err = d.anyValue(0, v, depth+1)
		} else {
			a, err = d.keyValue(v, depth+1)
		}
		if err != nil {
			return a, err
		}
		d.elems = append(d.elems, a)
	}
	if r.err != nil {
		return model.Attr{}, d.failed(&r, "list or map")
	}
	if list {
		return d.b.ListAttr(key, d.elems[from:]), nil
	}
	return d.b.MapAttr(key, d.elems[from:]), nil
}
