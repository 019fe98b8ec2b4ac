package signin

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// A Kind says why nobody is signed in, as far as a person can do something
// about it. It is an error itself: errors.Is(err, signin.ErrDenied) holds for
// every *Error of that kind.
type Kind uint8

// The kinds of failure.
const (
	ErrIssuer      Kind = iota + 1 // the issuer failed in a way of its own
	ErrUnreachable                 // no connection to the issuer
	ErrTLS                         // its certificate is refused
	ErrNotIssuer                   // the address answers, but is none of an issuer
	ErrSettings                    // the issuer does not know the client, or not what it asks for
	ErrDenied                      // the person, or the issuer, said no
	ErrTimeout                     // nobody signed in while it was possible
	ErrSignIn                      // nobody is signed in, or not any more
	ErrAudience                    // the token is for somebody else
	ErrToken                       // the token is not to be believed
	ErrClock                       // the clock of this computer, or of the issuer, is off
	ErrNoDevice                    // the issuer does not sign in by code
	ErrListen                      // the browser could not be sent back to this computer
	lastKind       = ErrListen
)

var kindNames = [...]string{
	ErrIssuer: "issuer failed", ErrUnreachable: "issuer unreachable", ErrTLS: "tls", ErrNotIssuer: "no issuer",
	ErrSettings: "settings not accepted", ErrDenied: "denied", ErrTimeout: "nobody signed in in time", ErrSignIn: "not signed in",
	ErrAudience: "wrong audience", ErrToken: "token not trusted", ErrClock: "clock off", ErrNoDevice: "no sign-in by code",
	ErrListen: "no port on this computer",
}

// String returns the kind in plain lower case, for logs.
func (k Kind) String() string {
	if k >= 1 && k <= lastKind {
		return kindNames[k]
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// Error makes a Kind something errors.Is can look for.
func (k Kind) Error() string { return k.String() }

// An Error says why nobody is signed in. Its text is for developers; a view
// makes its own words from Kind and Issuer.
type Error struct {
	Kind   Kind
	Issuer string
	Detail string // what the issuer or the system said, clipped, without tokens
}

// Error returns issuer, kind and detail.
func (e *Error) Error() string {
	s := fmt.Sprintf("sign in at %s: %s", e.Issuer, e.Kind)
	if e.Detail != "" {
		s += ": " + e.Detail
	}
	return s
}

// Is reports whether target is the kind of e.
func (e *Error) Is(target error) bool { return target == e.Kind }

func (p *Provider) fault(kind Kind, detail string) *Error {
	return &Error{kind, p.opts.Issuer, clean(detail)}
}

// explain makes an *Error of one of a library, or returns that of ctx. What the
// libraries quote holds answers of the issuer whole, so nothing of it is taken
// over but codes and their descriptions. grant is the kind of a refused grant,
// or of what is not known better.
func (p *Provider) explain(ctx context.Context, err error, grant Kind) error {
	var answer *oauth2.RetrieveError
	var network *url.Error
	var mismatch *oidc.IssuerMismatchError
	var done *Error
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("sign in at %s: %w", p.opts.Issuer, context.Cause(ctx))
	case errors.As(err, &done):
		return done
	case errors.As(err, &answer):
		return p.refused(answer.ErrorCode, answer.ErrorDescription, grant)
	case errors.As(err, &mismatch):
		return p.fault(ErrNotIssuer, "it calls itself "+mismatch.Discovered)
	case errors.As(err, &network):
		if isTLS(network.Err) {
			return p.fault(ErrTLS, network.Err.Error())
		}
		return p.fault(ErrUnreachable, network.Err.Error())
	case grant == ErrNotIssuer && strings.HasPrefix(err.Error(), "5"): // the status of its answer
		return p.fault(ErrIssuer, "it cannot describe itself now")
	case grant == ErrNotIssuer:
		return p.fault(grant, "it does not describe itself as one")
	}
	return p.fault(ErrIssuer, "its answer cannot be read")
}

// refused maps an error code of OAuth. grant is the kind of invalid_grant.
func (p *Provider) refused(code, description string, grant Kind) *Error {
	detail := strings.TrimSpace(code + " " + description)
	switch code {
	case "access_denied", "consent_required", "interaction_required", "login_required", "account_selection_required":
		return p.fault(ErrDenied, detail)
	case "expired_token":
		return p.fault(ErrTimeout, detail)
	case "invalid_grant":
		return p.fault(grant, detail)
	case "invalid_client", "unauthorized_client", "invalid_scope", "invalid_target", "unsupported_grant_type",
		"unsupported_response_type", "invalid_request":
		return p.fault(ErrSettings, detail)
	}
	return p.fault(ErrIssuer, detail)
}

func isTLS(err error) bool {
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var verify *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	return errors.As(err, &unknown) || errors.As(err, &host) || errors.As(err, &invalid) || errors.As(err, &verify) || errors.As(err, &record)
}

// detailLimit keeps a page of HTML out of logs and dialogs.
const detailLimit = 300

// clean makes what an issuer said fit to show: one line, printable, clipped.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "�"))
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > detailLimit {
		return string(r[:detailLimit]) + "…"
	}
	return s
}
