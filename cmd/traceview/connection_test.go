package main

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"traceview/internal/config"
	"traceview/internal/credential"
	"traceview/internal/i18n"
	"traceview/internal/signin"
	"traceview/internal/signin/signintest"
)

// A guard is a proxy before the demo's server that lets in who has credentials,
// behind TLS with an authority of its own.
type guard struct {
	addr, ca string // ca is a file
	order    string
	allow    func(*http.Request) bool
	refused  int
}

func newGuard(t *testing.T, allow func(*http.Request) bool) *guard {
	t.Helper()
	addr, shop := serve(t)
	g := &guard{order: shop.Orders()[0].Number, allow: allow}
	clear := &http.Protocols{}
	clear.SetUnencryptedHTTP2(true)
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: addr})
	proxy.Transport, proxy.FlushInterval = &http.Transport{Protocols: clear}, -1
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !g.allow(r) {
			g.refused++
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	srv.EnableHTTP2 = true
	srv.StartTLS()
	t.Cleanup(srv.Close)
	g.addr = strings.TrimPrefix(srv.URL, "https://")
	g.ca = authorityOf(t, srv)
	return g
}

// authorityOf writes the authority of a server into a file.
func authorityOf(t *testing.T, servers ...*httptest.Server) string {
	t.Helper()
	var all []byte
	for _, s := range servers {
		all = append(all, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})...)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, all, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// must runs a command line that has to succeed.
func (s *commandBench) must(in string, args ...string) result {
	s.t.Helper()
	r := s.typed(in, args...)
	if r.code != 0 {
		s.t.Fatalf("%v: status %d: %s", args, r.code, r.err)
	}
	return r
}

// finds searches the order of a guard through a connection.
func (s *commandBench) finds(g *guard, connection string) {
	s.t.Helper()
	r := s.must("", "search", g.order, "--connection", connection, "--lookback", "8760h", "--json")
	var d searchDocument
	if err := json.Unmarshal([]byte(r.out), &d); err != nil || len(d.Traces) == 0 {
		s.t.Errorf("%s: %d traces, %v", connection, len(d.Traces), err)
	}
}

// leaks fails where a secret is in a file, or in what was printed.
func (s *commandBench) leaks(printed []result, secrets ...string) {
	s.t.Helper()
	err := filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		}
		if path != s.dir && info.Mode().Perm()&^want != 0 {
			s.t.Errorf("%s has mode %o, want at most %o", path, info.Mode().Perm(), want)
		}
		if d.IsDir() {
			return nil
		}
		data, err := os.ReadFile(path)
		for _, secret := range secrets {
			if bytes.Contains(data, []byte(secret)) {
				s.t.Errorf("a secret is in %s", path)
			}
		}
		return err
	})
	if err != nil {
		s.t.Error(err)
	}
	for _, r := range printed {
		for _, secret := range secrets {
			if strings.Contains(r.out+r.err, secret) {
				s.t.Errorf("a secret is printed: %s%s", r.out, r.err)
			}
		}
	}
}

