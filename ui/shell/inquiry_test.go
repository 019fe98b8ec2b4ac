package shell

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"traceview/assets"
	"traceview/internal/demo"
	"traceview/internal/format/otlp"
	"traceview/internal/i18n"
	"traceview/internal/model"
	"traceview/internal/voice"
	"traceview/ui/canvasview"
	"traceview/ui/uitest"
	"traceview/ui/view/answer"
	"traceview/ui/view/order"
)

// A shopSource answers for the demo's shop without a server.
type shopSource struct {
	shop   *demo.Shop
	traces []*model.Trace // the newest first
	orders map[string][]*model.Trace
	busy   bool // with others, who must not be disturbed
}

var toldShop = sync.OnceValue(func() *shopSource {
	s := &shopSource{shop: demo.New(demo.Options{Now: time.Unix(0, uitest.Epoch)}), orders: map[string][]*model.Trace{}}
	number := map[string]string{}
	b := model.NewBuilder()
	for _, t := range s.shop.Traces() {
		number[t.ID] = t.Order
		if err := otlp.DecodeProto(t.Proto, b); err != nil {
			panic(err)
		}
	}
	s.traces = b.Build()
	slices.SortFunc(s.traces, func(a, b *model.Trace) int { return cmp.Compare(b.Epoch, a.Epoch) })
	for _, t := range s.traces {
		n := number[t.ID.String()]
		s.orders[n] = append(s.orders[n], t)
	}
	return s
})

func (s *shopSource) Name(*i18n.Printer) string { return "the shop" }

func (s *shopSource) Search(_ context.Context, number string, _ int, _ func(Found)) (Found, error) {
	f := Found{Order: number, Asked: 1, Answered: 1}
	for _, t := range s.orders[number] {
		f.Rows = append(f.Rows, rowOf(t))
	}
	return f, nil
}

func (s *shopSource) Trace(_ context.Context, id model.TraceID, _ func(Loading)) (*model.Trace, error) {
	if i := slices.IndexFunc(s.traces, func(t *model.Trace) bool { return t.ID == id }); i >= 0 {
		return s.traces[i], nil
	}
	return nil, errors.New("no such trace")
}

// Free implements sampler.
func (s *shopSource) Free() bool { return !s.busy }

func (s *shopSource) Sample(_ context.Context, n int) ([]*model.Trace, error) {
	return s.traces[:n], nil
}

// newShopBench is a bench connected to the shop, which is sampled at the start.
func newShopBench(t *testing.T, change func(o *Options)) *bench {
	return newBench(t, func(o *Options) {
		o.Source, o.Gather = toldShop(), Gathering{Traces: 100, Spans: 100_000, AtOnce: 4}
		steps, err := voice.Decode(assets.Steps)
		if err != nil {
			t.Fatal(err)
		}
		o.Steps = []*voice.Mapping{steps}
		o.Sampling = Sampling{Newest: 50, Spread: 50, Asked: 400, Spans: 60_000}
		if change != nil {
			change(o)
		}
	})
}

// answered opens an order and waits for its answer.
func (b *bench) answeredOrder(number string) *orderPage {
	b.t.Helper()
	b.Shell.search(number)
	p := b.orderPage()
	b.until("the answer", func() bool { return p.inquiry.got != nil && !p.inquiry.slot.Busy() })
	return p
}

// TestEveryTroubleIsTheFirstFinding searches for every order with a trouble, reads
// its first finding in both languages, and goes where that leads.
func TestEveryTroubleIsTheFirstFinding(t *testing.T) {
	b := newShopBench(t, nil)
	for _, o := range toldShop().shop.Orders() {
		if o.Trouble == "" {
			continue
		}
		p := b.answeredOrder(o.Number)
		said := map[string]bool{}
		for range 2 {
			lines := p.inquiry.view.State().Lines
			if len(lines) == 0 {
				t.Fatalf("%s %s: nothing found", o.Number, o.Trouble)
			}
			said[lines[0].Title] = true
			text := strings.Join(strings.Fields(b.says()), " ")
			if !strings.Contains(text, strings.Join(strings.Fields(lines[0].Title), " ")) {
				t.Errorf("%s %s: %q is not on the page:\n%s", o.Number, o.Trouble, lines[0].Title, text)
			}
			b.toggleLanguage()
		}
		if len(said) != 2 {
			t.Errorf("%s: both languages say %v", o.Number, said)
		}
		b.firstFinding()
		tp := b.tracePage()
		b.until("the trace", func() bool { return tp.doc != nil && tp.whole() })
		i := tp.doc.Selected()
		if got := tp.doc.Trace().Spans[i].ID.String(); tp.id.String() != o.TraceID || got != o.SpanID {
			t.Errorf("%s %s: it leads to %s of %s", o.Number, o.Trouble, tp.doc.Trace().Name(i), tp.doc.Trace().ServiceName(i))
		}
		b.closePage(b.indexOf(tp))
		b.closePage(b.indexOf(p))
	}
}

