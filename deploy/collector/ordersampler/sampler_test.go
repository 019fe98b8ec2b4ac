package ordersampler

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/storage/filestorage"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/extension"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
)

// A sink takes what is kept, or refuses it.
type sink struct {
	refuse error
	spans  map[pcommon.TraceID]int
}

func (*sink) Capabilities() consumer.Capabilities { return consumer.Capabilities{} }

func (s *sink) ConsumeTraces(_ context.Context, td ptrace.Traces) error {
	if s.refuse != nil {
		return s.refuse
	}
	for _, rs := range td.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			for _, span := range ss.Spans().All() {
				s.spans[span.TraceID()]++
			}
		}
	}
	return nil
}

// host has one extension: files in a folder.
type host struct {
	component.Host
	extensions map[component.ID]component.Component
}

func (h host) GetExtensions() map[component.ID]component.Component { return h.extensions }

var storageID = component.MustNewID("file_storage")

func diskIn(t *testing.T, dir string) host {
	t.Helper()
	f := filestorage.NewFactory()
	cfg := f.CreateDefaultConfig().(*filestorage.Config)
	cfg.Directory = dir
	x, err := f.Create(t.Context(), extension.Settings{ID: storageID, TelemetrySettings: componenttest.NewNopTelemetrySettings()}, cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Start(t.Context(), componenttest.NewNopHost()); err != nil {
		t.Fatal(err)
	}
	return host{componenttest.NewNopHost(), map[component.ID]component.Component{storageID: x}}
}

// opened returns a sampler that judges only when told to.
func opened(t *testing.T, dir string, next consumer.Traces, change func(*Config)) *sampler {
	t.Helper()
	c := *defaultConfig().(*Config)
	c.Storage, c.RestShare = &storageID, 0
	if change != nil {
		change(&c)
	}
	s := newSampler(c, processor.Settings{ID: component.MustNewID("order_sampler"), TelemetrySettings: componenttest.NewNopTelemetrySettings()}, next)
	if err := s.open(t.Context(), diskIn(t, dir)); err != nil {
		t.Fatal(err)
	}
	return s
}

// crash gives the files back as the end of the process would: nothing is judged
// and nothing said.
func (s *sampler) crash(t *testing.T) {
	t.Helper()
	if err := s.disk.client.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func id(n int) pcommon.TraceID { return pcommon.TraceID{0: byte(n), 1: byte(n >> 8), 15: 1} }

// batch is one request with a span for each trace, changed by change.
func batch(change func(ptrace.Span), traces ...int) ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "shop-api")
	spans := rs.ScopeSpans().AppendEmpty().Spans()
	for _, n := range traces {
		span := spans.AppendEmpty()
		span.SetTraceID(id(n))
		span.SetStartTimestamp(1_000_000_000)
		span.SetEndTimestamp(1_100_000_000)
		if change != nil {
			change(span)
		}
	}
	return td
}

func order(number string) func(ptrace.Span) {
	return func(s ptrace.Span) { s.Attributes().PutStr("order.id", number) }
}

func send(t *testing.T, s *sampler, td ptrace.Traces) {
	t.Helper()
	if err := s.ConsumeTraces(t.Context(), td); err != nil {
		t.Fatal(err)
	}
}

// later judges as if the wait were over.
func later(t *testing.T, s *sampler) { s.judge(t.Context(), time.Now().Add(s.Wait+time.Second)) }

func TestKeeps(t *testing.T) {
	for name, c := range map[string]struct {
		change func(ptrace.Span)
		keeps  bool
	}{
		"nothing special":             {nil, false},
		"failed":                      {func(s ptrace.Span) { s.Status().SetCode(ptrace.StatusCodeError) }, true},
		"slow":                        {func(s ptrace.Span) { s.SetEndTimestamp(s.StartTimestamp() + 5_000_000_000) }, true},
		"nearly slow":                 {func(s ptrace.Span) { s.SetEndTimestamp(s.StartTimestamp() + 4_999_999_999) }, false},
		"ends before it starts":       {func(s ptrace.Span) { s.SetEndTimestamp(1) }, false},
		"an order":                    {order("10472"), true},
		"a number":                    {func(s ptrace.Span) { s.Attributes().PutInt("order.id", 10472) }, true},
		"a message":                   {func(s ptrace.Span) { s.SetKind(ptrace.SpanKindConsumer) }, true},
		"a message, by its attribute": {func(s ptrace.Span) { s.Attributes().PutStr("messaging.system", "rabbitmq") }, true},
	} {
		t.Run(name, func(t *testing.T) {
			out := &sink{spans: map[pcommon.TraceID]int{}}
			s := opened(t, t.TempDir(), out, nil)
			defer s.crash(t)
			send(t, s, batch(nil, 1, 2)) // the facts may come in any batch
			send(t, s, batch(c.change, 1))
			if len(out.spans) > 0 {
				t.Fatalf("judged before the wait was over: %v", out.spans)
			}
			later(t, s)
			if got := out.spans[id(1)] == 2; got != c.keeps {
				t.Errorf("%d of 2 spans kept, want all: %v", out.spans[id(1)], c.keeps)
			}
			if out.spans[id(2)] != 0 {
				t.Error("the other trace of the batch is kept")
			}
			if len(s.left) > 0 || len(s.disk.open) > 0 || len(s.waiting) > 0 {
				t.Errorf("%d batches and %d traces left", len(s.disk.open), len(s.waiting))
			}
		})
	}
}

