//go:build e2e && budgets

package e2e

import (
	"crypto/tls"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"traceview/internal/demo"
)

// TestScaling measures what docs/SCALING.md tells: how many spans a second the
// stack takes on this machine with the embedded storage, what they cost on disk,
// and how long a search takes with so many of them. Everything, the senders too,
// runs on this machine.
func TestScaling(t *testing.T) {
	const orders = 2000
	shop := demo.New(demo.Options{Orders: orders})
	spans := 0
	for _, o := range shop.Orders() {
		spans += o.Spans
	}
	t.Logf("%d orders, %d traces, %d spans: %.0f spans and %.1f traces an order", orders, len(shop.Traces()), spans, float64(spans)/orders, float64(len(shop.Traces()))/orders)

	s := startStack(t, "SAMPLING_WAIT=5s")
	began := time.Now()
	s.flood(t, shop.Traces(), demo.Target{Endpoint: s.grpc, TLS: s.trusting(), Token: s.token})
	acknowledged := time.Since(began)
	s.drained(t, spans)
	stored := time.Since(began)
	t.Logf("through the collector: acknowledged %.0f spans/s, stored %.0f spans/s", perSecond(spans, acknowledged), perSecond(spans, stored))
	t.Logf("processor time: collector %.1f µs a span, Jaeger %.1f µs a span", processorTime(t, s.collector)/float64(spans), processorTime(t, s.jaeger)/float64(spans))
	s.measureSearch(t, shop)
	s.jaeger.stop()
	t.Logf("on disk: %.0f bytes a span in Badger, %.0f in the collector's files", allocated(t, filepath.Join(s.dir, "jaeger"))/float64(spans), allocated(t, filepath.Join(s.dir, "collector"))/float64(spans))

	alone := startStack(t)
	alone.collector.stop()
	cert, err := tls.LoadX509KeyPair(alone.cert("collector.pem"), alone.cert("collector.key"))
	if err != nil {
		t.Fatal(err)
	}
	conf := alone.trusting()
	conf.Certificates = []tls.Certificate{cert}
	began = time.Now()
	alone.flood(t, shop.Traces(), demo.Target{Endpoint: alone.otlp, TLS: conf})
	t.Logf("Jaeger alone: stored %.0f spans/s", perSecond(spans, time.Since(began)))
}

func perSecond(n int, d time.Duration) float64 { return float64(n) / d.Seconds() }

// flood sends traces as fast as they are taken, over four connections.
func (s *stack) flood(t *testing.T, traces []*demo.Trace, to demo.Target) {
	t.Helper()
	var g errgroup.Group
	for part := range slices.Chunk(traces, (len(traces)+3)/4) {
		g.Go(func() error {
			sender, err := demo.Dial(to)
			if err != nil {
				return err
			}
			defer sender.Close()
			for some := range slices.Chunk(part, 50) {
				if err := sender.SendPatiently(t.Context(), some); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
}

// drained waits until the collector has handed all spans to Jaeger.
func (s *stack) drained(t *testing.T, spans int) {
	t.Helper()
	sent := regexp.MustCompile(`(?m)^otelcol_exporter_sent_spans\S* (\S+)$`)
	var n float64
	if !until(10*time.Minute, 200*time.Millisecond, func() bool {
		resp, err := http.Get("http://" + s.metrics + "/metrics")
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			return false
		}
		if m := sent.FindSubmatch(text); m != nil {
			n, _ = strconv.ParseFloat(string(m[1]), 64) // 0 says it as well
		}
		return n >= float64(spans)
	}) {
		t.Fatalf("the collector has sent %.0f of %d spans", n, spans)
	}
}

// measureSearch searches orders the way support does.
func (s *stack) measureSearch(t *testing.T, shop *demo.Shop) {
	t.Helper()
	args := append([]string{"search", "--lookback", "168h", "--json"}, s.asProxy()...)
	var all []time.Duration
	_ = program(t) // what it takes to build is not counted
	for _, o := range shop.Orders()[1000:1020] {
		began := time.Now()
		if _, err := output(t.Context(), command(t, append(slices.Clone(args), "--order", o.Number)...)); err != nil {
			t.Fatal(err)
		}
		all = append(all, time.Since(began))
	}
	slices.Sort(all)
	t.Logf("traceview search of an order, process start included: median %v, longest %v", all[len(all)/2].Round(time.Millisecond), all[len(all)-1].Round(time.Millisecond))
}

// processorTime is what a part has used so far, in µs.
func processorTime(t *testing.T, p *process) float64 {
	t.Helper()
	out := run(t, nil, "ps", "-o", "cputimes=", "-p", strconv.Itoa(p.cmd.Process.Pid))
	seconds, err := strconv.ParseFloat(strings.TrimSpace(out), 64)
	if err != nil {
		t.Fatal(err)
	}
	return seconds * 1e6
}

// allocated is the bytes on disk below a folder; Badger's files are larger than
// what they hold.
func allocated(t *testing.T, dir string) (bytes float64) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := os.Stat(path)
		if err == nil {
			bytes += float64(info.Sys().(*syscall.Stat_t).Blocks) * 512
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return bytes
}
