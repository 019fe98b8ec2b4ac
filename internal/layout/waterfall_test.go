package layout

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"traceview/internal/model"
)

// TestWaterfallParts holds that the parts cover the picture without overlap.
func TestWaterfallParts(t *testing.T) {
	for _, scale := range []float32{0, 0.75, 1, 1.5, 2, 3} {
		for _, size := range []image.Point{{1280, 800}, {1920, 1080}, {400, 200}, {120, 40}, {1, 1}, {0, 0}} {
			for _, o := range []WaterfallOptions{{Scale: scale}, {Scale: scale, TreeDp: 500, Minimap: true}, {Scale: scale, TreeDp: 1e6}} {
				name := fmt.Sprintf("%v at %v, tree %v", size, scale, o.TreeDp)
				g := NewWaterfall(size.X, size.Y, o)
				parts := []image.Rectangle{g.Minimap, g.Heading, g.Ruler, g.Tree, g.Axis, g.ScrollBar}
				for i, a := range parts {
					if a.Min.X > a.Max.X || a.Min.Y > a.Max.Y || a.Min.X < 0 {
						t.Errorf("%s: part %d is %v", name, i, a)
					}
					for j, b := range parts[:i] {
						if a.Overlaps(b) {
							t.Errorf("%s: parts %d and %d overlap: %v, %v", name, i, j, a, b)
						}
					}
				}
				if g.Width < 1 || g.Zero < g.Axis.Min.X || g.RowPx < 1 || g.Line < 1 {
					t.Errorf("%s: %+v", name, g)
				}
				if size.X >= 1280 && scale <= 2 && (g.Axis.Dx() < g.Px(MinAxisDp) || g.Tree.Dx() < g.Px(MinTreeDp)) {
					t.Errorf("%s: tree %d, axis %d px", name, g.Tree.Dx(), g.Axis.Dx())
				}
			}
		}
	}
}

func TestIndent(t *testing.T) {
	for _, deepest := range []int{0, 1, 5, 12, 100, 1e6} {
		g := NewWaterfall(1000, 500, WaterfallOptions{Scale: 1, Depth: deepest})
		last := g.Indent(0)
		if last != TreePadDp {
			t.Errorf("indent of a root is %d, want %d", last, TreePadDp)
		}
		for d := 1; d <= min(deepest, 2000); d++ {
			in := g.Indent(d)
			if in < last || in > last+IndentDp {
				t.Fatalf("depth %d of %d: indent %d after %d", d, deepest, in, last)
			}
			last = in
		}
		if in := g.Indent(deepest); in > g.Tree.Dx()/2+TreePadDp {
			t.Errorf("depth %d: indent %d of %d px leaves a name no room", deepest, in, g.Tree.Dx())
		}
	}
	g := NewWaterfall(1000, 500, WaterfallOptions{Scale: 1, Depth: 5})
	if got := g.Indent(3) - g.Indent(2); got != IndentDp {
		t.Errorf("a level of a shallow trace is %d px, want %d", got, IndentDp)
	}
}

// TestBarIsWhereTheSpanIs holds bars within a pixel of their spans' times.
func TestBarIsWhereTheSpanIs(t *testing.T) {
	eachShape(t, 300, func(t *testing.T, tr *model.Trace, rnd *rand.Rand) {
		g := NewWaterfall(1200, 600, WaterfallOptions{Scale: 1})
		v := Fit(tr.Dur, g.Width)
		for range 40 {
			v = v.ZoomAt(rnd.Float64()*float64(g.Width), math.Exp(rnd.Float64()*3-1)).Pan(rnd.Float64()*200 - 100)
			for i := range tr.Spans {
				s := &tr.Spans[i]
				b := g.Bar(v, s, 2)
				x0, x1 := v.X(s.Start)+float64(g.Zero), v.X(s.Start+s.Dur)+float64(g.Zero)
				if b.X0 < g.Axis.Min.X || b.X1 > g.Axis.Max.X || b.X0 > b.X1 {
					t.Fatalf("span %d: bar %+v is off the axis", i, b)
				}
				switch {
				case b.X0 == b.X1:
					if x1 > float64(g.Axis.Min.X)+1 && x0 < float64(g.Axis.Max.X)-1 {
						t.Fatalf("span %d from %v to %v has no bar", i, x0, x1)
					}
					continue
				case !b.Before && math.Abs(float64(b.X0)-x0) > 1:
					t.Fatalf("span %d begins at %v, its bar at %d", i, x0, b.X0)
				case !b.After && math.Abs(float64(b.X1)-max(x1, x0+2)) > 1:
					t.Fatalf("span %d ends at %v, its bar at %d", i, x1, b.X1)
				}
			}
		}
	})
}

