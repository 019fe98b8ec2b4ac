package shell

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"traceview/ui/uitest"
)

// manage opens the page of connections and waits for what is kept of the secrets.
func (b *linksBench) manage() *connectionsPage {
	b.t.Helper()
	b.ctrl(fyne.KeyComma)
	p, ok := b.pages[b.current].(*connectionsPage)
	if !ok {
		b.t.Fatalf("the page in front is %T, want that of connections", b.pages[b.current])
	}
	b.until("the secrets", func() bool { return !p.held.slot.Busy() })
	return p
}

// TestConnectionsPage changes a connection that the window asks.
func TestConnectionsPage(t *testing.T) {
	b := newLinksBench(t, nil, profile("Production"))
	first := b.opened("Production")
	p := b.manage()
	if text := uitest.Words(p.list.Build(260, 600, 1)); !strings.Contains(text, "production.example:16685") {
		t.Errorf("the list says\n%s", text)
	}
	b.into("name", "Prod")
	b.into("tenant", "shop")
	b.into("days", "90")
	b.into("orderkeys", "a, b")
	b.click("Violet")
	if !strings.Contains(b.text(), "changes that are not saved") {
		t.Errorf("the page says\n%s", b.text())
	}
	b.into("name", "Prod")
	b.key(fyne.KeyReturn)
	b.until("the change", func() bool { return b.sourceName() == "Prod" })
	got := b.kept.list[0]
	if got.Name != "Prod" || got.Tenant != "shop" || got.Days != 90 || got.Colour != "violet" || !slices.Equal(got.OrderKeys, []string{"a", "b"}) || len(b.kept.list) != 1 {
		t.Errorf("kept is %+v", got)
	}
	if b.days() != 90 || b.Shell.source == Source(first) || !strings.Contains(p.Status(), "Prod is saved") || p.dirty() {
		t.Errorf("%d days, status %q, to be saved %v", b.days(), p.Status(), p.dirty())
	}
}

// TestConnectionsPageFaults holds that what is wrong is said at its field, and nothing
// is kept.
func TestConnectionsPageFaults(t *testing.T) {
	b := newLinksBench(t, nil, profile("Production"))
	b.opened("Production")
	p := b.manage()
	b.into("days", "many")
	b.click("Save")
	if !strings.Contains(b.text(), "from 1 to 3650") || b.focused() != fyne.Focusable(p.form.boxes["days"]) {
		t.Errorf("the keyboard is at %T in\n%s", b.focused(), b.text())
	}
	b.into("days", "")
	b.kept.faults = []Fault{{"jaegerui", "jaeger-ui"}}
	b.click("Save")
	b.until("the fault", func() bool { return strings.Contains(b.text(), "Write an address such as https://host/path") })
	if b.focused() != fyne.Focusable(p.form.boxes["jaegerui"]) || strings.Contains(b.kept.asked(), "put") {
		t.Errorf("the keyboard is at %T, asked %s", b.focused(), b.kept.asked())
	}
	b.kept.faults = []Fault{{"address", "address"}}
	b.click("Check")
	b.until("the fault", func() bool { return strings.Contains(b.text(), "such as jaeger.example:16685") })
}

// TestSecretsAreNotShown replaces and forgets a secret, which is on show nowhere.
func TestSecretsAreNotShown(t *testing.T) {
	token := profile("Production")
	token.Auth = AuthToken
	b := newLinksBench(t, func(o *Options) { o.Connections.(*fakeConnections).secrets["Production token"] = "planted-token" }, token)
	b.opened("Production")
	p := b.manage()
	if text := b.text(); strings.Contains(text, "planted") || !strings.Contains(text, "kept in the keyring") {
		t.Errorf("the page says\n%s", text)
	}
	b.click("Replace…")
	box := p.form.boxes["token"]
	if !box.Password || b.focused() != fyne.Focusable(box) {
		t.Errorf("masked %v, the keyboard is at %T", box.Password, b.focused())
	}
	b.write("planted-second")
	b.key(fyne.KeyReturn)
	b.until("the new one", func() bool { return b.kept.secret("Production token") == "planted-second" })
	b.until("what is kept", func() bool { return !p.saves.Busy() && !p.held.slot.Busy() })
	if box.Text != "" || strings.Contains(b.text(), "planted") {
		t.Error("the secret stays in the field")
	}
	b.click("Forget")
	b.until("it to be gone", func() bool { return strings.Contains(b.kept.asked(), `forget token of "Production"`) })
	b.until("what is kept", func() bool { return !p.acts.Busy() && !p.held.slot.Busy() })
	if strings.Contains(b.text(), "kept in the keyring") {
		t.Errorf("the page says\n%s", b.text())
	}
}

