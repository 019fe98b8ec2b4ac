package axis

import (
	"image"
	"testing"

	"traceview/internal/layout"
)

func TestScroller(t *testing.T) {
	list, bar := layout.List{Rows: 100, RowPx: 20, ViewPx: 200}, image.Rect(300, 50, 312, 250)
	var r Scroller
	var h Hand
	if !r.By(list, 45) || list.Px(r.Scroll) != 45 || r.By(list, 0) {
		t.Errorf("scrolled to %d", list.Px(r.Scroll))
	}
	down := 0
	for range 4 { // a touchpad's quarters of a pixel
		_, d := h.Wheel(0, -0.25, false)
		down += d
	}
	if down != 1 {
		t.Errorf("four quarters of a pixel make %d", down)
	}
	for _, tc := range []struct {
		name  string
		press int
		drag  int
		want  int
	}{
		{"to the end", 249, 249, 1800},
		{"beyond the end", 249, 900, 1800},
		{"to the beginning", 50, 50, 0},
		{"taken where it is", 55, 55, 0},
		{"and dragged to the middle", 62, 150, 900},
	} {
		r = Scroller{}
		h.At.Y = tc.press
		if !r.Press(&h, list, bar, 1) {
			t.Fatal("there is no thumb")
		}
		h.At.Y = tc.drag
		if r.Drag(&h, list, bar, 1); list.Px(r.Scroll) != tc.want {
			t.Errorf("%s: scrolled to %d, want %d", tc.name, list.Px(r.Scroll), tc.want)
		}
	}
	if list.Rows = 5; r.Press(&h, list, bar, 1) {
		t.Error("a list that is on screen has a thumb")
	}
}

func TestClip(t *testing.T) {
	long := ""
	for range 100 {
		long += "ab\n"
	}
	if got := []rune(Clip(long)); len(got) != clipRunes || string(got[:3]) != "ab " || string(got[len(got)-2:]) != "ab" {
		t.Errorf("%d runes: %s", len(got), string(got))
	}
	if got := Clip("a\tb"); got != "a b" {
		t.Errorf("%q", got)
	}
}