func TestConnectionWithAToken(t *testing.T) {
	s := newCommandBench(t)
	const token = "planted-token-5f1c"
	g := newGuard(t, func(r *http.Request) bool {
		return r.Header.Get("Authorization") == "Bearer "+token && r.Header.Get("X-Tenant") == "shop"
	})
	add := []string{"connection", "add", "Боевая", "--endpoint", g.addr, "--ca", g.ca, "--tenant", "shop", "--color", "red", "--auth", "token"}
	printed := []result{s.must("", add...)}
	if !strings.Contains(printed[0].err, "still needs: Access token") {
		t.Errorf("a connection without its token: %s", printed[0].err)
	}
	r := s.typed("", "search", g.order, "--connection", "Боевая")
	if r.code != 1 || !strings.Contains(r.err, "Access token of connection Боевая is missing") || strings.Count(r.err, "\n") != 1 {
		t.Errorf("searched without its token: status %d: %s", r.code, r.err)
	}
	printed = append(printed, r, s.must(token+"\n", "connection", "login", "Боевая", "--token-stdin"))
	s.finds(g, "Боевая")
	printed = append(printed, s.must("", "connection", "test", "Боевая"), s.must("", "connection", "list", "--json"), s.must("", "connection", "list"),
		s.must("", "connection", "show", "Боевая"), s.must("", "connection", "show", "Боевая", "--json"))
	var shown struct {
		Name, Endpoint, Color string
		Credentials           []struct {
			Kind string
			Kept bool
		}
	}
	if err := json.Unmarshal([]byte(printed[len(printed)-1].out), &shown); err != nil || shown.Name != "Боевая" || shown.Color != "red" ||
		len(shown.Credentials) != 1 || !shown.Credentials[0].Kept || shown.Credentials[0].Kind != "token" {
		t.Errorf("shown is %+v, %v", shown, err)
	}
	if r := s.typed("wrong-token-77\n", "search", g.order, "--connection", "Боевая", "--token-stdin"); r.code != 1 || strings.Contains(r.err, "wrong-token-77") {
		t.Errorf("a token piped in does not come first: status %d: %s", r.code, r.err)
	}
	s.finds(g, "Боевая") // and was not kept
	if r := s.typed("", "search", g.order, "--connection", "Боевая", "--tenant", "other"); r.code != 1 {
		t.Errorf("another tenant: status %d", r.code)
	}

	printed = append(printed, s.must("", "connection", "rename", "Боевая", "Prod"))
	s.finds(g, "Prod")
	printed = append(printed, s.must("", "connection", "change", "Prod", "--order-key", "my.order", "--lookback", "30d"))
	s.leaks(printed, token)
	s.must("", "connection", "change", "Prod", "--endpoint", "127.0.0.1:1")
	s.must("", "connection", "change", "Prod", "--endpoint", g.addr)
	if r := s.typed("", "search", g.order, "--connection", "Prod"); r.code != 1 || !strings.Contains(r.err, "is missing") {
		t.Errorf("the token outlives a change of the address: status %d: %s", r.code, r.err)
	}
	s.must(token+"\n", "connection", "login", "Prod", "--token-stdin")
	s.must("", "connection", "remove", "Prod")
	s.must("", add...)
	if r := s.typed("", "search", g.order, "--connection", "Боевая"); r.code != 1 {
		t.Errorf("secrets outlive their connection")
	}
}

func TestConnectionWithEveryCredential(t *testing.T) {
	const password, key, header = "planted-password-91", "planted-key-44", "planted-header-63"
	s := newCommandBench(t)
	g := newGuard(t, func(r *http.Request) bool {
		user, pass, ok := r.BasicAuth()
		return ok && user == "olga" && pass == password && r.Header.Get("X-Api-Key") == header && r.Header.Get("X-Site") == "north"
	})
	printed := []result{s.must(password+"\n"+header+"\n", "connection", "add", "basic", "--endpoint", "https://"+g.addr, "--ca", g.ca, "--user", "olga",
		"--password-stdin", "--secret-header", "X-Api-Key", "--header-stdin", "--header", "X-Site=north")}
	s.finds(g, "basic")
	if r := s.typed(password+"\n", "search", g.order, "--endpoint", g.addr, "--ca", g.ca, "--user", "olga", "--password-stdin", "--header", "x-api-key="+header,
		"--header", "x-site=north", "--lookback", "8760h"); r.code != 0 {
		t.Errorf("without a connection: status %d: %s", r.code, r.err)
	}
	file := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(file, []byte(key), 0o600); err != nil {
		t.Fatal(err)
	}
	printed = append(printed, s.must("", "connection", "add", "mutual", "--endpoint", g.addr, "--cert", file, "--key", file, "--key-in-keyring"))
	held, err := credential.New(nil).Held(t.Context(), config.Connection{}) // nothing is asked for nothing
	if err != nil || len(held) != 0 {
		t.Errorf("held %v, %v", held, err)
	}
	if r := s.must("", "connection", "show", "mutual", "--json"); !strings.Contains(r.out, `"kind": "key"`) || strings.Contains(r.out, `"kept": false`) {
		t.Errorf("the key is not in the keyring: %s", r.out)
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil { // the test's own file is none of the leaks
		t.Fatal(err)
	}
	s.leaks(printed, password, key, header)
	s.must("", "connection", "logout", "basic")
	if r := s.typed("", "search", g.order, "--connection", "basic"); r.code != 1 || !strings.Contains(r.err, "Password of connection basic is missing") {
		t.Errorf("after logout: status %d: %s", r.code, r.err)
	}
}

// asBrowser makes the program of the tests a browser.
const asBrowser = "TRACEVIEW_TEST_BROWSER"

// signInAlways makes the browser of the system one that agrees to all.
func signInAlways(t *testing.T) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("BROWSER", self)
	t.Setenv(asBrowser, "yes")
}

// browse visits an address as a person would who trusts everybody, and returns
// an exit status.
func browse(address string) int {
	c := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	resp, err := c.Get(address)
	if err != nil || resp.StatusCode != http.StatusOK {
		return 1
	}
	return 0
}

