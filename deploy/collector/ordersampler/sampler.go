// Package ordersampler is a tail sampler that keeps orders whole and loses
// nothing it has acknowledged.
//
// An order is many traces over days, and support asks for any of them at any
// time. A trace is therefore kept if it failed, was slow, knows its order or
// takes part in messages; of the others a share is kept. While spans of a trace
// are gathered they are on disk: a batch is acknowledged once it is there, and
// leaves it once the next component has taken what is kept of it. After a crash
// the batches left are gathered again, so that spans may arrive twice, which
// storage takes for the same span.
package ordersampler

import (
	"context"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
	"go.uber.org/zap"
)

// spansAtOnce is about how many spans go to the next component at once.
const spansAtOnce = 4096

// A sampler is the processor. Its maps are guarded by mu; judge runs on one
// goroutine.
type sampler struct {
	Config
	id   component.ID
	log  *zap.Logger
	next consumer.Traces
	disk *disk

	mu      sync.Mutex
	waiting map[pcommon.TraceID]*trace
	left    map[uint64]int // traces waiting, by batch
	kept    map[pcommon.TraceID]time.Time

	stop    context.CancelFunc
	stopped sync.WaitGroup
}

// A trace is spans gathered and not judged yet.
type trace struct {
	facts
	id      pcommon.TraceID
	due     time.Time
	spans   ptrace.Traces
	batches []uint64 // on disk, that hold them
}

func newSampler(c Config, set processor.Settings, next consumer.Traces) *sampler {
	return &sampler{
		Config: c, id: set.ID, log: set.Logger, next: next,
		waiting: map[pcommon.TraceID]*trace{}, left: map[uint64]int{}, kept: map[pcommon.TraceID]time.Time{},
	}
}

// Capabilities implements consumer.Traces.
func (s *sampler) Capabilities() consumer.Capabilities {
	return consumer.Capabilities{MutatesData: true}
}

// Start implements component.Component: it takes up what an earlier process
// left, and judges from then on.
func (s *sampler) Start(ctx context.Context, host component.Host) error {
	if err := s.open(ctx, host); err != nil {
		return err
	}
	run, cancel := context.WithCancel(context.Background())
	s.stop = cancel
	s.stopped.Go(func() {
		tick := time.NewTicker(min(time.Second, max(s.Wait/4, time.Millisecond)))
		defer tick.Stop()
		for {
			select {
			case <-run.Done():
				return
			case now := <-tick.C:
				s.judge(run, now)
			}
		}
	})
	return nil
}

// open takes up what an earlier process left.
func (s *sampler) open(ctx context.Context, host component.Host) (err error) {
	if s.disk, err = openDisk(ctx, host, s.id, s.Storage); err != nil {
		return err
	}
	now := time.Now()
	err = s.disk.restore(ctx,
		func(id pcommon.TraceID, at time.Time) { s.kept[id] = at },
		func(batch uint64, td ptrace.Traces) { s.gather(batch, td, now) })
	if err == nil && len(s.left) > 0 {
		s.log.Info("gathering again what was not judged before the restart", zap.Int("batches", len(s.left)), zap.Int("traces", len(s.waiting)))
	}
	return err
}

// Shutdown implements component.Component. What waits stays on disk.
func (s *sampler) Shutdown(ctx context.Context) error {
	if s.stop == nil { // never started
		return nil
	}
	s.stop()
	s.stopped.Wait()
	if s.Storage == nil { // there is no other place for it
		s.judge(ctx, time.Now().Add(s.Wait))
	}
	return s.disk.client.Close(ctx)
}

// ConsumeTraces implements consumer.Traces. It returns when the spans are on
// disk.
func (s *sampler) ConsumeTraces(ctx context.Context, td ptrace.Traces) error {
	if td.SpanCount() == 0 {
		return nil
	}
	batch, err := s.disk.put(ctx, td)
	if err != nil {
		return err // the sender still has them
	}
	s.gather(batch, td, time.Now())
	return nil
}

// gather puts the spans of a batch to those of their traces.
func (s *sampler) gather(batch uint64, td ptrace.Traces, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, rs := range td.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			into := map[*trace]ptrace.SpanSlice{} // of this resource and library
			for _, span := range ss.Spans().All() {
				t := s.trace(span.TraceID(), batch, now)
				list, ok := into[t]
				if !ok {
					list = place(t.spans, rs, ss)
					into[t] = list
				}
				t.add(span, s.OrderKey)
				span.MoveTo(list.AppendEmpty())
			}
		}
	}
}

