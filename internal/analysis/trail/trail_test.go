package trail

import (
	"context"
	"slices"
	"strings"
	"testing"

	resourcepb "go.opentelemetry.io/proto/otlp/resource/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"

	"traceview/internal/demo"
	"traceview/internal/order"
)

func TestNothingIsReportedOnTheWholeTrail(t *testing.T) {
	r := check(t, tell(t, healthy, nil), shopMap(t))
	if len(r.Findings) > 0 {
		t.Errorf("%d findings:%s", len(r.Findings), long(r.Findings))
	}
	if r.Orders < 270 || r.Traces < 3000 {
		t.Errorf("%d orders, %d traces: not the whole shop", r.Orders, r.Traces)
	}
	for _, s := range r.Systems {
		if s.State != Whole {
			t.Errorf("%s is %s", s.Name, s.State)
		}
	}
	for _, e := range r.Edges {
		if e.State != Whole || !e.Expected {
			t.Errorf("%s to %s is %s; on the map: %v", e.From, e.To, e.State, e.Expected)
		}
	}
}

// A collector that gives the number one name everywhere loses nothing.
func TestKeysGivenOneNameByACollector(t *testing.T) {
	one := together(renameKey("crm", "orderId", "order.id"), renameKey("mes-api", "order_id", "order.id"), renameKey("gem-market", "order_id", "order.id"))
	r := check(t, tell(t, some, one), shopMap(t))
	if len(r.Findings) > 0 {
		t.Errorf("findings:%s", long(r.Findings))
	}
	for _, s := range r.Systems {
		if len(s.Keys) > 1 || len(s.Keys) == 1 && s.Keys[0] != "order.id" {
			t.Errorf("%s has the number as %q", s.Name, s.Keys)
		}
	}
}

// A number may be called anything: what is to be looked for is found whatever its name,
// and so is what only reads like it.
func TestKeysOfAnyName(t *testing.T) {
	var names []plant
	for _, key := range order.DefaultKeys {
		names = append(names, renameKey("", key, "booking.id"))
	}
	usual := check(t, tell(t, some, nil), nil)
	count := func(p plant) *Report {
		r, err := Check(context.Background(), tell(t, some, p), Options{Keys: []string{"booking.id"}})
		if err != nil {
			t.Fatal(err)
		}
		if r.Orders != usual.Orders || r.Orders == 0 {
			t.Errorf("%d orders, want %d", r.Orders, usual.Orders)
		}
		return r
	}
	count(together(names...))
	r := count(together(append(names, renameKey("crm", "booking.id", "bookingId"))...))
	if got := brief(r.Findings); !slices.ContainsFunc(got, func(s string) bool {
		return strings.Contains(s, OtherKey.String()) && strings.Contains(s, "bookingId")
	}) {
		t.Errorf("findings %q, want one of bookingId", got)
	}
}

// Without a map, what is no break is told as a hint at most, but for the partner of
// whom one program sends no spans: only a map says that it need not.
func TestWholeTrailWithoutAMap(t *testing.T) {
	got := brief(check(t, tell(t, healthy, nil), nil).Findings)
	want := []string{
		"spans-lost gem-market", "(system-missing) crm-api> [api.carrier.example]", "(order-key-missing) files-storage",
		"(resource-missing) gem-market [deployment.environment.name]",
	}
	if !slices.Equal(got, want) {
		t.Errorf("findings %q, want %q", got, want)
	}
}

// Of the shop's own troubles, two are losses of the trail; all others are honest
// records of what went wrong.
func TestTroublesOfTheShop(t *testing.T) {
	want := map[demo.Trouble]string{demo.UntracedService: "spans-lost crm-api", demo.WrongClock: "clock-off mes-api [mes-api-6f9c7d4b8-tz6hn]"}
	for _, trouble := range demo.Troubles {
		got := strings.Join(brief(check(t, tell(t, func(o demo.Order) bool { return some(o) || o.Trouble == trouble }, nil), shopMap(t)).Findings), "; ")
		if got != want[trouble] {
			t.Errorf("%s: findings %q, want %q", trouble, got, want[trouble])
		}
	}
}

