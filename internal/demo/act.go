package demo

import (
	"context"
	"encoding/binary"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// A studio makes spans with the OpenTelemetry SDK, one tracer provider for
// each process of the fleet, and gathers those that end. One goroutine uses a
// studio, for one order at a time.
type studio struct {
	dice    dice
	tracers [][roleCount]trace.Tracer // by instance.index
	ended   []endedSpan               // of the order being told, in the sequence they ended
}

// An endedSpan is a finished span with the process that made it.
type endedSpan struct {
	sdktrace.ReadOnlySpan
	on *instance
}

func newStudio() *studio {
	s := &studio{tracers: make([][roleCount]trace.Tracer, len(fleet))}
	for i, on := range fleet {
		p := sdktrace.NewTracerProvider(
			sdktrace.WithResource(on.resource),
			sdktrace.WithIDGenerator(s),
			sdktrace.WithSampler(sdktrace.AlwaysSample()),
			sdktrace.WithRawSpanLimits(sdktrace.SpanLimits{
				AttributeValueLengthLimit: -1, AttributeCountLimit: -1, EventCountLimit: -1,
				LinkCountLimit: -1, AttributePerEventCountLimit: -1, AttributePerLinkCountLimit: -1,
			}),
			sdktrace.WithSpanProcessor(&collector{s, on}),
		)
		for r := range roleCount {
			l := on.libraries[r]
			s.tracers[i][r] = p.Tracer(l.name, trace.WithInstrumentationVersion(l.version))
		}
	}
	return s
}

// NewIDs draws the ids of a new trace. It implements sdktrace.IDGenerator.
func (s *studio) NewIDs(ctx context.Context) (trace.TraceID, trace.SpanID) {
	var id trace.TraceID
	binary.BigEndian.PutUint64(id[:8], max(1, s.dice.Uint64()))
	binary.BigEndian.PutUint64(id[8:], s.dice.Uint64())
	return id, s.NewSpanID(ctx, id)
}

// NewSpanID draws the id of a span. It implements sdktrace.IDGenerator.
func (s *studio) NewSpanID(context.Context, trace.TraceID) (id trace.SpanID) {
	binary.BigEndian.PutUint64(id[:], max(1, s.dice.Uint64())) // zero is no id
	return id
}

// A collector is the span processor of one process: it keeps what ends.
type collector struct {
	s  *studio
	on *instance
}

func (c *collector) OnStart(context.Context, sdktrace.ReadWriteSpan) {}
func (c *collector) OnEnd(span sdktrace.ReadOnlySpan) {
	if !c.on.silent {
		c.s.ended = append(c.s.ended, endedSpan{span, c.on})
	}
}
func (c *collector) Shutdown(context.Context) error   { return nil }
func (c *collector) ForceFlush(context.Context) error { return nil }

// An act is a span being told. Its now is the true time its process has come
// to; the recorded times are those of its host's clock, which may be off.
// Children start at the now of their parent and take it along when they end,
// so calls told one after another happen one after another.
type act struct {
	life *life
	on   *instance
	span trace.Span
	name string
	now  time.Time
	up   *act
}

// open starts a span at now, below what parent carries.
func (l *life) open(parent context.Context, on *instance, r role, kind trace.SpanKind, name string, links []trace.Link, attrs []attribute.KeyValue) *act {
	a := &act{life: l, on: on, name: name, now: l.now}
	_, a.span = l.studio.tracers[on.index][r].Start(parent, name,
		trace.WithTimestamp(l.now.Add(on.skew)), trace.WithSpanKind(kind),
		trace.WithLinks(links...), trace.WithAttributes(attrs...))
	entry := r == roleServer || kind == trace.SpanKindConsumer || !trace.SpanContextFromContext(parent).IsValid()
	if l.named && on.orderKey != "" && (entry || on.baggage) {
		a.set(on.orderAttr(l.number))
	}
	return a
}

// root starts a new trace at the order's present time.
func (l *life) root(on *instance, r role, kind trace.SpanKind, name string, attrs ...attribute.KeyValue) *act {
	return l.open(context.Background(), on, r, kind, name, nil, attrs)
}

// child starts a span of the same process below a.
func (a *act) child(r role, kind trace.SpanKind, name string, attrs ...attribute.KeyValue) *act {
	return a.below(a.on, r, kind, name, attrs)
}

// step starts an internal span of the service's own code below a.
func (a *act) step(name string, attrs ...attribute.KeyValue) *act {
	return a.child(roleApp, trace.SpanKindInternal, name, attrs...)
}

// remote starts a span of another process below a.
func (a *act) remote(on *instance, r role, kind trace.SpanKind, name string, attrs ...attribute.KeyValue) *act {
	return a.below(on, r, kind, name, attrs)
}

func (a *act) below(on *instance, r role, kind trace.SpanKind, name string, attrs []attribute.KeyValue) *act {
	a.life.now = a.now
	sc := a.span.SpanContext()
	if on != a.on {
		sc = sc.WithRemote(true)
	}
	b := a.life.open(trace.ContextWithSpanContext(context.Background(), sc), on, r, kind, name, nil, attrs)
	b.up = a
	return b
}

// work lets time pass in the process: about median.
func (a *act) work(median time.Duration) { a.now = a.now.Add(a.life.dice.around(median)) }

// set records attributes.
func (a *act) set(attrs ...attribute.KeyValue) { a.span.SetAttributes(attrs...) }

// event records an event at the present time of the process.
func (a *act) event(name string, attrs ...attribute.KeyValue) {
	a.span.AddEvent(name, trace.WithTimestamp(a.now.Add(a.on.skew)), trace.WithAttributes(attrs...))
}

// fail gives the span the status Error.
func (a *act) fail(text string) { a.span.SetStatus(codes.Error, text) }

// end ends the span at its present time, which becomes that of its parent
// unless the parent has gone on already.
func (a *act) end() {
	a.span.End(trace.WithTimestamp(a.now.Add(a.on.skew)))
	if a.up != nil && a.up.now.Before(a.now) {
		a.up.now = a.now
	}
	if a.up == nil && a.life.now.Before(a.now) {
		a.life.now = a.now
	}
}

// parallel tells calls that a's process makes at once, each a little after the
// one before, and goes on when the last has come back.
func (a *act) parallel(n int, branch func(i int)) {
	start, last := a.now, a.now
	for i := range n {
		a.now = start.Add(time.Duration(i) * 150 * time.Microsecond)
		branch(i)
		if a.now.After(last) {
			last = a.now
		}
	}
	a.now = last
}
