// Package crash keeps what is left of a program that died: where it was, and
// nothing of what it worked on.
//
// A program that dies can no longer choose its words. What the runtime then
// prints has the text of a panic in it, and that may hold whatever an error
// holds; arguments and registers are bytes of memory. So the runtime prints to a
// second process of the same program, which lets pass what cannot hold data:
// names of functions, places in the source, and words of the runtime's own.
//
// The watcher lives as long as what it watches, sleeps meanwhile, and leaves
// nothing where there was no crash.
package crash

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"
)

// folderVariable makes a process a watcher, and says where reports go.
const folderVariable = "TRACEVIEW_CRASH_FOLDER"

const (
	maxTrace = 1 << 20 // of what the runtime prints; the rest is not read
	maxKept  = 5       // reports, the newest
)

// The endings of reports that nobody was told of yet, and of others.
const (
	untold = ".new.txt"
	told   = ".txt"
)

// Watch starts a watcher of this process, which writes a report into dir if it
// dies of a panic on any goroutine, of a fatal error or of a signal that a fault
// of the program causes.
func Watch(dir string) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("watch for crashes: %w", err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("watch for crashes: %w", err)
	}
	defer r.Close()
	defer w.Close() // the runtime has its own
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), folderVariable+"="+dir)
	cmd.Stdin = r
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("watch for crashes: %w", err)
	}
	stepBack(cmd.Process.Pid)
	go func() { _ = cmd.Wait() }() // what became of it is of no interest
	if err := debug.SetCrashOutput(w, debug.CrashOptions{}); err != nil {
		return fmt.Errorf("watch for crashes: %w", err)
	}
	return nil
}

// Serve does the work of a watcher, if this process is one, and says whether it
// was. A program calls it before anything else. version is written into reports.
func Serve(version string) bool {
	dir := os.Getenv(folderVariable)
	if dir == "" {
		return false
	}
	signal.Ignore(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP) // sent to all of a session; who is watched may outlive them
	trace, err := io.ReadAll(io.LimitReader(os.Stdin, maxTrace))
	if err == nil && len(trace) > 0 {
		_, _ = Write(dir, version, trace) // nobody is there to be told of a full disk
	}
	return true
}

// Write writes a report of what the runtime printed into dir, readable for its
// owner alone, and removes old ones. It returns the path.
func Write(dir, version string, trace []byte) (string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("write crash report: %w", err)
	}
	var b bytes.Buffer
	now := time.Now().UTC()
	fmt.Fprintf(&b, "traceview %s, %s, %s/%s, %s\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH, now.Format(time.RFC3339))
	b.WriteString("Where the program was when it crashed. No data of traces and connections is in here: texts and arguments were left out.\n\n")
	b.WriteString(Clean(trace))
	path := filepath.Join(dir, now.Format("crash-20060102-150405.000")+untold)
	half := path + ".part" // nobody is told of half a report
	if err := os.WriteFile(half, b.Bytes(), 0o600); err != nil {
		return "", fmt.Errorf("write crash report: %w", err)
	}
	if err := os.Rename(half, path); err != nil {
		return "", fmt.Errorf("write crash report: %w", err)
	}
	all := reports(dir)
	for _, name := range all[:max(len(all)-maxKept, 0)] {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return path, fmt.Errorf("remove an old crash report: %w", err)
		}
	}
	return path, nil
}

// Untold returns the newest report that was not returned before, "" if there is
// none.
func Untold(dir string) string {
	newest := ""
	for _, name := range reports(dir) {
		if !strings.HasSuffix(name, untold) {
			continue
		}
		if path, err := Told(filepath.Join(dir, name)); err == nil { // else another start was first
			newest = path
		}
	}
	return newest
}

// Told notes that somebody was told of a report, and returns its path from then on.
func Told(path string) (string, error) {
	to := strings.TrimSuffix(path, untold) + told
	return to, os.Rename(path, to)
}

// reports returns the names of the reports in a folder, the oldest first.
func reports(dir string) []string {
	var names []string
	entries, _ := os.ReadDir(dir) // is not there before the first crash
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "crash-") && strings.HasSuffix(e.Name(), told) {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names
}
