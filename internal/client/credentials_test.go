package client

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"traceview/internal/client/wire"
	"traceview/internal/model"
)

// bothWays runs a test against a server of gRPC and one of HTTP that answer by
// what they get as headers.
func bothWays(t *testing.T, judge func(get func(string) string) error, test func(t *testing.T, o Options)) {
	addr, _ := serve(t, &fakeV3{services: func(ctx context.Context) ([]string, error) {
		md, _ := metadata.FromIncomingContext(ctx)
		return []string{"a"}, judge(func(k string) string { return strings.Join(md.Get(k), ",") })
	}}, nil)
	t.Run("gRPC", func(t *testing.T) { test(t, plain(addr)) })
	web := webServer(t, map[string]http.HandlerFunc{"/api/v3/services": func(w http.ResponseWriter, r *http.Request) {
		if err := judge(r.Header.Get); err != nil {
			st := status.Convert(err)
			code := map[codes.Code]int{codes.Unauthenticated: 401, codes.PermissionDenied: 403}[st.Code()]
			refuse(code, st.Message())(w, r)
			return
		}
		say(listOfServices)(w, r)
	}})
	t.Run("HTTP", func(t *testing.T) { test(t, overWeb(web)) })
}

func TestCredentials(t *testing.T) {
	tests := []struct {
		name          string
		set           func(o *Options)
		authorization string
		further       string // bearer.token of gRPC, x-forwarded-access-token of HTTP
		key           string // x-api-key
	}{
		{"none", func(*Options) {}, "", "", ""},
		{"token", func(o *Options) { o.Token = StaticToken("tok") }, "Bearer tok", "", ""},
		{"token in both", func(o *Options) { o.Token, o.BearerHeader = StaticToken("tok"), true }, "Bearer tok", "tok", ""},
		{"token for the storage only", func(o *Options) { o.Token, o.BearerOnly = StaticToken("tok"), true }, "", "tok", ""},
		{"password", func(o *Options) { o.Basic = StaticBasic("me", "s3cret") }, "Basic bWU6czNjcmV0", "", ""},
		{"password and token", func(o *Options) { o.Basic, o.Token = StaticBasic("me", "s3cret"), StaticToken("tok") }, "Basic bWU6czNjcmV0", "tok", ""},
		{"secret header", func(o *Options) {
			o.SecretHeaders = func(context.Context) (map[string]string, error) { return map[string]string{"X-Api-Key": "k"}, nil }
		}, "", "", "k"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got [3]string
			bothWays(t, func(get func(string) string) error {
				got = [3]string{get("authorization"), get("bearer.token") + get("x-forwarded-access-token"), get("x-api-key")}
				return nil
			}, func(t *testing.T, o Options) {
				tt.set(&o)
				if _, err := dial(t, o).Services(t.Context()); err != nil {
					t.Fatal(err)
				}
				if want := [3]string{tt.authorization, tt.further, tt.key}; got != want {
					t.Errorf("got %q, want %q", got, want)
				}
			})
		})
	}
}

// TestNoSecretInErrors has a server repeat all it was told.
func TestNoSecretInErrors(t *testing.T) {
	bothWays(t, func(get func(string) string) error {
		return status.Errorf(codes.PermissionDenied, "not for %s %s %s %s%s", get("authorization"), get("x-api-key"), get("x-zone"), get("bearer.token"), get("x-forwarded-access-token"))
	}, func(t *testing.T, o Options) {
		o.Basic, o.Token = StaticBasic("me", "pass-1234567"), StaticToken("tok-7654321")
		o.SecretHeaders = func(context.Context) (map[string]string, error) {
			return map[string]string{"x-api-key": "key-1112223", "x-zone": "zone-445566"}, nil
		}
		_, err := dial(t, o).Services(t.Context())
		checkError(t, err, ErrForbidden, "not for")
		for _, secret := range []string{"1234567", "7654321", "1112223", "445566", "bWU6cGFzcy0xMjM0NTY3"} {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("%q holds %s", err, secret)
			}
		}
	})
}

