package signin_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"traceview/internal/signin"
	"traceview/internal/signin/signintest"
)

// A keeper keeps tokens in memory.
type keeper struct {
	mu     sync.Mutex
	tokens signin.Tokens
	found  bool
	saves  int
	err    error
}

func (k *keeper) Load(context.Context) (signin.Tokens, bool, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.tokens, k.found, k.err
}

func (k *keeper) Save(_ context.Context, t signin.Tokens) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.tokens, k.found = t, true
	k.saves++
	return nil
}

// signedIn returns a session of somebody who signed in, by code, in a bubble of
// synctest.
func signedIn(t *testing.T, i *signintest.Issuer) (*signin.Session, *keeper) {
	t.Helper()
	tokens, err := provider(t, i, "").Device(t.Context(), func(signin.DeviceCode) {})
	if err != nil {
		t.Fatal(err)
	}
	k := &keeper{tokens: tokens, found: true}
	return session(i, k), k
}

// bubbled runs a test of a session of somebody who signed in, with the test's clock.
func bubbled(t *testing.T, test func(*testing.T, *signintest.Issuer, *signin.Session, *keeper)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		i := signintest.New("https://issuer.example")
		s, k := signedIn(t, i)
		test(t, i, s, k)
	})
}

func session(i *signintest.Issuer, k *keeper) *signin.Session {
	return signin.NewSession(signin.Options{Issuer: i.URL, ClientID: signintest.ClientID, HTTP: i.Client()}, k)
}

func TestSessionRefreshesBeforeExpiry(t *testing.T) {
	bubbled(t, func(t *testing.T, i *signintest.Issuer, s *signin.Session, k *keeper) {
		for _, tt := range []struct {
			after time.Duration
			want  int
		}{{0, 0}, {58 * time.Minute, 0}, {90 * time.Second, 1}, {time.Minute, 1}, {48 * time.Hour, 2}} {
			<-time.After(tt.after) // of the test's clock
			access, err := s.Token(t.Context())
			if err != nil || !i.Good(access) || i.Refreshed != tt.want || k.saves != tt.want {
				t.Errorf("%v later: %v, good %v, refreshed %d times and kept %d, want %d", tt.after, err, i.Good(access), i.Refreshed, k.saves, tt.want)
			}
		}
		if again, err := session(i, k).Token(t.Context()); err != nil || !i.Good(again) {
			t.Errorf("the next start: %v", err)
		}
	})
}

func TestSessionRefreshesOnceForAll(t *testing.T) {
	bubbled(t, func(t *testing.T, i *signintest.Issuer, s *signin.Session, _ *keeper) {
		refused, err := s.Token(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		i.Expire()
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				s.Refused(refused)
				if access, err := s.Token(t.Context()); err != nil || !i.Good(access) {
					t.Errorf("renewed: %v", err)
				}
			})
		}
		all.Wait()
		if i.Refreshed != 1 {
			t.Errorf("refreshed %d times, want once", i.Refreshed)
		}
	})
}

func TestSessionSharesTheKeyring(t *testing.T) {
	bubbled(t, func(t *testing.T, i *signintest.Issuer, window *signin.Session, k *keeper) {
		if _, err := window.Token(t.Context()); err != nil {
			t.Fatal(err)
		}
		<-time.After(2 * time.Hour)
		command := session(i, k)
		if _, err := command.Token(t.Context()); err != nil { // uses the refresh token up
			t.Fatal(err)
		}
		if access, err := window.Token(t.Context()); err != nil || !i.Good(access) || i.Refreshed != 1 {
			t.Errorf("the window: %v, refreshed %d times, want once", err, i.Refreshed)
		}
	})
}

func TestSessionEnds(t *testing.T) {
	bubbled(t, func(t *testing.T, i *signintest.Issuer, s *signin.Session, _ *keeper) {
		access, err := s.Token(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		i.End()
		if again, err := s.Token(t.Context()); err != nil || again != access {
			t.Errorf("while the token is good: %v", err)
		}
		s.Refused(access)
		if _, err := s.Token(t.Context()); !errors.Is(err, signin.ErrSignIn) {
			t.Errorf("refused and not to be refreshed: %v", err)
		}
		for name, k := range map[string]*keeper{"nobody signed in": {}, "at another issuer": {found: true, tokens: signin.Tokens{Access: "x", Issuer: "https://other"}}} {
			if _, err := session(i, k).Token(t.Context()); !errors.Is(err, signin.ErrSignIn) {
				t.Errorf("%s: %v", name, err)
			}
		}
		locked := errors.New("locked")
		if _, err := session(i, &keeper{err: locked}).Token(t.Context()); !errors.Is(err, locked) {
			t.Errorf("locked: %v", err)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := session(i, &keeper{}).Token(gone); err == nil {
			t.Error("a call nobody waits for has a token")
		}
	})
}

func TestSessionOutlivesTheIssuer(t *testing.T) {
	bubbled(t, func(t *testing.T, i *signintest.Issuer, s *signin.Session, _ *keeper) {
		access, err := s.Token(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		<-time.After(59*time.Minute + 30*time.Second)
		i.Do(func() { i.Down = true })
		if again, err := s.Token(t.Context()); err != nil || again != access {
			t.Errorf("half a minute before it expires: %v", err)
		}
		<-time.After(time.Minute)
		if _, err := s.Token(t.Context()); err == nil || errors.Is(err, signin.ErrSignIn) {
			t.Errorf("after it expired: %v, want that the issuer failed", err)
		}
		i.Do(func() { i.Down = false })
		if again, err := s.Token(t.Context()); err != nil || !i.Good(again) {
			t.Errorf("the issuer is back: %v", err)
		}
	})
}
