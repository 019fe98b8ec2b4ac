//go:build unix

package main

import (
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func hello(w writer) error {
	_, err := io.WriteString(w, "hello")
	return err
}

func TestWriteOutLeavesAPipeInItsPlace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip("named pipes absent:", err)
	}
	r, err := os.OpenFile(path, os.O_RDWR, 0) // for writing, too: so that nobody waits
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := writeOut(&env{}, path, 0o600, hello); err != nil {
		t.Fatal(err)
	}
	if stat, err := os.Lstat(path); err != nil || stat.Mode().Type() != os.ModeNamedPipe {
		t.Fatalf("%v stands where the pipe was (%v)", stat.Mode(), err)
	}
	got := make([]byte, 5)
	if _, err := io.ReadFull(r, got); err != nil || string(got) != "hello" {
		t.Errorf("%q came out of the pipe (%v)", got, err)
	}
}

func TestWriteOutFollowsALink(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "file"), filepath.Join(dir, "link")
	if err := os.WriteFile(file, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(file, link); err != nil {
		t.Skip("links absent:", err)
	}
	if err := writeOut(&env{}, link, 0o600, hello); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != "hello" {
		t.Errorf("the file holds %q (%v), want hello", got, err)
	}
	if stat, err := os.Lstat(link); err != nil || stat.Mode().Type() != os.ModeSymlink {
		t.Errorf("the link became %v (%v)", stat.Mode(), err)
	}
}
