package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"traceview/internal/client"
	"traceview/internal/i18n"
	"traceview/internal/model"
	"traceview/internal/order"
	"traceview/internal/weblink"
	orderview "traceview/ui/view/order"

	"traceview/ui/shell"
)

// A server answers package order's questions through a client, and keeps what
// the client says of services beyond what the search needs. It is safe for
// concurrent use.
type server struct {
	client *client.Client
	mu     sync.Mutex
	seen   map[model.TraceID][]model.Service
}

func newServer(c *client.Client) *server {
	return &server{client: c, seen: map[model.TraceID][]model.Service{}}
}

// learned returns what the server says of itself, which spares asking every
// service for an order that is not there. An unanswered question is no fault:
// the search finds out by itself.
func (s *server) learned(ctx context.Context) (l order.Learned) {
	if caps, err := s.client.Capabilities(ctx); err == nil && caps.Known {
		l.WithoutService = order.No
		if caps.WithoutServiceName {
			l.WithoutService = order.Yes
		}
	}
	return l
}

// Services implements order.Server.
func (s *server) Services(ctx context.Context) ([]string, error) {
	names, err := s.client.Services(ctx)
	return names, forOrder(err)
}

// Find implements order.Server.
func (s *server) Find(ctx context.Context, q order.Query, found func(order.Summary)) error {
	_, err := s.client.FindSummaries(ctx, client.Query{
		Service: q.Service, Attributes: map[string]string{q.Key: q.Sent}, Check: map[string]string{q.Key: q.Value},
		From: q.From, To: q.To, Limit: q.Limit,
	}, func(m client.Summary) {
		s.mu.Lock()
		s.seen[m.ID] = m.Services
		s.mu.Unlock()
		o := order.Summary{
			TraceID: m.ID, RootService: m.RootService, RootOperation: m.RootOperation, Start: m.Start,
			Duration: m.Duration, Spans: m.Spans, Errors: m.Errors,
			Checked: m.Checked, Matches: m.MatchedKey != "", Links: m.Linked,
		}
		for _, svc := range m.Services {
			o.Services = append(o.Services, svc.Name)
		}
		found(o)
	})
	return forOrder(err)
}

// Trace implements order.Server.
func (s *server) Trace(ctx context.Context, id model.TraceID) (*model.Trace, error) {
	t, err := s.client.Trace(ctx, id, nil)
	if err != nil {
		return nil, forOrder(err)
	}
	s.mu.Lock()
	s.seen[id] = t.Services
	s.mu.Unlock()
	return t, nil
}

// services returns what is known of the services of a hit.
func (s *server) services(h *order.Hit) []orderview.Service {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]orderview.Service, 0, len(h.Services))
	if seen, ok := s.seen[h.TraceID]; ok {
		for _, v := range seen {
			out = append(out, orderview.Service{Name: v.Name, Spans: v.Spans, Errors: v.Errors})
		}
		return out
	}
	for _, name := range h.Services {
		out = append(out, orderview.Service{Name: name})
	}
	return out
}

// forOrder makes an error of the client wrap what package order reacts to.
func forOrder(err error) error {
	switch client.KindOf(err) {
	case client.ErrNeedsService:
		return fmt.Errorf("%w: %w", order.ErrNeedsService, err)
	case client.ErrNotFound:
		return fmt.Errorf("%w: %w", order.ErrNotFound, err)
	case client.ErrUnreachable, client.ErrWrongPort, client.ErrTLS, client.ErrUnauthenticated, client.ErrForbidden, client.ErrTenant, client.ErrInsecure,
		client.ErrSignIn, client.ErrProxy:
		return fmt.Errorf("%w: %w", order.ErrUnusable, err)
	}
	return err
}

// A source is a live connection for the window.
type source struct {
	server
	name string // "" for the demo
	keys []string
	own  bool // the server runs in this process
	// places are where pages about its traces are, nil for none.
	places   *weblink.Places
	logs     *logSource // nil for none
	carriers carrierFile
	tenant   string // of the server, as carriers tells them apart
	// soFar is what earlier searches found out about the server.
	learnedMu sync.Mutex
	soFar     order.Learned
}

