package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The kinds of credential of Auth.
const (
	AuthNone  = "none"
	AuthToken = "token" // a bearer token
	AuthBasic = "basic" // user name and password
	AuthOIDC  = "oidc"  // single sign-on by OpenID Connect, which gives bearer tokens
)

// The headers a bearer token is sent in.
const (
	TokenAuthorization = "authorization"
	TokenBearer        = "bearer.token" // Jaeger hands it on to its storage
	TokenBoth          = "both"
)

// Auth says which credentials a connection needs. They are in the keyring, and
// nothing here is one.
type Auth struct {
	Kind        string `json:"kind"`         // AuthNone and so on
	TokenHeader string `json:"token_header"` // TokenAuthorization and so on
	User        string `json:"user"`         // of AuthBasic

	Issuer   string   `json:"issuer"` // of AuthOIDC, an https address
	ClientID string   `json:"client_id"`
	Scopes   []string `json:"scopes"`   // beside openid
	Audience string   `json:"audience"` // whom tokens are for, where the issuer wants to know; "" for none

	// ClientCertificate is set where the server wants one. CertFile names it; its
	// key is in KeyFile, or in the keyring where that is "".
	ClientCertificate bool   `json:"client_certificate"`
	CertFile          string `json:"cert_file"`
	KeyFile           string `json:"key_file"`

	SecretHeaders []string `json:"secret_headers"` // names; their values are in the keyring

	// AllowPlaintext has credentials sent without TLS to other computers. Whoever
	// is on the way can read them.
	AllowPlaintext bool `json:"allow_plaintext_credentials"`

	kept fields
}

// plainAuth is Auth without its methods.
type plainAuth Auth

// UnmarshalJSON reads what credentials there are and keeps the fields it does
// not know.
func (a *Auth) UnmarshalJSON(data []byte) (err error) {
	a.kept, err = decodeKeeping(data, (*plainAuth)(a))
	return err
}

// MarshalJSON writes a with the fields it was read with.
func (a Auth) MarshalJSON() ([]byte, error) { return encodeKept(plainAuth(a), a.kept) }

func (a *Auth) settle() {
	if a.Kind == "" {
		a.Kind = AuthNone
	}
	if a.TokenHeader == "" {
		a.TokenHeader = TokenAuthorization
	}
	a.ClientCertificate = a.ClientCertificate || a.CertFile != ""
}

// Has says whether the connection needs any credential.
func (a Auth) Has() bool {
	return a.Kind != "" && a.Kind != AuthNone || a.ClientCertificate || a.CertFile != "" || len(a.SecretHeaders) > 0
}

// SendsSecrets says whether something goes out with a call that should stay
// secret. The key of a certificate does not.
func (a Auth) SendsSecrets() bool {
	return a.Kind != "" && a.Kind != AuthNone || len(a.SecretHeaders) > 0
}

func (a Auth) check() error {
	switch {
	case !slices.Contains([]string{"", AuthNone, AuthToken, AuthBasic, AuthOIDC}, a.Kind):
		return fmt.Errorf("credentials %.30q are not known; use %s, %s, %s or %s", a.Kind, AuthNone, AuthToken, AuthBasic, AuthOIDC)
	case !slices.Contains([]string{"", TokenAuthorization, TokenBearer, TokenBoth}, a.TokenHeader):
		return fmt.Errorf("header of the token %.30q is not known; use %s, %s or %s", a.TokenHeader, TokenAuthorization, TokenBearer, TokenBoth)
	case a.CertFile == "" && a.KeyFile != "":
		return errors.New("a client certificate needs its certificate file, not only its key")
	case strings.Contains(a.User, ":"): // RFC 7617
		return errors.New("a user name must not hold ':'")
	}
	for i, h := range a.SecretHeaders {
		if h == "" || h != strings.ToLower(h) || slices.Contains(a.SecretHeaders[:i], h) {
			return fmt.Errorf("secret header %.60q: want lower case, once", h)
		}
	}
	if a.Kind == AuthOIDC {
		if a.Issuer == "" || a.ClientID == "" {
			return errors.New("single sign-on needs the address of the issuer and the id of the client")
		}
		if err := checkAddress(a.Issuer); err != nil {
			return fmt.Errorf("issuer: %w", err)
		}
	}
	return nil
}