func TestPlaceLabel(t *testing.T) {
	g := NewWaterfall(1000, 400, WaterfallOptions{Scale: 1, TreeDp: 300}) // axis from 301 to 988
	lo, hi := g.Axis.Min.X, g.Axis.Max.X
	for _, tc := range []struct {
		name  string
		bar   Bar
		tail  int
		x     int
		place LabelPlace
	}{
		{"room to the right", Bar{X0: 400, X1: 500}, 0, 506, LabelRight},
		{"after a mark", Bar{X0: 400, X1: 500}, 14, 520, LabelRight},
		{"long bar to the edge", Bar{X0: 400, X1: hi, After: true}, 0, hi - 46, LabelInside},
		{"long bar with a mark", Bar{X0: 400, X1: hi, After: true}, 14, hi - 60, LabelInside},
		{"short bar at the edge", Bar{X0: hi - 20, X1: hi}, 0, hi - 20 - 46, LabelLeft},
		{"covers the view", Bar{X0: lo, X1: hi, Before: true, After: true}, 0, hi - 46, LabelInside},
		{"no room", Bar{X0: lo, X1: hi, Before: true, After: true}, 2000, 0, LabelNowhere},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if x, place := g.PlaceLabel(tc.bar, 40, 6, tc.tail); x != tc.x || place != tc.place {
				t.Errorf("at %d, place %d; want %d, place %d", x, place, tc.x, tc.place)
			}
		})
	}
}

// TestHitIsWhatIsDrawn asks for the middle of everything that is drawn.
func TestHitIsWhatIsDrawn(t *testing.T) {
	eachShape(t, 300, func(t *testing.T, tr *model.Trace, rnd *rand.Rand) {
		for _, scale := range []float32{1, 1.5, 2} {
			g := NewWaterfall(1400, 600, WaterfallOptions{Scale: scale, Depth: tr.MaxDepth - 1})
			r := NewRows(tr)
			for range 20 {
				r.SetCollapsed(model.SpanIndex(rnd.IntN(300)), true)
			}
			if scale > 1 { // sorted and with some left out, too
				r.SetOrder(NewOrder(tr, keys(len(tr.Spans), rnd)))
				r.SetFilter(someShown(tr, rnd))
			}
			l := g.List(r.Len())
			v := Fit(tr.Dur, g.Width).ZoomAt(float64(g.Width)*rnd.Float64(), 3)
			s := l.By(Scroll{}, rnd.IntN(8000))
			pins := NewPins(r, l, s)
			for k := range pins.N { // those above lie over it
				pin := pins.At[k]
				y := g.Tree.Min.Y + pin.Y + g.RowPx - 1
				h := g.Hit(g.Indent(int(tr.Spans[pin.Span].Depth))+g.Px(TwistyDp)+g.Px(8), y, r, s, v)
				if y < g.Tree.Max.Y && (k == 0 || pin.Y == pins.At[k-1].Y+g.RowPx) && h != (Hit{PartTree, pin.Row, pin.Span, true}) {
					t.Fatalf("on pin %d of %+v lies %+v", k, pins, h)
				}
			}
			for row := s.Row; row < r.Len() && l.Y(s, row) < l.ViewPx; row++ {
				i := r.Span(row)
				y := g.Tree.Min.Y + l.Y(s, row) + g.RowPx/2
				if y < g.Tree.Min.Y+pins.Bottom(g.RowPx) || y >= g.Tree.Max.Y {
					continue
				}
				at := g.Indent(int(tr.Spans[i].Depth))
				want := PartTree
				if r.Parent(i) {
					want = PartTwisty
				}
				wantHit(t, g.Hit(at+g.Px(TwistyDp)/2, y, r, s, v), want, row, i)
				wantHit(t, g.Hit(at+g.Px(TwistyDp)+g.Px(8), y, r, s, v), PartTree, row, i)
				if b := g.Bar(v, &tr.Spans[i], g.Px(2)); b.X1 > b.X0 && b.X0 > g.Split+g.Px(8) {
					wantHit(t, g.Hit((b.X0+b.X1)/2, y, r, s, v), PartBar, row, i)
				}
			}
		}
	})
}

func wantHit(t *testing.T, got Hit, part Part, row int, i model.SpanIndex) {
	t.Helper()
	if got != (Hit{Part: part, Row: row, Span: i}) {
		t.Fatalf("hit %+v, want part %d, row %d, span %d", got, part, row, i)
	}
}

func TestHitOutsideRows(t *testing.T) {
	tr := tree(t, 3, func(i int) int { return i - 1 })
	r := NewRows(tr)
	g := NewWaterfall(1000, 400, WaterfallOptions{Scale: 1, TreeDp: 300, Minimap: true})
	v := Fit(tr.Dur, g.Width)
	for _, tc := range []struct {
		name string
		x, y int
		want Part
	}{
		{"outside", -1, 5, PartNone},
		{"minimap", 500, 10, PartMinimap},
		{"heading", 20, 50, PartHeading},
		{"ruler", 600, 50, PartRuler},
		{"splitter", 302, 200, PartSplitter},
		{"splitter in the header", 298, 50, PartSplitter},
		{"scroll bar", 995, 200, PartScrollBar},
		{"below the rows, tree", 100, 390, PartNone},
		{"below the rows, axis", 700, 390, PartBelow},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := g.Hit(tc.x, tc.y, r, Scroll{}, v); got != (Hit{Part: tc.want, Row: -1, Span: model.NoSpan}) {
				t.Errorf("hit %+v, want part %d and no row", got, tc.want)
			}
		})
	}
}
