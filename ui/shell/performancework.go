package shell

import (
	"cmp"
	"context"
	"errors"
	"sync"

	"traceview/internal/analysis/traffic"
	"traceview/internal/model"
	"traceview/internal/query"
	"traceview/internal/task"
	"traceview/ui/view/order"
)

// scopes returns the orders and files that are open, whose traces can be added up.
func (p *performancePage) scopes() (list []page) {
	for _, q := range p.shell.pages {
		switch q.(type) {
		case *orderPage, *filePage:
			list = append(list, q)
		}
	}
	return list
}

// scopeName returns what a set is called.
func (p *performancePage) scopeName(scope page) string {
	if scope == nil {
		return p.shell.kit.Words.T("perf.scope.library")
	}
	return scope.Title()
}

// reader returns what reads the set, on any goroutine.
func (p *performancePage) reader(q query.Kept) func(ctx context.Context) (measured, error) {
	s := p.shell
	p.loading = [2]int{}
	switch scope := p.scope.(type) {
	case *orderPage:
		return p.readOrder(scope, q)
	case *filePage:
		traces := make([]*model.Trace, 0, len(scope.rows))
		for _, r := range scope.rows {
			traces = append(traces, scope.traces[r.ID])
		}
		return func(ctx context.Context) (measured, error) {
			set, err := traffic.SetOf(ctx, traces)
			if err != nil {
				return measured{}, err
			}
			return measured{set: since(set, q)}, nil
		}
	}
	return func(ctx context.Context) (m measured, err error) {
		m.set, m.undigested, err = s.Library.Traffic(ctx, q)
		return m, err
	}
}

// since leaves out what began before a query asks for.
func since(set *traffic.Set, q query.Kept) *traffic.Set {
	if !q.From.IsZero() {
		set.DropBefore(q.From.UnixNano())
	}
	return set
}

// fetchers is how many traces of an order are fetched at once.
const fetchers = 4

// readOrder returns what reads the traces of an order: those that its page has, else
// from the library or from where the order was found.
func (p *performancePage) readOrder(op *orderPage, q query.Kept) func(ctx context.Context) (measured, error) {
	s, rows, from := p.shell, op.rows(), op.from
	kept := make(map[model.TraceID]int64)
	for _, e := range op.keptEntries() {
		kept[e.ID] = e.Key
	}
	had := make(map[model.TraceID]*model.Trace)
	for _, t := range op.material.Traces {
		had[t.ID] = t
	}
	fetch := func(ctx context.Context, r order.Row) (*model.Trace, error) {
		if t := had[r.ID]; t != nil {
			return t, nil
		}
		if key, ok := kept[r.ID]; ok {
			return s.Library.Load(ctx, key)
		}
		if from == nil {
			return nil, errNotAtHand
		}
		return from.Trace(ctx, r.ID, func(Loading) {})
	}
	return func(ctx context.Context) (measured, error) {
		set, unread, err := gather(ctx, rows, fetch, func(done int) {
			s.Dispatch(func() {
				if p.load.Busy() && p.scope == page(op) {
					p.loading = [2]int{done, len(rows)}
					p.update()
				}
			})
		})
		return measured{set: since(set, q), unread: unread}, err
	}
}

var errNotAtHand = errors.New("the trace is neither in the library nor on a server")

// gather digests traces that are fetched some at a time, and tells how many are done.
// What cannot be fetched is counted; that none can be is an error, as is a panic.
func gather(ctx context.Context, rows []order.Row, fetch func(context.Context, order.Row) (*model.Trace, error), done func(n int)) (*traffic.Set, int, error) {
	digests, errs := make([]*traffic.Digest, len(rows)), make([]error, len(rows))
	next := make(chan int)
	var mu sync.Mutex
	n := 0
	var all sync.WaitGroup
	for range min(fetchers, len(rows)) {
		all.Go(func() {
			var g traffic.Digester
			for k := range next {
				errs[k] = task.Guard(func() error { // the caller's reaches no further than its goroutine
					t, err := fetch(ctx, rows[k])
					if t != nil && err == nil {
						digests[k] = g.Digest(t)
					}
					return err
				})
				mu.Lock()
				n++
				done(n)
				mu.Unlock()
			}
		})
	}
	for k := range rows {
		if ctx.Err() != nil {
			break
		}
		next <- k
	}
	close(next)
	all.Wait()
	set, unread := traffic.NewSet(nil), 0
	for k, d := range digests {
		if d == nil {
			unread++
			continue
		}
		set.AddDigest(int64(k), d)
	}
	set.Sort()
	var fault *task.PanicError
	switch {
	case ctx.Err() != nil:
		return set, unread, ctx.Err()
	case errors.As(errors.Join(errs...), &fault):
		return set, unread, fault
	case unread == len(rows) && unread > 0:
		return set, unread, cmp.Or(errs[0], errNotAtHand)
	}
	return set, unread, nil
}

// open opens the trace of a point, at its span where that is of an operation.
func (p *performancePage) open(t traffic.Point) {
	s, trace := p.shell, &p.now.set.Traces[t.Trace]
	switch scope := p.scope.(type) {
	case *orderPage:
		s.openTraceFrom(scope.from, trace.ID)
	case *filePage:
		scope.open(trace.ID)
	default:
		s.openKept(trace.Key, trace.ID)
	}
	if tp, ok := s.pages[s.current].(*tracePage); ok && tp.id == trace.ID && !t.Span.IsZero() {
		tp.seek(t.Span)
	}
}

// only leaves the traces that have any of what is listed, and lists all operations of
// them.
func (p *performancePage) only() {
	of := p.of
	p.of = traffic.Target{}
	text := query.Exact(query.KeptService, of.Service)
	if !of.Whole {
		text += " " + query.Exact(query.KeptName, of.Name)
	}
	p.box.set(text)
	p.Focus()
}
