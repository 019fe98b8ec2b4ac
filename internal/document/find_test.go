package document

import (
	"slices"
	"testing"

	"traceview/internal/model"
	"traceview/internal/query"
)

func setOf(list ...model.SpanIndex) query.Set {
	s := query.NewSet(len(family))
	for _, i := range list {
		s.Add(i)
	}
	return s
}

func TestMatchesAreWalkedInACircle(t *testing.T) {
	d := newDocument(t)
	if d.NextMatch() || d.PrevMatch() || d.Selected() != model.NoSpan {
		t.Fatal("without a text there is a match to go to")
	}
	told := 0
	d.Observe(func() { told++ })
	if !d.SetMatches("x", setOf(2, 5, 7)) || d.Matches() != 3 || d.MatchNumber() != 0 || told != 1 {
		t.Fatalf("%d matches, number %d, told %d times", d.Matches(), d.MatchNumber(), told)
	}
	d.ToggleCollapse(0)
	for _, tt := range []struct {
		name    string
		step    func() bool
		want    model.SpanIndex
		number  int
		wrapped bool
	}{
		{"first, unfolding what hides it", d.NextMatch, 2, 1, false},
		{"second", d.NextMatch, 5, 2, false},
		{"third", d.NextMatch, 7, 3, false},
		{"round", d.NextMatch, 2, 1, true},
		{"round backwards", d.PrevMatch, 7, 3, true},
		{"back", d.PrevMatch, 5, 2, false},
	} {
		if wrapped := tt.step(); wrapped != tt.wrapped || d.Selected() != tt.want || d.MatchNumber() != tt.number {
			t.Errorf("%s: at %d, number %d, wrapped %v", tt.name, d.Selected(), d.MatchNumber(), wrapped)
		}
	}
	d.Select(model.NoSpan)
	if d.PrevMatch() || d.Selected() != 7 {
		t.Errorf("backwards from nowhere leads to %d, want the last", d.Selected())
	}
	if d.Match(0) || !d.Match(5) || !d.MatchBetween(3, 6) || d.MatchBetween(3, 5) {
		t.Error("matches are told wrongly")
	}
}

func TestOnlyMatches(t *testing.T) {
	d := newDocument(t)
	d.SetOnlyMatches(true)
	if d.Rows().Len() != 9 || d.Hidden() != 0 {
		t.Fatalf("without a text %d rows, %d hidden", d.Rows().Len(), d.Hidden())
	}
	d.Select(3)
	d.SetMatches("x", setOf(2, 7))
	if got := rows(d); !slices.Equal(got, []model.SpanIndex{0, 1, 2, 6, 7}) || d.Hidden() != 4 {
		t.Fatalf("rows %v, %d hidden, want matches with ancestors and 4", got, d.Hidden())
	}
	if d.Selected() != 1 {
		t.Errorf("selected %d, want the nearest ancestor shown", d.Selected())
	}
	d.Select(5) // as an error or a link would lead there
	if got := rows(d); !slices.Equal(got, []model.SpanIndex{0, 1, 2, 4, 5, 6, 7}) || d.Hidden() != 2 || d.Selected() != 5 {
		t.Errorf("rows %v, %d hidden, selected %d, want what was gone to shown as well", got, d.Hidden(), d.Selected())
	}
	d.Select(0)
	if d.Right(); d.Selected() != 1 {
		t.Errorf("Right leads to %d, want the first child shown", d.Selected())
	}
	d.SetMatches("y", setOf(8))
	if got := rows(d); !slices.Equal(got, []model.SpanIndex{8}) || d.Selected() != model.NoSpan || d.Hidden() != 8 {
		t.Errorf("rows %v, selected %d, %d hidden", got, d.Selected(), d.Hidden())
	}
	d.SetMatches("z", setOf())
	if d.Rows().Len() != 0 || d.Hidden() != 9 || d.MoveSelection(Down) || d.NextMatch() {
		t.Errorf("nothing found leaves %d rows", d.Rows().Len())
	}
	if !d.SetOnlyMatches(false) || d.Rows().Len() != 9 || d.Hidden() != 0 || !d.Finding() {
		t.Errorf("all shown again: %d rows, %d hidden", d.Rows().Len(), d.Hidden())
	}
	d.SetOnlyMatches(true)
	if !d.SetMatches("", nil) || d.Rows().Len() != 9 || d.Finding() || d.SetMatches("", nil) {
		t.Errorf("cleared: %d rows, finding %v", d.Rows().Len(), d.Finding())
	}
}

func BenchmarkOnlyMatches(b *testing.B) {
	spans := make([]span, 1000)
	for i := range spans {
		spans[i] = span{id: model.SpanID(i + 1), parent: model.SpanID(i / 3), dur: 5}
	}
	d := New(build(b, spans))
	m := query.NewSet(len(spans))
	for i := 0; i < len(spans); i += 7 {
		m.Add(model.SpanIndex(i))
	}
	d.SetMatches("x", m)
	b.ReportAllocs()
	for b.Loop() {
		d.SetOnlyMatches(true)
		d.SetOnlyMatches(false)
	}
}
