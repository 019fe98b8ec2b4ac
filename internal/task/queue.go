package task

import (
	"context"
	"sync"
)

// A Queue is a dispatcher for tests and for programs without a window: functions
// wait in it until its owner runs them. The zero Queue is not ready, use
// NewQueue.
type Queue struct {
	mu   sync.Mutex
	list []func()
	more chan struct{} // holds a token while list may not be empty
}

// NewQueue returns an empty queue.
func NewQueue() *Queue { return &Queue{more: make(chan struct{}, 1)} }

// Dispatch implements Dispatch; it may be called from any goroutine and never
// blocks.
func (q *Queue) Dispatch(f func()) {
	q.mu.Lock()
	q.list = append(q.list, f)
	q.mu.Unlock()
	select {
	case q.more <- struct{}{}:
	default: // there is a token already
	}
}

// Drain runs what waits in the queue, and what that puts into it, on the
// calling goroutine, and returns how many functions ran.
func (q *Queue) Drain() int {
	for n := 0; ; n++ {
		f := q.next()
		if f == nil {
			return n
		}
		f()
	}
}

// Wait runs functions as they arrive until ready says so, or until the context
// ends, whose error it returns. It asks ready first and after each function.
func (q *Queue) Wait(ctx context.Context, ready func() bool) error {
	for !ready() {
		if f := q.next(); f != nil {
			f()
			continue
		}
		select {
		case <-q.more:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// next takes the oldest function off the queue, nil if there is none.
func (q *Queue) next() func() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.list) == 0 {
		return nil
	}
	f := q.list[0]
	q.list = q.list[1:]
	return f
}