// TestShareIsWhole draws a share of the orders, and of the rest, the same on
// every machine.
func TestShareIsWhole(t *testing.T) {
	out := &sink{spans: map[pcommon.TraceID]int{}}
	s := opened(t, t.TempDir(), out, func(c *Config) { c.OrderShare, c.RestShare = 0.3, 0.1 })
	defer s.crash(t)
	const orders, each = 500, 4
	for o := range orders {
		for k := range each {
			send(t, s, batch(order(fmt.Sprint(10000+o)), o*each+k))
		}
	}
	later(t, s)
	whole := 0
	for o := range orders {
		n := 0
		for k := range each {
			n += out.spans[id(o*each+k)]
		}
		if n != 0 && n != each {
			t.Fatalf("order %d: %d of %d traces kept", o, n, each)
		}
		whole += n / each
	}
	if whole < 120 || whole > 180 {
		t.Errorf("%d of %d orders kept, want about 150", whole, orders)
	}
	clear(out.spans)
	for n := range 2000 {
		send(t, s, batch(nil, 10000+n))
	}
	later(t, s)
	if n := len(out.spans); n < 150 || n > 250 {
		t.Errorf("%d of 2000 traces of the rest kept, want about 200", n)
	}
}

// TestCrash loses nothing that was acknowledged, wherever the process ends.
func TestCrash(t *testing.T) {
	dir := t.TempDir()
	out := &sink{spans: map[pcommon.TraceID]int{}}
	s := opened(t, dir, out, nil)
	send(t, s, batch(order("1"), 1))
	later(t, s)
	send(t, s, batch(nil, 2, 3))
	s.crash(t)

	s = opened(t, dir, out, nil)
	send(t, s, batch(order("2"), 2)) // the rest of the trace comes after the restart
	s.crash(t)

	s = opened(t, dir, out, nil)
	send(t, s, batch(nil, 1)) // late, of a trace kept two processes before
	s.judge(t.Context(), time.Now())
	if out.spans[id(1)] != 2 {
		t.Errorf("%d of 2 spans of a trace kept before the crash", out.spans[id(1)])
	}
	later(t, s)
	if out.spans[id(2)] != 2 || out.spans[id(3)] != 0 {
		t.Errorf("kept %d and %d spans, want 2 and 0", out.spans[id(2)], out.spans[id(3)])
	}
	s.crash(t)

	s = opened(t, dir, out, nil)
	defer s.crash(t)
	if len(s.waiting) > 0 {
		t.Errorf("%d traces come back that were judged", len(s.waiting))
	}
}

// TestRefused waits with what the next component refuses, also over a crash.
func TestRefused(t *testing.T) {
	dir := t.TempDir()
	out := &sink{spans: map[pcommon.TraceID]int{}, refuse: errors.New("queue is full")}
	s := opened(t, dir, out, nil)
	send(t, s, batch(order("1"), 1, 2))
	later(t, s)
	send(t, s, batch(nil, 1))
	later(t, s)
	s.crash(t)
	out.refuse = nil
	s = opened(t, dir, out, nil)
	defer s.crash(t)
	later(t, s)
	if out.spans[id(1)] != 2 || out.spans[id(2)] != 1 {
		t.Errorf("kept %v, want 2 and 1 spans", out.spans)
	}
}

// TestForgets bounds what is remembered.
func TestForgets(t *testing.T) {
	dir := t.TempDir()
	out := &sink{spans: map[pcommon.TraceID]int{}}
	s := opened(t, dir, out, nil)
	send(t, s, batch(order("1"), 1))
	later(t, s)
	if len(s.kept) != 1 {
		t.Fatalf("%d traces remembered, want 1", len(s.kept))
	}
	s.judge(t.Context(), time.Now().Add(s.Remember+2*s.Wait))
	s.crash(t)
	s = opened(t, dir, out, nil)
	defer s.crash(t)
	if len(s.kept) != 0 || len(s.disk.kept) != 0 {
		t.Errorf("%d traces remembered after the time for it", len(s.kept))
	}
}

// TestRuns starts and stops it as the collector does.
func TestRuns(t *testing.T) {
	out := &sink{spans: map[pcommon.TraceID]int{}}
	f := NewFactory()
	cfg := f.CreateDefaultConfig().(*Config)
	p, err := f.CreateTraces(t.Context(), processor.Settings{ID: component.MustNewID("order_sampler"), TelemetrySettings: componenttest.NewNopTelemetrySettings()}, cfg, out)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(t.Context(), componenttest.NewNopHost()); err != nil {
		t.Fatal(err)
	}
	if err := p.ConsumeTraces(t.Context(), batch(order("1"), 1)); err != nil {
		t.Fatal(err)
	}
	if err := p.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if out.spans[id(1)] != 1 { // without storage, the end is the last chance
		t.Error("what waited in memory is lost with a proper end")
	}
}

func TestConfig(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"key": func(c *Config) { c.OrderKey = "" }, "wait": func(c *Config) { c.Wait = 0 },
		"share": func(c *Config) { c.OrderShare = 30 }, "rest": func(c *Config) { c.RestShare = -1 },
	} {
		c := defaultConfig().(*Config)
		if err := c.Validate(); err != nil {
			t.Fatal(err)
		}
		if change(c); c.Validate() == nil {
			t.Errorf("wrong %s is taken", name)
		}
	}
}
