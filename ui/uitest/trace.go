package uitest

import (
	"context"
	"testing"

	"traceview/internal/document"
	"traceview/internal/model"
	"traceview/internal/query"
)

// Ms is a millisecond in ns.
const Ms = int64(1e6)

// Epoch is 12 Nov 2026, 09:14:03.120 UTC in Unix ns.
const Epoch = 1794474843120000000

// A Span describes one span of a test trace. Times are ns after Epoch.
type Span struct {
	ID, Parent uint64
	Service    string
	Name       string
	Start, Dur int64
	Fail       string            // message of the error, "" if it did not fail
	Attrs      map[string]string // strings only; order does not matter, since views sort
	Exception  [2]string         // type and message, recorded as an event
	Link       model.TraceID     // to another trace, if set
	Kind       model.Kind        // server if unspecified
	Events     []Event
}

// An Event is an event of a span, At ns after Epoch, with one attribute.
type Event struct {
	At               int64
	Name, Key, Value string
}

// Trace makes a trace whose id ends with the byte id.
func Trace(tb testing.TB, id byte, spans ...Span) *model.Trace {
	tb.Helper()
	b := model.NewBuilder()
	attr := func(k, v string) model.Attr { return b.StringAttr(b.InternString(k), []byte(v)) }
	for _, s := range spans {
		r := model.SpanRecord{
			Trace: TraceID(id), ID: model.SpanID(s.ID), Parent: model.SpanID(s.Parent), Kind: model.KindServer,
			StartNano: uint64(Epoch + s.Start), EndNano: uint64(Epoch + s.Start + s.Dur), Name: b.InternString(s.Name),
			Resource: b.Resource(&model.ResourceRecord{Attrs: []model.Attr{attr("service.name", s.Service)}}),
			Scope:    b.Scope(&model.ScopeRecord{Name: b.InternString("shop/http"), Version: b.InternString("1.4.0")}),
		}
		if s.Kind != model.KindUnspecified {
			r.Kind = s.Kind
		}
		for _, e := range s.Events {
			r.Events = append(r.Events, model.EventRecord{TimeNano: uint64(Epoch + e.At), Name: b.InternString(e.Name), Attrs: []model.Attr{attr(e.Key, e.Value)}})
		}
		if s.Fail != "" {
			r.Status, r.StatusText = model.StatusError, b.InternString(s.Fail)
		}
		for k, v := range s.Attrs {
			r.Attrs = append(r.Attrs, attr(k, v))
		}
		if s.Exception[0] != "" {
			r.Events = append(r.Events, model.EventRecord{
				TimeNano: uint64(Epoch + s.Start + s.Dur), Name: b.InternString("exception"),
				Attrs: []model.Attr{attr("exception.type", s.Exception[0]), attr("exception.message", s.Exception[1])},
			})
		}
		if !s.Link.IsZero() {
			r.Links = append(r.Links, model.LinkRecord{Trace: s.Link, Span: 7})
		}
		b.Add(&r)
	}
	list := b.Build()
	if len(list) != 1 {
		tb.Fatalf("%d traces built of %d spans, want 1", len(list), len(spans))
	}
	return list[0]
}

// TraceID returns an id that begins with 3f2a and ends with the byte id.
func TraceID(id byte) model.TraceID { return model.TraceID{0: 0x3f, 1: 0x2a, 15: id} }

// Shop is an order being placed, whose drawing the storage refused.
func Shop(tb testing.TB, id byte) *model.Trace {
	tb.Helper()
	return Trace(tb, id,
		Span{ID: 1, Service: "internet-shop", Name: "POST /orders", Dur: 1840 * Ms},
		Span{ID: 2, Parent: 1, Service: "shop-api", Name: "POST /orders", Start: 24 * Ms, Dur: 1790 * Ms,
			Attrs: map[string]string{"order.id": "10472", "http.request.method": "POST", "http.response.status_code": "502"}},
		Span{ID: 3, Parent: 2, Service: "files-storage", Name: "PUT 3d-files/{order}/{file}", Start: 92 * Ms, Dur: 310 * Ms,
			Fail: "403 AccessDenied", Exception: [2]string{"S3Exception", "AccessDenied: the key has no right to write"}, Link: TraceID(9)},
		Span{ID: 4, Parent: 2, Service: "shop-db", Name: "INSERT shop.orders", Start: 1104 * Ms, Dur: 18 * Ms},
	)
}

// LookFor looks for what a filter asks for, as the box above a trace does.
func LookFor(tb testing.TB, d *document.Document, text string) {
	tb.Helper()
	f, err := query.Parse(text)
	if err != nil {
		tb.Fatal(err)
	}
	set, err := f.Match(context.Background(), d.Trace())
	if err != nil {
		tb.Fatal(err)
	}
	d.SetMatches(text, set)
}
