//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// built holds the program while the tests run.
var built string

func TestMain(m *testing.M) {
	if os.Getenv(asBrowser) != "" { // the program under test opened it
		os.Exit(browse(os.Args[1]))
	}
	if os.Getenv(measureEnv) != "" {
		if err := measure(os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "traceview-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	built = dir
	return m.Run()
}

// program builds traceview once, as it is shipped, and returns its path.
func program(t *testing.T) string {
	t.Helper()
	path, err := buildProgram()
	if err != nil {
		t.Fatalf("build traceview: %v", err)
	}
	return path
}

var buildProgram = sync.OnceValues(func() (string, error) {
	path := filepath.Join(built, "traceview")
	cmd := exec.Command("go", "build", "-buildvcs=false", "-tags", "migrated_fynedo", "-o", path, "traceview/cmd/traceview")
	cmd.Stderr = os.Stderr
	return path, cmd.Run()
})

// command returns a command line of the program that knows nothing of the
// settings of whoever runs the tests.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	home := t.TempDir()
	cmd := exec.Command(program(t), args...)
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_DATA_HOME="+home, "XDG_STATE_HOME="+home,
		"LANG=C.UTF-8", "LC_ALL=C.UTF-8", "TZ=UTC", "DISPLAY=")
	return cmd
}

// output runs a command line for at most two minutes. The error holds what was
// printed on standard error.
func output(ctx context.Context, cmd *exec.Cmd) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	defer context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })() // fails when it has just ended
	if err := cmd.Wait(); err != nil {
		return nil, fmt.Errorf("traceview %q: %w: %s", cmd.Args[1:], err, strings.TrimSpace(errs.String()))
	}
	return out.Bytes(), nil
}

// startHeadless serves a demo shop until the end of the test and returns the
// address it prints.
func startHeadless(t *testing.T, seed string) string {
	t.Helper()
	p := start(t, command(t, "demo", "--headless", "--seed", seed))
	var addr string
	ok := until(time.Minute, 20*time.Millisecond, func() bool {
		line, _, whole := strings.Cut(p.stdout.String(), "\n")
		addr, _ = strings.CutPrefix(line, "listening on ")
		return whole || !p.running()
	})
	if !ok || !p.running() || addr == "" {
		t.Fatalf("demo --headless printed %q, want listening on ADDR", p.output.String())
	}
	return addr
}
