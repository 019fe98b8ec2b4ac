package client

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/metadata"

	"traceview/internal/client/wire"
)

// A question is one call in all APIs; a method that is "" does not exist in
// that API.
type question struct {
	op          string
	v3, v2, web method
	noService   bool
	restart     func() // forgets what arrived, to ask anew; nil if that cannot be
}

// A method is a call as one API has it.
type method struct {
	name  string
	req   any
	reply any                  // of a call with one answer
	each  func(wire.Raw) error // of a stream, for each message; the bytes are valid during the call
	visit *visit               // of a call over HTTP, which has none of the above
}

// over returns the method of a call over HTTP.
func over(v visit) method { return method{name: "GET " + v.path, visit: &v} }

// ask puts q in the API that works, v3 first, and remembers what a server
// lacks. Where a web server answers in place of gRPC, it is asked over HTTP.
func (c *Client) ask(ctx context.Context, q question) (API, error) {
	if c.onWeb() {
		return APIHTTP, c.askWeb(ctx, q)
	}
	api, err := c.askGRPC(ctx, q)
	if c.opts.API != APIAuto || !errors.Is(err, ErrWrongPort) || q.web.name == "" {
		return api, err
	}
	probe := c.put(ctx, question{op: q.op}, over(visit{path: "/services", read: intoJSON(&struct{}{})}))
	switch e := new(Error); KindOf(probe) {
	case ErrWrongPort:
		if errors.As(probe, &e) && e.Reason == ReasonWrongPath { // a web server, but not Jaeger's
			return APIHTTP, probe
		}
		return api, err
	case ErrUnreachable, ErrUnimplemented, ErrTLS:
		return api, err
	case ErrCancelled, ErrDeadline, ErrSignIn:
		return APIHTTP, probe
	}
	c.webOnly.Store(true)
	c.opts.Log.Debug("asking over HTTP", "endpoint", c.opts.Endpoint)
	return APIHTTP, c.askWeb(ctx, q)
}

// onWeb says whether the server is asked over HTTP.
func (c *Client) onWeb() bool { return c.opts.API == APIHTTP || c.webOnly.Load() }

func (c *Client) askWeb(ctx context.Context, q question) error {
	if q.web.name == "" || c.lacks(q.web.name) {
		return &Error{Kind: ErrUnimplemented, Endpoint: c.opts.Endpoint, Op: q.op}
	}
	err := c.put(ctx, q, q.web)
	c.answered(APIHTTP, err)
	return err
}

func (c *Client) askGRPC(ctx context.Context, q question) (API, error) {
	tryV3 := q.v3.name != "" && c.opts.API != APIv2 && !c.lacks(q.v3.name)
	tryV2 := q.v2.name != "" && c.opts.API != APIv3 && !c.lacks(q.v2.name)
	var err error = &Error{Kind: ErrUnimplemented, Endpoint: c.opts.Endpoint, Op: q.op}
	if tryV3 {
		if err = c.put(ctx, q, q.v3); !errors.Is(err, ErrUnimplemented) || !tryV2 {
			c.answered(APIv3, err)
			return APIv3, err
		}
	}
	if tryV2 {
		err = c.put(ctx, q, q.v2)
		c.answered(APIv2, err)
		return APIv2, err
	}
	return 0, err
}

// lacks says whether the server is known not to have a method.
func (c *Client) lacks(method string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.missing[method] || c.missing[serviceOf(method)]
}

func serviceOf(method string) string {
	return strings.Split(strings.TrimPrefix(method, "/"), "/")[0]
}

