package document

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"traceview/internal/analysis"
	"traceview/internal/layout"
	"traceview/internal/model"
	"traceview/internal/query"
)

// A clock is moved by hand.
type clock struct{ at time.Time }

func (c *clock) now() time.Time          { return c.at }
func (c *clock) pass(d time.Duration)    { c.at = c.at.Add(d) }
func (c *clock) wind(d *Document) *clock { d.SetClock(c.now); return c }

// look is what a person sees of a Document, put together without its history.
type look struct {
	selected model.SpanIndex
	rows     string // with what they hide
	view     layout.Viewport
	scroll   layout.Scroll
	text     string
	only     bool
	hidden   int
	sort     Sort
	pane     string
	merged   string
	stats    statChoice
}

func lookAt(d *Document) look {
	var folded []model.SpanIndex
	for i := range d.Trace().Spans {
		if d.Rows().Collapsed(model.SpanIndex(i)) {
			folded = append(folded, model.SpanIndex(i))
		}
	}
	m, op := d.Merged(), int32(-1)
	if s := m.Sandwich(); s != nil {
		op = s.Op
	}
	return look{
		selected: d.Selected(), rows: fmt.Sprint(rows(d), folded), view: d.Viewport(), scroll: d.Scroll(), text: d.FindText(),
		only: d.OnlyMatches(), hidden: d.Hidden(), sort: d.Sort(), pane: d.ViewName(),
		merged: fmt.Sprint(m.Weight(), m.Zoomed(), m.View(), op), stats: d.stats.statChoice,
	}
}

// forest is n spans in several trees, some failed.
func forest(tb testing.TB, n int, r *rand.Rand) *model.Trace {
	spans := make([]span, n)
	for i := range spans {
		spans[i] = span{id: model.SpanID(i + 1), start: int64(i), dur: r.Int64N(500), fail: r.IntN(5) == 0}
		if p := r.IntN(i + 1); p > 0 {
			spans[i].parent = model.SpanID(p)
		}
	}
	return build(tb, spans)
}

// anything does one of all actions at random.
func anything(d *Document, r *rand.Rand) string {
	n := len(d.Trace().Spans)
	i := model.SpanIndex(r.IntN(n+1) - 1)
	acts := []struct {
		name string
		act  func()
	}{
		{"select", func() { d.Select(i) }}, {"select bar", func() { d.SelectBar(i) }},
		{"move", func() { d.MoveSelection(Move(r.IntN(6))) }}, {"left", func() { d.Left() }}, {"right", func() { d.Right() }},
		{"fold", func() { d.ToggleCollapse(i) }}, {"subtree", func() { d.ToggleSubtree(i) }},
		{"all", func() { d.CollapseAll() }}, {"none", func() { d.ExpandAll() }}, {"to", func() { d.ExpandTo(r.IntN(4)) }},
		{"less", func() { d.CollapseLevel() }}, {"more", func() { d.ExpandLevel() }}, {"path", func() { d.OnlyPath() }},
		{"scroll", func() { d.ScrollBy(r.IntN(300) - 150) }}, {"page", func() { d.ScrollPages(r.IntN(3) - 1) }},
		{"zoom", func() { d.ZoomAt(float64(r.IntN(1000)), 0.4+2*r.Float64()) }}, {"pan", func() { d.Pan(float64(r.IntN(400) - 200)) }},
		{"range", func() { d.ZoomTo(r.Int64N(400*ms), r.Int64N(400*ms)) }}, {"fit", func() { d.ZoomReset() }},
		{"to selection", func() { d.ZoomToSelection() }}, {"sort", func() { d.SetSort(Sort(r.IntN(int(sorts)))) }},
		{"only", func() { d.SetOnlyMatches(r.IntN(2) == 0) }},
		{"find", func() {
			s, text := query.NewSet(n), r.IntN(100)
			for k := range text % 5 {
				s.Add(model.SpanIndex((text*7919 + k*31) % n))
			}
			d.SetMatches(fmt.Sprint("text ", text), s)
		}},
		{"find nothing", func() { d.SetMatches("", nil) }}, {"match", func() { d.NextMatch() }}, {"error", func() { d.NextError() }},
		{"error before", func() { d.PrevError() }}, {"cause", func() { d.ErrorCause() }}, {"effect", func() { d.ErrorEffect() }},
		{"slowest", func() { d.Slowest() }}, {"slower", func() { d.Slower() }}, {"child", func() { d.ToChild() }},
		{"parent", func() { d.ToParent() }}, {"sibling", func() { d.NextSibling() }}, {"sibling before", func() { d.PrevSibling() }},
		{"weight", func() { d.Merged().SetWeight(analysis.Weight(r.IntN(3))) }}, {"call", func() { d.Merged().ZoomTo(int32(r.IntN(20))) }},
		{"call out", func() { d.Merged().ZoomOut() }}, {"calls", func() { d.Merged().ZoomAt(300, 0.5+r.Float64()) }},
		{"between", func() { d.Merged().Focus(i) }},
		{"stats", func() { d.SortStats(StatColumn(r.IntN(int(StatColumns)))) }}, {"services", func() { d.SetStatServices(r.IntN(2) == 0) }},
		{"view", func() { d.ShowView([]string{"", "flame", "stats"}[r.IntN(3)]) }},
	}
	a := acts[r.IntN(len(acts))]
	a.act()
	return a.name
}

