package store

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// fullEnv names the folder of the small disk to the process that may mount it.
const fullEnv = "TRACEVIEW_STORE_SMALL_DISK"

// TestSmallDiskIsFull fills a real file system, of 3 MB, and looks at what is
// left: an error that says so, every trace that was kept, also to a process that
// opens the library while there is no room at all.
func TestSmallDiskIsFull(t *testing.T) {
	if dir := os.Getenv(fullEnv); dir != "" {
		if err := syscall.Mount("none", dir, "tmpfs", 0, "size=3m"); err != nil {
			t.Fatal(err)
		}
		fillDisk(t, dir)
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestSmallDiskIsFull$", "-test.v")
	cmd.Env = append(os.Environ(), fullEnv+"="+t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS, Unshareflags: syscall.CLONE_NEWNS}
	if os.Getuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
	}
	out, err := cmd.CombinedOutput()
	var ended *exec.ExitError
	switch {
	case err != nil && !errors.As(err, &ended), strings.Contains(string(out), syscall.EPERM.Error()):
		t.Skipf("nothing may be mounted here: %v %.200s", err, out)
	case err != nil || !strings.Contains(string(out), "--- PASS: TestSmallDiskIsFull"):
		t.Errorf("%v\n%s", err, out)
	default:
		t.Logf("%s", out)
	}
}

func fillDisk(t *testing.T, disk string) {
	reserve := filepath.Join(disk, "reserve")
	if err := os.WriteFile(reserve, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	keys, hexKey := givenKey(t)
	dir := filepath.Join(disk, "library")
	lines := startChild(t, dir, hexKey, "0", "100000").rest()
	kept := numbers(lines)
	if last := lines[len(lines)-1]; !strings.Contains(last, ErrDiskFull.Error()) || len(kept) < 5 {
		t.Fatalf("%d kept, then %q; want %q", len(kept), last, ErrDiskFull)
	}
	stuff(t, filepath.Join(disk, "rest"))

	s := openStore(t, optionsIn(dir, keys))
	holds(t, s, kept)
	sound(t, s)
	var err error
	for i := 0; err == nil && i < 1000; i++ { // pages of the file that are free may take some
		if _, _, err = s.Put(t.Context(), numberedTrace(200_000+i), "here"); err == nil {
			kept = append(kept, 200_000+i)
		}
	}
	if !errors.Is(err, ErrDiskFull) {
		t.Errorf("put on a full disk: %v, want %v", err, ErrDiskFull)
	}
	other, err := Open(t.Context(), optionsIn(filepath.Join(disk, "other"), keys))
	if other == nil || other.Kept() || !errors.Is(err, ErrNotKept) {
		t.Fatalf("a library begun on a full disk: %v, want one in memory", err)
	}
	mustPut(t, other, numberedTrace(1), "here")
	closeStore(t, other)

	if err := os.Remove(reserve); err != nil {
		t.Fatal(err)
	}
	mustPut(t, s, numberedTrace(300_000), "here")
	kept = append(kept, 300_000)
	closeStore(t, s)
	s = openStore(t, optionsIn(dir, keys))
	holds(t, s, kept)
	sound(t, s)
	t.Logf("%d traces are kept", len(kept))
}

// stuff writes a file until there is no room for another byte.
func stuff(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 1 << 16; size > 0; {
		if _, err := f.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
}
