package otlp

import (
	"bytes"
	"encoding/base64"

	"traceview/internal/format/jsonpull"
	"traceview/internal/model"
)

// A ValueReader reads attributes of OTLP JSON, and what people write in their
// place: objects of bare values, numbers as text.
type ValueReader struct {
	b     *model.Builder
	p     *jsonpull.Parser
	elems []model.Attr // of lists and maps being read, a stack
	bad   bool         // something could not be kept as it was meant
}

// NewValueReader returns a ValueReader that stores values in b.
func NewValueReader(p *jsonpull.Parser, b *model.Builder) *ValueReader {
	return &ValueReader{b: b, p: p}
}

// Bad says whether a value since the last call was not what it claimed to be,
// and was kept as text.
func (v *ValueReader) Bad() bool {
	bad := v.bad
	v.bad = false
	return bad
}

// Attributes appends a list of key-value pairs, or the fields of an object.
func (v *ValueReader) Attributes(to []model.Attr) []model.Attr {
	p := v.p
	if p.Next() == jsonpull.Object {
		return v.fields(to)
	}
	for ok := p.Enter(jsonpull.Array); ok && p.Elem(); {
		if p.Next() != jsonpull.Object {
			v.bad = true
			to = append(to, v.value(0, 0))
			continue
		}
		to = append(to, v.keyValue(0))
	}
	return to
}

// Value reads an AnyValue, or a bare value in its place.
func (v *ValueReader) Value(key model.StringID) model.Attr { return v.value(key, 0) }

// fields appends the fields of an object as attributes.
func (v *ValueReader) fields(to []model.Attr) []model.Attr {
	v.p.Enter(jsonpull.Object)
	for {
		key, ok := v.p.Field()
		if !ok {
			return to
		}
		to = append(to, v.value(v.b.Intern(key), 0))
	}
}

// keyValue reads {"key": …, "value": …}, the parts in any order.
func (v *ValueReader) keyValue(depth int) (a model.Attr) {
	var key model.StringID
	if !v.p.Enter(jsonpull.Object) {
		return a
	}
	for {
		k, ok := v.p.Field()
		if !ok {
			a.Key = key
			return a
		}
		switch string(k) {
		case "key":
			key = v.b.Intern(v.p.Text())
		case "value":
			a = v.value(0, depth)
		default:
			v.p.Skip()
		}
	}
}

// value reads a value that lies depth lists or maps deep.
func (v *ValueReader) value(key model.StringID, depth int) model.Attr {
	switch v.p.Next() {
	case jsonpull.Object:
		return v.anyValue(key, depth)
	case jsonpull.Array:
		return v.bareList(key, depth)
	}
	text, kind := v.p.Scalar()
	switch kind {
	case jsonpull.String:
		return v.b.StringAttr(key, text)
	case jsonpull.Bool:
		return model.BoolAttr(key, isTrue(text))
	case jsonpull.Number:
		if n, ok := jsonpull.IsWhole(text); ok {
			return model.IntAttr(key, n)
		}
		return v.double(key, text)
	}
	return model.EmptyAttr(key)
}

// isTrue says whether text is a way to write the truth value.
func isTrue(text []byte) bool {
	return len(text) > 0 && (text[0] == 't' || text[0] == 'T' || text[0] == '1')
}

// anyValue reads an object: an AnyValue, or a map of bare values, which is told
// by its first field.
func (v *ValueReader) anyValue(key model.StringID, depth int) model.Attr {
	if depth >= model.MaxNesting {
		return v.deepest(key, v.p.Raw())
	}
	a := model.EmptyAttr(key)
	v.p.Enter(jsonpull.Object)
	for first := true; ; first = false {
		k, ok := v.p.Field()
		if !ok {
			return a
		}
		switch string(k) {
		case "arrayValue", "array_value":
			a = v.values(key, false, func() model.Attr { return v.value(0, depth+1) })
		case "kvlistValue", "kvlist_value":
			a = v.values(key, true, func() model.Attr { return v.keyValue(depth + 1) })
		default:
			if s, ok := v.scalar(key, k); ok {
				a = s
			} else if first {
				return v.bareMap(key, v.b.Intern(k), depth)
			} else {
				v.p.Skip()
			}
		}
	}
}

