package client

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"traceview/internal/client/wire"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
)

// webServer runs a web server on loopback with those handlers.
func webServer(t *testing.T, handlers map[string]http.HandlerFunc) string {
	t.Helper()
	mux := http.NewServeMux()
	for pattern, h := range handlers {
		mux.HandleFunc(pattern, h)
	}
	s := httptest.NewUnstartedServer(mux)
	s.Config.ErrorLog = quiet
	s.Start()
	t.Cleanup(s.Close)
	return hostOf(s)
}

func say(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(text)) }
}

// refuse answers as Jaeger does where it fails.
func refuse(status int, message string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		text, _ := json.Marshal(map[string]any{"error": map[string]any{"httpCode": status, "message": message}})
		http.Error(w, string(text), status)
	}
}

// chainJSON is chain in JSON, wrapped as a gateway does.
func chainJSON(t *testing.T, id model.TraceID, from, to int) string {
	t.Helper()
	b := model.NewBuilder()
	if err := otlp.NewDecoder(b).Message(chain(id, from, to)); err != nil {
		t.Fatal(err)
	}
	var out []byte
	for _, tr := range b.Build() {
		out = otlp.AppendJSON(out, tr)
	}
	return `{"result":` + string(out) + `}`
}

func overWeb(addr string) Options { return Options{Endpoint: addr, Plaintext: true, API: APIHTTP} }

const listOfServices = `{"services":["shop","crm","shop"]}`

func TestWebAnswers(t *testing.T) {
	trace := chainJSON(t, traceOne, 0, 5)
	for _, base := range []string{"", "/jaeger/ui"} {
		for _, api := range []API{APIHTTP, APIAuto} {
			t.Run(base+" "+api.String(), func(t *testing.T) {
				var asked url.Values
				addr := webServer(t, map[string]http.HandlerFunc{
					base + "/api/v3/services":   say(listOfServices),
					base + "/api/v3/operations": say(`{"operations":[{"name":"GET /","spanKind":"server"},{"name":"x"}]}`),
					base + "/api/v3/traces/" + traceOne.String(): func(w http.ResponseWriter, r *http.Request) {
						asked = r.URL.Query()
						say(trace)(w, r)
					},
				})
				c := dial(t, Options{Endpoint: "http://" + addr + base + "/", API: api})
				names, err := c.Services(t.Context())
				if err != nil || !slices.Equal(names, []string{"crm", "shop"}) || c.Negotiated() != APIHTTP {
					t.Fatalf("got %q, %v in %s", names, err, c.Negotiated())
				}
				ops, err := c.Operations(t.Context(), "shop")
				if want := []Operation{{Name: "GET /", SpanKind: "server"}, {Name: "x"}}; err != nil || !slices.Equal(ops, want) {
					t.Errorf("got %v, %v; want %v", ops, err, want)
				}
				var last Progress
				got, err := c.Trace(t.Context(), traceOne, func(p Progress) { last = p })
				if err != nil || len(got.Spans) != 5 || truncated(got) || got.Name(0) != "checkout" {
					t.Fatalf("got %v, %v", got, err)
				}
				if last.Spans != 5 || last.Bytes != int64(len(trace)) {
					t.Errorf("progress: got %+v, want 5 spans in %d bytes", last, len(trace))
				}
				if asked.Get("raw_traces") != "true" || asked.Get("rawTraces") != "true" {
					t.Errorf("asked %v, want the trace as stored", asked)
				}
				if caps, err := c.Capabilities(t.Context()); err != nil || caps.Known {
					t.Errorf("got %v, %v; want nothing known", caps, err)
				}
				_, err = c.Dependencies(t.Context(), time.Now(), time.Now())
				checkError(t, err, ErrUnimplemented, "")
			})
		}
	}
}

