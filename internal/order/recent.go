package order

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"traceview/internal/model"
)

// A Sampler is a tracing system that is asked for recent orders. No query of any
// server finds traces by the mere presence of an attribute, so recent traces of every
// service are looked through.
type Sampler interface {
	Services(ctx context.Context) ([]string, error)
	// Newest returns the newest traces of a service that began in a period, at most
	// limit.
	Newest(ctx context.Context, service string, from, to time.Time, limit int) ([]*model.Trace, error)
}

// RecentOptions say which orders to find. The zero value of each field stands for
// its default.
type RecentOptions struct {
	Keys     []string      // as in Options
	Lookback time.Duration // as in Options
	Now      time.Time
	Orders   int // most orders to find; 20
}

// Recent is what recent traces of every service say of orders.
type Recent struct {
	Orders []string       // numbers, one of each service in turn, the newest first
	Sample []*model.Trace // the traces looked through, by start; those of no order too
	Failed []Failure      // services that did not answer, sorted
}

const (
	recentOrders  = 20
	leastSample   = 20 // traces of a service looked through
	mostSample    = 100
	sampleOfOrder = 4 // the newest traces may be of the same order
)

// FindRecent looks for orders that were worked on lately, those of every service in
// turn: the newest orders of all have not come to the last systems yet. The error is
// that of the context, or says that no service answered.
func FindRecent(ctx context.Context, s Sampler, o RecentOptions) (*Recent, error) {
	if len(o.Keys) == 0 {
		o.Keys = DefaultKeys
	}
	o.Orders = cmp.Or(max(o.Orders, 0), recentOrders)
	o.Lookback = cmp.Or(max(o.Lookback, 0), Lookbacks[0])
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	services, err := s.Services(ctx)
	if err != nil {
		return nil, fmt.Errorf("list services: %w", err)
	}
	services = named(services)
	limit := min(max(sampleOfOrder*o.Orders, leastSample), mostSample)
	r := &Recent{}
	var mu sync.Mutex
	sampled := make([][]*model.Trace, len(services))
	var g errgroup.Group
	g.SetLimit(Concurrency)
	for k, name := range services {
		g.Go(func() error {
			traces, err := s.Newest(ctx, name, o.Now.Add(-o.Lookback), o.Now.Add(clockMargin), limit)
			mu.Lock()
			defer mu.Unlock()
			if sampled[k] = traces; err != nil {
				r.Failed = append(r.Failed, Failure{name, err})
			}
			return nil
		})
	}
	_ = g.Wait() // the functions return no error
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	slices.SortFunc(r.Failed, func(a, b Failure) int { return cmp.Compare(a.Service, b.Service) })
	if len(services) > 0 && len(r.Failed) == len(services) {
		return nil, fmt.Errorf("all %d services failed, %s with: %w", len(services), r.Failed[0].Service, r.Failed[0].Err)
	}
	r.gather(sampled, o)
	return r, nil
}

// ErrNoOrders says that no trace has an order number.
var ErrNoOrders = errors.New("no recent trace has an order number; name the attribute that holds it with --order-key, or look back further with --lookback")

// gather takes the orders of each service in turn, and each trace once.
func (r *Recent) gather(sampled [][]*model.Trace, o RecentOptions) {
	seen, have := map[model.TraceID]bool{}, map[string]bool{}
	numbers := make([][]string, len(sampled))
	for k, list := range sampled {
		slices.SortFunc(list, func(a, b *model.Trace) int { return cmp.Compare(b.Epoch, a.Epoch) })
		for _, t := range list {
			if !seen[t.ID] {
				seen[t.ID] = true
				r.Sample = append(r.Sample, t)
			}
			if n := NumberOf(t, o.Keys); n != "" && !slices.Contains(numbers[k], n) {
				numbers[k] = append(numbers[k], n)
			}
		}
	}
	slices.SortFunc(r.Sample, byStart)
	for more := true; more; {
		more = false
		for k := range numbers {
			for len(numbers[k]) > 0 && have[numbers[k][0]] {
				numbers[k] = numbers[k][1:]
			}
			if len(numbers[k]) == 0 || len(r.Orders) == o.Orders {
				continue
			}
			have[numbers[k][0]], more = true, true
			r.Orders = append(r.Orders, numbers[k][0])
		}
	}
}

// NumberOf returns the first order number on a span of a trace, "" for none.
func NumberOf(t *model.Trace, keys []string) string {
	for i := range t.Spans {
		for _, a := range t.Attrs(model.SpanIndex(i)) {
			if slices.Contains(keys, t.Key(a)) {
				if text := t.Text(a); text != "" {
					return text
				}
			}
		}
	}
	return ""
}

// Complete returns the sample with all other traces of its orders, by start, and how
// many of them could not be fetched. The error says that the server cannot be asked
// any more.
func (r *Recent) Complete(ctx context.Context, server Server, o Options) (traces []*model.Trace, failed int, err error) {
	c := &completion{traces: map[model.TraceID]*model.Trace{}}
	for _, t := range r.Sample {
		c.traces[t.ID] = t
	}
	for _, number := range r.Orders {
		found, err := Search(ctx, server, number, o)
		if errors.Is(err, ErrEmpty) || errors.Is(err, ErrTooLong) || errors.Is(err, ErrBadCharacter) {
			continue // whatever it is that a service writes there
		}
		if err != nil {
			return nil, 0, err
		}
		o.Learned = found.Learned
		if err := c.fetch(ctx, server, found.Traces); err != nil {
			return nil, 0, err
		}
	}
	for _, t := range c.traces {
		traces = append(traces, t)
	}
	slices.SortFunc(traces, byStart)
	return traces, c.failed, nil
}

func byStart(a, b *model.Trace) int {
	return cmp.Or(cmp.Compare(a.Epoch, b.Epoch), slices.Compare(a.ID[:], b.ID[:]))
}

// A completion is traces fetched from a server, each once.
type completion struct {
	mu     sync.Mutex
	traces map[model.TraceID]*model.Trace
	failed int
}

// fetch gets the traces of hits that are not there yet.
func (c *completion) fetch(ctx context.Context, server Server, hits []Hit) error {
	g, inner := errgroup.WithContext(ctx)
	g.SetLimit(Concurrency)
	for i := range hits {
		id := hits[i].TraceID
		if c.has(id) {
			continue
		}
		g.Go(func() error {
			t, err := server.Trace(inner, id)
			if err != nil && (errors.Is(err, ErrUnusable) || inner.Err() != nil) {
				return err
			}
			c.take(t)
			return nil
		})
	}
	return g.Wait()
}

func (c *completion) has(id model.TraceID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.traces[id] != nil
}

// take adds a trace, nil for one that could not be fetched.
func (c *completion) take(t *model.Trace) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t == nil {
		c.failed++
		return
	}
	c.traces[t.ID] = t
}
