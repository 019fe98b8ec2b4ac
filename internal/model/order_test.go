package model

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestSortByStart(t *testing.T) {
	for _, n := range []int{0, 1, 2, radixMin - 1, radixMin, 5000} {
		for _, limit := range []int64{1, 1000, 1 << 40, math.MaxInt64} {
			t.Run(fmt.Sprintf("%d keys below %d", n, limit), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(1, uint64(n)))
				keys := make([]startKey, n)
				for i := range keys {
					keys[i] = startKey{rng.Int64N(limit), int32(i)}
				}
				want := slices.Clone(keys)
				slices.SortStableFunc(want, func(x, y startKey) int { return cmp.Compare(x.start, y.start) })
				if got := sortByStart(keys); !slices.Equal(got, want) {
					t.Errorf("got %v, want %v", got, want)
				}
			})
		}
	}
}

func TestSpansThatStartTogether(t *testing.T) {
	b := NewBuilder()
	trace := TraceID{1}
	for _, s := range []struct {
		id  SpanID
		end uint64
	}{{4, 1500}, {3, 1500}, {2, 1200}, {1, 1900}} {
		b.Add(&SpanRecord{Trace: trace, ID: s.id, StartNano: 1000, EndNano: s.end})
	}
	var got []SpanID
	for _, s := range b.Build()[0].Spans {
		got = append(got, s.ID)
	}
	if want := []SpanID{1, 3, 4, 2}; !slices.Equal(got, want) {
		t.Errorf("got %d, want %d: the longer first, then the smaller id", got, want)
	}
}

func TestRename(t *testing.T) {
	b := NewBuilder()
	trace := TraceID{1}
	b.Add(&SpanRecord{Trace: trace, ID: 1, StartNano: 1, EndNano: 2})
	from := b.Len()
	b.Add(&SpanRecord{Trace: trace, ID: 2, StartNano: 3, EndNano: 4})
	resource := b.Resource(&ResourceRecord{Attrs: []Attr{b.StringAttr(b.InternString("service.name"), []byte("shop-api"))}})
	b.Rename(from, func(r ResourceID, s ScopeID) (ResourceID, ScopeID) { return resource, s })
	got := b.Build()[0]
	if got.ServiceName(0) != "" || got.ServiceName(1) != "shop-api" {
		t.Errorf("got services %q and %q, want only the second renamed", got.ServiceName(0), got.ServiceName(1))
	}
}
