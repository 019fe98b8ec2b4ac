package demo

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

var fixedNow = time.Date(2026, 11, 20, 15, 30, 0, 0, time.UTC)

// defaultShop is the shop most tests look at.
var defaultShop = sync.OnceValue(func() *Shop { return New(Options{Now: fixedNow}) })

// A told is one span as it stands in the OTLP of a shop.
type told struct {
	*tracepb.Span
	order, trace, service string
	resource, attrs       map[string]string
	scope                 string
}

func (s told) id() string     { return hex.EncodeToString(s.SpanId) }
func (s told) parent() string { return hex.EncodeToString(s.ParentSpanId) }

// allSpans decodes the default shop with the official types.
var allSpans = sync.OnceValue(func() []told { return spansOf(defaultShop().Traces()) })

func spansOf(traces []*Trace) []told {
	var list []told
	for _, t := range traces {
		var td tracepb.TracesData
		if err := proto.Unmarshal(t.Proto, &td); err != nil {
			panic(fmt.Sprintf("trace %s is not OTLP: %v", t.ID, err))
		}
		for _, rs := range td.ResourceSpans {
			resource := texts(rs.Resource.Attributes)
			for _, ss := range rs.ScopeSpans {
				for _, s := range ss.Spans {
					list = append(list, told{s, t.Order, t.ID, resource["service.name"], resource, texts(s.Attributes), ss.Scope.Name})
				}
			}
		}
	}
	return list
}

func texts(attrs []*commonpb.KeyValue) map[string]string {
	m := map[string]string{}
	for _, kv := range attrs {
		switch v := kv.Value.Value.(type) {
		case *commonpb.AnyValue_IntValue:
			m[kv.Key] = fmt.Sprint(v.IntValue)
		case *commonpb.AnyValue_ArrayValue:
			m[kv.Key] = fmt.Sprint(v.ArrayValue)
		default:
			m[kv.Key] = kv.Value.GetStringValue()
		}
	}
	return m
}

// orderKeys are the attributes a client looks for an order under by default.
var orderKeys = []string{"order.id", "order_id", "orderId"}

func (s told) orderValue() string {
	for _, k := range orderKeys {
		if v, ok := s.attrs[k]; ok {
			return v
		}
	}
	return ""
}

func TestSameSeedGivesSameBytes(t *testing.T) {
	for _, o := range []Options{{Now: fixedNow}, {Seed: 7, Orders: 60, Now: fixedNow}} {
		a, b := New(o), New(o)
		if len(a.Traces()) != len(b.Traces()) {
			t.Fatalf("seed %d: %d traces, then %d", o.Seed, len(a.Traces()), len(b.Traces()))
		}
		for i, ta := range a.Traces() {
			if tb := b.Traces()[i]; ta.ID != tb.ID || !bytes.Equal(ta.Proto, tb.Proto) {
				t.Fatalf("seed %d: trace %d is %s with %d bytes, then %s with %d", o.Seed, i, ta.ID, len(ta.Proto), tb.ID, len(tb.Proto))
			}
		}
		ja, _ := json.Marshal(a.Orders())
		jb, _ := json.Marshal(b.Orders())
		if !bytes.Equal(ja, jb) {
			t.Errorf("seed %d: orders differ", o.Seed)
		}
	}
}

func TestOtherSeedGivesOtherShop(t *testing.T) {
	a, b := New(Options{Seed: 1, Orders: 20, Now: fixedNow}), New(Options{Seed: 2, Orders: 20, Now: fixedNow})
	if a.Traces()[0].ID == b.Traces()[0].ID {
		t.Errorf("both seeds give trace %s first", a.Traces()[0].ID)
	}
}

func TestNowMovesOnlyTimes(t *testing.T) {
	later := New(Options{Now: fixedNow.Add(100*time.Hour + time.Minute)})
	want, _ := json.Marshal(defaultShop().Orders())
	if got, _ := json.Marshal(later.Orders()); !bytes.Equal(got, want) {
		t.Error("orders depend on the time they are made at")
	}
	if got, want := later.Traces()[0].Start.Sub(defaultShop().Traces()[0].Start), 100*time.Hour+time.Minute; got != want {
		t.Errorf("first trace moved by %v, want %v", got, want)
	}
}

func TestDefaultShopHasTheSizePromised(t *testing.T) {
	s := defaultShop()
	if got := len(s.Orders()); got != DefaultOrders {
		t.Errorf("%d orders, want %d", got, DefaultOrders)
	}
	spans, traces, troubled := 0, 0, 0
	for _, o := range s.Orders() {
		spans += o.Spans
		traces += o.Traces
		if o.Trouble != "" {
			troubled++
		}
		if o.Traces != len(o.TraceIDs) || o.Traces == 0 {
			t.Errorf("order %s has %d traces and %d ids", o.Number, o.Traces, len(o.TraceIDs))
		}
		if o.Traces > 20 {
			t.Errorf("order %s has %d traces, more than a search shows at once (20)", o.Number, o.Traces)
		}
	}
	if traces != len(s.Traces()) || traces < 1500 {
		t.Errorf("orders count %d traces, shop has %d, want the same and at least 1500", traces, len(s.Traces()))
	}
	if got := len(allSpans()); got != spans {
		t.Errorf("%d spans in the traces, orders count %d", got, spans)
	}
	if troubled*6 > len(s.Orders()) {
		t.Errorf("%d of %d orders have trouble: healthy ones should prevail", troubled, len(s.Orders()))
	}
}