// TestRemovedConnectionsComeBack removes a connection and brings it back.
func TestRemovedConnectionsComeBack(t *testing.T) {
	b := newLinksBench(t, func(o *Options) { o.Prefs.Connection = "A" }, profile("A"), profile("B"))
	b.opened("A")
	p := b.manage()
	p.show("B")
	b.click("Remove")
	b.until("the list", func() bool { return len(b.links.list) == 1 && p.at == "A" })
	if !strings.Contains(b.text(), "B is removed") {
		t.Errorf("the page says\n%s", b.text())
	}
	b.Window.Canvas().(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutUndo{})
	b.until("the list", func() bool { return len(b.links.list) == 2 })
	if strings.Contains(b.text(), "is removed") {
		t.Error("it is still said to be removed")
	}
}

// TestCheckingAConnection checks what is in the form, and goes to the field that
// helps.
func TestCheckingAConnection(t *testing.T) {
	b := newLinksBench(t, nil, profile("Production"))
	b.opened("Production")
	p := b.manage()
	b.into("address", "other:1")
	b.click("Check")
	c := b.nextCheck()
	if c.profile.Address != "other:1" || c.profile.Kept != "Production" {
		t.Errorf("checked %+v", c.profile)
	}
	b.answer(c, bad("sign-in", "tenant-missing", Fix{Kind: FixTenant}))
	b.click("Enter the tenant…")
	if b.focused() != fyne.Focusable(p.form.boxes["tenant"]) || len(b.kept.checks) != 0 {
		t.Errorf("the keyboard is at %T", b.focused())
	}
	b.click("Check")
	b.answer(b.nextCheck(), good())
	if !strings.Contains(b.text(), "The connection works") || !strings.Contains(b.text(), "TLS 1.3, certificate valid until 30 May 2027") || strings.Contains(b.kept.asked(), "put") {
		t.Errorf("asked %s; the page says\n%s", b.kept.asked(), b.text())
	}
}

// TestCheckingLogs holds that logs have a step of their own where a connection has some,
// and that the connection works without them.
func TestCheckingLogs(t *testing.T) {
	in := profile("Production")
	in.Logs = ProfileLogs{Address: "https://elastic.example:9200", Auth: AuthAPIKey}
	b := newLinksBench(t, nil, in)
	b.opened("Production")
	b.manage()
	check := func(of []Step, logs Step) string {
		t.Helper()
		b.click("Check")
		c := b.nextCheck()
		if !strings.Contains(b.text(), "Logs") {
			t.Errorf("no step of the logs is awaited in\n%s", b.text())
		}
		logs.Name = StepLogs
		b.answer(c, append(of, logs))
		return b.text()
	}
	if s := check(good(), Step{State: StepPassed, Lines: 31, Detail: "logs-*"}); !strings.Contains(s, "31 lines of the last day name a trace, in logs-*") || !strings.Contains(s, "The connection works") {
		t.Errorf("the page says\n%s", s)
	}
	if s := check(good(), Step{State: StepPassed, Lines: 10_000, AtLeast: true, Detail: "logs-*"}); !strings.Contains(s, "at least 10,000 lines") {
		t.Errorf("the page says\n%s", s)
	}
	lost := Step{State: StepFailed, Usable: true, Err: &stepError{"refused"}}
	if s := check(good(), lost); !b.checker().passed() || strings.Contains(s, "The connection works") || !strings.Contains(s, "Nothing listens at") {
		t.Errorf("the page says\n%s", s)
	}
	keyless := good()
	keyless[len(keyless)-1] = Step{Name: "key", State: StepFailed, Usable: true, Err: &stepError{"no-key"}, Fixes: []Fix{{Kind: FixKey}}}
	if s := check(keyless, lost); strings.Count(s, "Try again") != 1 || strings.Count(s, "Nothing listens at") != 1 {
		t.Errorf("with two steps that failed the page says\n%s", s)
	}
	b.into("logsaddress", "")
	b.click("Check")
	b.answer(b.nextCheck(), good())
	if s := b.text(); strings.Contains(s, "name a trace") || !strings.Contains(s, "The connection works") {
		t.Errorf("without logs the page says\n%s", s)
	}
}

