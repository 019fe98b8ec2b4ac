package order

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"traceview/internal/model"
)

// DefaultKeys are the attributes that order numbers are usually kept in. No
// convention names one; app.order.id and demo.order.id are those of the
// OpenTelemetry demo.
var DefaultKeys = []string{"order.id", "order_id", "orderId", "app.order.id", "demo.order.id"}

const (
	// Concurrency is the most questions a search has open at a time.
	Concurrency = 8
	// DefaultLimit is the most traces asked for by one question: what Jaeger
	// itself takes where it is not told.
	DefaultLimit = 100
	// clockMargin extends the period into the future, for spans from
	// machines whose clocks are fast.
	clockMargin = time.Hour
)

// A Stage is what a search is doing.
type Stage uint8

// The stages of a search, in order; any of them may be left out.
const (
	AskingAll      Stage = iota + 1 // without naming a service
	AskingServices                  // one by one
	Following                       // the links of what was found
)

// A Progress says how far a search has come.
type Progress struct {
	Stage Stage
	// Asked, Answered and Total count questions while AskingAll, services
	// while AskingServices, and traces opened while Following. What failed
	// counts as answered.
	Asked, Answered, Total int
	Traces                 int // found so far
}

// Options are how to search. The zero value of each field stands for its
// default.
type Options struct {
	Keys         []string      // attributes, the likeliest first; DefaultKeys
	Lookback     time.Duration // how far back; the first of Lookbacks
	Now          time.Time     // the present
	Limit        int           // traces a question; DefaultLimit
	EscapeRegexp bool          // the storage reads values as regular expressions
	WithoutLinks bool          // leave links alone
	Learned      Learned       // by an earlier search on the same server

	// Found gets every trace as it is found, and again when more of it has
	// arrived; Progress gets the state after every change. They are called one at a time, from any goroutine, until Search
	// returns, and must return soon.
	Found    func(Hit)
	Progress func(Progress)
}

// Search finds the traces of an order on a server. Answers are passed to
// Options.Found as they arrive and returned together.
//
// A number written with # or № is also searched for without it, if there is no
// order of the number as written.
//
// Where the number itself is wrong, the error wraps ErrEmpty, ErrTooLong or
// ErrBadCharacter and there is no Result. Otherwise there is one, also where the
// context ended or no question succeeded, and the error wraps the reason. If
// some questions succeeded, the others are in Result.Failed and the error is
// nil.
func Search(ctx context.Context, server Server, value string, o Options) (*Result, error) {
	number, err := Normalise(value)
	if err != nil {
		return nil, err
	}
	// One spelling after the other: #1042 and 1042 may be different orders, so
	// the second is asked for only where there is none of the first.
	for i := 0; ; i++ {
		s := newSearch(server, Number{number.Text, number.Spellings[i : i+1]}, o)
		err := s.all(ctx)
		if err != nil || len(s.hits) > 0 || i+1 == len(number.Spellings) {
			return s.result(err == nil), err
		}
		o.Learned = s.r.Learned
	}
}

// all runs the search and returns why it failed or ended early.
func (s *search) all(ctx context.Context) error {
	inner, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	s.stop = stop
	err := s.run(inner)
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		err = fmt.Errorf("search order %s: %w", s.number.Text, err)
	}
	return err
}

// A question is an attribute to ask for.
type question struct {
	key   int // in Options.Keys
	value string
}

// search is the state of one Search.
type search struct {
	server Server
	number Number
	o      Options
	from   time.Time
	to     time.Time
	stop   context.CancelCauseFunc
	gate   chan struct{} // holds a token for each call to the server

	listOnce sync.Once
	services []string // of the server, known carriers first
	listErr  error

	probing sync.Mutex // held while the filter is probed

	mu       sync.Mutex // guards what follows and the calls of Found and Progress
	hits     map[model.TraceID]*Hit
	facts    map[model.TraceID]facts // of hits whose trace was seen
	decided  map[model.TraceID]bool  // traces fetched to be checked
	progress Progress
	answers  int // questions that succeeded
	failed   map[string]error
	r        Result // but for what result puts in

	unrelated map[model.TraceID]bool // traces that came although they do not match
}

