package document

import (
	"slices"
	"testing"

	"traceview/internal/layout"
	"traceview/internal/model"
)

// rows lists the spans that have a row.
func rows(d *Document) []model.SpanIndex {
	out := make([]model.SpanIndex, d.Rows().Len())
	for n := range out {
		out[n] = d.Rows().Span(n)
	}
	return out
}

func TestActions(t *testing.T) {
	move := func(m Move) func(*Document) bool { return func(d *Document) bool { return d.MoveSelection(m) } }
	sel := func(i model.SpanIndex) func(*Document) bool { return func(d *Document) bool { return d.Select(i) } }
	fold := func(i model.SpanIndex) func(*Document) bool {
		return func(d *Document) bool { return d.ToggleCollapse(i) }
	}
	type acts []func(*Document) bool
	for _, tc := range []struct {
		name     string
		before   acts
		act      func(*Document) bool
		changed  bool
		selected model.SpanIndex
	}{
		{"down without a selection", nil, move(Down), true, 0},
		{"down", acts{sel(0)}, move(Down), true, 1},
		{"up", acts{sel(5)}, move(Up), true, 4},
		{"up at the top", acts{sel(0)}, move(Up), false, 0},
		{"down at the end", acts{sel(8)}, move(Down), false, 8},
		{"page down", acts{sel(0)}, move(PageDown), true, 4},
		{"page up", acts{sel(8)}, move(PageUp), true, 4},
		{"home", acts{sel(8)}, move(Home), true, 0},
		{"end", acts{sel(0)}, move(End), true, 8},
		{"down over a folded span", acts{fold(1), sel(1)}, move(Down), true, 4},
		{"left folds", acts{sel(1)}, (*Document).Left, true, 1},
		{"left of a leaf", acts{sel(3)}, (*Document).Left, true, 1},
		{"left of a folded span", acts{fold(1), sel(1)}, (*Document).Left, true, 0},
		{"left of a folded root", acts{fold(0), sel(0)}, (*Document).Left, false, 0},
		{"right unfolds", acts{fold(1), sel(1)}, (*Document).Right, true, 1},
		{"right to the first child", acts{sel(1)}, (*Document).Right, true, 2},
		{"right of a leaf", acts{sel(2)}, (*Document).Right, false, 2},
		{"right without a selection", nil, (*Document).Right, true, 0},
		{"folding an ancestor takes the selection", acts{sel(3)}, fold(0), true, 0},
		{"folding a leaf", acts{sel(0)}, fold(2), false, 0},
		{"folding no span", acts{sel(0)}, fold(model.NoSpan), false, 0},
		{"collapse all takes the selection", acts{sel(7)}, (*Document).CollapseAll, true, 6},
		{"collapse all twice", acts{(*Document).CollapseAll}, (*Document).CollapseAll, false, model.NoSpan},
		{"expand all", acts{(*Document).CollapseAll}, (*Document).ExpandAll, true, model.NoSpan},
		{"select what is folded away", acts{fold(0), fold(6)}, sel(7), true, 7},
		{"select again", acts{sel(4)}, sel(4), false, 4},
		{"select none", acts{sel(4)}, sel(model.NoSpan), true, model.NoSpan},
		{"select beyond", acts{sel(4)}, sel(99), false, 4},
		{"next error", nil, (*Document).NextError, true, 2},
		{"next error after one", acts{sel(2)}, (*Document).NextError, true, 5},
		{"next error begins again", acts{sel(8)}, (*Document).NextError, true, 2},
		{"next error is unfolded", acts{fold(0)}, (*Document).NextError, true, 2},
		{"previous error", nil, (*Document).PrevError, true, 5},
		{"previous error before one", acts{sel(5)}, (*Document).PrevError, true, 2},
		{"previous error begins again", acts{sel(1)}, (*Document).PrevError, true, 5},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := newDocument(t)
			for _, f := range tc.before {
				f(d)
			}
			told := 0
			d.Observe(func() { told++ })
			if got := tc.act(d); got != tc.changed {
				t.Errorf("changed %v, want %v", got, tc.changed)
			}
			if (told > 0) != tc.changed {
				t.Errorf("observers told %d times", told)
			}
			if d.Selected() != tc.selected {
				t.Errorf("selected %d, want %d", d.Selected(), tc.selected)
			}
			if i := d.Selected(); i != model.NoSpan && tc.name != "folding no span" {
				if row := d.Rows().Row(i); d.Rows().Span(row) != i {
					t.Errorf("span %d is selected but has no row", i)
				}
			}
		})
	}
}

