package store

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"traceview/internal/model"
	"traceview/internal/secret"
)

// The tests of this file run the test binary once more as a second process.
const childEnv = "TRACEVIEW_STORE_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		if err := child(os.Args[1:]); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// givenKey is a keyring with a key in it.
func givenKey(tb testing.TB) (*secret.Memory, string) {
	tb.Helper()
	m := &secret.Memory{}
	k, err := makeKey(context.Background(), m)
	if err != nil {
		tb.Fatal(err)
	}
	return m, fmt.Sprintf("%x", k[:])
}

// child puts traces numbered from, from+1… and says so after each, or digests older
// entries. It reads the key from standard input.
func child(args []string) error {
	dir := args[0]
	from, _ := strconv.Atoi(args[1])
	n, _ := strconv.Atoi(args[2])
	hex, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil {
		return err
	}
	keys := &secret.Memory{}
	_ = keys.Set(context.Background(), keyName, strings.TrimSpace(hex)) // never fails
	if len(args) > 3 {
		if err := limitFiles(args[3]); err != nil {
			return err
		}
	}
	s, err := Open(context.Background(), optionsIn(dir, keys))
	if err != nil {
		return err
	}
	fmt.Println("open")
	if args[1] == "digest" {
		return s.FillDigests(context.Background(), func(left int) { fmt.Println("left", left) })
	}
	for i := from; i < from+n; i++ {
		if _, _, err := s.Put(context.Background(), numberedTrace(i), "child"); err != nil {
			return err
		}
		fmt.Println(i)
	}
	return s.Close()
}

// numberedTrace is the trace of a number, of one to some hundred spans.
func numberedTrace(n int) *model.Trace {
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	spans := make([]spanOf, 1+rng.IntN(20)*rng.IntN(20))
	for i := range spans {
		spans[i] = spanOf{id: model.SpanID(i + 1), parent: model.SpanID(i), service: fmt.Sprintf("service-%d", rng.IntN(5)), op: fmt.Sprintf("op-%d", i),
			attrs: map[string]string{"order.id": fmt.Sprint(n), "token": fmt.Sprintf("%016x", rng.Uint64())}}
	}
	return traceOf(n, spans...)
}

// A process is a second process on the same library.
type process struct {
	cmd *exec.Cmd
	out *bufio.Scanner
}

func startChild(tb testing.TB, dir, hexKey string, args ...string) *process {
	tb.Helper()
	exe, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	cmd := exec.Command(exe, append([]string{dir}, args...)...)
	cmd.Env = append(os.Environ(), childEnv+"=1")
	cmd.Stdin, cmd.Stderr = strings.NewReader(hexKey+"\n"), os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	return &process{cmd, bufio.NewScanner(out)}
}

// rest returns what the process says until it ends.
func (p *process) rest() (lines []string) {
	for p.out.Scan() {
		lines = append(lines, p.out.Text())
	}
	_ = p.cmd.Wait() // how it ended is seen by what it said
	return lines
}

// numbers returns the numbers among lines.
func numbers(lines []string) (list []int) {
	for _, l := range lines {
		if n, err := strconv.Atoi(l); err == nil {
			list = append(list, n)
		}
	}
	return list
}

// holds fails the test unless the library has every one of the traces, whole.
func holds(tb testing.TB, s *Store, list []int) {
	tb.Helper()
	for _, n := range list {
		found, err := s.Find(context.Background(), idOf(n))
		if err != nil || len(found) != 1 {
			tb.Errorf("trace %d: %d entries, %v", n, len(found), err)
			continue
		}
		got, err := s.Load(context.Background(), found[0].Key)
		if err != nil || !same(got, numberedTrace(n)) {
			tb.Errorf("trace %d is not what was put: %v", n, err)
		}
	}
}

func sound(tb testing.TB, s *Store) {
	tb.Helper()
	r, err := s.Verify(context.Background(), nil)
	if err != nil || !r.Sound() {
		tb.Errorf("verify: %+v, %v", r, err)
	}
}

// kills is how often TestKilledWhileWriting kills one process that writes alone,
// and how often one of two; each takes about 0.1 s.
var kills = flag.Int("kills", 30, "how often to kill a process that writes")

