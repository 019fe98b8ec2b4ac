//go:build e2e

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"traceview/internal/demo"
)

// faulty returns an order of the demo with the trouble whose words are read from a
// picture most surely: they hold a number.
func faulty(t *testing.T) demo.Order {
	t.Helper()
	for _, o := range demo.New(demo.Options{}).Orders() {
		if o.Trouble == "storage-refused" && o.Number == "10472" {
			return o
		}
	}
	t.Fatal("the demo has no order 10472 whose file the storage refuses")
	return demo.Order{}
}

// verdict types an order number into a window on the demo, and Enter, and returns how
// long it took from then until the answer was drawn, with what that found.
func (d *display) verdict(program, lang, number string) (*perfWindow, time.Duration, perfEvent) {
	d.t.Helper()
	log := filepath.Join(d.t.TempDir(), "perf.jsonl")
	w := &perfWindow{d.launch(program, "demo", "--lang", lang, "--perf-log", log, "--config-dir", d.t.TempDir(), "--data-dir", d.t.TempDir()), log}
	w.shown("window_shown")
	d.waitFor("the window's first page", "start", time.Minute, func(text string) bool { return len(strings.Fields(text)) > 3 })
	d.typeText(number)
	began := time.Now()
	d.key("Return")
	e := w.shown("verdict_shown")
	return w, time.Since(began), e
}

// TestVerdict types an order number in a started window, and Enter, and nothing else:
// the sentence that names the fault is on the screen, and it is the true one. How long
// that took is said; it fails nothing, since the machine may be busy with anything.
func TestVerdict(t *testing.T) {
	order := faulty(t)
	for _, tt := range []struct {
		lang  string
		words []string
	}{
		{"en", []string{"failed at", "403", "access denied"}},
		{"ru", []string{"403", "нет доступа", "попытки"}},
	} {
		t.Run(tt.lang, func(t *testing.T) {
			d := openDisplay(t, 1280, 800)
			w, took, e := d.verdict(program(t), tt.lang, order.Number)
			t.Logf("from Enter to the answer: %v, budget 2 s, load %s", took.Round(time.Millisecond), machineLoad())
			if e.Findings == 0 || e.TraceID != order.TraceID || e.SpanID != order.SpanID {
				t.Errorf("it found %+v, want span %s of trace %s", e, order.SpanID, order.TraceID)
			}
			d.waitFor("the sentence", "verdict", time.Minute, func(text string) bool {
				for _, word := range tt.words {
					if !strings.Contains(text, word) {
						return false
					}
				}
				return true
			})
			if !w.running() {
				t.Error("the program has ended")
			}
		})
	}
}

// machineLoad returns how many processes wanted to run, over the last minute: figures
// are worth something where that is small beside the number of cores.
func machineLoad() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	first, _, _ := strings.Cut(string(text), " ")
	return first
}