// TestConnectionsSignIn signs in and out on the page of connections, saving first what
// was changed.
func TestConnectionsSignIn(t *testing.T) {
	sso := profile("Production")
	sso.Auth, sso.Issuer, sso.ClientID = AuthOIDC, "https://sso", "traceview"
	b := newLinksBench(t, func(o *Options) { o.Connections.(*fakeConnections).secrets["Production sign-in"] = "tokens" }, sso)
	b.opened("Production")
	p := b.manage()
	if !strings.Contains(b.text(), "Signed in as anna@shop.example") {
		t.Errorf("the page says\n%s", b.text())
	}
	b.click("Sign out")
	b.until("the end", func() bool { return !p.acts.Busy() && !p.held.slot.Busy() })
	b.into("clientid", "other")
	b.click("With another device…")
	b.until("the sign-in", func() bool { return p.sign.slot.Busy() })
	s := b.nextSign()
	if !s.code || s.profile.ClientID != "other" || !strings.Contains(b.kept.asked(), "put") {
		t.Errorf("signing in with %+v, code %v", s.profile, s.code)
	}
	s.tell(Visit{Address: "https://sso/device", Code: "WDJB-MJHT"})
	b.until("the code", func() bool { return p.sign.visit != nil })
	b.click("Copy")
	if got := fyne.CurrentApp().Clipboard().Content(); got != "https://sso/device" {
		t.Errorf("copied %q", got)
	}
	b.click("Cancel")
	<-s.ctx.Done()
	if p.sign.slot.Busy() || strings.Contains(b.text(), "WDJB-MJHT") {
		t.Error("the code is still on show")
	}
}

// TestAskingForSecrets opens a connection that lacks what is typed, and remembers
// nothing where there is no keyring.
func TestAskingForSecrets(t *testing.T) {
	p := profile("Production")
	p.Auth, p.SecretHeaders = AuthToken, []string{"x-api-key"}
	b := newLinksBench(t, func(o *Options) { o.Connections.(*fakeConnections).memory = errDown }, p)
	b.until("the question", func() bool { _, ok := b.pages[b.current].(*askPage); return ok })
	a := b.pages[b.current].(*askPage)
	b.until("the keyring", func() bool { return a.notes.memory != nil })
	if text := b.text(); !strings.Contains(text, "Production wants to know who you are") || !strings.Contains(text, "keyring cannot be used") {
		t.Errorf("the page says\n%s", text)
	}
	if b.focused() != fyne.Focusable(a.form.boxes["token"]) || !a.form.boxes["token"].Password {
		t.Errorf("the keyboard is at %T", b.focused())
	}
	b.write("planted")
	b.key(fyne.KeyReturn) // on to the next
	if b.focused() != fyne.Focusable(a.form.boxes["header.x-api-key"]) {
		t.Errorf("the keyboard is at %T", b.focused())
	}
	b.write("planted too")
	b.key(fyne.KeyReturn)
	b.opened("Production")
	if len(b.pages) != 1 || b.focused() != fyne.Focusable(b.box) || b.kept.secret("Production header.x-api-key") != "planted too" {
		t.Errorf("%d pages, the keyboard is at %T, kept %v", len(b.pages), b.focused(), b.kept.secrets)
	}
}

// TestNotNow leaves the question of the start, and the window without a connection.
func TestNotNow(t *testing.T) {
	p := profile("Production")
	p.Auth = AuthToken
	b := newLinksBench(t, nil, p)
	b.Search("10472")
	b.until("the question", func() bool { _, ok := b.pages[b.current].(*askPage); return ok })
	b.key(fyne.KeyEscape)
	if len(b.pages) != 1 || b.links.waiting != "" || b.Shell.source != nil || !strings.Contains(b.says(), "Choose one") {
		t.Errorf("%d pages, %q waits; the page says\n%s", len(b.pages), b.links.waiting, b.says())
	}
}

// TestCannotBeOpened says why, and checks where it ends.
func TestCannotBeOpened(t *testing.T) {
	b := newLinksBench(t, func(o *Options) { o.Connections.(*fakeConnections).openErr = errDown }, profile("Production"))
	b.until("the failure", func() bool { _, ok := b.pages[b.current].(*askPage); return ok })
	if text := b.text(); !strings.Contains(text, "Cannot reach jaeger:16685") {
		t.Errorf("the page says\n%s", text)
	}
	b.click("Check the connection")
	if c := b.nextCheck(); c.profile.Name != "Production" {
		t.Errorf("checked %+v", c.profile)
	}
}

