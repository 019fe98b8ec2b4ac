package trail

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"traceview/internal/format"
	"traceview/internal/model"
	"traceview/internal/order"
	"traceview/internal/snapshot"
)

func TestReadMapSaysWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ name, data, want string }{
		{"empty", ``, "EOF"},
		{"not JSON", `systems:`, "invalid"},
		{"version", `{"version": 2, "systems": [{"name": "a", "services": ["a"]}]}`, `"version" is 2`},
		{"none", `{"version": 1}`, "no systems"},
		{"no name", `{"version": 1, "systems": [{"services": ["a"]}]}`, "number 1"},
		{"twice", `{"version": 1, "systems": [{"name": "a", "services": ["a"]}, {"name": "a", "services": ["b"]}]}`, "twice"},
		{"shared", `{"version": 1, "systems": [{"name": "a", "services": ["a"]}, {"name": "b", "services": ["a"]}]}`, `of "a" and of "b"`},
		{"unrecognisable", `{"version": 1, "systems": [{"name": "a"}]}`, "seen_in"},
		{"edge to nowhere", `{"version": 1, "systems": [{"name": "a", "services": ["a"]}], "edges": [{"from": "a", "to": "c"}]}`, `"c", which is no system`},
		{"edge without an end", `{"version": 1, "systems": [{"name": "a", "services": ["a"]}], "edges": [{"from": "a"}]}`, "no system"},
		{"unknown field", `{"version": 1, "systems": [{"name": "a", "service": ["a"]}]}`, "service"},
	} {
		_, err := ReadMap([]byte(c.data))
		if !errors.Is(err, ErrMap) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want ErrMap with %q", c.name, err, c.want)
		}
	}
}

func TestCovers(t *testing.T) {
	m := shopMap(t)
	for _, c := range []struct {
		services []string
		want     bool
	}{
		{[]string{"shop-api"}, true}, {[]string{"shop-api", "x"}, true}, {[]string{"shop-api", "x", "y"}, false}, {[]string{"x"}, false}, {nil, false},
	} {
		if got := m.Covers(c.services); got != c.want {
			t.Errorf("services %v: covered %v, want %v", c.services, got, c.want)
		}
	}
}

func TestCheckEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Check(ctx, tell(t, some, nil), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
}

// What may still be on its way is not missed.
func TestRecentTracesAreNotMissed(t *testing.T) {
	traces := tell(t, some, lose("shop-api"))
	latest := int64(0)
	for _, tr := range traces {
		latest = max(latest, tr.Epoch+tr.Dur)
	}
	count := func(now int64) (n int) {
		r, err := Check(context.Background(), traces, Options{Map: shopMap(t), Keys: order.DefaultKeys, Now: now})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.Findings {
			if f.Kind == SystemMissing {
				n += f.Spans
			}
		}
		return n
	}
	if all, early := count(latest+settled+1), count(traces[0].Epoch); all == 0 || early != 0 {
		t.Errorf("%d spans missed of what is settled, %d of what is not; want some and none", all, early)
	}
}

// corpus is a folder of real traces beside the checkout.
const corpus = "../../../../shared/corpus"

// Whatever is in a trace, the check ends with a report that adds up.
func TestCorpus(t *testing.T) {
	if _, err := os.Stat(corpus); err != nil {
		t.Skip("../shared is absent")
	}
	read := 0
	err := filepath.WalkDir(corpus, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		f, _ := snapshot.Open(context.Background(), path, format.Options{})
		if f == nil || len(f.Traces) == 0 {
			return nil
		}
		read++
		for _, m := range []*Map{nil, shopMap(t)} {
			addsUp(t, path, f.Traces, check(t, f.Traces, m))
		}
		return nil
	})
	if err != nil || read < 30 {
		t.Errorf("%d files read, %v", read, err)
	}
}

func addsUp(t *testing.T, name string, traces []*model.Trace, r *Report) {
	t.Helper()
	spans, own := 0, 0
	for _, tr := range traces {
		spans += len(tr.Spans)
	}
	for _, s := range r.Systems {
		if !s.Silent {
			own += s.Spans
		}
		if s.Keyed > s.Entries {
			t.Errorf("%s: %s has the number on %d of %d entries", name, s.Name, s.Keyed, s.Entries)
		}
	}
	if r.Spans != spans || own != spans {
		t.Errorf("%s: %d spans reported, %d of systems, %d there", name, r.Spans, own, spans)
	}
	for _, e := range r.Edges {
		if e.Carried > e.Calls {
			t.Errorf("%s: %s to %s carries %d of %d", name, e.From, e.To, e.Carried, e.Calls)
		}
	}
	for _, f := range r.Findings {
		if f.Spans > f.Of || f.Traces > len(traces) || f.Spans > 0 && len(f.Examples) == 0 {
			t.Errorf("%s: %+v does not add up", name, f)
		}
		for _, p := range f.Examples {
			if p.Trace >= len(traces) || int(p.Span) >= len(traces[p.Trace].Spans) {
				t.Errorf("%s: %s names a span that is not there", name, f.Kind)
			}
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	traces := tell(b, healthy, nil)
	m := shopMap(b)
	spans := 0
	for _, t := range traces {
		spans += len(t.Spans)
	}
	for b.Loop() {
		check(b, traces, m)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(spans), "ns/span")
}
