package credential

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"traceview/internal/config"
	"traceview/internal/secret"
	"traceview/internal/signin"
	"traceview/internal/signin/signintest"
)

// A ring is a keyring that tells what is in it, and may be locked.
type ring struct {
	values map[string]string
	err    error
	asked  int
}

func (r *ring) Get(_ context.Context, name string) (string, bool, error) {
	r.asked++
	v, ok := r.values[name]
	return v, ok && r.err == nil, r.err
}

func (r *ring) Set(_ context.Context, name, value string) error {
	r.asked++
	if r.err == nil {
		r.values[name] = value
	}
	return r.err
}

func (r *ring) Delete(_ context.Context, name string) error {
	r.asked++
	if r.err == nil {
		delete(r.values, name)
	}
	return r.err
}

var errLocked = fmt.Errorf("locked: %w", secret.ErrUnavailable)

// connection wants a secret of every kind but a sign-in.
func connection() config.Connection {
	return config.Connection{Name: "Prod", Endpoint: "jaeger.example:16685", Auth: config.Auth{
		Kind: config.AuthBasic, User: "olga", ClientCertificate: true, CertFile: "olga.pem", SecretHeaders: []string{"x-api-key", "x-other-key"},
	}}
}

// filled returns a keyring with all that a connection wants.
func filled(t *testing.T, c config.Connection) (*Vault, *ring) {
	t.Helper()
	r := &ring{values: map[string]string{"library": "another"}}
	v := New(r)
	for _, w := range Wants(c) {
		if err := v.Put(t.Context(), c.Name, w, "secret-"+w.String()); err != nil {
			t.Fatal(err)
		}
	}
	return v, r
}

func TestOpen(t *testing.T) {
	c := connection()
	v, _ := filled(t, c)
	got, err := v.Open(t.Context(), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	user, password, err := got.Basic(t.Context())
	want := map[string]string{"x-api-key": "secret-header x-api-key", "x-other-key": "secret-header x-other-key"}
	if err != nil || user != "olga" || password != "secret-password" || string(got.KeyPEM) != "secret-key" || !maps.Equal(got.Headers, want) || got.Token != nil {
		t.Errorf("%v: user %s, headers %d, token %v", err, user, len(got.Headers), got.Token != nil)
	}
	c.Auth = config.Auth{Kind: config.AuthToken}
	if _, err := v.Open(t.Context(), c, nil); err == nil {
		t.Error("the token is missing, and no error")
	}
	asked := 0
	ask := func(_ context.Context, _ config.Connection, w Want) (string, error) {
		asked++
		return "typed-" + w.String(), nil
	}
	for range 2 { // asked once, then kept
		got, err = v.Open(t.Context(), c, ask)
		if err != nil {
			t.Fatal(err)
		}
		if token, err := got.Token(t.Context()); err != nil || token != "typed-token" || asked != 1 {
			t.Errorf("%v: asked %d times", err, asked)
		}
	}
	c.Auth = config.Auth{ClientCertificate: true}
	if _, err := v.Open(t.Context(), c, ask); !errors.Is(err, ErrNoCertificate) {
		t.Errorf("a certificate nobody named: %v", err)
	}
	if got, err := v.Open(t.Context(), config.Connection{Name: "open"}, nil); err != nil || got.Token != nil || got.Basic != nil || got.Headers != nil {
		t.Errorf("a connection without credentials: %v", err)
	}
}

func TestMissingNamesNoSecret(t *testing.T) {
	c := connection()
	v, r := filled(t, c)
	delete(r.values, "connection/Prod/header/x-api-key")
	var missing *MissingError
	_, err := v.Open(t.Context(), c, nil)
	if !errors.As(err, &missing) || missing.Want != (Want{Header, "x-api-key"}) || strings.Contains(err.Error(), "secret-") {
		t.Errorf("%v", err)
	}
}

func TestWithoutAKeyring(t *testing.T) {
	for name, err := range map[string]error{"locked": errLocked, "none": secret.ErrUnavailable} {
		t.Run(name, func(t *testing.T) {
			c := connection()
			r := &ring{err: err}
			v := New(r)
			ask := func(_ context.Context, _ config.Connection, w Want) (string, error) { return "typed", nil }
			for range 2 {
				got, err := v.Open(t.Context(), c, ask)
				if err != nil || string(got.KeyPEM) != "typed" {
					t.Fatalf("%v", err)
				}
			}
			if !errors.Is(v.Trouble(), secret.ErrUnavailable) || r.asked != 1 {
				t.Errorf("trouble %v; the keyring was asked %d times, want once", v.Trouble(), r.asked)
			}
			if err := v.Forget(t.Context(), c); err != nil {
				t.Error(err)
			}
			if held, err := v.Held(t.Context(), c); err != nil || held[0].Kept {
				t.Errorf("what was forgotten is held: %v", err)
			}
		})
	}
	broken := &ring{err: errors.New("broken")}
	v := New(broken)
	if _, err := v.Open(t.Context(), connection(), nil); !errors.Is(err, broken.err) || v.Trouble() != nil {
		t.Errorf("a keyring that fails otherwise: %v", err)
	}
}

func TestForgetAndFollow(t *testing.T) {
	before := connection()
	others := []string{"library"}
	names := func(connection string, kinds ...string) []string {
		out := slices.Clone(others)
		for _, k := range kinds {
			out = append(out, "connection/"+connection+"/"+k)
		}
		slices.Sort(out)
		return out
	}
	for _, tt := range []struct {
		name   string
		change func(*config.Connection)
		want   []string
	}{
		{"nothing", func(*config.Connection) {}, names("Prod", "password", "key", "header/x-api-key", "header/x-other-key")},
		{"renamed", func(c *config.Connection) { c.Name = "Боевая" }, names("Боевая", "password", "key", "header/x-api-key", "header/x-other-key")},
		{"a header less", func(c *config.Connection) { c.Auth.SecretHeaders = []string{"x-other-key"} }, names("Prod", "password", "key", "header/x-other-key")},
		{"key in a file", func(c *config.Connection) { c.Auth.KeyFile = "olga.key" }, names("Prod", "password", "header/x-api-key", "header/x-other-key")},
		{"leads elsewhere", func(c *config.Connection) { c.Endpoint = "evil.example:1" }, others},
		{"in plain text", func(c *config.Connection) { c.Plaintext = true }, others},
		{"renamed and elsewhere", func(c *config.Connection) { c.Name, c.Endpoint = "b", "evil.example:1" }, others},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v, r := filled(t, before)
			after := connection()
			tt.change(&after)
			if err := v.Follow(t.Context(), before, after); err != nil {
				t.Fatal(err)
			}
			if got := slices.Sorted(maps.Keys(r.values)); !slices.Equal(got, tt.want) {
				t.Errorf("left are %v\nwant     %v", got, tt.want)
			}
			for name, value := range r.values {
				if name != "library" && !strings.HasPrefix(value, "secret-") {
					t.Errorf("%s holds %q", name, value)
				}
			}
			if err := v.Forget(t.Context(), after); err != nil || len(r.values) != 1 {
				t.Errorf("forgotten: %v, left %v", err, slices.Collect(maps.Keys(r.values)))
			}
		})
	}
}

