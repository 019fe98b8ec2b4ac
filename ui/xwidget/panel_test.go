package xwidget_test

import (
	"testing"
	"time"

	"traceview/internal/i18n"
	"traceview/internal/scene"
	"traceview/ui/canvasview"
	"traceview/ui/uitest"
	"traceview/ui/xwidget"
)

// rows is a panel of n items of 20 pixels, each with a spot at its left end.
type rows struct {
	*xwidget.Panel
	n       int
	opened  []int
	chosen  []int
	pressed []int
	other   []string
	tops    map[int]float32
	frames  int
}

func newRows(tb testing.TB, n int) *rows {
	r := &rows{Panel: xwidget.NewPanel(uitest.Kit(tb, "en", false)), n: n}
	r.Content = func(c *xwidget.Canvas, y, w float32) float32 {
		r.frames++
		r.tops = map[int]float32{}
		for i := range r.n {
			c.Item(0, y, w, 20)
			c.Spot(0, y, 10, 20, "spot", func() { r.pressed = append(r.pressed, i) })
			r.tops[i] = y
			y += 20
		}
		return float32(r.n) * 20
	}
	r.Activate = func(i int) { r.opened = append(r.opened, i) }
	r.Chosen = func(i int) { r.chosen = append(r.chosen, i) }
	r.Key = func(e canvasview.Event) bool { r.other = append(r.other, e.Key+string(e.Rune)); return false }
	r.Build(200, 100, 1)
	return r
}

func (r *rows) key(names ...string) bool {
	took := false
	for _, n := range names {
		took = r.Handle(canvasview.Event{Kind: canvasview.KeyDown, Key: n})
		r.Build(200, 100, 1)
	}
	return took
}

// top returns the first row that is wholly in sight.
func (r *rows) top() int {
	for i := range r.n {
		if r.tops[i] >= 0 {
			return i
		}
	}
	return -1
}

func TestPanelKeys(t *testing.T) {
	for _, tt := range []struct {
		name string
		keys []string
		want int
	}{
		{"first", []string{"Down"}, 0},
		{"third", []string{"Down", "Down", "Down"}, 2},
		{"not before the first", []string{"Down", "Up", "Up"}, 0},
		{"last", []string{"End"}, 49},
		{"not after the last", []string{"End", "Down"}, 49},
		{"home", []string{"End", "Home"}, 0},
		{"page", []string{"Home", "Next"}, 4},
		{"page back", []string{"End", "Prior"}, 45},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRows(t, 50)
			r.key(tt.keys...)
			if r.Sel != tt.want {
				t.Errorf("chosen %d, want %d", r.Sel, tt.want)
			}
			if y := r.tops[r.Sel]; y < 0 || y+20 > 100 {
				t.Errorf("row %d is at %v, out of the 100 pixels in sight", r.Sel, y)
			}
		})
	}
}

// TestPanelEnterOnATallItem holds that Enter acts on what is higher than the window once
// it is in sight: such an item is folded as it was unfolded.
func TestPanelEnterOnATallItem(t *testing.T) {
	p, acted := xwidget.NewPanel(uitest.Kit(t, "en", false)), 0
	p.Content = func(c *xwidget.Canvas, y, w float32) float32 {
		c.Item(0, y, w, 40)
		c.Item(0, y+40, w, 300)
		return 340
	}
	p.Activate = func(int) { acted++ }
	key := func(name string) {
		p.Handle(canvasview.Event{Kind: canvasview.KeyDown, Key: name})
		p.Build(200, 100, 1)
	}
	p.Build(200, 100, 1)
	key("End")
	key("Return")
	key("Return")
	if acted != 2 {
		t.Errorf("acted %d times, want 2", acted)
	}
}

