package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"traceview/internal/analysis/traffic"
	"traceview/internal/demo"
	"traceview/internal/model"
	"traceview/internal/secret"
)

// makeOlder makes a library one of an earlier version of the schema and closes it.
func makeOlder(tb testing.TB, s *Store, version int) {
	tb.Helper()
	undo := [...]string{1: `DROP TABLE note; DROP TABLE view`, 2: `DROP TABLE digest; DELETE FROM meta WHERE key = 'digested'; DELETE FROM named WHERE name IN (SELECT id FROM name WHERE kind = 3);
		DELETE FROM name WHERE kind = 3`, 3: `DROP TABLE log`}
	for v := len(schemaSteps); v > version; v-- {
		if _, err := s.write.Exec(undo[v-1]); err != nil {
			tb.Fatal(err)
		}
	}
	if _, err := s.write.Exec(fmt.Sprintf("PRAGMA user_version = %d", version)); err != nil {
		tb.Fatal(err)
	}
	closeStore(tb, s)
}

// shopTraces are traces of the demo shop.
func shopTraces(tb testing.TB, orders int) (list []*model.Trace) {
	tb.Helper()
	for _, tr := range demo.New(demo.Options{Orders: orders}).Traces() {
		list = append(list, decode(tb, tr.Proto)...)
	}
	return list
}

// sumOf adds up what a query finds.
func sumOf(tb testing.TB, s *Store, q Query) (*traffic.Total, int) {
	tb.Helper()
	set, undigested, err := s.Traffic(context.Background(), q)
	if err != nil {
		tb.Fatal(err)
	}
	return totalOf(tb, set), undigested
}

func totalOf(tb testing.TB, set *traffic.Set) *traffic.Total {
	tb.Helper()
	from, to := set.Bounds()
	all, before, later := set.Windows(traffic.Window{From: from, To: to + 1})
	sum, err := set.Sum(context.Background(), traffic.Filter{}, all, before, later)
	if err != nil {
		tb.Fatal(err)
	}
	return sum
}

// totalFrom adds up traces that are at hand.
func totalFrom(tb testing.TB, list []*model.Trace) *traffic.Total {
	tb.Helper()
	set := traffic.NewSet(nil)
	var g traffic.Digester
	for k, t := range list {
		set.AddDigest(int64(k), g.Digest(t))
	}
	set.Sort()
	return totalOf(tb, set)
}

