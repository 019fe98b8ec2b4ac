//go:build e2e

package e2e

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestHandover starts the program, and then again with a file and with a link,
// as a double click and a browser do. The window that runs shows the file, and
// asks before it opens the link.
func TestHandover(t *testing.T) {
	d := openDisplay(t, 1280, 800)
	d.env = append(d.env, "XDG_RUNTIME_DIR="+t.TempDir())
	const seed, case1 = "7", "case1.traceview"
	addr, dir := startHeadless(t, seed), t.TempDir()
	conn := []string{"--endpoint", addr, "--plaintext"}
	var told struct {
		Orders []struct{ Order, Trouble string }
	}
	if err := json.Unmarshal([]byte(run(t, d.env, program(t), "demo", "--list", "--seed", seed, "--json")), &told); err != nil {
		t.Fatal(err)
	}
	number := ""
	for _, o := range told.Orders { // the latest in trouble whose number is read from a picture surely
		if o.Trouble != "" && strings.Trim(o.Order, "0123456789") == "" {
			number = o.Order
		}
	}
	var found struct {
		Traces []struct {
			ID      string `json:"trace_id"`
			Service string `json:"root_service"`
		}
	}
	out := run(t, d.env, program(t), append([]string{"search", "--order", number, "--lookback", "8760h", "--json"}, conn...)...)
	if err := json.Unmarshal([]byte(out), &found); err != nil || len(found.Traces) == 0 {
		t.Fatalf("order %q has %d traces, %v", number, len(found.Traces), err)
	}
	trace := found.Traces[0]
	run(t, d.env, program(t), append([]string{"fetch", trace.ID, "-o", filepath.Join(dir, case1)}, conn...)...)

	w := d.launch(program(t), "--lang", "en")
	d.waitFor("the window's first page", "start", time.Minute, func(text string) bool { return strings.Contains(text, "connection") })
	again := func(args ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), program(t), append([]string{"--lang", "en"}, args...)...)
		cmd.Env, cmd.Dir = d.env, dir
		if said, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(said), "open already") {
			t.Fatalf("started again with %q: %v, %s", args, err, said)
		}
		if windows := strings.Fields(run(t, d.env, "xdotool", "search", "--onlyvisible", "--name", "traceview")); len(windows) != 1 {
			t.Errorf("started again with %q there are %d windows", args, len(windows))
		}
	}
	again()
	again(case1)
	shown, _ := d.waitFor("the trace of the file", "file", time.Minute, func(text string) bool {
		return mentions(text, []string{trace.Service}) && strings.Contains(text, "steps")
	})
	if n := bars(shown); n < 1 {
		t.Errorf("%d bars on the waterfall of the file (picture: %s)", n, shown.path)
	}

	again("traceview://" + addr + "/v1?order=" + number + "&plaintext=1&trace=" + trace.ID)
	d.waitFor("the question", "question", time.Minute, func(text string) bool {
		return strings.Contains(text, "This link opens order "+number) && strings.Contains(text, addr) && strings.Contains(text, "not be encrypted")
	})
	d.key("Return")
	d.waitFor("the order", "order", time.Minute, func(text string) bool {
		return strings.Contains(text, "Order "+number) && mentions(text, []string{trace.Service})
	})
	if !w.running() {
		t.Error("the program has ended")
	}
}
