package client

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc/connectivity"

	"traceview/internal/model"
)

// A Step is a part of the way to an answer.
type Step uint8

// The steps, in order.
const (
	StepName     Step = iota + 1 // of the server, to an address
	StepConnect                  // TCP, through a proxy where there is one
	StepTLS                      // both certificates
	StepProtocol                 // HTTP/2 and gRPC, or HTTP
	StepSignIn                   // credentials and tenant
	StepAPI                      // which of Jaeger's APIs answers
	StepServices                 // whether there is anything
	StepKey                      // whether spans hold an order key
	lastStep     = StepKey
)

var stepNames = [...]string{
	StepName: "name", StepConnect: "connect", StepTLS: "tls", StepProtocol: "protocol", StepSignIn: "sign-in",
	StepAPI: "api", StepServices: "services", StepKey: "key",
}

// String returns the step as the catalogue and JSON name it.
func (s Step) String() string {
	if s >= 1 && s <= lastStep {
		return stepNames[s]
	}
	return fmt.Sprintf("Step(%d)", uint8(s))
}

// A State is how a step ended.
type State uint8

// The states of a step. Those left out say why.
const (
	Passed    State = iota + 1
	Failed          // Result.Err says why
	Unreached       // an earlier step failed
	Literal         // the address needs no name looked up
	ByProxy         // a proxy looks up the name
	Plaintext       // no TLS was asked for
	NoTraces        // there is nothing to look at
	lastState = NoTraces
)

var stateNames = [...]string{
	Passed: "passed", Failed: "failed", Unreached: "unreached", Literal: "literal", ByProxy: "by-proxy", Plaintext: "plaintext", NoTraces: "no-traces",
}

// String returns the state as the catalogue and JSON name it.
func (s State) String() string {
	if s >= 1 && s <= lastState {
		return stateNames[s]
	}
	return fmt.Sprintf("State(%d)", uint8(s))
}

// A Result is how one step went.
type Result struct {
	Step   Step
	State  State
	Took   time.Duration // 0 where another step's call has told
	Detail string        // what was found, such as addresses or an API; for every language
	Until  time.Time     // of the encryption: when the server's certificate ends; zero else
	Err    *Error        // of a step that failed
}

// Check walks the way to an answer step by step and passes each result to each,
// as it is known; every step comes once. At the first that fails the others are
// Unreached. keys are the attributes that may hold an order number. It returns
// the error of the step that failed, nil if none did.
func (c *Client) Check(ctx context.Context, keys []string, each func(Result)) error {
	k := &checker{Client: c, each: each}
	k.run(ctx, keys)
	for s := k.next; s <= lastStep; s++ {
		each(Result{Step: s, State: Unreached})
	}
	if k.failed == nil {
		return nil
	}
	return k.failed
}

// A checker is one Check under way.
type checker struct {
	*Client
	each   func(Result)
	next   Step // to be reported, after the last that was
	failed *Error
	from   time.Time     // of the lap at hand
	http2  time.Duration // until a connection of gRPC had come about
}

// run stops after the step that fails.
func (k *checker) run(ctx context.Context, keys []string) {
	k.next, k.from = StepName, time.Now()
	if k.name(ctx) && k.connect(ctx) && k.ask(ctx) {
		k.key(ctx, keys)
	}
}

// lap returns how long it is since the last lap.
func (k *checker) lap() time.Duration {
	d := time.Since(k.from)
	k.from = k.from.Add(d)
	return d
}

// report passes on how the next step went, and whether the check goes on.
func (k *checker) report(r Result) bool {
	r.Step = k.next
	k.next++
	k.failed = r.Err
	k.each(r)
	return r.Err == nil
}

// fails is report for what went wrong below any call.
func (k *checker) fails(ctx context.Context, t *trouble, took time.Duration) bool {
	e := k.fail(ctx, ctx, &attempt{op: "check connection", secrets: k.secrets}, t)
	return k.report(Result{State: Failed, Err: e, Took: took})
}

