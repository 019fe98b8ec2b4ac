package task

import (
	"context"
	"errors"
	"slices"
	"testing"
)

func TestLine(t *testing.T) {
	q := NewQueue()
	l := NewLine(q.Dispatch)
	if err := l.Wait(t.Context()); err != nil {
		t.Fatalf("waiting for nothing: %v", err)
	}
	var ran []int // by one goroutine at a time
	var told []error
	bad, hold := errors.New("disk full"), make(chan struct{})
	for k := range 20 {
		l.Do(func(context.Context) error {
			if k == 0 {
				<-hold
			}
			ran = append(ran, k)
			switch k {
			case 3:
				return bad
			case 4:
				panic("upset")
			}
			return nil
		}, func(err error) { told = append(told, err) })
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if err := l.Wait(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("waited although it was to end: %v", err)
	}
	close(hold)
	if err := l.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(ran) != 20 || !slices.IsSorted(ran) {
		t.Errorf("ran %v", ran)
	}
	q.Drain()
	var p *PanicError
	if len(told) != 20 || told[3] != bad || !errors.As(told[4], &p) || told[5] != nil {
		t.Errorf("told %v", told)
	}
	l.Do(func(context.Context) error { return nil }, func(error) { told = nil })
	if err := l.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if q.Drain(); told != nil {
		t.Error("it does nothing after it was idle")
	}
}