func TestOrderNumbersAreUniqueAndCoverTheOddKinds(t *testing.T) {
	seen := map[string]bool{}
	for _, o := range defaultShop().Orders() {
		if seen[o.Number] {
			t.Errorf("order %s occurs twice", o.Number)
		}
		seen[o.Number] = true
	}
	for _, want := range []string{"10400", "10420", "1042", "#1042", "A.17/3", "A.17/31", "заказ-7", exampleNumber} {
		if !seen[want] {
			t.Errorf("order %s is missing", want)
		}
	}
}

// TestEveryOrderLiesWithinAWeek holds the promise that a search finds the whole
// of every order without being told how far to look back.
func TestEveryOrderLiesWithinAWeek(t *testing.T) {
	oldest := fixedNow
	for _, tr := range defaultShop().Traces() {
		if tr.Start.Before(oldest) {
			oldest = tr.Start
		}
	}
	if age := fixedNow.Sub(oldest); age > 7*24*time.Hour-8*time.Hour || age < 6*24*time.Hour {
		t.Errorf("the oldest trace is %v old, want between 6 days and 8 hours less than 7", age)
	}
	for _, s := range allSpans() {
		if end := time.Unix(0, int64(s.EndTimeUnixNano)); end.After(fixedNow) {
			t.Fatalf("order %s: span %s ends at %v, after the shop's present", s.order, s.Name, end)
		}
	}
}

func traceByID(t *testing.T, id string) *Trace {
	t.Helper()
	parsed, err := parseTraceID(id)
	if err != nil {
		t.Fatal(err)
	}
	tr := defaultShop().trace(parsed)
	if tr == nil {
		t.Fatalf("trace %s is not in the shop", id)
	}
	return tr
}

// TestEveryTraceIsFoundByItsOrder holds the two ways a search may find a
// trace: the number on one of its spans, or a link from such a trace.
func TestEveryTraceIsFoundByItsOrder(t *testing.T) {
	found := map[string]string{}
	for _, s := range allSpans() {
		v := s.orderValue()
		if v == "" {
			continue
		}
		if v != s.order {
			t.Errorf("span %s of order %q carries number %q", s.Name, s.order, v)
		}
		found[s.trace] = v
	}
	byKey := len(found)
	for _, s := range allSpans() {
		if found[s.trace] == "" {
			continue
		}
		for _, l := range s.Links {
			if id := hex.EncodeToString(l.TraceId); found[id] == "" {
				found[id] = found[s.trace]
			}
		}
	}
	if byKey == len(found) {
		t.Error("no trace needs its link to be followed")
	}
	for _, tr := range defaultShop().Traces() {
		if found[tr.ID] != tr.Order {
			t.Errorf("trace %s of order %s is found for %q", tr.ID, tr.Order, found[tr.ID])
		}
	}
}

func TestLinksStayWithinTheOrder(t *testing.T) {
	orders := map[string]string{}
	for _, tr := range defaultShop().Traces() {
		orders[tr.ID] = tr.Order
	}
	for _, s := range allSpans() {
		for _, l := range s.Links {
			if got := orders[hex.EncodeToString(l.TraceId)]; got != s.order {
				t.Errorf("span %s of order %s links to a trace of %q", s.Name, s.order, got)
			}
		}
	}
}

func TestKeysDifferByServiceAndNotAllSpansCarryOne(t *testing.T) {
	keys, bare := map[string]bool{}, 0
	for _, s := range allSpans() {
		if s.orderValue() == "" {
			bare++
		}
		for _, k := range orderKeys {
			if _, ok := s.attrs[k]; ok {
				keys[s.service+" "+k] = true
			}
		}
	}
	for _, want := range []string{"internet-shop order.id", "shop-api order.id", "crm-api order.id", "crm orderId", "mes order.id", "mes-api order_id", "gem-market order_id"} {
		if !keys[want] {
			t.Errorf("no span has %s", want)
		}
	}
	if n := len(allSpans()); bare < n/4 || bare > n*9/10 {
		t.Errorf("%d of %d spans carry no order", bare, n)
	}
}

func TestSmallAndOddSizes(t *testing.T) {
	for _, tt := range []struct{ orders, want int }{{-5, DefaultOrders}, {0, DefaultOrders}, {1, 1}, {7, 7}, {39, 39}, {40, 40}} {
		s := New(Options{Orders: tt.orders, Now: fixedNow})
		if len(s.Orders()) != tt.want || len(s.Traces()) == 0 {
			t.Errorf("%d orders asked: %d orders, %d traces, want %d orders", tt.orders, len(s.Orders()), len(s.Traces()), tt.want)
		}
	}
}

func TestOrdersAreListedByPlacing(t *testing.T) {
	orders := defaultShop().Orders()
	if !slices.IsSortedFunc(orders, func(a, b Order) int {
		return traceByID(t, a.TraceIDs[0]).Start.Compare(traceByID(t, b.TraceIDs[0]).Start)
	}) {
		t.Error("orders are not listed by time of placing")
	}
	j, err := json.Marshal(orders[len(orders)-1])
	if err != nil || strings.Contains(string(j), "service") {
		t.Errorf("a healthy order reads %s, %v; want no place of fault", j, err)
	}
}
