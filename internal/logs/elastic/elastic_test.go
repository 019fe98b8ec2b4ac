package elastic

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"traceview/internal/client"
	"traceview/internal/logs"
	"traceview/internal/logs/elastic/elastictest"
	"traceview/internal/model"
)

var (
	one   = model.TraceID{0x4b, 0xf9, 15: 0x36}
	began = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
)

func query() Query { return Query{Trace: one, From: began, To: began.Add(2 * time.Second)} }

// serve runs a server on loopback and returns a client of it.
func serve(t *testing.T, s *elastictest.Server, change func(*Options)) *Client {
	t.Helper()
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	o := Options{Server: client.Options{Endpoint: h.URL}, Index: "logs-*", Before: -1, After: -1}
	if change != nil {
		change(&o)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// at is an instant of the trace as documents have it.
func at(ns int) string {
	return began.Add(time.Duration(ns)).Format("2006-01-02T15:04:05.000000000Z07:00")
}

// fill adds n documents of the trace, 10 within each instant.
func fill(s *elastictest.Server, n int) {
	for i := range n {
		s.Add("logs-shop", fmt.Sprint("id", i), elastictest.Document{"@timestamp": at(i / 10 * 1_000_000), "message": fmt.Sprint("m", i),
			"trace": map[string]any{"id": one.String()}, "span.id": fmt.Sprintf("%016x", i%7+1), "log.level": "INFO"})
	}
	s.Add("logs-shop", "other", elastictest.Document{"@timestamp": at(0), "message": "another trace", "trace.id": model.TraceID{9}.String()})
	s.Add("logs-shop", "old", elastictest.Document{"@timestamp": "2026-02-01T00:00:00Z", "message": "out of time", "trace.id": one.String()})
}

// messages lists the messages of lines, sorted by number.
func wantMessages(t *testing.T, l *logs.Lines, n int) {
	t.Helper()
	if l.Len() != n {
		t.Fatalf("got %d lines, want %d", l.Len(), n)
	}
	seen := map[string]bool{}
	for i := range l.Len() {
		seen[l.At(i).Message] = true
		if i > 0 && l.At(i).Time < l.At(i-1).Time {
			t.Fatalf("line %d is earlier than the one before", i)
		}
	}
	for i := range n {
		if !seen[fmt.Sprint("m", i)] {
			t.Fatalf("message m%d is missing", i)
		}
	}
}

func TestPagesByPointInTime(t *testing.T) {
	s := &elastictest.Server{}
	fill(s, 95)
	c := serve(t, s, func(o *Options) { o.PageSize = 7 })
	var told []int
	got, err := c.Fetch(t.Context(), query(), func(n int) { told = append(told, n) })
	if err != nil {
		t.Fatal(err)
	}
	wantMessages(t, got, 95)
	if got.Gap() != (logs.Gap{}) {
		t.Errorf("something is said to be missing: %+v", got.Gap())
	}
	if len(got.Span(3)) != 14 || got.At(0).Level.Severity != logs.Info {
		t.Errorf("span 3 has %d lines, level %v", len(got.Span(3)), got.At(0).Level)
	}
	if s.Open() != 0 {
		t.Error("the point in time was left open")
	}
	if !slices.IsSorted(told) || told[len(told)-1] != 95 {
		t.Errorf("told of %v lines", told)
	}
	asked := s.Requests()
	if asked[0] != "POST /logs-*/_pit" || asked[1] != "POST /_search" || asked[len(asked)-1] != "DELETE /_pit" || len(asked) != 2+14 {
		t.Errorf("asked %q", asked)
	}
}

func TestServersWithoutPointsInTime(t *testing.T) {
	for _, status := range []int{400, 403, 404, 405} {
		s := &elastictest.Server{NoPIT: status}
		fill(s, 95)
		got, err := serve(t, s, func(o *Options) { o.PageSize = 7 }).Fetch(t.Context(), query(), nil)
		if err != nil {
			t.Fatalf("%d: %v", status, err)
		}
		wantMessages(t, got, 95)
	}
	// One that has them and does not know how to sort by them.
	var refused atomic.Int32
	s := &elastictest.Server{}
	fill(s, 20)
	s.Fault = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/_search" {
			refused.Add(1)
			http.Error(w, `{"error":{"type":"x_content_parse_exception","reason":"[field_sort] unknown field [format]"},"status":400}`, 400)
			return true
		}
		return false
	}
	got, err := serve(t, s, nil).Fetch(t.Context(), query(), nil)
	if err != nil || refused.Load() != 1 || s.Open() != 0 {
		t.Fatalf("error %v, refused %d times, %d open", err, refused.Load(), s.Open())
	}
	wantMessages(t, got, 20)
}

