package client

import (
	"context"
	"errors"
	"net"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"traceview/internal/client/wire"
	"traceview/internal/model"
)

// receive waits for ch, and fails the test if nothing comes.
func receive[T any](t *testing.T, ch <-chan T, what string) T {
	t.Helper()
	var v T
	select {
	case v = <-ch:
	case <-time.After(patience):
		t.Fatalf("%s: nothing happened", what)
	}
	return v
}

func TestCancelWhileServerIsSilent(t *testing.T) {
	inside, over := make(chan struct{}, 8), make(chan struct{})
	stall := func(ctx context.Context) error {
		inside <- struct{}{}
		select { // the server ends only after the client has returned
		case <-over:
		case <-time.After(patience):
		}
		return ctx.Err()
	}
	addr, _ := serve(t, &fakeV3{
		services: func(ctx context.Context) ([]string, error) { return nil, stall(ctx) },
		trace:    func(ctx context.Context, _ string, _ func(wire.Raw) error) error { return stall(ctx) },
		find: func(ctx context.Context, _ wire.TraceQuery, send func(wire.Raw) error) error {
			return errors.Join(send(chain(traceOne, 0, 2)), stall(ctx))
		},
	}, nil)
	c := dial(t, plain(addr))
	tests := map[string]func(context.Context) error{
		"services":  func(ctx context.Context) error { _, err := c.Services(ctx); return err },
		"trace":     func(ctx context.Context) error { _, err := c.Trace(ctx, traceOne, nil); return err },
		"find":      func(ctx context.Context) error { _, err := c.FindTraces(ctx, Query{}, nil); return err },
		"summaries": func(ctx context.Context) error { _, err := c.FindSummaries(ctx, Query{}, func(Summary) {}); return err },
	}
	for name, call := range tests {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- call(ctx) }()
			receive(t, inside, "server")
			cancel()
			err := receive(t, done, "cancelled call")
			checkError(t, err, ErrCancelled, "")
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want context.Canceled in its chain", err)
			}
		})
	}
	close(over)
}

func TestCancelWhileDecoding(t *testing.T) {
	c := dial(t, plain("127.0.0.1:1"))
	ctx, cancel := context.WithCancel(t.Context())
	inside, release, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	var g gate
	late := make(chan bool, 1)
	go func() {
		_, err := detached(ctx, c, "get trace", &g, func() (int, error) {
			close(inside)
			<-release
			called := false
			g.pass(func() { called = true })
			late <- called
			return 1, nil
		})
		done <- err
	}()
	receive(t, inside, "work")
	cancel()
	checkError(t, receive(t, done, "cancelled call"), ErrCancelled, "get trace")
	close(release)
	if receive(t, late, "work") {
		t.Error("a callback was called after the call had returned")
	}
}

func TestDeadlines(t *testing.T) {
	stalled := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	addr, _ := serve(t, &fakeV3{
		services: func(ctx context.Context) ([]string, error) { return nil, stalled(ctx) },
		trace: func(ctx context.Context, _ string, send func(wire.Raw) error) error {
			return errors.Join(send(chain(traceOne, 0, 5)), stalled(ctx))
		},
	}, nil)
	o := plain(addr)
	o.CallTimeout, o.StreamIdle = 30*time.Millisecond, 30*time.Millisecond
	c := dial(t, o)
	t.Run("short answer", func(t *testing.T) {
		_, err := c.Services(t.Context())
		checkError(t, err, ErrDeadline, "")
	})
	t.Run("stream falls silent", func(t *testing.T) {
		o.StreamIdle = 300 * time.Millisecond // after its first message even on a busy machine
		got, err := dial(t, o).Trace(t.Context(), traceOne, nil)
		checkError(t, err, ErrDeadline, errIdle.Error())
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want context.DeadlineExceeded in its chain", err)
		}
		if got == nil || len(got.Spans) != 5 || !truncated(got) {
			t.Errorf("got %v, want the 5 spans that arrived, marked as truncated", got)
		}
	})
	t.Run("caller's own", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		_, err := c.Services(ctx)
		checkError(t, err, ErrDeadline, "")
	})
}