// ofDatabase says whether a span calls a database.
func ofDatabase(s *tracepb.Span) bool { return valueOf(s.Attributes, "db.system.name") != "" }

func consumes(s *tracepb.Span) bool { return s.Kind == tracepb.Span_SPAN_KIND_CONSUMER }

// renameKey gives an attribute of a service's spans another key.
func renameKey(service, from, to string) plant {
	return func(d *tracepb.TracesData) {
		each(d, service, func(_ *resourcepb.Resource, s *tracepb.Span) {
			for _, a := range s.Attributes {
				if a.Key == from {
					a.Key = to
				}
			}
		})
	}
}

func lose(service string) plant {
	return func(d *tracepb.TracesData) {
		drop(d, func(name string, _ *tracepb.Span) bool { return name == service })
	}
}

func rename(from, to string) plant {
	return func(d *tracepb.TracesData) {
		for _, rs := range d.ResourceSpans {
			if serviceOf(rs.Resource) == from {
				setValue(rs.Resource.Attributes, "service.name", to)
			}
		}
	}
}

func together(list ...plant) plant {
	return func(d *tracepb.TracesData) {
		for _, p := range list {
			p(d)
		}
	}
}

func strip(service string, keys ...string) plant {
	return func(d *tracepb.TracesData) {
		each(d, service, func(_ *resourcepb.Resource, s *tracepb.Span) { s.Attributes = without(s.Attributes, keys...) })
	}
}

// stripBelow takes the order from spans of a service that belong to a request of
// another one.
func stripBelow(service, caller string) plant {
	return func(d *tracepb.TracesData) {
		services := byID(d)
		below := map[string]bool{}
		for more := true; more; {
			more = false
			each(d, service, func(_ *resourcepb.Resource, s *tracepb.Span) {
				if !below[string(s.SpanId)] && (services[string(s.ParentSpanId)] == caller || below[string(s.ParentSpanId)]) {
					below[string(s.SpanId)], more = true, true
					s.Attributes = without(s.Attributes, "order.id", "order_id")
				}
			})
		}
	}
}

// everyOther drops spans of a service by their id.
func everyOther(service string, gone func(s *tracepb.Span) bool) plant {
	return func(d *tracepb.TracesData) {
		drop(d, func(name string, s *tracepb.Span) bool { return name == service && s.SpanId[7]%4 == 0 && gone(s) })
	}
}

// cutContext makes traces of their own of what a service does for a caller.
func cutContext(service, caller string) plant {
	return func(d *tracepb.TracesData) {
		renew(d, func(name, from string, s *tracepb.Span) bool {
			return name == service && from == caller && !consumes(s)
		})
	}
}

func cutQueue(service string) plant {
	return func(d *tracepb.TracesData) {
		each(d, service, func(_ *resourcepb.Resource, s *tracepb.Span) {
			if consumes(s) {
				s.Links = nil
			}
		})
		renew(d, func(name, _ string, s *tracepb.Span) bool { return name == service && consumes(s) })
	}
}

