package shell

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"traceview/internal/i18n"
	"traceview/internal/savedview"
	"traceview/internal/voice"
	"traceview/ui/uitest"
	"traceview/ui/xwidget"
)

// TestSwitching changes the connection with keys alone: open tabs keep theirs, what
// is typed next goes to the new one.
func TestSwitching(t *testing.T) {
	second := profile("Test")
	second.Days, second.Colour = 30, "green"
	b := newLinksBench(t, func(o *Options) { o.Prefs.Connection = "Production" }, profile("Production"), second)
	first := b.opened("Production")
	b.searchAt(first, "10472").reply <- searchReply{found: found("10472", 2)}
	b.until("the order", func() bool { return !b.orderPage().slot.Busy() })
	page := b.orderPage()

	b.ctrlShift(fyne.KeyH)
	if !b.picker.open() || b.focused() != fyne.Focusable(b.picker.view) {
		t.Fatal("the list of connections is not open, or without the keyboard")
	}
	if text := uitest.Words(b.picker.Build(420, 300, 1)); !strings.Contains(text, "test.example:16685") || !strings.Contains(text, "in use") {
		t.Errorf("the list says\n%s", text)
	}
	b.key(fyne.KeyDown, fyne.KeyReturn)
	other := b.opened("Test")
	if b.picker.open() || page.from != Source(first) || b.days() != 30 || b.Prefs.Days != 7 {
		t.Errorf("list open %v, the tab asks %v, searches look %d days back (%d kept)", b.picker.open(), page.from, b.days(), b.Prefs.Days)
	}
	if n := len(b.saved); n == 0 || b.saved[n-1].Connection != "Test" {
		t.Errorf("remembered is %+v", b.saved)
	}
	if s := page.Status(); !strings.HasPrefix(s, "Production") {
		t.Errorf("the tab says %q", s)
	}
	call := b.searchAt(other, "10472")
	if b.orderPage() == page || call.days != 30 {
		t.Errorf("the same tab %v, %d days", b.orderPage() == page, call.days)
	}
	if b.origin(other) != "Test" || b.origin(first) != "Production" {
		t.Errorf("the library is told %q and %q", b.origin(other), b.origin(first))
	}

	b.ctrlShift(fyne.KeyH)
	b.key(fyne.KeyUp, fyne.KeyReturn)
	if b.Shell.source != Source(first) || b.days() != 7 || strings.Count(b.kept.asked(), `open "Production"`) != 1 {
		t.Errorf("back at %v, %d days, asked %s", b.sourceName(), b.days(), b.kept.asked())
	}
}

// TestPickerGivesTheKeyboardBack closes the list in every way.
func TestPickerGivesTheKeyboardBack(t *testing.T) {
	b := newLinksBench(t, func(o *Options) { o.Prefs.Connection = "Production" }, profile("Production"))
	b.opened("Production")
	had := b.focused()
	for _, end := range []func(){
		func() { b.key(fyne.KeyEscape) }, func() { b.ctrlShift(fyne.KeyH) }, func() { b.ctrl(fyne.KeyK); b.key(fyne.KeyEscape) }, func() { b.ctrl(fyne.KeyL) },
	} {
		b.ctrlShift(fyne.KeyH)
		if !b.picker.open() {
			t.Fatal("the list did not open")
		}
		if end(); b.picker.open() || b.focused() != had {
			t.Errorf("open %v, the keyboard is at %T", b.picker.open(), b.focused())
		}
	}
}

// TestStartLeavesWhatIsSaid has something said at the start, which the connection of
// the start must not take away; one that a person chooses is told of.
func TestStartLeavesWhatIsSaid(t *testing.T) {
	b := newLinksBench(t, func(o *Options) { o.Prefs.Connection = "A" }, profile("A"), profile("B"))
	b.Say("said at the start")
	b.opened("A")
	if b.notice != "said at the start" {
		t.Errorf("now it says %q", b.notice)
	}
	second, _ := b.kept.List(t.Context())
	b.connect(second[1], nil)
	b.opened("B")
	if !strings.Contains(b.notice, "B") {
		t.Errorf("chosen, it says %q", b.notice)
	}
}

