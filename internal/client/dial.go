package client

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// errNotLocal stops credentials from leaving for an address that only looked
// local by name.
var errNotLocal = errors.New("the name leads to another machine, and credentials are not sent without TLS")

// authority returns what the connection is for, as host:port.
func (t target) authority() string {
	if t.network == "unix" {
		return t.host
	}
	return t.address
}

// dialer returns a dialer whose connections find out within half a minute that
// the other side is gone.
func dialer() *net.Dialer {
	return &net.Dialer{KeepAliveConfig: net.KeepAliveConfig{
		Enable: true, Idle: 15 * time.Second, Interval: 5 * time.Second, Count: 4}}
}

// reach connects to the server, through a proxy where there is one, without TLS.
func (c *Client) reach(ctx context.Context) (net.Conn, error) {
	t := &c.opts.target
	proxy, err := c.proxy()
	if err != nil {
		return nil, err
	}
	if proxy != nil {
		if c.exposed() {
			return nil, errNotLocal
		}
		return tunnel(ctx, proxy, t.address)
	}
	nc, err := dialer().DialContext(ctx, t.network, t.address)
	if err == nil && c.exposed() && leavesMachine(nc.RemoteAddr()) {
		nc.Close()
		return nil, errNotLocal
	}
	return nc, err
}

// exposed says whether credentials may not leave this machine.
func (c *Client) exposed() bool {
	return c.tls == nil && !c.opts.InTheClear && c.opts.hasCredentials()
}

// watchedDial is reach, noting how it ends.
func (c *Client) watchedDial(ctx context.Context, conn *connection) (net.Conn, error) {
	nc, err := c.reach(ctx)
	conn.mu.Lock()
	defer conn.mu.Unlock()
	conn.dial, conn.handshake, conn.head, conn.read = err, nil, nil, nil
	return nc, err
}

// leavesMachine says whether what is sent to an address leaves this machine.
func leavesMachine(addr net.Addr) bool {
	switch a := addr.(type) {
	case *net.TCPAddr:
		return !a.IP.IsLoopback()
	case *net.UnixAddr:
		return false
	}
	return true
}

// proxy returns the proxy on the way to the server, nil for none.
func (c *Client) proxy() (*url.URL, error) {
	if c.opts.target.network == "unix" {
		return nil, nil
	}
	u, err := c.opts.Proxy(c.opts.target.url(c.tls != nil))
	if err != nil { // its text may quote the address of the proxy, with a password
		return nil, &proxyError{detail: "the address of the proxy in the environment cannot be read"}
	}
	return u, nil
}

// A proxyError is a proxy's refusal, or that it cannot be reached. Its text has
// no credentials.
type proxyError struct {
	address string
	status  int // of HTTP, 0 if it gave none
	detail  string
}

func (e *proxyError) Error() string {
	return strings.TrimSpace("proxy "+e.address) + ": " + e.detail
}

// tunnel asks a proxy for a connection to an address.
func tunnel(ctx context.Context, proxy *url.URL, address string) (_ net.Conn, err error) {
	at := proxyAddress(proxy)
	fail := func(err error) (net.Conn, error) { return nil, &proxyError{address: at, detail: err.Error()} }
	if proxy.Scheme != "http" && proxy.Scheme != "https" {
		return nil, &proxyError{address: at, detail: fmt.Sprintf("proxies of type %q are not supported, only http and https", proxy.Scheme)}
	}
	nc, err := dialer().DialContext(ctx, "tcp", at)
	if err != nil {
		return fail(err)
	}
	done := make(chan struct{})
	watched := make(chan struct{})
	go func() { // ends what blocks below when the context does
		defer close(watched)
		select {
		case <-ctx.Done():
			nc.SetDeadline(time.Unix(1, 0))
		case <-done:
		}
	}()
	raw := nc
	defer func() {
		close(done)
		<-watched
		if err == nil && ctx.Err() != nil {
			err = ctx.Err()
		}
		if err != nil {
			raw.Close()
		}
	}()
	if proxy.Scheme == "https" {
		nc = tls.Client(nc, &tls.Config{MinVersion: tls.VersionTLS12, ServerName: proxy.Hostname()})
	}
	req := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: address}, Host: address, Header: http.Header{}}
	if proxy.User != nil {
		password, _ := proxy.User.Password()
		req.Header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(proxy.User.Username()+":"+password)))
	}
	if err := req.Write(nc); err != nil {
		return fail(err)
	}
	r := bufio.NewReader(nc)
	resp, err := http.ReadResponse(r, req)
	if err != nil {
		return fail(err)
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		return nil, &proxyError{at, resp.StatusCode, "it answered " + clean(resp.Status, nil)}
	}
	return &tunnelled{nc, r}, nil
}

func proxyAddress(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = schemePorts[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// tunnelled is a connection of which some bytes are read already.
type tunnelled struct {
	net.Conn
	r *bufio.Reader
}

func (t *tunnelled) Read(b []byte) (int, error) { return t.r.Read(b) }