func TestAPointInTimeThatWasForgotten(t *testing.T) {
	s := &elastictest.Server{}
	fill(s, 60)
	searches := 0
	s.Fault = func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/_search" {
			if searches++; searches == 4 {
				s.Forget()
			}
		}
		return false
	}
	got, err := serve(t, s, func(o *Options) { o.PageSize = 7 }).Fetch(t.Context(), query(), nil)
	if err != nil {
		t.Fatal(err)
	}
	wantMessages(t, got, 60)
	if s.Open() != 0 {
		t.Error("a point in time was left open")
	}
}

// TestLinesThatComeAgainCountOnce has a server forget the point in time and fail a page
// later: lines that came twice are not those that did not come.
func TestLinesThatComeAgainCountOnce(t *testing.T) {
	s := &elastictest.Server{}
	fill(s, 60)
	searches := 0
	s.Fault = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/_search" {
			switch searches++; searches {
			case 4:
				s.Forget()
			case 6:
				http.Error(w, "no", http.StatusForbidden)
				return true
			}
		}
		return false
	}
	told := 0
	got, err := serve(t, s, func(o *Options) { o.PageSize = 7 }).Fetch(t.Context(), query(), func(n int) { told = n })
	if !errors.Is(err, client.ErrForbidden) || got.Len() == 0 || got.Len()+int(got.Gap().Missed) != 60 || told != got.Len() {
		t.Errorf("%d lines, told of %d, gap %+v, error %v", got.Len(), told, got.Gap(), err)
	}
}

// TestAServerThatGoesRoundInCirclesIsLeft asks one that gives the same page each time.
func TestAServerThatGoesRoundInCirclesIsLeft(t *testing.T) {
	s := &elastictest.Server{}
	fill(s, 60)
	asked := 0
	s.Fault = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/_search" {
			return false
		}
		asked++
		fmt.Fprint(w, `{"hits":{"total":99999,"hits":[{"_index":"i","_id":"1","_source":{"@timestamp":"2026-03-01T10:00:00Z","message":"m","trace.id":"`+one.String()+`"},"sort":[1,1]}`)
		for range 999 {
			fmt.Fprint(w, `,{"_index":"i","_id":"2","sort":[1,2]}`)
		}
		fmt.Fprint(w, `]}}`)
		return true
	}
	got, err := serve(t, s, nil).Fetch(t.Context(), query(), nil)
	if err != nil || got.Len() != 1 || got.Gap().Broken != 1 || got.Gap().Missed != 99_997 || asked != 20 {
		t.Errorf("%d lines, gap %+v, error %v, asked %d times", got.Len(), got.Gap(), err, asked)
	}
}

func TestPartialShardsAreTold(t *testing.T) {
	s := &elastictest.Server{Failed: 2, TimedOut: true}
	fill(s, 5)
	got, err := serve(t, s, nil).Fetch(t.Context(), query(), nil)
	if err != nil || got.Len() != 5 {
		t.Fatalf("%d lines, error %v", got.Len(), err)
	}
	g := got.Gap()
	if g.FailedShards != 2 || g.Shards != 5 || !g.TimedOut || !strings.Contains(g.Reason, "Node not connected") || !g.Any() {
		t.Errorf("gap %+v", g)
	}
}