// TestStartingConnection holds which connection a start opens.
func TestStartingConnection(t *testing.T) {
	named := profile("Named")
	for _, tt := range []struct {
		name   string
		change func(o *Options)
		list   []Profile
		want   string
	}{
		{"used last", func(o *Options) { o.Prefs.Connection = "B" }, []Profile{profile("A"), profile("B")}, "B"},
		{"named", func(o *Options) { o.Prefs.Connection, o.Start = "B", &named }, []Profile{profile("A"), profile("B")}, "Named"},
		{"the only one", nil, []Profile{profile("A")}, "A"},
		{"removed since", func(o *Options) { o.Prefs.Connection = "C" }, []Profile{profile("A"), profile("B")}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newLinksBench(t, tt.change, tt.list...)
			if tt.want != "" {
				b.opened(tt.want)
				return
			}
			if text := b.says(); b.Shell.source != nil || !strings.Contains(text, "Choose one at the top left (Ctrl+Shift+H)") {
				t.Errorf("asked %s, the page says\n%s", b.kept.asked(), text)
			}
		})
	}
}

// TestOrderOfTheStartWaits holds that an order given at the start is searched once the
// connection is open.
func TestOrderOfTheStartWaits(t *testing.T) {
	var kept *fakeConnections
	b := newLinksBench(t, func(o *Options) {
		kept = o.Connections.(*fakeConnections)
		kept.opens = make(chan chan error, 1)
	}, profile("Production"))
	b.Search("10472")
	if text := b.statusText(); !strings.Contains(text, "connecting: Production") || len(b.pages) != 1 {
		t.Errorf("%d pages, the status says %q", len(b.pages), text)
	}
	(<-kept.opens) <- nil
	s := b.opened("Production")
	if c := <-s.searches; c.order != "10472" {
		t.Errorf("searched for %q", c.order)
	}
}

// TestNoConnectionButOrders starts where orders were looked for before and no
// connection is kept: they are in the library, so the order box has the keyboard.
func TestNoConnectionButOrders(t *testing.T) {
	b := newLinksBench(t, func(o *Options) { o.Prefs.Recent = []string{"10472"} })
	if b.focused() != fyne.Focusable(b.box) || !strings.Contains(b.text(), "Where is your Jaeger?") {
		t.Errorf("the keyboard is at %T in\n%s", b.focused(), b.text())
	}
}

// TestFirstRun goes from no connection to a search.
func TestFirstRun(t *testing.T) {
	b := newLinksBench(t, nil)
	if f := b.form(); b.focused() != fyne.Focusable(f.boxes["address"]) || !strings.Contains(b.text(), "Where is your Jaeger?") {
		t.Fatalf("the keyboard is at %T in\n%s", b.focused(), b.text())
	}
	b.write("jaeger.shop.example:16685")
	b.key(fyne.KeyReturn)
	c := b.nextCheck()
	if c.profile.Address != "jaeger.shop.example:16685" || c.profile.Auth != AuthNone || c.profile.Plaintext {
		t.Errorf("checked %+v", c.profile)
	}
	b.answer(c, good())
	if text := b.text(); !strings.Contains(text, "The connection works") || !strings.Contains(text, "7 services") {
		t.Errorf("the page says\n%s", text)
	}
	if b.focused() != fyne.Focusable(b.form().boxes["name"]) || b.form().boxes["name"].Text != "jaeger.shop.example" {
		t.Errorf("the keyboard is at %T, proposed is %q", b.focused(), b.form().boxes["name"].Text)
	}
	b.into("name", "Production")
	b.click("Green")
	b.into("name", "Production")
	b.key(fyne.KeyReturn)
	s := b.opened("Production")
	if b.home.setup != nil || b.focused() != fyne.Focusable(b.box) || b.kept.list[0].Colour != "green" {
		t.Errorf("still set up %v, the keyboard is at %T, kept %+v", b.home.setup != nil, b.focused(), b.kept.list)
	}
	b.write("10472")
	b.key(fyne.KeyReturn)
	if c := <-s.searches; c.order != "10472" {
		t.Errorf("searched for %q", c.order)
	}
}

