package main

import (
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"traceview/internal/config"
	"traceview/internal/credential"
	"traceview/internal/i18n"
	"traceview/internal/savedview"
	"traceview/internal/secret"
	"traceview/internal/weblink"
	"traceview/ui/shell"
)

func TestLinksAreDialledWithoutCredentials(t *testing.T) {
	d := &dialler{}
	defer d.close()
	s, err := d.dial(savedview.Link{Endpoint: "jaeger.example:16685", Tenant: "shop"})
	if err != nil || s.Name(i18n.For("en")) != "jaeger.example:16685" || len(d.clients) != 1 {
		t.Errorf("got %v, %v", s, err)
	}
	if _, err := d.dial(savedview.Link{Endpoint: "no port:x"}); err == nil {
		t.Error("an address that is none is dialled")
	}
}

// TestLinksGetTheCredentialsOfTheirPlace opens links to a server that a connection
// with a token is kept for. Only one that leads to that very place sends it.
func TestLinksGetTheCredentialsOfTheirPlace(t *testing.T) {
	const token = "planted-token-31c7"
	s := newCommandBench(t)
	var mu sync.Mutex
	sent := 0
	g := newGuard(t, func(r *http.Request) bool {
		mu.Lock()
		defer mu.Unlock()
		if strings.Contains(r.Header.Get("Authorization"), token) {
			sent++
		}
		return r.Header.Get("Authorization") == "Bearer "+token
	})
	s.must(token+"\n", "connection", "add", "Prod", "--endpoint", g.addr, "--ca", g.ca, "--tenant", "shop", "--token-stdin", "--jaeger-ui", "https://jaeger.example")
	s.must("", "connection", "add", "Open", "--endpoint", g.addr, "--ca", g.ca, "--tenant", "none")
	d := &dialler{dir: filepath.Join(s.dir, "config"), vault: credential.New(secret.System{}), keep: newCarrierFile(filepath.Join(s.dir, "data"))}
	defer d.close()
	for _, tt := range []struct {
		name string
		link savedview.Link
		as   string // what the connection is called
		sent bool
	}{
		{"the very place", savedview.Link{Endpoint: g.addr, Tenant: "shop"}, "Prod", true},
		{"another tenant", savedview.Link{Endpoint: g.addr, Tenant: "other"}, g.addr, false},
		{"no tenant", savedview.Link{Endpoint: g.addr}, g.addr, false},
		{"another path", savedview.Link{Endpoint: g.addr + "/path", Tenant: "shop"}, g.addr + "/path", false},
		{"a connection without credentials", savedview.Link{Endpoint: g.addr, Tenant: "none"}, "Open", false},
		{"in plain text", savedview.Link{Endpoint: g.addr, Tenant: "shop", Plaintext: true}, g.addr, false},
		{"in plain text, by its address", savedview.Link{Endpoint: "http://" + g.addr, Tenant: "shop"}, g.addr, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sent = 0
			from, err := d.dial(tt.link)
			if err != nil {
				t.Fatal(err)
			}
			if name := from.Name(i18n.For("en")); name != tt.as {
				t.Errorf("it is called %s, want %s", name, tt.as)
			}
			found, err := from.Search(t.Context(), g.order, 365, func(shell.Found) {})
			if tt.sent != (sent > 0) || tt.sent != (err == nil && len(found.Rows) > 0) {
				t.Errorf("the token was sent %d times, %d traces were found (%v); want it sent: %v", sent, len(found.Rows), err, tt.sent)
			}
		})
	}
	from, err := d.dial(savedview.Link{Endpoint: g.addr, Tenant: "shop"})
	if paged, ok := from.(interface {
		Places() *weblink.Places
	}); err != nil || !ok || !strings.HasPrefix(paged.Places().Jaeger, "https://jaeger.example") {
		t.Errorf("Jaeger's pages of the connection are not known (%v)", err)
	}
	s.must("", "connection", "logout", "Prod")
	if from, err = d.dial(savedview.Link{Endpoint: g.addr, Tenant: "shop"}); err != nil {
		t.Fatal(err)
	}
	if _, err := from.Search(t.Context(), g.order, 365, func(shell.Found) {}); err == nil || !strings.Contains(err.Error(), "token is missing") {
		t.Errorf("without its token: %v", err)
	}
}

// TestPlainLinkToATLSAddressSendsNothing listens at the address of a connection with
// TLS for what a link in plain text sends there.
func TestPlainLinkToATLSAddressSendsNothing(t *testing.T) {
	const token = "planted-token-08ab"
	s := newCommandBench(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	heard := make(chan string, 64)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				close(heard)
				return
			}
			buf := make([]byte, 1<<16)
			n, _ := io.ReadAtLeast(c, buf, 24)
			heard <- string(buf[:n])
			_ = c.Close()
		}
	}()
	s.must(token+"\n", "connection", "add", "Prod", "--endpoint", l.Addr().String(), "--token-stdin")
	d := &dialler{dir: filepath.Join(s.dir, "config"), vault: credential.New(secret.System{})}
	from, err := d.dial(savedview.Link{Endpoint: l.Addr().String(), Plaintext: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := from.Search(t.Context(), "1", 1, func(shell.Found) {}); err == nil {
		t.Error("something was found")
	}
	d.close()
	_ = l.Close()
	n := 0
	for text := range heard {
		n++
		if strings.Contains(text, token) {
			t.Errorf("heard %q", text)
		}
	}
	if n == 0 {
		t.Error("nobody came")
	}
}

func TestCarriersAreRemembered(t *testing.T) {
	s := newCommandBench(t)
	addr, shop := serve(t)
	for range 2 {
		s.must("", "search", shop.Orders()[0].Number, "--endpoint", addr, "--plaintext", "--lookback", "8760h")
	}
	kept, err := config.OpenLearned(filepath.Join(s.dir, "data"))
	if err != nil || len(kept.Value.Servers) != 1 || kept.Value.Servers[0].Key != addr || len(kept.Value.Servers[0].Carriers) < 2 {
		t.Fatalf("%v: learned %+v", err, kept.Value)
	}
	s.must("", "connection", "add", "Prod", "--endpoint", addr, "--plaintext")
	s.must("", "connection", "export", "Prod", "-o", filepath.Join(s.dir, "handed-over.json"))
	for _, service := range kept.Value.Servers[0].Carriers {
		data, err := os.ReadFile(filepath.Join(s.dir, "handed-over.json"))
		if err != nil || strings.Contains(string(data), `"`+service+`"`) {
			t.Errorf("%s is handed over (%v)", service, err)
		}
	}
}

// TestWindowRemembersCarriers searches in the window what the next search of another
// start, or of a command, begins with.
func TestWindowRemembersCarriers(t *testing.T) {
	b := newWindowBench(t)
	b.carriers = newCarrierFile(filepath.Join(b.dir, "data"))
	addr, shop := serve(t)
	c, err := b.Open(t.Context(), shell.Profile{Name: "Prod", Address: addr, Plaintext: true, API: config.APIAuto, Auth: config.AuthNone})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Source.Search(t.Context(), shop.Orders()[0].Number, 3650, func(shell.Found) {}); err != nil {
		t.Fatal(err)
	}
	kept, err := config.OpenLearned(filepath.Join(b.dir, "data"))
	if err != nil || len(kept.Value.Carriers(addr)) < 2 {
		t.Errorf("%v: learned %+v", err, kept.Value)
	}
}
