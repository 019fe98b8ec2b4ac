package canvasview

import (
	"image"
	"image/color"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
)

// recorder is a Painter that keeps what it is told.
type recorder struct {
	events []Event
	frames int
	scale  float32
	size   image.Point
	cursor Cursor
	idle   bool // says that nothing changed
}

func (r *recorder) Paint(dst *image.RGBA, scale float32) {
	r.frames++
	r.scale, r.size = scale, dst.Rect.Size()
	dst.SetRGBA(0, 0, color.RGBA{R: 200, A: 255})
}
func (r *recorder) Handle(e Event) bool { r.events = append(r.events, e); return !r.idle }
func (r *recorder) Cursor() Cursor      { return r.cursor }

func (r *recorder) last(t *testing.T) Event {
	t.Helper()
	if len(r.events) == 0 {
		t.Fatal("no event arrived")
	}
	return r.events[len(r.events)-1]
}

// newView shows a View of 200 × 100 dp at a scale, with a field beside it.
func newView(t *testing.T, takesKeys bool, scale float32) (*View, *recorder, fyne.Window) {
	t.Helper()
	test.NewTempApp(t)
	r := &recorder{}
	v := New(r, takesKeys, fyne.NewSize(200, 100))
	w := test.NewWindow(container.NewVBox(widget.NewEntry(), v))
	t.Cleanup(w.Close)
	v.Resize(fyne.NewSize(200, 100))
	v.frame(int(200*scale), int(100*scale))
	r.events = nil
	return v, r, w
}

func mouse(x, y float32, b desktop.MouseButton, m fyne.KeyModifier) *desktop.MouseEvent {
	return &desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y)}, Button: b, Modifier: m}
}

func TestFrameHasTheSizeAndScaleOfTheScreen(t *testing.T) {
	for _, tt := range []struct {
		name  string
		w, h  int
		scale float32
	}{{"plain", 200, 100, 1}, {"dense", 400, 200, 2}, {"between", 300, 150, 1.5}, {"nothing", 0, 0, 0}} {
		t.Run(tt.name, func(t *testing.T) {
			v, r, _ := newView(t, true, 1)
			img := v.frame(tt.w, tt.h)
			want := image.Pt(max(tt.w, 1), max(tt.h, 1))
			if r.size != want || img.Bounds().Size() != want || r.scale != tt.scale {
				t.Errorf("painted %v at scale %v into %v, want %v at %v", r.size, r.scale, img.Bounds(), want, tt.scale)
			}
			if stride := img.(*image.RGBA).Stride; stride != 4*want.X {
				t.Errorf("stride %d, want %d: the toolkit ignores strides", stride, 4*want.X)
			}
		})
	}
}

func TestFrameTellsItsCost(t *testing.T) {
	v, _, _ := newView(t, true, 1)
	told := 0
	v.OnFrame = func(cost time.Duration) {
		if cost < 0 {
			t.Errorf("cost %v is negative", cost)
		}
		told++
	}
	v.frame(10, 10)
	if told != 1 {
		t.Errorf("told %d times, want 1", told)
	}
}

