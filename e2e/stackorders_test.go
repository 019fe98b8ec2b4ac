//go:build e2e

package e2e

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	commonv1 "go.opentelemetry.io/proto/otlp/common/v1"
	resourcev1 "go.opentelemetry.io/proto/otlp/resource/v1"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"traceview/internal/client"
	"traceview/internal/demo"
	"traceview/internal/model"
)

// TestStack sends the demo shop through a real collector into a real Jaeger,
// kills both amid the stream, and looks for every order.
func TestStack(t *testing.T) {
	s := startStack(t)
	shop := demo.New(demo.Options{Seed: 1, Orders: 45})
	rest := newRest(t, s)
	s.sendAmidKills(shop.Traces(), rest)

	t.Run("orders are whole", func(t *testing.T) { s.findsWhole(t, shop) })
	t.Run("the rest", func(t *testing.T) { rest.judge(t, s.client()) })
	t.Run("systems", func(t *testing.T) { s.testSystems(t, shop) })
	t.Run("groups", func(t *testing.T) { s.testGroups(t, shop.Orders()[0]) })
	t.Run("strangers", func(t *testing.T) { s.testStrangers(t) })
}

// sendAmidKills sends traces in the order in which they happened, while the
// parts of the stack are killed with spans at every place of the way.
func (s *stack) sendAmidKills(traces []*demo.Trace, rest *rest) {
	s.t.Helper()
	to := s.sender()
	ctx, cancel := context.WithTimeout(s.t.Context(), 3*time.Minute)
	defer cancel()
	send := func(traces []*demo.Trace) {
		s.t.Helper()
		for part := range slices.Chunk(traces, 20) {
			if err := to.SendPatiently(ctx, part); err != nil {
				s.t.Fatalf("send: %v\n%s", err, s.collector.output.String())
			}
		}
	}
	n := len(traces) / 5

	// Spans that wait for a judgement: a second from now they would be gone on.
	send(traces[:n])
	rest.send(ctx, s)
	s.collector.kill()
	s.startCollector()

	// Jaeger is gone with batches on their way to it. What comes now queues up.
	send(traces[n : 2*n])
	s.jaeger.kill()
	send(traces[2*n : 3*n])
	if !until(20*time.Second, 50*time.Millisecond, func() bool { return strings.Contains(s.collector.output.String(), "connection refused") }) {
		s.t.Fatalf("the collector says nothing of a Jaeger that is gone:\n%s", s.collector.output.String())
	}
	s.collector.stop() // asked to end, it must leave the queue as it is, too
	s.startCollector()

	// The collector is gone amid a request, and comes back before Jaeger does.
	begun, sent := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(sent)
		for i, part := range slices.Collect(slices.Chunk(traces[3*n:4*n], 2)) {
			if i == 5 {
				close(begun)
			}
			if err := to.SendPatiently(ctx, part); err != nil {
				s.t.Errorf("send: %v", err)
				return
			}
		}
	}()
	select { // the kill comes at no certain place of the sixth request or one after it
	case <-begun:
	case <-sent:
	}
	s.collector.kill()
	s.startCollector()
	<-sent
	s.startJaeger()
	send(traces[4*n:])
}

// findsWhole searches every order by the one name its number has in storage.
func (s *stack) findsWhole(t *testing.T, shop *demo.Shop) {
	faulty, traces := 0, 0
	args := append([]string{"search", "--order-key", "order.id", "--lookback", wholeHistory, "--json"}, s.asProxy()...)
	for _, o := range shop.Orders() {
		bad := ""
		if !until(time.Minute, 200*time.Millisecond, func() bool { // the queue may still be on its way
			out, err := output(t.Context(), command(t, append(args, "--order", o.Number)...))
			if err != nil {
				t.Fatal(err)
			}
			bad = judgeSearch(out, o)
			return bad == ""
		}) {
			t.Errorf("order %s (%s): %s", o.Number, o.Trouble, bad)
		}
		traces += o.Traces
		if o.Trouble != "" {
			faulty++
		}
	}
	t.Logf("%d orders with %d traces are whole, %d of them faulty", len(shop.Orders()), traces, faulty)
	if faulty < 5 {
		t.Errorf("%d faulty orders prove little", faulty)
	}
}

// The rest is traces of no order: a page of the catalogue, mostly.
type rest struct {
	ids  map[model.TraceID]string // what is special about each
	sent []*tracev1.ResourceSpans
}

