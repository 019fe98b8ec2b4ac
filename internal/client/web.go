package client

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"traceview/internal/format/otlp"
)

// A visit is a call over HTTP.
type visit struct {
	path  string // below /api/v3, or below the endpoint for one that is foreign
	query url.Values
	read  func(io.Reader) error // decodes the answer as it arrives
	long  bool                  // an answer that may take long, bounded by silence only
	extra bool                  // servers may lack it: a page in its place says so
	empty bool                  // not found means that there are none

	foreign *Call // what a server other than Jaeger is asked; nil for Jaeger
}

// request makes the request of a visit, without what credentials and version add.
func (c *Client) request(ctx context.Context, v *visit) (*http.Request, error) {
	u := c.opts.target.url(c.tls != nil)
	u.RawQuery = v.query.Encode()
	if v.foreign == nil {
		u.Path += "/api/v3" + v.path
		return http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	}
	u.Path += v.path
	req, err := http.NewRequestWithContext(ctx, v.foreign.Method, u.String(), bytes.NewReader(v.foreign.Body))
	if err == nil && v.foreign.Body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, err
}

// answerFactor bounds a whole answer over HTTP against Options.RecvLimit, one
// message of gRPC: it comes in one piece, and JSON takes thrice the room.
const answerFactor = 4

// newWeb returns what makes calls over HTTP. It follows no redirect to another
// server, which would get the credentials.
func (c *Client) newWeb() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				ctx, cancel := context.WithTimeout(ctx, c.opts.connectTimeout)
				defer cancel()
				nc, err := c.reach(ctx)
				if err != nil || c.tls != nil {
					return nc, err
				}
				return &polite{Conn: nc, wrote: make(chan struct{})}, nil
			},
			TLSClientConfig:        c.tls.Clone(),
			TLSHandshakeTimeout:    c.opts.connectTimeout,
			ForceAttemptHTTP2:      true,
			HTTP2:                  &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 20 * time.Second},
			IdleConnTimeout:        90 * time.Second,
			MaxResponseHeaderBytes: 256 << 10,
		},
		CheckRedirect: func(to *http.Request, via []*http.Request) error {
			if to.URL.Host != via[0].URL.Host || to.URL.Scheme != via[0].URL.Scheme || to.Method != via[0].Method || len(via) > 5 {
				return http.ErrUseLastResponse
			}
			return nil
		},
	}
}

// polite is a connection that listens only once it has spoken: a gRPC server
// speaks first, which net/http would log and not report.
type polite struct {
	net.Conn
	once  sync.Once
	wrote chan struct{} // closed with the first write, or the end
}

func (p *polite) Read(b []byte) (int, error) {
	<-p.wrote
	return p.Conn.Read(b)
}

func (p *polite) Write(b []byte) (int, error) {
	defer p.once.Do(func() { close(p.wrote) })
	return p.Conn.Write(b)
}

func (p *polite) Close() error {
	defer p.once.Do(func() { close(p.wrote) })
	return p.Conn.Close()
}

// get makes one call over HTTP.
func (c *Client) get(ctx context.Context, cancel context.CancelCauseFunc, a *attempt, v *visit) error {
	a.web = true
	defer context.AfterFunc(c.life, func() { cancel(nil) })()
	limit := c.opts.CallTimeout
	if v.long {
		limit = c.opts.StreamIdle
	}
	idle := time.AfterFunc(limit, func() { cancel(errIdle) })
	defer idle.Stop()
	req, err := c.request(ctx, v)
	if err != nil {
		return &trouble{kind: ErrInvalid, detail: "the address is no URL"}
	}
	list, err := c.headers(ctx, a)
	if err != nil {
		return err
	}
	for _, h := range list {
		req.Header.Set(h.name, h.value)
	}
	req.Header.Set("User-Agent", "traceview/"+c.opts.Version)
	req.Header.Set("Accept", "application/json")
	resp, err := c.web.Do(req)
	if err != nil {
		return c.webTrouble(ctx, err)
	}
	defer resp.Body.Close()
	body := &body{r: resp.Body, left: answerFactor * int64(c.opts.RecvLimit), again: func() {
		if v.long {
			idle.Reset(limit)
		}
	}}
	return c.answer(resp, body, a, v)
}

// answer reads what came.
func (c *Client) answer(resp *http.Response, b *body, a *attempt, v *visit) error {
	r := bufio.NewReaderSize(b, 64<<10)
	_, err := r.Peek(1)
	head, _ := r.Peek(r.Buffered())
	head = bytes.TrimLeft(head, "\xef\xbb\xbf \t\r\n")
	switch {
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		return redirectTrouble(resp)
	case bytes.HasPrefix(head, []byte("<")):
		return pageTrouble(resp, r, a, v)
	case resp.StatusCode != http.StatusOK:
		return statusTrouble(resp, r, a, v)
	case err != nil && err != io.EOF:
		return c.broken(b.err)
	}
	a.started = len(head) > 0
	if err := v.read(r); err != nil {
		return c.unread(err, b, a)
	}
	return nil
}

// unread tells a broken connection from an answer that cannot be decoded.
func (c *Client) unread(err error, b *body, a *attempt) error {
	var fault *otlp.Fault
	switch {
	case errors.Is(b.err, errTooMuch), errors.Is(err, otlp.ErrTooLarge):
		return &trouble{kind: ErrTooLarge, detail: err.Error()}
	case b.err != nil && b.err != io.EOF:
		return c.broken(b.err)
	case errors.As(err, &fault):
		return faultTrouble(fault, a)
	case errors.Is(err, otlp.ErrTruncated), errors.Is(err, io.ErrUnexpectedEOF):
		return &trouble{kind: ErrInterrupted, detail: err.Error()}
	}
	return c.garbage(a.op, err)
}