// TestHandOver has a team lead hand a connection to somebody who only signs in.
func TestHandOver(t *testing.T) {
	issuer, sso := signintest.Serve()
	t.Cleanup(sso.Close)
	signInAlways(t)
	var last string
	g := newGuard(t, func(r *http.Request) bool {
		last, _ = strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		return issuer.Good(last)
	})
	ca := filepath.Join(t.TempDir(), "company.pem")
	one, err := os.ReadFile(g.ca)
	if err != nil {
		t.Fatal(err)
	}
	two, err := os.ReadFile(authorityOf(t, sso))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(ca, append(one, two...), 0o600); err != nil {
		t.Fatal(err)
	}
	lead := newCommandBench(t)
	lead.must("", "connection", "add", "Prod", "--endpoint", g.addr, "--ca", ca, "--issuer", sso.URL, "--client-id", signintest.ClientID,
		"--order-key", "order.id", "--color", "red", "--jaeger-ui", "https://jaeger.example")
	lead.must("", "connection", "login", "Prod")
	lead.finds(g, "Prod")
	leads := last
	file := filepath.Join(t.TempDir(), "prod.json")
	printed := []result{lead.must("", "connection", "export", "Prod", "-o", file)}
	handed, err := os.ReadFile(file)
	if err != nil || strings.Contains(string(handed), leads) || strings.Contains(string(handed), ca) {
		t.Fatalf("%v: handed over is %s", err, handed)
	}
	lead.leaks(printed, leads, "refresh-")
	if err := os.Remove(ca); err != nil { // it is on the lead's computer only
		t.Fatal(err)
	}

	other := newCommandBench(t) // a keyring and folders of their own
	r := other.must("", "connection", "import", file)
	if !strings.Contains(r.err, "Prod leads to "+g.addr) || !strings.Contains(r.err, "still needs: Sign-in") {
		t.Errorf("imported: %s", r.err)
	}
	if r := other.typed("", "search", g.order, "--connection", "Prod"); r.code != 1 || !strings.Contains(r.err, "connection login") {
		t.Errorf("before the sign-in: status %d: %s", r.code, r.err)
	}
	r = other.must("", "connection", "login", "Prod", "--device")
	if !strings.Contains(r.err, "BDWP-HQPK") || !strings.Contains(r.err, "signed in as olga@shop.example") {
		t.Errorf("signed in: %s", r.err)
	}
	other.finds(g, "Prod")
	if last == leads {
		t.Error("the token of the lead was handed over")
	}

	issuer.Expire() // refused once, then refreshed
	before := g.refused
	other.finds(g, "Prod")
	if issuer.Refreshed != 1 || g.refused == before {
		t.Errorf("refreshed %d times after %d refusals", issuer.Refreshed, g.refused-before)
	}
	other.leaks(nil, last, "refresh-")
	if r := other.must("", "connection", "logout", "Prod"); !strings.Contains(r.err, "signed out") || issuer.Good(last) {
		t.Errorf("signed out: %s; the token is good: %v", r.err, issuer.Good(last))
	}

	if r := other.typed("", "connection", "import", file); r.code != 1 || !strings.Contains(r.err, "already: Prod") {
		t.Errorf("imported twice: status %d: %s", r.code, r.err)
	}
	other.must("", "connection", "import", file, "--as", "Prod 2")
	other.must("", "connection", "import", file, "--replace")
	if r := other.must("", "connection", "list"); strings.Count(r.out, g.addr) != 2 {
		t.Errorf("listed:\n%s", r.out)
	}
}

