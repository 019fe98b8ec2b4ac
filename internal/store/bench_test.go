package store

import (
	"bytes"
	"context"
	"database/sql"
	"flag"
	"fmt"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"traceview/internal/analysis/traffic"
	"traceview/internal/demo"
	"traceview/internal/demo/synthetic"
	"traceview/internal/format"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
	"traceview/internal/secret"
)

// renamed returns t as another trace, the n-th: same spans, other id, order and
// start.
func renamed(data []byte, n int) *model.Trace {
	b := model.NewBuilder()
	if err := otlp.DecodeProto(data, b); err != nil {
		panic(err)
	}
	t := b.Build()[0]
	t.ID = idOf(n)
	t.Epoch += int64(n) * int64(time.Second)
	return t
}

func BenchmarkPut(b *testing.B) {
	for _, size := range []int{10, 100, 1000, 10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint("spans=", size), func(b *testing.B) {
			s := newStore(b)
			data := synthetic.Trace(size, 1)
			n := 0
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				n++
				t := renamed(data, n)
				b.StartTimer()
				mustPut(b, s, t, "bench")
			}
			st, err := s.Stats(context.Background())
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(st.Bytes)/float64(st.Entries), "file-B/trace")
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	for _, size := range []int{10, 1000, 100_000, 1_000_000} {
		data := synthetic.Trace(size, 1)
		b.Run(fmt.Sprint("spans=", size), func(b *testing.B) {
			s := newStore(b)
			k := mustPut(b, s, renamed(data, 1), "bench")
			for b.Loop() {
				if _, err := s.Load(context.Background(), k); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprint("from-file/spans=", size), func(b *testing.B) { // the same bytes in zstd
			z, err := zstd.NewWriter(nil)
			if err != nil {
				b.Fatal(err)
			}
			packed := z.EncodeAll(otlp.AppendProto(nil, renamed(data, 1)), nil)
			for b.Loop() {
				if _, _, err := format.Decode(context.Background(), bytes.NewReader(packed), format.Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// bigLibrary makes a library of n traces of the demo shop, each round of its 320
// orders under other numbers, a thousand in each transaction.
func bigLibrary(b *testing.B, n int) Options {
	b.Helper()
	o := optionsIn(b.TempDir(), &secret.Memory{})
	s := openStore(b, o)
	if _, err := s.write.Exec("PRAGMA synchronous = off; PRAGMA cache_size = -100000; PRAGMA wal_autocheckpoint = 20000"); err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	traces := demo.New(demo.Options{Orders: 320}).Traces()
	for from := 0; from < n; from += 1000 {
		err := s.within(context.Background(), func(tx *sql.Tx) error {
			for i := from; i < min(n, from+1000); i++ {
				t := numberedDemo(traces, i)
				p, err := s.pack(t)
				if err != nil {
					return err
				}
				if _, err := s.insert(context.Background(), tx, t, p, factsOf(t, orderKeys), fate{sources: []string{"bench"}, seen: s.now()}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.Logf("%d traces in %v", n, time.Since(began))
	closeStore(b, s)
	return o
}

// numberedDemo returns the i-th of endlessly many traces of the shop.
func numberedDemo(traces []*demo.Trace, i int) *model.Trace {
	t := traces[i%len(traces)]
	other := []byte(t.Order) // changed to one as long, so that the lengths before it stay
	for round, at := i/len(traces), len(other)-1; round > 0 && at >= 0; round, at = round/26, at-1 {
		other[at] = byte('A' + round%26)
	}
	return renamed(bytes.ReplaceAll(t.Proto, []byte(t.Order), other), i)
}

// inLibrary is how many traces the big library has.
var inLibrary = flag.Int("library", 100_000, "traces in the library of BenchmarkLibrary")

func BenchmarkLibrary(b *testing.B) {
	o := bigLibrary(b, *inLibrary)
	small := bigLibrary(b, 10)
	for name, shows := range map[string]bool{"start": false, "open": true} {
		for size, o := range map[string]Options{"big": o, "small": small} {
			b.Run(name+"-"+size, func(b *testing.B) {
				for b.Loop() {
					s, err := Open(context.Background(), o)
					if err != nil {
						b.Fatal(err)
					}
					if shows {
						if p, err := s.Search(context.Background(), Query{}); err != nil || len(p.Entries) == 0 {
							b.Fatal(err)
						}
					}
					closeStore(b, s)
				}
			})
		}
	}
	s := openStore(b, o)
	defer closeStore(b, s)
	traces := demo.New(demo.Options{Orders: 320}).Traces()
	b.Run("put", func(b *testing.B) {
		n := 0
		for b.Loop() {
			n++
			mustPut(b, s, numberedDemo(traces, 10_000_000+n), "bench")
		}
	})
	st, err := s.Stats(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%+v: %d bytes a trace, %d spans", st, st.Bytes/int64(st.Entries), st.Spans/int64(st.Entries))
	b.Run("traffic", func(b *testing.B) { benchTraffic(b, s) })
	orders := demo.New(demo.Options{Orders: 320}).Orders()
	for _, tt := range []struct {
		name string
		q    Query
	}{
		{"order", Query{Orders: []string{orders[17].Number}}},
		{"order-by-attribute-too", Query{Orders: []string{orders[17].Number}, OrderKeys: []string{"order.id", "a", "b"}}},
		{"order-absent", Query{Orders: []string{"nothing"}}},
		{"prefix", Query{Orders: []string{orders[17].Number[:3]}, Prefix: true}},
		{"service", Query{Service: "mes-api"}},
		{"operation", Query{Operation: "GET"}},
		{"attribute-common", Query{Attrs: []Attr{{"http.request.method", "POST"}}}},
		{"text-common", Query{Text: "orders"}},
		{"text-rare", Query{Text: "refused conn"}},
		{"attribute-rare", Query{Attrs: []Attr{{"order.id", orders[17].Number}}}},
		{"text-beginning", Query{Text: "stor"}},
		{"failed", Query{Failed: true}},
		{"last-page", Query{To: time.Unix(0, 1)}},
		{"all", Query{}},
	} {
		b.Run(tt.name, func(b *testing.B) {
			n := 0
			for b.Loop() {
				p, err := s.Search(context.Background(), tt.q)
				if err != nil {
					b.Fatal(err)
				}
				n = len(p.Entries)
			}
			b.ReportMetric(float64(n), "found")
		})
	}
}

// benchTraffic reads the digests of all traces, adds them up and has a point of each:
// what the view of performance does before it shows anything.
func benchTraffic(b *testing.B, s *Store) {
	ctx := context.Background()
	traces := 0
	for b.Loop() {
		began := time.Now()
		set, _, err := s.Traffic(ctx, Query{})
		if err != nil {
			b.Fatal(err)
		}
		read := time.Since(began)
		from, to := set.Bounds()
		all, before, later := set.Windows(traffic.Window{From: from, To: to + 1})
		sum, err := set.Sum(ctx, traffic.Filter{}, all, before, later)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := set.Points(ctx, traffic.Filter{}, traffic.Target{}); err != nil {
			b.Fatal(err)
		}
		traces = sum.Traces
		b.ReportMetric(float64(read.Milliseconds()), "ms-read")
	}
	b.ReportMetric(float64(traces), "traces")
}
