package format

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"traceview/internal/demo/synthetic"
)

// benchmarkDecode decodes a synthetic trace of each size in one format.
func benchmarkDecode(b *testing.B, name Name) {
	for _, n := range []int{1e3, 1e5, 1e6} {
		if n > 1e5 && testing.Short() {
			continue
		}
		var buf bytes.Buffer
		if err := Encode(&buf, name, decode(b, synthetic.Trace(n, 1))); err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(buf.Len()))
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := Decode(context.Background(), bytes.NewReader(buf.Bytes()), Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDecodeProto(b *testing.B)  { benchmarkDecode(b, OTLPProto) }
func BenchmarkDecodeJSON(b *testing.B)   { benchmarkDecode(b, OTLPJSON) }
func BenchmarkDecodeJaeger(b *testing.B) { benchmarkDecode(b, JaegerJSON) }
func BenchmarkDecodeZipkin(b *testing.B) { benchmarkDecode(b, ZipkinJSON) }
func BenchmarkDecodeChrome(b *testing.B) { benchmarkDecode(b, ChromeTrace) }

func BenchmarkEncode(b *testing.B) {
	traces := decode(b, synthetic.Trace(1e5, 1))
	for _, name := range Writable() {
		b.Run(string(name), func(b *testing.B) {
			var buf bytes.Buffer
			b.ReportAllocs()
			for b.Loop() {
				buf.Reset()
				if err := Encode(&buf, name, traces); err != nil {
					b.Fatal(err)
				}
			}
			b.SetBytes(int64(buf.Len()))
		})
	}
}
