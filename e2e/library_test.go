//go:build e2e

package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestLibraryWithARealKeyring keeps a trace with its key in a real Secret
// Service, finds it in a later session, and loses nothing when the key is lost.
func TestLibraryWithARealKeyring(t *testing.T) {
	for _, name := range []string{"dbus-run-session", "gnome-keyring-daemon"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("%s is absent, so there is no keyring to test with", name)
		}
	}
	const seed = "5"
	addr, env := startHeadless(t, seed), command(t).Env
	var told struct{ Orders []struct{ Order string } }
	if err := json.Unmarshal([]byte(run(t, env, program(t), "demo", "--list", "--seed", seed, "--json")), &told); err != nil {
		t.Fatal(err)
	}
	number := told.Orders[0].Order

	home, data := t.TempDir(), t.TempDir()
	session := func(args ...string) string {
		t.Helper()
		const script = `printf password | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; exec "$@"`
		env := append(env[:len(env):len(env)], "HOME="+home, "XDG_DATA_HOME="+filepath.Join(home, "share"), "XDG_RUNTIME_DIR="+home, "DBUS_SESSION_BUS_ADDRESS=")
		return run(t, env, "dbus-run-session", append([]string{"--", "sh", "-c", script, "sh", program(t)}, append(args, "--data-dir", data)...)...)
	}
	session("search", "--order", number, "--save", "--endpoint", addr, "--plaintext", "--lookback", "8760h")
	if out := session("library", "search", "--order", number, "--json"); !strings.Contains(out, `"`+number+`"`) {
		t.Errorf("a later session does not find the order:\n%s", out)
	}
	if err := os.RemoveAll(filepath.Join(home, "share")); err != nil { // the keyring
		t.Fatal(err)
	}
	if out := session("library", "list", "--json"); strings.Contains(out, number) {
		t.Error("without the key the order is still read")
	}
	aside, err := filepath.Glob(filepath.Join(data, "library.db-lost-key-*"))
	if err != nil || len(aside) != 1 {
		t.Errorf("the library that cannot be read any more is %v, want it kept", aside)
	}
}
