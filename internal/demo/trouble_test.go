package demo

import (
	"strings"
	"testing"
	"time"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
)

// troubled returns the orders with a trouble.
func troubled(kind Trouble) (list []Order) {
	for _, o := range defaultShop().Orders() {
		if o.Trouble == kind {
			list = append(list, o)
		}
	}
	return list
}

func spanAt(o Order) (told, bool) {
	for _, s := range allSpans() {
		if s.trace == o.TraceID && s.id() == o.SpanID {
			return s, true
		}
	}
	return told{}, false
}

// orderSpans returns the spans of an order with that name in that service.
func orderSpans(o Order, service, name string) (list []told) {
	for _, s := range allSpans() {
		if s.order == o.Number && s.service == service && s.Name == name {
			list = append(list, s)
		}
	}
	return list
}

func (s told) failed() bool { return s.Status.GetCode() == tracepb.Status_STATUS_CODE_ERROR }
func (s told) took() time.Duration {
	return time.Duration(s.EndTimeUnixNano - s.StartTimeUnixNano)
}

func TestEveryTroubleHasItsPlace(t *testing.T) {
	for _, kind := range Troubles {
		t.Run(string(kind), func(t *testing.T) {
			list := troubled(kind)
			if len(list) < 2 {
				t.Fatalf("%d orders, want 2 or more", len(list))
			}
			for _, o := range list {
				s, ok := spanAt(o)
				if !ok {
					t.Fatalf("order %s: span %s is not in trace %s", o.Number, o.SpanID, o.TraceID)
				}
				if s.order != o.Number || s.service != o.Service || s.Name != o.Operation {
					t.Errorf("order %s: place is %s %s of order %s, want %s %s", o.Number, s.service, s.Name, s.order, o.Service, o.Operation)
				}
			}
		})
	}
}

// TestTroublesShow checks of each kind what makes it that kind.
func TestTroublesShow(t *testing.T) {
	for _, tt := range []struct {
		kind  Trouble
		shows func(o Order, at told) string // what is wrong, "" if all is as it should be
	}{
		{StorageRefused, func(o Order, at told) string {
			tries := orderSpans(o, "shop-api", "S3.PutObject")
			if len(tries) != 3 || at.attrs["http.response.status_code"] != "403" || !at.failed() {
				return "want three refused tries"
			}
			return ""
		}},
		{PriceTimeout, func(o Order, at told) string {
			c := orderSpans(o, "gem-market", "POST /api/v1/partner/orders/{orderId}/price")
			if len(c) != 1 || c[0].took() != 30*time.Second || !c[0].failed() || c[0].attrs["error.type"] != "timeout" {
				return "want a caller that gives up after 30 s"
			}
			if at.failed() || at.EndTimeUnixNano < c[0].EndTimeUnixNano+uint64(20*time.Second) {
				return "want a server that goes on"
			}
			return ""
		}},
		{Deadlock, func(o Order, at told) string {
			if at.attrs["db.response.status_code"] != "40P01" || !at.failed() || len(orderSpans(o, "mes", "take order")) > 0 {
				return "want SQLSTATE 40P01 and no next step"
			}
			return ""
		}},
		{SlowQuery, func(o Order, at told) string {
			if at.failed() || at.took() < 7*time.Second || at.attrs["db.query.text"] == "" {
				return "want a slow statement without an error"
			}
			return ""
		}},
		{PoisonMessage, func(o Order, at told) string {
			tries := orderSpans(o, "mes-api", "process new-orders:order.placed:mes")
			if len(tries) != 5 || !at.failed() {
				return "want five failed deliveries"
			}
			return ""
		}},
		{LostMessage, func(o Order, at told) string {
			if at.Kind != tracepb.Span_SPAN_KIND_PRODUCER || at.failed() || len(orderSpans(o, "mes-api", "process new-orders:order.confirmed:mes")) > 0 {
				return "want a message sent and never received"
			}
			return ""
		}},
		{DoubleTake, func(o Order, at told) string {
			if takes := orderSpans(o, "mes-api", "WorkOrderService.Take"); len(takes) != 2 || !at.failed() {
				return "want two operators, one refused"
			}
			return ""
		}},
		{RetryStorm, func(o Order, at told) string {
			n := 0
			for _, s := range orderSpans(o, "mes-api", "S3.GetObject") {
				if s.failed() {
					n++
				}
			}
			if n != 24 {
				return "want 24 failed tries"
			}
			return ""
		}},
		{RepeatedQueries, func(o Order, at told) string {
			n := 0
			for _, s := range orderSpans(o, "crm-api", "SELECT stones") {
				if s.parent() == at.id() {
					n++
				}
			}
			if n < 100 {
				return "want a hundred queries below the place"
			}
			return ""
		}},
		{WrongClock, func(o Order, at told) string {
			for _, s := range allSpans() {
				if s.trace == at.trace && s.id() == at.parent() {
					if early := s.StartTimeUnixNano - at.StartTimeUnixNano; early < uint64(46*time.Second) || early > uint64(clockError) {
						return "want a server that starts 47 s before its caller"
					}
					return ""
				}
			}
			return "want a caller"
		}},
		{UntracedService, func(o Order, at told) string {
			for _, s := range allSpans() {
				if s.trace == at.trace && s.service == "crm-api" {
					return "want no span of crm-api"
				}
			}
			orphan := orderSpans(o, "mes-api", "process new-orders:order.confirmed:mes")
			if len(orphan) != 1 || len(orphan[0].ParentSpanId) == 0 || orphan[0].trace != at.trace {
				return "want a consumer whose parent is missing"
			}
			return ""
		}},
		{HarmlessError, func(o Order, at told) string {
			if !at.failed() || len(orderSpans(o, "crm", "ship order"))+len(orderSpans(o, "crm", "confirm order")) == 0 {
				return "want an error and an order that goes on"
			}
			for _, s := range allSpans() {
				if s.order == o.Number && s.failed() && s.id() != at.id() {
					return "want no other error, found " + s.Name
				}
			}
			return ""
		}},
		{QueueBacklog, func(o Order, at told) string {
			for _, s := range allSpans() {
				if s.attrs["messaging.message.id"] == at.attrs["messaging.message.id"] && s.Kind == tracepb.Span_SPAN_KIND_PRODUCER {
					if at.StartTimeUnixNano-s.EndTimeUnixNano < uint64(90*time.Minute) {
						return "want hours in the queue"
					}
					return ""
				}
			}
			return "want a producer"
		}},
		{ServiceDown, func(o Order, at told) string {
			for _, s := range allSpans() {
				if s.trace == at.trace && s.parent() == at.id() {
					return "want a call that reaches nobody"
				}
			}
			if !at.failed() {
				return "want an error"
			}
			return ""
		}},
		{Straggler, func(o Order, at told) string {
			parts := orderSpans(o, "files-storage", "UploadPart")
			for _, s := range parts {
				if s.id() != at.id() && s.took()*10 > at.took() {
					return "want one part ten times slower than all others"
				}
			}
			if len(parts) < 4 {
				return "want several parts"
			}
			return ""
		}},
		{ProcessPause, func(o Order, at told) string {
			if at.failed() || at.took() < 3*time.Second {
				return "want seconds without work"
			}
			return ""
		}},
	} {
		t.Run(string(tt.kind), func(t *testing.T) {
			for _, o := range troubled(tt.kind) {
				at, _ := spanAt(o)
				if wrong := tt.shows(o, at); wrong != "" {
					t.Errorf("order %s: %s", o.Number, wrong)
				}
			}
		})
	}
}

