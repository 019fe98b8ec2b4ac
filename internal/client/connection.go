package client

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"

	"traceview/internal/client/wire"
)

// A connection is one gRPC connection with what went on below gRPC, whose own
// errors are text.
type connection struct {
	*grpc.ClientConn
	failed    atomic.Bool // a call found no server; it is not used again
	mu        sync.Mutex
	dial      error // of the last attempt
	handshake error
	head      []byte // first bytes the server sent, decrypted
	read      error  // what came instead of them
}

// connect prepares a connection, which is made with the first call.
func (c *Client) connect() (*connection, error) {
	conn := &connection{}
	creds := insecure.NewCredentials()
	if c.tls != nil {
		creds = credentials.NewTLS(c.tls)
	}
	cc, err := grpc.NewClient("passthrough:///"+c.opts.target.authority(),
		grpc.WithTransportCredentials(&watchedCredentials{creds, conn}),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return c.watchedDial(ctx, conn) }),
		grpc.WithNoProxy(), // reach knows the proxies
		grpc.WithUserAgent("traceview/"+c.opts.Version),
		grpc.WithDisableServiceConfig(),
		grpc.WithDisableRetry(),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: backoff.DefaultConfig, MinConnectTimeout: c.opts.connectTimeout}),
		// Servers of gRPC's Go library end connections that ping more often than
		// every 5 minutes, Jaeger's among them; TCP's own probes are the quick ones.
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 5*time.Minute + 10*time.Second, Timeout: 20 * time.Second}),
		grpc.WithDefaultCallOptions(grpc.ForceCodecV2(wire.Codec{}), grpc.MaxCallRecvMsgSize(c.opts.RecvLimit)))
	if err != nil {
		return nil, fmt.Errorf("connect %s: %w", c.opts.Endpoint, err)
	}
	conn.ClientConn = cc
	return conn, nil
}

// watchedCredentials note how handshakes end and what servers say first.
type watchedCredentials struct {
	credentials.TransportCredentials
	conn *connection
}

func (w *watchedCredentials) ClientHandshake(ctx context.Context, authority string, nc net.Conn) (net.Conn, credentials.AuthInfo, error) {
	nc, info, err := w.TransportCredentials.ClientHandshake(ctx, authority, nc)
	if err != nil {
		w.conn.mu.Lock()
		w.conn.handshake = err
		w.conn.mu.Unlock()
		return nil, nil, err
	}
	return &watchedConn{Conn: nc, watcher: w.conn}, info, nil
}

func (w *watchedCredentials) Clone() credentials.TransportCredentials {
	return &watchedCredentials{w.TransportCredentials.Clone(), w.conn}
}

// watchedConn keeps the first bytes that arrive. Reads come from one goroutine.
type watchedConn struct {
	net.Conn
	watcher *connection
	seen    int
}

// headLen is that of an HTTP/2 frame header, enough to tell protocols apart.
const headLen = 9

func (w *watchedConn) Read(b []byte) (int, error) {
	n, err := w.Conn.Read(b)
	if w.seen < headLen && n > 0 {
		w.watcher.mu.Lock()
		w.watcher.head = append(w.watcher.head, b[:min(n, headLen-w.seen)]...)
		w.watcher.mu.Unlock()
		w.seen += n
	} else if w.seen == 0 && err != nil {
		w.watcher.mu.Lock()
		w.watcher.read = err
		w.watcher.mu.Unlock()
	}
	return n, err
}

// A trouble is what kept a connection from coming about; nil if it did.
type trouble struct {
	kind   Kind
	reason Reason // 0 if not known
	detail string
	retry  time.Duration // how long the server asks to wait
}

func (t *trouble) Error() string { return t.detail }

// trouble explains why calls on conn found no server. It may ask the server
// once more whether it wants TLS or another certificate, within ctx.
func (c *Client) trouble(ctx context.Context, conn *connection) *trouble {
	conn.mu.Lock()
	dial, handshake, head, read := conn.dial, conn.handshake, bytes.Clone(conn.head), conn.read
	conn.mu.Unlock()
	switch {
	case dial != nil:
		return dialTrouble(dial)
	case handshake != nil:
		return handshakeTrouble(handshake)
	case bytes.HasPrefix(head, []byte("HTTP/")):
		return &trouble{kind: ErrWrongPort, reason: ReasonWebPort, detail: "the server answered in HTTP/1"}
	case len(head) > 1 && (head[0] == 0x15 || head[0] == 0x16) && head[1] == 3:
		return &trouble{kind: ErrTLS, reason: ReasonWantsTLS, detail: "the server wants TLS, plain text was asked for"}
	case len(head) >= 4 && head[3] == 4: // HTTP/2 settings: it did come about
		return nil
	case len(head) > 0:
		return &trouble{kind: ErrWrongPort, reason: ReasonOther, detail: "the server answered in another protocol"}
	case c.tls != nil && isAlert(read): // TLS 1.3 refuses a client's certificate so late
		return &trouble{kind: ErrTLS, reason: ReasonClientCert, detail: read.Error()}
	case c.tls == nil && c.wantsTLS(ctx):
		return &trouble{kind: ErrTLS, reason: ReasonWantsTLS, detail: "the server wants TLS, plain text was asked for"}
	}
	if c.tls != nil {
		if alert := c.alert(ctx); alert != nil {
			return &trouble{kind: ErrTLS, reason: ReasonClientCert, detail: alert.Error()}
		}
	}
	return &trouble{kind: ErrUnreachable, reason: ReasonNoAnswer, detail: "the connection was accepted, but no gRPC server answered on it"}
}

// probeTimeout bounds the question whether a silent server wants TLS.
const probeTimeout = 2 * time.Second

// wantsTLS says whether the server completes a TLS handshake. Nothing else is
// sent, so the certificate need not be checked.
func (c *Client) wantsTLS(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, min(probeTimeout, c.opts.connectTimeout))
	defer cancel()
	nc, err := c.reach(ctx)
	if err != nil {
		return false
	}
	defer nc.Close()
	err = tls.Client(nc, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2", "http/1.1"}}).HandshakeContext(ctx)
	return err == nil || isAlert(err)
}

// alert connects once more and returns what the server ends the connection
// with, nil if it does not. With TLS 1.3 a client's certificate is refused only
// after the handshake, and a call may have seen no more than that the connection
// was gone.
func (c *Client) alert(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, min(probeTimeout, c.opts.connectTimeout))
	defer cancel()
	nc, err := c.reach(ctx)
	if err != nil {
		return nil
	}
	defer nc.Close()
	cfg := c.tls.Clone()
	cfg.NextProtos = []string{"h2"}
	secure := tls.Client(nc, cfg)
	if err = secure.HandshakeContext(ctx); err == nil {
		defer context.AfterFunc(ctx, func() { nc.SetDeadline(time.Unix(1, 0)) })()
		_, err = secure.Read(make([]byte, 1))
	}
	if isAlert(err) {
		return err
	}
	return nil
}
