// Package signintest is a small OpenID provider for tests. It checks what a
// provider must check, signs what it gives with a real key, and does on demand
// what a bad one does.
package signintest

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// ClientID is the one client the issuer knows.
const ClientID = "traceview"

// Faults are what an issuer does wrong, or says no to.
type Faults struct {
	Deny          bool          // the person says no
	Nonce         string        // in ID tokens, in place of the right one
	Audience      string        // of ID tokens, in place of the client
	Access        string        // whom access tokens are for, in place of what was asked
	Subject       string        // of refreshed ID tokens
	Iss           string        // in the answer that the browser brings
	OtherKey      bool          // ID tokens are signed with a key nobody knows
	Clock         time.Duration // how far the issuer's clock is ahead
	Reuse         bool          // a refresh token can be used twice
	NoIDToken     bool
	OtherHash     bool // ID tokens are those of another access token
	NoCodes       bool // no sign-in by code
	NoRevoke      bool // no taking back
	Down          bool // nothing is answered but 503
	HTML          bool // pages of a portal answer everything
	PlainEndpoint bool // the token address has no TLS
}

// An Issuer is a provider with one person, who is asked nothing. Set its fields
// before it is used; Do changes them later.
type Issuer struct {
	URL      string        // of itself
	Lifetime time.Duration // of access tokens; 0 for an hour
	Interval int           // seconds between questions for a code's tokens
	CodeLife int           // seconds a code lives; 0 for 600
	Pending  int           // how often such a question is answered "not yet"
	SlowDown int           // and how often before that "too fast"
	Faults

	key, other jose.Signer
	public     jose.JSONWebKeySet

	mu        sync.Mutex
	codes     map[string]request // that were not exchanged yet
	refresh   map[string]bool    // tokens that are good
	access    map[string]time.Time
	devices   map[string]bool // codes that nobody used up
	serial    int
	Refreshed int      // how often
	Revoked   []string // tokens taken back
	Asked     []string // forms of token requests, without codes and tokens
}

// A request is what the browser asked for.
type request struct{ challenge, nonce, redirect, audience string }

// New returns an issuer at an address. It is an http.Handler.
func New(address string) *Issuer {
	i := &Issuer{URL: address, codes: map[string]request{}, refresh: map[string]bool{}, access: map[string]time.Time{}, devices: map[string]bool{}}
	i.key, i.other = i.signer("k1"), i.signer("k1")
	i.public.Keys = i.public.Keys[:1]
	return i
}

// Serve starts an issuer behind TLS on this computer; close the server when
// done. Its certificate is its own authority.
func Serve() (*Issuer, *httptest.Server) {
	i := New("")
	srv := httptest.NewUnstartedServer(i)
	srv.Config.ErrorLog = log.New(io.Discard, "", 0) // handshakes refused are what tests want
	srv.StartTLS()
	i.URL = srv.URL
	return i, srv
}

// Client returns a client that reaches the issuer without a network.
func (i *Issuer) Client() *http.Client { return &http.Client{Transport: transport{i}} }

type transport struct{ handler http.Handler }

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	t.handler.ServeHTTP(w, r)
	return w.Result(), nil
}

func (i *Issuer) signer(id string) jose.Signer {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	i.public.Keys = append(i.public.Keys, jose.JSONWebKey{Key: key.Public(), KeyID: id, Algorithm: "ES256", Use: "sig"})
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: key, KeyID: id}}, nil)
	if err != nil {
		panic(err)
	}
	return s
}

// Do changes the issuer while it is used.
func (i *Issuer) Do(f func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	f()
}

// Good says whether an access token is one of the issuer that has neither
// expired nor been taken back.
func (i *Issuer) Good(access string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	until, ok := i.access[access]
	return ok && time.Now().Before(until)
}

// Expire makes all access tokens given so far worthless.
func (i *Issuer) Expire() { i.Do(func() { clear(i.access) }) }

// End makes all refresh tokens given so far worthless.
func (i *Issuer) End() { i.Do(func() { clear(i.refresh) }) }

// ServeHTTP implements http.Handler.
func (i *Issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	switch {
	case i.Down:
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	case i.HTML:
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<html>portal</html>")
		return
	}
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		i.describe(w)
	case "/keys":
		answer(w, http.StatusOK, i.public)
	case "/authorize":
		i.authorize(w, r)
	case "/token":
		i.token(w, r)
	case "/device":
		i.device(w, r)
	case "/revoke":
		i.revoke(w, r)
	default:
		http.NotFound(w, r)
	}
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func refuse(w http.ResponseWriter, code string) {
	answer(w, http.StatusBadRequest, map[string]string{"error": code, "error_description": "said by the test's issuer"})
}

func (i *Issuer) describe(w http.ResponseWriter) {
	d := map[string]any{
		"issuer": i.URL, "authorization_endpoint": i.URL + "/authorize", "token_endpoint": i.URL + "/token", "jwks_uri": i.URL + "/keys",
		"id_token_signing_alg_values_supported": []string{"ES256"}, "scopes_supported": []string{"openid", "profile", "offline_access"},
		"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		"authorization_response_iss_parameter_supported": true, "code_challenge_methods_supported": []string{"S256"},
	}
	if !i.NoCodes {
		d["device_authorization_endpoint"] = i.URL + "/device"
	}
	if !i.NoRevoke {
		d["revocation_endpoint"] = i.URL + "/revoke"
	}
	if i.PlainEndpoint {
		d["token_endpoint"] = "http://issuer.example/token"
	}
	answer(w, http.StatusOK, d)
}