// broken is a connection lost while an answer arrived.
func (c *Client) broken(err error) error {
	return &trouble{kind: ErrInterrupted, detail: err.Error()}
}

// body is the body of an answer, bounded.
type body struct {
	r     io.Reader
	left  int64
	again func() // called when something arrived
	err   error  // the first of r or the bound
}

// errTooMuch ends an answer that is beyond all measure.
var errTooMuch = errors.New("the answer is larger than allowed")

func (b *body) Read(p []byte) (int, error) {
	if b.left <= 0 {
		b.err = errTooMuch
		return 0, errTooMuch
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	if n > 0 {
		b.again()
	}
	if err != nil && b.err == nil {
		b.err = err
	}
	return n, err
}

// textLimit is how much of a page or message is looked at.
const textLimit = 64 << 10

// statusTrouble makes sense of an answer that is not 200.
func statusTrouble(resp *http.Response, r io.Reader, a *attempt, v *visit) error {
	text, _ := io.ReadAll(io.LimitReader(r, textLimit)) // what can be read of it is enough
	if v.foreign != nil {
		return foreignTrouble(resp, text, a, v.foreign)
	}
	var known struct {
		Error struct {
			Message string `json:"message"`
		} `json:"error"`
	}
	said := json.Unmarshal(text, &known) == nil && known.Error.Message != ""
	msg := string(text)
	if said {
		msg = known.Error.Message
	}
	if resp.StatusCode == http.StatusNotFound {
		switch {
		case said && v.empty:
			return nil
		case v.extra:
			return &trouble{kind: ErrUnimplemented, detail: "HTTP 404"}
		case !said:
			return &trouble{kind: ErrWrongPort, reason: ReasonWrongPath, detail: "HTTP 404: there is no /api/v3 at this address"}
		}
	}
	t := &trouble{detail: fmt.Sprintf("HTTP %d: %s", resp.StatusCode, msg), retry: retryAfter(resp.Header.Get("Retry-After"))}
	t.kind, t.reason = webKind(resp.StatusCode, msg, a)
	return t
}

// retryAfter reads seconds or a date; 0 where it says nothing of use.
func retryAfter(s string) time.Duration {
	if n, err := strconv.Atoi(strings.TrimSpace(s)); err == nil && n > 0 {
		return time.Duration(min(n, 1<<20)) * time.Second
	}
	if at, err := http.ParseTime(s); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}

// redirectTrouble is a redirect that was not followed.
func redirectTrouble(resp *http.Response) error {
	to, err := resp.Location()
	if err != nil {
		return &trouble{kind: ErrServer, detail: fmt.Sprintf("HTTP %d without a place to go", resp.StatusCode)}
	}
	from := resp.Request.URL
	if from.Scheme == "http" && to.Scheme == "https" && from.Hostname() == to.Hostname() {
		return &trouble{kind: ErrTLS, reason: ReasonWantsTLS, detail: "the server sends plain text on to https://" + to.Host}
	}
	return &trouble{kind: ErrSignIn, reason: ReasonSignInPage, detail: "the server sends on to " + to.Scheme + "://" + to.Host + to.Path}
}

// signInWords are what pages for signing in hold, and Jaeger's own does not.
var signInWords = []string{`type="password"`, `type='password'`, `type=password`, "sign in", "log in", "login", "single sign-on", "saml", "войти", "войдите"}

// pageTrouble makes sense of a page of HTML.
func pageTrouble(resp *http.Response, r io.Reader, a *attempt, v *visit) error {
	raw, _ := io.ReadAll(io.LimitReader(r, textLimit)) // what can be read of it is enough
	text := strings.ToLower(string(raw))
	title := between(string(raw), "<title>", "</title>")
	detail := fmt.Sprintf("HTTP %d with a page", resp.StatusCode)
	if title != "" {
		detail += " titled " + title
	}
	jaeger := strings.Contains(text, "jaeger ui")
	switch {
	case strings.Contains(text, "ssl certificate") || strings.Contains(text, "https port"): // nginx
		kind, reason := webKind(resp.StatusCode, text, a)
		return &trouble{kind: kind, reason: reason, detail: detail, retry: retryAfter(resp.Header.Get("Retry-After"))}
	case !jaeger && resp.StatusCode < 500 && containsAny(text, signInWords...):
		return &trouble{kind: ErrSignIn, reason: ReasonSignInPage, detail: detail}
	case v.extra:
		return &trouble{kind: ErrUnimplemented, detail: detail}
	case resp.StatusCode == http.StatusOK || resp.StatusCode == http.StatusNotFound:
		if base := between(string(raw), `<base href="`, `"`); jaeger && len(base) > 1 {
			detail += ", whose path is " + base
		}
		return &trouble{kind: ErrWrongPort, reason: ReasonWrongPath, detail: detail}
	}
	kind, reason := webKind(resp.StatusCode, title, a)
	return &trouble{kind: kind, reason: reason, detail: detail, retry: retryAfter(resp.Header.Get("Retry-After"))}
}

func between(s, from, to string) string {
	_, s, ok := strings.Cut(s, from)
	if s, _, ok2 := strings.Cut(s, to); ok && ok2 {
		return strings.TrimSpace(s)
	}
	return ""
}

func containsAny(s string, parts ...string) bool {
	for _, p := range parts {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}
