//go:build e2e

package e2e

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"traceview/internal/demo"
)

// A sentry notes the arguments of every process of the machine.
type sentry struct {
	mu   sync.Mutex
	seen map[string]bool
}

// watchArguments starts a sentry, which ends with the test.
func watchArguments(t *testing.T) *sentry {
	s, done, ended := &sentry{seen: map[string]bool{}}, make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			s.look()
			select {
			case <-done:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	}()
	t.Cleanup(func() { close(done); <-ended })
	return s
}

func (s *sentry) look() {
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err == nil { // the process may have ended
			s.mu.Lock()
			s.seen[string(data)] = true
			s.mu.Unlock()
		}
	}
}

// all returns what was noted, a process a line.
func (s *sentry) all() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	for args := range s.seen {
		b.WriteString(strings.ReplaceAll(args, "\x00", " ") + "\n")
	}
	return []byte(b.String())
}

// A keeper works on a display with a keyring that stays open between commands.
type keeper struct {
	*display
	desk *desk
}

func newKeeper(t *testing.T) *keeper {
	t.Helper()
	d := openDisplay(t, 1280, 800)
	d.env = append(d.env, startKeyring(t)...)
	var home string
	for _, e := range d.env {
		if h, ok := strings.CutPrefix(e, "HOME="); ok { // the last counts
			home = h
		}
	}
	return &keeper{d, &desk{t: t, home: home}}
}

// logs are the flags for all that the program can be told to write down.
func (k *keeper) logs() []string {
	return []string{"--perf-log", filepath.Join(k.desk.home, "perf.jsonl"), "--debug-log", filepath.Join(k.desk.home, "debug.log"), "--lang", "en"}
}

// try runs a command with in piped to it, and returns what it printed.
func (k *keeper) try(in string, args ...string) (string, error) {
	k.t.Helper()
	cmd := exec.CommandContext(k.t.Context(), program(k.t), append(args, k.logs()...)...)
	cmd.Env, cmd.Stdin = k.env, strings.NewReader(in)
	out, err := cmd.CombinedOutput()
	k.desk.printed.Write(out)
	return string(out), err
}

func (k *keeper) must(in string, args ...string) string {
	k.t.Helper()
	out, err := k.try(in, args...)
	if err != nil {
		k.t.Fatalf("traceview %q: %v\n%s", args, err, out)
	}
	return out
}

// exchanged returns what the program and an issuer told each other.
func exchanged(t *testing.T, record string) map[string][]string {
	t.Helper()
	data, err := os.ReadFile(record)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for kind, pattern := range map[string]string{
		"access token": `"access_token":"([^"]+)"`, "refresh token": `"refresh_token":"([^"]+)"`, "identity token": `"id_token":"([^"]+)"`,
		"device code": `"device_code":"([^"]+)"`, "code verifier": `code_verifier=([^&\s]+)`, "authorization code": `\bcode=([^&\s]+)&`,
	} {
		for _, m := range regexp.MustCompile(pattern).FindAllSubmatch(data, -1) {
			all[kind] = append(all[kind], string(m[1]))
		}
		if len(all[kind]) == 0 {
			t.Errorf("no %s was exchanged", kind)
		}
	}
	return all
}

