package order

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"traceview/internal/model"
)

// A sampled server has traces by service; a nil list fails.
type sampled map[string][]*model.Trace

var errAway = errors.New("away")

func (s sampled) Services(context.Context) ([]string, error) {
	if s == nil {
		return nil, errAway
	}
	var names []string
	for name := range s {
		names = append(names, name)
	}
	slices.Sort(names)
	if len(names) > 0 {
		names = append(names, names[len(names)-1]) // some servers list one twice
	}
	return append(names, ""), nil
}

func (s sampled) Newest(_ context.Context, service string, from, to time.Time, limit int) ([]*model.Trace, error) {
	if s[service] == nil {
		return nil, errAway
	}
	if !from.Before(to) || limit < 1 {
		return nil, fmt.Errorf("asked for %d from %s to %s", limit, from, to)
	}
	return s[service][:min(limit, len(s[service]))], nil
}

// numbered returns a trace that begins at second n and has an order number unless
// that is empty.
func numbered(n int, key, number string) *model.Trace {
	b := model.NewBuilder()
	r := model.SpanRecord{ID: model.SpanID(n), StartNano: uint64(n) * 1e9, EndNano: uint64(n)*1e9 + 5, Name: b.InternString("x")}
	r.Trace[15] = byte(n)
	if number != "" {
		r.Attrs = []model.Attr{b.StringAttr(b.InternString(key), []byte(number))}
	}
	b.Add(&r)
	return b.Build()[0]
}

func TestRecentOrdersAreTakenFromEveryServiceInTurn(t *testing.T) {
	both := numbered(9, "order.id", "4")
	s := sampled{
		"a": {numbered(1, "order.id", "1"), both, numbered(3, "order.id", "3"), numbered(2, "order_id", "4")},
		"b": {numbered(5, "orderId", "1"), numbered(4, "", ""), both},
		"c": {numbered(6, "what", "7")},
		"d": nil,
	}
	r, err := FindRecent(t.Context(), s, RecentOptions{Orders: 3})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"4", "1", "3"}; !slices.Equal(r.Orders, want) {
		t.Errorf("orders %q, want %q", r.Orders, want)
	}
	if len(r.Sample) != 7 || r.Sample[0].Epoch != 1e9 {
		t.Errorf("%d traces in the sample, the first at %d; want 7 by start", len(r.Sample), r.Sample[0].Epoch)
	}
	if len(r.Failed) != 1 || r.Failed[0].Service != "d" {
		t.Errorf("failed %v, want d", r.Failed)
	}
	if r, err = FindRecent(t.Context(), s, RecentOptions{Orders: 1}); err != nil || len(r.Orders) != 1 {
		t.Errorf("one order asked for: %v, %v", r, err)
	}
}

func TestRecentOrdersWithoutAnswer(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		name string
		ctx  context.Context
		s    sampled
		want error
	}{
		{"no services", t.Context(), nil, errAway},
		{"no answer", t.Context(), sampled{"a": nil}, errAway},
		{"cancelled", ctx, sampled{"a": nil}, context.Canceled},
	} {
		if _, err := FindRecent(c.ctx, c.s, RecentOptions{}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	if r, err := FindRecent(t.Context(), sampled{}, RecentOptions{}); err != nil || len(r.Orders) > 0 {
		t.Errorf("empty server: %v, %v", r, err)
	}
}

func TestRecentOrdersAreCompleted(t *testing.T) {
	first := newTrace(t, 1, time.Hour, fakeSpan{service: "a", attrs: []string{"order.id", "10472"}})
	loose := newTrace(t, 2, 2*time.Hour, fakeSpan{service: "b"})
	more := newTrace(t, 3, 3*time.Hour, fakeSpan{service: "b", attrs: []string{"order_id", "10472"}, links: []byte{4}})
	linked := newTrace(t, 4, 4*time.Hour, fakeSpan{service: "c"})
	gone := newTrace(t, 5, 5*time.Hour, fakeSpan{service: "c", attrs: []string{"order.id", "10472"}})
	server := &fakeServer{traces: []*model.Trace{first, loose, more, linked, gone}, failTrace: map[byte]error{5: ErrNotFound}}
	r := &Recent{Orders: []string{" ", "\u200b", "10472", "two\nlines"}, Sample: []*model.Trace{first, loose}}
	traces, failed, err := r.Complete(t.Context(), server, Options{Now: now, Learned: Learned{HonoursFilter: Yes}})
	if err != nil {
		t.Fatal(err)
	}
	var ids []byte
	for _, tr := range traces {
		ids = append(ids, tr.ID[15])
	}
	if string(ids) != "\x04\x03\x02\x01" || failed != 1 {
		t.Errorf("traces %v with %d failed, want 4 3 2 1 by start and one failed", ids, failed)
	}
	server.failTrace = map[byte]error{3: fmt.Errorf("refused: %w", ErrUnusable)}
	if _, _, err := r.Complete(t.Context(), server, Options{Now: now, Learned: Learned{HonoursFilter: Yes}}); !errors.Is(err, ErrUnusable) {
		t.Errorf("a server that cannot be asked any more: %v", err)
	}
}