func TestCredentialsThatCannotBeHad(t *testing.T) {
	locked := errors.New("keyring is locked")
	for name, set := range map[string]func(o *Options){
		"password": func(o *Options) {
			o.Basic = func(context.Context) (string, string, error) { return "", "", locked }
		},
		"header": func(o *Options) {
			o.SecretHeaders = func(context.Context) (map[string]string, error) { return nil, locked }
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := plain("127.0.0.1:1")
			set(&o)
			_, err := dial(t, o).Services(t.Context())
			if KindOf(err) == ErrUnreachable { // gRPC connects first
				t.Fatalf("got %v, want what the keyring said", err)
			}
			checkError(t, err, ErrUnauthenticated, "locked")
			if !errors.Is(err, locked) {
				t.Errorf("got %v, want it to wrap the keyring's error", err)
			}
		})
	}
}

// A wallet gives out tokens, the next once one was refused.
type wallet struct {
	tokens  []string
	refused atomic.Int32
	asked   atomic.Int32
}

func (w *wallet) token(context.Context) (string, error) {
	w.asked.Add(1)
	return w.tokens[min(int(w.refused.Load()), len(w.tokens)-1)], nil
}

func TestTokenIsRenewedOnce(t *testing.T) {
	tests := []struct {
		name   string
		tokens []string
		good   string
		calls  int32
		want   Kind
	}{
		{"good", []string{"a"}, "a", 1, 0},
		{"expired", []string{"old", "new"}, "new", 2, 0},
		{"expired, and there is no other", []string{"old"}, "new", 1, ErrUnauthenticated},
		{"the other is no better", []string{"old", "older", "new"}, "new", 2, ErrUnauthenticated},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var calls atomic.Int32
			bothWays(t, func(get func(string) string) error {
				calls.Add(1)
				if get("authorization") != "Bearer "+tt.good {
					return status.Error(codes.Unauthenticated, "token expired")
				}
				return nil
			}, func(t *testing.T, o Options) {
				calls.Store(0)
				w := &wallet{tokens: tt.tokens}
				o.Token, o.Refused = w.token, func(string) { w.refused.Add(1) }
				_, err := dial(t, o).Services(t.Context())
				if KindOf(err) != tt.want || calls.Load() != tt.calls {
					t.Errorf("got %v after %d calls, want %v after %d", err, calls.Load(), tt.want, tt.calls)
				}
				if e := new(Error); errors.As(err, &e) && e.Reason != ReasonRefusedToken {
					t.Errorf("got reason %v, want %v", e.Reason, ReasonRefusedToken)
				}
			})
		})
	}
}

// TestTokenExpiresMidway has the token run out while a trace arrives: with a
// new one it is fetched from the beginning, without it what arrived is kept.
func TestTokenExpiresMidway(t *testing.T) {
	addr, _ := serve(t, &fakeV3{
		trace: func(ctx context.Context, _ string, send func(wire.Raw) error) error {
			md, _ := metadata.FromIncomingContext(ctx)
			if err := send(chain(traceOne, 0, 3)); err != nil || md.Get("authorization")[0] == "Bearer new" {
				return errors.Join(err, send(chain(traceOne, 3, 5)))
			}
			return status.Error(codes.Unauthenticated, "token expired")
		},
		find: func(ctx context.Context, _ wire.TraceQuery, send func(wire.Raw) error) error {
			md, _ := metadata.FromIncomingContext(ctx)
			if err := errors.Join(send(chain(traceOne, 0, 3)), send(chain(model.TraceID{1: 1}, 0, 3))); err != nil || md.Get("authorization")[0] == "Bearer new" {
				return err
			}
			return status.Error(codes.Unauthenticated, "token expired")
		},
	}, nil)
	for _, tokens := range [][]string{{"old"}, {"old", "new"}} {
		o := plain(addr)
		w := &wallet{tokens: tokens}
		o.Token, o.Refused = w.token, func(string) { w.refused.Add(1) }
		got, err := dial(t, o).Trace(t.Context(), traceOne, nil)
		if len(tokens) == 1 {
			checkError(t, err, ErrUnauthenticated, "expired")
			if got == nil || len(got.Spans) != 3 || !truncated(got) {
				t.Errorf("got %v, want the 3 spans that arrived", got)
			}
			continue
		}
		if err != nil || len(got.Spans) != 5 || len(got.Warnings) != 0 {
			t.Errorf("got %v with %v, %v; want 5 spans without warnings", got, got.Warnings, err)
		}
		w.refused.Store(0)
		found, err := dial(t, o).FindSummaries(t.Context(), Query{}, func(Summary) {})
		if err != nil || found.Traces != 2 {
			t.Errorf("got %+v, %v; want 2 traces", found, err)
		}
	}
}

