package order

import (
	"slices"
	"testing"
	"time"

	"traceview/internal/model"
)

// Order 7 is found in trace 1, which links to others.
func TestFollow(t *testing.T) {
	hit := func(t *testing.T, links ...byte) *model.Trace {
		return newTrace(t, 1, time.Hour, fakeSpan{service: "mes-api", attrs: []string{"order.id", "7"}, links: links})
	}
	for _, tt := range []struct {
		name  string
		rest  func(*testing.T) []*model.Trace
		links []byte
		want  []byte // newest first; trace n begins n hours ago
		fail  map[byte]error
		left  int // Unfollowed
	}{
		{"a trace without any order", func(t *testing.T) []*model.Trace {
			return []*model.Trace{newTrace(t, 2, 2*time.Hour, fakeSpan{service: "crm-api"})}
		}, []byte{2}, []byte{1, 2}, nil, 0},
		{"the same order outside the period", func(t *testing.T) []*model.Trace {
			return []*model.Trace{newTrace(t, 2, 1000*time.Hour, fakeSpan{service: "crm-api", attrs: []string{"order_id", "7"}})}
		}, []byte{2}, []byte{1, 2}, nil, 0},
		{"another order", func(t *testing.T) []*model.Trace {
			return []*model.Trace{newTrace(t, 2, 2*time.Hour, fakeSpan{service: "crm-api", attrs: []string{"order_id", "8"}})}
		}, []byte{2}, []byte{1}, nil, 0},
		{"another order in a resource", func(t *testing.T) []*model.Trace {
			return []*model.Trace{newTrace(t, 2, 2*time.Hour, fakeSpan{service: "crm-api", resource: []string{"order_id", "8"}})}
		}, []byte{2}, []byte{1}, nil, 0},
		{"another order in an event", func(t *testing.T) []*model.Trace {
			return []*model.Trace{newTrace(t, 2, 2*time.Hour, fakeSpan{service: "crm-api", event: []string{"order_id", "8"}})}
		}, []byte{2}, []byte{1}, nil, 0},
		{"a batch of several orders with this one", func(t *testing.T) []*model.Trace {
			return []*model.Trace{newTrace(t, 2, 1000*time.Hour,
				fakeSpan{service: "crm-api", attrs: []string{"order_id", "8"}}, fakeSpan{service: "crm-api", attrs: []string{"order_id", "7"}})}
		}, []byte{2}, []byte{1, 2}, nil, 0},
		{"not past another order", func(t *testing.T) []*model.Trace {
			return []*model.Trace{
				newTrace(t, 2, 2*time.Hour, fakeSpan{service: "crm-api", attrs: []string{"order_id", "8"}, links: []byte{3}}),
				newTrace(t, 3, 3*time.Hour, fakeSpan{service: "shop-api"})}
		}, []byte{2}, []byte{1}, nil, 0},
		{"three steps and no further", func(t *testing.T) []*model.Trace {
			return []*model.Trace{
				newTrace(t, 2, 2*time.Hour, fakeSpan{service: "a", links: []byte{3}}),
				newTrace(t, 3, 3*time.Hour, fakeSpan{service: "a", links: []byte{4}}),
				newTrace(t, 4, 4*time.Hour, fakeSpan{service: "a", links: []byte{5}}),
				newTrace(t, 5, 5*time.Hour, fakeSpan{service: "a"})}
		}, []byte{2}, []byte{1, 2, 3, 4}, nil, 0},
		{"a circle", func(t *testing.T) []*model.Trace {
			return []*model.Trace{newTrace(t, 2, 2*time.Hour, fakeSpan{service: "a", links: []byte{1, 2, 2}})}
		}, []byte{2, 1}, []byte{1, 2}, nil, 0},
		{"a trace deleted since", func(*testing.T) []*model.Trace { return nil }, []byte{9}, []byte{1}, nil, 0},
		{"a trace that cannot be fetched", func(*testing.T) []*model.Trace { return nil }, []byte{9}, []byte{1}, map[byte]error{9: errBroken}, 1},
		{"a hit that cannot be fetched", func(*testing.T) []*model.Trace { return nil }, []byte{9}, []byte{1}, map[byte]error{1: errBroken}, 1},
		{"the server goes away", func(*testing.T) []*model.Trace { return nil }, []byte{8, 9}, []byte{1}, map[byte]error{8: ErrUnusable, 9: ErrUnusable}, 2},
		{"no id", func(*testing.T) []*model.Trace { return nil }, []byte{0}, []byte{1}, nil, 0},
	} {
		for _, whole := range []bool{false, true} {
			t.Run(tt.name, func(t *testing.T) {
				f := &fakeServer{traces: append(tt.rest(t), hit(t, tt.links...)), failTrace: tt.fail, whole: whole}
				r := mustSearch(t, f, "7", Options{})
				if got := found(r); !slices.Equal(got, tt.want) {
					t.Fatalf("whole %v: found %v, want %v", whole, got, tt.want)
				}
				left := tt.left
				if whole && tt.fail[1] != nil {
					left = 0 // its links came with the answer
				}
				if r.Unfollowed != left || r.Complete != (left == 0) {
					t.Errorf("whole %v: %d unfollowed, complete %v, want %d", whole, r.Unfollowed, r.Complete, left)
				}
				for _, h := range r.Traces {
					if h.Linked != (h.TraceID != id(1)) || h.Linked && h.LinkedFrom.IsZero() {
						t.Errorf("trace %s is linked %v from %s", h.TraceID, h.Linked, h.LinkedFrom)
					}
				}
			})
		}
	}
}

