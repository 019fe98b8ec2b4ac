//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// installTools are the commands that a desktop has for its menu, types and links.
var installTools = []string{"desktop-file-validate", "update-desktop-database", "update-mime-database", "xdg-mime", "xdg-open", "gio"}

// An installation is the files of the program below a folder, and a script in the
// place of the program that writes down what it is started with.
type installation struct {
	t              *testing.T
	home, log, bin string
	env            []string
}

func newInstallation(t *testing.T, home string) *installation {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skipf("GOOS is %s, and what is installed is for the desktops of linux", runtime.GOOS)
	}
	need(t, installTools...)
	i := &installation{t: t, home: filepath.Join(t.TempDir(), home)}
	i.log, i.bin = filepath.Join(i.home, "log"), filepath.Join(i.home, "built")
	i.env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + i.home, "LC_ALL=C.UTF-8", "DISPLAY=:0", "INSTALL_TEST_LOG=" + i.log}
	script := "#!/bin/sh\nprintf '%s\\n' \"$@\" >>\"$INSTALL_TEST_LOG\"\n"
	if err := os.MkdirAll(i.home, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(i.bin, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return i
}

// run runs a command in the home of the installation.
func (i *installation) run(name string, args ...string) string {
	i.t.Helper()
	return strings.TrimSpace(run(i.t, i.env, name, args...))
}

// install runs the installer.
func (i *installation) install(env []string, args ...string) {
	i.t.Helper()
	run(i.t, append(i.env[:len(i.env):len(i.env)], env...), "../assets/linux/install.sh", args...)
}

// files returns the regular files below a folder.
func files(t *testing.T, root string) (list []string) {
	t.Helper()
	if err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			list = append(list, strings.TrimPrefix(path, root))
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return list
}

// started waits for the program to be started and returns its arguments.
func (i *installation) started() string {
	i.t.Helper()
	var data []byte
	if !until(30*time.Second, 50*time.Millisecond, func() bool {
		data, _ = os.ReadFile(i.log) // not there yet
		return len(data) > 0
	}) {
		i.t.Fatal("the program was not started")
	}
	if err := os.Remove(i.log); err != nil {
		i.t.Fatal(err)
	}
	return strings.TrimSpace(string(data))
}

// TestInstallForAPerson installs into a home, asks the tools of a desktop what
// opens files and links, lets them open some, and takes everything away again.
func TestInstallForAPerson(t *testing.T) {
	for _, home := range []string{"anna", "Anna's home"} {
		t.Run(home, func(t *testing.T) { testInstall(t, newInstallation(t, home)) })
	}
}

func testInstall(t *testing.T, i *installation) {
	i.install(nil, "install", i.bin)
	entry := filepath.Join(i.home, ".local/share/applications/io.github.traceview.desktop")
	if said := i.run("desktop-file-validate", entry); said != "" {
		t.Errorf("desktop-file-validate says %s", said)
	}
	quoted := strings.Contains(i.home, " ") // in the entry, which the xdg tools do not read without a desktop
	const desktop, kind = "io.github.traceview.desktop", "application/vnd.traceview+zip"
	snapshot := filepath.Join(i.home, "case 1.traceview")
	if err := os.WriteFile(snapshot, []byte("PK\x03\x04"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := i.run("gio", "info", "-a", "standard::content-type", snapshot); !strings.Contains(got, kind) {
		t.Errorf("a file is %s, want %s", got, kind)
	}
	if got := i.run("env", "XDG_CURRENT_DESKTOP=GNOME", "xdg-mime", "query", "filetype", snapshot); got != kind {
		t.Errorf("for xdg-mime a file is %s", got)
	}
	for _, what := range []string{kind, "x-scheme-handler/traceview"} {
		if got := i.run("xdg-mime", "query", "default", what); got != desktop && !quoted {
			t.Errorf("%s is opened by %q", what, got)
		}
		if got := i.run("gio", "mime", what); !strings.Contains(got, desktop) {
			t.Errorf("gio says of %s: %s", what, got)
		}
	}
	i.run("gio", "open", snapshot)
	if got := i.started(); got != snapshot && !strings.HasPrefix(got, "file:///") {
		t.Errorf("a double click starts it with %q", got)
	}
	const link = "traceview://jaeger.example:16685/v1?order=10472&trace=000102030405060708090a0b0c0d0e0f"
	openers := [][]string{{"gio", "open"}, {"xdg-open"}}
	if quoted {
		openers = openers[:1]
	}
	for _, opener := range openers {
		i.run(opener[0], append(opener[1:], link)...)
		if got := i.started(); got != link {
			t.Errorf("by %s a link starts it with %q", opener[0], got)
		}
	}
	i.install(nil, "uninstall")
	for _, f := range files(t, i.home) {
		if base := filepath.Base(f); strings.Contains(base, "traceview") && base != filepath.Base(snapshot) {
			t.Errorf("%s is left behind", f)
		}
	}
	for _, what := range []string{kind, "x-scheme-handler/traceview"} {
		if got := i.run("xdg-mime", "query", "default", what); got != "" {
			t.Errorf("%s is still opened by %q", what, got)
		}
	}
}

// TestInstallIntoAPackage holds that DESTDIR is all that is written to, and that
// the menu entry names the program where it will be.
func TestInstallIntoAPackage(t *testing.T) {
	i := newInstallation(t, "anna")
	before := files(t, i.home)
	dest := t.TempDir()
	i.install([]string{"DESTDIR=" + dest, "PREFIX=/usr"}, "install", i.bin)
	want := []string{
		"/usr/bin/traceview", "/usr/share/applications/io.github.traceview.desktop", "/usr/share/icons/hicolor/256x256/apps/io.github.traceview.png",
		"/usr/share/icons/hicolor/scalable/apps/io.github.traceview.svg", "/usr/share/mime/packages/io.github.traceview.xml",
	}
	if got := files(t, dest); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("installed %q, want %q", got, want)
	}
	if after := files(t, i.home); len(after) != len(before) {
		t.Errorf("the home has %q now, and had %q", after, before)
	}
	data, err := os.ReadFile(filepath.Join(dest, want[1]))
	if err != nil || !strings.Contains(string(data), "\nExec=/usr/bin/traceview %U\n") {
		t.Errorf("the entry is %s, %v", data, err)
	}
	i.run("update-mime-database", filepath.Join(dest, "usr/share/mime")) // it checks what it reads
	i.install([]string{"DESTDIR=" + dest, "PREFIX=/usr"}, "uninstall")
	for _, f := range want {
		if _, err := os.Stat(filepath.Join(dest, f)); !os.IsNotExist(err) {
			t.Errorf("%s is left behind", f)
		}
	}
	cmd := exec.Command("../assets/linux/install.sh", "install", i.bin)
	cmd.Env = append(i.env, "PREFIX=relative")
	if err := cmd.Run(); err == nil {
		t.Error("a prefix that is no whole path is taken")
	}
}
