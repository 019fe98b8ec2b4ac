package model

import "testing"

// A list of more than a piece of the arena must not lend its spare room to the
// next one, whose place in it no reference can name.
func TestAShortListAfterALongOneStaysItsOwn(t *testing.T) {
	b := NewBuilder()
	for i, n := range []int{20_000, 3} {
		b.Add(&SpanRecord{Trace: TraceID{1}, ID: SpanID(i + 1), StartNano: uint64(i + 1), EndNano: 9, Events: make([]EventRecord, n)})
	}
	tr := b.Build()[0]
	if got := []int{len(tr.SpanEvents(0)), len(tr.SpanEvents(1))}; got[0] != 20_000 || got[1] != 3 {
		t.Errorf("events = %d, want [20000 3]", got)
	}
}

// 200,000 spans of one id took three minutes while each was compared with all
// others; what is asserted is the result.
func TestAnIDSharedByAllSpans(t *testing.T) {
	const n = 200_000
	b := NewBuilder()
	for i := range n {
		b.Add(&SpanRecord{Trace: TraceID{1}, ID: 7, Parent: 7, StartNano: uint64(i%(n/2) + 1), EndNano: n})
	}
	tr := b.Build()[0]
	if len(tr.Spans) != n/2 || tr.Repeats != n/2 || tr.Roots != 1 {
		t.Errorf("%d spans, %d repeats, %d roots, want %d, %d, 1", len(tr.Spans), tr.Repeats, tr.Roots, n/2, n/2)
	}
}

// Each set below differs only in one part. Telling 100,000 apart took minutes
// while that part was not hashed.
func TestResourcesAndScopesThatDifferInOnePart(t *testing.T) {
	const n = 100_000
	b := NewBuilder()
	k := b.InternString("process.command_args")
	ids := map[ResourceID]bool{}
	scopes := map[ScopeID]bool{}
	for i := range n {
		inner := b.MapAttr(0, []Attr{IntAttr(k, int64(i))})
		ids[b.Resource(&ResourceRecord{Attrs: []Attr{b.ListAttr(k, []Attr{inner})}})] = true
		ids[b.Resource(&ResourceRecord{Dropped: uint32(i)})] = true
		scopes[b.Scope(&ScopeRecord{Name: k, Dropped: uint32(i)})] = true
		scopes[b.Scope(&ScopeRecord{Name: k, Schema: StringID(i), Dropped: 1})] = true
	}
	// Two scopes have schema 0 and 1 dropped.
	if len(ids) != 2*n || len(scopes) != 2*n-1 {
		t.Errorf("%d resources and %d scopes, want %d and %d", len(ids), len(scopes), 2*n, 2*n-1)
	}
}

func TestChainWithoutStartsBelowALateParent(t *testing.T) {
	const top = 1_000_000_000_000_000_000
	tr := build(t,
		spanIn{id: 4, parent: 3, name: "d"}, spanIn{id: 3, parent: 2, name: "c"}, // before their parents
		spanIn{id: 2, parent: 1, start: top + 50, end: top + 90, name: "b"}, spanIn{id: 1, start: top, end: top + 100, name: "a"})
	for i, want := range []int64{0, 50, 50, 50} {
		if got := tr.Spans[i].Start; got != want {
			t.Errorf("span %s starts at %d, want %d", tr.Name(SpanIndex(i)), got, want)
		}
	}
}

// A day after the last instant that int64 holds must not begin anew below zero.
func TestLengthAtTheEndOfTime(t *testing.T) {
	tr := build(t, spanIn{id: 1, start: 1, end: 2, name: "a"}, spanIn{id: 2, start: 1<<63 - 1, end: 1<<63 - 1, name: "b"},
		spanIn{id: 3, parent: 2, end: day, name: "c"})
	for i := range tr.Spans {
		if s := &tr.Spans[i]; s.Start+s.Dur < 0 {
			t.Errorf("span %s ends at %d", tr.Name(SpanIndex(i)), s.Start+s.Dur)
		}
	}
}
