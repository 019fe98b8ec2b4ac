package timeline

import (
	"image"
	"strings"
	"testing"
	"time"

	"traceview/internal/document"
	"traceview/internal/i18n"
	"traceview/internal/layout"
	"traceview/internal/model"
	"traceview/internal/raster"
	"traceview/ui/canvasview"
	"traceview/ui/look"
	"traceview/ui/xwidget"
)

// shown returns a Painter of a trace that has drawn one frame of 1000 × 400.
func shown(tb testing.TB, t *model.Trace) *Painter {
	tb.Helper()
	p := newPainter(tb, t, "en", look.Light(), 1)
	paint(p, 1000, 400)
	return p
}

// rowY returns the middle of the row of a span.
func rowY(p *Painter, i model.SpanIndex) float32 {
	rows := p.doc.Rows()
	return float32(p.g.Tree.Min.Y + p.g.List(rows.Len()).Y(p.doc.Scroll(), rows.Row(i)) + p.g.RowPx/2)
}

// barX returns the middle of the bar of a span.
func barX(p *Painter, i model.SpanIndex) float32 {
	b := p.g.Bar(p.doc.Viewport(), &p.trace.Spans[i], 2)
	return float32(b.X0+b.X1) / 2
}

func TestPress(t *testing.T) {
	click := func(p *Painter, x, y float32) { p.Press(x, y, canvasview.Primary, 0); p.Release(x, y) }
	for _, tc := range []struct {
		name     string
		act      func(p *Painter)
		selected model.SpanIndex
		folded   bool // span 2
	}{
		{"name", func(p *Painter) { click(p, 200, rowY(p, 4)) }, 4, false},
		{"bar", func(p *Painter) { click(p, barX(p, 5), rowY(p, 5)) }, 5, false},
		{"beside a bar", func(p *Painter) { click(p, 900, rowY(p, 3)) }, 3, false},
		{"twisty", func(p *Painter) { click(p, float32(p.g.Indent(2))+8, rowY(p, 2)) }, model.NoSpan, true},
		{"twisty with Shift", func(p *Painter) {
			p.Press(float32(p.g.Indent(2))+8, rowY(p, 2), canvasview.Primary, canvasview.Shift)
		}, model.NoSpan, true},
		{"heading beside the order", func(p *Painter) { click(p, 30, float32(p.g.Heading.Min.Y)+14) }, model.NoSpan, false},
		{"secondary button", func(p *Painter) { p.Press(200, rowY(p, 4), canvasview.Secondary, 0) }, 4, false},
		{"ruler", func(p *Painter) { click(p, 700, 10) }, model.NoSpan, false},
		{"heading", func(p *Painter) { click(p, 100, 10) }, model.NoSpan, false},
		{"press on a bar given up", func(p *Painter) {
			p.Press(barX(p, 5), rowY(p, 5), canvasview.Primary, 0)
			p.Key("Escape", 0)
			p.Release(barX(p, 5), rowY(p, 5))
		}, model.NoSpan, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := shown(t, build(t, shop()))
			tc.act(p)
			if p.doc.Selected() != tc.selected {
				t.Errorf("selected %d, want %d", p.doc.Selected(), tc.selected)
			}
			if got := p.doc.Rows().Collapsed(2); got != tc.folded {
				t.Errorf("folded %v, want %v", got, tc.folded)
			}
		})
	}
}

func TestDragRange(t *testing.T) {
	p := shown(t, build(t, shop()))
	x0, x1 := float32(p.g.Zero+100), float32(p.g.Zero+300)
	from, to := p.ruler.Time(int(x0)), p.ruler.Time(int(x1))
	p.Press(x1, 200, canvasview.Primary, 0)
	p.Drag(x1-50, 220)
	p.Drag(x0, 500)
	if p.Tooltip(200, 100) != "" {
		t.Error("a tooltip while dragging")
	}
	if !p.Release(x0, 500) {
		t.Error("choosing a range did not change the picture")
	}
	v := p.doc.Viewport()
	if near := ms / 2; v.Start < from-near || v.Start > from+near || v.End() < to-near || v.End() > to+near {
		t.Errorf("shows %d to %d, want %d to %d ns", v.Start, v.End(), from, to)
	}
	if p.doc.Selected() != model.NoSpan {
		t.Error("choosing a range selected a span")
	}
}

