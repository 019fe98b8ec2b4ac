package signin_test

import (
	"context"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"traceview/internal/signin"
	"traceview/internal/signin/signintest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// provider discovers an issuer without a network.
func provider(t *testing.T, i *signintest.Issuer, audience string) *signin.Provider {
	t.Helper()
	p, err := signin.Discover(t.Context(), signin.Options{Issuer: i.URL, ClientID: signintest.ClientID, Audience: audience, HTTP: i.Client()})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A browser visits the issuer without a network and this computer over it.
type browser struct {
	t      *testing.T
	issuer *signintest.Issuer
	edit   func(back *url.URL) // what the issuer sends back; nil for nothing
	pages  []string
	status []int
}

func (b *browser) get(address string) {
	// The answer is read on another goroutine: SignIn still waits for Open.
	c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := c.Get(address)
	if err != nil {
		b.t.Error(err)
		return
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Error(err)
	}
	b.pages, b.status = append(b.pages, string(page)), append(b.status, resp.StatusCode)
}

// visit returns where the issuer sends the browser.
func (b *browser) visit(address string) *url.URL {
	c := b.issuer.Client()
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := c.Get(address)
	if err != nil {
		b.t.Fatal(err)
	}
	back, err := resp.Location()
	if err != nil {
		b.t.Fatalf("the issuer answers %s: %v", resp.Status, err)
	}
	if b.edit != nil {
		b.edit(back)
	}
	return back
}

// signIn goes through the browser and returns how it ended.
func (b *browser) signIn(p *signin.Provider) (signin.Tokens, error) {
	done := make(chan struct{})
	defer func() { <-done }()
	return p.SignIn(b.t.Context(), signin.Ways{
		Open: func(address string) error {
			go func() {
				defer close(done)
				b.get(b.visit(address).String())
			}()
			return nil
		},
		Address: func(string, bool) {},
		Page:    page,
	})
}

func page(ok bool) (string, []string) {
	if ok {
		return "Signed in", []string{"Вход выполнен <b>"}
	}
	return "Not signed in", nil
}

func TestBrowser(t *testing.T) {
	i := signintest.New("https://issuer.example")
	b := &browser{t: t, issuer: i}
	tokens, err := b.signIn(provider(t, i, "jaeger"))
	if err != nil {
		t.Fatal(err)
	}
	if !i.Good(tokens.Access) || !tokens.CanRefresh() || tokens.User != "olga@shop.example" || tokens.Lifetime != time.Hour || tokens.Expiry.IsZero() {
		t.Errorf("tokens of %q, good %v, lifetime %v", tokens.User, i.Good(tokens.Access), tokens.Lifetime)
	}
	if len(b.pages) != 1 || b.status[0] != http.StatusOK || !strings.Contains(b.pages[0], "Signed in") || !strings.Contains(b.pages[0], "Вход выполнен &lt;b&gt;") {
		t.Errorf("the browser shows %d %q", b.status, b.pages)
	}
	if strings.Contains(b.pages[0], tokens.Access) {
		t.Error("the page holds the token")
	}
}

func TestBrowserFails(t *testing.T) {
	for _, tt := range []struct {
		name   string
		faults signintest.Faults
		edit   func(*url.URL)
		want   signin.Kind
	}{
		{name: "denied", faults: signintest.Faults{Deny: true}, want: signin.ErrDenied},
		{name: "wrong nonce", faults: signintest.Faults{Nonce: "another"}, want: signin.ErrToken},
		{name: "wrong audience of the ID token", faults: signintest.Faults{Audience: "another"}, want: signin.ErrAudience},
		{name: "wrong audience of the access token", faults: signintest.Faults{Access: "other-api"}, want: signin.ErrAudience},
		{name: "signed by another key", faults: signintest.Faults{OtherKey: true}, want: signin.ErrToken},
		{name: "another issuer answers", faults: signintest.Faults{Iss: "https://evil.example"}, want: signin.ErrToken},
		{name: "ID token of another access token", faults: signintest.Faults{OtherHash: true}, want: signin.ErrToken},
		{name: "no ID token", faults: signintest.Faults{NoIDToken: true}, want: signin.ErrToken},
		{name: "clock an hour ahead", faults: signintest.Faults{Clock: time.Hour}, want: signin.ErrClock},
		{name: "clock an hour behind", faults: signintest.Faults{Clock: -time.Hour}, want: signin.ErrClock},
		{name: "a code nobody gave", edit: func(u *url.URL) { q := u.Query(); q.Set("code", "made up"); u.RawQuery = q.Encode() }, want: signin.ErrIssuer},
	} {
		t.Run(tt.name, func(t *testing.T) {
			i := signintest.New("https://issuer.example")
			p := provider(t, i, "jaeger")
			i.Faults = tt.faults
			b := &browser{t: t, issuer: i, edit: tt.edit}
			tokens, err := b.signIn(p)
			if !errors.Is(err, tt.want) || tokens.Access != "" {
				t.Errorf("%v, want %v and no token", err, tt.want)
			}
			if len(b.pages) != 1 || !strings.Contains(b.pages[0], "Not signed in") {
				t.Errorf("the browser shows %q", b.pages)
			}
		})
	}
}

// What does not know the state changes nothing, and a code works once.
func TestBrowserTakesOneAnswer(t *testing.T) {
	i := signintest.New("https://issuer.example")
	p := provider(t, i, "")
	b := &browser{t: t, issuer: i}
	done := make(chan struct{})
	tokens, err := p.SignIn(t.Context(), signin.Ways{Page: page, Address: func(string, bool) {}, Open: func(address string) error {
		go func() {
			defer close(done)
			good := b.visit(address)
			for _, change := range []func(u *url.URL, q url.Values){
				func(_ *url.URL, q url.Values) { q.Set("state", "guessed") },
				func(_ *url.URL, q url.Values) { q.Del("state") },
				func(u *url.URL, _ url.Values) { u.Path = "/other" },
			} {
				bad, q := *good, good.Query()
				change(&bad, q)
				bad.RawQuery = q.Encode()
				b.get(bad.String())
			}
			b.get(strings.Replace(good.String(), "127.0.0.1", "localhost", 1))
			b.get(good.String())
		}()
		return nil
	}})
	<-done
	if err != nil || !i.Good(tokens.Access) {
		t.Fatal(err)
	}
	if len(b.status) != 5 || strings.Contains(strings.Join(b.pages[:4], ""), "Signed in") {
		t.Errorf("the browser shows %d %q", b.status, b.pages)
	}
	replayed := url.Values{"grant_type": {"authorization_code"}, "client_id": {signintest.ClientID}, "code": {"code-1"}}
	resp, err := i.Client().PostForm(i.URL+"/token", replayed)
	if err != nil || resp.StatusCode != http.StatusBadRequest {
		t.Errorf("a code used up: %v, %v", resp, err)
	}
}

func TestBrowserDoesNotOpen(t *testing.T) {
	closed := errors.New("no display")
	t.Run("a code instead", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			i := signintest.New("https://issuer.example")
			p := provider(t, i, "")
			var code signin.DeviceCode
			tokens, err := p.Device(t.Context(), func(c signin.DeviceCode) { code = c })
			if err != nil || !i.Good(tokens.Access) || code.Code == "" {
				t.Errorf("%v, code %+v", err, code)
			}
		})
	})
	t.Run("an address to copy", func(t *testing.T) {
		i := signintest.New("https://issuer.example")
		i.NoCodes = true
		b := &browser{t: t, issuer: i}
		done := make(chan struct{})
		tokens, err := provider(t, i, "").SignIn(t.Context(), signin.Ways{
			Page: page, Open: func(string) error { return closed },
			Address: func(address string, opened bool) {
				if opened {
					t.Error("no browser opened")
				}
				go func() {
					defer close(done)
					b.get(b.visit(address).String())
				}()
			},
		})
		<-done
		if err != nil || !i.Good(tokens.Access) {
			t.Error(err)
		}
	})
	t.Run("given up", func(t *testing.T) {
		i := signintest.New("https://issuer.example")
		ctx, cancel := context.WithCancel(t.Context())
		_, err := provider(t, i, "").SignIn(ctx, signin.Ways{Page: page, Open: func(string) error { cancel(); return nil }, Address: func(string, bool) {}})
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func TestDevice(t *testing.T) {
	for _, tt := range []struct {
		name   string
		set    func(*signintest.Issuer)
		want   error
		waited time.Duration
	}{
		{"at once", func(i *signintest.Issuer) {}, nil, 5 * time.Second},
		{"after a while", func(i *signintest.Issuer) { i.Interval, i.Pending = 2, 3 }, nil, 8 * time.Second},
		{"too fast", func(i *signintest.Issuer) { i.Interval, i.SlowDown, i.Pending = 1, 1, 1 }, nil, 13 * time.Second},
		{"denied", func(i *signintest.Issuer) { i.Interval, i.Deny = 1, true }, signin.ErrDenied, time.Second},
		{"expired", func(i *signintest.Issuer) { i.Interval, i.Pending, i.CodeLife = 1, 1000, 30 }, signin.ErrTimeout, 30 * time.Second},
		{"wrong audience", func(i *signintest.Issuer) { i.Interval, i.Access = 1, "other" }, signin.ErrAudience, time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				i := signintest.New("https://issuer.example")
				tt.set(i)
				p := provider(t, i, "jaeger")
				began := time.Now()
				var code signin.DeviceCode
				tokens, err := p.Device(t.Context(), func(c signin.DeviceCode) { code = c })
				if !errors.Is(err, tt.want) || (err == nil) != i.Good(tokens.Access) {
					t.Errorf("%v, want %v", err, tt.want)
				}
				if code.Code != "BDWP-HQPK" || code.Address != i.URL+"/activate" {
					t.Errorf("shown is %+v", code)
				}
				if waited := time.Since(began).Round(time.Second); waited != tt.waited { // of the test's clock
					t.Errorf("waited %v, want %v", waited, tt.waited)
				}
			})
		})
	}
	i := signintest.New("https://issuer.example")
	i.NoCodes = true
	if _, err := provider(t, i, "").Device(t.Context(), nil); !errors.Is(err, signin.ErrNoDevice) {
		t.Errorf("an issuer without codes: %v", err)
	}
}