// TestObstacles solves what may be in the way, each where it shows.
func TestObstacles(t *testing.T) {
	fix := func(kind FixKind) Fix { return Fix{Kind: kind} }
	for _, tt := range []struct {
		name, step, reason string
		fixes              []Fix
		solve              func(b *linksBench)
		want               func(p *Profile, typed Typed)
	}{
		{"port", "connect", "refused", []Fix{{FixAddress, "jaeger:16685"}}, func(b *linksBench) { b.click("Try jaeger:16685") }, func(p *Profile, _ Typed) { p.Address = "jaeger:16685" }},
		{"plain", "tls", "no-tls", []Fix{fix(FixPlain)}, func(b *linksBench) { b.key(fyne.KeyReturn) }, func(p *Profile, _ Typed) { p.Plaintext = true }},
		{"authority", "tls", "authority", []Fix{fix(FixTrust)}, func(b *linksBench) {
			b.click("Look at its certificate")
			b.until("the certificate", func() bool { return b.checker().authority != nil })
			if text := b.text(); !strings.Contains(text, "AB:CD:EF") || !strings.Contains(text, "jaeger.shop.example") || len(b.kept.checks) > 0 {
				b.t.Errorf("asked whether to trust\n%s", text)
			}
			b.click("trust it for this connection")
		}, func(p *Profile, _ Typed) { p.CA = "PEM of the authority" }},
		{"token", "sign-in", "credentials-missing", []Fix{fix(FixSecret)}, func(b *linksBench) {
			b.click("access token")
			b.into("token", "planted-token")
			b.key(fyne.KeyReturn)
		}, func(p *Profile, typed Typed) { p.Auth, typed[Secret{Kind: SecretToken}] = AuthToken, "planted-token" }},
		{"password", "sign-in", "credentials-missing", []Fix{fix(FixSecret)}, func(b *linksBench) {
			b.click("user name and password")
			b.into("user", "anna")
			b.into("password", "planted-password")
			b.click("Continue")
		}, func(p *Profile, typed Typed) {
			p.Auth, p.User, typed[Secret{Kind: SecretPassword}] = AuthBasic, "anna", "planted-password"
		}},
		{"tenant", "sign-in", "tenant-missing", []Fix{fix(FixTenant)}, func(b *linksBench) {
			b.write("shop")
			b.key(fyne.KeyReturn)
		}, func(p *Profile, _ Typed) { p.Tenant = "shop" }},
		{"certificate", "tls", "client-certificate", []Fix{fix(FixCertificate)}, func(b *linksBench) {
			b.into("certfile", "/a.pem")
			b.into("keyfile", "/a.key")
			b.click("Continue")
		}, func(p *Profile, _ Typed) { p.CertFile, p.KeyFile = "/a.pem", "/a.key" }},
		{"order key", "key", "no-key", []Fix{fix(FixKey)}, func(b *linksBench) {
			b.write("shop.order, nr")
			b.key(fyne.KeyReturn)
		}, func(p *Profile, _ Typed) { p.OrderKeys = []string{"shop.order", "nr"} }},
		{"again", "connect", "unknown-host", nil, func(b *linksBench) { b.click("Try again") }, func(*Profile, Typed) {}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newLinksBench(t, nil)
			b.write("jaeger:16686")
			b.key(fyne.KeyReturn)
			c := b.nextCheck()
			want, typed := c.profile, Typed{}
			b.answer(c, bad(tt.step, tt.reason, tt.fixes...))
			tt.solve(b)
			tt.want(&want, typed)
			c = b.nextCheck()
			if !c.profile.equal(want) || !reflect.DeepEqual(c.typed, typed) {
				t.Errorf("checked then\n%+v, %v, want\n%+v, %v", c.profile, c.typed, want, typed)
			}
			b.answer(c, good())
			b.click("Save and search orders")
			b.opened("jaeger")
			for _, p := range b.kept.list {
				if strings.Contains(fmt.Sprintf("%+v", p), "planted") {
					t.Errorf("a secret is in the profile %+v", p)
				}
			}
			for s, v := range typed {
				if got := b.kept.secret("jaeger " + s.Kind); got != v {
					t.Errorf("kept is %q as %s", got, s.Kind)
				}
			}
		})
	}
}

// TestPagesLeadToTheQueryPort holds that who came by Jaeger's pages is offered the
// query port, and that the pages stay known.
func TestPagesLeadToTheQueryPort(t *testing.T) {
	b := newLinksBench(t, nil)
	b.write("http://jaeger:16686/search?service=a")
	b.key(fyne.KeyReturn)
	steps := good()
	steps[5].Fixes = []Fix{{FixAddress, "http://jaeger:16685"}}
	b.answer(b.nextCheck(), steps)
	b.click("Try http://jaeger:16685")
	if c := b.nextCheck(); c.profile.Address != "http://jaeger:16685" || c.profile.JaegerUI != "http://jaeger:16686/search?service=a" {
		t.Errorf("checked %+v", c.profile)
	}
	if b.form().boxes["address"].Text != "http://jaeger:16685" {
		t.Errorf("the field says %q", b.form().boxes["address"].Text)
	}
}

