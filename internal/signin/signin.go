// Package signin signs a person in at a company's OpenID Connect issuer and
// keeps the bearer token that a connection sends fresh: through the system's
// browser with a redirect to this computer (RFC 8252, PKCE), or with a code
// typed on another device (RFC 8628). Tokens are handed to whoever keeps
// secrets; none is in an error or a log.
package signin

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Options say where to sign in, and as what.
type Options struct {
	Issuer   string // an https address; http only on this computer
	ClientID string
	Scopes   []string // beside openid; empty for the profile and what refreshing needs
	Audience string   // whom access tokens are for, where the issuer wants to know

	HTTP *http.Client     // nil for HTTPClient(nil)
	Now  func() time.Time // nil for time.Now
}

// skew is how far the clocks of this computer and of the issuer may differ.
const skew = 5 * time.Minute

// A Provider is an issuer that told its addresses.
type Provider struct {
	opts       Options
	issuer     string // as it calls itself
	oauth      oauth2.Config
	verifier   *oidc.IDTokenVerifier
	revocation string // "" where tokens cannot be taken back
}

// Tokens are what an issuer gave. They are secret as a whole.
type Tokens struct {
	Access   string        `json:"access"`
	Refresh  string        `json:"refresh,omitempty"`
	Expiry   time.Time     `json:"expiry,omitzero"` // of Access; zero where the issuer did not say
	Lifetime time.Duration `json:"lifetime,omitempty"`
	Subject  string        `json:"subject,omitempty"`
	User     string        `json:"user,omitempty"` // who signed in, for reading
	Issuer   string        `json:"issuer"`
	ClientID string        `json:"client_id"`
}

// Discover asks an issuer for its addresses.
func Discover(ctx context.Context, o Options) (*Provider, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.HTTP == nil {
		var err error
		if o.HTTP, err = HTTPClient(nil); err != nil {
			return nil, err
		}
	}
	p := &Provider{opts: o}
	if !protected(o.Issuer) {
		return nil, p.fault(ErrSettings, "the issuer must have an https address")
	}
	p.issuer = o.Issuer
	found, err := oidc.NewProvider(oidc.ClientContext(ctx, o.HTTP), p.issuer)
	var mismatch *oidc.IssuerMismatchError
	if errors.As(err, &mismatch) && strings.TrimSuffix(mismatch.Discovered, "/") == strings.TrimSuffix(p.issuer, "/") {
		p.issuer = mismatch.Discovered // people leave the slash at the end out, or add one
		found, err = oidc.NewProvider(oidc.ClientContext(ctx, o.HTTP), p.issuer)
	}
	if err != nil {
		return nil, p.explain(ctx, err, ErrNotIssuer)
	}
	var more struct {
		Revocation string   `json:"revocation_endpoint"`
		Scopes     []string `json:"scopes_supported"`
	}
	if err := found.Claims(&more); err != nil {
		return nil, p.fault(ErrNotIssuer, "its description cannot be read")
	}
	p.revocation = more.Revocation
	p.oauth = oauth2.Config{ClientID: o.ClientID, Endpoint: found.Endpoint(), Scopes: scopes(o.Scopes, more.Scopes)}
	p.oauth.Endpoint.AuthStyle = oauth2.AuthStyleInParams // a program on a desktop has no secret
	for _, address := range []string{p.oauth.Endpoint.AuthURL, p.oauth.Endpoint.TokenURL, p.oauth.Endpoint.DeviceAuthURL, p.revocation} {
		if address != "" && !protected(address) {
			return nil, p.fault(ErrNotIssuer, "it names an address without TLS")
		}
	}
	// Verify allows no skew; tokens checks the times itself.
	p.verifier = found.VerifierContext(oidc.ClientContext(context.WithoutCancel(ctx), o.HTTP), &oidc.Config{ClientID: o.ClientID, SkipExpiryCheck: true})
	return p, nil
}

// scopes returns those to ask for.
func scopes(wanted, offered []string) []string {
	if len(wanted) == 0 {
		wanted = []string{"profile"}
		if slices.Contains(offered, oidc.ScopeOfflineAccess) {
			wanted = append(wanted, oidc.ScopeOfflineAccess)
		}
	}
	list := append([]string{oidc.ScopeOpenID}, wanted...)
	slices.Sort(list[1:])
	return slices.Compact(list)
}

// protected says whether what is sent to an address cannot be read on the way.
func protected(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && slices.Contains([]string{"127.0.0.1", "::1", "localhost"}, u.Hostname())
}

// request returns a context in which the libraries use our HTTP client.
func (p *Provider) request(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, p.opts.HTTP)
}

// audience asks for tokens for somebody.
func (p *Provider) audience() []oauth2.AuthCodeOption {
	if p.opts.Audience == "" {
		return nil
	}
	return []oauth2.AuthCodeOption{oauth2.SetAuthURLParam("audience", p.opts.Audience)}
}

// CanRefresh says whether a new access token can be had without a person.
func (t Tokens) CanRefresh() bool { return t.Refresh != "" }

