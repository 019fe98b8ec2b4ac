package credential

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"traceview/internal/config"
	"traceview/internal/signin"
)

// A MissingError says that a secret a connection needs is nowhere, and that
// nobody could be asked for it.
type MissingError struct {
	Connection string
	Want       Want
}

// Error names the connection and what is missing.
func (e *MissingError) Error() string {
	return fmt.Sprintf("connection %s: its %s is missing", e.Connection, e.Want)
}

// ErrNoCertificate is wrapped where a connection wants a client certificate and
// nobody said which.
var ErrNoCertificate = errors.New("a client certificate is needed and none is named")

// An Ask gets a secret from a person: for a SignIn it signs in, which keeps what
// it got, and returns "".
type Ask func(ctx context.Context, c config.Connection, w Want) (string, error)

// Credentials are what a client sends of a connection. What is nil is not sent.
type Credentials struct {
	Token   func(context.Context) (string, error)
	Refused func(token string) // tells that a server did not accept it
	Basic   func(context.Context) (user, password string, err error)
	Headers map[string]string // secret ones
	KeyPEM  []byte            // of the client certificate, if it is in the vault
	APIKey  string            // of Elasticsearch, "" for none
}

// OpenLogs returns the credentials of the logs of a connection, as Open does for the
// connection.
func (v *Vault) OpenLogs(ctx context.Context, c config.Connection, ask Ask) (*Credentials, error) {
	out := &Credentials{}
	for _, w := range LogsWants(c) {
		value, err := v.secret(ctx, c, w, ask)
		if err != nil {
			return nil, err
		}
		switch c.Logs.Auth {
		case config.AuthBasic:
			out.Basic = func(context.Context) (string, string, error) { return c.Logs.User, value, nil }
		case config.AuthToken:
			out.Token = func(context.Context) (string, error) { return value, nil }
		case config.AuthAPIKey:
			out.APIKey = value
		}
	}
	return out, nil
}

// Open returns the credentials of a connection. What the vault does not have is
// asked for and kept; without ask, the error is a *MissingError.
func (v *Vault) Open(ctx context.Context, c config.Connection, ask Ask) (*Credentials, error) {
	if c.Auth.ClientCertificate && c.Auth.CertFile == "" {
		return nil, fmt.Errorf("connection %s: %w", c.Name, ErrNoCertificate)
	}
	out := &Credentials{}
	for _, w := range Wants(c) {
		value, err := v.secret(ctx, c, w, ask)
		if err != nil {
			return nil, err
		}
		switch w.Kind {
		case Token:
			out.Token = func(context.Context) (string, error) { return value, nil }
		case Password:
			out.Basic = func(context.Context) (string, string, error) { return c.Auth.User, value, nil }
		case Key:
			out.KeyPEM = []byte(value)
		case Header:
			if out.Headers == nil {
				out.Headers = map[string]string{}
			}
			out.Headers[w.Header] = value
		case SignIn:
			o, err := issuer(c)
			if err != nil {
				return nil, err
			}
			s := signin.NewSession(o, &keeper{v, c})
			out.Token, out.Refused = s.Token, s.Refused
		}
	}
	return out, nil
}

// secret returns a secret of the vault, or asks for it.
func (v *Vault) secret(ctx context.Context, c config.Connection, w Want, ask Ask) (string, error) {
	value, found, err := v.Get(ctx, c.Name, w)
	if err == nil && found && w.Kind == SignIn {
		_, found = parseTokens(value, c)
	}
	switch {
	case err != nil:
		return "", fmt.Errorf("connection %s: %w", c.Name, err)
	case found:
		return value, nil
	case ask == nil:
		return "", &MissingError{c.Name, w}
	}
	value, err = ask(ctx, c, w)
	if err != nil || w.Kind == SignIn {
		return "", err
	}
	return value, v.Put(ctx, c.Name, w, value)
}

// issuer returns how to reach the issuer of a connection, which trusts the
// authorities of the connection beside those of the system.
func issuer(c config.Connection) (signin.Options, error) {
	ca := []byte(c.CA)
	if c.CAFile != "" {
		var err error
		if ca, err = os.ReadFile(c.CAFile); err != nil {
			return signin.Options{}, fmt.Errorf("connection %s: read CA file: %w", c.Name, err)
		}
	}
	h, err := signin.HTTPClient(ca)
	if err != nil {
		return signin.Options{}, fmt.Errorf("connection %s: %w", c.Name, err)
	}
	return signin.Options{Issuer: c.Auth.Issuer, ClientID: c.Auth.ClientID, Scopes: c.Auth.Scopes, Audience: c.Auth.Audience, HTTP: h}, nil
}

// discover asks the issuer of a connection for its addresses.
func discover(ctx context.Context, c config.Connection) (*signin.Provider, error) {
	o, err := issuer(c)
	if err != nil {
		return nil, err
	}
	return signin.Discover(ctx, o)
}

// SignIn signs a person in for a connection and keeps what the issuer gave.
// With code, no browser is opened.
func (v *Vault) SignIn(ctx context.Context, c config.Connection, ways signin.Ways, code bool) (signin.Tokens, error) {
	p, err := discover(ctx, c)
	if err != nil {
		return signin.Tokens{}, err
	}
	var t signin.Tokens
	if code {
		t, err = p.Device(ctx, ways.Code)
	} else {
		t, err = p.SignIn(ctx, ways)
	}
	if err != nil {
		return signin.Tokens{}, err
	}
	return t, (&keeper{v, c}).Save(ctx, t)
}

// SignOut takes the tokens of a connection back at the issuer and forgets them.
// They are forgotten also where the issuer does not take them back, which the
// error then says. It says whether somebody was signed in.
func (v *Vault) SignOut(ctx context.Context, c config.Connection) (was bool, err error) {
	t, was, err := (&keeper{v, c}).Load(ctx)
	if err != nil {
		return false, err
	}
	if was {
		p, discoverErr := discover(ctx, c)
		if err = discoverErr; err == nil {
			err = p.Revoke(ctx, t)
		}
	}
	return was, errors.Join(err, v.Drop(context.WithoutCancel(ctx), c.Name, Want{Kind: SignIn}))
}

// A keeper keeps the tokens of a connection in the vault.
type keeper struct {
	vault      *Vault
	connection config.Connection
}

// Load implements signin.Keeper.
func (k *keeper) Load(ctx context.Context) (signin.Tokens, bool, error) {
	value, found, err := k.vault.Get(ctx, k.connection.Name, Want{Kind: SignIn})
	if err != nil || !found {
		return signin.Tokens{}, false, err
	}
	t, ok := parseTokens(value, k.connection)
	return t, ok, nil
}

// Save implements signin.Keeper.
func (k *keeper) Save(ctx context.Context, t signin.Tokens) error {
	data, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("keep the sign-in of %s: %w", k.connection.Name, err)
	}
	return k.vault.Put(ctx, k.connection.Name, Want{Kind: SignIn}, string(data))
}