func TestRefresh(t *testing.T) {
	i := signintest.New("https://issuer.example")
	p := provider(t, i, "")
	b := &browser{t: t, issuer: i}
	first, err := b.signIn(p)
	if err != nil {
		t.Fatal(err)
	}
	second, err := p.Refresh(t.Context(), first)
	if err != nil || second.Refresh == first.Refresh || second.Access == first.Access || second.User != first.User || !i.Good(second.Access) {
		t.Fatalf("refreshed: %v, as %q", err, second.User)
	}
	if _, err := p.Refresh(t.Context(), first); !errors.Is(err, signin.ErrSignIn) {
		t.Errorf("a refresh token used up: %v", err)
	}
	i.Do(func() { i.Subject = "boris" })
	if _, err := p.Refresh(t.Context(), second); !errors.Is(err, signin.ErrToken) {
		t.Errorf("tokens of somebody else: %v", err)
	}
	if _, err := p.Refresh(t.Context(), signin.Tokens{Access: "x"}); !errors.Is(err, signin.ErrSignIn) {
		t.Errorf("no refresh token: %v", err)
	}
}

func TestRevoke(t *testing.T) {
	i := signintest.New("https://issuer.example")
	p := provider(t, i, "")
	tokens, err := (&browser{t: t, issuer: i}).signIn(p)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Revoke(t.Context(), tokens); err != nil {
		t.Fatal(err)
	}
	if i.Good(tokens.Access) || len(i.Revoked) != 2 || i.Revoked[0] != tokens.Refresh {
		t.Errorf("taken back: %d", len(i.Revoked))
	}
	if _, err := p.Refresh(t.Context(), tokens); !errors.Is(err, signin.ErrSignIn) {
		t.Errorf("refreshed after that: %v", err)
	}
	i.Do(func() { i.Down = true })
	if err := p.Revoke(t.Context(), tokens); !errors.Is(err, signin.ErrIssuer) || strings.Contains(err.Error(), tokens.Refresh) {
		t.Errorf("issuer down: %v", err)
	}
	other := signintest.New("https://issuer.example")
	other.NoRevoke = true
	if err := provider(t, other, "").Revoke(t.Context(), tokens); err != nil {
		t.Errorf("an issuer that cannot: %v", err)
	}
}

