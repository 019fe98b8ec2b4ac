package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"traceview/internal/client/wire"
	"traceview/internal/model"
)

// listen runs handle for each connection to a port on loopback.
func listen(t *testing.T, handle func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			handle(nc)
			nc.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return l.Addr().String()
}

func hostOf(s *httptest.Server) string { return s.Listener.Addr().String() }

// secureHTTP serves over TLS, with or without HTTP/2, and has no page.
func secureHTTP(t *testing.T, certs *certificates, http2 bool) string {
	cert, _, _ := certs.issue("127.0.0.1", time.Now().Add(time.Hour))
	return securePages(t, cert, http2, http.NotFound)
}

// securePages serves over TLS, with or without HTTP/2.
func securePages(t *testing.T, cert tls.Certificate, http2 bool, pages http.HandlerFunc) string {
	s := httptest.NewUnstartedServer(pages)
	s.Config.ErrorLog = quiet
	s.EnableHTTP2 = http2
	s.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	s.StartTLS()
	t.Cleanup(s.Close)
	return hostOf(s)
}

func TestConnectionErrors(t *testing.T) {
	certs := newCertificates(t)
	hour := time.Now().Add(time.Hour)
	good, _, _ := certs.issue("127.0.0.1", hour)
	grpcTLS := func(t *testing.T, cert tls.Certificate) string {
		addr, _ := serve(t, &fakeV3{}, nil, grpc.Creds(credentials.NewServerTLSFromCert(&cert)))
		return addr
	}
	secure := func(addr string) Options { return Options{Endpoint: addr, CAFile: certs.file} }
	tests := []struct {
		name   string
		start  func(t *testing.T) Options
		want   Kind
		detail string
	}{
		{"nothing listens", func(t *testing.T) Options {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			l.Close()
			return plain(l.Addr().String())
		}, ErrUnreachable, "refused"},
		{"connection accepted and closed", func(t *testing.T) Options {
			return plain(listen(t, func(net.Conn) {}))
		}, ErrUnreachable, "no gRPC server answered"},
		{"http/1 server", func(t *testing.T) Options {
			s := httptest.NewServer(http.NotFoundHandler())
			t.Cleanup(s.Close)
			return plain(hostOf(s))
		}, ErrWrongPort, "HTTP 404"},
		{"http/2 server in plain text with pages", func(t *testing.T) Options {
			o := plain(webServerH2(t, say("<html>")))
			o.API = APIv3 // over HTTP/1 it is not asked
			return o
		}, ErrWrongPort, "text/html"},
		{"http/2 server with TLS", func(t *testing.T) Options { return secure(secureHTTP(t, certs, true)) }, ErrWrongPort, "404"},
		{"http/1 server with TLS", func(t *testing.T) Options { return secure(secureHTTP(t, certs, false)) }, ErrWrongPort, "HTTP 404"},
		{"another protocol", func(t *testing.T) Options {
			return plain(listen(t, func(nc net.Conn) { nc.Write([]byte("220 mail.example ready\r\n")); nc.Read(make([]byte, 64)) }))
		}, ErrWrongPort, "another protocol"},
		{"plain text asked of a TLS server", func(t *testing.T) Options { return plain(grpcTLS(t, good)) }, ErrTLS, "wants TLS"},
		{"plain text asked of a TLS server that says so", func(t *testing.T) Options {
			return plain(listen(t, func(nc net.Conn) { nc.Write([]byte{0x15, 3, 1, 0, 2, 2, 70}) }))
		}, ErrTLS, "wants TLS"},
		{"TLS asked of a plain text server", func(t *testing.T) Options {
			addr, _ := serve(t, &fakeV3{}, nil)
			return secure(addr)
		}, ErrTLS, "does not speak TLS"},
		{"TLS asked of an http/1 server", func(t *testing.T) Options {
			s := httptest.NewServer(http.NotFoundHandler())
			t.Cleanup(s.Close)
			return secure(hostOf(s))
		}, ErrTLS, "plain HTTP"},
		{"unknown authority", func(t *testing.T) Options { return Options{Endpoint: grpcTLS(t, good)} }, ErrTLS, "unknown authority"},
		{"wrong host", func(t *testing.T) Options {
			cert, _, _ := certs.issue("jaeger.example", hour)
			return secure(grpcTLS(t, cert))
		}, ErrTLS, "127.0.0.1"},
		{"expired", func(t *testing.T) Options {
			cert, _, _ := certs.issue("127.0.0.1", time.Now().Add(-time.Hour))
			return secure(grpcTLS(t, cert))
		}, ErrTLS, "expired"},
		{"client certificate wanted", func(t *testing.T) Options {
			addr, _ := serve(t, &fakeV3{}, nil, grpc.Creds(credentials.NewTLS(&tls.Config{
				Certificates: []tls.Certificate{good}, ClientAuth: tls.RequireAnyClientCert, NextProtos: []string{"h2"}})))
			return secure(addr)
		}, ErrTLS, "certificate required"},
		{"accepted, then silence", func(t *testing.T) Options {
			o := plain(listen(t, func(nc net.Conn) { io.Copy(io.Discard, nc) }))
			o.connectTimeout = 50 * time.Millisecond
			return o
		}, ErrUnreachable, "no gRPC server answered"},
		{"accepted, then silence instead of TLS", func(t *testing.T) Options {
			o := secure(listen(t, func(nc net.Conn) { io.Copy(io.Discard, nc) }))
			o.connectTimeout = 50 * time.Millisecond
			return o
		}, ErrUnreachable, "no answer"},
		{"no API at all", func(t *testing.T) Options {
			addr, _ := serve(t, nil, nil)
			return plain(addr)
		}, ErrUnimplemented, "unknown service"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := dial(t, tt.start(t))
			_, err := c.Services(t.Context())
			checkError(t, err, tt.want, tt.detail)
			if e := new(Error); errors.As(err, &e) && (e.Endpoint != c.Endpoint() || e.Op != "list services") {
				t.Errorf("got endpoint %q, op %q", e.Endpoint, e.Op)
			}
		})
	}
}