// TestSingleSignOnAtTheFirstRun signs in on the way to the first connection.
func TestSingleSignOnAtTheFirstRun(t *testing.T) {
	b := newLinksBench(t, nil)
	b.write("jaeger:16685")
	b.key(fyne.KeyReturn)
	b.answer(b.nextCheck(), bad("sign-in", "credentials-missing", Fix{Kind: FixSecret}))
	b.click("single sign-on")
	b.into("issuer", "https://sso.example")
	b.into("clientid", "traceview")
	b.click("Sign in in the browser")
	s := b.nextSign()
	s.tell(Visit{Address: "https://sso.example/auth", Opened: true})
	b.until("the browser", func() bool { return b.checker().sign.visit != nil })
	if text := b.text(); s.profile.Issuer != "https://sso.example" || !strings.Contains(text, "Sign in in the browser that has opened") {
		t.Errorf("signing in at %+v, the page says\n%s", s.profile, text)
	}
	s.reply <- nil
	b.until("the check", func() bool { return b.checker().slot.Busy() })
	if c := b.nextCheck(); c.profile.Auth != AuthOIDC {
		t.Errorf("checked %+v", c.profile)
	}
}

// TestANewAddressIsTrustedWithNothing holds that what was agreed to for one address is
// not taken to another.
func TestANewAddressIsTrustedWithNothing(t *testing.T) {
	b := newLinksBench(t, nil)
	b.write("a:1")
	b.key(fyne.KeyReturn)
	b.answer(b.nextCheck(), bad("tls", "authority", Fix{Kind: FixTrust}))
	b.click("Look at its certificate")
	b.until("the certificate", func() bool { return b.checker().authority != nil })
	b.click("trust it for this connection")
	b.answer(b.nextCheck(), good())
	b.into("address", "b:1")
	if strings.Contains(b.text(), "The connection works") {
		t.Error("what was found of one address is shown of another")
	}
	b.key(fyne.KeyReturn)
	if c := b.nextCheck(); c.profile.CA != "" {
		t.Errorf("checked %+v", c.profile)
	}
}

// TestCheckIsCancelled gives up a check; answers that come late change nothing.
func TestCheckIsCancelled(t *testing.T) {
	b := newLinksBench(t, nil)
	b.write("jaeger:16685")
	b.key(fyne.KeyReturn)
	c := b.nextCheck()
	c.each(good()[0])
	b.until("a step", func() bool { return len(b.checker().steps) == 1 })
	if !strings.Contains(b.text(), "under way…") {
		t.Errorf("the page says\n%s", b.text())
	}
	b.key(fyne.KeyEscape)
	<-c.ctx.Done()
	b.until("the end", func() bool { return !b.checker().slot.Busy() })
	c.each(good()[1])
	b.queue.Drain()
	if k := b.checker(); len(k.steps) != 0 || k.began {
		t.Errorf("%d steps are left", len(k.steps))
	}
	b.into("address", "other:1")
	b.key(fyne.KeyReturn)
	again := b.nextCheck()
	c.each(good()[2])
	again.each(good()[0])
	b.until("a step", func() bool { return len(b.checker().steps) > 0 })
	b.queue.Drain()
	if k := b.checker(); len(k.steps) != 1 || k.steps[0].Name != "name" {
		t.Errorf("the steps are %+v", k.steps)
	}
}

// TestWrongAddress says at the field what is wrong.
func TestWrongAddress(t *testing.T) {
	b := newLinksBench(t, nil)
	b.kept.faults = []Fault{{"address", "address-user"}}
	b.write("anna@jaeger")
	b.key(fyne.KeyReturn)
	b.until("the fault", func() bool { return strings.Contains(b.text(), "No user name or password in the address") })
	if b.focused() != fyne.Focusable(b.form().boxes["address"]) {
		t.Errorf("the keyboard is at %T", b.focused())
	}
	b.write("x")
	if strings.Contains(b.text(), "No user name or password") {
		t.Error("what was wrong stays although it was changed")
	}
}

// TestImportAtTheFirstRun takes a team's connections over, and asks before it
// replaces any.
func TestImportAtTheFirstRun(t *testing.T) {
	b := newLinksBench(t, nil)
	b.kept.imports["/team.json"] = []Profile{profile("Production")}
	b.files["/team.json"] = nil
	b.importFile("/team.json", false)
	b.opened("Production")
	if b.home.setup != nil || !strings.Contains(b.kept.asked(), "replace false") {
		t.Errorf("still set up %v, asked %s", b.home.setup != nil, b.kept.asked())
	}
	b.importFile("/team.json", false)
	b.until("the question", func() bool { return b.links.clash != "" })
	if text := b.text(); !strings.Contains(text, "team.json brings connections of these names too") {
		t.Errorf("the page says\n%s", text)
	}
	b.click("Replace them")
	b.until("the import", func() bool { return strings.Contains(b.kept.asked(), "replace true") })
	b.importFile("/absent.json", false)
	b.until("the failure", func() bool { return strings.Contains(b.statusText(), "Cannot reach") })
}

