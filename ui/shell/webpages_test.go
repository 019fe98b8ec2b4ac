package shell

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"traceview/internal/i18n"
	"traceview/internal/weblink"
	"traceview/ui/uitest"
)

// places leads to Kibana, Jaeger's pages and a page of the shop.
func places(t *testing.T) *weblink.Places {
	t.Helper()
	p, err := weblink.NewPlaces("https://jaeger.example/ui", weblink.Kibana{Address: "https://kibana.example", Space: "shop"},
		[]weblink.Template{{Type: weblink.Texts{"traces"}, URL: "https://grafana.example/?t=#{traceID}", Text: "Load of that minute"}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPagesElsewhereByKey(t *testing.T) {
	b := newBench(t, nil)
	b.source.places = places(t)
	b.showTrace(uitest.Shop(t, 1), "")
	p := b.tracePage()
	p.doc.Select(2)
	id, span := p.doc.Trace().ID.String(), p.doc.Trace().Spans[2].ID.String()
	for _, tt := range []struct{ key, with, without string }{
		{"K", "https://kibana.example/s/shop/app/discover#/?", ""}, {"Shift+K", id, span},
		{"Y", "https://jaeger.example/ui/trace/" + id + "?uiFind=" + span, ""}, {"Shift+Y", "https://jaeger.example/ui/trace/" + id, "uiFind"},
	} {
		b.browsed, b.notice = nil, ""
		b.press(tt.key, onRussian)
		if len(b.browsed) != 1 || !strings.Contains(b.browsed[0], tt.with) || tt.without != "" && strings.Contains(b.browsed[0], tt.without) {
			t.Errorf("%s opens %q", tt.key, b.browsed)
		}
		if host := strings.Split(tt.with, "/"); len(host) > 2 && b.notice != "Opened in the browser: "+host[2] {
			t.Errorf("%s says %q", tt.key, b.notice)
		}
	}
}

func TestPagesElsewhereInThePalette(t *testing.T) {
	b := newBench(t, nil)
	b.source.places = places(t)
	b.showTrace(uitest.Shop(t, 1), "file.traceview") // of a file: by the connection of the window
	for words, want := range map[string]string{
		"step in Kibana": "span.id", "whole trace in Kibana": "kibana.example", "Load of that": "https://grafana.example/?t=", "трассу на веб-странице": "jaeger.example",
	} {
		b.browsed = nil
		b.typePalette(words)
		b.key(fyne.KeyReturn)
		if len(b.browsed) != 1 || !strings.Contains(b.browsed[0], want) {
			t.Errorf("%q opens %q", words, b.browsed)
		}
	}
}

func TestPagesElsewhereThatCannotBeOpened(t *testing.T) {
	b := newBench(t, nil)
	b.showTrace(uitest.Shop(t, 1), "")
	for key, want := range map[string]string{"K": "Where Kibana is is not known", "Y": "Where Jaeger's web page is"} {
		b.press(key, func(r rune) rune { return r })
		if len(b.browsed) != 0 || !strings.HasPrefix(b.notice, want) {
			t.Errorf("%s opens %q and says %q", key, b.browsed, b.notice)
		}
	}
	b.browses = errDown
	b.openPage(weblink.Page{URL: "https://a.example/x", Host: "a.example"})
	if got := fyne.CurrentApp().Clipboard().Content(); got != "https://a.example/x" || !strings.Contains(b.notice, "No browser") {
		t.Errorf("without a browser %q is copied and it says %q", got, b.notice)
	}
	b.browsed = nil
	for _, bad := range []string{"file:///etc/passwd", "javascript:alert(1)", "%"} {
		if b.openPage(weblink.Page{URL: bad}); len(b.browsed) != 0 || b.notice != i18n.For("en").T("page.bad") {
			t.Errorf("%s is opened", bad)
		}
	}
}