func TestEventsAreInDevicePixels(t *testing.T) {
	for _, scale := range []float32{1, 2} {
		v, r, _ := newView(t, true, scale)
		for _, tt := range []struct {
			name string
			do   func()
			want Event
		}{
			{"in", func() { v.MouseIn(mouse(1, 2, 0, 0)) }, Event{Kind: Hover, X: 1, Y: 2}},
			{"move", func() { v.MouseMoved(mouse(3, 4, 0, 0)) }, Event{Kind: Hover, X: 3, Y: 4}},
			{"out", func() { v.MouseOut() }, Event{Kind: Leave}},
			{"press", func() { v.MouseDown(mouse(5, 6, desktop.MouseButtonPrimary, fyne.KeyModifierShift)) },
				Event{Kind: Press, X: 5, Y: 6, Button: Primary, Mods: Shift, Clicks: 1}},
			{"drag", func() { v.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(9, 9)}}) },
				Event{Kind: Drag, X: 9, Y: 9, Button: Primary}},
			{"release", func() { v.MouseUp(mouse(9, 10, desktop.MouseButtonPrimary, 0)) },
				Event{Kind: Release, X: 9, Y: 10, Button: Primary}},
			{"secondary", func() { v.MouseDown(mouse(40, 6, desktop.MouseButtonSecondary, fyne.KeyModifierShortcutDefault)) },
				Event{Kind: Press, X: 40, Y: 6, Button: Secondary, Mods: Ctrl, Clicks: 1}},
			{"middle", func() { v.MouseDown(mouse(80, 6, desktop.MouseButtonTertiary, fyne.KeyModifierAlt)) },
				Event{Kind: Press, X: 80, Y: 6, Button: Middle, Mods: Alt, Clicks: 1}},
		} {
			tt.do()
			tt.want.X, tt.want.Y = tt.want.X*scale, tt.want.Y*scale
			if got := r.last(t); got != tt.want {
				t.Errorf("%s at scale %v: %+v, want %+v", tt.name, scale, got, tt.want)
			}
		}
	}
}

func TestWheelAndKeys(t *testing.T) {
	v, r, _ := newView(t, true, 2)
	v.Scrolled(&fyne.ScrollEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(10, 20)}, Scrolled: fyne.Delta{DX: 5, DY: -25}})
	if got, want := r.last(t), (Event{Kind: Scroll, X: 20, Y: 40, DX: 5, DY: -25}); got != want {
		t.Errorf("wheel: %+v, want %+v", got, want)
	}
	v.KeyDown(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	v.KeyDown(&fyne.KeyEvent{Name: desktop.KeyControlRight})
	v.TypedKey(&fyne.KeyEvent{Name: fyne.KeyUp})
	if got, want := r.last(t), (Event{Kind: KeyDown, Key: "Up", Mods: Shift | Ctrl}); got != want {
		t.Errorf("key: %+v, want %+v", got, want)
	}
	v.KeyUp(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	v.KeyUp(&fyne.KeyEvent{Name: desktop.KeyControlRight})
	v.TypedRune('я')
	if got, want := r.last(t), (Event{Kind: Rune, Rune: 'я'}); got != want {
		t.Errorf("rune: %+v, want %+v", got, want)
	}
}

func TestClicksAreCounted(t *testing.T) {
	v, r, _ := newView(t, true, 1)
	press := func(x float32) int {
		v.MouseDown(mouse(x, 5, desktop.MouseButtonPrimary, 0))
		n := r.last(t).Clicks
		v.MouseUp(mouse(x, 5, desktop.MouseButtonPrimary, 0))
		return n
	}
	for i, tt := range []struct {
		x    float32
		late bool
		want int
	}{{10, false, 1}, {11, false, 2}, {11, false, 3}, {60, false, 1}, {60, true, 1}} {
		if tt.late {
			v.pressed = time.Now().Add(-time.Second)
		}
		if got := press(tt.x); got != tt.want {
			t.Errorf("press %d at %v: %d clicks, want %d", i, tt.x, got, tt.want)
		}
	}
}

func TestDragEndReleasesOnce(t *testing.T) {
	v, r, _ := newView(t, true, 1)
	releases := func() (n int) {
		for _, e := range r.events {
			if e.Kind == Release {
				n++
			}
		}
		return n
	}
	drag := func() {
		v.MouseDown(mouse(10, 10, desktop.MouseButtonPrimary, 0))
		v.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(400, -30)}})
	}
	drag()
	v.DragEnd() // outside of every view: no MouseUp comes
	if got, want := r.last(t), (Event{Kind: Release, X: 400, Y: -30, Button: Primary}); got != want {
		t.Errorf("outside: %+v, want %+v", got, want)
	}
	drag()
	v.MouseUp(mouse(30, 30, desktop.MouseButtonPrimary, 0))
	v.DragEnd()
	if n := releases(); n != 2 {
		t.Errorf("%d releases in two drags, want 2", n)
	}
}

