package client

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"

	"traceview/internal/client/wire"
	"traceview/internal/model"
)

// A fault is a server, or what stands before it, that does not do as it should.
type fault struct {
	name  string
	start func(t *testing.T, f *faulty) Options
	// want is the outcome of fetching a trace, 0 for success, and reason the
	// closer one. Where cancel is set, it is cancelled while the server stalls.
	want   Kind
	reason Reason
	cancel bool
	spans  int  // of the trace that is there all the same
	next   bool // the next call on the same client succeeds
}

// faulty is one run of a fault.
type faulty struct {
	inside  chan struct{} // gets a token when the client waits
	arrived chan struct{} // closed when the client has the first spans
	over    chan struct{} // closed at the end
	back    chan struct{} // closed when a server that went is back; nil if it does not
	calls   atomic.Int32
}

func (f *faulty) stall() {
	f.inside <- struct{}{}
	<-f.over
}

// stalled is stall in a server that is told of cancelled calls.
func (f *faulty) stalled(ctx context.Context) error {
	f.inside <- struct{}{}
	select {
	case <-ctx.Done():
	case <-f.over:
	}
	return ctx.Err()
}

// grpcTrace serves a trace by a function over gRPC.
func grpcTrace(t *testing.T, trace func(ctx context.Context, send func(wire.Raw) error) error, opts ...grpc.ServerOption) string {
	addr, _ := serve(t, &fakeV3{trace: func(ctx context.Context, _ string, send func(wire.Raw) error) error { return trace(ctx, send) }}, nil, opts...)
	return addr
}

// webTrace is grpcTrace over HTTP.
func webTrace(t *testing.T, h http.HandlerFunc) Options {
	return overWeb(webServer(t, map[string]http.HandlerFunc{"/api/v3/traces/": h}))
}

// raw runs a server of bytes, which must end once the client hangs up.
func raw(t *testing.T, handle func(nc net.Conn)) Options {
	o := plain(listenAll(t, handle))
	o.API = APIv3
	return o
}

// frame is one of HTTP/2.
func frame(kind, flags byte, stream uint32, payload []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(payload))<<8|uint32(kind))
	b = append(b, flags)
	return append(binary.BigEndian.AppendUint32(b, stream), payload...)
}

// relay is a proxy of bytes to a server; back passes on what comes back.
func relay(t *testing.T, addr string, back func(up, down net.Conn)) Options {
	o := plain(listenAll(t, func(down net.Conn) {
		up, err := net.Dial("tcp", addr)
		if err != nil {
			return
		}
		defer up.Close()
		var sending sync.WaitGroup
		sending.Go(func() { io.Copy(up, down); up.Close() })
		back(up, down)
		down.Close()
		sending.Wait()
	}))
	o.API = APIv3
	return o
}

// cutter is a relay that ends connections once spans have arrived.
func cutter(t *testing.T, f *faulty, how func(down *net.TCPConn)) Options {
	addr := grpcTrace(t, func(ctx context.Context, send func(wire.Raw) error) error {
		err := send(chain(traceOne, 0, 3))
		<-ctx.Done()
		return err
	})
	return relay(t, addr, func(up, down net.Conn) {
		var sending sync.WaitGroup
		sending.Go(func() { io.Copy(down, up) })
		select {
		case <-f.arrived:
		case <-f.over:
		}
		how(down.(*net.TCPConn))
		down.Close()
		up.Close()
		sending.Wait()
	})
}

// A toldListener tells when a server stops listening.
type toldListener struct {
	net.Listener
	closed func()
}

func (l toldListener) Close() error {
	defer l.closed()
	return l.Listener.Close()
}

// comesBack runs a server that stops amid the first stream, and is up again at
// the same address. Stopped with grace, it ends that stream well; killed, it
// sends no more, not even between closing its listener and its connections.
func comesBack(t *testing.T, f *faulty, killed bool) Options {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	gone := make(chan struct{})
	f.back = make(chan struct{})
	first := newServer(&fakeV3{trace: func(ctx context.Context, _ string, send func(wire.Raw) error) error {
		if err := send(chain(traceOne, 0, 3)); err != nil {
			return err
		}
		if killed {
			<-ctx.Done()
			return ctx.Err()
		}
		<-gone
		return send(chain(traceOne, 3, 5))
	}}, nil)
	second := newServer(&fakeV3{trace: func(_ context.Context, _ string, send func(wire.Raw) error) error {
		return send(chain(traceOne, 0, 5))
	}}, nil)
	go first.Serve(toldListener{l, sync.OnceFunc(func() { close(gone) })})
	var serving sync.WaitGroup
	serving.Go(func() {
		defer close(f.back)
		select {
		case <-f.arrived:
		case <-f.over:
		}
		if killed {
			first.Stop()
		} else {
			first.GracefulStop()
		}
		l, err := net.Listen("tcp", addr)
		if err != nil {
			t.Errorf("the port was taken meanwhile: %v", err)
			return
		}
		serving.Go(func() { second.Serve(l) })
	})
	t.Cleanup(func() { second.Stop(); first.Stop(); serving.Wait() })
	return plain(addr)
}

