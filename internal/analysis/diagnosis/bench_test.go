package diagnosis

import (
	"context"
	"testing"

	"traceview/internal/demo/synthetic"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
)

// shapes are the traces of a million spans that diagnosis is measured on.
var shapes = []struct {
	name string
	make func(n int, seed int64) []byte
}{
	{"trace", synthetic.Trace}, {"wide", synthetic.Wide}, {"deep", synthetic.Deep}, {"roots", synthetic.Roots},
}

// benchSpans is the size of the traces.
const benchSpans = 1_000_000

func decode(tb testing.TB, data []byte) *model.Trace {
	tb.Helper()
	b := model.NewBuilder()
	if err := otlp.DecodeProto(data, b); err != nil {
		tb.Fatal(err)
	}
	return b.Build()[0]
}

func BenchmarkDiagnose(b *testing.B) {
	for _, s := range shapes {
		b.Run(s.name, func(b *testing.B) {
			t := decode(b, s.make(benchSpans, 1))
			b.ResetTimer()
			b.ReportAllocs()
			for range b.N {
				if _, err := Diagnose(context.Background(), []*model.Trace{t}, Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestDiagnoseOfAnyShape holds that no shape of trace makes it slow or deep: the
// test would not end.
func TestDiagnoseOfAnyShape(t *testing.T) {
	for _, s := range shapes {
		tr := decode(t, s.make(20_000, 2))
		list, err := Diagnose(context.Background(), []*model.Trace{tr}, Options{})
		if err != nil || len(list) > defaultLimit {
			t.Errorf("%s: %d findings, %v", s.name, len(list), err)
		}
		again, err := Diagnose(context.Background(), []*model.Trace{tr}, Options{})
		if err != nil || len(again) != len(list) {
			t.Fatalf("%s: %d findings, then %d", s.name, len(list), len(again))
		}
		for k := range list {
			if list[k].At != again[k].At || list[k].Kind != again[k].Kind {
				t.Errorf("%s: finding %d is %v %v, then %v %v", s.name, k, list[k].Kind, list[k].At, again[k].Kind, again[k].At)
			}
		}
	}
}
