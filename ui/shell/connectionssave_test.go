package shell

import (
	"strings"
	"testing"
	"time"

	"traceview/internal/model"
	"traceview/ui/uitest"
)

// receive returns what comes; without it what is said.
func receive[T any](t testing.TB, from <-chan T, what string) (v T) {
	t.Helper()
	select {
	case v = <-from:
	case <-time.After(20 * time.Second):
		t.Fatal(what)
	}
	return v
}

// held returns the write that waits for its answer.
func (b *linksBench) held() chan<- error {
	b.t.Helper()
	return receive(b.t, b.kept.writes, "nothing is being kept")
}

// abPage returns the page of two connections with tokens, A of which is in use, and on
// show.
func abPage(t *testing.T) (*linksBench, *connectionsPage) {
	t.Helper()
	list := []Profile{profile("A"), profile("B")}
	list[0].Auth, list[1].Auth = AuthToken, AuthToken
	b := newLinksBench(t, func(o *Options) {
		o.Prefs.Connection = "A"
		f := o.Connections.(*fakeConnections)
		f.secrets["A token"], f.secrets["B token"] = "planted-a", "planted-b"
	}, list...)
	b.opened("A")
	return b, b.manage()
}

// settled waits until nothing is being kept, nor read, on the page of connections.
func (b *linksBench) settled(p *connectionsPage) {
	b.t.Helper()
	b.until("what is kept", func() bool { return !p.busy() && !b.links.lists.Busy() && !p.held.slot.Busy() })
}

// TestALateAnswerIsOfItsConnection holds that what comes of keeping or removing one
// connection leaves alone what is typed of another, or was typed meanwhile.
func TestALateAnswerIsOfItsConnection(t *testing.T) {
	b, p := abPage(t)
	b.kept.hold()
	b.into("tenant", "of a")
	b.click("Save")
	write := b.held()
	p.show("B")
	b.into("tenant", "of b")
	write <- nil
	b.settled(p)
	if p.at != "B" || p.draft.Tenant != "of b" || !p.dirty() || p.said != "" {
		t.Errorf("kept is A: on show is %q with the tenant %q, to be saved %v, said %q", p.at, p.draft.Tenant, p.dirty(), p.said)
	}
	p.show("A")
	if p.draft.Tenant != "of a" || p.dirty() {
		t.Errorf("of A there is the tenant %q, to be saved %v", p.draft.Tenant, p.dirty())
	}

	b.into("days", "12")
	b.click("Save")
	write = b.held()
	b.into("name", "A later")
	write <- nil
	b.settled(p)
	if p.before.Days != 12 || p.draft.Name != "A later" || !p.dirty() {
		t.Errorf("typed while it was kept: %d days, named %q, to be saved %v", p.before.Days, p.draft.Name, p.dirty())
	}
	b.into("name", "A")

	b.click("Remove")
	write = b.held()
	p.show("B")
	b.into("days", "30")
	write <- nil
	b.settled(p)
	if p.at != "B" || p.draft.Tenant != "of b" || p.draft.days != "30" || !strings.Contains(b.text(), "A is removed") {
		t.Errorf("A is removed: on show is %q with the tenant %q and %q days", p.at, p.draft.Tenant, p.draft.days)
	}
	p.bringBack()
	b.settled(p)
	if p.show("B"); p.draft.Tenant != "of b" || p.draft.days != "30" {
		t.Errorf("A is back: B has the tenant %q and %q days", p.draft.Tenant, p.draft.days)
	}
}

// TestALateFailureIsOfItsConnection holds that it is told in the status line where
// another connection is on show, and that nothing typed is lost.
func TestALateFailureIsOfItsConnection(t *testing.T) {
	b, p := abPage(t)
	b.kept.hold()
	b.into("tenant", "of a")
	b.click("Save")
	write := b.held()
	p.show("B")
	write <- errDown
	b.settled(p)
	if p.err != nil || !strings.Contains(b.notice, "Cannot reach") {
		t.Errorf("B says %v, the status %q", p.err, b.notice)
	}
	if p.show("A"); p.draft.Tenant != "of a" || !p.dirty() {
		t.Errorf("of A there is the tenant %q, to be saved %v", p.draft.Tenant, p.dirty())
	}
}

// TestWritesAreNotGivenUp holds that nothing that is being kept is cut off by what is
// done next, nor done twice.
func TestWritesAreNotGivenUp(t *testing.T) {
	b, p := abPage(t)
	b.kept.hold()
	b.click("Forget")
	write := b.held()
	b.click("Remove")
	b.click("Save")
	write <- nil
	b.settled(p)
	if n := len(b.kept.writes); n > 0 || b.kept.secret("A token") != "" {
		t.Errorf("%d more are being done, the token is %q", n, b.kept.secret("A token"))
	}
	b.into("tenant", "shop")
	b.click("Save")
	write = b.held()
	b.closePage(b.indexOf(p))
	write <- nil
	b.until("the list", func() bool { return !p.busy() && !b.links.lists.Busy() })
	if got, _ := b.Shell.kept("A"); got.Tenant != "shop" {
		t.Errorf("the page was closed: kept is the tenant %q", got.Tenant)
	}
}

