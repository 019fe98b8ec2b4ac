package verdict

import (
	"strings"
	"testing"

	"traceview/internal/analysis/health"
	"traceview/internal/i18n"
	"traceview/internal/model"
)

// TestWordsOfHints holds that each kind, with each cause it may have, says what it is,
// why, and what to do, in both languages.
func TestWordsOfHints(t *testing.T) {
	causes := map[health.Kind][]health.Cause{
		health.MissingStart:  {health.Arriving, health.Untraced, health.Sampled, health.OneStep},
		health.MissingCaller: {health.Arriving, health.Untraced, health.Sampled, health.OneStep},
		health.LostAtQueue:   {health.Headers, health.Sender}, health.Outside: {health.Background}, health.Repeated: {health.Exporter},
	}
	for _, lang := range []string{"en", "ru"} {
		w := i18n.For(lang)
		for k := health.Cut; k <= health.Foreign; k++ {
			list := causes[k]
			if list == nil {
				list = []health.Cause{health.Unknown}
			}
			for _, c := range list {
				h := health.Hint{Kind: k, Cause: c, Count: 2, Service: "mes-api", Caller: "crm-api", Amount: 3_000_000, Spans: []model.SpanIndex{1, 2}}
				got := OfHint(w, &h)
				for _, text := range []string{got.Title, got.Why, got.Next} {
					if text == "" || strings.Contains(text, "health.") || strings.Contains(text, "{{") || strings.Contains(text, "no value") {
						t.Errorf("%s, %s, %s: %+v", lang, k, c, got)
					}
				}
			}
		}
	}
	h := health.Hint{Kind: health.MissingCaller, Cause: health.Untraced, Count: 1, Service: "mes-api", Caller: "crm-api"}
	if got := OfHint(i18n.For("ru"), &h); got.Title != "1 шаг без того, кто его вызвал: mes-api" || !strings.Contains(got.Why, "crm-api") {
		t.Errorf("%+v", got)
	}
	h = health.Hint{Kind: health.MissingStart, Cause: health.Sampled, Count: 1, Spans: []model.SpanIndex{0}}
	if got := OfHint(i18n.For("en"), &h); !strings.Contains(got.Title, "a system without a name") {
		t.Errorf("%+v", got)
	}
}
