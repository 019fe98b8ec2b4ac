package client

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"

	"traceview/internal/client/wire"
)

// checkAll runs a Check and returns its results by step.
func checkAll(t *testing.T, o Options, keys ...string) (map[Step]Result, error) {
	t.Helper()
	got := map[Step]Result{}
	last := Step(0)
	err := dial(t, o).Check(t.Context(), keys, func(r Result) {
		if r.Step != last+1 {
			t.Errorf("%s came after %s", r.Step, last)
		}
		last = r.Step
		got[r.Step] = r
	})
	if last != lastStep {
		t.Errorf("the last step told of is %s, want %s", last, lastStep)
	}
	return got, err
}

// healthy answers every question of a Check.
func healthy() *fakeV3 {
	return &fakeV3{services: func(context.Context) ([]string, error) { return []string{"shop-api"}, nil }, find: sendAll(chain(traceOne, 0, 3))}
}

func TestCheckPasses(t *testing.T) {
	certs := newCertificates(t)
	cert, _, _ := certs.issue("127.0.0.1", time.Now().Add(time.Hour))
	named, _, _ := certs.issue("localhost", time.Now().Add(time.Hour))
	tests := []struct {
		name   string
		start  func(t *testing.T) Options
		states string
		detail map[Step]string
	}{
		{"gRPC", func(t *testing.T) Options { addr, _ := serve(t, healthy(), nil); return plain(addr) },
			"literal passed plaintext passed passed passed passed passed",
			map[Step]string{StepConnect: "127.0.0.1:", StepProtocol: "gRPC", StepAPI: "grpc-v3", StepServices: "1", StepKey: "order.id (shop-api)"}},
		{"gRPC with TLS", func(t *testing.T) Options {
			addr, _ := serve(t, healthy(), nil, grpc.Creds(credentials.NewServerTLSFromCert(&cert)))
			return Options{Endpoint: addr, CAFile: certs.file}
		}, "literal passed passed passed passed passed passed passed", map[Step]string{StepTLS: "TLS 1.3"}},
		{"by name", func(t *testing.T) Options {
			addr, _ := serve(t, healthy(), nil, grpc.Creds(credentials.NewServerTLSFromCert(&named)))
			_, port, _ := net.SplitHostPort(addr)
			return Options{Endpoint: "localhost:" + port, CAFile: certs.file}
		}, "passed passed passed passed passed passed passed passed", map[Step]string{StepName: "127.0.0.1"}},
		{"through a proxy", func(t *testing.T) Options {
			addr, _ := serve(t, healthy(), nil)
			return Options{Endpoint: "jaeger.example", Plaintext: true, Proxy: always(startProxy(t, addr, 0).url)}
		}, "by-proxy passed plaintext passed passed passed passed passed", map[Step]string{StepConnect: "proxy 127.0.0.1:"}},
		{"web port", func(t *testing.T) Options {
			return plain(webServer(t, map[string]http.HandlerFunc{"/api/v3/services": say(listOfServices), "/api/v3/traces": say(chainJSON(t, traceOne, 0, 3))}))
		}, "literal passed plaintext passed passed passed passed passed", map[Step]string{StepProtocol: "HTTP", StepAPI: "http-v3", StepServices: "2"}},
		{"a service has to be named", func(t *testing.T) Options {
			v3 := healthy()
			v3.find = func(ctx context.Context, q wire.TraceQuery, send func(wire.Raw) error) error {
				if q.Service == "" {
					return status.Error(codes.InvalidArgument, "service_name is required")
				}
				return send(chain(traceOne, 0, 3))
			}
			addr, _ := serve(t, v3, nil)
			return plain(addr)
		}, "literal passed plaintext passed passed passed passed passed", map[Step]string{StepKey: "order.id (shop-api)"}},
		{"no traces yet", func(t *testing.T) Options {
			v3 := healthy()
			v3.find = sendAll()
			addr, _ := serve(t, v3, nil)
			return plain(addr)
		}, "literal passed plaintext passed passed passed passed no-traces", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := checkAll(t, tt.start(t), "orderId", "order.id")
			if states := statesOf(got); err != nil || states != tt.states {
				t.Errorf("got %s, %v; want %s", states, err, tt.states)
			}
			if until := got[StepTLS].Until; !until.IsZero() != (got[StepTLS].State == Passed) || !until.IsZero() && time.Until(until) > time.Hour {
				t.Errorf("the certificate ends at %v", until)
			}
			for step, want := range tt.detail {
				if !strings.Contains(got[step].Detail, want) {
					t.Errorf("%s: got %q, want it to mention %q", step, got[step].Detail, want)
				}
			}
		})
	}
}