func TestHealthyOrdersHaveNoErrors(t *testing.T) {
	healthy := map[string]bool{}
	for _, o := range defaultShop().Orders() {
		healthy[o.Number] = o.Trouble == ""
	}
	for _, s := range allSpans() {
		if !healthy[s.order] {
			continue
		}
		if s.failed() {
			t.Errorf("healthy order %s has an error at %s %s", s.order, s.service, s.Name)
		}
		for _, e := range s.Events {
			if strings.Contains(e.Name, "exception") {
				t.Errorf("healthy order %s has an exception at %s", s.order, s.Name)
			}
		}
	}
}

// TestOnlyToldParentsAreMissing holds that traces are whole, but for the pod
// without tracing and for outside programs that keep their spans.
func TestOnlyToldParentsAreMissing(t *testing.T) {
	ids := map[string]bool{}
	for _, s := range allSpans() {
		ids[s.trace+s.id()] = true
	}
	missing := map[string]int{}
	for _, s := range allSpans() {
		if len(s.ParentSpanId) > 0 && !ids[s.trace+s.parent()] {
			missing[s.service+" "+s.Name]++
		}
		if s.EndTimeUnixNano < s.StartTimeUnixNano {
			t.Errorf("span %s of order %s ends before it starts", s.Name, s.order)
		}
	}
	if got, want := missing["mes-api process new-orders:order.confirmed:mes"], len(troubled(UntracedService)); got != want {
		t.Errorf("%d consumers lack their parent, want %d", got, want)
	}
	delete(missing, "mes-api process new-orders:order.confirmed:mes")
	if missing["mes-api POST /api/v1/partner/orders"] == 0 {
		t.Error("no outside program keeps its spans to itself")
	}
	delete(missing, "mes-api POST /api/v1/partner/orders")
	delete(missing, "mes-api POST /api/v1/partner/orders/{orderId}/price")
	if len(missing) > 0 {
		t.Errorf("parents are missing of %v", missing)
	}
}

func TestOtherSeedsHaveAllTroublesToo(t *testing.T) {
	for seed := range uint64(4) {
		s := New(Options{Seed: seed + 100, Orders: 300, Now: fixedNow})
		for _, tr := range s.Traces() {
			if tr.index.end.After(fixedNow) {
				t.Errorf("seed %d: trace %s of order %s ends %v after the shop's present", seed+100, tr.ID, tr.Order, tr.index.end.Sub(fixedNow))
			}
		}
		seen := map[Trouble]int{}
		for _, o := range s.Orders() {
			seen[o.Trouble]++
			if o.Trouble != "" && o.SpanID == "" {
				t.Errorf("seed %d: order %s has trouble %s and no place", seed+100, o.Number, o.Trouble)
			}
		}
		for _, k := range Troubles {
			if seen[k] < 2 {
				t.Errorf("seed %d: %d orders with %s, want 2", seed+100, seen[k], k)
			}
		}
	}
}
