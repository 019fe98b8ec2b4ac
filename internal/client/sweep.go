package client

import (
	"context"
	"hash/maphash"
	"strings"
	"sync"
	"time"

	"traceview/internal/model"
)

// Jaeger before 2.19 does not know attributes over HTTP and sends the newest
// traces of any kind. A search by attributes then looks through all traces of
// its period here, at most sweepDepth at a time and sweepLimit in all.
const (
	sweepDepth = 2000
	sweepLimit = 8 * sweepDepth
)

// A period is a part of the time searched.
type period struct{ from, to time.Time }

// A sweep is all traces of a period with marks of their attributes, so that
// looking for an order by several keys sends for them once. Its fields may be
// read once done is closed.
type sweep struct {
	done    chan struct{}
	traces  map[model.TraceID]marked
	limited bool // there may be more
	err     error
}

// marked is a summary with the marks of attributes of its spans.
type marked struct {
	Summary
	marks map[uint64]bool
}

func newSweep() *sweep {
	return &sweep{done: make(chan struct{}), traces: map[model.TraceID]marked{}}
}

// A sweepKey says of which traces a sweep is.
type sweepKey struct {
	service, operation string
	from, to           time.Time
	minimum, maximum   time.Duration
}

const (
	// sweepKept is how long sweeps are kept for the next key of a search.
	sweepKept = time.Minute
	// maxMarks bounds the marks of one trace, at 16 bytes each; an order that is
	// only in what comes after them is not found.
	maxMarks = 1 << 16
)

// A sweeper holds the sweeps of one period.
type sweeper struct {
	mu     sync.Mutex
	known  map[sweepKey]*sweep
	forget *time.Timer
	seed   maphash.Seed
}

// join returns the sweep of q, and whether the caller is the one to make it.
func (s *sweeper) join(q *Query) (w *sweep, first bool) {
	k := sweepKey{q.Service, q.Operation, q.From, q.To, q.MinDuration, q.MaxDuration}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.forget != nil {
		s.forget.Stop()
	}
	s.forget = time.AfterFunc(sweepKept, s.close)
	for other := range s.known {
		if !other.from.Equal(k.from) || !other.to.Equal(k.to) {
			clear(s.known) // of another search
			break
		}
	}
	if w = s.known[k]; w != nil {
		return w, false
	}
	w = newSweep()
	if s.known == nil {
		s.known = map[sweepKey]*sweep{}
	}
	s.known[k] = w
	return w, true
}

// drop forgets a sweep that is of no use to others.
func (s *sweeper) drop(w *sweep) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, other := range s.known {
		if other == w {
			delete(s.known, k)
		}
	}
}

// close forgets everything at once.
func (s *sweeper) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.known)
	if s.forget != nil {
		s.forget.Stop()
	}
}

// mark notes the attributes of a trace where spanHas would find them.
func (s *sweeper) mark(t *model.Trace, marks map[uint64]bool) {
	note := func(attrs []model.Attr) {
		for _, a := range attrs {
			if len(marks) < maxMarks {
				marks[s.markOf(t.Key(a), t.Text(a))] = true
			}
		}
	}
	done := map[model.ResourceID]bool{}
	for i := range t.Spans {
		at := model.SpanIndex(i)
		note(t.Attrs(at))
		for _, e := range t.SpanEvents(at) {
			note(t.EventAttrs(&e))
		}
		if r := t.Spans[i].Resource; !done[r] {
			done[r] = true
			note(t.ResourceAttrs(r))
		}
	}
}

func (s *sweeper) markOf(key, value string) uint64 { return maphash.String(s.seed, key+"\x00"+value) }

// sweep picks out the traces that match q from all of its period. If they are
// too many in all, those that do not match are passed on too, so that the
// caller sees a search that has come to its limit.
func (c *Client) sweep(ctx context.Context, q *Query, op string, emit func(Summary)) (Found, error) {
	if len(q.Check) > 1 { // marks do not tell whether one span has all
		w := newSweep()
		c.makeSweep(ctx, q, op, w)
		return c.pickHits(q, w, emit), w.err
	}
	for {
		w, first := c.sweeps.join(q)
		if first {
			c.makeSweep(ctx, q, op, w)
			if w.err != nil {
				c.sweeps.drop(w) // the next tries anew
			}
		}
		select {
		case <-w.done:
		case <-ctx.Done():
			return Found{Whole: true}, contextError(&Error{Endpoint: c.opts.Endpoint, Op: op}, ctx.Err())
		}
		if w.err == nil || first { // else whoever made it gave up, or the server has failed
			return c.pickHits(q, w, emit), w.err
		}
	}
}

// pickHits passes on what a sweep holds for q.
func (c *Client) pickHits(q *Query, w *sweep, emit func(Summary)) Found {
	f := Found{LimitReached: w.limited, Whole: true}
	for _, t := range w.traces {
		s := t.Summary
		if len(q.Check) == 1 {
			s.MatchedKey = c.matchedMark(q, t.marks)
		}
		if s.MatchedKey != "" {
			f.Traces++
		}
		if s.MatchedKey != "" || w.limited {
			emit(s)
		}
	}
	return f
}

// matchedMark returns the one key of q if its attribute is in a trace.
func (c *Client) matchedMark(q *Query, marks map[uint64]bool) string {
	for k, v := range q.Check {
		if marks[c.sweeps.markOf(k, v)] {
			return k
		}
	}
	return ""
}

// makeSweep sends for the traces of w. Where the server sends as many as it was
// asked for, there may be more, and the halves of the period are asked for, the
// newer first.
func (c *Client) makeSweep(ctx context.Context, q *Query, op string, w *sweep) {
	defer close(w.done)
	depth, sent := sweepDepth, 0
	todo := []period{{q.From, q.To}}
	for len(todo) > 0 && sent < sweepLimit {
		p := todo[len(todo)-1]
		z := &summarizer{sweeps: &c.sweeps, want: q.Check}
		z.emit = func(s Summary) { w.traces[s.ID] = marked{s, z.byID[s.ID].marks} }
		z.restart()
		err := c.sweepOne(ctx, q, p, depth, op, z)
		if err != nil && depth > q.Limit && strings.Contains(err.Error(), "search depth") {
			depth = q.Limit // a small store refuses to be asked for more than it holds
			continue
		}
		if err != nil {
			w.err = err
			return
		}
		todo = todo[:len(todo)-1]
		sent += len(z.byID)
		if half := p.to.Sub(p.from) / 2; len(z.byID) >= depth && half > time.Millisecond {
			todo = append(todo, period{p.from, p.from.Add(half)}, period{p.from.Add(half), p.to})
		}
	}
	w.limited = len(todo) > 0
}

func (c *Client) sweepOne(ctx context.Context, q *Query, p period, depth int, op string, z *summarizer) error {
	part := *q
	part.From, part.To = p.from, p.to
	web, err := part.wholeTraces(depth, z.readWeb)
	if err != nil {
		return c.invalid(op, err)
	}
	_, err = c.ask(ctx, question{op: op, noService: q.Service == "", web: web, restart: z.restart})
	z.flush(0)
	return err
}
