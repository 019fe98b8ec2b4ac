package client

import (
	"context"
	"strings"
	"time"

	"traceview/internal/model"
)

// Jaeger before 2.19 does not know attributes over HTTP and sends the newest
// traces of any kind. A search by attributes then looks through all traces of
// its period here, at most sweepDepth at a time and sweepLimit in all.
const (
	sweepDepth = 2000
	sweepLimit = 8 * sweepDepth
)

// A period is a part of the time searched.
type period struct{ from, to time.Time }

// sweep picks out the traces that match q from all of its period. Where the
// server sends as many as it was asked for, there may be more, and the halves
// of the period are asked for, the newer first. If they are too many in all,
// those that do not match are passed on too, so that the caller sees a search
// that has come to its limit.
func (c *Client) sweep(ctx context.Context, q *Query, op string, z *summarizer) (Found, error) {
	var hits, others = map[model.TraceID]bool{}, map[model.TraceID]Summary{}
	emit := z.emit
	z.emit = func(s Summary) {
		if s.MatchedKey == "" {
			others[s.ID] = s
			return
		}
		hits[s.ID] = true
		emit(s)
	}
	depth, sent := sweepDepth, 0
	todo := []period{{q.From, q.To}}
	for len(todo) > 0 && sent < sweepLimit {
		p := todo[len(todo)-1]
		z.restart()
		err := c.sweepOne(ctx, q, p, depth, op, z)
		if err != nil && depth > q.Limit && strings.Contains(err.Error(), "search depth") {
			depth = q.Limit // a small store refuses to be asked for more than it holds
			continue
		}
		if err != nil {
			return Found{Traces: len(hits), Whole: true}, err
		}
		todo = todo[:len(todo)-1]
		sent += len(z.byID)
		if half := p.to.Sub(p.from) / 2; len(z.byID) >= depth && half > time.Millisecond {
			todo = append(todo, period{p.from, p.from.Add(half)}, period{p.from.Add(half), p.to})
		}
	}
	f := Found{Traces: len(hits), LimitReached: len(todo) > 0, Whole: true}
	if f.LimitReached {
		for id, s := range others {
			if !hits[id] {
				emit(s)
			}
		}
	}
	return f, nil
}

func (c *Client) sweepOne(ctx context.Context, q *Query, p period, depth int, op string, z *summarizer) error {
	part := *q
	part.From, part.To = p.from, p.to
	web, err := part.wholeTraces(depth, z.readWeb)
	if err != nil {
		return c.invalid(op, err)
	}
	_, err = c.ask(ctx, question{op: op, noService: q.Service == "", web: web, restart: z.restart})
	z.flush(0)
	return err
}