func TestFocusByClick(t *testing.T) {
	for _, takes := range []bool{true, false} {
		v, r, w := newView(t, takes, 1)
		told := 0
		v.OnFocus = func() { told++ }
		v.MouseDown(mouse(10, 10, desktop.MouseButtonPrimary, 0))
		if got := w.Canvas().Focused() == v; got != takes {
			t.Errorf("focused %v after a click, want %v", got, takes)
		}
		if want := map[bool]int{true: 1}[takes]; told != want {
			t.Errorf("OnFocus called %d times, want %d", told, want)
		}
		if takes && (len(r.events) != 2 || r.events[0].Kind != Focus || r.events[1].Kind != Press) {
			t.Errorf("events %+v, want the keyboard before the press", r.events)
		}
		w.Canvas().Unfocus()
		if got := r.last(t).Kind; takes && got != Blur {
			t.Errorf("last event %v, want Blur", got)
		}
	}
}

func TestTabPassesViewsWithoutKeys(t *testing.T) {
	for _, takes := range []bool{true, false} {
		v, _, w := newView(t, takes, 1)
		entry := w.Content().(*fyne.Container).Objects[0].(fyne.Focusable)
		w.Canvas().Focus(entry)
		test.FocusNext(w.Canvas())
		if got := w.Canvas().Focused() == v; got != takes {
			t.Errorf("Tab focused the view: %v, want %v", got, takes)
		}
	}
}

func TestCursors(t *testing.T) {
	v, r, _ := newView(t, true, 1)
	for c, want := range map[Cursor]desktop.Cursor{
		Arrow: desktop.DefaultCursor, Hand: desktop.PointerCursor, ResizeH: desktop.HResizeCursor,
		Crosshair: desktop.CrosshairCursor, TextCursor: desktop.TextCursor,
	} {
		r.cursor = c
		if got := v.Cursor(); got != want {
			t.Errorf("cursor %v: %v, want %v", c, got, want)
		}
	}
}

func TestRedrawsOnlyWhatChanged(t *testing.T) {
	v, r, w := newView(t, true, 1)
	w.Canvas().Capture()
	n := r.frames
	if n == 0 {
		t.Fatal("nothing was painted")
	}
	v.SetMinSize(fyne.NewSize(220, 120))
	if got := v.MinSize(); got != fyne.NewSize(220, 120) {
		t.Errorf("least size %v, want 220 × 120", got)
	}
	r.idle = true
	v.MouseMoved(mouse(1, 1, 0, 0))
	if got := r.last(t).Kind; got != Hover {
		t.Errorf("event %v, want Hover", got)
	}
}

func TestSpaceIsHeldWhileDragging(t *testing.T) {
	v, r, _ := newView(t, true, 1)
	v.KeyDown(&fyne.KeyEvent{Name: fyne.KeySpace})
	v.MouseDown(mouse(10, 10, desktop.MouseButtonPrimary, 0))
	if e := r.last(t); e.Mods&Space == 0 {
		t.Errorf("pressed with the space bar down: %+v, want Space held", e)
	}
	v.FocusLost() // where the key goes up is not told any longer
	v.MouseMoved(mouse(12, 10, 0, 0))
	if e := r.last(t); e.Mods != 0 {
		t.Errorf("after the keyboard went elsewhere: %+v, want no key held", e)
	}
}

// TestAdoptKeepsTheMemory shows another painter with the picture's memory of the
// view before.
func TestAdoptKeepsTheMemory(t *testing.T) {
	old, _, w := newView(t, true, 1)
	raster, buf := old.raster, old.buf
	r := &recorder{}
	v := New(r, true, fyne.NewSize(200, 100))
	v.Adopt(old)
	w.SetContent(container.NewVBox(v))
	w.Canvas().Capture()
	if v.raster != raster || v.buf == nil || r.frames == 0 {
		t.Errorf("the new view painted %d frames, on memory of its own: %v", r.frames, v.raster != raster)
	}
	if got := v.frame(200, 100).(*image.RGBA); &got.Pix[0] != &buf.Pix[0] && got.Rect == buf.Rect {
		t.Error("the picture has memory of its own")
	}
	if old.raster == raster {
		t.Error("the old view still draws on it")
	}
}