func TestDragPan(t *testing.T) {
	for name, press := range map[string]func(p *Painter){
		"middle button": func(p *Painter) { p.Press(600, 200, canvasview.Middle, 0) },
		"space":         func(p *Painter) { p.Press(600, 200, canvasview.Primary, canvasview.Space) },
	} {
		p := shown(t, build(t, shop()))
		p.doc.ZoomAt(300, 4)
		paint(p, 1000, 400)
		before, at := p.doc.Viewport(), p.ruler.Time(600)
		press(p)
		if p.Cursor() != CursorGrab {
			t.Errorf("%s: cursor %d", name, p.Cursor())
		}
		p.Drag(560, 170)
		p.Release(560, 170)
		paint(p, 1000, 400)
		if got := p.ruler.Time(560); got < at-int64(before.PerPx) || got > at+int64(before.PerPx) {
			t.Errorf("%s: under the pointer %d ns, want %d", name, got, at)
		}
		if p.doc.Scroll() != (layout.Scroll{Row: 1, Off: 8}) {
			t.Errorf("%s: scrolled to %+v, want 30 px", name, p.doc.Scroll())
		}
	}
}

func TestDragSplitter(t *testing.T) {
	p := shown(t, build(t, shop()))
	split := float32(p.g.Split)
	p.Hover(split, 200)
	if p.Cursor() != CursorResize {
		t.Errorf("cursor over the splitter %d", p.Cursor())
	}
	for _, tc := range []struct {
		to   float32
		want int
	}{{300, 300}, {5, layout.MinTreeDp}, {5000, 1000 - layout.ScrollBarDp - layout.MinAxisDp - 1}} {
		p.Press(float32(p.g.Split), 200, canvasview.Primary, 0)
		p.Drag(tc.to, 100)
		p.Release(tc.to, 100)
		paint(p, 1000, 400)
		if p.g.Split != tc.want {
			t.Errorf("splitter dragged to %v is at %d, want %d", tc.to, p.g.Split, tc.want)
		}
	}
}

func TestDragThumb(t *testing.T) {
	p := shown(t, build(t, wide(5000)))
	x := float32(p.g.ScrollBar.Min.X + 6)
	p.Press(x, float32(p.g.ScrollBar.Min.Y+5), canvasview.Primary, 0)
	p.Drag(x, 1000)
	if last := 5000 - p.g.Tree.Dy()/22 - 1; p.doc.Scroll().Row < last {
		t.Errorf("thumb at the end shows row %d, want %d", p.doc.Scroll().Row, last)
	}
	p.Drag(x, float32(p.g.ScrollBar.Min.Y+5))
	p.Release(x, float32(p.g.ScrollBar.Min.Y+5))
	if p.doc.Scroll() != (layout.Scroll{}) {
		t.Errorf("thumb back at the top shows %+v", p.doc.Scroll())
	}
	mid := float32(p.g.ScrollBar.Min.Y+p.g.ScrollBar.Max.Y) / 2
	p.Press(x, mid, canvasview.Primary, 0)
	p.Release(x, mid)
	if row := p.doc.Scroll().Row; row < 2000 || row > 3000 {
		t.Errorf("press in the middle of the track shows row %d of 5000", row)
	}
}

func TestScroll(t *testing.T) {
	p := shown(t, build(t, wide(5000)))
	p.Hover(600, 200)
	at := p.ruler.Time(600)
	if !p.Scroll(0, 90, canvasview.Ctrl) || p.doc.Viewport().Fitted() {
		t.Fatal("wheel with Ctrl does not zoom in")
	}
	if got := p.ruler.Time(600); got < at-2*ms || got > at+2*ms {
		t.Errorf("zoom moved the instant under the pointer from %d to %d", at, got)
	}
	start := p.doc.Viewport().Start
	if !p.Scroll(0, -40, canvasview.Shift) || p.doc.Viewport().Start <= start {
		t.Error("wheel with Shift does not pan to later times")
	}
	if !p.Scroll(0, -44, 0) || p.doc.Scroll() != (layout.Scroll{Row: 2}) {
		t.Errorf("wheel scrolled to %+v, want two rows", p.doc.Scroll())
	}
	if p.doc.Hovered() != p.doc.Rows().Span((200-p.g.Tree.Min.Y)/22+2) {
		t.Errorf("under the pointer is span %d", p.doc.Hovered())
	}
	for range 10 {
		p.Scroll(0, -0.3, 0)
	}
	if got := p.doc.Scroll(); got != (layout.Scroll{Row: 2, Off: 3}) && got != (layout.Scroll{Row: 2, Off: 2}) {
		t.Errorf("ten steps of 0.3 px scrolled to %+v", got)
	}
	if p.Scroll(0, 0, 0) {
		t.Error("scrolling by nothing changed the picture")
	}
}

