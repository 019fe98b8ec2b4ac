package jaeger

import (
	"bytes"
	"encoding/base64"
	"strconv"
	"strings"

	"traceview/internal/format/jsonpull"
	"traceview/internal/model"
)

// A tag is one key-value pair as it was read.
type tag struct {
	key   model.StringID
	typ   tagType
	kind  jsonpull.Kind // of the value
	text  []byte        // the value, of a list or object as it is written
	own   bool          // an attribute, whatever its name means
	any   model.Attr    // the value with its type, where Jaeger has none for it
	typed bool          // any is set
}

// tagType is the type that a tag claims for its value.
type tagType uint8

const (
	typeNone tagType = iota
	typeString
	typeBool
	typeInt
	typeFloat
	typeBinary
)

func typeOf(name []byte) tagType {
	switch string(name) {
	case "string":
		return typeString
	case "bool":
		return typeBool
	case "int64":
		return typeInt
	case "float64":
		return typeFloat
	case "binary":
		return typeBinary
	}
	return typeNone
}

// tags calls f for each tag of a list, or of an object with tags as its fields.
// The tag holds until f returns.
func (d *decoder) tags(f func(*tag)) {
	p := d.p
	if p.Next() == jsonpull.Object {
		for p.Enter(jsonpull.Object); ; {
			key, ok := p.Field()
			if !ok {
				return
			}
			d.tag = tag{key: d.b.Intern(key), text: d.tag.text}
			d.tagValue()
			f(&d.tag)
		}
	}
	for ok := p.Enter(jsonpull.Array); ok && p.Elem(); {
		if d.readTag() {
			f(&d.tag)
		}
	}
}

// readTag reads {"key", "type", "value"} in any order; false if there is none.
func (d *decoder) readTag() bool {
	p := d.p
	t := &d.tag
	*t = tag{text: t.text[:0]}
	if !p.Enter(jsonpull.Object) {
		d.badAttr = true
		return false
	}
	for {
		key, ok := p.Field()
		if !ok {
			return p.Err() == nil
		}
		switch string(key) {
		case "key":
			t.key = d.b.Intern(p.Text())
		case "type":
			t.typ = typeOf(p.Text())
		case "value":
			d.tagValue()
		case "attribute":
			t.own = isTrue(p.Text())
		case "anyValue":
			t.any, t.typed = d.values.Value(0), true
		default:
			p.Skip()
		}
	}
}

// tagValue copies the value, since what follows it says how to take it.
func (d *decoder) tagValue() {
	t := &d.tag
	t.kind = d.p.Next()
	var v []byte
	if t.kind == jsonpull.Object || t.kind == jsonpull.Array {
		v = d.p.Raw()
	} else {
		v = d.p.Text()
	}
	t.text = append(t.text[:0], v...)
}

// attr makes an attribute of a tag, by the type it claims if its value can be
// read so, else by what its value is.
func (d *decoder) attr(t *tag) model.Attr {
	if t.typed {
		t.any.Key = t.key
		return t.any
	}
	switch {
	case t.kind == jsonpull.Null:
		return model.EmptyAttr(t.key)
	case t.isBool():
		return model.BoolAttr(t.key, isTrue(t.text))
	case t.typ == typeInt, t.typ == typeNone && t.kind == jsonpull.Number:
		if v, ok := jsonpull.IsWhole(t.text); ok {
			return model.IntAttr(t.key, v)
		}
		return d.float(t)
	case t.typ == typeFloat:
		return d.float(t)
	case t.typ == typeBinary:
		raw, err := base64.RawStdEncoding.AppendDecode(nil, bytes.TrimRight(t.text, "="))
		if err == nil {
			return d.b.BytesAttr(t.key, raw)
		}
		d.badAttr = true
	}
	return d.b.StringAttr(t.key, t.text)
}

func (d *decoder) float(t *tag) model.Attr {
	v, err := strconv.ParseFloat(string(t.text), 64)
	if err != nil {
		d.badAttr = true
		return d.b.StringAttr(t.key, t.text)
	}
	return model.FloatAttr(t.key, v)
}

// isBool says whether a tag holds a truth value.
func (t *tag) isBool() bool {
	if t.typed {
		return false
	}
	if t.kind == jsonpull.Bool {
		return t.typ == typeBool || t.typ == typeNone
	}
	return t.typ == typeBool && (string(t.text) == "true" || string(t.text) == "false")
}

func isTrue(text []byte) bool {
	return len(text) > 0 && (text[0] == 't' || text[0] == 'T' || text[0] == '1')
}

// saysError says whether the value of a tag called "error" means one.
func (t *tag) saysError() bool {
	switch t.kind {
	case jsonpull.Object, jsonpull.Array:
		return true
	case jsonpull.Number:
		v, ok := jsonpull.Float(t.text)
		return ok && v == 1
	}
	switch string(t.text) {
	case "true", "True", "TRUE", "1":
		return true
	}
	return false
}

// meaning takes a tag as a field of the span at hand; false if it is an
// attribute.
func (d *decoder) meaning(t *tag) bool {
	if t.own || t.typed {
		return false
	}
	rec, n := &d.rec, &d.names
	if t.key == n.err {
		if t.saysError() {
			rec.Status = model.StatusError
		}
		return t.isBool() && isTrue(t.text)
	}
	if t.kind != jsonpull.String || len(t.text) == 0 || t.typ > typeString {
		return false
	}
	switch t.key {
	case n.kind:
		k := kindOf(t.text)
		if k == model.KindUnspecified || rec.Kind != model.KindUnspecified {
			return false
		}
		rec.Kind = k
		return true
	case n.status:
		return d.status(t.text)
	case n.description:
		return d.set(&rec.StatusText, t)
	case n.state:
		return d.set(&rec.State, t)
	case n.scope:
		return d.set(&d.scope.Name, t)
	case n.version:
		return d.set(&d.scope.Version, t)
	}
	return false
}

// set fills a field once; what comes again is an attribute.
func (d *decoder) set(field *model.StringID, t *tag) bool {
	if *field != 0 {
		return false
	}
	*field = d.b.Intern(t.text)
	return true
}

func (d *decoder) status(text []byte) bool {
	s := model.StatusUnset
	switch string(text) {
	case "OK":
		s = model.StatusOK
	case "ERROR":
		s = model.StatusError
	}
	if s == model.StatusUnset || d.rec.Status != model.StatusUnset && d.rec.Status != s {
		return false
	}
	d.rec.Status = s
	return true
}

func kindOf(name []byte) model.Kind {
	for k := model.KindInternal; k <= model.KindConsumer; k++ {
		if strings.EqualFold(string(name), k.String()) {
			return k
		}
	}
	return model.KindUnspecified
}
