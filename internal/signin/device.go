package signin

import (
	"context"
	"errors"
	"net/url"
	"time"

	"golang.org/x/oauth2"
)

// A DeviceCode is what a person types on any device with a browser.
type DeviceCode struct {
	Address  string // of the page to type it on
	Code     string
	Complete string // the address with the code in it, "" where there is none
	Expires  time.Time
}

// CanUseCode says whether the issuer signs in by code.
func (p *Provider) CanUseCode() bool { return p.oauth.Endpoint.DeviceAuthURL != "" }

// Device signs a person in who types a code on another device.
func (p *Provider) Device(ctx context.Context, show func(DeviceCode)) (Tokens, error) {
	if !p.CanUseCode() {
		return Tokens{}, p.fault(ErrNoDevice, "")
	}
	d, err := p.oauth.DeviceAuth(p.request(ctx), p.audience()...)
	if err != nil {
		return Tokens{}, p.explain(ctx, err, ErrSettings)
	}
	if d.DeviceCode == "" || d.UserCode == "" || d.VerificationURI == "" {
		return Tokens{}, p.fault(ErrIssuer, "it gave no code")
	}
	limit := p.opts.Now().Add(patience)
	if d.Expiry.IsZero() || d.Expiry.After(limit) {
		d.Expiry = limit
	}
	show(DeviceCode{Address: clean(d.VerificationURI), Code: clean(d.UserCode), Complete: clean(d.VerificationURIComplete), Expires: d.Expiry})
	waiting, cancel := context.WithDeadline(ctx, d.Expiry)
	defer cancel()
	t, err := p.poll(waiting, d)
	switch {
	case err == nil:
		return p.accept(ctx, t, "", false)
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
		return Tokens{}, p.fault(ErrTimeout, "")
	}
	return Tokens{}, p.explain(ctx, err, ErrTimeout)
}

// poll asks until the person has signed in. A question that does not get through
// is put again: a computer that slept has no network at first.
func (p *Provider) poll(ctx context.Context, d *oauth2.DeviceAuthResponse) (*oauth2.Token, error) {
	for {
		t, err := p.oauth.DeviceAccessToken(p.request(ctx), d)
		var network *url.Error
		if err == nil || ctx.Err() != nil || !errors.As(err, &network) || isTLS(err) {
			return t, err
		}
	}
}
