package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"traceview/internal/format/otlp"
	"traceview/internal/model"
	"traceview/internal/query"
	"traceview/internal/secret"
	"traceview/ui/shell"
)

// readTimeouts returns n traces of mes-api, each of an order: 10470 and so on.
func readTimeouts(t *testing.T, n int) (list []*model.Trace) {
	t.Helper()
	for i := range n {
		text := fmt.Sprintf(`{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"mes-api"}}]},"scopeSpans":[{"spans":[
			{"traceId":"%032x","spanId":"00000000000000%02x","name":"read timeout","startTimeUnixNano":"%d","endTimeUnixNano":"%d","attributes":[{"key":"shop.order","value":{"stringValue":"1047%d"}}]}]}]}]}`,
			i+1, i+1, 1_000_000_000+i, 2_000_000_000, i)
		b := model.NewBuilder()
		if err := otlp.DecodeJSON(strings.NewReader(text), b); err != nil {
			t.Fatal(err)
		}
		list = append(list, b.Build()...)
	}
	return list
}

// keepAll keeps traces and waits for all of them.
func keepAll(t *testing.T, s *shelf, file string, list []*model.Trace) {
	t.Helper()
	var wg sync.WaitGroup
	for _, tr := range list {
		wg.Add(1)
		s.Keep(tr, file, func(err error) {
			if err != nil {
				t.Error(err)
			}
			wg.Done()
		})
	}
	wg.Wait()
}

func TestShelfKeepsAndFinds(t *testing.T) {
	dir, keys := t.TempDir(), new(secret.Memory)
	s := newShelf(dir, keys, nil, "jaeger:16685", nil)
	list := readTimeouts(t, 30)
	keepAll(t, s, "", list[:20])
	keepAll(t, s, "case.json", list[20:])
	s.close()

	s = newShelf(dir, keys, nil, "", nil)
	defer s.close()
	ctx := t.Context()
	all, next := []int64{}, ""
	for {
		p, err := s.Search(ctx, query.Kept{}, 7, next)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range p.Entries {
			all = append(all, e.Key)
		}
		if next = p.Next; next == "" {
			break
		}
	}
	if len(all) != 30 || len(slices.Compact(slices.Sorted(slices.Values(all)))) != 30 {
		t.Errorf("found %v", all)
	}
	key, err := s.Find(ctx, list[3].ID)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Load(ctx, key)
	if err != nil || len(got.Spans) != len(list[3].Spans) {
		t.Errorf("loaded %v, %v", got, err)
	}
	if _, err := s.Find(ctx, model.TraceID{7}); err == nil {
		t.Error("a trace that is not kept is found")
	}
	if err := errors.Join(s.Pin(ctx, true, key), s.Label(ctx, []string{"urgent"}, key), s.Delete(ctx, all[0], all[1])); err != nil {
		t.Fatal(err)
	}
	u, err := s.Usage(ctx, shell.KeptLimits{})
	if err != nil || u.Traces != 28 || u.Pinned != 1 || u.Deleted != 2 || u.Bytes == 0 || u.Evict != 0 {
		t.Errorf("usage %+v, %v", u, err)
	}
	if p, err := s.Search(ctx, query.Kept{Label: "urgent", Pinned: true}, 9, ""); err != nil || len(p.Entries) != 1 || p.Entries[0].Sources[0] != "jaeger:16685" {
		t.Errorf("the labelled is %+v, %v", p, err)
	}
	if n, err := s.Names(ctx); err != nil || !slices.Equal(n.Labels, []string{"urgent"}) || len(n.Services) == 0 {
		t.Errorf("names %v, %v", n, err)
	}
	if err := s.Undelete(ctx, all[0]); err != nil {
		t.Error(err)
	}
	if h, err := s.Verify(ctx, func(int, int) {}); err != nil || h.Damaged > 0 || h.Traces != 29 {
		t.Errorf("checked %+v, %v", h, err)
	}
	if n, err := s.Evict(ctx, shell.KeptLimits{Bytes: 1}); err != nil || n != 29 { // 28 that are not pinned, one deleted
		t.Errorf("removed %d, %v", n, err)
	}
	if u, err = s.Usage(ctx, shell.KeptLimits{Bytes: 1}); err != nil || u.Traces != 1 || u.Short == 0 {
		t.Errorf("usage %+v, %v", u, err)
	}
}

