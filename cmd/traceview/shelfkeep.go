package main

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"traceview/internal/logs"
	"traceview/internal/model"
	"traceview/internal/store"
)

const (
	// mostWaiting bounds the spans of traces that wait to be kept: with those
	// that are open anyway this is what a closed tab leaves behind.
	mostWaiting = 4_000_000
	// mostInMemory bounds the spans of a library that is in memory: some 150 MB.
	mostInMemory = 2_000_000
	// drain is how long the end of the program waits for what is being kept.
	drain = 2 * time.Second
)

var (
	errBacklog    = errors.New("too many traces wait to be kept")
	errMemoryFull = errors.New("the library in memory is full")
)

// A keeping is a trace that waits to be kept, or the log lines of one that was before.
type keeping struct {
	trace  *model.Trace
	source string
	lines  *logs.Lines // nil for the trace itself
	at     store.Key   // the entry that the lines are kept with, 0 for that of the trace
	done   func(error)
}

// spans is how much of what waits a keeping is.
func (k *keeping) spans() int {
	if k.lines != nil {
		return k.lines.Len()
	}
	return len(k.trace.Spans)
}

// A backlog keeps traces one at a time, in the order in which they came.
type backlog struct {
	put     func(ctx context.Context, t *model.Trace, source string) error
	putLogs func(ctx context.Context, k *keeping) error
	ctx     context.Context
	mu      sync.Mutex
	list    []keeping
	spans   int           // of those that wait, and of the one at work
	running chan struct{} // closed when all that was added is done; nil while nothing is
}

// add takes a trace to be kept.
func (b *backlog) add(k keeping) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.spans > 0 && b.spans+k.spans() > mostWaiting {
		go k.done(errBacklog) // the caller may hold what done needs
		return
	}
	b.list, b.spans = append(b.list, k), b.spans+k.spans()
	if b.running == nil {
		b.running = make(chan struct{})
		go b.run()
	}
}

func (b *backlog) run() {
	for {
		b.mu.Lock()
		if len(b.list) == 0 {
			close(b.running)
			b.running = nil
			b.mu.Unlock()
			return
		}
		k := b.list[0]
		b.list[0] = keeping{} // so that it can be collected
		b.list = b.list[1:]
		b.mu.Unlock()
		if k.lines != nil {
			k.done(b.putLogs(b.ctx, &k))
		} else {
			k.done(b.put(b.ctx, k.trace, k.source))
		}
		b.mu.Lock()
		b.spans -= k.spans()
		b.mu.Unlock()
	}
}

// idle returns what is closed when nothing waits any longer, nil if nothing does.
func (b *backlog) idle() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.running
}

// Keep implements shell.Library.
func (s *shelf) Keep(t *model.Trace, file string, done func(error)) {
	s.waiting.add(keeping{trace: t, source: s.sourceOf(file), done: done})
}

// sourceOf is what is noted of where a trace is from: a file, or for "" the connection.
func (s *shelf) sourceOf(file string) string { return cmp.Or(file, s.source) }

// put keeps a trace.
func (s *shelf) put(ctx context.Context, t *model.Trace, source string) error {
	st, err := s.library(ctx)
	if err != nil {
		return err
	}
	if !st.Kept() {
		if s.inMemory+len(t.Spans) > mostInMemory {
			return errMemoryFull
		}
		s.inMemory += len(t.Spans)
	}
	began := time.Now()
	_, _, err = st.Put(ctx, t, source)
	if s.note != nil {
		s.note("trace_kept", map[string]any{"spans": len(t.Spans), "cost_ms": float64(time.Since(began).Microseconds()) / 1000, "failed": err != nil})
	}
	return err
}
