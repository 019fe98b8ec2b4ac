package otlp

import (
	"encoding/base64"
	"strconv"
	"strings"

	"traceview/internal/format/jsonpull"
	"traceview/internal/model"
)

// AppendBareJSON appends an attribute's value, without its key, as the JSON
// that a program not knowing OTLP expects: text, number, truth value, null, array,
// object. ValueReader reads it again; bytes come back as text in base64, and so
// do numbers that are none (NaN, infinities). It recurses as deep as values are
// nested.
func AppendBareJSON(dst []byte, t *model.Arena, a model.Attr) []byte {
	switch a.Kind {
	case model.ValueString:
		return jsonpull.AppendString(dst, t.Raw(a))
	case model.ValueBool:
		return strconv.AppendBool(dst, a.Bool())
	case model.ValueInt:
		return strconv.AppendInt(dst, a.Int(), 10)
	case model.ValueFloat:
		return appendFloat(dst, a.Float())
	case model.ValueBytes:
		return append(base64.StdEncoding.AppendEncode(append(dst, '"'), []byte(t.Raw(a))), '"')
	case model.ValueList:
		dst = append(dst, '[')
		for i, e := range t.Elems(a) {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = AppendBareJSON(dst, t, e)
		}
		return append(dst, ']')
	case model.ValueMap:
		return AppendBareObject(dst, t, t.Elems(a))
	}
	return append(dst, "null"...)
}

// AppendBareObject appends attributes as a JSON object, a repeated key changed as
// jsonpull.Keys does.
func AppendBareObject(dst []byte, t *model.Arena, attrs []model.Attr) []byte {
	var keys jsonpull.Keys
	dst = append(dst, '{')
	for i, a := range attrs {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(jsonpull.AppendString(dst, keys.Unique(t.Key(a))), ':')
		dst = AppendBareJSON(dst, t, a)
	}
	return append(dst, '}')
}

// appendFloat keeps a whole number apart from an integer by its fraction.
func appendFloat(dst []byte, v float64) []byte {
	from := len(dst)
	dst = jsonpull.AppendFloat(dst, v)
	if strings.ContainsAny(string(dst[from:]), `.eE"`) {
		return dst
	}
	return append(dst, ".0"...)
}
