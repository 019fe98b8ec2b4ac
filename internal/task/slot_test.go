package task

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

// until runs the queue until ready, and fails the test instead of hanging.
func until(t *testing.T, q *Queue, ready func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := q.Wait(ctx, ready); err != nil {
		t.Fatalf("nothing arrived: %v", err)
	}
}

func TestSlotDelivers(t *testing.T) {
	q := NewQueue()
	s := NewSlot[int](q.Dispatch)
	got, calls := 0, 0
	s.Start(func(context.Context) (int, error) { return 7, nil }, func(v int, err error) {
		if s.Busy() {
			t.Error("slot is busy while its result is handled")
		}
		if err != nil {
			t.Errorf("error %v, want none", err)
		}
		got, calls = v, calls+1
	})
	if !s.Busy() {
		t.Error("slot is not busy after Start")
	}
	until(t, q, func() bool { return calls > 0 })
	if got != 7 || calls != 1 {
		t.Errorf("got %d in %d calls, want 7 in 1", got, calls)
	}
}

func TestSlotKeepsOnlyTheNewest(t *testing.T) {
	q := NewQueue()
	s := NewSlot[string](q.Dispatch)
	release := make(chan struct{})
	var got []string
	keep := func(v string, err error) { got = append(got, v) }
	s.Start(func(context.Context) (string, error) { <-release; return "old", nil }, keep)
	s.Start(func(context.Context) (string, error) { return "new", nil }, keep)
	until(t, q, func() bool { return len(got) > 0 })
	close(release) // the old result arrives last
	arrived := 0
	until(t, q, func() bool { arrived++; return arrived > 1 })
	if strings.Join(got, " ") != "new" {
		t.Errorf("got %q, want only new", got)
	}
}

func TestSlotStartCancelsWhatRan(t *testing.T) {
	q := NewQueue()
	s := NewSlot[int](q.Dispatch)
	ended := make(chan error, 1)
	s.Start(func(ctx context.Context) (int, error) {
		<-ctx.Done()
		ended <- ctx.Err()
		return 0, ctx.Err()
	}, func(int, error) { t.Error("result of cancelled work arrived") })
	done := false
	s.Start(func(context.Context) (int, error) { return 1, nil }, func(int, error) { done = true })
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("old work ended with %v, want context.Canceled", err)
	}
	until(t, q, func() bool { return done })
}

func TestSlotStopDropsTheResult(t *testing.T) {
	q := NewQueue()
	s := NewSlot[int](q.Dispatch)
	s.Stop() // nothing runs
	s.Start(func(ctx context.Context) (int, error) { <-ctx.Done(); return 1, nil },
		func(int, error) { t.Error("result arrived after Stop") })
	s.Stop()
	if s.Busy() {
		t.Error("slot is busy after Stop")
	}
	ran := 0
	until(t, q, func() bool { ran++; return ran > 1 })
}

func TestSlotCancelKeepsTheResult(t *testing.T) {
	q := NewQueue()
	s := NewSlot[string](q.Dispatch)
	var got string
	var gotErr error
	s.Cancel() // nothing runs
	s.Start(func(ctx context.Context) (string, error) { <-ctx.Done(); return "partial", ctx.Err() },
		func(v string, err error) { got, gotErr = v, err })
	s.Cancel()
	if !s.Busy() {
		t.Error("slot is not busy although its result is to come")
	}
	until(t, q, func() bool { return !s.Busy() })
	if got != "partial" || !errors.Is(gotErr, context.Canceled) {
		t.Errorf("got %q, %v, want partial, context.Canceled", got, gotErr)
	}
}

func TestSlotTurnsPanicIntoError(t *testing.T) {
	cause := errors.New("cause")
	for _, tt := range []struct {
		name  string
		value any
		is    error
		text  string
	}{
		{"text", "index 3", nil, "internal fault: string"},
		{"error", cause, cause, "internal fault: *errors.errorString"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			q := NewQueue()
			s := NewSlot[int](q.Dispatch)
			var got error
			s.Start(func(context.Context) (int, error) { panic(tt.value) }, func(_ int, err error) { got = err })
			until(t, q, func() bool { return got != nil })
			var p *PanicError
			if !errors.As(got, &p) || got.Error() != tt.text || !strings.Contains(string(p.Stack), "slot_test.go") {
				t.Errorf("got %v, want a PanicError %q with the stack of the work", got, tt.text)
			}
			if tt.is != nil && !errors.Is(got, tt.is) {
				t.Errorf("%v does not wrap %v", got, tt.is)
			}
		})
	}
}

func TestGuardPassesErrors(t *testing.T) {
	want := errors.New("plain")
	if got := Guard(func() error { return want }); got != want {
		t.Errorf("Guard = %v, want %v", got, want)
	}
	if got := Guard(func() error { return nil }); got != nil {
		t.Errorf("Guard = %v, want nil", got)
	}
}
