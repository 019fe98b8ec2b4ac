// Package client asks a Jaeger server for traces over gRPC: jaeger.api_v3 where
// the server has it, jaeger.api_v2 else, and over HTTP where only the port of
// Jaeger's pages can be reached, remembering per client what worked. Spans are
// decoded from the bytes received straight into a model.Builder.
//
// All methods of a Client may be called from any goroutine and at the same
// time. Each returns within 100 ms once its context has ended, also while a
// large trace is being decoded. Errors are *Error, told apart by Kind.
// Callbacks are called from another goroutine, one at a time, and never after
// the method returned; a callback that blocks holds up its method.
package client

import (
	"context"
	"crypto/tls"
	"fmt"
	"hash/maphash"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jaegertracing/jaeger-idl/proto-gen/api_v2"

	"traceview/internal/client/wire"
)

// A Client is a connection to one server.
type Client struct {
	opts    Options
	tls     *tls.Config // nil for plaintext
	secrets []string    // besides the token
	pause   func(attempt int, asked time.Duration) time.Duration
	web     *http.Client
	life    context.Context // ends with Close
	end     context.CancelFunc

	negotiated atomic.Uint32 // an API; APIAuto until the server answered
	webOnly    atomic.Bool   // the address is that of a web server
	closed     atomic.Bool

	sweeps       sweeper
	mu           sync.Mutex
	conn         *connection
	missing      map[string]bool // methods and services the server lacks
	capabilities *Capabilities
}

// New checks options and prepares a connection; the first call makes it. Close
// the client when done.
func New(opts Options) (*Client, error) {
	if err := opts.complete(); err != nil {
		return nil, fmt.Errorf("connection options: %w", err)
	}
	cfg, err := opts.tlsConfig()
	if err != nil {
		return nil, fmt.Errorf("connection options: %w", err)
	}
	c := &Client{opts: opts, tls: cfg, secrets: opts.secrets(), pause: backOff, missing: map[string]bool{}, sweeps: sweeper{seed: maphash.MakeSeed()}}
	if c.conn, err = c.connect(); err != nil {
		return nil, err
	}
	c.web = c.newWeb()
	c.life, c.end = context.WithCancel(context.Background())
	return c, nil
}

// Close ends the connection and all calls that are under way.
func (c *Client) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed.Swap(true) {
		return nil
	}
	c.end()
	c.sweeps.close()
	c.web.CloseIdleConnections()
	return c.conn.Close()
}

// Endpoint returns the host:port of the server, with the path below which its
// API lies, or unix:///path.
func (c *Client) Endpoint() string { return c.opts.Endpoint }

// Encrypted says whether the server is reached by TLS.
func (c *Client) Encrypted() bool { return c.tls != nil }

// Negotiated returns the API the server answered in, APIAuto before it did.
func (c *Client) Negotiated() API { return API(c.negotiated.Load()) }

// Services returns the names of all services, sorted.
func (c *Client) Services(ctx context.Context) ([]string, error) {
	const op = "list services"
	return detached(ctx, c, op, nil, func() ([]string, error) {
		var v3 wire.GetServicesResponse
		var v2 api_v2.GetServicesResponse
		var web struct{ Services []string }
		api, err := c.ask(ctx, question{op: op,
			v3:  method{name: wire.GetServices, req: &wire.GetServicesRequest{}, reply: &v3},
			v2:  method{name: wire.GetServicesV2, req: &api_v2.GetServicesRequest{}, reply: &v2},
			web: over(visit{path: "/services", read: intoJSON(&web)})})
		if err != nil {
			return nil, err
		}
		names := v3.Services
		switch api {
		case APIv2:
			names = v2.Services
		case APIHTTP:
			names = web.Services
		}
		slices.Sort(names)
		return slices.Compact(names), nil
	})
}

// Operation is one operation of a service.
type Operation = wire.Operation

// Operations returns the operations of a service, in the server's order.
func (c *Client) Operations(ctx context.Context, service string) ([]Operation, error) {
	const op = "list operations"
	return detached(ctx, c, op, nil, func() ([]Operation, error) {
		var v3 wire.GetOperationsResponse
		var v2 api_v2.GetOperationsResponse
		var web struct{ Operations []Operation }
		api, err := c.ask(ctx, question{op: op,
			v3:  method{name: wire.GetOperations, req: &wire.GetOperationsRequest{Service: service}, reply: &v3},
			v2:  method{name: wire.GetOperationsV2, req: &api_v2.GetOperationsRequest{Service: service}, reply: &v2},
			web: over(visit{path: "/operations", query: url.Values{"service": {service}}, read: intoJSON(&web)})})
		switch {
		case err != nil:
			return nil, err
		case api == APIv2:
			return operationsV2(&v2), nil
		case api == APIHTTP:
			return web.Operations, nil
		}
		return v3.Operations, nil
	})
}

// operationsV2 reads both fields servers have used.
func operationsV2(m *api_v2.GetOperationsResponse) []Operation {
	var out []Operation
	for _, o := range m.Operations {
		out = append(out, Operation{Name: o.GetName(), SpanKind: o.GetSpanKind()})
	}
	if len(out) == 0 {
		for _, name := range m.OperationNames {
			out = append(out, Operation{Name: name})
		}
	}
	return out
}

// Dependency counts the calls of one service to another.
type Dependency = wire.Dependency

// Dependencies returns which services called which between two times.
func (c *Client) Dependencies(ctx context.Context, from, to time.Time) ([]Dependency, error) {
	const op = "list dependencies"
	return detached(ctx, c, op, nil, func() ([]Dependency, error) {
		var v3 wire.DependenciesResponse
		var v2 api_v2.GetDependenciesResponse
		api, err := c.ask(ctx, question{op: op,
			v3: method{name: wire.GetDependencies, req: &wire.GetDependenciesRequest{Start: from, End: to}, reply: &v3},
			v2: method{name: wire.GetDependenciesV2, req: &api_v2.GetDependenciesRequest{StartTime: from, EndTime: to}, reply: &v2}})
		if err != nil || api == APIv3 {
			return v3.Dependencies, err
		}
		out := make([]Dependency, 0, len(v2.Dependencies))
		for _, d := range v2.Dependencies {
			out = append(out, Dependency{Parent: d.Parent, Child: d.Child, CallCount: d.CallCount})
		}
		return out, nil
	})
}

// Capabilities say how well the server's storage searches.
type Capabilities struct {
	Known bool // false if the server does not say: then nothing is promised
	wire.SearchCapabilities
}

// Capabilities returns what the server says about its storage, asked once a
// client. A server that cannot say is no error.
func (c *Client) Capabilities(ctx context.Context) (Capabilities, error) {
	c.mu.Lock()
	known := c.capabilities
	c.mu.Unlock()
	if known != nil {
		return *known, nil
	}
	if c.onWeb() { // HTTP has no such question
		return Capabilities{}, nil
	}
	const op = "ask for capabilities"
	return detached(ctx, c, op, nil, func() (Capabilities, error) {
		var reply wire.GetCapabilitiesResponse
		err := c.put(ctx, question{op: op}, method{name: wire.GetCapabilities, req: &wire.GetCapabilitiesRequest{}, reply: &reply})
		caps := Capabilities{Known: err == nil, SearchCapabilities: reply.Search}
		if err != nil && KindOf(err) != ErrUnimplemented {
			return Capabilities{}, err
		}
		c.mu.Lock()
		c.capabilities = &caps
		c.mu.Unlock()
		return caps, nil
	})
}
