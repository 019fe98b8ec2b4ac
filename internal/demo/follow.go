package demo

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// chapter is the time that the life of a shop's orders takes.
const chapter = time.Duration(oldestDays * 24 * float64(time.Hour))

// Follow hands over the traces of the shop's past at once, and then each new one
// when it has ended, without an end: the shop goes on taking orders, as many in
// a week as the past has, under the numbers that come next. It returns when ctx
// ends, with nil, or when send returns an error, with that.
func Follow(ctx context.Context, o Options, send func(context.Context, []*Trace) error) error {
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	shop := New(o)
	if err := send(ctx, shop.traces); err != nil {
		return ended(ctx, err)
	}
	for {
		o.Seed++
		o.First = cmp.Or(o.First, firstNumber) + len(shop.orders)
		o.Now = o.Now.Add(chapter)
		shop = New(o)
		traces := slices.Clone(shop.traces)
		slices.SortStableFunc(traces, func(a, b *Trace) int { return a.index.end.Compare(b.index.end) })
		for _, t := range traces {
			if !sleep(ctx, time.Until(t.index.end)) {
				return nil
			}
			if err := send(ctx, []*Trace{t}); err != nil {
				return ended(ctx, err)
			}
		}
	}
}

// ended is err, or nil where the end was asked for.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}
