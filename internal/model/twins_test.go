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