// lost remembers that a server lacks a method, or the whole service.
func (c *Client) lost(method string, err *Error) {
	name := method
	if strings.Contains(err.Detail, "unknown service") && strings.HasPrefix(method, "/") {
		name = serviceOf(method)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.missing[name] = true
	c.opts.Log.Debug("call not implemented by server", "endpoint", c.opts.Endpoint, "method", name)
}

// answered notes which API the server speaks. v3 once answered stays: a server
// with both may lack single methods of v3.
func (c *Client) answered(api API, err error) {
	switch KindOf(err) {
	case 0, ErrNotFound, ErrNeedsService, ErrInvalid:
		if c.negotiated.Load() != uint32(APIv3) {
			c.negotiated.Store(uint32(api))
		}
	}
}

// maxAttempts bounds tries of a call whose server is not available.
const maxAttempts = 3

// maxPause is how long a server may make a call wait before another attempt; one
// that asks for more is believed, and the call fails.
const maxPause = 20 * time.Second

// put makes one call, several times if the server is not available and nothing
// was received yet: all calls only read, so all are safe to repeat. A token that
// was refused is renewed once.
func (c *Client) put(ctx context.Context, q question, m method) error {
	renewed := false
	for n := 1; ; n++ {
		from := time.Now()
		a, err := c.try(ctx, q, m)
		c.note(q, m, n, time.Since(from), err)
		if err == nil {
			return nil
		}
		if err.Kind == ErrUnimplemented {
			c.lost(m.name, err)
		}
		if err.Kind == ErrUnauthenticated && !renewed && (!a.started || q.restart != nil) && c.renewed(ctx, a.token) {
			renewed = true
			if a.started {
				q.restart()
			}
			continue
		}
		if !c.again(err, a, n, time.Since(from)) || !c.wait(ctx, n, err.retry) {
			return err
		}
	}
}

// note logs an attempt. What an error says has no credentials in it.
func (c *Client) note(q question, m method, attempt int, took time.Duration, err *Error) {
	attrs := []any{"endpoint", c.opts.Endpoint, "op", q.op, "call", m.name, "attempt", attempt, "ms", took.Milliseconds()}
	if err != nil {
		attrs = append(attrs, "cause", err)
	}
	c.opts.Log.Debug("asked", attrs...)
}

// again says whether attempt n, which took that long, is worth another.
func (c *Client) again(err *Error, a *attempt, n int, took time.Duration) bool {
	switch {
	case a.started, n == maxAttempts, err.retry > maxPause:
		return false
	case err.Kind == ErrUnreachable: // an attempt that took long would take as long again
		return took <= c.opts.connectTimeout/2
	}
	return err.Kind == ErrBusy
}

// backOff returns the pause after attempt n: 100 ms doubling, half of it by
// chance, so that clients of a server that restarts come back spread out, and
// not before the server asked for.
func backOff(n int, asked time.Duration) time.Duration {
	d := 100 * time.Millisecond << (n - 1)
	return asked + d/2 + rand.N(d/2)
}

// wait pauses before another attempt; false if the context ended.
func (c *Client) wait(ctx context.Context, n int, asked time.Duration) bool {
	t := time.NewTimer(c.pause(n, asked))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// try makes one call once.
func (c *Client) try(ctx context.Context, q question, m method) (*attempt, *Error) {
	a := &attempt{op: q.op, noService: q.noService, secrets: c.secrets}
	callCtx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if m.visit != nil {
		err := c.get(callCtx, cancel, a, m.visit)
		if err != nil {
			return a, c.fail(ctx, callCtx, a, err)
		}
		return a, nil
	}
	conn, err := c.ready()
	if err != nil {
		return a, &Error{Kind: ErrCancelled, Endpoint: c.opts.Endpoint, Op: q.op, Detail: err.Error()}
	}
	a.conn = conn
	md, err := c.metadata(ctx, a)
	if err != nil {
		return a, c.fail(ctx, callCtx, a, err)
	}
	out := metadata.NewOutgoingContext(callCtx, md)
	if m.each != nil {
		err = c.stream(out, cancel, a, m)
	} else {
		timed, stop := context.WithTimeout(out, c.opts.CallTimeout)
		defer stop()
		callCtx = timed
		var trailer metadata.MD
		err = conn.Invoke(timed, c.opts.target.base+m.name, m.req, m.reply, grpc.Trailer(&trailer))
		a.noteRetry(trailer)
	}
	if err != nil {
		return a, c.fail(ctx, callCtx, a, err)
	}
	return a, nil
}

// noteRetry keeps when a proxy in between wants to be asked again.
func (a *attempt) noteRetry(trailer metadata.MD) {
	if v := trailer.Get("retry-after"); len(v) > 0 {
		a.retry = v[0]
	}
}

// stream receives all messages of a stream.
func (c *Client) stream(ctx context.Context, cancel context.CancelCauseFunc, a *attempt, m method) error {
	idle := time.AfterFunc(c.opts.StreamIdle, func() { cancel(errIdle) })
	defer idle.Stop()
	s, err := a.conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, c.opts.target.base+m.name)
	if err != nil {
		return err
	}
	if err := s.SendMsg(m.req); err != nil && err != io.EOF {
		return err
	}
	if err := s.CloseSend(); err != nil {
		return err
	}
	var raw wire.Raw // used for all messages
	for {
		if err := s.RecvMsg(&raw); err == io.EOF {
			return nil
		} else if err != nil {
			a.noteRetry(s.Trailer())
			return err
		}
		a.started = true
		idle.Stop()
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := m.each(raw); err != nil {
			return c.garbage(a.op, err)
		}
		idle.Reset(c.opts.StreamIdle)
	}
}

// garbage makes an *Error of what a decoder could not read.
func (c *Client) garbage(op string, err error) *Error {
	return &Error{Kind: ErrGarbage, Endpoint: c.opts.Endpoint, Op: op, Detail: clean(err.Error(), c.secrets), cause: err}
}

// ready returns the connection, a new one if the last attempt to connect
// failed: gRPC would answer with that failure until its own pause is over. Its
// state alone does not tell: calls fail a moment before the state changes.
func (c *Client) ready() (*connection, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed.Load() {
		return nil, errors.New("the client was closed")
	}
	if !c.conn.failed.Load() && c.conn.GetState() != connectivity.TransientFailure {
		return c.conn, nil
	}
	conn, err := c.connect()
	if err != nil {
		return nil, err
	}
	c.conn.Close()
	c.conn = conn
	return conn, nil
}

// A gate lets callbacks through until the call that owns them has returned.
type gate struct {
	mu   sync.Mutex
	shut bool
}

func (g *gate) pass(f func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.shut {
		f()
	}
}

// detached runs f and returns its result, or at once when ctx ends: gRPC lets
// go of a cancelled call quickly, but decoding and building a large trace take
// seconds. What f then still does is dropped; g, if not nil, is shut.
func detached[T any](ctx context.Context, c *Client, op string, g *gate, f func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		v, err := f()
		done <- result{v, err}
	}()
	if g != nil {
		defer g.pass(func() { g.shut = true })
	}
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var zero T
		return zero, contextError(&Error{Endpoint: c.opts.Endpoint, Op: op}, ctx.Err())
	}
}
