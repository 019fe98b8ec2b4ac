package task

import (
	"context"
	"sync"
)

// A Line runs work one after the other, in the order it comes. Unlike that of a
// Slot none of it is given up: what somebody wrote is to be kept.
type Line struct {
	dispatch Dispatch
	mu       sync.Mutex
	list     []func()
	busy     bool
	idle     chan struct{} // closed while nothing runs
}

// NewLine returns a line whose results arrive through dispatch.
func NewLine(dispatch Dispatch) *Line {
	l := &Line{dispatch: dispatch, idle: make(chan struct{})}
	close(l.idle)
	return l
}

// Do runs work after what came before; done gets its error on the goroutine of
// the user interface. A panic in work arrives as a *PanicError.
func (l *Line) Do(work func(context.Context) error, done func(error)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, func() {
		err := Guard(func() error { return work(context.Background()) })
		l.dispatch(func() { done(err) })
	})
	if !l.busy {
		l.busy, l.idle = true, make(chan struct{})
		go l.run()
	}
}

// run does what there is, until there is nothing more.
func (l *Line) run() {
	for {
		l.mu.Lock()
		if len(l.list) == 0 {
			l.busy = false
			close(l.idle)
			l.mu.Unlock()
			return
		}
		f := l.list[0]
		l.list = l.list[1:]
		l.mu.Unlock()
		f()
	}
}

// Wait waits until all work is done, or until ctx ends, whose error it returns.
func (l *Line) Wait(ctx context.Context) error {
	l.mu.Lock()
	idle := l.idle
	l.mu.Unlock()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
