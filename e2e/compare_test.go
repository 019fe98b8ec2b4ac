//go:build e2e

package e2e

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	common "go.opentelemetry.io/proto/otlp/common/v1"

	"traceview/internal/model"
)

// lossy says that a trace has passed through Jaeger's own span model, as with
// api_v2 and on Badger, which has no room for some of OTLP: lists and maps
// become JSON text, and attributes of links are lost.
type lossy bool

// describeSent tells a span as sent in lines that can be compared.
func describeSent(s sentSpan, loss lossy) []string {
	lines := []string{
		"name " + s.Name,
		"parent " + hex.EncodeToString(s.ParentSpanId),
		"kind " + model.Kind(s.Kind).String(),
		fmt.Sprintf("time %d to %d", s.StartTimeUnixNano, s.EndTimeUnixNano),
		fmt.Sprintf("status %d %q", s.GetStatus().GetCode(), s.GetStatus().GetMessage()),
		"state " + s.TraceState,
		"scope " + s.scope.GetName() + " " + s.scope.GetVersion(),
		"attributes " + sentAttrs(s.Attributes, loss),
		"resource " + sentAttrs(s.resource.GetAttributes(), loss),
	}
	for _, e := range s.Events {
		lines = append(lines, fmt.Sprintf("event %d %s %s", e.TimeUnixNano, e.Name, sentAttrs(e.Attributes, loss)))
	}
	for _, l := range s.Links {
		line := fmt.Sprintf("link %x %x", l.TraceId, l.SpanId)
		if !loss {
			line += " " + sentAttrs(l.Attributes, loss)
		}
		lines = append(lines, line)
	}
	return lines
}

// describe tells span i of a trace in the words of describeSent.
func describe(t *model.Trace, i model.SpanIndex, loss lossy) []string {
	s := &t.Spans[i]
	parent := ""
	if !s.ParentID.IsZero() {
		parent = s.ParentID.String()
	}
	from, to := t.StoredTimes(i)
	scope := t.ScopeAt(s.Scope)
	lines := []string{
		"name " + t.Name(i),
		"parent " + parent,
		"kind " + s.Kind.String(),
		fmt.Sprintf("time %d to %d", from, to),
		fmt.Sprintf("status %d %q", s.Status, t.Str(s.StatusText)),
		"state " + t.Str(s.State),
		"scope " + t.Str(scope.Name) + " " + t.Str(scope.Version),
		"attributes " + attrs(t.Arena, t.Attrs(i)),
		"resource " + attrs(t.Arena, t.ResourceAttrs(s.Resource)),
	}
	for _, e := range t.SpanEvents(i) {
		lines = append(lines, fmt.Sprintf("event %d %s %s", e.Time, t.Str(e.Name), attrs(t.Arena, t.EventAttrs(&e))))
	}
	for _, l := range t.SpanLinks(i) {
		line := fmt.Sprintf("link %s %s", l.Trace, l.Span)
		if !loss {
			line += " " + attrs(t.Arena, t.LinkAttrs(&l))
		}
		lines = append(lines, line)
	}
	return lines
}

// compareTrace returns what differs between a trace as sent and as fetched.
func compareTrace(got *model.Trace, want []sentSpan, loss lossy) []string {
	var diff []string
	if len(got.Spans) != len(want) {
		diff = append(diff, fmt.Sprintf("%d spans, want %d", len(got.Spans), len(want)))
	}
	at := map[string]model.SpanIndex{}
	for i := range got.Spans {
		at[got.Spans[i].ID.String()] = model.SpanIndex(i)
	}
	for _, w := range want {
		id := hex.EncodeToString(w.SpanId)
		i, ok := at[id]
		if !ok {
			diff = append(diff, "no span "+id)
			continue
		}
		has, should := describe(got, i, loss), describeSent(w, loss)
		for _, line := range has {
			if !slices.Contains(should, line) {
				diff = append(diff, "span "+id+" has  "+line)
			}
		}
		for _, line := range should {
			if !slices.Contains(has, line) {
				diff = append(diff, "span "+id+" lacks "+line)
			}
		}
		if len(has) != len(should) {
			diff = append(diff, fmt.Sprintf("span %s has %d facts, want %d", id, len(has), len(should)))
		}
	}
	return diff
}