// filler reads as one byte over and over.
type filler byte

func (c filler) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(c)
	}
	return len(p), nil
}

// hugeMessage answers the first call with the beginning of a message of 1 GB.
func hugeMessage(nc net.Conn) {
	r := bufio.NewReader(nc)
	if _, err := r.Discard(len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")); err != nil {
		return
	}
	nc.Write(frame(4, 0, 0, nil))
	for {
		head := make([]byte, 9)
		if _, err := io.ReadFull(r, head); err != nil {
			return
		}
		r.Discard(int(head[0])<<16 | int(head[1])<<8 | int(head[2]))
		if head[3] == 1 { // headers: a call
			break
		}
	}
	nc.Write(frame(1, 4, 1, append([]byte{0x88, 0x5f, 16}, "application/grpc"...)))
	nc.Write(frame(0, 0, 1, append([]byte{0, 0x40, 0, 0, 0}, make([]byte, 1000)...)))
	io.Copy(io.Discard, r)
}

// memoryLimit is what a call may make the process grow by, the server's part
// included.
const memoryLimit = 400 << 20

// taken returns how much memory the process has taken from the system, which
// never becomes less: the most it has ever needed.
func taken() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.Sys)
}

// partly sends a part of a trace and stalls.
func partly(f *faulty) func(ctx context.Context, send func(wire.Raw) error) error {
	return func(ctx context.Context, send func(wire.Raw) error) error {
		return errors.Join(send(chain(traceOne, 0, 3)), f.stalled(ctx))
	}
}

