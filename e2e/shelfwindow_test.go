//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"traceview/internal/demo"
)

// startKeyring starts a session bus with an unlocked keyring of its own, and
// returns the variables that lead to it.
func startKeyring(t *testing.T) []string {
	t.Helper()
	need(t, "dbus-daemon", "gnome-keyring-daemon")
	home := t.TempDir()
	bus := exec.Command("dbus-daemon", "--session", "--nofork", "--print-address=1")
	bus.Env = append(os.Environ(), "HOME="+home, "XDG_RUNTIME_DIR="+home)
	p := start(t, bus)
	var addr string
	if !until(30*time.Second, 20*time.Millisecond, func() bool {
		line, _, whole := strings.Cut(p.stdout.String(), "\n")
		addr = strings.TrimSpace(line)
		return whole || !p.running()
	}) || addr == "" {
		t.Fatalf("the session bus did not come up: %s", p.output.String())
	}
	env := []string{"DBUS_SESSION_BUS_ADDRESS=" + addr, "XDG_RUNTIME_DIR=" + home}
	ring := exec.Command("gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets")
	ring.Env = append(os.Environ(), append(env, "HOME="+home, "XDG_DATA_HOME="+filepath.Join(home, "share"))...)
	ring.Stdin = strings.NewReader("password")
	k := start(t, ring)
	if !until(30*time.Second, 50*time.Millisecond, func() bool {
		return !k.running() || strings.Contains(k.output.String(), "GNOME_KEYRING_CONTROL") || exists(filepath.Join(home, "keyring", "control"))
	}) || !k.running() {
		t.Fatalf("the keyring did not come up: %s", k.output.String())
	}
	return env
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// TestLibraryInTheWindow fetches an order from a server, ends the server and the
// program, and finds and browses the order without any connection.
func TestLibraryInTheWindow(t *testing.T) {
	d := openDisplay(t, 1280, 800)
	d.env = append(d.env, startKeyring(t)...)
	order := troubled(t, demo.New(demo.Options{}))
	server := start(t, command(t, "demo", "--headless"))
	var addr string
	if !until(time.Minute, 20*time.Millisecond, func() bool {
		line, _, whole := strings.Cut(server.stdout.String(), "\n")
		addr, _ = strings.CutPrefix(line, "listening on ")
		return whole || !server.running()
	}) || addr == "" {
		t.Fatalf("demo --headless printed %q", server.output.String())
	}
	dir, log := t.TempDir(), filepath.Join(t.TempDir(), "perf.jsonl")
	session := func(args ...string) *window {
		return d.launch(program(t), append(args, "--lang", "en", "--data-dir", dir, "--config-dir", dir, "--perf-log", log)...)
	}
	logged := func(event string) int {
		data, _ := os.ReadFile(log) // is not there at first
		return strings.Count(string(data), fmt.Sprintf("%q:%q", "event", event))
	}

	w := session("--endpoint", addr, "--plaintext")
	d.typeText(order.number)
	d.key("Return")
	d.waitFor("the order on the server", "fetched", time.Minute, func(text string) bool { return mentions(text, order.services) })
	d.key("Return")
	if !until(time.Minute, 50*time.Millisecond, func() bool { return logged("trace_kept") > 0 }) {
		t.Fatal("the trace is not kept")
	}
	d.key("ctrl+q")
	if !until(time.Minute, 50*time.Millisecond, func() bool { return !w.running() }) {
		t.Fatal("the program does not end")
	}
	server.stop()

	w = session()
	d.typeText(order.number)
	d.key("Return")
	d.waitFor("the order in the library", "offline-order", time.Minute, func(text string) bool {
		return strings.Contains(text, "kept here") && strings.Contains(text, order.number) && mentions(text, order.services)
	})
	d.key("Return")
	shown, text := d.waitFor("the trace from the library", "offline-trace", time.Minute, func(text string) bool {
		return strings.Contains(text, order.spans) && mentions(text, order.services)
	})
	if n := bars(shown); n < 3 {
		t.Errorf("%d bars on the waterfall, want 3 or more (picture: %s, text: %s)", n, shown.path, text)
	}
	d.key("ctrl+shift+l")
	d.waitFor("the page of the library", "offline-library", time.Minute, func(text string) bool {
		return strings.Contains(text, "What happened") && strings.Contains(text, "1 trace") && mentions(text, order.services)
	})
	if !w.running() {
		t.Error("the program has ended")
	}
}