func checkError(t *testing.T, err error, want Kind, detail string) {
	t.Helper()
	if got := KindOf(err); got != want || !errors.Is(err, want) {
		t.Fatalf("got %v (%v), want kind %v", err, got, want)
	}
	if !strings.Contains(err.Error(), detail) {
		t.Errorf("got %q, want it to mention %q", err, detail)
	}
}

func TestStatusErrors(t *testing.T) {
	tests := []struct {
		name    string
		answer  error
		service string
		want    Kind
	}{
		{"unauthenticated", status.Error(codes.Unauthenticated, "no token"), "", ErrUnauthenticated},
		{"forbidden", status.Error(codes.PermissionDenied, "not in group"), "", ErrForbidden},
		{"tenant missing", status.Error(codes.Unauthenticated, "missing tenant header"), "", ErrTenant},
		{"tenant unknown", status.Error(codes.PermissionDenied, "unknown tenant"), "", ErrTenant},
		{"not found", status.Error(codes.NotFound, "trace not found: x"), "", ErrNotFound},
		{"not found of v3", status.Error(codes.Unknown, "trace not found"), "", ErrNotFound},
		{"not found, internal", status.Error(codes.Internal, "failed to fetch: trace not found"), "", ErrNotFound},
		{"needs service, new server", status.Error(codes.InvalidArgument, "service_name is required"), "", ErrNeedsService},
		{"needs service, badger", status.Error(codes.Unknown, "service name must be set"), "", ErrNeedsService},
		{"needs service, elasticsearch", status.Error(codes.Internal, "failed when searching for traces: service Name must be set"), "", ErrNeedsService},
		{"needs service, cassandra", status.Error(codes.Internal, "query not supported without a service"), "", ErrNeedsService},
		{"not supported with a service", status.Error(codes.Internal, "this query parameter is not supported yet"), "shop", ErrServer},
		{"invalid", status.Error(codes.InvalidArgument, "search depth must be positive"), "", ErrInvalid},
		{"server's own limit", status.Error(codes.ResourceExhausted, "trying to send message larger than max (5 vs. 4)"), "", ErrTooLarge},
		{"overloaded", status.Error(codes.ResourceExhausted, "queue is full"), "", ErrBusy},
		{"internal", status.Error(codes.Internal, "disk on fire"), "", ErrServer},
		{"not a status", errors.New("start time min and max are required parameters"), "", ErrServer},
		{"unavailable", status.Error(codes.Unavailable, "restarting"), "", ErrUnreachable},
		{"server's deadline", status.Error(codes.DeadlineExceeded, "storage took too long"), "", ErrDeadline},
		{"cancelled by the server", status.Error(codes.Canceled, "shutting down"), "", ErrInterrupted},
		{"unimplemented", status.Error(codes.Unimplemented, "no"), "", ErrUnimplemented},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			addr, _ := serve(t, &fakeV3{find: func(context.Context, wire.TraceQuery, func(wire.Raw) error) error { return tt.answer }}, nil)
			c := dial(t, plain(addr))
			_, err := c.FindTraces(t.Context(), Query{Service: tt.service}, nil)
			checkError(t, err, tt.want, status.Convert(tt.answer).Message())
		})
	}
}

