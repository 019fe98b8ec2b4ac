package detail

import (
	"fmt"
	"strings"
	"testing"

	"traceview/internal/document"
	"traceview/internal/model"
	"traceview/ui/canvasview"
	"traceview/ui/uitest"
)

// hurt is a span with all that a span can have, in the sizes that hurt.
func hurt(tb testing.TB) *model.Trace {
	attrs := map[string]string{
		"order.id": "10472", "http.request.method": "PUT", "http.response.status_code": "403", "enduser.id": "",
		"url.full":      "https://files.shop.example/3d-files/10472/ring-with-a-very-long-name-" + strings.Repeat("segment/", 30) + "model.stl",
		"db.query.text": "SELECT o.id, o.number, o.customer_id\n  FROM shop.orders o\n  JOIN shop.items i ON i.order_id = o.id\n WHERE o.number = $1\n ORDER BY i.position\n LIMIT 50",
		"a.key.that.is.so.long.that.no.column.can.hold.it.without.losing.its.middle": "short",
		"text.russian": "Не удалось прочитать файл модели: доступ запрещён", "text.rtl": "שלום עולם",
	}
	return uitest.Trace(tb, 1,
		uitest.Span{ID: 1, Service: "internet-shop", Name: "POST /orders", Dur: 1000 * uitest.Ms},
		uitest.Span{ID: 2, Parent: 1, Service: "files-storage", Name: "PUT /internal/v2/3d-files/{order}/{file}/parts/{part}/of/{parts}", Start: 990 * uitest.Ms,
			Dur: 3100 * uitest.Ms, Fail: "the storage refused the upload", Attrs: attrs, Link: uitest.TraceID(9),
			Exception: [2]string{"com.amazonaws.services.s3.model.AmazonS3Exception",
				"Access Denied (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied; Request ID: 4442587FB7D0A2F9; S3 Extended Request ID: 7mBnX)"}},
		uitest.Span{ID: 3, Parent: 77, Service: "mes-api", Name: "", Dur: 5 * uitest.Ms},
	)
}

func newView(tb testing.TB, lang string, dark bool, t *model.Trace, do Actions) *View {
	v := New(uitest.Kit(tb, lang, dark), document.New(t), do)
	v.Build(360, 800, 1)
	return v
}

// named returns the span of a name.
func named(tb testing.TB, t *model.Trace, part string) model.SpanIndex {
	tb.Helper()
	for i := range t.Spans {
		if strings.Contains(t.Name(model.SpanIndex(i)), part) {
			return model.SpanIndex(i)
		}
	}
	tb.Fatalf("no span is named %q", part)
	return 0
}

func TestGolden(t *testing.T) {
	for _, tt := range []struct {
		name, lang string
		dark       bool
		w, h       int
		span       string
		act        func(t *testing.T, v *View)
	}{
		{"none", "en", false, 300, 60, "", nil},
		{"failed", "en", false, 360, 1000, "PUT", func(_ *testing.T, v *View) { v.folded["detail.scope"] = false }},
		{"failed_dark_ru", "ru", true, 300, 1000, "PUT", nil},
		{"opened_value", "en", true, 420, 700, "PUT", func(t *testing.T, v *View) {
			v.Handle(canvasview.Event{Kind: canvasview.Focus})
			x, y := uitest.Find(t, v.Kit.Metrics, v.Build(420, 900, 1), "url.full")
			uitest.Press(v, x, y)
			v.Handle(canvasview.Event{Kind: canvasview.Hover, X: x, Y: y})
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			trace := hurt(t)
			v := newView(t, tt.lang, tt.dark, trace, Actions{})
			if tt.span != "" {
				v.Show(named(t, trace, tt.span))
			}
			if tt.act != nil {
				tt.act(t, v)
			}
			uitest.Golden(t, tt.name, uitest.Paint(v, tt.w, tt.h, 1))
		})
	}
}

func TestSaysEverythingOfASpan(t *testing.T) {
	trace := hurt(t)
	v := newView(t, "en", false, trace, Actions{})
	if s := uitest.Words(v.Build(360, 800, 1)); !strings.Contains(s, "Choose a step") {
		t.Errorf("with nothing selected it says:\n%s", s)
	}
	v.Show(named(t, trace, "PUT"))
	v.folded["detail.scope"] = false
	s := strings.ReplaceAll(uitest.Words(v.Build(400, 4000, 1)), "\n", " ")
	for _, want := range []string{"files-storage · server", "AmazonS3Exception", "Error Code: AccessDenied", "3.10 s", "990 ms", "order.id", "10472",
		"Events", "Links", "Open trace 3f2a0000…", trace.ID.String()[:24], "shop/http 1.4.0", "service.name"} {
		if !strings.Contains(s, want) {
			t.Errorf("it does not say %q:\n%s", want, s)
		}
	}
	v.Show(named(t, trace, "POST"))
	if s := uitest.Words(v.Build(400, 4000, 1)); strings.Contains(s, "AmazonS3Exception") || !strings.Contains(s, "internet-shop") {
		t.Errorf("of another span it says:\n%s", s)
	}
}

