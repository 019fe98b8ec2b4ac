package instance

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// place returns where the programs of a test belong.
func place(t *testing.T) Place {
	t.Helper()
	dir, err := os.MkdirTemp("", "tv") // t.TempDir has names too long for a socket on some systems
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return Place{Dir: dir, Group: "data", Member: "production", Patience: time.Minute}
}

// A program is an Instance that serves until the end of the test.
type program struct {
	*Instance
	got  chan []string
	done chan struct{}
}

func serve(t *testing.T, p Place) *program {
	t.Helper()
	i, err := Start(t.Context(), p, nil)
	if i == nil || err != nil {
		t.Fatalf("no program: %v", err)
	}
	r := &program{i, make(chan []string, 100), make(chan struct{})}
	go func() {
		defer close(r.done)
		i.Serve(func(_ context.Context, args []string) error {
			r.got <- args
			return nil
		})
	}()
	t.Cleanup(r.end)
	return r
}

func (r *program) end() {
	_ = r.Close() // again, perhaps
	<-r.done
}

// handed starts a program and fails the test if it runs by itself.
func handed(t *testing.T, p Place, args ...string) {
	t.Helper()
	if i, err := Start(t.Context(), p, args); i != nil || err != nil {
		t.Fatalf("a program of its own: %v, %v", i, err)
	}
}

func TestASecondStartHandsOver(t *testing.T) {
	p := place(t)
	first := serve(t, p)
	for _, args := range [][]string{nil, {"/a.traceview"}, {"", "two\nlines", "\xff\xfe", "traceview://jaeger.example:1/v1?order=1&trace=2"}, {"", ""}} {
		handed(t, p, args...)
		if got := <-first.got; !slices.Equal(got, args) {
			t.Errorf("got %q, want %q", got, args)
		}
	}
	long := slices.Repeat([]string{strings.Repeat("x", 99)}, 30_000)
	handed(t, p, long...)
	if got := <-first.got; !slices.Equal(got, long) {
		t.Errorf("%d arguments arrived, want %d", len(got), len(long))
	}
	if i, err := Start(t.Context(), p, append(long, long...)); i != nil || !errors.Is(err, ErrTooMuch) {
		t.Errorf("more than a message holds: %v, %v", i, err)
	}
	if i, err := Start(t.Context(), p, []string{"a\x00b"}); i != nil || err == nil {
		t.Errorf("an argument that is none: %v, %v", i, err)
	}
}

func TestOthersRunByThemselves(t *testing.T) {
	p := place(t)
	serve(t, p)
	for name, change := range map[string]func(p *Place){
		"another connection": func(p *Place) { p.Member = "staging" },
		"other folders":      func(p *Place) { p.Group = "data2" },
		"any, other folders": func(p *Place) { p.Group, p.Any = "data3", true },
	} {
		other := p
		change(&other)
		i, err := Start(t.Context(), other, []string{"x"})
		if i == nil || err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		_ = i.Close()
	}
}

func TestAnyGoesToTheProgramStartedLast(t *testing.T) {
	p := place(t)
	first := serve(t, p)
	any := p
	any.Member, any.Any = "", true
	handed(t, any, "to first")
	if got := <-first.got; got[0] != "to first" {
		t.Errorf("got %q", got)
	}
	p.Member = "staging"
	second := serve(t, p)
	older := time.Now().Add(-time.Hour)
	if err := os.Chtimes(filepath.Join(p.Dir, digest("data")+"-"+digest("production")+socketSuffix), older, older); err != nil {
		t.Fatal(err)
	}
	handed(t, any, "to second")
	if got := <-second.got; got[0] != "to second" {
		t.Errorf("got %q", got)
	}
	second.end()
	handed(t, any, "to first again")
	first.end()
	if i, err := Start(t.Context(), any, nil); i == nil || err != nil {
		t.Errorf("with nobody there: %v", err)
	} else {
		_ = i.Close()
	}
}