func TestEmptyTrace(t *testing.T) {
	d := New(build(t, nil))
	d.Resize(500, 100, 20)
	for name, f := range map[string]func() bool{
		"down": func() bool { return d.MoveSelection(Down) }, "left": d.Left, "right": d.Right, "next error": d.NextError,
		"previous error": d.PrevError, "collapse": d.CollapseAll, "expand": d.ExpandAll, "zoom to selection": d.ZoomToSelection,
		"fold": func() bool { return d.ToggleCollapse(0) }, "scroll": func() bool { return d.ScrollBy(50) },
		"zoom": d.ZoomIn, "pan": d.PanRight,
	} {
		if f() {
			t.Errorf("%s changed the picture of an empty trace", name)
		}
	}
}

// TestFoldingKeepsTheEyesPlace holds the row one looks at where it is.
func TestFoldingKeepsTheEyesPlace(t *testing.T) {
	spans := make([]span, 200)
	for i := range spans {
		spans[i] = span{id: model.SpanID(i + 1), start: int64(i), dur: 5}
		if i%10 != 0 {
			spans[i].parent = model.SpanID(i - i%10 + 1)
		}
	}
	d := New(build(t, spans))
	d.Resize(1000, 200, 20)
	d.Select(100)
	place := func() int { return (d.Rows().Row(100)-d.Scroll().Row)*20 - d.Scroll().Off }
	before := place()
	for name, f := range map[string]func() bool{
		"fold one above": func() bool { return d.ToggleCollapse(20) },
		"fold itself":    func() bool { return d.ToggleCollapse(100) },
	} {
		if f(); place() != before {
			t.Errorf("%s moved the selected row from %d to %d px", name, before, place())
		}
	}
}

// TestLessRoomKeepsTheSelection holds that the selected row stays on screen when the view
// gets lower, as it does when the answer comes in above it, and that one that a person
// scrolled away from is not brought back by that.
func TestLessRoomKeepsTheSelection(t *testing.T) {
	spans := make([]span, 100)
	for i := range spans {
		spans[i] = span{id: model.SpanID(i + 1), start: int64(i), dur: 5}
	}
	d := New(build(t, spans))
	d.Resize(1000, 400, 20)
	d.Select(70)
	d.Resize(1000, 200, 20)
	if first := d.Scroll().Row; first > 70 || first+d.list.Page() <= 70 {
		t.Errorf("rows %d to %d are on screen, want the selected 70 among them", first, first+d.list.Page()-1)
	}
	at := d.Scroll()
	if d.Resize(1000, 400, 20); d.Scroll() != at {
		t.Errorf("more room scrolls from %+v to %+v", at, d.Scroll())
	}
	d.ScrollBy(-50 * 20)
	at = d.Scroll()
	if d.Resize(1000, 200, 20); d.Scroll() != at {
		t.Errorf("away from the selection less room scrolls from %+v to %+v", at, d.Scroll())
	}
}

func TestObserveCancel(t *testing.T) {
	d := newDocument(t)
	told := 0
	cancel := d.Observe(func() { told++ })
	d.Select(1)
	cancel()
	d.Select(2)
	if told != 1 {
		t.Errorf("told %d times, want 1", told)
	}
	if !d.Hover(3) || d.Hover(3) || d.Hovered() != 3 {
		t.Error("hovering is not noted once")
	}
	if !d.SetTreeWidth(300) || d.SetTreeWidth(300) || d.TreeWidth() != 300 {
		t.Error("the tree's width is not noted once")
	}
}

func TestScroll(t *testing.T) {
	d := newDocument(t) // nine rows of 20 px, five on screen
	if !d.ScrollBy(30) || d.Scroll() != (layout.Scroll{Row: 1, Off: 10}) {
		t.Errorf("scrolled to %+v", d.Scroll())
	}
	if !d.ScrollBy(1000) || d.ScrollBy(1) || d.Scroll().Row != 4 {
		t.Errorf("scrolled to %+v, want the end", d.Scroll())
	}
	if !d.ScrollTo(0, 100, 24) || d.Scroll() != (layout.Scroll{}) {
		t.Errorf("scrolled to %+v, want the top", d.Scroll())
	}
	d.ScrollBy(30)
	d.Resize(1000, 5*40, 40) // a display of twice the scale
	if d.Scroll() != (layout.Scroll{Row: 1, Off: 20}) {
		t.Errorf("on twice the scale scrolled to %+v", d.Scroll())
	}
	d.CollapseAll()
	if got, want := rows(d), []model.SpanIndex{0, 6, 8}; !slices.Equal(got, want) {
		t.Errorf("rows %v, want %v", got, want)
	}
	if d.Scroll() != (layout.Scroll{}) {
		t.Errorf("three rows are scrolled to %+v", d.Scroll())
	}
}

func TestFailedInside(t *testing.T) {
	d := newDocument(t)
	for i, want := range []int{2, 1, 0, 0, 1, 0, 0, 0, 0} {
		if got := d.FailedInside(model.SpanIndex(i)); got != want {
			t.Errorf("span %d has %d errors inside, want %d", i, got, want)
		}
	}
}
