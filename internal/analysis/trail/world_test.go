package trail

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	resourcepb "go.opentelemetry.io/proto/otlp/resource/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"traceview/assets"
	"traceview/internal/demo"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
	"traceview/internal/order"
)

// present is the shop's present.
var present = time.Date(2026, 11, 12, 9, 14, 3, 0, time.UTC)

var shop = sync.OnceValue(func() *demo.Shop { return demo.New(demo.Options{Now: present}) })

func shopMap(t testing.TB) *Map {
	t.Helper()
	m, err := ReadMap(assets.ShopMap)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// A plant changes a trace of the shop for the worse.
type plant func(d *tracepb.TracesData)

// tell returns the traces of the orders for which keep holds, with a break planted.
func tell(t testing.TB, keep func(demo.Order) bool, p plant) []*model.Trace {
	t.Helper()
	kept := map[string]bool{}
	for _, o := range shop().Orders() {
		kept[o.Number] = keep(o)
	}
	b := model.NewBuilder()
	for _, tr := range shop().Traces() {
		if !kept[tr.Order] {
			continue
		}
		data := tr.Proto
		if p != nil {
			var d tracepb.TracesData
			if err := proto.Unmarshal(data, &d); err != nil {
				t.Fatal(err)
			}
			p(&d)
			var err error
			if data, err = proto.Marshal(&d); err != nil {
				t.Fatal(err)
			}
		}
		if err := otlp.DecodeProto(data, b); err != nil {
			t.Fatal(err)
		}
	}
	return b.Build()
}

func healthy(o demo.Order) bool { return o.Trouble == "" }

// some is one in five of the healthy orders, and those of outside programs.
func some(o demo.Order) bool {
	n := 0
	for _, c := range o.Number {
		n += int(c)
	}
	return healthy(o) && n%5 == 0
}

func check(t testing.TB, traces []*model.Trace, m *Map) *Report {
	t.Helper()
	r, err := Check(context.Background(), traces, Options{Map: m, Keys: order.DefaultKeys})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// brief returns findings a line each, as tests compare them.
func brief(list []Finding) []string {
	var out []string
	for _, f := range list {
		line := f.Kind.String()
		if f.Hint {
			line = "(" + line + ")"
		}
		if f.System != "" {
			line += " " + f.System
		}
		if f.From != "" || f.To != "" {
			line += " " + f.From + ">" + f.To
		}
		if f.Detail+f.Other != "" {
			line += " [" + f.Detail + f.Other + "]"
		}
		out = append(out, line)
	}
	return out
}

func long(list []Finding) string {
	var b strings.Builder
	for k, line := range brief(list) {
		fmt.Fprintf(&b, "\n  %s: %d of %d spans, %d traces, %d orders", line, list[k].Spans, list[k].Of, list[k].Traces, list[k].Orders)
	}
	return b.String()
}

func serviceOf(r *resourcepb.Resource) string { return valueOf(r.Attributes, "service.name") }

func valueOf(list []*commonpb.KeyValue, key string) string {
	for _, a := range list {
		if a.Key == key {
			return a.Value.GetStringValue()
		}
	}
	return ""
}

func setValue(list []*commonpb.KeyValue, key, value string) {
	for _, a := range list {
		if a.Key == key {
			a.Value = &commonpb.AnyValue{Value: &commonpb.AnyValue_StringValue{StringValue: value}}
		}
	}
}

// without takes attributes away.
func without(list []*commonpb.KeyValue, keys ...string) []*commonpb.KeyValue {
	return slices.DeleteFunc(list, func(a *commonpb.KeyValue) bool { return slices.Contains(keys, a.Key) })
}

// each calls f for every span of a service, "" for all.
func each(d *tracepb.TracesData, service string, f func(r *resourcepb.Resource, s *tracepb.Span)) {
	for _, rs := range d.ResourceSpans {
		if service != "" && serviceOf(rs.Resource) != service {
			continue
		}
		for _, ss := range rs.ScopeSpans {
			for _, s := range ss.Spans {
				f(rs.Resource, s)
			}
		}
	}
}

// drop takes spans away.
func drop(d *tracepb.TracesData, gone func(service string, s *tracepb.Span) bool) {
	for _, rs := range d.ResourceSpans {
		for _, ss := range rs.ScopeSpans {
			ss.Spans = slices.DeleteFunc(ss.Spans, func(s *tracepb.Span) bool { return gone(serviceOf(rs.Resource), s) })
		}
	}
}

// byID returns the service of each span.
func byID(d *tracepb.TracesData) map[string]string {
	m := map[string]string{}
	each(d, "", func(r *resourcepb.Resource, s *tracepb.Span) { m[string(s.SpanId)] = serviceOf(r) })
	return m
}

// renew makes a trace of its own of all that is below spans that lost their context.
func renew(d *tracepb.TracesData, cut func(service, caller string, s *tracepb.Span) bool) {
	services := byID(d)
	fresh := map[string][]byte{} // trace ids by span
	each(d, "", func(r *resourcepb.Resource, s *tracepb.Span) {
		if len(s.ParentSpanId) > 0 && cut(serviceOf(r), services[string(s.ParentSpanId)], s) {
			id := slices.Clone(s.TraceId)
			copy(id[8:], s.SpanId)
			fresh[string(s.SpanId)] = id
			s.ParentSpanId = nil
		}
	})
	for more := true; more; {
		more = false
		each(d, "", func(_ *resourcepb.Resource, s *tracepb.Span) {
			if id := fresh[string(s.ParentSpanId)]; id != nil && fresh[string(s.SpanId)] == nil {
				fresh[string(s.SpanId)], more = id, true
			}
		})
	}
	each(d, "", func(_ *resourcepb.Resource, s *tracepb.Span) {
		if id := fresh[string(s.SpanId)]; id != nil {
			s.TraceId = id
		}
	})
}