func faults(certs *certificates) []fault {
	now := time.Now()
	secure := func(t *testing.T, cert tls.Certificate) Options {
		addr := grpcTrace(t, func(_ context.Context, send func(wire.Raw) error) error { return send(chain(traceOne, 0, 3)) },
			grpc.Creds(credentials.NewServerTLSFromCert(&cert)))
		return Options{Endpoint: addr, CAFile: certs.file}
	}
	issue := func(host string, from, until time.Duration) tls.Certificate {
		cert, _, _ := certs.issueFrom(host, now.Add(from), now.Add(until))
		return cert
	}
	flush := func(w http.ResponseWriter) { w.(http.Flusher).Flush() }
	return []fault{
		{name: "stall before the stream", cancel: true, start: func(t *testing.T, f *faulty) Options {
			return plain(grpcTrace(t, func(ctx context.Context, _ func(wire.Raw) error) error { return f.stalled(ctx) }))
		}},
		{name: "stall amid the stream", cancel: true, start: func(t *testing.T, f *faulty) Options { return plain(grpcTrace(t, partly(f))) }},
		{name: "stall before the answer, HTTP", cancel: true, start: func(t *testing.T, f *faulty) Options {
			return webTrace(t, func(http.ResponseWriter, *http.Request) { f.stall() })
		}},
		{name: "stall amid the answer, HTTP", cancel: true, start: func(t *testing.T, f *faulty) Options {
			return webTrace(t, func(w http.ResponseWriter, _ *http.Request) {
				io.WriteString(w, `{"result":{"resourceSpans":[`)
				flush(w)
				f.stall()
			})
		}},
		{name: "accepts and says nothing", cancel: true, start: func(t *testing.T, f *faulty) Options {
			return raw(t, func(net.Conn) { f.stall() })
		}},
		{name: "accepts TLS and says nothing", cancel: true, start: func(t *testing.T, f *faulty) Options {
			return Options{Endpoint: listenAll(t, func(net.Conn) { f.stall() }), CAFile: certs.file}
		}},
		{name: "proxy says nothing", cancel: true, start: func(t *testing.T, f *faulty) Options {
			o := raw(t, func(net.Conn) { f.stall() })
			return Options{Endpoint: "jaeger.example", Proxy: always(&url.URL{Scheme: "http", Host: o.Endpoint})}
		}},
		{name: "silence for too long", want: ErrDeadline, spans: 3, start: func(t *testing.T, f *faulty) Options {
			o := plain(grpcTrace(t, partly(f)))
			o.StreamIdle = 300 * time.Millisecond
			return o
		}},
		{name: "trickle", cancel: true, start: func(t *testing.T, f *faulty) Options {
			addr := grpcTrace(t, func(_ context.Context, send func(wire.Raw) error) error { return send(chain(traceOne, 0, 500)) })
			return relay(t, addr, func(up, down net.Conn) {
				io.CopyN(down, up, 200) // settings and a little of the message
				f.inside <- struct{}{}
				for { // byte by byte, as much as is taken
					if _, err := io.CopyN(down, up, 1); err != nil {
						return
					}
					select {
					case <-f.over:
						return
					default:
						runtime.Gosched()
					}
				}
			})
		}},
		{name: "trickle, HTTP", cancel: true, start: func(t *testing.T, f *faulty) Options {
			return webTrace(t, func(w http.ResponseWriter, r *http.Request) {
				io.WriteString(w, `{"result":{"resourceSpans":[`)
				flush(w)
				f.inside <- struct{}{}
				for r.Context().Err() == nil { // never silent, never done
					if _, err := w.Write([]byte{' '}); err != nil {
						return
					}
					flush(w)
					runtime.Gosched()
				}
			})
		}},
		{name: "reset before the stream", want: ErrUnreachable, reason: ReasonNoAnswer, start: func(t *testing.T, f *faulty) Options {
			return raw(t, func(nc net.Conn) { nc.(*net.TCPConn).SetLinger(0) })
		}},
		{name: "reset amid the stream", want: ErrInterrupted, spans: 3, start: func(t *testing.T, f *faulty) Options {
			return cutter(t, f, func(down *net.TCPConn) { down.SetLinger(0) })
		}},
		{name: "closed amid the stream", want: ErrInterrupted, spans: 3, start: func(t *testing.T, f *faulty) Options {
			return cutter(t, f, func(*net.TCPConn) {})
		}},
		{name: "closed amid the answer, HTTP", want: ErrInterrupted, spans: 3, start: func(t *testing.T, f *faulty) Options {
			return webTrace(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", "1000000")
				io.WriteString(w, chainJSON(t, traceOne, 0, 3))
			})
		}},
		{name: "message of 1 GB", want: ErrTooLarge, start: func(t *testing.T, f *faulty) Options {
			return raw(t, func(nc net.Conn) { hugeMessage(nc) })
		}},
		{name: "text of 1 GB, HTTP", want: ErrTooLarge, start: func(t *testing.T, f *faulty) Options {
			return webTrace(t, func(w http.ResponseWriter, _ *http.Request) {
				io.WriteString(w, `{"result":{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"`)
				io.Copy(w, io.LimitReader(filler('x'), 1<<30))
			})
		}},
		{name: "answer without end, HTTP", want: ErrTooLarge, start: func(t *testing.T, f *faulty) Options {
			o := webTrace(t, func(w http.ResponseWriter, _ *http.Request) { io.Copy(w, filler(' ')) })
			o.RecvLimit = 16 << 20
			return o
		}},
		{name: "wrong frames", want: ErrUnreachable, start: func(t *testing.T, f *faulty) Options {
			return raw(t, func(nc net.Conn) {
				nc.Write(frame(4, 0, 0, nil))                           // settings
				nc.Write(frame(0, 0, 1<<20, []byte("not yours")))       // data of no stream
				nc.Write(frame(9, 0, 0, bytes.Repeat([]byte("?"), 40))) // headers continued from nowhere
				io.Copy(io.Discard, nc)
			})
		}},
		{name: "garbage in the stream", want: ErrGarbage, spans: 3, start: func(t *testing.T, f *faulty) Options {
			return plain(grpcTrace(t, func(_ context.Context, send func(wire.Raw) error) error {
				return errors.Join(send(chain(traceOne, 0, 3)), send(wire.Raw{0xff, 0xff, 0xff}))
			}))
		}},
		{name: "HTML in place of gRPC", want: ErrWrongPort, reason: ReasonWebPort, start: func(t *testing.T, f *faulty) Options {
			o := plain(webServerH2(t, say("<html>It works!")))
			o.API = APIv3
			return o
		}},
		{name: "HTML in place of JSON", want: ErrSignIn, reason: ReasonSignInPage, start: func(t *testing.T, f *faulty) Options {
			return webTrace(t, say("<html><title>Sign in"))
		}},
		{name: "certificate expired", want: ErrTLS, reason: ReasonExpired, start: func(t *testing.T, f *faulty) Options {
			return secure(t, issue("127.0.0.1", -2*time.Hour, -time.Hour))
		}},
		{name: "certificate of the future", want: ErrTLS, reason: ReasonNotYetValid, start: func(t *testing.T, f *faulty) Options {
			return secure(t, issue("127.0.0.1", time.Hour, 2*time.Hour))
		}},
		{name: "certificate for another host", want: ErrTLS, reason: ReasonWrongHost, start: func(t *testing.T, f *faulty) Options {
			return secure(t, issue("jaeger.example", -time.Hour, time.Hour))
		}},
		{name: "certificate of nobody known", want: ErrTLS, reason: ReasonAuthority, start: func(t *testing.T, f *faulty) Options {
			o := secure(t, issue("127.0.0.1", -time.Hour, time.Hour))
			o.CAFile = ""
			return o
		}},
		{name: "401 midway", want: ErrUnauthenticated, reason: ReasonRefusedToken, spans: 3, start: func(t *testing.T, f *faulty) Options {
			o := plain(grpcTrace(t, func(_ context.Context, send func(wire.Raw) error) error {
				return errors.Join(send(chain(traceOne, 0, 3)), status.Error(codes.Unauthenticated, "token expired"))
			}))
			o.Token = StaticToken("old")
			return o
		}},
		{name: "429 once", spans: 3, next: true, start: func(t *testing.T, f *faulty) Options {
			return webTrace(t, func(w http.ResponseWriter, r *http.Request) {
				if f.calls.Add(1) == 1 {
					w.Header().Set("Retry-After", "1")
					w.WriteHeader(429)
					return
				}
				say(chainJSON(t, traceOne, 0, 3))(w, r)
			})
		}},
		{name: "429 for good", want: ErrBusy, start: func(t *testing.T, f *faulty) Options {
			return webTrace(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(429) })
		}},
		{name: "bad gateway, then back", spans: 3, next: true, start: func(t *testing.T, f *faulty) Options {
			return webTrace(t, func(w http.ResponseWriter, r *http.Request) {
				if f.calls.Add(1) == 1 {
					w.WriteHeader(502)
					return
				}
				say(chainJSON(t, traceOne, 0, 3))(w, r)
			})
		}},
		{name: "killed amid the stream, and back", want: ErrInterrupted, spans: 3, next: true, start: func(t *testing.T, f *faulty) Options {
			return comesBack(t, f, true)
		}},
		{name: "rolling update", spans: 5, next: true, start: func(t *testing.T, f *faulty) Options {
			return comesBack(t, f, false) // GOAWAY: what is under way ends well
		}},
	}
}