func TestWebSummaries(t *testing.T) {
	var asked url.Values
	addr := webServer(t, map[string]http.HandlerFunc{"/api/v3/trace-summaries": func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.Query()
		fmt.Fprint(w, `{"summaries":[{"traceId":"0a000000000000000000000000000001","rootServiceName":"shop","rootOperationName":"checkout",
			"minStartTimeUnixNano":"1700000000000000000","maxEndTimeUnixNano":1700000002000000000,"spanCount":3,"errorSpanCount":1,
			"services":[{"name":"shop","spanCount":2,"errorSpanCount":1},{"name":"crm","spanCount":1}]}]}`)
	}})
	var got []Summary
	from, to := time.Unix(1_600_000_000, 5).UTC(), time.Unix(1_800_000_000, 0).UTC()
	found, err := dial(t, overWeb(addr)).FindSummaries(t.Context(), Query{Service: "s", Operation: "o", Attributes: map[string]string{"order.id": "№ 1"},
		From: from, To: to, MinDuration: time.Millisecond, MaxDuration: time.Second, Limit: 1}, func(s Summary) { got = append(got, s) })
	if err != nil || found != (Found{Traces: 1, LimitReached: true}) {
		t.Fatalf("got %+v, %v", found, err)
	}
	want := []Summary{{ID: traceOne, RootService: "shop", RootOperation: "checkout", Start: time.Unix(1_700_000_000, 0).UTC(),
		Duration: 2 * time.Second, Spans: 3, Errors: 1, Services: []model.Service{{Name: "crm", Spans: 1}, {Name: "shop", Spans: 2, Errors: 1}}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	for name, want := range map[string]string{
		"query.serviceName": "s", "query.service_name": "s", "query.operation_name": "o", "query.attributes": `{"order.id":"№ 1"}`,
		"query.startTimeMin": "2020-09-13T12:26:40.000000005Z", "query.start_time_max": "2027-01-15T08:00:00Z",
		"query.duration_min": "1ms", "query.durationMax": "1s", "query.searchDepth": "1", "query.search_depth": "1",
		"query.num_traces": "1", "query.rawTraces": "true", "query.raw_traces": "true",
	} {
		if asked.Get(name) != want {
			t.Errorf("%s: got %q, want %q", name, asked.Get(name), want)
		}
	}
}

// TestWebSearchWithoutFilter asks a server that, as Jaeger before 2.19, has no
// summaries and sends any traces in place of those with an attribute.
func TestWebSearchWithoutFilter(t *testing.T) {
	both := chainJSON(t, traceOne, 0, 3) + "\n" + chainJSON(t, model.TraceID{1: 2}, 1, 2)
	tests := []struct {
		name    string
		answer  http.HandlerFunc
		q       Query
		matched []string
		want    Found
	}{
		{"hits are picked out", say(both), Query{Attributes: map[string]string{"order.id": "10472"}, Limit: 1},
			[]string{"order.id"}, Found{Traces: 1, Whole: true}},
		{"none", say(both), Query{Attributes: map[string]string{"order.id": "1"}}, nil, Found{Whole: true}},
		{"nothing was asked for", say(both), Query{}, []string{"", ""}, Found{Traces: 2, Whole: true}},
		{"no traces", refuse(404, "No traces found"), Query{Attributes: map[string]string{"order.id": "1"}}, nil, Found{Whole: true}},
		{"small store", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("query.num_traces") != "20" {
				refuse(500, "search depth must be greater than 0 and less than max traces")(w, r)
				return
			}
			say(both)(w, r)
		}, Query{Attributes: map[string]string{"order.id": "10472"}, Limit: 20}, []string{"order.id"}, Found{Traces: 1, Whole: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			addr := webServer(t, map[string]http.HandlerFunc{"/api/v3/services": say(listOfServices), "/api/v3/traces": tt.answer, "/": say("<title>Jaeger UI</title>")})
			for _, api := range []API{APIHTTP, APIAuto} {
				var matched []string
				found, err := dial(t, Options{Endpoint: addr, Plaintext: true, API: api}).FindSummaries(t.Context(), tt.q,
					func(s Summary) { matched = append(matched, s.MatchedKey) })
				if err != nil || found != tt.want || !slices.Equal(matched, tt.matched) {
					t.Errorf("%s: got %+v with keys %q, %v; want %+v with %q", api, found, matched, err, tt.want, tt.matched)
				}
			}
		})
	}
}

