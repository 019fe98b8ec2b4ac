package timeline

import (
	"image"
	"testing"

	"traceview/internal/layout"
	"traceview/internal/model"
	"traceview/internal/scene"
	"traceview/ui/canvasview"
	"traceview/ui/look"
)

// onMinimap returns the x of an instant on the minimap.
func onMinimap(p *Painter, ns int64) float32 {
	return float32(p.minimap.X(ns, p.doc.Viewport().Total))
}

// TestMinimapDrag takes hold of each part of the minimap. The trace takes
// 1,840 ms; a pixel of the strip is some 2 ms.
func TestMinimapDrag(t *testing.T) {
	const y, near = 20, 4 * ms
	for _, tc := range []struct {
		name                 string
		start, end           int64 // shown at first, ms
		from, to             int64 // the drag, ms
		wantStart, wantEnd   int64 // shown afterwards, ms
		cursor, cursorDuring Cursor
	}{
		{"move the window", 400, 800, 600, 900, 700, 1100, CursorPointer, CursorPointer},
		{"no further than the end", 400, 800, 600, 5000, 1440, 1840, CursorPointer, CursorPointer},
		{"no further than the beginning", 400, 800, 600, -500, 0, 400, CursorPointer, CursorPointer},
		{"left edge", 400, 800, 400, 200, 200, 800, CursorResize, CursorResize},
		{"right edge", 400, 800, 800, 1200, 400, 1200, CursorResize, CursorResize},
		{"an edge past the other", 400, 800, 400, 1000, 800, 1000, CursorResize, CursorResize},
		{"beside the window it comes there", 400, 800, 1300, 1300, 1100, 1500, CursorPointer, CursorPointer},
		{"and goes on from there", 400, 800, 1300, 1000, 800, 1200, CursorPointer, CursorPointer},
		{"a new window where all is shown", 0, 1840, 500, 900, 500, 900, CursorPointer, CursorResize},
		{"a click where all is shown", 0, 1840, 500, 500, 0, 1840, CursorPointer, CursorResize},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := shown(t, build(t, shop()))
			p.doc.ZoomTo(tc.start*ms, tc.end*ms)
			x := onMinimap(p, tc.from*ms)
			p.Hover(x, y)
			if p.pointer.part != layout.PartMinimap || p.Cursor() != tc.cursor {
				t.Errorf("over part %v, cursor %v, want %v", p.pointer.part, p.Cursor(), tc.cursor)
			}
			p.Press(x, y, canvasview.Primary, 0)
			if p.Cursor() != tc.cursorDuring {
				t.Errorf("cursor while dragging %v, want %v", p.Cursor(), tc.cursorDuring)
			}
			if tc.from != tc.to {
				p.Drag(onMinimap(p, (tc.from+tc.to)/2*ms), y)
				p.Drag(onMinimap(p, tc.to*ms), 300) // off the strip, still held
			}
			p.Release(onMinimap(p, tc.to*ms), y)
			v := p.doc.Viewport()
			if abs(v.Start-tc.wantStart*ms) > near || abs(v.End()-tc.wantEnd*ms) > near {
				t.Errorf("shows %d to %d ms, want %d to %d", v.Start/ms, v.End()/ms, tc.wantStart, tc.wantEnd)
			}
			if p.doc.Selected() != model.NoSpan {
				t.Error("a span is selected")
			}
		})
	}
}

func abs(v int64) int64 { return max(v, -v) }

func TestMinimapEscape(t *testing.T) {
	p := shown(t, build(t, shop()))
	p.doc.ZoomTo(400*ms, 800*ms)
	before := p.doc.Viewport()
	p.Press(onMinimap(p, 600*ms), 20, canvasview.Primary, 0)
	p.Drag(onMinimap(p, 900*ms), 20)
	if p.doc.Viewport() == before {
		t.Fatal("the drag does not move the window")
	}
	if !p.Key("Escape", 0) || abs(p.doc.Viewport().Start-before.Start) > ms {
		t.Errorf("Escape leaves %+v, want %+v", p.doc.Viewport(), before)
	}
}

func TestMinimapWheel(t *testing.T) {
	p := shown(t, build(t, shop()))
	at := 700 * ms
	p.Hover(onMinimap(p, at), 20)
	p.Scroll(0, 180, canvasview.Ctrl)
	v := p.doc.Viewport()
	if share := float64(at-v.Start) / float64(v.Span()); v.Fitted() || share < 0.35 || share > 0.41 {
		t.Errorf("700 ms of 1,840 is at %v of the view after zooming there", share)
	}
}

// TestMinimapNeedsRoom holds that a low picture keeps its rows.
func TestMinimapNeedsRoom(t *testing.T) {
	for _, tc := range []struct {
		h    int
		want bool
	}{{120, false}, {239, false}, {240, true}, {1080, true}} {
		p := newPainter(t, build(t, shop()), "en", look.Light(), 1)
		paint(p, 900, tc.h)
		if got := !p.minimap.Area.Empty(); got != tc.want {
			t.Errorf("%d pixels high: minimap %v, want %v", tc.h, got, tc.want)
		}
	}
}

// TestMinimapFlagsErrors finds a flag where each error began, none for those carried up.
func TestMinimapFlagsErrors(t *testing.T) {
	p := newPainter(t, build(t, shop()), "en", look.Light(), 1)
	var s scene.Scene
	p.Build(&s, 1180, 520)
	var at []int
	for _, op := range s.Ops {
		if op.Kind == scene.OpPoly && op.Color == p.style.Palette.Error {
			at = append(at, int(s.Points[op.From+2].X))
		}
	}
	want := []int{p.minimap.X(402*ms, 1840*ms), p.minimap.X(760*ms, 1840*ms)}
	if len(at) != 2 || abs(int64(at[0]-want[0])) > 1 || abs(int64(at[1]-want[1])) > 1 {
		t.Errorf("flags at %v, want %v", at, want)
	}
}

func TestMinimapDoesNotAllocate(t *testing.T) {
	p := newPainter(t, synth(t, 10_000), "en", look.Dark(), 1)
	img := image.NewRGBA(image.Rect(0, 0, 1280, 800))
	p.Paint(img)
	p.doc.ZoomAt(300, 4)
	p.Hover(400, 20)
	p.Paint(img)
	k := 0
	if got := testing.AllocsPerRun(50, func() {
		k++
		p.Hover(float32(300+k), 20)
		p.Paint(img)
	}); got != 0 {
		t.Errorf("%v allocations a frame, want 0", got)
	}
}
