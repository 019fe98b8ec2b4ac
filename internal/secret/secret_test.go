package secret

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/zalando/go-keyring"
)

// A store is what both kinds of keyring are.
type store interface {
	Get(ctx context.Context, name string) (string, bool, error)
	Set(ctx context.Context, name, value string) error
	Delete(ctx context.Context, name string) error
}

func withMock(t *testing.T, err error) {
	t.Helper()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere") // the mock does not connect
	keyring.MockInit()
	if err != nil {
		keyring.MockInitWithError(err)
	}
}

func TestKeepsSecrets(t *testing.T) {
	withMock(t, nil)
	for name, s := range map[string]store{"system": System{}, "memory": &Memory{}} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			if v, found, err := s.Get(ctx, "a"); v != "" || found || err != nil {
				t.Errorf("none: %q, %v, %v", v, found, err)
			}
			if err := s.Delete(ctx, "a"); err != nil {
				t.Errorf("delete none: %v", err)
			}
			for _, want := range []string{"one", "two"} {
				if err := s.Set(ctx, "a", want); err != nil {
					t.Fatal(err)
				}
				if v, found, err := s.Get(ctx, "a"); v != want || !found || err != nil {
					t.Errorf("%q, %v, %v; want %s", v, found, err, want)
				}
			}
			if _, found, _ := s.Get(ctx, "b"); found {
				t.Error("another name has the secret")
			}
			if err := s.Delete(ctx, "a"); err != nil {
				t.Errorf("delete: %v", err)
			}
			if _, found, _ := s.Get(ctx, "a"); found {
				t.Error("it is still there")
			}
		})
	}
}

func TestUnavailable(t *testing.T) {
	withMock(t, errors.New("locked"))
	ctx := t.Context()
	_, _, get := System{}.Get(ctx, "a")
	for name, err := range map[string]error{"get": get, "set": System{}.Set(ctx, "a", "my-secret"), "delete": System{}.Delete(ctx, "a")} {
		if !errors.Is(err, ErrUnavailable) || strings.Contains(err.Error(), "my-secret") {
			t.Errorf("%s: %v, want %v and no secret", name, err, ErrUnavailable)
		}
	}
	withMock(t, nil)
	gone, cancel := context.WithCancel(ctx)
	cancel()
	block := make(chan struct{})
	defer close(block)
	if err := within(gone, "read", "a", func() error { <-block; return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestReachable(t *testing.T) {
	for _, tt := range []struct {
		name, goos string
		env        map[string]string
		files      string
		want       bool
	}{
		{"windows", "windows", nil, "", true},
		{"mac", "darwin", nil, "", true},
		{"no bus", "linux", nil, "", false},
		{"address", "linux", map[string]string{"DBUS_SESSION_BUS_ADDRESS": "unix:path=/x"}, "", true},
		{"socket", "linux", map[string]string{"XDG_RUNTIME_DIR": "/run/user/1"}, "/run/user/1/bus", true},
		{"folder without socket", "linux", map[string]string{"XDG_RUNTIME_DIR": "/run/user/1"}, "", false},
	} {
		if got := reachable(tt.goos, func(k string) string { return tt.env[k] }, func(p string) bool { return p == tt.files }); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