// TestWebSweep has more traces in a period than the server sends at a time.
func TestWebSweep(t *testing.T) {
	tests := []struct {
		name   string
		traces int // one a minute, every tenth with the order
		want   Found
	}{
		{"in halves", 3 * sweepDepth, Found{Traces: 3 * sweepDepth / 10, Whole: true}},
		{"too many", 2 * sweepLimit, Found{LimitReached: true, Whole: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			from := time.Unix(1_700_000_000, 0).UTC()
			all := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				q := r.URL.Query()
				lo, _ := time.Parse(time.RFC3339Nano, q.Get("query.start_time_min"))
				hi, _ := time.Parse(time.RFC3339Nano, q.Get("query.start_time_max"))
				io.WriteString(w, `{"result":{"resourceSpans":[`)
				sent := 0
				for i := tt.traces - 1; i >= 0 && sent < sweepDepth; i-- { // the newest first
					at := from.Add(time.Duration(i) * time.Minute)
					if at.Before(lo) || !at.Before(hi) {
						continue
					}
					if sent++; sent > 1 {
						io.WriteString(w, ",")
					}
					fmt.Fprintf(w, `{"scopeSpans":[{"spans":[{"traceId":"%032x","spanId":"%016x","startTimeUnixNano":"%d","attributes":[{"key":"order.id","value":{"stringValue":"%d"}}]}]}]}`,
						i+1, i+1, at.UnixNano(), i%10)
				}
				io.WriteString(w, "]}}")
			})
			addr := webServer(t, map[string]http.HandlerFunc{"/api/v3/traces": all})
			hits, others := map[model.TraceID]bool{}, map[model.TraceID]bool{}
			found, err := dial(t, overWeb(addr)).FindSummaries(t.Context(), Query{Attributes: map[string]string{"order.id": "7"},
				From: from, To: from.Add(time.Duration(tt.traces) * time.Minute)}, func(s Summary) {
				if s.Spans != 1 {
					t.Errorf("%s has %d spans, want 1", s.ID, s.Spans)
				}
				if s.MatchedKey != "" {
					hits[s.ID] = true
				} else {
					others[s.ID] = true
				}
			})
			if err != nil || found.LimitReached != tt.want.LimitReached || found.Traces != len(hits) {
				t.Fatalf("got %+v with %d hits, %v", found, len(hits), err)
			}
			if tt.want.Traces > 0 && (len(hits) != tt.want.Traces || len(others) > 0) {
				t.Errorf("got %d hits and %d others, want %d and none", len(hits), len(others), tt.want.Traces)
			}
			if tt.want.LimitReached && len(hits)+len(others) < DefaultLimit {
				t.Errorf("got %d traces, want enough to see that the limit was reached", len(hits)+len(others))
			}
		})
	}
}

// TestSweepIsSharedByKeys searches by several keys of one period.
func TestSweepIsSharedByKeys(t *testing.T) {
	var calls atomic.Int32
	both := chainJSON(t, traceOne, 0, 3) + "\n" + chainJSON(t, model.TraceID{1: 2}, 1, 2)
	addr := webServer(t, map[string]http.HandlerFunc{"/api/v3/traces": func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) == 1 {
			w.WriteHeader(500) // not kept
			return
		}
		say(both)(w, r)
	}})
	c := dial(t, overWeb(addr))
	to := time.Now()
	search := func(attributes map[string]string, to time.Time) (n int, err error) {
		_, err = c.FindSummaries(t.Context(), Query{Attributes: attributes, From: to.Add(-time.Hour), To: to}, func(s Summary) { n++ })
		return n, err
	}
	_, err := search(map[string]string{"order.id": "10472"}, to)
	checkError(t, err, ErrServer, "")
	for _, tt := range []struct {
		attributes map[string]string
		to         time.Time
		hits       int
		calls      int32
	}{
		{map[string]string{"order.id": "10472"}, to, 1, 2},
		{map[string]string{"order.id": "1"}, to, 0, 2},
		{map[string]string{"service.name": "shop-api"}, to, 2, 2},
		{map[string]string{"order.id": "10472", "service.name": "shop-api"}, to, 1, 3}, // on one span
		{map[string]string{"order.id": "10472", "service.name": "crm"}, to, 0, 4},
		{map[string]string{"order.id": "10472"}, to.Add(time.Second), 1, 5},
	} {
		n, err := search(tt.attributes, tt.to)
		if err != nil || n != tt.hits || calls.Load() != tt.calls {
			t.Errorf("%v: got %d hits after %d calls, %v; want %d after %d", tt.attributes, n, calls.Load(), err, tt.hits, tt.calls)
		}
	}
	c.sweeps.close()
	if n, err := search(map[string]string{"order.id": "10472"}, to.Add(time.Second)); err != nil || n != 1 || calls.Load() != 6 {
		t.Errorf("forgotten: got %d hits after %d calls, %v", n, calls.Load(), err)
	}
}

