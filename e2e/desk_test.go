//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"traceview/internal/secret/secrettest"
)

// A desk is where somebody works: a home folder with a keyring of its own, a
// real Secret Service that keeps it between commands, and a browser.
type desk struct {
	t       *testing.T
	home    string
	env     []string
	locked  bool         // nobody opens the keyring
	printed bytes.Buffer // all that commands printed
	watch   io.Writer    // gets what they say while they run; nil for nothing
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	need(t, "dbus-run-session", "gnome-keyring-daemon")
	home := t.TempDir()
	d := &desk{t: t, home: home, env: command(t).Env} // without a display, so without a browser
	d.env = append(d.env, "HOME="+home, "XDG_CONFIG_HOME="+filepath.Join(home, "config"), "XDG_DATA_HOME="+filepath.Join(home, "share"),
		"XDG_RUNTIME_DIR="+home, "DBUS_SESSION_BUS_ADDRESS=", "WAYLAND_DISPLAY=")
	return d
}

// try runs a command of the program in a session with the keyring unlocked,
// unless the desk says otherwise. in is piped to it.
func (d *desk) try(in string, args ...string) (out, errs string, err error) {
	d.t.Helper()
	script := `printf password | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; exec "$@"`
	if d.locked {
		script = `gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1; exec "$@"`
	}
	args = append([]string{"--", "sh", "-c", script, "sh", program(d.t)}, args...)
	ctx, cancel := context.WithTimeout(d.t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "dbus-run-session", append(args, "--perf-log", filepath.Join(d.home, "perf.jsonl"), "--debug-log", filepath.Join(d.home, "debug.log"), "--lang", "en")...)
	var outBuf, errBuf bytes.Buffer
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = d.env, strings.NewReader(in), &outBuf, &errBuf
	cmd.WaitDelay = 5 * time.Second // what the session leaves behind holds the pipes
	if d.watch != nil {
		cmd.Stderr = io.MultiWriter(&errBuf, d.watch)
	}
	err = cmd.Run()
	d.printed.Write(outBuf.Bytes())
	d.printed.Write(errBuf.Bytes())
	return outBuf.String(), errBuf.String(), err
}

// must is try for what has to succeed.
func (d *desk) must(in string, args ...string) string {
	d.t.Helper()
	out, errs, err := d.try(in, args...)
	if err != nil {
		d.t.Fatalf("traceview %q: %v\n%s%s", args, err, out, errs)
	}
	return out
}

// finds searches an order and fetches its traces through a connection kept or
// described by flags.
func (d *desk) finds(number string, traces int, conn ...string) {
	d.t.Helper()
	var found searchJSON
	out := d.must("", append([]string{"search", "--order", number, "--lookback", wholeHistory, "--json"}, conn...)...)
	if err := json.Unmarshal([]byte(out), &found); err != nil || len(found.Traces) != traces {
		d.t.Fatalf("order %s through %v: %d traces, %v; want %d", number, conn, len(found.Traces), err, traces)
	}
	file := filepath.Join(d.t.TempDir(), "order.traceview")
	args := []string{"fetch", "-o", file}
	for _, tr := range found.Traces {
		args = append(args, tr.TraceID)
	}
	d.must("", append(args, conn...)...)
	var inside struct{ Traces []struct{ Spans int } }
	out = d.must("", "inspect", file, "--json")
	if err := json.Unmarshal([]byte(out), &inside); err != nil || len(inside.Traces) != traces {
		d.t.Errorf("the file of order %s holds %d traces, %v; want %d", number, len(inside.Traces), err, traces)
	}
}

// refused runs what has to fail with words about it.
func (d *desk) refused(words, in string, args ...string) {
	d.t.Helper()
	_, errs, err := d.try(in, args...)
	if err == nil || !strings.Contains(errs, words) {
		d.t.Errorf("traceview %q: %v, %q; want a failure with %q", args, err, errs, words)
	}
}

// hides fails where a secret is in a file of the home folder or in what was
// printed, or where others may read what the program keeps.
func (d *desk) hides(secrets ...string) {
	d.t.Helper()
	files := 0
	err := filepath.WalkDir(d.home, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) { // of a session that is just ending
			return nil
		}
		if err != nil || !e.IsDir() && !e.Type().IsRegular() {
			return err
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if ours := strings.Contains(path, "/traceview"); ours && info.Mode().Perm()&0o077 != 0 {
			d.t.Errorf("%s has mode %o: others may look into it", path, info.Mode().Perm())
		}
		if e.IsDir() {
			return nil
		}
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		d.hidden(path, data, secrets)
		files++
		return err
	})
	if err != nil || files < 3 {
		d.t.Errorf("looked into %d files: %v", files, err)
	}
	d.hidden("what was printed", d.printed.Bytes(), secrets)
}

func (d *desk) hidden(where string, data []byte, secrets []string) {
	d.t.Helper()
	for _, secret := range secrets {
		if form, at := secrettest.Find(data, secret); secret == "" || form != "" {
			d.t.Errorf("a planted secret is in %s, as %s: …%.200q", where, form, data[max(at-100, 0):])
		}
	}
}