func TestServerDiesMidway(t *testing.T) {
	received := make(chan struct{})
	var once sync.Once
	v3 := &fakeV3{
		trace: func(ctx context.Context, _ string, send func(wire.Raw) error) error {
			err := send(chain(traceOne, 0, 7))
			<-ctx.Done()
			return err
		},
		find: func(ctx context.Context, _ wire.TraceQuery, send func(wire.Raw) error) error {
			err := errors.Join(send(chain(model.TraceID{3: 1}, 0, 2)), send(chain(traceOne, 0, 7)))
			<-ctx.Done()
			return err
		},
	}
	tell := func(p Progress) {
		if p.Spans >= 7 {
			once.Do(func() { close(received) })
		}
	}
	t.Run("trace", func(t *testing.T) {
		addr, s := serve(t, v3, nil)
		c := dial(t, plain(addr))
		go func() { <-received; s.Stop() }()
		got, err := c.Trace(t.Context(), traceOne, tell)
		checkError(t, err, ErrInterrupted, "")
		if got == nil || len(got.Spans) != 7 || !truncated(got) {
			t.Fatalf("got %v, want the 7 spans that arrived, marked as truncated", got)
		}
	})
	t.Run("find", func(t *testing.T) {
		addr, s := serve(t, v3, nil)
		c := dial(t, plain(addr))
		stop := make(chan struct{})
		go func() { <-stop; s.Stop() }()
		var n atomic.Int32
		found, err := c.FindSummaries(t.Context(), Query{}, func(Summary) {
			if n.Add(1) == 1 { // the first trace is over once the second begins
				close(stop)
			}
		})
		checkError(t, err, ErrInterrupted, "")
		if found.Traces != 2 || n.Load() != 2 || !found.Whole {
			t.Errorf("got %+v after %d summaries, want both traces", found, n.Load())
		}
	})
}

func TestRetries(t *testing.T) {
	tests := []struct {
		name     string
		failures int // before an answer
		code     codes.Code
		calls    int
		want     Kind
	}{
		{"none needed", 0, codes.Unavailable, 1, 0},
		{"back at the second", 1, codes.Unavailable, 2, 0},
		{"back at the third", 2, codes.Unavailable, 3, 0},
		{"gives up", 9, codes.Unavailable, maxAttempts, ErrUnreachable},
		{"not for other failures", 9, codes.Internal, 1, ErrServer},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var calls atomic.Int32
			fail := func() error {
				if n := int(calls.Add(1)); n <= tt.failures {
					return status.Error(tt.code, "restarting")
				}
				return nil
			}
			addr, _ := serve(t, &fakeV3{
				services: func(context.Context) ([]string, error) { return nil, fail() },
				trace: func(_ context.Context, _ string, send func(wire.Raw) error) error {
					if err := fail(); err != nil {
						return err
					}
					return send(chain(traceOne, 0, 2))
				},
			}, nil)
			c := dial(t, plain(addr))
			_, err := c.Services(t.Context())
			if got := KindOf(err); got != tt.want || int(calls.Load()) != tt.calls {
				t.Errorf("services: got %v after %d calls, want %v after %d", err, calls.Load(), tt.want, tt.calls)
			}
			calls.Store(0)
			_, err = c.Trace(t.Context(), traceOne, nil)
			if got := KindOf(err); got != tt.want || int(calls.Load()) != tt.calls {
				t.Errorf("trace: got %v after %d calls, want %v after %d", err, calls.Load(), tt.want, tt.calls)
			}
		})
	}
	t.Run("not after the first message", func(t *testing.T) {
		var streamed atomic.Int32
		addr, _ := serve(t, &fakeV3{trace: func(_ context.Context, _ string, send func(wire.Raw) error) error {
			streamed.Add(1)
			if err := send(chain(traceOne, 0, 2)); err != nil {
				return err
			}
			return status.Error(codes.Unavailable, "going down")
		}}, nil)
		got, err := dial(t, plain(addr)).Trace(t.Context(), traceOne, nil)
		checkError(t, err, ErrInterrupted, "going down")
		if got == nil || streamed.Load() != 1 {
			t.Errorf("got %v after %d calls, want a partial trace after one", got, streamed.Load())
		}
	})
	t.Run("cancelled in the pause", func(t *testing.T) {
		addr, _ := serve(t, &fakeV3{services: func(context.Context) ([]string, error) {
			return nil, status.Error(codes.Unavailable, "restarting")
		}}, nil)
		c := dial(t, plain(addr))
		ctx, cancel := context.WithCancel(t.Context())
		c.pause = func(int, time.Duration) time.Duration { cancel(); return time.Hour }
		_, err := c.Services(ctx)
		checkError(t, err, ErrCancelled, "")
	})
}

