package main

import (
	"context"
	"crypto/sha256"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"traceview/internal/client"
	"traceview/internal/config"
	"traceview/internal/credential"
	"traceview/internal/i18n"
	"traceview/internal/signin"
	"traceview/internal/signin/signintest"
	"traceview/ui/look"
	"traceview/ui/shell"
)

// A windowBench is the connections of a window, on folders and a keyring of a test.
type windowBench struct {
	*commandBench
	*windowConnections
}

func newWindowBench(t *testing.T) *windowBench {
	t.Helper()
	b := &windowBench{commandBench: newCommandBench(t)}
	b.start(nil)
	return b
}

// start is another start of the program.
func (b *windowBench) start(browser func(context.Context, string) error) {
	b.windowConnections = newWindowConnections(filepath.Join(b.dir, "config"), (&env{}).vault(), browser)
	b.t.Cleanup(b.windowConnections.close)
}

// failing checks a connection and returns the step that failed, nil if none did.
func (b *windowBench) failing(p shell.Profile, typed shell.Typed) *shell.Step {
	b.t.Helper()
	var names []string
	var failed *shell.Step
	err := b.Check(b.t.Context(), p, typed, func(s shell.Step) {
		names = append(names, s.Name)
		if s.State == shell.StepFailed {
			failed = &s
		}
	})
	if (err != nil) != (failed != nil) || failed == nil && !slices.Equal(names, shell.CheckSteps) {
		b.t.Fatalf("%v after the steps %v", err, names)
	}
	return failed
}

// findsIn searches the order of a guard through a connection of the window.
func (b *windowBench) findsIn(g *guard, p shell.Profile) error {
	b.t.Helper()
	c, err := b.Open(b.t.Context(), p)
	if err != nil {
		return err
	}
	f, err := c.Source.Search(b.t.Context(), g.order, 3650, func(shell.Found) {})
	if err == nil && len(f.Rows) == 0 {
		err = errors.New("no trace")
	}
	return err
}

// firstFix returns what is offered first.
func firstFix(s *shell.Step) shell.FixKind {
	if s == nil || len(s.Fixes) == 0 {
		return 0
	}
	return s.Fixes[0].Kind
}

