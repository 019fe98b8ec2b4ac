package order

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"traceview/internal/model"
)

// search runs a search at the fixed time and fails the test on an error.
func mustSearch(t *testing.T, f *fakeServer, value string, o Options) *Result {
	t.Helper()
	r, err := find(f, value, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func find(f *fakeServer, value string, o Options) (*Result, error) {
	o.Now = now
	return Search(context.Background(), f, value, o)
}

func TestSearchFindsTheOrderOnAnyStorage(t *testing.T) {
	for _, tt := range []struct {
		name    string
		set     func(*fakeServer)
		learned Learned
	}{
		{"searches without a service", func(f *fakeServer) {}, Learned{WithoutService: Yes, HonoursFilter: Yes}},
		{"refuses without a service", func(f *fakeServer) { f.refusesEmpty = true }, Learned{WithoutService: No, HonoursFilter: Yes}},
		{"silently finds nothing without a service", func(f *fakeServer) { f.silentEmpty = true }, Learned{WithoutService: No, HonoursFilter: Yes}},
		{"sends whole traces", func(f *fakeServer) { f.whole = true }, Learned{WithoutService: Yes}},
		{"sends whole traces by service", func(f *fakeServer) { f.whole, f.refusesEmpty = true, true }, Learned{WithoutService: No}},
		{"ignores the value", func(f *fakeServer) { f.ignoresValue = true }, Learned{WithoutService: Yes, HonoursFilter: No}},
		{"ignores the value and sends whole traces", func(f *fakeServer) { f.ignoresValue, f.whole = true, true }, Learned{WithoutService: Yes}},
		{"ignores the value and needs a service", func(f *fakeServer) { f.ignoresValue, f.refusesEmpty = true, true }, Learned{WithoutService: No, HonoursFilter: No}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := shop(t)
			tt.set(f)
			var mu sync.Mutex
			told := map[model.TraceID]int{}
			r := mustSearch(t, f, " 10472 ", Options{Found: func(h Hit) {
				mu.Lock()
				defer mu.Unlock()
				told[h.TraceID] = h.Spans
			}})
			if got := found(r); !slices.Equal(got, []byte{3, 2, 1}) {
				t.Fatalf("found %v, want 3 2 1", got)
			}
			for _, h := range r.Traces {
				if told[h.TraceID] != h.Spans {
					t.Errorf("told of %d spans of %s, want %d", told[h.TraceID], h.TraceID, h.Spans)
				}
			}
			if len(told) != 3 {
				t.Errorf("told of %d traces, want 3", len(told))
			}
			keys := []string{r.Traces[0].MatchedKey, r.Traces[1].MatchedKey, r.Traces[2].MatchedKey}
			if !slices.Equal(keys, []string{"order.id", "order_id", "order.id"}) {
				t.Errorf("matched keys %v, want the first of the keys each has", keys)
			}
			if !r.Complete || r.LimitReached || len(r.Failed) > 0 || r.Order != "10472" || r.ServicesAsked != 4 {
				t.Errorf("result %+v, want it complete, of 4 services", r)
			}
			if l := r.Learned; l.WithoutService != tt.learned.WithoutService || l.HonoursFilter != tt.learned.HonoursFilter {
				t.Errorf("learned %+v, want %+v", l, tt.learned)
			}
			if f.most > Concurrency {
				t.Errorf("%d calls at a time, want at most %d", f.most, Concurrency)
			}
		})
	}
}

func TestSearchUsesWhatWasLearned(t *testing.T) {
	f := shop(t)
	f.refusesEmpty = true
	f.services = []string{"aaa", "bbb"}
	first := mustSearch(t, f, "10472", Options{})
	slices.Sort(first.Learned.Carriers)
	if want := []string{"crm-api", "mes-api", "shop-api"}; !slices.Equal(first.Learned.Carriers, want) {
		t.Errorf("carriers %v, want %v", first.Learned.Carriers, want)
	}
	f.queries = nil
	second := mustSearch(t, f, "10472", Options{Keys: []string{"order.id"}, Learned: first.Learned})
	if len(second.Traces) != 2 {
		t.Errorf("found %d traces by one key, want 2", len(second.Traces))
	}
	for i, q := range f.queries {
		if q.Service == "" || q.Value == impossible {
			t.Errorf("question %d is %+v: what is known was asked again", i, q)
		}
	}
}

func TestCarriersAreAskedFirst(t *testing.T) {
	f := &fakeServer{services: []string{"d", "b", "", "c", "a", "b"}}
	s := newSearch(f, Number{}, Options{Learned: Learned{Carriers: []string{"gone", "c", "b", "c"}}})
	s.list(context.Background())
	if want := []string{"c", "b", "a", "d"}; !slices.Equal(s.services, want) {
		t.Errorf("asked in the order %q, want %q", s.services, want)
	}
}

func TestSearchKnownToNeedNoService(t *testing.T) {
	f := shop(t)
	r := mustSearch(t, f, "777", Options{Learned: Learned{WithoutService: Yes, HonoursFilter: Yes}})
	if len(r.Traces) != 0 || !r.Complete {
		t.Errorf("result %+v, want nothing, completely", r)
	}
	if len(f.queries) != len(DefaultKeys) {
		t.Errorf("asked %d questions, want %d: one a key", len(f.queries), len(DefaultKeys))
	}
}

func TestSearchOddNumbers(t *testing.T) {
	long := strings.Repeat("7", 200)
	for _, tt := range []struct {
		name, recorded, typed string
		found                 bool
	}{
		{"number sign", "#1042", "#1042", true},
		{"number sign typed, bare recorded", "1042", "#1042", true},
		{"numero sign typed, bare recorded", "1042", "№ 1042", true},
		{"bare typed, number sign recorded", "#1042", "1042", false},
		{"point and slash", "A.17/3", "A.17/3", true},
		{"a point is no wildcard", "AX17/3", "A.17/3", false},
		{"blanks around", "10472", " \u00a010472\t", true},
		{"Cyrillic", "заказ-7", "заказ-7", true},
		{"case matters", "Заказ-7", "заказ-7", false},
		{"200 characters", long, long, true},
		{"blank inside", "10 472", "10 472", true},
		{"blank inside is not dropped", "10472", "10 472", false},
	} {
		for _, storage := range []string{"literal", "regexp", "regexp escaped"} {
			t.Run(tt.name+", "+storage, func(t *testing.T) {
				f := &fakeServer{traces: []*model.Trace{
					newTrace(t, 1, time.Hour, fakeSpan{service: "shop-api", attrs: []string{"order.id", tt.recorded}}),
				}}
				if storage != "literal" {
					f.likeRegexp = func(pattern, value string) bool {
						// Go's # is a literal; Lucene's lone # matches nothing.
						if strings.Contains(strings.ReplaceAll(pattern, `\#`, ""), "#") {
							return false
						}
						ok, err := regexp.MatchString("^(?:"+strings.ReplaceAll(pattern, `\#`, "#")+")$", value)
						return err == nil && ok
					}
				}
				r := mustSearch(t, f, tt.typed, Options{EscapeRegexp: storage == "regexp escaped"})
				want := tt.found
				if tt.recorded == "#1042" && storage == "regexp" {
					want = false // cannot be found unless the connection says that values are patterns
				}
				if got := len(r.Traces) == 1; got != want {
					t.Errorf("found %v, want %v", got, want)
				}
			})
		}
	}
}

// TestSearchTellsNumberSignsApart has two orders that differ in the sign alone.
func TestSearchTellsNumberSignsApart(t *testing.T) {
	f := &fakeServer{traces: []*model.Trace{
		newTrace(t, 1, time.Hour, fakeSpan{service: "shop-api", attrs: []string{"order.id", "#1042"}}),
		newTrace(t, 2, time.Hour, fakeSpan{service: "shop-api", attrs: []string{"order.id", "1042"}}),
	}}
	for typed, want := range map[string]struct {
		traces []byte
		order  string
	}{"#1042": {[]byte{1}, "#1042"}, "1042": {[]byte{2}, "1042"}, "№1042": {[]byte{2}, "1042"}} {
		r := mustSearch(t, f, typed, Options{})
		if got := found(r); !slices.Equal(got, want.traces) || r.Order != want.order {
			t.Errorf("search %s found %v of order %s, want %v of %s", typed, got, r.Order, want.traces, want.order)
		}
	}
}

func TestSearchRefusesWhatIsNoNumber(t *testing.T) {
	f := shop(t)
	for value, want := range map[string]error{"": ErrEmpty, " \u00a0\ufeff ": ErrEmpty, strings.Repeat("x", 257): ErrTooLong, "1\n2": ErrBadCharacter} {
		if r, err := find(f, value, Options{}); !errors.Is(err, want) || r != nil {
			t.Errorf("Search(%q) = %v, %v, want %v", value, r, err, want)
		}
	}
	if len(f.queries) > 0 {
		t.Errorf("the server was asked %d questions", len(f.queries))
	}
}

var errBroken = errors.New("storage is broken")

func TestSearchReportsServicesThatFail(t *testing.T) {
	f := shop(t)
	f.refusesEmpty, f.failing = true, map[string]error{"crm-api": errBroken}
	r := mustSearch(t, f, "10472", Options{})
	if r.Complete || len(r.Failed) != 1 || r.Failed[0].Service != "crm-api" || !errors.Is(r.Failed[0].Err, errBroken) {
		t.Errorf("result %+v, want crm-api alone as failed", r)
	}
	// What the failing service sent before it failed counts.
	if got := found(r); !slices.Equal(got, []byte{3, 2, 1}) {
		t.Errorf("found %v, want 3 2 1", got)
	}
}

func TestSearchWhereEverythingFails(t *testing.T) {
	all := map[string]error{"": errBroken, "crm-api": errBroken, "mes-api": errBroken, "s3": errBroken, "shop-api": errBroken}
	for _, tt := range []struct {
		name string
		set  func(*fakeServer)
		want error
	}{
		{"every service", func(f *fakeServer) { f.traces, f.services = nil, []string{"crm-api", "mes-api"}; f.failing = all }, errBroken},
		{"the list of services", func(f *fakeServer) { f.refusesEmpty, f.servicesErr = true, errBroken }, errBroken},
		{"no way to the server", func(f *fakeServer) {
			f.hook = func(context.Context, Query) error { return fmt.Errorf("dial: %w", ErrUnusable) }
		}, ErrUnusable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := shop(t)
			tt.set(f)
			r, err := find(f, "10472", Options{})
			if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), "search order 10472") || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %v, want one line that names the order and wraps %v", err, tt.want)
			}
			if r == nil || r.Complete {
				t.Errorf("result %+v, want one that is not complete", r)
			}
		})
	}
}