func TestBusyServerIsAskedLater(t *testing.T) {
	tests := []struct {
		name   string
		status int
		after  string
		times  int32 // it refuses
		calls  int32
		asked  time.Duration
		want   Kind
	}{
		{"once", 429, "7", 1, 2, 7 * time.Second, 0},
		{"twice, without saying when", 429, "", 2, 3, 0, 0},
		{"always", 429, "1", 9, maxAttempts, time.Second, ErrBusy},
		{"for an hour", 429, "3600", 9, 1, 0, ErrBusy},
		{"nonsense", 429, "soon", 1, 2, 0, 0},
		{"in the past", 429, "Fri, 31 Dec 1999 23:59:59 GMT", 1, 2, 0, 0},
		{"unavailable", 503, "3", 1, 2, 3 * time.Second, 0},
	}
	for _, tt := range tests {
		var calls atomic.Int32
		handler := func(w http.ResponseWriter, r *http.Request) {
			if calls.Add(1) <= tt.times {
				w.Header().Set("Retry-After", tt.after)
				w.WriteHeader(tt.status)
				return
			}
			say(listOfServices)(w, r)
		}
		t.Run(tt.name, func(t *testing.T) {
			c := dial(t, overWeb(webServer(t, map[string]http.HandlerFunc{"/": handler})))
			var asked time.Duration
			c.pause = func(_ int, d time.Duration) time.Duration { asked = d; return 0 }
			_, err := c.Services(t.Context())
			if KindOf(err) != tt.want || calls.Load() != tt.calls || asked != tt.asked {
				t.Errorf("got %v after %d calls, told to wait %v; want %v after %d, %v", err, calls.Load(), asked, tt.want, tt.calls, tt.asked)
			}
		})
	}
	t.Run("page in front of gRPC", func(t *testing.T) { // of which gRPC shows the status only
		o := plain(webServerH2(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(429) }))
		o.API = APIv3
		_, err := dial(t, o).Services(t.Context())
		checkError(t, err, ErrBusy, "429")
	})
	t.Run("gRPC", func(t *testing.T) {
		var asked []time.Duration
		addr, _ := serve(t, nil, nil, grpc.UnknownServiceHandler(func(_ any, s grpc.ServerStream) error {
			s.SetTrailer(metadata.Pairs("retry-after", "4"))
			return status.Error(codes.ResourceExhausted, "queue is full")
		}))
		c := dial(t, plain(addr))
		c.pause = func(_ int, d time.Duration) time.Duration { asked = append(asked, d); return 0 }
		_, err := c.Services(t.Context())
		checkError(t, err, ErrBusy, "queue is full")
		_, err = c.Trace(t.Context(), traceOne, nil)
		checkError(t, err, ErrBusy, "queue is full")
		if want := []time.Duration{4e9, 4e9, 4e9, 4e9}; !slices.Equal(asked, want) {
			t.Errorf("told to wait %v, want %v", asked, want)
		}
	})
}
