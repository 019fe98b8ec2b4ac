package client

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// A Web makes calls over HTTP to a server other than Jaeger, by the rules of a
// Client: the same credentials, certificates and proxies, errors told apart by the
// same kinds, attempts, bounds, and no redirect to another server. Its methods may be
// called from any goroutine.
type Web struct{ c *Client }

// A Call is one call of a Web. Calls may be made several times, so they must not
// change anything that matters.
type Call struct {
	Op     string // for errors, such as "search logs"
	Method string
	Path   string // below the endpoint, not escaped
	Query  url.Values
	Body   []byte                // JSON, nil for none
	Read   func(io.Reader) error // decodes the answer as it arrives; nil where it does not matter
	// Explain makes sense of an answer other than 200 OK that is no page: what to
	// tell of it and, unless that goes by the status, its kind. It may be nil.
	Explain func(status int, text []byte) (detail string, kind Kind)
}

// NewWeb checks options and prepares calls to Endpoint, which may leave out that
// port. Options.API does not matter. Close it when done.
func NewWeb(o Options, port string) (*Web, error) {
	o.API, o.port = APIHTTP, port
	c, err := New(o)
	if err != nil {
		return nil, err
	}
	return &Web{c}, nil
}

// Do makes a call. What is read within Options.StreamIdle after what came before
// counts as in time. The error is an *Error.
func (w *Web) Do(ctx context.Context, call Call) error {
	if call.Read == nil {
		call.Read = func(io.Reader) error { return nil }
	}
	v := visit{path: call.Path, query: call.Query, read: call.Read, long: true, foreign: &call}
	return w.c.put(ctx, question{op: call.Op}, method{name: call.Method + " " + call.Path, visit: &v})
}

// Endpoint returns the host:port of the server with the path behind it.
func (w *Web) Endpoint() string { return w.c.Endpoint() }

// Encrypted says whether the server is reached by TLS.
func (w *Web) Encrypted() bool { return w.c.Encrypted() }

// Close ends all calls that are under way.
func (w *Web) Close() error { return w.c.Close() }

// foreignTrouble makes sense of an answer of a server other than Jaeger.
func foreignTrouble(resp *http.Response, text []byte, a *attempt, call *Call) error {
	detail, said := string(text), Kind(0)
	if call.Explain != nil {
		detail, said = call.Explain(resp.StatusCode, text)
	}
	t := &trouble{detail: fmt.Sprintf("HTTP %d: %s", resp.StatusCode, detail), retry: retryAfter(resp.Header.Get("Retry-After"))}
	if t.kind, t.reason = webKind(resp.StatusCode, detail, a); said != 0 {
		t.kind, t.reason = said, 0
	}
	return t
}