func TestWebErrors(t *testing.T) {
	redirect := func(to string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) }
	}
	with := func(status int, text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status); w.Write([]byte(text)) }
	}
	tests := []struct {
		name   string
		answer http.HandlerFunc
		want   Kind
		reason Reason
		detail string
	}{
		{"no token", with(401, ""), ErrUnauthenticated, ReasonMissing, "401"},
		{"forbidden", with(403, "<html>403"), ErrForbidden, 0, "403"},
		{"tenant", refuse(401, "missing tenant header"), ErrTenant, ReasonTenantMissing, "missing tenant"},
		{"needs a service", refuse(500, "service name must be set"), ErrServer, 0, "must be set"},
		{"bad request", refuse(400, "malformed parameter"), ErrInvalid, 0, "malformed"},
		{"bad gateway", with(502, "<html><title>502 Bad Gateway</title>"), ErrUnreachable, 0, "Bad Gateway"},
		{"gateway in vain", with(504, "<html><title>504"), ErrDeadline, 0, "504"},
		{"not there", http.NotFound, ErrWrongPort, ReasonWrongPath, "404"},
		{"jaeger's own page", with(200, "\n <!doctype html><base href=\"/jaeger/\"><title>Jaeger UI</title> <p>log in</p>"), ErrWrongPort, ReasonWrongPath, "whose path is /jaeger/"},
		{"page for signing in", with(200, "<html><title>Corp SSO</title><input type=\"password\">"), ErrSignIn, ReasonSignInPage, "Corp SSO"},
		{"page of another kind", with(200, "<html><title>It works!"), ErrWrongPort, ReasonWrongPath, "page"},
		{"sent on to sign in", redirect("https://login.example/auth?state=s3cret"), ErrSignIn, ReasonSignInPage, "https://login.example/auth"},
		{"wants TLS", with(400, "Client sent an HTTP request to an HTTPS server.\n"), ErrTLS, ReasonWantsTLS, ""},
		{"nginx wants TLS", with(400, "<html><title>400 The plain HTTP request was sent to HTTPS port</title>"), ErrTLS, ReasonWantsTLS, ""},
		{"nginx wants a certificate", with(400, "<html><title>400 No required SSL certificate was sent</title>"), ErrTLS, ReasonClientCert, ""},
		{"not JSON", say("services: none"), ErrGarbage, 0, "decode"},
		{"cut off", say(`{"services":["a`), ErrInterrupted, 0, ""},
		{"broken off", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			w.Write([]byte(`{"services":["a`))
		}, ErrInterrupted, 0, "EOF"},
		{"redirects in a circle", redirect("/api/v3/services"), ErrSignIn, ReasonSignInPage, ""},
		{"busy", with(429, ""), ErrBusy, 0, "429"},
		{"sent on to TLS", func(w http.ResponseWriter, r *http.Request) { redirect("https://"+r.Host+"/api/v3/services")(w, r) }, ErrTLS, ReasonWantsTLS, "https://"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := dial(t, overWeb(webServer(t, map[string]http.HandlerFunc{"/": tt.answer}))).Services(t.Context())
			checkError(t, err, tt.want, tt.detail)
			if e := err.(*Error); e.Reason != tt.reason {
				t.Errorf("got reason %v of %v, want %v", e.Reason, err, tt.reason)
			}
			if strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "\n") {
				t.Errorf("%q is no line to show", err)
			}
		})
	}
}

