package otlp

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"traceview/internal/demo/synthetic"
	"traceview/internal/model"
)

// sizes are the numbers of spans of the benchmarks; the last one takes
// seconds and gigabytes.
func sizes() []int {
	if testing.Short() {
		return []int{1e3, 1e5}
	}
	return []int{1e3, 1e5, 1e6}
}

func BenchmarkDecodeProto(b *testing.B) {
	for _, n := range sizes() {
		data := synthetic.Trace(n, 1)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				decodeAndBuild(b, data)
			}
			reportRetained(b, n, func() any { return decodeAndBuild(b, data) })
		})
	}
}

// BenchmarkBuild is the part of the above in which records become traces.
func BenchmarkBuild(b *testing.B) {
	for _, n := range sizes() {
		data := synthetic.Trace(n, 1)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				mb := model.NewBuilder()
				if err := DecodeProto(data, mb); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				mb.Build()
			}
		})
	}
}

// BenchmarkProtoUnmarshal is the yardstick: the generated types, which are not
// yet a model. It reports how many times as long and as much memory they take
// as the finished model, both measured in this run.
func BenchmarkProtoUnmarshal(b *testing.B) {
	for _, n := range sizes() {
		data := synthetic.Trace(n, 1)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				unmarshal(b, data)
			}
			reportRetained(b, n, func() any { return unmarshal(b, data) })
			theirs, theirBytes := measure(func() { unmarshal(b, data) })
			ours, ourBytes := measure(func() { decodeAndBuild(b, data) })
			b.ReportMetric(theirs/ours, "times-slower")
			b.ReportMetric(theirBytes/ourBytes, "times-B/op")
		})
	}
}

func decodeAndBuild(b *testing.B, data []byte) []*model.Trace {
	mb := model.NewBuilder()
	if err := DecodeProto(data, mb); err != nil {
		b.Fatal(err)
	}
	return mb.Build()
}

func unmarshal(b *testing.B, data []byte) *tracev1.TracesData {
	var td tracev1.TracesData
	if err := proto.Unmarshal(data, &td); err != nil {
		b.Fatal(err)
	}
	return &td
}

// measure returns the best of five runs in seconds, and the bytes allocated.
func measure(f func()) (seconds, bytes float64) {
	best := time.Duration(1 << 62)
	var before, after runtime.MemStats
	for range 5 {
		runtime.GC()
		runtime.ReadMemStats(&before)
		from := time.Now()
		f()
		best = min(best, time.Since(from))
		runtime.ReadMemStats(&after)
	}
	return best.Seconds(), float64(after.TotalAlloc - before.TotalAlloc)
}

// reportRetained reports what stays in memory of a result, by span.
func reportRetained(b *testing.B, n int, f func() any) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	kept := f()
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(n), "retained-B/span")
	runtime.KeepAlive(kept)
}
