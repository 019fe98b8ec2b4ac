package client

import (
	"context"
	"encoding/binary"
	"fmt"
	"net/url"
	"time"

	jaeger "github.com/jaegertracing/jaeger-idl/model/v1"
	"github.com/jaegertracing/jaeger-idl/proto-gen/api_v2"

	"traceview/internal/client/wire"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
)

// Progress is how much of an answer has arrived. Servers send nothing until
// most of their own work is done.
type Progress struct {
	Messages int
	Bytes    int64
	Spans    int
	// Preview, now and then, is a trace of the first spans of one that takes long:
	// see model.Previewer. Only Trace makes them.
	Preview *model.Trace
}

// progressEvery spaces calls of a progress callback; messages of 10 spans come
// thousands a second.
const progressEvery = 50 * time.Millisecond

// A collector decodes the messages of one stream into one Builder.
type collector struct {
	b        *model.Builder
	v3       *otlp.Decoder
	v2       *spanDecoder
	done     Progress
	told     time.Time
	progress func(Progress)
	shows    *model.Previewer // nil for none
	marked   bool             // a decoder marks what breaks off
	gate     gate
}

func newCollector(progress func(Progress)) *collector {
	b := model.NewBuilder()
	return &collector{b: b, v3: otlp.NewDecoder(b), v2: newSpanDecoder(b), progress: progress}
}

func (k *collector) messageV3(raw wire.Raw) error {
	err := k.v3.Message(raw)
	k.count(raw)
	return err
}

func (k *collector) messageV2(raw wire.Raw) error {
	err := k.v2.chunk(raw)
	k.count(raw)
	return err
}

func (k *collector) count(raw wire.Raw) {
	k.done.Messages++
	k.done.Bytes += int64(len(raw))
	k.done.Spans = k.b.Len()
	k.tellNow()
}

// tellNow tells of progress if that is due.
func (k *collector) tellNow() {
	if now := time.Now(); now.Sub(k.told) >= progressEvery {
		k.told = now
		k.tell()
	}
}

// restart forgets what arrived.
func (k *collector) restart() {
	fresh := newCollector(nil)
	k.b, k.v3, k.v2, k.done = fresh.b, fresh.v3, fresh.v2, Progress{}
	if k.shows != nil {
		k.shows = &model.Previewer{}
	}
}

func (k *collector) tell() {
	if k.progress == nil {
		return
	}
	p := k.done
	if k.shows != nil {
		p.Preview = k.shows.Next(k.b)
	}
	k.gate.pass(func() { k.progress(p) })
}

// build makes traces of what arrived. If the stream broke off (err), the trace
// that was arriving is marked as truncated; decoders do so themselves.
func (k *collector) build(err error) []*model.Trace {
	k.shows = nil // the whole is next
	k.tell()
	if err != nil && KindOf(err) != ErrGarbage && k.b.Len() > 0 && !k.marked {
		k.b.WarnTrace(model.TraceID{}, model.Truncated)
	}
	return k.b.Build()
}

// Trace fetches a trace as it is stored, without the server's adjustments. If
// the stream breaks off midway, what arrived is returned along with the error,
// marked with the warning model.Truncated. progress may be nil; it is called
// at most every 50 ms and once at the end.
func (c *Client) Trace(ctx context.Context, id model.TraceID, progress func(Progress)) (*model.Trace, error) {
	const op = "get trace"
	k := newCollector(progress)
	k.shows = &model.Previewer{}
	return detached(ctx, c, op, &k.gate, func() (*model.Trace, error) {
		v2 := &api_v2.GetTraceRequest{RawTraces: true, TraceID: jaeger.TraceID{
			High: binary.BigEndian.Uint64(id[:8]), Low: binary.BigEndian.Uint64(id[8:])}}
		_, err := c.ask(ctx, question{op: op, restart: k.restart,
			v3: method{name: wire.GetTrace, req: &wire.GetTraceRequest{TraceID: id.String(), RawTraces: true},
				each: k.messageV3},
			v2: method{name: wire.GetTraceV2, req: v2, each: k.messageV2},
			web: over(visit{path: "/traces/" + id.String(), query: url.Values{"rawTraces": {"true"}, "raw_traces": {"true"}},
				read: k.readWeb, long: true})})
		if ctx.Err() != nil { // nobody waits for the result
			return nil, err
		}
		return c.pick(k, id, op, err)
	})
}

// pick returns the trace asked for from what arrived.
func (c *Client) pick(k *collector, id model.TraceID, op string, err error) (*model.Trace, error) {
	empty := k.b.Len() == 0
	traces := k.build(err)
	for _, t := range traces {
		if t.ID == id {
			return t, err
		}
	}
	switch {
	case err != nil:
		return nil, err
	case empty: // Jaeger before August 2026 says OK for a trace it does not have
		return nil, &Error{Kind: ErrNotFound, Endpoint: c.opts.Endpoint, Op: op, Detail: "the server's answer holds no spans"}
	}
	return nil, c.garbage(op, fmt.Errorf("the server sent trace %s when asked for %s", traces[0].ID, id))
}

// FindTraces fetches whole traces that match q, in the order in which they
// arrived. If the stream breaks off midway, what arrived is returned along
// with the error, the last trace marked as truncated. progress is as in Trace.
func (c *Client) FindTraces(ctx context.Context, q Query, progress func(Progress)) ([]*model.Trace, error) {
	const op = "find traces"
	k := newCollector(progress)
	return detached(ctx, c, op, &k.gate, func() ([]*model.Trace, error) {
		if err := q.complete(); err != nil {
			return nil, c.invalid(op, err)
		}
		web, err := q.wholeTraces(q.Limit, k.readWeb)
		if err != nil {
			return nil, c.invalid(op, err)
		}
		ask := q.question(op, k.messageV3, k.messageV2)
		ask.web, ask.restart = web, k.restart
		_, err = c.ask(ctx, ask)
		if ctx.Err() != nil {
			return nil, err
		}
		return k.build(err), err
	})
}

func (c *Client) invalid(op string, err error) *Error {
	return &Error{Kind: ErrInvalid, Endpoint: c.opts.Endpoint, Op: op, Detail: err.Error(), cause: err}
}