func newSearch(server Server, number Number, o Options) *search {
	if len(o.Keys) == 0 {
		o.Keys = DefaultKeys
	}
	if o.Lookback <= 0 {
		o.Lookback = Lookbacks[0]
	}
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	if o.Limit <= 0 {
		o.Limit = DefaultLimit
	}
	s := &search{
		server: server, number: number, o: o,
		from: o.Now.Add(-o.Lookback), to: o.Now.Add(clockMargin),
		gate: make(chan struct{}, Concurrency),
		hits: map[model.TraceID]*Hit{}, facts: map[model.TraceID]facts{},
		decided: map[model.TraceID]bool{}, failed: map[string]error{},
		unrelated: map[model.TraceID]bool{},
	}
	s.r.Learned = o.Learned
	s.r.Learned.Carriers = slices.Clone(o.Learned.Carriers)
	return s
}

// run asks without a service, then by service what is left, then follows links.
func (s *search) run(ctx context.Context) error {
	var left []question
	for key := range s.o.Keys {
		for _, v := range s.number.Spellings {
			left = append(left, question{key, v})
		}
	}
	if s.o.Learned.WithoutService != No {
		left = s.askAll(ctx, left)
	}
	if len(left) > 0 {
		if err := s.askServices(ctx, left); err != nil {
			return err
		}
	}
	if ctx.Err() == nil && !s.o.WithoutLinks {
		s.follow(ctx)
	}
	return nil
}

// askAll asks without naming a service. It returns the questions that have to
// be asked again service by service.
func (s *search) askAll(ctx context.Context, all []question) []question {
	s.stage(AskingAll, len(all))
	errs := make([]error, len(all))
	one := func(i int) {
		s.advance(1, 0)
		errs[i] = s.ask(ctx, "", all[i])
		s.advance(0, 1)
	}
	var g errgroup.Group
	g.SetLimit(Concurrency)
	// The services are needed if the server refuses, and to say how many
	// were asked if it does not.
	g.Go(func() error { s.list(ctx); return nil })
	one(0) // alone, so that a refusal costs one question
	if !errors.Is(errs[0], ErrNeedsService) {
		for i := 1; i < len(all); i++ {
			g.Go(func() error { one(i); return nil })
		}
	}
	_ = g.Wait() // the functions return no error
	if slices.ContainsFunc(errs, func(err error) bool { return errors.Is(err, ErrNeedsService) }) {
		s.r.Learned.WithoutService = No
		return all
	}
	if len(s.hits) > 0 {
		s.r.Learned.WithoutService = Yes
	}
	if s.r.Learned.WithoutService != Yes {
		return all // some storages answer with nothing instead of refusing
	}
	s.r.ServicesAsked = len(s.services)
	var left []question
	for i, err := range errs {
		if err != nil {
			left = append(left, all[i])
		}
	}
	return left
}

// list fetches the names of the services once.
func (s *search) list(ctx context.Context) {
	s.listOnce.Do(func() {
		var names []string
		s.listErr = s.call(ctx, func() (err error) { names, err = s.server.Services(ctx); return err })
		names = named(names)
		rank := map[string]int{}
		for i, c := range s.o.Learned.Carriers {
			if _, ok := rank[c]; !ok {
				rank[c] = i - len(s.o.Learned.Carriers)
			}
		}
		slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(rank[a], rank[b]) })
		s.services = names
	})
}

// named returns the services that have a name, sorted, each once: some servers list
// one twice.
func named(services []string) []string {
	list := slices.DeleteFunc(slices.Clone(services), func(n string) bool { return n == "" })
	slices.Sort(list)
	return slices.Compact(list)
}

