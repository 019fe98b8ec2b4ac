package demo

import "testing"

// BenchmarkNew makes the default shop, as traceview demo does when it starts.
func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	spans := 0
	for b.Loop() {
		for _, o := range New(Options{Now: fixedNow}).Orders() {
			spans += o.Spans
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(spans), "ns/span")
}

// BenchmarkSearchOrder searches one order among all, without a service.
func BenchmarkSearchOrder(b *testing.B) {
	shop := defaultShop()
	q := withOrder("order.id", "10480")
	q.SearchDepth = 100
	b.ReportAllocs()
	for b.Loop() {
		if len(shop.find(q, false)) == 0 {
			b.Fatal("not found")
		}
	}
}

// BenchmarkJaegerSpans turns one trace into the spans of api_v2.
func BenchmarkJaegerSpans(b *testing.B) {
	t := defaultShop().Traces()[0]
	b.ReportAllocs()
	for b.Loop() {
		if _, err := jaegerSpans(t.Proto); err != nil {
			b.Fatal(err)
		}
	}
}
