package shell

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"traceview/internal/model"
	"traceview/ui/uitest"
)

// TestWhoLinksHere goes from a span to one of another kept trace that links to it.
func TestWhoLinksHere(t *testing.T) {
	lib := newFakeLibrary()
	here := uitest.Trace(t, 1, uitest.Span{ID: 1, Service: "shop-api", Name: "POST /orders", Dur: 1000 * uitest.Ms},
		uitest.Span{ID: 7, Parent: 1, Service: "crm-api", Name: "publish", Start: 600 * uitest.Ms, Dur: 300 * uitest.Ms})
	other := uitest.Trace(t, 5,
		uitest.Span{ID: 1, Service: "mes-api", Name: "consume new-orders", Dur: 10 * uitest.Ms},
		uitest.Span{ID: 2, Parent: 1, Service: "mes-api", Name: "price", Dur: 5 * uitest.Ms, Link: here.ID},
	)
	lib.add(other, "10472")
	b := newLibraryBench(t, lib, openedLibrary{kept: true})
	b.openTrace(here.ID)
	b.nextTrace().reply <- traceReply{trace: here}
	b.until("the links", func() bool { p, ok := b.pages[b.current].(*tracePage); return ok && p.doc != nil && p.backs != nil })
	p := b.tracePage()
	if s := b.says(); strings.Contains(s, "Linked from other traces") {
		t.Errorf("a span that nothing links to says:\n%s", s)
	}
	p.doc.Select(spanNamed(p, "publish"))
	s := p.side.Build(420, 900, 1)
	if words := uitest.Words(s); !strings.Contains(words, "Linked from other traces") || !strings.Contains(words, "consume new-orders") {
		t.Fatalf("the span says:\n%s", words)
	}
	x, y := uitest.Find(t, b.kit.Metrics, s, "consume new-orders")
	uitest.Press(p.side, x, y)
	b.until("the other trace", func() bool { return b.tracePage() != p && b.tracePage().doc != nil })
	if b.selectedName() != "price" {
		t.Errorf("%q is selected, want the span that links", b.selectedName())
	}
	b.key(fyne.KeyEscape)
	if b.tracePage() != p {
		t.Error("Esc does not lead back")
	}
}

// spanNamed returns the span of a page with a name.
func spanNamed(p *tracePage, name string) model.SpanIndex {
	t := p.doc.Trace()
	for i := range t.Spans {
		if t.Name(model.SpanIndex(i)) == name {
			return model.SpanIndex(i)
		}
	}
	return model.NoSpan
}
