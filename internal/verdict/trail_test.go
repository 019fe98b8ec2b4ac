package verdict

import (
	"strings"
	"testing"

	"traceview/internal/analysis/trail"
	"traceview/internal/i18n"
)

// Every kind of finding, in all its shapes, has words of its own in both languages.
func TestWordsOfTheTrail(t *testing.T) {
	for _, lang := range []string{"en", "ru"} {
		w := i18n.For(lang)
		seen := map[string]string{}
		for _, kind := range trail.Kinds() {
			for _, f := range []trail.Finding{
				{Kind: kind, System: "crm-api", From: "crm", To: "crm-api", Detail: "order-no", Spans: 3, Of: 9, Traces: 2, Orders: 1, Amount: 7e9},
				{Kind: kind, System: "crm-api", From: "crm", To: "crm-api", Detail: "order-no", Other: "mes-api", Amount: -7e9},
				{Kind: kind, Hint: true, Of: 5},
			} {
				words := OfTrail(w, &f)
				all := words.Title + words.Cause + words.Evidence
				if words.Title == "" || words.Cause == "" || strings.Contains(all, "{{") || strings.Contains(all, "trail.") || strings.Contains(all, "<no value>") {
					t.Errorf("%s %s: %+v", lang, kind, words)
				}
				if other, ok := seen[words.Title]; ok && other != kind.String() {
					t.Errorf("%s: %s and %s are told alike: %q", lang, kind, other, words.Title)
				}
				seen[words.Title] = kind.String()
				if f.Spans > 0 && !strings.Contains(words.Evidence, "9") {
					t.Errorf("%s %s: evidence %q does not say of how many", lang, kind, words.Evidence)
				}
			}
		}
	}
}