// TestHalfKeptIsGoneOnWith holds that what was kept is known where its secret could not
// be, so that another attempt goes on from there.
func TestHalfKeptIsGoneOnWith(t *testing.T) {
	b, p := abPage(t)
	b.kept.hold()
	b.into("name", "Production")
	b.click("Replace…")
	b.into("token", "planted-new")
	b.click("Save")
	b.held() <- nil
	b.held() <- errDown
	b.settled(p)
	if p.at != "Production" || p.draft.token != "planted-new" || !strings.Contains(b.text(), "Cannot reach") {
		t.Fatalf("on show is %q, typed are %d characters of the token:\n%s", p.at, len(p.draft.token), b.text())
	}
	b.click("Save")
	b.held() <- nil
	b.held() <- nil
	b.settled(p)
	if b.kept.secret("Production token") != "planted-new" || len(b.kept.list) != 2 || p.dirty() {
		t.Errorf("%d are kept, to be saved %v, asked %s", len(b.kept.list), p.dirty(), b.kept.asked())
	}
}

// TestHalfKeptAtTheFirstRun is that of a new connection.
func TestHalfKeptAtTheFirstRun(t *testing.T) {
	b := newLinksBench(t, nil)
	b.write("jaeger:1")
	b.key("Return")
	b.answer(b.nextCheck(), good())
	p := b.home.setup
	p.draft.Auth, p.draft.token = AuthToken, "planted"
	b.kept.hold()
	for _, answers := range [][]error{{nil, errDown}, {errDown}, {nil, nil}} {
		b.click("Save and search orders")
		for _, err := range answers {
			b.held() <- err
		}
		b.until("the end", func() bool { return !p.saves.Busy() })
	}
	b.opened("jaeger")
	if got := b.kept.asked(); strings.Count(got, `put "" as`) != 1 || b.kept.secret("jaeger token") != "planted" {
		t.Errorf("asked %s", got)
	}
}

// TestOtherSecretsOpenAnew holds that a connection is not asked with a client that has
// secrets that were replaced, or forgotten.
func TestOtherSecretsOpenAnew(t *testing.T) {
	for name, tt := range map[string]struct {
		do  func(b *linksBench)
		ask bool // it lacks a secret then
	}{
		"replaced": {do: func(b *linksBench) {
			b.click("Replace…")
			b.into("token", "planted-new")
			b.click("Save")
		}},
		"forgotten": {do: func(b *linksBench) { b.click("Forget") }, ask: true},
		"the same":  {do: func(*linksBench) {}},
	} {
		t.Run(name, func(t *testing.T) {
			b, p := abPage(t)
			list, _ := b.kept.List(t.Context())
			b.connect(list[1], nil)
			b.opened("B")
			tt.do(b)
			b.settled(p)
			b.connect(list[0], nil)
			b.until("A", func() bool { return b.links.opening == "" })
			_, asks := b.pages[b.current].(*askPage)
			opened, want := strings.Count(b.kept.asked(), `open "A"`), 1
			if name == "replaced" {
				want = 2
			}
			if asks != tt.ask || opened != want {
				t.Errorf("a secret is asked for %v, opened %d times, want %d", asks, opened, want)
			}
		})
	}
}

// TestSigningInAnewOpensAnew holds that the window asks as who signed in last.
func TestSigningInAnewOpensAnew(t *testing.T) {
	sso := profile("A")
	sso.Auth, sso.Issuer, sso.ClientID = AuthOIDC, "https://sso", "traceview"
	b := newLinksBench(t, func(o *Options) { o.Connections.(*fakeConnections).secrets["A sign-in"] = "tokens" }, sso)
	b.opened("A")
	p := b.manage()
	b.click("Sign in in the browser")
	b.nextSign().reply <- nil
	b.until("A", func() bool { return !p.sign.slot.Busy() && b.links.opening == "" })
	if n := strings.Count(b.kept.asked(), `open "A"`); n != 2 {
		t.Errorf("opened %d times, want 2", n)
	}
}

// anew has the next opening of a connection come to another source, and opens it.
func (b *linksBench) anew(name string) *namedSource {
	b.t.Helper()
	now := &namedSource{newFakeSource(), name}
	b.kept.mu.Lock()
	b.kept.sources[name] = now
	b.kept.mu.Unlock()
	p, _ := b.Shell.kept(name)
	b.links.became(name, p, true)
	b.connect(p, nil)
	b.until("it to be open anew", func() bool { return b.Shell.source == Source(now) })
	return now
}

// TestFailedTraceAsksTheConnectionOpenedAnew holds that the page of a trace that could
// not be fetched does not go on with the client of before.
func TestFailedTraceAsksTheConnectionOpenedAnew(t *testing.T) {
	b := newLinksBench(t, nil, profile("A"))
	first := b.opened("A")
	b.openTrace(uitest.TraceID(1))
	receive(t, first.traces, "no trace is fetched").reply <- traceReply{err: errDown}
	page := b.tracePage()
	b.until("the failure", func() bool { return !page.slot.Busy() })
	now := b.anew("A")
	page.again()
	receive(t, now.traces, "the connection of before is asked").reply <- traceReply{trace: uitest.Shop(t, 1)}
	b.until("the trace", func() bool { return page.doc != nil })
}