// TestSignInAgain signs in where a search says that the sign-in has ended, and
// searches again.
func TestSignInAgain(t *testing.T) {
	sso := profile("Production")
	sso.Auth, sso.Issuer, sso.ClientID = AuthOIDC, "https://sso", "traceview"
	b := newLinksBench(t, func(o *Options) { o.Connections.(*fakeConnections).secrets["Production sign-in"] = "tokens" }, sso)
	s := b.opened("Production")
	b.searchAt(s, "10472").reply <- searchReply{found: Found{Order: "10472"}, err: errSignIn}
	b.until("the failure", func() bool { return !b.orderPage().slot.Busy() })
	page := b.orderPage()
	if text := b.says(); !strings.Contains(text, "Your sign-in to Production has ended") || !strings.Contains(text, "Sign in again") || !strings.Contains(text, "Check the connection") {
		t.Fatalf("the page says\n%s", text)
	}
	x, y := uitest.Find(t, b.kit.Metrics, page.page.Build(1280, 700, 1), "Sign in again")
	uitest.Press(page.page, x, y)
	call := b.nextSign()
	if call.code {
		t.Error("a code is asked for, want the browser")
	}
	call.reply <- nil
	b.until("the order", func() bool { return b.current == b.indexOf(page) && page.slot.Busy() })
	c := <-b.kept.sources["Production"].searches
	c.reply <- searchReply{found: found("10472", 1)}
	b.until("the result", func() bool { return !page.slot.Busy() })
	if len(b.pages) != 2 || len(page.rows()) != 1 {
		t.Errorf("%d pages, %d traces", len(b.pages), len(page.rows()))
	}
}

// TestUnsavedChangesStay looks at another connection and comes back.
func TestUnsavedChangesStay(t *testing.T) {
	b := newLinksBench(t, func(o *Options) { o.Prefs.Connection = "A" }, profile("A"), profile("B"))
	b.opened("A")
	p := b.manage()
	b.into("tenant", "shop")
	b.into("days", "12")
	p.show("B")
	if b.form().boxes["tenant"].Text != "" || p.dirty() {
		t.Error("what was changed of one is shown of the other")
	}
	p.show("A")
	if b.form().boxes["tenant"].Text != "shop" || b.form().boxes["days"].Text != "12" || !p.dirty() {
		t.Errorf("left are tenant %q and %q days", b.form().boxes["tenant"].Text, b.form().boxes["days"].Text)
	}
}

// TestWheelOverAField scrolls the form with the pointer on one of its fields.
func TestWheelOverAField(t *testing.T) {
	b := newLinksBench(t, nil, profile("A"))
	b.opened("A")
	b.Window.Resize(fyne.NewSize(1000, 560))
	p := b.manage()
	box := p.form.boxes["name"]
	before := box.Position().Y
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(box).AddXY(20, 10)
	test.Scroll(b.Window.Canvas(), at, 0, -50)
	if now := box.Position().Y; now >= before {
		t.Errorf("the field was at %v and is at %v", before, now)
	}
	var w any = newWheel(p.form.view)
	_, tapped := w.(fyne.Tappable)
	_, pressed := w.(desktop.Mouseable)
	_, hovered := w.(desktop.Hoverable)
	_, dragged := w.(fyne.Draggable)
	_, focused := w.(fyne.Focusable)
	if tapped || pressed || hovered || dragged || focused {
		t.Error("what takes the wheel takes more than that from the fields")
	}
}

// TestKeyboardOnTheForm reaches every control of the page by Tab, and the list again.
func TestKeyboardOnTheForm(t *testing.T) {
	b := newLinksBench(t, nil, profile("A"))
	b.opened("A")
	p := b.manage()
	p.listV.OnTab(false)
	if b.focused() != fyne.Focusable(p.form.boxes["name"]) {
		t.Fatalf("Tab leads from the list to %T", b.focused())
	}
	seen := map[string]bool{}
	for range p.form.row {
		seen[p.form.at] = true
		p.form.step(p.form.at, false)
	}
	for _, k := range p.form.row {
		if !seen[k.id] {
			t.Errorf("Tab passes %s by", k.id)
		}
	}
	p.form.focus("save")
	p.form.step("save", true)
	if b.focused() != fyne.Focusable(p.listV) {
		t.Errorf("Shift+Tab leads from the first control to %T", b.focused())
	}
}

// TestAKeyGoesToTheKeyring hands the key of a certificate over when it is saved.
func TestAKeyGoesToTheKeyring(t *testing.T) {
	b := newLinksBench(t, nil, profile("A"))
	b.opened("A")
	p := b.manage()
	b.into("certfile", "/anna.pem")
	b.into("keyfile", "/anna.key")
	b.click("Keep the key in the keyring")
	b.click("Save")
	b.until("the key", func() bool { return b.kept.secret("A key") == "/anna.key" })
	b.until("the list", func() bool { return !p.saves.Busy() && !p.held.slot.Busy() })
	if got := b.kept.list[0]; got.CertFile != "/anna.pem" || got.KeyFile != "" || !strings.Contains(b.text(), "kept in the keyring") {
		t.Errorf("kept is %+v; the page says\n%s", got, b.text())
	}
}
