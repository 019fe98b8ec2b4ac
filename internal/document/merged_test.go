package document

import (
	"testing"

	"traceview/internal/analysis"
	"traceview/internal/model"
)

// zoomedSpan returns the first span of what is zoomed to, 0 for the whole.
func zoomedSpan(m *Merged) model.SpanID {
	call := m.Zoomed()
	if call < 0 {
		return 0
	}
	return m.doc.trace.Spans[m.Calls().Nodes[call].Slowest].ID
}

// callOf returns the call of the span with an id.
func callOf(t *testing.T, m *Merged, id model.SpanID) int32 {
	t.Helper()
	for i := range m.doc.trace.Spans {
		if m.doc.trace.Spans[i].ID == id {
			return m.Calls().Of(model.SpanIndex(i))
		}
	}
	t.Fatalf("no span %d", id)
	return -1
}

func TestMergedZoom(t *testing.T) {
	const whole = 0
	for _, tc := range []struct {
		name string
		zoom []model.SpanID // 0 for the whole
		out  []model.SpanID // what ZoomOut leads to, one after another
	}{
		{"nowhere", nil, nil},
		{"in and out", []model.SpanID{1, 5, 6}, []model.SpanID{5, 1, whole}},
		{"a step left out", []model.SpanID{1, 6}, []model.SpanID{1, whole}},
		{"to another branch", []model.SpanID{1, 5, 6, 2}, []model.SpanID{1, whole}},
		{"to an ancestor", []model.SpanID{1, 5, 6, 5}, []model.SpanID{1, whole}},
		{"to the same", []model.SpanID{5, 5}, []model.SpanID{whole}},
		{"to the whole", []model.SpanID{1, 5, whole}, nil},
		{"to another root", []model.SpanID{1, 5, 9}, []model.SpanID{whole}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := newDocument(t).Merged()
			m.Resize(500)
			for _, id := range tc.zoom {
				call := int32(-1)
				if id != whole {
					call = callOf(t, m, id)
				}
				if m.Zoom(call); m.Zoomed() != call {
					t.Fatalf("zoomed to %d, want %d", m.Zoomed(), call)
				}
			}
			for _, want := range tc.out {
				if !m.ZoomOut() || zoomedSpan(m) != want {
					t.Fatalf("one step out leads to span %d, want %d", zoomedSpan(m), want)
				}
			}
			if m.ZoomOut() || !m.View().Fitted() {
				t.Error("there is still a step out")
			}
		})
	}
}

func TestMergedTellsObservers(t *testing.T) {
	d := newDocument(t)
	m := d.Merged()
	m.Resize(500)
	told := 0
	d.Observe(func() { told++ })
	for _, tc := range []struct {
		name string
		act  func() bool
		want bool
	}{
		{"a weight", func() bool { return m.SetWeight(analysis.SelfTime) }, true},
		{"the same weight", func() bool { return m.SetWeight(analysis.SelfTime) }, false},
		{"no weight", func() bool { return m.SetWeight(analysis.Weights) }, false},
		{"zoom", func() bool { return m.Zoom(callOf(t, m, 5)) }, true},
		{"zoom to the same", func() bool { return m.Zoom(callOf(t, m, 5)) }, false},
		{"zoom to what is not there", func() bool { return m.Zoom(99) }, false},
		{"zoom in", func() bool { return m.ZoomAt(100, 2) }, true},
		{"pan", func() bool { return m.Pan(30) }, true},
		{"all", m.ZoomReset, true},
		{"all again", m.ZoomReset, false},
		{"a sandwich", func() bool { return m.Focus(1) }, true},
		{"the same", func() bool { return m.Focus(1) }, false},
		{"no span", func() bool { return m.Focus(99) }, false},
		{"out of it", func() bool { return m.Focus(model.NoSpan) }, true},
		{"nothing out of", m.ZoomOut, false},
	} {
		before := told
		if got := tc.act(); got != tc.want || (told > before) != tc.want {
			t.Errorf("%s: changed %v, told %d times; want %v", tc.name, got, told-before, tc.want)
		}
	}
}

