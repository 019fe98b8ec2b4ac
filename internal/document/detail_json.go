package document

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math"
	"strconv"
	"time"

	"traceview/internal/model"
)

// stamp is RFC 3339 with all nine decimals, so that times line up and none is
// rounded.
const stamp = "2006-01-02T15:04:05.000000000Z07:00"

// A jsonObject writes the members of an object in the order given.
type jsonObject struct {
	bytes.Buffer
	seen map[string]int
}

// member adds a name with a value that is JSON already. A name that was there
// before gets its number behind it: programs keep one of equal names only.
func (o *jsonObject) member(name string, value []byte) {
	if o.seen == nil {
		o.seen = map[string]int{}
	}
	o.seen[name]++
	if n := o.seen[name]; n > 1 {
		o.member(name+"#"+strconv.Itoa(n), value)
		return
	}
	if o.Len() > 0 {
		o.WriteByte(',')
	}
	o.Write(jsonText(name))
	o.WriteByte(':')
	o.Write(value)
}

// text adds a string unless it is empty.
func (o *jsonObject) text(name, s string) {
	if s != "" {
		o.member(name, jsonText(s))
	}
}

func (o *jsonObject) number(name string, n int64) { o.member(name, strconv.AppendInt(nil, n, 10)) }

func (o *jsonObject) time(name string, unixNs int64) {
	o.text(name, time.Unix(0, unixNs).UTC().Format(stamp))
}

// object adds the members of another unless it is empty.
func (o *jsonObject) object(name string, of *jsonObject) {
	if of.Len() > 0 {
		o.member(name, of.json())
	}
}

func (o *jsonObject) json() []byte { return append(append([]byte{'{'}, o.Bytes()...), '}') }

// list adds n objects as a list unless there are none.
func (o *jsonObject) list(name string, n int, item func(k int, o *jsonObject)) {
	if n == 0 {
		return
	}
	list := []byte{'['}
	for k := range n {
		var of jsonObject
		item(k, &of)
		if k > 0 {
			list = append(list, ',')
		}
		list = append(list, of.json()...)
	}
	o.member(name, append(list, ']'))
}

// SpanJSON returns span i as indented JSON: ids in hexadecimal, instants in
// RFC 3339 with ns in UTC, durations in ns, attributes with the types recorded.
// Bytes are an object with one member base64; numbers that JSON has no word for
// are strings; text that is not UTF-8 has the replacement character in place of
// what is not. Names stay; members that are empty are left out. It is "" if there
// is no such span.
func (d *Document) SpanJSON(i model.SpanIndex) string {
	t := d.trace
	if i < 0 || int(i) >= len(t.Spans) {
		return ""
	}
	var o jsonObject
	s := &t.Spans[i]
	o.text("trace_id", t.ID.String())
	o.text("span_id", s.ID.String())
	if !s.ParentID.IsZero() {
		o.text("parent_span_id", s.ParentID.String())
	}
	o.text("service", t.ServiceName(i))
	o.text("name", t.Name(i))
	o.text("kind", s.Kind.String())
	o.time("start", t.Epoch+s.Start)
	o.time("end", t.Epoch+s.Start+s.Dur)
	o.number("duration_ns", s.Dur)
	o.number("self_ns", d.Work().Self(i))
	d.jsonRecorded(&o, i)
	var status jsonObject
	status.text("code", [...]string{model.StatusOK: "ok", model.StatusError: "error"}[min(s.Status, model.StatusError)])
	status.text("message", t.Str(s.StatusText))
	o.object("status", &status)
	o.text("trace_state", t.Str(s.State))
	o.object("attributes", d.jsonAttrs(t.Attrs(i)))
	d.jsonLists(&o, i)
	o.object("resource", d.jsonAttrs(t.ResourceAttrs(s.Resource)))
	if s.Scope != 0 {
		var scope jsonObject
		scope.text("name", t.Str(t.ScopeAt(s.Scope).Name))
		scope.text("version", t.Str(t.ScopeAt(s.Scope).Version))
		scope.object("attributes", d.jsonAttrs(t.ScopeAttrs(s.Scope)))
		o.object("scope", &scope)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, o.json(), "", "  "); err != nil {
		return string(o.json()) // nested deeper than can be indented
	}
	return out.String()
}

// jsonRecorded adds the times as recorded where they could not be used.
func (d *Document) jsonRecorded(o *jsonObject, i model.SpanIndex) {
	s := &d.trace.Spans[i]
	start, end := d.trace.StoredTimes(i)
	if at := d.trace.Epoch + s.Start; start == uint64(at) && end == uint64(at+s.Dur) {
		return
	}
	var r jsonObject
	r.member("start_unix_ns", strconv.AppendUint(nil, start, 10))
	r.member("end_unix_ns", strconv.AppendUint(nil, end, 10))
	o.object("recorded", &r)
}

// jsonLists adds events, links, warnings and what was left out.
func (d *Document) jsonLists(o *jsonObject, i model.SpanIndex) {
	t := d.trace
	events, links, warnings := t.SpanEvents(i), t.SpanLinks(i), d.Warnings(i)
	o.list("events", len(events), func(k int, o *jsonObject) {
		e := &events[k]
		o.text("name", t.Str(e.Name))
		o.time("time", e.Time)
		o.number("offset_ns", e.Time-t.Epoch-t.Spans[i].Start)
		o.object("attributes", d.jsonAttrs(t.EventAttrs(e)))
	})
	o.list("links", len(links), func(k int, o *jsonObject) {
		l := &links[k]
		o.text("trace_id", l.Trace.String())
		o.text("span_id", l.Span.String())
		o.text("trace_state", t.Str(l.State))
		o.object("attributes", d.jsonAttrs(t.LinkAttrs(l)))
	})
	o.list("warnings", len(warnings), func(k int, o *jsonObject) { o.text("kind", warnings[k].Kind.String()) })
	if left := t.Dropped(i); left != (model.Dropped{}) {
		var n jsonObject
		n.number("attributes", int64(left.Attrs))
		n.number("events", int64(left.Events))
		n.number("links", int64(left.Links))
		o.object("dropped", &n)
	}
}

func (d *Document) jsonAttrs(list []model.Attr) *jsonObject {
	var o jsonObject
	for _, a := range list {
		o.member(d.trace.Key(a), d.jsonValue(a))
	}
	return &o
}

// jsonValue returns a value with the type recorded. Lists and maps are nested
// model.MaxNesting deep at most.
func (d *Document) jsonValue(a model.Attr) []byte {
	switch a.Kind {
	case model.ValueString:
		return jsonText(d.trace.Raw(a))
	case model.ValueBool:
		return strconv.AppendBool(nil, a.Bool())
	case model.ValueInt:
		return strconv.AppendInt(nil, a.Int(), 10)
	case model.ValueFloat:
		if f := a.Float(); math.IsNaN(f) || math.IsInf(f, 0) {
			return jsonText(strconv.FormatFloat(f, 'g', -1, 64))
		}
		return strconv.AppendFloat(nil, a.Float(), 'g', -1, 64)
	case model.ValueBytes:
		var o jsonObject
		o.member("base64", jsonText(base64.StdEncoding.EncodeToString([]byte(d.trace.Raw(a)))))
		return o.json()
	case model.ValueList:
		list := []byte{'['}
		for k, e := range d.trace.Elems(a) {
			if k > 0 {
				list = append(list, ',')
			}
			list = append(list, d.jsonValue(e)...)
		}
		return append(list, ']')
	case model.ValueMap:
		return d.jsonAttrs(d.trace.Elems(a)).json()
	}
	return []byte("null")
}