// sentAttrs writes attributes with their types, sorted by key: neither OTLP
// nor Jaeger promises an order.
func sentAttrs(kvs []*common.KeyValue, loss lossy) string {
	var list []string
	for _, kv := range kvs {
		list = append(list, kv.Key+"="+sentValue(kv.Value, loss))
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

func sentValue(v *common.AnyValue, loss lossy) string {
	if loss && (v.GetArrayValue() != nil || v.GetKvlistValue() != nil) {
		text, err := json.Marshal(plain(v))
		if err != nil {
			return err.Error()
		}
		return strconv.Quote(string(text))
	}
	switch v := v.GetValue().(type) {
	case *common.AnyValue_StringValue:
		return strconv.Quote(v.StringValue)
	case *common.AnyValue_BoolValue:
		return strconv.FormatBool(v.BoolValue)
	case *common.AnyValue_IntValue:
		return fmt.Sprintf("int %d", v.IntValue)
	case *common.AnyValue_DoubleValue:
		return fmt.Sprintf("float %v", v.DoubleValue)
	case *common.AnyValue_BytesValue:
		return fmt.Sprintf("bytes %x", v.BytesValue)
	case *common.AnyValue_ArrayValue:
		var list []string
		for _, e := range v.ArrayValue.GetValues() {
			list = append(list, sentValue(e, loss))
		}
		return "[" + strings.Join(list, " ") + "]"
	case *common.AnyValue_KvlistValue:
		return "{" + sentAttrs(v.KvlistValue.GetValues(), loss) + "}"
	}
	return "empty"
}

// plain turns a value into what encoding/json writes.
func plain(v *common.AnyValue) any {
	switch v := v.GetValue().(type) {
	case *common.AnyValue_StringValue:
		return v.StringValue
	case *common.AnyValue_BoolValue:
		return v.BoolValue
	case *common.AnyValue_IntValue:
		return v.IntValue
	case *common.AnyValue_DoubleValue:
		return v.DoubleValue
	case *common.AnyValue_BytesValue:
		return v.BytesValue
	case *common.AnyValue_ArrayValue:
		list := []any{}
		for _, e := range v.ArrayValue.GetValues() {
			list = append(list, plain(e))
		}
		return list
	case *common.AnyValue_KvlistValue:
		m := map[string]any{}
		for _, e := range v.KvlistValue.GetValues() {
			m[e.Key] = plain(e.Value)
		}
		return m
	}
	return nil
}

// attrs writes attributes of the model as sentAttrs does.
func attrs(a *model.Arena, list []model.Attr) string {
	var texts []string
	for _, at := range list {
		texts = append(texts, a.Key(at)+"="+value(a, at))
	}
	slices.Sort(texts)
	return strings.Join(texts, " ")
}

func value(a *model.Arena, at model.Attr) string {
	switch at.Kind {
	case model.ValueString:
		return strconv.Quote(a.Text(at))
	case model.ValueBool:
		return strconv.FormatBool(at.Bool())
	case model.ValueInt:
		return fmt.Sprintf("int %d", at.Int())
	case model.ValueFloat:
		return fmt.Sprintf("float %v", at.Float())
	case model.ValueBytes:
		return fmt.Sprintf("bytes %x", a.Raw(at))
	case model.ValueList:
		var list []string
		for _, e := range a.Elems(at) {
			list = append(list, value(a, e))
		}
		return "[" + strings.Join(list, " ") + "]"
	case model.ValueMap:
		return "{" + attrs(a, a.Elems(at)) + "}"
	}
	return "empty"
}
