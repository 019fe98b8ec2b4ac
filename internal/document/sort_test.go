package document

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"traceview/internal/layout"
	"traceview/internal/model"
	"traceview/internal/query"
)

func TestSort(t *testing.T) {
	d := newDocument(t)
	for _, tc := range []struct {
		sort Sort
		name string
		want []model.SpanIndex
	}{
		{SortStart, "start", []model.SpanIndex{0, 1, 2, 3, 4, 5, 6, 7, 8}},
		{SortDuration, "duration", []model.SpanIndex{8, 0, 1, 3, 2, 4, 5, 6, 7}},
		{SortSelf, "self", []model.SpanIndex{8, 0, 4, 5, 1, 3, 2, 6, 7}}, // span 4 works 200 ms itself, span 1 150 ms
	} {
		d.SetSort(tc.sort)
		if got := rows(d); !slices.Equal(got, tc.want) || d.Sort() != tc.sort || tc.sort.String() != tc.name {
			t.Errorf("by %s: %v, want %v", tc.sort, got, tc.want)
		}
	}
	if d.SetSort(SortSelf) || d.SetSort(sorts) || sorts.String() != "" {
		t.Error("sorting as it is sorted changed something")
	}
	if d.NextSort(); d.Sort() != SortStart {
		t.Errorf("after the last order comes %s", d.Sort())
	}
}

func TestSortKeepsTheEyesPlace(t *testing.T) {
	d := New(forest(t, 500, rand.New(rand.NewPCG(1, 1))))
	d.Resize(1000, 20*20, 20)
	d.SetSort(SortDuration)
	if d.Scroll() != (layout.Scroll{}) {
		t.Errorf("from the top to %+v", d.Scroll())
	}
	d.Select(300)
	y := d.list.Y(d.scroll, d.rows.Row(300))
	d.SetSort(SortSelf)
	if now := d.list.Y(d.scroll, d.rows.Row(300)); now != y || d.Selected() != 300 {
		t.Errorf("the selected row went from %d to %d px", y, now)
	}
}

// TestStepsGoDownTheRows sorts and goes from error to error and from match to match.
func TestStepsGoDownTheRows(t *testing.T) {
	for _, sort := range []Sort{SortStart, SortDuration, SortSelf} {
		r := rand.New(rand.NewPCG(5, 5))
		d := New(forest(t, 200, r))
		d.Resize(1000, 20*20, 20)
		set := query.NewSet(200)
		for range 20 {
			set.Add(model.SpanIndex(r.IntN(200)))
		}
		d.SetMatches("x", set)
		d.SetSort(sort)
		order := rows(d)
		for _, tc := range []struct {
			name       string
			in         func(i model.SpanIndex) bool
			next, prev func()
			between    func(from, to int32) bool
		}{
			{"error", func(i model.SpanIndex) bool { return d.Trace().Spans[i].Failed() }, func() { d.NextError() }, func() { d.PrevError() }, d.FailedBetween},
			{"match", d.Match, func() { d.NextMatch() }, func() { d.PrevMatch() }, d.MatchBetween},
		} {
			var want []model.SpanIndex
			for _, i := range order {
				if tc.in(i) {
					want = append(want, i)
				}
			}
			d.Select(model.NoSpan)
			var down, up []model.SpanIndex
			for k := range want {
				tc.next()
				down = append(down, d.Selected())
				if n := d.MatchNumber(); tc.name == "match" && n != k+1 {
					t.Errorf("by %s: match %d is numbered %d", sort, k+1, n)
				}
			}
			d.Select(model.NoSpan)
			for range want {
				tc.prev()
				up = append(up, d.Selected())
			}
			slices.Reverse(up)
			if !slices.Equal(down, want) || !slices.Equal(up, want) {
				t.Errorf("by %s, from %s to %s: %v and %v, want %v", sort, tc.name, tc.name, down, up, want)
			}
			for range 50 {
				from := r.IntN(200)
				to := from + r.IntN(200-from) + 1
				if got := tc.between(int32(from), int32(to)); got != slices.ContainsFunc(order[from:to], tc.in) {
					t.Errorf("by %s: %s from %d to %d: %v", sort, tc.name, from, to, got)
				}
			}
		}
	}
}