// TestNoCredentialIsWrittenDown plants a credential of every kind, has commands and
// the window use them, in vain as well, with all logs on, and looks for them in
// all that is left behind: files, what was printed, arguments of processes, and
// the report of a crash.
func TestNoCredentialIsWrittenDown(t *testing.T) {
	need(t, "nginx")
	shop := demo.New(demo.Options{Seed: 1, Orders: 4})
	o := shop.Orders()[0]
	srv := startShop(t, shop, "memory")
	company := newAuthority(t)
	record := filepath.Join(t.TempDir(), "issuer")
	issuer := startIssuer(t, company, "--record", record)
	// The proxy repeats what it was sent where it does not like it.
	echo := `default_type text/plain; if ($http_authorization ~ "b2xnYTp3cm9u|wrong") { return 401 "not $http_authorization, $http_bearer_token, $http_x_api_key"; }`
	open := startNginx(t, company, fmt.Sprintf(`ssl_client_certificate %s; ssl_verify_client optional; %s location / { grpc_pass grpc://%s; }`, company.file, echo, srv.query))
	guarded, gate := startGuarded(t, company, issuer, srv.query)

	k, args := newKeeper(t), watchArguments(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	visited := filepath.Join(t.TempDir(), "visited")
	k.env = append(k.env, "BROWSER="+self, asBrowser+"="+visited)
	home := k.desk.home
	secrets := []string{"planted/token+77a1==", "planted/password+4d0c&", "planted/header+90ef%", "wrong/token+1a2b==", "wrong/password+3c4d&"}
	olga, olgaKey := company.issue(t, "olga")
	key, err := os.ReadFile(olgaKey)
	if err != nil {
		t.Fatal(err)
	}
	secrets = append(secrets, strings.Split(string(key), "\n")[1])

	add := func(in, name, addr string, more ...string) {
		k.must(in, append([]string{"connection", "add", name, "--endpoint", addr, "--ca", company.file}, more...)...)
	}
	add(secrets[0]+"\n", "token", open, "--token-stdin")
	add(secrets[1]+"\n", "basic", open, "--user", "olga", "--password-stdin")
	add(secrets[2]+"\n", "header", open, "--secret-header", "x-api-key", "--header-stdin", "--cert", olga, "--key", olgaKey, "--key-in-keyring")
	if err := os.Remove(olgaKey); err != nil {
		t.Fatal(err)
	}
	add("", "sso", guarded, "--issuer", strings.TrimSuffix(issuer, "/"), "--client-id", "traceview")
	k.must("", "connection", "login", "sso")
	for _, name := range []string{"token", "basic", "header", "sso"} {
		k.must("", "connection", "test", name)
		k.must("", "connection", "show", name, "--json")
		k.must("", "search", o.Number, "--lookback", wholeHistory, "--save", "--connection", name)
	}
	for in, conn := range map[string]string{secrets[3]: "token", secrets[4]: "basic"} {
		flag := map[string]string{"token": "--token-stdin", "basic": "--password-stdin"}[conn]
		if out, err := k.try(in+"\n", "search", o.Number, "--connection", conn, flag); err == nil {
			t.Errorf("a wrong %s is let in: %s", conn, out)
		}
	}
	gate.expire()
	k.must("", "search", o.Number, "--connection", "sso")
	said := &lockedBuffer{}
	code := make(chan error, 1)
	go func() { code <- entered(issuer, "allowed", said) }()
	device := exec.Command(program(t), append([]string{"connection", "login", "sso", "--device"}, k.logs()...)...)
	device.Env, device.Stdout, device.Stderr = k.env, &k.desk.printed, said
	if err := device.Run(); err != nil {
		t.Fatalf("sign in by code: %v, %s", err, said)
	}
	if err := <-code; err != nil {
		t.Fatal(err)
	}
	k.desk.printed.WriteString(said.String())
	k.must("", "connection", "export", "token", "basic", "header", "sso", "-o", filepath.Join(home, "handed-over.json"))
	snapshot := filepath.Join(home, "order.traceview")
	k.must("", "fetch", strings.Fields(k.must("", "search", o.Number, "--lookback", wholeHistory, "--connection", "sso"))[0], "-o", snapshot, "--connection", "sso")
	for _, format := range []string{"html", "markdown", "svg", "otlp-json"} {
		k.must("", "export", snapshot, "--to", format, "-o", filepath.Join(home, "order."+format))
	}

	w := k.launch(program(t), append(k.logs(), "--connection", "sso")...)
	k.typeText(o.Number)
	k.key("ctrl+3", "Return") // of 30 days; the orders of the shop are older than a week
	k.waitFor("the order", "found", time.Minute, func(text string) bool {
		return says("Order "+o.Number, "traces")(text) && mentions(text, []string{"internet-shop", "shop-api", "crm-api", "mes-api"})
	})
	k.key("Return")
	k.waitFor("the trace", "trace", time.Minute, func(text string) bool { return strings.Contains(text, "Collapse all") })
	k.share("What leaves", "Saved")
	if err := w.cmd.Process.Signal(syscall.SIGABRT); err != nil {
		t.Fatal(err)
	}
	<-w.exited
	var reports []string
	if !until(20*time.Second, 50*time.Millisecond, func() bool {
		reports, _ = filepath.Glob(filepath.Join(home, "traceview", "crashes", "*.txt"))
		return len(reports) == 1
	}) {
		t.Fatalf("%d reports of a crash, want 1", len(reports))
	}
	report, err := os.ReadFile(reports[0])
	if err != nil || !strings.Contains(string(report), "goroutine") || !strings.Contains(string(report), "SIGABRT") {
		t.Errorf("the report of the crash is %v\n%s", err, report)
	}
	w = k.launch(program(t), append(k.logs(), "--connection", "token")...)
	k.waitFor("word of the crash", "crashed", time.Minute, func(text string) bool {
		return strings.Contains(text, "crashed last time") && strings.Contains(text, "crash-")
	})
	w.stop()

	for kind, values := range exchanged(t, record) {
		t.Logf("%s: %d exchanged", kind, len(values))
		secrets = append(secrets, values...)
	}
	unpacked(t, home)
	k.desk.hides(secrets...)
	k.desk.hidden("the arguments of a process", args.all(), secrets)
	if all := string(args.all()); !strings.Contains(all, "connection login sso --device") { // which waits for a person
		t.Error("the arguments of the program were not seen")
	}
	opened, err := os.ReadFile(visited) // a browser may come and go between two looks
	if err != nil || !strings.Contains(string(opened), "code_challenge") {
		t.Errorf("the arguments of the browser were not seen: %v, %s", err, opened)
	}
	k.desk.hidden("the arguments of the browser", opened, secrets)
	for _, name := range []string{"perf.jsonl", "debug.log", "handed-over.json", "order.html", "traceview/connections.json"} {
		if info, err := os.Stat(filepath.Join(home, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s is empty: %v", name, err)
		}
	}
}

// unpacked puts the parts of snapshots beside them, as they are before they are
// packed.
func unpacked(t *testing.T, dir string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.traceview"))
	if err != nil || len(files) < 2 {
		t.Fatalf("%d snapshots, %v; want that of a command and that of the window", len(files), err)
	}
	for _, f := range files {
		z, err := zip.OpenReader(f)
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		for _, m := range z.File {
			r, err := m.Open()
			if err != nil {
				t.Fatal(err)
			}
			from := io.Reader(r)
			if strings.HasSuffix(m.Name, ".zst") {
				d, err := zstd.NewReader(r)
				if err != nil {
					t.Fatal(err)
				}
				defer d.Close()
				from = d
			}
			data, err := io.ReadAll(from)
			if err == nil {
				err = os.WriteFile(f+"."+filepath.Base(m.Name), data, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}
