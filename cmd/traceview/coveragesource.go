package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"traceview/internal/client"
	"traceview/internal/model"
	"traceview/internal/order"
	"traceview/internal/store"
)

// trailSample is the traces that the trail is looked for in.
type trailSample struct {
	traces []*model.Trace
	keys   []string
	now    int64 // Unix ns, 0 where no trace can be on its way still
}

// gatherTrail reads the files named, or recent orders of a server or of the library.
func gatherTrail(ctx context.Context, e *env, c *call, lookback time.Duration) (*trailSample, error) {
	switch {
	case len(c.args) > 0:
		return trailOfFiles(ctx, e, c)
	case c.conn.wanted():
		return trailOfServer(ctx, e, c, lookback)
	}
	return trailOfLibrary(ctx, e, c, lookback)
}

// trailOfFiles takes all traces of files, also what could be read of damaged ones;
// with --orders, those of the newest orders alone.
func trailOfFiles(ctx context.Context, e *env, c *call) (*trailSample, error) {
	s := &trailSample{keys: orderKeysOr(c.conn.orderKeys)}
	for _, path := range c.args {
		f, err := openFile(ctx, e, path)
		switch {
		case f == nil || err != nil && len(f.traces) == 0:
			return nil, err
		case err != nil: // what could be read is looked at
			fmt.Fprintln(e.err, explainLine(e.words(), err))
		}
		s.traces = append(s.traces, f.traces...)
	}
	if c.given("orders") {
		s.traces = newestOrders(s.traces, s.keys, c.number("orders"))
	}
	return s, nil
}

// newestOrders keeps the traces of the n orders that were worked on last, and those
// without an order.
func newestOrders(traces []*model.Trace, keys []string, n int) []*model.Trace {
	last := map[string]int64{}
	numbers := make([]string, len(traces))
	for k, t := range traces {
		if numbers[k] = order.NumberOf(t, keys); numbers[k] != "" {
			last[numbers[k]] = max(last[numbers[k]], t.Epoch)
		}
	}
	times := make([]int64, 0, len(last))
	for _, at := range last {
		times = append(times, at)
	}
	if slices.Sort(times); len(times) <= n {
		return traces
	}
	since := times[len(times)-n]
	var kept []*model.Trace
	for k, t := range traces {
		if numbers[k] == "" || last[numbers[k]] >= since {
			kept = append(kept, t)
		}
	}
	return kept
}

// Newest implements order.Sampler.
func (s *server) Newest(ctx context.Context, service string, from, to time.Time, limit int) ([]*model.Trace, error) {
	traces, err := s.client.FindTraces(ctx, client.Query{Service: service, From: from, To: to, Limit: limit}, nil)
	return traces, forOrder(err)
}

// trailOfServer takes recent traces of every service and all traces of the orders
// they are of.
func trailOfServer(ctx context.Context, e *env, c *call, lookback time.Duration) (*trailSample, error) {
	cl, err := c.conn.dial(ctx, e)
	if err != nil {
		return nil, err
	}
	defer cl.Close()
	if kept := time.Duration(c.conn.profile.Lookback); kept > 0 && !c.given("lookback") {
		lookback = kept
	}
	s := newServer(cl)
	keys := orderKeysOr(c.conn.orderKeys)
	recent, err := order.FindRecent(ctx, s, order.RecentOptions{Keys: keys, Lookback: lookback, Orders: c.number("orders")})
	if err != nil {
		return nil, err
	}
	w := e.words()
	for _, f := range recent.Failed {
		fmt.Fprintln(e.err, f.Service+": "+explainLine(w, f.Err))
	}
	if len(recent.Orders) == 0 && len(recent.Sample) == 0 {
		return nil, order.ErrNoOrders
	}
	fmt.Fprintln(e.err, w.N("cli.coverage.asked", len(recent.Orders)))
	traces, failed, err := recent.Complete(ctx, s, order.Options{
		Learned: c.conn.learned(ctx, e, s), Keys: keys, Lookback: lookback, EscapeRegexp: c.conn.profile.EscapeRegexp,
	})
	if err != nil {
		return nil, err
	}
	if failed > 0 {
		fmt.Fprintln(e.err, w.N("cli.coverage.failed", failed))
	}
	return &trailSample{traces, keys, time.Now().UnixNano()}, nil
}

// trailOfLibrary takes the traces of the orders in the library that were worked on
// last, and those looked through for them.
func trailOfLibrary(ctx context.Context, e *env, c *call, lookback time.Duration) (s *trailSample, err error) {
	lib, err := openLibrary(ctx, e, c.conn.orderKeys)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, lib.Close()) }()
	s = &trailSample{keys: orderKeysOr(c.conn.orderKeys)}
	q := store.Query{}
	if c.given("lookback") { // else all that was kept: it may be a month old
		q.From = time.Now().Add(-lookback)
	}
	chosen := map[store.Key]bool{}
	orders := map[string]bool{}
	for len(orders) < c.number("orders") {
		page, err := lib.Search(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, m := range page.Entries {
			for _, number := range m.Orders {
				if !orders[number] && len(orders) < c.number("orders") {
					orders[number] = true
					if err := chooseOrder(ctx, lib, number, chosen); err != nil {
						return nil, err
					}
				}
			}
			if len(m.Orders) == 0 && len(chosen) < maxLoose {
				chosen[m.Key] = true
			}
		}
		if q.After = page.Next; q.After.IsZero() {
			break
		}
	}
	if len(chosen) == 0 {
		return nil, fmt.Errorf("coverage: %w", store.ErrNotFound)
	}
	failed := 0
	for _, k := range sortedKeys(chosen) {
		t, err := lib.Load(ctx, k)
		if err != nil {
			if ctx.Err() != nil {
				return nil, err
			}
			failed++
			continue
		}
		s.traces = append(s.traces, t)
	}
	if failed > 0 {
		fmt.Fprintln(e.err, e.words().N("cli.coverage.failed", failed))
	}
	return s, nil
}

// maxLoose bounds the traces without an order that are looked at.
const maxLoose = 1000

// chooseOrder adds the entries of an order.
func chooseOrder(ctx context.Context, lib *store.Store, number string, chosen map[store.Key]bool) error {
	q := store.Query{Orders: []string{number}}
	for {
		page, err := lib.Search(ctx, q)
		if err != nil {
			return err
		}
		for _, m := range page.Entries {
			chosen[m.Key] = true
		}
		if q.After = page.Next; q.After.IsZero() {
			return nil
		}
	}
}

func sortedKeys(m map[store.Key]bool) []store.Key {
	list := make([]store.Key, 0, len(m))
	for k := range m {
		list = append(list, k)
	}
	slices.Sort(list)
	return list
}
