package verdict

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"traceview/assets"
	"traceview/internal/analysis/diagnosis"
	"traceview/internal/demo"
	"traceview/internal/format/otlp"
	"traceview/internal/i18n"
	"traceview/internal/model"
	"traceview/internal/voice"
)

// present is the shop's present in tests.
var present = time.Date(2026, 11, 12, 9, 14, 3, 0, time.UTC)

// An order of the shop with its traces.
type order struct {
	demo.Order
	traces []*model.Trace
}

// folds is in how many parts the shop is cut: each is diagnosed by what is usual in
// all the others.
const folds = 4

// A told shop is its orders and the baseline of each fold.
type told struct {
	orders    []order
	baselines [folds]*diagnosis.Baseline
}

var toldShop = sync.OnceValue(func() told { return tell(demo.New(demo.Options{Now: present})) })

func tell(shop *demo.Shop) told {
	byOrder := map[string]*model.Builder{}
	for _, t := range shop.Traces() {
		b := byOrder[t.Order]
		if b == nil {
			b = model.NewBuilder()
			byOrder[t.Order] = b
		}
		if err := otlp.DecodeProto(t.Proto, b); err != nil {
			panic(err)
		}
	}
	var out told
	for k := range out.baselines {
		out.baselines[k] = diagnosis.NewBaseline()
	}
	for n, o := range shop.Orders() {
		b := byOrder[o.Number]
		if b == nil {
			continue
		}
		traces := b.Build()
		out.orders = append(out.orders, order{o, traces})
		for k, base := range out.baselines {
			if n%folds != k {
				for _, t := range traces {
					base.Add(t)
				}
			}
		}
	}
	return out
}

func (t told) diagnose(tb testing.TB, n int) []diagnosis.Finding {
	tb.Helper()
	list, err := diagnosis.Diagnose(context.Background(), t.orders[n].traces, diagnosis.Options{Baseline: t.baselines[n%folds], Asked: present.UnixNano()})
	if err != nil {
		tb.Fatal(err)
	}
	return list
}

// show is a finding as a person debugging reads it.
func show(traces []*model.Trace, f diagnosis.Finding) string {
	t := traces[f.At.Trace]
	return fmt.Sprintf("%s %s %s:%s conf %.2f share %.2f took %v excess %v usual %v/%v of %d count %d/%d %+v", f.Kind, f.Effect, t.ServiceName(f.At.Span),
		t.Name(f.At.Span), f.Confidence, f.Share, time.Duration(f.Took), time.Duration(f.Excess), time.Duration(f.Usual.P50), time.Duration(f.Usual.P95),
		f.Usual.Samples, f.Count, f.UsualCount, f.Fault)
}

func (o order) at(f diagnosis.Finding) bool {
	t := o.traces[f.At.Trace]
	return t.ID.String() == o.TraceID && t.Spans[f.At.Span].ID.String() == o.SpanID
}

// TestEveryTroubleIsFirst holds that the true place of every trouble of the demo is
// the first finding of its order.
func TestEveryTroubleIsFirst(t *testing.T) {
	shop := toldShop()
	for n, o := range shop.orders {
		if o.Trouble == "" {
			continue
		}
		t.Run(string(o.Trouble)+" "+o.Number, func(t *testing.T) {
			list := shop.diagnose(t, n)
			if len(list) == 0 || !o.at(list[0]) {
				t.Fatalf("want %s:%s", o.Service, o.Operation)
			}
			for _, lang := range i18n.Languages() {
				said := Of(i18n.For(lang.Code), o.traces, &list[0], time.UTC)
				if !strings.Contains(said.Title, o.Service) || strings.Contains(said.Title+said.Detail, "finding.") || strings.Contains(said.Detail, "{{") {
					t.Errorf("%s: %s\n%s", lang.Code, said.Title, said.Detail)
				}
			}
			for _, f := range list {
				t.Log(show(o.traces, f))
			}
		})
	}
}

// TestHealthyOrdersAreWell holds that no healthy order has an error, and hardly
// any finding at all.
func TestHealthyOrdersAreWell(t *testing.T) {
	shop := toldShop()
	found := 0
	for n, o := range shop.orders {
		if o.Trouble != "" {
			continue
		}
		for _, f := range shop.diagnose(t, n) {
			found++
			t.Log(o.Number, show(o.traces, f))
			if f.Kind == diagnosis.Error || f.Kind == diagnosis.Timeout || f.Kind == diagnosis.Retry {
				t.Errorf("order %s: %s", o.Number, show(o.traces, f))
			}
		}
	}
	if found > 2 {
		t.Errorf("%d findings in healthy orders", found)
	}
}

