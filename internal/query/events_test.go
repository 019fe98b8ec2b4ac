package query

import (
	"context"
	"fmt"
	"testing"

	"traceview/internal/model"
)

// TestMatchEventsAgreesWithSpans holds what MatchEvents promises against spans
// of which all events but one were taken away: an event is meant if its span
// with this event alone still matches the terms that speak of events.
func TestMatchEventsAgreesWithSpans(t *testing.T) {
	tr := randomTrace(t, 300, 11)
	for _, text := range []string{
		"exception", "order", `"get /orders"`, "has:exception", "has:k", "order.id=10472", "k~a", "http.status_code>=200", "error has:k", "k!=x a", "-exception", "error kind=client",
	} {
		f, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		meant := f.MatchEvents(context.Background(), tr)
		set, err := f.Match(context.Background(), tr)
		if err != nil {
			t.Fatal(err)
		}
		shown := 0
		for i := range tr.Spans {
			i := model.SpanIndex(i)
			events := tr.SpanEvents(i)
			some := len(events) == 0
			for k := range events {
				want := true
				for _, tm := range f.terms {
					if tm.not || tm.kind != termText && tm.kind != termHas && tm.kind != termAttr {
						continue
					}
					p := tm.compileParts(context.Background(), tr)
					want = want && (p.own(i) || p.event(&events[k]))
				}
				got := meant == nil || meant(i, &events[k])
				if got != want {
					t.Fatalf("%s: event %d of span %d is meant: %v, want %v", text, k, i, got, want)
				}
				some = some || got
				if got && set.Has(i) {
					shown++
				}
			}
			// One term that holds of a span holds of it without events, or of one of them.
			if len(f.terms) == 1 && set.Has(i) && !some {
				t.Fatalf("%s: span %d matches, but none of its events nor itself", text, i)
			}
		}
		if (meant == nil) != (text == "-exception" || text == "error kind=client") {
			t.Errorf("%s: every event is meant: %v", text, meant == nil)
		}
		t.Logf("%s: %d events", text, shown)
	}
}

func TestExactIsReadBack(t *testing.T) {
	for _, v := range []string{"GET /orders", "plain", "", `say "x"`, `a\b`, `a\ b"`, "x=y", "-z", "tab\there", `"`, `\`, "ПриВет мир"} {
		f, err := Parse(fmt.Sprintf("error %s dur>1ms", Exact("name", v)))
		if err != nil || len(f.terms) != 3 || f.terms[1].kind != termName || f.terms[1].text != v {
			t.Errorf("%q is read back from %s as %+v, %v", v, Exact("name", v), f.terms, err)
		}
	}
}
