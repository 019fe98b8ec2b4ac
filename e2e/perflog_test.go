//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"traceview/internal/demo/synthetic"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
	"traceview/internal/snapshot"
)

// A perfEvent is one line of the performance log.
type perfEvent struct {
	Event string
	Ms    float64 // since the process began
	View  string
	Cost  float64 `json:"cost_ms"`
	Spans int
	// Of verdict_shown.
	Findings int
	TraceID  string `json:"trace_id"`
	SpanID   string `json:"span_id"`
}

// A perfWindow is a window that opens a file and logs what happens when.
type perfWindow struct {
	*window
	log string
}

// open opens files in a window with a performance log.
func (d *display) open(program string, files ...string) *perfWindow {
	d.t.Helper()
	log := filepath.Join(d.t.TempDir(), "perf.jsonl")
	return &perfWindow{d.launch(program, append([]string{"--lang", "en", "--perf-log", log}, files...)...), log}
}

// events returns what was logged so far.
func (w *perfWindow) events() (list []perfEvent) {
	w.t.Helper()
	data, err := os.ReadFile(w.log)
	if err != nil {
		w.t.Fatal(err)
	}
	data = data[:strings.LastIndexByte(string(data), '\n')+1] // the rest is being written
	for line := range strings.Lines(string(data)) {
		var e perfEvent
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			w.t.Fatalf("performance log: %v in %q", err, line)
		}
		list = append(list, e)
	}
	return list
}

// shown waits for an event and returns it.
func (w *perfWindow) shown(event string) perfEvent {
	w.t.Helper()
	var found perfEvent
	ok := until(time.Minute, 20*time.Millisecond, func() bool {
		list := w.events()
		i := slices.IndexFunc(list, func(e perfEvent) bool { return e.Event == event })
		if i >= 0 {
			found = list[i]
		}
		return i >= 0 || !w.running()
	})
	if !ok || found.Event == "" {
		w.t.Fatalf("%s was not logged; there is %+v", event, w.events())
	}
	return found
}

// peakMB returns the most memory the process has had, in MB.
func (w *perfWindow) peakMB() float64 {
	w.t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", w.cmd.Process.Pid))
	if err != nil {
		w.t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if kb, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(kb), " kB"), 64)
			if err != nil {
				w.t.Fatal(err)
			}
			return n * 1024 / 1e6
		}
	}
	w.t.Fatal("the system does not say how much memory a process had")
	return 0
}

// costs returns what the frames of a view cost in ms, rising.
func costs(list []perfEvent, view string) (ms []float64) {
	for _, e := range list {
		if e.Event == "frame" && e.View == view {
			ms = append(ms, e.Cost)
		}
	}
	slices.Sort(ms)
	return ms
}

// percentile returns the value that share of a rising list stay below, NaN of an
// empty one.
func percentile(rising []float64, share float64) float64 {
	if len(rising) == 0 {
		return math.NaN()
	}
	return rising[min(int(share*float64(len(rising))), len(rising)-1)]
}

// shapes are the synthetic traces: the usual tree, and those that hurt.
var shapes = map[string]func(n int, seed int64) []byte{
	"tree": synthetic.Trace, "wide": synthetic.Wide, "deep": synthetic.Deep, "roots": synthetic.Roots,
}

// synth returns a synthetic trace of n spans.
func synth(tb testing.TB, shape string, n int) *model.Trace {
	tb.Helper()
	b := model.NewBuilder()
	if err := otlp.DecodeProto(shapes[shape](n, 1), b); err != nil {
		tb.Fatal(err)
	}
	return b.Build()[0]
}

// snapshotOf writes a snapshot of a synthetic trace of n spans, once while the
// tests run, and returns its path.
func snapshotOf(t *testing.T, shape string, n int) string {
	t.Helper()
	snapshotsMu.Lock()
	defer snapshotsMu.Unlock()
	path := filepath.Join(built, fmt.Sprintf("%s-%d.traceview", shape, n))
	if _, err := os.Stat(path); err == nil {
		return path
	}
	s := &snapshot.Snapshot{Manifest: snapshot.Manifest{App: "traceview", Source: "synthetic"}, Traces: []*model.Trace{synth(t, shape, n)}}
	if err := snapshot.WriteFile(path, s); err != nil {
		t.Fatal(err)
	}
	return path
}

var snapshotsMu sync.Mutex
