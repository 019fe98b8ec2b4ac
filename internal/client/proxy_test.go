package client

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
)

// A connectProxy is a proxy on loopback that leads every tunnel to one address.
type connectProxy struct {
	url *url.URL
	mu  sync.Mutex
	saw []*http.Request
}

func (p *connectProxy) seen() []*http.Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.saw
}

// startProxy runs a proxy; refuse is a status it gives instead, 0 for none.
func startProxy(t *testing.T, to string, refuse int) *connectProxy {
	t.Helper()
	p := &connectProxy{}
	addr := listenAll(t, func(nc net.Conn) {
		r := bufio.NewReader(nc)
		req, err := http.ReadRequest(r)
		if err != nil {
			return
		}
		p.mu.Lock()
		p.saw = append(p.saw, req)
		p.mu.Unlock()
		if refuse != 0 {
			resp := http.Response{StatusCode: refuse, ProtoMajor: 1, ProtoMinor: 1}
			resp.Write(nc)
			return
		}
		up, err := net.Dial("tcp", to)
		if err != nil {
			return
		}
		defer up.Close()
		io.WriteString(nc, "HTTP/1.1 200 Connection established\r\n\r\n")
		var sending sync.WaitGroup
		sending.Go(func() { io.Copy(up, r); up.Close() })
		io.Copy(nc, up)
		nc.Close()
		sending.Wait()
	})
	p.url = &url.URL{Scheme: "http", Host: addr}
	return p
}

// listenAll is listen with connections at the same time.
func listenAll(t *testing.T, handle func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { defer nc.Close(); handle(nc) })
		}
	})
	t.Cleanup(func() { l.Close(); all.Wait() })
	return l.Addr().String()
}

func always(u *url.URL) func(*url.URL) (*url.URL, error) {
	return func(*url.URL) (*url.URL, error) { return u, nil }
}

