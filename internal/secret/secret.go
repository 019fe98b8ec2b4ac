// Package secret keeps credentials and keys in the keyring of the operating
// system: Secret Service on Linux, the Keychain on macOS, the Credential Manager
// on Windows. It never writes one to a file, a log or an error, and where there
// is no keyring it says so: Memory then keeps them as long as the program runs.
package secret

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/zalando/go-keyring"
)

// ErrUnavailable is wrapped by errors of System where there is no keyring, or it
// is locked and nobody opened it.
var ErrUnavailable = errors.New("the keyring of the system cannot be used")

// service is what entries of the keyring are filed under.
const service = "traceview"

// System is the keyring of the operating system. It may be used by several
// goroutines.
type System struct{}

// Get returns the secret of a name, and whether there is one. A locked keyring
// makes the system ask its user, so this may take until ctx is done. The error
// wraps ErrUnavailable or is that of ctx.
func (System) Get(ctx context.Context, name string) (value string, found bool, err error) {
	err = within(ctx, "read", name, func() error {
		v, err := keyring.Get(service, name)
		if errors.Is(err, keyring.ErrNotFound) {
			return nil
		}
		if err == nil {
			value, found = v, true
		}
		return err
	})
	if err != nil {
		return "", false, err
	}
	return value, found, nil
}

// Set keeps a secret under a name, in place of the one before.
func (System) Set(ctx context.Context, name, value string) error {
	return within(ctx, "write", name, func() error { return keyring.Set(service, name, value) })
}

// Delete removes the secret of a name; it is no error if there is none.
func (System) Delete(ctx context.Context, name string) error {
	return within(ctx, "delete", name, func() error {
		if err := keyring.Delete(service, name); !errors.Is(err, keyring.ErrNotFound) {
			return err
		}
		return nil
	})
}

// wait is how long a locked keyring may keep everybody waiting for its user.
const wait = time.Minute

// within runs f until ctx is done or wait is over. The keyring takes no context: f is then left
// to end by itself, and its result, which the caller must not look at, is lost.
func within(ctx context.Context, do, name string, f func() error) error {
	if !reachable(runtime.GOOS, os.Getenv, exists) {
		return fmt.Errorf("%s %q of the keyring: no session bus: %w", do, name, ErrUnavailable)
	}
	over := time.NewTimer(wait)
	defer over.Stop()
	done := make(chan error, 1)
	go func() { done <- f() }()
	select {
	case err := <-done:
		if err != nil {
			return fmt.Errorf("%s %q of the keyring: %w: %w", do, name, ErrUnavailable, err)
		}
		return nil
	case <-over.C:
		return fmt.Errorf("%s %q of the keyring: no answer within %v: %w", do, name, wait, ErrUnavailable)
	case <-ctx.Done():
		return fmt.Errorf("%s %q of the keyring: %w", do, name, context.Cause(ctx))
	}
}

// reachable says whether asking the keyring can succeed. Without a session bus
// the client of D-Bus would start one of its own, which stays behind.
func reachable(goos string, getenv func(string) string, exists func(string) bool) bool {
	switch goos {
	case "windows", "darwin":
		return true
	}
	dir := getenv("XDG_RUNTIME_DIR")
	return getenv("DBUS_SESSION_BUS_ADDRESS") != "" || dir != "" && exists(filepath.Join(dir, "bus"))
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// Memory keeps secrets until the program ends. The zero value is empty and ready
// to use, by several goroutines.
type Memory struct {
	mu     sync.Mutex
	values map[string]string
}

// Get returns the secret of a name, and whether there is one.
func (m *Memory) Get(_ context.Context, name string) (value string, found bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	value, found = m.values[name]
	return value, found, nil
}

// Set keeps a secret under a name, in place of the one before.
func (m *Memory) Set(_ context.Context, name, value string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.values == nil {
		m.values = map[string]string{}
	}
	m.values[name] = value
	return nil
}

// Delete removes the secret of a name.
func (m *Memory) Delete(_ context.Context, name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.values, name)
	return nil
}