func TestPanelEnterOpensAndOtherKeysAreHandedOn(t *testing.T) {
	r := newRows(t, 5)
	if r.key("Return") {
		t.Error("Enter with nothing chosen was taken")
	}
	r.key("Down", "Down", "Return", "KP_Enter")
	if len(r.opened) != 2 || r.opened[0] != 1 || r.opened[1] != 1 {
		t.Errorf("opened %v, want 1 twice", r.opened)
	}
	r.other = nil
	r.key("Escape", "F1")
	r.Handle(canvasview.Event{Kind: canvasview.KeyDown, Key: "Down", Mods: canvasview.Ctrl})
	r.Handle(canvasview.Event{Kind: canvasview.Rune, Rune: 'e'})
	if len(r.other) != 4 || r.Sel != 1 {
		t.Errorf("handed on %q with %d chosen, want four and 1", r.other, r.Sel)
	}
}

func TestPanelWithoutItemsScrolls(t *testing.T) {
	r := newRows(t, 0)
	var at float32
	r.Content = func(c *xwidget.Canvas, y, w float32) float32 { at = y; return 500 }
	for _, tt := range []struct {
		key  string
		want float32
		took bool
	}{{"Up", 0, false}, {"Down", -40, true}, {"Next", -130, true}, {"Prior", -40, true}, {"End", -400, true}, {"Down", -400, false}, {"Home", 0, true}} {
		if took := r.key(tt.key); at != tt.want || took != tt.took {
			t.Errorf("%s: content at %v, taken %v; want %v, %v", tt.key, at, took, tt.want, tt.took)
		}
	}
}

func TestPanelMouse(t *testing.T) {
	r := newRows(t, 50)
	uitest.Press(r, 100, 50)
	if r.Sel != 2 || len(r.opened) != 1 || r.opened[0] != 2 {
		t.Errorf("chosen %d, opened %v; want 2", r.Sel, r.opened)
	}
	uitest.Press(r, 5, 70)
	if len(r.pressed) != 1 || r.pressed[0] != 3 || r.Sel != 2 {
		t.Errorf("pressed %v with %d chosen; want the spot of 3, and 2 still", r.pressed, r.Sel)
	}
	if got := r.Tip(5, 70); got != "spot" {
		t.Errorf("tip %q, want spot", got)
	}
	if got := r.Tip(100, 70); got != "" {
		t.Errorf("tip %q beside the spot, want none", got)
	}
}

func TestPanelPressHereReleaseThereDoesNothing(t *testing.T) {
	for _, tt := range []struct {
		name           string
		x1, y1, x2, y2 float32
	}{{"item to item", 100, 10, 100, 50}, {"spot to spot", 5, 10, 5, 50}, {"spot to item", 5, 10, 100, 50}, {"nowhere to item", 100, 300, 100, 50}} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRows(t, 5)
			r.Handle(canvasview.Event{Kind: canvasview.Press, X: tt.x1, Y: tt.y1, Button: canvasview.Primary})
			r.Handle(canvasview.Event{Kind: canvasview.Release, X: tt.x2, Y: tt.y2, Button: canvasview.Primary})
			if len(r.opened)+len(r.pressed) > 0 {
				t.Errorf("opened %v, pressed %v; want nothing", r.opened, r.pressed)
			}
		})
	}
	r := newRows(t, 5)
	r.Handle(canvasview.Event{Kind: canvasview.Press, X: 100, Y: 10, Button: canvasview.Secondary})
	r.Handle(canvasview.Event{Kind: canvasview.Release, X: 100, Y: 10, Button: canvasview.Secondary})
	if len(r.opened) > 0 {
		t.Errorf("the second button opened %v", r.opened)
	}
}

func TestPanelHover(t *testing.T) {
	r := newRows(t, 5)
	hot := func() (n int) {
		content := r.Content
		r.Content = func(c *xwidget.Canvas, y, w float32) float32 {
			for i := range r.n {
				if c.Hot(0, y+float32(i)*20, w, 20) {
					n++
				}
			}
			return content(c, y, w)
		}
		r.Build(200, 100, 1)
		r.Content = content
		return n
	}
	r.Handle(canvasview.Event{Kind: canvasview.Hover, X: 100, Y: 30})
	if n := hot(); n != 1 || r.Cursor() != canvasview.Hand {
		t.Errorf("%d rows are hot with cursor %v, want 1 with a hand", n, r.Cursor())
	}
	r.Handle(canvasview.Event{Kind: canvasview.Leave})
	if n := hot(); n != 0 {
		t.Errorf("%d rows are hot after the pointer left", n)
	}
}