// planted are breaks with what is to be found, exactly.
var planted = []struct {
	name  string
	plant plant
	want  []string
}{
	{"a backend sends no spans", lose("shop-api"), []string{"system-missing shop-api"}},
	{"a backend amid others sends no spans", lose("crm-api"), []string{"system-missing crm-api"}},
	{"a storage sends no spans", lose("files-storage"), []string{"system-missing files-storage"}},
	{"a browser exports nothing", lose("internet-shop"), []string{"system-missing internet-shop"}},
	{"a browser is not instrumented", together(cutContext("shop-api", "internet-shop"), lose("internet-shop")), []string{"root-in-backend shop-api internet-shop>shop-api"}},
	{"a browser does not send the context", cutContext("mes-api", "mes"), []string{"root-in-backend mes-api mes>mes-api"}},
	{"a call does not carry the context", cutContext("files-storage", "crm-api"), []string{"context-lost files-storage crm-api>files-storage"}},
	{"a queue does not carry the context", cutQueue("mes-api"), []string{"queue-context-lost mes-api crm-api>mes-api"}},
	{"messages have no links", cutQueue("crm-api"), []string{"queue-context-lost crm-api mes-api>crm-api"}},
	{"some requests are not sent on", everyOther("shop-api", func(s *tracepb.Span) bool { return s.Kind == tracepb.Span_SPAN_KIND_SERVER }),
		[]string{"spans-lost shop-api", "uneven-sampling shop-api"}},
	{"a process samples by itself", everyOther("mes-api", func(s *tracepb.Span) bool { return s.Kind == tracepb.Span_SPAN_KIND_INTERNAL }), []string{"uneven-sampling mes-api"}},
	{"the driver is not instrumented", func(d *tracepb.TracesData) {
		drop(d, func(name string, s *tracepb.Span) bool { return name == "mes-api" && ofDatabase(s) })
	}, []string{"edge-silent mes-api>mes-db"}},
	{"no name is configured", rename("mes-api", "unknown_service:dotnet"), []string{"unnamed-service unknown_service:dotnet [mes-api]"}},
	{"a name is copied", rename("crm-api", "shop-api"), []string{"shared-name shop-api [crm-api]"}},
	{"the number is not recorded", strip("crm-api", "order.id"), []string{"order-key-missing crm-api"}},
	{"the number is not recorded at the end of a queue", strip("mes-api", "order_id"), []string{"order-key-missing mes-api"}},
	{"the key of another team", renameKey("shop-api", "order.id", "orderId"), []string{"other-key shop-api [orderId]"}},
	{"a key that nobody knows", renameKey("mes-api", "order_id", "Order-No"), []string{"other-key mes-api [Order-No]"}},
	{"a key that says it by its value", renameKey("mes-api", "order_id", "work.order.reference"), []string{"other-key mes-api [work.order.reference]"}},
	{"baggage is not passed on", stripBelow("crm-api", "crm"), []string{"baggage-lost crm-api crm>crm-api"}},
	{"a clock is wrong", func(d *tracepb.TracesData) {
		each(d, "shop-api", func(r *resourcepb.Resource, s *tracepb.Span) {
			if strings.HasSuffix(valueOf(r.Attributes, "k8s.pod.name"), "p8w4k") {
				s.StartTimeUnixNano += 7_000_000_000
				s.EndTimeUnixNano += 7_000_000_000
			}
		})
	}, []string{"clock-off shop-api [shop-api-6f9c7d4b8-p8w4k]"}},
	{"messages are internal work", func(d *tracepb.TracesData) {
		each(d, "crm-api", func(_ *resourcepb.Resource, s *tracepb.Span) {
			if valueOf(s.Attributes, "messaging.system") != "" {
				s.Kind = tracepb.Span_SPAN_KIND_INTERNAL
			}
		})
	}, []string{"wrong-kind crm-api [consumer]", "wrong-kind crm-api [producer]"}},
	{"names hold order numbers", func(d *tracepb.TracesData) {
		each(d, "shop-api", func(_ *resourcepb.Resource, s *tracepb.Span) {
			if path := valueOf(s.Attributes, "url.path"); path != "" {
				s.Name = valueOf(s.Attributes, "http.request.method") + " " + path
			}
		})
	}, []string{"id-in-name shop-api"}},
	{"the version is not recorded", func(d *tracepb.TracesData) {
		for _, rs := range d.ResourceSpans {
			if serviceOf(rs.Resource) == "mes-api" {
				rs.Resource.Attributes = without(rs.Resource.Attributes, "service.version")
			}
		}
	}, []string{"(resource-missing) mes-api [service.version]"}},
}

func TestPlantedBreaksAreFound(t *testing.T) {
	for _, c := range planted {
		t.Run(c.name, func(t *testing.T) {
			r := check(t, tell(t, some, c.plant), shopMap(t))
			got := brief(r.Findings)
			for k := range got {
				if strings.HasPrefix(got[k], "id-in-name") {
					got[k], _, _ = strings.Cut(got[k], " [")
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("found:%s\nwant %q", long(r.Findings), c.want)
			}
			for _, f := range r.Findings {
				if len(f.Examples) == 0 && !(f.Hint && f.Spans == 0) {
					t.Errorf("%s names no span", f.Kind)
				}
			}
		})
	}
}
