package shell

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"traceview/assets"
	"traceview/internal/analysis/journey"
	"traceview/internal/i18n"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/internal/voice"
	"traceview/ui/canvasview"
	"traceview/ui/uitest"
	"traceview/ui/view/order"
)

// TestJourneyAppearsAsTracesArrive looks for the steps of an order on its page, and
// opens one.
// TestTheShopNamesItsStatuses holds that no status of the shop's orders, nor what has it,
// is left in the words of the programs.
func TestTheShopNamesItsStatuses(t *testing.T) {
	shop, err := voice.Decode(assets.Steps)
	if err != nil {
		t.Fatal(err)
	}
	v, seen := voice.New(i18n.For("ru"), shop), map[string]bool{}
	for _, traces := range toldShop().orders {
		for _, c := range journey.New(traces).Changes {
			seen[c.To] = true
			if v.Status(c.To) == c.To || v.Subject(c.Of) == c.Of {
				t.Errorf("the status %s of the %s has no words", c.To, c.Of)
			}
		}
	}
	if len(seen) < 6 || v.Status("unheard of") != "unheard of" {
		t.Errorf("statuses %v; of one that is not known it says %q", seen, v.Status("unheard of"))
	}
}

func TestJourneyAppearsAsTracesArrive(t *testing.T) {
	b := gathers(t, Gathering{Traces: 10, Spans: 1000, AtOnce: 4})
	shop := uitest.Shop(t, 1)
	later := uitest.Trace(t, 2, uitest.Span{ID: 1, Service: "mes-api", Name: "calculate the price", Start: 7200_000 * uitest.Ms, Dur: 900 * uitest.Ms, Kind: model.KindInternal},
		uitest.Span{ID: 2, Parent: 1, Service: "mes-api", Name: "measure", Start: 7200_100 * uitest.Ms, Dur: 100 * uitest.Ms, Fail: "no such file"})
	b.search("10472").reply <- searchReply{found: Found{Order: "10472", Rows: []order.Row{materialRow(shop, 2), materialRow(later, 1)}}}
	p := b.orderPage()
	one, other := b.nextFetch(), b.nextFetch()
	if one.id != shop.ID {
		one, other = other, one
	}
	says := func() string { return uitest.Words(p.page.Build(1280, 800, 1)) }
	if title := b.kit.Words.T("journey.title"); strings.Contains(says(), title) {
		t.Errorf("says %q with no trace here", title)
	}
	one.reply <- traceReply{trace: shop}
	b.until("the first trace in the journey", func() bool { return strings.Contains(says(), "1 of 2 traces so far.") })
	other.reply <- traceReply{trace: later}
	b.until("both", func() bool { return p.journey.got != nil && len(p.journey.got.Traces) == 2 && !p.journey.slot.Busy() })
	b.until("the answer above it", func() bool { return p.inquiry.got != nil && !p.inquiry.slot.Busy() })
	s := p.page.Build(1280, 800, 1)
	if got := uitest.Words(s); strings.Contains(got, "so far") || !strings.Contains(got, "calculate the price") {
		t.Errorf("says %q when all is here", got)
	}
	own := *s // without the answer, which may name the step as well
	own.Ops = s.Ops[slices.IndexFunc(s.Ops, func(op scene.Op) bool {
		return op.Kind == scene.OpText && strings.Contains(s.Strings[op.From], b.kit.Words.T("journey.title"))
	}):]
	x, y := uitest.Find(t, p.page.Kit.Metrics, &own, "calculate the price")
	p.page.Handle(canvasview.Event{Kind: canvasview.Hover, X: x, Y: y})
	uitest.Press(p.page, x, y)
	b.until("its trace", func() bool {
		q, ok := b.pages[b.current].(*tracePage)
		return ok && q.doc != nil
	})
	if q := b.tracePage(); q.id != later.ID || q.doc == nil || q.doc.Trace().Spans[q.doc.Selected()].ID != 2 {
		t.Errorf("shows %v, want the span that failed in the trace pressed", q.id)
	}
}

// TestJourneyOfAFile is there at once, and takes keys before the list does.
func TestJourneyOfAFile(t *testing.T) {
	b := gathers(t, Gathering{Traces: 10, Spans: 1000, AtOnce: 4})
	shop, second := uitest.Shop(t, 1), uitest.Trace(t, 2, uitest.Span{ID: 1, Service: "crm", Name: "confirm", Start: 3600_000 * uitest.Ms, Dur: 50 * uitest.Ms})
	p := newFilePage(b.Shell, "order.traceview", Opened{Traces: []*model.Trace{shop, second}, Order: "10472"}, nil)
	b.add(p)
	b.until("the journey", func() bool { return p.journey.got != nil })
	p.page.Build(1280, 800, 1)
	for _, key := range []fyne.KeyName{fyne.KeyRight, fyne.KeyRight, fyne.KeyReturn} {
		p.page.Handle(canvasview.Event{Kind: canvasview.KeyDown, Key: string(key)})
	}
	b.until("its trace", func() bool {
		q, ok := b.pages[b.current].(*tracePage)
		return ok && q.doc != nil
	})
	if q := b.tracePage(); q.id != second.ID || q.doc.Selected() != 0 {
		t.Errorf("shows %v, want the second step", q.id)
	}
	p.Close()
}

// TestJourneyStaysWhileJudging holds that the journey is not laid out anew whenever it is
// told how far looking for the fault has come.
func TestJourneyStaysWhileJudging(t *testing.T) {
	b := newShopBench(t, nil)
	p := b.answeredOrder("10472")
	b.until("the journey", func() bool { return p.journey.got != nil && !p.journey.slot.Busy() })
	drawn := 0
	p.journey.redraw = func() { drawn++ }
	p.inquiry.look(p.inquiry.traces)
	for range 3 {
		p.inquiry.tell(0.3)
	}
	if drawn > 0 {
		t.Errorf("drawn %d times while it is looked", drawn)
	}
	got := p.inquiry.got
	b.until("another answer", func() bool { return p.inquiry.got != got })
	if drawn != 1 {
		t.Errorf("drawn %d times with another answer, want once", drawn)
	}
}