// TestWayBack does anything, goes all the way back and all the way forward.
func TestWayBack(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 9))
		d := New(forest(t, 80, r))
		c := (&clock{}).wind(d)
		d.Resize(1000, 10*20, 20)
		var looks []look // one before each step
		d.OnStep(func() { looks = append(looks, look{}) })
		start := lookAt(d)
		for range 120 {
			before, was := lookAt(d), len(looks)
			c.pass(time.Duration(r.IntN(2000)) * time.Millisecond)
			name := anything(d, r)
			if len(looks) > was+1 {
				t.Fatalf("seed %d: %s is %d steps", seed, name, len(looks)-was)
			}
			if len(looks) > was {
				looks[was] = before
			} else if was > 0 && before != lookAt(d) && d.history.kind == stepOnce {
				t.Fatalf("seed %d: %s changed something and is no step", seed, name)
			}
			checkSelection(t, d, name)
		}
		end := lookAt(d)
		var back []look
		for d.Back() {
			back = append(back, lookAt(d))
		}
		if lookAt(d) != start {
			t.Fatalf("seed %d: all the way back is\n%+v, want\n%+v", seed, lookAt(d), start)
		}
		slices.Reverse(looks)
		want := looks[:0]
		last := end
		for _, l := range looks { // what a run of actions led back to itself is passed over
			if l != last {
				want = append(want, l)
			}
			last = l
		}
		if !slices.Equal(back, want) {
			t.Fatalf("seed %d: went back over %d places, want %d", seed, len(back), len(want))
		}
		for d.Forward() {
			continue
		}
		if lookAt(d) != end {
			t.Fatalf("seed %d: all the way forward is\n%+v, want\n%+v", seed, lookAt(d), end)
		}
	}
}

// checkSelection holds that a selected span has a row, and is not under pinned
// ones where an action brought it into view.
func checkSelection(t *testing.T, d *Document, after string) {
	t.Helper()
	i := d.Selected()
	if i == model.NoSpan {
		return
	}
	row := d.Rows().Row(i)
	if d.Rows().Span(row) != i {
		t.Fatalf("after %s span %d is selected but has no row", after, i)
	}
	if !slices.Contains([]string{"select", "move", "error", "match", "parent", "child", "sibling", "sibling before"}, after) {
		return
	}
	pins := layout.NewPins(d.Rows(), d.list, d.Scroll())
	if y := d.list.Y(d.Scroll(), row); y < pins.Bottom(d.list.RowPx) && y > -d.list.RowPx && d.history.last.Equal(d.history.now()) && d.onScreen(i) {
		t.Fatalf("after %s row %d at %d is under %d px of pinned rows", after, row, y, pins.Bottom(d.list.RowPx))
	}
}

