package shell

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"traceview/internal/i18n"
	"traceview/internal/savedview"
	"traceview/internal/weblink"
	"traceview/ui/uitest"
)

// A checkCall is a check that waits for the test to answer it.
type checkCall struct {
	profile Profile
	typed   Typed
	ctx     context.Context
	each    func(Step)
	reply   chan error
}

// A signCall is a sign-in that waits for the test to answer it.
type signCall struct {
	profile Profile
	code    bool
	ctx     context.Context
	tell    func(Visit)
	reply   chan error
}

// errSignIn is an error of a sign-in that has ended; errTaken one of names that are
// taken.
var (
	errSignIn = errors.New("sign in at sso: not signed in")
	errTaken  = fmt.Errorf("%w: Production", ErrClash)
)

// fakeConnections are Connections in memory, whose checks and sign-ins the test
// answers.
type fakeConnections struct {
	mu        sync.Mutex
	list      []Profile
	secrets   map[string]string // by name and kind
	done      []string          // what was asked, in order
	faults    []Fault
	imports   map[string][]Profile // by path
	openErr   error
	memory    error // why there is no keyring
	authority Authority
	checks    chan *checkCall
	signs     chan *signCall
	opens     chan chan error // if not nil, each Open waits for an answer
	writes    chan chan error // if not nil, what keeps or drops something does
	sources   map[string]*namedSource
	running   sync.WaitGroup
}

// A namedSource is a fakeSource of a connection.
type namedSource struct {
	*fakeSource
	name string
}

func (s *namedSource) Name(*i18n.Printer) string { return s.name }

func newFakeConnections(list ...Profile) *fakeConnections {
	return &fakeConnections{list: list, secrets: map[string]string{}, imports: map[string][]Profile{}, checks: make(chan *checkCall, 8),
		signs: make(chan *signCall, 8), sources: map[string]*namedSource{},
		authority: Authority{PEM: "PEM of the authority", Subject: "CN=Shop CA", Issuer: "CN=Shop CA", Names: []string{"jaeger.shop.example"}, Fingerprint: "AB:CD:EF", Until: time.Unix(0, uitest.Epoch)}}
}

// profile returns a connection that is kept.
func profile(name string) Profile {
	return Profile{Kept: name, Name: name, Address: strings.ToLower(name) + ".example:16685", API: APIAuto, Auth: AuthNone, TokenHeader: "authorization"}
}

func (f *fakeConnections) note(format string, args ...any) {
	f.done = append(f.done, fmt.Sprintf(format, args...))
}

// asked returns what was asked so far.
func (f *fakeConnections) asked() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return strings.Join(f.done, "; ")
}

// secret returns what is kept, by the name of the connection and the kind.
func (f *fakeConnections) secret(of string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.secrets[of]
}

// keep has a secret kept, drop has none.
func (f *fakeConnections) keep(of string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.secrets[of] = "kept"
}

func (f *fakeConnections) drop(of string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.secrets, of)
}

func (f *fakeConnections) List(context.Context) ([]Profile, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.list), nil
}

