package detail

import (
	"strings"
	"testing"

	"traceview/internal/document"
	"traceview/internal/model"
	"traceview/internal/weblink"
	"traceview/ui/canvasview"
	"traceview/ui/uitest"
)

// paged are actions with pages about the span named PUT and what it has, which note
// what is opened.
func paged(tb testing.TB, t *model.Trace, opened *[]string) Actions {
	places, err := weblink.NewPlaces("https://jaeger.example", weblink.Kibana{Address: "https://kibana.example"}, []weblink.Template{
		{Type: weblink.Texts{"tags"}, Key: weblink.Texts{"order.id"}, URL: "https://crm.example/orders/#{order.id}", Text: "Order in CRM"},
		{Type: weblink.Texts{"tags"}, Key: weblink.Texts{"order.id"}, URL: "https://mes.example/#{order.id}", Text: "Order in MES"},
		{Type: weblink.Texts{"logs"}, Key: weblink.Texts{"exception.type"}, URL: "https://wiki.example/#{exception.type}", Text: "Known faults"},
		{Type: weblink.Texts{"process"}, Key: weblink.Texts{"service.name"}, URL: "https://wiki.example/services/#{service.name}", Text: "Who runs it"},
		{Type: weblink.Texts{"traces"}, URL: "https://grafana.example/?t=#{traceID}", Text: "Dashboard of that minute"},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return Actions{
		Copy: func(string) {}, Filter: func(string, string, bool) {},
		Pages: func(i model.SpanIndex) []Page {
			kibana, _ := places.OfKibana(t, i)
			jaeger, _ := places.OfJaeger(t, i)
			out := []Page{{kibana, "Kibana", "Log lines: " + kibana.Host}, {jaeger, "Jaeger UI", jaeger.Host}}
			for _, p := range places.OfTrace(t, i) {
				out = append(out, Page{p, p.Text, p.Host})
			}
			return out
		},
		AttrPages: func(i model.SpanIndex, kind string, event int) map[weblink.Pair][]weblink.Page {
			return places.OfAttrs(t, i, kind, event)
		},
		OpenPage: func(p weblink.Page) { *opened = append(*opened, p.URL) },
	}
}

func TestPagesGolden(t *testing.T) {
	for _, tt := range []struct {
		name, lang string
		dark       bool
		w          int
	}{{"pages", "en", false, 360}, {"pages_dark_ru", "ru", true, 300}} {
		t.Run(tt.name, func(t *testing.T) {
			trace := hurt(t)
			v := newView(t, tt.lang, tt.dark, trace, paged(t, trace, new([]string)))
			v.Show(named(t, trace, "PUT"))
			v.Handle(canvasview.Event{Kind: canvasview.Focus})
			x, y := uitest.Find(t, v.Kit.Metrics, v.Build(tt.w, 1600, 1), "order.id")
			uitest.Press(v, x, y)
			v.Handle(canvasview.Event{Kind: canvasview.Hover, X: x, Y: y})
			uitest.Golden(t, tt.name, uitest.Paint(v, tt.w, 1600, 1))
		})
	}
}

func TestPagesAreOpened(t *testing.T) {
	trace := hurt(t)
	var opened []string
	v := newView(t, "en", false, trace, paged(t, trace, &opened))
	v.Show(named(t, trace, "PUT"))
	press := func(text string) {
		t.Helper()
		x, y := uitest.Find(t, v.Kit.Metrics, v.Build(420, 3000, 1), text)
		uitest.Press(v, x, y)
	}
	want := func(does, part string) {
		t.Helper()
		if len(opened) != 1 || !strings.Contains(opened[0], part) {
			t.Errorf("%s opens %q, want one with %s", does, opened, part)
		}
		opened = nil
	}
	press("Kibana")
	want("the button", "https://kibana.example/app/discover#")
	press("Jaeger UI")
	want("the button", "https://jaeger.example/trace/"+trace.ID.String()+"?uiFind=0000000000000002")
	press("Dashboard of that minute")
	want("the button", "https://grafana.example/?t="+trace.ID.String())

	_, y := uitest.Find(t, v.Kit.Metrics, v.Build(420, 3000, 1), "order.id")
	x := float32(420 - padDp - 30)
	v.Handle(canvasview.Event{Kind: canvasview.Hover, X: x, Y: y})
	v.Build(420, 3000, 1)
	if tip := v.Tip(x, y); !strings.Contains(tip, "Order in CRM") || !strings.Contains(tip, "crm.example") {
		t.Errorf("the sign says %q", tip)
	}
	uitest.Press(v, x, y)
	want("the sign", "https://crm.example/orders/10472")

	v.Handle(canvasview.Event{Kind: canvasview.Focus})
	press("order.id")
	v.Handle(typed('o'))
	want("the key", "https://crm.example/orders/10472")
	v.Handle(typed('щ'))
	want("the key of a Russian layout", "https://crm.example/orders/10472")
	press("Order in MES")
	want("the button of the row", "https://mes.example/10472")
	choose(t, v, "exception.type")
	v.Handle(typed('o'))
	want("the key on an event", "https://wiki.example/com.amazonaws")
	choose(t, v, "service.name")
	v.Handle(typed('o'))
	want("the key on a resource", "https://wiki.example/services/files-storage")
	choose(t, v, "http.request.method")
	v.Handle(typed('o'))
	if len(opened) != 0 {
		t.Errorf("an attribute without a page opens %q", opened)
	}
	v.Find("exception.type")
	choose(t, v, "exception.type")
	v.Handle(typed('o'))
	want("the key on an event that was found", "https://wiki.example/com.amazonaws")
}

// TestPagesCostNothingAFrame holds that looking pages up makes no garbage.
func TestPagesCostNothingAFrame(t *testing.T) {
	trace := hurt(t)
	var opened []string
	v := newView(t, "en", false, trace, paged(t, trace, &opened))
	v.Show(named(t, trace, "PUT"))
	a := document.Attr{Key: "order.id", Text: "10472"}
	if n := len(v.pages.of("detail.attributes", 0, a)); n != 2 {
		t.Fatalf("%d pages", n)
	}
	if got := testing.AllocsPerRun(100, func() { v.pages.of("detail.attributes", 0, a) }); got != 0 {
		t.Errorf("%v allocations", got)
	}
}