// TestOpenedAnewWhileTracesAreKept has a connection opened anew while the traces of an
// order are fetched, and another order is searched: each goes on with the one it began
// with.
func TestOpenedAnewWhileTracesAreKept(t *testing.T) {
	lib := newFakeLibrary()
	lib.opens <- openedLibrary{kept: true}
	b := newLinksBench(t, func(o *Options) { o.Library = lib }, profile("A"))
	first := b.opened("A")
	b.searchAt(first, "10472").reply <- searchReply{found: found("10472", 2)}
	page := b.orderPage()
	b.until("the order", func() bool { return !page.slot.Busy() && !page.shelf.Busy() && b.shelf.open })
	page.keepAll()
	page.start(7)
	call := receive(t, first.traces, "no trace is fetched")
	b.anew("A")
	for i, id := range []model.TraceID{uitest.TraceID(1), uitest.TraceID(2)} {
		if i > 0 {
			call = receive(t, first.traces, "the next trace is fetched elsewhere")
		}
		if call.id != id {
			t.Errorf("trace %d is %v", i, call.id)
		}
		call.reply <- traceReply{trace: uitest.Shop(t, byte(i+1))}
	}
	receive(t, first.searches, "no search").reply <- searchReply{found: found("10472", 2)}
	b.until("the end", func() bool { return !page.saves.Busy() && !page.slot.Busy() })
}

// TestAnotherConnectionEndsItsSignIn holds that a sign-in that a check asked for does
// not go on for a connection that leads elsewhere now.
func TestAnotherConnectionEndsItsSignIn(t *testing.T) {
	sso := profile("A")
	sso.Auth, sso.Issuer, sso.ClientID = AuthOIDC, "https://sso", "traceview"
	b := newLinksBench(t, func(o *Options) {
		o.Prefs.Connection = "A"
		o.Connections.(*fakeConnections).secrets["A sign-in"] = "tokens"
	}, sso, profile("B"))
	b.opened("A")
	p := b.manage()
	b.click("Check")
	b.answer(b.nextCheck(), bad("sign-in", "credentials-missing", Fix{Kind: FixSignIn}))
	p.check.fix(Fix{Kind: FixSignIn})
	call := b.nextSign()
	p.show("B")
	<-call.ctx.Done()
	if p.check.sign.slot.Busy() {
		t.Error("it is still waited for")
	}
}

// TestAskingForTheUserName opens a connection whose user name is not known either, and
// keeps it.
func TestAskingForTheUserName(t *testing.T) {
	p := profile("A")
	p.Auth = AuthBasic
	b := newLinksBench(t, nil, p)
	b.until("the question", func() bool { a, ok := b.pages[b.current].(*askPage); return ok && !a.notes.slot.Busy() })
	a := b.pages[b.current].(*askPage)
	b.into("user", "")
	b.write("anna")
	if box := a.form.boxes["user"]; !box.Visible() || box.Text != "anna" {
		t.Fatalf("the field is on show %v and says %q", box.Visible(), box.Text)
	}
	b.into("user", " ")
	b.into("password", "planted")
	b.key("Return")
	if a.puts.Busy() || a.form.at != "user" {
		t.Errorf("without a user name: goes on %v, the keyboard is at %q", a.puts.Busy(), a.form.at)
	}
	b.into("user", "ana")
	b.kept.hold()
	b.key("Return")
	b.held() <- nil
	b.held() <- errDown
	b.until("the failure", func() bool { return !a.puts.Busy() })
	a.take(a.draft.Profile, &LacksError{Name: "A", Secrets: p.needs()}, nil)
	b.into("user", "anna")
	b.key("Return")
	b.held() <- nil
	b.held() <- nil
	b.opened("A")
	b.until("the list", func() bool { return !b.links.lists.Busy() })
	if got, _ := b.Shell.kept("A"); got.User != "anna" || b.kept.secret("A password") != "planted" {
		t.Errorf("kept is %+v", got)
	}
	if at := b.connected(b.Shell.source).Profile.User; at != "anna" {
		t.Errorf("the window asks as %q", at)
	}
}

// TestAClosedQuestionDropsWhatWaits closes the tab that asks for a secret: the order
// that waits for it is not searched when another connection is chosen later.
func TestAClosedQuestionDropsWhatWaits(t *testing.T) {
	p := profile("A")
	p.Auth = AuthToken
	b := newLinksBench(t, func(o *Options) { o.Prefs.Connection = "A" }, p, profile("B"))
	b.Search("10472")
	b.until("the question", func() bool { _, ok := b.pages[b.current].(*askPage); return ok })
	b.closePage(b.current)
	list, _ := b.kept.List(t.Context())
	b.connect(list[1], nil)
	if s := b.opened("B"); len(b.pages) != 1 || len(s.searches) > 0 {
		t.Errorf("%d pages, %d searches", len(b.pages), len(s.searches))
	}
}
