package demo

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestFollow lives two weeks with the shop: every trace comes once, when it is
// over, and no order number comes twice.
func TestFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const orders = 45
		ctx, cancel := context.WithCancel(t.Context())
		begin := time.Now()
		numbers, traces, calls := map[string]time.Time{}, map[string]bool{}, 0
		err := Follow(ctx, Options{Orders: orders}, func(_ context.Context, list []*Trace) error {
			if calls++; calls > 1 && len(list) != 1 {
				t.Errorf("%d traces at once in the middle of the story", len(list))
			}
			for _, tr := range list {
				if traces[tr.ID] {
					t.Errorf("trace %s came twice", tr.ID)
				}
				traces[tr.ID] = true
				if first, ok := numbers[tr.Order]; !ok {
					numbers[tr.Order] = tr.Start
				} else if tr.Start.Sub(first) > chapter {
					t.Errorf("order %s has traces %v apart: a number was given twice", tr.Order, tr.Start.Sub(first))
				}
				late := time.Since(tr.index.end)
				if late < 0 || calls > 1 && late > time.Minute {
					t.Errorf("call %d: trace ended %v before it came", calls, late)
				}
			}
			if time.Since(begin) > 2*chapter {
				cancel()
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(numbers) < 3*orders {
			t.Errorf("%d orders in two chapters and the past, want %d at least", len(numbers), 3*orders)
		}
	})
}

func TestFollowEndsWithAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refused := errors.New("refused")
		calls := 0
		err := Follow(t.Context(), Options{Orders: 3}, func(context.Context, []*Trace) error {
			if calls++; calls == 5 {
				return refused
			}
			return nil
		})
		if !errors.Is(err, refused) || calls != 5 {
			t.Errorf("%d calls and %v, want 5 and %v", calls, err, refused)
		}
	})
}

// TestFollowTakesUp tells a story again that began earlier: what was sent then
// comes again just as it was, and then what has been missed.
func TestFollowTakesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		until := func(end time.Time) map[string]string {
			ctx, cancel := context.WithDeadline(t.Context(), end)
			defer cancel()
			sent := map[string]string{}
			if err := Follow(ctx, Options{Orders: 10, Now: began}, func(_ context.Context, list []*Trace) error {
				for _, tr := range list {
					sent[tr.ID] = string(tr.Proto)
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			return sent
		}
		first := until(began.Add(3 * 24 * time.Hour))
		sleep(t.Context(), 24*time.Hour) // nobody tells it
		again := until(time.Now().Add(time.Hour))
		for id, proto := range first {
			if again[id] != proto {
				t.Fatalf("trace %s is told differently the second time", id)
			}
		}
		if len(again) <= len(first) {
			t.Errorf("%d traces told up to day 4, %d up to day 3", len(again), len(first))
		}
	})
}
