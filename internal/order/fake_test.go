package order

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"traceview/internal/model"
)

var now = time.Date(2026, time.November, 12, 12, 0, 0, 0, time.UTC)

// id makes a trace id of a small number.
func id(n byte) model.TraceID { return model.TraceID{15: n} }

// A fakeSpan is one span of a trace: the service, the attributes in turn key,
// value, and the traces it links to.
type fakeSpan struct {
	service  string
	attrs    []string
	links    []byte
	resource []string
	event    []string
}

// newTrace builds a trace that begins age ago.
func newTrace(t testing.TB, n byte, age time.Duration, spans ...fakeSpan) *model.Trace {
	t.Helper()
	b := model.NewBuilder()
	attrs := func(kv []string) []model.Attr {
		var list []model.Attr
		for i := 0; i+1 < len(kv); i += 2 {
			list = append(list, b.StringAttr(b.InternString(kv[i]), []byte(kv[i+1])))
		}
		return list
	}
	start := uint64(now.Add(-age).UnixNano())
	for i, sp := range spans {
		r := &model.SpanRecord{
			Trace: id(n), ID: model.SpanID(i + 1), StartNano: start + uint64(i), EndNano: start + 1e9,
			Name: b.InternString("op of " + sp.service), Attrs: attrs(sp.attrs),
			Resource: b.Resource(&model.ResourceRecord{Attrs: attrs(append([]string{"service.name", sp.service}, sp.resource...))}),
		}
		if i > 0 {
			r.Parent = 1
		}
		if sp.event != nil {
			r.Events = []model.EventRecord{{TimeNano: start, Name: b.InternString("e"), Attrs: attrs(sp.event)}}
		}
		for _, l := range sp.links {
			r.Links = append(r.Links, model.LinkRecord{Trace: id(l), Span: 1})
		}
		b.Add(r)
	}
	list := b.Build()
	if len(list) != 1 {
		t.Fatalf("built %d traces, want 1", len(list))
	}
	return list[0]
}

// A fakeServer answers like the storages of Jaeger.
type fakeServer struct {
	traces       []*model.Trace
	services     []string         // further services without traces
	refusesEmpty bool             // an empty service name is refused
	silentEmpty  bool             // an empty service name finds nothing
	ignoresValue bool             // any value matches
	whole        bool             // answers are made of whole traces, and come in two parts
	failing      map[string]error // by service, "" for no service
	failTrace    map[byte]error
	servicesErr  error
	hook         func(ctx context.Context, q Query) error // at the start of every Find
	likeRegexp   func(pattern, value string) bool

	mu         sync.Mutex
	queries    []Query
	opened     []model.TraceID
	open, most int // calls at the moment, and at most
}

func (f *fakeServer) enter() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.open++
	f.most = max(f.most, f.open)
}

func (f *fakeServer) leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.open--
}

func (f *fakeServer) Services(ctx context.Context) ([]string, error) {
	f.enter()
	defer f.leave()
	names := slices.Clone(f.services)
	for _, t := range f.traces {
		for _, s := range t.Services {
			names = append(names, s.Name)
		}
	}
	return names, f.servicesErr
}

func (f *fakeServer) Find(ctx context.Context, q Query, found func(Summary)) error {
	f.enter()
	defer f.leave()
	f.mu.Lock()
	f.queries = append(f.queries, q)
	f.mu.Unlock()
	if f.hook != nil {
		if err := f.hook(ctx, q); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if q.Service == "" && f.refusesEmpty {
		return fmt.Errorf("find: %w", ErrNeedsService)
	}
	n := 0
	for _, t := range f.traces {
		if q.Service == "" && f.silentEmpty || n == q.Limit || !f.matches(t, q) {
			continue
		}
		sum := Summarise(t)
		if f.whole {
			sum.Checked = true
			part := sum
			part.Spans--
			found(part)
			sum.Matches = f.carries(t, q.Key, q.Value)
			sum.Links = linksOf(t)
		}
		found(sum)
		n++
	}
	return f.failing[q.Service]
}

func (f *fakeServer) matches(t *model.Trace, q Query) bool {
	if at := t.StartTime(); at.Before(q.From) || at.After(q.To) {
		return false
	}
	for i := range t.Spans {
		at := model.SpanIndex(i)
		if q.Service != "" && t.ServiceName(at) != q.Service {
			continue
		}
		a, ok := t.Attr(at, q.Key)
		switch {
		case f.ignoresValue:
			return true
		case ok && f.likeRegexp != nil && f.likeRegexp(q.Sent, t.Text(a)):
			return true
		case ok && f.likeRegexp == nil && t.Text(a) == q.Sent:
			return true
		}
	}
	return false
}

func (f *fakeServer) carries(t *model.Trace, key, value string) bool {
	for i := range t.Spans {
		if a, ok := t.Attr(model.SpanIndex(i), key); ok && t.Text(a) == value {
			return true
		}
	}
	return false
}

func linksOf(t *model.Trace) (list []model.TraceID) {
	for i := range t.Spans {
		for _, l := range t.SpanLinks(model.SpanIndex(i)) {
			list = append(list, l.Trace)
		}
	}
	return list
}

func (f *fakeServer) Trace(ctx context.Context, id model.TraceID) (*model.Trace, error) {
	f.enter()
	defer f.leave()
	f.mu.Lock()
	f.opened = append(f.opened, id)
	f.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := f.failTrace[id[15]]; err != nil {
		return nil, err
	}
	for _, t := range f.traces {
		if t.ID == id {
			return t, nil
		}
	}
	return nil, fmt.Errorf("trace %s: %w", id, ErrNotFound)
}

// found returns the last byte of the ids of a result, in its order.
func found(r *Result) []byte {
	list := []byte{}
	for _, h := range r.Traces {
		list = append(list, h.TraceID[15])
	}
	return list
}

// shop is a server with three traces of order 10472 and two of others.
func shop(t testing.TB) *fakeServer {
	t.Helper()
	return &fakeServer{traces: []*model.Trace{
		newTrace(t, 1, 5*time.Hour, fakeSpan{service: "shop-api", attrs: []string{"order.id", "10472"}}, fakeSpan{service: "s3"}),
		newTrace(t, 2, 4*time.Hour, fakeSpan{service: "crm-api", attrs: []string{"order_id", "10472"}}),
		newTrace(t, 3, 3*time.Hour, fakeSpan{service: "mes-api", attrs: []string{"order.id", "10472", "orderId", "10472"}}),
		newTrace(t, 4, 2*time.Hour, fakeSpan{service: "shop-api", attrs: []string{"order.id", "10473"}}),
		newTrace(t, 5, 1*time.Hour, fakeSpan{service: "mes-api"}),
	}}
}
