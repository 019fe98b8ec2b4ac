package model

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// record is a span of a chain with a name, a value and an event of its own.
func record(b *Builder, i int) *SpanRecord {
	key := b.InternString("order.id")
	at := uint64(1_700_000_000_000_000_000 + i*1000)
	return &SpanRecord{
		Trace: TraceID{1}, ID: SpanID(i + 1), Parent: SpanID(i), StartNano: at, EndNano: at + 500_000,
		Name: b.InternString(fmt.Sprintf("step %d", i)), Attrs: []Attr{b.StringAttr(key, fmt.Appendf(nil, "order %d", i))},
		Events: []EventRecord{{TimeNano: at + 5, Name: b.InternString("seen")}},
	}
}

func TestPreview(t *testing.T) {
	b := NewBuilder()
	if got := b.Preview(10); got != nil {
		t.Errorf("a preview of nothing has %d spans", len(got.Spans))
	}
	const n = 700 // more than two pieces of records
	for i := range n {
		b.Add(record(b, i))
		if i == 300 {
			b.WarnLast(BadID)
		}
	}
	for _, tt := range []struct{ ask, want, warned int }{{1, 1, 0}, {300, 300, 0}, {301, 301, 1}, {n, n, 1}, {n + 5, n, 1}} {
		p := b.Preview(tt.ask)
		check(t, p)
		bad := 0
		for _, w := range p.Warnings {
			if w.Kind == BadID {
				bad++
			}
		}
		if len(p.Spans) != tt.want || bad != tt.warned || p.MaxDepth != tt.want {
			t.Errorf("asked for %d: got %d spans %d deep, %d warned of, want %d and %d", tt.ask, len(p.Spans), p.MaxDepth, bad, tt.want, tt.warned)
		}
	}
	whole := b.Build()[0] // previews leave the Builder as it was
	check(t, whole)
	if len(whole.Spans) != n || whole.MaxDepth != n {
		t.Errorf("after previews: %d spans %d deep, want %d", len(whole.Spans), whole.MaxDepth, n)
	}
}

func TestPreviewOfSeveralTraces(t *testing.T) {
	b := NewBuilder()
	b.Add(&SpanRecord{Trace: TraceID{1}, ID: 1})
	b.Add(&SpanRecord{Trace: TraceID{2}, ID: 1})
	if p := b.Preview(2); p != nil {
		t.Errorf("got a preview of trace %v of two", p.ID)
	}
}

// TestPreviewOfWhatIsNamedLater holds that resources described behind their
// spans, as in Jaeger JSON, are passed over.
func TestPreviewOfWhatIsNamedLater(t *testing.T) {
	b := NewBuilder()
	b.Add(&SpanRecord{Trace: TraceID{1}, ID: 1, Resource: 1 << 31, Scope: 1 << 31})
	p := b.Preview(1)
	if got := p.ServiceName(0); got != "" || p.Spans[0].Scope != 0 {
		t.Errorf("got service %q and scope %d, want none", got, p.Spans[0].Scope)
	}
	if s := b.recs.at(0); s.Resource != 1<<31 {
		t.Errorf("the record was changed: resource %d", s.Resource)
	}
}

// TestPreviewBlamesNobody holds that a parent which may still come is not missing.
func TestPreviewBlamesNobody(t *testing.T) {
	b := NewBuilder()
	b.Add(record(b, 7))
	b.Add(record(b, 3))
	if p := b.Preview(2); p.Roots != 2 || len(p.Warnings) != 0 {
		t.Errorf("%d roots with warnings %v, want 2 and none", p.Roots, p.Warnings)
	}
	if got := len(b.Build()[0].Warnings); got != 3 {
		t.Errorf("%d warnings of the whole, want two missing parents and two roots", got)
	}
}

// TestPreviewIsReadWhileMoreArrives is for the race detector.
func TestPreviewIsReadWhileMoreArrives(t *testing.T) {
	b := NewBuilder()
	for i := range 1000 {
		b.Add(record(b, i))
	}
	p := b.Preview(1000)
	done := make(chan error)
	go func() {
		for i := range p.Spans {
			a, ok := p.Attr(SpanIndex(i), "order.id")
			if want := fmt.Sprintf("order %d", i); !ok || p.Text(a) != want || p.Name(SpanIndex(i)) != fmt.Sprintf("step %d", i) || len(p.SpanEvents(SpanIndex(i))) != 1 {
				done <- fmt.Errorf("span %d: got %q and name %q", i, p.Text(a), p.Name(SpanIndex(i)))
				return
			}
		}
		done <- nil
	}()
	for i := 1000; i < 20_000; i++ {
		b.Add(record(b, i))
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if got := len(b.Build()[0].Spans); got != 20_000 {
		t.Errorf("%d spans in all, want 20,000", got)
	}
}

func TestPreviewerWaitsAndSaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, p := NewBuilder(), &Previewer{}
		var at, spans []int
		began := time.Now()
		for i := range 400 { // ten spans every 10 ms
			for k := range 10 {
				b.Add(record(b, i*10+k))
			}
			if got := p.Next(b); got != nil {
				at, spans = append(at, int(time.Since(began).Milliseconds())), append(spans, len(got.Spans))
			}
			<-time.After(10 * time.Millisecond)
		}
		if len(at) < 10 || len(at) > 17 || at[0] != 200 || spans[0] != 210 {
			t.Fatalf("previews at %v ms of %v spans, want the first of 210 spans after 200 ms and four a second", at, spans)
		}
		for i := 1; i < len(at); i++ {
			if at[i]-at[i-1] < 250 || spans[i] <= spans[i-1] {
				t.Errorf("previews at %v ms of %v spans", at, spans)
			}
		}
		if got := p.Next(b); got != nil && len(got.Spans) != b.Len() {
			t.Errorf("the last preview has %d of %d spans", len(got.Spans), b.Len())
		}
	})
}

// TestPreviewerKeepsToItsShare holds that a trace which arrives fast is shown
// in part.
func TestPreviewerKeepsToItsShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, p := NewBuilder(), &Previewer{}
		p.Next(b)
		for i := range 50_000 {
			b.Add(record(b, i))
		}
		<-time.After(200 * time.Millisecond)
		first := p.Next(b)
		if want := int(0.06 * 200e6 / 500); first == nil || len(first.Spans) != want {
			t.Fatalf("got %d spans, want the %d that take 6 %% of 200 ms", len(first.Spans), want)
		}
	})
}

func BenchmarkPreview(b *testing.B) {
	from := NewBuilder()
	for i := range 100_000 {
		from.Add(record(from, i))
	}
	b.ReportAllocs()
	for b.Loop() {
		from.Preview(previewMost)
	}
}