func TestDiscoverFails(t *testing.T) {
	for _, tt := range []struct {
		name   string
		faults signintest.Faults
		issuer string
		want   signin.Kind
	}{
		{"down", signintest.Faults{Down: true}, "", signin.ErrIssuer},
		{"a portal answers", signintest.Faults{HTML: true}, "", signin.ErrNotIssuer},
		{"another path", signintest.Faults{}, "https://issuer.example/realm", signin.ErrNotIssuer},
		{"token address without TLS", signintest.Faults{PlainEndpoint: true}, "", signin.ErrNotIssuer},
		{"without TLS", signintest.Faults{}, "http://issuer.example", signin.ErrSettings},
	} {
		i := signintest.New("https://issuer.example")
		i.Faults = tt.faults
		if tt.issuer == "" {
			tt.issuer = i.URL
		}
		_, err := signin.Discover(t.Context(), signin.Options{Issuer: tt.issuer, ClientID: signintest.ClientID, HTTP: i.Client()})
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

// TestSlash leaves the slash at the end of an issuer out, or adds one.
func TestSlash(t *testing.T) {
	for _, address := range []string{"https://issuer.example", "https://issuer.example/"} {
		i := signintest.New("https://issuer.example")
		p, err := signin.Discover(t.Context(), signin.Options{Issuer: address, ClientID: signintest.ClientID, HTTP: i.Client()})
		if err != nil {
			t.Fatalf("%s: %v", address, err)
		}
		if _, err := (&browser{t: t, issuer: i}).signIn(p); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// What carries a code or a token is sent on to nobody.
func TestRedirects(t *testing.T) {
	var got []string
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = append(got, r.Method) }))
	defer other.Close()
	to := other.URL
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusTemporaryRedirect) }))
	defer srv.Close()
	c, err := signin.HTTPClient(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseIdleConnections()
	if resp, err := c.PostForm(srv.URL, url.Values{"refresh_token": {"planted"}}); err == nil || len(got) != 0 {
		t.Errorf("a form is sent on: %v, %v", resp, err)
	}
	resp, err := c.Get(srv.URL)
	if err != nil || len(got) != 1 {
		t.Fatalf("a question is not sent on: %v", err)
	}
	resp.Body.Close()
	to = "http://issuer.example" // without TLS
	if _, err := c.Get(srv.URL); err == nil || !strings.Contains(err.Error(), "sent on to another address") {
		t.Errorf("a question is sent on without TLS: %v", err)
	}
}

