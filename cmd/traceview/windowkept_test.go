package main

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"traceview/internal/config"
	"traceview/internal/credential"
	"traceview/internal/secret"
	"traceview/ui/shell"
)

// keptAs returns the only connection that is kept, as the window knows it.
func (b *windowBench) keptAs() shell.Profile {
	b.t.Helper()
	list, err := b.List(b.t.Context())
	if err != nil || len(list) != 1 {
		b.t.Fatalf("%d connections are kept, %v", len(list), err)
	}
	return list[0]
}

// TestWindowSendsHeaders holds that the window sends the headers that a connection was
// added with, on the command line, and goes on to where it was changed.
func TestWindowSendsHeaders(t *testing.T) {
	b := newWindowBench(t)
	g := newGuard(t, func(r *http.Request) bool { return r.Header.Get("X-Gateway") == "shop" })
	b.must("", "connection", "add", "Prod", "--endpoint", g.addr, "--ca", g.ca, "--header", "x-gateway=shop")
	p := b.keptAs()
	if err := b.findsIn(g, p); err != nil {
		t.Errorf("a search: %v", err)
	}
	if s := b.failing(p, nil); s != nil {
		t.Errorf("a check: %+v", s)
	}
	p.Address = "https://" + g.addr
	if s := b.failing(p, nil); s != nil {
		t.Errorf("a check with a changed address: %+v", s)
	}
	if p, err := b.Put(t.Context(), p); err != nil || b.findsIn(g, p) != nil {
		t.Errorf("with a changed address: %v, %v", err, b.findsIn(g, p))
	}
}

// TestWindowTakesAddressesAsWritten holds that a secret kept on the command line is
// found and stays, however the address was written, and that it goes nowhere else.
func TestWindowTakesAddressesAsWritten(t *testing.T) {
	const token = "planted-token-71"
	want := credential.Want{Kind: credential.Token}
	for _, address := range []string{"http://localhost:16686", "https://jaeger.example/search?service=a#b", "unix:///run/jaeger.sock"} {
		t.Run(address, func(t *testing.T) {
			b := newWindowBench(t)
			b.must(token+"\n", "connection", "add", "Local", "--endpoint", address, "--token-stdin")
			p := b.keptAs()
			if _, err := b.Open(t.Context(), p); err != nil {
				t.Errorf("opened: %v", err)
			}
			p.Colour = "red"
			p, err := b.Put(t.Context(), p)
			if value, _, _ := b.vault.Get(t.Context(), "Local", want); err != nil || value != token {
				t.Errorf("after another colour, the token is %q, %v", value, err)
			}
			if _, err := b.Open(t.Context(), p); err != nil {
				t.Errorf("opened with another colour: %v", err)
			}
			var lacks *shell.LacksError
			elsewhere := p
			elsewhere.Address = "http://other.example:16686"
			if _, err := b.Open(t.Context(), elsewhere); !errors.As(err, &lacks) {
				t.Errorf("another place: %v, want it to lack its token", err)
			}
			elsewhere.AllowPlaintext = true
			if _, err := b.Put(t.Context(), elsewhere); err != nil {
				t.Fatal(err)
			}
			if _, found, _ := b.vault.Get(t.Context(), "Local", want); found {
				t.Error("the token outlives a change of the address")
			}
		})
	}
}

// TestTidiedLeadsToTheSamePlace holds that no two connections are taken for the same
// that are not reached, or protected, in the same way.
func TestTidiedLeadsToTheSamePlace(t *testing.T) {
	at := config.Connection{Name: "a", Endpoint: "http://h:1", Auth: config.Auth{Kind: config.AuthToken, AllowPlaintext: true}}
	for name, tt := range map[string]struct {
		change func(c *config.Connection)
		same   bool
	}{
		"said twice":      {func(c *config.Connection) { c.Plaintext = true }, true},
		"a query":         {func(c *config.Connection) { c.Endpoint += "?service=a" }, true},
		"a fragment":      {func(c *config.Connection) { c.Endpoint += "#top" }, true},
		"blanks":          {func(c *config.Connection) { c.ServerName = " " }, true},
		"without a use":   {func(c *config.Connection) { c.CA = "PEM" }, true},
		"another host":    {func(c *config.Connection) { c.Endpoint = "http://i:1" }, false},
		"another port":    {func(c *config.Connection) { c.Endpoint = "http://h:2" }, false},
		"another path":    {func(c *config.Connection) { c.Endpoint += "/jaeger" }, false},
		"with TLS":        {func(c *config.Connection) { c.Endpoint = "https://h:1" }, false},
		"without consent": {func(c *config.Connection) { c.Auth.AllowPlaintext = false }, false},
		"another kind":    {func(c *config.Connection) { c.Auth.Kind = config.AuthBasic }, false},
	} {
		c := at
		if tt.change(&c); tidied(at).SendsTo(tidied(c)) != tt.same || tidied(c).SendsTo(tidied(at)) != tt.same {
			t.Errorf("%s: taken for the same %v, want %v", name, !tt.same, tt.same)
		}
	}
	if c := tidied(config.Connection{Name: " a ", Endpoint: "h:1"}); c.Name != " a " {
		t.Errorf("its secrets would be looked for under %q", c.Name)
	}
}