// TestWindowConnection goes the way of a newcomer to a server behind TLS that wants a
// token, and looks where the token is afterwards.
func TestWindowConnection(t *testing.T) {
	const token = "planted-token-a4c1"
	b := newWindowBench(t)
	g := newGuard(t, func(r *http.Request) bool {
		return r.Header.Get("Authorization") == "Bearer "+token && r.Header.Get("X-Tenant") == "shop"
	})
	p := shell.Profile{Address: "https://" + g.addr + "/search?tags=secret", API: config.APIAuto, Auth: config.AuthNone}
	if s := b.failing(p, nil); s == nil || s.Name != "tls" || firstFix(s) != shell.FixTrust {
		t.Fatalf("an unknown authority: %+v", s)
	}
	a, err := b.Authority(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(g.ca)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(data)
	want := strings.ToUpper(fmt.Sprintf("%x", sha256.Sum256(block.Bytes)))
	if got := strings.NewReplacer(":", "", " ", "").Replace(a.Fingerprint); got != want || !slices.Contains(a.Names, "127.0.0.1") || !a.Alone {
		t.Errorf("the certificate is %+v, want the fingerprint %s", a, want)
	}
	p.CA = a.PEM
	if s := b.failing(p, nil); s == nil || s.Name != "sign-in" || firstFix(s) != shell.FixSecret {
		t.Fatalf("no token: %+v", s)
	}
	typed := shell.Typed{{Kind: shell.SecretToken}: token}
	p.Auth, p.Tenant, p.Name = config.AuthToken, "shop", " Боевая "
	if s := b.failing(p, typed); s != nil {
		t.Fatalf("with all there is: %+v", s)
	}
	kept, err := b.Put(t.Context(), p)
	if err != nil || kept.Kept != "Боевая" || kept.JaegerUI != "https://"+g.addr || strings.Contains(kept.Address, "secret") {
		t.Fatalf("kept is %+v, %v", kept, err)
	}
	var lacks *shell.LacksError
	if _, err := b.Open(t.Context(), kept); !errors.As(err, &lacks) || len(lacks.Secrets) != 1 || lacks.Secrets[0].Kind != shell.SecretToken {
		t.Errorf("opened without its token: %v", err)
	}
	if err := b.Give(t.Context(), kept, shell.Secret{Kind: shell.SecretToken}, token); err != nil {
		t.Fatal(err)
	}

	b.start(nil)
	list, err := b.List(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatalf("%d kept, %v", len(list), err)
	}
	if err := b.findsIn(g, list[0]); err != nil {
		t.Errorf("at the next start: %v", err)
	}
	b.finds(g, "Боевая") // on the command line, too
	b.leaks(nil, token)

	moved := list[0]
	moved.Name, moved.Days = "Prod", 30
	if kept, err = b.Put(t.Context(), moved); err != nil || b.findsIn(g, kept) != nil {
		t.Errorf("under another name: %v, %v", err, b.findsIn(g, kept))
	}
	elsewhere := kept
	elsewhere.Address = "127.0.0.1:1"
	if _, err := b.Open(t.Context(), elsewhere); !errors.As(err, &lacks) {
		t.Errorf("a changed address is given the token of another: %v", err)
	}
	undo, err := b.Remove(t.Context(), "Prod")
	if list, _ := b.List(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("removed: %v, %d left", err, len(list))
	}
	if value, found, _ := b.vault.Get(t.Context(), "Prod", credential.Want{Kind: credential.Token}); found {
		t.Errorf("a removed connection leaves %q", value)
	}
	if err := undo(t.Context()); err != nil || b.findsIn(g, kept) != nil {
		t.Errorf("brought back: %v, %v", err, b.findsIn(g, kept))
	}
	if _, err := b.Put(t.Context(), elsewhere); err != nil {
		t.Fatal(err)
	}
	if err := b.findsIn(g, elsewhere); !errors.As(err, &lacks) {
		t.Errorf("the token outlives a change of the address: %v", err)
	}
}

// TestWindowSecrets keeps, tells of, replaces and forgets secrets of every kind that is
// typed.
func TestWindowSecrets(t *testing.T) {
	const password, header, key = "planted-password-17", "planted-header-23", "planted-key-5"
	b := newWindowBench(t)
	g := newGuard(t, func(r *http.Request) bool {
		user, pass, ok := r.BasicAuth()
		return ok && user == "olga" && pass == password && r.Header.Get("X-Api-Key") == header
	})
	p := shell.Profile{Name: "Basic", Address: g.addr, CAFile: g.ca, API: config.APIAuto, Auth: config.AuthBasic, User: "olga", SecretHeaders: []string{"x-api-key"}}
	if s := b.failing(p, shell.Typed{{Kind: shell.SecretPassword}: password, {Kind: shell.SecretHeader, Header: "x-api-key"}: header}); s != nil {
		t.Fatalf("with both typed: %+v", s)
	}
	kept, err := b.Put(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	both := []shell.Secret{{Kind: shell.SecretPassword}, {Kind: shell.SecretHeader, Header: "x-api-key"}}
	for i, s := range both {
		if err := b.Give(t.Context(), kept, s, []string{password, header}[i]); err != nil {
			t.Fatal(err)
		}
	}
	if s := b.failing(kept, nil); s != nil {
		t.Errorf("with both kept: %+v", s)
	}
	if s := b.failing(kept, shell.Typed{both[0]: "wrong"}); s == nil || s.Name != "sign-in" {
		t.Errorf("what is typed does not come first: %+v", s)
	}
	held, memory, err := b.Held(t.Context(), kept)
	if err != nil || memory != nil || len(held) != 2 || !held[0].Kept || !held[1].Kept {
		t.Errorf("held are %+v, %v, %v", held, memory, err)
	}
	if err := b.Forget(t.Context(), kept, both[1]); err != nil {
		t.Fatal(err)
	}
	if s := b.failing(kept, nil); s == nil || s.Name != "sign-in" {
		t.Errorf("one was forgotten: %+v", s)
	}
	file := filepath.Join(t.TempDir(), "olga.key")
	if err := os.WriteFile(file, []byte(key), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := b.Give(t.Context(), kept, shell.Secret{Kind: shell.SecretKey}, file); err != nil {
		t.Fatal(err)
	}
	if value, _, _ := b.vault.Get(t.Context(), "Basic", credential.Want{Kind: credential.Key}); value != key {
		t.Errorf("the key kept is %q", value)
	}
	b.leaks(nil, password, header, key)
}

// TestWindowHandover takes connections from one person to another.
func TestWindowHandover(t *testing.T) {
	b := newWindowBench(t)
	for _, name := range []string{"Prod", "Test"} {
		if _, err := b.Put(t.Context(), shell.Profile{Name: name, Address: name + ".example:16685", Colour: "red", Auth: config.AuthBasic, User: "olga"}); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(t.TempDir(), "team.json")
	if err := b.Export(t.Context(), file, []string{"Prod", "Test"}); err != nil {
		t.Fatal(err)
	}
	_, err := openForWindow(t.Context(), file, func(shell.Loading) {})
	if !isHandover(file) || !errors.Is(err, shell.ErrConnections) {
		t.Errorf("opened as traces: %v", err)
	}
	if _, err := b.Import(t.Context(), file, false); !errors.Is(err, shell.ErrClash) {
		t.Errorf("imported over itself: %v", err)
	}
	if title, _ := explain(i18n.For("en"), err); title == "" {
		t.Error("there are no words for it")
	}
	other := newWindowBench(t)
	list, err := other.Import(t.Context(), file, false)
	if err != nil || len(list) != 2 || list[0].Kept != "Prod" || list[0].Colour != "red" || list[0].User != "" {
		t.Errorf("imported are %+v, %v", list, err)
	}
	if list, err := other.Import(t.Context(), file, true); err != nil || len(list) != 2 {
		t.Errorf("replaced are %+v, %v", list, err)
	}
	if _, err := other.Import(t.Context(), filepath.Join(t.TempDir(), "absent.json"), false); err == nil {
		t.Error("a file that is not there is imported")
	}
}

// agreeing is a browser whose person agrees to all.
func agreeing(t *testing.T, srv *httptest.Server) func(context.Context, string) error {
	return func(_ context.Context, address string) error {
		c := *srv.Client()
		c.CheckRedirect = nil
		go func() {
			resp, err := c.Get(address)
			if err != nil {
				t.Error(err)
				return
			}
			defer resp.Body.Close()
			_, _ = io.Copy(io.Discard, resp.Body)
		}()
		return nil
	}
}

// TestWindowSignIn signs in before a connection is kept, and takes the sign-in along
// only where it was meant for.
func TestWindowSignIn(t *testing.T) {
	issuer, sso := signintest.Serve()
	t.Cleanup(sso.Close)
	b := newWindowBench(t)
	b.start(agreeing(t, sso))
	g := newGuard(t, func(r *http.Request) bool {
		return issuer.Good(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	})
	data, err := os.ReadFile(g.ca)
	if err != nil {
		t.Fatal(err)
	}
	ca := string(data) + string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: sso.Certificate().Raw}))
	p := shell.Profile{Name: "Prod", Address: g.addr, CA: ca, API: config.APIAuto, Auth: config.AuthOIDC, Issuer: sso.URL, ClientID: signintest.ClientID}
	s := b.failing(p, nil)
	if s == nil || s.Name != "sign-in" || firstFix(s) != shell.FixSignIn {
		t.Fatalf("nobody is signed in: %+v", s)
	}
	var visits []shell.Visit
	user, err := b.SignIn(t.Context(), p, false, func(v shell.Visit) { visits = append(visits, v) })
	if err != nil || user == "" || len(visits) != 1 || !visits[0].Opened {
		t.Fatalf("signed in as %q, %v, told %+v", user, err, visits)
	}
	if s := b.failing(p, nil); s != nil {
		t.Errorf("signed in: %+v", s)
	}
	elsewhere := p
	elsewhere.Address = "localhost" + g.addr[strings.LastIndex(g.addr, ":"):]
	elsewhere.ServerName = "example.com"
	if s := b.failing(elsewhere, nil); s == nil || s.Name != "sign-in" {
		t.Errorf("a sign-in is sent where it was not meant for: %+v", s)
	}
	if _, err := b.SignIn(t.Context(), p, true, func(v shell.Visit) { visits = append(visits, v) }); err != nil || visits[1].Code == "" {
		t.Fatalf("with a code: %v, told %+v", err, visits)
	}
	kept, err := b.Put(t.Context(), p)
	if err != nil || b.findsIn(g, kept) != nil {
		t.Fatalf("kept: %v, %v", err, b.findsIn(g, kept))
	}
	b.start(nil)
	if err := b.findsIn(g, kept); err != nil {
		t.Errorf("at the next start: %v", err)
	}
	issuer.End()
	issuer.Expire()
	c, err := b.Open(t.Context(), kept)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Source.Search(t.Context(), g.order, 7, func(shell.Found) {})
	if fixes := b.Fixes(kept, err); err == nil || len(fixes) == 0 || fixes[0].Kind != shell.FixSignIn {
		t.Errorf("a sign-in that has ended: %v, offered %+v", err, fixes)
	}
	b.start(agreeing(t, sso))
	if _, err := b.SignIn(t.Context(), kept, false, func(shell.Visit) {}); err != nil || b.findsIn(g, kept) != nil {
		t.Errorf("signed in again: %v, %v", err, b.findsIn(g, kept))
	}
	if err := b.SignOut(t.Context(), kept); err != nil {
		t.Errorf("signed out: %v", err)
	}
	var lacks *shell.LacksError
	if _, err := b.Open(t.Context(), kept); !errors.As(err, &lacks) {
		t.Errorf("signed out, and opened: %v", err)
	}
}

// TestWindowFaults says at which field something is wrong.
func TestWindowFaults(t *testing.T) {
	b := newWindowBench(t)
	good := shell.Profile{Name: "Prod", Address: "jaeger.example", Auth: config.AuthNone, API: config.APIAuto}
	if _, err := b.Put(t.Context(), good); err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(t.TempDir(), "broken.pem")
	if err := os.WriteFile(broken, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		change func(p *shell.Profile)
		want   string
	}{
		{"nothing", func(*shell.Profile) {}, ""},
		{"no address", func(p *shell.Profile) { p.Address = " " }, "address address-empty"},
		{"a password in it", func(p *shell.Profile) { p.Address = "https://a:b@h/" }, "address address-user"},
		{"a blank in it", func(p *shell.Profile) { p.Address = "jaeger example" }, "address address"},
		{"a scheme that is none", func(p *shell.Profile) { p.Address = "ftp://h" }, "address address"},
		{"a socket", func(p *shell.Profile) { p.Address = "unix:/run/jaeger.sock" }, ""},
		{"from a browser", func(p *shell.Profile) { p.Address = "http://jaeger:16686/jaeger/ui/search?service=a b" }, ""},
		{"no name", func(p *shell.Profile) { p.Name = "" }, "name name"},
		{"a slash in it", func(p *shell.Profile) { p.Name = "a/b" }, "name name"},
		{"a name that is taken", func(p *shell.Profile) { p.Name = "Prod" }, "name name-taken"},
		{"pages", func(p *shell.Profile) { p.JaegerUI = "jaeger" }, "jaegerui jaeger-ui"},
		{"authority", func(p *shell.Profile) { p.CAFile = broken }, "cafile cafile"},
		{"logs", func(p *shell.Profile) { p.Logs = shell.ProfileLogs{Address: "es:9200", Index: "logs-*"} }, ""},
		{"logs at no address", func(p *shell.Profile) { p.Logs.Address = "ftp://es" }, "logsaddress logs-address"},
		{"a password in theirs", func(p *shell.Profile) { p.Logs.Address = "https://a:b@es" }, "logsaddress address-user"},
		{"their index", func(p *shell.Profile) { p.Logs = shell.ProfileLogs{Address: "es:9200", Index: "Bad Index"} }, "logsindex logs-index"},
		{"their user", func(p *shell.Profile) { p.Logs = shell.ProfileLogs{Address: "es:9200", Auth: config.AuthBasic} }, "logsuser user"},
		{"their authority", func(p *shell.Profile) { p.Logs = shell.ProfileLogs{Address: "es:9200", CAFile: broken} }, "logscafile cafile"},
		{"theirs in the clear", func(p *shell.Profile) {
			p.Logs = shell.ProfileLogs{Address: "http://es.example:9200", Auth: config.AuthAPIKey}
		}, "logsconsent consent"},
		{"no logs, whatever else is there", func(p *shell.Profile) { p.Logs = shell.ProfileLogs{Index: "Bad Index", CAFile: broken} }, ""},
		{"certificate", func(p *shell.Profile) { p.CertFile, p.KeyFile = "/absent", "/absent" }, "certfile certfile, keyfile keyfile"},
		{"user", func(p *shell.Profile) { p.Auth, p.User = config.AuthBasic, "a:b" }, "user user"},
		{"issuer", func(p *shell.Profile) { p.Auth = config.AuthOIDC }, "issuer issuer, clientid client-id"},
		{"in the clear", func(p *shell.Profile) { p.Auth, p.Plaintext = config.AuthToken, true }, "consent consent"},
		{"in the clear, agreed", func(p *shell.Profile) { p.Auth, p.Plaintext, p.AllowPlaintext = config.AuthToken, true, true }, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := good
			p.Name = "Other"
			tt.change(&p)
			kept, err := b.Put(t.Context(), p)
			var faults *shell.FaultsError
			var got []string
			if errors.As(err, &faults) {
				for _, f := range faults.Faults {
					got = append(got, f.Field+" "+f.Word)
					for _, lang := range []string{"en", "ru"} {
						if key := "connection.bad." + f.Word; i18n.For(lang).T(key) == key {
							t.Errorf("%s has no words for %s", lang, f.Word)
						}
					}
				}
			} else if err != nil {
				t.Fatal(err)
			}
			if text := strings.Join(got, ", "); text != tt.want {
				t.Errorf("got %q, want %q", text, tt.want)
			}
			if err == nil {
				if _, err := b.Remove(t.Context(), kept.Kept); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// TestWindowFixes holds what is offered where a check fails.
func TestWindowFixes(t *testing.T) {
	sso := shell.Profile{Address: "jaeger:16685", Auth: config.AuthOIDC}
	plain := shell.Profile{Address: "http://jaeger:16686/ui", Auth: config.AuthNone}
	for _, tt := range []struct {
		name string
		p    shell.Profile
		err  error
		want []shell.Fix
	}{
		{"the wrong port", plain, &client.Error{Kind: client.ErrUnreachable, Reason: client.ReasonRefused, Endpoint: "jaeger:16686/ui"}, []shell.Fix{{Kind: shell.FixAddress, Address: "http://jaeger:16685"}}},
		{"the query port is not open", sso, &client.Error{Kind: client.ErrUnreachable, Reason: client.ReasonRefused, Endpoint: "jaeger:16685"}, []shell.Fix{{Kind: shell.FixAddress, Address: "jaeger:16686"}}},
		{"a socket", plain, &client.Error{Kind: client.ErrUnreachable, Reason: client.ReasonRefused, Endpoint: "unix:///run/x"}, nil},
		{"plain text", sso, &client.Error{Kind: client.ErrTLS, Reason: client.ReasonNoTLS}, []shell.Fix{{Kind: shell.FixPlain}}},
		{"TLS", plain, &client.Error{Kind: client.ErrTLS, Reason: client.ReasonWantsTLS}, []shell.Fix{{Kind: shell.FixTLS}}},
		{"authority", sso, &client.Error{Kind: client.ErrTLS, Reason: client.ReasonAuthority}, []shell.Fix{{Kind: shell.FixTrust}}},
		{"certificate", sso, &client.Error{Kind: client.ErrTLS, Reason: client.ReasonClientCert}, []shell.Fix{{Kind: shell.FixCertificate}}},
		{"signed out", sso, &client.Error{Kind: client.ErrUnauthenticated, Reason: client.ReasonRefusedToken}, []shell.Fix{{Kind: shell.FixSignIn}, {Kind: shell.FixSecret}}},
		{"no token", plain, &client.Error{Kind: client.ErrUnauthenticated, Reason: client.ReasonMissing}, []shell.Fix{{Kind: shell.FixSecret}}},
		{"tenant", sso, &client.Error{Kind: client.ErrTenant, Reason: client.ReasonTenantMissing}, []shell.Fix{{Kind: shell.FixTenant}}},
		{"in the clear", plain, &client.Error{Kind: client.ErrInsecure}, []shell.Fix{{Kind: shell.FixTLS}, {Kind: shell.FixConsent}}},
		{"no key", sso, &client.Error{Kind: client.ErrNotFound, Reason: client.ReasonNoKey}, []shell.Fix{{Kind: shell.FixKey}}},
		{"expired at the issuer", sso, fmt.Errorf("search: %w", &signin.Error{Kind: signin.ErrSignIn}), []shell.Fix{{Kind: shell.FixSignIn}}},
		{"down", sso, &client.Error{Kind: client.ErrServer}, nil},
		{"something else", sso, os.ErrClosed, nil},
	} {
		if got := fixesOf(tt.p, tt.err); !slices.Equal(got, tt.want) {
			t.Errorf("%s: offered %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

// TestWindowSeam holds that the window and the engine mean the same by what both name.
func TestWindowSeam(t *testing.T) {
	for i, name := range shell.CheckSteps {
		if step := client.Step(i + 1); step.String() != name {
			t.Errorf("step %d is %s here and %s there", i, name, step)
		}
	}
	if !slices.Equal(look.Environments(), config.Colors()) {
		t.Errorf("colours are %v and %v", look.Environments(), config.Colors())
	}
	for _, x := range [][2]string{{shell.AuthNone, config.AuthNone}, {shell.AuthToken, config.AuthToken}, {shell.AuthBasic, config.AuthBasic}, {shell.AuthOIDC, config.AuthOIDC},
		{shell.APIAuto, config.APIAuto}, {shell.SecretToken, string(credential.Token)}, {shell.SecretPassword, string(credential.Password)},
		{shell.SecretSignIn, string(credential.SignIn)}, {shell.SecretKey, string(credential.Key)}, {shell.SecretHeader, string(credential.Header)},
		{shell.StepPassed, client.Passed.String()}, {shell.StepFailed, client.Failed.String()}} {
		if x[0] != x[1] {
			t.Errorf("%q here is %q there", x[0], x[1])
		}
	}
	for _, tt := range [][3]string{
		{"http://jaeger:16686/search?service=a", "", "http://jaeger:16686"}, {"http://jaeger:16685", "http://jaeger:16686/jaeger/trace/12?x=y", "http://jaeger:16686/jaeger"},
		{"http://jaeger:16685", "", ""}, {"jaeger:16685", "", ""}, {"https://a:b@jaeger/", "", ""},
	} {
		if got := intoConnection(config.Connection{}, shell.Profile{Address: tt[0], JaegerUI: tt[1]}).JaegerUI; got != tt[2] {
			t.Errorf("the pages of %s and %q are at %q, want %q", tt[0], tt[1], got, tt[2])
		}
	}
	var full config.Connection
	full = intoConnection(full, profileOfKept(config.Connection{Name: "a", Endpoint: "b:1", API: config.APIAuto, Lookback: config.Duration(36 * time.Hour), Tenant: "t",
		OrderKeys: []string{"k"}, Auth: config.Auth{Kind: config.AuthOIDC, Scopes: []string{"s"}, TokenHeader: config.TokenBoth, SecretHeaders: []string{"h"}}}))
	if full.Lookback != config.Duration(48*time.Hour) || full.Tenant != "t" || full.Auth.Scopes[0] != "s" || full.Auth.TokenHeader != config.TokenBoth || full.Auth.SecretHeaders[0] != "h" {
		t.Errorf("comes back as %+v", full)
	}
}

// TestWindowDemo starts the demo once.
func TestWindowDemo(t *testing.T) {
	b := newWindowBench(t)
	c, err := b.Demo(t.Context())
	if err != nil || len(c.Known) == 0 {
		t.Fatalf("%d orders known, %v", len(c.Known), err)
	}
	f, err := c.Source.Search(t.Context(), c.Known[0], 3650, func(shell.Found) {})
	again, _ := b.Demo(t.Context())
	if err != nil || len(f.Rows) == 0 || again.Source != c.Source {
		t.Errorf("%d traces, %v, the same %v", len(f.Rows), err, again.Source == c.Source)
	}
}
