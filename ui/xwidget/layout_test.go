package xwidget_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"traceview/ui/xwidget"
)

func box(w, h float32) fyne.CanvasObject {
	r := canvas.NewRectangle(nil)
	r.SetMinSize(fyne.NewSize(w, h))
	return r
}

func TestRowGivesTheRestToOne(t *testing.T) {
	for _, tt := range []struct{ width, want float32 }{{300, 250}, {10, 0}} {
		c := xwidget.Row(1, box(20, 50), box(10, 80), box(30, 10))
		c.Resize(fyne.NewSize(tt.width, 200))
		for i, want := range []struct{ x, w float32 }{{0, 20}, {20, tt.want}, {20 + tt.want, 30}} {
			if o := c.Objects[i]; o.Size() != fyne.NewSize(want.w, 200) || o.Position() != fyne.NewPos(want.x, 0) {
				t.Errorf("%v wide: object %d is %v at %v", tt.width, i, o.Size(), o.Position())
			}
		}
		if got := c.MinSize(); got != fyne.NewSize(60, 80) {
			t.Errorf("least size %v, want 60 × 80", got)
		}
	}
}

func TestColumnGivesTheRestToOne(t *testing.T) {
	for _, tt := range []struct {
		name   string
		height float32
		want   [3]float32
	}{{"room", 300, [3]float32{20, 250, 30}}, {"least", 60, [3]float32{20, 10, 30}}, {"too little", 10, [3]float32{20, 0, 30}}} {
		t.Run(tt.name, func(t *testing.T) {
			c := xwidget.Column(1, box(50, 20), box(80, 10), box(10, 30))
			c.Resize(fyne.NewSize(200, tt.height))
			y := float32(0)
			for i, o := range c.Objects {
				if o.Size() != fyne.NewSize(200, tt.want[i]) || o.Position() != fyne.NewPos(0, y) {
					t.Errorf("object %d is %v at %v, want height %v at %v", i, o.Size(), o.Position(), tt.want[i], y)
				}
				y += tt.want[i]
			}
			if got := c.MinSize(); got != fyne.NewSize(80, 60) {
				t.Errorf("least size %v, want 80 × 60", got)
			}
		})
	}
}

func TestSplitFollowsItsEdge(t *testing.T) {
	test.NewTempApp(t)
	left, right := box(100, 10), box(100, 10)
	s := xwidget.NewSplit(left, right, 0.5)
	s.Resize(fyne.NewSize(1000, 400))
	if got := left.Size().Width; got != 500 {
		t.Errorf("left is %v wide, want 500", got)
	}
	edge := s.Objects[2].(fyne.Draggable)
	for _, tt := range []struct{ by, want float32 }{{100, 600}, {-250, 350}, {-9000, 100}, {9000, 900}} {
		edge.Dragged(&fyne.DragEvent{Dragged: fyne.Delta{DX: tt.by}})
		edge.DragEnd()
		if got := left.Size().Width; got < tt.want-1 || got > tt.want+1 {
			t.Errorf("dragged by %v: left is %v wide, want %v", tt.by, got, tt.want)
		}
		if got := right.Position().X; got != left.Size().Width {
			t.Errorf("right begins at %v, want %v", got, left.Size().Width)
		}
	}
	if got := s.Objects[2].(desktop.Cursorable).Cursor(); got != desktop.HResizeCursor {
		t.Errorf("cursor %v over the edge, want the one for resizing", got)
	}
	if got := s.Container.MinSize(); got != fyne.NewSize(200, 10) {
		t.Errorf("least size %v, want 200 × 10", got)
	}
}