func TestSearchStopsAskingAnUnusableServer(t *testing.T) {
	f := shop(t)
	f.refusesEmpty = true
	for i := range 100 {
		f.services = append(f.services, fmt.Sprintf("service-%03d", i))
	}
	f.hook = func(_ context.Context, q Query) error {
		if strings.HasPrefix(q.Service, "service-") {
			return fmt.Errorf("token expired: %w", ErrUnusable)
		}
		return nil
	}
	r := mustSearch(t, f, "10472", Options{})
	if len(f.queries) > 60 {
		t.Errorf("asked %d questions after the first was refused for good", len(f.queries))
	}
	if len(r.Failed) < 100 || r.Complete {
		t.Errorf("%d services failed, want all those not asked among them", len(r.Failed))
	}
}

func TestSearchWithoutAnyService(t *testing.T) {
	r := mustSearch(t, &fakeServer{refusesEmpty: true}, "10472", Options{})
	if len(r.Traces) != 0 || !r.Complete || r.ServicesAsked != 0 {
		t.Errorf("result %+v, want nothing, completely, of no service", r)
	}
}

func TestSearchOneFailingQuestionIsAskedByService(t *testing.T) {
	f := shop(t)
	f.hook = func(_ context.Context, q Query) error {
		if q.Service == "" && q.Key == "order_id" {
			return errBroken
		}
		return nil
	}
	r := mustSearch(t, f, "10472", Options{})
	if got := found(r); !slices.Equal(got, []byte{3, 2, 1}) || !r.Complete {
		t.Errorf("found %v, complete %v, want 3 2 1 completely", got, r.Complete)
	}
}

