package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"traceview/internal/i18n"
	"traceview/internal/secret"
	"traceview/internal/store"
)

// lockedKeys is a keyring that nobody opens.
type lockedKeys struct{ asked chan struct{} }

func (l lockedKeys) Get(ctx context.Context, _ string) (string, bool, error) {
	close(l.asked)
	<-ctx.Done()
	return "", false, ctx.Err()
}

func (lockedKeys) Set(context.Context, string, string) error { return errors.New("not asked for") }

// noKeys is a keyring that is not there.
type noKeys struct{}

func (noKeys) Get(context.Context, string) (string, bool, error) {
	return "", false, secret.ErrUnavailable
}

func (noKeys) Set(context.Context, string, string) error { return secret.ErrUnavailable }

func TestShelfOpensOnce(t *testing.T) {
	dir := t.TempDir()
	events := 0
	s := newShelf(dir, new(secret.Memory), []string{"shop.order"}, "", func(string, map[string]any) { events++ })
	if list, _ := os.ReadDir(dir); len(list) > 0 {
		t.Errorf("%v was made before anybody needs the library", list)
	}
	kept, err := s.Open(t.Context())
	if err != nil || !kept {
		t.Fatalf("kept %v, %v", kept, err)
	}
	st, err := s.library(t.Context())
	if again, _ := s.library(t.Context()); err != nil || again != st || events != 1 {
		t.Errorf("opened again: %v, %d events", err, events)
	}
	if list, err := s.Recover(t.Context()); err != nil || len(list) > 0 {
		t.Errorf("recovered %v, %v of nothing", list, err)
	}
	s.close()
}

func TestShelfWithoutAKeyringIsInMemory(t *testing.T) {
	s := newShelf(t.TempDir(), noKeys{}, nil, "", nil)
	defer s.close()
	kept, err := s.Open(t.Context())
	if kept || !errors.Is(err, store.ErrNoKeyring) {
		t.Errorf("kept %v, %v", kept, err)
	}
	if _, err := s.library(t.Context()); err != nil {
		t.Errorf("it cannot be used: %v", err)
	}
}

// TestShelfTakesOverADamagedFile tells where the damaged file is, in both
// languages, and recovers what can be.
func TestShelfTakesOverADamagedFile(t *testing.T) {
	dir, keys := t.TempDir(), new(secret.Memory)
	s := newShelf(dir, keys, nil, "", nil)
	if _, err := s.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.close()
	path := filepath.Join(dir, "library.db")
	if err := os.WriteFile(path, make([]byte, 8192), 0o600); err != nil {
		t.Fatal(err)
	}
	s = newShelf(dir, keys, nil, "", nil)
	defer s.close()
	kept, err := s.Open(t.Context())
	var aside *store.AsideError
	if !kept || !errors.As(err, &aside) {
		t.Fatalf("kept %v, %v", kept, err)
	}
	for _, lang := range []string{"en", "ru"} {
		if _, hint := explain(i18n.For(lang), err); !strings.Contains(hint, aside.Path) {
			t.Errorf("%s: %q does not tell where the file is", lang, hint)
		}
	}
	if _, err := s.Recover(t.Context()); err != nil {
		t.Errorf("recovering: %v", err)
	}
}

func TestShelfClosesWhileTheKeyringIsAsked(t *testing.T) {
	keys := lockedKeys{make(chan struct{})}
	s := newShelf(t.TempDir(), keys, nil, "", nil)
	go func() {
		<-keys.asked
		s.close()
	}()
	if _, err := s.Open(t.Context()); !errors.Is(err, context.Canceled) {
		t.Errorf("opening ended with %v", err)
	}
	s = newShelf(t.TempDir(), keys, nil, "", nil) // whose keys would be asked twice
	s.close()
	if _, err := s.Open(t.Context()); !errors.Is(err, context.Canceled) {
		t.Errorf("opened after it was closed: %v", err)
	}
	s = newShelf(t.TempDir(), lockedKeys{make(chan struct{})}, nil, "", nil)
	defer s.close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Open(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody waits any longer: %v", err)
	}
}