// TestHealthyOrdersAreFine opens some orders without a trouble.
func TestHealthyOrdersAreFine(t *testing.T) {
	b := newShopBench(t, nil)
	n := 0
	for _, o := range toldShop().shop.Orders() {
		if o.Trouble != "" || n == 12 {
			continue
		}
		n++
		p := b.answeredOrder(o.Number)
		if list := p.inquiry.view.State().Lines; len(list) > 0 && list[0].Mark == answer.Bad {
			t.Errorf("%s: %s", o.Number, list[0].Title)
		} else if s := b.says(); len(list) == 0 && (!strings.Contains(s, "Nothing wrong found in") || !strings.Contains(s, "compared with 4") || !strings.Contains(s, "fine")) {
			t.Errorf("%s: it says\n%s", o.Number, s)
		}
	}
}

// TestTheTraceSaysWhatTheOrderSays goes through what shows a finding, from the order
// and in its trace, forth and back.
func TestTheTraceSaysWhatTheOrderSays(t *testing.T) {
	b := newShopBench(t, nil)
	p := b.answeredOrder("10472")
	title := p.inquiry.view.State().Lines[0].Title
	b.key(fyne.KeyF8)
	tp := b.tracePage()
	b.until("the trace", func() bool { return tp.doc != nil && tp.whole() && !tp.strip.ranks.Busy() })
	says := func() string { return strings.ReplaceAll(uitest.Words(tp.strip.panel.Build(1200, 200, 1)), "\n", " ") }
	if s := says(); !strings.Contains(s, title) || !strings.Contains(s, "1/7") || tp.strip.height < 60 {
		t.Errorf("the trace says %q, %v high", s, tp.strip.height)
	}
	at := tp.doc.Selected()
	if tp.doc.Fault(at) == 0 {
		t.Error("the span at fault has no mark")
	}
	if s := uitest.Words(tp.side.Build(360, 900, 1)); !strings.Contains(s, "Usually") || !strings.Contains(s, "95 of 100 within") {
		t.Errorf("the details say\n%s", s)
	}
	b.stepFinding(false)
	if next := tp.doc.Selected(); next == at || !strings.Contains(says(), "2/7") || tp.doc.Fault(next) == 0 {
		t.Errorf("the next place is %d, marked %d, and it says %q", next, tp.doc.Fault(next), says())
	}
	b.stepFinding(true)
	if tp.doc.Selected() != at {
		t.Error("back is not back")
	}
	b.back()
	if b.pages[b.current] != page(p) {
		t.Error("Esc does not lead back to the order")
	}
}

// TestARowOpensWhereTheFindingIs holds that the trace that failed opens at the place that
// the answer names, of several tries, and that it is what Enter opens; what a person chose
// in it since stays.
func TestARowOpensWhereTheFindingIs(t *testing.T) {
	b := newShopBench(t, nil)
	for _, number := range []string{"10400", "10472", "10479"} {
		p := b.answeredOrder(number)
		f := &p.inquiry.got.list[0]
		in := p.inquiry.got.traces[f.At.Trace]
		p.page.Build(1280, 600, 1)
		p.page.Handle(canvasview.Event{Kind: canvasview.KeyDown, Key: "Return"})
		tp := b.tracePage()
		b.until("the trace", func() bool { return tp.doc != nil && tp.whole() })
		if at := tp.doc.Trace().Spans[tp.doc.Selected()].ID; tp.id != in.ID || at != in.Spans[f.At.Span].ID {
			t.Errorf("%s: Enter leads to %v of %v, the answer to %v of %v", number, at, tp.id, in.Spans[f.At.Span].ID, in.ID)
		}
		tp.doc.Select(tp.doc.Trace().Root)
		b.back()
		p.page.Handle(canvasview.Event{Kind: canvasview.KeyDown, Key: "Return"})
		if b.tracePage() != tp || tp.doc.Selected() != tp.doc.Trace().Root {
			t.Errorf("%s: coming back to the trace loses what was chosen in it", number)
		}
		b.closePage(b.indexOf(tp))
		b.closePage(b.indexOf(p))
	}
}