func TestConnectionWrongUsage(t *testing.T) {
	s := newCommandBench(t)
	s.must("", "connection", "add", "kept", "--endpoint", "127.0.0.1:1", "--plaintext")
	for _, tt := range []struct {
		args string
		code int
		want string
	}{
		{"connection", 2, "what to do is missing"},
		{"connection frobnicate", 2, "want add"},
		{"connection add", 2, "NAME is missing"},
		{"connection add a b --endpoint j:1", 2, "unexpected argument"},
		{"connection add a", 2, "--endpoint"},
		{"connection add a/b --endpoint j:1", 2, "'/'"},
		{"connection add kept --endpoint j:1", 1, "already: kept"},
		{"connection add a --endpoint j:1 --color pink", 2, "pink"},
		{"connection add a --endpoint j:1 --auth fax", 2, "fax"},
		{"connection add a --endpoint j:1 --auth oidc", 2, "issuer"},
		{"connection add a --endpoint j:1 --header Authorization=Bearer-planted", 2, "secret header"},
		{"connection add a --endpoint j.example:1 --plaintext --auth token", 2, "without TLS"},
		{"connection add a --endpoint j:1 --key-in-keyring", 2, "--key FILE"},
		{"connection add a --endpoint j:1 --lookback never", 2, "7d"},
		{"connection change absent --tenant x", 1, "no connection named absent"},
		{"connection rename kept kept", 1, "already: kept"},
		{"connection remove", 2, "NAME is missing"},
		{"connection remove kept absent", 1, "There are: kept"},
		{"connection export kept", 2, "-o FILE"},
		{"connection import /absent/file", 1, "no such file"},
		{"connection test kept --endpoint j:1", 2, "unexpected argument"},
		{"connection login absent", 1, "no connection named absent"},
		{"search 1 --connection absent", 1, "There are: kept"},
		{"search 1 --connection kept --endpoint j:1", 2, "not both"},
		{"search 1 --connection kept --plaintext", 2, "--plaintext is for --endpoint"},
		{"search 1", 2, "--connection NAME or --endpoint"},
		{"search 1 --endpoint j:1 --password-stdin", 2, "--user"},
		{"search 1 --endpoint j:1 --password-stdin --token-stdin", 2, "not both"},
	} {
		r := s.typed("", strings.Fields(tt.args)...)
		if r.code != tt.code || !strings.Contains(r.err, tt.want) || strings.Contains(r.err, "planted") {
			t.Errorf("%s: status %d, message %q; want %d and %q", tt.args, r.code, r.err, tt.code, tt.want)
		}
	}
	if r := s.must("", "connection", "list", "--json"); strings.Count(r.out, `"name"`) != 1 {
		t.Errorf("what was refused is kept:\n%s", r.out)
	}
	s.must("", "connection", "add", "open", "--endpoint", "j.example:1", "--plaintext", "--auth", "token", "--allow-plaintext-credentials")
}

// Without a keyring a connection works all the same, with secrets given each
// time, and that is said.
func TestConnectionWithoutAKeyring(t *testing.T) {
	s := newCommandBench(t)
	for _, name := range []string{"DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"} {
		t.Setenv(name, "")
	}
	const token = "planted-token-8b"
	g := newGuard(t, func(r *http.Request) bool { return r.Header.Get("Authorization") == "Bearer "+token })
	r := s.must(token+"\n", "connection", "add", "a", "--endpoint", g.addr, "--ca", g.ca, "--token-stdin")
	if !strings.Contains(r.err, "kept in memory only") {
		t.Errorf("added: %s", r.err)
	}
	if r := s.typed("", "search", g.order, "--connection", "a"); r.code != 1 || !strings.Contains(r.err, "is missing") {
		t.Errorf("the next start: status %d: %s", r.code, r.err)
	}
	s.must(token+"\n", "search", g.order, "--connection", "a", "--token-stdin", "--lookback", "8760h")
	s.leaks([]result{r}, token)
	s.must("", "connection", "remove", "a")
}

func TestErrorsOfConnectionsHaveWords(t *testing.T) {
	for _, lang := range []string{"en", "ru"} {
		w := i18n.For(lang)
		list := []error{
			&unknownError{"a", nil}, &clashError{[]string{"a"}}, credential.ErrNoCertificate, config.ErrHandover, config.ErrReadOnly, &config.NewerError{},
			&credential.MissingError{Connection: "a", Want: credential.Want{Kind: credential.Header, Header: "x-api-key"}},
		}
		for kind := signin.ErrIssuer; kind <= signin.ErrListen; kind++ {
			list = append(list, &signin.Error{Kind: kind, Issuer: "https://sso.example", Detail: "detail"})
		}
		seen := map[string]error{}
		for _, err := range list {
			title, hint := explain(w, fmt.Errorf("x: %w", err))
			if title == "" || hint == "" || strings.Contains(title+hint, "error.") || strings.Contains(title+hint, "{{") {
				t.Errorf("%s %v: %q, %q", lang, err, title, hint)
			}
			if other := seen[title]; other != nil && !errors.Is(err, config.ErrReadOnly) && other != config.ErrReadOnly {
				t.Errorf("%s: %v reads as %v", lang, err, other)
			}
			seen[title] = err
		}
		for _, ok := range []bool{true, false} {
			title, lines := signInPage(ok)
			if title == "" || len(lines) != 3 || strings.Contains(title+strings.Join(lines, ""), "connection.") {
				t.Errorf("page: %q, %q", title, lines)
			}
		}
	}
}