func TestTenantIsAsked(t *testing.T) {
	addr, _ := serve(t, &fakeV3{services: func(ctx context.Context) ([]string, error) {
		md, _ := metadata.FromIncomingContext(ctx)
		if got := md.Get("x-tenant"); len(got) != 1 {
			return nil, status.Error(codes.Unauthenticated, "missing tenant header")
		}
		return md.Get("x-tenant"), nil
	}}, nil)
	_, err := dial(t, plain(addr)).Services(t.Context())
	checkError(t, err, ErrTenant, "missing tenant")
	o := plain(addr)
	o.Tenant = "acme"
	if got, err := dial(t, o).Services(t.Context()); err != nil || len(got) != 1 || got[0] != "acme" {
		t.Errorf("got %q, %v; want acme", got, err)
	}
}

func TestPayloadErrors(t *testing.T) {
	spans := chain(traceOne, 0, 100)
	tests := []struct {
		name   string
		limit  int
		send   []wire.Raw
		want   Kind
		detail string
		spans  int // of the partial trace
	}{
		{"empty stream", 0, nil, ErrNotFound, "no spans", 0},
		{"stream of an empty message", 0, []wire.Raw{{}}, ErrNotFound, "no spans", 0},
		{"garbage", 0, []wire.Raw{{0xff, 0xff, 0xff}}, ErrGarbage, "", 0},
		{"garbage after spans", 0, []wire.Raw{spans, {0xff, 0xff, 0xff}}, ErrGarbage, "", 100},
		{"message cut short", 0, []wire.Raw{spans[:len(spans)/2]}, ErrGarbage, "", -1},
		{"message too large", 1000, []wire.Raw{spans}, ErrTooLarge, "limit 1000 bytes", 0},
		{"too large after spans", 2000, []wire.Raw{chain(traceOne, 0, 3), spans}, ErrTooLarge, "limit 2000 bytes", 3},
		{"another trace", 0, []wire.Raw{chain(model.TraceID{1: 7}, 0, 2)}, ErrGarbage, "when asked for", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			addr, _ := serve(t, &fakeV3{trace: func(_ context.Context, _ string, send func(wire.Raw) error) error {
				for _, m := range tt.send {
					if err := send(m); err != nil {
						return err
					}
				}
				return nil
			}}, nil)
			o := plain(addr)
			o.RecvLimit = tt.limit
			got, err := dial(t, o).Trace(t.Context(), traceOne, nil)
			checkError(t, err, tt.want, tt.detail)
			switch {
			case tt.spans == 0 && got != nil:
				t.Errorf("got a trace of %d spans with the error", len(got.Spans))
			case tt.spans > 0 && (got == nil || len(got.Spans) != tt.spans):
				t.Fatalf("got %v, want %d spans", got, tt.spans)
			case tt.spans > 0 && !truncated(got):
				t.Error("the partial trace is not marked as truncated")
			}
		})
	}
}

func truncated(t *model.Trace) bool {
	for _, w := range t.Warnings {
		if w.Kind == model.Truncated {
			return true
		}
	}
	return false
}

func TestGarbageInShortAnswer(t *testing.T) {
	addr := listenRaw(t, "\xff\xff")
	_, err := dial(t, plain(addr)).Services(t.Context())
	checkError(t, err, ErrGarbage, "malformed")
}

// listenRaw serves any unary call with that message.
func listenRaw(t *testing.T, message string) string {
	addr, _ := serve(t, nil, nil, grpc.UnknownServiceHandler(func(_ any, s grpc.ServerStream) error {
		var in wire.Raw
		if err := s.RecvMsg(&in); err != nil {
			return err
		}
		return s.SendMsg(wire.Raw(message))
	}))
	return addr
}

