package signin

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"html/template"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// patience is how long a person may take in the browser.
const patience = 10 * time.Minute

// Ways are how a person is reached.
type Ways struct {
	// Open shows an address in the browser of the system; nil where there is none.
	Open func(address string) error
	// Address tells the address to sign in at, and whether the browser showed it.
	Address func(address string, opened bool)
	// Code tells the code to type on another device.
	Code func(DeviceCode)
	// Page returns what the browser shows at the end: a headline and some lines.
	Page func(ok bool) (title string, lines []string)
}

// SignIn signs a person in through the browser. Where none opens, a code does,
// or, with an issuer that takes none, the address is told to be copied.
func (p *Provider) SignIn(ctx context.Context, w Ways) (Tokens, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		return Tokens{}, p.fault(ErrListen, err.Error())
	}
	a := p.authorize("http://"+l.Addr().String()+"/callback", w.Page)
	srv := &http.Server{Handler: a, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = srv.Serve(l) // ends with stop
	}()
	stop := func() {
		// The page is on its way; the browser keeps the connection, which does not count.
		bye, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		if srv.Shutdown(bye) != nil {
			_ = srv.Close()
		}
		<-served
	}
	defer stop()

	opened := w.Open != nil && w.Open(a.address) == nil
	if !opened && p.CanUseCode() {
		return p.Device(ctx, w.Code)
	}
	w.Address(a.address, opened)
	over := time.NewTimer(patience)
	defer over.Stop()
	select {
	case <-a.done:
		return a.tokens, a.err
	case <-over.C:
		return Tokens{}, p.fault(ErrTimeout, "")
	case <-ctx.Done():
		return Tokens{}, p.explain(ctx, ctx.Err(), ErrIssuer)
	}
}

// An authorization is one visit of a person to the issuer. It serves the
// address the browser is sent back to.
type authorization struct {
	provider               *Provider
	oauth                  oauth2.Config
	state, nonce, verifier string
	host                   string // of the redirect
	address                string // to be shown in the browser
	page                   func(ok bool) (string, []string)

	once   sync.Once
	done   chan struct{} // closed when tokens and err are set
	tokens Tokens
	err    error
}

func (p *Provider) authorize(redirect string, page func(bool) (string, []string)) *authorization {
	a := &authorization{
		provider: p, oauth: p.oauth, state: random(), nonce: random(), verifier: oauth2.GenerateVerifier(),
		page: page, done: make(chan struct{}),
	}
	a.oauth.RedirectURL = redirect
	a.host = redirect[len("http://") : len(redirect)-len("/callback")]
	a.address = a.oauth.AuthCodeURL(a.state, append(p.audience(), oauth2.S256ChallengeOption(a.verifier), oidc.Nonce(a.nonce))...)
	return a
}

// random returns 256 bits that nobody can guess.
func random() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// ServeHTTP takes what the browser brings back. Anything that does not know the
// state, such as another page that tries ports, changes nothing.
func (a *authorization) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	known := subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(a.state)) == 1
	if r.Method != http.MethodGet || r.Host != a.host || r.URL.Path != "/callback" || !known {
		a.show(w, http.StatusBadRequest, false)
		return
	}
	first := false
	a.once.Do(func() {
		first = true
		a.tokens, a.err = a.finish(r.Context(), q.Get("iss"), q.Get("error"), q.Get("error_description"), q.Get("code"))
	})
	if !first { // the same address again, as after going back
		a.show(w, http.StatusBadRequest, false)
		return
	}
	a.show(w, http.StatusOK, a.err == nil)
	close(a.done)
}

// finish turns what the browser brought into tokens.
func (a *authorization) finish(ctx context.Context, issuer, code, description, grant string) (Tokens, error) {
	p := a.provider
	switch {
	case issuer != "" && issuer != p.issuer: // RFC 9207
		return Tokens{}, p.fault(ErrToken, "another issuer answered")
	case code != "":
		return Tokens{}, p.refused(code, description, ErrIssuer)
	}
	// The browser may go away meanwhile; the person has signed in all the same.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	t, err := a.oauth.Exchange(p.request(ctx), grant, oauth2.VerifierOption(a.verifier))
	if err != nil {
		return Tokens{}, p.explain(ctx, err, ErrIssuer)
	}
	return p.accept(ctx, t, a.nonce, true)
}

var pageTemplate = template.Must(template.New("page").Parse(`<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>traceview</title>
<style>body{font:16px system-ui,sans-serif;max-width:34em;margin:15vh auto;padding:0 1em;color-scheme:light dark}</style></head>
<body><h1>{{.Title}}</h1>{{range .Lines}}<p>{{.}}</p>{{end}}</body></html>
`))

func (a *authorization) show(w http.ResponseWriter, status int, ok bool) {
	title, lines := a.page(ok)
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	h.Set("Connection", "close")
	w.WriteHeader(status)
	_ = pageTemplate.Execute(w, struct { // the browser may be gone
		Title string
		Lines []string
	}{title, lines})
}