func TestFoldActions(t *testing.T) {
	sel := func(d *Document, i model.SpanIndex) { d.Select(i) }
	for _, tc := range []struct {
		name string
		act  func(d *Document)
		want []model.SpanIndex
	}{
		{"a subtree", func(d *Document) { d.ToggleSubtree(0) }, []model.SpanIndex{0, 6, 7, 8}},
		{"a subtree and its top again", func(d *Document) { d.ToggleSubtree(0); d.ToggleCollapse(0) }, []model.SpanIndex{0, 1, 4, 6, 7, 8}},
		{"a subtree and back", func(d *Document) { d.ToggleSubtree(0); d.ToggleSubtree(0) }, []model.SpanIndex{0, 1, 2, 3, 4, 5, 6, 7, 8}},
		{"a subtree of nothing", func(d *Document) { d.ToggleSubtree(8); d.ToggleSubtree(-1) }, []model.SpanIndex{0, 1, 2, 3, 4, 5, 6, 7, 8}},
		{"all but the path", func(d *Document) { sel(d, 3); d.OnlyPath() }, []model.SpanIndex{0, 1, 2, 3, 4, 6, 8}},
		{"all but the path to a parent", func(d *Document) { sel(d, 4); d.OnlyPath() }, []model.SpanIndex{0, 1, 4, 5, 6, 8}},
		{"no path", func(d *Document) { d.OnlyPath() }, []model.SpanIndex{0, 1, 2, 3, 4, 5, 6, 7, 8}},
		{"a level less", func(d *Document) { d.CollapseLevel() }, []model.SpanIndex{0, 1, 4, 6, 7, 8}},
		{"two levels less", func(d *Document) { d.CollapseLevel(); d.CollapseLevel() }, []model.SpanIndex{0, 6, 8}},
		{"a level more", func(d *Document) { d.CollapseAll(); d.ExpandLevel() }, []model.SpanIndex{0, 1, 4, 6, 7, 8}},
		{"two levels", func(d *Document) { d.ExpandTo(1) }, []model.SpanIndex{0, 1, 4, 6, 7, 8}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := newDocument(t)
			if tc.act(d); !slices.Equal(rows(d), tc.want) {
				t.Errorf("rows %v, want %v", rows(d), tc.want)
			}
		})
	}
}

// failing is a call that fails three levels down, beside one whose failure was
// dealt with.
//
//	0 (carried) ─ 1 (ok) ─ 2 (fails)
//	            ├ 3 (no status) ─ 4 (carried) ─ 5 (fails)
//	            └ 6
func failing(tb testing.TB) *Document {
	d := New(build(tb, []span{
		{1, 0, 0, 900, true}, {2, 1, 10, 100, false}, {3, 2, 20, 50, true},
		{4, 1, 200, 400, false}, {5, 4, 210, 300, true}, {6, 5, 220, 200, true}, {7, 1, 700, 30, false},
	}))
	d.trace.Spans[1].Status = model.StatusOK
	d.Resize(1000, 5*20, 20)
	return d
}

func TestErrorChain(t *testing.T) {
	d := failing(t)
	var got []model.SpanIndex
	for range 4 {
		d.ErrorCause()
		got = append(got, d.Selected())
	}
	if want := []model.SpanIndex{4, 5, 5, 5}; !slices.Equal(got, want) {
		t.Errorf("down the chain %v, want %v", got, want)
	}
	got = got[:0]
	for range 3 {
		d.ErrorEffect()
		got = append(got, d.Selected())
	}
	if want := []model.SpanIndex{4, 0, 0}; !slices.Equal(got, want) {
		t.Errorf("up the chain %v, want %v", got, want)
	}
	d.Select(3)
	if d.ErrorCause(); d.Selected() != 4 {
		t.Errorf("from a span without an error to %d, want the first inside", d.Selected())
	}
	d.Select(6)
	if d.ErrorCause() || d.Selected() != 6 {
		t.Errorf("from a leaf to %d", d.Selected())
	}
	d.Select(1)
	if d.ErrorCause(); d.Selected() != 2 {
		t.Errorf("from one that dealt with it to %d", d.Selected())
	}
}

// TestErrorCauseInADeepTrace asks for the cause of an error deep down among many
// that began too late: the way up is not gone for each.
func TestErrorCauseInADeepTrace(t *testing.T) {
	const n = 100_000
	spans := []span{{1, 0, 0, 1000, false}}
	for i := 1; i < n; i++ {
		spans = append(spans, span{model.SpanID(i + 1), model.SpanID(i), 0, 1000, false})
	}
	for i := range n {
		spans = append(spans, span{model.SpanID(n + i + 1), n, 2000, 1, true})
	}
	d := New(build(t, spans))
	d.Select(0)
	if d.ErrorCause() {
		t.Errorf("span %d is no cause", d.Selected())
	}
}

func TestSlowest(t *testing.T) {
	d := newDocument(t)
	walk := func(n int, f func() bool) (out []model.SpanIndex) {
		for range n {
			f()
			out = append(out, d.Selected())
		}
		return out
	}
	d.Select(0) // inside: 4 and 5 with 200 ms, 1 and 3 with 150 ms, 2 with 100 ms
	if got, want := walk(6, d.Slowest), []model.SpanIndex{4, 5, 1, 3, 2, 2}; !slices.Equal(got, want) {
		t.Errorf("inside the root: %v, want %v", got, want)
	}
	if got, want := walk(5, d.Slower), []model.SpanIndex{3, 1, 5, 4, 4}; !slices.Equal(got, want) {
		t.Errorf("back: %v, want %v", got, want)
	}
	d.Select(8) // a leaf: of the whole trace
	if got, want := walk(3, d.Slowest), []model.SpanIndex{8, 0, 4}; !slices.Equal(got, want) {
		t.Errorf("from a leaf: %v, want %v", got, want)
	}
	d.Select(3)
	if d.Slower() {
		t.Error("a way back to something slower that nobody came from")
	}
	d.Select(model.NoSpan)
	if d.Slowest(); d.Selected() != 8 {
		t.Errorf("without a selection: %d, want the slowest of all", d.Selected())
	}
}