func TestPanelWheelAndScrollBar(t *testing.T) {
	r := newRows(t, 50)
	if r.Handle(canvasview.Event{Kind: canvasview.Scroll, DY: 25}) {
		t.Error("scrolled above the top")
	}
	r.Handle(canvasview.Event{Kind: canvasview.Scroll, DY: -25})
	r.Build(200, 100, 1)
	if got := r.tops[0]; got != -50 {
		t.Errorf("a notch scrolled to %v, want -50", got)
	}
	r.Handle(canvasview.Event{Kind: canvasview.Press, X: 196, Y: 99, Button: canvasview.Primary}) // beside the thumb
	r.Build(200, 100, 1)
	if got := r.top(); got != 45 {
		t.Errorf("a press at the end shows from row %d, want 45", got)
	}
	r.Handle(canvasview.Event{Kind: canvasview.Drag, X: 300, Y: -500, Button: canvasview.Primary})
	r.Build(200, 100, 1)
	if got := r.tops[0]; got != 0 {
		t.Errorf("dragged to the top shows the first row at %v, want 0", got)
	}
	r.Handle(canvasview.Event{Kind: canvasview.Release, X: 100, Y: 30, Button: canvasview.Primary})
	if len(r.opened) > 0 {
		t.Errorf("letting go of the bar opened %v", r.opened)
	}
}

// TestPanelThatShrinksShowsItsContent would show an empty page if the place
// scrolled to were kept until the next frame.
func TestPanelThatShrinksShowsItsContent(t *testing.T) {
	r := newRows(t, 5000)
	r.key("End")
	r.n = 3
	r.Build(200, 100, 1)
	if got := r.tops[0]; got != 0 {
		t.Errorf("the first of three rows is at %v, want 0", got)
	}
	r.n = 10
	r.Build(200, 400, 1) // a larger window
	if got := r.tops[0]; got != 0 {
		t.Errorf("the first row is at %v in a window with room for all, want 0", got)
	}
}

func TestPanelFocusAndReset(t *testing.T) {
	r := newRows(t, 50)
	r.Handle(canvasview.Event{Kind: canvasview.Focus})
	if !r.Focused() {
		t.Error("not focused after Focus")
	}
	r.Handle(canvasview.Event{Kind: canvasview.Blur})
	if r.Focused() {
		t.Error("focused after Blur")
	}
	r.key("End")
	r.Reset()
	r.Build(200, 100, 1)
	if r.Sel != -1 || r.tops[0] != 0 || r.Items() != 50 {
		t.Errorf("after Reset %d is chosen, first row at %v, %d items; want -1, 0, 50", r.Sel, r.tops[0], r.Items())
	}
}

func TestPanelDrawsItsGround(t *testing.T) {
	r := newRows(t, 1)
	r.Background = func() scene.Color { return scene.Color{R: 1, G: 2, B: 3, A: 255} }
	img := uitest.Paint(r, 40, 60, 1)
	if c := img.RGBAAt(20, 50); c.R != 1 || c.G != 2 || c.B != 3 {
		t.Errorf("ground is %v, want 1 2 3", c)
	}
}

// TestMinutes names a day once where both ends are on it.
func TestMinutes(t *testing.T) {
	k := &xwidget.Kit{Words: i18n.For("ru"), Zone: time.UTC}
	at := time.Date(2026, 11, 12, 7, 44, 3, 0, time.UTC).UnixNano()
	for _, tt := range []struct {
		later time.Duration
		want  string
	}{
		{0, "12 ноя 07:44"}, {50 * time.Second, "12 ноя 07:44"}, {90 * time.Minute, "12 ноя 07:44 – 09:14"},
		{20 * time.Hour, "12 ноя 07:44 – 13 ноя 03:44"},
	} {
		if got := k.Minutes(at, at+int64(tt.later)); got != tt.want {
			t.Errorf("%v later: %q, want %q", tt.later, got, tt.want)
		}
	}
}