func TestTrafficIsThatOfTheTraces(t *testing.T) {
	s := newStore(t)
	traces := shopTraces(t, 8/min(slowness, 4))
	for _, tr := range traces {
		mustPut(t, s, tr, "demo")
	}
	got, undigested := sumOf(t, s, Query{})
	if want := totalFrom(t, traces); undigested != 0 || !reflect.DeepEqual(got, want) {
		t.Errorf("the library tells of %d traces and %d operations, %d undigested; want %d and %d, and all else alike",
			got.Traces, len(got.Operations), undigested, want.Traces, len(want.Operations))
	}
	ofMES := slices.DeleteFunc(slices.Clone(traces), func(tr *model.Trace) bool {
		return !slices.ContainsFunc(tr.Services, func(v model.Service) bool { return v.Name == "mes-api" })
	})
	got, _ = sumOf(t, s, Query{Service: "mes-api", Limit: 1})
	if want := totalFrom(t, ofMES); !reflect.DeepEqual(got, want) {
		t.Errorf("with mes-api: %d traces, want %d", got.Traces, want.Traces)
	}
	page, err := s.Search(t.Context(), Query{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(t.Context(), page.Entries[0].Key); err != nil {
		t.Fatal(err)
	}
	if got, _ := sumOf(t, s, Query{}); got.Traces != len(traces)-1 {
		t.Errorf("%d traces after one was deleted, want %d", got.Traces, len(traces)-1)
	}
	p, err := s.Plan(t.Context(), Policy{})
	if err == nil {
		_, err = s.Evict(t.Context(), p, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := s.read.QueryRow(`SELECT count(*) FROM digest`).Scan(&n); err != nil || n != len(traces)-1 {
		t.Errorf("%d digests after one was removed, want %d: %v", n, len(traces)-1, err)
	}
	sound(t, s)
}

func TestDigestFollowsTheSpans(t *testing.T) {
	s := newStore(t)
	mustPut(t, s, traceOf(1, spanOf{id: 1, service: "a", op: "one"}), "x")
	mustPut(t, s, traceOf(1, spanOf{id: 1, service: "a", op: "one"}, spanOf{id: 2, parent: 1, service: "b", op: "two"}), "x")
	got, _ := sumOf(t, s, Query{})
	if got.Traces != 1 || got.Spans != 2 || len(got.Operations) != 2 || len(got.Edges) != 1 {
		t.Errorf("after spans were added: %+v", got)
	}
}

// TestEveryOperationHasItsName puts a trace of more operations than are indexed,
// and than its digest keeps.
func TestEveryOperationHasItsName(t *testing.T) {
	defer func(n int) { maxNames = n }(maxNames)
	maxNames = 500
	s := newStore(t)
	spans := make([]spanOf, 2300)
	for i := range spans {
		spans[i] = spanOf{id: model.SpanID(i + 1), service: "a", op: fmt.Sprint("op-", i)}
	}
	mustPut(t, s, traceOf(1, spans...), "x")
	got, _ := sumOf(t, s, Query{})
	for _, r := range got.Operations {
		if r.Name == "" || r.Service != "a" {
			t.Fatalf("a row is of %q of %q", r.Name, r.Service)
		}
	}
	if len(got.Operations) == 0 || got.Left == 0 {
		t.Errorf("%d operations, %d spans left out", len(got.Operations), got.Left)
	}
}

// TestOlderLibrariesAreDigested opens a library that knows no digests, and looks at
// it in pieces that are cut short.
func TestOlderLibrariesAreDigested(t *testing.T) {
	o := optionsIn(t.TempDir(), &secret.Memory{})
	s := openStore(t, o)
	var traces []*model.Trace
	for n := range 2*fillAtOnce + 7 {
		tr := numberedTrace(n)
		traces = append(traces, tr)
		mustPut(t, s, tr, "old")
	}
	makeOlder(t, s, 2)
	s = openStore(t, o)
	late := numberedTrace(5000)
	mustPut(t, s, late, "new")
	got, undigested := sumOf(t, s, Query{})
	if got.Traces != 1 || undigested != len(traces) {
		t.Errorf("before: %d traces, %d undigested; want 1, %d", got.Traces, undigested, len(traces))
	}
	ctx, cancel := context.WithCancel(t.Context())
	err := s.FillDigests(ctx, func(int) { cancel() }) // after the first piece
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cut short: %v, want %v", err, context.Canceled)
	}
	closeStore(t, s)
	s = openStore(t, o)
	got, undigested = sumOf(t, s, Query{})
	if got.Traces != 1+fillAtOnce || undigested != len(traces)-fillAtOnce {
		t.Errorf("after a piece: %d traces, %d undigested; want %d, %d", got.Traces, undigested, 1+fillAtOnce, len(traces)-fillAtOnce)
	}
	for range 2 { // the second time there is nothing to do
		if err := s.FillDigests(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
	}
	got, undigested = sumOf(t, s, Query{})
	if want := totalFrom(t, append(traces, late)); undigested != 0 || !reflect.DeepEqual(got, want) {
		t.Errorf("in the end: %d traces, %d undigested; want %d", got.Traces, undigested, want.Traces)
	}
	sound(t, s)
}

// TestUnreadableEntriesDoNotStopDigesting leaves out what cannot be read.
func TestUnreadableEntriesDoNotStopDigesting(t *testing.T) {
	o := optionsIn(t.TempDir(), &secret.Memory{})
	s := openStore(t, o)
	bad := mustPut(t, s, numberedTrace(1), "old")
	mustPut(t, s, numberedTrace(2), "old")
	if _, err := s.write.Exec(`UPDATE body SET data = x'00' WHERE id = ?`, bodyID(bad, 0)); err != nil {
		t.Fatal(err)
	}
	makeOlder(t, s, 2)
	s = openStore(t, o)
	if err := s.FillDigests(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if got, undigested := sumOf(t, s, Query{}); got.Traces != 1 || undigested != 0 {
		t.Errorf("%d traces, %d undigested; want 1, 0", got.Traces, undigested)
	}
}

// TestKilledWhileDigesting ends processes while they look at older entries: what is
// there afterwards is whole.
func TestKilledWhileDigesting(t *testing.T) {
	dir := t.TempDir()
	keys, hexKey := givenKey(t)
	s := openStore(t, optionsIn(dir, keys))
	var traces []*model.Trace
	for n := range 4 * fillAtOnce / slowness {
		traces = append(traces, numberedTrace(n))
		mustPut(t, s, traces[n], "old")
	}
	makeOlder(t, s, 2)
	for k := range 6 { // each at another moment: after it said that it is open, and so many pieces
		p := startChild(t, dir, hexKey, "digest", "0")
		for range 1 + k%3 {
			if !p.out.Scan() {
				break
			}
		}
		_ = p.cmd.Process.Kill()
		p.rest()
	}
	s = openStore(t, optionsIn(dir, keys))
	if err := s.FillDigests(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if got, undigested := sumOf(t, s, Query{}); undigested != 0 || !reflect.DeepEqual(got, totalFrom(t, traces)) {
		t.Errorf("%d traces, %d undigested; want %d", got.Traces, undigested, len(traces))
	}
	sound(t, s)
}
