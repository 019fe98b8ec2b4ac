package task

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
)

func TestQueueKeepsOrder(t *testing.T) {
	q := NewQueue()
	var got []int
	q.Dispatch(func() {
		got = append(got, 1)
		q.Dispatch(func() { got = append(got, 3) })
	})
	q.Dispatch(func() { got = append(got, 2) })
	if n := q.Drain(); n != 3 {
		t.Errorf("Drain ran %d functions, want 3", n)
	}
	if !slices.Equal(got, []int{1, 2, 3}) {
		t.Errorf("ran in order %v, want 1 2 3", got)
	}
	if n := q.Drain(); n != 0 {
		t.Errorf("Drain of an empty queue ran %d functions", n)
	}
}

func TestQueueWaitEndsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	q := NewQueue()
	q.Dispatch(cancel)
	if err := q.Wait(ctx, func() bool { return false }); !errors.Is(err, context.Canceled) {
		t.Errorf("Wait = %v, want context.Canceled", err)
	}
}

func TestQueueFromManyGoroutines(t *testing.T) {
	const workers, each = 8, 500
	q := NewQueue()
	n := 0 // touched by this goroutine only
	for range workers {
		go func() {
			for range each {
				q.Dispatch(func() { n++ })
			}
		}()
	}
	until(t, q, func() bool { return n == workers*each })
}

func TestProgress(t *testing.T) {
	var p Progress
	if f, known := p.Fraction(); known || f != 0 {
		t.Errorf("Fraction of nothing = %v, %v, want 0, false", f, known)
	}
	for _, tt := range []struct {
		done, total int64
		want        float64
	}{{0, 4, 0}, {1, 4, 0.25}, {4, 4, 1}, {9, 4, 1}, {-1, 4, 0}} {
		p.Set(tt.done)
		p.Expect(tt.total)
		if f, known := p.Fraction(); !known || f != tt.want {
			t.Errorf("Fraction of %d in %d = %v, %v, want %v", tt.done, tt.total, f, known, tt.want)
		}
		if p.Done() != tt.done || p.Total() != tt.total {
			t.Errorf("Done, Total = %d, %d, want %d, %d", p.Done(), p.Total(), tt.done, tt.total)
		}
	}
}

func TestProgressFromManyGoroutines(t *testing.T) {
	var p Progress
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 1000 {
				p.Add(1)
				p.Fraction()
			}
		})
	}
	wg.Wait()
	if got := p.Done(); got != 8000 {
		t.Errorf("Done = %d, want 8000", got)
	}
}
