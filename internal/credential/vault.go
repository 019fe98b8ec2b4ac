// Package credential keeps the secrets of connections in the keyring of the
// system, or in memory where there is none, and turns them into what a client
// sends. A secret belongs to the address it was given for: a connection that
// leads elsewhere loses it.
package credential

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"traceview/internal/config"
	"traceview/internal/secret"
	"traceview/internal/signin"
)

// A Kind tells the secrets of a connection apart.
type Kind string

// The kinds of secret.
const (
	Token    Kind = "token"
	Password Kind = "password"
	SignIn   Kind = "sign-in" // what an issuer gave
	Key      Kind = "key"     // of the client certificate, PEM
	Header   Kind = "header"
	Logs     Kind = "logs" // of the Elasticsearch of the connection: a password, token or key
)

// A Want is a secret that a connection needs.
type Want struct {
	Kind   Kind
	Header string // name, of a Header
}

// String returns the kind, and the name of a header.
func (w Want) String() string {
	if w.Kind == Header {
		return string(w.Kind) + " " + w.Header
	}
	return string(w.Kind)
}

// Wants returns the secrets a connection needs, in an order that does not
// change.
func Wants(c config.Connection) []Want {
	var list []Want
	switch c.Auth.Kind {
	case config.AuthToken:
		list = append(list, Want{Kind: Token})
	case config.AuthBasic:
		list = append(list, Want{Kind: Password})
	case config.AuthOIDC:
		list = append(list, Want{Kind: SignIn})
	}
	if c.Auth.CertFile != "" && c.Auth.KeyFile == "" {
		list = append(list, Want{Kind: Key})
	}
	for _, h := range c.Auth.SecretHeaders {
		list = append(list, Want{Header, h})
	}
	return list
}

// LogsWants returns the secrets that the logs of a connection need: none of Wants, and
// neither is asked for with the other.
func LogsWants(c config.Connection) []Want {
	if c.Logs.SendsSecret() {
		return []Want{{Kind: Logs}}
	}
	return nil
}

// all returns every secret that a connection may have had, whatever it needs
// now.
func all(c config.Connection) []Want {
	list := []Want{{Kind: Token}, {Kind: Password}, {Kind: SignIn}, {Kind: Key}, {Kind: Logs}}
	for _, h := range c.Auth.SecretHeaders {
		list = append(list, Want{Header, h})
	}
	return list
}

// entry is where a secret is filed. Names of connections hold no slash.
func entry(connection string, w Want) string {
	name := "connection/" + connection + "/" + string(w.Kind)
	if w.Kind == Header {
		name += "/" + w.Header
	}
	return name
}

// A Vault keeps the secrets of connections. Where the keyring cannot be used it
// keeps them until the program ends, and Trouble says so. It may be used by
// several goroutines.
type Vault struct {
	ring   secret.Keyring
	memory secret.Memory

	mu      sync.Mutex
	trouble error
}

// New returns a vault on a keyring.
func New(ring secret.Keyring) *Vault { return &Vault{ring: ring} }

// Trouble returns why secrets are kept in memory only; nil if they are not.
func (v *Vault) Trouble() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.trouble
}