func TestBackOffGrowsWithJitter(t *testing.T) {
	for n := 1; n < maxAttempts; n++ {
		full := 100 * time.Millisecond << (n - 1)
		for range 100 {
			if d := backOff(n, 0); d < full/2 || d >= full {
				t.Fatalf("after attempt %d: got %v, want from %v to %v", n, d, full/2, full)
			}
		}
	}
}

func TestConnectsAnewOnceTheServerIsBack(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	c := dial(t, plain(addr))
	_, err = c.Services(t.Context())
	checkError(t, err, ErrUnreachable, "refused")

	if l, err = net.Listen("tcp", addr); err != nil {
		t.Skipf("the port was taken meanwhile: %v", err)
	}
	s := newServer(&fakeV3{services: func(context.Context) ([]string, error) { return []string{"shop"}, nil }}, nil)
	go s.Serve(l)
	t.Cleanup(s.Stop)
	if got, err := c.Services(t.Context()); err != nil || len(got) != 1 {
		t.Errorf("got %q, %v; want the answer at once", got, err)
	}
}

// gRPC lets a call fail a moment before it says that the connection did, so its
// word alone would now and then hand out the connection that has just failed.
func TestNoCallOnAConnectionThatFailed(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	for range 300 {
		c := dial(t, plain(addr))
		_, err := c.Services(t.Context())
		checkError(t, err, ErrUnreachable, "refused")
		failed := c.conn
		if got, err := c.ready(); err != nil || got == failed {
			t.Fatalf("got the connection that failed (state %v), error %v; want a new one", failed.GetState(), err)
		}
	}
}

func TestClosedClient(t *testing.T) {
	inside := make(chan struct{}, 1)
	addr, _ := serve(t, &fakeV3{services: func(ctx context.Context) ([]string, error) {
		inside <- struct{}{}
		<-ctx.Done()
		return nil, ctx.Err()
	}}, nil)
	c := dial(t, plain(addr))
	done := make(chan error, 1)
	go func() { _, err := c.Services(t.Context()); done <- err }()
	receive(t, inside, "server")
	if err := errors.Join(c.Close(), c.Close()); err != nil {
		t.Fatal(err)
	}
	checkError(t, receive(t, done, "call of a closed client"), ErrCancelled, "closed")
	_, err := c.Trace(t.Context(), traceOne, nil)
	checkError(t, err, ErrCancelled, "closed")
}

// methodCounter counts what reaches a server, known to it or not.
type methodCounter struct {
	mu sync.Mutex
	n  map[string]int
}