// scalar reads the value of the field of an AnyValue called k; ok is false, and
// nothing read, if that is none.
func (v *ValueReader) scalar(key model.StringID, k []byte) (a model.Attr, ok bool) {
	switch string(k) {
	case "stringValue", "string_value":
		return v.b.StringAttr(key, v.p.Text()), true
	case "boolValue", "bool_value":
		return model.BoolAttr(key, isTrue(v.p.Text())), true
	case "intValue", "int_value":
		return v.int(key, v.p.Text()), true
	case "doubleValue", "double_value":
		return v.double(key, v.p.Text()), true
	case "bytesValue", "bytes_value":
		return v.bytes(key, v.p.Text()), true
	}
	return a, false
}

// deepest makes an attribute of an object that lies as deep as values may be
// nested: a scalar is read, anything else kept as text.
func (v *ValueReader) deepest(key model.StringID, raw []byte) model.Attr {
	outer := v.p
	defer func() { v.p = outer }()
	v.p = jsonpull.NewBytes(raw)
	if v.p.Enter(jsonpull.Object) {
		k, more := v.p.Field()
		if !more {
			return model.EmptyAttr(key)
		}
		if a, ok := v.scalar(key, k); ok {
			return a
		}
	}
	v.bad = true
	return v.b.StringAttr(key, raw)
}

// bareMap reads on in an object whose first key was read.
func (v *ValueReader) bareMap(key, k model.StringID, depth int) model.Attr {
	from := len(v.elems)
	for {
		e := v.value(k, depth+1)
		v.elems = append(v.elems, e)
		next, ok := v.p.Field()
		if !ok {
			break
		}
		k = v.b.Intern(next)
	}
	a := v.b.MapAttr(key, v.elems[from:])
	v.elems = v.elems[:from]
	return a
}

// values reads {"values": […]} of a list or map.
func (v *ValueReader) values(key model.StringID, isMap bool, elem func() model.Attr) (a model.Attr) {
	a = v.b.ListAttr(key, nil)
	if isMap {
		a = v.b.MapAttr(key, nil)
	}
	for ok := v.p.Enter(jsonpull.Object); ok; {
		var k []byte
		if k, ok = v.p.Field(); !ok {
			break
		}
		if string(k) != "values" {
			v.p.Skip()
			continue
		}
		from := v.elements(elem)
		if isMap {
			a = v.b.MapAttr(key, v.elems[from:])
		} else {
			a = v.b.ListAttr(key, v.elems[from:])
		}
		v.elems = v.elems[:from]
	}
	return a
}

// bareList reads an array.
func (v *ValueReader) bareList(key model.StringID, depth int) model.Attr {
	if depth >= model.MaxNesting {
		v.bad = true
		return v.b.StringAttr(key, v.p.Raw())
	}
	from := v.elements(func() model.Attr { return v.value(0, depth+1) })
	a := v.b.ListAttr(key, v.elems[from:])
	v.elems = v.elems[:from]
	return a
}

// elements puts the elements of an array on the stack and returns where they
// begin.
func (v *ValueReader) elements(elem func() model.Attr) (from int) {
	from = len(v.elems)
	for ok := v.p.Enter(jsonpull.Array); ok && v.p.Elem(); {
		a := elem()
		v.elems = append(v.elems, a)
	}
	return from
}

// int makes a whole number of text; text that is none is kept as it is.
func (v *ValueReader) int(key model.StringID, text []byte) model.Attr {
	if n, ok := jsonpull.IsWhole(text); ok {
		return model.IntAttr(key, n)
	}
	v.bad = true
	return v.b.StringAttr(key, text)
}

// double is int for any number.
func (v *ValueReader) double(key model.StringID, text []byte) model.Attr {
	if n, ok := jsonpull.Float(text); ok {
		return model.FloatAttr(key, n)
	}
	v.bad = true
	return v.b.StringAttr(key, text)
}

// bytes is int for base64, with or without its padding.
func (v *ValueReader) bytes(key model.StringID, text []byte) model.Attr {
	raw, err := base64.RawStdEncoding.AppendDecode(nil, bytes.TrimRight(text, "="))
	if err != nil {
		v.bad = true
		return v.b.StringAttr(key, text)
	}
	return v.b.BytesAttr(key, raw)
}