// TestKilledWhileWriting kills processes while they write, each time somewhere
// else, and finds every trace that they said was kept.
func TestKilledWhileWriting(t *testing.T) {
	for _, writers := range []int{1, 2} {
		t.Run(fmt.Sprint(writers, " at once"), func(t *testing.T) { killWriters(t, writers, max(2, *kills/slowness)) })
	}
}

func killWriters(t *testing.T, writers, times int) {
	dir := t.TempDir()
	keys, hexKey := givenKey(t)
	rng := rand.New(rand.NewPCG(7, uint64(writers)))
	var kept []int
	logs := 0
	for killed := 0; killed < times; {
		var now []*process
		for range writers {
			now = append(now, startChild(t, dir, hexKey, fmt.Sprint(killed*1000), "1000"))
			killed++
		}
		// Each is killed so many lines and microseconds after it started, or after
		// the other was killed.
		for _, p := range now {
			for range rng.IntN(12) {
				if !p.out.Scan() {
					break
				}
				kept = append(kept, numbers([]string{p.out.Text()})...)
			}
			after := time.NewTimer(time.Duration(rng.IntN(4000)) * time.Microsecond)
			<-after.C
			_ = p.cmd.Process.Kill()
			kept = append(kept, numbers(p.rest())...)
		}
		if info, err := os.Stat(pathIn(dir) + walSuffix); err == nil && info.Size() > 0 {
			logs++
		}
	}
	s := openStore(t, optionsIn(dir, keys))
	t.Logf("%d traces kept before %d kills, %d of which left a log to recover from", len(kept), times, logs)
	if len(kept) < times/2 || logs < times/writers/2 {
		t.Errorf("only %d traces were kept and %d logs left: the kills came too early or too late", len(kept), logs)
	}
	holds(t, s, kept)
	sound(t, s)
}

func TestTwoProcessesWrite(t *testing.T) {
	dir := t.TempDir()
	keys, hexKey := givenKey(t)
	const each = 60 / slowness
	others := []*process{startChild(t, dir, hexKey, "1000", fmt.Sprint(each)), startChild(t, dir, hexKey, "2000", fmt.Sprint(each))}
	s := openStore(t, optionsIn(dir, keys))
	var all []int
	for i := range each {
		mustPut(t, s, numberedTrace(i), "parent")
		all = append(all, i)
	}
	for _, p := range others {
		lines := p.rest()
		if got := numbers(lines); len(got) != each {
			t.Fatalf("a process kept %d of %d: %v", len(got), each, lines[len(lines)-1])
		}
		all = append(all, numbers(lines)...)
	}
	holds(t, s, all)
	sound(t, s)
}

// TestSameTraceFromTwoProcesses lets processes put the same traces at once: each
// is kept once.
func TestSameTraceFromTwoProcesses(t *testing.T) {
	dir := t.TempDir()
	keys, hexKey := givenKey(t)
	a, b := startChild(t, dir, hexKey, "0", "10"), startChild(t, dir, hexKey, "0", "10")
	if x, y := numbers(a.rest()), numbers(b.rest()); len(x) != 10 || len(y) != 10 {
		t.Fatalf("%d and %d of 10 kept", len(x), len(y))
	}
	s := openStore(t, optionsIn(dir, keys))
	holds(t, s, numbers(strings.Fields("0 1 2 3 4 5 6 7 8 9")))
	if st, err := s.Stats(t.Context()); err != nil || st.Entries != 10 {
		t.Errorf("%d entries, want 10: %v", st.Entries, err)
	}
}

// TestFileCannotGrow writes until the system refuses, as on a full disk.
func TestFileCannotGrow(t *testing.T) {
	if !filesCanBeLimited {
		t.Skip("limits of file size are absent on this system")
	}
	dir := t.TempDir()
	keys, hexKey := givenKey(t)
	p := startChild(t, dir, hexKey, "0", "100000", "1000500")
	lines := p.rest()
	kept := numbers(lines)
	if last := lines[len(lines)-1]; !strings.Contains(last, ErrDiskFull.Error()) || len(kept) == 0 {
		t.Fatalf("%d kept, then %q; want %q", len(kept), last, ErrDiskFull)
	}
	s := openStore(t, optionsIn(dir, keys))
	holds(t, s, kept)
	sound(t, s)
}
