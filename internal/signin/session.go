package signin

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// A Keeper keeps the tokens of one connection secret.
type Keeper interface {
	Load(ctx context.Context) (t Tokens, found bool, err error)
	Save(ctx context.Context, t Tokens) error
}

// A Session gives out the access token of who signed in, and refreshes it
// before it expires. It may be used by several goroutines: however many ask,
// one refreshes.
type Session struct {
	opts   Options
	keeper Keeper
	flight singleflight.Group

	provider *Provider // nil until it is needed; only whoever refreshes uses it

	mu      sync.Mutex
	tokens  Tokens
	refused string // an access token that a server did not accept
}

// NewSession returns a session of the tokens that keeper has, if any.
func NewSession(o Options, keeper Keeper) *Session {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Session{opts: o, keeper: keeper}
}

// refreshTimeout bounds one refresh, whoever waits for it.
const refreshTimeout = 30 * time.Second

// Token returns an access token that is good for some time yet, and not one
// that was refused.
func (s *Session) Token(ctx context.Context) (string, error) {
	if now, refused := s.state(); s.fresh(now) && now.Access != refused {
		return now.Access, nil
	}
	return s.renewed(ctx)
}

// Refused tells that a server did not accept an access token. Token will not
// return it again, but for another one or an error.
func (s *Session) Refused(access string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused = access
}

func (s *Session) state() (now Tokens, refused string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tokens, s.refused
}

// fresh says whether an access token can be sent: until a minute before it
// expires, or a fifth of its life where that is short.
func (s *Session) fresh(t Tokens) bool {
	if t.Access == "" {
		return false
	}
	return t.Expiry.IsZero() || s.opts.Now().Before(t.Expiry.Add(-min(time.Minute, t.Lifetime/5)))
}

// renewed refreshes, or waits for whoever does. What is under way goes on when
// one of those who wait gives up.
func (s *Session) renewed(ctx context.Context) (string, error) {
	result := s.flight.DoChan("", func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), refreshTimeout)
		defer cancel()
		return s.renew(ctx)
	})
	select {
	case r := <-result:
		if r.Err != nil {
			return "", r.Err
		}
		return r.Val.(string), nil
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

func (s *Session) renew(ctx context.Context) (string, error) {
	old, refused := s.state()
	// Another window, or a command, may have refreshed; then the refresh token
	// here is used up, too.
	kept, found, err := s.load(ctx)
	if err != nil {
		return "", err
	}
	if found {
		old = kept
	}
	if old.Access != refused && s.fresh(old) {
		s.set(old)
		return old.Access, nil
	}
	now, err := s.refresh(ctx, old)
	if errors.Is(err, ErrSignIn) { // it may have been refreshed while this one asked
		if again, found, loadErr := s.load(ctx); loadErr == nil && found && again.Refresh != old.Refresh && s.fresh(again) {
			s.set(again)
			return again.Access, nil
		}
	}
	if err != nil {
		if old.Access != "" && old.Access != refused && s.opts.Now().Before(old.Expiry) && !errors.Is(err, ErrSignIn) {
			return old.Access, nil // it is good yet, and the issuer may be back by then
		}
		return "", err
	}
	s.set(now)
	slog.Debug("the token is renewed", "issuer", s.opts.Issuer, "expiry", now.Expiry)
	if err := s.keeper.Save(ctx, now); err != nil {
		slog.Warn("the sign-in is not kept", "issuer", s.opts.Issuer, "cause", err)
	}
	return now.Access, nil
}

// load returns the tokens kept, unless they are of another issuer or client.
func (s *Session) load(ctx context.Context) (Tokens, bool, error) {
	t, found, err := s.keeper.Load(ctx)
	if err != nil || !found || t.Issuer != s.opts.Issuer || t.ClientID != s.opts.ClientID {
		return Tokens{}, false, err
	}
	return t, true, nil
}

func (s *Session) set(t Tokens) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens = t
}

func (s *Session) refresh(ctx context.Context, old Tokens) (Tokens, error) {
	if !old.CanRefresh() { // which needs no question
		return Tokens{}, &Error{Kind: ErrSignIn, Issuer: s.opts.Issuer}
	}
	if s.provider == nil {
		var err error
		if s.provider, err = Discover(ctx, s.opts); err != nil {
			return Tokens{}, err
		}
	}
	return s.provider.Refresh(ctx, old)
}