func TestFollowNamesKeyAndOrigin(t *testing.T) {
	f := &fakeServer{traces: []*model.Trace{
		newTrace(t, 1, time.Hour, fakeSpan{service: "a", attrs: []string{"order.id", "7"}, links: []byte{2}}),
		newTrace(t, 2, 1000*time.Hour, fakeSpan{service: "b", attrs: []string{"order_id", "7"}, links: []byte{3}}),
		newTrace(t, 3, 1001*time.Hour, fakeSpan{service: "c"}),
	}}
	r := mustSearch(t, f, "7", Options{})
	if len(r.Traces) != 3 {
		t.Fatalf("found %v, want three traces", found(r))
	}
	if h := r.Traces[1]; h.MatchedKey != "order_id" || h.LinkedFrom != id(1) {
		t.Errorf("linked trace matched %q from %s, want order_id from trace 1", h.MatchedKey, h.LinkedFrom)
	}
	if h := r.Traces[2]; h.MatchedKey != "" || h.LinkedFrom != id(2) || h.RootService != "c" {
		t.Errorf("second step matched %q from %s, want no key from trace 2", h.MatchedKey, h.LinkedFrom)
	}
	if !slices.Contains(r.Learned.Carriers, "b") || slices.Contains(r.Learned.Carriers, "c") {
		t.Errorf("carriers %v, want b and not c among them", r.Learned.Carriers)
	}
}

func TestFollowCanBeLeftOut(t *testing.T) {
	f := &fakeServer{traces: []*model.Trace{
		newTrace(t, 1, time.Hour, fakeSpan{service: "a", attrs: []string{"order.id", "7"}, links: []byte{2}}),
		newTrace(t, 2, time.Hour, fakeSpan{service: "b"}),
	}}
	r := mustSearch(t, f, "7", Options{WithoutLinks: true})
	if got := found(r); !slices.Equal(got, []byte{1}) || len(f.opened) > 0 {
		t.Errorf("found %v, opened %d traces, want 1 and none", got, len(f.opened))
	}
}

func TestFollowIsBounded(t *testing.T) {
	f := &fakeServer{}
	for i := range maxOpened + 30 {
		tr := newTrace(t, 0, time.Hour, fakeSpan{service: "a", attrs: []string{"order.id", "7"}})
		tr.ID = model.TraceID{1, 14: byte(i >> 8), 15: byte(i)}
		f.traces = append(f.traces, tr)
	}
	r := mustSearch(t, f, "7", Options{Limit: 1000})
	if len(f.opened) != maxOpened || r.Unfollowed != 30 || r.Complete {
		t.Errorf("opened %d traces, %d unfollowed, want %d and 30", len(f.opened), r.Unfollowed, maxOpened)
	}
}
