package document

import (
	"reflect"
	"testing"
	"time"

	"traceview/internal/model"
)

// order is a trace with one of everything on its first span.
func order(t *testing.T) *model.Trace {
	t.Helper()
	b := model.NewBuilder()
	str := func(k, v string) model.Attr { return b.StringAttr(b.InternString(k), []byte(v)) }
	id := model.TraceID{15: 1}
	res := b.Resource(&model.ResourceRecord{Attrs: []model.Attr{str("service.name", "shop-api"), str("service.version", "7.3"), str("region", "eu")}})
	scope := b.Scope(&model.ScopeRecord{Name: b.InternString("io.spring"), Version: b.InternString("3.2"), Attrs: []model.Attr{str("k", "v")}})
	b.Add(&model.SpanRecord{
		Trace: id, ID: 1, StartNano: epoch, EndNano: epoch + 1840e6, Name: b.InternString("POST /orders"), Resource: res, Scope: scope,
		Kind: model.KindServer, Status: model.StatusError, StatusText: b.InternString("403 AccessDenied"), State: b.InternString("a=b"),
		Attrs: []model.Attr{str("http.route", "/orders"), str("order.id", "10472"), model.IntAttr(b.InternString("http.response.status_code"), 403)},
		Events: []model.EventRecord{{TimeNano: epoch + 12e6, Name: b.InternString("exception"), Attrs: []model.Attr{str("type", "IOError")}, Dropped: 1},
			{TimeNano: epoch - 5e6, Name: b.InternString("early")}},
		Links:   []model.LinkRecord{{Trace: id, Span: 2}, {Trace: model.TraceID{15: 9}, Span: 2}, {Trace: id, Span: 77}},
		Dropped: model.Dropped{Attrs: 3},
	})
	b.Add(&model.SpanRecord{Trace: id, ID: 2, Parent: 1, StartNano: epoch + 100e6, EndNano: epoch + 410e6, Resource: res})
	b.Add(&model.SpanRecord{Trace: id, ID: 3, Parent: 99, StartNano: epoch + 200e6, EndNano: epoch + 300e6, Resource: res})
	return b.Build()[0]
}

func TestHeader(t *testing.T) {
	moscow := time.FixedZone("MSK", 3*3600)
	for _, tc := range []struct {
		name  string
		trace *model.Trace
		zone  *time.Location
		want  Header
	}{
		{"order", order(t), moscow, Header{
			Operation: "POST /orders", Service: "shop-api", Start: "12 Nov 2026, 12:14:03.120", Duration: "1.84 s",
			Spans: "3 spans", Services: "1 service", Errors: "1 error", Warnings: "2 warnings"}},
		{"one span", build(t, family[:1]), time.UTC, Header{
			Operation: "op 1", Service: "shop-api", Start: "12 Nov 2026, 09:14:03.120", Duration: "1 s", Spans: "1 span", Services: "1 service"}},
		{"empty", build(t, nil), time.UTC, Header{Duration: "0 s", Spans: "0 spans", Services: "0 services"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := New(tc.trace).Header(english, tc.zone)
			if (got.Zone == "") != (got.Start == "") {
				t.Errorf("start %q with zone %q", got.Start, got.Zone)
			}
			got.Zone = ""
			if got != tc.want {
				t.Errorf("got  %+v\nwant %+v", got, tc.want)
			}
		})
	}
}

func TestDetail(t *testing.T) {
	d := New(order(t))
	got, ok := d.Detail(0, english, time.UTC)
	if !ok {
		t.Fatal("no detail of the first span")
	}
	want := SpanDetail{
		Span: 0, Title: "POST /orders", Service: "shop-api", System: "shop-api", Kind: "server", ID: "0000000000000001",
		Start: "12 Nov 2026, 09:14:03.120", Zone: got.Zone, Offset: "0 s", Duration: "1.84 s", Share: "100%", Self: "1.53 s", Children: 1,
		Failed: true, Status: "error", Message: "403 AccessDenied", State: "a=b",
		Attrs: []AttrGroup{
			{"order", []Attr{{"order.id", "10472", model.ValueString}}},
			{"http", []Attr{{"http.response.status_code", "403", model.ValueInt}, {"http.route", "/orders", model.ValueString}}},
		},
		Resource: []AttrGroup{
			{"service", []Attr{{"service.name", "shop-api", model.ValueString}, {"service.version", "7.3", model.ValueString}}},
			{"", []Attr{{"region", "eu", model.ValueString}}},
		},
		Scope: "io.spring 3.2", ScopeAttr: []Attr{{"k", "v", model.ValueString}},
		Events: []EventDetail{
			{Name: "exception", Offset: "+12 ms", Clock: "09:14:03.132", Attrs: []Attr{{"type", "IOError", model.ValueString}}, Dropped: 1},
			{Number: 1, Name: "early", Offset: "−5 ms", Clock: "09:14:03.115", Attrs: []Attr{}},
		},
		Links: []LinkDetail{
			{Trace: model.TraceID{15: 1}, SpanID: 2, Target: 1, Attrs: []Attr{}},
			{Trace: model.TraceID{15: 9}, SpanID: 2, Target: model.NoSpan, Attrs: []Attr{}},
			{Trace: model.TraceID{15: 1}, SpanID: 77, Target: model.NoSpan, Attrs: []Attr{}},
		},
		Warnings: []WarningDetail{}, Dropped: model.Dropped{Attrs: 3},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestDetailOfOdd(t *testing.T) {
	d := New(order(t))
	orphan, _ := d.Detail(2, english, time.UTC)
	if !orphan.Orphan || orphan.ParentID != "0000000000000063" || len(orphan.Warnings) != 1 || orphan.Warnings[0].Kind != model.MissingParent {
		t.Errorf("orphan: %+v", orphan)
	}
	if orphan.Warnings[0].Title == "" || orphan.Warnings[0].Text == orphan.Warnings[0].Title {
		t.Errorf("warning without words: %+v", orphan.Warnings[0])
	}
	child, _ := d.Detail(1, english, time.UTC)
	if child.Title != english.T("trace.unnamed") || child.Kind != "" || child.Status != "" || child.Orphan || child.Offset != "100 ms" {
		t.Errorf("child: %+v", child)
	}
	for _, i := range []model.SpanIndex{-1, 3} {
		if _, ok := d.Detail(i, english, time.UTC); ok {
			t.Errorf("span %d, which does not exist, has a detail", i)
		}
	}
	if got := d.TraceWarnings(english); len(got) != 1 || got[0].Kind != model.MultipleRoots {
		t.Errorf("warnings of the trace: %+v", got)
	}
}