// discoverAt asks an issuer over a network.
func discoverAt(t *testing.T, address string, ca []byte) error {
	t.Helper()
	c, err := signin.HTTPClient(ca)
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseIdleConnections()
	_, err = signin.Discover(t.Context(), signin.Options{Issuer: address, ClientID: signintest.ClientID, HTTP: c})
	return err
}

func TestDiscoverOverTLS(t *testing.T) {
	_, srv := signintest.Serve()
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})
	if err := discoverAt(t, srv.URL, ca); err != nil {
		t.Errorf("with the company's authority: %v", err)
	}
	if err := discoverAt(t, srv.URL, nil); !errors.Is(err, signin.ErrTLS) {
		t.Errorf("without it: %v", err)
	}
	srv.Close()
	if err := discoverAt(t, srv.URL, ca); !errors.Is(err, signin.ErrUnreachable) {
		t.Errorf("nobody there: %v", err)
	}
	if _, err := signin.HTTPClient([]byte("text")); err == nil {
		t.Error("no authority, and no error")
	}
	long := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for range 5 << 10 {
			_, _ = w.Write(make([]byte, 1<<10))
		}
	}))
	defer long.Close()
	if err := discoverAt(t, long.URL, nil); err == nil {
		t.Error("an answer without end is read")
	}
}
