package store

import (
	"testing"

	"traceview/internal/model"
)

// TestSample holds that a sample has the newest, some of all the others, each once,
// within its bounds, and that it is no look.
func TestSample(t *testing.T) {
	c := demoCorpus(t, 10)
	size := map[model.TraceID]int{}
	for _, tr := range c.byID {
		size[tr.ID] = len(tr.Spans)
	}
	newest, err := c.s.Search(t.Context(), Query{Limit: 5})
	if err != nil {
		t.Fatal(err)
	}
	seen := func() (out []int64) {
		for _, k := range c.keys {
			m, err := c.s.Get(t.Context(), k)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, m.Seen.UnixNano())
		}
		return out
	}
	before := seen()
	for _, tt := range []struct {
		name                  string
		newest, spread, spans int
		least, most           int
	}{
		{"nothing", 0, 0, 1000, 0, 0},
		{"the newest", 5, 0, 100_000, 5, 5},
		{"spread", 0, 8, 100_000, 4, 8},
		{"both", 5, 8, 100_000, 7, 13},
		{"more than there are", 500, 500, 1_000_000, len(c.keys), len(c.keys)},
		{"few spans", 50, 50, 160, 1, 20},
	} {
		list, err := c.s.Sample(t.Context(), tt.newest, tt.spread, tt.spans)
		if err != nil || len(list) < tt.least || len(list) > tt.most {
			t.Errorf("%s: %d traces, %v", tt.name, len(list), err)
		}
		had, spans := map[model.TraceID]bool{}, 0
		for n, tr := range list {
			if had[tr.ID] || size[tr.ID] != len(tr.Spans) || len(tr.Spans) > tt.spans/sampleShare {
				t.Errorf("%s: trace %v comes twice, or is another", tt.name, tr.ID)
			}
			had[tr.ID] = true
			if spans += len(tr.Spans); n < tt.newest && n < 5 && tt.spans > 1000 && tr.ID != newest.Entries[n].TraceID {
				t.Errorf("%s: number %d is not the newest", tt.name, n)
			}
		}
		if spans > tt.spans {
			t.Errorf("%s: %d spans", tt.name, spans)
		}
	}
	for n, at := range seen() {
		if at != before[n] {
			t.Error("a sample counts as a look")
		}
	}
	if err := c.s.Delete(t.Context(), c.keys...); err != nil {
		t.Fatal(err)
	}
	if list, err := c.s.Sample(t.Context(), 10, 10, 1000); err != nil || len(list) > 0 {
		t.Errorf("%d deleted traces, %v", len(list), err)
	}
}