func TestWebTraceErrors(t *testing.T) {
	spans := chainJSON(t, traceOne, 0, 100)
	cut := spans[:len(spans)*2/3]
	tests := []struct {
		name   string
		limit  int
		answer http.HandlerFunc
		want   Kind
		spans  int // of the partial trace; -1 for some
	}{
		{"not found", 0, refuse(404, "No traces found"), ErrNotFound, 0},
		{"not found, empty", 0, say(`{"result":{}}`), ErrNotFound, 0},
		{"cut off", 0, say(cut), ErrInterrupted, -1},
		{"garbage after spans", 0, say(spans + "]"), ErrGarbage, 100},
		{"error after spans", 0, say(spans + `{"error":{"grpcCode":14,"httpCode":503,"message":"going down"}}`), ErrInterrupted, 100},
		{"expired after spans", 0, say(spans + `{"error":{"code":16,"message":"token expired"}}`), ErrUnauthenticated, 100},
		{"too large", 1000, say(spans), ErrTooLarge, -1},
		{"another trace", 0, say(chainJSON(t, model.TraceID{1: 7}, 0, 2)), ErrGarbage, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := overWeb(webServer(t, map[string]http.HandlerFunc{"/": tt.answer}))
			o.RecvLimit = tt.limit
			got, err := dial(t, o).Trace(t.Context(), traceOne, nil)
			checkError(t, err, tt.want, "")
			switch {
			case tt.spans == 0 && got != nil:
				t.Errorf("got a trace of %d spans with the error", len(got.Spans))
			case tt.spans > 0 && (got == nil || len(got.Spans) != tt.spans), tt.spans < 0 && (got == nil || len(got.Spans) == 0):
				t.Fatalf("got %v, want %d spans", got, tt.spans)
			case got != nil && !truncated(got):
				t.Error("the partial trace is not marked as truncated")
			}
		})
	}
}

// TestRedirectsKeepCredentials holds that no other server gets what was meant
// for the one asked.
func TestRedirectsKeepCredentials(t *testing.T) {
	var leaked atomic.Int32
	other := webServer(t, map[string]http.HandlerFunc{"/": func(_ http.ResponseWriter, r *http.Request) { leaked.Add(1) }})
	addr := webServer(t, map[string]http.HandlerFunc{
		"/api/v3/services": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://"+other+"/api/v3/services", http.StatusTemporaryRedirect)
		},
		"/old/api/v3/services": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/new", http.StatusFound) },
		"/new": func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "Bearer tok-1234567" {
				w.WriteHeader(401)
			}
			say(listOfServices)(w, r)
		},
	})
	o := overWeb(addr)
	o.Token = StaticToken("tok-1234567")
	_, err := dial(t, o).Services(t.Context())
	checkError(t, err, ErrSignIn, other)
	if leaked.Load() != 0 {
		t.Error("the other server was asked")
	}
	o.Endpoint = addr + "/old"
	if _, err := dial(t, o).Services(t.Context()); err != nil {
		t.Errorf("within the server: %v", err)
	}
}

func TestCancelOverWeb(t *testing.T) {
	inside, over := make(chan struct{}, 8), make(chan struct{})
	stall := func(w http.ResponseWriter, _ *http.Request) {
		w.(http.Flusher).Flush()
		inside <- struct{}{}
		<-over
	}
	amid := func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte(`{"result":{"resourceSpans":[`))
		stall(w, r)
	}
	addr := webServer(t, map[string]http.HandlerFunc{"/api/v3/services": stall, "/api/v3/traces/": amid, "/api/v3/traces": amid})
	defer close(over)
	c := dial(t, overWeb(addr))
	for name, call := range map[string]func(context.Context) error{
		"services": func(ctx context.Context) error { _, err := c.Services(ctx); return err },
		"trace":    func(ctx context.Context) error { _, err := c.Trace(ctx, traceOne, nil); return err },
		"find":     func(ctx context.Context) error { _, err := c.FindTraces(ctx, Query{}, nil); return err },
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- call(ctx) }()
			receive(t, inside, "server")
			cancel()
			checkError(t, receive(t, done, "cancelled call"), ErrCancelled, "")
		})
	}
	t.Run("closed", func(t *testing.T) {
		c := dial(t, overWeb(addr))
		done := make(chan error, 1)
		go func() { _, err := c.Trace(context.Background(), traceOne, nil); done <- err }()
		receive(t, inside, "server")
		c.Close()
		checkError(t, receive(t, done, "call"), ErrCancelled, "closed")
	})
}

