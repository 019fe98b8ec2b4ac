// Package task runs work in the background for a user interface: slots in which
// only the newest work counts, a dispatcher that brings results to the
// interface's goroutine, and progress that it polls.
package task

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
)

// A Dispatch runs a function on the goroutine of the user interface, later and
// in the order given: fyne.Do in the application, Queue.Dispatch in tests. It
// must not block on that goroutine.
type Dispatch func(func())

// A Slot runs one piece of work at a time and keeps only the newest: starting
// work cancels what ran before, and a result that arrives after that is
// dropped. All methods must be called on the goroutine of the user interface.
type Slot[T any] struct {
	dispatch Dispatch
	cancel   context.CancelFunc
	gen      uint64 // number of the newest work
	busy     bool
}

// NewSlot returns a slot whose results arrive through dispatch.
func NewSlot[T any](dispatch Dispatch) *Slot[T] { return &Slot[T]{dispatch: dispatch} }

// Start cancels the work in the slot and runs work on a goroutine of its own;
// done gets its result on the goroutine of the user interface unless Start or
// Stop was called meanwhile. A panic in work arrives as a *PanicError. Work
// must return soon after its context is cancelled.
func (s *Slot[T]) Start(work func(context.Context) (T, error), done func(T, error)) {
	s.Stop()
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel, s.busy = cancel, true
	gen := s.gen
	go func() {
		defer cancel() // frees what derives from ctx
		v, err := guard(ctx, work)
		s.dispatch(func() {
			if s.gen != gen {
				return
			}
			s.busy = false
			done(v, err)
		})
	}()
}

// Stop cancels the work in the slot, if any, whose result is then dropped.
func (s *Slot[T]) Stop() {
	s.gen++
	s.busy = false
	if s.cancel != nil {
		s.cancel()
		s.cancel = nil
	}
}

// Cancel asks the work in the slot to end but lets its result arrive, so that
// what was reached by then is not lost.
func (s *Slot[T]) Cancel() {
	if s.cancel != nil {
		s.cancel()
	}
}

// Busy says whether a result is still to come.
func (s *Slot[T]) Busy() bool { return s.busy }

// A PanicError is a panic that ended work.
type PanicError struct {
	Value any
	Stack []byte // of the goroutine that panicked
}

// Error tells what the runtime found, without the stack. Of a value that the
// program panicked with it tells the type: its text may hold anything, also a
// credential.
func (e *PanicError) Error() string {
	if err, ok := e.Value.(runtime.Error); ok {
		return "internal fault: " + err.Error()
	}
	return fmt.Sprintf("internal fault: %T", e.Value)
}

// Unwrap returns the value if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// Guard calls f and returns its error, or a *PanicError if it panicked.
func Guard(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{v, debug.Stack()}
		}
	}()
	return f()
}

func guard[T any](ctx context.Context, work func(context.Context) (T, error)) (v T, err error) {
	err = Guard(func() error {
		var err error
		v, err = work(ctx)
		return err
	})
	return v, err
}