// TestATraceIsJudgedAlone opens a file of one trace, which no order explains.
func TestATraceIsJudgedAlone(t *testing.T) {
	shop := toldShop()
	failed := shop.orders["10472"][1]
	b := newShopBench(t, func(o *Options) { o.Source, o.Sampling = nil, Sampling{} })
	b.files["one.json"] = func(context.Context) ([]*model.Trace, error) { return []*model.Trace{failed}, nil }
	b.Open("one.json")
	b.until("the trace", func() bool { return len(b.pages) > 1 && b.tracePage().doc != nil })
	p := b.tracePage()
	p.canvas().OnFrame(0)
	b.until("the answer", func() bool { return p.strip.judged != nil })
	s := strings.ReplaceAll(uitest.Words(p.strip.panel.Build(1200, 200, 1)), "\n", " ")
	if !strings.Contains(s, "saving the 3D file") || !strings.Contains(s, "nothing to compare with") {
		t.Errorf("it says %q", s)
	}
	if !slices.Contains(b.events, "verdict_shown") {
		t.Error("the performance log does not know")
	}
	b.toggleLanguage()
	if s := uitest.Words(p.strip.panel.Build(1200, 200, 1)); !strings.Contains(s, "Показать") {
		t.Errorf("in the other language it says %q", s)
	}
}

// TestAServerIsAskedOnlyIfWanted holds that another's server is not asked what is
// usual until a person wants it.
func TestAServerIsAskedOnlyIfWanted(t *testing.T) {
	others := *toldShop()
	others.busy = true
	b := newShopBench(t, func(o *Options) { o.Source = &others })
	p := b.answeredOrder("10519")
	st := p.inquiry.view.State()
	if n := p.inquiry.got.base.Traces(); n != 0 || !strings.Contains(st.Ask, "Ask the shop for up to 400 recent traces") {
		t.Fatalf("compared with %d traces, it offers %q", n, st.Ask)
	}
	x, y := uitest.Find(t, b.kit.Metrics, p.page.Build(1280, 700, 1), "Ask the shop")
	uitest.Press(p.page, x, y)
	b.until("what is usual", func() bool { return p.inquiry.got.base.Traces() > 300 && !p.inquiry.slot.Busy() })
	if st := p.inquiry.view.State(); st.Ask != "" || len(st.Lines) == 0 || !strings.Contains(st.Lines[0].Title, "Opening the work queue") {
		t.Errorf("knowing what is usual it says %+v", st)
	}
}

// TestGivingUpJudges holds that what was read by the time somebody gives up is judged.
func TestGivingUpJudges(t *testing.T) {
	b := gathers(t, Gathering{Traces: 10, Spans: 1000, AtOnce: 2})
	shop := uitest.Shop(t, 1)
	b.search("10472").reply <- searchReply{found: Found{Order: "10472", Rows: []order.Row{materialRow(shop, 2), materialRow(uitest.Shop(t, 2), 1)}}}
	p := b.orderPage()
	b.until("the search", func() bool { return !p.slot.Busy() })
	if s := b.says(); !strings.Contains(s, "Reading the traces: 0 of 2") {
		t.Errorf("while it reads it says\n%s", s)
	}
	one, other := b.nextFetch(), b.nextFetch()
	if one.id != shop.ID {
		one, other = other, one
	}
	one.reply <- traceReply{trace: shop}
	b.until("the first", func() bool { return p.material.has(shop.ID) != nil })
	b.key(fyne.KeyEscape)
	<-other.ctx.Done()
	b.until("the answer", func() bool { return p.inquiry.got != nil })
	if s := b.says(); !strings.Contains(s, "not all of it was read") || b.pages[b.current] != page(p) {
		t.Errorf("after giving up it says\n%s", s)
	}
}