// TestTracesAloneAreWell holds that no single trace of a healthy order is said to have
// failed or stopped only since the others of the order are not there.
func TestTracesAloneAreWell(t *testing.T) {
	shop := toldShop()
	missed := 0 // what would be said of traces taken for whole orders
	for n, o := range shop.orders {
		if o.Trouble != "" || n%8 != 0 {
			continue
		}
		for _, tr := range o.traces {
			options := diagnosis.Options{Baseline: shop.baselines[n%folds], Asked: present.UnixNano()}
			for _, options.Part = range []bool{false, true} {
				list, err := diagnosis.Diagnose(t.Context(), []*model.Trace{tr}, options)
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range list {
					if options.Part && f.Effect >= diagnosis.Unknown {
						t.Errorf("order %s: %s", o.Number, show([]*model.Trace{tr}, f))
					}
					if !options.Part && f.Effect == diagnosis.Stopped {
						missed++
					}
				}
			}
		}
	}
	if missed == 0 {
		t.Error("without saying so no message is missed: the test looks at nothing")
	}
}

var update = flag.Bool("update", false, "write what is said of the demo's troubles into the documents")

// A kept table is one that a document holds between two marks.
type keptTable struct{ path, begin, end string }

var (
	spansTable = keptTable{"../../docs/DIAGNOSIS.md", "<!-- demo:begin (kept in step with the code by a test; go test ./internal/verdict -run Document -update) -->\n", "<!-- demo:end -->"}
	stepsTable = keptTable{"../../docs/DEMO.md", "<!-- words:begin (kept in step with the code by a test; go test ./internal/verdict -run Document -update) -->\n", "<!-- words:end -->"}
)

// TestDocument keeps what the documents say of the demo's troubles in step with what
// the program says: of spans, and of the steps of the shop.
func TestDocument(t *testing.T) {
	shop, err := voice.Decode(assets.Steps)
	if err != nil {
		t.Fatal(err)
	}
	spansTable.keep(t, table(t))
	stepsTable.keep(t, wordsTable(t, shop))
}

func (k keptTable) keep(t *testing.T, want string) {
	t.Helper()
	data, err := os.ReadFile(k.path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(data), k.begin)
	was, tail, ok2 := strings.Cut(rest, k.end)
	if !ok || !ok2 {
		t.Fatalf("%s has no table to keep in step", k.path)
	}
	if was == want {
		return
	}
	if *update {
		if err := os.WriteFile(k.path, []byte(head+k.begin+want+k.end+tail), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("%s is out of step; got\n%s\nwant\n%s", k.path, was, want)
}

// stepNames call things as the window does where it speaks of steps.
type stepNames struct{ *voice.Voice }

func (n stepNames) Service(t *model.Trace, i model.SpanIndex) string {
	_, name := n.Of(t).System(i)
	return name
}

func (n stepNames) Span(t *model.Trace, i model.SpanIndex) string { return n.Of(t).Span(i) }

// wordsTable is what the window says of the first order with each trouble.
func wordsTable(t *testing.T, steps *voice.Mapping) string {
	shop := toldShop()
	var b strings.Builder
	b.WriteString("| trouble | order | what the window says | |\n|---|---|---|---|\n")
	for _, trouble := range demo.Troubles {
		n := slices.IndexFunc(shop.orders, func(o order) bool { return o.Trouble == trouble })
		o := shop.orders[n]
		f := &shop.diagnose(t, n)[0]
		fmt.Fprintf(&b, "| %s | %s", trouble, o.Number)
		for _, lang := range []string{"en", "ru"} {
			w := i18n.For(lang)
			said := Named(w, stepNames{voice.New(w, steps)}, o.traces, f, time.UTC)
			fmt.Fprintf(&b, " | %s · *%s* · %s", cell(said.Title), cell(said.Step), said.After)
		}
		b.WriteString(" |\n")
	}
	return b.String()
}

// table is what is said of the first order with each trouble, in both languages.
func table(t *testing.T) string {
	shop := toldShop()
	var b strings.Builder
	b.WriteString("| trouble | orders | right | kind | what is said | |\n|---|---|---|---|---|---|\n")
	for _, trouble := range demo.Troubles {
		orders, right, said := 0, 0, ""
		for n, o := range shop.orders {
			if o.Trouble != trouble {
				continue
			}
			orders++
			list := shop.diagnose(t, n)
			if len(list) == 0 || !o.at(list[0]) {
				continue
			}
			if right++; right == 1 {
				en, ru := Of(i18n.For("en"), o.traces, &list[0], time.UTC), Of(i18n.For("ru"), o.traces, &list[0], time.UTC)
				said = fmt.Sprintf("%s | %s | %s", list[0].Kind, cell(en.Title), cell(ru.Title))
			}
		}
		fmt.Fprintf(&b, "| %s | %d | %d | %s |\n", trouble, orders, right, said)
	}
	return b.String()
}

// cell returns a text as it may stand in a table.
func cell(s string) string { return strings.ReplaceAll(s, "|", "\\|") }