// TestKilled holds that what a killed program leaves behind is in nobody's way.
func TestKilled(t *testing.T) {
	if dir := os.Getenv("INSTANCE_TEST_DIR"); dir != "" {
		i, err := Start(t.Context(), Place{Dir: dir, Group: "data", Member: "production"}, nil)
		if i == nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(os.Stdout, "runs\n")
		i.Serve(func(context.Context, []string) error { return nil })
	}
	p := place(t)
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilled$")
	cmd.Env = append(os.Environ(), "INSTANCE_TEST_DIR="+p.Dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if said, err := io.ReadAll(io.LimitReader(out, 5)); string(said) != "runs\n" {
		t.Fatalf("it said %q, %v", said, err)
	}
	handed(t, p, "while it runs")
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	if left := running(p.Dir, digest("data")); len(left) != 1 {
		t.Errorf("it left %q, want its socket", left)
	}
	any := p
	any.Member, any.Any = "", true
	if i, err := Start(t.Context(), any, nil); i == nil || err != nil {
		t.Fatalf("one of another name: %v", err)
	} else {
		defer i.Close()
	}
	first := serve(t, p)
	handed(t, p, "x")
	<-first.got
}

func TestASilentProgramIsLeftAlone(t *testing.T) {
	p := place(t)
	hung, err := Start(t.Context(), p, nil) // and serves nobody
	if hung == nil {
		t.Fatal(err)
	}
	defer hung.Close()
	p.Patience = 50 * time.Millisecond
	if i, err := Start(t.Context(), p, nil); i != nil || !errors.Is(err, ErrSilent) {
		t.Errorf("got %v, %v; want none", i, err)
	}
	p.Member, p.Any = "", true
	i, err := Start(t.Context(), p, nil)
	if i == nil || !errors.Is(err, ErrSilent) {
		t.Fatalf("of another name: %v, %v; want one that says so", i, err)
	}
	_ = i.Close()
}

// TestTheSameMoment starts many programs at once, of which one runs.
func TestTheSameMoment(t *testing.T) {
	p := place(t)
	const n = 20
	var all sync.WaitGroup
	var mu sync.Mutex
	var list []*Instance
	got := make(chan []string, n)
	begin := make(chan struct{})
	for k := range n {
		p := p
		p.Any = k%2 == 0
		all.Go(func() {
			<-begin
			i, err := Start(t.Context(), p, []string{"x"})
			if err != nil {
				t.Error(err)
			}
			if i != nil {
				mu.Lock()
				list = append(list, i)
				mu.Unlock()
				go i.Serve(func(_ context.Context, args []string) error {
					got <- args
					return nil
				})
			}
		})
	}
	close(begin)
	all.Wait()
	if len(list) != 1 || len(got) != n-1 {
		t.Errorf("%d run, and %d were handed over", len(list), len(got))
	}
	for _, i := range list {
		_ = i.Close()
	}
}

// TestOneThatEndsIsFollowed holds that whoever is handing over to a program that
// is closed takes its place.
func TestOneThatEndsIsFollowed(t *testing.T) {
	p := place(t)
	first, err := Start(t.Context(), p, nil)
	if first == nil {
		t.Fatal(err)
	}
	asked := make(chan struct{})
	go first.Serve(func(ctx context.Context, _ []string) error {
		close(asked)
		<-ctx.Done()
		return ctx.Err()
	})
	next := make(chan *Instance)
	go func() {
		i, err := Start(context.Background(), p, []string{"x"})
		if err != nil {
			t.Error(err)
		}
		next <- i
	}()
	<-asked
	if err := first.Close(); err != nil {
		t.Error(err)
	}
	if i := <-next; i == nil {
		t.Error("what was not taken is lost")
	} else {
		_ = i.Close()
	}
}

// TestWhoGivesUpIsNotServed holds that nothing is done twice: by the program that
// was asked, and by the one that waited in vain.
func TestWhoGivesUpIsNotServed(t *testing.T) {
	p := place(t)
	first, err := Start(t.Context(), p, nil)
	if first == nil {
		t.Fatal(err)
	}
	defer first.Close()
	ended := make(chan error)
	go first.Serve(func(ctx context.Context, _ []string) error {
		<-ctx.Done()
		ended <- context.Cause(ctx)
		return ctx.Err()
	})
	p.Patience = 50 * time.Millisecond
	if _, err := Start(t.Context(), p, []string{"x"}); !errors.Is(err, ErrSilent) {
		t.Errorf("got %v", err)
	}
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("it went on: %v", err)
	}
}