func (k *checker) name(ctx context.Context) bool {
	t := &k.opts.target
	if _, err := netip.ParseAddr(t.host); err == nil || t.network == "unix" {
		return k.report(Result{State: Literal})
	}
	if proxy, err := k.proxy(); err != nil || proxy != nil {
		return k.report(Result{State: ByProxy})
	}
	ctx, cancel := context.WithTimeout(ctx, k.opts.connectTimeout)
	defer cancel()
	addrs, err := net.DefaultResolver.LookupHost(ctx, t.host)
	if err != nil {
		return k.fails(ctx, dialTrouble(err), k.lap())
	}
	return k.report(Result{State: Passed, Took: k.lap(), Detail: strings.Join(addrs[:min(len(addrs), 4)], ", ")})
}

// connect takes the steps up to an encrypted connection, and HTTP/2 on it.
func (k *checker) connect(ctx context.Context) bool {
	dialCtx, cancel := context.WithTimeout(ctx, k.opts.connectTimeout)
	defer cancel()
	nc, err := k.reach(dialCtx)
	if err != nil {
		return k.fails(ctx, dialTrouble(err), k.lap())
	}
	defer nc.Close()
	detail := ""
	if proxy, err := k.proxy(); err == nil && proxy != nil {
		detail = "proxy " + proxyAddress(proxy)
	} else if nc.RemoteAddr() != nil {
		detail = nc.RemoteAddr().String()
	}
	k.report(Result{State: Passed, Took: k.lap(), Detail: detail})
	encrypted := Result{State: Plaintext}
	if k.tls != nil {
		cfg := k.tls.Clone()
		cfg.NextProtos = []string{"h2", "http/1.1"}
		secure := tls.Client(nc, cfg)
		if err := secure.HandshakeContext(dialCtx); err != nil {
			took := k.lap()
			return k.fails(ctx, k.clock(ctx, handshakeTrouble(err)), took)
		}
		st := secure.ConnectionState()
		encrypted = Result{State: Passed, Took: k.lap(), Detail: tls.VersionName(st.Version), Until: st.PeerCertificates[0].NotAfter}
	}
	return k.protocol(ctx, encrypted)
}

// protocol reports the encryption only once HTTP/2 has come about: that the
// server wants TLS, or another certificate of the client, shows no earlier.
func (k *checker) protocol(ctx context.Context, encrypted Result) bool {
	if k.onWeb() {
		return k.report(encrypted)
	}
	t := k.settle(ctx)
	k.http2 = k.lap()
	if t != nil && t.kind == ErrTLS {
		return k.fails(ctx, t, encrypted.Took+k.http2)
	}
	k.report(encrypted)
	if t == nil || t.kind == ErrWrongPort && k.opts.API == APIAuto { // it may be asked over HTTP
		return true
	}
	return k.fails(ctx, t, k.http2)
}

// settle waits until a connection of gRPC has come about, or explains why not.
func (k *checker) settle(ctx context.Context) *trouble {
	conn, err := k.ready()
	if err != nil {
		return &trouble{kind: ErrCancelled, detail: err.Error()}
	}
	ctx, cancel := context.WithTimeout(ctx, 2*k.opts.connectTimeout)
	defer cancel()
	conn.Connect()
	for {
		switch s := conn.GetState(); s {
		case connectivity.Ready:
			return nil
		case connectivity.TransientFailure, connectivity.Shutdown:
			conn.failed.Store(true)
			return k.trouble(ctx, conn)
		default:
			if !conn.WaitForStateChange(ctx, s) {
				return &trouble{kind: ErrUnreachable, reason: ReasonNoAnswer, detail: "no connection within the time allowed"}
			}
		}
	}
}

// ask makes the first call, which tells of several steps at once.
func (k *checker) ask(ctx context.Context) bool {
	names, err := k.Services(ctx)
	e := new(Error)
	failed := Step(0)
	if errors.As(err, &e) {
		failed = stepOf(e)
	} else if err == nil && len(names) == 0 {
		e = &Error{Kind: ErrNotFound, Reason: ReasonNoServices, Endpoint: k.opts.Endpoint, Op: "check connection"}
		failed = StepServices
	}
	call := k.lap()
	found := map[Step]Result{StepProtocol: {Detail: "gRPC", Took: k.http2}, StepSignIn: {Took: call},
		StepAPI: {Detail: k.Negotiated().String()}, StepServices: {Detail: strconv.Itoa(len(names))}}
	if k.onWeb() {
		found[StepProtocol] = Result{Detail: "HTTP", Took: k.http2}
	}
	for s := StepProtocol; s <= StepServices; s++ {
		r := found[s]
		r.State = Passed
		if s == failed {
			r = Result{State: Failed, Err: e, Took: k.http2 + call}
		}
		if !k.report(r) {
			return false
		}
	}
	return true
}

