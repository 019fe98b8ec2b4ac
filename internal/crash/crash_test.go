package crash

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// planted is what must not be found in a report.
const planted = "planted-token-5d1e"

// dieVariable makes the program of the tests die in a way.
const dieVariable = "CRASH_TEST_DIE"

func TestMain(m *testing.M) {
	if Serve("1.2.3") {
		os.Exit(0)
	}
	if way := os.Getenv(dieVariable); way != "" {
		if err := Watch(os.Getenv("CRASH_TEST_DIR")); err != nil {
			fmt.Println(err)
			os.Exit(3)
		}
		die(way, planted, [24]byte([]byte(planted+"......")))
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// die ends the program with a secret in all that it could tell.
//
//go:noinline
func die(way, secret string, bytes [24]byte) {
	switch way {
	case "error":
		panic(fmt.Errorf("ask: token %s refused\ngoroutine 1 [%s]:\n%s.f()\n\t/%s.go:1", secret, secret, secret, secret))
	case "text":
		panic(secret)
	case "again":
		defer func() { panic(fmt.Sprint("again ", recover())) }()
		panic(secret)
	case "goroutine":
		done := make(chan bool)
		go func() { panic(errors.New(secret + string(bytes[:]))) }()
		<-done
	case "map":
		maps.Copy(map[string]string(nil), map[string]string{secret: secret})
	case "index":
		fmt.Println([]string{secret}[len(way)])
	case "type":
		var v any = secret
		fmt.Println(v.(error))
	case "signal":
		p, _ := os.FindProcess(os.Getpid())
		_ = p.Signal(syscall.SIGABRT)
		select {} // ends with the signal
	case "fatal":
		var m sync.Mutex
		m.Unlock()
	}
}

func TestReports(t *testing.T) {
	for way, want := range map[string]string{
		"error": "panic: (what", "text": "panic: (what", "again": "panic: (what", "goroutine": "created by traceview/internal/crash.die", "map": "assignment to entry in nil map",
		"index": "index out of range", "type": "interface conversion", "signal": "SIGABRT", "fatal": "sync.(*Mutex).Unlock", "ends": "",
	} {
		t.Run(way, func(t *testing.T) {
			if runtime.GOOS == "windows" && way == "signal" {
				t.Skip("GOOS is windows, which has no signals")
			}
			dir := filepath.Join(t.TempDir(), "crashes")
			cmd := exec.CommandContext(t.Context(), os.Args[0])
			cmd.Env = append(os.Environ(), dieVariable+"="+way, "CRASH_TEST_DIR="+dir)
			out, _ := cmd.CombinedOutput()
			path := ""
			if way != "ends" { // the watcher is a process of its own, and ends after the one it watches
				path = awaited(t, dir)
			}
			if way == "ends" {
				if n := len(reports(dir)); n > 0 {
					t.Errorf("%d reports of a program that just ended", n)
				}
				return
			}
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatalf("no report: %v; the program said %s", err, out)
			}
			if text := string(data); !strings.Contains(text, want) || !strings.Contains(text, "1.2.3") || !strings.Contains(text, "crash_test.go:") {
				t.Errorf("the report is\n%s\nwant %q in it, and where it was; the program said\n%s", text, want, out)
			}
			for _, part := range []string{planted, "planted", fmt.Sprintf("%x", "delp"), "0x"} {
				if strings.Contains(string(data), part) {
					t.Errorf("%q is in the report:\n%s", part, data)
				}
			}
			if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
				t.Errorf("mode %v, %v", info.Mode(), err)
			}
			if again := Untold(dir); again != "" {
				t.Errorf("told twice: %s", again)
			}
		})
	}
}

// awaited returns the report in a folder once it is whole.
func awaited(t *testing.T, dir string) string {
	t.Helper()
	late := time.After(time.Minute)
	for {
		if path := Untold(dir); path != "" {
			return path
		}
		select {
		case <-late:
			t.Fatal("no report within a minute")
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func TestFewAreKept(t *testing.T) {
	dir := t.TempDir()
	if Untold(dir) != "" || Untold(filepath.Join(dir, "absent")) != "" {
		t.Error("a report of no crash")
	}
	var last string
	for range maxKept + 3 {
		path, err := Write(dir, "1", []byte("panic: "+planted))
		if err != nil {
			t.Fatal(err)
		}
		for last = path; ; { // names are milliseconds
			if next := time.Now().UTC().Format("crash-20060102-150405.000") + untold; filepath.Join(dir, next) != path {
				break
			}
		}
	}
	if n := len(reports(dir)); n != maxKept {
		t.Errorf("%d reports are kept, want %d", n, maxKept)
	}
	if got, want := Untold(dir), strings.TrimSuffix(last, untold)+told; got != want {
		t.Errorf("told of %s, want the newest, %s", got, want)
	}
}

func TestCause(t *testing.T) {
	for _, tt := range []struct {
		v    any
		want string
	}{{planted, "string (what"}, {errors.New(planted), "*errors.errorString (what"}, {recovered(func() { fmt.Println(any(planted).(error)) }), "interface conversion"}} {
		if got := Cause(tt.v); !strings.HasPrefix(got, tt.want) || strings.Contains(got, planted) {
			t.Errorf("%T: %q, want %q", tt.v, got, tt.want)
		}
	}
	if got := Clean(debug.Stack()); !strings.Contains(got, "crash.TestCause\n\tcrash/crash_test.go:") {
		t.Errorf("a stack is\n%s", got)
	}
}

// recovered returns what f panics with.
func recovered(f func()) (v any) {
	defer func() { v = recover() }()
	f()
	return nil
}

// FuzzClean holds that a text cannot make itself a part of a trace.
func FuzzClean(f *testing.F) {
	f.Add("a\ngoroutine 1 [running]:\nplanted.f()\n\t/planted.go:1")
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\r", ""), "\n", "\n\t") // as the runtime prints it
		if faults.MatchString(text) {
			return
		}
		want := Clean([]byte("panic: x\n\ngoroutine 1 [running]:\nmain.main()\n\t/a/main.go:1\n"))
		if got := Clean([]byte("panic: " + text + "\n\ngoroutine 1 [running]:\nmain.main()\n\t/a/main.go:1\n")); strings.ReplaceAll(got, "panic: "+leftOut+"\n", "") != strings.ReplaceAll(want, "panic: "+leftOut+"\n", "") {
			t.Errorf("%q changes the report to\n%s", text, got)
		}
	})
}