func TestRelatives(t *testing.T) {
	for _, tc := range []struct {
		name string
		from model.SpanIndex
		sort Sort
		act  func(d *Document) bool
		want model.SpanIndex
	}{
		{"parent", 3, SortStart, (*Document).ToParent, 1},
		{"parent of a root", 0, SortStart, (*Document).ToParent, 0},
		{"child", 1, SortStart, (*Document).ToChild, 2},
		{"child when sorted", 1, SortDuration, (*Document).ToChild, 3},
		{"child of a leaf", 3, SortStart, (*Document).ToChild, 3},
		{"next sibling", 1, SortStart, (*Document).NextSibling, 4},
		{"next sibling when sorted", 4, SortSelf, (*Document).NextSibling, 1},
		{"next of the last sibling", 4, SortStart, (*Document).NextSibling, 4},
		{"next root", 0, SortStart, (*Document).NextSibling, 6},
		{"sibling before", 4, SortStart, (*Document).PrevSibling, 1},
		{"sibling before the first", 1, SortStart, (*Document).PrevSibling, 1},
		{"root before", 8, SortStart, (*Document).PrevSibling, 6},
		{"root before when sorted", 0, SortDuration, (*Document).PrevSibling, 8},
		{"before the first root", 0, SortStart, (*Document).PrevSibling, 0},
		{"next warning", 0, SortStart, (*Document).NextWarning, 6}, // whose parent is missing
		{"warning before", 8, SortStart, (*Document).PrevWarning, 6},
		{"the selection itself", 5, SortStart, (*Document).ShowSelection, 5},
		{"parent of nothing", model.NoSpan, SortStart, (*Document).ToParent, model.NoSpan},
		{"child of nothing", model.NoSpan, SortStart, (*Document).ToChild, model.NoSpan},
		{"sibling of nothing", model.NoSpan, SortStart, (*Document).NextSibling, model.NoSpan},
		{"sibling before nothing", model.NoSpan, SortStart, (*Document).PrevSibling, model.NoSpan},
		{"nothing into view", model.NoSpan, SortStart, (*Document).ShowSelection, model.NoSpan},
		{"the way up from nothing", model.NoSpan, SortStart, (*Document).ErrorEffect, model.NoSpan},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := newDocument(t)
			d.SetSort(tc.sort)
			d.Select(tc.from)
			if d.Rows().Collapsed(1) {
				t.Fatal("folded")
			}
			if tc.act(d); d.Selected() != tc.want {
				t.Errorf("selected %d, want %d", d.Selected(), tc.want)
			}
		})
	}
}

func TestChildUnfolds(t *testing.T) {
	d := newDocument(t)
	(&clock{time.Unix(0, 0)}).wind(d)
	d.Select(1)
	d.ToggleCollapse(1)
	if !d.ToChild() || d.Selected() != 2 {
		t.Fatalf("selected %d, want the child that was folded away", d.Selected())
	}
	if d.Back(); d.Selected() != 1 || !d.Rows().Collapsed(1) {
		t.Error("unfolding and going to the child were not one step")
	}
}

func TestScrollPages(t *testing.T) {
	d := newDocument(t) // nine rows, five on screen
	d.Select(0)
	if !d.ScrollPages(1) || d.Scroll().Row != 4 || d.Selected() != 0 {
		t.Errorf("scrolled to %+v, selected %d", d.Scroll(), d.Selected())
	}
	if !d.ScrollPages(-1) || d.Scroll().Row > 1 {
		t.Errorf("scrolled back to %+v", d.Scroll())
	}
}

func TestFarSteps(t *testing.T) {
	d := newDocument(t)
	d.ZoomInFar()
	if got := d.Viewport().Span(); got > d.Trace().Dur/3 {
		t.Errorf("zoomed in far to %d of %d ns", got, d.Trace().Dur)
	}
	at := d.Viewport().Start
	if d.PanLeftFar(); d.Viewport().Start >= at-d.Viewport().Span()/2 {
		t.Errorf("from %d to %d", at, d.Viewport().Start)
	}
	if d.PanRightFar(); d.Viewport().Start != at {
		t.Errorf("back at %d, want %d", d.Viewport().Start, at)
	}
	if d.ZoomOutFar(); !d.Viewport().Fitted() {
		t.Error("zooming out as far does not lead back")
	}
}
