package analysis

import (
	"math/rand/v2"
	"testing"

	"traceview/internal/demo/synthetic"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
)

// span is one span of a test trace; ids are 1 to 9 and name it in results.
type span struct {
	id, parent model.SpanID
	start, end int64 // ns
	kind       model.Kind
	status     model.Status
}

// build makes a trace of spans, which begins at 0.
func build(tb testing.TB, spans []span) *model.Trace {
	tb.Helper()
	if len(spans) == 0 {
		return &model.Trace{Arena: &model.Arena{}, Root: model.NoSpan}
	}
	const epoch = 1_794_474_843_000_000_000
	b := model.NewBuilder()
	for _, s := range spans {
		b.Add(&model.SpanRecord{
			Trace: model.TraceID{15: 1}, ID: s.id, Parent: s.parent, Kind: s.kind, Status: s.status,
			StartNano: uint64(epoch + s.start), EndNano: uint64(epoch + s.end),
		})
	}
	return b.Build()[0]
}

// decode reads a synthetic trace.
func decode(tb testing.TB, data []byte) *model.Trace {
	tb.Helper()
	b := model.NewBuilder()
	if err := otlp.DecodeProto(data, b); err != nil {
		tb.Fatal(err)
	}
	return b.Build()[0]
}

// random returns a trace of n spans of which a good part lies outside parents.
func random(tb testing.TB, r *rand.Rand, n int) *model.Trace {
	spans := make([]span, n)
	for i := range spans {
		start := r.Int64N(200)
		spans[i] = span{id: model.SpanID(i + 1), parent: model.SpanID(r.IntN(i + 1)), start: start, end: start + r.Int64N(120),
			kind: model.Kind(r.IntN(6)), status: model.Status(r.IntN(3))}
	}
	return build(tb, spans)
}

// shapes are the synthetic traces of n spans to measure on.
var shapes = []struct {
	name string
	make func(n int, seed int64) []byte
}{
	{"trace", synthetic.Trace}, {"wide", synthetic.Wide}, {"deep", synthetic.Deep}, {"roots", synthetic.Roots},
}