func statesOf(results map[Step]Result) string {
	var states []string
	for s := StepName; s <= lastStep; s++ {
		states = append(states, results[s].State.String())
	}
	return strings.Join(states, " ")
}

// dated serves pages over TLS with a clock of its own.
func dated(t *testing.T, cert tls.Certificate, clock time.Time) string {
	return securePages(t, cert, true, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", clock.UTC().Format(http.TimeFormat))
	})
}

func TestCheckSaysWhatIsWrong(t *testing.T) {
	certs := newCertificates(t)
	now := time.Now()
	good, _, _ := certs.issue("127.0.0.1", now.Add(time.Hour))
	old, _, _ := certs.issue("127.0.0.1", now.Add(-time.Hour))
	early, _, _ := certs.issueFrom("127.0.0.1", now.Add(time.Hour), now.Add(2*time.Hour))
	other, _, _ := certs.issue("jaeger.example", now.Add(time.Hour))
	secure := func(addr string) Options { return Options{Endpoint: addr, CAFile: certs.file} }
	withTLS := func(t *testing.T, cert tls.Certificate) string {
		addr, _ := serve(t, healthy(), nil, grpc.Creds(credentials.NewServerTLSFromCert(&cert)))
		return addr
	}
	refusing := func(t *testing.T, err error) string {
		v3 := healthy()
		v3.services = func(context.Context) ([]string, error) { return nil, err }
		addr, _ := serve(t, v3, nil)
		return addr
	}
	web := func(t *testing.T, h http.HandlerFunc) string {
		return webServer(t, map[string]http.HandlerFunc{"/": h})
	}
	tests := []struct {
		name   string
		start  func(t *testing.T) Options
		step   Step
		kind   Kind
		reason Reason
	}{
		{"no such name", func(*testing.T) Options { return plain("jaeger.invalid") }, StepName, ErrUnreachable, ReasonUnknownHost},
		{"nothing listens", func(*testing.T) Options { return plain("127.0.0.1:1") }, StepConnect, ErrUnreachable, ReasonRefused},
		{"proxy refuses", func(t *testing.T) Options {
			return Options{Endpoint: "jaeger.example", Proxy: always(startProxy(t, "", 403).url)}
		}, StepConnect, ErrProxy, ReasonProxy},
		{"proxy wants credentials", func(t *testing.T) Options {
			return Options{Endpoint: "jaeger.example", Proxy: always(startProxy(t, "", 407).url)}
		}, StepConnect, ErrProxy, ReasonProxySignIn},
		{"credentials in the clear", func(t *testing.T) Options {
			o := plain("localhost:1")
			o.Token, o.Proxy = StaticToken("t"), always(startProxy(t, "", 403).url)
			return o
		}, StepConnect, ErrInsecure, 0},
		{"unknown authority", func(t *testing.T) Options { return Options{Endpoint: withTLS(t, good)} }, StepTLS, ErrTLS, ReasonAuthority},
		{"wrong name", func(t *testing.T) Options { return secure(withTLS(t, other)) }, StepTLS, ErrTLS, ReasonWrongHost},
		{"expired", func(t *testing.T) Options { return secure(dated(t, old, now)) }, StepTLS, ErrTLS, ReasonExpired},
		{"expired, and the server does not say its time", func(t *testing.T) Options { return secure(withTLS(t, old)) }, StepTLS, ErrTLS, ReasonExpired},
		{"not yet valid", func(t *testing.T) Options { return secure(dated(t, early, now)) }, StepTLS, ErrTLS, ReasonNotYetValid},
		{"clock slow", func(t *testing.T) Options { return secure(dated(t, early, now.Add(90*time.Minute))) }, StepTLS, ErrTLS, ReasonClock},
		{"clock fast", func(t *testing.T) Options { return secure(dated(t, old, now.Add(-90*time.Minute))) }, StepTLS, ErrTLS, ReasonClock},
		{"server wants TLS", func(t *testing.T) Options { return plain(withTLS(t, good)) }, StepTLS, ErrTLS, ReasonWantsTLS},
		{"server has no TLS", func(t *testing.T) Options { addr, _ := serve(t, healthy(), nil); return secure(addr) }, StepTLS, ErrTLS, ReasonNoTLS},
		{"client certificate wanted", func(t *testing.T) Options {
			addr, _ := serve(t, healthy(), nil, grpc.Creds(credentials.NewTLS(&tls.Config{Certificates: []tls.Certificate{good}, ClientAuth: tls.RequireAnyClientCert})))
			return secure(addr)
		}, StepTLS, ErrTLS, ReasonClientCert},
		{"silence", func(t *testing.T) Options {
			o := plain(listenAll(t, func(nc net.Conn) { io.Copy(io.Discard, nc) }))
			o.connectTimeout = 50 * time.Millisecond
			return o
		}, StepProtocol, ErrUnreachable, ReasonNoAnswer},
		{"web port", func(t *testing.T) Options {
			o := plain(web(t, say(listOfServices)))
			o.API = APIv3
			return o
		}, StepProtocol, ErrWrongPort, ReasonWebPort},
		{"query port", func(t *testing.T) Options { addr, _ := serve(t, healthy(), nil); return overWeb(addr) }, StepProtocol, ErrWrongPort, ReasonQueryPort},
		{"another protocol", func(t *testing.T) Options {
			return plain(listenAll(t, func(nc net.Conn) { nc.Write([]byte("220 mail.example ready\r\n")); io.Copy(io.Discard, nc) }))
		}, StepProtocol, ErrWrongPort, ReasonOther},
		{"wrong path", func(t *testing.T) Options { return plain(web(t, http.NotFound)) }, StepProtocol, ErrWrongPort, ReasonWrongPath},
		{"page for signing in", func(t *testing.T) Options { return plain(web(t, say("<html><input type=password>"))) }, StepSignIn, ErrSignIn, ReasonSignInPage},
		{"no credentials", func(t *testing.T) Options { return plain(refusing(t, status.Error(codes.Unauthenticated, "who?"))) }, StepSignIn, ErrUnauthenticated, ReasonMissing},
		{"token expired", func(t *testing.T) Options {
			o := plain(refusing(t, status.Error(codes.Unauthenticated, "token expired")))
			o.Token = StaticToken("old")
			return o
		}, StepSignIn, ErrUnauthenticated, ReasonRefusedToken},
		{"token expired over HTTP", func(t *testing.T) Options {
			o := overWeb(web(t, refuse(401, "token expired")))
			o.Token = StaticToken("old")
			return o
		}, StepSignIn, ErrUnauthenticated, ReasonRefusedToken},
		{"forbidden", func(t *testing.T) Options {
			return plain(refusing(t, status.Error(codes.PermissionDenied, "not in group")))
		}, StepSignIn, ErrForbidden, 0},
		{"tenant missing", func(t *testing.T) Options {
			return plain(refusing(t, status.Error(codes.Unauthenticated, "missing tenant header")))
		}, StepSignIn, ErrTenant, ReasonTenantMissing},
		{"tenant unknown", func(t *testing.T) Options {
			o := plain(refusing(t, status.Error(codes.PermissionDenied, "unknown tenant")))
			o.Tenant = "acme"
			return o
		}, StepSignIn, ErrTenant, ReasonTenantUnknown},
		{"no API", func(t *testing.T) Options { addr, _ := serve(t, nil, nil); return plain(addr) }, StepAPI, ErrUnimplemented, 0},
		{"server fails", func(t *testing.T) Options { return plain(refusing(t, status.Error(codes.Internal, "disk on fire"))) }, StepServices, ErrServer, 0},
		{"no services", func(t *testing.T) Options {
			v3 := healthy()
			v3.services = func(context.Context) ([]string, error) { return nil, nil }
			addr, _ := serve(t, v3, nil)
			return plain(addr)
		}, StepServices, ErrNotFound, ReasonNoServices},
		{"no key", func(t *testing.T) Options {
			v3 := healthy()
			v3.find = sendAll(chain(traceOne, 1, 3))
			addr, _ := serve(t, v3, nil)
			return plain(addr)
		}, StepKey, ErrNotFound, ReasonNoKey},
		{"search fails", func(t *testing.T) Options {
			v3 := healthy()
			v3.find = func(context.Context, wire.TraceQuery, func(wire.Raw) error) error {
				return status.Error(codes.Internal, "x")
			}
			addr, _ := serve(t, v3, nil)
			return plain(addr)
		}, StepKey, ErrServer, 0},
	}
	reasons, steps := map[Reason]bool{}, map[Step]bool{}
	for _, tt := range tests {
		reasons[tt.reason], steps[tt.step] = true, true
	}
	for r := ReasonUnknownHost; r <= lastReason; r++ {
		if !reasons[r] {
			t.Errorf("no check fails for reason %s", r)
		}
	}
	for s := StepName; s <= lastStep; s++ {
		if !steps[s] {
			t.Errorf("no check fails at step %s", s)
		}
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := checkAll(t, tt.start(t), "order.id")
			checkError(t, err, tt.kind, "")
			r := got[tt.step]
			if r.State != Failed || r.Err != err {
				t.Fatalf("got %s for %s, want it to fail; %v", r.State, tt.step, err)
			}
			if r.Took <= 0 {
				t.Error("how long it took is not told")
			}
			if r.Err.Reason != tt.reason {
				t.Errorf("got reason %v of %v, want %v", r.Err.Reason, err, tt.reason)
			}
			for s := StepName; s <= lastStep; s++ {
				if state := got[s].State; s < tt.step && state == Failed || s > tt.step && state != Unreached {
					t.Errorf("%s is %s", s, state)
				}
			}
		})
	}
}

func TestCheckIsCancelled(t *testing.T) {
	inside := make(chan struct{}, 1)
	v3 := healthy()
	v3.services = func(ctx context.Context) ([]string, error) { inside <- struct{}{}; <-ctx.Done(); return nil, ctx.Err() }
	addr, _ := serve(t, v3, nil)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	c := dial(t, plain(addr))
	go func() { done <- c.Check(ctx, nil, func(Result) {}) }()
	receive(t, inside, "server")
	cancel()
	if err := receive(t, done, "check"); !errors.Is(err, ErrCancelled) {
		t.Errorf("got %v, want %v", err, ErrCancelled)
	}
}

func TestStepNames(t *testing.T) {
	seen := map[string]bool{}
	note := func(s fmt.Stringer) {
		if s.String() == "" || seen[s.String()] {
			t.Errorf("%#v has no name of its own: %q", s, s)
		}
		seen[s.String()] = true
	}
	for s := StepName; s <= lastStep; s++ {
		note(s)
	}
	for s := Passed; s <= lastState; s++ {
		note(s)
	}
	for r := ReasonUnknownHost; r <= lastReason; r++ {
		note(r)
	}
	note(lastStep + 1)
	note(lastState + 1)
	note(lastReason + 1)
}