// stepOf tells which step an error of a call ends.
func stepOf(e *Error) Step {
	switch e.Kind {
	case ErrUnauthenticated, ErrForbidden, ErrTenant, ErrSignIn, ErrInsecure:
		return StepSignIn
	case ErrUnimplemented:
		return StepAPI
	case ErrServer, ErrBusy, ErrInvalid, ErrTooLarge:
		return StepServices
	}
	return StepProtocol
}

const (
	// sample is how many traces are looked at for an order key, and
	// sampleServices of how many services where one has to be named.
	sample         = 50
	sampleServices = 8
)

// key looks for the keys in the newest traces.
func (k *checker) key(ctx context.Context, keys []string) bool {
	traces, err := k.FindTraces(ctx, Query{Limit: sample}, nil)
	if errors.Is(err, ErrNeedsService) || err == nil && len(traces) == 0 {
		traces, err = k.byService(ctx)
	}
	r := Result{State: Failed, Took: k.lap()}
	e := new(Error)
	switch key, ok := firstKey(traces, keys); {
	case ok:
		r.State, r.Detail = Passed, key
	case errors.As(err, &e):
		r.Err = e
	case len(traces) == 0:
		r.State = NoTraces
	default:
		r.Err = &Error{Kind: ErrNotFound, Reason: ReasonNoKey, Endpoint: k.opts.Endpoint, Op: "check connection",
			Detail: fmt.Sprintf("none of %s in %d traces", strings.Join(keys, ", "), len(traces))}
	}
	return k.report(r)
}

// firstKey returns the first key that a span has, with the span's service.
func firstKey(traces []*model.Trace, keys []string) (string, bool) {
	for _, key := range keys {
		for _, t := range traces {
			if service, ok := holds(t, key); ok {
				return key + " (" + service + ")", true
			}
		}
	}
	return "", false
}

func (k *checker) byService(ctx context.Context) (all []*model.Trace, err error) {
	names, err := k.Services(ctx)
	for _, name := range names[:min(len(names), sampleServices)] {
		var some []*model.Trace
		some, err = k.FindTraces(ctx, Query{Service: name, Limit: sample / sampleServices}, nil)
		if err != nil {
			break
		}
		all = append(all, some...)
	}
	return all, err
}

// holds says whether a span of t has an attribute, and of which service.
func holds(t *model.Trace, key string) (service string, ok bool) {
	for i := range t.Spans {
		at := model.SpanIndex(i)
		_, ok = t.Find(t.Attrs(at), key)
		if !ok {
			_, ok = t.Find(t.ResourceAttrs(t.Spans[i].Resource), key)
		}
		for _, e := range t.SpanEvents(at) {
			if !ok {
				_, ok = t.Find(t.EventAttrs(&e), key)
			}
		}
		if ok {
			return t.ServiceName(at), true
		}
	}
	return "", false
}

// clockOff is how much clocks may differ without any blame for certificates.
const clockOff = 5 * time.Minute

// clock asks a server whose certificate is of another time for its own clock. No
// credentials are sent, and nothing it says is believed but the hour.
func (k *checker) clock(ctx context.Context, t *trouble) *trouble {
	if t.reason != ReasonExpired && t.reason != ReasonNotYetValid {
		return t
	}
	ctx, cancel := context.WithTimeout(ctx, k.opts.connectTimeout)
	defer cancel()
	transport := &http.Transport{
		DialContext:       func(ctx context.Context, _, _ string) (net.Conn, error) { return k.reach(ctx) },
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true},
		ForceAttemptHTTP2: true, DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10,
	}
	defer transport.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, k.opts.target.url(true).String(), nil)
	if err != nil {
		return t
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return t
	}
	resp.Body.Close()
	at, err := http.ParseTime(resp.Header.Get("Date"))
	if err == nil && time.Since(at).Abs() > clockOff {
		t.reason = ReasonClock
		t.detail += fmt.Sprintf("; the server's clock says %s, this machine's %s", at.UTC().Format(time.RFC3339), time.Now().UTC().Format(time.RFC3339))
	}
	return t
}
