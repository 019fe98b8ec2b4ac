//go:build e2e

package e2e

import (
	"bufio"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// displayTools are the commands a display needs.
var displayTools = []string{"Xvfb", "xdotool", "openbox", "import", "convert", "tesseract"}

// openboxConfig shows every window undecorated over the whole screen, so that a
// picture of the screen is a picture of the window.
const openboxConfig = `<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
<applications><application class="*"><decor>no</decor><maximized>yes</maximized></application></applications>
</openbox_config>
`

// A display is an X server without a screen, with a window manager.
type display struct {
	t   *testing.T
	env []string
	dir string // where pictures go
}

// openDisplay starts a display of the given size in pixels for the test.
func openDisplay(t *testing.T, width, height int) *display {
	t.Helper()
	need(t, displayTools...)
	home := t.TempDir()
	number := startXvfb(t, width, height)
	d := &display{t: t, dir: t.ArtifactDir(), env: append(os.Environ(),
		"DISPLAY=:"+number, "WAYLAND_DISPLAY=", "LIBGL_ALWAYS_SOFTWARE=1",
		"HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+home, "XDG_DATA_HOME="+home, "XDG_STATE_HOME="+home,
		"LANG=C.UTF-8", "LC_ALL=C.UTF-8", "TZ=UTC")}

	rc := filepath.Join(home, "rc.xml")
	if err := os.WriteFile(rc, []byte(openboxConfig), 0o600); err != nil {
		t.Fatal(err)
	}
	wm := exec.Command("openbox", "--config-file", rc)
	wm.Env = d.env
	start(t, wm)
	return d
}

// startXvfb starts an X server that chooses a free display itself and returns
// its number. It is up when it has told the number.
func startXvfb(t *testing.T, width, height int) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", width, height), "-nolisten", "tcp")
	cmd.ExtraFiles = []*os.File{w}
	start(t, cmd)
	_ = w.Close() // Xvfb has its own; ours would keep the pipe open
	if err := r.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb did not come up: %v", err)
	}
	return strings.TrimSpace(number)
}

// A window is the program running on a display.
type window struct {
	*display
	*process
}

// launch starts the program and returns when its window is shown and active.
func (d *display) launch(program string, args ...string) *window {
	d.t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env = d.env
	w := &window{d, start(d.t, cmd)}
	pid := strconv.Itoa(cmd.Process.Pid)
	var id string
	shown := until(time.Minute, 100*time.Millisecond, func() bool {
		find := exec.Command("xdotool", "search", "--onlyvisible", "--pid", pid)
		find.Env = d.env
		out, _ := find.Output() // fails while there is none
		id, _, _ = strings.Cut(string(out), "\n")
		return id != "" || !w.running()
	})
	if !shown || !w.running() {
		d.t.Fatalf("%s %q showed no window", program, args)
	}
	d.xdotool("windowactivate", "--sync", id)
	return w
}

func (d *display) xdotool(args ...string) {
	d.t.Helper()
	run(d.t, d.env, "xdotool", args...)
}

// typeText types ASCII text into what has the focus.
func (d *display) typeText(s string) {
	d.t.Helper()
	d.xdotool("type", "--delay", "30", s)
}

// key presses keys by their X names, such as "Return" or "ctrl+l".
func (d *display) key(names ...string) {
	d.t.Helper()
	d.xdotool(append([]string{"key", "--delay", "50"}, names...)...)
}

// A shot is a picture of the whole screen.
type shot struct {
	path string
	image.Image
}

// shoot takes a picture and keeps it under the name given.
func (d *display) shoot(name string) shot {
	d.t.Helper()
	s := shot{path: filepath.Join(d.dir, name+".png")}
	run(d.t, d.env, "import", "-window", "root", s.path)
	f, err := os.Open(s.path)
	if err != nil {
		d.t.Fatal(err)
	}
	defer f.Close()
	if s.Image, err = png.Decode(f); err != nil {
		d.t.Fatalf("decode %s: %v", s.path, err)
	}
	return s
}

// text returns the words tesseract reads on a picture. Letters of 12 pixels are
// too small for it: the picture is enlarged threefold.
func (d *display) text(s shot) string {
	d.t.Helper()
	big := s.path + ".ocr.png"
	run(d.t, d.env, "convert", s.path, "-colorspace", "Gray", "-filter", "Catrom", "-resize", "300%", big)
	defer os.Remove(big)
	return run(d.t, append(d.env, "OMP_THREAD_LIMIT=1"), "tesseract", big, "stdout", "-l", "eng+rus", "--psm", "11")
}

// waitFor takes pictures until ok holds for the text on one, and returns that
// one. It fails the test after the limit, with the text last read.
func (d *display) waitFor(what, name string, limit time.Duration, ok func(text string) bool) (shot, string) {
	d.t.Helper()
	var s shot
	var text string
	if !until(limit, 200*time.Millisecond, func() bool {
		s = d.shoot(name)
		text = d.text(s)
		return ok(text)
	}) {
		d.t.Fatalf("%s is not on the screen after %v; it reads:\n%s\n(picture: %s; make e2e keeps it in dist/e2e)", what, limit, text, s.path)
	}
	return s, text
}