func TestThroughProxy(t *testing.T) {
	certs := newCertificates(t)
	cert, _, _ := certs.issue("jaeger.example", time.Now().Add(time.Hour))
	names := func(context.Context) ([]string, error) { return []string{"a"}, nil }
	grpcAddr, _ := serve(t, &fakeV3{services: names}, nil, grpc.Creds(credentials.NewServerTLSFromCert(&cert)))
	plainAddr, _ := serve(t, &fakeV3{services: names}, nil)
	web := webServer(t, map[string]http.HandlerFunc{"/api/v3/services": say(listOfServices)})
	tests := []struct {
		name string
		to   string
		o    Options
		want string // what the proxy is asked for
	}{
		{"gRPC with TLS", grpcAddr, Options{Endpoint: "jaeger.example:443", CAFile: certs.file}, "jaeger.example:443"},
		{"gRPC in plain text", plainAddr, Options{Endpoint: "jaeger.example", Plaintext: true}, "jaeger.example:16685"},
		{"HTTP", web, Options{Endpoint: "http://jaeger.example/", API: APIHTTP}, "jaeger.example:80"},
		{"HTTP found out", web, Options{Endpoint: "http://jaeger.example/"}, "jaeger.example:80"},
		{"IPv6", plainAddr, Options{Endpoint: "[2001:db8::1]:16685", Plaintext: true}, "[2001:db8::1]:16685"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := startProxy(t, tt.to, 0)
			proxy := *p.url
			proxy.User = url.UserPassword("me", "s3cret")
			tt.o.Proxy = always(&proxy)
			c := dial(t, tt.o)
			defer c.Close() // before the proxy, which waits for it
			if got, err := c.Services(t.Context()); err != nil || len(got) == 0 {
				t.Fatalf("got %q, %v", got, err)
			}
			saw := p.seen()
			if len(saw) == 0 || saw[0].Method != http.MethodConnect || saw[0].Host != tt.want {
				t.Fatalf("the proxy was asked %v, want CONNECT %s", saw, tt.want)
			}
			if got, want := saw[0].Header.Get("Proxy-Authorization"), "Basic bWU6czNjcmV0"; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestProxyErrors(t *testing.T) {
	gone := listen(t, func(net.Conn) {})
	tests := []struct {
		name   string
		proxy  func(t *testing.T) *url.URL
		reason Reason
		detail string
	}{
		{"refuses", func(t *testing.T) *url.URL { return startProxy(t, "", 403).url }, ReasonProxy, "proxy 127.0.0.1:"},
		{"wants credentials", func(t *testing.T) *url.URL { return startProxy(t, "", 407).url }, ReasonProxySignIn, "407"},
		{"hangs up", func(*testing.T) *url.URL { return &url.URL{Scheme: "http", Host: gone} }, ReasonProxy, "proxy 127.0.0.1:"},
		{"not there", func(*testing.T) *url.URL { return &url.URL{Scheme: "http", Host: "127.0.0.1:1"} }, ReasonProxy, "refused"},
		{"of another kind", func(*testing.T) *url.URL { return &url.URL{Scheme: "socks5", Host: gone} }, ReasonProxy, "socks5"},
	}
	for _, tt := range tests {
		for _, api := range []API{APIv3, APIHTTP} {
			t.Run(tt.name+" "+api.String(), func(t *testing.T) {
				u := tt.proxy(t)
				u.User = url.UserPassword("me", "s3cret")
				_, err := dial(t, Options{Endpoint: "jaeger.example", Plaintext: true, API: api, Proxy: always(u)}).Services(t.Context())
				checkError(t, err, ErrProxy, tt.detail)
				if e := err.(*Error); e.Reason != tt.reason {
					t.Errorf("got reason %v, want %v", e.Reason, tt.reason)
				}
				if strings.Contains(err.Error(), "s3cret") {
					t.Errorf("%q holds a secret", err)
				}
			})
		}
	}
	t.Run("address that cannot be read", func(t *testing.T) {
		_, err := dial(t, Options{Endpoint: "jaeger.example", Plaintext: true, Proxy: func(*url.URL) (*url.URL, error) {
			//lint:ignore SA1007 it is wrong on purpose
			_, err := url.Parse("http://me:s3cret@[bad")
			return nil, err
		}}).Services(t.Context())
		checkError(t, err, ErrProxy, "cannot be read")
		if strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%q holds a secret", err)
		}
	})
}

func TestCancelInProxy(t *testing.T) {
	inside, over := make(chan struct{}, 1), make(chan struct{})
	addr := listenAll(t, func(nc net.Conn) { inside <- struct{}{}; <-over })
	defer close(over)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := tunnel(ctx, &url.URL{Scheme: "http", Host: addr}, "jaeger.example:1")
		done <- err
	}()
	receive(t, inside, "proxy")
	cancel()
	if err := receive(t, done, "tunnel"); err == nil {
		t.Error("got a connection after cancelling")
	}
}

// TestProxyOfEnvironment runs only as far as the question: the environment is
// read once a process.
func TestProxyOfEnvironment(t *testing.T) {
	c := dial(t, plain("127.0.0.1:1"))
	if u, err := c.proxy(); u != nil || err != nil {
		t.Errorf("got %v, %v for this machine, want none", u, err)
	}
}

func TestNoCredentialsToProxyInPlainText(t *testing.T) {
	p := startProxy(t, "", 403)
	o := plain("localhost:1")
	o.Token, o.Proxy = StaticToken("t"), always(p.url)
	_, err := dial(t, o).Services(t.Context())
	checkError(t, err, ErrInsecure, "")
	if len(p.seen()) > 0 {
		t.Error("the proxy was asked")
	}
}

func TestUnixSocket(t *testing.T) {
	names := func(context.Context) ([]string, error) { return []string{"a"}, nil }
	at := func(t *testing.T) (string, net.Listener) {
		path := filepath.Join(t.TempDir(), "q.sock")
		l, err := net.Listen("unix", path)
		if err != nil {
			t.Skipf("no unix sockets here: %v", err)
		}
		return "unix://" + path, l
	}
	t.Run("gRPC", func(t *testing.T) {
		addr, l := at(t)
		s := newServer(&fakeV3{services: names}, nil)
		go s.Serve(l)
		t.Cleanup(s.Stop)
		o := plain(addr)
		o.Token = StaticToken("t") // does not leave the machine
		if got, err := dial(t, o).Services(t.Context()); err != nil || len(got) != 1 {
			t.Errorf("got %q, %v", got, err)
		}
	})
	t.Run("HTTP", func(t *testing.T) {
		addr, l := at(t)
		s := &http.Server{Handler: say(listOfServices), ErrorLog: quiet}
		go s.Serve(l)
		t.Cleanup(func() { s.Close() })
		if got, err := dial(t, overWeb(addr)).Services(t.Context()); err != nil || len(got) != 2 {
			t.Errorf("got %q, %v", got, err)
		}
	})
	t.Run("not there", func(t *testing.T) {
		_, err := dial(t, plain("unix:///nonexistent/q.sock")).Services(t.Context())
		checkError(t, err, ErrUnreachable, "no such file")
	})
}

func TestIPv6(t *testing.T) {
	l, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skipf("no IPv6 here: %v", err)
	}
	s := newServer(&fakeV3{services: func(context.Context) ([]string, error) { return []string{"a"}, nil }}, nil)
	go s.Serve(l)
	t.Cleanup(s.Stop)
	if got, err := dial(t, plain(l.Addr().String())).Services(t.Context()); err != nil || len(got) != 1 {
		t.Errorf("got %q, %v", got, err)
	}
}