// askServices asks the questions of every service. The error says that the
// services are not known, or that no question of the search succeeded.
func (s *search) askServices(ctx context.Context, questions []question) error {
	s.list(ctx)
	if s.listErr != nil {
		return fmt.Errorf("list services: %w", s.listErr)
	}
	s.stage(AskingServices, len(s.services))
	before := len(s.hits)
	var g errgroup.Group
	g.SetLimit(Concurrency)
	for _, service := range s.services {
		left := len(questions)
		for i, q := range questions {
			g.Go(func() error {
				if i == 0 && ctx.Err() == nil {
					s.advance(1, 0)
				}
				err := s.ask(ctx, service, q)
				s.mu.Lock()
				defer s.mu.Unlock()
				s.answered(ctx, service, err)
				if left--; left == 0 {
					s.progress.Answered++
					s.report()
				}
				return nil
			})
		}
	}
	_ = g.Wait() // the functions return no error
	s.r.ServicesAsked = max(s.r.ServicesAsked, s.progress.Asked)
	if before == 0 && len(s.hits) > 0 {
		s.r.Learned.WithoutService = No // it answered with nothing before
	}
	if s.answers > 0 || len(s.services) == 0 || len(s.failed) == 0 {
		return nil
	}
	name := s.services[0]
	return fmt.Errorf("all %d services failed, %s with: %w", len(s.services), name, s.failed[name])
}

// answered notes the first failure of a service, unless it comes from the
// user's having cancelled; the caller holds mu.
func (s *search) answered(ctx context.Context, service string, err error) {
	if err != nil && !cancelled(ctx) && s.failed[service] == nil {
		s.failed[service] = err
	}
}

// cancelled says that the search ends because its caller wants it, and not
// since the server cannot be used any more.
func cancelled(ctx context.Context) bool {
	cause := context.Cause(ctx)
	return cause != nil && !errors.Is(cause, ErrUnusable)
}

// ask puts one question and takes its answers in.
func (s *search) ask(ctx context.Context, service string, q question) error {
	query := Query{
		Service: service, Key: s.o.Keys[q.key], Value: q.value, Sent: q.value,
		From: s.from, To: s.to, Limit: s.o.Limit,
	}
	if s.o.EscapeRegexp {
		query.Sent = EscapeRegexp(q.value)
	}
	seen := map[model.TraceID]bool{}
	var doubtful []Summary
	err := s.call(ctx, func() error {
		return s.server.Find(ctx, query, func(sum Summary) {
			seen[sum.TraceID] = true
			if !s.arrive(sum, q.key, service) {
				doubtful = append(doubtful, sum)
			}
		})
	})
	s.mu.Lock()
	s.r.LimitReached = s.r.LimitReached || len(seen) >= s.o.Limit
	if err == nil {
		s.answers++
	}
	s.mu.Unlock()
	s.judge(ctx, query, q.key, doubtful)
	return err
}

// call runs one call to the server while at most Concurrency of them run. An
// error after which no other call can succeed ends the search.
func (s *search) call(ctx context.Context, f func() error) error {
	select {
	case s.gate <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { <-s.gate }()
	if ctx.Err() != nil { // both were ready
		return context.Cause(ctx)
	}
	err := f()
	if errors.Is(err, ErrUnusable) {
		s.stop(err)
	} else if err != nil && ctx.Err() != nil { // the reason, not that it was cut short
		return context.Cause(ctx)
	}
	return err
}

func (s *search) stage(st Stage, total int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.progress = Progress{Stage: st, Total: total}
	s.report()
}

func (s *search) advance(asked, answered int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.progress.Asked += asked
	s.progress.Answered += answered
	s.report()
}

// report passes the progress on; the caller holds mu.
func (s *search) report() {
	if s.o.Progress != nil {
		s.progress.Traces = len(s.hits)
		s.o.Progress(s.progress)
	}
}

// result puts the answer together.
func (s *search) result(ok bool) *Result {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.r
	r.Order, r.From, r.To = s.number.Spellings[0], s.from, s.to
	for service, err := range s.failed {
		r.Failed = append(r.Failed, Failure{service, err})
	}
	slices.SortFunc(r.Failed, func(a, b Failure) int { return cmp.Compare(a.Service, b.Service) })
	for id, h := range s.hits {
		r.Traces = append(r.Traces, *h)
		delete(s.unrelated, id)
	}
	r.Unrelated = len(s.unrelated)
	slices.SortFunc(r.Traces, func(a, b Hit) int {
		return cmp.Or(b.Start.Compare(a.Start), slices.Compare(a.TraceID[:], b.TraceID[:]))
	})
	r.Complete = ok && len(r.Failed) == 0 && !r.LimitReached && r.Unverified == 0 && r.Unfollowed == 0
	return &r
}