// without notes that the keyring cannot be used, and says whether err says so.
// One that cannot be used is not asked again: a locked one asks its user each
// time.
func (v *Vault) without(err error) bool {
	if !errors.Is(err, secret.ErrUnavailable) {
		return false
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.trouble = err
	return true
}

// Get returns a secret of a connection, and whether there is one.
func (v *Vault) Get(ctx context.Context, connection string, w Want) (string, bool, error) {
	name := entry(connection, w)
	if value, found, _ := v.memory.Get(ctx, name); found || v.Trouble() != nil {
		return value, found, nil
	}
	value, found, err := v.ring.Get(ctx, name)
	if v.without(err) {
		return "", false, nil
	}
	return value, found, err
}

// Put keeps a secret of a connection in place of the one before.
func (v *Vault) Put(ctx context.Context, connection string, w Want, value string) error {
	name := entry(connection, w)
	if v.Trouble() == nil {
		if err := v.ring.Set(ctx, name, value); !v.without(err) {
			return err
		}
	}
	return v.memory.Set(ctx, name, value)
}

// Drop removes a secret of a connection.
func (v *Vault) Drop(ctx context.Context, connection string, w Want) error {
	name := entry(connection, w)
	err := v.memory.Delete(ctx, name)
	if err == nil && v.Trouble() == nil {
		if err = v.ring.Delete(ctx, name); v.without(err) {
			return nil
		}
	}
	return err
}

// Forget removes all secrets of a connection.
func (v *Vault) Forget(ctx context.Context, c config.Connection) error {
	for _, w := range all(c) {
		if err := v.Drop(ctx, c.Name, w); err != nil {
			return fmt.Errorf("forget secrets of %s: %w", c.Name, err)
		}
	}
	return nil
}

// Follow takes the secrets of a connection along where it was renamed or
// changed. Those it does not need any more are removed, and all of them where it
// leads to another place: they were not given for that.
func (v *Vault) Follow(ctx context.Context, before, after config.Connection) error {
	for _, w := range append(Wants(after), LogsWants(after)...) {
		if !goesTo(w, before, after) {
			continue
		}
		value, found, err := v.Get(ctx, before.Name, w)
		if err == nil && found && before.Name != after.Name {
			err = v.Put(ctx, after.Name, w, value)
		}
		if err != nil {
			return fmt.Errorf("take secrets of %s along: %w", before.Name, err)
		}
	}
	for _, w := range all(before) {
		if before.Name == after.Name && goesTo(w, before, after) && needs(after, w) {
			continue
		}
		if err := v.Drop(ctx, before.Name, w); err != nil {
			return fmt.Errorf("forget secrets of %s: %w", before.Name, err)
		}
	}
	return nil
}

// goesTo says whether a secret goes to the same place before and after a change.
func goesTo(w Want, before, after config.Connection) bool {
	if w.Kind == Logs {
		return before.Logs.SendsTo(after.Logs)
	}
	return before.SendsTo(after)
}

func needs(c config.Connection, w Want) bool {
	return slices.Contains(Wants(c), w) || slices.Contains(LogsWants(c), w)
}

// A Held is a secret that a connection needs, and what can be told of it.
type Held struct {
	Want
	Kept bool
	// Of a sign-in: who, until when without the issuer, and whether it can be
	// refreshed then.
	User    string
	Expiry  time.Time
	Refresh bool
}

// Held returns what is there of the secrets that a connection needs, without those of
// its logs.
func (v *Vault) Held(ctx context.Context, c config.Connection) ([]Held, error) {
	return v.held(ctx, c, Wants(c))
}

// LogsHeld returns what is there of the secrets that the logs of a connection need.
func (v *Vault) LogsHeld(ctx context.Context, c config.Connection) ([]Held, error) {
	return v.held(ctx, c, LogsWants(c))
}

func (v *Vault) held(ctx context.Context, c config.Connection, wants []Want) ([]Held, error) {
	var list []Held
	for _, w := range wants {
		value, found, err := v.Get(ctx, c.Name, w)
		if err != nil {
			return nil, err
		}
		h := Held{Want: w, Kept: found}
		if w.Kind == SignIn {
			t, ok := parseTokens(value, c)
			h.Kept, h.User, h.Expiry, h.Refresh = ok, t.User, t.Expiry, t.CanRefresh()
		}
		list = append(list, h)
	}
	return list, nil
}

// parseTokens reads what was kept of a sign-in, unless it was at another issuer.
func parseTokens(value string, c config.Connection) (t signin.Tokens, ok bool) {
	if json.Unmarshal([]byte(value), &t) != nil || t.Issuer != c.Auth.Issuer || t.ClientID != c.Auth.ClientID {
		return signin.Tokens{}, false
	}
	return t, true
}