// TestMergedFollowsTheFilter holds that weight, zoom and sandwich outlive a
// change of what is shown, as far as they are still there.
func TestMergedFollowsTheFilter(t *testing.T) {
	d := newDocument(t)
	m := d.Merged()
	m.Resize(500)
	m.SetWeight(analysis.SummedWork)
	m.Zoom(callOf(t, m, 5))
	m.Zoom(callOf(t, m, 6))
	m.Focus(4) // span 5
	d.SetMatches("x", setOf(4))
	if m.MatchShare() <= 0 || m.MatchShare() >= 1 || len(m.Calls().Nodes) != len(family) {
		t.Errorf("%v of %d calls match", m.MatchShare(), len(m.Calls().Nodes))
	}
	d.SetOnlyMatches(true)
	if c := m.Calls(); len(c.Nodes) != 2 || m.Weight() != analysis.SummedWork || zoomedSpan(m) != 5 || m.Sandwich() == nil {
		t.Errorf("%d calls weighing %v, zoomed to span %d, sandwich %v", len(c.Nodes), m.Weight(), zoomedSpan(m), m.Sandwich())
	}
	d.SetMatches("x", setOf(1))
	if zoomedSpan(m) != 0 || m.Sandwich() != nil || m.Call() != -1 {
		t.Errorf("zoomed to span %d, sandwich %v", zoomedSpan(m), m.Sandwich())
	}
	if d.Select(7); m.Call() < 0 { // going there shows it
		t.Error("the selected span has no call")
	}
	d.SetMatches("", nil)
	if len(m.Calls().Nodes) != len(family) || m.MatchShare() != 0 || !m.MatchAt(0, 1) {
		t.Errorf("%d calls, %v match", len(m.Calls().Nodes), m.MatchShare())
	}
}

func TestMergedSpansOfACall(t *testing.T) {
	d := New(build(t, []span{{1, 0, 0, 100, false}, {2, 1, 0, 10, false}, {3, 1, 10, 20, false}}))
	d.Resize(1000, 5*20, 20)
	m := d.Merged()
	d.Select(2)
	if m.NextSpan() || d.Selected() != 2 {
		t.Error("the only span of a call has a next one")
	}
	d.Select(model.NoSpan)
	if m.NextSpan() || m.Call() != -1 {
		t.Error("nothing selected has a next one")
	}
}

func TestMergedReveal(t *testing.T) {
	m := newDocument(t).Merged()
	m.Resize(500)
	m.Zoom(callOf(t, m, 1))
	m.Zoom(callOf(t, m, 2))
	if m.Reveal(callOf(t, m, 3)) || m.Reveal(-1) {
		t.Error("what is in view was brought into it")
	}
	if !m.Reveal(callOf(t, m, 5)) || zoomedSpan(m) != 1 {
		t.Errorf("zoomed to span %d, want 1", zoomedSpan(m))
	}
	m.ZoomReset()
	m.ZoomAt(0, 50)
	if !m.Reveal(callOf(t, m, 7)) || !m.View().Fitted() {
		t.Errorf("view %+v", m.View())
	}
}

// TestMergedIsPartOfTheWayBack goes through steps of the merged flame and back.
func TestMergedIsPartOfTheWayBack(t *testing.T) {
	d := newDocument(t)
	m := d.Merged()
	m.Resize(500)
	d.Begin()
	type look struct {
		weight  analysis.Weight
		zoomed  model.SpanID
		between bool
		share   int64 // of the view
	}
	at := func() look { return look{m.Weight(), zoomedSpan(m), m.Sandwich() != nil, m.View().Span()} }
	seen := []look{at()}
	for k, act := range []func() bool{
		func() bool { return m.ZoomTo(callOf(t, m, 5)) },
		func() bool { return m.Zoom(callOf(t, m, 6)) },
		func() bool { return m.SetWeight(analysis.SummedWork) },
		func() bool { return m.Focus(4) },
		func() bool { return m.ZoomAt(100, 2) },
		func() bool { return m.Focus(model.NoSpan) },
		func() bool { d.SetMatches("x", setOf(1)); return d.SetOnlyMatches(true) },
	} {
		if !act() {
			t.Fatalf("step %d did nothing", k)
		}
		if now := at(); now != seen[len(seen)-1] {
			seen = append(seen, now)
		}
	}
	for k := len(seen) - 2; k >= 0; k-- {
		for at() == seen[k+1] {
			if !d.Back() {
				t.Fatalf("there is no way back to step %d", k)
			}
		}
		if at() != seen[k] {
			t.Fatalf("back at step %d: %+v, want %+v", k, at(), seen[k])
		}
	}
	for k := 1; k < len(seen); k++ {
		for at() == seen[k-1] {
			if !d.Forward() {
				t.Fatalf("there is no way to step %d", k)
			}
		}
		if at() != seen[k] {
			t.Fatalf("at step %d again: %+v, want %+v", k, at(), seen[k])
		}
	}
}