// TestWindowImportKeepsSecrets brings a connection anew whose address is written as
// the command line takes it.
func TestWindowImportKeepsSecrets(t *testing.T) {
	const token = "planted-token-72"
	b := newWindowBench(t)
	b.must(token+"\n", "connection", "add", "Local", "--endpoint", "http://localhost:16686", "--token-stdin")
	file := filepath.Join(t.TempDir(), "team.json")
	if err := b.Export(t.Context(), file, []string{"Local"}); err != nil {
		t.Fatal(err)
	}
	p := b.keptAs()
	p.Colour = "red"
	if _, err := b.Put(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Import(t.Context(), file, true); err != nil {
		t.Fatal(err)
	}
	if value, _, _ := b.vault.Get(t.Context(), "Local", credential.Want{Kind: credential.Token}); value != token {
		t.Errorf("the token is %q", value)
	}
}

// A stuckRing is a keyring that deletes nothing while it is stuck.
type stuckRing struct {
	secret.Memory
	stuck bool
}

func (r *stuckRing) Delete(ctx context.Context, name string) error {
	if r.stuck {
		return errors.New("delete: the keyring is stuck")
	}
	return r.Memory.Delete(ctx, name)
}

// TestWindowRemovesAllOrNothing holds that a connection that cannot be removed keeps its
// secrets, and one whose secrets cannot be forgotten stays.
func TestWindowRemovesAllOrNothing(t *testing.T) {
	want := credential.Want{Kind: credential.Token}
	b := newWindowBench(t)
	ring := &stuckRing{}
	b.vault = credential.New(ring)
	for _, name := range []string{"A", "B"} {
		p, err := b.Put(t.Context(), shell.Profile{Name: name, Address: "jaeger.example:1", API: config.APIAuto, Auth: config.AuthToken})
		if err == nil {
			err = b.Give(t.Context(), p, secretOf(credential.Held{Want: want}), "planted-"+name)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	unchanged := func(how string, err error) {
		t.Helper()
		list, _ := b.List(t.Context())
		value, _, _ := b.vault.Get(t.Context(), "A", want)
		if err == nil || len(list) != 2 || list[0].Kept != "A" || value != "planted-A" {
			t.Errorf("%s: %v, kept are %d, the token is %q", how, err, len(list), value)
		}
	}
	ring.stuck = true
	_, err := b.Remove(t.Context(), "A")
	unchanged("its secrets cannot be forgotten", err)
	ring.stuck = false
	path := filepath.Join(b.folder, "connections.json")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(data), `"version": 1`, `"version": 99`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = b.Remove(t.Context(), "A")
	if !errors.Is(err, config.ErrReadOnly) {
		t.Errorf("a newer file is written: %v", err)
	}
	unchanged("the file is of a newer version", err)
}

// TestWindowLeavesToTheCommandLine holds which connections the window does not open
// itself: those with something it knows nothing of.
func TestWindowLeavesToTheCommandLine(t *testing.T) {
	for _, tt := range []struct {
		args string
		want bool
	}{
		{"--connection a", true}, {"--connection a --tenant t --api grpc-v3 --order-key k", true}, {"--connection a --token-stdin", false},
		{"--connection a --header x-gateway=shop", false}, {"--connection a --ca other.pem", false}, {"--endpoint a:1", false},
	} {
		c := newCall(guiCommand, &env{})
		if err := c.Parse(strings.Fields(tt.args)); err != nil {
			t.Fatal(err)
		}
		if got := c.conn.byWindow(); got != tt.want {
			t.Errorf("%s: by the window %v, want %v", tt.args, got, tt.want)
		}
	}
}
