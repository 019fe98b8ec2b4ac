package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"traceview/internal/demo"
	"traceview/internal/demo/synthetic"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
	"traceview/internal/secret"
)

var orderKeys = []string{"order.id", "order_id"}

// optionsIn are those of a library in a folder, whose key keys holds.
func optionsIn(dir string, keys Keyring) Options {
	return Options{Dir: dir, Keys: keys, OrderKeys: orderKeys}
}

// newStore opens a new library that is closed with the test.
func newStore(tb testing.TB) *Store {
	tb.Helper()
	return openStore(tb, optionsIn(tb.TempDir(), &secret.Memory{}))
}

func openStore(tb testing.TB, o Options) *Store {
	tb.Helper()
	s, err := Open(context.Background(), o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	return s
}

func closeStore(tb testing.TB, s *Store) {
	tb.Helper()
	if err := s.Close(); err != nil {
		tb.Fatal(err)
	}
}

// decode builds the traces of OTLP protobuf.
func decode(tb testing.TB, data []byte) []*model.Trace {
	tb.Helper()
	b := model.NewBuilder()
	if err := otlp.DecodeProto(data, b); err != nil {
		tb.Fatal(err)
	}
	return b.Build()
}

// A spanOf is a span of a trace made for a test.
type spanOf struct {
	id, parent  model.SpanID
	service, op string
	attrs       map[string]string
	status      model.Status
	message     string
	links       []model.LinkRecord
	start       uint64
}

// traceOf makes a trace with an id made of n.
func traceOf(n int, spans ...spanOf) *model.Trace {
	b := model.NewBuilder()
	for _, s := range spans {
		res := b.Resource(&model.ResourceRecord{Attrs: []model.Attr{b.StringAttr(b.InternString("service.name"), []byte(s.service))}})
		rec := model.SpanRecord{Trace: idOf(n), ID: s.id, Parent: s.parent, Name: b.InternString(s.op), Resource: res,
			Status: s.status, StatusText: b.InternString(s.message), Links: s.links,
			StartNano: 1_800_000_000_000_000_000 + uint64(n)*1e9 + s.start, EndNano: 1_800_000_000_000_000_000 + uint64(n)*1e9 + s.start + 1e6}
		keys := make([]string, 0, len(s.attrs))
		for k := range s.attrs {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			rec.Attrs = append(rec.Attrs, b.StringAttr(b.InternString(k), []byte(s.attrs[k])))
		}
		b.Add(&rec)
	}
	return b.Build()[0]
}

func idOf(n int) (id model.TraceID) {
	copy(id[8:], fmt.Sprintf("%08d", n))
	return id
}

// orderTrace is a trace of one span with an order number.
func orderTrace(n int, order string) *model.Trace {
	return traceOf(n, spanOf{id: 1, service: "shop-api", op: "POST /orders", attrs: map[string]string{"order.id": order}})
}

func mustPut(tb testing.TB, s *Store, t *model.Trace, source string) Key {
	tb.Helper()
	k, _, err := s.Put(context.Background(), t, source)
	if err != nil {
		tb.Fatal(err)
	}
	return k
}

// same says whether two traces have the same spans, by what is written of them.
func same(a, b *model.Trace) bool {
	return slices.Equal(otlp.AppendProto(nil, a), otlp.AppendProto(nil, b))
}

func TestWhatIsPutIsLoaded(t *testing.T) {
	s := newStore(t)
	var traces []*model.Trace
	for _, tr := range demo.New(demo.Options{Orders: 12 / min(slowness, 6)}).Traces() {
		traces = append(traces, decode(t, tr.Proto)...)
	}
	traces = append(traces, decode(t, synthetic.Trace(smallTrace+500, 1))...)
	for _, tr := range traces {
		k, outcome, err := s.Put(t.Context(), tr, "demo")
		if err != nil || outcome != Added {
			t.Fatalf("put: outcome %d, %v", outcome, err)
		}
		got, err := s.Load(t.Context(), k)
		if err != nil || !same(got, tr) {
			t.Fatalf("trace %s is not what was put: %v", tr.ID, err)
		}
	}
	for _, tr := range traces[:3] {
		if _, outcome, err := s.Put(t.Context(), tr, "demo"); err != nil || outcome != Known {
			t.Errorf("put again: outcome %d, %v", outcome, err)
		}
	}
	st, err := s.Stats(t.Context())
	if err != nil || st.Entries != len(traces) {
		t.Errorf("%+v, %v; want %d entries", st, err, len(traces))
	}
	if _, err := s.Load(t.Context(), 1<<40); !errors.Is(err, ErrNotFound) {
		t.Errorf("an absent entry: %v", err)
	}
}
