//go:build e2e

package e2e

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"traceview/assets"
	"traceview/internal/analysis/trail"
	"traceview/internal/demo"
	"traceview/internal/format/otlp"
	"traceview/internal/model"
)

var update = flag.Bool("update", false, "rewrite the table of the real stack in docs/SYSTEMS.md")

const systemsDocument = "../docs/SYSTEMS.md"

// testSystems has the trail checked over what Jaeger stores, and compares each
// system and each way with what the shop sent. docs/SYSTEMS.md has the figures.
func (s *stack) testSystems(t *testing.T, shop *demo.Shop) {
	sent, c := model.NewBuilder(), s.client()
	var stored []*model.Trace
	for _, tr := range shop.Traces() {
		if err := otlp.DecodeProto(tr.Proto, sent); err != nil {
			t.Fatal(err)
		}
		id, err := model.ParseTraceID(tr.ID)
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.Trace(t.Context(), id, nil)
		if err != nil {
			t.Fatalf("trace %s: %v", tr.ID, err)
		}
		stored = append(stored, got)
	}
	want, got := checkTrail(t, sent.Build()), checkTrail(t, stored)
	for i := range want.Systems {
		w, g := &want.Systems[i], &got.Systems[i]
		if g.Name != w.Name || g.Spans != w.Spans || g.Entries != w.Entries || g.Keyed != w.Keyed || !slices.Equal(g.Services, w.Services) {
			t.Errorf("system is stored as\n%+v\nwant\n%+v", *g, *w)
		}
		if g.Spans == 0 {
			t.Errorf("nothing is seen of %s", g.Name)
		}
		if len(w.Keys) > 0 && !slices.Equal(g.Keys, []string{"order.id"}) {
			t.Errorf("%s has the order's number as %v, want order.id alone", g.Name, g.Keys)
		}
	}
	if !slices.Equal(got.Edges, want.Edges) {
		t.Errorf("ways are stored as\n%+v\nwant\n%+v", got.Edges, want.Edges)
	}
	if len(got.Findings) != len(want.Findings) {
		t.Errorf("%d findings in what is stored, want %d: %+v", len(got.Findings), len(want.Findings), got.Findings)
	}
	compareTable(t, storedTable(got))
}

func checkTrail(t *testing.T, traces []*model.Trace) *trail.Report {
	t.Helper()
	m, err := trail.ReadMap(assets.ShopMap)
	if err != nil {
		t.Fatal(err)
	}
	r, err := trail.Check(t.Context(), traces, trail.Options{Map: m})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// storedTable is the table of docs/SYSTEMS.md on the real stack.
func storedTable(r *trail.Report) string {
	var b strings.Builder
	b.WriteString("| system | spans stored | calls, of them with the context | order number |\n|---|---|---|---|\n")
	for _, s := range r.Systems {
		spans, key := fmt.Sprint(s.Spans), "not needed"
		switch {
		case s.Silent:
			spans, key = fmt.Sprintf("none of its own; %d of its callers", s.Spans), "on the spans of its callers' requests"
		case len(s.Keys) > 0:
			key = fmt.Sprintf("`%s` on %d of %d entries", strings.Join(s.Keys, "`, `"), s.Keyed, s.Entries)
		}
		var ways []string
		for _, e := range r.Edges {
			if e.From != s.Name {
				continue
			}
			way := fmt.Sprintf("`%s` %d, %d", e.To, e.Calls, e.Carried)
			if e.Through != "" {
				way = fmt.Sprintf("`%s` through `%s` %d, %d", e.To, e.Through, e.Calls, e.Carried)
			}
			ways = append(ways, way)
		}
		if ways == nil {
			ways = []string{"–"}
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", s.Name, spans, strings.Join(ways, "; "), key)
	}
	return b.String()
}

// compareTable compares, or with -update rewrites, the table of the document.
func compareTable(t *testing.T, want string) {
	t.Helper()
	text, err := os.ReadFile(systemsDocument)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(text), "<!-- stack:begin")
	mark, rest, ok2 := strings.Cut(rest, "-->\n")
	table, tail, ok3 := strings.Cut(rest, "<!-- stack:end -->")
	switch {
	case !ok || !ok2 || !ok3:
		t.Fatalf("%s has lost the marks of its table of the stack", systemsDocument)
	case *update:
		if err := os.WriteFile(systemsDocument, []byte(head+"<!-- stack:begin"+mark+"-->\n"+want+"<!-- stack:end -->"+tail), 0o644); err != nil {
			t.Fatal(err)
		}
	case table != want:
		t.Errorf("table of %s is\n%s\nwant\n%s", systemsDocument, table, want)
	}
}