func TestHugeMessagesAndBrokenDocuments(t *testing.T) {
	s := &elastictest.Server{}
	fill(s, 12)
	huge := strings.Repeat("x", 300<<10)
	s.Add("logs-shop", "huge", elastictest.Document{"@timestamp": at(500_000), "message": huge, "trace.id": one.String()})
	s.Add("logs-shop", "beyond", elastictest.Document{"@timestamp": at(600_000), "message": strings.Repeat(huge, 20), "trace.id": one.String()})
	c := serve(t, s, func(o *Options) { o.Server.RecvLimit = 1 << 20 }) // 4 MiB an answer
	got, err := c.Fetch(t.Context(), query(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got.Len() != 13 || got.Gap().Broken != 1 || got.Gap().Missed != 0 {
		t.Fatalf("%d lines, gap %+v", got.Len(), got.Gap())
	}
	i := 0
	for i < got.Len()-1 && got.At(i).MessageBytes == 0 {
		i++
	}
	if l := got.At(i); l.MessageBytes != len(huge) || len(l.Message) != logs.MaxMessage {
		t.Errorf("the huge message has %d bytes of %d", len(l.Message), l.MessageBytes)
	}
}

func TestATraceOfTooManyLines(t *testing.T) {
	s := &elastictest.Server{}
	fill(s, logs.MaxLines+123)
	got, err := serve(t, s, func(o *Options) { o.After = 24 * time.Hour }).Fetch(t.Context(), query(), nil)
	if err != nil || got.Len() != logs.MaxLines || got.Gap().Missed != 123 {
		t.Errorf("%d lines, %d missed, error %v", got.Len(), got.Gap().Missed, err)
	}
	if s.Open() != 0 {
		t.Error("a point in time was left open")
	}
}

func TestErrors(t *testing.T) {
	say := func(status int, text string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, _ *http.Request) bool {
			w.WriteHeader(status)
			fmt.Fprint(w, text)
			return true
		}
	}
	onSearch := func(status int, text string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			return strings.HasSuffix(r.URL.Path, "_search") && say(status, text)(w, r)
		}
	}
	const secret = "c2VjcmV0LWtleQ"
	for _, tt := range []struct {
		name   string
		fault  func(http.ResponseWriter, *http.Request) bool
		index  string
		want   client.Kind
		detail string
	}{
		{"wrong key", nil, "logs-*", client.ErrUnauthenticated, "security_exception"},
		{"no such index", func(http.ResponseWriter, *http.Request) bool { return false }, "nothing", client.ErrNotFound, "no such index [nothing]"},
		{"forbidden", onSearch(403, `{"error":{"root_cause":[{"type":"security_exception","reason":"action [indices:data/read/search] is unauthorized"}],"type":"security_exception","reason":"action [indices:data/read/search] is unauthorized"},"status":403}`),
			"logs-*", client.ErrForbidden, "unauthorized"},
		{"cause behind", onSearch(400, `{"error":{"root_cause":[{"type":"query_shard_exception","reason":"failed to create query: For input string"}],"type":"search_phase_execution_exception","reason":"all shards failed"},"status":400}`),
			"logs-*", client.ErrInvalid, "failed to create query"},
		{"page for signing in", say(200, `<html><title>Corp SSO</title><input type="password">`), "logs-*", client.ErrSignIn, "Corp SSO"},
		{"page", say(200, "<html><title>It works</title>"), "logs-*", client.ErrWrongPort, "It works"},
		{"not Elasticsearch", onSearch(200, `{"ok":true}`), "logs-*", client.ErrGarbage, "no search result"},
		{"text", onSearch(200, `ok`), "logs-*", client.ErrGarbage, ""},
		{"cut off", onSearch(200, `{"hits":{"hits":[`), "logs-*", client.ErrInterrupted, ""},
		{"says the key", say(500, "bad header ApiKey "+secret+" and "+secret), "logs-*", client.ErrServer, "…"},
		{"error as text", say(503, `{"error":"no living connections","status":503}`), "logs-*", client.ErrUnreachable, "no living connections"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &elastictest.Server{Fault: tt.fault}
			if tt.fault == nil {
				s.Authorization = "ApiKey other"
			}
			fill(s, 3)
			c := serve(t, s, func(o *Options) {
				o.Index = tt.index
				name, value := APIKey(secret)
				o.Server.SecretHeaders = func(context.Context) (map[string]string, error) { return map[string]string{name: value}, nil }
			})
			got, err := c.Fetch(t.Context(), query(), nil)
			var e *Error
			if !errors.As(err, &e) || !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.detail) || !strings.Contains(err.Error(), one.String()) {
				t.Errorf("got error %v, want %v with %q", err, tt.want, tt.detail)
			}
			if strings.Contains(err.Error(), secret) {
				t.Errorf("the error says the key: %v", err)
			}
			if got == nil || got.Len() != 0 {
				t.Errorf("got %d lines", got.Len())
			}
			if s.Open() != 0 {
				t.Error("a point in time was left open")
			}
		})
	}
}