func TestHover(t *testing.T) {
	p := shown(t, build(t, shop()))
	if !p.Hover(200, rowY(p, 3)) || p.doc.Hovered() != 3 {
		t.Error("a row is not hovered")
	}
	if p.Hover(201, rowY(p, 3)) {
		t.Error("moving within a name changed the picture")
	}
	if !p.Hover(700, rowY(p, 3)) || !p.Hover(701, rowY(p, 3)) {
		t.Error("the guide does not follow the pointer")
	}
	if p.Hover(701, rowY(p, 3)) {
		t.Error("standing still changed the picture")
	}
	if !p.Leave() || p.Leave() || p.doc.Hovered() != model.NoSpan {
		t.Error("leaving is not noted once")
	}
}

// TestHintFollowsTheRows scrolls and folds under a pointer that rests.
func TestHintFollowsTheRows(t *testing.T) {
	hint := ""
	pal, text := look.Light(), newText(t)
	kit := &xwidget.Kit{
		Look: pal, Words: i18n.For("en"), Metrics: text, Drawer: raster.New(text), Zone: time.UTC,
		Hint: func(s string) { hint = s },
	}
	v := NewView(newDoc(build(t, wide(200))), kit, func(canvasview.Event) bool { return false })
	v.Paint(image.NewRGBA(image.Rect(0, 0, 900, 300)), 1)
	at := rowY(v.Painter, 3)
	v.Handle(canvasview.Event{Kind: canvasview.Hover, X: 100, Y: at})
	first := hint
	v.Handle(canvasview.Event{Kind: canvasview.Scroll, X: 100, Y: at, DY: -75})
	if want := strings.ReplaceAll(v.Painter.Tooltip(100, at), "\n", " · "); first == "" || hint == first || hint != want {
		t.Errorf("after scrolling %q became %q, want %q", first, hint, want)
	}
	v.Handle(canvasview.Event{Kind: canvasview.Rune, Rune: ']'})
	if hint != "" {
		t.Errorf("with all folded away the hint is %q", hint)
	}
	v.Handle(canvasview.Event{Kind: canvasview.Leave})
	if hint != "" {
		t.Errorf("after leaving the hint is %q", hint)
	}
}

func TestKeys(t *testing.T) {
	for _, tc := range []struct {
		keys     string
		selected model.SpanIndex
		rows     int
		fitted   bool
	}{
		{"Down", 0, 20, true},
		{"Down Down Left", 1, 2, true},
		{"Down Down Left Right Right", 2, 20, true},
		{"Down Down Enter", 1, 2, true},
		{"End Up", 18, 20, true},
		{"End Home PageDown PageUp", 0, 20, true},
		{"e", 5, 20, true},
		{"e e", 6, 20, true},
		{"E", 7, 20, true},
		{"e shift+e", 7, 20, true},
		{"e ]", 0, 1, true},
		{"] [", model.NoSpan, 20, true},
		{"] o", model.NoSpan, 2, true},
		{"] o o", model.NoSpan, 7, true},
		{"] o o p", model.NoSpan, 2, true},
		{"1", model.NoSpan, 1, true},
		{"3", model.NoSpan, 7, true},
		{"9", model.NoSpan, 20, true},
		{"e x", 5, 10, true},
		{"Down Down shift+Enter Enter", 1, 7, true},
		{"Down Down shift+Enter shift+Enter", 1, 20, true},
		{"S e", 5, 20, true},
		{"shift+s Home Down Down Down", 6, 20, true},
		{"s w", model.NoSpan, 20, true},
		{"Down s s w", 0, 20, true},
		{"shift+Up", model.NoSpan, 20, false},
		{"shift+Up shift+Down", model.NoSpan, 20, true},
		{"d", model.NoSpan, 20, true},
		{"+ A D A D a d -", model.NoSpan, 20, true},
		{"+", model.NoSpan, 20, false},
		{"+ shift+Right shift+Left -", model.NoSpan, 20, true},
		{"+ = 0", model.NoSpan, 20, true},
		{"e z", 5, 20, false},
		{"Escape q F13", model.NoSpan, 20, true},
	} {
		t.Run(tc.keys, func(t *testing.T) {
			p := shown(t, build(t, shop()))
			for _, k := range strings.Fields(tc.keys) {
				var mods canvasview.Mods
				if rest, ok := strings.CutPrefix(k, "shift+"); ok {
					k, mods = rest, canvasview.Shift
				}
				p.Key(k, mods)
			}
			if p.doc.Selected() != tc.selected || p.doc.Rows().Len() != tc.rows || p.doc.Viewport().Fitted() != tc.fitted {
				t.Errorf("selected %d of %d rows, fitted %v; want %d of %d, %v", p.doc.Selected(), p.doc.Rows().Len(),
					p.doc.Viewport().Fitted(), tc.selected, tc.rows, tc.fitted)
			}
		})
	}
}