func TestErrorsKeepSecrets(t *testing.T) {
	addr, _ := serve(t, &fakeV3{services: func(ctx context.Context) ([]string, error) {
		md, _ := metadata.FromIncomingContext(ctx)
		return nil, status.Errorf(codes.Unauthenticated, "bad %v %v", md.Get("authorization"), md.Get("x-api-key"))
	}}, nil)
	o := plain(addr)
	o.Token = StaticToken("tok-1234567\n")
	o.Headers = map[string]string{"X-Api-Key": "key-7654321"}
	_, err := dial(t, o).Services(t.Context())
	checkError(t, err, ErrUnauthenticated, "Bearer …")
	for _, secret := range []string{"1234567", "7654321"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("%q holds a secret", err)
		}
	}
}

func TestTokenErrors(t *testing.T) {
	addr, _ := serve(t, &fakeV3{}, nil)
	locked := errors.New("keyring is locked")
	for name, token := range map[string]func(context.Context) (string, error){
		"keyring":      func(context.Context) (string, error) { return "", locked },
		"control code": StaticToken("a\x00b"),
	} {
		t.Run(name, func(t *testing.T) {
			o := plain(addr)
			o.Token = token
			_, err := dial(t, o).Services(t.Context())
			checkError(t, err, ErrUnauthenticated, "token")
			if name == "keyring" && !errors.Is(err, locked) {
				t.Errorf("got %v, want it to wrap the keyring's error", err)
			}
		})
	}
}

func TestKindNames(t *testing.T) {
	seen := map[string]bool{}
	for k := ErrServer; k <= lastKind; k++ {
		if k.String() == "" || seen[k.String()] {
			t.Errorf("kind %d has no name of its own: %q", uint8(k), k)
		}
		seen[k.String()] = true
	}
	if got, want := Kind(200).String(), "Kind(200)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := KindOf(errors.New("other")); got != 0 {
		t.Errorf("got %v, want 0", got)
	}
}

func TestMutualTLS(t *testing.T) {
	certs := newCertificates(t)
	cert, certFile, keyFile := certs.issue("jaeger.example", time.Now().Add(time.Hour))
	pool := x509.NewCertPool()
	pool.AddCert(certs.ca)
	var agent, auth atomic.Value
	addr, _ := serve(t, &fakeV3{services: func(ctx context.Context) ([]string, error) {
		md, _ := metadata.FromIncomingContext(ctx)
		agent.Store(strings.Join(md.Get("user-agent"), ","))
		auth.Store(strings.Join(append(md.Get("authorization"), md.Get("bearer.token")...), ","))
		return []string{"shop"}, nil
	}}, nil, grpc.Creds(credentials.NewTLS(&tls.Config{Certificates: []tls.Certificate{cert}, ClientCAs: pool,
		ClientAuth: tls.RequireAndVerifyClientCert})))
	c := dial(t, Options{Endpoint: addr, CAFile: certs.file, CertFile: certFile, KeyFile: keyFile, ServerName: "jaeger.example",
		Token: StaticToken("tok"), BearerHeader: true, Version: "1.2.3"})
	if got, err := c.Services(t.Context()); err != nil || len(got) != 1 {
		t.Fatalf("got %q, %v", got, err)
	}
	if got, want := agent.Load().(string), "traceview/1.2.3 "; !strings.HasPrefix(got, want) {
		t.Errorf("user agent: got %q, want prefix %q", got, want)
	}
	if got, want := auth.Load(), "Bearer tok,tok"; got != want {
		t.Errorf("credentials: got %q, want %q", got, want)
	}
}

// TestWhatAServerSaysIsOneLineWithoutCommands holds that a terminal takes nothing of it
// for a command.
func TestWhatAServerSaysIsOneLineWithoutCommands(t *testing.T) {
	for said, want := range map[string]string{
		"a  b\r\n\tc": "a b c", "\x1b[2Jgone\a": "[2Jgone", "no\u009b31m": "no 31m", "ошибка\xff": "ошибка�", "key s3cret": "key …",
	} {
		if got := clean(said, []string{"s3cret"}); got != want {
			t.Errorf("%q becomes %q, want %q", said, got, want)
		}
	}
}