// TestCheckTellsWhatItLacks asks servers that do not count all there is.
func TestCheckTellsWhatItLacks(t *testing.T) {
	for answer, want := range map[string]Sample{
		`{"_shards":{"total":5,"failed":0},"hits":{"total":{"value":3,"relation":"eq"},"hits":[]}}`:                         {Lines: 3},
		`{"_shards":{"total":5,"failed":0},"hits":{"total":{"value":10000,"relation":"gte"},"hits":[]}}`:                    {Lines: 10_000, Gap: logs.Gap{AtLeast: true}},
		`{"timed_out":true,"_shards":{"total":5,"failed":0},"hits":{"total":{"value":1,"relation":"eq"},"hits":[]}}`:        {Lines: 1, Gap: logs.Gap{TimedOut: true}},
		`{"_shards":{"total":5,"failed":2,"failures":[{"reason":{"type":"a","reason":"b"}}]},"hits":{"total":1,"hits":[]}}`: {Lines: 1, Gap: logs.Gap{FailedShards: 2, Shards: 5, Reason: "a: b"}},
	} {
		s := &elastictest.Server{Fault: func(w http.ResponseWriter, _ *http.Request) bool {
			fmt.Fprint(w, answer)
			return true
		}}
		if got, err := serve(t, s, nil).Check(t.Context(), began); err != nil || got != want {
			t.Errorf("%s: found %+v, %v, want %+v", answer, got, err, want)
		}
	}
}

// TestCheckOfAServerThatSendsDocuments asks one that does not mind that none were asked for.
func TestCheckOfAServerThatSendsDocuments(t *testing.T) {
	s := &elastictest.Server{Fault: func(w http.ResponseWriter, _ *http.Request) bool {
		fmt.Fprint(w, `{"hits":{"total":1,"hits":[{"_source":{"message":"m"}},{}]}}`)
		return true
	}}
	if got, err := serve(t, s, nil).Check(t.Context(), began); err != nil || got.Lines != 1 {
		t.Errorf("found %+v, %v", got, err)
	}
}

func TestBusyServersAreAskedAgain(t *testing.T) {
	s := &elastictest.Server{}
	fill(s, 3)
	var refused atomic.Int32
	s.Fault = func(w http.ResponseWriter, r *http.Request) bool {
		if refused.Add(1) > 2 {
			return false
		}
		w.WriteHeader(429)
		fmt.Fprint(w, `{"error":{"type":"circuit_breaking_exception","reason":"Data too large"},"status":429}`)
		return true
	}
	got, err := serve(t, s, nil).Fetch(t.Context(), query(), nil)
	if err != nil || refused.Load() < 3 {
		t.Fatalf("refused %d times, error %v", refused.Load(), err)
	}
	wantMessages(t, got, 3)
}