// authorize is what the browser shows; the person says yes at once.
func (i *Issuer) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	back, err := url.Parse(q.Get("redirect_uri"))
	// RFC 8252: any port of this computer, for a client that is a program.
	if err != nil || back.Hostname() != "127.0.0.1" || q.Get("client_id") != ClientID || q.Get("response_type") != "code" ||
		q.Get("code_challenge_method") != "S256" || q.Get("code_challenge") == "" || !strings.Contains(" "+q.Get("scope")+" ", " openid ") {
		refuse(w, "invalid_request")
		return
	}
	out := url.Values{"state": {q.Get("state")}, "iss": {i.URL}}
	if i.Iss != "" {
		out.Set("iss", i.Iss)
	}
	if i.Deny {
		out.Set("error", "access_denied")
	} else {
		code := i.fresh("code")
		i.codes[code] = request{q.Get("code_challenge"), q.Get("nonce"), q.Get("redirect_uri"), q.Get("audience")}
		out.Set("code", code)
	}
	back.RawQuery = out.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

func (i *Issuer) fresh(kind string) string {
	i.serial++
	b := make([]byte, 12)
	_, _ = rand.Read(b)
	return fmt.Sprintf("%s-%d-%s", kind, i.serial, base64.RawURLEncoding.EncodeToString(b))
}

func (i *Issuer) token(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	f := r.PostForm
	i.Asked = append(i.Asked, f.Get("grant_type"))
	if _, _, basic := r.BasicAuth(); r.Method != http.MethodPost || basic || f.Get("client_id") != ClientID {
		refuse(w, "invalid_client")
		return
	}
	switch f.Get("grant_type") {
	case "authorization_code":
		req, ok := i.codes[f.Get("code")]
		delete(i.codes, f.Get("code")) // once
		sum := sha256.Sum256([]byte(f.Get("code_verifier")))
		if !ok || req.redirect != f.Get("redirect_uri") || req.challenge != base64.RawURLEncoding.EncodeToString(sum[:]) {
			refuse(w, "invalid_grant")
			return
		}
		i.give(w, req.nonce, req.audience, "")
	case "refresh_token":
		old := f.Get("refresh_token")
		if !i.refresh[old] {
			refuse(w, "invalid_grant")
			return
		}
		if !i.Reuse {
			delete(i.refresh, old)
		}
		i.Refreshed++
		i.give(w, "", "", i.Subject)
	case "urn:ietf:params:oauth:grant-type:device_code":
		i.poll(w, f.Get("device_code"))
	default:
		refuse(w, "unsupported_grant_type")
	}
}

func (i *Issuer) poll(w http.ResponseWriter, code string) {
	switch {
	case !i.devices[code]:
		refuse(w, "invalid_grant")
	case i.SlowDown > 0:
		i.SlowDown--
		refuse(w, "slow_down")
	case i.Pending > 0:
		i.Pending--
		refuse(w, "authorization_pending")
	case i.Deny:
		refuse(w, "access_denied")
	default:
		delete(i.devices, code)
		i.give(w, "", "", "")
	}
}

func (i *Issuer) device(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	if r.PostForm.Get("client_id") != ClientID {
		refuse(w, "invalid_client")
		return
	}
	code := i.fresh("device")
	i.devices[code] = true
	life := i.CodeLife
	if life == 0 {
		life = 600
	}
	answer(w, http.StatusOK, map[string]any{
		"device_code": code, "user_code": "BDWP-HQPK", "verification_uri": i.URL + "/activate",
		"verification_uri_complete": i.URL + "/activate?user_code=BDWP-HQPK", "expires_in": life, "interval": i.Interval,
	})
}

// give answers with tokens.
func (i *Issuer) give(w http.ResponseWriter, nonce, audience, subject string) {
	life := i.Lifetime
	if life == 0 {
		life = time.Hour
	}
	now := time.Now().Add(i.Clock)
	audience = cmp.Or(i.Access, audience, "jaeger")
	access := sign(i.key, map[string]any{"iss": i.URL, "aud": audience, "sub": "olga", "exp": now.Add(life).Unix(), "jti": i.fresh("at")})
	i.access[access] = time.Now().Add(life)
	refresh := i.fresh("refresh")
	i.refresh[refresh] = true
	out := map[string]any{"access_token": access, "token_type": "Bearer", "expires_in": int(life.Seconds()), "refresh_token": refresh}
	id := map[string]any{"iss": i.URL, "aud": ClientID, "sub": "olga", "name": "Olga", "preferred_username": "olga@shop.example",
		"iat": now.Unix(), "exp": now.Add(10 * time.Minute).Unix()}
	for claim, value := range map[string]string{"nonce": nonce, "aud": i.Audience, "sub": subject} {
		if value != "" {
			id[claim] = value
		}
	}
	if i.Nonce != "" {
		id["nonce"] = i.Nonce
	}
	sum := sha256.Sum256([]byte(access))
	if i.OtherHash {
		sum = sha256.Sum256([]byte("another"))
	}
	id["at_hash"] = base64.RawURLEncoding.EncodeToString(sum[:16])
	if key := i.key; !i.NoIDToken {
		if i.OtherKey {
			key = i.other
		}
		out["id_token"] = sign(key, id)
	}
	answer(w, http.StatusOK, out)
}

func sign(key jose.Signer, claims map[string]any) string {
	payload, err := json.Marshal(claims)
	if err != nil {
		panic(err)
	}
	s, err := key.Sign(payload)
	if err != nil {
		panic(err)
	}
	text, err := s.CompactSerialize()
	if err != nil {
		panic(err)
	}
	return text
}

func (i *Issuer) revoke(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	token := r.PostForm.Get("token")
	i.Revoked = append(i.Revoked, token)
	delete(i.access, token)
	delete(i.refresh, token)
	w.WriteHeader(http.StatusOK)
}