// TestSeveralImported lets a person choose among what a file brought.
func TestSeveralImported(t *testing.T) {
	b := newLinksBench(t, nil)
	b.kept.imports["/team.json"] = []Profile{profile("Production"), profile("Test")}
	b.importFile("/team.json", false)
	b.until("the choice", func() bool { return b.picker.open() })
	b.picker.Build(420, 300, 1)
	b.key(fyne.KeyDown, fyne.KeyReturn)
	b.opened("Test")
	if b.focused() != fyne.Focusable(b.box) {
		t.Errorf("the keyboard is at %T", b.focused())
	}
}

// TestDroppedConnections takes over a file of connections that was dropped, or opened.
func TestDroppedConnections(t *testing.T) {
	b := newLinksBench(t, func(o *Options) {
		o.OpenFile = failing(fmt.Errorf("open: %w", ErrConnections))
	})
	b.kept.imports["/team.json"] = []Profile{profile("Production")}
	b.OpenAll([]string{"/team.json"})
	b.opened("Production")
	if len(b.pages) != 1 || len(b.opening) != 0 {
		t.Errorf("%d pages, %d being opened", len(b.pages), len(b.opening))
	}
}

// TestDemoAtTheFirstRun looks at the built-in demo.
func TestDemoAtTheFirstRun(t *testing.T) {
	b := newLinksBench(t, nil)
	b.click("Look at the demo shop")
	b.opened("Demo shop")
	if b.home.setup != nil || !strings.Contains(b.says(), "10472") || b.Prefs.Connection != "" {
		t.Errorf("still set up %v, the page says\n%s", b.home.setup != nil, b.says())
	}
	b.ctrlShift(fyne.KeyH)
	if text := uitest.Words(b.picker.Build(420, 300, 1)); !strings.Contains(text, "Demo shop") || !strings.Contains(text, "Add a connection…") {
		t.Errorf("the list says\n%s", text)
	}
}

// TestALinkToAKnownConnection holds that a link to a connection that is open, but not
// the window's, is asked there.
func TestALinkToAKnownConnection(t *testing.T) {
	b := newLinksBench(t, func(o *Options) { o.Prefs.Connection = "A" }, profile("A"), profile("B"))
	first := b.opened("A")
	p, _ := b.Shell.kept("B")
	b.connect(p, nil)
	b.opened("B")
	if from := b.known(savedview.Link{Endpoint: "a.example:16685"}); from != Source(first) {
		t.Errorf("a link to A is asked at %v", b.nameOf(from))
	}
	if at, ok := b.addressOf(first); !ok || at.Endpoint != "a.example:16685" {
		t.Errorf("A is at %+v", at)
	}
}

// TestSearchWindows holds that how far back a connection searches can be chosen again
// after another period was, and that all periods have room beside the other switches.
func TestSearchWindows(t *testing.T) {
	in := profile("Production")
	in.Days = 365
	b := newLinksBench(t, func(o *Options) { o.Steps = []*voice.Mapping{{}} }, in)
	b.opened("Production")
	has := func(want ...int) {
		t.Helper()
		var days []int
		for _, w := range b.searchWindows() {
			days = append(days, w.days)
		}
		if !slices.Equal(days, want) {
			t.Errorf("there are %v, want %v", days, want)
		}
	}
	room := func() {
		t.Helper()
		for _, lang := range []string{"en", "ru"} {
			b.kit.Words = i18n.For(lang)
			var end, begin float32
			b.panel(func(c *xwidget.Canvas, _, w float32) float32 {
				end, begin = b.drawWindows(c, c.D(4)), b.drawLooks(c, w-c.D(12))
				return c.D(topHeight)
			}).Build(420, topHeight, 1)
			if begin == 0 || end > begin {
				t.Errorf("%s: periods end at %g, the next begins at %g", lang, end, begin)
			}
		}
	}
	has(7, 30, 90, 365)
	room()
	b.setWindow(7)
	has(7, 30, 90, 365)
	room()
	b.setWindow(14)
	has(7, 14, 30, 90, 365)
	room()
}