// trace returns the trace waiting under id, which has spans of batch.
func (s *sampler) trace(id pcommon.TraceID, batch uint64, now time.Time) *trace {
	t := s.waiting[id]
	if t == nil {
		t = &trace{id: id, due: now.Add(s.Wait), spans: ptrace.NewTraces()}
		if _, ok := s.kept[id]; ok {
			t.due = now // its judgement is known
		}
		s.waiting[id] = t
	}
	if n := len(t.batches); n == 0 || t.batches[n-1] != batch {
		t.batches = append(t.batches, batch)
		s.left[batch]++
	}
	return t
}

// place makes room in td for spans of a resource and a library.
func place(td ptrace.Traces, rs ptrace.ResourceSpans, ss ptrace.ScopeSpans) ptrace.SpanSlice {
	r := td.ResourceSpans().AppendEmpty()
	rs.Resource().CopyTo(r.Resource())
	r.SetSchemaUrl(rs.SchemaUrl())
	l := r.ScopeSpans().AppendEmpty()
	ss.Scope().CopyTo(l.Scope())
	l.SetSchemaUrl(ss.SchemaUrl())
	return l.Spans()
}

// judge hands on what is kept of the traces that are due, and forgets them. What
// the next component refuses waits on.
func (s *sampler) judge(ctx context.Context, now time.Time) {
	due := s.due(now)
	if len(due) == 0 {
		s.settle(ctx, nil, nil, now) // forgets what is long past
	}
	for len(due) > 0 {
		out, n := ptrace.NewTraces(), 0
		var ids []byte
		for n < len(due) && out.SpanCount() < spansAtOnce {
			t := due[n]
			n++
			if s.keptBefore(t.id) || s.keeps(t.id, &t.facts) {
				for _, rs := range t.spans.ResourceSpans().All() {
					rs.CopyTo(out.ResourceSpans().AppendEmpty())
				}
				ids = append(ids, t.id[:]...)
			}
		}
		if out.ResourceSpans().Len() > 0 {
			if err := s.next.ConsumeTraces(ctx, out); err != nil {
				s.log.Warn("what was judged is refused, and waits", zap.Error(err), zap.Int("traces", len(due)))
				s.putBack(due)
				return
			}
		}
		s.settle(ctx, due[:n], ids, now)
		due = due[n:]
	}
}

// due takes the traces to be judged out of those waiting.
func (s *sampler) due(now time.Time) (due []*trace) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, t := range s.waiting {
		if !t.due.After(now) {
			due = append(due, t)
			delete(s.waiting, id)
		}
	}
	return due
}

func (s *sampler) keptBefore(id pcommon.TraceID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.kept[id]
	return ok
}

// putBack lets traces wait that were due, with what has come meanwhile.
func (s *sampler) putBack(traces []*trace) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range traces {
		if since := s.waiting[t.id]; since != nil {
			since.spans.ResourceSpans().MoveAndAppendTo(t.spans.ResourceSpans())
			t.batches = append(t.batches, since.batches...)
			t.merge(&since.facts)
		}
		s.waiting[t.id] = t
	}
}

// settle forgets traces that were judged; ids are those kept of them.
func (s *sampler) settle(ctx context.Context, judged []*trace, ids []byte, now time.Time) {
	s.mu.Lock()
	var done []uint64
	for _, t := range judged {
		for _, batch := range t.batches {
			if s.left[batch]--; s.left[batch] == 0 {
				delete(s.left, batch)
				done = append(done, batch)
			}
		}
	}
	for list := ids; len(list) > 0; list = list[16:] {
		s.kept[pcommon.TraceID(list[:16])] = now
	}
	s.mu.Unlock()
	forgotten, err := s.disk.settle(ctx, done, ids, now, now.Add(-s.Remember))
	if err != nil { // the batches are judged once more after a restart
		s.log.Error("what was judged stays on disk", zap.Error(err))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range forgotten {
		for list := l.ids; len(list) > 0; list = list[16:] {
			if id := pcommon.TraceID(list[:16]); !s.kept[id].After(l.at) {
				delete(s.kept, id)
			}
		}
	}
}