func (m *methodCounter) options() []grpc.ServerOption {
	count := func(name string) {
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.n == nil {
			m.n = map[string]int{}
		}
		m.n[name[strings.LastIndex(name[:strings.LastIndex(name, "/")], ".")-len("api_v3"):]]++
	}
	return []grpc.ServerOption{
		grpc.UnaryInterceptor(func(ctx context.Context, req any, i *grpc.UnaryServerInfo, h grpc.UnaryHandler) (any, error) {
			count(i.FullMethod)
			return h(ctx, req)
		}),
		grpc.StreamInterceptor(func(srv any, s grpc.ServerStream, i *grpc.StreamServerInfo, h grpc.StreamHandler) error {
			count(i.FullMethod)
			return h(srv, s)
		}),
		grpc.UnknownServiceHandler(func(_ any, s grpc.ServerStream) error {
			name, _ := grpc.MethodFromServerStream(s)
			return status.Errorf(codes.Unimplemented, "unknown service %s", serviceOf(name))
		}),
	}
}

func (m *methodCounter) take() map[string]int {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.n
	m.n = nil
	return n
}

func TestNegotiation(t *testing.T) {
	both := &fakeV3{
		services: func(context.Context) ([]string, error) { return []string{"v3"}, nil },
		find: func(_ context.Context, _ wire.TraceQuery, send func(wire.Raw) error) error {
			return send(chain(traceOne, 0, 2))
		},
	}
	const s3, s2 = "api_v3.QueryService/", "api_v2.QueryService/"
	tests := []struct {
		name          string
		v3            *fakeV3
		api           API
		first, second map[string]int // calls of the server for services, summaries, dependencies
		services      string
		want          API
	}{
		{"both", both, APIAuto,
			map[string]int{s3 + "GetServices": 1, s3 + "FindTraceSummaries": 1, s3 + "FindTraces": 1, s3 + "GetDependencies": 1, s2 + "GetDependencies": 1},
			map[string]int{s3 + "GetServices": 1, s3 + "FindTraces": 1, s2 + "GetDependencies": 1}, "v3", APIv3},
		{"only v2", nil, APIAuto,
			map[string]int{s3 + "GetServices": 1, s2 + "GetServices": 1, s2 + "FindTraces": 1, s2 + "GetDependencies": 1},
			map[string]int{s2 + "GetServices": 1, s2 + "FindTraces": 1, s2 + "GetDependencies": 1}, "a", APIv2},
		{"v2 asked for", both, APIv2,
			map[string]int{s2 + "GetServices": 1, s2 + "FindTraces": 1, s2 + "GetDependencies": 1},
			map[string]int{s2 + "GetServices": 1, s2 + "FindTraces": 1, s2 + "GetDependencies": 1}, "a", APIv2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var m methodCounter
			addr, _ := serve(t, tt.v3, &fakeV2{chunks: jaegerChunks()}, m.options()...)
			o := plain(addr)
			o.API = tt.api
			c := dial(t, o)
			if got := c.Negotiated(); got != APIAuto {
				t.Errorf("before any call: got %v, want auto", got)
			}
			for i, want := range []map[string]int{tt.first, tt.second} {
				names, err := c.Services(t.Context())
				if err != nil || names[0] != tt.services {
					t.Fatalf("services: got %q, %v", names, err)
				}
				found, err := c.FindSummaries(t.Context(), Query{}, func(Summary) {})
				if err != nil || found.Traces != 1 || !found.Whole {
					t.Fatalf("summaries: got %+v, %v", found, err)
				}
				deps, err := c.Dependencies(t.Context(), time.Unix(1, 0), time.Unix(2, 0))
				if err != nil || !reflect.DeepEqual(deps, []Dependency{{Parent: "a", Child: "b", CallCount: 3}}) {
					t.Fatalf("dependencies: got %+v, %v", deps, err)
				}
				got := m.take()
				if !reflect.DeepEqual(got, want) {
					t.Errorf("round %d: got calls %v, want %v", i+1, got, want)
				}
			}
			if got := c.Negotiated(); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
	t.Run("v3 asked for, v2 there", func(t *testing.T) {
		addr, _ := serve(t, nil, &fakeV2{})
		o := plain(addr)
		o.API = APIv3
		_, err := dial(t, o).Services(t.Context())
		checkError(t, err, ErrUnimplemented, "api_v3")
	})
}