func allFaults(certs *certificates) []fault { return append(faults(certs), moreFaults()...) }

func TestFaults(t *testing.T) {
	certs := newCertificates(t)
	for _, tt := range allFaults(certs) {
		t.Run(tt.name, func(t *testing.T) {
			before := goleak.IgnoreCurrent()
			t.Run("", func(t *testing.T) { tt.run(t) }) // its cleanups are over behind it
			if err := goleak.Find(before); err != nil {
				t.Error(err)
			}
		})
	}
}

// run fetches a trace from a faulty server and judges what comes of it.
func (tt *fault) run(t *testing.T) {
	f := &faulty{inside: make(chan struct{}, 64), arrived: make(chan struct{}), over: make(chan struct{})}
	o := tt.start(t, f)
	t.Cleanup(func() { close(f.over) }) // before the server's own
	c := dial(t, o)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	arrived := sync.OnceFunc(func() { close(f.arrived) })
	before := taken()
	type outcome struct {
		trace *model.Trace
		err   error
	}
	done := make(chan outcome, 1)
	go func() {
		got, err := c.Trace(ctx, traceOne, func(p Progress) {
			if p.Spans > 0 {
				arrived()
			}
		})
		done <- outcome{got, err}
	}()
	want := tt.want
	if tt.cancel {
		receive(t, f.inside, "server")
		want = ErrCancelled
	}
	from := time.Now()
	if tt.cancel {
		cancel()
	}
	out := receive(t, done, "call")
	took, grown, spans := time.Since(from), taken()-before, 0
	if out.trace != nil {
		spans = len(out.trace.Spans)
	}
	t.Logf("%v after %v, %d spans, %d MB: %v", KindOf(out.err), took.Round(10*time.Microsecond), spans, grown>>20, out.err)
	if KindOf(out.err) != want || spans != tt.spans {
		t.Errorf("got %d spans, %v; want %d, %v", spans, out.err, tt.spans, want)
	}
	if e := new(Error); errors.As(out.err, &e) && tt.reason != 0 && e.Reason != tt.reason {
		t.Errorf("got reason %v, want %v", e.Reason, tt.reason)
	}
	if want != 0 && spans > 0 && !truncated(out.trace) {
		t.Error("what arrived is not marked as incomplete")
	}
	if grown > memoryLimit {
		t.Errorf("took %d MB, want %d at most", grown>>20, memoryLimit>>20)
	}
	if !tt.next {
		return
	}
	if f.back != nil {
		receive(t, f.back, "server")
	}
	if _, err := c.Trace(t.Context(), traceOne, nil); err != nil {
		t.Errorf("the next call: %v", err)
	}
}