var _ shell.Source = (*source)(nil)

func newSource(c *client.Client, name string, keys []string) *source {
	return &source{server: server{client: c, seen: map[model.TraceID][]model.Service{}}, name: name, keys: keys}
}

// remember has the source begin with the services known to record orders, and keep
// those that its searches find.
func (s *source) remember(f carrierFile, tenant string) { s.carriers, s.tenant = f, tenant }

// ownSource returns the connection to a server that runs in this process.
func ownSource(c *client.Client) *source {
	s := newSource(c, "", nil)
	s.own = true
	return s
}

// Name implements shell.Source.
func (s *source) Name(w *i18n.Printer) string {
	if s.name == "" {
		return w.T("demo.name")
	}
	return s.name
}

// Trace implements shell.Source.
func (s *source) Trace(ctx context.Context, id model.TraceID, on func(shell.Loading)) (*model.Trace, error) {
	return s.client.Trace(ctx, id, func(p client.Progress) { on(shell.Loading{Read: p.Bytes, Spans: p.Spans, Preview: p.Preview}) })
}

// Sample returns the latest traces of any orders: where the server cannot be asked
// without naming a service, as many of each as together are n.
func (s *source) Sample(ctx context.Context, n int) ([]*model.Trace, error) {
	list, err := s.client.FindTraces(ctx, client.Query{Limit: n}, nil)
	if client.KindOf(err) != client.ErrNeedsService {
		return list, err
	}
	names, err := s.client.Services(ctx)
	if err != nil {
		return nil, err
	}
	names = names[:min(len(names), sampleServices)]
	seen := map[model.TraceID]bool{}
	for _, name := range names {
		some, err := s.client.FindTraces(ctx, client.Query{Service: name, Limit: max(n/len(names), 1)}, nil)
		if err != nil && len(list) == 0 {
			return nil, err
		}
		for _, t := range some {
			if !seen[t.ID] {
				seen[t.ID] = true
				list = append(list, t)
			}
		}
	}
	return list, nil
}

// Free says whether the server is the program's own.
func (s *source) Free() bool { return s.own }

// sampleServices is how many services are asked for what is usual, one after another.
const sampleServices = 20

// Search implements shell.Source.
func (s *source) Search(ctx context.Context, number string, days int, on func(shell.Found)) (shell.Found, error) {
	live := &liveResult{source: s, on: on, found: shell.Found{Order: number}}
	s.learnedMu.Lock()
	learned := s.soFar
	s.learnedMu.Unlock()
	if learned.WithoutService == order.Unknown {
		learned.WithoutService = s.learned(ctx).WithoutService
	}
	learned.Carriers = firstAsked(learned.Carriers, s.carriers.of(s.client, s.tenant))
	r, err := order.Search(ctx, &s.server, number, order.Options{
		Keys: s.keys, Lookback: time.Duration(days) * day, Learned: learned, Found: live.hit, Progress: live.progress,
	})
	if r == nil {
		return shell.Found{}, err
	}
	s.learnedMu.Lock()
	s.soFar = r.Learned
	s.learnedMu.Unlock()
	s.carriers.keep(s.client, s.tenant, r.Learned.Carriers)
	f := shell.Found{
		Order: r.Order, Asked: r.ServicesAsked, Answered: r.ServicesAsked - len(r.Failed), Limit: r.LimitReached,
		Rows: make([]orderview.Row, len(r.Traces)),
	}
	for i := range r.Traces {
		f.Rows[i] = s.row(&r.Traces[i])
	}
	for _, x := range r.Failed {
		f.Failures = append(f.Failures, shell.ServiceFailure{Service: x.Service, Err: x.Err})
	}
	if err != nil && ctx.Err() != nil && errors.Is(context.Cause(ctx), context.Canceled) {
		err = context.Canceled
	}
	return f, err
}

func (s *source) row(h *order.Hit) orderview.Row {
	return orderview.Row{
		ID: h.TraceID, Service: h.RootService, Operation: h.RootOperation, Start: h.Start.UnixNano(),
		Duration: int64(h.Duration), Spans: h.Spans, Errors: h.Errors, Services: s.services(h), Linked: h.Linked,
	}
}