// company returns a connection with single sign-on at an issuer behind TLS with
// an authority of its own.
func company(t *testing.T) (config.Connection, *signintest.Issuer) {
	t.Helper()
	i, srv := signintest.Serve()
	t.Cleanup(srv.Close)
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, ca, 0o600); err != nil {
		t.Fatal(err)
	}
	return config.Connection{Name: "SSO", Endpoint: "jaeger.example:16685", CAFile: file,
		Auth: config.Auth{Kind: config.AuthOIDC, Issuer: i.URL, ClientID: signintest.ClientID}}, i
}

func ways(t *testing.T, c config.Connection) signin.Ways {
	t.Helper()
	return signin.Ways{
		Page:    func(bool) (string, []string) { return "done", nil },
		Address: func(string, bool) {},
		Open: func(address string) error {
			o, err := issuer(c)
			if err != nil {
				t.Fatal(err)
			}
			o.HTTP.CheckRedirect = nil
			go func() {
				resp, err := o.HTTP.Get(address)
				if err != nil {
					t.Error(err)
					return
				}
				defer resp.Body.Close()
				if _, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != http.StatusOK {
					t.Errorf("the browser shows %s, %v", resp.Status, err)
				}
			}()
			return nil
		},
	}
}

func TestSingleSignOn(t *testing.T) {
	c, i := company(t)
	r := &ring{values: map[string]string{}}
	v := New(r)
	var missing *MissingError
	if _, err := v.Open(t.Context(), c, nil); !errors.As(err, &missing) || missing.Want.Kind != SignIn {
		t.Errorf("before the sign-in: %v", err)
	}
	if _, err := v.SignIn(t.Context(), c, ways(t, c), false); err != nil {
		t.Fatal(err)
	}
	got, err := New(r).Open(t.Context(), c, nil) // the next start
	if err != nil {
		t.Fatal(err)
	}
	token, err := got.Token(t.Context())
	if err != nil || !i.Good(token) {
		t.Fatalf("%v, good %v", err, i.Good(token))
	}
	i.Expire()
	got.Refused(token)
	if again, err := got.Token(t.Context()); err != nil || !i.Good(again) || i.Refreshed != 1 {
		t.Errorf("after a refusal: %v, refreshed %d times", err, i.Refreshed)
	}
	held, err := v.Held(t.Context(), c)
	if err != nil || len(held) != 1 || !held[0].Kept || held[0].User != "olga@shop.example" || !held[0].Refresh {
		t.Errorf("held are %+v, %v", held, err)
	}
	if was, err := v.SignOut(t.Context(), c); !was || err != nil || len(i.Revoked) != 2 || len(r.values) != 0 {
		t.Errorf("signed out %v: %v, %d tokens taken back, left %d", was, err, len(i.Revoked), len(r.values))
	}
	if was, err := v.SignOut(t.Context(), c); was || err != nil {
		t.Errorf("signed out twice: %v, %v", was, err)
	}
	if _, err := v.SignIn(t.Context(), c, ways(t, c), false); err != nil {
		t.Fatal(err)
	}
	i.Do(func() { i.Down = true })
	if was, err := v.SignOut(t.Context(), c); !was || err == nil || len(r.values) != 0 {
		t.Errorf("signed out with the issuer down: %v, %v, left %d; want forgotten and said", was, err, len(r.values))
	}
	other := c
	other.Auth.ClientID = "another"
	if err := New(r).Put(t.Context(), c.Name, Want{Kind: SignIn}, `{"access":"x","client_id":"traceview"}`); err != nil {
		t.Fatal(err)
	}
	if _, err := New(r).Open(t.Context(), other, nil); !errors.As(err, &missing) {
		t.Errorf("tokens of another client: %v", err)
	}
}