func TestRunsAreOneStep(t *testing.T) {
	const soon, late = 30 * time.Millisecond, 5 * time.Second
	scroll := func(d *Document) { d.ScrollBy(7) }
	for _, tc := range []struct {
		name  string
		acts  []func(d *Document)
		pause time.Duration
		want  int
	}{
		{"a turn of the wheel", []func(d *Document){scroll, scroll, scroll}, soon, 1},
		{"turns of the wheel", []func(d *Document){scroll, scroll, scroll}, late, 3},
		{"dragging the picture both ways", []func(d *Document){
			func(d *Document) { d.ZoomIn() }, scroll, func(d *Document) { d.Pan(9) }, scroll, func(d *Document) { d.Pan(9) },
		}, soon, 2},
		{"zooming", []func(d *Document){func(d *Document) { d.ZoomIn() }, func(d *Document) { d.ZoomIn() }}, soon, 1},
		{"zooming, then scrolling, then zooming", []func(d *Document){
			func(d *Document) { d.ZoomIn() }, scroll, func(d *Document) { d.ZoomIn() },
		}, soon, 3},
		{"an arrow held", []func(d *Document){
			func(d *Document) { d.MoveSelection(Down) }, func(d *Document) { d.MoveSelection(Down) }, func(d *Document) { d.MoveSelection(Down) },
		}, soon, 1},
		{"clicks", []func(d *Document){func(d *Document) { d.Select(1) }, func(d *Document) { d.Select(2) }}, soon, 2},
		{"the error key held", []func(d *Document){func(d *Document) { d.NextError() }, func(d *Document) { d.NextError() }}, soon, 1},
		{"the error key pressed twice", []func(d *Document){func(d *Document) { d.NextError() }, func(d *Document) { d.NextError() }}, 300 * time.Millisecond, 2},
		{"typing", []func(d *Document){
			func(d *Document) { d.SetMatches("a", setOf(1)) }, func(d *Document) { d.SetMatches("ab", setOf(2)) },
		}, time.Second, 1},
		{"nothing", []func(d *Document){func(d *Document) { d.ScrollBy(-5) }, func(d *Document) { d.Select(99) }}, soon, 0},
		{"hovering", []func(d *Document){func(d *Document) { d.Hover(3) }, func(d *Document) { d.SetTreeWidth(300) }}, soon, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := newDocument(t)
			c := (&clock{}).wind(d)
			told := 0
			d.OnStep(func() { told++ })
			for _, f := range tc.acts {
				c.pass(tc.pause)
				f(d)
			}
			if back, _ := d.Steps(); back != tc.want || told != tc.want {
				t.Errorf("%d steps, %d told, want %d", back, told, tc.want)
			}
		})
	}
}

func TestStepAfterGoingBack(t *testing.T) {
	d := newDocument(t)
	(&clock{}).wind(d)
	d.ScrollBy(20)
	d.Back()
	d.ScrollBy(40) // soon after, and of the same kind
	if back, forward := d.Steps(); back != 1 || forward != 0 {
		t.Errorf("%d steps back, %d forward, want 1 and none", back, forward)
	}
	d.Back()
	if d.Scroll() != (layout.Scroll{}) || d.Back() {
		t.Errorf("back at %+v", d.Scroll())
	}
	d.Forward()
	if d.Scroll().Row != 2 || d.Forward() {
		t.Errorf("forward at %+v", d.Scroll())
	}
	d.Begin()
	if d.Back() || d.Forward() {
		t.Error("a way back after beginning anew")
	}
}

func TestWayBackIsBounded(t *testing.T) {
	d := newDocument(t)
	for k := range 3 * remembered {
		d.Select(model.SpanIndex(k % 9))
	}
	if back, _ := d.Steps(); back != remembered {
		t.Errorf("%d steps remembered, want %d", back, remembered)
	}
	n := 0
	for d.Back() {
		n++
	}
	if n != remembered {
		t.Errorf("%d steps back, want %d", n, remembered)
	}
}

// TestBackOnAnotherSize goes back after window and scale changed.
func TestBackOnAnotherSize(t *testing.T) {
	d := newDocument(t)
	d.ZoomTo(1000*ms, 2000*ms)
	d.ScrollBy(30)
	view := d.Viewport()
	d.Select(8)
	d.Resize(500, 5*40, 40)
	d.Back()
	if now := d.Viewport(); now.Width != 500 || now.Start != view.Start || now.Span() != view.Span() {
		t.Errorf("in view %+v, was %+v", now, view)
	}
	if d.Scroll() != (layout.Scroll{Row: 1, Off: 20}) {
		t.Errorf("scrolled to %+v, want half into row 1", d.Scroll())
	}
}

func BenchmarkHistory(b *testing.B) {
	const n = 1_000_000
	spans := make([]span, n)
	for i := range spans {
		spans[i] = span{id: model.SpanID(i + 1), start: int64(i), dur: int64(i * 7919 % 5000)}
		if i > 0 {
			spans[i].parent = model.SpanID(i/8 + 1)
		}
	}
	d := New(build(b, spans))
	d.Resize(1500, 1000, 22)
	(&clock{}).wind(d)
	b.Run("step", func(b *testing.B) {
		b.ReportAllocs()
		k := 0
		for b.Loop() {
			k++
			d.Select(model.SpanIndex(k * 7919 % n))
		}
	})
	b.Run("scroll", func(b *testing.B) {
		b.ReportAllocs()
		px := 5
		for b.Loop() {
			px = -px
			d.ScrollBy(px)
		}
	})
	b.Run("fold and back", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			d.ToggleCollapse(5)
			d.Back()
		}
	})
	b.Run("sort and back", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			d.SetSort(SortSelf)
			d.Back()
		}
	})
}
