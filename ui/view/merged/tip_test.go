package merged

import (
	"image"
	"testing"

	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/canvasview"
	"traceview/ui/look"
)

// floats says whether a text floats beside the pointer in the next frame.
func floats(p *Painter, w, h int) bool {
	var s scene.Scene
	p.Build(&s, w, h)
	for _, op := range s.Ops {
		if op.Kind == scene.OpRect && op.Color == p.style.Palette.Tip {
			return true
		}
	}
	return false
}

// TestTipFloats tells of what the pointer points at, a box or a button, and of
// nothing that the wheel, a click, a key or leaving brought about.
func TestTipFloats(t *testing.T) {
	p := newPainter(t, shop(t), "en", look.Light(), 1)
	paint(p, 900, 320)
	box := func(id model.SpanID) (x, y float32) {
		x, y, w, _ := p.place(place{whole, p.m.Calls().Of(spanOf(t, p, id))})
		return x + w/2, y + 8
	}
	x, y := box(7)
	for _, tc := range []struct {
		name string
		act  func()
		want bool
	}{
		{"a box", func() { p.Hover(x, y) }, true},
		{"the wheel", func() { p.Scroll(0, -20, canvasview.Ctrl) }, false},
		{"the pointer again", func() { p.Hover(x+1, y) }, true},
		{"a key", func() { p.Key("2", 0) }, false},
		{"a choice of the head", func() { p.Hover(20, 18) }, true},
		{"a click", func() { p.Press(20, 18, canvasview.Primary, 0); p.Release(20, 18) }, false},
		{"a box once more", func() { p.Hover(box(7)) }, true},
		{"dragging", func() { p.Press(x, y, canvasview.Middle, 0); p.Drag(x+9, y) }, false},
		{"after leaving", func() { p.Release(x, y); p.Leave() }, false},
	} {
		if tc.act(); floats(p, 900, 320) != tc.want {
			t.Errorf("%s: a text floats: %v", tc.name, !tc.want)
		}
	}
}

// TestTipInAnotherLanguage holds that a text that floats changes with the language.
func TestTipInAnotherLanguage(t *testing.T) {
	p := newPainter(t, shop(t), "en", look.Light(), 1)
	paint(p, 900, 320)
	p.Hover(20, 18)
	paint(p, 900, 320)
	p.SetStyle(newPainter(t, shop(t), "ru", look.Light(), 1).style)
	if !p.tip.Empty() {
		t.Error("the text is still that of the other language")
	}
}

// TestTipRestsWithoutAllocating holds that a text that floats costs nothing to keep.
func TestTipRestsWithoutAllocating(t *testing.T) {
	p := newPainter(t, shop(t), "en", look.Light(), 1)
	dst := image.NewRGBA(image.Rect(0, 0, 900, 320))
	p.Paint(dst)
	x, y, w, _ := p.place(place{whole, p.m.Calls().Of(spanOf(t, p, 7))})
	frame := func() { p.Hover(x+w/2, y+8); p.Paint(dst) }
	frame()
	if got := testing.AllocsPerRun(50, frame); got != 0 || p.tip.Empty() {
		t.Errorf("%v allocations a frame, want 0, and a text", got)
	}
}

// TestSpanKeyStaysInTheBox holds that the key to the next span of a box leads
// nowhere else where the box has but one.
func TestSpanKeyStaysInTheBox(t *testing.T) {
	p := newPainter(t, shop(t), "en", look.Light(), 1)
	paint(p, 900, 320)
	for _, sandwich := range []bool{false, true} {
		only := spanOf(t, p, 12)
		p.doc.Select(only)
		if sandwich {
			keys(p, "s")
		}
		if !p.Key("n", 0) || !p.Key("N", canvasview.Shift) || p.doc.Selected() != only {
			t.Errorf("sandwich %v: n leads to %d or is left to the page", sandwich, p.doc.Selected())
		}
	}
}