// Refresh returns tokens in place of old ones. Those are used up where the
// issuer gives a new refresh token each time. The error is of kind ErrSignIn
// where a person must sign in again.
func (p *Provider) Refresh(ctx context.Context, old Tokens) (Tokens, error) {
	if !old.CanRefresh() {
		return Tokens{}, p.fault(ErrSignIn, "")
	}
	t, err := p.oauth.TokenSource(p.request(ctx), &oauth2.Token{RefreshToken: old.Refresh}).Token()
	if err != nil {
		return Tokens{}, p.explain(ctx, err, ErrSignIn)
	}
	now, err := p.accept(ctx, t, "", false)
	switch {
	case err != nil:
		return Tokens{}, err
	case now.Subject != "" && old.Subject != "" && now.Subject != old.Subject:
		return Tokens{}, p.fault(ErrToken, "it is for somebody else than before")
	case now.Subject == "":
		now.Subject, now.User = old.Subject, old.User
	}
	if now.Refresh == "" {
		now.Refresh = old.Refresh
	}
	return now, nil
}

// accept checks what an issuer gave. nonce is that of the request, or "";
// mustTell is set where an ID token has to be there.
func (p *Provider) accept(ctx context.Context, t *oauth2.Token, nonce string, mustTell bool) (Tokens, error) {
	out := Tokens{Access: t.AccessToken, Refresh: t.RefreshToken, Issuer: p.opts.Issuer, ClientID: p.opts.ClientID}
	if t.ExpiresIn > 0 { // how long, which no clock that is off can change
		out.Lifetime = time.Duration(t.ExpiresIn) * time.Second
		out.Expiry = p.opts.Now().Add(out.Lifetime)
	}
	if aud := audienceOf(t.AccessToken); p.opts.Audience != "" && len(aud) > 0 && !slices.Contains(aud, p.opts.Audience) {
		return Tokens{}, p.fault(ErrAudience, fmt.Sprintf("the token is for %q, want %q", aud, p.opts.Audience))
	}
	raw, _ := t.Extra("id_token").(string)
	if raw == "" {
		if mustTell {
			return Tokens{}, p.fault(ErrToken, "it does not say who signed in")
		}
		return out, nil
	}
	id, err := p.verifier.Verify(p.request(ctx), raw)
	if err != nil {
		return Tokens{}, p.badToken(ctx, err)
	}
	if err := p.checkClaims(id, t.AccessToken, nonce); err != nil {
		return Tokens{}, err
	}
	var who struct {
		Preferred string `json:"preferred_username"`
		Email     string `json:"email"`
		Name      string `json:"name"`
	}
	if err := id.Claims(&who); err != nil {
		return Tokens{}, p.fault(ErrToken, "it cannot be read")
	}
	out.Subject, out.User = id.Subject, id.Subject
	for _, name := range []string{who.Name, who.Email, who.Preferred} {
		if name != "" {
			out.User = clean(name)
		}
	}
	return out, nil
}

// badToken tells why an ID token was not believed.
func (p *Provider) badToken(ctx context.Context, err error) error {
	var network *url.Error
	switch text := err.Error(); {
	case ctx.Err() != nil, errors.As(err, &network):
		return p.explain(ctx, err, ErrUnreachable)
	case strings.Contains(text, "expected audience"):
		return p.fault(ErrAudience, "it is not for client "+p.opts.ClientID)
	case strings.Contains(text, "different provider"):
		return p.fault(ErrToken, "another issuer signed it")
	}
	return p.fault(ErrToken, "its signature is not that of the issuer")
}

func (p *Provider) checkClaims(id *oidc.IDToken, access, nonce string) error {
	now := p.opts.Now()
	switch {
	case id.Expiry.Add(skew).Before(now):
		return p.fault(ErrClock, "it was given just now and expired "+id.Expiry.UTC().Format(time.RFC3339))
	case id.IssuedAt.Add(-skew).After(now):
		return p.fault(ErrClock, "it was given just now and says "+id.IssuedAt.UTC().Format(time.RFC3339))
	case nonce != "" && id.Nonce != nonce:
		return p.fault(ErrToken, "it belongs to another sign-in")
	case id.AccessTokenHash != "" && id.VerifyAccessToken(access) != nil:
		return p.fault(ErrToken, "it belongs to another access token")
	}
	return nil
}

// audienceOf returns whom an access token is for, as far as it says so. It is
// not checked further: that is up to the server it is sent to.
func audienceOf(access string) []string {
	parts := strings.Split(access, ".")
	if len(parts) != 3 {
		return nil
	}
	data, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil
	}
	var many struct{ Aud []string }
	if json.Unmarshal(data, &many) == nil {
		return many.Aud
	}
	var one struct{ Aud string }
	if json.Unmarshal(data, &one) == nil && one.Aud != "" {
		return []string{one.Aud}
	}
	return nil
}

// Revoke takes tokens back at the issuer (RFC 7009), the refresh token first,
// since others hang on it. An issuer that cannot is no error.
func (p *Provider) Revoke(ctx context.Context, t Tokens) error {
	if p.revocation == "" {
		return nil
	}
	var failed error
	for _, x := range []struct{ hint, token string }{{"refresh_token", t.Refresh}, {"access_token", t.Access}} {
		if x.token == "" {
			continue
		}
		if err := p.revoke(ctx, x.hint, x.token); err != nil && failed == nil {
			failed = err
		}
	}
	return failed
}

func (p *Provider) revoke(ctx context.Context, hint, token string) error {
	form := url.Values{"token": {token}, "token_type_hint": {hint}, "client_id": {p.opts.ClientID}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.revocation, strings.NewReader(form.Encode()))
	if err != nil {
		return p.fault(ErrNotIssuer, "its address for taking tokens back cannot be used")
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := p.opts.HTTP.Do(req)
	if err != nil {
		return p.explain(ctx, err, ErrUnreachable)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return p.fault(ErrIssuer, "take tokens back: "+resp.Status)
	}
	return nil
}
