package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"traceview/internal/demo"
	"traceview/ui/drawing"
)

// bushyFile writes a trace of n spans, three parallel children below each, and
// returns its path.
func bushyFile(t *testing.T, n int) string {
	t.Helper()
	var spans []string
	for i := range n {
		parent := ""
		if i > 0 {
			parent = fmt.Sprintf("%016x", (i-1)/3+1)
		}
		start := int64(1e18) + int64(i)*1e6
		spans = append(spans, fmt.Sprintf(`{"traceId":"%032x","spanId":"%016x","parentSpanId":"%s","name":"GET /orders/%d",`+
			`"startTimeUnixNano":"%d","endTimeUnixNano":"%d"}`, 1, i+1, parent, i%40, start, start+int64(n-i)*2e6))
	}
	data := `{"resourceSpans":[{"resource":{},"scopeSpans":[{"spans":[` + strings.Join(spans, ",") + `]}]}]}`
	path := filepath.Join(t.TempDir(), "trace.json")
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRenderFrames(t *testing.T) {
	path := bushyFile(t, 3000)
	for _, view := range drawing.Views {
		t.Run(view, func(t *testing.T) {
			got := try(t, "", "render", path, "--view", view, "--frames", "240", "--json", "--size", "800x400")
			if got.code != 0 {
				t.Fatalf("status %d: %s", got.code, got.err)
			}
			var r frameReport
			if err := json.Unmarshal([]byte(got.out), &r); err != nil {
				t.Fatalf("%v in %s", err, got.out)
			}
			if r.View != view || r.Spans != 3000 || r.Frames != 240 || r.Width != 800 || r.Height != 400 || r.Allocs != 0 && view != drawing.JourneyView {
				t.Errorf("%+v", r)
			}
			if r.P50 <= 0 || r.P50 > r.P95 || r.P95 > r.P99 || r.P99 > r.Max {
				t.Errorf("percentiles do not rise: %+v", r)
			}
		})
	}
}

func TestRenderViews(t *testing.T) {
	path, dir := bushyFile(t, 300), t.TempDir()
	for _, name := range []string{"flame.png", "flame.svg", "flame-merged.png", "flame-merged.svg", "stats.png", "stats.svg", "graph.png", "graph.svg", "events.png", "events.svg", "journey.png", "journey.svg"} {
		out := filepath.Join(dir, name)
		view, _, _ := strings.Cut(name, ".")
		if got := try(t, "", "render", path, "--view", view, "-o", out, "--theme", "dark"); got.code != 0 {
			t.Fatalf("status %d: %s", got.code, got.err)
		}
		if info, err := os.Stat(out); err != nil || info.Size() < 1000 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
}

// TestRenderGraphOfSeveral draws what called what in all traces of a file.
func TestRenderGraphOfSeveral(t *testing.T) {
	dir := t.TempDir()
	path, out := filepath.Join(dir, "shop.pb"), filepath.Join(dir, "graph.svg")
	var all []byte // messages of traces, one after another, are one message
	for _, tr := range demo.New(demo.Options{Orders: 12}).Traces() {
		all = append(all, tr.Proto...)
	}
	if err := os.WriteFile(path, all, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := try(t, "", "render", path, "--view", "graph", "-o", out); got.code != 0 {
		t.Fatalf("status %d: %s", got.code, got.err)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"shop-api", "mes-api", "shop · PostgreSQL", "new-orders"} {
		if !strings.Contains(string(data), want) {
			t.Errorf("the drawing does not name %q", want)
		}
	}
}

func TestRenderFramesUsage(t *testing.T) {
	path := bushyFile(t, 3)
	for _, tc := range []struct {
		name string
		args []string
		want string
	}{
		{"frames and a file", []string{"--frames", "5", "-o", "x.png"}, "leave out -o"},
		{"too many", []string{"--frames", "1000000"}, "want 1 to"},
		{"neither", nil, "want a name"},
		{"unknown view", []string{"--view", "treemap"}, "want one of waterfall flame flame-merged stats graph events journey"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := try(t, "", append([]string{"render", path}, tc.args...)...)
			if got.code != 2 || !strings.Contains(got.err, tc.want) {
				t.Errorf("status %d, %q; want 2 and %q", got.code, got.err, tc.want)
			}
		})
	}
}
