package detail

import (
	"fmt"
	"strings"
	"testing"
	"time"

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

// writeNotes writes a note on the trace, a stretch of time, the span of a name
// and the first.
func writeNotes(v *View, name string) {
	at := time.Unix(0, uitest.Epoch).Add(48 * time.Hour)
	none := document.About{Span: model.NoSpan}
	v.doc.WriteNote("whole", none, "Boris", "The order has to be paid back.", at)
	v.doc.WriteNote("stretch", document.About{Span: model.NoSpan, From: 40 * uitest.Ms, To: 990 * uitest.Ms, Stretch: true}, "Anna", "Nothing happens here.", at)
	v.doc.WriteNote("first", document.About{Span: 0}, "", "Where it began", at)
	for i := range v.doc.Trace().Spans {
		if strings.Contains(v.doc.Trace().Name(model.SpanIndex(i)), name) {
			v.doc.WriteNote("span", document.About{Span: model.SpanIndex(i)}, "Anna", "The key of the storage expired on Friday.\n\n1. ask for a new one\n2. run the upload again: https://wiki.example/storage/keys/how-to-renew", at)
		}
	}
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
		{"notes", "en", false, 360, 700, "PUT", func(_ *testing.T, v *View) { writeNotes(v, "PUT") }},
		{"notes_dark_ru", "ru", true, 300, 700, "PUT", func(_ *testing.T, v *View) {
			v.do.Dropped = func() bool { return true }
			writeNotes(v, "PUT")
			v.doc.GoToNote("whole")
		}},
		{"notes_none", "en", false, 300, 160, "", func(_ *testing.T, v *View) { writeNotes(v, "PUT") }},
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
	for _, want := range []string{"files-storage · server", "AmazonS3Exception", "Error Code: AccessDenied", "3.10 s", "990 ms", "order.id", "10472", "enduser.id (empty)",
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

// TestSectionsFoldByKeyboard folds and unfolds a section from its heading.
func TestSectionsFoldByKeyboard(t *testing.T) {
	trace := hurt(t)
	v := newView(t, "en", false, trace, Actions{})
	v.Show(named(t, trace, "PUT"))
	v.Handle(canvasview.Event{Kind: canvasview.Focus})
	v.Build(360, 3000, 1)
	v.Handle(press("Home"))
	for v.chosen().fold != "detail.attributes" {
		v.Handle(press("Down"))
	}
	for _, tt := range []struct {
		key  string
		open bool
	}{{"Return", false}, {"Return", true}, {"Left", false}, {"Left", false}, {"Right", true}, {"Space", false}} {
		v.Handle(press(tt.key))
		if got := strings.Contains(uitest.Words(v.Build(360, 3000, 1)), "order.id"); got != tt.open {
			t.Errorf("after %s attributes are shown: %v, want %v", tt.key, got, tt.open)
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
	x, y = uitest.Find(t, v.Kit.Metrics, v.Build(360, 3000, 1), "Text")
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
	last := v.rows[len(v.rows)-1].attr.Text
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

// rich is a span with values to unfold and to find.
func rich(tb testing.TB) *model.Trace {
	return uitest.Trace(tb, 1, uitest.Span{ID: 1, Service: "mes-api", Name: "price", Dur: 40 * uitest.Ms, Attrs: map[string]string{
		"order.id": "10472", "http.request.method": "POST", "http.route": "/price",
		"db.query.text":  "SELECT id, state, version FROM orders WHERE number = ? AND state <> 'closed' FOR UPDATE",
		"payload":        `{"order":"10472","lines":[{"article":"R-1","stones":3},{"article":"R-2","stones":0}],"note":"{\"by\":\"seller\"}"}`,
		"messaging.body": "broken {", "messaging.system": "rabbitmq",
		"exception.stacktrace": "java.io.IOException: refused\n\tat com.jewellery.shop.files.FileService.store(FileService.java:88)\n\tat com.jewellery.shop.orders.OrderController.upload(OrderController.java:141)",
	}})
}

// row presses keys until the row of a key is chosen.
func choose(tb testing.TB, v *View, key string) {
	tb.Helper()
	v.Handle(canvasview.Event{Kind: canvasview.Focus})
	v.Build(360, 700, 1)
	v.Handle(press("Home"))
	for range v.rows {
		if v.Build(360, 700, 1); v.chosen().attr.Key == key {
			return
		}
		v.Handle(press("Down"))
	}
	tb.Fatalf("no row %q is reached by keyboard", key)
}

func press(key string) canvasview.Event { return canvasview.Event{Kind: canvasview.KeyDown, Key: key} }

func typed(r rune) canvasview.Event { return canvasview.Event{Kind: canvasview.Rune, Rune: r} }

func TestGoldenUnfolded(t *testing.T) {
	for _, tt := range []struct {
		name, lang string
		dark       bool
		w          int
		key, find  string
	}{
		{"json", "en", false, 360, "payload", ""},
		{"narrow_sql_dark_ru", "ru", true, 260, "db.query.text", ""},
		{"stack", "en", true, 360, "exception.stacktrace", ""},
		{"found", "ru", false, 260, "", "order"},
		{"found_nothing_dark", "en", true, 260, "", "nowhere"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := newView(t, tt.lang, tt.dark, rich(t), Actions{Filter: func(string, string, bool) {}})
			v.Show(0)
			v.Find(tt.find)
			if tt.key != "" {
				choose(t, v, tt.key)
				v.Handle(press("Return"))
			}
			uitest.Golden(t, tt.name, uitest.Paint(v, tt.w, 640, 1))
		})
	}
}

// TestKeysOfARow unfolds, filters and copies by keyboard alone.
func TestKeysOfARow(t *testing.T) {
	var asked []string
	found := 0
	v := newView(t, "en", false, rich(t), Actions{
		Filter: func(k, s string, not bool) { asked = append(asked, fmt.Sprint(k, "=", s, " ", not)) },
		Find:   func() { found++ },
	})
	v.Show(0)
	if v.Handle(typed('=')) || v.CopyPair() != "" || v.fold("Space") {
		t.Error("without a chosen row keys do something")
	}
	says := func() string { return uitest.Words(v.Build(360, 1500, 1)) }
	choose(t, v, "payload")
	for _, tt := range []struct {
		key  string
		open bool
	}{{"Return", true}, {"Return", false}, {"Space", true}, {"Right", true}, {"Left", false}, {"Left", false}, {"Right", true}} {
		v.Handle(press(tt.key))
		if got := strings.Contains(says(), `"article": "R-1",`); got != tt.open {
			t.Errorf("after %s unfolded: %v, want %v", tt.key, got, tt.open)
		}
	}
	if s := says(); !strings.Contains(s, `"by": "seller"`) || !strings.Contains(s, "Show less") {
		t.Errorf("JSON within JSON is not laid out:\n%s", s)
	}
	choose(t, v, "http.request.method")
	v.Handle(typed('='))
	v.Handle(typed('-'))
	if want := []string{"http.request.method=POST false", "http.request.method=POST true"}; fmt.Sprint(asked) != fmt.Sprint(want) {
		t.Errorf("filtered by %q, want %q", asked, want)
	}
	if v.Copy() != "POST" || v.CopyPair() != "http.request.method=POST" {
		t.Errorf("copied %q and %q", v.Copy(), v.CopyPair())
	}
	if v.Handle(typed('/')); found != 1 {
		t.Error("/ does not lead to the box")
	}
	choose(t, v, "Duration")
	if v.Handle(typed('=')); len(asked) != 2 {
		t.Error("a time, which no filter asks for, is filtered by")
	}
}

func TestButtonsOfARow(t *testing.T) {
	var asked, copied []string
	v := newView(t, "en", false, rich(t), Actions{
		Filter: func(k, s string, not bool) { asked = append(asked, fmt.Sprint(k, "=", s, " ", not)) },
		Copy:   func(s string) { copied = append(copied, s) },
	})
	v.Show(0)
	click := func(part string) {
		t.Helper()
		x, y := uitest.Find(t, v.Kit.Metrics, v.Build(360, 1500, 1), part)
		v.Handle(canvasview.Event{Kind: canvasview.Hover, X: x, Y: y})
		if v.Tip(x, y) == "" {
			t.Errorf("%q does not say what a press does", part)
		}
		uitest.Press(v, x, y)
	}
	click("http.route")
	click("Filter by this")
	click("Exclude")
	click("key=value")
	click("For a ticket")
	click("JSON")
	if fmt.Sprint(asked) != "[http.route=/price false http.route=/price true]" {
		t.Errorf("filtered by %q", asked)
	}
	if len(copied) != 3 || copied[0] != "http.route=/price" || !strings.HasPrefix(copied[1], "### price · mes-api\n") || !strings.Contains(copied[2], `"http.route": "/price"`) {
		t.Errorf("copied %q", copied)
	}
	click("db.query.text")
	if s := uitest.Words(v.Build(360, 1500, 1)); !strings.Contains(s, "FROM orders\nWHERE number = ?\n") {
		t.Errorf("a click leaves the statement on one line:\n%s", s)
	}
	click("Show less")
}

func TestFind(t *testing.T) {
	v := newView(t, "en", false, rich(t), Actions{})
	v.Find("x")
	if _, finding := v.Found(); finding {
		t.Error("it finds in no span")
	}
	v.Show(0)
	for _, tt := range []struct {
		text         string
		n            int
		with, absent string
	}{
		{"ORDER", 4, "order.id", "http.route"}, {"stones", 1, "stones", "rabbitmq"}, {"nowhere", 0, "Nothing here", "payload"}, {"", 0, "rabbitmq", "Nothing here"},
	} {
		v.Find(tt.text)
		n, finding := v.Found()
		s := uitest.Words(v.Build(360, 1500, 1))
		if n != tt.n || finding != (tt.text != "") || !strings.Contains(s, tt.with) || strings.Contains(s, tt.absent) {
			t.Errorf("%q: %d found, want %d, saying:\n%s", tt.text, n, tt.n, s)
		}
	}
	v.Find("stones") // far behind the beginning of its value
	if s := uitest.Words(v.Build(360, 1500, 1)); !strings.Contains(s, "stones") {
		t.Errorf("what was found is out of sight:\n%s", s)
	}
}

// TestBigValue unfolds a megabyte on one line and of JSON.
func TestBigValue(t *testing.T) {
	for _, text := range []string{strings.Repeat("a word and another, ", 1<<20/20), `[` + strings.Repeat(`{"key":"value"},`, 1<<16) + `1]`, strings.Repeat("x", 1<<20)} {
		v := newView(t, "en", false, uitest.Trace(t, 1, uitest.Span{ID: 1, Service: "s", Name: "n", Attrs: map[string]string{"body": text}}), Actions{})
		v.Show(0)
		choose(t, v, "body")
		v.Handle(press("Return"))
		v.Build(260, 700, 1)
		if n := len(v.broken[v.Sel].lines); n > openLines+1 || n < 10 {
			t.Errorf("%d lines of %q…", n, text[:20])
		}
		if s := uitest.Words(v.Build(260, 700, 1)); !strings.Contains(s, text[:1]) {
			t.Errorf("the beginning of the value is out of sight:\n%s", s)
		}
	}
}

func BenchmarkUnfoldMegabyte(b *testing.B) {
	text := `[` + strings.Repeat(`{"key":"value","n":[1,2,3]},`, 1<<20/28) + `1]`
	v := newView(b, "en", false, uitest.Trace(b, 1, uitest.Span{ID: 1, Service: "s", Name: "n", Attrs: map[string]string{"body": text}}), Actions{})
	v.Show(0)
	v.Build(360, 800, 1)
	b.ReportAllocs()
	for b.Loop() {
		v.open[place{"detail.attributes", 0}] = !v.open[place{"detail.attributes", 0}]
		v.Build(360, 800, 1)
	}
}