func TestSearchCancelKeepsWhatWasFound(t *testing.T) {
	f := shop(t)
	f.refusesEmpty = true
	ctx, cancel := context.WithCancelCause(context.Background())
	stop := errors.New("the user pressed Esc")
	o := Options{Now: now, Learned: Learned{HonoursFilter: Yes}, Found: func(Hit) { cancel(stop) }}
	r, err := Search(ctx, f, "10472", o)
	if !errors.Is(err, stop) {
		t.Errorf("error %v, want the cause of the cancellation", err)
	}
	if r == nil || len(r.Traces) == 0 || r.Complete || len(r.Failed) > 0 {
		t.Errorf("result %+v, want what was found, not complete, no service blamed", r)
	}
}

func TestSearchCancelWhileEveryCallHangs(t *testing.T) {
	f := shop(t)
	ctx, cancel := context.WithCancel(context.Background())
	f.hook = func(ctx context.Context, _ Query) error {
		cancel()
		<-ctx.Done()
		return ctx.Err()
	}
	r, err := Search(ctx, f, "10472", Options{Now: now})
	if !errors.Is(err, context.Canceled) || r == nil || len(r.Failed) > 0 {
		t.Errorf("result %+v, %v, want context.Canceled and no service blamed", r, err)
	}
}

func TestSearchSaysWhenTheLimitWasReached(t *testing.T) {
	for _, whole := range []bool{false, true} {
		f := shop(t)
		f.whole = whole
		r := mustSearch(t, f, "10472", Options{Limit: 2})
		if !r.LimitReached || r.Complete {
			t.Errorf("whole %v: result %+v, want the limit reached", whole, r)
		}
		if r = mustSearch(t, f, "10472", Options{Limit: 3}); r.LimitReached {
			t.Errorf("whole %v: limit of 3 reached by 2 traces a key", whole)
		}
	}
}