// wait waits for the answer to a call, if it is to be waited for.
func (f *fakeConnections) wait(ctx context.Context, of *chan chan error) error {
	f.mu.Lock()
	calls := *of
	f.mu.Unlock()
	if calls == nil {
		return nil
	}
	reply := make(chan error, 1)
	calls <- reply
	select {
	case err := <-reply:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// hold has what keeps or drops something wait from now on.
func (f *fakeConnections) hold() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.writes = make(chan chan error, 8)
}

func (f *fakeConnections) Put(ctx context.Context, p Profile) (Profile, error) {
	if err := f.wait(ctx, &f.writes); err != nil {
		return Profile{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.faults) > 0 {
		return Profile{}, &FaultsError{f.faults}
	}
	i := slices.IndexFunc(f.list, func(q Profile) bool { return q.Kept == p.Kept })
	f.note("put %q as %q", p.Kept, p.Name)
	p.Kept = p.Name
	if i < 0 {
		f.list = append(f.list, p)
	} else {
		f.list[i] = p
	}
	return p, nil
}

func (f *fakeConnections) Remove(ctx context.Context, name string) (func(context.Context) error, error) {
	if err := f.wait(ctx, &f.writes); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.list, func(q Profile) bool { return q.Kept == name })
	if i < 0 {
		return nil, errDown
	}
	gone := f.list[i]
	f.list = slices.Delete(f.list, i, i+1)
	f.note("remove %q", name)
	return func(context.Context) error {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.list = append(f.list, gone)
		return nil
	}, nil
}

func (f *fakeConnections) Import(_ context.Context, path string, replace bool) ([]Profile, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := f.imports[path]
	if list == nil {
		return nil, errDown
	}
	for _, p := range list {
		i := slices.IndexFunc(f.list, func(q Profile) bool { return q.Kept == p.Kept })
		switch {
		case i >= 0 && !replace:
			return nil, errTaken
		case i >= 0:
			f.list[i] = p
		default:
			f.list = append(f.list, p)
		}
	}
	f.note("import %s, replace %v", path, replace)
	return list, nil
}

func (f *fakeConnections) Templates(_ context.Context, path string) ([]weblink.Template, []error, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.note("templates of %s", path)
	if path == "absent.json" {
		return nil, nil, errDown
	}
	return []weblink.Template{{Type: weblink.Texts{"tags"}, URL: "https://crm.example/#{order.id}"}, {URL: "https://wiki.example/"}}, []error{errTaken}, nil
}

func (f *fakeConnections) Export(_ context.Context, path string, names []string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.note("export %s to %s", strings.Join(names, ", "), path)
	return nil
}

// source returns the source of a connection, always the same until it is asked to be
// another.
func (f *fakeConnections) source(name string) *namedSource {
	if f.sources[name] == nil {
		f.sources[name] = &namedSource{newFakeSource(), name}
	}
	return f.sources[name]
}

func (f *fakeConnections) Open(ctx context.Context, p Profile) (Connected, error) {
	if err := f.wait(ctx, &f.opens); err != nil {
		return Connected{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	lacks := &LacksError{Name: p.Name}
	for _, s := range p.needs() {
		if f.secrets[p.Kept+" "+fieldOf(s)] == "" {
			lacks.Secrets = append(lacks.Secrets, s)
		}
	}
	switch {
	case f.openErr != nil:
		return Connected{}, f.openErr
	case len(lacks.Secrets) > 0:
		return Connected{}, lacks
	}
	f.note("open %q", p.Name)
	return Connected{Source: f.source(p.Name), Profile: p, Address: savedview.Link{Endpoint: p.Address}, Origin: p.Name}, nil
}

func (f *fakeConnections) Demo(context.Context) (Connected, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return Connected{Source: f.source("Demo shop"), Known: []string{"10472"}, Origin: "demo"}, nil
}

func (f *fakeConnections) Check(ctx context.Context, p Profile, typed Typed, each func(Step)) error {
	f.running.Add(1)
	defer f.running.Done()
	f.mu.Lock()
	faults := f.faults
	f.mu.Unlock()
	if len(faults) > 0 {
		return &FaultsError{faults}
	}
	c := &checkCall{p, typed, ctx, each, make(chan error, 1)}
	f.checks <- c
	select {
	case err := <-c.reply:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (f *fakeConnections) Authority(context.Context, Profile) (Authority, error) {
	return f.authority, nil
}

func (f *fakeConnections) Held(_ context.Context, p Profile) ([]Secret, error, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := append(p.needs(), p.Logs.needs()...)
	for i := range list {
		list[i].Kept = f.secrets[p.Kept+" "+fieldOf(list[i])] != ""
		if list[i].Kind == SecretSignIn {
			list[i].User, list[i].Refresh = "anna@shop.example", true
		}
	}
	return list, f.memory, nil
}

func (f *fakeConnections) Give(ctx context.Context, p Profile, s Secret, value string) error {
	if err := f.wait(ctx, &f.writes); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.secrets[p.Kept+" "+fieldOf(s)] = value
	f.note("give %s to %q", fieldOf(s), p.Kept)
	return nil
}

func (f *fakeConnections) Forget(ctx context.Context, p Profile, s Secret) error {
	if err := f.wait(ctx, &f.writes); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.secrets, p.Kept+" "+fieldOf(s))
	f.note("forget %s of %q", fieldOf(s), p.Kept)
	return nil
}

func (f *fakeConnections) SignIn(ctx context.Context, p Profile, code bool, tell func(Visit)) (string, error) {
	f.running.Add(1)
	defer f.running.Done()
	c := &signCall{p, code, ctx, tell, make(chan error, 1)}
	f.signs <- c
	select {
	case err := <-c.reply:
		if err == nil {
			f.mu.Lock()
			f.secrets[p.Kept+" "+SecretSignIn] = "tokens"
			f.mu.Unlock()
		}
		return "anna@shop.example", err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func (f *fakeConnections) SignOut(_ context.Context, p Profile) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.secrets, p.Kept+" "+SecretSignIn)
	f.note("sign out of %q", p.Kept)
	return nil
}

func (f *fakeConnections) Fixes(_ Profile, err error) []Fix {
	if errors.Is(err, errSignIn) {
		return []Fix{{Kind: FixSignIn}}
	}
	return nil
}

// A linksBench is a bench with connections to choose from.
type linksBench struct {
	*bench
	kept *fakeConnections
}

// newLinksBench returns a window with connections kept, none of them given at the
// start.
func newLinksBench(t testing.TB, change func(o *Options), list ...Profile) *linksBench {
	t.Helper()
	kept := newFakeConnections(list...)
	b := &linksBench{kept: kept}
	b.bench = newBench(t, func(o *Options) {
		o.Source, o.Known = nil, nil
		o.Connections, o.Profiles = kept, slices.Clone(list)
		explain := o.Explain
		o.Explain = func(w *i18n.Printer, err error) (string, string) {
			if st := (*stepError)(nil); errors.As(err, &st) {
				return w.T("error.reason."+st.reason+".title", "endpoint", "jaeger.shop.example:16685"), w.T("error.reason." + st.reason + ".hint")
			}
			return explain(w, err)
		}
		if change != nil {
			change(o)
		}
	})
	t.Cleanup(func() {
		b.Close()
		kept.running.Wait()
	})
	return b
}

// A stepError is why a step failed, by the place of its words.
type stepError struct{ reason string }

func (e *stepError) Error() string { return e.reason }

// form returns the form of the page in front.
func (b *linksBench) form() *form {
	b.t.Helper()
	switch p := b.pages[b.current].(type) {
	case *homePage:
		if p.setup != nil {
			return p.setup.form
		}
	case *setup:
		return p.form
	case *connectionsPage:
		return p.form
	case *askPage:
		return p.form
	}
	b.t.Fatalf("the page in front is %T, which has no form", b.pages[b.current])
	return nil
}

// text returns all that the form in front says.
func (b *linksBench) text() string {
	b.t.Helper()
	f := b.form()
	f.arrange()
	return uitest.Words(f.Build(int(f.view.Size().Width), 3000, 1))
}

// click presses what the form in front says.
func (b *linksBench) click(label string) {
	b.t.Helper()
	f := b.form()
	f.arrange()
	w, h := int(f.view.Size().Width), 3000
	x, y := uitest.Find(b.t, f.Kit.Metrics, f.Build(w, h, 1), label)
	uitest.Press(f, x, y)
	f.arrange()
}

// into types into a field of the form in front, in place of what is there.
func (b *linksBench) into(id, text string) {
	b.t.Helper()
	f := b.form()
	f.arrange()
	box := f.boxes[id]
	if box == nil || !box.Visible() {
		b.t.Fatalf("there is no field %q on show in:\n%s", id, b.text())
	}
	b.Window.Canvas().Focus(box)
	box.set(text)
}

// nextCheck returns the check that was started.
func (b *linksBench) nextCheck() *checkCall {
	b.t.Helper()
	select {
	case c := <-b.kept.checks:
		return c
	case <-time.After(20 * time.Second):
		b.t.Fatal("no check was started")
		return nil
	}
}

// nextSign returns the sign-in that was started.
func (b *linksBench) nextSign() *signCall {
	b.t.Helper()
	select {
	case c := <-b.kept.signs:
		return c
	case <-time.After(20 * time.Second):
		b.t.Fatal("no sign-in was started")
		return nil
	}
}

// good are the steps of a connection that works.
func good() []Step {
	details := []string{"10.0.0.7", "10.0.0.7:16685", "TLS 1.3", "gRPC", "", "grpc-v3", "7", "order.id (shop-api)"}
	list := make([]Step, len(CheckSteps))
	for i, name := range CheckSteps {
		list[i] = Step{Name: name, State: StepPassed, Took: time.Duration(i) * 731 * time.Microsecond, Detail: details[i]}
	}
	list[slices.Index(CheckSteps, "tls")].Until = time.Date(2027, 5, 30, 12, 0, 0, 0, time.UTC)
	return list
}

// bad are the steps of a connection of which one fails.
func bad(name, reason string, fixes ...Fix) []Step {
	list := good()
	i := slices.Index(CheckSteps, name)
	list[i] = Step{Name: name, State: StepFailed, Took: 12 * time.Millisecond, Err: &stepError{reason}, Fixes: fixes}
	for k := i + 1; k < len(list); k++ {
		list[k] = Step{Name: CheckSteps[k], State: "unreached"}
	}
	return list
}

// answer lets a check end with steps.
func (b *linksBench) answer(c *checkCall, steps []Step) {
	b.t.Helper()
	var err error
	for _, st := range steps {
		c.each(st)
		if st.Err != nil {
			err = st.Err
		}
	}
	k := b.checker()
	c.reply <- err
	b.until("the end of the check", func() bool { return !k.slot.Busy() })
}

// checker returns the checker of the page in front.
func (b *linksBench) checker() *checker {
	b.t.Helper()
	switch p := b.pages[b.current].(type) {
	case *homePage:
		return p.setup.check
	case *setup:
		return p.check
	case *connectionsPage:
		return p.check
	}
	b.t.Fatalf("the page in front is %T, which checks nothing", b.pages[b.current])
	return nil
}

// opened waits until the window asks a connection.
func (b *linksBench) opened(name string) *namedSource {
	b.t.Helper()
	b.until(name, func() bool { return b.sourceName() == name && b.Shell.source != nil })
	return b.kept.sources[name]
}

// searchAt types an order, and returns the search that a connection is asked for.
func (b *linksBench) searchAt(s *namedSource, order string) *searchCall {
	b.t.Helper()
	b.ctrl(fyne.KeyL)
	b.write(order)
	b.key(fyne.KeyReturn)
	select {
	case c := <-s.searches:
		return c
	case <-time.After(20 * time.Second):
		b.t.Fatalf("%s was not searched", s.name)
		return nil
	}
}

// failing returns what opens no file.
func failing(err error) func(context.Context, string, func(Loading)) (Opened, error) {
	return func(context.Context, string, func(Loading)) (Opened, error) { return Opened{}, err }
}