func TestTooltip(t *testing.T) {
	p := shown(t, build(t, shop()))
	p.doc.ToggleCollapse(5)
	o := shown(t, build(t, odd()))
	for _, tc := range []struct {
		name string
		p    *Painter
		i    model.SpanIndex
		want string
	}{
		{"span", p, 1, "POST /orders\nshop-api · 1.79 s · starts at 24 ms"},
		{"folded error", p, 5, "FileStorage.upload\nshop-api · 1.01 s · starts at 80 ms\nown work 125 ms · critical path 125 ms · 54.9% of the trace's time\nError carried up: 403 AccessDenied\n3 spans folded away · 2 errors among them"},
		{"wrong clock", o, 1, "SELECT crm.orders\ncrm-db · 60 ms · starts at 0 s\nThe clocks disagree\nA step lies outside its caller"},
		{"no name", o, 5, "unnamed\ns3 · 200 ms · starts at 560 ms"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := strings.Split(tc.p.Tooltip(150, rowY(tc.p, tc.i)), "\n")
			for _, line := range strings.Split(tc.want, "\n") {
				found := false
				for _, g := range got {
					found = found || g == line
				}
				if !found {
					t.Errorf("got %q, want the line %q", got, line)
				}
			}
		})
	}
	if tip := p.Tooltip(150, 5); tip != "" {
		t.Errorf("tooltip on the heading: %q", tip)
	}
}

// TestSortByPress presses the word in the heading that says the order.
func TestSortByPress(t *testing.T) {
	p := shown(t, build(t, shop()))
	at := p.placeSort()
	if at.Empty() || !at.In(p.g.Heading) {
		t.Fatalf("the order stands at %v", at)
	}
	x, y := float32(at.Min.X+5), float32(at.Min.Y+5)
	if !p.Hover(x, y) || p.Cursor() != CursorPointer || p.TooltipHere() == "" {
		t.Error("nothing tells that the order can be pressed")
	}
	for _, want := range []document.Sort{document.SortDuration, document.SortSelf, document.SortStart} {
		if p.Press(x, y, canvasview.Primary, 0); p.doc.Sort() != want {
			t.Errorf("pressed, the order is by %s, want %s", p.doc.Sort(), want)
		}
	}
	if p.Hover(5, y); p.Cursor() != CursorDefault {
		t.Error("the hand stays beside it")
	}
	paint(p, 330, 400) // the tree has its least width
	p.doc.SetTreeWidth(layout.MinTreeDp)
	if at := p.placeSort(); at.Max.X > p.g.Split {
		t.Errorf("in a narrow tree the order stands at %v", at)
	}
}

// TestPressPinned goes back up to a pinned row, and folds one.
func TestPressPinned(t *testing.T) {
	p := shown(t, build(t, wide(400)))
	p.doc.ScrollBy(200 * p.g.RowPx)
	y := float32(p.g.Tree.Min.Y + p.g.RowPx/2)
	if p.Press(120, y, canvasview.Primary, 0); p.doc.Selected() != 0 || p.doc.Scroll().Row != 0 {
		t.Errorf("selected %d, scrolled to %+v; want the root", p.doc.Selected(), p.doc.Scroll())
	}
	p.doc.ScrollBy(200 * p.g.RowPx)
	top := p.hit(image.Pt(120, int(y)))
	if !top.Pinned || top.Span != 0 {
		t.Fatalf("at the top lies %+v, want the root, pinned", top)
	}
	if p.Press(float32(p.g.Indent(0))+8, y, canvasview.Primary, 0); p.doc.Rows().Len() != 1 {
		t.Errorf("%d rows after folding the pinned root", p.doc.Rows().Len())
	}
}