func TestHostilePeers(t *testing.T) {
	p := place(t)
	first := serve(t, p)
	whole, err := encode([]string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{
		"nothing": "", "something else": "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "another version": strings.Replace(string(whole), "1", "2", 1),
		"cut off": string(whole[:len(whole)-1]), "too long": greeting + "\xff\xff\xff\xff", "a lie": greeting + "\x00\x00\x10\x00a\x00", "without an end": greeting + "\x00\x00\x00\x01a",
	} {
		conn, err := net.Dial("unix", first.listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, data); err != nil {
			t.Fatal(err)
		}
		if err := conn.(*net.UnixConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		if answer, _ := io.ReadAll(conn); len(answer) > 0 { // the connection may be reset
			t.Errorf("%s: answered %q", name, answer)
		}
		_ = conn.Close()
	}
	handed(t, p, "an honest one")
	if got := <-first.got; got[0] != "an honest one" || len(first.got) > 0 {
		t.Errorf("taken over: %q and %d more", got, len(first.got))
	}
}

func TestOnlyTheUserCanHandOver(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("GOOS is windows, where a folder has no mode that others could enter by")
	}
	p := place(t)
	first := serve(t, p)
	if info, err := os.Stat(first.listener.Addr().String()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the socket has mode %v, %v", info.Mode(), err)
	}
	if err := os.Chmod(p.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if i, err := Start(t.Context(), p, nil); i != nil || !errors.Is(err, os.ErrPermission) {
		t.Errorf("in a folder open to others: %v, %v", i, err)
	}
	link := p
	link.Dir = filepath.Join(place(t).Dir, "link")
	if err := os.Symlink(place(t).Dir, link.Dir); err != nil {
		t.Fatal(err)
	}
	if i, err := Start(t.Context(), link, nil); i != nil || err == nil {
		t.Errorf("through a link that somebody made: %v, %v", i, err)
	}
	p.Dir = filepath.Join(place(t).Dir, strings.Repeat("long", 40))
	if i, err := Start(t.Context(), p, nil); i != nil || err == nil {
		t.Errorf("with a name too long for a socket: %v, %v", i, err)
	}
}

func TestDefaultDir(t *testing.T) {
	env := map[string]string{"XDG_RUNTIME_DIR": "/run/user/1000", "LocalAppData": `C:\Users\anna\AppData\Local`}
	dir := DefaultDir(func(key string) string { return env[key] })
	if base := filepath.Dir(dir); base != env["XDG_RUNTIME_DIR"] && filepath.Dir(base) != env["LocalAppData"] {
		t.Errorf("got %s", dir)
	}
	env = map[string]string{"XDG_RUNTIME_DIR": "not/absolute"}
	if dir := DefaultDir(func(key string) string { return env[key] }); !strings.HasPrefix(dir, os.TempDir()) {
		t.Errorf("without a folder of the session: %s", dir)
	}
}

func FuzzDecode(f *testing.F) {
	for _, args := range [][]string{nil, {""}, {"a", "\xff", "b c"}} {
		data, err := encode(args)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(greeting + "\x00\x40\x00\x01"))
	f.Fuzz(func(t *testing.T, data []byte) {
		args, err := decode(bytes.NewReader(data))
		if err != nil {
			return
		}
		again, err := encode(args)
		if err != nil || !bytes.HasPrefix(data, again) {
			t.Fatalf("%q is %q, which is %q: %v", data, args, again, err)
		}
	})
}