// TestAnAnswerThatBreaksOff holds that what had arrived is kept and the rest asked for.
func TestAnAnswerThatBreaksOff(t *testing.T) {
	s := &elastictest.Server{}
	fill(s, 40)
	broken := 0
	s.Fault = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/_search" || broken == 2 {
			return false
		}
		broken++
		rec := httptest.NewRecorder()
		fault := s.Fault
		s.Fault = nil
		s.ServeHTTP(rec, r)
		s.Fault = fault
		w.Header().Set("Content-Length", fmt.Sprint(rec.Body.Len()))
		w.Write(rec.Body.Bytes()[:rec.Body.Len()/2])
		return true
	}
	got, err := serve(t, s, nil).Fetch(t.Context(), query(), nil)
	if err != nil || broken != 2 {
		t.Fatalf("broken off %d times, error %v", broken, err)
	}
	wantMessages(t, got, 40)
}

func TestCancelEndsThePointInTime(t *testing.T) {
	s := &elastictest.Server{}
	fill(s, 30)
	inside := make(chan struct{}, 1)
	over := make(chan struct{})
	defer close(over)
	searches := 0
	s.Fault = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/_search" {
			if searches++; searches == 2 {
				inside <- struct{}{}
				select {
				case <-over:
				case <-r.Context().Done():
				}
				return true
			}
		}
		return false
	}
	c := serve(t, s, func(o *Options) { o.PageSize = 10 })
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-inside; cancel() }()
	got, err := c.Fetch(ctx, query(), nil)
	if !errors.Is(err, client.ErrCancelled) || !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v", err)
	}
	if got.Len() != 10 || !got.Gap().Any() {
		t.Errorf("%d lines of before, gap %+v", got.Len(), got.Gap())
	}
	if s.Open() != 0 {
		t.Error("the point in time was left open")
	}
}

func TestCheck(t *testing.T) {
	s := &elastictest.Server{}
	fill(s, 12)
	c := serve(t, s, nil)
	got, err := c.Check(t.Context(), began.Add(time.Hour))
	if err != nil || got.Lines != 13 {
		t.Errorf("got %+v, error %v", got, err)
	}
	if got, err = c.Check(t.Context(), began.Add(100*time.Hour)); err != nil || got.Lines != 0 {
		t.Errorf("long after: got %+v, error %v", got, err)
	}
}

func TestOptions(t *testing.T) {
	for _, index := range []string{"Logs", "a b", "_all", "a/b", "a\"b"} {
		if _, err := New(Options{Server: client.Options{Endpoint: "localhost"}, Index: index}); err == nil {
			t.Errorf("index %q is taken", index)
		}
	}
	if _, err := New(Options{}); err == nil {
		t.Error("no address is taken")
	}
	c, err := New(Options{Server: client.Options{Endpoint: "es.shop"}})
	if err != nil || c.Endpoint() != "es.shop:9200" {
		t.Fatalf("got %v and error %v", c, err)
	}
	c.Close()
	if _, v := APIKey(" id:secret\n"); v != "ApiKey aWQ6c2VjcmV0" {
		t.Errorf("a key in two parts becomes %q", v)
	}
}

// TestRedirectsKeepCredentials holds that the key goes to no other server.
func TestRedirectsKeepCredentials(t *testing.T) {
	var leaked atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { leaked.Add(1) }))
	defer other.Close()
	s := &elastictest.Server{Fault: func(w http.ResponseWriter, r *http.Request) bool {
		http.Redirect(w, r, other.URL+r.URL.Path, http.StatusTemporaryRedirect)
		return true
	}}
	_, err := serve(t, s, func(o *Options) { o.Server.Basic = client.StaticBasic("u", "hunter22") }).Fetch(t.Context(), query(), nil)
	if !errors.Is(err, client.ErrSignIn) || leaked.Load() != 0 || strings.Contains(err.Error(), "hunter22") {
		t.Errorf("error %v, the other server was asked %d times", err, leaked.Load())
	}
}