func TestSearchPeriod(t *testing.T) {
	const day = 24 * time.Hour
	f := &fakeServer{traces: []*model.Trace{
		newTrace(t, 1, 80*day, fakeSpan{service: "a", attrs: []string{"order.id", "1"}}),
		newTrace(t, 2, 20*day, fakeSpan{service: "a", attrs: []string{"order.id", "1"}}),
		newTrace(t, 3, 6*day, fakeSpan{service: "a", attrs: []string{"order.id", "1"}}),
		newTrace(t, 4, -30*time.Minute, fakeSpan{service: "a", attrs: []string{"order.id", "1"}}), // a fast clock
	}}
	lookback := time.Duration(0)
	for want := 2; want <= 4; want++ {
		if got := len(mustSearch(t, f, "1", Options{Lookback: lookback}).Traces); got != want {
			t.Errorf("found %d traces in %v, want %d", got, lookback, want)
		}
		if lookback == 0 {
			lookback = Lookbacks[0]
		}
		lookback, _ = Wider(lookback)
	}
	if l, ok := Wider(Lookbacks[2]); ok || l != Lookbacks[2] {
		t.Errorf("Wider(%v) = %v, %v, want none", Lookbacks[2], l, ok)
	}
}

func TestSearchNeverAsksMoreThanEightAtATime(t *testing.T) {
	f := shop(t)
	f.refusesEmpty = true
	for i := range 40 {
		f.services = append(f.services, fmt.Sprint("service ", i))
	}
	// Questions by service wait until eight of them are open, so the bound is
	// both kept and reached.
	var mu sync.Mutex
	open, full := 0, make(chan struct{})
	f.hook = func(ctx context.Context, q Query) error {
		if q.Service == "" || q.Value == impossible {
			return nil
		}
		mu.Lock()
		if open++; open == Concurrency {
			close(full)
		}
		mu.Unlock()
		<-full
		return nil
	}
	mustSearch(t, f, "10472", Options{})
	if f.most != Concurrency {
		t.Errorf("%d calls at a time, want %d", f.most, Concurrency)
	}
}