func TestShowGoesToTheTopOfAnotherSpanOnly(t *testing.T) {
	trace := hurt(t)
	v := newView(t, "en", false, trace, Actions{})
	put := named(t, trace, "PUT")
	v.Show(put)
	v.Build(360, 300, 1)
	for range 3 {
		v.Handle(canvasview.Event{Kind: canvasview.Scroll, DY: -25})
	}
	_, was := uitest.Find(t, v.Kit.Metrics, v.Build(360, 300, 1), "Duration")
	v.Show(put) // the theme or the language changed
	if _, now := uitest.Find(t, v.Kit.Metrics, v.Build(360, 300, 1), "Duration"); now != was {
		t.Errorf("showing the same span anew scrolled from %v to %v", was, now)
	}
	v.Show(named(t, trace, "POST"))
	if _, y := uitest.Find(t, v.Kit.Metrics, v.Build(360, 300, 1), "POST"); y > 60 {
		t.Errorf("another span begins at %v, want its title on top", y)
	}
}

func TestSectionsFold(t *testing.T) {
	trace := hurt(t)
	v := newView(t, "en", false, trace, Actions{})
	v.Show(named(t, trace, "PUT"))
	for _, want := range []bool{false, true} {
		x, y := uitest.Find(t, v.Kit.Metrics, v.Build(360, 3000, 1), "Attributes")
		uitest.Press(v, x, y)
		if got := strings.Contains(uitest.Words(v.Build(360, 3000, 1)), "order.id"); got != want {
			t.Errorf("attributes shown: %v, want %v", got, want)
		}
	}
}

func TestLinksAndCopy(t *testing.T) {
	trace := hurt(t)
	var opened model.TraceID
	var copied []string
	v := newView(t, "en", false, trace, Actions{
		Open: func(id model.TraceID) { opened = id }, Copy: func(s string) { copied = append(copied, s) },
	})
	v.Show(named(t, trace, "PUT"))
	x, y := uitest.Find(t, v.Kit.Metrics, v.Build(360, 3000, 1), "Open trace")
	uitest.Press(v, x, y)
	if opened != uitest.TraceID(9) {
		t.Errorf("opened %v, want the linked trace", opened)
	}
	x, y = uitest.Find(t, v.Kit.Metrics, v.Build(360, 3000, 1), "Copy")
	uitest.Press(v, x, y)
	if len(copied) != 1 || !strings.Contains(copied[0], "order.id: 10472") || !strings.Contains(copied[0], "AmazonS3Exception: Access Denied") {
		t.Errorf("copied %q, want the span as text", copied)
	}
	_, y = uitest.Find(t, v.Kit.Metrics, v.Build(360, 3000, 1), "10472")
	v.Handle(canvasview.Event{Kind: canvasview.Hover, X: 330, Y: y})
	v.Build(360, 3000, 1)
	uitest.Press(v, 360-padDp-10, y) // the sign for copying
	if len(copied) != 2 || copied[1] != "10472" {
		t.Errorf("copied %q, want the value alone", copied)
	}
	v.Handle(canvasview.Event{Kind: canvasview.Focus})
	uitest.Press(v, 60, y)
	if got := v.Copy(); got != "10472" {
		t.Errorf("Ctrl+C copies %q, want the chosen value", got)
	}
	v.Handle(canvasview.Event{Kind: canvasview.Blur})
	if got := v.Copy(); got != v.Text() {
		t.Errorf("without the keyboard it copies %q, want the whole span", got)
	}
}

// TestKeysReachValuesOutOfSight walks through the values with the keyboard.
func TestKeysReachValuesOutOfSight(t *testing.T) {
	trace := hurt(t)
	v := newView(t, "en", false, trace, Actions{})
	v.Show(named(t, trace, "PUT"))
	v.Handle(canvasview.Event{Kind: canvasview.Focus})
	v.Build(360, 300, 1)
	v.Handle(canvasview.Event{Kind: canvasview.KeyDown, Key: "End"})
	last := v.values[len(v.values)-1]
	if s := uitest.Words(v.Build(360, 300, 1)); !strings.Contains(s, last) {
		t.Errorf("the last value %q is not in sight:\n%s", last, s)
	}
	if got := v.Copy(); got != last {
		t.Errorf("chosen %q, want %q", got, last)
	}
}

// big is a span with n attributes and one value of a megabyte.
func big(tb testing.TB, n int) *model.Trace {
	attrs := map[string]string{"body": strings.Repeat("a word and another, ", 1<<20/20)}
	for i := range n {
		attrs[fmt.Sprintf("attribute.number.%04d.with.a.long.key", i)] = fmt.Sprintf("value %d of an attribute that needs about two lines of the pane", i)
	}
	return uitest.Trace(tb, 1, uitest.Span{ID: 1, Service: "shop-api", Name: "POST /orders", Dur: uitest.Ms, Attrs: attrs})
}

func BenchmarkBuild(b *testing.B) {
	for _, n := range []int{20, 2000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			v := newView(b, "en", false, big(b, n), Actions{})
			v.Show(0)
			b.ReportAllocs()
			for b.Loop() {
				v.Build(360, 800, 1)
			}
		})
	}
}