func TestReadLine(t *testing.T) {
	for _, tt := range []struct {
		in, want, rest string
		ok             bool
	}{
		{"secret\nnext\n", "secret", "next\n", true},
		{"secret", "secret", "", true},
		{"секрет \r\n", "секрет ", "", true},
		{"", "", "", false},
		{"\nnext", "", "next", false},
		{strings.Repeat("x", maxLine+1), "", "x", false},
	} {
		r := strings.NewReader(tt.in)
		got, err := ReadLine(r)
		rest, _ := io.ReadAll(r)
		if got != tt.want || (err == nil) != tt.ok || string(rest) != tt.rest {
			t.Errorf("%.20q: %.20q, %v, then %.20q", tt.in, got, err, rest)
		}
	}
	if _, err := ReadLine(io.MultiReader(strings.NewReader("half"), broken{})); !errors.Is(err, os.ErrClosed) {
		t.Errorf("a pipe that breaks: %v", err)
	}
	if _, err := AskTerminal(t.Context(), strings.NewReader("secret\n"), io.Discard, "token: "); !errors.Is(err, ErrNobody) {
		t.Errorf("no terminal: %v", err)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, os.ErrClosed }

// TestSecretOfTheLogs holds that the secret of the logs is apart from those of the
// connection, and goes where it was meant for alone.
func TestSecretOfTheLogs(t *testing.T) {
	c := connection()
	c.Logs = config.Logs{Address: "es:9200", Auth: config.AuthAPIKey}
	v, r := filled(t, c)
	if _, err := v.OpenLogs(t.Context(), c, nil); !errors.As(err, new(*MissingError)) {
		t.Errorf("without its secret: %v", err)
	}
	if err := v.Put(t.Context(), c.Name, Want{Kind: Logs}, "key-1"); err != nil {
		t.Fatal(err)
	}
	got, err := v.OpenLogs(t.Context(), c, nil)
	if err != nil || got.APIKey != "key-1" || got.Basic != nil || got.Token != nil {
		t.Errorf("got %+v, %v", got, err)
	}
	if main, err := v.Open(t.Context(), c, nil); err != nil || main.APIKey != "" {
		t.Errorf("the connection sends %q, %v", main.APIKey, err)
	}
	if held, err := v.LogsHeld(t.Context(), c); err != nil || len(held) != 1 || !held[0].Kept {
		t.Errorf("held %+v, %v", held, err)
	}
	kept := func() bool { _, ok := r.values["connection/"+c.Name+"/logs"]; return ok }
	moved := c
	moved.Endpoint = "other:16685"
	if err := v.Follow(t.Context(), c, moved); err != nil || !kept() {
		t.Errorf("lost with another Jaeger: %v", err)
	}
	elsewhere := moved
	elsewhere.Logs.Address = "evil:9200"
	if err := v.Follow(t.Context(), moved, elsewhere); err != nil || kept() {
		t.Errorf("kept for another Elasticsearch: %v", err)
	}
	for auth, want := range map[string]string{config.AuthBasic: "u s", config.AuthToken: "s"} {
		c.Logs.Auth, c.Logs.User = auth, "u"
		if err := v.Put(t.Context(), c.Name, Want{Kind: Logs}, "s"); err != nil {
			t.Fatal(err)
		}
		got, err := v.OpenLogs(t.Context(), c, nil)
		if err != nil {
			t.Fatal(err)
		}
		said := ""
		if got.Basic != nil {
			user, password, _ := got.Basic(t.Context())
			said = user + " " + password
		} else if got.Token != nil {
			said, _ = got.Token(t.Context())
		}
		if said != want {
			t.Errorf("%s sends %q", auth, said)
		}
	}
	if err := v.Forget(t.Context(), c); err != nil || kept() {
		t.Errorf("not forgotten: %v", err)
	}
}