// newRest makes 1000 traces of no order, of which some fail and some are slow.
func newRest(t *testing.T, s *stack) *rest {
	r := &rest{ids: map[model.TraceID]string{}}
	var spans []*tracev1.Span
	for i := range 1000 {
		var id model.TraceID
		_, _ = rand.Read(id[:]) // never fails
		began := uint64(time.Now().Add(-time.Hour).UnixNano())
		span := &tracev1.Span{TraceId: id[:], SpanId: id[:8], Name: "GET /catalogue", Kind: tracev1.Span_SPAN_KIND_SERVER, StartTimeUnixNano: began, EndTimeUnixNano: began + 3e6}
		switch {
		case i < 30:
			r.ids[id] = "failed"
			span.Status = &tracev1.Status{Code: tracev1.Status_STATUS_CODE_ERROR}
		case i < 60:
			r.ids[id] = "slow"
			span.EndTimeUnixNano = began + 6e9
		default:
			r.ids[id] = ""
		}
		spans = append(spans, span)
	}
	r.sent = []*tracev1.ResourceSpans{{
		Resource:   &resourcev1.Resource{Attributes: []*commonv1.KeyValue{text("service.name", "catalogue")}},
		ScopeSpans: []*tracev1.ScopeSpans{{Spans: spans}},
	}}
	return r
}

func text(key, value string) *commonv1.KeyValue {
	return &commonv1.KeyValue{Key: key, Value: &commonv1.AnyValue{Value: &commonv1.AnyValue_StringValue{StringValue: value}}}
}

func (r *rest) send(ctx context.Context, s *stack) {
	s.t.Helper()
	if err := s.export(ctx, s.token, r.sent...); err != nil {
		s.t.Fatal(err)
	}
}

// judge compares what is kept of the rest with what should be.
func (r *rest) judge(t *testing.T, c *client.Client) {
	found, err := c.FindTraces(t.Context(), client.Query{Service: "catalogue", Limit: 2000}, nil)
	if err != nil {
		t.Fatal(err)
	}
	kept := map[string]int{}
	for _, tr := range found {
		kept[r.ids[tr.ID]]++
	}
	t.Logf("kept of 940 usual, 30 failed and 30 slow traces: %v", kept)
	if kept["failed"] != 30 || kept["slow"] != 30 {
		t.Errorf("kept %d failed and %d slow traces of 30 each", kept["failed"], kept["slow"])
	}
	if n := kept[""]; n < 50 || n > 140 { // a tenth; five standard deviations
		t.Errorf("kept %d of 940 traces, want about a tenth", n)
	}
}

// testGroups comes in through the reverse proxy as members of the staff.
func (s *stack) testGroups(t *testing.T, o demo.Order) {
	people, _ := s.startProxy()
	d := newDesk(t)
	for name, endpoint := range map[string]string{"olga": people, "pavel": "https://" + people, "anna": people} {
		d.must(passwordOfPeople+"\n", "connection", "add", name, "--endpoint", endpoint, "--ca", s.cert("ca.pem"), "--user", name, "--password-stdin")
	}
	d.finds(o.Number, o.Traces, "--connection", "olga")
	d.finds(o.Number, o.Traces, "--connection", "pavel")
	d.refused("", "", "search", o.Number, "--connection", "anna") // in no group
	d.must("wrong\n", "connection", "login", "olga", "--password-stdin")
	d.refused("password", "", "search", o.Number, "--connection", "olga")
	d.hides(passwordOfPeople)

	web := &http.Client{Transport: &http.Transport{TLSClientConfig: s.trusting()}}
	for name, want := range map[string]int{"olga": http.StatusForbidden, "pavel": http.StatusOK, "anna": http.StatusForbidden, "": http.StatusUnauthorized} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+people+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		if name != "" {
			req.SetBasicAuth(name, passwordOfPeople)
		}
		resp, err := web.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("Jaeger's pages for %q: status %d, want %d", name, resp.StatusCode, want)
		}
	}
}

// testStrangers comes without what the stack asks for.
func (s *stack) testStrangers(t *testing.T) {
	span := &tracev1.ResourceSpans{}
	for _, token := range []string{"", "wrong", s.token + "x"} {
		if err := s.export(t.Context(), token, span); status.Code(err) != codes.Unauthenticated {
			t.Errorf("spans with the token %q: %v, want them refused", token, err)
		}
	}
	if to, err := demo.Dial(demo.Target{Endpoint: s.grpc, Token: s.token}); err == nil {
		t.Error("a token would go in plain text")
		_ = to.Close()
	}
	c, err := client.New(client.Options{Endpoint: s.query, CAFile: s.cert("ca.pem")})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if names, err := c.Services(t.Context()); err == nil {
		t.Errorf("Jaeger answers somebody without a certificate: %v", names)
	}
	for _, addr := range []string{"https://" + s.http + "/v1/traces", "https://" + s.web + "/api/services"} {
		resp, err := (&http.Client{Transport: &http.Transport{TLSClientConfig: s.trusting()}}).Post(addr, "application/json", strings.NewReader(`{}`))
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode < 400 {
				t.Errorf("%s answers a stranger with %s", addr, resp.Status)
			}
		} else if !strings.Contains(fmt.Sprint(err), "certificate") {
			t.Errorf("%s: %v, want a word on certificates", addr, err)
		}
	}
}
