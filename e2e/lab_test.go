//go:build e2e && budgets

package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"

	"traceview/internal/client"
	"traceview/internal/client/wire"
	"traceview/internal/demo/synthetic"
	"traceview/internal/format"
	"traceview/internal/model"
)

// A lab measures, each thing once.
type lab struct {
	t       *testing.T
	d       *display
	windows map[string]timing
	played  map[string]frameFigures
	library map[string]float64 // ms an operation takes in a library of 100,000 traces
}

func newLab(t *testing.T) *lab {
	program(t) // what it takes to build is no figure
	return &lab{t: t, d: openDisplay(t, 1920, 1080), windows: map[string]timing{}, played: map[string]frameFigures{}}
}

// timing is how a window came up with a file, in ms since its process began
// unless said otherwise; the least of three runs, since others may be busy on the
// machine.
type timing struct {
	window, rows, frame float64
	opening             float64 // ms from the window to the first frame
	peakMB              float64
}

func (l *lab) snapshot(n int) string { return snapshotOf(l.t, "tree", n) }

// jaegerJSON writes a synthetic trace of n spans as Jaeger JSON, once.
func (l *lab) jaegerJSON(n int) string {
	path := filepath.Join(built, fmt.Sprintf("%d.json", n))
	if _, err := os.Stat(path); err == nil {
		return path
	}
	f, err := os.Create(path)
	if err != nil {
		l.t.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	err = format.Encode(w, format.JaegerJSON, []*model.Trace{synth(l.t, "tree", n)})
	if err = errors.Join(err, w.Flush(), f.Close()); err != nil {
		l.t.Fatal(err)
	}
	return path
}

// opened opens a file in three windows, one after another.
func (l *lab) opened(file string) timing {
	if got, ok := l.windows[file]; ok {
		return got
	}
	var window, rows, frame, opening, peak []float64
	for range 3 {
		w := l.d.open(program(l.t), file)
		shown := w.shown("trace_shown").Ms
		first := shown
		for _, e := range w.events() {
			if e.Event == "preview_shown" {
				first = min(first, e.Ms)
			}
		}
		up := w.shown("window_shown").Ms
		window, rows, frame = append(window, up), append(rows, first), append(frame, shown)
		opening, peak = append(opening, shown-up), append(peak, w.peakMB())
		w.stop()
	}
	got := timing{slices.Min(window), slices.Min(rows), slices.Min(frame), slices.Min(opening), slices.Max(peak)}
	l.windows[file] = got
	return got
}

// hostile lets the program read each of the hostile files, and returns the most
// processor time one took, in ms.
func (l *lab) hostile() (float64, error) {
	path := filepath.Join(l.t.TempDir(), "hostile")
	most := time.Duration(0)
	for i := range hostileFiles {
		most = max(most, hostileFiles[i].cost(l.t, path).Time)
	}
	return most.Seconds() * 1000, nil
}

// playing scrolls and zooms through a million spans in the window.
func (l *lab) playing() (float64, error) {
	w := l.d.open(program(l.t), l.snapshot(million))
	w.shown("trace_shown")
	defer w.stop()
	before := len(costs(w.events(), "waterfall"))
	steps := w.play(600)
	n := 0
	until(20*time.Second, 100*time.Millisecond, func() bool { // frames are drawn after the input was sent
		was := n
		n = len(costs(w.events(), "waterfall"))
		return n == was && n > before
	})
	if n-before < steps/10 {
		return 0, fmt.Errorf("%d frames were drawn for %d steps", n-before, steps)
	}
	return percentile(costs(w.events(), "waterfall"), 0.99), nil
}

// frameFigures is what render --frames prints.
type frameFigures struct {
	P99    float64 `json:"p99_ms"`
	Allocs float64 `json:"allocs_per_frame"`
}

// frames plays 600 frames of a view on a million spans, three times, and returns
// the run with the least p99.
func (l *lab) frames(view string) (best frameFigures, err error) {
	if got, ok := l.played[view]; ok {
		return got, nil
	}
	for range 3 {
		got, err := l.play(l.snapshot(million), view)
		if err != nil {
			return got, err
		}
		if best.P99 == 0 || got.P99 < best.P99 {
			best = got
		}
	}
	l.played[view] = best
	return best, nil
}

func (l *lab) play(file, view string) (frameFigures, error) {
	out, err := output(context.Background(), command(l.t, "render", file, "--view", view, "--frames", "600", "--json"))
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 2 { // wrong usage: no such view
		return frameFigures{}, errNotThere
	}
	if err != nil {
		return frameFigures{}, err
	}
	var got frameFigures
	return got, json.Unmarshal(out, &got)
}

// benchmark measures one benchmark, in ms.
func benchmark(pkg, name string) func(*lab) (float64, error) {
	return func(*lab) (float64, error) { return runBenchmark(pkg, name) }
}

// inLibrary measures one thing in a library of 100,000 traces. Making that takes
// longest, so all that is of interest in one is measured at once.
func inLibrary(name string) func(*lab) (float64, error) {
	return func(l *lab) (float64, error) {
		if l.library == nil {
			got, err := runBenchmarks("./internal/store", "^BenchmarkLibrary$/^(start-big|start-small|put|traffic|order-by-attribute-too)$")
			if err != nil {
				return 0, err
			}
			l.library = got
		}
		ms, ok := l.library["Library/"+name]
		if !ok {
			return 0, errNotThere
		}
		return ms, nil
	}
}

// runBenchmark runs one benchmark of a package, named without "Benchmark", and
// returns the ms an operation takes; errNotThere where there is none.
func runBenchmark(pkg, name string) (float64, error) {
	var pattern []string
	for _, part := range strings.Split("Benchmark"+name, "/") {
		pattern = append(pattern, "^"+regexp.QuoteMeta(part)+"$")
	}
	ms, err := runBenchmarks(pkg, strings.Join(pattern, "/"))
	if err == nil && len(ms) == 0 {
		err = errNotThere
	}
	return ms[name], err
}

// benchmarkLine is a line in which go test says what a benchmark took.
var benchmarkLine = regexp.MustCompile(`(?m)^Benchmark(\S+?)(?:-\d+)?\s+\d+\s+([0-9.]+) ns/op`)

// runBenchmarks returns the ms an operation takes by name of the benchmark, the
// least of three runs each.
func runBenchmarks(pkg, pattern string) (map[string]float64, error) {
	if _, err := os.Stat(filepath.Join("..", pkg)); err != nil {
		return nil, errNotThere
	}
	cmd := exec.Command("go", "test", "-tags", "migrated_fynedo", "-run", "^$", "-bench", pattern, "-count", "3", pkg)
	cmd.Dir = ".."
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	best := map[string]float64{}
	for _, found := range benchmarkLine.FindAllSubmatch(out, -1) {
		ns, err := strconv.ParseFloat(string(found[2]), 64)
		if err != nil {
			return nil, err
		}
		name := string(found[1])
		if was, ok := best[name]; !ok || ns/1e6 < was {
			best[name] = ns / 1e6
		}
	}
	return best, nil
}

// decoding compares our decoder with that of the generated types in one run.
func (l *lab) decoding() (float64, error) {
	ms, err := runBenchmarks("./internal/format/otlp", "^Benchmark(DecodeProto|ProtoUnmarshal)$/^1000000$")
	return ms["ProtoUnmarshal/1000000"] / ms["DecodeProto/1000000"], err
}

// shape returns the p99 of frames of a million spans, or another number, of one
// of the shapes that hurt.
func shape(name string, n int, view string) func(*lab) (float64, error) {
	return func(l *lab) (float64, error) {
		r, err := l.play(snapshotOf(l.t, name, n), view)
		return r.P99, err
	}
}

// fetching fetches 100,000 spans from a real Jaeger three times into the model
// and three times as bare bytes, and returns the difference of the best.
func (l *lab) fetching() (float64, error) {
	if err := exec.Command("jaeger/build.sh", "--have").Run(); err != nil {
		return 0, errNoJaeger
	}
	const spans = 100_000
	s := startJaeger(l.t, "memory")
	id, err := send(l.t.Context(), s.otlp, synthetic.Trace(spans, 1))
	if err != nil {
		return 0, err
	}
	c := connect(l.t, s.query, client.APIv3)
	whole := until(time.Minute, 200*time.Millisecond, func() bool {
		tr, err := c.Trace(l.t.Context(), id, nil)
		return err == nil && len(tr.Spans) == spans
	})
	if !whole {
		return 0, errors.New("the server does not give back what it was sent")
	}
	best := func(f func() error) (ms float64, err error) {
		ms = 1e9
		for range 3 {
			began := time.Now()
			err = errors.Join(err, f())
			ms = min(ms, time.Since(began).Seconds()*1e3)
		}
		return ms, err
	}
	ours, err := best(func() error { _, err := c.Trace(l.t.Context(), id, nil); return err })
	bare, err2 := best(func() error { return receive(l.t.Context(), s.query, id) })
	fmt.Fprintf(os.Stderr, "        fetch %.0f ms, bare receive %.0f ms\n", ours, bare)
	return ours - bare, errors.Join(err, err2)
}

// send sends a TracesData message to a collector, batch by batch, and returns the
// id of its trace.
func send(ctx context.Context, addr string, data []byte) (id model.TraceID, err error) {
	var all tracev1.TracesData
	if err := proto.Unmarshal(data, &all); err != nil {
		return id, err
	}
	conn, err := grpc.NewClient(addr, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return id, err
	}
	defer conn.Close()
	to := collector.NewTraceServiceClient(conn)
	for _, rs := range all.ResourceSpans {
		if _, err := to.Export(ctx, &collector.ExportTraceServiceRequest{ResourceSpans: []*tracev1.ResourceSpans{rs}}); err != nil {
			return id, err
		}
	}
	return model.TraceID(all.ResourceSpans[0].ScopeSpans[0].Spans[0].TraceId), nil
}

// receive receives a trace without looking at it.
func receive(ctx context.Context, addr string, id model.TraceID) error {
	conn, err := grpc.NewClient(addr, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.ForceCodecV2(wire.Codec{}), grpc.MaxCallRecvMsgSize(1<<30)))
	if err != nil {
		return err
	}
	defer conn.Close()
	s, err := conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, wire.GetTrace)
	if err == nil {
		err = s.SendMsg(&wire.GetTraceRequest{TraceID: id.String(), RawTraces: true})
	}
	if err == nil {
		err = s.CloseSend()
	}
	var raw wire.Raw
	for err == nil {
		err = s.RecvMsg(&raw)
	}
	if err == io.EOF {
		return nil
	}
	return err
}

// verdict returns how long it takes from Enter until the answer is drawn.
func (l *lab) verdict() (float64, error) {
	order := faulty(l.t)
	w, took, e := openDisplay(l.t, 1280, 800).verdict(program(l.t), "en", order.Number)
	w.stop()
	if e.SpanID != order.SpanID {
		return 0, fmt.Errorf("it found span %s, want %s", e.SpanID, order.SpanID)
	}
	return float64(took.Microseconds()) / 1000, nil
}