// TestShelfFindsPlainWords looks for the beginning of an order number, and for
// text where there is no such order.
func TestShelfFindsPlainWords(t *testing.T) {
	s := newShelf(t.TempDir(), new(secret.Memory), []string{"shop.order"}, "prod", nil)
	defer s.close()
	keepAll(t, s, "", readTimeouts(t, 9))
	for _, tt := range []struct {
		q      query.Kept
		n      int
		byText bool
	}{
		{query.Kept{Plain: "10472"}, 1, false}, {query.Kept{Plain: "#10472"}, 1, false}, {query.Kept{Plain: "104"}, 9, false},
		{query.Kept{Plain: "timeout"}, 9, true}, {query.Kept{Order: "10472"}, 1, false}, {query.Kept{Order: "1047"}, 0, false},
		{query.Kept{Order: "10472", Plain: "timeout"}, 1, false}, {query.Kept{Plain: "nowhere"}, 0, true},
		{query.Kept{Attrs: [][2]string{{"shop.order", "10473"}}}, 1, false}, {query.Kept{Service: "mes-api", Failed: true}, 0, false},
	} {
		p, err := s.Search(t.Context(), tt.q, 100, "")
		if err != nil || len(p.Entries) != tt.n || p.ByText != tt.byText {
			t.Errorf("%+v: %d entries, by text %v, %v; want %d, %v", tt.q, len(p.Entries), p.ByText, err, tt.n, tt.byText)
		}
	}
	p, err := s.Search(t.Context(), query.Kept{Plain: "timeout"}, 4, "")
	if err == nil {
		p, err = s.Search(t.Context(), query.Kept{Plain: "timeout"}, 9, p.Next)
	}
	if err != nil || len(p.Entries) != 5 || !p.ByText {
		t.Errorf("the second page has %d entries, %v", len(p.Entries), err)
	}
}

// TestBacklogIsBounded holds that what waits is bounded, and that a trace larger
// than the bound is kept where nothing else waits.
func TestBacklogIsBounded(t *testing.T) {
	release, began := make(chan struct{}), make(chan struct{}, 9)
	b := &backlog{ctx: t.Context(), put: func(context.Context, *model.Trace, string) error {
		began <- struct{}{}
		<-release
		return nil
	}}
	errs := make(chan error, 9)
	add := func(spans int) {
		b.add(keeping{trace: &model.Trace{Spans: make([]model.Span, spans)}, done: func(err error) { errs <- err }})
	}
	add(mostWaiting + 1)
	<-began
	add(1)
	if err := <-errs; !errors.Is(err, errBacklog) {
		t.Errorf("beyond the bound: %v", err)
	}
	idle := b.idle()
	close(release)
	<-idle
	if err := <-errs; err != nil || b.idle() != nil {
		t.Errorf("the big one: %v", err)
	}
}

func TestShelfInMemoryIsBounded(t *testing.T) {
	s := newShelf(t.TempDir(), noKeys{}, nil, "", nil)
	defer s.close()
	s.inMemory = mostInMemory - 1
	list := readTimeouts(t, 2)
	keepAll(t, s, "", list[:1])
	failed := make(chan error, 1)
	s.Keep(list[1], "", func(err error) { failed <- err })
	if err := <-failed; !errors.Is(err, errMemoryFull) {
		t.Errorf("beyond the bound: %v", err)
	}
}

// TestShelfEndsWhileItKeeps closes it with a keyring that is never opened.
func TestShelfEndsWhileItKeeps(t *testing.T) {
	keys := lockedKeys{make(chan struct{})}
	s := newShelf(t.TempDir(), keys, nil, "", nil)
	failed := make(chan error, 1)
	s.Keep(readTimeouts(t, 1)[0], "", func(err error) { failed <- err })
	<-keys.asked
	s.close()
	if err := <-failed; err == nil {
		t.Error("a trace was kept without a key")
	}
}

func TestShelfSuggestsOrders(t *testing.T) {
	s := newShelf(t.TempDir(), new(secret.Memory), []string{"shop.order"}, "prod", nil)
	defer s.close()
	keepAll(t, s, "", readTimeouts(t, 9))
	for prefix, want := range map[string]int{"10": 5, "10472": 1, "#10472": 1, "2": 0} {
		if list, err := s.Orders(t.Context(), prefix, 5); err != nil || len(list) != want {
			t.Errorf("%q begins %v, %v; want %d", prefix, list, err, want)
		}
	}
}