func TestSearchProgress(t *testing.T) {
	f := shop(t)
	f.refusesEmpty = true
	last := map[Stage]Progress{}
	var order []Stage
	mustSearch(t, f, "10472", Options{Progress: func(p Progress) {
		if before := last[p.Stage]; p.Answered < before.Answered || p.Asked < before.Asked || p.Asked < p.Answered || p.Traces < before.Traces {
			t.Errorf("progress went back from %+v to %+v", before, p)
		}
		if len(order) == 0 || order[len(order)-1] != p.Stage {
			order = append(order, p.Stage)
		}
		last[p.Stage] = p
	}})
	if !slices.Equal(order, []Stage{AskingAll, AskingServices, Following}) {
		t.Errorf("stages %v, want each once in order", order)
	}
	if got, want := last[AskingServices], (Progress{AskingServices, 4, 4, 4, 3}); got != want {
		t.Errorf("progress after asking %+v, want %+v", got, want)
	}
	if got, want := last[Following], (Progress{Following, 3, 3, 3, 3}); got != want {
		t.Errorf("progress after following %+v, want %+v", got, want)
	}
}

func TestUnverifiableTracesAreLeftOutAndCounted(t *testing.T) {
	f := shop(t)
	f.ignoresValue = true
	f.failTrace = map[byte]error{2: errBroken, 5: ErrNotFound}
	r := mustSearch(t, f, "10472", Options{})
	if got := found(r); !slices.Equal(got, []byte{3, 1}) || r.Unverified != 2 || r.Unrelated != 1 || r.Complete {
		t.Errorf("found %v, %d unverified, %d unrelated, want 3 1, two and one", got, r.Unverified, r.Unrelated)
	}
}

func TestCheckingIsBounded(t *testing.T) {
	f := &fakeServer{ignoresValue: true}
	for i := range maxChecked + 20 {
		tr := newTrace(t, 0, time.Hour, fakeSpan{service: "a"})
		tr.ID = model.TraceID{1, 14: byte(i >> 8), 15: byte(i)}
		f.traces = append(f.traces, tr)
	}
	r := mustSearch(t, f, "1", Options{Limit: 1000, Keys: []string{"order.id"}})
	if len(f.opened) != maxChecked || r.Unverified != 20 {
		t.Errorf("fetched %d traces, %d unverified, want %d and 20", len(f.opened), r.Unverified, maxChecked)
	}
}

func TestResultAsJSON(t *testing.T) {
	f := shop(t)
	f.refusesEmpty, f.failing = true, map[string]error{"s3": errBroken}
	f.traces = f.traces[:1]
	data, err := json.Marshal(mustSearch(t, f, "10472", Options{}))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"order":"10472","complete":false,"services_asked":2,"services_failed":[{"service":"s3","error":"storage is broken"}],` +
		`"limit_reached":false,"from":"2026-11-05T12:00:00Z","to":"2026-11-12T13:00:00Z","traces":[{"trace_id":"00000000000000000000000000000001",` +
		`"root_service":"shop-api","root_operation":"op of shop-api","start":"2026-11-12T07:00:00Z","duration_ns":1000000000,"spans":2,"errors":0,` +
		`"services":["s3","shop-api"],"matched_key":"order.id"}]}`
	if string(data) != want {
		t.Errorf("got  %s\nwant %s", data, want)
	}
	if data, err = json.Marshal(&Result{}); err != nil || !strings.Contains(string(data), `"services_failed":[]`) || !strings.Contains(string(data), `"traces":[]`) {
		t.Errorf("empty result is %s, %v, want empty lists in it", data, err)
	}
}