func TestWebDeadlines(t *testing.T) {
	over := make(chan struct{})
	addr := webServer(t, map[string]http.HandlerFunc{
		"/api/v3/services": func(http.ResponseWriter, *http.Request) { <-over },
		"/api/v3/traces/": func(w http.ResponseWriter, r *http.Request) {
			whole := chainJSON(t, traceOne, 0, 50)
			w.Write([]byte(whole[:len(whole)/2]))
			w.(http.Flusher).Flush()
			<-over
		}})
	defer close(over)
	o := overWeb(addr)
	o.CallTimeout, o.StreamIdle = 30*time.Millisecond, 300*time.Millisecond
	c := dial(t, o)
	_, err := c.Services(t.Context())
	checkError(t, err, ErrDeadline, "")
	got, err := c.Trace(t.Context(), traceOne, nil)
	checkError(t, err, ErrDeadline, errIdle.Error())
	if got == nil || len(got.Spans) == 0 || !truncated(got) {
		t.Errorf("got %v, want the spans that arrived, marked as truncated", got)
	}
}

// TestAutoStaysOnTheWeb holds that an address found to be a web server is asked
// over HTTP from then on, and one of gRPC never.
func TestAutoStaysOnTheWeb(t *testing.T) {
	var mu sync.Mutex
	var paths []string
	addr := webServer(t, map[string]http.HandlerFunc{"/": func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		paths = append(paths, r.URL.Path)
		say(listOfServices)(w, r)
	}})
	c := dial(t, plain(addr))
	for range 2 {
		if _, err := c.Services(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if want := []string{"/api/v3/services", "/api/v3/services", "/api/v3/services"}; !slices.Equal(paths, want) {
		t.Errorf("asked for %q, want %q: one to find out", paths, want)
	}
	grpcAddr, _ := serve(t, &fakeV3{services: func(context.Context) ([]string, error) { return []string{"a"}, nil }}, nil)
	_, err := dial(t, overWeb(grpcAddr)).Services(t.Context())
	checkError(t, err, ErrWrongPort, "HTTP/2")
	if r := err.(*Error).Reason; r != ReasonQueryPort {
		t.Errorf("got reason %v, want %v", r, ReasonQueryPort)
	}
	c = dial(t, plain(grpcAddr))
	if _, err := c.Services(t.Context()); err != nil || c.Negotiated() != APIv3 || c.onWeb() {
		t.Errorf("got %v in %s", err, c.Negotiated())
	}
}

// TestGRPCBelowAPath asks through a prefix, as proxies put before it.
func TestGRPCBelowAPath(t *testing.T) {
	v3 := &fakeV3{services: func(context.Context) ([]string, error) { return []string{"a"}, nil },
		trace: func(_ context.Context, _ string, send func(wire.Raw) error) error { return send(chain(traceOne, 0, 2)) }}
	addr := webServerH2(t, http.StripPrefix("/jaeger", newServer(v3, nil)).ServeHTTP)
	c := dial(t, plain(addr+"/jaeger"))
	if names, err := c.Services(t.Context()); err != nil || len(names) != 1 || c.Negotiated() != APIv3 {
		t.Fatalf("got %q, %v in %s", names, err, c.Negotiated())
	}
	if got, err := c.Trace(t.Context(), traceOne, nil); err != nil || len(got.Spans) != 2 {
		t.Errorf("got %v, %v", got, err)
	}
}

// webServerH2 runs a web server that speaks HTTP/2 in plain text only.
func webServerH2(t *testing.T, handle http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewUnstartedServer(handle)
	s.Config.ErrorLog = quiet
	s.Config.Protocols = new(http.Protocols)
	s.Config.Protocols.SetUnencryptedHTTP2(true)
	s.Start()
	t.Cleanup(s.Close)
	return hostOf(s)
}
